/* SPDX-License-Identifier: BSD-2-Clause */
/* The charon driver against a fake charon that answers in the same loop. */
#define _GNU_SOURCE
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "backends/vici/vici.h"
#include "lib/buf.h"
#include "lib/log.h"
#include "tests/unit/vici_msg.h"
#include "tests/unit/unit.h"

struct engine {
	struct ev_loop *loop;
	struct vici *v;
	bool keyed, hold;	/* hold: an initiate is answered when its SA ends */
	int ups, downs, results, ok, orders, lists, sas, child_events;
	int order_err;
	char seen[8192];	/* commands that the fake charon got, with their messages */
	int lfd, fd[64], nfd, event_fd, held_fd;
	struct ev_io accept_io, io[64];
	struct buf in[64];
};

static void
say(int fd, enum vici_packet type, const char *event, const struct buf *m)
{
	struct buf b = {0};
	size_t n = 1 + (event ? 1 + strlen(event) : 0) + m->n;

	buf_put(&b, (char[]){(char)(n >> 24), (char)(n >> 16), (char)(n >> 8), (char)n, (char)type}, 5);
	if (event) {
		buf_putc(&b, (char)strlen(event));
		buf_puts(&b, event);
	}
	buf_put(&b, m->d, m->n);
	ck_assert_int_eq(write(fd, b.d, b.n), (ssize_t)b.n);
	buf_free(&b);
}

static void
fake_command(struct engine *e, int fd, const char *cmd, const char *msg, size_t len)
{
	struct buf b = {0};
	char id[16];
	char *s = flat(msg, len);
	size_t at = strlen(e->seen);

	snprintf(e->seen + at, sizeof e->seen - at, "%s: %s\n", cmd, s);
	if (strcmp(cmd, "version") == 0) {
		vici_kv(&b, "version", "5.9.8");
	} else if (strcmp(cmd, "get-algorithms") == 0) {
		vici_section(&b, "encryption");
		vici_kv(&b, "AES_CBC", "openssl");
		vici_section_end(&b);
		vici_section(&b, "integrity");
		vici_kv(&b, "HMAC_SHA1_96", "openssl");
		vici_kv(&b, "MODP_1024", "openssl");
		vici_section_end(&b);
	} else if (strcmp(cmd, "get-conns") == 0) {
		vici_list1(&b, "conns", "old");
	} else if (strcmp(cmd, "list-sas") == 0) {
		put_sa(&b, false);
		say(fd, VICI_EVENT, "list-sa", &b);
		buf_clear(&b);
	} else if (strcmp(cmd, "initiate") == 0 || strstr(s, "bad{")) {
		vici_kv(&b, "success", "no");
		vici_kv(&b, "errmsg", *s == 'b' ? "invalid value for: proposals, config discarded"
		                               : "CHILD_SA 'net' not established after 100ms");
	} else {
		vici_kv(&b, "success", "yes");
	}
	free(s);
	if (strcmp(cmd, "terminate") == 0 && vici_get(msg, len, "ike-id", id, sizeof id) && !e->hold) {	/* dies instead of answering */
		for (int i = 0; i < e->nfd; i++)
			shutdown(e->fd[i], SHUT_RDWR);
	} else if (strcmp(cmd, "initiate") == 0 && e->hold) {
		e->held_fd = fd;
	} else {
		say(fd, VICI_CMD_RESPONSE, NULL, &b);
		if (strcmp(cmd, "terminate") == 0 && e->hold) {
			buf_clear(&b);
			vici_kv(&b, "success", "no");
			vici_kv(&b, "errmsg", "establishing CHILD_SA 'net' failed");
			say(e->held_fd, VICI_CMD_RESPONSE, NULL, &b);
		}
	}
	buf_free(&b);
}

