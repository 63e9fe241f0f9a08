/* SPDX-License-Identifier: BSD-2-Clause */
/* show ip bgp, summary and one prefix: see bgp.h. */
#include "cli/show/bgp.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/show/ask.h"
#include "cli/show/names.h"
#include "cli/show/routes.h"
#include "lib/ip4.h"

exec_fn show_ip_bgp, show_ip_bgp_summary, show_ip_bgp_vrf;

/* --- tables --- */

static void
legend(struct buf *b, json_int_t version, const char *id)
{
	buf_printf(b, "\n BGP table version is %lld, local router ID is %s\n"
	    " Status codes: s suppressed, d damped, h history, * valid, > best, i - internal,\n"
	    "               r RIB-failure, S Stale, m multipath, b backup-path, x best-external\n"
	    " Origin codes: i - IGP, e - EGP, ? - incomplete\n  \n"
	    "    Network          Next Hop            Metric LocPrf Weight Path\n", (long long)version, id);
}

/* A prefix without its length where that is the class's. */
static void
network(const char *prefix, char *out, size_t size)
{
	char addr[IP4_STRLEN];
	const char *slash = strchr(prefix, '/');
	uint32_t a;

	snprintf(out, size, "%s", prefix);
	if (!slash || (size_t)(slash - prefix) >= sizeof addr)
		return;
	snprintf(addr, sizeof addr, "%.*s", (int)(slash - prefix), prefix);
	if (ip4_parse(addr, &a) && a && class_len(a) == (uint8_t)atoi(slash + 1))
		snprintf(out, size, "%s", addr);
}

static char
origin(const char *word)
{
	return strcmp(word, "IGP") == 0 ? 'i' : strcmp(word, "EGP") == 0 ? 'e' : '?';
}

static void
number_or_blank(const json_t *o, const char *key, char out[16])
{
	const json_t *n = json_object_get(o, key);

	out[0] = '\0';
	if (n)
		snprintf(out, 16, "%lld", (long long)json_integer_value(n));
}

/* status: four characters; net "": the prefix above. */
static void
row(struct buf *b, const char *status, const char *net, const char *hop, const json_t *path, const char *as_path, char code)
{
	char metric[16], pref[16];

	number_or_blank(path, "metric", metric);
	number_or_blank(path, "locPrf", pref);
	/* bgpd has no next hop of its own aggregates */
	if (strcmp(hop, "::") == 0 || !*hop)
		hop = "0.0.0.0";
	if (strlen(net) > 16)
		buf_printf(b, "%s%s\n%21s", status, net, "");
	else
		buf_printf(b, "%s%-17s", status, net);
	buf_printf(b, "%-19s%7s%7s%7lld %s%s%c\n", hop, metric, pref, (long long)jnum(path, "weight"), as_path, *as_path ? " " : "",
	    code);
}

