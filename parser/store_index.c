/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The store's indexes. One hash table over all records but leafs serves every lookup by
 * parent, row and key values; a second one over names answers who refers to
 * "access list 101", who defines it, whether an equal entry stands already, and
 * whose network covers an address.
 */
#define _GNU_SOURCE
#include "parser/store_int.h"
#include <limits.h>
#include <stdio.h>
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

/* --- interned strings --- */

static struct str *
str_of(const char *s)
{
	return (struct str *)(void *)(uintptr_t)(s - offsetof(struct str, s));
}

const char *
store_intern(struct store *st, const char *s)
{
	uint32_t h = (uint32_t)hash_mix(hash_str(HASH_INIT, s));
	struct str *p;

	for (p = st->str[h & (st->nstrbucket - 1)]; p; p = p->next)
		if (p->hash == h && strcmp(p->s, s) == 0) {
			p->refs++;
			return p->s;
		}
	HASH_GROW(st->str, st->nstrbucket, st->nstr, next, hash);
	p = pool_get(&st->pool, sizeof *p + strlen(s) + 1);
	strcpy(p->s, s);
	p->refs = 1;
	p->hash = h;
	p->next = st->str[h & (st->nstrbucket - 1)];
	st->str[h & (st->nstrbucket - 1)] = p;
	st->nstr++;
	return p->s;
}

void
store_unintern(struct store *st, const char *s)
{
	struct str *p = str_of(s), **pp = &st->str[p->hash & (st->nstrbucket - 1)];

	if (--p->refs)
		return;
	while (*pp != p)
		pp = &(*pp)->next;
	*pp = p->next;
	st->nstr--;
	pool_put(&st->pool, p, sizeof *p + strlen(p->s) + 1);
}

/* --- the two tables --- */

void
index_insert(struct store *s, struct rec *r)
{
	HASH_GROW(s->bucket, s->nbucket, s->nindexed, hnext, hash);
	r->hnext = s->bucket[r->hash & (s->nbucket - 1)];
	s->bucket[r->hash & (s->nbucket - 1)] = r;
	s->nindexed++;
}

void
index_remove(struct store *s, struct rec *r)
{
	struct rec **pp = &s->bucket[r->hash & (s->nbucket - 1)];

	while (*pp != r)
		pp = &(*pp)->hnext;
	*pp = r->hnext;
	s->nindexed--;
}

/* The kind under which the record that defines a name is entered. */
#define DEFINES 0x80

static uint64_t
ref_hash(int kind, const char *name)
{
	return hash_mix(hash_str(HASH_INIT + (uint64_t)kind, name));
}

/* Content entries and numbers share the table under kinds of their own, told apart by their hash alone. */
#define REF_CONTENT 255
#define REF_NUMBER 252

static struct refname *
find_name(const struct store *s, int kind, const char *name, uint64_t h)
{
	for (struct refname *f = s->ref[h & (s->nrefbucket - 1)]; f; f = f->next)
		if (f->hash == h && f->kind == kind && strcmp(f->name, name) == 0)
			return f;
	return NULL;
}

