/* SPDX-License-Identifier: BSD-2-Clause */
/* The migration report of `confterm check --report [--json] FILE`. */
#ifndef CONFTERM_CLI_REPORT_H
#define CONFTERM_CLI_REPORT_H

#include <stdbool.h>
#include <stdint.h>

#include "engine/engine.h"

/* What was refused, collected while a file is read; zero-initialise. */
struct report {
	struct refused {
		uint32_t line;
		int col;
		char *text;
	} *refused;
	size_t n, cap;
};

/* A config_report callback; ctx is a struct report. Notes are left out: lines carry their own reasons. */
void report_refused(void *ctx, uint32_t line, int col, const char *text, bool note);
/* Prints the report of a file whose configuration was given to the engine and committed. */
void report_print(struct report *r, struct engine *e, const char *file, bool json);
void report_free(struct report *r);

#endif
