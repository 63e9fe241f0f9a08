/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The set of connections to charon: which request goes where, loss, reconnection.
 *
 * A request is on the queue of a link (sent or about to be), on the queue of
 * slow ones that wait for a free link, or on that of dead ones whose callbacks
 * a zero timer runs.
 */
#include "backends/vici/client.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "backends/vici/codec.h"
#include "backends/vici/link.h"
#include "lib/xalloc.h"

/* charon has a thread for each (charon.c) */
#define MAX_SLOW 24		/* initiates at the same time */
#define MAX_ORDER 8
#define RETRY_MIN 0.05
#define RETRY_MAX 1.0

enum { L_QUICK, L_EVENT, L_STREAM, L_SLOW, L_ORDER = L_SLOW + MAX_SLOW, NLINK = L_ORDER + MAX_ORDER };

/* The links first to end - 1, and what waits for one of them. */
struct pool {
	int first, end;
	struct vici_queue q;
};

struct vici_client {
	struct ev_loop *loop;
	const char *path;
	const struct vici_client_ops *ops;
	void *ctx;
	struct vici_link link[NLINK];
	struct pool slow, order;
	struct vici_queue dead;
	struct ev_timer retry, reaper;
	double delay;
	bool running, up;
	unsigned confirm;	/* event registrations without an answer */
	uint64_t quick_sent, quick_done;
};

static void
bury(struct vici_client *c, struct vici_req *r, int err)
{
	buf_wipe(&r->pkt);
	r->err = err;
	vici_queue_put(&c->dead, r);
	if (!ev_is_active(&c->reaper)) {
		ev_timer_set(&c->reaper, 0., 0.);
		ev_timer_start(c->loop, &c->reaper);
	}
}

static void
reap_dead(struct vici_client *c)
{
	struct vici_queue q = c->dead;
	struct vici_req *r;

	vici_queue_init(&c->dead);	/* what callbacks add waits for the next turn */
	while ((r = vici_queue_get(&q)))
		vici_req_finish(r, r->err, NULL, 0);
}

static void
reaper_cb(struct ev_loop *loop, struct ev_timer *w, int revents)
{
	reap_dead(w->data);
}

static void
close_all(struct vici_client *c)
{
	struct vici_req *r;

	for (int i = 0; i < NLINK; i++) {
		struct vici_link *l = &c->link[i];

		vici_link_close(l);
		while ((r = vici_queue_get(&l->q)))
			bury(c, r, -ECONNRESET);
	}
	while ((r = vici_queue_get(&c->slow.q)) || (r = vici_queue_get(&c->order.q)))
		bury(c, r, -ECONNRESET);
	c->up = false;
	c->confirm = 0;
	c->quick_sent = c->quick_done = 0;
}

static void
retry_later(struct vici_client *c)
{
	ev_timer_set(&c->retry, c->delay, 0.);
	ev_timer_start(c->loop, &c->retry);
	c->delay = c->delay * 2 < RETRY_MAX ? c->delay * 2 : RETRY_MAX;
}

static void
lost(struct vici_client *c, const char *why)
{
	bool was_up = c->up;

	close_all(c);
	if (was_up) {
		c->delay = RETRY_MIN;
		c->ops->down(c->ctx, why);
	}
	if (c->running && !ev_is_active(&c->retry))
		retry_later(c);
}

/* Requests go to idle links of their pool, which grows on demand. */
static void
start(struct vici_client *c, struct pool *p)
{
	while (p->q.head && p->q.head->after <= c->quick_done) {
		struct vici_link *l = NULL;

		for (int i = p->first; i < p->end && !l; i++)
			if (!c->link[i].q.head &&
			    (c->link[i].fd >= 0 || vici_link_open(&c->link[i], c->path) == 0))
				l = &c->link[i];
		if (!l)
			return;
		vici_link_send(l, vici_queue_get(&p->q));
	}
}

static void
registered(void *arg, int err, const void *msg, size_t len)
{
	struct vici_client *c = arg;

	if ((err && err != -ENOSYS) || --c->confirm)
		return;
	c->up = true;
	c->delay = RETRY_MIN;
	c->ops->up(c->ctx);
}

