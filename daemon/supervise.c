/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Child processes under supervision: see supervise.h.
 *
 * The record (RUN_DIR/supervise-NAME, "PID STARTTIME") is written by the child
 * itself before anything else, so that there is no moment at which a process
 * exists that a later daemon could not find. Signals go through a pidfd: a
 * number that was given to somebody else meanwhile is never hit.
 */
#define _GNU_SOURCE
#include "daemon/supervise.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/close_range.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/leftovers.h"
#include "lib/buf.h"
#include "lib/xalloc.h"

#define DELAY_MIN 0.1
#define DELAY_MAX 5.0
#define LONG_ENOUGH 10.0	/* seconds alive after which the delay starts small again */
#define MAX_LINE 1024

struct supervise {
	struct supervise *next;	/* of all */
	struct ev_loop *loop;
	struct supervise_cfg cfg;
	enum supervise_state st;
	pid_t pid;
	int pidfd, pipe;	/* -1: none */
	struct ev_child child;
	struct ev_io out;
	struct ev_timer timer;	/* WAITING: next start; STOPPING: SIGKILL */
	struct buf line;
	double delay, since;
	bool again;		/* start() was called while stopping */
	char *record;
};

static struct supervise *all;

static void
enter(struct supervise *s, enum supervise_state st, const char *why)
{
	s->st = st;
	if (s->cfg.state)
		s->cfg.state(s->cfg.ctx, st, why);
}

static void
set_timer(struct supervise *s, double after)
{
	ev_timer_stop(s->loop, &s->timer);
	ev_timer_set(&s->timer, after, 0.);
	ev_timer_start(s->loop, &s->timer);
}

static void
send_signal(struct supervise *s, int sig)
{
	if (s->pidfd < 0 || pidfd_send_signal(s->pidfd, sig, NULL, 0) < 0)
		if (s->pid > 0 && s->pidfd < 0)
			kill(s->pid, sig);
}

static void
flush_line(struct supervise *s)
{
	if (s->line.n && s->cfg.line)
		s->cfg.line(s->cfg.ctx, buf_str(&s->line));
	buf_clear(&s->line);
}

/* Reads what is there; false at the end of the pipe. */
static bool
read_output(struct supervise *s)
{
	char tmp[4096];
	ssize_t n;

	for (int turns = 0; turns < 16; turns++) {	/* a flood must not keep the loop from its other work */
		n = read(s->pipe, tmp, sizeof tmp);
		if (n < 0)
			return errno == EAGAIN || errno == EINTR;
		if (n == 0)
			return false;
		for (ssize_t i = 0; i < n; i++) {
			unsigned char c = (unsigned char)tmp[i];

			/* (the rest of one that is too long is dropped: it must not pass for a line) */
			if (c == '\n')
				flush_line(s);
			else if (s->line.n < MAX_LINE)
				buf_putc(&s->line, (c < 0x20 && c != '\t') || c == 0x7f ? '?' : (char)c);
		}
	}
	return true;
}

static void
close_output(struct supervise *s)
{
	if (s->pipe < 0)
		return;
	ev_io_stop(s->loop, &s->out);
	close(s->pipe);
	s->pipe = -1;
	flush_line(s);
}

static void
out_cb(struct ev_loop *loop, struct ev_io *w, int revents)
{
	struct supervise *s = w->data;

	if (!read_output(s))
		close_output(s);
}

/* In the child. Never returns. */
static void
run_child(struct supervise *s, int out, pid_t parent)
{
	struct sigaction sa = {.sa_handler = SIG_DFL};
	sigset_t none;
	int null, err;

	setsid();	/* a ^C on the daemon's terminal is the daemon's to handle */
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != parent)
		_exit(127);
	if (s->record && (err = leftover_write(s->record)) < 0)
		dprintf(out, "%s: cannot write %s: %s\n", s->cfg.name, s->record, strerror(-err));
	null = open("/dev/null", O_RDONLY);
	dup2(null, 0);
	dup2(out, 1);
	dup2(out, 2);
	close_range(3, ~0U, CLOSE_RANGE_CLOEXEC);	/* setup() may still need them */
	for (int sig = 1; sig < NSIG; sig++)
		sigaction(sig, &sa, NULL);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	if (s->cfg.setup && (err = s->cfg.setup(s->cfg.ctx)) < 0) {
		dprintf(2, "%s: cannot be set up: %s\n", s->cfg.name, strerror(-err));
		_exit(126);
	}
	execv(s->cfg.argv[0], (char *const *)s->cfg.argv);
	dprintf(2, "%s: cannot run %s: %s\n", s->cfg.name, s->cfg.argv[0], strerror(errno));
	_exit(127);
}

static void
wait_and_retry(struct supervise *s, const char *why)
{
	set_timer(s, s->delay);
	s->delay = s->delay * 2 < DELAY_MAX ? s->delay * 2 : DELAY_MAX;
	enter(s, SUPERVISE_WAITING, why);
}

