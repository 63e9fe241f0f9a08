/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log of configuration commands (archive, log config): a ring of the last
 * ones, with who typed them where. Nothing is kept while `logging enable` is
 * not configured. Commands come with their keys hidden already.
 */
#ifndef CONFTERM_DAEMON_CONFIG_LOG_H
#define CONFTERM_DAEMON_CONFIG_LOG_H

#include <stddef.h>

#include "parser/store.h"

struct config_log;

struct config_log_entry {
	unsigned number;	/* counts from 1 and goes on after a clear */
	unsigned session;	/* which stay in configuration mode */
	const char *user, *line;	/* "console", "console" */
	const char *text;	/* as IOS writes it, one blank for each mode it stands in */
};

struct config_log *config_log_new(void);
void config_log_free(struct config_log *l);

/*
 * A command was carried out: it is kept, and said as %PARSER-5-CFGLOG_LOGGEDCMD,
 * as far as the configuration asks for that now. What it has beyond its first
 * line is left out; <removed> becomes *****.
 */
void config_log_add(struct config_log *l, struct store *s, unsigned session, const char *user, const char *line,
    const char *text);
/* Oldest first; entries are valid during the call. */
void config_log_each(const struct config_log *l, void (*cb)(void *ctx, const struct config_log_entry *e), void *ctx);
void config_log_clear(struct config_log *l);

struct config_log_size {
	size_t entries, bytes;			/* now */
	size_t bytes_total, bytes_freed;	/* ever */
};
struct config_log_size config_log_size(const struct config_log *l);

#endif
