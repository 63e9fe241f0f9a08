/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IKEv2: proposals and policies, with IOS's smart defaults where one is absent;
 * keyrings; and the profile that ties identities, keys and timers together.
 *
 * A proposal of IOS names several algorithms of each kind, any of which may be
 * agreed on; so does one of charon's. AEAD ciphers and others cannot stand in
 * one: such a proposal becomes two.
 */
#include <stdio.h>
#include <string.h>

#include "engine/crypto.h"
#include "engine/ike.h"
#include "lib/buf.h"
#include "lib/ip4.h"

compile_fn compile_ikev2;

/* --- proposals --- */

static const char default_proposal[] = "aes256-aes192-aes128-sha512-sha384-sha256-sha1-md5-modp1536-modp1024";

static const char *const ciphers[] = { "3des", "aes128", "aes192", "aes256", "aes128gcm16", "aes256gcm16", "des" };
static const char *const hashes[] = { "md5", "sha1", "sha256", "sha384", "sha512" };

static bool
aead(uint32_t cipher)
{
	return cipher == IKEV2_PROPOSAL_ENCRYPTION_A_AES_GCM_128 || cipher == IKEV2_PROPOSAL_ENCRYPTION_A_AES_GCM_256;
}

/* The values of a row "WORD a [b [c ...]]": its struct is a word of presence bits and then the values. */
static int
choices(const void *values, uint32_t out[12], int max)
{
	const uint32_t *v = values;
	int n = 0;

	while (v && n < max && v[0] & 1u << n) {
		out[n] = v[1 + n];
		n++;
	}
	return n;
}
_Static_assert(sizeof(struct cfg_ikev2_proposal_encryption) == 8 * sizeof(uint32_t), "one word for each choice");
_Static_assert(sizeof(struct cfg_ikev2_proposal_group) == 12 * sizeof(uint32_t) ||
    sizeof(struct cfg_ikev2_proposal_group) == 11 * sizeof(uint32_t), "one word for each choice");

static void
add(struct buf *b, const char *word)
{
	if (b->n)
		buf_putc(b, '-');
	buf_puts(b, word);
}

/* Of one proposal: what is for AEAD ciphers, or what is for the others; NULL when there is nothing. */
static const char *
one(struct compile *c, const struct rec *p, bool want_aead)
{
	uint32_t encr[12], hash[12], prf[12], group[12];
	int nencr = choices(compile_child(c, p, ROW_IKEV2_PROPOSAL_ENCRYPTION), encr, 7);
	int nhash = choices(compile_child(c, p, ROW_IKEV2_PROPOSAL_INTEGRITY), hash, 5);
	int nprf = choices(compile_child(c, p, ROW_IKEV2_PROPOSAL_PRF), prf, 5);
	int ngroup = choices(compile_child(c, p, ROW_IKEV2_PROPOSAL_GROUP), group, 10), n = 0;
	struct buf b = { 0 };
	const char *text;

	for (int i = 0; i < nencr; i++)
		if (aead(encr[i]) == want_aead) {
			add(&b, ciphers[encr[i]]);
			n++;
		}
	if (n == 0 || ngroup == 0 || (!want_aead && nhash == 0) || (want_aead && nprf == 0 && nhash == 0)) {
		buf_free(&b);
		return NULL;
	}
	for (int i = 0; !want_aead && i < nhash; i++)
		add(&b, hashes[hash[i]]);
	/* without a line of its own the pseudo-random function is that of the integrity */
	if (nprf || want_aead)
		for (int i = 0; i < (nprf ? nprf : nhash); i++) {
			add(&b, "prf");
			buf_puts(&b, hashes[nprf ? prf[i] : hash[i]]);
		}
	for (int i = 0; i < ngroup; i++)
		add(&b, dh_keyword(group[i]));
	text = compile_text(c, "%s", buf_str(&b));
	buf_free(&b);
	return text;
}

/* The policy for a local address: the one that names it, else the first that names none. */
static const struct rec *
policy_for(struct compile *c, uint32_t local)
{
	const struct rec *any = NULL;

	for (const struct rec *p = compile_each(c, ROW_IKEV2_POLICY); p; p = store_next(p)) {
		const struct rec *m = compile_children(c, p, ROW_IKEV2_POLICY_MATCH_LOCAL);

		const struct cfg_ikev2_policy_match_fvrf *vrf = compile_child(c, p, ROW_IKEV2_POLICY_MATCH_FVRF);

		compile_reads(c, p);
		if (vrf && vrf->vrf != IKEV2_POLICY_MATCH_FVRF_VRF_ANY)
			continue;	/* tunnels are in the global table */
		if (!m && !any)
			any = p;
		for (; m; m = store_next(m)) {
			const struct cfg_ikev2_policy_match_local *v = rec_values(m);

			if (v->addr == IKEV2_POLICY_MATCH_LOCAL_ADDR_LOCAL_ADDR && v->local_addr == local)
				return p;
		}
	}
	return any;
}

