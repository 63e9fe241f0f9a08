/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The router: store, engine, drivers, the daemons it runs, and the shell's
 * socket, put together and taken apart.
 *
 * Order of a start: what an earlier instance left running is ended, the
 * startup configuration is read and compiled, then the kernel gets its part in
 * one batch, and charon, zebra and ospfd theirs as each comes up.
 */
#define _GNU_SOURCE
#include "daemon/start.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "backends/frr/frr.h"
#include "backends/gre/keepalive.h"
#include "backends/netlink/netlink.h"
#include "backends/nft/nftables.h"
#include "backends/vici/charon.h"
#include "backends/vici/vici.h"
#include "backends/zapi/zapi.h"
#include "cli/privilege.h"
#include "cli/show/counters.h"
#include "cli/proto.h"
#include "cli/session.h"
#include "daemon/aaa.h"
#include "daemon/archive.h"
#include "daemon/config_log.h"
#include "daemon/clock.h"
#include "daemon/debug.h"
#include "daemon/files.h"
#include "daemon/load.h"
#include "daemon/logging.h"
#include "daemon/router.h"
#include "daemon/routing.h"
#include "daemon/snmp.h"
#include "daemon/ssh.h"
#include "daemon/supervise.h"
#include "engine/messages.h"
#include "gen/grammar.h"
#include "lib/buf.h"
#include "lib/log.h"
#include "lib/xalloc.h"
#include "parser/config.h"
#include "parser/render.h"
#include "parser/types.h"

static bool
terminals(void *ctx, int severity, const char *line, bool console, bool monitor)
{
	return sessions_log(ctx, severity, line, console, monitor);
}

/* --- configuration files --- */

uint32_t
configured_address(struct store *s, const char *ifname)
{
	struct cfg_interface key = { .has = HAS_INTERFACE_IF, .if_ = ifname };
	const struct rec *i = store_find(s, store_root(s), ROW_INTERFACE, &key);
	const struct cfg_interface_address *a = i ? store_leaf(s, i, ROW_INTERFACE_ADDRESS) : NULL;

	return a ? a->addr : 0;
}

const char *
router_hostname(struct router *r)
{
	const struct cfg_hostname *h = store_leaf(r->store, store_root(r->store), ROW_HOSTNAME);

	return h ? h->name : "Router";
}

char *
router_user_name(uid_t uid)
{
	struct passwd pw, *found;
	char text[1024];

	return getpwuid_r(uid, &pw, text, sizeof text, &found) == 0 && found ? xstrdup(pw.pw_name) : NULL;
}

static char *
stamp(struct router *r, time_t t)
{
	struct clock_zone z = clock_zone(r->store);
	char time[16], date[32];
	struct tm tm;

	clock_tm(&z, t, &tm);
	strftime(time, sizeof time, "%H:%M:%S", &tm);
	strftime(date, sizeof date, "%a %b %e %Y", &tm);
	return xasprintf("%s %s %s", time, z.name, date);
}

void
router_render(struct router *r, int level, struct buf *out)
{
	render_config_at(out, r->store, false, level < PRIVILEGE_MAX ? privilege_levels(r->privileges) : NULL, level);
}

/* The configuration as it is shown and saved. */
static void
body(struct router *r, bool all, int level, struct buf *out)
{
	buf_puts(out, "!\n");
	if (r->config_changed) {
		char *t = stamp(r, r->config_changed);

		buf_printf(out, "! Last configuration change at %s\n", t);
		free(t);
	}
	render_config_at(out, r->store, all, level < PRIVILEGE_MAX ? privilege_levels(r->privileges) : NULL, level);
}

void
router_running_config(struct router *r, bool all, int level, struct buf *out)
{
	struct buf b = {0};

	body(r, all, level, &b);
	buf_printf(out, "Building configuration...\n\nCurrent configuration : %zu bytes\n", b.n);
	buf_put(out, buf_str(&b), b.n);
	buf_wipe(&b);
}

int
router_save(struct router *r)
{
	struct buf b = {0};
	int err;

	body(r, false, PRIVILEGE_MAX, &b);
	err = file_write(r->startup_path, buf_str(&b), b.n, true);
	if (!err) {
		r->config_saved = time(NULL);
		r->saved_version = store_version(r->store);
	}
	buf_wipe(&b);
	return err;
}

int
router_read_startup(struct router *r, struct buf *out)
{
	return file_read(r->startup_path, out);
}

static void
report_line(void *ctx, uint32_t line, int col, const char *text, bool note)
{
	(void)ctx;
	if (!note)
		log_msg("PARSER", 4, "BADCFG", "startup-config line %u column %d: %.*s", line, col,
		    (int)strcspn(text, "\n"), text);
}

