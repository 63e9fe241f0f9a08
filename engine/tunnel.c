/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The runtime of crypto maps and tunnel interfaces: entries, flows, attempts.
 * See tunnel.h for what it decides. Entries and flows are made by the compile
 * function of a crypto map entry or interface and keep their state over a new compile; SAs are known by their
 * unique ids from charon's events.
 */
#define _GNU_SOURCE
#include "engine/tunnel_internal.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/ip4.h"
#include "lib/log.h"
#include "lib/xalloc.h"

/* Entries of one record hang together: the list of a bucket. */
struct entry_box {
	struct entry e;
	struct entry_box *bnext;
	struct entry *prev;
};

static time_t
now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* --- entries and flows --- */

static struct entry_box *
box(struct entry *e)
{
	return (struct entry_box *)e;
}

static struct entry *
find_entry(struct tunnels *t, uint32_t rec, const char *ifname)
{
	for (struct entry *e = t->bucket[rec % ENTRY_BUCKETS]; e; e = &box(e)->bnext->e) {
		if (e->rec == rec && strcmp(e->ifname, ifname) == 0)
			return e;
		if (!box(e)->bnext)
			break;
	}
	return NULL;
}

struct entry *
tunnels_entry(struct tunnels *t, uint32_t rec, const char *ifname)
{
	struct entry *e = find_entry(t, rec, ifname), **pp = &t->bucket[rec % ENTRY_BUCKETS];
	struct entry_box *b;

	if (!e) {
		b = xcalloc(1, sizeof *b);
		e = &b->e;
		e->rec = rec;
		snprintf(e->ifname, sizeof e->ifname, "%s", ifname);
		e->tail = &e->flows;
		b->bnext = *pp ? box(*pp) : NULL;
		*pp = e;
		e->next = t->first;
		if (t->first)
			box(t->first)->prev = e;
		t->first = e;
	}
	e->seen = true;
	return e;
}

static struct flow *
find_flow(struct entry *e, uint32_t ace)
{
	struct flow *f;

	/* lists are walked in order: it is mostly the one behind the last one */
	if (e->hint && e->hint->ace == ace)
		return e->hint;
	if (e->hint && e->hint->next && e->hint->next->ace == ace)
		return e->hint = e->hint->next;
	if (e->last_ace < ace)
		return NULL;
	for (f = e->flows; f && f->ace != ace; f = f->next)
		;
	if (f)
		e->hint = f;
	return f;
}

struct flow *
tunnels_find_flow(struct tunnels *t, uint32_t rec, const char *ifname, uint32_t ace)
{
	struct entry *e = find_entry(t, rec, ifname);

	return e ? find_flow(e, ace) : NULL;
}

static uint32_t
new_reqid(struct tunnels *t, struct flow *f)
{
	if (t->nreqid + 1 >= t->capreqid) {
		t->capreqid = t->capreqid * 2 + 64;
		t->by_reqid = xrealloc(t->by_reqid, sizeof(struct flow *) * t->capreqid);
		t->by_reqid[0] = NULL;
	}
	t->by_reqid[++t->nreqid] = f;
	return (uint32_t)t->nreqid;
}

struct flow *
tunnels_by_reqid(struct tunnels *t, uint32_t reqid)
{
	return reqid && reqid <= t->nreqid ? t->by_reqid[reqid] : NULL;
}

struct flow *
tunnels_flow(struct tunnels *t, struct entry *e, uint32_t ace, const struct obj_selector *sel)
{
	struct flow *f = find_flow(e, ace);

	if (!f) {
		f = xcalloc(1, sizeof *f);
		f->entry = e;
		f->ace = ace;
		f->reqid = new_reqid(t, f);
		*e->tail = f;
		e->tail = &f->next;
		e->hint = f;
		if (e->last_ace < ace)
			e->last_ace = ace;
	}
	f->sel = *sel;
	f->seen = true;
	return f;
}

static void
free_flow(struct tunnels *t, struct flow *f)
{
	spokes_free(t, f, true);
	t->by_reqid[f->reqid] = NULL;
	free(f);
}

