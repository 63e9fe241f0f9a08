/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What two ends need for an IKE SA: the same version; for version 1 a policy
 * and a key in common and an ISAKMP profile that matches; for version 2 a
 * proposal, methods and identities that the other side expects, and keys that
 * are each other's. What cannot be known (encrypted keys, certificates, peers
 * without an address) is passed over.
 */
#include "cli/compare/compare_int.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/ip4.h"

/* --- version 1 --- */

struct psk {
	const struct rec *rec;
	const char *key;	/* NULL: there is none, or it cannot be read */
	bool unreadable;
};

static const char *
key_text(const struct rec *r, bool *unreadable)
{
	if (r->row == ROW_ISAKMP_KEY)
		return ((const struct cfg_isakmp_key *)rec_values(r))->key;
	*unreadable = ((const struct cfg_keyring_key_address *)rec_values(r))->type == KEYRING_KEY_ADDRESS_TYPE_6;
	return *unreadable ? NULL : ((const struct cfg_keyring_key_address *)rec_values(r))->key;
}

/* The keyrings of the profile; without a profile the global keys, and then any keyring. */
static const struct rec *
key_record(struct comparison *c, const struct end *e)
{
	struct store *s = c->file[e->file].store;
	const struct side *side = &c->side[e->file];
	const struct rec *k;

	if (e->v1 && store_first(s, e->v1, ROW_ISAKMP_PROFILE_KEYRING)) {
		for (struct rec *q = store_first(s, e->v1, ROW_ISAKMP_PROFILE_KEYRING); q; q = store_next(q)) {
			const char *name = ((const struct cfg_isakmp_profile_keyring *)rec_values(q))->keyring;
			const struct rec *ring = store_defined(s, REF_KEYRING, name);

			if (strcmp(name, "default") == 0)
				k = store_covering(s, ROW_ISAKMP_KEY, e->peer);
			else
				k = ring ? ring_find(side, ring->id, e->peer) : NULL;
			if (k)
				return k;
		}
		return NULL;
	}
	k = store_covering(s, ROW_ISAKMP_KEY, e->peer);
	return k ? k : ring_find(side, 0, e->peer);
}

/* Keys by name or in a form that cannot be read, groups of Easy VPN, certificates: then a missing key says nothing. */
static bool
other_keys(struct comparison *c, size_t file)
{
	struct store *s = c->file[file].store;
	bool psk = !top(c, file, ROW_ISAKMP_POLICY);

	if (top(c, file, ROW_ISAKMP_KEY_6) || top(c, file, ROW_ISAKMP_GROUP))
		return true;
	for (struct rec *r = top(c, file, ROW_ISAKMP_KEY); r; r = store_next(r))
		if (((const struct cfg_isakmp_key *)rec_values(r))->host)
			return true;
	for (struct rec *r = top(c, file, ROW_KEYRING); r; r = store_next(r))
		if (store_first(s, r, ROW_KEYRING_KEY_HOSTNAME))
			return true;
	for (struct rec *r = top(c, file, ROW_ISAKMP_POLICY); r; r = store_next(r))
		psk |= ((const struct cfg_isakmp_policy_auth *)store_leaf(s, r, ROW_ISAKMP_POLICY_AUTH))->method ==
		    ISAKMP_POLICY_AUTH_METHOD_PRE_SHARE;
	return !psk;
}

void
check_keys(struct comparison *c, size_t a, size_t b, const struct rec *ka, const struct rec *kb, const struct rec *at)
{
	bool unreadable = false;
	const char *x, *y;

	if (!ka && !kb && !top(c, a, ROW_ISAKMP_POLICY) && !top(c, b, ROW_ISAKMP_POLICY))
		return;		/* fragments without ISAKMP */
	if (!ka || !kb) {
		if (!other_keys(c, ka ? b : a))
			mismatch(c, ka ? b : a, ka ? NULL : at, "no pre-shared key for the peer in %s", c->file[ka ? a : b].file);
		return;
	}
	x = key_text(ka, &unreadable);
	y = key_text(kb, &unreadable);
	if (x && y && strcmp(x, y) != 0)
		mismatch(c, a, ka, "the pre-shared keys differ: this one and that of %s:%u", c->file[b].file, kb->line);
}

