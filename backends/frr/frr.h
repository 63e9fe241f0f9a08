/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The drivers of the routing daemons, one for each: configuration lines of
 * zebra, ospfd and bgpd, typed at their vty sockets; and the way to ask these
 * daemons for `show ... json`.
 *
 * Up means that the daemon can be configured; when it goes, its driver is down,
 * and up again (with a replay by the engine) when it is back. What a daemon
 * that had only lost the connection still has and the replay does not is undone
 * first. The other daemons are not touched.
 */
#ifndef CONFTERM_BACKENDS_FRR_FRR_H
#define CONFTERM_BACKENDS_FRR_FRR_H

#include "engine/driver.h"

struct ev_loop;
struct frr;

/* vty_dir holds zebra.vty, ospfd.vty and bgpd.vty (see launch.h). */
struct frr *frr_create(struct ev_loop *loop, struct engine *e, const char *vty_dir);
struct driver *frr_driver(struct frr *f, enum frr_daemon daemon);
/* The daemon is, or will soon be, running: its driver connects, again and again. */
void frr_start(struct frr *f, enum frr_daemon daemon);
/* The daemon is to end: its driver is down, and what it held is forgotten. */
void frr_stop(struct frr *f, enum frr_daemon daemon);
/* Open queries get -ECANCELED; their callbacks must not query again. */
void frr_destroy(struct frr *f);

/*
 * Runs one exec command ("show ip route json") on a connection of its own.
 * done is called exactly once, never from inside this call: err 0 and the text
 * (NUL-terminated, valid during the call); -EINVAL and the daemon's complaint;
 * -ENOTCONN, -ECONNRESET, -ETIMEDOUT, -EMSGSIZE (64 MiB), -ECANCELED.
 */
void frr_query(struct frr *f, enum frr_daemon daemon, const char *command, unsigned timeout_ms,
    void (*done)(void *arg, int err, const char *text, size_t len), void *arg);

/*
 * A command of privileged mode that switches something on until the daemon ends ("debug ospf nsm"): it is typed now, when
 * the daemon runs, and after each of its starts; no more, and `no COMMAND` is typed, after the call with on false. The text
 * must live as long as f. A refusal is logged; what is lost with the connection is typed again.
 */
void frr_debug(struct frr *f, enum frr_daemon daemon, const char *command, bool on);

#endif
