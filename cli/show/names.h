/* SPDX-License-Identifier: BSD-2-Clause */
/* What several show functions need: interface names of kernel devices, and IOS's way to write a duration. */
#ifndef CONFTERM_CLI_SHOW_NAMES_H
#define CONFTERM_CLI_SHOW_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "engine/object.h"
#include "parser/store.h"

/* The configured interfaces by kernel name, for one command. */
struct devmap {
	struct devmap_entry {
		char dev[OBJ_IFNAMSIZ];
		const struct rec *rec;
	} *v;
	size_t n;
	char scratch[40];
};

void devmap_init(struct devmap *m, struct store *s);
void devmap_free(struct devmap *m);
/* The interface record of a device, NULL when it is not configured. */
const struct rec *devmap_rec(const struct devmap *m, const char *dev);
/*
 * The name to print: as configured, else by the form of the device's name, else
 * the device's name itself. Valid until the next call.
 */
const char *devmap_name(struct devmap *m, const char *dev);

#define DURATION_LEN 24
/* "00:06:01", "1d02h", "2w3d", "1y12w" */
char *duration_str(uint64_t seconds, char out[DURATION_LEN]);
/* Seconds of FRR's "00:06:01", "1d02h03m", "02w3d04h". */
uint64_t duration_parse(const char *frr);

#endif
