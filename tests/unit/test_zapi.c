/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ZAPI without a zebra: octets against hand-made messages, the decoder on what
 * it must refuse, and the choice among floating statics. Messages marked
 * "captured" came from zebra 8.4.4.
 */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "backends/zapi/codec.h"
#include "backends/zapi/rib.h"
#include "backends/zapi/track.h"
#include "tests/unit/unit.h"

static void
expect(struct buf *b, const void *want, size_t n)
{
	ck_assert_uint_eq(b->n, n);
	ck_assert_mem_eq(b->d, want, n);
	buf_free(b);
}
#define EXPECT(b, ...) expect(b, (const uint8_t[]){__VA_ARGS__}, sizeof((const uint8_t[]){__VA_ARGS__}))

START_TEST(dialects)
{
	static const struct {
		unsigned major, minor, add, hello, error, stat;
		bool notify, nh16, vrf8;
	} want[] = {
	    {8, 2, 8, 18, 118, 3, true, false, false},	    {8, 4, 8, 18, 118, 3, true, false, false},
	    {9, 0, 8, 18, 118, 3, true, false, false},	    {9, 1, 8, 18, 117, 3, true, false, false},
	    {10, 0, 9, 19, 118, 4, false, false, false},    {10, 1, 9, 19, 118, 4, false, false, false},
	    {10, 2, 9, 19, 120, 4, false, false, false},    {10, 3, 9, 19, 120, 4, false, true, false},
	    {10, 5, 9, 19, 120, 4, false, true, false},	    {10, 7, 9, 19, 120, 4, false, true, true},
	    {11, 0, 9, 19, 120, 4, false, true, true},
	};

	for (size_t i = 0; i < sizeof want / sizeof *want; i++) {
		const struct zapi_dialect *d = zapi_dialect_for(want[i].major, want[i].minor);

		ck_assert_uint_eq(d->route_add, want[i].add);
		ck_assert_uint_eq(d->hello, want[i].hello);
		ck_assert_uint_eq(d->zebra_error, want[i].error);
		ck_assert_uint_eq(d->proto_static, want[i].stat);
		ck_assert_int_eq(d->hello_notify, want[i].notify);
		ck_assert_int_eq(d->nh_count16, want[i].nh16);
		ck_assert_int_eq(d->caps_vrf8, want[i].vrf8);
	}
}
END_TEST

START_TEST(versions)
{
	unsigned a, b;

	ck_assert(zapi_parse_version("FRRouting 8.4.4 (vm) on Linux(6.1).\n", &a, &b) && a == 8 && b == 4);
	ck_assert(zapi_parse_version("x\nFRRouting 10.3", &a, &b) && a == 10 && b == 3);
	ck_assert(!zapi_parse_version("Quagga 1.2", &a, &b));
	ck_assert(!zapi_parse_version("FRRouting x", &a, &b));
	ck_assert(!zapi_parse_version("", &a, &b));
}
END_TEST

