/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Terminal lines and who sits at them: see line.h. What a line does is read
 * from the configuration when it is asked, so that a change holds for the next
 * session. `line vty 0 4` and `line vty 2` may both be there: the smaller range
 * says what the larger one leaves open, or overrides it.
 */
#include "daemon/line.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/aaa.h"
#include "daemon/router.h"
#include "gen/grammar.h"
#include "lib/xalloc.h"

#define RANGES 16	/* line blocks that may cover one line */
#define VTY_DEFAULT 5	/* vty 0 to 4 are there without a line */

struct ranges {
	struct store *s;
	struct rec *r[RANGES];	/* the smallest first */
	unsigned size[RANGES];
	int n;
};

/* The numbers of a block; false when it is of another kind. Plain numbers count through all kinds. */
static bool
block_range(const struct cfg_line *v, enum line_kind kind, unsigned *first, unsigned *last)
{
	unsigned base = line_tty(kind, 0);

	*first = v->has & HAS_LINE_FIRST ? v->first : 0;
	*last = v->has & HAS_LINE_LAST && v->last > *first ? v->last : *first;
	switch (v->kind) {
	case LINE_KIND_CONSOLE:
		return kind == LINE_CON;
	case LINE_KIND_AUX:
		return kind == LINE_AUX;
	case LINE_KIND_VTY:
		return kind == LINE_VTY;
	case LINE_KIND_FIRST:
		if (*last < base)
			return false;
		*first = *first > base ? *first - base : 0;
		*last -= base;
		return kind == LINE_VTY || *first == 0;
	default:
		return false;
	}
}

static void
ranges_of(struct ranges *g, struct store *s, enum line_kind kind, unsigned number)
{
	unsigned first, last;

	*g = (struct ranges){ .s = s };
	for (struct rec *r = store_first(s, store_root(s), ROW_LINE); r && g->n < RANGES; r = store_next(r)) {
		int at;

		if (!block_range(rec_values(r), kind, &first, &last) || number < first || number > last)
			continue;
		for (at = g->n++; at > 0 && g->size[at - 1] > last - first; at--) {
			g->r[at] = g->r[at - 1];
			g->size[at] = g->size[at - 1];
		}
		g->r[at] = r;
		g->size[at] = last - first;
	}
}

/* The leaf of the smallest block that has it. */
static const struct rec *
stored(const struct ranges *g, int row)
{
	for (int i = 0; i < g->n; i++) {
		const struct rec *r = store_first(g->s, g->r[i], row);

		if (r)
			return r;
	}
	return NULL;
}

static const void *
value(const struct ranges *g, int row)
{
	const struct rec *r = stored(g, row);

	return r && !r->negated ? rec_values(r) : NULL;
}

/* A leaf that is on unless it is stored as `no`. */
static bool
on(const struct ranges *g, int row)
{
	const struct rec *r = stored(g, row);

	return !r || !r->negated;
}

static void
login_settings(const struct ranges *g, bool new_model, struct line_settings *o)
{
	const struct rec *r = stored(g, ROW_LINE_LOGIN);
	const struct cfg_line_login *v = r ? rec_values(r) : NULL;

	if (new_model) {
		o->login = LINE_LOGIN_LIST;
		o->login_list = v && !r->negated && v->list ? v->list : "default";
	} else if (r && r->negated)
		o->login = LINE_LOGIN_NONE;
	else if (v && v->has & HAS_LINE_LOGIN_HOW)
		o->login = v->how == LINE_LOGIN_HOW_LOCAL ? LINE_LOGIN_LOCAL : LINE_LOGIN_PASSWORD;
	else if (v)
		o->login = LINE_LOGIN_PASSWORD;
}

