/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What confterm-sshd and conftermd say to each other: the packets (sshd/proto.c), and the daemon's end
 * (daemon/ssh_conn.c), to which this test is a child that says what it likes. The child's: test_sshd_ask.c.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/session.h"

#include "daemon/aaa.h"
#include "daemon/router.h"
#include "daemon/ssh_int.h"
#include "lib/log.h"
#include "sshd/proto.h"

static char long_name[SSHD_NAME_MAX + 2], long_text[SSHD_TEXT_MAX + 2], data[SSHD_DATA_MAX + 1];
static int pair[2];

static void
sockets(void)
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
	memset(long_name, 'n', sizeof long_name - 1);
	memset(long_text, 't', sizeof long_text - 1);
}

static void
no_sockets(void)
{
	close(pair[0]);
	close(pair[1]);
}

/* --- packets --- */

/* What comes at the other end, taken apart. */
static int
received(struct sshd_msg *m, bool from_child)
{
	static char packet[SSHD_PACKET_MAX];
	long n = sshd_recv(pair[1], true, packet, NULL);

	return n < 0 ? (int)n : sshd_decode(m, from_child, packet, (size_t)n);
}

START_TEST(round_trip)
{
	struct sshd_msg m;

	ck_assert_int_eq(sshd_send(pair[0], true, -1, SSHD_PASSWORD, "admin", "p\xff w", 1u), 0);
	ck_assert_int_eq(received(&m, true), 0);
	ck_assert_int_eq(m.type, SSHD_PASSWORD);
	ck_assert_uint_eq(m.nfields, 3);
	ck_assert_str_eq(m.f[0].s, "admin");
	ck_assert_str_eq(m.f[1].s, "p\xff w");
	ck_assert_uint_eq(m.f[2].n, 1);
	ck_assert_int_eq(sshd_send(pair[0], true, -1, SSHD_OPEN, 5u, 0xfffffffeu, 0u, "", "show version"), 0);
	ck_assert_int_eq(received(&m, true), 0);
	ck_assert_uint_eq(m.f[0].n, 5);
	ck_assert_uint_eq(m.f[1].n, 0xfffffffeu);
	ck_assert_uint_eq(m.f[3].n, 0);
	ck_assert_str_eq(m.f[3].s, "");
	ck_assert_str_eq(m.f[4].s, "show version");
	memset(data, 'x', sizeof data);
	data[7] = '\0';
	ck_assert_int_eq(sshd_send(pair[0], true, -1, SSHD_PIECE, data, (size_t)SSHD_DATA_MAX), 0);
	ck_assert_int_eq(received(&m, true), 0);
	ck_assert_uint_eq(m.f[0].n, SSHD_DATA_MAX);
	ck_assert_mem_eq(m.f[0].s, data, SSHD_DATA_MAX);
	ck_assert_int_eq(sshd_send(pair[0], true, -1, SSHD_SETTINGS, 7u, "hello\n", "a,b", "c", "", "e", "f", 2048u, 1u), 0);
	ck_assert_int_eq(received(&m, false), 0);
	ck_assert_str_eq(m.f[1].s, "hello\n");
	ck_assert_str_eq(m.f[6].s, "f");
	ck_assert_uint_eq(m.f[7].n, 2048);
	ck_assert_uint_eq(m.f[8].n, 1);
}
END_TEST

