/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Questions to conftermd. The process has nothing else to do while it waits:
 * one connection, one user. When conftermd is gone, so is this process.
 */
#define _GNU_SOURCE
#include <poll.h>
#include <string.h>
#include <unistd.h>

#include "sshd/sshd.h"

static char packet[SSHD_PACKET_MAX];
static size_t length;
static struct sshd_msg last;

_Noreturn void
ask_end(void)
{
	explicit_bzero(packet, sizeof packet);
	_exit(0);
}

const struct sshd_msg *
ask_wait(int *fd)
{
	long n = sshd_recv(SSHD_FD_DAEMON, false, packet, fd);

	if (n <= 0 || sshd_decode(&last, false, packet, (size_t)n) < 0)
		ask_end();
	length = (size_t)n;
	return &last;
}

bool
ask_pending(void)
{
	struct pollfd p = { .fd = SSHD_FD_DAEMON, .events = POLLIN };

	return poll(&p, 1, 0) > 0;
}

void
ask_forget(void)
{
	explicit_bzero(packet, length);
	length = 0;
	last = (struct sshd_msg){0};
}

enum sshd_result
ask_result(char *text, size_t size)
{
	const struct sshd_msg *m = ask_wait(NULL);
	enum sshd_result r;

	if (m->type != SSHD_ANSWER)
		ask_end();
	r = m->f[0].n == SSHD_PASS ? SSHD_PASS : m->f[0].n == SSHD_OVER ? SSHD_OVER : SSHD_FAIL;
	if (size) {
		size_t n = m->f[1].n < size ? m->f[1].n : size - 1;

		memcpy(text, m->f[1].s, n);
		text[n] = '\0';
	}
	ask_forget();
	return r;
}
