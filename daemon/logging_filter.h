/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What keeps a log message from a destination, besides its severity: message
 * discriminators (`logging discriminator`) and rates.
 */
#ifndef CONFTERM_DAEMON_LOGGING_FILTER_H
#define CONFTERM_DAEMON_LOGGING_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The parts of %FACILITY-SEVERITY-MNEMONIC: body; each empty when the message has another form. */
struct log_parts {
	char facility[64], mnemonic[64];
	const char *body;
};
void log_parts(const char *message, struct log_parts *p);

/* At most so many messages in each second; zero-initialised but for limit. */
struct log_rate {
	unsigned limit;		/* 0: any number */
	uint64_t second;
	unsigned n;
};
/* Counts one message at this second; false when it is one too many. */
bool log_rate_take(struct log_rate *r, uint64_t second);

struct log_discriminator;
struct cfg_logging_discriminator;

struct log_discriminator *log_discriminator_new(const struct cfg_logging_discriminator *v);
void log_discriminator_free(struct log_discriminator *d);
const char *log_discriminator_name(const struct log_discriminator *d);
/* By severity, facility, mnemonic and text; its rate is asked for apart. */
bool log_discriminator_passes(struct log_discriminator *d, int severity, const struct log_parts *p);
struct log_rate *log_discriminator_rate(struct log_discriminator *d);

#endif
