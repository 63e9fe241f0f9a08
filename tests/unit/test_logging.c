/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log: how lines look, what each destination takes, the bytes of the
 * buffer, syslog hosts on loopback, and the text of show logging.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/unit/session.h"

#include "cli/show/logging.h"
#include "daemon/logging.h"
#include "lib/log.h"

/* 2026-11-22 05:04:03.007 UTC */
static const struct timespec moment = { 1795323843, 7654321 };

/* --- how a line looks --- */

static const struct {
	const char *config;
	int severity;
	const char *line;
} forms[] = {
	{ "", 5, "*Nov 22 05:04:03.007: %A-5-B: c" },
	{ "", 7, "*Nov 22 05:04:03.007: %A-5-B: c" },
	{ "service timestamps log datetime", 5, "*Nov 22 05:04:03: %A-5-B: c" },
	{ "service timestamps log datetime", 7, "*Nov 22 05:04:03.007: %A-5-B: c" },
	{ "service timestamps debug uptime", 7, "2d03h: %A-5-B: c" },
	{ "service timestamps debug uptime", 6, "*Nov 22 05:04:03.007: %A-5-B: c" },
	{ "service timestamps log", 5, "2d03h: %A-5-B: c" },
	{ "service timestamps log datetime year show-timezone", 5, "*Nov 22 2026 05:04:03 UTC: %A-5-B: c" },
	{ "clock timezone MSK 3\nservice timestamps log datetime msec show-timezone", 5, "*Nov 22 05:04:03.007 UTC: %A-5-B: c" },
	{ "clock timezone MSK 3\nservice timestamps log datetime msec localtime show-timezone", 5,
	    "*Nov 22 08:04:03.007 MSK: %A-5-B: c" },
	{ "clock timezone NST -3 30\nservice timestamps log datetime localtime", 5, "*Nov 22 01:34:03: %A-5-B: c" },
	{ "clock timezone X -6\nservice timestamps log datetime localtime", 5, "*Nov 21 23:04:03: %A-5-B: c" },
	{ "no service timestamps log", 5, "%A-5-B: c" },
	{ "no service timestamps log", 7, "*Nov 22 05:04:03.007: %A-5-B: c" },
	{ "service timestamps log uptime\nno service timestamps", 5, "%A-5-B: c" },
	{ "no service timestamps", 7, "%A-5-B: c" },
	{ "no service timestamps\nservice timestamps log uptime", 5, "2d03h: %A-5-B: c" },
	{ "no service timestamps\nservice timestamps", 5, "*Nov 22 05:04:03.007: %A-5-B: c" },
	{ "service sequence-numbers", 5, "000042: *Nov 22 05:04:03.007: %A-5-B: c" },
	{ "service sequence-numbers\nno service timestamps", 5, "000042: %A-5-B: c" },
};

START_TEST(a_line)
{
	struct log_form f;
	struct session t;
	struct buf b = {0};

	session_open(&t);
	type_all(&t, forms[_i].config);
	log_form_read(&f, t.s);
	log_form_line(&b, &f, forms[_i].severity, 42, &moment, 2 * 86400 + 3 * 3600 + 59, "%A-5-B: c");
	ck_assert_str_eq(buf_str(&b), forms[_i].line);
	buf_free(&b);
	session_close(&t);
}
END_TEST

START_TEST(no_controls)
{
	struct log_form f;
	struct buf b = {0};

	log_form_read(&f, NULL);
	f.log.kind = STAMP_NONE;
	log_form_line(&b, &f, 5, 1, &moment, 0, "%A-5-B: a\nb\033[2Jc\x7f\xc3\xa9");
	ck_assert_str_eq(buf_str(&b), "%A-5-B: a?b?[2Jc?\xc3\xa9");
	buf_free(&b);
}
END_TEST

START_TEST(uptimes)
{
	static const struct {
		uint64_t s;
		const char *text;
	} t[] = { { 0, "00:00:00" }, { 46, "00:00:46" }, { 86399, "23:59:59" }, { 86400, "1d00h" }, { 604799, "6d23h" }, { 604800, "1w0d" },
		{ 1500000, "2w3d" } };

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct buf b = {0};

		log_form_uptime(&b, t[i].s);
		ck_assert_str_eq(buf_str(&b), t[i].text);
		buf_free(&b);
	}
}
END_TEST

