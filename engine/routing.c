/* SPDX-License-Identifier: BSD-2-Clause */
/* Static routes, to zebra; and what the routing protocols share (routing.h). */
#include <string.h>

#include "engine/compile.h"
#include "engine/routing.h"
#include "lib/ip4.h"
#include "parser/types.h"

compile_fn compile_static_route;

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
