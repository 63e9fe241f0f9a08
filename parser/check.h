/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Checks: what one line means beyond its syntax, where a row of the grammar
 * cannot say it (`check NAME` in a row calls check_NAME). A check may refuse
 * the line, normalise its values, or print a note as IOS does. gramc counts
 * them; they are to stay few.
 */
#ifndef CONFTERM_PARSER_CHECK_H
#define CONFTERM_PARSER_CHECK_H

#include "lib/buf.h"
#include "parser/store.h"

struct check {
	struct store *store;
	struct rec *parent;
	int row;
	bool no;		/* the line is a `no` or `default` form */
	void *values;		/* the row's struct; may be changed */
	struct rec *existing;	/* the record that would be overwritten or removed, NULL */
	struct buf *out;	/* text for the person who typed the line */
	bool incomplete;	/* set by a check that finds the line incomplete */
};

/* 0, or -1 when the line is refused; then the reason is in out, or incomplete is set. */
typedef int check_fn(struct check *c);
extern check_fn *const check_table[];

#endif
