/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What is known of the SAs that charon has: the numbers under which show commands print them, and IKE SAs for some time after
 * their end.
 */
#include <stdio.h>
#include <stdlib.h>

#include "engine/tunnel_internal.h"
#include "lib/hash.h"
#include "lib/xalloc.h"

struct ike_seen *
tunnels_ike_first(struct tunnels *t)
{
	for (struct ike_seen **pp = &t->ike, *k; (k = *pp);) {
		if (k->deleted && now_s() - k->deleted_at > 60) {
			*pp = k->next;
			free(k);
		} else
			pp = &k->next;
	}
	return t->ike;
}

struct ike_seen *
ike_live(const struct tunnels *t, uint32_t id)
{
	struct ike_seen *k = t->ike_bucket[id % SA_BUCKETS];

	while (k && k->unique_id != id)
		k = k->hnext;
	return k;
}

uint32_t
tunnels_conn_id(struct tunnels *t, uint32_t unique_id)
{
	const struct ike_seen *k = ike_live(t, unique_id);
	struct reserved *r = &t->reserved[unique_id % RESERVED];

	if (k)
		return k->conn_id;
	if (!r->conn_id || r->ike != unique_id)
		*r = (struct reserved){ unique_id, 1000 + ++t->next_conn, false };
	return r->conn_id;
}

/* Of an SA that is seen for the first time. */
static uint32_t
new_conn_id(struct tunnels *t, uint32_t unique_id)
{
	struct reserved *r = &t->reserved[unique_id % RESERVED];
	uint32_t id = r->ike == unique_id && !r->over ? r->conn_id : 0;

	if (!id)
		return 1000 + ++t->next_conn;
	r->conn_id = 0;
	return id;
}

static struct ike_seen **
remote_bucket(struct tunnels *t, uint32_t remote)
{
	return &t->ike_remote[hash_mix(remote) % ENTRY_BUCKETS];
}

static void
unlink_remote(struct tunnels *t, const struct ike_seen *k)
{
	struct ike_seen **pp = remote_bucket(t, k->remote);

	while (*pp && *pp != k)
		pp = &(*pp)->rnext;
	if (*pp)
		*pp = k->rnext;
}

static void
link_remote(struct tunnels *t, struct ike_seen *k, uint32_t remote)
{
	struct ike_seen **pp = remote_bucket(t, remote);

	k->remote = remote;
	k->rnext = *pp;
	*pp = k;
}

void
ike_deleted(struct tunnels *t, struct ike_seen *k, time_t when)
{
	struct ike_seen **pp = &t->ike_bucket[k->unique_id % SA_BUCKETS];

	while (*pp && *pp != k)
		pp = &(*pp)->hnext;
	if (*pp)
		*pp = k->hnext;
	unlink_remote(t, k);
	k->deleted = true;
	k->deleted_at = when;
	t->reserved[k->unique_id % RESERVED] = (struct reserved){ k->unique_id, k->conn_id, true };
}

struct ike_seen *
tunnels_ike(struct tunnels *t, const struct sa_ike *sa)
{
	struct ike_seen *k;

	k = ike_live(t, sa->unique_id);
	if (!k) {
		if (t->next_conn % 256 == 255)
			(void)tunnels_ike_first(t);	/* drops those that ended long ago */
		k = xcalloc(1, sizeof *k);
		k->unique_id = sa->unique_id;
		k->conn_id = new_conn_id(t, sa->unique_id);
		k->since = now_s();
		k->next = t->ike;
		t->ike = k;
		k->hnext = t->ike_bucket[k->unique_id % SA_BUCKETS];
		t->ike_bucket[k->unique_id % SA_BUCKETS] = k;
		link_remote(t, k, sa->remote);
	} else if (k->remote != sa->remote) {
		unlink_remote(t, k);
		link_remote(t, k, sa->remote);
	}
	k->local = sa->local;
	k->local_port = sa->local_port;
	k->remote_port = sa->remote_port;
	k->initiator = sa->initiator;
	k->version = sa->version;
	k->spi_i = sa->spi_i;
	if (*sa->encr) {
		snprintf(k->encr, sizeof k->encr, "%s", sa->encr);
		snprintf(k->integ, sizeof k->integ, "%s", sa->integ);
	}
	return k;
}

struct sa_number *
sa_find(const struct tunnels *t, uint32_t child)
{
	struct sa_number *n = t->number[child % SA_BUCKETS];

	while (n && n->child != child)
		n = n->next;
	return n;
}

void
sa_counts(struct tunnels *t, uint32_t child, struct ike_seen *k)
{
	struct sa_number *n = tunnels_sa(t, child);

	if (n->ike)
		return;
	n->ike = k->unique_id;
	k->nchild++;
}

void
sa_counts_not(struct tunnels *t, uint32_t child, struct ike_seen *heir)
{
	struct sa_number *n = sa_find(t, child);
	struct ike_seen *k;

	if (!n || !n->ike)
		return;
	k = ike_live(t, n->ike);
	if (!k)
		k = heir;
	if (k && k->nchild > 0)
		k->nchild--;
	n->ike = 0;
}

struct sa_number *
tunnels_sa(struct tunnels *t, uint32_t child)
{
	struct sa_number *n = sa_find(t, child);

	if (n)
		return n;
	n = xcalloc(1, sizeof *n);
	n->child = child;
	n->number = t->next_sa + 1;
	t->next_sa += 2;
	n->next = t->number[child % SA_BUCKETS];
	t->number[child % SA_BUCKETS] = n;
	return n;
}

uint32_t
tunnels_sa_number(struct tunnels *t, uint32_t child)
{
	return tunnels_sa(t, child)->number;
}

void
sa_forget(struct tunnels *t, uint32_t child)
{
	for (struct sa_number **pp = &t->number[child % SA_BUCKETS], *n; (n = *pp); pp = &n->next)
		if (n->child == child) {
			*pp = n->next;
			free(n);
			return;
		}
}

void
tunnels_mark_cleared(struct tunnels *t, uint32_t unique_id)
{
	struct ike_seen *k = ike_live(t, unique_id);

	if (k)
		k->cleared = true;
}

struct ike_seen *
ike_with(struct tunnels *t, uint32_t peer)
{
	return *remote_bucket(t, peer);
}

bool
ike_established_with(struct tunnels *t, uint32_t peer)
{
	for (struct ike_seen *k = *remote_bucket(t, peer); k; k = k->rnext)
		if (k->up && k->remote == peer)
			return true;
	return false;
}

void
ike_attempts_over(struct tunnels *t, uint32_t peer)
{
	for (struct ike_seen *k = *remote_bucket(t, peer), *nx; k; k = nx) {
		nx = k->rnext;
		if (!k->up && k->remote == peer)
			ike_deleted(t, k, now_s());
	}
}
