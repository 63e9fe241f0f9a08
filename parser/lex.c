/* SPDX-License-Identifier: BSD-2-Clause */
/* Splits a command line at blanks: see lex.h. */
#include "parser/lex.h"

#include <string.h>
#include <strings.h>

static bool
blank(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

void
lex_line(struct lexed *lx, const char *line)
{
	size_t n = strlen(line), i = 0;

	lx->line = line;
	lx->n = 0;
	lx->too_long = n > LEX_MAXLINE;
	lx->open = n > 0 && !blank(line[n - 1]);
	if (lx->too_long)
		n = LEX_MAXLINE;
	while (n > 0 && blank(line[n - 1]))
		n--;
	lx->len = n;
	for (;;) {
		size_t start;

		while (i < n && blank(line[i]))
			i++;
		if (i >= n)
			return;
		start = i;
		while (i < n && !blank(line[i]))
			i++;
		if (lx->n == LEX_MAXTOK) {
			/* the rest belongs to a LINE parameter or to an error; one token will do */
			lx->tok[LEX_MAXTOK - 1].len = (uint16_t)(n - lx->tok[LEX_MAXTOK - 1].col);
			return;
		}
		lx->tok[lx->n].s = line + start;
		lx->tok[lx->n].len = (uint16_t)(i - start);
		lx->tok[lx->n++].col = (uint16_t)start;
	}
}

bool
token_is(const struct token *t, const char *word)
{
	return strlen(word) == t->len && strncasecmp(t->s, word, t->len) == 0;
}
