/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tunnel interfaces, IKEv2, profiles, dynamic crypto maps, virtual templates:
 * what they ask the drivers for, how little an edit touches, and what follows
 * from the events of SAs and routes.
 */
#include <errno.h>

#include "tests/unit/engine.h"

static const char base[] =
    "crypto isakmp policy 1\n hash md5\n authentication pre-share\n group 5\n"
    "crypto isakmp key cisco123 address 202.1.1.1\ncrypto isakmp key cisco123 address 202.1.1.2\n"
    "crypto ipsec transform-set T esp-aes esp-sha-hmac\ncrypto ipsec transform-set U esp-aes 256 esp-sha-hmac\n"
    "crypto ipsec profile P1\n set transform-set T\n"
    "interface Loopback0\n ip address 10.0.0.1 255.255.255.0\n"
    "interface Ethernet0/0\n ip address 1.3.1.1 255.255.255.0\n"
    "interface Tunnel0\n ip address 10.1.1.1 255.255.255.0\n tunnel source Ethernet0/0\n tunnel mode ipsec ipv4\n"
    " tunnel destination 202.1.1.1\n tunnel protection ipsec profile P1\n"
    "interface Tunnel1\n ip unnumbered Loopback0\n tunnel source 1.3.1.1\n tunnel mode ipsec ipv4\n"
    " tunnel destination 202.1.1.2\n tunnel protection ipsec profile P1\n"
    "router ospf 1\n router-id 1.1.1.1\n network 10.0.0.0 0.255.255.255 area 0\nend\n";

static const struct {
	const char *line;
	size_t ops;
	const char *expect;
} edits[] = {
	{ "crypto ipsec profile P1\nset transform-set T U", 2, "~ child\n~ child" },
	{ "crypto ipsec profile P1\nset pfs group14", 2, "~ child\n~ child" },
	{ "crypto isakmp key other address 202.1.1.2", 1, "~ secret psk-202.1.1.2" },
	{ "interface Tunnel0\nip ospf cost 77", 1, "~ routing ospfd: interface tu0 / ip ospf cost 77" },
	{ "interface Tunnel0\nip mtu 1400", 1, "~ link tu0 xfrm down if_id 2147483648 mtu 1400" },
	{ "interface Tunnel0\nip tcp adjust-mss 1360", 1, "+ mss tu0" },
	{ "interface Tunnel1\ntunnel destination 202.1.1.9", 6, "~ policy out if_id 2147483649" },
	{ "interface Tunnel1\nshutdown", 6, "- child\n- connection\n- secret\n- policy" },
	{ "interface Loopback0\nip address 10.0.0.9 255.255.255.0", 4, "+ address tu1 10.0.0.9/32" },
	{ "no interface Tunnel0", 12, "- child\n- connection\n- secret\n- policy" },
	{ "crypto ikev2 proposal X\nencryption des", 0, "" },
	{ "interface Tunnel7\nip address 10.7.0.1 255.255.255.0", 0, "" },
};

START_TEST(one_edit)
{
	size_t n;

	configure(base);
	free(fake_take(&f));
	n = configure(edits[_i].line);
	ck_assert_msg(n == edits[_i].ops, "%s: %zu operations", edits[_i].line, n);
	expect(edits[_i].expect);
}
END_TEST

static int ike_version = 1;
static uint64_t cookie;		/* of those that the peer begins; of ours: 5 */

/* An SA of a flow; c: its if_id is the tunnel's. */
static void
sa_up(uint32_t id, const char *remote, uint32_t child_id, uint32_t reqid, uint32_t if_id, bool initiator)
{
	make_sa(id, remote, child_id, reqid, "0.0.0.0", "0.0.0.0", 0);
	child.if_id = if_id;
	ike.initiator = initiator;
	ike.version = ike_version;
	ike.spi_i = initiator ? 5 : cookie;
	ike_event(true);
	child_event(true);
}

