/* SPDX-License-Identifier: BSD-2-Clause */
/* show ip ospf, show ip ospf interface and border-routers: see ospf.h. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/show/ask.h"
#include "cli/show/ospf.h"
#include "lib/ip4.h"
#include "parser/types.h"

exec_fn show_ip_ospf, show_ip_ospf_interface, show_ip_ospf_border_routers;

/* The number of the process of a VRF. */
static unsigned
pid_of(struct store *s, const char *vrf)
{
	const struct rec *r;

	if (strcmp(vrf, "default") == 0) {
		r = store_first(s, store_root(s), ROW_ROUTER_OSPF);
		return r ? ((const struct cfg_router_ospf *)rec_values(r))->pid : 0;
	}
	for (r = store_first(s, store_root(s), ROW_ROUTER_OSPF_VRF); r; r = store_next(r))
		if (strcmp(((const struct cfg_router_ospf_vrf *)rec_values(r))->vrf, vrf) == 0)
			return ((const struct cfg_router_ospf_vrf *)rec_values(r))->pid;
	return 0;
}

void
ospf_names_init(struct ospf_names *n, struct store *s)
{
	n->store = s;
	n->pid = pid_of(s, "default");
	devmap_init(&n->devs, s);
}

void
ospf_each_in(struct session *s, const json_t *answer, unsigned pid, void (*each)(void *ctx, const json_t *j, struct ospf_names *n),
    void *ctx)
{
	struct ospf_names n;
	const char *vrf;
	json_t *j;

	ospf_names_init(&n, session_store(s));
	json_object_foreach((json_t *)(uintptr_t)answer, vrf, j)
		if (json_is_object(j) && (n.pid = pid_of(n.store, vrf)) && (pid == 0 || n.pid == pid))
			each(ctx, j, &n);
	ospf_names_free(&n);
}

void
ospf_each(struct session *s, const char *answer, unsigned pid, void (*each)(void *ctx, const json_t *j, struct ospf_names *n), void *ctx)
{
	json_t *all = answer_json(answer);

	ospf_each_in(s, all, pid, each, ctx);
	json_decref(all);
}

const char *
ospf_vrf(struct session *s, unsigned pid)
{
	struct store *st = session_store(s);

	if (pid == pid_of(st, "default"))
		return "default";
	for (const struct rec *r = store_first(st, store_root(st), ROW_ROUTER_OSPF_VRF); r; r = store_next(r))
		if (((const struct cfg_router_ospf_vrf *)rec_values(r))->pid == pid)
			return ((const struct cfg_router_ospf_vrf *)rec_values(r))->vrf;
	out(s, "%%OSPF: Router process %u is not running\n", pid);
	return NULL;
}

void
ospf_names_free(struct ospf_names *n)
{
	devmap_free(&n->devs);
}

const char *
ospf_area(const char *dotted, char out[16])
{
	uint32_t a;

	if (ip4_parse(dotted, &a) && a < 65536)
		snprintf(out, 16, "%u", a);
	else
		snprintf(out, 16, "%.15s", dotted);
	return out;
}

static bool
is(const json_t *o, const char *key)
{
	return json_is_true(json_object_get(o, key));
}

static long long
num(const json_t *o, const char *key)
{
	return (long long)jnum(o, key);
}

