/* SPDX-License-Identifier: BSD-2-Clause */
/* Fuzzes the ZAPI decoder: the first byte chooses the dialect, the rest is a stream of messages. */
#include <stdint.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "backends/zapi/codec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const uint8_t release[][2] = {{8, 4}, {9, 1}, {10, 0}, {10, 2}, {10, 3}, {10, 6}};
	const struct zapi_dialect *d;
	struct zapi_msg m;
	size_t off = 1;
	int used;

	if (size < 1)
		return 0;
	d = zapi_dialect_for(release[data[0] % 6][0], release[data[0] % 6][1]);
	while ((used = zapi_decode(d, data + off, size - off, &m)) > 0) {
		if ((size_t)used > size - off)
			abort();
		if (m.kind == ZAPI_INTERFACE && memchr(m.interface.name, 0, sizeof m.interface.name) == NULL)
			abort();
		if (m.kind == ZAPI_ROUTE_NOTIFY && m.route.dst.len > 32)
			abort();
		off += (size_t)used;
	}
	return 0;
}
