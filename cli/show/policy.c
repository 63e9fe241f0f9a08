/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show ip prefix-list and show route-map: from the configuration; how often an
 * entry of a prefix list was hit is asked of the daemons that use it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/show/ask.h"
#include "parser/render.h"

exec_fn show_ip_prefix_list, show_route_map;

/* --- prefix lists --- */

/* "   seq 5 permit ... (hit count: 3, refcount: 0)" below "BGP: ip prefix-list NAME:" */
static unsigned long
hits(const char *frr, const char *name, uint32_t seq)
{
	char head[96], entry[32];
	const char *p, *end, *at, *q;

	snprintf(head, sizeof head, ": ip prefix-list %s:\n", name);
	p = frr ? strstr(frr, head) : NULL;
	if (!p)
		return 0;
	p += strlen(head);
	end = strstr(p, ": ip prefix-list ");
	snprintf(entry, sizeof entry, "\n   seq %u ", seq);
	at = strstr(p - 1, entry);
	q = at && (!end || at < end) ? strstr(at, "hit count: ") : NULL;
	return q ? strtoul(q + strlen("hit count: "), NULL, 10) : 0;
}

static void
count_ref(void *ctx, struct rec *r)
{
	++*(unsigned *)ctx;
}

static void
prefix_list(struct buf *b, struct store *st, const struct rec *first, bool detail, bool summary, const char *const answer[ASK_MAX])
{
	const char *name = ((const struct cfg_prefix_list *)rec_values(first))->name;
	const struct cfg_prefix_list_description key = { .has = HAS_PREFIX_LIST_DESCRIPTION_NAME, .name = name };
	const struct rec *d = store_find(st, store_root(st), ROW_PREFIX_LIST_DESCRIPTION, &key), *r;
	unsigned n = 0, ranges = 0, refs = 0;
	uint32_t last = 0;

	for (r = first; r && strcmp(((const struct cfg_prefix_list *)rec_values(r))->name, name) == 0; r = store_next(r)) {
		const struct cfg_prefix_list *v = rec_values(r);

		n++;
		ranges += (v->has & (HAS_PREFIX_LIST_GE | HAS_PREFIX_LIST_LE)) != 0;
		last = v->seq;
	}
	store_referrers(st, REF_PREFIX_LIST, name, count_ref, &refs);
	buf_printf(b, "ip prefix-list %s:", name);
	if (detail || summary) {
		if (d)
			buf_printf(b, "\n   Description: %s", ((const struct cfg_prefix_list_description *)rec_values(d))->text);
		buf_printf(b, "\n   count: %u, range entries: %u, sequences: %u - %u, refcount: %u\n", n, ranges,
		    ((const struct cfg_prefix_list *)rec_values(first))->seq, last, refs);
	} else
		buf_printf(b, " %u entries\n", n);
	for (r = first; !summary && n; r = store_next(r), n--) {
		const struct cfg_prefix_list *v = rec_values(r);

		buf_printf(b, "   seq %u %s %s", v->seq, v->action == PREFIX_LIST_ACTION_PERMIT ? "permit" : "deny", v->prefix);
		if (v->has & HAS_PREFIX_LIST_GE)
			buf_printf(b, " ge %u", v->ge);
		if (v->has & HAS_PREFIX_LIST_LE)
			buf_printf(b, " le %u", v->le);
		if (detail)
			buf_printf(b, " (hit count: %lu, refcount: %u)", hits(answer[0], name, v->seq) + hits(answer[1], name, v->seq) +
			    hits(answer[2], name, v->seq), refs);
		buf_putc(b, '\n');
	}
}

static void
prefix_lists(struct session *s, struct buf *b, const void *values, const char *const answer[ASK_MAX])
{
	const struct cfg_show_ip_prefix_list *v = values;
	struct store *st = session_store(s);
	const char *last = "";
	bool detail = v->has & HAS_SHOW_IP_PREFIX_LIST_HOW && v->how == SHOW_IP_PREFIX_LIST_HOW_DETAIL;
	bool summary = v->has & HAS_SHOW_IP_PREFIX_LIST_HOW && v->how == SHOW_IP_PREFIX_LIST_HOW_SUMMARY;

	for (const struct rec *r = store_first(st, store_root(st), ROW_PREFIX_LIST); r; r = store_next(r)) {
		const char *name = ((const struct cfg_prefix_list *)rec_values(r))->name;

		if (strcmp(name, last) == 0)
			continue;
		last = name;
		if (!v->name || strcmp(v->name, name) == 0)
			prefix_list(b, st, r, detail, summary, answer);
	}
	if (v->name && b->n == 0)
		buf_printf(b, "%% Can't find specified prefix-list\n");
}

