/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Output filters: what follows `|` on an exec command.
 *
 *	include REGEX            lines that match
 *	exclude REGEX            lines that do not match
 *	begin REGEX              everything from the first line that matches
 *	section [include] REGEX  each line that matches, with the more indented lines below it
 *	section exclude REGEX    everything but those
 *	count REGEX              only "Number of lines which match regexp = N"
 *
 * Key words may be abbreviated and are not case-sensitive (i, e, b, sec, c).
 * Filters chain: a `|` that is followed by a filter key word and a blank
 * starts the next one; any other `|` belongs to the regular expression.
 *
 * section: a match on a top-level line prints that line and the block below
 * it. A match on an indented line prints that line and what is indented below
 * it, without its parent, as IOS does (`section ospf` shows ` ip ospf 1 area 0`
 * of an interface without the interface line).
 *
 * Regular expressions are IOS's: . * + ? ^ $ [] () | and \1 recall, `_` for a
 * delimiter (start, end, blank, comma, braces, parentheses). Additionally `_`
 * matches itself, so that `include MY_ACL` finds MY_ACL. A backslash makes the
 * next character literal. { } are literal. They are case-sensitive.
 */
#ifndef CONFTERM_CLI_FILTER_H
#define CONFTERM_CLI_FILTER_H

#include <stddef.h>

struct buf;
struct filter;

/*
 * text: what follows the first `|`. NULL on error, with one line for the user
 * in err, without newline:
 *	% Failed to compile regular expression.
 *	% Incomplete command.
 *	% Invalid input detected at '^' marker.		(filter_caret() says where)
 */
struct filter *filter_parse(const char *text, char *err, size_t errlen);

/* Offset in text of the key word that is none, strlen(text) when all are known. */
size_t filter_caret(const char *text);

/*
 * Streamed text in any pieces; whole lines that pass are appended to out with
 * their newline. filter_end() ends the last line, if it had no newline, and
 * prints counts; then the filter can only be freed.
 */
void filter_feed(struct filter *f, const char *text, size_t len, struct buf *out);
void filter_end(struct filter *f, struct buf *out);
void filter_free(struct filter *f);	/* NULL is allowed */

#endif
