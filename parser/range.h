/* SPDX-License-Identifier: BSD-2-Clause */
/* Several interfaces at once (`interface range`); inside of the parser, for config.c. */
#ifndef CONFTERM_PARSER_RANGE_H
#define CONFTERM_PARSER_RANGE_H

#include "parser/config.h"

/*
 * Carries out a line that matched ROW_INTERFACE_RANGE: the interfaces are made
 * where they are missing, and c is in their mode. CONFIG_SYNTAX with m's status
 * and column when the list is none.
 */
enum config_result range_open(struct config *c, const char *line, uint32_t file_line, struct match *m, struct buf *out);
/*
 * As config_apply(), for each interface of c's range in turn; depth is at
 * least 1. The text of all goes to out; the result is the last that is not CONFIG_OK.
 */
enum config_result range_apply(struct config *c, int depth, const struct match *m, bool no, bool to_default, uint32_t line,
    struct buf *out);

#endif
