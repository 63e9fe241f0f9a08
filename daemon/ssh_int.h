/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside of the SSH server: ssh.c (sockets), ssh_conn.c (one connection), ssh_start.c (processes), ssh_files.c (scp). */
#ifndef CONFTERM_DAEMON_SSH_INT_H
#define CONFTERM_DAEMON_SSH_INT_H

#include <ev.h>
#include <netinet/in.h>
#include <sys/types.h>

#include "daemon/aaa.h"
#include "daemon/line.h"
#include "daemon/router.h"
#include "daemon/ssh.h"
#include "lib/buf.h"
#include "sshd/proto.h"

#define SSH_STARTUPS	128	/* connections that have not logged in */
#define SSH_FROM_ONE	64	/* ... of one address: half of them; a script may well open fifty at once */
#define SSH_PROBES	32	/* keys that a connection may offer */
#define SSH_COPY_MAX	(64u << 20)	/* bytes of a file that is received */

struct ssh_port {
	struct ssh_port *next;
	struct ssh *h;
	uint16_t port;
	bool wanted;
	int fd;			/* -1: could not be opened, tried again */
	ev_io io;
};

struct ssh {
	struct router *r;
	struct rsa_keys *keys;
	struct ssh_port *ports;
	ev_timer retry;
	bool enabled, refused_said;
	struct ssh_conn *conns;	/* the newest first */
	unsigned nconns, waiting;	/* ... that have not logged in */
};

enum ssh_stage {
	SSH_LOGIN,		/* attempts are taken */
	SSH_ASKED,		/* one is being decided */
	SSH_PASSED,		/* logged in, nothing opened yet */
	SSH_SESSION,		/* the client runs */
	SSH_COPY,		/* scp */
	SSH_CLOSING,		/* the program has ended, the peer is told */
};

struct ssh_conn {
	struct ssh_conn *next, **prev;
	struct ssh *h;
	enum ssh_stage stage;
	struct in_addr addr;
	uint16_t port;
	char from[INET_ADDRSTRLEN];
	double arrived;			/* of the attempt that is being decided */
	int sock;			/* to confterm-sshd */
	ev_io rd;
	ev_timer limit;			/* until logged in and something opened; later: of a copy, of the goodbye */
	ev_timer delay;			/* login delay: the answer waits */
	pid_t pid;
	ev_child child;
	unsigned failures, probes;
	bool over;			/* the last attempt was answered */
	int vty;			/* line that the attempt is for, then the one it has */
	struct aaa_request *request;
	enum aaa_result result;
	int level;
	char *answer;			/* text for the person */
	char *user;			/* of the attempt, then of the session */
	char *cipher, *mac;
	struct login *login;
	/* the client program */
	pid_t client;
	ev_child client_child;
	/* ssh_files.c */
	struct buf file;
	size_t file_off;
	uint32_t file_size;		/* bytes that are to come */
	char *file_path;		/* NULL: none is open */
};

/* ssh.c */
/* Says it with `ip ssh logging events`. */
enum ssh_said { SSH_REQUEST, SSH_USERAUTH, SSH_CLOSE };
void ssh_log(struct ssh *h, enum ssh_said what, const struct ssh_conn *c, bool good);

/* ssh_conn.c: takes the accepted socket. */
void ssh_conn_new(struct ssh *h, int fd, const struct sockaddr_in *from);
/* The daemon's end of a connection whose process (0: whoever has the other end of sock) is there. Seconds to log in. */
struct ssh_conn *ssh_conn_attach(struct ssh *h, int sock, pid_t pid, const struct sockaddr_in *from, double timeout);
/* Ends it at once, whatever it does; c is gone. */
void ssh_conn_end(struct ssh_conn *c);

/* ssh_start.c */
/* Starts confterm-sshd for a connection. Its process id, and *sock to it; or -errno. */
pid_t ssh_start_connection(int net, int *sock);
/*
 * Starts the shell without rights, its session on the socket `session` (taken). *stream: the terminal's master
 * or a socket to it. Process id or -errno.
 */
struct ssh_terminal {
	bool tty;
	unsigned cols, rows;
	const char *term;
	const char *command;	/* NULL: a shell */
};
pid_t ssh_start_client(int session, const struct ssh_terminal *t, int *stream);

/* ssh_files.c: a message about files; false when it may not come now. */
bool ssh_files_message(struct ssh_conn *c, const struct sshd_msg *m);
void ssh_files_free(struct ssh_conn *c);

#endif
