/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Access lists. By themselves they make no objects for IPsec (crypto maps read
 * them), but a list that a route map, a neighbor or a redistribution names
 * becomes an FRR access list.
 */
#include "engine/acl.h"

#include <string.h>

#include "engine/compile.h"
#include "lib/ip4.h"

compile_fn compile_acl;

static uint8_t
protocol(const struct cfg_acl_ext_ace *a)
{
	static const uint8_t number[] = {
		[ACL_EXT_ACE_PROTO_IP] = 0,
		[ACL_EXT_ACE_PROTO_TCP] = 6,
		[ACL_EXT_ACE_PROTO_UDP] = 17,
		[ACL_EXT_ACE_PROTO_ICMP] = 1,
	};

	return a->proto == ACL_EXT_ACE_PROTO_NUMBER ? (uint8_t)a->number : number[a->proto];
}

static bool
end(uint32_t kind, uint32_t host, uint32_t addr, uint32_t wild, struct prefix4 *out)
{
	if (kind == ACL_EXT_ACE_SRC_ANY)
		*out = (struct prefix4){ 0, 0 };
	else if (kind == ACL_EXT_ACE_SRC_HOST)
		*out = (struct prefix4){ host, 32 };
	else {
		int len = ip4_masklen(~wild);

		if (len < 0)
			return false;
		*out = (struct prefix4){ addr & ~wild, (uint8_t)len };
	}
	return true;
}

/* Conditions that neither a selector nor a route can have. */
static bool
ace_has_more(const struct cfg_acl_ext_ace *a)
{
	return a->fragments || a->time_range ||
	    a->has & (HAS_ACL_EXT_ACE_PRECEDENCE | HAS_ACL_EXT_ACE_DSCP | HAS_ACL_EXT_ACE_TOS | HAS_ACL_EXT_ACE_FLAG);
}

/* Type and code of the ICMP messages that have a name of their own (RFC 792, 1122 and 1812). */
static const struct {
	uint8_t type, code;
} icmp_messages[] = {
	[ACL_EXT_ACE_ICMP_ADMINISTRATIVELY_PROHIBITED] = { 3, 13 },
	[ACL_EXT_ACE_ICMP_DOD_HOST_PROHIBITED] = { 3, 10 },
	[ACL_EXT_ACE_ICMP_DOD_NET_PROHIBITED] = { 3, 9 },
	[ACL_EXT_ACE_ICMP_GENERAL_PARAMETER_PROBLEM] = { 12, 0 },
	[ACL_EXT_ACE_ICMP_HOST_ISOLATED] = { 3, 8 },
	[ACL_EXT_ACE_ICMP_HOST_PRECEDENCE_UNREACHABLE] = { 3, 14 },
	[ACL_EXT_ACE_ICMP_HOST_REDIRECT] = { 5, 1 },
	[ACL_EXT_ACE_ICMP_HOST_TOS_REDIRECT] = { 5, 3 },
	[ACL_EXT_ACE_ICMP_HOST_TOS_UNREACHABLE] = { 3, 12 },
	[ACL_EXT_ACE_ICMP_HOST_UNKNOWN] = { 3, 7 },
	[ACL_EXT_ACE_ICMP_HOST_UNREACHABLE] = { 3, 1 },
	[ACL_EXT_ACE_ICMP_NET_REDIRECT] = { 5, 0 },
	[ACL_EXT_ACE_ICMP_NET_TOS_REDIRECT] = { 5, 2 },
	[ACL_EXT_ACE_ICMP_NET_TOS_UNREACHABLE] = { 3, 11 },
	[ACL_EXT_ACE_ICMP_NET_UNREACHABLE] = { 3, 0 },
	[ACL_EXT_ACE_ICMP_NETWORK_UNKNOWN] = { 3, 6 },
	[ACL_EXT_ACE_ICMP_NO_ROOM_FOR_OPTION] = { 12, 2 },
	[ACL_EXT_ACE_ICMP_OPTION_MISSING] = { 12, 1 },
	[ACL_EXT_ACE_ICMP_PACKET_TOO_BIG] = { 3, 4 },
	[ACL_EXT_ACE_ICMP_PORT_UNREACHABLE] = { 3, 3 },
	[ACL_EXT_ACE_ICMP_PRECEDENCE_UNREACHABLE] = { 3, 15 },
	[ACL_EXT_ACE_ICMP_PROTOCOL_UNREACHABLE] = { 3, 2 },
	[ACL_EXT_ACE_ICMP_REASSEMBLY_TIMEOUT] = { 11, 1 },
	[ACL_EXT_ACE_ICMP_SOURCE_ROUTE_FAILED] = { 3, 5 },
	[ACL_EXT_ACE_ICMP_TTL_EXCEEDED] = { 11, 0 },
};

