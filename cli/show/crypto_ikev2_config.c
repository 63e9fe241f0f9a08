/* SPDX-License-Identifier: BSD-2-Clause */
/* show crypto ikev2 proposal, policy and profile: the configuration in IOS's layout, with what is built in. */
#include <string.h>

#include "cli/exec.h"
#include "engine/crypto.h"
#include "lib/ip4.h"

exec_fn show_crypto_ikev2_proposal, show_crypto_ikev2_policy, show_crypto_ikev2_profile;

/* --- proposals --- */

static const char *const ciphers[] = { "3DES", "AES-CBC-128", "AES-CBC-192", "AES-CBC-256", "AES-GCM-128", "AES-GCM-256", "DES" };
static const char *const integrities[] = { "MD596", "SHA96", "SHA256", "SHA384", "SHA512" };
static const char *const prfs[] = { "MD5", "SHA1", "SHA256", "SHA384", "SHA512" };
static const char *const groups[] = { "768_MODP", "1024_MODP", "1536_MODP", "2048_MODP", "3072_MODP", "4096_MODP", "256_ECP",
	"384_ECP", "521_ECP", "2048_256_MODP" };
_Static_assert(sizeof ciphers / sizeof ciphers[0] == IKEV2_PROPOSAL_ENCRYPTION_A_DES + 1, "a word for each cipher");
_Static_assert(sizeof prfs / sizeof prfs[0] == IKEV2_PROPOSAL_PRF_A_SHA512 + 1, "a word for each hash");
_Static_assert(sizeof groups / sizeof groups[0] == IKEV2_PROPOSAL_GROUP_A_24 + 1, "a word for each group");

/*
 * A row "WORD a [b [c ...]]" is a struct of presence bits and one choice after
 * the other; a NULL row prints nothing and is told by false.
 */
static bool
list(struct session *s, const char *label, const void *values, int max, const char *const *words)
{
	const uint32_t *v = values;

	if (!v)
		return false;
	out(s, "     %-11s:", label);
	for (int i = 0; i < max && v[0] & 1u << i; i++)
		if (words == groups)
			out(s, " DH_GROUP_%s/Group %d", words[v[1 + i]], dh_number(v[1 + i]));
		else
			out(s, " %s", words[v[1 + i]]);
	out(s, "\n");
	return true;
}

static void
proposal(struct session *s, const struct rec *r)
{
	struct store *st = session_store(s);
	const void *prf = store_leaf(st, r, ROW_IKEV2_PROPOSAL_PRF), *integrity = store_leaf(st, r, ROW_IKEV2_PROPOSAL_INTEGRITY);

	out(s, " IKEv2 proposal: %s \n", ((const struct cfg_ikev2_proposal *)rec_values(r))->name);
	if (!list(s, "Encryption", store_leaf(st, r, ROW_IKEV2_PROPOSAL_ENCRYPTION), 7, ciphers))
		out(s, "     Encryption : none\n");
	if (!list(s, "Integrity", integrity, 5, integrities))
		out(s, "     Integrity  : none\n");
	/* without a line of its own it is that of the integrity */
	if (!list(s, "PRF", prf ? prf : integrity, 5, prfs))
		out(s, "     PRF        : none\n");
	if (!list(s, "DH Group", store_leaf(st, r, ROW_IKEV2_PROPOSAL_GROUP), 10, groups))
		out(s, "     DH Group   : none\n");
}

void
show_crypto_ikev2_proposal(struct session *s, const void *values)
{
	const struct cfg_show_crypto_ikev2_proposal *a = values;
	const char *only = a->has & HAS_SHOW_CRYPTO_IKEV2_PROPOSAL_NAME ? a->name : NULL;
	struct store *st = session_store(s);
	bool own_default = false;

	for (const struct rec *r = store_first(st, store_root(st), ROW_IKEV2_PROPOSAL); r; r = store_next(r)) {
		const char *name = ((const struct cfg_ikev2_proposal *)rec_values(r))->name;

		own_default |= strcmp(name, "default") == 0;
		if (!only || strcmp(only, name) == 0)
			proposal(s, r);
	}
	if (!own_default && (!only || strcmp(only, "default") == 0))
		out(s, " IKEv2 proposal: default \n"
		    "     Encryption : AES-CBC-256 AES-CBC-192 AES-CBC-128\n"
		    "     Integrity  : SHA512 SHA384 SHA256 SHA96 MD596\n"
		    "     PRF        : SHA512 SHA384 SHA256 SHA1 MD5\n"
		    "     DH Group   : DH_GROUP_1536_MODP/Group 5 DH_GROUP_1024_MODP/Group 2\n");
}

/* --- policies --- */

