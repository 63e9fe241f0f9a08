/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show crypto engine connections active: two rows for each pair of IPsec SAs
 * (in: odd, out: even), then the IKE SAs.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/show/crypto.h"
#include "lib/ip4.h"
#include "lib/xalloc.h"

exec_fn show_crypto_engine;

struct numbered {
	uint32_t number;
	const struct crypto_child *k;
	const struct sa_ike *ike;
};

static int
by_number(const void *a, const void *b)
{
	uint32_t x = ((const struct numbered *)a)->number, y = ((const struct numbered *)b)->number;

	return (x > y) - (x < y);
}

static void
row(struct session *s, uint32_t id, const char *type, const char *alg, uint64_t encrypt, uint64_t decrypt, uint64_t seq,
    uint32_t addr)
{
	out(s, "%5u  %-7s %-18s %8llu %8llu %8llu %s\n", id, type, alg, (unsigned long long)encrypt,
	    (unsigned long long)decrypt, (unsigned long long)seq, ip4_s(addr));
}

static void
ipsec_rows(const struct crypto_view *v, const struct numbered *n)
{
	const struct sa_child *c = n->k->c;
	const struct nl_sa *sa = crypto_kernel_sa(v, c->spi_in, n->k->ike->local);
	char encr[16], hash[16], alg[40];

	crypto_encr_short(c->encr, c->encr_bits, encr);
	crypto_hash_short(c->integ, hash);
	if (c->ah)
		snprintf(alg, sizeof alg, "%s", hash);
	else
		snprintf(alg, sizeof alg, "%s%s%s", encr, *hash ? "+" : "", hash);
	row(v->s, n->number, "IPsec", alg, 0, c->packets_in, sa ? sa->seq_in : 0, n->k->ike->local);
	row(v->s, n->number + 1, "IPsec", alg, c->packets_out, 0, 0, n->k->ike->local);
}

static void
ike_row(const struct crypto_view *v, const struct numbered *n)
{
	const struct sa_ike *k = n->ike;
	char encr[16], hash[16], alg[40];

	crypto_encr_short(k->encr, k->encr_bits, encr);
	crypto_hash_short(*k->integ ? k->integ : k->prf, hash);
	snprintf(alg, sizeof alg, "%s%s%s", hash, *hash ? "+" : "", encr);
	row(v->s, n->number, k->version == 1 ? "IKE" : "IKEv2", alg, 0, 0, 0, k->local);
}

void
show_crypto_engine(struct session *s, const void *values)
{
	struct crypto_view v;
	struct numbered *n;
	size_t count = 0;

	(void)values;
	crypto_view_open(&v, s);
	crypto_view_kernel(&v);
	n = xcalloc(v.nchild + v.nike + 1, sizeof *n);
	out(s, "Crypto Engine Connections\n\n"
	    "   ID  Type    Algorithm           Encrypt  Decrypt LastSeqN IP-Address\n");
	for (size_t i = 0; i < v.nchild; i++)
		if (crypto_child_live(v.child[i].c))
			n[count++] = (struct numbered){ tunnels_sa_number(v.t, v.child[i].c->unique_id), &v.child[i], NULL };
	qsort(n, count, sizeof *n, by_number);
	for (size_t i = 0; i < count; i++)
		ipsec_rows(&v, &n[i]);
	count = 0;
	for (size_t i = 0; i < v.nike; i++)
		if (crypto_ike_up(&v.ike[i]))
			n[count++] = (struct numbered){ crypto_conn_id(&v, &v.ike[i]), NULL, &v.ike[i] };
	qsort(n, count, sizeof *n, by_number);
	for (size_t i = 0; i < count; i++)
		ike_row(&v, &n[i]);
	out(s, "\n");
	free(n);
	crypto_view_close(&v);
}
