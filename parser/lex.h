/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A command line as tokens. IOS knows no quoting: tokens are what stands
 * between blanks. Lines may hold any bytes; a NUL ends the line.
 */
#ifndef CONFTERM_PARSER_LEX_H
#define CONFTERM_PARSER_LEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define LEX_MAXTOK	128
#define LEX_MAXLINE	4096	/* longer lines are refused */

struct token {
	const char *s;	/* into the line, not terminated */
	uint16_t len;
	uint16_t col;	/* byte offset in the line */
};

struct lexed {
	const char *line;
	size_t len;		/* without trailing blanks */
	int n;
	bool open;		/* the line ends right behind its last token (no blank after it) */
	bool too_long;		/* more than LEX_MAXTOK tokens or LEX_MAXLINE bytes: not usable */
	struct token tok[LEX_MAXTOK];
};

/* The tokens point into `line`, which must outlive them. */
void lex_line(struct lexed *lx, const char *line);
bool token_is(const struct token *t, const char *word);

#endif
