/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver of OBJ_ROUTE: static and reverse routes, given to zebra over its
 * client socket as protocol "static", instance 0 (staticd must not run).
 *
 * It finds zebra by itself, again and again: asks its version over the vty,
 * sets and verifies `ip nht resolve-via-default`, connects, and says
 * engine_driver_up(). zebra drops all our routes with the connection.
 *
 * Results of a route (engine_result), now and whenever they change:
 *   0             in the routing table
 *   -ENETUNREACH  "next hop unreachable"   installs itself when it becomes so
 *   -ENETDOWN     "interface down"         the same
 *   -EEXIST       "better route"           a floating static that waits: no fault
 * None of them needs a retry by the engine.
 */
#ifndef CONFTERM_BACKENDS_ZAPI_ZAPI_H
#define CONFTERM_BACKENDS_ZAPI_ZAPI_H

#include "engine/driver.h"
#include "lib/ip4.h"

struct ev_loop;
struct zapi;

/* Told what zebra knows of devices and their IPv4 addresses, in the order in which it says it. */
struct zapi_listener {
	void *ctx;
	void (*link)(void *ctx, int ifindex, bool present);	/* one may be told of again; without it, its addresses are gone, too */
	void (*address)(void *ctx, int ifindex, const struct prefix4 *address, bool present);
	void (*lost)(void *ctx);	/* the connection, or an attempt at one: all is told anew by the next */
};

/* DIR/zserv.api and DIR/zebra.vty; on FRR 10 DIR/mgmtd.vty is used as well. */
struct zapi *zapi_create(struct ev_loop *loop, struct engine *e, const char *zserv_path,
    const char *zebra_vty_path);
struct driver *zapi_driver(struct zapi *z);
/*
 * Before zapi_start(); copies *l, all of whose functions must be there, and its ctx until zapi_destroy(). They are called from
 * the loop; lost also from zapi_stop() and zapi_destroy().
 */
void zapi_listen(struct zapi *z, const struct zapi_listener *l);
void zapi_start(struct zapi *z);
/* Closes the connection (zebra removes the routes); start may follow. */
void zapi_stop(struct zapi *z);
void zapi_destroy(struct zapi *z);

/*
 * A device appeared, changed or went (ifindex 0). zebra reports the same a
 * little later; calling this is not required, it only saves that time.
 */
void zapi_link_changed(struct zapi *z, const char *dev, int ifindex);

#endif
