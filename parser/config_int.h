/* SPDX-License-Identifier: BSD-2-Clause */
/* Between config.c, which finds out what a line is, and apply.c, which carries it out. */
#ifndef CONFTERM_PARSER_CONFIG_INT_H
#define CONFTERM_PARSER_CONFIG_INT_H

#include "parser/config.h"

/*
 * Carries out what m matched in the mode at this depth of c's stack, which it
 * may change. no: the line began with `no` or `default` (then to_default, too).
 * line: its number in a file, 0: typed. Text for the person goes to out.
 */
enum config_result config_apply(struct config *c, int depth, struct match *m, bool no, bool to_default, uint32_t line, struct buf *out);

#endif
