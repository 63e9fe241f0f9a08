/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The runtime of crypto maps and tunnel interfaces put together; tunnel.h says what it decides. Its parts: tunnel_entry.c keeps
 * entries and flows, tunnel_attempt.c brings SAs up, tunnel_sa.c knows those that are there, tunnel_events.c does what follows
 * from them, spoke.c keeps the peers that called.
 */
#include <stdlib.h>

#include "engine/tunnel_internal.h"
#include "lib/xalloc.h"

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
		.acquire = tunnels_on_acquire,
		.link = on_link_change,
		.keepalive = on_keepalive,
		.reach = on_reach,
	};
	tunnels_sa_events(&t->observer);
	ev_timer_init(&t->tick, tunnels_on_tick, 0, 1.0);
	t->tick.data = t;
	return t;
}

void
tunnels_free(struct tunnels *t)
{
	t->control = NULL;
	if (engine_loop(t->e))
		ev_timer_stop(engine_loop(t->e), &t->tick);
	duplicates_forget(t);
	entries_free(t);
	for (struct ike_seen *k = t->ike, *nx; k; k = nx) {
		nx = k->next;
		free(k);
	}
	for (size_t i = 0; i < SA_BUCKETS; i++)
		while (t->number[i])
			sa_forget(t, t->number[i]->child);
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
