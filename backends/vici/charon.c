/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How charon is started: charon.h says what it sees.
 *
 * Before each start the ports are tried: two IKE daemons in one network
 * namespace would both bind UDP 500 (charon allows address reuse) and steal
 * each other's packets, so we say what is wrong instead of joining in.
 */
#define _GNU_SOURCE
#include "backends/vici/charon.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/supervise.h"
#include "lib/log.h"
#include "lib/xalloc.h"

#ifndef CHARON_PATH
#define CHARON_PATH "/usr/lib/ipsec/charon"
#endif

#define PLUGINS "random nonce kdf openssl kernel-netlink socket-default vici updown"

struct charon {
	struct charon_cfg cfg;
	struct supervise *sup;
	const char *argv[2];
	char *run_dir;		/* absolute, no links */
	char *conf, *private_run, *vici;
	char refused[256];	/* the reason told last */
};

void
charon_conf(struct buf *b, const struct charon_cfg *cfg)
{
	buf_printf(b,
	    "# written by confterm at each start of charon\n"
	    "charon {\n"
	    "\tload = %s\n"
	    "\tthreads = %u\n"
	    "\tikesa_table_size = 4096\n"
	    "\tikesa_table_segments = 16\n"
	    /* routes, addresses and policies are the engine's business */
	    "\tinstall_routes = no\n"
	    "\tinstall_virtual_ip = no\n"
	    "\tprocess_route = no\n"
	    "\tcisco_unity = no\n"
	    "\tdelete_rekeyed = yes\n"
	    "\tdelete_rekeyed_delay = 5\n"
	    /*
	     * Of how many exchanges under one IKEv1 SA the state is kept, notifications and deletes among them. With charon's 3 an
	     * exchange that meets the peer's own cannot be decrypted any more; other peers begin many at once, besides.
	     */
	    "\tmax_ikev1_exchanges = 32\n"
	    /* which connections are aggressive is decided per connection, as in IOS */
	    "\ti_dont_care_about_security_and_use_aggressive_mode_psk = yes\n",
	    cfg->plugins ? cfg->plugins : PLUGINS, cfg->threads ? cfg->threads : 48);
	buf_printf(b,
	    "\tretransmit_timeout = %.2f\n"
	    "\tretransmit_base = %.2f\n"
	    "\tretransmit_tries = %u\n"
	    "\thalf_open_timeout = %u\n"
	    /*
	     * Hundreds of spokes call at once when the hub comes back, and charon counts what they send again meanwhile, too.
	     * Asked for a cookie, a peer of which retransmissions are on their way signs another message than the one that
	     * is verified, and is refused for good. So only an attack asks for cookies (IOS never does by itself), and many
	     * may be behind the one address of a NAT.
	     */
	    "\tcookie_threshold = 3000\n"
	    "\tcookie_threshold_ip = 0\n"
	    "\tblock_threshold = 200\n",
	    cfg->retransmit_timeout > 0 ? cfg->retransmit_timeout : 4.0,
	    /* 1.0 or less makes charon set absurd larval SA lifetimes */
	    cfg->retransmit_base > 0 ? (cfg->retransmit_base > 1.01 ? cfg->retransmit_base : 1.01) : 1.4,
	    cfg->retransmit_tries ? cfg->retransmit_tries : 5,
	    cfg->half_open_timeout ? cfg->half_open_timeout : 60);
	if (cfg->nat_keepalive)
		buf_printf(b, "\tkeep_alive = %u\n", cfg->nat_keepalive);
	buf_printf(b,
	    "\tplugins {\n"
	    "\t\tkernel-netlink {\n\t\t\txfrm_acq_expires = %u\n\t\t}\n"
	    "\t\topenssl {\n\t\t\tload_legacy = yes\n\t\t}\n"
	    "\t}\n"
	    "\tfilelog {\n"
	    "\t\tstderr {\n\t\t\tdefault = 1\n%s\t\t\tike_name = yes\n\t\t\ttime_format = %%b %%e %%T\n\t\t\ttime_add_ms = yes\n\t\t\tflush_line = yes\n\t\t}\n"
	    "\t}\n"
	    "}\n",
	    cfg->acq_expires ? cfg->acq_expires : 10,
	    cfg->log_more ? "\t\t\tike = 2\n\t\t\tcfg = 2\n\t\t\tchd = 2\n\t\t\tknl = 2\n" : "");
}

/* 0, or -errno; on failure the reason is in why. */
static int
write_conf(struct charon *c, bool fresh, char *why, size_t size)
{
	struct buf b = {0};
	int fd, rc = 0;

	/* a charon that runs has this very file as its /etc/strongswan.conf: then it is written over */
	if (fresh)
		unlink(c->conf);
	fd = open(c->conf, O_WRONLY | (fresh ? O_CREAT | O_EXCL : O_TRUNC) | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (fd < 0) {
		rc = -errno;
	} else {
		charon_conf(&b, &c->cfg);
		if (write(fd, b.d, b.n) != (ssize_t)b.n)
			rc = -EIO;
		close(fd);
	}
	buf_free(&b);
	if (rc < 0)
		snprintf(why, size, "cannot write %s: %s", c->conf, strerror(-rc));
	return rc;
}

static int
port_free(uint16_t port)
{
	struct sockaddr_in sin = {.sin_family = AF_INET, .sin_port = htons(port)};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0), rc = 0;

	if (fd < 0)
		return -errno;
	if (bind(fd, (struct sockaddr *)&sin, sizeof sin) < 0)
		rc = -errno;
	close(fd);
	return rc;
}

