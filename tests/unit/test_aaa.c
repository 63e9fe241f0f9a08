/* SPDX-License-Identifier: BSD-2-Clause */
/* Users, enable, method lists, login protection, lines and privilege levels, on a store without a router around it. */
#include <arpa/inet.h>
#include <ev.h>
#include <stdio.h>

#include "tests/unit/session.h"

#include "cli/privilege.h"
#include "daemon/aaa_int.h"
#include "daemon/router.h"
#include "parser/modes.h"
#include "gen/grammar.h"
#include "lib/log.h"

static struct router R;
static struct session T;
static struct aaa_answer got;
static int answers;
static char last_log[512];

static void
on_log(void *ctx, int severity, const char *line)
{
	(void)ctx;
	(void)severity;
	snprintf(last_log, sizeof last_log, "%s", line);
}

static void
setup(void)
{
	memset(&R, 0, sizeof R);
	session_open(&T);
	R.loop = ev_default_loop(0);
	R.store = T.s;
	R.aaa = aaa_new(&R);
	answers = 0;
	*last_log = '\0';
	log_set_sink(on_log, NULL);
}

static void
teardown(void)
{
	log_set_sink(NULL, NULL);
	aaa_free(R.aaa);
	while (R.logins)
		login_free(&R, R.logins);
	free(R.line_uses);
	session_close(&T);
}

static void
answered(void *arg, const struct aaa_answer *a)
{
	(void)arg;
	got = *a;
	answers++;
	ev_break(R.loop, EVBREAK_ONE);
}

static struct in_addr
address(const char *text)
{
	struct in_addr a;

	ck_assert_int_eq(inet_pton(AF_INET, text, &a), 1);
	return a;
}

static void
wait_answer(int n)
{
	ev_ref(R.loop);		/* the threads' way back does not keep the loop */
	while (answers < n)
		ev_run(R.loop, EVRUN_ONCE);
	ev_unref(R.loop);
}

/* The level of a login; -1: no, -2: could not be asked. */
static int
login(const char *user, const char *password)
{
	int n = answers;

	aaa_login(R.aaa, LINE_VTY, 0, user, password, "10.0.0.9", address("10.0.0.9"), answered, NULL);
	ck_assert_int_eq(answers, n);	/* never below the call */
	wait_answer(n + 1);
	return got.result == AAA_PASS ? got.level : got.result == AAA_FAIL ? -1 : -2;
}

static int
enable(int level, const char *password)
{
	int n = answers;

	aaa_enable(R.aaa, LINE_VTY, 0, level, "", password, answered, NULL);
	wait_answer(n + 1);
	return got.result == AAA_PASS ? got.level : got.result == AAA_FAIL ? -1 : -2;
}

/* The same with a key whose signature was checked. */
static int
login_key(const char *user)
{
	int n = answers;

	aaa_login_key(R.aaa, LINE_VTY, 0, user, "10.0.0.9", address("10.0.0.9"), answered, NULL);
	ck_assert_int_eq(answers, n);
	wait_answer(n + 1);
	return got.result == AAA_PASS ? got.level : got.result == AAA_FAIL ? -1 : -2;
}

START_TEST(local_users)
{
	type_all(&T, "username admin privilege 15 secret adm\nusername op password 0 opp\nusername open nopassword\n"
	    "username hidden password 7 0822455D0A16\nusername Scrypt privilege 3 algorithm-type scrypt secret sc\n"
	    "username far privilege 15 access-class 10 secret adm\nusername none privilege 15\n"
	    "access-list 10 permit 10.9.0.0 0.0.255.255\nline vty 0 4\nlogin local\nprivilege level 2");
	ck_assert_int_eq(login("admin", "adm"), 15);
	ck_assert_int_eq(login("admin", "ad"), -1);
	ck_assert_int_eq(login("admin", ""), -1);
	ck_assert_int_eq(login("op", "opp"), 2);		/* without a level of his own: that of the line */
	ck_assert_int_eq(login("op", "oppp"), -1);
	ck_assert_int_eq(login("open", "anything"), 2);
	ck_assert_int_eq(login("hidden", "cisco"), 2);
	ck_assert_int_eq(login("scrypt", "sc"), 3);		/* names are not told apart by case */
	ck_assert_int_eq(login("far", "adm"), -1);		/* from here he may not */
	ck_assert_int_eq(login_key("far"), -1);			/* nor with a key */
	ck_assert_int_eq(login_key("admin"), 15);
	ck_assert_int_eq(login_key("op"), 2);
	ck_assert_int_eq(login("none", ""), -1);
	ck_assert_int_eq(login("nobody", "adm"), -1);
	ck_assert_int_eq(login("", ""), -1);
	ck_assert_int_eq(login("%s%n$(id)", "`id`"), -1);
}
END_TEST

