/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ip ssh pubkey-chain: is a public key that somebody offers one of a user's?
 * The chain names keys by their MD5 hash (key-hash), or in full (key-string,
 * base64 over as many lines as it takes, perhaps with the type before and a
 * comment behind).
 */
#define _GNU_SOURCE
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/aaa.h"
#include "daemon/router.h"
#include "gen/grammar.h"
#include "lib/buf.h"

static bool
hash_is(const char *hex, const unsigned char md5[16])
{
	static const char digits[] = "0123456789ABCDEF";
	char text[33];

	for (int i = 0; i < 16; i++) {
		text[2 * i] = digits[md5[i] >> 4];
		text[2 * i + 1] = digits[md5[i] & 15];
	}
	text[32] = '\0';
	return strcasecmp(hex, text) == 0;
}

/* The base64 characters of a key-string; its type and comment left out. */
static void
base64_of(const char *data, struct buf *out)
{
	while (*data) {
		size_t n = strcspn(data, " \t\r\n");

		/* the type's name is no base64 of a key; what follows the padding or stands behind the key is a comment */
		if (n && !(strncmp(data, "ssh-", 4) == 0 || strncmp(data, "ecdsa-", 6) == 0))
			buf_put(out, data, n);
		data += n;
		if (n && *data != '\n' && out->n) {
			size_t gap = strspn(data, " \t");

			if (gap && data[gap] && data[gap] != '\r' && data[gap] != '\n')
				break;
		}
		data += strspn(data, " \t\r\n");
	}
}

static bool
string_is(const char *data, const unsigned char *key, size_t len)
{
	struct buf b = {0};
	bool same = false;
	unsigned char *raw;
	size_t pad = 0;
	int n;

	base64_of(data, &b);
	while (b.n && pad < 2 && b.d[b.n - 1 - pad] == '=')
		pad++;
	if (b.n && b.n % 4 == 0 && (raw = malloc(b.n))) {
		n = EVP_DecodeBlock(raw, (const unsigned char *)b.d, (int)b.n);
		same = n > 0 && (size_t)n - pad == len && memcmp(raw, key, len) == 0;
		free(raw);
	}
	buf_free(&b);
	return same;
}

bool
aaa_key_known(struct aaa *a, const char *user, const void *key, size_t len)
{
	struct store *s = aaa_router(a)->store;
	unsigned char md5[EVP_MAX_MD_SIZE];
	bool hashed = EVP_Digest(key, len, md5, NULL, EVP_md5(), NULL) == 1;
	struct rec *chain = store_first(s, store_root(s), ROW_SSH_PUBKEY);

	for (struct rec *u = chain ? store_first(s, chain, ROW_SSH_PUBKEY_USER) : NULL; u; u = store_next(u)) {
		const struct cfg_ssh_pubkey_user_key_string *k;

		if (strcmp(((const struct cfg_ssh_pubkey_user *)rec_values(u))->name, user) != 0)
			continue;
		for (struct rec *h = store_first(s, u, ROW_SSH_PUBKEY_USER_HASH); h && hashed; h = store_next(h))
			if (hash_is(((const struct cfg_ssh_pubkey_user_hash *)rec_values(h))->hash, md5))
				return true;
		k = store_leaf(s, u, ROW_SSH_PUBKEY_USER_KEY_STRING);
		if (k && k->data && string_is(k->data, key, len))
			return true;
	}
	return false;
}