static void
policy(struct session *s, const struct rec *r)
{
	struct store *st = session_store(s);
	const struct cfg_ikev2_policy_match_fvrf *vrf = store_leaf(st, r, ROW_IKEV2_POLICY_MATCH_FVRF);
	const struct rec *m = store_first(st, r, ROW_IKEV2_POLICY_MATCH_LOCAL), *p = store_first(st, r, ROW_IKEV2_POLICY_PROPOSAL);

	out(s, " IKEv2 policy : %s\n", ((const struct cfg_ikev2_policy *)rec_values(r))->name);
	out(s, "      Match fvrf  : %s\n", !vrf ? "global" : vrf->vrf == IKEV2_POLICY_MATCH_FVRF_VRF_ANY ? "any" : vrf->fvrf);
	if (!m)
		out(s, "      Match address local : any\n");
	for (; m; m = store_next(m)) {
		const struct cfg_ikev2_policy_match_local *l = rec_values(m);

		out(s, "      Match address local : %s\n", l->addr == IKEV2_POLICY_MATCH_LOCAL_ADDR_LOCAL_ADDR ? ip4_s(l->local_addr) :
		    l->prefix6);
	}
	if (!p)
		out(s, "      Proposal    : none\n");
	for (; p; p = store_next(p)) {
		const char *name = ((const struct cfg_ikev2_policy_proposal *)rec_values(p))->proposal;

		out(s, "      Proposal    : %s%s\n", name, store_defined(st, REF_IKEV2_PROPOSAL, name) || strcmp(name, "default") == 0 ?
		    "" : " (not defined)");
	}
}

void
show_crypto_ikev2_policy(struct session *s, const void *values)
{
	const struct cfg_show_crypto_ikev2_policy *a = values;
	const char *only = a->has & HAS_SHOW_CRYPTO_IKEV2_POLICY_NAME ? a->name : NULL;
	struct store *st = session_store(s);
	bool own_default = false;

	for (const struct rec *r = store_first(st, store_root(st), ROW_IKEV2_POLICY); r; r = store_next(r)) {
		const char *name = ((const struct cfg_ikev2_policy *)rec_values(r))->name;

		own_default |= strcmp(name, "default") == 0;
		if (!only || strcmp(only, name) == 0)
			policy(s, r);
	}
	if (!own_default && (!only || strcmp(only, "default") == 0))
		out(s, " IKEv2 policy : default\n      Match fvrf  : any\n      Match address local : any\n      Proposal    : default \n");
}

/* --- profiles --- */

static void
identity(struct session *s, const struct cfg_ikev2_profile_match_remote *m)
{
	bool domain = m->identity == IKEV2_PROFILE_MATCH_REMOTE_IDENTITY_DOMAIN;

	switch (m->kind) {
	case IKEV2_PROFILE_MATCH_REMOTE_KIND_ADDRESS:
		if (m->where == IKEV2_PROFILE_MATCH_REMOTE_WHERE_ADDR)
			out(s, "   address %s %s\n", ip4_s(m->addr), ip4_s(m->has & HAS_IKEV2_PROFILE_MATCH_REMOTE_MASK ? m->mask :
			    0xffffffffu));
		else
			out(s, "   address ipv6 %s\n", m->prefix6);
		break;
	case IKEV2_PROFILE_MATCH_REMOTE_KIND_ANY:
		out(s, "   any\n");
		break;
	case IKEV2_PROFILE_MATCH_REMOTE_KIND_KEY_ID:
		out(s, "   key-id %s\n", m->keyid);
		break;
	default:
		out(s, "   %s %s%s\n", m->kind == IKEV2_PROFILE_MATCH_REMOTE_KIND_EMAIL ? "email" : "fqdn", domain ? "domain " : "",
		    domain ? m->domain : m->email);
	}
}

static const char *
local_identity(const struct cfg_ikev2_profile_identity_local *i)
{
	if (!i)
		return "none";
	switch (i->kind) {
	case IKEV2_PROFILE_IDENTITY_LOCAL_KIND_ADDRESS:
		return i->where == IKEV2_PROFILE_IDENTITY_LOCAL_WHERE_ADDR ? ip4_s(i->addr) : i->prefix6;
	case IKEV2_PROFILE_IDENTITY_LOCAL_KIND_DN:
		return "DN";
	case IKEV2_PROFILE_IDENTITY_LOCAL_KIND_EMAIL:
		return i->email;
	case IKEV2_PROFILE_IDENTITY_LOCAL_KIND_FQDN:
		return i->fqdn;
	default:
		return i->keyid;
	}
}

