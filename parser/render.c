/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Rendering walks the tree form of a row's template and writes what the
 * record's values fill: an optional part is written when one of its slots is
 * to be rendered, a choice writes the alternative that was taken.
 */
#include "parser/render.h"

#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"
#include "parser/config.h"
#include "parser/types.h"

struct pen {
	struct buf *out;
	const struct g_row *row;
	const void *v;
	uint32_t has, hidden;
	size_t start;
	bool hide_secrets;
};

static uint32_t
number(const struct pen *p, int slot)
{
	uint32_t n;

	memcpy(&n, (const char *)p->v + g_slots[p->row->slots + slot].offset, sizeof n);
	return n;
}

static void
blank(struct pen *p)
{
	if (p->out->n > p->start)
		buf_putc(p->out, ' ');
}

static void
walk(struct pen *p, const struct g_node *base, int at)
{
	const struct g_node *n = base + at;

	switch (n->kind) {
	case G_A_KEYWORD:
		blank(p);
		buf_puts(p->out, G_STR(n->word));
		return;
	case G_A_PARAM: {
		const struct g_slot *s = &g_slots[p->row->slots + n->slot];
		const char *text = NULL;

		if (p->hidden & (1u << n->slot))
			return;
		if (s->type != G_T_HEX)	/* its lines stand below */
			blank(p);
		if (g_type_is_string(s->type))
			memcpy(&text, (const char *)p->v + s->offset, sizeof text);
		if (s->type == G_T_SECRET && p->hide_secrets)
			text = "<removed>";
		type_render(p->out, n->type, &g_args[n->arg], text || g_type_is_string(s->type) ? 0 :
		    number(p, n->slot), text);
		return;
	}
	case G_A_OPT:
		if (!(n->slots & p->has & ~p->hidden))
			return;
		break;
	case G_A_ALT: {
		uint32_t want = number(p, n->slot);

		for (int c = at + 1; c < n->next; c = base[c].next)
			if (base[c].index == want)
				walk(p, base, c);
		return;
	}
	case G_A_SET:
		for (int c = at + 1; c < n->next; c = base[c].next)
			if (base[c].slots & p->has & ~p->hidden)
				walk(p, base, c);
		return;
	default:
		break;
	}
	for (int c = at + 1; c < n->next; c = base[c].next)
		walk(p, base, c);
}

void
render_values(struct buf *out, const struct g_row *row, const void *values, bool hide_secrets)
{
	struct pen p = { .out = out, .row = row, .v = values, .start = out->n, .hide_secrets = hide_secrets };

	p.has = *(const uint32_t *)values;
	for (int i = 0; i < row->nslots; i++)
		if (g_slots[row->slots + i].flags & G_SLOT_HIDDEN)
			p.hidden |= 1u << i;
	walk(&p, &g_nodes[row->node], 0);
}

void
render_line(struct buf *out, const struct rec *r)
{
	if (r->negated)
		buf_puts(out, "no ");
	render_values(out, &g_rows[r->row], rec_values(r), false);
}

/* A walk over the configuration in its order, line by line. */
struct walk {
	struct store *s;
	struct buf line;
	bool hide_secrets, all;
	const uint8_t *levels;		/* NULL: everything is shown */
	int level;
	render_cb *cb;
	void *ctx;
};

static void
emit_text(struct walk *w, const struct rec *r, int depth, const char *text)
{
	w->cb(w->ctx, r, depth, text);
}

static void
emit_line(struct walk *w, const struct rec *r, int depth)
{
	buf_clear(&w->line);
	if (r->negated)
		buf_puts(&w->line, "no ");
	render_values(&w->line, &g_rows[r->row], rec_values(r), w->hide_secrets);
	emit_text(w, r, depth, buf_str(&w->line));
}

