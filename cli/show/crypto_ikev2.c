/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show crypto ikev2 sa, session and stats: charon's IKE SAs of version 2 in
 * IOS's layout. What charon does not tell (message ids, windows) is left out.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/show/crypto.h"
#include "engine/tunnel.h"
#include "lib/ip4.h"

exec_fn show_crypto_ikev2_sa, show_crypto_ikev2_session, show_crypto_ikev2_stats;

/* --- words --- */

/* "AES_CBC" -> "AES-CBC", "AES_GCM_16" -> "AES-GCM". */
static const char *
cipher(const char *word)
{
	static const char *const map[][2] = { { "AES_GCM", "AES-GCM" }, { "AES", "AES-CBC" }, { "3DES", "3DES" }, { "DES", "DES" } };

	for (size_t i = 0; i < sizeof map / sizeof map[0]; i++)
		if (strncmp(word, map[i][0], strlen(map[i][0])) == 0)
			return map[i][1];
	return "None";
}

/* Of a transform in its short or long form: SHA512, SHA96 (what IOS calls SHA-1 that is cut to 96 bits), SHA1, MD596. */
static const char *
hash(const char *word, bool prf)
{
	if (strstr(word, "MD5"))
		return prf ? "MD5" : "MD596";
	if (strstr(word, "SHA1"))
		return prf ? "SHA1" : "SHA96";
	return strstr(word, "SHA2_256") ? "SHA256" : strstr(word, "SHA2_384") ? "SHA384" : strstr(word, "SHA2_512") ? "SHA512" :
	    "None";
}

static const char *
status(const struct sa_ike *k)
{
	return crypto_ike_up(k) ? "READY" : strncmp(k->state, "DELET", 5) == 0 || strcmp(k->state, "DESTROYING") == 0 ?
	    "DELETE" : "IN-NEG";
}

/* The profile of a connection: its name ends in "-ikev2-" and the profile's name (engine/ike.h). */
static const struct rec *
profile_of(const struct crypto_view *v, const struct sa_ike *k)
{
	const char *p = strstr(k->conn, "-ikev2-");

	return p ? store_defined(v->store, REF_IKEV2_PROFILE, p + strlen("-ikev2-")) : NULL;
}

static uint32_t
lifetime(const struct crypto_view *v, const struct sa_ike *k)
{
	const struct rec *p = profile_of(v, k);
	const struct cfg_ikev2_profile_lifetime *l = p ? store_leaf(v->store, p, ROW_IKEV2_PROFILE_LIFETIME) : NULL;

	return l ? l->seconds : 86400;
}

/* --- one SA --- */

static uint32_t
tunnel_id(const struct crypto_view *v, const struct sa_ike *k)
{
	uint32_t id = crypto_conn_id(v, k);

	return id > 1000 ? id - 1000 : id;
}

static void
head(struct session *s)
{
	out(s, "Tunnel-id Local                 Remote                fvrf/ivrf            Status \n");
}

static void
ends(const struct crypto_view *v, const struct sa_ike *k)
{
	char local[32], remote[32];

	snprintf(local, sizeof local, "%s/%u", ip4_s(k->local), k->local_port);
	snprintf(remote, sizeof remote, "%s/%u", ip4_s(k->remote), k->remote_port);
	out(v->s, "%-9u %-21s %-21s %-20s %-7s\n", tunnel_id(v, k), local, remote, "none/none", status(k));
}

static void
algorithms(const struct crypto_view *v, const struct sa_ike *k)
{
	struct session *s = v->s;

	if (!*k->encr) {
		out(s, "      Encr: Unknown - 0, PRF: Unknown - 0, Hash: None, DH Grp:0, Auth sign: Unknown - 0, Auth verify: Unknown - 0\n");
	} else {
		out(s, "      Encr: %s", cipher(k->encr));
		if (k->encr_bits)
			out(s, ", keysize: %u", k->encr_bits);
		out(s, ", PRF: %s, Hash: %s, DH Grp:%d, Auth sign: PSK, Auth verify: PSK\n", hash(k->prf, true),
		    *k->integ ? hash(k->integ, false) : "None", crypto_dh_number(k->dh));
	}
	out(s, "      Life/Active Time: %u/%u sec\n", lifetime(v, k), k->established);
}

