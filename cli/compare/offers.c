/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the files offer each other: ISAKMP policies, transform sets, PFS groups
 * and IKEv2 proposals. An offer is written as "{...}", and what two sides have
 * in common is found in these texts; IKEv2's offers are sets of algorithms, so
 * they are compared as bits.
 */
#define _GNU_SOURCE
#include "cli/compare/compare_int.h"

#include <stdlib.h>
#include <string.h>

#include "engine/crypto.h"

void
policy_text(struct store *s, const struct rec *p, struct buf *out)
{
	static const char *const bits[] = { "128", "192", "256" };
	static const char *const hash[] = { "sha", "md5", "sha256", "sha384", "sha512" };
	static const char *const auth[] = { "rsa-sig", "rsa-encr", "pre-share", "ecdsa-sig" };
	_Static_assert(sizeof auth / sizeof auth[0] == ISAKMP_POLICY_AUTH_METHOD_ECDSA_SIG + 1, "a word for each method");
	const struct cfg_isakmp_policy_encr *e = store_leaf(s, p, ROW_ISAKMP_POLICY_ENCR);
	const struct cfg_isakmp_policy_hash *h = store_leaf(s, p, ROW_ISAKMP_POLICY_HASH);
	const struct cfg_isakmp_policy_auth *a = store_leaf(s, p, ROW_ISAKMP_POLICY_AUTH);
	const struct cfg_isakmp_policy_group *g = store_leaf(s, p, ROW_ISAKMP_POLICY_GROUP);

	buf_printf(out, "{%s%s %s %s group %d}", e->alg == ISAKMP_POLICY_ENCR_ALG_DES ? "des" :
	    e->alg == ISAKMP_POLICY_ENCR_ALG_3DES ? "3des" : "aes ", e->alg == ISAKMP_POLICY_ENCR_ALG_AES ? bits[e->bits] : "",
	    hash[h->alg], auth[a->method], dh_number(g->id));
}

static void
set_add(const struct cfg_transform_set *t, struct buf *out)
{
	if (out->n)
		buf_putc(out, ' ');
	buf_putc(out, '{');
	transform_set_text(t, out);
	out->d[out->n - 1] = '}';	/* the text ends in a blank */
}

void
offers(struct comparison *c, size_t file, int row, struct buf *out)
{
	for (struct rec *r = top(c, file, row); r; r = store_next(r)) {
		if (row == ROW_TRANSFORM_SET) {
			set_add(rec_values(r), out);
			continue;
		}
		if (out->n)
			buf_putc(out, ' ');
		policy_text(c->file[file].store, r, out);
	}
	(void)buf_str(out);
}

bool
in_common(const char *a, const char *b)
{
	while ((a = strchr(a, '{'))) {
		size_t n = strcspn(a, "}") + 1;

		if (memmem(b, strlen(b), a, n))
			return true;
		a += n;
	}
	return false;
}

void
check_policies(struct comparison *c, size_t a, size_t b)
{
	struct buf x = {0}, y = {0};

	offers(c, a, ROW_ISAKMP_POLICY, &x);
	offers(c, b, ROW_ISAKMP_POLICY, &y);
	/* without any policy IOS offers its built-in ones */
	if (x.n && y.n && !in_common(buf_str(&x), buf_str(&y)))
		mismatch(c, a, top(c, a, ROW_ISAKMP_POLICY), "no isakmp policy in common: here %s, in %s %s", buf_str(&x),
		    c->file[b].file, buf_str(&y));
	buf_free(&x);
	buf_free(&y);
}

/* --- transform sets, PFS --- */

static void
sets_text(struct store *s, const struct end *e, struct buf *out, const char **mode)
{
	for (int i = 0; e->set && i < 6 && e->set[i]; i++) {
		const struct rec *r = store_defined(s, REF_TRANSFORM_SET, e->set[i]);
		const struct cfg_transform_set_mode *m;

		if (!r)
			continue;
		m = store_leaf(s, r, ROW_TRANSFORM_SET_MODE);
		if (!*mode)
			*mode = m->kind == TRANSFORM_SET_MODE_KIND_TRANSPORT ? "transport" : "tunnel";
		set_add(rec_values(r), out);
	}
	(void)buf_str(out);
}

