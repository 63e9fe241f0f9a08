/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Records of two stores are the same when their row and keys are. Where a list
 * is kept in the order typed and the order differs, the whole list is written
 * again: no other way makes `set peer` A, B into B, A.
 */
#include "parser/replace.h"

#include <stdlib.h>
#include <string.h>

#include "gen/grammar.h"
#include "lib/xalloc.h"
#include "parser/config.h"
#include "parser/render.h"

static bool
same(const struct rec *a, const struct rec *b)
{
	return a->negated == b->negated && row_equal(&g_rows[a->row], rec_values(a), rec_values(b), false);
}

/* Do the records that both lists have stand in the same order in both? */
static bool
same_order(struct store *ts, struct rec *to, struct store *fs, struct rec *from, int row)
{
	struct rec *a = store_first(ts, to, row);

	if (g_rows[row].order == G_ORDER_SORT)
		return true;
	for (struct rec *b = store_first(fs, from, row); b; b = store_next(b)) {
		struct rec *twin = store_find(ts, to, row, rec_values(b));

		if (!twin)
			continue;
		while (a && a != twin && !store_find(fs, from, row, rec_values(a)))
			a = store_next(a);
		if (a != twin)
			return false;
		a = store_next(a);
	}
	return true;
}

/* New records go to the end of a list: can those that stay be its beginning? */
static bool
can_append(struct store *ts, struct rec *to, struct store *fs, struct rec *from, int row)
{
	struct rec *b = from ? store_first(fs, from, row) : NULL;

	if (g_rows[row].order == G_ORDER_SORT)
		return true;
	for (struct rec *a = store_first(ts, to, row); a; a = store_next(a)) {
		if (!from || !store_find(fs, from, row, rec_values(a)))
			continue;
		if (!b || store_find(ts, to, row, rec_values(b)) != a)
			return false;
		b = store_next(b);
	}
	return true;
}

static size_t
replace_below(struct store *ts, struct rec *to, struct store *fs, struct rec *from, int mode)
{
	const struct g_mode *m = &g_modes[mode];
	size_t n = 0;

	/* what goes, goes first: an address may move from one interface to another */
	for (int i = 0; i < m->nrow; i++) {
		int row = g_mode_rows[m->first_row + i];
		bool all = !can_append(ts, to, fs, from, row);

		for (struct rec *r = store_first(ts, to, row), *next; r; r = next) {
			next = store_next(r);
			if (all || !from || !store_find(fs, from, row, rec_values(r))) {
				store_delete(ts, r);
				n++;
			}
		}
	}
	for (int i = 0; from && i < m->nrow; i++) {
		int row = g_mode_rows[m->first_row + i];

		for (struct rec *b = store_first(fs, from, row); b; b = store_next(b)) {
			struct rec *a = store_find(ts, to, row, rec_values(b));
			bool changed;

			if (!a || !same(a, b)) {
				a = store_put(ts, to, row, rec_values(b), b->negated, 0, &changed);
				n++;
			}
			if (g_rows[row].kind == G_NODE)
				n += replace_below(ts, a, fs, b, g_rows[row].submode);
		}
	}
	return n;
}

size_t
store_replace(struct store *to, struct store *from)
{
	return replace_below(to, store_root(to), from, store_root(from), MODE_GLOBAL);
}

/* --- the difference --- */

struct diff {
	struct buf *out;
	struct store *a, *b;
};

static void
diff_line(struct diff *d, char sign, const struct rec *r, int depth)
{
	buf_fill(d->out, ' ', (size_t)depth);
	if (sign)
		buf_putc(d->out, sign);
	if (r->negated)
		buf_puts(d->out, "no ");
	render_values(d->out, &g_rows[r->row], rec_values(r), true);
	buf_putc(d->out, '\n');
}

/* A record of one side alone, with what stands below it. */
static void
diff_whole(struct diff *d, struct store *s, char sign, struct rec *r, int depth)
{
	const struct g_mode *m;

	diff_line(d, sign, r, depth);
	if (g_rows[r->row].kind != G_NODE)
		return;
	m = &g_modes[g_rows[r->row].submode];
	for (int i = 0; i < m->nrow; i++)
		for (struct rec *c = store_first(s, r, g_mode_rows[m->first_row + i]); c; c = store_next(c))
			diff_whole(d, s, sign, c, depth + 1);
}

static void
diff_below(struct diff *d, struct rec *a, struct rec *b, int mode, int depth)
{
	const struct g_mode *m = &g_modes[mode];

	for (int i = 0; i < m->nrow; i++) {
		int row = g_mode_rows[m->first_row + i];
		bool moved = !same_order(d->a, a, d->b, b, row);

		for (struct rec *x = store_first(d->a, a, row); x; x = store_next(x)) {
			struct rec *y = store_find(d->b, b, row, rec_values(x));
			size_t before, head;

			if (!y || moved) {
				diff_whole(d, d->a, '-', x, depth);
				continue;
			}
			if (!same(x, y)) {
				diff_line(d, '-', x, depth);
				diff_line(d, '+', y, depth);
			}
			if (g_rows[row].kind != G_NODE)
				continue;
			before = d->out->n;
			diff_line(d, '\0', y, depth);
			head = d->out->n;
			diff_below(d, x, y, g_rows[row].submode, depth + 1);
			if (d->out->n == head)
				d->out->n = before;
		}
		for (struct rec *y = store_first(d->b, b, row); y; y = store_next(y))
			if (moved || !store_find(d->a, a, row, rec_values(y)))
				diff_whole(d, d->b, '+', y, depth);
	}
}

void
store_difference(struct buf *out, struct store *a, struct store *b)
{
	struct diff d = { out, a, b };

	diff_below(&d, store_root(a), store_root(b), MODE_GLOBAL, 0);
	(void)buf_str(out);
}
