/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside of the store: store.c (records) and store_index.c (strings, tables) share this, nobody else. */
#ifndef CONFTERM_PARSER_STORE_INT_H
#define CONFTERM_PARSER_STORE_INT_H

#include <stddef.h>
#include <string.h>

#include "lib/pool.h"
#include "parser/store.h"

struct str;

/* Everything known under one name of one kind; entries stay when the list runs empty. */
struct refname {
	struct refname *next;
	uint64_t hash;
	struct ref *first;
	uint32_t highest;	/* of the numbers of those who define it; when `stale`, to be looked for again */
	bool stale;
	uint8_t kind;
	char name[];
};

/* One record in the list of a name. */
struct ref {
	struct ref *next, *prev;	/* in the name's list */
	struct ref *rec_next;		/* the record's other entries */
	struct refname *name;
	struct rec *rec;
};

struct store {
	struct pool pool;	/* records, strings, names and their references */
	struct rec *root;
	struct rec **bucket;
	size_t nbucket, nindexed;	/* of all records but leafs, which their sets find */
	size_t nrec;
	struct str **str;
	size_t nstrbucket, nstr;
	struct refname **ref;
	size_t nrefbucket, nref;
	uint64_t net_lengths;	/* bit n: there is, or was, a network of this length */
	uint32_t next_id;
	uint64_t version, removals;
	bool dirty;
	store_listener *listener;
	void *listener_ctx;
	void **dflt;		/* per row */
};

/* Values of a row by slot. */
static inline uint32_t
value_num(const void *v, const struct g_slot *s)
{
	uint32_t n;

	memcpy(&n, (const char *)v + s->offset, sizeof n);
	return n;
}

static inline const char *
value_text(const void *v, const struct g_slot *s)
{
	const char *t;

	memcpy(&t, (const char *)v + s->offset, sizeof t);
	return t;
}

static inline void
value_set_text(void *v, const struct g_slot *s, const char *t)
{
	memcpy((char *)v + s->offset, &t, sizeof t);
}
bool value_equal(const struct g_slot *s, const void *a, const void *b);
/* but: a slot that does not count, or NULL. */
uint64_t values_hash(uint64_t h, const struct g_row *row, const void *v, bool keys_only, const struct g_slot *but);
uint32_t key_hash(const struct rec *parent, int row, const void *v);

/* Interned strings, counted. */
const char *store_intern(struct store *st, const char *s);
void store_unintern(struct store *st, const char *s);
/* The table of records by parent, row and key; the names a record refers to and defines, and its content. */
void index_insert(struct store *s, struct rec *r);
void index_remove(struct store *s, struct rec *r);
void index_enter(struct store *s, struct rec *r);
void index_leave(struct store *s, struct rec *r);

#endif
