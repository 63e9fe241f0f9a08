/* SPDX-License-Identifier: BSD-2-Clause */
/* show ip bgp neighbors, from bgpd's JSON: see bgp.h. */
#include <stdio.h>
#include <string.h>

#include "cli/show/ask.h"
#include "cli/show/bgp.h"
#include "cli/show/names.h"
#include "lib/ip4.h"

exec_fn show_ip_bgp_neighbors;

static char *
since(const json_t *n, const char *key, char out[DURATION_LEN])
{
	return duration_str((uint64_t)jnum(n, key) / 1000, out);
}

static void
capability(struct buf *b, const json_t *caps, const char *key, const char *name)
{
	const char *v = jtext(caps, key);

	if (!*v)
		return;
	buf_printf(b, "    %s: %s\n", name, strncmp(v, "advertisedAndReceived", 21) == 0 ?
	    (strcmp(key, "routeRefresh") == 0 ? "advertised and received(new)" : "advertised and received") :
	    strncmp(v, "advertised", 10) == 0 ? "advertised" : "received");
}

static void
messages(struct buf *b, const json_t *m)
{
	static const char *const kinds[][3] = {
		{ "Opens", "opensSent", "opensRecv" }, { "Notifications", "notificationsSent", "notificationsRecv" },
		{ "Updates", "updatesSent", "updatesRecv" }, { "Keepalives", "keepalivesSent", "keepalivesRecv" },
		{ "Route Refresh", "routeRefreshSent", "routeRefreshRecv" }, { "Total", "totalSent", "totalRecv" },
	};

	buf_printf(b, "  Message statistics:\n    InQ depth is %lld\n    OutQ depth is %lld\n    \n", (long long)jnum(m, "depthInq"),
	    (long long)jnum(m, "depthOutq"));
	buf_puts(b, "                         Sent       Rcvd\n");
	for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++) {
		char name[32];

		snprintf(name, sizeof name, "%s:", kinds[i][0]);
		buf_printf(b, "    %-14s%11lld%11lld\n", name, (long long)jnum(m, kinds[i][1]), (long long)jnum(m, kinds[i][2]));
	}
}

static void
policies(struct buf *b, const json_t *f)
{
	static const char *const lines[][2] = {
		{ "incomingUpdatePrefixFilterList", "Incoming update prefix filter list is" },
		{ "outgoingUpdatePrefixFilterList", "Outgoing update prefix filter list is" },
		{ "incomingUpdateNetworkFilterList", "Incoming update network filter list is" },
		{ "outgoingUpdateNetworkFilterList", "Outgoing update network filter list is" },
		{ "incomingUpdateAsPathFilterList", "Incoming update AS path filter list is" },
		{ "outgoingUpdateAsPathFilterList", "Outgoing update AS path filter list is" },
		{ "routeMapForIncomingAdvertisements", "Route map for incoming advertisements is" },
		{ "routeMapForOutgoingAdvertisements", "Route map for outgoing advertisements is" },
	};

	if (json_is_true(json_object_get(f, "routeReflectorClient")))
		buf_puts(b, "  Route-Reflector Client\n");
	if (json_is_true(json_object_get(f, "inboundSoftConfigPermit")))
		buf_puts(b, "  Inbound soft reconfiguration allowed\n");
	if (json_object_get(f, "routerAlwaysNextHop") || json_object_get(f, "nextHopSelf"))
		buf_puts(b, "  NEXT_HOP is always this router for eBGP paths\n");
	if (*jtext(f, "commAttriSentToNbr") && strcmp(jtext(f, "commAttriSentToNbr"), "extended") != 0)
		buf_puts(b, "  Community attribute sent to this neighbor\n");
	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		if (*jtext(f, lines[i][0]))
			buf_printf(b, "  %s %s\n", lines[i][1], jtext(f, lines[i][0]));
}

