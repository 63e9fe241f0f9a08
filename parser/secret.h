/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The forms in which IOS keeps passwords. 7 hides from a glance and is
 * reversible by anybody; 5 (MD5 crypt), 8 (PBKDF2-SHA256) and 9 (scrypt) are
 * one-way. Functions return false (or NULL) when a text is not of its form or
 * the machine has no randomness; nothing is logged.
 */
#ifndef CONFTERM_PARSER_SECRET_H
#define CONFTERM_PARSER_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#define SECRET_MAX 256	/* bytes of any form, NUL included */

/* Is the text what the type (0, 5, 6, 7, 8, 9) promises? */
bool secret_form_ok(int type, const char *text);

/* Type 7. out has SECRET_MAX bytes; salt 0..15, -1: a random one. At most 120 characters of clear text. */
bool secret_hide(const char *clear, int salt, char *out);
bool secret_reveal(const char *hidden, char *out);

/* Types 5, 8 and 9 with a fresh salt; out has SECRET_MAX bytes. */
bool secret_hash(int type, const char *clear, char *out);
/* Does the clear text belong to the hash? Takes the same time for any wrong one. */
bool secret_verify(int type, const char *clear, const char *hash);

#endif