START_TEST(bounds)
{
	struct sshd_msg m;

	ck_assert_int_eq(sshd_send(pair[0], true, -1, SSHD_PASSWORD, long_name, "", 0u), -EMSGSIZE);
	long_name[SSHD_NAME_MAX] = '\0';
	ck_assert_int_eq(sshd_send(pair[0], true, -1, SSHD_PASSWORD, long_name, long_name, 0u), 0);
	ck_assert_int_eq(received(&m, true), 0);
	ck_assert_uint_eq(m.f[1].n, SSHD_NAME_MAX);
	ck_assert_int_eq(sshd_send(pair[0], true, -1, SSHD_KEY, long_text), -EMSGSIZE);
	long_text[SSHD_TEXT_MAX] = '\0';
	ck_assert_int_eq(sshd_send(pair[0], true, -1, SSHD_KEY, long_text), 0);
	ck_assert_int_eq(received(&m, false), 0);
	ck_assert_int_eq(sshd_send(pair[0], true, -1, SSHD_PIECE, data, (size_t)SSHD_DATA_MAX + 1), -EMSGSIZE);
	ck_assert_int_eq(sshd_send(pair[0], true, -1, 0, 0), -EINVAL);
	ck_assert_int_eq(received(&m, true), -EAGAIN);	/* nothing of what was refused was sent */
}
END_TEST

/* Whatever is not exactly a message is none, and nothing is read behind its end (the sanitizers look). */
START_TEST(malformed)
{
	static const char good[] = "p\0\0\0\5admin\0\0\0\2pw\1";
	size_t n = sizeof good - 1;
	struct sshd_msg m;

	for (size_t cut = 0; cut <= n + 1; cut++) {
		size_t len = cut;
		char *p = malloc(len ? len : 1);

		memset(p, 0, len ? len : 1);
		memcpy(p, good, len < n ? len : n);
		ck_assert_int_eq(sshd_decode(&m, true, p, len), cut == n ? 0 : -EPROTO);
		free(p);
	}
	for (size_t i = 0; i < n; i++)
		for (int v = 0; v < 256; v++) {
			char *p = malloc(n);

			memcpy(p, good, n);
			p[i] = (char)v;
			if (sshd_decode(&m, true, p, n) == 0)
				for (unsigned k = 0; k < 2; k++)
					ck_assert_uint_eq(strlen(m.f[k].s), m.f[k].n);	/* names have no NUL */
			free(p);
		}
	char *p = malloc(n);

	memcpy(p, good, n);
	ck_assert_int_eq(sshd_decode(&m, false, p, n), -EPROTO);	/* of the other side */
	free(p);
}
END_TEST

START_TEST(descriptors)
{
	char packet[SSHD_PACKET_MAX];
	struct stat a, b;
	int fd, null = open("/dev/null", O_RDONLY | O_CLOEXEC);

	ck_assert_int_eq(sshd_send(pair[0], true, null, SSHD_OPENED, 1u), 0);
	ck_assert_int_eq(sshd_recv(pair[1], true, packet, &fd), 2);
	ck_assert_int_ge(fd, 0);
	ck_assert(fcntl(fd, F_GETFD) & FD_CLOEXEC);
	ck_assert(fstat(fd, &a) == 0 && fstat(null, &b) == 0 && a.st_rdev == b.st_rdev);
	close(fd);
	ck_assert_int_eq(sshd_send(pair[0], true, -1, SSHD_OPENED, 1u), 0);
	ck_assert_int_eq(sshd_recv(pair[1], true, packet, &fd), 2);
	ck_assert_int_eq(fd, -1);
	/* one that is not wanted is not taken: the next descriptor is the same as before */
	int next = dup(null);

	close(next);
	ck_assert_int_eq(sshd_send(pair[0], true, null, SSHD_OPENED, 1u), 0);
	ck_assert_int_eq(sshd_recv(pair[1], true, packet, NULL), 2);
	ck_assert_int_eq(dup(null), next);
	close(next);
	close(null);
	/* a packet that is longer than any may be */
	char *large = calloc(1, SSHD_PACKET_MAX + 1);

	ck_assert_int_eq(send(pair[0], large, SSHD_PACKET_MAX + 1, 0), SSHD_PACKET_MAX + 1);
	ck_assert_int_eq(sshd_recv(pair[1], true, packet, NULL), -EMSGSIZE);
	free(large);
}
END_TEST

