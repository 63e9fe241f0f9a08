/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Collects the routing table for show; see routes.h. Only what zebra has
 * selected and installed is a route. A next hop that zebra found by resolving
 * another one ("resolver") is no next hop in IOS's eyes, the one that was
 * configured ("recursive") is.
 */
#include "cli/show/routes.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backends/netlink/netlink.h"
#include "cli/exec.h"
#include "daemon/router.h"
#include "lib/xalloc.h"
#include "parser/types.h"

static struct route *
append(struct routes *t)
{
	if (t->n == t->cap) {
		t->cap = t->cap ? t->cap * 2 : 64;
		t->v = xrealloc(t->v, t->cap * sizeof *t->v);
	}
	t->v[t->n] = (struct route){0};
	return &t->v[t->n++];
}

static bool
parse_prefix(const char *s, struct prefix4 *out)
{
	char addr[IP4_STRLEN];
	const char *slash = strchr(s, '/');
	unsigned long len;
	char *end;

	if (!slash || (size_t)(slash - s) >= sizeof addr)
		return false;
	memcpy(addr, s, (size_t)(slash - s));
	addr[slash - s] = '\0';
	len = strtoul(slash + 1, &end, 10);
	out->len = (uint8_t)len;
	return *end == '\0' && len <= 32 && ip4_parse(addr, &out->addr);
}

static uint32_t
number(const json_t *o, const char *key)
{
	return (uint32_t)json_integer_value(json_object_get(o, key));
}

static const char *
text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

static bool
borrows(struct routes *t, const char *dev)
{
	const struct rec *r = devmap_rec(&t->names, dev);

	return r ? store_leaf(t->store, r, ROW_INTERFACE_UNNUMBERED) != NULL :
	    ifname_class(devmap_name(&t->names, dev)) == IF_ACCESS;
}

static void
add_zebra(struct routes *t, const struct prefix4 *dst, const json_t *j)
{
	static const struct {
		const char *protocol;
		enum route_kind kind;
		char code;
	} kinds[] = {
		{ "static", ROUTE_STATIC, 'S' }, { "ospf", ROUTE_OSPF, 'O' }, { "connected", ROUTE_CONNECTED, 'C' },
		{ "local", ROUTE_LOCAL, 'L' }, { "bgp", ROUTE_OTHER, 'B' }, { "eigrp", ROUTE_OTHER, 'D' },
		{ "rip", ROUTE_OTHER, 'R' }, { "isis", ROUTE_OTHER, 'i' }, { "nhrp", ROUTE_OTHER, 'H' },
		{ "kernel", ROUTE_OTHER, 'K' },
	};
	const char *protocol = text(j, "protocol");
	struct route *r;

	if (!json_is_true(json_object_get(j, "selected")) || !json_is_true(json_object_get(j, "installed")))
		return;
	r = append(t);
	r->dst = *dst;
	r->kind = ROUTE_OTHER;
	r->code = '?';
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		if (strcmp(protocol, kinds[i].protocol) == 0) {
			r->kind = kinds[i].kind;
			r->code = kinds[i].code;
		}
	r->json = j;
	r->distance = number(j, "distance");
	r->metric = number(j, "metric");
	r->tag = number(j, "tag");
	if (r->kind == ROUTE_CONNECTED || r->kind == ROUTE_LOCAL)
		r->dev = text(json_array_get(json_object_get(j, "nexthops"), 0), "interfaceName");
	/*
	 * An address that an unnumbered interface has borrowed is connected where it came from. When such an interface has
	 * gone zebra sometimes keeps its route for a while, on what it then calls "unknown"; the kernel has none.
	 */
	if (r->kind == ROUTE_CONNECTED && dst->len == 32 && (borrows(t, r->dev) || strcmp(r->dev, "unknown") == 0))
		t->n--;
}

