/* SPDX-License-Identifier: BSD-2-Clause */
/* show archive log config, clear archive log config. */
#include <stdio.h>
#include <string.h>

#include "cli/exec.h"
#include "cli/proto.h"
#include "daemon/config_log.h"
#include "daemon/router.h"

exec_fn show_archive_log, clear_archive_log;

struct listing {
	struct session *s;
	const struct cfg_show_archive_log *v;
	const char *user;	/* of the entry before */
	unsigned session, sessions;
};

static bool
wanted(const struct cfg_show_archive_log *v, const struct config_log_entry *e)
{
	switch (v->what) {
	case SHOW_ARCHIVE_LOG_WHAT_USER:
		return strcmp(v->user, e->user) == 0 && (!v->number || v->number == e->session);
	case SHOW_ARCHIVE_LOG_WHAT_ALL:
		return true;
	default:
		return e->number >= v->first && e->number <= (v->last ? v->last : v->first);
	}
}

static void
one(void *ctx, const struct config_log_entry *e)
{
	struct listing *t = ctx;
	char who[64];

	if (!wanted(t->v, e))
		return;
	if (t->v->provisioning) {
		out(t->s, "%s\n", e->text);
		return;
	}
	snprintf(who, sizeof who, "%s@%s", e->user, e->line);
	out(t->s, "%5u %5u %20s  |%s\n", e->number, e->session, who, e->text);
}

static void
count_session(void *ctx, const struct config_log_entry *e)
{
	struct listing *t = ctx;

	t->sessions += e->session != t->session;
	t->session = e->session;
}

static void
statistics(struct session *s, const struct config_log *l)
{
	struct config_log_size n = config_log_size(l);
	struct listing t = {0};

	config_log_each(l, count_session, &t);
	out(s, "Config Log Session Info:\n"
	    "    Number of sessions being tracked: %u\n\n", t.sessions);
	out(s, "Config Log log-queue Info:\n"
	    "    Number of entries in the log-queue: %zu\n"
	    "    Memory being held by the log-queue: %zu bytes\n"
	    "    Total memory allocated for log entries: %zu bytes\n"
	    "    Total memory freed from log entries: %zu bytes\n", n.entries, n.bytes, n.bytes_total, n.bytes_freed);
}

void
show_archive_log(struct session *s, const void *values)
{
	struct listing t = { .s = s, .v = values };
	struct config_log *l = session_router(s)->config_log;

	if (t.v->what == SHOW_ARCHIVE_LOG_WHAT_STATISTICS) {
		statistics(s, l);
		return;
	}
	if (!t.v->provisioning)
		out(s, " idx   sess           user@line      Logged command\n");
	config_log_each(l, one, &t);
}

static void
clear_answer(struct session *s, const char *text, void *arg)
{
	(void)arg;
	if (!*text || *text == 'y' || *text == 'Y' || *text == 'c')
		config_log_clear(session_router(s)->config_log);
}

void
clear_archive_log(struct session *s, const void *values)
{
	const struct cfg_clear_archive_log *v = values;

	if (v->force)
		config_log_clear(session_router(s)->config_log);
	else
		session_ask(s, ASK_KEY, "Clear the log of configuration commands? [confirm]", clear_answer, NULL, NULL);
}
