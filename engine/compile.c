/* SPDX-License-Identifier: BSD-2-Clause */
/* The calls that compile functions use: reads that are remembered, objects that are wanted. See compile.h. */
#define _GNU_SOURCE
#include "engine/compile.h"

#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/internal.h"
#include "engine/objects.h"
#include "lib/hash.h"
#include "lib/xalloc.h"
#include "parser/render.h"
#include "parser/types.h"

struct block {
	struct block *next;
	max_align_t d[];
};

void *
compile_alloc(struct compile *c, size_t n)
{
	struct block *b = xcalloc(1, sizeof *b + n);

	b->next = c->mem;
	c->mem = b;
	return b->d;
}

void
compile_release(struct compile *c)
{
	for (struct block *b = c->mem, *nx; b; b = nx) {
		nx = b->next;
		free(b);
	}
	c->mem = NULL;
	free(c->said.bucket);
}

static char *
text_v(struct compile *c, const char *fmt, va_list ap)
{
	va_list again;
	int n;
	char *s;

	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	s = compile_alloc(c, (size_t)n + 1);
	vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	return s;
}

const char *
compile_text(struct compile *c, const char *fmt, ...)
{
	va_list ap;
	const char *s;

	va_start(ap, fmt);
	s = text_v(c, fmt, ap);
	va_end(ap);
	return s;
}

const struct rec *
compile_each(struct compile *c, int row)
{
	unit_reads(c->e, c->unit, dep_key(DEP_ROW, (uint32_t)row, NULL));
	return store_first(c->e->store, store_root(c->e->store), row);
}

/* The name: the first slot. */
static const char *
map_name(const struct rec *r)
{
	const char *name;

	memcpy(&name, (const char *)rec_values(r) + g_slots[g_rows[r->row].slots].offset, sizeof name);
	return name;
}

bool
compile_same_map(const struct rec *a, const struct rec *b)
{
	return a->row == b->row && strcmp(map_name(a), map_name(b)) == 0;
}

const struct rec *
compile_map(struct compile *c, const struct rec *r)
{
	unit_reads(c->e, c->unit, dep_key(DEP_DEF, g_rows[r->row].ref, map_name(r)));
	(void)store_first(c->e->store, store_root(c->e->store), r->row);	/* in their order from here on */
	while (r->prev && compile_same_map(r->prev, r))
		r = r->prev;
	return r;
}

const struct rec *
compile_named(struct compile *c, int row, const char *name)
{
	uint64_t values[64] = { 0 };	/* as large as that of store_put() */

	unit_reads(c->e, c->unit, dep_key(DEP_NAME, (uint32_t)row, name));
	memcpy((char *)values + g_slots[g_rows[row].slots].offset, &name, sizeof name);
	return store_find(c->e->store, store_root(c->e->store), row, values);
}

const void *
compile_leaf(struct compile *c, int row)
{
	unit_reads(c->e, c->unit, dep_key(DEP_ROW, (uint32_t)row, NULL));
	return store_leaf(c->e->store, store_root(c->e->store), row);
}

const void *
compile_child(struct compile *c, const struct rec *r, int row)
{
	return store_leaf(c->e->store, r, row);
}

const struct rec *
compile_find(struct compile *c, const struct rec *r, int row, const void *values)
{
	return store_find(c->e->store, r, row, values);
}

static const struct g_slot *
slot_named(const struct rec *r, const char *name)
{
	const struct g_row *row = &g_rows[r->row];

	for (int i = 0; i < row->nslots; i++)
		if (strcmp(G_STR(g_slots[row->slots + i].name), name) == 0)
			return &g_slots[row->slots + i];
	return NULL;
}

const char *
rec_text(const struct rec *r, const char *name)
{
	const struct g_slot *s = slot_named(r, name);
	const char *text = NULL;

	if (s && g_type_is_string(s->type))
		memcpy(&text, (const char *)rec_values(r) + s->offset, sizeof text);
	return text;
}

bool
rec_number(const struct rec *r, const char *name, uint32_t *out)
{
	const struct g_slot *s = slot_named(r, name);

	*out = 0;
	if (!s || g_type_is_string(s->type))
		return false;
	if (!rec_has(r, (int)(s - &g_slots[g_rows[r->row].slots])))
		return false;
	memcpy(out, (const char *)rec_values(r) + s->offset, sizeof *out);
	return true;
}

const char *
compile_line(struct compile *c, const struct rec *r)
{
	struct buf b = {0};
	const char *text;

	render_values(&b, &g_rows[r->row], rec_values(r), true);
	text = compile_text(c, "%s", buf_str(&b));
	buf_free(&b);
	return text;
}

