/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The blocks of show crypto session: one for each pair of interface and peer.
 * crypto_blocks.c finds them, crypto_session.c prints them.
 *
 * Every crypto map entry gives the block of its current peer, with all its
 * flows. A peer that is not current (any more) has a block as long as there is
 * an IKE SA with it, with those flows only that have SAs there.
 */
#ifndef CONFTERM_CLI_SHOW_CRYPTO_SESSION_H
#define CONFTERM_CLI_SHOW_CRYPTO_SESSION_H

#include "cli/show/crypto.h"

/* An IKE SA: live, or (ike is NULL) gone within the last minute. */
struct crypto_link {
	uint32_t local, remote, conn_id;
	const struct sa_ike *ike;
	const struct ike_seen *gone;
};

/* An entry with one of its peers. */
struct crypto_pair {
	uint32_t local, peer;
	bool current;
	size_t at;		/* in view->entry */
};

struct crypto_block {
	const char *ifname;
	uint32_t local, peer;
	size_t rank;		/* blocks of an interface: entries in order, then other peers by conn id */
};

struct crypto_sessions {
	struct crypto_view v;
	bool detail;
	struct crypto_link *link;
	struct crypto_pair *pair;
	struct crypto_block *block;
	size_t nlink, npair, nblock;
};

/* Fills link, pair and block of a view that is open; the caller frees the three. */
void crypto_collect(struct crypto_sessions *j);
/* The first pair of two addresses (peer 0: of the local address alone), NULL when there is none. */
const struct crypto_pair *crypto_find_pair(const struct crypto_sessions *j, uint32_t local, uint32_t peer);
/* The IKE SAs between two addresses, live ones first. */
const struct crypto_link *crypto_find_links(const struct crypto_sessions *j, uint32_t local, uint32_t remote, size_t *n);

#endif
