/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * BGP, to bgpd. Most of IOS's lines are bgpd's, too; a table says which rows
 * those are, in which order they are typed, and which function changes a line
 * before it is. The same rows stand below `router bgp` and below
 * `address-family ipv4`; bgpd takes both in one place.
 *
 * What bgpd does by default and IOS does not, or the other way round, is said
 * in so many words: policies are not required, only routes that are there are
 * announced, communities are not sent unless asked for, one path is used.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/compile.h"
#include "engine/routing.h"
#include "lib/ip4.h"
#include "parser/secret.h"

compile_fn compile_bgp;

/* In the order in which they are typed: groups before their members, peers before what is said of them. */
enum { RANK_PROCESS = 31, RANK_GROUP, RANK_AS, RANK_MEMBER, RANK_PEER, RANK_FAMILY, RANK_ROUTES };

/* Where lines go: the process, or one of its VRFs. */
struct scope {
	const struct rec *bgp;		/* `router bgp` */
	const struct rec *from;		/* the node whose lines are read */
	bool family;			/* it is an address-family */
	bool vrf;			/* whose neighbors are its own */
	const char *ctx;		/* "router bgp 65000 vrf RED" */
	const struct rec *at;		/* the line that is looked at, for notes */
};

/* The line as bgpd takes it; NULL: not at all, and a note says why. */
typedef const char *change_fn(struct compile *c, const struct scope *s, const struct rec *r, const char *line);

struct rule {
	uint16_t row[2];		/* below `router bgp`, below `address-family ipv4`; 0: not there */
	uint8_t rank;
	change_fn *change;		/* NULL: the line as it is */
};

static bool
given(const struct rec *r, const char *slot)
{
	uint32_t n;

	return rec_number(r, slot, &n) && n;
}

/* "65000.1" as bgpd writes it. */
static const char *
as_number(struct compile *c, const char *as)
{
	const char *dot = strchr(as, '.');

	if (!dot)
		return as;
	return compile_text(c, "%lu", strtoul(as, NULL, 10) * 65536 + strtoul(dot + 1, NULL, 10));
}

/* The line up to a word, without it. */
static const char *
before(struct compile *c, const char *line, const char *word)
{
	const char *p = strstr(line, word);

	return p ? compile_text(c, "%.*s", (int)(p - line), line) : line;
}

static const char *
refused(struct compile *c, const struct scope *s, const char *line, const char *why)
{
	compile_note(c, s->at, "NOTE: %s: not applied, %s", line, why);
	return NULL;
}

/* --- neighbors --- */

#define ROW_OF(s, name) ((s)->vrf ? ROW_ROUTER_BGP_AF_IPV4_##name : ROW_ROUTER_BGP_##name)

/* The node that has the lines which make neighbors. */
static const struct rec *
home(const struct scope *s)
{
	return s->vrf ? s->from : s->bgp;
}

/* All rows that have a neighbor's name alone as their key begin like this one. */
static const struct rec *
of_peer(struct compile *c, const struct rec *node, int row, const char *peer)
{
	struct cfg_router_bgp_nb_group key = { .peer = peer };
	struct {
		struct cfg_router_bgp_nb_group g;
		uint64_t room[8];
	} k = { key, { 0 } };

	return compile_find(c, node, row, &k);
}
_Static_assert(offsetof(struct cfg_router_bgp_nb_remote_as, peer) == offsetof(struct cfg_router_bgp_nb_group, peer), "layout");
_Static_assert(offsetof(struct cfg_router_bgp_nb_peer_group, peer) == offsetof(struct cfg_router_bgp_nb_group, peer), "layout");
_Static_assert(offsetof(struct cfg_router_bgp_nb_send_community, peer) == offsetof(struct cfg_router_bgp_nb_group, peer), "layout");

static bool
is_group(struct compile *c, const struct scope *s, const char *peer)
{
	return of_peer(c, home(s), ROW_OF(s, NB_GROUP), peer) != NULL;
}

/* The group a neighbor belongs to, NULL for none (or one that is not there). */
static const char *
group_of(struct compile *c, const struct scope *s, const char *peer)
{
	const struct rec *r = of_peer(c, home(s), ROW_OF(s, NB_PEER_GROUP), peer);
	const char *group;

	if (!r && s->family && !s->vrf)
		r = of_peer(c, s->from, ROW_ROUTER_BGP_AF_IPV4_NB_PEER_GROUP, peer);
	group = r ? rec_text(r, "group") : NULL;
	return group && is_group(c, s, group) ? group : NULL;
}

