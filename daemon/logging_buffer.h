/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The log buffer: the last so many bytes of the log's text. As in IOS it
 * holds text, not lines: what is oldest may begin in the middle of one.
 */
#ifndef CONFTERM_DAEMON_LOGGING_BUFFER_H
#define CONFTERM_DAEMON_LOGGING_BUFFER_H

#include <stddef.h>

#include "lib/buf.h"

/* Zero-initialised it is off: nothing is kept. Memory is taken as text comes, not at once. */
struct log_buffer {
	char *d;
	size_t limit;		/* bytes it may hold, 0: off */
	size_t cap, start, n;	/* allocated; the oldest byte; bytes held */
};

/* Changes the size; the newest text that fits stays. 0: off, and empty. */
void log_buffer_limit(struct log_buffer *b, size_t limit);
/* Adds a line: a newline, then its text. */
void log_buffer_add(struct log_buffer *b, const char *line, size_t len);
void log_buffer_clear(struct log_buffer *b);
/* Appends all of it to out, oldest byte first. */
void log_buffer_text(const struct log_buffer *b, struct buf *out);

#endif
