/* SPDX-License-Identifier: BSD-2-Clause */
/* What snmpd is told (daemon/snmp_conf.c), and what is believed of its answers (daemon/snmp_ask.c). */
#include "daemon/router.h"
#include "daemon/snmp.h"
#include "engine/snmp.h"
#include "tests/unit/session.h"

static struct session T;
static struct router R;
static struct snmp_conf conf;
static const struct snmp_secrets own = { "counters-secret", "monitor-secret" };

static void
setup(void)
{
	session_open(&T);
	memset(&R, 0, sizeof R);
	R.store = T.s;
}

static void
teardown(void)
{
	snmp_conf_free(&conf);
	session_close(&T);
}

/* The part that is read again on SIGHUP. */
static const char *
told(const char *lines)
{
	type_all(&T, lines);
	snmp_conf_free(&conf);
	snmp_conf_make(&conf, &R, &own);
	return buf_str(&conf.rest);
}

#define HAS(text, what) ck_assert_msg(strstr(text, what), "no '%s' in\n%s", what, text)
#define LACKS(text, what) ck_assert_msg(!strstr(text, what), "'%s' in\n%s", what, text)

START_TEST(wanted)
{
	told("snmp-server location here\nsnmp-server contact me\nsnmp-server enable traps\n");
	ck_assert(!conf.wanted);
	told("snmp-server community public RO\n");
	ck_assert(conf.wanted);
	told("no snmp-server community public\n");
	ck_assert(!conf.wanted);
	told("snmp-server host 10.1.1.9 public\n");
	ck_assert(conf.wanted);
	told("no snmp-server\n");
	ck_assert(!conf.wanted);
}
END_TEST

/* The order of the list is that of the answers: the first that fits decides. */
START_TEST(sources)
{
	const char *t = told("access-list 10 deny host 10.1.1.9\naccess-list 10 permit 10.0.0.0 0.255.255.255\naccess-list 10 permit 172.16.0.1 0.0.255.0\n"
	    "snmp-server community sesame RO 10\n"), *deny, *permit;

	HAS(t, "com2sec d1 10.1.1.9/255.255.255.255 \"sesame\"\n");
	HAS(t, "com2sec c1 10.0.0.0/255.0.0.0 \"sesame\"\n");
	HAS(t, "com2sec c1 172.16.0.1/255.255.0.255 \"sesame\"\n");
	LACKS(t, "0.0.0.0/0.0.0.0");
	LACKS(t, "group d1");
	deny = strstr(t, "com2sec d1");
	permit = strstr(t, "com2sec c1");
	ck_assert(deny < permit);
	/* a list that is not there permits everybody, as in IOS */
	HAS(told("snmp-server community other RO 20\n"), "com2sec c2 0.0.0.0/0.0.0.0 \"other\"\n");
}
END_TEST

/* What cannot be restricted as it is written is not served at all. */
START_TEST(refused)
{
	const char *t = told("ip access-list extended X\npermit udp any any\nexit\nsnmp-server community sesame RO X\n"
	    "snmp-server community second RO ipv6 L6\nsnmp-server community third RO\n");
	const struct rec *r = store_first(T.s, store_root(T.s), ROW_SNMP_COMMUNITY);

	LACKS(t, "sesame");
	LACKS(t, "second");
	HAS(t, "com2sec c3 0.0.0.0/0.0.0.0 \"third\"\n");
	ck_assert_str_eq(snmp_community_refused(T.s, r), "only a standard access list can restrict it");
	ck_assert_ptr_nonnull(snmp_community_refused(T.s, store_next(r)));
	ck_assert_ptr_null(snmp_community_refused(T.s, store_next(store_next(r))));
}
END_TEST

START_TEST(nothing_is_written)
{
	const char *t = told("snmp-server community sesame RW\nsnmp-server group OPS v3 priv read ALL write ALL\nsnmp-server view ALL iso included\n"
	    "snmp-server user noc OPS v3 auth sha Auth3ntic.pw priv aes 128 Pr1vate.pw\n");
	int n = 0;

	for (const char *p = t; (p = strstr(p, "\naccess ")); p++, n++) {
		const char *end = strchr(p + 1, '\n');

		ck_assert_msg(memcmp(end - 10, " none none", 10) == 0, "%.*s", (int)(end - p), p);
	}
	ck_assert_int_eq(n, 3);	/* the community, the group, the router's own */
	/* passwords are in the part for which it is started again */
	LACKS(t, "Auth3ntic");
	HAS(buf_str(&conf.start), "createUser noc SHA \"Auth3ntic.pw\" AES \"Pr1vate.pw\"\n");
}
END_TEST

