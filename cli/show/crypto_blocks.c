/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which blocks show crypto session has: entries, their peers and the IKE SAs
 * are brought together through sorted arrays.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/show/crypto_session.h"
#include "lib/xalloc.h"

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

static int
link_order(const void *a, const void *b)
{
	const struct crypto_link *x = a, *y = b;

	if (x->local != y->local)
		return ORDER(x->local, y->local);
	if (x->remote != y->remote)
		return ORDER(x->remote, y->remote);
	if (!x->ike != !y->ike)
		return x->ike ? -1 : 1;
	return ORDER(y->conn_id, x->conn_id);
}

static int
pair_order(const void *a, const void *b)
{
	const struct crypto_pair *x = a, *y = b;

	if (x->local != y->local)
		return ORDER(x->local, y->local);
	if (x->peer != y->peer)
		return ORDER(x->peer, y->peer);
	if (x->current != y->current)
		return x->current ? -1 : 1;
	return ORDER(x->at, y->at);
}

static int
block_same(const struct crypto_block *x, const struct crypto_block *y)
{
	int d = strcmp(x->ifname, y->ifname);

	if (d == 0)
		d = ORDER(x->local, y->local);
	return d ? d : ORDER(x->peer, y->peer);
}

static int
block_identity(const void *a, const void *b)
{
	const struct crypto_block *x = a, *y = b;
	int d = block_same(x, y);

	return d ? d : ORDER(x->rank, y->rank);
}

static int
block_rank(const void *a, const void *b)
{
	const struct crypto_block *x = a, *y = b;

	return ORDER(x->rank, y->rank);
}

static void
collect_links(struct crypto_sessions *j)
{
	struct crypto_view *v = &j->v;
	size_t max = v->nike;

	for (struct ike_seen *k = tunnels_ike_first(v->t); k; k = k->next)
		max += k->deleted;
	j->link = xcalloc(max + 1, sizeof *j->link);
	for (size_t i = 0; i < v->nike; i++)
		j->link[j->nlink++] = (struct crypto_link){ v->ike[i].local, v->ike[i].remote, crypto_conn_id(v, &v->ike[i]),
			&v->ike[i], NULL };
	/* what a person has cleared is down, not about to come back */
	for (struct ike_seen *k = tunnels_ike_first(v->t); k && j->nlink < max; k = k->next)
		if (k->deleted && !k->cleared)
			j->link[j->nlink++] = (struct crypto_link){ k->local, k->remote, k->conn_id, NULL, k };
	qsort(j->link, j->nlink, sizeof *j->link, link_order);
}

static void
collect_pairs(struct crypto_sessions *j)
{
	size_t max = 0;

	for (size_t i = 0; i < j->v.nentry; i++)
		max += (size_t)j->v.entry[i]->npeer;
	j->pair = xcalloc(max + 1, sizeof *j->pair);
	for (size_t i = 0; i < j->v.nentry; i++) {
		const struct entry *e = j->v.entry[i];

		for (int p = 0; p < e->npeer; p++)
			j->pair[j->npair++] = (struct crypto_pair){ e->local, e->peer[p], p == e->current, i };
	}
	qsort(j->pair, j->npair, sizeof *j->pair, pair_order);
}

const struct crypto_pair *
crypto_find_pair(const struct crypto_sessions *j, uint32_t local, uint32_t peer)
{
	size_t lo = 0, hi = j->npair;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct crypto_pair *p = &j->pair[mid];

		if (p->local < local || (p->local == local && p->peer < peer))
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == j->npair || j->pair[lo].local != local || (peer && j->pair[lo].peer != peer))
		return NULL;
	return &j->pair[lo];
}

const struct crypto_link *
crypto_find_links(const struct crypto_sessions *j, uint32_t local, uint32_t remote, size_t *n)
{
	size_t lo = 0, hi = j->nlink;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct crypto_link *l = &j->link[mid];

		if (l->local < local || (l->local == local && l->remote < remote))
			lo = mid + 1;
		else
			hi = mid;
	}
	for (hi = lo; hi < j->nlink && j->link[hi].local == local && j->link[hi].remote == remote; hi++)
		;
	*n = hi - lo;
	return j->link + lo;
}

/* The interface an SA of no crypto map entry belongs to: the one with its address. */
static const char *
interface_of(struct store *s, uint32_t addr)
{
	for (const struct rec *r = store_first(s, store_root(s), ROW_INTERFACE); r; r = store_next(r)) {
		const struct cfg_interface_address *a = store_leaf(s, r, ROW_INTERFACE_ADDRESS);

		if (a && a->addr == addr)
			return ((const struct cfg_interface *)rec_values(r))->if_;
	}
	return "(none)";
}

static void
collect_blocks(struct crypto_sessions *j)
{
	size_t n = 0;

	j->block = xcalloc(j->v.nentry + j->nlink + 1, sizeof *j->block);
	for (size_t i = 0; i < j->v.nentry; i++) {
		const struct entry *e = j->v.entry[i];

		if (e->npeer)
			j->block[j->nblock++] = (struct crypto_block){ e->ifname, e->local, e->peer[e->current], i };
	}
	for (size_t i = 0; i < j->nlink; i++) {
		const struct crypto_link *l = &j->link[i];
		const struct crypto_pair *p = crypto_find_pair(j, l->local, l->remote);
		size_t rank = j->v.nentry + l->conn_id;

		if (p && p->current)
			continue;
		if (!p)
			p = crypto_find_pair(j, l->local, 0);
		j->block[j->nblock++] = (struct crypto_block){ p ? j->v.entry[p->at]->ifname : interface_of(j->v.store, l->local),
			l->local, l->remote, rank };
	}
	qsort(j->block, j->nblock, sizeof *j->block, block_identity);
	for (size_t i = 0; i < j->nblock; i++)
		if (!n || block_same(&j->block[n - 1], &j->block[i]) != 0)
			j->block[n++] = j->block[i];
	j->nblock = n;
	qsort(j->block, j->nblock, sizeof *j->block, block_rank);
}

void
crypto_collect(struct crypto_sessions *j)
{
	collect_links(j);
	collect_pairs(j);
	collect_blocks(j);
}
