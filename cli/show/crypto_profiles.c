/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show crypto ipsec profile, dynamic-map, isakmp profile and isakmp peers. The
 * first two have lines in common with crypto maps: their rows are told apart
 * by a table, their structs are the same (engine/protect.c relies on it, too).
 */
#include <stdlib.h>
#include <string.h>

#include "cli/show/crypto_map.h"
#include "engine/crypto.h"
#include "engine/tunnel.h"
#include "lib/ip4.h"
#include "parser/render.h"
#include "parser/types.h"

exec_fn show_crypto_ipsec_profile, show_crypto_dynamic_map, show_crypto_isakmp_profile, show_crypto_isakmp_peers;

/* --- what protects --- */

struct rows {
	int sets, pfs, seconds, days, kilobytes, isakmp, ikev2, reverse;
};

static const struct rows profile_rows = { ROW_IPSEC_PROFILE_TRANSFORM_SET, ROW_IPSEC_PROFILE_PFS,
	ROW_IPSEC_PROFILE_SA_LIFETIME_SECONDS, ROW_IPSEC_PROFILE_SA_LIFETIME_DAYS, ROW_IPSEC_PROFILE_SA_LIFETIME_KB,
	ROW_IPSEC_PROFILE_ISAKMP_PROFILE, ROW_IPSEC_PROFILE_IKEV2_PROFILE, ROW_IPSEC_PROFILE_REVERSE_ROUTE };
static const struct rows dynamic_rows = { ROW_DYNAMIC_MAP_TRANSFORM_SET, ROW_DYNAMIC_MAP_PFS,
	ROW_DYNAMIC_MAP_SA_LIFETIME_SECONDS, ROW_DYNAMIC_MAP_SA_LIFETIME_DAYS, ROW_DYNAMIC_MAP_SA_LIFETIME_KB,
	ROW_DYNAMIC_MAP_ISAKMP_PROFILE, ROW_DYNAMIC_MAP_IKEV2_PROFILE, ROW_DYNAMIC_MAP_REVERSE_ROUTE };

static void
print_lifetime(struct session *s, const struct rec *r, const struct rows *rows)
{
	struct store *st = session_store(s);
	const struct cfg_sa_lifetime_seconds *gs = store_leaf(st, store_root(st), ROW_SA_LIFETIME_SECONDS);
	const struct cfg_sa_lifetime_kb *gk = store_leaf(st, store_root(st), ROW_SA_LIFETIME_KB);
	const struct cfg_ipsec_profile_sa_lifetime_seconds *sec = r ? store_leaf(st, r, rows->seconds) : NULL;
	const struct cfg_ipsec_profile_sa_lifetime_days *days = r ? store_leaf(st, r, rows->days) : NULL;
	const struct cfg_ipsec_profile_sa_lifetime_kb *kb = r ? store_leaf(st, r, rows->kilobytes) : NULL;
	uint32_t seconds = sec ? sec->seconds : days ? days->days * 86400 : gs->seconds;
	bool limit = kb ? kb->amount != IPSEC_PROFILE_SA_LIFETIME_KB_AMOUNT_DISABLE : gk->amount != SA_LIFETIME_KB_AMOUNT_DISABLE;

	if (limit)
		out(s, "\tSecurity association lifetime: %u kilobytes/%u seconds\n", kb ? kb->kilobytes : gk->kilobytes, seconds);
	else
		out(s, "\tSecurity association lifetime: KB Vol Rekey Disabled/%u seconds\n", seconds);
}

