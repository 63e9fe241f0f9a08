/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who may come in, and with what privilege: users, enable passwords, method
 * lists (aaa authentication, aaa authorization), RADIUS, and what stops
 * guessing (login block-for, login delay). IOS behaviour: "Securing User
 * Services"; RFC 2865 for RADIUS.
 *
 * Every question is asked with a request and answered by a callback from the
 * event loop, never below the call: hashing a password (scrypt) and asking a
 * server take time and happen in another thread. Everything here runs in the
 * event loop's thread.
 */
#ifndef CONFTERM_DAEMON_AAA_H
#define CONFTERM_DAEMON_AAA_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "daemon/line.h"

struct router;
struct aaa;
struct aaa_request;

enum aaa_result {
	AAA_PASS,
	AAA_FAIL,		/* the answer is no */
	AAA_ERROR,		/* no method could be asked (no server answers, nothing configured) */
};

struct aaa_answer {
	enum aaa_result result;
	int level;		/* AAA_PASS: privilege level of the session */
	const char *text;	/* what a person is told, "" for the usual; valid during the call */
};

/* secret is forgotten when the request ends; the caller wipes its own copy. */
typedef void aaa_done(void *arg, const struct aaa_answer *a);

struct aaa *aaa_new(struct router *r);
void aaa_free(struct aaa *a);		/* open requests end without an answer */
struct router *aaa_router(struct aaa *a);

/*
 * A login by name and password on a line, by the list that the line names
 * (`login local`, `login authentication LIST`, `login`: password of the line,
 * where the name is not asked). SSH on a line with plain `login` is answered by the
 * local users, as on a router. Takes note of the failure (log, block-for).
 * from is the address text for logs, addr in network order.
 */
struct aaa_request *aaa_login(struct aaa *a, enum line_kind kind, unsigned number, const char *user, const char *password,
    const char *from, struct in_addr addr, aaa_done *done, void *arg);
/* A login whose key aaa_key_known() knows and whose signature was checked: decides the level, takes note of the login. */
struct aaa_request *aaa_login_key(struct aaa *a, enum line_kind kind, unsigned number, const char *user, const char *from,
    struct in_addr addr, aaa_done *done, void *arg);
/*
 * Is this public key (its wire form, RFC 4253 section 6.6) one of the user's in
 * ip ssh pubkey-chain, as a key-string or by its key-hash (MD5, in hex)? No note is taken of a no.
 */
bool aaa_key_known(struct aaa *a, const char *user, const void *key, size_t len);
/* `enable [level]`: by aaa authentication enable, else enable secret or password of that level. user may be "". */
struct aaa_request *aaa_enable(struct aaa *a, enum line_kind kind, unsigned number, int level, const char *user,
    const char *password, aaa_done *done, void *arg);
/* Is there anything that `enable` to this level could be asked against? false: `% No password set`, or `% Error in authentication.` */
bool aaa_enable_possible(struct aaa *a, int level);
/*
 * May who sits at the login type a command of this privilege level (`aaa authorization commands`)? By the list of the
 * line, else the default one; on the console only with `aaa authorization console`. Answered at once: the methods that
 * count are local, if-authenticated and none. Servers are passed over, and a list of nothing else refuses nothing.
 */
bool aaa_command(struct aaa *a, const struct login *l, unsigned level, bool configuring);
/* The answer is not wanted any more; done is not called. NULL is allowed. */
void aaa_cancel(struct aaa_request *q);

/* Login attempts from this address are refused now (login block-for, quiet mode with its access-class). */
bool aaa_blocked(struct aaa *a, struct in_addr addr);
/* Seconds until the next attempt is answered (login delay, at least 1 while login block-for is set, else 0). */
double aaa_delay(struct aaa *a);

/* Does the standard or extended ACL let this source through? A list that does not exist lets all through, as IOS does. */
bool aaa_acl_permits(struct router *r, const char *acl, struct in_addr addr);

/* Text of show login [failures]. */
struct buf;
void aaa_show_login(struct aaa *a, bool failures, struct buf *out);
/* The configuration changed. */
void aaa_configured(struct aaa *a);

#endif
