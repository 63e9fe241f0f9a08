/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IOS's password forms. Type 5 is the MD5 crypt of libxcrypt; 8 and 9 are
 * PBKDF2 and scrypt of OpenSSL, written in base 64 with the alphabet of
 * crypt(3), most significant bits first. Type 7 is a running exclusive or with
 * a fixed key that everybody knows: two decimal digits say where in it to
 * start, then each byte stands as two hexadecimal digits.
 */
#define _GNU_SOURCE
#include "parser/secret.h"

#include <crypt.h>
#include <ctype.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

static const char key7[] = "dsfd;kfoA,.iyewrkldJKDHSUBsgvca69834ncxv9873254k;fg87";
static const char alphabet[] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

enum {
	SALT5 = 4,		/* characters of a type 5 salt made here */
	SALT89 = 14,		/* characters of a type 8 or 9 salt: they are used as they are written */
	HASH89 = 32,		/* bytes */
	TEXT89 = 43,		/* the same as characters */
	ROUNDS8 = 20000,
};

bool
secret_hide(const char *clear, int salt, char *out)
{
	size_t n = strlen(clear);
	uint8_t r;

	if (n > (SECRET_MAX - 3) / 2)
		return false;
	if (salt < 0) {
		if (getrandom(&r, 1, 0) != 1)
			return false;
		salt = r & 15;
	}
	snprintf(out, 3, "%02d", salt % 16);
	for (size_t i = 0; i < n; i++)
		snprintf(out + 2 + 2 * i, 3, "%02X",
		    (unsigned char)clear[i] ^ (unsigned char)key7[((size_t)salt + i) % (sizeof key7 - 1)]);
	return true;
}

bool
secret_reveal(const char *hidden, char *out)
{
	size_t n = strlen(hidden), at;

	if (!secret_form_ok(7, hidden))
		return false;
	at = (size_t)(hidden[0] - '0') * 10 + (size_t)(hidden[1] - '0');
	for (size_t i = 2; i < n; i += 2) {
		char hex[3] = { hidden[i], hidden[i + 1], '\0' };

		*out++ = (char)(strtoul(hex, NULL, 16) ^ (unsigned char)key7[at++ % (sizeof key7 - 1)]);
	}
	*out = '\0';
	return true;
}

/* --- hashes --- */

static bool
random_salt(char *out, int n)
{
	uint8_t r[16];

	if (getrandom(r, (size_t)n, 0) != n)
		return false;
	for (int i = 0; i < n; i++)
		out[i] = alphabet[r[i] & 63];
	out[n] = '\0';
	return true;
}

static void
base64(const uint8_t *in, size_t n, char *out)
{
	for (size_t bit = 0; bit < n * 8; bit += 6) {
		size_t byte = bit / 8;
		unsigned two = (unsigned)in[byte] << 8 | (byte + 1 < n ? in[byte + 1] : 0);

		*out++ = alphabet[two >> (10 - bit % 8) & 63];
	}
	*out = '\0';
}

static bool
derive(int type, const char *clear, const char *salt, char *out)
{
	uint8_t h[HASH89];
	const uint8_t *s = (const uint8_t *)salt;
	bool ok;

	if (type == 8)
		ok = PKCS5_PBKDF2_HMAC(clear, (int)strlen(clear), s, SALT89, ROUNDS8, EVP_sha256(), sizeof h, h) == 1;
	else
		ok = EVP_PBE_scrypt(clear, strlen(clear), s, SALT89, 16384, 1, 1, 0, h, sizeof h) == 1;
	if (ok)
		base64(h, sizeof h, out);
	OPENSSL_cleanse(h, sizeof h);
	return ok;
}

static bool
md5_crypt(const char *clear, const char *setting, char *out)
{
	struct crypt_data *d = calloc(1, sizeof *d);
	const char *h = d ? crypt_r(clear, setting, d) : NULL;
	bool ok = h && h[0] == '$' && strlen(h) < SECRET_MAX;

	if (ok)
		strcpy(out, h);
	if (d)
		OPENSSL_cleanse(d, sizeof *d);
	free(d);
	return ok;
}

bool
secret_hash(int type, const char *clear, char *out)
{
	char salt[SALT89 + 1], setting[SECRET_MAX];

	if (type == 5) {
		if (!random_salt(salt, SALT5))
			return false;
		snprintf(setting, sizeof setting, "$1$%s$", salt);
		return md5_crypt(clear, setting, out);
	}
	if ((type != 8 && type != 9) || !random_salt(salt, SALT89))
		return false;
	snprintf(out, SECRET_MAX, "$%d$%s$", type, salt);
	return derive(type, clear, salt, out + strlen(out));
}

bool
secret_verify(int type, const char *clear, const char *hash)
{
	char again[SECRET_MAX] = "";
	bool same;

	if (!secret_form_ok(type, hash))
		return false;
	if (type == 5) {
		if (!md5_crypt(clear, hash, again))
			return false;
	} else if (type == 8 || type == 9) {
		char salt[SALT89 + 1];

		memcpy(salt, hash + 3, SALT89);
		salt[SALT89] = '\0';
		snprintf(again, sizeof again, "$%d$%s$", type, salt);
		if (!derive(type, clear, salt, again + strlen(again)))
			return false;
	} else if (type == 7) {
		if (!secret_reveal(hash, again))
			return false;
		same = strlen(again) == strlen(clear) && CRYPTO_memcmp(again, clear, strlen(clear)) == 0;
		OPENSSL_cleanse(again, sizeof again);
		return same;
	} else
		return strlen(hash) == strlen(clear) && CRYPTO_memcmp(hash, clear, strlen(clear)) == 0;
	same = strlen(again) == strlen(hash) && CRYPTO_memcmp(again, hash, strlen(hash)) == 0;
	OPENSSL_cleanse(again, sizeof again);
	return same;
}

static bool
alphabetic(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!s[i] || !strchr(alphabet, s[i]))
			return false;
	return true;
}

bool
secret_form_ok(int type, const char *t)
{
	size_t n = strlen(t);

	if (n == 0 || n >= SECRET_MAX)
		return false;
	switch (type) {
	case 5: {
		const char *end = strncmp(t, "$1$", 3) == 0 ? strchr(t + 3, '$') : NULL;

		return end && end - t - 3 <= 8 && strlen(end + 1) == 22 && alphabetic(t + 3, (size_t)(end - t - 3)) &&
		    alphabetic(end + 1, 22);
	}
	case 7:
		if (n < 4 || n % 2 || !isdigit((unsigned char)t[0]) || !isdigit((unsigned char)t[1]) || t[0] > '5')
			return false;
		return strspn(t + 2, "0123456789abcdefABCDEF") == n - 2;
	case 8:
	case 9:
		return n == 3 + SALT89 + 1 + TEXT89 && t[0] == '$' && t[1] == '0' + type && t[2] == '$' &&
		    t[3 + SALT89] == '$' && alphabetic(t + 3, SALT89) && alphabetic(t + 3 + SALT89 + 1, TEXT89);
	default:
		return true;
	}
}
