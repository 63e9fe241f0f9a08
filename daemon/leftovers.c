/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Finding again what a killed daemon left running. A pid alone may belong to
 * anybody by now; together with the start time (clock ticks since boot, field
 * 22 of /proc/PID/stat) it names one process. The pidfd is opened before the
 * start time is compared, so the signal goes to the process that was looked at.
 */
#define _GNU_SOURCE
#include "daemon/leftovers.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "daemon/supervise.h"
#include "lib/xalloc.h"

#define PREFIX "supervise-"

char *
leftover_path(const char *run_dir, const char *name)
{
	return xasprintf("%s/" PREFIX "%s", run_dir, name);
}

/* 0: no such process. */
static unsigned long long
start_time(pid_t pid)
{
	char path[40], text[1024], *p;
	unsigned long long t = 0;
	ssize_t n;
	int fd;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return 0;
	n = read(fd, text, sizeof text - 1);
	close(fd);
	if (n <= 0)
		return 0;
	text[n] = '\0';
	p = strrchr(text, ')');	/* field 2 is the name, which may hold anything */
	for (int field = 2; p && field < 22; field++)
		p = strchr(p + 1, ' ');
	if (p)
		t = strtoull(p + 1, NULL, 10);
	return t;
}

int
leftover_write(const char *path)
{
	char tmp[512], text[64];
	int fd, n, rc = 0;

	if ((size_t)snprintf(tmp, sizeof tmp, "%s.new", path) >= sizeof tmp)
		return -ENAMETOOLONG;
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return -errno;
	n = snprintf(text, sizeof text, "%d %llu\n", (int)getpid(), start_time(getpid()));
	if (write(fd, text, (size_t)n) != n)
		rc = -EIO;
	close(fd);
	if (rc == 0 && rename(tmp, path) < 0)
		rc = -errno;
	return rc;
}

/* Waits until the process is gone. */
static bool
gone(int pidfd, double seconds)
{
	struct pollfd p = {.fd = pidfd, .events = POLLIN};
	int n;

	do
		n = poll(&p, 1, (int)(seconds * 1000));
	while (n < 0 && errno == EINTR);
	return n > 0;
}

/* 1: there was one and it is gone, 0: none, -errno. */
static int
end_recorded(const char *path, double grace)
{
	unsigned long long then = 0;
	FILE *f = fopen(path, "re");
	int pid = 0, pidfd, n, rc = 1;

	if (!f)
		return 0;
	n = fscanf(f, "%d %llu", &pid, &then);
	fclose(f);
	if (n != 2 || pid <= 1 || then == 0)
		return 0;
	pidfd = pidfd_open(pid, 0);
	if (pidfd < 0)
		return errno == ESRCH ? 0 : -errno;
	if (start_time(pid) != then) {
		rc = 0;
	} else {
		pidfd_send_signal(pidfd, SIGTERM, NULL, 0);
		if (!gone(pidfd, grace)) {
			pidfd_send_signal(pidfd, SIGKILL, NULL, 0);
			if (!gone(pidfd, 5))
				rc = -EBUSY;
		}
		waitpid(pid, NULL, WNOHANG);	/* when it is our own child, as in tests */
	}
	close(pidfd);
	return rc;
}

int
supervise_reap_leftovers(const char *run_dir, double grace)
{
	DIR *d = opendir(run_dir);
	struct dirent *e;
	int found = 0, bad = 0;

	if (!d)
		return errno == ENOENT ? 0 : -errno;
	while ((e = readdir(d))) {
		char *path;
		int rc;

		if (strncmp(e->d_name, PREFIX, strlen(PREFIX)) != 0)
			continue;
		path = leftover_path(run_dir, e->d_name + strlen(PREFIX));
		rc = end_recorded(path, grace);
		if (rc < 0)
			bad = rc;
		else
			unlink(path);
		found += rc > 0;
		free(path);
	}
	closedir(d);
	return bad ? bad : found;
}
