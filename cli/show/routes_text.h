/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * zebra's `show ip route` as text, read into the same document as `show ip
 * route json` (the fields that show reads; tags are not in the text).
 *
 * For big tables: of 100,000 routes FRR 8.4.4 makes 74 MB of JSON in 1.9 s,
 * during which it does nothing else, and 6 MB of text in 0.1 s.
 */
#ifndef CONFTERM_CLI_SHOW_ROUTES_TEXT_H
#define CONFTERM_CLI_SHOW_ROUTES_TEXT_H

#include <jansson.h>
#include <stddef.h>

/* Lines that are not understood are passed over. json_decref() the result. */
json_t *routes_from_text(const char *text, size_t len);

#endif
