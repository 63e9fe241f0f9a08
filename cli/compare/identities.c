/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Proxy identities of two ends: each permit line must have its mirror image at
 * the other side. The lines of the other side are kept mirrored and sorted, so
 * that a line's own is found by bisection.
 */
#include "cli/compare/compare_int.h"

#include <stdlib.h>

#include "engine/acl.h"
#include "engine/objects.h"
#include "lib/xalloc.h"

#define ORDER(x, y) if ((x) != (y)) return (x) < (y) ? -1 : 1

static int
by_selector(const void *pa, const void *pb)
{
	const struct obj_selector *a = pa, *b = pb;

	ORDER(a->src.addr, b->src.addr);
	ORDER(a->src.len, b->src.len);
	ORDER(a->dst.addr, b->dst.addr);
	ORDER(a->dst.len, b->dst.len);
	ORDER(a->proto, b->proto);
	ORDER(a->src_port, b->src_port);
	ORDER(a->dst_port, b->dst_port);
	return 0;
}

static bool
covers(const struct obj_selector *wide, const struct obj_selector *s)
{
	struct obj_selector both;

	return selector_intersect(wide, s, &both) && by_selector(&both, s) == 0;
}

void
mirrors_add(struct comparison *c, const struct end *e, size_t end, struct mirrors *m)
{
	for (struct rec *q = e->acl ? store_first(c->file[e->file].store, e->acl, ROW_ACL_EXT_ACE) : NULL; q; q = store_next(q)) {
		struct obj_selector sel;

		if (((const struct cfg_acl_ext_ace *)rec_values(q))->action != ACL_EXT_ACE_ACTION_PERMIT ||
		    ace_selector(rec_values(q), &sel))
			continue;
		GROW(m->v, m->n);
		m->v[m->n++] = (struct mirror){ selector_mirror(&sel), q, end };
	}
}

void
mirrors_sort(struct mirrors *m)
{
	if (m->n)
		qsort(m->v, m->n, sizeof *m->v, by_selector);
}

static bool
same_net(const struct prefix4 *a, const struct prefix4 *b)
{
	return a->addr == b->addr && a->len == b->len;
}

/*
 * The line of the other side that was meant for this one when no other could
 * have been: the only one without a mirror image of its own, of those that
 * have one of the two networks. own: the mirrors of this side's lines, sorted.
 */
static const struct mirror *
meant(const struct mirrors *m, const struct mirrors *own, const struct obj_selector *sel)
{
	const struct mirror *found = NULL;

	for (size_t i = 0; own && i < m->n; i++) {
		struct obj_selector theirs = selector_mirror(&m->v[i].sel);

		if ((!same_net(&m->v[i].sel.src, &sel->src) && !same_net(&m->v[i].sel.dst, &sel->dst)) ||
		    (own->n && bsearch(&theirs, own->v, own->n, sizeof *own->v, by_selector)))
			continue;
		if (found && found->line != m->v[i].line)
			return NULL;
		found = &m->v[i];
	}
	return found;
}

void
check_identities(struct comparison *c, const struct end *e, size_t b, const struct mirrors *m, const struct mirrors *own,
    bool starts)
{
	for (struct rec *q = e->acl ? store_first(c->file[e->file].store, e->acl, ROW_ACL_EXT_ACE) : NULL; q; q = store_next(q)) {
		struct obj_selector sel, theirs;
		const struct mirror *wide = NULL, *narrow = NULL, *other;
		struct buf t = {0}, place = {0};

		if (((const struct cfg_acl_ext_ace *)rec_values(q))->action != ACL_EXT_ACE_ACTION_PERMIT ||
		    ace_selector(rec_values(q), &sel) || (m->n && bsearch(&sel, m->v, m->n, sizeof *m->v, by_selector)) ||
		    was_named(c, q, b))
			continue;
		for (size_t i = 0; i < m->n; i++) {
			if (covers(&m->v[i].sel, &sel))
				wide = wide ? wide : &m->v[i];
			else if (covers(&sel, &m->v[i].sel))
				narrow = narrow ? narrow : &m->v[i];
			else
				continue;
			name_line(c, m->v[i].line, e->file);
		}
		if (wide && !starts)
			continue;
		selector_text(&sel, &t);
		other = wide ? wide : narrow ? narrow : meant(m, own, &sel);
		if (other) {
			theirs = selector_mirror(&other->sel);
			buf_printf(&place, "%s:%u", c->file[b].file, other->line->line);
		}
		if (wide)
			mismatch(c, e->file, q, "proxy identity %s is only a part of what %s permits: the tunnel comes up when this "
			    "router starts it, not the other way round", buf_str(&t), buf_str(&place));
		else if (narrow)
			mismatch(c, e->file, q, "proxy identity %s is wider than what %s permits: the tunnel comes up only when the "
			    "other router starts it", buf_str(&t), buf_str(&place));
		else if (other) {
			name_line(c, other->line, e->file);
			buf_puts(&t, " does not mirror ");
			selector_text(&theirs, &t);
			mismatch(c, e->file, q, "proxy identity %s in %s: proxy identities not supported", buf_str(&t), buf_str(&place));
		} else
			mismatch(c, e->file, q, "proxy identity %s has no mirror image in %s: proxy identities not supported",
			    buf_str(&t), c->file[b].file);
		buf_free(&t);
		buf_free(&place);
	}
}

/* The first mirror that is not less than the selector. */
static size_t
first_mirror(const struct mirrors *m, const struct obj_selector *sel)
{
	size_t lo = 0, hi = m->n;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (by_selector(&m->v[mid].sel, sel) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

size_t
mirroring(struct comparison *c, const struct end *e, const struct mirrors *m, const struct end *ends,
    struct end fit[FIT_MAX])
{
	size_t n = 0;

	for (struct rec *q = e->acl ? store_first(c->file[e->file].store, e->acl, ROW_ACL_EXT_ACE) : NULL; q; q = store_next(q)) {
		struct obj_selector sel;

		if (((const struct cfg_acl_ext_ace *)rec_values(q))->action != ACL_EXT_ACE_ACTION_PERMIT ||
		    ace_selector(rec_values(q), &sel))
			continue;
		for (size_t i = first_mirror(m, &sel); i < m->n && n < FIT_MAX && by_selector(&m->v[i].sel, &sel) == 0; i++) {
			size_t k = 0;

			while (k < n && fit[k].at != ends[m->v[i].end].at)
				k++;
			if (k == n)
				fit[n++] = ends[m->v[i].end];
		}
	}
	return n;
}
