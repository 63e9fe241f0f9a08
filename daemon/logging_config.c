/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the configuration says of logging, into struct logging. Syslog hosts
 * that stay keep their connection, their queue and their counts.
 */
#include "daemon/logging_config.h"
#include "daemon/router.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen/grammar.h"
#include "lib/buf.h"
#include "lib/log.h"
#include "lib/xalloc.h"

#define BUFFER_BYTES	4096	/* `logging buffered` without a size, and without a line */
#define HOST_PORT	514
#define QUEUE_LIMIT	100

/* RFC 3164's numbers by IOS's names, in the order of the row. */
static const uint8_t facilities[] = {
	[LOGGING_FACILITY_FACILITY_KERN] = 0, [LOGGING_FACILITY_FACILITY_USER] = 1, [LOGGING_FACILITY_FACILITY_MAIL] = 2,
	[LOGGING_FACILITY_FACILITY_DAEMON] = 3, [LOGGING_FACILITY_FACILITY_AUTH] = 4, [LOGGING_FACILITY_FACILITY_SYSLOG] = 5,
	[LOGGING_FACILITY_FACILITY_LPR] = 6, [LOGGING_FACILITY_FACILITY_NEWS] = 7, [LOGGING_FACILITY_FACILITY_UUCP] = 8,
	[LOGGING_FACILITY_FACILITY_SYS9] = 9, [LOGGING_FACILITY_FACILITY_SYS10] = 10, [LOGGING_FACILITY_FACILITY_SYS11] = 11,
	[LOGGING_FACILITY_FACILITY_SYS12] = 12, [LOGGING_FACILITY_FACILITY_SYS13] = 13, [LOGGING_FACILITY_FACILITY_SYS14] = 14,
	[LOGGING_FACILITY_FACILITY_CRON] = 15, [LOGGING_FACILITY_FACILITY_LOCAL0] = 16, [LOGGING_FACILITY_FACILITY_LOCAL1] = 17,
	[LOGGING_FACILITY_FACILITY_LOCAL2] = 18, [LOGGING_FACILITY_FACILITY_LOCAL3] = 19, [LOGGING_FACILITY_FACILITY_LOCAL4] = 20,
	[LOGGING_FACILITY_FACILITY_LOCAL5] = 21, [LOGGING_FACILITY_FACILITY_LOCAL6] = 22, [LOGGING_FACILITY_FACILITY_LOCAL7] = 23,
};

static void
copy_name(char *to, size_t size, const char *from)
{
	snprintf(to, size, "%s", from ? from : "");
}

/* A destination without a line is on, at its usual level. */
static void
destination(struct log_dest *d, const struct rec *r, int usual, bool has_level, uint32_t level, const char *discriminator)
{
	d->written = r && !r->negated;
	d->on = !r || !r->negated;
	d->level = has_level ? (int)level : usual;
	copy_name(d->discriminator, sizeof d->discriminator, discriminator);
}

static void
destinations(struct logging *l, const struct rec *root)
{
	const struct rec *r = l->store ? store_first(l->store, root, ROW_LOGGING_CONSOLE) : NULL;
	const struct cfg_logging_console none_c = {0}, *c = r && !r->negated ? rec_values(r) : &none_c;
	const struct cfg_logging_monitor none_m = {0}, *m;
	const struct cfg_logging_buffered none_b = {0}, *b;
	const struct cfg_logging_trap none_t = {0}, *t;
	struct log_dest *d = l->dest;

	destination(&d[LOG_CONSOLE], r, 7, c->has & HAS_LOGGING_CONSOLE_LEVEL, c->level, c->discriminator);
	r = l->store ? store_first(l->store, root, ROW_LOGGING_MONITOR) : NULL;
	m = r && !r->negated ? rec_values(r) : &none_m;
	destination(&d[LOG_MONITOR], r, 7, m->has & HAS_LOGGING_MONITOR_LEVEL, m->level, m->discriminator);
	r = l->store ? store_first(l->store, root, ROW_LOGGING_BUFFERED) : NULL;
	b = r && !r->negated ? rec_values(r) : &none_b;
	destination(&d[LOG_BUFFER], r, 7, b->has & HAS_LOGGING_BUFFERED_LEVEL, b->level, b->discriminator);
	log_buffer_limit(&l->buffer, !d[LOG_BUFFER].on ? 0 : b->has & HAS_LOGGING_BUFFERED_SIZE ? b->size : BUFFER_BYTES);
	r = l->store ? store_first(l->store, root, ROW_LOGGING_TRAP) : NULL;
	t = r && !r->negated ? rec_values(r) : &none_t;
	destination(&d[LOG_TRAP], r, 6, t->has & HAS_LOGGING_TRAP_LEVEL, t->level, NULL);
}

