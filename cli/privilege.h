/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Which privilege level (0 to 15) a command takes. By default: exit, enable,
 * disable, help and logout 0; what the grammar marks `user` 1; everything else
 * 15. `privilege MODE [all] level N COMMAND` changes it for the rows that begin
 * with COMMAND, the longest command that fits a row deciding. A level that may
 * not use a command does not see it either, as on IOS.
 */
#ifndef CONFTERM_CLI_PRIVILEGE_H
#define CONFTERM_CLI_PRIVILEGE_H

#include <stdbool.h>
#include <stdint.h>

#include "parser/match.h"
#include "parser/store.h"

#define PRIVILEGE_MAX 15

struct privileges;

struct privileges *privileges_new(void);
void privileges_free(struct privileges *p);
/* Reads the `privilege` lines again. */
void privileges_configured(struct privileges *p, struct store *s, struct matcher *mr);
/* By row, for struct matcher. */
const uint8_t *privilege_levels(const struct privileges *p);

#endif
