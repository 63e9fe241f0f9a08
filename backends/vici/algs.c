/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * charon accepts any proposal made of keywords it knows, also when no plugin
 * implements them, and fails much later with words that help nobody. So the
 * driver asks once what is there and leaves out what cannot work.
 */
#include "backends/vici/algs.h"

#include <stdlib.h>
#include <string.h>

#include "backends/vici/codec.h"
#include "lib/xalloc.h"

static const struct {
	const char *keyword, *word;
} keywords[] = {
	{"des", "DES_CBC"}, {"3des", "3DES_CBC"}, {"aes", "AES_CBC"}, {"aes128", "AES_CBC"},
	{"aes192", "AES_CBC"}, {"aes256", "AES_CBC"}, {"aes128gcm16", "AES_GCM_16"},
	{"aes192gcm16", "AES_GCM_16"}, {"aes256gcm16", "AES_GCM_16"}, {"md5", "HMAC_MD5_96"},
	{"sha1", "HMAC_SHA1_96"}, {"sha256", "HMAC_SHA2_256_128"}, {"sha384", "HMAC_SHA2_384_192"},
	{"sha512", "HMAC_SHA2_512_256"}, {"prfmd5", "PRF_HMAC_MD5"}, {"prfsha1", "PRF_HMAC_SHA1"},
	{"prfsha256", "PRF_HMAC_SHA2_256"}, {"prfsha384", "PRF_HMAC_SHA2_384"},
	{"prfsha512", "PRF_HMAC_SHA2_512"}, {"modp768", "MODP_768"}, {"modp1024", "MODP_1024"},
	{"modp1536", "MODP_1536"}, {"modp2048", "MODP_2048"}, {"modp3072", "MODP_3072"},
	{"modp4096", "MODP_4096"}, {"modp2048s256", "MODP_2048_256"}, {"ecp256", "ECP_256"},
	{"ecp384", "ECP_384"}, {"ecp521", "ECP_521"},
};

static int
cmp(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void
vici_algs_free(struct vici_algs *a)
{
	for (size_t i = 0; i < a->n; i++)
		free(a->word[i]);
	free(a->word);
	*a = (struct vici_algs){0};
}

void
vici_algs_load(struct vici_algs *a, const void *msg, size_t len)
{
	struct vici_iter it;
	enum vici_el el;

	vici_algs_free(a);
	vici_iter_init(&it, msg, len);
	while ((el = vici_next(&it)) > VICI_EOF) {
		if (el != VICI_KV)	/* sections are the kinds: encryption, integrity, ... */
			continue;
		if ((a->n & (a->n - 1)) == 0)
			a->word = xrealloc(a->word, (a->n ? 2 * a->n : 1) * sizeof *a->word);
		a->word[a->n++] = xstrdup(it.name);
	}
	if (a->n)
		qsort(a->word, a->n, sizeof *a->word, cmp);
}

bool
vici_algs_have(const struct vici_algs *a, const char *word)
{
	return a->n && bsearch(&word, a->word, a->n, sizeof *a->word, cmp);
}

const char *
vici_algs_missing(const struct vici_algs *a, const char *proposal)
{
	for (const char *p = proposal; *p;) {
		size_t n = strcspn(p, "-");

		for (size_t i = 0; a->n && i < sizeof keywords / sizeof *keywords; i++)
			if (strncmp(keywords[i].keyword, p, n) == 0 && keywords[i].keyword[n] == '\0' &&
			    !vici_algs_have(a, keywords[i].word))
				return keywords[i].word;
		p += n + (p[n] == '-');
	}
	return NULL;
}
