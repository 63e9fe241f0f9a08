/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages: what is said of interfaces and sessions, from events that are made
 * here and, in a namespace of its own, from those of the kernel,
 * driven by configuration lines.
 */
#define _GNU_SOURCE
#include "tests/unit/network.h"
#include "tests/unit/session.h"

#include <ev.h>
#include <stdio.h>

#include "backends/netlink/netlink.h"
#include "engine/engine.h"
#include "engine/messages.h"
#include "engine/tunnel.h"
#include "lib/log.h"

static struct session cfg;
static struct messages *m;
static const struct observer *o;
static struct buf said;
static int passed;

static void
sink(void *ctx, int severity, const char *line)
{
	(void)ctx, (void)severity;
	if (!strstr(line, "%CONFTERM-"))
		buf_printf(&said, "%s\n", line);
}

static void
take_link(void *ctx, const struct link_state *l)
{
	(void)ctx, (void)l;
	passed++;
}

static void
take_child(void *ctx, bool up, const struct sa_ike *ike)
{
	(void)ctx, (void)up, (void)ike;
	passed++;
}

static const struct observer next = { .link = take_link, .child_updown = take_child };

static void
setup(void)
{
	session_open(&cfg);
	m = messages_new(cfg.s, &next);
	o = messages_observer(m);
	log_set_sink(sink, NULL);
	passed = 0;
}

static void
teardown(void)
{
	log_set_sink(NULL, NULL);
	messages_free(m);
	session_close(&cfg);
	buf_free(&said);
}

static void
configure(const char *text)
{
	cfg.c.depth = 0;
	ck_assert_int_eq(config_text(&cfg.c, text, strlen(text), NULL, NULL), 0);
	store_commit(cfg.s);
}

static void
expect(const char *want)
{
	ck_assert_str_eq(buf_str(&said), want);
	buf_clear(&said);
}

enum { GONE = 0, THERE = 1, ADMIN = 2, CARRIER = 4, RUNS = 8, ALL_UP = 15 };

static void
link_is(const char *dev, int bits)
{
	struct link_state l = { .ifindex = 5, .present = bits & THERE, .admin_up = bits & ADMIN, .carrier = bits & CARRIER,
		.running = bits & RUNS, .mtu = 1500 };

	snprintf(l.dev, sizeof l.dev, "%s", dev);
	o->link(o->ctx, &l);
}

#define LINK(x, s) "%LINK-3-UPDOWN: Interface " x ", changed state to " s "\n"
#define PROTO(x, s) "%LINEPROTO-5-UPDOWN: Line protocol on Interface " x ", changed state to " s "\n"
#define CHANGED(x) "%LINK-5-CHANGED: Interface " x ", changed state to administratively down\n"

START_TEST(ports)
{
	configure("interface GigabitEthernet0/1\n no shutdown\nend\n");
	link_is("gi0-1", THERE);
	expect("");
	link_is("gi0-1", ALL_UP);
	expect(LINK("GigabitEthernet0/1", "up") PROTO("GigabitEthernet0/1", "up"));
	link_is("gi0-1", ALL_UP);
	expect("");
	link_is("gi0-1", THERE | ADMIN | RUNS);
	expect(LINK("GigabitEthernet0/1", "down") PROTO("GigabitEthernet0/1", "down"));
	link_is("gi0-1", ALL_UP);
	expect(LINK("GigabitEthernet0/1", "up") PROTO("GigabitEthernet0/1", "up"));
	/* the line protocol alone */
	link_is("gi0-1", ALL_UP & ~RUNS);
	expect(PROTO("GigabitEthernet0/1", "down"));
	link_is("gi0-1", ALL_UP);
	expect(PROTO("GigabitEthernet0/1", "up"));
	link_is("gi0-1", THERE);
	expect(CHANGED("GigabitEthernet0/1") PROTO("GigabitEthernet0/1", "down"));
	link_is("gi0-1", ALL_UP);
	buf_clear(&said);
	/* the card is pulled out, and put in again */
	link_is("gi0-1", GONE);
	expect(LINK("GigabitEthernet0/1", "down") PROTO("GigabitEthernet0/1", "down"));
	link_is("gi0-1", ALL_UP);
	expect(LINK("GigabitEthernet0/1", "up") PROTO("GigabitEthernet0/1", "up"));
	/* whatever is said, it is passed on */
	ck_assert_int_eq(passed, 11);
	link_is("eth0", ALL_UP);
	link_is("br0", ALL_UP);
	link_is("lo", ALL_UP);
	expect("");
	ck_assert_int_eq(passed, 14);
}
END_TEST