/* No text of the configuration ends its own line or word. */
START_TEST(quoting)
{
	const char *t = told("snmp-server community a\"b\\c RO\nsnmp-server community 7 060506324F41 RO\n"
	    "snmp-server chassis-id one\" \\ two\n");

	HAS(t, " \"a\\\"b\\\\c\"\n");
	HAS(t, " \"cisco\"\n");
	HAS(buf_str(&conf.names), "octet_str \"one\\\" \\\\ two\"\n");
}
END_TEST

START_TEST(notifications)
{
	const char *t = told("snmp-server community public RO\nsnmp-server host 10.1.1.9 version 2c tell udp-port 1162\n");

	LACKS(t, "tell");	/* none is enabled */
	ck_assert(!snmp_notifies(T.s, NULL));
	t = told("snmp-server enable traps snmp linkup\nsnmp-server host 10.1.1.8 old\nsnmp-server host 10.1.1.7 informs version 2c sure\n"
	    "snmp-server host 10.1.1.6 bgponly bgp\nsnmp-server host nms.example.com named\n");
	ck_assert(snmp_notifies(T.s, "linkup"));
	ck_assert(!snmp_notifies(T.s, "linkdown"));
	HAS(t, "\ntrapsess -v 2c -c \"tell\" udp:10.1.1.9:1162\n");
	HAS(t, "\ntrapsess -v 1 -c \"old\" udp:10.1.1.8:162\n");
	HAS(t, "\ntrapsess -v 2c -Ci -c \"sure\" udp:10.1.1.7:162\n");
	LACKS(t, "bgponly");
	LACKS(t, "named");
	HAS(t, "\nauthtrapenable 2\n");
	HAS(buf_str(&conf.start), "monitor -S -r 5 -e linkUpEvent ");
	LACKS(buf_str(&conf.start), "linkDown");
}
END_TEST

START_TEST(subtrees)
{
	static const struct {
		const char *name, *oid;
	} good[] = { { "iso", ".1" }, { "mib-2.1", ".1.3.6.1.2.1.1" }, { "interfaces", ".1.3.6.1.2.1.2" }, { "1.3.6.1.4.1.9", ".1.3.6.1.4.1.9" } };
	static const char *const bad[] = { "nothing", "1..3", "1.3.", "system.x", "ifEntry.*.1", "" };
	char oid[SNMP_OID_MAX];

	for (size_t i = 0; i < sizeof good / sizeof good[0]; i++) {
		ck_assert_ptr_null(snmp_oid(good[i].name, oid));
		ck_assert_str_eq(oid, good[i].oid);
	}
	for (size_t i = 0; i < sizeof bad / sizeof bad[0]; i++)
		ck_assert_msg(snmp_oid(bad[i], oid) != NULL, "'%s' -> %s", bad[i], oid);
}
END_TEST

/* An answer with snmpInPkts = 300 and an object that is not there. */
static const uint8_t answer[] = {
	0x30, 0x34, 0x02, 0x01, 0x01, 0x04, 0x02, 'x', 'y', 0xa2, 0x2b, 0x02, 0x01, 0x01, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00,
	0x30, 0x20, 0x30, 0x0e, 0x06, 0x08, 0x2b, 6, 1, 2, 1, 11, 1, 0, 0x41, 0x02, 0x01, 0x2c,
	0x30, 0x81, 0x0d, 0x06, 0x08, 0x2b, 6, 1, 2, 1, 11, 7, 0, 0x80, 0x81, 0x00,
};

START_TEST(answers)
{
	uint32_t v[SNMP_COUNTERS];
	uint8_t copy[sizeof answer];

	ck_assert(snmp_counters_decode(answer, sizeof answer, v));
	ck_assert_uint_eq(v[1], 300);
	ck_assert_uint_eq(v[7], 0);
	/* cut anywhere it is no answer, and nothing behind its end is read */
	for (size_t n = 0; n < sizeof answer; n++) {
		uint8_t *cut = malloc(n + 1);

		memcpy(cut, answer, n);
		ck_assert(!snmp_counters_decode(cut, n, v));
		free(cut);
	}
	/* any byte may be wrong: it may be refused or believed, not read beyond */
	for (size_t i = 0; i < sizeof answer; i++)
		for (unsigned x = 0; x < 256; x++) {
			memcpy(copy, answer, sizeof copy);
			copy[i] = (uint8_t)x;
			snmp_counters_decode(copy, sizeof copy, v);
		}
	memcpy(copy, answer, sizeof copy);
	copy[16] = 5;	/* error-status: genErr */
	ck_assert(!snmp_counters_decode(copy, sizeof copy, v));
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("snmp");
	TCase *t = tcase_create("snmp");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, wanted);
	tcase_add_test(t, sources);
	tcase_add_test(t, refused);
	tcase_add_test(t, nothing_is_written);
	tcase_add_test(t, quoting);
	tcase_add_test(t, notifications);
	tcase_add_test(t, subtrees);
	tcase_add_test(t, answers);
	suite_add_tcase(s, t);
	return run_suite(s);
}
