/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The octets of ZAPI: see codec.h. Written from the measured description of
 * the protocol (research/frr.md section 1), checked against zebra 8.4.4.
 *
 * A message is u16 length (whole), u8 254, u8 6, u32 VRF, u16 command, body.
 * The decoder reads through a cursor that goes bad instead of past the end.
 */
#define _GNU_SOURCE
#include "backends/zapi/codec.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#include "lib/hash.h"

/* Interface commands have the same numbers in every release. */
enum { IF_ADD = 0, IF_DELETE = 1, IF_ADDRESS_ADD = 2, IF_ADDRESS_DELETE = 3, IF_UP = 4, IF_DOWN = 5 };
enum { MSG_NEXTHOP = 0x01, MSG_DISTANCE = 0x02, MSG_TAG = 0x08 };
enum { FLAG_ALLOW_RECURSION = 0x01 };
enum { SAFI_UNICAST = 1, CAP_GRACEFUL_RESTART = 1 };
enum { FLAG_IFF_UP = 0x1, FLAG_IFF_RUNNING = 0x40 };	/* the kernel's bits */

static const struct zapi_dialect dialects[] = {
	/* maj min add del note hello caps nhreg error ccaps static notify nh16 vrf8 */
	{ 8, 0,  8,  9, 10,  18,  19,  20,  118, 119,  3,     true,  false, false},
	{ 9, 1,  8,  9, 10,  18,  19,  20,  117, 118,  3,     true,  false, false},
	{10, 0,  9, 10, 11,  19,  20,  21,  118, 119,  4,     false, false, false},
	{10, 2,  9, 10, 11,  19,  20,  21,  120, 121,  4,     false, false, false},
	{10, 3,  9, 10, 11,  19,  20,  21,  120, 121,  4,     false, true,  false},
	{10, 6,  9, 10, 11,  19,  20,  21,  120, 121,  4,     false, true,  true},
};
/* Follow their relatives in every release: */
#define NH_UNREGISTER(d) ((d)->nh_register + 1)
#define NH_UPDATE(d) ((d)->nh_register + 2)
#define NOTIFY_REQUEST(d) ((d)->client_caps + 5)

const struct zapi_dialect *
zapi_dialect_for(unsigned major, unsigned minor)
{
	const struct zapi_dialect *best = &dialects[0];

	for (size_t i = 0; i < sizeof dialects / sizeof *dialects; i++)
		if (dialects[i].major < major || (dialects[i].major == major && dialects[i].minor <= minor))
			best = &dialects[i];
	return best;
}

bool
zapi_parse_version(const char *text, unsigned *major, unsigned *minor)
{
	const char *p = strstr(text, "FRRouting ");

	return p && sscanf(p, "FRRouting %3u.%3u", major, minor) == 2;
}

static void
put8(struct buf *b, uint8_t v)
{
	buf_put(b, &v, 1);
}

static void
put16(struct buf *b, uint16_t v)
{
	buf_put(b, (uint8_t[]){v >> 8, v & 255}, 2);
}

static void
put32(struct buf *b, uint32_t v)
{
	buf_put(b, (uint8_t[]){v >> 24, v >> 16 & 255, v >> 8 & 255, v & 255}, 4);
}

static size_t
begin_in(struct buf *b, uint32_t vrf, uint16_t command)
{
	size_t at = b->n;

	put16(b, 0);
	put8(b, 254);
	put8(b, 6);
	put32(b, vrf);
	put16(b, command);
	return at;
}

static size_t
begin(struct buf *b, uint16_t command)
{
	return begin_in(b, 0, command);
}

static void
end(struct buf *b, size_t at)
{
	size_t n = b->n - at;

	b->d[at] = (char)(n >> 8);
	b->d[at + 1] = (char)(n & 255);
}

void
zapi_put_hello(struct buf *b, const struct zapi_dialect *d)
{
	size_t at = begin(b, d->hello);

	put8(b, d->proto_static);
	put16(b, 0);	/* instance */
	put32(b, 0);	/* session */
	if (d->hello_notify)
		put8(b, 1);
	put8(b, 0);	/* not a synchronous client */
	end(b, at);
}

void
zapi_put_notify_request(struct buf *b, const struct zapi_dialect *d)
{
	size_t at = begin(b, NOTIFY_REQUEST(d));

	put8(b, 1);
	end(b, at);
}

