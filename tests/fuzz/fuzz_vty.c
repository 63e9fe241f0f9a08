/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Fuzzes the framing of vty replies: however the stream is cut, the same replies
 * come out of it. The first byte is the size of the pieces.
 */
#include <stdint.h>
#include <stddef.h>
#include <stdlib.h>

#include "backends/frr/vty.h"
#include "lib/hash.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A hash of all replies up to the first error. */
static uint64_t
run(const uint8_t *p, size_t n, size_t chunk)
{
	struct vty_frame f = {.max = 4096};
	struct buf clean = {0};
	uint64_t h = HASH_INIT;
	size_t off = 0, used;

	while (off < n) {
		size_t k = n - off < chunk ? n - off : chunk;
		int r = vty_frame_feed(&f, p + off, k, &used);

		if (r < 0)
			break;
		if (used > k || (r == 0 && used != k))
			abort();
		off += used;
		if (r == 1) {
			h = hash_bytes(h, buf_str(&f.text), f.text.n + 1);
			h = hash_bytes(h, &f.rc, sizeof f.rc);
			vty_clean(&clean, buf_str(&f.text));
			buf_clear(&clean);
			vty_frame_reset(&f);
		}
	}
	buf_free(&f.text);
	buf_free(&clean);
	return h;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	if (size < 1)
		return 0;
	if (run(data + 1, size - 1, 1 + data[0] % 64) != run(data + 1, size - 1, size))
		abort();
	return 0;
}
