/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The commands ping and traceroute: from typed values to cli/exec/icmp.h, and
 * between its callbacks and the session. Names are not resolved: asking a
 * server would hold up the router.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/exec.h"
#include "cli/exec/icmp.h"
#include "daemon/router.h"
#include "lib/ip4.h"
#include "lib/xalloc.h"
#include "parser/types.h"

exec_fn exec_ping, exec_ping_dialogue, exec_traceroute;

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

static void
start_ping(struct session *s, const struct ping_params *p, bool named)
{
	struct run *r = xcalloc(1, sizeof *r);

	r->session = s;
	r->ping = ping_start(session_router(s)->loop, p, on_text, on_done, r);
	started(s, r, named);
}

void
exec_ping(struct session *s, const void *values)
{
	const struct cfg_ping *v = values;
	struct ping_params p = PING_DEFAULTS;
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
	start_ping(s, &p, named);
}

/*
 * `ping` alone asks for everything, in IOS's order. What only one answer is
 * carried out of says so when another one is given.
 */
struct dialogue {
	unsigned at;
	struct ping_params p;
	bool named;
};

enum { ASK_PROTOCOL, ASK_TARGET, ASK_COUNT, ASK_SIZE, ASK_TIMEOUT, ASK_EXTENDED, ASK_SOURCE, ASK_TOS, ASK_DF, ASK_VALIDATE, ASK_PATTERN,
	ASK_OPTIONS, ASK_SWEEP, ASKED };

static const struct question {
	const char *text;
	uint32_t min, max;	/* of a number */
	const char *only;	/* the one answer that can be given */
} questions[ASKED] = {
	[ASK_PROTOCOL] = { "Protocol [ip]: ", 0, 0, "ip" },
	[ASK_TARGET] = { "Target IP address: ", 0, 0, NULL },
	[ASK_COUNT] = { "Repeat count [5]: ", 1, 2147483647, NULL },
	[ASK_SIZE] = { "Datagram size [100]: ", 36, 18024, NULL },
	[ASK_TIMEOUT] = { "Timeout in seconds [2]: ", 0, 3600, NULL },
	[ASK_EXTENDED] = { "Extended commands [n]: ", 0, 0, NULL },
	[ASK_SOURCE] = { "Source address or interface: ", 0, 0, NULL },
	[ASK_TOS] = { "Type of service [0]: ", 0, 0, "0" },
	[ASK_DF] = { "Set DF bit in IP header? [no]: ", 0, 0, NULL },
	[ASK_VALIDATE] = { "Validate reply data? [no]: ", 0, 0, "no" },
	[ASK_PATTERN] = { "Data pattern [0xABCD]: ", 0, 0, "0xABCD" },
	[ASK_OPTIONS] = { "Loose, Strict, Record, Timestamp, Verbose[none]: ", 0, 0, "none" },
	[ASK_SWEEP] = { "Sweep range of sizes [n]: ", 0, 0, "no" },
};

static bool
begins(const char *text, const char *word)
{
	return *text && strncasecmp(word, text, strlen(text)) == 0;
}

static bool
number(struct session *s, const struct question *q, const char *text, uint32_t *n)
{
	char *end;
	unsigned long v = strtoul(text, &end, 10);

	if (*text < '0' || *text > '9' || *end || v < q->min || v > q->max) {
		out(s, "%% A decimal number between %u and %u.\n", q->min, q->max);
		return false;
	}
	*n = (uint32_t)v;
	return true;
}

/* What was answered; false: that ends it, and why was said. Return alone leaves what stands in brackets. */
static bool
take(struct session *s, struct dialogue *d, const char *text)
{
	const struct question *q = &questions[d->at];
	uint32_t n;

	if (q->only) {
		if (*text && !begins(text, q->only)) {
			out(s, "%% Only %s is carried out here\n", q->only);
			return false;
		}
		return true;
	}
	switch (d->at) {
	case ASK_TARGET:
		if (!*text) {
			out(s, "%% Bad IP address\n");
			return false;
		}
		return destination(s, text, &d->p.dst);
	case ASK_COUNT:
		return !*text || number(s, q, text, &d->p.repeat);
	case ASK_SIZE:
		if (*text && !number(s, q, text, &n))
			return false;
		if (*text)
			d->p.size = n;
		return true;
	case ASK_TIMEOUT:
		return !*text || number(s, q, text, &d->p.timeout);
	case ASK_EXTENDED:
		if (!begins(text, "yes"))
			d->at = ASK_OPTIONS;	/* and goes on behind it */
		return true;
	case ASK_SOURCE:
		return !*text || source(s, text, &d->p.source, &d->named);
	case ASK_DF:
		d->p.df = begins(text, "yes");
		return true;
	default:
		return true;
	}
}

static void
answered(struct session *s, const char *text, void *arg)
{
	struct dialogue *d = arg;

	text += strspn(text, " ");
	if (!take(s, d, text)) {
		free(d);
		return;
	}
	if (++d->at == ASKED) {
		start_ping(s, &d->p, d->named);
		free(d);
		return;
	}
	session_ask(s, 0, questions[d->at].text, answered, d, free);
}

void
exec_ping_dialogue(struct session *s, const void *values)
{
	struct dialogue *d = xcalloc(1, sizeof *d);

	(void)values;
	d->p = (struct ping_params)PING_DEFAULTS;
	session_ask(s, 0, questions[0].text, answered, d, free);
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
