/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The ends of protected connections, made from crypto map entries, dynamic
 * ones and tunnel interfaces; and the keys of keyrings by network or identity.
 */
#include "cli/compare/compare_int.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "engine/crypto.h"
#include "lib/ip4.h"
#include "lib/xalloc.h"

/* Rows of entries, dynamic entries and profiles that say the same: their structs are alike. */
struct rows {
	int set, pfs, v1, v2;
};
static const struct rows of_entry = { ROW_CRYPTO_MAP_TRANSFORM_SET, ROW_CRYPTO_MAP_PFS, ROW_CRYPTO_MAP_ISAKMP_PROFILE,
	ROW_CRYPTO_MAP_IKEV2_PROFILE };
static const struct rows of_dynamic = { ROW_DYNAMIC_MAP_TRANSFORM_SET, ROW_DYNAMIC_MAP_PFS, ROW_DYNAMIC_MAP_ISAKMP_PROFILE,
	ROW_DYNAMIC_MAP_IKEV2_PROFILE };
static const struct rows of_profile = { ROW_IPSEC_PROFILE_TRANSFORM_SET, ROW_IPSEC_PROFILE_PFS, ROW_IPSEC_PROFILE_ISAKMP_PROFILE,
	ROW_IPSEC_PROFILE_IKEV2_PROFILE };
#define ALIKE(a, b, member) \
	_Static_assert(offsetof(struct a, member) == offsetof(struct b, member), "alike")
ALIKE(cfg_crypto_map_transform_set, cfg_dynamic_map_transform_set, ts);
ALIKE(cfg_crypto_map_transform_set, cfg_ipsec_profile_transform_set, ts);
ALIKE(cfg_crypto_map_pfs, cfg_dynamic_map_pfs, group);
ALIKE(cfg_crypto_map_pfs, cfg_ipsec_profile_pfs, group);
ALIKE(cfg_crypto_map_isakmp_profile, cfg_dynamic_map_isakmp_profile, profile);
ALIKE(cfg_crypto_map_isakmp_profile, cfg_ipsec_profile_isakmp_profile, profile);
ALIKE(cfg_crypto_map_isakmp_profile, cfg_crypto_map_ikev2_profile, profile);
ALIKE(cfg_crypto_map_isakmp_profile, cfg_dynamic_map_ikev2_profile, profile);
ALIKE(cfg_crypto_map_isakmp_profile, cfg_ipsec_profile_ikev2_profile, profile);

/* What the lines below r say; what they do not say stays. */
static void
take(struct store *s, const struct rec *r, const struct rows *rows, struct end *e)
{
	const struct cfg_crypto_map_transform_set *t = store_leaf(s, r, rows->set);
	const struct cfg_crypto_map_pfs *p = store_leaf(s, r, rows->pfs);
	const struct cfg_crypto_map_isakmp_profile *v1 = store_leaf(s, r, rows->v1), *v2 = store_leaf(s, r, rows->v2);

	if (t)
		e->set = t->ts;
	if (p)
		e->pfs = dh_number(p->group);
	if (v1)
		e->v1 = store_defined(s, REF_ISAKMP_PROFILE, v1->profile);
	if (v2) {
		e->v2 = store_defined(s, REF_IKEV2_PROFILE, v2->profile);
		e->ikev2 = true;
	}
}

static const struct rec *
extended(struct store *s, const char *name)
{
	const struct rec *acl = name ? store_defined(s, REF_ACL, name) : NULL;

	return acl && acl->row == ROW_ACL_EXT ? acl : NULL;
}

/* The address from which a crypto map speaks: that of its local-address, or of the first interface with it that has one. */
struct map_address {
	struct store *s;
	uint32_t addr;
};

/* The address that IKE speaks from on an interface with a crypto map; on a tunnel that is its source. 0: none. */
static uint32_t
place_address(struct store *s, const struct rec *ifrec)
{
	const struct cfg_interface_address *a = store_leaf(s, ifrec, ROW_INTERFACE_ADDRESS);
	const struct cfg_interface_tunnel_source *t = store_leaf(s, ifrec, ROW_INTERFACE_TUNNEL_SOURCE);

	if (t && t->from == INTERFACE_TUNNEL_SOURCE_FROM_ADDR)
		return t->addr;
	if (t && t->from == INTERFACE_TUNNEL_SOURCE_FROM_IF)
		return interface_address(s, t->if_);
	return a ? a->addr : 0;
}

