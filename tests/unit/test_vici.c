/* SPDX-License-Identifier: BSD-2-Clause */
/* The charon driver's parts: codec, selectors, SA decoding, what a load-conn says. */
#define _GNU_SOURCE
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backends/vici/algs.h"
#include "backends/vici/charon.h"
#include "backends/vici/codec.h"
#include "backends/vici/encode.h"
#include "backends/vici/internal.h"
#include "backends/vici/sa.h"
#include "backends/vici/table.h"
#include "backends/vici/ts.h"
#include "engine/driver.h"
#include "tests/unit/vici_msg.h"
#include "tests/unit/unit.h"

/* flat() of a request packet. */
static char *
flat_packet(const struct buf *b)
{
	size_t at = 6 + (unsigned char)b->d[5];

	return flat(b->d + at, b->n - at);
}

START_TEST(codec_round_trip)
{
	struct buf b = {0};
	char *s, got[8];

	vici_kv(&b, "a", "1");
	vici_section(&b, "s");
	vici_list(&b, "l");
	vici_item(&b, "x");
	vici_item(&b, "");
	vici_list_end(&b);
	vici_kvf(&b, "n", "%d", 42);
	vici_section_end(&b);
	vici_kv(&b, "errmsg", "no\x1b[1m");
	s = flat(b.d, b.n);
	ck_assert_str_eq(s, "a=1 s{ l[ x  ] n=42 } errmsg=no\x1b[1m ");
	ck_assert(vici_get(b.d, b.n, "errmsg", got, sizeof got));
	ck_assert_str_eq(got, "no?[1m");
	ck_assert(!vici_get(b.d, b.n, "n", got, sizeof got));	/* not at the top */
	free(s);
	/* every truncation is noticed and none reads on (run under a sanitizer) */
	for (size_t n = 0; n <= b.n; n++) {
		char *copy = malloc(n ? n : 1);
		struct vici_sa sa;

		memcpy(copy, b.d, n);
		s = flat(copy, n);
		ck_assert(n == b.n || n == 0 || strstr(s, "BAD") || n == 6 || n == b.n - 16);
		free(s);
		if (vici_sa_decode(&sa, copy, n) == 0)
			vici_sa_free(&sa);
		free(copy);
	}
	buf_free(&b);
}
END_TEST

START_TEST(codec_garbage)
{
	static const struct {
		const char *d;
		size_t n;
	} bad[] = {
		{"\x02", 1}, {"\x06", 1}, {"\x05\0\0", 3}, {"\x00", 1}, {"\x07", 1}, {"\x01\x01s", 3},
		{"\x04\x01l\x01\x01s", 6}, {"\x04\x01l\x02", 4}, {"\x03\x02z\0\0\0", 6}, {"\x03\x01k\xff\xff", 5},
		{"\x01\x00\x02", 3},
	};
	struct buf deep = {0};
	unsigned seed = 1;
	char *s;

	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		s = flat(bad[i].d, bad[i].n);
		ck_assert_msg(strstr(s, "BAD"), "garbage %zu", i);
		free(s);
	}
	for (int i = 0; i < 100000; i++)
		vici_section(&deep, "d");
	s = flat(deep.d, deep.n);
	ck_assert(strstr(s, "BAD") && strlen(s) < 100);
	free(s);
	buf_free(&deep);
	for (int i = 0; i < 20000; i++) {
		unsigned char junk[64];
		struct vici_sa sa;

		for (size_t k = 0; k < sizeof junk; k++)
			junk[k] = (unsigned char)(rand_r(&seed) >> 4) & (k % 3 ? 7 : 3);
		if (vici_sa_decode(&sa, junk, sizeof junk) == 0)
			vici_sa_free(&sa);
	}
}
END_TEST

