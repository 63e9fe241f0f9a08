/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Last stage of gramc: the tables of parser/tables.h as C source, the typed
 * structs of every row, and the two function tables (exec.c for show and
 * other exec functions, units.c for compile functions, checks.c for checks).
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "grammar/gramc/gramc.h"
#include "lib/buf.h"
#include "lib/xalloc.h"

struct trie {
	char *word, *help;
	struct trie **child;
	int nchild;
	uint32_t *tail, *head;	/* global positions */
	int ntail, nhead;
	int index;
};

struct out {
	struct grammar *g;
	struct buf strings, pos, follow, acts, slots, nodes, rows, trie, edges, header, excludes, idle;
	int nexcludes, nidle;
	struct { char *s; uint32_t off; } *str;
	int nstr, capstr, *bucket;
	uint32_t npos, nfollow, nact, nslot, nnode, nedge;
	int ntrie;
	char **unit, **check, **call;
	int nunit, ncheck, ncall;
};

/* Offset of a string in the pool; equal strings share. */
static uint32_t
str(struct out *o, const char *s)
{
	uint32_t h = 5381;

	if (!s)
		return 0;
	for (const char *c = s; *c; c++)
		h = h * 33 + (unsigned char)*c;
	if (!o->bucket)
		o->bucket = xcalloc(1u << 16, sizeof *o->bucket);
	for (h &= 0xffff; o->bucket[h]; h = (h + 1) & 0xffff)
		if (strcmp(o->str[o->bucket[h] - 1].s, s) == 0)
			return o->str[o->bucket[h] - 1].off;
	if (o->nstr == o->capstr)
		o->str = xrealloc(o->str, sizeof *o->str * (size_t)(o->capstr = o->capstr * 2 + 64));
	o->str[o->nstr].s = xstrdup(s);
	o->str[o->nstr].off = (uint32_t)o->strings.n;
	buf_put(&o->strings, s, strlen(s) + 1);
	o->bucket[h] = ++o->nstr;
	return o->str[o->nstr - 1].off;
}

static int
intern(char ***list, int *n, const char *s)
{
	if (!s)
		return 0;
	for (int i = 0; i < *n; i++)
		if (strcmp((*list)[i], s) == 0)
			return i + 1;
	*list = xrealloc(*list, sizeof **list * (size_t)(*n + 1));
	(*list)[(*n)++] = xstrdup(s);
	return *n;
}

