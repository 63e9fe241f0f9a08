/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Packets between confterm-sshd and conftermd: see proto.h. One table says what
 * each type is made of; the decoder takes nothing that does not fit it to the
 * byte, so that no field needs a check of its length again.
 */
#define _GNU_SOURCE
#include "sshd/proto.h"

#include <errno.h>
#include <stdarg.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const struct shape {
	uint8_t type;
	bool of_child;
	char fields[SSHD_FIELDS + 1];
} shapes[] = {
	{ SSHD_PASSWORD, true, "ssb" },
	{ SSHD_PROBE, true, "sst" },
	{ SSHD_SIGNED, true, "sst" },
	{ SSHD_AGREED, true, "sssss" },
	{ SSHD_OPEN, true, "bwwst" },
	{ SSHD_READ, true, "s" },
	{ SSHD_NEXT, true, "" },
	{ SSHD_WRITE, true, "sw" },
	{ SSHD_PIECE, true, "d" },
	{ SSHD_END, true, "" },
	{ SSHD_DONE, true, "b" },
	{ SSHD_SETTINGS, false, "btssssswb" },
	{ SSHD_KEY, false, "t" },
	{ SSHD_ANSWER, false, "bt" },
	{ SSHD_OPENED, false, "b" },
	{ SSHD_EXITED, false, "b" },
	{ SSHD_FILE, false, "sw" },
	{ SSHD_DATA, false, "d" },
};

static const struct shape *
shape(uint8_t type)
{
	for (size_t i = 0; i < sizeof shapes / sizeof shapes[0]; i++)
		if (shapes[i].type == type)
			return &shapes[i];
	return NULL;
}

static size_t
limit(char field)
{
	return field == 's' ? SSHD_NAME_MAX : field == 't' ? SSHD_TEXT_MAX : SSHD_DATA_MAX;
}

static uint32_t
get32(const char *p)
{
	const unsigned char *u = (const unsigned char *)p;

	return (uint32_t)u[0] << 24 | (uint32_t)u[1] << 16 | (uint32_t)u[2] << 8 | u[3];
}

int
sshd_decode(struct sshd_msg *m, bool from_child, char *packet, size_t n)
{
	const struct shape *sh = n ? shape((uint8_t)packet[0]) : NULL;
	size_t at = 1;

	*m = (struct sshd_msg){0};
	if (!sh || sh->of_child != from_child)
		return -EPROTO;
	m->type = sh->type;
	for (const char *k = sh->fields; *k; k++) {
		struct sshd_field *f = &m->f[m->nfields++];

		if (*k == 'b') {
			if (n - at < 1)
				return -EPROTO;
			f->n = (unsigned char)packet[at++];
			continue;
		}
		if (n - at < 4)
			return -EPROTO;
		f->n = get32(packet + at);
		at += 4;
		if (*k == 'w')
			continue;
		if (f->n > limit(*k) || f->n > n - at || (*k != 'd' && memchr(packet + at, '\0', f->n)))
			return -EPROTO;
		/* the length before it is read already: there the text moves to, and so has room for its NUL */
		memmove(packet + at - 1, packet + at, f->n);
		f->s = packet + at - 1;
		packet[at - 1 + f->n] = '\0';
		at += f->n;
	}
	return at == n ? 0 : -EPROTO;
}

static void
put32(char *p, uint32_t v)
{
	p[0] = (char)(v >> 24);
	p[1] = (char)(v >> 16);
	p[2] = (char)(v >> 8);
	p[3] = (char)v;
}

/* Puts the fields behind one another. The length, or -EMSGSIZE. */
static long
encode(char *b, const struct shape *sh, va_list ap)
{
	size_t at = 1;

	b[0] = (char)sh->type;
	for (const char *k = sh->fields; *k; k++) {
		const char *p;
		size_t n;

		if (*k == 'b') {
			b[at++] = (char)va_arg(ap, unsigned);
			continue;
		}
		if (*k == 'w') {
			put32(b + at, va_arg(ap, unsigned));
			at += 4;
			continue;
		}
		p = va_arg(ap, const char *);
		n = *k == 'd' ? va_arg(ap, size_t) : strlen(p);
		if (n > limit(*k) || SSHD_PACKET_MAX - at < n + 4)
			return -EMSGSIZE;
		put32(b + at, (uint32_t)n);
		memcpy(b + at + 4, p, n);
		at += 4 + n;
		if (SSHD_PACKET_MAX - at < 8)
			return -EMSGSIZE;
	}
	return (long)at;
}

int
sshd_send(int sock, bool nonblock, int fd_along, enum sshd_type type, ...)
{
	union { struct cmsghdr h; char d[CMSG_SPACE(sizeof(int))]; } along = {0};
	char b[SSHD_PACKET_MAX];
	struct iovec iov = { .iov_base = b };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	const struct shape *sh = shape((uint8_t)type);
	ssize_t r;
	va_list ap;
	long n;

	va_start(ap, type);
	n = sh ? encode(b, sh, ap) : -EINVAL;
	va_end(ap);
	if (n < 0) {
		explicit_bzero(b, sizeof b);
		return (int)n;
	}
	iov.iov_len = (size_t)n;
	if (fd_along >= 0) {
		m.msg_control = &along;
		m.msg_controllen = sizeof along;
		along.h.cmsg_level = SOL_SOCKET;
		along.h.cmsg_type = SCM_RIGHTS;
		along.h.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&along.h), &fd_along, sizeof(int));
	}
	do
		r = sendmsg(sock, &m, MSG_NOSIGNAL | (nonblock ? MSG_DONTWAIT : 0));
	while (r < 0 && errno == EINTR);
	r = r < 0 ? -errno : 0;
	explicit_bzero(b, (size_t)n);		/* passwords, the host key */
	return (int)r;
}

long
sshd_recv(int sock, bool nonblock, char *buf, int *fd)
{
	union { struct cmsghdr h; char d[CMSG_SPACE(sizeof(int))]; } along;
	struct iovec iov = { .iov_base = buf, .iov_len = SSHD_PACKET_MAX };
	/* room for one descriptor and no second: more are closed by the kernel */
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1, .msg_control = fd ? &along : NULL,
		.msg_controllen = fd ? CMSG_LEN(sizeof(int)) : 0 };
	struct cmsghdr *c;
	ssize_t n;

	if (fd)
		*fd = -1;
	do
		n = recvmsg(sock, &m, MSG_CMSG_CLOEXEC | (nonblock ? MSG_DONTWAIT : 0));
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	c = fd ? CMSG_FIRSTHDR(&m) : NULL;
	if (c && c->cmsg_level == SOL_SOCKET && c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(fd, CMSG_DATA(c), sizeof(int));
	return m.msg_flags & MSG_TRUNC ? -EMSGSIZE : n;
}