void
line_settings(struct store *s, enum line_kind kind, unsigned number, struct line_settings *o)
{
	const struct rec *new_model = store_first(s, store_root(s), ROW_AAA_NEW_MODEL);
	struct ranges g;
	const void *p;

	ranges_of(&g, s, kind, number);
	*o = (struct line_settings){ .exec_timeout = kind == LINE_CON ? 0 : 600, .login_timeout = 30, .level = 1, .length = 24,
		.width = 80, .history = 20, .ssh = kind == LINE_VTY, .telnet = kind == LINE_VTY,
		.synchronous_level = 2, .login = kind == LINE_VTY ? LINE_LOGIN_PASSWORD : LINE_LOGIN_NONE };
	if ((p = value(&g, ROW_LINE_EXEC_TIMEOUT))) {
		const struct cfg_line_exec_timeout *v = p;

		o->exec_timeout = v->minutes * 60 + v->seconds;
	}
	if ((p = value(&g, ROW_LINE_ABSOLUTE_TIMEOUT)))
		o->absolute_timeout = ((const struct cfg_line_absolute_timeout *)p)->minutes * 60;
	if ((p = value(&g, ROW_LINE_TIMEOUT_LOGIN)))
		o->login_timeout = ((const struct cfg_line_timeout_login *)p)->secs;
	if ((p = value(&g, ROW_LINE_PRIVILEGE))) {
		o->level = (int)((const struct cfg_line_privilege *)p)->level;
		o->has_level = true;
	}
	if ((p = value(&g, ROW_LINE_LENGTH))) {
		o->length = ((const struct cfg_line_length *)p)->lines;
		o->has_length = true;
	}
	if ((p = value(&g, ROW_LINE_WIDTH))) {
		o->width = ((const struct cfg_line_width *)p)->columns;
		o->has_width = true;
	}
	if ((p = value(&g, ROW_LINE_HISTORY_SIZE)))
		o->history = ((const struct cfg_line_history_size *)p)->entries;
	if (!on(&g, ROW_LINE_HISTORY))
		o->history = 0;
	o->editing = on(&g, ROW_LINE_EDITING);
	o->monitor = value(&g, ROW_LINE_MONITOR) != NULL;
	if ((p = value(&g, ROW_LINE_LOGGING))) {
		const struct cfg_line_logging *v = p;

		o->synchronous = true;
		if (v->has & HAS_LINE_LOGGING_LEVEL)
			o->synchronous_level = v->level == LINE_LOGGING_LEVEL_ALL ? 8 : v->level_number;
	}
	o->exec = on(&g, ROW_LINE_EXEC);
	o->exec_banner = on(&g, ROW_LINE_EXEC_BANNER);
	o->motd_banner = on(&g, ROW_LINE_MOTD_BANNER);
	if ((p = value(&g, ROW_LINE_TRANSPORT_INPUT))) {
		const struct cfg_line_transport_input *v = p;

		o->ssh = v->all || v->ssh;
		o->telnet = v->all || v->telnet;
	}
	if ((p = value(&g, ROW_LINE_PASSWORD))) {
		const struct cfg_line_password *v = p;

		o->password = v->password;
		o->password_type = v->type == LINE_PASSWORD_TYPE_7 ? 7 : v->type == LINE_PASSWORD_TYPE_6 ? 6 : 0;
	}
	if ((p = value(&g, ROW_LINE_SECRET))) {
		static const unsigned types[] = { 0, 5, 8, 9 };
		const struct cfg_line_secret *v = p;

		o->secret = v->secret;
		o->secret_type = types[v->type];
	}
	for (int i = 0; i < g.n && !o->access_class; i++)
		for (struct rec *r = store_first(s, g.r[i], ROW_LINE_ACCESS_CLASS); r; r = store_next(r)) {
			const struct cfg_line_access_class *v = rec_values(r);

			if (v->dir == LINE_ACCESS_CLASS_DIR_IN)
				o->access_class = v->acl;
		}
	if ((p = value(&g, ROW_LINE_AUTOCOMMAND)))
		o->autocommand = ((const struct cfg_line_autocommand *)p)->command;
	if ((p = value(&g, ROW_LINE_AUTHORIZATION_EXEC))) {
		const struct cfg_line_authorization_exec *v = p;

		o->authorization_list = v->list ? v->list : "default";
	}
	login_settings(&g, new_model && !new_model->negated, o);
}