/* It comes up by itself, without traffic; its device follows its SA; it is tried again. */
START_TEST(vti_life)
{
	uint32_t conn;

	configure(base);
	free(fake_take(&f));
	run_for(1.4);
	expect("initiate 1.3.1.1-202.1.1.1");
	/* its key was changed: at once with the right one, not when the next attempt is due */
	fake_answer(&f, -EAGAIN, "establishing failed");
	run_for(2.4);
	expect("initiate 1.3.1.1-202.1.1.1");
	sa_up(1, "202.1.1.1", 5, 1, 1u << 31, true);
	fake_answer(&f, 0, NULL);
	expect("~ link tu0 xfrm up if_id 2147483648");
	/* a rekey is no event of the line */
	{
		const struct observer *o = tunnels_observer(engine_tunnels(e));
		struct sa_child was = child, now = child;

		now.unique_id = 6;
		o->child_rekey(o->ctx, &ike, &was, &now);
		child = now;
	}
	expect("!~ link tu0");
	child_event(false);
	expect("~ link tu0 xfrm down");
	run_for(3.2);
	expect("initiate 1.3.1.1-202.1.1.1");
	/* what an SA of one charon was to be called is no name for one of the next, which counts from 1 again */
	conn = tunnels_conn_id(engine_tunnels(e), 7);
	ck_assert_uint_eq(tunnels_conn_id(engine_tunnels(e), 7), conn);
	tunnels_reset(engine_tunnels(e));
	ck_assert_uint_eq(tunnels_conn_id(engine_tunnels(e), 7), conn + 1);
}
END_TEST

/* Both ends have called: the SA that the one with the lower cookie began goes, at the end with the higher one. */
START_TEST(both_called)
{
	ike_version = 2;
	cookie = 4;
	configure(base);
	run_for(1.4);
	sa_up(1, "202.1.1.1", 5, 1, 1u << 31, true);
	sa_up(2, "202.1.1.1", 6, 1, 1u << 31, false);
	expect("terminate ike 2 force");
	make_sa(2, "202.1.1.1", 6, 1, "0.0.0.0", "0.0.0.0", 0);
	child_event(false);
	expect("!link tu0 xfrm down");
}
END_TEST

/*
 * The same at the other end, which waits; the first has ended the older one perhaps, and has not said so. Of IKEv1's, charon
 * ends one by itself.
 */
START_TEST(both_called_other)
{
	ike_version = 1 + _i;
	cookie = 6;
	configure(base);
	run_for(1.4);
	sa_up(1, "202.1.1.1", 5, 1, 1u << 31, false);
	sa_up(2, "202.1.1.1", 6, 1, 1u << 31, true);
	expect("!terminate ike");
	run_for(6.4);
	expect(ike_version == 2 ? "terminate ike 1 force" : "!terminate ike");
}
END_TEST

/* A list of charon's: an IKE SA with two CHILD_SAs of Tunnel0. */
static void
list_two(struct sa_child two[2], uint32_t a, const char *state_a, uint32_t b)
{
	static struct sa_ike listed;

	two[0] = two[1] = child;
	two[0].unique_id = a;
	two[0].packets_in = 3;
	snprintf(two[0].state, sizeof two[0].state, "%s", state_a);
	two[1].unique_id = b;
	listed = ike;
	listed.children = two;
	listed.nchild = 2;
	f.sas = &listed;
	f.nsa = 1;
}

/*
 * Under one IKE SA both ends have asked for the tunnel's SAs. The end that has begun the IKE SA takes the older ones down, the
 * other one would later; and the one that is left is the only one that counts, though charon says nothing of the end of the other.
 */
START_TEST(both_asked)
{
	struct sa_child two[2];
	bool first = _i == 0;

	configure(base);
	run_for(1.4);
	sa_up(1, "202.1.1.1", 5, 1, 1u << 31, first);
	child.unique_id = 6;
	child_event(true);
	list_two(two, 5, "INSTALLED", 6);
	free(fake_take(&f));
	run_for(3.4);
	expect(first ? "terminate child 5\n!terminate child 6" : "!terminate");
	run_for(5);
	expect(first ? "!terminate" : "terminate child 5\n!terminate child 6");
	ck_assert_uint_eq(tunnels_by_reqid(engine_tunnels(e), 1)->packets_in, 3);
	child_event(false);
	expect("~ link tu0 xfrm down");
}
END_TEST

