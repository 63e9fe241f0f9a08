/* SPDX-License-Identifier: BSD-2-Clause */
/* IPv4 text and masks: see ip4.h. */
#include "lib/ip4.h"

#include <stdio.h>

bool
ip4_parse(const char *s, uint32_t *out)
{
	uint32_t a = 0;

	for (int i = 0; i < 4; i++) {
		unsigned v = 0, digits = 0;

		while (*s >= '0' && *s <= '9' && digits < 3) {
			v = v * 10 + (unsigned)(*s++ - '0');
			digits++;
		}
		if (digits == 0 || v > 255 || *s != (i < 3 ? '.' : '\0'))
			return false;
		if (i < 3)
			s++;
		a = a << 8 | v;
	}
	*out = a;
	return true;
}

char *
ip4_str(uint32_t a, char buf[IP4_STRLEN])
{
	snprintf(buf, IP4_STRLEN, "%u.%u.%u.%u", a >> 24, a >> 16 & 255, a >> 8 & 255, a & 255);
	return buf;
}

const char *
ip4_s(uint32_t a)
{
	static char ring[8][IP4_STRLEN];
	static unsigned next;

	return ip4_str(a, ring[next++ % 8]);
}

uint32_t
ip4_mask(uint8_t len)
{
	return len == 0 ? 0 : len >= 32 ? 0xffffffffu : ~(0xffffffffu >> len);
}

int
ip4_masklen(uint32_t mask)
{
	uint32_t inv = ~mask;

	if (inv & (inv + 1))
		return -1;
	return inv == 0 ? 32 : __builtin_clz(inv);
}
