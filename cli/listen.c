/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The daemon's side of the shell connections: see cli/listen.h.
 *
 * Bytes go socket -> in (decoder) -> pending (whole messages, in order) ->
 * session; and session -> out -> socket. pending and out are bounded: reading
 * stops while either is full, so a peer that floods or does not read costs a
 * fixed amount of memory. Garbage closes the connection.
 *
 * A conn is freed in conn_free() only, which runs from the event loop, never
 * below a call of the session.
 */
#define _GNU_SOURCE
#include "cli/listen.h"

#include <errno.h>
#include <ev.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "cli/listen_path.h"
#include "cli/proto.h"
#include "lib/buf.h"
#include "lib/log.h"
#include "lib/xalloc.h"

#define READ_SIZE	(64u * 1024)
#define FLUSH_EARLY	(64u * 1024)	/* write at once when this much waits */

struct conn {
	struct conn *next, **prev;
	struct listener *l;
	void *session;		/* NULL: refused */
	int fd;
	ev_io rd, wr;
	ev_timer stuck;
	struct proto_in in, pending;
	struct buf out;
	size_t sent;		/* bytes at the start of out that are written */
	bool paused, closing, blocked, interrupt;
};

struct listener {
	struct ev_loop *loop;
	const struct listen_ops *ops;
	void *ctx;
	char *path, *lock_path;
	int fd, lock;
	ev_io io;
	ev_timer retry;		/* accept() ran out of descriptors */
	struct conn *conns;
	unsigned n;
};

static size_t
queued(const struct conn *c)
{
	return c->out.n - c->sent;
}

static void
conn_free(struct conn *c)
{
	struct listener *l = c->l;

	c->closing = true;	/* closed() may still try to send */
	if (c->session)
		l->ops->closed(c->session);
	ev_io_stop(l->loop, &c->rd);
	ev_io_stop(l->loop, &c->wr);
	ev_timer_stop(l->loop, &c->stuck);
	close(c->fd);
	proto_free(&c->in);
	proto_free(&c->pending);
	buf_wipe(&c->out);
	if ((*c->prev = c->next))
		c->next->prev = c->prev;
	l->n--;
	free(c);
}

/* Reads only what there is room for, in a connection that still has a session. */
static void
update_reading(struct conn *c)
{
	bool want = !c->closing && !c->blocked && c->pending.n - c->pending.off < CONN_IN_LIMIT;

	if (want)
		ev_io_start(c->l->loop, &c->rd);
	else
		ev_io_stop(c->l->loop, &c->rd);
}

static void
restart_stuck(struct conn *c, double after)
{
	c->stuck.repeat = after;
	ev_timer_again(c->l->loop, &c->stuck);
}

/* Writes what the socket takes. False when the peer is gone. */
static bool
flush(struct conn *c)
{
	while (queued(c)) {
		ssize_t n = send(c->fd, c->out.d + c->sent, queued(c), MSG_NOSIGNAL | MSG_DONTWAIT);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return errno == EAGAIN;
		c->sent += (size_t)n;
		if (c->blocked)
			restart_stuck(c, CONN_STUCK);
	}
	return true;
}

/* Gives back memory of the queue: at once when it is empty, else when half of it is dead. */
static void
compact(struct conn *c)
{
	if (queued(c) == 0) {
		if (c->out.cap > FLUSH_EARLY)
			buf_wipe(&c->out);
		else
			buf_clear(&c->out);
		c->sent = 0;
	} else if (c->sent > c->out.n / 2) {
		buf_consume(&c->out, c->sent);
		c->sent = 0;
	}
}

