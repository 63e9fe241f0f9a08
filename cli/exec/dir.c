/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dir, show flash:, show file systems. There are two file systems: nvram:, which
 * holds startup-config, and flash:, the folder beside it (daemon/files.h).
 */
#define _GNU_SOURCE
#include <fnmatch.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>

#include "cli/exec.h"
#include "daemon/files.h"
#include "daemon/router.h"

exec_fn exec_dir, show_flash, show_file_systems;

struct listing {
	struct session *s;
	const char *pattern;	/* NULL: all */
	bool quiet;		/* count only */
	int n;
	unsigned long long bytes;
};

static void
when_text(time_t t, char out[40], const char *format)
{
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(out, 40, format, &tm);
}

static void
one_file(void *ctx, const char *name, off_t size, time_t changed)
{
	struct listing *l = ctx;
	char when[40];

	if (l->pattern && fnmatch(l->pattern, name, 0) != 0)
		return;
	l->n++;
	if (l->quiet)
		return;
	when_text(changed, when, "%b %e %Y %H:%M:%S +00:00");
	out(l->s, "%5d  -rw-  %10lld  %s  %s\n", l->n, (long long)size, when, name);
}

static void
dir_nvram(struct session *s)
{
	struct router *r = session_router(s);
	struct stat st;
	char when[40];

	out(s, "Directory of nvram:/\n\n");
	if (stat(r->startup_path, &st) == 0) {
		when_text(st.st_mtime, when, "%b %e %Y %H:%M:%S +00:00");
		out(s, "%5d  -rw-  %10lld  %s  startup-config\n", 1, (long long)st.st_size, when);
	} else
		out(s, "No files in directory\n");
}

/* What stands behind the name of a file system: "flash:/x*" -> "x*"; NULL when it is another one. */
static const char *
inside(const char *place, const char *fs)
{
	size_t n = strlen(fs);

	if (strncasecmp(place, fs, n) != 0)
		return NULL;
	return place + n + (place[n] == '/');
}

void
exec_dir(struct session *s, const void *values)
{
	const struct cfg_dir *v = values;
	const char *place = v->place ? v->place : "flash:", *rest;
	unsigned long long total, available;
	struct listing l = { .s = s };

	if ((rest = inside(place, "nvram:")) && (!*rest || strcasecmp(rest, "startup-config") == 0))
		dir_nvram(s);
	else if ((rest = inside(place, "flash:")) || (rest = inside(place, "flash0:")) || !strchr(place, ':')) {
		l.pattern = rest ? rest : place;
		if (!*l.pattern)
			l.pattern = NULL;
		l.quiet = true;
		files_each(session_router(s), one_file, &l);
		if (l.n == 0 && l.pattern) {
			out(s, "%%Error opening flash:/%s (No such file or directory)\n", l.pattern);
			return;
		}
		out(s, "Directory of flash:/%s\n\n", l.pattern ? l.pattern : "");
		if (l.n == 0)
			out(s, "No files in directory\n");
		l.quiet = false;
		l.n = 0;
		files_each(session_router(s), one_file, &l);
	} else {
		size_t n = strcspn(place, ":");

		if (inside(place, "nvram:"))
			out(s, "%%Error opening %s (No such file or directory)\n", place);
		else
			out(s, "%%Error opening %.*s:/%s (No such device)\n", (int)n, place, place + n + 1 + (place[n + 1] == '/'));
		return;
	}
	files_room(session_router(s), &total, &available);
	out(s, "\n%llu bytes total (%llu bytes free)\n", total, available);
}

static void
flash_file(void *ctx, const char *name, off_t size, time_t changed)
{
	struct listing *l = ctx;
	char when[40];

	when_text(changed, when, "%b %e %Y %H:%M:%S +00:00");
	out(l->s, "%-4d %9lld %s %s\n", ++l->n, (long long)size, when, name);
	l->bytes += (unsigned long long)size;
}

void
show_flash(struct session *s, const void *values)
{
	struct listing l = { .s = s };
	unsigned long long total, available;

	(void)values;
	out(s, "-#- --length-- -----date/time------ path\n");
	files_each(session_router(s), flash_file, &l);
	files_room(session_router(s), &total, &available);
	out(s, "\n%llu bytes available (%llu bytes used)\n\n", available, l.bytes);
}

void
show_file_systems(struct session *s, const void *values)
{
	unsigned long long total, available;

	(void)values;
	files_room(session_router(s), &total, &available);
	out(s, "File Systems:\n\n       Size(b)       Free(b)      Type  Flags  Prefixes\n");
	out(s, "             -             -    opaque     ro   system:\n");
	out(s, "* %12llu  %12llu      disk     rw   flash: flash0:\n", total, available);
	out(s, "  %12llu  %12llu     nvram     rw   nvram:\n", total, available);
}
