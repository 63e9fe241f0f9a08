/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IKEv1 connections and their keys. A key is sought in the keyrings of the
 * ISAKMP profile; without a profile (or with `keyring default`) among the
 * `crypto isakmp key` lines, then in the keyrings that are in no profile's way.
 * For a peer with an address it is loaded under exactly that address (charon
 * prefers the last of two overlapping networks, IOS the longer one); for peers
 * that call, all keys are loaded under their networks.
 */
#include "engine/ike.h"

#include <string.h>

#include "engine/crypto.h"
#include "lib/ip4.h"

compile_fn compile_isakmp_profile, compile_keyring;

const char *
ike_network(struct compile *c, uint32_t addr, uint32_t mask)
{
	if (mask == 0)
		return "%any";
	if (mask == 0xffffffffu)
		return compile_text(c, "%s", ip4_s(addr));
	return compile_text(c, "%s/%d", ip4_s(addr & mask), ip4_masklen(mask));
}

void
ike_secret(struct compile *c, const struct rec *origin, const char *id, const char *key, const char *const *owners)
{
	struct obj o = { .kind = OBJ_SECRET };

	o.secret.id = id;
	o.secret.data = key;
	o.secret.owners = owners;
	compile_emit(c, origin, &o);
}

static void
secret_for(struct compile *c, const struct rec *origin, uint32_t addr, uint32_t mask, const char *key)
{
	const char **owners = compile_alloc(c, sizeof(char *) * 2);

	owners[0] = ike_network(c, addr, mask);
	ike_secret(c, origin, compile_text(c, "psk-%s", mask ? owners[0] : "any"), key, owners);
}

/* --- keyrings --- */

/* Is the keyring for this local address? */
static bool
keyring_usable(struct compile *c, const struct rec *keyring, uint32_t local)
{
	const struct cfg_keyring_local_address *l = compile_child(c, keyring, ROW_KEYRING_LOCAL_ADDRESS);
	const struct rec *ifrec;
	uint32_t addr;
	uint8_t len;

	if (!l || !local)
		return true;
	if (l->where == KEYRING_LOCAL_ADDRESS_WHERE_ADDR)
		return l->addr == local;
	ifrec = compile_defined(c, REF_INTERFACE, l->if_);
	return ifrec && compile_address(c, ifrec, &addr, &len) && addr == local;
}

struct found {
	const char *key;
	uint32_t mask;
};

/* The longest match for a peer in one keyring, when it is longer than what was found before. */
static void
look_in(struct compile *c, const struct rec *keyring, uint32_t peer, struct found *best)
{
	for (const struct rec *q = compile_children(c, keyring, ROW_KEYRING_KEY_ADDRESS); q; q = store_next(q)) {
		const struct cfg_keyring_key_address *k = rec_values(q);

		if (k->type == KEYRING_KEY_ADDRESS_TYPE_0 && ((peer ^ k->addr) & k->mask) == 0 &&
		    (!best->key || k->mask > best->mask))
			*best = (struct found){ k->key, k->mask };
	}
}

/* All keys of a keyring under their networks, for peers that call. */
static void
load_all(struct compile *c, const struct ike_want *w, const struct rec *keyring)
{
	for (const struct rec *q = compile_children(c, keyring, ROW_KEYRING_KEY_ADDRESS); q; q = store_next(q)) {
		const struct cfg_keyring_key_address *k = rec_values(q);

		if (k->type == KEYRING_KEY_ADDRESS_TYPE_0)
			secret_for(c, w->r, k->addr, k->mask, k->key);
	}
}

static void
load_global(struct compile *c, const struct ike_want *w)
{
	for (const struct rec *q = compile_each(c, ROW_ISAKMP_KEY); q; q = store_next(q)) {
		const struct cfg_isakmp_key *k = rec_values(q);

		if (k->where == ISAKMP_KEY_WHERE_ADDRESS)
			secret_for(c, w->r, k->addr, k->mask, k->key);
	}
}

static const char *
global_key(struct compile *c, uint32_t peer)
{
	const struct rec *r = compile_covering(c, ROW_ISAKMP_KEY, peer);
	const struct cfg_isakmp_key *k = r ? rec_values(r) : NULL;

	return k && k->where == ISAKMP_KEY_WHERE_ADDRESS ? k->key : NULL;
}

