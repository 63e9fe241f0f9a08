/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Desired objects: what the configuration, together with the runtime state of
 * the tunnels, asks charon, zebra, ospfd and the kernel to hold.
 *
 * Compile functions produce objects and do no I/O; the plan compares them with
 * what was applied; drivers (engine/driver.h) carry out the difference and see
 * nothing but these structs. Everything a driver needs is in the struct, in
 * the units named here. Addresses are uint32_t in host byte order (lib/ip4.h).
 *
 * Ownership: objects and all their strings belong to the engine. A driver gets
 * const pointers that are valid only during the call and copies what it keeps.
 */
#ifndef CONFTERM_ENGINE_OBJECT_H
#define CONFTERM_ENGINE_OBJECT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/ip4.h"

/*
 * In the order in which they are applied; deletions run in reverse, before
 * everything else. (A policy is there before any SA; a route comes after the
 * link that carries it.)
 */
enum obj_kind {
	OBJ_LINK,	/* netlink: a network device */
	OBJ_ADDRESS,	/* netlink: an IPv4 address on a device */
	OBJ_POLICY,	/* netlink: one XFRM policy of the SPD */
	OBJ_IKE_SETTINGS, /* vici: what holds for all connections */
	OBJ_SECRET,	/* vici: a pre-shared key */
	OBJ_IKE,	/* vici: a connection, without its children */
	OBJ_CHILD,	/* vici: one child of a connection */
	OBJ_ZEBRA,	/* frr: one configuration line of zebra, ... */
	OBJ_OSPFD,	/* of ospfd, ... */
	OBJ_BGPD,	/* of bgpd */
	OBJ_ROUTE,	/* zapi: a static or reverse route */
	OBJ_MSS,	/* nft: the largest TCP segment that a device's SYNs may offer */
	OBJ_KEEPALIVE,	/* gre: packets that ask whether a GRE tunnel's peer is alive */
	OBJ_REACH,	/* netlink: an address whose route is watched */
	OBJ_NKIND
};
#define OBJ_BIT(kind) (1u << (kind))

#define OBJ_IFNAMSIZ 16	/* IFNAMSIZ: kernel device names with their NUL */

enum link_type {
	LINK_PORT,	/* it is there, or comes by itself */
	LINK_DUMMY,	/* all others are made and deleted again; Loopback */
	LINK_GRE,
	LINK_IPIP,
	LINK_VLAN,	/* tagged frames of another device: sub-interfaces */
	LINK_VRF,
	LINK_XFRM,	/* device of the SAs and policies with its if_id: virtual tunnel interfaces */
};

struct obj_link {
	char dev[OBJ_IFNAMSIZ];	/* kernel name */
	enum link_type type;
	bool up;		/* administrative state */
	uint32_t mtu;		/* bytes; 0: leave what the device has */
	/* LINK_GRE, LINK_IPIP: */
	uint32_t local, remote;	/* addresses of the outer header */
	bool has_key, checksum, sequence;	/* GRE only */
	bool pmtud;		/* outer DF bit as the inner one; else never set */
	uint32_t key;
	uint8_t ttl, tos;	/* of the outer header; ttl 0: as the inner one; tos 1: as the inner one */
	/* LINK_VLAN: */
	char parent[OBJ_IFNAMSIZ];
	uint16_t vlan;		/* 1..4094 */
	/* LINK_XFRM: */
	uint32_t if_id;		/* not 0 */
	/* LINK_VRF: */
	uint32_t vrf_table;	/* its routing table */
	/* any but LINK_VRF: */
	char vrf[OBJ_IFNAMSIZ];	/* device of the VRF that it belongs to, "": none */
};

struct obj_address {
	char dev[OBJ_IFNAMSIZ];
	uint32_t addr;
	uint8_t len;
	bool secondary;		/* applied after all primary addresses of the device */
};

/* A selector as XFRM and VICI both understand it. */
struct obj_selector {
	struct prefix4 src, dst;
	uint8_t proto;			/* IP protocol, 0: any */
	uint16_t src_port, dst_port;	/* 0: any; for ICMP: type and code, valid with has_icmp */
	/* Bits of the port that count, for policies without SA only; 0: all of a port, none of port 0. */
	uint16_t src_port_mask, dst_port_mask;
	bool has_icmp;
};

/* The bits of a port that count, whichever way the selector says it. */
static inline uint16_t
selector_port_mask(uint16_t port, uint16_t mask)
{
	return mask ? mask : port ? 0xffff : 0;
}

enum policy_dir { POLICY_OUT, POLICY_IN, POLICY_FWD };
enum policy_action { POLICY_PROTECT, POLICY_ALLOW, POLICY_BLOCK };
enum ipsec_mode { IPSEC_TUNNEL, IPSEC_TRANSPORT };
/* The DF bit of the outer header: as in the inner one, or never set. */
enum ipsec_df { IPSEC_DF_COPY, IPSEC_DF_CLEAR };

/* Identity (the key) is dir + dev + if_id + selector + priority; the rest may change in place. */
struct obj_policy {
	enum policy_dir dir;
	char dev[OBJ_IFNAMSIZ];		/* "" : any device */
	struct obj_selector sel;
	uint32_t priority;		/* smaller is looked at first */
	enum policy_action action;
	/* template, for POLICY_PROTECT: */
	uint32_t tmpl_src, tmpl_dst;	/* tunnel end points as seen in `dir` */
	enum ipsec_mode mode;
	uint32_t reqid;
	bool ah;			/* AH instead of ESP */
	uint32_t if_id;			/* of the LINK_XFRM it belongs to, part of the identity; 0: none */
};

