/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The one session of a connection. A shell or a command runs behind conftermd,
 * which hands over the master of its terminal, or a socket; here its bytes are
 * carried to the peer and back. What is on its way is bounded: nothing is read
 * from the program while the peer does not take what is there, and nothing of
 * the peer while the program does not (libssh's window stands still then).
 *
 * Subsystems, forwarding, X11, agents and variables have no callback: libssh
 * refuses them.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include "sshd/sshd.h"

/* --- what is asked for --- */

static unsigned
size_of(int n)
{
	return n < 0 ? 0 : n > 1000 ? 1000 : (unsigned)n;
}

static int
on_pty(ssh_session s, ssh_channel ch, const char *term, int cols, int rows, int x, int y, void *arg)
{
	struct conn *c = arg;

	if (c->tty || c->started)
		return -1;
	c->tty = true;
	c->cols = size_of(cols);
	c->rows = size_of(rows);
	snprintf(c->term, sizeof c->term, "%s", term ? term : "");
	return 0;
}

static int
on_window(ssh_session s, ssh_channel ch, int cols, int rows, int x, int y, void *arg)
{
	struct conn *c = arg;
	struct winsize w = { .ws_col = (unsigned short)size_of(cols), .ws_row = (unsigned short)size_of(rows) };

	if (c->tty && c->stream >= 0)
		ioctl(c->stream, TIOCSWINSZ, &w);
	return 0;
}

static int
start(struct conn *c, enum sshd_open kind, const char *command)
{
	const struct sshd_msg *m;
	int fd;

	if (c->started)
		return -1;
	c->started = true;
	if (sshd_send(SSHD_FD_DAEMON, false, -1, SSHD_OPEN, (unsigned)kind, c->cols, c->rows, c->term, command) < 0)
		return -1;
	m = ask_wait(&fd);
	if (m->type != SSHD_OPENED)
		ask_end();
	if (m->f[0].n == SSHD_FILES)
		return 0;
	if (m->f[0].n != SSHD_STREAM || fd < 0) {
		c->over = true;
		return -1;
	}
	c->stream = fd;
	ssh_set_blocking(c->session, 0);
	return 0;
}

static int
on_shell(ssh_session s, ssh_channel ch, void *arg)
{
	struct conn *c = arg;

	return start(c, c->tty ? SSHD_SHELL_TTY : SSHD_SHELL, "");
}

static int
on_exec(ssh_session s, ssh_channel ch, const char *command, void *arg)
{
	struct conn *c = arg;
	int copy = copy_open(command);

	if (copy < 0)
		return start(c, c->tty ? SSHD_COMMAND_TTY : SSHD_COMMAND, command);
	if (start(c, (enum sshd_open)copy, command) < 0)
		return -1;
	c->copy = copy_start(command);
	return 0;
}

ssh_channel
relay_open(ssh_session s, void *arg)
{
	static struct ssh_channel_callbacks_struct cb = { .channel_pty_request_function = on_pty,
		.channel_shell_request_function = on_shell, .channel_exec_request_function = on_exec,
		.channel_pty_window_change_function = on_window };
	struct conn *c = arg;

	if (!c->passed || c->channel)
		return NULL;
	c->channel = ssh_channel_new(s);
	cb.userdata = c;
	ssh_callbacks_init(&cb);
	if (c->channel)
		ssh_set_channel_callbacks(c->channel, &cb);
	return c->channel;
}

/* --- the bytes --- */

static int
on_stream(socket_t fd, int events, void *arg)
{
	return 0;	/* it only wakes the loop: relay_turn() does the rest */
}

/* Waits for the stream as far as there is room for what comes, and something to be sent. */
static void
interest(struct conn *c)
{
	short want = (short)((c->out.n == 0 && !c->stream_end ? POLLIN : 0) | (c->in.n > c->in.off ? POLLOUT : 0));

	if (c->stream < 0 || c->stream_end)
		want = 0;
	if (want == c->stream_events)
		return;
	if (c->stream_events)
		ssh_event_remove_fd(c->event, c->stream);
	c->stream_events = want;
	if (want && ssh_event_add_fd(c->event, c->stream, want, on_stream, c) != SSH_OK)
		c->over = true;
}

/* The program is gone, or has closed its end. */
static void
stream_ended(struct conn *c)
{
	c->stream_end = true;
	c->in.n = c->in.off = 0;
}

/* From the peer to the program. */
static void
inward(struct conn *c)
{
	struct flow *r = &c->in;

	for (int turns = 0; turns < 8 && !c->stream_end; turns++) {
		ssize_t k;
		int n;

		if (r->off == r->n) {
			r->off = r->n = 0;
			n = ssh_channel_read_nonblocking(c->channel, r->d, sizeof r->d, 0);
			if (n <= 0)
				break;
			r->n = (size_t)n;
		}
		k = write(c->stream, r->d + r->off, r->n - r->off);
		if (k < 0 && errno != EINTR) {
			if (errno != EAGAIN)
				stream_ended(c);
			return;
		}
		r->off += k > 0 ? (size_t)k : 0;
	}
	/* behind a terminal the end of the input means nothing: the line is hung up when the connection goes */
	if (r->off == r->n && !c->tty && !c->stream_shut && ssh_channel_is_eof(c->channel)) {
		c->stream_shut = true;
		shutdown(c->stream, SHUT_WR);
	}
}

/* From the program to the peer. */
static void
outward(struct conn *c)
{
	struct flow *r = &c->out;

	for (int turns = 0; turns < 8; turns++) {
		ssize_t k;
		int n;

		if (r->n == 0 && !c->stream_end) {
			k = read(c->stream, r->d, sizeof r->d);
			if (k == 0 || (k < 0 && errno != EAGAIN && errno != EINTR))
				stream_ended(c);	/* EIO: nobody has the terminal open any more */
			r->n = k > 0 ? (size_t)k : 0;
		}
		if (r->n == 0 || ssh_get_poll_flags(c->session) & SSH_WRITE_PENDING)
			return;
		n = ssh_channel_write(c->channel, r->d + r->off, (uint32_t)(r->n - r->off));
		if (n < 0) {
			c->over = true;
			return;
		}
		r->off += (size_t)n;
		if (r->off == r->n)
			r->off = r->n = 0;
		if (n == 0)
			return;
	}
}

void
relay_close(struct conn *c, int status)
{
	if (c->closing)
		return;
	c->closing = true;
	ssh_channel_request_send_exit_status(c->channel, status);
	ssh_channel_send_eof(c->channel);
	ssh_channel_close(c->channel);
}

void
relay_exited(struct conn *c, int status)
{
	c->status = status;
}

void
relay_turn(struct conn *c)
{
	if (!c->channel || c->closing)
		return;
	if (c->copy) {
		copy_run(c);
		return;
	}
	if (c->stream < 0)
		return;
	if (ssh_channel_is_closed(c->channel)) {
		c->over = true;
		return;
	}
	inward(c);
	outward(c);
	interest(c);
	if (c->stream_end && c->out.n == 0 && c->status >= 0)
		relay_close(c, c->status);
}
