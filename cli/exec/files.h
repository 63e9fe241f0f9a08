/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the commands that handle whole configurations. */
#ifndef CONFTERM_CLI_EXEC_FILES_H
#define CONFTERM_CLI_EXEC_FILES_H

#include "cli/exec.h"

/* "Building configuration...", saves to startup-config, "[OK]" or the error. */
void files_save(struct session *s);
/* The text of running-config, startup-config or a file; false, with IOS's message printed, when there is none. */
struct buf;
bool files_text(struct session *s, const char *url, struct buf *b);
exec_fn exec_erase;

#endif
