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
 * What a routing daemon says in a line of its log, behind "2026/11/22 03:01:53 OSPF: [M7Q4P-46WDR][EC 100663299] "; NULL:
 * the line does not begin so. (Names that BGP peers give themselves may have line ends in them: the rest is no line, unless
 * the peer makes it look like one, in 64 octets.)
 */
const char *routing_log_text(enum frr_daemon daemon, const char *line);

/*
 * A line that a routing daemon has logged: an adjacency that came or went, or
 * that cannot come, becomes IOS's message (true), with IOS's name of the interface.
 */
bool routing_report(struct store *s, enum frr_daemon daemon, const char *line);

#endif
