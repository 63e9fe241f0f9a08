/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One connection to charon: bytes in, packets out and the other way round.
 *
 * What must never happen: a callback run twice or not at all. So a request is
 * taken off its queue before its callback is called, and nowhere else freed.
 * Callbacks may close the link under our feet; l->fd tells.
 */
#define _GNU_SOURCE
#include "backends/vici/link.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "backends/vici/codec.h"
#include "lib/xalloc.h"

void
vici_queue_init(struct vici_queue *q)
{
	q->head = NULL;
	q->tail = &q->head;
}

void
vici_queue_put(struct vici_queue *q, struct vici_req *r)
{
	r->next = NULL;
	*q->tail = r;
	q->tail = &r->next;
}

struct vici_req *
vici_queue_get(struct vici_queue *q)
{
	struct vici_req *r = q->head;

	if (r && !(q->head = r->next))
		q->tail = &q->head;
	return r;
}

void
vici_req_finish(struct vici_req *r, int err, const void *msg, size_t len)
{
	buf_wipe(&r->pkt);
	if (r->done)
		r->done(r->arg, err, msg, len);
	free(r);
}

static void
link_write(struct vici_link *l)
{
	while (l->tx) {
		struct vici_req *r = l->tx;
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
		ev_io_start(l->loop, &l->wr);
	else
		ev_io_stop(l->loop, &l->wr);
}

void
vici_link_send(struct vici_link *l, struct vici_req *r)
{
	vici_queue_put(&l->q, r);
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

/* One complete packet; false: protocol error. */
static bool
packet(struct vici_link *l, const uint8_t *p, size_t n)
{
	struct vici_req *r;
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
		else
			l->ops->event(l, name, p + 2 + p[1], n - 2 - p[1]);
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
	vici_queue_get(&l->q);
	l->ops->answered(l);
	vici_req_finish(r, err, err ? NULL : p + 1, err ? 0 : n - 1);
	return true;
}

static void
read_cb(struct ev_loop *loop, struct ev_io *w, int revents)
{
	struct vici_link *l = w->data;
	char chunk[65536];
	ssize_t n = recv(l->fd, chunk, sizeof chunk, 0);
	size_t at = 0;

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0) {
		l->ops->broken(l, n == 0 ? "charon closed the connection" : strerror(errno));
		return;
	}
	buf_put(&l->in, chunk, (size_t)n);
	while (l->in.n - at >= 4) {
		const uint8_t *p = (const uint8_t *)l->in.d + at;
		uint32_t len = (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];

		if (len > VICI_MAX_PACKET) {
			l->ops->broken(l, "protocol error");
			return;
		}
		if (l->in.n - at - 4 < len)
			break;
		at += 4 + len;
		if (!packet(l, p + 4, len)) {
			l->ops->broken(l, "protocol error");
			return;
		}
		if (l->fd < 0)	/* a callback stopped the client */
			return;
	}
	buf_consume(&l->in, at);
	l->ops->turn(l);
}

/* A path too long for sockaddr_un is reached through its folder's descriptor. */
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

int
vici_link_open(struct vici_link *l, const char *path)
{
	int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), rc;

	if (fd < 0)
		return -errno;
	/* A local connect succeeds or fails at once; EAGAIN (full backlog) is tried again as any failure. */
	if ((rc = connect_path(fd, path)) < 0) {
		close(fd);
		return rc;
	}
	l->fd = fd;
	buf_clear(&l->in);
	ev_io_set(&l->rd, fd, EV_READ);
	ev_io_set(&l->wr, fd, EV_WRITE);
	ev_io_start(l->loop, &l->rd);
	return 0;
}

void
vici_link_close(struct vici_link *l)
{
	if (l->fd < 0)
		return;
	ev_io_stop(l->loop, &l->rd);
	ev_io_stop(l->loop, &l->wr);
	close(l->fd);
	l->fd = -1;
	l->tx = NULL;
}

void
vici_link_init(struct vici_link *l, struct ev_loop *loop, const struct vici_link_ops *ops, void *owner)
{
	l->loop = loop;
	l->ops = ops;
	l->owner = owner;
	l->fd = -1;
	vici_queue_init(&l->q);
	ev_io_init(&l->rd, read_cb, -1, EV_READ);
	ev_io_init(&l->wr, write_cb, -1, EV_WRITE);
	l->rd.data = l->wr.data = l;
}
