/* SPDX-License-Identifier: BSD-2-Clause */
/* The log of configuration commands: what is logged of a line, the ring, the message. */
#define _GNU_SOURCE
#include "daemon/config_log.h"
#include "lib/log.h"
#include "tests/unit/session.h"

static const struct {
	const char *before, *typed, *logged;
} lines[] = {
	{ NULL, "host R9", "hostname R9" },
	{ "int e0/0", " ip addr 1.2.3.4 255.0.0.0 ", " ip address 1.2.3.4 255.0.0.0" },
	{ "int e0/0", "no shut", " no shut" },
	{ "int e0/0", "access-list 101 permit ip any any", "access-list 101 permit ip any any" },
	{ NULL, "crypto isakmp key cisco address 1.2.3.4", "crypto isakmp key <removed> address 1.2.3.4" },
	{ NULL, "no crypto isakmp key cisco address 1.2.3.4", "no crypto isakmp key <removed> address 1.2.3.4" },
	{ NULL, "no enable secret cisco", "no enable secret <removed>" },
	{ NULL, "enable secret cisco", "enable secret <removed>" },
	{ NULL, "default hostname", "default hostname" },
	{ NULL, "! a comment", "" },
};

START_TEST(what_is_logged)
{
	struct buf command = {0};
	struct session t;

	session_open(&t);
	if (lines[_i].before)
		type_all(&t, lines[_i].before);
	t.c.command = &command;
	type_line(&t, lines[_i].typed);
	ck_assert_str_eq(buf_str(&command), lines[_i].logged);
	buf_free(&command);
	session_close(&t);
}
END_TEST

static struct buf messages, list;

static void
sink(void *ctx, int severity, const char *line)
{
	(void)ctx;
	ck_assert_int_eq(severity, 5);
	buf_printf(&messages, "%s\n", line);
}

static void
one(void *ctx, const struct config_log_entry *e)
{
	(void)ctx;
	buf_printf(&list, "%u %u %s@%s|%s\n", e->number, e->session, e->user, e->line, e->text);
}

static const char *
entries(const struct config_log *l)
{
	buf_clear(&list);
	config_log_each(l, one, NULL);
	return buf_str(&list);
}

START_TEST(ring)
{
	struct config_log *l = config_log_new();
	struct session t;

	log_set_sink(sink, NULL);
	session_open(&t);
	config_log_add(l, t.s, 1, "console", "console", "hostname A");
	ck_assert_str_eq(entries(l), "");	/* not enabled */
	type_all(&t, "archive\nlog config\nlogging enable");
	config_log_add(l, t.s, 1, "console", "console", "hostname B");
	config_log_add(l, t.s, 2, "admin", "vty0", " key <removed> of <removed>\n and more");
	ck_assert_str_eq(entries(l), "1 1 console@console|hostname B\n2 2 admin@vty0| key ***** of *****\n");
	ck_assert_uint_eq(messages.n, 0);	/* only notify syslog says it */
	type_all(&t, "logging size 2\nnotify syslog");
	config_log_add(l, t.s, 2, "admin", "vty0", " key <removed>");
	config_log_add(l, t.s, 2, "admin", "vty0", "hostname C");
	ck_assert_str_eq(entries(l), "3 2 admin@vty0| key *****\n4 2 admin@vty0|hostname C\n");
	ck_assert_str_eq(buf_str(&messages), "%PARSER-5-CFGLOG_LOGGEDCMD: User:admin  logged command:key *****\n"
	    "%PARSER-5-CFGLOG_LOGGEDCMD: User:admin  logged command:hostname C\n");
	config_log_clear(l);
	ck_assert_str_eq(entries(l), "");
	ck_assert_uint_eq(config_log_size(l).bytes, 0);
	ck_assert_uint_eq(config_log_size(l).bytes_total, config_log_size(l).bytes_freed);
	config_log_add(l, t.s, 3, "admin", "vty0", "hostname D");
	ck_assert_str_eq(entries(l), "5 3 admin@vty0|hostname D\n");
	type_all(&t, "no logging enable");
	config_log_add(l, t.s, 3, "admin", "vty0", "hostname E");
	ck_assert_str_eq(entries(l), "5 3 admin@vty0|hostname D\n");
	session_close(&t);
	config_log_free(l);
	buf_free(&messages);
	buf_free(&list);
}
END_TEST

/* More than there is room for at any size. */
START_TEST(ring_goes_round)
{
	struct config_log *l = config_log_new();
	struct session t;

	session_open(&t);
	type_all(&t, "archive\nlog config\nlogging enable\nlogging size 1000");
	for (int i = 0; i < 2500; i++)
		config_log_add(l, t.s, 1, "console", "console", "hostname A");
	ck_assert_uint_eq(config_log_size(l).entries, 1000);
	type_all(&t, "logging size 1");
	config_log_add(l, t.s, 1, "console", "console", "hostname B");
	ck_assert_str_eq(entries(l), "2501 1 console@console|hostname B\n");
	session_close(&t);
	config_log_free(l);
	buf_free(&list);
}
END_TEST

/* Only `no snmp-server` is a command. */
START_TEST(no_alone)
{
	struct session t;

	session_open(&t);
	t.c.typed = true;
	ck_assert_int_eq(type_line(&t, "snmp-server"), CONFIG_SYNTAX);
	ck_assert_int_eq(t.m.status, MATCH_INCOMPLETE);
	type_all(&t, "snmp-server location here\nno snmp-server");
	ck_assert(!shows(&t, "snmp-server location here"));
	session_close(&t);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("config_log");
	TCase *t = tcase_create("config_log");

	tcase_add_loop_test(t, what_is_logged, 0, sizeof lines / sizeof lines[0]);
	tcase_add_test(t, ring);
	tcase_add_test(t, ring_goes_round);
	tcase_add_test(t, no_alone);
	suite_add_tcase(s, t);
	return run_suite(s);
}
