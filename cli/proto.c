/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Encoder and decoder of the shell's protocol (cli/proto.h). Both programs use
 * it; neither trusts the other, so the decoder refuses unknown types and long
 * bodies before it buffers anything of them.
 *
 * Memory: proto_in owns one growing buffer. Consumed bytes are dropped at the
 * next feed, never in proto_next(), because bodies point into the buffer. What
 * passed through may have been a password: it is overwritten before it is freed.
 */
#define _GNU_SOURCE
#include "cli/proto.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/xalloc.h"

#define HEAD		5
#define KEEP_CAP	(256u * 1024)	/* an empty buffer larger than this is given back */

static bool
known(uint8_t type)
{
	switch (type) {
	case MSG_LINE:
	case MSG_COMPLETE:
	case MSG_HELP:
	case MSG_INTERRUPT:
	case MSG_END:
	case MSG_WINDOW:
	case MSG_HELLO:
	case MSG_PROMPT:
	case MSG_OUTPUT:
	case MSG_COMPLETION:
	case MSG_HELP_TEXT:
	case MSG_ASK:
	case MSG_LOG:
	case MSG_EXIT:
		return true;
	}
	return false;
}

void
proto_feed(struct proto_in *in, const void *p, size_t n)
{
	if (in->off == in->n) {
		in->off = in->n = 0;
		if (in->cap > KEEP_CAP && n <= KEEP_CAP)
			proto_free(in);
	} else if (in->off > in->n / 2) {
		memmove(in->d, in->d + in->off, in->n - in->off);
		in->n -= in->off;
		in->off = 0;
	}
	if (n == 0)
		return;
	if (in->cap - in->n < n) {
		size_t cap = in->cap ? in->cap : 4096;
		char *d;

		while (cap - in->n < n)
			cap *= 2;
		d = xmalloc(cap);
		if (in->d) {
			memcpy(d, in->d, in->n);
			explicit_bzero(in->d, in->cap);	/* lines may hold keys */
			free(in->d);
		}
		in->d = d;
		in->cap = cap;
	}
	memcpy(in->d + in->n, p, n);
	in->n += n;
}

int
proto_next(struct proto_in *in, uint8_t *type, const char **body, size_t *len)
{
	size_t have = in->n - in->off;
	const unsigned char *h;
	uint32_t n;

	if (have == 0)
		return 0;
	h = (const unsigned char *)in->d + in->off;
	if (!known(h[0]))
		return -EPROTO;
	if (have < HEAD)
		return 0;
	n = (uint32_t)h[1] << 24 | (uint32_t)h[2] << 16 | (uint32_t)h[3] << 8 | h[4];
	if (n > PROTO_MAX)
		return -EPROTO;
	if (have - HEAD < n)
		return 0;
	*type = h[0];
	*body = in->d + in->off + HEAD;
	*len = n;
	in->off += HEAD + (size_t)n;
	return 1;
}

void
proto_free(struct proto_in *in)
{
	if (in->d)
		explicit_bzero(in->d, in->cap);
	free(in->d);
	*in = (struct proto_in){0};
}

static void
put_one(struct buf *out, uint8_t type, const char *body, size_t len)
{
	char h[HEAD] = {(char)type, (char)(len >> 24), (char)(len >> 16), (char)(len >> 8), (char)len};

	buf_put(out, h, sizeof h);
	buf_put(out, body, len);
}

/*
 * Output text that is longer than a message may be goes out in pieces; other
 * messages have no reason to be that long and are cut rather than making the
 * other side drop the connection.
 */
void
proto_put(struct buf *out, uint8_t type, const void *body, size_t len)
{
	const char *p = body;

	while (len > PROTO_MAX && (type == MSG_OUTPUT || type == MSG_LOG)) {
		put_one(out, type, p, PROTO_MAX);
		p += PROTO_MAX;
		len -= PROTO_MAX;
	}
	put_one(out, type, p, len > PROTO_MAX ? PROTO_MAX : len);
}
