/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sockets of syslog hosts: see logging_host.h. A host has a queue, a
 * socket while it can be reached, a watcher for each direction, and a timer
 * for the next attempt. The watcher for writing runs while something waits.
 */
#define _GNU_SOURCE
#include "daemon/logging_host.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ev.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "lib/xalloc.h"

#define RETRY_FIRST	1.
#define RETRY_MAX	60.
#define DEAD_AFTER	30000u	/* milliseconds that TCP waits for an acknowledgement */
#define BURST		64	/* lines in one go, so that the loop does other work, too */

struct waiting {
	struct waiting *next;
	size_t len;
	char d[];
};

struct log_host {
	struct log_host_settings s;
	struct log_host_count count;
	struct ev_loop *loop;
	log_host_state *state;
	void *ctx;
	struct waiting *first, **last;
	size_t n, off;		/* lines that wait; bytes of the first that are sent */
	int fd;
	bool connecting, down;
	double retry;
	ev_io out, in;
	ev_timer timer;
};

static void
forget_first(struct log_host *h)
{
	struct waiting *w = h->first;

	h->first = w->next;
	if (!h->first)
		h->last = &h->first;
	h->n--;
	h->off = 0;
	free(w);
}

static void
shut(struct log_host *h)
{
	if (h->fd < 0)
		return;
	ev_io_stop(h->loop, &h->out);
	ev_io_stop(h->loop, &h->in);
	close(h->fd);
	h->fd = -1;
	h->connecting = false;
	h->off = 0;	/* a line that was cut off is sent again */
}

static void
tell(struct log_host *h, bool up)
{
	if (h->down != up)
		return;
	h->down = !up;
	if (h->state)
		h->state(h->ctx, h, up);
}

/* Cannot be reached: again later, each time twice as late. */
static void
failed(struct log_host *h)
{
	shut(h);
	ev_timer_stop(h->loop, &h->timer);
	ev_timer_set(&h->timer, h->retry, 0.);
	ev_timer_start(h->loop, &h->timer);
	h->retry = h->retry * 2 < RETRY_MAX ? h->retry * 2 : RETRY_MAX;
	tell(h, false);
}

static void
reached(struct log_host *h)
{
	h->retry = RETRY_FIRST;
	tell(h, true);
}

/* 0: sent; -EAGAIN: later; another error: not by this socket. */
static int
send_first(struct log_host *h)
{
	struct waiting *w = h->first;
	size_t len = w->len - (h->s.tcp ? 0 : 1);	/* a datagram has no newline */
	ssize_t n;

	if (h->s.tcp && !h->s.newline)
		len--;
	/* ICMP errors of earlier datagrams are told once, by the next call: this one is not at fault */
	for (int tries = 0; tries < 3; tries++) {
		n = send(h->fd, w->d + h->off, len - h->off, MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n >= 0 || errno != ECONNREFUSED || h->s.tcp)
			break;
	}
	if (n < 0 && errno == EMSGSIZE) {
		h->count.dropped++;
		forget_first(h);
		return 0;
	}
	if (n < 0)
		return errno == EINTR || errno == ENOBUFS ? -EAGAIN : -errno;
	h->off += (size_t)n;
	if (h->off < len)
		return -EAGAIN;
	h->count.logged++;
	forget_first(h);
	return 0;
}

static void
flush(struct log_host *h)
{
	int err = 0;

	for (int i = 0; i < BURST && h->first && !err; i++)
		err = send_first(h);
	if (err && err != -EAGAIN)
		failed(h);
	else if (!h->first)
		ev_io_stop(h->loop, &h->out);
	if (!err)
		reached(h);
}

static void
on_out(struct ev_loop *loop, ev_io *w, int revents)
{
	struct log_host *h = w->data;
	socklen_t len = sizeof(int);
	int err = 0;

	(void)loop;
	(void)revents;
	if (h->connecting) {
		if (getsockopt(h->fd, SOL_SOCKET, SO_ERROR, &err, &len) < 0 || err) {
			failed(h);
			return;
		}
		h->connecting = false;
		ev_io_start(h->loop, &h->in);
		reached(h);
	}
	flush(h);
}

/* A server says nothing, but for its end. */
static void
on_in(struct ev_loop *loop, ev_io *w, int revents)
{
	struct log_host *h = w->data;
	char dropped[512];
	ssize_t n = recv(h->fd, dropped, sizeof dropped, MSG_DONTWAIT);

	(void)loop;
	(void)revents;
	if (h->s.tcp && (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)))
		failed(h);
}

