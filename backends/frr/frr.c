/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The vty drivers: see frr.h. Order and grouping of lines are in lines.c, the
 * wire is in vty.c; here are the batches and what the daemons hold.
 *
 * A batch is typed line by line between XFRR_start_configuration and
 * XFRR_end_configuration, as `vtysh -f` does: route-maps, prefix lists and
 * interfaces ("northbound" commands) cost a whole commit per line otherwise.
 * In exchange a refusal may arrive lines later and name a group; then all the
 * lines are typed once more without the brackets, each answering for itself.
 *
 * `held` remembers the lines given to a daemon since this process started, for
 * the replay after a loss.
 */
#define _GNU_SOURCE
#include "backends/frr/frr.h"

#include <errno.h>
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "backends/frr/held.h"
#include "backends/frr/lines.h"
#include "backends/frr/vty.h"
#include "backends/zapi/table.h"
#include "lib/buf.h"
#include "lib/log.h"
#include "lib/xalloc.h"

#define DEBUG_AGAIN 1.0	/* seconds */
#define LINE_TIMEOUT 300000	/* ms; committing 1000 prefix-list entries takes 5 s, and more than twice that for 2000 */

enum phase { PHASE_CONF, PHASE_START, PHASE_LINES, PHASE_END, PHASE_LEAVE };

struct side;

struct batch {
	STAILQ_ENTRY(batch) link;
	struct side *side;
	struct frr_step *steps;
	size_t n, pos;
	enum phase phase;
	bool grouped;		/* first run, inside the brackets */
	bool refused;		/* break off and run again, not grouped */
	bool barred;		/* a context could not be entered: its lines are left out */
	bool inside;		/* a context was entered: "exit" in the top node would end the session */
	bool silent;		/* the driver went down meanwhile: no results */
};

/* A command of debugging: what is wanted, what the daemon is being told, and what it has been told. */
struct debug {
	STAILQ_ENTRY(debug) link;
	struct side *side;
	const char *command;
	bool on, asked, will, is;
};

/* One daemon, and its driver. */
struct side {
	struct frr *frr;
	enum frr_daemon daemon;
	struct driver driver;
	struct vty *cfg, *query;	/* NULL: not started, nothing asked yet */
	bool up, replaying, replayed;
	struct table held;
	STAILQ_HEAD(, batch) batches;	/* the first one is being typed */
	STAILQ_HEAD(, debug) debug;	/* frr_debug() */
	ev_timer again;			/* what of it was lost */
};

struct query {
	LIST_ENTRY(query) link;
	void (*done)(void *arg, int err, const char *text, size_t len);
	void *arg;
};

struct frr {
	struct ev_loop *loop;
	struct engine *engine;
	char *dir;
	struct side side[FRR_NDAEMON];
	LIST_HEAD(, query) queries;
};

static void
batch_free(struct batch *b)
{
	lines_free(b->steps, b->n);
	free(b);
}

static void
batches_free(struct side *s)
{
	struct batch *b;

	while ((b = STAILQ_FIRST(&s->batches))) {
		STAILQ_REMOVE_HEAD(&s->batches, link);
		batch_free(b);
	}
}

static void type_next(struct batch *b);

static void
report(struct batch *b)
{
	struct frr *f = b->side->frr;
	const struct frr_step *gate = NULL;	/* a context that could not be entered */

	for (size_t i = 0; i < b->n; i++) {
		const struct frr_step *s = &b->steps[i];
		struct buf why = {0};
		int err;

		if (s->kind != STEP_LINE) {
			gate = s->kind == STEP_ENTER && s->rc != VTY_OK ? s : NULL;
			continue;
		}
		if (s->id == 0)
			continue;
		/* (an opener that failed is the gate of what follows) */
		err = gate && !s->undo ? -EINVAL : lines_result(s);
		if (err)
			vty_clean(&why, gate ? gate->reply : s->reply && !s->secret ? s->reply : "");
		if (err && why.n == 0)
			buf_printf(&why, "refused by %s (%d)", frr_daemon_name(b->side->daemon), s->rc);
		engine_result(f->engine, s->id, err, err ? buf_str(&why) : NULL);
		buf_free(&why);
		if (s->opens && s->rc != VTY_OK)
			gate = s;
	}
}

