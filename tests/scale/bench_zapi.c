/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What 10,000 static routes cost in wall time until zebra has installed them:
 * sent bare, by the codec over a connection of the bench's own, and given to
 * the zapi driver in one apply(). The ratio is beside its budget; exit status
 * 1 when it is missed by more than half, as in bench_parser.c.
 *
 * zebra runs in network, mount and process namespaces that end with the bench,
 * however it ends; its files (RUN_DIR, /var/tmp/frr) are on a tmpfs. Needs root.
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

#include "backends/frr/launch.h"
#include "backends/frr/vty.h"
#include "backends/zapi/codec.h"
#include "backends/zapi/zapi.h"
#include "daemon/supervise.h"
#include "tests/scale/bench.h"

#define N 10000u
#define ROUNDS 3		/* of each kind, in turn; the best one counts */
#define BUDGET 1.5
#define LIMIT 120		/* seconds for everything */
#define RUN_DIR "/run"		/* the tmpfs */
#define GATEWAY 0x0afe0002u	/* 10.254.0.2 */

static struct ev_loop *loop;
static const struct zapi_dialect *dialect;
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
	printf("bench_zapi: %s\n", what);
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
		printf("bench_zapi: needs root (%s): skipped\n", strerror(errno));
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
			printf("bench_zapi: killed by signal %d%s\n", WTERMSIG(status),
			    WTERMSIG(status) == SIGKILL ? ": not finished in time" : "");
		exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
	}
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 || mount("proc", "/proc", "proc", 0, NULL) < 0 ||
	    mount("tmpfs", "/run", "tmpfs", 0, "mode=755") < 0 || mount("tmpfs", "/var/tmp", "tmpfs", 0, "mode=1777") < 0)
		die(strerror(errno));
}

/* --- the routes --- */

/* Behind one gateway, as a site's routes are. */
static struct prefix4
destination(size_t i)
{
	return (struct prefix4){0x14000000u + ((uint32_t)i << 8), 24};
}

static size_t
in_kernel(void)
{
	FILE *f = fopen("/proc/self/net/route", "re");
	char line[512], dev[32];
	unsigned long dst;
	size_t n = 0;

	while (f && fgets(line, sizeof line, f))
		n += sscanf(line, "%31s %lx", dev, &dst) == 2 && (dst & 255) == 0x14;
	if (f)
		fclose(f);
	return n;
}

/* The driver says that a route is gone before zebra has heard of it. */
static void
until_kernel_has(size_t n)
{
	while (in_kernel() != n) {
		usleep(20000);
		ev_run(loop, EVRUN_NOWAIT);
	}
}

/* --- bare --- */

struct wire {
	ev_io io;
	struct buf in, out;
	size_t off;		/* of out, written */
	uint32_t expect;	/* the note that counts */
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
			die("zebra does not read");
		w->off += (size_t)k;
	}
	buf_clear(&w->out);
	w->off = 0;
	events(w, EV_READ);
}

static void
wire_cb(struct ev_loop *l, ev_io *io, int revents)
{
	struct wire *w = io->data;
	char chunk[65536];
	struct zapi_msg m;
	size_t off = 0;
	ssize_t k;
	int used;

	if (revents & EV_WRITE)
		wire_write(w);
	k = recv(io->fd, chunk, sizeof chunk, 0);
	if (k < 0 && errno == EAGAIN)
		return;
	if (k <= 0)
		die("zebra closed the connection");
	buf_put(&w->in, chunk, (size_t)k);
	while ((used = zapi_decode(dialect, (const uint8_t *)w->in.d + off, w->in.n - off, &m)) > 0) {
		off += (size_t)used;
		if (m.kind == ZAPI_ROUTE_NOTIFY && m.route.note == w->expect && pending && --pending == 0)
			ev_break(l, EVBREAK_ALL);
		else if (m.kind == ZAPI_ROUTE_NOTIFY && m.route.note != w->expect)
			die("zebra refused a route");
	}
	if (used < 0)
		die("not ZAPI");
	buf_consume(&w->in, off);
}

static void
wire_open(struct wire *w)
{
	struct sockaddr_un su = {.sun_family = AF_UNIX, .sun_path = RUN_DIR "/frr/zserv.api"};
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd < 0 || connect(fd, (struct sockaddr *)&su, sizeof su) < 0)
		die(strerror(errno));
	*w = (struct wire){.off = 0};
	ev_io_init(&w->io, wire_cb, fd, EV_READ);
	w->io.data = w;
	ev_io_start(loop, &w->io);
	zapi_put_hello(&w->out, dialect);
	if (!dialect->hello_notify)
		zapi_put_notify_request(&w->out, dialect);
	wire_write(w);
}

static void
wire_close(struct wire *w)
{
	ev_io_stop(loop, &w->io);
	close(w->io.fd);
	buf_free(&w->in);
	buf_free(&w->out);
}

/* Seconds from the first octet made to the last note. */
static double
bare_send(struct wire *w, bool add)
{
	const struct zapi_nexthop nh = {.type = ZNH_IPV4, .gateway = GATEWAY};
	double t = now();

	w->expect = add ? ZAPI_INSTALLED : ZAPI_REMOVED;
	pending = N;
	for (size_t i = 0; i < N; i++)
		zapi_put_route(&w->out, dialect, add,
		    &(struct zapi_route){.dst = destination(i), .distance = 1, .nh = &nh, .nnh = 1});
	wire_write(w);
	ev_run(loop, 0);
	return now() - t;
}

