/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A growing byte buffer that is always NUL-terminated, so that it serves both
 * as a string builder (show output, FRR lines) and as a wire buffer.
 *
 * Zero-initialise it (`struct buf b = {0}`), append, and buf_free() it. The
 * buffer owns its memory; buf_steal() hands it to the caller (free()).
 * Allocation failure ends the process (lib/xalloc.h): there is no sensible
 * way for a router to go on without memory for one line of text.
 */
#ifndef CONFTERM_LIB_BUF_H
#define CONFTERM_LIB_BUF_H

#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

struct buf {
	char *d;	/* NULL or NUL-terminated at d[n] */
	size_t n;	/* bytes used, without the terminator */
	size_t cap;
};

void buf_put(struct buf *b, const void *p, size_t n);
void buf_puts(struct buf *b, const char *s);
void buf_putc(struct buf *b, char c);
void buf_fill(struct buf *b, char c, size_t n);
void buf_printf(struct buf *b, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void buf_vprintf(struct buf *b, const char *fmt, va_list ap);
/* Drops the first n bytes (a consumer has used them). */
void buf_consume(struct buf *b, size_t n);
/* Forgets the contents, keeps the memory. */
void buf_clear(struct buf *b);
/* The contents as a string, "" when empty; valid until the next change. */
const char *buf_str(const struct buf *b);
char *buf_steal(struct buf *b);
void buf_free(struct buf *b);
/* As buf_free(), but overwrites the memory first: for buffers that held keys. */
void buf_wipe(struct buf *b);

#endif
