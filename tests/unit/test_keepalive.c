/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Keepalives of GRE tunnels: the bytes, what an interface wants, what tunnels
 * keep of it, and the driver against a peer that is played here: a raw socket
 * in another network namespace that takes off the outer header and forwards
 * what is inside. With GRE devices in the kernel, the peer is the kernel, too.
 */
#define _GNU_SOURCE
#include "tests/unit/network.h"
#include "tests/unit/session.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <netinet/ip.h>
#include <sched.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "backends/fake/fake.h"
#include "backends/gre/internal.h"
#include "backends/gre/keepalive.h"
#include "engine/engine.h"
#include "engine/interface.h"
#include "engine/internal.h"
#include "engine/tunnel.h"

#define LOCAL 0x0a090001u	/* 10.9.0.1 */
#define REMOTE 0x0a090002u

static const struct obj_keepalive plain = { .dev = "tu0", .local = LOCAL, .remote = REMOTE, .period = 1, .retries = 2 };
static const struct obj_keepalive keyed = { .dev = "tu1", .local = LOCAL, .remote = REMOTE, .has_key = true, .key = 111001,
	.period = 1, .retries = 2 };

/* --- bytes --- */

START_TEST(bytes)
{
	static const uint8_t want[] = {
		0x00, 0x00, 0x08, 0x00,						/* GRE, IP inside */
		0x45, 0xc0, 0x00, 0x24, 0, 0, 0, 0, 255, 47, 0xa6, 0xf5, 10, 9, 0, 2, 10, 9, 0, 1,
		0x00, 0x00, 0x00, 0x00,						/* GRE, type 0 */
		0, 0, 0, 7, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88,
	};
	struct keepalive_mark m = { 0x1122334455667788ull, 7 }, got = {0};
	struct obj_keepalive k = {0};
	uint8_t p[KEEPALIVE_MAX];
	uint32_t sum = 0;

	ck_assert_uint_eq(keepalive_encode(&plain, &m, p, NULL), sizeof want);
	for (int i = 4; i < 24; i += 2)
		sum += (uint32_t)(p[i] << 8 | p[i + 1]);
	ck_assert_uint_eq((sum & 0xffff) + (sum >> 16), 0xffff);
	p[14] = want[14], p[15] = want[15];
	ck_assert_mem_eq(p, want, sizeof want);
	/* what comes back is the inner packet */
	ck_assert(keepalive_decode(p + 4, sizeof want - 4, &k, &got));
	ck_assert_uint_eq(k.local, LOCAL);
	ck_assert_uint_eq(k.remote, REMOTE);
	ck_assert(!k.has_key);
	ck_assert(got.secret == m.secret && got.number == 7);
	/* with a checksum over the whole GRE packet, in the outer header only */
	{
		struct obj_keepalive summed = plain;
		size_t inner;

		summed.checksum = true;
		ck_assert_uint_eq(keepalive_encode(&summed, &m, p, &inner), sizeof want + 4);
		ck_assert_uint_eq(inner, 8);
		ck_assert_uint_eq(p[0], 0x80);
		sum = 0;
		for (size_t i = 0; i < sizeof want + 4; i += 2)
			sum += (uint32_t)(p[i] << 8 | p[i + 1]);
		ck_assert_uint_eq(((sum & 0xffff) + (sum >> 16)) % 0xffff, 0);
		ck_assert(keepalive_decode(p + inner, sizeof want - 4, &k, &got));
	}
	/* with a key, in both headers */
	ck_assert_uint_eq(keepalive_encode(&keyed, &m, p, NULL), sizeof want + 8);
	ck_assert_mem_eq(p, "\x20\0\x08\0\0\1\xb1\x99", 8);
	ck_assert(keepalive_decode(p + 8, sizeof want, &k, &got));
	ck_assert(k.has_key && k.key == 111001 && got.number == 7);
}
END_TEST

