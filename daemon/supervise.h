/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A supervised child process: started, its output read line by line, started
 * again with growing delay when it dies, ended in good order; and found again
 * by the next daemon when this one was killed.
 *
 * The loop must be libev's default loop (SIGCHLD is reaped there). All
 * callbacks run from the loop, except in supervise_destroy(), which makes none.
 */
#ifndef CONFTERM_DAEMON_SUPERVISE_H
#define CONFTERM_DAEMON_SUPERVISE_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>
#include <ev.h>

enum supervise_state {
	SUPERVISE_STOPPED,	/* not running and not going to be started */
	SUPERVISE_RUNNING,
	SUPERVISE_WAITING,	/* died, or check() refused: started again after a delay */
	SUPERVISE_STOPPING,
};

struct supervise_cfg {
	const char *name;		/* short, [a-z0-9-]: used in messages and the record's file name */
	const char *const *argv;	/* argv[0] is the path; NULL-terminated */
	const char *run_dir;		/* absolute; holds the record of the process. NULL: no record */
	double grace;			/* seconds from SIGTERM to SIGKILL; 0: 5 s */
	void *ctx;
	/* In the daemon before each start; negative: not now, with the reason in why. May be NULL. */
	int (*check)(void *ctx, char *why, size_t size);
	/* In the child between fork and exec (mounts, namespaces); negative errno fails the start. May be NULL. */
	int (*setup)(void *ctx);
	/* One line of its stdout or stderr without newline; control characters are '?', what exceeds 1024 octets is cut off. May be NULL. */
	void (*line)(void *ctx, const char *text);
	/*
	 * Every change of state. why: in words for WAITING, and for STOPPED when
	 * the process ended ("exited with status 1", "killed by signal 9"),
	 * else NULL. May be NULL.
	 */
	void (*state)(void *ctx, enum supervise_state s, const char *why);
};

struct supervise;

/* cfg is copied; what it points to must live as long as the supervisor. */
struct supervise *supervise_create(struct ev_loop *loop, const struct supervise_cfg *cfg);
/* The first attempt is made from the loop. */
void supervise_start(struct supervise *s);
void supervise_stop(struct supervise *s);
/* Kills what still runs, at once, and waits for it. */
void supervise_destroy(struct supervise *s);
pid_t supervise_pid(const struct supervise *s);		/* 0: not running */
enum supervise_state supervise_state(const struct supervise *s);
/* Sends a signal to the process; false when there is none. */
bool supervise_signal(struct supervise *s, int sig);
/* Every process that runs under a supervisor of this program. */
void supervise_each(void (*cb)(void *ctx, const char *name, pid_t pid), void *ctx);

/*
 * Ends the processes that a previous daemon with the same run_dir started and
 * left behind: exactly those, recognised by pid and start time. SIGTERM, and
 * SIGKILL after grace seconds; blocks until they are gone. For the start of
 * the daemon, before anything is supervised. Returns how many were found, or
 * -errno when one would not go.
 */
int supervise_reap_leftovers(const char *run_dir, double grace);

#endif
