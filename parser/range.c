/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * `interface range GigabitEthernet0/0 - 3 , Loopback0`: the interfaces are
 * opened, or made, one after the other, and what is typed then is carried out
 * on each of them as if it had been typed there. Nothing of the range is
 * stored; it ends with the mode.
 */
#define _GNU_SOURCE
#include "parser/range.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/grammar.h"
#include "parser/config_int.h"
#include "parser/types.h"

/* Copies a part of the list without the blanks around it; false: longer than any name. */
static bool
trimmed(char out[64], const char *s, size_t n)
{
	while (n && isspace((unsigned char)*s))
		s++, n--;
	while (n && isspace((unsigned char)s[n - 1]))
		n--;
	if (n >= 64)
		return false;
	memcpy(out, s, n);
	out[n] = '\0';
	return true;
}

/* One interface: what stands before its last number, and that number. */
static bool
one_name(const char *text, char stem[40], uint32_t *number)
{
	struct lexed lx;
	char *digits;
	int used;

	lex_line(&lx, text);
	used = ifname_parse(&lx, 0, stem);
	if (!used || used != lx.n)
		return false;
	digits = stem + strlen(stem);
	while (digits > stem && isdigit((unsigned char)digits[-1]))
		digits--;
	if (!*digits)
		return false;
	*number = (uint32_t)strtoul(digits, NULL, 10);
	*digits = '\0';
	return true;
}

/* `Gi0/0`, `Gi0/0 - 3`, `Gi0/0-Gi0/3`. The hyphen of a range stands behind a digit, that of `Port-channel` does not. */
static bool
one_range(const char *s, size_t n, struct if_range *r)
{
	const char *hyphen = NULL;
	char text[64], stem[40], *end;
	unsigned long last;
	bool digit = false;

	for (size_t i = 0; i < n && !hyphen; i++) {
		if (s[i] == '-' && digit)
			hyphen = s + i;
		else if (!isspace((unsigned char)s[i]))
			digit = isdigit((unsigned char)s[i]);
	}
	if (!trimmed(text, s, hyphen ? (size_t)(hyphen - s) : n) || !one_name(text, r->stem, &r->first))
		return false;
	r->last = r->first;
	if (!hyphen)
		return true;
	if (!trimmed(text, hyphen + 1, n - (size_t)(hyphen + 1 - s)))
		return false;
	if (isdigit((unsigned char)*text)) {
		last = strtoul(text, &end, 10);
		if (*end || last > INT32_MAX)	/* the highest number of any interface (ifname.c) */
			return false;
		r->last = (uint32_t)last;
	} else if (!one_name(text, stem, &r->last) || strcmp(stem, r->stem) != 0)
		return false;
	return r->last >= r->first && r->last - r->first < IF_RANGE_MAX;
}

/* Opens the mode of one interface, which need not be there yet. */
static enum config_result
open_one(struct config *c, const struct if_range *r, uint32_t number, uint32_t line, struct buf *out)
{
	char text[80];
	struct lexed lx;
	struct match m;

	snprintf(text, sizeof text, "interface %s%u", r->stem, number);
	lex_line(&lx, text);
	match_line(c->matcher, MODE_GLOBAL, &lx, 0, 0, &m);
	return m.status == MATCH_OK ? config_apply(c, 0, &m, false, false, line, out) : CONFIG_REFUSED;
}

enum config_result
range_open(struct config *c, const char *line, uint32_t file_line, struct match *m, struct buf *out)
{
	struct if_range range[IF_RANGES];
	struct buf *command = c->command;
	const char *s = m->val[0].s, *end = s + m->val[0].len;
	enum config_result res = CONFIG_OK;
	int n = 0;

	for (; s <= end; n++) {
		size_t len = strcspn(s, ",");

		if (len > (size_t)(end - s))
			len = (size_t)(end - s);
		if (n == IF_RANGES || !one_range(s, len, &range[n])) {
			m->status = MATCH_INVALID;
			m->col = (int)(s - line) + (int)strspn(s, " \t");
			return CONFIG_SYNTAX;
		}
		s += len + 1;
	}
	c->nrange = 0;
	c->command = NULL;
	for (int i = 0; i < n && res == CONFIG_OK; i++)
		for (uint32_t k = range[i].first; k <= range[i].last && res == CONFIG_OK; k++)
			res = open_one(c, &range[i], k, file_line, out);
	c->command = command;
	if (res != CONFIG_OK) {
		c->depth = 0;
		return res;
	}
	memcpy(c->range, range, sizeof range);
	c->nrange = n;
	if (command)
		buf_printf(command, "interface range %.*s", (int)m->val[0].len, m->val[0].s);
	return CONFIG_OK;
}

/*
 * The stack as it is in one interface: the modes below it are those of its
 * own records with the same keys. False when somebody has removed one.
 */
static bool
stand_in(struct config *c, const struct if_range *r, uint32_t number, int depth, const struct rec *const at[CONFIG_DEPTH])
{
	char name[64];
	struct rec *rec;

	snprintf(name, sizeof name, "%s%u", r->stem, number);
	rec = store_defined(c->store, REF_INTERFACE, name);
	for (int d = 1; rec; d++) {
		c->stack[d].ptr = rec;
		c->stack[d].rec = rec->id;
		if (d == depth)
			break;
		rec = store_find(c->store, rec, at[d + 1]->row, rec_values(at[d + 1]));
	}
	return rec != NULL;
}

enum config_result
range_apply(struct config *c, int depth, const struct match *m, bool no, bool to_default, uint32_t line, struct buf *out)
{
	struct buf *command = c->command;
	enum config_result res = CONFIG_OK, r;
	const struct rec *at[CONFIG_DEPTH] = {0};

	for (int d = 1; d <= depth; d++)
		at[d] = c->stack[d].ptr;
	for (int i = 0; i < c->nrange; i++)
		for (uint32_t k = c->range[i].first; k <= c->range[i].last; k++) {
			struct match each = *m;

			if (!stand_in(c, &c->range[i], k, depth, at))
				continue;
			r = config_apply(c, depth, &each, no, to_default, line, out);
			res = r == CONFIG_OK ? res : r;
			c->command = NULL;	/* it is one command */
		}
	c->command = command;
	return res;
}
