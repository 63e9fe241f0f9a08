/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver of OBJ_FRR: configuration lines of zebra and ospfd, typed at their
 * vty sockets; and the way to ask these daemons for `show ... json`.
 *
 * Up means that all daemons can be configured; when one goes, the driver is
 * down, and up again (with a full replay by the engine) when it is back. What
 * the surviving daemon still has and the replay does not is undone first.
 */
#ifndef CONFTERM_BACKENDS_FRR_FRR_H
#define CONFTERM_BACKENDS_FRR_FRR_H

#include "engine/driver.h"

struct ev_loop;
struct frr;

/* vty_dir holds zebra.vty and ospfd.vty (see launch.h). */
struct frr *frr_create(struct ev_loop *loop, struct engine *e, const char *vty_dir);
struct driver *frr_driver(struct frr *f);
void frr_start(struct frr *f);
/* Leaves the daemons and their configuration as they are; queries still work. */
void frr_stop(struct frr *f);
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

#endif