START_TEST(new_model)
{
	type_all(&T, "username admin privilege 15 secret adm\nenable secret en\naaa new-model\n"
	    "aaa authentication login default local\naaa authentication login EN enable\naaa authentication login LINE line none\n"
	    "aaa authentication login EXACT local-case\naaa authentication login TAC group tacacs+ local\naaa authentication login DEAD group tacacs+\n"
	    "line vty 0 4\npassword 0 linepw\n");
	ck_assert_int_eq(login("admin", "adm"), 1);		/* no authorization: the level of the line */
	type_all(&T, "exit\naaa authorization exec default local");
	ck_assert_int_eq(login("admin", "adm"), 15);
	type_all(&T, "line vty 0 4\nlogin authentication EN");
	ck_assert_int_eq(login("x", "en"), -1);			/* the enable secret is right, but authorization knows no x */
	type_all(&T, "exit\naaa authorization exec default local if-authenticated");
	ck_assert_int_eq(login("x", "en"), 1);
	ck_assert_int_eq(login("x", "adm"), -1);
	type_all(&T, "line vty 0 4\nlogin authentication LINE");
	ck_assert_int_eq(login("x", "linepw"), 1);
	ck_assert_int_eq(login("x", "no"), -1);			/* a clear no is the end of the list */
	type_all(&T, "no password");
	ck_assert_int_eq(login("x", "no"), 1);			/* nothing to ask: the next method, none */
	type_all(&T, "login authentication EXACT");
	ck_assert_int_eq(login("admin", "adm"), 15);
	ck_assert_int_eq(login("Admin", "adm"), -1);
	type_all(&T, "login authentication TAC");
	ck_assert_int_eq(login("admin", "adm"), 15);		/* no server of that kind can be asked */
	type_all(&T, "login authentication DEAD");
	ck_assert_int_eq(login("admin", "adm"), -2);
}
END_TEST

START_TEST(enabling)
{
	ck_assert(!aaa_enable_possible(R.aaa, 15));
	ck_assert_int_eq(enable(15, ""), -2);
	type_all(&T, "enable password 0 pw");
	ck_assert(aaa_enable_possible(R.aaa, 15));
	ck_assert_int_eq(enable(15, "pw"), 15);
	type_all(&T, "enable secret sec\nenable secret level 5 five");
	ck_assert_int_eq(enable(15, "pw"), -1);			/* the secret goes before the password */
	ck_assert_int_eq(enable(15, "sec"), 15);
	ck_assert_int_eq(enable(5, "five"), 5);
	ck_assert_int_eq(enable(5, "sec"), -1);
	ck_assert(!aaa_enable_possible(R.aaa, 7));
}
END_TEST

START_TEST(cancelled)
{
	struct aaa_request *q;

	type_all(&T, "username admin privilege 15 algorithm-type scrypt secret adm\nline vty 0 4\nlogin local");
	q = aaa_login(R.aaa, LINE_VTY, 0, "admin", "adm", "10.0.0.9", address("10.0.0.9"), answered, NULL);
	aaa_cancel(q);
	ck_assert_int_eq(login("admin", "adm"), 15);
	ck_assert_int_eq(answers, 1);				/* the cancelled one said nothing */
	aaa_login(R.aaa, LINE_VTY, 0, "admin", "adm", "10.0.0.9", address("10.0.0.9"), answered, NULL);
}
END_TEST	/* and one is open while everything is freed */