static void
details(const struct crypto_view *v, const struct sa_ike *k)
{
	const struct rec *p = profile_of(v, k);
	const struct cfg_ikev2_profile_dpd *own = p ? store_leaf(v->store, p, ROW_IKEV2_PROFILE_DPD) : NULL;
	const struct cfg_ikev2_dpd *global = store_leaf(v->store, store_root(v->store), ROW_IKEV2_DPD);
	struct session *s = v->s;

	out(s, "      CE id: %u, Session-id: %u\n", crypto_conn_id(v, k), tunnel_id(v, k));
	out(s, "      Status Description: %s\n", crypto_ike_up(k) ? "Negotiation done" : strcmp(status(k), "DELETE") == 0 ?
	    "Deleting IKE SA" : "Negotiating IKE SA");
	out(s, "      Local spi: %016llX       Remote spi: %016llX\n",
	    (unsigned long long)(k->initiator ? k->spi_i : k->spi_r), (unsigned long long)(k->initiator ? k->spi_r : k->spi_i));
	out(s, "      Local id: %s\n", *k->local_id ? k->local_id : ip4_s(k->local));
	if (*k->remote_id)
		out(s, "      Remote id: %s\n", k->remote_id);
	out(s, "      DPD configured for %u seconds, retry %u\n", own ? own->interval : global ? global->interval : 0,
	    own ? own->retry : global ? global->retry : 0);
	out(s, "      Extended Authentication not configured.\n");
	if (k->nat_local || k->nat_remote)
		out(s, "      NAT-T is detected %s\n", k->nat_local && k->nat_remote ? "inside and outside" :
		    k->nat_local ? "inside" : "outside");
	else
		out(s, "      NAT-T is not detected  \n");
	out(s, "      Initiator of SA : %s\n", k->initiator ? "Yes" : "No");
}

/* The SAs of version 2 in the order of their numbers, the newest last. */
static int
by_number(const void *a, const void *b)
{
	uint32_t x = (*(const struct sa_ike *const *)a)->unique_id, y = (*(const struct sa_ike *const *)b)->unique_id;

	return (x > y) - (x < y);
}

static const struct sa_ike **
version2(const struct crypto_view *v, size_t *n)
{
	const struct sa_ike **list = calloc(v->nike + 1, sizeof *list);

	*n = 0;
	for (size_t i = 0; list && i < v->nike; i++)
		if (v->ike[i].version == 2)
			list[(*n)++] = &v->ike[i];
	if (*n)
		qsort(list, *n, sizeof *list, by_number);
	return list;
}

void
show_crypto_ikev2_sa(struct session *s, const void *values)
{
	const struct cfg_show_crypto_ikev2_sa *a = values;
	struct crypto_view v;
	const struct sa_ike **list;
	size_t n;

	crypto_view_open(&v, s);
	list = version2(&v, &n);
	out(s, " IPv4 Crypto IKEv2  SA \n\n");
	for (size_t i = 0; i < n; i++) {
		if ((a->has & HAS_SHOW_CRYPTO_IKEV2_SA_LOCAL_ADDR && list[i]->local != a->local_addr) ||
		    (a->has & HAS_SHOW_CRYPTO_IKEV2_SA_REMOTE_ADDR && list[i]->remote != a->remote_addr))
			continue;
		head(s);
		ends(&v, list[i]);
		algorithms(&v, list[i]);
		if (a->detailed)
			details(&v, list[i]);
		out(s, "\n");
	}
	out(s, " IPv6 Crypto IKEv2  SA \n\n");
	free(list);
	crypto_view_close(&v);
}

