/* SPDX-License-Identifier: BSD-2-Clause */
/* Which algorithms charon's plugins really offer (VICI get-algorithms). */
#ifndef CONFTERM_VICI_ALGS_H
#define CONFTERM_VICI_ALGS_H

#include <stdbool.h>
#include <stddef.h>

/* charon's words: "AES_CBC", "HMAC_SHA1_96", "MODP_1024". Zero-initialise. */
struct vici_algs {
	char **word;	/* sorted */
	size_t n;
};

/* Takes the answer to get-algorithms; what was known before is forgotten. */
void vici_algs_load(struct vici_algs *a, const void *msg, size_t len);
void vici_algs_free(struct vici_algs *a);
bool vici_algs_have(const struct vici_algs *a, const char *word);
/*
 * The first part of a proposal ("des-sha1-modp768") that charon cannot do, as
 * charon's word ("DES_CBC"); NULL when there is none. Parts that this file
 * does not know are left to charon's judgement.
 */
const char *vici_algs_missing(const struct vici_algs *a, const char *proposal);

#endif