/* --- syslog hosts --- */

/* The address of `logging source-interface` in this VRF, 0 without one. */
static uint32_t
source_address(struct logging *l, const struct rec *root, const char *vrf)
{
	for (const struct rec *r = store_first(l->store, root, ROW_LOGGING_SOURCE); r; r = store_next(r)) {
		const struct cfg_logging_source *v = rec_values(r);

		if (strcmp(v->vrf ? v->vrf : "", vrf ? vrf : "") == 0)
			return configured_address(l->store, v->if_);
	}
	return 0;
}

static struct log_host_settings
host_settings(struct logging *l, const struct rec *root, const struct cfg_logging_host *v)
{
	const struct cfg_logging_queue_limit *q = store_leaf(l->store, root, ROW_LOGGING_QUEUE_LIMIT);
	struct log_host_settings s = { .port = HOST_PORT };

	copy_name(s.server, sizeof s.server, v->server);
	copy_name(s.vrf, sizeof s.vrf, v->vrf);
	copy_name(s.discriminator, sizeof s.discriminator, v->discriminator);
	s.tcp = v->has & HAS_LOGGING_HOST_TRANSPORT && v->transport == LOGGING_HOST_TRANSPORT_TCP;
	if (s.tcp && v->has & HAS_LOGGING_HOST_TPORT)
		s.port = (uint16_t)v->tport;
	if (!s.tcp && v->has & HAS_LOGGING_HOST_UPORT)
		s.port = (uint16_t)v->uport;
	s.source = source_address(l, root, v->vrf);
	s.newline = store_flag(l->store, root, ROW_LOGGING_DELIMITER);
	s.queue_limit = q ? q->messages : QUEUE_LIMIT;
	return s;
}

static void
host_state(void *ctx, const struct log_host *h, bool up)
{
	const struct log_host_settings *s = log_host_settings(h);

	(void)ctx;
	if (up)
		log_msg("SYS", 6, "LOGGINGHOST_STARTSTOP", "Logging to host %s port %u started - reconnection", s->server, s->port);
	else
		log_msg("SYS", 3, "LOGGINGHOST_FAIL", "Logging to host %s port %u failed", s->server, s->port);
}

static void
say_host(struct buf *said, const struct log_host_settings *s, const char *what)
{
	buf_printf(said, "Logging to host %s port %u%s%s%s %s - CLI initiated\n", s->server, s->port, *s->vrf ? " (" : "", s->vrf,
	    *s->vrf ? ")" : "", what);
}

/* The host of this server and VRF among the old ones, taken out of them. */
static struct log_host *
taken(struct log_host **old, size_t n, const struct log_host_settings *s)
{
	for (size_t i = 0; i < n; i++) {
		const struct log_host_settings *o = old[i] ? log_host_settings(old[i]) : NULL;
		struct log_host *h = old[i];

		if (o && strcmp(o->server, s->server) == 0 && strcmp(o->vrf, s->vrf) == 0) {
			old[i] = NULL;
			return h;
		}
	}
	return NULL;
}

/* said: a line for each that comes or goes. */
static void
hosts(struct logging *l, const struct rec *root, struct buf *said)
{
	struct log_host **old = l->host;
	size_t nold = l->nhost, n = 0;

	for (const struct rec *r = store_first(l->store, root, ROW_LOGGING_HOST); r; r = store_next(r))
		n++;
	l->host = n ? xcalloc(n, sizeof(struct log_host *)) : NULL;
	l->nhost = 0;
	for (const struct rec *r = store_first(l->store, root, ROW_LOGGING_HOST); r; r = store_next(r)) {
		struct log_host_settings s = host_settings(l, root, rec_values(r));
		struct log_host *h = taken(old, nold, &s);

		if (h)
			log_host_change(h, &s);
		else {
			h = log_host_new(l->loop, &s, host_state, l);
			say_host(said, &s, "started");
		}
		l->host[l->nhost++] = h;
	}
	for (size_t i = 0; i < nold; i++)
		if (old[i]) {
			say_host(said, log_host_settings(old[i]), "stopped");
			log_host_free(old[i]);
		}
	free(old);
}

/* --- what all have in common --- */

