/* SPDX-License-Identifier: BSD-2-Clause */
/* The texts of show logging and show logging count. */
#ifndef CONFTERM_CLI_SHOW_LOGGING_H
#define CONFTERM_CLI_SHOW_LOGGING_H

#include "daemon/logging.h"
#include "lib/buf.h"

void logging_text(struct buf *b, struct store *s, const struct logging *l);
/* Sorts what was counted, by facility and name. */
void logging_count_text(struct buf *b, struct logging *l);

#endif