int
conn_send(struct conn *c, uint8_t type, const void *body, size_t len)
{
	if (c->closing)
		return -EPIPE;
	if ((type == MSG_OUTPUT || type == MSG_LOG) && queued(c) >= CONN_OUT_LIMIT) {
		/* the writer finds out about errors; here they only look like no progress */
		flush(c);
		compact(c);
		if (queued(c) >= CONN_OUT_LIMIT) {
			if (!c->blocked) {
				c->blocked = true;
				restart_stuck(c, CONN_STUCK);
				update_reading(c);
			}
			return -EAGAIN;
		}
	}
	proto_put(&c->out, type, body, len);
	if (queued(c) >= FLUSH_EARLY) {
		flush(c);
		compact(c);
	}
	ev_io_start(c->l->loop, &c->wr);
	return 0;
}

void
conn_pause(struct conn *c, bool on)
{
	c->paused = on;
	/* what waits is delivered from the event loop, not below the caller */
	if (!on && !c->closing)
		ev_feed_event(c->l->loop, &c->rd, EV_CUSTOM);
}

void
conn_close(struct conn *c)
{
	if (c->closing)
		return;
	c->closing = true;
	update_reading(c);
	restart_stuck(c, CONN_LINGER);
	ev_io_start(c->l->loop, &c->wr);
}

/* Hands waiting messages to the session until it pauses or closes. */
static void
deliver(struct conn *c)
{
	const char *body;
	uint8_t type;
	size_t len;

	while (!c->closing) {
		if (c->paused || c->blocked || proto_next(&c->pending, &type, &body, &len) != 1) {
			if (!c->interrupt || c->blocked)
				break;
			c->interrupt = false;
			type = MSG_INTERRUPT;
			body = "";
			len = 0;
		}
		c->l->ops->message(c->session, type, body, len);
	}
	update_reading(c);
}

/* Sorts what arrived: interrupts are a flag, all else waits in order. False for garbage. */
static bool
decode(struct conn *c)
{
	struct buf one = {0};
	const char *body;
	uint8_t type;
	size_t len;
	int r;

	while ((r = proto_next(&c->in, &type, &body, &len)) == 1) {
		switch (type) {
		case MSG_INTERRUPT:
			c->interrupt = true;
			break;
		case MSG_LINE:
		case MSG_COMPLETE:
		case MSG_HELP:
		case MSG_END:
		case MSG_WINDOW:
			proto_put(&one, type, body, len);
			break;
		default:
			r = -EPROTO;
		}
		if (r < 0)
			break;
	}
	if (one.n)
		proto_feed(&c->pending, one.d, one.n);
	buf_wipe(&one);
	return r == 0;
}

static void
on_read(struct ev_loop *loop, ev_io *w, int events)
{
	struct conn *c = w->data;
	static char chunk[READ_SIZE];
	ssize_t n = 0;

	if (c->closing)
		return;
	if (events & EV_READ) {
		n = recv(c->fd, chunk, sizeof chunk, MSG_DONTWAIT);
		if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR)) {
			conn_free(c);
			return;
		}
		if (n > 0) {
			proto_feed(&c->in, chunk, (size_t)n);
			explicit_bzero(chunk, (size_t)n);
			if (!decode(c)) {
				log_msg("SYS", 4, "CLIPROTO", "Malformed message from a shell, connection closed");
				conn_free(c);
				return;
			}
		}
	}
	deliver(c);
}

static void
on_write(struct ev_loop *loop, ev_io *w, int events)
{
	struct conn *c = w->data;

	if (!flush(c) || (c->closing && queued(c) == 0)) {
		conn_free(c);
		return;
	}
	compact(c);
	if (queued(c) == 0)
		ev_io_stop(loop, &c->wr);
	if (c->blocked && queued(c) < CONN_OUT_LIMIT / 2) {
		c->blocked = false;
		if (!c->closing)
			ev_timer_stop(loop, &c->stuck);
		if (!c->closing && c->l->ops->drained)
			c->l->ops->drained(c->session);
		deliver(c);
	}
}

static void
on_stuck(struct ev_loop *loop, ev_timer *w, int events)
{
	struct conn *c = w->data;

	if (c->blocked)
		log_msg("SYS", 4, "CLISTUCK", "A shell does not read its output, connection closed");
	conn_free(c);
}