void
zapi_put_client_capabilities(struct buf *b, const struct zapi_dialect *d, uint32_t stale_seconds)
{
	size_t at = begin(b, d->client_caps);

	put32(b, CAP_GRACEFUL_RESTART);
	put32(b, stale_seconds);
	put32(b, 0);	/* VRF */
	end(b, at);
}

void
zapi_put_interface_subscribe(struct buf *b, const struct zapi_dialect *d)
{
	end(b, begin(b, IF_ADD));
}

void
zapi_put_nexthop_track(struct buf *b, const struct zapi_dialect *d, uint32_t vrf, uint32_t gateway, bool on)
{
	size_t at = begin_in(b, vrf, on ? d->nh_register : NH_UNREGISTER(d));

	put8(b, 0);	/* need not be connected */
	put8(b, on);	/* a default route will do; 8.4.4 ignores an unregister where this is not 0 */
	put16(b, SAFI_UNICAST);
	put16(b, AF_INET);
	put8(b, 32);
	put32(b, gateway);
	end(b, at);
}

static void
put_prefix_bytes(struct buf *b, const struct prefix4 *p)
{
	uint8_t a[4] = {p->addr >> 24, p->addr >> 16 & 255, p->addr >> 8 & 255, p->addr & 255};

	buf_put(b, a, (size_t)(p->len + 7) / 8);
}

static void
put_nexthop(struct buf *b, uint32_t vrf, const struct zapi_nexthop *nh)
{
	put32(b, vrf);
	put8(b, nh->type);
	put8(b, nh->flags);
	switch (nh->type) {
	case ZNH_BLACKHOLE:
		put8(b, 1);	/* the silent kind */
		break;
	case ZNH_IPV4:
	case ZNH_IPV4_IFINDEX:
		put32(b, nh->gateway);
		/* FALLTHROUGH */
	default:
		put32(b, nh->ifindex);
	}
}

void
zapi_put_route(struct buf *b, const struct zapi_dialect *d, bool add, const struct zapi_route *r)
{
	size_t at = begin_in(b, r->vrf, add ? d->route_add : d->route_del);

	put8(b, d->proto_static);
	put16(b, 0);
	/*
	 * Without RR_USE_DISTANCE (0x40), which staticd sets: zebra then keeps
	 * one route per prefix for us, and an addition replaces it whatever the
	 * distance was.
	 */
	put32(b, FLAG_ALLOW_RECURSION);
	put32(b, add ? MSG_NEXTHOP | MSG_DISTANCE | (r->tag ? MSG_TAG : 0) : 0);
	put8(b, SAFI_UNICAST);
	put8(b, AF_INET);
	put8(b, r->dst.len);
	put_prefix_bytes(b, &r->dst);
	if (add) {
		size_t n = r->nnh < ZAPI_MAX_NEXTHOPS ? r->nnh : ZAPI_MAX_NEXTHOPS;

		put16(b, (uint16_t)n);
		for (size_t i = 0; i < n; i++)
			put_nexthop(b, r->vrf, &r->nh[i]);
		put8(b, r->distance);
		if (r->tag)
			put32(b, r->tag);
	}
	end(b, at);
}

struct cursor {
	const uint8_t *p;
	size_t n;
	bool bad;
};

static const uint8_t *
take(struct cursor *c, size_t n)
{
	static const uint8_t zero[16];
	const uint8_t *p = c->p;

	if (c->bad || c->n < n) {
		c->bad = true;
		return zero;	/* n is at most 16 in this file */
	}
	c->p += n;
	c->n -= n;
	return p;
}

static uint8_t
get8(struct cursor *c)
{
	return *take(c, 1);
}

static uint16_t
get16(struct cursor *c)
{
	const uint8_t *p = take(c, 2);

	return (uint16_t)(p[0] << 8 | p[1]);
}