void
tunnels_compile_begin(struct tunnels *t, uint32_t rec)
{
	for (struct entry *e = t->bucket[rec % ENTRY_BUCKETS]; e; e = box(e)->bnext ? &box(e)->bnext->e : NULL) {
		if (e->rec != rec)
			continue;
		e->seen = false;
		for (struct flow *f = e->flows; f; f = f->next)
			f->seen = false;
	}
}

static void
unlink_entry(struct tunnels *t, struct entry *e)
{
	struct entry **pp = &t->bucket[e->rec % ENTRY_BUCKETS];

	if (*pp == e)
		*pp = box(e)->bnext ? &box(e)->bnext->e : NULL;
	else {
		struct entry_box *b = box(*pp);

		while (&b->bnext->e != e)
			b = b->bnext;
		b->bnext = box(e)->bnext;
	}
	if (box(e)->prev)
		box(e)->prev->next = e->next;
	else
		t->first = e->next;
	if (e->next)
		box(e->next)->prev = box(e)->prev;
	for (pp = &t->waiting; e->retry_at && *pp; pp = &(*pp)->waiting)
		if (*pp == e) {
			*pp = e->waiting;
			break;
		}
}

void
tunnels_compile_end(struct tunnels *t, uint32_t rec)
{
	struct entry *next;

	for (struct entry *e = t->bucket[rec % ENTRY_BUCKETS]; e; e = next) {
		next = box(e)->bnext ? &box(e)->bnext->e : NULL;
		if (e->rec != rec)
			continue;
		for (struct flow **pp = &e->flows, *f; (f = *pp);) {
			if (e->seen && f->seen) {
				pp = &f->next;
				continue;
			}
			e->hint = NULL;
			/* the configuration wants this flow no more: its SAs go with it */
			for (int i = 0; i < f->nchild && t->control; i++)
				t->control->terminate_child(t->control->ctx, f->child[i], NULL, NULL);
			*pp = f->next;
			free_flow(t, f);
		}
		for (e->tail = &e->flows; *e->tail; e->tail = &(*e->tail)->next)
			;
		if (!e->seen) {
			unlink_entry(t, e);
			free(e);
		}
	}
}

struct entry *
tunnels_first(struct tunnels *t)
{
	return t->first;
}

void
tunnels_connection(const struct entry *e, uint32_t peer, char out[160])
{
	snprintf(out, 160, "%s-%s%s", e->local ? ip4_s(e->local) : "any", peer ? ip4_s(peer) : "any", e->profile);
}

/* --- attempts --- */

#define RECURSION_SECONDS 20	/* a tunnel stays down that was reached through itself */
#define RETRY_SECONDS 10	/* between two attempts of a tunnel that is always wanted */

static bool
wanted_always(const struct entry *e)
{
	return (e->kind == ENTRY_VTI || e->kind == ENTRY_PROTECTION) && e->flows && e->npeer && !e->responder;
}

static void
start_tick(struct tunnels *t)
{
	if (engine_loop(t->e) && !ev_is_active(&t->tick))
		ev_timer_again(engine_loop(t->e), &t->tick);
}

static void
schedule(struct tunnels *t, struct entry *e, int seconds)
{
	if (e->retry_at == 0) {
		e->waiting = t->waiting;
		t->waiting = e;
	}
	e->retry_at = now_s() + seconds;
	start_tick(t);
}

/* When both ends begin at once, the one with the higher address lets the other go first. */
void
tunnels_want(struct tunnels *t, struct entry *e)
{
	if (wanted_always(e) && !e->flows->nchild && !e->busy && e->retry_at == 0)
		schedule(t, e, e->local > e->peer[e->current] ? 3 : 1);
}

void
tunnels_end_sas(struct tunnels *t, struct entry *e)
{
	for (struct flow *f = e->flows; f; f = f->next)
		for (int i = 0; i < f->nchild && t->control; i++)
			t->control->terminate_child(t->control->ctx, f->child[i], NULL, NULL);
}

