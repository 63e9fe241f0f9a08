/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show inventory, license, bootvar, controllers, environment: what inventory
 * programs ask for. The parts of this machine in IOS's forms; what it does not
 * have is not listed.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <linux/ethtool.h>

#include "cli/exec.h"
#include "cli/show/iflist.h"
#include "cli/show/platform.h"
#include "daemon/router.h"
#include "lib/buf.h"

exec_fn show_inventory, show_license, show_bootvar, show_controllers, show_environment;

static void
part(struct buf *b, const char *name, const char *descr, const char *pid, const char *vid, const char *sn)
{
	buf_printf(b, "NAME: \"%s\", DESCR: \"%s\"\nPID: %-18s, VID: %-4s, SN: %s\n\n", name, descr, pid, vid, sn);
}

void
show_inventory(struct session *s, const void *values)
{
	char cpu[128], product[64], version[64], board[32], descr[300];
	struct ethtool_drvinfo d;
	struct buf b = {0};
	struct utsname u;
	size_t n;
	struct iface *list = iface_list(s, &n);

	(void)values;
	uname(&u);
	platform_cpu(cpu, sizeof cpu);
	platform_product(product, sizeof product);
	platform_serial(board);
	platform_field("/sys/class/dmi/id/product_version", "", version, sizeof version);
	snprintf(descr, sizeof descr, "%s %s, %s", product, u.machine, cpu);
	for (char *p = descr; *p; p++)
		if (*p == '"')
			*p = '\'';
	part(&b, "Chassis", descr, product, strcspn(version, " ,\"") == strlen(version) ? version : "", board);
	for (size_t i = 0; i < n; i++) {
		if (list[i].class != IF_PHYSICAL || !list[i].present || strchr(list[i].name, '.'))
			continue;
		if (!platform_driver(list[i].link.dev, &d))
			snprintf(d.driver, sizeof d.driver, "%s", list[i].link.kind);
		snprintf(descr, sizeof descr, "%.*s port %s", (int)sizeof d.driver, d.driver, list[i].link.dev);
		part(&b, list[i].name, descr, d.driver, "", "");
	}
	out_text(s, buf_str(&b), b.n);
	buf_free(&b);
	free(list);
}

void
show_license(struct session *s, const void *values)
{
	const struct cfg_show_license *v = values;
	char product[64], board[32], pid[64];

	if (!(v->has & HAS_SHOW_LICENSE_WHAT)) {
		out(s, "No feature of this router needs a license\n");
		return;
	}
	if (v->what == SHOW_LICENSE_WHAT_FEATURE) {
		out(s, "Feature name             Enforcement  Evaluation  Subscription   Enabled  RightToUse\n");
		return;
	}
	platform_product(product, sizeof product);
	platform_serial(board);
	snprintf(pid, sizeof pid, "%s", product);
	for (char *p = pid; *p; p++)
		if (*p == ' ')
			*p = '-';
	out(s, "Device#   PID                   SN                      UDI\n"
	    "--------------------------------------------------------------------------------\n"
	    "*0        %-21s %-23s %s:%s\n\n", pid, board, pid, board);
}

void
show_bootvar(struct session *s, const void *values)
{
	const struct router *r = session_router(s);
	char image[512];
	ssize_t n = readlink("/proc/self/exe", image, sizeof image - 1);

	(void)values;
	image[n > 0 ? n : 0] = '\0';
	out(s, "BOOT variable = %s\nCONFIG_FILE variable = %s\nBOOTLDR variable does not exist\n"
	    "Configuration register is 0x2102\n\n", image, r->startup_path ? r->startup_path : "");
}

/* --- controllers --- */

static bool
controller(struct buf *b, struct session *s, struct iface *i, bool named)
{
	const uint8_t *m = i->link.hwaddr;
	struct ethtool_drvinfo d;

	if (i->class != IF_PHYSICAL || strchr(i->name, '.'))
		return false;
	buf_printf(b, "Interface %s\n", i->name);
	if (!i->present) {
		buf_puts(b, "Hardware is not present\n\n");
		return true;
	}
	if (platform_driver(i->link.dev, &d)) {
		buf_printf(b, "Hardware is %.*s\n", (int)sizeof d.driver, d.driver);
		if (d.version[0])
			buf_printf(b, "  driver version %.*s\n", (int)sizeof d.version, d.version);
		if (d.fw_version[0])
			buf_printf(b, "  firmware version %.*s\n", (int)sizeof d.fw_version, d.fw_version);
		if (d.bus_info[0])
			buf_printf(b, "  bus %.*s\n", (int)sizeof d.bus_info, d.bus_info);
	} else
		buf_printf(b, "Hardware is %s\n", i->link.kind[0] ? i->link.kind : "unknown");
	buf_printf(b, "  device %s, index %d, mtu %u, carrier %s\n", i->link.dev, i->link.ifindex, i->link.mtu,
	    i->link.carrier ? "up" : "down");
	if (i->link.hwlen == 6)
		buf_printf(b, "  address %02x%02x.%02x%02x.%02x%02x\n", m[0], m[1], m[2], m[3], m[4], m[5]);
	buf_putc(b, '\n');
	return true;
}

void
show_controllers(struct session *s, const void *values)
{
	iface_show(s, ((const struct cfg_show_controllers *)values)->if_, controller);
}

/* --- environment --- */

/* Sensors of one folder of /sys/class/hwmon: what they are called and what they say. */
static unsigned
sensors(struct buf *b, const char *dir)
{
	static const struct {
		const char *prefix, *unit;
		double scale;
	} kinds[] = { { "temp", "Celsius", 1000 }, { "fan", "rpm", 1 }, { "in", "V", 1000 }, { "power", "W", 1000000 } };
	char path[300], name[40], label[40], value[40];
	unsigned count = 0;

	snprintf(path, sizeof path, "%s/name", dir);
	platform_field(path, "", name, sizeof name);
	for (size_t k = 0; k < sizeof kinds / sizeof kinds[0]; k++)
		for (unsigned i = 0; i < 32; i++) {
			snprintf(path, sizeof path, "%s/%s%u_input", dir, kinds[k].prefix, i);
			platform_field(path, "", value, sizeof value);
			if (!value[0])
				continue;
			snprintf(path, sizeof path, "%s/%s%u_label", dir, kinds[k].prefix, i);
			platform_field(path, "", label, sizeof label);
			if (!label[0])
				snprintf(label, sizeof label, "%s%u", kinds[k].prefix, i);
			buf_printf(b, "%-20s %-20s %.2f %s\n", name, label, strtod(value, NULL) / kinds[k].scale, kinds[k].unit);
			count++;
		}
	return count;
}

void
show_environment(struct session *s, const void *values)
{
	DIR *d = opendir("/sys/class/hwmon");
	struct buf b = {0};
	struct dirent *e;
	unsigned count = 0;

	(void)values;
	buf_puts(&b, "Sensor               Measures             Reading\n");
	while (d && (e = readdir(d))) {
		char dir[280];

		if (e->d_name[0] == '.')
			continue;
		snprintf(dir, sizeof dir, "/sys/class/hwmon/%.255s", e->d_name);
		count += sensors(&b, dir);
	}
	if (d)
		closedir(d);
	if (count)
		out_text(s, buf_str(&b), b.n);
	else
		out(s, "This machine has no environmental sensors\n");
	buf_free(&b);
}