static uint32_t
get32(struct cursor *c)
{
	const uint8_t *p = take(c, 4);

	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

/* A host-order field: zebra writes the enum's bytes (ROUTE_NOTIFY_OWNER, ZEBRA_ERROR). */
static uint32_t
get32_host(struct cursor *c)
{
	uint32_t v;

	memcpy(&v, take(c, 4), sizeof v);
	return v;
}

static void
get_capabilities(struct cursor *c, const struct zapi_dialect *d, struct zapi_msg *m)
{
	take(c, d->caps_vrf8 ? 1 : 4);
	get8(c);	/* MPLS */
	m->kind = ZAPI_CAPABILITIES;
	m->caps.ecmp = get32(c);
}

static void
get_route_notify(struct cursor *c, struct zapi_msg *m)
{
	uint32_t note = get32_host(c);
	uint8_t family = get8(c), len = get8(c);

	if (c->bad || family != AF_INET)
		return;
	m->kind = ZAPI_ROUTE_NOTIFY;
	m->route.note = note;
	m->route.dst.len = len;
	m->route.dst.addr = get32(c) & ip4_mask(len);
	if (len > 32)
		c->bad = true;
	/* source prefix (10.3 on), table, AFI and SAFI follow: one table, one family here */
}

static void
get_nexthop_update(struct cursor *c, const struct zapi_dialect *d, struct zapi_msg *m)
{
	uint32_t message = get32(c), gateway;
	uint16_t family;
	uint8_t len;

	get16(c);	/* SAFI */
	family = get16(c);
	len = get8(c);
	if (c->bad || family != AF_INET || len != 32)
		return;
	gateway = get32(c);
	m->nexthop.sig = hash_bytes(HASH_INIT, c->p, c->n);
	family = get16(c);
	len = get8(c);
	m->nexthop.via.len = len < 32 ? len : 32;
	m->nexthop.via.addr = get32(c) & ip4_mask(m->nexthop.via.len);
	if (family == AF_INET6)
		take(c, 12);
	if (message)	/* only an SR-TE colour can be there, and we ask for none */
		get32(c);
	get8(c);	/* type of the resolving route */
	get16(c);	/* its instance */
	get8(c);	/* its distance */
	get32(c);	/* its metric */
	m->nexthop.count = d->nh_count16 ? get16(c) : get8(c);
	m->nexthop.gateway = gateway;
	m->kind = ZAPI_NEXTHOP_UPDATE;
}

static void
get_interface(struct cursor *c, struct zapi_msg *m)
{
	uint32_t high, flags;

	memcpy(m->interface.name, take(c, ZAPI_IFNAMSIZ), ZAPI_IFNAMSIZ);
	m->interface.name[ZAPI_IFNAMSIZ - 1] = '\0';
	m->interface.ifindex = get32(c);
	get8(c);	/* status */
	high = get32(c);
	flags = get32(c);
	(void)high;
	m->interface.present = m->command != IF_DELETE;
	m->interface.up = m->interface.present && m->command != IF_DOWN &&
	    (flags & FLAG_IFF_UP) && (flags & FLAG_IFF_RUNNING);
	m->kind = ZAPI_INTERFACE;
}

static void
get_address(struct cursor *c, struct zapi_msg *m)
{
	m->address.ifindex = get32(c);
	get8(c);	/* flags */
	if (get8(c) != AF_INET)
		return;
	m->address.address.addr = get32(c);
	m->address.address.len = get8(c);
	get32(c);	/* of the peer, where there is one */
	m->address.present = m->command == IF_ADDRESS_ADD;
	if (m->address.address.len <= 32)
		m->kind = ZAPI_ADDRESS;
}

int
zapi_decode(const struct zapi_dialect *d, const uint8_t *p, size_t n, struct zapi_msg *m)
{
	struct cursor c = {p, n, false};
	uint16_t len;

	*m = (struct zapi_msg){.kind = ZAPI_OTHER};
	if (n < ZAPI_HEADER)
		return 0;
	len = get16(&c);
	if (get8(&c) != 254 || get8(&c) != 6 || len < ZAPI_HEADER || len > ZAPI_MAX_PACKET)
		return -EPROTO;
	if (n < len)
		return 0;
	m->vrf = get32(&c);
	m->command = get16(&c);
	c.n = len - ZAPI_HEADER;
	if (m->command == d->caps) {
		get_capabilities(&c, d, m);
	} else if (m->command == d->zebra_error) {
		m->error.code = get32_host(&c);
		take(&c, 8);
		m->error.command = get16(&c);
		m->kind = ZAPI_ERROR;
	} else if (m->command == d->route_notify) {
		get_route_notify(&c, m);
	} else if (m->command == NH_UPDATE(d)) {
		get_nexthop_update(&c, d, m);
	} else if (m->command == IF_ADD || m->command == IF_DELETE || m->command == IF_UP ||
	    m->command == IF_DOWN) {
		get_interface(&c, m);
	} else if (m->command == IF_ADDRESS_ADD || m->command == IF_ADDRESS_DELETE) {
		get_address(&c, m);
	}
	return c.bad ? -EPROTO : len;
}
