/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keepalives of GRE tunnels: OBJ_KEEPALIVE. Every period the peer gets a GRE
 * packet that carries an IP packet from the peer to us, GRE again, with the
 * protocol type 0. A peer that is alive takes off the outer header and forwards
 * what is inside, which is all it has to do; so any GRE router answers. When
 * `retries` in a row have not come back, the observer is told that the tunnel
 * is down; the first that comes back says that it is up.
 *
 * One raw socket serves all tunnels. Keepalives go out by the kernel's GRE
 * device when it is up, and without it while it is absent or down. The peer's
 * keepalives are not seen here; the kernel's device takes them apart and
 * forwards them, for which it needs accept_local = 1, rp_filter = 0 and
 * ip_forward = 1 (backends/netlink sets them).
 *
 * What comes in is believed only when it is byte for byte what was sent: its
 * tail is a number and a secret that only the peer on the path has seen.
 */
#ifndef CONFTERM_BACKENDS_GRE_KEEPALIVE_H
#define CONFTERM_BACKENDS_GRE_KEEPALIVE_H

#include "engine/driver.h"
#include "engine/observe.h"

struct ev_loop;
struct gre;

/*
 * Keeps obs, whose member keepalive() gets the reports: one when a keepalive is
 * new (up, before the first packet), and one for each change. They come from
 * the loop, never from inside of apply(). A keepalive that is deleted reports
 * nothing.
 */
struct gre *gre_create(struct ev_loop *loop, struct engine *e, const struct observer *obs);
struct driver *gre_driver(struct gre *g);
/* Opens the socket and calls engine_driver_up(). Without a socket every object fails and says why. */
void gre_start(struct gre *g);
/* Forgets everything. Calls no engine function. */
void gre_stop(struct gre *g);
/* Stops and frees; NULL is allowed. */
void gre_destroy(struct gre *g);

/* What a tunnel's keepalive has counted; false: there is none on this device. */
struct gre_count {
	uint64_t sent, answered;
	uint32_t missed;	/* in a row */
	bool up;
};
bool gre_counts(const struct gre *g, const char *dev, struct gre_count *out);

/* Told, from the loop, of each keepalive that is sent or has come back, for debugging; cb NULL: no more. */
struct gre_packet {
	const char *dev;
	bool received;
	uint32_t src, dst;	/* of the inner header: from the peer to us */
	unsigned length, ttl;	/* octets from that header on, and what is in it */
	uint32_t missed;	/* in a row, this one included if it was sent */
};
void gre_on_packet(struct gre *g, void (*cb)(void *ctx, const struct gre_packet *p), void *ctx);

#endif
