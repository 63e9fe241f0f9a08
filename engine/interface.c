/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Interfaces: the device and its addresses. What is peculiar to tunnels is in
 * tunnel_interface.c, what OSPF is to know in ospf.c.
 */
#include <stdio.h>
#include <string.h>

#include "engine/compile.h"
#include "engine/interface.h"
#include "engine/routing.h"
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

bool
interface_vrf(struct compile *c, const struct rec *r, const char *ifname, char vrf[OBJ_IFNAMSIZ])
{
	const char *name = routing_vrf(c, r);

	memset(vrf, 0, OBJ_IFNAMSIZ);
	if (!name)
		return true;
	if (!routing_vrf_usable(name) || !compile_defined(c, REF_VRF, name)) {
		compile_unused(c, r, "NOTE: %s: there is no VRF %s, the interface is not used", ifname, name);
		return false;
	}
	strcpy(vrf, name);
	return true;
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

	if (!interface_vrf(c, r, ifname, o.link.vrf))
		return;
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
	ospf_interface(c, r, ifname, *o.link.vrf ? o.link.vrf : NULL, have, addr);
}

/* A sub-interface is a device for the frames of one VLAN; false when it is none, which a note says. */
static bool
vlan_link(struct compile *c, const struct rec *r, const char *ifname, struct obj_link *link)
{
	const struct cfg_interface_encapsulation_dot1q *e = compile_child(c, r, ROW_INTERFACE_ENCAPSULATION_DOT1Q);
	char parent[40];

	snprintf(parent, sizeof parent, "%.*s", (int)strcspn(ifname, "."), ifname);
	if (!e) {
		compile_quiet_unused(c, r, "NOTE: %s has no effect without encapsulation dot1Q", ifname);
		return false;
	}
	if (e->native || e->inner) {
		compile_unused(c, r, e->native ? "NOTE: %s stays down: frames without a tag belong to %s itself here" :
		    "NOTE: %s stays down: of two tags only one can be told apart on %s", ifname, parent);
		return false;
	}
	link->type = LINK_VLAN;
	link->vlan = (uint16_t)e->vlan;
	strcpy(link->parent, compile_dev(c, parent));
	return true;
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
		if (compile_child(c, r, ROW_INTERFACE_KEEPALIVE))
			compile_quiet(c, r, "NOTE: %s: keepalive has an effect on GRE tunnels only", i->if_);
		if (strchr(i->if_, '.') && !vlan_link(c, r, i->if_, &link))
			return;
		break;
	case IF_LOOPBACK:
		link.type = LINK_DUMMY;
		break;
	case IF_TUNNEL:
		if (!tunnel_link(c, r, &link))
			return;
		break;
	case IF_TEMPLATE:
		tunnel_template(c, r);
		return;
	case IF_OTHER:
		compile_quiet_unused(c, r, "NOTE: %s is stored and has no effect yet", i->if_);
		return;
	default:
		return;
	}
	if (m && !compile_defined(c, REF_CRYPTO_MAP, m->map))
		compile_note(c, r, "NOTE: %s: crypto map %s is not defined", i->if_, m->map);
	else if (m && class != IF_TUNNEL && routing_vrf(c, r))
		compile_note(c, r, "NOTE: %s: crypto map %s reaches no peer: IKE speaks outside of VRFs, not in %s", i->if_, m->map,
		    routing_vrf(c, r));
	interface_device(c, r, i->if_, &link);
}