/* --- the daemon's end --- */

static struct router R;
static struct session T;
static char folder[] = "/tmp/confterm-sshd.XXXXXX", startup[64];
static unsigned complaints;	/* %SSH-3-PROTOCOL */

static void
on_log(void *ctx, int severity, const char *line)
{
	complaints += strstr(line, "SSH-3-PROTOCOL") != NULL;
}

static void
daemon_setup(void)
{
	memset(&R, 0, sizeof R);
	session_open(&T);
	strcpy(folder + sizeof folder - 7, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(folder));
	snprintf(startup, sizeof startup, "%s/startup-config", folder);
	R.loop = ev_default_loop(0);
	R.store = T.s;
	R.startup_path = startup;
	R.aaa = aaa_new(&R);
	R.ssh = ssh_server_new(&R);
	complaints = 0;
	log_set_sink(on_log, NULL);
	type_all(&T, "username admin privilege 15 password 0 adm\nusername op privilege 1 password 0 op\nip scp server enable\n"
	    "line vty 0 4\nlogin local");
	sockets();
}

static void
daemon_teardown(void)
{
	char command[128];

	ssh_server_free(R.ssh);
	log_set_sink(NULL, NULL);
	aaa_free(R.aaa);
	ck_assert_ptr_null(R.logins);	/* every line is free again */
	free(R.line_uses);
	session_close(&T);
	close(pair[1]);
	snprintf(command, sizeof command, "rm -r %s", folder);
	ck_assert_int_eq(system(command), 0);
}

static struct ssh_conn *
arrive(void)
{
	struct sockaddr_in from = { .sin_family = AF_INET, .sin_port = htons(4711) };

	inet_pton(AF_INET, "10.0.0.9", &from.sin_addr);
	fcntl(pair[0], F_SETFL, O_NONBLOCK);
	return ssh_conn_attach(R.ssh, pair[0], 0, &from, 120.);
}

/* The answer to what was sent, as its type and first field; -1: the connection was ended. */
static struct { int type; unsigned n; struct sshd_msg m; } said;

static int
answered(void)
{
	static char buffer[SSHD_PACKET_MAX];
	long n;

	ev_ref(R.loop);
	while ((n = sshd_recv(pair[1], true, buffer, NULL)) == -EAGAIN)
		ev_run(R.loop, EVRUN_ONCE);
	ev_unref(R.loop);
	if (n <= 0)
		return said.type = -1;
	ck_assert_int_eq(sshd_decode(&said.m, false, buffer, (size_t)n), 0);
	said.n = said.m.f[0].n;
	return said.type = said.m.type;
}

/* A new child that has not logged in; the one before is gone. */
static void
again(void)
{
	ck_assert_ptr_null(R.ssh->conns);
	ck_assert_uint_eq(R.ssh->waiting, 0);
	close(pair[1]);
	sockets();
	arrive();
}

static int
asked(int sent)
{
	ck_assert_int_eq(sent, 0);
	return answered();
}
#define ASK(...) asked(sshd_send(pair[1], true, -1, __VA_ARGS__))

static void
ends(void)
{
	ck_assert_int_eq(said.type, -1);
	ck_assert_ptr_null(R.ssh->conns);
	ck_assert_uint_eq(R.ssh->waiting, 0);
	ck_assert_ptr_null(R.logins);
	ck_assert_uint_eq(complaints, 1);
	complaints = 0;
	again();
}

static void
log_in(const char *user, const char *password)
{
	ck_assert_int_eq(ASK(SSHD_PASSWORD, user, password, 0u), SSHD_ANSWER);
	ck_assert_uint_eq(said.n, SSHD_PASS);
	ck_assert_ptr_nonnull(R.logins);
}