START_TEST(encode)
{
	const struct zapi_dialect *d8 = zapi_dialect_for(8, 4), *d10 = zapi_dialect_for(10, 3);
	struct zapi_nexthop nh[2] = {{ZNH_IPV4, 0, 0x0a000c02, 0}, {ZNH_BLACKHOLE, 0, 0, 0}};
	struct zapi_route r = {{0x0a320000, 16}, 5, 99, nh, 2};
	struct buf b = {0};

	zapi_put_hello(&b, d8);
	EXPECT(&b, 0, 19, 254, 6, 0, 0, 0, 0, 0, 18, 3, 0, 0, 0, 0, 0, 0, 1, 0);
	zapi_put_hello(&b, d10);
	EXPECT(&b, 0, 18, 254, 6, 0, 0, 0, 0, 0, 19, 4, 0, 0, 0, 0, 0, 0, 0);
	zapi_put_notify_request(&b, d10);
	EXPECT(&b, 0, 11, 254, 6, 0, 0, 0, 0, 0, 126, 1);
	zapi_put_client_capabilities(&b, d8, 15);
	EXPECT(&b, 0, 22, 254, 6, 0, 0, 0, 0, 0, 119, 0, 0, 0, 1, 0, 0, 0, 15, 0, 0, 0, 0);
	zapi_put_nexthop_track(&b, d8, 0, 0x01020304, true);
	EXPECT(&b, 0, 21, 254, 6, 0, 0, 0, 0, 0, 20, 0, 1, 0, 1, 0, 2, 32, 1, 2, 3, 4);
	zapi_put_nexthop_track(&b, d8, 0, 0x01020304, false);
	EXPECT(&b, 0, 21, 254, 6, 0, 0, 0, 0, 0, 21, 0, 0, 0, 1, 0, 2, 32, 1, 2, 3, 4);
	zapi_put_route(&b, d8, true, &r);
	EXPECT(&b, 0, 54, 254, 6, 0, 0, 0, 0, 0, 8, 3, 0, 0, 0, 0, 0, 1, 0, 0, 0, 11, 1, 2, 16, 10, 50, 0, 2,
	    0, 0, 0, 0, 2, 0, 10, 0, 12, 2, 0, 0, 0, 0, 0, 0, 0, 0, 6, 0, 1, 5, 0, 0, 0, 99);
	nh[0] = (struct zapi_nexthop){ZNH_IPV4_IFINDEX, ZNH_ONLINK, 0x0a000c02, 7};
	r = (struct zapi_route){{0, 0}, 1, 0, nh, 1};
	zapi_put_route(&b, d8, true, &r);
	EXPECT(&b, 0, 41, 254, 6, 0, 0, 0, 0, 0, 8, 3, 0, 0, 0, 0, 0, 1, 0, 0, 0, 3, 1, 2, 0, 0, 1, 0, 0, 0, 0, 3,
	    1, 10, 0, 12, 2, 0, 0, 0, 7, 1);
	zapi_put_route(&b, d10, false, &r);
	EXPECT(&b, 0, 24, 254, 6, 0, 0, 0, 0, 0, 10, 4, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 2, 0);
}
END_TEST

/* captured */
static const uint8_t caps844[] = {0, 20, 254, 6, 0, 0, 0, 0, 0, 19, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0};
static const uint8_t nht844[] = {0, 39, 254, 6, 0, 0, 0, 0, 0, 22, 0, 0, 0, 0, 0, 1, 0, 2, 32, 1, 1, 1, 1, 0, 2, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0};

