/* SPDX-License-Identifier: BSD-2-Clause */
/* show ip protocols: what is configured, and where the routes come from. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/show/ask.h"
#include "cli/show/names.h"
#include "lib/ip4.h"
#include "lib/xalloc.h"
#include "parser/render.h"

exec_fn show_ip_protocols;

#define MAXSOURCE 64

/* Next hops of a protocol's routes, each with its distance and the age of its youngest route. */
static void
sources(struct buf *b, const json_t *routes, const char *protocol)
{
	struct {
		const char *gateway;
		json_int_t distance;
		uint64_t age;
	} v[MAXSOURCE];
	size_t n = 0, i, k, at;
	json_t *list, *r, *h;
	const char *prefix;
	char up[DURATION_LEN];

	json_object_foreach((json_t *)(uintptr_t)routes, prefix, list)
		json_array_foreach(list, i, r) {
			uint64_t age = duration_parse(jtext(r, "uptime"));

			if (strcmp(jtext(r, "protocol"), protocol) != 0)
				continue;
			json_array_foreach(json_object_get(r, "nexthops"), k, h) {
				const char *ip = jtext(h, "ip");

				if (!*ip || strcmp(ip, "0.0.0.0") == 0 || json_is_true(json_object_get(h, "resolver")))
					continue;
				for (at = 0; at < n && strcmp(v[at].gateway, ip) != 0; at++)
					;
				if (at == MAXSOURCE)
					continue;
				if (at == n) {
					v[n].gateway = ip;
					v[n].distance = jnum(r, "distance");
					v[n++].age = age;
				} else if (age < v[at].age)
					v[at].age = age;
			}
		}
	buf_puts(b, "  Routing Information Sources:\n    Gateway         Distance      Last Update\n");
	for (i = 0; i < n; i++)
		buf_printf(b, "    %-15s %8lld      %s\n", v[i].gateway, (long long)v[i].distance, duration_str(v[i].age, up));
}

static void
head(struct buf *b, const char *protocol, const char *number)
{
	buf_printf(b, "Routing Protocol is \"%s %s\"\n  Outgoing update filter list for all interfaces is not set\n"
	    "  Incoming update filter list for all interfaces is not set\n", protocol, number);
}

/* The records of a row as the ends of their lines. */
static void
ends(struct buf *b, struct store *st, const struct rec *r, int row, const char *word, const char *title)
{
	const struct rec *q = store_first(st, r, row);

	if (!q)
		return;
	buf_puts(b, title);
	for (; q; q = store_next(q)) {
		struct buf line = {0};

		if (q->negated)
			continue;
		render_values(&line, &g_rows[q->row], rec_values(q), true);
		buf_printf(b, "    %s\n", buf_str(&line) + strlen(word));
		buf_free(&line);
	}
}

static void
ospf(struct buf *b, struct store *st, const struct rec *r, const json_t *j, const json_t *routes)
{
	const struct cfg_router_ospf_maximum_paths *paths = store_leaf(st, r, ROW_ROUTER_OSPF_MAXIMUM_PATHS);
	const struct cfg_router_ospf_distance *distance = store_leaf(st, r, ROW_ROUTER_OSPF_DISTANCE);
	char pid[16];

	snprintf(pid, sizeof pid, "%u", ((const struct cfg_router_ospf *)rec_values(r))->pid);
	head(b, "ospf", pid);
	buf_printf(b, "  Router ID %s\n", jtext(j, "routerId"));
	if (store_first(st, r, ROW_ROUTER_OSPF_REDISTRIBUTE) || store_first(st, r, ROW_ROUTER_OSPF_REDISTRIBUTE_PROTOCOL)) {
		buf_puts(b, "  It is an autonomous system boundary router\n");
		ends(b, st, r, ROW_ROUTER_OSPF_REDISTRIBUTE, "redistribute ", " Redistributing External Routes from,\n");
		ends(b, st, r, ROW_ROUTER_OSPF_REDISTRIBUTE_PROTOCOL, "redistribute ",
		    store_first(st, r, ROW_ROUTER_OSPF_REDISTRIBUTE) ? "" : " Redistributing External Routes from,\n");
	}
	buf_printf(b, "  Number of areas in this router is %lld\n  Maximum path: %u\n", (long long)jnum(j, "attachedAreaCounter"),
	    paths->paths);
	buf_puts(b, "  Routing for Networks:\n");
	ends(b, st, r, ROW_ROUTER_OSPF_NETWORK, "network ", "");
	ends(b, st, r, ROW_ROUTER_OSPF_PASSIVE, "passive-interface ", "  Passive Interface(s):\n");
	sources(b, routes, "ospf");
	buf_printf(b, "  Distance: (default is %u)\n\n", distance->distance);
}

static void
bgp(struct buf *b, struct store *st, const struct rec *r, const json_t *j, const json_t *routes)
{
	const struct cfg_router_bgp_distance *d = store_leaf(st, r, ROW_ROUTER_BGP_DISTANCE);
	const struct cfg_router_bgp_maximum_paths *paths = store_leaf(st, r, ROW_ROUTER_BGP_MAXIMUM_PATHS);
	json_t *peers = json_object_get(json_object_get(j, "ipv4Unicast"), "peers"), *p;
	const char *addr;

	head(b, "bgp", ((const struct cfg_router_bgp *)rec_values(r))->as);
	buf_puts(b, "  IGP synchronization is disabled\n  Automatic route summarization is disabled\n");
	ends(b, st, r, ROW_ROUTER_BGP_REDISTRIBUTE, "redistribute ", "  Redistributing:\n");
	buf_puts(b, "  Neighbor(s):\n    Address          FiltIn FiltOut DistIn DistOut Weight RouteMap\n");
	json_object_foreach(peers, addr, p)
		buf_printf(b, "    %s\n", addr);
	buf_printf(b, "  Maximum path: %u\n", paths->paths);
	sources(b, routes, "bgp");
	buf_printf(b, "  Distance: external %u internal %u local %u\n\n", d->external, d->internal, d->local);
}

static void
text(struct session *s, struct buf *b, const void *values, const char *const answer[ASK_MAX])
{
	struct store *st = session_store(s);
	json_t *process = answer_json(answer[0]), *summary = answer_json(answer[1]), *of_ospf = answer_json(answer[2]),
	       *of_bgp = answer_json(answer[3]);
	const struct rec *r;

	buf_puts(b, "*** IP Routing is NSF aware ***\n\n");
	if ((r = store_first(st, store_root(st), ROW_ROUTER_OSPF)))
		ospf(b, st, r, process, of_ospf);
	if ((r = store_first(st, store_root(st), ROW_ROUTER_BGP)))
		bgp(b, st, r, summary, of_bgp);
	json_decref(process);
	json_decref(summary);
	json_decref(of_ospf);
	json_decref(of_bgp);
}

void
show_ip_protocols(struct session *s, const void *values)
{
	static const struct question q[] = { { FRR_OSPFD, "show ip ospf json" }, { FRR_BGPD, "show ip bgp summary json" },
		{ FRR_ZEBRA, "show ip route ospf json" }, { FRR_ZEBRA, "show ip route bgp json" } };

	ask(s, values, q, 4, text);
}
