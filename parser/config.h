/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Configuration lines: from text to the store, with the mode a session is in.
 * The same code serves a typed line, a paste and a file.
 */
#ifndef CONFTERM_PARSER_CONFIG_H
#define CONFTERM_PARSER_CONFIG_H

#include "parser/match.h"
#include "parser/store.h"

#define MODE_EXEC	0
#define MODE_GLOBAL	1
#define CONFIG_DEPTH	6
#define IF_RANGES	5		/* in one `interface range`, as in IOS */
#define IF_RANGE_MAX	1024		/* interfaces in one of them */

/* Interfaces whose names differ in the last number only. */
struct if_range {
	char stem[40];			/* "GigabitEthernet0/" */
	uint32_t first, last;
};

struct config {
	struct store *store;
	struct matcher *matcher;
	uint64_t removals;		/* of the store, when the stack was last seen to be valid */
	int depth;			/* 0: global */
	bool quiet;			/* a file: notes that a person would get are not made */
	bool typed;			/* by a person, in an order of theirs: names must be there where IOS says so (set by the session) */
	/* NULL, or asked before anything comes of a line but to leave: false refuses it */
	bool (*permitted)(void *ctx, int row);
	void *permitted_ctx;
	struct buf *command;		/* NULL, or gets each line that is carried out, as IOS writes it, keys as <removed> */
	struct {
		int mode;
		/*
		 * The record whose mode this is, by id: somebody else may have
		 * removed it meanwhile.
		 */
		uint32_t rec;
		struct rec *ptr;
	} stack[CONFIG_DEPTH];
	/* the interfaces that are configured together; their mode is at depth 1 */
	struct if_range range[IF_RANGES];
	int nrange;			/* 0: no `interface range` */
	/* A command whose value goes on over the next lines (banner, certificate). */
	struct {
		bool open, too_long;
		int slot;
		int until;		/* without a delimiter: the line that ends it (enum g_lines) */
		uint32_t file_line;
		struct buf first;	/* its first line */
		struct buf text;	/* the value so far */
		char delimiter[3];	/* the value ends with it; "" : a line `quit` */
	} more;
};

void config_init(struct config *c, struct store *s, struct matcher *m);
/* Forgets a value that is not complete. */
void config_free(struct config *c);

enum config_result {
	CONFIG_OK,		/* taken (or nothing on the line) */
	CONFIG_REFUSED,		/* a check said no; its text is in out */
	CONFIG_SYNTAX,		/* the match has the status and column */
	CONFIG_EXIT,		/* `exit` at the top: leave configuration mode */
	CONFIG_END,		/* `end` */
	CONFIG_DO,		/* `do ...`: text at m->val[0] of the match */
	CONFIG_ACT,		/* a row that acts: the caller runs its function with the values of the match */
	CONFIG_MORE,		/* its value goes on in the next line (c->more.open) */
	CONFIG_GONE,		/* the record of this mode was removed; now at the top */
};

/*
 * Takes one line. file_line: its number in a file, 0 when typed. Messages of
 * checks are appended to out, complete lines. m receives the match (for the
 * caret). The caller commits the store.
 */
enum config_result config_line(struct config *c, const char *line, uint32_t file_line, struct match *m,
    struct buf *out);

int config_mode(const struct config *c);
/* "config", "config-if", "config-if-range", ... as in the prompt's brackets. */
const char *config_prompt(const struct config *c);
/* ? and Tab in configuration modes, `no` and parents included. */
enum match_status config_options(struct config *c, const char *line,
    void (*emit)(void *ctx, const struct match_option *o), void *ctx, struct match *m);

/*
 * A whole text: every line is taken in turn, refused ones are reported and
 * passed over. report() gets line number, column (1-based), and the message
 * without a newline ("% Invalid input detected at '^' marker."). Returns the
 * number of refused lines.
 */
typedef void config_report(void *ctx, uint32_t line, int col, const char *text, bool note);
int config_text(struct config *c, const char *text, size_t len, config_report *report, void *ctx);

/* The IOS message for a failed match, with newline; for Ambiguous it needs the line. */
void match_message(struct buf *out, const struct match *m, const char *line);

/* Parses the `default` lines of all rows into a new store; called by store users once. */
void config_load_defaults(struct store *s, struct matcher *m);

#endif
