/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show ip route: the table in IOS 15's form. Routes stand in the order of
 * their addresses; those of one classful network below a parent line that
 * counts its subnets, also those that a filter leaves out.
 */
#include <stdio.h>
#include <string.h>

#include "cli/session_int.h"
#include "cli/show/ask.h"
#include "cli/show/routes.h"

#define CHUNK 65536	/* text is handed on in pieces of about this size */
#define WIDTH 80	/* a line that would fill it is broken behind the prefix */

exec_fn show_ip_route;

static const char legend[] =
	"Codes: L - local, C - connected, S - static, R - RIP, M - mobile, B - BGP\n"
	"       D - EIGRP, EX - EIGRP external, O - OSPF, IA - OSPF inter area \n"
	"       N1 - OSPF NSSA external type 1, N2 - OSPF NSSA external type 2\n"
	"       E1 - OSPF external type 1, E2 - OSPF external type 2\n"
	"       i - IS-IS, su - IS-IS summary, L1 - IS-IS level-1, L2 - IS-IS level-2\n"
	"       ia - IS-IS inter area, * - candidate default, U - per-user static route\n"
	"       o - ODR, P - periodic downloaded static route, H - NHRP, l - LISP\n"
	"       a - application route\n"
	"       + - replicated route, % - next hop override\n"
	"\n";

static void
print_hop(struct buf *b, struct routes *t, const struct route *r, const struct hop *h)
{
	char up[DURATION_LEN];
	bool timed = r->kind == ROUTE_OSPF || (r->kind == ROUTE_OTHER && r->code != 'K');

	if (h->gw || (r->code == 'B' && h->null))
		buf_printf(b, "[%u/%u] via %s", r->distance, r->metric, ip4_s(h->gw));
	else
		buf_puts(b, "is directly connected");
	if (timed)
		buf_printf(b, ", %s", duration_str(route_uptime(r), up));
	if (h->null)
		buf_puts(b, ", Null0");
	else if (h->dev && r->code != 'B')	/* BGP's next hops are not on an interface */
		buf_printf(b, ", %s", devmap_name(&t->names, h->dev));
}

void
route_print(struct buf *b, struct routes *t, const struct route *r, bool in_group, bool with_mask)
{
	struct hop hop[MAXHOP];
	int n = route_hops(t, r, hop);
	size_t start = b->n, indent, hidden = 0;
	bool wrapped = false;

	buf_printf(b, "%c%c%-2s  %s%s", r->code, r->dst.len == 0 ? '*' : ' ', route_ospf_type(t, r),
	    in_group ? "   " : "", ip4_s(r->dst.addr));
	if (with_mask)
		buf_printf(b, "/%u", r->dst.len);
	else
		hidden = r->dst.len < 10 ? 2 : 3;
	buf_putc(b, ' ');
	indent = b->n - start;
	for (int i = 0; i < n; i++) {
		size_t at = b->n;

		if (i || wrapped)
			buf_fill(b, ' ', wrapped ? 11 : indent);
		print_hop(b, t, r, &hop[i]);
		if (i == 0 && hop[i].gw && b->n - start + hidden >= WIDTH) {
			b->d[b->n = at] = '\0';
			buf_puts(b, "\n           ");
			print_hop(b, t, r, &hop[i]);
			wrapped = true;
		}
		buf_putc(b, '\n');
	}
	if (n == 0)
		buf_putc(b, '\n');
}

static bool
wanted(const struct cfg_show_ip_route *v, const struct route *r)
{
	if (!(v->has & HAS_SHOW_IP_ROUTE_WHAT))
		return true;
	if (v->longer_prefixes)
		return ((r->dst.addr ^ v->dest) & v->mask) == 0 && r->dst.len >= ip4_masklen(v->mask);
	switch (v->what) {
	case SHOW_IP_ROUTE_WHAT_STATIC:
		return r->kind == ROUTE_STATIC;
	case SHOW_IP_ROUTE_WHAT_BGP:
		return r->code == 'B';
	case SHOW_IP_ROUTE_WHAT_OSPF:
		return r->kind == ROUTE_OSPF;
	default:
		return r->kind == ROUTE_CONNECTED || r->kind == ROUTE_LOCAL;
	}
}

