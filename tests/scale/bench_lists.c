/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nothing is quadratic in lines: of every list in the grammar (and every block that can be there more than once) 1,000 and
 * 4,000 entries that differ in one key, for each key, from text to plan. Four times the lines may take eight times as long.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "gen/grammar.h"
#include "lib/buf.h"
#include "lib/xalloc.h"
#include "parser/config.h"
#include "parser/render.h"
#include "parser/types.h"
#include "tests/examples.h"
#include "tests/scale/bench.h"

enum { FEW = 1000, MANY = 4000, TRIES = 4 };
#define BUDGET 8

/* Has the type of the slot enough values that are easily made? */
static bool
varies(const struct g_slot *s)
{
	if (!(s->flags & G_SLOT_KEY))
		return false;
	if (s->type == G_T_U32)
		return g_args[s->arg].hi - g_args[s->arg].lo >= MANY;
	return s->type == G_T_WORD || s->type == G_T_IP4 || s->type == G_T_REF || s->type == G_T_NUMNAME || s->type == G_T_LINE;
}

/* Another value for one slot of the row's struct; word (16 bytes) holds a text. */
static void
vary(void *values, const struct g_slot *s, unsigned k, char *word)
{
	uint32_t n = s->type == G_T_IP4 ? 0x0a000000u + k * 256 : g_args[s->arg].lo + k;

	if (g_type_is_string(s->type)) {
		snprintf(word, 16, "w%u", k);
		memcpy((char *)values + s->offset, &word, sizeof(char *));
	} else
		memcpy((char *)values + s->offset, &n, sizeof n);
}

/* The first example of the row n times, each with another value in this slot; false when it is stored otherwise than typed. */
static bool
text(struct buf *out, int row, int slot, unsigned n)
{
	const struct g_row *r = &g_rows[row];
	struct store *s = store_new();
	struct matcher mr = {0};
	struct config c;
	struct match m;
	struct buf said = {0};
	char *line = xstrndup(G_STR(r->examples), strcspn(G_STR(r->examples), "\n")), word[16];
	uint64_t values[64];
	struct rec *at, *q;

	buf_clear(out);
	example_lead(out, r->mode);
	config_load_defaults(s, &mr);
	config_init(&c, s, &mr);
	(void)config_text(&c, buf_str(out), out->n, NULL, NULL);
	at = c.stack[c.depth].ptr;
	(void)config_line(&c, line, 0, &m, &said);
	q = store_first(s, at, row);
	for (unsigned k = 0; q && k < n; k++) {
		memcpy(values, rec_values(q), r->size);
		*(uint32_t *)values |= 1u << slot;
		vary(values, &g_slots[r->slots + slot], k, word);
		render_values(out, r, values, false);
		buf_puts(out, r->kind == G_NODE ? "\nexit\n" : "\n");
	}
	config_free(&c);
	store_free(s);
	matcher_free(&mr);
	buf_free(&said);
	free(line);
	return q != NULL;
}

static double
took(struct buf *lines)
{
	struct store *s = store_new();
	struct matcher mr = {0};
	struct config c;
	struct engine *e;
	double t;

	config_load_defaults(s, &mr);
	config_init(&c, s, &mr);
	e = engine_new(NULL, s);
	t = cpu();
	(void)config_text(&c, buf_str(lines), lines->n, NULL, NULL);
	store_commit(s);
	engine_commit(e);
	t = cpu() - t;
	engine_free(e);
	config_free(&c);
	store_free(s);
	matcher_free(&mr);
	return t;
}

int
main(void)
{
	struct buf few = {0}, many = {0};
	double worst = 0;
	char what[128] = "";
	int tried = 0;

	for (unsigned row = 0; row < g_nrows; row++) {
		const struct g_row *r = &g_rows[row];

		for (int i = 0; (r->kind == G_LIST || r->kind == G_NODE) && i < r->nslots; i++) {
			const struct g_slot *s = &g_slots[r->slots + i];
			double best = 1e9;

			if (!varies(s) || !text(&few, (int)row, i, FEW) || !text(&many, (int)row, i, MANY))
				continue;
			for (int k = 0; k < TRIES && best > BUDGET / 2.0; k++) {
				double x = took(&few), y = took(&many);

				best = y / x < best ? y / x : best;
			}
			tried++;
			if (best > BUDGET)
				printf("%s by %s: %.1f\n", G_STR(r->name), G_STR(s->name), best);
			if (best > worst) {
				worst = best;
				snprintf(what, sizeof what, "  the most: %s by %s", G_STR(r->name), G_STR(s->name));
			}
		}
	}
	printf("%d lists, %d and %d entries of each\n", tried, FEW, MANY);
	report(what, worst, BUDGET, "");
	buf_free(&few);
	buf_free(&many);
	return failed;
}
