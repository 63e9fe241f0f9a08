/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * traceroute: UDP probes with growing TTL, one at a time, their answers taken
 * from a raw ICMP socket. Each probe has a destination port of its own, by
 * which a late answer is told from the right one.
 *
 * The trace ends with the hop on which the destination answered, or on which
 * somebody said that it cannot be reached.
 */
#define _GNU_SOURCE
#include "cli/exec/icmp.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ev.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>
#include <linux/icmp.h>

#include "lib/ip4.h"
#include "lib/xalloc.h"

struct traceroute {
	struct ev_loop *loop;
	struct traceroute_params p;
	void (*out)(void *arg, const char *text);
	void (*done)(void *arg);
	void *arg;
	int udp, icmp;
	uint16_t sport;
	struct ev_io io;
	struct ev_timer timer;	/* start, timeout, or the next turn */
	struct traceroute_line line;
	bool started, waiting, last_hop;
	unsigned ttl, probe, count;	/* probe: of this hop; count: of all, 1 = first */
	uint64_t sent_at;
};

const char *
traceroute_mark(uint8_t type, uint8_t code)
{
	if (type == ICMP_TIME_EXCEEDED)
		return NULL;
	if (type == ICMP_SOURCE_QUENCH)
		return "!Q";
	if (type != ICMP_DEST_UNREACH)
		return "!?";
	switch (code) {
	case ICMP_PORT_UNREACH:
		return NULL;
	case ICMP_NET_UNREACH:
	case ICMP_NET_UNKNOWN:
		return "!N";
	case ICMP_HOST_UNREACH:
	case ICMP_HOST_UNKNOWN:
		return "!H";
	case ICMP_PROT_UNREACH:
		return "!P";
	case ICMP_FRAG_NEEDED:
		return "!M";
	case ICMP_NET_ANO:
	case ICMP_HOST_ANO:
	case ICMP_PKT_FILTERED:
		return "!A";
	default:
		return "!U";
	}
}

void
traceroute_hop(struct buf *b, struct traceroute_line *l, unsigned ttl)
{
	buf_printf(b, "%3u ", ttl);
	l->shown = 0;
	l->open = true;
}

/* "  1 A 5 msec *  4 msec", and a line of its own for each other router. */
void
traceroute_answer(struct buf *b, struct traceroute_line *l, uint32_t from, const char *mark, uint64_t us)
{
	if (from == 0) {
		buf_puts(b, " * ");
		return;
	}
	if (from != l->shown)
		buf_printf(b, l->shown ? "\n    %s" : "%s", ip4_s(from));
	l->shown = from;
	if (mark)
		buf_printf(b, " %s ", mark);
	else
		buf_printf(b, " %llu msec", (unsigned long long)((us + 500) / 1000));
}

static void
schedule(struct traceroute *t, double after)
{
	ev_timer_stop(t->loop, &t->timer);
	ev_now_update(t->loop);
	ev_timer_set(&t->timer, after, 0.);
	ev_timer_start(t->loop, &t->timer);
}

static void
say(struct traceroute *t, struct buf *b)
{
	if (b->n)
		t->out(t->arg, buf_str(b));
	buf_free(b);
}

void
traceroute_free(struct traceroute *t)
{
	if (t == NULL)
		return;
	ev_io_stop(t->loop, &t->io);
	ev_timer_stop(t->loop, &t->timer);
	close(t->udp);
	close(t->icmp);
	free(t);
}

static void
finish(struct traceroute *t)
{
	void (*done)(void *) = t->done;
	void *arg = t->arg;

	traceroute_free(t);
	done(arg);
}

static void
header(struct traceroute *t)
{
	struct buf b = {0};

	t->started = true;
	buf_printf(&b, "Type escape sequence to abort.\nTracing the route to %s\n"
	    "VRF info: (vrf in name/id, vrf out name/id)\n", ip4_s(t->p.dst));
	say(t, &b);
}

void
traceroute_cancel(struct traceroute *t)
{
	if (!t->started)
		header(t);
	if (t->line.open)
		t->out(t->arg, "\n");
	finish(t);
}

/* The fate of the probe that was out. */
static void
answer(struct traceroute *t, uint32_t from, const char *mark)
{
	struct buf b = {0};

	t->waiting = false;
	traceroute_answer(&b, &t->line, from, mark, icmp_now_us() - t->sent_at);
	if (++t->probe == t->p.probes) {
		buf_putc(&b, '\n');
		t->line.open = false;
	}
	say(t, &b);
	schedule(t, 0.);
}

