/* SPDX-License-Identifier: BSD-2-Clause */
/* Values of several lines; inside of the parser, for config.c. */
#ifndef CONFTERM_PARSER_MORE_H
#define CONFTERM_PARSER_MORE_H

#include "parser/config.h"

/*
 * The slot of a matched row whose value goes on in further lines, -1 when the
 * line is complete; a text that is complete is cut to what its delimiters
 * enclose. delimiter: "" for hexadecimal lines.
 */
int more_slot(const struct g_row *row, struct match *m, char delimiter[3]);
/* Appends a line to the value; one that gets too long is marked and no longer grows. */
void more_text(struct config *c, const char *s, size_t n);
/* Forgets the value and the command. */
void more_close(struct config *c);

#endif
