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
#include <time.h>

#include "backends/netlink/internal.h"
#include "lib/hash.h"
#include "lib/log.h"
#include "lib/xalloc.h"

#define QUIET 1.0	/* seconds in which zebra has said nothing more: then what is missing is missing */
#define AT_MOST 10	/* times that a device waits for that, if zebra never stops talking */
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

/* The loop's own idea of now may be as old as the callback that we are in. */
static double
seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

/* The first device that is due is looked at then, not later. */
static void
arm(struct netlink *nl, double due)
{
	double now = seconds();

	/* (one that is pending runs in this turn of the loop, and sees to the rest) */
	if (ev_is_pending(&nl->announce) || (ev_is_active(&nl->announce) && nl->announce_at <= due))
		return;
	nl->announce_at = due;
	ev_now_update(nl->loop);
	ev_timer_stop(nl->loop, &nl->announce);
	ev_timer_set(&nl->announce, due > now ? due - now : 0., 0.);
	ev_timer_start(nl->loop, &nl->announce);
}

static void
look_at(struct netlink *nl, struct dev *d)
{
	d->announced = d->waited = 0;
	d->due = seconds() + nl->quiet;
	arm(nl, d->due);
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

/*
 * False: this device need not be looked at again. While zebra speaks it may be about to speak of it, so the device waits; but a
 * router where something always changes must come to it, too.
 */
static bool
look_in(struct netlink *nl, struct nl_batch *b, struct dev *d, double now, struct nl_status *ignored)
{
	if (d->due > now)
		return true;
	if (now - nl->spoke < nl->quiet && d->waited < AT_MOST) {
		d->waited++;
		d->due = nl->spoke + nl->quiet;
		return true;
	}
	if (!announce(nl, b, d, ignored))
		return false;
	/* zebra may be busy for long: a second event must not meet the answer to the first */
	d->waited = 0;
	d->due = now + nl->quiet * (1 << d->announced);
	return true;
}

static void
on_announce(struct ev_loop *loop, struct ev_timer *w, int revents)
{
	struct netlink *nl = w->data;
	struct nl_status ignored = {0};	/* an address that has gone meanwhile: the monitor knows */
	struct nl_batch b;
	double now = seconds(), next = 0;
	size_t kept = 0;

	nl_batch_init(&b, &nl->rt);
	for (size_t i = 0; i < nl->unheard.n; i++) {
		struct dev *d = nl->unheard.v[i];

		d->unheard = look_in(nl, &b, d, now, &ignored);
		if (!d->unheard)
			continue;
		nl->unheard.v[kept++] = d;
		if (kept == 1 || d->due < next)
			next = d->due;
	}
	nl_batch_end(&b);
	nl_status_clear(&ignored);
	nl->unheard.n = kept;
	if (kept)
		arm(nl, next);
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
	nl->spoke = seconds();
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
	nl->spoke = seconds();
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
	if (d->ifindex && heard_find(nl, d->ifindex))
		look_at(nl, d);
}

void
announce_init(struct netlink *nl)
{
	ev_init(&nl->announce, on_announce);
	/* after a long callback: what zebra has said meanwhile comes first */
	ev_set_priority(&nl->announce, EV_MINPRI);
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
