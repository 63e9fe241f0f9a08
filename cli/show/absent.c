/* SPDX-License-Identifier: BSD-2-Clause */
/* Shows of what this router does not run, in IOS's words for it being off: programs wait for these, not for an error. */
#include "cli/exec.h"

exec_fn show_cdp, show_lldp, show_ntp, show_sessions, show_reload;

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
show_ntp(struct session *s, const void *values)
{
	(void)values;
	out(s, "%%NTP is not enabled.\n");
}

void
show_sessions(struct session *s, const void *values)
{
	(void)values;
	out(s, "%% No connections open\n");
}

void
show_reload(struct session *s, const void *values)
{
	(void)values;
	out(s, "No reload is scheduled.\n");
}
