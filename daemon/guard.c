/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Against guessing: login block-for, login delay, login quiet-mode, and the
 * messages of login on-failure and on-success. Failures are counted in a watch
 * window that begins with the first; when it holds as many as `attempts` says,
 * the router is quiet for a while: it takes logins from the addresses of the
 * quiet mode's access list only. The last failures are kept for show login
 * failures; names that came over the network are printable when they are kept.
 */
#define _GNU_SOURCE
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "daemon/aaa_int.h"
#include "daemon/router.h"
#include "gen/grammar.h"
#include "lib/buf.h"
#include "lib/log.h"
#include "lib/xalloc.h"

#define FAILURES 100	/* kept for show login failures */
#define NAME 48

struct failure {
	char user[NAME], from[NAME];
	uint16_t port;
	unsigned count;
	time_t last;
};

struct guard {
	struct router *r;
	ev_timer quiet;		/* active: quiet mode */
	time_t window_start;	/* 0: nothing watched */
	unsigned in_window;
	unsigned failed, passed;	/* for `every` */
	struct failure failure[FAILURES];
	unsigned nfailure;
	char user[NAME], from[NAME];	/* of the failure that made us quiet */
};

static const struct cfg_login_block_for *
block_for(const struct guard *g)
{
	return store_leaf(g->r->store, store_root(g->r->store), ROW_LOGIN_BLOCK_FOR);
}

static const char *
quiet_acl(const struct guard *g)
{
	const struct cfg_login_quiet_mode *v = store_leaf(g->r->store, store_root(g->r->store), ROW_LOGIN_QUIET_MODE);

	return v ? v->acl : NULL;
}

/* What anybody may have typed, fit for a log line. */
static void
printable(char to[NAME], const char *s)
{
	size_t n = 0;

	for (; s && *s && n < NAME - 1; s++)
		to[n++] = *s > ' ' && *s < 0x7f && *s != ']' ? *s : '.';
	to[n] = '\0';
}

static const char *
clock_text(time_t t, char buf[40])
{
	struct tm tm;

	gmtime_r(&t, &tm);
	strftime(buf, 40, "%H:%M:%S UTC %a %b %e %Y", &tm);
	return buf;
}

static void
on_quiet_over(struct ev_loop *loop, ev_timer *w, int events)
{
	struct guard *g = w->data;
	char when[40];

	(void)events;
	ev_timer_stop(loop, w);
	g->window_start = 0;
	g->in_window = 0;
	log_msg("SEC_LOGIN", 5, "QUIET_MODE_OFF", "Quiet Mode is OFF, because block period timed out at %s",
	    clock_text(time(NULL), when));
}

struct guard *
guard_new(struct router *r)
{
	struct guard *g = xcalloc(1, sizeof *g);

	g->r = r;
	ev_init(&g->quiet, on_quiet_over);
	g->quiet.data = g;
	return g;
}

void
guard_free(struct guard *g)
{
	if (!g)
		return;
	ev_timer_stop(g->r->loop, &g->quiet);
	free(g);
}

bool
guard_blocked(struct guard *g, struct in_addr addr)
{
	const char *acl = quiet_acl(g);

	return ev_is_active(&g->quiet) && !(acl && aaa_acl_permits(g->r, acl, addr));
}

double
guard_delay(struct guard *g)
{
	const struct cfg_login_delay *d = store_leaf(g->r->store, store_root(g->r->store), ROW_LOGIN_DELAY);

	return d ? d->secs : block_for(g) ? 1 : 0;
}

/* Is this one to be logged? `every N` counts. */
static bool
wanted(struct guard *g, int row, int log, unsigned *count)
{
	struct store *s = g->r->store;

	++*count;
	for (struct rec *r = store_first(s, store_root(s), row); r; r = store_next(r)) {
		const struct cfg_login_on_failure *v = rec_values(r);	/* both rows have the same shape */

		if ((int)v->what != log)
			continue;
		return !(v->has & HAS_LOGIN_ON_FAILURE_COUNT) || *count % v->count == 0;
	}
	return false;
}
_Static_assert(sizeof(struct cfg_login_on_failure) == sizeof(struct cfg_login_on_success) &&
    (int)LOGIN_ON_FAILURE_WHAT_LOG == (int)LOGIN_ON_SUCCESS_WHAT_LOG &&
    HAS_LOGIN_ON_FAILURE_COUNT == HAS_LOGIN_ON_SUCCESS_COUNT, "one function reads both");

static void
keep(struct guard *g, const char *user, const char *from, uint16_t port)
{
	struct failure *f;
	unsigned i;

	for (i = 0; i < g->nfailure; i++)
		if (strcmp(g->failure[i].user, user) == 0 && strcmp(g->failure[i].from, from) == 0)
			break;
	if (i == g->nfailure) {
		if (g->nfailure == FAILURES) {
			/* the one that is longest ago goes */
			i = 0;
			for (unsigned k = 1; k < FAILURES; k++)
				if (g->failure[k].last < g->failure[i].last)
					i = k;
		} else
			g->nfailure++;
		g->failure[i] = (struct failure){0};
		snprintf(g->failure[i].user, NAME, "%s", user);
		snprintf(g->failure[i].from, NAME, "%s", from);
	}
	f = &g->failure[i];
	f->count++;
	f->port = port;
	f->last = time(NULL);
}