const char *
line_command_list(struct store *s, enum line_kind kind, unsigned number, unsigned level)
{
	struct ranges g;

	ranges_of(&g, s, kind, number);
	for (int i = 0; i < g.n; i++)
		for (struct rec *r = store_first(s, g.r[i], ROW_LINE_AUTHORIZATION_COMMANDS); r; r = store_next(r)) {
			const struct cfg_line_authorization_commands *v = rec_values(r);

			if (v->level == level)
				return v->list ? v->list : "default";
		}
	return NULL;
}

unsigned
line_vty_count(struct store *s)
{
	unsigned n = VTY_DEFAULT, first, last;

	for (struct rec *r = store_first(s, store_root(s), ROW_LINE); r; r = store_next(r))
		if (block_range(rec_values(r), LINE_VTY, &first, &last) && last >= n)
			n = last + 1;
	return n;
}

unsigned
line_tty(enum line_kind kind, unsigned number)
{
	return kind == LINE_CON ? 0 : kind == LINE_AUX ? 1 : 2 + number;
}

const char *
line_name(enum line_kind kind, unsigned number, char buf[LINE_NAME_MAX])
{
	snprintf(buf, LINE_NAME_MAX, "%s%u", kind == LINE_CON ? "con" : kind == LINE_AUX ? "aux" : "vty", number);
	return buf;
}

/* --- who sits where --- */

int
line_find_vty(struct router *r, struct in_addr addr, const char **why)
{
	unsigned n = line_vty_count(r->store);
	bool denied = false;

	for (unsigned i = 0; i < n; i++) {
		struct line_settings o;

		if (login_find(r, LINE_VTY, i))
			continue;
		line_settings(r->store, LINE_VTY, i, &o);
		if (!o.ssh || !o.exec)
			continue;
		if (!o.access_class || aaa_acl_permits(r, o.access_class, addr))
			return (int)i;
		denied = true;
	}
	*why = denied ? "denied by access-class" : "";
	return -1;
}

struct login *
login_new(struct router *r, enum line_kind kind, unsigned number, const char *from, struct in_addr addr, uint16_t port)
{
	struct login *l = xcalloc(1, sizeof *l);
	unsigned tty = line_tty(kind, number);

	l->kind = kind;
	l->number = number;
	l->from = from ? xstrdup(from) : NULL;
	l->addr = addr;
	l->port = port;
	l->held = 1;	/* the line's own */
	l->level = 1;
	l->since = time(NULL);
	l->next = r->logins;
	r->logins = l;
	if (tty >= r->nline_uses) {
		r->line_uses = xrealloc(r->line_uses, sizeof *r->line_uses * (tty + 1));
		memset(r->line_uses + r->nline_uses, 0, sizeof *r->line_uses * (tty + 1 - r->nline_uses));
		r->nline_uses = tty + 1;
	}
	r->line_uses[tty]++;
	return l;
}

void
login_hold(struct login *l)
{
	l->held++;
}

void
login_drop(struct login *l)
{
	if (--l->held)
		return;
	free(l->user);
	free(l->from);
	free(l);
}

void
login_free(struct router *r, struct login *l)
{
	if (!l)
		return;
	for (struct login **p = &r->logins; *p; p = &(*p)->next)
		if (*p == l) {
			*p = l->next;
			break;
		}
	l->next = NULL;
	l->ssh = NULL;
	l->hangup = NULL;
	login_drop(l);
}

unsigned
line_uses(struct router *r, enum line_kind kind, unsigned number)
{
	unsigned tty = line_tty(kind, number);

	return tty < r->nline_uses ? r->line_uses[tty] : 0;
}

struct login *
login_find(struct router *r, enum line_kind kind, unsigned number)
{
	for (struct login *l = r->logins; l; l = l->next)
		if (l->kind == kind && l->number == number)
			return l;
	return NULL;
}
