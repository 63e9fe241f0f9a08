/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OSPF, to ospfd: the process (one, and one for each VRF) and what interfaces
 * say of it. As for BGP a table says which lines are ospfd's, too.
 *
 * `network A W area N` of a process is resolved per interface, because FRR does
 * not take it together with per-interface areas; the longest matching statement
 * wins, as in IOS.
 */
#include <stdio.h>
#include <string.h>

#include "engine/compile.h"
#include "engine/routing.h"
#include "lib/ip4.h"
#include "parser/secret.h"
#include "parser/types.h"

compile_fn compile_ospf;

enum { RANK_PROCESS = 31, RANK_ROUTES, RANK_AREA, RANK_OF_AREA };

struct process {
	const struct rec *r;
	bool vrf;
	const char *ctx;	/* "router ospf vrf RED" */
};

/* The line as ospfd takes it; NULL: not at all, or the function has emitted what there is. */
typedef const char *change_fn(struct compile *c, const struct process *p, const struct rec *r, const char *line);

static bool
given(const struct rec *r, const char *slot)
{
	uint32_t n;

	return rec_number(r, slot, &n) && n;
}

static const char *
refused(struct compile *c, const struct rec *r, const char *line, const char *why)
{
	compile_note(c, r, "NOTE: %s: not applied, %s", line, why);
	return NULL;
}

static const char *
network_of(struct compile *c, const struct rec *r)
{
	uint32_t addr, mask;

	rec_number(r, "addr", &addr);
	rec_number(r, "mask", &mask);
	return compile_text(c, "%s/%d", ip4_s(addr), ip4_masklen(mask));
}

static void
area_line(struct compile *c, const struct process *p, const struct rec *r, uint8_t rank, const char *line)
{
	compile_frr(c, r, FRR_OSPFD, rank, p->ctx, line, NULL, "%s", line);
}

/* --- the process --- */

static const char *
max_metric(struct compile *c, const struct process *p, const struct rec *r, const char *line)
{
	const struct cfg_router_ospf_max_metric *v = rec_values(r);

	if (v->has & (HAS_ROUTER_OSPF_MAX_METRIC_EXT | HAS_ROUTER_OSPF_MAX_METRIC_SUM) || v->include_stub)
		compile_note(c, r, "NOTE: %s: only the metric of links is raised", line);
	if (!(v->has & HAS_ROUTER_OSPF_MAX_METRIC_START))
		return "max-metric router-lsa administrative";
	if (v->start == ROUTER_OSPF_MAX_METRIC_START_WAIT_FOR_BGP)
		return refused(c, r, line, "ospfd does not wait for BGP");
	return compile_text(c, "max-metric router-lsa on-startup %u", v->seconds);
}

static const char *
lsa_arrival(struct compile *c, const struct process *p, const struct rec *r, const char *line)
{
	return compile_text(c, "timers lsa min-%s", strstr(line, "arrival"));
}

static const char *
stub(struct compile *c, const struct process *p, const struct rec *r, const char *line)
{
	const char *area = rec_text(r, "area");

	area_line(c, p, r, RANK_AREA, compile_text(c, "area %s stub", area));
	if (given(r, "no-summary"))
		area_line(c, p, r, RANK_OF_AREA, compile_text(c, "area %s stub no-summary", area));
	return NULL;
}

static const char *
nssa(struct compile *c, const struct process *p, const struct rec *r, const char *line)
{
	const struct cfg_router_ospf_area_nssa *v = rec_values(r);

	area_line(c, p, r, RANK_AREA, compile_text(c, "area %s nssa", v->area));
	if (v->no_summary)
		area_line(c, p, r, RANK_OF_AREA, compile_text(c, "area %s nssa no-summary", v->area));
	if (v->has & HAS_ROUTER_OSPF_AREA_NSSA_HOW)
		area_line(c, p, r, RANK_OF_AREA, compile_text(c, "area %s nssa %s", v->area,
		    v->how == ROUTER_OSPF_AREA_NSSA_HOW_ALWAYS ? "translate-always" : "suppress-fa"));
	if (v->no_redistribution || v->has & HAS_ROUTER_OSPF_AREA_NSSA_DIO)
		compile_note(c, r, "NOTE: %s: ospfd knows neither default-information-originate nor no-redistribution for an NSSA",
		    line);
	return NULL;
}

