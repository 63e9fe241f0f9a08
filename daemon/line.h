/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Terminal lines: console 0, aux 0, and vty 0 to the highest configured one
 * (0 to 4 without any line vty). A session by the unix socket is on con 0, one
 * by SSH takes the first free vty that lets it in.
 *
 * Numbers of lines (the first column of `show users`): con 0 is 0, aux 0 is 1,
 * vty N is 2 + N.
 */
#ifndef CONFTERM_DAEMON_LINE_H
#define CONFTERM_DAEMON_LINE_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>
#include <time.h>

struct store;
struct router;

enum line_kind { LINE_CON, LINE_AUX, LINE_VTY };

enum line_login {
	LINE_LOGIN_NONE,	/* no login */
	LINE_LOGIN_PASSWORD,	/* login: the line's own password */
	LINE_LOGIN_LOCAL,	/* login local */
	LINE_LOGIN_LIST,	/* aaa new-model: login authentication LIST, or default */
};

/* What the configuration says of one line, defaults filled in. Strings belong to the store: valid until it changes. */
struct line_settings {
	unsigned exec_timeout;		/* seconds, 0: none */
	unsigned absolute_timeout;	/* seconds, 0: none */
	unsigned login_timeout;		/* seconds (timeout login response) */
	int level;			/* privilege level */
	bool has_level;			/* ... is configured */
	unsigned length, width;		/* rows and columns; meaningful when has_length, has_width */
	bool has_length, has_width;
	unsigned history;		/* lines kept */
	bool editing, monitor;
	bool synchronous;		/* logging synchronous */
	unsigned synchronous_level;	/* messages of this severity and above (numbers up to it) go out at once; 2 by default */
	bool exec;			/* no exec: no session on this line */
	bool exec_banner, motd_banner;
	bool ssh, telnet;		/* transport input */
	enum line_login login;
	const char *login_list;		/* LINE_LOGIN_LIST: its name, "default" */
	const char *authorization_list;	/* authorization exec: its name, NULL: none named */
	const char *password, *secret;	/* as stored; NULL: none */
	unsigned password_type, secret_type;	/* 0, 7; 5, 8, 9 */
	const char *access_class;	/* in; NULL: none */
	const char *autocommand;	/* NULL: none */
};

void line_settings(struct store *s, enum line_kind kind, unsigned number, struct line_settings *out);
/* The list of `authorization commands LEVEL` on this line; NULL: it names none. The store's. */
const char *line_command_list(struct store *s, enum line_kind kind, unsigned number, unsigned level);
/* Number of vty lines that there are. */
unsigned line_vty_count(struct store *s);
/* The number in show users: see above. */
unsigned line_tty(enum line_kind kind, unsigned number);
/* "con0", "vty3"; returns buf. */
#define LINE_NAME_MAX 16
const char *line_name(enum line_kind kind, unsigned number, char buf[LINE_NAME_MAX]);

/*
 * The first free vty that takes ssh, has an exec, and whose access-class lets
 * addr in. -1: none; *why is then a text for the log ("" when all are busy).
 * The caller holds it by login_new() until login_free().
 */
int line_find_vty(struct router *r, struct in_addr addr, const char **why);

/*
 * One connection that takes a line, from the moment it is accepted (user is
 * still NULL) to its end. r->logins lists all of them.
 */
struct login {
	struct login *next;
	unsigned held;		/* sessions that look at it */
	enum line_kind kind;
	unsigned number;
	char *user;		/* NULL: not logged in yet; "" logged in without a name */
	char *from;		/* address text; NULL on the console */
	struct in_addr addr;
	uint16_t port;
	int level;		/* with which its session begins */
	time_t since;		/* wall clock */
	void *ssh;		/* daemon/ssh.h's own, NULL: none */
	void (*hangup)(struct login *l);	/* ends the connection (clear line); NULL: the session is closed */
};
struct login *login_new(struct router *r, enum line_kind kind, unsigned number, const char *from, struct in_addr addr, uint16_t port);
/* The line is free again. The memory goes when no session holds it any more. NULL is allowed. */
void login_free(struct router *r, struct login *l);
/* A session looks at it, and does so no longer. */
void login_hold(struct login *l);
void login_drop(struct login *l);
/* How often the line was taken since the start. */
unsigned line_uses(struct router *r, enum line_kind kind, unsigned number);
struct login *login_find(struct router *r, enum line_kind kind, unsigned number);

#endif
