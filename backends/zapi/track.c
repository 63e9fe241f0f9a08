/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Gateways and the routes they are behind: see track.h.
 *
 * A tracker is in one of four states: queued (to be asked), asked (registered,
 * waiting for the answer), watched (registered, behind via) or following (not
 * registered, behind via). When the last watched tracker leaves its via, the
 * first follower is asked, to take its place; a via without any goes.
 */
#include "backends/zapi/track.h"

#include <stdlib.h>

#include "lib/xalloc.h"

struct via {
	struct node node;	/* key: prefix, or NOWHERE */
	struct trackers followers;
	unsigned watched;
	uint64_t news;		/* sig of the answer for which the followers were asked last */
};
#define NOWHERE UINT64_MAX

static void
pump(struct tracks *s)
{
	struct tracker *t;

	while (s->nasked < TRACK_WINDOW && (t = TAILQ_FIRST(&s->queue))) {
		TAILQ_REMOVE(&s->queue, t, link);
		t->queued = false;
		t->asked = true;
		s->nasked++;
		s->track(s->ctx, t->gateway, true);
	}
}

static void
enqueue(struct tracks *s, struct tracker *t)
{
	t->queued = true;
	TAILQ_INSERT_TAIL(&s->queue, t, link);
}

/* They are behind nothing until the answer comes. */
static void
ask_first_follower(struct tracks *s, struct via *v)
{
	struct tracker *t = TAILQ_FIRST(&v->followers);

	TAILQ_REMOVE(&v->followers, t, link);
	t->via = NULL;
	enqueue(s, t);
}

static void
ask_followers(struct tracks *s, struct via *v)
{
	while (!TAILQ_EMPTY(&v->followers))
		ask_first_follower(s, v);
}

/* Takes t out of its via; the registration stays as it is. */
static void
leave(struct tracks *s, struct tracker *t)
{
	struct via *v = t->via;

	if (!v)
		return;
	if (t->watched)
		v->watched--;
	else
		TAILQ_REMOVE(&v->followers, t, link);
	t->watched = false;
	t->via = NULL;
	if (v->watched > 0)
		return;
	if (!TAILQ_EMPTY(&v->followers)) {
		TAILQ_FIRST(&v->followers)->scout = true;
		ask_first_follower(s, v);
	} else {
		table_remove(&s->vias, &v->node);
		free(v);
	}
}

static void
join(struct tracks *s, struct tracker *t, uint64_t key)
{
	struct via *v = (struct via *)table_find(&s->vias, key);

	if (!v) {
		v = xcalloc(1, sizeof *v);
		TAILQ_INIT(&v->followers);
		table_put(&s->vias, &v->node, key);
	}
	t->via = v;
	t->via_key = key;
	t->watched = v->watched < TRACK_WATCHED;
	if (t->watched) {
		v->watched++;
	} else {
		TAILQ_INSERT_TAIL(&v->followers, t, link);
		s->track(s->ctx, t->gateway, false);
	}
}

struct tracker *
tracks_get(struct tracks *s, uint32_t gateway)
{
	struct tracker *t = (struct tracker *)table_find(&s->trackers, gateway);

	if (!t) {
		t = xcalloc(1, sizeof *t);
		t->gateway = gateway;
		LIST_INIT(&t->paths);
		table_put(&s->trackers, &t->node, gateway);
		enqueue(s, t);
		pump(s);
	}
	return t;
}

void
tracks_put(struct tracks *s, struct tracker *t)
{
	if (t->asked || t->watched)
		s->track(s->ctx, t->gateway, false);
	if (t->queued)
		TAILQ_REMOVE(&s->queue, t, link);
	s->nasked -= t->asked;
	leave(s, t);
	table_remove(&s->trackers, &t->node);
	free(t);
	pump(s);
}

struct tracker *
tracks_answer(struct tracks *s, uint32_t gateway, const struct prefix4 *via, unsigned count, uint64_t sig)
{
	struct tracker *t = (struct tracker *)table_find(&s->trackers, gateway);
	uint64_t key = count ? (uint64_t)via->addr << 8 | via->len : NOWHERE;
	struct tracker *moved;
	struct via *old;

	if (!t || (!t->asked && !t->watched))
		return NULL;	/* late, about one that is not registered any more */
	moved = t->known && t->sig == sig ? NULL : t;
	/* unasked-for news concern all behind the same route; several watched ones bring the same news */
	if (moved && t->known && (!t->asked || t->scout) &&
	    (old = (struct via *)table_find(&s->vias, t->via_key)) && old->news != sig) {
		old->news = sig;
		ask_followers(s, old);
	}
	s->nasked -= t->asked;
	t->asked = t->scout = false;
	t->known = true;
	t->sig = sig;
	t->count = count;
	t->via_len = count ? via->len : 0;
	leave(s, t);
	join(s, t, key);
	pump(s);
	return moved;
}

void
tracks_rescan(struct tracks *s)
{
	for (size_t i = 0; i < s->vias.size; i++)
		for (struct node *e = s->vias.slot[i]; e; e = e->next)
			ask_followers(s, (struct via *)e);
	pump(s);
}

bool
tracks_busy(const struct tracks *s)
{
	return s->nasked > 0;
}

void
tracks_init(struct tracks *s, void (*track)(void *ctx, uint32_t gateway, bool on), void *ctx)
{
	*s = (struct tracks){.track = track, .ctx = ctx};
	TAILQ_INIT(&s->queue);
}

void
tracks_free(struct tracks *s)
{
	table_free(&s->trackers);
	table_free(&s->vias);
}
