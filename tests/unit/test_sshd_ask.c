/* SPDX-License-Identifier: BSD-2-Clause */
/* confterm-sshd's side of a question to conftermd (sshd/ask.c): only the answer to it is one. */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/unit.h"

#include "sshd/ask.c"	/* of a program of its own */

static int pair[2];

static void
sockets(void)
{
	ck_assert_int_eq(socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair), 0);
}

static void
no_sockets(void)
{
	close(pair[0]);
	close(pair[1]);
}

/* Runs f with the socket as descriptor 4, as confterm-sshd has it; its exit status. */
static int
as_child(int (*f)(void))
{
	int st;
	pid_t pid = fork();

	if (pid == 0) {
		dup2(pair[1], SSHD_FD_DAEMON);
		_exit(f());
	}
	ck_assert_int_eq(waitpid(pid, &st, 0), pid);
	ck_assert(WIFEXITED(st));
	return WEXITSTATUS(st);
}

static int
three_answers(void)
{
	char text[6];

	if (ask_result(text, sizeof text) != SSHD_PASS || strcmp(text, "12345") != 0)
		return 1;
	for (size_t i = 0; i < sizeof packet; i++)
		if (packet[i])
			return 2;	/* what was said is wiped */
	return ask_result(NULL, 0) == SSHD_OVER && ask_result(NULL, 0) == SSHD_FAIL ? 42 : 3;
}

static int
one_answer(void)
{
	ask_result(NULL, 0);
	return 42;
}

START_TEST(asking)
{
	ck_assert_int_eq(sshd_send(pair[0], true, -1, SSHD_ANSWER, (unsigned)SSHD_PASS, "1234567"), 0);
	ck_assert_int_eq(sshd_send(pair[0], true, -1, SSHD_ANSWER, (unsigned)SSHD_OVER, ""), 0);
	ck_assert_int_eq(sshd_send(pair[0], true, -1, SSHD_ANSWER, 99u, ""), 0);	/* what it does not know is no */
	ck_assert_int_eq(as_child(three_answers), 42);
	/* another answer than the one to the question, or none, is the end: never a login */
	ck_assert_int_eq(sshd_send(pair[0], true, -1, SSHD_OPENED, 1u), 0);
	ck_assert_int_eq(as_child(one_answer), 0);
	ck_assert_int_eq(send(pair[0], "A", 1, 0), 1);
	ck_assert_int_eq(as_child(one_answer), 0);
	ck_assert_int_eq(sshd_send(pair[0], true, -1, SSHD_NEXT), 0);
	ck_assert_int_eq(as_child(one_answer), 0);
	shutdown(pair[0], SHUT_WR);
	ck_assert_int_eq(as_child(one_answer), 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("sshd_ask");
	TCase *t = tcase_create("ask");

	tcase_add_checked_fixture(t, sockets, no_sockets);
	tcase_add_test(t, asking);
	suite_add_tcase(s, t);
	return run_suite(s);
}