static bool
is(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

void
bgp_table(struct buf *b, const json_t *j, const char *title)
{
	json_t *routes = json_object_get(j, "routes"), *paths, *p;
	const char *prefix;
	size_t i;

	if (json_object_size(routes) == 0)
		return;
	legend(b, jnum(j, "tableVersion"), jtext(j, "routerId"));
	if (title)
		buf_printf(b, " %s\n", title);
	json_object_foreach(routes, prefix, paths)
		json_array_foreach(paths, i, p) {
			char net[40], status[5] = "    ";

			network(prefix, net, sizeof net);
			status[1] = is(p, "suppressed") ? 's' : is(p, "damped") ? 'd' : is(p, "history") ? 'h' :
			    is(p, "stale") ? 'S' : is(p, "ribFailure") ? 'r' : is(p, "valid") ? '*' : ' ';
			status[2] = is(p, "bestpath") ? '>' : is(p, "multipath") ? 'm' : ' ';
			status[3] = strcmp(jtext(p, "pathFrom"), "internal") == 0 ? 'i' : ' ';
			row(b, status, i ? "" : net, jtext(json_array_get(json_object_get(p, "nexthops"), 0), "ip"), p,
			    jtext(p, "path"), origin(jtext(p, "origin")));
		}
}

void
bgp_sent_table(struct buf *b, const json_t *j, const char *member)
{
	json_t *routes = json_object_get(j, member), *p;
	const char *prefix;

	if (json_object_size(routes)) {
		legend(b, jnum(j, "bgpTableVersion"), jtext(j, "bgpLocalRouterId"));
		json_object_foreach(routes, prefix, p) {
			const json_t *symbols = json_object_get(p, "appliedStatusSymbols");
			char net[40], status[5] = "    ";

			network(prefix, net, sizeof net);
			status[1] = is(symbols, "*") ? '*' : ' ';
			/* what a peer sent is not yet a choice */
			status[2] = is(symbols, ">") && strcmp(member, "receivedRoutes") != 0 ? '>' : ' ';
			status[3] = is(symbols, "i") ? 'i' : ' ';
			row(b, status, net, jtext(p, "nextHop"), p, jtext(p, "path"), *jtext(p, "bgpOriginCode"));
		}
	}
	buf_printf(b, "\nTotal number of prefixes %zu \n", json_object_size(routes));
}

/* --- summary --- */

/* "6 BGP routes, using 672 bytes of memory" */
static bool
memory_line(const char *memory, const char *what, unsigned long *n, unsigned long *bytes)
{
	const char *p = memory ? strstr(memory, what) : NULL;
	char unit[8] = "";

	if (!p)
		return false;
	while (p > memory && p[-1] != '\n')
		p--;
	*n = strtoul(p, NULL, 10);
	p = strstr(p, ", using ");
	if (!p || sscanf(p, ", using %lu %7s", bytes, unit) != 2)
		return false;
	if (strcmp(unit, "KiB") == 0)
		*bytes *= 1024;
	else if (strcmp(unit, "MiB") == 0)
		*bytes *= 1024 * 1024;
	return true;
}

static void
peer(struct buf *b, const char *addr, const json_t *p)
{
	const char *state = jtext(p, "state");
	bool up = strcmp(state, "Established") == 0, never = strcmp(jtext(p, "peerUptime"), "never") == 0;
	char since[DURATION_LEN];

	buf_printf(b, "%-15s %lld%13lld %7lld %7lld %8lld %4lld %4lld %-8s ", addr, (long long)jnum(p, "version"),
	    (long long)jnum(p, "remoteAs"), (long long)jnum(p, "msgRcvd"), (long long)jnum(p, "msgSent"),
	    (long long)jnum(p, "tableVersion"), (long long)jnum(p, "inq"), (long long)jnum(p, "outq"),
	    never ? "never" : duration_str((uint64_t)jnum(p, "peerUptimeMsec") / 1000, since));
	if (up)
		buf_printf(b, "%8lld\n", (long long)jnum(p, "pfxRcd"));
	else if (strncmp(state, "Idle (", 6) == 0)
		buf_printf(b, "%s\n", strstr(state, "PfxCt") ? "Idle (PfxCt)" : "Idle (Admin)");
	else
		buf_printf(b, "%s\n", state);
}

void
bgp_summary(struct buf *b, const json_t *j, const char *memory, const json_t *statistics)
{
	static const char *const lines[][2] = {
		{ " BGP routes", "path entries" }, { " BGP attributes", NULL }, { " BGP AS-PATH entries", "BGP AS-PATH entries" },
		{ " BGP community entries", "BGP community entries" },
		{ " BGP Extended community entries", "BGP extended community entries" },
	};
	const json_t *v = json_object_get(j, "ipv4Unicast");
	json_t *peers = json_object_get(v, "peers"), *p;
	const json_t *counted = json_array_get(json_object_get(statistics, "ipv4Unicast"), 0);
	unsigned long n, bytes, total = 0;
	const char *addr;

	buf_printf(b, "BGP router identifier %s, local AS number %lld\n", jtext(v, "routerId"), (long long)jnum(v, "as"));
	buf_printf(b, "BGP table version is %lld, main routing table version %lld\n", (long long)jnum(v, "tableVersion"),
	    (long long)jnum(v, "tableVersion"));
	if (jnum(v, "ribCount")) {
		total = (unsigned long)jnum(v, "ribMemory");
		buf_printf(b, "%lld network entries using %lu bytes of memory\n", (long long)(counted ? jnum(counted, "totalPrefixes") :
		    jnum(v, "ribCount")), total);
		for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++) {
			if (!memory_line(memory, lines[i][0], &n, &bytes))
				continue;
			total += bytes;
			if (lines[i][1])
				buf_printf(b, "%lu %s using %lu bytes of memory\n", n, lines[i][1], bytes);
			else
				buf_printf(b, "%lu/%lu BGP path/bestpath attribute entries using %lu bytes of memory\n", n, n, bytes);
		}
		buf_printf(b, "BGP using %lu total bytes of memory\n", total);
		if (memory_line(memory, " Adj-In entries", &n, &bytes) && n)
			buf_printf(b, "%lu received paths for inbound soft reconfiguration\n", n);
	}
	if (json_object_size(peers) == 0)
		return;
	buf_puts(b, "\nNeighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd\n");
	json_object_foreach(peers, addr, p)
		peer(b, addr, p);
}

