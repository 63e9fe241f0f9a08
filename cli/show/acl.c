/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show access-lists, show ip access-lists, show route-map. Nothing counts
 * matches yet, so none are printed. Remarks belong to the configuration only,
 * as in IOS.
 */
#include <string.h>

#include "cli/exec.h"
#include "lib/buf.h"
#include "lib/ip4.h"
#include "parser/render.h"

exec_fn show_access_lists, show_ip_access_lists, show_route_map;

static void
standard_entry(struct buf *b, const struct cfg_acl_std_ace *a)
{
	uint32_t addr = a->src == ACL_STD_ACE_SRC_HOST ? a->src_host : a->src_addr & ~a->src_wild;
	uint32_t wild = a->src == ACL_STD_ACE_SRC_SRC_ADDR ? a->src_wild : 0;

	if (a->action == ACL_STD_ACE_ACTION_REMARK)
		return;
	buf_printf(b, "    %u %-6s ", a->seq, a->action == ACL_STD_ACE_ACTION_PERMIT ? "permit" : "deny");
	if (a->src == ACL_STD_ACE_SRC_ANY || wild == UINT32_MAX)
		buf_puts(b, "any");
	else if (wild)
		buf_printf(b, "%s, wildcard bits %s", ip4_s(addr), ip4_s(wild));
	else
		buf_puts(b, ip4_s(addr));
	buf_puts(b, a->log ? " log\n" : "\n");
}

static void
extended_entry(struct buf *b, const struct cfg_acl_ext_ace *a)
{
	if (a->action == ACL_EXT_ACE_ACTION_REMARK)
		return;
	buf_printf(b, "    %u ", a->seq);
	/* sequence numbers are hidden there; a buffer that is not empty would get a second blank */
	struct buf line = {0};
	render_values(&line, &g_rows[ROW_ACL_EXT_ACE], a, false);
	buf_printf(b, "%s\n", buf_str(&line));
	buf_free(&line);
}

static void
access_lists(struct session *s, const char *only)
{
	struct store *st = session_store(s);
	struct buf b = {0};

	for (struct rec *r = store_first(st, store_root(st), ROW_ACL_STD); r; r = store_next(r)) {
		const struct cfg_acl_std *v = rec_values(r);

		if (only && strcmp(only, v->id) != 0)
			continue;
		buf_printf(&b, "Standard IP access list %s\n", v->id);
		for (struct rec *e = store_first(st, r, ROW_ACL_STD_ACE); e; e = store_next(e))
			standard_entry(&b, rec_values(e));
	}
	for (struct rec *r = store_first(st, store_root(st), ROW_ACL_EXT); r; r = store_next(r)) {
		const struct cfg_acl_ext *v = rec_values(r);

		if (only && strcmp(only, v->id) != 0)
			continue;
		buf_printf(&b, "Extended IP access list %s\n", v->id);
		for (struct rec *e = store_first(st, r, ROW_ACL_EXT_ACE); e; e = store_next(e))
			extended_entry(&b, rec_values(e));
	}
	out_text(s, buf_str(&b), b.n);
	buf_free(&b);
}

void
show_access_lists(struct session *s, const void *values)
{
	access_lists(s, ((const struct cfg_show_access_lists *)values)->acl);
}

void
show_ip_access_lists(struct session *s, const void *values)
{
	access_lists(s, ((const struct cfg_show_ip_access_lists *)values)->acl);
}

static void
match_clauses(struct buf *b, struct store *st, struct rec *r)
{
	struct rec *acl = store_find(st, r, ROW_ROUTE_MAP_MATCH_ADDRESS, NULL);
	struct rec *ifs = store_find(st, r, ROW_ROUTE_MAP_MATCH_INTERFACE, NULL);
	struct rec *tag = store_find(st, r, ROW_ROUTE_MAP_MATCH_TAG, NULL);

	if (acl) {
		const struct cfg_route_map_match_address *v = rec_values(acl);

		buf_puts(b, "    ip address (access-lists): ");
		for (size_t i = 0; i < sizeof v->acl / sizeof v->acl[0] && v->acl[i]; i++)
			buf_printf(b, "%s ", v->acl[i]);
		buf_putc(b, '\n');
	}
	if (ifs) {
		const struct cfg_route_map_match_interface *v = rec_values(ifs);

		buf_puts(b, "    interface ");
		for (size_t i = 0; i < sizeof v->if_ / sizeof v->if_[0] && v->if_[i]; i++)
			buf_printf(b, "%s ", v->if_[i]);
		buf_putc(b, '\n');
	}
	if (tag) {
		const struct cfg_route_map_match_tag *v = rec_values(tag);

		buf_puts(b, "    tag ");
		for (unsigned i = 0; i < sizeof v->tag / sizeof v->tag[0] && v->has & (1u << i); i++)
			buf_printf(b, "%u ", v->tag[i]);
		buf_putc(b, '\n');
	}
}

static void
set_clauses(struct buf *b, struct store *st, struct rec *r)
{
	const struct cfg_route_map_set_metric *metric = store_leaf(st, r, ROW_ROUTE_MAP_SET_METRIC);
	const struct cfg_route_map_set_metric_type *type = store_leaf(st, r, ROW_ROUTE_MAP_SET_METRIC_TYPE);
	const struct cfg_route_map_set_tag *tag = store_leaf(st, r, ROW_ROUTE_MAP_SET_TAG);

	if (metric)
		buf_printf(b, "    metric %u\n", metric->metric);
	if (type)
		buf_printf(b, "    metric-type type-%d\n", type->type == ROUTE_MAP_SET_METRIC_TYPE_TYPE_TYPE_1 ? 1 : 2);
	if (tag)
		buf_printf(b, "    tag %u\n", tag->tag);
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

		if (only && strcmp(only, v->name) != 0)
			continue;
		buf_printf(&b, "route-map %s, %s, sequence %u\n", v->name,
		    v->action == ROUTE_MAP_ACTION_PERMIT ? "permit" : "deny", v->seq);
		if (d)
			buf_printf(&b, "  Description:\n    %s\n", d->text);
		buf_puts(&b, "  Match clauses:\n");
		match_clauses(&b, st, r);
		buf_puts(&b, "  Set clauses:\n");
		set_clauses(&b, st, r);
		buf_puts(&b, "  Policy routing matches: 0 packets, 0 bytes\n");
	}
	if (only && b.n == 0)
		buf_printf(&b, "route-map %s not found\n", only);
	out_text(s, buf_str(&b), b.n);
	buf_free(&b);
}
