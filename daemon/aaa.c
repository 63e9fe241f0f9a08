/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Requests: see aaa.h. A request walks its list of methods. Each method makes
 * one job (aaa_work.h); a clear yes or no ends the walk, a method that could not
 * be asked hands over to the next, as on IOS. What a passed login may do is
 * decided here, too: the level of the line, of the user, or the one that the
 * authorization list gives.
 */
#define _GNU_SOURCE
#include "daemon/aaa.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/aaa_int.h"
#include "daemon/router.h"
#include "gen/grammar.h"
#include "lib/log.h"
#include "lib/xalloc.h"

#define SSH_PORT 22

/* What an unknown name is compared with, so that it takes as long as a known one: the hash of no password. */
static const char nobody[] = "$9$1nXsJ5yVQ0hNnU$v2sYb6W3q0Q6gGmN4m1l5kEo0r8y1p3cN0m7uQx2w4A";

struct aaa_request {
	struct aaa_request *next, **prev;
	struct aaa *a;
	bool enabling, by_key;
	enum line_kind kind;
	unsigned number;
	int wanted_level;		/* enable */
	char *user, *password, *from;
	struct in_addr addr;
	struct { enum method_kind kind; char *group; } method[METHODS];
	int nmethod, at;
	int server_level;		/* what RADIUS said, -1 */
	bool asked;			/* some method gave an answer */
	struct job *job;		/* under way */
	aaa_done *done;
	void *arg;
};

struct aaa {
	struct router *r;
	struct work *work;
	struct guard *guard;
	struct aaa_request *requests;
};

struct aaa *
aaa_new(struct router *r)
{
	struct aaa *a = xcalloc(1, sizeof *a);

	a->r = r;
	a->work = work_new(r->loop);
	a->guard = guard_new(r);
	return a;
}

struct router *
aaa_router(struct aaa *a)
{
	return a->r;
}

static void
request_free(struct aaa_request *q)
{
	if ((*q->prev = q->next))
		q->next->prev = q->prev;
	if (q->job)
		q->job->done = NULL;
	for (int i = 0; i < q->nmethod; i++)
		free(q->method[i].group);
	free(q->user);
	free(q->from);
	xfree_secret(q->password);
	free(q);
}

void
aaa_cancel(struct aaa_request *q)
{
	if (q)
		request_free(q);
}

void
aaa_free(struct aaa *a)
{
	if (!a)
		return;
	while (a->requests)
		request_free(a->requests);
	work_free(a->work);
	guard_free(a->guard);
	free(a);
}

static struct aaa_request *
request_new(struct aaa *a, const char *user, const char *password, const char *from, aaa_done *done, void *arg)
{
	struct aaa_request *q = xcalloc(1, sizeof *q);

	q->a = a;
	q->user = xstrdup(user ? user : "");
	q->password = xstrdup(password ? password : "");
	q->from = xstrdup(from ? from : "");
	q->done = done;
	q->arg = arg;
	q->server_level = -1;
	if ((q->next = a->requests))
		q->next->prev = &q->next;
	q->prev = &a->requests;
	a->requests = q;
	return q;
}

static void
set_methods(struct aaa_request *q, const struct method *m, int n)
{
	q->nmethod = n;
	for (int i = 0; i < n; i++) {
		q->method[i].kind = m[i].kind;
		q->method[i].group = m[i].group ? xstrdup(m[i].group) : NULL;
	}
}

/* --- what a session may --- */

/* The level with which a login by `user` begins; -1: authorization says no. */
static int
session_level(struct aaa_request *q, enum method_kind by)
{
	struct store *s = q->a->r->store;
	struct line_settings o;
	struct local_user u;
	struct method m[METHODS];
	bool local = aaa_local_user(s, q->user, by == METHOD_LOCAL_CASE, &u);
	int n;

	line_settings(s, q->kind, q->number, &o);
	if (!aaa_new_model(s))
		return (by == METHOD_LOCAL || by == METHOD_LOCAL_CASE || q->by_key) && local && u.level >= 0 ? u.level : o.level;
	n = aaa_exec_methods(s, o.authorization_list, m);
	if (n == 0)
		return o.level;
	for (int i = 0; i < n; i++)
		switch (m[i].kind) {
		case METHOD_NONE:
		case METHOD_IF_AUTHENTICATED:
			return o.level;
		case METHOD_LOCAL:
			if (!local)
				break;	/* not to be found there: the next method */
			return u.level >= 0 ? u.level : o.level;
		case METHOD_GROUP:
			if (by != METHOD_GROUP)
				break;	/* no server knows this user */
			return q->server_level >= 0 ? q->server_level : o.level;
		default:
			break;
		}
	return -1;
}

/* Who has a name has logged in; who sits at the console is known to the kernel. */
static bool
authenticated(const struct login *l)
{
	return l->kind == LINE_CON || (l->user && *l->user);
}

