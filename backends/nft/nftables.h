/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The packet rules of the kernel: OBJ_MSS. A TCP SYN that comes in or goes out
 * by a device never offers more than the device's limit; forwarded packets and
 * the router's own alike. A smaller offer stays as it is.
 *
 * Everything is in one table of our own, `ip confterm`: one chain for each
 * limit in use, and a map from the device's name to its chain, so that a packet
 * costs two look-ups however many devices there are. A batch is one transaction
 * of nf_tables. Devices need not be present.
 *
 * Where the kernel has no nf_tables, the driver is up all the same and every
 * object fails with that reason; it looks again with the engine's next try.
 */
#ifndef CONFTERM_BACKENDS_NFT_NFTABLES_H
#define CONFTERM_BACKENDS_NFT_NFTABLES_H

#include "engine/driver.h"

struct nftables;

/* Opens nothing yet. */
struct nftables *nftables_create(struct engine *e);
struct driver *nftables_driver(struct nftables *t);
/* Removes what a killed daemon has left, then calls engine_driver_up(). */
void nftables_start(struct nftables *t);
/* Removes the table and forgets everything. Calls no engine function. */
void nftables_stop(struct nftables *t);
/* Stops and frees; NULL is allowed. */
void nftables_destroy(struct nftables *t);

#endif
