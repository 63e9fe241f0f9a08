/* SPDX-License-Identifier: BSD-2-Clause */
/* What the static entries of a crypto map want of the dynamic ones. */
#ifndef CONFTERM_ENGINE_DYNAMIC_MAP_H
#define CONFTERM_ENGINE_DYNAMIC_MAP_H

#include "engine/crypto_place.h"

/*
 * The children of all dynamic entries of crypto map `map` on that interface, for connection conn of a static entry; those whose
 * profile gives connections another suffix (ike_suffix()) are left out. What is wrong with them their own units say.
 */
void dynamic_map_children(struct compile *c, const char *map, const struct crypto_place *place, const char *conn,
    const char *suffix);

#endif
