/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration tree: records, their order and their values; what finds
 * them is in store_index.c. Lists are kept in insertion order and sorted when
 * somebody reads them after an out-of-order insertion, so that a file of
 * 100,000 lines costs one sort and not one search per line.
 */
#define _GNU_SOURCE
#include "parser/store_int.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gen/grammar.h"
#include "lib/hash.h"
#include "lib/ip4.h"
#include "lib/xalloc.h"
#include "parser/types.h"
/* --- values --- */




bool
rec_has(const struct rec *r, int slot)
{
	return *(const uint32_t *)rec_values(r) & (1u << slot);
}

bool
value_equal(const struct g_slot *s, const void *a, const void *b)
{
	if (!g_type_is_string(s->type))
		return value_num(a, s) == value_num(b, s);
	const char *x = value_text(a, s), *y = value_text(b, s);

	return x == y || (x && y && strcmp(x, y) == 0);
}

bool
row_equal(const struct g_row *row, const void *a, const void *b, bool keys_only)
{
	for (int i = 0; i < row->nslots; i++) {
		const struct g_slot *s = &g_slots[row->slots + i];

		if (keys_only && !(s->flags & G_SLOT_KEY))
			continue;
		if (!value_equal(s, a, b))
			return false;
	}
	return keys_only || *(const uint32_t *)a == *(const uint32_t *)b;
}

uint64_t
values_hash(uint64_t h, const struct g_row *row, const void *v, bool keys_only, const struct g_slot *but)
{
	for (int i = 0; i < row->nslots && v; i++) {
		const struct g_slot *s = &g_slots[row->slots + i];

		if (keys_only && !(s->flags & G_SLOT_KEY))
			continue;
		if (s == but)
			continue;
		if (g_type_is_string(s->type))
			h = hash_str(h, value_text(v, s) ? value_text(v, s) : "") * 31;
		else {
			uint32_t n = value_num(v, s);

			h = hash_bytes(h, &n, sizeof n);
		}
	}
	return h;
}

uint32_t
key_hash(const struct rec *parent, int row, const void *v)
{
	uint64_t h = hash_bytes(HASH_INIT, &parent->id, sizeof parent->id);
	uint16_t r16 = (uint16_t)row;

	h = hash_bytes(h, &r16, sizeof r16);
	return (uint32_t)hash_mix(values_hash(h, &g_rows[row], v, true, NULL));
}

/* --- records --- */

static struct rec *
rec_new(struct store *s, struct rec *parent, int row, size_t size)
{
	struct rec *r = pool_get(&s->pool, sizeof *r + size);

	r->id = ++s->next_id;
	r->row = (uint16_t)row;
	r->parent = parent;
	return r;
}

/* Copies values, giving strings to the store. */
static void
copy_values(struct store *s, const struct g_row *row, void *to, const void *from)
{
	memcpy(to, from, row->size);
	for (int i = 0; i < row->nslots; i++) {
		const struct g_slot *sl = &g_slots[row->slots + i];
		const char *t;

		if (!g_type_is_string(sl->type) || !(t = value_text(from, sl)))
			continue;
		value_set_text(to, sl, sl->type == G_T_SECRET ? xstrdup(t) : store_intern(s, t));
	}
}

static void
free_values(struct store *s, const struct g_row *row, void *v)
{
	for (int i = 0; i < row->nslots; i++) {
		const struct g_slot *sl = &g_slots[row->slots + i];
		const char *t;

		if (!g_type_is_string(sl->type) || !(t = value_text(v, sl)))
			continue;
		if (sl->type == G_T_SECRET)
			xfree_secret((char *)(uintptr_t)t);
		else
			store_unintern(s, t);
	}
}

static struct rowset *
find_set(const struct rec *parent, int row)
{
	/* the root has as many sets as rows in use: its array is indexed by row */
	if (!parent->parent) {
		struct rowset *rs = &parent->sets[row];

		return rs->n ? rs : NULL;
	}
	for (int i = 0; i < parent->nset; i++)
		if (parent->sets[i].row == row)
			return &parent->sets[i];
	return NULL;
}

static struct rowset *
get_set(struct store *s, struct rec *parent, int row)
{
	struct rowset *rs = find_set(parent, row);

	if (rs)
		return rs;
	if (!parent->parent) {
		parent->sets[row].row = (uint16_t)row;
		return &parent->sets[row];
	}
	if (parent->nset == parent->capset) {
		uint16_t cap = (uint16_t)(parent->capset ? parent->capset * 2 : 2);
		struct rowset *sets = pool_get(&s->pool, sizeof *sets * cap);

		if (parent->nset)
			memcpy(sets, parent->sets, sizeof *sets * parent->nset);
		pool_put(&s->pool, parent->sets, sizeof *sets * parent->capset);
		parent->sets = sets;
		parent->capset = cap;
	}
	rs = &parent->sets[parent->nset++];
	*rs = (struct rowset){ .row = (uint16_t)row };
	return rs;
}