bool
aaa_command(struct aaa *a, const struct login *l, unsigned level, bool configuring)
{
	struct store *s = a->r->store;
	const struct rec *root = store_root(s);
	struct local_user u;
	struct method m[METHODS];
	bool asked = false;
	int n;

	if (!aaa_new_model(s) || (l->kind == LINE_CON && !store_flag(s, root, ROW_AAA_AUTHOR_CONSOLE)) ||
	    (configuring && !store_flag(s, root, ROW_AAA_AUTHOR_CONFIG_COMMANDS)))
		return true;
	n = aaa_command_methods(s, line_command_list(s, l->kind, l->number, level), level, m);
	for (int i = 0; i < n; i++) {
		if (m[i].kind == METHOD_GROUP || m[i].kind == METHOD_OTHER)
			continue;
		asked = true;
		if (m[i].kind == METHOD_NONE || (m[i].kind == METHOD_IF_AUTHENTICATED && authenticated(l)) ||
		    (m[i].kind == METHOD_LOCAL && l->user && aaa_local_user(s, l->user, false, &u)))
			return true;
	}
	return !asked;
}

/* --- the walk --- */

static void
finish(struct aaa_request *q, enum aaa_result result, int level, const char *text)
{
	struct aaa_answer ans = { .result = result, .level = level, .text = text };
	aaa_done *done = q->done;
	void *arg = q->arg;

	if (!q->enabling && result == AAA_PASS)
		guard_passed(q->a->guard, q->user, q->from, SSH_PORT);
	else if (!q->enabling)
		guard_failed(q->a->guard, q->user, q->from, SSH_PORT);
	request_free(q);
	done(arg, &ans);
}

static void
passed(struct aaa_request *q, enum method_kind by)
{
	int level = q->enabling ? q->wanted_level : session_level(q, by);

	if (level < 0)
		finish(q, AAA_FAIL, 0, "% Authorization failed.");
	else
		finish(q, AAA_PASS, level, "");
}

static void step(struct aaa_request *q);

static void
job_done(struct job *j, void *arg)
{
	struct aaa_request *q = arg;
	enum method_kind by = q->method[q->at].kind;

	q->job = NULL;
	if (j->kind == JOB_RADIUS) {
		q->server_level = j->level;
		for (unsigned i = 0; i < j->nserver; i++)
			if (j->server[i].silent)
				log_msg("RADIUS", 4, "RADIUS_DEAD", "RADIUS server %s:%u is not responding.", j->server[i].host,
				    j->server[i].port);
	}
	switch (j->result) {
	case JOB_YES:
		passed(q, by);
		break;
	case JOB_NO:
		finish(q, AAA_FAIL, 0, "");
		break;
	case JOB_UNREACHABLE:
		q->at++;
		step(q);
		break;
	}
}

static struct job *
answer_job(enum job_result result)
{
	struct job *j = xcalloc(1, sizeof *j);

	j->kind = JOB_ANSWER;
	j->result = result;
	return j;
}

static struct job *
verify_job(const char *clear, const struct stored_password *p)
{
	struct job *j;

	if (!p->text || p->type == 4 || p->type == 6)
		return answer_job(JOB_NO);	/* forms that cannot be checked let nobody in */
	j = xcalloc(1, sizeof *j);
	j->kind = JOB_VERIFY;
	j->type = p->type;
	j->clear = xstrdup(clear);
	j->stored = xstrdup(p->text);
	return j;
}

/* The access-class of the user himself. */
static bool
may_from_here(const struct aaa_request *q, const struct local_user *u)
{
	return !u->access_class || aaa_acl_permits(q->a->r, u->access_class, q->addr);
}

/* The signature was checked; what else the user's line says holds as for passwords. */
static struct job *
key_job(struct aaa_request *q)
{
	struct local_user u;

	return answer_job(!aaa_local_user(q->a->r->store, q->user, false, &u) || may_from_here(q, &u) ? JOB_YES : JOB_NO);
}

static struct job *
local_job(struct aaa_request *q, bool exact)
{
	static const struct stored_password none = { 9, nobody };
	struct router *r = q->a->r;
	struct local_user u;

	if (!aaa_local_user(r->store, q->user, exact, &u)) {
		struct job *j = verify_job(q->password, &none);

		return j;
	}
	if (!may_from_here(q, &u))
		return answer_job(JOB_NO);
	if (u.nopassword)
		return answer_job(JOB_YES);
	return verify_job(q->password, &u.password);
}

static struct job *
enable_job(struct aaa_request *q)
{
	struct stored_password p;
	bool secret;

	if (!aaa_enable_password(q->a->r->store, q->enabling ? q->wanted_level : 15, &p, &secret))
		return answer_job(JOB_UNREACHABLE);
	return verify_job(q->password, &p);
}

static struct job *
line_job(struct aaa_request *q)
{
	struct line_settings o;

	line_settings(q->a->r->store, q->kind, q->number, &o);
	if (o.secret)
		return verify_job(q->password, &(struct stored_password){ (int)o.secret_type, o.secret });
	if (o.password)
		return verify_job(q->password, &(struct stored_password){ (int)o.password_type, o.password });
	return answer_job(JOB_UNREACHABLE);
}

