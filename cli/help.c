/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `?` and Tab. The matcher says what may stand at the end of the line; here it
 * is sorted, laid out as IOS lays it out, and completed. Names of existing
 * things (access lists, interfaces) complete references.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/session_int.h"
#include "lib/xalloc.h"

struct option {
	char *left;
	const char *help;
	bool keyword, cr;
	unsigned rank;
};

struct options {
	struct option *v;
	size_t n, cap;
	struct session *s;
	const char *prefix;
	size_t prefix_len;
};

static void
add(struct options *o, const char *left, const char *help, bool keyword, bool cr)
{
	for (size_t i = 0; i < o->n; i++)
		if (strcmp(o->v[i].left, left) == 0)
			return;
	if (o->n == o->cap) {
		o->cap = o->cap * 2 + 32;
		o->v = xrealloc(o->v, sizeof *o->v * o->cap);
	}
	o->v[o->n++] = (struct option){ xstrdup(left), help ? help : "", keyword, cr, 0 };
}

static void
add_iftype(void *ctx, const char *type, const char *help)
{
	add(ctx, type, help, true, false);
}

struct parameter {
	struct options *o;
	const char *help;
};

static void
add_parameter(void *ctx, const char *left)
{
	struct parameter *p = ctx;

	add(p->o, left, p->help, false, false);
}

static void
collect(void *ctx, const struct match_option *m)
{
	struct options *o = ctx;

	if (m->word)
		add(o, m->word, m->help, true, false);
	else if (m->name)
		add(o, G_STR(m->name->word), G_STR(m->name->help), true, false);
	else if (!m->param)
		add(o, "<cr>", "", false, true);
	else if (m->param->type == G_T_IFNAME)
		ifname_types(o->prefix, strcspn(o->prefix, "0123456789"), add_iftype, o);
	else
		type_help(m->param->type, &g_args[m->param->arg], add_parameter, &(struct parameter){ o, m->help });
}

/* IOS sorts numbers first, then what is in capitals (A.B.C.D, WORD), then words, <cr> last. */
static int
by_left(const void *a, const void *b)
{
	const struct option *x = a, *y = b;

	if (x->cr != y->cr)
		return x->cr - y->cr;
	if ((*x->left == '<') != (*y->left == '<'))
		return *x->left == '<' ? -1 : 1;
	if (*x->left == '<') {
		unsigned long m = strtoul(x->left + 1, NULL, 10), n = strtoul(y->left + 1, NULL, 10);

		if (m != n)
			return m < n ? -1 : 1;
	}
	return strcmp(x->left, y->left);
}

/* Behind the `|` of an exec command: the filters. */
static bool
filter_options(struct session *s, const char *line, struct options *o)
{
	static const char *const words[][2] = { { "begin", "Begin with the line that matches" },
		{ "count", "Count number of lines which match regexp" }, { "exclude", "Exclude lines that match" },
		{ "include", "Include lines that match" }, { "section", "Filter a section of output" } };
	const char *p = strstr(line, " |");

	if (!p || (s->configuring && strncasecmp(line + strspn(line, " "), "do ", 3) != 0))
		return false;
	p += 2 + strspn(p + 2, " ");
	if (strchr(p, ' ')) {
		add(o, "LINE", "Regular Expression", false, false);
		return true;
	}
	o->prefix = p;
	o->prefix_len = strlen(p);
	for (int i = 0; i < 5; i++)
		if (strncasecmp(words[i][0], p, o->prefix_len) == 0)
			add(o, words[i][0], words[i][1], true, false);
	return true;
}

static enum match_status
gather(struct session *s, const char *line, struct options *o, struct match *m, int *shift)
{
	struct lexed lx;
	enum match_status st;
	const char *text = line;

	*shift = 0;
	o->s = s;
	o->prefix = "";
	if (filter_options(s, line, o))
		return MATCH_OK;
	lex_line(&lx, text);
	if (s->configuring && lx.n > 0 && token_is(&lx.tok[0], "do") && (lx.n > 1 || !lx.open)) {
		text = lx.n > 1 ? lx.tok[1].s : "";
		*shift = (int)(text - line);
		if (lx.n == 1)
			*shift = (int)strlen(line);
		lex_line(&lx, text);
	} else if (s->configuring) {
		if (lx.open && lx.n) {
			o->prefix = lx.tok[lx.n - 1].s;
			o->prefix_len = lx.tok[lx.n - 1].len;
		}
		st = config_options(&s->config, line, collect, o, m);
		goto sorted;
	}
	if (lx.open && lx.n) {
		o->prefix = lx.tok[lx.n - 1].s;
		o->prefix_len = lx.tok[lx.n - 1].len;
	}
	st = match_options(&s->r->matcher, MODE_EXEC, &lx, 0, 0, collect, o, m);
sorted:
	if (o->n)
		qsort(o->v, o->n, sizeof *o->v, by_left);
	return st;
}

static void
free_options(struct options *o)
{
	for (size_t i = 0; i < o->n; i++)
		free(o->v[i].left);
	free(o->v);
}