void
guard_failed(struct guard *g, const char *user, const char *from, uint16_t port)
{
	const struct cfg_login_block_for *b = block_for(g);
	time_t now = time(NULL);
	char name[NAME], where[NAME], when[40];

	printable(name, user);
	printable(where, from);
	keep(g, name, where, port);
	if (wanted(g, ROW_LOGIN_ON_FAILURE, LOGIN_ON_FAILURE_WHAT_LOG, &g->failed))
		log_msg("SEC_LOGIN", 4, "LOGIN_FAILED", "Login failed [user: %s] [Source: %s] [localport: %u] "
		    "[Reason: Login Authentication Failed] at %s", name, where, port, clock_text(now, when));
	if (!b || ev_is_active(&g->quiet))
		return;
	if (!g->window_start || now - g->window_start > (time_t)b->window) {
		g->window_start = now;
		g->in_window = 0;
	}
	if (++g->in_window < b->tries)
		return;
	snprintf(g->user, NAME, "%s", name);
	snprintf(g->from, NAME, "%s", where);
	log_msg("SEC_LOGIN", 1, "QUIET_MODE_ON", "Still timeleft for watching failures is %ld secs, [user: %s] [Source: %s] "
	    "[localport: %u] [Reason: Login Authentication Failed] [ACL: %s] at %s",
	    (long)(g->window_start + (time_t)b->window - now), name, where, port, quiet_acl(g) ? quiet_acl(g) : "sl_def_acl",
	    clock_text(now, when));
	ev_timer_set(&g->quiet, b->secs, 0.);
	ev_timer_start(g->r->loop, &g->quiet);
}

void
guard_passed(struct guard *g, const char *user, const char *from, uint16_t port)
{
	char name[NAME], where[NAME], when[40];

	printable(name, user);
	printable(where, from);
	if (wanted(g, ROW_LOGIN_ON_SUCCESS, LOGIN_ON_SUCCESS_WHAT_LOG, &g->passed))
		log_msg("SEC_LOGIN", 5, "LOGIN_SUCCESS", "Login Success [user: %s] [Source: %s] [localport: %u] at %s", name, where,
		    port, clock_text(time(NULL), when));
}

void
guard_configured(struct guard *g)
{
	char when[40];

	if (block_for(g) || !ev_is_active(&g->quiet))
		return;
	ev_timer_stop(g->r->loop, &g->quiet);
	g->window_start = 0;
	log_msg("SEC_LOGIN", 5, "QUIET_MODE_OFF", "Quiet Mode is OFF, because login block-for was removed at %s",
	    clock_text(time(NULL), when));
}

void
guard_show(struct guard *g, struct buf *out)
{
	const struct cfg_login_block_for *b = block_for(g);
	const char *acl = quiet_acl(g);
	time_t now = time(NULL);

	if (guard_delay(g) > 0)
		buf_printf(out, "     A login delay of %.0f seconds is applied.\n", guard_delay(g));
	else
		buf_puts(out, "     No login delay has been applied.\n");
	if (acl)
		buf_printf(out, "     Access list %s configured for Quiet-Mode.\n", acl);
	else
		buf_puts(out, "     No Quiet-Mode access list has been configured.\n");
	if (!b) {
		buf_puts(out, "\n     Router NOT enabled to watch for login Attacks\n");
		return;
	}
	buf_printf(out, "\n     Router enabled to watch for login Attacks.\n"
	    "     If more than %u login failures occur in %u seconds or less,\n"
	    "     logins will be disabled for %u seconds.\n\n", b->tries, b->window, b->secs);
	if (ev_is_active(&g->quiet)) {
		buf_printf(out, "     Router presently in Quiet-Mode.\n     Will remain in Quiet-Mode for %.0f seconds.\n",
		    ev_timer_remaining(g->r->loop, &g->quiet));
		if (acl)
			buf_printf(out, "     Restricted logins filtered by applied ACL %s.\n", acl);
		else
			buf_puts(out, "     Denying logins from all sources.\n");
		return;
	}
	buf_puts(out, "     Router presently in Normal-Mode.\n");
	if (g->window_start && now - g->window_start <= (time_t)b->window)
		buf_printf(out, "     Current Watch Window remaining time %ld seconds.\n     Present login failure count %u.\n",
		    (long)(g->window_start + (time_t)b->window - now), g->in_window);
	else
		buf_puts(out, "     Current Watch Window\n         Time remaining: none.\n         Login failures for current window: 0.\n");
}

void
guard_show_failures(struct guard *g, struct buf *out)
{
	char when[40];

	if (g->nfailure == 0) {
		buf_puts(out, "*** No logged failed login attempts with the device.***\n");
		return;
	}
	buf_printf(out, "Total failed logins: %u\nDetailed information about last %u failures\n\n", g->failed, g->nfailure);
	buf_puts(out, "Username        SourceIPAddr    lPort   Count   TimeStamp\n");
	for (unsigned i = 0; i < g->nfailure; i++) {
		const struct failure *f = &g->failure[i];

		buf_printf(out, "%-15s %-15s %-7u %-7u %s\n", f->user, f->from, f->port, f->count, clock_text(f->last, when));
	}
}
