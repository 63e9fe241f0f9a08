/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Units and what they read. Every top-level record has a unit. A unit remembers
 * what it read as edges from dependency keys; the store tells of each change,
 * and the keys of the changed record mark units dirty.
 */
#define _GNU_SOURCE
#include "engine/engine.h"
#include <errno.h>
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "engine/internal.h"
#include "engine/objects.h"
#include "engine/tunnel.h"
#include "lib/hash.h"
#include "lib/log.h"
#include "lib/xalloc.h"
#include "parser/render.h"

/* --- dependencies --- */

uint64_t
dep_key(enum dep_kind kind, uint32_t a, const char *name)
{
	/* the kind is hashed as data: added to the start it would cancel out against the first byte of a */
	uint32_t head[2] = { (uint32_t)kind, a };
	uint64_t h = hash_bytes(HASH_INIT, head, sizeof head);

	return hash_mix(name ? hash_str(h, name) : h) | 1;
}

uint64_t
net_key(int row, uint32_t addr, uint32_t mask)
{
	bool host = mask == 0xffffffffu;
	uint32_t a[4] = { DEP_NET, (uint32_t)row, host, host ? addr : 0 };

	return hash_mix(hash_bytes(HASH_INIT, a, sizeof a)) | 1;
}

static struct dep **
dep_bucket(struct engine *e, uint64_t key)
{
	return &e->dep[key & (e->ndepbucket - 1)];
}

static struct dep *
find_dep(struct engine *e, uint64_t key)
{
	for (struct dep *d = *dep_bucket(e, key); d; d = d->next)
		if (d->key == key)
			return d;
	return NULL;
}

void
unit_reads(struct engine *e, struct unit *u, uint64_t key)
{
	struct dep *d = find_dep(e, key);
	struct edge *g;

	if (!d) {
		HASH_GROW(e->dep, e->ndepbucket, e->ndep, next, key);
		d = pool_get(&e->pool, sizeof *d);
		d->key = key;
		d->next = *dep_bucket(e, key);
		*dep_bucket(e, key) = d;
		e->ndep++;
	}
	if (d->first && d->first->unit == u)
		return;		/* read twice in a row */
	g = pool_get(&e->pool, sizeof *g);
	g->dep = d;
	g->unit = u;
	g->next = d->first;
	if (d->first)
		d->first->prev = g;
	d->first = g;
	g->unit_next = u->edges;
	u->edges = g;
}

void
unit_forget(struct engine *e, struct unit *u)
{
	for (struct edge *g = u->edges, *nx; g; g = nx) {
		struct dep *d = g->dep;

		nx = g->unit_next;
		if (g->prev)
			g->prev->next = g->next;
		else
			d->first = g->next;
		if (g->next)
			g->next->prev = g->prev;
		if (!d->first) {
			struct dep **pp = dep_bucket(e, d->key);

			while (*pp != d)
				pp = &(*pp)->next;
			*pp = d->next;
			e->ndep--;
			pool_put(&e->pool, d, sizeof *d);
		}
		pool_put(&e->pool, g, sizeof *g);
	}
	u->edges = NULL;
}

/* --- units --- */

static struct unit **
unit_slot(struct engine *e, uint32_t rec)
{
	struct unit **pp = &e->unit[rec & (e->nunitbucket - 1)];

	while (*pp && (*pp)->rec_id != rec)
		pp = &(*pp)->hnext;
	return pp;
}

struct unit *
find_unit(struct engine *e, uint32_t rec)
{
	return *unit_slot(e, rec);
}

static struct unit *
new_unit(struct engine *e, uint32_t id)
{
	struct unit *u;

	HASH_GROW(e->unit, e->nunitbucket, e->nunit, hnext, rec_id);
	u = pool_get(&e->pool, sizeof *u);
	u->rec_id = id;
	u->hnext = e->unit[id & (e->nunitbucket - 1)];
	e->unit[id & (e->nunitbucket - 1)] = u;
	e->nunit++;
	return u;
}

static struct unit *
get_unit(struct engine *e, struct rec *r)
{
	struct unit *u = find_unit(e, r->id);

	if (!u) {
		u = new_unit(e, r->id);
		u->rec = r;
	}
	return u;
}

static void
mark(struct engine *e, struct unit *u)
{
	if (u->dirty)
		return;
	u->dirty = true;
	u->dirty_next = NULL;
	*e->dirty_tail = u;
	e->dirty_tail = &u->dirty_next;
}

