/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OBJ_REACH: by which device the kernel routes to an address. Some time after
 * the kernel's routes have changed, however many, every watched address is
 * looked up again; a lookup costs a few microseconds, so ten thousand tunnels
 * are no burden. The events themselves are not looked at.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <linux/rtnetlink.h>

#include "backends/netlink/internal.h"
#include "lib/hash.h"
#include "lib/xalloc.h"

#define SETTLE 0.3	/* seconds from the first change to the lookups */
#define DRAIN_AT_ONCE 512

struct watch {
	struct hnode node;
	uint32_t addr;
	bool told;
	char dev[OBJ_IFNAMSIZ];		/* as told */
};

static struct watch *
find(struct netlink *nl, uint32_t addr)
{
	struct hnode *n = htab_find(&nl->watches, hash_mix(addr));

	while (n && ((struct watch *)n)->addr != addr)
		n = htab_again(n);
	return (struct watch *)n;
}

/* The device of the route to an address, "" when there is none. */
static void
look_up(struct netlink *nl, uint32_t addr, char dev[OBJ_IFNAMSIZ])
{
	char mem[128], name[IF_NAMESIZE];
	struct nlmsghdr *req = mnl_nlmsg_put_header(mem);
	struct rtmsg *rtm = mnl_nlmsg_put_extra_header(req, sizeof(*rtm));
	const struct nlmsghdr *nlh;
	const struct nlattr *a;
	struct buf all = {0};

	memset(dev, 0, OBJ_IFNAMSIZ);
	req->nlmsg_type = RTM_GETROUTE;
	req->nlmsg_flags = NLM_F_REQUEST;
	rtm->rtm_family = AF_INET;
	rtm->rtm_dst_len = 32;
	mnl_attr_put_u32(req, RTA_DST, htonl(addr));
	if (nl_query(&nl->rt, req, &all) == 0) {
		nlh = (const void *)all.d;
		if (mnl_nlmsg_ok(nlh, (int)all.n) && nlh->nlmsg_type == RTM_NEWROUTE &&
		    nlh->nlmsg_len >= NLMSG_HDRLEN + sizeof(*rtm)) {
			rtm = mnl_nlmsg_get_payload(nlh);
			mnl_attr_for_each(a, nlh, sizeof(*rtm))
				if (mnl_attr_get_type(a) == RTA_OIF && mnl_attr_validate(a, MNL_TYPE_U32) >= 0 &&
				    (rtm->rtm_type == RTN_UNICAST || rtm->rtm_type == RTN_LOCAL) &&
				    if_indextoname(mnl_attr_get_u32(a), name))
					memcpy(dev, name, OBJ_IFNAMSIZ);
		}
	}
	buf_free(&all);
}

static void
on_settled(struct ev_loop *loop, struct ev_timer *w, int revents)
{
	struct netlink *nl = w->data;
	struct ptrs all = {0};

	(void)loop, (void)revents;
	for (size_t i = 0; i < nl->watches.nslot; i++)
		for (struct hnode *n = nl->watches.slot[i]; n; n = n->next)
			ptrs_add(&all, (void *)(uintptr_t)((struct watch *)n)->addr);
	/* the observer may change what is watched */
	for (size_t i = 0; i < all.n && nl->running; i++) {
		struct watch *x = find(nl, (uint32_t)(uintptr_t)all.v[i]);
		char dev[OBJ_IFNAMSIZ];

		if (!x)
			continue;
		look_up(nl, x->addr, dev);
		if (x->told && strcmp(x->dev, dev) == 0)
			continue;
		x->told = true;
		memcpy(x->dev, dev, sizeof dev);
		if (nl->obs && nl->obs->reach)
			nl->obs->reach(nl->obs->ctx, x->addr, dev);
	}
	ptrs_free(&all);
}

static void
settle_soon(struct netlink *nl, double seconds)
{
	if (ev_is_active(&nl->reach_timer))
		return;
	ev_timer_set(&nl->reach_timer, seconds, 0.);
	ev_timer_start(nl->loop, &nl->reach_timer);
}

static void
on_routes(struct ev_loop *loop, struct ev_io *w, int revents)
{
	struct netlink *nl = w->data;
	char rx[16384];

	(void)loop, (void)revents;
	for (int i = 0; i < DRAIN_AT_ONCE; i++)
		if (mnl_socket_recvfrom(nl->route_mon.s, rx, sizeof rx) < 0 && errno != EINTR && errno != ENOBUFS)
			break;
	settle_soon(nl, SETTLE);
}

void
reach_op(struct netlink *nl, const struct plan_op *op)
{
	uint32_t addr = (op->now ? op->now : op->was)->reach.addr;
	struct watch *x = find(nl, addr);

	if (!op->now) {
		if (x) {
			htab_del(&nl->watches, &x->node);
			free(x);
		}
		return;
	}
	if (!x) {
		x = xcalloc(1, sizeof *x);
		x->addr = addr;
		htab_add(&nl->watches, &x->node, hash_mix(addr));
	}
	/* not from inside of apply() */
	settle_soon(nl, 0.01);
}

void
reach_link(struct netlink *nl)
{
	if (nl->watches.n)
		settle_soon(nl, SETTLE);
}

int
reach_start(struct netlink *nl)
{
	int err = nl_open(&nl->route_mon, NETLINK_ROUTE, RTMGRP_IPV4_ROUTE, 4 << 20);

	ev_init(&nl->reach_timer, on_settled);
	nl->reach_timer.data = nl;
	if (err < 0)
		return err;
	ev_io_init(&nl->route_io, on_routes, mnl_socket_get_fd(nl->route_mon.s), EV_READ);
	nl->route_io.data = nl;
	ev_io_start(nl->loop, &nl->route_io);
	return 0;
}

void
reach_stop(struct netlink *nl)
{
	if (nl->route_mon.s) {
		ev_timer_stop(nl->loop, &nl->reach_timer);
		ev_io_stop(nl->loop, &nl->route_io);
	}
	nl_close(&nl->route_mon);
	for (size_t i = 0; i < nl->watches.nslot; i++)
		for (struct hnode *n = nl->watches.slot[i], *next; n; n = next) {
			next = n->next;
			free(n);
		}
	free(nl->watches.slot);
	memset(&nl->watches, 0, sizeof nl->watches);
}
