/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Discriminators and rates: see logging_filter.h. Patterns are matched by the
 * output filters of the shell: the same expressions, and the same bounds for
 * one that never ends.
 */
#include "daemon/logging_filter.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/filter.h"
#include "gen/grammar.h"
#include "lib/buf.h"
#include "lib/xalloc.h"

enum part { FACILITY, MNEMONIC, BODY, NPART };

struct pattern {
	struct filter *filter;	/* NULL: every text passes */
	bool drops;		/* what matches is kept back */
};

struct log_discriminator {
	char name[9];
	uint8_t severities;	/* a bit for each that passes */
	struct pattern pattern[NPART];
	struct log_rate rate;
};

void
log_parts(const char *message, struct log_parts *p)
{
	const char *colon = strstr(message, ": "), *dash = NULL;

	*p = (struct log_parts){ .body = message };
	if (*message != '%' || !colon)
		return;
	for (const char *q = message + 1; q + 2 < colon; q++)
		if (q[0] == '-' && isdigit((unsigned char)q[1]) && q[2] == '-')
			dash = q;
	if (!dash)
		return;
	snprintf(p->facility, sizeof p->facility, "%.*s", (int)(dash - message - 1), message + 1);
	snprintf(p->mnemonic, sizeof p->mnemonic, "%.*s", (int)(colon - dash - 3), dash + 3);
	p->body = colon + 2;
}

bool
log_rate_take(struct log_rate *r, uint64_t second)
{
	if (r->limit == 0)
		return true;
	if (r->second != second) {
		r->second = second;
		r->n = 0;
	}
	if (r->n >= r->limit)
		return false;
	r->n++;
	return true;
}

/* "6,7", "4-7": a bit for each; what is no number of a severity is passed over. */
static uint8_t
severities(const char *list)
{
	uint8_t set = 0;

	for (const char *p = list; *p; p++) {
		int lo = *p - '0', hi = lo;

		if (lo < 0 || lo > 7)
			continue;
		if (p[1] == '-' && p[2] >= '0' && p[2] <= '7') {
			hi = p[2] - '0';
			p += 2;
		}
		for (int i = lo; i <= hi; i++)
			set |= (uint8_t)(1u << i);
	}
	return set;
}

static struct pattern
pattern(const char *drops, const char *includes)
{
	struct pattern p = { .drops = drops };
	char *text, why[128];

	if (!drops && !includes)
		return p;
	text = xasprintf(" include %s", drops ? drops : includes);
	p.filter = filter_parse(text, why, sizeof why);
	free(text);
	return p;
}

struct log_discriminator *
log_discriminator_new(const struct cfg_logging_discriminator *v)
{
	struct log_discriminator *d = xcalloc(1, sizeof *d);

	snprintf(d->name, sizeof d->name, "%s", v->name);
	d->severities = 0xff;
	if (v->drop_levels)
		d->severities = (uint8_t)~severities(v->drop_levels);
	else if (v->levels)
		d->severities = severities(v->levels);
	d->pattern[FACILITY] = pattern(v->drop_facility, v->facilities);
	d->pattern[MNEMONIC] = pattern(v->drop_mnemonics, v->names);
	d->pattern[BODY] = pattern(v->drop_text, v->text);
	d->rate.limit = v->rate;
	return d;
}

void
log_discriminator_free(struct log_discriminator *d)
{
	for (int i = 0; i < NPART; i++)
		filter_free(d->pattern[i].filter);
	free(d);
}

const char *
log_discriminator_name(const struct log_discriminator *d)
{
	return d->name;
}

static bool
passes(struct pattern *p, const char *text)
{
	struct buf out = {0};
	bool matched;

	if (!p->filter)
		return true;
	filter_feed(p->filter, text, strlen(text), &out);
	filter_feed(p->filter, "\n", 1, &out);
	matched = out.n > 0;
	buf_free(&out);
	return matched != p->drops;
}

bool
log_discriminator_passes(struct log_discriminator *d, int severity, const struct log_parts *p)
{
	return d->severities & (1u << severity) && passes(&d->pattern[FACILITY], p->facility) &&
	    passes(&d->pattern[MNEMONIC], p->mnemonic) && passes(&d->pattern[BODY], p->body);
}

struct log_rate *
log_discriminator_rate(struct log_discriminator *d)
{
	return &d->rate;
}
