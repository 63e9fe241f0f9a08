/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * ping: one echo request at a time, the next when the former was answered,
 * refused or timed out, as IOS does it.
 *
 * A packet that cannot be sent (no route; an IPsec policy whose SA is still
 * being made) counts as sent and times out. So does one for which this router
 * itself says "host unreachable" because ARP failed: IOS shows a dot there.
 *
 * One packet per turn of the loop: a million fast replies do not starve the
 * other sessions.
 */
#define _GNU_SOURCE
#include "cli/exec/icmp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ev.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/icmp.h>

#include "lib/ip4.h"
#include "lib/xalloc.h"

#define MARKS_PER_LINE 70

struct ping {
	struct ev_loop *loop;
	struct ping_params p;
	void (*out)(void *arg, const char *text);
	void (*done)(void *arg);
	void *arg;
	int fd;
	struct ev_io io;
	struct ev_timer timer;	/* start, timeout, or the next turn */
	bool started, waiting;	/* waiting: a request is out */
	uint16_t id, seq;
	uint32_t marks, received;
	uint64_t sent_at, min, max, sum;	/* microseconds */
};

void
ping_header(struct buf *b, const struct ping_params *p)
{
	buf_printf(b,
	    "Type escape sequence to abort.\nSending %u, %u-byte ICMP Echos to %s, timeout is %u second%s:\n",
	    p->repeat, p->size, ip4_s(p->dst), p->timeout, p->timeout == 1 ? "" : "s");
	if (p->source)
		buf_printf(b, "Packet sent with a source address of %s \n", ip4_s(p->source));
	if (p->df)
		buf_puts(b, "Packet sent with the DF bit set\n");
}

/* IOS's clock is coarse: a round trip takes at least 1 ms. */
static uint64_t
ms(uint64_t us)
{
	return us < 1500 ? 1 : (us + 500) / 1000;
}

void
ping_summary(struct buf *b, uint32_t sent, uint32_t received, uint64_t min_us, uint64_t max_us, uint64_t sum_us)
{
	buf_printf(b, "Success rate is %u percent (%u/%u)",
	    sent ? (unsigned)((uint64_t)received * 100 / sent) : 0, received, sent);
	if (received)
		buf_printf(b, ", round-trip min/avg/max = %llu/%llu/%llu ms", (unsigned long long)ms(min_us),
		    (unsigned long long)ms(sum_us / received), (unsigned long long)ms(max_us));
	buf_putc(b, '\n');
}

char
ping_mark(uint8_t type, uint8_t code)
{
	switch (type) {
	case ICMP_DEST_UNREACH:
		return code == ICMP_FRAG_NEEDED ? 'M' : 'U';
	case ICMP_SOURCE_QUENCH:
		return 'Q';
	case ICMP_TIME_EXCEEDED:
		return '&';
	default:
		return '?';
	}
}

/*
 * Seconds from an answer to the next request. IOS sends at once, but takes milliseconds for a packet; here
 * `repeat 10000000` would be a flood.
 */
#define PACE 0.005

static void
schedule(struct ping *p, double after)
{
	ev_timer_stop(p->loop, &p->timer);
	ev_now_update(p->loop);	/* the timeout counts from now, not from the start of this turn */
	ev_timer_set(&p->timer, after, 0.);
	ev_timer_start(p->loop, &p->timer);
}

void
ping_free(struct ping *p)
{
	if (p == NULL)
		return;
	ev_io_stop(p->loop, &p->io);
	ev_timer_stop(p->loop, &p->timer);
	close(p->fd);
	free(p);
}

static void
finish(struct ping *p, uint32_t sent)
{
	void (*done)(void *) = p->done;
	void *arg = p->arg;
	struct buf b = {0};

	buf_putc(&b, '\n');
	ping_summary(&b, sent, p->received, p->min, p->max, p->sum);
	p->out(arg, buf_str(&b));
	buf_free(&b);
	ping_free(p);
	done(arg);
}

void
ping_cancel(struct ping *p)
{
	struct buf b = {0};

	if (!p->started)
		ping_header(&b, &p->p);
	if (b.n)
		p->out(p->arg, buf_str(&b));
	buf_free(&b);
	/* The request that is out counts only when it was the only one. */
	finish(p, p->marks ? p->marks : p->waiting);
}

/* The fate of the request that was out. */
static void
mark(struct ping *p, char c)
{
	char text[3] = {'\n', c, '\0'};

	p->waiting = false;
	p->out(p->arg, p->marks && p->marks % MARKS_PER_LINE == 0 ? text : text + 1);
	p->marks++;
	schedule(p, p->marks == p->p.repeat ? 0. : PACE);
}

