/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The second stage of the grammar's build: what gramc cannot see because it
 * takes the parser to see it. Every row is asked with its own examples and its
 * own default whether syntax and rendering agree; each disagreement is an
 * error of the build ("row NAME: ..."), for it would be a wrong running-config
 * one day. Linked with the parser and the generated tables, run by make.
 */
#define _GNU_SOURCE
#include <stdarg.h>
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/buf.h"
#include "lib/xalloc.h"
#include "parser/config.h"
#include "parser/render.h"

static int errors, checked;
static struct matcher mr;

static void __attribute__((format(printf, 2, 3)))
complain(const struct g_row *r, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "row %s: ", G_STR(r->name));
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	errors++;
}

static char *
first_line(const char *text)
{
	return xstrndup(text, strcspn(text, "\n"));
}

/* Takes the session from the top into a mode, by the examples of the nodes on the way. */
static bool
enter(struct config *c, int mode)
{
	struct buf out = {0};
	struct match m;
	char *line;
	bool ok;

	if (mode <= MODE_GLOBAL)
		return true;
	if (!enter(c, g_modes[mode].parent))
		return false;
	line = first_line(G_STR(g_rows[g_modes[mode].node_row].examples));
	ok = config_line(c, line, 0, &m, &out) == CONFIG_OK && config_mode(c) == mode;
	free(line);
	buf_free(&out);
	return ok;
}

/* --- what a session makes of a line, as the text it stores --- */

static void
remember(void *ctx, enum store_change what, struct rec *r)
{
	if (what == STORE_ADDED || what == STORE_CHANGED)
		*(struct rec **)ctx = r;
}

/* The rendering of the record that the line made in that mode; NULL when it was refused. */
static char *
stored_as(const struct g_row *r, const char *line)
{
	struct store *s = store_new();
	struct rec *made = NULL;
	struct buf out = {0}, text = {0};
	struct config c;
	struct match m;
	char *ret = NULL;

	config_load_defaults(s, &mr);
	config_init(&c, s, &mr);
	if (enter(&c, r->mode)) {
		store_listen(s, remember, &made);
		enum config_result res = config_line(&c, line, 0, &m, &out);

		if (res == CONFIG_MORE)	/* an example has one line; a text in it is complete */
			res = config_line(&c, c.more.until == G_LINES_AT ? "@" : "quit", 0, &m, &out);
		if (res == CONFIG_OK) {
			if (made && &g_rows[made->row] != r && (r->kind != G_FLAT || r->flat_member))
				complain(r, "'%s' is taken by row %s", line, G_STR(g_rows[made->row].name));
			/* the default, said aloud, is not stored */
			if (made)
				render_line(&text, made);
			else
				buf_puts(&text, line);
			ret = buf_steal(&text);
			if (!ret)
				ret = xstrdup("");
		} else
			complain(r, "'%s' is refused: %s", line, *buf_str(&out) ? buf_str(&out) : "it does not parse");
	} else
		complain(r, "the examples of the nodes around it do not lead to its mode");
	store_free(s);
	buf_free(&out);
	return ret;
}

/* --- abbreviations --- */

struct words {
	const char *word;	/* a keyword found */
	int n;			/* different ones */
	bool exact;
	const char *want;
};

static void
count_word(void *ctx, const struct match_option *o)
{
	struct words *w = ctx;

	if (!o->word)
		return;
	if (!w->word || strcasecmp(w->word, o->word) != 0)
		w->n++;
	w->word = o->word;
	if (w->want && strcasecmp(o->word, w->want) == 0)
		w->exact = true;
}

/* The keywords that may stand for the last token of a line. */
static struct words
keywords_at(const struct g_row *r, const char *line, const char *want)
{
	struct words w = { .want = want };
	struct lexed lx;
	struct match m;

	lex_line(&lx, line);
	(void)match_options(&mr, r->mode, &lx, 0, 0, count_word, &w, &m);
	return w;
}

/* The line with each keyword cut to the shortest prefix that only it has. */
static char *
abbreviate(const struct g_row *r, const char *line)
{
	struct buf full = {0}, out = {0};
	struct lexed lx;

	lex_line(&lx, line);
	for (int i = 0; i < lx.n; i++) {
		char *tok = xstrndup(lx.tok[i].s, lx.tok[i].len);
		size_t keep = lx.tok[i].len;

		if (full.n)
			buf_putc(&full, ' '), buf_putc(&out, ' ');
		buf_puts(&full, tok);
		if (keywords_at(r, buf_str(&full), tok).exact)
			for (size_t n = 1; n < lx.tok[i].len; n++) {
				struct words w;

				full.d[full.n - lx.tok[i].len + n] = '\0';
				w = keywords_at(r, buf_str(&full), NULL);
				full.d[full.n - lx.tok[i].len + n] = tok[n];
				if (w.n == 1) {
					keep = n;
					break;
				}
			}
		buf_put(&out, tok, keep);
		free(tok);
	}
	buf_free(&full);
	return buf_steal(&out);
}

