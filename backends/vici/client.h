/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Asynchronous packet client for charon's VICI socket.
 *
 * charon handles the packets of one connection one after another, so the
 * client keeps several: one for quick commands (kept in order, pipelined), one
 * for events, one for streamed lists, and two pools for commands that wait for
 * the peer, one at a time on each: those that bring SAs up, which takes a minute
 * with a peer that is not there, and those that must not wait for them. From the
 * outside they are one: when one breaks, all are closed, and the client connects
 * again.
 *
 * Callbacks run from the loop, never inside a call (except those that
 * vici_client_destroy() flushes), and every one exactly once.
 */
#ifndef CONFTERM_VICI_CLIENT_H
#define CONFTERM_VICI_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <ev.h>

#include "lib/buf.h"

struct vici_client;

struct vici_client_ops {
	/* NULL-terminated names of the events to register for */
	const char *const *events;
	/* Connected, and every event that charon knows is registered. */
	void (*up)(void *ctx);
	/* An established connection is lost; err callbacks of what was pending follow. */
	void (*down)(void *ctx, const char *why);
	void (*event)(void *ctx, const char *name, const void *msg, size_t len);
};

/*
 * Answer to a request. err 0: msg is charon's response (which may still say
 * success=no). -ENOTCONN, -ECONNRESET: not or no more connected. -ENOSYS:
 * charon does not know the command. -EMSGSIZE: the request is too long.
 */
typedef void vici_done(void *arg, int err, const void *msg, size_t len);
/* One event of a streamed command. */
typedef void vici_each(void *arg, const void *msg, size_t len);

enum vici_lane {
	VICI_QUICK,	/* in order; the answer comes at once */
	VICI_STREAM,	/* list-sas: events go to each(), then done() */
	VICI_SLOW,	/* initiate; starts after the answers to all earlier quick requests */
	VICI_ORDER,	/* terminate, rekey: the same, but never behind a slow one */
};

/* path and ops->events stay the caller's and must live as long as the client. */
struct vici_client *vici_client_create(struct ev_loop *loop, const char *path,
    const struct vici_client_ops *ops, void *ctx);
void vici_client_start(struct vici_client *c);	/* connects, with retries, until stopped */
void vici_client_stop(struct vici_client *c);	/* no down() call; pending requests get -ECONNRESET */
void vici_client_destroy(struct vici_client *c);
bool vici_client_up(const struct vici_client *c);

/*
 * Sends the request in b, begun with vici_packet_begin(VICI_CMD_REQUEST); takes
 * the buffer over, leaves *b empty, and wipes it as soon as it is sent.
 * each may be NULL.
 */
void vici_client_call(struct vici_client *c, enum vici_lane lane, struct buf *b, vici_each *each,
    vici_done *done, void *arg);

#endif
