/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The connections to charon: framing, order, loss and reconnection.
 *
 * A request belongs to exactly one list: the queue of a link (sent or about to
 * be; answers come in that order), the queue of slow requests waiting for a
 * free link, or the list of dead ones whose callbacks a zero timer runs. It
 * carries its packet until that is written, then wipes it: keys do not stay.
 *
 * What must never happen: a callback run twice or not at all. So a request is
 * taken off its list before its callback is called, and nowhere else freed.
 */
#define _GNU_SOURCE
#include "backends/vici/client.h"

#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "backends/vici/codec.h"
#include "lib/xalloc.h"

#define MAX_SLOW 32		/* initiates at the same time; charon has a thread for each (charon.c) */
#define RETRY_MIN 0.05
#define RETRY_MAX 1.0

struct req {
	struct req *next;
	struct buf pkt;
	size_t sent;
	uint64_t after;		/* slow: number of quick answers to wait for */
	int err;		/* dead: what to say */
	vici_each *each;
	vici_done *done;
	void *arg;
};

struct queue {
	struct req *head, **tail;
};

struct link {
	struct vici_client *c;
	int fd;			/* -1: closed */
	struct ev_io rd, wr;
	struct buf in;
	struct queue q;
	struct req *tx;		/* first of q that is not completely written */
};

enum { L_QUICK, L_EVENT, L_STREAM, L_SLOW, NLINK = L_SLOW + MAX_SLOW };

struct vici_client {
	struct ev_loop *loop;
	const char *path;
	const struct vici_client_ops *ops;
	void *ctx;
	struct link link[NLINK];
	struct queue slow, dead;
	struct ev_timer retry, reaper;
	double delay;
	bool running, up;
	unsigned confirm;	/* event registrations without an answer */
	uint64_t quick_sent, quick_done;
};

static void
queue_init(struct queue *q)
{
	q->head = NULL;
	q->tail = &q->head;
}

static void
queue_put(struct queue *q, struct req *r)
{
	r->next = NULL;
	*q->tail = r;
	q->tail = &r->next;
}

static struct req *
queue_get(struct queue *q)
{
	struct req *r = q->head;

	if (r && !(q->head = r->next))
		q->tail = &q->head;
	return r;
}

static void
finish(struct req *r, int err, const void *msg, size_t len)
{
	buf_wipe(&r->pkt);
	if (r->done)
		r->done(r->arg, err, msg, len);
	free(r);
}

static void
bury(struct vici_client *c, struct req *r, int err)
{
	buf_wipe(&r->pkt);
	r->err = err;
	queue_put(&c->dead, r);
	if (!ev_is_active(&c->reaper)) {
		ev_timer_set(&c->reaper, 0., 0.);
		ev_timer_start(c->loop, &c->reaper);
	}
}

static void
reap_dead(struct vici_client *c)
{
	struct queue q = c->dead;
	struct req *r;

	queue_init(&c->dead);	/* what callbacks add waits for the next turn */
	while ((r = queue_get(&q)))
		finish(r, r->err, NULL, 0);
}

static void
reaper_cb(struct ev_loop *loop, struct ev_timer *w, int revents)
{
	reap_dead(w->data);
}

static void
close_all(struct vici_client *c)
{
	struct req *r;

	for (int i = 0; i < NLINK; i++) {
		struct link *l = &c->link[i];

		if (l->fd >= 0) {
			ev_io_stop(c->loop, &l->rd);
			ev_io_stop(c->loop, &l->wr);
			close(l->fd);
			l->fd = -1;
		}
		l->tx = NULL;
		while ((r = queue_get(&l->q)))
			bury(c, r, -ECONNRESET);
	}
	while ((r = queue_get(&c->slow)))
		bury(c, r, -ECONNRESET);
	c->up = false;
	c->confirm = 0;
	c->quick_sent = c->quick_done = 0;
}

static void
retry_later(struct vici_client *c)
{
	ev_timer_set(&c->retry, c->delay, 0.);
	ev_timer_start(c->loop, &c->retry);
	c->delay = c->delay * 2 < RETRY_MAX ? c->delay * 2 : RETRY_MAX;
}

static void
lost(struct vici_client *c, const char *why)
{
	bool was_up = c->up;

	close_all(c);
	if (was_up) {
		c->delay = RETRY_MIN;
		c->ops->down(c->ctx, why);
	}
	if (c->running && !ev_is_active(&c->retry))
		retry_later(c);
}

