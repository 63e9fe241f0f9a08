/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ZAPI, zebra's client protocol, as octets: what confterm sends and what it
 * understands of the answers. No I/O, no allocation but the caller's buffer.
 *
 * Integers are big endian, with two exceptions noted at the decoder. Every
 * release of FRR since 8.0 claims version 6; command numbers and a few fields
 * moved nevertheless, so a dialect is chosen by the release (8.2 to 10.7
 * known; a newer one gets the newest row).
 */
#ifndef CONFTERM_BACKENDS_ZAPI_CODEC_H
#define CONFTERM_BACKENDS_ZAPI_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"
#include "lib/ip4.h"

#define ZAPI_HEADER 10
#define ZAPI_MAX_PACKET 16384
#define ZAPI_MAX_NEXTHOPS 32
#define ZAPI_IFNAMSIZ 16

struct zapi_dialect {
	uint8_t major, minor;	/* first release it is valid for */
	uint8_t route_add, route_del, route_notify, hello, caps, nh_register, zebra_error, client_caps;
	uint8_t proto_static;	/* ZEBRA_ROUTE_STATIC */
	bool hello_notify;	/* HELLO asks for notifications itself (before 10.0) */
	bool nh_count16;	/* NEXTHOP_UPDATE counts in 16 bits (10.3 on) */
	bool caps_vrf8;		/* CAPABILITIES begins with one byte instead of four (10.6 on) */
};

const struct zapi_dialect *zapi_dialect_for(unsigned major, unsigned minor);
/* Finds "FRRouting MAJOR.MINOR" in the text of `show version`. */
bool zapi_parse_version(const char *text, unsigned *major, unsigned *minor);

/* Next hop types and the one flag we set; the values are the wire's. */
enum { ZNH_IFINDEX = 1, ZNH_IPV4 = 2, ZNH_IPV4_IFINDEX = 3, ZNH_BLACKHOLE = 6 };
enum { ZNH_ONLINK = 0x01 };

struct zapi_nexthop {
	uint8_t type, flags;
	uint32_t gateway, ifindex;
};

struct zapi_route {
	struct prefix4 dst;
	uint8_t distance;
	uint32_t tag;			/* 0: none */
	const struct zapi_nexthop *nh;	/* 1..ZAPI_MAX_NEXTHOPS, ignored for deletion */
	size_t nnh;
	uint32_t vrf;			/* zebra's number: the index of the VRF's device, 0: the default one */
};

/* Each appends one whole message. */
void zapi_put_hello(struct buf *b, const struct zapi_dialect *d);
void zapi_put_notify_request(struct buf *b, const struct zapi_dialect *d);
/* Graceful restart: zebra keeps our routes for stale_seconds after we are gone. */
void zapi_put_client_capabilities(struct buf *b, const struct zapi_dialect *d, uint32_t stale_seconds);
void zapi_put_interface_subscribe(struct buf *b, const struct zapi_dialect *d);
void zapi_put_nexthop_track(struct buf *b, const struct zapi_dialect *d, uint32_t vrf, uint32_t gateway,
    bool on);
void zapi_put_route(struct buf *b, const struct zapi_dialect *d, bool add, const struct zapi_route *r);

enum zapi_kind {
	ZAPI_OTHER,		/* nothing for us */
	ZAPI_CAPABILITIES,
	ZAPI_ROUTE_NOTIFY,
	ZAPI_NEXTHOP_UPDATE,
	ZAPI_INTERFACE,
	ZAPI_ADDRESS,		/* an interface address came or went */
	ZAPI_ERROR,
};

enum zapi_note {
	ZAPI_FAIL_INSTALL, ZAPI_BETTER_ADMIN_WON, ZAPI_INSTALLED, ZAPI_REMOVED, ZAPI_REMOVE_FAIL,
};

struct zapi_msg {
	enum zapi_kind kind;
	uint16_t command;
	uint32_t vrf;
	union {
		struct {
			uint32_t ecmp;		/* next hops per route zebra takes */
		} caps;
		struct {
			uint32_t note;		/* enum zapi_note, maybe newer ones */
			struct prefix4 dst;
		} route;
		struct {
			uint32_t gateway;
			struct prefix4 via;	/* the route that resolves it */
			unsigned count;		/* next hops of that route; 0: unreachable */
			uint64_t sig;		/* hash of the answer: way and next hops, not the gateway */
		} nexthop;
		struct {
			char name[ZAPI_IFNAMSIZ];
			uint32_t ifindex;
			bool present, up;
		} interface;
		struct {
			uint32_t ifindex;
			struct prefix4 address;	/* with its host bits */
			bool present;
		} address;
		struct {
			uint32_t code;
			uint16_t command;	/* the command it complains about */
		} error;
	};
};

/*
 * Decodes the first message in p. Returns its length, 0 when it is not
 * complete yet, -EPROTO when this is not ZAPI (the connection is useless). A
 * message of a known kind that is too short for its kind is -EPROTO as well;
 * one about IPv6 is ZAPI_OTHER.
 */
int zapi_decode(const struct zapi_dialect *d, const uint8_t *p, size_t n, struct zapi_msg *m);

#endif
