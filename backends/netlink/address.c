/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OBJ_ADDRESS: brings the IPv4 addresses of a device to what is wanted.
 *
 * A sync reads what the kernel has, adds what is missing (primary first), then
 * deletes what was ours and is no longer wanted, or, on a device that has just
 * become ours (dev->exact), everything else. New before old: an address whose
 * prefix length changes keeps its local route, and with promote_secondaries
 * the other addresses of the subnet survive.
 *
 * The kernel takes the first address of a device as its own; when, after all
 * that, this is not the primary one, the addresses in front of it are deleted
 * and added again. 127.0.0.0/8 is never touched.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <linux/rtnetlink.h>

#include "backends/netlink/internal.h"
#include "lib/xalloc.h"

static struct addr *
find(struct dev *d, uint32_t a, uint8_t len)
{
	for (struct addr *x = d->addrs; x; x = x->next)
		if (x->want.addr == a && x->want.len == len)
			return x;
	return NULL;
}

void
address_op(struct netlink *nl, const struct plan_op *op)
{
	const struct obj *o = op->now ? op->now : op->was;
	struct dev *d = dev_get(nl, o->address.dev);
	struct addr *x, **p;

	if (op->was && (x = find(d, op->was->address.addr, op->was->address.len)))
		x->gone = true;
	if (op->now) {
		x = find(d, op->now->address.addr, op->now->address.len);
		if (x == NULL) {
			x = xcalloc(1, sizeof(*x));
			for (p = &d->addrs; *p; p = &(*p)->next)
				;
			*p = x;
		}
		x->want = op->now->address;
		x->id = op->now->id;
		x->gone = false;
	}
	dev_dirty(nl, d, false, true);
}

void
address_put(struct nl_batch *b, const struct dev *d, bool add, uint32_t a, uint8_t len, struct nl_status *st)
{
	struct nlmsghdr *nlh;
	void *p;
	struct ifaddrmsg *ifa;

	nlh = nl_batch_msg(b, add ? RTM_NEWADDR : RTM_DELADDR, add ? NLM_F_CREATE | NLM_F_REPLACE : 0, sizeof(*ifa),
	    &p, st);
	ifa = p;
	ifa->ifa_family = AF_INET;
	ifa->ifa_prefixlen = len;
	ifa->ifa_index = (uint32_t)d->ifindex;
	if (add && a >> 24 == 127)
		ifa->ifa_scope = RT_SCOPE_HOST;
	mnl_attr_put_u32(nlh, IFA_LOCAL, htonl(a));
	mnl_attr_put_u32(nlh, IFA_ADDRESS, htonl(a));
	if (add && len < 31)
		mnl_attr_put_u32(nlh, IFA_BROADCAST, htonl(a | ~ip4_mask(len)));
}

/* All addresses of the dirty devices: one by one when they are few. */
static void
dump(struct netlink *nl, struct buf *out)
{
	bool each = nl->dirty_addrs.n <= 8;
	struct buf one = {0};

	buf_clear(out);
	for (size_t i = 0; i < (each ? nl->dirty_addrs.n : 1); i++) {
		char mem[128];
		struct nlmsghdr *req = mnl_nlmsg_put_header(mem);
		struct ifaddrmsg *ifa = mnl_nlmsg_put_extra_header(req, sizeof(*ifa));

		req->nlmsg_type = RTM_GETADDR;
		req->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
		ifa->ifa_family = AF_INET;
		ifa->ifa_index = each ? (uint32_t)((struct dev *)nl->dirty_addrs.v[i])->ifindex : 0;
		if (each && ifa->ifa_index == 0)
			continue;
		if (nl_query(&nl->rt, req, &one) == 0)
			buf_put(out, one.d, one.n);
	}
	buf_free(&one);
}

static void
add_missing(struct netlink *nl, bool fresh)
{
	struct nl_batch b;

	nl_batch_init(&b, &nl->rt);
	for (size_t i = 0; i < nl->dirty_addrs.n; i++) {
		struct dev *d = nl->dirty_addrs.v[i];

		for (int secondary = 0; secondary < 2; secondary++)
			for (struct addr *x = d->addrs; x; x = x->next) {
				if (x->want.secondary != secondary || x->gone || x->held)
					continue;
				if (fresh)
					nl_status_clear(&x->st);
				if (d->ifindex) {
					address_put(&b, d, true, x->want.addr, x->want.len, &x->st);
					announce_added(nl, d);
				} else
					nl_status_set(&x->st, -ENODEV, NULL);
			}
	}
	nl_batch_end(&b);
}

