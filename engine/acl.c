/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Access lists. By themselves they make no objects for IPsec (crypto maps read
 * them), but a list that a route map names becomes an FRR access list.
 */
#include "engine/acl.h"

#include <string.h>

#include "engine/compile.h"
#include "lib/ip4.h"

compile_fn compile_acl;

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

const char *
ace_selector(const struct cfg_acl_ext_ace *a, struct obj_selector *out)
{
	memset(out, 0, sizeof *out);
	if (!end(a->src, a->src_host, a->src_addr, a->src_wild, &out->src) ||
	    !end(a->dst, a->dst_host, a->dst_addr, a->dst_wild, &out->dst))
		return "its wildcard mask is not contiguous";
	switch (a->proto) {
	case ACL_EXT_ACE_PROTO_IP:
		return NULL;
	case ACL_EXT_ACE_PROTO_TCP:
		out->proto = 6;
		break;
	case ACL_EXT_ACE_PROTO_UDP:
		out->proto = 17;
		break;
	case ACL_EXT_ACE_PROTO_ICMP:
		out->proto = 1;
		if (a->has & HAS_ACL_EXT_ACE_ICMP_TYPE)
			return "IPsec peers cannot agree on an ICMP type here";
		return NULL;
	default:
		out->proto = (uint8_t)a->number;
		return NULL;
	}
	if (a->established)
		return "'established' cannot be a proxy identity";
	if (a->has & HAS_ACL_EXT_ACE_SRC_OP) {
		if (a->src_op != ACL_EXT_ACE_SRC_OP_EQ)
			return "only 'eq' ports can be a proxy identity";
		out->src_port = (uint16_t)a->src_port;
	}
	if (a->has & HAS_ACL_EXT_ACE_DST_OP) {
		if (a->dst_op != ACL_EXT_ACE_DST_OP_EQ)
			return "only 'eq' ports can be a proxy identity";
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

static bool
port_intersect(uint16_t a, uint16_t b, uint16_t *out)
{
	*out = a ? a : b;
	return !a || !b || a == b;
}

bool
selector_intersect(const struct obj_selector *a, const struct obj_selector *b, struct obj_selector *out)
{
	memset(out, 0, sizeof *out);
	if (a->proto && b->proto && a->proto != b->proto)
		return false;
	out->proto = a->proto ? a->proto : b->proto;
	return prefix_intersect(&a->src, &b->src, &out->src) && prefix_intersect(&a->dst, &b->dst, &out->dst) &&
	    port_intersect(a->src_port, b->src_port, &out->src_port) &&
	    port_intersect(a->dst_port, b->dst_port, &out->dst_port);
}

struct obj_selector
selector_mirror(const struct obj_selector *s)
{
	struct obj_selector m = *s;

	m.src = s->dst;
	m.dst = s->src;
	m.src_port = s->dst_port;
	m.dst_port = s->src_port;
	return m;
}

static void
used_by_route_map(void *ctx, struct rec *r)
{
	if (r->row == ROW_ROUTE_MAP_MATCH_ADDRESS)
		*(bool *)ctx = true;
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
	bool wanted = false;
	int row = r->row == ROW_ACL_STD ? ROW_ACL_STD_ACE : ROW_ACL_EXT_ACE;

	compile_referrers(c, REF_ACL, id, used_by_route_map, &wanted);
	if (!wanted)
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
			if (a->proto != ACL_EXT_ACE_PROTO_IP) {
				compile_note(c, r, "access list %s: only 'ip' entries can match routes", id);
				continue;
			}
			seq = a->seq;
			permit = a->action == ACL_EXT_ACE_ACTION_PERMIT;
			body = compile_text(c, "ip %s %s", frr_end(c, a->src, a->src_host, a->src_addr, a->src_wild),
			    frr_end(c, a->dst, a->dst_host, a->dst_addr, a->dst_wild));
		}
		slot = compile_text(c, "access-list %s seq %u", id, seq);
		compile_frr(c, q, FRR_OSPFD, 10, "", slot, NULL, "%s %s %s", slot, permit ? "permit" : "deny", body);
	}
}
