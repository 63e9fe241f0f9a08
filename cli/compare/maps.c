/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Crypto map entries and who answers them: entries of the peer's file whose
 * peer is this router; without one its dynamic entries, which take any peer,
 * or a tunnel interface with protection.
 */
#include "cli/compare/compare_int.h"

#include <stdlib.h>
#include <string.h>

#include "lib/ip4.h"
#include "lib/xalloc.h"

static int
by_peer(const void *a, const void *b)
{
	const struct by_peer *x = a, *y = b;

	if (x->peer != y->peer)
		return x->peer < y->peer ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static void
is_part(void *ctx, struct rec *r)
{
	*(bool *)ctx |= r->row == ROW_CRYPTO_MAP;
}

void
collect_maps(struct comparison *c, size_t f)
{
	struct store *s = c->file[f].store;
	struct side *side = &c->side[f];
	uint32_t order = 0;

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
	for (struct rec *r = top(c, f, ROW_DYNAMIC_MAP); r; r = store_next(r)) {
		bool part = false;

		store_referrers(s, REF_DYNAMIC_MAP, ((const struct cfg_dynamic_map *)rec_values(r))->name, is_part, &part);
		if (part) {
			GROW(side->dynamic, side->ndynamic);
			side->dynamic[side->ndynamic++] = r;
		}
	}
}

/* --- who answers --- */

/* The entries of file b whose peer is file a, each once or as often as it names a's addresses. */
static size_t
answers(struct comparison *c, size_t a, size_t b, struct end **out)
{
	const struct side *mine = &c->side[a], *theirs = &c->side[b];
	size_t n = 0;

	*out = NULL;
	if (mine->noutside == 0)	/* a fragment without interfaces may have any address */
		for (size_t i = 0; i < theirs->npeer; i++) {
			GROW(*out, n);
			(*out)[n++] = end_of_entry(c, b, theirs->peer[i].entry, theirs->peer[i].peer);
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
			(*out)[n++] = end_of_entry(c, b, theirs->peer[lo].entry, key.peer);
		}
	}
	return n;
}

/* May a dynamic entry be used for a peer of file a? One with peers of its own takes no other. */
static bool
takes(struct comparison *c, size_t a, size_t b, const struct rec *entry)
{
	struct rec *q = store_first(c->file[b].store, entry, ROW_DYNAMIC_MAP_PEER);
	uint32_t peer;

	if (!q)
		return true;
	for (; q; q = store_next(q))
		if (ip4_parse(((const struct cfg_dynamic_map_peer *)rec_values(q))->addr, &peer) && owns(c, a, peer))
			return true;
	return false;
}

/* The dynamic entries of file b that this end may meet. */
static size_t
dynamic_answers(struct comparison *c, const struct end *e, size_t b, struct end **out)
{
	const struct side *side = &c->side[b];
	size_t n = 0;

	*out = NULL;
	for (size_t i = 0; i < side->ndynamic; i++) {
		if (!takes(c, e->file, b, side->dynamic[i]))
			continue;
		GROW(*out, n);
		(*out)[n] = end_of_dynamic(c, b, side->dynamic[i], e->peer);
		(*out)[n++].peer = e->local;
	}
	return n;
}

/* A hub's answers without an entry for this router; false: there are none. */
static bool
check_without_entry(struct comparison *c, const struct end *e, size_t b)
{
	const struct tunnel *t = tunnel_to(c, b, e->file);
	struct mirrors all = {0};
	struct end *answer;
	size_t n = dynamic_answers(c, e, b, &answer);
	bool any = false;

	if (n == 0 && t && end_of_tunnel(c, b, t->rec, &(struct end){ 0 })) {
		GROW(answer, n);
		(void)end_of_tunnel(c, b, t->rec, &answer[n]);
		answer[n].local = t->source;
		answer[n++].peer = t->destination;
		any = true;	/* its proxy identity is the tunnel's: GRE between the two, or everything */
	}
	if (n) {
		size_t like = 0;

		while (like < n && answer[like].ikev2 != e->ikev2)
			like++;
		check_ike(c, e, &answer[like < n ? like : 0]);
		check_proposals(c, e, answer, n);
		for (size_t i = 0; i < n; i++) {
			any |= !answer[i].acl;
			mirrors_add(c, &answer[i], i, &all);
		}
		mirrors_sort(&all);
		if (!any)
			check_identities(c, e, b, &all, NULL, false);
	}
	free(all.v);
	free(answer);
	return n > 0;
}

