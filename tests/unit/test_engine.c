/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The engine against a driver that only remembers: what is planned, in which
 * order, how little an edit touches, what happens when a driver fails or goes,
 * and what tunnels decide. Expectations are lines of the driver's log.
 */
#include <errno.h>
#include <glob.h>

#include "tests/unit/engine.h"

static const char branch[] =
    "crypto isakmp policy 10\n authentication pre-share\n"
    "crypto isakmp key cisco123 address 202.101.1.1\ncrypto isakmp key cisco123 address 60.137.1.2\n"
    "crypto ipsec transform-set T esp-aes esp-md5-hmac\n"
    "crypto map MYMAP 10 ipsec-isakmp\n match address VPN\n set transform-set T\n set peer 202.101.1.1\n set peer 60.137.1.2\n"
    " reverse-route\n set reverse-route tag 99\n"
    "interface Ethernet0/0\n ip address 1.3.1.1 255.255.255.0\n crypto map MYMAP\n"
    "ip access-list extended VPN\n permit ip 10.3.0.0 0.0.255.255 10.1.0.0 0.0.255.255\n"
    " permit ip 10.4.0.0 0.0.255.255 10.1.0.0 0.0.255.255\nend\n";

/* --- plans --- */

START_TEST(order)
{
	configure(branch);
	expect("+ link e0-0\n+ address e0-0 1.3.1.1/24\n+ policy out\n+ policy in\n+ policy fwd\n+ policy out\n+ secret psk-202.101.1.1\n"
	    "+ secret psk-60.137.1.2\n+ connection 1.3.1.1-202.101.1.1\n+ child 1.3.1.1-202.101.1.1 MYMAP-10-1\n");
	ck_assert_uint_eq(commit(), 0);
	expect_nothing();
	/* deletions run the other way round */
	configure("no crypto map MYMAP 10\nno interface Ethernet0/0");
	expect("- child\n- connection\n- secret\n- policy\n- address\n- link\n");
	engine_each_object(e, OBJ_NKIND, (void (*)(void *, const struct obj_info *))abort, NULL);
}
END_TEST

/* What one line touches, among a thousand neighbours. */
static const struct {
	const char *line;
	size_t ops;
	const char *expect;
} edits[] = {
	{ "ip route 9.0.0.0 255.0.0.0 1.3.1.9", 1, "+ route 9.0.0.0/8 via 1.3.1.9" },
	{ "no ip route 100.0.7.0 255.255.255.0 1.3.1.10", 1, "- route 100.0.7.0/24" },
	{ "ip route 100.0.7.0 255.255.255.0 1.3.1.10 50", 1, "~ route 100.0.7.0/24 via 1.3.1.10  distance 50" },
	{ "hostname other", 0, "" },
	{ "interface Loopback5\ndescription x", 0, "" },
	{ "interface Loopback5\nmtu 1400", 1, "~ link lo5 dummy up mtu 1400" },
	{ "interface Loopback5\nshutdown", 1, "~ link lo5 dummy down" },
	{ "crypto isakmp key other address 202.101.1.1", 1, "~ secret psk-202.101.1.1" },
	{ "crypto isakmp key other address 9.9.9.9", 0, "" },
	{ "crypto ipsec security-association lifetime seconds 1800", 4, "~ child\n~ child\n~ child\n~ child" },
	{ "crypto isakmp policy 10\ngroup 14", 2, "~ connection\n~ connection" },
	{ "ip access-list extended VPN\nno permit ip 10.4.0.0 0.0.255.255 10.1.0.0 0.0.255.255", 5, "- child\n- child\n- policy" },
	{ "ip access-list extended OTHER\npermit ip any any", 0, "" },
	{ "crypto map MYMAP 10\nno set peer 60.137.1.2", 4, "- child\n- child\n- connection\n- secret psk-60.137.1.2" },
	{ "crypto map MYMAP 10\nset peer 7.7.7.7", 3, "+ connection 1.3.1.1-7.7.7.7\n+ child" },
	{ "crypto isakmp keepalive 10", 2, "~ connection\n~ connection" },
	{ "crypto map OTHER local-address Loopback5", 0, "" },
	{ "crypto map MYMAP local-address Loopback5", 18, "+ connection 11.5.0.1-60.137.1.2" },
};

