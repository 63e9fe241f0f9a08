/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Units, objects and plans.
 *
 * Every top-level record has a unit. A unit remembers what it read (edges from
 * dependency keys to units) and what it wants (references to objects). The
 * store tells of each change; the keys of the changed record mark units dirty;
 * a commit compiles the dirty ones, which adds and drops references. Objects
 * that were touched are compared with what their driver was last told, and the
 * differences are the plan. So the work of a commit follows the size of the
 * change, not of the configuration.
 */
#define _GNU_SOURCE
#include "engine/engine.h"

#include <errno.h>
#include <ev.h>
#include <stdlib.h>
#include <string.h>

#include "engine/internal.h"
#include "engine/objects.h"
#include "engine/tunnel.h"
#include "lib/hash.h"
#include "lib/log.h"
#include "lib/xalloc.h"
#include "parser/render.h"

/* --- objects --- */

static uint64_t
object_hash(enum obj_kind kind, const char *key)
{
	return hash_mix(hash_str(HASH_INIT + (uint64_t)kind, key));
}

static void
touch_object(struct engine *e, struct robj *o)
{
	if (o->touched)
		return;
	o->touched = true;
	o->touched_next = NULL;
	*e->touched_tail = o;
	e->touched_tail = &o->touched_next;
}

/*
 * Two units want one object with different payloads. For inbound policies that
 * is ordinary (one access list, two maps on two interfaces): the packet may
 * come by either SA. Otherwise the later one wins.
 */
static struct obj *
settle(struct robj *o, const struct unit *u, const struct obj *want)
{
	struct obj both = *want;

	if (o->owner == u && !o->merged)
		return obj_clone(want);
	if (want->kind != OBJ_POLICY || want->policy.dir == POLICY_OUT || o->now->policy.action != POLICY_PROTECT ||
	    want->policy.action != POLICY_PROTECT || o->now->policy.mode != want->policy.mode ||
	    o->now->policy.ah != want->policy.ah)
		return obj_clone(want);
	o->merged = true;
	both.policy.tmpl_src = both.policy.tmpl_dst = both.policy.reqid = 0;
	return obj_clone(&both);
}

struct robj *
object_want(struct engine *e, const struct unit *u, const struct obj *want)
{
	uint64_t h = object_hash(want->kind, want->key);
	struct robj *o;

	for (o = e->obj[h & (e->nobjbucket - 1)]; o; o = o->hnext)
		if (o->hash == h && o->now->kind == want->kind && strcmp(o->now->key, want->key) == 0)
			break;
	if (!o) {
		HASH_GROW(e->obj, e->nobjbucket, e->nobj, hnext, hash);
		o = pool_get(&e->pool, sizeof *o);
		o->hash = h;
		o->now = obj_clone(want);
		o->id = o->now->id = ++e->next_id;
		o->hnext = e->obj[h & (e->nobjbucket - 1)];
		e->obj[h & (e->nobjbucket - 1)] = o;
		e->nobj++;
		o->prev = e->last;
		if (e->last)
			e->last->next = o;
		else
			e->first = o;
		e->last = o;
		o->idnext = e->byid[o->id & (IDBUCKETS - 1)];
		e->byid[o->id & (IDBUCKETS - 1)] = o;
		touch_object(e, o);
	} else if (!obj_equal(o->now, want)) {
		struct obj *n = settle(o, u, want);

		n->id = o->id;
		if (o->now != o->was)
			obj_free(o->now);
		o->now = n;
		touch_object(e, o);
	} else {
		o->now->line = want->line;
		o->now->rec = want->rec;
	}
	if (o->refs++ == 0) {
		o->owner = u;
		e->wanted[want->kind]++;
	}
	return o;
}

static void
object_drop(struct engine *e, struct robj *o)
{
	if (--o->refs == 0) {
		e->wanted[o->now->kind]--;
		touch_object(e, o);
	}
}

static void
object_destroy(struct engine *e, struct robj *o)
{
	struct robj **pp = &e->obj[o->hash & (e->nobjbucket - 1)];

	while (*pp != o)
		pp = &(*pp)->hnext;
	*pp = o->hnext;
	for (pp = &e->byid[o->id & (IDBUCKETS - 1)]; *pp != o; pp = &(*pp)->idnext)
		;
	*pp = o->idnext;
	if (o->prev)
		o->prev->next = o->next;
	else
		e->first = o->next;
	if (o->next)
		o->next->prev = o->prev;
	else
		e->last = o->prev;
	e->nobj--;
	if (o->was != o->now)
		obj_free(o->was);
	obj_free(o->now);
	free(o->reason);
	pool_put(&e->pool, o, sizeof *o);
}