/* --- the buffer --- */

START_TEST(the_buffer)
{
	struct log_buffer b = {0};
	struct buf text = {0}, all = {0};
	char line[64];

	log_buffer_add(&b, "lost", 4);
	ck_assert_uint_eq(b.n, 0);	/* it is off */
	log_buffer_limit(&b, 5000);
	for (int i = 0; i < 1000; i++) {
		int n = snprintf(line, sizeof line, "line %d", i);

		log_buffer_add(&b, line, (size_t)n);
		buf_printf(&all, "\n%s", line);
		ck_assert_uint_le(b.cap, 5000);
		buf_clear(&text);
		log_buffer_text(&b, &text);
		ck_assert_uint_eq(text.n, all.n < 5000 ? all.n : 5000);
		ck_assert_mem_eq(text.d, all.d + all.n - text.n, text.n);	/* the newest bytes, cut where they are */
	}
	log_buffer_limit(&b, 9000);
	log_buffer_add(&b, "more", 4);
	buf_clear(&text);
	log_buffer_text(&b, &text);
	ck_assert_uint_eq(text.n, 5005);
	log_buffer_limit(&b, 20);
	buf_clear(&text);
	log_buffer_text(&b, &text);
	ck_assert_str_eq(buf_str(&text), "ne 998\nline 999\nmore");
	log_buffer_add(&b, "a line that is longer than all of it", 36);
	buf_clear(&text);
	log_buffer_text(&b, &text);
	ck_assert_str_eq(buf_str(&text), "onger than all of it");
	log_buffer_limit(&b, 0);
	ck_assert_ptr_null(b.d);
	buf_free(&text);
	buf_free(&all);
}
END_TEST

/* --- where a message goes --- */

static struct session T;
static struct logging *L;
static struct buf console_lines, monitor_lines;
static bool monitoring;

static bool
terminals(void *ctx, int severity, const char *line, bool console, bool monitor)
{
	(void)ctx;
	(void)severity;
	if (console)
		buf_printf(&console_lines, "%s\n", line);
	if (monitor && monitoring)
		buf_printf(&monitor_lines, "%s\n", line);
	return monitor && monitoring;
}

static void
open_log(struct ev_loop *loop)
{
	session_open(&T);
	type_all(&T, "no service timestamps");
	L = logging_new(loop, terminals, NULL);
	L->copy = NULL;
	logging_store(L, T.s);
	monitoring = true;
	store_commit(T.s);
}

static void
configure(const char *text)
{
	type_all(&T, text);
	store_commit(T.s);
	logging_refresh(L);
	buf_clear(&console_lines);
	buf_clear(&monitor_lines);
	logging_clear(L);
}

static void
close_log(void)
{
	logging_free(L);
	session_close(&T);
	buf_free(&console_lines);
	buf_free(&monitor_lines);
}

static const char *
buffered(void)
{
	static struct buf b;

	buf_clear(&b);
	log_buffer_text(&L->buffer, &b);
	return buf_str(&b);
}

static void
one_of_each(void)
{
	for (int i = 0; i <= 7; i++)
		log_msg("TEST", i, "M", "%d", i);
}

START_TEST(defaults)
{
	open_log(NULL);
	logging_refresh(L);
	logging_clear(L);
	one_of_each();
	ck_assert_uint_eq(L->buffer.limit, 4096);
	ck_assert_uint_eq(L->dest[LOG_BUFFER].logged, 8);
	ck_assert_uint_eq(L->dest[LOG_MONITOR].logged, 8);
	ck_assert_uint_eq(L->dest[LOG_CONSOLE].logged, 8);
	ck_assert_uint_eq(L->dest[LOG_TRAP].logged, 7);		/* informational */
	ck_assert_str_eq(strstr(buffered(), "%TEST-6"), "%TEST-6-M: 6\n%TEST-7-M: 7");
	ck_assert_str_eq(buf_str(&console_lines), "");		/* shown when there is a line for it */
	monitoring = false;
	one_of_each();
	ck_assert_uint_eq(L->dest[LOG_MONITOR].logged, 8);	/* nobody saw them */
	close_log();
}
END_TEST

