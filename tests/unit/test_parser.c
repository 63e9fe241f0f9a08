/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parser: what a line is, which row it is, where the caret stands, what
 * is stored and what must not be. Mostly tables: lines in, text out.
 */
#include <stdio.h>

#include "tests/unit/session.h"

#include "gen/grammar.h"

/* --- a line, its result and its caret --- */

static const struct {
	const char *before, *line;
	enum config_result result;
	enum match_status status;
	int col;		/* byte offset of the caret; -1: does not matter */
} lines[] = {
	{ "", "hostname R2", CONFIG_OK, 0, -1 },
	{ "", "HOSTNAME R2", CONFIG_OK, 0, -1 },
	{ "", "  \thostname   R2  ", CONFIG_OK, 0, -1 },
	{ "", "hostname R2\r", CONFIG_OK, 0, -1 },
	{ "", "", CONFIG_OK, 0, -1 },
	{ "", "   ", CONFIG_OK, 0, -1 },
	{ "", "! hostname", CONFIG_OK, 0, -1 },
	{ "", "   !", CONFIG_OK, 0, -1 },
	{ "", "exit", CONFIG_EXIT, 0, -1 },
	{ "", "end", CONFIG_END, 0, -1 },
	{ "interface Ethernet0/0", "exit", CONFIG_OK, 0, -1 },
	{ "interface Ethernet0/0", "end", CONFIG_END, 0, -1 },
	{ "", "do show version", CONFIG_DO, 0, -1 },
	/* incomplete */
	{ "", "hostname", CONFIG_SYNTAX, MATCH_INCOMPLETE, -1 },
	{ "", "crypto", CONFIG_SYNTAX, MATCH_INCOMPLETE, -1 },
	{ "", "no", CONFIG_SYNTAX, MATCH_INCOMPLETE, -1 },
	{ "", "default", CONFIG_SYNTAX, MATCH_INCOMPLETE, -1 },
	{ "", "no crypto isakmp policy", CONFIG_SYNTAX, MATCH_INCOMPLETE, -1 },
	{ "", "crypto map MYMAP 10", CONFIG_SYNTAX, MATCH_INCOMPLETE, -1 },
	{ "crypto map MYMAP 10 ipsec-isakmp", "crypto map MYMAP 10", CONFIG_OK, 0, -1 },
	{ "crypto map MYMAP 10 ipsec-isakmp", "crypto map MYMAP 20", CONFIG_SYNTAX, MATCH_INCOMPLETE, -1 },
	{ "", "crypto ipsec transform-set T", CONFIG_SYNTAX, MATCH_INCOMPLETE, -1 },
	/* ambiguous, at once */
	{ "", "cr i", CONFIG_SYNTAX, MATCH_AMBIGUOUS, -1 },
	{ "", "crypto is", CONFIG_SYNTAX, MATCH_INCOMPLETE, -1 },
	{ "", "crypto i policy 10", CONFIG_SYNTAX, MATCH_AMBIGUOUS, -1 },
	{ "", "cry isa pol 10", CONFIG_OK, 0, -1 },
	{ "", "ip d", CONFIG_SYNTAX, MATCH_AMBIGUOUS, -1 },
	/* the caret: under the first letter that fits nowhere */
	{ "", "jyz", CONFIG_SYNTAX, MATCH_INVALID, 0 },
	{ "", "crypto isakmp policy 10001", CONFIG_SYNTAX, MATCH_INVALID, 21 },
	{ "", "crypto isakmp policy 0", CONFIG_SYNTAX, MATCH_INVALID, 21 },
	{ "", "crypto isakmp polixy 10", CONFIG_SYNTAX, MATCH_INVALID, 18 },
	{ "", "  crypto isakmp polixy 10", CONFIG_SYNTAX, MATCH_INVALID, 20 },
	{ "", "hostname R1 more", CONFIG_SYNTAX, MATCH_INVALID, 12 },
	{ "", "hostname 1R", CONFIG_SYNTAX, MATCH_INVALID, 9 },
	{ "", "no jyz", CONFIG_SYNTAX, MATCH_INVALID, 3 },
	{ "crypto isakmp policy 10", "lifetime 30", CONFIG_SYNTAX, MATCH_INVALID, 9 },
	{ "crypto isakmp policy 10", "group 3", CONFIG_SYNTAX, MATCH_INVALID, 6 },
	{ "interface Ethernet0/0", "ip address 10.0.0.256 255.0.0.0", CONFIG_SYNTAX, MATCH_INVALID, 11 },
	/* several interfaces */
	{ "", "interface range Gi0/0 - 3", CONFIG_OK, 0, -1 },
	{ "", "int ra e0/0-1,po1-2 , virtual-template 1 -Virtual-Template3", CONFIG_OK, 0, -1 },
	{ "", "interface range", CONFIG_SYNTAX, MATCH_INCOMPLETE, -1 },
	{ "", "interface range Gi0/0 - ", CONFIG_SYNTAX, MATCH_INVALID, 16 },
	{ "", "interface range Gi0/3 - 1", CONFIG_SYNTAX, MATCH_INVALID, 16 },
	{ "", "interface range Gi0/0 , xy1", CONFIG_SYNTAX, MATCH_INVALID, 24 },
	{ "", "interface range Gi0/0 - Gi1/1", CONFIG_SYNTAX, MATCH_INVALID, 16 },
	{ "", "interface range Gi0/0,", CONFIG_SYNTAX, MATCH_INVALID, -1 },
	{ "", "interface range Gi0/0 1", CONFIG_SYNTAX, MATCH_INVALID, 16 },
	{ "", "interface range lo2147483646 - 2147483647", CONFIG_OK, 0, -1 },
	{ "", "interface range lo2147483646 - 2147483648", CONFIG_SYNTAX, MATCH_INVALID, 16 },
	{ "", "interface range lo0 - 4294967297", CONFIG_SYNTAX, MATCH_INVALID, 16 },
	{ "", "interface range Gi0/0 - 99999", CONFIG_SYNTAX, MATCH_INVALID, 16 },
	{ "", "interface range lo1,lo2,lo3,lo4,lo5,lo6", CONFIG_SYNTAX, MATCH_INVALID, 36 },
	{ "", "no interface range Gi0/0 - 1", CONFIG_SYNTAX, MATCH_INVALID, 13 },
	/* addresses and masks */
	{ "interface Ethernet0/0", "ip address 10.0.0.1 255.0.255.0", CONFIG_REFUSED, 0, -1 },
	{ "interface Ethernet0/0", "ip address 10.0.0.0 255.255.255.0", CONFIG_REFUSED, 0, -1 },
	{ "interface Ethernet0/0", "ip address 10.0.0.255 255.255.255.0", CONFIG_REFUSED, 0, -1 },
	{ "interface Ethernet0/0", "ip address 10.0.0.0 255.255.255.254", CONFIG_OK, 0, -1 },
	{ "interface Ethernet0/0", "ip address 10.0.0.0 255.255.255.255", CONFIG_OK, 0, -1 },
	{ "", "ip route 10.0.0.1 255.255.255.0 1.1.1.1", CONFIG_REFUSED, 0, -1 },
	{ "", "ip route 10.0.0.0 255.0.255.0 1.1.1.1", CONFIG_REFUSED, 0, -1 },
	{ "interface Ethernet0/0\nip address 10.0.0.1 255.255.255.0\ninterface Ethernet0/1", "ip address 10.0.0.2 255.255.255.252",
	    CONFIG_REFUSED, 0, -1 },
	{ "interface Ethernet0/0\nip address 10.0.0.1 255.255.255.0\ninterface Ethernet0/1", "ip address 10.9.0.2 255.0.0.0",
	    CONFIG_REFUSED, 0, -1 },
	{ "interface Ethernet0/0\nip address 10.0.0.1 255.255.255.252\ninterface Ethernet0/1", "ip address 10.0.9.2 255.255.0.0",
	    CONFIG_REFUSED, 0, -1 },
	{ "interface Ethernet0/0\nip address 10.0.3.1 255.255.255.0\ninterface Ethernet0/1", "ip address 10.0.1.2 255.255.252.0",
	    CONFIG_REFUSED, 0, -1 },
	{ "interface Ethernet0/0\nip address 10.0.4.1 255.255.255.0\ninterface Ethernet0/1", "ip address 10.0.1.2 255.255.252.0",
	    CONFIG_OK, 0, -1 },
	{ "interface Ethernet0/0\nip address 10.0.4.1 255.255.255.0\ninterface Ethernet0/1",
	    "ip address 10.0.4.2 255.255.255.128 secondary", CONFIG_REFUSED, 0, -1 },
	{ "interface Ethernet0/0\nip address 10.0.4.1 255.255.255.0", "ip address 10.0.4.2 255.255.255.0 secondary", CONFIG_OK, 0,
	    -1 },
	{ "interface Ethernet0/0\nip address 10.0.4.1 255.255.255.0", "ip address 10.0.4.3 255.255.255.128", CONFIG_OK, 0, -1 },
	{ "interface Ethernet0/0\nip address 10.0.4.1 255.255.255.0\nno ip address\ninterface Ethernet0/1",
	    "ip address 10.0.4.3 255.255.255.128", CONFIG_OK, 0, -1 },
	/* any order, each once */
	{ "router ospf 1", "redistribute static subnets route-map X", CONFIG_OK, 0, -1 },
	{ "router ospf 1", "redistribute static route-map X subnets metric 5", CONFIG_OK, 0, -1 },
	{ "router ospf 1", "redistribute static subnets subnets", CONFIG_SYNTAX, MATCH_INVALID, 28 },
	{ "router ospf 1", "default-information originate metric 5 always", CONFIG_OK, 0, -1 },
	/* access lists of one name, two kinds */
	{ "ip access-list standard A", "ip access-list extended A", CONFIG_REFUSED, 0, -1 },
	{ "", "access-list 1 permit ip any any", CONFIG_SYNTAX, MATCH_INVALID, 21 },
	{ "", "access-list 100 permit ip any any", CONFIG_OK, 0, -1 },
	{ "", "access-list 3000 permit ip any any", CONFIG_SYNTAX, MATCH_INVALID, 12 },
	{ "", "ip access-list standard 100", CONFIG_SYNTAX, MATCH_INVALID, 24 },
	/* a sub-mode is left by a global command only when that parses */
	{ "interface Ethernet0/0", "hostname", CONFIG_SYNTAX, MATCH_INCOMPLETE, -1 },
};

