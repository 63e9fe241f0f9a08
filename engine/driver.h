/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The contract between the engine and its drivers (backends/).
 *
 * Everything runs on one thread and one libev loop (struct ev_loop *). No call
 * here may block longer than a local system call; talk to daemons is
 * asynchronous. A driver owns its connection: it connects, reconnects with
 * backoff, and tells the engine when it is usable.
 *
 *   engine --apply(ops)--> driver --engine_result(id)--> engine
 *   driver --engine_driver_up/down--> engine            (connection state)
 *   driver --struct observer callbacks--> engine        (events)
 */
#ifndef CONFTERM_ENGINE_DRIVER_H
#define CONFTERM_ENGINE_DRIVER_H

#include "engine/object.h"

struct engine;

enum op_type { OP_ADD, OP_CHANGE, OP_DELETE };

/* was: NULL for OP_ADD; now: NULL for OP_DELETE. Valid during apply() only. */
struct plan_op {
	enum op_type type;
	const struct obj *was, *now;
};

struct driver {
	const char *name;	/* "netlink", "vici", "zapi", "frr", "fake" */
	uint32_t kinds;		/* OBJ_BIT() of the kinds it takes */
	void *ctx;		/* the driver's own state, first argument of every call */
	/*
	 * Carry out a batch, in order. Called only while the driver is up, once
	 * per transaction at most; every op of `kinds` of that transaction is in
	 * it. The driver answers each op, now or later, by one
	 * engine_result(engine, id of now (or was), ...). An OP_DELETE of
	 * something already gone, and an OP_ADD of something already there and
	 * equal, are successes.
	 */
	void (*apply)(void *ctx, const struct plan_op *ops, size_t n);
};

/*
 * Result of an operation, or a later change of an object's health (a route
 * that zebra could not install). err: 0, or a negative errno; text: reason in
 * words, NULL when err is 0. Unknown ids (object gone meanwhile) are ignored.
 */
void engine_result(struct engine *e, uint64_t id, int err, const char *text);

/*
 * The driver can take operations now and holds nothing: the engine answers
 * with one apply() of OP_ADD for every desired object of its kinds, before
 * engine_driver_up() returns. A driver that finds old state of its own after a
 * crash (policies, SAs, routes) removes it before it says up.
 */
void engine_driver_up(struct engine *e, struct driver *d);
/* Connection lost: no apply() until the next up; all its objects are pending. */
void engine_driver_down(struct engine *e, struct driver *d, const char *why);

#endif