static void
print_body(struct session *s, const struct rec *r, const struct rows *rows, bool responder, bool builtin)
{
	struct store *st = session_store(s);
	const struct cfg_ipsec_profile_transform_set *sets = r ? store_leaf(st, r, rows->sets) : NULL;
	const struct cfg_ipsec_profile_isakmp_profile *i1 = r ? store_leaf(st, r, rows->isakmp) : NULL;
	const struct cfg_ipsec_profile_ikev2_profile *i2 = r ? store_leaf(st, r, rows->ikev2) : NULL;
	const struct cfg_ipsec_profile_pfs *pfs = r ? store_leaf(st, r, rows->pfs) : NULL;

	if (i1)
		out(s, "\tISAKMP Profile: %s%s\n", i1->profile, store_defined(st, REF_ISAKMP_PROFILE, i1->profile) ? "" : " (not defined)");
	if (i2)
		out(s, "\tIKEv2 Profile: %s%s\n", i2->profile, store_defined(st, REF_IKEV2_PROFILE, i2->profile) ? "" : " (not defined)");
	print_lifetime(s, r, rows);
	out(s, "\tResponder-Only (Y/N): %s\n\tPFS (Y/N): %s\n", responder ? "Y" : "N", pfs ? "Y" : "N");
	if (pfs)
		out(s, "\tDH group:  group%d\n", dh_number(pfs->group));
	out(s, "\tMixed-mode : Disabled\n");
	if (!sets && builtin)	/* what is used where nothing is said */
		out(s, "\tTransform sets={ \n\t\tdefault:  { esp-aes esp-sha-hmac  } , \n\t}\n");
	else
		crypto_print_sets(s, sets ? sets->ts : NULL);
	if (r && store_leaf(st, r, rows->reverse))
		out(s, "\tReverse Route Injection Enabled\n");
	if (r)
		crypto_print_notes(s, r);
}

void
crypto_print_profile(struct session *s, const struct rec *r)
{
	print_body(s, r, &profile_rows, r && store_flag(session_store(s), r, ROW_IPSEC_PROFILE_RESPONDER_ONLY), true);
}

void
crypto_print_dynamic(struct session *s, const struct rec *r)
{
	print_body(s, r, &dynamic_rows, false, false);
}

void
show_crypto_ipsec_profile(struct session *s, const void *values)
{
	const struct cfg_show_crypto_ipsec_profile *a = values;
	const char *only = a->has & HAS_SHOW_CRYPTO_IPSEC_PROFILE_NAME ? a->name : NULL;
	struct store *st = session_store(s);
	bool own_default = false;

	for (const struct rec *r = store_first(st, store_root(st), ROW_IPSEC_PROFILE); r; r = store_next(r)) {
		const char *name = ((const struct cfg_ipsec_profile *)rec_values(r))->name;

		own_default |= strcmp(name, "default") == 0;
		if (only && strcmp(only, name) != 0)
			continue;
		out(s, "IPSEC profile %s\n", name);
		crypto_print_profile(s, r);
		out(s, "\n");
	}
	if (!own_default && (!only || strcmp(only, "default") == 0)) {
		out(s, "IPSEC profile default\n");
		crypto_print_profile(s, NULL);
		out(s, "\n");
	}
}

/* --- dynamic crypto maps --- */

static void
print_acl(struct session *s, const struct rec *r)
{
	struct store *st = session_store(s);
	const struct cfg_dynamic_map_match_address *m = store_leaf(st, r, ROW_DYNAMIC_MAP_MATCH_ADDRESS);
	const struct rec *acl = m ? store_defined(st, REF_ACL, m->acl) : NULL;

	if (!m) {
		out(s, "\tNo matching address list set.\n");
		return;
	}
	out(s, "\tExtended IP access list %s\n", m->acl);
	if (acl && acl->row != ROW_ACL_EXT)
		acl = NULL;
	for (const struct rec *q = acl ? store_first(st, acl, ROW_ACL_EXT_ACE) : NULL; q; q = store_next(q)) {
		struct buf b = {0};

		if (((const struct cfg_acl_ext_ace *)rec_values(q))->action == ACL_EXT_ACE_ACTION_REMARK)
			continue;
		render_line(&b, q);
		out(s, "\t    access-list %s %s\n", m->acl, buf_str(&b));
		buf_free(&b);
	}
}

