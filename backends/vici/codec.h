/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * VICI messages: what stands behind packet type and name on charon's control
 * socket. A message is a tree of sections, key/value pairs and lists:
 *
 *   1 section start (u8 name)   2 section end     3 key/value (u8 name, u16 value)
 *   4 list start (u8 name)      5 item (u16 value) 6 list end
 *
 * The encoder appends to a struct buf. The decoder is an iterator over memory
 * it does not own; it treats its input as hostile: it never reads beyond the
 * end, allows elements only where they make sense, limits nesting, and ends
 * with VICI_BAD once and for ever when anything is wrong.
 */
#ifndef CONFTERM_VICI_CODEC_H
#define CONFTERM_VICI_CODEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"

#define VICI_MAX_PACKET (512 * 1024)
#define VICI_MAX_DEPTH 16

enum vici_packet {
	VICI_CMD_REQUEST,
	VICI_CMD_RESPONSE,
	VICI_CMD_UNKNOWN,
	VICI_EVENT_REGISTER,
	VICI_EVENT_UNREGISTER,
	VICI_EVENT_CONFIRM,
	VICI_EVENT_UNKNOWN,
	VICI_EVENT,
};

enum vici_el {
	VICI_BAD = -1,
	VICI_EOF = 0,
	VICI_SECTION = 1,
	VICI_SECTION_END,
	VICI_KV,
	VICI_LIST,
	VICI_ITEM,
	VICI_LIST_END,
};

/*
 * Starts a packet of `type` for the command or event `name` in the empty
 * buffer b, with room for the length that vici_packet_finish() fills in;
 * the message is appended between the two.
 */
void vici_packet_begin(struct buf *b, enum vici_packet type, const char *name);
/* -EMSGSIZE when the packet is too long for charon. */
int vici_packet_finish(struct buf *b);

/* Names are cut at 255 bytes, values at 65535: callers stay far below. */
void vici_section(struct buf *b, const char *name);
void vici_section_end(struct buf *b);
void vici_kv(struct buf *b, const char *name, const char *value);
void vici_kvf(struct buf *b, const char *name, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void vici_list(struct buf *b, const char *name);
void vici_item(struct buf *b, const char *value);
void vici_list_end(struct buf *b);
/* A list of one item. */
void vici_list1(struct buf *b, const char *name, const char *value);

struct vici_iter {
	const uint8_t *p, *end;
	unsigned depth;
	bool in_list, bad;
	char name[256];		/* of the last section, key/value or list */
	const char *val;	/* of the last key/value or item, not terminated */
	size_t len;
};

void vici_iter_init(struct vici_iter *it, const void *msg, size_t len);
enum vici_el vici_next(struct vici_iter *it);
/* Having just entered a section or list (`el`), goes behind its end. False: bad message. */
bool vici_skip(struct vici_iter *it, enum vici_el el);

/* The last value as a string of at most size - 1 bytes; control characters become '?'. */
void vici_val_copy(const struct vici_iter *it, char *dst, size_t size);
char *vici_val_dup(const struct vici_iter *it);
bool vici_val_is(const struct vici_iter *it, const char *s);
/* 0 when it is not a number. */
uint64_t vici_val_num(const struct vici_iter *it, int base);

/* Value of a top-level key of a whole message; false: absent (dst is "") or bad. */
bool vici_get(const void *msg, size_t len, const char *key, char *dst, size_t size);

#endif
