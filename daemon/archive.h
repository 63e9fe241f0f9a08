/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole configurations: replacing the running one, going back by a timer, and
 * the archive of numbered copies.
 */
#ifndef CONFTERM_DAEMON_ARCHIVE_H
#define CONFTERM_DAEMON_ARCHIVE_H

#include "daemon/router.h"
#include "parser/config.h"

#define ARCHIVE_MAX 14

/*
 * Makes the running configuration that of a text. When any line is refused
 * (report() gets each) nothing changes at all. Returns the number of refused
 * lines; *changes: records that were added, changed or removed.
 */
int router_replace(struct router *r, const char *text, size_t len, config_report *report, void *ctx, size_t *changes);

/*
 * configure terminal revert timer: the configuration of this moment comes back
 * after so many minutes unless rollback_confirm() is called before. Both return
 * false when that cannot be (one is pending, none is pending).
 */
bool rollback_start(struct router *r, unsigned minutes);
bool rollback_confirm(struct router *r);
/* Goes back at once. */
bool rollback_now(struct router *r);
/* Starts the pending timer again with another time. */
bool rollback_timer(struct router *r, unsigned minutes);

/* The copies there are, oldest first, as flash:NAME, each to be freed; the number of the next one in *next. */
size_t archive_list(struct router *r, char *name[ARCHIVE_MAX], unsigned *next);
/* "flash:prefix-" of the copies, to be freed; NULL: `archive` has no path that this router can write to. */
char *archive_prefix(struct router *r);
unsigned archive_maximum(struct router *r);
/* Saves one copy and drops the oldest beyond the maximum. 0, -ENOENT without a path, or -errno. */
int archive_save(struct router *r);
/* After `write memory`: a copy when the rows ask for it. */
void archive_saved_startup(struct router *r);
/* After every change of the configuration: copies are made by the clock as the rows ask for it now. */
void archive_configured(struct router *r);

#endif
