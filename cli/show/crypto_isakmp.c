/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show crypto isakmp policy | key | sa. Policies and keys are configuration;
 * the SA table is charon's list together with the SAs that ended within the
 * last minute, which charon itself forgets at once and IOS does not.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/show/crypto.h"
#include "engine/crypto.h"
#include "lib/ip4.h"
#include "lib/xalloc.h"

exec_fn show_crypto_isakmp_policy, show_crypto_isakmp_default, show_crypto_isakmp_key, show_crypto_isakmp_sa;

/* --- policy --- */

static void
suite(struct session *s, const char *encr, const char *hash, const char *auth, int group, uint32_t lifetime)
{
	out(s, "\tencryption algorithm:\t%s\n", encr);
	out(s, "\thash algorithm:\t\t%s\n", hash);
	out(s, "\tauthentication method:\t%s\n", auth);
	out(s, "\tDiffie-Hellman group:\t#%d (%s)\n", group, crypto_dh_size(group));
	out(s, "\tlifetime:\t\t%u seconds, no volume limit\n", lifetime);
}

static void
default_suites(struct session *s)
{
	for (int i = 0; i < 8; i++) {
		const struct default_policy *d = &default_policies[i];

		out(s, "Default protection suite of priority %d\n", d->priority);
		suite(s, d->encr, d->hash, d->auth, d->group, 86400);
	}
}

void
show_crypto_isakmp_default(struct session *s, const void *values)
{
	(void)values;
	out(s, "\nDefault IKE policy\n");
	default_suites(s);
}

void
show_crypto_isakmp_policy(struct session *s, const void *values)
{
	static const char *const hash[] = { "Secure Hash Standard", "Message Digest 5", "Secure Hash Standard 2 (256 bit)",
		"Secure Hash Standard 2 (384 bit)", "Secure Hash Standard 2 (512 bit)" };
	static const char *const auth[] = { "Rivest-Shamir-Adleman Signature", "Rivest-Shamir-Adleman Encryption",
		"Pre-Shared Key", "Elliptic Curve Digital Signature" };
	_Static_assert(sizeof auth / sizeof auth[0] == ISAKMP_POLICY_AUTH_METHOD_ECDSA_SIG + 1, "a word for each method");
	static const char *const encr[] = { "DES - Data Encryption Standard (56 bit keys).", "Three key triple DES",
		"AES - Advanced Encryption Standard (128 bit keys).", "AES - Advanced Encryption Standard (192 bit keys).",
		"AES - Advanced Encryption Standard (256 bit keys)." };
	struct store *st = session_store(s);
	const struct rec *p = store_first(st, store_root(st), ROW_ISAKMP_POLICY);

	(void)values;
	out(s, "\n%s IKE policy\n", p ? "Global" : "Default");
	if (!p)
		default_suites(s);
	for (; p; p = store_next(p)) {
		const struct cfg_isakmp_policy_encr *e = store_leaf(st, p, ROW_ISAKMP_POLICY_ENCR);
		const struct cfg_isakmp_policy_hash *h = store_leaf(st, p, ROW_ISAKMP_POLICY_HASH);
		const struct cfg_isakmp_policy_auth *a = store_leaf(st, p, ROW_ISAKMP_POLICY_AUTH);
		const struct cfg_isakmp_policy_group *g = store_leaf(st, p, ROW_ISAKMP_POLICY_GROUP);
		const struct cfg_isakmp_policy_lifetime *l = store_leaf(st, p, ROW_ISAKMP_POLICY_LIFETIME);

		out(s, "Protection suite of priority %u\n", ((const struct cfg_isakmp_policy *)rec_values(p))->priority);
		suite(s, encr[e->alg == ISAKMP_POLICY_ENCR_ALG_AES ? 2 + e->bits : e->alg], hash[h->alg], auth[a->method],
		    dh_number(g->id), l->seconds);
		crypto_print_notes(s, p);
	}
}

/* --- keys --- */

void
show_crypto_isakmp_key(struct session *s, const void *values)
{
	struct store *st = session_store(s);

	(void)values;
	out(s, "Keyring      Hostname/Address                            Preshared Key\n\n");
	for (const struct rec *p = store_first(st, store_root(st), ROW_ISAKMP_KEY); p; p = store_next(p)) {
		const struct cfg_isakmp_key *k = rec_values(p);
		char who[64];

		if (k->where == ISAKMP_KEY_WHERE_HOSTNAME)
			out(s, "default      %-43s %s\n", k->host, k->key);
		else if (k->mask == 0xffffffff)
			out(s, "default      %-43s %s\n", ip4_s(k->addr), k->key);
		else {
			snprintf(who, sizeof who, "%-15s [%s]", ip4_s(k->addr), ip4_s(k->mask));
			out(s, "default      %-43s %s\n", who, k->key);
		}
	}
}

/* --- SAs --- */

