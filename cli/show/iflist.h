/* SPDX-License-Identifier: BSD-2-Clause */
/* Interfaces for show commands: what is configured together with what the kernel has. */
#ifndef CONFTERM_CLI_SHOW_IFLIST_H
#define CONFTERM_CLI_SHOW_IFLIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backends/netlink/netlink.h"
#include "parser/types.h"

struct session;
struct rec;

struct iface {
	char name[40];
	const struct rec *rec;		/* NULL: not configured */
	enum if_class class;
	bool present;			/* there is a device: */
	struct nl_link link;
	uint32_t addr;			/* primary address, of the lender when it is unnumbered; 0: none */
	uint8_t len;
	uint32_t addr_line;		/* configuration line of the address, 0: typed or not configured */
	const char *lender;		/* ip unnumbered: whose address; NULL: not so, or there is no such interface */
	bool shutdown;			/* as configured */
	/* Virtual-Access: the Virtual-Template it is made from (NULL: none is known), and the ends of its tunnel */
	const struct rec *template;
	uint32_t local, remote;
};

/* The VRF that the lines of an interface put it into, NULL: none. */
struct store;
const char *iface_vrf(struct store *st, const struct rec *r);

enum iface_state { IFACE_ADMIN_DOWN, IFACE_DOWN, IFACE_PROTOCOL_DOWN, IFACE_UP };

/* In IOS's order of show commands: ports, loopbacks, tunnels, virtual ones. free() it. */
struct iface *iface_list(struct session *s, size_t *n);
enum iface_state iface_state(const struct iface *i);
/* "up, line protocol is down" */
const char *iface_state_text(enum iface_state state);

/*
 * Prints what one() writes of each interface, or of the named one alone (only, NULL: all). one() returns false when it has
 * nothing to say of it; named: it was asked for by its name. IOS's refusal is printed when there was nothing of the named one.
 */
struct buf;
void iface_show(struct session *s, const char *only, bool (*one)(struct buf *b, struct session *s, struct iface *i, bool named));

/* interface_tunnel.c: the lines of show interfaces that only tunnels have. */
void tunnel_lines(struct buf *b, struct session *s, const struct iface *i);

#endif
