/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Spokes: peers that called a dynamic crypto map or a virtual template. Each
 * pair of selectors that a peer has negotiated in a flow is one spoke, and has
 * a unit of its own in the engine, so that the thousandth peer costs as much as
 * the first. The unit's compile function makes its policies, its reverse route
 * or its Virtual-Access interface.
 */
#include <stdlib.h>
#include <string.h>

#include "engine/tunnel_internal.h"
#include "lib/hash.h"
#include "lib/ip4.h"
#include "lib/log.h"
#include "lib/xalloc.h"

static struct spoke **
bucket(struct tunnels *t, const struct flow *f, uint32_t peer, const struct obj_selector *ts, uint32_t if_id)
{
	uint32_t k[] = { f->reqid, peer, if_id, ts->src.addr, ts->dst.addr };

	return &t->spoke[hash_mix(hash_bytes(HASH_INIT, k, sizeof k)) % ENTRY_BUCKETS];
}

static bool
same_prefix(const struct prefix4 *a, const struct prefix4 *b)
{
	return a->addr == b->addr && a->len == b->len;
}

static struct spoke *
find(struct tunnels *t, const struct flow *f, uint32_t peer, const struct obj_selector *ts, uint32_t if_id)
{
	struct spoke *s = *bucket(t, f, peer, ts, if_id);

	while (s && !(s->flow == f && s->peer == peer && s->if_id == if_id && same_prefix(&s->ts.src, &ts->src) &&
	    same_prefix(&s->ts.dst, &ts->dst) && s->ts.proto == ts->proto && s->ts.src_port == ts->src_port &&
	    s->ts.dst_port == ts->dst_port))
		s = s->hnext;
	return s;
}

/* The lowest number that no Virtual-Access interface has, from 1. */
static uint32_t
take_number(struct tunnels *t)
{
	size_t w = 0;
	uint32_t bit = 0;

	while (w < t->naccess && t->access[w] == 0xffffffffu)
		w++;
	if (w == t->naccess) {
		t->naccess = t->naccess * 2 + 4;
		t->access = xrealloc(t->access, t->naccess * sizeof *t->access);
		memset(t->access + w, 0, (t->naccess - w) * sizeof *t->access);
	}
	while (t->access[w] & 1u << bit)
		bit++;
	t->access[w] |= 1u << bit;
	return (uint32_t)w * 32 + bit + 1;
}

static void
unlink_spoke(struct tunnels *t, struct spoke *s)
{
	struct spoke **pp = bucket(t, s->flow, s->peer, &s->ts, s->if_id);

	while (*pp != s)
		pp = &(*pp)->hnext;
	*pp = s->hnext;
	if (s->number)
		t->access[(s->number - 1) / 32] &= ~(1u << (s->number - 1) % 32);
	engine_unit_drop(t->e, s->unit);
	for (int i = 0; i < s->nchild; i++)
		tunnels_sa(t, s->child[i])->spoke = NULL;
	/* its flow's list */
	if (s->prev)
		s->prev->next = s->next;
	else
		s->flow->spokes = s->next;
	if (s->next)
		s->next->prev = s->prev;
	free(s);
}

static void
add_child(struct tunnels *t, struct spoke *s, uint32_t child)
{
	if (s->nchild == (int)(sizeof s->child / sizeof s->child[0]))
		return;
	s->child[s->nchild++] = child;
	tunnels_sa(t, child)->spoke = s;
}

static bool
drop_child(struct tunnels *t, struct spoke *s, uint32_t child)
{
	for (int i = 0; i < s->nchild; i++)
		if (s->child[i] == child) {
			s->child[i] = s->child[--s->nchild];
			tunnels_sa(t, child)->spoke = NULL;
			return true;
		}
	return false;
}

void
spoke_up(struct tunnels *t, struct flow *f, const struct sa_ike *sa, const struct sa_child *c)
{
	struct spoke *s = find(t, f, sa->remote, &c->ts, c->if_id), **pp;

	if (tunnels_sa(t, c->unique_id)->spoke)
		return;
	if (!s) {
		s = xcalloc(1, sizeof *s);
		s->flow = f;
		s->local = sa->local;
		s->peer = sa->remote;
		s->ts = c->ts;
		s->if_id = c->if_id;
		s->mode = c->mode;
		s->ah = c->ah;
		if (f->entry->kind == ENTRY_TEMPLATE)
			s->number = take_number(t);
		s->next = f->spokes;
		if (s->next)
			s->next->prev = s;
		f->spokes = s;
		pp = bucket(t, f, s->peer, &s->ts, s->if_id);
		s->hnext = *pp;
		*pp = s;
		s->unit = engine_unit_add(t->e, f->entry->rec,
		    f->entry->kind == ENTRY_TEMPLATE ? compile_spoke_template : compile_spoke_dynamic, s);
	}
	add_child(t, s, c->unique_id);
	engine_commit(t->e);
}

void
spoke_down(struct tunnels *t, struct spoke *s, const struct sa_child *c)
{
	if (!drop_child(t, s, c->unique_id))
		return;
	s->packets_in += c->packets_in;
	s->packets_out += c->packets_out;
	if (s->nchild)
		return;
	unlink_spoke(t, s);
	engine_commit(t->e);
}

void
spoke_rekeyed(struct tunnels *t, struct spoke *s, const struct sa_child *was, uint32_t now)
{
	s->packets_in += was->packets_in;
	s->packets_out += was->packets_out;
	drop_child(t, s, was->unique_id);
	add_child(t, s, now);
}

void
spokes_free(struct tunnels *t, struct flow *f, bool end)
{
	while (f->spokes) {
		struct spoke *s = f->spokes;

		for (int i = 0; end && t->control && i < s->nchild; i++)
			t->control->terminate_child(t->control->ctx, s->child[i], NULL, NULL);
		unlink_spoke(t, s);
	}
}

const struct spoke *
tunnels_spoke(struct tunnels *t, uint32_t child_unique_id)
{
	const struct sa_number *n = sa_find(t, child_unique_id);

	return n ? n->spoke : NULL;
}

void
tunnels_each_access(struct tunnels *t, void (*cb)(void *ctx, const struct spoke *s), void *ctx)
{
	for (size_t i = 0; i < ENTRY_BUCKETS; i++)
		for (const struct spoke *s = t->spoke[i]; s; s = s->hnext)
			if (s->number)
				cb(ctx, s);
}
