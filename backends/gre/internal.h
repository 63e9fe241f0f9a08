/* SPDX-License-Identifier: BSD-2-Clause */
/* Between packet.c (bytes, pure functions) and keepalive.c (socket, timers, tables). */
#ifndef CONFTERM_BACKENDS_GRE_INTERNAL_H
#define CONFTERM_BACKENDS_GRE_INTERNAL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/object.h"

#define IP_HEADER 20		/* without options */
#define KEEPALIVE_MAX 80	/* bytes of the longest one, without the outer IP header */

/* What tells one keepalive from another on the wire. */
struct keepalive_mark {
	uint64_t secret;
	uint32_t number;
};

/* The GRE packet for the peer, from the outer GRE header on; returns its length. *inner (may be NULL): where the inner packet begins. */
size_t keepalive_encode(const struct obj_keepalive *k, const struct keepalive_mark *m, uint8_t out[KEEPALIVE_MAX],
    size_t *inner);
/*
 * A packet as the raw socket gives it, IP header first. True when it has the
 * form of a keepalive that came back; then local, remote and the key in *k and
 * *m are filled, and nothing else of *k.
 */
bool keepalive_decode(const uint8_t *p, size_t n, struct obj_keepalive *k, struct keepalive_mark *m);
/*
 * A packet that asks, from the peer: fills local, remote and the key of the
 * tunnel that it came by, and *reply with the packet that is to go back (it is
 * within p, an IP header without options first). Returns the reply's length, 0: it is no such packet.
 */
size_t keepalive_question(const uint8_t *p, size_t n, struct obj_keepalive *k, const uint8_t **reply);

#endif