struct attempt {
	struct tunnels *t;
	uint32_t reqid;
	uint32_t peer;
};

static void release_held(struct tunnels *t, time_t now);
static void start_attempt(struct tunnels *t, struct flow *f);
static void ike_deleted(struct tunnels *t, struct ike_seen *k, time_t when);

static void
select_peer(struct tunnels *t, struct entry *e, int peer)
{
	if (e->current == peer)
		return;
	e->current = peer;
	log_msg("CRYPTO", 5, "PEER_SWITCH", "crypto map %s %u: current peer is now %s", e->map, e->seq,
	    ip4_s(e->peer[peer]));
	engine_touch(t->e, e->rec);
	engine_commit(t->e);
}

static bool
established_with(struct tunnels *t, uint32_t peer)
{
	for (struct ike_seen *k = t->ike; k; k = k->next)
		if (k->up && !k->deleted && k->remote == peer)
			return true;
	return false;
}

/* charon tells nothing of an IKE SA that never came up: what show has seen of it is over with the attempt. */
static void
entomb_attempts(struct tunnels *t, uint32_t peer)
{
	for (struct ike_seen *k = t->ike; k; k = k->next)
		if (!k->up && !k->deleted && k->remote == peer)
			ike_deleted(t, k, now_s());
}

/*
 * An attempt has ended. When phase 1 did not come up the next peer is tried,
 * once round; then the entry waits for the next packet. When phase 1 is there
 * and only phase 2 was refused, another peer would not help.
 */
static void
attempt_done(void *arg, int err, const char *text)
{
	struct attempt *a = arg;
	struct tunnels *t = a->t;
	struct flow *f = tunnels_by_reqid(t, a->reqid);
	struct entry *e = f ? f->entry : NULL;
	uint32_t peer = a->peer;

	free(a);
	if (!e)
		return;
	e->busy = false;
	if (wanted_always(e) && !e->flows->nchild)
		schedule(t, e, err == -ENOTCONN || err == -ECONNRESET ? 2 : RETRY_SECONDS);
	if (err == 0 || err == -ENOTCONN || err == -ECONNRESET)
		return;
	f->send_errors++;
	entomb_attempts(t, peer);
	/* one that is tried for ever is said less and less often */
	e->failed++;
	if (!wanted_always(e) || (e->failed & (e->failed - 1)) == 0)
		log_msg("CRYPTO", 5, "SESSION_FAILED", "no IPsec SA with %s: %s", ip4_s(peer), text ? text : strerror(-err));
	if (f->nchild || established_with(t, peer) || e->npeer < 2)
		return;
	if (++e->tried >= e->npeer)
		return;
	if (e->peer[e->current] == peer)
		select_peer(t, e, (e->current + 1) % e->npeer);
	f = tunnels_by_reqid(t, e->busy_flow);
	if (f && f->entry == e && !f->nchild)
		start_attempt(t, f);
}

static void
start_attempt(struct tunnels *t, struct flow *f)
{
	struct entry *e = f->entry;
	struct attempt *a;
	char conn[160], child[160];

	if (!t->control || e->npeer == 0 || e->responder)
		return;
	a = xcalloc(1, sizeof *a);
	a->t = t;
	a->reqid = f->reqid;
	a->peer = e->peer[e->current];
	e->busy = true;
	e->busy_flow = f->reqid;
	tunnels_connection(e, a->peer, conn);
	snprintf(child, sizeof child, "%s-%u-%u", e->map, e->seq, f->reqid);
	t->control->initiate(t->control->ctx, conn, child, 0, attempt_done, a);
}

static void
on_tick(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct tunnels *t = w->data;
	struct entry *due = NULL;
	time_t now = now_s();

	(void)revents;
	for (struct entry **pp = &t->waiting, *e; (e = *pp);) {
		if (e->retry_at > now) {
			pp = &e->waiting;
			continue;
		}
		*pp = e->waiting;
		e->retry_at = 0;
		e->waiting = due;
		due = e;
	}
	/* an attempt is asynchronous: nothing here changes the entries */
	for (struct entry *e = due, *nx; e; e = nx) {
		nx = e->waiting;
		e->waiting = NULL;
		if (wanted_always(e) && !e->flows->nchild && !e->busy) {
			e->tried = 0;
			start_attempt(t, e->flows);
		}
	}
	release_held(t, now);
	if (!t->waiting && !t->held)
		ev_timer_stop(loop, w);
}

