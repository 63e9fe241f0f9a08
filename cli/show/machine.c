/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show inventory, show memory statistics: the machine under the router.
 * Programs that collect facts read the lines, so the shape is IOS's.
 */
#define _GNU_SOURCE
#include "cli/show/machine.h"

#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>

#include "cli/exec.h"
#include "lib/hash.h"

exec_fn show_inventory, show_memory_statistics;

void
machine_field(const char *path, const char *key, char *out, size_t size)
{
	FILE *f = fopen(path, "re");
	char line[512];

	out[0] = '\0';
	while (f && fgets(line, sizeof line, f)) {
		const char *p = line + strlen(key);

		if (strncmp(line, key, strlen(key)) != 0)
			continue;
		p += strspn(p, " \t:");
		snprintf(out, size, "%.*s", (int)strcspn(p, "\n"), p);
		break;
	}
	if (f)
		fclose(f);
}

void
machine_serial(char out[MACHINE_SERIAL])
{
	static const char *const files[] = { "/sys/class/dmi/id/board_serial", "/sys/class/dmi/id/product_serial" };
	char id[64];

	for (size_t i = 0; i < 2; i++) {
		machine_field(files[i], "", out, MACHINE_SERIAL);
		if (out[0] && !strchr(out, ' ') && strcmp(out, "None") != 0 && strcmp(out, "0") != 0)
			return;
	}
	machine_field("/etc/machine-id", "", id, sizeof id);
	snprintf(out, MACHINE_SERIAL, "CT%09" PRIX64,
	    (uint64_t)(hash_mix(hash_str(hash_str(HASH_INIT, "confterm board"), id)) & 0xfffffffff));
}

void
show_inventory(struct session *s, const void *values)
{
	char product[64], version[64], serial[MACHINE_SERIAL];
	struct utsname u;

	(void)values;
	uname(&u);
	machine_field("/sys/class/dmi/id/product_name", "", product, sizeof product);
	machine_field("/sys/class/dmi/id/product_version", "", version, sizeof version);
	machine_serial(serial);
	for (char *p = product; *p; p++)
		if (*p == ' ' || *p == '"')
			*p = '-';	/* a PID is one word */
	out(s, "NAME: \"Chassis\", DESCR: \"%s machine under confterm\"\n", u.machine);
	out(s, "PID: %-18s, VID: %s, SN: %s\n\n\n", product[0] ? product : u.machine, version[0] ? version : "N/A", serial);
}

/* Lowest and largest block are figures of IOS's own allocator: the kernel has none like them. */
void
show_memory_statistics(struct session *s, const void *values)
{
	char total[32], avail[32];
	uint64_t t, a;

	(void)values;
	machine_field("/proc/meminfo", "MemTotal", total, sizeof total);
	machine_field("/proc/meminfo", "MemAvailable", avail, sizeof avail);
	t = (uint64_t)strtoull(total, NULL, 10) * 1024;
	a = (uint64_t)strtoull(avail, NULL, 10) * 1024;
	out(s, "%9s %10s %15s %15s %15s %12s %12s\n", "", "Head", "Total(b)", "Used(b)", "Free(b)", "Lowest(b)", "Largest(b)");
	out(s, "%9s %10s %15" PRIu64 " %15" PRIu64 " %15" PRIu64 " %12s %12s\n", "Processor", "-", t, t - a, a, "-", "-");
}
