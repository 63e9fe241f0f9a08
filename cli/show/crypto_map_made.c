/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show crypto map: the entries that nobody has typed. Each tunnel interface
 * with protection has a map of its own in IOS, Tunnel0-head-0, and each peer
 * that called an entry of a dynamic crypto map is an entry behind the others.
 */
#include <string.h>

#include "cli/show/crypto_map.h"
#include "engine/tunnel.h"
#include "lib/ip4.h"

static void
end_text(struct session *s, const struct prefix4 *p, uint16_t port)
{
	if (p->len == 0)
		out(s, " any");
	else if (p->len == 32)
		out(s, " host %s", ip4_s(p->addr));
	else
		out(s, " %s %s", ip4_s(p->addr), ip4_s(~ip4_mask(p->len)));
	if (port)
		out(s, " port = %u", port);
}

/* What the SAs take, as an access list would say it. */
static void
print_selector(struct session *s, const struct obj_selector *sel)
{
	out(s, "\tExtended IP access list \n\t    access-list  permit ");
	if (sel->proto == 0 || sel->proto == 47 || sel->proto == 4)
		out(s, "%s", sel->proto == 0 ? "ip" : sel->proto == 47 ? "gre" : "ipinip");
	else
		out(s, "%u", sel->proto);
	end_text(s, &sel->src, sel->src_port);
	end_text(s, &sel->dst, sel->dst_port);
	out(s, "\n");
}

void
crypto_print_called(const struct crypto_view *v, const char *map, const char *dynamic_map, const struct entry *e)
{
	struct cfg_dynamic_map key = { .has = HAS_DYNAMIC_MAP_NAME | HAS_DYNAMIC_MAP_SEQ, .name = dynamic_map,
		.seq = e->dynamic_seq };
	const struct rec *d = store_find(v->store, store_root(v->store), ROW_DYNAMIC_MAP, &key);
	struct session *s = v->s;

	out(s, "Crypto Map IPv4 \"%s\" 65536 ipsec-isakmp\n\tPeer = %s\n", map, ip4_s(e->peer[0]));
	if (e->flows)
		print_selector(s, &e->flows->sel);
	out(s, "\t    dynamic (created from dynamic map %s/%u)\n\tCurrent peer: %s\n", dynamic_map, e->dynamic_seq,
	    ip4_s(e->peer[0]));
	if (d)
		crypto_print_dynamic(s, d);
}

/* --- tunnel interfaces --- */

/* The record that says how an entry's interface is protected: its own, or its template's. */
static const struct rec *
interface_of(const struct crypto_view *v, const struct entry *e)
{
	const struct entry *made_of = e->kind == ENTRY_TEMPLATE && e->flows && e->flows->of ? e->flows->of->flow->entry : e;

	return store_defined(v->store, REF_INTERFACE, made_of->ifname);
}

static void
print_tunnel(const struct crypto_view *v, const struct entry *e)
{
	const struct rec *r = interface_of(v, e);
	const struct cfg_interface_tunnel_protection *p = r ? store_leaf(v->store, r, ROW_INTERFACE_TUNNEL_PROTECTION) : NULL;
	const struct rec *profile = p ? store_defined(v->store, REF_IPSEC_PROFILE, p->profile) : NULL;
	struct session *s = v->s;

	out(s, "Crypto Map IPv4 \"%s\" 65536 ipsec-isakmp\n", e->map);
	if (p)
		out(s, "\tProfile name: %s\n", p->profile);
	crypto_print_profile(s, profile);
	out(s, "\nCrypto Map IPv4 \"%s\" 65537 ipsec-isakmp\n\tMap is a PROFILE INSTANCE.\n", e->map);
	for (int i = 0; i < e->npeer; i++)
		out(s, "\tPeer = %s\n", ip4_s(e->peer[i]));
	if (e->flows)
		print_selector(s, &e->flows->sel);
	if (e->npeer)
		out(s, "\tCurrent peer: %s\n", ip4_s(e->peer[e->current]));
	crypto_print_profile(s, profile);
	if (!e->responder && e->kind != ENTRY_TEMPLATE)
		out(s, "\tAlways create SAs\n");
	if (r)
		crypto_print_trouble(s, r);
	out(s, "\tInterfaces using crypto map %s:\n\t\t%s\n\n", e->map, e->ifname);
}

size_t
crypto_print_tunnels(const struct crypto_view *v, const char *only)
{
	size_t n = 0;

	for (size_t i = 0; i < v->nentry; i++) {
		const struct entry *e = v->entry[i];

		if (e->kind == ENTRY_MAP || e->kind == ENTRY_DYNAMIC || (only && strcmp(only, e->map) != 0))
			continue;
		print_tunnel(v, e);
		n++;
	}
	return n;
}
