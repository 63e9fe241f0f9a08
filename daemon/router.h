/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One router: everything conftermd owns, in one place. Sessions and exec
 * functions read it; only daemon/router.c makes and breaks it.
 */
#ifndef CONFTERM_DAEMON_ROUTER_H
#define CONFTERM_DAEMON_ROUTER_H

#include <ev.h>
#include <time.h>

#include "engine/engine.h"
#include "engine/tunnel.h"
#include "parser/match.h"
#include "parser/store.h"

struct router {
	struct ev_loop *loop;
	struct store *store;
	struct matcher matcher;
	struct engine *engine;
	struct tunnels *tunnels;
	struct netlink *netlink;
	struct messages *messages;
	struct nftables *nft;
	struct gre *gre;
	struct vici *vici;
	struct zapi *zapi;
	struct frr *frr;
	struct charon *charon;
	bool ike_wanted;		/* charon is to run */
	struct supervise *frr_proc[FRR_NDAEMON];
	struct listener *listener;
	struct session *sessions;
	struct login *logins;		/* every line that is taken, by SSH or a shell */
	unsigned *line_uses, nline_uses;	/* daemon/line.c: by number of the line */
	struct aaa *aaa;
	struct privileges *privileges;
	struct ssh *ssh;
	const char *run_dir;
	const char *startup_path;
	bool stopping;
	time_t started;			/* wall clock */
	uint64_t started_mono;		/* CLOCK_MONOTONIC seconds */
	time_t config_changed, config_saved;	/* wall clock, 0: not yet */
	char *config_changed_by;
	uint64_t saved_version;		/* of the store, when startup-config was written or read */
	char *rollback_text;		/* the configuration to which an unconfirmed change goes back, NULL: none */
	ev_timer rollback;
	ev_timer archive;		/* copies by the clock */
	unsigned archive_minutes;	/* of its period, 0: none */
	struct config_log *config_log;
	struct snmp *snmp;		/* the agent: daemon/snmp.h */
	struct cleared *cleared;	/* clear counters: cli/show/counters.h */
	struct load *load;		/* how busy it is: daemon/load.h */
	const char *restart_reason;	/* "reload", "power-on", "error - ...": why this process was started */
	unsigned config_sessions;	/* times that configuration mode was entered */
	bool reload;			/* start again after the stop */
	struct logging *log;
	struct debug *debug;		/* debugging that is on: daemon/debug.h */
};

/* A line that a child process printed (a supervisor's callback): to our stderr. */
void router_child_line(void *ctx, const char *text);
/* The host's name of a user, to be freed; NULL: none. */
char *router_user_name(uid_t uid);
/* The configured host name, "Router" without one. */
const char *router_hostname(struct router *r);
/* The address that the interface is configured with, host byte order, for `... source-interface` lines; 0: none. */
uint32_t configured_address(struct store *s, const char *ifname);
/*
 * startup-config on disk: written to a new file, synced and renamed over the
 * old one, which is kept as PATH~. 0 or -errno.
 */
int router_save(struct router *r);
/* Reads startup-config as text into out (lib/buf.h). 0 or -errno. */
struct buf;
int router_read_startup(struct router *r, struct buf *out);
/* The configuration was changed and committed: what the daemon itself reads from it is looked at again. */
void router_configured(struct router *r);
/* Interface records of the ports that are there and that the configuration does not name; the caller commits. */
void router_add_ports(struct router *r);
/* running-config without its head. */
void router_render(struct router *r, int level, struct buf *out);
/* The text of show running-config, with its head, for somebody at this privilege level: lines they may not type are left out. */
void router_running_config(struct router *r, bool all, int level, struct buf *out);

#endif