static void
link_write(struct link *l)
{
	while (l->tx) {
		struct req *r = l->tx;
		ssize_t n = send(l->fd, r->pkt.d + r->sent, r->pkt.n - r->sent, MSG_NOSIGNAL);

		if (n < 0 && (errno == EAGAIN || errno == EINTR))
			break;
		if (n < 0) {
			/* The reader sees the end too, outside of any call: leave it to it. */
			shutdown(l->fd, SHUT_RDWR);
			l->tx = NULL;
			break;
		}
		r->sent += (size_t)n;
		if (r->sent < r->pkt.n)
			continue;
		buf_wipe(&r->pkt);
		l->tx = r->next;
	}
	if (l->tx)
		ev_io_start(l->c->loop, &l->wr);
	else
		ev_io_stop(l->c->loop, &l->wr);
}

static void
link_send(struct link *l, struct req *r)
{
	queue_put(&l->q, r);
	if (l->tx)
		return;
	l->tx = r;
	link_write(l);
}

static void
write_cb(struct ev_loop *loop, struct ev_io *w, int revents)
{
	link_write(w->data);
}

/* Slow requests go to idle links of the pool, which grows on demand. */
static int link_open(struct link *l);

static void
start_slow(struct vici_client *c)
{
	while (c->slow.head && c->slow.head->after <= c->quick_done) {
		struct link *l = NULL;

		for (int i = L_SLOW; i < NLINK && !l; i++)
			if (!c->link[i].q.head && (c->link[i].fd >= 0 || link_open(&c->link[i]) == 0))
				l = &c->link[i];
		if (!l)
			return;
		link_send(l, queue_get(&c->slow));
	}
}

/* One complete packet; false: protocol error. */
static bool
packet(struct link *l, const uint8_t *p, size_t n)
{
	struct vici_client *c = l->c;
	struct req *r;
	char name[256];
	int err = 0;

	if (n < 1)
		return false;
	switch (p[0]) {
	case VICI_EVENT:
		if (n < 2 || p[1] > n - 2)
			return false;
		memcpy(name, p + 2, p[1]);
		name[p[1]] = '\0';
		r = l->q.head;
		if (r && r->each)
			r->each(r->arg, p + 2 + p[1], n - 2 - p[1]);
		else if (c->up)
			c->ops->event(c->ctx, name, p + 2 + p[1], n - 2 - p[1]);
		return true;
	case VICI_CMD_RESPONSE:
	case VICI_EVENT_CONFIRM:
		break;
	case VICI_CMD_UNKNOWN:
	case VICI_EVENT_UNKNOWN:
		err = -ENOSYS;
		break;
	default:
		return false;
	}
	r = l->q.head;
	if (!r || l->tx == r)	/* an answer without a question */
		return false;
	queue_get(&l->q);
	if (l == &c->link[L_QUICK])
		c->quick_done++;
	finish(r, err, err ? NULL : p + 1, err ? 0 : n - 1);
	return true;
}

static void
read_cb(struct ev_loop *loop, struct ev_io *w, int revents)
{
	struct link *l = w->data;
	char chunk[65536];
	ssize_t n = recv(l->fd, chunk, sizeof chunk, 0);
	size_t at = 0;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		lost(l->c, n == 0 ? "charon closed the connection" : strerror(errno));
		return;
	}
	buf_put(&l->in, chunk, (size_t)n);
	while (l->in.n - at >= 4) {
		const uint8_t *p = (const uint8_t *)l->in.d + at;
		uint32_t len = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];

		if (len > VICI_MAX_PACKET) {
			lost(l->c, "protocol error");
			return;
		}
		if (l->in.n - at - 4 < len)
			break;
		at += 4 + len;
		if (!packet(l, p + 4, len)) {
			lost(l->c, "protocol error");
			return;
		}
		if (l->fd < 0)	/* a callback stopped the client */
			return;
	}
	buf_consume(&l->in, at);
	start_slow(l->c);
}

/*
 * A path too long for sockaddr_un is reached through its folder's descriptor.
 */
static int
connect_path(int fd, const char *path)
{
	struct sockaddr_un sun = {.sun_family = AF_UNIX};
	const char *base = strrchr(path, '/');
	char *dir;
	int dfd = -1, rc;

	if (strlen(path) < sizeof sun.sun_path) {
		strcpy(sun.sun_path, path);
	} else {
		if (!base || strlen(base) > 60)
			return -ENAMETOOLONG;
		dir = xstrndup(path, (size_t)(base - path) + 1);
		dfd = open(dir, O_PATH | O_CLOEXEC | O_DIRECTORY);
		free(dir);
		if (dfd < 0)
			return -errno;
		snprintf(sun.sun_path, sizeof sun.sun_path, "/proc/self/fd/%d%s", dfd, base);
	}
	rc = connect(fd, (struct sockaddr *)&sun, sizeof sun) < 0 ? -errno : 0;
	if (dfd >= 0)
		close(dfd);
	return rc;
}

