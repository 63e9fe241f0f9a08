/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An intrusive chained hash table with 64-bit keys, for the tables of rib.c,
 * track.c and backends/frr/held.c. An entry is a malloc'd struct whose first member is a
 * struct node. Keys may repeat: walk e->next while e->key is yours.
 */
#ifndef CONFTERM_BACKENDS_ZAPI_TABLE_H
#define CONFTERM_BACKENDS_ZAPI_TABLE_H

#include <stddef.h>
#include <stdint.h>

struct node {
	struct node *next;
	uint64_t key;
};

struct table {
	struct node **slot;
	size_t n, size;		/* size is a power of two, or 0 */
};

struct node *table_find(const struct table *t, uint64_t key);
void table_put(struct table *t, struct node *e, uint64_t key);
void table_remove(struct table *t, struct node *e);
/* Frees the entries and the slots. */
void table_free(struct table *t);

#endif
