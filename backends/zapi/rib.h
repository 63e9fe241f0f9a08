/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The static routes we want zebra to hold, and which of them it is given.
 *
 * zebra keeps one route per prefix for us, so the paths (obj_route) of a
 * prefix are grouped by distance and the best group that works is sent as one
 * multipath route; the others are floating statics that wait here. zebra does
 * not tell a client when the link under its route goes away (8.4.4: nothing
 * comes, and after the link's return zebra shows a route that the kernel has
 * lost). So, as staticd does, every gateway is tracked and every device is
 * watched, and each change sends the routes concerned again.
 *
 * No I/O: the table calls its owner through struct rib_ops. Changes are only
 * noted until rib_flush(), which decides each prefix concerned once.
 */
#ifndef CONFTERM_BACKENDS_ZAPI_RIB_H
#define CONFTERM_BACKENDS_ZAPI_RIB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backends/zapi/codec.h"
#include "engine/object.h"

struct rib;

struct rib_ops {
	void *ctx;
	/* Ask zebra about a gateway; the answers go to rib_nexthop(). */
	void (*track)(void *ctx, uint32_t gateway, bool on);
	void (*install)(void *ctx, const struct zapi_route *r);	/* replaces what is there */
	void (*remove)(void *ctx, const struct prefix4 *dst);
	/* The health of one object, when it is first known and when it changes. */
	void (*report)(void *ctx, uint64_t id, int err, const char *text);
};

struct rib *rib_create(const struct rib_ops *ops);
/* Frees without calling track or remove: zebra forgets us with the connection. */
void rib_destroy(struct rib *r);

/* An existing path of the same identity takes the new id, distance and tag. */
void rib_add(struct rib *r, uint64_t id, const struct obj_route *route);
void rib_del(struct rib *r, const struct obj_route *route);
/* zebra's answer: count next hops (0: unreachable) by way of route `via`; sig of all of it. */
void rib_nexthop(struct rib *r, uint32_t gateway, const struct prefix4 *via, unsigned count, uint64_t sig);
/* Asks again about the gateways that are not watched: links or addresses changed, or a minute is over. */
void rib_rescan(struct rib *r);
void rib_link(struct rib *r, const char *dev, uint32_t ifindex, bool up);
void rib_note(struct rib *r, const struct prefix4 *dst, uint32_t note);
/* Decides and sends; puts it off while zebra has not answered about gateways. */
void rib_flush(struct rib *r);

#endif
