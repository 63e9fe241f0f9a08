/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Nothing is called applied that has no effect: for every row that the grammar
 * leaves to a compile function, one of its examples changes what is planned
 * for the drivers, in a configuration where what it belongs to is in use. The
 * rows whose effect is no object are listed with the test that shows it; a
 * row that needs to stand in another configuration gets its lines in `base`
 * or a beginning of its own in `entries`.
 */
#include <stdio.h>

#include "tests/unit/session.h"

#include "engine/engine.h"
#include "gen/grammar.h"

/* The nodes of the examples, in use. */
static const char base[] =
    "vrf definition RED\n rd 1:1\n address-family ipv4\n"
    "crypto isakmp identity hostname\ncrypto isakmp policy 10\n authentication pre-share\n encryption aes\n hash sha256\n group 5\n"
    "crypto isakmp policy 20\n authentication pre-share\n"
    "crypto isakmp key base address 202.101.1.1\ncrypto isakmp key base address 202.101.1.9\n"
    "crypto keyring KR\n pre-shared-key address 10.9.0.0 255.255.0.0 key base\n"
    "crypto keyring KRX\n pre-shared-key address 172.16.0.0 255.240.0.0 key other\n"
    "crypto isakmp profile P\n keyring KR\n match identity address 10.9.0.0 255.255.0.0\n virtual-template 2\n"
    "crypto isakmp profile Q\n keyring KRX\n match identity address 10.9.0.7 255.255.255.255\n"
    "crypto dynamic-map DYN 30\n"
    "crypto ipsec transform-set MYTRANS esp-aes esp-sha-hmac\ncrypto ipsec transform-set A esp-3des esp-sha-hmac\n"
    "crypto ipsec transform-set BASE esp-aes 256 esp-sha-hmac\n"
    "crypto ikev2 proposal P1\n encryption aes-cbc-128\n integrity sha1\n group 5\n"
    "crypto ikev2 proposal P2\n encryption aes-cbc-256\n integrity sha256\n group 19\n"
    "crypto ikev2 policy POL\n proposal P1\n"
    "crypto ikev2 keyring KR\n peer R3\n  address 10.0.0.3\n  pre-shared-key base\n"
    "crypto ikev2 keyring KRB\n peer BASE\n  address 10.9.9.9\n  pre-shared-key base\n"
    "crypto ikev2 profile PROF\n match identity remote address 10.0.0.3\n authentication remote pre-share\n"
    " authentication local pre-share\n keyring local KR\n"
    "crypto ikev2 profile P\n match identity remote address 10.9.9.9\n authentication remote pre-share\n"
    " authentication local pre-share\n keyring local KRB\n"
    "crypto ipsec profile P1\n set transform-set BASE\n set pfs group14\n"
    "crypto ipsec profile VT\n set transform-set BASE\n set isakmp-profile P\n"
    "crypto ipsec profile V2\n set transform-set BASE\n set ikev2-profile PROF\n"
    "crypto dynamic-map DYN 10\n set transform-set BASE\n"
    "crypto map MYMAP 10 ipsec-isakmp\n set peer 202.101.1.9\n set transform-set MYTRANS BASE\n match address BASE\n reverse-route static\n"
    "crypto map MYMAP 15 ipsec-isakmp\n set peer 202.101.1.8\n set transform-set BASE\n match address VPN\n"
    "crypto map MYMAP 16 ipsec-isakmp\n set peer 202.101.1.8\n set transform-set BASE\n match address 101\n"
    "crypto map MYMAP 17 ipsec-isakmp\n set peer 10.9.0.7\n set transform-set BASE\n match address VPN\n set isakmp-profile Q\n"
    "crypto map MYMAP 20 ipsec-isakmp dynamic DYN\n"
    "crypto isakmp key base address 202.101.1.8\n"
    "crypto map OTHER 10 ipsec-isakmp\n set peer 202.101.1.9\n set transform-set BASE\n match address BASE\n"
    "ip access-list extended BASE\n permit ip 10.8.0.0 0.0.255.255 10.9.0.0 0.0.255.255\n"
    "ip access-list extended VPN\n permit ip 10.7.0.0 0.0.255.255 10.9.0.0 0.0.255.255\n"
    "access-list 101 permit ip 10.6.0.0 0.0.255.255 10.9.0.0 0.0.255.255\n"
    "ip access-list standard 10\n permit 10.0.0.0 0.255.255.255\nip access-list standard NETS\n permit 10.66.0.0 0.0.255.255\n"
    "interface Loopback0\n ip address 10.0.0.1 255.255.255.255\n"
    "interface Loopback1\n ip address 10.77.1.1 255.255.255.255\n"
    "interface Ethernet0/0\n ip address 1.3.1.1 255.255.255.0\n ip ospf 1 area 0\n crypto map MYMAP\n"
    "interface Ethernet0/1\n ip address 1.4.1.1 255.255.255.0\n"
    "interface GigabitEthernet0/1\n ip address 192.168.13.1 255.255.255.0\n"
    "interface GigabitEthernet0/2\n vrf forwarding RED\n ip address 192.168.13.1 255.255.255.0\n"
    "router ospf 2 vrf RED\n network 192.168.0.0 0.0.255.255 area 5\n"
    "interface Tunnel0\n ip address 10.100.0.1 255.255.255.252\n tunnel source Ethernet0/1\n tunnel destination 202.101.1.1\n"
    "interface Tunnel1\n ip address 10.100.1.1 255.255.255.252\n tunnel source Ethernet0/1\n tunnel destination 10.0.0.3\n"
    " tunnel mode ipsec ipv4\n tunnel protection ipsec profile V2\n"
    "interface Tunnel2\n ip address 10.100.2.1 255.255.255.252\n tunnel source Ethernet0/1\n tunnel destination 202.101.1.1\n"
    " tunnel mode ipsec ipv4\n tunnel protection ipsec profile P1\n"
    "interface Virtual-Template1 type tunnel\n ip unnumbered Loopback1\n tunnel mode ipsec ipv4\n"
    " tunnel protection ipsec profile V2\n"
    "interface Virtual-Template2 type tunnel\n ip unnumbered Loopback0\n tunnel mode ipsec ipv4\n"
    " tunnel protection ipsec profile VT\n"
    "router ospf 1\n redistribute static subnets route-map RRI_to_OSPF\n network 10.0.0.0 0.255.255.255 area 1\n"
    " network 192.168.0.0 0.0.255.255 area 2\n"
    "route-map RRI_to_OSPF permit 10\nroute-map RRI_to_OSPF permit 20\n match ip address NETS\n"
    "route-map RRI_to_OSPF permit 30\n match ip address 10\n"
    "route-map RRI_to_OSPF permit 40\n match community CUST 1 100\n match as-path 1\n"
    "route-map RRI_to_OSPF permit 50\n match community LONG\n"
    "ip community-list standard CUST permit 1:1\nip community-list expanded LONG permit 1:1\nip community-list 1 permit 1:1\n"
    "ip community-list 100 permit 1:1\nip as-path access-list 1 permit .*\nip prefix-list LAN seq 7 permit 10.3.0.0/16\n"
    "router bgp 65000\n neighbor IBGP peer-group\n neighbor IBGP remote-as 65000\n neighbor SPOKES peer-group\n"
    " neighbor SPOKES remote-as 65000\n neighbor 10.1.1.2 remote-as 65009\n neighbor 10.1.1.2 route-map RRI_to_OSPF out\n"
    " neighbor 10.1.1.2 prefix-list LAN out\n neighbor 10.1.1.2 filter-list 1 in\n redistribute connected\n"
    " address-family ipv4\n  redistribute static\n address-family ipv4 vrf RED\n  neighbor 10.2.2.2 remote-as 65003\n"
    "ip route 0.0.0.0 0.0.0.0 1.3.1.254\nend\n";