static double
bare(void)
{
	struct wire w;
	double t;

	wire_open(&w);
	t = bare_send(&w, true);
	until_kernel_has(N);
	(void)bare_send(&w, false);
	until_kernel_has(0);
	wire_close(&w);
	return t;
}

/* --- the driver; the engine is here --- */

struct engine {
	bool done[N];
};

void
engine_result(struct engine *e, uint64_t id, int err, const char *text)
{
	bool *done = &e->done[id - 1];

	if (*done != (err == 0))
		pending = err == 0 ? pending - 1 : pending + 1;
	*done = err == 0;
	if (pending == 0)
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

/* Seconds from apply() to the last result. */
static double
driver_send(struct zapi *z, struct engine *e, bool add)
{
	struct obj *o = calloc(N, sizeof *o);
	struct plan_op *ops = calloc(N, sizeof *ops);
	double t;

	if (!o || !ops)
		die("no memory");
	memset(e->done, 0, sizeof e->done);
	pending = N;
	for (size_t i = 0; i < N; i++) {
		o[i] = (struct obj){.kind = OBJ_ROUTE, .id = i + 1, .key = "",
		    .route = {.dst = destination(i), .nexthop = NEXTHOP_GATEWAY, .gateway = GATEWAY, .distance = 1}};
		ops[i] = add ? (struct plan_op){OP_ADD, NULL, &o[i]} : (struct plan_op){OP_DELETE, &o[i], NULL};
	}
	ev_now_update(loop);
	t = now();
	zapi_driver(z)->apply(zapi_driver(z)->ctx, ops, N);
	free(ops);
	free(o);
	if (pending)
		ev_run(loop, 0);
	return now() - t;
}

static void
driver_up(struct zapi *z)
{
	zapi_start(z);
	ev_run(loop, 0);
}

static double
driver(struct zapi *z, struct engine *e)
{
	double t;

	driver_up(z);
	t = driver_send(z, e, true);
	until_kernel_has(N);
	(void)driver_send(z, e, false);
	until_kernel_has(0);
	zapi_stop(z);
	return t;
}

/* --- zebra --- */

static void
got_version(void *arg, int rc, const char *text, size_t len)
{
	unsigned major, minor;

	if (rc != VTY_OK || !zapi_parse_version(text, &major, &minor))
		die("zebra does not tell its version");
	dialect = zapi_dialect_for(major, minor);
	printf("zebra of FRRouting %u.%u, %u routes, best of %u\n", major, minor, N, ROUNDS);
	ev_break(loop, EVBREAK_ALL);
}

static void
vty_changed(void *ctx, bool up, int err)
{
	struct vty **v = ctx;

	if (up)
		vty_send(*v, "show version", 5000, got_version, NULL);
}

static void
zebra_state(void *ctx, enum supervise_state s, const char *why)
{
	if (s == SUPERVISE_WAITING)
		die(why ? why : "zebra does not run");
}

int
main(void)
{
	static struct engine e;
	struct supervise_cfg cfg = {.name = "zebra", .run_dir = RUN_DIR, .state = zebra_state};
	double best[2] = {LIMIT, LIMIT}, ratio;
	struct supervise *zebra;
	struct zapi *z;
	struct vty *vty;
	char **argv;

	alone();
	if (system("ip link set lo up && ip link add v0 type veth peer name v1 && ip addr add 10.254.0.1/24 dev v0 && "
	           "ip link set v0 up && ip link set v1 up") != 0)
		die("no devices");
	loop = ev_default_loop(0);
	argv = frr_argv(RUN_DIR, FRR_ZEBRA);
	cfg.argv = (const char *const *)argv;
	if (frr_prepare(RUN_DIR) < 0)
		die("cannot prepare " RUN_DIR);
	zebra = supervise_create(loop, &cfg);
	supervise_start(zebra);
	vty = vty_create(loop, RUN_DIR "/frr/zebra.vty", vty_changed, &vty);
	z = zapi_create(loop, &e, RUN_DIR "/frr/zserv.api", RUN_DIR "/frr/zebra.vty");
	ev_run(loop, 0);
	vty_destroy(vty);
	/* The driver configures zebra as it comes up (routes without next hop objects): for both the same. */
	driver_up(z);
	zapi_stop(z);
	for (int i = 0; i < ROUNDS; i++) {
		double t[2] = {bare(), driver(z, &e)};

		for (int k = 0; k < 2; k++)
			best[k] = t[k] < best[k] ? t[k] : best[k];
	}
	ratio = best[1] / best[0];
	printf("%-58s %10.3f s\n", "10,000 routes by the codec alone", best[0]);
	printf("%-58s %10.3f s\n", "10,000 routes by the driver", best[1]);
	report("  ratio", ratio, BUDGET, "");
	zapi_destroy(z);
	supervise_destroy(zebra);
	frr_argv_free(argv);
	ev_loop_destroy(loop);
	return failed;
}