const char *
ace_selector(const struct cfg_acl_ext_ace *a, struct obj_selector *out)
{
	memset(out, 0, sizeof *out);
	if (!end(a->src, a->src_host, a->src_addr, a->src_wild, &out->src) ||
	    !end(a->dst, a->dst_host, a->dst_addr, a->dst_wild, &out->dst))
		return "its wildcard mask is not contiguous";
	out->proto = protocol(a);
	if (a->proto == ACL_EXT_ACE_PROTO_ICMP && a->has & (HAS_ACL_EXT_ACE_ICMP | HAS_ACL_EXT_ACE_ICMP_TYPE))
		return "IPsec peers cannot agree on an ICMP type here";
	if (ace_has_more(a))
		return "its options cannot be part of a proxy identity";
	if (a->proto != ACL_EXT_ACE_PROTO_TCP && a->proto != ACL_EXT_ACE_PROTO_UDP)
		return NULL;
	if (a->established)
		return "'established' cannot be a proxy identity";
	if (a->has & HAS_ACL_EXT_ACE_SRC_OP) {
		if (a->src_op != ACL_EXT_ACE_SRC_OP_EQ || a->src_port == 0)
			return "only 'eq' and a port can be a proxy identity";
		out->src_port = (uint16_t)a->src_port;
	}
	if (a->has & HAS_ACL_EXT_ACE_DST_OP) {
		if (a->dst_op != ACL_EXT_ACE_DST_OP_EQ || a->dst_port == 0)
			return "only 'eq' and a port can be a proxy identity";
		out->dst_port = (uint16_t)a->dst_port;
	}
	return NULL;
}

static bool
prefix_intersect(const struct prefix4 *a, const struct prefix4 *b, struct prefix4 *out)
{
	uint8_t len = a->len < b->len ? a->len : b->len;

	if ((a->addr ^ b->addr) & ip4_mask(len))
		return false;
	*out = a->len > b->len ? *a : *b;
	return true;
}

/* --- any entry, as several selectors --- */

/* The prefixes of one end: one, or for a wildcard with gaps one for each way to fill them. */
static size_t
cover_end(uint32_t kind, uint32_t host, uint32_t addr, uint32_t wild, struct prefix4 *out, size_t room)
{
	uint32_t low, gaps, fill = 0;
	size_t n = 0;

	if (end(kind, host, addr, wild, out))
		return 1;
	low = ~wild & (wild + 1);	/* the lowest bit that counts */
	gaps = wild & ~(low - 1);
	do {
		if (n == room)
			return 0;
		out[n++] = (struct prefix4){ (addr & ~wild) | fill, (uint8_t)ip4_masklen(~(low - 1)) };
		fill = (fill - gaps) & gaps;	/* the next subset */
	} while (fill);
	return n;
}

/* All bits of a port are said by 0, so that equal selectors look equal. */
static uint16_t
said_mask(uint16_t port, uint16_t mask)
{
	return port && mask == 0xffff ? 0 : mask;
}

struct port_bits {
	uint16_t port, mask;	/* mask 0 with port 0: any */
};
#define COVER_PORTS 32		/* a range of 16 bits is 30 at most; so are two that leave out one port */

static size_t
cover_range(uint32_t first, uint32_t last, struct port_bits *out)
{
	size_t n = 0;

	while (first <= last) {
		uint32_t size = first ? first & -first : 0x10000;

		while (size > last - first + 1)
			size >>= 1;
		out[n++] = (struct port_bits){ (uint16_t)first, (uint16_t)~(size - 1) };
		first += size;
	}
	return n;
}