static void
check_example(const struct g_row *r, const char *line)
{
	struct lexed lx;
	struct match m;
	char *back, *brief;

	checked++;
	lex_line(&lx, line);
	match_line(&mr, r->mode, &lx, 0, 0, &m);
	if (m.status != MATCH_OK) {
		complain(r, "example '%s' does not parse (column %d)", line, m.col + 1);
		return;
	}
	if (&g_rows[m.row] != r) {
		complain(r, "example '%s' belongs to row %s", line, G_STR(g_rows[m.row].name));
		return;
	}
	if (!(back = stored_as(r, line)))
		return;
	if (strcmp(back, line) != 0 && (r->kind != G_FLAT || r->flat_member))
		complain(r, "example '%s' is rendered as '%s'", line, back);
	brief = abbreviate(r, line);
	if (strcmp(brief, line) != 0) {
		char *again = stored_as(r, brief);

		if (again && strcmp(again, back) != 0 && strcmp(again, brief) != 0)
			complain(r, "'%s' is rendered as '%s', not as its long form '%s'", brief, again, back);
		free(again);
	}
	free(brief);
	free(back);
}

/* A default must be what its own row takes, and be written as the row writes it. */
static bool
check_default(const struct g_row *r)
{
	struct lexed lx;
	struct match m;

	lex_line(&lx, G_STR(r->dflt));
	match_line(&mr, r->mode, &lx, 0, 0, &m);
	if (m.status != MATCH_OK || &g_rows[m.row] != r) {
		complain(r, "default '%s' does not parse as its own row", G_STR(r->dflt));
		return false;
	}
	return true;
}

static void
check_default_text(struct store *s, const struct g_row *r)
{
	struct buf b = {0};

	render_values(&b, r, store_default(s, (int)(r - g_rows)), false);
	if (strcmp(buf_str(&b), G_STR(r->dflt)) != 0)
		complain(r, "default '%s' is rendered as '%s'", G_STR(r->dflt), buf_str(&b));
	buf_free(&b);
}

/* A help text that is its own word again, whatever case and signs stand between, says nothing to who asked by `?`. */
static bool
repeats(const char *help, const char *word)
{
	for (;; help++, word++) {
		while (*help && !isalnum((unsigned char)*help))
			help++;
		while (*word && !isalnum((unsigned char)*word))
			word++;
		if (!*help || tolower((unsigned char)*help) != tolower((unsigned char)*word))
			return *help == *word;
	}
}

static void
check_row(const struct g_row *r)
{
	for (int i = 0; i < r->npos; i++) {
		const char *help = G_STR(g_pos[r->pos + (uint32_t)i].help), *word = G_STR(g_pos[r->pos + (uint32_t)i].word);

		if (!*help)
			complain(r, "no help for '%s'", word);
		else if (repeats(help, word) && strcmp(help, "IPSec") != 0)	/* so a real router says after clear crypto */
			complain(r, "the help for '%s' only repeats it", word);
	}
	for (const char *p = G_STR(r->examples); *p;) {
		char *line = first_line(p);

		check_example(r, line);
		p += strlen(line);
		p += *p == '\n';
		free(line);
	}
	/* the line that stands for an absent record must be taken back */
	if (*G_STR(r->absent)) {
		char *back = stored_as(r, G_STR(r->absent));

		free(back);
	}
}

/* The ids of all rows that some compile function has to read. */
static void
list_compiled(void)
{
	for (unsigned i = 0; i < g_nrows; i++) {
		const struct g_row *r = &g_rows[i];

		if ((r->kind != G_LEAF && r->kind != G_LIST) || r->accept || !r->unit ||
		    r->flags & G_ROW_HIDES)	/* the parser carries it out */
			continue;
		/* by its id, or by its struct when the unit is the record's own */
		fputs("ROW_", stdout);
		for (const char *p = G_STR(r->name); *p; p++)
			putchar(isalnum((unsigned char)*p) ? toupper((unsigned char)*p) : '_');
		fputs("|cfg_", stdout);
		for (const char *p = G_STR(r->name); *p; p++)
			putchar(isalnum((unsigned char)*p) ? *p : '_');
		putchar('\n');
	}
}

int
main(int argc, char **argv)
{
	struct store *s;

	if (argc == 2 && strcmp(argv[1], "--compiled") == 0) {
		list_compiled();
		return 0;
	}

	for (unsigned i = 0; i < g_nrows; i++)
		if (g_rows[i].dflt)
			(void)check_default(&g_rows[i]);
	if (errors)
		return 1;	/* without defaults no store can be made */
	s = store_new();
	config_load_defaults(s, &mr);
	for (unsigned i = 0; i < g_nrows; i++) {
		if (g_rows[i].dflt)
			check_default_text(s, &g_rows[i]);
		check_row(&g_rows[i]);
	}
	store_free(s);
	matcher_free(&mr);
	if (errors)
		fprintf(stderr, "gramcheck: %d errors\n", errors);
	else
		printf("gramcheck: %d examples agree with their rows\n", checked);
	return errors != 0;
}