static const char *
range(struct compile *c, const struct process *p, const struct rec *r, const char *line)
{
	const char *cost = strstr(line, " cost ");

	return compile_text(c, "area %s range %s%s%s", rec_text(r, "area"), network_of(c, r),
	    strstr(line, " not-advertise") ? " not-advertise" : "", cost && !strstr(line, " not-advertise") ? cost : "");
}

static const char *
virtual_link(struct compile *c, const struct process *p, const struct rec *r, const char *line)
{
	const struct cfg_router_ospf_area_virtual *v = rec_values(r);
	const char *link = compile_text(c, "area %s virtual-link %s", v->area, ip4_s(v->router)), *times = "";

	area_line(c, p, r, RANK_AREA, link);
	if (v->has & HAS_ROUTER_OSPF_AREA_VIRTUAL_AUTH)
		compile_frr(c, r, FRR_OSPFD, RANK_OF_AREA, p->ctx, compile_text(c, "%s authentication", link),
		    compile_text(c, "no %s authentication", link), "%s authentication%s", link,
		    strstr(line, " message-digest") ? " message-digest" : strstr(line, " null") ? " null" : "");
	if (v->has & HAS_ROUTER_OSPF_AREA_VIRTUAL_HOPS)
		compile_note(c, r, "NOTE: %s: ttl-security is not applied", line);
	if (v->hello)
		times = compile_text(c, "%s hello-interval %u", times, v->hello);
	if (v->retransmit)
		times = compile_text(c, "%s retransmit-interval %u", times, v->retransmit);
	if (v->transmit)
		times = compile_text(c, "%s transmit-delay %u", times, v->transmit);
	if (v->dead)
		times = compile_text(c, "%s dead-interval %u", times, v->dead);
	return *times ? compile_text(c, "%s%s", link, times) : NULL;
}

static const char *
summary(struct compile *c, const struct process *p, const struct rec *r, const char *line)
{
	const struct cfg_router_ospf_summary_address *v = rec_values(r);
	const char *out = compile_text(c, "summary-address %s", network_of(c, r));

	if (v->nssa_only)
		compile_note(c, r, "NOTE: %s: nssa-only is not applied", line);
	if (v->not_advertise) {
		/* taken back, this makes an ordinary summary of it */
		area_line(c, p, r, RANK_ROUTES, out);
		return compile_text(c, "%s no-advertise", out);
	}
	return v->has & HAS_ROUTER_OSPF_SUMMARY_ADDRESS_TAG ? compile_text(c, "%s tag %u", out, v->tag) : out;
}

/* All redistributions alike, whatever row they stand in. */
static const char *
redistribute(struct compile *c, const struct process *p, const struct rec *r, const char *line)
{
	static const char *const known[] = { "connected", "static", "bgp" };
	const char *map = rec_text(r, "map"), *source = NULL, *out;
	uint32_t n;

	for (size_t i = 0; i < sizeof known / sizeof known[0]; i++)
		if (strncmp(line + strlen("redistribute "), known[i], strlen(known[i])) == 0)
			source = known[i];
	if (!source)
		return refused(c, r, line, strstr(line, " ospf ") ? "there is no other OSPF process" : "that protocol does not run here");
	if (strcmp(source, "bgp") == 0)
		compile_note(c, r, "NOTE: %s: routes of internal peers are redistributed, too", line);
	out = compile_text(c, "redistribute %s", source);
	if (rec_number(r, "metric", &n))
		out = compile_text(c, "%s metric %u", out, n);
	if (strstr(line, " metric-type 1"))
		out = compile_text(c, "%s metric-type 1", out);
	if (map)
		out = compile_text(c, "%s route-map %s", out, map);
	if (map && !compile_defined(c, REF_ROUTE_MAP, map))
		compile_quiet(c, r, "NOTE: %s: route-map %s is not defined", line, map);
	if (rec_number(r, "tag", &n))
		compile_note(c, r, "NOTE: %s: tag is set by a route-map only", line);
	compile_frr(c, r, FRR_OSPFD, RANK_ROUTES, p->ctx, compile_text(c, "redistribute %s", source),
	    compile_text(c, "no redistribute %s", source), "%s", out);
	return NULL;
}

