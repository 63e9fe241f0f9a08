/* SPDX-License-Identifier: BSD-2-Clause */
/* show logging, show logging count, clear logging. */
#include "cli/show/logging.h"

#include <stdlib.h>
#include <string.h>

#include "cli/exec.h"
#include "cli/proto.h"
#include "daemon/router.h"
#include "lib/buf.h"

exec_fn show_logging, clear_logging;

/* --- discriminators --- */

/* Does a destination that is on use the discriminator of this name? */
static bool
used(const struct logging *l, const char *name)
{
	for (int i = 0; i < LOG_NDEST; i++)
		if (l->dest[i].on && strcmp(l->dest[i].discriminator, name) == 0)
			return true;
	for (size_t i = 0; i < l->nhost; i++)
		if (strcmp(log_host_settings(l->host[i])->discriminator, name) == 0)
			return true;
	return false;
}

static void
attribute(struct buf *b, const char **name, const char *what, const char *drops, const char *includes)
{
	if (!drops && !includes)
		return;
	buf_printf(b, "%-9s %-14s %-8s %s\n", *name, what, drops ? "drops" : "includes", drops ? drops : includes);
	*name = "";
}

static void
discriminators(struct buf *b, struct store *s, const struct logging *l, bool active)
{
	const char *word = active ? "Active" : "Inactive";
	size_t n = 0;

	for (const struct rec *r = store_first(s, store_root(s), ROW_LOGGING_DISCRIMINATOR); r; r = store_next(r)) {
		const struct cfg_logging_discriminator *v = rec_values(r);
		const char *name = v->name;

		if (used(l, name) != active)
			continue;
		if (n++ == 0)
			buf_printf(b, "%s Message Discriminator:\n", word);
		attribute(b, &name, "severity group", v->drop_levels, v->levels);
		attribute(b, &name, "facility", v->drop_facility, v->facilities);
		attribute(b, &name, "mnemonics", v->drop_mnemonics, v->names);
		attribute(b, &name, "msg-body", v->drop_text, v->text);
		if (v->rate)
			buf_printf(b, "%-9s rate-limit not to exceed %u messages per second\n", name, v->rate);
	}
	if (n == 0)
		buf_printf(b, "No %s Message Discriminator.\n", word);
}

/* --- destinations --- */

static void
destination(struct buf *b, const char *title, int indent, const struct log_dest *d, bool on)
{
	if (!on) {
		buf_printf(b, "    %-16s disabled\n", title);
		return;
	}
	buf_printf(b, "    %-16s level %s, %zu messages logged, xml disabled,\n%*sfiltering disabled\n", title, log_level_name(d->level),
	    d->logged, indent, "");
	if (*d->discriminator)
		buf_printf(b, "%*sMessage discriminator: %s\n", indent, "", d->discriminator);
}

static void
host(struct buf *b, struct log_host *h)
{
	const struct log_host_settings *s = log_host_settings(h);
	const struct log_host_count *c = log_host_count(h);

	buf_printf(b, "        Logging to %s ", s->server);
	if (*s->vrf)
		buf_printf(b, "(%s)", s->vrf);
	buf_printf(b, " (%s port %u, audit disabled,\n              link %s),\n", s->tcp ? "tcp" : "udp", s->port,
	    log_host_up(h) ? "up" : "down");
	buf_printf(b, "              %zu message lines logged, \n              %zu message lines rate-limited, \n"
	    "              %zu message lines dropped-by-MD, \n"
	    "              xml disabled, sequence number disabled\n"
	    "              filtering disabled\n", c->logged, c->rate_limited, c->filtered);
	if (*s->discriminator)
		buf_printf(b, "              Message discriminator: %s\n", s->discriminator);
}

static void
trap(struct buf *b, struct store *s, const struct logging *l)
{
	const struct log_dest *d = &l->dest[LOG_TRAP];

	if (d->on && l->on)
		buf_printf(b, "    Trap logging: level %s, %zu message lines logged\n", log_level_name(d->level), d->logged);
	else
		buf_puts(b, "    Trap logging: disabled\n");
	for (size_t i = 0; i < l->nhost; i++)
		host(b, l->host[i]);
	buf_puts(b, "        Logging Source-Interface:       VRF Name:\n");
	for (const struct rec *r = store_first(s, store_root(s), ROW_LOGGING_SOURCE); r; r = store_next(r)) {
		const struct cfg_logging_source *v = rec_values(r);

		buf_printf(b, "        %-32s%s\n", v->if_, v->vrf ? v->vrf : "");
	}
}