/* No length and no single changed byte of the headers leads anywhere else than to "no" or to other values. */
START_TEST(hostile)
{
	struct keepalive_mark m = { 0x1122334455667788ull, 7 }, got;
	struct obj_keepalive k;
	uint8_t p[KEEPALIVE_MAX], *exact;
	size_t n = keepalive_encode(&keyed, &m, p, NULL) - 8;

	for (size_t len = 0; len < n; len++) {
		exact = xmalloc(len + 1);	/* a block of its own: a sanitizer sees what reads beyond */
		memcpy(exact, p + 8, len);
		exact = xrealloc(exact, len ? len : 1);
		ck_assert(!keepalive_decode(exact, len, &k, &got));
		free(exact);
	}
	for (size_t at = 0; at < n; at++)
		for (int v = 0; v < 256; v++) {
			uint8_t was = p[8 + at];
			bool same;

			p[8 + at] = (uint8_t)v;
			memset(&k, 0, sizeof k);
			if (keepalive_decode(p + 8, n, &k, &got)) {
				same = k.local == LOCAL && k.remote == REMOTE && k.key == 111001 && got.secret == m.secret;
				/* fields that mean nothing here: ToS, length, id, fragment, ttl, checksum, number */
				ck_assert_msg(v == was || !same || (at >= 1 && at <= 11 && at != 9) || (at >= 28 && at < 32),
				    "byte %zu", at);
			}
			p[8 + at] = was;
		}
	/* an IP header that claims to be longer than the packet */
	p[8] = 0x4f;
	ck_assert(!keepalive_decode(p + 8, n, &k, &got));
}
END_TEST

/* The peer's question, as our raw socket gives it: an outer IP header, then what the peer's keepalive_encode() makes. */
static size_t
question_packet(uint8_t p[128], bool key)
{
	static const uint8_t outer[20] = { 0x45, 0, 0, 0, 0, 0, 0, 0, 255, 47, 0, 0, 10, 9, 0, 2, 10, 9, 0, 1 };
	struct obj_keepalive theirs = { .local = REMOTE, .remote = LOCAL, .has_key = key, .key = 111001 };
	struct keepalive_mark m = { 1, 1 };

	memcpy(p, outer, sizeof outer);
	return 20 + keepalive_encode(&theirs, &m, p + 20, NULL);
}

START_TEST(question)
{
	uint8_t p[128], wide[128], *exact;
	const uint8_t *reply;
	struct obj_keepalive k;
	size_t n = question_packet(p, true), len;

	len = keepalive_question(p, n, &k, &reply);
	ck_assert_uint_eq(len, n - 28);
	ck_assert_ptr_eq(reply, p + 28);
	ck_assert(k.local == LOCAL && k.remote == REMOTE && k.has_key && k.key == 111001);
	/* its own answer is none */
	ck_assert(!keepalive_decode(p, n, &k, &(struct keepalive_mark){0}));
	/* checksum and sequence number in the outer header */
	memcpy(wide, p, 24);
	wide[20] |= 0x90;
	memset(wide + 24, 0, 4);
	memcpy(wide + 28, p + 24, 4);
	memset(wide + 32, 0, 4);
	memcpy(wide + 36, p + 28, n - 28);
	ck_assert_uint_eq(keepalive_question(wide, n + 8, &k, &reply), n - 28);
	ck_assert(k.key == 111001 && reply == wide + 36);
	/* cut short anywhere it is none; a changed address or protocol makes it none, too */
	for (len = 0; len < n; len++) {
		exact = xmalloc(len ? len : 1);
		memcpy(exact, p, len);
		ck_assert_uint_eq(keepalive_question(exact, len, &k, &reply), 0);
		free(exact);
	}
	for (size_t at = 28 + 12; at < 28 + 20; at++) {
		p[at] ^= 1;
		ck_assert_uint_eq(keepalive_question(p, n, &k, &reply), 0);
		p[at] ^= 1;
	}
	p[28 + 9] = 17;
	ck_assert_uint_eq(keepalive_question(p, n, &k, &reply), 0);
	p[28 + 9] = 47;
	p[28 + 20 + 2] = 8;	/* not a keepalive, but a packet in a packet */
	ck_assert_uint_eq(keepalive_question(p, n, &k, &reply), 0);
}
END_TEST

/* --- engine --- */

