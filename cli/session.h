/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Sessions: one person (or script) at one shell. A session knows its mode,
 * privilege level, paging and history; it turns lines into configuration or
 * into calls of exec functions, and their output, filtered, into messages.
 */
#ifndef CONFTERM_CLI_SESSION_H
#define CONFTERM_CLI_SESSION_H

#include "cli/listen.h"

struct router;

extern const struct listen_ops session_ops;	/* ctx of listen_create() is the struct router */

/*
 * A log line for the sessions that want it: those that monitor, when monitor says
 * so, and persons at the console, when console does. True when one that
 * monitors took it.
 */
bool sessions_log(struct router *r, int severity, const char *line, bool console, bool monitor);

/* The configuration changed: lines say new things about the sessions that sit on them. */
void sessions_configured(struct router *r);

#endif
