/* SPDX-License-Identifier: BSD-2-Clause */
/* Replacing, going back, and keeping copies of the configuration: see archive.h. */
#define _GNU_SOURCE
#include "daemon/archive.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "daemon/files.h"
#include "gen/grammar.h"
#include "lib/log.h"
#include "lib/xalloc.h"
#include "parser/render.h"
#include "parser/replace.h"

int
router_replace(struct router *r, const char *text, size_t len, config_report *report, void *ctx, size_t *changes)
{
	struct store *s = store_new();
	struct config c;
	int bad;

	*changes = 0;
	config_load_defaults(s, &r->matcher);
	config_init(&c, s, &r->matcher);
	bad = config_text(&c, text, len, report, ctx);
	config_free(&c);
	if (!bad) {
		*changes = store_replace(r->store, s);
		router_add_ports(r);	/* a port is there, whether a file names it or not */
		store_commit(r->store);
		engine_commit(r->engine);
		router_configured(r);
		if (*changes)
			r->config_changed = time(NULL);
	}
	store_free(s);
	return bad;
}

/* --- going back --- */

static void
rollback_end(struct router *r)
{
	ev_timer_stop(r->loop, &r->rollback);
	if (r->rollback_text)
		explicit_bzero(r->rollback_text, strlen(r->rollback_text));
	free(r->rollback_text);
	r->rollback_text = NULL;
}

bool
rollback_now(struct router *r)
{
	size_t n;

	if (!r->rollback_text)
		return false;
	if (router_replace(r, r->rollback_text, strlen(r->rollback_text), NULL, NULL, &n) == 0)
		log_msg("ARCHIVE", 5, "ROLLBACK", "the configuration of before the unconfirmed change is back (%zu lines)", n);
	rollback_end(r);
	return true;
}

static void
on_rollback(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)loop;
	(void)events;
	rollback_now(w->data);
}

bool
rollback_timer(struct router *r, unsigned minutes)
{
	if (!r->rollback_text)
		return false;
	ev_timer_stop(r->loop, &r->rollback);
	ev_timer_init(&r->rollback, on_rollback, minutes * 60., 0.);
	r->rollback.data = r;
	ev_timer_start(r->loop, &r->rollback);
	return true;
}

bool
rollback_start(struct router *r, unsigned minutes)
{
	struct buf b = {0};

	if (r->rollback_text)
		return false;
	render_config(&b, r->store);
	r->rollback_text = buf_steal(&b);
	return rollback_timer(r, minutes);
}

bool
rollback_confirm(struct router *r)
{
	if (!r->rollback_text)
		return false;
	rollback_end(r);
	return true;
}

/* --- the archive --- */

static const struct rec *
archive(struct router *r)
{
	return store_first(r->store, store_root(r->store), ROW_ARCHIVE);
}

/* $h is the host's name; $t is left out, for the number tells the copies apart. */
char *
archive_prefix(struct router *r)
{
	const struct cfg_archive_path *p = archive(r) ? store_leaf(r->store, archive(r), ROW_ARCHIVE_PATH) : NULL;
	struct buf b = {0};
	char *path, *try;

	if (!p)
		return NULL;
	for (const char *s = p->url; *s; s++) {
		if (s[0] == '$' && s[1] == 'h') {
			buf_puts(&b, router_hostname(r));
			s++;
		} else if (s[0] == '$' && s[1] == 't')
			s++;
		else
			buf_putc(&b, *s);
	}
	if (strchr(buf_str(&b), ':') == NULL) {
		path = xasprintf("flash:%s", buf_str(&b));
		buf_free(&b);
		buf_puts(&b, path);
		free(path);
	}
	if (b.n && b.d[b.n - 1] != ':' && b.d[b.n - 1] != '/' && b.d[b.n - 1] != '-')
		buf_putc(&b, '-');
	try = xasprintf("%s1", buf_str(&b));
	path = file_path(r, try);
	free(try);
	if (!path) {	/* tftp:, ftp: ... */
		buf_free(&b);
		return NULL;
	}
	free(path);
	return buf_steal(&b);
}