/* The keyrings that a connection may look into: those of its profile, else all. `global`: the lines outside, too. */
static void
each_keyring(struct compile *c, const struct ike_want *w, const struct rec *profile, bool *global,
    void (*cb)(struct compile *c, const struct ike_want *w, const struct rec *keyring, struct found *best), struct found *best)
{
	const struct rec *q = profile ? compile_children(c, profile, ROW_ISAKMP_PROFILE_KEYRING) : NULL;

	*global = q == NULL;
	if (!q) {
		for (const struct rec *k = compile_each(c, ROW_KEYRING); k; k = store_next(k)) {
			compile_reads(c, k);
			if (keyring_usable(c, k, w->local))
				cb(c, w, k, best);
		}
		return;
	}
	for (; q; q = store_next(q)) {
		const char *name = ((const struct cfg_isakmp_profile_keyring *)rec_values(q))->keyring;
		const struct rec *k = compile_defined(c, REF_KEYRING, name);

		if (strcmp(name, "default") == 0)
			*global = true;
		else if (!k)
			compile_note(c, w->r, "NOTE: %s: keyring %s is not defined", w->what, name);
		else if (keyring_usable(c, k, w->local))
			cb(c, w, k, best);
	}
}

static void
seek(struct compile *c, const struct ike_want *w, const struct rec *keyring, struct found *best)
{
	look_in(c, keyring, w->remote, best);
}

static void
load(struct compile *c, const struct ike_want *w, const struct rec *keyring, struct found *best)
{
	(void)best;
	load_all(c, w, keyring);
}

static void
keys(struct compile *c, const struct ike_want *w, const struct rec *profile)
{
	struct found best = { 0 };
	bool global = false;
	const char *key;

	if (!w->remote) {
		each_keyring(c, w, profile, &global, load, &best);
		if (global)
			load_global(c, w);
		return;
	}
	/* without a profile the global lines come first */
	key = profile ? NULL : global_key(c, w->remote);
	if (!key) {
		each_keyring(c, w, profile, &global, seek, &best);
		key = best.key ? best.key : global && profile ? global_key(c, w->remote) : NULL;
	}
	if (key)
		secret_for(c, w->r, w->remote, 0xffffffffu, key);
	else
		compile_note(c, w->r, "NOTE: %s: no pre-shared key for peer %s", w->what, ip4_s(w->remote));
}

/* --- profiles --- */

static const char *
hostname(struct compile *c)
{
	const struct cfg_hostname *h = compile_leaf(c, ROW_HOSTNAME);

	return h ? h->name : "Router";
}

static const char *
fqdn(struct compile *c)
{
	const struct cfg_ip_domain_name *d = compile_leaf(c, ROW_IP_DOMAIN_NAME);

	return d ? compile_text(c, "%s.%s", hostname(c), d->name) : hostname(c);
}

/* The identity that the peer must have: the only one that the profile matches, or any. */
static const char *
remote_identity(struct compile *c, const struct ike_want *w, const struct rec *p)
{
	const char *id = NULL;
	int n = 0;

	for (const struct rec *q = compile_children(c, p, ROW_ISAKMP_PROFILE_MATCH_ADDRESS); q; q = store_next(q)) {
		const struct cfg_isakmp_profile_match_address *m = rec_values(q);
		uint32_t mask = m->has & HAS_ISAKMP_PROFILE_MATCH_ADDRESS_MASK ? m->mask : m->addr ? 0xffffffffu : 0;

		/* a peer with an address: only the line that it falls under counts */
		if (w->remote && (w->remote ^ m->addr) & mask)
			continue;
		id = ike_network(c, m->addr, mask);
		n++;
	}
	for (const struct rec *q = compile_children(c, p, ROW_ISAKMP_PROFILE_MATCH_HOST); q; q = store_next(q), n++) {
		const struct cfg_isakmp_profile_match_host *m = rec_values(q);

		id = m->what == ISAKMP_PROFILE_MATCH_HOST_WHAT_DOMAIN ? compile_text(c, "fqdn:*.%s", m->domain) :
		    compile_text(c, "fqdn:%s", m->hostname);
	}
	for (const struct rec *q = compile_children(c, p, ROW_ISAKMP_PROFILE_MATCH_USER); q; q = store_next(q), n++) {
		const struct cfg_isakmp_profile_match_user *m = rec_values(q);

		id = m->what == ISAKMP_PROFILE_MATCH_USER_WHAT_DOMAIN ? compile_text(c, "*@%s", m->domain) : m->user;
	}
	if (n == 0)
		compile_note(c, w->r, "NOTE: %s: isakmp profile %s matches no identity of this peer", w->what, w->isakmp_profile);
	if (n > 1)
		compile_note(c, w->r, "NOTE: %s: isakmp profile %s matches several identities; peers are told apart by their "
		    "keys alone", w->what, w->isakmp_profile);
	return n == 1 && strcmp(id, "%any") != 0 ? id : NULL;
}