const char *
compile_slot(struct compile *c, const struct rec *r)
{
	const struct g_row *row = &g_rows[r->row];
	const char *name = strrchr(G_STR(row->name), '.'), *text;
	struct buf b = {0};

	buf_puts(&b, name ? name + 1 : G_STR(row->name));
	for (int i = 0; i < row->nslots; i++) {
		const struct g_slot *s = &g_slots[row->slots + i];
		uint32_t n;

		if (!(s->flags & G_SLOT_KEY))
			continue;
		text = rec_text(r, G_STR(s->name));
		if (text)
			buf_printf(&b, " %s", text);
		else if (rec_number(r, G_STR(s->name), &n))
			buf_printf(&b, " %u", n);
	}
	text = compile_text(c, "%s", buf_str(&b));
	buf_free(&b);
	return text;
}

bool
compile_flag(struct compile *c, const struct rec *r, int row)
{
	return store_flag(c->e->store, r, row);
}

const struct rec *
compile_children(struct compile *c, const struct rec *r, int row)
{
	return store_first(c->e->store, r, row);
}

const struct rec *
compile_defined(struct compile *c, int ref, const char *name)
{
	unit_reads(c->e, c->unit, dep_key(DEP_DEF, (uint32_t)ref, name));
	return store_defined(c->e->store, ref, name);
}

const struct rec *
compile_covering(struct compile *c, int row, uint32_t addr)
{
	unit_reads(c->e, c->unit, net_key(row, addr, 0xffffffffu));
	unit_reads(c->e, c->unit, net_key(row, 0, 0));
	return store_covering(c->e->store, row, addr);
}

void
compile_changed(struct compile *c)
{
	mark_dep(c->e, dep_key(DEP_REC, c->unit->rec_id, NULL));
}

void *
compile_arg(struct compile *c)
{
	return c->unit->arg;
}

void
compile_reads(struct compile *c, const struct rec *r)
{
	if (r->id != c->unit->rec_id)	/* its own record runs it anyway */
		unit_reads(c->e, c->unit, dep_key(DEP_REC, r->id, NULL));
}

struct read_top {
	struct compile *c;
	store_ref_cb *cb;
	void *ctx;
};

static void
read_referrer(void *ctx, struct rec *r)
{
	struct read_top *t = ctx;

	unit_reads(t->c->e, t->c->unit, dep_key(DEP_REC, rec_top(r)->id, NULL));
	t->cb(t->ctx, r);
}

void
compile_some_referrers(struct compile *c, int ref, const char *name, unsigned max, store_ref_cb *cb, void *ctx)
{
	struct read_top t = { c, cb, ctx };

	unit_reads(c->e, c->unit, dep_key(DEP_REF, (uint32_t)ref, name));
	store_some_referrers(c->e->store, ref, name, max, read_referrer, &t);
}

void
compile_referrers(struct compile *c, int ref, const char *name, store_ref_cb *cb, void *ctx)
{
	compile_some_referrers(c, ref, name, UINT_MAX, cb, ctx);
}

struct users {
	struct compile *c;
	unsigned daemons;
	const char *map;	/* the last route-map looked at: its entries stand together */
};

static void
used_by(void *ctx, struct rec *r)
{
	struct users *u = ctx;
	const struct rec *top = rec_top(r);

	if (r->row == ROW_ROUTER_OSPF_DISTRIBUTE_LIST && ((const struct cfg_router_ospf_distribute_list *)rec_values(r))->dir ==
	    ROUTER_OSPF_DISTRIBUTE_LIST_DIR_IN)
		u->daemons |= 1u << FRR_ZEBRA;
	else if (top->row == ROW_ROUTER_OSPF || top->row == ROW_ROUTER_OSPF_VRF)
		u->daemons |= 1u << FRR_OSPFD;
	else if (top->row == ROW_ROUTER_BGP)
		u->daemons |= 1u << FRR_BGPD;
	else if (top->row == ROW_ROUTE_MAP) {
		const char *map = ((const struct cfg_route_map *)rec_values(top))->name;

		if (u->map && strcmp(u->map, map) == 0)
			return;
		u->map = map;
		u->daemons |= compile_users(u->c, REF_ROUTE_MAP, map);
	}
}

unsigned
compile_users(struct compile *c, int ref, const char *name)
{
	struct users u = { .c = c };

	compile_referrers(c, ref, name, used_by, &u);
	return u.daemons;
}

const char *
compile_not_applied(struct compile *c, const struct rec *r, const char *row_name)
{
	/* the unit's own record: a change below it compiles it again */
	for (int i = 0; i < r->nset; i++) {
		const struct g_row *row = &g_rows[r->sets[i].row];
		struct buf b = {0};
		const char *text;

		if (!(row->flags & G_ROW_LATER) || !r->sets[i].first || strncmp(G_STR(row->name), row_name, strlen(row_name)) != 0)
			continue;
		render_values(&b, row, rec_values(r->sets[i].first), true);
		text = compile_text(c, "%s", buf_str(&b));
		buf_free(&b);
		return text;
	}
	return NULL;
}

