/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer entry for whole files: the input is two configurations, parted by
 * a line of `=`. They are read, compared as the files of two routers, their
 * difference is taken, and the first is replaced by the second: then both must
 * render alike and nothing may differ.
 */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/compare/compare.h"
#include "cli/status.h"
#include "engine/engine.h"
#include "lib/buf.h"
#include "lib/xalloc.h"
#include "parser/config.h"
#include "parser/render.h"
#include "parser/replace.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	(void)argc;
	(void)argv;
	return freopen("/dev/null", "w", stdout) ? 0 : 1;
}

static void
count_line(void *ctx, const struct line_status *s)
{
	*(size_t *)ctx += s->nobject + strlen(s->text);
}

static struct store *
read_text(const char *text, size_t len, struct matcher *mr)
{
	struct store *s = store_new();
	struct config c;

	config_load_defaults(s, mr);
	config_init(&c, s, mr);
	config_text(&c, text, len, NULL, NULL);
	config_free(&c);
	store_commit(s);
	return s;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = xcalloc(1, size + 1), *parted;
	struct buf diff = {0}, one = {0}, two = {0};
	struct matcher mr = {0};
	struct compared files[2] = { { "a", NULL }, { "b", NULL } };
	struct engine *e;
	size_t first, n = 0;

	memcpy(text, data, size);
	for (size_t i = 0; i < size; i++)
		if (text[i] == '\0')
			text[i] = '\n';
	parted = strstr(text, "\n=\n");
	first = parted ? (size_t)(parted - text) : size / 2;
	files[0].store = read_text(text, first, &mr);
	files[1].store = read_text(text + first + (parted ? 3 : 0), size - first - (parted ? 3 : 0), &mr);
	(void)compare_files(files, 2);
	e = engine_new(NULL, files[0].store);
	engine_commit(e);
	store_difference(&diff, files[0].store, files[1].store);
	store_replace(files[0].store, files[1].store);
	store_commit(files[0].store);
	engine_commit(e);
	status_each(e, count_line, &n);
	render_config(&one, files[0].store);
	render_config(&two, files[1].store);
	if (strcmp(buf_str(&one), buf_str(&two)) != 0)
		abort();
	buf_clear(&diff);
	store_difference(&diff, files[0].store, files[1].store);
	if (diff.n)
		abort();
	engine_free(e);
	store_free(files[0].store);
	store_free(files[1].store);
	matcher_free(&mr);
	buf_free(&diff);
	buf_free(&one);
	buf_free(&two);
	free(text);
	return 0;
}
