/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The routing table as IOS sees it, for one show command: zebra's selected
 * routes, ospfd's route types, and the local /32 routes that FRR 8 does not
 * keep. Pointers go into the JSON documents and the store.
 */
#ifndef CONFTERM_CLI_SHOW_ROUTES_H
#define CONFTERM_CLI_SHOW_ROUTES_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/show/names.h"
#include "lib/buf.h"
#include "lib/ip4.h"

struct session;

enum route_kind { ROUTE_STATIC, ROUTE_OSPF, ROUTE_CONNECTED, ROUTE_LOCAL, ROUTE_OTHER };

struct route {
	struct prefix4 dst;
	enum route_kind kind;
	char code;
	uint32_t distance, metric, tag;
	const json_t *json;	/* zebra's route; NULL for a local one made here */
	const char *dev;	/* ROUTE_LOCAL, ROUTE_CONNECTED */
};

struct routes {
	struct route *v;	/* by address, then by length */
	size_t n, cap;
	struct store *store;
	const json_t *ospf;	/* ospfd's routes or NULL */
	struct devmap names;
	json_t *owned;		/* device names of local routes */
};

/* One next hop as it was configured or learned (not as zebra resolved it). */
struct hop {
	uint32_t gw;		/* 0: none */
	const char *dev;	/* kernel name to print, NULL: none */
	bool null;		/* Null0 */
};
#define MAXHOP 64

void routes_load(struct routes *t, struct session *s);
void routes_free(struct routes *t);
/* Next hops in IOS's order (the highest address first). */
int route_hops(struct routes *t, const struct route *r, struct hop hop[MAXHOP]);
/* ospfd's description of the route, NULL when it has none. */
const json_t *route_ospf(const struct routes *t, const struct route *r);
/* "E2", "IA", ... or "". */
const char *route_ospf_type(const struct routes *t, const struct route *r);
uint64_t route_uptime(const struct route *r);
/* Length of the classful network of an address. */
uint8_t class_len(uint32_t addr);
/* The end of the group that begins at i: the routes of one classful network, or one supernet alone. */
size_t routes_group(const struct routes *t, size_t i, unsigned *masks);

/* One route as lines of the table. in_group: it stands below a parent line. */
void route_print(struct buf *b, struct routes *t, const struct route *r, bool in_group, bool with_mask);
/* The answer to `show ip route A.B.C.D [mask]`. */
void route_entry(struct buf *b, struct routes *t, uint32_t dest, const uint32_t *mask);

#endif