START_TEST(levels)
{
	open_log(NULL);
	configure("logging buffered 8192 errors\nlogging monitor 1\nlogging console critical\nlogging trap alerts");
	L->dest[LOG_TRAP].logged = 0;
	one_of_each();
	ck_assert_uint_eq(L->buffer.limit, 8192);
	ck_assert_str_eq(buffered(), "\n%TEST-0-M: 0\n%TEST-1-M: 1\n%TEST-2-M: 2\n%TEST-3-M: 3");
	ck_assert_str_eq(buf_str(&monitor_lines), "%TEST-0-M: 0\n%TEST-1-M: 1\n");
	ck_assert_str_eq(buf_str(&console_lines), "%TEST-0-M: 0\n%TEST-1-M: 1\n%TEST-2-M: 2\n");
	ck_assert_uint_eq(L->dest[LOG_TRAP].logged, 2);
	/* the size stays when the level changes, and the other way round */
	configure("logging buffered warnings");
	ck_assert_uint_eq(L->buffer.limit, 8192);
	ck_assert_int_eq(L->dest[LOG_BUFFER].level, 4);
	configure("no logging buffered\nno logging monitor\nno logging console\nno logging trap");
	L->dest[LOG_TRAP].logged = 0;
	one_of_each();
	ck_assert_str_eq(buffered(), "");
	ck_assert_str_eq(buf_str(&monitor_lines), "");
	ck_assert_str_eq(buf_str(&console_lines), "");
	ck_assert_uint_eq(L->dest[LOG_TRAP].logged, 0);
	configure("logging buffered\nlogging monitor\nlogging console\nlogging trap");
	one_of_each();
	ck_assert_str_eq(buf_str(&monitor_lines), buf_str(&console_lines));
	ck_assert_ptr_nonnull(strstr(buffered(), "%TEST-7-M: 7"));
	ck_assert_uint_eq(L->buffer.limit, 4096);
	close_log();
}
END_TEST

/* `no logging on` leaves the console alone. */
START_TEST(off)
{
	open_log(NULL);
	configure("no logging on\nlogging console");
	one_of_each();
	ck_assert_str_eq(buffered(), "");
	ck_assert_str_eq(buf_str(&monitor_lines), "");
	ck_assert_ptr_nonnull(strstr(buf_str(&console_lines), "%TEST-7-M: 7"));
	close_log();
}
END_TEST

START_TEST(changes_are_said)
{
	open_log(NULL);
	configure("hostname R1");
	type_all(&T, "logging buffered 10000 informational\nno logging console\nlogging host 10.1.1.9");
	store_commit(T.s);
	logging_refresh(L);
	ck_assert_str_eq(buffered(), "\n%SYS-5-LOG_CONFIG_CHANGE: Console logging disabled"
	    "\n%SYS-5-LOG_CONFIG_CHANGE: Buffer logging: level informational, xml disabled, filtering disabled, size (10000)"
	    "\n%SYS-6-LOGGINGHOST_STARTSTOP: Logging to host 10.1.1.9 port 514 started - CLI initiated");
	logging_clear(L);
	type_all(&T, "no logging 10.1.1.9");
	store_commit(T.s);
	log_msg("TEST", 5, "M", "after");	/* a message reads the configuration, too, before it goes anywhere */
	ck_assert_str_eq(buffered(),
	    "\n%SYS-6-LOGGINGHOST_STARTSTOP: Logging to host 10.1.1.9 port 514 stopped - CLI initiated\n%TEST-5-M: after");
	close_log();
}
END_TEST

START_TEST(rates)
{
	size_t n;

	open_log(NULL);
	configure("logging rate-limit 10 except errors");
	n = L->dest[LOG_BUFFER].logged;
	/* they may fall into two seconds */
	for (int i = 0; i < 100; i++)
		log_msg("TEST", 5, "M", "x");
	ck_assert_uint_ge(L->dest[LOG_BUFFER].logged - n, 10);
	ck_assert_uint_le(L->dest[LOG_BUFFER].logged - n, 20);
	ck_assert_uint_eq(L->rate_limited, 100 - (L->dest[LOG_BUFFER].logged - n));
	n = L->dest[LOG_BUFFER].logged;
	for (int i = 0; i < 50; i++) {
		log_msg("TEST", 3, "M", "x");
		log_msg("TEST", 7, "M", "x");	/* without `all`, debug messages do not count */
	}
	ck_assert_uint_eq(L->dest[LOG_BUFFER].logged - n, 100);
	configure("logging rate-limit console all 5\nlogging console");
	n = L->dest[LOG_BUFFER].logged;
	for (int i = 0; i < 50; i++)
		log_msg("TEST", 7, "M", "x");
	ck_assert_uint_eq(L->dest[LOG_BUFFER].logged - n, 50);
	ck_assert_uint_le(console_lines.n, 10 * strlen("%TEST-7-M: x\n"));
	close_log();
}
END_TEST