static int
compare_slot(const struct g_slot *sl, const struct rec *a, const struct rec *b)
{
	if (!g_type_is_string(sl->type)) {
		uint32_t x = value_num(a->v, sl), y = value_num(b->v, sl);

		return x < y ? -1 : x > y;
	}
	const char *x = value_text(a->v, sl), *y = value_text(b->v, sl);

	if (!x || !y)
		return (x != NULL) - (y != NULL);
	if (sl->type == G_T_IFNAME)
		return ifname_compare(x, y);
	if (sl->type == G_T_NUMWORD || (sl->type == G_T_NUMNAME && strspn(x, "0123456789") == strlen(x) &&
	    strspn(y, "0123456789") == strlen(y)))
		return (int)(strtoul(x, NULL, 10) - strtoul(y, NULL, 10));
	return strcmp(x, y);
}

static int
compare(const struct rec *a, const struct rec *b)
{
	const struct g_row *row = &g_rows[a->row];

	for (int i = 0; i < row->nslots; i++) {
		const struct g_slot *sl = &g_slots[row->slots + i];
		int c;

		if (sl->flags & G_SLOT_KEY && (c = compare_slot(sl, a, b)))
			return c;
	}
	return a->id < b->id ? -1 : a->id > b->id;
}

static int
compare_ptr(const void *a, const void *b)
{
	return compare(*(struct rec *const *)a, *(struct rec *const *)b);
}

static void
sort_set(struct rowset *rs)
{
	struct rec **v = xmalloc(sizeof *v * rs->n), *r = rs->first;

	for (uint32_t i = 0; i < rs->n; i++, r = r->next)
		v[i] = r;
	qsort(v, rs->n, sizeof *v, compare_ptr);
	for (uint32_t i = 0; i < rs->n; i++) {
		v[i]->prev = i ? v[i - 1] : NULL;
		v[i]->next = i + 1 < rs->n ? v[i + 1] : NULL;
	}
	rs->first = v[0];
	rs->last = v[rs->n - 1];
	rs->unsorted = false;
	free(v);
}

static void
link_rec(struct store *s, struct rec *r)
{
	struct rowset *rs = get_set(s, r->parent, r->row);

	r->prev = rs->last;
	r->next = NULL;
	if (rs->last) {
		if (g_rows[r->row].order == G_ORDER_SORT && !rs->unsorted && compare(rs->last, r) > 0)
			rs->unsorted = true;
		rs->last->next = r;
	} else
		rs->first = r;
	rs->last = r;
	rs->n++;
}

static void
unlink_rec(struct rec *r)
{
	struct rowset *rs = find_set(r->parent, r->row);

	if (r->prev)
		r->prev->next = r->next;
	else
		rs->first = r->next;
	if (r->next)
		r->next->prev = r->prev;
	else
		rs->last = r->prev;
	if (--rs->n == 0 && r->parent->parent) {
		*rs = r->parent->sets[--r->parent->nset];
	}
}

static void
tell(struct store *s, enum store_change what, struct rec *r)
{
	s->dirty = true;
	if (s->listener)
		s->listener(s->listener_ctx, what, r);
}

static void
destroy(struct store *s, struct rec *r)
{
	for (int i = 0; i < r->nset; i++)
		for (struct rec *c = r->sets[i].first, *nx; c; c = nx) {
			nx = c->next;
			destroy(s, c);
		}
	index_leave(s, r);
	if (g_rows[r->row].kind != G_LEAF)
		index_remove(s, r);
	s->nrec--;
	free_values(s, &g_rows[r->row], r->v);
	pool_put(&s->pool, r->sets, sizeof *r->sets * r->capset);
	pool_put(&s->pool, r, sizeof *r + g_rows[r->row].size);
}

void
store_delete(struct store *s, struct rec *r)
{
	tell(s, STORE_REMOVING, r);
	s->removals += g_rows[r->row].kind == G_NODE;
	unlink_rec(r);
	destroy(s, r);
}