static const char *
default_information(struct compile *c, const struct process *p, const struct rec *r, const char *line)
{
	const char *map = rec_text(r, "map");
	uint32_t metric = 1;

	/* IOS sends the default with metric 1, FRR with 10 when there is nothing else */
	rec_number(r, "metric", &metric);
	compile_frr(c, r, FRR_OSPFD, RANK_ROUTES, p->ctx, "default-information", "no default-information originate",
	    "default-information originate%s metric %u%s%s%s", given(r, "always") ? " always" : "", metric ? metric : 1,
	    strstr(line, " metric-type 1") ? " metric-type 1" : "", map ? " route-map " : "", map ? map : "");
	return NULL;
}

static const char *
neighbor(struct compile *c, const struct process *p, const struct rec *r, const char *line)
{
	const struct cfg_router_ospf_neighbor *v = rec_values(r);

	if (v->has & HAS_ROUTER_OSPF_NEIGHBOR_COST || strstr(line, " database-filter "))
		compile_note(c, r, "NOTE: %s: cost and database-filter are not applied", line);
	return compile_text(c, "neighbor %s%s%s", ip4_s(v->addr),
	    v->has & HAS_ROUTER_OSPF_NEIGHBOR_PRIORITY ? compile_text(c, " priority %u", v->priority) : "",
	    v->has & HAS_ROUTER_OSPF_NEIGHBOR_POLL ? compile_text(c, " poll-interval %u", v->poll) : "");
}

/*
 * Outwards ospfd filters what it redistributes. Inwards IOS keeps routes out of
 * the routing table, not out of the database: that is zebra's to do.
 */
static const char *
distribute(struct compile *c, const struct process *p, const struct rec *r, const char *line)
{
	const struct cfg_router_ospf_distribute_list *v = rec_values(r);
	const char *ctx = "route-map confterm-ospf-in permit 10";

	if (v->only || v->gateway || v->if_)
		return refused(c, r, line, "neither gateways nor interfaces can be told apart");
	if (v->dir == ROUTER_OSPF_DISTRIBUTE_LIST_DIR_OUT) {
		if (!v->acl || strstr(line, " eigrp ") || strstr(line, " rip"))
			return refused(c, r, line, "ospfd filters what is connected, static or BGP's by an access list");
		if (!(v->has & HAS_ROUTER_OSPF_DISTRIBUTE_LIST_VIA))
			return refused(c, r, line, "ospfd wants to know whose routes are filtered");
		return compile_text(c, "distribute-list %s out %s", v->acl, strstr(line, " out bgp") ? "bgp" :
		    strstr(line, " out static") ? "static" : "connected");
	}
	if (v->map) {
		compile_frr(c, r, FRR_ZEBRA, 30, "", "ospf-in", "no ip protocol ospf", "ip protocol ospf route-map %s", v->map);
		return NULL;
	}
	compile_frr(c, r, FRR_ZEBRA, 20, "", ctx, NULL, "%s", ctx);
	compile_frr(c, r, FRR_ZEBRA, 21, ctx, "match", v->acl ? "no match ip address" : "no match ip address prefix-list",
	    "match ip address %s%s", v->acl ? "" : "prefix-list ", v->acl ? v->acl : v->prefix);
	compile_frr(c, r, FRR_ZEBRA, 30, "", "ospf-in", "no ip protocol ospf", "ip protocol ospf route-map confterm-ospf-in");
	return NULL;
}