static void
fake_read(struct ev_loop *loop, struct ev_io *w, int revents)
{
	struct engine *e = w->data;
	int i = (int)(w - e->io);
	struct buf *in = &e->in[i], none = {0};
	char tmp[4096], name[256];
	ssize_t n = read(w->fd, tmp, sizeof tmp);

	if (n <= 0) {
		ev_io_stop(loop, w);
		return;
	}
	buf_put(in, tmp, (size_t)n);
	while (in->n >= 4) {
		const unsigned char *p = (unsigned char *)in->d;
		size_t len = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];

		if (in->n < 4 + len)
			break;
		memcpy(name, p + 6, p[5]);
		name[p[5]] = '\0';
		if (p[4] == VICI_EVENT_REGISTER) {
			say(w->fd, strcmp(name, "ike-rekey") ? VICI_EVENT_CONFIRM : VICI_EVENT_UNKNOWN, NULL, &none);
			if (strcmp(name, "child-updown") == 0)
				e->event_fd = w->fd;	/* the events connection */
		} else {
			fake_command(e, w->fd, name, (char *)p + 6 + p[5], len - 2 - p[5]);
		}
		buf_consume(in, 4 + len);
	}
}

static void
fake_accept(struct ev_loop *loop, struct ev_io *w, int revents)
{
	struct engine *e = w->data;
	int i = e->nfd++;

	ck_assert_int_lt(i, 64);
	e->fd[i] = accept(w->fd, NULL, NULL);
	ev_io_init(&e->io[i], fake_read, e->fd[i], EV_READ);
	e->io[i].data = e;
	ev_io_start(loop, &e->io[i]);
}

static void
count_sa(void *arg, const struct sa_ike *ike)
{
	((struct engine *)arg)->sas += ike->nchild == 1;
	((struct engine *)arg)->keyed = ike->keyed;
}

static void
listed(void *arg, int err, const char *text)
{
	((struct engine *)arg)->lists += err == 0;
}

static void
ordered(void *arg, int err, const char *text)
{
	struct engine *e = arg;

	e->orders++;
	e->order_err = err;
}

static void
on_child(void *ctx, bool up, const struct sa_ike *ike)
{
	((struct engine *)ctx)->child_events += up;
}

void
engine_driver_up(struct engine *e, struct driver *d)
{
	static const char *const aes[] = {"des-sha1-modp1024", "aes128-sha1-modp1024", NULL};
	static const char *const esp[] = {"aes128-sha1", NULL};
	static const char *const bad[] = {"aes128-seal-modp1024", NULL}, *const des[] = {"des-sha1", NULL};
	static const char *const none[] = {NULL};
	struct obj o[] = {
		{.kind = OBJ_SECRET, .id = 1, .secret = {"k", "key", none}},
		{.kind = OBJ_IKE, .id = 2, .ike = {"c1", 1, .proposals = aes, .lifetime = 86400}},
		{.kind = OBJ_IKE, .id = 3, .ike = {"bad", 1, .proposals = bad, .lifetime = 86400}},
		{.kind = OBJ_CHILD, .id = 4, .child = {"c1", "net", .proposals = esp, .life_seconds = 3600}},
		{.kind = OBJ_CHILD, .id = 5, .child = {"c1", "des", .proposals = des, .life_seconds = 3600}},
		{.kind = OBJ_CHILD, .id = 6, .child = {"c2", "orphan", .proposals = esp}},
	};
	struct plan_op ops[6];

	for (int i = 0; i < 6; i++)
		ops[i] = (struct plan_op){OP_ADD, NULL, &o[i]};
	e->ups++;
	d->apply(d->ctx, ops, 6);
}

void
engine_driver_down(struct engine *e, struct driver *d, const char *why)
{
	e->downs++;
}

void
engine_result(struct engine *e, uint64_t id, int err, const char *text)
{
	e->results++;
	e->ok += err == 0;
	/* 3: charon refuses; 5: no usable proposal; 6: no connection */
	ck_assert_int_eq(err, id == 6 || (id == 5 && e->results > 13) ? -ENOENT : (id == 3 && e->results <= 16) || id == 5 ? -EOPNOTSUPP : 0);
	if (id == 5 && e->results <= 13)
		ck_assert_str_eq(text, "charon's plugins do not offer DES_CBC");
}

