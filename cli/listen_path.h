/* SPDX-License-Identifier: BSD-2-Clause */
/* The file system's side of cli/listen.c. */
#ifndef CONFTERM_CLI_LISTEN_PATH_H
#define CONFTERM_CLI_LISTEN_PATH_H

/*
 * A listening, non-blocking unix socket at path, mode 0660, while lock_path is
 * locked. *fd and *lock must be -1; what was opened is in them also when an
 * error (-errno, see listen_create()) is returned.
 */
int listen_socket(const char *path, const char *lock_path, int *fd, int *lock);

#endif
