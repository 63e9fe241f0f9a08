/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Whole configurations at the prompt: replace, revert and confirm, copy
 * between files and the running one, erase, the archive, reload, and the files
 * themselves (delete, more).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <unistd.h>

#include "cli/exec/files.h"
#include "cli/proto.h"
#include "daemon/archive.h"
#include "daemon/files.h"
#include "daemon/router.h"
#include "lib/log.h"
#include "lib/xalloc.h"
#include "parser/config.h"
#include "parser/render.h"
#include "parser/replace.h"

exec_fn exec_configure_replace, exec_configure_confirm, exec_configure_revert, exec_archive_config, exec_copy, exec_delete,
    exec_more, exec_reload, show_archive, show_archive_differences;

static void
refused_line(void *ctx, uint32_t line, int col, const char *text, bool note)
{
	(void)col;
	if (!note)
		out(ctx, "line %u: %.*s\n", line, (int)strcspn(text, "\n"), text);
}

static bool
yes(const char *text)
{
	return *text && strncasecmp(text, "yes", strlen(text)) == 0;
}

/* Return, y or anything that begins like "confirm" goes on. */
static bool
confirmed(const char *text)
{
	return !*text || yes(text) || strncasecmp(text, "confirm", strlen(text)) == 0;
}

bool
files_text(struct session *s, const char *url, struct buf *b)
{
	struct router *r = session_router(s);
	char *path;
	int err;

	if (strcmp(url, "running-config") == 0 || strcmp(url, "system:running-config") == 0) {
		router_render(r, session_level(s), b);
		return true;
	}
	path = file_path(r, strcmp(url, "startup-config") == 0 ? "nvram:startup-config" : url);
	err = path ? file_read(path, b) : -ENOENT;
	free(path);
	if (err)
		out(s, "%%Error opening %s (%s)\n", url, err == -ENOENT ? "No such file or directory" : strerror(-err));
	return err == 0;
}

/* --- configure replace, confirm, revert --- */

#define REFUSED "Rollback aborted: the file has lines that are refused; nothing was changed\n"

static void
replace(struct session *s, const char *file)
{
	struct buf b = {0};
	size_t n;

	if (!files_text(s, file, &b))
		return;
	if (router_replace(session_router(s), buf_str(&b), b.n, refused_line, s, &n) != 0)
		out(s, "\n" REFUSED);
	else if (n == 0)
		out(s, "The rollback configlet from the last pass is empty: nothing differs\n\nRollback Done\n");
	else
		out(s, "Total number of passes: 1\nRollback Done\n");
	buf_wipe(&b);
}

static void
replace_answer(struct session *s, const char *text, void *arg)
{
	if (yes(text))
		replace(s, arg);
	free(arg);
}

void
exec_configure_replace(struct session *s, const void *values)
{
	const struct cfg_configure_replace *v = values;

	if (v->list) {
		struct router *r = session_router(s);
		struct store *other = store_new();
		struct buf b = {0}, d = {0};
		struct config c;
		bool good = files_text(s, v->file, &b);

		config_load_defaults(other, &r->matcher);
		config_init(&c, other, &r->matcher);
		if (good && config_text(&c, buf_str(&b), b.n, refused_line, s) != 0) {
			good = false;	/* then there is nothing to ask */
			out(s, "\n" REFUSED);
		} else if (good) {
			store_difference(&d, r->store, other);
			out(s, "!List of Commands:\n");
			out_text(s, buf_str(&d), d.n);
		}
		config_free(&c);
		store_free(other);
		buf_wipe(&b);
		buf_free(&d);
		if (!good)
			return;
	}
	/* what is not confirmed in that time goes back */
	if ((v->timer || v->within) && !rollback_start(session_router(s), v->timer ? v->timer : v->within)) {
		out(s, "%%Rollback Confirmed Change: a change is pending already\n");
		return;
	}
	if (v->force) {
		replace(s, v->file);
		return;
	}
	out(s, "This will apply all necessary additions and deletions\n"
	    "to replace the current running configuration with the\n"
	    "contents of the specified configuration file, which is\n"
	    "assumed to be a complete configuration, not a partial\n"
	    "configuration. ");
	session_ask(s, 0, "Enter Y if you are sure you want to proceed. ? [no]: ", replace_answer, xstrdup(v->file), free);
}

void
exec_configure_confirm(struct session *s, const void *values)
{
	(void)values;
	if (!rollback_confirm(session_router(s)))
		out(s, "%%No Rollback Confirmed Change pending\n");
}