static const struct rule {
	uint16_t row[2];	/* below `router ospf N`, below `router ospf N vrf V`; 0: not there */
	uint8_t rank;
	bool whole;		/* cannot be changed in place */
	change_fn *change;	/* NULL: the line as it is */
} rules[] = {
	{ { ROW_ROUTER_OSPF_MAX_METRIC, 0 }, RANK_PROCESS, true, max_metric },
	{ { ROW_ROUTER_OSPF_TIMERS_SPF, 0 }, RANK_PROCESS, false, NULL },
	{ { ROW_ROUTER_OSPF_TIMERS_ARRIVAL, 0 }, RANK_PROCESS, false, lsa_arrival },
	{ { ROW_ROUTER_OSPF_DISTANCE_OSPF, 0 }, RANK_PROCESS, true, NULL },
	{ { ROW_ROUTER_OSPF_DEFAULT_METRIC, 0 }, RANK_PROCESS, false, NULL },
	{ { ROW_ROUTER_OSPF_REDISTRIBUTE, ROW_ROUTER_OSPF_VRF_REDISTRIBUTE }, RANK_ROUTES, false, redistribute },
	{ { ROW_ROUTER_OSPF_REDISTRIBUTE_PROTOCOL, 0 }, RANK_ROUTES, false, redistribute },
	{ { ROW_ROUTER_OSPF_DEFAULT_INFORMATION, ROW_ROUTER_OSPF_VRF_DEFAULT_INFORMATION }, RANK_ROUTES, false, default_information },
	{ { ROW_ROUTER_OSPF_SUMMARY_ADDRESS, 0 }, RANK_ROUTES, true, summary },
	{ { ROW_ROUTER_OSPF_DISTRIBUTE_LIST, 0 }, RANK_ROUTES, true, distribute },
	{ { ROW_ROUTER_OSPF_NEIGHBOR, 0 }, RANK_ROUTES, false, neighbor },
	{ { ROW_ROUTER_OSPF_AREA_STUB, ROW_ROUTER_OSPF_VRF_AREA_STUB }, RANK_AREA, false, stub },
	{ { ROW_ROUTER_OSPF_AREA_NSSA, 0 }, RANK_AREA, false, nssa },
	{ { ROW_ROUTER_OSPF_AREA_VIRTUAL, 0 }, RANK_OF_AREA, false, virtual_link },
	{ { ROW_ROUTER_OSPF_AREA_AUTHENTICATION, ROW_ROUTER_OSPF_VRF_AREA_AUTHENTICATION }, RANK_OF_AREA, true, NULL },
	{ { ROW_ROUTER_OSPF_AREA_DEFAULT_COST, 0 }, RANK_OF_AREA, false, NULL },
	{ { ROW_ROUTER_OSPF_AREA_RANGE, 0 }, RANK_OF_AREA, true, range },
	{ { ROW_ROUTER_OSPF_AREA_FILTER, 0 }, RANK_OF_AREA, true, NULL },
};

/* A line that ends in a password. */
static void
secret(struct compile *c, const struct rec *r, const char *ctx, uint8_t rank, const char *head, const char *undo)
{
	char clear[SECRET_MAX] = "", line[SECRET_MAX + 128];
	const char *text = rec_text(r, "key");
	uint32_t type;

	/* alternatives: 0 and 7 */
	if (rec_number(r, "type", &type) && type == 1 && !secret_reveal(text, clear)) {
		compile_note(c, r, "NOTE: %s: the key cannot be read", head);
		return;
	}
	snprintf(line, sizeof line, "%s %s", head, *clear ? clear : text);
	compile_frr_secret(c, r, FRR_OSPFD, rank, ctx, compile_slot(c, r), undo, line);
	explicit_bzero(line, sizeof line);
	explicit_bzero(clear, sizeof clear);
}

static void
virtual_keys(struct compile *c, const struct process *p)
{
	for (const struct rec *q = compile_children(c, p->r, ROW_ROUTER_OSPF_AREA_VIRTUAL_KEY); q; q = store_next(q)) {
		const struct cfg_router_ospf_area_virtual_key *v = rec_values(q);
		const char *head = compile_text(c, "area %s virtual-link %s authentication-key", v->area, ip4_s(v->router));

		secret(c, q, p->ctx, RANK_OF_AREA + 1, head, compile_text(c, "no %s", head));
	}
	for (const struct rec *q = compile_children(c, p->r, ROW_ROUTER_OSPF_AREA_VIRTUAL_MD5); q; q = store_next(q)) {
		const struct cfg_router_ospf_area_virtual_md5 *v = rec_values(q);
		const char *head = compile_text(c, "area %s virtual-link %s message-digest-key %u", v->area, ip4_s(v->router), v->id);

		secret(c, q, p->ctx, RANK_OF_AREA + 1, compile_text(c, "%s md5", head), compile_text(c, "no %s", head));
	}
}