START_TEST(line_results)
{
	struct session t;
	enum config_result r;
	size_t count;
	int depth;

	session_open(&t);
	type_all(&t, lines[_i].before);
	count = store_count(t.s);
	depth = t.c.depth;
	t.m.status = MATCH_OK;
	r = type_line(&t, lines[_i].line);
	ck_assert_msg(r == lines[_i].result, "'%s': result %d, not %d (column %d, %s)", lines[_i].line, r, lines[_i].result,
	    t.m.col, buf_str(&t.out));
	if (r == CONFIG_SYNTAX) {
		ck_assert_msg(t.m.status == lines[_i].status, "'%s': status %d, not %d", lines[_i].line, t.m.status,
		    lines[_i].status);
		if (lines[_i].col >= 0)
			ck_assert_msg(t.m.col == lines[_i].col, "'%s': caret at %d, not %d", lines[_i].line, t.m.col, lines[_i].col);
	}
	if (r == CONFIG_SYNTAX || r == CONFIG_REFUSED) {
		ck_assert_uint_eq(store_count(t.s), count);
		ck_assert_int_eq(t.c.depth, depth);
	}
	if (r == CONFIG_REFUSED)
		ck_assert_ptr_nonnull(strchr(buf_str(&t.out), '%'));
	session_close(&t);
}
END_TEST

