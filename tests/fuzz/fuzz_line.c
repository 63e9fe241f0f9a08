/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer entry for everything a person can type: the input is a session,
 * one line each. Every line goes through `?`, the exec matcher and the
 * configuration; whatever was stored must render to a text that, read again,
 * renders to itself, and the engine must have a plan for it.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "engine/engine.h"
#include "lib/buf.h"
#include "parser/config.h"
#include "parser/render.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
count_option(void *ctx, const struct match_option *o)
{
	*(size_t *)ctx += o->word ? strlen(o->word) : 1;
}

static void
take_line(struct config *c, const char *line, uint32_t n)
{
	struct buf out = {0};
	struct lexed lx;
	struct match m;
	size_t count = 0;

	(void)config_options(c, line, count_option, &count, &m);
	lex_line(&lx, line);
	if (lx.n) {
		match_line(c->matcher, MODE_EXEC, &lx, 0, 0, &m);
		(void)match_options(c->matcher, MODE_EXEC, &lx, 0, 0, count_option, &count, &m);
	}
	if (config_line(c, line, n, &m, &out) == CONFIG_SYNTAX) {
		if (m.col < 0 || (size_t)m.col > strlen(line))
			abort();
		match_message(&out, &m, line);
	}
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct store *s = store_new(), *s2 = store_new();
	struct matcher mr = {0};
	struct buf one = {0}, two = {0}, line = {0};
	struct engine *e;
	struct config c, c2;
	uint32_t n = 0;

	config_load_defaults(s, &mr);
	config_load_defaults(s2, &mr);
	config_init(&c, s, &mr);
	config_init(&c2, s2, &mr);
	e = engine_new(NULL, s);
	for (size_t i = 0, k; i < size; i = k + 1) {
		for (k = i; k < size && data[k] != '\n'; k++)
			;
		buf_clear(&line);
		buf_put(&line, data + i, k - i);
		take_line(&c, buf_str(&line), ++n);
	}
	store_commit(s);
	(void)engine_commit(e);
	render_config(&one, s);
	if (config_text(&c2, buf_str(&one), one.n, NULL, NULL) != 0)
		abort();
	render_config(&two, s2);
	if (strcmp(buf_str(&one), buf_str(&two)) != 0)
		abort();
	engine_free(e);
	store_free(s);
	store_free(s2);
	config_free(&c);
	config_free(&c2);
	matcher_free(&mr);
	buf_free(&one);
	buf_free(&two);
	buf_free(&line);
	return 0;
}
