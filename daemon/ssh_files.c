/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Files over SSH: what confterm-sshd's side of scp asks for (sshd/copy.c). It
 * reads and writes nothing itself; names are those of `copy`: startup-config,
 * running-config, flash:NAME. A file is held in memory while it is on its way.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "daemon/files.h"
#include "daemon/ssh_int.h"
#include "lib/log.h"
#include "lib/xalloc.h"
#include "parser/config.h"
#include "parser/render.h"

#define IDLE	60.	/* seconds without a message until a copy is given up */

static bool
is_one_of(const char *name, const char *a, const char *b, const char *c)
{
	return strcasecmp(name, a) == 0 || strcasecmp(name, b) == 0 || strcasecmp(name, c) == 0;
}

static bool
is_running(const char *name)
{
	return is_one_of(name, "running-config", "system:running-config", "system:/running-config");
}

static bool
is_startup(const char *name)
{
	return is_one_of(name, "startup-config", "nvram:startup-config", "nvram:/startup-config");
}

static char *
path_of(const struct router *r, const char *name)
{
	return file_path(r, is_startup(name) ? "nvram:startup-config" : name);
}

/* scp takes no other name than the last part of what it asked for, and `:` parts nothing for it. */
static const char *
leaf_of(const char *name)
{
	const char *slash = strrchr(name, '/');

	return slash ? slash + 1 : name;
}

void
ssh_files_free(struct ssh_conn *c)
{
	buf_wipe(&c->file);
	free(c->file_path);
	c->file_path = NULL;
	c->file_off = 0;
}

static bool
say(struct ssh_conn *c, enum sshd_result result, const char *text)
{
	return sshd_send(c->sock, true, -1, SSHD_ANSWER, (unsigned)result, text) == 0;
}

static bool
fail(struct ssh_conn *c, const char *name, int err)
{
	char text[1200];

	snprintf(text, sizeof text, "%%Error opening %s (%s)", name, err == -ENOENT ? "No such file or directory" : strerror(-err));
	return say(c, SSHD_FAIL, text);
}

/* --- from the router --- */

static bool
on_read(struct ssh_conn *c, const char *name)
{
	struct router *r = c->h->r;
	int err = 0;

	ssh_files_free(c);
	if (is_running(name))
		render_config(&c->file, r->store);
	else {
		char *path = path_of(r, name);

		err = path ? file_read(path, &c->file) : -ENOENT;
		free(path);
	}
	if (err) {
		ssh_files_free(c);
		return fail(c, name, err);
	}
	return sshd_send(c->sock, true, -1, SSHD_FILE, leaf_of(name), (unsigned)c->file.n) == 0;
}

/* The next piece: one for each question, so that nothing piles up in the socket. */
static bool
on_next(struct ssh_conn *c)
{
	size_t n = c->file.n - c->file_off;
	const char *p = buf_str(&c->file) + c->file_off;

	if (n > SSHD_DATA_MAX)
		n = SSHD_DATA_MAX;
	c->file_off += n;
	return sshd_send(c->sock, true, -1, SSHD_DATA, p, n) == 0;
}

/* --- to the router --- */

static bool
on_write(struct ssh_conn *c, const char *name, uint32_t size)
{
	char *path;

	ssh_files_free(c);
	if (size > SSH_COPY_MAX)
		return fail(c, name, -EFBIG);
	path = is_running(name) ? NULL : path_of(c->h->r, name);
	if (!path && !is_running(name))
		return fail(c, name, -ENOENT);
	free(path);
	c->file_path = xstrdup(name);
	c->file_size = size;
	return say(c, SSHD_PASS, "");
}

static bool
on_piece(struct ssh_conn *c, const struct sshd_field *f)
{
	if (!c->file_path || f->n > c->file_size - c->file.n)
		return false;
	buf_put(&c->file, f->s, f->n);
	return true;
}

struct refused {
	unsigned n;
	uint32_t line;
	char text[200];
};

static void
count_refused(void *ctx, uint32_t line, int col, const char *text, bool note)
{
	struct refused *f = ctx;

	if (note || f->n++)
		return;
	f->line = line;
	snprintf(f->text, sizeof f->text, "%.*s", (int)strcspn(text, "\n"), text);
}

/* startup-config is taken only when the parser takes every line of it. */
static void
check(struct ssh_conn *c, struct refused *f)
{
	struct store *s = store_new();
	struct config cf;

	config_load_defaults(s, &c->h->r->matcher);
	config_init(&cf, s, &c->h->r->matcher);
	config_text(&cf, buf_str(&c->file), c->file.n, count_refused, f);
	config_free(&cf);
	store_free(s);
}

/* As `copy FILE running-config`: what is refused is passed over. */
static void
merge(struct ssh_conn *c, struct refused *f)
{
	struct router *r = c->h->r;
	struct config cf;

	config_init(&cf, r->store, &r->matcher);
	config_text(&cf, buf_str(&c->file), c->file.n, count_refused, f);
	config_free(&cf);
	store_commit(r->store);
	if (engine_commit(r->engine))
		r->config_changed = time(NULL);
	log_msg("SYS", 5, "CONFIG_I", "Configured from scp by %s on vty%d (%s)", c->user, c->vty, c->from);
}

static bool
on_end(struct ssh_conn *c)
{
	struct router *r = c->h->r;
	struct refused f = {0};
	bool running = c->file_path && is_running(c->file_path), startup = c->file_path && is_startup(c->file_path), ok;
	char text[400];
	int err = 0;

	if (!c->file_path || c->file.n != c->file_size)
		return false;
	if (running)
		merge(c, &f);
	else {
		if (startup)
			check(c, &f);
		if (f.n == 0) {
			char *path = path_of(r, c->file_path);

			err = path ? file_write(path, buf_str(&c->file), c->file.n, startup) : -ENOENT;
			free(path);
			if (!err && startup)
				r->config_saved = time(NULL);
		}
	}
	if (f.n)
		snprintf(text, sizeof text, "%% %s%u line%s refused, the first is line %u: %s", running ? "" : "Nothing is written: ",
		    f.n, f.n == 1 ? " is" : "s are", f.line, f.text);
	ok = err ? fail(c, c->file_path, err) : say(c, f.n ? SSHD_FAIL : SSHD_PASS, f.n ? text : "");
	ssh_files_free(c);
	/* last: it may close the port, and look at this very connection */
	if (running)
		router_configured(r);
	return ok;
}

bool
ssh_files_message(struct ssh_conn *c, const struct sshd_msg *m)
{
	ev_timer_stop(c->h->r->loop, &c->limit);
	ev_timer_set(&c->limit, IDLE, 0.);
	ev_timer_start(c->h->r->loop, &c->limit);
	switch (m->type) {
	case SSHD_READ:
		return on_read(c, m->f[0].s);
	case SSHD_NEXT:
		return on_next(c);
	case SSHD_WRITE:
		return on_write(c, m->f[0].s, m->f[1].n);
	case SSHD_PIECE:
		return on_piece(c, &m->f[0]);
	case SSHD_END:
		return on_end(c);
	case SSHD_DONE:
		return true;	/* the peer closes; else the limit does */
	default:
		return false;
	}
}
