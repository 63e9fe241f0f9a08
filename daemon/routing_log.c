/* SPDX-License-Identifier: BSD-2-Clause */
/* What ospfd and bgpd log of adjacencies, in IOS's words: see routing.h; tests/unit/test_frr.c. */
#include "daemon/routing.h"

#include <net/if.h>
#include <stdio.h>
#include <string.h>

#include "cli/show/names.h"
#include "gen/grammar.h"
#include "lib/log.h"
#include "parser/types.h"

static const char *
word(const char *const (*table)[2], size_t n, const char *frr)
{
	for (size_t i = 0; i < n; i++)
		if (strcmp(table[i][0], frr) == 0)
			return table[i][1];
	return frr;
}
#define WORD(table, frr) word(table, sizeof table / sizeof table[0], frr)

static const char *const states[][2] = {
	{ "Down", "DOWN" }, { "Deleted", "DOWN" }, { "Attempt", "ATTEMPT" }, { "Init", "INIT" }, { "2-Way", "2WAY" },
	{ "ExStart", "EXSTART" }, { "Exchange", "EXCHANGE" }, { "Loading", "LOADING" }, { "Full", "FULL" },
};

static const char *const reasons[][2] = {
	{ "LoadingDone", "Loading Done" }, { "ExchangeDone", "Exchange Done" }, { "NegotiationDone", "Negotiation Done" },
	{ "2-WayReceived", "2-Way Received" }, { "1-WayReceived", "1-Way" }, { "PacketReceived", "Received Hello" },
	{ "HelloReceived", "Received Hello" }, { "InactivityTimer", "Neighbor Down: Dead timer expired" },
	{ "KillNbr", "Neighbor Down: Interface down or detached" }, { "LLDown", "Neighbor Down: Interface down or detached" },
};

static const char *const bgp_reasons[][2] = {
	{ "BGP Notification send", "BGP Notification sent" }, { "Interface down", "Interface flap" },
};

/* The number of the process, by the VRF it is in. */
static unsigned
process(struct store *s, const char *vrf)
{
	const struct rec *r = store_first(s, store_root(s), ROW_ROUTER_OSPF);

	if (strcmp(vrf, "default") == 0)
		return r ? ((const struct cfg_router_ospf *)rec_values(r))->pid : 0;
	for (r = store_first(s, store_root(s), ROW_ROUTER_OSPF_VRF); r; r = store_next(r)) {
		const struct cfg_router_ospf_vrf *v = rec_values(r);

		if (strcmp(v->vrf, vrf) == 0)
			return v->pid;
	}
	return 0;
}

/* "AdjChg: Nbr 1.1.1.1, NbrIP 10.0.0.1 (default) on e0-0:10.0.0.2: Loading -> Full (LoadingDone)" */
static bool
ospf(struct store *s, const char *p)
{
	char id[32], vrf[64], on[64], from[16], to[16], why[48];
	struct devmap names;

	if (sscanf(p, "AdjChg: Nbr %31[0-9.], NbrIP %*[0-9.] (%63[^)]) on %63[^: ]:%*[^ ] %15[^ ] -> %15[^ ] (%47[^)])", id, vrf,
		on, from, to, why) != 6)
		return false;
	/* IOS passes through LOADING, whether there is something to load or not */
	if (strcmp(from, "Exchange") == 0 && strcmp(to, "Full") == 0) {
		strcpy(from, "Loading");
		strcpy(why, "LoadingDone");
	}
	devmap_init(&names, s);
	log_msg("OSPF", 5, "ADJCHG", "Process %u, Nbr %s on %s from %s to %s, %s", process(s, vrf), id, devmap_name(&names, on),
	    WORD(states, from), WORD(states, to), WORD(reasons, why));
	devmap_free(&names);
	return true;
}

/*
 * "can't setsockopt IP_ADD_MEMBERSHIP (fd 13, addr 10.0.0.1, ifindex 22, AllSPFRouters): No buffer space available; ...": OSPF
 * is on there, and will never have a neighbor. AllDRouters is joined by the designated router and its backup. There may be
 * thousands of these lines: nothing is looked for in the whole configuration.
 */
static bool
multicast(const char *line)
{
	const char *p = strstr(line, "IP_ADD_MEMBERSHIP (");
	char dev[IF_NAMESIZE], name[40], group[16], why[64];
	unsigned index;

	if (!p || sscanf(p, "IP_ADD_MEMBERSHIP (fd %*d, addr %*[^,], ifindex %u, All%15[A-Za-z]): %63[^;]", &index, group, why) != 3 ||
	    !if_indextoname(index, dev))
		return false;
	if (!ifname_from_device(dev, name))
		snprintf(name, sizeof name, "%s", dev);
	log_msg("OSPF", 4, "MULTICAST", "%s on %s: %s",
	    strcmp(group, "DRouters") == 0 ? "Updates for the designated router cannot be heard" : "No neighbor can be heard", name, why);
	return true;
}

/* "%ADJCHANGE: neighbor 10.0.0.1(name) in vrf default Down User reset" */
static bool
bgp(const char *p)
{
	char peer[64], vrf[64], way[8];
	int end = 0;

	if (sscanf(p, "%%ADJCHANGE: neighbor %63[^( ]", peer) != 1)
		return false;
	/* the name is the peer's own: what stands behind it counts */
	for (const char *in = p; (in = strstr(in, ") in vrf ")); in++)
		p = in;
	if (sscanf(p, ") in vrf %63[^ ] %7[A-Za-z]%n", vrf, way, &end) != 2 || !end)
		return false;
	p += end + strspn(p + end, " ");
	if (strcmp(vrf, "default") != 0)
		log_msg("BGP", 5, "ADJCHANGE", "neighbor %s vpn vrf %s %s %s", peer, vrf, way, WORD(bgp_reasons, p));
	else
		log_msg("BGP", 5, "ADJCHANGE", "neighbor %s %s %s", peer, way, WORD(bgp_reasons, p));
	return true;
}

const char *
routing_log_text(enum frr_daemon daemon, const char *line)
{
	static const char *const names[] = { [FRR_ZEBRA] = "ZEBRA: ", [FRR_OSPFD] = "OSPF: ", [FRR_BGPD] = "BGP: " };
	static const char stamp[] = "0000/00/00 00:00:00 ";
	const char *p = line, *end;

	for (const char *q = stamp; *q; p++, q++)
		if (*q == '0' ? *p < '0' || *p > '9' : *p != *q)
			return NULL;
	if (strncmp(p, names[daemon], strlen(names[daemon])) != 0)
		return NULL;
	p += strlen(names[daemon]);
	while (*p == '[' && (end = strchr(p, ']')))
		p = end + 1;
	return p + strspn(p, " ");
}

bool
routing_report(struct store *s, enum frr_daemon daemon, const char *line)
{
	const char *p = routing_log_text(daemon, line);

	if (!p)
		return false;
	if (daemon == FRR_BGPD)
		return strncmp(p, "%ADJCHANGE: ", 12) == 0 && bgp(p);
	if (daemon == FRR_OSPFD)
		return strncmp(p, "AdjChg: ", 8) == 0 ? ospf(s, p) : multicast(p);
	return false;
}