static struct session cfg;
static struct engine *e;

static void
type(const char *text)
{
	cfg.c.depth = 0;
	ck_assert_int_eq(config_text(&cfg.c, text, strlen(text), NULL, NULL), 0);
	store_commit(cfg.s);
	engine_commit(e);
}

/* What the interface's keepalive line wants, as the compile function of a tunnel would call for it. */
static char *
wanted(struct fake *f, const uint32_t *key)
{
	uint32_t id = 0;
	struct compile c = { .e = e };

	for (struct rec *r = store_first(cfg.s, store_root(cfg.s), ROW_INTERFACE); r; r = store_next(r)) {
		id = r->id;
		c.unit = find_unit(e, id);
		ck_assert_ptr_nonnull(c.unit);
		free(fake_take(f));
		(void)interface_keepalive(&c, r, "tu0", LOCAL, REMOTE, key);
	}
	ck_assert_uint_ne(id, 0);
	engine_commit(e);
	return fake_take(f);
}

START_TEST(emits)
{
	static const struct {
		const char *config, *want;
		bool key;
	} cases[] = {
		{ " keepalive 5 4\n", "+ keepalive tu0 10.9.0.1 -> 10.9.0.2 every 5 s, 4 retries\n", false },
		{ " keepalive 5\n", "+ keepalive tu0 10.9.0.1 -> 10.9.0.2 every 5 s, 3 retries\n", false },
		{ " keepalive 10 3\n", "+ keepalive tu0 10.9.0.1 -> 10.9.0.2 key 42 every 10 s, 3 retries\n", true },
		{ " keepalive 5\n tunnel checksum\n", "+ keepalive tu0 10.9.0.1 -> 10.9.0.2 checksum every 5 s, 3 retries\n", false },
		{ " keepalive 0\n", "", false },
		{ "", "", false },
	};
	uint32_t key = 42;

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct fake f;
		char *log, *text = xasprintf("interface Tunnel0\n%send\n", cases[i].config);

		session_open(&cfg);
		e = engine_new(NULL, cfg.s);
		fake_init(&f, e, (1u << OBJ_NKIND) - 1);
		engine_add_driver(e, &f.driver);
		engine_driver_up(e, &f.driver);
		type(text);
		log = wanted(&f, cases[i].key ? &key : NULL);
		ck_assert_str_eq(log, cases[i].want);
		free(log);
		free(text);
		fake_free(&f);
		engine_free(e);
		session_close(&cfg);
	}
}
END_TEST