START_TEST(ts_parse)
{
	static const struct {
		const char *text;
		bool ok;
		const char *want;	/* formatted again, as the remote side */
	} t[] = {
		{"10.1.0.0/16", true, "10.1.0.0/16"},
		{"10.1.2.3/16", true, "10.1.0.0/16"},
		{"1.1.1.1/32[gre]", true, "1.1.1.1/32[47]"},
		{"1.1.1.1/32[tcp/80]", true, "1.1.1.1/32[6/80]"},
		{"1.1.1.1/32[tcp/http]", true, "1.1.1.1/32[6/80]"},
		{"1.1.1.1/32[udp/1024-2000]", true, "1.1.1.1/32[17]"},
		{"1.1.1.1[17/53]", true, "1.1.1.1/32[17/53]"},
		{"1.1.1.1/32[icmp/8]", true, "1.1.1.1/32[1/2048]"},
		{"1.1.1.1/32[icmp/3(1)]", true, "1.1.1.1/32[1/769]"},
		{"0.0.0.0/0", true, "0.0.0.0/0"},
		{"10.0.0.1..10.0.0.6", true, "10.0.0.0/29"},
		{"10.0.0.0..10.0.0.0", true, "10.0.0.0/32"},
		{"10.0.0.0/33", false, NULL}, {"fe80::/64", false, NULL}, {"", false, NULL}, {"dynamic", false, NULL},
		{"10.0.0.0/8[", false, NULL}, {"10.0.0.0/8[]", false, NULL}, {"10.0.0.0/8[tcp/x y]", false, NULL},
		{"10.0.0.0/8[nosuchproto]", false, NULL}, {"10.0.0.0/8[icmp/300]", false, NULL},
	};

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct obj_selector s = {0};
		char out[VICI_TS_STRLEN];

		ck_assert_msg(vici_ts_parse(&s, true, t[i].text) == t[i].ok, "%s", t[i].text);
		if (t[i].ok)
			ck_assert_str_eq(vici_ts_format(&s, true, out), t[i].want);
	}
}
END_TEST

START_TEST(sa_decode)
{
	struct buf b = {0};
	struct vici_sa m;
	const struct sa_child *c;

	vici_kv(&b, "up", "yes");
	put_sa(&b, false);
	ck_assert_int_eq(vici_sa_decode(&m, b.d, b.n), 0);
	ck_assert(m.up && !m.has_new && m.ike.initiator && m.ike.nat_remote && !m.ike.nat_local);
	ck_assert_str_eq(m.ike.conn, "p1");
	ck_assert_str_eq(m.ike.state, "ESTABLISHED");
	ck_assert_uint_eq(m.ike.local, 0x0c0c0c01);
	ck_assert_uint_eq(m.ike.remote_port, 4500);
	ck_assert_uint_eq(m.ike.spi_i, 0x32d336022665c55bull);
	ck_assert_str_eq(m.ike.remote_id, "C=?X");
	ck_assert_str_eq(m.ike.tasks, "QUICK_MODE MAIN_MODE");
	ck_assert_uint_eq(m.ike.nchild, 1);
	c = m.ike.children;
	ck_assert_str_eq(c->name, "c1");
	ck_assert_uint_eq(c->unique_id, 4);
	ck_assert_uint_eq(c->reqid, 5001);
	ck_assert_uint_eq(c->spi_in, 0xa322b437);
	ck_assert_uint_eq(c->bytes_in, 5000000000ull);
	ck_assert_uint_eq(c->life_left, 3960);
	ck_assert(c->mode == IPSEC_TRANSPORT && c->udp_encap && !c->ah && c->encr_bits == 128);
	ck_assert(c->ts.proto == 47 && c->ts.src.addr == 0x0c0c0c01 && c->ts.dst.len == 32);
	vici_sa_free(&m);
	buf_clear(&b);
	put_sa(&b, true);
	ck_assert_int_eq(vici_sa_decode(&m, b.d, b.n), 0);
	ck_assert_uint_eq(m.nchild, 2);
	ck_assert_uint_eq(m.child[0].unique_id, 4);
	ck_assert_uint_eq(m.child[1].unique_id, 5);
	vici_sa_free(&m);
	buf_clear(&b);
	ck_assert_int_eq(vici_sa_decode(&m, NULL, 0), -EBADMSG);
	buf_free(&b);
}
END_TEST

static const char *const prop[] = {"des-sha1-modp768", "aes128-md5-modp1024", NULL};
static const char *const esp[] = {"aes128-sha1", NULL};
static const char *const ah[] = {"md5", NULL};

static bool
no_des(void *ctx, const char *p)
{
	return !strstr(p, "des");
}

