/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What confterm-sshd (one process for each SSH connection, without rights) and
 * conftermd (which decides everything) say to each other, over a socketpair of
 * type SOCK_SEQPACKET: one packet is one message, u8 type and then its fields.
 *
 *	b  u8
 *	w  u32, big endian
 *	s  u32 length, bytes: a name; at most SSHD_NAME_MAX, no NUL
 *	t  the same, a text; at most SSHD_TEXT_MAX, no NUL
 *	d  the same, any bytes; at most SSHD_DATA_MAX
 *
 * The daemon speaks first: SETTINGS, then KEY. Until it has both, the child
 * reads nothing from the network. From then on the child asks and waits for
 * the one answer to each question; only EXITED comes unasked.
 *
 * The child is not believed: conftermd takes a message only where it may come
 * (OPEN only after it has itself answered SSHD_PASS), counts the attempts and
 * the time, and ends a child that says anything else. What it must believe is
 * that a signature was verified (AUTH_KEY): libssh gives the means to do so to
 * nobody else. So a child that was taken over by its peer can log in as a user
 * whose public key is configured and known to it, and has the host key.
 */
#ifndef CONFTERM_SSHD_PROTO_H
#define CONFTERM_SSHD_PROTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define SSHD_PACKET_MAX	65536u
#define SSHD_NAME_MAX	1024u
#define SSHD_TEXT_MAX	16384u
#define SSHD_DATA_MAX	32768u
#define SSHD_FIELDS	9

#define SSHD_FD_NET	3	/* descriptors with which the child is started */
#define SSHD_FD_DAEMON	4

enum sshd_type {
	/* child to daemon */
	SSHD_PASSWORD = 'p',	/* s user, s password, b by keyboard-interactive -> ANSWER */
	SSHD_PROBE = 'q',	/* s user, s type, t base64: would this key do? -> ANSWER */
	SSHD_SIGNED = 'k',	/* the same: the peer has proved that it has this key -> ANSWER */
	SSHD_AGREED = 'x',	/* s client's version, s cipher, s MAC, s key exchange, s host key algorithm: keys are exchanged */
	SSHD_OPEN = 'o',	/* b enum sshd_open, w columns, w rows, s terminal, t command -> OPENED */
	SSHD_READ = 'r',	/* s path: a file -> FILE, or ANSWER that says why not */
	SSHD_NEXT = 'n',	/* the next piece of it -> DATA; empty: the end */
	SSHD_WRITE = 'w',	/* s path, w size: a file will follow -> ANSWER */
	SSHD_PIECE = 'd',	/* d: a piece of it; no answer */
	SSHD_END = 'e',		/* that was all of it -> ANSWER */
	SSHD_DONE = 'c',	/* b exit status: a copy is over (its channel is closed) */

	/* daemon to child */
	SSHD_SETTINGS = 'S',	/* b enum sshd_method, t banner, s ciphers, s MACs, s key exchanges, s host key algorithms,
				   s algorithms of users' keys, w bits of the smallest RSA key of users, b DH group exchange allowed;
				   an empty list is libssh's */
	SSHD_KEY = 'K',		/* t private host key, PEM */
	SSHD_ANSWER = 'A',	/* b enum sshd_result, t what a person is told */
	SSHD_OPENED = 'O',	/* b enum sshd_opened; a terminal or stream comes along as a descriptor */
	SSHD_EXITED = 'X',	/* b exit status of the program behind it */
	SSHD_FILE = 'F',	/* s name, w size */
	SSHD_DATA = 'D',	/* d */
};

enum sshd_method { SSHD_METHOD_PASSWORD = 1, SSHD_METHOD_KEYBOARD = 2, SSHD_METHOD_KEY = 4 };
enum sshd_result {
	SSHD_FAIL,
	SSHD_PASS,
	SSHD_OVER,		/* no, and that was the last attempt */
};
enum sshd_open {
	SSHD_SHELL_TTY,		/* a shell at a terminal */
	SSHD_SHELL,		/* a shell on pipes */
	SSHD_COMMAND_TTY,	/* one command, and its exit status */
	SSHD_COMMAND,
	SSHD_COPY_TO,		/* scp -t, scp -f: the child speaks that protocol, no program is started */
	SSHD_COPY_FROM,
};
enum sshd_opened { SSHD_REFUSED, SSHD_STREAM, SSHD_FILES };

/* One message, taken apart. Strings point into the packet and are followed by a NUL (see sshd_decode()). */
struct sshd_field {
	uint32_t n;		/* b, w: the number; else the length */
	const char *s;		/* s, t, d */
};
struct sshd_msg {
	uint8_t type;
	unsigned nfields;
	struct sshd_field f[SSHD_FIELDS];
};

/*
 * A packet of n bytes, of the child (true) or of the daemon, into m. The packet
 * is changed: names and texts get their NUL. 0, or -EPROTO for anything that
 * is not exactly a message of that side.
 */
int sshd_decode(struct sshd_msg *m, bool from_child, char *packet, size_t n);

/*
 * Writes one message: fields as the type says, b and w as unsigned, s and t as
 * const char *, d as const void * and size_t. fd_along: a descriptor to be
 * passed, -1: none. Does not block when nonblock is set. 0 or -errno; -EMSGSIZE
 * when a field is longer than it may be.
 */
int sshd_send(int sock, bool nonblock, int fd_along, enum sshd_type type, ...);

/*
 * Reads one packet into buf (SSHD_PACKET_MAX bytes). Its length, 0 at the end,
 * or -errno. *fd gets the descriptor that came along, or -1; with fd NULL none
 * is taken.
 */
long sshd_recv(int sock, bool nonblock, char *buf, int *fd);

#endif