/* One setting of IOS, two rows here: what is typed last counts. */
START_TEST(lines)
{
	static const struct {
		const char *typed, *shown;	/* NULL: no line */
	} cases[] = {
		{ "interface Tunnel1\nkeepalive\n", " keepalive 10 3" },
		{ "interface Tunnel1\nkeepalive 5 4\n", " keepalive 5 4" },
		{ "interface Tunnel1\nkeepalive 5 4\nkeepalive\n", " keepalive 10 3" },
		{ "interface Tunnel1\nkeepalive 5 4\nno keepalive\n", NULL },
		{ "interface Tunnel1\nkeepalive 5 4\nno keepalive 5 4\n", NULL },
		{ "interface Tunnel1\nno keepalive\nkeepalive 6\n", " keepalive 6" },
		{ "interface Ethernet0/0\nkeepalive 20\nkeepalive\n", NULL },
		{ "interface Ethernet0/0\nkeepalive 20\nno keepalive\n", " no keepalive" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		char *text;

		session_open(&cfg);
		type_all(&cfg, cases[i].typed);
		text = running(&cfg);
		ck_assert_msg(!cases[i].shown || shows(&cfg, cases[i].shown), "%zu: %s", i, text);
		ck_assert_msg(cases[i].shown || !strstr(text, "\n keepalive"), "%zu: %s", i, text);
		free(text);
		session_close(&cfg);
	}
}
END_TEST

START_TEST(state)
{
	struct tunnels *t;
	const struct observer *o;
	char dev[OBJ_IFNAMSIZ];

	session_open(&cfg);
	e = engine_new(NULL, cfg.s);
	t = engine_tunnels(e);
	o = tunnels_observer(t);
	type("interface Tunnel0\nend\n");
	ck_assert(tunnels_keepalive_up(t, "tu0"));
	o->keepalive(o->ctx, "tu0", true);
	ck_assert(tunnels_keepalive_up(t, "tu0"));
	o->keepalive(o->ctx, "tu0", false);
	ck_assert(!tunnels_keepalive_up(t, "tu0"));
	o->keepalive(o->ctx, "tu0", false);
	o->keepalive(o->ctx, "nonsense", false);
	for (int i = 1; i < 1000; i++) {
		snprintf(dev, sizeof dev, "tu%d", i);
		tunnels_keepalive(t, dev, false);
	}
	ck_assert(!tunnels_keepalive_up(t, "tu0") && !tunnels_keepalive_up(t, "tu999") && tunnels_keepalive_up(t, "tu1000"));
	for (int i = 0; i < 1000; i++) {
		snprintf(dev, sizeof dev, "tu%d", i);
		tunnels_keepalive(t, dev, true);
		ck_assert(tunnels_keepalive_up(t, dev));
	}
	engine_free(e);
	session_close(&cfg);
}
END_TEST

/* --- the driver --- */

static struct ev_loop *loop;
static struct gre *gre;
static char reports[512];
static int peer_ns = -1, own_ns = -1, peer_in = -1, peer_out = -1;
static ev_io peer_io;
static int answers;		/* to the peer's own questions */
static int swallow;		/* so many more the peer keeps to itself */
static int damage = -1;		/* the byte of the inner packet that the peer changes */

static void
on_keepalive(void *ctx, const char *dev, bool up)
{
	size_t n = strlen(reports);

	snprintf(reports + n, sizeof reports - n, "%s %s\n", dev, up ? "up" : "down");
}
static const struct observer observer = { .keepalive = on_keepalive };

static void
enter(int ns)
{
	ck_assert_int_eq(setns(ns, CLONE_NEWNET), 0);
}

/* The peer: what comes for it is taken out of its GRE header and forwarded. */
static void
on_peer(struct ev_loop *l, ev_io *w, int revents)
{
	uint8_t p[512];
	ssize_t n = recv(peer_in, p, sizeof p, MSG_DONTWAIT);
	size_t head = n < 20 ? 0 : (size_t)(p[0] & 15) * 4, gre_len;
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr = { htonl(LOCAL) } };

	(void)l, (void)w, (void)revents;
	if (head && n >= (ssize_t)head + 4 && p[head + 2] == 0 && p[head + 3] == 0)
		answers++;
	if (!head || n < (ssize_t)head + 28 || p[head + 2] != 8 || p[head + 3] != 0)
		return;
	gre_len = p[head] & 0x20 ? 8 : 4;
	if (swallow > 0 && swallow--)
		return;
	if (damage >= 0)
		p[head + gre_len + (size_t)damage] ^= 1;
	ck_assert_int_gt(sendto(peer_out, p + head + gre_len, (size_t)n - head - gre_len, 0, (struct sockaddr *)&to, sizeof to), 0);
}

/* Two namespaces and a wire. */
static void
wire(void)
{
	own_network();
	peer_ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	own_network();
	own_ns = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	{
		char *cmd = xasprintf("ip link set lo up; ip link add gi0-0 type veth peer name gi0-0 netns /proc/%d/fd/%d && "
		    "ip addr add 10.9.0.1/24 dev gi0-0 && ip link set gi0-0 up && nsenter --net=/proc/%d/fd/%d sh -c '"
		    "ip link set lo up; ip addr add 10.9.0.2/24 dev gi0-0 && ip link set gi0-0 up'",
		    (int)getpid(), peer_ns, (int)getpid(), peer_ns);

		if (system(cmd) != 0)
			ck_abort_msg("%s", cmd);
		free(cmd);
	}
}

static void
begin(void)
{
	loop = ev_loop_new(0);
	session_open(&cfg);
	e = engine_new(NULL, cfg.s);
	gre = gre_create(loop, e, &observer);
	engine_add_driver(e, gre_driver(gre));
	gre_start(gre);
	*reports = '\0';
}

