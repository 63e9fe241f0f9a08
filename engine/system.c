/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows of unit `system`: the daemon reads them itself, and there is nothing
 * for a driver in them. Here is only said what keeps one from its effect.
 */
#include <arpa/inet.h>

#include "engine/compile.h"
#include "gen/grammar.h"

compile_fn compile_system;

void
compile_system(struct compile *c, const struct rec *r)
{
	const struct cfg_logging_host *host = r->row == ROW_LOGGING_HOST ? rec_values(r) : NULL;
	struct in_addr addr;

	if (host && inet_pton(AF_INET, host->server, &addr) != 1)
		compile_unused(c, r, "NOTE: host names are not resolved, and nothing is sent over IPv6: logging host %s gets nothing",
		    host->server);
}
