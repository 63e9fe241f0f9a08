/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show crypto map and show crypto ipsec transform-set: the configuration as
 * IOS lays it out, followed by what keeps it from taking effect: the notes of
 * the engine, and the objects that charon or the kernel refused.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/show/crypto_map.h"
#include "engine/crypto.h"
#include "engine/tunnel.h"
#include "lib/ip4.h"
#include "lib/xalloc.h"
#include "parser/render.h"
#include "parser/types.h"

exec_fn show_crypto_map, show_crypto_ipsec_transform_set, show_crypto_ipsec_default_set;

/* --- interfaces of a map --- */

struct places {
	const char **name;
	size_t n, cap;
};

static void
take_place(void *ctx, struct rec *r)
{
	struct places *p = ctx;

	if (r->row != ROW_INTERFACE_CRYPTO_MAP)
		return;
	if (p->n == p->cap) {
		p->cap = p->cap ? 2 * p->cap : 8;
		p->name = xrealloc(p->name, p->cap * sizeof *p->name);
	}
	p->name[p->n++] = ((const struct cfg_interface *)rec_values(r->parent))->if_;
}

static int
by_name(const void *a, const void *b)
{
	return ifname_compare(*(const char *const *)a, *(const char *const *)b);
}

static void
print_places(struct session *s, const char *map)
{
	struct places p = {0};

	store_referrers(session_store(s), REF_CRYPTO_MAP, map, take_place, &p);
	if (p.n)
		qsort(p.name, p.n, sizeof *p.name, by_name);
	out(s, "\tInterfaces using crypto map %s:\n", map);
	for (size_t i = 0; i < p.n; i++)
		out(s, "\t\t%s\n", p.name[i]);
	out(s, "\n");
	free(p.name);
}

/* --- one entry --- */

static void
print_acl(struct session *s, const struct rec *map)
{
	struct store *st = session_store(s);
	const struct cfg_crypto_map_match_address *m = store_leaf(st, map, ROW_CRYPTO_MAP_MATCH_ADDRESS);
	const struct rec *acl = crypto_map_acl(st, map);

	if (!m) {
		out(s, "\tNo matching address list set.\n");
		return;
	}
	out(s, "\tExtended IP access list %s\n", m->acl);
	for (const struct rec *q = acl ? store_first(st, acl, ROW_ACL_EXT_ACE) : NULL; q; q = store_next(q)) {
		struct buf b = {0};

		if (((const struct cfg_acl_ext_ace *)rec_values(q))->action == ACL_EXT_ACE_ACTION_REMARK)
			continue;
		render_line(&b, q);
		out(s, "\t    access-list %s %s\n", m->acl, buf_str(&b));
		buf_free(&b);
	}
}

/* The peer in use, where the entry is applied; otherwise the one that would be. */
static void
print_current(struct session *s, const struct crypto_view *v, const struct rec *map, const struct entry *e)
{
	const char *first = NULL;
	bool chosen = false;

	if (e && e->npeer) {
		out(s, "\tCurrent peer: %s\n", ip4_s(e->peer[e->current]));
		return;
	}
	for (const struct rec *q = store_first(v->store, map, ROW_CRYPTO_MAP_PEER); q; q = store_next(q)) {
		const struct cfg_crypto_map_peer *p = rec_values(q);

		if (!first || (p->default_ && !chosen))
			first = p->addr;
		chosen |= p->default_ != 0;
	}
	out(s, "\tCurrent peer: %s\n", first ? first : "0.0.0.0");
}

