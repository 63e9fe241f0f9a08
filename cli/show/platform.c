/* SPDX-License-Identifier: BSD-2-Clause */
/* Facts about the machine, from /proc, /sys and the drivers: see platform.h. */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <linux/ethtool.h>
#include <linux/if.h>
#include <linux/sockios.h>

#include "cli/show/platform.h"
#include "lib/hash.h"

void
platform_field(const char *path, const char *key, char *out, size_t size)
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
platform_serial(char out[32])
{
	static const char *const files[] = { "/sys/class/dmi/id/board_serial", "/sys/class/dmi/id/product_serial" };
	char id[64];

	for (size_t i = 0; i < 2; i++) {
		platform_field(files[i], "", out, 32);
		if (out[0] && !strchr(out, ' ') && strcmp(out, "None") != 0 && strcmp(out, "0") != 0)
			return;
	}
	platform_field("/etc/machine-id", "", id, sizeof id);
	snprintf(out, 32, "CT%09" PRIX64,
	    (uint64_t)(hash_mix(hash_str(hash_str(HASH_INIT, "confterm board"), id)) & 0xfffffffff));
}

void
platform_cpu(char *out, size_t size)
{
	struct utsname u;

	platform_field("/proc/cpuinfo", "model name", out, size);
	if (!out[0] && uname(&u) == 0)
		snprintf(out, size, "%s", u.machine);
}

void
platform_product(char *out, size_t size)
{
	platform_field("/sys/class/dmi/id/product_name", "", out, size);
	if (!out[0])
		snprintf(out, size, "confterm");
	for (char *p = out; *p; p++)	/* it stands between quotes and commas */
		if (*p == '"' || *p == ',' || (unsigned char)*p < ' ')
			*p = '-';
}

bool
platform_driver(const char *dev, struct ethtool_drvinfo *out)
{
	struct ifreq ifr = {0};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	bool ok;

	memset(out, 0, sizeof *out);
	out->cmd = ETHTOOL_GDRVINFO;
	if (fd < 0)
		return false;
	snprintf(ifr.ifr_name, sizeof ifr.ifr_name, "%s", dev);
	ifr.ifr_data = (void *)out;
	ok = ioctl(fd, SIOCETHTOOL, &ifr) == 0 && out->driver[0];
	close(fd);
	return ok;
}
