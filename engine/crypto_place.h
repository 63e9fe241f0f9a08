/* SPDX-License-Identifier: BSD-2-Clause */
/* Where a crypto map is applied; shared by its static and its dynamic entries. */
#ifndef CONFTERM_ENGINE_CRYPTO_PLACE_H
#define CONFTERM_ENGINE_CRYPTO_PLACE_H

#include "engine/compile.h"

#define CRYPTO_PLACES 64

/* An interface that the map is applied to. */
struct crypto_place {
	const struct rec *ifrec;
	const char *ifname;
	uint32_t local;		/* the address that IKE and ESP use there */
};

/* The interfaces with a map, those without an address left out; too_many: there are more than fit. Returns their number. */
int crypto_places(struct compile *c, const char *map, struct crypto_place place[CRYPTO_PLACES], bool *too_many);
/*
 * The device by which packets meet the map on their way out. On a tunnel
 * interface they meet it behind the encapsulation and may leave by any: "".
 */
const char *crypto_place_device(struct compile *c, const char *ifname);

#endif
