/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Connections: with whom IKE is spoken, by which identities, keys and
 * proposals. Crypto maps, dynamic ones and tunnel interfaces describe what they
 * need; two that need the same share one connection (two equal objects are one).
 */
#ifndef CONFTERM_ENGINE_IKE_H
#define CONFTERM_ENGINE_IKE_H

#include "engine/compile.h"

struct ike_want {
	const struct rec *r;		/* on whose behalf: origin of the objects, and of notes */
	const char *what;		/* its name in notes: "crypto map MYMAP 10" */
	uint32_t local, remote;		/* 0: any; with remote any the peer calls */
	const char *isakmp_profile, *ikev2_profile;	/* names, at most one; NULL: IKEv1 without a profile */
	bool unique_if_id;		/* obj_ike.unique_if_id */
};

/*
 * Emits OBJ_IKE and the OBJ_SECRETs that it needs. Returns the connection's
 * name, in the compile's memory; NULL when there cannot be one, which a note
 * has said.
 */
const char *ike_connection(struct compile *c, const struct ike_want *w);
/* What the name of such a connection ends in: "" or "-isakmp-P" or "-ikev2-P" (struct entry, profile). */
const char *ike_suffix(struct compile *c, const struct ike_want *w);

/* engine/ikev2.c: fills in proposals, lifetime, DPD and identities, and emits the keys. False: said by a note. */
bool ikev2_connection(struct compile *c, const struct ike_want *w, const struct rec *profile, struct obj_ike *ike);

/* One key: for owners (NULL-terminated, see obj_secret); id without a secret in it. */
void ike_secret(struct compile *c, const struct rec *origin, const char *id, const char *key, const char *const *owners);
/* "A.B.C.D", "A.B.C.D/len" or "%any" for an address and its mask, as charon takes owners and identities. */
const char *ike_network(struct compile *c, uint32_t addr, uint32_t mask);

/* The IKEv2 proposals for a local address (0: any), as charon's words; lists end in NULL. */
const char *const *ikev2_proposals(struct compile *c, uint32_t local);

#endif
