/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One syslog host: lines go to it over UDP, or over TCP with a newline behind
 * each (RFC 6587). Nothing here blocks or logs while a line is handed over: it
 * is queued, and sent from the event loop. While the host cannot be reached
 * the queue waits, up to its limit, and another attempt follows after 1, 2, 4
 * ... 60 seconds.
 */
#ifndef CONFTERM_DAEMON_LOGGING_HOST_H
#define CONFTERM_DAEMON_LOGGING_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct ev_loop;

/* What `logging host` says of it. Two hosts are the same when server and VRF are. */
struct log_host_settings {
	char server[64];	/* as configured */
	char vrf[64];		/* "": the global table */
	bool tcp;
	uint16_t port;
	char discriminator[9];	/* "": none */
	uint32_t source;	/* host order, 0: as the route says */
	bool newline;		/* behind each line over TCP */
	size_t queue_limit;	/* lines that may wait */
};

struct log_host_count {
	size_t logged;		/* lines that were sent */
	size_t dropped;		/* the queue was full, or the line too long */
	size_t filtered;	/* kept back by the discriminator: counted by the caller */
	size_t rate_limited;	/* by its rate: counted by the caller */
};

struct log_host;

/* Told from the event loop when a host is reached again, or no longer: once for each change. */
typedef void log_host_state(void *ctx, const struct log_host *h, bool up);

/* loop may be NULL (tests): then lines are queued only. */
struct log_host *log_host_new(struct ev_loop *loop, const struct log_host_settings *s, log_host_state *state, void *ctx);
/* One attempt to send what waits, then it is gone. */
void log_host_free(struct log_host *h);
/* New settings: what waits goes the new way. */
void log_host_change(struct log_host *h, const struct log_host_settings *s);
const struct log_host_settings *log_host_settings(const struct log_host *h);
struct log_host_count *log_host_count(struct log_host *h);
/* A line, with its priority and without a newline. */
void log_host_send(struct log_host *h, const char *line, size_t len);
/* The address that lines to it come from: as configured, else as the route says now; 0: there is none. Host order. */
uint32_t log_host_source(const struct log_host *h);
/* Nothing is known against it: UDP since the last error, TCP while connected. */
bool log_host_up(const struct log_host *h);

#endif
