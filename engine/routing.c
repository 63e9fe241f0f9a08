/* SPDX-License-Identifier: BSD-2-Clause */
/* Static routes, to zebra; VRFs; and what the routing protocols share (routing.h). */
#include <string.h>

#include "engine/compile.h"
#include "engine/routing.h"
#include "lib/hash.h"
#include "lib/ip4.h"
#include "parser/types.h"

compile_fn compile_static_route, compile_vrf;

const char *
routing_vrf(struct compile *c, const struct rec *r)
{
	const struct cfg_interface_vrf_forwarding *v = compile_child(c, r, ROW_INTERFACE_VRF_FORWARDING);
	const struct cfg_interface_ip_vrf_forwarding *old = compile_child(c, r, ROW_INTERFACE_IP_VRF_FORWARDING);

	return v ? v->vrf : old ? old->vrf : NULL;
}

bool
routing_vrf_usable(const char *name)
{
	char scratch[40];

	return strlen(name) < OBJ_IFNAMSIZ && !strpbrk(name, "/: ") && strcmp(name, "lo") != 0 && strcmp(name, "default") != 0 &&
	    !ifname_from_kernel(name, scratch);
}

void
compile_vrf(struct compile *c, const struct rec *r)
{
	const char *name = rec_text(r, "name");
	struct obj o = { .kind = OBJ_LINK };

	_Static_assert(ROW_VRF_DEFINITION != ROW_IP_VRF, "two spellings of one thing");
	if (!routing_vrf_usable(name)) {
		compile_unused(c, r, "NOTE: vrf %s: not applied, a name of at most %d characters that is no interface's is needed",
		    name, OBJ_IFNAMSIZ - 1);
		return;
	}
	if (r->row == ROW_VRF_DEFINITION && !compile_find(c, r, ROW_VRF_DEFINITION_AF_IPV4, NULL))
		compile_note(c, r, "NOTE: vrf %s: IPv4 works without address-family ipv4 here, in IOS it does not", name);
	strcpy(o.link.dev, name);
	o.link.up = true;
	/* any number will do that stays the same and is not the main table's */
	o.link.type = LINK_VRF;
	o.link.vrf_table = 1000 + (uint32_t)(hash_str(HASH_INIT, name) & 0xffffff);
	compile_emit(c, r, &o);
}

static void
vrf_route(struct compile *c, const struct rec *r)
{
	const struct cfg_ip_route_vrf *v = rec_values(r);
	struct obj o = { .kind = OBJ_ROUTE };

	if (!compile_defined(c, REF_VRF, v->vrf) || !routing_vrf_usable(v->vrf)) {
		compile_unused(c, r, "NOTE: ip route vrf %s: there is no such VRF", v->vrf);
		return;
	}
	if (v->global) {
		compile_unused(c, r, "NOTE: ip route vrf %s %s: a next hop in the global table is not applied", v->vrf, ip4_s(v->dst));
		return;
	}
	if (v->has & HAS_IP_ROUTE_VRF_TRACK)
		compile_note(c, r, "NOTE: ip route vrf %s %s: tracked object %u is not watched; the route always stands", v->vrf,
		    ip4_s(v->dst), v->track);
	o.route.dst = (struct prefix4){ v->dst, (uint8_t)ip4_masklen(v->mask) };
	o.route.distance = (uint8_t)v->distance;
	o.route.tag = v->tag;
	o.route.gateway = v->gw;
	strcpy(o.route.vrf, v->vrf);
	if (v->if_ && ifname_class(v->if_) == IF_NULL)
		o.route.nexthop = NEXTHOP_NULL;
	else {
		if (v->if_)
			strcpy(o.route.dev, compile_dev(c, v->if_));
		o.route.nexthop = v->if_ && v->has & HAS_IP_ROUTE_VRF_GW ? NEXTHOP_GATEWAY_DEVICE : v->if_ ? NEXTHOP_DEVICE :
		    NEXTHOP_GATEWAY;
	}
	compile_emit(c, r, &o);
}

void
compile_static_route(struct compile *c, const struct rec *r)
{
	const struct cfg_ip_route *v = rec_values(r);
	struct obj o = { .kind = OBJ_ROUTE };

	if (r->row == ROW_IP_ROUTE_VRF) {
		vrf_route(c, r);
		return;
	}
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

		if (!routing_vrf(c, r) && !compile_flag(c, r, ROW_INTERFACE_SHUTDOWN) && compile_address(c, r, &addr, &len) && addr > best[other])
			best[other] = addr;
	}
	*id = best[0] ? best[0] : best[1];
	return *id != 0;
}
