/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The matcher: tokens of a line against the rows of one mode.
 *
 * Keywords may be abbreviated to any unambiguous prefix and are matched
 * without regard to case; an exact keyword beats a prefix; a keyword beats a
 * parameter. Two different keywords for one token make the line ambiguous at
 * once, as in IOS, even when only one of them could go on.
 */
#ifndef CONFTERM_PARSER_MATCH_H
#define CONFTERM_PARSER_MATCH_H

#include <stdbool.h>

#include "lib/buf.h"
#include "parser/lex.h"
#include "parser/tables.h"
#include "parser/types.h"

enum match_status { MATCH_OK, MATCH_INCOMPLETE, MATCH_INVALID, MATCH_AMBIGUOUS };

#define MATCH_NO	0x1	/* the line had `no` or `default` before it: may end early */

struct match {
	enum match_status status;
	int row;		/* valid when MATCH_OK */
	int depth;		/* tokens matched before it failed */
	bool whole;		/* of a row that takes others along: its `no` ends after the first slot (`no neighbor X`) */
	bool abbreviated;	/* a keyword of the line was not written in full */
	int col;		/* where the caret goes, byte offset in the line */
	uint32_t captured;	/* bit per slot */
	struct value val[32];	/* by slot; num is the index for choices, 1 for flags */
};

/* Scratch memory of the matcher; one per thread of use, zero-initialise. */
struct matcher {
	struct step *step;
	int nstep, cap;
	/* steps waiting at token i (mod 3), and in [3] those that have reached the end */
	int *list[4], nlist[4], caplist[4];
	/*
	 * Privilege: rows that take a higher level than this are not there. levels
	 * is by row and belongs to the caller; NULL: there is no limit.
	 */
	const uint8_t *levels;
	int level;
};
void matcher_free(struct matcher *mr);

/* Matches tokens first.. of lx in mode (index into g_modes). */
void match_line(struct matcher *mr, int mode, const struct lexed *lx, int first, unsigned flags, struct match *m);

/*
 * The rows of a mode that begin with these tokens (abbreviations are taken),
 * some of them perhaps more than once. false when there is none.
 */
bool match_rows(struct matcher *mr, int mode, const struct lexed *lx, void (*row)(void *ctx, int row), void *ctx);

/*
 * What may stand at the end of the line (for ? and Tab). For a line that ends
 * in a token without a blank after it, that token is the prefix sought.
 * emit() is called once for each possibility, keywords and parameters mixed,
 * unsorted; word NULL is <cr>. Returns the status of what stands before.
 */
struct match_option {
	const char *word, *help;	/* keyword; NULL for a parameter or <cr> */
	const struct g_pos *param;	/* parameter, NULL for keywords and <cr> */
	const struct g_name *name;	/* one named value of param */
};
enum match_status match_options(struct matcher *mr, int mode, const struct lexed *lx, int first, unsigned flags,
    void (*emit)(void *ctx, const struct match_option *o), void *ctx, struct match *m);

#endif
