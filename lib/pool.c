/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A pool cuts blocks into pieces and keeps a list of spare ones for each size:
 * see pool.h. A configuration of 100,000 lines is half a million small things;
 * without malloc's header before each, and on large pages, half as many of
 * them are waited for.
 */
#define _GNU_SOURCE
#include "lib/pool.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "lib/xalloc.h"

#define FIRST_BLOCK	((size_t)16 << 10)
#define HUGE_PAGE	((size_t)2 << 20)

struct pool_block {
	struct pool_block *next;
	_Alignas(16) char bytes[];
};

#if defined(__SANITIZE_ADDRESS__)
#define WATCHED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define WATCHED 1
#endif
#endif
#ifndef WATCHED
#define WATCHED 0
#endif

static void
another_block(struct pool *p)
{
	size_t n = p->next ? p->next : FIRST_BLOCK;
	struct pool_block *b;

	b = xaligned(n < HUGE_PAGE ? 16 : HUGE_PAGE, n);
	if (n >= HUGE_PAGE)
		(void)madvise(b, n, MADV_HUGEPAGE);	/* a wish: without it everything works, slower */
	b->next = p->blocks;
	p->blocks = b;
	p->at = b->bytes;
	p->end = (char *)b + n;
	p->next = n < HUGE_PAGE ? n * 2 : n;
}

void *
pool_get(struct pool *p, size_t n)
{
	size_t unit = (n + 7) / 8;
	void *piece;

	if (WATCHED || n > POOL_LARGEST)
		return xcalloc(1, n);
	if ((piece = p->spare[unit]))
		memcpy(&p->spare[unit], piece, sizeof(void *));
	else {
		if ((size_t)(p->end - p->at) < unit * 8)
			another_block(p);
		piece = p->at;
		p->at += unit * 8;
	}
	return memset(piece, 0, unit * 8);
}

void
pool_put(struct pool *p, void *piece, size_t n)
{
	size_t unit = (n + 7) / 8;

	if (!piece)
		return;
	if (WATCHED || n > POOL_LARGEST) {
		free(piece);
		return;
	}
	memcpy(piece, &p->spare[unit], sizeof(void *));
	p->spare[unit] = piece;
}

void
pool_free(struct pool *p)
{
	for (struct pool_block *b = p->blocks, *next; b; b = next) {
		next = b->next;
		free(b);
	}
	memset(p, 0, sizeof *p);
}
