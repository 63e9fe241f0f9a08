/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Debugging: the options that `debug` switches on, for the whole router and
 * until it ends, and the lines that follow. They are what charon, ospfd and
 * bgpd log themselves, each behind IOS's prefix, and go where messages of
 * severity 7 go (daemon/logging.h). Nothing here is configuration.
 *
 * charon says no keys at the level that is asked of it (backends/vici/charon.h).
 */
#ifndef CONFTERM_DAEMON_DEBUG_H
#define CONFTERM_DAEMON_DEBUG_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/object.h"

enum debug_option {
	DEBUG_CRYPTO_ENGINE, DEBUG_CRYPTO_IKEV2, DEBUG_CRYPTO_IPSEC, DEBUG_CRYPTO_ISAKMP,
	DEBUG_OSPF_ADJ, DEBUG_OSPF_EVENTS, DEBUG_OSPF_FLOOD, DEBUG_OSPF_HELLO, DEBUG_OSPF_LSA, DEBUG_OSPF_PACKET,
	DEBUG_TUNNEL_KEEPALIVE,
	DEBUG_BGP, DEBUG_BGP_EVENTS, DEBUG_BGP_KEEPALIVES, DEBUG_BGP_UPDATES,
	DEBUG_NOPTION
};

/* What an option needs of the rest of the router. ctx is r of debug_new(). */
struct debug_ops {
	/* charon is to log more, or as usual. */
	void (*charon)(void *ctx, bool more);
	/* A routing daemon is to do this, or no more (frr_debug()). */
	void (*frr)(void *ctx, enum frr_daemon daemon, const char *command, bool on);
	/* Keepalives of GRE tunnels are to be told of (debug_keepalive()), or no more. */
	void (*keepalives)(void *ctx, bool on);
	/* conn-id of the IKE SA with this number of charon's (tunnels_conn_id()). */
	uint32_t (*conn_id)(void *ctx, uint32_t unique_id);
};

struct debug;
struct gre_packet;	/* backends/gre/keepalive.h */

struct debug *debug_new(const struct debug_ops *ops, void *ctx);	/* ops is copied */
void debug_free(struct debug *d);

void debug_set(struct debug *d, enum debug_option o, bool on);
void debug_clear(struct debug *d);	/* all off */
bool debug_is_on(const struct debug *d, enum debug_option o);
/* "Crypto ISAKMP debugging is %s" with on or off, and what `show debugging` puts before it: "Cryptographic Subsystem". */
const char *debug_text(enum debug_option o);
const char *debug_heading(enum debug_option o);

/* A line that charon, or a routing daemon, has logged, a keepalive that was sent or received. */
void debug_charon_line(struct debug *d, const char *text);
/* The next one's SAs are numbered from 1 again. */
void debug_charon_gone(struct debug *d);
void debug_keepalive(struct debug *d, const struct gre_packet *p);
void debug_frr_line(struct debug *d, enum frr_daemon daemon, const char *text);

#endif