static bool
is_peer(struct compile *c, const struct scope *s, const char *peer)
{
	const char *group;

	if (is_group(c, s, peer) || of_peer(c, home(s), ROW_OF(s, NB_REMOTE_AS), peer))
		return true;
	group = group_of(c, s, peer);
	return group && of_peer(c, home(s), ROW_OF(s, NB_REMOTE_AS), group);
}

static const char *
remote_as(struct compile *c, const struct scope *s, const struct rec *r, const char *line)
{
	const char *peer = rec_text(r, "peer");

	if (rec_text(r, "alternate"))
		compile_note(c, s->at, "NOTE: neighbor %s: alternate-as is not applied", peer);
	return compile_text(c, "neighbor %s remote-as %s", peer, as_number(c, rec_text(r, "as")));
}

static const char *
member(struct compile *c, const struct scope *s, const struct rec *r, const char *line)
{
	const char *group = rec_text(r, "group");

	return is_group(c, s, group) ? line : refused(c, s, line, "there is no such peer-group");
}

static const char *
local_as(struct compile *c, const struct scope *s, const struct rec *r, const char *line)
{
	if (strstr(line, " dual-as"))
		compile_note(c, s->at, "NOTE: %s: dual-as is not applied", line);
	return before(c, line, " dual-as");
}

static const char *
timers(struct compile *c, const struct scope *s, const struct rec *r, const char *line)
{
	uint32_t minimum;

	if (!rec_number(r, "minimum", &minimum))
		return line;
	compile_note(c, s->at, "NOTE: %s: the minimum hold time is not applied", line);
	return compile_text(c, "%.*s", (int)(strrchr(line, ' ') - line), line);
}

static const char *
connection_mode(struct compile *c, const struct scope *s, const struct rec *r, const char *line)
{
	if (strstr(line, " passive"))
		return compile_text(c, "neighbor %s passive", rec_text(r, "peer"));
	return refused(c, s, line, "bgpd answers calls of its peers always");
}

static const char *
ha_mode(struct compile *c, const struct scope *s, const struct rec *r, const char *line)
{
	return compile_text(c, "neighbor %s graceful-restart%s", rec_text(r, "peer"), given(r, "disable") ? "-disable" : "");
}

static const char *
update_source(struct compile *c, const struct scope *s, const struct rec *r, const char *line)
{
	return compile_text(c, "neighbor %s update-source %s", rec_text(r, "peer"), compile_dev(c, rec_text(r, "if")));
}

static const char *
next_hop_unchanged(struct compile *c, const struct scope *s, const struct rec *r, const char *line)
{
	return compile_text(c, "neighbor %s attribute-unchanged next-hop", rec_text(r, "peer"));
}

static const char *
remove_private(struct compile *c, const struct scope *s, const struct rec *r, const char *line)
{
	return compile_text(c, "neighbor %s remove-private-AS%s%s", rec_text(r, "peer"), strstr(line, " all") ? " all" : "",
	    strstr(line, " replace-as") ? " replace-AS" : "");
}

static const char *
send_community(struct compile *c, const struct scope *s, const struct rec *r, const char *line)
{
	return NULL;	/* send_communities() says what is sent, and what is not */
}

/* A filter that is not there lets everything pass in IOS, nothing in FRR. */
static const char *
filter(struct compile *c, const struct scope *s, const struct rec *r, const char *line)
{
	static const struct {
		const char *slot;
		int ref;
		const char *what;
	} refs[] = { { "acl", REF_ACL, "access list" }, { "list", REF_PREFIX_LIST, "prefix-list" },
		{ "list", REF_AS_PATH, "as-path access-list" } };
	bool path = strstr(line, " filter-list ") != NULL;

	for (size_t i = 0; i < 3; i++) {
		const char *name = rec_text(r, refs[i].slot);

		if (!name || (refs[i].ref == REF_PREFIX_LIST && path) || compile_defined(c, refs[i].ref, name))
			continue;
		if (refs[i].ref == REF_AS_PATH && !path)
			continue;
		compile_quiet(c, s->at, "NOTE: %s: %s %s is not defined, everything passes", line, refs[i].what, name);
		return NULL;
	}
	return line;
}

static const char *
with_map(struct compile *c, const struct scope *s, const struct rec *r, const char *line)
{
	const char *map = rec_text(r, "map");

	if (map && !compile_defined(c, REF_ROUTE_MAP, map))
		compile_quiet(c, s->at, "NOTE: %s: route-map %s is not defined, nothing passes", line, map);
	return line;
}