static void
answered(struct ping *p)
{
	uint64_t rtt = icmp_now_us() - p->sent_at;

	p->received++;
	p->sum += rtt;
	if (p->received == 1 || rtt < p->min)
		p->min = rtt;
	if (rtt > p->max)
		p->max = rtt;
	mark(p, '!');
}

static void
send_one(struct ping *p)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(p->p.dst)};
	size_t n = p->p.size - 20;
	uint8_t *pkt = xmalloc(n);
	uint16_t sum;

	p->seq++;
	memset(pkt, 0, n < 16 ? n : 16);
	pkt[0] = ICMP_ECHO;
	pkt[4] = (uint8_t)(p->id >> 8);
	pkt[5] = (uint8_t)p->id;
	pkt[6] = (uint8_t)(p->seq >> 8);
	pkt[7] = (uint8_t)p->seq;
	for (size_t i = 16; i < n; i++)
		pkt[i] = i & 1 ? 0xcd : 0xab;	/* IOS's default data pattern */
	sum = icmp_checksum(pkt, n);
	pkt[2] = (uint8_t)(sum >> 8);
	pkt[3] = (uint8_t)sum;
	p->waiting = true;
	p->sent_at = icmp_now_us();
	schedule(p, p->p.timeout);
	if (sendto(p->fd, pkt, n, 0, (struct sockaddr *)&to, sizeof(to)) < 0 && errno == EMSGSIZE)
		mark(p, 'M');
	free(pkt);
}

static void
on_timer(struct ev_loop *loop, struct ev_timer *w, int revents)
{
	struct ping *p = w->data;
	struct buf b = {0};

	if (!p->started) {
		p->started = true;
		ping_header(&b, &p->p);
		p->out(p->arg, buf_str(&b));
		buf_free(&b);
	}
	if (p->waiting)
		mark(p, '.');
	else if (p->marks == p->p.repeat)
		finish(p, p->marks);
	else
		send_one(p);
}

static void
packet(struct ping *p, const struct icmp_view *v)
{
	bool many = p->p.dst >> 28 == 0xe || p->p.dst == 0xffffffff;

	if (!p->waiting || v->id != p->id || v->seq != p->seq)
		return;
	if (!v->error) {
		/* A reply from a subnet's broadcast comes from somewhere else; id and sequence must do. */
		if (v->src == p->p.dst || many)
			answered(p);
		return;
	}
	if (v->quoted_proto != IPPROTO_ICMP || v->quoted_dst != p->p.dst)
		return;
	if (v->src == v->dst && v->src != p->p.dst && v->code != ICMP_FRAG_NEEDED)
		return;		/* from ourselves: no ARP answer */
	mark(p, ping_mark(v->type, v->code));
}

static void
on_readable(struct ev_loop *loop, struct ev_io *w, int revents)
{
	struct ping *p = w->data;
	uint8_t rx[128];	/* headers are enough; the rest of the datagram is cut off */
	struct icmp_view v;
	ssize_t n;

	/* Foreign packets pass by quickly; no more than a few per turn. */
	for (int i = 0; i < 32; i++) {
		n = recv(p->fd, rx, sizeof(rx), 0);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n > 0 && icmp_parse(rx, (size_t)n, &v))
			packet(p, &v);
	}
}

struct ping *
ping_start(struct ev_loop *loop, const struct ping_params *params, void (*out)(void *arg, const char *text),
    void (*done)(void *arg), void *arg)
{
	/* PROBE: DF is set, and every size is tried anew whatever the cached path MTU says. */
	int fd = icmp_socket(params->vrf, params->source), pmtu = params->df ? IP_PMTUDISC_PROBE : IP_PMTUDISC_DONT;
	struct ping *p;

	if (fd < 0) {
		errno = -fd;
		return NULL;
	}
	setsockopt(fd, IPPROTO_IP, IP_MTU_DISCOVER, &pmtu, sizeof(pmtu));
	p = xcalloc(1, sizeof(*p));
	p->loop = loop;
	p->p = *params;
	if (p->p.size < 36)
		p->p.size = 36;
	p->out = out;
	p->done = done;
	p->arg = arg;
	p->fd = fd;
	if (getrandom(&p->id, sizeof(p->id), 0) != sizeof(p->id))
		p->id = (uint16_t)getpid();
	ev_io_init(&p->io, on_readable, fd, EV_READ);
	ev_init(&p->timer, on_timer);
	p->io.data = p->timer.data = p;
	ev_io_start(loop, &p->io);
	schedule(p, 0.);
	return p;
}
