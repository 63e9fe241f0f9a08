/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * gramc, the grammar compiler: shared declarations of its four stages.
 *
 *   read.c      file -> tree of indented lines with words
 *   rows.c      tree -> rows, modes, names, words
 *   template.c  template text -> tree, positions, follow sets, slots
 *   emit.c      everything -> grammar.h, grammar.c, exec.c, units.c
 *
 * It is a build tool: it reads trusted files, exits on the first error with
 * file:line, and frees nothing.
 */
#ifndef CONFTERM_GRAMC_H
#define CONFTERM_GRAMC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/tables.h"

struct place {
	const char *file;
	int line;
};

void die(struct place at, const char *fmt, ...) __attribute__((noreturn, format(printf, 2, 3)));

/* One line and the lines indented below it. Strings lose their quotes. */
struct line {
	struct place at;
	char **word;
	bool *quoted;
	int nword;
	struct line **child;
	int nchild;
};
struct line *read_file(const char *path);

#define MAXSLOT 32
#define MAXPOS 400

struct tnode {
	enum g_ast kind;
	char *word;		/* keyword: full text */
	int cut;		/* keyword: characters that are rendered */
	int slot;		/* -1: none */
	enum g_type type;
	int arg;
	int index;		/* alternative number */
	struct tnode **child;
	int nchild;
	uint32_t slots;
	int pos;		/* keyword and parameter: position number */
	int setbit;		/* element of an any-order set, -1 */
	bool nullable;
	bool first[MAXPOS], last[MAXPOS];
};

struct slot {
	char *name;
	enum g_type type;
	int arg;
	int repeat;		/* element of an array: its index, else -1 */
	int nrepeat;		/* first element: how many */
	uint8_t flags;
	bool has_default;
	char *dflt_text;
	uint32_t dflt;
	uint16_t offset;
	bool optional;		/* inside [ ], ( ) or { } */
	char **alt;		/* choice: names of the alternatives */
	int nalt;
};

struct pos {
	struct tnode *n;
	char *help;
	bool follow[MAXPOS];
	bool accept, noend, setfirst;
	int setbit;
	struct { int slot, value; } act[8];
	int nact;
};

struct helpword {
	char *word, *text;
	struct helpword *next;
};

struct row {
	struct place at;
	char *name, *ident, *tmpl;
	enum g_row_kind kind;
	enum g_order order;
	unsigned flags;
	struct row *parent;	/* node that contains it */
	int mode, submode;
	int section;
	char *unit, *check, *call, *undo, *prompt, *accept, *dflt, *absent, *node_of, *member_of;
	char *examples, *note, *exists, *clears, *stays, *idle[8], *idle_why[8], *unsup, *unsup_why, *closing, *excludes, *takes, *whole, *spares;
	char *ref;
	unsigned needs;
	struct row *flat_node, *flat_member, *flat_row;
	struct helpword *help;
	char *keys, *nokeys, *hidden;
	struct tnode *root;
	struct slot slot[MAXSLOT];
	int nslot;
	struct pos *pos;
	int npos, head;		/* head: number of leading plain keywords */
	int size;
	int index;
	uint32_t first_pos, first_node;
};

struct nameset {
	char *name;
	uint32_t lo, hi;
	struct { char *word, *help; uint32_t value; } *item;
	int n;
	int first;		/* index in g_names */
};

struct arg {
	struct g_arg a;
	struct nameset *names;
};

struct grammar {
	struct row **row;
	int nrow;
	struct nameset **names;
	int nnames;
	struct helpword *words_exec, *words_config;
	struct { char *name, *text; } *macro;
	int nmacro;
	struct arg *arg;
	int narg;
	char **ref;
	int nref;
	char **need;
	int nneed;
};

void rows_read(struct grammar *g, struct line *file);
void rows_finish(struct grammar *g);
/* Parses r->tmpl into r->root, slots, positions and follow sets. */
void template_compile(struct grammar *g, struct row *r);
void emit(struct grammar *g, const char *dir);
int ref_index(struct grammar *g, const char *name);
char *ident_of(const char *name);

#endif