START_TEST(soft)
{
	configure("interface Loopback0\ninterface Tunnel3\nend\n");
	link_is("lo0", THERE);
	link_is("lo0", THERE | ADMIN);
	expect(PROTO("Loopback0", "up"));
	link_is("lo0", THERE);
	expect(CHANGED("Loopback0") PROTO("Loopback0", "down"));
	link_is("lo0", THERE | ADMIN);
	expect(LINK("Loopback0", "up") PROTO("Loopback0", "up"));
	/* a tunnel is up; its line protocol comes and goes with its device, also with the device's administrative state */
	link_is("tu3", THERE);
	link_is("tu3", ALL_UP);
	expect(PROTO("Tunnel3", "up"));
	link_is("tu3", THERE);
	expect(PROTO("Tunnel3", "down"));
	link_is("tu3", GONE);
	link_is("tu3", ALL_UP);
	expect(PROTO("Tunnel3", "up"));
	link_is("tu3", ALL_UP & ~RUNS);
	expect(PROTO("Tunnel3", "down"));
	configure("interface Tunnel3\n shutdown\nend\n");
	link_is("tu3", THERE);
	expect(CHANGED("Tunnel3"));
	configure("interface Tunnel3\n no shutdown\nend\n");
	link_is("tu3", ALL_UP);
	expect(LINK("Tunnel3", "up") PROTO("Tunnel3", "up"));
	configure("no interface Tunnel3\nno interface Loopback0\nend\n");
	link_is("tu3", GONE);
	link_is("lo0", GONE);
	expect(CHANGED("Tunnel3") PROTO("Tunnel3", "down") CHANGED("Loopback0") PROTO("Loopback0", "down"));
	/* the device of a peer that calls needs no configuration */
	link_is("va3", THERE);
	link_is("va3", ALL_UP);
	expect(LINK("Virtual-Access3", "up") PROTO("Virtual-Access3", "up"));
	link_is("va3", GONE);
	expect(LINK("Virtual-Access3", "down") PROTO("Virtual-Access3", "down"));
	link_is("va3", GONE);
	expect("");
}
END_TEST

START_TEST(quiet)
{
	configure("interface GigabitEthernet0/1\n no logging event link-status\nend\n");
	ck_assert(shows(&cfg, " no logging event link-status"));
	link_is("gi0-1", ALL_UP);
	link_is("gi0-1", THERE);
	expect("");
	configure("interface GigabitEthernet0/1\n logging event link-status\nend\n");
	link_is("gi0-1", ALL_UP);
	expect(LINK("GigabitEthernet0/1", "up") PROTO("GigabitEthernet0/1", "up"));
}
END_TEST

/* --- sessions --- */

static void
child(uint32_t remote, uint16_t port, const char *id, bool up)
{
	struct sa_child c = { .name = "c", .unique_id = 1 };
	struct sa_ike ike = { .conn = "x", .unique_id = 1, .local = 0x0a000001, .remote = remote, .local_port = 500, .remote_port = port,
		.children = &c, .nchild = 1 };

	snprintf(ike.remote_id, sizeof ike.remote_id, "%s", id);
	o->child_updown(o->ctx, up, &ike);
}

#define STATUS(s, peer, id) "%CRYPTO-5-SESSION_STATUS: Crypto tunnel is " s ".  Peer " peer "       Id: " id "\n"

