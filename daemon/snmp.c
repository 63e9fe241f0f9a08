/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Runs snmpd: see snmp.h. A change of communities, views, texts or hosts is
 * read again on SIGHUP. Objects with fixed texts (the names of interfaces),
 * users and monitors cannot be taken back by snmpd; for them it is started
 * again, which its managers see as a cold start.
 */
#define _GNU_SOURCE
#include "daemon/snmp.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <signal.h>
#include <stdlib.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "daemon/router.h"
#include "daemon/supervise.h"
#include "lib/log.h"
#include "lib/xalloc.h"

#ifndef SNMPD_PATH
#define SNMPD_PATH "/usr/sbin/snmpd"
#endif
#define AGENT_USER "Debian-snmp"
#define SETTLE 0.2		/* seconds: a paste is one change */

struct snmp {
	struct router *r;
	struct supervise *sup;
	ev_timer settle;
	struct snmp_conf conf;		/* what it runs with */
	bool over;			/* the router stops: interfaces that go are no reason to start it again */
	struct snmp_secrets own;
	char *dir, *file, *state;
	const char *argv[16];
	uid_t uid;
	gid_t gid;
};

/* --- its files --- */

static int
write_conf(struct snmp *s, bool names)
{
	char *tmp = xasprintf("%s.new", s->file);
	struct buf b = {0};
	int fd, err = 0;

	buf_put(&b, buf_str(&s->conf.rest), s->conf.rest.n);
	buf_put(&b, buf_str(&s->conf.start), s->conf.start.n);
	if (names)
		buf_put(&b, buf_str(&s->conf.names), s->conf.names.n);
	unlink(tmp);
	fd = open(tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (fd < 0 || write(fd, b.d, b.n) != (ssize_t)b.n || fchown(fd, s->uid, s->gid) < 0)
		err = errno ? -errno : -EIO;
	if (fd >= 0)
		close(fd);
	if (!err && rename(tmp, s->file) < 0)
		err = -errno;
	if (err)
		unlink(tmp);
	buf_wipe(&b);
	free(tmp);
	return err;
}

/* Takes a folder away with the files and (empty) folders in it: all that snmpd makes. */
static void
remove_folder(const char *path)
{
	DIR *d = opendir(path);
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			if (unlinkat(dirfd(d), e->d_name, 0) < 0)
				unlinkat(dirfd(d), e->d_name, AT_REMOVEDIR);
	if (d)
		closedir(d);
	rmdir(path);
}

/*
 * What it remembers between two starts is who it is (managers know an engine
 * and the number of its starts), and not the keys of users that may have gone.
 */
static void
keep_engine(struct snmp *s)
{
	char *path = xasprintf("%s/snmpd.conf", s->state), line[4096];
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
	FILE *f = fd < 0 ? NULL : fdopen(fd, "r");
	struct buf b = {0};

	if (f) {
		while (fgets(line, sizeof line, f))
			if (strncmp(line, "engineBoots ", 12) == 0 || strncmp(line, "oldEngineID ", 12) == 0)
				buf_puts(&b, line);
		fclose(f);
		explicit_bzero(line, sizeof line);
		unlink(path);
		fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0600);
		if (fd < 0 || write(fd, b.d, b.n) != (ssize_t)b.n || fchown(fd, s->uid, s->gid) < 0)
			unlink(path);	/* then it is a new engine */
		if (fd >= 0)
			close(fd);
	}
	buf_free(&b);
	free(path);
}

static void
forget(struct snmp *s)
{
	unlink(s->file);
	remove_folder(s->state);
	rmdir(s->dir);
}

/* Its folder is ours; only the one for what it keeps itself belongs to it. */
static int
prepare(struct snmp *s)
{
	if ((mkdir(s->dir, 0711) < 0 && errno != EEXIST) || chmod(s->dir, 0711) < 0)
		return -errno;
	if ((mkdir(s->state, 0700) < 0 && errno != EEXIST) || (geteuid() == 0 && chown(s->state, s->uid, s->gid) < 0))
		return -errno;
	keep_engine(s);
	return write_conf(s, true);
}

/* --- the process --- */

static int
check(void *ctx, char *why, size_t size)
{
	struct snmp *s = ctx;
	int err;

	if (access(SNMPD_PATH, X_OK) < 0) {
		snprintf(why, size, SNMPD_PATH " is not there (package snmpd)");
		return -ENOENT;
	}
	err = prepare(s);
	if (err)
		snprintf(why, size, "cannot write %s: %s", s->file, strerror(-err));
	return err;
}

static int
setup(void *ctx)
{
	struct snmp *s = ctx;

	/* nothing of the host's: neither its configuration nor its state, and no MIB files, for everything is numbers */
	return setenv("SNMP_PERSISTENT_DIR", s->state, 1) < 0 || setenv("SNMPCONFPATH", s->state, 1) < 0 ||
	    setenv("MIBS", "", 1) < 0 || chdir("/") < 0 || prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0 ? -errno : 0;
}

static void
line(void *ctx, const char *text)
{
	(void)ctx;
	/* its own table, which it registers twice on SIGHUP */
	if (!strstr(text, "duplicate registration: MIB modules ipAddressTable"))
		router_child_line(NULL, text);
}

