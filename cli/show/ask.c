/* SPDX-License-Identifier: BSD-2-Clause */
/* Questions to the routing daemons: see ask.h. */
#include "cli/show/ask.h"

#include <stdlib.h>
#include <string.h>

#include "backends/frr/frr.h"
#include "daemon/router.h"
#include "lib/xalloc.h"

#define TIMEOUT_MS 3000

struct asked {
	struct session *s;	/* NULL: it has gone, or does not want to know any more */
	const void *values;
	ask_text *text;
	int waiting;
	char *answer[ASK_MAX];
	struct one {
		struct asked *a;
		int i;
	} one[ASK_MAX];
};

static void
finish(struct asked *a)
{
	struct session *s = a->s;

	if (s) {
		struct buf b = {0};

		a->text(s, &b, a->values, (const char *const *)a->answer);
		out_text(s, buf_str(&b), b.n);
		buf_free(&b);
	}
	for (int i = 0; i < ASK_MAX; i++)
		free(a->answer[i]);
	free(a);
	if (s)
		session_done(s);
}

static void
answered(void *arg, int err, const char *text, size_t len)
{
	struct one *o = arg;
	struct asked *a = o->a;

	(void)len;
	if (!err)
		a->answer[o->i] = xstrdup(text);
	if (--a->waiting == 0)
		finish(a);
}

static void
cancel(void *arg)
{
	struct asked *a = arg;
	struct session *s = a->s;

	a->s = NULL;
	if (s)
		session_done(s);
}

static void
gone(void *arg)
{
	((struct asked *)arg)->s = NULL;
}

void
ask(struct session *s, const void *values, const struct question *q, int n, ask_text *text)
{
	struct router *r = session_router(s);
	struct asked *a = xcalloc(1, sizeof *a);

	a->s = s;
	a->values = values;
	a->text = text;
	a->waiting = 1;
	session_busy(s, cancel, gone, a);
	for (int i = 0; i < n && r && r->frr; i++) {
		a->one[i] = (struct one){ a, i };
		a->waiting++;
		frr_query(r->frr, q[i].daemon, q[i].command, TIMEOUT_MS, answered, &a->one[i]);
	}
	if (--a->waiting == 0)
		finish(a);
}

json_t *
answer_json(const char *answer)
{
	json_error_t e;

	return answer ? json_loads(answer, JSON_DECODE_ANY, &e) : NULL;
}

const char *
jtext(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

json_int_t
jnum(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}
