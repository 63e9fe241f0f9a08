/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The daemon's side of the shell connections: a unix stream socket, up to
 * LISTEN_MAX connections that speak cli/proto.h, bounded queues both ways.
 * What a line means is the session's business (struct listen_ops).
 *
 * Order: messages arrive in order, one callback at a time, except
 * MSG_INTERRUPT, which is delivered as soon as the connection is paused (a
 * command runs) or has nothing else waiting. One that finds no command running
 * must be ignored by the session.
 *
 * A callback may call any conn_ function. A struct conn lives until closed()
 * returns; nothing frees it inside another call.
 */
#ifndef CONFTERM_CLI_LISTEN_H
#define CONFTERM_CLI_LISTEN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define LISTEN_MAX	256
#define CONN_OUT_LIMIT	(8u << 20)	/* bytes queued for a shell that does not read */
#define CONN_IN_LIMIT	(256u << 10)	/* bytes of type-ahead held while paused */
#define CONN_STUCK	60.		/* seconds without progress at the limit until the connection is closed */
#define CONN_LINGER	10.		/* seconds a closing connection may take for its last output */

struct ev_loop;
struct listener;
struct conn;

struct listen_peer {
	uid_t uid;
	gid_t gid;
	pid_t pid;
	void *who;
};

struct listen_ops {
	/*
	 * A shell connected; ids are those of the peer process. who is NULL, or
	 * what listen_adopt() was called with. Returns the
	 * session, which is handed to the other callbacks, or NULL to refuse
	 * (what was sent before is still delivered). Sends MSG_HELLO itself.
	 */
	void *(*opened)(struct conn *c, void *ctx, const struct listen_peer *peer);
	/* One message; body is valid during the call and not NUL-terminated. Only types of the shell arrive. */
	void (*message)(void *session, uint8_t type, const char *body, size_t len);
	/* The connection is gone, for whatever reason; also after conn_close(). Not called after a refusal. */
	void (*closed)(void *session);
	/* Optional: the queue is half empty again after conn_send() said -EAGAIN. */
	void (*drained)(void *session);
};

/*
 * Creates the socket (mode 0660; the directory is made, 0755, when only it is
 * missing). A stale socket is replaced. NULL with errno: EADDRINUSE when
 * another daemon lives there, EEXIST when path is something else than a
 * socket. PATH.lock is held locked while the listener lives.
 */
struct listener *listen_create(struct ev_loop *loop, const char *path, const struct listen_ops *ops, void *ctx);
/* Closes every connection after one attempt to write what is queued, and removes the socket. NULL is allowed. */
void listen_destroy(struct listener *l);
/*
 * One end of a socket pair whose other end was given to a shell whose user is
 * known already (who: a struct login). Takes fd; -EAGAIN when there are
 * LISTEN_MAX connections.
 */
int listen_adopt(struct listener *l, int fd, void *who);
unsigned listen_count(const struct listener *l);

/*
 * Queues one message. -EAGAIN, and nothing is queued, for MSG_OUTPUT and
 * MSG_LOG while CONN_OUT_LIMIT bytes or more wait: stop producing and go on in
 * drained(). Other types are always taken: they answer something, and nothing
 * is read from a connection at the limit. Text of any length may be sent at
 * once. -EPIPE after conn_close().
 */
int conn_send(struct conn *c, uint8_t type, const void *body, size_t len);
/* Holds messages back, except MSG_INTERRUPT, while a command runs asynchronously. */
void conn_pause(struct conn *c, bool on);
/* Delivers what is queued, then closes; no message arrives any more. */
void conn_close(struct conn *c);

#endif