static size_t
cover_ports(bool given, uint32_t op, uint32_t port, uint32_t last, struct port_bits *out)
{
	size_t n = 0;

	if (!given)
		return cover_range(0, 65535, out);
	switch (op) {
	case ACL_EXT_ACE_SRC_OP_EQ:
		return cover_range(port, port, out);
	case ACL_EXT_ACE_SRC_OP_GT:
		return cover_range(port + 1, 65535, out);
	case ACL_EXT_ACE_SRC_OP_LT:
		return port ? cover_range(0, port - 1, out) : 0;
	case ACL_EXT_ACE_SRC_OP_NEQ:
		if (port)
			n = cover_range(0, port - 1, out);
		return n + cover_range(port + 1, 65535, out + n);
	default:
		return cover_range(port, last, out);
	}
}
_Static_assert((int)ACL_EXT_ACE_SRC_OP_EQ == (int)ACL_EXT_ACE_DST_OP_EQ &&
    (int)ACL_EXT_ACE_SRC_OP_RANGE == (int)ACL_EXT_ACE_DST_OP_RANGE, "one order of the operators");

const struct obj_selector *
ace_cover(struct compile *c, const struct cfg_acl_ext_ace *a, size_t *n)
{
	struct prefix4 src[ACE_COVER_MAX], dst[ACE_COVER_MAX];
	struct port_bits sport[COVER_PORTS] = { { 0, 0 } }, dport[COVER_PORTS] = { { 0, 0 } };
	size_t nsrc, ndst, nsport = 1, ndport = 1;
	struct obj_selector *out, *o;

	*n = 0;
	if (a->established || ace_has_more(a))
		return NULL;
	nsrc = cover_end(a->src, a->src_host, a->src_addr, a->src_wild, src, ACE_COVER_MAX);
	ndst = cover_end(a->dst, a->dst_host, a->dst_addr, a->dst_wild, dst, ACE_COVER_MAX);
	if (a->proto == ACL_EXT_ACE_PROTO_TCP || a->proto == ACL_EXT_ACE_PROTO_UDP) {
		nsport = cover_ports(a->has & HAS_ACL_EXT_ACE_SRC_OP, a->src_op, a->src_port, a->src_last, sport);
		ndport = cover_ports(a->has & HAS_ACL_EXT_ACE_DST_OP, a->dst_op, a->dst_port, a->dst_last, dport);
	} else if (a->proto == ACL_EXT_ACE_PROTO_ICMP && a->icmp != ACL_EXT_ACE_ICMP_ICMP_TYPE) {
		sport[0] = (struct port_bits){ icmp_messages[a->icmp].type, 0xffff };
		dport[0] = (struct port_bits){ icmp_messages[a->icmp].code, 0xffff };
	} else if (a->has & HAS_ACL_EXT_ACE_ICMP_TYPE) {
		/* XFRM compares the type in the place of the source port, the code in that of the destination's */
		sport[0] = (struct port_bits){ (uint16_t)a->icmp_type, 0xffff };
		if (a->has & HAS_ACL_EXT_ACE_ICMP_CODE)
			dport[0] = (struct port_bits){ (uint16_t)a->icmp_code, 0xffff };
	}
	*n = nsrc * ndst * nsport * ndport;
	if (*n == 0 || *n > ACE_COVER_MAX) {
		*n = 0;
		return NULL;
	}
	out = o = compile_alloc(c, sizeof *out * *n);
	for (size_t i = 0; i < *n; i++, o++) {
		const struct port_bits *sp = &sport[i % nsport], *dp = &dport[i / nsport % ndport];

		*o = (struct obj_selector){
			.src = src[i / nsport / ndport % nsrc], .dst = dst[i / nsport / ndport / nsrc],
			.proto = protocol(a),
			.src_port = sp->port, .src_port_mask = said_mask(sp->port, sp->mask),
			.dst_port = dp->port, .dst_port_mask = said_mask(dp->port, dp->mask),
		};
	}
	return out;
}