START_TEST(encode_conn)
{
	struct obj_ike ike = {"c1", 1, false, 0x01010101, 0, prop, 86400, 10, 20, "1.1.1.1", NULL};
	struct obj_child a = {"c1", "net", {{0x0a010000, 16}, {0x0a020000, 16}}, IPSEC_TUNNEL, 5001, false, esp,
	    3600, 4608000};
	struct obj_child g = {"c1", "gre", {{0x01010101, 32}, {0x02020202, 32}, 47}, IPSEC_TRANSPORT, 5002, true,
	    ah, 40, 0};
	const struct obj_child *children[] = {&a, &g};
	struct buf b = {0};
	char *s;

	a.replay_window = 512;

	vici_encode_conn(&b, &ike, children, 2, no_des, NULL);
	ck_assert_int_eq(vici_packet_finish(&b), 0);
	ck_assert_mem_eq(b.d + 4, "\0\x09load-conn", 11);
	s = flat_packet(&b);
	ck_assert_str_eq(s,
	    "c1{ version=1 local_addrs[ 1.1.1.1 ] remote_addrs[ %any ] proposals[ aes128-md5-modp1024 ] "
	    "aggressive=no mobike=no send_cert=never send_certreq=no keyingtries=1 unique=replace "
	    "dpd_delay=10s dpd_timeout=20s rekey_time=86340s over_time=60s rand_time=0s reauth_time=0s "
	    "local{ auth=psk id=1.1.1.1 } remote{ auth=psk } children{ "
	    "net{ local_ts[ 10.1.0.0/16 ] remote_ts[ 10.2.0.0/16 ] mode=tunnel replay_window=512 policies=no reqid=5001 "
	    "esp_proposals[ aes128-sha1 ] life_time=3600s rekey_time=3570s rand_time=0s life_bytes=4608000000 "
	    "rekey_bytes=4147200000 rand_bytes=0 start_action=none close_action=none dpd_action=clear } "
	    "gre{ local_ts[ 1.1.1.1/32[47] ] remote_ts[ 2.2.2.2/32[47] ] mode=transport replay_window=0 policies=no reqid=5002 "
	    "ah_proposals[ md5 ] life_time=40s rekey_time=20s rand_time=0s life_bytes=0 rekey_bytes=0 rand_bytes=0 "
	    "start_action=none close_action=none dpd_action=clear } } } ");
	free(s);
	buf_free(&b);
	/* a peer that calls, and one that is called, too */
	for (int i = 0; i < 3; i++) {
		struct obj_ike v2 = ike;

		v2.version = 2;
		v2.remote = i == 0 ? 0 : 0x02020202;
		v2.unique_if_id = i == 1;
		vici_encode_conn(&b, &v2, children, 0, no_des, NULL);
		s = flat_packet(&b);
		ck_assert(strstr(s, i == 2 ? "unique=no" : "unique=replace"));
		free(s);
		buf_free(&b);
	}
	/* the parts of a short lifetime still add up to it */
	ike.lifetime = 61;
	ike.dpd_timeout = 5;
	vici_encode_conn(&b, &ike, children, 0, NULL, NULL);
	s = flat_packet(&b);
	ck_assert(strstr(s, "rekey_time=31s over_time=30s") && strstr(s, "dpd_timeout=11s"));
	ck_assert(strstr(s, "children{ }"));
	free(s);
	buf_free(&b);
}
END_TEST

/* Half-open SAs of IKEv1 that have their keys are of no use when the pre-shared key changes. */
START_TEST(stale)
{
	static const uint32_t owner[] = { 0x02020202, 0x0a01ff05 };
	static const struct { int version; const char *state; bool keyed; uint32_t remote; bool stale; } t[] = {
		{ 1, "CONNECTING", true, 0x02020202, true }, { 1, "CONNECTING", true, 0x0a01ff05, true },
		{ 1, "CONNECTING", true, 0x0a020001, false }, { 1, "CONNECTING", false, 0x02020202, false },
		{ 1, "ESTABLISHED", true, 0x02020202, false }, { 2, "CONNECTING", true, 0x02020202, false },
	};

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct sa_ike ike = { .version = t[i].version, .keyed = t[i].keyed, .remote = t[i].remote };

		strcpy(ike.state, t[i].state);
		ck_assert_int_eq(vici_is_stale(&ike, owner, 2), t[i].stale);
	}
}
END_TEST

