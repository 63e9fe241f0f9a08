/* SPDX-License-Identifier: BSD-2-Clause */
/* check, render and plan: the parser and the engine on a file, without a daemon. */
#define _GNU_SOURCE
#include "cli/offline.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/compare/compare.h"
#include "cli/report.h"
#include "engine/engine.h"
#include "lib/buf.h"
#include "lib/xalloc.h"
#include "parser/config.h"
#include "parser/render.h"

static int
read_file(const char *path, struct buf *out)
{
	FILE *f = strcmp(path, "-") == 0 ? stdin : fopen(path, "r");
	char chunk[65536];
	size_t n;
	int err = 0;

	if (!f)
		return -errno;
	while ((n = fread(chunk, 1, sizeof chunk, f)) > 0)
		buf_put(out, chunk, n);
	if (ferror(f))
		err = -errno;
	if (f != stdin)
		fclose(f);
	/* a NUL would end a line early: it is no text, so let it be seen as an error */
	for (size_t i = 0; i < out->n; i++)
		if (out->d[i] == '\0')
			out->d[i] = '\x01';
	return err;
}

static void
report(void *ctx, uint32_t line, int col, const char *text, bool note)
{
	const char *file = ctx, *p = text;

	while (*p) {
		size_t n = strcspn(p, "\n");

		if (n)
			printf("%s:%u:%d: %s%.*s\n", file, line, col, note ? "note: " : "", (int)n, p);
		p += n + (p[n] == '\n');
	}
}

/* What is stored and yet has no effect, or not all of it. */
static void
advice(void *ctx, uint32_t line, const char *text)
{
	if (strncmp(text, "NOTE: ", 6) == 0)
		text += 6;
	printf("%s:%u:1: note: %s\n", (const char *)ctx, line, text);
}

static int
usage(void)
{
	fprintf(stderr, "usage: confterm check [--report] [--json] | render | plan FILE ...\n");
	return 2;
}

enum what { CHECK, RENDER, PLAN };

/* Reads a file into the store and does with it what was asked; returns the exit status that it alone would give. */
static int
one_file(enum what what, const char *file, struct store *s, bool reported, bool json)
{
	struct report r = {0};
	struct matcher m = {0};
	struct buf text = {0}, out = {0};
	struct engine *e = NULL;
	struct config c;
	int err, status = 0;

	config_load_defaults(s, &m);
	if (what != RENDER)
		e = engine_new(NULL, s);
	config_init(&c, s, &m);
	if ((err = read_file(file, &text)) < 0) {
		fprintf(stderr, "confterm: %s: %s\n", file, strerror(-err));
		status = 2;
	} else {
		char *name = xstrdup(file);
		int bad = reported ? config_text(&c, buf_str(&text), text.n, report_refused, &r) :
		    config_text(&c, buf_str(&text), text.n, what == CHECK ? report : NULL, name);

		if (bad && what != CHECK)
			fprintf(stderr, "confterm: %s: %d lines refused (confterm check %s names them)\n", file, bad, file);
		if (bad)
			status = 1;
		store_commit(s);
		if (what == RENDER)
			render_config(&out, s);
		else {
			engine_commit(e);
			if (what == PLAN)
				engine_print_plan(e, &out);
			else if (reported)
				report_print(&r, e, file, json);
			else
				engine_all_notes(e, advice, name);
		}
		fputs(buf_str(&out), stdout);
		free(name);
	}
	engine_free(e);
	matcher_free(&m);
	config_free(&c);
	report_free(&r);
	buf_wipe(&text);
	buf_wipe(&out);
	return status;
}

int
offline_main(int argc, char **argv)
{
	bool reported = false, json = false, together;
	struct compared *files;
	size_t nfile = 0;
	enum what what;
	int status = 0, first = 1;

	if (argc < 2)
		return usage();
	if (strcmp(argv[0], "check") == 0)
		what = CHECK;
	else if (strcmp(argv[0], "render") == 0)
		what = RENDER;
	else if (strcmp(argv[0], "plan") == 0)
		what = PLAN;
	else
		return usage();
	for (; what == CHECK && first < argc && strncmp(argv[first], "--", 2) == 0; first++) {
		json |= strcmp(argv[first], "--json") == 0;
		if (strcmp(argv[first], "--report") != 0 && strcmp(argv[first], "--json") != 0)
			return usage();
		reported = true;
	}
	if (first == argc)
		return usage();
	together = what == CHECK && !reported;
	files = xcalloc((size_t)(argc - first), sizeof *files);
	for (int i = first; i < argc; i++) {
		struct store *s = store_new();
		int one = one_file(what, argv[i], s, reported, json);

		if (one > status)
			status = one;
		if (together && one < 2)
			files[nfile++] = (struct compared){ argv[i], s };
		else
			store_free(s);
	}
	if (together && compare_files(files, nfile) && status == 0)
		status = 1;
	for (size_t i = 0; i < nfile; i++)
		store_free(files[i].store);
	free(files);
	return status;
}
