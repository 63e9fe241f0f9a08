/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OBJ_LINK: creates and deletes dummy, tunnel and VLAN devices, sets MTU and
 * administrative state. A port that is not there yet is remembered (see
 * netlink.h).
 *
 * Deleted are only devices with our alias; a device that is merely no longer
 * wanted keeps the state it has.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <string.h>
#include <linux/if_link.h>
#include <linux/if_tunnel.h>
#include <linux/rtnetlink.h>

#include "backends/netlink/internal.h"
#include "engine/objects.h"

#define ALIAS "confterm"

static const char *const kinds[] = {"dummy", "ifb", "bridge"};
#define NKINDS (sizeof(kinds) / sizeof(kinds[0]))

void
link_op(struct netlink *nl, const struct plan_op *op)
{
	const struct obj *o = op->now ? op->now : op->was;
	struct dev *d = dev_get(nl, o->link.dev);

	if (op->now) {
		/* A new owner of the device sweeps out the addresses that are not wanted. */
		if (!d->wanted) {
			d->exact = true;
			dev_dirty(nl, d, false, true);
		}
		d->wanted = true;
		d->want = op->now->link;
		d->id = op->now->id;
	} else {
		d->wanted = false;
	}
	dev_dirty(nl, d, true, false);
}

/* Devices that are made with parameters of their own; one of that name that is not ours is left alone. */
static bool
special(enum link_type t)
{
	return t >= LINK_GRE;
}

static void
gre_parameters(struct nlmsghdr *nlh, const struct obj_link *l)
{
	uint16_t flags = (uint16_t)((l->has_key ? GRE_KEY : 0) | (l->checksum ? GRE_CSUM : 0) | (l->sequence ? GRE_SEQ : 0));

	mnl_attr_put_u16(nlh, IFLA_GRE_IFLAGS, flags);
	mnl_attr_put_u16(nlh, IFLA_GRE_OFLAGS, flags);
	if (l->has_key) {
		mnl_attr_put_u32(nlh, IFLA_GRE_IKEY, htonl(l->key));
		mnl_attr_put_u32(nlh, IFLA_GRE_OKEY, htonl(l->key));
	}
	mnl_attr_put_u32(nlh, IFLA_GRE_LOCAL, htonl(l->local));
	mnl_attr_put_u32(nlh, IFLA_GRE_REMOTE, htonl(l->remote));
	mnl_attr_put_u8(nlh, IFLA_GRE_TTL, l->ttl);
	mnl_attr_put_u8(nlh, IFLA_GRE_TOS, l->tos);
	mnl_attr_put_u8(nlh, IFLA_GRE_PMTUDISC, l->pmtud);
}

static void
ipip_parameters(struct nlmsghdr *nlh, const struct obj_link *l)
{
	mnl_attr_put_u32(nlh, IFLA_IPTUN_LOCAL, htonl(l->local));
	mnl_attr_put_u32(nlh, IFLA_IPTUN_REMOTE, htonl(l->remote));
	mnl_attr_put_u8(nlh, IFLA_IPTUN_TTL, l->ttl);
	mnl_attr_put_u8(nlh, IFLA_IPTUN_TOS, l->tos);
	mnl_attr_put_u8(nlh, IFLA_IPTUN_PMTUDISC, l->pmtud);
}

/* Device type and its parameters; kind: the kernel's name for it. */
static void
put_info(struct nlmsghdr *nlh, const char *kind, const struct obj_link *l)
{
	struct nlattr *info = mnl_attr_nest_start(nlh, IFLA_LINKINFO), *data;

	mnl_attr_put_strz(nlh, IFLA_INFO_KIND, kind);
	if (special(l->type)) {
		data = mnl_attr_nest_start(nlh, IFLA_INFO_DATA);
		if (l->type == LINK_GRE)
			gre_parameters(nlh, l);
		else if (l->type == LINK_IPIP)
			ipip_parameters(nlh, l);
		else if (l->type == LINK_VLAN)
			mnl_attr_put_u16(nlh, IFLA_VLAN_ID, l->vlan);
		else if (l->type == LINK_VRF)
			mnl_attr_put_u32(nlh, IFLA_VRF_TABLE, l->vrf_table);
		else
			mnl_attr_put_u32(nlh, IFLA_XFRM_IF_ID, l->if_id);
		mnl_attr_nest_end(nlh, data);
	}
	mnl_attr_nest_end(nlh, info);
}

static const char *const special_kinds[] = {[LINK_GRE] = "gre", [LINK_IPIP] = "ipip", [LINK_VLAN] = "vlan",
	[LINK_XFRM] = "xfrm", [LINK_VRF] = "vrf"};

static void
put_create(struct netlink *nl, struct nl_batch *b, struct dev *d)
{
	void *ifi;
	struct nlmsghdr *nlh;

	nl_status_clear(&d->st);
	nlh = nl_batch_msg(b, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof(struct ifinfomsg), &ifi, &d->st);
	mnl_attr_put_strz(nlh, IFLA_IFNAME, d->name);
	if (d->want.type == LINK_VLAN)
		mnl_attr_put_u32(nlh, IFLA_LINK, (uint32_t)dev_get(nl, d->want.parent)->ifindex);
	put_info(nlh, special(d->want.type) ? special_kinds[d->want.type] : kinds[nl->dummy_kind], &d->want);
}

