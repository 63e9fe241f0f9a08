/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conftermd: a router in the network namespace it is started in.
 *
 * Two processes: a watcher that does nothing but start the worker again when it
 * dies, and the worker, which is the router: one thread, one event loop. A
 * worker that was killed leaves its policies in the kernel (nothing leaks) and
 * its daemons behind; the next one ends those and starts afresh. A watcher that
 * was killed is replaced by the worker.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <getopt.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "daemon/start.h"
#include "lib/xalloc.h"

static int
usage(void)
{
	fprintf(stderr,
	    "usage: conftermd [-f | --foreground] [--run-dir DIR] [--startup-config FILE]\n");
	return 2;
}

struct stopping {
	struct router *r;
	ev_timer poll;
	int ticks;
};

static void
poll_stopped(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct stopping *s = w->data;

	(void)revents;
	if (router_stopped(s->r) || ++s->ticks > 200)
		ev_break(loop, EVBREAK_ALL);
}

static void
on_terminate(struct ev_loop *loop, ev_signal *w, int revents)
{
	struct stopping *s = w->data;

	(void)revents;
	if (ev_is_active(&s->poll))
		return;
	router_stop(s->r);
	ev_timer_start(loop, &s->poll);
}

static int
touch(const char *dir, const char *name)
{
	char *path = xasprintf("%s/%s", dir, name);
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	free(path);
	if (fd < 0)
		return -errno;
	close(fd);
	return 0;
}

struct paths {
	const char *run_dir, *startup;
};

/* The watcher is gone: a new one is made, from scratch, which waits for this process. */
static void
on_orphaned(struct ev_loop *loop, ev_signal *w, int revents)
{
	const struct paths *p = w->data;
	char self[16];
	pid_t pid;

	(void)loop;
	(void)revents;
	snprintf(self, sizeof self, "%d", (int)getpid());
	pid = fork();
	if (pid != 0)
		return;
	for (int fd = 3; fd < 4096; fd++)
		close(fd);
	execl("/proc/self/exe", "conftermd", "--foreground", "--run-dir", p->run_dir, "--startup-config", p->startup,
	    "--watch", self, (char *)NULL);
	_exit(1);
}

#define RELOAD 75	/* exit status of a worker that wants to be started again */

/* The router itself, started for a reason (as show version says it); returns its exit status. */
static int
worker(const char *run_dir, const char *startup, const char *reason)
{
	static struct paths paths;
	static ev_signal orphaned;
	static struct router r;
	struct stopping s = { .r = &r };
	ev_signal term, intr;
	sigset_t none;
	int err;

	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	signal(SIGPIPE, SIG_IGN);
	umask(077);
	r.loop = ev_default_loop(0);
	r.run_dir = run_dir;
	r.startup_path = startup;
	r.restart_reason = reason;
	ev_timer_init(&s.poll, poll_stopped, 0.02, 0.05);
	s.poll.data = &s;
	ev_signal_init(&term, on_terminate, SIGTERM);
	ev_signal_init(&intr, on_terminate, SIGINT);
	term.data = intr.data = &s;
	ev_signal_start(r.loop, &term);
	ev_signal_start(r.loop, &intr);
	paths = (struct paths){ run_dir, startup };
	ev_signal_init(&orphaned, on_orphaned, SIGUSR1);
	orphaned.data = &paths;
	ev_signal_start(r.loop, &orphaned);
	err = router_start(&r);
	if (err == 0) {
		touch(run_dir, "ready");
		ev_run(r.loop, 0);
	} else
		fprintf(stderr, "conftermd: cannot start: %s\n", strerror(-err));
	router_free(&r);
	if (r.reload)
		return RELOAD;	/* the sign stays: this is no end */
	if (err == 0) {
		char *ready = xasprintf("%s/ready", run_dir);

		unlink(ready);
		free(ready);
	}
	return err ? 3 : 0;
}

/*
 * Waits for a process that is no child of this one. Returns true when a signal
 * asked to stop meanwhile (it was passed on).
 */