static void
origin(struct logging *l, const struct rec *root)
{
	const struct cfg_logging_origin_id *v = store_leaf(l->store, root, ROW_LOGGING_ORIGIN_ID);
	const struct cfg_hostname *h = store_leaf(l->store, root, ROW_HOSTNAME);

	l->origin[0] = '\0';
	l->origin_is_source = v && v->kind == LOGGING_ORIGIN_ID_KIND_IP;
	if (v && v->kind == LOGGING_ORIGIN_ID_KIND_HOSTNAME)
		copy_name(l->origin, sizeof l->origin, h ? h->name : "Router");
	else if (v && v->kind == LOGGING_ORIGIN_ID_KIND_STRING)
		copy_name(l->origin, sizeof l->origin, v->text);
}

static void
discriminators(struct logging *l, const struct rec *root)
{
	size_t n = 0;

	logging_config_free(l);
	for (const struct rec *r = store_first(l->store, root, ROW_LOGGING_DISCRIMINATOR); r; r = store_next(r))
		n++;
	l->discriminator = n ? xcalloc(n, sizeof(struct log_discriminator *)) : NULL;
	for (const struct rec *r = store_first(l->store, root, ROW_LOGGING_DISCRIMINATOR); r; r = store_next(r))
		l->discriminator[l->ndiscriminator++] = log_discriminator_new(rec_values(r));
}

void
logging_config_free(struct logging *l)
{
	for (size_t i = 0; i < l->ndiscriminator; i++)
		log_discriminator_free(l->discriminator[i]);
	free(l->discriminator);
	l->discriminator = NULL;
	l->ndiscriminator = 0;
}

static void
rate(struct logging *l, const struct rec *root)
{
	const struct cfg_logging_rate_limit *v = store_leaf(l->store, root, ROW_LOGGING_RATE_LIMIT);

	l->rate.limit = v ? v->rate : 0;
	l->limit_console_only = v && v->console;
	l->limit_debug = v && v->all;
	l->limit_excepts = v && v->has & HAS_LOGGING_RATE_LIMIT_EXCEPT;
	l->limit_except = l->limit_excepts ? (int)v->except : 0;
}

/* A line for each destination on the router that is another than before. */
static void
say_changes(const struct logging *l, const struct log_dest *before, size_t bytes, struct buf *said)
{
	static const char *const name[] = { [LOG_CONSOLE] = "Console", [LOG_MONITOR] = "Monitor", [LOG_BUFFER] = "Buffer" };

	for (int i = LOG_CONSOLE; i <= LOG_BUFFER; i++) {
		const struct log_dest *d = &l->dest[i];
		bool size = i == LOG_BUFFER && d->on && l->buffer.limit != bytes;

		if (d->on == before[i].on && d->level == before[i].level && !size)
			continue;
		if (!d->on) {
			buf_printf(said, "%s logging disabled\n", name[i]);
			continue;
		}
		buf_printf(said, "%s logging: level %s, xml disabled, filtering disabled", name[i], log_level_name(d->level));
		if (i == LOG_BUFFER)
			buf_printf(said, ", size (%zu)", l->buffer.limit);
		buf_putc(said, '\n');
	}
}

static void
say(const char *mnemonic, int severity, struct buf *said)
{
	for (const char *p = buf_str(said), *end; (end = strchr(p, '\n')); p = end + 1)
		log_msg("SYS", severity, mnemonic, "%.*s", (int)(end - p), p);
	buf_free(said);
}

const char *
log_level_name(int level)
{
	static const char *const name[] = { "emergencies", "alerts", "critical", "errors", "warnings", "notifications", "informational",
		"debugging" };

	return name[level & 7];
}

void
logging_config_read(struct logging *l)
{
	const struct rec *root = l->store ? store_root(l->store) : NULL;
	const struct cfg_logging_facility *f;
	struct log_dest before[LOG_NDEST];
	struct buf changed = {0}, came = {0};
	size_t bytes = l->buffer.limit;
	bool first = !l->read;

	memcpy(before, l->dest, sizeof before);
	l->read = true;
	l->on = true;
	log_form_read(&l->form, l->store);
	destinations(l, root);
	if (l->store) {
		l->on = store_flag(l->store, root, ROW_LOGGING_ON);
		l->counting = store_flag(l->store, root, ROW_LOGGING_COUNT);
		l->userinfo = store_flag(l->store, root, ROW_LOGGING_USERINFO);
		f = store_leaf(l->store, root, ROW_LOGGING_FACILITY);
		l->facility = facilities[f->facility];
		origin(l, root);
		discriminators(l, root);
		rate(l, root);
		hosts(l, root, &came);
	}
	if (!first)
		say_changes(l, before, bytes, &changed);
	/* everything is set: these messages go the new way */
	say("LOG_CONFIG_CHANGE", 5, &changed);
	say("LOGGINGHOST_STARTSTOP", 6, &came);
}