/* An entry takes from the profile that it names what it does not say itself: that profile is shown, too. */
void
show_crypto_dynamic_map(struct session *s, const void *values)
{
	const struct cfg_show_crypto_dynamic_map *a = values;
	const char *only = a->has & HAS_SHOW_CRYPTO_DYNAMIC_MAP_NAME ? a->name : NULL;
	struct store *st = session_store(s);
	bool any = false;

	for (const struct rec *r = store_first(st, store_root(st), ROW_DYNAMIC_MAP); r; r = store_next(r)) {
		const struct cfg_dynamic_map *d = rec_values(r);
		const struct cfg_dynamic_map_description *text = store_leaf(st, r, ROW_DYNAMIC_MAP_DESCRIPTION);
		const struct cfg_dynamic_map_profile *p = store_leaf(st, r, ROW_DYNAMIC_MAP_PROFILE);

		if (only && strcmp(only, d->name) != 0)
			continue;
		out(s, "Crypto Map Template\"%s\" %u\n", d->name, d->seq);
		if (text)
			out(s, "\tDescription: %s\n", text->text);
		for (const struct rec *q = store_first(st, r, ROW_DYNAMIC_MAP_PEER); q; q = store_next(q))
			out(s, "\tPeer = %s\n", ((const struct cfg_dynamic_map_peer *)rec_values(q))->addr);
		print_acl(s, r);
		if (p)
			out(s, "\tIPSec Profile: %s%s\n", p->profile, store_defined(st, REF_IPSEC_PROFILE, p->profile) ? "" :
			    " (not defined)");
		crypto_print_dynamic(s, r);
		out(s, "\n");
		any = true;
	}
	if (!any)
		out(s, "No crypto map templates found.\n");
}

/* --- ISAKMP profiles --- */

static void
identities(struct session *s, const struct rec *r)
{
	struct store *st = session_store(s);
	const struct rec *q;

	for (q = store_first(st, r, ROW_ISAKMP_PROFILE_MATCH_ADDRESS); q; q = store_next(q)) {
		const struct cfg_isakmp_profile_match_address *m = rec_values(q);
		uint32_t mask = m->has & HAS_ISAKMP_PROFILE_MATCH_ADDRESS_MASK ? m->mask : m->addr ? 0xffffffffu : 0;

		out(s, "    ip-address %s %s%s%s\n", ip4_s(m->addr), ip4_s(mask), m->fvrf ? " vrf " : "", m->fvrf ? m->fvrf : "");
	}
	for (q = store_first(st, r, ROW_ISAKMP_PROFILE_MATCH_IPV6); q; q = store_next(q))
		out(s, "    ipv6-address %s\n", ((const struct cfg_isakmp_profile_match_ipv6 *)rec_values(q))->prefix6);
	for (q = store_first(st, r, ROW_ISAKMP_PROFILE_MATCH_GROUP); q; q = store_next(q))
		out(s, "    group %s\n", ((const struct cfg_isakmp_profile_match_group *)rec_values(q))->group);
	for (q = store_first(st, r, ROW_ISAKMP_PROFILE_MATCH_HOST); q; q = store_next(q)) {
		const struct cfg_isakmp_profile_match_host *m = rec_values(q);
		bool domain = m->what == ISAKMP_PROFILE_MATCH_HOST_WHAT_DOMAIN;

		out(s, "    fqdn %s%s\n", domain ? "domain " : "", domain ? m->domain : m->hostname);
	}
	for (q = store_first(st, r, ROW_ISAKMP_PROFILE_MATCH_USER); q; q = store_next(q)) {
		const struct cfg_isakmp_profile_match_user *m = rec_values(q);
		bool domain = m->what == ISAKMP_PROFILE_MATCH_USER_WHAT_DOMAIN;

		out(s, "    user-fqdn %s%s\n", domain ? "domain " : "", domain ? m->domain : m->user);
	}
}

