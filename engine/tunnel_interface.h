/* SPDX-License-Identifier: BSD-2-Clause */
/* Tunnel interfaces and virtual templates: their devices and what protects them. */
#ifndef CONFTERM_ENGINE_TUNNEL_INTERFACE_H
#define CONFTERM_ENGINE_TUNNEL_INTERFACE_H

#include "engine/compile.h"

/* The address of `tunnel source` of an interface record. NULL, or what is wrong, in words ("it has no source"). */
const char *tunnel_source(struct compile *c, const struct rec *ifrec, uint32_t *addr);

/*
 * Fills in the device of an `interface Tunnel` record and emits what protects
 * it. False: there is no device, a note says why. link->up is the line protocol:
 * it is down while a virtual tunnel interface has no SA. link->dev, mtu (0, or
 * of `ip mtu`) and up (the administrative state) are the caller's.
 */
bool tunnel_link(struct compile *c, const struct rec *r, struct obj_link *link);
/* What peers need to call a virtual template; their interfaces come from compile_spoke_template(). */
void tunnel_template(struct compile *c, const struct rec *r);

/* interface.c: link, addresses and routing of a device made of record r, under the name ifname. */
void interface_device(struct compile *c, const struct rec *r, const char *ifname, struct obj_link *link);

/* The if_id of an interface Tunnel's SAs; those that charon chooses for calling peers count from 1. */
uint32_t tunnel_if_id(const char *ifname);

#endif