/* Does an ISAKMP profile that matches addresses alone match the other end's? */
static void
check_profile(struct comparison *c, const struct end *e, const struct end *other)
{
	static const int rows[] = { ROW_ISAKMP_PROFILE_MATCH_GROUP, ROW_ISAKMP_PROFILE_MATCH_HOST, ROW_ISAKMP_PROFILE_MATCH_USER,
		ROW_ISAKMP_PROFILE_MATCH_CERTIFICATE, ROW_ISAKMP_PROFILE_MATCH_IPV6 };
	struct store *s = c->file[e->file].store;
	const struct rec *q;

	if (!e->v1 || !other->local)
		return;
	for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
		if (store_first(s, e->v1, rows[i]))
			return;
	if (!(q = store_first(s, e->v1, ROW_ISAKMP_PROFILE_MATCH_ADDRESS)))
		return;
	for (; q; q = store_next(q)) {
		const struct cfg_isakmp_profile_match_address *m = rec_values(q);
		uint32_t mask = m->has & HAS_ISAKMP_PROFILE_MATCH_ADDRESS_MASK ? m->mask :
		    m->addr ? 0xffffffffu : 0;	/* 0.0.0.0 alone is everybody */

		if (((m->addr ^ other->local) & mask) == 0)
			return;
	}
	mismatch(c, e->file, e->v1, "no match identity of isakmp profile %s fits the address of %s: %s",
	    ((const struct cfg_isakmp_profile *)rec_values(e->v1))->name, c->file[other->file].file, ip4_s(other->local));
}

/* --- version 2 --- */

/* An IKE identity; kind as in `match identity remote`, a negative one is not known. */
struct identity {
	int kind;
	uint32_t addr;
	const char *text;
};

static struct identity
identity_of(struct comparison *c, const struct end *e)
{
	const struct cfg_ikev2_profile_identity_local *l = store_leaf(c->file[e->file].store, e->v2, ROW_IKEV2_PROFILE_IDENTITY_LOCAL);

	if (!l)
		return (struct identity){ e->local ? IKEV2_PROFILE_MATCH_REMOTE_KIND_ADDRESS : -1, e->local, NULL };
	switch (l->kind) {
	case IKEV2_PROFILE_IDENTITY_LOCAL_KIND_ADDRESS:
		return (struct identity){ l->where == IKEV2_PROFILE_IDENTITY_LOCAL_WHERE_ADDR ?
			IKEV2_PROFILE_MATCH_REMOTE_KIND_ADDRESS : -1, l->addr, NULL };
	case IKEV2_PROFILE_IDENTITY_LOCAL_KIND_EMAIL:
		return (struct identity){ IKEV2_PROFILE_MATCH_REMOTE_KIND_EMAIL, 0, l->email };
	case IKEV2_PROFILE_IDENTITY_LOCAL_KIND_FQDN:
		return (struct identity){ IKEV2_PROFILE_MATCH_REMOTE_KIND_FQDN, 0, l->fqdn };
	case IKEV2_PROFILE_IDENTITY_LOCAL_KIND_KEY_ID:
		return (struct identity){ IKEV2_PROFILE_MATCH_REMOTE_KIND_KEY_ID, 0, l->keyid };
	}
	return (struct identity){ -1, 0, NULL };
}

static void
identity_text(const struct identity *id, struct buf *out)
{
	static const char *const kind[] = { "address", "any", "email", "fqdn", "key-id" };
	_Static_assert(sizeof kind / sizeof kind[0] == IKEV2_PROFILE_MATCH_REMOTE_KIND_KEY_ID + 1, "a word for each kind");

	buf_printf(out, "%s %s", kind[id->kind], id->text ? id->text : ip4_s(id->addr));
}

/* Does the text end in the domain, behind a dot or an at sign? */
static bool
in_domain(const char *text, const char *domain)
{
	size_t n = strlen(text), d = strlen(domain);

	return n >= d && strcasecmp(text + n - d, domain) == 0 && (n == d || strchr(".@", text[n - d - 1]) || domain[0] == '.');
}

