/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel driver: devices, IPv4 addresses and the XFRM policy database of
 * the network namespace the process runs in, over rtnetlink and NETLINK_XFRM.
 *
 * The namespace belongs to this daemon: netlink_start() flushes its SPD and
 * SAD, turns forwarding on and brings lo up. Devices are touched only when an
 * OBJ_LINK, OBJ_ADDRESS or OBJ_POLICY names them. What a device that is absent
 * should have is remembered, reported as -ENODEV, and applied (with a second
 * engine_result()) when the device appears.
 *
 * Dummy devices (OBJ_LINK with `dummy`) are of kind "dummy", or where the
 * kernel has none "ifb", else "bridge". They carry the alias "confterm", by
 * which those that a former daemon left behind are found and deleted.
 *
 * All functions return 0 or -errno. Callbacks of the queries run after the
 * whole answer was read, so they may ask again.
 */
#ifndef CONFTERM_BACKENDS_NETLINK_NETLINK_H
#define CONFTERM_BACKENDS_NETLINK_NETLINK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/driver.h"
#include "engine/observe.h"

struct ev_loop;
struct netlink;

/* Keeps `obs` (its members may be NULL); opens nothing yet. */
struct netlink *netlink_create(struct ev_loop *loop, struct engine *e, const struct observer *obs);
struct driver *netlink_driver(struct netlink *nl);
/*
 * Opens the sockets, cleans up, reports every link once to the observer, and
 * then calls engine_driver_up(), all before it returns.
 */
int netlink_start(struct netlink *nl);
/* Closes the sockets and forgets everything; the kernel keeps what it has. Calls no engine function. */
void netlink_stop(struct netlink *nl);
/* Stops and frees; NULL is allowed. */
void netlink_destroy(struct netlink *nl);

/*
 * What zebra says that it knows: a device by its index, an address of it, or nothing any more (the connection to zebra is
 * lost). Addresses of this driver that zebra should know then and does not are made known to it again: see announce.c.
 */
void netlink_heard_link(struct netlink *nl, int ifindex, bool present);
void netlink_heard_address(struct netlink *nl, int ifindex, const struct prefix4 *address, bool present);
void netlink_heard_nothing(struct netlink *nl);

/* One device as the kernel describes it now. */
struct nl_link {
	char dev[OBJ_IFNAMSIZ];
	int ifindex;
	char kind[16];		/* "dummy", "veth", ...; "" for hardware and lo */
	char alias[64];
	bool admin_up, carrier, loopback;
	uint8_t oper;		/* IF_OPER_* of linux/if.h */
	uint32_t mtu;
	uint8_t hwaddr[6];
	uint8_t hwlen;		/* 6, or 0 when there is none */
	uint64_t rx_packets, tx_packets, rx_bytes, tx_bytes, rx_errors, tx_errors, rx_dropped, tx_dropped;
	uint64_t multicast, rx_crc_errors, rx_frame_errors, rx_over_errors, collisions;
};

struct nl_address {
	int ifindex;
	uint32_t addr;
	uint8_t len, scope;	/* RT_SCOPE_* */
	bool secondary;		/* in the kernel's sense: a second address of one subnet */
};

/* One IPv4 neighbour (ARP). */
struct nl_neighbour {
	int ifindex;
	uint32_t addr;
	uint8_t hwaddr[6];
	uint8_t hwlen;		/* 6, or 0 while it is not known */
	uint16_t state;		/* NUD_* of linux/neighbour.h */
	uint32_t age;		/* seconds since the address was confirmed */
};

/* One SA of the SAD; larval ones are left out. */
struct nl_sa {
	uint32_t spi, reqid, src, dst;
	uint8_t proto;		/* IPPROTO_ESP, IPPROTO_AH, IPPROTO_COMP */
	enum ipsec_mode mode;
	bool encap;		/* ESP in UDP */
	uint64_t bytes, packets;
	uint64_t seq_in, seq_out;		/* highest sequence numbers seen and sent */
	uint32_t window;			/* replay window size, packets */
	uint32_t out_of_window, replayed, integrity_failed;
};

/* How a packet to some destination would leave now. */
struct nl_path {
	char dev[OBJ_IFNAMSIZ];
	int ifindex;
	uint32_t src;		/* source address the kernel would choose */
	uint32_t gateway;	/* 0: directly connected */
	uint32_t mtu;		/* path MTU when known, else that of the device */
};

int netlink_each_link(struct netlink *nl, void (*each)(void *arg, const struct nl_link *l), void *arg);
int netlink_each_address(struct netlink *nl, void (*each)(void *arg, const struct nl_address *a), void *arg);
/* Multicast and other entries that nobody was asked for (NUD_NOARP) are left out. */
int netlink_each_neighbour(struct netlink *nl, void (*each)(void *arg, const struct nl_neighbour *n), void *arg);
int netlink_each_sa(struct netlink *nl, void (*each)(void *arg, const struct nl_sa *sa), void *arg);
/* -ENETUNREACH, -EHOSTUNREACH when there is no route. */
int netlink_route_get(struct netlink *nl, uint32_t dst, struct nl_path *out);
/* Deletes every SA of the namespace (of other daemons, too). */
int netlink_flush_sas(struct netlink *nl);

#endif
