/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One question to the router's own agent: the counters of the snmp group, in
 * one GET of version 2c over the loopback. What comes back is BER and is
 * trusted with nothing: each length is checked against what holds it.
 */
#include "daemon/snmp.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <ev.h>

#include "daemon/router.h"
#include "lib/xalloc.h"

#define TIMEOUT 2.0

enum { INTEGER = 0x02, OCTETS = 0x04, NOTHING = 0x05, OID = 0x06, SEQUENCE = 0x30, COUNTER = 0x41, GET = 0xa0, RESPONSE = 0xa2 };

static const uint8_t group[] = { 0x2b, 6, 1, 2, 1, 11 };	/* 1.3.6.1.2.1.11 */

struct asking {
	struct router *r;
	ev_io io;
	ev_timer timer;
	int fd;
	snmp_counters_cb *cb;
	void *arg;
};

/* --- BER --- */

/* Two bytes of length, whatever it is: simple, and allowed. */
static void
put(struct buf *b, uint8_t tag, const void *p, size_t n)
{
	uint8_t head[] = { tag, 0x82, (uint8_t)(n >> 8), (uint8_t)n };

	buf_put(b, (const char *)head, sizeof head);
	buf_put(b, p, n);
}

static void
put_int(struct buf *b, uint8_t v)
{
	put(b, INTEGER, &v, 1);
}

static void
put_all(struct buf *b, uint8_t tag, struct buf *inner)
{
	put(b, tag, buf_str(inner), inner->n);
	buf_wipe(inner);
}

static void
request(struct buf *out, const char *community)
{
	struct buf list = {0}, pdu = {0}, message = {0};

	for (unsigned i = 1; i < SNMP_COUNTERS; i++) {
		uint8_t oid[sizeof group + 2];
		struct buf one = {0};

		memcpy(oid, group, sizeof group);
		oid[sizeof group] = (uint8_t)i;
		oid[sizeof group + 1] = 0;
		put(&one, OID, oid, sizeof oid);
		put(&one, NOTHING, "", 0);
		put_all(&list, SEQUENCE, &one);
	}
	put_int(&pdu, 1);	/* number of the request: a socket of its own has one */
	put_int(&pdu, 0);
	put_int(&pdu, 0);
	put_all(&pdu, SEQUENCE, &list);
	put_int(&message, 1);	/* 2c */
	put(&message, OCTETS, community, strlen(community));
	put_all(&message, GET, &pdu);
	put_all(out, SEQUENCE, &message);
}

struct part {
	const uint8_t *p;
	size_t n;
};

/* Takes the next value off a part; its tag, or -1 when there is none that is whole. */
static int
take(struct part *from, struct part *value)
{
	size_t n, head = 2;
	int tag;

	if (from->n < 2)
		return -1;
	tag = from->p[0];
	n = from->p[1];
	if (n & 0x80) {
		size_t bytes = n & 0x7f;

		if (bytes == 0 || bytes > 2 || from->n < 2 + bytes)
			return -1;
		for (n = 0; head < 2 + bytes; head++)
			n = n << 8 | from->p[head];
	}
	if (n > from->n - head)
		return -1;
	*value = (struct part){ from->p + head, n };
	from->p += head + n;
	from->n -= head + n;
	return tag;
}

bool
snmp_counters_decode(const uint8_t *p, size_t n, uint32_t v[SNMP_COUNTERS])
{
	struct part all = { p, n }, message, pdu, list, one, x;

	memset(v, 0, sizeof *v * SNMP_COUNTERS);
	if (take(&all, &message) != SEQUENCE || take(&message, &x) != INTEGER || take(&message, &x) != OCTETS ||
	    take(&message, &pdu) != RESPONSE || take(&pdu, &x) != INTEGER || take(&pdu, &x) != INTEGER)
		return false;
	for (size_t i = 0; i < x.n; i++)
		if (x.p[i])
			return false;	/* error-status */
	if (take(&pdu, &x) != INTEGER || take(&pdu, &list) != SEQUENCE)
		return false;
	while (take(&list, &one) == SEQUENCE) {
		uint32_t value = 0;
		unsigned which;

		if (take(&one, &x) != OID || x.n != sizeof group + 2 || memcmp(x.p, group, sizeof group) != 0)
			return false;
		which = x.p[sizeof group];
		if (take(&one, &x) != COUNTER || which >= SNMP_COUNTERS || x.n > 5)
			continue;	/* it has none like that */
		for (size_t i = 0; i < x.n; i++)
			value = value << 8 | x.p[i];
		v[which] = value;
	}
	return true;
}

/* --- the question --- */

static void
finish(struct asking *a, const uint32_t *v)
{
	ev_io_stop(a->r->loop, &a->io);
	ev_timer_stop(a->r->loop, &a->timer);
	if (a->fd >= 0)
		close(a->fd);
	a->cb(a->arg, v);
	free(a);
}

static void
on_readable(struct ev_loop *loop, ev_io *w, int events)
{
	struct asking *a = w->data;
	uint32_t v[SNMP_COUNTERS];
	uint8_t raw[8192];
	ssize_t n = recv(a->fd, raw, sizeof raw, MSG_DONTWAIT);

	(void)loop;
	(void)events;
	finish(a, n > 0 && snmp_counters_decode(raw, (size_t)n, v) ? v : NULL);
}

static void
on_timeout(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)loop;
	(void)events;
	finish(w->data, NULL);
}

void
snmp_counters(struct snmp *s, struct router *r, snmp_counters_cb *cb, void *arg)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(161), .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	struct asking *a = xcalloc(1, sizeof *a);
	struct buf b = {0};
	bool sent;

	a->r = r;
	a->cb = cb;
	a->arg = arg;
	a->fd = snmp_running(s) ? socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0) : -1;
	ev_io_init(&a->io, on_readable, a->fd, EV_READ);
	ev_timer_init(&a->timer, on_timeout, TIMEOUT, 0.);
	a->io.data = a->timer.data = a;
	/* connected: only what comes from there is read */
	sent = a->fd >= 0 && connect(a->fd, (struct sockaddr *)&to, sizeof to) == 0;
	if (sent) {
		request(&b, snmp_secrets(s)->counters);
		sent = send(a->fd, b.d, b.n, 0) == (ssize_t)b.n;
		buf_wipe(&b);
		ev_io_start(r->loop, &a->io);
	}
	/* an answer never comes before the caller has returned */
	if (!sent)
		ev_timer_set(&a->timer, 0., 0.);
	ev_timer_start(r->loop, &a->timer);
}
