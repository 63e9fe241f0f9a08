/* SPDX-License-Identifier: BSD-2-Clause */
/* A configuration session for tests: a store, a matcher, and lines typed into it. */
#ifndef CONFTERM_TESTS_SESSION_H
#define CONFTERM_TESTS_SESSION_H

#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "lib/buf.h"
#include "lib/xalloc.h"
#include "parser/config.h"
#include "parser/render.h"
#include "tests/unit/unit.h"

struct session {
	struct store *s;
	struct matcher mr;
	struct config c;
	struct match m;
	struct buf out;		/* messages of the last line */
};

static inline void
session_open(struct session *t)
{
	memset(t, 0, sizeof *t);
	t->s = store_new();
	config_load_defaults(t->s, &t->mr);
	config_init(&t->c, t->s, &t->mr);
}

static inline void
session_close(struct session *t)
{
	config_free(&t->c);
	store_free(t->s);
	matcher_free(&t->mr);
	buf_free(&t->out);
}

static inline enum config_result
type_line(struct session *t, const char *line)
{
	buf_clear(&t->out);
	return config_line(&t->c, line, 0, &t->m, &t->out);
}

/* Lines separated by newlines; every one must be taken. */
static inline void
type_all(struct session *t, const char *text)
{
	while (*text) {
		size_t n = strcspn(text, "\n");
		char *line = xstrndup(text, n);
		enum config_result r = type_line(t, line);

		if (r == CONFIG_MORE && !text[n])	/* a certificate's first line alone */
			r = type_line(t, t->c.more.until == G_LINES_AT ? "@" : "quit");
		ck_assert_msg(r == CONFIG_OK || r == CONFIG_MORE, "'%s': result %d, column %d, %s", line, r, t->m.col, buf_str(&t->out));
		free(line);
		text += n + (text[n] == '\n');
	}
}

/* The running configuration; the caller frees it. */
static inline char *
running(struct session *t)
{
	struct buf b = {0};

	render_config(&b, t->s);
	return buf_steal(&b);
}

/* Does the running configuration have this line (with its indentation)? */
static inline bool
shows(struct session *t, const char *line)
{
	char *text = running(t), *p = text;
	size_t n = strlen(line);
	bool found = false;

	while (p && !found) {
		found = strncmp(p, line, n) == 0 && p[n] == '\n';
		p = strchr(p, '\n');
		p = p ? p + 1 : NULL;
	}
	free(text);
	return found;
}

#endif
