/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The types that placeholders of the grammar can have: what text they take,
 * what `?` prints for them, and how a stored value is written back.
 */
#ifndef CONFTERM_PARSER_TYPES_H
#define CONFTERM_PARSER_TYPES_H

#include "lib/buf.h"
#include "parser/lex.h"
#include "parser/tables.h"

/* A value as read: a number, or the text it will be stored as. */
struct value {
	uint32_t num;
	const char *s;		/* into the line, or into canon */
	size_t len;
	char canon[40];		/* text that differs from what was typed (interface names) */
};

/*
 * Does the text at token i fit the type? Returns the number of tokens taken
 * (2 for "Tunnel 1", all that are left for LINE), 0 when it does not fit.
 */
int type_match(unsigned type, const struct g_arg *arg, const struct lexed *lx, int i, struct value *v);

/* Writes a stored value: num for number types, s for text types. */
void type_render(struct buf *out, unsigned type, const struct g_arg *arg, uint32_t num, const char *s);

/*
 * Of a row with `defines` the slot that names its records for others: the first
 * key that is a word, else the first key. NULL: the row defines nothing.
 */
const struct g_slot *row_defining_slot(const struct g_row *row);
/* Of the keys the first that is a number: with which an entry stands in its list. NULL: it has none. */
const struct g_slot *row_number_slot(const struct g_row *row);

/*
 * The left column of `?` for the type, once for each line of it: "A.B.C.D";
 * "<1-99>" and "<1300-1999>"; with "WORD" where names are taken, too. What a
 * reference takes is what the rows that define its kind take.
 */
void type_help(unsigned type, const struct g_arg *arg, void (*emit)(void *ctx, const char *left), void *ctx);

/*
 * Interface names. ifname_parse() takes "gi0/0", "Tunnel", "1" ... and writes
 * the full name ("GigabitEthernet0/0") to out (40 bytes). Returns the number
 * of tokens used, 0 when it is no interface name.
 */
int ifname_parse(const struct lexed *lx, int i, char out[40]);
/* "GigabitEthernet0/0" -> "Gi0/0", the form of narrow columns. */
void ifname_short(const char *name, char *out, size_t len);
/* Type names that begin with prefix, one call each (for ? and Tab). */
void ifname_types(const char *prefix, size_t len, void (*cb)(void *ctx, const char *type, const char *help), void *ctx);
/*
 * The kernel's name for an interface: short lower-case type, numbers with '-'
 * for '/': GigabitEthernet0/0 -> gi0-0, Loopback0 -> lo0 (but plain "lo" is
 * the kernel's own). The one place of this mapping; out has 16 bytes.
 */
void ifname_kernel(const char *name, char out[16]);
/* The reverse of ifname_kernel() for physical ports; false when dev is none of ours. */
bool ifname_from_kernel(const char *dev, char out[40]);
/* The same for every interface that can have a device: Loopback, Tunnel, Virtual-Access, ..., too. */
bool ifname_from_device(const char *dev, char out[40]);

enum if_class { IF_PHYSICAL, IF_LOOPBACK, IF_TUNNEL, IF_TEMPLATE, IF_ACCESS, IF_NULL, IF_OTHER };
enum if_class ifname_class(const char *name);
/* Sort order of interfaces in running-config: type, then numbers. */
int ifname_compare(const char *a, const char *b);

#endif