START_TEST(before_a_login)
{
	arrive();
	ASK(SSHD_OPEN, (unsigned)SSHD_SHELL_TTY, 80u, 24u, "xterm", "");
	ends();
	ASK(SSHD_OPEN, (unsigned)SSHD_COPY_FROM, 80u, 24u, "", "scp -f running-config");
	ends();
	ASK(SSHD_READ, "running-config");
	ends();
	ASK(SSHD_WRITE, "running-config", 3u);
	ends();
	ASK(SSHD_NEXT);
	ends();
	ASK(SSHD_END);
	ends();
	ASK(SSHD_DONE, 0u);
	ends();
	ASK(SSHD_PIECE, "x", (size_t)1);
	ends();
	ck_assert_int_eq(send(pair[1], "Z", 1, 0), 1);
	answered();
	ends();
	ck_assert_int_eq(send(pair[1], "p\0\0\0\377x", 6, 0), 6);
	answered();
	ends();
	/* the daemon's own words */
	ck_assert_int_eq(sshd_send(pair[1], true, -1, SSHD_ANSWER, (unsigned)SSHD_PASS, ""), 0);
	answered();
	ends();
	ck_assert_int_eq(sshd_send(pair[1], true, -1, SSHD_AGREED, "v", "c", "m", "k", ""), 0);
	ASK(SSHD_AGREED, "v", "c", "m", "k", "");
	ends();
	/* a second attempt while the first is being decided */
	ck_assert_int_eq(sshd_send(pair[1], true, -1, SSHD_PASSWORD, "admin", "adm", 0u), 0);
	ASK(SSHD_OPEN, (unsigned)SSHD_SHELL, 80u, 24u, "xterm", "");
	ends();
}
END_TEST

START_TEST(attempts)
{
	arrive();
	type_all(&T, "exit\nip ssh authentication-retries 2");
	ck_assert_int_eq(ASK(SSHD_PASSWORD, "admin", "wrong", 0u), SSHD_ANSWER);
	ck_assert_uint_eq(said.n, SSHD_FAIL);
	ck_assert_ptr_null(R.logins);
	ck_assert_int_eq(ASK(SSHD_SIGNED, "admin", "ssh-rsa", "AAAA"), SSHD_ANSWER);
	ck_assert_uint_eq(said.n, SSHD_OVER);	/* attempts of every kind count */
	/* the right one comes too late: a child that was taken over must not guess on */
	ASK(SSHD_PASSWORD, "admin", "adm", 0u);
	ends();
	for (int i = 0; i < SSH_PROBES; i++) {
		ck_assert_int_eq(ASK(SSHD_PROBE, "admin", "ssh-rsa", "AAAA"), SSHD_ANSWER);
		ck_assert_uint_eq(said.n, SSHD_FAIL);
	}
	ck_assert_int_eq(ASK(SSHD_PROBE, "admin", "ssh-rsa", "AAAA"), SSHD_ANSWER);
	ck_assert_uint_eq(said.n, SSHD_OVER);
	ASK(SSHD_PROBE, "admin", "ssh-rsa", "AAAA");
	ends();
}
END_TEST

START_TEST(probes_let_nobody_in)
{
	arrive();
	/* "AAAAB3NzaC1yc2E=" is no key, but it is what the chain has */
	type_all(&T, "exit\nip ssh pubkey-chain\nusername admin\nkey-string\nAAAAB3NzaC1yc2E=\nexit");
	ck_assert_int_eq(ASK(SSHD_PROBE, "admin", "ssh-rsa", "AAAAB3NzaC1yc2E="), SSHD_ANSWER);
	ck_assert_uint_eq(said.n, SSHD_PASS);
	ck_assert_ptr_null(R.logins);
	ASK(SSHD_OPEN, (unsigned)SSHD_SHELL, 80u, 24u, "", "");
	ends();
	ck_assert_int_eq(ASK(SSHD_SIGNED, "op", "ssh-rsa", "AAAAB3NzaC1yc2E="), SSHD_ANSWER);
	ck_assert_uint_eq(said.n, SSHD_FAIL);	/* another user's key */
	ck_assert_int_eq(ASK(SSHD_SIGNED, "admin", "ssh-rsa", "AAAAB3NzaC1yc2E="), SSHD_ANSWER);
	ck_assert_uint_eq(said.n, SSHD_PASS);
	ck_assert_int_eq(R.logins->level, 15);
	ASK(SSHD_PROBE, "admin", "ssh-rsa", "AAAAB3NzaC1yc2E=");
	ends();
}
END_TEST

