/* SPDX-License-Identifier: BSD-2-Clause */
/* The order of configuration lines: see lines.h. All of it is sorting, O(n log n). */
#define _GNU_SOURCE
#include "backends/frr/lines.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "backends/frr/vty.h"
#include "lib/xalloc.h"

static int
by_context(const void *a, const void *b)
{
	const struct frr_item *const *x = a, *const *y = b;
	int r = (*x)->undo - (*y)->undo;

	if (r == 0)
		r = strcmp((*x)->f.context, (*y)->f.context);
	return r ? r : (*x)->f.rank - (*y)->f.rank;
}

/* Deletions first and backwards; see lines.h. */
static int
by_order(const void *a, const void *b)
{
	const struct frr_item *x = a, *y = b;
	int r = x->rank - y->rank;

	if (x->undo != y->undo)
		return y->undo - x->undo;
	if (r == 0)
		r = y->opener - x->opener;
	if (r == 0)
		r = x->index < y->index ? -1 : x->index > y->index;
	return x->undo ? -r : r;
}

/* Gives every opener the lowest rank found inside its context. */
static void
find_openers(struct frr_item *items, size_t n)
{
	struct frr_item **sorted = xcalloc(n, sizeof *sorted);

	for (size_t i = 0; i < n; i++) {
		items[i].index = i;
		items[i].rank = items[i].f.rank;
		items[i].opener = false;
		sorted[i] = &items[i];
	}
	qsort(sorted, n, sizeof *sorted, by_context);
	for (size_t i = 0; i < n; i++) {
		/* the place just before all lines in the context that this line would open */
		struct frr_item probe = {.f = {.context = items[i].f.line, .rank = 0}, .undo = items[i].undo};
		const struct frr_item *key = &probe;
		size_t lo = 0, hi = n;

		if (items[i].f.context[0])
			continue;
		while (lo < hi) {
			size_t mid = (lo + hi) / 2;

			if (by_context(&sorted[mid], &key) < 0)
				lo = mid + 1;
			else
				hi = mid;
		}
		if (lo == n || sorted[lo]->undo != probe.undo || strcmp(sorted[lo]->f.context, probe.f.context))
			continue;
		items[i].opener = true;
		if (sorted[lo]->f.rank < items[i].rank)
			items[i].rank = sorted[lo]->f.rank;
	}
	free(sorted);
}

struct frr_step *
lines_build(struct frr_item *items, size_t nitems, size_t *n)
{
	struct frr_step *steps;
	const char *in = "";

	*n = 0;
	if (nitems == 0)
		return NULL;
	find_openers(items, nitems);
	qsort(items, nitems, sizeof *items, by_order);
	steps = xcalloc(nitems * 3 + 1, sizeof *steps);
	for (size_t i = 0; i < nitems; i++) {
		const struct obj_frr *f = &items[i].f;

		if (strcmp(f->context, in)) {
			if (in[0])
				steps[(*n)++] = (struct frr_step){.kind = STEP_LEAVE, .text = xstrdup("exit")};
			if (f->context[0])
				steps[(*n)++] = (struct frr_step){.kind = STEP_ENTER, .text = xstrdup(f->context)};
			in = f->context;
		}
		steps[(*n)++] = (struct frr_step){.kind = STEP_LINE, .undo = items[i].undo, .secret = f->secret, .id = items[i].id,
		    .text = xstrdup(items[i].undo ? f->undo : f->line)};
		if (items[i].opener && !items[i].undo) {
			steps[*n - 1].opens = true;
			in = f->line;
		}
	}
	if (in[0])
		steps[(*n)++] = (struct frr_step){.kind = STEP_LEAVE, .text = xstrdup("exit")};
	return steps;
}

void
lines_free(struct frr_step *steps, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (steps[i].secret)
			explicit_bzero(steps[i].text, strlen(steps[i].text));
		free(steps[i].text);
		free(steps[i].reply);
	}
	free(steps);
}

int
lines_result(const struct frr_step *s)
{
	if (s->rc == VTY_OK || s->undo)
		return 0;
	if ((s->rc == VTY_WARNING || s->rc == VTY_CONFIG_FAILED) && s->reply && strcasestr(s->reply, "already"))
		return 0;
	return -EINVAL;
}

bool
lines_group_refused(const char *reply)
{
	return strstr(reply, "grouped into the same transaction") != NULL;
}