static void
on_map_user(void *ctx, struct rec *r)
{
	struct map_address *m = ctx;

	if (!m->addr && r->row == ROW_INTERFACE_CRYPTO_MAP)
		m->addr = place_address(m->s, r->parent);
}

static uint32_t
map_address(struct store *s, const char *name)
{
	struct cfg_map_local_address key = { .name = name };
	const struct rec *l = store_find(s, store_root(s), ROW_MAP_LOCAL_ADDRESS, &key);
	struct map_address m = { s, 0 };

	if (l)
		return interface_address(s, ((const struct cfg_map_local_address *)rec_values(l))->if_);
	store_referrers(s, REF_CRYPTO_MAP, name, on_map_user, &m);
	return m.addr;
}

struct speaker {
	struct store *s;
	uint32_t addr;
	bool found;
};

static void
on_speaker(void *ctx, struct rec *r)
{
	struct speaker *m = ctx;
	uint32_t addr = r->row == ROW_INTERFACE_CRYPTO_MAP ? place_address(m->s, r->parent) : 0;

	m->found |= r->row == ROW_INTERFACE_CRYPTO_MAP && (!addr || addr == m->addr);
}

bool
speaks_from(struct comparison *c, size_t file, const struct rec *entry, uint32_t addr)
{
	struct store *s = c->file[file].store;
	const char *name = ((const struct cfg_crypto_map *)rec_values(entry))->name;
	struct cfg_map_local_address key = { .name = name };
	struct speaker m = { s, addr, false };

	if (store_find(s, store_root(s), ROW_MAP_LOCAL_ADDRESS, &key))
		return map_address(s, name) == addr;
	store_referrers(s, REF_CRYPTO_MAP, name, on_speaker, &m);
	return m.found;
}

struct end
end_of_entry(struct comparison *c, size_t file, const struct rec *entry, uint32_t peer)
{
	struct store *s = c->file[file].store;
	const struct cfg_crypto_map_match_address *m = store_leaf(s, entry, ROW_CRYPTO_MAP_MATCH_ADDRESS);
	struct end e = { .file = file, .at = entry, .peer = peer };

	e.local = map_address(s, ((const struct cfg_crypto_map *)rec_values(entry))->name);
	e.acl = extended(s, m ? m->acl : NULL);
	take(s, entry, &of_entry, &e);
	return e;
}

struct end
end_of_dynamic(struct comparison *c, size_t file, const struct rec *entry, uint32_t local)
{
	struct store *s = c->file[file].store;
	const struct cfg_dynamic_map_match_address *m = store_leaf(s, entry, ROW_DYNAMIC_MAP_MATCH_ADDRESS);
	const struct cfg_dynamic_map_profile *p = store_leaf(s, entry, ROW_DYNAMIC_MAP_PROFILE);
	const struct rec *profile = p ? store_defined(s, REF_IPSEC_PROFILE, p->profile) : NULL;
	struct end e = { .file = file, .at = entry, .local = local };

	e.acl = extended(s, m ? m->acl : NULL);
	if (profile)
		take(s, profile, &of_profile, &e);
	take(s, entry, &of_dynamic, &e);
	return e;
}

bool
end_of_tunnel(struct comparison *c, size_t file, const struct rec *interface, struct end *out)
{
	struct store *s = c->file[file].store;
	const struct cfg_interface_tunnel_protection *p = store_leaf(s, interface, ROW_INTERFACE_TUNNEL_PROTECTION);
	const struct rec *profile = p ? store_defined(s, REF_IPSEC_PROFILE, p->profile) : NULL;

	if (!profile)
		return false;
	*out = (struct end){ .file = file, .at = interface };
	take(s, profile, &of_profile, out);
	if (p->isakmp) {
		out->v1 = store_defined(s, REF_ISAKMP_PROFILE, p->isakmp);
		out->v2 = NULL;
		out->ikev2 = false;
	}
	if (p->ikev2) {
		out->v2 = store_defined(s, REF_IKEV2_PROFILE, p->ikev2);
		out->ikev2 = true;
	}
	return true;
}

