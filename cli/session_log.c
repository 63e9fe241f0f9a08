/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Log lines on the terminals of sessions. One that monitors (`terminal
 * monitor`) gets what `logging monitor` lets through. The console, which is
 * every shell on the unix socket, gets what `logging console` lets through if
 * a person sits there: the shell tells the size of its window then, and a
 * pipe or `-c` does not, so that no script finds lines in its answers that it
 * did not ask for.
 */
#include "cli/proto.h"
#include "cli/session.h"
#include "cli/session_int.h"

bool
sessions_log(struct router *r, int severity, const char *line, bool console, bool monitor)
{
	struct buf b = {0};
	bool took = false;

	buf_putc(&b, 0);
	buf_printf(&b, "%s\n", line);
	for (struct session *s = r->sessions; s; s = s->next) {
		if (!s->conn || !((monitor && s->monitor) || (console && s->console && s->person)))
			continue;
		b.d[0] = s->synchronous && severity > (int)s->synchronous_level ? LOG_SYNCHRONOUS : 0;
		/* a shell that does not read loses the line, not the router its time */
		(void)conn_send(s->conn, MSG_LOG, b.d, b.n);
		took |= monitor && s->monitor;
	}
	buf_free(&b);
	return took;
}
