/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Events of the kernel: devices that come, go or change, addresses that
 * somebody else deleted, and packets that wait for an SA.
 *
 * The observer may call back into the driver (apply()); so it is called when
 * all state here is settled, with structs of its own.
 *
 * When a monitor's buffer overflowed (ENOBUFS), links are dumped again; a
 * lost ACQUIRE needs nothing, the next packet raises another.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <string.h>
#include <linux/if.h>
#include <linux/rtnetlink.h>

#include "backends/netlink/internal.h"
#include "lib/log.h"

#define REPAIR_DELAY 0.5	/* seconds after a foreign change */

static void
tell(struct netlink *nl, struct dev *d, const struct link_state *now)
{
	struct link_state s = *now;

	d->told = s;
	reach_link(nl);
	if (nl->obs && nl->obs->link)
		nl->obs->link(nl->obs->ctx, &s);
}

/* Everything wanted for the device has to be looked at again. */
static void
touch(struct netlink *nl, struct dev *d)
{
	if (d->wanted)
		dev_dirty(nl, d, true, true);
	if (d->addrs)
		dev_dirty(nl, d, false, true);
	if (d->npolicy)
		policies_touch(nl, d->name);
}

void
nl_settle(struct netlink *nl)
{
	struct ptrs devs = {0};

	if (nl->dirty_links.n + nl->dirty_addrs.n + nl->dirty_policies.n == 0)
		return;
	for (size_t i = 0; i < nl->dirty_addrs.n; i++)
		ptrs_add(&devs, nl->dirty_addrs.v[i]);
	for (size_t i = 0; i < nl->dirty_links.n; i++)
		if (!((struct dev *)nl->dirty_links.v[i])->addr_dirty)
			ptrs_add(&devs, nl->dirty_links.v[i]);
	nl_sync(nl);
	for (size_t i = 0; i < devs.n; i++) {
		link_report(nl, devs.v[i]);
		address_report(nl, devs.v[i]);
	}
	policies_settle(nl, true);
	ptrs_free(&devs);
}

static void
vanished(struct netlink *nl, struct dev *d)
{
	struct link_state s = {.ifindex = d->told.ifindex};

	memcpy(s.dev, d->name, sizeof(s.dev));
	dev_set_index(nl, d, 0);
	d->exact = d->wanted;
	touch(nl, d);
	if (d->told.present)
		tell(nl, d, &s);
}

/* The event of a device that we have deleted ourselves. */
static void
buried(struct netlink *nl, struct dev *d)
{
	struct link_state s = {.ifindex = d->dying};

	d->dying = 0;
	memcpy(s.dev, d->name, sizeof(s.dev));
	if (d->ifindex == 0 && d->told.present)
		tell(nl, d, &s);
}

static void
appeared(struct netlink *nl, const struct nl_link *l)
{
	struct dev *d = dev_by_index(nl, l->ifindex);
	struct link_state s = {.ifindex = l->ifindex, .present = true, .admin_up = l->admin_up,
	    .carrier = l->carrier, .running = l->oper == IF_OPER_UP || l->oper == IF_OPER_UNKNOWN, .mtu = l->mtu};

	if (d && strcmp(d->name, l->dev) != 0)
		vanished(nl, d);	/* renamed */
	d = dev_get(nl, l->dev);
	if (d->dying == l->ifindex)
		return;		/* its last words: we have deleted it, and may have another one already */
	if (!d->told.present || d->ifindex != l->ifindex) {
		nl_dev_sysctls(d->name);
		if (strcmp(l->kind, "gre") == 0)
			nl_gre_sysctls(d->name);
		touch(nl, d);
		for (size_t i = 0; d->carries_vlans && i < nl->devs.n; i++) {
			struct dev *v = nl->devs.v[i];

			if (v->wanted && v->want.type == LINK_VLAN && strcmp(v->want.parent, d->name) == 0)
				touch(nl, v);
		}
	}
	dev_set_index(nl, d, l->ifindex);
	d->ours = strcmp(l->alias, "confterm") == 0 || (d->ours && l->alias[0] == '\0');
	d->seen = true;
	memcpy(s.dev, d->name, sizeof(s.dev));
	if (s.ifindex != d->told.ifindex || s.present != d->told.present || s.admin_up != d->told.admin_up ||
	    s.carrier != d->told.carrier || s.running != d->told.running || s.mtu != d->told.mtu)
		tell(nl, d, &s);
}

static void
rt_event(struct netlink *nl, const struct nlmsghdr *nlh)
{
	struct nl_address a;
	struct nl_link l;
	struct dev *d;

	if (link_decode(nlh, &l)) {
		if (nlh->nlmsg_type == RTM_NEWLINK)
			appeared(nl, &l);
		else if ((d = dev_find(nl, l.dev)) != NULL && d->dying == l.ifindex)
			buried(nl, d);
		else if ((d = dev_by_index(nl, l.ifindex)) != NULL ||
		    ((d = dev_find(nl, l.dev)) != NULL && d->ifindex == 0))
			vanished(nl, d);
	} else if (nlh->nlmsg_type == RTM_DELADDR && address_decode(nlh, &a)) {
		d = dev_by_index(nl, a.ifindex);
		for (struct addr *x = d ? d->addrs : NULL; x; x = x->next)
			if (x->want.addr == a.addr && x->want.len == a.len) {
				/* Ours, perhaps, and back already; the sync finds out. */
				dev_dirty(nl, d, false, true);
				if (!ev_is_active(&nl->repair)) {
					ev_timer_set(&nl->repair, REPAIR_DELAY, 0.);
					ev_timer_start(nl->loop, &nl->repair);
				}
			}
	}
}