/* --- compiling --- */

/* Values that the grammar says are stored and not carried out: in the record itself and in those below it. */
static void
note_unsupported(struct compile *c, const struct rec *r)
{
	const struct g_row *row = &g_rows[r->row];

	if (row->unsup) {
		uint32_t v;

		memcpy(&v, (const char *)rec_values(r) + g_slots[row->slots + row->unsup_slot].offset, sizeof v);
		if (v == row->unsup_value) {
			struct buf b = {0};

			render_values(&b, row, rec_values(r), true);
			compile_note(c, r, "NOTE: %s: %s", buf_str(&b), G_STR(row->unsup));
			buf_free(&b);
		}
	}
	for (int i = 0; i < r->nset; i++)
		if (g_rows[r->sets[i].row].unsup || g_rows[r->sets[i].row].kind == G_NODE)
			for (const struct rec *q = r->sets[i].first; q; q = q->next)
				note_unsupported(c, q);
}

static void
compile_unit(struct engine *e, struct unit *u, struct buf *notes)
{
	struct compile c = { .e = e, .unit = u };
	struct robj **old = u->obj;
	struct note *old_notes = u->notes;
	struct note_set known = {0};
	size_t nold = u->nobj;

	u->obj = NULL;
	u->nobj = u->capobj = 0;
	u->notes = NULL;
	unit_forget(e, u);
	tunnels_compile_begin(e->tunnels, u->rec_id);
	if (u->fn && !u->dropped) {
		const struct unit *parent = find_unit(e, u->parent);

		unit_reads(e, u, dep_key(DEP_REC, u->parent, NULL));
		if (parent && parent->rec)
			u->fn(&c, parent->rec);
	} else if (!u->fn && u->rec) {
		compile_table[g_rows[u->rec->row].unit](&c, u->rec);
		note_unsupported(&c, u->rec);
	}
	tunnels_compile_end(e->tunnels, u->rec_id);
	compile_release(&c);
	for (size_t i = 0; i < nold; i++)
		object_drop(e, old[i]);
	free(old);
	for (struct note *n = old_notes; n && notes && u->notes; n = n->next)
		note_enter(&known, n);
	for (struct note *n = u->notes; n && notes; n = n->next)
		if (!n->quiet && !note_said(&known, n->text))
			buf_printf(notes, "%% %s\n", n->text);
	free(known.bucket);
	for (struct note *n = old_notes, *nx; n; n = nx) {
		nx = n->next;
		free(n);
	}
}


/* --- the plan --- */

static int
op_rank(const struct plan_op *o)
{
	int kind = o->now ? (int)o->now->kind : (int)o->was->kind;

	return o->type == OP_DELETE ? OBJ_NKIND - 1 - kind : OBJ_NKIND + kind;
}

static int
by_rank(const void *a, const void *b)
{
	const struct plan_op *x = a, *y = b;
	uint64_t ix = (x->now ? x->now : x->was)->id, iy = (y->now ? y->now : y->was)->id;
	int rx = op_rank(x), ry = op_rank(y);

	if (rx != ry)
		return rx - ry;
	if (x->type == OP_DELETE)
		return ix < iy ? 1 : -1;
	return ix < iy ? -1 : 1;
}

static struct driver *
driver_of(struct engine *e, enum obj_kind kind, bool *up)
{
	for (int i = 0; i < e->ndriver; i++)
		if (e->driver[i].d->kinds & OBJ_BIT(kind)) {
			*up = e->driver[i].up;
			return e->driver[i].d;
		}
	*up = false;
	return NULL;
}

static void
add_op(struct plan *p, enum op_type type, const struct obj *was, const struct obj *now)
{
	if (p->n == p->cap) {
		p->cap = p->cap * 2 + 64;
		p->op = xrealloc(p->op, sizeof *p->op * p->cap);
	}
	p->op[p->n++] = (struct plan_op){ type, was, now };
}

