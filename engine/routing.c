/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Static routes (to zebra), route maps and OSPF (to ospfd's configuration).
 * IOS's lines and FRR's differ in small ways; the differences are settled here
 * and nowhere else.
 */
#include <string.h>

#include "engine/compile.h"
#include "lib/ip4.h"
#include "parser/types.h"

compile_fn compile_static_route, compile_route_map, compile_ospf;

void
compile_static_route(struct compile *c, const struct rec *r)
{
	const struct cfg_ip_route *v = rec_values(r);
	struct obj o = { .kind = OBJ_ROUTE };
	bool dev = v->if_ != NULL, gw = v->has & HAS_IP_ROUTE_GW;

	if (v->has & HAS_IP_ROUTE_TRACK)
		compile_note(c, r, "NOTE: ip route %s: tracked object %u is not watched; the route always stands", ip4_s(v->dst),
		    v->track);
	if (v->permanent)
		compile_note(c, r, "NOTE: ip route %s: 'permanent' has no effect, the route goes when its interface does", ip4_s(v->dst));
	o.route.dst = (struct prefix4){ v->dst, (uint8_t)ip4_masklen(v->mask) };
	o.route.distance = (uint8_t)v->distance;
	o.route.tag = v->tag;
	o.route.gateway = v->gw;
	if (dev && ifname_class(v->if_) == IF_NULL)
		o.route.nexthop = NEXTHOP_NULL;
	else {
		if (dev)
			strcpy(o.route.dev, compile_dev(c, v->if_));
		o.route.nexthop = dev && gw ? NEXTHOP_GATEWAY_DEVICE : dev ? NEXTHOP_DEVICE : NEXTHOP_GATEWAY;
	}
	compile_emit(c, r, &o);
}

/* Sequence number of the entry that follows in the same route map, 65536 when it is the last. */
static uint32_t
next_sequence(struct compile *c, const struct rec *r)
{
	const struct cfg_route_map *v = rec_values(r);
	const struct rec *n;

	(void)compile_each(c, ROW_ROUTE_MAP);
	n = store_next(r);
	if (!n || strcmp(((const struct cfg_route_map *)rec_values(n))->name, v->name) != 0)
		return 65536;
	return ((const struct cfg_route_map *)rec_values(n))->seq;
}

/*
 * IOS takes several values in one match (any of them fits), FRR one: further
 * values become entries of their own right behind this one.
 */
void
compile_route_map(struct compile *c, const struct rec *r)
{
	const struct cfg_route_map *v = rec_values(r);
	const struct cfg_route_map_match_tag *tag = compile_child(c, r, ROW_ROUTE_MAP_MATCH_TAG);
	const struct cfg_route_map_match_address *acl = compile_child(c, r, ROW_ROUTE_MAP_MATCH_ADDRESS);
	const struct cfg_route_map_match_interface *ifs = compile_child(c, r, ROW_ROUTE_MAP_MATCH_INTERFACE);
	const struct cfg_route_map_set_metric *metric = compile_child(c, r, ROW_ROUTE_MAP_SET_METRIC);
	const struct cfg_route_map_set_metric_type *mtype = compile_child(c, r, ROW_ROUTE_MAP_SET_METRIC_TYPE);
	const struct cfg_route_map_set_tag *stag = compile_child(c, r, ROW_ROUTE_MAP_SET_TAG);
	const char *unknown = compile_not_applied(c, r, "route-map.match-");
	uint32_t ntag = 0, nacl = 0, nif = 0, k = 0, limit;

	/* without one of its conditions the entry would match more than it should */
	if (unknown) {
		compile_unused(c, r, "NOTE: route-map %s %u is passed over: '%s' is not applied yet", v->name, v->seq, unknown);
		return;
	}
	if (tag)
		for (ntag = 0; ntag < 8 && tag->has & (1u << ntag); ntag++)
			;
	if (acl)
		for (nacl = 0; nacl < 8 && acl->acl[nacl]; nacl++)
			;
	if (ifs)
		for (nif = 0; nif < 4 && ifs->if_[nif]; nif++)
			;
	for (uint32_t a = 0; a < nacl; a++)
		if (!compile_defined(c, REF_ACL, acl->acl[a]))
			compile_note(c, r, "NOTE: route-map %s %u: access list %s is not defined", v->name, v->seq, acl->acl[a]);
	limit = next_sequence(c, r);
	for (uint32_t t = 0; t < (ntag ? ntag : 1); t++)
		for (uint32_t a = 0; a < (nacl ? nacl : 1); a++)
			for (uint32_t i = 0; i < (nif ? nif : 1); i++, k++) {
				uint32_t seq = (v->seq ? v->seq : 1) + k;
				const char *ctx;

				if (k && seq >= limit) {
					compile_note(c, r, "NOTE: route-map %s %u: leave room behind it for its match values", v->name,
					    v->seq);
					return;
				}
				ctx = compile_text(c, "route-map %s %s %u", v->name,
				    v->action == ROUTE_MAP_ACTION_PERMIT ? "permit" : "deny", seq);
				compile_frr(c, r, FRR_OSPFD, 20, "", compile_text(c, "route-map %s %u", v->name, seq), NULL, "%s", ctx);
				if (ntag)
					compile_frr(c, r, FRR_OSPFD, 21, ctx, "match tag", "no match tag", "match tag %u", tag->tag[t]);
				if (nacl)
					compile_frr(c, r, FRR_OSPFD, 21, ctx, "match ip address", "no match ip address",
					    "match ip address %s", acl->acl[a]);
				if (nif)
					compile_frr(c, r, FRR_OSPFD, 21, ctx, "match interface", "no match interface",
					    "match interface %s", compile_dev(c, ifs->if_[i]));
				if (metric)
					compile_frr(c, r, FRR_OSPFD, 21, ctx, "set metric", "no set metric", "set metric %u",
					    metric->metric);
				if (mtype)
					compile_frr(c, r, FRR_OSPFD, 21, ctx, "set metric-type", "no set metric-type",
					    "set metric-type type-%d", mtype->type == ROUTE_MAP_SET_METRIC_TYPE_TYPE_TYPE_1 ? 1 : 2);
				if (stag)
					compile_frr(c, r, FRR_OSPFD, 21, ctx, "set tag", "no set tag", "set tag %u", stag->tag);
			}
}

void
compile_ospf(struct compile *c, const struct rec *r)
{
	const char *ctx = "router ospf";
	const struct cfg_router_ospf *v = rec_values(r);
	const struct cfg_router_ospf_router_id *id = compile_child(c, r, ROW_ROUTER_OSPF_ROUTER_ID);
	const struct cfg_router_ospf_auto_cost *cost = compile_child(c, r, ROW_ROUTER_OSPF_AUTO_COST);
	const struct cfg_router_ospf_default_information *def = compile_child(c, r, ROW_ROUTER_OSPF_DEFAULT_INFORMATION);

	if (compile_each(c, ROW_ROUTER_OSPF) != r) {
		compile_unused(c, r, "NOTE: router ospf %u has no effect: one OSPF process is supported", v->pid);
		return;
	}
	compile_frr(c, r, FRR_OSPFD, 30, "", "router ospf", "no router ospf", "router ospf");
	if (id)
		compile_frr(c, r, FRR_OSPFD, 31, ctx, "router-id", "no ospf router-id", "ospf router-id %s", ip4_s(id->id));
	compile_frr(c, r, FRR_OSPFD, 31, ctx, "auto-cost", "no auto-cost reference-bandwidth",
	    "auto-cost reference-bandwidth %u", cost->mbits);
	for (const struct rec *q = compile_children(c, r, ROW_ROUTER_OSPF_REDISTRIBUTE); q; q = store_next(q)) {
		const struct cfg_router_ospf_redistribute *d = rec_values(q);
		const char *source = d->source == ROUTER_OSPF_REDISTRIBUTE_SOURCE_STATIC ? "static" : "connected";
		const char *metric = "", *mtype = "", *map = "";

		if (d->has & HAS_ROUTER_OSPF_REDISTRIBUTE_METRIC)
			metric = compile_text(c, " metric %u", d->metric);
		if (d->metric_type == ROUTER_OSPF_REDISTRIBUTE_METRIC_TYPE_1)
			mtype = " metric-type 1";
		if (d->map)
			map = compile_text(c, " route-map %s", d->map);
		if (d->map && !compile_defined(c, REF_ROUTE_MAP, d->map))
			compile_note(c, r, "NOTE: router ospf %u: route-map %s is not defined", v->pid, d->map);
		if (d->has & HAS_ROUTER_OSPF_REDISTRIBUTE_TAG)
			compile_note(c, r, "NOTE: redistribute %s: tag is set by a route-map only", source);
		compile_frr(c, q, FRR_OSPFD, 32, ctx, compile_text(c, "redistribute %s", source),
		    compile_text(c, "no redistribute %s", source), "redistribute %s%s%s%s", source, metric, mtype, map);
	}
	if (def) {
		const char *metric = def->has & HAS_ROUTER_OSPF_DEFAULT_INFORMATION_METRIC ?
		    compile_text(c, " metric %u", def->metric) : "";

		/* IOS sends the default with metric 1, FRR with 10 when there is nothing else */
		if (!*metric)
			metric = " metric 1";
		compile_frr(c, r, FRR_OSPFD, 32, ctx, "default-information", "no default-information originate",
		    "default-information originate%s%s%s%s", def->always ? " always" : "", metric,
		    def->metric_type == ROUTER_OSPF_DEFAULT_INFORMATION_METRIC_TYPE_1 ? " metric-type 1" : "",
		    def->map ? compile_text(c, " route-map %s", def->map) : "");
	}
}
