/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ping and traceroute as IOS runs and prints them, on an event loop.
 *
 * Both work by callbacks from the loop, never from inside start(): out() with
 * the next piece of text, and at the end done(), once, after which the pointer
 * is dead. cancel() is the escape sequence: it prints what there is to sum up,
 * calls done() and frees; free() is for a session that is gone: no output, no
 * done(). None of the two may be called from inside out() or done().
 *
 * start() returns NULL with errno set when there is no socket to be had
 * (EPERM), or EADDRNOTAVAIL when `source` is not an address of this router;
 * nothing has been printed then. Names are resolved by the caller.
 */
#ifndef CONFTERM_CLI_EXEC_ICMP_H
#define CONFTERM_CLI_EXEC_ICMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "lib/buf.h"

struct ev_loop;
struct ping;
struct traceroute;

struct ping_params {
	const char *vrf;	/* device of the VRF, NULL: the global table; used during the call only */
	uint32_t dst;
	uint32_t source;	/* 0: the kernel chooses, and the source line is not printed */
	uint32_t repeat;	/* 1..2147483647 */
	uint32_t size;		/* of the IP datagram with its header, 36..18024 */
	uint32_t timeout;	/* seconds, 0..3600 */
	bool df;
};
#define PING_DEFAULTS {.repeat = 5, .size = 100, .timeout = 2}

struct ping *ping_start(struct ev_loop *loop, const struct ping_params *p,
    void (*out)(void *arg, const char *text), void (*done)(void *arg), void *arg);
void ping_cancel(struct ping *p);
void ping_free(struct ping *p);

struct traceroute_params {
	const char *vrf;	/* device of the VRF, NULL: the global table; used during the call only */
	uint32_t dst;
	uint32_t source;	/* 0: the kernel chooses */
	uint32_t timeout;	/* seconds per probe, 0..3600 */
	uint8_t probes;		/* per hop */
	uint8_t min_ttl, max_ttl;
	uint16_t port;		/* of the first probe; each probe has the next one */
	bool numeric;		/* IOS's word; addresses are always printed as such */
};
#define TRACEROUTE_DEFAULTS {.timeout = 3, .probes = 3, .min_ttl = 1, .max_ttl = 30, .port = 33434}

struct traceroute *traceroute_start(struct ev_loop *loop, const struct traceroute_params *p,
    void (*out)(void *arg, const char *text), void (*done)(void *arg), void *arg);
void traceroute_cancel(struct traceroute *t);
void traceroute_free(struct traceroute *t);

/* ---- pure parts, for the two above and their tests ---- */

/* The head of ping's output, and its last line; times in microseconds. */
void ping_header(struct buf *b, const struct ping_params *p);
void ping_summary(struct buf *b, uint32_t sent, uint32_t received, uint64_t min_us, uint64_t max_us, uint64_t sum_us);
/* Character for an ICMP error of this type and code: U Q M & ? */
char ping_mark(uint8_t type, uint8_t code);
/* "!H" and its like; NULL for what counts as the arrival at a hop (time exceeded, port unreachable). */
const char *traceroute_mark(uint8_t type, uint8_t code);
/* Text of one answer, or of a timeout (from == 0). */
struct traceroute_line {
	uint32_t shown;		/* address printed last on this hop, 0: none */
	bool open;		/* the line has no newline yet */
};
void traceroute_hop(struct buf *b, struct traceroute_line *l, unsigned ttl);
void traceroute_answer(struct buf *b, struct traceroute_line *l, uint32_t from, const char *mark, uint64_t us);

/* A received ICMP packet, taken apart. Addresses and ports in host order. */
struct icmp_view {
	uint32_t src, dst;	/* of the packet itself */
	uint8_t type, code;
	bool error;		/* it quotes a packet of ours: */
	uint32_t quoted_src, quoted_dst;
	uint8_t quoted_proto;
	uint16_t id, seq;	/* echo: of this packet or of the quoted one */
	uint16_t sport, dport;	/* UDP: of the quoted packet */
};
/* From an IPv4 packet as a raw socket delivers it; false when it is none of use, or cut short. */
bool icmp_parse(const uint8_t *p, size_t n, struct icmp_view *v);
uint16_t icmp_checksum(const uint8_t *p, size_t n);
/* A non-blocking raw ICMP socket with big buffers that takes only replies and errors; -errno. */
int icmp_socket(const char *vrf, uint32_t source);
uint64_t icmp_now_us(void);

#endif
