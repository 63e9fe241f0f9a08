/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Memory for many small things that belong to one owner and lie close
 * together: records, names, units. What is put back is used again for things
 * of the same size; blocks go back with the pool. The more of it there is, the
 * larger are the blocks, the last ones of a size for which the kernel has pages.
 * With AddressSanitizer every piece is malloc's, so that it is watched over.
 */
#ifndef CONFTERM_LIB_POOL_H
#define CONFTERM_LIB_POOL_H

#include <stddef.h>

#define POOL_LARGEST	512	/* bytes; larger pieces are malloc's */

struct pool {		/* zeroed: an empty one */
	void *spare[POOL_LARGEST / 8 + 1];	/* by size in units of 8 bytes */
	char *at, *end;				/* the rest of the newest block */
	struct pool_block *blocks;
	size_t next;				/* bytes of the block after it */
};

/* n zeroed bytes, aligned for pointers and 64-bit numbers. Never NULL. */
void *pool_get(struct pool *p, size_t n) __attribute__((malloc, returns_nonnull));
/* piece came from pool_get() with this n; NULL is allowed. */
void pool_put(struct pool *p, void *piece, size_t n);
/* Frees the blocks, and empties the pool; larger pieces must have been put back. */
void pool_free(struct pool *p);

#endif
