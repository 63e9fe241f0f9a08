/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The vty socket client: see vty.h for the protocol and the promises.
 *
 * States: no descriptor (a timer waits for the next attempt) -> connected,
 * `enable` under way -> up. A failure of any kind (end of file, bad framing, a
 * reply that is too late or too long) leads back to the first state: after it
 * nobody could say which reply belongs to which request.
 *
 * Callbacks may destroy the client: `depth` counts the calls under way and
 * vty_destroy() leaves the freeing to the outermost one.
 */
#define _GNU_SOURCE
#include "backends/frr/vty.h"

#include <errno.h>
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "lib/xalloc.h"

#define RETRY_MIN 0.1	/* seconds */
#define RETRY_MAX 2.0
#define STABLE 5.0	/* a connection that lived so long was a good one */
#define CHUNK 65536

struct request {
	STAILQ_ENTRY(request) link;
	vty_done *done;		/* may be NULL */
	bool own;		/* the `enable` of a new connection */
	void *arg;
	unsigned timeout_ms;
	char line[];
};
STAILQ_HEAD(requests, request);

struct vty {
	struct ev_loop *loop;
	char *path;
	vty_state *state;
	void *ctx;
	int fd;
	bool up, writing;
	bool woken;		/* it connects with the next turn of the loop */
	int depth;		/* callbacks under way */
	bool dead;
	double backoff, up_since;
	size_t sent;		/* bytes of the first request written; 0: not begun */
	struct requests queue;	/* the first one is on the wire when `sent` or waiting for its reply */
	bool waiting;		/* the first request is sent or being sent */
	struct vty_frame frame;
	ev_io rd, wr;
	ev_timer retry, limit, fail;
};

int
vty_frame_feed(struct vty_frame *f, const void *data, size_t n, size_t *used)
{
	const char *p = data, *end = p + n, *nul;

	*used = 0;
	if (n == 0)
		return 0;
	if (f->ntail == 0) {
		nul = memchr(p, '\0', n);
		size_t len = nul ? (size_t)(nul - p) : n;

		if (f->text.n + len > f->max)
			return -EMSGSIZE;
		buf_put(&f->text, p, len);
		p += len;
	}
	for (; p < end && f->ntail < 3; p++, f->ntail++)
		if (*p != '\0')
			return -EPROTO;
	if (p < end && f->ntail == 3) {
		f->rc = (unsigned char)*p++;
		f->ntail = 4;
	}
	*used = (size_t)(p - (const char *)data);
	return f->ntail == 4;
}

void
vty_frame_reset(struct vty_frame *f)
{
	/* a big table once must not keep 64 MiB for ever */
	if (f->text.cap > CHUNK)
		buf_free(&f->text);
	buf_clear(&f->text);
	f->ntail = 0;
	f->rc = 0;
}

void
vty_clean(struct buf *out, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\r\n"), skip = 0;
		const char *line = text;

		while (skip < n && (line[skip] == ' ' || line[skip] == '%'))
			skip++;
		if (line[skip] == '[' && memchr(line + skip, ']', n - skip))
			skip = (size_t)((char *)memchr(line + skip, ']', n - skip) - line) + 1;
		while (skip < n && line[skip] == ' ')
			skip++;
		while (n > skip && line[n - 1] == ' ')
			n--;
		if (n > skip) {
			if (out->n)
				buf_puts(out, "; ");
			buf_put(out, line + skip, n - skip);
		}
		text += strcspn(text, "\r\n");
		text += strspn(text, "\r\n");
	}
}

static void
enter(struct vty *v)
{
	v->depth++;
}

/* False: the client is gone. */
static bool
leave(struct vty *v)
{
	if (--v->depth > 0 || !v->dead)
		return !v->dead;
	free(v->path);
	buf_free(&v->frame.text);
	free(v);
	return false;
}

static void
fail_all(struct vty *v, int first, int rest)
{
	struct requests old = STAILQ_HEAD_INITIALIZER(old);
	struct request *r;

	/* requests that the callbacks add stay for later */
	STAILQ_CONCAT(&old, &v->queue);
	while ((r = STAILQ_FIRST(&old))) {
		STAILQ_REMOVE_HEAD(&old, link);
		if (r->done && !v->dead)
			r->done(r->arg, first, "", 0);
		first = rest;
		free(r);
	}
}