/* --- lines typed, lines that stand in running-config, lines that must not --- */

static const struct {
	const char *typed, *shown[6], *hidden[4];
} stored[] = {
	{ "interface Ethernet 0/0", { "interface Ethernet0/0" }, {0} },
	{ "int gi0/0", { "interface GigabitEthernet0/0" }, {0} },
	{ "interface Tunnel 1", { "interface Tunnel1" }, {0} },
	{ "interface loopback0", { "interface Loopback0" }, {0} },
	{ "INTERFACE ETHERNET0/1", { "interface Ethernet0/1" }, {0} },
	{ "router ospf 1\nredistribute static route-map X tag 5 subnets",
	    { " redistribute static subnets tag 5 route-map X" }, {0} },
	/* indentation means nothing */
	{ "   interface Ethernet0/0\nip address 1.1.1.1 255.0.0.0\n\t\thostname A", { "hostname A", " ip address 1.1.1.1 255.0.0.0" },
	    {0} },
	/* a global command leaves the mode, and the next line belongs to the top */
	{ "crypto isakmp policy 10\nservice timestamps debug datetime msec\ninterface Ethernet0/0\nshutdown",
	    { "service timestamps debug datetime msec", " shutdown" }, {0} },
	/* defaults are compared as values */
	{ "crypto isakmp policy 10\nencr aes 128", { " encr aes" }, { " encr aes 128" } },
	{ "crypto isakmp policy 10\nencr aes 256\nencr des", { "crypto isakmp policy 10" }, { " encr des", " encr aes 256" } },
	{ "crypto isakmp policy 10\nencryption 3des", { " encr 3des" }, {0} },
	{ "crypto isakmp policy 10\ngroup 14\nno group", { "crypto isakmp policy 10" }, { " group 14", " group 1" } },
	/* `no` of a leaf needs no value, and any value does */
	{ "interface Ethernet0/0\nmtu 1400\nno mtu", { "interface Ethernet0/0" }, { " mtu 1400" } },
	{ "interface Ethernet0/0\nip address 1.1.1.1 255.0.0.0\nno ip address", { " no ip address" },
	    { " ip address 1.1.1.1 255.0.0.0" } },
	{ "hostname A\nno hostname", { "hostname Router" }, { "hostname A" } },
	/* one list under two spellings */
	{ "access-list 101 permit ip any any\nip access-list extended 101\npermit tcp any any eq 80",
	    { "access-list 101 permit ip any any", "access-list 101 permit tcp any any eq www" }, {0} },
	{ "access-list 101 permit ip any any\nno access-list 101", { "end" }, { "access-list 101 permit ip any any" } },
	{ "access-list 101 permit ip any any\nno ip access-list extended 101", { "end" }, { "access-list 101 permit ip any any" } },
	/* wildcards in the form IOS stores */
	{ "access-list 101 permit ip 10.0.0.0 255.255.255.255 10.1.1.1 0.0.0.0", { "access-list 101 permit ip any host 10.1.1.1" },
	    {0} },
	{ "access-list 101 permit ip 10.1.1.1 0.0.0.255 any", { "access-list 101 permit ip 10.1.1.0 0.0.0.255 any" }, {0} },
	{ "access-list 101 permit 1 any any\naccess-list 101 permit 47 any any", { "access-list 101 permit gre any any" }, {0} },
	/* entries: duplicates, sequence numbers, no */
	{ "ip access-list extended A\npermit ip any host 1.1.1.1\ndeny ip any any\nno permit ip any host 1.1.1.1",
	    { " deny ip any any" }, { " permit ip any host 1.1.1.1" } },
	{ "ip access-list extended A\npermit ip any host 1.1.1.1\ndeny ip any any\nno 20", { " permit ip any host 1.1.1.1" },
	    { " deny ip any any" } },
	{ "ip access-list extended A\n10 permit ip any host 1.1.1.1\n10 permit ip any host 2.2.2.2", { " permit ip any host 2.2.2.2" },
	    { " permit ip any host 1.1.1.1" } },
	/* whole families */
	{ "route-map X permit 10\nroute-map X deny 20\nroute-map Y permit 10\nno route-map X", { "route-map Y permit 10" },
	    { "route-map X permit 10", "route-map X deny 20" } },
	{ "route-map X permit 10\nroute-map X deny 20\nno route-map X deny 20", { "route-map X permit 10" }, { "route-map X deny 20" } },
	{ "crypto map X 10 ipsec-isakmp\ncrypto map X 20 ipsec-isakmp\ncrypto map Y 10 ipsec-isakmp\nno crypto map X",
	    { "crypto map Y 10 ipsec-isakmp" }, { "crypto map X 10 ipsec-isakmp", "crypto map X 20 ipsec-isakmp" } },
	{ "crypto map X 10 ipsec-isakmp\ncrypto map X 20 ipsec-isakmp\nno crypto map X 10", { "crypto map X 20 ipsec-isakmp" },
	    { "crypto map X 10 ipsec-isakmp" } },
	{ "ip route 1.0.0.0 255.0.0.0 2.2.2.2\nip route 1.0.0.0 255.0.0.0 3.3.3.3\nno ip route 1.0.0.0 255.0.0.0",
	    { "end" }, { "ip route 1.0.0.0 255.0.0.0 2.2.2.2", "ip route 1.0.0.0 255.0.0.0 3.3.3.3" } },
	{ "ip route 1.0.0.0 255.0.0.0 2.2.2.2\nip route 1.0.0.0 255.0.0.0 3.3.3.3\nno ip route 1.0.0.0 255.0.0.0 3.3.3.3",
	    { "ip route 1.0.0.0 255.0.0.0 2.2.2.2" }, { "ip route 1.0.0.0 255.0.0.0 3.3.3.3" } },
	/* the same route again with another distance replaces it */
	{ "ip route 1.0.0.0 255.0.0.0 2.2.2.2 50\nip route 1.0.0.0 255.0.0.0 2.2.2.2 60", { "ip route 1.0.0.0 255.0.0.0 2.2.2.2 60" },
	    { "ip route 1.0.0.0 255.0.0.0 2.2.2.2 50" } },
	{ "ip route 1.0.0.0 255.0.0.0 2.2.2.2 1", { "ip route 1.0.0.0 255.0.0.0 2.2.2.2" }, {0} },
	/* a `no` that takes a family with it */
	{ "boot system flash:a\nboot system flash:b\nno boot system", { "end" }, { "boot system flash:a", "boot system flash:b" } },
	{ "boot system flash:a\nboot system rom\nno boot system rom", { "boot system flash:a" }, { "boot system rom" } },
	{ "snmp-server community a RO\nsnmp-server location here\nno snmp-server", { "end" },
	    { "snmp-server community a RO", "snmp-server location here", "no snmp-server" } },
	{ "snmp-server location here\nsnmp-server contact me\nno snmp-server location", { "snmp-server contact me" },
	    { "snmp-server location here" } },
	{ "crypto map M 10 ipsec-manual\ncrypto map M 20 gdoi\ncrypto map M client authentication list L\n"
	    "crypto map N 10 ipsec-manual\nno crypto map M", { "crypto map N 10 ipsec-manual" },
	    { "crypto map M 10 ipsec-manual", "crypto map M 20 gdoi", "crypto map M client authentication list L" } },
	{ "crypto map M 10 ipsec-manual\ncrypto map M 20 gdoi\ncrypto map M client authentication list L\nno crypto map M 10",
	    { "crypto map M 20 gdoi", "crypto map M client authentication list L" }, { "crypto map M 10 ipsec-manual" } },
	/* a `no` that stays */
	{ "logging console critical\nno logging console", { "no logging console" }, { "logging console critical" } },
	{ "no logging console\nlogging console critical", { "logging console critical" }, { "no logging console" } },
	{ "no logging console\ndefault logging console", { "end" }, { "no logging console" } },
	{ "aaa new-model\nno aaa new-model", { "no aaa new-model" }, { "aaa new-model" } },
	/* two spellings of one line */
	{ "ip domain-name a.example\nip domain name b.example", { "ip domain name b.example" }, { "ip domain name a.example" } },
	{ "ip domain name b.example\nip domain-name a.example", { "ip domain name a.example" }, { "ip domain name b.example" } },
	{ "ip domain name a.example\nno ip domain-name", { "end" }, { "ip domain name a.example" } },
	{ "no ip domain-lookup", { "no ip domain lookup" }, { "no ip domain-lookup" } },
	{ "no ip domain lookup\nip domain-lookup", { "end" }, { "no ip domain lookup" } },
	{ "ip domain-list a.example\nip domain list vrf V a.example", { "ip domain list a.example", "ip domain list vrf V a.example" },
	    {0} },
	/* values of several lines */
	{ "ip ssh pubkey-chain\nusername u\nkey-string\nAAAAB3Nz AC1yc2E\n exit\nusername v", { "  key-string", "  AAAAB3Nz AC1yc2E", "  exit",
	    " username v" }, {0} },
	{ "crypto key pubkey-chain rsa\nnamed-key a\nkey-string\n 0030 4A\nquit\nnamed-key b", { "  key-string", "  0030 4A", "  \tquit",
	    " named-key b" }, {0} },
	{ "macro name M\nshutdown\nexit\n@\nhostname R2", { "macro name M", "shutdown", "exit", "@", "hostname R2" }, {0} },
	{ "aaa authentication banner ^C\nWho?\n^C\naaa authentication fail-message xNox",
	    { "aaa authentication banner ^C", "Who?", "aaa authentication fail-message ^CNo^C" }, {0} },
	/* no mode, no `!` */
	{ "crypto map M 10 ipsec-isakmp dynamic D\nhostname R2", { "crypto map M 10 ipsec-isakmp dynamic D", "hostname R2" }, {0} },
	/* re-entry */
	{ "crypto map M 10 ipsec-isakmp\nset peer 1.1.1.1\nexit\ncrypto map M 10\nset peer 2.2.2.2",
	    { " set peer 1.1.1.1", " set peer 2.2.2.2" }, {0} },
	{ "route-map X\nmatch tag 5", { "route-map X permit 10", " match tag 5" }, {0} },
	{ "route-map X deny 10\nmatch tag 5\nroute-map X 10\nmatch tag 6", { " match tag 6" }, { " match tag 5" } },
	/* several values */
	{ "crypto map M 10 ipsec-isakmp\nset transform-set A B C D E F", { " set transform-set A B C D E F" }, {0} },
	/* stored `no` */
	{ "no ip cef", { "no ip cef" }, {0} },
	{ "no ip cef\nip cef", { "end" }, { "no ip cef", "ip cef" } },
	{ "router ospf 1\npassive-interface default\nno passive-interface Ethernet0/0",
	    { " passive-interface default", " no passive-interface Ethernet0/0" }, {0} },
	/* the order is by key, whatever was typed first */
	{ "interface Ethernet0/10\ninterface Ethernet0/9", { "interface Ethernet0/9", "interface Ethernet0/10" }, {0} },
};