/* --- keyrings --- */

static int
by_network(const void *a, const void *b)
{
	const struct ring_key *x = a, *y = b;

	if (x->ring != y->ring)
		return x->ring < y->ring ? -1 : 1;
	if (x->len != y->len)
		return x->len < y->len ? -1 : 1;
	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static int
by_identity(const void *a, const void *b)
{
	const struct ring_key *x = a, *y = b;
	int d;

	if (x->ring != y->ring)
		return x->ring < y->ring ? -1 : 1;
	d = strcmp(x->identity, y->identity);
	return d ? d : x->order < y->order ? -1 : x->order > y->order;
}

static void
ring_add(struct side *side, uint32_t ring, uint32_t addr, uint32_t mask, const struct rec *r)
{
	int len = ip4_masklen(mask);

	if (len < 0)
		return;
	GROW(side->key, side->nkey);
	side->key[side->nkey] = (struct ring_key){ ring, addr & mask, (uint8_t)len, NULL, r, (uint32_t)side->nkey };
	side->nkey++;
}

static void
ring_add_identity(struct side *side, uint32_t ring, const char *identity, const struct rec *r)
{
	GROW(side->idkey, side->nidkey);
	side->idkey[side->nidkey] = (struct ring_key){ ring, 0, 0, identity, r, (uint32_t)side->nidkey };
	side->nidkey++;
}

void
collect_keys(struct comparison *c, size_t file)
{
	struct store *s = c->file[file].store;
	struct side *side = &c->side[file];

	for (struct rec *r = top(c, file, ROW_KEYRING); r; r = store_next(r))
		for (struct rec *q = store_first(s, r, ROW_KEYRING_KEY_ADDRESS); q; q = store_next(q)) {
			const struct cfg_keyring_key_address *k = rec_values(q);

			ring_add(side, r->id, k->addr, k->mask, q);
			ring_add(side, 0, k->addr, k->mask, q);
		}
	for (struct rec *r = top(c, file, ROW_IKEV2_KEYRING); r; r = store_next(r))
		for (struct rec *q = store_first(s, r, ROW_IKEV2_KEYRING_PEER); q; q = store_next(q)) {
			const struct cfg_ikev2_keyring_peer_address *a = store_leaf(s, q, ROW_IKEV2_KEYRING_PEER_ADDRESS);
			const struct cfg_ikev2_keyring_peer_identity *i = store_leaf(s, q, ROW_IKEV2_KEYRING_PEER_IDENTITY);

			if (a && a->where == IKEV2_KEYRING_PEER_ADDRESS_WHERE_ADDR)
				ring_add(side, r->id, a->addr, a->mask, q);
			if (i && (i->email || i->keyid))
				ring_add_identity(side, r->id, i->email ? i->email : i->keyid, q);
		}
	if (side->nkey)
		qsort(side->key, side->nkey, sizeof *side->key, by_network);
	if (side->nidkey)
		qsort(side->idkey, side->nidkey, sizeof *side->idkey, by_identity);
}

/* The first that is not less than the wanted one, which has order 0. */
static size_t
first_not_less(const struct ring_key *v, size_t n, const struct ring_key *want, int (*cmp)(const void *, const void *))
{
	size_t lo = 0, hi = n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (cmp(&v[mid], want) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

const struct rec *
ring_find(const struct side *s, uint32_t ring, uint32_t addr)
{
	for (int len = addr ? 32 : 0; len >= 0; len--) {
		struct ring_key want = { ring, addr & ip4_mask((uint8_t)len), (uint8_t)len, NULL, NULL, 0 };
		size_t i = first_not_less(s->key, s->nkey, &want, by_network);

		if (i < s->nkey && s->key[i].ring == ring && s->key[i].len == len && s->key[i].addr == want.addr)
			return s->key[i].rec;
	}
	return NULL;
}

const struct rec *
ring_find_identity(const struct side *s, uint32_t ring, const char *identity)
{
	struct ring_key want = { ring, 0, 0, identity, NULL, 0 };
	size_t i = first_not_less(s->idkey, s->nidkey, &want, by_identity);

	return i < s->nidkey && s->idkey[i].ring == ring && strcmp(s->idkey[i].identity, identity) == 0 ? s->idkey[i].rec : NULL;
}