/* A local route for the address, when its subnet is a connected route on the same device. */
static void
add_local(struct routes *t, size_t nzebra, const char *dev, uint32_t addr, uint8_t len)
{
	uint32_t net = addr & ip4_mask(len);
	size_t lo = 0, hi = nzebra;
	struct route *r;

	if (len == 32)
		return;
	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		const struct prefix4 *p = &t->v[mid].dst;

		if (p->addr < net || (p->addr == net && p->len < len))
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < nzebra && t->v[lo].dst.addr == net && t->v[lo].dst.len == len; lo++) {
		const char *known = t->v[lo].dev;

		if (t->v[lo].kind != ROUTE_CONNECTED || strcmp(known, dev) != 0)
			continue;
		r = append(t);
		*r = (struct route){ .dst = { addr, 32 }, .kind = ROUTE_LOCAL, .code = 'L', .dev = known };
		return;
	}
}

struct collect {
	struct routes *t;
	size_t nzebra;
	json_t *devs;		/* index -> name */
};

static void
on_link(void *arg, const struct nl_link *l)
{
	char key[16];

	snprintf(key, sizeof key, "%d", l->ifindex);
	json_object_set_new(((struct collect *)arg)->devs, key, json_string(l->dev));
}

static void
on_address(void *arg, const struct nl_address *a)
{
	struct collect *c = arg;
	char key[16];

	snprintf(key, sizeof key, "%d", a->ifindex);
	add_local(c->t, c->nzebra, text(c->devs, key), a->addr, a->len);
}

/* The addresses the kernel has; without the kernel, those that are configured. */
static void
locals(struct routes *t, struct router *router)
{
	struct collect c = { .t = t, .nzebra = t->n };

	if (router && router->netlink) {
		c.devs = t->owned = json_object();
		netlink_each_link(router->netlink, on_link, &c);
		netlink_each_address(router->netlink, on_address, &c);
		return;
	}
	for (size_t i = 0; i < t->names.n; i++) {
		const struct rec *r = t->names.v[i].rec;
		const struct cfg_interface_address *a = store_leaf(t->store, r, ROW_INTERFACE_ADDRESS);

		if (a)
			add_local(t, c.nzebra, t->names.v[i].dev, a->addr, (uint8_t)ip4_masklen(a->mask));
		for (r = store_first(t->store, r, ROW_INTERFACE_ADDRESS_SECONDARY); r; r = store_next(r)) {
			const struct cfg_interface_address_secondary *v = rec_values(r);

			add_local(t, c.nzebra, t->names.v[i].dev, v->addr, (uint8_t)ip4_masklen(v->mask));
		}
	}
}

static int
by_prefix(const void *a, const void *b)
{
	const struct route *x = a, *y = b;

	if (x->dst.addr != y->dst.addr)
		return x->dst.addr < y->dst.addr ? -1 : 1;
	return (int)x->dst.len - (int)y->dst.len;
}

/* ospfd gives zebra the host route of a loopback it advertises, too; IOS has the local route alone. */
static void
drop_own_host_routes(struct routes *t)
{
	size_t n = 0;

	for (size_t i = 0; i < t->n; i++) {
		const struct route *r = &t->v[i];
		bool own = (i > 0 && t->v[i - 1].kind == ROUTE_LOCAL && by_prefix(r, &t->v[i - 1]) == 0) ||
		    (i + 1 < t->n && t->v[i + 1].kind == ROUTE_LOCAL && by_prefix(r, &t->v[i + 1]) == 0);

		if (r->kind == ROUTE_OSPF && own)
			continue;
		t->v[n++] = t->v[i];
	}
	t->n = n;
}

void
routes_load(struct routes *t, struct session *s)
{
	json_t *all = session_routes(s), *list, *j;
	bool has_local = false;
	const char *key;
	size_t i;

	*t = (struct routes){ .store = session_store(s), .ospf = session_ospf_routes(s) };
	devmap_init(&t->names, t->store);
	json_object_foreach(all, key, list) {
		struct prefix4 dst;

		if (parse_prefix(key, &dst))
			json_array_foreach(list, i, j)
				add_zebra(t, &dst, j);
	}
	if (t->n)
		qsort(t->v, t->n, sizeof *t->v, by_prefix);
	for (i = 0; i < t->n; i++)
		has_local |= t->v[i].kind == ROUTE_LOCAL;
	i = t->n;
	if (!has_local)
		locals(t, session_router(s));
	if (t->n > i)
		qsort(t->v, t->n, sizeof *t->v, by_prefix);
	drop_own_host_routes(t);
}

