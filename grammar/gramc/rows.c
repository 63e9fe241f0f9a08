/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Second stage of gramc: lines become rows with their attributes. What each
 * attribute means is told in doc/GRAMMAR.md; whatever is unknown, missing or
 * given twice is an error here, never a silent default.
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/gramc/gramc.h"
#include "lib/buf.h"
#include "lib/xalloc.h"

char *
ident_of(const char *name)
{
	char *s = xstrdup(name);

	for (char *p = s; *p; p++)
		if (!isalnum((unsigned char)*p))
			*p = '_';
	return s;
}

int
ref_index(struct grammar *g, const char *name)
{
	for (int i = 0; i < g->nref; i++)
		if (strcmp(g->ref[i], name) == 0)
			return i + 1;
	g->ref = xrealloc(g->ref, sizeof *g->ref * (size_t)(g->nref + 1));
	g->ref[g->nref] = xstrdup(name);
	return ++g->nref;
}

static unsigned
need_bit(struct grammar *g, struct place at, const char *name)
{
	for (int i = 0; i < g->nneed; i++)
		if (strcmp(g->need[i], name) == 0)
			return 1u << i;
	if (g->nneed == 32)
		die(at, "too many kinds of needs");
	g->need = xrealloc(g->need, sizeof *g->need * (size_t)(g->nneed + 1));
	g->need[g->nneed] = xstrdup(name);
	return 1u << g->nneed++;
}

static void
add_help(struct helpword **list, char *word, char *text)
{
	struct helpword *h = xcalloc(1, sizeof *h);

	h->word = word;
	h->text = text;
	while (*list)
		list = &(*list)->next;
	*list = h;
}

static void
read_words(struct grammar *g, struct line *l)
{
	struct helpword **list;

	if (l->nword != 2 || (strcmp(l->word[1], "exec") != 0 && strcmp(l->word[1], "config") != 0))
		die(l->at, "words exec | words config");
	list = strcmp(l->word[1], "exec") == 0 ? &g->words_exec : &g->words_config;
	for (int i = 0; i < l->nchild; i++) {
		struct line *c = l->child[i];

		if (c->nword != 2 || !c->quoted[1])
			die(c->at, "expected: word \"help\"");
		add_help(list, c->word[0], c->word[1]);
	}
}

static void
read_names(struct grammar *g, struct line *l)
{
	struct nameset *s = xcalloc(1, sizeof *s);
	unsigned lo, hi;

	if (l->nword != 3 || sscanf(l->word[2], "%u..%u", &lo, &hi) != 2)
		die(l->at, "names NAME LO..HI");
	s->name = l->word[1];
	s->lo = lo;
	s->hi = hi;
	s->item = xcalloc((size_t)l->nchild, sizeof *s->item);
	for (int i = 0; i < l->nchild; i++) {
		struct line *c = l->child[i];

		if (c->nword != 3 || !c->quoted[2])
			die(c->at, "expected: word value \"help\"");
		s->item[s->n].word = c->word[0];
		s->item[s->n].value = (uint32_t)strtoul(c->word[1], NULL, 10);
		s->item[s->n++].help = c->word[2];
	}
	g->names = xrealloc(g->names, sizeof *g->names * (size_t)(g->nnames + 1));
	g->names[g->nnames++] = s;
}

static char *
one(struct line *l, int *i)
{
	if (++*i >= l->nword)
		die(l->at, "'%s' needs a value", l->word[*i - 1]);
	return l->word[*i];
}

static int
kind_of(const char *w)
{
	static const char *const names[] = { "leaf", "list", "node", "exec", "flat" };

	for (int k = 0; k < 5; k++)
		if (strcmp(w, names[k]) == 0)
			return k;
	return -1;
}

