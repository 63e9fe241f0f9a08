/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Traffic selectors in charon's notation: "10.1.0.0/16", "1.1.1.1/32[gre]",
 * "10.0.0.1/32[tcp/80]", "10.0.0.0/8[icmp/8(0)]". One string is one side of a
 * struct obj_selector.
 */
#ifndef CONFTERM_VICI_TS_H
#define CONFTERM_VICI_TS_H

#include "engine/object.h"

#define VICI_TS_STRLEN 48

/* One side of sel as charon's configuration wants it (numbers only). Returns out. */
char *vici_ts_format(const struct obj_selector *sel, bool remote, char out[VICI_TS_STRLEN]);

/*
 * Reads one side into sel, with the protocol; names of protocols and services
 * are looked up. A range of addresses becomes the smallest prefix that covers
 * it, a range of ports "any". False: not IPv4, or not understood; sel is then
 * as before.
 */
bool vici_ts_parse(struct obj_selector *sel, bool remote, const char *text);

#endif
