/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two ends of a tunnel are found by addresses: an entry of a crypto map has a
 * peer, a tunnel interface a destination, and the peer is the file that has
 * this address on an interface. Two files of which neither shows the address
 * are taken for each other's ends, so that fragments ("the lines that matter")
 * can be compared, too; fragments without a crypto map are compared list by
 * list.
 *
 * Keys are compared and never printed.
 */
#define _GNU_SOURCE
#include "cli/compare/compare_int.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/hash.h"
#include "lib/ip4.h"
#include "lib/xalloc.h"

/* --- saying it --- */

/* Where the hash is, or would be. */
static uint64_t *
hashes_at(const struct hashes *s, uint64_t h)
{
	size_t i = h & (s->cap - 1);

	while (s->v[i] && s->v[i] != h)
		i = (i + 1) & (s->cap - 1);
	return &s->v[i];
}

/* Enters a hash; false when it is there already. */
static bool
hashes_enter(struct hashes *s, uint64_t h)
{
	uint64_t *at;

	h += h == 0;
	if (s->n * 2 >= s->cap) {
		struct hashes wide = { .cap = s->cap ? s->cap * 2 : 64 };

		wide.v = xcalloc(wide.cap, sizeof *wide.v);
		wide.n = s->n;
		for (size_t i = 0; i < s->cap; i++)
			if (s->v[i])
				*hashes_at(&wide, s->v[i]) = s->v[i];
		free(s->v);
		*s = wide;
	}
	at = hashes_at(s, h);
	if (*at)
		return false;
	*at = h;
	s->n++;
	return true;
}

static uint64_t
line_hash(const struct rec *r, size_t other)
{
	uint64_t h = hash_mix(hash_bytes(hash_bytes(HASH_INIT, &r, sizeof r), &other, sizeof other));

	return h + (h == 0);
}

void
name_line(struct comparison *c, const struct rec *r, size_t other)
{
	(void)hashes_enter(&c->named, line_hash(r, other));
}

bool
was_named(const struct comparison *c, const struct rec *r, size_t other)
{
	return c->named.n && *hashes_at(&c->named, line_hash(r, other));
}

static bool
say(struct comparison *c, size_t file, const struct rec *r, const char *what, const char *fmt, va_list ap)
{
	struct buf b = {0};
	bool fresh;

	buf_printf(&b, "%s:%u:1: %s: ", c->file[file].file, r && r->line ? r->line : 1, what);
	buf_vprintf(&b, fmt, ap);
	if ((fresh = hashes_enter(&c->printed, hash_mix(hash_str(HASH_INIT, buf_str(&b))))))
		puts(buf_str(&b));
	buf_free(&b);
	return fresh;
}

void
mismatch(struct comparison *c, size_t file, const struct rec *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	c->mismatches += say(c, file, r, "mismatch", fmt, ap);
	va_end(ap);
}

void
note(struct comparison *c, size_t file, const struct rec *r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)say(c, file, r, "note", fmt, ap);
	va_end(ap);
}

struct rec *
top(struct comparison *c, size_t file, int row)
{
	return store_first(c->file[file].store, store_root(c->file[file].store), row);
}

/* --- who has an address --- */

static int
by_address(const void *a, const void *b)
{
	const struct owner *x = a, *y = b;

	if (x->addr != y->addr)
		return x->addr < y->addr ? -1 : 1;
	return x->file < y->file ? -1 : x->file > y->file;
}

