/* SPDX-License-Identifier: BSD-2-Clause */
/* One log line in, one sink call out: see log.h. */
#include "lib/log.h"

#include <stdarg.h>
#include <stdio.h>

static log_sink *current;
static void *current_ctx;

void
log_set_sink(log_sink *sink, void *ctx)
{
	current = sink;
	current_ctx = ctx;
}

static void
pass(int severity, const char *line)
{
	if (current)
		current(current_ctx, severity, line);
	else
		fprintf(stderr, "%s\n", line);
}

void
log_msg(const char *facility, int severity, const char *mnemonic, const char *fmt, ...)
{
	char line[1024];
	va_list ap;
	int n;

	n = snprintf(line, sizeof line, "%%%s-%d-%s: ", facility, severity, mnemonic);
	va_start(ap, fmt);
	vsnprintf(line + n, sizeof line - (size_t)n, fmt, ap);
	va_end(ap);
	pass(severity, line);
}

void
log_debug(const char *fmt, ...)
{
	char line[1024];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(line, sizeof line, fmt, ap);
	va_end(ap);
	pass(7, line);
}
