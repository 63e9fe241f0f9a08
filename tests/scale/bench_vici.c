/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What 10,000 connections with one child each cost in wall time until charon
 * has answered for all: load-conn messages sent bare, pipelined over a
 * connection of the bench's own, and the objects given to the vici driver in
 * one apply(). The ratio is beside its budget; exit status 1 when it is missed
 * by more than half, as in bench_parser.c.
 *
 * charon runs in network, mount and process namespaces that end with the
 * bench, however it ends; its files are on a tmpfs. Needs root.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <ev.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "backends/vici/charon.h"
#include "backends/vici/codec.h"
#include "backends/vici/encode.h"
#include "backends/vici/vici.h"
#include "tests/scale/bench.h"

#define N 10000u
#define ROUNDS 2		/* of each kind, in turn; the best one counts */
#define BUDGET 1.3
#define LIMIT 120		/* seconds for everything */
#define RUN_DIR "/run/bench"	/* on the tmpfs */

static struct ev_loop *loop;
static size_t pending;		/* answers that are still to come; at 0 the loop ends */

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static _Noreturn void
die(const char *what)
{
	printf("bench_vici: %s\n", what);
	exit(1);
}

/* --- namespaces --- */

static pid_t inner;

static void
too_late(int sig)
{
	kill(inner, SIGKILL);
}

/* Returns in a child that is process 1 of its namespaces: whatever it starts ends with it. */
static void
alone(void)
{
	int status;

	if (unshare(CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWPID) < 0) {
		printf("bench_vici: needs root (%s): skipped\n", strerror(errno));
		exit(0);
	}
	inner = fork();
	if (inner < 0)
		die(strerror(errno));
	if (inner > 0) {
		signal(SIGALRM, too_late);
		alarm(LIMIT);
		while (waitpid(inner, &status, 0) < 0 && errno == EINTR)
			;
		if (WIFSIGNALED(status))
			printf("bench_vici: killed by signal %d%s\n", WTERMSIG(status),
			    WTERMSIG(status) == SIGKILL ? ": not finished in time" : "");
		exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || mount("proc", "/proc", "proc", 0, NULL) < 0 ||
	    mount("tmpfs", "/run", "tmpfs", 0, "mode=755") < 0 || mount("tmpfs", "/var/tmp", "tmpfs", 0, "mode=1777") < 0)
		die(strerror(errno));
}

/* --- the objects: a peer each, one flow each --- */

struct tunnel {
	char conn[32], name[16];
	struct obj ike, child;
};

static struct tunnel *
tunnels(void)
{
	static const char *const isakmp[] = {"aes128-sha1-modp1024", NULL}, *const esp[] = {"aes128-sha1", NULL};
	struct tunnel *t = calloc(N, sizeof *t);

	if (!t)
		die("no memory");
	for (unsigned i = 0; i < N; i++) {
		uint32_t peer = 0xac100000u + i;

		snprintf(t[i].conn, sizeof t[i].conn, "1.0.0.1-%s", ip4_s(peer));
		snprintf(t[i].name, sizeof t[i].name, "M-%u-1", i + 1);
		t[i].ike = (struct obj){.kind = OBJ_IKE, .id = i + 1, .key = t[i].conn,
		    .ike = {.name = t[i].conn, .version = 1, .local = 0x01000001, .remote = peer, .proposals = isakmp,
		        .lifetime = 86400}};
		t[i].child = (struct obj){.kind = OBJ_CHILD, .id = N + i + 1, .key = t[i].name,
		    .child = {.conn = t[i].conn, .name = t[i].name,
		        .sel = {.src = {0x0a000000, 16}, .dst = {0x14000000u + (i << 8), 24}}, .mode = IPSEC_TUNNEL,
		        .reqid = i + 1, .proposals = esp, .life_seconds = 3600, .life_kilobytes = 4608000}};
	}
	return t;
}

/* --- bare --- */

struct wire {
	ev_io io;
	struct buf in, out;
	size_t off;		/* of out, written */
};

static void
events(struct wire *w, int which)
{
	if ((w->io.events & (EV_READ | EV_WRITE)) == which)
		return;
	ev_io_stop(loop, &w->io);
	ev_io_set(&w->io, w->io.fd, which);
	ev_io_start(loop, &w->io);
}

static void
wire_write(struct wire *w)
{
	while (w->off < w->out.n) {
		ssize_t k = send(w->io.fd, w->out.d + w->off, w->out.n - w->off, MSG_NOSIGNAL);

		if (k < 0 && errno == EAGAIN) {
			events(w, EV_READ | EV_WRITE);
			return;
		}
		if (k < 0)
			die("charon does not read");
		w->off += (size_t)k;
	}
	buf_clear(&w->out);
	w->off = 0;
	events(w, EV_READ);
}

static void
answer(const uint8_t *p, size_t n)
{
	char yes[8];

	if (n < 1 || p[0] != VICI_CMD_RESPONSE || !vici_get(p + 1, n - 1, "success", yes, sizeof yes) || strcmp(yes, "yes"))
		die("charon refused a connection");
	if (pending && --pending == 0)
		ev_break(loop, EVBREAK_ALL);
}

