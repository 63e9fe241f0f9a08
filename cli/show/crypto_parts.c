/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines that the show commands of crypto have in common. */
#include "cli/show/crypto.h"
#include "engine/crypto.h"
#include "engine/objects.h"
#include "gen/grammar.h"

static void
print_note(void *ctx, const char *text)
{
	out(ctx, "\t%s\n", text);
}

static void
print_failed(void *ctx, const struct obj_info *i)
{
	struct buf b = {0};

	if (i->state != OBJ_FAILED)
		return;
	obj_describe(i->obj, &b);
	out(ctx, "\tNot in effect: %s: %s\n", buf_str(&b), i->reason ? i->reason : "no reason given");
	buf_free(&b);
}

void
crypto_print_notes(struct session *s, const struct rec *r)
{
	engine_each_note(session_router(s)->engine, r->id, print_note, s);
}

void
crypto_print_trouble(struct session *s, const struct rec *r)
{
	crypto_print_notes(s, r);
	engine_each_of(session_router(s)->engine, r->id, print_failed, s);
}

void
crypto_print_sets(struct session *s, const char *const names[6])
{
	out(s, "\tTransform sets={ \n");
	for (int i = 0; names && i < 6 && names[i]; i++) {
		const struct rec *set = store_defined(session_store(s), REF_TRANSFORM_SET, names[i]);
		struct buf b = {0};

		if (set)
			transform_set_text(rec_values(set), &b);
		out(s, "\t\t%s:  { %s } , \n", names[i], buf_str(&b));
		buf_free(&b);
	}
	out(s, "\t}\n");
}