/* Does another leaf stand in this one's place? */
static bool
excluded(struct store *s, const struct rec *parent, int row)
{
	for (const uint16_t *x = &g_excludes[g_rows[row].excludes]; g_rows[row].excludes && *x; x++)
		if (store_first(s, parent, *x))
			return true;
	return false;
}

/* What a leaf without a record means, for `show running-config all`. */
static void
emit_default(struct walk *w, int row, int depth)
{
	static const uint64_t nothing[64];
	const struct g_row *r = &g_rows[row];

	if (r->dflt)
		emit_text(w, NULL, depth, G_STR(r->dflt));
	else if (r->kind == G_LEAF && r->flags & G_ROW_DEFAULT_ON) {
		buf_clear(&w->line);
		render_values(&w->line, r, nothing, false);
		emit_text(w, NULL, depth, buf_str(&w->line));
	}
}

/* Is the row above the level of the one who looks? */
static bool
hidden(const struct walk *w, int row)
{
	return w->levels && w->levels[row] > w->level;
}

static void
children(struct walk *w, const struct rec *r, int depth)
{
	const struct g_mode *mode = &g_modes[g_rows[r->row].submode];

	for (int i = 0; i < mode->nrow; i++) {
		int row = g_mode_rows[mode->first_row + i];
		struct rec *c = store_first(w->s, r, row);

		if (hidden(w, row))
			continue;
		if (!c && g_rows[row].absent && !excluded(w->s, r, row))
			emit_text(w, NULL, depth, G_STR(g_rows[row].absent));
		else if (!c && w->all)
			emit_default(w, row, depth);
		for (; c; c = store_next(c)) {
			emit_line(w, c, depth);
			if (g_rows[row].kind == G_NODE)
				children(w, c, depth + 1);
		}
	}
	if (g_rows[r->row].closing)
		emit_text(w, NULL, depth - 1, G_STR(g_rows[r->row].closing));
}

/* Is it written line by line (access-list 101 ...)? Its name is a number, and it has lines. */
static bool
is_flat(struct store *s, const struct rec *r)
{
	const struct g_row *row = &g_rows[r->row];
	const char *name;

	if (!row->flat_row || !store_first(s, r, g_rows[row->flat_row].flat_member))
		return false;
	memcpy(&name, (const char *)rec_values(r) + g_slots[row->slots].offset, sizeof name);
	return name && strspn(name, "0123456789") == strlen(name);
}

/* A list whose name is a number is written line by line: access-list 101 permit ... */
static bool
flat(struct walk *w, const struct rec *r)
{
	const struct g_row *row = &g_rows[r->row], *fl;
	const struct g_slot *key = &g_slots[row->slots];
	const char *name;
	uint64_t v[64];

	if (!is_flat(w->s, r))
		return false;
	memcpy(&name, (const char *)rec_values(r) + key->offset, sizeof name);
	fl = &g_rows[row->flat_row];
	for (struct rec *c = store_first(w->s, r, fl->flat_member); c; c = store_next(c)) {
		const struct g_row *member = &g_rows[fl->flat_member];
		uint32_t has = 0, chas = *(const uint32_t *)rec_values(c);

		memset(v, 0, sizeof v);
		for (int i = 0; i < fl->nslots; i++) {
			const struct g_slot *f = &g_slots[fl->slots + i];
			size_t size = g_type_is_string(f->type) ? sizeof(char *) : sizeof(uint32_t);

			if (f->name == key->name)
				memcpy((char *)v + f->offset, &name, sizeof name);
			for (int k = 0; k < member->nslots; k++) {
				const struct g_slot *m = &g_slots[member->slots + k];

				if (m->name != f->name)
					continue;
				memcpy((char *)v + f->offset, (const char *)rec_values(c) + m->offset, size);
				if (chas & (1u << k))
					has |= 1u << i;
			}
		}
		memcpy(v, &has, sizeof has);
		buf_clear(&w->line);
		render_values(&w->line, fl, v, w->hide_secrets);
		emit_text(w, c, 0, buf_str(&w->line));
	}
	return true;
}

