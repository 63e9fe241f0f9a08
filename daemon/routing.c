/* SPDX-License-Identifier: BSD-2-Clause */
/* Processes and clients of zebra, ospfd and bgpd: see routing.h. */
#define _GNU_SOURCE
#include "daemon/routing.h"

#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "backends/frr/frr.h"
#include "backends/frr/launch.h"
#include "backends/netlink/netlink.h"
#include "backends/zapi/zapi.h"
#include "daemon/debug.h"
#include "daemon/supervise.h"
#include "lib/log.h"
#include "lib/xalloc.h"

struct child {
	struct router *r;
	enum frr_daemon d;
	char **argv;
};

static int
check(void *ctx, char *why, size_t size)
{
	struct child *f = ctx;
	int err;

	if (f->d == FRR_ZEBRA) {
		pid_t other = frr_other_zebra(0);

		if (other) {
			snprintf(why, size, "another zebra (process %d) runs in this network namespace", (int)other);
			return -EADDRINUSE;
		}
	}
	err = frr_clean(f->r->run_dir, f->d);
	if (err)
		snprintf(why, size, "cannot clean %s/frr: %s", f->r->run_dir, strerror(-err));
	return err;
}

/* FRR's daemons keep a state file below /run/frr whatever their options say: give them one of their own. */
static int
setup(void *ctx)
{
	struct child *f = ctx;
	char dir[256];

	if (access("/run/frr", F_OK) < 0)
		return 0;
	snprintf(dir, sizeof dir, "%s/frr", f->r->run_dir);
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0)
		return -errno;
	if (mount(dir, "/run/frr", NULL, MS_BIND, NULL) < 0)
		return -errno;
	/* crash logs and the like: not on the host */
	return mount("tmpfs", "/var/tmp", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777,size=16m") < 0 ? -errno : 0;
}

static void
line(void *ctx, const char *text)
{
	struct child *f = ctx;

	if (routing_report(f->r->store, f->d, text))
		return;
	router_child_line(NULL, text);
	debug_frr_line(f->r->debug, f->d, text);
}

static void
state(void *ctx, enum supervise_state s, const char *why)
{
	struct child *f = ctx;

	if (s != SUPERVISE_WAITING)
		return;
	log_msg("CONFTERM", 3, "DAEMON", "%s: %s", frr_daemon_name(f->d), why ? why : "ended");
	/* the others do not give a new zebra the routes that the old one had: they start afresh, too */
	for (int d = 0; f->d == FRR_ZEBRA && d < FRR_NDAEMON; d++) {
		pid_t pid = d != FRR_ZEBRA && f->r->frr_proc[d] ? supervise_pid(f->r->frr_proc[d]) : 0;

		if (pid > 0)
			kill(pid, SIGTERM);
	}
}

static void
run(struct router *r, enum frr_daemon d, bool wanted)
{
	if (wanted) {
		supervise_start(r->frr_proc[d]);
		frr_start(r->frr, d);
	} else {
		frr_stop(r->frr, d);
		supervise_stop(r->frr_proc[d]);
	}
}

void
routing_wanted(struct router *r, enum obj_kind kind, bool wanted)
{
	if (obj_is_frr(kind) && kind != OBJ_ZEBRA)
		run(r, (enum frr_daemon)(kind - OBJ_ZEBRA), wanted);
}

/* --- what zebra knows, for the driver of the addresses --- */

static void
heard_link(void *ctx, int ifindex, bool present)
{
	netlink_heard_link(((struct router *)ctx)->netlink, ifindex, present);
}

static void
heard_address(void *ctx, int ifindex, const struct prefix4 *address, bool present)
{
	netlink_heard_address(((struct router *)ctx)->netlink, ifindex, address, present);
}

static void
heard_nothing(void *ctx)
{
	netlink_heard_nothing(((struct router *)ctx)->netlink);
}

void
routing_start(struct router *r)
{
	char *zserv = xasprintf("%s/frr/zserv.api", r->run_dir), *vty = xasprintf("%s/frr/zebra.vty", r->run_dir),
	     *dir = xasprintf("%s/frr", r->run_dir);
	int err = frr_prepare(r->run_dir);

	if (err)
		log_msg("CONFTERM", 2, "DAEMON", "cannot prepare %s/frr: %s", r->run_dir, strerror(-err));
	r->zapi = zapi_create(r->loop, r->engine, zserv, vty);
	zapi_listen(r->zapi, &(struct zapi_listener){ r, heard_link, heard_address, heard_nothing });
	r->frr = frr_create(r->loop, r->engine, dir);
	engine_add_driver(r->engine, zapi_driver(r->zapi));
	for (int d = 0; d < FRR_NDAEMON; d++) {
		struct child *f = xcalloc(1, sizeof *f);
		struct supervise_cfg sc = { .name = frr_daemon_name((enum frr_daemon)d), .run_dir = r->run_dir, .ctx = f,
			.check = check, .setup = setup, .line = line, .state = state };

		f->r = r;
		f->d = (enum frr_daemon)d;
		f->argv = frr_argv(r->run_dir, f->d);
		sc.argv = (const char *const *)f->argv;
		r->frr_proc[d] = supervise_create(r->loop, &sc);
		engine_add_driver(r->engine, frr_driver(r->frr, f->d));
	}
	zapi_start(r->zapi);
	run(r, FRR_ZEBRA, true);
	free(zserv);
	free(vty);
	free(dir);
}

bool
routing_stopped(struct router *r, bool ask)
{
	bool all = true;

	for (int d = FRR_NDAEMON - 1; d >= 0; d--) {
		if (!r->frr_proc[d])
			continue;
		if (ask)
			supervise_stop(r->frr_proc[d]);
		all &= supervise_state(r->frr_proc[d]) == SUPERVISE_STOPPED;
	}
	return all;
}

void
routing_free(struct router *r)
{
	engine_on_wanted(r->engine, NULL, NULL);
	if (r->zapi)
		zapi_destroy(r->zapi);
	if (r->frr)
		frr_destroy(r->frr);
	for (int d = 0; d < FRR_NDAEMON; d++)
		if (r->frr_proc[d])
			supervise_destroy(r->frr_proc[d]);
}
