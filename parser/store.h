/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration: a tree of records, one for each line that is stored.
 *
 * A record is an instance of a grammar row; its values are the generated
 * struct of that row (struct cfg_..., gen/grammar.h) and are read through
 * rec_values(). Records of node rows have children. Every record is found by
 * its parent, row and key values in constant time.
 *
 * The store is changed by parser/config.c only, one line at a time; each
 * change is told to a listener (the engine), which collects what it has to
 * compile again. A commit numbers the configuration. Compile and show
 * functions read the store between commits and never keep pointers over one.
 *
 * Ownership: the store owns records and strings. Strings are interned and
 * counted; secrets are not interned and are wiped when their record goes.
 */
#ifndef CONFTERM_PARSER_STORE_H
#define CONFTERM_PARSER_STORE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/tables.h"

struct rec {
	uint32_t id;		/* never used again; a later record has a larger one */
	uint16_t row;
	bool negated;		/* a stored `no` (rows that are on by default) */
	uint16_t nset, capset;
	uint32_t line;		/* line of the file it came from, 0: typed */
	uint32_t hash;		/* beside what is read with it when it is looked for */
	struct rec *hnext;
	struct rec *parent, *next, *prev;
	struct rowset *sets;	/* children, by row */
	struct ref *refs;	/* what it refers to, defines, and its content (store.c) */
	uint64_t v[];		/* the row's struct */
};

/* The children of one row under one parent, in order. */
struct rowset {
	uint16_t row;
	bool unsorted;
	uint32_t n;
	struct rec *first, *last;
};

struct store;

/* STORE_CHANGING comes before the values change, STORE_CHANGED after. */
enum store_change { STORE_ADDED, STORE_CHANGING, STORE_CHANGED, STORE_REMOVING };
typedef void store_listener(void *ctx, enum store_change what, struct rec *r);

struct store *store_new(void);
void store_free(struct store *s);
/* Told of every record that was added, whose values changed, or that is about to go. */
void store_listen(struct store *s, store_listener *l, void *ctx);
struct rec *store_root(struct store *s);
/* Configuration number: grows with each commit that changed something. */
uint64_t store_commit(struct store *s);
uint64_t store_version(const struct store *s);
/* How many records that have a mode of their own were removed so far: sessions compare it (parser/config.c). */
uint64_t store_removals(const struct store *s);
/* Records in the store, without the root (for budgets and tests). */
size_t store_count(const struct store *s);

static inline const void *
rec_values(const struct rec *r)
{
	return r->v;
}

/*
 * The record of `row` under `parent` whose key slots equal those in `values`
 * (a struct cfg_... with at least the keys set); NULL when there is none. For
 * a leaf the values are ignored and may be NULL.
 */
struct rec *store_find(struct store *s, const struct rec *parent, int row, const void *values);
/* The children of one row, sorted as its `sort` says; NULL when there is none. */
struct rec *store_first(struct store *s, const struct rec *parent, int row);
static inline struct rec *
store_next(const struct rec *r)
{
	return r->next;
}
/* Values of a leaf under parent, or the values of its default; never NULL for leaves with a default. */
const void *store_leaf(struct store *s, const struct rec *parent, int row);
/* A flag leaf's state: stored, negated, or its default. */
bool store_flag(struct store *s, const struct rec *parent, int row);

#define SLOT_NAME_MAX 12
/* A slot as a name: its text, or its number written to buf; NULL when it has no value. */
const char *slot_name(const void *values, const struct g_slot *s, char buf[SLOT_NAME_MAX]);
/* Is the name defined, or one that IOS knows without a line? */
bool store_known(struct store *s, int ref, const char *name);
/* The name that a record of a row with `defines` gives; NULL when there is none. */
const char *rec_defines(const struct rec *r, char buf[SLOT_NAME_MAX]);
/* Records that hold a ref(KIND) with this name: their top-level and interface users. */
typedef void store_ref_cb(void *ctx, struct rec *r);
void store_referrers(struct store *s, int ref, const char *name, store_ref_cb *cb, void *ctx);
/* The same for at most `max` of them, those that were entered last. */
void store_some_referrers(struct store *s, int ref, const char *name, unsigned max, store_ref_cb *cb, void *ctx);
/* The first record that defines ref KIND with this name, NULL when undefined. */
struct rec *store_defined(struct store *s, int ref, const char *name);

/*
 * Rows marked `network`. A record of any of `rows` (n of them) whose network
 * has an address in common with this one and that hangs below another parent
 * than `but`; NULL when there is none.
 */
struct rec *store_overlap(struct store *s, const uint16_t *rows, int n, uint32_t addr, uint32_t mask,
    const struct rec *but);
/* The record of `row` with the longest mask whose network contains the address. */
struct rec *store_covering(struct store *s, int row, uint32_t addr);
/* Address and mask of a record of such a row. */
void rec_network(const struct rec *r, uint32_t *addr, uint32_t *mask);

/* The node record below the root that contains r (r itself when it stands there). */
const struct rec *rec_top(const struct rec *r);
/* Do two structs of a row hold the same values? keys_only looks at key slots alone. */
bool row_equal(const struct g_row *row, const void *a, const void *b, bool keys_only);
bool rec_has(const struct rec *r, int slot);

/* --- for parser/config.c --- */
/* Adds or overwrites; values are copied. Returns the record; *changed says whether anything differs. */
struct rec *store_put(struct store *s, struct rec *parent, int row, const void *values, bool negated,
    uint32_t line, bool *changed);
void store_delete(struct store *s, struct rec *r);
/* A record with equal values apart from its number (autoseq and numbered rows); NULL: none. */
struct rec *store_find_content(struct store *s, struct rec *parent, int row, const void *values);
/* Of the list that values name, the entry with their number, and the highest number (0: it has none); numbered rows. */
struct rec *store_numbered(struct store *s, int row, const void *values);
uint32_t store_highest(struct store *s, int ref, const char *name);
/* Default values of a row, parsed once from its `default` line; NULL when it has none. */
const void *store_default(struct store *s, int row);
void store_set_default(struct store *s, int row, const void *values);
uint32_t store_next_seq(struct store *s, struct rec *parent, int row, uint32_t step);

#endif