void
routes_free(struct routes *t)
{
	free(t->v);
	devmap_free(&t->names);
	json_decref(t->owned);
}

static int
by_gateway(const void *a, const void *b)
{
	uint32_t x = ((const struct hop *)a)->gw, y = ((const struct hop *)b)->gw;

	return x == y ? 0 : x > y ? -1 : 1;
}

int
route_hops(struct routes *t, const struct route *r, struct hop hop[MAXHOP])
{
	const json_t *j;
	size_t i;
	int n = 0;

	if (!r->json) {
		hop[0] = (struct hop){ .dev = r->dev };
		return 1;
	}
	json_array_foreach(json_object_get(r->json, "nexthops"), i, j) {
		const char *ip = json_string_value(json_object_get(j, "ip")), *dev;
		struct hop *h = &hop[n];

		if (n == MAXHOP || !json_is_true(json_object_get(j, "active")) ||
		    json_is_true(json_object_get(j, "resolver")))
			continue;
		*h = (struct hop){ .null = json_is_true(json_object_get(j, "blackhole")) };
		if (ip && !ip4_parse(ip, &h->gw))
			continue;
		dev = json_string_value(json_object_get(j, "interfaceName"));
		h->dev = dev;
		if (r->kind == ROUTE_STATIC && h->gw && dev) {
			/* the interface is printed only when it was configured with the route */
			struct cfg_ip_route key = { .dst = r->dst.addr, .mask = ip4_mask(r->dst.len), .gw = h->gw,
			    .if_ = devmap_name(&t->names, dev) };

			if (!store_find(t->store, store_root(t->store), ROW_IP_ROUTE, &key))
				h->dev = NULL;
		}
		n++;
	}
	qsort(hop, (size_t)n, sizeof *hop, by_gateway);
	return n;
}

const json_t *
route_ospf(const struct routes *t, const struct route *r)
{
	char key[IP4_STRLEN + 4];

	if (r->kind != ROUTE_OSPF)
		return NULL;
	snprintf(key, sizeof key, "%s/%u", ip4_s(r->dst.addr), r->dst.len);
	return json_object_get(t->ospf, key);
}

const char *
route_ospf_type(const struct routes *t, const struct route *r)
{
	static const char *const types[] = { "IA", "E1", "E2", "N1", "N2" };
	const char *type = text(route_ospf(t, r), "routeType");	/* "N E2" */
	const char *last = strrchr(type, ' ');

	for (size_t i = 0; last && i < sizeof types / sizeof types[0]; i++)
		if (strcmp(last + 1, types[i]) == 0)
			return types[i];
	return "";
}

uint64_t
route_uptime(const struct route *r)
{
	return duration_parse(text(r->json, "uptime"));
}

uint8_t
class_len(uint32_t addr)
{
	return addr < 0x80000000u ? 8 : addr < 0xc0000000u ? 16 : addr < 0xe0000000u ? 24 : 32;
}

size_t
routes_group(const struct routes *t, size_t i, unsigned *masks)
{
	const struct prefix4 *first = &t->v[i].dst;
	uint8_t len = class_len(first->addr);
	uint64_t seen = 0;
	size_t end = i;

	if (first->len < len) {
		*masks = 1;
		return i + 1;
	}
	for (; end < t->n && ((t->v[end].dst.addr ^ first->addr) & ip4_mask(len)) == 0; end++)
		seen |= 1ull << t->v[end].dst.len;
	*masks = (unsigned)__builtin_popcountll(seen);
	return end;
}