/* The exchange that was to replace the older one did not come to its end: that one is left alone at first. */
START_TEST(replaced_by_nothing)
{
	struct sa_child two[2];

	configure(base);
	run_for(1.4);
	sa_up(1, "202.1.1.1", 5, 1, 1u << 31, true);
	child.unique_id = 6;
	child_event(true);
	list_two(two, 5, "REKEYING", 6);
	run_for(3.4);
	expect("!terminate");
	run_for(16);
	expect("terminate child 5\n!terminate child 6");
}
END_TEST

/* The peer has taken it down, and charon has said nothing: seen in its list (0), or after we have tried to (1). */
START_TEST(one_of_two)
{
	struct sa_child two[2];

	configure(base);
	run_for(1.4);
	sa_up(1, "202.1.1.1", 5, 1, 1u << 31, true);
	child.unique_id = 6;
	child_event(true);
	list_two(two, _i ? 5 : 4, "INSTALLED", 6);
	f.refuse = -ENOENT;
	run_for(3.4);
	expect(_i ? "terminate child 5" : "!terminate");
	if (_i) {
		list_two(two, 4, "INSTALLED", 6);
		run_for(8.4);
		expect("!terminate");
	}
	child_event(false);
	expect("~ link tu0 xfrm down");
}
END_TEST

/* With two peers, one each; and of an IKE SA that charon has not listed nothing is known. */
START_TEST(two_peers)
{
	struct sa_child two[2];
	struct sa_ike both[2];

	configure(base);
	run_for(1.4);
	sa_up(1, "202.1.1.1", 5, 1, 1u << 31, true);
	list_two(two, 5, "INSTALLED", 6);
	both[0] = *f.sas;
	sa_up(2, "202.1.1.9", 6, 1, 1u << 31, true);
	both[1] = *f.sas;
	both[1].unique_id = 2;
	both[1].remote = ike.remote;
	both[0].nchild = both[1].nchild = 1;
	both[1].children = two + 1;
	f.sas = both;
	f.nsa = _i ? 1 : 2;
	run_for(3.4);
	expect("!terminate");
	child.unique_id = 5;
	child_event(false);
	expect("!link tu0");
}
END_TEST

/* Their exchanges crossed: each end takes the other's SA for the successor of its own. A true one makes them agree. */
START_TEST(exchanges_crossed)
{
	const struct observer *o = tunnels_observer(engine_tunnels(e));
	struct sa_child two[2], was, now;

	configure(base);
	run_for(1.4);
	sa_up(1, "202.1.1.1", 5, 1, 1u << 31, true);
	was = now = child;
	was.installed = _i == 1 ? 600 : 1;
	now.unique_id = 6;
	o->child_rekey(o->ctx, &ike, &was, &now);
	list_two(two, 5, "REKEYED", 6);
	free(fake_take(&f));
	run_for(3.4);
	expect(_i == 1 ? "!rekey\n!terminate" : "rekey child 6\n!terminate");
	if (_i == 0) {
		was.unique_id = 6;
		now.unique_id = 7;
		o->child_rekey(o->ctx, &ike, &was, &now);
		list_two(two, 5, "REKEYED", 7);
	}
	run_for(5.4);
	expect(_i == 0 ? "terminate child 5\n!terminate child 7\n!rekey" : "!terminate\n!rekey");
}
END_TEST

/* The peer has begun, and is about to negotiate what we want, too: no attempt of our own, unless nothing comes of it. */
START_TEST(peer_calls)
{
	configure(base);
	make_sa(1, "202.1.1.1", 5, 1, "0.0.0.0", "0.0.0.0", 0);
	ike.initiator = false;
	ike_event(true);
	run_for(3.0);
	expect("initiate 1.3.1.1-202.1.1.2\n!initiate 1.3.1.1-202.1.1.1");
	run_for(3.0);
	expect("initiate 1.3.1.1-202.1.1.1");
}
END_TEST

