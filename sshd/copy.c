/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The old protocol of scp (`scp -t PATH` receives, `scp -f PATH` sends), one
 * file at a time. conftermd reads and writes the files; a piece is asked for
 * when the one before it has been taken, so that no side holds more than one.
 *
 * A record is a line, `C0644 SIZE NAME`, the bytes, a NUL; each is answered by a
 * NUL, or by 1, a text and a newline.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"
#include "sshd/sshd.h"

#define WAIT	60000	/* milliseconds without a byte of the peer */

struct copy {
	enum sshd_open kind;
	char *path;
};

/* Takes "scp [-prvdqtf]... [--] PATH" apart; -1 when it is something else, or both or none of -t and -f. */
static int
parse(const char *p, const char **path)
{
	bool to = false, from = false;

	if (strncmp(p, "scp ", 4) != 0)
		return -1;
	for (p += 4; *p; ) {
		p += strspn(p, " ");
		if (*p != '-')
			break;
		for (p++; *p && *p != ' '; p++) {
			to |= *p == 't';
			from |= *p == 'f';
			if (!strchr("prvdqtf-", *p))
				return -1;
		}
	}
	*path = p;
	return to == from || !*p ? -1 : to ? SSHD_COPY_TO : SSHD_COPY_FROM;
}

int
copy_open(const char *command)
{
	const char *path;

	return parse(command, &path);
}

struct copy *
copy_start(const char *command)
{
	struct copy *k = xcalloc(1, sizeof *k);
	const char *path = "";

	k->kind = (enum sshd_open)parse(command, &path);
	k->path = xstrdup(path);
	return k;
}

/* --- bytes of the channel, blocking --- */

static bool
get(struct conn *c, char *p, size_t n)
{
	while (n) {
		int k = ssh_channel_read_timeout(c->channel, p, (uint32_t)n, 0, WAIT);

		if (k <= 0)
			return false;
		p += k;
		n -= (size_t)k;
	}
	return true;
}

static bool
put(struct conn *c, const void *p, size_t n)
{
	return ssh_channel_write(c->channel, p, (uint32_t)n) == (int)n;
}

/* Tells the peer that it cannot be done, and why. */
static bool
refuse(struct conn *c, const char *why)
{
	char line[SSHD_NAME_MAX];

	snprintf(line, sizeof line, "\1%s%s\n", *why ? "" : "% Error", why);
	put(c, line, strlen(line));
	return false;
}

/* A line up to its newline, without it. */
static bool
get_line(struct conn *c, char *line, size_t size)
{
	for (size_t n = 0; n + 1 < size; n++) {
		if (!get(c, line + n, 1))
			return false;
		if (line[n] == '\n') {
			line[n] = '\0';
			return true;
		}
	}
	return false;
}

static bool
acknowledged(struct conn *c)
{
	char ch;

	return get(c, &ch, 1) && ch == '\0';
}

/* --- both directions --- */

/* The bytes of one file to conftermd; then the peer's NUL, and what conftermd says of it. */
static bool
receive_file(struct conn *c, const char *path, uint32_t size)
{
	char piece[SSHD_DATA_MAX], why[512];

	if (sshd_send(SSHD_FD_DAEMON, false, -1, SSHD_WRITE, path, size) < 0)
		return refuse(c, "% Name is too long");
	if (ask_result(why, sizeof why) != SSHD_PASS)
		return refuse(c, why);
	put(c, "", 1);
	while (size) {
		uint32_t n = size < sizeof piece ? size : (uint32_t)sizeof piece;

		if (!get(c, piece, n))
			return false;
		if (sshd_send(SSHD_FD_DAEMON, false, -1, SSHD_PIECE, piece, (size_t)n) < 0)
			ask_end();
		size -= n;
	}
	explicit_bzero(piece, sizeof piece);
	if (!acknowledged(c))
		return false;
	if (sshd_send(SSHD_FD_DAEMON, false, -1, SSHD_END) < 0)
		ask_end();
	if (ask_result(why, sizeof why) != SSHD_PASS)
		return refuse(c, why);
	return put(c, "", 1);
}

static bool
copy_to(struct conn *c, const char *path)
{
	char line[1024], *end, *name;
	unsigned long long size;
	bool any = false;

	put(c, "", 1);
	while (get_line(c, line, sizeof line)) {
		if (line[0] == 'T') {		/* times: not kept */
			put(c, "", 1);
			continue;
		}
		if (line[0] != 'C' || strlen(line) < 7 || line[5] != ' ')
			return refuse(c, "% Only files can be copied");
		size = strtoull(line + 6, &end, 10);
		name = end + 1;
		if (*end != ' ' || !*name || strchr(name, '/'))
			return refuse(c, "% Malformed record");
		if (size > UINT32_MAX)
			return refuse(c, "% File is too large");
		if (path[strlen(path) - 1] == ':' || path[strlen(path) - 1] == '/' || strcmp(path, ".") == 0) {
			char *full = xasprintf("%s%s", strcmp(path, ".") == 0 ? "flash:" : path, name);

			any = receive_file(c, full, (uint32_t)size);
			free(full);
		} else
			any = receive_file(c, path, (uint32_t)size);
		if (!any)
			return false;
	}
	return any;
}

static bool
copy_from(struct conn *c, const char *path)
{
	const struct sshd_msg *m;
	char line[SSHD_NAME_MAX];
	uint32_t left;

	if (!acknowledged(c))
		return false;
	if (sshd_send(SSHD_FD_DAEMON, false, -1, SSHD_READ, path) < 0)
		return refuse(c, "% Name is too long");
	m = ask_wait(NULL);
	if (m->type == SSHD_ANSWER) {
		snprintf(line, sizeof line, "%s", m->f[1].s);
		return refuse(c, line);
	}
	if (m->type != SSHD_FILE)
		ask_end();
	left = m->f[1].n;
	snprintf(line, sizeof line, "C0600 %u %.200s\n", left, m->f[0].s);
	if (!put(c, line, strlen(line)) || !acknowledged(c))
		return false;
	while (left) {
		if (sshd_send(SSHD_FD_DAEMON, false, -1, SSHD_NEXT) < 0)
			ask_end();
		m = ask_wait(NULL);
		if (m->type != SSHD_DATA || m->f[0].n == 0 || m->f[0].n > left)
			ask_end();
		left -= m->f[0].n;
		if (!put(c, m->f[0].s, m->f[0].n))
			return false;
	}
	ask_forget();
	return put(c, "", 1) && acknowledged(c);
}

void
copy_run(struct conn *c)
{
	struct copy *k = c->copy;
	bool ok;

	c->copy = NULL;
	ssh_set_blocking(c->session, 1);
	ok = k->kind == SSHD_COPY_TO ? copy_to(c, k->path) : copy_from(c, k->path);
	if (sshd_send(SSHD_FD_DAEMON, false, -1, SSHD_DONE, ok ? 0u : 1u) < 0)
		ask_end();
	relay_close(c, ok ? 0 : 1);
	free(k->path);
	free(k);
}