static void
send_probe(struct traceroute *t)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(t->p.dst)};
	int ttl = (int)t->ttl;
	uint8_t data[12] = {0};

	to.sin_port = htons((uint16_t)(t->p.port + t->count++));
	setsockopt(t->udp, IPPROTO_IP, IP_TTL, &ttl, sizeof(ttl));
	t->waiting = true;
	t->sent_at = icmp_now_us();
	schedule(t, t->p.timeout);
	/* What cannot be sent is a probe without an answer. */
	if (sendto(t->udp, data, sizeof(data), 0, (struct sockaddr *)&to, sizeof(to)) < 0)
		return;
}

static void
on_timer(struct ev_loop *loop, struct ev_timer *w, int revents)
{
	struct traceroute *t = w->data;
	struct buf b = {0};

	if (!t->started)
		header(t);
	if (t->waiting) {
		answer(t, 0, NULL);
		return;
	}
	if (t->probe == t->p.probes) {
		if (t->last_hop || t->ttl >= t->p.max_ttl) {
			finish(t);
			return;
		}
		t->ttl++;
		t->probe = 0;
	}
	if (t->probe == 0) {
		traceroute_hop(&b, &t->line, t->ttl);
		say(t, &b);
	}
	send_probe(t);
}

static void
packet(struct traceroute *t, const struct icmp_view *v)
{
	if (!t->waiting || !v->error || v->quoted_proto != IPPROTO_UDP || v->quoted_dst != t->p.dst)
		return;
	if (v->sport != t->sport || v->dport != (uint16_t)(t->p.port + t->count - 1))
		return;
	if (v->src == v->dst && v->src != t->p.dst)
		return;		/* from ourselves: no ARP answer */
	if (v->type != ICMP_TIME_EXCEEDED)
		t->last_hop = true;
	answer(t, v->src, traceroute_mark(v->type, v->code));
}

static void
on_readable(struct ev_loop *loop, struct ev_io *w, int revents)
{
	struct traceroute *t = w->data;
	uint8_t rx[256];
	struct icmp_view v;
	ssize_t n;

	for (int i = 0; i < 32; i++) {
		n = recv(t->icmp, rx, sizeof(rx), 0);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n > 0 && icmp_parse(rx, (size_t)n, &v))
			packet(t, &v);
	}
}

/* A UDP socket bound to `source` and any port, which it tells; -errno. */
static int
udp_socket(const char *vrf, uint32_t source, uint16_t *port)
{
	struct sockaddr_in sa = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(source)};
	socklen_t len = sizeof(sa);
	int err, fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	if (fd < 0)
		return -errno;
	if ((vrf && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, vrf, (socklen_t)strlen(vrf)) < 0) ||
	    bind(fd, (struct sockaddr *)&sa, sizeof(sa)) < 0 || getsockname(fd, (struct sockaddr *)&sa, &len) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	*port = ntohs(sa.sin_port);
	return fd;
}

struct traceroute *
traceroute_start(struct ev_loop *loop, const struct traceroute_params *p, void (*out)(void *arg, const char *text),
    void (*done)(void *arg), void *arg)
{
	struct traceroute *t;
	uint16_t sport = 0;
	int udp, icmp;

	if ((udp = udp_socket(p->vrf, p->source, &sport)) < 0) {
		errno = -udp;
		return NULL;
	}
	if ((icmp = icmp_socket(p->vrf, 0)) < 0) {
		close(udp);
		errno = -icmp;
		return NULL;
	}
	t = xcalloc(1, sizeof(*t));
	t->loop = loop;
	t->p = *p;
	t->out = out;
	t->done = done;
	t->arg = arg;
	t->udp = udp;
	t->icmp = icmp;
	t->sport = sport;
	t->ttl = p->min_ttl ? p->min_ttl : 1;
	if (t->p.probes == 0)
		t->p.probes = 3;
	ev_io_init(&t->io, on_readable, icmp, EV_READ);
	ev_init(&t->timer, on_timer);
	t->io.data = t->timer.data = t;
	ev_io_start(loop, &t->io);
	schedule(t, 0.);
	return t;
}
