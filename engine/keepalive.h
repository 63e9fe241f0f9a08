/* SPDX-License-Identifier: BSD-2-Clause */
/* Which GRE tunnels' keepalives do not come back: a set of device names, kept by engine/tunnel.c. */
#ifndef CONFTERM_ENGINE_KEEPALIVE_H
#define CONFTERM_ENGINE_KEEPALIVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "parser/store.h"

struct keepalives {
	struct keepalive_down **slot;	/* devices that are down, by name */
	size_t nslot, n;
};

/* Returns whether this is news. A device that was never named is up. */
bool keepalives_set(struct keepalives *k, const char *dev, bool up);
bool keepalives_up(const struct keepalives *k, const char *dev);
void keepalives_free(struct keepalives *k);
/* The record of the interface whose kernel device this is; 0: there is none. */
uint32_t keepalive_interface(struct store *s, const char *dev);

#endif
