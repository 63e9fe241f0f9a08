/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Passwords on their way into the store. A choice slot whose name ends in
 * `type` before a secret slot (`[type@(0 | 5)] <secret:secret>`) makes a pair.
 * A password given in clear is hashed when 5 is among the types, and hidden
 * (type 7) when 7 is and the leaf marked `hides` (service
 * password-encryption) is on; what is given as 5, 7, 8 or 9 must have that
 * form. A choice slot `algorithm` (md5, sha256, scrypt) says how to hash.
 */
#ifndef CONFTERM_PARSER_PASSWORD_H
#define CONFTERM_PARSER_PASSWORD_H

#include "lib/buf.h"
#include "parser/secret.h"
#include "parser/store.h"

/*
 * Rewrites values before they are stored; text holds the new secret and must
 * outlive them. Returns -1 with a message in out when the secret is refused.
 */
int password_convert(struct store *s, const struct g_row *row, void *values, char text[SECRET_MAX], struct buf *out);
/* The leaf marked `hides` was turned on: all passwords that stand in clear are hidden. */
void password_hide_all(struct store *s);

#endif