static int
set_up(int fd, const struct log_host_settings *s)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(s->port) };
	struct sockaddr_in from = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(s->source) };
	unsigned dead = DEAD_AFTER;
	int on = 1;

	if (inet_pton(AF_INET, s->server, &to.sin_addr) != 1)
		return -EADDRNOTAVAIL;		/* a name: there is no resolver */
	if (*s->vrf && setsockopt(fd, SOL_SOCKET, SO_BINDTODEVICE, s->vrf, (socklen_t)strlen(s->vrf)) < 0)
		return -errno;
	if (s->source && bind(fd, (struct sockaddr *)&from, sizeof from) < 0)
		return -errno;
	if (s->tcp) {
		setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
		setsockopt(fd, IPPROTO_TCP, TCP_USER_TIMEOUT, &dead, sizeof dead);
	}
	return connect(fd, (struct sockaddr *)&to, sizeof to) < 0 ? -errno : 0;
}

static void
open_socket(struct log_host *h)
{
	int err;

	h->fd = socket(AF_INET, (h->s.tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	err = h->fd < 0 ? -errno : set_up(h->fd, &h->s);
	if (h->fd >= 0 && (!err || err == -EINPROGRESS)) {
		h->connecting = err == -EINPROGRESS;
		ev_io_set(&h->out, h->fd, EV_WRITE);
		ev_io_set(&h->in, h->fd, EV_READ);
		ev_io_start(h->loop, &h->out);
		/* while it connects, reading would take the error that on_out() asks for */
		if (!h->connecting)
			ev_io_start(h->loop, &h->in);
		return;
	}
	failed(h);
}

static void
on_timer(struct ev_loop *loop, ev_timer *t, int revents)
{
	(void)loop;
	(void)revents;
	open_socket(t->data);
}

/* Opens or wakes the socket, at the loop's next turn. */
static void
wake(struct log_host *h)
{
	if (!h->loop)
		return;
	if (h->fd >= 0) {
		ev_io_start(h->loop, &h->out);
	} else if (!ev_is_active(&h->timer)) {
		ev_timer_set(&h->timer, 0., 0.);
		ev_timer_start(h->loop, &h->timer);
	}
}

struct log_host *
log_host_new(struct ev_loop *loop, const struct log_host_settings *s, log_host_state *state, void *ctx)
{
	struct log_host *h = xcalloc(1, sizeof *h);

	h->s = *s;
	h->loop = loop;
	h->state = state;
	h->ctx = ctx;
	h->last = &h->first;
	h->fd = -1;
	h->retry = RETRY_FIRST;
	ev_init(&h->out, on_out);
	ev_init(&h->in, on_in);
	ev_init(&h->timer, on_timer);
	h->out.data = h->in.data = h->timer.data = h;
	/* a connection is there before the first line; datagrams need none */
	if (s->tcp)
		wake(h);
	return h;
}

void
log_host_free(struct log_host *h)
{
	h->state = NULL;	/* nobody is to be told now */
	if (h->fd >= 0 && !h->connecting)
		flush(h);
	shut(h);
	if (h->loop)
		ev_timer_stop(h->loop, &h->timer);
	while (h->first)
		forget_first(h);
	free(h);
}

void
log_host_change(struct log_host *h, const struct log_host_settings *s)
{
	bool way = h->s.tcp != s->tcp || h->s.port != s->port || h->s.source != s->source;

	h->s = *s;
	if (!way)
		return;
	shut(h);
	if (h->loop)
		ev_timer_stop(h->loop, &h->timer);
	h->retry = RETRY_FIRST;
	h->down = false;
	if (h->first || s->tcp)
		wake(h);
}

const struct log_host_settings *
log_host_settings(const struct log_host *h)
{
	return &h->s;
}

struct log_host_count *
log_host_count(struct log_host *h)
{
	return &h->count;
}

void
log_host_send(struct log_host *h, const char *line, size_t len)
{
	struct waiting *w;

	if (h->n >= h->s.queue_limit) {
		h->count.dropped++;
		return;
	}
	w = xmalloc(sizeof *w + len + 1);
	w->next = NULL;
	w->len = len + 1;
	memcpy(w->d, line, len);
	w->d[len] = '\n';
	*h->last = w;
	h->last = &w->next;
	h->n++;
	wake(h);
}

uint32_t
log_host_source(const struct log_host *h)
{
	struct sockaddr_in me = {0};
	socklen_t len = sizeof me;
	int fd;

	if (h->s.source)
		return h->s.source;
	fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	/* connecting a datagram socket sends nothing: it asks for the route */
	if (fd >= 0 && set_up(fd, &h->s) == 0 && getsockname(fd, (struct sockaddr *)&me, &len) < 0)
		me.sin_addr.s_addr = 0;
	if (fd >= 0)
		close(fd);
	return ntohl(me.sin_addr.s_addr);
}

bool
log_host_up(const struct log_host *h)
{
	return h->s.tcp ? h->fd >= 0 && !h->connecting : !h->down;
}
