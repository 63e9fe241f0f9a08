/* SPDX-License-Identifier: BSD-2-Clause */
/* What the machine under the router says of itself, for show version and show inventory. */
#ifndef CONFTERM_CLI_SHOW_MACHINE_H
#define CONFTERM_CLI_SHOW_MACHINE_H

#include <stddef.h>

#define MACHINE_SERIAL	32

/* The text behind "key" and a colon in a file like /proc/meminfo; "" when there is none. */
void machine_field(const char *path, const char *key, char *out, size_t size);

/* The board's serial number, or one made from the machine's id (which itself is not to be told). */
void machine_serial(char out[MACHINE_SERIAL]);

#endif
