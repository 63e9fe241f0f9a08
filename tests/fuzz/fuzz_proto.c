/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer entry for the decoder of cli/proto.h: whatever arrives, in pieces
 * of any size, must neither crash nor depend on how it was cut, and what was
 * decoded must encode back to the same bytes.
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "cli/proto.h"
#include "lib/buf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int
drain(struct proto_in *in, struct buf *out)
{
	const char *body;
	uint8_t type;
	size_t len;
	int r;

	while ((r = proto_next(in, &type, &body, &len)) == 1)
		proto_put(out, type, body, len);
	return r;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct proto_in whole = {0}, cut = {0};
	struct buf a = {0}, b = {0};
	size_t step = size ? data[0] % 17 + 1 : 1, off, n;
	int ra, rb = 0;

	proto_feed(&whole, data, size);
	ra = drain(&whole, &a);
	for (off = 0; off < size && rb >= 0; off += n) {
		n = size - off < step ? size - off : step;
		proto_feed(&cut, data + off, n);
		rb = drain(&cut, &b);
	}
	if (ra != rb || a.n != b.n || (a.n && memcmp(a.d, b.d, a.n)))
		abort();
	if (a.n > size || (a.n && memcmp(a.d, data, a.n)))
		abort();
	proto_free(&whole);
	proto_free(&cut);
	buf_free(&a);
	buf_free(&b);
	return 0;
}
