/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How a log line looks: `service timestamps` and `service sequence-numbers`
 * put a number and a time before the message.
 */
#ifndef CONFTERM_DAEMON_LOGGING_FORM_H
#define CONFTERM_DAEMON_LOGGING_FORM_H

#include <stdbool.h>
#include <stdint.h>

#include "daemon/clock.h"
#include "lib/buf.h"

enum log_stamp_kind { STAMP_NONE, STAMP_UPTIME, STAMP_DATETIME };

struct log_stamp {
	enum log_stamp_kind kind;
	bool msec, localtime, show_timezone, year;
};

struct log_form {
	struct log_stamp log, debug;	/* debug: messages of severity 7 */
	bool sequence_numbers;
	struct clock_zone zone;
};

/* As configured; s may be NULL: the defaults, date and time with milliseconds. */
void log_form_read(struct log_form *f, struct store *s);
/*
 * Appends the line without a newline. number: of the message since the start,
 * now: wall clock, uptime: seconds. Bytes of the message that would move a
 * terminal's cursor, or end a line of a syslog server, become `?`.
 */
void log_form_line(struct buf *out, const struct log_form *f, int severity, uint64_t number, const struct timespec *now,
    uint64_t uptime, const char *message);
/* "00:01:02", "1d05h", "2w3d": what IOS prints for a time since the start. */
void log_form_uptime(struct buf *out, uint64_t seconds);
/* One time as the form of log messages writes it, without a colon behind it (`show logging count`). */
void log_form_time(struct buf *out, const struct log_form *f, const struct log_stamp *s, const struct timespec *now, uint64_t uptime);

#endif