static void
gateway(struct buf *b, struct routes *t)
{
	struct hop hop[MAXHOP];

	if (t->n && t->v[0].dst.len == 0 && t->v[0].kind != ROUTE_CONNECTED && route_hops(t, &t->v[0], hop) > 0)
		buf_printf(b, "Gateway of last resort is %s to network 0.0.0.0\n\n", ip4_s(hop[0].gw));
	else
		buf_puts(b, "Gateway of last resort is not set\n\n");
}

static void
group(struct buf *b, struct routes *t, const struct cfg_show_ip_route *v, size_t from, size_t to, unsigned masks)
{
	uint32_t net = t->v[from].dst.addr;
	uint8_t len = class_len(net);
	bool parent = to - from > 1 || t->v[from].dst.len > len, told = false;

	for (size_t i = from; i < to; i++) {
		if (!wanted(v, &t->v[i]))
			continue;
		if (parent && !told && masks > 1)
			buf_printf(b, "      %s/%u is variably subnetted, %zu subnets, %u masks\n", ip4_s(net & ip4_mask(len)),
			    len, to - from, masks);
		else if (parent && !told)
			buf_printf(b, "      %s/%u is subnetted, %zu subnets\n", ip4_s(net & ip4_mask(len)),
			    t->v[from].dst.len, to - from);
		told = true;
		route_print(b, t, &t->v[i], parent, !parent || masks > 1);
	}
}

static void
print_table(struct session *s, const struct cfg_show_ip_route *v)
{
	struct buf b = {0};
	struct routes t;

	routes_load(&t, s);
	if (v->vrf)
		buf_printf(&b, "\nRouting Table: %s\n", v->vrf);
	if (v->has & HAS_SHOW_IP_ROUTE_DEST && !v->longer_prefixes) {
		route_entry(&b, &t, v->dest, v->has & HAS_SHOW_IP_ROUTE_MASK ? &v->mask : NULL);
	} else {
		buf_puts(&b, legend);
		gateway(&b, &t);
		for (size_t i = 0, end; i < t.n; i = end) {
			unsigned masks;

			end = routes_group(&t, i, &masks);
			group(&b, &t, v, i, end, masks);
			if (b.n >= CHUNK) {
				out_text(s, b.d, b.n);
				buf_clear(&b);
			}
		}
	}
	out_text(s, buf_str(&b), b.n);
	buf_free(&b);
	routes_free(&t);
}

/* The table of a VRF is asked for by its name. */
static void
vrf_text(struct session *s, struct buf *b, const void *values, const char *const answer[ASK_MAX])
{
	struct fetched *f = &s->fetched;

	(void)b;
	json_decref(f->routes);
	json_decref(f->ospf_routes);
	f->routes = answer_json(answer[0]);
	f->ospf_routes = answer_json(answer[1]);
	print_table(s, values);
}

void
show_ip_route(struct session *s, const void *values)
{
	const struct cfg_show_ip_route *v = values;
	struct question q[2] = { { FRR_ZEBRA, NULL }, { FRR_OSPFD, NULL } };
	char routes[96], ospf[96];

	if (!v->vrf) {
		print_table(s, v);
		return;
	}
	if (!store_defined(session_store(s), REF_VRF, v->vrf)) {
		out(s, "%% IP routing table vrf %s does not exist\n", v->vrf);
		return;
	}
	snprintf(routes, sizeof routes, "show ip route vrf %s json", v->vrf);
	snprintf(ospf, sizeof ospf, "show ip ospf vrf %s route json", v->vrf);
	q[0].command = routes;
	q[1].command = ospf;
	ask(s, values, q, 2, vrf_text);
}