void
logging_text(struct buf *b, struct store *s, const struct logging *l)
{
	static const struct log_dest off = {0};
	size_t dropped = 0;

	for (size_t i = 0; i < l->nhost; i++)
		dropped += log_host_count(l->host[i])->dropped;
	buf_printf(b, "Syslog logging: %s (%zu messages dropped, %zu messages rate-limited, 0 flushes, 0 overruns, xml disabled, filtering disabled)\n\n",
	    l->on ? "enabled" : "disabled", dropped, l->rate_limited);
	discriminators(b, s, l, true);
	buf_puts(b, "\n\n\n");
	discriminators(b, s, l, false);
	buf_puts(b, "\n\n");
	destination(b, "Console logging:", 21, &l->dest[LOG_CONSOLE], l->dest[LOG_CONSOLE].on);
	destination(b, "Monitor logging:", 21, l->on ? &l->dest[LOG_MONITOR] : &off, l->on && l->dest[LOG_MONITOR].on);
	destination(b, "Buffer logging:", 20, l->on ? &l->dest[LOG_BUFFER] : &off, l->on && l->dest[LOG_BUFFER].on);
	buf_puts(b, "    Exception Logging: disabled\n");
	buf_printf(b, "    Count and timestamp logging messages: %s\n", l->counting ? "enabled" : "disabled");
	buf_puts(b, "    Persistent logging: disabled\n\nNo active filter modules.\n\n");
	trap(b, s, l);
	if (l->dest[LOG_BUFFER].on) {
		buf_printf(b, "\nLog Buffer (%zu bytes):\n", l->buffer.limit);
		log_buffer_text(&l->buffer, b);
		buf_putc(b, '\n');
	}
}

/* --- show logging count --- */

static int
by_facility(const void *a, const void *b)
{
	const struct log_tally *x = a, *y = b;
	int r = strcmp(x->facility, y->facility);

	return r ? r : strcmp(x->mnemonic, y->mnemonic);
}

void
logging_count_text(struct buf *b, struct logging *l)
{
	static const char rule[] = "-------------     -------------------------------    -----------------------------------\n";
	size_t sum = 0;

	if (!l->counting) {
		buf_puts(b, "Logging count is not enabled\n");
		return;
	}
	/* the order in which they are kept is nobody's business */
	if (l->ntally)
		qsort(l->tally, l->ntally, sizeof *l->tally, by_facility);
	buf_puts(b, "Facility          Message Name                     Sev Occur     Last Time\n"
	    "=============================================================================\n");
	for (size_t i = 0; i < l->ntally; i++) {
		const struct log_tally *t = &l->tally[i];

		buf_printf(b, "%-17s %-32s %3d %5zu ", t->facility, t->mnemonic, t->severity, t->count);
		log_form_time(b, &l->form, &l->form.log, &t->last, t->last_uptime);
		buf_putc(b, '\n');
		sum += t->count;
		if (i + 1 < l->ntally && strcmp(t[1].facility, t->facility) == 0)
			continue;
		buf_puts(b, rule);
		buf_printf(b, "%s TOTAL%*s%zu\n\n", t->facility, (int)(52 - strlen(t->facility)), "", sum);
		sum = 0;
	}
}

void
show_logging(struct session *s, const void *values)
{
	const struct cfg_show_logging *v = values;
	struct logging *l = session_router(s)->log;
	struct buf b = {0};

	logging_refresh(l);
	if (v->count)
		logging_count_text(&b, l);
	else
		logging_text(&b, session_store(s), l);
	out_text(s, buf_str(&b), b.n);
	buf_free(&b);
}

static void
clear_answer(struct session *s, const char *text, void *arg)
{
	(void)arg;
	if (*text == '\0' || *text == 'y' || *text == 'Y')
		logging_clear(session_router(s)->log);
}

void
clear_logging(struct session *s, const void *values)
{
	(void)values;
	session_ask(s, ASK_KEY, "Clear logging buffer [confirm]", clear_answer, NULL, NULL);
}