/* --- the process --- */

static const char *
dampening(struct compile *c, const struct scope *s, const struct rec *r, const char *line)
{
	return strstr(line, " route-map ") ? refused(c, s, line, "bgpd has no route-map for it") : line;
}

static const char *
aggregate(struct compile *c, const struct scope *s, const struct rec *r, const char *line)
{
	const char *map = rec_text(r, "attribute"), *suppress = rec_text(r, "suppress");
	uint32_t addr, mask;

	if (rec_text(r, "advertise"))
		return refused(c, s, line, "bgpd has no advertise-map for aggregates");
	rec_number(r, "addr", &addr);
	rec_number(r, "mask", &mask);
	line = compile_text(c, "aggregate-address %s/%d", ip4_s(addr), ip4_masklen(mask));
	if (given(r, "as-set"))
		line = compile_text(c, "%s as-set", line);
	if (given(r, "summary-only"))
		line = compile_text(c, "%s summary-only", line);
	if (map)
		line = compile_text(c, "%s route-map %s", line, map);
	return suppress ? compile_text(c, "%s suppress-map %s", line, suppress) : line;
}

static const char *
redistribute(struct compile *c, const struct scope *s, const struct rec *r, const char *line)
{
	const struct cfg_router_bgp_default_metric *dflt =
	    s->family ? NULL : compile_child(c, s->from, ROW_ROUTER_BGP_DEFAULT_METRIC);
	const struct cfg_router_bgp_af_ipv4_default_metric *af =
	    s->family ? compile_child(c, s->from, ROW_ROUTER_BGP_AF_IPV4_DEFAULT_METRIC) : NULL;
	const char *map = rec_text(r, "map"), *out;
	uint32_t source, metric = 0;
	bool has = rec_number(r, "metric", &metric) || dflt || af;

	if (metric == 0 && (dflt || af))
		metric = dflt ? dflt->metric : af->metric;
	rec_number(r, "source", &source);
	if (source == ROUTER_BGP_REDISTRIBUTE_SOURCE_OSPF) {
		if (!strstr(line, " external"))
			compile_note(c, s->at, "NOTE: %s: external routes are redistributed, too; a route-map can leave them out", line);
	} else if (source != ROUTER_BGP_REDISTRIBUTE_SOURCE_CONNECTED && source != ROUTER_BGP_REDISTRIBUTE_SOURCE_STATIC)
		return refused(c, s, line, "that protocol does not run here");
	out = source == ROUTER_BGP_REDISTRIBUTE_SOURCE_OSPF ? "redistribute ospf" :
	    source == ROUTER_BGP_REDISTRIBUTE_SOURCE_STATIC ? "redistribute static" : "redistribute connected";
	if (has)
		out = compile_text(c, "%s metric %u", out, metric);
	(void)with_map(c, s, r, line);
	return map ? compile_text(c, "%s route-map %s", out, map) : out;
}
_Static_assert((int)ROUTER_BGP_REDISTRIBUTE_SOURCE_OSPF == (int)ROUTER_BGP_AF_IPV4_REDISTRIBUTE_SOURCE_OSPF, "one order");

static const char *
distance_source(struct compile *c, const struct scope *s, const struct rec *r, const char *line)
{
	const char *acl = rec_text(r, "acl");
	uint32_t distance, addr, wild;

	rec_number(r, "distance", &distance);
	rec_number(r, "addr", &addr);
	rec_number(r, "wild", &wild);
	if (ip4_masklen(~wild) < 0)
		return refused(c, s, line, "its wildcard mask is not contiguous");
	return compile_text(c, "distance %u %s/%d%s%s", distance, ip4_s(addr), ip4_masklen(~wild), acl ? " " : "", acl ? acl : "");
}

static const char *
table_map(struct compile *c, const struct scope *s, const struct rec *r, const char *line)
{
	return before(c, line, " filter");
}

static const char *
max_paths(struct compile *c, const struct scope *s, const struct rec *r, const char *line)
{
	return NULL;	/* paths() */
}