static void
area(struct buf *b, const char *id, const json_t *a, int loopbacks)
{
	static const char *const kinds[] = { "lsaRouterChecksum", "lsaNetworkChecksum", "lsaSummaryChecksum", "lsaAsbrChecksum",
		"lsaNssaChecksum" };
	const char *auth = jtext(a, "authentication");
	char name[16];
	long long sum = 0;

	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
		sum += num(a, kinds[i]);
	ospf_area(id, name);
	if (is(a, "backbone"))
		buf_puts(b, "    Area BACKBONE(0)\n");
	else
		buf_printf(b, "    Area %s\n", name);
	buf_printf(b, "        Number of interfaces in this area is %lld", num(a, "areaIfTotalCounter"));
	if (loopbacks)
		buf_printf(b, " (%d loopback)", loopbacks);
	buf_putc(b, '\n');
	if (json_object_get(a, "stubEnable") || is(a, "stubNoSummary"))
		buf_printf(b, "        It is a stub area%s\n", is(a, "stubNoSummary") ? ", no summary LSA in this area" : "");
	if (is(a, "nssa"))
		buf_puts(b, "        It is a NSSA area\n");
	if (strstr(auth, "essage"))
		buf_puts(b, "        Area has message digest authentication\n");
	else if (strstr(auth, "imple"))
		buf_puts(b, "        Area has simple password authentication\n");
	else
		buf_puts(b, "        Area has no authentication\n");
	buf_printf(b, "        SPF algorithm executed %lld times\n        Number of LSA %lld. Checksum Sum 0x%06llX\n"
	    "        Number of opaque link LSA %lld. Checksum Sum 0x%06llX\n", num(a, "spfExecutedCounter"), num(a, "lsaNumber"), sum,
	    num(a, "lsaOpaqueLinkNumber"), num(a, "lsaOpaqueLinkChecksum"));
}

void
ospf_process(struct buf *b, const json_t *j, struct ospf_names *n)
{
	json_t *areas = json_object_get(j, "areas"), *a;
	const struct rec *r = n->pid == pid_of(n->store, "default") ? store_first(n->store, store_root(n->store), ROW_ROUTER_OSPF) : NULL;
	const struct cfg_router_ospf_auto_cost *cost = r ? store_leaf(n->store, r, ROW_ROUTER_OSPF_AUTO_COST) : NULL;
	int stub = 0, nssa = 0;
	char ago[DURATION_LEN];
	const char *id;

	if (!*jtext(j, "routerId"))
		return;
	json_object_foreach(areas, id, a) {
		nssa += is(a, "nssa");
		stub += !is(a, "nssa") && (json_object_get(a, "stubEnable") || is(a, "stubNoSummary"));
	}
	buf_printf(b, " Routing Process \"ospf %u\" with ID %s\n", n->pid, jtext(j, "routerId"));
	if (*jtext(j, "vrfName") && strcmp(jtext(j, "vrfName"), "default") != 0)
		buf_printf(b, " VRF %s\n", jtext(j, "vrfName"));
	buf_puts(b, " Supports only single TOS(TOS0) routes\n");
	if (is(j, "asbrRouter"))
		buf_puts(b, " It is an autonomous system boundary router\n");
	if (is(j, "abrType") || *jtext(j, "abrType"))
		buf_puts(b, " It is an area border router\n");
	if (r && !store_find(n->store, r, ROW_ROUTER_OSPF_MAX_METRIC, NULL))
		buf_puts(b, " Router is not originating router-LSAs with maximum metric\n");
	buf_printf(b, " Initial SPF schedule delay %lld msecs\n Minimum hold time between two consecutive SPFs %lld msecs\n"
	    " Maximum wait time between two consecutive SPFs %lld msecs\n", num(j, "spfScheduleDelayMsecs"),
	    num(j, "holdtimeMinMsecs"), num(j, "holdtimeMaxMsecs"));
	buf_printf(b, " Minimum LSA interval %lld secs\n Minimum LSA arrival %lld msecs\n", num(j, "lsaMinIntervalMsecs") / 1000,
	    num(j, "lsaMinArrivalMsecs"));
	buf_printf(b, " Number of external LSA %lld. Checksum Sum 0x%06llX\n Number of opaque AS LSA %lld. Checksum Sum 0x%06llX\n",
	    num(j, "lsaExternalCounter"), num(j, "lsaExternalChecksum"), num(j, "lsaAsopaqueCounter"), num(j, "lsaAsOpaqueChecksum"));
	buf_printf(b, " Number of areas in this router is %zu. %zu normal %d stub %d nssa\n", json_object_size(areas),
	    json_object_size(areas) - (size_t)stub - (size_t)nssa, stub, nssa);
	if (cost)
		buf_printf(b, " Reference bandwidth unit is %u mbps\n", cost->mbits);
	if (num(j, "spfLastExecutedMsecs"))
		buf_printf(b, " SPF algorithm last executed %s ago\n", duration_str((uint64_t)num(j, "spfLastExecutedMsecs") / 1000, ago));
	json_object_foreach(areas, id, a)
		area(b, id, a, 0);
}

