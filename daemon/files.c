/* SPDX-License-Identifier: BSD-2-Clause */
/* flash: and nvram: as files of the host; see files.h. */
#define _GNU_SOURCE
#include "daemon/files.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "gen/grammar.h"
#include "lib/xalloc.h"

#define FILE_MAX (64u << 20)

static char *
flash(const struct router *r)
{
	const char *slash = strrchr(r->startup_path, '/');

	return xasprintf("%.*sflash", slash ? (int)(slash - r->startup_path) + 1 : 0, r->startup_path);
}

static bool
good_name(const char *s)
{
	if (!*s || *s == '.' || strlen(s) > 120)
		return false;
	for (; *s; s++)
		if (!isalnum((unsigned char)*s) && !strchr("._-", *s))
			return false;
	return true;
}

char *
file_path(const struct router *r, const char *url)
{
	static const char *const disks[] = { "flash:", "flash0:", "disk0:", "bootflash:" };
	char *dir, *path;

	if (strcasecmp(url, "nvram:startup-config") == 0)
		return xstrdup(r->startup_path);
	for (size_t i = 0; i < sizeof disks / sizeof disks[0]; i++)
		if (strncasecmp(url, disks[i], strlen(disks[i])) == 0) {
			url += strlen(disks[i]);
			url += *url == '/';
			break;
		}
	if (!good_name(url))
		return NULL;
	dir = flash(r);
	path = xasprintf("%s/%s", dir, url);
	free(dir);
	return path;
}

int
file_read(const char *path, struct buf *out)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), err = 0;
	char chunk[65536];
	ssize_t n;

	if (fd < 0)
		return -errno;
	while ((n = read(fd, chunk, sizeof chunk)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err = -errno;
			break;
		}
		buf_put(out, chunk, (size_t)n);
		if (out->n > FILE_MAX) {
			err = -EFBIG;
			break;
		}
	}
	close(fd);
	explicit_bzero(chunk, sizeof chunk);
	return err;
}

static int
write_all(int fd, const char *p, size_t n)
{
	while (n) {
		ssize_t k = write(fd, p, n);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0)
			return -errno;
		p += k;
		n -= (size_t)k;
	}
	return 0;
}

static char *
folder_of(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash && slash > path ? xstrndup(path, (size_t)(slash - path)) : xstrdup(slash ? "/" : ".");
}

static int
sync_folder(const char *path)
{
	char *dir = folder_of(path);
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), err = 0;

	if (fd < 0 || fsync(fd) < 0)
		err = -errno;
	if (fd >= 0)
		close(fd);
	free(dir);
	return err;
}

int
file_write(const char *path, const char *data, size_t n, bool keep)
{
	char *tmp = xasprintf("%s.new", path), *old = xasprintf("%s~", path), *dir = folder_of(path);
	const char *leaf = strrchr(dir, '/');
	int fd, err;

	if (leaf && strcmp(leaf, "/flash") == 0)
		(void)mkdir(dir, 0700);		/* an error shows when the file is opened */
	fd = open(tmp, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	err = fd < 0 ? -errno : write_all(fd, data, n);
	if (!err && fsync(fd) < 0)
		err = -errno;
	if (fd >= 0 && close(fd) < 0 && !err)
		err = -errno;
	if (!err && keep) {
		/* the previous one stays under its own name until the rename has put the new one there */
		unlink(old);
		if (link(path, old) < 0 && errno != ENOENT)
			err = -errno;
	}
	if (!err && rename(tmp, path) < 0)
		err = -errno;
	if (!err)
		err = sync_folder(path);
	if (err)
		unlink(tmp);
	free(tmp);
	free(old);
	free(dir);
	return err;
}

void
files_each(const struct router *r, void (*cb)(void *ctx, const char *name, off_t size, time_t changed), void *ctx)
{
	char *dir = flash(r);
	struct dirent **list;
	int n = scandir(dir, &list, NULL, alphasort);

	for (int i = 0; i < n; i++) {
		char *path = xasprintf("%s/%s", dir, list[i]->d_name);
		struct stat st;

		if (good_name(list[i]->d_name) && lstat(path, &st) == 0 && S_ISREG(st.st_mode))
			cb(ctx, list[i]->d_name, st.st_size, st.st_mtime);
		free(path);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	free(dir);
}

void
files_room(const struct router *r, unsigned long long *total, unsigned long long *available)
{
	char *dir = folder_of(r->startup_path);
	struct statvfs v;

	*total = *available = 0;
	if (statvfs(dir, &v) == 0) {
		*total = (unsigned long long)v.f_blocks * v.f_frsize;
		*available = (unsigned long long)v.f_bavail * v.f_frsize;
	}
	free(dir);
}

bool
files_quiet(const struct router *r)
{
	const struct cfg_file_prompt *p = store_leaf(r->store, store_root(r->store), ROW_FILE_PROMPT);

	return p && p->how == FILE_PROMPT_HOW_QUIET;
}
