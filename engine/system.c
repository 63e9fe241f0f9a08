/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rows of unit `system`: the daemon reads them itself, and there is nothing
 * for a driver in them. Here is only said what keeps one from its effect.
 */
#include <arpa/inet.h>
#include <string.h>

#include "engine/compile.h"
#include "gen/grammar.h"

compile_fn compile_system;

/* How many methods of a list, in the order of the grammar, the daemon knows; 0: the row is no method list. */
static unsigned
methods_known(int row)
{
	switch (row) {
	case ROW_AAA_AUTH_LOGIN_DEFAULT:
	case ROW_AAA_AUTH_LOGIN:
	case ROW_AAA_AUTH_ENABLE:
		return AAA_AUTH_LOGIN_M1_NONE + 1;
	case ROW_AAA_AUTHOR_DEFAULT:
	case ROW_AAA_AUTHOR:
	case ROW_AAA_AUTHOR_COMMANDS_DEFAULT:
	case ROW_AAA_AUTHOR_COMMANDS:
		return AAA_AUTHOR_M1_NONE + 1;
	default:
		return 0;
	}
}

static bool
other_protocol(struct compile *c, const char *group)
{
	if (strcmp(group, "tacacs+") == 0 || strcmp(group, "ldap") == 0)
		return true;
	for (const struct rec *g = compile_each(c, ROW_AAA_GROUP_TACACS); g; g = store_next(g))
		if (strcmp(((const struct cfg_aaa_group_tacacs *)rec_values(g))->name, group) == 0)
			return true;
	return false;
}

/* Methods that are passed over, as if nobody answered. */
static void
note_methods(struct compile *c, const struct rec *r)
{
	const struct g_row *row = &g_rows[r->row];
	unsigned known = methods_known(r->row), own = 0;
	bool commands = r->row == ROW_AAA_AUTHOR_COMMANDS_DEFAULT || r->row == ROW_AAA_AUTHOR_COMMANDS;

	for (unsigned i = 0; known && i < row->nslots; i++) {
		const struct g_slot *s = &g_slots[row->slots + i];
		const char *name = G_STR(s->name), *at = (const char *)rec_values(r) + s->offset, *group;
		uint32_t method;

		if (name[0] != 'm' || name[1] < '1' || name[1] > '4' || !rec_has(r, (int)i))
			continue;
		if (name[2] == '\0') {
			memcpy(&method, at, sizeof method);
			if (method >= known)
				compile_quiet(c, r, "NOTE: of the methods only group, local, enable, line, if-authenticated and none are applied; "
				    "another one is passed over");
			own += method < known && method != AAA_AUTHOR_M1_GROUP;
		} else if (commands && strcmp(name + 2, "_group") == 0) {
			memcpy(&group, at, sizeof group);
			compile_quiet(c, r, "NOTE: no server is asked about commands: group %s is passed over", group);
		} else if (strcmp(name + 2, "_group") == 0) {
			memcpy(&group, at, sizeof group);
			if (other_protocol(c, group))
				compile_quiet(c, r, "NOTE: servers are asked by RADIUS alone: group %s is passed over", group);
		}
	}
	if (commands && !own)
		compile_quiet_unused(c, r, "NOTE: of this list nothing is left, and no command is refused");
}

void
compile_system(struct compile *c, const struct rec *r)
{
	const struct cfg_logging_host *host = r->row == ROW_LOGGING_HOST ? rec_values(r) : NULL;
	struct in_addr addr;

	if (host && inet_pton(AF_INET, host->server, &addr) != 1)
		compile_unused(c, r, "NOTE: host names are not resolved, and nothing is sent over IPv6: logging host %s gets nothing",
		    host->server);
	note_methods(c, r);
}
