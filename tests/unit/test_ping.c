/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ping and traceroute: their text and packet parsing as pure functions, and
 * real packets over the loopback of a network namespace of each test's own.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <ev.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/exec/icmp.h"
#include "lib/ip4.h"
#include "tests/unit/network.h"
#include "tests/unit/unit.h"

#define IP(a, b, c, d) ((uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d))

static struct ev_loop *loop;
static struct buf text;
static int dones;

static void
out(void *arg, const char *s)
{
	buf_puts(&text, s);
}

static void
done(void *arg)
{
	dones++;
	ev_break(loop, EVBREAK_ALL);
}

/* A fresh namespace whose lo is up, with 127.0.0.1 only. */
static void
start(void)
{
	struct ifreq ifr = {.ifr_name = "lo"};
	int fd;

	own_network();
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	ck_assert_int_eq(ioctl(fd, SIOCGIFFLAGS, &ifr), 0);
	ifr.ifr_flags |= IFF_UP;
	ck_assert_int_eq(ioctl(fd, SIOCSIFFLAGS, &ifr), 0);
	close(fd);
	loop = ev_loop_new(0);
}

static void
on_tick(struct ev_loop *l, struct ev_timer *w, int revents)
{
	ev_break(l, EVBREAK_ALL);
}

static void
spin(double seconds)
{
	struct ev_timer t;

	ev_timer_init(&t, on_tick, seconds, 0.);
	ev_now_update(loop);
	ev_timer_start(loop, &t);
	ev_run(loop, 0);
	ev_timer_stop(loop, &t);
}

static const char *
run_ping(const struct ping_params *p)
{
	buf_clear(&text);
	dones = 0;
	ck_assert_ptr_nonnull(ping_start(loop, p, out, done, NULL));
	ck_assert_uint_eq(text.n, 0);	/* nothing from inside start */
	spin(10);
	ck_assert_int_eq(dones, 1);
	return buf_str(&text);
}

START_TEST(header)
{
	struct ping_params p = PING_DEFAULTS;
	struct buf b = {0};

	p.dst = IP(10, 1, 1, 1);
	ping_header(&b, &p);
	ck_assert_str_eq(buf_str(&b), "Type escape sequence to abort.\n"
	    "Sending 5, 100-byte ICMP Echos to 10.1.1.1, timeout is 2 seconds:\n");
	buf_clear(&b);
	p.source = IP(10, 3, 3, 3);
	p.df = true;
	ping_header(&b, &p);
	ck_assert_str_eq(buf_str(&b), "Type escape sequence to abort.\n"
	    "Sending 5, 100-byte ICMP Echos to 10.1.1.1, timeout is 2 seconds:\n"
	    "Packet sent with a source address of 10.3.3.3 \nPacket sent with the DF bit set\n");
	buf_free(&b);
}
END_TEST

START_TEST(summary)
{
	struct buf b = {0};

	ping_summary(&b, 5, 4, 4000, 5100, 17000);
	ck_assert_str_eq(buf_str(&b), "Success rate is 80 percent (4/5), round-trip min/avg/max = 4/4/5 ms\n");
	buf_clear(&b);
	ping_summary(&b, 5, 0, 0, 0, 0);
	ck_assert_str_eq(buf_str(&b), "Success rate is 0 percent (0/5)\n");
	buf_clear(&b);
	ping_summary(&b, 0, 0, 0, 0, 0);
	ck_assert_str_eq(buf_str(&b), "Success rate is 0 percent (0/0)\n");
	buf_clear(&b);
	ping_summary(&b, 2147483647, 2147483647, 10, 20, 2147483647ull * 15);
	ck_assert_str_eq(buf_str(&b),
	    "Success rate is 100 percent (2147483647/2147483647), round-trip min/avg/max = 1/1/1 ms\n");
	buf_free(&b);
}
END_TEST

START_TEST(marks)
{
	ck_assert_int_eq(ping_mark(3, 1), 'U');
	ck_assert_int_eq(ping_mark(3, 13), 'U');
	ck_assert_int_eq(ping_mark(3, 4), 'M');
	ck_assert_int_eq(ping_mark(4, 0), 'Q');
	ck_assert_int_eq(ping_mark(11, 0), '&');
	ck_assert_int_eq(ping_mark(12, 0), '?');
	ck_assert_ptr_null(traceroute_mark(11, 0));
	ck_assert_ptr_null(traceroute_mark(3, 3));
	ck_assert_str_eq(traceroute_mark(3, 1), "!H");
	ck_assert_str_eq(traceroute_mark(3, 0), "!N");
	ck_assert_str_eq(traceroute_mark(3, 2), "!P");
	ck_assert_str_eq(traceroute_mark(3, 13), "!A");
	ck_assert_str_eq(traceroute_mark(3, 5), "!U");
}
END_TEST

