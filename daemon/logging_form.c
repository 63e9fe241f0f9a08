/* SPDX-License-Identifier: BSD-2-Clause */
/* Numbers and times of log lines: see logging_form.h. */
#include "daemon/logging_form.h"

#include <inttypes.h>

#include "gen/grammar.h"

static struct log_stamp
stamp_of(const struct rec *r)
{
	const struct cfg_service_timestamps *v = rec_values(r);
	struct log_stamp s = { .kind = STAMP_UPTIME };

	if (r->negated)
		s.kind = STAMP_NONE;
	else if (v->has & HAS_SERVICE_TIMESTAMPS_FORMAT && v->format == SERVICE_TIMESTAMPS_FORMAT_DATETIME)
		s = (struct log_stamp){ STAMP_DATETIME, v->msec, v->localtime, v->show_timezone, v->year };
	return s;
}

void
log_form_read(struct log_form *f, struct store *s)
{
	const struct log_stamp usual = { .kind = STAMP_DATETIME, .msec = true }, none = { .kind = STAMP_NONE };
	const struct rec *root;

	*f = (struct log_form){ .log = usual, .debug = usual, .zone = clock_zone(s) };
	if (!s)
		return;
	root = store_root(s);
	f->sequence_numbers = store_flag(s, root, ROW_SERVICE_SEQUENCE_NUMBERS);
	if (!store_flag(s, root, ROW_SERVICE_TIMESTAMPS_ALL))
		f->log = f->debug = none;
	for (const struct rec *r = store_first(s, root, ROW_SERVICE_TIMESTAMPS); r; r = store_next(r)) {
		const struct cfg_service_timestamps *v = rec_values(r);

		if (v->what == SERVICE_TIMESTAMPS_WHAT_DEBUG)
			f->debug = stamp_of(r);
		else
			f->log = stamp_of(r);
	}
}

void
log_form_uptime(struct buf *out, uint64_t seconds)
{
	uint64_t hours = seconds / 3600, days = hours / 24;

	if (days >= 7)
		buf_printf(out, "%" PRIu64 "w%" PRIu64 "d", days / 7, days % 7);
	else if (days)
		buf_printf(out, "%" PRIu64 "d%02" PRIu64 "h", days, hours % 24);
	else
		buf_printf(out, "%02" PRIu64 ":%02" PRIu64 ":%02" PRIu64, hours, seconds / 60 % 60, seconds % 60);
}

void
log_form_time(struct buf *out, const struct log_form *f, const struct log_stamp *s, const struct timespec *now, uint64_t uptime)
{
	static const struct clock_zone utc = { "UTC", 0 };
	static const char month[][4] = { "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec" };
	const struct clock_zone *z = s->localtime ? &f->zone : &utc;
	struct tm tm;

	if (s->kind == STAMP_UPTIME)
		log_form_uptime(out, uptime);
	if (s->kind != STAMP_DATETIME)
		return;
	clock_tm(z, now->tv_sec, &tm);
	/* the asterisk: nobody vouches for the clock, as on a router without NTP */
	buf_printf(out, "*%s %2d ", month[tm.tm_mon], tm.tm_mday);
	if (s->year)
		buf_printf(out, "%d ", tm.tm_year + 1900);
	buf_printf(out, "%02d:%02d:%02d", tm.tm_hour, tm.tm_min, tm.tm_sec);
	if (s->msec)
		buf_printf(out, ".%03ld", now->tv_nsec / 1000000);
	if (s->show_timezone)
		buf_printf(out, " %s", z->name);
}

void
log_form_line(struct buf *out, const struct log_form *f, int severity, uint64_t number, const struct timespec *now,
    uint64_t uptime, const char *message)
{
	const struct log_stamp *s = severity == 7 ? &f->debug : &f->log;

	if (f->sequence_numbers)
		buf_printf(out, "%06" PRIu64 ": ", number);
	log_form_time(out, f, s, now, uptime);
	if (s->kind != STAMP_NONE)
		buf_puts(out, ": ");
	for (const char *p = message; *p; p++)
		buf_putc(out, (unsigned char)*p < ' ' || *p == 0x7f ? '?' : *p);
}