/* GRE: what goes out is protected, or nothing does. */
START_TEST(protection)
{
	configure(base);
	configure("interface Tunnel3\nip address 10.3.3.1 255.255.255.0\ntunnel source Ethernet0/0\ntunnel destination 202.1.1.2\n"
	    "tunnel key 7\ntunnel protection ipsec profile NOBODY");
	/* the route to the destination is known */
	tunnels_observer(engine_tunnels(e))->reach(engine_tunnels(e), 0xca010102, "e0-0");
	expect("+ link tu3 gre down 1.3.1.1 -> 202.1.1.2 key 7\n!link tu3 gre up");
	configure("crypto ipsec profile NOBODY\nset transform-set T");
	expect("~ link tu3 gre up\n+ policy out 1.3.1.1/32 -> 202.1.1.2/32 proto 47");
	configure("interface Tunnel3\nno tunnel protection ipsec profile NOBODY");
	expect("- policy out 1.3.1.1/32 -> 202.1.1.2/32 proto 47");
}
END_TEST

/* Tunnels of one source share SAs when one of them really has some; else they stay down. */
START_TEST(shared)
{
	static const struct {
		const char *owner, *expect;
	} c[] = {
		{ "tunnel mode gre ip\ntunnel key 4", "+ link tu4 gre up\n+ link tu5 gre up\n+ policy out 1.3.1.1/32 -> 202.1.1.2/32 proto 47" },
		{ "tunnel mode ipip", "+ policy out 1.3.1.1/32 -> 202.1.1.2/32 proto 47" },
		{ "tunnel mode ipsec ipv4", "+ policy out 1.3.1.1/32 -> 202.1.1.2/32 proto 47" },
		{ "tunnel key 4\ntunnel protection ipsec profile P1 shared isakmp-profile NONE", "+ link tu5 gre down\n!link tu5 gre up" },
	};
	char *text = xasprintf("interface Tunnel4\nip address 10.4.4.1 255.255.255.0\ntunnel source Ethernet0/0\ntunnel destination 202.1.1.2\n"
	    "tunnel protection ipsec profile P1 shared\n%s\n"
	    "interface Tunnel5\nip address 10.5.5.1 255.255.255.0\ntunnel source Ethernet0/0\ntunnel destination 202.1.1.2\ntunnel key 5\n"
	    "tunnel protection ipsec profile P1 shared\n", c[_i].owner);

	configure(base);
	configure("no interface Tunnel1");
	tunnels_observer(engine_tunnels(e))->reach(engine_tunnels(e), 0xca010102, "e0-0");
	free(fake_take(&f));
	configure(text);
	free(text);
	expect(c[_i].expect);
}
END_TEST

/* No route, no line protocol; a route through the tunnel itself takes it down for a while. */
START_TEST(gre_routes)
{
	const struct observer *o = tunnels_observer(engine_tunnels(e));

	configure(base);
	configure("interface Tunnel3\nip address 10.3.3.1 255.255.255.0\ntunnel source Ethernet0/0\ntunnel destination 202.1.1.9");
	expect("+ link tu3 gre down");
	o->reach(o->ctx, 0xca010109, "e0-0");
	expect("~ link tu3 gre up");
	o->reach(o->ctx, 0xca010109, "");
	expect("~ link tu3 gre down");
	o->reach(o->ctx, 0xca010109, "tu3");
	o->reach(o->ctx, 0xca010109, "e0-0");
	expect("!link tu3 gre up");
}
END_TEST