static void
xfrm_event(struct netlink *nl, const struct nlmsghdr *nlh)
{
	struct acquire a;

	if (acquire_decode(nlh, &a) && nl->obs && nl->obs->acquire)
		nl->obs->acquire(nl->obs->ctx, &a);
}

/* Reads what there is, up to a limit, so that a storm does not starve the loop; -ENOBUFS when events were lost. */
static int
drain(struct netlink *nl, struct nl_sock *k, void (*event)(struct netlink *, const struct nlmsghdr *))
{
	char rx[32768];
	int len, err = 0;
	ssize_t n;

	/* k->s: an observer may have stopped the driver. */
	for (int i = 0; i < 256 && k->s; i++) {
		const struct nlmsghdr *nlh = (const void *)rx;

		n = mnl_socket_recvfrom(k->s, rx, sizeof(rx));
		if (n < 0 && errno == ENOBUFS)
			err = -ENOBUFS;
		else if (n < 0 && errno != EINTR)
			break;
		if (n < 0)
			continue;
		for (len = (int)n; k->s && mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
			event(nl, nlh);
	}
	return err;
}

static void
on_rt(struct ev_loop *loop, struct ev_io *w, int revents)
{
	struct netlink *nl = w->data;

	if (drain(nl, &nl->rt_mon, rt_event) == -ENOBUFS && nl->running) {
		log_msg("PLATFORM", 4, "NETLINK", "link events were lost, reading all links again");
		monitor_resync(nl);
	}
	/* Address repairs wait for their timer, unless a device came or went. */
	if (nl->running && (nl->dirty_links.n || nl->dirty_policies.n || !ev_is_active(&nl->repair)))
		nl_settle(nl);
}

static void
on_xfrm(struct ev_loop *loop, struct ev_io *w, int revents)
{
	struct netlink *nl = w->data;

	drain(nl, &nl->xfrm_mon, xfrm_event);
}

static void
on_repair(struct ev_loop *loop, struct ev_timer *w, int revents)
{
	struct netlink *nl = w->data;

	nl_settle(nl);
}

int
monitor_start(struct netlink *nl)
{
	int err;

	ev_init(&nl->repair, on_repair);
	nl->repair.data = nl;
	if ((err = nl_open(&nl->rt_mon, NETLINK_ROUTE, RTMGRP_LINK | RTMGRP_IPV4_IFADDR, 8 << 20)) < 0 ||
	    (err = nl_open(&nl->xfrm_mon, NETLINK_XFRM, 1u << (XFRMNLGRP_ACQUIRE - 1), 4 << 20)) < 0)
		return err;
	ev_io_init(&nl->rt_io, on_rt, mnl_socket_get_fd(nl->rt_mon.s), EV_READ);
	ev_io_init(&nl->xfrm_io, on_xfrm, mnl_socket_get_fd(nl->xfrm_mon.s), EV_READ);
	nl->rt_io.data = nl->xfrm_io.data = nl;
	ev_io_start(nl->loop, &nl->rt_io);
	ev_io_start(nl->loop, &nl->xfrm_io);
	return 0;
}

void
monitor_stop(struct netlink *nl)
{
	if (nl->rt_mon.s) {
		ev_timer_stop(nl->loop, &nl->repair);
		ev_io_stop(nl->loop, &nl->rt_io);
		ev_io_stop(nl->loop, &nl->xfrm_io);
	}
	nl_close(&nl->rt_mon);
	nl_close(&nl->xfrm_mon);
}

int
monitor_resync(struct netlink *nl)
{
	char mem[128];
	struct nlmsghdr *req = mnl_nlmsg_put_header(mem);
	const struct nlmsghdr *nlh;
	struct buf all = {0};
	struct nl_link l;
	int err, len;

	mnl_nlmsg_put_extra_header(req, sizeof(struct ifinfomsg));
	req->nlmsg_type = RTM_GETLINK;
	req->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	if ((err = nl_query(&nl->rt, req, &all)) < 0)
		goto out;
	for (size_t i = 0; i < nl->devs.n; i++)
		((struct dev *)nl->devs.v[i])->seen = false;
	NL_EACH(nlh, len, &all)
		if (nl->running && link_decode(nlh, &l))
			appeared(nl, &l);
	for (size_t i = 0; nl->running && i < nl->devs.n; i++) {
		struct dev *d = nl->devs.v[i];

		if (!d->seen && d->told.present)
			vanished(nl, d);
	}
out:
	buf_free(&all);
	return err;
}
