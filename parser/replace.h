/* SPDX-License-Identifier: BSD-2-Clause */
/* Two configurations side by side: what differs, and making one like the other by the difference alone. */
#ifndef CONFTERM_PARSER_REPLACE_H
#define CONFTERM_PARSER_REPLACE_H

#include "lib/buf.h"
#include "parser/store.h"

/*
 * Makes `to` hold what `from` holds: records that both have stay untouched
 * (and keep their ids), so that the engine plans the difference only. The
 * caller commits. Returns the number of records added, changed or removed.
 */
size_t store_replace(struct store *to, struct store *from);

/*
 * The contextual difference as IOS prints it: lines of `a` alone with -, lines
 * of `b` alone with +, below the lines of the blocks that they stand in.
 * Nothing is appended when there is none. Keys are written as <removed>.
 */
void store_difference(struct buf *out, struct store *a, struct store *b);

#endif
