/* SPDX-License-Identifier: BSD-2-Clause */
/* debug, undebug and show debugging: the person's side of daemon/debug.h. */
#include <string.h>

#include "cli/exec.h"
#include "daemon/debug.h"
#include "daemon/router.h"

exec_fn show_debugging, exec_undebug, debug_crypto, undebug_crypto, debug_ip_ospf, undebug_ip_ospf, debug_ip_bgp, undebug_ip_bgp, debug_tunnel, undebug_tunnel;

static void
say(struct session *s, const char *before, enum debug_option o, bool on)
{
	const char *text = debug_text(o), *state = strstr(text, "%s");

	out(s, "%s%.*s%s%s\n", before, (int)(state - text), text, on ? "on" : "off", state + 2);
}

void
show_debugging(struct session *s, const void *values)
{
	const struct debug *d = session_router(s)->debug;
	const char *heading = "";

	(void)values;
	for (int i = 0; i < DEBUG_NOPTION; i++) {
		enum debug_option o = (enum debug_option)i;

		if (!debug_is_on(d, o))
			continue;
		if (strcmp(debug_heading(o), heading) != 0)
			out(s, "%s%s:\n", *heading ? "\n" : "", debug_heading(o));
		heading = debug_heading(o);
		say(s, "  ", o, true);
	}
	out(s, "\n");
}

void
exec_undebug(struct session *s, const void *values)
{
	(void)values;
	debug_clear(session_router(s)->debug);
	out(s, "All possible debugging has been turned off\n");
}

static void
set(struct session *s, enum debug_option o, bool on)
{
	debug_set(session_router(s)->debug, o, on);
	say(s, "", o, on);
}

/* The alternatives of the rows stand in the order of enum debug_option; `undebug` has the values of `debug`. */
static void
crypto(struct session *s, const void *values, bool on)
{
	const struct cfg_debug_crypto *a = values;

	set(s, (enum debug_option)(DEBUG_CRYPTO_ENGINE + a->what), on);
}

void
debug_crypto(struct session *s, const void *values)
{
	crypto(s, values, true);
}

void
undebug_crypto(struct session *s, const void *values)
{
	crypto(s, values, false);
}

static void
ip_ospf(struct session *s, const void *values, bool on)
{
	const struct cfg_debug_ip_ospf *a = values;

	set(s, (enum debug_option)(DEBUG_OSPF_ADJ + a->what), on);
}

void
debug_ip_ospf(struct session *s, const void *values)
{
	ip_ospf(s, values, true);
}

void
undebug_ip_ospf(struct session *s, const void *values)
{
	ip_ospf(s, values, false);
}

static void
ip_bgp(struct session *s, const void *values, bool on)
{
	const struct cfg_debug_ip_bgp *a = values;

	set(s, a->has & HAS_DEBUG_IP_BGP_WHAT ? (enum debug_option)(DEBUG_BGP_EVENTS + a->what) : DEBUG_BGP, on);
}

void
debug_ip_bgp(struct session *s, const void *values)
{
	ip_bgp(s, values, true);
}

void
undebug_ip_bgp(struct session *s, const void *values)
{
	ip_bgp(s, values, false);
}

void
debug_tunnel(struct session *s, const void *values)
{
	(void)values;
	set(s, DEBUG_TUNNEL_KEEPALIVE, true);
}

void
undebug_tunnel(struct session *s, const void *values)
{
	(void)values;
	set(s, DEBUG_TUNNEL_KEEPALIVE, false);
}
