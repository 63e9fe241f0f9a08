/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the line does to a session that sits on it: banners and the automatic
 * command at the beginning, the limits of time, and the way up and down between
 * privilege levels (enable, disable).
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <ev.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "cli/privilege.h"
#include "cli/proto.h"
#include "cli/session.h"
#include "cli/session_int.h"
#include "daemon/aaa.h"
#include "daemon/aaa_int.h"
#include "daemon/logging.h"
#include "lib/log.h"
#include "lib/xalloc.h"

exec_fn exec_enable, exec_disable;

#define ENABLE_TRIES 3

/* --- the beginning --- */

static void
banner(struct session *s, uint32_t what)
{
	struct store *st = s->r->store;
	struct cfg_banner key = { .has = HAS_BANNER_WHAT, .what = what };
	struct rec *r = store_find(st, store_root(st), ROW_BANNER, &key);
	const struct cfg_banner *v = r ? rec_values(r) : NULL;
	struct buf b = {0};
	const char *host = router_hostname(s->r);
	char name[LINE_NAME_MAX], number[16];

	if (!v || !v->text)
		return;
	snprintf(number, sizeof number, "%u", line_tty(s->login->kind, s->login->number));
	buf_putc(&b, '\n');
	/* the tokens that IOS fills in */
	for (const char *p = v->text; *p;) {
		if (strncmp(p, "$(hostname)", 11) == 0) {
			buf_puts(&b, host);
			p += 11;
		} else if (strncmp(p, "$(line)", 7) == 0) {
			buf_puts(&b, number);
			p += 7;
		} else if (strncmp(p, "$(line-desc)", 12) == 0) {
			buf_puts(&b, line_name(s->login->kind, s->login->number, name));
			p += 12;
		} else
			buf_putc(&b, *p++);
	}
	buf_putc(&b, '\n');
	conn_send(s->conn, MSG_OUTPUT, buf_str(&b), b.n);
	buf_free(&b);
}

static const char *
automatic(struct session *s, const struct line_settings *o, bool *stays)
{
	struct local_user u;

	*stays = false;
	if (*s->login->user && s->login->kind == LINE_VTY && aaa_local_user(s->r->store, s->login->user, false, &u) && u.autocommand) {
		*stays = u.nohangup;
		return u.autocommand;
	}
	return o->autocommand;
}

/* The host has said who this is; a local user of that name gives the level, root has them all. */
static void
console_user(struct session *s, uid_t uid)
{
	struct local_user u;
	char *name;

	s->login->level = uid == 0 || uid == geteuid() ? PRIVILEGE_MAX : 1;
	if (s->login->level == PRIVILEGE_MAX || !(name = router_user_name(uid)))
		return;
	free(s->login->user);
	s->login->user = name;
	if (aaa_local_user(s->r->store, name, true, &u) && u.level >= 0)
		s->login->level = u.level;
}

void
sitting_begin(struct session *s, uid_t uid)
{
	struct line_settings o;
	const char *command;
	bool stays;

	if (s->console)
		console_user(s, uid);
	s->level = s->login->level;
	s->history_size = HISTORY_DEFAULT;
	sitting_configured(s);
	line_settings(s->r->store, s->login->kind, s->login->number, &o);
	if (o.motd_banner)
		banner(s, BANNER_WHAT_MOTD);
	if (o.exec_banner)
		banner(s, BANNER_WHAT_EXEC);
	if ((command = automatic(s, &o, &stays))) {
		s->leaves = !stays;
		s->begin_with = xstrdup(command);
	}
}

/* --- time --- */

static void
end(struct session *s, const char *why)
{
	struct conn *c = s->conn;

	if (!c)
		return;
	if (why)
		conn_send(c, MSG_OUTPUT, why, strlen(why));
	conn_send(c, MSG_EXIT, "", 0);
	conn_close(c);
}

void
sitting_hangup(struct session *s)
{
	end(s, NULL);
}

static void
on_idle(struct ev_loop *loop, ev_timer *w, int events)
{
	struct session *s = w->data;

	(void)events;
	if (s->busy || s->fetching) {
		ev_timer_again(loop, w);	/* a command runs: that is no idleness */
		return;
	}
	ev_timer_stop(loop, w);
	end(s, NULL);
}

static void
on_absolute(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)loop;
	(void)events;
	end(w->data, "\n\n*\n* Line timeout expired\n*\n");
}

void
sitting_begin_timers(struct session *s)
{
	ev_init(&s->idle, on_idle);
	ev_init(&s->absolute, on_absolute);
	s->idle.data = s->absolute.data = s;
	s->last_input = ev_now(s->r->loop);
}

void
sitting_end_timers(struct session *s)
{
	ev_timer_stop(s->r->loop, &s->idle);
	ev_timer_stop(s->r->loop, &s->absolute);
}

/* Something was typed. */
void
sitting_input(struct session *s)
{
	s->last_input = ev_now(s->r->loop);
	if (ev_is_active(&s->idle))
		ev_timer_again(s->r->loop, &s->idle);
}

