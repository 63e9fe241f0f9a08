/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who sits where: show users, show line, show terminal, clear line, and what a
 * person sets for the own terminal. Lines that nobody uses have no state beyond
 * their configuration; columns for modems and noise show that there is none.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "cli/proto.h"
#include "cli/session_int.h"
#include "daemon/aaa.h"
#include "lib/ip4.h"

exec_fn show_users, show_line, show_terminal, show_login, show_login_failures, exec_clear_line, exec_terminal_history_size;

static struct session *
session_at(struct router *r, const struct login *l)
{
	for (struct session *s = r->sessions; s; s = s->next)
		if (s->login == l && s->conn)
			return s;
	return NULL;
}

/* hh:mm:ss, or days and hours when it is that long. */
static const char *
idle_text(double seconds, char buf[16])
{
	unsigned long t = seconds > 0 ? (unsigned long)seconds : 0;

	if (t >= 86400)
		snprintf(buf, 16, "%lud%02luh", t / 86400 % 1000, t / 3600 % 24);
	else
		snprintf(buf, 16, "%02lu:%02lu:%02lu", t / 3600, t / 60 % 60, t % 60);
	return buf;
}

static int
by_line(const void *a, const void *b)
{
	const struct login *x = *(struct login *const *)a, *y = *(struct login *const *)b;
	unsigned i = line_tty(x->kind, x->number), j = line_tty(y->kind, y->number);

	return i < j ? -1 : i > j;
}

void
show_users(struct session *s, const void *values)
{
	struct router *r = session_router(s);
	struct login **v = NULL;
	size_t n = 0;

	(void)values;
	for (struct login *l = r->logins; l; l = l->next)
		n++;
	v = calloc(n + 1, sizeof(struct login *));
	n = 0;
	for (struct login *l = r->logins; v && l; l = l->next)
		if (l->user)
			v[n++] = l;
	if (n)
		qsort(v, n, sizeof *v, by_line);
	out(s, "    Line       User       Host(s)              Idle       Location\n");
	for (size_t i = 0; i < n; i++) {
		struct session *at = session_at(r, v[i]);
		static const char *const kinds[] = { "con", "aux", "vty" };
		char idle[16];

		out(s, "%c%3u %s %-6u %-10.10s %-20s %-10s %s\n", at == s ? '*' : ' ', line_tty(v[i]->kind, v[i]->number),
		    kinds[v[i]->kind], v[i]->number, v[i]->user, "idle",
		    idle_text(at ? ev_now(r->loop) - at->last_input : difftime(time(NULL), v[i]->since), idle),
		    v[i]->from ? v[i]->from : "");
	}
	out(s, "\n  Interface    User               Mode         Idle     Peer Address\n\n");
	free(v);
}

/* --- lines --- */

static void
line_row(struct session *s, enum line_kind kind, unsigned number)
{
	static const char *const types[] = { "CTY", "AUX", "VTY" };
	struct router *r = session_router(s);
	struct login *l = login_find(r, kind, number);
	struct line_settings o;

	line_settings(r->store, kind, number, &o);
	out(s, "%c%5u %s              -    -      -    - %4s %6u       0     0/0       -\n",
	    !l ? ' ' : s->login == l || (s->console && kind == LINE_CON) ? '*' : l->user ? 'A' : 'I', line_tty(kind, number), types[kind],
	    o.access_class ? o.access_class : "-", line_uses(r, kind, number));
}

void
show_line(struct session *s, const void *values)
{
	struct router *r = session_router(s);
	unsigned n = line_vty_count(r->store);

	(void)values;
	out(s, "   Tty Typ     Tx/Rx    A Modem  Roty AccO AccI   Uses   Noise  Overruns   Int\n");
	line_row(s, LINE_CON, 0);
	line_row(s, LINE_AUX, 0);
	for (unsigned i = 0; i < n; i++)
		line_row(s, LINE_VTY, i);
	out(s, "\n");
}

