/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show archive config incremental-diffs FILE: which lines of a file would
 * change something if they were copied to the running configuration. They are
 * typed into a copy of it, in order; a line after which the copy is another one
 * is printed, below the lines of the blocks it stands in.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/exec/files.h"
#include "daemon/router.h"
#include "lib/xalloc.h"
#include "parser/config.h"
#include "parser/render.h"

exec_fn show_archive_incremental;

struct context {
	char *line[CONFIG_DEPTH + 1];	/* of the blocks around, by depth; NULL: printed, or there is none */
	struct buf out;
};

static void
took(struct context *x, char *command, bool changed)
{
	size_t depth = strspn(command, " ");

	if (depth > CONFIG_DEPTH)
		depth = CONFIG_DEPTH;
	for (size_t i = depth; i <= CONFIG_DEPTH; i++) {
		free(x->line[i]);
		x->line[i] = NULL;
	}
	if (!changed) {
		x->line[depth] = xstrdup(command);
		return;
	}
	for (size_t i = 0; i < depth; i++) {
		if (x->line[i])
			buf_printf(&x->out, "%s\n", x->line[i]);
		free(x->line[i]);
		x->line[i] = NULL;
	}
	buf_printf(&x->out, "%s\n", command);
}

static void
compare(struct context *x, struct config *c, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		char *line = xstrndup(text, n);
		struct buf command = {0}, ignored = {0};
		struct match m;
		enum config_result result;
		uint64_t before = store_version(c->store);

		c->command = &command;
		result = config_line(c, line, 0, &m, &ignored);
		c->command = NULL;
		if (result == CONFIG_OK && command.n)
			took(x, command.d, store_commit(c->store) != before);
		buf_wipe(&command);
		buf_free(&ignored);
		xfree_secret(line);
		if (result == CONFIG_END || result == CONFIG_EXIT)
			break;
		text += n + (text[n] == '\n');
	}
}

void
show_archive_incremental(struct session *s, const void *values)
{
	const struct cfg_show_archive_incremental *v = values;
	struct router *r = session_router(s);
	struct buf file = {0}, running = {0};
	struct context x = {0};
	struct store *copy;
	struct config c;

	if (!files_text(s, v->file, &file))
		return;
	copy = store_new();
	config_load_defaults(copy, &r->matcher);
	render_config(&running, r->store);
	config_init(&c, copy, &r->matcher);
	config_text(&c, buf_str(&running), running.n, NULL, NULL);
	config_free(&c);
	store_commit(copy);
	config_init(&c, copy, &r->matcher);
	compare(&x, &c, buf_str(&file));
	config_free(&c);
	out(s, "!List of Commands:\n");
	if (x.out.n)
		out_text(s, x.out.d, x.out.n);
	else
		out(s, "!No changes were found\n");
	out(s, "end\n");
	for (size_t i = 0; i <= CONFIG_DEPTH; i++)
		free(x.line[i]);
	buf_free(&x.out);
	buf_wipe(&file);
	buf_wipe(&running);
	store_free(copy);
}