/* exec-timeout and the like hold for those who sit there already, as on IOS. */
void
sitting_configured(struct session *s)
{
	struct line_settings o;
	double left;

	if (!s->conn)
		return;
	line_settings(s->r->store, s->login->kind, s->login->number, &o);
	s->synchronous = o.synchronous;
	s->synchronous_level = o.synchronous_level;
	if (!s->history_typed)
		s->history_size = o.history < HISTORY_MAX ? (int)o.history : HISTORY_MAX;
	if (!s->length_typed)
		s->length = o.has_length ? (uint16_t)o.length : 0xffff;
	if (!s->width_typed)
		s->width = o.has_width ? (uint16_t)o.width : 0xffff;
	if (!s->monitor_typed)
		s->monitor = o.monitor;
	ev_timer_stop(s->r->loop, &s->idle);
	s->idle.repeat = o.exec_timeout;
	if (o.exec_timeout)
		ev_timer_again(s->r->loop, &s->idle);
	ev_timer_stop(s->r->loop, &s->absolute);
	if (o.absolute_timeout) {
		left = (double)s->login->since + o.absolute_timeout - ev_now(s->r->loop);
		ev_timer_set(&s->absolute, left > 0 ? left : 0, 0.);
		ev_timer_start(s->r->loop, &s->absolute);
	}
}

void
sessions_configured(struct router *r)
{
	for (struct session *s = r->sessions; s; s = s->next)
		sitting_configured(s);
}

/* --- levels --- */

static void ask_password(struct session *s);

/* `logging userinfo`: who went up, or tried to. */
static void
say_level(struct session *s, bool passed)
{
	const char *user = s->login->user && *s->login->user ? s->login->user : "unknown";
	char line[LINE_NAME_MAX], from[64] = "";

	if (!s->r->log->userinfo)
		return;
	if (s->console)
		snprintf(line, sizeof line, "console");
	else
		line_name(s->login->kind, s->login->number, line);
	if (s->login->from)
		snprintf(from, sizeof from, " (%s)", s->login->from);
	if (passed)
		log_msg("SYS", 5, "PRIV_AUTH_PASS", "Privilege level set to %d by %s on %s%s", s->level, user, line, from);
	else
		log_msg("SYS", 5, "PRIV_AUTH_FAIL", "Authentication to Privilege level %d failed by %s on %s%s", s->enabling.level, user,
		    line, from);
}

static void
enable_answered(void *arg, const struct aaa_answer *a)
{
	struct session *s = arg;

	s->enabling.request = NULL;
	if (a->result == AAA_FAIL)
		say_level(s, false);
	if (a->result == AAA_PASS) {
		s->level = s->enabling.level;
		say_level(s, true);
	} else if (a->result == AAA_ERROR) {
		out(s, "%% Error in authentication.\n\n");
	} else if (aaa_new_model(s->r->store)) {
		out(s, "%% Access denied\n\n");
	} else if (++s->enabling.tries < ENABLE_TRIES) {
		ask_password(s);
	} else {
		struct stored_password p;
		bool secret = false;

		(void)aaa_enable_password(s->r->store, s->enabling.level, &p, &secret);
		out(s, "%% Bad %s\n\n", secret ? "secrets" : "passwords");
	}
	session_done(s);
}

static void
enable_cancelled(void *arg)
{
	struct session *s = arg;

	aaa_cancel(s->enabling.request);
	s->enabling.request = NULL;
	session_done(s);
}

static void
enable_gone(void *arg)
{
	struct session *s = arg;

	aaa_cancel(s->enabling.request);
	s->enabling.request = NULL;
}

static void
password_typed(struct session *s, const char *text, void *arg)
{
	(void)arg;
	session_busy(s, enable_cancelled, enable_gone, s);
	s->enabling.request = aaa_enable(s->r->aaa, s->login->kind, s->login->number, s->enabling.level, s->login->user, text,
	    enable_answered, s);
}

static void
ask_password(struct session *s)
{
	session_ask(s, ASK_NOECHO, "Password: ", password_typed, NULL, NULL);
}

void
exec_enable(struct session *s, const void *values)
{
	const struct cfg_enable *v = values;
	int level = v->has ? (int)v->level : PRIVILEGE_MAX;

	if (level <= s->level) {
		if (v->has)
			s->level = level;
		return;
	}
	s->enabling.level = level;
	s->enabling.tries = 0;
	if (aaa_enable_possible(s->r->aaa, level)) {
		ask_password(s);
	} else if (s->console && s->login->level == PRIVILEGE_MAX) {
		s->level = level;	/* the console needs no password where none is configured */
		say_level(s, true);
	} else if (aaa_new_model(s->r->store)) {
		out(s, "%% Error in authentication.\n\n");
	} else {
		out(s, "%% No password set\n");
	}
}

void
exec_disable(struct session *s, const void *values)
{
	const struct cfg_disable *v = values;
	int level = v->has ? (int)v->level : 1;

	if (level > s->level)
		out(s, "%% Can't raise privilege with the disable command\n");
	else
		s->level = level;
}
