/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Talking to the kernel: many requests per send, their errors sorted out by
 * sequence number; and questions with their answers.
 *
 * The request sockets are blocking: the kernel has handled every message when
 * sendmsg() returns, so an answer is already there to be read. A receive
 * timeout guards against waiting for ever for one that got lost.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>

#include "backends/netlink/internal.h"
#include "lib/xalloc.h"

void
nl_status_clear(struct nl_status *st)
{
	free(st->text);
	st->text = NULL;
	st->err = 0;
}

void
nl_status_set(struct nl_status *st, int err, const char *fmt, ...)
{
	va_list ap;

	if (st->err || err == 0)
		return;
	st->err = err;
	if (fmt == NULL) {
		st->text = xstrdup(nl_wording(err));
		return;
	}
	va_start(ap, fmt);
	if (vasprintf(&st->text, fmt, ap) < 0)
		st->text = xstrdup(nl_wording(err));
	va_end(ap);
}

const char *
nl_wording(int err)
{
	switch (-err) {
	case ENODEV:
		return "interface is not present";
	case EPERM:
	case EACCES:
		return "not permitted by the kernel (CAP_NET_ADMIN is needed)";
	case EOPNOTSUPP:
	case EPROTONOSUPPORT:
	case ENOSYS:
		return "not supported by this kernel";
	case ETIMEDOUT:
	case EAGAIN:
		return "no answer from the kernel";
	default:
		return strerror(-err);
	}
}

int
nl_open(struct nl_sock *k, int bus, unsigned groups, int rcvbuf)
{
	int one = 1, sndbuf = 1 << 20, fd, err;
	struct timeval tv = {.tv_sec = 5};

	k->s = mnl_socket_open2(bus, SOCK_CLOEXEC | (groups ? SOCK_NONBLOCK : 0));
	if (k->s == NULL)
		return -errno;
	fd = mnl_socket_get_fd(k->s);
	mnl_socket_setsockopt(k->s, NETLINK_EXT_ACK, &one, sizeof(one));
	mnl_socket_setsockopt(k->s, NETLINK_CAP_ACK, &one, sizeof(one));
	if (bus == NETLINK_ROUTE)
		mnl_socket_setsockopt(k->s, NETLINK_GET_STRICT_CHK, &one, sizeof(one));
	/* FORCE needs CAP_NET_ADMIN; without it nothing here works anyway. */
	setsockopt(fd, SOL_SOCKET, SO_RCVBUFFORCE, &rcvbuf, sizeof(rcvbuf));
	setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &sndbuf, sizeof(sndbuf));
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof(tv));
	if (mnl_socket_bind(k->s, groups, MNL_SOCKET_AUTOPID) < 0) {
		err = -errno;
		nl_close(k);
		return err;
	}
	k->seq = 1;
	return 0;
}

void
nl_close(struct nl_sock *k)
{
	if (k->s)
		mnl_socket_close(k->s);
	k->s = NULL;
}

/* The kernel's own words in an extended acknowledgement, or NULL. */
static const char *
ext_ack(const struct nlmsghdr *nlh)
{
	const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);
	size_t off = sizeof(*e);
	const struct nlattr *a;

	if (!(nlh->nlmsg_flags & NLM_F_ACK_TLVS))
		return NULL;
	if (!(nlh->nlmsg_flags & NLM_F_CAPPED))
		off += mnl_nlmsg_get_payload_len(nlh) > off ? e->msg.nlmsg_len - sizeof(e->msg) : 0;
	mnl_attr_for_each(a, nlh, off)
		if (mnl_attr_get_type(a) == NLMSGERR_ATTR_MSG && mnl_attr_validate(a, MNL_TYPE_NUL_STRING) >= 0)
			return mnl_attr_get_str(a);
	return NULL;
}

static void
record(struct nl_batch *b, uint32_t seq, int err, const char *text)
{
	uint32_t i = seq - b->first_seq;

	if (i >= b->n || err == 0)
		return;
	if (text)
		nl_status_set(b->st[i], err, "%s", text);
	else
		nl_status_set(b->st[i], err, NULL);
}

/* The whole chunk from message i on has no known outcome. */
static void
record_rest(struct nl_batch *b, int err)
{
	for (unsigned i = 0; i < b->n; i++)
		record(b, b->first_seq + i, err, NULL);
}