START_TEST(encode_secret)
{
	static const char *const owners[] = {"2.2.2.2", "10.0.0.0/8", NULL};
	struct obj_secret sec = {"k1", "cisco123", owners};
	struct buf b = {0};
	char *s;
	size_t cap;

	vici_encode_secret(&b, &sec);
	cap = b.cap;
	vici_packet_finish(&b);
	ck_assert_uint_ge(cap, b.n);
	s = flat_packet(&b);
	ck_assert_str_eq(s, "id=k1 type=ike owners[ 2.2.2.2 10.0.0.0/8 ] data=cisco123 ");
	free(s);
	buf_wipe(&b);
}
END_TEST

START_TEST(conf)
{
	struct charon_cfg cfg = {.retransmit_base = 1.0};
	struct buf b = {0};

	charon_conf(&b, &cfg);
	ck_assert(strstr(buf_str(&b), "default = 1\n") && !strstr(buf_str(&b), "= 2\n"));
	ck_assert(strstr(buf_str(&b), "retransmit_base = 1.01\n"));
	ck_assert(strstr(buf_str(&b), "xfrm_acq_expires = 10\n"));
	/* five hundred spokes at once are no attack: charon counts a peer's retransmissions, too */
	ck_assert(strstr(buf_str(&b), "cookie_threshold = 3000\n"));
	ck_assert(strstr(buf_str(&b), "cookie_threshold_ip = 0\n"));
	ck_assert(strstr(buf_str(&b), "max_ikev1_exchanges = 32\n"));
	buf_clear(&b);
	/* with level 3 there are whole packets in the log, with level 4 keys */
	cfg.log_more = true;
	charon_conf(&b, &cfg);
	ck_assert(strstr(buf_str(&b), "\t\t\tdefault = 1\n\t\t\tike = 2\n"));
	ck_assert(strstr(buf_str(&b), "\tcfg = 2\n") && !strstr(buf_str(&b), "cfg = 3") && !strstr(buf_str(&b), "cfg = 4"));
	buf_free(&b);
}
END_TEST

START_TEST(table)
{
	struct vtab t = {0};
	struct obj_ike ike = {.name = "x", .proposals = prop};
	struct obj_child ch = {.proposals = esp};
	char name[16], kid[16];
	struct vconn *c;

	for (int i = 0; i < 1000; i++) {
		snprintf(name, sizeof name, "c%d", i % 100);
		c = vtab_get(&t, name);
		vconn_set_ike(c, &ike);
		ch.conn = name;
		snprintf(kid, sizeof kid, "k%d", i / 100);
		ch.name = kid;
		vtab_set_child(&t, c, &ch);
		vtab_set_child(&t, c, &ch);
	}
	ck_assert(t.nconn == 100 && t.nchild == 1000);
	c = vtab_find(&t, "c42");
	ck_assert_uint_eq(c->nchild, 10);
	vtab_remove_child(&t, c, vtab_find_child(&t, "c42", "k9"));
	vtab_remove_child(&t, c, vtab_find_child(&t, "c42", "k0"));
	ch.name = "last";
	vtab_set_child(&t, c, &ch);
	ck_assert_str_eq(c->child->c.name, "k1");
	ck_assert(*c->child_tail == NULL && !vtab_find_child(&t, "c42", "k0"));
	vtab_clear(&t);
}
END_TEST

/* The driver's own undefined symbols: nothing here calls them. */
void
engine_driver_up(struct engine *e, struct driver *d)
{
}

void
engine_driver_down(struct engine *e, struct driver *d, const char *why)
{
}

void
engine_result(struct engine *e, uint64_t id, int err, const char *text)
{
}

int
main(void)
{
	Suite *s = suite_create("vici");
	TCase *tc = tcase_create("all");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, codec_round_trip);
	tcase_add_test(tc, codec_garbage);
	tcase_add_test(tc, ts_parse);
	tcase_add_test(tc, sa_decode);
	tcase_add_test(tc, encode_conn);
	tcase_add_test(tc, stale);
	tcase_add_test(tc, encode_secret);
	tcase_add_test(tc, conf);
	tcase_add_test(tc, table);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
