/* SPDX-License-Identifier: BSD-2-Clause */
/* Records of running children, for daemon/supervise.c. */
#ifndef CONFTERM_DAEMON_LEFTOVERS_H
#define CONFTERM_DAEMON_LEFTOVERS_H

/* RUN_DIR/supervise-NAME; free() it. */
char *leftover_path(const char *run_dir, const char *name);
/* Records the calling process. 0 or -errno. */
int leftover_write(const char *path);

#endif
