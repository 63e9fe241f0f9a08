/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two ends of a tunnel are found by addresses: an entry of a crypto map has a
 * peer, and the peer is the file that has this address on an interface. Two
 * files of which neither shows the address are taken for each other's ends, so
 * that fragments ("the lines that matter") can be compared, too; fragments
 * without a crypto map are compared list by list.
 *
 * Keys are compared and never printed.
 */
#define _GNU_SOURCE
#include "cli/compare.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/acl.h"
#include "engine/crypto.h"
#include "engine/objects.h"
#include "gen/grammar.h"
#include "lib/ip4.h"
#include "lib/xalloc.h"

struct owner {
	uint32_t addr;
	size_t file;
};

/* What a crypto map entry says, with the records it says it by. */
struct end {
	const struct rec *rec;
	const struct cfg_crypto_map *v;
	const struct rec *acl;		/* NULL: missing or undefined */
};

/* One file: its own addresses, and its crypto map entries by the address of their peers. */
struct side {
	uint32_t *addr;
	size_t naddr;
	struct by_peer {
		uint32_t peer;
		const struct rec *entry;
		uint32_t order;
	} *peer;			/* sorted */
	size_t npeer;
};

struct comparison {
	const struct compared *file;
	struct side *side;
	size_t n;
	struct owner *owner;		/* sorted by address */
	size_t nowner;
	bool *said;			/* by file: what it and the present one must share was compared already */
	size_t mismatches;
};