START_TEST(sessions)
{
	child(0xc0a8075c, 500, "192.168.7.92", true);
	child(0xc0a8075c, 500, "192.168.7.92", false);
	expect("");
	configure("crypto logging session\n");
	child(0xc0a8075c, 500, "192.168.7.92", true);
	expect(STATUS("UP  ", "192.168.7.92:500", "192.168.7.92"));
	child(0xc0a8075c, 500, "192.168.7.92", true);
	child(0xc0a8075c, 500, "192.168.7.92", false);
	expect("");
	/* two behind one address translator */
	child(0xc0a8075c, 4501, "spoke1.example.net", true);
	child(0xc0a8075c, 4502, "", true);
	expect(STATUS("UP  ", "192.168.7.92:4501", "spoke1.example.net") STATUS("UP  ", "192.168.7.92:4502", "192.168.7.92"));
	child(0xc0a8075c, 500, "192.168.7.92", false);
	expect(STATUS("DOWN", "192.168.7.92:500", "192.168.7.92"));
	child(0xc0a8075c, 500, "192.168.7.92", false);
	expect("");
	child(0xc0a8075c, 4502, "", false);
	expect(STATUS("DOWN", "192.168.7.92:4502", "192.168.7.92"));
	messages_sessions_gone(m);
	expect(STATUS("DOWN", "192.168.7.92:4501", "spoke1.example.net"));
	ck_assert_int_eq(passed, 10);
}
END_TEST

/* --- the kernel's events --- */

static void
stop_loop(struct ev_loop *l, ev_timer *w, int revents)
{
	(void)w, (void)revents;
	ev_break(l, EVBREAK_ALL);
}

static void
spin(struct ev_loop *loop)
{
	ev_timer t;

	ev_timer_init(&t, stop_loop, 0.2, 0.);
	ev_now_update(loop);
	ev_timer_start(loop, &t);
	ev_run(loop, 0);
}

START_TEST(live)
{
	struct ev_loop *loop;
	struct engine *e;
	struct messages *own;
	struct netlink *nl;

	own_network();
	ck_assert_int_eq(system("ip link add gi0-0 type veth peer name other && ip link set other up"), 0);
	loop = ev_loop_new(0);
	e = engine_new(loop, cfg.s);
	own = messages_new(cfg.s, tunnels_observer(engine_tunnels(e)));
	nl = netlink_create(loop, e, messages_observer(own));
	engine_add_driver(e, netlink_driver(nl));
	ck_assert_int_eq(netlink_start(nl), 0);
	buf_clear(&said);	/* of the machine: sysctls */
#define TYPE(text) configure(text), engine_commit(e), spin(loop)
	TYPE("interface GigabitEthernet0/0\n ip address 10.9.0.1 255.255.255.0\nend\n");
	expect(LINK("GigabitEthernet0/0", "up") PROTO("GigabitEthernet0/0", "up"));
	ck_assert_int_eq(system("ip link set other down"), 0);
	spin(loop);
	expect(LINK("GigabitEthernet0/0", "down") PROTO("GigabitEthernet0/0", "down"));
	ck_assert_int_eq(system("ip link set other up"), 0);
	spin(loop);
	expect(LINK("GigabitEthernet0/0", "up") PROTO("GigabitEthernet0/0", "up"));
	TYPE("interface GigabitEthernet0/0\n shutdown\nend\n");
	expect(CHANGED("GigabitEthernet0/0") PROTO("GigabitEthernet0/0", "down"));
	TYPE("interface Loopback7\n ip address 7.7.7.7 255.255.255.255\nend\n");
	expect(PROTO("Loopback7", "up"));
	TYPE("no interface Loopback7\nend\n");
	expect(CHANGED("Loopback7") PROTO("Loopback7", "down"));
	netlink_destroy(nl);
	messages_free(own);
	engine_free(e);
	ev_loop_destroy(loop);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("messages");
	TCase *c = tcase_create("messages");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, ports);
	tcase_add_test(c, soft);
	tcase_add_test(c, quiet);
	tcase_add_test(c, sessions);
	tcase_add_test(c, live);
	suite_add_tcase(s, c);
	return run_suite(s);
}