static void
end(void)
{
	gre_destroy(gre);
	engine_free(e);
	session_close(&cfg);
	ev_loop_destroy(loop);
}

static void
op(enum op_type what, const struct obj_keepalive *was, const struct obj_keepalive *now)
{
	struct obj a = { .kind = OBJ_KEEPALIVE, .id = 900 }, b = a;
	struct plan_op p = { what, was ? &a : NULL, now ? &b : NULL };

	if (was)
		a.keepalive = *was;
	if (now)
		b.keepalive = *now;
	gre_driver(gre)->apply(gre_driver(gre)->ctx, &p, 1);
}

static void
stop_loop(struct ev_loop *l, ev_timer *w, int revents)
{
	(void)w, (void)revents;
	ev_break(l, EVBREAK_ALL);
}

static void
spin(double s)
{
	ev_timer t;

	ev_timer_init(&t, stop_loop, s, 0.);
	ev_now_update(loop);
	ev_timer_start(loop, &t);
	ev_run(loop, 0);
}

static struct gre_count
count_of(const char *dev)
{
	struct gre_count c = {0};

	ck_assert(gre_counts(gre, dev, &c));
	return c;
}

START_TEST(driver)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr = { htonl(LOCAL) } };
	uint8_t q[128];
	int one = 1;

	wire();
	enter(peer_ns);
	peer_in = socket(AF_INET, SOCK_RAW, IPPROTO_GRE);
	peer_out = socket(AF_INET, SOCK_RAW, IPPROTO_RAW);
	setsockopt(peer_out, IPPROTO_IP, IP_HDRINCL, &one, sizeof one);
	enter(own_ns);
	begin();
	ev_io_init(&peer_io, on_peer, peer_in, EV_READ);
	ev_io_start(loop, &peer_io);

	/* both tunnels, told apart by their key; they are up at first and stay up */
	op(OP_ADD, NULL, &plain);
	op(OP_ADD, NULL, &keyed);
	ck_assert_str_eq(reports, "");
	spin(2.6);
	ck_assert_msg(strcmp(reports, "tu0 up\ntu1 up\n") == 0 || strcmp(reports, "tu1 up\ntu0 up\n") == 0, "%s", reports);
	ck_assert_uint_ge(count_of("tu0").answered, 2);
	ck_assert_uint_eq(count_of("tu0").answered, count_of("tu0").sent);
	ck_assert_uint_eq(count_of("tu1").answered, count_of("tu1").sent);
	op(OP_DELETE, &keyed, NULL);
	ck_assert(!gre_counts(gre, "tu1", &(struct gre_count){0}));
	/* one lost of two does no harm */
	*reports = '\0';
	swallow = 1;
	spin(2.1);
	ck_assert_str_eq(reports, "");
	ck_assert_uint_eq(count_of("tu0").missed, 0);
	/* two in a row do */
	swallow = 2;
	spin(3.2);
	ck_assert_str_eq(reports, "tu0 down\ntu0 up\n");
	/* a packet with another secret, another number, another key is no answer */
	*reports = '\0';
	damage = 35;
	spin(3.2);
	ck_assert_str_eq(reports, "tu0 down\n");
	damage = 25;
	spin(1.1);
	damage = 20;
	spin(1.1);
	ck_assert_str_eq(reports, "tu0 down\n");
	/* while it is down the device is, too: the peer's questions are answered by the driver, as GRE, from the tunnel's end */
	ck_assert_int_gt(sendto(peer_in, q + 20, question_packet(q, false) - 20, 0, (struct sockaddr *)&to, sizeof to), 0);
	spin(0.1);
	ck_assert_int_eq(answers, 1);
	damage = -1;
	spin(1.1);
	ck_assert_str_eq(reports, "tu0 down\ntu0 up\n");
	/* afterwards by the kernel */
	ck_assert_int_gt(sendto(peer_in, q + 20, question_packet(q, false) - 20, 0, (struct sockaddr *)&to, sizeof to), 0);
	spin(0.1);
	ck_assert_int_eq(answers, 1);
	/* other times do not disturb it */
	{
		struct obj_keepalive slower = plain;

		*reports = '\0';
		slower.period = 30;
		op(OP_CHANGE, &plain, &slower);
		spin(1.1);
		ck_assert_str_eq(reports, "");
		ck_assert(count_of("tu0").up);
		op(OP_DELETE, &slower, NULL);
	}
	spin(0.1);
	ck_assert_str_eq(reports, "");
	end();
}
END_TEST

