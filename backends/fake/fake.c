/* SPDX-License-Identifier: BSD-2-Clause */
/* The driver for tests, see fake.h. It owns its log and keeps no object. */
#include "backends/fake/fake.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/objects.h"
#include "lib/xalloc.h"

static void
apply(void *ctx, const struct plan_op *ops, size_t n)
{
	struct fake *f = ctx;

	f->nbatch++;
	for (size_t i = 0; i < n; i++) {
		const struct obj *o = ops[i].now ? ops[i].now : ops[i].was;
		size_t at = f->log.n;
		bool bad;

		f->nop++;
		buf_puts(&f->log, ops[i].type == OP_ADD ? "+ " : ops[i].type == OP_DELETE ? "- " : "~ ");
		obj_describe(o, &f->log);
		bad = f->fail && strstr(f->log.d + at, f->fail);
		buf_puts(&f->log, bad ? " FAILED\n" : "\n");
		if (!f->silent)
			engine_result(f->engine, o->id, bad ? -EIO : 0, bad ? "told to fail" : NULL);
	}
}

static void
initiate(void *ctx, const char *conn, const char *child, unsigned timeout_ms,
    void (*done)(void *arg, int err, const char *text), void *arg)
{
	struct fake *f = ctx;

	(void)timeout_ms;
	buf_printf(&f->log, "initiate %s %s\n", conn, child);
	(void)fake_answer(f, -ECONNRESET, "another one came");
	f->done = done;
	f->arg = arg;
}

static void
terminate_ike(void *ctx, uint32_t id, bool force, void (*done)(void *arg, int err, const char *text), void *arg)
{
	struct fake *f = ctx;

	buf_printf(&f->log, "terminate ike %u%s\n", id, force ? " force" : "");
	if (done)
		done(arg, f->refuse, NULL);
}

static void
terminate_child(void *ctx, uint32_t id, void (*done)(void *arg, int err, const char *text), void *arg)
{
	struct fake *f = ctx;

	buf_printf(&f->log, "terminate child %u\n", id);
	if (done)
		done(arg, f->refuse, NULL);
}

static void
rekey_child(void *ctx, uint32_t id, void (*done)(void *arg, int err, const char *text), void *arg)
{
	struct fake *f = ctx;

	buf_printf(&f->log, "rekey child %u\n", id);
	if (done)
		done(arg, f->refuse, NULL);
}

static void
list_sas(void *ctx, void (*each)(void *arg, const struct sa_ike *ike), void (*done)(void *arg, int err, const char *text),
    void *arg)
{
	const struct fake *f = ctx;

	for (size_t i = 0; i < f->nsa; i++)
		each(arg, &f->sas[i]);
	if (done)
		done(arg, 0, NULL);
}

void
fake_init(struct fake *f, struct engine *e, uint32_t kinds)
{
	memset(f, 0, sizeof *f);
	f->engine = e;
	f->driver = (struct driver){ .name = "fake", .kinds = kinds, .ctx = f, .apply = apply };
	f->control = (struct ike_control){ f, initiate, terminate_ike, terminate_child, rekey_child, list_sas };
}

void
fake_free(struct fake *f)
{
	(void)fake_answer(f, -ENOTCONN, "gone");
	buf_free(&f->log);
}

char *
fake_take(struct fake *f)
{
	char *s = xstrdup(buf_str(&f->log));

	buf_clear(&f->log);
	f->nop = f->nbatch = 0;
	return s;
}

bool
fake_answer(struct fake *f, int err, const char *text)
{
	void (*done)(void *, int, const char *) = f->done;

	f->done = NULL;
	if (done)
		done(f->arg, err, text);
	return done != NULL;
}