/* --- interfaces --- */

static const char *
network_type(const char *frr, bool loopback)
{
	return loopback ? "LOOPBACK" : strcmp(frr, "POINTOPOINT") == 0 ? "POINT_TO_POINT" :
	    strcmp(frr, "POINTOMULTIPOINT") == 0 ? "POINT_TO_MULTIPOINT" : strcmp(frr, "NBMA") == 0 ? "NON_BROADCAST" : frr;
}

static const char *
state(const char *frr, bool loopback, bool brief)
{
	if (loopback)
		return brief ? "LOOP" : "LOOPBACK";
	if (strcmp(frr, "Backup") == 0)
		return "BDR";
	if (strcmp(frr, "DROther") == 0)
		return brief ? "DROTH" : "DROTHER";
	if (strcmp(frr, "Point-To-Point") == 0)
		return brief ? "P2P" : "POINT_TO_POINT";
	return strcmp(frr, "Waiting") == 0 ? (brief ? "WAIT" : "WAITING") : strcmp(frr, "Down") == 0 ? "DOWN" : frr;
}

/* "10.0.0.1/24": what ospfd uses, or what is configured. */
static void
address(const json_t *i, const struct rec *r, struct store *s, char out[32])
{
	const struct cfg_interface_address *a = r ? store_leaf(s, r, ROW_INTERFACE_ADDRESS) : NULL;

	if (*jtext(i, "ipAddress"))
		snprintf(out, 32, "%s/%lld", jtext(i, "ipAddress"), num(i, "ipAddressPrefixlen"));
	else if (a)
		snprintf(out, 32, "%s/%d", ip4_s(a->addr), ip4_masklen(a->mask));
	else
		snprintf(out, 32, "unnumbered");
}

/* The neighbors that can be heard through a device. */
static void
adjacencies(struct buf *b, const json_t *neighbors, const char *dev)
{
	json_t *all = json_object_get(neighbors, "neighbors"), *list, *n;
	const char *id;
	size_t i;

	json_object_foreach(all, id, list)
		json_array_foreach(list, i, n) {
			const char *st = jtext(n, "nbrState");

			if (strcmp(jtext(n, "ifaceName"), dev) != 0 || strncmp(st, "Full", 4) != 0)
				continue;
			buf_printf(b, "    Adjacent with neighbor %s%s\n", id, strstr(st, "/DR") && !strstr(st, "/DROther") ?
			    "  (Designated Router)" : strstr(st, "/Backup") ? "  (Backup Designated Router)" : "");
		}
}

static void
interface(struct buf *b, const char *dev, const json_t *i, const json_t *neighbors, struct ospf_names *n)
{
	const struct rec *r = devmap_rec(&n->devs, dev);
	bool loopback = r && ifname_class(((const struct cfg_interface *)rec_values(r))->if_) == IF_LOOPBACK;
	bool up = is(i, "ifUp"), explicit = r && store_find(n->store, r, ROW_INTERFACE_OSPF_AREA, NULL);
	char where[32], a[16], due[DURATION_LEN];

