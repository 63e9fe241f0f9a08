/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The router's own charon, under supervision.
 *
 * It is the distribution's binary, confined by the distribution's AppArmor
 * profile, which knows fixed paths only. So it runs in a mount namespace where
 *
 *   /etc/strongswan.conf  is  RUN_DIR/strongswan.conf   (written at each start)
 *   /run                  is  RUN_DIR/charon            (charon.vici, charon.pid)
 *
 * Nothing of the host's own strongSwan is read, written or disturbed.
 */
#ifndef CONFTERM_VICI_CHARON_H
#define CONFTERM_VICI_CHARON_H

#include <stdbool.h>
#include <sys/types.h>
#include <ev.h>

#include "lib/buf.h"

/* Zero means the default given. */
struct charon_cfg {
	const char *run_dir;		/* made when missing (0700); its parent must exist */
	const char *path;		/* CHARON_PATH, else /usr/lib/ipsec/charon */
	const char *plugins;		/* replaces the whole `load` list */
	/*
	 * Retransmission of IKE messages, all peers alike: after timeout,
	 * timeout*base, timeout*base^2 ... seconds, `tries` times. Default 4 s,
	 * 1.4, 5: given up after 65 s. IOS sends five more at 10 s and gives up
	 * after 60; a lost packet costs less here. Peer failover is quicker than
	 * that: by the timeout of initiate, and by DPD.
	 */
	double retransmit_timeout, retransmit_base;
	unsigned retransmit_tries;
	unsigned half_open_timeout;	/* s; 60, as IOS */
	unsigned acq_expires;		/* s; 10: how often unanswered traffic raises an acquire again */
	unsigned nat_keepalive;		/* s between keepalives of a NAT's binding; 20 */
	unsigned threads;		/* 48: one for each waiting initiate (client.c), and some */
	bool log_more;			/* lines of level 2 of what negotiates and installs, else of level 1 (above 2 there are keys in them) */

	void *ctx;
	/* charon's log, or its last words. May be NULL. */
	void (*line)(void *ctx, const char *text);
	/* A process was started (VICI answers a little later). May be NULL. */
	void (*on_start)(void *ctx);
	/*
	 * It ended, expected or not. Its SAs are still in the kernel: flush the
	 * XFRM states here, before the next start (100 ms later at the
	 * earliest). May be NULL.
	 */
	void (*on_exit)(void *ctx, const char *why);
	/*
	 * It cannot be started, e.g. because another IKE daemon has UDP port
	 * 500 in this network namespace; tried again every few seconds, told
	 * when the reason changes. May be NULL.
	 */
	void (*on_refused)(void *ctx, const char *why);
};

struct charon;

/* cfg is copied; its strings must live as long. NULL with errno when run_dir cannot be made. */
struct charon *charon_create(struct ev_loop *loop, const struct charon_cfg *cfg);
void charon_start(struct charon *c);
void charon_stop(struct charon *c);	/* orderly: charon tells its peers; on_exit follows */
void charon_destroy(struct charon *c);	/* kills what still runs; no callbacks */
pid_t charon_pid(const struct charon *c);	/* 0: not running */
bool charon_stopped(const struct charon *c);	/* neither running nor going to be */
/* The VICI socket as seen from outside: for vici_create(). */
const char *charon_vici_path(const struct charon *c);

/*
 * Another nat_keepalive, 0: the default. charon takes it up with its next start or `reload-settings`, for IKE SAs that
 * are made after it.
 */
void charon_set_nat_keepalive(struct charon *c, unsigned seconds);
/* Another log_more; charon takes it up in the same way, for all lines. */
void charon_set_log_more(struct charon *c, bool more);

/* strongswan.conf as text (for tests). */
void charon_conf(struct buf *b, const struct charon_cfg *cfg);

#endif
