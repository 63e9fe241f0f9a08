/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the tunnels do by the clock and for traffic: attempts to bring SAs up, with which of the peers, and when again; and the
 * time for which a tunnel stays down that was reached through itself.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/tunnel_internal.h"
#include "lib/ip4.h"
#include "lib/log.h"
#include "lib/xalloc.h"

#define RECURSION_SECONDS 20	/* a tunnel stays down that was reached through itself */
#define RETRY_SECONDS 10	/* between two attempts of a tunnel that is always wanted */
#define CALL_SECONDS 4		/* for the SAs of a peer that has begun */

void
tunnels_start_tick(struct tunnels *t)
{
	if (engine_loop(t->e) && !ev_is_active(&t->tick))
		ev_timer_again(engine_loop(t->e), &t->tick);
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
	tunnels_start_tick(t);
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

/* --- attempts --- */

static bool
wanted_always(const struct entry *e)
{
	return (e->kind == ENTRY_VTI || e->kind == ENTRY_PROTECTION) && e->flows && e->npeer && !e->responder;
}

static void
schedule(struct tunnels *t, struct entry *e, int seconds)
{
	if (e->retry_at == 0) {
		e->waiting = t->waiting;
		if (e->waiting)
			e->waiting->waiting_at = &e->waiting;
		e->waiting_at = &t->waiting;
		t->waiting = e;
	}
	e->retry_at = now_s() + seconds;
	tunnels_start_tick(t);
}

void
entry_waits_not(struct entry *e)
{
	if (e->retry_at == 0)
		return;
	*e->waiting_at = e->waiting;
	if (e->waiting)
		e->waiting->waiting_at = e->waiting_at;
	e->waiting = NULL;
	e->retry_at = 0;
}

/* When both ends begin at once, the one with the higher address lets the other go first: seconds that it waits longer. */
static int
goes_second(const struct entry *e)
{
	return e->local > e->peer[e->current] ? 2 : 0;
}

static void
schedule_first(struct tunnels *t, struct entry *e)
{
	schedule(t, e, 1 + goes_second(e));
}

void
tunnels_want(struct tunnels *t, struct entry *e)
{
	if (wanted_always(e) && !e->flows->nchild && !e->busy && e->retry_at == 0)
		schedule_first(t, e);
}

void
tunnels_end_sas(struct tunnels *t, struct entry *e)
{
	for (struct flow *f = e->flows; f; f = f->next)
		for (int i = 0; i < f->nchild && t->control; i++)
			t->control->terminate_child(t->control->ctx, f->child[i], NULL, NULL);
}

void
entry_select_peer(struct tunnels *t, struct entry *e, int peer)
{
	if (e->current == peer)
		return;
	e->current = peer;
	log_msg("CRYPTO", 5, "PEER_SWITCH", "crypto map %s %u: current peer is now %s", e->map, e->seq,
	    ip4_s(e->peer[peer]));
	engine_touch(t->e, e->rec);
	engine_commit(t->e);
}

/*
 * An IKE SA that the peer has begun is up, and what it is for is still being
 * negotiated. It may be what we want, too, and asked for twice it would be there twice.
 */
static bool
peer_calls(struct tunnels *t, const struct entry *e, time_t now)
{
	uint32_t peer = e->npeer ? e->peer[e->current] : 0;

	for (const struct ike_seen *k = ike_with(t, peer); k; k = k->rnext)
		if (k->remote == peer && k->local == e->local && k->up && !k->initiator && k->nchild == 0 &&
		    now - k->since < CALL_SECONDS)
			return true;
	return false;
}

struct attempt {
	struct tunnels *t;
	uint32_t reqid;
	uint32_t peer;
};

static void start_attempt(struct tunnels *t, struct flow *f);

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
	if (err == -EAGAIN) {	/* not this peer's fault */
		if (f->nchild)
			return;
		if (wanted_always(e))
			schedule_first(t, e);
		else
			start_attempt(t, f);
		return;
	}
	if (wanted_always(e) && !e->flows->nchild)
		schedule(t, e, err == -ENOTCONN || err == -ECONNRESET ? 2 : RETRY_SECONDS + goes_second(e));
	if (err == 0 || err == -ENOTCONN || err == -ECONNRESET)
		return;
	f->send_errors++;
	ike_attempts_over(t, peer);
	/* one that is tried for ever is said less and less often */
	e->failed++;
	if (!wanted_always(e) || (e->failed & (e->failed - 1)) == 0)
		log_msg("CRYPTO", 5, "SESSION_FAILED", "no IPsec SA with %s: %s", ip4_s(peer), text ? text : strerror(-err));
	if (f->nchild || ike_established_with(t, peer) || e->npeer < 2)
		return;
	if (++e->tried >= e->npeer)
		return;
	if (e->peer[e->current] == peer)
		entry_select_peer(t, e, (e->current + 1) % e->npeer);
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
attempt_due(struct tunnels *t, struct entry *e, time_t now)
{
	struct flow *f = wanted_always(e) ? e->flows : tunnels_by_reqid(t, e->asked_flow);

	if (!f || f->entry != e || f->nchild || e->busy)
		return;
	if (peer_calls(t, e, now)) {
		schedule(t, e, 1);
		return;
	}
	e->tried = 0;
	start_attempt(t, f);
}

void
tunnels_on_tick(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct tunnels *t = w->data;
	struct entry *due = NULL;
	time_t now = now_s();

	(void)revents;
	for (struct entry *e = t->waiting, *nx; e; e = nx) {
		nx = e->waiting;
		if (e->retry_at > now)
			continue;
		entry_waits_not(e);
		e->waiting = due;
		due = e;
	}
	/* an attempt is asynchronous: nothing here changes the entries */
	for (struct entry *e = due, *nx; e; e = nx) {
		nx = e->waiting;
		e->waiting = NULL;
		attempt_due(t, e, now);
	}
	release_held(t, now);
	duplicates_end(t, now);
	if (!t->waiting && !t->held && !t->duplicates)
		ev_timer_stop(loop, w);
}

void
tunnels_on_acquire(void *ctx, const struct acquire *a)
{
	struct tunnels *t = ctx;
	struct flow *f = tunnels_by_reqid(t, a->reqid);

	if (!f || f->nchild || (f->entry->busy && f->entry->busy_flow == f->reqid))
		return;
	if (wanted_always(f->entry) && f->entry->retry_at)
		return;		/* it is about to be: perhaps the other end goes first */
	if (f->entry->busy)
		return;		/* one at a time per entry; the kernel asks again */
	if (peer_calls(t, f->entry, now_s())) {
		f->entry->asked_flow = f->reqid;
		schedule(t, f->entry, 1);
		return;
	}
	f->entry->tried = 0;
	start_attempt(t, f);
}
