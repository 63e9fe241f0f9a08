/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log: what becomes of a message (lib/log.h). It goes to stderr, always
 * and whole; then, as the configuration says, to the console, to terminals
 * that monitor, to the buffer and to syslog hosts, each with a threshold and
 * perhaps a discriminator.
 *
 * The configuration is read again whenever it has a new number, at the next
 * message or by logging_refresh(). No log_msg() may come from within the
 * delivery of a message; what a syslog host's socket does is told from the
 * event loop, so nothing goes round.
 *
 * Exec functions read the struct; only daemon/logging.c changes it.
 */
#ifndef CONFTERM_DAEMON_LOGGING_H
#define CONFTERM_DAEMON_LOGGING_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <time.h>

#include "daemon/logging_buffer.h"
#include "daemon/logging_filter.h"
#include "daemon/logging_form.h"
#include "daemon/logging_host.h"
#include "parser/store.h"

struct ev_loop;

enum log_dest_kind { LOG_CONSOLE, LOG_MONITOR, LOG_BUFFER, LOG_TRAP, LOG_NDEST };

struct log_dest {
	bool on;
	bool written;		/* there is a line for it: nothing of this is a default */
	int level;		/* the highest severity that passes */
	char discriminator[9];	/* "": none */
	size_t logged;		/* messages since the start */
};

/* `logging count`: one kind of message. */
struct log_tally {
	char facility[64], mnemonic[64];
	int severity;
	size_t count;
	struct timespec last;
	uint64_t last_uptime;
};

/*
 * Shows a line on terminals. console: it passed what `logging console` says,
 * and there is such a line; monitor: it passed `logging monitor`. Returns
 * whether any terminal that monitors took it.
 */
typedef bool log_terminals(void *ctx, int severity, const char *line, bool console, bool monitor);

struct logging {
	struct ev_loop *loop;		/* NULL: nothing is sent */
	struct store *store;		/* NULL: not yet there, the defaults hold */
	uint64_t version;		/* of the store, when it was read */
	bool read;
	FILE *copy;			/* gets everything: stderr */
	log_terminals *terminals;
	void *terminals_ctx;
	uint64_t started;		/* CLOCK_MONOTONIC seconds */

	/* as configured */
	bool on, counting, userinfo, limit_console_only, limit_debug, limit_excepts;
	int limit_except;
	unsigned facility;		/* RFC 3164's number */
	char origin[80];		/* before the line of a syslog host, "": nothing */
	bool origin_is_source;		/* the address that it is sent from */
	struct log_form form;
	struct log_dest dest[LOG_NDEST];
	struct log_host **host;
	size_t nhost;
	struct log_discriminator **discriminator;
	size_t ndiscriminator;

	/* as it is */
	struct log_buffer buffer;
	struct log_rate rate;
	struct log_tally *tally;
	size_t ntally;
	size_t total, rate_limited;
};

/* Takes the messages of lib/log.h from now on. */
struct logging *logging_new(struct ev_loop *loop, log_terminals *terminals, void *ctx);
void logging_free(struct logging *l);
/* The configuration, once it is there; NULL when it goes. */
void logging_store(struct logging *l, struct store *s);
/* Does what the configuration says now, if it has changed: after a commit, and before l is shown. */
void logging_refresh(struct logging *l);
/* `clear logging`: the buffer is empty; counts stay. */
void logging_clear(struct logging *l);
/* "debugging" for 7. */
const char *log_level_name(int level);

#endif
