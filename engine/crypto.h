/* SPDX-License-Identifier: BSD-2-Clause */
/* ISAKMP policies and transform sets in charon's words; shared by crypto maps and show. */
#ifndef CONFTERM_ENGINE_CRYPTO_H
#define CONFTERM_ENGINE_CRYPTO_H

#include "engine/compile.h"
#include "lib/buf.h"

/* charon's keyword for a Diffie-Hellman group, by the index of the choice (group 1, 2, 5, ...). */
const char *dh_keyword(uint32_t index);
int dh_number(uint32_t index);
/* "esp-aes 256 esp-sha-hmac" as show commands write a transform set: "esp-256-aes esp-sha-hmac". */
void transform_set_text(const struct cfg_transform_set *t, struct buf *out);
/* charon's proposal for a transform set ("aes128-md5", with "-modp1024" for pfs), NULL and *why when there is none. */
const char *transform_set_proposal(struct compile *c, const struct cfg_transform_set *t, const char *pfs, bool *ah,
    const char **why);
/* The IKE proposals of all pre-shared-key policies, or IOS's default ones; lifetime of the first. */
const char *const *isakmp_proposals(struct compile *c, uint32_t *lifetime);

/* What holds for all connections, from the lines that say it. */
void ike_settings(struct compile *c, const struct rec *r);

/* IOS's built-in policies, used when none is configured. */
struct default_policy {
	int priority;
	const char *encr, *hash, *auth;
	int group;
	const char *proposal;	/* NULL: not for pre-shared keys */
};
extern const struct default_policy default_policies[8];

#endif