START_TEST(discriminators)
{
	open_log(NULL);
	configure("logging discriminator D severity drops 6,7 mnemonics drops UP.*N\nlogging buffered discriminator D\n"
	    "logging discriminator F facility includes ^OSPF$ msg-body includes Nbr\nlogging monitor discriminator F");
	log_msg("LINK", 3, "UPDOWN", "a");
	log_msg("OSPF", 5, "ADJCHG", "Nbr 1.1.1.1");
	log_msg("OSPF", 6, "ADJCHG", "Nbr 2.2.2.2");
	log_msg("OSPFX", 5, "ADJCHG", "Nbr 3.3.3.3");
	log_msg("OSPF", 5, "ADJCHG", "other");
	ck_assert_str_eq(buffered(), "\n%OSPF-5-ADJCHG: Nbr 1.1.1.1\n%OSPFX-5-ADJCHG: Nbr 3.3.3.3\n%OSPF-5-ADJCHG: other");
	ck_assert_str_eq(buf_str(&monitor_lines), "%OSPF-5-ADJCHG: Nbr 1.1.1.1\n%OSPF-6-ADJCHG: Nbr 2.2.2.2\n");
	close_log();
}
END_TEST

/* --- syslog hosts --- */

static int
server(int type, uint16_t *port)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK), .sin_port = htons(*port) };
	socklen_t len = sizeof a;
	int fd = socket(AF_INET, type | SOCK_NONBLOCK, 0), on = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&a, sizeof a), 0);
	getsockname(fd, (struct sockaddr *)&a, &len);
	*port = ntohs(a.sin_port);
	if (type == SOCK_STREAM)
		ck_assert_int_eq(listen(fd, 4), 0);
	return fd;
}

/* Turns the loop until the descriptor has something to read; fails after some seconds. */
static void
readable(struct ev_loop *loop, int fd)
{
	ev_tstamp end = ev_time() + 10;
	char c;

	while (recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) < 0) {
		ck_assert_double_lt(ev_time(), end);
		ev_run(loop, EVRUN_NOWAIT);
	}
}

static int
accepted(struct ev_loop *loop, int fd)
{
	ev_tstamp end = ev_time() + 10;
	int c;

	while ((c = accept4(fd, NULL, NULL, SOCK_NONBLOCK)) < 0) {
		ck_assert_double_lt(ev_time(), end);
		ev_run(loop, EVRUN_NOWAIT);
	}
	return c;
}

static void
next_datagram(struct ev_loop *loop, int fd, const char *want)
{
	char got[2048];
	ssize_t n;

	readable(loop, fd);
	n = recv(fd, got, sizeof got - 1, 0);
	got[n] = '\0';
	ck_assert_str_eq(got, want);
}