static void
state(void *ctx, enum supervise_state st, const char *why)
{
	struct snmp *s = ctx;

	if (st == SUPERVISE_STOPPED && !s->conf.wanted)
		forget(s);
	if (st == SUPERVISE_WAITING)
		log_msg("CONFTERM", 3, "DAEMON", "snmpd: %s", why ? why : "ended");
}

/* --- changes --- */

static bool
same(const struct buf *a, const struct buf *b)
{
	return a->n == b->n && (a->n == 0 || memcmp(a->d, b->d, a->n) == 0);
}

static void
apply(struct snmp *s)
{
	struct snmp_conf now;
	bool again, reread;

	snmp_conf_make(&now, s->r, &s->own);
	again = !same(&now.start, &s->conf.start) || !same(&now.names, &s->conf.names);
	reread = !same(&now.rest, &s->conf.rest);
	snmp_conf_free(&s->conf);
	s->conf = now;
	if (!s->conf.wanted) {
		supervise_stop(s->sup);
		if (supervise_state(s->sup) == SUPERVISE_STOPPED)
			forget(s);	/* what a killed router may have left */
		return;
	}
	if (supervise_state(s->sup) == SUPERVISE_RUNNING) {
		if (again) {
			supervise_stop(s->sup);
			supervise_start(s->sup);
		} else if (reread) {
			int err = write_conf(s, false);

			if (err)
				log_msg("CONFTERM", 3, "DAEMON", "snmpd: cannot write %s: %s", s->file, strerror(-err));
			else
				supervise_signal(s->sup, SIGHUP);
		}
	} else
		supervise_start(s->sup);
}

static void
on_settled(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)loop;
	(void)events;
	apply(w->data);
}

void
snmp_changed(struct snmp *s)
{
	if (s && !s->over && !ev_is_active(&s->settle)) {
		ev_timer_set(&s->settle, SETTLE, 0.);
		ev_timer_start(s->r->loop, &s->settle);
	}
}

/* --- start and stop --- */

static void
random_text(char out[33])
{
	uint8_t raw[16];

	if (getrandom(raw, sizeof raw, 0) != sizeof raw)
		abort();
	for (size_t i = 0; i < sizeof raw; i++)
		snprintf(out + 2 * i, 3, "%02x", raw[i]);
	explicit_bzero(raw, sizeof raw);
}

struct snmp *
snmp_create(struct router *r)
{
	struct snmp *s = xcalloc(1, sizeof *s);
	const struct passwd *pw = getpwnam(AGENT_USER);
	struct supervise_cfg sc = { .name = "snmpd", .run_dir = r->run_dir, .ctx = s, .check = check, .setup = setup, .line = line,
		.state = state };
	int n = 0;

	s->r = r;
	s->uid = pw ? pw->pw_uid : geteuid();
	s->gid = pw ? pw->pw_gid : getegid();
	random_text(s->own.counters);
	random_text(s->own.monitor);
	s->dir = xasprintf("%s/snmp", r->run_dir);
	s->file = xasprintf("%s/snmpd.conf", s->dir);
	s->state = xasprintf("%s/state", s->dir);
	s->argv[n++] = SNMPD_PATH;
	s->argv[n++] = "-f";
	s->argv[n++] = "-LO";
	s->argv[n++] = "w";
	s->argv[n++] = "-C";
	s->argv[n++] = "-c";
	s->argv[n++] = s->file;
	/* what could run programs, and what would need root */
	s->argv[n++] = "-I";
	s->argv[n++] = "-smux,extend,extend_mib,pass,pass_persist,dlmod,exec,proc,procfix";
	if (pw) {
		s->argv[n++] = "-u";
		s->argv[n++] = AGENT_USER;
		s->argv[n++] = "-g";
		s->argv[n++] = AGENT_USER;
	}
	sc.argv = s->argv;
	ev_timer_init(&s->settle, on_settled, SETTLE, 0.);
	s->settle.data = s;
	s->sup = supervise_create(r->loop, &sc);
	snmp_changed(s);
	return s;
}

bool
snmp_running(const struct snmp *s)
{
	return s && supervise_pid(s->sup) > 0;
}

bool
snmp_wanted(const struct snmp *s)
{
	return s && s->conf.wanted;
}

const struct snmp_secrets *
snmp_secrets(const struct snmp *s)
{
	return &s->own;
}

bool
snmp_stopped(struct snmp *s, bool ask)
{
	if (!s)
		return true;
	if (ask) {
		s->over = true;
		ev_timer_stop(s->r->loop, &s->settle);
		supervise_stop(s->sup);
	}
	return supervise_state(s->sup) == SUPERVISE_STOPPED;
}

void
snmp_destroy(struct snmp *s)
{
	if (!s)
		return;
	ev_timer_stop(s->r->loop, &s->settle);
	supervise_destroy(s->sup);
	forget(s);
	snmp_conf_free(&s->conf);
	explicit_bzero(&s->own, sizeof s->own);
	free(s->dir);
	free(s->file);
	free(s->state);
	free(s);
}
