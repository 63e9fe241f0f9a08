/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands ping and traceroute: from typed values to cli/exec/icmp.h, and
 * between its callbacks and the session. Names are not resolved: asking a
 * server would hold up the router.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "cli/exec.h"
#include "cli/exec/icmp.h"
#include "daemon/router.h"
#include "lib/ip4.h"
#include "lib/xalloc.h"
#include "parser/types.h"

exec_fn exec_ping, exec_traceroute;

/* One run; it lives until done() or gone(). */
struct run {
	struct session *session;
	struct ping *ping;
	struct traceroute *trace;
};

static void
on_text(void *arg, const char *text)
{
	out_text(((struct run *)arg)->session, text, strlen(text));
}

static void
on_done(void *arg)
{
	struct run *r = arg;
	struct session *s = r->session;

	free(r);
	session_done(s);
}

static void
cancel(void *arg)
{
	struct run *r = arg;

	if (r->ping)
		ping_cancel(r->ping);
	else
		traceroute_cancel(r->trace);
}

static void
gone(void *arg)
{
	struct run *r = arg;

	if (r->ping)
		ping_free(r->ping);
	else
		traceroute_free(r->trace);
	free(r);
}

static bool
destination(struct session *s, const char *text, uint32_t *dst)
{
	if (ip4_parse(text, dst))
		return true;
	out(s, "%% Unrecognized host or address, or protocol not running.\n\n");
	return false;
}

/* The VRF by its name; NULL is the global table. */
static bool
known_vrf(struct session *s, const char *vrf)
{
	if (!vrf || store_defined(session_store(s), REF_VRF, vrf))
		return true;
	out(s, "%% VRF %s does not exist\n", vrf);
	return false;
}

static const char no_interface[] = "% Invalid source interface - IP not enabled or interface is down\n";
static const char no_source[] =
	"% Invalid source. Must use same-VRF IP address or full interface name without spaces (e.g. Serial0/1)\n";

/* An address, or the configured address of an interface; *named tells which it was. */
static bool
source(struct session *s, const char *text, uint32_t *addr, bool *named)
{
	struct store *st = session_store(s);
	struct cfg_interface key = {0};
	const struct cfg_interface_address *a = NULL;
	struct lexed lx;
	char name[40];
	struct rec *r;

	*named = false;
	if (!text || ip4_parse(text, addr))
		return true;
	lex_line(&lx, text);
	if (lx.n != 1 || ifname_parse(&lx, 0, name) != 1) {
		out_text(s, no_source, strlen(no_source));
		return false;
	}
	*named = true;
	key.if_ = name;
	r = store_find(st, store_root(st), ROW_INTERFACE, &key);
	if (r)
		a = store_leaf(st, r, ROW_INTERFACE_ADDRESS);
	if (!a) {
		out_text(s, no_interface, strlen(no_interface));
		return false;
	}
	*addr = a->addr;
	return true;
}

/* After start(): the session waits, or hears why nothing was started. */
static void
started(struct session *s, struct run *r, bool named)
{
	int err = errno;

	if (r->ping || r->trace) {
		session_busy(s, cancel, gone, r);
		return;
	}
	free(r);
	if (err == EADDRNOTAVAIL && named)
		out_text(s, no_interface, strlen(no_interface));
	else if (err == EADDRNOTAVAIL)
		out_text(s, no_source, strlen(no_source));
	else
		out(s, "%% No socket: %s\n", strerror(err));
}

void
exec_ping(struct session *s, const void *values)
{
	const struct cfg_ping *v = values;
	struct ping_params p = PING_DEFAULTS;
	struct run *r;
	bool named;

	if (!known_vrf(s, v->vrf) || !destination(s, v->dest, &p.dst) || !source(s, v->src, &p.source, &named))
		return;
	if (v->has & HAS_PING_COUNT)
		p.repeat = v->count;
	if (v->has & HAS_PING_SIZE)
		p.size = v->size;
	if (v->has & HAS_PING_TIMEOUT)
		p.timeout = v->timeout;
	p.df = (v->has & HAS_PING_DF_BIT) != 0;
	p.vrf = v->vrf;
	r = xcalloc(1, sizeof *r);
	r->session = s;
	r->ping = ping_start(session_router(s)->loop, &p, on_text, on_done, r);
	started(s, r, named);
}

void
exec_traceroute(struct session *s, const void *values)
{
	const struct cfg_traceroute *v = values;
	struct traceroute_params p = TRACEROUTE_DEFAULTS;
	struct run *r;
	bool named;

	if (!known_vrf(s, v->vrf) || !destination(s, v->dest, &p.dst) || !source(s, v->src, &p.source, &named))
		return;
	if (v->has & HAS_TRACEROUTE_PROBES)
		p.probes = (uint8_t)v->probes;
	if (v->has & HAS_TRACEROUTE_TIMEOUT)
		p.timeout = v->timeout;
	if (v->has & HAS_TRACEROUTE_MIN) {
		p.min_ttl = (uint8_t)v->min;
		p.max_ttl = (uint8_t)v->max;
		if (v->min > v->max) {
			out(s, "%% Maximum TTL must not be less than the minimum\n");
			return;
		}
	}
	if (v->has & HAS_TRACEROUTE_PORT)
		p.port = (uint16_t)v->port;
	p.numeric = (v->has & HAS_TRACEROUTE_NUMERIC) != 0;
	p.vrf = v->vrf;
	r = xcalloc(1, sizeof *r);
	r->session = s;
	r->trace = traceroute_start(session_router(s)->loop, &p, on_text, on_done, r);
	started(s, r, named);
}
