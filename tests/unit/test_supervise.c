/* SPDX-License-Identifier: BSD-2-Clause */
/* Supervised children: output, restart, orderly and disorderly ends, leftovers. */
#define _GNU_SOURCE
#include <check.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/leftovers.h"
#include "daemon/supervise.h"
#include "lib/buf.h"
#include "tests/unit/unit.h"

struct seen {
	struct buf lines, states;
	int starts, ends, refuse;
};

static void
on_line(void *ctx, const char *text)
{
	buf_printf(&((struct seen *)ctx)->lines, "%s\n", text);
}

static void
on_state(void *ctx, enum supervise_state st, const char *why)
{
	struct seen *s = ctx;

	s->starts += st == SUPERVISE_RUNNING;
	s->ends += st == SUPERVISE_WAITING || st == SUPERVISE_STOPPED;
	buf_printf(&s->states, "%d:%s\n", st, why ? why : "");
}

static int
on_check(void *ctx, char *why, size_t size)
{
	struct seen *s = ctx;

	snprintf(why, size, "not yet");
	return s->refuse-- > 0 ? -EAGAIN : 0;
}

static int
set_env(void *ctx)
{
	return setenv("FROM_SETUP", "yes", 1) ? -errno : 0;
}

static void
run_until(struct ev_loop *loop, const int *what, int n)
{
	for (int i = 0; i < 2000 && *what < n; i++) {
		ev_run(loop, EVRUN_NOWAIT);
		usleep(2000);
	}
	ck_assert_int_ge(*what, n);
}

static struct supervise_cfg
config(struct seen *s, const char *const *argv)
{
	return (struct supervise_cfg){.name = "t", .argv = argv, .ctx = s, .line = on_line, .state = on_state,
	    .grace = 0.3};
}

START_TEST(output_and_restart)
{
	static const char *const argv[] = {"/bin/sh", "-c",
	    "echo one; printf 'two\\033\\n' >&2; printf $FROM_SETUP; exit 3", NULL};
	struct ev_loop *loop = ev_default_loop(0);
	struct seen s = {.refuse = 1};
	struct supervise_cfg cfg = config(&s, argv);
	struct supervise *p;

	cfg.setup = set_env;
	cfg.check = on_check;
	p = supervise_create(loop, &cfg);
	supervise_start(p);
	ck_assert_int_eq(s.starts, 0);
	run_until(loop, &s.ends, 3);
	ck_assert_int_eq(s.starts, 2);
	ck_assert_str_eq(buf_str(&s.lines), "one\ntwo?\nyes\none\ntwo?\nyes\n");
	ck_assert_ptr_nonnull(strstr(buf_str(&s.states), "2:not yet\n1:\n2:exited with status 3\n1:\n"));
	supervise_stop(p);
	ck_assert_int_eq(supervise_state(p), SUPERVISE_STOPPED);
	supervise_destroy(p);
	buf_free(&s.lines);
	buf_free(&s.states);
}
END_TEST

/* A peer can make charon's lines long: what comes behind the end must not look like a line of its own. */
START_TEST(overlong)
{
	static const char *const argv[] = {"/bin/sh", "-c", "printf '%03000d[ENC] <1> x\\nnext\\n' 0", NULL};
	struct ev_loop *loop = ev_default_loop(0);
	struct seen s = {0};
	struct supervise_cfg cfg = config(&s, argv);
	struct supervise *p = supervise_create(loop, &cfg);
	char want[1024 + sizeof "\nnext\n"];

	memset(want, '0', 1024);
	strcpy(want + 1024, "\nnext\n");
	supervise_start(p);
	run_until(loop, &s.ends, 1);
	ck_assert_str_eq(buf_str(&s.lines), want);
	supervise_stop(p);
	supervise_destroy(p);
	buf_free(&s.lines);
	buf_free(&s.states);
}
END_TEST