START_TEST(udp)
{
	struct ev_loop *loop = ev_loop_new(0);
	uint16_t port = 0;
	int fd = server(SOCK_DGRAM, &port);
	char line[128];

	open_log(loop);
	snprintf(line, sizeof line, "logging host 127.0.0.1 transport udp port %u", port);
	type_all(&T, line);
	store_commit(T.s);
	log_msg("TEST", 5, "M", "one");
	log_msg("TEST", 7, "M", "below the threshold");
	log_msg("TEST", 0, "M", "two");
	snprintf(line, sizeof line, "<190>%u: %%SYS-6-LOGGINGHOST_STARTSTOP: Logging to host 127.0.0.1 port %u started - CLI initiated", 1, port);
	next_datagram(loop, fd, line);
	next_datagram(loop, fd, "<189>2: %TEST-5-M: one");
	next_datagram(loop, fd, "<184>3: %TEST-0-M: two");
	type_all(&T, "logging facility local0\nlogging origin-id hostname\nhostname Hub\nservice sequence-numbers");
	store_commit(T.s);
	log_msg("TEST", 5, "M", "three");
	next_datagram(loop, fd, "<133>4: Hub: 000005: %TEST-5-M: three");
	type_all(&T, "no service sequence-numbers\nlogging origin-id string branch 7");
	store_commit(T.s);
	log_msg("TEST", 5, "M", "four");
	next_datagram(loop, fd, "<133>5: branch 7: %TEST-5-M: four");
	type_all(&T, "logging origin-id ip");
	store_commit(T.s);
	log_msg("TEST", 5, "M", "five");
	next_datagram(loop, fd, "<133>6: 127.0.0.1: %TEST-5-M: five");
	ck_assert_uint_eq(log_host_count(L->host[0])->logged, 6);
	/* nobody listens: the errors of the datagrams before do not stop those that follow */
	close(fd);
	for (int i = 0; i < 5; i++) {
		log_msg("TEST", 5, "M", "lost");
		for (int k = 0; k < 10; k++)
			ev_run(loop, EVRUN_NOWAIT);
	}
	fd = server(SOCK_DGRAM, &port);
	log_msg("TEST", 5, "M", "again");
	next_datagram(loop, fd, "<133>12: 127.0.0.1: %TEST-5-M: again");
	close(fd);
	close_log();
	ev_loop_destroy(loop);
}
END_TEST

static void
next_text(struct ev_loop *loop, int fd, const char *want)
{
	char got[4096];
	size_t n = 0;

	while (n < strlen(want)) {
		ssize_t k;

		readable(loop, fd);
		k = recv(fd, got + n, strlen(want) - n, 0);
		ck_assert_int_gt(k, 0);
		n += (size_t)k;
	}
	got[n] = '\0';
	ck_assert_str_eq(got, want);
}

START_TEST(tcp)
{
	struct ev_loop *loop = ev_loop_new(0);
	uint16_t port = 0;
	int fd = server(SOCK_STREAM, &port), c;
	char line[128], want[256];

	open_log(loop);
	snprintf(line, sizeof line, "logging host 127.0.0.1 transport tcp port %u", port);
	type_all(&T, line);
	store_commit(T.s);
	log_msg("TEST", 5, "M", "one");
	ck_assert(!log_host_up(L->host[0]));
	c = accepted(loop, fd);
	snprintf(want, sizeof want, "<190>1: %%SYS-6-LOGGINGHOST_STARTSTOP: Logging to host 127.0.0.1 port %u started - CLI initiated\n"
	    "<189>2: %%TEST-5-M: one\n", port);
	next_text(loop, c, want);
	ck_assert(log_host_up(L->host[0]));
	/* the server goes away: lines wait, one message says so, and they come when it is back */
	close(c);
	close(fd);
	while (log_host_up(L->host[0]))
		ev_run(loop, EVRUN_ONCE);
	log_msg("TEST", 5, "M", "meanwhile");
	fd = server(SOCK_STREAM, &port);
	c = accepted(loop, fd);
	snprintf(want, sizeof want, "<187>3: %%SYS-3-LOGGINGHOST_FAIL: Logging to host 127.0.0.1 port %u failed\n"
	    "<189>4: %%TEST-5-M: meanwhile\n", port);
	next_text(loop, c, want);
	snprintf(want, sizeof want, "<190>5: %%SYS-6-LOGGINGHOST_STARTSTOP: Logging to host 127.0.0.1 port %u started - reconnection\n", port);
	next_text(loop, c, want);
	close(c);
	close(fd);
	close_log();
	ev_loop_destroy(loop);
}
END_TEST

START_TEST(a_bounded_queue)
{
	open_log(NULL);
	configure("logging host 10.1.1.9\nlogging queue-limit trap 20");
	for (int i = 0; i < 1000; i++)
		log_msg("TEST", 5, "M", "x");
	ck_assert_uint_eq(log_host_count(L->host[0])->logged, 0);
	ck_assert_uint_eq(log_host_count(L->host[0])->dropped, 1000 + 1 - 20);	/* with the one that said so */
	close_log();
}
END_TEST

/* --- show logging --- */