START_TEST(decode)
{
	const struct zapi_dialect *d = zapi_dialect_for(8, 4);
	uint8_t note[] = {0, 25, 254, 6, 0, 0, 0, 0, 0, 10, 2, 0, 0, 0, 2, 16, 10, 50, 0, 0, 0, 0, 0, 254, 1};
	uint8_t ifadd[10 + 29] = {0, 39, 254, 6, [9] = 4, [10] = 'v', '1', [29] = 7, 1, [38] = 0x43};
	uint8_t err[] = {0, 24, 254, 6, 0, 0, 0, 0, 0, 118, 2, 0, 0, 0, 0, 10, 254, 6, 0, 0, 0, 0, 1, 44};
	uint8_t addr[] = {0, 25, 254, 6, 0, 0, 0, 0, 0, 2, 0, 0, 0, 9, 16, 2, 10, 1, 1, 254, 32, 0, 0, 0, 0};
	struct zapi_msg m;

	memcpy(note + 10, &(uint32_t){ZAPI_INSTALLED}, 4);	/* the host's order */
	memcpy(err + 10, &(uint32_t){2}, 4);
	ck_assert_int_eq(zapi_decode(d, caps844, sizeof caps844, &m), sizeof caps844);
	ck_assert(m.kind == ZAPI_CAPABILITIES && m.caps.ecmp == 256);
	ck_assert_int_eq(zapi_decode(d, nht844, sizeof nht844, &m), sizeof nht844);
	ck_assert(m.kind == ZAPI_NEXTHOP_UPDATE && m.nexthop.gateway == 0x01010101 && m.nexthop.count == 0);
	ck_assert_int_eq(zapi_decode(d, note, sizeof note, &m), sizeof note);
	ck_assert(m.kind == ZAPI_ROUTE_NOTIFY && m.route.note == ZAPI_INSTALLED);
	ck_assert(m.route.dst.addr == 0x0a320000 && m.route.dst.len == 16);
	ck_assert_int_eq(zapi_decode(d, ifadd, sizeof ifadd, &m), sizeof ifadd);
	ck_assert(m.kind == ZAPI_INTERFACE && m.interface.up && m.interface.ifindex == 7);
	ck_assert_str_eq(m.interface.name, "v1");
	ifadd[9] = 5;	/* DOWN */
	ck_assert_int_eq(zapi_decode(d, ifadd, sizeof ifadd, &m), sizeof ifadd);
	ck_assert(m.interface.present && !m.interface.up);
	ck_assert_int_eq(zapi_decode(d, addr, sizeof addr, &m), sizeof addr);
	ck_assert(m.kind == ZAPI_ADDRESS && m.address.present && m.address.ifindex == 9);
	ck_assert(m.address.address.addr == 0x0a0101fe && m.address.address.len == 32);
	addr[9] = 3;	/* DELETE */
	ck_assert_int_eq(zapi_decode(d, addr, sizeof addr, &m), sizeof addr);
	ck_assert(m.kind == ZAPI_ADDRESS && !m.address.present);
	addr[20] = 33;
	ck_assert_int_eq(zapi_decode(d, addr, sizeof addr, &m), sizeof addr);
	ck_assert(m.kind == ZAPI_OTHER);
	addr[1] = 24;
	ck_assert_int_eq(zapi_decode(d, addr, sizeof addr, &m), -EPROTO);
	ck_assert_int_eq(zapi_decode(d, err, sizeof err, &m), sizeof err);
	ck_assert(m.kind == ZAPI_ERROR && m.error.code == 2 && m.error.command == 300);

	note[14] = 10;	/* IPv6: not ours */
	ck_assert_int_eq(zapi_decode(d, note, sizeof note, &m), sizeof note);
	ck_assert(m.kind == ZAPI_OTHER);
	note[14] = 2;
	note[15] = 33;	/* no such length */
	ck_assert_int_eq(zapi_decode(d, note, sizeof note, &m), -EPROTO);
}
END_TEST

START_TEST(decode_bad)
{
	const struct zapi_dialect *d = zapi_dialect_for(8, 4);
	uint8_t x[sizeof nht844];
	struct zapi_msg m;
	unsigned seed = 1;

	for (size_t n = 0; n < sizeof nht844; n++) {
		ck_assert_int_eq(zapi_decode(d, nht844, n, &m), 0);
		if (n < ZAPI_HEADER)
			continue;
		memcpy(x, nht844, n);	/* the same, cut and saying so */
		x[1] = (uint8_t)n;
		ck_assert_int_eq(zapi_decode(d, x, n, &m), n == 38 ? -EPROTO : n < 38 ? -EPROTO : (int)n);
	}
	memcpy(x, nht844, sizeof x);
	x[2] = 253;
	ck_assert_int_eq(zapi_decode(d, x, sizeof x, &m), -EPROTO);
	x[2] = 254;
	x[1] = 9;	/* shorter than a header */
	ck_assert_int_eq(zapi_decode(d, x, sizeof x, &m), -EPROTO);
	x[0] = 0x7f;	/* longer than any */
	ck_assert_int_eq(zapi_decode(d, x, sizeof x, &m), -EPROTO);
	for (int i = 0; i < 200000; i++) {
		for (size_t k = 4; k < sizeof x; k++)
			x[k] = (uint8_t)(seed = seed * 1103515245 + 12345, seed >> 16);
		x[0] = 0;
		x[1] = (uint8_t)(10 + i % 30);
		x[8] = 0;
		x[9] &= 127;
		zapi_decode(d, x, sizeof x, &m);
	}
}
END_TEST

/* A zebra that writes down what it is told. */
struct seen {
	struct zapi_route last;
	struct zapi_nexthop nh[ZAPI_MAX_NEXTHOPS];
	unsigned installs, removes, asked, forgotten;
	int err[16];
};

static void
s_track(void *ctx, uint32_t gateway, bool on)
{
	struct seen *s = ctx;

	s->asked += on;
	s->forgotten += !on;
}

static void
s_install(void *ctx, const struct zapi_route *r)
{
	struct seen *s = ctx;

	s->last = *r;
	memcpy(s->nh, r->nh, r->nnh * sizeof *r->nh);
	s->installs++;
}

