/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration tree. One hash table over all records serves every lookup
 * (parent, row, key values); a second one over referenced names answers "who
 * uses access list 101". Lists are kept in insertion order and sorted when
 * somebody reads them after an out-of-order insertion, so that a file of
 * 100,000 lines costs one sort and not one search per line.
 */
#define _GNU_SOURCE
#include "parser/store.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gen/grammar.h"
#include "lib/hash.h"
#include "lib/ip4.h"
#include "lib/xalloc.h"
#include "parser/types.h"

struct str {
	struct str *next;
	uint32_t refs, hash;
	char s[];
};

/* Everything known under one name of one kind; entries stay when the list runs empty. */
struct refname {
	struct refname *next;
	uint64_t hash;
	struct ref *first;
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
	struct rec *root;
	struct rec **bucket;
	size_t nbucket, nrec;
	struct str **str;
	size_t nstrbucket, nstr;
	struct refname **ref;
	size_t nrefbucket, nref;
	uint32_t next_id, next_order;
	uint64_t version, removals;
	bool dirty;
	store_listener *listener;
	void *listener_ctx;
	void **dflt;		/* per row */
};

/* --- interned strings --- */

static struct str *
str_of(const char *s)
{
	return (struct str *)(void *)(uintptr_t)(s - offsetof(struct str, s));
}

static const char *
intern(struct store *st, const char *s)
{
	uint32_t h = (uint32_t)hash_mix(hash_str(HASH_INIT, s));
	struct str *p;

	for (p = st->str[h & (st->nstrbucket - 1)]; p; p = p->next)
		if (p->hash == h && strcmp(p->s, s) == 0) {
			p->refs++;
			return p->s;
		}
	if (st->nstr >= st->nstrbucket) {
		size_t n = st->nstrbucket * 2;
		struct str **nb = xcalloc(n, sizeof *nb);

		for (size_t i = 0; i < st->nstrbucket; i++)
			for (struct str *q = st->str[i], *nx; q; q = nx) {
				nx = q->next;
				q->next = nb[q->hash & (n - 1)];
				nb[q->hash & (n - 1)] = q;
			}
		free(st->str);
		st->str = nb;
		st->nstrbucket = n;
	}
	p = xmalloc(sizeof *p + strlen(s) + 1);
	strcpy(p->s, s);
	p->refs = 1;
	p->hash = h;
	p->next = st->str[h & (st->nstrbucket - 1)];
	st->str[h & (st->nstrbucket - 1)] = p;
	st->nstr++;
	return p->s;
}

static void
unintern(struct store *st, const char *s)
{
	struct str *p = str_of(s), **pp = &st->str[p->hash & (st->nstrbucket - 1)];

	if (--p->refs)
		return;
	while (*pp != p)
		pp = &(*pp)->next;
	*pp = p->next;
	st->nstr--;
	free(p);
}

/* --- values --- */

static uint32_t
num_at(const void *v, const struct g_slot *s)
{
	uint32_t n;

	memcpy(&n, (const char *)v + s->offset, sizeof n);
	return n;
}

static const char *
text_at(const void *v, const struct g_slot *s)
{
	const char *t;

	memcpy(&t, (const char *)v + s->offset, sizeof t);
	return t;
}

static void
set_text(void *v, const struct g_slot *s, const char *t)
{
	memcpy((char *)v + s->offset, &t, sizeof t);
}

bool
rec_has(const struct rec *r, int slot)
{
	return *(const uint32_t *)rec_values(r) & (1u << slot);
}

static bool
slot_equal(const struct g_slot *s, const void *a, const void *b)
{
	if (!g_type_is_string(s->type))
		return num_at(a, s) == num_at(b, s);
	const char *x = text_at(a, s), *y = text_at(b, s);

	return x == y || (x && y && strcmp(x, y) == 0);
}

bool
row_equal(const struct g_row *row, const void *a, const void *b, bool keys_only)
{
	for (int i = 0; i < row->nslots; i++) {
		const struct g_slot *s = &g_slots[row->slots + i];

		if (keys_only && !(s->flags & G_SLOT_KEY))
			continue;
		if (!slot_equal(s, a, b))
			return false;
	}
	return keys_only || *(const uint32_t *)a == *(const uint32_t *)b;
}

static uint64_t
hash_values(uint64_t h, const struct g_row *row, const void *v, bool keys_only, bool content)
{
	for (int i = 0; i < row->nslots && v; i++) {
		const struct g_slot *s = &g_slots[row->slots + i];

		if (keys_only && !(s->flags & G_SLOT_KEY))
			continue;
		if (content && s->flags & G_SLOT_KEY)
			continue;
		if (g_type_is_string(s->type))
			h = hash_str(h, text_at(v, s) ? text_at(v, s) : "") * 31;
		else {
			uint32_t n = num_at(v, s);

			h = hash_bytes(h, &n, sizeof n);
		}
	}
	return h;
}