/* What engine_driver_up() added with this id. */
static void
apply_delete(struct engine *e, uint64_t id)
{
	static const char *const none[] = {NULL};
	struct driver *d = vici_driver(e->v);
	struct obj o = {.id = id};
	struct plan_op op = {OP_DELETE, &o, NULL};

	if (id == 1)
		o.kind = OBJ_SECRET, o.secret = (struct obj_secret){"k", "key", none};
	else if (id == 3)
		o.kind = OBJ_IKE, o.ike = (struct obj_ike){"bad", 1, .proposals = none};
	else if (id == 2)
		o.kind = OBJ_IKE, o.ike = (struct obj_ike){"c1", 1, .proposals = none};
	else
		o.kind = OBJ_CHILD, o.child = (struct obj_child){"c1", "net", .proposals = none};
	d->apply(d->ctx, &op, 1);
}

static void
run_until(struct engine *e, const int *what, int n)
{
	for (int i = 0; i < 500 && *what < n; i++) {
		ev_run(e->loop, EVRUN_NOWAIT);
		usleep(2000);
	}
	ck_assert_int_ge(*what, n);
}

static char said[512];

static void
sink(void *ctx, int severity, const char *line)
{
	size_t n = strlen(said);

	if (strstr(line, "ISAKMP"))
		snprintf(said + n, sizeof said - n, "%s\n", line);
}

