/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The router's local time: that of the host, in UTC, shifted and named by
 * `clock timezone`. The host's own time zone has no part in it.
 */
#ifndef CONFTERM_DAEMON_CLOCK_H
#define CONFTERM_DAEMON_CLOCK_H

#include <time.h>

#include "parser/store.h"

struct clock_zone {
	char name[8];		/* "UTC" without a line */
	int offset;		/* seconds east of Greenwich */
};

/* As configured now; s may be NULL: UTC. */
struct clock_zone clock_zone(struct store *s);
/* A moment on the clock of the zone. */
void clock_tm(const struct clock_zone *z, time_t t, struct tm *tm);

#endif