START_TEST(trace_text)
{
	uint32_t a = IP(10, 180, 133, 121), c = IP(10, 180, 133, 125);
	struct traceroute_line l = {0};
	struct buf b = {0};

	traceroute_hop(&b, &l, 1);
	traceroute_answer(&b, &l, a, NULL, 1000);
	traceroute_answer(&b, &l, c, NULL, 1000);
	traceroute_answer(&b, &l, a, NULL, 400);
	traceroute_answer(&b, &l, c, NULL, 2000);
	ck_assert_str_eq(buf_str(&b), "  1 10.180.133.121 1 msec\n    10.180.133.125 1 msec\n"
	    "    10.180.133.121 0 msec\n    10.180.133.125 2 msec");
	buf_clear(&b);
	traceroute_hop(&b, &l, 2);
	traceroute_answer(&b, &l, a, NULL, 84000);
	traceroute_answer(&b, &l, 0, NULL, 0);
	traceroute_answer(&b, &l, a, NULL, 72000);
	ck_assert_str_eq(buf_str(&b), "  2 10.180.133.121 84 msec *  72 msec");
	buf_clear(&b);
	traceroute_hop(&b, &l, 12);
	for (int i = 0; i < 3; i++)
		traceroute_answer(&b, &l, 0, NULL, 0);
	ck_assert_str_eq(buf_str(&b), " 12  *  *  * ");
	buf_clear(&b);
	traceroute_hop(&b, &l, 3);
	traceroute_answer(&b, &l, a, "!H", 0);
	traceroute_answer(&b, &l, 0, NULL, 0);
	traceroute_answer(&b, &l, a, "!H", 0);
	ck_assert_str_eq(buf_str(&b), "  3 10.180.133.121 !H  *  !H ");
	buf_free(&b);
}
END_TEST

START_TEST(parse)
{
	uint8_t pkt[256] = {0x45}, *icmp = pkt + 20, *in = pkt + 28, *exact;
	struct icmp_view v;

	pkt[9] = 1;
	memcpy(pkt + 12, "\x0a\x00\x00\x01\x0a\x00\x00\x02", 8);
	memcpy(icmp, "\x00\x00\xff\xff\x12\x34\x00\x07", 8);
	ck_assert(icmp_parse(pkt, 28, &v));
	ck_assert(!v.error && v.id == 0x1234 && v.seq == 7 && v.src == IP(10, 0, 0, 1) && v.dst == IP(10, 0, 0, 2));
	ck_assert(!icmp_parse(pkt, 27, &v));
	/* port unreachable, about a UDP packet with IP options */
	icmp[0] = 3;
	icmp[1] = 3;
	in[0] = 0x46;
	in[9] = 17;
	memcpy(in + 12, "\x0a\x00\x00\x02\x0a\x09\x09\x09", 8);
	memcpy(in + 24, "\x80\x01\x82\x9a\x00\x08\x00\x00", 8);
	ck_assert(icmp_parse(pkt, 60, &v));
	ck_assert(v.error && v.quoted_dst == IP(10, 9, 9, 9) && v.sport == 0x8001 && v.dport == 33434);
	for (size_t n = 0; n < 60; n++)
		ck_assert(!icmp_parse(pkt, n, &v));
	icmp[0] = 8;	/* somebody's request */
	ck_assert(!icmp_parse(pkt, 60, &v));
	srandom(1);
	for (int i = 0; i < 100000; i++) {
		size_t n = (size_t)random() % 80;

		exact = malloc(n + 1);
		for (size_t k = 0; k < n; k++)
			exact[k] = (uint8_t)(k == 0 || k == 28 ? 0x45 + random() % 3 : k == 9 ? 1 : random() % 16);
		icmp_parse(exact, n, &v);
		free(exact);
	}
}
END_TEST

START_TEST(checksum)
{
	uint8_t b[] = {0x08, 0x00, 0x00, 0x00, 0x12, 0x34, 0x00, 0x01, 0xff};
	uint16_t c = icmp_checksum(b, sizeof(b));

	b[2] = (uint8_t)(c >> 8);
	b[3] = (uint8_t)c;
	ck_assert_int_eq(icmp_checksum(b, sizeof(b)), 0);
	ck_assert_int_eq(icmp_checksum(b, 0), 0xffff);
}
END_TEST

/* The output with every time as "#": a slow machine is no failure. */
static const char *
timeless(const char *s)
{
	static struct buf b;

	buf_clear(&b);
	while (*s) {
		size_t n = strspn(s, "0123456789/"), lead = strncmp(s, "max = ", 6) == 0 ? 6 : 0;

		if (lead)
			n = strspn(s + lead, "0123456789/");
		if (n && (lead || strncmp(s + n, " msec", 5) == 0)) {
			buf_put(&b, s, lead);
			buf_putc(&b, '#');
			s += lead + n;
		} else {
			buf_putc(&b, *s++);
		}
	}
	return buf_str(&b);
}