static void
send_plan(struct engine *e, const struct plan *p)
{
	struct plan_op *part = xmalloc(sizeof *part * (p->n + 1));

	for (int i = 0; i < e->ndriver; i++) {
		size_t n = 0;

		if (!e->driver[i].up)
			continue;
		for (size_t k = 0; k < p->n; k++) {
			const struct obj *o = p->op[k].now ? p->op[k].now : p->op[k].was;

			if (e->driver[i].d->kinds & OBJ_BIT(o->kind))
				part[n++] = p->op[k];
		}
		if (n)
			e->driver[i].d->apply(e->driver[i].d->ctx, part, n);
	}
	free(part);
}

static void
clear_plan(struct engine *e)
{
	for (size_t i = 0; i < e->ngarbage; i++)
		obj_free(e->garbage[i]);
	e->ngarbage = 0;
	e->plan.n = 0;
}

static void
keep_garbage(struct engine *e, struct obj *o)
{
	if (e->ngarbage == e->capgarbage) {
		e->capgarbage = e->capgarbage * 2 + 64;
		e->garbage = xrealloc(e->garbage, sizeof(struct obj *) * e->capgarbage);
	}
	e->garbage[e->ngarbage++] = o;
}

static void
tell_wanted(struct engine *e)
{
	for (int k = 0; e->on_wanted && k < OBJ_NKIND; k++)
		if (e->told[k] != (e->wanted[k] > 0)) {
			e->told[k] = !e->told[k];
			e->on_wanted(e->wanted_ctx, (enum obj_kind)k, e->told[k]);
		}
}

void
engine_on_wanted(struct engine *e, void (*cb)(void *ctx, enum obj_kind kind, bool wanted), void *ctx)
{
	e->on_wanted = cb;
	e->wanted_ctx = ctx;
	tell_wanted(e);
}

size_t
engine_commit_notes(struct engine *e, struct buf *notes)
{
	struct unit *u;
	struct robj *o;

	if (e->committing) {
		e->again = true;
		return 0;
	}
	e->committing = true;
	clear_plan(e);
	while ((u = e->dirty)) {
		e->dirty = u->dirty_next;
		if (e->dirty)
			__builtin_prefetch(e->dirty->rec);
		if (!e->dirty)
			e->dirty_tail = &e->dirty;
		u->dirty = false;
		compile_unit(e, u, notes);
		if (u->fn ? u->dropped : !u->rec)
			unit_destroy(e, u);
	}
	for (o = e->touched; o; o = o->touched_next) {
		bool up;
		struct driver *d = driver_of(e, o->now->kind, &up);

		o->touched = false;
		if (o->refs == 0) {
			if (o->was)
				add_op(&e->plan, OP_DELETE, o->was, NULL);
		} else if (!o->was) {
			add_op(&e->plan, OP_ADD, NULL, o->now);
			o->state = OBJ_PENDING;
		} else if (!obj_equal(o->was, o->now)) {
			add_op(&e->plan, OP_CHANGE, o->was, o->now);
			o->state = OBJ_PENDING;
		}
		if (d && up && o->refs)
			o->state = o->state == OBJ_PENDING ? OBJ_SENT : o->state;
	}
	if (e->plan.n)
		qsort(e->plan.op, e->plan.n, sizeof *e->plan.op, by_rank);
	send_plan(e, &e->plan);
	/* what was sent is now what the driver holds; without a driver, what was planned */
	for (o = e->touched; o;) {
		struct robj *next = o->touched_next;
		bool up;
		struct driver *d = driver_of(e, o->now->kind, &up);

		if (o->refs == 0) {
			/* the plan may still be printed: keep its objects until the next commit */
			if (o->was && o->was != o->now)
				keep_garbage(e, o->was);
			keep_garbage(e, o->now);
			o->was = o->now = NULL;
			struct obj stub = { .kind = OBJ_LINK };

			o->now = obj_clone(&stub);
			object_destroy(e, o);
		} else if (!d || up) {
			if (o->was && o->was != o->now)
				keep_garbage(e, o->was);
			o->was = o->now;
		}
		o = next;
	}
	e->touched = NULL;
	e->touched_tail = &e->touched;
	e->committing = false;
	tell_wanted(e);
	if (e->again) {
		size_t n = e->plan.n;

		e->again = false;
		return n + engine_commit_notes(e, notes);
	}
	return e->plan.n;
}

size_t
engine_commit(struct engine *e)
{
	return engine_commit_notes(e, NULL);
}