START_TEST(what_is_stored)
{
	struct session t;

	session_open(&t);
	type_all(&t, stored[_i].typed);
	for (int i = 0; i < 6 && stored[_i].shown[i]; i++)
		ck_assert_msg(shows(&t, stored[_i].shown[i]), "after\n%s\n'%s' is missing in\n%s", stored[_i].typed,
		    stored[_i].shown[i], running(&t));
	for (int i = 0; i < 4 && stored[_i].hidden[i]; i++)
		ck_assert_msg(!shows(&t, stored[_i].hidden[i]), "after\n%s\n'%s' is still there", stored[_i].typed,
		    stored[_i].hidden[i]);
	session_close(&t);
}
END_TEST

START_TEST(duplicate_entries)
{
	struct session t;
	size_t count;

	session_open(&t);
	type_all(&t, "ip access-list extended A\npermit ip any host 1.1.1.1\npermit tcp any any eq www");
	count = store_count(t.s);
	type_all(&t, "permit ip any host 1.1.1.1\npermit ip any 1.1.1.1 0.0.0.0\npermit tcp any any eq 80\n30 permit tcp any any eq www");
	ck_assert_uint_eq(store_count(t.s), count);
	session_close(&t);
}
END_TEST

START_TEST(sequence_numbers)
{
	static const uint32_t want[] = { 5, 10, 20, 30 };
	struct session t;
	struct rec *r;

	session_open(&t);
	type_all(&t, "ip access-list extended A\npermit ip any host 1.1.1.1\npermit ip any host 2.2.2.2\n5 deny ip any any\n"
	    "permit ip any host 3.3.3.3");
	r = store_first(t.s, t.c.stack[1].ptr, ROW_ACL_EXT_ACE);
	for (size_t i = 0; i < 4; i++, r = store_next(r))
		ck_assert_uint_eq(((const struct cfg_acl_ext_ace *)rec_values(r))->seq, want[i]);
	ck_assert_ptr_null(r);
	session_close(&t);
}
END_TEST