static void
flush(struct nl_batch *b)
{
	char rx[16384];
	bool waiting = true;
	ssize_t n;

	if (b->n == 0)
		return;
	b->used += NLMSG_ALIGN(b->last->nlmsg_len);
	b->last->nlmsg_flags |= NLM_F_ACK;
	if (mnl_socket_sendto(b->sock->s, b->mem, b->used) < 0) {
		record_rest(b, -errno);
		waiting = false;
	}
	while (waiting) {
		const struct nlmsghdr *nlh = (const void *)rx;
		int len;

		n = mnl_socket_recvfrom(b->sock->s, rx, sizeof(rx));
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			record_rest(b, -errno);
			break;
		}
		for (len = (int)n; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
			const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);

			if (nlh->nlmsg_type != NLMSG_ERROR || mnl_nlmsg_get_payload_len(nlh) < sizeof(*e))
				continue;
			record(b, nlh->nlmsg_seq, e->error, ext_ack(nlh));
			if (nlh->nlmsg_seq == b->first_seq + b->n - 1)
				waiting = false;
		}
	}
	b->used = 0;
	b->n = 0;
	b->last = NULL;
	b->sock->filling = false;
}

void
nl_batch_init(struct nl_batch *b, struct nl_sock *sock)
{
	memset(b, 0, sizeof(*b));
	b->sock = sock;
}

struct nlmsghdr *
nl_batch_msg(struct nl_batch *b, uint16_t type, uint16_t flags, size_t extra, void **extrap, struct nl_status *st)
{
	struct nlmsghdr *nlh;

	if (b->mem == NULL)
		b->mem = xmalloc(NL_BATCH_BYTES);
	if (b->n == NL_BATCH_MSGS || NL_BATCH_BYTES - b->used < 4 * NL_MSG_MAX)
		flush(b);
	if (b->last)
		b->used += NLMSG_ALIGN(b->last->nlmsg_len);
	nlh = mnl_nlmsg_put_header(b->mem + b->used);
	nlh->nlmsg_type = type;
	nlh->nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	nlh->nlmsg_seq = ++b->sock->seq;
	if (b->n == 0)
		b->first_seq = nlh->nlmsg_seq;
	b->sock->filling = true;
	*extrap = mnl_nlmsg_put_extra_header(nlh, extra);
	b->st[b->n++] = st;
	b->last = nlh;
	return nlh;
}

void
nl_batch_end(struct nl_batch *b)
{
	flush(b);
	free(b->mem);
	b->mem = NULL;
}

static int
query_once(struct nl_sock *k, struct nlmsghdr *req, struct buf *out)
{
	char *rx;
	bool more = true, interrupted = false;
	bool dump = (req->nlmsg_flags & NLM_F_DUMP) == NLM_F_DUMP;
	int err = 0, len;
	ssize_t n;

	req->nlmsg_seq = ++k->seq;
	if (mnl_socket_sendto(k->s, req, req->nlmsg_len) < 0)
		return -errno;
	rx = xmalloc(65536);
	while (more) {
		const struct nlmsghdr *nlh = (const void *)rx;

		n = mnl_socket_recvfrom(k->s, rx, 65536);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0) {
			err = -errno;
			break;
		}
		for (len = (int)n; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len)) {
			if (nlh->nlmsg_seq != k->seq)
				continue;	/* the rest of a question that was given up */
			interrupted |= (nlh->nlmsg_flags & NLM_F_DUMP_INTR) != 0;
			if (nlh->nlmsg_type == NLMSG_DONE) {
				more = false;
			} else if (nlh->nlmsg_type == NLMSG_ERROR) {
				const struct nlmsgerr *e = mnl_nlmsg_get_payload(nlh);

				err = mnl_nlmsg_get_payload_len(nlh) < sizeof(*e) ? -EBADMSG : e->error;
				more = false;
			} else {
				buf_put(out, nlh, nlh->nlmsg_len);
				buf_fill(out, 0, NLMSG_ALIGN(nlh->nlmsg_len) - nlh->nlmsg_len);
				more = dump;
			}
		}
	}
	free(rx);
	return err ? err : interrupted ? -EINTR : 0;
}

int
nl_query(struct nl_sock *k, struct nlmsghdr *req, struct buf *out)
{
	int err = -ENOTCONN;

	assert(!k->filling);
	if (k->s == NULL)
		return err;
	/* A table that changed under a dump is read again; the third time it will do. */
	for (int i = 0; i < 3; i++) {
		buf_clear(out);
		err = query_once(k, req, out);
		if (err != -EINTR)
			return err;
	}
	return 0;
}
