/* SPDX-License-Identifier: BSD-2-Clause */
/* What the figures of `make bench` have in common: the clock, and a line for each beside its budget. */
#ifndef CONFTERM_TESTS_SCALE_BENCH_H
#define CONFTERM_TESTS_SCALE_BENCH_H

#include <stdio.h>
#include <time.h>

/* The exit status: a budget was missed by more than half, so that a noisy machine does not cry wolf. */
static int failed;

/* Seconds of this process on a processor. */
static inline double
cpu(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static inline void
report(const char *what, double got, double budget, const char *unit)
{
	printf("%-58s %10.3f %-8s budget %g%s\n", what, got, unit, budget, got > budget ? "  MISSED" : "");
	if (got > budget * 1.5)
		failed = 1;
}

#endif
