/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Static routes (to zebra), route maps and OSPF (to ospfd's configuration).
 * IOS's lines and FRR's differ in small ways; the differences are settled here
 * and nowhere else.
 */
#include <string.h>

#include "engine/compile.h"
#include "engine/routing.h"
#include "lib/ip4.h"
#include "parser/types.h"

compile_fn compile_static_route, compile_ospf;

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

bool
routing_address_of(struct compile *c, const char *ifname, uint32_t *addr)
{
	uint8_t len;

	for (const struct rec *r = compile_each(c, ROW_INTERFACE); r; r = store_next(r))
		if (strcmp(((const struct cfg_interface *)rec_values(r))->if_, ifname) == 0)
			return compile_address(c, r, addr, &len);
	return false;
}

bool
routing_id(struct compile *c, uint32_t *id)
{
	uint32_t best[2] = { 0, 0 };	/* loopbacks, others */
	uint32_t addr;
	uint8_t len;

	for (const struct rec *r = compile_each(c, ROW_INTERFACE); r; r = store_next(r)) {
		int other = ifname_class(((const struct cfg_interface *)rec_values(r))->if_) != IF_LOOPBACK;

		if (!compile_flag(c, r, ROW_INTERFACE_SHUTDOWN) && compile_address(c, r, &addr, &len) && addr > best[other])
			best[other] = addr;
	}
	*id = best[0] ? best[0] : best[1];
	return *id != 0;
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