START_TEST(one_edit)
{
	struct buf b = {0};
	char *log;

	buf_puts(&b, branch);
	for (int i = 0; i < 1000; i++)
		buf_printf(&b, "ip route 100.%d.%d.0 255.255.255.0 1.3.1.10\n", i >> 8, i & 255);
	for (int i = 0; i < 10; i++)
		buf_printf(&b, "interface Loopback%d\nip address 11.%d.0.1 255.255.255.0\n", i, i);
	configure(buf_str(&b));
	buf_free(&b);
	log = fake_take(&f);
	free(log);
	configure(edits[_i].line);
	ck_assert_msg(f.nop == edits[_i].ops, "'%s': %zu operations, not %zu:\n%s", edits[_i].line, f.nop, edits[_i].ops,
	    buf_str(&f.log));
	expect(edits[_i].expect);
	ck_assert_uint_eq(commit(), 0);
}
END_TEST

/* The same for the routing protocols, among two hundred neighbors. */
static const struct {
	const char *line;
	size_t ops;
	const char *expect;
} routing_edits[] = {
	{ "interface Loopback3\nip ospf cost 7", 1, "+ routing ospfd: interface lo3 / ip ospf cost 7" },
	{ "interface Loopback4\nip ospf cost 8", 1, "~ routing ospfd: interface lo4 / ip ospf cost 8" },
	{ "router bgp 65000\nneighbor 10.1.0.7 weight 5", 1, "+ routing bgpd: router bgp 65000 / neighbor 10.1.0.7 weight 5" },
	{ "router bgp 65000\nneighbor 10.1.0.8 timers 5 20", 1, "~ routing bgpd: router bgp 65000 / neighbor 10.1.0.8 timers 5 20" },
	{ "router bgp 65000\nno neighbor 10.1.0.8 timers 5 15", 1, "- routing bgpd: router bgp 65000 / neighbor 10.1.0.8 timers 5 15" },
	{ "router bgp 65000\nneighbor 10.1.0.9 password other", 1, "~ routing bgpd: router bgp 65000 / nb-password 10.1.0.9" },
	{ "ip prefix-list IN seq 10 deny 11.0.0.0/8", 1, "+ routing bgpd: ip prefix-list IN seq 10 deny 11.0.0.0/8" },
	{ "ip prefix-list OTHER seq 10 deny 11.0.0.0/8", 0, "" },
	{ "route-map OUT permit 10\nset metric 6", 1, "~ routing bgpd: route-map OUT permit 10 / set metric 6" },
	{ "route-map NOBODY permit 10\nset metric 6", 0, "" },
	{ "router bgp 65000\nno neighbor 10.1.0.10 remote-as 65001", 7, "- routing bgpd: router bgp 65000 / " },
	{ "router bgp 65000\nneighbor 10.1.0.11 peer-group G", 12, "+ routing bgpd: router bgp 65000 / neighbor 10.1.0.11 peer-group G" },
};

START_TEST(one_routing_edit)
{
	struct buf b = {0};
	char *log;

	buf_puts(&b, "router ospf 1\nrouter-id 1.1.1.1\nnetwork 11.0.0.0 0.255.255.255 area 0\nip prefix-list IN permit 10.0.0.0/8\n"
	    "route-map OUT permit 10\nset metric 5\n");
	for (int i = 0; i < 10; i++)
		buf_printf(&b, "interface Loopback%d\nip address 11.%d.0.1 255.255.255.0\n", i, i);
	buf_puts(&b, "ip ospf cost 9\ninterface Loopback4\nip ospf cost 9\nrouter bgp 65000\nneighbor G peer-group\n");
	for (int i = 0; i < 200; i++)
		buf_printf(&b, "neighbor 10.1.0.%d remote-as 65001\nneighbor 10.1.0.%d timers 5 15\nneighbor 10.1.0.%d prefix-list IN in\n"
		    "neighbor 10.1.0.%d route-map OUT out\n", i, i, i, i);
	buf_puts(&b, "neighbor 10.1.0.9 password s3cret\n");
	configure(buf_str(&b));
	buf_free(&b);
	log = fake_take(&f);
	ck_assert_msg(!strstr(log, "s3cret"), "a plan shows no password");
	free(log);
	configure(routing_edits[_i].line);
	ck_assert_msg(f.nop == routing_edits[_i].ops, "'%s': %zu operations, not %zu:\n%s", routing_edits[_i].line, f.nop,
	    routing_edits[_i].ops, buf_str(&f.log));
	ck_assert_msg(strstr(buf_str(&f.log), routing_edits[_i].expect) != NULL, "'%s':\n%s", routing_edits[_i].line, buf_str(&f.log));
	ck_assert_uint_eq(commit(), 0);
}
END_TEST

