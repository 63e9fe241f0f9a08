/* SPDX-License-Identifier: BSD-2-Clause */
/* The chained hash table of table.h: doubles when it is full, never shrinks. */
#include "backends/zapi/table.h"

#include <stdlib.h>

#include "lib/hash.h"
#include "lib/xalloc.h"

struct node *
table_find(const struct table *t, uint64_t key)
{
	struct node *e = t->size ? t->slot[hash_mix(key) & (t->size - 1)] : NULL;

	while (e && e->key != key)
		e = e->next;
	return e;
}

void
table_put(struct table *t, struct node *e, uint64_t key)
{
	struct node **s;

	if (t->n >= t->size) {
		size_t size = t->size ? t->size * 2 : 64;
		struct node **slot = xcalloc(size, sizeof *slot), *x, *next;

		for (size_t i = 0; i < t->size; i++)
			for (x = t->slot[i]; x; x = next) {
				next = x->next;
				s = &slot[hash_mix(x->key) & (size - 1)];
				x->next = *s;
				*s = x;
			}
		free(t->slot);
		t->slot = slot;
		t->size = size;
	}
	s = &t->slot[hash_mix(key) & (t->size - 1)];
	e->key = key;
	e->next = *s;
	*s = e;
	t->n++;
}

void
table_remove(struct table *t, struct node *e)
{
	struct node **s = &t->slot[hash_mix(e->key) & (t->size - 1)];

	while (*s != e)
		s = &(*s)->next;
	*s = e->next;
	t->n--;
}

void
table_free(struct table *t)
{
	struct node *e, *next;

	for (size_t i = 0; i < t->size; i++)
		for (e = t->slot[i]; e; e = next) {
			next = e->next;
			free(e);	/* the node is the first member */
		}
	free(t->slot);
}
