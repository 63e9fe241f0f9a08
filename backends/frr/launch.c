/* SPDX-License-Identifier: BSD-2-Clause */
/* Files, arguments and neighbours of the FRR daemons: see launch.h. */
#define _GNU_SOURCE
#include "backends/frr/launch.h"

#include <dirent.h>
#include <errno.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "lib/xalloc.h"

int
frr_prepare(const char *run_dir)
{
	char *dir = xasprintf("%s/frr", run_dir);
	const struct passwd *pw = getpwnam("frr");
	int err = 0;

	if (mkdir(dir, 0755) < 0 && errno != EEXIST)
		err = -errno;
	if (!err && pw && geteuid() == 0 && chown(dir, pw->pw_uid, pw->pw_gid) < 0)
		err = -errno;
	free(dir);
	return err;
}

int
frr_clean(const char *run_dir, enum frr_daemon daemon)
{
	char *path[] = {
	    xasprintf("%s/frr/%s.vty", run_dir, frr_daemon_name(daemon)),
	    xasprintf("%s/frr/%s.pid", run_dir, frr_daemon_name(daemon)),
	    daemon == FRR_ZEBRA ? xasprintf("%s/frr/zserv.api", run_dir) : NULL,
	};
	int err = 0;

	for (size_t i = 0; i < sizeof path / sizeof *path; i++) {
		if (path[i] && unlink(path[i]) < 0 && errno != ENOENT)
			err = -errno;
		free(path[i]);
	}
	return err;
}

char **
frr_argv(const char *run_dir, enum frr_daemon daemon)
{
	const char *name = frr_daemon_name(daemon);
	char *args[] = {
	    xasprintf("%s/%s", FRR_SBIN, name),
	    xstrdup("--vty_socket"), xasprintf("%s/frr", run_dir),
	    xstrdup("-z"), xasprintf("%s/frr/zserv.api", run_dir),
	    xstrdup("-i"), xasprintf("%s/frr/%s.pid", run_dir, name),
	    xstrdup("-f"), xstrdup("/dev/null"),
	    xstrdup("-A"), xstrdup("127.0.0.1"),
	    xstrdup("-P"), xstrdup("0"),
	    xstrdup("--log"), xstrdup("stdout"),
	    xstrdup("--log-level"), xstrdup(daemon == FRR_ZEBRA ? "warnings" : "debugging"),
	    NULL,
	};
	char **argv = xmalloc(sizeof args);

	memcpy(argv, args, sizeof args);
	return argv;
}

void
frr_argv_free(char **argv)
{
	for (char **p = argv; p && *p; p++)
		free(*p);
	free(argv);
}

pid_t
frr_other_zebra(pid_t own)
{
	struct stat ours, theirs;
	DIR *proc = opendir("/proc");
	const struct dirent *d;
	pid_t found = 0;

	if (!proc || stat("/proc/self/ns/net", &ours) < 0) {
		if (proc)
			closedir(proc);
		return 0;
	}
	while (!found && (d = readdir(proc))) {
		pid_t pid = (pid_t)atoi(d->d_name);
		char path[64], comm[32] = "";
		FILE *f;

		if (pid <= 0 || pid == own)
			continue;
		snprintf(path, sizeof path, "/proc/%d/comm", (int)pid);
		f = fopen(path, "re");
		if (!f)
			continue;
		if (!fgets(comm, sizeof comm, f))
			comm[0] = '\0';
		fclose(f);
		if (strcmp(comm, "zebra\n"))
			continue;
		snprintf(path, sizeof path, "/proc/%d/ns/net", (int)pid);
		if (stat(path, &theirs) == 0 && theirs.st_ino == ours.st_ino && theirs.st_dev == ours.st_dev)
			found = pid;
	}
	closedir(proc);
	return found;
}
