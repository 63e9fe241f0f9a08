/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Log messages in IOS's form, %FACILITY-SEVERITY-MNEMONIC: text. The daemon
 * installs a sink that fans them out to sessions; before that, and in tests,
 * they go to stderr. Never pass a key or a password: there is no filter
 * behind this call.
 */
#ifndef CONFTERM_LIB_LOG_H
#define CONFTERM_LIB_LOG_H

/* severity 0 (emergency) to 7 (debug) as in RFC 5424 and IOS */
void log_msg(const char *facility, int severity, const char *mnemonic, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* A line of debugging: severity 7, and no percent sign, as IOS prints them ("ISAKMP:(1001): ..."). */
void log_debug(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* `line` is the whole message, from the percent sign on if it has one, without a newline. */
typedef void log_sink(void *ctx, int severity, const char *line);
void log_set_sink(log_sink *sink, void *ctx);

#endif
