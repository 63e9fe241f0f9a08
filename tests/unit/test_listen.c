/* SPDX-License-Identifier: BSD-2-Clause */
/* The daemon's connections (cli/listen.h) against peers that behave and peers that do not. */
#define _GNU_SOURCE
#include <check.h>
#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/listen.h"
#include "cli/proto.h"
#include "lib/buf.h"
#include "lib/log.h"
#include "tests/unit/unit.h"

static struct ev_loop *loop;
static struct listener *l;
static char dir[] = "/tmp/test_listen.XXXXXX", path[64];

static struct {
	struct conn *c;		/* the newest */
	struct buf log;		/* what the session saw, a word per message */
	uid_t uid;
	int open, drained;
	bool refuse;
} S;

static void *
opened(struct conn *c, void *ctx, const struct listen_peer *peer)
{
	ck_assert_ptr_eq(ctx, &S);
	S.uid = peer->uid;
	if (S.refuse)
		return NULL;
	S.c = c;
	S.open++;
	conn_send(c, MSG_HELLO, "\1", 1);
	return c;
}

static void
message(void *session, uint8_t type, const char *body, size_t len)
{
	buf_printf(&S.log, "%c:%.*s ", type, (int)len, body);
	if (type == MSG_LINE && len == 4 && memcmp(body, "slow", 4) == 0)
		conn_pause(session, true);
	if (type == MSG_LINE && len == 4 && memcmp(body, "exit", 4) == 0) {
		conn_send(session, MSG_OUTPUT, "bye", 3);
		conn_close(session);
		ck_assert_int_eq(conn_send(session, MSG_OUTPUT, "x", 1), -EPIPE);
	}
}

static void
closed(void *session)
{
	S.open--;
}

static void
drained(void *session)
{
	S.drained++;
}

static const struct listen_ops ops = {opened, message, closed, drained};

static void
quiet(void *ctx, int severity, const char *line)
{
}

static void
setup(void)
{
	log_set_sink(quiet, NULL);
	memset(&S, 0, sizeof S);
	strcpy(dir + sizeof dir - 7, "XXXXXX");
	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/run/cli.sock", dir);
	loop = ev_loop_new(0);
	l = listen_create(loop, path, &ops, &S);
	ck_assert_ptr_nonnull(l);
}

static void
teardown(void)
{
	char cmd[128];

	listen_destroy(l);
	ev_loop_destroy(loop);
	ck_assert_int_eq(S.open, 0);
	ck_assert_int_eq(access(path, F_OK), -1);
	buf_free(&S.log);
	snprintf(cmd, sizeof cmd, "rm -r '%s'", dir);
	ck_assert_int_eq(system(cmd), 0);
}

static void
spin(void)
{
	for (int i = 0; i < 20; i++)
		ev_run(loop, EVRUN_NOWAIT);
}

static int
dial(void)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0);

	strcpy(sa.sun_path, path);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&sa, sizeof sa), 0);
	spin();
	return fd;
}

static void
say(int fd, uint8_t type, const char *s)
{
	struct buf b = {0};

	proto_put(&b, type, s, strlen(s));
	ck_assert_int_eq(send(fd, b.d, b.n, MSG_NOSIGNAL), b.n);
	buf_free(&b);
}

/* Everything that can be read now; n counts it. The last byte read stays in tail. */
static bool
slurp(int fd, size_t *n)
{
	static char chunk[65536];
	ssize_t r;

	while ((r = recv(fd, chunk, sizeof chunk, 0)) > 0)
		*n += (size_t)r;
	return r == 0;	/* end of file */
}

START_TEST(order_pause_interrupt)
{
	int fd = dial();
	struct stat st;

	ck_assert_int_eq(stat(path, &st), 0);
	ck_assert_int_eq(st.st_mode & 0777, 0660);
	ck_assert_uint_eq(S.uid, getuid());
	say(fd, MSG_LINE, "a");
	say(fd, MSG_HELP, "b");
	say(fd, MSG_LINE, "slow");
	say(fd, MSG_LINE, "c");
	spin();
	ck_assert_str_eq(buf_str(&S.log), "L:a ?:b L:slow ");
	say(fd, MSG_LINE, "d");
	say(fd, MSG_INTERRUPT, "");
	spin();
	/* past what waits */
	ck_assert_str_eq(buf_str(&S.log), "L:a ?:b L:slow I: ");
	conn_pause(S.c, false);
	ck_assert_str_eq(buf_str(&S.log), "L:a ?:b L:slow I: ");
	spin();
	ck_assert_str_eq(buf_str(&S.log), "L:a ?:b L:slow I: L:c L:d ");
	/* an interrupt that comes together with its command */
	buf_clear(&S.log);
	say(fd, MSG_LINE, "slow");
	say(fd, MSG_LINE, "e");
	say(fd, MSG_INTERRUPT, "");
	spin();
	ck_assert_str_eq(buf_str(&S.log), "L:slow I: ");
	close(fd);
	spin();
	ck_assert_int_eq(S.open, 0);
}
END_TEST

START_TEST(close_flushes)
{
	int fd = dial();
	size_t n = 0;

	say(fd, MSG_LINE, "exit");
	say(fd, MSG_LINE, "after");
	spin();
	ck_assert(slurp(fd, &n));
	ck_assert_uint_eq(n, 6 + 8);
	ck_assert_str_eq(buf_str(&S.log), "L:exit ");
	ck_assert_int_eq(S.open, 0);
	close(fd);
}
END_TEST

