/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Protocols that this router does not speak, but which programs ask for before
 * they go on: the answer is that of a router where they are switched off. For
 * show ipv6 interface that is no line at all.
 */
#include "cli/exec.h"

exec_fn show_cdp, show_lldp, show_ipv6_interface;

void
show_cdp(struct session *s, const void *values)
{
	(void)values;
	out(s, "%% CDP is not enabled\n");
}

void
show_lldp(struct session *s, const void *values)
{
	(void)values;
	out(s, "%% LLDP is not enabled\n");
}

void
show_ipv6_interface(struct session *s, const void *values)
{
	(void)s;
	(void)values;
}