static void
finish(struct batch *b)
{
	struct side *s = b->side;

	STAILQ_REMOVE_HEAD(&s->batches, link);
	if (!b->silent)
		report(b);
	batch_free(b);
	if (!STAILQ_EMPTY(&s->batches))
		type_next(STAILQ_FIRST(&s->batches));
}

static void
typed(void *arg, int rc, const char *text, size_t len)
{
	struct batch *b = arg;
	struct frr_step *s;

	if (rc < 0) {
		/* the connection is lost: side_state() comes next and the replay starts over */
		batches_free(b->side);
		return;
	}
	switch (b->phase) {
	case PHASE_CONF:
		b->phase = b->grouped ? PHASE_START : PHASE_LINES;
		break;
	case PHASE_START:
		b->phase = PHASE_LINES;
		break;
	case PHASE_LINES:
		s = &b->steps[b->pos++];
		s->rc = rc;
		free(s->reply);
		s->reply = rc == VTY_OK ? NULL : xstrdup(text);
		if (s->kind == STEP_LEAVE)
			b->inside = false;
		else if (s->kind == STEP_ENTER || s->opens)
			b->barred = !(b->inside = rc == VTY_OK);
		break;
	case PHASE_END:
		b->phase = PHASE_LEAVE;
		break;
	case PHASE_LEAVE:
		if (!b->refused) {
			finish(b);
			return;
		}
		b->grouped = b->refused = b->inside = b->barred = false;
		b->phase = PHASE_CONF;
		b->pos = 0;
		break;
	}
	/* the daemon may have left the context together with the refused group */
	if (b->grouped && !b->refused && lines_group_refused(text)) {
		b->refused = true;
		if (b->phase == PHASE_LINES)
			b->phase = PHASE_END;
	}
	type_next(b);
}

static void
type_next(struct batch *b)
{
	static const char *const fixed[] = {
	    [PHASE_CONF] = "configure terminal",
	    [PHASE_START] = "XFRR_start_configuration",
	    [PHASE_END] = "XFRR_end_configuration",
	    [PHASE_LEAVE] = "end",
	};
	const char *line;

	while (b->phase == PHASE_LINES && b->pos < b->n) {
		enum frr_step_kind kind = b->steps[b->pos].kind;

		if (!(kind == STEP_LEAVE && !b->inside) && !(kind == STEP_LINE && b->barred))
			break;
		if (kind == STEP_LEAVE)
			b->barred = false;
		b->pos++;
	}
	if (b->phase == PHASE_LINES && b->pos == b->n)
		b->phase = b->grouped ? PHASE_END : PHASE_LEAVE;
	line = b->phase == PHASE_LINES ? b->steps[b->pos].text : fixed[b->phase];
	vty_send(b->side->cfg, line, LINE_TIMEOUT, typed, b);
}

static void
submit(struct side *s, struct frr_item *items, size_t n)
{
	struct batch *b = xcalloc(1, sizeof *b);
	bool idle = STAILQ_EMPTY(&s->batches);

	b->side = s;
	b->grouped = true;
	b->steps = lines_build(items, n, &b->n);
	STAILQ_INSERT_TAIL(&s->batches, b, link);
	if (idle)
		type_next(b);
}

