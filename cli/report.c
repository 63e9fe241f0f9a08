/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A migration report: every line of a configuration with what becomes of it
 * here, what was refused, and totals; for people, or as JSON for machines.
 */
#define _GNU_SOURCE
#include "cli/report.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/status.h"
#include "lib/xalloc.h"

void
report_refused(void *ctx, uint32_t line, int col, const char *text, bool note)
{
	struct report *r = ctx;
	struct refused *f;

	if (note)
		return;
	if (r->n == r->cap) {
		r->cap = r->cap * 2 + 16;
		r->refused = xrealloc(r->refused, sizeof *r->refused * r->cap);
	}
	f = &r->refused[r->n++];
	*f = (struct refused){ line, col, xstrndup(text, strcspn(text, "\n")) };
}

void
report_free(struct report *r)
{
	for (size_t i = 0; i < r->n; i++)
		free(r->refused[i].text);
	free(r->refused);
}

struct printer {
	size_t count[LINE_NSTATE];
	json_t *lines, *notes;	/* NULL: plain text */
};

static json_t *
objects(const struct line_status *s)
{
	json_t *list = json_array();

	for (size_t i = 0; i < s->nobject; i++)
		json_array_append_new(list, json_pack("{s:s,s:s}", "kind", obj_kind_name(s->object[i]->obj->kind), "key",
		    s->object[i]->obj->key));
	return list;
}

static void
one(void *ctx, const struct line_status *s)
{
	struct printer *p = ctx;

	p->count[s->state]++;
	if (p->lines) {
		json_array_append_new(p->lines, json_pack("{s:i,s:i,s:s,s:s,s:s?,s:o}", "line", (int)s->line, "depth", s->depth,
		    "text", s->text, "state", line_state_name(s->state), "why", s->why, "objects", objects(s)));
		for (size_t i = 0; i < s->nnote; i++)
			json_array_append_new(p->notes, json_pack("{s:i,s:s}", "line", (int)s->line, "text", s->note[i]));
		return;
	}
	printf("%6u  %-16s %*s%s%s%s%s\n", s->line, line_state_name(s->state), s->depth, "", s->text, s->why ? "  (" : "",
	    s->why ? s->why : "", s->why ? ")" : "");
	for (size_t i = 0; i < s->nnote; i++)
		printf("%6u  %-16s %*s  %s\n", s->line, "note", s->depth, "", s->note[i]);
	for (size_t i = 0; i < s->nobject; i++) {
		struct buf text = {0};

		status_object(&text, s->object[i], false);	/* without a daemon nothing was carried out */
		printf("%6s  %-16s %*s  %s\n", "", "", s->depth, "", buf_str(&text));
		buf_free(&text);
	}
}

static void
print_json(struct report *r, const struct printer *p, const char *file)
{
	json_t *refused = json_array(), *all;

	for (size_t i = 0; i < r->n; i++)
		json_array_append_new(refused, json_pack("{s:i,s:i,s:s}", "line", (int)r->refused[i].line, "column",
		    r->refused[i].col, "text", r->refused[i].text));
	all = json_pack("{s:s,s:o,s:O,s:O,s:{s:I,s:I,s:I,s:I}}", "file", file, "refused", refused, "lines", p->lines, "notes", p->notes,
	    "totals",
	    "applied", (json_int_t)p->count[LINE_APPLIED], "not_applied_yet", (json_int_t)p->count[LINE_LATER],
	    "no_effect_here", (json_int_t)p->count[LINE_NO_EFFECT], "refused", (json_int_t)r->n);
	json_dumpf(all, stdout, JSON_INDENT(1) | JSON_PRESERVE_ORDER);
	putchar('\n');
	json_decref(all);
	json_decref(p->lines);
	json_decref(p->notes);
}

void
report_print(struct report *r, struct engine *e, const char *file, bool json)
{
	struct printer p = { .lines = json ? json_array() : NULL, .notes = json ? json_array() : NULL };

	if (!json)
		printf("%s\n", file);
	status_each(e, one, &p);
	if (json) {
		print_json(r, &p, file);
		return;
	}
	for (size_t i = 0; i < r->n; i++)
		printf("%6u  %-16s column %d: %s\n", r->refused[i].line, "refused", r->refused[i].col, r->refused[i].text);
	printf("%zu lines applied, %zu not applied yet, %zu without effect here, %zu refused\n", p.count[LINE_APPLIED],
	    p.count[LINE_LATER], p.count[LINE_NO_EFFECT], r->n);
}