START_TEST(show)
{
	struct buf b = {0};

	open_log(NULL);
	configure("logging buffered 16384\nno logging monitor\nlogging discriminator D severity drops 6,7\n"
	    "logging host 10.1.1.9 transport udp port 5140\nlogging source-interface Loopback0\ninterface Loopback0\n ip address 10.0.0.1 255.255.255.255");
	for (int i = 0; i < LOG_NDEST; i++)
		L->dest[i].logged = (size_t)i + 1;
	log_host_count(L->host[0])->logged = 7;
	log_host_count(L->host[0])->dropped = 2;
	log_buffer_add(&L->buffer, "a", 1);
	log_buffer_add(&L->buffer, "b", 1);
	logging_text(&b, T.s, L);
	ck_assert_str_eq(buf_str(&b),
	    "Syslog logging: enabled (2 messages dropped, 0 messages rate-limited, 0 flushes, 0 overruns, xml disabled, filtering disabled)\n"
	    "\n"
	    "No Active Message Discriminator.\n"
	    "\n\n\n"
	    "Inactive Message Discriminator:\n"
	    "D         severity group drops    6,7\n"
	    "\n\n"
	    "    Console logging: level debugging, 1 messages logged, xml disabled,\n"
	    "                     filtering disabled\n"
	    "    Monitor logging: disabled\n"
	    "    Buffer logging:  level debugging, 3 messages logged, xml disabled,\n"
	    "                    filtering disabled\n"
	    "    Exception Logging: disabled\n"
	    "    Count and timestamp logging messages: disabled\n"
	    "    Persistent logging: disabled\n"
	    "\n"
	    "No active filter modules.\n"
	    "\n"
	    "    Trap logging: level informational, 4 message lines logged\n"
	    "        Logging to 10.1.1.9  (udp port 5140, audit disabled,\n"
	    "              link up),\n"
	    "              7 message lines logged, \n"
	    "              0 message lines rate-limited, \n"
	    "              0 message lines dropped-by-MD, \n"
	    "              xml disabled, sequence number disabled\n"
	    "              filtering disabled\n"
	    "        Logging Source-Interface:       VRF Name:\n"
	    "        Loopback0                       \n"
	    "\n"
	    "Log Buffer (16384 bytes):\n"
	    "\na\nb\n");
	ck_assert_uint_eq(log_host_settings(L->host[0])->source, 0x0a000001);
	buf_free(&b);
	close_log();
}
END_TEST

START_TEST(count)
{
	struct buf b = {0};

	open_log(NULL);
	configure("hostname R1");
	logging_count_text(&b, L);
	ck_assert_str_eq(buf_str(&b), "Logging count is not enabled\n");
	buf_clear(&b);
	configure("logging count\nno service timestamps");
	log_msg("SYS", 5, "CONFIG_I", "a");
	log_msg("LINK", 3, "UPDOWN", "b");
	log_msg("SYS", 5, "CONFIG_I", "c");
	log_msg("SYS", 5, "RESTART", "d");
	logging_count_text(&b, L);
	ck_assert_str_eq(buf_str(&b),
	    "Facility          Message Name                     Sev Occur     Last Time\n"
	    "=============================================================================\n"
	    "LINK              UPDOWN                             3     1 \n"
	    "-------------     -------------------------------    -----------------------------------\n"
	    "LINK TOTAL                                                1\n\n"
	    "SYS               CONFIG_I                           5     2 \n"
	    "SYS               RESTART                            5     1 \n"
	    "-------------     -------------------------------    -----------------------------------\n"
	    "SYS TOTAL                                                 3\n\n");
	buf_free(&b);
	close_log();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("logging");
	TCase *t = tcase_create("logging");

	tcase_set_timeout(t, 30);
	tcase_add_loop_test(t, a_line, 0, sizeof forms / sizeof forms[0]);
	tcase_add_test(t, no_controls);
	tcase_add_test(t, uptimes);
	tcase_add_test(t, the_buffer);
	tcase_add_test(t, defaults);
	tcase_add_test(t, levels);
	tcase_add_test(t, off);
	tcase_add_test(t, changes_are_said);
	tcase_add_test(t, rates);
	tcase_add_test(t, discriminators);
	tcase_add_test(t, udp);
	tcase_add_test(t, tcp);
	tcase_add_test(t, a_bounded_queue);
	tcase_add_test(t, show);
	tcase_add_test(t, count);
	suite_add_tcase(s, t);
	return run_suite(s);
}
