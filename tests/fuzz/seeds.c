/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * seeds DIR: what the fuzzers of text begin with, from the grammar. DIR/lines has a file for each row: the way into its mode,
 * its examples, and the first of them with `no`; DIR/words is a dictionary of all words in examples.
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "gen/grammar.h"
#include "lib/buf.h"
#include "lib/xalloc.h"
#include "tests/examples.h"

static void
write_file(const char *dir, const char *name, const struct buf *text)
{
	char *path = xasprintf("%s/%s", dir, name);
	FILE *f = fopen(path, "w");

	if (!f || fwrite(text->d, 1, text->n, f) != text->n || fclose(f) != 0) {
		perror(path);
		exit(1);
	}
	free(path);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int
main(int argc, char **argv)
{
	struct buf text = {0};
	char *lines, **word = NULL;
	size_t nword = 0;

	if (argc != 2)
		return 2;
	lines = xasprintf("%s/lines", argv[1]);
	mkdir(argv[1], 0777);
	mkdir(lines, 0777);
	for (unsigned i = 0; i < g_nrows; i++) {
		const char *examples = G_STR(g_rows[i].examples);
		char name[16];

		if (!*examples)
			continue;
		buf_clear(&text);
		example_lead(&text, g_rows[i].mode);
		buf_printf(&text, "%s\nno %.*s\n", examples, (int)strcspn(examples, "\n"), examples);
		snprintf(name, sizeof name, "%u", i);
		write_file(lines, name, &text);
		for (const char *p = examples; *p; ) {
			size_t n = strcspn(p, " \n");

			if (n > 1) {
				word = xrealloc(word, sizeof *word * (nword + 1));
				word[nword++] = xstrndup(p, n);
			}
			p += n + (p[n] != '\0');
		}
	}
	qsort(word, nword, sizeof *word, by_text);
	buf_clear(&text);
	buf_puts(&text, "\"no \"\n\"default \"\n");
	for (size_t i = 0; i < nword; i++) {
		if (i && strcmp(word[i], word[i - 1]) == 0)
			continue;
		buf_putc(&text, '"');
		for (const char *p = word[i]; *p; p++)
			buf_printf(&text, strchr("\"\\", *p) || !isprint((unsigned char)*p) ? "\\x%02x" : "%c", (unsigned char)*p);
		buf_puts(&text, "\"\n");
	}
	write_file(argv[1], "words", &text);
	for (size_t i = 0; i < nword; i++)
		free(word[i]);
	free(word);
	free(lines);
	buf_free(&text);
	return 0;
}