static void
on_acquire(void *ctx, const struct acquire *a)
{
	struct tunnels *t = ctx;
	struct flow *f = tunnels_by_reqid(t, a->reqid);

	if (!f || f->nchild || (f->entry->busy && f->entry->busy_flow == f->reqid))
		return;
	if (wanted_always(f->entry) && f->entry->retry_at)
		return;		/* it is about to be: perhaps the other end goes first */
	if (f->entry->busy)
		return;		/* one at a time per entry; the kernel asks again */
	f->entry->tried = 0;
	start_attempt(t, f);
}

/* --- SAs --- */

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

static struct ike_seen *
live_ike(struct tunnels *t, uint32_t id)
{
	struct ike_seen *k = t->ike_bucket[id % SA_BUCKETS];

	while (k && k->unique_id != id)
		k = k->hnext;
	return k;
}

/* It is kept for a while, to be shown as deleted, but events do not find it any more. */
static void
ike_deleted(struct tunnels *t, struct ike_seen *k, time_t when)
{
	struct ike_seen **pp = &t->ike_bucket[k->unique_id % SA_BUCKETS];

	while (*pp && *pp != k)
		pp = &(*pp)->hnext;
	if (*pp)
		*pp = k->hnext;
	k->deleted = true;
	k->deleted_at = when;
}

struct ike_seen *
tunnels_ike(struct tunnels *t, const struct sa_ike *sa)
{
	struct ike_seen *k;

	k = live_ike(t, sa->unique_id);
	if (!k) {
		if (t->next_conn % 256 == 255)
			(void)tunnels_ike_first(t);	/* drops those that ended long ago */
		k = xcalloc(1, sizeof *k);
		k->unique_id = sa->unique_id;
		k->conn_id = 1000 + ++t->next_conn;
		k->since = now_s();
		k->next = t->ike;
		t->ike = k;
		k->hnext = t->ike_bucket[k->unique_id % SA_BUCKETS];
		t->ike_bucket[k->unique_id % SA_BUCKETS] = k;
	}
	k->local = sa->local;
	k->remote = sa->remote;
	k->local_port = sa->local_port;
	k->remote_port = sa->remote_port;
	k->initiator = sa->initiator;
	k->version = sa->version;
	if (*sa->encr) {
		snprintf(k->encr, sizeof k->encr, "%s", sa->encr);
		snprintf(k->integ, sizeof k->integ, "%s", sa->integ);
	}
	return k;
}

struct sa_number *
tunnels_sa(struct tunnels *t, uint32_t child)
{
	struct sa_number *n;

	for (n = t->number[child % SA_BUCKETS]; n; n = n->next)
		if (n->child == child)
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

static void
forget_sa_number(struct tunnels *t, uint32_t child)
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
	struct ike_seen *k = live_ike(t, unique_id);

	if (k)
		k->cleared = true;
}

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
		select_peer(t, e, (e->current + 1) % e->npeer);
	else if (moved) {
		engine_touch(t->e, e->rec);
		engine_commit(t->e);
	}
}

