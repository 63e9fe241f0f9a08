/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What follows from SAs that come and go: peers that are dead, reverse routes, the line protocol of virtual tunnel interfaces,
 * spokes. charon tells it by events; after a new connection to charon all that it has is listed.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/tunnel_internal.h"
#include "lib/ip4.h"
#include "lib/log.h"
#include "lib/xalloc.h"

static int
peer_index(const struct entry *e, uint32_t addr)
{
	for (int i = 0; i < e->npeer; i++)
		if (e->peer[i] == addr)
			return i;
	return -1;
}

static void
peer_dead(struct tunnels *t, struct entry *e, uint32_t peer)
{
	bool moved = false;

	/* the events of the children are still to come */
	for (struct flow *f = e->flows; f; f = f->next)
		if (f->peer == peer) {
			f->peer = 0;
			moved = true;
		}
	if (e->peer[e->current] == peer)
		entry_select_peer(t, e, (e->current + 1) % e->npeer);
	else if (moved) {
		engine_touch(t->e, e->rec);
		engine_commit(t->e);
	}
}

/* Another IKE SA that is up with the peer of k. */
static struct ike_seen *
up_beside(struct tunnels *t, const struct ike_seen *k)
{
	struct ike_seen *o = ike_with(t, k->remote);

	while (o && !(o != k && o->up && o->remote == k->remote && o->local == k->local))
		o = o->rnext;
	return o;
}

static void
on_ike_updown(void *ctx, bool up, const struct sa_ike *sa)
{
	struct tunnels *t = ctx;
	struct ike_seen *k = tunnels_ike(t, sa), *other;

	if (up) {
		k->up = true;
		return;
	}
	/*
	 * An IKE SA that dies while it still has children, and was not taken down by
	 * either end: the peer is dead (DPD, retransmissions). Entries whose current
	 * peer this is go on to the next; traffic will ask for the new SA. A peer
	 * that has called again meanwhile is alive: its first IKE SA is but
	 * redundant. In IKEv1 its children go on under the other one.
	 */
	other = k->up ? up_beside(t, k) : NULL;
	if (other && k->version == 1)
		other->nchild += k->nchild;
	if (k->up && k->nchild > 0 && !k->cleared && !other && strcmp(sa->state, "DELETING") != 0) {
		log_msg("CRYPTO", 5, "PEER_DEAD", "peer %s does not answer", ip4_s(sa->remote));
		for (struct entry *e = t->first; e; e = e->next)
			if (e->npeer > 1 && e->local == sa->local)
				peer_dead(t, e, sa->remote);
	}
	ike_deleted(t, k, now_s());
}

/* The SA must have the proxy identities of the access list: charon narrows, IOS refuses. */
static bool
identities_match(const struct flow *f, const struct sa_child *c)
{
	return f->sel.src.addr == c->ts.src.addr && f->sel.src.len == c->ts.src.len &&
	    f->sel.dst.addr == c->ts.dst.addr && f->sel.dst.len == c->ts.dst.len && f->sel.proto == c->ts.proto &&
	    f->sel.src_port == c->ts.src_port && f->sel.dst_port == c->ts.dst_port;
}

static void
add_child(struct flow *f, uint32_t id)
{
	for (int i = 0; i < f->nchild; i++)
		if (f->child[i] == id)
			return;
	if (f->nchild < FLOW_CHILDREN)
		f->child[f->nchild++] = id;
}

static bool
drop_child(struct flow *f, uint32_t id)
{
	for (int i = 0; i < f->nchild; i++)
		if (f->child[i] == id) {
			f->nchild--;
			/* they stay in the order in which they came */
			memmove(f->child + i, f->child + i + 1, (size_t)(f->nchild - i) * sizeof f->child[0]);
			return true;
		}
	return false;
}

/* Has another flow of the entry SAs with its current peer? */
static bool
others_hold(const struct entry *e, const struct flow *but)
{
	for (const struct flow *f = e->flows; f; f = f->next)
		if (f != but && f->nchild && f->peer == e->peer[e->current])
			return true;
	return false;
}

static void
flow_up(struct tunnels *t, struct flow *f, const struct sa_ike *sa, const struct sa_child *c)
{
	struct entry *e = f->entry;
	bool first = f->nchild == 0;
	int peer = peer_index(e, sa->remote);

	if (e->kind == ENTRY_DYNAMIC || e->kind == ENTRY_TEMPLATE) {
		spoke_up(t, f, sa, c);
		return;
	}
	if (!identities_match(f, c)) {
		log_msg("CRYPTO", 5, "IPSEC_SETUP_FAILURE", "proxy identities not supported, peer %s", ip4_s(sa->remote));
		if (t->control)
			t->control->terminate_child(t->control->ctx, c->unique_id, NULL, NULL);
		return;
	}
	add_child(f, c->unique_id);
	e->failed = 0;
	duplicates_look(t, f, sa);
	f->ike = sa->unique_id;
	if (peer >= 0 && f->peer != sa->remote) {
		bool moved = flow_peer(f) != sa->remote;

		f->peer = sa->remote;
		if (moved && others_hold(e, f)) {
			/* this flow goes there, the others stay where they are */
			engine_touch(t->e, e->rec);
			engine_commit(t->e);
		} else if (moved)
			entry_select_peer(t, e, peer);
	}
	if (e->kind == ENTRY_VTI && first) {
		engine_touch(t->e, e->rec);
		engine_commit(t->e);
	}
	if (e->reverse_route && (first || !f->rri || f->rri_gateway != sa->remote)) {
		f->rri = true;
		f->rri_dst = c->ts.dst;
		f->rri_gateway = sa->remote;
		engine_touch(t->e, e->rec);
		engine_commit(t->e);
	}
}

