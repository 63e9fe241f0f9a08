/* SPDX-License-Identifier: BSD-2-Clause */
/* Local time: see clock.h. */
#include "daemon/clock.h"

#include <stdio.h>
#include <stdlib.h>

#include "gen/grammar.h"

struct clock_zone
clock_zone(struct store *s)
{
	const struct cfg_clock_timezone *v = s ? store_leaf(s, store_root(s), ROW_CLOCK_TIMEZONE) : NULL;
	struct clock_zone z = { "UTC", 0 };
	int hours;

	if (!v)
		return z;
	snprintf(z.name, sizeof z.name, "%s", v->name);
	hours = atoi(v->hours);
	/* the minutes go the way of the hours: -3 30 is three and a half hours west */
	z.offset = hours * 3600 + (v->hours[0] == '-' ? -60 : 60) * (int)v->minutes;
	return z;
}

void
clock_tm(const struct clock_zone *z, time_t t, struct tm *tm)
{
	t += z->offset;
	gmtime_r(&t, tm);
}