const char *const *
ikev2_proposals(struct compile *c, uint32_t local)
{
	const struct rec *p = policy_for(c, local);
	size_t n = 0;
	const char **list;

	for (const struct rec *q = p ? compile_children(c, p, ROW_IKEV2_POLICY_PROPOSAL) : NULL; q; q = store_next(q))
		n++;
	list = compile_alloc(c, sizeof *list * (2 * n + 2));
	n = 0;
	for (const struct rec *q = p ? compile_children(c, p, ROW_IKEV2_POLICY_PROPOSAL) : NULL; q; q = store_next(q)) {
		const char *name = ((const struct cfg_ikev2_policy_proposal *)rec_values(q))->proposal, *text;
		const struct rec *d = compile_defined(c, REF_IKEV2_PROPOSAL, name);

		if (!d) {
			if (strcmp(name, "default") == 0)
				list[n++] = default_proposal;
			continue;
		}
		compile_reads(c, d);
		for (int want_aead = 1; want_aead >= 0; want_aead--)
			if ((text = one(c, d, want_aead)))
				list[n++] = text;
	}
	if (!p)
		list[n++] = default_proposal;
	return list;
}

/* --- keyrings --- */

static const char *
peer_identity(struct compile *c, const struct rec *peer)
{
	const struct cfg_ikev2_keyring_peer_identity *i = compile_child(c, peer, ROW_IKEV2_KEYRING_PEER_IDENTITY);
	const struct cfg_ikev2_keyring_peer_hostname *h = compile_child(c, peer, ROW_IKEV2_KEYRING_PEER_HOSTNAME);

	if (!i)
		return h ? compile_text(c, "fqdn:%s", h->hostname) : NULL;
	switch (i->kind) {
	case IKEV2_KEYRING_PEER_IDENTITY_KIND_ADDRESS:
		return i->where == IKEV2_KEYRING_PEER_IDENTITY_WHERE_ADDR ? compile_text(c, "%s", ip4_s(i->addr)) : NULL;
	case IKEV2_KEYRING_PEER_IDENTITY_KIND_EMAIL:
		return i->identity == IKEV2_KEYRING_PEER_IDENTITY_IDENTITY_DOMAIN ? compile_text(c, "*@%s", i->domain) : i->email;
	case IKEV2_KEYRING_PEER_IDENTITY_KIND_FQDN:
		return i->identity == IKEV2_KEYRING_PEER_IDENTITY_IDENTITY_DOMAIN ? compile_text(c, "fqdn:*.%s", i->domain) :
		    compile_text(c, "fqdn:%s", i->email);
	default:
		return compile_text(c, "keyid:%s", i->keyid);
	}
}

/* The bytes of a key in hexadecimal; NULL when they are no string. */
static const char *
from_hex(struct compile *c, const char *hex)
{
	size_t n = strlen(hex);
	char *out = compile_alloc(c, n / 2 + 1);
	unsigned byte;

	if (strncmp(hex, "0x", 2) == 0)
		hex += 2, n -= 2;
	for (size_t i = 0; i + 1 < n; i += 2) {
		if (sscanf(hex + i, "%2x", &byte) != 1 || byte == 0)
			return NULL;
		out[i / 2] = (char)byte;
	}
	return n && n % 2 == 0 ? out : NULL;
}

/* The keys of a block: by which we prove ourselves, and by which the peer does. Encrypted ones cannot be used. */
static bool
block_keys(struct compile *c, const struct rec *peer, const char **local, const char **remote)
{
	const struct cfg_ikev2_keyring_peer_key *both = compile_child(c, peer, ROW_IKEV2_KEYRING_PEER_KEY);
	const struct cfg_ikev2_keyring_peer_key_local *l = compile_child(c, peer, ROW_IKEV2_KEYRING_PEER_KEY_LOCAL);
	const struct cfg_ikev2_keyring_peer_key_remote *r = compile_child(c, peer, ROW_IKEV2_KEYRING_PEER_KEY_REMOTE);
	uint32_t form[] = { both ? both->form : 0, l ? l->form : 0, r ? r->form : 0 };
	const char *key[] = { both ? both->key : NULL, l ? l->key : NULL, r ? r->key : NULL };

	for (int i = 0; i < 3; i++) {
		if (key[i] && form[i] == IKEV2_KEYRING_PEER_KEY_FORM_6)
			key[i] = NULL;
		if (key[i] && form[i] == IKEV2_KEYRING_PEER_KEY_FORM_HEX)
			key[i] = from_hex(c, key[i]);
	}
	*local = key[1] ? key[1] : key[0];
	*remote = key[2] ? key[2] : key[0];
	return *local || *remote;
}

