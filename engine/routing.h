/* SPDX-License-Identifier: BSD-2-Clause */
/* What the routing protocols share. */
#ifndef CONFTERM_ENGINE_ROUTING_H
#define CONFTERM_ENGINE_ROUTING_H

#include "engine/compile.h"

/*
 * The router ID of a process that is not given one: the highest address of a
 * loopback interface that is up, or else of any interface. False: none.
 */
bool routing_id(struct compile *c, uint32_t *id);
/* Primary address of an interface by name. */
bool routing_address_of(struct compile *c, const char *ifname, uint32_t *addr);

#endif