/* One attribute at word i of the line; returns the index of its last word. */
static int
attribute(struct grammar *g, struct row *r, struct line *l, int i)
{
	const char *w = l->word[i];

	if (strcmp(w, "key") == 0)
		r->keys = one(l, &i);
	else if (strcmp(w, "nokey") == 0)
		r->nokeys = one(l, &i);
	else if (strcmp(w, "hide") == 0)
		r->hidden = one(l, &i);
	else if (strcmp(w, "sort") == 0)
		r->order = G_ORDER_SORT;
	else if (strcmp(w, "autoseq") == 0)
		r->flags |= G_ROW_AUTOSEQ, r->order = G_ORDER_SORT;
	else if (strcmp(w, "user") == 0)
		r->flags |= G_ROW_USER;
	else if (strcmp(w, "on") == 0)
		r->flags |= G_ROW_DEFAULT_ON;
	else if (strcmp(w, "anymode") == 0)
		r->flags |= G_ROW_ANYMODE;
	else if (strcmp(w, "unlisted") == 0)
		r->flags |= G_ROW_UNLISTED;
	else if (strcmp(w, "acts") == 0)
		r->flags |= G_ROW_ACTS;
	else if (strcmp(w, "reenter") == 0)
		r->flags |= G_ROW_REENTER;
	else if (strcmp(w, "negatable") == 0)
		r->flags |= G_ROW_NEGATABLE;
	else if (strcmp(w, "prefix") == 0)
		r->flags |= G_ROW_PREFIX;
	else if (strcmp(w, "network") == 0)
		r->flags |= G_ROW_NETWORK;
	else if (strcmp(w, "hides") == 0)
		r->flags |= G_ROW_HIDES;
	else if (strcmp(w, "unsupported") == 0) {
		r->unsup = one(l, &i);
		r->unsup_why = one(l, &i);
	} else if (strcmp(w, "note") == 0)
		r->note = one(l, &i);
	else if (strcmp(w, "exists") == 0)
		r->exists = one(l, &i);
	else if (strcmp(w, "lasting") == 0)
		r->flags |= G_ROW_NEGATABLE | G_ROW_LASTING;
	else if (strcmp(w, "compact") == 0)
		r->flags |= G_ROW_COMPACT;
	else if (strcmp(w, "clears") == 0)
		r->clears = one(l, &i);
	else if (strcmp(w, "idle") == 0) {
		int n = 0;

		while (n < 7 && r->idle[n])
			n++;
		r->idle[n] = one(l, &i);
		r->idle_why[n] = one(l, &i);
	} else if (strcmp(w, "stays") == 0)
		r->stays = one(l, &i);
	else if (strcmp(w, "excludes") == 0)
		r->excludes = one(l, &i);
	else if (strcmp(w, "numbered") == 0)
		r->flags |= G_ROW_NUMBERED;
	else if (strcmp(w, "takes") == 0)
		r->takes = one(l, &i);
	else if (strcmp(w, "whole") == 0)
		r->whole = one(l, &i);
	else if (strcmp(w, "spares") == 0)
		r->spares = one(l, &i);
	else if (strcmp(w, "zero") == 0)
		r->flags |= G_ROW_ZERO;
	else if (strcmp(w, "merge") == 0)
		r->flags |= G_ROW_MERGE;
	else if (strcmp(w, "closing") == 0)
		r->closing = one(l, &i);
	else if (strcmp(w, "section") == 0)
		r->section = atoi(one(l, &i));
	else if (strcmp(w, "unit") == 0)
		r->unit = one(l, &i);
	else if (strcmp(w, "check") == 0)
		r->check = one(l, &i);
	else if (strcmp(w, "call") == 0)
		r->call = one(l, &i);
	else if (strcmp(w, "undo") == 0)
		r->undo = one(l, &i);
	else if (strcmp(w, "prompt") == 0)
		r->prompt = one(l, &i);
	else if (strcmp(w, "accept") == 0)
		r->accept = one(l, &i);
	else if (strcmp(w, "later") == 0)
		r->accept = one(l, &i), r->flags |= G_ROW_LATER;
	else if (strcmp(w, "default") == 0)
		r->dflt = one(l, &i);
	else if (strcmp(w, "absent") == 0)
		r->absent = one(l, &i);
	else if (strcmp(w, "defines") == 0)
		r->ref = one(l, &i);
	else if (strcmp(w, "of") == 0)
		r->node_of = one(l, &i);
	else if (strcmp(w, "member") == 0)
		r->member_of = one(l, &i);
	else if (strcmp(w, "needs") == 0) {
		for (char *s = strtok(xstrdup(one(l, &i)), ","); s; s = strtok(NULL, ","))
			r->needs |= need_bit(g, l->at, s);
	} else if (strcmp(w, "example") == 0) {
		struct buf b = {0};

		if (r->examples)
			buf_printf(&b, "%s\n", r->examples);
		buf_puts(&b, one(l, &i));
		r->examples = buf_steal(&b);
	} else if (strcmp(w, "help") == 0) {
		for (i++; i + 1 < l->nword; i += 2) {
			if (!l->quoted[i + 1])
				die(l->at, "help: word \"text\" pairs");
			add_help(&r->help, l->word[i], l->word[i + 1]);
		}
		i--;
	} else
		die(l->at, "unknown attribute '%s'", w);
	return i;
}

