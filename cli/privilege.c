/* SPDX-License-Identifier: BSD-2-Clause */
/* One byte per row of the grammar: see privilege.h. */
#define _GNU_SOURCE
#include "cli/privilege.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gen/grammar.h"
#include "lib/xalloc.h"
#include "parser/config.h"
#include "parser/modes.h"

struct privileges {
	uint8_t *level;		/* by row */
	uint8_t *tokens;	/* how long the command was that set it, 0: by default */
};

struct setting {
	struct privileges *p;
	uint8_t level, tokens;
};

static uint8_t
default_level(const struct g_row *r)
{
	static const char *const zero[] = { "enable", "disable", "exit", "logout", "help", "quit" };
	const char *name = G_STR(r->name);

	if (r->flags & G_ROW_ANYMODE)
		return 0;
	if (r->kind != G_EXEC)
		return PRIVILEGE_MAX;
	for (size_t i = 0; i < sizeof zero / sizeof zero[0]; i++)
		if (strcmp(name, zero[i]) == 0)
			return 0;
	return r->flags & G_ROW_USER ? 1 : PRIVILEGE_MAX;
}

struct privileges *
privileges_new(void)
{
	struct privileges *p = xcalloc(1, sizeof *p);

	p->level = xcalloc(g_nrows, 1);
	p->tokens = xcalloc(g_nrows, 1);
	for (unsigned i = 0; i < g_nrows; i++)
		p->level[i] = default_level(&g_rows[i]);
	return p;
}

void
privileges_free(struct privileges *p)
{
	if (!p)
		return;
	free(p->level);
	free(p->tokens);
	free(p);
}

const uint8_t *
privilege_levels(const struct privileges *p)
{
	return p->level;
}

static void
set_row(void *ctx, int row)
{
	const struct setting *s = ctx;

	if (g_rows[row].flags & G_ROW_ANYMODE || s->tokens < s->p->tokens[row])
		return;
	s->p->level[row] = s->level;
	s->p->tokens[row] = s->tokens;
}

void
privileges_configured(struct privileges *p, struct store *s, struct matcher *mr)
{
	struct rec *r = store_first(s, store_root(s), ROW_PRIVILEGE_CMD);

	for (unsigned i = 0; i < g_nrows; i++)
		if (p->tokens[i]) {
			p->tokens[i] = 0;
			p->level[i] = default_level(&g_rows[i]);
		}
	for (; r; r = store_next(r)) {
		const struct cfg_privilege_cmd *v = rec_values(r);
		struct lexed lx;
		struct setting set = { p, (uint8_t)v->level, 0 };

		lex_line(&lx, v->command);
		set.tokens = (uint8_t)lx.n;
		for (unsigned m = 0; m < g_nmodes; m++)
			if (mode_named((int)m, v->mode))
				(void)match_rows(mr, (int)m, &lx, set_row, &set);
	}
}