/* A fragment that is no more than an access list is meant as the other side's; false: it is more, or has several. */
static bool
check_list(struct comparison *c, const struct end *e, size_t b)
{
	struct end o = { .file = b, .acl = top(c, b, ROW_ACL_EXT) };
	struct mirrors m = {0}, own = {0};

	if (c->n != 2 || c->side[b].naddr || top(c, b, ROW_CRYPTO_MAP) || top(c, b, ROW_TRANSFORM_SET) || !o.acl ||
	    store_next(o.acl))
		return false;
	mirrors_add(c, &o, 0, &m);
	mirrors_add(c, e, 0, &own);
	mirrors_sort(&m);
	mirrors_sort(&own);
	check_identities(c, e, b, &m, &own, true);
	free(m.v);
	free(own.v);
	return true;
}

/* What of a file may answer another one: made once for each pair of files. */
struct answers {
	bool made;
	struct end *end;
	size_t n;
	struct mirrors all, own;	/* the lines of both sides */
};

static void
make_answers(struct comparison *c, size_t a, size_t b, struct answers *ans)
{
	struct end *mine;
	size_t nmine = answers(c, b, a, &mine);

	ans->made = true;
	ans->n = answers(c, a, b, &ans->end);
	for (size_t i = 0; i < ans->n; i++)
		mirrors_add(c, &ans->end[i], i, &ans->all);
	for (size_t i = 0; i < nmine; i++)
		mirrors_add(c, &mine[i], i, &ans->own);
	mirrors_sort(&ans->all);
	mirrors_sort(&ans->own);
	free(mine);
}

static void
check_pair(struct comparison *c, const struct end *e, const struct rec *peer_rec, size_t b, struct answers *ans)
{
	struct end fit[FIT_MAX];
	size_t nfit;

	if (!ans->made)
		make_answers(c, e->file, b, ans);
	if (ans->n == 0) {
		if (!check_without_entry(c, e, b) && !check_list(c, e, b))
			mismatch(c, e->file, peer_rec, "%s has no crypto map entry whose peer is this router", c->file[b].file);
		return;
	}
	nfit = mirroring(c, e, &ans->all, ans->end, fit);
	/* what concerns both sides alike is said once, for the first file; where no entry mirrors this one any may be meant */
	if (e->file < b) {
		const struct end *o = nfit ? fit : ans->end;

		if (e->local && owns(c, e->file, o->peer) && !speaks_from(c, e->file, e->at, o->peer))
			mismatch(c, e->file, e->at, "this crypto map speaks from %s, and the peer in %s:%u is %s", ip4_s(e->local),
			    c->file[b].file, o->at->line, ip4_s(o->peer));
		check_ike(c, e, o);
		check_proposals(c, e, o, nfit ? nfit : ans->n < FIT_MAX ? ans->n : FIT_MAX);
	}
	check_identities(c, e, b, &ans->all, &ans->own, true);
}

void
check_maps(struct comparison *c, size_t a)
{
	struct store *s = c->file[a].store;
	struct answers *ans = xcalloc(c->n, sizeof *ans);

	for (struct rec *r = top(c, a, ROW_CRYPTO_MAP); r; r = store_next(r))
		for (struct rec *q = store_first(s, r, ROW_CRYPTO_MAP_PEER); q; q = store_next(q)) {
			struct end e;
			uint32_t peer;
			size_t b;

			if (!ip4_parse(((const struct cfg_crypto_map_peer *)rec_values(q))->addr, &peer))
				continue;
			e = end_of_entry(c, a, r, peer);
			b = owner_of(c, a, peer);
			if (b < c->n && b != a && (top(c, b, ROW_CRYPTO_MAP) || top(c, b, ROW_ACL_EXT) || c->nowner))
				check_pair(c, &e, q, b, &ans[b]);
			else if (b == c->n && c->nowner)
				mismatch(c, a, q, "no file has an interface with the address of peer %s", ip4_s(peer));
		}
	for (size_t b = 0; b < c->n; b++) {
		free(ans[b].end);
		free(ans[b].all.v);
		free(ans[b].own.v);
	}
	free(ans);
}