static bool
matches(const struct cfg_ikev2_profile_match_remote *m, const struct identity *id)
{
	if (m->kind == IKEV2_PROFILE_MATCH_REMOTE_KIND_ANY)
		return true;
	if ((int)m->kind != id->kind)
		return false;
	switch (m->kind) {
	case IKEV2_PROFILE_MATCH_REMOTE_KIND_ADDRESS:
		return m->where == IKEV2_PROFILE_MATCH_REMOTE_WHERE_ADDR &&
		    ((m->addr ^ id->addr) & (m->has & HAS_IKEV2_PROFILE_MATCH_REMOTE_MASK ? m->mask : 0xffffffffu)) == 0;
	case IKEV2_PROFILE_MATCH_REMOTE_KIND_KEY_ID:
		return m->keyid && strcmp(m->keyid, id->text) == 0;
	}
	return m->domain ? in_domain(id->text, m->domain) : m->email && strcasecmp(m->email, id->text) == 0;
}

/* Is the identity of one end expected by the other one's profile? */
static void
check_identity(struct comparison *c, const struct end *from, const struct end *to)
{
	struct store *s = c->file[to->file].store;
	struct rec *q = store_first(s, to->v2, ROW_IKEV2_PROFILE_MATCH_REMOTE);
	struct identity id = identity_of(c, from);
	struct buf t = {0};

	if (id.kind < 0 || store_first(s, to->v2, ROW_IKEV2_PROFILE_MATCH_CERTIFICATE))
		return;
	for (; q; q = store_next(q))
		if (matches(rec_values(q), &id))
			return;
	identity_text(&id, &t);
	mismatch(c, to->file, to->v2, "no match identity remote of ikev2 profile %s fits the identity of %s: %s",
	    ((const struct cfg_ikev2_profile *)rec_values(to->v2))->name, c->file[from->file].file, buf_str(&t));
	buf_free(&t);
}

/* The key that an end signs with (local), or expects of the other one, whose identity may choose it. */
static struct psk
key2(struct comparison *c, const struct end *e, const struct end *other, bool local)
{
	struct store *s = c->file[e->file].store;
	const struct cfg_ikev2_profile_auth_local *l = store_leaf(s, e->v2, ROW_IKEV2_PROFILE_AUTH_LOCAL);
	const struct cfg_ikev2_profile_keyring *k = store_leaf(s, e->v2, ROW_IKEV2_PROFILE_KEYRING);
	const struct rec *ring = k ? store_defined(s, REF_IKEV2_KEYRING, k->keyring) : NULL, *peer = NULL;
	struct identity id = identity_of(c, other);

	if (local && l && l->key)
		return (struct psk){ e->v2, l->key, l->type == IKEV2_PROFILE_AUTH_LOCAL_TYPE_6 };
	for (struct rec *q = store_first(s, e->v2, ROW_IKEV2_PROFILE_AUTH_REMOTE); q && !local; q = store_next(q)) {
		const struct cfg_ikev2_profile_auth_remote *r = rec_values(q);

		if (r->key)
			return (struct psk){ q, r->key, r->type == IKEV2_PROFILE_AUTH_REMOTE_TYPE_6 };
	}
	if (store_leaf(s, e->v2, ROW_IKEV2_PROFILE_KEYRING_AAA) || (k && !ring))
		return (struct psk){ NULL, NULL, true };
	if (ring) {
		if (e->peer)
			peer = ring_find(&c->side[e->file], ring->id, e->peer);
		if (!peer && id.text)
			peer = ring_find_identity(&c->side[e->file], ring->id, id.text);
		if (!peer)
			peer = ring_find(&c->side[e->file], ring->id, 0);
	}
	if (peer) {
		const struct cfg_ikev2_keyring_peer_key *one = store_leaf(s, peer, local ? ROW_IKEV2_KEYRING_PEER_KEY_LOCAL :
		    ROW_IKEV2_KEYRING_PEER_KEY_REMOTE);
		_Static_assert(offsetof(struct cfg_ikev2_keyring_peer_key, key) == offsetof(struct cfg_ikev2_keyring_peer_key_local, key) &&
		    offsetof(struct cfg_ikev2_keyring_peer_key, key) == offsetof(struct cfg_ikev2_keyring_peer_key_remote, key), "alike");

		if (!one)
			one = store_leaf(s, peer, ROW_IKEV2_KEYRING_PEER_KEY);
		if (one)
			return (struct psk){ peer, one->key, one->form != IKEV2_KEYRING_PEER_KEY_FORM_0 };
	}
	return (struct psk){ e->v2, NULL, false };
}

