/* SPDX-License-Identifier: BSD-2-Clause */
/* GRE packets as the raw socket gives them: answers to keepalives, and the peer's questions. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "backends/gre/internal.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct obj_keepalive k = {0};
	struct keepalive_mark m;
	const uint8_t *reply;
	size_t n;

	(void)keepalive_decode(data, size, &k, &m);
	n = keepalive_question(data, size, &k, &reply);
	/* what would be sent back lies inside of what came */
	if (n && (n < IP_HEADER + 4 || reply < data || reply + n > data + size))
		abort();
	return 0;
}