static const struct rule rules[] = {
	{ { ROW_ROUTER_BGP_ALWAYS_COMPARE, 0 }, RANK_PROCESS, NULL },
	{ { ROW_ROUTER_BGP_BESTPATH_IGNORE, 0 }, RANK_PROCESS, NULL },
	{ { ROW_ROUTER_BGP_BESTPATH_RELAX, 0 }, RANK_PROCESS, NULL },
	{ { ROW_ROUTER_BGP_BESTPATH_COMPARE, 0 }, RANK_PROCESS, NULL },
	{ { ROW_ROUTER_BGP_BESTPATH_MED, 0 }, RANK_PROCESS, NULL },
	{ { ROW_ROUTER_BGP_CLUSTER_ID, 0 }, RANK_PROCESS, NULL },
	{ { ROW_ROUTER_BGP_CONFEDERATION_ID, 0 }, RANK_PROCESS, NULL },
	{ { ROW_ROUTER_BGP_CONFEDERATION_PEERS, 0 }, RANK_PROCESS, NULL },
	{ { ROW_ROUTER_BGP_LOG_NEIGHBOR, 0 }, RANK_PROCESS, NULL },
	{ { ROW_ROUTER_BGP_DETERMINISTIC, 0 }, RANK_PROCESS, NULL },
	{ { ROW_ROUTER_BGP_DAMPENING, ROW_ROUTER_BGP_AF_IPV4_DAMPENING }, RANK_PROCESS, dampening },
	{ { ROW_ROUTER_BGP_GRACEFUL, 0 }, RANK_PROCESS, NULL },
	{ { ROW_ROUTER_BGP_GRACEFUL_RESTART_TIME, 0 }, RANK_PROCESS, NULL },
	{ { ROW_ROUTER_BGP_GRACEFUL_STALEPATH, 0 }, RANK_PROCESS, NULL },
	{ { ROW_ROUTER_BGP_LISTEN_LIMIT, 0 }, RANK_PROCESS, NULL },
	{ { ROW_ROUTER_BGP_DEFAULT_LOCAL, 0 }, RANK_PROCESS, NULL },
	{ { ROW_ROUTER_BGP_UPDATE_DELAY, 0 }, RANK_PROCESS, NULL },
	{ { ROW_ROUTER_BGP_TIMERS, 0 }, RANK_PROCESS, timers },
	{ { ROW_ROUTER_BGP_NB_GROUP, ROW_ROUTER_BGP_AF_IPV4_NB_GROUP }, RANK_GROUP, NULL },
	{ { ROW_ROUTER_BGP_NB_REMOTE_AS, ROW_ROUTER_BGP_AF_IPV4_NB_REMOTE_AS }, RANK_AS, remote_as },
	{ { ROW_ROUTER_BGP_NB_PEER_GROUP, ROW_ROUTER_BGP_AF_IPV4_NB_PEER_GROUP }, RANK_MEMBER, member },
	{ { ROW_ROUTER_BGP_LISTEN, 0 }, RANK_MEMBER, member },
	{ { ROW_ROUTER_BGP_NB_LOCAL_AS, ROW_ROUTER_BGP_AF_IPV4_NB_LOCAL_AS }, RANK_PEER, local_as },
	{ { ROW_ROUTER_BGP_NB_DESCRIPTION, ROW_ROUTER_BGP_AF_IPV4_NB_DESCRIPTION }, RANK_PEER, NULL },
	{ { ROW_ROUTER_BGP_NB_PASSWORD, ROW_ROUTER_BGP_AF_IPV4_NB_PASSWORD }, RANK_PEER, NULL },
	{ { ROW_ROUTER_BGP_NB_SHUTDOWN, 0 }, RANK_PEER, NULL },
	{ { ROW_ROUTER_BGP_NB_EBGP_MULTIHOP, ROW_ROUTER_BGP_AF_IPV4_NB_EBGP_MULTIHOP }, RANK_PEER, NULL },
	{ { ROW_ROUTER_BGP_NB_DISABLE_CONNECTED, 0 }, RANK_PEER, NULL },
	{ { ROW_ROUTER_BGP_NB_TTL_SECURITY, 0 }, RANK_PEER, NULL },
	{ { ROW_ROUTER_BGP_NB_UPDATE_SOURCE, ROW_ROUTER_BGP_AF_IPV4_NB_UPDATE_SOURCE }, RANK_PEER, update_source },
	{ { ROW_ROUTER_BGP_NB_TIMERS, ROW_ROUTER_BGP_AF_IPV4_NB_TIMERS }, RANK_PEER, timers },
	{ { ROW_ROUTER_BGP_NB_TRANSPORT_MODE, 0 }, RANK_PEER, connection_mode },
	{ { ROW_ROUTER_BGP_NB_HA_MODE, 0 }, RANK_PEER, ha_mode },
	{ { ROW_ROUTER_BGP_NB_CAPABILITY_REFRESH, 0 }, RANK_PEER, NULL },
	{ { ROW_ROUTER_BGP_NB_ADVERTISEMENT, ROW_ROUTER_BGP_AF_IPV4_NB_ADVERTISEMENT }, RANK_PEER, NULL },
	{ { ROW_ROUTER_BGP_NB_ACTIVATE, ROW_ROUTER_BGP_AF_IPV4_NB_ACTIVATE }, RANK_FAMILY, NULL },
	{ { ROW_ROUTER_BGP_NB_SEND_COMMUNITY, ROW_ROUTER_BGP_AF_IPV4_NB_SEND_COMMUNITY }, RANK_FAMILY, send_community },
	{ { ROW_ROUTER_BGP_NB_REFLECTOR, ROW_ROUTER_BGP_AF_IPV4_NB_REFLECTOR }, RANK_FAMILY, NULL },
	{ { ROW_ROUTER_BGP_NB_SERVER_CLIENT, ROW_ROUTER_BGP_AF_IPV4_NB_SERVER_CLIENT }, RANK_FAMILY, NULL },
	{ { ROW_ROUTER_BGP_NB_REMOVE_PRIVATE, ROW_ROUTER_BGP_AF_IPV4_NB_REMOVE_PRIVATE }, RANK_FAMILY, remove_private },
	{ { ROW_ROUTER_BGP_NB_NEXT_HOP_SELF, ROW_ROUTER_BGP_AF_IPV4_NB_NEXT_HOP_SELF }, RANK_FAMILY, NULL },
	{ { ROW_ROUTER_BGP_NB_NEXT_HOP_UNCHANGED, ROW_ROUTER_BGP_AF_IPV4_NB_NEXT_HOP_UNCHANGED }, RANK_FAMILY, next_hop_unchanged },
	{ { ROW_ROUTER_BGP_NB_DEFAULT_ORIGINATE, ROW_ROUTER_BGP_AF_IPV4_NB_DEFAULT_ORIGINATE }, RANK_FAMILY, with_map },
	{ { ROW_ROUTER_BGP_NB_SOFT, ROW_ROUTER_BGP_AF_IPV4_NB_SOFT }, RANK_FAMILY, NULL },
	{ { ROW_ROUTER_BGP_NB_WEIGHT, ROW_ROUTER_BGP_AF_IPV4_NB_WEIGHT }, RANK_FAMILY, NULL },
	{ { ROW_ROUTER_BGP_NB_ALLOWAS, ROW_ROUTER_BGP_AF_IPV4_NB_ALLOWAS }, RANK_FAMILY, NULL },
	{ { ROW_ROUTER_BGP_NB_AS_OVERRIDE, ROW_ROUTER_BGP_AF_IPV4_NB_AS_OVERRIDE }, RANK_FAMILY, NULL },
	{ { ROW_ROUTER_BGP_NB_DISTRIBUTE, ROW_ROUTER_BGP_AF_IPV4_NB_DISTRIBUTE }, RANK_FAMILY, filter },
	{ { ROW_ROUTER_BGP_NB_PREFIX_LIST, ROW_ROUTER_BGP_AF_IPV4_NB_PREFIX_LIST }, RANK_FAMILY, filter },
	{ { ROW_ROUTER_BGP_NB_ROUTE_MAP, ROW_ROUTER_BGP_AF_IPV4_NB_ROUTE_MAP }, RANK_FAMILY, with_map },
	{ { ROW_ROUTER_BGP_NB_FILTER_LIST, ROW_ROUTER_BGP_AF_IPV4_NB_FILTER_LIST }, RANK_FAMILY, filter },
	{ { ROW_ROUTER_BGP_NB_UNSUPPRESS, ROW_ROUTER_BGP_AF_IPV4_NB_UNSUPPRESS }, RANK_FAMILY, with_map },
	{ { ROW_ROUTER_BGP_NB_ADVERTISE_MAP, ROW_ROUTER_BGP_AF_IPV4_NB_ADVERTISE_MAP }, RANK_FAMILY, NULL },
	{ { ROW_ROUTER_BGP_NB_MAXIMUM_PREFIX, ROW_ROUTER_BGP_AF_IPV4_NB_MAXIMUM_PREFIX }, RANK_FAMILY, NULL },
	{ { ROW_ROUTER_BGP_NB_CAPABILITY_ORF, ROW_ROUTER_BGP_AF_IPV4_NB_CAPABILITY_ORF }, RANK_FAMILY, NULL },
	{ { ROW_ROUTER_BGP_NETWORK, ROW_ROUTER_BGP_AF_IPV4_NETWORK }, RANK_ROUTES, with_map },
	{ { ROW_ROUTER_BGP_AGGREGATE, ROW_ROUTER_BGP_AF_IPV4_AGGREGATE }, RANK_ROUTES, aggregate },
	{ { ROW_ROUTER_BGP_REDISTRIBUTE, ROW_ROUTER_BGP_AF_IPV4_REDISTRIBUTE }, RANK_ROUTES, redistribute },
	{ { ROW_ROUTER_BGP_DISTANCE_SOURCE, ROW_ROUTER_BGP_AF_IPV4_DISTANCE_SOURCE }, RANK_ROUTES, distance_source },
	{ { ROW_ROUTER_BGP_MAXIMUM_PATHS, ROW_ROUTER_BGP_AF_IPV4_MAXIMUM_PATHS }, RANK_ROUTES, max_paths },
	{ { ROW_ROUTER_BGP_MAXIMUM_PATHS_IBGP, ROW_ROUTER_BGP_AF_IPV4_MAXIMUM_PATHS_IBGP }, RANK_ROUTES, NULL },
	{ { ROW_ROUTER_BGP_TABLE_MAP, ROW_ROUTER_BGP_AF_IPV4_TABLE_MAP }, RANK_ROUTES, table_map },
};

