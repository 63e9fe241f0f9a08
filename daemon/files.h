/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The router's files as IOS names them: nvram:startup-config, and flash:NAME,
 * which lies in the folder `flash` beside the startup configuration. Names are
 * one component of letters, digits and "._-", not beginning with a dot.
 */
#ifndef CONFTERM_DAEMON_FILES_H
#define CONFTERM_DAEMON_FILES_H

#include <stdbool.h>
#include <sys/types.h>
#include <time.h>

#include "daemon/router.h"
#include "lib/buf.h"

/* "flash:x", "flash:/x", "disk0:x", "x", "nvram:startup-config" -> path, to be freed; NULL: there is no such place. */
char *file_path(const struct router *r, const char *url);
/* Reads a whole file, 64 MB at most. 0 or -errno. */
int file_read(const char *path, struct buf *out);
/*
 * Atomic: written to a new file, synced and renamed over the old one, which is
 * kept as PATH~ when keep is set. Makes the folder of flash: when it is needed.
 */
int file_write(const char *path, const char *data, size_t n, bool keep);

/* `file prompt quiet`: copy and delete do not ask. */
bool files_quiet(const struct router *r);
/* The files of flash:, in the order of their names. */
void files_each(const struct router *r, void (*cb)(void *ctx, const char *name, off_t size, time_t changed), void *ctx);
/* Room of the file system of flash:, in bytes. */
void files_room(const struct router *r, unsigned long long *total, unsigned long long *available);

#endif
