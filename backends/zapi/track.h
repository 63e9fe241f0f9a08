/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What we know of the gateways of static routes, by asking zebra
 * (NEXTHOP_REGISTER), without making zebra slow.
 *
 * zebra keeps registered gateways in a list at the route that resolves them
 * and evaluates that whole list on every route it adds below: 10,000 IPsec
 * peers behind one default route make 10,000 routes take 15 s instead of 0.2 s
 * (measured, 8.4.4). So of the gateways behind one route only TRACK_WATCHED
 * stay registered; the others are registered just long enough to be answered,
 * and no routes are sent meanwhile (tracks_busy). When a watched one moves,
 * all behind the same route are asked again; and so they are in
 * tracks_rescan(), which the owner calls when a link or address changes and
 * once a minute (as IOS does: `ip route static adjust-time`).
 */
#ifndef CONFTERM_BACKENDS_ZAPI_TRACK_H
#define CONFTERM_BACKENDS_ZAPI_TRACK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/queue.h>

#include "backends/zapi/table.h"
#include "lib/ip4.h"

#define TRACK_WATCHED 4		/* per route */
#define TRACK_WINDOW 512	/* questions under way */

struct path;		/* rib.c */
LIST_HEAD(paths, path);
struct via;

struct tracker {
	struct node node;	/* key: the gateway */
	struct paths paths;	/* the owner's */
	uint32_t gateway;
	bool known;		/* zebra has answered: */
	uint8_t via_len;	/* length of the route that leads there */
	unsigned count;		/* its next hops; 0: unreachable */
	/* private: */
	uint64_t sig;
	uint64_t via_key;	/* of the last via */
	struct via *via;
	bool queued;		/* to be asked: in tracks.queue */
	bool asked;		/* registered, answer to come */
	bool watched;		/* registered, counted in via */
	bool scout;		/* asked on behalf of the followers of via_key */
	TAILQ_ENTRY(tracker) link;	/* in tracks.queue, or (no flag set) in via.followers */
};

struct tracks {
	struct table trackers, vias;
	TAILQ_HEAD(trackers, tracker) queue;
	unsigned nasked;
	void (*track)(void *ctx, uint32_t gateway, bool on);
	void *ctx;
};

void tracks_init(struct tracks *s, void (*track)(void *ctx, uint32_t gateway, bool on), void *ctx);
struct tracker *tracks_get(struct tracks *s, uint32_t gateway);
/* The last path is gone. */
void tracks_put(struct tracks *s, struct tracker *t);
/*
 * zebra's answer, sig standing for all of it but the gateway. Returns the tracker
 * when its routes must be looked at again, otherwise NULL.
 */
struct tracker *tracks_answer(struct tracks *s, uint32_t gateway, const struct prefix4 *via, unsigned count,
    uint64_t sig);
void tracks_rescan(struct tracks *s);
/* Questions are open. */
bool tracks_busy(const struct tracks *s);
void tracks_free(struct tracks *s);

#endif