START_TEST(secrets)
{
	struct session t;
	struct buf b = {0};
	struct rec *r;
	const char *key;

	session_open(&t);
	type_all(&t, "crypto isakmp key Geheim1 address 1.1.1.1");
	r = store_first(t.s, store_root(t.s), ROW_ISAKMP_KEY);
	render_values(&b, &g_rows[ROW_ISAKMP_KEY], rec_values(r), true);
	ck_assert_str_eq(buf_str(&b), "crypto isakmp key <removed> address 1.1.1.1");
	ck_assert(shows(&t, "crypto isakmp key Geheim1 address 1.1.1.1"));
	key = ((const struct cfg_isakmp_key *)rec_values(r))->key;
	ck_assert_str_eq(key, "Geheim1");
	/* another key for the same peer takes its place */
	type_all(&t, "crypto isakmp key 0 Geheim2 address 1.1.1.1");
	ck_assert_uint_eq(store_count(t.s), 1);
	ck_assert(shows(&t, "crypto isakmp key Geheim2 address 1.1.1.1"));
	type_all(&t, "no crypto isakmp key whatever address 1.1.1.1");
	ck_assert_uint_eq(store_count(t.s), 0);
	buf_free(&b);
	session_close(&t);
}
END_TEST

/* Prefix lists: numbers by five behind the highest, one entry for each number, one for what is said without a number. */
START_TEST(numbers)
{
	struct session t;

	session_open(&t);
	type_all(&t, "ip prefix-list L permit 10.0.0.0/8\nip prefix-list L permit 10.1.0.0/16 le 24\nip prefix-list M seq 12 deny 0.0.0.0/0\n"
	    "ip prefix-list M permit 10.0.0.0/8\nip prefix-list L seq 3 deny 10.2.0.0/16\nip prefix-list L permit 10.0.0.0/8");
	ck_assert(shows(&t, "ip prefix-list L seq 3 deny 10.2.0.0/16\nip prefix-list L seq 5 permit 10.0.0.0/8\n"
	    "ip prefix-list L seq 10 permit 10.1.0.0/16 le 24\nip prefix-list M seq 12 deny 0.0.0.0/0\n"
	    "ip prefix-list M seq 15 permit 10.0.0.0/8"));
	ck_assert_int_eq(type_line(&t, "ip prefix-list L seq 5 permit 10.9.0.0/16"), CONFIG_REFUSED);
	ck_assert_str_eq(buf_str(&t.out), "% Insert failed: sequence number 5 of prefix-list L is in use\n");
	ck_assert_int_eq(type_line(&t, "ip prefix-list L seq 5 permit 10.0.0.0/8"), CONFIG_OK);
	/* the same at another number is another entry */
	type_all(&t, "ip prefix-list L seq 40 permit 10.0.0.0/8\nip prefix-list L permit 10.3.0.0/16");
	ck_assert(shows(&t, "ip prefix-list L seq 45 permit 10.3.0.0/16"));
	/* the highest goes: so do the numbers behind it */
	type_all(&t, "no ip prefix-list L seq 45\nno ip prefix-list L seq 40 permit 10.0.0.0/8\nip prefix-list L permit 10.4.0.0/16");
	ck_assert(shows(&t, "ip prefix-list L seq 10 permit 10.1.0.0/16 le 24\nip prefix-list L seq 15 permit 10.4.0.0/16"));
	/* a number with something else is not what stands there */
	type_all(&t, "no ip prefix-list L seq 15 permit 10.5.0.0/16\nno ip prefix-list M");
	ck_assert(shows(&t, "ip prefix-list L seq 15 permit 10.4.0.0/16"));
	type_all(&t, "ip prefix-list M permit 10.0.0.0/8");
	ck_assert(shows(&t, "ip prefix-list M seq 5 permit 10.0.0.0/8"));
	session_close(&t);
}
END_TEST