START_TEST(behind_a_login)
{
	static const unsigned shells[] = { SSHD_COPY_FROM + 1, 255 };

	arrive();
	for (size_t i = 0; i < 2; i++) {
		log_in("admin", "adm");
		ck_assert_int_eq(sshd_send(pair[1], true, -1, SSHD_OPEN, shells[i], 80u, 24u, "", ""), 0);
		ck_assert_int_eq(answered(), -1);
		again();
	}
	log_in("admin", "adm");
	ASK(SSHD_PASSWORD, "admin", "adm", 0u);
	ends();
	log_in("admin", "adm");
	ASK(SSHD_READ, "running-config");
	ends();
	log_in("op", "op");
	ck_assert_int_eq(ASK(SSHD_OPEN, (unsigned)SSHD_COPY_FROM, 0u, 0u, "", ""), SSHD_OPENED);
	ck_assert_uint_eq(said.n, SSHD_REFUSED);
	ASK(SSHD_READ, "running-config");
	ends();
}
END_TEST

START_TEST(files)
{
	arrive();
	log_in("admin", "adm");
	ck_assert_int_eq(ASK(SSHD_OPEN, (unsigned)SSHD_COPY_TO, 0u, 0u, "", ""), SSHD_OPENED);
	ck_assert_uint_eq(said.n, SSHD_FILES);
	for (const char *const *name = (const char *const[]){ "../x", "flash:../x", "/etc/passwd", "private-config/", "nvram:private-config", "",
	    "flash:", "flash:/", "flash:.hidden", "flash:a/b", "flash:a b", "flash:a\nb", NULL }; *name; name++) {
		ck_assert_int_eq(ASK(SSHD_WRITE, *name, 3u), SSHD_ANSWER);
		ck_assert_msg(said.n == SSHD_FAIL, "%s is taken", *name);
		ck_assert_int_eq(ASK(SSHD_READ, *name), SSHD_ANSWER);
		ck_assert_msg(said.n == SSHD_FAIL, "%s is given", *name);
	}
	ck_assert_int_eq(ASK(SSHD_WRITE, "flash:large", SSH_COPY_MAX + 1), SSHD_ANSWER);
	ck_assert_uint_eq(said.n, SSHD_FAIL);
	ck_assert_int_eq(ASK(SSHD_WRITE, "flash:x", 5u), SSHD_ANSWER);
	ck_assert_uint_eq(said.n, SSHD_PASS);
	ck_assert_int_eq(sshd_send(pair[1], true, -1, SSHD_PIECE, "he\0", (size_t)3), 0);
	ck_assert_int_eq(sshd_send(pair[1], true, -1, SSHD_PIECE, "lo", (size_t)2), 0);
	ck_assert_int_eq(ASK(SSHD_END), SSHD_ANSWER);
	ck_assert_uint_eq(said.n, SSHD_PASS);
	ck_assert_int_eq(ASK(SSHD_READ, "flash:x"), SSHD_FILE);
	ck_assert_uint_eq(said.m.f[1].n, 5);
	ck_assert_int_eq(ASK(SSHD_NEXT), SSHD_DATA);
	ck_assert_uint_eq(said.n, 5);
	ck_assert_mem_eq(said.m.f[0].s, "he\0lo", 5);
	ck_assert_int_eq(ASK(SSHD_NEXT), SSHD_DATA);
	ck_assert_uint_eq(said.n, 0);
	/* more than was said, and less */
	ck_assert_int_eq(ASK(SSHD_WRITE, "flash:y", 2u), SSHD_ANSWER);
	ck_assert_int_eq(ASK(SSHD_PIECE, "xyz", (size_t)3), -1);
	ck_assert_ptr_null(R.logins);
	again();
	log_in("admin", "adm");
	ck_assert_int_eq(ASK(SSHD_OPEN, (unsigned)SSHD_COPY_TO, 0u, 0u, "", ""), SSHD_OPENED);
	ck_assert_int_eq(ASK(SSHD_WRITE, "flash:y", 2u), SSHD_ANSWER);
	ck_assert_int_eq(ASK(SSHD_END), -1);
	ck_assert_ptr_null(R.logins);
}
END_TEST