static int
link_open(struct link *l)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), rc;

	if (fd < 0)
		return -errno;
	/* A local connect succeeds or fails at once; EAGAIN (full backlog) is tried again as any failure. */
	if ((rc = connect_path(fd, l->c->path)) < 0) {
		close(fd);
		return rc;
	}
	l->fd = fd;
	buf_clear(&l->in);
	ev_io_set(&l->rd, fd, EV_READ);
	ev_io_set(&l->wr, fd, EV_WRITE);
	ev_io_start(l->c->loop, &l->rd);
	return 0;
}

static void
registered(void *arg, int err, const void *msg, size_t len)
{
	struct vici_client *c = arg;

	if ((err && err != -ENOSYS) || --c->confirm)
		return;
	c->up = true;
	c->delay = RETRY_MIN;
	c->ops->up(c->ctx);
}

static void
register_event(struct vici_client *c, struct link *l, const char *name)
{
	struct req *r = xcalloc(1, sizeof *r);

	vici_packet_begin(&r->pkt, VICI_EVENT_REGISTER, name);
	vici_packet_finish(&r->pkt);
	r->done = registered;
	r->arg = c;
	c->confirm++;
	link_send(l, r);
}

static void
try_connect(struct vici_client *c)
{
	for (int i = L_QUICK; i < L_SLOW; i++)
		if (link_open(&c->link[i]) < 0) {
			close_all(c);
			retry_later(c);
			return;
		}
	register_event(c, &c->link[L_STREAM], "list-sa");
	for (const char *const *e = c->ops->events; *e; e++)
		register_event(c, &c->link[L_EVENT], *e);
}

static void
retry_cb(struct ev_loop *loop, struct ev_timer *w, int revents)
{
	try_connect(w->data);
}

struct vici_client *
vici_client_create(struct ev_loop *loop, const char *path, const struct vici_client_ops *ops, void *ctx)
{
	struct vici_client *c = xcalloc(1, sizeof *c);

	c->loop = loop;
	c->path = path;
	c->ops = ops;
	c->ctx = ctx;
	for (int i = 0; i < NLINK; i++) {
		struct link *l = &c->link[i];

		l->c = c;
		l->fd = -1;
		queue_init(&l->q);
		ev_io_init(&l->rd, read_cb, -1, EV_READ);
		ev_io_init(&l->wr, write_cb, -1, EV_WRITE);
		l->rd.data = l->wr.data = l;
	}
	queue_init(&c->slow);
	queue_init(&c->dead);
	ev_timer_init(&c->retry, retry_cb, 0., 0.);
	ev_timer_init(&c->reaper, reaper_cb, 0., 0.);
	c->retry.data = c->reaper.data = c;
	return c;
}

void
vici_client_start(struct vici_client *c)
{
	if (c->running)
		return;
	c->running = true;
	c->delay = RETRY_MIN;
	ev_timer_set(&c->retry, 0., 0.);
	ev_timer_start(c->loop, &c->retry);
}

void
vici_client_stop(struct vici_client *c)
{
	c->running = false;
	ev_timer_stop(c->loop, &c->retry);
	close_all(c);
}

void
vici_client_destroy(struct vici_client *c)
{
	if (!c)
		return;
	vici_client_stop(c);
	while (c->dead.head)
		reap_dead(c);
	ev_timer_stop(c->loop, &c->reaper);
	for (int i = 0; i < NLINK; i++)
		buf_free(&c->link[i].in);
	free(c);
}

bool
vici_client_up(const struct vici_client *c)
{
	return c->up;
}

void
vici_client_call(struct vici_client *c, enum vici_lane lane, struct buf *b, vici_each *each, vici_done *done,
    void *arg)
{
	struct req *r = xcalloc(1, sizeof *r);

	r->pkt = *b;
	*b = (struct buf){0};
	r->each = each;
	r->done = done;
	r->arg = arg;
	if (!c->up || vici_packet_finish(&r->pkt) < 0) {
		bury(c, r, c->up ? -EMSGSIZE : -ENOTCONN);
	} else if (lane == VICI_SLOW) {
		r->after = c->quick_sent;
		queue_put(&c->slow, r);
		start_slow(c);
	} else {
		c->quick_sent += lane == VICI_QUICK;
		link_send(&c->link[lane == VICI_QUICK ? L_QUICK : L_STREAM], r);
	}
}