/* What is said of a neighbor goes with it, in the address families, too; of others nothing does. */
START_TEST(takes_along)
{
	struct session t;

	session_open(&t);
	type_all(&t, "router bgp 65000\nneighbor PG peer-group\nneighbor PG remote-as 65001\nneighbor PG timers 5 15\n"
	    "neighbor 10.0.0.1 remote-as 65002\nneighbor 10.0.0.1 description one\nneighbor 10.0.0.1 shutdown\n"
	    "neighbor 10.0.0.11 remote-as 65003\nneighbor 10.0.0.2 peer-group PG\nneighbor 10.0.0.2 description two\n"
	    "address-family ipv4\nneighbor 10.0.0.1 activate\nneighbor 10.0.0.1 route-map M in\nneighbor 10.0.0.11 activate\n"
	    "exit-address-family");
	/* another AS is no other neighbor */
	type_all(&t, "neighbor 10.0.0.1 remote-as 65009");
	ck_assert(shows(&t, " neighbor 10.0.0.1 description one"));
	type_all(&t, "no neighbor 10.0.0.1 remote-as 65009");
	char *text = running(&t);

	ck_assert_msg(!strstr(text, "neighbor 10.0.0.1 "), "%s", text);
	ck_assert(strstr(text, "neighbor 10.0.0.11 remote-as 65003") && strstr(text, "neighbor 10.0.0.11 activate"));
	free(text);
	/* nothing of that kind stands: nothing goes */
	type_all(&t, "no neighbor 10.0.0.2 remote-as 65001");
	ck_assert(shows(&t, " neighbor 10.0.0.2 peer-group PG"));
	ck_assert(shows(&t, " neighbor 10.0.0.2 description two"));
	/* without saying what: everything goes, whatever makes it a neighbor */
	type_all(&t, "no neighbor 10.0.0.2");
	text = running(&t);
	ck_assert_msg(!strstr(text, "10.0.0.2"), "%s", text);
	ck_assert(strstr(text, "neighbor PG timers 5 15") && strstr(text, "neighbor 10.0.0.11 remote-as 65003"));
	free(text);
	type_all(&t, "neighbor 10.0.0.2 peer-group PG\nneighbor 10.0.0.2 description two\nno neighbor 10.0.0.11\nno neighbor 10.0.0.99");
	text = running(&t);
	ck_assert_msg(!strstr(text, "10.0.0.11"), "%s", text);
	free(text);
	ck_assert_int_eq(type_line(&t, "neighbor 10.0.0.2"), CONFIG_SYNTAX);
	/* a group loses its AS: it stays, and who is in it */
	type_all(&t, "no neighbor PG remote-as 65001");
	text = running(&t);
	ck_assert_msg(!strstr(text, "PG remote-as") && strstr(text, "neighbor PG peer-group") && strstr(text, "neighbor PG timers 5 15") &&
	    strstr(text, "neighbor 10.0.0.2 peer-group PG") && strstr(text, "neighbor 10.0.0.2 description two"), "%s", text);
	free(text);
	/* a group, with who is in it */
	type_all(&t, "no neighbor PG peer-group");
	text = running(&t);
	ck_assert_msg(!strstr(text, "PG"), "%s", text);
	ck_assert(strstr(text, "neighbor 10.0.0.2 description two"));
	free(text);
	session_close(&t);
}
END_TEST