static char *
upper(const char *s)
{
	char *u = ident_of(s);

	for (char *p = u; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	return u;
}

/* A field name: C keywords get an underscore. */
static char *
field(const char *s)
{
	static const char *const reserved[] = { "static", "default", "register", "if", "switch", "auto" };
	char *f = ident_of(s);

	for (size_t i = 0; i < sizeof reserved / sizeof reserved[0]; i++)
		if (strcmp(f, reserved[i]) == 0)
			return xasprintf("%s_", f);
	return isdigit((unsigned char)*f) ? xasprintf("n%s", f) : f;
}

static void
layout(struct row *r)
{
	int off = 4;

	for (int i = 0; i < r->nslot; i++) {
		int size = g_type_is_string(r->slot[i].type) ? 8 : 4;

		off = (off + size - 1) / size * size;
		r->slot[i].offset = (uint16_t)off;
		off += size;
	}
	r->size = (off + 7) / 8 * 8;
}

static void
emit_struct(struct out *o, struct row *r)
{
	struct buf *h = &o->header;

	buf_printf(h, "\n/* %s */\nstruct cfg_%s {\n\tuint32_t has;\n", r->tmpl, r->ident);
	for (int i = 0; i < r->nslot; i++) {
		struct slot *s = &r->slot[i];
		const char *type = g_type_is_string(s->type) ? "const char *" : "uint32_t ";

		if (s->repeat > 0)
			continue;
		buf_printf(h, "\t%s%s", type, field(s->name));
		if (s->repeat == 0)
			buf_printf(h, "[%d]", s->nrepeat);
		buf_puts(h, ";\n");
	}
	/* records are copied by the row's size, so that of a struct on the stack has to be the same */
	buf_puts(h, "} __attribute__((aligned(8)));\n");
	buf_printf(h, "_Static_assert(sizeof(struct cfg_%s) == %d, \"layout\");\n", r->ident, r->size);
	for (int i = 0; i < r->nslot; i++) {
		struct slot *s = &r->slot[i];

		if (s->repeat > 0)
			continue;
		buf_printf(h, "#define HAS_%s_%s (1u << %d)\n", upper(r->ident), upper(s->name), i);
		buf_printf(h, "_Static_assert(offsetof(struct cfg_%s, %s) == %u, \"layout\");\n", r->ident,
		    field(s->name), s->offset);
		if (s->type == G_T_CHOICE) {
			buf_puts(h, "enum {");
			for (int k = 0; k < s->nalt; k++)
				buf_printf(h, " %s_%s_%s,", upper(r->ident), upper(s->name), upper(s->alt[k]));
			buf_puts(h, " };\n");
		}
	}
}

static void
emit_slots(struct out *o, struct row *r)
{
	for (int i = 0; i < r->nslot; i++) {
		struct slot *s = &r->slot[i];
		uint32_t d = s->dflt;

		if (s->has_default) {
			s->flags |= G_SLOT_DEFAULT;
			if (g_type_is_string(s->type))
				d = str(o, s->dflt_text);
		}
		buf_printf(&o->slots, "\t{ %u, %d, 0x%x, %u, %d, %uu },\n", str(o, s->name), s->type, s->flags,
		    s->offset, s->arg, d);
		o->nslot++;
	}
}

static uint32_t
follow_list(struct out *o, const bool *set, struct row *r, int *n)
{
	uint32_t first = o->nfollow;

	*n = 0;
	for (int i = 0; i < r->npos; i++)
		if (set[i]) {
			buf_printf(&o->follow, "%u,", r->first_pos + (uint32_t)i);
			o->nfollow++;
			++*n;
		}
	buf_putc(&o->follow, '\n');
	return first;
}

static void
emit_positions(struct out *o, struct row *r)
{
	for (int i = 0; i < r->npos; i++) {
		struct pos *p = &r->pos[i];
		int nf;
		uint32_t f = follow_list(o, p->follow, r, &nf), a = o->nact;

		for (int k = 0; k < p->nact; k++, o->nact++)
			buf_printf(&o->acts, "{%d,%d},", p->act[k].slot, p->act[k].value);
		buf_printf(&o->pos, "\t{ %d, 0x%x, %d, %d, %d, %d, %u, %u, %u, %d, %u, %d },\n", r->index,
		    (p->accept ? G_POS_ACCEPT : 0) | (p->noend ? G_POS_NOEND : 0) |
			(p->n->kind == G_A_PARAM ? G_POS_PARAM : 0) | (p->setfirst ? G_POS_SETFIRST : 0),
		    p->n->type, p->n->slot < 0 ? 255 : p->n->slot, p->setbit < 0 ? 0 : p->setbit, p->n->arg,
		    str(o, p->n->word), str(o, p->help), f, nf, a, p->nact);
	}
}

static int
emit_tree(struct out *o, struct row *r, struct tnode *n, int at, struct buf *out)
{
	struct buf below = {0};
	int next = at + 1;
	char *word;

	for (int i = 0; i < n->nchild; i++)
		next = emit_tree(o, r, n->child[i], next, &below);
	word = n->kind == G_A_KEYWORD ? xstrndup(n->word, (size_t)n->cut) : NULL;
	buf_printf(out, "\t{ %d, %d, %d, %d, %d, %d, %u, 0x%xu },\n", n->kind, n->slot < 0 ? 255 : n->slot,
	    n->index, n->type, n->arg, next, str(o, word), n->slots);
	buf_puts(out, buf_str(&below));
	o->nnode++;
	return next;
}

static struct trie *
trie_child(struct trie *t, struct row *r, struct pos *p)
{
	struct trie *c;

	for (int i = 0; i < t->nchild; i++)
		if (strcmp(t->child[i]->word, p->n->word) == 0)
			return t->child[i];
	c = xcalloc(1, sizeof *c);
	c->word = p->n->word;
	c->help = p->help;
	t->child = xrealloc(t->child, sizeof *t->child * (size_t)(t->nchild + 1));
	t->child[t->nchild++] = c;
	(void)r;
	return c;
}

static int
by_word(const void *a, const void *b)
{
	return strcasecmp((*(struct trie *const *)a)->word, (*(struct trie *const *)b)->word);
}

static void
append(uint32_t **list, int *n, uint32_t v)
{
	*list = xrealloc(*list, sizeof **list * (size_t)(*n + 1));
	(*list)[(*n)++] = v;
}

static void
number_trie(struct out *o, struct trie *t)
{
	t->index = o->ntrie++;
	if (t->nchild)
		qsort(t->child, (size_t)t->nchild, sizeof *t->child, by_word);
	for (int i = 0; i < t->nchild; i++)
		number_trie(o, t->child[i]);
}

static void
emit_trie(struct out *o, struct trie *t)
{
	uint32_t child = o->nedge, tail, head;

	for (int i = 0; i < t->nchild; i++, o->nedge++)
		buf_printf(&o->edges, "\t{ %u, %u, %d },\n", str(o, t->child[i]->word), str(o, t->child[i]->help),
		    t->child[i]->index);
	tail = o->nfollow;
	for (int i = 0; i < t->ntail; i++, o->nfollow++)
		buf_printf(&o->follow, "%u,", t->tail[i]);
	head = o->nfollow;
	for (int i = 0; i < t->nhead; i++, o->nfollow++)
		buf_printf(&o->follow, "%u,", t->head[i]);
	buf_putc(&o->follow, '\n');
	buf_printf(&o->trie, "\t{ %u, %d, %u, %d, %u, %d },\n", child, t->nchild, tail, t->ntail, head, t->nhead);
	for (int i = 0; i < t->nchild; i++)
		emit_trie(o, t->child[i]);
}

/* Rows of a mode, and the rows of exec that every configuration mode offers. */
static int
mode_trie(struct out *o, int mode)
{
	struct trie *root = xcalloc(1, sizeof *root);

	for (int i = 0; i < o->g->nrow; i++) {
		struct row *r = o->g->row[i];
		struct trie *t = root;

		if (r->mode != mode && !(mode > 0 && r->flags & G_ROW_ANYMODE))
			continue;
		for (int k = 0; k < r->head; k++)
			t = trie_child(t, r, &r->pos[k]);
		if (r->head > 0)
			append(&t->head, &t->nhead, r->first_pos + (uint32_t)r->head - 1);
		if (r->head == 0) {
			for (int k = 0; k < r->npos; k++)
				if (r->root->first[k])
					append(&t->tail, &t->ntail, r->first_pos + (uint32_t)k);
		} else
			for (int k = 0; k < r->npos; k++)
				if (r->pos[r->head - 1].follow[k])
					append(&t->tail, &t->ntail, r->first_pos + (uint32_t)k);
	}
	number_trie(o, root);
	emit_trie(o, root);
	return root->index;
}

static int
unit_of(struct out *o, struct row *r)
{
	for (; r; r = r->parent)
		if (r->unit)
			return intern(&o->unit, &o->nunit, r->unit);
	return 0;
}

static bool
names_row(const char *list, const struct row *r)
{
	const char *name = r->parent ? r->name + strlen(r->parent->name) + 1 : r->name;
	size_t n = strlen(name);

	for (const char *p = list; p && *p; p += strcspn(p, ",") + (p[strcspn(p, ",")] == ','))
		if (strcspn(p, ",") == n && strncmp(p, name, n) == 0)
			return true;
	return false;
}

/* Place of the row's list of those it excludes, or is excluded by, in g_excludes; 0: none. */
static int
excludes(struct out *o, struct row *r)
{
	int first = o->nexcludes + 1, n = 0, named = 0;

	for (const char *p = r->excludes; p && *p; p++)
		named += *p == ',' || p == r->excludes;
	for (int i = 0; i < o->g->nrow; i++) {
		struct row *x = o->g->row[i];
		bool mine = x->parent == r->parent && names_row(r->excludes, x);

		named -= mine;
		if (x == r || x->parent != r->parent || (!mine && !names_row(x->excludes, r)))
			continue;
		if (x->kind != G_LEAF || r->kind != G_LEAF)
			die(r->at, "only leafs exclude each other");
		buf_printf(&o->excludes, "%d,", x->index);
		n++;
	}
	if (named)
		die(r->at, "excludes: '%s' names a row that is not here", r->excludes);
	if (n == 0)
		return 0;
	buf_puts(&o->excludes, "0,");
	o->nexcludes += n + 1;
	return first;
}

/* The rows whose records go with those of this one, in the same table. */
static int
clears(struct out *o, struct row *r)
{
	int first = o->nexcludes + 1, n = 0, named = 0;

	for (const char *p = r->clears; p && *p; p++)
		named += *p == ',' || p == r->clears;
	for (int i = 0; i < o->g->nrow; i++)
		if (o->g->row[i]->parent == r->parent && names_row(r->clears, o->g->row[i])) {
			buf_printf(&o->excludes, "%d,", o->g->row[i]->index);
			n++;
		}
	if (named != n)
		die(r->at, "clears: '%s' names a row that is not here", r->clears);
	if (n == 0)
		return 0;
	buf_puts(&o->excludes, "0,");
	o->nexcludes += n + 1;
	return first;
}

/* The row whose records keep what this one would take along. */
static int
spares(struct row *r, const struct grammar *g)
{
	for (int i = 0; r->spares && i < g->nrow; i++) {
		const struct row *x = g->row[i];

		if (x->parent == r->parent && names_row(r->spares, x) && x->nslot && g_type_is_string(x->slot[0].type))
			return x->index;
	}
	if (r->spares)
		die(r->at, "spares: '%s' is no row here whose first slot is a text", r->spares);
	return 0;
}

/* "slot=alternative": their indexes. */
static void
alternative(struct row *r, const char *what, const char *text, int *slot, int *value)
{
	char *name = xstrdup(text), *eq = strchr(name, '=');
	struct slot *s;

	if (!eq)
		die(r->at, "%s SLOT=ALTERNATIVE", what);
	*eq++ = '\0';
	for (*slot = 0; *slot < r->nslot && strcmp(r->slot[*slot].name, name) != 0; ++*slot)
		;
	if (*slot == r->nslot)
		die(r->at, "%s: no slot '%s'", what, name);
	s = &r->slot[*slot];
	for (*value = 0; *value < s->nalt && strcmp(s->alt[*value], eq) != 0; ++*value)
		;
	if (*value == s->nalt)
		die(r->at, "%s: '%s' is not one of the alternatives", what, eq);
	free(name);
}

/* Place of the row's list of words without effect in g_idle, 0: none. */
static int
idle(struct out *o, struct row *r)
{
	int first = o->nidle + 1;

	for (int i = 0; i < 8 && r->idle[i]; i++) {
		int slot, value = G_IDLE_ANY;

		if (strchr(r->idle[i], '='))
			alternative(r, "idle", r->idle[i], &slot, &value);
		else
			for (slot = 0; slot < r->nslot && strcmp(r->slot[slot].name, r->idle[i]) != 0; slot++)
				;
		if (slot == r->nslot)
			die(r->at, "idle: no slot '%s'", r->idle[i]);
		buf_printf(&o->idle, "\t{ %d, %d, %u },\n", slot, value, str(o, r->idle_why[i]));
		o->nidle++;
	}
	if (o->nidle < first)
		return 0;
	buf_puts(&o->idle, "\t{ 0, 0, 0 },\n");
	o->nidle++;
	return first;
}

static void
emit_row(struct out *o, struct row *r)
{
	unsigned flags = r->flags;
	int unsup_slot = 0, unsup_value = 0, stays_slot = 0, stays_value = 0;

	for (int i = 0; i < r->nslot; i++)
		if (r->slot[i].type == G_T_SECRET)
			flags |= G_ROW_SECRET;
		else if (r->slot[i].type == G_T_TEXT || r->slot[i].type == G_T_HEX)
			flags |= G_ROW_LINES;
	if (r->unsup)
		alternative(r, "unsupported", r->unsup, &unsup_slot, &unsup_value);
	if (r->stays) {
		alternative(r, "stays", r->stays, &stays_slot, &stays_value);
		flags |= G_ROW_STAYS;
	}
	r->first_node = o->nnode;
	emit_tree(o, r, r->root, 0, &o->nodes);
	buf_printf(&o->rows,
	    "\t{ %u, %d, %d, 0x%x, %d, %d, %d, %d, %d, %d, %d, %d, %d, %u, %d, %d, %u, %d, %u, %u, %u, %u, %u, "
	    "%u, %u, %u, %u, %d, %d, %d, %d, %u, %d, %d, %u, %u, %d, %d, 0x%xu, %d },\n",
	    str(o, r->name), r->kind, r->order, flags, r->mode, r->submode, r->section, unit_of(o, r),
	    intern(&o->check, &o->ncheck, r->check), r->call ? intern(&o->call, &o->ncall, r->call) - 1 : 0,
	    r->flat_node ? r->flat_node->index : 0, r->flat_member ? r->flat_member->index : 0,
	    r->flat_row ? r->flat_row->index : 0, o->nslot, r->nslot, r->size, r->first_pos, r->npos, r->first_node,
	    str(o, r->tmpl), str(o, r->dflt), str(o, r->absent), str(o, r->accept), str(o, r->examples), str(o, r->exists), str(o, r->note), str(o, r->unsup_why),
	    unsup_slot, unsup_value, stays_slot, stays_value, str(o, r->closing), excludes(o, r), clears(o, r), str(o, r->takes), str(o, r->whole), spares(r, o->g), idle(o, r), r->needs,
	    r->ref ? ref_index(o->g, r->ref) : 0);
	emit_slots(o, r);
}

static FILE *
create(const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name);
	FILE *f = fopen(path, "w");

	if (!f)
		die((struct place){ path, 0 }, "cannot write");
	fputs("/* Written by gramc from grammar/ *.gram. Do not edit. */\n", f);
	return f;
}

