/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ISAKMP policies and transform sets. They become proposals of the
 * connections that crypto maps make; their own units only say what cannot
 * work. Keys, too, are read by the crypto map entries that need them, so that
 * each peer's key is loaded under that peer's exact address (charon prefers
 * the last of two overlapping networks, IOS the longer one).
 */
#include <stddef.h>
#include <string.h>

#include "engine/crypto.h"
#include "lib/ip4.h"

compile_fn compile_isakmp, compile_ipsec;

static const struct {
	int number;
	const char *keyword;
} dh[] = {
	{ 1, "modp768" }, { 2, "modp1024" }, { 5, "modp1536" }, { 14, "modp2048" }, { 15, "modp3072" },
	{ 16, "modp4096" }, { 19, "ecp256" }, { 20, "ecp384" }, { 21, "ecp521" }, { 24, "modp2048s256" },
};

const struct default_policy default_policies[8] = {
	{ 65507, "AES - Advanced Encryption Standard (128 bit keys).", "Secure Hash Standard",
	    "Rivest-Shamir-Adleman Signature", 5, NULL },
	{ 65508, "AES - Advanced Encryption Standard (128 bit keys).", "Secure Hash Standard", "Pre-Shared Key", 5,
	    "aes128-sha1-modp1536" },
	{ 65509, "AES - Advanced Encryption Standard (128 bit keys).", "Message Digest 5",
	    "Rivest-Shamir-Adleman Signature", 5, NULL },
	{ 65510, "AES - Advanced Encryption Standard (128 bit keys).", "Message Digest 5", "Pre-Shared Key", 5,
	    "aes128-md5-modp1536" },
	{ 65511, "Three key triple DES", "Secure Hash Standard", "Rivest-Shamir-Adleman Signature", 2, NULL },
	{ 65512, "Three key triple DES", "Secure Hash Standard", "Pre-Shared Key", 2, "3des-sha1-modp1024" },
	{ 65513, "Three key triple DES", "Message Digest 5", "Rivest-Shamir-Adleman Signature", 2, NULL },
	{ 65514, "Three key triple DES", "Message Digest 5", "Pre-Shared Key", 2, "3des-md5-modp1024" },
};

const char *
dh_keyword(uint32_t index)
{
	return index < sizeof dh / sizeof dh[0] ? dh[index].keyword : "modp768";
}

int
dh_number(uint32_t index)
{
	return index < sizeof dh / sizeof dh[0] ? dh[index].number : 0;
}

static const int aes_bits[] = { 128, 192, 256 };
static const char *const hmacs[] = { "md5", "sha1", "sha256", "sha384", "sha512" };

static const char *
policy_proposal(struct compile *c, const struct rec *p)
{
	static const char *const hash[] = { "sha1", "md5", "sha256", "sha384", "sha512" };
	const struct cfg_isakmp_policy_encr *e = compile_child(c, p, ROW_ISAKMP_POLICY_ENCR);
	const struct cfg_isakmp_policy_hash *h = compile_child(c, p, ROW_ISAKMP_POLICY_HASH);
	const struct cfg_isakmp_policy_group *g = compile_child(c, p, ROW_ISAKMP_POLICY_GROUP);
	const char *encr = e->alg == ISAKMP_POLICY_ENCR_ALG_DES ? "des" : e->alg == ISAKMP_POLICY_ENCR_ALG_3DES ? "3des" :
	    compile_text(c, "aes%d", aes_bits[e->bits]);

	return compile_text(c, "%s-%s-%s", encr, hash[h->alg], dh_keyword(g->id));
}

const char *const *
isakmp_proposals(struct compile *c, uint32_t *lifetime)
{
	const char **list;
	size_t n = 0;
	bool any = false;

	for (const struct rec *p = compile_each(c, ROW_ISAKMP_POLICY); p; p = store_next(p))
		n++;
	list = compile_alloc(c, sizeof *list * (n + 9));
	n = 0;
	*lifetime = 86400;
	for (const struct rec *p = compile_each(c, ROW_ISAKMP_POLICY); p; p = store_next(p)) {
		const struct cfg_isakmp_policy_auth *a = compile_child(c, p, ROW_ISAKMP_POLICY_AUTH);

		any = true;
		if (a->method != ISAKMP_POLICY_AUTH_METHOD_PRE_SHARE)
			continue;
		if (n == 0)
			*lifetime = ((const struct cfg_isakmp_policy_lifetime *)compile_child(c, p,
			    ROW_ISAKMP_POLICY_LIFETIME))->seconds;
		list[n++] = policy_proposal(c, p);
	}
	for (int i = 0; !any && i < 8; i++)
		if (default_policies[i].proposal)
			list[n++] = default_policies[i].proposal;
	return list;
}

