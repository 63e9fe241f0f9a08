/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The keepalive on the wire:
 *
 *   [IP us -> peer]  GRE type IP [checksum] [key]   by the kernel, and keepalive_encode()
 *     IP peer -> us  GRE type 0 [key]        what comes back
 *       number (4)   secret (8)              the mark
 */
#include <string.h>

#include "backends/gre/internal.h"

#define GRE_KEY 0x2000		/* the flag "there is a key"; ours have no other one */
#define GRE_CHECKSUM 0x8000
#define GRE_SEQUENCE 0x1000
#define TYPE_IP 0x0800
#define TYPE_KEEPALIVE 0
#define PROTO_GRE 47
#define MARK 12

static uint8_t *
put16(uint8_t *p, uint32_t v)
{
	p[0] = (uint8_t)(v >> 8);
	p[1] = (uint8_t)v;
	return p + 2;
}

static uint8_t *
put32(uint8_t *p, uint32_t v)
{
	return put16(put16(p, v >> 16), v & 0xffff);
}

static uint32_t
get16(const uint8_t *p)
{
	return (uint32_t)p[0] << 8 | p[1];
}

static uint32_t
get32(const uint8_t *p)
{
	return get16(p) << 16 | get16(p + 2);
}

static uint8_t *
put_gre(uint8_t *p, const struct obj_keepalive *k, bool checksum, uint32_t type)
{
	p = put16(put16(p, (k->has_key ? GRE_KEY : 0) | (checksum ? GRE_CHECKSUM : 0)), type);
	if (checksum)
		p = put32(p, 0);	/* filled in when all is there */
	return k->has_key ? put32(p, k->key) : p;
}

/* The internet checksum of an even number of bytes. */
static uint32_t
checksum_of(const uint8_t *p, size_t n)
{
	uint32_t sum = 0;

	for (size_t i = 0; i + 1 < n; i += 2)
		sum += get16(p + i);
	sum = (sum >> 16) + (sum & 0xffff);
	sum += sum >> 16;
	return ~sum & 0xffff;
}

static uint8_t *
put_ip(uint8_t *p, uint32_t src, uint32_t dst, size_t length)
{
	memset(p, 0, IP_HEADER);
	p[0] = 0x45;
	p[1] = 0xc0;		/* precedence of routing protocols */
	put16(p + 2, (uint32_t)length);
	p[8] = 255;
	p[9] = PROTO_GRE;
	put32(p + 12, src);
	put32(p + 16, dst);
	put16(p + 10, checksum_of(p, IP_HEADER));
	return p + IP_HEADER;
}

size_t
keepalive_encode(const struct obj_keepalive *k, const struct keepalive_mark *m, uint8_t out[KEEPALIVE_MAX], size_t *inner)
{
	uint8_t *p = put_gre(out, k, k->checksum, TYPE_IP);

	if (inner)
		*inner = (size_t)(p - out);
	p = put_ip(p, k->remote, k->local, IP_HEADER + (k->has_key ? 8 : 4) + MARK);
	p = put_gre(p, k, false, TYPE_KEEPALIVE);
	p = put32(p, m->number);
	p = put32(put32(p, (uint32_t)(m->secret >> 32)), (uint32_t)m->secret);
	if (k->checksum)
		put16(out + 4, checksum_of(out, (size_t)(p - out)));
	return (size_t)(p - out);
}

bool
keepalive_decode(const uint8_t *p, size_t n, struct obj_keepalive *k, struct keepalive_mark *m)
{
	size_t head, gre;

	if (n < IP_HEADER || p[0] >> 4 != 4 || p[9] != PROTO_GRE)
		return false;
	head = (size_t)(p[0] & 15) * 4;
	if (head < IP_HEADER || n < head + 4)
		return false;
	k->remote = get32(p + 12);
	k->local = get32(p + 16);
	p += head;
	n -= head;
	if ((get16(p) != 0 && get16(p) != GRE_KEY) || get16(p + 2) != TYPE_KEEPALIVE)
		return false;
	k->has_key = get16(p) == GRE_KEY;
	gre = k->has_key ? 8 : 4;
	if (n != gre + MARK)
		return false;
	k->key = k->has_key ? get32(p + 4) : 0;
	m->number = get32(p + gre);
	m->secret = (uint64_t)get32(p + gre + 4) << 32 | get32(p + gre + 8);
	return true;
}

size_t
keepalive_question(const uint8_t *p, size_t n, struct obj_keepalive *k, const uint8_t **reply)
{
	size_t head, gre = 4, length;
	uint32_t flags;

	if (n < IP_HEADER || p[0] >> 4 != 4 || p[9] != PROTO_GRE)
		return 0;
	head = (size_t)(p[0] & 15) * 4;
	if (head < IP_HEADER || n < head + 4)
		return 0;
	k->remote = get32(p + 12);
	k->local = get32(p + 16);
	p += head;
	n -= head;
	flags = get16(p);
	if (flags & ~(GRE_CHECKSUM | GRE_KEY | GRE_SEQUENCE) || get16(p + 2) != TYPE_IP)
		return 0;
	if (flags & GRE_CHECKSUM)
		gre += 4;
	k->has_key = (flags & GRE_KEY) != 0;
	k->key = k->has_key && n >= gre + 4 ? get32(p + gre) : 0;
	gre += (k->has_key ? 4 : 0) + (flags & GRE_SEQUENCE ? 4 : 0);
	if (n < gre + IP_HEADER + 4)
		return 0;
	p += gre;
	n -= gre;
	length = get16(p + 2);
	/* from us to the peer, as the peer wrote it, and nothing else: this is no open relay */
	if (p[0] != 0x45 || p[9] != PROTO_GRE || get32(p + 12) != k->local || get32(p + 16) != k->remote ||
	    (get16(p + 6) & 0x3fff) != 0 || length < IP_HEADER + 4 || length > n || get16(p + IP_HEADER + 2) != TYPE_KEEPALIVE)
		return 0;
	*reply = p;
	return length;
}