static void
add_port(void *arg, const struct nl_link *l)
{
	struct router *r = arg;
	struct cfg_interface v = { .has = HAS_INTERFACE_IF };
	char name[40];
	bool changed;

	if (!ifname_from_kernel(l->dev, name))
		return;
	v.if_ = name;
	if (!store_find(r->store, store_root(r->store), ROW_INTERFACE, &v))
		store_put(r->store, store_root(r->store), ROW_INTERFACE, &v, false, 0, &changed);
}

void
router_add_ports(struct router *r)
{
	if (r->netlink)
		netlink_each_link(r->netlink, add_port, r);
}

static void
load_startup(struct router *r)
{
	struct buf text = {0};
	struct config c;
	int err = router_read_startup(r, &text);

	if (err && err != -ENOENT)
		log_msg("SYS", 2, "NVRAM", "cannot read %s: %s", r->startup_path, strerror(-err));
	if (!err) {
		config_init(&c, r->store, &r->matcher);
		config_text(&c, buf_str(&text), text.n, report_line, r);
	}
	buf_wipe(&text);
}

void
router_configured(struct router *r)
{
	archive_configured(r);
	aaa_configured(r->aaa);
	logging_refresh(r->log);
	privileges_configured(r->privileges, r->store, &r->matcher);
	sessions_configured(r);
	if (r->ssh)
		ssh_server_configured(r->ssh);
	snmp_changed(r->snmp);
}

/* --- the daemons --- */

void
router_child_line(void *ctx, const char *text)
{
	(void)ctx;
	fprintf(stderr, "%s\n", text);
}

static void
charon_line(void *ctx, const char *text)
{
	struct router *r = ctx;

	router_child_line(NULL, text);
	if (r->vici)
		vici_heard(r->vici, text);
	debug_charon_line(r->debug, text);
}

static void
debug_charon(void *ctx, bool more)
{
	struct router *r = ctx;

	if (!r->charon)
		return;
	charon_set_log_more(r->charon, more);
	vici_reload_settings(r->vici);
}

static void
debug_frr(void *ctx, enum frr_daemon daemon, const char *command, bool on)
{
	frr_debug(((struct router *)ctx)->frr, daemon, command, on);
}

static void
debug_keepalive_packet(void *ctx, const struct gre_packet *p)
{
	debug_keepalive(((struct router *)ctx)->debug, p);
}

static void
debug_keepalives(void *ctx, bool on)
{
	gre_on_packet(((struct router *)ctx)->gre, on ? debug_keepalive_packet : NULL, ctx);
}

static uint32_t
debug_conn_id(void *ctx, uint32_t unique_id)
{
	return tunnels_conn_id(((struct router *)ctx)->tunnels, unique_id);
}

static void
charon_gone(void *ctx, const char *why)
{
	struct router *r = ctx;

	if (r->ike_wanted)
		log_msg("CRYPTO", 3, "IKE_DOWN", "charon ended: %s", why ? why : "?");
	netlink_flush_sas(r->netlink);
	messages_sessions_gone(r->messages);
	debug_charon_gone(r->debug);
}

static void
charon_refused(void *ctx, const char *why)
{
	(void)ctx;
	log_msg("CRYPTO", 2, "IKE_REFUSED", "charon is not started: %s", why);
}

static void
ike_settings_changed(void *ctx, const struct obj_ike_settings *s)
{
	struct router *r = ctx;

	charon_set_nat_keepalive(r->charon, s ? s->nat_keepalive : 0);
}

/* Daemons run as long as something is configured for them. */
static void
on_wanted(void *ctx, enum obj_kind kind, bool wanted)
{
	struct router *r = ctx;

	if (kind == OBJ_IKE && r->charon) {
		r->ike_wanted = wanted;
		if (wanted) {
			charon_start(r->charon);
			vici_start(r->vici);
		} else {
			vici_stop(r->vici);
			charon_stop(r->charon);
		}
	} else
		routing_wanted(r, kind, wanted);
}

static void
start_daemons(struct router *r)
{
	struct charon_cfg cc = { .run_dir = r->run_dir, .ctx = r, .line = charon_line, .on_exit = charon_gone,
		.on_refused = charon_refused };

	r->charon = charon_create(r->loop, &cc);
	if (r->charon) {
		r->vici = vici_create(r->loop, r->engine, charon_vici_path(r->charon), messages_observer(r->messages));
		engine_add_driver(r->engine, vici_driver(r->vici));
		tunnels_set_control(r->tunnels, vici_control(r->vici));
		vici_on_settings(r->vici, ike_settings_changed, r);
	}
	routing_start(r);
	r->snmp = snmp_create(r);
	engine_on_wanted(r->engine, on_wanted, r);
}

