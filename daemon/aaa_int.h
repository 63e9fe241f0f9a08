/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside of AAA: aaa.c (requests), aaa_config.c (what the configuration says), guard.c (login protection). */
#ifndef CONFTERM_DAEMON_AAA_INT_H
#define CONFTERM_DAEMON_AAA_INT_H

#include "daemon/aaa.h"
#include "daemon/aaa_work.h"

#define METHODS 4

enum method_kind {
	METHOD_GROUP, METHOD_LOCAL, METHOD_LOCAL_CASE, METHOD_ENABLE, METHOD_LINE, METHOD_NONE, METHOD_IF_AUTHENTICATED,
	METHOD_OTHER,		/* kerberos, cache: cannot be asked */
};

struct method {
	enum method_kind kind;
	const char *group;	/* METHOD_GROUP; the store's */
};

/* A password as it is stored: type 0, 5, 7, 8 or 9. text NULL: none. */
struct stored_password {
	int type;
	const char *text;
};

struct local_user {
	const char *name;
	int level;		/* -1: none given */
	bool nopassword, nohangup;
	struct stored_password password;
	const char *access_class;
	const char *autocommand;
};

/* aaa_config.c. All strings are the store's: use them before it changes. */
bool aaa_new_model(struct store *s);
/* 0: the list is not defined. */
int aaa_login_methods(struct store *s, const char *list, struct method out[METHODS]);
int aaa_enable_methods(struct store *s, struct method out[METHODS]);
int aaa_exec_methods(struct store *s, const char *list, struct method out[METHODS]);
int aaa_command_methods(struct store *s, const char *list, unsigned level, struct method out[METHODS]);
/* Names are compared without regard to case unless exact. */
bool aaa_local_user(struct store *s, const char *name, bool exact, struct local_user *out);
/* The secret or password of `enable LEVEL`; false: none. *secret: it is a secret (for the words of a refusal). */
bool aaa_enable_password(struct store *s, int level, struct stored_password *out, bool *secret);
/* The servers of "radius" or of a named group, into the job; their number. */
unsigned aaa_radius_servers(struct store *s, const char *group, struct job *j);

/* guard.c */
struct guard;
struct guard *guard_new(struct router *r);
void guard_free(struct guard *g);
void guard_failed(struct guard *g, const char *user, const char *from, uint16_t port);
void guard_passed(struct guard *g, const char *user, const char *from, uint16_t port);
bool guard_blocked(struct guard *g, struct in_addr addr);
double guard_delay(struct guard *g);
void guard_configured(struct guard *g);
/* Text of show login, and of show login failures. */
struct buf;
void guard_show(struct guard *g, struct buf *out);
void guard_show_failures(struct guard *g, struct buf *out);

#endif