/* One end proves who it is, the other one expects how. back: the other way round was checked already. */
static void
check_authentication(struct comparison *c, const struct end *from, const struct end *to, bool back)
{
	static const char *const method[] = { "pre-share", "rsa-sig", "ecdsa-sig", "eap", "anyconnect-eap" };
	_Static_assert((int)IKEV2_PROFILE_AUTH_LOCAL_METHOD_EAP == (int)IKEV2_PROFILE_AUTH_REMOTE_METHOD_EAP &&
	    sizeof method / sizeof method[0] == IKEV2_PROFILE_AUTH_REMOTE_METHOD_ANYCONNECT_EAP + 1, "the same words for both");
	struct store *s = c->file[from->file].store, *t = c->file[to->file].store;
	const struct cfg_ikev2_profile_auth_local *l = store_leaf(s, from->v2, ROW_IKEV2_PROFILE_AUTH_LOCAL);
	struct rec *q = store_first(t, to->v2, ROW_IKEV2_PROFILE_AUTH_REMOTE);
	struct psk mine, theirs;
	uint32_t expected = 0;

	if (!l || !q)
		return;
	expected = ((const struct cfg_ikev2_profile_auth_remote *)rec_values(q))->method;
	for (; q && ((const struct cfg_ikev2_profile_auth_remote *)rec_values(q))->method != l->method; q = store_next(q))
		;
	if (!q) {
		mismatch(c, from->file, from->v2, "authentication by %s here, and %s expects %s", method[l->method],
		    c->file[to->file].file, method[expected]);
		return;
	}
	if (l->method != IKEV2_PROFILE_AUTH_LOCAL_METHOD_PRE_SHARE)
		return;
	mine = key2(c, from, to, true);
	theirs = key2(c, to, from, false);
	if (mine.unreadable || theirs.unreadable)
		return;
	if (!mine.key)
		mismatch(c, from->file, from->v2, "no pre-shared key for the peer in %s", c->file[to->file].file);
	if (!theirs.key)
		mismatch(c, to->file, to->v2, "no pre-shared key for the peer in %s", c->file[from->file].file);
	if (back && mine.key && theirs.key && key2(c, to, from, true).key == theirs.key && key2(c, from, to, false).key == mine.key)
		return;		/* one key for both ways on either side: said */
	if (mine.key && theirs.key && strcmp(mine.key, theirs.key) != 0)
		mismatch(c, from->file, mine.rec, "the pre-shared keys differ: this one and that of %s:%u", c->file[to->file].file,
		    theirs.rec->line);
}

void
check_ike(struct comparison *c, const struct end *a, const struct end *b)
{
	if (a->ikev2 != b->ikev2) {
		mismatch(c, a->file, a->at, "IKEv%d here and IKEv%d in %s:%u", 1 + a->ikev2, 1 + b->ikev2, c->file[b->file].file,
		    b->at->line);
		return;
	}
	if (a->ikev2) {
		check_proposals2(c, a->file, b->file);
		if (!a->v2 || !b->v2)
			return;	/* a profile that is not there: said elsewhere */
		check_identity(c, a, b);
		check_identity(c, b, a);
		check_authentication(c, a, b, false);
		check_authentication(c, b, a, true);
		return;
	}
	if (!c->said[b->file]) {
		c->said[b->file] = true;
		check_policies(c, a->file, b->file);
	}
	check_profile(c, a, b);
	check_profile(c, b, a);
	check_keys(c, a->file, b->file, key_record(c, a), key_record(c, b), a->at);
}
