/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * confterm-sshd: what its files share. The way of a connection:
 *
 *	main.c     starts, drops every right (rights.c), gets settings and key, exchanges keys
 *	auth.c     each attempt is a question to conftermd (ask.c)
 *	relay.c  the one session channel: what was asked for, the terminal's bytes both ways
 *	copy.c     scp -t and scp -f instead of a program
 */
#ifndef CONFTERM_SSHD_SSHD_H
#define CONFTERM_SSHD_SSHD_H

#include <libssh/callbacks.h>
#include <libssh/libssh.h>
#include <libssh/server.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "sshd/proto.h"

#define FLOW_SIZE	16384u	/* bytes on their way in one direction, at most */

struct flow {
	char d[FLOW_SIZE];
	size_t n, off;
};

struct copy;

struct conn {
	ssh_session session;
	ssh_event event;
	bool over;		/* end the process */
	/* auth.c */
	unsigned methods;	/* enum sshd_method */
	char *banner;		/* NULL: sent, or none */
	char *asked;		/* user of the keyboard-interactive question that is open */
	bool agreed;		/* conftermd knows what was negotiated */
	bool passed;
	/* relay.c */
	ssh_channel channel;
	bool tty, started;
	unsigned cols, rows;
	char term[64];
	int stream;		/* the terminal's master or a socket to the program, -1: none */
	short stream_events;	/* for which it is in the event, 0: it is not */
	bool stream_end, stream_shut, eof_sent, closing;
	int status;		/* of the program, -1: still running */
	struct flow in, out;	/* from the peer, to the peer */
	struct copy *copy;	/* copy.c, NULL: none */
};

/* rights.c: gives up everything but the descriptors it has; ends the process when that fails. */
void rights_drop(bool may_exec);
/* A filter of system calls: what a connection needs, and nothing that opens, starts or reaches anything. */
void rights_filter(void);

/* ask.c: one question to conftermd, one answer. */
/* The next message of conftermd; ends the process when it is gone or speaks another protocol. Valid until the next call. */
const struct sshd_msg *ask_wait(int *fd);
/* Is one there without waiting? */
bool ask_pending(void);
void ask_forget(void);		/* wipes the last one */
/* The daemon's answer to what was sent; it may end the process. */
enum sshd_result ask_result(char *text, size_t size);
_Noreturn void ask_end(void);

/* auth.c */
void auth_init(struct conn *c);

/* relay.c */
ssh_channel relay_open(ssh_session session, void *conn);
/* Moves what can be moved; called after every turn of the event. */
void relay_turn(struct conn *c);
/* conftermd says that the program has ended. */
void relay_exited(struct conn *c, int status);
void relay_close(struct conn *c, int status);

/* copy.c */
/* Is this command a copy? SSHD_COPY_TO, SSHD_COPY_FROM, or -1. */
int copy_open(const char *command);
struct copy *copy_start(const char *command);
/* All of the copy; closes the channel. */
void copy_run(struct conn *c);

#endif