/* --- sessions --- */

static void
selector(struct session *s, const struct prefix4 *p, uint16_t port)
{
	uint32_t last = p->addr | ~ip4_mask(p->len);

	out(s, "%s/%u - %s/%u\n", ip4_s(p->addr), port, ip4_s(last), port ? port : 65535);
}

static void
child(const struct crypto_view *v, const struct sa_child *c, bool detailed)
{
	struct session *s = v->s;

	out(s, "Child sa: local selector  ");
	selector(s, &c->ts.src, c->ts.src_port);
	out(s, "          remote selector ");
	selector(s, &c->ts.dst, c->ts.dst_port);
	if (!c->ah || detailed)
		out(s, "          ESP spi in/out: 0x%X/0x%X  \n", c->ah ? 0 : c->spi_in, c->ah ? 0 : c->spi_out);
	if (c->ah || detailed)
		out(s, "          AH spi in/out: 0x%X/0x%X  \n", c->ah ? c->spi_in : 0, c->ah ? c->spi_out : 0);
	if (!detailed)
		return;
	out(s, "          CPI in/out: 0x0/0x0  \n          Encr: %s", c->ah ? "None" : cipher(c->encr));
	if (!c->ah && c->encr_bits)
		out(s, ", keysize: %u", c->encr_bits);
	out(s, ", esp_hmac: %s\n", c->ah || !*c->integ ? "None" : hash(c->integ, false));
	out(s, "          ah_hmac: %s, comp: IPCOMP_NONE, mode %s\n", c->ah ? hash(c->integ, false) : "None",
	    c->mode == IPSEC_TUNNEL ? "tunnel" : "transport");
}

void
show_crypto_ikev2_session(struct session *s, const void *values)
{
	bool detailed = ((const struct cfg_show_crypto_ikev2_session *)values)->detailed;
	struct crypto_view v;
	const struct sa_ike **list;
	size_t n;

	crypto_view_open(&v, s);
	list = version2(&v, &n);
	out(s, " IPv4 Crypto IKEv2 Session \n\n");
	for (size_t i = 0; i < n; i++) {
		const struct sa_ike *k = list[i];
		unsigned live = 0;

		for (size_t c = 0; c < k->nchild; c++)
			live += crypto_child_live(&k->children[c]);
		out(s, "Session-id:%u, Status:%s, IKE count:1, CHILD count:%u\n\n", tunnel_id(&v, k),
		    !crypto_ike_up(k) ? "DOWN-NEGOTIATING" : live ? "UP-ACTIVE" : "UP-IDLE", live);
		head(s);
		ends(&v, k);
		algorithms(&v, k);
		if (detailed)
			details(&v, k);
		for (size_t c = 0; c < k->nchild; c++)
			if (crypto_child_live(&k->children[c]))
				child(&v, &k->children[c], detailed);
		out(s, "\n");
	}
	out(s, " IPv6 Crypto IKEv2 Session \n\n");
	free(list);
	crypto_view_close(&v);
}

/* What can be counted from the SAs that are there. */
void
show_crypto_ikev2_stats(struct session *s, const void *values)
{
	static const char line[] = "--------------------------------------------------------------------------------";
	struct crypto_view v;
	unsigned active[2] = {0}, negotiating[2] = {0};

	(void)values;
	crypto_view_open(&v, s);
	for (size_t i = 0; i < v.nike; i++)
		if (v.ike[i].version == 2)
			(crypto_ike_up(&v.ike[i]) ? active : negotiating)[v.ike[i].initiator]++;
	out(s, "%s\n                          Crypto IKEv2 SA Statistics\n%s\n", line, line);
	for (int i = 0; i < 2; i++)
		out(s, "Total %s IKEv2 SA Count:  %-8u active:       %-8u negotiating: %-5u\n", i ? "outgoing" : "incoming",
		    active[i] + negotiating[i], active[i], negotiating[i]);
	crypto_view_close(&v);
}
