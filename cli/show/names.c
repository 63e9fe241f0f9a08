/* SPDX-License-Identifier: BSD-2-Clause */
/* Interface names and durations for show commands; see names.h. */
#include "cli/show/names.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/grammar.h"
#include "lib/xalloc.h"
#include "parser/types.h"

static int
by_dev(const void *a, const void *b)
{
	return strcmp(((const struct devmap_entry *)a)->dev, ((const struct devmap_entry *)b)->dev);
}

void
devmap_init(struct devmap *m, struct store *s)
{
	size_t cap = 0;

	m->v = NULL;
	m->n = 0;
	for (const struct rec *r = store_first(s, store_root(s), ROW_INTERFACE); r; r = store_next(r)) {
		const struct cfg_interface *i = rec_values(r);

		if (m->n == cap) {
			cap = cap ? cap * 2 : 16;
			m->v = xrealloc(m->v, cap * sizeof *m->v);
		}
		ifname_kernel(i->if_, m->v[m->n].dev);
		m->v[m->n++].rec = r;
	}
	if (m->n)
		qsort(m->v, m->n, sizeof *m->v, by_dev);
}

void
devmap_free(struct devmap *m)
{
	free(m->v);
	m->v = NULL;
	m->n = 0;
}

const struct rec *
devmap_rec(const struct devmap *m, const char *dev)
{
	size_t lo = 0, hi = m->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;
		int c = strcmp(dev, m->v[mid].dev);

		if (c == 0)
			return m->v[mid].rec;
		if (c < 0)
			hi = mid;
		else
			lo = mid + 1;
	}
	return NULL;
}

const char *
devmap_name(struct devmap *m, const char *dev)
{
	const struct rec *r = devmap_rec(m, dev);

	if (r)
		return ((const struct cfg_interface *)rec_values(r))->if_;
	return ifname_from_device(dev, m->scratch) ? m->scratch : dev;
}

char *
duration_str(uint64_t s, char out[DURATION_LEN])
{
	uint64_t days = s / 86400, weeks = days / 7, years = days / 365;

	if (days == 0)
		snprintf(out, DURATION_LEN, "%02u:%02u:%02u", (unsigned)(s / 3600), (unsigned)(s / 60 % 60), (unsigned)(s % 60));
	else if (weeks == 0)
		snprintf(out, DURATION_LEN, "%ud%02uh", (unsigned)days, (unsigned)(s / 3600 % 24));
	else if (years == 0)
		snprintf(out, DURATION_LEN, "%uw%ud", (unsigned)weeks, (unsigned)(days % 7));
	else
		snprintf(out, DURATION_LEN, "%uy%uw", (unsigned)years, (unsigned)(days % 365 / 7));
	return out;
}

uint64_t
duration_parse(const char *p)
{
	uint64_t total = 0, part[3];

	if (sscanf(p, "%" SCNu64 ":%" SCNu64 ":%" SCNu64, &part[0], &part[1], &part[2]) == 3)
		return part[0] * 3600 + part[1] * 60 + part[2];
	while (*p) {
		char *end;
		uint64_t n = strtoull(p, &end, 10);

		if (end == p)
			break;
		total += n * (*end == 'y' ? 365 * 86400u : *end == 'w' ? 7 * 86400u : *end == 'd' ? 86400u :
		    *end == 'h' ? 3600u : *end == 'm' ? 60u : 1u);
		p = *end ? end + 1 : end;
	}
	return total;
}