static void
table(FILE *f, const char *decl, struct buf *b)
{
	fprintf(f, "const struct %s[] = {\n%s};\n\n", decl, buf_str(b));
}

static void
write_functions(const char *dir, const char *name, const char *include, const char *proto, const char *decl,
    char **list, int n, bool zero)
{
	FILE *f = create(dir, name);

	fprintf(f, "#include \"%s\"\n\n", include);
	for (int i = 0; i < n; i++)
		fprintf(f, proto, list[i]);
	fprintf(f, "\n%s = {\n%s", decl, zero ? "\tNULL,\n" : "");
	for (int i = 0; i < n; i++)
		fprintf(f, "\t%s%s,\n", zero && strstr(proto, "compile_") ? "compile_" :
		    zero && strstr(proto, "check_") ? "check_" : "", list[i]);
	fputs("};\n", f);
	fclose(f);
}

/* How many commands of each mode take effect, and what the others wait for. */
static void
write_coverage(struct grammar *g, const char *dir, int nmode)
{
	char *path = xasprintf("%s/coverage.md", dir);
	FILE *f = fopen(path, "w");
	int all[3] = {0};

	if (!f)
		die((struct place){ path, 0 }, "cannot write");
	fputs("# What the commands do here\n\nWritten by gramc from the grammar (`make reference`): configuration commands by mode and state. *Applied*: "
	    "compiled\ninto what charon, FRR and the kernel hold. *Not yet*: understood, stored and shown; the last table says what they\n"
	    "are part of. *No effect*: nothing stands for it on this kind of router.\n\n"
	    "| mode | applied | not yet | no effect |\n|---|---|---|---|\n", f);
	for (int m = 1; m < nmode; m++) {
		int n[3] = {0};
		struct row *node = NULL;

		for (int i = 0; i < g->nrow; i++) {
			struct row *r = g->row[i];

			if (r->kind == G_NODE && r->submode == m)
				node = r;
			if (r->mode != m || r->kind == G_EXEC || r->kind == G_FLAT)
				continue;
			n[!r->accept ? 0 : r->flags & G_ROW_LATER ? 1 : 2]++;
		}
		for (int k = 0; k < 3; k++)
			all[k] += n[k];
		fprintf(f, "| %s | %d | %d | %d |\n", node ? node->name : "global", n[0], n[1], n[2]);
	}
	fprintf(f, "| **all** | **%d** | **%d** | **%d** |\n\n| not yet | commands |\n|---|---|\n", all[0], all[1], all[2]);
	for (int i = 0; i < g->nrow; i++) {
		const char *why = g->row[i]->accept;
		int n = 0, before = 0;

		if (!why || !(g->row[i]->flags & G_ROW_LATER))
			continue;
		for (int k = 0; k < g->nrow; k++)
			if (g->row[k]->flags & G_ROW_LATER && strcmp(g->row[k]->accept, why) == 0) {
				before += k < i;
				n++;
			}
		if (before == 0)
			fprintf(f, "| %s | %d |\n", why, n);
	}
	fclose(f);
}

