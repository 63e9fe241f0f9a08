/* SPDX-License-Identifier: BSD-2-Clause */
/* The command clear counters. What it does is in cli/show/counters.h. */
#include <stdlib.h>

#include "cli/exec.h"
#include "cli/proto.h"
#include "cli/show/counters.h"
#include "cli/show/iflist.h"
#include "daemon/router.h"
#include "lib/buf.h"
#include "lib/log.h"
#include "lib/xalloc.h"

exec_fn exec_clear_counters;

/* arg: the interface's name, NULL: all of them */
static void
clear_answer(struct session *s, const char *text, void *arg)
{
	struct buf who = {0};
	size_t n;
	struct iface *list;

	if (*text && *text != 'y' && *text != 'Y') {
		free(arg);
		return;
	}
	list = iface_list(s, &n);
	counters_clear(&session_router(s)->cleared, arg, list, n);
	free(list);
	session_who(s, &who);
	log_msg("CLEAR", 5, "COUNTERS", "Clear counter on %s%s by %s", arg ? "interface " : "all interfaces", arg ? (char *)arg : "",
	    buf_str(&who));
	buf_free(&who);
	free(arg);
}

void
exec_clear_counters(struct session *s, const void *values)
{
	const struct cfg_clear_counters *v = values;

	if (v->has & HAS_CLEAR_COUNTERS_IF)
		session_ask(s, ASK_KEY, "Clear \"show interface\" counters on this interface [confirm]", clear_answer, xstrdup(v->if_), free);
	else
		session_ask(s, ASK_KEY, "Clear \"show interface\" counters on all interfaces [confirm]", clear_answer, NULL, NULL);
}