/* Not connected: requests are answered from the loop. */
static void
fail_soon(struct vty *v)
{
	if (ev_is_active(&v->fail))
		return;
	ev_timer_set(&v->fail, 0, 0);
	ev_timer_start(v->loop, &v->fail);
}

/* Closes, tells everybody, arranges the next attempt. */
static void
drop(struct vty *v, int err)
{
	bool was_up = v->up;

	/* a daemon that dies of what we type must not be hammered */
	if (was_up && ev_now(v->loop) - v->up_since > STABLE)
		v->backoff = RETRY_MIN;
	ev_io_stop(v->loop, &v->rd);
	ev_io_stop(v->loop, &v->wr);
	ev_timer_stop(v->loop, &v->limit);
	if (v->fd >= 0)
		close(v->fd);
	v->fd = -1;
	v->up = v->waiting = false;
	v->sent = 0;
	vty_frame_reset(&v->frame);
	ev_timer_set(&v->retry, v->backoff, 0);
	ev_timer_start(v->loop, &v->retry);
	v->backoff = v->backoff * 2 > RETRY_MAX ? RETRY_MAX : v->backoff * 2;
	enter(v);
	fail_all(v, err, -ECONNRESET);
	if (was_up && !v->dead && v->state)
		v->state(v->ctx, false, err);
	if (!v->dead && !STAILQ_EMPTY(&v->queue))
		fail_soon(v);
	leave(v);
}

static void
push(struct vty *v)
{
	struct request *r = STAILQ_FIRST(&v->queue);

	if (!r || v->fd < 0)
		return;
	if (!v->waiting) {
		v->waiting = true;
		v->sent = 0;
		ev_timer_stop(v->loop, &v->limit);
		ev_timer_set(&v->limit, r->timeout_ms / 1000.0, 0);
		/* the loop's idea of now may be old after a long apply() */
		ev_now_update(v->loop);
		ev_timer_start(v->loop, &v->limit);
	}
	for (size_t len = strlen(r->line) + 1; v->sent < len;) {
		ssize_t k = send(v->fd, r->line + v->sent, len - v->sent, MSG_NOSIGNAL);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0 && errno == EAGAIN) {
			ev_io_start(v->loop, &v->wr);
			return;
		}
		if (k < 0) {
			/* not from here: we may be inside vty_send(); reading reports the loss */
			shutdown(v->fd, SHUT_RDWR);
			break;
		}
		v->sent += (size_t)k;
	}
	ev_io_stop(v->loop, &v->wr);
}

static void
on_writable(struct ev_loop *loop, ev_io *w, int revents)
{
	push(w->data);
}

/* A whole reply is in the frame. False: the client is gone. */
static bool
deliver(struct vty *v)
{
	struct request *r = STAILQ_FIRST(&v->queue);

	STAILQ_REMOVE_HEAD(&v->queue, link);
	ev_timer_stop(v->loop, &v->limit);
	v->waiting = false;
	enter(v);
	if (!r->own) {
		struct buf text = v->frame.text;	/* the callback may outlive the frame */

		v->frame.text = (struct buf){0};
		if (r->done)
			r->done(r->arg, v->frame.rc, buf_str(&text), text.n);
		buf_free(&text);
	} else {
		v->up = true;
		v->up_since = ev_now(v->loop);
		if (v->state)
			v->state(v->ctx, true, 0);
	}
	free(r);
	if (!v->dead) {
		vty_frame_reset(&v->frame);
		if (!v->waiting)
			push(v);
	}
	return leave(v);
}

