/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lines given to the routing daemons since this process started, so that
 * after a loss what a surviving daemon still has, and nobody wants any more,
 * can be undone. Entries own copies of their strings.
 */
#ifndef CONFTERM_BACKENDS_FRR_HELD_H
#define CONFTERM_BACKENDS_FRR_HELD_H

#include <stdbool.h>
#include <stddef.h>

#include "backends/zapi/table.h"
#include "engine/object.h"

struct held {
	struct node node;	/* key: hash of daemon, context, slot */
	struct obj_frr f;
	bool stale;		/* not in the replay (so far) */
};

/* NULL when there is none; *key is set always. */
struct held *held_find(struct table *t, const struct obj_frr *o, uint64_t *key);
/* Adds, or replaces the one of the same slot; it is not stale then. */
void held_put(struct table *t, const struct obj_frr *o);
void held_drop(struct table *t, struct held *h);
/* All entries, or the stale ones, in an array of *n (free() the array). */
struct held **held_list(struct table *t, bool stale_only, size_t *n);
void held_free(struct table *t);

#endif