START_TEST(driver)
{
	static struct engine e;
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	struct observer obs = {.ctx = &e, .child_updown = on_child};
	char dir[] = "/tmp/test_vici.XXXXXX", path[64];
	const struct ike_control *ctl;
	struct buf b = {0};

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(path, sizeof path, "%s/vici", dir);
	log_set_sink(sink, NULL);
	e.loop = ev_loop_new(0);
	e.v = vici_create(e.loop, &e, path, &obs);
	ctl = vici_control(e.v);
	ck_assert(vici_has_algorithm(e.v, "DES_CBC"));

	/* not connected: the callback comes, but not from inside */
	ctl->initiate(ctl->ctx, "c1", "net", 100, ordered, &e);
	ck_assert_int_eq(e.orders, 0);
	run_until(&e, &e.orders, 1);
	ck_assert_int_eq(e.order_err, -ENOTCONN);

	vici_start(e.v);	/* nobody there yet */
	ev_run(e.loop, EVRUN_NOWAIT);
	e.lfd = socket(AF_UNIX, SOCK_STREAM, 0);
	strcpy(sun.sun_path, path);
	ck_assert_int_eq(bind(e.lfd, (struct sockaddr *)&sun, sizeof sun), 0);
	ck_assert_int_eq(listen(e.lfd, 64), 0);
	ev_io_init(&e.accept_io, fake_accept, e.lfd, EV_READ);
	e.accept_io.data = &e;
	ev_io_start(e.loop, &e.accept_io);
	run_until(&e, &e.results, 6);
	ck_assert(e.ups == 1 && e.ok == 3 && e.results == 6 && vici_is_up(e.v));
	ck_assert_str_eq(vici_version(e.v), "5.9.8");
	ck_assert(vici_has_algorithm(e.v, "AES_CBC") && !vici_has_algorithm(e.v, "DES_CBC"));
	ck_assert_ptr_nonnull(strstr(e.seen, "unload-conn: name=old"));
	ck_assert_ptr_nonnull(strstr(e.seen, "proposals[ aes128-sha1-modp1024 ]"));
	ck_assert_ptr_null(strstr(e.seen, "des"));

	vici_heard(e.v, "Nov 22 04:36:18.751 39[ENC] <c1|2> parsed ID_PROT response 0 [ KE No NAT-D NAT-D ]");
	vici_heard(e.v, "Nov 22 04:36:18.751 39[ENC] <c1|1> parsed ID_PROT response 0 [ SA V V V V ]");
	vici_heard(e.v, "Nov 22 04:36:18.751 39[ENC] <c1|1> generating ID_PROT request 0 [ KE No NAT-D NAT-D ]");
	vici_heard(e.v, "Nov 22 04:36:18.751 39[IKE] <c1|1> [ENC] <c1|1> parsed ID_PROT response 0 [ KE No NAT-D NAT-D ]");
	vici_heard(e.v, "Nov 22 04:36:18.751 39[ENC] <c1 1> parsed ID_PROT response 0 [ KE No NAT-D NAT-D ]");
	vici_heard(e.v, "39[ENC] <c1");
	ctl->list_sas(ctl->ctx, count_sa, listed, &e);
	ctl->list_sas(ctl->ctx, count_sa, listed, &e);
	for (int i = 0; i < 50; i++)
		ctl->initiate(ctl->ctx, "c1", "net", 100, ordered, &e);
	run_until(&e, &e.orders, 51);
	run_until(&e, &e.lists, 2);
	ck_assert(e.sas == 2 && e.order_err == -ETIMEDOUT && !e.keyed);
	vici_heard(e.v, "Nov 22 04:36:18.751 39[ENC] <1> parsed ID_PROT request 0 [ KE No NAT-D NAT-D ]");
	ctl->list_sas(ctl->ctx, count_sa, listed, &e);
	run_until(&e, &e.lists, 3);
	ck_assert(e.keyed);

	vici_kv(&b, "up", "yes");
	put_sa(&b, false);
	say(e.event_fd, VICI_EVENT, "child-updown", &b);
	buf_free(&b);
	run_until(&e, &e.child_events, 1);

	/* loss: pending orders fail once, the driver comes back and loads again */
	ctl->terminate_ike(ctl->ctx, 1, true, ordered, &e);
	run_until(&e, &e.orders, 52);
	ck_assert(e.downs == 1 && e.order_err == -ECONNRESET);
	ck_assert_ptr_nonnull(strstr(e.seen, "terminate: ike-id=1 force=yes timeout=5000"));
	for (int i = 0; i < e.nfd; i++) {
		ev_io_stop(e.loop, &e.io[i]);
		close(e.fd[i]);
		buf_clear(&e.in[i]);
	}
	e.nfd = 0;
	run_until(&e, &e.results, 12);
	ck_assert(e.ups == 2 && e.ok == 6);

	/* deletions: the rest of the connection is loaded again, then unloaded */
	e.seen[0] = '\0';
	apply_delete(&e, 4);
	run_until(&e, &e.results, 13);
	ck_assert_ptr_nonnull(strstr(e.seen, "load-conn: c1{"));
	ck_assert_ptr_null(strstr(e.seen, "net{"));
	apply_delete(&e, 2);
	run_until(&e, &e.results, 15);	/* its child 5 has no connection now, too */
	ck_assert_ptr_nonnull(strstr(e.seen, "unload-conn: name=c1"));
	ck_assert_ptr_nonnull(strstr(e.seen, "terminate: ike=c1"));
	apply_delete(&e, 1);
	run_until(&e, &e.results, 16);
	ck_assert_ptr_nonnull(strstr(e.seen, "unload-shared: id=k"));

	/* said once, over the loss of the connection, too */
	ck_assert_str_eq(said, "%CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is ON\n");
	apply_delete(&e, 3);
	ck_assert_str_eq(said, "%CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is ON\n%CRYPTO-6-ISAKMP_ON_OFF: ISAKMP is OFF\n");

	/* of two networks' keys the longer one must be loaded last, whichever was configured first */
	e.seen[0] = '\0';
	for (int i = 0; i < 2; i++) {
		static const char *const owners[][2] = {{"10.0.0.0/24", NULL}, {"%any", NULL}};
		struct obj o = {.kind = OBJ_SECRET, .id = 7 + (uint64_t)i, .secret = {i ? "all" : "lan", "key", owners[i]}};
		struct plan_op op = {OP_ADD, NULL, &o};
		int n = e.results;

		vici_driver(e.v)->apply(vici_driver(e.v)->ctx, &op, 1);
		run_until(&e, &e.results, n + 1);
	}
	for (int i = 0; i < 20; i++) {
		ev_run(e.loop, EVRUN_NOWAIT);
		usleep(2000);
	}
	{
		const char *all = NULL, *lan = NULL;

		for (const char *p = e.seen; (p = strstr(p, "load-shared: id=all")); p++)
			all = p;
		for (const char *p = e.seen; (p = strstr(p, "load-shared: id=lan")); p++)
			lan = p;
		ck_assert(all && lan && lan > all);
	}

	/*
	 * Another key for a peer: what is half open with it, and has its keys, is ended, once charon has the new one; what is
	 * established stays. Who waits for it is told that it was not the peer's fault.
	 */
	for (int i = 0; i < 4; i++) {
		static const char *const owner[] = {"12.12.12.2", NULL};
		struct obj was = {.kind = OBJ_SECRET, .id = 9, .secret = {"peer", "key", owner}}, now = was;
		struct plan_op op = {OP_CHANGE, &was, &now};
		bool asks = i == 1 || i == 3;
		int n = e.results;

		if (i == 3) {
			e.hold = true;
			e.orders = 0;
			ctl->initiate(ctl->ctx, "p1", "net", 0, ordered, &e);
			run_until(&e, &e.held_fd, 1);
		}
		sa_state = i == 1 ? "ESTABLISHED" : "CONNECTING";
		now.secret.data = i == 2 ? "key" : "another";
		e.seen[0] = '\0';
		vici_driver(e.v)->apply(vici_driver(e.v)->ctx, &op, 1);
		run_until(&e, &e.results, n + 1);
		/* (what was in the log before charon's answer may be read after it) */
		if (asks)
			vici_heard(e.v, "Nov 22 04:36:18.751 39[ENC] <1> parsed ID_PROT request 0 [ KE No NAT-D NAT-D ]");
		for (int k = 0; k < (asks ? 1000 : 200) && !strstr(e.seen, i == 3 ? "terminate" : "list-sas"); k++) {
			ev_run(e.loop, EVRUN_NOWAIT);
			usleep(2000);
		}
		ck_assert_int_eq(strstr(e.seen, "list-sas: ike-id=1") != NULL, asks);
		for (int k = 0; k < 20; k++) {
			ev_run(e.loop, EVRUN_NOWAIT);
			usleep(2000);
		}
		ck_assert_int_eq(strstr(e.seen, "terminate: ike-id=1 force=yes") != NULL, i == 3);
	}
	run_until(&e, &e.orders, 1);
	ck_assert_int_eq(e.order_err, -EAGAIN);

	/* of many that are half open, charon is asked once; those that it does not have are forgotten */
	for (int i = 1; i <= 9; i++) {
		char line[128];

		snprintf(line, sizeof line, "05[ENC] <%d> parsed ID_PROT request 0 [ KE No ]", i);
		vici_heard(e.v, line);
	}
	for (int i = 0; i < 2; i++) {
		static const char *const owner[] = {"12.12.12.9", NULL};
		struct obj o = {.kind = OBJ_SECRET, .id = 9, .secret = {"other", "key", owner}};
		struct plan_op op = {OP_ADD, NULL, &o};

		e.seen[0] = '\0';
		vici_driver(e.v)->apply(vici_driver(e.v)->ctx, &op, 1);
		for (int k = 0; k < 1000 && !strstr(e.seen, "list-sas"); k++) {
			ev_run(e.loop, EVRUN_NOWAIT);
			usleep(2000);
		}
		for (int k = 0; k < 20; k++) {
			ev_run(e.loop, EVRUN_NOWAIT);
			usleep(2000);
		}
		ck_assert_ptr_nonnull(strstr(e.seen, i ? "list-sas: ike-id=1" : "list-sas: \n"));
		ck_assert_ptr_null(strstr(strstr(e.seen, "list-sas") + 1, "list-sas"));
		ck_assert_ptr_null(strstr(e.seen, "terminate"));
	}

	vici_stop(e.v);
	ck_assert_int_eq(e.downs, 2);
	vici_destroy(e.v);
	for (int i = 0; i < 64; i++)
		buf_free(&e.in[i]);
	for (int i = 0; i < e.nfd; i++)
		close(e.fd[i]);
	close(e.lfd);
	ev_loop_destroy(e.loop);
	unlink(path);
	rmdir(dir);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("vici-driver");
	TCase *tc = tcase_create("all");

	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, driver);
	suite_add_tcase(s, tc);
	return run_suite(s);
}