static void
on_readable(struct ev_loop *loop, ev_io *w, int revents)
{
	struct vty *v = w->data;
	char chunk[CHUNK];
	ssize_t k = recv(v->fd, chunk, sizeof chunk, 0);
	size_t off = 0, used;
	int r;

	if (k < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (k <= 0) {
		drop(v, -ECONNRESET);
		return;
	}
	while (off < (size_t)k) {
		if (!v->waiting) {	/* nobody asked */
			drop(v, -EPROTO);
			return;
		}
		r = vty_frame_feed(&v->frame, chunk + off, (size_t)k - off, &used);
		off += used;
		if (r < 0) {
			drop(v, r);
			return;
		}
		if (r == 1 && !deliver(v))
			return;
	}
}

static void
on_limit(struct ev_loop *loop, ev_timer *w, int revents)
{
	drop(w->data, -ETIMEDOUT);
}

static void
on_fail(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct vty *v = w->data;

	enter(v);
	if (v->fd < 0)
		fail_all(v, -ENOTCONN, -ENOTCONN);
	leave(v);
}

static struct request *
make_request(const char *line, unsigned timeout_ms, vty_done *done, void *arg)
{
	size_t n = strlen(line) + 1;
	struct request *r = xmalloc(sizeof *r + n);

	*r = (struct request){.done = done, .arg = arg, .timeout_ms = timeout_ms};
	memcpy(r->line, line, n);
	return r;
}

static void
on_retry(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct vty *v = w->data;
	struct sockaddr_un su = {.sun_family = AF_UNIX};
	struct request *r;

	v->woken = false;
	snprintf(su.sun_path, sizeof su.sun_path, "%s", v->path);
	v->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	/* a unix socket connects at once or (EAGAIN: full backlog) not at all */
	if (v->fd < 0 || connect(v->fd, (struct sockaddr *)&su, sizeof su) < 0) {
		drop(v, -ENOTCONN);
		return;
	}
	ev_io_set(&v->rd, v->fd, EV_READ);
	ev_io_set(&v->wr, v->fd, EV_WRITE);
	ev_io_start(loop, &v->rd);
	r = make_request("enable", 5000, NULL, NULL);
	r->own = true;
	STAILQ_INSERT_HEAD(&v->queue, r, link);
	push(v);
}

struct vty *
vty_create(struct ev_loop *loop, const char *path, vty_state *state, void *ctx)
{
	struct vty *v = xcalloc(1, sizeof *v);

	*v = (struct vty){.loop = loop, .path = xstrdup(path), .state = state, .ctx = ctx, .fd = -1,
	    .backoff = RETRY_MIN, .woken = true, .frame.max = VTY_REPLY_MAX};
	STAILQ_INIT(&v->queue);
	ev_io_init(&v->rd, on_readable, -1, EV_READ);
	ev_io_init(&v->wr, on_writable, -1, EV_WRITE);
	ev_timer_init(&v->retry, on_retry, 0, 0);
	ev_timer_init(&v->limit, on_limit, 0, 0);
	ev_timer_init(&v->fail, on_fail, 0, 0);
	v->rd.data = v->wr.data = v->retry.data = v->limit.data = v->fail.data = v;
	ev_timer_start(loop, &v->retry);
	return v;
}

void
vty_destroy(struct vty *v)
{
	if (!v)
		return;
	v->dead = true;
	ev_io_stop(v->loop, &v->rd);
	ev_io_stop(v->loop, &v->wr);
	ev_timer_stop(v->loop, &v->retry);
	ev_timer_stop(v->loop, &v->limit);
	ev_timer_stop(v->loop, &v->fail);
	if (v->fd >= 0)
		close(v->fd);
	v->fd = -1;
	fail_all(v, 0, 0);
	enter(v);
	leave(v);
}

void
vty_wake(struct vty *v)
{
	if (v->fd >= 0)
		return;
	v->woken = true;
	ev_timer_stop(v->loop, &v->retry);
	ev_timer_set(&v->retry, 0, 0);
	ev_timer_start(v->loop, &v->retry);
}

bool
vty_is_up(const struct vty *v)
{
	return v->up;
}

void
vty_send(struct vty *v, const char *line, unsigned timeout_ms, vty_done *done, void *arg)
{
	struct request *r = make_request(line, timeout_ms, done, arg);

	STAILQ_INSERT_TAIL(&v->queue, r, link);
	if (v->fd < 0 && !v->woken)
		fail_soon(v);
	else if (v->fd >= 0 && !v->waiting)
		push(v);
}
