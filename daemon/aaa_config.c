/* SPDX-License-Identifier: BSD-2-Clause */
/* What the configuration says about users, enable passwords, method lists and servers: see aaa_int.h. */
#define _GNU_SOURCE
#include "daemon/aaa_int.h"

#include <arpa/inet.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "daemon/router.h"
#include "gen/grammar.h"
#include "lib/ip4.h"
#include "lib/xalloc.h"
#include "parser/secret.h"

#define RADIUS_PORT 1645	/* IOS's default, older than the 1812 of RFC 2865 */

/* --- method lists --- */

/* The alternatives of login and enable lists, and of authorization lists, in the order of the grammar. */
static const enum method_kind login_kinds[] = { METHOD_GROUP, METHOD_LOCAL, METHOD_LOCAL_CASE, METHOD_ENABLE, METHOD_LINE, METHOD_NONE };
static const enum method_kind author_kinds[] = { METHOD_GROUP, METHOD_LOCAL, METHOD_IF_AUTHENTICATED, METHOD_NONE };

static int
method(struct method *m, int n, const enum method_kind *kinds, size_t nkinds, bool has, uint32_t kind, const char *group)
{
	if (has)
		m[n++] = (struct method){ kind < nkinds ? kinds[kind] : METHOD_OTHER, group };
	return n;
}