static void
mark_held(struct netlink *nl, const struct buf *have)
{
	const struct nlmsghdr *nlh;
	struct nl_address k;
	struct dev *d;
	struct addr *x;
	int len;

	for (size_t i = 0; i < nl->dirty_addrs.n; i++) {
		d = nl->dirty_addrs.v[i];
		for (x = d->addrs; x; x = x->next)
			x->held = false;
	}
	NL_EACH(nlh, len, have) {
		if (!address_decode(nlh, &k) || (d = dev_by_index(nl, k.ifindex)) == NULL || !d->addr_dirty)
			continue;
		if ((x = find(d, k.addr, k.len)) != NULL) {
			x->held = true;
			if (!x->gone)
				nl_status_clear(&x->st);
		}
	}
}

static void
remove_old(struct netlink *nl, const struct buf *have)
{
	struct nl_status ignored = {0};
	const struct nlmsghdr *nlh;
	struct nl_batch b;
	int len;

	nl_batch_init(&b, &nl->rt);
	NL_EACH(nlh, len, have) {
		struct nl_address k;
		struct dev *d;
		struct addr *x;

		if (!address_decode(nlh, &k) || (d = dev_by_index(nl, k.ifindex)) == NULL || !d->addr_dirty)
			continue;
		x = find(d, k.addr, k.len);
		if (x ? x->gone : d->exact && k.addr >> 24 != 127)
			address_put(&b, d, false, k.addr, k.len, x ? &x->st : &ignored);
	}
	nl_batch_end(&b);
	nl_status_clear(&ignored);
}

/* Deletes what stands before the primary address; true when there is something to add again. */
static bool
reorder(struct netlink *nl, struct buf *have)
{
	struct nl_status ignored = {0};
	const struct nlmsghdr *nlh;
	struct nl_batch b;
	bool any = false;
	int len;

	dump(nl, have);
	mark_held(nl, have);
	nl_batch_init(&b, &nl->rt);
	for (size_t i = 0; i < nl->dirty_addrs.n; i++)
		((struct dev *)nl->dirty_addrs.v[i])->seen = false;
	NL_EACH(nlh, len, have) {
		struct nl_address k;
		struct dev *d;
		struct addr *x, *p;

		if (!address_decode(nlh, &k) || (d = dev_by_index(nl, k.ifindex)) == NULL || !d->addr_dirty || d->seen)
			continue;
		for (p = d->addrs; p && (p->want.secondary || p->gone || !p->held); p = p->next)
			;
		x = find(d, k.addr, k.len);
		if (p == NULL || x == p) {
			d->seen = true;		/* no primary there, or nothing (more) before it */
		} else if (x && !x->gone) {
			address_put(&b, d, false, k.addr, k.len, &ignored);
			x->held = false;
			any = true;
		}
	}
	nl_batch_end(&b);
	nl_status_clear(&ignored);
	return any;
}

static void
drop_gone(struct dev *d)
{
	struct addr **p = &d->addrs, *x;

	while ((x = *p) != NULL)
		if (x->gone) {
			*p = x->next;
			nl_status_clear(&x->st);
			free(x);
		} else {
			p = &x->next;
		}
}

void
addresses_sync(struct netlink *nl)
{
	struct buf have = {0};

	if (nl->dirty_addrs.n == 0)
		return;
	for (size_t i = 0; i < nl->dirty_addrs.n; i++) {
		struct dev *d = nl->dirty_addrs.v[i];

		/* It may be there already, its RTM_NEWLINK still unread. */
		if (d->ifindex == 0 && d->addrs)
			dev_ask_index(nl, d);
	}
	dump(nl, &have);
	mark_held(nl, &have);
	add_missing(nl, true);
	remove_old(nl, &have);
	if (reorder(nl, &have))
		add_missing(nl, false);
	for (size_t i = 0; i < nl->dirty_addrs.n; i++) {
		struct dev *d = nl->dirty_addrs.v[i];

		drop_gone(d);
		if (d->ifindex)
			d->exact = false;
		d->addr_dirty = false;
	}
	nl->dirty_addrs.n = 0;
	buf_free(&have);
}

const struct nl_status *
address_status(struct netlink *nl, const struct obj_address *a)
{
	struct dev *d = dev_find(nl, a->dev);
	struct addr *x = d ? find(d, a->addr, a->len) : NULL;

	return x ? &x->st : NULL;
}

void
address_report(struct netlink *nl, struct dev *d)
{
	for (struct addr *x = d->addrs; x; x = x->next)
		nl_report(nl, x->id, &x->st);
}

void
addrs_free(struct dev *d)
{
	for (struct addr *x = d->addrs; x; x = x->next)
		x->gone = true;
	drop_gone(d);
}