static void
remove_stale(const struct charon *c)
{
	static const char *const names[] = {"charon.pid", "charon.vici", "charon.dck"};

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		char *p = xasprintf("%s/%s", c->private_run, names[i]);

		unlink(p);
		free(p);
	}
}

static int
check(void *ctx, char *why, size_t size)
{
	static const uint16_t ports[] = {500, 4500};
	struct charon *c = ctx;
	int rc = 0;

	for (size_t i = 0; i < 2 && rc == 0; i++) {
		rc = port_free(ports[i]);
		if (rc == -EADDRINUSE)
			snprintf(why, size,
			    "UDP port %u is in use: another IKE daemon runs in this network namespace",
			    ports[i]);
		else if (rc < 0)
			snprintf(why, size, "UDP port %u: %s", ports[i], strerror(-rc));
	}
	if (rc == 0 && access(c->argv[0], X_OK) < 0) {
		rc = -errno;
		snprintf(why, size, "%s: %s", c->argv[0], strerror(errno));
	}
	if (rc == 0)
		rc = write_conf(c, true, why, size);
	if (rc == 0) {
		remove_stale(c);
		c->refused[0] = '\0';
		return 0;
	}
	if (strcmp(why, c->refused) != 0) {
		snprintf(c->refused, sizeof c->refused, "%s", why);
		if (c->cfg.on_refused)
			c->cfg.on_refused(c->cfg.ctx, why);
	}
	return rc;
}

/* In the child. */
static int
setup(void *ctx)
{
	struct charon *c = ctx;

	unsetenv("STRONGSWAN_CONF");
	if (unshare(CLONE_NEWNS) < 0 || mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
	    mount(c->conf, "/etc/strongswan.conf", NULL, MS_BIND, NULL) < 0 ||
	    mount(c->private_run, "/run", NULL, MS_BIND, NULL) < 0)
		return -errno;
	return 0;
}

static void
line(void *ctx, const char *text)
{
	struct charon *c = ctx;

	if (c->cfg.line)
		c->cfg.line(c->cfg.ctx, text);
}

static void
state(void *ctx, enum supervise_state st, const char *why)
{
	struct charon *c = ctx;

	if (st == SUPERVISE_RUNNING) {
		if (c->cfg.on_start)
			c->cfg.on_start(c->cfg.ctx);
	} else if ((st == SUPERVISE_WAITING || st == SUPERVISE_STOPPED) && why && !c->refused[0]) {
		if (c->cfg.on_exit)
			c->cfg.on_exit(c->cfg.ctx, why);
	}
}

struct charon *
charon_create(struct ev_loop *loop, const struct charon_cfg *cfg)
{
	struct charon *c;
	struct supervise_cfg sup;
	char *dir;

	if ((mkdir(cfg->run_dir, 0700) < 0 && errno != EEXIST) || !(dir = realpath(cfg->run_dir, NULL)))
		return NULL;
	c = xcalloc(1, sizeof *c);
	c->cfg = *cfg;
	c->run_dir = dir;
	c->conf = xasprintf("%s/strongswan.conf", dir);
	c->private_run = xasprintf("%s/charon", dir);
	c->vici = xasprintf("%s/charon.vici", c->private_run);
	if (mkdir(c->private_run, 0700) < 0 && errno != EEXIST) {
		int err = errno;

		charon_destroy(c);
		errno = err;
		return NULL;
	}
	c->argv[0] = cfg->path ? cfg->path : CHARON_PATH;
	sup = (struct supervise_cfg){
		.name = "charon",
		.argv = c->argv,
		.run_dir = c->run_dir,
		.grace = 10,
		.ctx = c,
		.check = check,
		.setup = setup,
		.line = line,
		.state = state,
	};
	c->sup = supervise_create(loop, &sup);
	return c;
}

void
charon_start(struct charon *c)
{
	supervise_start(c->sup);
}

void
charon_stop(struct charon *c)
{
	supervise_stop(c->sup);
}

void
charon_destroy(struct charon *c)
{
	if (!c)
		return;
	supervise_destroy(c->sup);
	free(c->vici);
	free(c->private_run);
	free(c->conf);
	free(c->run_dir);
	free(c);
}

pid_t
charon_pid(const struct charon *c)
{
	return supervise_pid(c->sup);
}

bool
charon_stopped(const struct charon *c)
{
	return supervise_state(c->sup) == SUPERVISE_STOPPED;
}

const char *
charon_vici_path(const struct charon *c)
{
	return c->vici;
}

static void
changed(struct charon *c)
{
	char why[256];

	if (charon_pid(c) && write_conf(c, false, why, sizeof why) < 0)
		log_msg("CRYPTO", 4, "IKE_SETTINGS", "%s", why);
}

void
charon_set_nat_keepalive(struct charon *c, unsigned seconds)
{
	c->cfg.nat_keepalive = seconds;
	changed(c);
}

void
charon_set_log_more(struct charon *c, bool more)
{
	c->cfg.log_more = more;
	changed(c);
}
