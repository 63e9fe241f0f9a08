/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show version, show clock. The shape of the lines is IOS's, because programs
 * read them; what they say is this machine and this program.
 */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/timex.h>
#include <sys/utsname.h>
#include <time.h>
#include <unistd.h>

#include "backends/vici/vici.h"
#include "cli/exec.h"
#include "cli/show/iflist.h"
#include "cli/show/platform.h"
#include "daemon/clock.h"
#include "daemon/router.h"
#include "lib/buf.h"

#ifdef __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif
#ifndef CONFTERM_VERSION
#define CONFTERM_VERSION "0.1.0"
#endif

exec_fn show_version, show_clock;

/* "2 years, 31 weeks, 6 days, 9 hours, 55 minutes" */
static void
uptime_text(struct buf *b, uint64_t s)
{
	const struct {
		const char *unit;
		uint64_t n;
	} part[] = {
		{ "year", s / 86400 / 365 }, { "week", s / 86400 % 365 / 7 }, { "day", s / 86400 % 365 % 7 },
		{ "hour", s / 3600 % 24 }, { "minute", s / 60 % 60 },
	};
	const char *comma = "";

	for (size_t i = 0; i < 5; i++) {
		if (part[i].n == 0 && i < 4)
			continue;
		buf_printf(b, "%s%" PRIu64 " %s%s", comma, part[i].n, part[i].unit, part[i].n == 1 ? "" : "s");
		comma = ", ";
	}
}

static void
ports(struct buf *b, struct session *s)
{
	static const char *const types[][2] = {
		{ "Ethernet", "Ethernet" }, { "FastEthernet", "FastEthernet" }, { "GigabitEthernet", "Gigabit Ethernet" },
		{ "TenGigabitEthernet", "Ten Gigabit Ethernet" },
	};
	size_t n;
	struct iface *list = iface_list(s, &n);

	for (size_t t = 0; t < sizeof types / sizeof types[0]; t++) {
		unsigned count = 0;

		for (size_t i = 0; i < n; i++)
			count += strcspn(list[i].name, "0123456789") == strlen(types[t][0]) &&
			    strncmp(list[i].name, types[t][0], strlen(types[t][0])) == 0;
		if (count)
			buf_printf(b, "%u %s interface%s\n", count, types[t][1], count == 1 ? "" : "s");
	}
	free(list);
}

/* Wall time as in "18:57:38 UTC Mon Oct 19 2015". */
static void
time_text(struct buf *b, const struct clock_zone *z, const struct timespec *t, bool msec)
{
	struct tm tm;
	char date[32];

	clock_tm(z, t->tv_sec, &tm);
	buf_printf(b, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
	if (msec)
		buf_printf(b, ".%03ld", t->tv_nsec / 1000000);
	strftime(date, sizeof date, "%a %b", &tm);
	buf_printf(b, " %s %s %d %d", z->name, date, tm.tm_mday, tm.tm_year + 1900);
}

/* When and by what this file was compiled (SOURCE_DATE_EPOCH, if the build sets it). */
static void
compiled(struct buf *b)
{
	struct tm tm = {0};
	char date[32] = "";

	if (strptime(__DATE__ " " __TIME__, "%b %d %Y %H:%M:%S", &tm) && timegm(&tm) != -1)
		strftime(date, sizeof date, "%a %d-%b-%y %H:%M", &tm);
	buf_printf(b, "Compiled %s by %s\n", date, COMPILER);
}

void
show_version(struct session *s, const void *values)
{
	struct router *r = session_router(s);
	const char *charon = r->vici ? vici_version(r->vici) : "";
	char cpu[128], mem[64], path[512], board[32], product[64];
	struct timespec now, started = { .tv_sec = r->started };
	struct clock_zone zone = clock_zone(r->store);
	struct statvfs fs;
	struct buf b = {0};
	struct utsname u;
	ssize_t n;

	uname(&u);
	clock_gettime(CLOCK_MONOTONIC, &now);
	platform_cpu(cpu, sizeof cpu);
	platform_product(product, sizeof product);
	platform_field("/proc/meminfo", "MemTotal", mem, sizeof mem);
	n = readlink("/proc/self/exe", path, sizeof path - 1);
	path[n > 0 ? n : 0] = '\0';
	platform_serial(board);

	buf_printf(&b, "%s\n", PLATFORM_SOFTWARE);
	compiled(&b);
	if (*charon)
		buf_printf(&b, "strongSwan charon, Version %s\n", charon);
	buf_printf(&b, "\nROM: %s %s\n\n", u.sysname, u.release);
	buf_printf(&b, "%s uptime is ", router_hostname(r));
	uptime_text(&b, r->started_mono ? (uint64_t)now.tv_sec - r->started_mono : (uint64_t)(time(NULL) - r->started));
	buf_printf(&b, "\nSystem returned to ROM by %s\nSystem restarted at ", r->restart_reason ? r->restart_reason : "power-on");
	time_text(&b, &zone, &started, false);
	buf_printf(&b, "\nSystem image file is \"%s\"\n\n", path);
	/* programs find the model by a line that begins with that word, so it needs a line that says what it is not */
	buf_printf(&b, "The hardware is not Cisco's: %s. For programs that read the model:\n", product);
	buf_printf(&b, "cisco confterm-%s (%s) processor (revision %s) with %" PRIu64 "K bytes of memory.\n", u.machine, cpu,
	    CONFTERM_VERSION, (uint64_t)strtoull(mem, NULL, 10));
	buf_printf(&b, "Processor board ID %s\n", board);
	ports(&b, s);
	snprintf(path, sizeof path, "%s", r->startup_path ? r->startup_path : "");
	if (strrchr(path, '/'))
		*strrchr(path, '/') = '\0';
	if (statvfs(*path ? path : ".", &fs) == 0)
		buf_printf(&b, "%" PRIu64 "K bytes of non-volatile configuration memory.\n",
		    (uint64_t)fs.f_blocks * fs.f_frsize / 1024);
	buf_puts(&b, "\nConfiguration register is 0x2102\n\n");
	out_text(s, b.d, b.n);
	buf_free(&b);
}

void
show_clock(struct session *s, const void *values)
{
	const struct cfg_show_clock *v = values;
	struct timex tx = { .modes = 0 };
	bool synchronised = adjtimex(&tx) != TIME_ERROR && !(tx.status & STA_UNSYNC);
	struct clock_zone zone = clock_zone(session_store(s));
	struct timespec now;
	struct buf b = {0};

	clock_gettime(CLOCK_REALTIME, &now);
	if (!synchronised)
		buf_putc(&b, '*');
	time_text(&b, &zone, &now, true);
	out(s, "%s\n", buf_str(&b));
	if (v->detail)
		out(s, "Time source is %s\n", synchronised ? "NTP" : "hardware calendar");
	buf_free(&b);
}