/* What IOS takes for granted, and what one process alone has. */
static void
own_lines(struct compile *c, const struct process *p)
{
	const struct rec *r = p->r;
	const struct cfg_router_ospf_auto_cost *cost = compile_child(c, r, ROW_ROUTER_OSPF_AUTO_COST);
	const struct cfg_router_ospf_maximum_paths *paths = compile_child(c, r, ROW_ROUTER_OSPF_MAXIMUM_PATHS);
	const struct rec *distance = compile_find(c, r, ROW_ROUTER_OSPF_DISTANCE, NULL);

	compile_frr(c, r, FRR_OSPFD, RANK_PROCESS, p->ctx, "auto-cost", "no auto-cost reference-bandwidth",
	    "auto-cost reference-bandwidth %u", cost->mbits);
	compile_frr(c, r, FRR_OSPFD, RANK_PROCESS, p->ctx, "maximum-paths", "no maximum-paths", "maximum-paths %u", paths->paths);
	if (compile_flag(c, r, ROW_ROUTER_OSPF_COMPATIBLE))
		compile_frr(c, r, FRR_OSPFD, RANK_PROCESS, p->ctx, "rfc1583", NULL, "compatible rfc1583");
	if (!compile_flag(c, r, ROW_ROUTER_OSPF_CAPABILITY_OPAQUE))
		compile_frr(c, r, FRR_OSPFD, RANK_PROCESS, p->ctx, "opaque", "capability opaque", "no capability opaque");
	if (distance)
		compile_frr(c, distance, FRR_OSPFD, RANK_PROCESS, p->ctx, "distance", NULL, "%s", compile_line(c, distance));
	virtual_keys(c, p);
}

void
compile_ospf(struct compile *c, const struct rec *r)
{
	const bool vrf = r->row == ROW_ROUTER_OSPF_VRF;
	const struct rec *id = compile_find(c, r, vrf ? ROW_ROUTER_OSPF_VRF_ROUTER_ID : ROW_ROUTER_OSPF_ROUTER_ID, NULL);
	bool detail = compile_find(c, r, vrf ? ROW_ROUTER_OSPF_VRF_LOG_ADJACENCY_DETAIL : ROW_ROUTER_OSPF_LOG_ADJACENCY_DETAIL, NULL);
	struct process p = { .r = r, .vrf = vrf, .ctx = "router ospf" };
	uint32_t pid, addr = 0;

	rec_number(r, "pid", &pid);
	if (!vrf && compile_each(c, ROW_ROUTER_OSPF) != r) {
		compile_unused(c, r, "NOTE: router ospf %u has no effect: one OSPF process is supported", pid);
		return;
	}
	if (vrf && !compile_defined(c, REF_VRF, rec_text(r, "vrf"))) {
		compile_unused(c, r, "NOTE: router ospf %u has no effect: there is no VRF %s", pid, rec_text(r, "vrf"));
		return;
	}
	if (vrf)
		p.ctx = compile_text(c, "router ospf vrf %s", rec_text(r, "vrf"));
	compile_frr(c, r, FRR_OSPFD, 30, "", p.ctx, NULL, "%s", p.ctx);
	if (id ? rec_number(id, "id", &addr) : !vrf && routing_id(c, &addr))
		compile_frr(c, id ? id : r, FRR_OSPFD, RANK_PROCESS, p.ctx, "router-id", "no ospf router-id", "ospf router-id %s",
		    ip4_s(addr));
	if (detail || compile_flag(c, r, vrf ? ROW_ROUTER_OSPF_VRF_LOG_ADJACENCY : ROW_ROUTER_OSPF_LOG_ADJACENCY))
		compile_frr(c, r, FRR_OSPFD, RANK_PROCESS, p.ctx, "log-adjacency", "no log-adjacency-changes",
		    "log-adjacency-changes%s", detail ? " detail" : "");
	if (!vrf)
		own_lines(c, &p);
	for (size_t i = 0; i < sizeof rules / sizeof rules[0]; i++)
		for (const struct rec *q = rules[i].row[vrf] ? compile_children(c, r, rules[i].row[vrf]) : NULL; q; q = store_next(q)) {
			const char *line = compile_line(c, q);

			if (rules[i].change)
				line = rules[i].change(c, &p, q, line);
			if (line)
				compile_frr(c, q, FRR_OSPFD, rules[i].rank, p.ctx, rules[i].whole ? line : compile_slot(c, q), NULL,
				    "%s", line);
		}
}

/* --- interfaces --- */

/* The process an interface belongs to, by its VRF. */
static const struct rec *
process_of(struct compile *c, const char *vrf)
{
	const struct rec *r;

	if (!vrf)
		return compile_each(c, ROW_ROUTER_OSPF);
	for (r = compile_each(c, ROW_ROUTER_OSPF_VRF); r; r = store_next(r))
		if (strcmp(rec_text(r, "vrf"), vrf) == 0)
			break;
	return r;
}