START_TEST(range)
{
	struct session t;

	session_open(&t);
	type_all(&t, "interface range GigabitEthernet0/0 - 2,lo 7 , Tunnel3-Tunnel4\nshutdown\ndescription all of them");
	ck_assert_str_eq(config_prompt(&t.c), "config-if-range");
	ck_assert(shows(&t, "interface Loopback7\n description all of them\n no ip address\n shutdown\n!\n"
	    "interface Tunnel3\n description all of them\n no ip address\n shutdown\n!\n"
	    "interface Tunnel4\n description all of them\n no ip address\n shutdown\n!\n"
	    "interface GigabitEthernet0/0\n description all of them\n no ip address\n shutdown\n!\n"
	    "interface GigabitEthernet0/1\n description all of them\n no ip address\n shutdown\n!\n"
	    "interface GigabitEthernet0/2\n description all of them\n no ip address\n shutdown\n!"));
	ck_assert_uint_eq(store_count(t.s), 18);
	/* a mode below it is that of each */
	type_all(&t, "no shutdown\nno description\nframe-relay interface-dlci 100\nclass C");
	ck_assert_uint_eq(store_count(t.s), 18);
	ck_assert_int_eq(t.c.depth, 2);
	ck_assert_str_ne(config_prompt(&t.c), "config-if-range");
	type_all(&t, "exit\nip ospf cost 5\nno frame-relay interface-dlci 100");
	ck_assert_uint_eq(store_count(t.s), 12);
	/* it ends with its mode, and with the next interface */
	type_all(&t, "interface range Tunnel3 - 4\nip mtu 1400\ninterface Tunnel3\nip ospf cost 9");
	ck_assert_str_eq(config_prompt(&t.c), "config-if");
	ck_assert(shows(&t, "interface Tunnel4\n no ip address\n ip mtu 1400\n ip ospf cost 5\n!"));
	type_all(&t, "interface range Tunnel3 - 4\nexit");
	ck_assert_str_eq(config_prompt(&t.c), "config");
	type_all(&t, "interface range Tunnel3 - 4\nno interface Tunnel4");
	ck_assert_int_eq(t.c.depth, 0);
	/* what one of them refuses the others may take */
	type_all(&t, "interface Loopback7\nip address 10.7.0.1 255.255.255.0\ninterface range Loopback7 - 8");
	ck_assert_int_eq(type_line(&t, "ip address 10.7.0.2 255.255.255.0"), CONFIG_REFUSED);
	/* another session takes one away */
	type_all(&t, "interface range Loopback20 - 22");
	store_delete(t.s, store_defined(t.s, REF_INTERFACE, "Loopback21"));
	ck_assert_int_eq(type_line(&t, "description still there"), CONFIG_OK);
	ck_assert(shows(&t, "interface Loopback20\n description still there\n no ip address\n!\n"
	    "interface Loopback22\n description still there"));
	session_close(&t);
}
END_TEST

/* Two sessions; one removes what the other is in. */
START_TEST(mode_gone)
{
	struct session a, b;

	session_open(&a);
	b = a;
	b.mr = (struct matcher){0};
	config_init(&b.c, a.s, &b.mr);
	b.out = (struct buf){0};
	type_all(&a, "crypto map M 10 ipsec-isakmp\nset peer 1.1.1.1");
	type_all(&b, "crypto map M 10");
	ck_assert_int_eq(type_line(&a, "no crypto map M 10"), CONFIG_OK);
	ck_assert_int_eq(type_line(&b, "set peer 2.2.2.2"), CONFIG_GONE);
	ck_assert_int_eq(b.c.depth, 0);
	ck_assert_str_eq(config_prompt(&b.c), "config");
	ck_assert_uint_eq(store_count(a.s), 0);
	ck_assert_int_eq(type_line(&b, "hostname X"), CONFIG_OK);
	/* removed and made again is not the same */
	type_all(&a, "interface Ethernet0/0");
	type_all(&b, "interface Ethernet0/0");
	type_all(&a, "no interface Ethernet0/0\ninterface Ethernet0/0");
	ck_assert_int_eq(type_line(&b, "shutdown"), CONFIG_GONE);
	/* somebody else's removal does not disturb */
	type_all(&a, "interface Ethernet0/1\ninterface Ethernet0/2");
	type_all(&b, "interface Ethernet0/2");
	type_all(&a, "no interface Ethernet0/1");
	ck_assert_int_eq(type_line(&b, "shutdown"), CONFIG_OK);
	/* `?` must not look at what is gone either */
	type_all(&a, "no interface Ethernet0/2");
	ck_assert_int_eq(type_line(&b, "!"), CONFIG_OK);
	matcher_free(&b.mr);
	buf_free(&b.out);
	session_close(&a);
}
END_TEST