/* Further ways into a mode, besides the examples of its node. */
static const struct {
	const char *node, *line;
} entries[] = {
	{ "interface", "interface Ethernet0/0" }, { "interface", "interface Ethernet0/1" }, { "interface", "interface Tunnel0" },
	{ "interface", "interface Tunnel2" }, { "interface", "interface Ethernet0/0.10" }, { "interface", "interface Tunnel9" },
	{ "crypto-map", "crypto map MYMAP 10" }, { "dynamic-map", "crypto dynamic-map DYN 30" },
	{ "isakmp-profile", "crypto isakmp profile Q" }, { "router-bgp.af-ipv4", "address-family ipv4 vrf RED" }, { "ipsec-profile", "crypto ipsec profile V2" },
	{ "ipsec-profile", "crypto ipsec profile VT" }, { "ikev2-profile", "crypto ikev2 profile P" },
};

/* Rows whose effect is not among the objects, and what shows it. */
static const struct {
	const char *row, *why, *test;
} elsewhere[] = {
	{ "service-password-encryption", "the parser hides passwords", "tests/unit/test_secret.c" },
	{ "ipsec-profile.reverse-route", "a route while there are SAs", "tests/unit/test_engine.c" },
	{ "ipsec-profile.reverse-route-tag", "a route while there are SAs", "tests/unit/test_engine.c" },
	{ "ipsec-profile.reverse-route-distance", "a route while there are SAs", "tests/unit/test_engine.c" },
	{ "dynamic-map.reverse-route", "a route while there are SAs", "tests/unit/test_engine.c" },
	{ "dynamic-map.reverse-route-tag", "a route while there are SAs", "tests/unit/test_engine.c" },
	{ "dynamic-map.reverse-route-distance", "a route while there are SAs", "tests/unit/test_engine.c" },
	{ "ipsec-profile.responder-only", "who begins", "tests/unit/test_engine.c" },
	{ "ip-vrf", "its example is the VRF of the base configuration", "tests/lab/vrf" },
	{ "vrf-definition.af-ipv4", "that the VRF has IPv4 goes without saying here", "tests/lab/vrf" },
	{ "log-session", "messages", "tests/unit/test_messages.c" },
	{ "interface.logging-link-status", "messages", "tests/unit/test_messages.c" },
	{ "service-timestamps-all", "the daemon logs", "tests/unit/test_logging.c" },
	{ "service-timestamps", "the daemon logs", "tests/unit/test_logging.c" },
	{ "service-sequence-numbers", "the daemon logs", "tests/unit/test_logging.c" },
	{ "logging-on", "the daemon logs", "tests/unit/test_logging.c" },
	{ "logging-count", "the daemon logs", "tests/unit/test_logging.c" },
	{ "logging-discriminator", "the daemon logs", "tests/unit/test_logging.c" },
	{ "logging-buffered", "the daemon logs", "tests/unit/test_logging.c" },
	{ "logging-queue-limit", "the daemon logs", "tests/unit/test_logging.c" },
	{ "logging-rate-limit", "the daemon logs", "tests/unit/test_logging.c" },
	{ "logging-console", "the daemon logs", "tests/unit/test_logging.c" },
	{ "logging-monitor", "the daemon logs", "tests/unit/test_logging.c" },
	{ "logging-delimiter", "the daemon logs", "tests/unit/test_logging.c" },
	{ "logging-trap", "the daemon logs", "tests/unit/test_logging.c" },
	{ "logging-origin-id", "the daemon logs", "tests/unit/test_logging.c" },
	{ "logging-facility", "the daemon logs", "tests/unit/test_logging.c" },
	{ "logging-source", "the daemon logs", "tests/unit/test_logging.c" },
	{ "logging-host", "the daemon logs", "tests/unit/test_logging.c" },
	{ "clock-timezone", "the daemon logs", "tests/unit/test_logging.c" },
	{ "logging-userinfo", "the daemon logs", "tests/clients/syslog" },
	{ "archive", "the daemon keeps copies", "tests/lab/configuration" },
	{ "archive.path", "the daemon keeps copies", "tests/lab/configuration" },
	{ "archive.maximum", "the daemon keeps copies", "tests/lab/configuration" },
	{ "archive.write-memory", "the daemon keeps copies", "tests/lab/configuration" },
	{ "archive.time-period", "the daemon keeps copies", "tests/lab/configuration" },
	{ "archive.log-config", "the daemon logs commands", "tests/unit/test_config_log.c" },
	{ "archive.log-config.enable", "the daemon logs commands", "tests/unit/test_config_log.c" },
	{ "archive.log-config.size", "the daemon logs commands", "tests/unit/test_config_log.c" },
	{ "ip-domain-name", "the name of the router's keys", "tests/clients/ssh-lines" },
	{ "ssh-timeout", "the daemon answers SSH", "tests/clients/ssh-security" },
	{ "ssh-retries", "the daemon answers SSH", "tests/clients/ssh-security" },
	{ "ssh-maxstartups", "the daemon answers SSH", "tests/clients/ssh-security" },
	{ "ssh-rsa", "the daemon answers SSH", "tests/clients/ssh-lines" },
	{ "ssh-logging", "messages", "tests/clients/ssh-lines" },
	{ "ssh-dscp", "the daemon's own packets", "tests/clients/ssh-lines" },
	{ "ssh-precedence", "the daemon's own packets", "tests/clients/ssh-lines" },
	{ "ssh-dh", "the daemon answers SSH", "tests/clients/ssh-lines" },
	{ "ssh-port", "the daemon answers SSH", "tests/clients/ssh-lines" },
	{ "ssh-algorithm", "the daemon answers SSH", "tests/clients/ssh-lines" },
	{ "ssh-pubkey", "who may log in", "tests/clients/ssh-lines" },
	{ "ssh-pubkey.user", "who may log in", "tests/clients/ssh-lines" },
	{ "ssh-pubkey.user.hash", "who may log in", "tests/clients/ssh-lines" },
	{ "ssh-pubkey.user.key-string", "who may log in", "tests/clients/ssh-lines" },
	{ "scp-server", "the daemon takes files", "tests/clients/ssh-lines" },
	{ "snmp", "the daemon runs an agent", "tests/clients/snmp" },
	{ "snmp-user", "the daemon runs an agent", "tests/clients/snmp" },
	{ "snmp-group", "the daemon runs an agent", "tests/clients/snmp" },
	{ "snmp-view", "the daemon runs an agent", "tests/clients/snmp" },
	{ "snmp-community", "the daemon runs an agent", "tests/clients/snmp" },
	{ "snmp-location", "the daemon runs an agent", "tests/clients/snmp" },
	{ "snmp-contact", "the daemon runs an agent", "tests/clients/snmp" },
	{ "snmp-chassis-id", "the daemon runs an agent", "tests/clients/snmp" },
	{ "snmp-traps", "the daemon runs an agent", "tests/clients/snmp" },
	{ "snmp-traps-all", "the daemon runs an agent", "tests/clients/snmp" },
	{ "snmp-trap-source", "the daemon runs an agent", "tests/clients/snmp" },
	{ "snmp-source", "the daemon runs an agent", "tests/clients/snmp" },
	{ "snmp-host", "the daemon runs an agent", "tests/clients/snmp" },
	{ "file-prompt", "copy and delete ask, or do not", "tests/unit/test_exec.c" },
	{ "archive.log-config.notify", "the daemon logs commands", "tests/unit/test_config_log.c" },
	{ "enable-secret", "who may come in", "tests/unit/test_aaa.c" },
	{ "enable-secret-level", "who may come in", "tests/unit/test_aaa.c" },
	{ "enable-password", "who may come in", "tests/unit/test_aaa.c" },
	{ "enable-password-level", "who may come in", "tests/unit/test_aaa.c" },
	{ "aaa-new-model", "who may come in", "tests/unit/test_aaa.c" },
	{ "aaa-group-radius", "who may come in", "tests/clients/aaa" },
	{ "aaa-group-radius.server-name", "who may come in", "tests/clients/aaa" },
	{ "aaa-group-radius.server", "who may come in", "tests/unit/test_aaa.c" },
	{ "aaa-group-radius.source-interface", "who may come in", "tests/clients/aaa" },
	{ "ip-radius-source", "who may come in", "tests/clients/aaa" },
	{ "aaa-group-radius.server-private", "who may come in", "tests/clients/aaa" },
	{ "aaa-auth-login-default", "who may come in", "tests/unit/test_aaa.c" },
	{ "aaa-auth-login", "who may come in", "tests/unit/test_aaa.c" },
	{ "aaa-auth-enable", "who may come in", "tests/clients/aaa" },
	{ "aaa-author-default", "who may come in", "tests/unit/test_aaa.c" },
	{ "aaa-author", "who may come in", "tests/clients/aaa" },
	{ "aaa-author-console", "who may type what", "tests/clients/aaa" },
	{ "aaa-author-config-commands", "who may type what", "tests/clients/aaa" },
	{ "aaa-author-commands-default", "who may type what", "tests/clients/aaa" },
	{ "aaa-author-commands", "who may type what", "tests/clients/aaa" },
	{ "line.authorization-commands", "who may type what", "tests/clients/aaa" },
	{ "login-block-for", "who may come in", "tests/unit/test_aaa.c" },
	{ "login-delay", "who may come in", "tests/unit/test_aaa.c" },
	{ "login-quiet-mode", "who may come in", "tests/unit/test_aaa.c" },
	{ "login-on-failure", "who may come in", "tests/unit/test_aaa.c" },
	{ "login-on-success", "who may come in", "tests/unit/test_aaa.c" },
	{ "username", "who may come in", "tests/unit/test_aaa.c" },
	{ "radius-host", "who may come in", "tests/clients/aaa" },
	{ "radius-retransmit", "who may come in", "tests/unit/test_aaa.c" },
	{ "radius-timeout", "who may come in", "tests/unit/test_aaa.c" },
	{ "radius-key", "who may come in", "tests/unit/test_aaa.c" },
	{ "rad-server", "who may come in", "tests/clients/aaa" },
	{ "rad-server.address", "who may come in", "tests/clients/aaa" },
	{ "rad-server.timeout", "who may come in", "tests/clients/aaa" },
	{ "rad-server.retransmit", "who may come in", "tests/unit/test_aaa.c" },
	{ "rad-server.key", "who may come in", "tests/clients/aaa" },
	{ "privilege-cmd", "which commands there are", "tests/unit/test_aaa.c" },
	{ "line", "what a session is like", "tests/unit/test_aaa.c" },
	{ "line.access-class", "what a session is like", "tests/unit/test_aaa.c" },
	{ "line.exec-timeout", "what a session is like", "tests/clients/lines" },
	{ "line.privilege", "what a session is like", "tests/unit/test_aaa.c" },
	{ "line.password", "what a session is like", "tests/unit/test_aaa.c" },
	{ "line.secret", "what a session is like", "tests/clients/aaa" },
	{ "line.logging", "what a session is like", "tests/unit/test_aaa.c" },
	{ "line.authorization-exec", "what a session is like", "tests/clients/aaa" },
	{ "line.login", "what a session is like", "tests/unit/test_aaa.c" },
	{ "line.timeout-login", "what a session is like", "tests/clients/lines" },
	{ "line.exec", "what a session is like", "tests/unit/test_aaa.c" },
	{ "line.exec-banner", "what a session is like", "tests/clients/lines" },
	{ "line.motd-banner", "what a session is like", "tests/clients/lines" },
	{ "line.history", "what a session is like", "tests/clients/lines" },
	{ "line.history-size", "what a session is like", "tests/clients/lines" },
	{ "line.monitor", "what a session is like", "tests/clients/lines" },
	{ "line.length", "what a session is like", "tests/clients/lines" },
	{ "line.width", "what a session is like", "tests/clients/lines" },
	{ "line.absolute-timeout", "what a session is like", "tests/clients/lines" },
	{ "line.autocommand", "what a session is like", "tests/clients/lines" },
	{ "line.transport-input", "what a session is like", "tests/unit/test_aaa.c" },
	{ "banner", "what a session is like", "tests/clients/lines" },
};

