/* SPDX-License-Identifier: BSD-2-Clause */
/* A ring of bytes that grows up to its limit: see logging_buffer.h. */
#include "daemon/logging_buffer.h"

#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"

#define FIRST_BYTES 4096

/* Copies the newest n bytes to `to`. */
static void
newest(const struct log_buffer *b, size_t n, char *to)
{
	size_t from, head;

	if (n == 0)
		return;
	from = (b->start + b->n - n) % b->cap;
	head = b->cap - from < n ? b->cap - from : n;
	memcpy(to, b->d + from, head);
	memcpy(to + head, b->d, n - head);
}

/* Into memory of another size, the text in order from its beginning. */
static void
move(struct log_buffer *b, size_t cap)
{
	size_t n = b->n < cap ? b->n : cap;
	char *d = xmalloc(cap);

	newest(b, n, d);
	free(b->d);
	b->d = d;
	b->cap = cap;
	b->start = 0;
	b->n = n;
}

void
log_buffer_limit(struct log_buffer *b, size_t limit)
{
	b->limit = limit;
	if (limit == 0)
		log_buffer_clear(b);
	else if (b->cap > limit)
		move(b, limit);
}

void
log_buffer_clear(struct log_buffer *b)
{
	free(b->d);
	b->d = NULL;
	b->cap = b->start = b->n = 0;
}

static void
put(struct log_buffer *b, const char *s, size_t len)
{
	size_t at, head;

	if (len > b->limit) {
		s += len - b->limit;
		len = b->limit;
	}
	if (b->n + len > b->cap && b->cap < b->limit) {
		size_t cap = b->cap ? b->cap : FIRST_BYTES;

		while (cap < b->n + len && cap < b->limit)
			cap *= 2;
		move(b, cap < b->limit ? cap : b->limit);
	}
	if (len == 0)
		return;
	if (b->n + len > b->cap) {
		size_t lost = b->n + len - b->cap;

		b->start = (b->start + lost) % b->cap;
		b->n -= lost;
	}
	at = (b->start + b->n) % b->cap;
	head = b->cap - at < len ? b->cap - at : len;
	memcpy(b->d + at, s, head);
	memcpy(b->d, s + head, len - head);
	b->n += len;
}

void
log_buffer_add(struct log_buffer *b, const char *line, size_t len)
{
	if (b->limit == 0)
		return;
	put(b, "\n", 1);
	put(b, line, len);
}

void
log_buffer_text(const struct log_buffer *b, struct buf *out)
{
	char *text;

	if (b->n == 0)
		return;
	text = xmalloc(b->n);
	newest(b, b->n, text);
	buf_put(out, text, b->n);
	free(text);
}
