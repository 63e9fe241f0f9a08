/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OBJ_LINK: creates and deletes dummy devices, sets MTU and administrative
 * state. A device that is not there yet is remembered (see netlink.h).
 *
 * Deleted are only devices with our alias; a device that is merely no longer
 * wanted keeps the state it has.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <linux/if_link.h>
#include <linux/rtnetlink.h>

#include "backends/netlink/internal.h"

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

/* Creates all missing dummies, with the first kind of device that the kernel has. */
void
links_create(struct netlink *nl)
{
	bool again = true;

	for (size_t i = 0; i < nl->dirty_links.n; i++) {
		struct dev *d = nl->dirty_links.v[i];

		nl_status_clear(&d->st);
		if (d->wanted && d->ifindex == 0)
			dev_set_index(nl, d, (int)if_nametoindex(d->name));
	}
	for (unsigned kind = nl->dummy_kind; again && kind < NKINDS; kind++) {
		struct nl_batch b;

		again = false;
		nl_batch_init(&b, &nl->rt);
		for (size_t i = 0; i < nl->dirty_links.n; i++) {
			struct dev *d = nl->dirty_links.v[i];
			struct nlmsghdr *nlh;
			struct nlattr *info;
			void *ifi;

			if (!d->wanted || !d->want.dummy || d->ifindex || (d->st.err && d->st.err != -EOPNOTSUPP))
				continue;
			nl_status_clear(&d->st);
			nlh = nl_batch_msg(&b, RTM_NEWLINK, NLM_F_CREATE | NLM_F_EXCL, sizeof(struct ifinfomsg),
			    &ifi, &d->st);
			mnl_attr_put_strz(nlh, IFLA_IFNAME, d->name);
			info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
			mnl_attr_put_strz(nlh, IFLA_INFO_KIND, kinds[kind]);
			mnl_attr_nest_end(nlh, info);
		}
		nl_batch_end(&b);
		for (size_t i = 0; i < nl->dirty_links.n; i++) {
			struct dev *d = nl->dirty_links.v[i];

			if (!d->wanted || !d->want.dummy || d->ifindex)
				continue;
			if (d->st.err == 0 || d->st.err == -EEXIST) {
				d->ours = d->st.err == 0;
				nl_status_clear(&d->st);
				dev_set_index(nl, d, (int)if_nametoindex(d->name));
				nl_dev_sysctls(d->name);
				nl->dummy_kind = kind;
			} else if (d->st.err == -EOPNOTSUPP) {
				again = true;
			}
		}
	}
}

static void
set_one(struct nl_batch *b, struct dev *d)
{
	struct nlmsghdr *nlh;
	struct ifinfomsg *ifi;
	void *p;

	if (d->want.mtu) {
		nlh = nl_batch_msg(b, RTM_NEWLINK, 0, sizeof(*ifi), &p, &d->st);
		((struct ifinfomsg *)p)->ifi_index = d->ifindex;
		mnl_attr_put_u32(nlh, IFLA_MTU, d->want.mtu);
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
		if (d->ifindex)
			set_one(&b, d);
		else
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
		if (!d->wanted && d->ours && d->st.err == 0)
			dev_set_index(nl, d, 0);
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