static void
print_entry(struct session *s, const struct crypto_view *v, const struct rec *r, const struct entry *e)
{
	struct store *st = v->store;
	const struct cfg_crypto_map *c = rec_values(r);
	const struct cfg_crypto_map_transform_set *sets = store_leaf(st, r, ROW_CRYPTO_MAP_TRANSFORM_SET);
	const struct cfg_crypto_map_description *d = store_leaf(st, r, ROW_CRYPTO_MAP_DESCRIPTION);
	const struct cfg_crypto_map_pfs *pfs = store_leaf(st, r, ROW_CRYPTO_MAP_PFS);
	const struct rec *peer = store_first(st, r, ROW_CRYPTO_MAP_PEER);
	uint64_t kb = crypto_map_kilobytes(st, r);

	out(s, "Crypto Map IPv4 \"%s\" %u ipsec-isakmp\n", c->name, c->seq);
	if (d)
		out(s, "\tDescription: %s\n", d->text);
	if (c->has & HAS_CRYPTO_MAP_HOW && c->how == CRYPTO_MAP_HOW_DYNAMIC) {
		out(s, "\tDynamic map template tag: %s\n", c->dynamic_map);
		crypto_print_trouble(s, r);
		return;
	}
	if (!peer || !crypto_map_acl(st, r))
		out(s, "\tWARNING: This crypto map is in an incomplete state!\n"
		    "\t\t(missing peer or access-list definitions)\n");
	for (; peer; peer = store_next(peer)) {
		const struct cfg_crypto_map_peer *p = rec_values(peer);

		out(s, "\tPeer = %s%s\n", p->addr, p->default_ ? " (default)" : "");
	}
	print_acl(s, r);
	print_current(s, v, r, e);
	if (kb)
		out(s, "\tSecurity association lifetime: %llu kilobytes/%u seconds\n", (unsigned long long)kb,
		    crypto_map_seconds(st, r));
	else
		out(s, "\tSecurity association lifetime: KB Vol Rekey Disabled/%u seconds\n", crypto_map_seconds(st, r));
	out(s, "\tResponder-Only (Y/N): N\n\tPFS (Y/N): %s\n", pfs ? "Y" : "N");
	if (pfs)
		out(s, "\tDH group:  group%d\n", dh_number(pfs->group));
	out(s, "\tMixed-mode : Disabled\n");
	crypto_print_sets(s, sets ? sets->ts : NULL);
	if (store_leaf(st, r, ROW_CRYPTO_MAP_REVERSE_ROUTE))
		out(s, "\tReverse Route Injection Enabled\n");
	crypto_print_trouble(s, r);
}

static void
print_local_address(struct session *s, struct store *st, const char *map)
{
	struct cfg_map_local_address key = { .name = map };
	const struct rec *q = store_find(st, store_root(st), ROW_MAP_LOCAL_ADDRESS, &key);
	const struct cfg_map_local_address *l = q ? rec_values(q) : NULL;
	const struct rec *i = l ? store_defined(st, REF_INTERFACE, l->if_) : NULL;
	const struct cfg_interface_address *a = i ? store_leaf(st, i, ROW_INTERFACE_ADDRESS) : NULL;

	if (l)
		out(s, "Crypto Map: \"%s\" idb: %s local address: %s\n\n", map, l->if_, a ? ip4_s(a->addr) : "unassigned");
}

static int
by_rec(const void *a, const void *b)
{
	const struct entry *x = *(struct entry *const *)a, *y = *(struct entry *const *)b;

	return (x->rec > y->rec) - (x->rec < y->rec);
}

/* Peers that called: by the entry that they called, then by the dynamic map's entry, then by address. */
static int
by_called(const void *a, const void *b)
{
	const struct entry *x = *(struct entry *const *)a, *y = *(struct entry *const *)b;
	int d = strcmp(x->map, y->map);

	if (d == 0)
		d = x->seq != y->seq ? (x->seq < y->seq ? -1 : 1) : x->dynamic_seq != y->dynamic_seq ?
		    (x->dynamic_seq < y->dynamic_seq ? -1 : 1) : 0;
	return d ? d : (x->peer[0] > y->peer[0]) - (x->peer[0] < y->peer[0]);
}

/* The entries of a view in another order; those of one kind only. The caller frees the list. */
static struct entry **
sorted(const struct crypto_view *v, enum entry_kind kind, int (*order)(const void *, const void *), size_t *n)
{
	struct entry **list = xcalloc(v->nentry + 1, sizeof *list);

	*n = 0;
	for (size_t i = 0; i < v->nentry; i++)
		if (v->entry[i]->kind == kind)
			list[(*n)++] = v->entry[i];
	if (*n)
		qsort(list, *n, sizeof *list, order);
	return list;
}

struct lists {
	struct entry **map, **called;
	size_t nmap, ncalled;
};

static void
print_peers(const struct crypto_view *v, const struct lists *l, const struct cfg_crypto_map *c)
{
	size_t lo = 0, hi = l->ncalled;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		int d = strcmp(l->called[mid]->map, c->name);

		if (d < 0 || (d == 0 && l->called[mid]->seq < c->seq))
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < l->ncalled && l->called[lo]->seq == c->seq && strcmp(l->called[lo]->map, c->name) == 0; lo++) {
		out(v->s, "\n");
		crypto_print_called(v, c->name, c->dynamic_map, l->called[lo]);
	}
}

/* Behind the configured entries, of which r is the first: the peers that called, then the interfaces. */
static void
end_of_map(const struct crypto_view *v, const struct lists *l, const struct rec *r)
{
	const char *name = ((const struct cfg_crypto_map *)rec_values(r))->name;

	for (; r && strcmp(((const struct cfg_crypto_map *)rec_values(r))->name, name) == 0; r = store_next(r)) {
		const struct cfg_crypto_map *c = rec_values(r);

		if (c->has & HAS_CRYPTO_MAP_HOW && c->how == CRYPTO_MAP_HOW_DYNAMIC)
			print_peers(v, l, c);
	}
	print_places(v->s, name);
}

