/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Encoding and decoding of VICI messages; codec.h says what they look like.
 * Everything that comes from the socket passes vici_next(), so this is the one
 * place that looks at raw lengths (tests/fuzz/fuzz_vici.c feeds it garbage).
 */
#include "backends/vici/codec.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"

static void
put_name(struct buf *b, enum vici_el el, const char *name)
{
	size_t n = strnlen(name, 255);

	buf_putc(b, (char)el);
	buf_putc(b, (char)n);
	buf_put(b, name, n);
}

static void
put_value(struct buf *b, const char *value)
{
	size_t n = strnlen(value, 65535);

	buf_putc(b, (char)(n >> 8));
	buf_putc(b, (char)(n & 255));
	buf_put(b, value, n);
}

void
vici_packet_begin(struct buf *b, enum vici_packet type, const char *name)
{
	size_t n = strnlen(name, 255);

	buf_fill(b, '\0', 4);
	buf_putc(b, (char)type);
	buf_putc(b, (char)n);
	buf_put(b, name, n);
}

int
vici_packet_finish(struct buf *b)
{
	size_t n = b->n - 4;

	if (n > VICI_MAX_PACKET)
		return -EMSGSIZE;
	for (int i = 0; i < 4; i++)
		b->d[i] = (char)(n >> (24 - 8 * i) & 255);
	return 0;
}

void
vici_section(struct buf *b, const char *name)
{
	put_name(b, VICI_SECTION, name);
}

void
vici_section_end(struct buf *b)
{
	buf_putc(b, VICI_SECTION_END);
}

void
vici_kv(struct buf *b, const char *name, const char *value)
{
	put_name(b, VICI_KV, name);
	put_value(b, value);
}

void
vici_kvf(struct buf *b, const char *name, const char *fmt, ...)
{
	struct buf v = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&v, fmt, ap);
	va_end(ap);
	vici_kv(b, name, buf_str(&v));
	buf_free(&v);
}

void
vici_list(struct buf *b, const char *name)
{
	put_name(b, VICI_LIST, name);
}

void
vici_item(struct buf *b, const char *value)
{
	buf_putc(b, VICI_ITEM);
	put_value(b, value);
}

void
vici_list_end(struct buf *b)
{
	buf_putc(b, VICI_LIST_END);
}

void
vici_list1(struct buf *b, const char *name, const char *value)
{
	vici_list(b, name);
	vici_item(b, value);
	vici_list_end(b);
}

void
vici_iter_init(struct vici_iter *it, const void *msg, size_t len)
{
	*it = (struct vici_iter){.p = msg, .end = len ? (const uint8_t *)msg + len : msg};
}

static bool
get_name(struct vici_iter *it)
{
	size_t n;

	if (it->p == it->end || (n = *it->p++) == 0 || n > (size_t)(it->end - it->p) ||
	    memchr(it->p, '\0', n))
		return false;
	memcpy(it->name, it->p, n);
	it->name[n] = '\0';
	it->p += n;
	return true;
}

static bool
get_value(struct vici_iter *it)
{
	size_t n;

	if (it->end - it->p < 2)
		return false;
	n = (size_t)it->p[0] << 8 | it->p[1];
	it->p += 2;
	if (n > (size_t)(it->end - it->p))
		return false;
	it->val = (const char *)it->p;
	it->len = n;
	it->p += n;
	return true;
}

enum vici_el
vici_next(struct vici_iter *it)
{
	enum vici_el el;
	bool ok = false;

	if (it->bad)
		return VICI_BAD;
	it->val = "";
	it->len = 0;
	if (it->p == it->end) {
		it->bad = it->in_list || it->depth > 0;
		return it->bad ? VICI_BAD : VICI_EOF;
	}
	el = *it->p++;
	switch ((int)el) {
	case VICI_SECTION:
		ok = !it->in_list && it->depth < VICI_MAX_DEPTH && get_name(it);
		it->depth++;
		break;
	case VICI_SECTION_END:
		ok = !it->in_list && it->depth > 0;
		it->depth--;
		break;
	case VICI_KV:
		ok = !it->in_list && get_name(it) && get_value(it);
		break;
	case VICI_LIST:
		ok = !it->in_list && get_name(it);
		it->in_list = true;
		break;
	case VICI_ITEM:
		ok = it->in_list && get_value(it);
		break;
	case VICI_LIST_END:
		ok = it->in_list;
		it->in_list = false;
		break;
	}
	if (!ok) {
		it->bad = true;
		return VICI_BAD;
	}
	return el;
}

bool
vici_skip(struct vici_iter *it, enum vici_el el)
{
	unsigned outer = it->depth - 1;

	for (;;) {
		enum vici_el e = vici_next(it);

		if (e == VICI_BAD || e == VICI_EOF)
			return false;
		if (el == VICI_LIST ? e == VICI_LIST_END : e == VICI_SECTION_END && it->depth == outer)
			return true;
	}
}

void
vici_val_copy(const struct vici_iter *it, char *dst, size_t size)
{
	size_t n = it->len < size - 1 ? it->len : size - 1;

	for (size_t i = 0; i < n; i++) {
		unsigned char c = (unsigned char)it->val[i];

		dst[i] = c < 0x20 || c == 0x7f ? '?' : (char)c;
	}
	dst[n] = '\0';
}

char *
vici_val_dup(const struct vici_iter *it)
{
	char *s = xmalloc(it->len + 1);

	vici_val_copy(it, s, it->len + 1);
	return s;
}

bool
vici_val_is(const struct vici_iter *it, const char *s)
{
	return strlen(s) == it->len && memcmp(it->val, s, it->len) == 0;
}

uint64_t
vici_val_num(const struct vici_iter *it, int base)
{
	char tmp[32], *end;
	uint64_t n;

	if (it->len == 0 || it->len >= sizeof tmp || it->val[0] == '-')
		return 0;
	vici_val_copy(it, tmp, sizeof tmp);
	errno = 0;
	n = strtoull(tmp, &end, base);
	return *end || errno ? 0 : n;
}

bool
vici_get(const void *msg, size_t len, const char *key, char *dst, size_t size)
{
	struct vici_iter it;
	enum vici_el el;

	dst[0] = '\0';
	vici_iter_init(&it, msg, len);
	while ((el = vici_next(&it)) > VICI_EOF) {
		if (el == VICI_KV && strcmp(it.name, key) == 0) {
			vici_val_copy(&it, dst, size);
			return true;
		}
		if ((el == VICI_SECTION || el == VICI_LIST) && !vici_skip(&it, el))
			return false;
	}
	return false;
}