static void
wire_cb(struct ev_loop *l, ev_io *io, int revents)
{
	struct wire *w = io->data;
	char chunk[65536];
	size_t off = 0;
	ssize_t k;

	if (revents & EV_WRITE)
		wire_write(w);
	k = recv(io->fd, chunk, sizeof chunk, 0);
	if (k < 0 && errno == EAGAIN)
		return;
	if (k <= 0)
		die("charon closed the connection");
	buf_put(&w->in, chunk, (size_t)k);
	while (w->in.n - off >= 4) {
		const uint8_t *p = (const uint8_t *)w->in.d + off;
		size_t len = (size_t)p[0] << 24 | (size_t)p[1] << 16 | (size_t)p[2] << 8 | p[3];

		if (w->in.n - off - 4 < len)
			break;
		answer(p + 4, len);
		off += 4 + len;
	}
	buf_consume(&w->in, off);
}

static void
wire_open(struct wire *w, const char *path)
{
	struct sockaddr_un su = {.sun_family = AF_UNIX};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	snprintf(su.sun_path, sizeof su.sun_path, "%s", path);
	if (fd < 0 || connect(fd, (struct sockaddr *)&su, sizeof su) < 0)
		die(strerror(errno));
	*w = (struct wire){.off = 0};
	ev_io_init(&w->io, wire_cb, fd, EV_READ);
	w->io.data = w;
	ev_io_start(loop, &w->io);
}

static void
wire_close(struct wire *w)
{
	ev_io_stop(loop, &w->io);
	close(w->io.fd);
	buf_free(&w->in);
	buf_free(&w->out);
}

/* Seconds from the first octet made to the last answer. */
static double
bare_send(struct wire *w, const struct tunnel *tun, bool add)
{
	double t = now();

	pending = N;
	for (size_t i = 0; i < N; i++) {
		const struct obj_child *child = &tun[i].child.child;
		struct buf b = {0};

		if (add)
			vici_encode_conn(&b, &tun[i].ike.ike, &child, 1, NULL, NULL);
		else
			vici_encode_simple(&b, "unload-conn", "name", tun[i].conn);
		if (vici_packet_finish(&b) < 0)
			die("message too long");
		buf_put(&w->out, b.d, b.n);
		buf_free(&b);
	}
	wire_write(w);
	ev_run(loop, 0);
	return now() - t;
}

static double
bare(const char *path, const struct tunnel *tun)
{
	struct wire w;
	double t;

	wire_open(&w, path);
	t = bare_send(&w, tun, true);
	(void)bare_send(&w, tun, false);
	wire_close(&w);
	return t;
}

/* --- the driver; the engine is here --- */

void
engine_result(struct engine *e, uint64_t id, int err, const char *text)
{
	if (err)
		die(text);
	if (pending && --pending == 0)
		ev_break(loop, EVBREAK_ALL);
}

void
engine_driver_up(struct engine *e, struct driver *d)
{
	ev_break(loop, EVBREAK_ALL);
}

void
engine_driver_down(struct engine *e, struct driver *d, const char *why)
{
	if (strcmp(why, "stopped"))
		die(why);
}

/* Seconds from apply() to the last result. The order is the engine's: connections before children, deleted in reverse. */
static double
driver_send(struct vici *v, const struct tunnel *tun, bool add)
{
	struct plan_op *ops = calloc(2 * N, sizeof *ops);
	double t;

	if (!ops)
		die("no memory");
	pending = 2 * N;
	for (size_t i = 0; i < 2 * N; i++) {
		const struct obj *o = (i < N) == add ? &tun[i % N].ike : &tun[i % N].child;

		ops[i] = add ? (struct plan_op){OP_ADD, NULL, o} : (struct plan_op){OP_DELETE, o, NULL};
	}
	ev_now_update(loop);
	t = now();
	vici_driver(v)->apply(vici_driver(v)->ctx, ops, 2 * N);
	free(ops);
	if (pending)
		ev_run(loop, 0);
	return now() - t;
}

static void
driver_up(struct vici *v)
{
	vici_start(v);
	ev_run(loop, 0);
}

static double
driver(struct vici *v, const struct tunnel *tun)
{
	double t;

	driver_up(v);
	t = driver_send(v, tun, true);
	(void)driver_send(v, tun, false);
	vici_stop(v);
	return t;
}

static void
no_charon(void *ctx, const char *why)
{
	die(why);
}

int
main(void)
{
	const struct charon_cfg cfg = {.run_dir = RUN_DIR, .on_exit = no_charon, .on_refused = no_charon};
	const struct observer obs = {0};
	double best[2] = {LIMIT, LIMIT}, ratio;
	struct tunnel *tun = tunnels();
	struct charon *charon;
	struct vici *v;

	alone();
	loop = ev_default_loop(0);
	charon = charon_create(loop, &cfg);
	if (!charon)
		die(strerror(errno));
	charon_start(charon);
	v = vici_create(loop, NULL, charon_vici_path(charon), &obs);
	driver_up(v);
	printf("charon of strongSwan %s, %u connections with a child each, best of %u\n", vici_version(v), N, ROUNDS);
	vici_stop(v);
	for (int i = 0; i < ROUNDS; i++) {
		double t[2] = {bare(charon_vici_path(charon), tun), driver(v, tun)};

		for (int k = 0; k < 2; k++)
			best[k] = t[k] < best[k] ? t[k] : best[k];
	}
	ratio = best[1] / best[0];
	printf("%-58s %10.3f s\n", "10,000 connections by the codec alone", best[0]);
	printf("%-58s %10.3f s\n", "10,000 connections by the driver", best[1]);
	report("  ratio", ratio, BUDGET, "");
	vici_destroy(v);
	charon_destroy(charon);
	ev_loop_destroy(loop);
	free(tun);
	return failed;
}