static void
profile(struct compile *c, const struct ike_want *w, const struct rec *p, struct obj_ike *ike)
{
	const struct cfg_isakmp_profile_self_identity *self = compile_child(c, p, ROW_ISAKMP_PROFILE_SELF_IDENTITY);
	const struct cfg_isakmp_profile_keepalive *ka = compile_child(c, p, ROW_ISAKMP_PROFILE_KEEPALIVE);

	ike->remote_id = remote_identity(c, w, p);
	if (ka) {
		ike->dpd_delay = ka->interval;
		ike->dpd_timeout = ka->interval + 5 * ka->retry;
	}
	if (!self)
		return;
	if (self->kind == ISAKMP_PROFILE_SELF_IDENTITY_KIND_FQDN)
		ike->local_id = compile_text(c, "fqdn:%s", self->fqdn ? self->fqdn : fqdn(c));
	else if (self->kind == ISAKMP_PROFILE_SELF_IDENTITY_KIND_USER_FQDN)
		ike->local_id = self->user;
	else if (self->kind == ISAKMP_PROFILE_SELF_IDENTITY_KIND_ADDRESS)
		ike->local_id = NULL;
	else
		compile_note(c, p, "NOTE: isakmp profile %s: self-identity dn needs certificates", w->isakmp_profile);
}

static bool
ikev1_connection(struct compile *c, const struct ike_want *w, struct obj_ike *ike)
{
	const struct cfg_isakmp_keepalive *ka = compile_leaf(c, ROW_ISAKMP_KEEPALIVE);
	const struct cfg_isakmp_identity *id = compile_leaf(c, ROW_ISAKMP_IDENTITY);
	const struct rec *p = w->isakmp_profile ? compile_defined(c, REF_ISAKMP_PROFILE, w->isakmp_profile) : NULL;

	if (w->isakmp_profile && !p) {
		compile_note(c, w->r, "NOTE: %s: isakmp profile %s is not defined", w->what, w->isakmp_profile);
		return false;
	}
	ike->version = 1;
	ike->proposals = isakmp_proposals(c, &ike->lifetime);
	if (ka) {
		ike->dpd_delay = ka->seconds;
		ike->dpd_timeout = ka->seconds + 5 * ka->retry;
	}
	if (id->kind == ISAKMP_IDENTITY_KIND_HOSTNAME)
		ike->local_id = hostname(c);
	if (p) {
		compile_reads(c, p);
		profile(c, w, p, ike);
	}
	keys(c, w, p);
	return true;
}

/* --- both versions --- */

const char *
ike_suffix(struct compile *c, const struct ike_want *w)
{
	return w->ikev2_profile ? compile_text(c, "-ikev2-%s", w->ikev2_profile) :
	    w->isakmp_profile ? compile_text(c, "-isakmp-%s", w->isakmp_profile) : "";
}

const char *
ike_connection(struct compile *c, const struct ike_want *w)
{
	struct obj o = { .kind = OBJ_IKE };
	bool ok;

	o.ike.name = compile_text(c, "%s-%s%s", w->local ? ip4_s(w->local) : "any", w->remote ? ip4_s(w->remote) : "any",
	    ike_suffix(c, w));
	o.ike.local = w->local;
	o.ike.remote = w->remote;
	o.ike.unique_if_id = w->unique_if_id;
	if (w->ikev2_profile) {
		const struct rec *p = compile_defined(c, REF_IKEV2_PROFILE, w->ikev2_profile);

		if (!p)
			compile_note(c, w->r, "NOTE: %s: ikev2 profile %s is not defined", w->what, w->ikev2_profile);
		else
			compile_reads(c, p);
		ok = p && ikev2_connection(c, w, p, &o.ike);
	} else
		ok = ikev1_connection(c, w, &o.ike);
	if (!ok)
		return NULL;
	compile_emit(c, w->r, &o);
	return o.ike.name;
}

/* --- what a profile or a keyring cannot do, wherever it is used --- */

void
compile_isakmp_profile(struct compile *c, const struct rec *r)
{
	const struct cfg_isakmp_profile *v = rec_values(r);

	if (!compile_children(c, r, ROW_ISAKMP_PROFILE_MATCH_ADDRESS) && !compile_children(c, r, ROW_ISAKMP_PROFILE_MATCH_HOST) &&
	    !compile_children(c, r, ROW_ISAKMP_PROFILE_MATCH_USER))
		compile_quiet(c, r, "NOTE: isakmp profile %s is incomplete: it has no identity to match that is supported", v->name);
}

void
compile_keyring(struct compile *c, const struct rec *r)
{
	const struct cfg_keyring *v = rec_values(r);

	for (const struct rec *q = compile_children(c, r, ROW_KEYRING_KEY_ADDRESS); q; q = store_next(q))
		if (((const struct cfg_keyring_key_address *)rec_values(q))->type != KEYRING_KEY_ADDRESS_TYPE_0)
			compile_note(c, r, "NOTE: keyring %s: an encrypted key is not used: there is no master key", v->name);
}
