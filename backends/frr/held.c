/* SPDX-License-Identifier: BSD-2-Clause */
/* The lines that the routing daemons hold: see held.h. */
#define _GNU_SOURCE
#include "backends/frr/held.h"

#include <stdlib.h>
#include <string.h>

#include "lib/hash.h"
#include "lib/xalloc.h"

struct held *
held_find(struct table *t, const struct obj_frr *o, uint64_t *key)
{
	struct node *e;

	*key = hash_str(hash_str(hash_bytes(HASH_INIT, &o->daemon, sizeof o->daemon), o->context), o->slot);
	for (e = table_find(t, *key); e; e = e->next) {
		struct held *h = (struct held *)e;

		if (e->key == *key && h->f.daemon == o->daemon && !strcmp(h->f.context, o->context) &&
		    !strcmp(h->f.slot, o->slot))
			return h;
	}
	return NULL;
}

static void
held_clear(struct held *h)
{
	free((char *)h->f.context);
	free((char *)h->f.slot);
	if (h->f.secret) {
		explicit_bzero((char *)h->f.line, strlen(h->f.line));
		explicit_bzero((char *)h->f.undo, strlen(h->f.undo));
	}
	free((char *)h->f.line);
	free((char *)h->f.undo);
}

void
held_put(struct table *t, const struct obj_frr *o)
{
	uint64_t key;
	struct held *h = held_find(t, o, &key);

	if (h) {
		held_clear(h);
	} else {
		h = xcalloc(1, sizeof *h);
		table_put(t, &h->node, key);
	}
	h->f = *o;
	h->f.context = xstrdup(o->context);
	h->f.slot = xstrdup(o->slot);
	h->f.line = xstrdup(o->line);
	h->f.undo = xstrdup(o->undo);
	h->stale = false;
}

void
held_drop(struct table *t, struct held *h)
{
	table_remove(t, &h->node);
	held_clear(h);
	free(h);
}

struct held **
held_list(struct table *t, bool stale_only, size_t *n)
{
	struct held **list = xcalloc(t->n + 1, sizeof *list);

	*n = 0;
	for (size_t i = 0; i < t->size; i++)
		for (struct node *e = t->slot[i]; e; e = e->next)
			if (!stale_only || ((struct held *)e)->stale)
				list[(*n)++] = (struct held *)e;
	return list;
}

void
held_free(struct table *t)
{
	size_t n;
	struct held **all = held_list(t, false, &n);

	for (size_t i = 0; i < n; i++)
		held_clear(all[i]);
	free(all);
	table_free(t);
}