static void
apply(void *ctx, const struct plan_op *ops, size_t n)
{
	struct side *s = ctx;
	struct held **stale = NULL;
	struct frr_item *items;
	size_t nstale = 0, k = 0;
	uint64_t key;

	s->replayed = true;
	for (size_t i = 0; i < n; i++) {
		if (ops[i].now) {
			held_put(&s->held, &ops[i].now->frr);
		} else {
			struct held *h = held_find(&s->held, &ops[i].was->frr, &key);

			if (h)
				held_drop(&s->held, h);
		}
	}
	if (s->replaying)
		stale = held_list(&s->held, true, &nstale);
	items = xcalloc(n + nstale + 1, sizeof *items);
	for (size_t i = 0; i < nstale; i++)
		items[k++] = (struct frr_item){.f = stale[i]->f, .undo = true};
	for (size_t i = 0; i < n; i++) {
		const struct obj *o = ops[i].now ? ops[i].now : ops[i].was;

		items[k++] = (struct frr_item){.f = o->frr, .id = o->id, .undo = !ops[i].now};
	}
	if (k)
		submit(s, items, k);
	for (size_t i = 0; i < nstale; i++)
		held_drop(&s->held, stale[i]);
	free(stale);
	free(items);
}

/* --- debugging --- */

static void type_debug(struct side *s);

/* It said no: then it is as if it had been done, and is not tried again. */
static void
debugged(void *arg, int err, const char *text, size_t len)
{
	struct debug *d = arg;
	struct side *s = d->side;

	(void)len;
	d->asked = false;
	if (err == -EINVAL) {
		struct buf why = {0};

		vty_clean(&why, text);
		log_msg("CONFTERM", 4, "DEBUG", "%s: %s: %s", frr_daemon_name(s->daemon), d->command, buf_str(&why));
		buf_free(&why);
	}
	if (!err || err == -EINVAL)
		d->is = d->will;
	/* lost on the way, or wanted otherwise meanwhile */
	if (s->up && err != -ECANCELED && d->is != d->on && !ev_is_active(&s->again)) {
		ev_timer_set(&s->again, err && err != -EINVAL ? DEBUG_AGAIN : 0., 0.);
		ev_timer_start(s->frr->loop, &s->again);
	}
}

static void open_query(struct side *s);

/* What is not as it is wanted. */
static void
type_debug(struct side *s)
{
	struct debug *d;

	STAILQ_FOREACH(d, &s->debug, link) {
		char text[128];

		if (d->asked || d->is == d->on)
			continue;
		d->asked = true;
		d->will = d->on;
		snprintf(text, sizeof text, "%s%s", d->on ? "" : "no ", d->command);
		/* the daemon is there: a client that has lost the one before it must not wait any longer */
		open_query(s);
		vty_wake(s->query);
		frr_query(s->frr, s->daemon, text, 10000, debugged, d);
	}
}

static void
on_again(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct side *s = w->data;

	(void)loop, (void)revents;
	if (s->up)
		type_debug(s);
}

void
frr_debug(struct frr *f, enum frr_daemon daemon, const char *command, bool on)
{
	struct side *s = &f->side[daemon];
	struct debug *d;

	STAILQ_FOREACH(d, &s->debug, link)
		if (strcmp(d->command, command) == 0)
			break;
	if (!d) {
		d = xcalloc(1, sizeof *d);
		d->side = s;
		d->command = command;
		STAILQ_INSERT_TAIL(&s->debug, d, link);
	}
	d->on = on;
	if (s->up)
		type_debug(s);
}

static void
went_up(struct side *s)
{
	struct debug *d;
	struct held **all;
	size_t n;

	all = held_list(&s->held, false, &n);
	for (size_t i = 0; i < n; i++)
		all[i]->stale = true;
	free(all);
	s->up = s->replaying = true;
	/* (it may be the same as before, and not know that it is to stop) */
	STAILQ_FOREACH(d, &s->debug, link)
		d->is = !d->on;
	type_debug(s);
	s->replayed = false;
	engine_driver_up(s->frr->engine, &s->driver);
	if (!s->replayed)
		apply(s, NULL, 0);
	s->replaying = false;
}

static void
went_down(struct side *s, const char *why)
{
	struct batch *b = STAILQ_FIRST(&s->batches), *x;

	s->up = false;
	/* one that is being typed at a daemon that lives is typed to its end; the others are not begun */
	while (b && (x = STAILQ_NEXT(b, link))) {
		STAILQ_REMOVE(&s->batches, x, batch, link);
		batch_free(x);
	}
	if (b)
		b->silent = true;
	engine_driver_down(s->frr->engine, &s->driver, why);
}

