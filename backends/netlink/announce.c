/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Addresses that zebra has missed are announced again.
 *
 * Until release 8.5 at least, zebra reads events of devices in one thread and
 * events of addresses in another, and drops an address whose device it has not
 * read yet. A device and its address that come within milliseconds of each
 * other, while zebra is busy, lose the address there: no connected route, and
 * no OSPF on that interface, until something happens to it.
 *
 * So what zebra says of devices and addresses is noted. A while after it has
 * learnt of a device, the wanted addresses of that device that it has not
 * spoken of are set in the kernel once more as they are, which changes nothing
 * there but makes a new event. Those that zebra knows are left alone: to 8.4
 * the second event of a /32 is another address, and routing would flap.
 */
#include <stdlib.h>
#include <string.h>

#include "backends/netlink/internal.h"
#include "lib/hash.h"
#include "lib/log.h"
#include "lib/xalloc.h"

#define QUIET 1.0	/* seconds in which zebra has said nothing more: then what is missing is missing */
#define AT_MOST 10	/* times that, if it never stops talking */
#define TRIES 5

/* A device that zebra knows. */
struct heard {
	struct hnode node;
	int ifindex;
	struct prefix4 *addr;
	size_t n, cap;
};

static struct heard *
heard_find(const struct netlink *nl, int ifindex)
{
	struct hnode *n = htab_find(&nl->heard, hash_mix((uint64_t)ifindex));

	while (n && ((struct heard *)n)->ifindex != ifindex)
		n = htab_again(n);
	return (struct heard *)n;
}

static void
heard_drop(struct netlink *nl, struct heard *h)
{
	htab_del(&nl->heard, &h->node);
	free(h->addr);
	free(h);
}

static struct prefix4 *
heard_address(const struct heard *h, uint32_t addr, uint8_t len)
{
	for (size_t i = 0; i < h->n; i++)
		if (h->addr[i].addr == addr && h->addr[i].len == len)
			return &h->addr[i];
	return NULL;
}

/* Every call puts it off, but not for longer than AT_MOST allows. */
static void
look_in(struct netlink *nl, double seconds)
{
	double now = ev_now(nl->loop), at = now + seconds;

	if (nl->unheard.n == 0)
		return;
	if (!ev_is_active(&nl->announce))
		nl->announce_until = at + AT_MOST * nl->quiet;
	if (at > nl->announce_until)
		at = nl->announce_until;
	ev_timer_stop(nl->loop, &nl->announce);
	ev_timer_set(&nl->announce, at > now ? at - now : 0., 0.);
	ev_timer_start(nl->loop, &nl->announce);
}

static void
look_at(struct netlink *nl, struct dev *d)
{
	d->announced = 0;
	if (d->unheard)
		return;
	d->unheard = true;
	ptrs_add(&nl->unheard, d);
}

/* True: there was something to announce, and zebra has to answer. */
static bool
announce(struct netlink *nl, struct nl_batch *b, struct dev *d, struct nl_status *ignored)
{
	const struct heard *h = d->ifindex ? heard_find(nl, d->ifindex) : NULL;
	bool any = false;

	/* (a device that it does not know: when it does, it will say so) */
	for (struct addr *x = h ? d->addrs : NULL; x; x = x->next) {
		if (x->gone || x->st.err || heard_address(h, x->want.addr, x->want.len))
			continue;
		if (d->announced == TRIES) {
			log_msg("ROUTING", 4, "ADDRESS", "zebra does not take address %s/%u of %s", ip4_s(x->want.addr), x->want.len,
			    d->name);
			continue;
		}
		address_put(b, d, true, x->want.addr, x->want.len, ignored);
		any = true;
	}
	d->announced++;
	return any;
}

static void
on_announce(struct ev_loop *loop, struct ev_timer *w, int revents)
{
	struct netlink *nl = w->data;
	struct nl_status ignored = {0};	/* an address that has gone meanwhile: the monitor knows */
	struct nl_batch b;
	size_t kept = 0;
	int tries = 0;

	nl_batch_init(&b, &nl->rt);
	for (size_t i = 0; i < nl->unheard.n; i++) {
		struct dev *d = nl->unheard.v[i];

		d->unheard = announce(nl, &b, d, &ignored);
		if (!d->unheard)
			continue;
		nl->unheard.v[kept++] = d;
		if (d->announced > tries)
			tries = d->announced;
	}
	nl_batch_end(&b);
	nl_status_clear(&ignored);
	nl->unheard.n = kept;
	/* zebra may be busy for long: a second event must not meet the answer to the first */
	look_in(nl, nl->quiet * (1 << tries));
}

void
netlink_heard_link(struct netlink *nl, int ifindex, bool present)
{
	struct heard *h = heard_find(nl, ifindex);
	struct dev *d;

	if (!present) {
		if (h)
			heard_drop(nl, h);
		return;
	}
	if (!h) {
		h = xcalloc(1, sizeof(*h));
		h->ifindex = ifindex;
		htab_add(&nl->heard, &h->node, hash_mix((uint64_t)ifindex));
		if ((d = dev_by_index(nl, ifindex)) != NULL && d->addrs)
			look_at(nl, d);
	}
	look_in(nl, nl->quiet);
}

void
netlink_heard_address(struct netlink *nl, int ifindex, const struct prefix4 *address, bool present)
{
	struct heard *h = heard_find(nl, ifindex);
	struct prefix4 *p = h ? heard_address(h, address->addr, address->len) : NULL;

	if (!h)
		return;
	if (p && !present)
		*p = h->addr[--h->n];
	if (!p && present) {
		if (h->n == h->cap) {
			h->cap = h->cap * 2 + 1;
			h->addr = xrealloc(h->addr, h->cap * sizeof(*h->addr));
		}
		h->addr[h->n++] = *address;
	}
	look_in(nl, nl->quiet);
}

void
netlink_heard_nothing(struct netlink *nl)
{
	for (size_t i = 0; i < nl->heard.nslot; i++)
		while (nl->heard.slot[i])
			heard_drop(nl, (struct heard *)nl->heard.slot[i]);
	for (size_t i = 0; i < nl->unheard.n; i++)
		((struct dev *)nl->unheard.v[i])->unheard = false;
	nl->unheard.n = 0;
	ev_timer_stop(nl->loop, &nl->announce);
}

void
announce_added(struct netlink *nl, struct dev *d)
{
	if (d->ifindex == 0 || !heard_find(nl, d->ifindex))
		return;
	look_at(nl, d);
	look_in(nl, nl->quiet);
}

void
announce_init(struct netlink *nl)
{
	ev_init(&nl->announce, on_announce);
	nl->announce.data = nl;
	nl->quiet = QUIET;
}

void
announce_stop(struct netlink *nl)
{
	netlink_heard_nothing(nl);
	ptrs_free(&nl->unheard);
	free(nl->heard.slot);
	memset(&nl->heard, 0, sizeof(nl->heard));
}