void
engine_print_plan(struct engine *e, struct buf *out)
{
	for (size_t i = 0; i < e->plan.n; i++) {
		const struct plan_op *op = &e->plan.op[i];
		const struct obj *o = op->now ? op->now : op->was;

		buf_puts(out, op->type == OP_ADD ? "+ " : op->type == OP_DELETE ? "- " : "~ ");
		obj_describe(o, out);
		if (o->line)
			buf_printf(out, "  [line %u]", o->line);
		buf_putc(out, '\n');
	}
}

/* --- drivers --- */

void
engine_add_driver(struct engine *e, struct driver *d)
{
	if (e->ndriver < MAXDRIVER)
		e->driver[e->ndriver++].d = d;
}

void
engine_driver_up(struct engine *e, struct driver *d)
{
	struct plan p = {0};

	for (int i = 0; i < e->ndriver; i++)
		if (e->driver[i].d == d)
			e->driver[i].up = true;
	for (struct robj *o = e->first; o; o = o->next) {
		if (!(d->kinds & OBJ_BIT(o->now->kind)) || o->refs == 0)
			continue;
		if (o->was && o->was != o->now)
			obj_free(o->was);
		o->was = o->now;
		o->state = OBJ_SENT;
		add_op(&p, OP_ADD, NULL, o->now);
	}
	if (p.n) {
		qsort(p.op, p.n, sizeof *p.op, by_rank);
		d->apply(d->ctx, p.op, p.n);
	}
	free(p.op);
	if (d->kinds & OBJ_BIT(OBJ_IKE))
		tunnels_reset(e->tunnels);
	log_msg("CONFTERM", 6, "DRIVER", "%s is up", d->name);
}

void
engine_driver_down(struct engine *e, struct driver *d, const char *why)
{
	for (int i = 0; i < e->ndriver; i++)
		if (e->driver[i].d == d)
			e->driver[i].up = false;
	for (struct robj *o = e->first; o; o = o->next) {
		if (!(d->kinds & OBJ_BIT(o->now->kind)))
			continue;
		if (o->was && o->was != o->now)
			obj_free(o->was);
		o->was = NULL;
		o->state = OBJ_PENDING;
	}
	log_msg("CONFTERM", 4, "DRIVER", "%s is down: %s", d->name, why ? why : "connection lost");
	if (d->kinds & OBJ_BIT(OBJ_IKE))
		tunnels_reset(e->tunnels);
}

static struct robj *
object_by_id(struct engine *e, uint64_t id)
{
	for (struct robj *o = e->byid[id & (IDBUCKETS - 1)]; o; o = o->idnext)
		if (o->id == id)
			return o;
	return NULL;
}

void
engine_result(struct engine *e, uint64_t id, int err, const char *text)
{
	struct robj *o = object_by_id(e, id);

	if (!o)
		return;
	free(o->reason);
	o->reason = err ? xstrdup(text ? text : strerror(-err)) : NULL;
	if (err && o->state != OBJ_FAILED && o->now->kind != OBJ_ROUTE) {
		struct buf b = {0};

		obj_describe(o->now, &b);
		log_msg("CONFTERM", 4, "NOTAPPLIED", "%s: %s", buf_str(&b), o->reason);
		buf_free(&b);
	}
	o->state = err ? OBJ_FAILED : OBJ_OK;
	if (err && o->now->kind != OBJ_ROUTE) {
		o->backoff = o->backoff ? (o->backoff < 64 ? o->backoff * 2 : 64) : 1;
		o->retry = o->backoff;
		if (e->loop && !ev_is_active(&e->timer))
			ev_timer_start(e->loop, &e->timer);
	} else
		o->backoff = 0;
}

/* Once a second while something has failed: those whose time has come are sent again. */
static void
retry(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct engine *e = w->data;
	struct plan p = {0};
	bool waiting = false;

	(void)revents;
	for (struct robj *o = e->first; o; o = o->next) {
		bool up;

		if (o->state != OBJ_FAILED || o->now->kind == OBJ_ROUTE || o->refs == 0)
			continue;
		waiting = true;
		if (--o->retry > 0 || !driver_of(e, o->now->kind, &up) || !up)
			continue;
		add_op(&p, OP_ADD, NULL, o->now);
	}
	if (p.n) {
		qsort(p.op, p.n, sizeof *p.op, by_rank);
		send_plan(e, &p);
	}
	free(p.op);
	if (!waiting)
		ev_timer_stop(loop, w);
}

/* --- questions --- */

static struct obj_info
info(const struct robj *o)
{
	return (struct obj_info){ o->now, o->state, o->reason };
}