void
check_proposals(struct comparison *c, const struct end *a, const struct end *b, size_t nb)
{
	struct buf mine = {0}, theirs = {0};
	const char *mode_a = NULL, *mode_b = NULL, *other;
	int pfs_b = -1;

	if (!nb)
		return;
	other = c->file[b->file].file;
	sets_text(c->file[a->file].store, a, &mine, &mode_a);
	for (size_t i = 0; i < nb; i++) {
		sets_text(c->file[b[i].file].store, &b[i], &theirs, &mode_b);
		if (pfs_b != a->pfs)
			pfs_b = b[i].pfs;
	}
	if (mine.n && theirs.n && !in_common(buf_str(&mine), buf_str(&theirs)))
		mismatch(c, a->file, a->at, "no transform set in common: here %s, in %s %s", buf_str(&mine), other, buf_str(&theirs));
	else if (mode_a && mode_b && strcmp(mode_a, mode_b) != 0)
		mismatch(c, a->file, a->at, "the transform set is for %s mode here and for %s mode in %s", mode_a, mode_b, other);
	if (a->pfs != pfs_b && a->pfs && pfs_b)
		mismatch(c, a->file, a->at, "PFS group %d here and %d in %s", a->pfs, pfs_b, other);
	else if (a->pfs != pfs_b)
		mismatch(c, a->file, a->at, "PFS %s here and %s in %s", a->pfs ? "is set" : "is not set", pfs_b ? "is" : "is not",
		    other);
	buf_free(&mine);
	buf_free(&theirs);
}

/* --- IKEv2 proposals --- */

/* An IKEv2 proposal: a bit for each algorithm, by its place in the choice. */
struct proposal2 {
	uint32_t encryption, integrity, group;
};

#define AEAD (1u << IKEV2_PROPOSAL_ENCRYPTION_A_AES_GCM_128 | 1u << IKEV2_PROPOSAL_ENCRYPTION_A_AES_GCM_256)

/* IOS's own proposal: AES-CBC of all sizes, all hashes, groups 5 and 2. */
static const struct proposal2 default_proposal = {
	1u << IKEV2_PROPOSAL_ENCRYPTION_A_AES_CBC_128 | 1u << IKEV2_PROPOSAL_ENCRYPTION_A_AES_CBC_192 |
	    1u << IKEV2_PROPOSAL_ENCRYPTION_A_AES_CBC_256,
	1u << IKEV2_PROPOSAL_INTEGRITY_A_MD5 | 1u << IKEV2_PROPOSAL_INTEGRITY_A_SHA1 | 1u << IKEV2_PROPOSAL_INTEGRITY_A_SHA256 |
	    1u << IKEV2_PROPOSAL_INTEGRITY_A_SHA384 | 1u << IKEV2_PROPOSAL_INTEGRITY_A_SHA512,
	1u << IKEV2_PROPOSAL_GROUP_A_5 | 1u << IKEV2_PROPOSAL_GROUP_A_2,
};

/* The slots of a leaf like `encryption A [B ...]`: those that were given are choices, in the order typed. */
static uint32_t
bits_of(const uint32_t *values, int n)
{
	uint32_t has = values[0], bits = 0;

	for (int i = 0; i < n; i++)
		if (has & 1u << i)
			bits |= 1u << values[1 + i];
	return bits;
}

static struct proposal2
proposal_of(struct store *s, const struct rec *r)
{
	const struct cfg_ikev2_proposal_encryption *e = store_leaf(s, r, ROW_IKEV2_PROPOSAL_ENCRYPTION);
	const struct cfg_ikev2_proposal_integrity *i = store_leaf(s, r, ROW_IKEV2_PROPOSAL_INTEGRITY);
	const struct cfg_ikev2_proposal_group *g = store_leaf(s, r, ROW_IKEV2_PROPOSAL_GROUP);
	_Static_assert(offsetof(struct cfg_ikev2_proposal_encryption, g) == 28 &&
	    offsetof(struct cfg_ikev2_proposal_integrity, e) == 20 && offsetof(struct cfg_ikev2_proposal_group, j) == 40,
	    "numbers one behind the other");

	return (struct proposal2){ e ? bits_of((const uint32_t *)e, 7) : 0, i ? bits_of((const uint32_t *)i, 5) : 0,
		g ? bits_of((const uint32_t *)g, 10) : 0 };
}