void
bgp_neighbor(struct buf *b, const char *addr, const json_t *n)
{
	const json_t *caps = json_object_get(n, "neighborCapabilities");
	const json_t *f = json_object_get(json_object_get(n, "addressFamilyInfo"), "ipv4Unicast");
	bool external = json_is_true(json_object_get(n, "nbrExternalLink")), up = strcmp(jtext(n, "bgpState"), "Established") == 0;
	char t[DURATION_LEN], w[DURATION_LEN], x[DURATION_LEN];
	json_int_t hops = jnum(n, "externalBgpNbrMaxHopsAway");

	buf_printf(b, "BGP neighbor is %s,  remote AS %lld, %s link\n", addr, (long long)jnum(n, "remoteAs"),
	    external ? "external" : "internal");
	if (*jtext(n, "nbrDesc"))
		buf_printf(b, " Description: %s\n", jtext(n, "nbrDesc"));
	if (*jtext(n, "peerGroup"))
		buf_printf(b, " Member of peer-group %s for session parameters\n", jtext(n, "peerGroup"));
	if (json_object_get(n, "adminShutDown"))
		buf_puts(b, " Administratively shut down\n");
	buf_printf(b, "  BGP version %lld, remote router ID %s\n", (long long)jnum(n, "bgpVersion"), jtext(n, "remoteRouterId"));
	buf_printf(b, "  BGP state = %s", jtext(n, "bgpState"));
	if (up)
		buf_printf(b, ", up for %s\n  Last read %s, last write %s, hold time is %lld, keepalive interval is %lld seconds\n",
		    since(n, "bgpTimerUpMsec", t), since(n, "bgpTimerLastRead", w), since(n, "bgpTimerLastWrite", x),
		    (long long)jnum(n, "bgpTimerHoldTimeMsecs") / 1000, (long long)jnum(n, "bgpTimerKeepAliveIntervalMsecs") / 1000);
	else
		buf_putc(b, '\n');
	if (up) {
		buf_puts(b, "  Neighbor capabilities:\n");
		capability(b, caps, "routeRefresh", "Route refresh");
		capability(b, caps, "4byteAs", "Four-octets ASN Capability");
		if (json_object_get(json_object_get(caps, "multiprotocolExtensions"), "ipv4Unicast"))
			buf_puts(b, "    Address family IPv4 Unicast: advertised and received\n");
		capability(b, caps, "gracefulRestart", "Graceful Restart Capability");
		capability(b, caps, "enhancedRouteRefresh", "Enhanced Refresh Capability");
	}
	messages(b, json_object_get(n, "messageStats"));
	buf_printf(b, "  Default minimum time between advertisement runs is %lld seconds\n\n",
	    (long long)jnum(n, "minBtwnAdvertisementRunsTimerMsecs") / 1000);
	buf_printf(b, " For address family: IPv4 Unicast\n");
	if (jnum(f, "updateGroupId"))
		buf_printf(b, "  %lld update-group member\n", (long long)jnum(f, "updateGroupId"));
	policies(b, f);
	buf_puts(b, "                                 Sent       Rcvd\n  Prefix activity:               ----       ----\n");
	buf_printf(b, "    Prefixes Current:      %10lld %10lld\n\n", (long long)jnum(f, "sentPrefixCounter"),
	    (long long)jnum(f, "acceptedPrefixCounter"));
	buf_printf(b, "  Connections established %lld; dropped %lld\n", (long long)jnum(n, "connectionsEstablished"),
	    (long long)jnum(n, "connectionsDropped"));
	if (jnum(n, "connectionsDropped"))
		buf_printf(b, "  Last reset %s, due to %s\n", since(n, "lastResetTimerMsecs", t), jtext(n, "lastResetDueTo"));
	else
		buf_puts(b, "  Last reset never\n");
	if (external && hops > 1)
		buf_printf(b, "  External BGP neighbor may be up to %lld hops away.\n", (long long)hops);
	if (up)
		buf_printf(b, "Connection state is ESTAB, I/O status: 1, unread input bytes: 0\n"
		    "Local host: %s, Local port: %lld\nForeign host: %s, Foreign port: %lld\n", jtext(n, "hostLocal"),
		    (long long)jnum(n, "portLocal"), jtext(n, "hostForeign"), (long long)jnum(n, "portForeign"));
	else
		buf_puts(b, "  No active TCP connection\n");
	buf_putc(b, '\n');
}

static void
text(struct session *s, struct buf *b, const void *values, const char *const answer[ASK_MAX])
{
	const struct cfg_show_ip_bgp_neighbors *v = values;
	json_t *j = answer_json(answer[0]), *n;
	struct store *st = session_store(s);
	const char *addr;

	if (!store_first(st, store_root(st), ROW_ROUTER_BGP))
		buf_puts(b, "% BGP not active\n\n");
	else if (v->has & HAS_SHOW_IP_BGP_NEIGHBORS_PEER && (!j || json_object_get(j, "bgpNoSuchNeighbor")))
		buf_puts(b, "% No such neighbor or address family\n");
	else if (!(v->has & HAS_SHOW_IP_BGP_NEIGHBORS_WHAT)) {
		json_object_foreach(j, addr, n)
			if (json_is_object(n))
				bgp_neighbor(b, addr, n);
	} else if (v->what == SHOW_IP_BGP_NEIGHBORS_WHAT_RECEIVED_ROUTES && !json_object_get(j, "receivedRoutes"))
		buf_printf(b, "%% Inbound soft reconfiguration not enabled on %s\n", ip4_s(v->peer));
	else if (v->what == SHOW_IP_BGP_NEIGHBORS_WHAT_ROUTES) {
		bgp_table(b, j, NULL);
		buf_printf(b, "\nTotal number of prefixes %zu \n", json_object_size(json_object_get(j, "routes")));
	} else
		bgp_sent_table(b, j, v->what == SHOW_IP_BGP_NEIGHBORS_WHAT_RECEIVED_ROUTES ? "receivedRoutes" : "advertisedRoutes");
	json_decref(j);
}

void
show_ip_bgp_neighbors(struct session *s, const void *values)
{
	static const char *const what[] = { " advertised-routes", " received-routes", " routes" };
	const struct cfg_show_ip_bgp_neighbors *v = values;
	char command[96] = "show ip bgp neighbors json";

	if (v->has & HAS_SHOW_IP_BGP_NEIGHBORS_PEER)
		snprintf(command, sizeof command, "show ip bgp neighbors %s%s json", ip4_s(v->peer),
		    v->has & HAS_SHOW_IP_BGP_NEIGHBORS_WHAT ? what[v->what] : "");
	ask(s, values, &(struct question){ FRR_BGPD, command }, 1, text);
}