struct rec *
store_put(struct store *s, struct rec *parent, int row, const void *values, bool negated, uint32_t line,
    bool *changed)
{
	const struct g_row *gr = &g_rows[row];
	struct rec *r = store_find(s, parent, row, values);
	uint64_t fresh[64];

	*changed = true;
	if (r && r->negated == negated && row_equal(gr, r->v, values, false)) {
		*changed = false;
		return r;
	}
	if (r) {
		tell(s, STORE_CHANGING, r);
		index_leave(s, r);
		/* values may hold strings of this very record */
		copy_values(s, gr, fresh, values);
		free_values(s, gr, r->v);
		memcpy(r->v, fresh, gr->size);
		r->negated = negated;
		r->line = line;
		index_enter(s, r);
		tell(s, STORE_CHANGED, r);
		return r;
	}
	r = rec_new(s, parent, row, gr->size);
	copy_values(s, gr, r->v, values);
	r->negated = negated;
	r->line = line;
	if (gr->kind != G_LEAF) {
		r->hash = key_hash(parent, row, r->v);
		index_insert(s, r);
	}
	s->nrec++;
	link_rec(s, r);
	index_enter(s, r);
	tell(s, STORE_ADDED, r);
	return r;
}

struct rec *
store_find(struct store *s, const struct rec *parent, int row, const void *values)
{
	uint32_t h;

	if (g_rows[row].kind == G_LEAF) {	/* the only one of its set, which is at hand */
		struct rowset *rs = find_set(parent, row);

		return rs ? rs->first : NULL;
	}
	h = key_hash(parent, row, values);
	for (struct rec *r = s->bucket[h & (s->nbucket - 1)]; r; r = r->hnext)
		if (r->hash == h && r->row == row && r->parent == parent && row_equal(&g_rows[row], r->v, values, true))
			return r;
	return NULL;
}

struct rec *
store_first(struct store *s, const struct rec *parent, int row)
{
	struct rowset *rs = find_set(parent, row);

	(void)s;
	if (!rs)
		return NULL;
	if (rs->unsorted)
		sort_set(rs);
	return rs->first;
}

uint32_t
store_next_seq(struct store *s, struct rec *parent, int row, uint32_t step)
{
	struct rowset *rs = find_set(parent, row);

	if (!rs)
		return step;
	(void)store_first(s, parent, row);
	uint32_t last = value_num(rs->last->v, &g_slots[g_rows[row].slots]);

	return last > 2147483647u - step ? 2147483647u : (last / step + 1) * step;
}

const void *
store_leaf(struct store *s, const struct rec *parent, int row)
{
	struct rec *r = store_find(s, parent, row, NULL);

	return r ? rec_values(r) : store_default(s, row);
}

bool
store_flag(struct store *s, const struct rec *parent, int row)
{
	struct rec *r = store_find(s, parent, row, NULL);

	return r ? !r->negated : (g_rows[row].flags & G_ROW_DEFAULT_ON) != 0;
}

const void *
store_default(struct store *s, int row)
{
	return s->dflt[row];
}

void
store_set_default(struct store *s, int row, const void *values)
{
	s->dflt[row] = xcalloc(1, g_rows[row].size);
	copy_values(s, &g_rows[row], s->dflt[row], values);
}

const struct rec *
rec_top(const struct rec *r)
{
	while (r->parent && r->parent->parent)
		r = r->parent;
	return r;
}

struct store *
store_new(void)
{
	struct store *s = xcalloc(1, sizeof *s);

	s->nbucket = s->nstrbucket = s->nrefbucket = 1024;
	s->bucket = xcalloc(s->nbucket, sizeof *s->bucket);
	s->str = xcalloc(s->nstrbucket, sizeof *s->str);
	s->ref = xcalloc(s->nrefbucket, sizeof *s->ref);
	s->dflt = xcalloc(g_nrows, sizeof *s->dflt);
	s->root = rec_new(s, NULL, 0, 0);
	s->root->sets = xcalloc(g_nrows, sizeof *s->root->sets);
	return s;
}

void
store_free(struct store *s)
{
	if (!s)
		return;
	for (unsigned i = 0; i < g_nrows; i++) {
		for (struct rec *c = s->root->sets[i].first, *nx; c; c = nx) {
			nx = c->next;
			destroy(s, c);
		}
		if (s->dflt[i])
			free_values(s, &g_rows[i], s->dflt[i]);
		free(s->dflt[i]);
	}
	free(s->root->sets);
	pool_put(&s->pool, s->root, sizeof *s->root);
	pool_free(&s->pool);
	free(s->dflt);
	free(s->bucket);
	free(s->str);
	free(s->ref);
	free(s);
}

void
store_listen(struct store *s, store_listener *l, void *ctx)
{
	s->listener = l;
	s->listener_ctx = ctx;
}

struct rec *
store_root(struct store *s)
{
	return s->root;
}

uint64_t
store_commit(struct store *s)
{
	if (s->dirty)
		s->version++;
	s->dirty = false;
	return s->version;
}

uint64_t
store_version(const struct store *s)
{
	return s->version;
}

uint64_t
store_removals(const struct store *s)
{
	return s->removals;
}

size_t
store_count(const struct store *s)
{
	return s->nrec;
}
