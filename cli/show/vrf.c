/* SPDX-License-Identifier: BSD-2-Clause */
/* show vrf: from the configuration, both spellings of a VRF. */
#include <stdlib.h>
#include <string.h>

#include "cli/exec.h"
#include "lib/buf.h"
#include "lib/xalloc.h"
#include "parser/types.h"

exec_fn show_vrf;

struct members {
	const struct rec **v;
	size_t n, cap;
};

static void
member(void *ctx, struct rec *r)
{
	struct members *m = ctx;

	if (r->row != ROW_INTERFACE_VRF_FORWARDING && r->row != ROW_INTERFACE_IP_VRF_FORWARDING)
		return;
	if (m->n == m->cap) {
		m->cap = m->cap * 2 + 8;
		m->v = xrealloc(m->v, m->cap * sizeof *m->v);
	}
	m->v[m->n++] = r->parent;
}

/* The first interface stands in the VRF's own line; the index has the latest first. */
static void
vrf(struct buf *b, struct store *st, const char *name, const char *rd, const char *protocols)
{
	struct members m = {0};
	char ifname[40];

	buf_printf(b, "  %-32s %-19s %-11s ", name, rd ? rd : "<not set>", protocols);
	store_referrers(st, REF_VRF, name, member, &m);
	for (size_t i = m.n; i > 0; i--) {
		ifname_short(((const struct cfg_interface *)rec_values(m.v[i - 1]))->if_, ifname, sizeof ifname);
		buf_printf(b, "%*s%s\n", i == m.n ? 0 : 67, "", ifname);
	}
	if (m.n == 0)
		buf_putc(b, '\n');
	free(m.v);
}

void
show_vrf(struct session *s, const void *values)
{
	const char *only = ((const struct cfg_show_vrf *)values)->name;
	struct store *st = session_store(s);
	struct buf b = {0};

	buf_puts(&b, "  Name                             Default RD          Protocols   Interfaces\n");
	for (struct rec *r = store_first(st, store_root(st), ROW_VRF_DEFINITION); r; r = store_next(r)) {
		const struct cfg_vrf_definition *v = rec_values(r);
		const struct cfg_vrf_definition_rd *rd = store_leaf(st, r, ROW_VRF_DEFINITION_RD);
		bool v4 = store_find(st, r, ROW_VRF_DEFINITION_AF_IPV4, NULL), v6 = store_find(st, r, ROW_VRF_DEFINITION_AF_IPV6, NULL);

		if (!only || strcmp(only, v->name) == 0)
			vrf(&b, st, v->name, rd ? rd->rd : NULL, v4 && v6 ? "ipv4,ipv6" : v4 ? "ipv4" : v6 ? "ipv6" : "");
	}
	for (struct rec *r = store_first(st, store_root(st), ROW_IP_VRF); r; r = store_next(r)) {
		const struct cfg_ip_vrf *v = rec_values(r);
		const struct cfg_ip_vrf_rd *rd = store_leaf(st, r, ROW_IP_VRF_RD);

		if (!only || strcmp(only, v->name) == 0)
			vrf(&b, st, v->name, rd ? rd->rd : NULL, "ipv4");
	}
	out_text(s, buf_str(&b), b.n);
	buf_free(&b);
}
