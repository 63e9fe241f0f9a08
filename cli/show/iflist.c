/* SPDX-License-Identifier: BSD-2-Clause */
/* Collects the interfaces for show commands; see iflist.h. */
#include "cli/show/iflist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <linux/if.h>

#include "cli/exec.h"
#include "daemon/router.h"
#include "engine/tunnel.h"
#include "lib/buf.h"
#include "lib/ip4.h"
#include "lib/xalloc.h"

struct list {
	struct iface *v;
	size_t n, cap;
};

static struct iface *
append(struct list *l, const char *name)
{
	struct iface *i;

	if (l->n == l->cap) {
		l->cap = l->cap ? l->cap * 2 : 16;
		l->v = xrealloc(l->v, l->cap * sizeof *l->v);
	}
	i = &l->v[l->n++];
	memset(i, 0, sizeof *i);
	snprintf(i->name, sizeof i->name, "%s", name);
	i->class = ifname_class(name);
	ifname_kernel(name, i->link.dev);
	return i;
}

static int
class_rank(enum if_class c)
{
	static const int rank[] = { [IF_PHYSICAL] = 0, [IF_LOOPBACK] = 1, [IF_TUNNEL] = 2, [IF_ACCESS] = 3, [IF_TEMPLATE] = 4,
		[IF_NULL] = 5, [IF_OTHER] = 6 };

	return rank[c];
}

static int
by_name(const void *a, const void *b)
{
	const struct iface *x = a, *y = b;

	if (x->class != y->class)
		return class_rank(x->class) - class_rank(y->class);
	return ifname_compare(x->name, y->name);
}

static int
by_dev(const void *a, const void *b)
{
	return strcmp(((const struct iface *)a)->link.dev, ((const struct iface *)b)->link.dev);
}

static int
by_index(const void *a, const void *b)
{
	int x = ((const struct iface *)a)->link.ifindex, y = ((const struct iface *)b)->link.ifindex;

	return x < y ? -1 : x > y;
}

struct kernel {
	struct list *l;
	size_t nconf;		/* the first nconf are configured and sorted by device */
};

static void
on_link(void *arg, const struct nl_link *link)
{
	struct kernel *k = arg;
	struct iface *i, key = { .link = *link };
	char name[40];

	i = k->nconf ? bsearch(&key, k->l->v, k->nconf, sizeof *i, by_dev) : NULL;
	if (!i) {
		/* ports that are not configured, and the interfaces of peers that called */
		if (!ifname_from_device(link->dev, name) ||
		    (ifname_class(name) != IF_PHYSICAL && ifname_class(name) != IF_ACCESS))
			return;
		i = append(k->l, name);
	}
	i->present = true;
	i->link = *link;
}

/* An address of the kernel counts where none is configured. */
static void
on_address(void *arg, const struct nl_address *a)
{
	struct list *l = arg;
	struct iface key = { .link = { .ifindex = a->ifindex } }, *i;

	i = l->n ? bsearch(&key, l->v, l->n, sizeof *i, by_index) : NULL;
	if (!i || i->rec || i->addr || a->secondary)
		return;
	i->addr = a->addr;
	i->len = a->len;
}

/* ip unnumbered: the address of another interface */
static void
borrow(struct store *st, struct iface *i, const struct rec *u)
{
	const struct rec *lender = store_defined(st, REF_INTERFACE, ((const struct cfg_interface_unnumbered *)rec_values(u))->if_);
	const struct cfg_interface_address *v = lender ? store_leaf(st, lender, ROW_INTERFACE_ADDRESS) : NULL;

	i->lender = lender ? ((const struct cfg_interface *)rec_values(lender))->if_ : NULL;
	i->addr_line = u->line;
	if (!v)
		return;
	i->addr = v->addr;
	i->len = (uint8_t)ip4_masklen(v->mask);
}

const char *
iface_vrf(struct store *st, const struct rec *r)
{
	const struct cfg_interface_vrf_forwarding *v = r ? store_leaf(st, r, ROW_INTERFACE_VRF_FORWARDING) : NULL;
	const struct cfg_interface_ip_vrf_forwarding *old = r ? store_leaf(st, r, ROW_INTERFACE_IP_VRF_FORWARDING) : NULL;

	return v ? v->vrf : old ? old->vrf : NULL;
}

/* `interface Virtual-Template1 type tunnel`: its state is not that of a template of PPP sessions. */
static bool
tunnel_template(const struct rec *r)
{
	const struct cfg_interface *v = rec_values(r);

	return v->has & HAS_INTERFACE_KIND && v->kind == INTERFACE_KIND_TYPE && v->medium == INTERFACE_MEDIUM_TUNNEL;
}

/* --- the interfaces of peers that called --- */

struct access_list {
	const struct spoke **v;
	size_t n, cap;
};

static void
take_access(void *ctx, const struct spoke *sp)
{
	struct access_list *a = ctx;

	if (a->n == a->cap) {
		a->cap = a->cap ? a->cap * 2 : 16;
		a->v = xrealloc(a->v, a->cap * sizeof *a->v);
	}
	a->v[a->n++] = sp;
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = (*(const struct spoke *const *)a)->number, y = (*(const struct spoke *const *)b)->number;

	return (x > y) - (x < y);
}