/* What is planned for all drivers, without the lines it comes from: those would differ by their numbers. */
static char *
plan_of(const char *before, const char *const *way, int n, const char *line)
{
	struct buf plan = {0}, out = {0};
	struct session t;
	struct engine *e;
	struct match m;

	session_open(&t);
	e = engine_new(NULL, t.s);
	ck_assert_int_eq(config_text(&t.c, before, strlen(before), NULL, NULL), 0);
	for (int i = 0; i < n; i++)
		if (config_line(&t.c, way[i], 0, &m, &out) != CONFIG_OK)
			goto refused;
	if (line && config_line(&t.c, line, 0, &m, &out) != CONFIG_OK)
		goto refused;
	store_commit(t.s);
	engine_commit(e);
	engine_print_plan(e, &plan);
	for (char *p = plan.d, *q = plan.d; plan.d; p++) {
		if (*p == '[' && strncmp(p, "[line ", 6) == 0)
			p += strcspn(p, "]");
		else if (!(*q++ = *p))
			break;
	}
refused:
	engine_free(e);
	session_close(&t);
	buf_free(&out);
	return plan.d ? buf_steal(&plan) : NULL;
}

#define WAY 4	/* modes one in the other */

static bool
changes(const char *const *way, int n, const char *examples)
{
	char *before = plan_of(base, way, n, NULL);
	bool changed = false;

	while (before && !changed && *examples) {
		char *line = xstrndup(examples, strcspn(examples, "\n"));
		char *after = plan_of(base, way, n, line), *no = xasprintf("no %s", line), *gone;

		changed = after && strcmp(before, after) != 0;
		/* what stands in the configuration by itself has an effect when it goes */
		gone = changed ? NULL : plan_of(base, way, n, no);
		changed |= gone && strcmp(before, gone) != 0;
		free(gone);
		free(no);
		free(after);
		examples += strlen(line);
		examples += *examples == '\n';
		free(line);
	}
	free(before);
	return changed;
}