/* The area of an interface address by the process's network statements; NULL when none matches. */
static const char *
area_of(struct compile *c, const struct rec *process, uint32_t addr)
{
	int row = process->row == ROW_ROUTER_OSPF ? ROW_ROUTER_OSPF_NETWORK : ROW_ROUTER_OSPF_VRF_NETWORK;
	const char *area = NULL;
	uint32_t best = 0, net, wild;

	for (const struct rec *n = compile_children(c, process, row); n; n = store_next(n)) {
		rec_number(n, "addr", &net);
		rec_number(n, "wild", &wild);
		if ((addr ^ net) & ~wild)
			continue;
		if (!area || ~wild > best) {
			area = rec_text(n, "area");
			best = ~wild;
		}
	}
	return area;
}

static bool
passive(struct compile *c, const struct rec *process, const char *ifname)
{
	bool vrf = process->row != ROW_ROUTER_OSPF;
	bool p = compile_find(c, process, vrf ? ROW_ROUTER_OSPF_VRF_PASSIVE_DEFAULT : ROW_ROUTER_OSPF_PASSIVE_DEFAULT, NULL) != NULL;
	const struct rec *q = compile_children(c, process, vrf ? ROW_ROUTER_OSPF_VRF_PASSIVE : ROW_ROUTER_OSPF_PASSIVE);

	for (; q; q = store_next(q))
		if (strcmp(rec_text(q, "if"), ifname) == 0)
			return !q->negated;
	return p;
}

/* What IOS takes as the bandwidth of an interface, in Kbit/s: the cost comes from it, not from the device. */
static uint32_t
bandwidth(struct compile *c, const struct rec *r, const char *ifname)
{
	const struct cfg_interface_bandwidth *own = compile_child(c, r, ROW_INTERFACE_BANDWIDTH);

	if (own)
		return own->kbps;
	return ifname_class(ifname) == IF_TUNNEL ? 100 : ifname_class(ifname) == IF_ACCESS ? 100000 : strncmp(ifname, "Eth", 3) == 0 ? 10000 :
	    strncmp(ifname, "Fast", 4) == 0 ? 100000 : strncmp(ifname, "Ten", 3) == 0 ? 10000000 : 1000000;
}

static uint32_t
default_cost(struct compile *c, const struct rec *process, const struct rec *r, const char *ifname)
{
	const struct cfg_router_ospf_auto_cost *a =
	    process->row == ROW_ROUTER_OSPF ? compile_child(c, process, ROW_ROUTER_OSPF_AUTO_COST) : NULL;
	uint64_t cost = (uint64_t)(a ? a->mbits : 100) * 1000 / bandwidth(c, r, ifname);

	return cost < 1 ? 1 : cost > 65535 ? 65535 : (uint32_t)cost;
}

static void
authentication(struct compile *c, const struct rec *r, const char *ctx)
{
	const struct rec *auth = compile_find(c, r, ROW_INTERFACE_OSPF_AUTHENTICATION, NULL);
	const struct rec *key = compile_find(c, r, ROW_INTERFACE_OSPF_AUTHENTICATION_KEY, NULL);

	if (auth && rec_text(auth, "chain"))
		compile_note(c, auth, "NOTE: %s: not applied, ospfd has no key chains", compile_line(c, auth));
	else if (auth)
		compile_frr(c, auth, FRR_OSPFD, 40, ctx, "authentication", "no ip ospf authentication", "%s", compile_line(c, auth));
	if (key)
		secret(c, key, ctx, 40, "ip ospf authentication-key", "no ip ospf authentication-key");
	for (const struct rec *q = compile_children(c, r, ROW_INTERFACE_OSPF_DIGEST_KEY); q; q = store_next(q)) {
		const char *head = compile_text(c, "ip ospf message-digest-key %u",
		    ((const struct cfg_interface_ospf_digest_key *)rec_values(q))->id);

		secret(c, q, ctx, 40, compile_text(c, "%s md5", head), compile_text(c, "no %s", head));
	}
}