/* The command reference: every row in its mode, with the help of its words. */
static void
write_reference(struct grammar *g, const char *dir, int nmode)
{
	char *path = xasprintf("%s/commands.md", dir);
	FILE *f = fopen(path, "w");

	if (!f)
		die((struct place){ path, 0 }, "cannot write");
	fputs("# Commands\n\nWritten by gramc from the grammar (`make reference`). Square brackets: optional. "
	    "`name@(a | b)`: one of them. Braces:\neach at most once, in any order. Angle brackets: a value. "
	    "Every configuration command has a `no` and a `default` form.\n", f);
	for (int m = 0; m < nmode; m++) {
		struct row *node = NULL;

		for (int i = 0; i < g->nrow; i++)
			if (g->row[i]->kind == G_NODE && g->row[i]->submode == m)
				node = g->row[i];
		fprintf(f, "\n## %s\n", m == 0 ? "Exec" : m == 1 ? "Global configuration" : node->tmpl);
		for (int i = 0; i < g->nrow; i++) {
			struct row *r = g->row[i];

			if (r->mode != m)
				continue;
			fprintf(f, "\n`%s`\n\n", r->tmpl);
			if (r->accept)
				fprintf(f, "*%s: %s.*\n\n", r->flags & G_ROW_LATER ? "Not applied yet" : "No effect here", r->accept);
			if (r->unsup)
				fprintf(f, "*`%s` is stored and not carried out: %s.*\n\n", strchr(r->unsup, '=') + 1, r->unsup_why);
			if (r->dflt)
				fprintf(f, "Default: `%s`\n\n", r->dflt);
			for (int p = 0; p < r->npos; p++) {
				bool again = false;

				for (int q = 0; q < p && !again; q++)
					again = strcmp(r->pos[q].n->word, r->pos[p].n->word) == 0;
				if (!again)
					fprintf(f, "- `%s` %s\n", r->pos[p].n->word, r->pos[p].help);
			}
		}
	}
	fclose(f);
}