static uint64_t
key_hash(const struct rec *parent, int row, const void *v)
{
	uint64_t h = hash_bytes(HASH_INIT, &parent->id, sizeof parent->id);
	uint16_t r16 = (uint16_t)row;

	h = hash_bytes(h, &r16, sizeof r16);
	if (g_rows[row].kind != G_LEAF)
		h = hash_values(h, &g_rows[row], v, true, false);
	return hash_mix(h);
}

/* --- the two tables --- */

static void
table_insert(struct store *s, struct rec *r)
{
	if (s->nrec >= s->nbucket) {
		size_t n = s->nbucket * 2;
		struct rec **nb = xcalloc(n, sizeof *nb);

		for (size_t i = 0; i < s->nbucket; i++)
			for (struct rec *q = s->bucket[i], *nx; q; q = nx) {
				nx = q->hnext;
				q->hnext = nb[q->hash & (n - 1)];
				nb[q->hash & (n - 1)] = q;
			}
		free(s->bucket);
		s->bucket = nb;
		s->nbucket = n;
	}
	r->hnext = s->bucket[r->hash & (s->nbucket - 1)];
	s->bucket[r->hash & (s->nbucket - 1)] = r;
	s->nrec++;
}

static void
table_remove(struct store *s, struct rec *r)
{
	struct rec **pp = &s->bucket[r->hash & (s->nbucket - 1)];

	while (*pp != r)
		pp = &(*pp)->hnext;
	*pp = r->hnext;
	s->nrec--;
}

/* The kind under which the record that defines a name is entered. */
#define DEFINES 0x80

static uint64_t
ref_hash(int kind, const char *name)
{
	return hash_mix(hash_str(HASH_INIT + (uint64_t)kind, name));
}

/* Content entries share the table under kind 255, told apart by their hash alone. */
#define REF_CONTENT 255

static void
grow_refs(struct store *s)
{
	size_t n = s->nrefbucket * 2;
	struct refname **nb = xcalloc(n, sizeof(struct refname *));

	for (size_t i = 0; i < s->nrefbucket; i++)
		for (struct refname *q = s->ref[i], *nx; q; q = nx) {
			nx = q->next;
			q->next = nb[q->hash & (n - 1)];
			nb[q->hash & (n - 1)] = q;
		}
	free(s->ref);
	s->ref = nb;
	s->nrefbucket = n;
}