static void
try_start(struct supervise *s)
{
	char why[256] = "";
	int fds[2];
	pid_t parent = getpid(), pid;
	sigset_t every, old;

	if (s->cfg.check && s->cfg.check(s->cfg.ctx, why, sizeof why) < 0) {
		wait_and_retry(s, why);
		return;
	}
	if (pipe2(fds, O_CLOEXEC) < 0) {
		wait_and_retry(s, strerror(errno));
		return;
	}
	/* The child must not run our signal handlers: run_child() opens the mask again. */
	sigfillset(&every);
	sigprocmask(SIG_SETMASK, &every, &old);
	pid = fork();
	if (pid == 0)
		run_child(s, fds[1], parent);
	sigprocmask(SIG_SETMASK, &old, NULL);
	close(fds[1]);
	if (pid < 0) {
		close(fds[0]);
		wait_and_retry(s, strerror(errno));
		return;
	}
	fcntl(fds[0], F_SETFL, O_NONBLOCK);
	fcntl(fds[0], F_SETPIPE_SZ, 1 << 20);	/* a daemon that logs does not wait for us, who may wait for its answer */
	s->pid = pid;
	s->pidfd = pidfd_open(pid, 0);
	s->pipe = fds[0];
	s->since = ev_now(s->loop);
	ev_io_set(&s->out, s->pipe, EV_READ);
	ev_io_start(s->loop, &s->out);
	ev_child_set(&s->child, pid, 0);
	ev_child_start(s->loop, &s->child);
	enter(s, SUPERVISE_RUNNING, NULL);
}

/* Everything that goes with the process that has just been reaped. */
static void
forget_process(struct supervise *s)
{
	ev_child_stop(s->loop, &s->child);
	if (s->pidfd >= 0)
		close(s->pidfd);
	s->pidfd = -1;
	s->pid = 0;
	if (s->record)
		unlink(s->record);
}

static void
child_cb(struct ev_loop *loop, struct ev_child *w, int revents)
{
	struct supervise *s = w->data;
	char why[64];
	int status = w->rstatus;

	forget_process(s);
	if (s->pipe >= 0)
		read_output(s);
	close_output(s);
	if (WIFSIGNALED(status))
		snprintf(why, sizeof why, "killed by signal %d", WTERMSIG(status));
	else
		snprintf(why, sizeof why, "exited with status %d", WEXITSTATUS(status));
	if (s->st == SUPERVISE_STOPPING) {
		ev_timer_stop(s->loop, &s->timer);
		enter(s, SUPERVISE_STOPPED, why);
		if (s->again)
			supervise_start(s);
		return;
	}
	if (ev_now(loop) - s->since >= LONG_ENOUGH)
		s->delay = DELAY_MIN;
	wait_and_retry(s, why);
}

static void
timer_cb(struct ev_loop *loop, struct ev_timer *w, int revents)
{
	struct supervise *s = w->data;

	if (s->st == SUPERVISE_STOPPING)
		send_signal(s, SIGKILL);
	else
		try_start(s);
}

struct supervise *
supervise_create(struct ev_loop *loop, const struct supervise_cfg *cfg)
{
	struct supervise *s = xcalloc(1, sizeof *s);

	s->loop = loop;
	s->cfg = *cfg;
	if (s->cfg.grace <= 0)
		s->cfg.grace = 5;
	s->pidfd = s->pipe = -1;
	s->delay = DELAY_MIN;
	if (cfg->run_dir)
		s->record = leftover_path(cfg->run_dir, cfg->name);
	ev_child_init(&s->child, child_cb, 0, 0);
	ev_io_init(&s->out, out_cb, -1, EV_READ);
	ev_timer_init(&s->timer, timer_cb, 0., 0.);
	s->child.data = s->out.data = s->timer.data = s;
	s->next = all;
	all = s;
	return s;
}

void
supervise_start(struct supervise *s)
{
	if (s->st == SUPERVISE_STOPPING)
		s->again = true;
	if (s->st != SUPERVISE_STOPPED)
		return;
	s->again = false;
	s->delay = DELAY_MIN;
	s->st = SUPERVISE_WAITING;
	set_timer(s, 0.);
}

void
supervise_stop(struct supervise *s)
{
	s->again = false;
	if (s->st == SUPERVISE_WAITING) {
		ev_timer_stop(s->loop, &s->timer);
		enter(s, SUPERVISE_STOPPED, NULL);
	} else if (s->st == SUPERVISE_RUNNING) {
		send_signal(s, SIGTERM);
		set_timer(s, s->cfg.grace);
		enter(s, SUPERVISE_STOPPING, NULL);
	}
}

void
supervise_destroy(struct supervise *s)
{
	if (!s)
		return;
	for (struct supervise **pp = &all; *pp; pp = &(*pp)->next)
		if (*pp == s) {
			*pp = s->next;
			break;
		}
	s->cfg.line = NULL;
	ev_timer_stop(s->loop, &s->timer);
	if (s->pid > 0) {
		pid_t pid = s->pid;

		send_signal(s, SIGKILL);
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
		forget_process(s);
	}
	close_output(s);
	buf_free(&s->line);
	free(s->record);
	free(s);
}

pid_t
supervise_pid(const struct supervise *s)
{
	return s->pid;
}

enum supervise_state
supervise_state(const struct supervise *s)
{
	return s->st;
}

bool
supervise_signal(struct supervise *s, int sig)
{
	if (s->pid <= 0)
		return false;
	send_signal(s, sig);
	return true;
}

void
supervise_each(void (*cb)(void *, const char *, pid_t), void *ctx)
{
	for (const struct supervise *s = all; s; s = s->next)
		if (s->pid > 0)
			cb(ctx, s->cfg.name, s->pid);
}