uint32_t
engine_unit_add(struct engine *e, uint32_t parent, void (*fn)(struct compile *c, const struct rec *r), void *arg)
{
	struct unit *u;

	do	/* records count up from 1 */
		e->next_extra = (e->next_extra + 1) | 1u << 31;
	while (find_unit(e, e->next_extra));
	u = new_unit(e, e->next_extra);
	u->fn = fn;
	u->arg = arg;
	u->parent = parent;
	mark(e, u);
	return u->rec_id;
}

void
engine_unit_drop(struct engine *e, uint32_t id)
{
	struct unit *u = find_unit(e, id);

	if (!u || !u->fn)
		return;
	u->dropped = true;
	u->arg = NULL;
	mark(e, u);
}

void
mark_dep(struct engine *e, uint64_t key)
{
	struct dep *d = find_dep(e, key);

	for (struct edge *g = d ? d->first : NULL; g; g = g->next)
		mark(e, g->unit);
}

static const char *
slot_text(const struct rec *r, const struct g_slot *s)
{
	const char *t;

	memcpy(&t, (const char *)rec_values(r) + s->offset, sizeof t);
	return t;
}

/* Everything that hangs on a record: its top, its row, the names it refers to, the name its top defines. */
void
engine_store_changed(void *ctx, enum store_change what, struct rec *r)
{
	struct engine *e = ctx;
	struct rec *top = (struct rec *)(uintptr_t)rec_top(r);
	const struct g_row *row = &g_rows[r->row], *toprow = &g_rows[top->row];

	mark_dep(e, dep_key(DEP_REC, top->id, NULL));
	mark_dep(e, dep_key(DEP_ROW, top->row, NULL));
	if (toprow->kind == G_LIST && toprow->nslots && g_type_is_string(g_slots[toprow->slots].type) &&
	    slot_text(top, &g_slots[toprow->slots]))
		mark_dep(e, dep_key(DEP_NAME, top->row, slot_text(top, &g_slots[toprow->slots])));
	for (int i = 0; i < row->nslots; i++) {
		const struct g_slot *s = &g_slots[row->slots + i];

		if (s->type == G_T_REF && slot_text(r, s))
			mark_dep(e, dep_key(DEP_REF, g_args[s->arg].ref, slot_text(r, s)));
	}
	if (toprow->ref && g_type_is_string(g_slots[toprow->slots].type))
		mark_dep(e, dep_key(DEP_DEF, toprow->ref, slot_text(top, &g_slots[toprow->slots])));
	if (row->flags & G_ROW_NETWORK && r == top) {
		uint32_t addr, mask;

		rec_network(r, &addr, &mask);
		mark_dep(e, net_key(r->row, addr, mask));
	}
	if (!toprow->unit)
		return;
	if (what == STORE_REMOVING && r == top) {
		struct unit *u = find_unit(e, r->id);

		if (u) {
			u->rec = NULL;
			mark(e, u);
		}
	} else
		mark(e, get_unit(e, top));
}

void
engine_touch(struct engine *e, uint32_t rec_id)
{
	struct unit *u = find_unit(e, rec_id);

	if (u)
		mark(e, u);
	mark_dep(e, dep_key(DEP_REC, rec_id, NULL));
}

void
unit_destroy(struct engine *e, struct unit *u)
{
	*unit_slot(e, u->rec_id) = u->hnext;
	e->nunit--;
	free(u->obj);
	pool_put(&e->pool, u, sizeof *u);
}

/* --- routes to addresses --- */

static struct reached **
reach_bucket(struct engine *e, uint32_t addr)
{
	return &e->reached[hash_mix(addr) % REACHBUCKETS];
}

bool
engine_reached(struct engine *e, uint32_t addr, char dev[OBJ_IFNAMSIZ])
{
	for (const struct reached *r = *reach_bucket(e, addr); r; r = r->next)
		if (r->addr == addr) {
			memcpy(dev, r->dev, OBJ_IFNAMSIZ);
			return true;
		}
	memset(dev, 0, OBJ_IFNAMSIZ);
	return false;
}

void
engine_reach(struct engine *e, uint32_t addr, const char *dev)
{
	struct reached **pp = reach_bucket(e, addr), *r = *pp;

	while (r && r->addr != addr)
		r = r->next;
	if (r && strcmp(r->dev, dev) == 0)
		return;
	if (!r) {
		r = xcalloc(1, sizeof *r);
		r->addr = addr;
		r->next = *pp;
		*pp = r;
	}
	snprintf(r->dev, sizeof r->dev, "%s", dev);
	mark_dep(e, dep_key(DEP_REACH, addr, NULL));
}