START_TEST(garbage_closes)
{
	static const char *const texts[] = {"GET / HTTP/1.0\r\n\r\n", "L\377\377\377\377", "O\0\0\0\0\0"};

	for (size_t i = 0; i < sizeof texts / sizeof texts[0]; i++) {
		int fd = dial();
		size_t n = 0;

		ck_assert_int_eq(S.open, 1);
		ck_assert_int_gt(send(fd, texts[i], 6, 0), 0);
		spin();
		ck_assert_int_eq(S.open, 0);
		/* a reset instead of an end is fine, too */
		slurp(fd, &n);
		close(fd);
	}
	ck_assert_str_eq(buf_str(&S.log), "");
}
END_TEST

START_TEST(reader_that_does_not_read)
{
	static char piece[100000];
	int fd = dial(), sent = 0;
	size_t n = 0;

	while (conn_send(S.c, MSG_OUTPUT, piece, sizeof piece) == 0)
		ck_assert_int_lt(++sent, 200);
	ck_assert_int_gt(sent, (int)(CONN_OUT_LIMIT / sizeof piece));
	ck_assert_int_eq(conn_send(S.c, MSG_LOG, piece, 10), -EAGAIN);
	ck_assert_int_eq(conn_send(S.c, MSG_PROMPT, "\0\0\0\0R1#", 7), 0);
	/* its lines wait as well */
	say(fd, MSG_LINE, "x");
	spin();
	ck_assert_str_eq(buf_str(&S.log), "");
	ck_assert_int_eq(S.drained, 0);
	for (int i = 0; i < 1000 && n < 6 + (size_t)sent * (sizeof piece + 5) + 12; i++) {
		slurp(fd, &n);
		spin();
	}
	ck_assert_uint_eq(n, 6 + (size_t)sent * (sizeof piece + 5) + 12);
	ck_assert_int_eq(S.drained, 1);
	ck_assert_str_eq(buf_str(&S.log), "L:x ");
	ck_assert_int_eq(conn_send(S.c, MSG_OUTPUT, "x", 1), 0);
	close(fd);
}
END_TEST

START_TEST(writer_that_floods)
{
	struct buf b = {0};
	int fd = dial();
	size_t total = 0;
	ssize_t r;

	say(fd, MSG_LINE, "slow");
	spin();
	buf_fill(&b, 'x', 1000);
	for (int i = 0; i < 10000; i++) {
		struct buf m = {0};

		proto_put(&m, MSG_LINE, b.d, b.n);
		r = send(fd, m.d, m.n, MSG_NOSIGNAL);
		buf_free(&m);
		if (r < 1005)
			break;
		total += (size_t)r;
		if (i % 50 == 0)
			spin();
	}
	ck_assert_uint_lt(total, 4 * CONN_IN_LIMIT);
	buf_free(&b);
	close(fd);
}
END_TEST

START_TEST(too_many_and_refused)
{
	static int fd[LISTEN_MAX + 3];
	size_t n = 0;

	for (int i = 0; i < LISTEN_MAX; i++)
		fd[i] = dial();
	ck_assert_int_eq(S.open, LISTEN_MAX);
	fd[LISTEN_MAX] = dial();
	spin();
	ck_assert_int_eq(S.open, LISTEN_MAX);
	ck_assert(slurp(fd[LISTEN_MAX], &n));
	ck_assert_uint_gt(n, 10);
	close(fd[LISTEN_MAX]);
	for (int i = 0; i < LISTEN_MAX; i++)
		close(fd[i]);
	spin();
	ck_assert_int_eq(S.open, 0);
	S.refuse = true;
	fd[0] = dial();
	n = 0;
	ck_assert(slurp(fd[0], &n));
	ck_assert_uint_eq(n, 5);	/* MSG_EXIT */
	ck_assert_uint_eq(listen_count(l), 0);
	close(fd[0]);
}
END_TEST

START_TEST(the_path)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	char other[96];
	struct listener *two;
	int fd;

	ck_assert_ptr_null(listen_create(loop, path, &ops, &S));
	ck_assert_int_eq(errno, EADDRINUSE);
	ck_assert_int_eq(access(path, F_OK), 0);
	/* a file is left alone */
	snprintf(other, sizeof other, "%s/file", dir);
	fd = open(other, O_WRONLY | O_CREAT, 0600);
	close(fd);
	ck_assert_ptr_null(listen_create(loop, other, &ops, &S));
	ck_assert_int_eq(errno, EEXIST);
	ck_assert_int_eq(access(other, F_OK), 0);
	/* a socket nobody listens on is replaced */
	snprintf(other, sizeof other, "%s/stale", dir);
	strcpy(sa.sun_path, other);
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	ck_assert_int_eq(bind(fd, (struct sockaddr *)&sa, sizeof sa), 0);
	close(fd);
	two = listen_create(loop, other, &ops, &S);
	ck_assert_ptr_nonnull(two);
	listen_destroy(two);
	snprintf(other, sizeof other, "%s/no/such/dir", dir);
	ck_assert_ptr_null(listen_create(loop, other, &ops, &S));
	ck_assert_int_eq(errno, ENOENT);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("listen");
	TCase *t = tcase_create("listen");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 30);
	tcase_add_test(t, order_pause_interrupt);
	tcase_add_test(t, close_flushes);
	tcase_add_test(t, garbage_closes);
	tcase_add_test(t, reader_that_does_not_read);
	tcase_add_test(t, writer_that_floods);
	tcase_add_test(t, too_many_and_refused);
	tcase_add_test(t, the_path);
	suite_add_tcase(s, t);
	return run_suite(s);
}