static bool
block_network(struct compile *c, const struct rec *peer, uint32_t *addr, uint32_t *mask)
{
	const struct cfg_ikev2_keyring_peer_address *a = compile_child(c, peer, ROW_IKEV2_KEYRING_PEER_ADDRESS);

	if (!a || a->where != IKEV2_KEYRING_PEER_ADDRESS_WHERE_ADDR)
		return false;
	*addr = a->addr;
	*mask = a->mask;
	return true;
}

/* The keys of a peer that owns (an address or network, and an identity); ours first, so that it is the one we sign with. */
static void
emit_keys(struct compile *c, const struct ike_want *w, const struct obj_ike *ike, const char *place, const char *identity,
    const char *local, const char *remote, const char *unique)
{
	const char **owners = compile_alloc(c, sizeof(char *) * 5);
	int n = 0;

	if (place)
		owners[n++] = place;
	if (identity && (!place || strcmp(place, identity) != 0))
		owners[n++] = identity;
	if (ike->remote_id && w->remote && strcmp(ike->remote_id, owners[0] ? owners[0] : "") != 0)
		owners[n++] = ike->remote_id;
	if (remote)
		ike_secret(c, w->r, compile_text(c, "ikev2-%s-%s", unique, place ? place : identity), remote, owners);
	if (local && (!remote || strcmp(local, remote) != 0)) {
		const char **own = compile_alloc(c, sizeof(char *) * 6);

		memcpy(own, owners, sizeof(char *) * (size_t)n);
		own[n] = ike->local_id ? ike->local_id : w->local ? compile_text(c, "%s", ip4_s(w->local)) : "%any";
		ike_secret(c, w->r, compile_text(c, "ikev2-%s-%s-local", unique, place ? place : identity), local, own);
	}
}

static bool
keyring_keys(struct compile *c, const struct ike_want *w, const struct obj_ike *ike, const struct rec *keyring)
{
	const struct cfg_ikev2_keyring *v = rec_values(keyring);
	const struct rec *best = NULL;
	uint32_t addr, mask, longest = 0;
	const char *local, *remote;
	bool any = false;

	for (const struct rec *q = compile_children(c, keyring, ROW_IKEV2_KEYRING_PEER); q; q = store_next(q)) {
		bool net = block_network(c, q, &addr, &mask);
		const char *id = peer_identity(c, q);

		if (!block_keys(c, q, &local, &remote))
			continue;
		if (w->remote) {
			if (net && ((addr ^ w->remote) & mask) == 0 && (!best || mask > longest)) {
				best = q;
				longest = mask;
			} else if (!net && id && ike->remote_id && strcmp(id, ike->remote_id) == 0 && !best)
				best = q;
			continue;
		}
		any = true;
		emit_keys(c, w, ike, net ? ike_network(c, addr, mask) : NULL, id ? id : net ? NULL : "%any", local, remote, v->name);
	}
	if (best) {
		block_keys(c, best, &local, &remote);
		emit_keys(c, w, ike, compile_text(c, "%s", ip4_s(w->remote)), peer_identity(c, best), local, remote, v->name);
		any = true;
	}
	return any;
}

/* --- the profile --- */