static void
add_row(struct grammar *g, struct row *r)
{
	g->row = xrealloc(g->row, sizeof *g->row * (size_t)(g->nrow + 1));
	r->index = g->nrow;
	g->row[g->nrow++] = r;
}

/* What `debug X` switches on, `undebug X` and `no debug X` switch off: two more rows, with the same values. */
static void
undo_rows(struct grammar *g, const struct row *r)
{
	if (r->kind != G_EXEC || strncmp(r->tmpl, "debug ", 6) != 0)
		die(r->at, "'undo' is for exec rows that begin with debug");
	for (int no = 0; no < 2; no++) {
		struct row *u = xcalloc(1, sizeof *u);

		*u = *r;
		u->name = xasprintf("%s%s", no ? "no-" : "un", r->name);
		u->ident = ident_of(u->name);
		u->tmpl = xasprintf("%s%s", no ? "no " : "un", r->tmpl);
		u->flags |= no ? G_ROW_UNLISTED : 0;
		u->call = r->undo;
		add_row(g, u);
	}
}

static void
read_row(struct grammar *g, struct line *l, int kind, struct row *parent)
{
	struct row *r = xcalloc(1, sizeof *r);
	int i = 3;

	if (l->nword < 3 || !l->quoted[2])
		die(l->at, "expected: %s NAME \"template\" ...", l->word[0]);
	r->at = l->at;
	r->kind = (enum g_row_kind)kind;
	r->parent = parent;
	r->name = parent ? xasprintf("%s.%s", parent->name, l->word[1]) : l->word[1];
	r->ident = ident_of(r->name);
	r->tmpl = l->word[2];
	r->section = parent ? 0 : 500;
	add_row(g, r);
	for (; i < l->nword; i++)
		i = attribute(g, r, l, i);
	for (int c = 0; c < l->nchild; c++) {
		struct line *cl = l->child[c];
		int k = kind_of(cl->word[0]);

		if (k >= 0) {
			if (kind != G_NODE)
				die(cl->at, "only a node contains rows");
			read_row(g, cl, k, r);
		} else {
			for (i = 0; i < cl->nword; i++)
				i = attribute(g, r, cl, i);
		}
	}
	if (r->undo)
		undo_rows(g, r);
}

void
rows_read(struct grammar *g, struct line *file)
{
	for (int i = 0; i < file->nchild; i++) {
		struct line *l = file->child[i];
		int k = kind_of(l->word[0]);

		if (strcmp(l->word[0], "words") == 0)
			read_words(g, l);
		else if (strcmp(l->word[0], "names") == 0)
			read_names(g, l);
		else if (strcmp(l->word[0], "macro") == 0) {
			if (l->nword != 3)
				die(l->at, "macro NAME \"text\"");
			g->macro = xrealloc(g->macro, sizeof *g->macro * (size_t)(g->nmacro + 1));
			g->macro[g->nmacro].name = l->word[1];
			g->macro[g->nmacro++].text = l->word[2];
		} else if (k >= 0)
			read_row(g, l, k, NULL);
		else
			die(l->at, "unknown word '%s'", l->word[0]);
	}
}

