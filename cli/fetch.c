/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What exec rows `need`: SAs from charon, routes and neighbours from FRR, all
 * asked for at once and fresh. A daemon that does not answer costs three
 * seconds and leaves its part empty; the show function says what it can.
 */
#include <stdlib.h>
#include <string.h>

#include "backends/frr/frr.h"
#include "cli/session_int.h"
#include "cli/show/routes_text.h"
#include "lib/xalloc.h"

#define TIMEOUT_MS 3000
#define BIG_TABLE 20000		/* routes */

static void
one_less(struct session *s)
{
	if (--s->fetched.waiting == 0)
		session_fetched(s);
}

static void
keep_sa(void *arg, const struct sa_ike *sa)
{
	struct session *s = arg;
	struct fetched *f = &s->fetched;
	struct sa_child *c;

	if (f->nsa == f->capsa) {
		f->capsa = f->capsa * 2 + 16;
		f->sa = xrealloc(f->sa, sizeof *f->sa * f->capsa);
	}
	f->sa[f->nsa] = *sa;
	f->sa[f->nsa].conn = xstrdup(sa->conn ? sa->conn : "");
	c = xcalloc(sa->nchild + 1, sizeof *c);
	for (size_t i = 0; i < sa->nchild; i++) {
		c[i] = sa->children[i];
		c[i].name = xstrdup(c[i].name ? c[i].name : "");
	}
	f->sa[f->nsa++].children = c;
}

static void
sas_done(void *arg, int err, const char *text)
{
	struct session *s = arg;

	(void)text;
	s->fetched.sas_ok = err == 0;
	one_less(s);
}

static json_t *
parse(int err, const char *text, size_t len)
{
	json_error_t e;

	return err ? NULL : json_loadb(text, len, JSON_DECODE_ANY, &e);
}

static void
routes_done(void *arg, int err, const char *text, size_t len)
{
	struct session *s = arg;

	s->fetched.routes = parse(err, text, len);
	one_less(s);
}

static void
route_text_done(void *arg, int err, const char *text, size_t len)
{
	struct session *s = arg;

	s->fetched.routes = err ? NULL : routes_from_text(text, len);
	one_less(s);
}

/* zebra's JSON of a big table takes seconds and hundreds of megabytes: then its text is read instead. */
static void
route_count_done(void *arg, int err, const char *text, size_t len)
{
	struct session *s = arg;
	json_t *j = parse(err, text, len);
	json_int_t total = json_integer_value(json_object_get(j, "routesTotal"));

	json_decref(j);
	if (total > BIG_TABLE)
		frr_query(s->r->frr, FRR_ZEBRA, "show ip route", TIMEOUT_MS, route_text_done, s);
	else
		frr_query(s->r->frr, FRR_ZEBRA, "show ip route json", TIMEOUT_MS, routes_done, s);
}

static void
ospf_routes_done(void *arg, int err, const char *text, size_t len)
{
	struct session *s = arg;

	s->fetched.ospf_routes = parse(err, text, len);
	one_less(s);
}

static void
neighbors_done(void *arg, int err, const char *text, size_t len)
{
	struct session *s = arg;

	s->fetched.neighbors = parse(err, text, len);
	one_less(s);
}

bool
fetch_start(struct session *s, unsigned needs)
{
	struct router *r = s->r;
	const struct ike_control *c = tunnels_control(r->tunnels);

	fetch_free(s);
	s->fetched.waiting = 1;
	if (needs & NEED_SAS && c) {
		s->fetched.waiting++;
		c->list_sas(c->ctx, keep_sa, sas_done, s);
	}
	if (needs & NEED_ROUTES && r->frr) {
		s->fetched.waiting += 2;
		frr_query(r->frr, FRR_ZEBRA, "show ip route summary json", TIMEOUT_MS, route_count_done, s);
		frr_query(r->frr, FRR_OSPFD, "show ip ospf route json", TIMEOUT_MS, ospf_routes_done, s);
	}
	if (needs & NEED_NEIGHBORS && r->frr) {
		s->fetched.waiting++;
		frr_query(r->frr, FRR_OSPFD, "show ip ospf vrf all neighbor json", TIMEOUT_MS, neighbors_done, s);
	}
	return --s->fetched.waiting > 0;
}

void
fetch_free(struct session *s)
{
	struct fetched *f = &s->fetched;

	for (size_t i = 0; i < f->nsa; i++) {
		struct sa_child *c = (struct sa_child *)(uintptr_t)f->sa[i].children;

		for (size_t k = 0; k < f->sa[i].nchild; k++)
			free((char *)(uintptr_t)c[k].name);
		free(c);
		free((char *)(uintptr_t)f->sa[i].conn);
	}
	free(f->sa);
	json_decref(f->routes);
	json_decref(f->ospf_routes);
	json_decref(f->neighbors);
	*f = (struct fetched){0};
}

const struct sa_ike *
session_sas(struct session *s, size_t *n)
{
	static const struct sa_ike none;

	*n = s->fetched.nsa;
	if (!s->fetched.sas_ok)
		return NULL;
	return s->fetched.sa ? s->fetched.sa : &none;
}

json_t *
session_routes(struct session *s)
{
	return s->fetched.routes;
}

json_t *
session_ospf_routes(struct session *s)
{
	return s->fetched.ospf_routes;
}

json_t *
session_neighbors(struct session *s)
{
	return s->fetched.neighbors;
}