START_TEST(stop)
{
	static const char *const good[] = {"/bin/sleep", "100", NULL};
	static const char *const stubborn[] = {"/bin/sh", "-c", "trap '' TERM; echo ready; while :; do sleep 1; done",
	    NULL};
	static const char *const missing[] = {"/nonexistent", NULL};
	const char *const *all[] = {good, stubborn};
	struct ev_loop *loop = ev_default_loop(0);

	for (int i = 0; i < 2; i++) {
		struct seen s = {0};
		struct supervise_cfg cfg = config(&s, all[i]);
		struct supervise *p = supervise_create(loop, &cfg);

		supervise_start(p);
		run_until(loop, &s.starts, 1);
		for (int k = 0; k < 500 && i == 1 && !s.lines.n; k++) {
			ev_run(loop, EVRUN_NOWAIT);
			usleep(2000);
		}
		ck_assert_int_gt(supervise_pid(p), 0);
		supervise_stop(p);
		run_until(loop, &s.ends, 1);
		ck_assert_ptr_nonnull(
		    strstr(buf_str(&s.states), i ? "0:killed by signal 9" : "0:killed by signal 15"));
		ck_assert_int_eq(supervise_pid(p), 0);
		supervise_start(p);	/* and once more, ended by destroy */
		run_until(loop, &s.starts, 2);
		supervise_destroy(p);
		buf_free(&s.lines);
		buf_free(&s.states);
	}
	struct seen s = {0};
	struct supervise_cfg cfg = config(&s, missing);
	struct supervise *p = supervise_create(loop, &cfg);

	supervise_start(p);
	run_until(loop, &s.ends, 1);
	ck_assert_ptr_nonnull(strstr(buf_str(&s.lines), "cannot run /nonexistent"));
	supervise_destroy(p);
	buf_free(&s.lines);
	buf_free(&s.states);
}
END_TEST

/* A child that wrote a record and sleeps; its parent (the test) plays the daemon that was killed. */
static pid_t
leftover(const char *path, bool ignore_term)
{
	int fds[2];
	pid_t pid;
	char c;

	ck_assert_int_eq(pipe(fds), 0);
	pid = fork();
	if (pid == 0) {
		signal(SIGTERM, ignore_term ? SIG_IGN : SIG_DFL);	/* check has a handler */
		leftover_write(path);
		if (write(fds[1], "x", 1) == 1)
			for (;;)
				pause();
		_exit(1);
	}
	ck_assert_int_eq(read(fds[0], &c, 1), 1);
	close(fds[0]);
	close(fds[1]);
	return pid;
}

START_TEST(leftovers)
{
	char dir[] = "/tmp/test_supervise.XXXXXX";
	char *a, *b, *c;
	pid_t pa, pb, pc;
	FILE *f;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	a = leftover_path(dir, "a");
	b = leftover_path(dir, "b");
	c = leftover_path(dir, "c");
	pa = leftover(a, false);
	pb = leftover(b, true);
	pc = leftover(c, false);
	/* c's number was reused: another start time, so it must live */
	f = fopen(c, "w");
	fprintf(f, "%d 12345\n", (int)pc);
	fclose(f);
	ck_assert_int_eq(supervise_reap_leftovers(dir, 0.2), 2);
	ck_assert(kill(pa, 0) < 0 && errno == ESRCH);
	ck_assert(kill(pb, 0) < 0 && errno == ESRCH);
	ck_assert_int_eq(kill(pc, 0), 0);
	ck_assert_int_eq(waitpid(pc, NULL, WNOHANG), 0);
	ck_assert(access(a, F_OK) < 0 && access(b, F_OK) < 0 && access(c, F_OK) < 0);
	ck_assert_int_eq(supervise_reap_leftovers(dir, 0.2), 0);
	ck_assert_int_eq(supervise_reap_leftovers("/nonexistent", 0.2), 0);
	kill(pc, SIGKILL);
	waitpid(pc, NULL, 0);
	free(a);
	free(b);
	free(c);
	rmdir(dir);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("supervise");
	TCase *tc = tcase_create("all");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, output_and_restart);
	tcase_add_test(tc, overlong);
	tcase_add_test(tc, stop);
	tcase_add_test(tc, leftovers);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