static void
password(struct compile *c, const struct scope *s, const struct rec *r, const char *slot)
{
	char clear[SECRET_MAX] = "", line[SECRET_MAX + 128];
	const char *peer = rec_text(r, "peer"), *text = rec_text(r, "password");
	bool hidden = strstr(compile_line(c, r), " password 7 ") != NULL;

	if (hidden && !secret_reveal(text, clear)) {
		compile_note(c, s->at, "NOTE: neighbor %s: its password cannot be read", peer);
		return;
	}
	snprintf(line, sizeof line, "neighbor %s password %s", peer, hidden ? clear : text);
	compile_frr_secret(c, r, FRR_BGPD, RANK_PEER, s->ctx, slot, compile_text(c, "no neighbor %s password", peer), line);
	explicit_bzero(line, sizeof line);
	explicit_bzero(clear, sizeof clear);
}

static void
apply_rule(struct compile *c, const struct scope *s, const struct rule *rule, const struct rec *r)
{
	const char *line = compile_line(c, r), *slot = compile_slot(c, r), *peer = rec_text(r, "peer"), *group, *typed;

	if (peer) {
		if (!is_peer(c, s, peer)) {
			compile_note(c, s->at, "NOTE: neighbor %s has no remote-as, what is said of it has no effect", peer);
			return;
		}
		/* bgpd forgets all of a neighbor that joins or leaves a group */
		group = group_of(c, s, peer);
		if (group)
			slot = compile_text(c, "%s in %s", slot, group);
	}
	if (r->row == ROW_ROUTER_BGP_NB_PASSWORD || r->row == ROW_ROUTER_BGP_AF_IPV4_NB_PASSWORD) {
		password(c, s, r, slot);
		return;
	}
	typed = rule->change ? rule->change(c, s, r, line) : line;
	if (!typed)
		return;
	if (r->row == ROW_ROUTER_BGP_AGGREGATE || r->row == ROW_ROUTER_BGP_AF_IPV4_AGGREGATE)
		slot = typed;	/* bgpd changes none in place */
	if (r->negated)
		compile_frr(c, r, FRR_BGPD, rule->rank, s->ctx, slot, typed, "no %s", typed);
	else
		compile_frr(c, r, FRR_BGPD, rule->rank, s->ctx, slot, NULL, "%s", typed);
}