void
compile_emit(struct compile *c, const struct rec *origin, struct obj *o)
{
	struct unit *u = c->unit;
	struct buf key = {0};

	if (!o->key) {
		obj_make_key(o, &key);
		o->key = buf_str(&key);
	}
	o->line = origin ? origin->line : 0;
	o->rec = origin ? origin->id : 0;
	if (u->nobj == u->capobj) {
		u->capobj = u->capobj ? u->capobj * 2 : 4;
		u->obj = xrealloc(u->obj, sizeof *u->obj * u->capobj);
	}
	u->obj[u->nobj++] = object_want(c->e, u, o);
	buf_free(&key);
}

bool
compile_made(const struct compile *c)
{
	return c->unit->nobj > 0;
}

static uint32_t
note_hash(const char *text)
{
	return (uint32_t)hash_mix(hash_str(HASH_INIT, text));
}

bool
note_said(const struct note_set *set, const char *text)
{
	uint32_t h = note_hash(text);

	for (struct note *n = set->nbucket ? set->bucket[h & (set->nbucket - 1)] : NULL; n; n = n->hnext)
		if (n->hash == h && strcmp(n->text, text) == 0)
			return true;
	return false;
}

void
note_enter(struct note_set *set, struct note *n)
{
	if (!set->nbucket)
		set->bucket = xcalloc(set->nbucket = 8, sizeof *set->bucket);
	HASH_GROW(set->bucket, set->nbucket, set->n, hnext, hash);
	n->hash = note_hash(n->text);
	n->hnext = set->bucket[n->hash & (set->nbucket - 1)];
	set->bucket[n->hash & (set->nbucket - 1)] = n;
	set->n++;
}

static void
add_note(struct compile *c, const struct rec *r, bool unused, bool quiet, const char *fmt, va_list ap)
{
	char text[256];
	struct note *n;

	if (c->mute)
		return;
	vsnprintf(text, sizeof text, fmt, ap);
	if (note_said(&c->said, text))
		return;
	n = xmalloc(sizeof *n + strlen(text) + 1);
	strcpy(n->text, text);
	n->rec = r ? r->id : c->unit->fn ? c->unit->parent : c->unit->rec_id;
	n->line = r ? r->line : 0;
	n->unused = unused;
	n->quiet = quiet;
	n->next = NULL;
	note_enter(&c->said, n);
	if (c->last_note)
		c->last_note->next = n;
	else
		c->unit->notes = n;
	c->last_note = n;
}

void
compile_mute(struct compile *c, bool mute)
{
	c->mute = mute;
}

void
compile_note(struct compile *c, const struct rec *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_note(c, r, false, false, fmt, ap);
	va_end(ap);
}

void
compile_quiet(struct compile *c, const struct rec *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_note(c, r, false, true, fmt, ap);
	va_end(ap);
}

void
compile_unused(struct compile *c, const struct rec *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_note(c, r, true, false, fmt, ap);
	va_end(ap);
}

void
compile_quiet_unused(struct compile *c, const struct rec *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	add_note(c, r, true, true, fmt, ap);
	va_end(ap);
}

void
compile_frr(struct compile *c, const struct rec *r, enum frr_daemon d, uint8_t rank, const char *context,
    const char *slot, const char *undo, const char *fmt, ...)
{
	struct obj o = { .kind = OBJ_FRR(d), .frr = { d, context, slot, NULL, undo, rank, false } };
	va_list ap;

	va_start(ap, fmt);
	o.frr.line = text_v(c, fmt, ap);
	va_end(ap);
	if (!undo)
		o.frr.undo = compile_text(c, "no %s", o.frr.line);
	compile_emit(c, r, &o);
}

void
compile_frr_secret(struct compile *c, const struct rec *r, enum frr_daemon d, uint8_t rank, const char *context,
    const char *slot, const char *undo, const char *line)
{
	struct obj o = { .kind = OBJ_FRR(d), .frr = { d, context, slot, line, undo, rank, true } };

	compile_emit(c, r, &o);
}

const char *
compile_dev(struct compile *c, const char *ifname)
{
	char *dev = compile_alloc(c, OBJ_IFNAMSIZ);

	ifname_kernel(ifname, dev);
	return dev;
}

bool
compile_address(struct compile *c, const struct rec *ifrec, uint32_t *addr, uint8_t *len)
{
	const struct cfg_interface_address *a;

	unit_reads(c->e, c->unit, dep_key(DEP_REC, ifrec->id, NULL));
	a = store_leaf(c->e->store, ifrec, ROW_INTERFACE_ADDRESS);
	if (!a)
		return false;
	*addr = a->addr;
	*len = (uint8_t)ip4_masklen(a->mask);
	return true;
}

bool
compile_reach(struct compile *c, const struct rec *r, uint32_t addr, char dev[OBJ_IFNAMSIZ])
{
	struct obj o = { .kind = OBJ_REACH, .reach = { addr } };

	unit_reads(c->e, c->unit, dep_key(DEP_REACH, addr, NULL));
	compile_emit(c, r, &o);
	/* on a live router the driver will say it in a moment; in a plan there is no one to ask */
	return engine_reached(c->e, addr, dev) || c->e->loop;
}

struct tunnels *
compile_tunnels(struct compile *c)
{
	return c->e->tunnels;
}