static const char *
remote_identity(struct compile *c, const struct ike_want *w, const struct rec *p, int *n)
{
	const char *id = NULL;

	*n = 0;
	for (const struct rec *q = compile_children(c, p, ROW_IKEV2_PROFILE_MATCH_REMOTE); q; q = store_next(q)) {
		const struct cfg_ikev2_profile_match_remote *m = rec_values(q);
		uint32_t mask = m->has & HAS_IKEV2_PROFILE_MATCH_REMOTE_MASK ? m->mask : 0xffffffffu;
		bool domain = m->identity == IKEV2_PROFILE_MATCH_REMOTE_IDENTITY_DOMAIN;

		switch (m->kind) {
		case IKEV2_PROFILE_MATCH_REMOTE_KIND_ADDRESS:
			if (m->where != IKEV2_PROFILE_MATCH_REMOTE_WHERE_ADDR || (w->remote && (w->remote ^ m->addr) & mask))
				continue;
			/* charon names what it expects to the peer (IDr); no peer is a network */
			id = w->remote && mask ? compile_text(c, "%s", ip4_s(w->remote)) : ike_network(c, m->addr, mask);
			break;
		case IKEV2_PROFILE_MATCH_REMOTE_KIND_EMAIL:
			id = domain ? compile_text(c, "*@%s", m->domain) : m->email;
			break;
		case IKEV2_PROFILE_MATCH_REMOTE_KIND_FQDN:
			id = compile_text(c, domain ? "fqdn:*.%s" : "fqdn:%s", domain ? m->domain : m->email);
			break;
		case IKEV2_PROFILE_MATCH_REMOTE_KIND_KEY_ID:
			id = compile_text(c, "keyid:%s", m->keyid);
			break;
		default:
			id = "%any";
		}
		++*n;
	}
	return *n == 1 ? id : NULL;
}

static const char *
local_identity(struct compile *c, const struct rec *p)
{
	const struct cfg_ikev2_profile_identity_local *i = compile_child(c, p, ROW_IKEV2_PROFILE_IDENTITY_LOCAL);

	if (!i)
		return NULL;
	switch (i->kind) {
	case IKEV2_PROFILE_IDENTITY_LOCAL_KIND_ADDRESS:
		return i->where == IKEV2_PROFILE_IDENTITY_LOCAL_WHERE_ADDR ? compile_text(c, "%s", ip4_s(i->addr)) : NULL;
	case IKEV2_PROFILE_IDENTITY_LOCAL_KIND_EMAIL:
		return i->email;
	case IKEV2_PROFILE_IDENTITY_LOCAL_KIND_FQDN:
		return compile_text(c, "fqdn:%s", i->fqdn);
	case IKEV2_PROFILE_IDENTITY_LOCAL_KIND_KEY_ID:
		return compile_text(c, "keyid:%s", i->keyid);
	default:
		return NULL;	/* a distinguished name: there are no certificates */
	}
}

/* The keys of the profile's own lines (`authentication remote pre-share key K`); false: it has none. */
static bool
own_keys(struct compile *c, const struct rec *p, const char **local, const char **remote, const char **why)
{
	const struct cfg_ikev2_profile_auth_local *l = compile_child(c, p, ROW_IKEV2_PROFILE_AUTH_LOCAL);
	bool shared = false;

	*local = *remote = NULL;
	for (const struct rec *q = compile_children(c, p, ROW_IKEV2_PROFILE_AUTH_REMOTE); q; q = store_next(q)) {
		const struct cfg_ikev2_profile_auth_remote *r = rec_values(q);

		if (r->method != IKEV2_PROFILE_AUTH_REMOTE_METHOD_PRE_SHARE)
			continue;
		shared = true;
		if (r->type == IKEV2_PROFILE_AUTH_REMOTE_TYPE_0)
			*remote = r->key;
	}
	*why = !l ? "it has no local authentication method" : !shared ? compile_children(c, p, ROW_IKEV2_PROFILE_AUTH_REMOTE) ?
	    "only pre-shared keys are supported" : "it has no remote authentication method" :
	    l->method != IKEV2_PROFILE_AUTH_LOCAL_METHOD_PRE_SHARE ? "only pre-shared keys are supported" : NULL;
	if (l && l->method == IKEV2_PROFILE_AUTH_LOCAL_METHOD_PRE_SHARE && l->type == IKEV2_PROFILE_AUTH_LOCAL_TYPE_0)
		*local = l->key;
	return *local || *remote;
}