void
exec_configure_revert(struct session *s, const void *values)
{
	const struct cfg_configure_revert *v = values;
	struct router *r = session_router(s);

	if (!(v->how == CONFIGURE_REVERT_HOW_NOW ? rollback_now(r) : rollback_timer(r, v->minutes)))
		out(s, "%%No Rollback Confirmed Change pending\n");
}

/* --- copy --- */

struct copy {
	char *from, *to;
};

static void
copy_free(void *copy)
{
	struct copy *c = copy;

	free(c->from);
	free(c->to);
	free(c);
}

static bool
is_running(const char *name)
{
	return strcmp(name, "running-config") == 0 || strcmp(name, "system:running-config") == 0;
}

static bool
is_startup(const char *name)
{
	return strcmp(name, "startup-config") == 0 || strcmp(name, "nvram:startup-config") == 0;
}

static void
copy_now(struct session *s, const char *from, const char *to)
{
	struct router *r = session_router(s);
	struct buf b = {0};
	char *path;
	int err;

	if (is_running(from) && is_startup(to)) {
		files_save(s);
		return;
	}
	if (!files_text(s, from, &b))
		return;
	if (is_running(to)) {
		struct config c;

		config_init(&c, r->store, &r->matcher);
		config_text(&c, buf_str(&b), b.n, refused_line, s);
		config_free(&c);
		store_commit(r->store);
		if (engine_commit(r->engine))
			r->config_changed = time(NULL);
		router_configured(r);
		out(s, "%zu bytes copied\n", b.n);
	} else {
		path = file_path(r, is_startup(to) ? "nvram:startup-config" : to);
		err = path ? file_write(path, buf_str(&b), b.n, is_startup(to)) : -ENOENT;
		if (err)
			out(s, "%%Error opening %s (%s)\n", to, err == -ENOENT ? "No such device" : strerror(-err));
		else
			out(s, "%zu bytes copied\n", b.n);
		free(path);
	}
	buf_wipe(&b);
}

static void
copy_answer(struct session *s, const char *text, void *arg)
{
	struct copy *c = arg;

	copy_now(s, c->from, *text ? text : c->to);
	copy_free(c);
}

void
exec_copy(struct session *s, const void *values)
{
	const struct cfg_copy *v = values;
	struct copy *c = xcalloc(1, sizeof *c);
	const char *from = v->from == COPY_FROM_RUNNING_CONFIG ? "running-config" :
	    v->from == COPY_FROM_STARTUP_CONFIG ? "startup-config" : v->source;
	const char *to = v->to == COPY_TO_RUNNING_CONFIG ? "running-config" : v->to == COPY_TO_STARTUP_CONFIG ? "startup-config" :
	    v->target, *name = strchr(to, ':');
	char *question;

	c->from = xstrdup(from);
	c->to = xstrdup(to);
	if (files_quiet(session_router(s))) {
		copy_now(s, c->from, c->to);
		copy_free(c);
		return;
	}
	question = xasprintf("Destination filename [%s]? ", name && name[1] ? name + 1 : to);
	session_ask(s, 0, question, copy_answer, c, copy_free);
	free(question);
}

/* --- erase, delete, more --- */

static void
erase_answer(struct session *s, const char *text, void *arg)
{
	struct router *r = session_router(s);

	(void)arg;
	if (!confirmed(text))
		return;
	if (unlink(r->startup_path) < 0 && errno != ENOENT) {
		out(s, "%%Error erasing nvram: (%s)\n", strerror(errno));
		return;
	}
	out(s, "[OK]\nErase of nvram: complete\n");
	log_msg("SYS", 7, "NV_BLOCK_INIT", "Initialized the geometry of nvram");
}

void
exec_erase(struct session *s, const void *values)
{
	(void)values;
	session_ask(s, ASK_KEY, "Erasing the nvram filesystem will remove all configuration files! Continue? [confirm]", erase_answer,
	    NULL, NULL);
}

static void
delete_answer(struct session *s, const char *text, void *arg)
{
	struct router *r = session_router(s);
	char *path = confirmed(text) ? file_path(r, arg) : NULL;

	if (confirmed(text) && (!path || unlink(path) < 0))
		out(s, "%%Error deleting %s (%s)\n", (const char *)arg, path ? strerror(errno) : "No such file or directory");
	free(path);
	free(arg);
}

