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

exec_fn show_access_lists, show_ip_access_lists;

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