static void
block(struct walk *w, const struct rec *r)
{
	if (g_rows[r->row].kind == G_NODE && flat(w, r))
		return;
	emit_line(w, r, 0);
	if (g_rows[r->row].kind == G_NODE)
		children(w, r, 1);
}

static int
by_section(const void *a, const void *b)
{
	uint16_t x = *(const uint16_t *)a, y = *(const uint16_t *)b;

	return g_rows[x].section != g_rows[y].section ? g_rows[x].section - g_rows[y].section : x - y;
}

/* The records of one row; returns the section last written (a `!` stands between sections and blocks). */
static int
render_row(struct walk *w, int row, int pass, int section)
{
	const struct g_row *r = &g_rows[row];
	struct rec *c = store_first(w->s, store_root(w->s), row);
	bool first = true;

	if (hidden(w, row))
		return section;
	if (!c && r->absent && pass == 0) {
		if (r->section != section)
			emit_text(w, NULL, 0, "!");
		emit_text(w, NULL, 0, G_STR(r->absent));
		return r->section;
	}
	if (!c && w->all && pass == 0 && (r->dflt || (r->flags & G_ROW_DEFAULT_ON && !r->clears))) {
		if (r->section != section)
			emit_text(w, NULL, 0, "!");
		emit_default(w, row, 0);
		return r->section;
	}
	for (; c; c = store_next(c)) {
		if (is_flat(w->s, c) != (pass == 1))
			continue;
		if (r->section != section || (first ? pass == 1 : r->kind == G_NODE && pass == 0 && !(r->flags & G_ROW_COMPACT)))
			emit_text(w, NULL, 0, "!");
		section = r->section;
		first = false;
		block(w, c);
	}
	return section;
}

static void
walk_all(struct store *s, bool hide_secrets, bool all, const uint8_t *levels, int level, render_cb *cb, void *ctx)
{
	const struct g_mode *mode = &g_modes[MODE_GLOBAL];
	uint16_t *order = xmalloc(sizeof *order * mode->nrow);
	struct walk w = { .s = s, .hide_secrets = hide_secrets, .all = all, .levels = levels, .level = level,
		.cb = cb, .ctx = ctx };
	int section = -1;

	for (int i = 0; i < mode->nrow; i++)
		order[i] = g_mode_rows[mode->first_row + i];
	qsort(order, mode->nrow, sizeof *order, by_section);
	for (int i = 0, j; i < mode->nrow; i = j) {
		for (j = i; j < mode->nrow && g_rows[order[j]].section == g_rows[order[i]].section; j++)
			;
		/* within a section, lists named by numbers come after the others */
		for (int pass = 0; pass < 2; pass++)
			for (int k = i; k < j; k++)
				section = render_row(&w, order[k], pass, section);
	}
	buf_wipe(&w.line);
	free(order);
}

void
render_each(struct store *s, bool hide_secrets, render_cb *cb, void *ctx)
{
	walk_all(s, hide_secrets, false, NULL, 0, cb, ctx);
}

static void
write_line(void *ctx, const struct rec *r, int depth, const char *line)
{
	(void)r;
	buf_fill(ctx, ' ', (size_t)depth);
	buf_printf(ctx, "%s\n", line);
}

void
render_block(struct buf *out, struct store *s, const struct rec *r, const uint8_t *levels, int level)
{
	struct walk w = { .s = s, .levels = levels, .level = level, .cb = write_line, .ctx = out };

	block(&w, r);
	buf_wipe(&w.line);
}

void
render_config_at(struct buf *out, struct store *s, bool all, const uint8_t *levels, int level)
{
	walk_all(s, false, all, levels, level, write_line, out);
	buf_puts(out, "!\nend\n");
}

void
render_config(struct buf *out, struct store *s)
{
	render_config_at(out, s, false, NULL, 0);
}
