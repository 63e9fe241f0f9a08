/* SPDX-License-Identifier: BSD-2-Clause */
/* Allocation that never returns NULL: on failure it logs and aborts. */
#ifndef CONFTERM_LIB_XALLOC_H
#define CONFTERM_LIB_XALLOC_H

#include <stddef.h>

void *xmalloc(size_t n) __attribute__((malloc, returns_nonnull));
void *xcalloc(size_t n, size_t size) __attribute__((malloc, returns_nonnull));
/* align: a power of two of which n is a multiple. */
void *xaligned(size_t align, size_t n) __attribute__((malloc, returns_nonnull));
void *xrealloc(void *p, size_t n) __attribute__((returns_nonnull));
char *xstrdup(const char *s) __attribute__((malloc, returns_nonnull));
char *xstrndup(const char *s, size_t n) __attribute__((malloc, returns_nonnull));
char *xasprintf(const char *fmt, ...) __attribute__((format(printf, 1, 2), returns_nonnull));
/* Overwrites the string before freeing it; NULL is allowed. */
void xfree_secret(char *s);

#endif
