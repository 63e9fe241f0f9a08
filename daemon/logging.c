/* SPDX-License-Identifier: BSD-2-Clause */
/* One message, and where it goes: see logging.h. */
#include "daemon/logging.h"

#include <stdlib.h>
#include <string.h>

#include "daemon/logging_config.h"
#include "lib/buf.h"
#include "lib/ip4.h"
#include "lib/log.h"
#include "lib/xalloc.h"

#define TALLY_MAX	1024	/* kinds of messages; there are fewer in the program */

/* A message on its way. */
struct passing {
	int severity;
	struct log_parts parts;
	struct timespec now;
	uint64_t uptime;
	struct buf line;
};

static uint64_t
monotonic(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec;
}

static void
tally(struct logging *l, const struct passing *m)
{
	struct log_tally *t = NULL;

	for (size_t i = 0; i < l->ntally && !t; i++)
		if (l->tally[i].severity == m->severity && strcmp(l->tally[i].mnemonic, m->parts.mnemonic) == 0 &&
		    strcmp(l->tally[i].facility, m->parts.facility) == 0)
			t = &l->tally[i];
	if (!t) {
		if (l->ntally == TALLY_MAX)
			return;
		l->tally = xrealloc(l->tally, (l->ntally + 1) * sizeof *l->tally);
		t = &l->tally[l->ntally++];
		*t = (struct log_tally){ .severity = m->severity };
		memcpy(t->facility, m->parts.facility, sizeof t->facility);
		memcpy(t->mnemonic, m->parts.mnemonic, sizeof t->mnemonic);
	}
	t->count++;
	t->last = m->now;
	t->last_uptime = m->uptime;
}

enum verdict { PASSES, KEPT_BACK, TOO_MANY };

/* What the discriminator of this name says; one that is not there lets everything pass. */
static enum verdict
discriminated(struct logging *l, const char *name, const struct passing *m)
{
	for (size_t i = 0; *name && i < l->ndiscriminator; i++) {
		struct log_discriminator *d = l->discriminator[i];

		if (strcmp(log_discriminator_name(d), name) != 0)
			continue;
		if (!log_discriminator_passes(d, m->severity, &m->parts))
			return KEPT_BACK;
		return log_rate_take(log_discriminator_rate(d), m->uptime) ? PASSES : TOO_MANY;
	}
	return PASSES;
}

/* `logging rate-limit`: is the message one too many for this second? */
static bool
limited(struct logging *l, const struct passing *m)
{
	if ((m->severity == 7 && !l->limit_debug) || (l->limit_excepts && m->severity <= l->limit_except))
		return false;
	if (log_rate_take(&l->rate, m->uptime))
		return false;
	l->rate_limited++;
	return true;
}

static bool
goes_to(struct logging *l, enum log_dest_kind kind, const struct passing *m)
{
	struct log_dest *d = &l->dest[kind];

	if (!d->on || m->severity > d->level)
		return false;
	switch (discriminated(l, d->discriminator, m)) {
	case PASSES:
		return true;
	case TOO_MANY:
		l->rate_limited++;
		return false;
	default:
		return false;
	}
}

static void
to_hosts(struct logging *l, const struct passing *m)
{
	/* one number for all hosts: how many lines were for them */
	size_t number = ++l->dest[LOG_TRAP].logged;

	for (size_t i = 0; i < l->nhost; i++) {
		const struct log_host_settings *s = log_host_settings(l->host[i]);
		struct log_host_count *c = log_host_count(l->host[i]);
		enum verdict v = discriminated(l, s->discriminator, m);
		struct buf b = {0};

		if (v != PASSES) {
			*(v == TOO_MANY ? &c->rate_limited : &c->filtered) += 1;
			continue;
		}
		buf_printf(&b, "<%u>%zu: ", l->facility * 8 + (unsigned)m->severity, number);
		if (l->origin_is_source)
			buf_printf(&b, "%s: ", ip4_s(log_host_source(l->host[i])));
		else if (*l->origin)
			buf_printf(&b, "%s: ", l->origin);
		buf_put(&b, m->line.d, m->line.n);
		log_host_send(l->host[i], b.d, b.n);
		buf_free(&b);
	}
}

static void
deliver(struct logging *l, const struct passing *m)
{
	bool console, monitor, limit = limited(l, m);

	console = !limit && goes_to(l, LOG_CONSOLE, m);
	l->dest[LOG_CONSOLE].logged += console;
	/* `no logging on` leaves the console; so does a limit that is the console's alone */
	if (limit && !l->limit_console_only)
		return;
	monitor = l->on && goes_to(l, LOG_MONITOR, m);
	if (l->terminals && l->terminals(l->terminals_ctx, m->severity, buf_str(&m->line),
	    console && l->dest[LOG_CONSOLE].written, monitor) && monitor)
		l->dest[LOG_MONITOR].logged++;
	if (!l->on)
		return;
	if (goes_to(l, LOG_BUFFER, m)) {
		l->dest[LOG_BUFFER].logged++;
		log_buffer_add(&l->buffer, m->line.d, m->line.n);
	}
	if (goes_to(l, LOG_TRAP, m))
		to_hosts(l, m);
}

static void
take(void *ctx, int severity, const char *message)
{
	struct logging *l = ctx;
	struct passing m = { .severity = severity };

	logging_refresh(l);
	clock_gettime(CLOCK_REALTIME, &m.now);
	m.uptime = monotonic() - l->started;
	log_parts(message, &m.parts);
	log_form_line(&m.line, &l->form, severity, ++l->total, &m.now, m.uptime, message);
	if (l->copy)
		fprintf(l->copy, "%s\n", buf_str(&m.line));
	if (l->counting)
		tally(l, &m);
	deliver(l, &m);
	buf_free(&m.line);
}

struct logging *
logging_new(struct ev_loop *loop, log_terminals *terminals, void *ctx)
{
	struct logging *l = xcalloc(1, sizeof *l);

	l->loop = loop;
	l->terminals = terminals;
	l->terminals_ctx = ctx;
	l->copy = stderr;
	l->started = monotonic();
	l->facility = 23;
	logging_config_read(l);
	log_set_sink(take, l);
	return l;
}

void
logging_free(struct logging *l)
{
	if (!l)
		return;
	log_set_sink(NULL, NULL);
	for (size_t i = 0; i < l->nhost; i++)
		log_host_free(l->host[i]);
	free(l->host);
	logging_config_free(l);
	log_buffer_limit(&l->buffer, 0);
	free(l->tally);
	free(l);
}

void
logging_store(struct logging *l, struct store *s)
{
	l->store = s;
	l->version = 0;
}

void
logging_refresh(struct logging *l)
{
	if (!l->store || store_version(l->store) == l->version)
		return;
	l->version = store_version(l->store);
	logging_config_read(l);
}

void
logging_clear(struct logging *l)
{
	log_buffer_clear(&l->buffer);
}