START_TEST(it_dies)
{
	arrive();
	shutdown(pair[1], SHUT_RDWR);
	ck_assert_int_eq(answered(), -1);
	ev_run(R.loop, EVRUN_NOWAIT);
	again();
	log_in("admin", "adm");
	shutdown(pair[1], SHUT_RDWR);
	ev_run(R.loop, EVRUN_NOWAIT);
	ck_assert_ptr_null(R.logins);
	again();
	ck_assert_int_eq(sshd_send(pair[1], true, -1, SSHD_PASSWORD, "admin", "adm", 0u), 0);
	ev_run(R.loop, EVRUN_NOWAIT);	/* it is being decided */
	shutdown(pair[1], SHUT_RDWR);
	ev_run(R.loop, EVRUN_NOWAIT);
	again();
	/* it asks on and on and never reads an answer: the socket is full, and nobody waits for it */
	for (int i = 0; i < 100000 && R.ssh->conns; i++) {
		sshd_send(pair[1], true, -1, SSHD_PROBE, "admin", "ssh-rsa", "AAAA");
		ev_run(R.loop, EVRUN_NOWAIT);
	}
	ck_assert_ptr_null(R.ssh->conns);
}
END_TEST

START_TEST(all_lines_taken)
{
	struct login *l[5];
	struct in_addr a = {0};

	for (unsigned i = 0; i < 5; i++)
		l[i] = login_new(&R, LINE_VTY, i, "10.0.0.1", a, 1);
	arrive();
	ck_assert_int_eq(ASK(SSHD_PASSWORD, "admin", "adm", 0u), SSHD_ANSWER);
	ck_assert_uint_eq(said.n, SSHD_OVER);
	shutdown(pair[1], SHUT_RDWR);
	ev_run(R.loop, EVRUN_NOWAIT);
	again();
	login_free(&R, l[3]);
	ck_assert_int_eq(ASK(SSHD_PASSWORD, "admin", "adm", 0u), SSHD_ANSWER);
	ck_assert_uint_eq(R.ssh->conns->login ? R.ssh->conns->login->number : 99, 3);
	for (unsigned i = 0; i < 5; i++)
		if (i != 3)
			login_free(&R, l[i]);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("sshd");
	TCase *p = tcase_create("packets"), *d = tcase_create("daemon");

	tcase_add_checked_fixture(p, sockets, no_sockets);
	tcase_add_test(p, round_trip);
	tcase_add_test(p, bounds);
	tcase_add_test(p, malformed);
	tcase_add_test(p, descriptors);
	suite_add_tcase(s, p);
	tcase_add_checked_fixture(d, daemon_setup, daemon_teardown);
	tcase_set_timeout(d, 60);
	tcase_add_test(d, before_a_login);
	tcase_add_test(d, attempts);
	tcase_add_test(d, probes_let_nobody_in);
	tcase_add_test(d, behind_a_login);
	tcase_add_test(d, files);
	tcase_add_test(d, it_dies);
	tcase_add_test(d, all_lines_taken);
	suite_add_tcase(s, d);
	return run_suite(s);
}