#define LOGIN_METHODS(v, row, out) \
	method(out, method(out, method(out, method(out, 0, \
	    login_kinds, 6, (v)->has & HAS_##row##_M1, (v)->m1, (v)->m1_group), \
	    login_kinds, 6, (v)->has & HAS_##row##_M2, (v)->m2, (v)->m2_group), \
	    login_kinds, 6, (v)->has & HAS_##row##_M3, (v)->m3, (v)->m3_group), \
	    login_kinds, 6, (v)->has & HAS_##row##_M4, (v)->m4, (v)->m4_group)

#define AUTHOR_METHODS(v, row, out) \
	method(out, method(out, method(out, method(out, 0, \
	    author_kinds, 4, (v)->has & HAS_##row##_M1, (v)->m1, (v)->m1_group), \
	    author_kinds, 4, (v)->has & HAS_##row##_M2, (v)->m2, (v)->m2_group), \
	    author_kinds, 4, (v)->has & HAS_##row##_M3, (v)->m3, (v)->m3_group), \
	    author_kinds, 4, (v)->has & HAS_##row##_M4, (v)->m4, (v)->m4_group)

bool
aaa_new_model(struct store *s)
{
	const struct rec *r = store_first(s, store_root(s), ROW_AAA_NEW_MODEL);

	return r && !r->negated;
}

int
aaa_login_methods(struct store *s, const char *list, struct method out[METHODS])
{
	const struct cfg_aaa_auth_login_default *d;

	if (strcmp(list, "default") == 0) {
		const struct rec *r = store_first(s, store_root(s), ROW_AAA_AUTH_LOGIN_DEFAULT);

		if (!r || r->negated)
			return 0;
		d = rec_values(r);
		return LOGIN_METHODS(d, AAA_AUTH_LOGIN_DEFAULT, out);
	}
	for (struct rec *r = store_first(s, store_root(s), ROW_AAA_AUTH_LOGIN); r; r = store_next(r)) {
		const struct cfg_aaa_auth_login *v = rec_values(r);

		if (strcmp(v->list, list) == 0)
			return LOGIN_METHODS(v, AAA_AUTH_LOGIN, out);
	}
	return 0;
}

int
aaa_enable_methods(struct store *s, struct method out[METHODS])
{
	const struct rec *r = store_first(s, store_root(s), ROW_AAA_AUTH_ENABLE);
	const struct cfg_aaa_auth_enable *v = r && !r->negated ? rec_values(r) : NULL;

	return v ? LOGIN_METHODS(v, AAA_AUTH_ENABLE, out) : 0;
}

int
aaa_exec_methods(struct store *s, const char *list, struct method out[METHODS])
{
	if (!list || strcmp(list, "default") == 0) {
		for (struct rec *r = store_first(s, store_root(s), ROW_AAA_AUTHOR_DEFAULT); r; r = store_next(r)) {
			const struct cfg_aaa_author_default *v = rec_values(r);

			if (v->what == AAA_AUTHOR_DEFAULT_WHAT_EXEC)
				return AUTHOR_METHODS(v, AAA_AUTHOR_DEFAULT, out);
		}
		return 0;
	}
	for (struct rec *r = store_first(s, store_root(s), ROW_AAA_AUTHOR); r; r = store_next(r)) {
		const struct cfg_aaa_author *v = rec_values(r);

		if (v->what == AAA_AUTHOR_WHAT_EXEC && strcmp(v->list, list) == 0)
			return AUTHOR_METHODS(v, AAA_AUTHOR, out);
	}
	return 0;
}

int
aaa_command_methods(struct store *s, const char *list, unsigned level, struct method out[METHODS])
{
	if (!list || strcmp(list, "default") == 0) {
		for (struct rec *r = store_first(s, store_root(s), ROW_AAA_AUTHOR_COMMANDS_DEFAULT); r; r = store_next(r)) {
			const struct cfg_aaa_author_commands_default *v = rec_values(r);

			if (v->level == level)
				return AUTHOR_METHODS(v, AAA_AUTHOR_COMMANDS_DEFAULT, out);
		}
		return 0;
	}
	for (struct rec *r = store_first(s, store_root(s), ROW_AAA_AUTHOR_COMMANDS); r; r = store_next(r)) {
		const struct cfg_aaa_author_commands *v = rec_values(r);

		if (v->level == level && strcmp(v->list, list) == 0)
			return AUTHOR_METHODS(v, AAA_AUTHOR_COMMANDS, out);
	}
	return 0;
}

/* --- users and passwords --- */

bool
aaa_local_user(struct store *s, const char *name, bool exact, struct local_user *out)
{
	static const int ptypes[] = { 0, 6, 7 }, stypes[] = { 0, 4, 5, 8, 9 };
	const struct cfg_username *v = NULL;

	for (struct rec *r = store_first(s, store_root(s), ROW_USERNAME); r; r = store_next(r)) {
		const struct cfg_username *u = rec_values(r);

		if (r->negated)
			continue;
		if (strcmp(u->name, name) == 0) {
			v = u;
			break;
		}
		if (!exact && !v && strcasecmp(u->name, name) == 0)
			v = u;
	}
	if (!v)
		return false;
	*out = (struct local_user){ .name = v->name, .level = v->has & HAS_USERNAME_PRIVILEGE ? (int)v->privilege : -1,
		.access_class = v->acl,
		.autocommand = v->command, .nohangup = v->nohangup };
	if (v->has & HAS_USERNAME_CRED) {
		out->nopassword = v->cred == USERNAME_CRED_NOPASSWORD;
		if (v->cred == USERNAME_CRED_PASSWORD)
			out->password = (struct stored_password){ ptypes[v->ptype], v->password };
		else if (v->cred == USERNAME_CRED_SECRET)
			out->password = (struct stored_password){ stypes[v->stype], v->secret };
	}
	return true;
}

bool
aaa_enable_password(struct store *s, int level, struct stored_password *out, bool *secret)
{
	static const int stypes[] = { 0, 4, 5, 8, 9 }, ptypes[] = { 0, 6, 7 };
	const struct rec *root = store_root(s), *r;

	*secret = true;
	if (level == 15 && (r = store_first(s, root, ROW_ENABLE_SECRET)) && !r->negated) {
		const struct cfg_enable_secret *v = rec_values(r);

		*out = (struct stored_password){ stypes[v->type], v->secret };
		return true;
	}
	for (struct rec *q = store_first(s, root, ROW_ENABLE_SECRET_LEVEL); q; q = store_next(q)) {
		const struct cfg_enable_secret_level *v = rec_values(q);

		if ((int)v->level == level) {
			*out = (struct stored_password){ stypes[v->type], v->secret };
			return true;
		}
	}
	*secret = false;
	if (level == 15 && (r = store_first(s, root, ROW_ENABLE_PASSWORD)) && !r->negated) {
		const struct cfg_enable_password *v = rec_values(r);

		*out = (struct stored_password){ ptypes[v->type], v->password };
		return true;
	}
	for (struct rec *q = store_first(s, root, ROW_ENABLE_PASSWORD_LEVEL); q; q = store_next(q)) {
		const struct cfg_enable_password_level *v = rec_values(q);

		if ((int)v->level == level) {
			*out = (struct stored_password){ ptypes[v->type], v->password };
			return true;
		}
	}
	return false;
}

/* --- RADIUS servers --- */

static char *
clear_key(bool type7, const char *key)
{
	char clear[SECRET_MAX], *copy;

	if (!key)
		return NULL;
	if (!type7)
		return xstrdup(key);
	if (!secret_reveal(key, clear))
		return NULL;
	copy = xstrdup(clear);
	explicit_bzero(clear, sizeof clear);
	return copy;
}

/* A server whose port, timeout, retries and key may be left to the global lines. */
static void
add_server(struct store *s, struct job *j, const char *host, uint32_t port, uint32_t timeout, int retries, bool type7,
    const char *key)
{
	const struct rec *root = store_root(s);
	struct radius_server *to = &j->server[j->nserver];

	if (j->nserver == RADIUS_SERVERS || !host)
		return;
	snprintf(to->host, sizeof to->host, "%s", host);
	to->port = (uint16_t)(port ? port : RADIUS_PORT);
	to->timeout = timeout ? timeout : ((const struct cfg_radius_timeout *)store_leaf(s, root, ROW_RADIUS_TIMEOUT))->secs;
	to->retries = retries >= 0 ? (unsigned)retries
	    : ((const struct cfg_radius_retransmit *)store_leaf(s, root, ROW_RADIUS_RETRANSMIT))->count;
	if (!key) {
		const struct cfg_radius_key *k = store_leaf(s, root, ROW_RADIUS_KEY);

		if (k) {
			key = k->key;
			type7 = k->type == RADIUS_KEY_TYPE_7;
		}
	}
	to->key = clear_key(type7, key);
	j->nserver++;
}

static void
add_named(struct store *s, struct job *j, const struct rec *r)
{
	const struct cfg_rad_server_address *a = store_leaf(s, r, ROW_RAD_SERVER_ADDRESS);
	const struct cfg_rad_server_timeout *t = store_leaf(s, r, ROW_RAD_SERVER_TIMEOUT);
	const struct cfg_rad_server_retransmit *n = store_leaf(s, r, ROW_RAD_SERVER_RETRANSMIT);
	const struct cfg_rad_server_key *k = store_leaf(s, r, ROW_RAD_SERVER_KEY);

	if (a)
		add_server(s, j, a->addr, a->has & HAS_RAD_SERVER_ADDRESS_AUTH ? a->auth : 0, t ? t->secs : 0, n ? (int)n->count : -1,
		    k && k->type == RAD_SERVER_KEY_TYPE_7, k ? k->key : NULL);
}

static void
add_host(struct store *s, struct job *j, const struct cfg_radius_host *v)
{
	add_server(s, j, v->server, v->has & HAS_RADIUS_HOST_AUTH ? v->auth : 0, v->has & HAS_RADIUS_HOST_TIMEOUT ? v->timeout : 0,
	    v->has & HAS_RADIUS_HOST_RETRIES ? (int)v->retries : -1, v->type == RADIUS_HOST_TYPE_7,
	    v->has & HAS_RADIUS_HOST_KEY ? v->key : NULL);
}

/* `server A.B.C.D` of a group: the radius-server host line of that address. */
static void
add_member(struct store *s, struct job *j, const struct cfg_aaa_group_radius_server *v)
{
	const char *addr = ip4_s(v->addr);

	for (struct rec *r = store_first(s, store_root(s), ROW_RADIUS_HOST); r; r = store_next(r)) {
		const struct cfg_radius_host *h = rec_values(r);
		bool port = !(v->has & HAS_AAA_GROUP_RADIUS_SERVER_AUTH) || v->auth == (h->has & HAS_RADIUS_HOST_AUTH ? h->auth : RADIUS_PORT);

		if (strcmp(h->server, addr) == 0 && port) {
			add_host(s, j, h);
			return;
		}
	}
}

static void
add_private(struct store *s, struct job *j, const struct cfg_aaa_group_radius_server_private *v)
{
	add_server(s, j, ip4_s(v->addr), v->has & HAS_AAA_GROUP_RADIUS_SERVER_PRIVATE_AUTH ? v->auth : 0,
	    v->has & HAS_AAA_GROUP_RADIUS_SERVER_PRIVATE_TIMEOUT ? v->timeout : 0,
	    v->has & HAS_AAA_GROUP_RADIUS_SERVER_PRIVATE_RETRIES ? (int)v->retries : -1,
	    v->type == AAA_GROUP_RADIUS_SERVER_PRIVATE_TYPE_7, v->has & HAS_AAA_GROUP_RADIUS_SERVER_PRIVATE_KEY ? v->key : NULL);
}

unsigned
aaa_radius_servers(struct store *s, const char *group, struct job *j)
{
	const struct cfg_aaa_group_radius_source_interface *own;
	struct rec *root = store_root(s);

	for (struct rec *r = store_first(s, root, ROW_IP_RADIUS_SOURCE); r; r = store_next(r)) {
		const struct cfg_ip_radius_source *v = rec_values(r);

		if (!v->vrf)
			j->source.s_addr = htonl(configured_address(s, v->if_));
	}

	if (strcmp(group, "radius") == 0) {
		for (struct rec *r = store_first(s, root, ROW_RAD_SERVER); r; r = store_next(r))
			add_named(s, j, r);
		for (struct rec *r = store_first(s, root, ROW_RADIUS_HOST); r; r = store_next(r))
			add_host(s, j, rec_values(r));
		return j->nserver;
	}
	for (struct rec *g = store_first(s, root, ROW_AAA_GROUP_RADIUS); g; g = store_next(g)) {
		if (strcmp(((const struct cfg_aaa_group_radius *)rec_values(g))->name, group) != 0)
			continue;
		if ((own = store_leaf(s, g, ROW_AAA_GROUP_RADIUS_SOURCE_INTERFACE)))
			j->source.s_addr = htonl(configured_address(s, own->if_));
		for (struct rec *m = store_first(s, g, ROW_AAA_GROUP_RADIUS_SERVER_NAME); m; m = store_next(m)) {
			const struct cfg_aaa_group_radius_server_name *v = rec_values(m);
			struct rec *r;

			for (r = store_first(s, root, ROW_RAD_SERVER); r; r = store_next(r))
				if (strcmp(((const struct cfg_rad_server *)rec_values(r))->name, v->name) == 0)
					add_named(s, j, r);
		}
		for (struct rec *m = store_first(s, g, ROW_AAA_GROUP_RADIUS_SERVER); m; m = store_next(m))
			add_member(s, j, rec_values(m));
		for (struct rec *m = store_first(s, g, ROW_AAA_GROUP_RADIUS_SERVER_PRIVATE); m; m = store_next(m))
			add_private(s, j, rec_values(m));
	}
	return j->nserver;
}

/* --- access lists --- */

static bool
covers(uint32_t addr, uint32_t base, uint32_t wild)
{
	return ((addr ^ base) & ~wild) == 0;
}

bool
aaa_acl_permits(struct router *r, const char *acl, struct in_addr in)
{
	struct store *s = r->store;
	uint32_t addr = ntohl(in.s_addr);

	for (struct rec *l = store_first(s, store_root(s), ROW_ACL_STD); l; l = store_next(l)) {
		if (strcmp(((const struct cfg_acl_std *)rec_values(l))->id, acl) != 0)
			continue;
		for (struct rec *e = store_first(s, l, ROW_ACL_STD_ACE); e; e = store_next(e)) {
			const struct cfg_acl_std_ace *a = rec_values(e);

			if (a->action == ACL_STD_ACE_ACTION_REMARK)
				continue;
			if (a->src == ACL_STD_ACE_SRC_ANY || (a->src == ACL_STD_ACE_SRC_HOST && addr == a->src_host) ||
			    (a->src == ACL_STD_ACE_SRC_SRC_ADDR && covers(addr, a->src_addr, a->src_wild)))
				return a->action == ACL_STD_ACE_ACTION_PERMIT;
		}
		return false;
	}
	for (struct rec *l = store_first(s, store_root(s), ROW_ACL_EXT); l; l = store_next(l)) {
		if (strcmp(((const struct cfg_acl_ext *)rec_values(l))->id, acl) != 0)
			continue;
		for (struct rec *e = store_first(s, l, ROW_ACL_EXT_ACE); e; e = store_next(e)) {
			const struct cfg_acl_ext_ace *a = rec_values(e);

			/* the source decides; entries for other protocols than TCP are not about logins */
			if (a->action == ACL_EXT_ACE_ACTION_REMARK ||
			    (a->proto != ACL_EXT_ACE_PROTO_IP && a->proto != ACL_EXT_ACE_PROTO_TCP))
				continue;
			if (a->src == ACL_EXT_ACE_SRC_ANY || (a->src == ACL_EXT_ACE_SRC_HOST && addr == a->src_host) ||
			    (a->src == ACL_EXT_ACE_SRC_SRC_ADDR && covers(addr, a->src_addr, a->src_wild)))
				return a->action == ACL_EXT_ACE_ACTION_PERMIT;
		}
		return false;
	}
	return true;	/* a list that is not there */
}