static void
created(struct netlink *nl, struct dev *d)
{
	if (d->st.err && (d->st.err != -EEXIST || special(d->want.type)))
		return;
	d->ours = d->st.err == 0;
	nl_status_clear(&d->st);
	d->made = d->want;
	dev_ask_index(nl, d);
	nl_dev_sysctls(d->name);
	/* what was wanted for it before it was there, or for the one that it replaces */
	dev_dirty(nl, d, false, true);
	if (d->npolicy)
		policies_touch(nl, d->name);
}

/*
 * A device that is another one now is made anew: its type, the if_id of an XFRM
 * device and what a VLAN device belongs to cannot change. One that an earlier daemon left is, too.
 */
static bool
must_go(const struct dev *d)
{
	if (!d->wanted || !d->ours || d->ifindex == 0)
		return false;
	if (d->want.type == LINK_PORT || (d->want.type == LINK_DUMMY && d->made.type == LINK_PORT))
		return false;
	return d->made.type != d->want.type || (d->want.type == LINK_XFRM && d->made.if_id != d->want.if_id) ||
	    (d->want.type == LINK_VLAN && !link_same_device(&d->made, &d->want)) ||
	    (d->want.type == LINK_VRF && d->made.vrf_table != d->want.vrf_table);
}

static void
delete_changed(struct netlink *nl)
{
	struct nl_batch b;

	nl_batch_init(&b, &nl->rt);
	for (size_t i = 0; i < nl->dirty_links.n; i++) {
		struct dev *d = nl->dirty_links.v[i];
		void *ifi;

		if (!must_go(d))
			continue;
		nl_batch_msg(&b, RTM_DELLINK, 0, sizeof(struct ifinfomsg), &ifi, &d->st);
		((struct ifinfomsg *)ifi)->ifi_index = d->ifindex;
	}
	nl_batch_end(&b);
	for (size_t i = 0; i < nl->dirty_links.n; i++) {
		struct dev *d = nl->dirty_links.v[i];

		if (must_go(d) && (d->st.err == 0 || d->st.err == -ENODEV)) {
			d->dying = d->st.err ? 0 : d->ifindex;
			dev_set_index(nl, d, 0);
		}
	}
}

/* The devices below VLANs: asked for before a batch begins. */
static void
ask_parents(struct netlink *nl)
{
	for (size_t i = 0; i < nl->dirty_links.n; i++) {
		struct dev *d = nl->dirty_links.v[i], *p;

		if (!d->wanted || d->want.type != LINK_VLAN)
			continue;
		p = dev_get(nl, d->want.parent);
		if (p->ifindex == 0)
			dev_ask_index(nl, p);
		p->carries_vlans = true;
	}
}

/* The device below a VLAN must be there; when it comes, that of the VLAN is tried again (monitor.c). */
static bool
has_parent(struct netlink *nl, struct dev *d)
{
	return d->want.type != LINK_VLAN || dev_get(nl, d->want.parent)->ifindex != 0;
}

/* Creates all missing devices that are ours to make; dummies with the first kind of device that the kernel has. */
void
links_create(struct netlink *nl)
{
	bool again = true;

	for (size_t i = 0; i < nl->dirty_links.n; i++) {
		struct dev *d = nl->dirty_links.v[i];

		nl_status_clear(&d->st);
		if (d->wanted && d->ifindex == 0)
			dev_ask_index(nl, d);
	}
	delete_changed(nl);
	for (; again && nl->dummy_kind < NKINDS; nl->dummy_kind += again) {
		struct nl_batch b;

		again = false;
		ask_parents(nl);
		nl_batch_init(&b, &nl->rt);
		for (size_t i = 0; i < nl->dirty_links.n; i++) {
			struct dev *d = nl->dirty_links.v[i];

			d->creating = d->wanted && d->want.type != LINK_PORT && d->ifindex == 0 && has_parent(nl, d) &&
			    (d->st.err == 0 || (d->st.err == -EOPNOTSUPP && d->want.type == LINK_DUMMY));
			if (d->creating)
				put_create(nl, &b, d);
		}
		nl_batch_end(&b);
		for (size_t i = 0; i < nl->dirty_links.n; i++) {
			struct dev *d = nl->dirty_links.v[i];

			if (!d->creating)
				continue;
			again |= d->st.err == -EOPNOTSUPP && d->want.type == LINK_DUMMY;
			created(nl, d);
		}
	}
	if (nl->dummy_kind == NKINDS)
		nl->dummy_kind = 0;	/* none of them; a module may be there another time */
	for (size_t i = 0; i < nl->dirty_links.n; i++) {
		struct dev *d = nl->dirty_links.v[i];

		if (!d->wanted || !special(d->want.type))
			continue;
		if (d->st.err == -EOPNOTSUPP || d->st.err == -ENOENT) {
			nl_status_clear(&d->st);
			nl_status_set(&d->st, -EOPNOTSUPP, "this kernel has no %s", d->want.type == LINK_XFRM ?
			    "XFRM interfaces (module xfrm_interface)" : d->want.type == LINK_GRE ?
			    "GRE tunnels (module ip_gre)" : d->want.type == LINK_VLAN ? "VLANs (module 8021q)" :
			    "IPIP tunnels (module ipip)");
		} else if (d->ifindex && !d->ours)
			nl_status_set(&d->st, -EEXIST, "somebody else has a device of this name");
	}
}