static void
isakmp_profile(struct session *s, const struct rec *r)
{
	static const char *const presented[] = { "ip-address", "fqdn", "user-fqdn", "dn" };
	_Static_assert(sizeof presented / sizeof presented[0] == ISAKMP_PROFILE_SELF_IDENTITY_KIND_DN + 1, "a word for each");
	struct store *st = session_store(s);
	const struct cfg_isakmp_profile_self_identity *self = store_leaf(st, r, ROW_ISAKMP_PROFILE_SELF_IDENTITY);
	const struct cfg_isakmp_profile_trust_point *trust = store_leaf(st, r, ROW_ISAKMP_PROFILE_TRUST_POINT);
	const struct cfg_isakmp_profile_virtual_template *vt = store_leaf(st, r, ROW_ISAKMP_PROFILE_VIRTUAL_TEMPLATE);
	const struct rec *c = store_first(st, r, ROW_ISAKMP_PROFILE_MATCH_CERTIFICATE), *k = store_first(st, r, ROW_ISAKMP_PROFILE_KEYRING);
	const char *fqdn = self ? self->fqdn ? self->fqdn : self->user : NULL;

	out(s, "IKEv1 PROFILE %s\n   Identities matched are:\n", ((const struct cfg_isakmp_profile *)rec_values(r))->name);
	identities(s, r);
	out(s, "   Certificate maps matched are:\n");
	for (; c; c = store_next(c))
		out(s, "    %s\n", ((const struct cfg_isakmp_profile_match_certificate *)rec_values(c))->map);
	out(s, "   Identity presented is: %s%s%s\n", presented[self ? self->kind : 0], fqdn ? " " : "", fqdn ? fqdn : "");
	out(s, "   keyring(s):");
	if (!k)
		out(s, " <none>");
	for (; k; k = store_next(k)) {
		const char *name = ((const struct cfg_isakmp_profile_keyring *)rec_values(k))->keyring;

		out(s, " %s%s", name, store_defined(st, REF_KEYRING, name) || strcmp(name, "default") == 0 ? "" : " (not defined)");
	}
	out(s, "\n   trustpoint(s): %s\n", trust ? trust->trustpoint : "<all>");
	if (vt)
		out(s, "   virtual-template: %u\n", vt->number);
	crypto_print_notes(s, r);
}

void
show_crypto_isakmp_profile(struct session *s, const void *values)
{
	const struct cfg_show_crypto_isakmp_profile *a = values;
	const char *only = a->has & HAS_SHOW_CRYPTO_ISAKMP_PROFILE_NAME ? a->name : NULL;
	struct store *st = session_store(s);
	bool first = true;

	for (const struct rec *r = store_first(st, store_root(st), ROW_ISAKMP_PROFILE); r; r = store_next(r)) {
		if (only && strcmp(only, ((const struct cfg_isakmp_profile *)rec_values(r))->name) != 0)
			continue;
		if (!first)
			out(s, "\n");
		isakmp_profile(s, r);
		first = false;
	}
}

/* --- peers --- */

static int
by_peer(const void *a, const void *b)
{
	const struct sa_ike *x = *(const struct sa_ike *const *)a, *y = *(const struct sa_ike *const *)b;

	if (x->remote != y->remote)
		return x->remote < y->remote ? -1 : 1;
	return (x->local > y->local) - (x->local < y->local);
}

/* Each pair of addresses once, though a rekey has two SAs for a moment. */
void
show_crypto_isakmp_peers(struct session *s, const void *values)
{
	struct crypto_view v;
	const struct sa_ike **list;
	size_t n = 0;

	(void)values;
	crypto_view_open(&v, s);
	list = calloc(v.nike + 1, sizeof *list);
	for (size_t i = 0; list && i < v.nike; i++)
		if (v.ike[i].version == 1)
			list[n++] = &v.ike[i];
	if (n)
		qsort(list, n, sizeof *list, by_peer);
	for (size_t i = 0; i < n; i++) {
		const struct sa_ike *k = list[i];

		if (i && by_peer(&list[i - 1], &list[i]) == 0 && list[i - 1]->remote_port == k->remote_port)
			continue;
		out(s, "Peer: %s Port: %u Local: %s\n", ip4_s(k->remote), k->remote_port, ip4_s(k->local));
		if (*k->remote_id)
			out(s, " Phase1 id: %s\n", k->remote_id);
	}
	free(list);
	crypto_view_close(&v);
}