/* The order of the lines in a file does not matter to the plan. */
static void
collect_objects(void *ctx, const struct obj_info *i)
{
	buf_printf(ctx, "%s %s\n", obj_kind_name(i->obj->kind), i->obj->key);
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static char *
objects(struct engine *en)
{
	struct buf b = {0}, out = {0};
	char *line[1000], *save = NULL;
	size_t n = 0;

	engine_each_object(en, OBJ_NKIND, collect_objects, &b);
	for (char *s = b.d ? strtok_r(b.d, "\n", &save) : NULL; s; s = strtok_r(NULL, "\n", &save))
		line[n++] = s;
	qsort(line, n, sizeof *line, by_text);
	for (size_t i = 0; i < n; i++)
		buf_printf(&out, "%s\n", line[i]);
	buf_free(&b);
	return buf_steal(&out);
}

static const char deny_map[] =
    "crypto isakmp policy 10\n authentication pre-share\ncrypto isakmp key k address 0.0.0.0 0.0.0.0\n"
    "crypto ipsec transform-set T esp-aes esp-sha-hmac\ncrypto ipsec transform-set AH ah-sha-hmac\n"
    "interface Ethernet0/0\n ip address 1.0.0.1 255.255.255.0\n crypto map M\n"
    "crypto map M 10 ipsec-isakmp\n match address A\n set transform-set T\n set peer 2.0.0.2\n"
    "crypto map M 20 ipsec-isakmp\n match address B\n set transform-set AH\n set peer 3.0.0.3\n set peer 3.0.0.4\n"
    "crypto map M 30 ipsec-isakmp\n match address C\n set transform-set T\n set peer 4.0.0.4\n"
    "ip access-list extended A\n deny ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n permit ip 10.0.0.0 0.255.255.255 10.0.0.0 0.255.255.255\n"
    "ip access-list extended B\n deny ip host 10.1.0.7 any\n permit ip 10.1.1.0 0.0.0.255 any\n permit ip 10.1.0.0 0.0.0.255 any\n"
    "ip access-list extended C\n permit ip host 10.1.0.7 10.2.3.0 0.0.0.255\n";

/* A deny of an entry: later entries decide, in their order, whichever was compiled first. */
START_TEST(deny_falls_through)
{
	static const char want[] =
	    "+ policy out e0-0 10.1.0.7/32 -> 10.2.3.0/24 priority 327680 esp tunnel 1.0.0.1 -> 4.0.0.4\n"
	    "+ policy out e0-0 10.1.0.7/32 -> 10.2.0.0/16 priority 327681 allow\n"
	    "+ policy out e0-0 10.1.1.0/24 -> 10.2.0.0/16 priority 327682 ah tunnel 1.0.0.1 -> 3.0.0.3\n"
	    "+ policy out e0-0 10.1.0.0/24 -> 10.2.0.0/16 priority 327683 ah tunnel 1.0.0.1 -> 3.0.0.3\n"
	    "+ policy out e0-0 10.1.0.0/16 -> 10.2.0.0/16 priority 327685 allow\n"
	    "+ policy out e0-0 10.0.0.0/8 -> 10.0.0.0/8 priority 327686 esp tunnel 1.0.0.1 -> 2.0.0.2\n";
	char *log, *part = xstrdup(want), *save = NULL;

	configure(deny_map);
	log = fake_take(&f);
	for (char *s = strtok_r(part, "\n", &save); s; s = strtok_r(NULL, "\n", &save))
		ck_assert_msg(strstr(log, s) != NULL, "'%s' is not in the plan", s);
	free(part);
	free(log);
	/* the later entry's peer changes: the parts in front follow */
	configure("crypto map M 20\nno set peer 3.0.0.3");
	expect("~ policy out e0-0 10.1.1.0/24 -> 10.2.0.0/16 priority 327682 ah tunnel 1.0.0.1 -> 3.0.0.4");
	ck_assert_uint_eq(commit(), 0);
	/* and nothing is left of them when it goes */
	configure("no crypto map M 20");
	expect("!+ policy out e0-0 10.1.1.0/24 -> 10.2.0.0/16\n- policy");
	configure("no crypto map M\nno interface Ethernet0/0");
	free(fake_take(&f));
	log = objects(e);
	ck_assert_str_eq(log ? log : "", "");
	free(log);
}
END_TEST

/* The same objects whatever order the lines came in, and line by line as in one piece. */
START_TEST(order_of_lines)
{
	struct session u;
	struct engine *other;
	char *all, *again, *text;

	configure(deny_map);
	all = objects(e);
	text = running(&t);
	session_open(&u);
	other = engine_new(NULL, u.s);
	for (const char *p = text; *p; p += strcspn(p, "\n"), p += *p == '\n') {
		char *line = xstrndup(p, strcspn(p, "\n"));

		(void)type_line(&u, line);
		store_commit(u.s);
		engine_commit(other);
		free(line);
	}
	again = objects(other);
	ck_assert_str_eq(all, again);
	free(all);
	free(again);
	free(text);
	engine_free(other);
	session_close(&u);
}
END_TEST

/* The same file again changes nothing, and neither does the file taken away leave anything. */
START_TEST(twice)
{
	static char text[65536];
	glob_t g;

	ck_assert_int_eq(glob("tests/golden/*.cfg", 0, NULL, &g), 0);
	for (size_t i = 0; i < g.gl_pathc; i++) {
		FILE *file = fopen(g.gl_pathv[i], "r");
		size_t n = file ? fread(text, 1, sizeof text - 1, file) : 0;
		struct session u;
		struct engine *en;

		ck_assert_ptr_nonnull(file);
		fclose(file);
		text[n] = '\0';
		session_open(&u);
		en = engine_new(NULL, u.s);
		ck_assert_int_eq(config_text(&u.c, text, n, NULL, NULL), 0);
		store_commit(u.s);
		ck_assert_uint_gt(engine_commit(en) + !strcmp(g.gl_pathv[i], "tests/golden/acls.cfg"), 0);
		u.c.depth = 0;
		ck_assert_int_eq(config_text(&u.c, text, n, NULL, NULL), 0);
		store_commit(u.s);
		ck_assert_msg(engine_commit(en) == 0, "%s", g.gl_pathv[i]);
		/* everything compiled again: still the same */
		for (unsigned row = 0; row < g_nrows; row++)
			for (struct rec *r = g_rows[row].mode == MODE_GLOBAL && g_rows[row].kind != G_EXEC && g_rows[row].kind != G_FLAT ?
			    store_first(u.s, store_root(u.s), (int)row) : NULL; r; r = store_next(r))
				engine_touch(en, r->id);
		if (engine_commit(en)) {
			struct buf b = {0};

			engine_print_plan(en, &b);
			ck_abort_msg("%s: %.800s", g.gl_pathv[i], buf_str(&b));
		}
		engine_free(en);
		session_close(&u);
	}
	globfree(&g);
}
END_TEST

/* --- drivers --- */

START_TEST(down_and_up)
{
	size_t n;
	char *before, *after;

	configure(branch);
	n = f.nop;
	free(fake_take(&f));
	before = objects(e);
	engine_driver_down(e, &f.driver, "test");
	configure("ip route 9.0.0.0 255.0.0.0 1.3.1.9\nno ip route 9.0.0.0 255.0.0.0 1.3.1.9\ncrypto map MYMAP 10\nset pfs group2");
	expect_nothing();
	engine_driver_up(e, &f.driver);
	ck_assert_uint_eq(f.nop, n);
	ck_assert_uint_eq(f.nbatch, 1);
	expect("+ link\n+ address\n+ policy\n+ secret\n+ connection\n+ child\n!~ \n!- ");
	after = objects(e);
	ck_assert_str_eq(before, after);
	ck_assert_uint_eq(commit(), 0);
	expect_nothing();
	free(before);
	free(after);
}
END_TEST

struct count {
	int failed, ok, other;
	char reason[80];
};

static void
count_states(void *ctx, const struct obj_info *i)
{
	struct count *c = ctx;

	if (i->state == OBJ_FAILED) {
		c->failed++;
		snprintf(c->reason, sizeof c->reason, "%s", i->reason ? i->reason : "");
	} else if (i->state == OBJ_OK)
		c->ok++;
	else
		c->other++;
}

START_TEST(failure_is_kept_and_tried_again)
{
	struct count c = {0};

	f.fail = "secret psk-60.137.1.2";
	configure(branch);
	expect("secret psk-60.137.1.2 for 60.137.1.2 FAILED");
	engine_each_object(e, OBJ_NKIND, count_states, &c);
	ck_assert_int_eq(c.failed, 1);
	ck_assert_int_eq(c.other, 0);
	ck_assert_str_eq(c.reason, "told to fail");
	run_for(1.3);
	expect("+ secret psk-60.137.1.2");
	f.fail = NULL;
	run_for(2.5);
	expect("+ secret psk-60.137.1.2");
	memset(&c, 0, sizeof c);
	engine_each_object(e, OBJ_NKIND, count_states, &c);
	ck_assert_int_eq(c.failed, 0);
	run_for(1.2);
	expect_nothing();
	/* results of objects that are gone are nobody's */
	engine_result(e, 123456, -EIO, "late");
}
END_TEST

/* --- tunnels --- */

static void
tunnel_up(uint32_t id, const char *remote, uint32_t child_id)
{
	make_sa(id, remote, child_id, 1, "10.3.0.0", "10.1.0.0", 16);
	ike_event(true);
	child_event(true);
}

START_TEST(initiate_and_fail_over)
{
	configure(branch);
	free(fake_take(&f));
	traffic(1);
	expect("initiate 1.3.1.1-202.101.1.1 MYMAP-10-1");
	/* one attempt at a time, asked for once */
	traffic(1);
	traffic(2);
	expect_nothing();
	/* its key was changed meanwhile: the same peer again */
	ck_assert(fake_answer(&f, -EAGAIN, "establishing failed"));
	expect("initiate 1.3.1.1-202.101.1.1 MYMAP-10-1\n!policy");
	ck_assert(fake_answer(&f, -ETIMEDOUT, "no answer"));
	expect("~ policy out e0-0 10.3.0.0/16 -> 10.1.0.0/16 priority 327680 esp tunnel 1.3.1.1 -> 60.137.1.2\n"
	    "initiate 1.3.1.1-60.137.1.2 MYMAP-10-1");
	/* once round, then it waits for the next packet */
	ck_assert(fake_answer(&f, -ETIMEDOUT, "no answer"));
	expect("!initiate");
	ck_assert(!fake_answer(&f, 0, NULL));
	traffic(1);
	expect("initiate 1.3.1.1-");
	/* phase 1 stands, phase 2 is refused: another peer would not help */
	fake_answer(&f, -ECONNRESET, NULL);
	configure("crypto map MYMAP 10\nset pfs group2");
	free(fake_take(&f));
	traffic(77);	/* no such flow */
	expect_nothing();
}
END_TEST

START_TEST(phase_two_refused)
{
	configure(branch);
	free(fake_take(&f));
	traffic(1);
	free(fake_take(&f));
	make_sa(1, "202.101.1.1", 5, 1, "10.3.0.0", "10.1.0.0", 16);
	ike_event(true);
	fake_answer(&f, -EPROTO, "NO_PROPOSAL_CHOSEN");
	expect("!initiate\n!policy");
}
END_TEST

START_TEST(reverse_route)
{
	const struct observer *o = tunnels_observer(engine_tunnels(e));
	struct sa_child was;

	configure(branch);
	expect("!+ route");
	tunnel_up(1, "202.101.1.1", 5);
	expect("+ route 10.1.0.0/16 via 202.101.1.1  distance 1 tag 99 reverse\n!policy");
	/* a rekey, as charon tells it: the route stays */
	was = child;
	child.unique_id = 6;
	o->child_rekey(o->ctx, &ike, &was, &child);
	expect_nothing();
	/* the other order: new one up, old one down */
	child.unique_id = 7;
	child_event(true);
	child.unique_id = 6;
	child_event(false);
	expect_nothing();
	child.unique_id = 7;
	child_event(false);
	expect("- route 10.1.0.0/16 via 202.101.1.1");
	/* the last child of the IKE SA went first: nobody is dead */
	ike_event(false);
	expect_nothing();
}
END_TEST

/* The route to a peer that called, with what the dynamic entry, or its profile, says of it. */
START_TEST(reverse_route_of_a_call)
{
	static const char lines[] = " reverse-route\n set reverse-route tag 7\n set reverse-route distance 30\n";
	char *text = xasprintf("crypto isakmp policy 10\n authentication pre-share\ncrypto isakmp key k address 0.0.0.0 0.0.0.0\n"
	    "crypto ipsec transform-set T esp-aes esp-sha-hmac\ncrypto ipsec profile P\n set transform-set T\n%s"
	    "crypto dynamic-map D 10\n%s%scrypto map M 10 ipsec-isakmp dynamic D\n"
	    "interface Ethernet0/0\n ip address 1.3.1.1 255.255.255.0\n crypto map M\nend\n", _i ? lines : "",
	    _i ? " set profile P\n" : " set transform-set T\n", _i ? "" : lines);

	configure(text);
	free(text);
	expect("!+ route");
	make_sa(1, "202.9.9.9", 5, 1, "10.3.0.0", "10.5.0.0", 16);
	ike.initiator = false;
	ike_event(true);
	child_event(true);
	expect("+ route 10.5.0.0/16 via 202.9.9.9  distance 30 tag 7 reverse");
	child_event(false);
	expect("- route 10.5.0.0/16 via 202.9.9.9");
}
END_TEST

/* A tunnel interface brings its SAs up by itself, unless its profile only answers. */
START_TEST(responder_only)
{
	char *text = xasprintf("crypto isakmp policy 10\n authentication pre-share\ncrypto isakmp key k address 0.0.0.0 0.0.0.0\n"
	    "crypto ipsec transform-set T esp-aes esp-sha-hmac\ncrypto ipsec profile P\n set transform-set T\n%s"
	    "interface Ethernet0/0\n ip address 1.3.1.1 255.255.255.0\n"
	    "interface Tunnel0\n ip address 10.0.0.1 255.255.255.252\n tunnel source Ethernet0/0\n tunnel mode ipsec ipv4\n"
	    " tunnel destination 202.9.9.9\n tunnel protection ipsec profile P\nend\n", _i ? " responder-only\n" : "");

	configure(text);
	free(text);
	traffic(1);
	run_for(1.5);
	expect(_i ? "!initiate" : "initiate 1.3.1.1-202.9.9.9");
}
END_TEST

/* A peer that was started anew calls again; that charon then ends its first IKE SA says nothing of the peer. */
START_TEST(peer_calls_again)
{
	configure(branch);
	for (uint32_t i = 1; i <= 2; i++) {
		make_sa(i, "202.101.1.1", 4 + i, 1, "10.3.0.0", "10.1.0.0", 16);
		ike.initiator = false;
		ike_event(true);
		child_event(true);
	}
	free(fake_take(&f));
	make_sa(1, "202.101.1.1", 5, 1, "10.3.0.0", "10.1.0.0", 16);
	ike_event(false);
	expect_nothing();
	make_sa(2, "202.101.1.1", 6, 1, "10.3.0.0", "10.1.0.0", 16);
	ike_event(false);
	expect("~ policy out e0-0 10.3.0.0/16 -> 10.1.0.0/16 priority 327680 esp tunnel 1.3.1.1 -> 60.137.1.2");
}
END_TEST

START_TEST(dead_peer)
{
	configure(branch);
	tunnel_up(1, "202.101.1.1", 5);
	free(fake_take(&f));
	ike_event(false);
	expect("~ policy out e0-0 10.3.0.0/16 -> 10.1.0.0/16 priority 327680 esp tunnel 1.3.1.1 -> 60.137.1.2");
	child_event(false);
	expect("- route 10.1.0.0/16 via 202.101.1.1");
	traffic(1);
	expect("initiate 1.3.1.1-60.137.1.2");
	tunnel_up(2, "60.137.1.2", 8);
	expect("+ route 10.1.0.0/16 via 60.137.1.2");
	fake_answer(&f, 0, NULL);
	/* no preemption: the first peer coming back changes nothing by itself */
	ck_assert_uint_eq(commit(), 0);
	expect_nothing();
	configure("crypto map MYMAP 10\nset pfs group2");
	expect("!-> 202.101.1.1 reqid");
}
END_TEST

/* So it is after one of two SAs was taken down, whether charon tells of that or not. */
START_TEST(dead_peer_of_two)
{
	struct sa_child two[2];
	struct sa_ike listed;

	configure(branch);
	tunnel_up(1, "202.101.1.1", 5);
	child.unique_id = 6;
	child_event(true);
	two[0] = two[1] = child;
	two[0].unique_id = 5;
	listed = ike;
	listed.children = two;
	listed.nchild = 2;
	f.sas = &listed;
	f.nsa = 1;
	run_for(3.4);
	expect("terminate child 5");
	if (_i == 1) {
		child.unique_id = 5;
		child_event(false);
		child.unique_id = 6;
	}
	if (_i == 2) {	/* nothing is left that it could take along */
		child_event(false);
		free(fake_take(&f));
		ike_event(false);
		expect_nothing();
		return;
	}
	ike_event(false);
	expect("~ policy out e0-0 10.3.0.0/16 -> 10.1.0.0/16 priority 327680 esp tunnel 1.3.1.1 -> 60.137.1.2");
	child_event(false);
	expect("- route 10.1.0.0/16 via 202.101.1.1");
}
END_TEST

START_TEST(responder)
{
	configure(branch);
	free(fake_take(&f));
	make_sa(1, "60.137.1.2", 5, 1, "10.3.0.0", "10.1.0.0", 16);
	ike.initiator = false;
	ike_event(true);
	child_event(true);
	expect("~ policy out e0-0 10.3.0.0/16 -> 10.1.0.0/16 priority 327680 esp tunnel 1.3.1.1 -> 60.137.1.2");
}
END_TEST

/* By a person here, or the peer has deleted it: a peer that says so is alive, and stays the current one. */
START_TEST(cleared_by_hand)
{
	configure(branch);
	tunnel_up(1, "202.101.1.1", 5);
	free(fake_take(&f));
	if (_i == 0)
		tunnels_mark_cleared(engine_tunnels(e), 1);
	else
		strcpy(ike.state, "DELETING");
	ike_event(false);
	expect("!policy");
	child_event(false);
	expect("- route");
	traffic(1);
	expect("initiate 1.3.1.1-202.101.1.1");
}
END_TEST

START_TEST(narrowed)
{
	configure(branch);
	free(fake_take(&f));
	make_sa(1, "202.101.1.1", 5, 1, "10.3.3.0", "10.1.0.0", 24);
	ike_event(true);
	child_event(true);
	expect("terminate child 5\n!route");
	/* the same networks for another protocol are narrower, too */
	make_sa(1, "202.101.1.1", 6, 1, "10.3.0.0", "10.1.0.0", 16);
	child.ts.proto = 6;
	child_event(true);
	expect("terminate child 6\n!route");
}
END_TEST

/* The configuration takes a flow away: its SAs go, too. */
START_TEST(flow_removed)
{
	configure(branch);
	tunnel_up(1, "202.101.1.1", 5);
	free(fake_take(&f));
	configure("ip access-list extended VPN\nno 10");
	expect("terminate child 5\n- child\n- policy");
	child_event(false);
	configure("no crypto map MYMAP");
	traffic(1);
	ck_assert_ptr_null(tunnels_first(engine_tunnels(e)));
}
END_TEST

/* charon went away: its SAs, and so the reverse routes, are gone. */
START_TEST(charon_gone)
{
	configure(branch);
	tunnel_up(1, "202.101.1.1", 5);
	free(fake_take(&f));
	engine_driver_down(e, &f.driver, "test");
	engine_driver_up(e, &f.driver);
	expect("!+ route\n+ connection");
	traffic(1);
	expect("initiate 1.3.1.1-202.101.1.1");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("engine");
	TCase *tc = tcase_create("engine");

	tcase_add_checked_fixture(tc, setup, teardown);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, order);
	tcase_add_loop_test(tc, one_edit, 0, sizeof edits / sizeof edits[0]);
	tcase_add_loop_test(tc, one_routing_edit, 0, (int)(sizeof routing_edits / sizeof routing_edits[0]));
	tcase_add_test(tc, deny_falls_through);
	tcase_add_test(tc, order_of_lines);
	tcase_add_test(tc, twice);
	tcase_add_test(tc, down_and_up);
	tcase_add_test(tc, failure_is_kept_and_tried_again);
	tcase_add_test(tc, initiate_and_fail_over);
	tcase_add_test(tc, phase_two_refused);
	tcase_add_test(tc, reverse_route);
	tcase_add_loop_test(tc, reverse_route_of_a_call, 0, 2);
	tcase_add_loop_test(tc, responder_only, 0, 2);
	tcase_add_test(tc, peer_calls_again);
	tcase_add_test(tc, dead_peer);
	tcase_add_loop_test(tc, dead_peer_of_two, 0, 3);
	tcase_add_test(tc, responder);
	tcase_add_loop_test(tc, cleared_by_hand, 0, 2);
	tcase_add_test(tc, narrowed);
	tcase_add_test(tc, flow_removed);
	tcase_add_test(tc, charon_gone);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
