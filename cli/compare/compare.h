/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `confterm check A.cfg B.cfg ...`: the configurations of several routers read
 * together. What will not negotiate between them, and what stands in them
 * without use, one line each: "FILE:LINE:1: mismatch: text" or "... note: text".
 */
#ifndef CONFTERM_CLI_COMPARE_H
#define CONFTERM_CLI_COMPARE_H

#include <stddef.h>

#include "parser/store.h"

struct compared {
	const char *file;
	struct store *store;
};

/* Prints to standard output; returns the number of mismatches. */
size_t compare_files(const struct compared *c, size_t n);

#endif
