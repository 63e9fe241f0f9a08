/* SPDX-License-Identifier: BSD-2-Clause */
/* The log of configuration commands: see config_log.h. */
#include "daemon/config_log.h"

#include <stdlib.h>
#include <string.h>

#include "gen/grammar.h"
#include "lib/buf.h"
#include "lib/log.h"
#include "lib/xalloc.h"

#define LOG_MAX 1000	/* of `logging size` */

struct config_log {
	struct config_log_entry *ring[LOG_MAX];
	size_t first, n;
	unsigned last_number;
	size_t bytes, bytes_total, bytes_freed;
};

static size_t
bytes_of(const struct config_log_entry *e)
{
	return sizeof *e + strlen(e->user) + strlen(e->line) + strlen(e->text) + 3;
}

/* One piece of memory: the entry and its strings. */
static struct config_log_entry *
entry_new(unsigned number, unsigned session, const char *user, const char *line, const char *text)
{
	size_t nu = strlen(user) + 1, nl = strlen(line) + 1, nt = strlen(text) + 1;
	struct config_log_entry *e = xmalloc(sizeof *e + nu + nl + nt);
	char *p = (char *)(e + 1);

	*e = (struct config_log_entry){ number, session, p, p + nu, p + nu + nl };
	memcpy(p, user, nu);
	memcpy(p + nu, line, nl);
	memcpy(p + nu + nl, text, nt);
	return e;
}

static void
drop_oldest(struct config_log *l)
{
	size_t n = bytes_of(l->ring[l->first]);

	free(l->ring[l->first]);
	l->first = (l->first + 1) % LOG_MAX;
	l->n--;
	l->bytes -= n;
	l->bytes_freed += n;
}

/* Its first line, keys as IOS hides them; to be freed. */
static char *
hidden(const char *text)
{
	static const char removed[] = "<removed>";
	struct buf b = {0};

	for (const char *p = text; *p && *p != '\n';) {
		if (strncmp(p, removed, sizeof removed - 1) == 0) {
			buf_puts(&b, "*****");
			p += sizeof removed - 1;
		} else
			buf_putc(&b, *p++);
	}
	return buf_steal(&b);
}

struct config_log *
config_log_new(void)
{
	return xcalloc(1, sizeof(struct config_log));
}

void
config_log_clear(struct config_log *l)
{
	while (l->n)
		drop_oldest(l);
}

void
config_log_free(struct config_log *l)
{
	if (l)
		config_log_clear(l);
	free(l);
}

void
config_log_add(struct config_log *l, struct store *s, unsigned session, const char *user, const char *line, const char *text)
{
	const struct rec *a = store_first(s, store_root(s), ROW_ARCHIVE);
	const struct rec *c = a ? store_first(s, a, ROW_ARCHIVE_LOG_CONFIG) : NULL;
	const struct cfg_archive_log_config_size *size;
	const struct cfg_archive_log_config_notify *notify;
	struct config_log_entry *e;
	char *shown;

	if (!c || !store_flag(s, c, ROW_ARCHIVE_LOG_CONFIG_ENABLE) || !*text)
		return;
	size = store_leaf(s, c, ROW_ARCHIVE_LOG_CONFIG_SIZE);
	notify = store_leaf(s, c, ROW_ARCHIVE_LOG_CONFIG_NOTIFY);
	shown = hidden(text);
	while (l->n && l->n >= size->entries)
		drop_oldest(l);
	e = entry_new(++l->last_number, session, user, line, shown);
	l->ring[(l->first + l->n++) % LOG_MAX] = e;
	l->bytes += bytes_of(e);
	l->bytes_total += bytes_of(e);
	if (notify)
		log_msg("PARSER", 5, "CFGLOG_LOGGEDCMD", "User:%s  logged command:%s", user, shown + strspn(shown, " "));
	free(shown);
}

void
config_log_each(const struct config_log *l, void (*cb)(void *ctx, const struct config_log_entry *e), void *ctx)
{
	for (size_t i = 0; i < l->n; i++)
		cb(ctx, l->ring[(l->first + i) % LOG_MAX]);
}

struct config_log_size
config_log_size(const struct config_log *l)
{
	return (struct config_log_size){ l->n, l->bytes, l->bytes_total, l->bytes_freed };
}
