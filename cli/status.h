/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What becomes of each line of the configuration: for `show configuration
 * status` and the migration report of `confterm check --report`.
 */
#ifndef CONFTERM_CLI_STATUS_H
#define CONFTERM_CLI_STATUS_H

#include "engine/engine.h"
#include "lib/buf.h"

enum line_state {
	LINE_APPLIED,		/* compiled into objects, or read by units that were */
	LINE_LATER,		/* understood and stored; not applied yet */
	LINE_NO_EFFECT,		/* nothing here stands for it, or it cannot take effect as it is */
	LINE_NSTATE
};

struct line_status {
	const char *text;	/* as in running-config, keys replaced by <removed> */
	int depth;		/* blanks before it */
	uint32_t line;		/* where it stands in its file, 0: typed */
	enum line_state state;
	const char *why;	/* of an applied line: which part of it has no effect, or NULL */
	const struct obj_info *const *object;	/* those that have their origin in this line */
	size_t nobject;
	const char *const *note;	/* what its unit has to say of it, `why` apart */
	size_t nnote;
};

/* In the order of running-config; everything is valid during the call only. */
void status_each(struct engine *e, void (*cb)(void *ctx, const struct line_status *s), void *ctx);

/* "applied", "not applied yet", "no effect here". */
const char *line_state_name(enum line_state s);
/* An object below its line: "route 10.0.0.0/8 via Null0"; live: with what became of it, ": failed, no such device". */
void status_object(struct buf *out, const struct obj_info *o, bool live);

#endif
