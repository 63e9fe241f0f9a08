/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IPv4 addresses and prefixes as the whole project passes them: a uint32_t in
 * host byte order, a prefix length 0..32. Text goes in and out here only.
 */
#ifndef CONFTERM_LIB_IP4_H
#define CONFTERM_LIB_IP4_H

#include <stdbool.h>
#include <stdint.h>

#define IP4_STRLEN 16

struct prefix4 {
	uint32_t addr;	/* host order, bits beyond len are zero */
	uint8_t len;
};

/* Strict dotted quad, nothing before or after. */
bool ip4_parse(const char *s, uint32_t *out);
/* Writes at most IP4_STRLEN bytes with the terminator and returns buf. */
char *ip4_str(uint32_t a, char buf[IP4_STRLEN]);
/* The text in one of eight rotating static buffers: for printf arguments. */
const char *ip4_s(uint32_t a);
uint32_t ip4_mask(uint8_t len);
/* Prefix length of a contiguous mask, -1 when it is not contiguous. */
int ip4_masklen(uint32_t mask);

#endif
