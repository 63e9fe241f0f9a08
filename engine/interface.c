/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interfaces: the device, its addresses, and what OSPF is to know about it.
 *
 * `network A W area N` of the OSPF process is resolved here, per interface,
 * because FRR does not take it together with per-interface areas; the longest
 * matching statement wins, as in IOS.
 */
#include <string.h>

#include "engine/compile.h"
#include "lib/ip4.h"
#include "parser/types.h"

compile_fn compile_interface;

static void
emit_address(struct compile *c, const struct rec *r, const char *dev, uint32_t addr, uint32_t mask, bool secondary)
{
	struct obj o = { .kind = OBJ_ADDRESS, .address = { .addr = addr, .len = (uint8_t)ip4_masklen(mask),
	    .secondary = secondary } };

	strcpy(o.address.dev, dev);
	compile_emit(c, r, &o);
}

/* The area of an interface address by the process's network statements; NULL when none matches. */
static const char *
area_of(struct compile *c, const struct rec *ospf, uint32_t addr)
{
	const char *area = NULL;
	uint32_t best = 0;

	for (const struct rec *n = compile_children(c, ospf, ROW_ROUTER_OSPF_NETWORK); n; n = store_next(n)) {
		const struct cfg_router_ospf_network *v = rec_values(n);

		if ((addr ^ v->addr) & ~v->wild)
			continue;
		if (!area || ~v->wild > best) {
			area = v->area;
			best = ~v->wild;
		}
	}
	return area;
}

static bool
passive(struct compile *c, const struct rec *ospf, const char *ifname)
{
	bool p = compile_child(c, ospf, ROW_ROUTER_OSPF_PASSIVE_DEFAULT) != NULL;

	for (const struct rec *q = compile_children(c, ospf, ROW_ROUTER_OSPF_PASSIVE); q; q = store_next(q))
		if (strcmp(((const struct cfg_router_ospf_passive *)rec_values(q))->if_, ifname) == 0)
			return !q->negated;
	return p;
}

/* What IOS takes as the bandwidth of an interface type, in Kbit/s: the cost comes from it, not from the device. */
static uint32_t
bandwidth(const char *ifname)
{
	return strncmp(ifname, "Eth", 3) == 0 ? 10000 : strncmp(ifname, "Fast", 4) == 0 ? 100000 :
	    strncmp(ifname, "Ten", 3) == 0 ? 10000000 : 1000000;
}

static uint32_t
default_cost(struct compile *c, const struct rec *process, const char *ifname)
{
	const struct cfg_router_ospf_auto_cost *a = compile_child(c, process, ROW_ROUTER_OSPF_AUTO_COST);
	uint64_t cost = (uint64_t)a->mbits * 1000 / bandwidth(ifname);

	return cost < 1 ? 1 : cost > 65535 ? 65535 : (uint32_t)cost;
}

static void
ospf(struct compile *c, const struct rec *r, const char *ifname, const char *dev, bool have, uint32_t addr)
{
	static const char *const types[] = { "broadcast", "non-broadcast", "point-to-multipoint", "point-to-point" };
	const struct cfg_interface_ospf_area *own = compile_child(c, r, ROW_INTERFACE_OSPF_AREA);
	const struct cfg_interface_ospf_cost *cost = compile_child(c, r, ROW_INTERFACE_OSPF_COST);
	const struct cfg_interface_ospf_hello *hello = compile_child(c, r, ROW_INTERFACE_OSPF_HELLO);
	const struct cfg_interface_ospf_dead *dead = compile_child(c, r, ROW_INTERFACE_OSPF_DEAD);
	const struct cfg_interface_ospf_network *net = compile_child(c, r, ROW_INTERFACE_OSPF_NETWORK);
	const struct cfg_interface_ospf_priority *prio = compile_child(c, r, ROW_INTERFACE_OSPF_PRIORITY);
	const struct rec *process = compile_each(c, ROW_ROUTER_OSPF);
	const char *ctx = compile_text(c, "interface %s", dev), *area = NULL;

	if (process && have)
		area = own ? own->area : area_of(c, process, addr);
	if (area) {
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "area", NULL, "ip ospf area %s", area);
		if (passive(c, process, ifname))
			compile_frr(c, r, FRR_OSPFD, 40, ctx, "passive", NULL, "ip ospf passive");
	}
	if (cost || (area && ifname_class(ifname) == IF_PHYSICAL))
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "cost", "no ip ospf cost", "ip ospf cost %u",
		    cost ? cost->cost : default_cost(c, process, ifname));
	if (hello)
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "hello", "no ip ospf hello-interval", "ip ospf hello-interval %u",
		    hello->seconds);
	/* IOS sets the dead interval to four hellos when it is not given */
	if (dead || hello)
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "dead", "no ip ospf dead-interval", "ip ospf dead-interval %u",
		    dead ? dead->seconds : hello->seconds > 16383 ? 65535 : hello->seconds * 4);
	if (net)
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "network", "no ip ospf network", "ip ospf network %s", types[net->type]);
	else if (ifname_class(ifname) == IF_LOOPBACK && area)
		/* IOS advertises a loopback's address as a host route; so does FRR on this network type */
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "network", "no ip ospf network", "ip ospf network point-to-multipoint");
	if (prio)
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "priority", "no ip ospf priority", "ip ospf priority %u",
		    prio->priority);
	if (compile_flag(c, r, ROW_INTERFACE_OSPF_MTU_IGNORE))
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "mtu-ignore", NULL, "ip ospf mtu-ignore");
}

void
compile_interface(struct compile *c, const struct rec *r)
{
	const struct cfg_interface *i = rec_values(r);
	const struct cfg_interface_address *a = compile_child(c, r, ROW_INTERFACE_ADDRESS);
	const struct cfg_interface_mtu *mtu = compile_child(c, r, ROW_INTERFACE_MTU);
	enum if_class class = ifname_class(i->if_);
	const char *dev = compile_dev(c, i->if_);
	struct obj link = { .kind = OBJ_LINK };

	if (class != IF_PHYSICAL && class != IF_LOOPBACK) {
		if (class == IF_TUNNEL || class == IF_OTHER)
			compile_unused(c, r, "NOTE: %s is stored and has no effect yet", i->if_);
		return;
	}
	strcpy(link.link.dev, dev);
	link.link.type = class == IF_LOOPBACK ? LINK_DUMMY : LINK_PORT;
	link.link.up = !compile_flag(c, r, ROW_INTERFACE_SHUTDOWN);
	link.link.mtu = mtu ? mtu->bytes : 0;
	compile_emit(c, r, &link);
	if (a)
		emit_address(c, r, dev, a->addr, a->mask, false);
	for (const struct rec *s = compile_children(c, r, ROW_INTERFACE_ADDRESS_SECONDARY); s; s = store_next(s)) {
		const struct cfg_interface_address_secondary *v = rec_values(s);

		emit_address(c, s, dev, v->addr, v->mask, true);
	}
	const struct cfg_interface_crypto_map *m = compile_child(c, r, ROW_INTERFACE_CRYPTO_MAP);

	if (m && !compile_defined(c, REF_CRYPTO_MAP, m->map))
		compile_note(c, r, "NOTE: %s: crypto map %s is not defined", i->if_, m->map);
	ospf(c, r, i->if_, dev, a != NULL, a ? a->addr : 0);
}