START_TEST(long_and_odd_lines)
{
	size_t n = 1 << 20;
	char *big = xmalloc(n + 1);
	struct session t;

	session_open(&t);
	memset(big, 'x', n);
	big[n] = '\0';
	ck_assert_int_eq(type_line(&t, big), CONFIG_SYNTAX);
	memcpy(big, "description ", 12);
	type_all(&t, "interface Ethernet0/0");
	ck_assert_int_eq(type_line(&t, big), CONFIG_SYNTAX);
	big[12 + 240] = '\0';
	ck_assert_int_eq(type_line(&t, big), CONFIG_OK);
	big[12 + 240] = 'x';
	big[12 + 241] = '\0';
	ck_assert_int_eq(type_line(&t, big), CONFIG_SYNTAX);
	/* 2,000 tokens */
	for (size_t i = 0; i < 4000; i++)
		big[i] = i & 1 ? ' ' : 'a';
	big[4000] = '\0';
	ck_assert_int_eq(type_line(&t, big), CONFIG_SYNTAX);
	memcpy(big, "description ", 12);
	big[200] = '\0';
	ck_assert_int_eq(type_line(&t, big), CONFIG_OK);
	ck_assert_int_eq(type_line(&t, "description \xff\xfe\x80 \x01"), CONFIG_OK);
	ck_assert(shows(&t, " description \xff\xfe\x80 \x01"));
	ck_assert_int_eq(type_line(&t, "\xff\xff"), CONFIG_SYNTAX);
	/* a text with a NUL in it: config_text takes each line up to it */
	ck_assert_int_eq(config_text(&t.c, "hostname A\0B\nhostname C\n", 24, NULL, NULL), 0);
	ck_assert(shows(&t, "hostname C"));
	free(big);
	session_close(&t);
}
END_TEST

/* Words of the grammar in random order: nothing may crash, and what is stored reads back. */
START_TEST(random_lines)
{
	const char *word[4400];
	size_t nword = 0;
	struct session t, u;
	char *one, *two;

	session_open(&t);
	session_open(&u);
	for (unsigned i = 0; i < g_nrows; i++)
		for (int k = 0; k < g_rows[i].npos && nword < 4000; k++)
			if (!(g_pos[g_rows[i].pos + (uint32_t)k].flags & G_POS_PARAM))
				word[nword++] = G_STR(g_pos[g_rows[i].pos + (uint32_t)k].word);
	static const char *const more[] = { "10", "1.1.1.1", "255.255.255.0", "0.0.0.255", "Ethernet0/0", "A", "no", "default", "\xff",
		"4294967296", "exit", "end", "-1", "101" };

	for (size_t i = 0; i < 14 * 20; i++)
		word[nword++] = more[i % 14];
	srand(4711);
	for (int i = 0; i < 100000; i++) {
		char line[400] = "";
		int n = 1 + rand() % 7;
		size_t at = 0;

		if (rand() % 4 == 0) {
			/* start from something that parses */
			const struct g_row *r = &g_rows[(unsigned)rand() % g_nrows];

			at = strcspn(G_STR(r->examples), "\n");
			memcpy(line, G_STR(r->examples), at);
		}
		for (int k = 0; k < n; k++)
			at += (size_t)snprintf(line + at, sizeof line - at, " %.*s", rand() % 8 == 0 ? 1 + rand() % 3 : 40,
			    word[(size_t)rand() % nword]);
		(void)type_line(&t, line);
	}
	one = running(&t);
	ck_assert_int_eq(config_text(&u.c, one, strlen(one), NULL, NULL), 0);
	two = running(&u);
	ck_assert_str_eq(one, two);
	free(one);
	free(two);
	session_close(&t);
	session_close(&u);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("parser");
	TCase *t = tcase_create("parser");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, line_results, 0, sizeof lines / sizeof lines[0]);
	tcase_add_loop_test(t, what_is_stored, 0, sizeof stored / sizeof stored[0]);
	tcase_add_test(t, duplicate_entries);
	tcase_add_test(t, sequence_numbers);
	tcase_add_test(t, secrets);
	tcase_add_test(t, numbers);
	tcase_add_test(t, takes_along);
	tcase_add_test(t, range);
	tcase_add_test(t, mode_gone);
	tcase_add_test(t, long_and_odd_lines);
	tcase_add_test(t, random_lines);
	suite_add_tcase(s, t);
	return run_suite(s);
}
