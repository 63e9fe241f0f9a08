/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * From configuration objects to the lines to type at a daemon's vty, in order:
 * first deletions, by falling rank, the latest first; then additions and
 * changes by rising rank. A line that opens a context ("router ospf" when other
 * lines are inside "router ospf") comes before them and is undone after them,
 * whatever its rank. No I/O.
 */
#ifndef CONFTERM_BACKENDS_FRR_LINES_H
#define CONFTERM_BACKENDS_FRR_LINES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/object.h"

/* What a caller puts in; the strings must live until lines_build() returns. */
struct frr_item {
	struct obj_frr f;
	uint64_t id;		/* object that gets the result, 0: nobody */
	bool undo;
	/* private: */
	bool opener;
	uint8_t rank;
	size_t index;
};

enum frr_step_kind {
	STEP_ENTER,		/* a context line that is nobody's object */
	STEP_LINE,
	STEP_LEAVE,		/* "exit"; not to be sent unless the context was entered */
};

struct frr_step {
	enum frr_step_kind kind;
	bool undo;
	bool opens;		/* a STEP_LINE that enters a context */
	bool secret;		/* what the daemon says of it may repeat a password */
	uint64_t id;
	char *text;		/* owned */
	int rc;			/* filled in by the sender: VTY_OK, ... */
	char *reply;		/* owned, NULL when rc is VTY_OK */
};

/* Sorts items in place; returns a malloc'd array of *n steps (NULL when none). */
struct frr_step *lines_build(struct frr_item *items, size_t nitems, size_t *n);
void lines_free(struct frr_step *steps, size_t n);

/*
 * What a reply means for the object: 0 or -EINVAL. Adding what is there already
 * is a success, and so is every undo: the line may be gone, or never have been
 * accepted, and FRR's answers do not tell these from other complaints.
 */
int lines_result(const struct frr_step *s);
/* A commit of several lines was refused as a whole: the guilty line is not known. */
bool lines_group_refused(const char *reply);

#endif