/* From which template each is made, and for whom: the tunnels know. */
static void
find_templates(struct list *l, struct store *st, struct tunnels *t)
{
	struct access_list a = {0};

	tunnels_each_access(t, take_access, &a);
	if (a.n)
		qsort(a.v, a.n, sizeof *a.v, by_number);
	for (size_t k = 0; k < l->n && a.n; k++) {
		struct iface *i = &l->v[k];
		struct spoke key = { .number = (uint32_t)strtoul(i->name + strcspn(i->name, "0123456789"), NULL, 10) };
		const struct spoke *p = &key, **hit = i->class == IF_ACCESS ? bsearch(&p, a.v, a.n, sizeof p, by_number) : NULL;
		const struct rec *u;

		if (!hit)
			continue;
		i->template = store_defined(st, REF_INTERFACE, (*hit)->flow->entry->ifname);
		i->local = (*hit)->local;
		i->remote = (*hit)->peer;
		u = i->template ? store_find(st, i->template, ROW_INTERFACE_UNNUMBERED, NULL) : NULL;
		if (u)
			borrow(st, i, u);
	}
	free(a.v);
}

struct iface *
iface_list(struct session *s, size_t *n)
{
	struct store *st = session_store(s);
	struct router *router = session_router(s);
	struct list l = {0};

	for (struct rec *r = store_first(st, store_root(st), ROW_INTERFACE); r; r = store_next(r)) {
		struct iface *i = append(&l, ((const struct cfg_interface *)rec_values(r))->if_);
		struct rec *a = store_find(st, r, ROW_INTERFACE_ADDRESS, NULL);

		i->rec = r;
		i->shutdown = store_flag(st, r, ROW_INTERFACE_SHUTDOWN);
		if (a) {
			const struct cfg_interface_address *v = rec_values(a);

			i->addr = v->addr;
			i->len = (uint8_t)ip4_masklen(v->mask);
			i->addr_line = a->line;
		} else if ((a = store_find(st, r, ROW_INTERFACE_UNNUMBERED, NULL)))
			borrow(st, i, a);
	}
	if (router && router->netlink) {
		struct kernel k = { .l = &l, .nconf = l.n };

		if (l.n)
			qsort(l.v, l.n, sizeof *l.v, by_dev);
		netlink_each_link(router->netlink, on_link, &k);
		if (l.n)
			qsort(l.v, l.n, sizeof *l.v, by_index);
		netlink_each_address(router->netlink, on_address, &l);
		if (router->tunnels)
			find_templates(&l, st, router->tunnels);
	}
	if (l.n)
		qsort(l.v, l.n, sizeof *l.v, by_name);
	*n = l.n;
	return l.v;
}

static bool
operational(const struct iface *i)
{
	return i->link.oper == IF_OPER_UP || i->link.oper == IF_OPER_UNKNOWN;
}

const char *
iface_state_text(enum iface_state state)
{
	static const char *const texts[] = {
		[IFACE_ADMIN_DOWN] = "administratively down, line protocol is down",
		[IFACE_DOWN] = "down, line protocol is down",
		[IFACE_PROTOCOL_DOWN] = "up, line protocol is down",
		[IFACE_UP] = "up, line protocol is up",
	};

	return texts[state];
}

enum iface_state
iface_state(const struct iface *i)
{
	if (i->class == IF_NULL)
		return IFACE_UP;
	/* a tunnel is up unless somebody shut it down; its line protocol is what its device does */
	if (i->class == IF_TUNNEL)
		return i->shutdown ? IFACE_ADMIN_DOWN : i->present && i->link.admin_up && i->link.carrier && operational(i) ?
		    IFACE_UP : IFACE_PROTOCOL_DOWN;
	if (i->class == IF_TEMPLATE)
		return i->shutdown ? IFACE_ADMIN_DOWN : i->rec && tunnel_template(i->rec) ? IFACE_PROTOCOL_DOWN : IFACE_DOWN;
	if (!i->present)
		return i->shutdown ? IFACE_ADMIN_DOWN : IFACE_DOWN;
	if (!i->link.admin_up)
		return IFACE_ADMIN_DOWN;
	if (i->class == IF_LOOPBACK)	/* its device may be one that never has a carrier */
		return IFACE_UP;
	if (!i->link.carrier)
		return IFACE_DOWN;
	return operational(i) ? IFACE_UP : IFACE_PROTOCOL_DOWN;
}

void
iface_show(struct session *s, const char *only, bool (*one)(struct buf *b, struct session *s, struct iface *i, bool named))
{
	struct buf b = {0};
	size_t n;
	struct iface *list = iface_list(s, &n);
	bool shown = false;

	for (size_t i = 0; i < n; i++)
		if (!only || strcasecmp(only, list[i].name) == 0)
			shown |= one(&b, s, &list[i], only != NULL);
	if (only && !shown)
		buf_puts(&b, "%Invalid interface type and number\n");
	out_text(s, buf_str(&b), b.n);
	buf_free(&b);
	free(list);
}