static bool
fit(const struct proposal2 *a, const struct proposal2 *b)
{
	uint32_t encryption = a->encryption & b->encryption;

	return a->group & b->group && (encryption & AEAD || (encryption && a->integrity & b->integrity));
}

static void
words(struct buf *out, uint32_t bits, const char *const *word)
{
	bool first = true;

	for (int i = 0; bits >> i; i++)
		if (bits & 1u << i) {
			buf_printf(out, "%s%s", first ? "" : "/", word[i]);
			first = false;
		}
}

static void
proposal_text(struct buf *out, const struct proposal2 *p)
{
	static const char *const encryption[] = { "3des", "aes-cbc-128", "aes-cbc-192", "aes-cbc-256", "aes-gcm-128",
		"aes-gcm-256", "des" };
	static const char *const integrity[] = { "md5", "sha1", "sha256", "sha384", "sha512" };
	static const char *const group[] = { "1", "2", "5", "14", "15", "16", "19", "20", "21", "24" };
	_Static_assert(sizeof encryption / sizeof encryption[0] == IKEV2_PROPOSAL_ENCRYPTION_A_DES + 1 &&
	    sizeof integrity / sizeof integrity[0] == IKEV2_PROPOSAL_INTEGRITY_A_SHA512 + 1 &&
	    sizeof group / sizeof group[0] == IKEV2_PROPOSAL_GROUP_A_24 + 1, "a word for each");

	buf_printf(out, "%s{", out->n ? " " : "");
	words(out, p->encryption, encryption);
	if (p->integrity) {
		buf_putc(out, ' ');
		words(out, p->integrity, integrity);
	}
	buf_puts(out, " group ");
	words(out, p->group, group);
	buf_putc(out, '}');
}

#define PROPOSALS_MAX 64

/* The proposals that policies name, IOS's default where there is no policy; the rest of a great many is not looked at. */
static size_t
collect_proposals(struct comparison *c, size_t file, struct proposal2 *out, struct buf *text, const struct rec **at)
{
	struct store *s = c->file[file].store;
	size_t n = 0;

	*at = NULL;
	for (struct rec *r = top(c, file, ROW_IKEV2_POLICY); r; r = store_next(r))
		for (struct rec *q = store_first(s, r, ROW_IKEV2_POLICY_PROPOSAL); q && n < PROPOSALS_MAX; q = store_next(q)) {
			const char *name = ((const struct cfg_ikev2_policy_proposal *)rec_values(q))->proposal;
			const struct rec *p = store_defined(s, REF_IKEV2_PROPOSAL, name);

			if (!p && strcmp(name, "default") != 0)
				continue;
			out[n] = p ? proposal_of(s, p) : default_proposal;
			proposal_text(text, &out[n++]);
			*at = *at ? *at : p ? p : q;
		}
	if (n == 0 && !top(c, file, ROW_IKEV2_POLICY)) {
		out[n] = default_proposal;
		proposal_text(text, &out[n++]);
	}
	return n;
}

void
check_proposals2(struct comparison *c, size_t a, size_t b)
{
	struct proposal2 mine[PROPOSALS_MAX], theirs[PROPOSALS_MAX];
	const struct rec *at, *at_b;
	struct buf x = {0}, y = {0};
	size_t na = collect_proposals(c, a, mine, &x, &at), nb = collect_proposals(c, b, theirs, &y, &at_b);
	bool found = na == 0 || nb == 0;

	for (size_t i = 0; i < na && !found; i++)
		for (size_t k = 0; k < nb && !found; k++)
			found = fit(&mine[i], &theirs[k]);
	if (!found)
		mismatch(c, at || !at_b ? a : b, at ? at : at_b, "no ikev2 proposal in common: here %s, in %s %s",
		    buf_str(at || !at_b ? &x : &y), c->file[at || !at_b ? b : a].file, buf_str(at || !at_b ? &y : &x));
	buf_free(&x);
	buf_free(&y);
}