static void
set_one(struct netlink *nl, struct nl_batch *b, struct dev *d)
{
	const struct dev *vrf = *d->want.vrf ? dev_find(nl, d->want.vrf) : NULL;
	struct nlmsghdr *nlh;
	struct ifinfomsg *ifi;
	void *p;

	if (d->want.mtu) {
		nlh = nl_batch_msg(b, RTM_NEWLINK, 0, sizeof(*ifi), &p, &d->st);
		((struct ifinfomsg *)p)->ifi_index = d->ifindex;
		mnl_attr_put_u32(nlh, IFLA_MTU, d->want.mtu);
	}
	if (d->ours && special(d->want.type) && !link_same_device(&d->made, &d->want)) {
		nlh = nl_batch_msg(b, RTM_NEWLINK, 0, sizeof(*ifi), &p, &d->st);
		((struct ifinfomsg *)p)->ifi_index = d->ifindex;
		put_info(nlh, special_kinds[d->want.type], &d->want);
		d->made = d->want;
	}
	/* (leaving what somebody else has put it into) */
	if ((vrf && vrf->ifindex) || d->enslaved) {
		d->enslaved = vrf && vrf->ifindex;
		nlh = nl_batch_msg(b, RTM_NEWLINK, 0, sizeof(*ifi), &p, &d->st);
		((struct ifinfomsg *)p)->ifi_index = d->ifindex;
		mnl_attr_put_u32(nlh, IFLA_MASTER, d->enslaved ? (uint32_t)vrf->ifindex : 0);
		dev_dirty(nl, d, false, true);
	}
	/* In a message of its own: a refused MTU must not keep the device down. */
	nlh = nl_batch_msg(b, RTM_NEWLINK, 0, sizeof(*ifi), &p, &d->st);
	ifi = p;
	ifi->ifi_index = d->ifindex;
	ifi->ifi_flags = d->want.up ? IFF_UP : 0;
	ifi->ifi_change = IFF_UP;
	if (d->ours)
		mnl_attr_put_strz(nlh, IFLA_IFALIAS, ALIAS);
}

void
links_set(struct netlink *nl)
{
	struct nl_batch b;

	nl_batch_init(&b, &nl->rt);
	for (size_t i = 0; i < nl->dirty_links.n; i++) {
		struct dev *d = nl->dirty_links.v[i];

		if (!d->wanted)
			continue;
		if (d->ifindex && !(special(d->want.type) && !d->ours))
			set_one(nl, &b, d);
		else if (d->ifindex == 0)
			nl_status_set(&d->st, -ENODEV, NULL);
	}
	nl_batch_end(&b);
	for (size_t i = 0; i < nl->dirty_links.n; i++) {
		struct dev *d = nl->dirty_links.v[i];

		/* The device went away; its RTM_DELLINK is still to be read. */
		if (d->wanted && d->st.err == -ENODEV)
			dev_set_index(nl, d, 0);
	}
}

void
links_remove(struct netlink *nl)
{
	struct nl_batch b;

	/* Dummies that a former daemon made and that the first batch does not name. */
	for (size_t i = 0; nl->first_apply && i < nl->devs.n; i++) {
		struct dev *d = nl->devs.v[i];

		if (d->ours && !d->wanted)
			dev_dirty(nl, d, true, false);
	}
	nl_batch_init(&b, &nl->rt);
	for (size_t i = 0; i < nl->dirty_links.n; i++) {
		struct dev *d = nl->dirty_links.v[i];
		void *ifi;

		if (d->wanted || !d->ours || d->ifindex == 0)
			continue;
		nl_batch_msg(&b, RTM_DELLINK, 0, sizeof(struct ifinfomsg), &ifi, &d->st);
		((struct ifinfomsg *)ifi)->ifi_index = d->ifindex;
	}
	nl_batch_end(&b);
	for (size_t i = 0; i < nl->dirty_links.n; i++) {
		struct dev *d = nl->dirty_links.v[i];

		if (!d->wanted && d->ours && d->st.err == -ENODEV)
			nl_status_clear(&d->st);
		if (!d->wanted && d->ours && d->st.err == 0 && d->ifindex) {
			d->dying = d->ifindex;
			dev_set_index(nl, d, 0);
		}
		d->link_dirty = false;
	}
	nl->dirty_links.n = 0;
}

void
link_report(struct netlink *nl, struct dev *d)
{
	if (d->wanted)
		nl_report(nl, d->id, &d->st);
}
