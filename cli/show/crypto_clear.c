/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * clear crypto session | isakmp | ikev2 sa | sa. The SAs are picked from the list that was
 * fetched for the command; charon is asked to take them down, a few at a time,
 * and the session waits for the answers, though never longer than WAIT.
 *
 * IOS keeps the IPsec SAs when an IKE SA is cleared; charon deletes an IKEv1
 * SA's children together with it, so here `clear crypto isakmp` takes down the
 * IPsec SAs, too. The next packet brings both back.
 */
#include <errno.h>
#include <ev.h>
#include <stdlib.h>
#include <string.h>

#include "cli/show/crypto.h"
#include "lib/xalloc.h"

exec_fn clear_crypto_session, clear_crypto_isakmp, clear_crypto_ikev2, clear_crypto_sa, clear_crypto_nothing;

#define WINDOW 64	/* requests that charon has at a time */
#define WAIT 10.0	/* seconds */

struct clear {
	struct session *s;	/* NULL: it does not wait any more */
	struct ev_loop *loop;
	struct tunnels *t;
	ev_timer timer;
	bool children;
	uint32_t *id;
	size_t n, next, open;
};

static void
release(struct clear *c)
{
	struct session *s = c->s;

	c->s = NULL;
	if (c->loop)
		ev_timer_stop(c->loop, &c->timer);
	c->loop = NULL;
	if (s)
		session_done(s);
}

static void done(void *arg, int err, const char *text);

static void
pump(struct clear *c)
{
	while (c->next < c->n && c->open < WINDOW) {
		const struct ike_control *ctl = tunnels_control(c->t);
		uint32_t id = c->id[c->next++];

		if (!ctl) {
			c->next = c->n;
			break;
		}
		c->open++;
		if (c->children)
			ctl->terminate_child(ctl->ctx, id, done, c);
		else
			ctl->terminate_ike(ctl->ctx, id, false, done, c);
	}
	if (c->open == 0) {
		release(c);
		free(c->id);
		free(c);
	}
}

static void
done(void *arg, int err, const char *text)
{
	struct clear *c = arg;

	(void)text;
	/* gone already is as good as taken down; without charon there is nothing left to do */
	if (err == -ENOTCONN || err == -ECONNRESET)
		c->next = c->n;
	c->open--;
	pump(c);
}

static void
cancel(void *arg)
{
	struct clear *c = arg;

	c->next = c->n;
	release(c);
}

static void
gone(void *arg)
{
	struct clear *c = arg;

	c->s = NULL;
	release(c);
}

static void
on_timer(struct ev_loop *loop, ev_timer *w, int revents)
{
	(void)loop;
	(void)revents;
	release(w->data);
}

/* Takes down what was picked; c->id and c->n are filled. */
static void
run(struct clear *c, struct session *s)
{
	struct router *r = session_router(s);

	if (c->n == 0 || !tunnels_control(r->tunnels)) {
		free(c->id);
		free(c);
		return;
	}
	c->s = s;
	c->t = r->tunnels;
	c->loop = r->loop;
	if (c->loop) {
		ev_timer_init(&c->timer, on_timer, WAIT, 0);
		c->timer.data = c;
		ev_timer_start(c->loop, &c->timer);
	}
	session_busy(s, cancel, gone, c);
	pump(c);
}

static int
by_id(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* Which IKE SAs; 0: whichever. */
struct which {
	int version;
	uint32_t local, peer;
	const uint32_t *conn;
};

/* What is gone already counts as cleared as well: its session is not about to come back. */
static void
clear_ike(struct session *s, const struct which *w)
{
	struct clear *c = xcalloc(1, sizeof *c);
	struct crypto_view v;

	crypto_view_open(&v, s);
	c->id = xcalloc(v.nike + 1, sizeof *c->id);
	for (size_t i = 0; i < v.nike; i++)
		if ((!w->peer || v.ike[i].remote == w->peer) && (!w->local || v.ike[i].local == w->local) &&
		    (!w->version || v.ike[i].version == w->version) && (!w->conn || crypto_conn_id(&v, &v.ike[i]) == *w->conn))
			c->id[c->n++] = v.ike[i].unique_id;
	crypto_view_close(&v);
	qsort(c->id, c->n, sizeof *c->id, by_id);
	/* as tunnels_mark_cleared(), for all of them in one walk */
	for (struct ike_seen *k = tunnels_ike_first(v.t); k; k = k->next)
		if (k->deleted ? (!w->peer || k->remote == w->peer) && (!w->local || k->local == w->local) &&
		    (!w->version || k->version == w->version) && (!w->conn || k->conn_id == *w->conn)
		               : bsearch(&k->unique_id, c->id, c->n, sizeof *c->id, by_id) != NULL)
			k->cleared = true;
	run(c, s);
}

void
clear_crypto_session(struct session *s, const void *values)
{
	const struct cfg_clear_crypto_session *a = values;

	clear_ike(s, &(struct which){ .peer = a->has & HAS_CLEAR_CRYPTO_SESSION_ADDR ? a->addr : 0 });
}

void
clear_crypto_isakmp(struct session *s, const void *values)
{
	const struct cfg_clear_crypto_isakmp *a = values;

	clear_ike(s, &(struct which){ .version = 1, .conn = a->has & HAS_CLEAR_CRYPTO_ISAKMP_CONN ? &a->conn : NULL });
}

/* (`fast` is what happens in any case: nobody waits longer than WAIT.) */
void
clear_crypto_ikev2(struct session *s, const void *values)
{
	const struct cfg_clear_crypto_ikev2 *a = values;

	clear_ike(s, &(struct which){ .version = 2, .local = a->local_addr, .peer = a->remote_addr });
}

/* The IPsec SAs alone: phase 1 stays, and what it lacks is negotiated with the next packet. */
void
clear_crypto_sa(struct session *s, const void *values)
{
	const struct cfg_clear_crypto_sa *a = values;
	struct clear *c = xcalloc(1, sizeof *c);
	struct crypto_view v;

	crypto_view_open(&v, s);
	c->children = true;
	c->id = xcalloc(v.nchild + 1, sizeof *c->id);
	for (size_t i = 0; i < v.nchild; i++) {
		const struct flow *f = a->map || a->vrf ? tunnels_by_reqid(v.t, v.child[i].c->reqid) : NULL;

		if ((!(a->has & HAS_CLEAR_CRYPTO_SA_ADDR) || v.child[i].ike->remote == a->addr) &&
		    (!a->map || (f && strcmp(f->entry->map, a->map) == 0)) &&
		    (!a->vrf || (f && strcmp(crypto_vrf(&v, f->entry), a->vrf) == 0)))
			c->id[c->n++] = v.child[i].c->unique_id;
	}
	crypto_view_close(&v);
	run(c, s);
}

/* Kinds of state that this router does not keep. */
void
clear_crypto_nothing(struct session *s, const void *values)
{
	(void)values;
	out(s, "%% There is nothing of this kind to clear\n");
}