static struct row *
row_named(struct grammar *g, struct row *r, const char *name)
{
	for (int i = 0; i < g->nrow; i++)
		if (strcmp(g->row[i]->name, name) == 0)
			return g->row[i];
	die(r->at, "no row is named '%s'", name);
}

static void
mark_slots(struct row *r, const char *list, uint8_t flag)
{
	char *copy, *save = NULL;

	if (!list)
		return;
	copy = xstrdup(list);
	for (char *s = strtok_r(copy, ",", &save); s; s = strtok_r(NULL, ",", &save)) {
		int k;

		for (k = 0; k < r->nslot && strcmp(r->slot[k].name, s) != 0; k++)
			;
		if (k == r->nslot)
			die(r->at, "key '%s' is not in the template", s);
		r->slot[k].flags |= flag;
	}
	free(copy);
}

/* What happens to a row: its own word, else that of the node around it. Parents come before their rows. */
static void
settle(struct row *r)
{
	if (r->unit || r->accept || !r->parent)
		return;
	r->accept = r->parent->accept;
	r->flags |= r->parent->flags & G_ROW_LATER;
}

static bool
applied(const struct row *r)
{
	for (; r; r = r->parent)
		if (r->unit || r->accept)
			return true;
	return false;
}

/* Two rows of one mode whose templates are the same text can never be told apart. */
static void
check_siblings(struct grammar *g, struct row *r)
{
	for (int i = 0; i < r->index; i++) {
		struct row *o = g->row[i];

		if (o->mode == r->mode && strcmp(o->tmpl, r->tmpl) == 0)
			die(r->at, "same command as %s:%d", o->at.file, o->at.line);
		if (o->mode == 1 && r->parent && r->dflt && o->kind != G_EXEC && strcmp(o->tmpl, r->tmpl) == 0)
			die(r->at, "a leaf that overrides the global one (%s:%d) must not have a default", o->at.file, o->at.line);
		if (strcmp(o->ident, r->ident) == 0 && o->kind != G_EXEC)
			die(r->at, "row '%s' is defined twice (%s:%d)", r->name, o->at.file, o->at.line);
	}
}

/* Do the leading keywords of r stand at the beginning of o, too? */
static bool
begins_alike(const struct row *r, const struct row *o)
{
	if (o->head < r->head)
		return false;
	for (int i = 0; i < r->head; i++)
		if (strcmp(o->root->child[i]->word, r->root->child[i]->word) != 0)
			return false;
	return true;
}

/* Where the leading keywords of a leaf tell it from every other row of its mode, they are enough for `no`. */
static void
short_no(struct grammar *g, struct row *r)
{
	if (r->kind != G_LEAF || r->head == 0)
		return;
	for (int i = 0; i < g->nrow; i++)
		if (g->row[i] != r && g->row[i]->mode == r->mode && begins_alike(r, g->row[i]))
			return;
	for (int i = r->root->child[r->head - 1]->pos; i < r->npos; i++)
		r->pos[i].noend = true;
}