static void
flow_down(struct tunnels *t, struct flow *f)
{
	bool moved;

	if (f->nchild)
		return;
	moved = f->peer && f->entry->npeer && f->peer != f->entry->peer[f->entry->current];
	f->peer = 0;
	tunnels_want(t, f->entry);
	if (!f->rri && f->entry->kind != ENTRY_VTI && !moved)
		return;
	f->rri = false;
	engine_touch(t->e, f->entry->rec);
	engine_commit(t->e);
}

void
flow_lost(struct tunnels *t, struct flow *f, uint32_t child, uint64_t packets_in, uint64_t packets_out)
{
	if (!drop_child(f, child))
		return;
	sa_counts_not(t, child, ike_live(t, f->ike));
	sa_forget(t, child);
	f->packets_in += packets_in;
	f->packets_out += packets_out;
	flow_down(t, f);
}

static void
on_child_updown(void *ctx, bool up, const struct sa_ike *sa)
{
	struct tunnels *t = ctx;
	const struct sa_child *c = sa->children;
	struct flow *f = c ? tunnels_by_reqid(t, c->reqid) : NULL;
	struct sa_number *n;

	if (!c)
		return;
	if (up) {
		sa_counts(t, c->unique_id, tunnels_ike(t, sa));
		if (f)
			flow_up(t, f, sa, c);
		return;
	}
	sa_counts_not(t, c->unique_id, ike_live(t, sa->unique_id));
	n = sa_find(t, c->unique_id);
	if (n && n->spoke)
		spoke_down(t, n->spoke, c);
	sa_forget(t, c->unique_id);
	if (f)
		flow_lost(t, f, c->unique_id, c->packets_in, c->packets_out);
}

static void
on_child_rekey(void *ctx, const struct sa_ike *sa, const struct sa_child *was, const struct sa_child *now)
{
	struct tunnels *t = ctx;
	struct flow *f = tunnels_by_reqid(t, now->reqid);
	struct ike_seen *k = tunnels_ike(t, sa);

	sa_counts_not(t, was->unique_id, k);
	sa_counts(t, now->unique_id, k);
	if (!f) {
		sa_forget(t, was->unique_id);
		return;
	}
	if (tunnels_sa(t, was->unique_id)->spoke)
		spoke_rekeyed(t, tunnels_sa(t, was->unique_id)->spoke, was, now->unique_id);
	if (f->entry->kind == ENTRY_DYNAMIC || f->entry->kind == ENTRY_TEMPLATE)
		return;
	/* the old SA is listed for a while yet, under its number; the one before it is gone for good */
	sa_forget(t, f->replaced);
	f->replaced = was->unique_id;
	if (drop_child(f, was->unique_id)) {
		f->packets_in += was->packets_in;
		f->packets_out += was->packets_out;
	}
	add_child(f, now->unique_id);
	duplicates_replaced(t, f, sa, was);
}

static void
on_ike_rekey(void *ctx, const struct sa_ike *was, const struct sa_ike *now)
{
	struct tunnels *t = ctx;
	struct ike_seen *o = tunnels_ike(t, was), *n = tunnels_ike(t, now);

	n->up = true;
	n->nchild += o->nchild;
	o->nchild = 0;
	ike_deleted(t, o, 0);
}

void
tunnels_sa_events(struct observer *o)
{
	o->ike_updown = on_ike_updown;
	o->child_updown = on_child_updown;
	o->child_rekey = on_child_rekey;
	o->ike_rekey = on_ike_rekey;
}

/* --- after a connection to charon --- */

static void
rebuild(void *arg, const struct sa_ike *sa)
{
	struct tunnels *t = arg;
	struct ike_seen *k = tunnels_ike(t, sa);

	k->up = strcmp(sa->state, "ESTABLISHED") == 0;
	for (size_t i = 0; i < sa->nchild; i++) {
		struct flow *f = tunnels_by_reqid(t, sa->children[i].reqid);

		if (strcmp(sa->children[i].state, "INSTALLED") != 0)
			continue;
		sa_counts(t, sa->children[i].unique_id, k);
		if (f)
			flow_up(t, f, sa, &sa->children[i]);
	}
}

void
tunnels_reset(struct tunnels *t)
{
	for (struct ike_seen *k = t->ike; k; k = k->next)
		if (!k->deleted) {
			ike_deleted(t, k, now_s());
			k->nchild = 0;
		}
	for (size_t i = 0; i < SA_BUCKETS; i++)
		while (t->number[i])
			sa_forget(t, t->number[i]->child);
	duplicates_forget(t);
	memset(t->reserved, 0, sizeof t->reserved);
	for (struct entry *e = t->first, *nx; e; e = nx) {
		bool changed = false;

		nx = e->next;
		e->busy = false;
		for (struct flow *f = e->flows; f; f = f->next) {
			changed |= f->rri || (f->nchild && e->kind == ENTRY_VTI) ||
			    (f->peer && e->npeer && f->peer != e->peer[e->current]);
			f->nchild = 0;
			f->peer = 0;
			f->rri = false;
			spokes_free(t, f, false);
		}
		tunnels_want(t, e);
		if (changed)
			engine_touch(t->e, e->rec);
	}
	engine_commit(t->e);
	if (t->control)
		t->control->list_sas(t->control->ctx, rebuild, NULL, t);
}
