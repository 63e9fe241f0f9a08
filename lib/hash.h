/* SPDX-License-Identifier: BSD-2-Clause */
/* FNV-1a, used wherever the project hashes short keys, and the growth of tables of chains. */
#ifndef CONFTERM_LIB_HASH_H
#define CONFTERM_LIB_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include "lib/xalloc.h"

#define HASH_INIT 0xcbf29ce484222325ull

static inline uint64_t
hash_bytes(uint64_t h, const void *p, size_t n)
{
	const unsigned char *c = p;

	while (n--)
		h = (h ^ *c++) * 0x100000001b3ull;
	return h;
}

static inline uint64_t
hash_str(uint64_t h, const char *s)
{
	while (*s)
		h = (h ^ (unsigned char)*s++) * 0x100000001b3ull;
	return h;
}

/* Final mix (splitmix64): call before masking to a table size. */
static inline uint64_t
hash_mix(uint64_t h)
{
	h = (h ^ h >> 30) * 0xbf58476d1ce4e5b9ull;
	h = (h ^ h >> 27) * 0x94d049bb133111ebull;
	return h ^ h >> 31;
}


/*
 * Doubles a table of chains once it has as many elements as buckets (a power of two of them): `table` is a pointer to the
 * first bucket, `next` and `key` the element's members for the chain and for what is masked. Elements lie anywhere in memory;
 * so those of a bucket some steps ahead are asked for while one is moved.
 */
#define HASH_GROW(table, size, count, next, key) do {					\
	if ((count) >= (size)) {							\
		size_t size_ = (size) * 2;						\
		__typeof__(table) table_ = xcalloc(size_, sizeof *table_);		\
											\
		for (size_t i_ = 0; i_ < (size); i_++) {				\
			if (i_ + 8 < (size))						\
				__builtin_prefetch((table)[i_ + 8]);			\
			for (__typeof__(*table_) q_ = (table)[i_], rest_; q_; q_ = rest_) {	\
				rest_ = q_->next;					\
				q_->next = table_[q_->key & (size_ - 1)];		\
				table_[q_->key & (size_ - 1)] = q_;			\
			}								\
		}									\
		free(table);								\
		(table) = table_;							\
		(size) = size_;								\
	}										\
} while (0)

#endif