static void
side_state(void *ctx, bool up, int err)
{
	struct side *s = ctx;

	if (up && !s->up)
		went_up(s);
	else if (!up && s->up)
		went_down(s, strerror(-err));
}

static void
answered(void *arg, int rc, const char *text, size_t len)
{
	struct query *q = arg;

	LIST_REMOVE(q, link);
	/* "{}" for a route that is not there comes with a warning */
	if (rc == VTY_WARNING && text[0] != '%')
		rc = VTY_OK;
	q->done(q->arg, rc < 0 ? rc : rc == VTY_OK ? 0 : -EINVAL, text, len);
	free(q);
}

static char *
path_of(const struct side *s)
{
	return xasprintf("%s/%s.vty", s->frr->dir, frr_daemon_name(s->daemon));
}

static void
open_query(struct side *s)
{
	char *path = path_of(s);

	if (!s->query)
		s->query = vty_create(s->frr->loop, path, NULL, NULL);
	free(path);
}

void
frr_query(struct frr *f, enum frr_daemon daemon, const char *command, unsigned timeout_ms,
    void (*done)(void *arg, int err, const char *text, size_t len), void *arg)
{
	struct query *q = xcalloc(1, sizeof *q);

	q->done = done;
	q->arg = arg;
	LIST_INSERT_HEAD(&f->queries, q, link);
	/* before frr_start() nobody answers: the client fails the request from the loop */
	open_query(&f->side[daemon]);
	vty_send(f->side[daemon].query, command, timeout_ms, answered, q);
}

struct frr *
frr_create(struct ev_loop *loop, struct engine *e, const char *vty_dir)
{
	struct frr *f = xcalloc(1, sizeof *f);

	f->loop = loop;
	f->engine = e;
	f->dir = xstrdup(vty_dir);
	LIST_INIT(&f->queries);
	for (int d = 0; d < FRR_NDAEMON; d++) {
		struct side *s = &f->side[d];

		s->frr = f;
		s->daemon = (enum frr_daemon)d;
		s->driver = (struct driver){frr_daemon_name(s->daemon), OBJ_BIT(OBJ_FRR(d)), s, apply};
		STAILQ_INIT(&s->batches);
		STAILQ_INIT(&s->debug);
		ev_init(&s->again, on_again);
		s->again.data = s;
	}
	return f;
}

struct driver *
frr_driver(struct frr *f, enum frr_daemon daemon)
{
	return &f->side[daemon].driver;
}

void
frr_start(struct frr *f, enum frr_daemon daemon)
{
	struct side *s = &f->side[daemon];
	char *path = path_of(s);

	if (!s->cfg)
		s->cfg = vty_create(f->loop, path, side_state, s);
	open_query(s);
	free(path);
}

void
frr_stop(struct frr *f, enum frr_daemon daemon)
{
	struct side *s = &f->side[daemon];

	if (s->up)
		went_down(s, "stopped");
	vty_destroy(s->cfg);
	s->cfg = NULL;
	batches_free(s);
	held_free(&s->held);
	s->held = (struct table){0};
}

void
frr_destroy(struct frr *f)
{
	struct query *q;

	if (!f)
		return;
	for (int d = 0; d < FRR_NDAEMON; d++) {
		frr_stop(f, (enum frr_daemon)d);
		vty_destroy(f->side[d].query);
		ev_timer_stop(f->loop, &f->side[d].again);
	}
	while ((q = LIST_FIRST(&f->queries))) {
		LIST_REMOVE(q, link);
		q->done(q->arg, -ECANCELED, "", 0);
		free(q);
	}
	for (int d = 0; d < FRR_NDAEMON; d++) {
		struct debug *g;

		while ((g = STAILQ_FIRST(&f->side[d].debug))) {
			STAILQ_REMOVE_HEAD(&f->side[d].debug, link);
			free(g);
		}
	}
	free(f->dir);
	free(f);
}