/* --- defaults --- */

/* IOS sends no communities unless it is told to, bgpd sends them all. */
static void
send_communities(struct compile *c, const struct scope *s, const struct rec *af, const struct rec *r)
{
	const char *peer = rec_text(r, "peer"), *line = "", *slot;
	const struct rec *q = of_peer(c, home(s), ROW_OF(s, NB_SEND_COMMUNITY), peer);
	bool standard, extended;

	if (!q && af)
		q = of_peer(c, af, ROW_ROUTER_BGP_AF_IPV4_NB_SEND_COMMUNITY, peer);
	if (!q && group_of(c, s, peer))
		return;		/* as the group */
	if (q)
		line = compile_line(c, q);
	extended = q && (strstr(line, " extended") || strstr(line, " both"));
	standard = q && !strstr(line, " extended");
	slot = compile_text(c, "send-community %s in %s", peer, group_of(c, s, peer) ? group_of(c, s, peer) : "");
	compile_frr(c, q ? q : r, FRR_BGPD, RANK_FAMILY, s->ctx, slot, compile_text(c, "neighbor %s send-community", peer),
	    "%sneighbor %s send-community", standard ? "" : "no ", peer);
	compile_frr(c, q ? q : r, FRR_BGPD, RANK_FAMILY, s->ctx, compile_text(c, "%s extended", slot),
	    compile_text(c, "neighbor %s send-community extended", peer), "%sneighbor %s send-community extended",
	    extended ? "" : "no ", peer);
}