static const char *
limit(unsigned seconds, char buf[16])
{
	if (!seconds)
		return "never";
	return idle_text(seconds, buf);
}

void
show_terminal(struct session *s, const void *values)
{
	struct router *r = session_router(s);
	struct line_settings o;
	char a[16], b[16], c[16], d[16];

	(void)values;
	line_settings(r->store, s->login->kind, s->login->number, &o);
	out(s, "Line %u, Location: \"\", Type: \"\"\n", line_tty(s->login->kind, s->login->number));
	out(s, "Length: %u lines, Width: %u columns\n", s->length == 0xffff ? s->rows : s->length,
	    s->width == 0xffff ? s->columns : s->width);
	out(s, "Status: Ready, Active%s\n", o.exec_banner ? "" : ", No Exit Banner");
	out(s, "Timeouts:      Idle EXEC    Absolute     Login response\n");
	out(s, "               %-12s %-12s %s\n", limit(o.exec_timeout, a), limit(o.absolute_timeout, b), limit(o.login_timeout, c));
	out(s, "Time since activation: %s\n", idle_text(difftime(time(NULL), s->login->since), d));
	out(s, "Editing is %s.\n", o.editing ? "enabled" : "disabled");
	if (s->history_size)
		out(s, "History is enabled, history size is %d.\n", s->history_size);
	else
		out(s, "History is disabled.\n");
	out(s, "Monitoring is %s.\n", s->monitor ? "enabled" : "disabled");
	if (s->login->kind == LINE_VTY)
		out(s, "Allowed input transports are %s%s%s.\n", o.telnet ? "telnet" : "", o.telnet && o.ssh ? " " : "",
		    o.ssh ? "ssh" : o.telnet ? "" : "none");
}

void
exec_terminal_history_size(struct session *s, const void *values)
{
	const struct cfg_terminal_history_size *v = values;

	s->history_size = (int)v->size;
	s->history_typed = true;
}

/* --- clear line --- */

static void
clear_answer(struct session *s, const char *text, void *arg)
{
	struct router *r = session_router(s);
	unsigned tty = (unsigned)(uintptr_t)arg;
	struct login *next;

	if (*text && strncasecmp(text, "y", 1) != 0 && strncasecmp(text, "confirm", strlen(text)) != 0)
		return;
	for (struct login *l = r->logins; l; l = next) {
		struct session *at = session_at(r, l);

		next = l->next;
		if (line_tty(l->kind, l->number) != tty || at == s)
			continue;
		if (at)
			sitting_hangup(at);
		else if (l->hangup)
			l->hangup(l);
	}
	out(s, " [OK]\n");
}

void
exec_clear_line(struct session *s, const void *values)
{
	const struct cfg_clear_line *v = values;
	unsigned tty = v->what == CLEAR_LINE_WHAT_NUMBER ? v->number : v->what == CLEAR_LINE_WHAT_CONSOLE ? 0 :
	    v->what == CLEAR_LINE_WHAT_AUX ? 1 : line_tty(LINE_VTY, v->vty);

	if (tty == line_tty(s->login->kind, s->login->number)) {
		out(s, "%% Not allowed to clear current line\n");
		return;
	}
	if (tty >= line_tty(LINE_VTY, line_vty_count(session_store(s)))) {
		out(s, "%% Invalid line number\n");
		return;
	}
	session_ask(s, 0, "[confirm]", clear_answer, (void *)(uintptr_t)tty, NULL);
}

/* --- show login --- */

static void
login_text(struct session *s, bool failures)
{
	struct buf b = {0};

	aaa_show_login(session_router(s)->aaa, failures, &b);
	out_text(s, buf_str(&b), b.n);
	buf_free(&b);
}

void
show_login(struct session *s, const void *values)
{
	(void)values;
	login_text(s, false);
}

void
show_login_failures(struct session *s, const void *values)
{
	(void)values;
	login_text(s, true);
}
