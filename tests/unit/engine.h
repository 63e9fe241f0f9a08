/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An engine with a driver that only remembers, a configuration that is typed
 * into it, and the events of a charon that is not there. For the suites of the
 * engine; their expectations are lines of the driver's log.
 */
#ifndef CONFTERM_TESTS_ENGINE_H
#define CONFTERM_TESTS_ENGINE_H

#include <ev.h>
#include <stdio.h>

#include "backends/fake/fake.h"
#include "engine/engine.h"
#include "engine/tunnel.h"
#include "lib/ip4.h"
#include "tests/unit/session.h"

#define ALL ((1u << OBJ_NKIND) - 1)

static struct session t;
static struct fake f;
static struct engine *e;
static struct ev_loop *loop;

static inline void
setup(void)
{
	session_open(&t);
	loop = ev_loop_new(0);
	e = engine_new(loop, t.s);
	fake_init(&f, e, ALL);
	engine_add_driver(e, &f.driver);
	engine_driver_up(e, &f.driver);
	tunnels_set_control(engine_tunnels(e), &f.control);
}

static inline void
teardown(void)
{
	fake_free(&f);
	engine_free(e);
	session_close(&t);
	ev_loop_destroy(loop);
}

static inline size_t
commit(void)
{
	store_commit(t.s);
	return engine_commit(e);
}

static inline size_t
configure(const char *text)
{
	t.c.depth = 0;
	ck_assert_int_eq(config_text(&t.c, text, strlen(text), NULL, NULL), 0);
	return commit();
}

/* Every line of want must be in the log, in this order; a line beginning with ! must not be. */
static inline void
expect(const char *want)
{
	char *log = fake_take(&f), *p = log;

	while (*want) {
		size_t n = strcspn(want, "\n");
		char *line = xstrndup(want, n), *at;

		if (*line == '!')
			ck_assert_msg(!strstr(log, line + 1), "'%s' is in\n%.900s", line + 1, log);
		else {
			at = strstr(p, line);
			ck_assert_msg(at != NULL, "'%s' is not (or not there) in\n%.900s", line, log);
			p = at + n;
		}
		free(line);
		want += n + (want[n] == '\n');
	}
	free(log);
}

static inline void
expect_nothing(void)
{
	char *log = fake_take(&f);

	ck_assert_str_eq(log, "");
	free(log);
}

static inline void
stop_loop(struct ev_loop *l, ev_timer *w, int revents)
{
	(void)w, (void)revents;
	ev_break(l, EVBREAK_ALL);
}

static inline void
run_for(double s)
{
	ev_timer w;

	ev_timer_init(&w, stop_loop, s, 0.);
	ev_now_update(loop);
	ev_timer_start(loop, &w);
	ev_run(loop, 0);
}

/* --- charon's events --- */

static struct sa_child child;
static struct sa_ike ike;

static inline void
make_sa(uint32_t id, const char *remote, uint32_t child_id, uint32_t reqid, const char *src, const char *dst, uint8_t len)
{
	uint32_t a;

	memset(&child, 0, sizeof child);
	memset(&ike, 0, sizeof ike);
	ip4_parse("1.3.1.1", &ike.local);
	ip4_parse(remote, &ike.remote);
	ike.conn = "x";
	ike.unique_id = id;
	ike.version = 1;
	strcpy(ike.state, "ESTABLISHED");
	ike.initiator = true;
	child.unique_id = child_id;
	child.reqid = reqid;
	strcpy(child.state, "INSTALLED");
	ip4_parse(src, &a);
	child.ts.src = (struct prefix4){ a, len };
	ip4_parse(dst, &a);
	child.ts.dst = (struct prefix4){ a, len };
	ike.children = &child;
	ike.nchild = 1;
}

static inline void
ike_event(bool up)
{
	const struct observer *o = tunnels_observer(engine_tunnels(e));

	ike.nchild = 0;
	o->ike_updown(o->ctx, up, &ike);
	ike.nchild = 1;
}

static inline void
child_event(bool up)
{
	const struct observer *o = tunnels_observer(engine_tunnels(e));

	o->child_updown(o->ctx, up, &ike);
}

static inline void
traffic(uint32_t reqid)
{
	const struct observer *o = tunnels_observer(engine_tunnels(e));
	struct acquire a = { .reqid = reqid };

	o->acquire(o->ctx, &a);
}

#endif