static void __attribute__((format(printf, 4, 5)))
mismatch(struct comparison *c, size_t file, const struct rec *r, const char *fmt, ...)
{
	va_list ap;

	c->mismatches++;
	printf("%s:%u:1: mismatch: ", c->file[file].file, r ? r->line : 1);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static void __attribute__((format(printf, 4, 5)))
note(struct comparison *c, size_t file, const struct rec *r, const char *fmt, ...)
{
	va_list ap;

	printf("%s:%u:1: note: ", c->file[file].file, r->line);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
}

static struct rec *
top(struct comparison *c, size_t file, int row)
{
	return store_first(c->file[file].store, store_root(c->file[file].store), row);
}

/* --- who has an address --- */

static int
by_address(const void *a, const void *b)
{
	const struct owner *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return x->file < y->file ? -1 : x->file > y->file;
}

/* Room for one more in an array that grows by doubling. */
#define GROW(v, n) \
	do { \
		if (((n) & ((n) + 1)) == 0) \
			(v) = xrealloc((v), sizeof *(v) * ((n) + 1) * 2); \
	} while (0)

static void
own(struct comparison *c, uint32_t addr, size_t file)
{
	struct side *s = &c->side[file];

	GROW(c->owner, c->nowner);
	c->owner[c->nowner++] = (struct owner){ addr, file };
	GROW(s->addr, s->naddr);
	s->addr[s->naddr++] = addr;
}

static int
by_peer(const void *a, const void *b)
{
	const struct by_peer *x = a, *y = b;

	if (x->peer != y->peer)
		return x->peer < y->peer ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static void
collect(struct comparison *c, size_t f)
{
	struct store *s = c->file[f].store;
	struct side *side = &c->side[f];
	uint32_t order = 0;

	for (struct rec *i = top(c, f, ROW_INTERFACE); i; i = store_next(i)) {
		const struct cfg_interface_address *a = store_leaf(s, i, ROW_INTERFACE_ADDRESS);

		if (a)
			own(c, a->addr, f);
		for (struct rec *q = store_first(s, i, ROW_INTERFACE_ADDRESS_SECONDARY); q; q = store_next(q))
			own(c, ((const struct cfg_interface_address_secondary *)rec_values(q))->addr, f);
	}
	for (struct rec *r = top(c, f, ROW_CRYPTO_MAP); r; r = store_next(r))
		for (struct rec *q = store_first(s, r, ROW_CRYPTO_MAP_PEER); q; q = store_next(q)) {
			uint32_t peer;

			if (!ip4_parse(((const struct cfg_crypto_map_peer *)rec_values(q))->addr, &peer))
				continue;
			GROW(side->peer, side->npeer);
			side->peer[side->npeer++] = (struct by_peer){ peer, r, order++ };
		}
	if (side->npeer)
		qsort(side->peer, side->npeer, sizeof *side->peer, by_peer);
}

/* The file that has the address; of two files without it, the other one. c->n: nobody. */
static size_t
owner_of(struct comparison *c, size_t file, uint32_t addr)
{
	struct owner key = { addr, 0 };
	size_t lo = 0, hi = c->nowner;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (by_address(&c->owner[mid], &key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < c->nowner && c->owner[lo].addr == addr; lo++)
		if (c->owner[lo].file != file)
			return c->owner[lo].file;
	return c->n == 2 && c->side[!file].naddr == 0 ? !file : c->n;
}

/* --- ISAKMP --- */

static void
policy_text(struct store *s, const struct rec *p, struct buf *out)
{
	static const char *const bits[] = { "128", "192", "256" };
	static const char *const hash[] = { "sha", "md5", "sha256", "sha384", "sha512" };
	static const char *const auth[] = { "rsa-sig", "rsa-encr", "pre-share", "ecdsa-sig" };
	_Static_assert(sizeof auth / sizeof auth[0] == ISAKMP_POLICY_AUTH_METHOD_ECDSA_SIG + 1, "a word for each method");
	const struct cfg_isakmp_policy_encr *e = store_leaf(s, p, ROW_ISAKMP_POLICY_ENCR);
	const struct cfg_isakmp_policy_hash *h = store_leaf(s, p, ROW_ISAKMP_POLICY_HASH);
	const struct cfg_isakmp_policy_auth *a = store_leaf(s, p, ROW_ISAKMP_POLICY_AUTH);
	const struct cfg_isakmp_policy_group *g = store_leaf(s, p, ROW_ISAKMP_POLICY_GROUP);

	buf_printf(out, "{%s%s %s %s group %d}", e->alg == ISAKMP_POLICY_ENCR_ALG_DES ? "des" :
	    e->alg == ISAKMP_POLICY_ENCR_ALG_3DES ? "3des" : "aes ", e->alg == ISAKMP_POLICY_ENCR_ALG_AES ? bits[e->bits] : "",
	    hash[h->alg], auth[a->method], dh_number(g->id));
}

/* A text for each record of a row, joined by blanks: what a file offers. */
static void
offers(struct comparison *c, size_t file, int row, struct buf *out)
{
	for (struct rec *r = top(c, file, row); r; r = store_next(r)) {
		if (out->n)
			buf_putc(out, ' ');
		if (row == ROW_ISAKMP_POLICY) {
			policy_text(c->file[file].store, r, out);
		} else {
			buf_putc(out, '{');
			transform_set_text(rec_values(r), out);
			out->d[out->n - 1] = '}';	/* the text ends in a blank */
		}
	}
	(void)buf_str(out);
}

/* Is one of the {...} of a in b? */
static bool
in_common(const char *a, const char *b)
{
	while ((a = strchr(a, '{'))) {
		size_t n = strcspn(a, "}") + 1;

		if (memmem(b, strlen(b), a, n))
			return true;
		a += n;
	}
	return false;
}

static void
check_policies(struct comparison *c, size_t a, size_t b, const struct rec *at)
{
	struct buf x = {0}, y = {0};

	offers(c, a, ROW_ISAKMP_POLICY, &x);
	offers(c, b, ROW_ISAKMP_POLICY, &y);
	/* without any policy IOS offers its built-in ones */
	if (x.n && y.n && !in_common(buf_str(&x), buf_str(&y)))
		mismatch(c, a, at, "no isakmp policy in common: here %s, in %s %s", buf_str(&x), c->file[b].file, buf_str(&y));
	buf_free(&x);
	buf_free(&y);
}

static const struct rec *
key_for(struct store *s, uint32_t addr)
{
	return store_covering(s, ROW_ISAKMP_KEY, addr);
}

static void
check_keys(struct comparison *c, size_t a, size_t b, const struct rec *ka, const struct rec *kb, const struct rec *at)
{
	if (!ka || !kb) {
		mismatch(c, ka ? b : a, ka ? NULL : at, "no pre-shared key for the peer in %s", c->file[ka ? a : b].file);
		return;
	}
	if (strcmp(((const struct cfg_isakmp_key *)rec_values(ka))->key, ((const struct cfg_isakmp_key *)rec_values(kb))->key) != 0)
		mismatch(c, a, ka, "the pre-shared keys differ: this one and that of %s:%u", c->file[b].file, kb->line);
}

/* --- transform sets --- */

static void
set_text(struct comparison *c, size_t file, const struct end *e, struct buf *out, const char **mode)
{
	struct store *s = c->file[file].store;
	const struct cfg_crypto_map_transform_set *t = store_leaf(s, e->rec, ROW_CRYPTO_MAP_TRANSFORM_SET);

	*mode = NULL;
	for (int i = 0; t && i < 6 && t->ts[i]; i++) {
		const struct rec *r = store_defined(s, REF_TRANSFORM_SET, t->ts[i]);
		const struct cfg_transform_set_mode *m;

		if (!r)
			continue;
		m = store_leaf(s, r, ROW_TRANSFORM_SET_MODE);
		if (!*mode)
			*mode = m->kind == TRANSFORM_SET_MODE_KIND_TRANSPORT ? "transport" : "tunnel";
		if (out->n)
			buf_putc(out, ' ');
		buf_putc(out, '{');
		transform_set_text(rec_values(r), out);
		out->d[out->n - 1] = '}';
	}
	(void)buf_str(out);
}

static int
pfs_group(struct store *s, const struct rec *entry)
{
	const struct cfg_crypto_map_pfs *p = store_leaf(s, entry, ROW_CRYPTO_MAP_PFS);

	return p ? dh_number(p->group) : 0;
}

/* --- proxy identities --- */

#define ORDER(x, y) if ((x) != (y)) return (x) < (y) ? -1 : 1

static int
by_selector(const void *pa, const void *pb)
{
	const struct obj_selector *a = pa, *b = pb;

	ORDER(a->src.addr, b->src.addr);
	ORDER(a->src.len, b->src.len);
	ORDER(a->dst.addr, b->dst.addr);
	ORDER(a->dst.len, b->dst.len);
	ORDER(a->proto, b->proto);
	ORDER(a->src_port, b->src_port);
	ORDER(a->dst_port, b->dst_port);
	return 0;
}

static bool
covers(const struct obj_selector *wide, const struct obj_selector *s)
{
	struct obj_selector both;

	return selector_intersect(wide, s, &both) && by_selector(&both, s) == 0;
}

struct mirrors {
	struct obj_selector *v;		/* those of the other side, mirrored, sorted */
	size_t n;
};

static const struct rec *
entry_acl(struct store *s, const struct rec *entry)
{
	const struct cfg_crypto_map_match_address *m = store_leaf(s, entry, ROW_CRYPTO_MAP_MATCH_ADDRESS);
	const struct rec *acl = m ? store_defined(s, REF_ACL, m->acl) : NULL;

	return acl && acl->row == ROW_ACL_EXT ? acl : NULL;
}

static void
mirrors_add(struct comparison *c, size_t file, const struct rec *acl, struct mirrors *m)
{
	for (struct rec *q = acl ? store_first(c->file[file].store, acl, ROW_ACL_EXT_ACE) : NULL; q; q = store_next(q)) {
		struct obj_selector sel;

		if (((const struct cfg_acl_ext_ace *)rec_values(q))->action != ACL_EXT_ACE_ACTION_PERMIT ||
		    ace_selector(rec_values(q), &sel))
			continue;
		GROW(m->v, m->n);
		m->v[m->n++] = selector_mirror(&sel);
	}
}

static void
check_identities(struct comparison *c, size_t a, const struct end *e, size_t b, const struct mirrors *m)
{
	for (struct rec *q = e->acl ? store_first(c->file[a].store, e->acl, ROW_ACL_EXT_ACE) : NULL; q; q = store_next(q)) {
		struct obj_selector sel;
		const struct obj_selector *wide = NULL, *narrow = NULL;
		struct buf t = {0};

		if (((const struct cfg_acl_ext_ace *)rec_values(q))->action != ACL_EXT_ACE_ACTION_PERMIT ||
		    ace_selector(rec_values(q), &sel) || (m->n && bsearch(&sel, m->v, m->n, sizeof *m->v, by_selector)))
			continue;
		for (size_t i = 0; i < m->n && !wide; i++) {
			if (covers(&m->v[i], &sel))
				wide = &m->v[i];
			else if (covers(&sel, &m->v[i]))
				narrow = &m->v[i];
		}
		selector_text(&sel, &t);
		if (wide)
			mismatch(c, a, q, "proxy identity %s is only a part of what %s permits: the tunnel comes up when this "
			    "router starts it, not the other way round", buf_str(&t), c->file[b].file);
		else if (narrow)
			mismatch(c, a, q, "proxy identity %s is wider than what %s permits: the tunnel comes up only when the "
			    "other router starts it", buf_str(&t), c->file[b].file);
		else
			mismatch(c, a, q, "proxy identity %s has no mirror image in %s: proxy identities not supported", buf_str(&t),
			    c->file[b].file);
		buf_free(&t);
	}
}

/* --- one entry and its peer --- */

/* The entries of file b whose peer is file a, each once or as often as it names a's addresses. */
static size_t
answers(struct comparison *c, size_t a, size_t b, const struct by_peer ***out)
{
	const struct side *mine = &c->side[a], *theirs = &c->side[b];
	size_t n = 0;

	*out = NULL;
	if (mine->naddr == 0)	/* a fragment without interfaces may have any address */
		for (size_t i = 0; i < theirs->npeer; i++) {
			GROW(*out, n);
			(*out)[n++] = &theirs->peer[i];
		}
	for (size_t i = 0; i < mine->naddr; i++) {
		struct by_peer key = { mine->addr[i], NULL, 0 };
		size_t lo = 0, hi = theirs->npeer;

		while (lo < hi) {
			size_t mid = (lo + hi) / 2;

			if (by_peer(&theirs->peer[mid], &key) < 0)
				lo = mid + 1;
			else
				hi = mid;
		}
		for (; lo < theirs->npeer && theirs->peer[lo].peer == key.peer; lo++) {
			GROW(*out, n);
			(*out)[n++] = &theirs->peer[lo];
		}
	}
	return n;
}

/* Has the entry a line that mirrors one of this list? */
static bool
mirrors_entry(struct comparison *c, size_t file, const struct rec *acl, const struct mirrors *m)
{
	for (struct rec *q = acl ? store_first(c->file[file].store, acl, ROW_ACL_EXT_ACE) : NULL; q; q = store_next(q)) {
		struct obj_selector sel;

		if (((const struct cfg_acl_ext_ace *)rec_values(q))->action == ACL_EXT_ACE_ACTION_PERMIT &&
		    !ace_selector(rec_values(q), &sel) && bsearch(&sel, m->v, m->n, sizeof *m->v, by_selector))
			return true;
	}
	return false;
}

/* What the two entries, or the entry and all that may answer it, must have in common. */
static void
check_proposals(struct comparison *c, size_t a, const struct end *e, size_t b, const struct rec **entry, size_t n)
{
	struct buf mine = {0}, theirs = {0};
	const char *mode_a, *mode_b = NULL, *mode;
	int pfs_a = pfs_group(c->file[a].store, e->rec), pfs_b = -1;

	set_text(c, a, e, &mine, &mode_a);
	for (size_t i = 0; i < n; i++) {
		struct end o = { entry[i], rec_values(entry[i]), NULL };

		set_text(c, b, &o, &theirs, &mode);
		mode_b = mode_b ? mode_b : mode;
		if (pfs_b != pfs_a)
			pfs_b = pfs_group(c->file[b].store, entry[i]);
	}
	if (mine.n && theirs.n && !in_common(buf_str(&mine), buf_str(&theirs)))
		mismatch(c, a, e->rec, "no transform set in common: here %s, in %s %s", buf_str(&mine), c->file[b].file,
		    buf_str(&theirs));
	else if (mode_a && mode_b && strcmp(mode_a, mode_b) != 0)
		mismatch(c, a, e->rec, "the transform set is for %s mode here and for %s mode in %s", mode_a, mode_b,
		    c->file[b].file);
	if (pfs_a != pfs_b && pfs_a && pfs_b)
		mismatch(c, a, e->rec, "PFS group %d here and %d in %s", pfs_a, pfs_b, c->file[b].file);
	else if (pfs_a != pfs_b)
		mismatch(c, a, e->rec, "PFS %s here and %s in %s", pfs_a ? "is set" : "is not set", pfs_b ? "is" : "is not",
		    c->file[b].file);
	buf_free(&mine);
	buf_free(&theirs);
}

static void
check_pair(struct comparison *c, size_t a, const struct end *e, const struct rec *peer_rec, uint32_t peer, size_t b)
{
	const struct by_peer **answer;
	size_t n = answers(c, a, b, &answer), nmatch = 0;
	const struct rec **entry;
	struct mirrors all = {0};

	if (n == 0) {
		mismatch(c, a, peer_rec, "%s has no crypto map entry whose peer is this router", c->file[b].file);
		return;
	}
	entry = xcalloc(n, sizeof *entry);
	for (size_t i = 0; i < n; i++) {
		const struct rec *acl = entry_acl(c->file[b].store, answer[i]->entry);
		struct mirrors m = {0};

		mirrors_add(c, b, acl, &all);
		mirrors_add(c, b, acl, &m);
		if (m.n) {
			qsort(m.v, m.n, sizeof *m.v, by_selector);
			if (mirrors_entry(c, a, e->acl, &m))
				entry[nmatch++] = answer[i]->entry;
		}
		free(m.v);
	}
	/* no entry mirrors this one: then whatever answers may be meant */
	for (size_t i = 0; nmatch == 0 && i < n; i++)
		entry[i] = answer[i]->entry;
	if (all.n)
		qsort(all.v, all.n, sizeof *all.v, by_selector);
	/* what concerns both sides alike is said once, for the first file */
	if (a < b) {
		if (!c->said[b]) {
			check_policies(c, a, b, e->rec);
			check_keys(c, a, b, key_for(c->file[a].store, peer), key_for(c->file[b].store, answer[0]->peer),
			    peer_rec);
		}
		c->said[b] = true;
		check_proposals(c, a, e, b, entry, nmatch ? nmatch : n);
	}
	check_identities(c, a, e, b, &all);
	free(all.v);
	free(entry);
	free(answer);
}

static void
check_entries(struct comparison *c, size_t a)
{
	struct store *s = c->file[a].store;

	memset(c->said, 0, c->n * sizeof *c->said);
	for (struct rec *r = top(c, a, ROW_CRYPTO_MAP); r; r = store_next(r)) {
		struct end e = { r, rec_values(r), entry_acl(s, r) };

		for (struct rec *q = store_first(s, r, ROW_CRYPTO_MAP_PEER); q; q = store_next(q)) {
			uint32_t peer;
			size_t b;

			if (!ip4_parse(((const struct cfg_crypto_map_peer *)rec_values(q))->addr, &peer))
				continue;
			b = owner_of(c, a, peer);
			if (b < c->n && b != a && (top(c, b, ROW_CRYPTO_MAP) || c->nowner))
				check_pair(c, a, &e, q, peer, b);
			else if (b == c->n && c->nowner)
				mismatch(c, a, q, "no file has an interface with the address of peer %s", ip4_s(peer));
		}
	}
}

/* Two fragments without a crypto map: what both have of a kind must have something in common. */
static void
check_fragments(struct comparison *c)
{
	struct buf x = {0}, y = {0};
	struct rec *ka, *kb;

	if (c->n != 2 || top(c, 0, ROW_CRYPTO_MAP) || top(c, 1, ROW_CRYPTO_MAP))
		return;
	offers(c, 0, ROW_TRANSFORM_SET, &x);
	offers(c, 1, ROW_TRANSFORM_SET, &y);
	if (x.n && y.n && !in_common(buf_str(&x), buf_str(&y)))
		mismatch(c, 0, top(c, 0, ROW_TRANSFORM_SET), "no transform set in common: here %s, in %s %s", buf_str(&x),
		    c->file[1].file, buf_str(&y));
	check_policies(c, 0, 1, top(c, 0, ROW_ISAKMP_POLICY));
	ka = top(c, 0, ROW_ISAKMP_KEY);
	kb = top(c, 1, ROW_ISAKMP_KEY);
	if (ka && kb && !store_next(ka) && !store_next(kb))
		check_keys(c, 0, 1, ka, kb, ka);
	buf_free(&x);
	buf_free(&y);
}

/* --- each file by itself --- */

static void
is_used(void *ctx, struct rec *r)
{
	(void)r;
	*(bool *)ctx = true;
}

static void
check_use(struct comparison *c, size_t file)
{
	static const int rows[] = { ROW_ACL_STD, ROW_ACL_EXT };
	struct store *s = c->file[file].store;

	for (int i = 0; i < 2; i++)
		for (struct rec *r = top(c, file, rows[i]); r; r = store_next(r)) {
			const char *id = i == 0 ? ((const struct cfg_acl_std *)rec_values(r))->id :
			    ((const struct cfg_acl_ext *)rec_values(r))->id;
			bool used = false;

			store_referrers(s, REF_ACL, id, is_used, &used);
			if (!used && store_first(s, r, i == 0 ? ROW_ACL_STD_ACE : ROW_ACL_EXT_ACE))
				note(c, file, r, "access list %s is not used by any line that is applied", id);
		}
}

static void
check_strength(struct comparison *c, size_t file)
{
	struct store *s = c->file[file].store;

	for (struct rec *r = top(c, file, ROW_ISAKMP_POLICY); r; r = store_next(r)) {
		struct buf t = {0};
		const char *p;

		policy_text(s, r, &t);
		p = buf_str(&t);
		if (strncmp(p, "{des", 4) == 0 || strncmp(p, "{3des", 5) == 0 || strstr(p, " md5 ") || strstr(p, "group 1}") ||
		    strstr(p, "group 2}") || strstr(p, "group 5}"))
			note(c, file, r, "isakmp policy %s is weak", p);
		buf_free(&t);
	}
	for (struct rec *r = top(c, file, ROW_TRANSFORM_SET); r; r = store_next(r)) {
		struct buf t = {0};

		transform_set_text(rec_values(r), &t);
		if (strstr(buf_str(&t), "des") || strstr(buf_str(&t), "md5") || strstr(buf_str(&t), "null"))
			note(c, file, r, "transform set %s (%.*s) is weak", ((const struct cfg_transform_set *)rec_values(r))->name,
			    (int)t.n - 1, buf_str(&t));
		buf_free(&t);
	}
}

size_t
compare_files(const struct compared *files, size_t n)
{
	struct comparison c = { .file = files, .n = n, .side = xcalloc(n, sizeof *c.side),
		.said = xcalloc(n, sizeof *c.said) };

	for (size_t f = 0; f < n; f++)
		collect(&c, f);
	if (c.nowner)
		qsort(c.owner, c.nowner, sizeof *c.owner, by_address);
	for (size_t f = 0; f < n; f++) {
		check_entries(&c, f);
		check_use(&c, f);
		check_strength(&c, f);
	}
	check_fragments(&c);
	for (size_t f = 0; f < n; f++) {
		free(c.side[f].addr);
		free(c.side[f].peer);
	}
	free(c.side);
	free(c.said);
	free(c.owner);
	return c.mismatches;
}
