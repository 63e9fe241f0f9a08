/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Parts of an interface that do not depend on what kind it is of: called by
 * whatever compiles the record of a port or of a tunnel, with its kernel device.
 */
#ifndef CONFTERM_ENGINE_INTERFACE_H
#define CONFTERM_ENGINE_INTERFACE_H

#include "engine/compile.h"

/*
 * The device of the VRF that an interface record is in, "" for none. False: that
 * VRF is not there, and the interface, called ifname, is not used; a note says so.
 */
bool interface_vrf(struct compile *c, const struct rec *r, const char *ifname, char vrf[OBJ_IFNAMSIZ]);

/* ip tcp adjust-mss */
void interface_mss(struct compile *c, const struct rec *r, const char *dev);
/*
 * keepalive, of a GRE tunnel between two addresses; key NULL: none. The tunnel
 * is down as long as tunnels_keepalive_up() says no; false: there are none.
 */
bool interface_keepalive(struct compile *c, const struct rec *r, const char *dev, uint32_t local, uint32_t remote,
    const uint32_t *key);

#endif