/* --- one prefix --- */

static void
path(struct buf *b, const json_t *p)
{
	const json_t *hop = json_array_get(json_object_get(p, "nexthops"), 0), *from = json_object_get(p, "peer");
	const char *as = jtext(json_object_get(p, "aspath"), "string"), *peer_id = jtext(from, "peerId");
	const char *community = jtext(json_object_get(p, "community"), "string");
	bool local = !*as || strcmp(as, "Local") == 0, own = !*peer_id || strcmp(peer_id, "::") == 0 || strcmp(peer_id, "0.0.0.0") == 0;
	const char *address = jtext(hop, "ip");

	buf_printf(b, "  %s", local ? "Local" : as);
	if (json_object_get(p, "aggregatorAs"))
		buf_printf(b, ", (aggregated by %lld %s)", (long long)jnum(p, "aggregatorAs"), jtext(p, "aggregatorId"));
	if (json_is_true(json_object_get(p, "receivedOnly")))
		buf_puts(b, ", (received-only)");
	buf_printf(b, "\n    %s", strcmp(address, "::") == 0 ? "0.0.0.0" : address);
	if (!json_is_true(json_object_get(hop, "accessible")) && json_object_get(hop, "accessible"))
		buf_puts(b, " (inaccessible)");
	else if (jnum(hop, "metric"))
		buf_printf(b, " (metric %lld)", (long long)jnum(hop, "metric"));
	buf_printf(b, " from %s (%s)\n", own ? "0.0.0.0" : peer_id, jtext(from, "routerId"));
	buf_printf(b, "      Origin %s", jtext(p, "origin"));
	if (json_object_get(p, "metric") || json_object_get(p, "med"))
		buf_printf(b, ", metric %lld", (long long)(json_object_get(p, "metric") ? jnum(p, "metric") : jnum(p, "med")));
	buf_printf(b, ", localpref %lld", json_object_get(p, "locPrf") ? (long long)jnum(p, "locPrf") : 100LL);
	if (jnum(p, "weight"))
		buf_printf(b, ", weight %lld", (long long)jnum(p, "weight"));
	if (json_is_true(json_object_get(p, "valid")))
		buf_puts(b, ", valid");
	buf_printf(b, ", %s", own ? "sourced, local" : jtext(from, "type"));
	if (json_is_true(json_object_get(p, "multipath")))
		buf_puts(b, ", multipath");
	if (json_is_true(json_object_get(json_object_get(p, "bestpath"), "overall")))
		buf_puts(b, ", best");
	buf_putc(b, '\n');
	if (*community)
		buf_printf(b, "      Community: %s\n", community);
	if (*jtext(json_object_get(p, "extendedCommunity"), "string"))
		buf_printf(b, "      Extended Community: %s\n", jtext(json_object_get(p, "extendedCommunity"), "string"));
	if (*jtext(p, "originatorId"))
		buf_printf(b, "      Originator: %s\n", jtext(p, "originatorId"));
}

void
bgp_entry(struct buf *b, const json_t *j)
{
	json_t *paths = json_object_get(j, "paths"), *to = json_object_get(j, "advertisedTo"), *p;
	const char *addr;
	size_t i, best = 0;

	if (json_array_size(paths) == 0) {
		buf_puts(b, "% Network not in table\n");
		return;
	}
	json_array_foreach(paths, i, p)
		if (json_is_true(json_object_get(json_object_get(p, "bestpath"), "overall")))
			best = i + 1;
	buf_printf(b, "BGP routing table entry for %s, version %lld\n", jtext(j, "prefix"), (long long)jnum(j, "version"));
	buf_printf(b, "Paths: (%zu available, ", json_array_size(paths));
	if (best)
		buf_printf(b, "best #%zu, table default)\n", best);
	else
		buf_puts(b, "no best path)\n");
	if (json_object_size(to)) {
		buf_puts(b, "  Advertised to non peer-group peers:\n  ");
		json_object_foreach(to, addr, p)
			buf_printf(b, " %s", addr);
		buf_putc(b, '\n');
	} else
		buf_puts(b, "  Not advertised to any peer\n");
	json_array_foreach(paths, i, p)
		path(b, p);
}