/* There is at most one. Without it charon's defaults hold. */
struct obj_ike_settings {
	uint32_t nat_keepalive;		/* seconds between packets that keep a NAT's binding; 0: charon's 20 */
};

struct obj_secret {
	const char *id;			/* unique, no secret in it */
	const char *data;		/* the key itself: never log, never show */
	const char *const *owners;	/* NULL-terminated: addresses, "A.B.C.D/len", names; empty: anybody */
};

struct obj_ike {
	const char *name;		/* connection name, the key */
	int version;			/* 1 or 2 */
	bool aggressive;
	uint32_t local, remote;		/* 0: any */
	const char *const *proposals;	/* charon keywords, "aes128-sha1-modp1024", in order of preference */
	uint32_t lifetime;		/* seconds, 60..86400, as sent to the peer */
	uint32_t dpd_delay;		/* seconds, 0: no DPD of our own */
	uint32_t dpd_timeout;		/* seconds; IKEv1 only; > dpd_delay */
	const char *local_id, *remote_id;	/* NULL: the address / any */
	bool unique_if_id;		/* each IKE SA gets an if_id of its own, told by the events of its children */
	bool force_encap;		/* ESP in UDP without NAT, too */
};

struct obj_child {
	const char *conn;		/* obj_ike name */
	const char *name;		/* child name, unique within the connection; key is conn + name */
	struct obj_selector sel;	/* src is local, dst is remote */
	enum ipsec_mode mode;
	uint32_t reqid;			/* the same as in the policies of this flow */
	bool ah;			/* proposals are ah_proposals */
	const char *const *proposals;	/* charon keywords, PFS group appended */
	uint32_t life_seconds;		/* as sent to the peer */
	uint64_t life_kilobytes;	/* 0: no volume limit */
	enum ipsec_df df;
	uint32_t replay_window;		/* packets, 0: no protection against replayed ones */
	uint32_t if_id;			/* 0: none, or the connection's */
};

enum route_nexthop { NEXTHOP_GATEWAY, NEXTHOP_DEVICE, NEXTHOP_GATEWAY_DEVICE, NEXTHOP_NULL };

/*
 * Identity is VRF + destination + next hop: several next hops of one prefix are
 * several objects, and the zapi driver sends those of equal distance as one
 * multipath route (zebra keeps one route per prefix and client).
 */
struct obj_route {
	struct prefix4 dst;
	enum route_nexthop nexthop;
	uint32_t gateway;
	char dev[OBJ_IFNAMSIZ];
	uint8_t distance;		/* 1..255 */
	uint32_t tag;			/* 0: none */
	char vrf[OBJ_IFNAMSIZ];		/* device of its VRF, "": the global table */
	bool reverse;			/* made by reverse-route (for show; zebra sees a static route) */
};

/* Both ways, forwarded and local; a device that is absent has it as soon as it is there. One per device. */
struct obj_mss {
	char dev[OBJ_IFNAMSIZ];
	uint16_t mss;		/* bytes; SYNs that offer less stay as they are */
};

/* One per device. The device itself may be down or absent. */
struct obj_keepalive {
	char dev[OBJ_IFNAMSIZ];		/* the tunnel's */
	uint32_t local, remote;		/* addresses of the outer header */
	bool has_key;
	uint32_t key;
	bool checksum;			/* the peer's device takes packets with a checksum only */
	uint16_t period;		/* seconds, not 0 */
	uint8_t retries;		/* unanswered ones in a row until the tunnel is down, not 0 */
};

/* The driver tells the observer by which device the address is reached, and each change of that. */
struct obj_reach {
	uint32_t addr;
};

enum frr_daemon { FRR_ZEBRA, FRR_OSPFD, FRR_BGPD, FRR_NDAEMON };
/* The kind of a daemon's lines: a daemon that has none need not run. */
#define OBJ_FRR(daemon) ((enum obj_kind)(OBJ_ZEBRA + (daemon)))

static inline bool
obj_is_frr(enum obj_kind kind)
{
	return kind >= OBJ_ZEBRA && kind <= OBJ_BGPD;
}

/*
 * One line in a daemon's configuration. Identity is daemon + context + slot:
 * when only `line` differs, the new line overwrites the old one in the daemon;
 * on deletion `undo` is sent in the same context. Lines are applied in the
 * order of `rank`, then of creation; deletions in the reverse order.
 */
struct obj_frr {
	enum frr_daemon daemon;
	const char *context;	/* "" = global, "router ospf", "interface Et0-0", "route-map X permit 10" */
	const char *slot;	/* what the line sets: "cost", "network 10.0.0.0/8" */
	const char *line;	/* "ip ospf cost 10" */
	const char *undo;	/* "no ip ospf cost" */
	uint8_t rank;
	bool secret;		/* line and undo hold a password: never log, never show */
};

struct obj {
	enum obj_kind kind;
	uint64_t id;		/* unique over the life of the daemon; names the object in results */
	const char *key;	/* printable identity within its kind, no secret in it */
	uint32_t line;		/* configuration line it comes from, 0: none (typed, or built in) */
	uint32_t rec;		/* id of the record it comes from, 0: built in */
	union {
		struct obj_link link;
		struct obj_address address;
		struct obj_policy policy;
		struct obj_ike_settings settings;
		struct obj_secret secret;
		struct obj_ike ike;
		struct obj_child child;
		struct obj_frr frr;
		struct obj_route route;
		struct obj_mss mss;
		struct obj_keepalive keepalive;
		struct obj_reach reach;
	};
};

const char *obj_kind_name(enum obj_kind kind);
const char *frr_daemon_name(enum frr_daemon d);

#endif