/* The crypto map of an interface, or what its tunnel protection is called; "" when it has neither. */
static void
map_of(const struct crypto_view *v, const char *ifname, char *map, size_t size)
{
	struct cfg_interface key = { .has = HAS_INTERFACE_IF, .if_ = ifname };
	const struct rec *r = store_find(v->store, store_root(v->store), ROW_INTERFACE, &key);
	const struct cfg_interface_crypto_map *m = r ? store_leaf(v->store, r, ROW_INTERFACE_CRYPTO_MAP) : NULL;

	*map = '\0';
	if (m)
		snprintf(map, size, "%s", m->map);
	for (size_t i = 0; !m && i < v->nentry; i++)
		if (strcmp(v->entry[i]->ifname, ifname) == 0)
			snprintf(map, size, "%s", v->entry[i]->map);
}

void
show_crypto_map(struct session *s, const void *values)
{
	const struct cfg_show_crypto_map *a = values;
	const char *only = a->has & HAS_SHOW_CRYPTO_MAP_TAG ? a->tag : a->has & HAS_SHOW_CRYPTO_MAP_MAP ? a->map : NULL, *name = NULL;
	char map[80];
	const struct rec *begin = NULL;
	struct crypto_view v;
	struct lists l;

	crypto_view_open(&v, s);
	if (a->has & HAS_SHOW_CRYPTO_MAP_IF) {
		map_of(&v, a->if_, map, sizeof map);
		only = map;
	}
	l.map = sorted(&v, ENTRY_MAP, by_rec, &l.nmap);
	l.called = sorted(&v, ENTRY_DYNAMIC, by_called, &l.ncalled);
	for (const struct rec *r = store_first(v.store, store_root(v.store), ROW_CRYPTO_MAP); r; r = store_next(r)) {
		const struct cfg_crypto_map *c = rec_values(r);
		struct entry key = { .rec = r->id }, *p = &key, **e;

		if (only && strcmp(only, c->name) != 0)
			continue;
		if (!name || strcmp(name, c->name) != 0) {
			if (name)
				end_of_map(&v, &l, begin);
			begin = r;
			print_local_address(s, v.store, c->name);
			name = c->name;
		}
		e = l.nmap ? bsearch(&p, l.map, l.nmap, sizeof p, by_rec) : NULL;
		print_entry(s, &v, r, e ? *e : NULL);
		/* between entries of one map; print_places() has a blank line of its own */
		if (store_next(r) && strcmp(((const struct cfg_crypto_map *)rec_values(store_next(r)))->name, name) == 0)
			out(s, "\n");
	}
	if (name)
		end_of_map(&v, &l, begin);
	if (!crypto_print_tunnels(&v, only) && !name)
		out(s, "No crypto maps found.\n");
	free(l.map);
	free(l.called);
	crypto_view_close(&v);
}

/* --- transform sets --- */

static void
print_default_set(struct session *s)
{
	out(s, "Transform set default: { esp-aes esp-sha-hmac  } \n   will negotiate = { Transport,  }, \n\n");
}

void
show_crypto_ipsec_default_set(struct session *s, const void *values)
{
	(void)values;
	if (store_flag(session_store(s), store_root(session_store(s)), ROW_IPSEC_DEFAULT_SET))
		print_default_set(s);
}

/* With the built-in one, first, unless it is switched off or a configured one has its name. */
void
show_crypto_ipsec_transform_set(struct session *s, const void *values)
{
	const struct cfg_show_crypto_ipsec_transform_set *a = values;
	struct store *st = session_store(s);

	if ((!(a->has & HAS_SHOW_CRYPTO_IPSEC_TRANSFORM_SET_TAG) || strcmp(a->tag, "default") == 0) &&
	    !store_defined(st, REF_TRANSFORM_SET, "default"))
		show_crypto_ipsec_default_set(s, values);

	for (const struct rec *r = store_first(st, store_root(st), ROW_TRANSFORM_SET); r; r = store_next(r)) {
		const struct cfg_transform_set *t = rec_values(r);
		const struct cfg_transform_set_mode *m = store_leaf(st, r, ROW_TRANSFORM_SET_MODE);
		struct buf b = {0};

		if (a->has & HAS_SHOW_CRYPTO_IPSEC_TRANSFORM_SET_TAG && strcmp(a->tag, t->name) != 0)
			continue;
		transform_set_text(t, &b);
		out(s, "Transform set %s: { %s } \n   will negotiate = { %s,  }, \n", t->name, buf_str(&b),
		    m->kind == TRANSFORM_SET_MODE_KIND_TRANSPORT ? "Transport" : "Tunnel");
		crypto_print_notes(s, r);
		out(s, "\n");
		buf_free(&b);
	}
}
