/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show ip route A.B.C.D [MASK]: one route in detail, or the list of the
 * subnets when the address is that of a classful network.
 */
#include "cli/exec.h"
#include "cli/show/routes.h"

#include <string.h>

/* The route that carries dest, the default route only when it is asked for. */
static const struct route *
lookup(const struct routes *t, uint32_t dest, const uint32_t *mask)
{
	const struct route *best = NULL;

	for (size_t i = 0; i < t->n; i++) {
		const struct prefix4 *p = &t->v[i].dst;

		if (mask ? p->addr == dest && ip4_mask(p->len) == *mask : ((dest ^ p->addr) & ip4_mask(p->len)) == 0 &&
		    (p->len != 0 || dest == 0))
			if (!best || p->len >= best->dst.len)
				best = &t->v[i];
	}
	return best;
}

enum verdict { VERDICT_PERMIT, VERDICT_DENY, VERDICT_UNKNOWN };

/* What the route map says to the route's tag; unknown when it asks for more than that. */
static enum verdict
map_verdict(struct store *s, const char *map, uint32_t tag)
{
	for (struct rec *r = store_first(s, store_root(s), ROW_ROUTE_MAP); r; r = store_next(r)) {
		const struct cfg_route_map *v = rec_values(r);
		struct rec *m = store_find(s, r, ROW_ROUTE_MAP_MATCH_TAG, NULL);
		bool match = m == NULL;

		if (strcmp(v->name, map) != 0)
			continue;
		if (store_find(s, r, ROW_ROUTE_MAP_MATCH_ADDRESS, NULL) || store_find(s, r, ROW_ROUTE_MAP_MATCH_INTERFACE, NULL))
			return VERDICT_UNKNOWN;
		if (m) {
			const struct cfg_route_map_match_tag *tags = rec_values(m);

			for (int i = 0; i < 8; i++)
				match |= (tags->has & (1u << i)) && tags->tag[i] == tag;
		}
		if (match)
			return v->action == ROUTE_MAP_ACTION_PERMIT ? VERDICT_PERMIT : VERDICT_DENY;
	}
	return VERDICT_DENY;
}

/* The lines about redistribution into OSPF. */
static void
redistribution(struct buf *b, struct store *s, const struct route *r)
{
	const struct rec *ospf = store_first(s, store_root(s), ROW_ROUTER_OSPF);
	uint32_t source = r->kind == ROUTE_STATIC ? ROUTER_OSPF_REDISTRIBUTE_SOURCE_STATIC :
	    ROUTER_OSPF_REDISTRIBUTE_SOURCE_CONNECTED;

	if (!ospf || r->dst.len == 0 || (r->kind != ROUTE_STATIC && r->kind != ROUTE_CONNECTED))
		return;
	for (const struct rec *q = store_first(s, ospf, ROW_ROUTER_OSPF_REDISTRIBUTE); q; q = store_next(q)) {
		const struct cfg_router_ospf_redistribute *d = rec_values(q);
		uint32_t pid = ((const struct cfg_router_ospf *)rec_values(ospf))->pid;

		if (d->source != source)
			continue;
		buf_printf(b, "  Redistributing via ospf %u\n", pid);
		if (d->map && map_verdict(s, d->map, r->tag) != VERDICT_PERMIT)
			return;
		buf_printf(b, "  Advertised by ospf %u", pid);
		if (d->has & HAS_ROUTER_OSPF_REDISTRIBUTE_METRIC)
			buf_printf(b, " metric %u", d->metric);
		if (d->metric_type == ROUTER_OSPF_REDISTRIBUTE_METRIC_TYPE_1)
			buf_puts(b, " metric-type 1");
		if (d->subnets)
			buf_puts(b, " subnets");
		if (d->has & HAS_ROUTER_OSPF_REDISTRIBUTE_TAG)
			buf_printf(b, " tag %u", d->tag);
		if (d->map)
			buf_printf(b, " route-map %s", d->map);
		buf_putc(b, '\n');
	}
}

/* "type extern 2, forward metric 10" */
static void
ospf_type(struct buf *b, const struct routes *t, const struct route *r)
{
	const char *type = route_ospf_type(t, r);
	const json_t *o = route_ospf(t, r);

	if (type[0] == 'E' || type[0] == 'N')
		buf_printf(b, "type %sextern %c", type[0] == 'N' ? "NSSA " : "", type[1]);
	else
		buf_printf(b, "type %s area", type[0] ? "inter" : "intra");
	if (type[1] == '2')
		buf_printf(b, ", forward metric %lld", (long long)json_integer_value(json_object_get(o, "cost")));
}

