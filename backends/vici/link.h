/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One VICI connection: framing, a queue of requests, answers in their order.
 * The client (client.c) owns several of them and all policy.
 */
#ifndef CONFTERM_VICI_LINK_H
#define CONFTERM_VICI_LINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <ev.h>

#include "backends/vici/client.h"
#include "lib/buf.h"

/*
 * A request is on exactly one queue. It carries its packet until that is
 * written, then wipes it: keys do not stay. vici_req_finish() frees it.
 */
struct vici_req {
	struct vici_req *next;
	struct buf pkt;
	size_t sent;
	uint64_t after;		/* slow lane: number of quick answers to wait for */
	int err;		/* dead: what to say */
	vici_each *each;
	vici_done *done;
	void *arg;
};

struct vici_queue {
	struct vici_req *head, **tail;
};

void vici_queue_init(struct vici_queue *q);
void vici_queue_put(struct vici_queue *q, struct vici_req *r);
struct vici_req *vici_queue_get(struct vici_queue *q);	/* NULL: empty */
/* Calls done() and frees the request, which is on no queue any more. */
void vici_req_finish(struct vici_req *r, int err, const void *msg, size_t len);

struct vici_link;

struct vici_link_ops {
	/* An event that no streamed request waits for. */
	void (*event)(struct vici_link *l, const char *name, const void *msg, size_t len);
	/* Just before the done() of an answered request. */
	void (*answered)(struct vici_link *l);
	/* After everything that one read brought was handled. */
	void (*turn)(struct vici_link *l);
	/* End of connection or protocol error: the owner closes it. */
	void (*broken)(struct vici_link *l, const char *why);
};

struct vici_link {
	struct ev_loop *loop;
	const struct vici_link_ops *ops;
	void *owner;
	int fd;			/* -1: closed */
	struct ev_io rd, wr;
	struct buf in;
	struct vici_queue q;
	struct vici_req *tx;	/* first of q that is not completely written */
};

void vici_link_init(struct vici_link *l, struct ev_loop *loop, const struct vici_link_ops *ops, void *owner);
int vici_link_open(struct vici_link *l, const char *path);	/* 0 or -errno */
void vici_link_close(struct vici_link *l);	/* leaves what is queued to the owner */
void vici_link_send(struct vici_link *l, struct vici_req *r);

#endif