static const char hub[] =
    "crypto isakmp policy 1\n authentication pre-share\n"
    "crypto keyring K\n pre-shared-key address 0.0.0.0 0.0.0.0 key cisco123\n pre-shared-key address 10.9.0.0 255.255.0.0 key longer\n"
    "crypto isakmp profile D\n keyring K\n match identity address 0.0.0.0\n virtual-template 1\n"
    "crypto ipsec transform-set T esp-aes esp-sha-hmac\ncrypto ipsec profile P1\n set transform-set T\n set isakmp-profile D\n"
    "interface Loopback1\n ip address 10.1.1.254 255.255.255.0\n"
    "interface Ethernet0/0\n ip address 1.3.1.1 255.255.255.0\n"
    "interface Virtual-Template1 type tunnel\n ip unnumbered Loopback1\n tunnel mode ipsec ipv4\n"
    " tunnel protection ipsec profile P1\nrouter ospf 1\n network 10.1.1.0 0.0.0.255 area 0\nend\n";

/* Each peer that calls has a Virtual-Access interface with the lowest free number; it goes with the SA. */
START_TEST(spokes)
{
	configure(hub);
	expect("+ secret psk-10.9.0.0/16\n+ connection any-any-isakmp-D");
	sa_up(1, "202.1.1.1", 5, 1, 1, false);
	expect("+ link va1 xfrm up if_id 1\n+ address va1 10.1.1.254/32\n+ policy out if_id 1\n+ routing ospfd: interface va1 / ip ospf area 0");
	sa_up(2, "202.1.1.2", 6, 1, 2, false);
	expect("+ link va2 xfrm up if_id 2");
	/* the template's lines are those of its interfaces */
	configure("interface Virtual-Template1\nip ospf cost 9");
	expect("~ routing ospfd: interface va1 / ip ospf cost 9\n~ routing ospfd: interface va2 / ip ospf cost 9");
	make_sa(1, "202.1.1.1", 5, 1, "0.0.0.0", "0.0.0.0", 0);
	child.if_id = 1;
	child_event(false);
	expect("- policy\n- address va1\n- link va1");
	sa_up(3, "202.1.1.3", 7, 1, 3, false);
	expect("+ link va1 xfrm up if_id 3");
	/* with the template everything goes */
	configure("no interface Virtual-Template1");
	expect("- link va");
	ck_assert_ptr_null(tunnels_spoke(engine_tunnels(e), 6));
}
END_TEST

/* The thousandth spoke costs what the first does. */
START_TEST(many_spokes)
{
	size_t before;

	configure(hub);
	for (uint32_t i = 0; i < 1000; i++) {
		before = f.nop;
		make_sa(100 + i, "202.1.1.1", 1000 + i, 1, "0.0.0.0", "0.0.0.0", 0);
		ike.remote += i;
		child.if_id = i + 1;
		ike.initiator = false;
		ike_event(true);
		child_event(true);
		ck_assert_uint_le(f.nop - before, 10);
	}
	free(fake_take(&f));
}
END_TEST

/* What IKEv2 is told, with and without IOS's smart defaults. */
static const struct {
	const char *config, *expect;
} ikev2[] = {
	{ "", "+ connection 1.3.1.1-202.1.1.1-ikev2-PROF IKEv2 1.3.1.1 -> 202.1.1.1 "
	    "aes256-aes192-aes128-sha512-sha384-sha256-sha1-md5-modp1536-modp1024 lifetime 86400 peer-id 202.1.1.1" },
	{ "crypto ikev2 proposal A\nencryption aes-gcm-256 aes-cbc-256\nintegrity sha512\nprf sha384\ngroup 16 19\n"
	  "crypto ikev2 policy POL\nproposal A", "aes256gcm16-prfsha384-modp4096-ecp256 aes256-sha512-prfsha384-modp4096-ecp256" },
	{ "crypto ikev2 profile PROF\nidentity local fqdn r.example.net\nlifetime 3600\ndpd 30 5 periodic\nnat force-encap",
	    "lifetime 3600 id fqdn:r.example.net peer-id 202.1.1.1 encap dpd 30" },
	{ "crypto ikev2 profile PROF\nno match identity remote address 202.1.1.1\nmatch identity remote fqdn hub.example.net",
	    "peer-id fqdn:hub.example.net" },
	{ "crypto ikev2 profile PROF\nno match identity remote address 202.1.1.1\nmatch identity remote address 202.1.0.0 255.255.0.0",
	    "peer-id 202.1.1.1" },
	{ "crypto ikev2 keyring K\npeer A\nno pre-shared-key\npre-shared-key local mine\npre-shared-key remote theirs",
	    "+ secret ikev2-K-202.1.1.1 for 202.1.1.1\n+ secret ikev2-K-202.1.1.1-local for 202.1.1.1 1.3.1.1" },
	{ "crypto ikev2 profile PROF\nshutdown", "!+ connection" },
	{ "crypto ikev2 profile PROF\nno keyring local K", "!+ connection" },
};