START_TEST(guessing)
{
	type_all(&T, "username admin secret adm\nlogin on-failure log\nlogin on-success log every 2\n"
	    "ip access-list standard SAFE\npermit host 10.0.0.1\nexit\nlogin block-for 100 attempts 3 within 50\n"
	    "login quiet-mode access-class SAFE\nline vty 0 4\nlogin local");
	ck_assert(aaa_delay(R.aaa) == 1.);
	ck_assert_int_eq(login("evil\n%n]name", "x"), -1);
	ck_assert_msg(strstr(last_log, "%SEC_LOGIN-4-LOGIN_FAILED: Login failed [user: evil.%n.name] [Source: 10.0.0.9] [localport: 22]") ==
	    last_log, "%s", last_log);
	ck_assert_int_eq(login("admin", "adm"), 1);
	ck_assert(!strstr(last_log, "LOGIN_SUCCESS"));		/* every second one */
	ck_assert_int_eq(login("admin", "adm"), 1);
	ck_assert(strstr(last_log, "%SEC_LOGIN-5-LOGIN_SUCCESS: Login Success [user: admin]"));
	ck_assert_int_eq(login("admin", "y"), -1);
	ck_assert(!aaa_blocked(R.aaa, address("10.0.0.9")));
	ck_assert_int_eq(login("admin", "z"), -1);
	ck_assert(strstr(last_log, "%SEC_LOGIN-1-QUIET_MODE_ON: "));
	ck_assert(strstr(last_log, "[ACL: SAFE]"));
	ck_assert(aaa_blocked(R.aaa, address("10.0.0.9")));
	ck_assert(!aaa_blocked(R.aaa, address("10.0.0.1")));

	struct buf b = {0};
	aaa_show_login(R.aaa, false, &b);
	ck_assert(strstr(buf_str(&b), "Router presently in Quiet-Mode."));
	buf_clear(&b);
	aaa_show_login(R.aaa, true, &b);
	ck_assert(strstr(buf_str(&b), "admin           10.0.0.9        22      2 "));
	buf_free(&b);

	type_all(&T, "exit\nno login block-for");
	aaa_configured(R.aaa);
	ck_assert(!aaa_blocked(R.aaa, address("10.0.0.9")));
	ck_assert(strstr(last_log, "%SEC_LOGIN-5-QUIET_MODE_OFF: "));
	type_all(&T, "login delay 7");
	ck_assert(aaa_delay(R.aaa) == 7.);
}
END_TEST

START_TEST(lines)
{
	struct line_settings o;
	const char *why;
	struct login *l;

	line_settings(T.s, LINE_VTY, 0, &o);
	ck_assert_uint_eq(o.exec_timeout, 600);
	ck_assert_int_eq(o.login, LINE_LOGIN_PASSWORD);
	ck_assert(o.ssh && o.exec && !o.has_level);
	ck_assert_uint_eq(line_vty_count(T.s), 5);
	type_all(&T, "line con 0\nexec-timeout 0 30\nlogging synchronous\nprivilege level 15\nline vty 0 4\nexec-timeout 5 0\n"
	    "transport input telnet\nline vty 2\ntransport input ssh\naccess-class 10 in\nline vty 5 15\nlogin local\nlength 0\nno exec\n"
	    "access-list 10 permit 10.0.0.0 0.255.255.255");
	line_settings(T.s, LINE_CON, 0, &o);
	ck_assert_uint_eq(o.exec_timeout, 30);
	ck_assert(o.synchronous && o.has_level);
	ck_assert_int_eq(o.login, LINE_LOGIN_NONE);
	line_settings(T.s, LINE_VTY, 2, &o);
	ck_assert_uint_eq(o.exec_timeout, 300);			/* of vty 0 4 */
	ck_assert(o.ssh && !o.telnet);				/* of vty 2 */
	ck_assert_str_eq(o.access_class, "10");
	line_settings(T.s, LINE_VTY, 9, &o);
	ck_assert(o.has_length && o.length == 0 && !o.exec && o.login == LINE_LOGIN_LOCAL);
	ck_assert_uint_eq(line_vty_count(T.s), 16);
	/* vty 0, 1, 3, 4 take no ssh, 5 and up have no exec: vty 2 is the only one, for those whom its list lets in */
	ck_assert_int_eq(line_find_vty(&R, address("192.0.2.1"), &why), -1);
	ck_assert_str_eq(why, "denied by access-class");
	ck_assert_int_eq(line_find_vty(&R, address("10.1.1.1"), &why), 2);
	l = login_new(&R, LINE_VTY, 2, "10.1.1.1", address("10.1.1.1"), 1);
	ck_assert_int_eq(line_find_vty(&R, address("10.1.1.1"), &why), -1);
	ck_assert_str_eq(why, "");
	ck_assert_uint_eq(line_uses(&R, LINE_VTY, 2), 1);
	login_free(&R, l);
	ck_assert_int_eq(line_find_vty(&R, address("10.1.1.1"), &why), 2);
	type_all(&T, "aaa new-model\nline vty 0 4\nlogin authentication VTY");
	line_settings(T.s, LINE_VTY, 0, &o);
	ck_assert_int_eq(o.login, LINE_LOGIN_LIST);
	ck_assert_str_eq(o.login_list, "VTY");
}
END_TEST

