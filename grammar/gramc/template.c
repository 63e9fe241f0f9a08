/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Third stage of gramc: a template becomes a tree, its slots, and a set of
 * numbered token positions with follow sets (Glushkov's construction). The
 * matcher walks positions; the renderer walks the tree.
 *
 *   word  w~ord       keyword; what stands after ~ is accepted, not rendered
 *   <name:type(args)=default!>   parameter; ! renders the default, too
 *   <name:type>..6    up to six of them, an array
 *   [ ... ]           optional; without parameters inside it is a flag
 *   name@( a | b )=a! a choice
 *   { a | b | c }     each at most once, in any order
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "grammar/gramc/gramc.h"
#include "lib/buf.h"
#include "lib/xalloc.h"

struct parse {
	struct grammar *g;
	struct row *r;
	const char *s;
	int nset;	/* any-order elements so far */
};

static struct tnode *
node(struct parse *p, enum g_ast kind)
{
	struct tnode *n = xcalloc(1, sizeof *n);

	(void)p;
	n->kind = kind;
	n->slot = -1;
	n->setbit = -1;
	n->pos = -1;
	return n;
}

static void
add_child(struct tnode *n, struct tnode *c)
{
	n->child = xrealloc(n->child, sizeof *n->child * (size_t)(n->nchild + 1));
	n->child[n->nchild++] = c;
}

/* The slot of that name, made when it is new; the same name in another alternative shares it. */
static int
slot_named(struct parse *p, const char *name, enum g_type type)
{
	struct row *r = p->r;
	int i;

	for (i = 0; i < r->nslot; i++)
		if (strcmp(r->slot[i].name, name) == 0) {
			if (g_type_is_string(r->slot[i].type) != g_type_is_string(type))
				die(r->at, "slot '%s' is text in one place and a number in another", name);
			return i;
		}
	if (r->nslot == MAXSLOT)
		die(r->at, "more than %d slots", MAXSLOT);
	r->slot[i] = (struct slot){ .name = xstrdup(name), .type = type, .repeat = -1 };
	r->nslot++;
	return i;
}

static const struct {
	const char *name;
	enum g_type type;
} types[] = {
	{ "u32", G_T_U32 }, { "ip4", G_T_IP4 }, { "mask", G_T_MASK }, { "wildcard", G_T_WILDCARD },
	{ "word", G_T_WORD }, { "line", G_T_LINE }, { "ifname", G_T_IFNAME }, { "ref", G_T_REF },
	{ "host", G_T_HOST }, { "area", G_T_AREA }, { "secret", G_T_SECRET }, { "numword", G_T_NUMWORD },
	{ "numname", G_T_NUMNAME }, { "label", G_T_LABEL }, { "cidr", G_T_CIDR }, { "mac", G_T_MAC },
	{ "text", G_T_TEXT }, { "hex", G_T_HEX },
	{ "int", G_T_INT },
};

static int
new_arg(struct grammar *g, struct arg a)
{
	g->arg = xrealloc(g->arg, sizeof *g->arg * (size_t)(g->narg + 1));
	g->arg[g->narg] = a;
	return g->narg++;
}

/* "u32(1..5,9..12)", "ref(acl)", "word(31)", or the name of a names table. */
static enum g_type
parse_type(struct parse *p, char *t, int *arg)
{
	char *open = strchr(t, '(');
	struct arg a = {0};
	enum g_type type = G_T_NONE;

	if (open) {
		*open++ = '\0';
		open[strcspn(open, ")")] = '\0';
	}
	for (size_t i = 0; i < sizeof types / sizeof types[0]; i++)
		if (strcmp(types[i].name, t) == 0)
			type = types[i].type;
	for (int i = 0; type == G_T_NONE && i < p->g->nnames; i++)
		if (strcmp(p->g->names[i]->name, t) == 0) {
			a.names = p->g->names[i];
			a.a.lo = a.names->lo;
			a.a.hi = a.names->hi;
			*arg = new_arg(p->g, a);
			return G_T_U32;
		}
	if (type == G_T_NONE)
		die(p->r->at, "unknown type '%s'", t);
	a.a.hi = type == G_T_U32 ? 0xffffffffu : 240;
	if (open && type == G_T_REF) {
		char *range = strchr(open, ',');

		if (range) {	/* what it names has numbers */
			*range = '\0';
			if (sscanf(range + 1, "%u..%u", &a.a.lo, &a.a.hi) != 2 || a.a.lo > a.a.hi)
				die(p->r->at, "bad range '%s'", range + 1);
			type = G_T_U32;
		}
		a.a.ref = (uint8_t)ref_index(p->g, open);
	} else if (open && type == G_T_HEX) {
		a.a.lo = strcmp(open, "exit") == 0 ? G_LINES_EXIT : strcmp(open, "@") == 0 ? G_LINES_AT : G_LINES_QUIT;
	} else if (open && type == G_T_INT) {
		int lo, hi;

		if (sscanf(open, "%d..%d", &lo, &hi) != 2 || lo > hi)
			die(p->r->at, "bad range '%s'", open);
		a.a.lo = (uint32_t)lo;
		a.a.hi = (uint32_t)hi;
	} else if (open && strstr(open, "..")) {
		if (sscanf(open, "%u..%u,%u..%u", &a.a.lo, &a.a.hi, &a.a.lo2, &a.a.hi2) < 2 || a.a.lo > a.a.hi ||
		    a.a.lo2 > a.a.hi2)
			die(p->r->at, "bad range '%s'", open);
	} else if (open)
		a.a.hi = (uint32_t)strtoul(open, NULL, 10);
	*arg = new_arg(p->g, a);
	return type;
}

static uint32_t
number_default(struct parse *p, enum g_type type, const char *text)
{
	unsigned a, b, c, d;

	if (type == G_T_U32)
		return (uint32_t)strtoul(text, NULL, 10);
	if (sscanf(text, "%u.%u.%u.%u", &a, &b, &c, &d) != 4)
		die(p->r->at, "bad default '%s'", text);
	return a << 24 | b << 16 | c << 8 | d;
}

/* At '<': name:type=default! up to the closing bracket. */
static struct tnode *
parameter(struct parse *p)
{
	struct tnode *n = node(p, G_A_PARAM);
	const char *end = strchr(p->s, '>');
	char *t, *colon, *eq;
	struct slot *s;
	int repeat = 1, first;

	if (!end)
		die(p->r->at, "'<' without '>'");
	t = xstrndup(p->s + 1, (size_t)(end - p->s - 1));
	p->s = end + 1;
	if (!(colon = strchr(t, ':')))
		die(p->r->at, "parameter '%s' has no type", t);
	*colon++ = '\0';
	if ((eq = strchr(colon, '=')))
		*eq++ = '\0';
	n->type = parse_type(p, colon, &n->arg);
	n->word = xstrdup(t);
	if (p->s[0] == '.' && p->s[1] == '.') {
		repeat = (int)strtol(p->s + 2, (char **)&p->s, 10);
		if (repeat < 2 || repeat > 16)
			die(p->r->at, "bad repetition");
	}
	first = slot_named(p, t, n->type);
	s = &p->r->slot[first];
	s->arg = n->arg;
	n->slot = first;
	if (eq) {
		s->has_default = true;
		if (eq[strlen(eq) - 1] == '!') {
			s->flags |= G_SLOT_ALWAYS;
			eq[strlen(eq) - 1] = '\0';
		}
		s->dflt_text = eq;
		if (!g_type_is_string(n->type))
			s->dflt = number_default(p, n->type, eq);
		const struct g_arg *a = &p->g->arg[n->arg].a;

		if (n->type == G_T_U32 && (s->dflt < a->lo || s->dflt > a->hi) &&
		    (!a->hi2 || s->dflt < a->lo2 || s->dflt > a->hi2))
			die(p->r->at, "default '%s' is not in its range", eq);
	}
	if (repeat > 1) {
		struct tnode *inner = NULL;

		s->repeat = 0;
		s->nrepeat = repeat;
		for (int k = 1; k < repeat; k++) {
			char *name = xasprintf("%s#%d", t, k);
			int i = slot_named(p, name, n->type);

			p->r->slot[i].repeat = k;
			p->r->slot[i].arg = n->arg;
		}
		for (int k = repeat - 1; k >= 1; k--) {
			struct tnode *opt = node(p, G_A_OPT), *both = node(p, G_A_SEQ), *par = node(p, G_A_PARAM);

			par->type = n->type;
			par->arg = n->arg;
			par->word = n->word;
			par->slot = first + k;
			add_child(both, par);
			if (inner)
				add_child(both, inner);
			add_child(opt, both);
			inner = opt;
		}
		struct tnode *seq = node(p, G_A_SEQ);

		add_child(seq, n);
		add_child(seq, inner);
		return seq;
	}
	return n;
}

static struct tnode *sequence(struct parse *p, const char *stop);

static const char *
first_keyword(const struct tnode *n)
{
	if (n->kind == G_A_KEYWORD)
		return n->word;
	for (int i = 0; i < n->nchild; i++) {
		const char *w = first_keyword(n->child[i]);

		if (w)
			return w;
	}
	return NULL;
}

static uint32_t
slots_below(const struct tnode *n)
{
	uint32_t m = n->slot >= 0 ? 1u << n->slot : 0;

	for (int i = 0; i < n->nchild; i++)
		m |= slots_below(n->child[i]);
	return m;
}

static void
skip_blanks(struct parse *p)
{
	while (*p->s == ' ' || *p->s == '\t')
		p->s++;
}

static struct tnode *
choice(struct parse *p, const char *name)
{
	struct tnode *n = node(p, G_A_ALT);
	struct slot *s;

	n->slot = slot_named(p, name, G_T_CHOICE);
	do {
		struct tnode *a;
		const char *w;

		p->s++;
		a = sequence(p, "|)");
		a->index = n->nchild;
		add_child(n, a);
		w = first_keyword(a);
		if (!w || a->child[0]->kind != G_A_KEYWORD)
			w = a->nchild && a->child[0]->kind == G_A_PARAM ? a->child[0]->word : NULL;
		if (!w)
			die(p->r->at, "an alternative must begin with a keyword or a parameter");
		s = &p->r->slot[n->slot];
		if (n->nchild <= s->nalt) {
			/* the same choice stands in several alternatives: it must be the same */
			if (strcmp(s->alt[n->nchild - 1], w) != 0)
				die(p->r->at, "choice '%s' differs from its other place", name);
			continue;
		}
		for (int i = 0; i < s->nalt; i++)
			if (strcmp(s->alt[i], w) == 0)
				die(p->r->at, "two alternatives of choice '%s' are called '%s'", name, w);
		s->alt = xrealloc(s->alt, sizeof *s->alt * (size_t)(s->nalt + 1));
		s->alt[s->nalt++] = xstrdup(w);
	} while (*p->s == '|');
	if (*p->s != ')')
		die(p->r->at, "'(' without ')'");
	p->s++;
	s = &p->r->slot[n->slot];
	if (*p->s == '=') {
		char w[64];
		size_t k = 0;

		for (p->s++; *p->s && !strchr(" ])|}", *p->s) && k < sizeof w - 1; p->s++)
			w[k++] = *p->s;
		w[k] = '\0';
		if (k && w[k - 1] == '!') {
			s->flags |= G_SLOT_ALWAYS;
			w[k - 1] = '\0';
		}
		for (s->dflt = 0; s->dflt < (uint32_t)s->nalt && strcmp(s->alt[s->dflt], w) != 0; s->dflt++)
			;
		if (s->dflt == (uint32_t)s->nalt)
			die(p->r->at, "default '%s' is not one of the alternatives", w);
		s->has_default = true;
	}
	return n;
}

static struct tnode *
item(struct parse *p)
{
	struct tnode *n;

	if (*p->s == '<')
		return parameter(p);
	if (*p->s == '[') {
		n = node(p, G_A_OPT);
		p->s++;
		add_child(n, sequence(p, "]"));
		if (*p->s++ != ']')
			die(p->r->at, "'[' without ']'");
		if (slots_below(n) == 0) {
			const char *w = first_keyword(n);

			if (!w)
				die(p->r->at, "empty option");
			n->slot = slot_named(p, w, G_T_FLAG);
		}
		return n;
	}
	if (*p->s == '{') {
		n = node(p, G_A_SET);
		do {
			struct tnode *e;

			p->s++;
			e = sequence(p, "|}");
			e->setbit = p->nset++;
			if (slots_below(e) == 0)
				e->slot = slot_named(p, first_keyword(e), G_T_FLAG);
			for (int i = 0; i < n->nchild; i++)
				if (e->child[0]->kind == G_A_KEYWORD && n->child[i]->child[0]->kind == G_A_KEYWORD &&
				    strcmp(e->child[0]->word, n->child[i]->child[0]->word) == 0)
					die(p->r->at, "the same word begins two elements: '%s'", e->child[0]->word);
			add_child(n, e);
		} while (*p->s == '|');
		if (*p->s++ != '}' || p->nset > 32)
			die(p->r->at, "'{' without '}', or too many elements");
		return n;
	}
	if (*p->s == '(')
		die(p->r->at, "a choice needs a name: name@( a | b )");
	size_t k = strcspn(p->s, " \t<>[](){}|@");

	if (p->s[k] == '@') {
		char *name = xstrndup(p->s, k);

		p->s += k + 1;
		return choice(p, name);
	}
	if (k == 0)
		die(p->r->at, "cannot read template at '%s'", p->s);
	n = node(p, G_A_KEYWORD);
	n->word = xstrndup(p->s, k);
	n->cut = (int)k;
	if (strchr(n->word, '~')) {
		n->cut = (int)(strchr(n->word, '~') - n->word);
		memmove(n->word + n->cut, n->word + n->cut + 1, strlen(n->word + n->cut));
	}
	p->s += k;
	return n;
}

static struct tnode *
sequence(struct parse *p, const char *stop)
{
	struct tnode *n = node(p, G_A_SEQ);

	for (skip_blanks(p); *p->s && !strchr(stop, *p->s); skip_blanks(p))
		add_child(n, item(p));
	if (n->nchild == 0)
		die(p->r->at, "empty sequence in template");
	return n;
}

/* Replaces $name(x) by the macro's text with every % made x. */
static char *
expand(struct grammar *g, struct row *r, const char *t)
{
	struct buf b = {0};

	while (*t) {
		if (*t != '$') {
			buf_putc(&b, *t++);
			continue;
		}
		size_t k = strcspn(++t, "( ");
		const char *text = NULL, *x = "";
		size_t xn = 0;

		for (int i = 0; i < g->nmacro; i++)
			if (strlen(g->macro[i].name) == k && strncmp(g->macro[i].name, t, k) == 0)
				text = g->macro[i].text;
		if (!text)
			die(r->at, "unknown macro at '$%s'", t);
		t += k;
		if (*t == '(') {
			x = ++t;
			xn = strcspn(t, ")");
			t += xn + 1;
		}
		struct buf body = {0};

		for (; *text; text++)
			if (*text == '%')
				buf_put(&body, x, xn);
			else
				buf_putc(&body, *text);
		buf_puts(&b, expand(g, r, buf_str(&body)));
	}
	return buf_steal(&b);
}

static char *
find_help(struct grammar *g, struct row *r, const char *word)
{
	struct helpword *lists[6];
	int n = 0;

	for (struct row *q = r; q && n < 5; q = q->parent)
		lists[n++] = q->help;
	lists[n++] = r->kind == G_EXEC && !(r->flags & G_ROW_ACTS) ? g->words_exec : g->words_config;
	for (int i = 0; i < n; i++)
		for (struct helpword *h = lists[i]; h; h = h->next)
			if (strcmp(h->word, word) == 0)
				return h->text;
	die(r->at, "no help for '%s'", word);
}

static void
number_positions(struct grammar *g, struct row *r, struct tnode *n)
{
	if (n->kind == G_A_KEYWORD || n->kind == G_A_PARAM) {
		if (r->npos == MAXPOS)
			die(r->at, "more than %d positions", MAXPOS);
		n->pos = r->npos;
		r->pos = xrealloc(r->pos, sizeof *r->pos * (size_t)(r->npos + 1));
		memset(&r->pos[r->npos], 0, sizeof *r->pos);
		r->pos[r->npos].n = n;
		r->pos[r->npos].setbit = -1;
		r->pos[r->npos++].help = find_help(g, r, n->word);
	}
	for (int i = 0; i < n->nchild; i++)
		number_positions(g, r, n->child[i]);
}

static void
join(bool *to, const bool *from)
{
	for (int i = 0; i < MAXPOS; i++)
		to[i] |= from[i];
}

static void
link_sets(struct row *r, const bool *last, const bool *first)
{
	for (int i = 0; i < r->npos; i++)
		if (last[i])
			for (int k = 0; k < r->npos; k++)
				r->pos[i].follow[k] |= first[k];
}

/* nullable, first, last and follow of a subtree. */
static void
analyse(struct row *r, struct tnode *n)
{
	for (int i = 0; i < n->nchild; i++)
		analyse(r, n->child[i]);
	switch (n->kind) {
	case G_A_KEYWORD:
	case G_A_PARAM:
		n->first[n->pos] = n->last[n->pos] = true;
		return;
	case G_A_SEQ:
		n->nullable = true;
		for (int i = 0; i < n->nchild; i++) {
			struct tnode *c = n->child[i];

			link_sets(r, n->last, c->first);
			if (n->nullable)
				join(n->first, c->first);
			if (!c->nullable)
				memset(n->last, 0, sizeof n->last);
			join(n->last, c->last);
			n->nullable &= c->nullable;
		}
		break;
	case G_A_OPT:
	case G_A_ALT:
	case G_A_SET:
		n->nullable = n->kind != G_A_ALT;
		for (int i = 0; i < n->nchild; i++) {
			struct tnode *c = n->child[i];

			if (n->kind == G_A_ALT && c->nullable)
				die(r->at, "an alternative must not be empty");
			join(n->first, c->first);
			join(n->last, c->last);
		}
		if (n->kind == G_A_SET)
			link_sets(r, n->last, n->first);
		break;
	}
	if (n->setbit >= 0)
		for (int i = 0; i < r->npos; i++)
			if (n->first[i]) {
				r->pos[i].setfirst = true;
				r->pos[i].setbit = n->setbit;
			}
}

static void
add_actions(struct row *r, struct tnode *n, int slot, int value)
{
	if (n->pos >= 0) {
		struct pos *p = &r->pos[n->pos];

		if (p->nact == 8)
			die(r->at, "choices nested too deep");
		p->act[p->nact].slot = slot;
		p->act[p->nact++].value = value;
	}
	for (int i = 0; i < n->nchild; i++)
		add_actions(r, n->child[i], slot, value);
}

static void
actions(struct row *r, struct tnode *n, bool optional)
{
	if (n->kind == G_A_ALT || n->kind == G_A_OPT || n->kind == G_A_SET)
		optional = true;
	if (n->slot >= 0 && optional)
		r->slot[n->slot].optional = true;
	if (n->kind == G_A_ALT)
		for (int i = 0; i < n->nchild; i++)
			add_actions(r, n->child[i], n->slot, i);
	else if (n->slot >= 0 && n->kind != G_A_PARAM)
		add_actions(r, n, n->slot, 1);
	n->slots = slots_below(n);
	for (int i = 0; i < n->nchild; i++)
		actions(r, n->child[i], optional);
}

void
template_compile(struct grammar *g, struct row *r)
{
	struct parse p = { .g = g, .r = r };

	r->tmpl = expand(g, r, r->tmpl);
	p.s = r->tmpl;
	r->root = sequence(&p, "");
	number_positions(g, r, r->root);
	analyse(r, r->root);
	actions(r, r->root, false);
	if (r->root->nullable)
		die(r->at, "a template must not be empty");
	while (r->head < r->root->nchild && r->root->child[r->head]->kind == G_A_KEYWORD)
		r->head++;
	/* `no` may end once the keywords that tell the row from others are there, also those behind parameters (rows_finish() makes it shorter where it can) */
	int keyword = 0;

	for (int i = 0; i < r->root->nchild; i++)
		if (r->root->child[i]->kind == G_A_KEYWORD)
			keyword = r->root->child[i]->pos;
	for (int i = 0; i < r->npos; i++) {
		r->pos[i].accept = r->root->last[i];
		r->pos[i].noend = i >= keyword;
	}
}