/* Masks are prefixes of the 16 bits: of two that meet, the longer one lies within the other. */
static bool
port_intersect(uint16_t a, uint16_t amask, uint16_t b, uint16_t bmask, uint16_t *out, uint16_t *mask)
{
	bool inner_a;

	amask = selector_port_mask(a, amask);
	bmask = selector_port_mask(b, bmask);
	inner_a = amask > bmask;
	*out = inner_a ? a : b;
	*mask = inner_a ? amask : bmask;
	*mask = said_mask(*out, *mask);
	return ((a ^ b) & amask & bmask) == 0;
}

bool
selector_intersect(const struct obj_selector *a, const struct obj_selector *b, struct obj_selector *out)
{
	memset(out, 0, sizeof *out);
	if (a->proto && b->proto && a->proto != b->proto)
		return false;
	out->proto = a->proto ? a->proto : b->proto;
	return prefix_intersect(&a->src, &b->src, &out->src) && prefix_intersect(&a->dst, &b->dst, &out->dst) &&
	    port_intersect(a->src_port, a->src_port_mask, b->src_port, b->src_port_mask, &out->src_port,
		&out->src_port_mask) &&
	    port_intersect(a->dst_port, a->dst_port_mask, b->dst_port, b->dst_port_mask, &out->dst_port,
		&out->dst_port_mask);
}

struct obj_selector
selector_mirror(const struct obj_selector *s)
{
	struct obj_selector m = *s;

	m.src = s->dst;
	m.dst = s->src;
	if (s->proto == 1)	/* a type and a code stay what they are */
		return m;
	m.src_port = s->dst_port;
	m.dst_port = s->src_port;
	m.src_port_mask = s->dst_port_mask;
	m.dst_port_mask = s->src_port_mask;
	return m;
}

/* An address and its wildcard as FRR's Cisco-like access lists want them. */
static const char *
frr_end(struct compile *c, uint32_t kind, uint32_t host, uint32_t addr, uint32_t wild)
{
	if (kind == ACL_EXT_ACE_SRC_ANY)
		return "any";
	if (kind == ACL_EXT_ACE_SRC_HOST)
		return compile_text(c, "host %s", ip4_s(host));
	if (wild == 0)
		return compile_text(c, "host %s", ip4_s(addr));
	return compile_text(c, "%s %s", ip4_s(addr), ip4_s(wild));
}

void
compile_acl(struct compile *c, const struct rec *r)
{
	const char *id = r->row == ROW_ACL_STD ? ((const struct cfg_acl_std *)rec_values(r))->id :
	    ((const struct cfg_acl_ext *)rec_values(r))->id;
	unsigned users = compile_users(c, REF_ACL, id);
	int row = r->row == ROW_ACL_STD ? ROW_ACL_STD_ACE : ROW_ACL_EXT_ACE;

	if (!users)
		return;
	for (const struct rec *q = compile_children(c, r, row); q; q = store_next(q)) {
		const char *slot, *body;
		uint32_t seq;
		bool permit;

		if (row == ROW_ACL_STD_ACE) {
			const struct cfg_acl_std_ace *a = rec_values(q);

			if (a->action == ACL_STD_ACE_ACTION_REMARK)
				continue;
			seq = a->seq;
			permit = a->action == ACL_STD_ACE_ACTION_PERMIT;
			body = frr_end(c, a->src, a->src_host, a->src_addr, a->src_wild);
		} else {
			const struct cfg_acl_ext_ace *a = rec_values(q);

			if (a->action == ACL_EXT_ACE_ACTION_REMARK)
				continue;
			if (a->proto != ACL_EXT_ACE_PROTO_IP || ace_has_more(a)) {
				compile_note(c, r, "NOTE: access list %s: only 'ip' entries without options can match routes", id);
				continue;
			}
			seq = a->seq;
			permit = a->action == ACL_EXT_ACE_ACTION_PERMIT;
			body = compile_text(c, "ip %s %s", frr_end(c, a->src, a->src_host, a->src_addr, a->src_wild),
			    frr_end(c, a->dst, a->dst_host, a->dst_addr, a->dst_wild));
		}
		slot = compile_text(c, "access-list %s seq %u", id, seq);
		for (int d = 0; d < FRR_NDAEMON; d++)
			if (users & 1u << d)
				compile_frr(c, q, (enum frr_daemon)d, 10, "", slot, NULL, "%s %s %s", slot, permit ? "permit" : "deny",
				    body);
	}
}