static struct job *
radius_job(struct aaa_request *q, const char *group)
{
	struct job *j = answer_job(JOB_UNREACHABLE);

	if (aaa_radius_servers(q->a->r->store, group, j) == 0)
		return j;
	j->kind = JOB_RADIUS;
	j->clear = xstrdup(q->password);
	/* the users whose passwords are those of enable, by their names on RADIUS servers */
	j->user = q->enabling ? xasprintf("$enab%d$", q->wanted_level) : xstrdup(q->user);
	j->from = xstrdup(q->from);
	j->nas_name = xstrdup(router_hostname(q->a->r));
	j->tty = line_tty(q->kind, q->number);
	snprintf(j->nas_port, sizeof j->nas_port, "tty%u", j->tty);
	return j;
}

static void
step(struct aaa_request *q)
{
	struct job *j;

	if (q->at >= q->nmethod) {
		finish(q, AAA_ERROR, 0, "");
		return;
	}
	switch (q->method[q->at].kind) {
	case METHOD_NONE:
		j = q->by_key ? key_job(q) : answer_job(JOB_YES);
		break;
	case METHOD_LOCAL:
	case METHOD_LOCAL_CASE:
		j = local_job(q, q->method[q->at].kind == METHOD_LOCAL_CASE);
		break;
	case METHOD_ENABLE:
		j = enable_job(q);
		break;
	case METHOD_LINE:
		j = line_job(q);
		break;
	case METHOD_GROUP:
		j = radius_job(q, q->method[q->at].group);
		break;
	default:
		j = answer_job(JOB_UNREACHABLE);
		break;
	}
	j->done = job_done;
	j->arg = q;
	q->job = j;
	if (!work_add(q->a->work, j)) {
		q->job = NULL;
		finish(q, AAA_ERROR, 0, "");	/* thousands wait: nobody gets in before they are through */
	}
}

/* --- questions --- */

/* The list of a line. Over SSH there is no way in without a name and its password: the local users, then. */
static void
login_methods(struct aaa_request *q)
{
	static const struct method local = { METHOD_LOCAL, NULL };
	struct store *s = q->a->r->store;
	struct line_settings o;
	struct method m[METHODS];
	int n = 0;

	line_settings(s, q->kind, q->number, &o);
	if (o.login == LINE_LOGIN_LIST)
		n = aaa_login_methods(s, o.login_list, m);
	if (n > 0)
		set_methods(q, m, n);
	else
		set_methods(q, &local, 1);
}

struct aaa_request *
aaa_login(struct aaa *a, enum line_kind kind, unsigned number, const char *user, const char *password, const char *from,
    struct in_addr addr, aaa_done *done, void *arg)
{
	struct aaa_request *q = request_new(a, user, password, from, done, arg);

	q->kind = kind;
	q->number = number;
	q->addr = addr;
	login_methods(q);
	step(q);
	return q;
}

struct aaa_request *
aaa_login_key(struct aaa *a, enum line_kind kind, unsigned number, const char *user, const char *from, struct in_addr addr,
    aaa_done *done, void *arg)
{
	static const struct method proven = { METHOD_NONE, NULL };	/* the signature was checked */
	struct aaa_request *q = request_new(a, user, "", from, done, arg);

	q->kind = kind;
	q->number = number;
	q->addr = addr;
	q->by_key = true;
	set_methods(q, &proven, 1);
	step(q);
	return q;
}

struct aaa_request *
aaa_enable(struct aaa *a, enum line_kind kind, unsigned number, int level, const char *user, const char *password,
    aaa_done *done, void *arg)
{
	static const struct method secret = { METHOD_ENABLE, NULL };
	struct aaa_request *q = request_new(a, user, password, "", done, arg);
	struct method m[METHODS];
	int n = 0;

	q->kind = kind;
	q->number = number;
	q->enabling = true;
	q->wanted_level = level;
	if (aaa_new_model(a->r->store))
		n = aaa_enable_methods(a->r->store, m);
	if (n > 0)
		set_methods(q, m, n);
	else
		set_methods(q, &secret, 1);
	step(q);
	return q;
}

bool
aaa_enable_possible(struct aaa *a, int level)
{
	struct stored_password p;
	struct method m[METHODS];
	bool secret;

	return aaa_enable_password(a->r->store, level, &p, &secret) ||
	    (aaa_new_model(a->r->store) && aaa_enable_methods(a->r->store, m) > 0);
}

bool
aaa_blocked(struct aaa *a, struct in_addr addr)
{
	return guard_blocked(a->guard, addr);
}

double
aaa_delay(struct aaa *a)
{
	return guard_delay(a->guard);
}

void
aaa_configured(struct aaa *a)
{
	guard_configured(a->guard);
}

void
aaa_show_login(struct aaa *a, bool failures, struct buf *out)
{
	if (failures)
		guard_show_failures(a->guard, out);
	else
		guard_show(a->guard, out);
}
