/* SPDX-License-Identifier: BSD-2-Clause */
/* The grammar's examples as text, for programs that make configurations of them. */
#ifndef CONFTERM_TESTS_EXAMPLES_H
#define CONFTERM_TESTS_EXAMPLES_H

#include <string.h>

#include "lib/buf.h"
#include "parser/config.h"

/* Appends the lines that lead into a mode: the first examples of its nodes, the outermost first. */
static inline void
example_lead(struct buf *out, int mode)
{
	const char *line;

	if (mode <= MODE_GLOBAL)
		return;
	example_lead(out, g_rows[g_modes[mode].node_row].mode);
	line = G_STR(g_rows[g_modes[mode].node_row].examples);
	buf_printf(out, "%.*s\n", (int)strcspn(line, "\n"), line);
}

#endif