static void
register_event(struct vici_client *c, struct vici_link *l, const char *name)
{
	struct vici_req *r = xcalloc(1, sizeof *r);

	vici_packet_begin(&r->pkt, VICI_EVENT_REGISTER, name);
	vici_packet_finish(&r->pkt);
	r->done = registered;
	r->arg = c;
	c->confirm++;
	vici_link_send(l, r);
}

static void
try_connect(struct vici_client *c)
{
	for (int i = L_QUICK; i < L_SLOW; i++)
		if (vici_link_open(&c->link[i], c->path) < 0) {
			close_all(c);
			retry_later(c);
			return;
		}
	register_event(c, &c->link[L_STREAM], "list-sa");
	for (const char *const *e = c->ops->events; *e; e++)
		register_event(c, &c->link[L_EVENT], *e);
}

static void
retry_cb(struct ev_loop *loop, struct ev_timer *w, int revents)
{
	try_connect(w->data);
}

static void
link_event(struct vici_link *l, const char *name, const void *msg, size_t len)
{
	struct vici_client *c = l->owner;

	if (c->up)
		c->ops->event(c->ctx, name, msg, len);
}

static void
link_answered(struct vici_link *l)
{
	struct vici_client *c = l->owner;

	if (l == &c->link[L_QUICK])
		c->quick_done++;
}

static void
link_turn(struct vici_link *l)
{
	struct vici_client *c = l->owner;

	start(c, &c->slow);
	start(c, &c->order);
}

static void
link_broken(struct vici_link *l, const char *why)
{
	lost(l->owner, why);
}

static const struct vici_link_ops link_ops = {link_event, link_answered, link_turn, link_broken};

struct vici_client *
vici_client_create(struct ev_loop *loop, const char *path, const struct vici_client_ops *ops, void *ctx)
{
	struct vici_client *c = xcalloc(1, sizeof *c);

	c->loop = loop;
	c->path = path;
	c->ops = ops;
	c->ctx = ctx;
	for (int i = 0; i < NLINK; i++)
		vici_link_init(&c->link[i], loop, &link_ops, c);
	c->slow = (struct pool){ .first = L_SLOW, .end = L_ORDER };
	c->order = (struct pool){ .first = L_ORDER, .end = NLINK };
	vici_queue_init(&c->slow.q);
	vici_queue_init(&c->order.q);
	vici_queue_init(&c->dead);
	ev_timer_init(&c->retry, retry_cb, 0., 0.);
	ev_timer_init(&c->reaper, reaper_cb, 0., 0.);
	c->retry.data = c->reaper.data = c;
	return c;
}

void
vici_client_start(struct vici_client *c)
{
	if (c->running)
		return;
	c->running = true;
	c->delay = RETRY_MIN;
	ev_timer_set(&c->retry, 0., 0.);
	ev_timer_start(c->loop, &c->retry);
}

void
vici_client_stop(struct vici_client *c)
{
	c->running = false;
	ev_timer_stop(c->loop, &c->retry);
	close_all(c);
}

void
vici_client_destroy(struct vici_client *c)
{
	if (!c)
		return;
	vici_client_stop(c);
	while (c->dead.head)
		reap_dead(c);
	ev_timer_stop(c->loop, &c->reaper);
	for (int i = 0; i < NLINK; i++)
		buf_free(&c->link[i].in);
	free(c);
}

bool
vici_client_up(const struct vici_client *c)
{
	return c->up;
}

void
vici_client_call(struct vici_client *c, enum vici_lane lane, struct buf *b, vici_each *each, vici_done *done,
    void *arg)
{
	struct vici_req *r = xcalloc(1, sizeof *r);

	r->pkt = *b;
	*b = (struct buf){0};
	r->each = each;
	r->done = done;
	r->arg = arg;
	if (!c->up || vici_packet_finish(&r->pkt) < 0) {
		bury(c, r, c->up ? -EMSGSIZE : -ENOTCONN);
	} else if (lane == VICI_SLOW || lane == VICI_ORDER) {
		struct pool *p = lane == VICI_SLOW ? &c->slow : &c->order;

		r->after = c->quick_sent;
		vici_queue_put(&p->q, r);
		start(c, p);
	} else {
		c->quick_sent += lane == VICI_QUICK;
		vici_link_send(&c->link[lane == VICI_QUICK ? L_QUICK : L_STREAM], r);
	}
}
