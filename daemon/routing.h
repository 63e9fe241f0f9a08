/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The routing daemons of a router: their processes, the clients that speak to
 * them, and what they report. zebra runs always; ospfd and bgpd run while the
 * configuration holds something for them.
 */
#ifndef CONFTERM_DAEMON_ROUTING_H
#define CONFTERM_DAEMON_ROUTING_H

#include "daemon/router.h"

/* After the first commit of the startup configuration. */
void routing_start(struct router *r);
/* Something is configured for a daemon, or nothing any more (engine_on_wanted()). */
void routing_wanted(struct router *r, enum obj_kind kind, bool wanted);
/* Have all of them ended? ask: end them. */
bool routing_stopped(struct router *r, bool ask);
void routing_free(struct router *r);

/*
 * A line that a routing daemon has logged: an adjacency that came or went, or
 * that cannot come, becomes IOS's message (true), with IOS's name of the interface.
 */
bool routing_report(struct store *s, enum frr_daemon daemon, const char *line);

#endif
