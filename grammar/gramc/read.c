/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * First stage of gramc: a .gram file is lines of words and "strings", nested
 * by tabs. `#` starts a comment at the start of a word; a line that ends in a
 * backslash goes on in the next.
 */
#define _GNU_SOURCE
#include "grammar/gramc/gramc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/xalloc.h"

void
die(struct place at, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "%s:%d: error: ", at.file, at.line);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

static void
add_word(struct line *l, char *w, bool quoted)
{
	l->word = xrealloc(l->word, sizeof *l->word * (size_t)(l->nword + 1));
	l->quoted = xrealloc(l->quoted, sizeof *l->quoted * (size_t)(l->nword + 1));
	l->word[l->nword] = w;
	l->quoted[l->nword++] = quoted;
}

static void
split(struct line *l, const char *s)
{
	while (*s) {
		struct buf w = {0};
		bool quoted = *s == '"';

		if (*s == ' ' || *s == '\t') {
			s++;
			continue;
		}
		if (*s == '#')
			return;
		if (quoted) {
			for (s++; *s && *s != '"'; s++)
				if (s[0] == '\\' && (s[1] == 'n' || s[1] == '"')) {
					buf_putc(&w, s[1] == 'n' ? '\n' : '"');
					s++;
				} else
					buf_putc(&w, *s);
			if (*s++ != '"')
				die(l->at, "string without its closing quote");
		} else {
			while (*s && *s != ' ' && *s != '\t')
				buf_putc(&w, *s++);
		}
		add_word(l, buf_steal(&w), quoted);
	}
}

struct line *
read_file(const char *path)
{
	struct line *root = xcalloc(1, sizeof *root), *stack[16] = { root };
	int level[16] = { -1 }, depth = 0, lineno = 0;
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t cap = 0;
	ssize_t n;

	root->at = (struct place){ path, 0 };
	if (!f)
		die(root->at, "cannot open");
	while ((n = getline(&text, &cap, f)) >= 0) {
		struct line *l = xcalloc(1, sizeof *l);
		int tabs = 0;

		l->at = (struct place){ path, ++lineno };
		while (n > 0 && (text[n - 1] == '\n' || text[n - 1] == ' '))
			text[--n] = '\0';
		while (n > 0 && text[n - 1] == '\\') {
			char *more = NULL;
			size_t mcap = 0;
			ssize_t m = getline(&more, &mcap, f);

			lineno++;
			if (m < 0)
				die(l->at, "file ends in a continued line");
			while (m > 0 && (more[m - 1] == '\n' || more[m - 1] == ' '))
				more[--m] = '\0';
			text[n - 1] = ' ';
			text = xrealloc(text, cap = (size_t)(n + m + 2));
			memcpy(text + n, more, (size_t)m + 1);
			n += m;
			free(more);
		}
		while (text[tabs] == '\t')
			tabs++;
		split(l, text + tabs);
		if (l->nword == 0) {
			free(l);
			continue;
		}
		while (level[depth] >= tabs)
			depth--;
		stack[depth]->child = xrealloc(stack[depth]->child,
		    sizeof(struct line *) * (size_t)(stack[depth]->nchild + 1));
		stack[depth]->child[stack[depth]->nchild++] = l;
		if (++depth == 16)
			die(l->at, "nested too deep");
		stack[depth] = l;
		level[depth] = tabs;
	}
	free(text);
	fclose(f);
	return root;
}
