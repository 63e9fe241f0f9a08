/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The shell's descriptors: the socket to the daemon, stdin, stdout, and the
 * size of the window. One call, link_poll(), waits for all of them; it is the
 * only place where the shell sleeps. Buffers are bounded: stdin is not read
 * while much type-ahead waits, the socket not while much output does.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "cli/client/client.h"

#define HOLD_LIMIT	(64u << 20)	/* output held while the user looks at --More-- */
#define OUT_LIMIT	(64u * 1024)	/* written to the screen at the latest then */

static volatile sig_atomic_t resized;

int
link_connect(struct client *c)
{
	struct sockaddr_un sa = {.sun_family = AF_UNIX};
	int e;

	if (strlen(c->path) >= sizeof sa.sun_path)
		return -ENAMETOOLONG;
	strcpy(sa.sun_path, c->path);
	c->sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->sock < 0)
		return -errno;
	if (connect(c->sock, (struct sockaddr *)&sa, sizeof sa) < 0) {
		e = errno;
		close(c->sock);
		c->sock = -1;
		return -e;
	}
	return 0;
}

void
link_close(struct client *c)
{
	if (c->sock >= 0)
		close(c->sock);
	c->sock = -1;
	proto_free(&c->in);
	buf_wipe(&c->tx);
	c->greeted = c->lost = c->dead = false;
}

void
link_send(struct client *c, uint8_t type, const void *body, size_t len)
{
	proto_put(&c->tx, type, body, len);
}

/* Writes what the socket takes now. */
static void
write_socket(struct client *c)
{
	ssize_t n = send(c->sock, c->tx.d, c->tx.n, MSG_NOSIGNAL | MSG_DONTWAIT);

	if (n > 0)
		buf_consume(&c->tx, (size_t)n);
	/* a closed connection is noticed by reading, after its last output */
	else if (n < 0 && errno != EAGAIN && errno != EINTR)
		buf_clear(&c->tx);
}

static void
read_socket(struct client *c)
{
	static char chunk[65536];
	ssize_t n = recv(c->sock, chunk, sizeof chunk, MSG_DONTWAIT);

	if (n > 0)
		proto_feed(&c->in, chunk, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		c->lost = true;
}

static void
read_stdin(struct client *c)
{
	char chunk[16384];
	ssize_t n = read(0, chunk, sizeof chunk);

	if (n > 0)
		input_add(&c->input, chunk, (size_t)n);
	else if (n == 0 || (errno != EAGAIN && errno != EINTR))
		c->input.eof = true;
	explicit_bzero(chunk, sizeof chunk);
}

void
link_poll(struct client *c, int timeout_ms)
{
	struct pollfd p[2] = {{.fd = -1}, {.fd = -1}};
	struct timespec ts = {.tv_sec = timeout_ms / 1000, .tv_nsec = timeout_ms % 1000 * 1000000L};
	sigset_t none;
	int r;

	if (resized) {
		resized = 0;
		session_size(c);
		term_resize();
		window_send(c);
	}
	if (c->sock >= 0 && !c->lost && c->tx.n)
		write_socket(c);
	if (c->sock >= 0 && !c->lost) {
		p[0].fd = c->sock;
		p[0].events = (short)((c->in.n - c->in.off < HOLD_LIMIT ? POLLIN : 0) | (c->tx.n ? POLLOUT : 0));
		if (!p[0].events)
			p[0].fd = -1;
	}
	if (!c->input.eof && input_size(&c->input) < AHEAD_LIMIT) {
		p[1].fd = 0;
		p[1].events = POLLIN;
	}
	/* the screen is written when nothing else is at hand */
	r = poll(p, 2, 0);
	if (r == 0) {
		term_flush();
		out_flush(c);
		sigemptyset(&none);
		r = ppoll(p, 2, timeout_ms < 0 ? NULL : &ts, &none);
	}
	if (r <= 0)
		return;
	if (p[0].revents & (POLLIN | POLLHUP | POLLERR))
		read_socket(c);
	if (p[1].revents)
		read_stdin(c);
}

void
out_put(struct client *c, const char *s, size_t n)
{
	if (n == 0)
		return;
	if (c->editing)
		term_flush();
	buf_put(&c->out, s, n);
	c->midline = s[n - 1] != '\n';
	if (c->out.n >= OUT_LIMIT)
		out_flush(c);
}

void
out_puts(struct client *c, const char *s)
{
	out_put(c, s, strlen(s));
}

void
out_fresh(struct client *c)
{
	if (c->midline)
		out_puts(c, "\n");
}

void
out_flush(struct client *c)
{
	size_t off = 0;

	while (off < c->out.n) {
		ssize_t n = write(1, c->out.d + off, c->out.n - off);

		if (n >= 0) {
			off += (size_t)n;
		} else if (errno == EAGAIN) {
			struct pollfd p = {.fd = 1, .events = POLLOUT};

			poll(&p, 1, -1);
		} else if (errno != EINTR) {
			c->over = true;		/* nobody reads any more */
			c->status = 1;
			break;
		}
	}
	buf_clear(&c->out);
}

static void
on_winch(int sig)
{
	resized = 1;
}

/* SIGWINCH is blocked but while link_poll() sleeps, so that none is missed. */
void
window_init(struct client *c)
{
	struct sigaction sa = {.sa_handler = on_winch};
	sigset_t set;

	sigaction(SIGWINCH, &sa, NULL);
	sigemptyset(&set);
	sigaddset(&set, SIGWINCH);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

void
window_size(unsigned *cols, unsigned *rows)
{
	struct winsize w = {0};

	ioctl(1, TIOCGWINSZ, &w);
	*cols = w.ws_col;
	*rows = w.ws_row;
}

void
window_send(struct client *c)
{
	unsigned cols, rows;
	unsigned char b[4];

	if (!c->tty || c->sock < 0)
		return;
	window_size(&cols, &rows);
	b[0] = (unsigned char)(cols >> 8);
	b[1] = (unsigned char)cols;
	b[2] = (unsigned char)(rows >> 8);
	b[3] = (unsigned char)rows;
	link_send(c, MSG_WINDOW, b, sizeof b);
}