/* Tries the ways from the top into a mode; way[depth] and what follows it lead on to the row. */
static bool
try_ways(const char *way[], int depth, int mode, const char *examples)
{
	const struct g_row *node;
	bool ok = false;

	if (mode == MODE_GLOBAL)
		return changes(way + depth, WAY - depth, examples);
	node = &g_rows[g_modes[mode].node_row];
	ck_assert_int_gt(depth, 0);
	for (size_t i = 0; !ok && i < sizeof entries / sizeof entries[0]; i++)
		if (strcmp(entries[i].node, G_STR(node->name)) == 0) {
			way[depth - 1] = entries[i].line;
			ok = try_ways(way, depth - 1, g_modes[mode].parent, examples);
		}
	for (const char *p = G_STR(node->examples); *p && !ok; p += *p == '\n') {
		char *line = xstrndup(p, strcspn(p, "\n"));

		way[depth - 1] = line;
		ok = try_ways(way, depth - 1, g_modes[mode].parent, examples);
		p += strlen(line);
		free(line);
	}
	return ok;
}

static bool
listed(const char *name)
{
	for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++)
		if (strcmp(elsewhere[i].row, name) == 0)
			return true;
	return false;
}

START_TEST(applied_rows)
{
	struct buf without = {0};
	int tried = 0;

	for (unsigned i = 0; i < g_nrows; i++) {
		const struct g_row *r = &g_rows[i];
		const char *way[WAY];
		bool ok;

		if (r->kind == G_EXEC || r->kind == G_FLAT || r->flags & G_ROW_ANYMODE || r->accept)
			continue;
		tried++;
		ok = try_ways(way, WAY, r->mode, G_STR(r->examples));
		if (ok == listed(G_STR(r->name)))
			buf_printf(&without, "%s%s\n", G_STR(r->name), ok ? " (has an effect and is listed as having none)" : "");
	}
	ck_assert_int_gt(tried, 60);
	ck_assert_msg(without.n == 0, "applied rows without effect:\n%s", buf_str(&without));
	buf_free(&without);
}
END_TEST

/* A list of exceptions must name rows and tests that are there. */
START_TEST(the_exceptions)
{
	for (size_t i = 0; i < sizeof elsewhere / sizeof elsewhere[0]; i++) {
		FILE *f = fopen(elsewhere[i].test, "r");
		bool found = false;

		ck_assert_msg(f, "%s is not there", elsewhere[i].test);
		fclose(f);
		for (unsigned k = 0; k < g_nrows && !found; k++)
			found = strcmp(G_STR(g_rows[k].name), elsewhere[i].row) == 0;
		ck_assert_msg(found, "%s is no row", elsewhere[i].row);
		ck_assert(*elsewhere[i].why);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("effect");
	TCase *t = tcase_create("effect");

	tcase_set_timeout(t, 120);
	tcase_add_test(t, applied_rows);
	tcase_add_test(t, the_exceptions);
	suite_add_tcase(s, t);
	return run_suite(s);
}