static void
known_via(struct buf *b, const struct routes *t, const struct route *r, bool direct)
{
	const struct rec *ospf = store_first(t->store, store_root(t->store), ROW_ROUTER_OSPF);
	const char *protocol = json_string_value(json_object_get(r->json, "protocol"));
	bool typed = r->kind == ROUTE_OSPF && route_ospf(t, r);

	if (r->kind == ROUTE_CONNECTED || r->kind == ROUTE_LOCAL)
		buf_puts(b, "  Known via \"connected\"");
	else if (r->kind == ROUTE_OSPF && ospf)
		buf_printf(b, "  Known via \"ospf %u\"", ((const struct cfg_router_ospf *)rec_values(ospf))->pid);
	else
		buf_printf(b, "  Known via \"%s\"", protocol ? protocol : "");
	buf_printf(b, ", distance %u, metric %u", r->distance, r->metric);
	if (r->kind == ROUTE_CONNECTED)
		buf_puts(b, " (connected, via interface)");
	else if (direct && r->kind != ROUTE_OSPF)
		buf_puts(b, " (connected)");
	if (r->dst.len == 0)
		buf_puts(b, ", candidate default path");
	if (typed && !r->tag) {
		buf_puts(b, ", ");
		ospf_type(b, t, r);
	}
	buf_putc(b, '\n');
	if (r->tag) {
		buf_printf(b, "  Tag %u", r->tag);
		if (typed) {
			buf_puts(b, ", ");
			ospf_type(b, t, r);
		}
		buf_putc(b, '\n');
	}
}

static void
detail(struct buf *b, struct routes *t, const struct route *r)
{
	struct hop hop[MAXHOP];
	char up[DURATION_LEN];
	int n = route_hops(t, r, hop);

	duration_str(route_uptime(r), up);
	buf_printf(b, "Routing entry for %s/%u%s\n", ip4_s(r->dst.addr), r->dst.len,
	    r->dst.len < class_len(r->dst.addr) ? ", supernet" : "");
	known_via(b, t, r, n > 0 && !hop[0].gw);
	redistribution(b, t->store, r);
	if (r->kind == ROUTE_OSPF && n > 0 && hop[0].gw && hop[0].dev)
		buf_printf(b, "  Last update from %s on %s, %s ago\n", ip4_s(hop[0].gw), devmap_name(&t->names, hop[0].dev), up);
	buf_puts(b, "  Routing Descriptor Blocks:\n");
	for (int i = 0; i < n; i++) {
		buf_puts(b, i == 0 ? "  * " : "    ");
		buf_puts(b, hop[i].gw ? ip4_s(hop[i].gw) : "directly connected");
		if (r->kind == ROUTE_OSPF)
			buf_printf(b, ", %s ago", up);
		if (hop[i].null)
			buf_puts(b, ", via Null0");
		else if (hop[i].dev)
			buf_printf(b, ", via %s", devmap_name(&t->names, hop[i].dev));
		buf_printf(b, "\n      Route metric is %u, traffic share count is 1\n", r->metric);
		if (r->tag)
			buf_printf(b, "      Route tag %u\n", r->tag);
	}
}

void
route_entry(struct buf *b, struct routes *t, uint32_t dest, const uint32_t *mask)
{
	uint8_t len = class_len(dest);
	size_t first = 0, end, attached = 0;
	const struct route *r = lookup(t, dest, mask);
	unsigned masks = 0;

	while (first < t->n && (((t->v[first].dst.addr ^ dest) & ip4_mask(len)) != 0 || t->v[first].dst.len < len))
		first++;
	end = first < t->n ? routes_group(t, first, &masks) : first;
	if (!mask && dest != 0 && (dest & ~ip4_mask(len)) == 0 && end > first &&
	    (end - first > 1 || t->v[first].dst.len > len)) {
		buf_printf(b, "Routing entry for %s/%u, %zu known subnets\n", ip4_s(dest), len, end - first);
		for (size_t i = first; i < end; i++)
			attached += t->v[i].kind == ROUTE_CONNECTED || t->v[i].kind == ROUTE_LOCAL;
		if (attached)
			buf_printf(b, "  Attached (%zu connection%s)\n", attached, attached == 1 ? "" : "s");
		if (masks > 1)
			buf_printf(b, "  Variably subnetted with %u masks\n", masks);
		buf_putc(b, '\n');
		for (size_t i = first; i < end; i++)
			route_print(b, t, &t->v[i], true, masks > 1);
		return;
	}
	if (r)
		detail(b, t, r);
	else
		buf_puts(b, end > first ? "% Subnet not in table\n" : "% Network not in table\n");
}