static void
peer_defaults(struct compile *c, const struct scope *s, const struct rec *af)
{
	bool first = compile_flag(c, s->bgp, ROW_ROUTER_BGP_ENFORCE_FIRST);
	int rows[] = { ROW_OF(s, NB_GROUP), ROW_OF(s, NB_REMOTE_AS) };

	for (int i = 0; i < 2; i++)
		for (const struct rec *r = compile_children(c, home(s), rows[i]); r; r = store_next(r)) {
			const char *peer = rec_text(r, "peer");

			if (i == 1 && is_group(c, s, peer))
				continue;	/* it was there already */
			send_communities(c, s, af, r);
			if (first && !group_of(c, s, peer))
				compile_frr(c, r, FRR_BGPD, RANK_PEER, s->ctx, compile_text(c, "first-as %s", peer), NULL,
				    "neighbor %s enforce-first-as", peer);
		}
	/* members without an AS of their own */
	for (const struct rec *r = compile_children(c, home(s), ROW_OF(s, NB_PEER_GROUP)); r; r = store_next(r))
		if (is_peer(c, s, rec_text(r, "peer")) && !of_peer(c, home(s), ROW_OF(s, NB_REMOTE_AS), rec_text(r, "peer")))
			send_communities(c, s, af, r);
}

/* One path unless more are asked for; bgpd would use them all. */
static void
paths(struct compile *c, const struct scope *s, const struct rec *af)
{
	const struct cfg_router_bgp_maximum_paths *base = compile_child(c, s->bgp, ROW_ROUTER_BGP_MAXIMUM_PATHS);
	const struct cfg_router_bgp_af_ipv4_maximum_paths *in =
	    af ? compile_child(c, af, ROW_ROUTER_BGP_AF_IPV4_MAXIMUM_PATHS) : NULL;
	const struct rec *ibgp = s->vrf ? NULL : compile_find(c, s->bgp, ROW_ROUTER_BGP_MAXIMUM_PATHS_IBGP, NULL);
	uint32_t n = s->vrf ? in->paths : in && in->paths > 1 ? in->paths : base->paths;

	if (!ibgp && af)
		ibgp = compile_find(c, af, ROW_ROUTER_BGP_AF_IPV4_MAXIMUM_PATHS_IBGP, NULL);
	compile_frr(c, s->from, FRR_BGPD, RANK_ROUTES, s->ctx, "maximum-paths", "no maximum-paths", "maximum-paths %u", n);
	if (!ibgp)
		compile_frr(c, s->from, FRR_BGPD, RANK_ROUTES, s->ctx, "maximum-paths-ibgp", "no maximum-paths ibgp",
		    "maximum-paths ibgp 1");
}

static void
distance(struct compile *c, const struct scope *s, const struct rec *af)
{
	const struct rec *r = s->vrf ? NULL : compile_find(c, s->bgp, ROW_ROUTER_BGP_DISTANCE, NULL);

	if (!r && af)
		r = compile_find(c, af, ROW_ROUTER_BGP_AF_IPV4_DISTANCE, NULL);
	if (r)
		compile_frr(c, r, FRR_BGPD, RANK_ROUTES, s->ctx, "distance", "no distance bgp", "%s", compile_line(c, r));
}

static void
router_id(struct compile *c, const struct scope *s, const struct rec *af)
{
	const struct rec *r = s->vrf ? compile_find(c, af, ROW_ROUTER_BGP_AF_IPV4_ROUTER_ID, NULL) :
	    compile_find(c, s->bgp, ROW_ROUTER_BGP_ROUTER_ID, NULL);
	const char *ifname = r ? rec_text(r, "if") : NULL;
	uint32_t id = 0;

	if (s->vrf && !r)
		return;
	if (ifname ? !routing_address_of(c, ifname, &id) : r ? !rec_number(r, "id", &id) : !routing_id(c, &id))
		return;
	compile_frr(c, s->bgp, FRR_BGPD, RANK_PROCESS, s->ctx, "router-id", "no bgp router-id", "bgp router-id %s", ip4_s(id));
}