static struct refname *
find_name(const struct store *s, int kind, const char *name, uint64_t h)
{
	for (struct refname *f = s->ref[h & (s->nrefbucket - 1)]; f; f = f->next)
		if (f->hash == h && f->kind == kind && strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

static void
ref_insert(struct store *s, int kind, const char *name, uint64_t h, struct rec *r)
{
	struct refname *n = find_name(s, kind, name, h);
	struct ref *f = xcalloc(1, sizeof *f);

	if (!n) {
		if (s->nref >= s->nrefbucket)
			grow_refs(s);
		n = xcalloc(1, sizeof *n + strlen(name) + 1);
		strcpy(n->name, name);
		n->kind = (uint8_t)kind;
		n->hash = h;
		n->next = s->ref[h & (s->nrefbucket - 1)];
		s->ref[h & (s->nrefbucket - 1)] = n;
		s->nref++;
	}
	f->name = n;
	f->rec = r;
	f->next = n->first;
	if (n->first)
		n->first->prev = f;
	n->first = f;
	f->rec_next = r->refs;
	r->refs = f;
}

static void
free_name(struct store *s, struct refname *n)
{
	struct refname **pp = &s->ref[n->hash & (s->nrefbucket - 1)];

	while (*pp != n)
		pp = &(*pp)->next;
	*pp = n->next;
	s->nref--;
	free(n);
}

static void
refs_remove(struct store *s, struct rec *r)
{
	for (struct ref *f = r->refs, *nx; f; f = nx) {
		nx = f->rec_next;
		if (f->prev)
			f->prev->next = f->next;
		else
			f->name->first = f->next;
		if (f->next)
			f->next->prev = f->prev;
		if (!f->name->first)
			free_name(s, f->name);
		free(f);
	}
	r->refs = NULL;
}

static uint64_t
content_hash(const struct rec *parent, int row, const void *v)
{
	return hash_mix(hash_values(HASH_INIT ^ (uint64_t)parent->id << 16 ^ (uint64_t)row, &g_rows[row], v, false, true));
}

/*
 * Networks. A record is entered under its own network (exact), and under the
 * /16 and the /24 around it (below): with the first we find what contains a
 * network, and what lies inside it down to the next of these levels; with the
 * second whatever is smaller. A few hundred lookups at most, from /8 on.
 */
enum { NET_EXACT = 253, NET_BELOW = 254 };

static uint64_t
net_hash(int kind, int row, uint32_t addr, int len)
{
	uint64_t k = (uint64_t)addr << 6 | (uint64_t)len;
	uint32_t what = (uint32_t)(kind << 16 | row);

	return hash_mix(hash_bytes(hash_bytes(HASH_INIT, &k, sizeof k), &what, sizeof what));
}

void
rec_network(const struct rec *r, uint32_t *addr, uint32_t *mask)
{
	const struct g_row *row = &g_rows[r->row];

	*addr = *mask = 0;
	for (int i = 1; i < row->nslots; i++) {
		const struct g_slot *m = &g_slots[row->slots + i];

		if (m->type == G_T_MASK && m[-1].type == G_T_IP4) {
			*mask = num_at(r->v, m);
			*addr = num_at(r->v, m - 1) & *mask;
		}
	}
}

static void
net_enter(struct store *s, struct rec *r)
{
	uint32_t addr, mask;
	int len;

	rec_network(r, &addr, &mask);
	len = ip4_masklen(mask);
	ref_insert(s, NET_EXACT, "", net_hash(NET_EXACT, r->row, addr, len), r);
	for (int l = 16; l < len && l <= 24 && r->parent->parent; l += 8)
		ref_insert(s, NET_BELOW, "", net_hash(NET_BELOW, r->row, addr & ip4_mask((uint8_t)l), l), r);
}

static struct rec *
net_list(struct store *s, int kind, int row, uint32_t addr, int len, const struct rec *but, uint32_t mask)
{
	struct refname *n = find_name(s, kind, "", net_hash(kind, row, addr, len));

	for (struct ref *f = n ? n->first : NULL; f; f = f->next) {
		uint32_t a, m;

		rec_network(f->rec, &a, &m);
		if (f->rec->row == row && ((a ^ addr) & m & mask) == 0 && (!but || f->rec->parent != but))
			return f->rec;
	}
	return NULL;
}

struct rec *
store_overlap(struct store *s, const uint16_t *rows, int n, uint32_t addr, uint32_t mask, const struct rec *but)
{
	int len = ip4_masklen(mask), level = len <= 16 ? 16 : len <= 24 ? 24 : 32;
	struct rec *r = NULL;

	addr &= mask;
	for (int k = 0; k < n && !r; k++) {
		for (int l = 0; l <= len && !r; l++)
			r = net_list(s, NET_EXACT, rows[k], addr & ip4_mask((uint8_t)l), l, but, mask);
		for (int l = len + 1; l <= level && !r; l++)
			for (uint32_t q = 0; q < 1u << (l - len) && !r; q++)
				r = net_list(s, NET_EXACT, rows[k], addr + (uint32_t)((uint64_t)q << (32 - l)), l, but, mask);
		for (uint32_t q = 0; q < 1u << (level - len) && !r; q++)
			r = net_list(s, NET_BELOW, rows[k], addr + (uint32_t)((uint64_t)q << (32 - level)), level, but, mask);
	}
	return r;
}

struct rec *
store_covering(struct store *s, int row, uint32_t addr)
{
	struct rec *r = NULL;

	for (int l = 32; l >= 0 && !r; l--)
		r = net_list(s, NET_EXACT, row, addr & ip4_mask((uint8_t)l), l, NULL, ip4_mask((uint8_t)l));
	return r;
}

/* Enters the names that r refers to, the name it defines, and its content. */
static void
refs_enter(struct store *s, struct rec *r)
{
	const struct g_row *row = &g_rows[r->row];
	bool defined = false;

	for (int i = 0; i < row->nslots; i++) {
		const struct g_slot *sl = &g_slots[row->slots + i];
		const char *name;
		int kind;

		if (!g_type_is_string(sl->type) || !(name = text_at(r->v, sl)))
			continue;
		if (sl->type == G_T_REF)
			kind = g_args[sl->arg].ref;
		else if (row->ref && sl->flags & G_SLOT_KEY && !defined) {
			kind = DEFINES | row->ref;
			defined = true;
		} else
			continue;
		ref_insert(s, kind, name, ref_hash(kind, name), r);
	}
	if (row->flags & G_ROW_NETWORK)
		net_enter(s, r);
	if (row->flags & G_ROW_AUTOSEQ)
		ref_insert(s, REF_CONTENT, "", content_hash(r->parent, r->row, r->v), r);
}

/* The list of a name, NULL when there is none. */
static struct ref *
ref_list(const struct store *s, int kind, const char *name)
{
	struct refname *n = find_name(s, kind, name, ref_hash(kind, name));

	return n ? n->first : NULL;
}

void
store_referrers(struct store *s, int kind, const char *name, store_ref_cb *cb, void *ctx)
{
	for (struct ref *f = ref_list(s, kind, name), *nx; f; f = nx) {
		nx = f->next;
		cb(ctx, f->rec);
	}
}

struct rec *
store_defined(struct store *s, int kind, const char *name)
{
	struct ref *f = ref_list(s, DEFINES | kind, name);

	return f ? f->rec : NULL;
}

struct rec *
store_find_content(struct store *s, struct rec *parent, int row, const void *values)
{
	struct refname *n = find_name(s, REF_CONTENT, "", content_hash(parent, row, values));

	for (struct ref *f = n ? n->first : NULL; f; f = f->next) {
		const struct g_row *gr = &g_rows[row];
		bool same = f->rec->row == row && f->rec->parent == parent;

		for (int i = 0; i < gr->nslots && same; i++) {
			const struct g_slot *sl = &g_slots[gr->slots + i];

			same = sl->flags & G_SLOT_KEY || slot_equal(sl, f->rec->v, values);
		}
		if (same)
			return f->rec;
	}
	return NULL;
}

/* --- records --- */

static struct rec *
rec_new(struct store *s, struct rec *parent, int row, size_t size)
{
	struct rec *r = xcalloc(1, sizeof *r + size);

	r->id = ++s->next_id;
	r->row = (uint16_t)row;
	r->parent = parent;
	r->order = ++s->next_order;
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

		if (!g_type_is_string(sl->type) || !(t = text_at(from, sl)))
			continue;
		set_text(to, sl, sl->type == G_T_SECRET ? xstrdup(t) : intern(s, t));
	}
}

static void
free_values(struct store *s, const struct g_row *row, void *v)
{
	for (int i = 0; i < row->nslots; i++) {
		const struct g_slot *sl = &g_slots[row->slots + i];
		const char *t;

		if (!g_type_is_string(sl->type) || !(t = text_at(v, sl)))
			continue;
		if (sl->type == G_T_SECRET)
			xfree_secret((char *)(uintptr_t)t);
		else
			unintern(s, t);
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
get_set(struct rec *parent, int row)
{
	struct rowset *rs = find_set(parent, row);

	if (rs)
		return rs;
	if (!parent->parent) {
		parent->sets[row].row = (uint16_t)row;
		return &parent->sets[row];
	}
	if (parent->nset == parent->capset) {
		parent->capset = (uint8_t)(parent->capset ? parent->capset * 2 : 2);
		parent->sets = xrealloc(parent->sets, sizeof *parent->sets * parent->capset);
	}
	rs = &parent->sets[parent->nset++];
	*rs = (struct rowset){ .row = (uint16_t)row };
	return rs;
}

static int
compare_slot(const struct g_slot *sl, const struct rec *a, const struct rec *b)
{
	if (!g_type_is_string(sl->type)) {
		uint32_t x = num_at(a->v, sl), y = num_at(b->v, sl);

		return x < y ? -1 : x > y;
	}
	const char *x = text_at(a->v, sl), *y = text_at(b->v, sl);

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
	return a->order < b->order ? -1 : a->order > b->order;
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
link_rec(struct rec *r)
{
	struct rowset *rs = get_set(r->parent, r->row);

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
	refs_remove(s, r);
	table_remove(s, r);
	free_values(s, &g_rows[r->row], r->v);
	free(r->sets);
	free(r);
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

	*changed = true;
	if (r && r->negated == negated && row_equal(gr, r->v, values, false)) {
		*changed = false;
		return r;
	}
	if (r) {
		tell(s, STORE_CHANGING, r);
		refs_remove(s, r);
		free_values(s, gr, r->v);
		copy_values(s, gr, r->v, values);
		r->negated = negated;
		r->line = line;
		refs_enter(s, r);
		tell(s, STORE_CHANGED, r);
		return r;
	}
	r = rec_new(s, parent, row, gr->size);
	copy_values(s, gr, r->v, values);
	r->negated = negated;
	r->line = line;
	r->hash = key_hash(parent, row, r->v);
	table_insert(s, r);
	link_rec(r);
	refs_enter(s, r);
	tell(s, STORE_ADDED, r);
	return r;
}

struct rec *
store_find(struct store *s, const struct rec *parent, int row, const void *values)
{
	uint64_t h = key_hash(parent, row, values);

	for (struct rec *r = s->bucket[h & (s->nbucket - 1)]; r; r = r->hnext)
		if (r->hash == h && r->row == row && r->parent == parent &&
		    (g_rows[row].kind == G_LEAF || row_equal(&g_rows[row], r->v, values, true)))
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
	uint32_t last = num_at(rs->last->v, &g_slots[g_rows[row].slots]);

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
	free(s->root);
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