static void
on_ike_updown(void *ctx, bool up, const struct sa_ike *sa)
{
	struct tunnels *t = ctx;
	struct ike_seen *k = tunnels_ike(t, sa);

	if (up) {
		k->up = true;
		return;
	}
	/*
	 * An IKE SA that dies while it still has children was not taken down by
	 * anybody: the peer is dead (DPD, retransmissions). Entries whose current
	 * peer this is go on to the next; traffic will ask for the new SA.
	 */
	if (k->up && k->nchild > 0 && !k->cleared) {
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
	if (f->nchild < (int)(sizeof f->child / sizeof f->child[0]))
		f->child[f->nchild++] = id;
}

static bool
drop_child(struct flow *f, uint32_t id)
{
	for (int i = 0; i < f->nchild; i++)
		if (f->child[i] == id) {
			f->child[i] = f->child[--f->nchild];
			return true;
		}
	return false;
}

static void
count_ike(struct tunnels *t, const struct sa_ike *sa, int n)
{
	struct ike_seen *k = tunnels_ike(t, sa);

	k->nchild += n;
	if (k->nchild < 0)
		k->nchild = 0;
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

/*
 * Both ends have called at the same moment, and there are two IKE SAs for one
 * flow. The end with the lower address takes down the one that the other began.
 */
static void
drop_duplicate(struct tunnels *t, struct flow *f, const struct sa_ike *sa)
{
	struct ike_seen *new = live_ike(t, sa->unique_id), *old = live_ike(t, f->ike), *loser;

	f->ike = sa->unique_id;
	if (!new || !old || new == old || f->nchild < 2 || old->remote != new->remote || old->initiator == new->initiator ||
	    now_s() - old->since > 15 || sa->local > sa->remote || !t->control)
		return;
	loser = new->initiator ? old : new;
	if (loser->nchild > 1)
		return;
	loser->cleared = true;
	t->control->terminate_ike(t->control->ctx, loser->unique_id, false, NULL, NULL);
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
	drop_duplicate(t, f, sa);
	if (peer >= 0 && f->peer != sa->remote) {
		bool moved = flow_peer(f) != sa->remote;

		f->peer = sa->remote;
		if (moved && others_hold(e, f)) {
			/* this flow goes there, the others stay where they are */
			engine_touch(t->e, e->rec);
			engine_commit(t->e);
		} else if (moved)
			select_peer(t, e, peer);
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

static void
on_child_updown(void *ctx, bool up, const struct sa_ike *sa)
{
	struct tunnels *t = ctx;
	const struct sa_child *c = sa->children;
	struct flow *f = c ? tunnels_by_reqid(t, c->reqid) : NULL;

	if (!c)
		return;
	if (up)
		(void)tunnels_sa_number(t, c->unique_id);
	count_ike(t, sa, up ? 1 : -1);
	if (f && up)
		flow_up(t, f, sa, c);
	if (!up && tunnels_sa(t, c->unique_id)->spoke)
		spoke_down(t, tunnels_sa(t, c->unique_id)->spoke, c);
	if (!up)
		forget_sa_number(t, c->unique_id);
	if (f && !up && drop_child(f, c->unique_id)) {
		f->packets_in += c->packets_in;
		f->packets_out += c->packets_out;
		flow_down(t, f);
	}
}

static void
on_child_rekey(void *ctx, const struct sa_ike *sa, const struct sa_child *was, const struct sa_child *now)
{
	struct tunnels *t = ctx;
	struct flow *f = tunnels_by_reqid(t, now->reqid);

	(void)sa;
	(void)tunnels_sa_number(t, now->unique_id);
	if (!f) {
		forget_sa_number(t, was->unique_id);
		return;
	}
	if (tunnels_sa(t, was->unique_id)->spoke)
		spoke_rekeyed(t, tunnels_sa(t, was->unique_id)->spoke, was, now->unique_id);
	if (f->entry->kind == ENTRY_DYNAMIC || f->entry->kind == ENTRY_TEMPLATE)
		return;
	/* the old SA is listed for a while yet, under its number; the one before it is gone for good */
	forget_sa_number(t, f->replaced);
	f->replaced = was->unique_id;
	add_child(f, now->unique_id);
	if (drop_child(f, was->unique_id)) {
		f->packets_in += was->packets_in;
		f->packets_out += was->packets_out;
	}
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

static void
on_link_change(void *ctx, const struct link_state *l)
{
	struct tunnels *t = ctx;

	if (t->on_link)
		t->on_link(t->on_link_ctx, l);
}

void
tunnels_on_link(struct tunnels *t, tunnels_link_cb *cb, void *ctx)
{
	t->on_link = cb;
	t->on_link_ctx = ctx;
}

void
tunnels_keepalive(struct tunnels *t, const char *dev, bool up)
{
	uint32_t rec;

	if (!keepalives_set(&t->keepalives, dev, up))
		return;
	rec = keepalive_interface(t->store, dev);
	if (rec) {
		engine_touch(t->e, rec);
		engine_commit(t->e);
	}
}

bool
tunnels_keepalive_up(const struct tunnels *t, const char *dev)
{
	return keepalives_up(&t->keepalives, dev);
}

static void
on_keepalive(void *ctx, const char *dev, bool up)
{
	tunnels_keepalive(ctx, dev, up);
}

static void
on_reach(void *ctx, uint32_t addr, const char *dev)
{
	struct tunnels *t = ctx;

	engine_reach(t->e, addr, dev);
	engine_commit(t->e);
}

/* --- recursive routing --- */

void
tunnels_recursive(struct tunnels *t, uint32_t rec, const char *ifname)
{
	struct held *h;

	for (h = t->held; h; h = h->next)
		if (h->rec == rec)
			return;
	h = xcalloc(1, sizeof *h);
	h->rec = rec;
	h->until = now_s() + RECURSION_SECONDS;
	h->next = t->held;
	t->held = h;
	log_msg("TUN", 5, "RECURDOWN", "%s temporarily disabled due to recursive routing", ifname);
	start_tick(t);
}

bool
tunnels_held(const struct tunnels *t, uint32_t rec)
{
	for (const struct held *h = t->held; h; h = h->next)
		if (h->rec == rec)
			return true;
	return false;
}

/* Their time is over: compiled again, they come up, or are found recursive again. */
static void
release_held(struct tunnels *t, time_t now)
{
	bool any = false;

	for (struct held **pp = &t->held, *h; (h = *pp);) {
		if (h->until > now) {
			pp = &h->next;
			continue;
		}
		*pp = h->next;
		engine_touch(t->e, h->rec);
		free(h);
		any = true;
	}
	if (any)
		engine_commit(t->e);
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
		k->nchild++;
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
			forget_sa_number(t, t->number[i]->child);
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

void
tunnels_set_control(struct tunnels *t, const struct ike_control *c)
{
	t->control = c;
}

const struct ike_control *
tunnels_control(struct tunnels *t)
{
	return t->control;
}

const struct observer *
tunnels_observer(struct tunnels *t)
{
	return &t->observer;
}

struct tunnels *
tunnels_new(struct engine *e, struct store *s)
{
	struct tunnels *t = xcalloc(1, sizeof *t);

	t->e = e;
	t->store = s;
	t->observer = (struct observer){
		.ctx = t,
		.ike_updown = on_ike_updown,
		.child_updown = on_child_updown,
		.child_rekey = on_child_rekey,
		.ike_rekey = on_ike_rekey,
		.acquire = on_acquire,
		.link = on_link_change,
		.keepalive = on_keepalive,
		.reach = on_reach,
	};
	ev_timer_init(&t->tick, on_tick, 0, 1.0);
	t->tick.data = t;
	return t;
}

void
tunnels_free(struct tunnels *t)
{
	t->control = NULL;
	if (engine_loop(t->e))
		ev_timer_stop(engine_loop(t->e), &t->tick);
	while (t->first) {
		struct entry *e = t->first;

		for (struct flow *f = e->flows, *nx; f; f = nx) {
			nx = f->next;
			free_flow(t, f);
		}
		unlink_entry(t, e);
		free(e);
	}
	for (struct ike_seen *k = t->ike, *nx; k; k = nx) {
		nx = k->next;
		free(k);
	}
	for (size_t i = 0; i < SA_BUCKETS; i++)
		while (t->number[i])
			forget_sa_number(t, t->number[i]->child);
	keepalives_free(&t->keepalives);
	free(t->by_reqid);
	free(t->access);
	while (t->held) {
		struct held *h = t->held;

		t->held = h->next;
		free(h);
	}
	free(t);
}