static void
flags(struct compile *c, const struct scope *s)
{
	compile_frr(c, s->bgp, FRR_BGPD, RANK_PROCESS, s->ctx, "requires-policy", NULL, "no bgp ebgp-requires-policy");
	compile_frr(c, s->bgp, FRR_BGPD, RANK_PROCESS, s->ctx, "import-check", NULL, "bgp network import-check");
	if (!compile_flag(c, s->bgp, ROW_ROUTER_BGP_CLIENT_TO_CLIENT))
		compile_frr(c, s->bgp, FRR_BGPD, RANK_PROCESS, s->ctx, "client-to-client", "bgp client-to-client reflection",
		    "no bgp client-to-client reflection");
	if (!compile_flag(c, s->bgp, ROW_ROUTER_BGP_DEFAULT_IPV4) && !s->vrf)
		compile_frr(c, s->bgp, FRR_BGPD, RANK_PROCESS, s->ctx, "ipv4-unicast", "bgp default ipv4-unicast",
		    "no bgp default ipv4-unicast");
	/* (the process's own line is in the table) */
	if (s->vrf && compile_find(c, s->bgp, ROW_ROUTER_BGP_LOG_NEIGHBOR, NULL))
		compile_frr(c, s->bgp, FRR_BGPD, RANK_PROCESS, s->ctx, "log-neighbor", NULL, "bgp log-neighbor-changes");
	if (!compile_flag(c, s->bgp, ROW_ROUTER_BGP_FAST_EXTERNAL) && !s->vrf)
		compile_note(c, s->at, "NOTE: no bgp fast-external-fallover: not applied, bgpd always falls over at once");
}

static const struct scope *
at(struct scope *s, const struct rec *r)
{
	s->at = r;
	return s;
}

/* One instance of bgpd: its own lines, and those of the address-family (NULL: none). */
static void
instance(struct compile *c, struct scope s, const struct rec *af)
{
	const struct rec *const nodes[] = { s.vrf ? NULL : s.bgp, af };

	s.from = s.at = home(&s);
	flags(c, &s);
	router_id(c, &s, af);
	for (int i = 0; i < 2; i++) {
		if (!nodes[i])
			continue;
		s.from = nodes[i];
		s.family = i;
		for (size_t k = 0; k < sizeof rules / sizeof rules[0]; k++)
			for (const struct rec *r = rules[k].row[i] ? compile_children(c, nodes[i], rules[k].row[i]) : NULL; r;
			     r = store_next(r))
				apply_rule(c, at(&s, r), &rules[k], r);
	}
	s.from = home(&s);
	peer_defaults(c, &s, af);
	paths(c, &s, af);
	distance(c, &s, af);
}

void
compile_bgp(struct compile *c, const struct rec *r)
{
	const struct cfg_router_bgp *v = rec_values(r);
	const struct rec *first = compile_each(c, ROW_ROUTER_BGP), *unicast = NULL;
	const char *base = compile_text(c, "router bgp %s", as_number(c, v->as));
	struct scope s = { .bgp = r, .ctx = base };

	if (first != r) {
		compile_unused(c, r, "NOTE: router bgp %s has no effect: BGP is already running; AS is %s", v->as,
		    ((const struct cfg_router_bgp *)rec_values(first))->as);
		return;
	}
	compile_frr(c, r, FRR_BGPD, 30, "", base, NULL, "%s", base);
	for (const struct rec *af = compile_children(c, r, ROW_ROUTER_BGP_AF_IPV4); af; af = store_next(af)) {
		const struct cfg_router_bgp_af_ipv4 *a = rec_values(af);

		if (a->has & HAS_ROUTER_BGP_AF_IPV4_KIND && a->kind != ROUTER_BGP_AF_IPV4_KIND_UNICAST)
			compile_note(c, r, "NOTE: %s: not applied", compile_line(c, af));
		else if (!a->vrf)
			unicast = af;
		else if (!compile_defined(c, REF_VRF, a->vrf))
			compile_note(c, r, "NOTE: %s: there is no such VRF", compile_line(c, af));
		else {
			struct scope in = { .bgp = r, .vrf = true, .family = true, .from = af,
				.ctx = compile_text(c, "%s vrf %s", base, a->vrf) };

			compile_frr(c, af, FRR_BGPD, 30, "", in.ctx, NULL, "%s", in.ctx);
			instance(c, in, af);
		}
	}
	instance(c, s, unicast);
}