static int
by_number(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

static void
own(struct comparison *c, uint32_t addr, size_t file)
{
	struct side *s = &c->side[file];

	GROW(c->owner, c->nowner);
	c->owner[c->nowner++] = (struct owner){ addr, file };
	GROW(s->addr, s->naddr);
	s->addr[s->naddr++] = addr;
}

static bool
inside(const char *name)
{
	return strncmp(name, "Tunnel", 6) == 0 || strncmp(name, "Loopback", 8) == 0;
}

static void
collect_addresses(struct comparison *c, size_t f)
{
	struct store *s = c->file[f].store;
	struct side *side = &c->side[f];

	for (struct rec *i = top(c, f, ROW_INTERFACE); i; i = store_next(i)) {
		const struct cfg_interface_address *a = store_leaf(s, i, ROW_INTERFACE_ADDRESS);

		if (a) {
			own(c, a->addr, f);
			side->noutside += !inside(((const struct cfg_interface *)rec_values(i))->if_);
		}
		for (struct rec *q = store_first(s, i, ROW_INTERFACE_ADDRESS_SECONDARY); q; q = store_next(q))
			own(c, ((const struct cfg_interface_address_secondary *)rec_values(q))->addr, f);
	}
	if (side->naddr)
		qsort(side->addr, side->naddr, sizeof *side->addr, by_number);
}

size_t
owner_of(struct comparison *c, size_t file, uint32_t addr)
{
	struct owner key = { addr, 0 };
	size_t lo = 0, hi = c->nowner;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (by_address(&c->owner[mid], &key) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	for (; lo < c->nowner && c->owner[lo].addr == addr; lo++)
		if (c->owner[lo].file != file)
			return c->owner[lo].file;
	return c->n == 2 && c->side[!file].noutside == 0 ? !file : c->n;
}

bool
owns(const struct comparison *c, size_t file, uint32_t addr)
{
	const struct side *s = &c->side[file];

	return s->naddr && bsearch(&addr, s->addr, s->naddr, sizeof *s->addr, by_number);
}

uint32_t
interface_address(struct store *s, const char *name)
{
	struct cfg_interface key = { .if_ = name };
	const struct rec *i = store_find(s, store_root(s), ROW_INTERFACE, &key);
	const struct cfg_interface_address *a = i ? store_leaf(s, i, ROW_INTERFACE_ADDRESS) : NULL;

	return a ? a->addr : 0;
}

/* --- fragments --- */

/* Two fragments without a crypto map: what both have of a kind must have something in common. */
static void
check_fragments(struct comparison *c)
{
	struct buf x = {0}, y = {0};
	struct rec *ka, *kb;

	if (c->n != 2 || c->nowner || top(c, 0, ROW_CRYPTO_MAP) || top(c, 1, ROW_CRYPTO_MAP))
		return;
	offers(c, 0, ROW_TRANSFORM_SET, &x);
	offers(c, 1, ROW_TRANSFORM_SET, &y);
	if (x.n && y.n && !in_common(buf_str(&x), buf_str(&y)))
		mismatch(c, 0, top(c, 0, ROW_TRANSFORM_SET), "no transform set in common: here %s, in %s %s", buf_str(&x),
		    c->file[1].file, buf_str(&y));
	check_policies(c, 0, 1);
	ka = top(c, 0, ROW_ISAKMP_KEY);
	kb = top(c, 1, ROW_ISAKMP_KEY);
	if (ka && kb && !store_next(ka) && !store_next(kb))
		check_keys(c, 0, 1, ka, kb, ka);
	buf_free(&x);
	buf_free(&y);
}

size_t
compare_files(const struct compared *files, size_t n)
{
	struct comparison c = { .file = files, .n = n, .side = xcalloc(n, sizeof *c.side),
		.said = xcalloc(n, sizeof *c.said) };

	for (size_t f = 0; f < n; f++) {
		collect_addresses(&c, f);
		collect_maps(&c, f);
		collect_tunnels(&c, f);
		collect_keys(&c, f);
	}
	if (c.nowner)
		qsort(c.owner, c.nowner, sizeof *c.owner, by_address);
	for (size_t f = 0; f < n; f++) {
		if (n > 1) {
			memset(c.said, 0, n * sizeof *c.said);
			check_maps(&c, f);
			check_tunnels(&c, f);
		}
		check_alone(&c, f);
	}
	check_fragments(&c);
	for (size_t f = 0; f < n; f++) {
		free(c.side[f].addr);
		free(c.side[f].peer);
		free(c.side[f].dynamic);
		free(c.side[f].tunnel);
		free(c.side[f].key);
		free(c.side[f].idkey);
	}
	free(c.side);
	free(c.said);
	free(c.owner);
	free(c.printed.v);
	free(c.named.v);
	return c.mismatches;
}
