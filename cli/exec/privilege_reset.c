/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * privilege MODE [all] reset COMMAND: the command has its own level again. It
 * leaves no line; it takes those of `privilege MODE level` away, with `all` also
 * those of the commands that begin with COMMAND.
 */
#include <string.h>
#include <strings.h>

#include "cli/exec.h"
#include "daemon/router.h"

exec_fn config_privilege_reset;

static bool
named(const char *command, const char *wanted, bool all)
{
	size_t n = strlen(wanted);

	return strncasecmp(command, wanted, n) == 0 && (command[n] == '\0' || (all && command[n] == ' '));
}

void
config_privilege_reset(struct session *s, const void *values)
{
	const struct cfg_privilege_reset *v = values;
	struct store *st = session_router(s)->store;
	struct rec *r = store_first(st, store_root(st), ROW_PRIVILEGE_CMD), *next;

	for (; r; r = next) {
		const struct cfg_privilege_cmd *c = rec_values(r);

		next = store_next(r);
		if (strcasecmp(c->mode, v->mode) == 0 && named(c->command, v->command, v->has & HAS_PRIVILEGE_RESET_ALL))
			store_delete(st, r);
	}
}