static void
match(struct session *s, const struct rec *r)
{
	struct store *st = session_store(s);
	const struct cfg_ikev2_profile_match_fvrf *vrf = store_leaf(st, r, ROW_IKEV2_PROFILE_MATCH_FVRF);
	const struct rec *l = store_first(st, r, ROW_IKEV2_PROFILE_MATCH_LOCAL), *m = store_first(st, r, ROW_IKEV2_PROFILE_MATCH_REMOTE),
	    *c = store_first(st, r, ROW_IKEV2_PROFILE_MATCH_CERTIFICATE);

	out(s, " Match criteria: \n  Fvrf: %s \n", !vrf ? "global" : vrf->vrf == IKEV2_PROFILE_MATCH_FVRF_VRF_ANY ? "any" : vrf->fvrf);
	out(s, "  Local address/interface:%s\n", l ? " " : " none");
	for (; l; l = store_next(l)) {
		const struct cfg_ikev2_profile_match_local *v = rec_values(l);

		out(s, "   %s\n", v->what == IKEV2_PROFILE_MATCH_LOCAL_WHAT_LOCAL_ADDR ? ip4_s(v->local_addr) :
		    v->what == IKEV2_PROFILE_MATCH_LOCAL_WHAT_INTERFACE ? v->if_ : v->prefix6);
	}
	out(s, "  Identities:%s\n", m ? " " : " none");
	for (; m; m = store_next(m))
		identity(s, rec_values(m));
	out(s, "  Certificate maps:%s\n", c ? " " : " none");
	for (; c; c = store_next(c))
		out(s, "   %s\n", ((const struct cfg_ikev2_profile_match_certificate *)rec_values(c))->map);
}

static void
profile(struct session *s, const struct rec *r)
{
	static const char *const methods[] = { "pre-share", "rsa-sig", "ecdsa-sig", "eap", "anyconnect-eap" };
	_Static_assert(sizeof methods / sizeof methods[0] == IKEV2_PROFILE_AUTH_REMOTE_METHOD_ANYCONNECT_EAP + 1, "a word each");
	struct store *st = session_store(s);
	const struct cfg_ikev2_profile_auth_local *local = store_leaf(st, r, ROW_IKEV2_PROFILE_AUTH_LOCAL);
	const struct cfg_ikev2_profile_keyring *ring = store_leaf(st, r, ROW_IKEV2_PROFILE_KEYRING);
	const struct cfg_ikev2_profile_lifetime *life = store_leaf(st, r, ROW_IKEV2_PROFILE_LIFETIME);
	const struct cfg_ikev2_profile_dpd *dpd = store_leaf(st, r, ROW_IKEV2_PROFILE_DPD);
	const struct cfg_ikev2_profile_nat_keepalive *nat = store_leaf(st, r, ROW_IKEV2_PROFILE_NAT_KEEPALIVE);
	const struct cfg_ikev2_profile_ivrf *ivrf = store_leaf(st, r, ROW_IKEV2_PROFILE_IVRF);
	const struct cfg_ikev2_profile_virtual_template *vt = store_leaf(st, r, ROW_IKEV2_PROFILE_VIRTUAL_TEMPLATE);
	const struct rec *a = store_first(st, r, ROW_IKEV2_PROFILE_AUTH_REMOTE), *pki = store_first(st, r, ROW_IKEV2_PROFILE_PKI);

	out(s, "IKEv2 profile: %s\n", ((const struct cfg_ikev2_profile *)rec_values(r))->name);
	match(s, r);
	out(s, " Local identity: %s\n Remote identity: none\n", local_identity(store_leaf(st, r, ROW_IKEV2_PROFILE_IDENTITY_LOCAL)));
	out(s, " Local authentication method: %s\n Remote authentication method(s):", local ? methods[local->method] : "none");
	if (!a)
		out(s, " none");
	for (; a; a = store_next(a))
		out(s, " %s", methods[((const struct cfg_ikev2_profile_auth_remote *)rec_values(a))->method]);
	out(s, "\n EAP options: none\n Keyring: %s\n Trustpoint(s):%s\n", ring ? ring->keyring : "none", pki ? " " : " none");
	for (; pki; pki = store_next(pki))
		out(s, "  %s\n", ((const struct cfg_ikev2_profile_pki *)rec_values(pki))->trustpoint);
	out(s, " Lifetime: %u seconds\n", life->seconds);
	if (dpd)
		out(s, " DPD: interval %u, retry-interval %u, %s\n", dpd->interval, dpd->retry,
		    dpd->mode == IKEV2_PROFILE_DPD_MODE_PERIODIC ? "periodic" : "on-demand");
	else
		out(s, " DPD: disabled\n");
	if (nat)
		out(s, " NAT-keepalive: %u seconds\n", nat->seconds);
	else
		out(s, " NAT-keepalive: disabled\n");
	out(s, " Ivrf: %s\n", ivrf ? ivrf->vrf : "none");
	if (vt)
		out(s, " Virtual-template: %u\n mode auto: %s\n", vt->number, vt->mode ? "enabled" : "none");
	else
		out(s, " Virtual-template: none\n mode auto: none\n");
}

void
show_crypto_ikev2_profile(struct session *s, const void *values)
{
	const struct cfg_show_crypto_ikev2_profile *a = values;
	const char *only = a->has & HAS_SHOW_CRYPTO_IKEV2_PROFILE_NAME ? a->name : NULL;
	struct store *st = session_store(s);
	bool first = true;

	for (const struct rec *r = store_first(st, store_root(st), ROW_IKEV2_PROFILE); r; r = store_next(r)) {
		if (only && strcmp(only, ((const struct cfg_ikev2_profile *)rec_values(r))->name) != 0)
			continue;
		if (!first)
			out(s, "\n");
		profile(s, r);
		first = false;
	}
}