void
exec_delete(struct session *s, const void *values)
{
	const char *file = ((const struct cfg_delete *)values)->file, *name = strchr(file, ':');
	char *question;

	if (files_quiet(session_router(s))) {
		delete_answer(s, "", xstrdup(file));
		return;
	}
	question = xasprintf("Delete flash:%s? [confirm]", name ? name + 1 : file);
	session_ask(s, ASK_KEY, question, delete_answer, xstrdup(file), free);
	free(question);
}

void
exec_more(struct session *s, const void *values)
{
	struct buf b = {0};

	if (files_text(s, ((const struct cfg_more *)values)->file, &b))
		out_text(s, buf_str(&b), b.n);
	buf_wipe(&b);
}

/* --- the archive --- */

void
exec_archive_config(struct session *s, const void *values)
{
	int err = archive_save(session_router(s));

	(void)values;
	if (err == -ENOENT)
		out(s, "%%Archive: no path in flash: is configured (archive, path)\n");
	else if (err)
		out(s, "%%Archive: the configuration was not saved (%s)\n", strerror(-err));
}

void
show_archive(struct session *s, const void *values)
{
	struct router *r = session_router(s);
	char *name[ARCHIVE_MAX], *prefix = archive_prefix(r);
	unsigned next, max = archive_maximum(r);
	size_t n;

	(void)values;
	if (!prefix) {
		out(s, "There are no archive configurations: no path in flash: is configured\n");
		return;
	}
	n = archive_list(r, name, &next);
	out(s, "The maximum archive configurations allowed is %u.\n", max);
	out(s, "There are currently %zu archive configurations saved.\n", n);
	out(s, "The next archive file will be named %s%u\n", prefix, next);
	out(s, " Archive #  Name\n");
	for (size_t i = 0; i < n || i < max; i++) {
		if (i < n)
			out(s, "   %-7zu  %s%s\n", i + 1, name[i], i + 1 == n ? " <- Most Recent" : "");
		else
			out(s, "   %zu\n", i + 1);
	}
	for (size_t i = 0; i < n; i++)
		free(name[i]);
	free(prefix);
}

static struct store *
store_of(struct session *s, const char *url)
{
	struct router *r = session_router(s);
	struct buf b = {0};
	struct store *st;
	struct config c;

	if (!files_text(s, url, &b))
		return NULL;
	st = store_new();
	config_load_defaults(st, &r->matcher);
	config_init(&c, st, &r->matcher);
	config_text(&c, buf_str(&b), b.n, NULL, NULL);
	config_free(&c);
	buf_wipe(&b);
	return st;
}

void
show_archive_differences(struct session *s, const void *values)
{
	const struct cfg_show_archive_differences *v = values;
	struct store *a = store_of(s, v->first ? v->first : "startup-config"), *b = NULL;
	struct buf d = {0};

	if (a && (b = store_of(s, v->second ? v->second : "running-config"))) {
		store_difference(&d, a, b);
		out(s, "!Contextual Config Diffs:\n");
		if (d.n)
			out_text(s, buf_str(&d), d.n);
		else
			out(s, "!No changes were found\n");
	}
	buf_free(&d);
	if (a)
		store_free(a);
	if (b)
		store_free(b);
}

/* --- reload --- */

static void
reload_answer(struct session *s, const char *text, void *arg)
{
	struct router *r = session_router(s);

	(void)arg;
	if (!confirmed(text))
		return;
	log_msg("SYS", 5, "RELOAD", "Reload requested by console. Reload Reason: Reload Command.");
	r->reload = true;
	raise(SIGTERM);
}

static void
save_answer(struct session *s, const char *text, void *arg)
{
	(void)arg;
	if (*text && strncasecmp(text, "no", strlen(text)) != 0 && !yes(text)) {
		session_ask(s, 0, "Please answer 'yes' or 'no': ", save_answer, NULL, NULL);
		return;
	}
	if (yes(text))
		files_save(s);
	session_ask(s, ASK_KEY, "Proceed with reload? [confirm]", reload_answer, NULL, NULL);
}

void
exec_reload(struct session *s, const void *values)
{
	const struct router *r = session_router(s);

	(void)values;
	if (store_version(r->store) != r->saved_version)
		session_ask(s, 0, "\nSystem configuration has been modified. Save? [yes/no]: ", save_answer, NULL, NULL);
	else
		session_ask(s, ASK_KEY, "Proceed with reload? [confirm]", reload_answer, NULL, NULL);
}
