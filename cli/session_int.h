/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside of a session: session.c (lines, modes), help.c (? and Tab), fetch.c (needs) and exec/ share this. */
#ifndef CONFTERM_CLI_SESSION_INT_H
#define CONFTERM_CLI_SESSION_INT_H

#include <ev.h>

#include "cli/exec.h"
#include "cli/filter.h"
#include "cli/listen.h"
#include "daemon/line.h"
#include "daemon/router.h"
#include "lib/buf.h"
#include "parser/config.h"

#define HISTORY_DEFAULT	20
#define HISTORY_MAX	256

struct fetched {
	int waiting;			/* answers still to come */
	struct sa_ike *sa;
	size_t nsa, capsa;
	bool sas_ok;
	json_t *routes, *ospf_routes, *neighbors;
};

struct session {
	struct session *next;
	struct router *r;
	struct conn *conn;		/* NULL: gone, kept until what runs has ended */
	uid_t uid;
	struct login *login;		/* who sits there: held */
	struct login *console;		/* the same on the console, whose line this session takes; else NULL */
	int level;
	bool configuring, monitor;
	bool ending;			/* Ctrl-Z was typed: configuration mode ends with the command that runs */
	bool synchronous;		/* logging synchronous */
	unsigned synchronous_level;	/* ... for messages of less weight than this */
	bool length_typed, width_typed, history_typed, monitor_typed;	/* by terminal ..., which the line does not undo */
	bool leaves;			/* after the automatic command */
	char *begin_with;		/* the automatic command, until it runs */
	ev_timer idle, absolute;	/* exec-timeout, absolute-timeout */
	double last_input;		/* ev_now() */
	struct {
		int level, tries;
		struct aaa_request *request;
	} enabling;
	bool person;			/* a terminal, not a pipe, is at the other end */
	struct config config;
	unsigned config_session;	/* the number of its stay in configuration mode */
	uint16_t length, width;		/* 0xffff: as the window is */
	unsigned rows, columns;		/* of the window */
	char *history[HISTORY_MAX];
	int nhistory, history_size;
	/* a command that runs */
	bool busy, fetching;
	void (*cancel)(void *arg), (*gone)(void *arg);
	void *arg;
	struct filter *filter;
	exec_fn *run;			/* after fetching */
	uint64_t values[64];
	struct buf text;		/* strings of values */
	struct fetched fetched;
	/* a question */
	void (*answer)(struct session *s, const char *text, void *arg);
	void *answer_arg;
	void (*answer_drop)(void *arg);
	char end_byte;			/* last byte printed, to end output in a newline */
};

/* fetch.c: starts what `needs` asks for; session_fetched() follows from the loop, or at once when nothing is needed. */
bool fetch_start(struct session *s, unsigned needs);
void fetch_free(struct session *s);
void session_fetched(struct session *s);
void session_free_if_gone(struct session *s);

/* help.c */
void help_text(struct session *s, const char *line, struct buf *out);
void help_complete(struct session *s, const char *line, struct buf *insert);

void session_leave(struct session *s);		/* closes it after its last output */
/* Around every match: commands above the session's level are not there. */
void session_limit(struct session *s, bool on);
/* sitting.c: the line and its session */
void sitting_begin(struct session *s, uid_t uid);
void sitting_begin_timers(struct session *s);
void sitting_end_timers(struct session *s);
void sitting_input(struct session *s);
void sitting_configured(struct session *s);
void sitting_hangup(struct session *s);

void session_prompt_text(struct session *s, struct buf *out);

#endif