/* One line of the table, from a live SA or from one that is gone. */
struct row {
	uint32_t conn_id;
	const struct sa_ike *ike;	/* NULL: gone */
	const struct ike_seen *gone;
};

/* The newest on top, as IOS has it; those without a number yet are the newest of all. */
static int
by_conn_id(const void *a, const void *b)
{
	uint32_t x = ((const struct row *)a)->conn_id - 1, y = ((const struct row *)b)->conn_id - 1;

	return x < y ? 1 : x > y ? -1 : 0;
}

static bool
deleting(const struct sa_ike *ike)
{
	return strncmp(ike->state, "DELET", 5) == 0 || strcmp(ike->state, "DESTROYING") == 0;
}

static struct row *
rows(struct crypto_view *v, size_t *n)
{
	size_t max = v->nike;
	struct row *r;

	for (struct ike_seen *k = tunnels_ike_first(v->t); k; k = k->next)
		max += k->deleted;
	r = xcalloc(max + 1, sizeof *r);
	*n = 0;
	for (size_t i = 0; i < v->nike; i++)
		if (v->ike[i].version == 1)
			r[(*n)++] = (struct row){ crypto_conn_id(v, &v->ike[i]), &v->ike[i], NULL };
	for (struct ike_seen *k = tunnels_ike_first(v->t); k && *n < max; k = k->next)
		if (k->deleted && k->version == 1)
			r[(*n)++] = (struct row){ k->conn_id, NULL, k };
	qsort(r, *n, sizeof *r, by_conn_id);
	return r;
}

static void
line(struct session *s, const struct row *r)
{
	bool initiator = r->ike ? r->ike->initiator : r->gone->initiator;
	uint32_t local = r->ike ? r->ike->local : r->gone->local, remote = r->ike ? r->ike->remote : r->gone->remote;

	out(s, "%-15s %-15s %-14s %7u ACTIVE%s\n", ip4_s(initiator ? remote : local), ip4_s(initiator ? local : remote),
	    r->ike ? crypto_ike_state(r->ike) : "MM_NO_STATE", r->conn_id, !r->ike || deleting(r->ike) ? " (deleted)" : "");
}

static void
lower(char *p)
{
	for (; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p += 'a' - 'A';
}

static void
detail(const struct crypto_view *v, const struct row *r)
{
	const struct sa_ike *k = r->ike;
	uint32_t local = k ? k->local : r->gone->local, remote = k ? k->remote : r->gone->remote;
	char encr[16] = "", hash[16] = "", dh[8] = "", life[16] = "0", cap[4] = "";

	if (k && *k->encr) {
		crypto_encr_short(k->encr, 0, encr);
		crypto_hash_short(*k->integ ? k->integ : k->prf, hash);
		snprintf(dh, sizeof dh, "%d", crypto_dh_number(k->dh));
	}
	if (k && crypto_ike_up(k)) {
		crypto_clock(crypto_ike_left(v, k), life);
		if (store_leaf(v->store, store_root(v->store), ROW_ISAKMP_KEEPALIVE))
			strcat(cap, "D");
		if (k->nat_local || k->nat_remote)
			strcat(cap, "N");
	}
	lower(encr);
	lower(hash);
	out(v->s, "%-5u %-15s %-15s %-6s %-6s %-4s %-6s %-4s %-2s %-8s %-5s\n", r->conn_id, ip4_s(local), ip4_s(remote), "",
	    k ? "ACTIVE" : "", encr, hash, k ? "psk" : "", dh, life, cap);
	out(v->s, "       Engine-id:Conn-id =  SW:%u%s\n\n", r->conn_id ? r->conn_id - 1000 : 0, k ? "" : " (deleted)");
}

void
show_crypto_isakmp_sa(struct session *s, const void *values)
{
	const struct cfg_show_crypto_isakmp_sa *args = values;
	struct crypto_view v;
	struct row *r;
	size_t n;

	crypto_view_open(&v, s);
	r = rows(&v, &n);
	if (args->detail)
		out(s, "Codes: C - IKE configuration mode, D - Dead Peer Detection\n"
		    "       K - Keepalives, N - NAT-traversal\n"
		    "       T - cTCP encapsulation, X - IKE Extended Authentication\n"
		    "       psk - Preshared key, rsig - RSA signature\n"
		    "       renc - RSA encryption\n"
		    "IPv4 Crypto ISAKMP SA\n\n"
		    "C-id  Local           Remote          I-VRF  Status Encr Hash   Auth DH Lifetime Cap.\n\n");
	else
		out(s, "IPv4 Crypto ISAKMP SA\n"
		    "dst             src             state          conn-id status\n");
	for (size_t i = 0; i < n; i++)
		if (args->detail)
			detail(&v, &r[i]);
		else
			line(s, &r[i]);
	out(s, "%sIPv6 Crypto ISAKMP SA\n\n", args->detail && n ? "" : "\n");
	free(r);
	crypto_view_close(&v);
}