static void
link_changed(void *ctx, const struct link_state *l)
{
	struct router *r = ctx;

	if (r->zapi)
		zapi_link_changed(r->zapi, l->dev, l->present ? l->ifindex : 0);
	snmp_changed(r->snmp);
}

/* --- start and stop --- */

int
router_start(struct router *r)
{
	struct timespec mono;
	char *path;
	int err;

	r->log = logging_new(r->loop, terminals, r);
	r->debug = debug_new(&(struct debug_ops){ debug_charon, debug_frr, debug_keepalives, debug_conn_id }, r);
	clock_gettime(CLOCK_MONOTONIC, &mono);
	r->started_mono = (uint64_t)mono.tv_sec;
	r->started = time(NULL);
	/* FRR's daemons drop root and must get through to their own folder in it */
	if ((mkdir(r->run_dir, 0711) < 0 && errno != EEXIST) || chmod(r->run_dir, 0711) < 0)
		return -errno;
	err = supervise_reap_leftovers(r->run_dir, 5);
	if (err < 0)
		return err;
	if (err > 0)
		log_msg("SYS", 5, "RESTART", "%d processes of an earlier instance were ended", err);
	r->config_log = config_log_new();
	r->aaa = aaa_new(r);
	r->privileges = privileges_new();
	r->load = load_create(r);
	r->store = store_new();
	config_load_defaults(r->store, &r->matcher);
	r->engine = engine_new(r->loop, r->store);
	r->tunnels = engine_tunnels(r->engine);
	tunnels_on_link(r->tunnels, link_changed, r);
	load_startup(r);
	logging_store(r->log, r->store);
	r->messages = messages_new(r->store, tunnels_observer(r->tunnels));
	r->netlink = netlink_create(r->loop, r->engine, messages_observer(r->messages));
	engine_add_driver(r->engine, netlink_driver(r->netlink));
	r->nft = nftables_create(r->engine);
	engine_add_driver(r->engine, nftables_driver(r->nft));
	r->gre = gre_create(r->loop, r->engine, messages_observer(r->messages));
	engine_add_driver(r->engine, gre_driver(r->gre));
	store_commit(r->store);
	engine_commit(r->engine);
	err = netlink_start(r->netlink);
	if (err)
		return err;
	nftables_start(r->nft);
	gre_start(r->gre);
	router_add_ports(r);
	r->saved_version = store_commit(r->store);
	engine_commit(r->engine);
	router_configured(r);
	start_daemons(r);
	path = xasprintf("%s/cli.sock", r->run_dir);
	r->listener = listen_create(r->loop, path, &session_ops, r);
	free(path);
	if (!r->listener)
		return -errno;
	r->ssh = ssh_server_new(r);
	ssh_server_configured(r->ssh);
	log_msg("SYS", 5, "RESTART", "System restarted -- confterm %s", CONFTERM_VERSION);
	return 0;
}

void
router_stop(struct router *r)
{
	r->stopping = true;
	if (r->charon)
		charon_stop(r->charon);
}

bool
router_stopped(struct router *r)
{
	bool all;

	/* charon says goodbye to its peers first; for that it needs the routes */
	if (r->charon && !charon_stopped(r->charon))
		return false;
	all = routing_stopped(r, r->stopping);
	all &= snmp_stopped(r->snmp, r->stopping);
	r->stopping = false;
	return all;
}

void
router_free(struct router *r)
{
	ssh_server_free(r->ssh);
	r->ssh = NULL;
	listen_destroy(r->listener);
	aaa_free(r->aaa);
	privileges_free(r->privileges);
	counters_free(r->cleared);
	free(r->line_uses);
	if (r->vici)
		vici_destroy(r->vici);
	if (r->charon)
		charon_destroy(r->charon);
	snmp_destroy(r->snmp);
	routing_free(r);
	gre_destroy(r->gre);
	nftables_destroy(r->nft);
	netlink_destroy(r->netlink);
	messages_free(r->messages);
	engine_free(r->engine);
	config_log_free(r->config_log);
	load_destroy(r->load);
	if (r->archive_minutes)
		ev_timer_stop(r->loop, &r->archive);
	logging_store(r->log, NULL);
	store_free(r->store);
	matcher_free(&r->matcher);
	debug_free(r->debug);
	logging_free(r->log);
}
