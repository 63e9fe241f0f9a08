/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The configuration as text. A row's template is its rendering: there is no
 * other writer. running-config is a function of the store alone.
 */
#ifndef CONFTERM_PARSER_RENDER_H
#define CONFTERM_PARSER_RENDER_H

#include "lib/buf.h"
#include "parser/store.h"

/* One record as its line, without newline and indentation; a `no` form when negated. */
void render_line(struct buf *out, const struct rec *r);
/* Values of a row as a line. hide_secrets writes <removed> for keys. */
void render_values(struct buf *out, const struct g_row *row, const void *values, bool hide_secrets);
/*
 * The lines of running-config in their order. r: the record a line shows, NULL
 * for `!` and for lines that say that something is absent. depth: blanks before
 * the line. The text is valid during the call only.
 */
typedef void render_cb(void *ctx, const struct rec *r, int depth, const char *line);
void render_each(struct store *s, bool hide_secrets, render_cb *cb, void *ctx);
/* One node with its children, each line with a newline; levels as with render_config_at(). */
void render_block(struct buf *out, struct store *s, const struct rec *r, const uint8_t *levels, int level);
/* Everything, from the first section to `end`, without the head lines of show running-config. */
void render_config(struct buf *out, struct store *s);

/*
 * The same, with all: with the defaults that it hides. levels, unless NULL,
 * has a privilege level for every row: those above `level` are left out.
 */
void render_config_at(struct buf *out, struct store *s, bool all, const uint8_t *levels, int level);

#endif
