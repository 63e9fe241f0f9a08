/* SPDX-License-Identifier: BSD-2-Clause */
/* show configuration status [PREFIX]: each stored line, its state, and the objects it made. */
#include <string.h>
#include <strings.h>

#include "cli/exec.h"
#include "cli/status.h"
#include "daemon/router.h"
#include "gen/grammar.h"
#include "parser/types.h"

exec_fn show_configuration_status;

struct listing {
	struct session *s;
	const struct lexed *prefix;	/* NULL: every line */
	bool inside;		/* below a line that fits the prefix: its block is shown, too */
	int depth;		/* of that line */
	size_t count[LINE_NSTATE], failed;
};

/* Does the line begin with these words, each of them whole or abbreviated as a command is, interfaces in any of their forms? */
static bool
begins(const struct lexed *prefix, const char *text)
{
	struct lexed line;
	int used;

	lex_line(&line, text);
	for (int i = 0, k = 0; i < prefix->n; i += used, k++) {
		char name[40];

		if (k == line.n)
			return false;
		used = ifname_parse(prefix, i, name);
		if (used && token_is(&line.tok[k], name))
			continue;
		used = 1;
		if (prefix->tok[i].len > line.tok[k].len || strncasecmp(prefix->tok[i].s, line.tok[k].s, prefix->tok[i].len) != 0)
			return false;
	}
	return true;
}

static void
list_line(void *ctx, const struct line_status *l)
{
	struct listing *t = ctx;

	if (t->prefix) {
		if (l->depth <= t->depth)
			t->inside = false;
		if (!t->inside && begins(t->prefix, l->text)) {
			t->inside = true;
			t->depth = l->depth;
		}
		if (!t->inside)
			return;
	}
	t->count[l->state]++;
	out(t->s, "%-16s %*s%s\n", line_state_name(l->state), l->depth, "", l->text);
	if (l->why)
		out(t->s, "%-16s %*s  (%s)\n", "", l->depth, "", l->why);
	for (size_t i = 0; i < l->nnote; i++)
		out(t->s, "%-16s %*s  note: %s\n", "", l->depth, "", l->note[i]);
	for (size_t i = 0; i < l->nobject; i++) {
		struct buf text = {0};

		t->failed += l->object[i]->state == OBJ_FAILED;
		status_object(&text, l->object[i], true);
		out(t->s, "%-16s %*s  %s\n", "", l->depth, "", buf_str(&text));
		buf_free(&text);
	}
}

void
show_configuration_status(struct session *s, const void *values)
{
	const struct cfg_show_configuration_status *v = values;
	struct listing t = { .s = s, .depth = 1 << 20 };
	struct lexed prefix;

	if (v->prefix) {
		lex_line(&prefix, v->prefix);
		t.prefix = &prefix;
	}

	status_each(session_router(s)->engine, list_line, &t);
	out(s, "\n%zu lines applied, %zu not applied yet, %zu without effect here", t.count[LINE_APPLIED],
	    t.count[LINE_LATER], t.count[LINE_NO_EFFECT]);
	if (t.failed)
		out(s, "; %zu objects failed", t.failed);
	out(s, "\n");
}