static void
s_remove(void *ctx, const struct prefix4 *dst)
{
	((struct seen *)ctx)->removes++;
}

static void
s_report(void *ctx, uint64_t id, int err, const char *text)
{
	struct seen *s = ctx;

	ck_assert((err == 0) == (text == NULL));
	if (id < 16)
		s->err[id] = err;
}

static const struct prefix4 net = {0x0a320000, 16};	/* 10.50.0.0/16 */
static const struct prefix4 lan = {0x0a000c00, 24};	/* 10.0.12.0/24 */

static struct rib *
rib_new(struct seen *s)
{
	const struct rib_ops ops = {s, s_track, s_install, s_remove, s_report};

	memset(s, 0, sizeof *s);
	for (size_t i = 0; i < 16; i++)
		s->err[i] = 1;	/* nothing reported */
	return rib_create(&ops);
}

static void
add(struct rib *r, uint64_t id, struct prefix4 dst, enum route_nexthop type, uint32_t gw, uint8_t distance)
{
	struct obj_route o = {.dst = dst, .nexthop = type, .gateway = gw, .dev = "v1", .distance = distance};

	rib_add(r, id, &o);
}

START_TEST(floating)
{
	struct seen s;
	struct rib *r = rib_new(&s);
	const uint32_t a = 0x0a000c02, b = 0x0a000d02;
	struct obj_route first = {.dst = net, .nexthop = NEXTHOP_GATEWAY, .gateway = a, .distance = 1};

	add(r, 1, net, NEXTHOP_GATEWAY, a, 1);
	add(r, 2, net, NEXTHOP_GATEWAY, b, 200);
	rib_flush(r);
	ck_assert_uint_eq(s.installs, 0);	/* zebra has not said anything yet */
	rib_nexthop(r, b, &lan, 1, 1);
	rib_nexthop(r, a, &lan, 1, 1);
	rib_flush(r);
	ck_assert(s.installs == 1 && s.last.distance == 1 && s.nh[0].gateway == a && s.err[2] == -EEXIST);
	rib_note(r, &net, ZAPI_INSTALLED);
	ck_assert_int_eq(s.err[1], 0);
	/* the gateway goes: takeover */
	rib_nexthop(r, a, &lan, 0, 2);
	rib_flush(r);
	ck_assert(s.installs == 2 && s.last.distance == 200 && s.nh[0].gateway == b);
	rib_note(r, &net, ZAPI_INSTALLED);
	ck_assert(s.err[1] == -ENETUNREACH && s.err[2] == 0 && s.removes == 0);
	/* and returns */
	rib_nexthop(r, a, &lan, 1, 1);
	rib_flush(r);
	rib_note(r, &net, ZAPI_INSTALLED);
	ck_assert(s.installs == 3 && s.last.distance == 1 && s.err[1] == 0 && s.err[2] == -EEXIST);
	/* zebra refuses it: the other one again */
	rib_note(r, &net, ZAPI_FAIL_INSTALL);
	rib_flush(r);
	ck_assert(s.installs == 4 && s.last.distance == 200 && s.err[1] == -ENETUNREACH);
	rib_note(r, &net, ZAPI_BETTER_ADMIN_WON);
	ck_assert_int_eq(s.err[2], -EEXIST);
	rib_del(r, &first);
	rib_flush(r);
	rib_nexthop(r, b, &lan, 0, 3);
	rib_flush(r);
	ck_assert(s.removes == 1 && s.err[2] == -ENETUNREACH && s.forgotten == 1);
	rib_destroy(r);
}
END_TEST

START_TEST(late_note)
{
	struct seen s;
	struct rib *r = rib_new(&s);

	add(r, 1, net, NEXTHOP_NULL, 0, 1);
	rib_flush(r);
	add(r, 1, net, NEXTHOP_NULL, 0, 2);
	rib_flush(r);
	ck_assert_uint_eq(s.installs, 2);
	rib_note(r, &net, ZAPI_FAIL_INSTALL);	/* about which one? */
	rib_flush(r);
	ck_assert_uint_eq(s.installs, 3);
	rib_note(r, &net, ZAPI_INSTALLED);
	ck_assert_int_eq(s.err[1], 0);
	rib_destroy(r);
}
END_TEST