/* Help text wraps at 80 columns under its own column. */
static void
lay_out(struct buf *b, const struct options *o)
{
	size_t width = 0;

	for (size_t i = 0; i < o->n; i++)
		if (!o->v[i].cr && strlen(o->v[i].left) > width)
			width = strlen(o->v[i].left);
	for (size_t i = 0; i < o->n; i++) {
		const char *t = o->v[i].help;
		size_t indent = width + 4, room = indent < 60 ? 79 - indent : 20;

		if (o->v[i].cr) {
			buf_puts(b, "  <cr>\n");
			continue;
		}
		buf_printf(b, "  %-*s  ", (int)width, o->v[i].left);
		while (strlen(t) > room) {
			size_t n = room;

			while (n > 0 && t[n] != ' ')
				n--;
			if (n == 0)
				n = room;
			buf_put(b, t, n);
			buf_putc(b, '\n');
			buf_fill(b, ' ', indent);
			t += n + (t[n] == ' ');
		}
		buf_printf(b, "%s\n", t);
	}
	buf_putc(b, '\n');
}

/* A word half typed: the words that begin so, side by side. */
static void
word_list(struct buf *b, const struct options *o)
{
	size_t col = 0;

	for (size_t i = 0; i < o->n; i++) {
		if (!o->v[i].keyword)
			continue;
		if (col + strlen(o->v[i].left) + 2 > 78) {
			buf_putc(b, '\n');
			col = 0;
		}
		buf_printf(b, "%s%s", col ? "  " : "", o->v[i].left);
		col += strlen(o->v[i].left) + 2;
	}
	buf_puts(b, "\n\n");
}

void
help_text(struct session *s, const char *line, struct buf *b)
{
	struct options o = {0};
	struct match m = {0};
	int shift;
	bool keyword = false, empty = line[strspn(line, " \t")] == '\0';
	enum match_status st;

	session_limit(s, true);
	st = gather(s, line, &o, &m, &shift);
	session_limit(s, false);

	for (size_t i = 0; i < o.n; i++)
		keyword |= o.v[i].keyword;
	if (o.n == 0) {
		if (st == MATCH_AMBIGUOUS)
			buf_printf(b, "%% Ambiguous command:  \"%s\"\n", line);
		else
			buf_puts(b, "% Unrecognized command\n");
	} else if (o.prefix_len && keyword && !s->answer)
		word_list(b, &o);
	else {
		if (empty)
			buf_puts(b, s->configuring ? "Configure commands:\n" : "Exec commands:\n");
		lay_out(b, &o);
	}
	free_options(&o);
}

/* --- Tab --- */

struct names {
	struct options *o;
};

static void
complete_reference(struct session *s, const struct g_pos *p, const char *prefix, size_t len, struct options *o)
{
	int ref = g_args[p->arg].ref;

	for (unsigned i = 0; i < g_nrows; i++) {
		if (g_rows[i].ref != ref)
			continue;
		for (struct rec *r = store_first(s->r->store, store_root(s->r->store), (int)i); r; r = store_next(r)) {
			char number[SLOT_NAME_MAX];
			const char *name = rec_defines(r, number);

			if (name && strncmp(name, prefix, len) == 0)
				add(o, name, "", true, false);
		}
	}
}

struct tab {
	struct options *o;
	struct session *s;
};

static void
collect_tab(void *ctx, const struct match_option *m)
{
	struct tab *t = ctx;

	if (m->param && g_args[m->param->arg].ref && !m->word && !m->name)
		complete_reference(t->s, m->param, t->o->prefix, t->o->prefix_len, t->o);
	else
		collect(t->o, m);
}

void
help_complete(struct session *s, const char *line, struct buf *insert)
{
	struct options o = {0};
	struct tab t = { &o, s };
	struct lexed lx;
	struct match m = {0};
	const char *only = NULL;
	size_t common = 0;
	int first = 0;

	lex_line(&lx, line);
	if (!lx.open || lx.n == 0)
		return;
	if (!filter_options(s, line, &o)) {
		o.prefix = lx.tok[lx.n - 1].s;
		o.prefix_len = lx.tok[lx.n - 1].len;
		if (s->configuring && lx.n > 1 && token_is(&lx.tok[0], "do"))
			first = 1;
		session_limit(s, true);
		if (s->configuring && !first)
			config_options(&s->config, line, collect_tab, &t, &m);
		else
			match_options(&s->r->matcher, MODE_EXEC, &lx, first, 0, collect_tab, &t, &m);
		session_limit(s, false);
	}
	for (size_t i = 0; i < o.n; i++) {
		const char *w = o.v[i].left;
		size_t k = 0;

		if (!o.v[i].keyword)
			continue;
		if (!only) {
			only = w;
			common = strlen(w);
			continue;
		}
		while (k < common && w[k] && strncasecmp(w + k, only + k, 1) == 0)
			k++;
		common = k;
	}
	if (only && common >= o.prefix_len) {
		buf_put(insert, only + o.prefix_len, common - o.prefix_len);
		if (common == strlen(only) && !(ifname_class(only) != IF_OTHER && !strpbrk(only, "0123456789")))
			buf_putc(insert, ' ');
	}
	free_options(&o);
}
