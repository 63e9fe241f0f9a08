/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A chained hash table whose nodes sit inside the things they find, and the
 * devices, found by name and by index. A device lives until netlink_stop();
 * one that is gone keeps its (small) struct, for it often comes back.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "backends/netlink/internal.h"
#include "lib/hash.h"
#include "lib/xalloc.h"

#define DEV_OF(node, member) ((struct dev *)(void *)((char *)(node) - offsetof(struct dev, member)))

static void
grow(struct htab *t)
{
	size_t n = t->nslot ? t->nslot * 2 : 64;
	struct hnode **slot = xcalloc(n, sizeof(*slot)), *h, *next;

	for (size_t i = 0; i < t->nslot; i++)
		for (h = t->slot[i]; h; h = next) {
			next = h->next;
			h->next = slot[h->hash & (n - 1)];
			slot[h->hash & (n - 1)] = h;
		}
	free(t->slot);
	t->slot = slot;
	t->nslot = n;
}

void
htab_add(struct htab *t, struct hnode *n, uint64_t hash)
{
	struct hnode **p;

	if (t->n >= t->nslot)
		grow(t);
	p = &t->slot[hash & (t->nslot - 1)];
	n->hash = hash;
	n->next = *p;
	*p = n;
	t->n++;
}

void
htab_del(struct htab *t, struct hnode *n)
{
	for (struct hnode **p = &t->slot[n->hash & (t->nslot - 1)]; *p; p = &(*p)->next)
		if (*p == n) {
			*p = n->next;
			t->n--;
			return;
		}
}

struct hnode *
htab_again(const struct hnode *n)
{
	struct hnode *h = n->next;

	while (h && h->hash != n->hash)
		h = h->next;
	return h;
}

struct hnode *
htab_find(const struct htab *t, uint64_t hash)
{
	struct hnode *h = t->nslot ? t->slot[hash & (t->nslot - 1)] : NULL;

	while (h && h->hash != hash)
		h = h->next;
	return h;
}

void
ptrs_add(struct ptrs *p, void *x)
{
	if (p->n == p->cap) {
		p->cap = p->cap ? p->cap * 2 : 16;
		p->v = xrealloc(p->v, p->cap * sizeof(*p->v));
	}
	p->v[p->n++] = x;
}

void
ptrs_free(struct ptrs *p)
{
	free(p->v);
	memset(p, 0, sizeof(*p));
}

static uint64_t
name_hash(const char *name)
{
	return hash_mix(hash_str(HASH_INIT, name));
}

struct dev *
dev_find(struct netlink *nl, const char *name)
{
	for (struct hnode *n = htab_find(&nl->dev_name, name_hash(name)); n; n = htab_again(n))
		if (strcmp(DEV_OF(n, by_name)->name, name) == 0)
			return DEV_OF(n, by_name);
	return NULL;
}

struct dev *
dev_get(struct netlink *nl, const char *name)
{
	struct dev *d = dev_find(nl, name);

	if (d)
		return d;
	d = xcalloc(1, sizeof(*d));
	strncpy(d->name, name, sizeof(d->name) - 1);
	htab_add(&nl->dev_name, &d->by_name, name_hash(d->name));
	ptrs_add(&nl->devs, d);
	return d;
}

struct dev *
dev_by_index(struct netlink *nl, int ifindex)
{
	for (struct hnode *n = htab_find(&nl->dev_index, hash_mix((uint64_t)ifindex)); n; n = htab_again(n))
		if (DEV_OF(n, by_index)->ifindex == ifindex)
			return DEV_OF(n, by_index);
	return NULL;
}

void
dev_set_index(struct netlink *nl, struct dev *d, int ifindex)
{
	if (d->ifindex == ifindex)
		return;
	if (d->ifindex)
		htab_del(&nl->dev_index, &d->by_index);
	d->ifindex = ifindex;
	if (ifindex)
		htab_add(&nl->dev_index, &d->by_index, hash_mix((uint64_t)ifindex));
	else
		d->ours = false;
}

void
dev_dirty(struct netlink *nl, struct dev *d, bool link, bool addr)
{
	if (link && !d->link_dirty) {
		d->link_dirty = true;
		ptrs_add(&nl->dirty_links, d);
	}
	if (addr && !d->addr_dirty) {
		d->addr_dirty = true;
		ptrs_add(&nl->dirty_addrs, d);
	}
}

void
devs_free(struct netlink *nl)
{
	for (size_t i = 0; i < nl->devs.n; i++) {
		struct dev *d = nl->devs.v[i];

		nl_status_clear(&d->st);
		addrs_free(d);
		free(d);
	}
	ptrs_free(&nl->devs);
	ptrs_free(&nl->dirty_links);
	ptrs_free(&nl->dirty_addrs);
	free(nl->dev_name.slot);
	free(nl->dev_index.slot);
	memset(&nl->dev_name, 0, sizeof(nl->dev_name));
	memset(&nl->dev_index, 0, sizeof(nl->dev_index));
}
