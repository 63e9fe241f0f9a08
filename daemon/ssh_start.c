/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The processes of an SSH connection. Both are the program confterm-sshd, which
 * gives up its rights first; the second becomes the shell `confterm`, which it
 * gets as an open file, so that it need not be able to reach it. Nothing that
 * somebody typed is on a command line: a command goes through a memfd.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <termios.h>
#include <unistd.h>

#include "daemon/ssh_int.h"
#include "lib/xalloc.h"

/* A program of ours: beside the daemon's own file (a build folder), else where it was installed. */
static char *
program(const char *name, const char *installed)
{
	char self[4096], *slash, *path;
	ssize_t n = readlink("/proc/self/exe", self, sizeof self - 1);

	self[n > 0 ? n : 0] = '\0';
	slash = strrchr(self, '/');
	if (slash) {
		path = xasprintf("%.*s/%s", (int)(slash - self), self, name);
		if (access(path, X_OK) == 0)
			return path;
		free(path);
	}
	return xasprintf("%s/%s", installed, name);
}

/* Descriptors above all that the child gets, so that none is overwritten before it is moved. */
static int
high(int fd)
{
	int h = fcntl(fd, F_DUPFD_CLOEXEC, 16);

	close(fd);
	return h;
}

/* Starts confterm-sshd with fds[i] as descriptor i (-1: /dev/null, nothing above 2). Closes nothing. */
static pid_t
start(char *const argv[], char *const env[], const int *fds, int n)
{
	char *path = program("confterm-sshd", LIBEXEC_DIR);
	posix_spawn_file_actions_t fa;
	posix_spawnattr_t attr;
	sigset_t none, all;
	pid_t pid;
	int err;

	sigemptyset(&none);
	sigfillset(&all);
	posix_spawn_file_actions_init(&fa);
	posix_spawnattr_init(&attr);
	posix_spawnattr_setflags(&attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSID);
	posix_spawnattr_setsigmask(&attr, &none);
	posix_spawnattr_setsigdefault(&attr, &all);
	for (int i = 0; i < n; i++)
		if (fds[i] >= 0)
			posix_spawn_file_actions_adddup2(&fa, fds[i], i);
		else if (i < 2)
			posix_spawn_file_actions_addopen(&fa, i, "/dev/null", O_RDWR, 0);
	posix_spawn_file_actions_addclosefrom_np(&fa, n);
	err = posix_spawn(&pid, path, &fa, &attr, argv, env);
	posix_spawn_file_actions_destroy(&fa);
	posix_spawnattr_destroy(&attr);
	free(path);
	return err ? -err : pid;
}

pid_t
ssh_start_connection(int net, int *sock)
{
	static char name[] = "confterm-sshd", how[] = "connection";
	char *const argv[] = { name, how, NULL }, *const env[] = { NULL };
	int pair[2], fds[5] = { -1, -1, 2 };
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	fds[3] = high(dup(net));
	fds[4] = high(pair[1]);
	pid = fds[3] < 0 || fds[4] < 0 ? -EMFILE : start(argv, env, fds, 5);
	close(fds[3]);
	close(fds[4]);
	if (pid < 0) {
		close(pair[0]);
		return pid;
	}
	*sock = pair[0];
	return pid;
}

/* What a peer says of its terminal reaches libedit: only a plain name does. */
static const char *
plain_term(const char *term)
{
	size_t n = strlen(term);

	return n > 0 && n < 40 && strspn(term, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-+") == n ? term : "dumb";
}

/* The two ends of a terminal, or of a socketpair; *master does not block. */
static int
open_terminal(const struct ssh_terminal *t, int *master, int *slave)
{
	struct winsize w = { .ws_col = (unsigned short)t->cols, .ws_row = (unsigned short)t->rows };
	struct termios modes;
	int pair[2];

	if (t->tty) {
		*master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
		*slave = -1;
		if (*master < 0 || grantpt(*master) < 0 || unlockpt(*master) < 0 ||
		    (*slave = ioctl(*master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC)) < 0) {
			int err = -errno;

			close(*master);
			return err;
		}
		ioctl(*master, TIOCSWINSZ, &w);
		/* what is typed before the client runs is neither echoed nor cut into lines here */
		if (tcgetattr(*slave, &modes) == 0) {
			cfmakeraw(&modes);
			modes.c_oflag |= OPOST | ONLCR;
			tcsetattr(*slave, TCSANOW, &modes);
		}
	} else {
		if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
			return -errno;
		*master = pair[0];
		*slave = pair[1];
	}
	fcntl(*master, F_SETFL, O_NONBLOCK);
	return 0;
}

static int
command_file(const char *command)
{
	int fd = memfd_create("command", MFD_CLOEXEC);
	size_t n = strlen(command);

	if (fd >= 0 && (write(fd, command, n) != (ssize_t)n || lseek(fd, 0, SEEK_SET) < 0)) {
		close(fd);
		return -1;
	}
	return fd;
}

pid_t
ssh_start_client(int session, const struct ssh_terminal *t, int *stream)
{
	static char name[] = "confterm-sshd", how[] = "client", no[] = "0", yes[] = "1", self[] = "confterm", optf[] = "-F",
	    three[] = "3", optc[] = "-C", five[] = "5";
	char *const argv[] = { name, how, t->tty ? yes : no, self, optf, three, t->command ? optc : NULL, five, NULL };
	char *term = xasprintf("TERM=%s", plain_term(t->term)), *const env[] = { term, NULL };
	char *path = program("confterm", BIN_DIR);
	int fds[6] = { -1, -1, -1, -1, -1, -1 }, n = t->command ? 6 : 5, slave = -1, err;
	pid_t pid;

	err = open_terminal(t, stream, &slave);
	if (!err) {
		fds[0] = fds[1] = fds[2] = high(slave);
		fds[3] = high(session);
		fds[4] = high(open(path, O_RDONLY | O_CLOEXEC));
		if (t->command)
			fds[5] = high(command_file(t->command));
		for (int i = 0; i < n; i++)
			err = fds[i] < 0 ? -EIO : err;
		pid = err ? err : start(argv, env, fds, n);
		if (pid < 0)
			close(*stream);
		for (int i = 2; i < n; i++)
			if (fds[i] >= 0)
				close(fds[i]);
	} else {
		close(session);
		pid = err;
	}
	free(term);
	free(path);
	return pid;
}
