/* SPDX-License-Identifier: BSD-2-Clause */
/* Starting and stopping a router; for daemon/conftermd.c. */
#ifndef CONFTERM_DAEMON_START_H
#define CONFTERM_DAEMON_START_H

#include <stdbool.h>

#include "daemon/router.h"

/* loop, run_dir and startup_path are set by the caller, who keeps the struct. 0 or -errno. */
int router_start(struct router *r);
/* Asks the daemons to end, charon first; router_stopped() is to be polled and becomes true a little later. */
void router_stop(struct router *r);
bool router_stopped(struct router *r);
void router_free(struct router *r);

#endif