void
rows_finish(struct grammar *g)
{
	int mode = 2;	/* 0 exec, 1 global */

	for (int i = 0; i < g->nrow; i++) {
		struct row *r = g->row[i];

		r->mode = r->kind == G_EXEC && !(r->flags & (G_ROW_ANYMODE | G_ROW_ACTS)) ? 0 : r->parent ? r->parent->submode : 1;
		if (r->kind == G_NODE)
			r->submode = mode++;
		check_siblings(g, r);
		settle(r);
		template_compile(g, r);
		mark_slots(r, r->keys, G_SLOT_KEY);
		mark_slots(r, r->hidden, G_SLOT_HIDDEN);
		if (r->nokeys && strcmp(r->nokeys, "none") == 0)
			r->flags |= G_ROW_NOALL;
		else
			mark_slots(r, r->nokeys, G_SLOT_NOKEY);
		if (!r->nokeys)
			for (int s = 0; s < r->nslot; s++)
				if (r->slot[s].flags & G_SLOT_KEY && !r->slot[s].optional)
					r->slot[s].flags |= G_SLOT_NOKEY;
		if (r->kind == G_EXEC) {
			if (!r->call && !(r->flags & (G_ROW_ANYMODE | G_ROW_ACTS)))
				die(r->at, "exec row without call");
			if (r->flags & G_ROW_ACTS && (r->parent || r->needs))
				die(r->at, "a row that acts is global and needs nothing");
		} else if (r->kind != G_FLAT) {
			if ((r->kind == G_LIST || r->kind == G_NODE) && !r->keys && r->nslot > 0)
				die(r->at, "a list needs a key");
			if (!applied(r))
				die(r->at, "row is neither compiled (unit) nor accepted (accept, later)");
			if (!r->examples)
				die(r->at, "row without an example");
		}
		if (r->flags & G_ROW_NUMBERED) {
			bool number = false;

			for (int s = 0; s < r->nslot; s++)
				number |= r->slot[s].flags & G_SLOT_KEY && r->slot[s].type == G_T_U32;
			if (!number || !r->ref)
				die(r->at, "'numbered' is for rows that define a list, with a number among their keys");
		}
		if (r->takes && (r->kind != G_LIST || !r->parent || r->nslot == 0 || !g_type_is_string(r->slot[0].type)))
			die(r->at, "'takes' is for lists below a node whose first slot is a text");
		if ((r->whole || r->spares) && !r->takes)
			die(r->at, "'%s' is for rows that have 'takes', too", r->whole ? "whole" : "spares");
		for (int p = 0; r->whole && p < r->npos; p++)
			r->pos[p].noend |= r->pos[p].n->slot == 0;
		if (r->kind == G_NODE && !r->prompt)
			die(r->at, "node without a prompt");
		if (r->flags & G_ROW_DEFAULT_ON && (r->kind != G_LEAF))
			die(r->at, "'on' is for leaves");
	}
	for (int i = 0; i < g->nrow; i++)
		short_no(g, g->row[i]);
	for (int i = 0; i < g->nrow; i++) {
		struct row *r = g->row[i];

		if (r->kind != G_FLAT)
			continue;
		if (!r->node_of)
			die(r->at, "flat row needs of ROW, or of NODE member ROW");
		r->flat_node = row_named(g, r, r->node_of);
		if (!r->member_of) {
			if (r->flat_node->parent != r->parent)
				die(r->at, "a row and its other spelling are of one mode");
			for (int s = 0; s < r->nslot; s++) {
				int k = 0;

				while (k < r->flat_node->nslot && strcmp(r->slot[s].name, r->flat_node->slot[k].name) != 0)
					k++;
				if (k == r->flat_node->nslot || r->slot[s].type != r->flat_node->slot[k].type)
					die(r->at, "%s has no such slot '%s'", r->node_of, r->slot[s].name);
			}
			continue;
		}
		r->flat_member = row_named(g, r, r->member_of);
		r->flat_node->flat_row = r;
		for (int s = 0; s < r->nslot; s++)
			for (int k = 0; k < r->flat_node->nslot; k++)
				if (strcmp(r->slot[s].name, r->flat_node->slot[k].name) == 0)
					r->slot[s].flags |= G_SLOT_PARENT | G_SLOT_KEY | G_SLOT_NOKEY;
	}
	for (int i = 0; i < g->narg; i++) {
		bool defined = g->arg[i].a.ref == 0;

		for (int k = 0; k < g->nrow && !defined; k++)
			defined = g->row[k]->ref && ref_index(g, g->row[k]->ref) == g->arg[i].a.ref;
		if (!defined) {
			fprintf(stderr, "error: ref(%s) names a kind that no node defines\n",
			    g->ref[g->arg[i].a.ref - 1]);
			exit(1);
		}
	}
}
