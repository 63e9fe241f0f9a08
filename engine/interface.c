/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interfaces: the device, its addresses, and what OSPF is to know about it.
 * (What is peculiar to tunnels is in tunnel_interface.c.)
 *
 * `network A W area N` of the OSPF process is resolved here, per interface,
 * because FRR does not take it together with per-interface areas; the longest
 * matching statement wins, as in IOS.
 */
#include <string.h>

#include "engine/compile.h"
#include "engine/interface.h"
#include "engine/tunnel_interface.h"
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
bandwidth(struct compile *c, const struct rec *r, const char *ifname)
{
	const struct cfg_interface_bandwidth *own = compile_child(c, r, ROW_INTERFACE_BANDWIDTH);

	if (own)
		return own->kbps;
	switch (ifname_class(ifname)) {
	case IF_TUNNEL:
		return 100;
	case IF_ACCESS:
		return 100000;
	case IF_LOOPBACK:
		return 8000000;
	default:
		return strncmp(ifname, "Eth", 3) == 0 ? 10000 : strncmp(ifname, "Fast", 4) == 0 ? 100000 :
		    strncmp(ifname, "Ten", 3) == 0 ? 10000000 : 1000000;
	}
}

static uint32_t
default_cost(struct compile *c, const struct rec *r, const struct rec *process, const char *ifname)
{
	const struct cfg_router_ospf_auto_cost *a = compile_child(c, process, ROW_ROUTER_OSPF_AUTO_COST);
	uint64_t cost = (uint64_t)a->mbits * 1000 / bandwidth(c, r, ifname);

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
	if (cost || (area && ifname_class(ifname) != IF_LOOPBACK))
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "cost", "no ip ospf cost", "ip ospf cost %u",
		    cost ? cost->cost : default_cost(c, r, process, ifname));
	if (hello)
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "hello", "no ip ospf hello-interval", "ip ospf hello-interval %u",
		    hello->seconds);
	/* IOS sets the dead interval to four hellos when it is not given */
	if (dead || hello)
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "dead", "no ip ospf dead-interval", "ip ospf dead-interval %u",
		    dead ? dead->seconds : hello->seconds > 16383 ? 65535 : hello->seconds * 4);
	if (net)
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "network", "no ip ospf network", "ip ospf network %s", types[net->type]);
	else if ((ifname_class(ifname) == IF_TUNNEL || ifname_class(ifname) == IF_ACCESS) && area)
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "network", "no ip ospf network", "ip ospf network point-to-point");
	else if (ifname_class(ifname) == IF_LOOPBACK && area)
		/* IOS advertises a loopback's address as a host route; so does FRR on this network type */
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "network", "no ip ospf network", "ip ospf network point-to-multipoint");
	/* on point-to-point links there is nothing to elect; IOS says 0 */
	if (!prio && area && (net ? net->type == INTERFACE_OSPF_NETWORK_TYPE_POINT_TO_POINT :
	    ifname_class(ifname) == IF_TUNNEL || ifname_class(ifname) == IF_ACCESS))
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "priority", "no ip ospf priority", "ip ospf priority 0");
	if (prio)
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "priority", "no ip ospf priority", "ip ospf priority %u",
		    prio->priority);
	if (compile_flag(c, r, ROW_INTERFACE_OSPF_MTU_IGNORE))
		compile_frr(c, r, FRR_OSPFD, 40, ctx, "mtu-ignore", NULL, "ip ospf mtu-ignore");
}

/* The address that `ip unnumbered` borrows; false when there is none to borrow, which a note says. */
static bool
borrowed_address(struct compile *c, const struct rec *r, const char *ifname, const char *lender, uint32_t *addr)
{
	const struct rec *other = compile_defined(c, REF_INTERFACE, lender);
	uint8_t len;

	if (other && compile_address(c, other, addr, &len))
		return true;
	compile_quiet(c, r, "NOTE: %s: %s has no address to borrow", ifname, lender);
	return false;
}

void
interface_device(struct compile *c, const struct rec *r, const char *ifname, struct obj_link *link)
{
	const struct cfg_interface_address *a = compile_child(c, r, ROW_INTERFACE_ADDRESS);
	const struct cfg_interface_unnumbered *u = compile_child(c, r, ROW_INTERFACE_UNNUMBERED);
	const char *dev = compile_dev(c, ifname);
	struct obj o = { .kind = OBJ_LINK, .link = *link };
	uint32_t addr = a ? a->addr : 0;
	bool have = a != NULL;

	strcpy(o.link.dev, dev);
	compile_emit(c, r, &o);
	if (a)
		emit_address(c, r, dev, a->addr, a->mask, false);
	else if (u && (have = borrowed_address(c, r, ifname, u->if_, &addr)))
		emit_address(c, r, dev, addr, 0xffffffffu, false);
	for (const struct rec *s = compile_children(c, r, ROW_INTERFACE_ADDRESS_SECONDARY); s; s = store_next(s)) {
		const struct cfg_interface_address_secondary *v = rec_values(s);

		emit_address(c, s, dev, v->addr, v->mask, true);
	}
	interface_mss(c, r, dev);
	ospf(c, r, ifname, dev, have, addr);
}

void
compile_interface(struct compile *c, const struct rec *r)
{
	const struct cfg_interface *i = rec_values(r);
	const struct cfg_interface_mtu *mtu = compile_child(c, r, ROW_INTERFACE_MTU);
	const struct cfg_interface_ip_mtu *ip_mtu = compile_child(c, r, ROW_INTERFACE_IP_MTU);
	const struct cfg_interface_crypto_map *m = compile_child(c, r, ROW_INTERFACE_CRYPTO_MAP);
	enum if_class class = ifname_class(i->if_);
	struct obj_link link = { .up = !compile_flag(c, r, ROW_INTERFACE_SHUTDOWN) };

	/* Linux has one MTU for a device; that of IP is the one that counts here */
	link.mtu = mtu && class != IF_TUNNEL ? mtu->bytes : 0;
	if (ip_mtu && (!link.mtu || ip_mtu->bytes < link.mtu))
		link.mtu = ip_mtu->bytes;
	switch (class) {
	case IF_PHYSICAL:
	case IF_LOOPBACK:
		link.type = class == IF_LOOPBACK ? LINK_DUMMY : LINK_PORT;
		break;
	case IF_TUNNEL:
		if (!tunnel_link(c, r, &link))
			return;
		break;
	case IF_TEMPLATE:
		tunnel_template(c, r);
		return;
	case IF_OTHER:
		compile_unused(c, r, "NOTE: %s is stored and has no effect yet", i->if_);
		return;
	default:
		return;
	}
	if (m && !compile_defined(c, REF_CRYPTO_MAP, m->map))
		compile_note(c, r, "NOTE: %s: crypto map %s is not defined", i->if_, m->map);
	interface_device(c, r, i->if_, &link);
}