START_TEST(ikev2_connections)
{
	configure("crypto ikev2 keyring K\n peer A\n  address 202.1.1.0 255.255.255.0\n  pre-shared-key both\n"
	    "crypto ikev2 profile PROF\n match identity remote address 202.1.1.1\n authentication remote pre-share\n"
	    " authentication local pre-share\n keyring local K\n"
	    "crypto ipsec transform-set T esp-aes esp-sha-hmac\ncrypto ipsec profile P1\n set transform-set T\n set ikev2-profile PROF\n");
	configure(ikev2[_i].config);
	free(fake_take(&f));
	configure("interface Tunnel0\nip address 10.1.1.1 255.255.255.0\ntunnel source 1.3.1.1\ntunnel mode ipsec ipv4\n"
	    "tunnel destination 202.1.1.1\ntunnel protection ipsec profile P1");
	expect(ikev2[_i].expect);
}
END_TEST

/* Of several flows of one entry each stays with the peer that has called for it. */
START_TEST(flow_peers)
{
	configure("crypto isakmp policy 1\n authentication pre-share\ncrypto isakmp key a address 202.1.1.1\ncrypto isakmp key b address 202.1.1.2\n"
	    "crypto ipsec transform-set T esp-aes esp-sha-hmac\n"
	    "crypto map M 1 ipsec-isakmp\n set peer 202.1.1.1\n set peer 202.1.1.2\n set transform-set T\n match address L\n"
	    "interface Ethernet0/0\n ip address 1.3.1.1 255.255.255.0\n crypto map M\n"
	    "ip access-list extended L\n permit ip 10.0.0.0 0.0.0.255 1.1.1.0 0.0.0.255\n permit ip 10.0.0.0 0.0.0.255 2.2.2.0 0.0.0.255\nend\n");
	make_sa(1, "202.1.1.1", 5, 1, "10.0.0.0", "1.1.1.0", 24);
	ike_event(true);
	child_event(true);
	free(fake_take(&f));
	make_sa(2, "202.1.1.2", 6, 2, "10.0.0.0", "2.2.2.0", 24);
	ike_event(true);
	child_event(true);
	expect("~ policy out e0-0 10.0.0.0/24 -> 2.2.2.0/24 priority 32769 esp tunnel 1.3.1.1 -> 202.1.1.2\n!1.1.1.0/24 priority");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("tunnels");
	TCase *tc = tcase_create("tunnels");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_loop_test(tc, one_edit, 0, sizeof edits / sizeof edits[0]);
	tcase_add_test(tc, vti_life);
	tcase_add_test(tc, both_called);
	tcase_add_loop_test(tc, both_called_other, 0, 2);
	tcase_add_loop_test(tc, both_asked, 0, 2);
	tcase_add_test(tc, replaced_by_nothing);
	tcase_add_loop_test(tc, one_of_two, 0, 2);
	tcase_add_loop_test(tc, two_peers, 0, 2);
	tcase_add_loop_test(tc, exchanges_crossed, 0, 3);
	tcase_add_test(tc, peer_calls);
	tcase_add_test(tc, protection);
	tcase_add_loop_test(tc, shared, 0, 4);
	tcase_add_test(tc, gre_routes);
	tcase_add_test(tc, spokes);
	tcase_add_test(tc, many_spokes);
	tcase_add_loop_test(tc, ikev2_connections, 0, sizeof ikev2 / sizeof ikev2[0]);
	tcase_add_test(tc, flow_peers);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