const char *
transform_set_proposal(struct compile *c, const struct cfg_transform_set *t, const char *pfs, bool *ah, const char **why)
{
	static const char *const esp[] = { "null", "des", "3des", "aes", "aes", "aes", NULL };
	const char *dash = pfs ? "-" : "", *p = pfs ? pfs : "", *encr;
	bool has_esp = t->has & HAS_TRANSFORM_SET_ESP, has_auth = t->has & HAS_TRANSFORM_SET_AUTH;

	*ah = false;
	if (t->comp_lzs) {
		*why = "comp-lzs is not supported by the crypto engine";
		return NULL;
	}
	if (t->has & HAS_TRANSFORM_SET_AH) {
		if (has_esp || has_auth) {
			*why = "AH together with ESP is not supported by the crypto engine";
			return NULL;
		}
		*ah = true;
		return compile_text(c, "%s%s%s", hmacs[t->ah], dash, p);
	}
	if (!has_esp) {
		if (has_auth)
			return compile_text(c, "null-%s%s%s", hmacs[t->auth], dash, p);
		*why = "it has no transform";
		return NULL;
	}
	if (t->esp == TRANSFORM_SET_ESP_ESP_SEAL) {
		*why = "esp-seal is not supported by the crypto engine";
		return NULL;
	}
	if (t->esp == TRANSFORM_SET_ESP_ESP_GCM)
		return compile_text(c, "aes%dgcm16%s%s", aes_bits[t->bits], dash, p);
	if (t->esp == TRANSFORM_SET_ESP_ESP_GMAC)
		return compile_text(c, "aes%dgmac%s%s", aes_bits[t->bits], dash, p);
	encr = t->esp == TRANSFORM_SET_ESP_ESP_AES ? compile_text(c, "aes%d", aes_bits[t->bits]) : esp[t->esp];
	if (!has_auth) {
		if (t->esp == TRANSFORM_SET_ESP_ESP_NULL) {
			*why = "esp-null needs an authentication transform";
			return NULL;
		}
		return compile_text(c, "%s%s%s", encr, dash, p);
	}
	return compile_text(c, "%s-%s%s%s", encr, hmacs[t->auth], dash, p);
}

void
transform_set_text(const struct cfg_transform_set *t, struct buf *out)
{
	static const char *const ah[] = { "ah-md5-hmac", "ah-sha-hmac", "ah-sha256-hmac", "ah-sha384-hmac",
		"ah-sha512-hmac" };
	static const char *const auth[] = { "esp-md5-hmac", "esp-sha-hmac", "esp-sha256-hmac", "esp-sha384-hmac",
		"esp-sha512-hmac" };
	static const char *const esp[] = { "esp-null", "esp-des", "esp-3des", "aes", "gcm", "gmac", "esp-seal" };

	if (t->has & HAS_TRANSFORM_SET_AH)
		buf_printf(out, "%s ", ah[t->ah]);
	if (t->has & HAS_TRANSFORM_SET_ESP) {
		if (t->esp >= TRANSFORM_SET_ESP_ESP_AES && t->esp <= TRANSFORM_SET_ESP_ESP_GMAC) {
			if (t->bits)
				buf_printf(out, "esp-%d-%s ", aes_bits[t->bits], esp[t->esp]);
			else
				buf_printf(out, "esp-%s ", esp[t->esp]);
		} else
			buf_printf(out, "%s ", esp[t->esp]);
	}
	if (t->has & HAS_TRANSFORM_SET_AUTH)
		buf_printf(out, "%s ", auth[t->auth]);
	if (t->comp_lzs)
		buf_puts(out, "comp-lzs ");
}

/* One value for both versions of IKE: the shorter one. */
void
ike_settings(struct compile *c, const struct rec *r)
{
	const struct cfg_isakmp_nat_keepalive *v1 = compile_leaf(c, ROW_ISAKMP_NAT_KEEPALIVE);
	const struct cfg_ikev2_nat *v2 = compile_leaf(c, ROW_IKEV2_NAT);
	struct obj o = { .kind = OBJ_IKE_SETTINGS };

	o.settings.nat_keepalive = v1 && (!v2 || v1->seconds < v2->seconds) ? v1->seconds : v2 ? v2->seconds : 0;
	compile_emit(c, r, &o);
}

void
compile_isakmp(struct compile *c, const struct rec *r)
{
	if (r->row == ROW_ISAKMP_NAT_KEEPALIVE)
		ike_settings(c, r);
	if (r->row == ROW_ISAKMP_POLICY) {
		const struct cfg_isakmp_policy *p = rec_values(r);
		const struct cfg_isakmp_policy_auth *a = compile_child(c, r, ROW_ISAKMP_POLICY_AUTH);

		if (a->method != ISAKMP_POLICY_AUTH_METHOD_PRE_SHARE)
			compile_quiet_unused(c, r, "NOTE: isakmp policy %u is not used: only pre-shared keys are supported",
			    p->priority);
	} else if (r->row == ROW_ISAKMP_KEY) {
		const struct cfg_isakmp_key *k = rec_values(r);

		if (k->where == ISAKMP_KEY_WHERE_HOSTNAME)
			compile_unused(c, r, "NOTE: the isakmp key for host %s is not used: main mode finds keys by address", k->host);
	}
}

void
compile_ipsec(struct compile *c, const struct rec *r)
{
	const char *why = NULL;
	bool ah;

	if (r->row != ROW_TRANSFORM_SET)
		return;
	const struct cfg_transform_set *t = rec_values(r);

	if (!transform_set_proposal(c, t, NULL, &ah, &why))
		compile_unused(c, r, "NOTE: transform set %s is not used: %s", t->name, why);
}