void
show_ip_prefix_list(struct session *s, const void *values)
{
	static const struct question q[] = { { FRR_BGPD, "show ip prefix-list detail" }, { FRR_OSPFD, "show ip prefix-list detail" },
		{ FRR_ZEBRA, "show ip prefix-list detail" } };
	const struct cfg_show_ip_prefix_list *v = values;

	ask(s, values, q, v->has & HAS_SHOW_IP_PREFIX_LIST_HOW && v->how == SHOW_IP_PREFIX_LIST_HOW_DETAIL ? 3 : 0, prefix_lists);
}

/* --- route maps --- */

/* How a condition begins, and how IOS shows it; the values follow, each with a blank. */
static const struct {
	uint16_t row;
	const char *line, *shown;
} conditions[] = {
	{ ROW_ROUTE_MAP_MATCH_PREFIX, "match ip address prefix-list", "ip address prefix-lists:" },
	{ ROW_ROUTE_MAP_MATCH_ADDRESS, "match ip address", "ip address (access-lists):" },
	{ ROW_ROUTE_MAP_MATCH_NEXT_HOP_PREFIX, "match ip next-hop prefix-list", "ip next-hop prefix-lists:" },
	{ ROW_ROUTE_MAP_MATCH_NEXT_HOP, "match ip next-hop", "ip next-hop (access-lists):" },
	{ ROW_ROUTE_MAP_MATCH_SOURCE_PREFIX, "match ip route-source prefix-list", "ip route-source prefix-lists:" },
	{ ROW_ROUTE_MAP_MATCH_SOURCE, "match ip route-source", "ip route-source (access-lists):" },
	{ ROW_ROUTE_MAP_MATCH_AS_PATH, "match as-path", "as-path (as-path filter):" },
	{ ROW_ROUTE_MAP_MATCH_COMMUNITY, "match community", "community (community-list filter):" },
};

/* All lines of an entry that begin with a word, in the order of the grammar. */
static void
clauses(struct buf *b, const struct rec *r, const char *word)
{
	size_t n = strlen(word);

	for (int i = 0; i < r->nset; i++)
		for (const struct rec *q = r->sets[i].first; q; q = store_next(q)) {
			struct buf line = {0};
			size_t k;

			render_values(&line, &g_rows[q->row], rec_values(q), true);
			if (strncmp(buf_str(&line), word, n) != 0) {
				buf_free(&line);
				continue;
			}
			for (k = 0; k < sizeof conditions / sizeof conditions[0] && conditions[k].row != q->row; k++)
				;
			if (k < sizeof conditions / sizeof conditions[0])
				buf_printf(b, "    %s%s \n", conditions[k].shown, buf_str(&line) + strlen(conditions[k].line));
			else
				buf_printf(b, "    %s%s\n", buf_str(&line) + n, *word == 'm' ? " " : "");
			buf_free(&line);
		}
}

void
show_route_map(struct session *s, const void *values)
{
	const char *only = ((const struct cfg_show_route_map *)values)->name;
	struct store *st = session_store(s);
	struct buf b = {0};

	for (struct rec *r = store_first(st, store_root(st), ROW_ROUTE_MAP); r; r = store_next(r)) {
		const struct cfg_route_map *v = rec_values(r);
		const struct cfg_route_map_description *d = store_leaf(st, r, ROW_ROUTE_MAP_DESCRIPTION);
		const struct cfg_route_map_continue *on = store_leaf(st, r, ROW_ROUTE_MAP_CONTINUE);

		if (only && strcmp(only, v->name) != 0)
			continue;
		buf_printf(&b, "route-map %s, %s, sequence %u\n", v->name,
		    v->action == ROUTE_MAP_ACTION_PERMIT ? "permit" : "deny", v->seq);
		if (d)
			buf_printf(&b, "  Description:\n    %s\n", d->text);
		if (on && on->seq)
			buf_printf(&b, "  Continue: sequence %u\n", on->seq);
		else if (on)
			buf_puts(&b, "  Continue: (next entry)\n");
		buf_puts(&b, "  Match clauses:\n");
		clauses(&b, r, "match ");
		buf_puts(&b, "  Set clauses:\n");
		clauses(&b, r, "set ");
		buf_puts(&b, "  Policy routing matches: 0 packets, 0 bytes\n");
	}
	if (only && b.n == 0)
		buf_printf(&b, "route-map %s not found\n", only);
	out_text(s, buf_str(&b), b.n);
	buf_free(&b);
}
