/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show arp, show ip arp: the kernel's neighbours, and the router's own
 * addresses (age "-"). Age counts from the last confirmation.
 */
#include <linux/neighbour.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/exec.h"
#include "cli/show/iflist.h"
#include "daemon/router.h"
#include "lib/buf.h"
#include "lib/ip4.h"
#include "lib/xalloc.h"

exec_fn show_arp;

struct arp_entry {
	uint32_t addr;
	int age;		/* minutes; -1: the router's own */
	const struct iface *i;
	uint8_t hw[6];
	bool complete;
};

struct table {
	struct arp_entry *v;
	size_t n, cap;
	const struct iface **by_index;
	size_t ni;
};

static struct arp_entry *
add(struct table *t, uint32_t addr, const struct iface *i)
{
	if (t->n == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 32;
		t->v = xrealloc(t->v, t->cap * sizeof *t->v);
	}
	t->v[t->n] = (struct arp_entry){ .addr = addr, .i = i };
	return &t->v[t->n++];
}

static int
by_index(const void *a, const void *b)
{
	int x = (*(const struct iface *const *)a)->link.ifindex, y = (*(const struct iface *const *)b)->link.ifindex;

	return (x > y) - (x < y);
}

static int
by_address(const void *a, const void *b)
{
	const struct arp_entry *x = a, *y = b;

	return (x->addr > y->addr) - (x->addr < y->addr);
}

static void
neighbour(void *arg, const struct nl_neighbour *n)
{
	struct table *t = arg;
	struct iface key = { .link = { .ifindex = n->ifindex } };
	const struct iface *k = &key, **hit = bsearch(&k, t->by_index, t->ni, sizeof k, by_index);
	struct arp_entry *e;

	/* a failed attempt is forgotten as in IOS; one that is under way is Incomplete */
	if (!hit || n->state & NUD_FAILED || n->state == NUD_NONE)
		return;
	e = add(t, n->addr, *hit);
	e->age = (int)(n->age / 60);
	e->complete = n->hwlen == 6;
	memcpy(e->hw, n->hwaddr, sizeof e->hw);
}

void
show_arp(struct session *s, const void *values)
{
	const struct cfg_show_arp *v = values;
	struct router *r = session_router(s);
	struct table t = {0};
	struct buf b = {0};
	size_t n;
	struct iface *list = iface_list(s, &n);

	t.by_index = xcalloc(n + 1, sizeof *t.by_index);
	for (size_t i = 0; i < n; i++) {
		const struct iface *f = &list[i];
		struct arp_entry *e;

		if (!f->present || f->link.hwlen != 6)
			continue;
		t.by_index[t.ni++] = f;
		if (!f->addr || f->lender || f->class != IF_PHYSICAL)
			continue;
		e = add(&t, f->addr, f);
		e->age = -1;
		e->complete = true;
		memcpy(e->hw, f->link.hwaddr, sizeof e->hw);
	}
	if (t.ni) {
		qsort(t.by_index, t.ni, sizeof *t.by_index, by_index);
		if (r->netlink)
			netlink_each_neighbour(r->netlink, neighbour, &t);
	}
	if (t.n)
		qsort(t.v, t.n, sizeof *t.v, by_address);
	buf_puts(&b, "Protocol  Address          Age (min)  Hardware Addr   Type   Interface\n");
	for (size_t i = 0; i < t.n; i++) {
		const struct arp_entry *e = &t.v[i];
		char age[16] = "-", hw[20] = "Incomplete";

		if ((v->has & HAS_SHOW_ARP_ADDR && v->addr != e->addr) || (v->if_ && strcasecmp(v->if_, e->i->name) != 0))
			continue;
		if (e->age >= 0)
			snprintf(age, sizeof age, "%d", e->age);
		if (e->complete)
			snprintf(hw, sizeof hw, "%02x%02x.%02x%02x.%02x%02x", e->hw[0], e->hw[1], e->hw[2], e->hw[3], e->hw[4], e->hw[5]);
		buf_printf(&b, "Internet  %-15s  %9s  %-14s  ARPA   %s\n", ip4_s(e->addr), age, hw, e->complete ? e->i->name : "");
	}
	out_text(s, buf_str(&b), b.n);
	buf_free(&b);
	free(t.v);
	free(t.by_index);
	free(list);
}