static void
conn_new(struct listener *l, int fd, void *who)
{
	struct conn *c = xcalloc(1, sizeof *c);
	struct ucred cred = {.uid = (uid_t)-1, .gid = (gid_t)-1};
	socklen_t len = sizeof cred;
	struct listen_peer peer;
	static const char full[] = "% Too many sessions\n";

	c->l = l;
	c->fd = fd;
	if ((c->next = l->conns))
		c->next->prev = &c->next;
	c->prev = &l->conns;
	l->conns = c;
	l->n++;
	ev_io_init(&c->rd, on_read, fd, EV_READ);
	ev_io_init(&c->wr, on_write, fd, EV_WRITE);
	ev_init(&c->stuck, on_stuck);
	c->rd.data = c->wr.data = c->stuck.data = c;
	if (l->n > LISTEN_MAX)
		conn_send(c, MSG_OUTPUT, full, sizeof full - 1);
	else if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) == 0) {
		peer = (struct listen_peer){ cred.uid, cred.gid, cred.pid, who };
		c->session = l->ops->opened(c, l->ctx, &peer);
	}
	if (!c->session) {
		conn_send(c, MSG_EXIT, NULL, 0);
		conn_close(c);
	}
	update_reading(c);
}

static void
on_accept(struct ev_loop *loop, ev_io *w, int events)
{
	struct listener *l = w->data;
	int fd = accept4(l->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);

	if (fd >= 0) {
		/* refused ones linger; with a flood of them even saying so is too much */
		if (l->n < LISTEN_MAX + 32)
			conn_new(l, fd, NULL);
		else
			close(fd);
	} else if (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS) {
		ev_io_stop(loop, &l->io);
		ev_timer_again(loop, &l->retry);
	}
}

static void
on_retry(struct ev_loop *loop, ev_timer *w, int events)
{
	struct listener *l = w->data;

	ev_timer_stop(loop, w);
	ev_io_start(loop, &l->io);
}

int
listen_adopt(struct listener *l, int fd, void *who)
{
	if (l->n >= LISTEN_MAX) {
		close(fd);
		return -EAGAIN;
	}
	(void)fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) | O_NONBLOCK);
	conn_new(l, fd, who);
	return 0;
}

struct listener *
listen_create(struct ev_loop *loop, const char *path, const struct listen_ops *ops, void *ctx)
{
	struct listener *l = xcalloc(1, sizeof *l);
	int r;

	l->loop = loop;
	l->ops = ops;
	l->ctx = ctx;
	l->fd = l->lock = -1;
	l->path = xstrdup(path);
	l->lock_path = xasprintf("%s.lock", path);
	ev_init(&l->io, on_accept);
	ev_init(&l->retry, on_retry);
	if ((r = listen_socket(l->path, l->lock_path, &l->fd, &l->lock)) < 0) {
		if (l->fd >= 0)
			close(l->fd);
		l->fd = -1;	/* listen_destroy() must not remove another daemon's socket */
		listen_destroy(l);
		errno = -r;
		return NULL;
	}
	ev_io_set(&l->io, l->fd, EV_READ);
	l->retry.repeat = 1.;
	l->io.data = l->retry.data = l;
	ev_io_start(loop, &l->io);
	return l;
}

void
listen_destroy(struct listener *l)
{
	if (!l)
		return;
	while (l->conns) {
		flush(l->conns);
		conn_free(l->conns);
	}
	ev_io_stop(l->loop, &l->io);
	ev_timer_stop(l->loop, &l->retry);
	if (l->fd >= 0) {
		unlink(l->path);
		close(l->fd);
	}
	if (l->lock >= 0)
		close(l->lock);
	free(l->path);
	free(l->lock_path);
	free(l);
}

unsigned
listen_count(const struct listener *l)
{
	return l->n;
}
