/* SPDX-License-Identifier: BSD-2-Clause */
/* The set of keepalive.h: a chained hash table of those devices that are down. */
#include "engine/keepalive.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/object.h"
#include "gen/grammar.h"
#include "lib/hash.h"
#include "lib/xalloc.h"
#include "parser/types.h"

struct keepalive_down {
	struct keepalive_down *next;
	char dev[OBJ_IFNAMSIZ];
};

static struct keepalive_down **
place(const struct keepalives *k, const char *dev)
{
	struct keepalive_down **pp = &k->slot[hash_mix(hash_str(HASH_INIT, dev)) & (k->nslot - 1)];

	while (*pp && strcmp((*pp)->dev, dev) != 0)
		pp = &(*pp)->next;
	return pp;
}

static void
grow(struct keepalives *k)
{
	struct keepalives bigger = { .nslot = k->nslot ? k->nslot * 2 : 16, .n = k->n };

	bigger.slot = xcalloc(bigger.nslot, sizeof *bigger.slot);
	for (size_t i = 0; i < k->nslot; i++)
		for (struct keepalive_down *d = k->slot[i], *next; d; d = next) {
			struct keepalive_down **pp = place(&bigger, d->dev);

			next = d->next;
			d->next = NULL;
			*pp = d;
		}
	free(k->slot);
	*k = bigger;
}

bool
keepalives_up(const struct keepalives *k, const char *dev)
{
	return !k->nslot || !*place(k, dev);
}

bool
keepalives_set(struct keepalives *k, const char *dev, bool up)
{
	struct keepalive_down **pp, *d;

	if (keepalives_up(k, dev) == up)
		return false;
	if (!up && k->n >= k->nslot)
		grow(k);
	pp = place(k, dev);
	if (up) {
		d = *pp;
		*pp = d->next;
		free(d);
		k->n--;
	} else {
		d = *pp = xcalloc(1, sizeof *d);
		snprintf(d->dev, sizeof d->dev, "%s", dev);
		k->n++;
	}
	return true;
}

void
keepalives_free(struct keepalives *k)
{
	for (size_t i = 0; i < k->nslot; i++)
		for (struct keepalive_down *d = k->slot[i], *next; d; d = next) {
			next = d->next;
			free(d);
		}
	free(k->slot);
	*k = (struct keepalives){0};
}

uint32_t
keepalive_interface(struct store *s, const char *dev)
{
	struct cfg_interface v = { .has = HAS_INTERFACE_IF };
	char name[40];
	struct rec *r;

	if (!ifname_from_device(dev, name))
		return 0;
	v.if_ = name;
	r = store_find(s, store_root(s), ROW_INTERFACE, &v);
	return r ? r->id : 0;
}