/* --- commands --- */

static bool
active(struct session *s, struct buf *b)
{
	struct store *st = session_store(s);

	if (store_first(st, store_root(st), ROW_ROUTER_BGP))
		return true;
	buf_puts(b, "% BGP not active\n\n");
	return false;
}

static void
table_text(struct session *s, struct buf *b, const void *values, const char *const answer[ASK_MAX])
{
	const struct cfg_show_ip_bgp *v = values;
	json_t *j = answer_json(answer[0]);

	if (active(s, b)) {
		if (v->has & HAS_SHOW_IP_BGP_WHAT)
			bgp_entry(b, j);
		else
			bgp_table(b, j, NULL);
	}
	json_decref(j);
}

void
show_ip_bgp(struct session *s, const void *values)
{
	const struct cfg_show_ip_bgp *v = values;
	struct buf command = {0};

	buf_puts(&command, "show ip bgp ");
	if (v->net)
		buf_printf(&command, "%s ", v->net);
	else if (v->has & HAS_SHOW_IP_BGP_MASK)
		buf_printf(&command, "%s/%d ", ip4_s(v->addr), ip4_masklen(v->mask));
	else if (v->has & HAS_SHOW_IP_BGP_ADDR)
		buf_printf(&command, "%s ", ip4_s(v->addr));
	buf_puts(&command, "json");
	ask(s, values, &(struct question){ FRR_BGPD, buf_str(&command) }, 1, table_text);
	buf_free(&command);
}

static void
summary_text(struct session *s, struct buf *b, const void *values, const char *const answer[ASK_MAX])
{
	json_t *j = answer_json(answer[0]), *statistics = answer_json(answer[2]);

	if (active(s, b) && j)
		bgp_summary(b, j, answer[1], statistics);
	json_decref(j);
	json_decref(statistics);
}

void
show_ip_bgp_summary(struct session *s, const void *values)
{
	static const struct question q[] = { { FRR_BGPD, "show ip bgp summary json" }, { FRR_BGPD, "show bgp memory" },
		{ FRR_BGPD, "show bgp ipv4 unicast statistics json" } };

	ask(s, values, q, 3, summary_text);
}

/* The route distinguisher of a VRF, whichever way it is defined. */
static const char *
distinguisher(struct store *st, const char *vrf)
{
	const struct rec *r = store_defined(st, REF_VRF, vrf);
	const struct cfg_vrf_definition_rd *rd = NULL;
	const struct cfg_ip_vrf_rd *old = NULL;

	if (r && r->row == ROW_VRF_DEFINITION)
		rd = store_leaf(st, r, ROW_VRF_DEFINITION_RD);
	else if (r)
		old = store_leaf(st, r, ROW_IP_VRF_RD);
	return rd ? rd->rd : old ? old->rd : "<not set>";
}

static void
vrf_text(struct session *s, struct buf *b, const void *values, const char *const answer[ASK_MAX])
{
	const struct cfg_show_ip_bgp_vrf *v = values;
	json_t *j = answer_json(answer[0]);
	struct buf title = {0};

	if (active(s, b) && j) {
		buf_printf(&title, "Route Distinguisher: %s (default for vrf %s)", distinguisher(session_store(s), v->vrf), v->vrf);
		if (v->summary)
			bgp_summary(b, j, NULL, NULL);
		else
			bgp_table(b, j, buf_str(&title));
	}
	buf_free(&title);
	json_decref(j);
}

void
show_ip_bgp_vrf(struct session *s, const void *values)
{
	const struct cfg_show_ip_bgp_vrf *v = values;
	char command[96];

	if (!store_defined(session_store(s), REF_VRF, v->vrf)) {
		out(s, "%% VRF %s does not exist\n", v->vrf);
		return;
	}
	snprintf(command, sizeof command, "show ip bgp vrf %s %sjson", v->vrf, v->summary ? "summary " : "");
	ask(s, values, &(struct question){ FRR_BGPD, command }, 1, vrf_text);
}