void
emit(struct grammar *g, const char *dir)
{
	struct out o = { .g = g };
	struct buf names = {0}, args = {0}, modes = {0}, moderows = {0};
	int nname = 0, nmode = 2, nmr = 0, checks = 0;
	FILE *f;

	buf_put(&o.strings, "", 1);	/* offset 0: none */
	buf_puts(&o.header, "#ifndef CONFTERM_GEN_GRAMMAR_H\n#define CONFTERM_GEN_GRAMMAR_H\n\n"
	    "#include <stddef.h>\n#include <stdint.h>\n\nenum cfg_row {\n");
	for (int i = 0; i < g->nrow; i++) {
		buf_printf(&o.header, "\tROW_%s,\n", upper(g->row[i]->ident));
		layout(g->row[i]);
		g->row[i]->first_pos = o.npos;
		o.npos += (uint32_t)g->row[i]->npos;
		if (g->row[i]->kind == G_NODE)
			nmode++;
		checks += g->row[i]->check != NULL;
	}
	buf_puts(&o.header, "};\n\nenum cfg_ref {\n\tREF_NONE,\n");
	for (int i = 0; i < g->nrow; i++) {
		emit_row(&o, g->row[i]);
		emit_positions(&o, g->row[i]);
		if (o.npos > 65535 || o.nfollow > 0xffffffu)
			die(g->row[i]->at, "grammar too large for its tables");
	}
	for (int i = 0; i < g->nref; i++)
		buf_printf(&o.header, "\tREF_%s,\n", upper(g->ref[i]));
	buf_puts(&o.header, "};\n\nenum cfg_need {\n");
	for (int i = 0; i < g->nneed; i++)
		buf_printf(&o.header, "\tNEED_%s = 1 << %d,\n", upper(g->need[i]), i);
	buf_puts(&o.header, "\tNEED_NONE = 0\n};\n");
	for (int i = 0; i < g->nrow; i++)
		emit_struct(&o, g->row[i]);
	for (int i = 0; i < g->nnames; i++) {
		g->names[i]->first = nname;
		for (int k = 0; k < g->names[i]->n; k++, nname++)
			buf_printf(&names, "\t{ %u, %u, %u },\n", str(&o, g->names[i]->item[k].word),
			    str(&o, g->names[i]->item[k].help), g->names[i]->item[k].value);
	}
	for (int i = 0; i < g->narg; i++) {
		struct arg *a = &g->arg[i];

		buf_printf(&args, "\t{ %uu, %uu, %uu, %uu, %d, %d, %d },\n", a->a.lo, a->a.hi, a->a.lo2, a->a.hi2,
		    a->names ? a->names->first : 0, a->names ? a->names->n : 0, a->a.ref);
	}
	for (int m = 0; m < nmode; m++) {
		struct row *node = NULL;
		int first = nmr, root = mode_trie(&o, m);

		for (int i = 0; i < g->nrow; i++) {
			if (g->row[i]->kind == G_NODE && g->row[i]->submode == m)
				node = g->row[i];
			if (g->row[i]->mode == m && g->row[i]->kind != G_EXEC && g->row[i]->kind != G_FLAT) {
				buf_printf(&moderows, "%d,", i);
				nmr++;
			}
		}
		buf_printf(&modes, "\t{ %u, %u, %d, %d, %d, %d, %d },\n",
		    str(&o, node ? node->name : m ? "global" : "exec"),
		    str(&o, node ? node->prompt : m ? "config" : ""), node ? node->index : 0xffff,
		    node ? node->mode : 0, root, first, nmr - first);
	}
	buf_puts(&o.header, "\n#endif\n");
	f = create(dir, "grammar.h");
	fputs(buf_str(&o.header), f);
	fclose(f);

	f = create(dir, "grammar.c");
	fputs("#include \"parser/tables.h\"\n\nconst char g_strings[] =", f);
	for (size_t i = 0; i < o.strings.n; i += strlen(o.strings.d + i) + 1) {
		fputs("\n\t\"", f);
		for (const char *c = o.strings.d + i; *c; c++)
			if (*c == '\n')
				fputs("\\n", f);
			else
				fprintf(f, *c == '"' || *c == '\\' ? "\\%c" : "%c", *c);
		fputs("\\0\"", f);
	}
	fputs(";\n\n", f);
	table(f, "g_pos g_pos", &o.pos);
	fprintf(f, "const uint16_t g_follow[] = {\n%s0 };\n\n", buf_str(&o.follow));
	fprintf(f, "const struct g_act g_acts[] = { %s {0,0} };\n\n", buf_str(&o.acts));
	buf_puts(&args, "\t{0}\n");
	table(f, "g_arg g_args", &args);
	buf_puts(&names, "\t{0}\n");
	table(f, "g_name g_names", &names);
	table(f, "g_slot g_slots", &o.slots);
	table(f, "g_node g_nodes", &o.nodes);
	table(f, "g_row g_rows", &o.rows);
	table(f, "g_mode g_modes", &modes);
	fprintf(f, "const uint16_t g_mode_rows[] = { %s 0 };\n\n", buf_str(&moderows));
	fputs("const char *const g_ref_words[] = {\n\t\"\",\n", f);
	for (int i = 0; i < g->nref; i++) {
		static const char *const words[][2] = { { "acl", "access list" }, { "vrf", "VRF" }, { "dhcp-pool", "DHCP pool" },
			{ "nat-pool", "NAT pool" }, { "local-pool", "address pool" }, { "ip-sla", "IP SLA operation" },
			{ "track", "tracked object" }, { "aaa-login", "AAA login list" }, { "aaa-ppp", "AAA PPP list" },
			{ "aaa-authorization", "AAA authorization list" }, { "aaa-accounting", "AAA accounting list" } };
		char *w = xstrdup(g->ref[i]);

		for (size_t k = 0; k < sizeof words / sizeof words[0]; k++)
			if (strcmp(w, words[k][0]) == 0) {
				free(w);
				w = xstrdup(words[k][1]);
			}
		for (char *p = w; *p; p++)
			if (*p == '-')
				*p = ' ';
		fprintf(f, "\t\"%s\",\n", w);
		free(w);
	}
	fputs("};\n\n", f);
	fprintf(f, "const struct g_idle g_idle[] = {\n\t{ 0, 0, 0 },\n%s};\n\n", buf_str(&o.idle));
	fprintf(f, "const uint16_t g_excludes[] = { 0, %s 0 };\n\n", buf_str(&o.excludes));
	table(f, "g_trie g_trie", &o.trie);
	table(f, "g_edge g_edges", &o.edges);
	fprintf(f, "const unsigned g_nrows = %d, g_nmodes = %d;\n", g->nrow, nmode);
	fclose(f);

	write_functions(dir, "exec.c", "cli/exec.h", "exec_fn %s;\n", "exec_fn *const exec_table[]", o.call, o.ncall,
	    false);
	write_functions(dir, "units.c", "engine/compile.h", "compile_fn compile_%s;\n",
	    "compile_fn *const compile_table[]", o.unit, o.nunit, true);
	write_functions(dir, "checks.c", "parser/check.h", "check_fn check_%s;\n", "check_fn *const check_table[]",
	    o.check, o.ncheck, true);
	write_reference(g, dir, nmode);
	write_coverage(g, dir, nmode);
	f = fopen(xasprintf("%s/hooks.txt", dir), "w");
	if (f) {
		for (int i = 0; i < o.ncheck; i++)
			fprintf(f, "check_%s\n", o.check[i]);
		fclose(f);
	}
	printf("gramc: %d rows, %d modes, %u positions, %d hooks on %d rows (%.1f %%)\n", g->nrow, nmode, o.npos,
	    o.ncheck, checks, 100.0 * checks / g->nrow);
}