void
engine_each_object(struct engine *e, enum obj_kind kind, void (*cb)(void *, const struct obj_info *), void *ctx)
{
	for (struct robj *o = e->first; o; o = o->next)
		if (o->refs && (kind == OBJ_NKIND || o->now->kind == kind)) {
			struct obj_info i = info(o);

			cb(ctx, &i);
		}
}

void
engine_each_of(struct engine *e, uint32_t rec_id, void (*cb)(void *, const struct obj_info *), void *ctx)
{
	struct unit *u = find_unit(e, rec_id);

	for (size_t i = 0; u && i < u->nobj; i++) {
		struct obj_info in = info(u->obj[i]);

		cb(ctx, &in);
	}
}

void
engine_each_note(struct engine *e, uint32_t rec_id, void (*cb)(void *, const char *), void *ctx)
{
	struct unit *u = find_unit(e, rec_id);

	for (struct note *n = u ? u->notes : NULL; n; n = n->next)
		cb(ctx, n->text);
}

void
engine_each_rec_note(struct engine *e, void (*cb)(void *, uint32_t, const char *), void *ctx)
{
	for (size_t i = 0; i < e->nunitbucket; i++)
		for (struct unit *u = e->unit[i]; u; u = u->hnext)
			for (struct note *n = u->notes; n; n = n->next)
				cb(ctx, n->rec, n->text);
}

const char *
engine_unused(struct engine *e, uint32_t rec_id)
{
	struct unit *u = find_unit(e, rec_id);

	for (struct note *n = u ? u->notes : NULL; n; n = n->next)
		if (n->unused)
			return n->text;
	return NULL;
}

void
engine_all_notes(struct engine *e, void (*cb)(void *, uint32_t, const char *), void *ctx)
{
	for (unsigned row = 0; row < g_nrows; row++)
		for (struct rec *r = g_rows[row].unit && g_rows[row].mode == 1 ?
			store_first(e->store, store_root(e->store), (int)row) : NULL; r; r = store_next(r)) {
			struct unit *u = find_unit(e, r->id);

			for (struct note *n = u ? u->notes : NULL; n; n = n->next)
				cb(ctx, n->line, n->text);
		}
}

struct tunnels *
engine_tunnels(struct engine *e)
{
	return e->tunnels;
}

struct store *
engine_store(struct engine *e)
{
	return e->store;
}

struct ev_loop *
engine_loop(struct engine *e)
{
	return e->loop;
}

struct engine *
engine_new(struct ev_loop *loop, struct store *s)
{
	struct engine *e = xcalloc(1, sizeof *e);

	e->loop = loop;
	e->store = s;
	e->ndepbucket = e->nunitbucket = e->nobjbucket = 1024;
	e->dep = xcalloc(e->ndepbucket, sizeof(struct dep *));
	e->unit = xcalloc(e->nunitbucket, sizeof(struct unit *));
	e->obj = xcalloc(e->nobjbucket, sizeof(struct robj *));
	e->byid = xcalloc(IDBUCKETS, sizeof(struct robj *));
	e->dirty_tail = &e->dirty;
	e->touched_tail = &e->touched;
	e->tunnels = tunnels_new(e, s);
	ev_timer_init(&e->timer, retry, 1.0, 1.0);
	e->timer.data = e;
	store_listen(s, engine_store_changed, e);
	return e;
}

void
engine_free(struct engine *e)
{
	if (!e)
		return;
	store_listen(e->store, NULL, NULL);
	if (e->loop)
		ev_timer_stop(e->loop, &e->timer);
	for (size_t i = 0; i < e->nunitbucket; i++)
		while (e->unit[i]) {
			struct unit *u = e->unit[i];

			unit_forget(e, u);
			for (struct note *n = u->notes, *nx; n; n = nx) {
				nx = n->next;
				free(n);
			}
			unit_destroy(e, u);
		}
	while (e->first)
		object_destroy(e, e->first);
	clear_plan(e);
	for (size_t i = 0; i < REACHBUCKETS; i++)
		while (e->reached[i]) {
			struct reached *r = e->reached[i];

			e->reached[i] = r->next;
			free(r);
		}
	tunnels_free(e->tunnels);
	free(e->garbage);
	free(e->plan.op);
	free(e->dep);
	free(e->unit);
	free(e->obj);
	free(e->byid);
	pool_free(&e->pool);
	free(e);
}