unsigned
archive_maximum(struct router *r)
{
	const struct cfg_archive_maximum *m = archive(r) ? store_leaf(r->store, archive(r), ROW_ARCHIVE_MAXIMUM) : NULL;

	return m ? m->count : 10;
}

struct copies {
	const char *prefix;	/* without flash: */
	unsigned number[256];
	size_t n;
};

static void
is_copy(void *ctx, const char *name, off_t size, time_t changed)
{
	struct copies *c = ctx;
	size_t n = strlen(c->prefix);
	char *end;
	unsigned long k;

	(void)size;
	(void)changed;
	if (strncmp(name, c->prefix, n) != 0 || !name[n])
		return;
	k = strtoul(name + n, &end, 10);
	if (!*end && k > 0 && k < 1000000 && c->n < 256)
		c->number[c->n++] = (unsigned)k;
}

static int
by_number(const void *a, const void *b)
{
	unsigned x = *(const unsigned *)a, y = *(const unsigned *)b;

	return x < y ? -1 : x > y;
}

static void
find_copies(struct router *r, const char *prefix, struct copies *c)
{
	const char *colon = strchr(prefix, ':');

	*c = (struct copies){ .prefix = colon ? colon + 1 + (colon[1] == '/') : prefix };
	files_each(r, is_copy, c);
	qsort(c->number, c->n, sizeof c->number[0], by_number);
}

size_t
archive_list(struct router *r, char *name[ARCHIVE_MAX], unsigned *next)
{
	char *prefix = archive_prefix(r);
	struct copies c;
	size_t first, n = 0;

	*next = 1;
	if (!prefix)
		return 0;
	find_copies(r, prefix, &c);
	first = c.n > ARCHIVE_MAX ? c.n - ARCHIVE_MAX : 0;
	for (size_t i = first; i < c.n; i++)
		name[n++] = xasprintf("%s%u", prefix, c.number[i]);
	if (c.n)
		*next = c.number[c.n - 1] + 1;
	free(prefix);
	return n;
}

int
archive_save(struct router *r)
{
	char *prefix = archive_prefix(r), *url, *path;
	struct buf b = {0};
	struct copies c;
	int err;

	if (!prefix)
		return -ENOENT;
	find_copies(r, prefix, &c);
	url = xasprintf("%s%u", prefix, c.n ? c.number[c.n - 1] + 1 : 1);
	path = file_path(r, url);
	buf_puts(&b, "!\n");
	render_config(&b, r->store);
	err = path ? file_write(path, buf_str(&b), b.n, false) : -ENAMETOOLONG;
	buf_wipe(&b);
	free(path);
	free(url);
	for (size_t i = 0; !err && i < c.n && c.n - i + 1 > archive_maximum(r); i++) {
		url = xasprintf("%s%u", prefix, c.number[i]);
		path = file_path(r, url);
		if (path)
			unlink(path);
		free(path);
		free(url);
	}
	free(prefix);
	return err;
}

void
archive_saved_startup(struct router *r)
{
	if (archive(r) && store_flag(r->store, archive(r), ROW_ARCHIVE_WRITE_MEMORY) && archive_save(r) != 0)
		log_msg("ARCHIVE", 4, "NOTSAVED", "the configuration was not archived");
}

static void
on_period(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)loop;
	(void)events;
	if (archive_save(w->data) != 0)
		log_msg("ARCHIVE", 4, "NOTSAVED", "the configuration was not archived");
}

void
archive_configured(struct router *r)
{
	const struct rec *a = archive(r);
	const struct cfg_archive_time_period *p = a ? store_leaf(r->store, a, ROW_ARCHIVE_TIME_PERIOD) : NULL;
	unsigned minutes = p ? p->minutes : 0;

	if (minutes == r->archive_minutes)
		return;
	if (r->archive_minutes)
		ev_timer_stop(r->loop, &r->archive);
	r->archive_minutes = minutes;
	if (!minutes)
		return;
	ev_timer_init(&r->archive, on_period, minutes * 60., minutes * 60.);
	r->archive.data = r;
	ev_timer_start(r->loop, &r->archive);
}
