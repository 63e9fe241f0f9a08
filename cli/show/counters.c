/* SPDX-License-Identifier: BSD-2-Clause */
/* What clear counters leaves: see counters.h. */
#include "cli/show/counters.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "cli/show/iflist.h"
#include "lib/xalloc.h"

/* By index. A device that was made anew has another one, and counts from nothing. */
struct cleared {
	size_t n;
	struct mark {
		struct nl_link was;
		int64_t at;		/* seconds of CLOCK_MONOTONIC */
	} *mark;
};

static int64_t
monotonic(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec;
}

static uint64_t
less(uint64_t now, uint64_t was)
{
	return now >= was ? now - was : now;
}

static int
by_index(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;

	return x->was.ifindex < y->was.ifindex ? -1 : x->was.ifindex > y->was.ifindex;
}

int64_t
counters_since(const struct cleared *list, struct nl_link *l)
{
	struct mark key = { .was.ifindex = l->ifindex };
	const struct mark *m = list ? bsearch(&key, list->mark, list->n, sizeof key, by_index) : NULL;

	if (!m)
		return -1;
#define LESS(field) l->field = less(l->field, m->was.field)
	LESS(rx_packets), LESS(tx_packets), LESS(rx_bytes), LESS(tx_bytes), LESS(rx_errors), LESS(tx_errors), LESS(rx_dropped);
	LESS(tx_dropped), LESS(multicast), LESS(rx_crc_errors), LESS(rx_frame_errors), LESS(rx_over_errors), LESS(collisions);
#undef LESS
	return monotonic() - m->at;
}

void
counters_free(struct cleared *list)
{
	if (list)
		free(list->mark);
	free(list);
}

void
counters_clear(struct cleared **marks, const char *name, const struct iface *list, size_t n)
{
	struct cleared *c = xcalloc(1, sizeof *c), *was = *marks;

	c->mark = xcalloc(n + 1, sizeof *c->mark);
	for (size_t i = 0; i < n; i++) {
		struct mark *m = &c->mark[c->n], *old;

		if (!list[i].present)
			continue;
		m->was = list[i].link;
		m->at = monotonic();
		if (name && strcasecmp(name, list[i].name) != 0) {
			old = was ? bsearch(m, was->mark, was->n, sizeof *m, by_index) : NULL;
			if (!old)
				continue;
			*m = *old;
		}
		c->n++;
	}
	qsort(c->mark, c->n, sizeof *c->mark, by_index);
	counters_free(was);
	*marks = c;
}