START_TEST(ping_lo)
{
	struct ping_params p = PING_DEFAULTS;

	start();
	p.dst = IP(127, 0, 0, 1);
	ck_assert_str_eq(timeless(run_ping(&p)), "Type escape sequence to abort.\n"
	    "Sending 5, 100-byte ICMP Echos to 127.0.0.1, timeout is 2 seconds:\n!!!!!\n"
	    "Success rate is 100 percent (5/5), round-trip min/avg/max = # ms\n");
	p.size = 18024;
	p.source = IP(127, 0, 0, 1);
	p.repeat = 141;
	ck_assert_ptr_nonnull(strstr(run_ping(&p), "127.0.0.1 \n!!!!!!!!!!"));
	ck_assert_ptr_nonnull(strstr(buf_str(&text), "!\n!\nSuccess rate is 100 percent (141/141)"));
	for (const char *s = buf_str(&text); s; s = strchr(s + 1, '\n'))
		if (strncmp(s, "\n!!", 3) == 0)
			ck_assert_uint_eq(strspn(s + 1, "!"), 70);
	p.repeat = 70;
	ck_assert_ptr_nonnull(strstr(run_ping(&p), "!\nSuccess rate is 100 percent (70/70)"));
	ev_loop_destroy(loop);
}
END_TEST

START_TEST(ping_lost)
{
	struct ping_params p = {.dst = IP(10, 9, 9, 9), .repeat = 2, .size = 100, .timeout = 1};
	struct ping *running;

	start();
	/* no route */
	ck_assert_str_eq(run_ping(&p), "Type escape sequence to abort.\n"
	    "Sending 2, 100-byte ICMP Echos to 10.9.9.9, timeout is 1 second:\n..\n"
	    "Success rate is 0 percent (0/2)\n");
	p.timeout = 0;
	p.repeat = 200;
	ck_assert_ptr_nonnull(strstr(run_ping(&p), ".\nSuccess rate is 0 percent (0/200)\n"));
	/* not ours */
	p.source = IP(10, 1, 1, 1);
	ck_assert_ptr_null(ping_start(loop, &p, out, done, NULL));
	ck_assert_int_eq(errno, EADDRNOTAVAIL);
	/* the escape sequence */
	p = (struct ping_params){.dst = IP(127, 0, 0, 1), .repeat = 2147483647, .size = 36, .timeout = 2};
	buf_clear(&text);
	dones = 0;
	running = ping_start(loop, &p, out, done, NULL);
	spin(0.2);
	ck_assert_int_eq(dones, 0);
	ping_cancel(running);
	ck_assert_int_eq(dones, 1);
	ck_assert_ptr_nonnull(strstr(buf_str(&text), "!\nSuccess rate is 100 percent ("));
	p.dst = IP(10, 9, 9, 9);
	running = ping_start(loop, &p, out, done, NULL);
	spin(0.1);
	buf_clear(&text);
	ping_cancel(running);
	ck_assert_str_eq(buf_str(&text), "\nSuccess rate is 0 percent (0/1)\n");
	running = ping_start(loop, &p, out, done, NULL);
	spin(0.05);
	buf_clear(&text);
	dones = 0;
	ping_free(running);
	spin(0.05);
	ck_assert(dones == 0 && text.n == 0);
	ev_loop_destroy(loop);
}
END_TEST

START_TEST(trace_lo)
{
	struct traceroute_params p = TRACEROUTE_DEFAULTS;
	struct traceroute *t;

	start();
	p.dst = IP(127, 0, 0, 1);
	buf_clear(&text);
	ck_assert_ptr_nonnull(traceroute_start(loop, &p, out, done, NULL));
	spin(12);
	ck_assert_int_eq(dones, 1);
	ck_assert_str_eq(timeless(buf_str(&text)), "Type escape sequence to abort.\nTracing the route to 127.0.0.1\n"
	    "VRF info: (vrf in name/id, vrf out name/id)\n  1 127.0.0.1 # msec # msec # msec\n");
	p.dst = IP(10, 9, 9, 9);
	p.timeout = 0;
	p.max_ttl = 2;
	buf_clear(&text);
	ck_assert_ptr_nonnull(traceroute_start(loop, &p, out, done, NULL));
	spin(5);
	ck_assert_ptr_nonnull(strstr(buf_str(&text), "\n  1  *  *  * \n  2  *  *  * \n"));
	p.timeout = 3;
	dones = 0;
	buf_clear(&text);
	t = traceroute_start(loop, &p, out, done, NULL);
	spin(0.1);
	traceroute_cancel(t);
	ck_assert_int_eq(dones, 1);
	ck_assert_ptr_nonnull(strstr(buf_str(&text), "\n  1 \n"));
	p.source = IP(10, 1, 1, 1);
	ck_assert_ptr_null(traceroute_start(loop, &p, out, done, NULL));
	ck_assert_int_eq(errno, EADDRNOTAVAIL);
	ev_loop_destroy(loop);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("ping");
	TCase *pure = tcase_create("pure"), *real = tcase_create("real");

	tcase_add_test(pure, header);
	tcase_add_test(pure, summary);
	tcase_add_test(pure, marks);
	tcase_add_test(pure, trace_text);
	tcase_add_test(pure, parse);
	tcase_add_test(pure, checksum);
	tcase_add_test(real, ping_lo);
	tcase_add_test(real, ping_lost);
	tcase_add_test(real, trace_lo);
	tcase_set_timeout(real, 30);
	suite_add_tcase(s, pure);
	suite_add_tcase(s, real);
	return run_suite(s);
}
