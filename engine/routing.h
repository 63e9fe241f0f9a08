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
/* The VRF that an interface record is in, NULL for none. */
const char *routing_vrf(struct compile *c, const struct rec *ifrec);
/* Can it be a device's name? The kernel and FRR know a VRF by that. */
bool routing_vrf_usable(const char *name);
/* Primary address of an interface by name. */
bool routing_address_of(struct compile *c, const char *ifname, uint32_t *addr);

/*
 * What an interface says of OSPF, and what its process says of it (ospf.c).
 * ifname: its name (that of a Virtual-Access interface is not in r); vrf: where it is, NULL for none; addr: its primary address when it has one.
 */
void ospf_interface(struct compile *c, const struct rec *r, const char *ifname, const char *vrf, bool have, uint32_t addr);

#endif
