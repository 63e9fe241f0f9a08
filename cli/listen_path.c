/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Makes the daemon's socket in the file system. A crashed daemon leaves its
 * socket behind, and two daemons may start at once: a lock file beside the
 * socket decides who may remove and bind it. The lock file stays.
 */
#define _GNU_SOURCE
#include "cli/listen_path.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/xalloc.h"

/* Removes a socket nobody listens on. The lock keeps other daemons from doing the same. */
static int
remove_stale(const char *path, const struct sockaddr_un *sa)
{
	struct stat st;
	int fd, r, e;

	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISSOCK(st.st_mode))
		return -EEXIST;
	if ((fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) < 0)
		return -errno;
	r = connect(fd, (const struct sockaddr *)sa, sizeof *sa);
	e = errno;
	close(fd);
	if (r == 0 || e != ECONNREFUSED)
		return -EADDRINUSE;
	return unlink(path) < 0 && errno != ENOENT ? -errno : 0;
}

int
listen_socket(const char *path, const char *lock_path, int *fd, int *lock)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	char *slash, *dir;
	mode_t old;
	int r;

	if (strlen(path) >= sizeof sa.sun_path)
		return -ENAMETOOLONG;
	strcpy(sa.sun_path, path);
	dir = xstrdup(path);
	if ((slash = strrchr(dir, '/')) && slash != dir) {
		*slash = '\0';
		mkdir(dir, 0755);	/* if it fails, so does open() */
	}
	free(dir);
	*lock = open(lock_path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*lock < 0)
		return -errno;
	if (flock(*lock, LOCK_EX | LOCK_NB) < 0)
		return errno == EWOULDBLOCK ? -EADDRINUSE : -errno;
	if ((r = remove_stale(path, &sa)) < 0)
		return r;
	if ((*fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)) < 0)
		return -errno;
	old = umask(0117);
	r = bind(*fd, (struct sockaddr *)&sa, sizeof sa) < 0 ? -errno : 0;
	umask(old);
	if (r == 0 && listen(*fd, 128) < 0)
		r = -errno;
	return r;
}
