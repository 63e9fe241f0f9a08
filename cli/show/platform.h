/* SPDX-License-Identifier: BSD-2-Clause */
/* What the machine is: for show version, show inventory, show controllers. */
#ifndef CONFTERM_CLI_SHOW_PLATFORM_H
#define CONFTERM_CLI_SHOW_PLATFORM_H

#include <stdbool.h>
#include <stddef.h>

struct ethtool_drvinfo;

/* The text behind "key" and a colon in a file like /proc/meminfo ("" key: the first line); "" when there is none. */
void platform_field(const char *path, const char *key, char *out, size_t size);
/* The board's serial number, or one made from the machine's id (which itself is not to be told). */
void platform_serial(char out[32]);
/* "Intel(R) Xeon(R) ...", or the machine's type. */
void platform_cpu(char *out, size_t size);
/* What the firmware calls the machine; "confterm" when it does not say. */
void platform_product(char *out, size_t size);
/* Driver, version and bus place of a device; false when it does not tell. */
bool platform_driver(const char *dev, struct ethtool_drvinfo *out);

/*
 * The first line of show version, and the text of sysDescr: which software
 * this is. It has the form that inventory programs look for ("Cisco IOS
 * Software, X Software (IMAGE), Version V, RELEASE ..."), and says what it is.
 */
#define PLATFORM_SOFTWARE "IOS command shell compatible with Cisco IOS Software, confterm Software (confterm-linux), Version " \
	CONFTERM_VERSION ", RELEASE SOFTWARE"

#endif