	buf_printf(b, "%s is %s, line protocol is %s \n", devmap_name(&n->devs, dev), up ? "up" : "down", up ? "up" : "down");
	if (!is(i, "ospfEnabled")) {
		buf_puts(b, "  OSPF not enabled on this interface\n");
		return;
	}
	address(i, r, n->store, where);
	buf_printf(b, "  Internet Address %s, Area %s, Attached via %s\n", where, ospf_area(jtext(i, "area"), a),
	    explicit ? "Interface Enable" : "Network Statement");
	buf_printf(b, "  Process ID %u, Router ID %s, Network Type %s, Cost: %lld\n", n->pid, jtext(i, "routerId"),
	    network_type(jtext(i, "networkType"), loopback), num(i, "cost"));
	if (loopback) {
		buf_puts(b, "  Loopback interface is treated as a stub Host\n");
		return;
	}
	buf_printf(b, "  Transmit Delay is %lld sec, State %s", num(i, "transmitDelaySecs"), state(jtext(i, "state"), false, false));
	if (strcmp(jtext(i, "networkType"), "BROADCAST") == 0 || strcmp(jtext(i, "networkType"), "NBMA") == 0)
		buf_printf(b, ", Priority %lld", num(i, "priority"));
	buf_putc(b, '\n');
	if (*jtext(i, "drId"))
		buf_printf(b, "  Designated Router (ID) %s, Interface address %s\n", jtext(i, "drId"), jtext(i, "drAddress"));
	else if (strcmp(jtext(i, "networkType"), "BROADCAST") == 0)
		buf_puts(b, "  No designated router on this network\n");
	if (*jtext(i, "bdrId"))
		buf_printf(b, "  Backup Designated router (ID) %s, Interface address %s\n", jtext(i, "bdrId"), jtext(i, "bdrAddress"));
	else if (strcmp(jtext(i, "networkType"), "BROADCAST") == 0)
		buf_puts(b, "  No backup designated router on this network\n");
	buf_printf(b, "  Timer intervals configured, Hello %lld, Dead %lld, Wait %lld, Retransmit %lld\n", num(i, "timerMsecs") / 1000,
	    num(i, "timerDeadSecs"), num(i, "timerWaitSecs"), num(i, "timerRetransmitSecs"));
	if (is(i, "timerPassiveIface"))
		buf_puts(b, "    No Hellos (Passive interface) \n");
	else
		buf_printf(b, "    Hello due in %s\n", duration_str((uint64_t)num(i, "timerHelloInMsecs") / 1000, due));
	buf_printf(b, "  Neighbor Count is %lld, Adjacent neighbor count is %lld \n", num(i, "nbrCount"), num(i, "nbrAdjacentCount"));
	adjacencies(b, neighbors, dev);
}

void
ospf_interfaces(struct buf *b, const json_t *j, const json_t *neighbors, const char *one, struct ospf_names *n)
{
	json_t *all = json_object_get(j, "interfaces"), *i;
	const char *dev;

	json_object_foreach(all, dev, i)
		if (one ? strcmp(one, dev) == 0 : is(i, "ospfEnabled"))
			interface(b, dev, i, neighbors, n);
}

void
ospf_interfaces_brief(struct buf *b, const json_t *j, struct ospf_names *n)
{
	json_t *all = json_object_get(j, "interfaces"), *i;
	const char *dev;

	json_object_foreach(all, dev, i) {
		const struct rec *r = devmap_rec(&n->devs, dev);
		bool loopback = r && ifname_class(((const struct cfg_interface *)rec_values(r))->if_) == IF_LOOPBACK;
		char name[40], where[32], a[16];

		if (!is(i, "ospfEnabled"))
			continue;
		ifname_short(devmap_name(&n->devs, dev), name, sizeof name);
		address(i, r, n->store, where);
		buf_printf(b, "%-12s %-5u %-15s %-18s %-5lld %-5s %lld/%lld\n", name, n->pid, ospf_area(jtext(i, "area"), a), where,
		    num(i, "cost"), state(jtext(i, "state"), loopback, true), num(i, "nbrAdjacentCount"), num(i, "nbrCount"));
	}
}

/* --- commands --- */

static void
each_process(void *ctx, const json_t *j, struct ospf_names *n)
{
	ospf_process(ctx, j, n);
}

static void
process_text(struct session *s, struct buf *b, const void *values, const char *const answer[ASK_MAX])
{
	ospf_each(s, answer[0], ((const struct cfg_show_ip_ospf *)values)->pid, each_process, b);
}

void
show_ip_ospf(struct session *s, const void *values)
{
	const struct cfg_show_ip_ospf *v = values;

	if (!v->pid || ospf_vrf(s, v->pid))
		ask(s, values, &(struct question){ FRR_OSPFD, "show ip ospf vrf all json" }, 1, process_text);
}

struct wanted {
	struct buf *b;
	const json_t *neighbors;	/* by VRF */
	const char *dev;		/* NULL: all */
	bool brief;
};