/*
 * The peer is a Linux router with nothing but a GRE device and what
 * backends/netlink sets. tu2 takes packets with a checksum only, and tu3 such
 * with sequence numbers, too: those go by a device of our own.
 */
START_TEST(kernel_answers)
{
	struct obj_keepalive summed = keyed, numbered = keyed;
	char *cmd;

	strcpy(summed.dev, "tu2");
	strcpy(numbered.dev, "tu3");
	summed.key = 2;
	numbered.key = 3;
	summed.checksum = numbered.checksum = true;
	wire();
	cmd = xasprintf("nsenter --net=/proc/%d/fd/%d sh -c '"
	    "ip link add tu0 type gre local 10.9.0.2 remote 10.9.0.1 2>/dev/null && ip link set tu0 up && "
	    "ip link add tu1 type gre local 10.9.0.2 remote 10.9.0.1 key 111001 && ip link set tu1 up && "
	    "ip link add tu2 type gre local 10.9.0.2 remote 10.9.0.1 key 2 csum && ip link set tu2 up && "
	    "ip link add tu3 type gre local 10.9.0.2 remote 10.9.0.1 key 3 csum seq && ip link set tu3 up && "
	    "echo 0 > /proc/sys/net/ipv4/conf/all/rp_filter && "
	    "echo 1 > /proc/sys/net/ipv4/ip_forward && for d in tu0 tu1 tu2 tu3; do cd /proc/sys/net/ipv4/conf/$d; "
	    "echo 0 > rp_filter; echo 1 > accept_local; done'", (int)getpid(), peer_ns);
	if (system(cmd) != 0) {
		free(cmd);
		return;		/* no GRE in this kernel */
	}
	free(cmd);
	ck_assert_int_eq(system("ip link add tu3 type gre local 10.9.0.1 remote 10.9.0.2 key 3 csum seq && ip link set tu3 up"), 0);
	begin();
	op(OP_ADD, NULL, &plain);
	op(OP_ADD, NULL, &keyed);
	op(OP_ADD, NULL, &summed);
	op(OP_ADD, NULL, &numbered);
	spin(2.6);
	ck_assert_uint_ge(count_of("tu2").answered, 2);
	ck_assert_uint_ge(count_of("tu3").answered, 2);
	op(OP_DELETE, &summed, NULL);
	op(OP_DELETE, &numbered, NULL);
	printf("the kernel answered %u of %u\n", (unsigned)count_of("tu0").answered, (unsigned)count_of("tu0").sent);
	ck_assert_uint_ge(count_of("tu0").answered, 2);
	ck_assert_uint_ge(count_of("tu1").answered, 2);
	/* without accept_local the packet is a martian: that is what it is for */
	cmd = xasprintf("nsenter --net=/proc/%d/fd/%d sh -c 'echo 0 > /proc/sys/net/ipv4/conf/tu0/accept_local'", (int)getpid(), peer_ns);
	ck_assert_int_eq(system(cmd), 0);
	free(cmd);
	*reports = '\0';
	spin(4.2);
	ck_assert_str_eq(reports, "tu0 down\n");
	end();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("keepalive");
	TCase *c = tcase_create("keepalive");

	tcase_set_timeout(c, 60);
	tcase_add_test(c, bytes);
	tcase_add_test(c, hostile);
	tcase_add_test(c, question);
	tcase_add_test(c, emits);
	tcase_add_test(c, lines);
	tcase_add_test(c, state);
	tcase_add_test(c, driver);
	tcase_add_test(c, kernel_answers);
	suite_add_tcase(s, c);
	return run_suite(s);
}
