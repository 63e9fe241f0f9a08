/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The parts of show crypto map: configured entries (crypto_maps.c), entries that
 * stand for tunnel interfaces and for peers that called (crypto_map_made.c), and
 * the lines that entries and profiles have in common (crypto_profiles.c).
 */
#ifndef CONFTERM_CLI_SHOW_CRYPTO_MAP_H
#define CONFTERM_CLI_SHOW_CRYPTO_MAP_H

#include "cli/show/crypto.h"

/* Lifetimes, PFS, transform sets ... of an IPsec profile (NULL: the built-in one), and of an entry of a dynamic crypto map. */
void crypto_print_profile(struct session *s, const struct rec *profile);
void crypto_print_dynamic(struct session *s, const struct rec *dynamic_map);

/* The peers that called an entry of a dynamic crypto map; e: as crypto_view has them. */
void crypto_print_called(const struct crypto_view *v, const char *map, const char *dynamic_map, const struct entry *e);
/* Tunnel and Virtual-Access interfaces; only: the map's tag, NULL: all. Returns how many there are. */
size_t crypto_print_tunnels(const struct crypto_view *v, const char *only);

#endif