static uint8_t
level_of(struct privileges *p, int mode, const char *line)
{
	struct lexed lx;
	struct match m;

	lex_line(&lx, line);
	match_line(&T.mr, mode, &lx, 0, 0, &m);
	ck_assert_msg(m.status == MATCH_OK, "%s", line);
	return privilege_levels(p)[m.row];
}

START_TEST(privileges)
{
	struct privileges *p = privileges_new();
	struct lexed lx;
	struct match m;

	ck_assert_uint_eq(level_of(p, MODE_EXEC, "enable"), 0);
	ck_assert_uint_eq(level_of(p, MODE_EXEC, "show version"), 1);
	ck_assert_uint_eq(level_of(p, MODE_EXEC, "show running-config"), 15);
	ck_assert_uint_eq(level_of(p, MODE_EXEC, "reload"), 15);
	ck_assert_uint_eq(level_of(p, MODE_GLOBAL, "hostname X"), 15);
	ck_assert_uint_eq(level_of(p, MODE_GLOBAL, "exit"), 0);
	type_all(&T, "privilege exec level 15 show ip\nprivilege exec level 5 show ip route\nprivilege exec level 3 show running-config\n"
	    "privilege configure level 7 interface\nprivilege exec level 2 show nothing of that kind");
	privileges_configured(p, T.s, &T.mr);
	ck_assert_uint_eq(level_of(p, MODE_EXEC, "show ip interface brief"), 15);
	ck_assert_uint_eq(level_of(p, MODE_EXEC, "show ip route"), 5);	/* the longer command decides, in whatever order they stand */
	ck_assert_uint_eq(level_of(p, MODE_EXEC, "show running-config"), 3);
	ck_assert_uint_eq(level_of(p, MODE_GLOBAL, "interface Loopback0"), 7);
	ck_assert_uint_eq(level_of(p, MODE_GLOBAL, "hostname X"), 15);

	/* what the level does not reach is not there */
	T.mr.levels = privilege_levels(p);
	T.mr.level = 4;
	lex_line(&lx, "show running-config");
	match_line(&T.mr, MODE_EXEC, &lx, 0, 0, &m);
	ck_assert_int_eq(m.status, MATCH_OK);
	lex_line(&lx, "show ip route");
	match_line(&T.mr, MODE_EXEC, &lx, 0, 0, &m);
	ck_assert_int_eq(m.status, MATCH_INVALID);
	lex_line(&lx, "show r");
	match_line(&T.mr, MODE_EXEC, &lx, 0, 0, &m);
	ck_assert_int_ne(m.status, MATCH_OK);
	T.mr.levels = NULL;

	/* nor in the configuration that it sees */
	struct buf b = {0};
	type_all(&T, "enable secret sec\ninterface Loopback0\ndescription mine\nexit");
	render_config_at(&b, T.s, false, privilege_levels(p), 7);
	ck_assert_msg(strstr(buf_str(&b), "interface Loopback0") && !strstr(buf_str(&b), "secret") && !strstr(buf_str(&b), "description"),
	    "%s", buf_str(&b));
	buf_free(&b);

	type_all(&T, "no privilege exec level 5 show ip route");
	privileges_configured(p, T.s, &T.mr);
	ck_assert_uint_eq(level_of(p, MODE_EXEC, "show ip route"), 15);
	ck_assert(mode_name_known("interface") && mode_name_known("router") && !mode_name_known("garden"));
	privileges_free(p);
}
END_TEST

