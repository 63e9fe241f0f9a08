/* SPDX-License-Identifier: BSD-2-Clause */
/* The growing buffer of buf.h: doubling growth, always NUL-terminated. */
#define _GNU_SOURCE
#include "lib/buf.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"

static void
reserve(struct buf *b, size_t more)
{
	size_t need = b->n + more + 1, cap = b->cap ? b->cap : 64;
	char *d;

	if (need <= b->cap)
		return;
	while (cap < need)
		cap *= 2;
	/* not realloc(): lines and configurations hold keys, and what is freed must not */
	d = xmalloc(cap);
	if (b->d) {
		memcpy(d, b->d, b->n + 1);
		explicit_bzero(b->d, b->n);
		free(b->d);
	} else
		d[0] = '\0';
	b->d = d;
	b->cap = cap;
}

void
buf_put(struct buf *b, const void *p, size_t n)
{
	if (n == 0)
		return;
	reserve(b, n);
	memcpy(b->d + b->n, p, n);
	b->n += n;
	b->d[b->n] = '\0';
}

void
buf_puts(struct buf *b, const char *s)
{
	buf_put(b, s, strlen(s));
}

void
buf_putc(struct buf *b, char c)
{
	reserve(b, 1);
	b->d[b->n++] = c;
	b->d[b->n] = '\0';
}

void
buf_fill(struct buf *b, char c, size_t n)
{
	reserve(b, n);
	memset(b->d + b->n, c, n);
	b->n += n;
	b->d[b->n] = '\0';
}

void
buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	va_list again;
	int n;

	va_copy(again, ap);
	reserve(b, 80);
	n = vsnprintf(b->d + b->n, b->cap - b->n, fmt, ap);
	if (n < 0)
		n = 0;
	if ((size_t)n >= b->cap - b->n) {
		reserve(b, (size_t)n);
		vsnprintf(b->d + b->n, b->cap - b->n, fmt, again);
	}
	b->n += (size_t)n;
	b->d[b->n] = '\0';
	va_end(again);
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

void
buf_consume(struct buf *b, size_t n)
{
	if (n >= b->n) {
		buf_clear(b);
		return;
	}
	memmove(b->d, b->d + n, b->n - n + 1);
	b->n -= n;
}

void
buf_clear(struct buf *b)
{
	b->n = 0;
	if (b->d)
		b->d[0] = '\0';
}

const char *
buf_str(const struct buf *b)
{
	return b->d ? b->d : "";
}

char *
buf_steal(struct buf *b)
{
	char *d = b->d ? b->d : xstrdup("");

	*b = (struct buf){0};
	return d;
}

void
buf_free(struct buf *b)
{
	free(b->d);
	*b = (struct buf){0};
}

void
buf_wipe(struct buf *b)
{
	if (b->d)
		explicit_bzero(b->d, b->cap);
	buf_free(b);
}
