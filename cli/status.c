/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state of every line. A row of the grammar says by itself when it has no
 * effect or not yet (accept, later, unsupported); an applied row may still be
 * without effect for a reason that its unit knows (engine_unused()). Objects
 * carry the record that they come from, and notes that which they concern;
 * they are sorted by it once, so that the walk over the lines finds each
 * line's own by bisection.
 */
#include "cli/status.h"

#include <stdlib.h>
#include <string.h>

#include "gen/grammar.h"
#include "lib/xalloc.h"
#include "parser/render.h"

struct objects {
	struct obj_info *info;
	const struct obj_info **by_rec;
	size_t n, cap;
};

/* Notes, sorted by the record that they concern; text has no "NOTE: " any more. */
struct notes {
	struct rec_note {
		uint32_t rec;
		size_t seq;
		const char *text;
	} *note;
	const char **text;	/* room for those of one line */
	size_t n, cap;
};

struct status_walk {
	struct engine *e;
	struct objects o;
	struct notes n;
	void (*cb)(void *ctx, const struct line_status *s);
	void *ctx;
};

const char *
line_state_name(enum line_state s)
{
	static const char *const names[LINE_NSTATE] = { "applied", "not applied yet", "no effect here" };

	return names[s];
}

void
status_object(struct buf *out, const struct obj_info *o, bool live)
{
	buf_printf(out, "%s %s", obj_kind_name(o->obj->kind), o->obj->key);
	if (!live)
		return;
	buf_printf(out, ": %s", o->state == OBJ_OK ? "ok" : o->state == OBJ_FAILED ? "failed" : "pending");
	if (o->reason)
		buf_printf(out, ", %s", o->reason);
}

static void
collect(void *ctx, const struct obj_info *i)
{
	struct objects *o = ctx;

	if (o->n == o->cap) {
		o->cap = o->cap * 2 + 64;
		o->info = xrealloc(o->info, sizeof *o->info * o->cap);
	}
	o->info[o->n++] = *i;
}

static int
by_rec(const void *a, const void *b)
{
	const struct obj_info *x = *(const struct obj_info *const *)a, *y = *(const struct obj_info *const *)b;

	if (x->obj->rec != y->obj->rec)
		return x->obj->rec < y->obj->rec ? -1 : 1;
	return x->obj->id < y->obj->id ? -1 : x->obj->id > y->obj->id;
}

/* The first object of a record, or where it would be. */
static size_t
first_of(const struct objects *o, uint32_t rec)
{
	size_t lo = 0, hi = o->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (o->by_rec[mid]->obj->rec < rec)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

static const char *
plain(const char *note)
{
	return strncmp(note, "NOTE: ", 6) == 0 ? note + 6 : note;
}

static void
collect_note(void *ctx, uint32_t rec, const char *text)
{
	struct notes *t = ctx;

	if (t->n == t->cap) {
		t->cap = t->cap * 2 + 64;
		t->note = xrealloc(t->note, sizeof *t->note * t->cap);
	}
	t->note[t->n] = (struct rec_note){ rec, t->n, plain(text) };
	t->n++;
}

static int
by_noted(const void *a, const void *b)
{
	const struct rec_note *x = a, *y = b;

	if (x->rec != y->rec)
		return x->rec < y->rec ? -1 : 1;
	return x->seq < y->seq ? -1 : x->seq > y->seq;
}

/* Puts a record's notes but `why` into t->text; how many they are. */
static size_t
notes_of(struct notes *t, uint32_t rec, const char *why)
{
	size_t lo = 0, hi = t->n, n = 0;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (t->note[mid].rec < rec)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < t->n && t->note[lo].rec == rec; lo++)
		if (!why || strcmp(t->note[lo].text, why) != 0)
			t->text[n++] = t->note[lo].text;
	return n;
}

static bool
unsupported(const struct g_row *row, const struct rec *r)
{
	uint32_t v;

	if (!row->unsup)
		return false;
	memcpy(&v, (const char *)rec_values(r) + g_slots[row->slots + row->unsup_slot].offset, sizeof v);
	return v == row->unsup_value;
}

/* What of a line that is applied has no effect all the same; *all: everything. NULL: nothing. */
static const char *
idle(const struct g_row *row, const struct rec *r, bool *all)
{
	*all = false;
	for (const struct g_idle *i = &g_idle[row->idle]; row->idle && i->why; i++) {
		const struct g_slot *s = &g_slots[row->slots + i->slot];
		uint32_t v = 0;

		if (!g_type_is_string(s->type))
			memcpy(&v, (const char *)rec_values(r) + s->offset, sizeof v);
		*all = i->value != G_IDLE_ANY && v == i->value;
		if (*all || (i->value == G_IDLE_ANY && rec_has(r, i->slot)))
			return G_STR(i->why);
	}
	return NULL;
}

static const char *
unused(struct engine *e, const struct rec *r)
{
	while (r->parent && r->parent->parent)
		r = r->parent;
	const char *why = engine_unused(e, r->id);

	return why ? plain(why) : NULL;
}

static void
one_line(void *ctx, const struct rec *r, int depth, const char *text)
{
	struct status_walk *w = ctx;
	const struct g_row *row;
	bool all;
	struct line_status s = { .text = text, .depth = depth };
	size_t at;

	if (!r)
		return;
	row = &g_rows[r->row];
	s.line = r->line;
	at = first_of(&w->o, r->id);
	s.object = (const struct obj_info *const *)w->o.by_rec + at;
	while (at + s.nobject < w->o.n && w->o.by_rec[at + s.nobject]->obj->rec == r->id)
		s.nobject++;
	if (row->accept) {
		s.state = row->flags & G_ROW_LATER ? LINE_LATER : LINE_NO_EFFECT;
		s.why = G_STR(row->accept);
	} else if (unsupported(row, r)) {
		s.state = LINE_NO_EFFECT;
		s.why = G_STR(row->unsup);
	} else if (!s.nobject && (s.why = unused(w->e, r)))	/* other units may read lines of a record that has no effect */
		s.state = LINE_LATER;
	else if ((s.why = idle(row, r, &all)) && all)
		s.state = LINE_NO_EFFECT;
	s.note = w->n.text;
	s.nnote = notes_of(&w->n, r->id, s.why);
	w->cb(w->ctx, &s);
}

void
status_each(struct engine *e, void (*cb)(void *ctx, const struct line_status *s), void *ctx)
{
	struct status_walk w = { .e = e, .cb = cb, .ctx = ctx };

	engine_each_object(e, OBJ_NKIND, collect, &w.o);
	w.o.by_rec = xmalloc(sizeof *w.o.by_rec * (w.o.n + 1));
	for (size_t i = 0; i < w.o.n; i++)
		w.o.by_rec[i] = &w.o.info[i];
	qsort(w.o.by_rec, w.o.n, sizeof *w.o.by_rec, by_rec);
	engine_each_rec_note(e, collect_note, &w.n);
	w.n.text = xmalloc(sizeof *w.n.text * (w.n.n + 1));
	if (w.n.n)
		qsort(w.n.note, w.n.n, sizeof *w.n.note, by_noted);
	render_each(engine_store(e), true, one_line, &w);
	free(w.o.by_rec);
	free(w.o.info);
	free(w.n.note);
	free(w.n.text);
}