static void
each_interface(void *ctx, const json_t *j, struct ospf_names *n)
{
	struct wanted *w = ctx;

	if (w->brief)
		ospf_interfaces_brief(w->b, j, n);
	else
		ospf_interfaces(w->b, j, json_object_get(w->neighbors, jtext(j, "vrfName")), w->dev, n);
}

static void
interface_text(struct session *s, struct buf *b, const void *values, const char *const answer[ASK_MAX])
{
	const struct cfg_show_ip_ospf_interface *v = values;
	json_t *neighbors = answer_json(answer[1]);
	char dev[OBJ_IFNAMSIZ] = "";
	struct wanted w = { b, neighbors, v->if_ ? dev : NULL, !v->if_ && v->has & HAS_SHOW_IP_OSPF_INTERFACE_WHAT };

	if (v->if_)
		ifname_kernel(v->if_, dev);
	if (w.brief)
		buf_puts(b, "Interface    PID   Area            IP Address/Mask    Cost  State Nbrs F/C\n");
	ospf_each(s, answer[0], v->pid, each_interface, &w);
	if (v->if_ && b->n == 0)
		buf_printf(b, "%%OSPF: OSPF not enabled on %s\n", v->if_);
	json_decref(neighbors);
}

void
show_ip_ospf_interface(struct session *s, const void *values)
{
	static const struct question q[] = { { FRR_OSPFD, "show ip ospf vrf all interface json" },
		{ FRR_OSPFD, "show ip ospf vrf all neighbor detail json" } };
	const struct cfg_show_ip_ospf_interface *v = values;

	if (!v->pid || ospf_vrf(s, v->pid))
		ask(s, values, q, 2, interface_text);
}

/* --- border routers --- */

void
ospf_border_routers(struct buf *b, const json_t *routes, const json_t *process, struct ospf_names *n)
{
	json_t *r, *hop, *areas = json_object_get(process, "areas");
	const char *id;
	size_t i;

	buf_printf(b, "\n            OSPF Router with ID (%s) (Process ID %u)\n\n\n\t\tBase Topology (MTID 0)\n\n"
	    "Internal Router Routing Table\nCodes: i - Intra-area route, I - Inter-area route\n\n", jtext(process, "routerId"), n->pid);
	json_object_foreach((json_t *)(uintptr_t)routes, id, r) {
		const char *type = jtext(r, "routerType"), *in = jtext(r, "area");
		char a[16];

		if (*jtext(r, "routeType") != 'R')
			continue;
		json_array_foreach(json_object_get(r, "nexthops"), i, hop)
			buf_printf(b, "%c %s [%lld] via %s, %s, %s%s%s, Area %s, SPF %lld\n", is(r, "IA") ? 'I' : 'i', id, num(r, "cost"),
			    jtext(hop, "ip"), devmap_name(&n->devs, jtext(hop, "via")), strstr(type, "abr") ? "ABR" : "",
			    strstr(type, "abr") && strstr(type, "asbr") ? "/" : "", strstr(type, "asbr") ? "ASBR" : "", ospf_area(in, a),
			    num(json_object_get(areas, in), "spfExecutedCounter"));
	}
}

struct borders {
	struct buf *b;
	const json_t *processes;	/* by VRF */
};

static void
each_borders(void *ctx, const json_t *j, struct ospf_names *n)
{
	struct borders *w = ctx;

	ospf_border_routers(w->b, j, json_object_get(w->processes, jtext(j, "vrfName")), n);
}

static void
borders_text(struct session *s, struct buf *b, const void *values, const char *const answer[ASK_MAX])
{
	json_t *processes = answer_json(answer[1]);
	struct borders w = { b, processes };

	ospf_each(s, answer[0], ((const struct cfg_show_ip_ospf_border_routers *)values)->pid, each_borders, &w);
	json_decref(processes);
}

void
show_ip_ospf_border_routers(struct session *s, const void *values)
{
	static const struct question q[] = { { FRR_OSPFD, "show ip ospf vrf all route json" }, { FRR_OSPFD, "show ip ospf vrf all json" } };
	const struct cfg_show_ip_ospf_border_routers *v = values;

	if (!v->pid || ospf_vrf(s, v->pid))
		ask(s, values, q, 2, borders_text);
}