START_TEST(keys)
{
	static const unsigned char key[] = "\0\0\0\7ssh-rsa\0\0\0\3\1\0\1\0\0\0\5\0abcd";

	ck_assert(!aaa_key_known(R.aaa, "admin", key, sizeof key - 1));
	type_all(&T, "ip ssh pubkey-chain\nusername admin\nkey-string\nssh-rsa AAAAB3NzaC1yc2EAAAAD\nAQABAAAABQBhYmNk admin@host\nexit\n"
	    "exit\nusername other\nkey-hash ssh-rsa 00000000000000000000000000000000\nexit\nexit");
	ck_assert(aaa_key_known(R.aaa, "admin", key, sizeof key - 1));
	ck_assert(!aaa_key_known(R.aaa, "other", key, sizeof key - 1));
	ck_assert(!aaa_key_known(R.aaa, "admin", key, sizeof key - 2));
	ck_assert(!aaa_key_known(R.aaa, "admin", "", 0));
}
END_TEST

START_TEST(servers)
{
	struct job *j = calloc(1, sizeof *j);

	type_all(&T, "radius-server host 10.0.0.5 auth-port 1812 key 7 0822455D0A16\nradius-server key global\nradius-server timeout 2\n"
	    "radius server R1\naddress ipv4 10.0.0.6 auth-port 1812\nkey own\nretransmit 1\nradius server R2\naddress ipv4 10.0.0.7\nexit\n"
	    "aaa group server radius G\nserver name R2\nserver 10.0.0.5 auth-port 1812\nserver-private 10.0.0.8 key mine\n");
	ck_assert_uint_eq(aaa_radius_servers(T.s, "radius", j), 3);
	ck_assert_str_eq(j->server[0].host, "10.0.0.6");
	ck_assert_str_eq(j->server[0].key, "own");
	ck_assert_uint_eq(j->server[0].retries, 1);
	ck_assert_str_eq(j->server[1].key, "global");
	ck_assert_uint_eq(j->server[1].port, 1645);
	ck_assert_uint_eq(j->server[1].timeout, 2);
	ck_assert_str_eq(j->server[2].key, "cisco");
	job_free(j);
	j = calloc(1, sizeof *j);
	ck_assert_uint_eq(aaa_radius_servers(T.s, "G", j), 3);
	ck_assert_str_eq(j->server[0].host, "10.0.0.7");
	ck_assert_str_eq(j->server[1].host, "10.0.0.5");
	ck_assert_str_eq(j->server[2].key, "mine");
	job_free(j);
	j = calloc(1, sizeof *j);
	ck_assert_uint_eq(aaa_radius_servers(T.s, "tacacs+", j), 0);
	job_free(j);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("aaa");
	TCase *t = tcase_create("aaa");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, local_users);
	tcase_add_test(t, new_model);
	tcase_add_test(t, enabling);
	tcase_add_test(t, cancelled);
	tcase_add_test(t, guessing);
	tcase_add_test(t, lines);
	tcase_add_test(t, privileges);
	tcase_add_test(t, keys);
	tcase_add_test(t, servers);
	tcase_set_timeout(t, 60);
	suite_add_tcase(s, t);
	return run_suite(s);
}