static void
timers(struct compile *c, const struct rec *r, const char *ctx)
{
	const struct cfg_interface_ospf_hello *hello = compile_child(c, r, ROW_INTERFACE_OSPF_HELLO);
	const struct cfg_interface_ospf_dead *dead = compile_child(c, r, ROW_INTERFACE_OSPF_DEAD);
	const struct rec *minimal = compile_find(c, r, ROW_INTERFACE_OSPF_DEAD_MINIMAL, NULL);
	const struct rec *retransmit = compile_find(c, r, ROW_INTERFACE_OSPF_RETRANSMIT, NULL);
	const struct rec *transmit = compile_find(c, r, ROW_INTERFACE_OSPF_TRANSMIT, NULL);

	if (hello)
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "hello", "no ip ospf hello-interval", "ip ospf hello-interval %u",
		    hello->seconds);
	/* IOS sets the dead interval to four hellos when it is not given */
	if (minimal)
		compile_frr(c, minimal, FRR_OSPFD, 40, ctx, "dead", "no ip ospf dead-interval", "%s", compile_line(c, minimal));
	else if (dead || hello)
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "dead", "no ip ospf dead-interval", "ip ospf dead-interval %u",
		    dead ? dead->seconds : hello->seconds > 16383 ? 65535 : hello->seconds * 4);
	if (retransmit)
		compile_frr(c, retransmit, FRR_OSPFD, 40, ctx, "retransmit", "no ip ospf retransmit-interval", "%s",
		    compile_line(c, retransmit));
	if (transmit)
		compile_frr(c, transmit, FRR_OSPFD, 40, ctx, "transmit", "no ip ospf transmit-delay", "%s", compile_line(c, transmit));
}

void
ospf_interface(struct compile *c, const struct rec *r, const char *ifname, const char *vrf, bool have, uint32_t addr)
{
	static const char *const types[] = { "broadcast", "non-broadcast", "point-to-multipoint", "point-to-point" };
	const char *area = NULL;
	const struct cfg_interface_ospf_area *own = compile_child(c, r, ROW_INTERFACE_OSPF_AREA);
	const struct cfg_interface_ospf_cost *cost = compile_child(c, r, ROW_INTERFACE_OSPF_COST);
	const struct cfg_interface_ospf_network *net = compile_child(c, r, ROW_INTERFACE_OSPF_NETWORK);
	const struct cfg_interface_ospf_priority *prio = compile_child(c, r, ROW_INTERFACE_OSPF_PRIORITY);
	const struct rec *process = process_of(c, vrf);
	const char *ctx = compile_text(c, "interface %s", compile_dev(c, ifname));
	enum if_class class = ifname_class(ifname);
	bool point_to_point = net ? net->type == INTERFACE_OSPF_NETWORK_TYPE_POINT_TO_POINT :
	    class == IF_TUNNEL || class == IF_ACCESS;

	if (process && have)
		area = own ? own->area : area_of(c, process, addr);
	if (area) {
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "area", NULL, "ip ospf area %s", area);
		if (passive(c, process, ifname))
			compile_frr(c, r, FRR_OSPFD, 40, ctx, "passive", NULL, "ip ospf passive");
	}
	if (cost || (area && class != IF_LOOPBACK))
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "cost", "no ip ospf cost", "ip ospf cost %u",
		    cost ? cost->cost : default_cost(c, process, r, ifname));
	timers(c, r, ctx);
	authentication(c, r, ctx);
	if (net) {
		if (strstr(compile_line(c, compile_find(c, r, ROW_INTERFACE_OSPF_NETWORK, NULL)), "multipoint non-"))
			compile_note(c, r, "NOTE: %s: ospfd's point-to-multipoint sends multicasts always", ifname);
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "network", "no ip ospf network", "ip ospf network %s", types[net->type]);
	} else if (class == IF_LOOPBACK && area)
		/* IOS advertises a loopback's address as a host route; so does FRR on this network type */
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "network", "no ip ospf network", "ip ospf network point-to-multipoint");
	else if (point_to_point && area)
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "network", "no ip ospf network", "ip ospf network point-to-point");
	/* on point-to-point links there is nothing to elect; IOS says 0 */
	if (!prio && area && point_to_point)
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "priority", "no ip ospf priority", "ip ospf priority 0");
	if (prio)
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "priority", "no ip ospf priority", "ip ospf priority %u",
		    prio->priority);
	if (compile_flag(c, r, ROW_INTERFACE_OSPF_MTU_IGNORE))
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "mtu-ignore", NULL, "ip ospf mtu-ignore");
}