bool
ikev2_connection(struct compile *c, const struct ike_want *w, const struct rec *p, struct obj_ike *ike)
{
	const struct cfg_ikev2_profile *v = rec_values(p);
	const struct cfg_ikev2_profile_match_fvrf *vrf = compile_child(c, p, ROW_IKEV2_PROFILE_MATCH_FVRF);
	const struct cfg_ikev2_profile_lifetime *life = compile_child(c, p, ROW_IKEV2_PROFILE_LIFETIME);
	const struct cfg_ikev2_profile_dpd *dpd = compile_child(c, p, ROW_IKEV2_PROFILE_DPD);
	const struct cfg_ikev2_dpd *all = compile_leaf(c, ROW_IKEV2_DPD);
	const struct cfg_ikev2_profile_keyring *k = compile_child(c, p, ROW_IKEV2_PROFILE_KEYRING);
	const struct rec *keyring = k ? compile_defined(c, REF_IKEV2_KEYRING, k->keyring) : NULL;
	const char *local, *remote, *why;
	bool own = own_keys(c, p, &local, &remote, &why);
	int n;

	if (compile_flag(c, p, ROW_IKEV2_PROFILE_SHUTDOWN)) {
		compile_note(c, w->r, "NOTE: %s: ikev2 profile %s is shut down", w->what, v->name);
		return false;
	}
	if (vrf && vrf->vrf != IKEV2_PROFILE_MATCH_FVRF_VRF_ANY) {
		compile_note(c, w->r, "NOTE: %s: ikev2 profile %s is for peers in VRF %s", w->what, v->name, vrf->fvrf);
		return false;
	}
	ike->version = 2;
	ike->remote_id = remote_identity(c, w, p, &n);
	if (why || n == 0) {
		compile_note(c, w->r, "NOTE: %s: ikev2 profile %s is incomplete: %s", w->what, v->name,
		    why ? why : "it matches no identity of this peer");
		return false;
	}
	if (n > 1)
		compile_note(c, w->r, "NOTE: %s: ikev2 profile %s matches several identities; peers are told apart by their keys "
		    "alone", w->what, v->name);
	if (ike->remote_id && strcmp(ike->remote_id, "%any") == 0)
		ike->remote_id = NULL;
	ike->local_id = local_identity(c, p);
	ike->proposals = ikev2_proposals(c, w->local);
	if (!ike->proposals[0]) {
		compile_note(c, w->r, "NOTE: %s: the ikev2 policy has no complete proposal", w->what);
		return false;
	}
	ike->lifetime = life->seconds;
	ike->dpd_delay = dpd ? dpd->interval : all ? all->interval : 0;
	ike->force_encap = compile_flag(c, p, ROW_IKEV2_PROFILE_NAT_FORCE);
	if (own)
		emit_keys(c, w, ike, w->remote ? compile_text(c, "%s", ip4_s(w->remote)) : "%any", NULL, local, remote, v->name);
	if (keyring) {
		compile_reads(c, keyring);
		own |= keyring_keys(c, w, ike, keyring);
	} else if (k)
		compile_note(c, w->r, "NOTE: %s: ikev2 keyring %s is not defined", w->what, k->keyring);
	if (!own) {
		compile_note(c, w->r, "NOTE: %s: no pre-shared key for peer %s", w->what, w->remote ? ip4_s(w->remote) : "that calls");
		return false;
	}
	return true;
}

/* --- what cannot work wherever it is used --- */

void
compile_ikev2(struct compile *c, const struct rec *r)
{
	if (r->row == ROW_IKEV2_NAT) {
		ike_settings(c, r);
	} else if (r->row == ROW_IKEV2_PROPOSAL) {
		if (!one(c, r, false) && !one(c, r, true))
			compile_quiet_unused(c, r, "NOTE: ikev2 proposal %s is incomplete: it needs encryption, integrity (or prf) and group",
			    ((const struct cfg_ikev2_proposal *)rec_values(r))->name);
	} else if (r->row == ROW_IKEV2_POLICY) {
		const char *name = ((const struct cfg_ikev2_policy *)rec_values(r))->name;

		if (!compile_children(c, r, ROW_IKEV2_POLICY_PROPOSAL))
			compile_quiet_unused(c, r, "NOTE: ikev2 policy %s is incomplete: it has no proposal", name);
		for (const struct rec *q = compile_children(c, r, ROW_IKEV2_POLICY_PROPOSAL); q; q = store_next(q)) {
			const char *p = ((const struct cfg_ikev2_policy_proposal *)rec_values(q))->proposal;

			if (strcmp(p, "default") != 0 && !compile_defined(c, REF_IKEV2_PROPOSAL, p))
				compile_note(c, r, "NOTE: ikev2 policy %s: proposal %s is not defined", name, p);
		}
	} else if (r->row == ROW_IKEV2_PROFILE) {
		const char *local, *remote, *why;

		(void)own_keys(c, r, &local, &remote, &why);
		if (why || !compile_children(c, r, ROW_IKEV2_PROFILE_MATCH_REMOTE))
			compile_quiet_unused(c, r, "NOTE: ikev2 profile %s is incomplete: %s", ((const struct cfg_ikev2_profile *)rec_values(r))->name,
			    why ? why : "it matches no identity");
	}
}