static bool
wait_foreign(pid_t pid, const sigset_t *set)
{
	int fd = pidfd_open(pid, 0), sig = signalfd(-1, set, SFD_CLOEXEC);
	struct pollfd p[2] = { { .fd = fd, .events = POLLIN }, { .fd = sig, .events = POLLIN } };
	bool stop = false;

	while (fd >= 0 && sig >= 0 && !(p[0].revents & POLLIN)) {
		struct signalfd_siginfo si;

		if (poll(p, 2, -1) < 0)
			continue;
		if (p[1].revents & POLLIN && read(sig, &si, sizeof si) == sizeof si && si.ssi_signo != SIGCHLD) {
			stop = true;
			kill(pid, SIGTERM);
		}
	}
	if (fd >= 0)
		close(fd);
	if (sig >= 0)
		close(sig);
	return stop;
}

/* Starts workers until one ends in good order, or is told to. worker: one that runs already, or 0. */
static int
watch(const char *run_dir, const char *startup, pid_t running)
{
	struct timespec pause = { 0, 100000000 };
	char *ready = xasprintf("%s/ready", run_dir);
	sigset_t set;
	char reason[64] = "power-on";
	bool stop = false;

	sigemptyset(&set);
	sigaddset(&set, SIGTERM);
	sigaddset(&set, SIGINT);
	sigaddset(&set, SIGCHLD);
	sigprocmask(SIG_SETMASK, &set, NULL);
	if (running && wait_foreign(running, &set))
		return 0;
	if (running)	/* how it ended is not known to one that is not its parent */
		snprintf(reason, sizeof reason, "error - the router process ended");
	/* that one removed its sign when it ended in good order */
	if (running && access(ready, F_OK) < 0)
		return 0;
	for (;;) {
		pid_t self = getpid(), pid = fork();
		int status = 0;

		if (pid < 0) {
			perror("conftermd: fork");
			return 1;
		}
		if (pid == 0) {
			prctl(PR_SET_PDEATHSIG, SIGUSR1);
			if (getppid() != self)
				_exit(1);
			exit(worker(run_dir, startup, reason));
		}
		for (;;) {
			siginfo_t si;

			if (sigwaitinfo(&set, &si) < 0)
				continue;
			if (si.si_signo != SIGCHLD) {
				stop = true;
				kill(pid, SIGTERM);
				continue;
			}
			if (waitpid(pid, &status, WNOHANG) == pid)
				break;
		}
		if (!stop && WIFEXITED(status) && WEXITSTATUS(status) == RELOAD) {
			snprintf(reason, sizeof reason, "reload");
			continue;
		}
		if (stop || WIFEXITED(status))
			return stop ? 0 : WEXITSTATUS(status);
		fprintf(stderr, "conftermd: the router process was killed by signal %d, starting it again\n",
		    WTERMSIG(status));
		snprintf(reason, sizeof reason, "error - killed by signal %d", WTERMSIG(status));
		nanosleep(&pause, NULL);
		if (pause.tv_sec < 8) {
			pause.tv_sec = pause.tv_sec ? pause.tv_sec * 2 : 1;
			pause.tv_nsec = 0;
		}
	}
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "foreground", no_argument, NULL, 'f' },
		{ "run-dir", required_argument, NULL, 'r' },
		{ "startup-config", required_argument, NULL, 's' },
		{ "version", no_argument, NULL, 'V' },
		{ "watch", required_argument, NULL, 'w' },	/* of this program only: a worker that runs */
		{ 0 },
	};
	const char *run_dir = "/run/confterm", *startup = "/etc/confterm/startup-config";
	bool foreground = false;
	pid_t running = 0;
	int o;

	/* started again as /proc/self/exe it would be called "exe" */
	prctl(PR_SET_NAME, "conftermd");
	while ((o = getopt_long(argc, argv, "fr:s:V", options, NULL)) != -1)
		switch (o) {
		case 'f':
			foreground = true;
			break;
		case 'r':
			run_dir = optarg;
			break;
		case 's':
			startup = optarg;
			break;
		case 'w':
			running = (pid_t)atoi(optarg);
			break;
		case 'V':
			printf("conftermd %s\n", CONFTERM_VERSION);
			return 0;
		default:
			return usage();
		}
	if (optind != argc || *run_dir != '/')
		return usage();
	if (geteuid() != 0) {
		fprintf(stderr, "conftermd: must be root (confterm check, render and plan need no root)\n");
		return 1;
	}
	if (*startup != '/') {
		char *cwd = getcwd(NULL, 0);

		startup = xasprintf("%s/%s", cwd ? cwd : "", startup);
		free(cwd);
	}
	if (!foreground && daemon(0, 0) < 0) {
		perror("conftermd: daemon");
		return 1;
	}
	return watch(run_dir, startup, running);
}