static struct refname *
ref_insert(struct store *s, int kind, const char *name, uint64_t h, struct rec *r)
{
	struct refname *n = find_name(s, kind, name, h);
	struct ref *f = pool_get(&s->pool, sizeof *f);

	if (!n) {
		HASH_GROW(s->ref, s->nrefbucket, s->nref, next, hash);
		n = pool_get(&s->pool, sizeof *n + strlen(name) + 1);
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
	return n;
}

static void
free_name(struct store *s, struct refname *n)
{
	struct refname **pp = &s->ref[n->hash & (s->nrefbucket - 1)];

	while (*pp != n)
		pp = &(*pp)->next;
	*pp = n->next;
	s->nref--;
	pool_put(&s->pool, n, sizeof *n + strlen(n->name) + 1);
}

/* The number of an entry of a list that counts them, 0: its list does not. */
static uint32_t
number_of(const struct rec *r)
{
	const struct g_row *row = &g_rows[r->row];

	return row->flags & G_ROW_NUMBERED ? value_num(r->v, row_number_slot(row)) : 0;
}

void
index_leave(struct store *s, struct rec *r)
{
	for (struct ref *f = r->refs, *nx; f; f = nx) {
		nx = f->rec_next;
		if (f->prev)
			f->prev->next = f->next;
		else
			f->name->first = f->next;
		if (f->next)
			f->next->prev = f->prev;
		if (f->name->highest && f->name->highest == number_of(r))
			f->name->stale = true;
		if (!f->name->first)
			free_name(s, f->name);
		pool_put(&s->pool, f, sizeof *f);
	}
	r->refs = NULL;
}

static uint64_t
content_hash(const struct rec *parent, int row, const void *v)
{
	const struct g_row *gr = &g_rows[row];

	return hash_mix(values_hash(HASH_INIT ^ (uint64_t)parent->id << 16 ^ (uint64_t)row, gr, v, false, row_number_slot(gr)));
}

static uint64_t
number_hash(int row, const void *v)
{
	const struct g_row *gr = &g_rows[row];
	uint32_t n = value_num(v, row_number_slot(gr));

	return hash_mix(hash_bytes(hash_str(HASH_INIT ^ (uint64_t)row, value_text(v, row_defining_slot(gr))), &n, sizeof n));
}

/*
 * Networks. A record is entered under its own network (exact), and under the
 * /16 and the /24 around it (below): with the first we find what contains a
 * network, and what lies inside it down to the next of these levels; with the
 * second whatever is smaller. Only lengths that were ever used are looked for:
 * a handful, and a few hundred lookups at most, from /8 on.
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
			*mask = value_num(r->v, m);
			*addr = value_num(r->v, m - 1) & *mask;
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
	s->net_lengths |= 1ull << len;
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

static bool
has_length(const struct store *s, int len)
{
	return s->net_lengths >> len & 1;
}

struct rec *
store_overlap(struct store *s, const uint16_t *rows, int n, uint32_t addr, uint32_t mask, const struct rec *but)
{
	int len = ip4_masklen(mask), level = len <= 16 ? 16 : len <= 24 ? 24 : 32;
	struct rec *r = NULL;

	addr &= mask;
	for (int k = 0; k < n && !r; k++) {
		for (int l = 0; l <= len && !r; l++)
			if (has_length(s, l))
				r = net_list(s, NET_EXACT, rows[k], addr & ip4_mask((uint8_t)l), l, but, mask);
		for (int l = len + 1; l <= level && !r; l++)
			for (uint32_t q = 0; has_length(s, l) && q < 1u << (l - len) && !r; q++)
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
		if (has_length(s, l))
			r = net_list(s, NET_EXACT, row, addr & ip4_mask((uint8_t)l), l, NULL, ip4_mask((uint8_t)l));
	return r;
}

const char *
slot_name(const void *values, const struct g_slot *s, char buf[SLOT_NAME_MAX])
{
	uint32_t n;

	if (g_type_is_string(s->type))
		return value_text(values, s);
	n = value_num(values, s);
	snprintf(buf, SLOT_NAME_MAX, "%u", n);
	return n ? buf : NULL;
}

const char *
rec_defines(const struct rec *r, char buf[SLOT_NAME_MAX])
{
	const struct g_slot *s = row_defining_slot(&g_rows[r->row]);

	return s && !r->negated ? slot_name(r->v, s, buf) : NULL;
}

/* Enters the names that r refers to, the name it defines, and its content. */
void
index_enter(struct store *s, struct rec *r)
{
	const struct g_row *row = &g_rows[r->row];
	char buf[SLOT_NAME_MAX];
	const char *name;

	for (int i = 0; i < row->nslots; i++) {
		const struct g_slot *sl = &g_slots[row->slots + i];
		int kind = sl->type == G_T_REF || sl->type == G_T_U32 ? g_args[sl->arg].ref : 0;

		if (kind && (name = slot_name(r->v, sl, buf)))
			ref_insert(s, kind, name, ref_hash(kind, name), r);
	}
	if ((name = rec_defines(r, buf))) {
		struct refname *n = ref_insert(s, DEFINES | row->ref, name, ref_hash(DEFINES | row->ref, name), r);
		uint32_t number = number_of(r);

		if (number > n->highest)
			n->highest = number;
		if (number)
			ref_insert(s, REF_NUMBER, "", number_hash(r->row, r->v), r);
	}
	if (row->flags & G_ROW_NETWORK)
		net_enter(s, r);
	if (row->flags & (G_ROW_AUTOSEQ | G_ROW_NUMBERED))
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
store_some_referrers(struct store *s, int kind, const char *name, unsigned max, store_ref_cb *cb, void *ctx)
{
	for (struct ref *f = ref_list(s, kind, name), *nx; f && max; f = nx, max--) {
		nx = f->next;
		cb(ctx, f->rec);
	}
}

void
store_referrers(struct store *s, int kind, const char *name, store_ref_cb *cb, void *ctx)
{
	store_some_referrers(s, kind, name, UINT_MAX, cb, ctx);
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

			same = sl == row_number_slot(gr) || value_equal(sl, f->rec->v, values);
		}
		if (same)
			return f->rec;
	}
	return NULL;
}

struct rec *
store_numbered(struct store *s, int row, const void *values)
{
	const struct g_slot *name = row_defining_slot(&g_rows[row]), *number = row_number_slot(&g_rows[row]);
	struct refname *n = find_name(s, REF_NUMBER, "", number_hash(row, values));

	for (struct ref *f = n ? n->first : NULL; f; f = f->next)
		if (f->rec->row == row && value_equal(number, f->rec->v, values) && value_equal(name, f->rec->v, values))
			return f->rec;
	return NULL;
}

uint32_t
store_highest(struct store *s, int kind, const char *name)
{
	struct refname *n = find_name(s, DEFINES | kind, name, ref_hash(DEFINES | kind, name));

	if (n && n->stale) {	/* the one that had it has gone */
		n->highest = 0;
		n->stale = false;
		for (struct ref *f = n->first; f; f = f->next)
			n->highest = number_of(f->rec) > n->highest ? number_of(f->rec) : n->highest;
	}
	return n ? n->highest : 0;
}

bool
store_known(struct store *s, int kind, const char *name)
{
	if (store_defined(s, kind, name))
		return true;
	if (strcmp(name, "class-default") == 0)
		return kind == REF_CLASS_MAP || kind == REF_INSPECT_CLASS_MAP;
	if (strcmp(name, "global") == 0)
		return kind == REF_BBA_GROUP;
	return strcmp(name, "default") == 0 && kind != REF_ACL;
}