START_TEST(own_gateway)
{
	struct seen s;
	struct rib *r = rib_new(&s);
	const struct prefix4 all = {0, 0};

	/* a default route must not be resolved by itself */
	add(r, 1, all, NEXTHOP_GATEWAY, 0x0a000c02, 1);
	rib_nexthop(r, 0x0a000c02, &all, 1, 1);
	rib_flush(r);
	ck_assert(s.installs == 0 && s.err[1] == -ENETUNREACH);
	rib_nexthop(r, 0x0a000c02, &lan, 1, 2);
	rib_flush(r);
	ck_assert_uint_eq(s.installs, 1);
	rib_destroy(r);
}
END_TEST

START_TEST(devices)
{
	struct seen s;
	struct rib *r = rib_new(&s);

	add(r, 1, net, NEXTHOP_DEVICE, 0, 1);
	add(r, 2, net, NEXTHOP_GATEWAY_DEVICE, 0x01010101, 1);
	add(r, 3, net, NEXTHOP_NULL, 0, 250);
	rib_flush(r);
	ck_assert(s.nh[0].type == ZNH_BLACKHOLE && s.err[1] == -ENETDOWN && s.err[2] == -ENETDOWN);
	rib_link(r, "v1", 7, true);
	rib_flush(r);
	ck_assert(s.last.nnh == 2 && s.nh[0].ifindex == 7 && s.nh[1].ifindex == 7 && s.err[3] == -EEXIST);
	ck_assert(s.nh[0].type + s.nh[1].type == ZNH_IFINDEX + ZNH_IPV4_IFINDEX);
	rib_link(r, "v1", 7, true);	/* nothing new */
	rib_flush(r);
	ck_assert_uint_eq(s.installs, 2);
	rib_link(r, "v1", 9, true);	/* made anew */
	rib_flush(r);
	ck_assert(s.installs == 3 && s.nh[0].ifindex == 9);
	rib_link(r, "v1", 0, false);
	rib_flush(r);
	ck_assert(s.installs == 4 && s.nh[0].type == ZNH_BLACKHOLE);
	rib_destroy(r);
}
END_TEST

START_TEST(many_gateways)
{
	struct seen s;
	struct rib *r = rib_new(&s);
	const struct prefix4 all = {0, 0};

	/* behind one route only a few stay registered, and news about one concern all */
	for (uint32_t i = 0; i < 300; i++)
		add(r, 100 + i, (struct prefix4){0x0b000000 + i, 32}, NEXTHOP_GATEWAY, 0x01000000 + i, 1);
	for (uint32_t i = 0; i < 300; i++)
		rib_nexthop(r, 0x01000000 + i, &all, 1, 1);
	rib_flush(r);
	ck_assert(s.installs == 300 && s.asked == 300 && s.forgotten == 300 - TRACK_WATCHED);
	rib_rescan(r);
	ck_assert_uint_eq(s.asked, 600 - TRACK_WATCHED);
	for (uint32_t i = 0; i < 300; i++)
		rib_nexthop(r, 0x01000000 + i, &all, 1, 1);
	rib_flush(r);
	ck_assert_uint_eq(s.installs, 300);	/* nothing changed */
	rib_nexthop(r, 0x01000000, &all, 1, 2);
	ck_assert_uint_gt(s.asked, 800);
	for (uint32_t i = 1; i < 300; i++)
		rib_nexthop(r, 0x01000000 + i, &all, 1, 2);
	rib_flush(r);
	ck_assert_uint_eq(s.installs, 600);
	rib_destroy(r);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("zapi");
	TCase *t = tcase_create("codec"), *u = tcase_create("rib");

	tcase_add_test(t, dialects);
	tcase_add_test(t, versions);
	tcase_add_test(t, encode);
	tcase_add_test(t, decode);
	tcase_add_test(t, decode_bad);
	tcase_add_test(u, floating);
	tcase_add_test(u, late_note);
	tcase_add_test(u, own_gateway);
	tcase_add_test(u, devices);
	tcase_add_test(u, many_gateways);
	suite_add_tcase(s, t);
	suite_add_tcase(s, u);
	return run_suite(s);
}
