/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * confterm, the shell: what its files share. The way of the data:
 *
 *	keyboard or pipe -> input.c (type-ahead) -> ahead.c, session.c -> link.c -> daemon
 *	daemon -> link.c -> session.c -> pager.c -> link.c (output buffer) -> screen
 *
 * term.c edits a line with libedit while the session waits at a prompt. Its
 * callbacks turn the same crank as the rest, session_turn(), so that messages
 * of the daemon arrive while a line is being typed.
 */
#ifndef CONFTERM_CLI_CLIENT_CLIENT_H
#define CONFTERM_CLI_CLIENT_CLIENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "cli/proto.h"
#include "lib/buf.h"

#define LINE_LIMIT	65536u		/* longest line, bytes */
#define AHEAD_LIMIT	(256u * 1024)	/* type-ahead kept before stdin is left alone */
#define LOG_LIMIT	(64u * 1024)	/* log lines kept while a command runs */
#define SENT_LIMIT	(64u * 1024)	/* bytes of lines sent before their prompt came */

#define SIZE_WINDOW	0xffff		/* page length or width in MSG_PROMPT: that of the window */

#define KEY_INTR	0x03	/* Ctrl-C */
#define KEY_END		0x1a	/* Ctrl-Z */
#define KEY_ESC		0x1b
#define KEY_ABORT	0x1e	/* Ctrl-^ */

enum state {
	ST_WAIT,	/* a command runs (or the session is not there yet) */
	ST_PROMPT,	/* the daemon waits for a line */
	ST_ASK,		/* it waits for an answer */
};

/* Type-ahead: bytes read and not used. Line ends are "\n"; no NUL. */
struct input {
	struct buf ahead;
	size_t off;		/* bytes of ahead that are used up */
	size_t linelen;		/* bytes since the last line end */
	bool skip_lf;		/* the last byte was CR: a LF that follows at once belongs to it */
	double cr_at;		/* when it came, seconds */
	bool intr;		/* an interrupt key is in ahead */
	bool eof;
};

/* A line that was sent before the prompt it belongs to was on the screen. */
struct sent {
	struct sent *next;
	uint8_t type;		/* MSG_LINE, MSG_END, or 0: too long, not sent */
	size_t n;
	char d[];
};

struct client {
	/* fixed after the start */
	const char *path;	/* of the socket; NULL: it was given as an open descriptor, once */
	bool tty;		/* a person: libedit, paging */
	bool quiet;		/* -c: only output */
	bool echo;		/* write the lines of stdin into the transcript */

	/* link.c */
	int sock;
	struct proto_in in;
	struct buf tx, out;
	struct input input;
	bool lost;		/* the socket is at its end; what came before may still wait in `in` */
	bool dead;		/* lost, and nothing waits any more */
	bool greeted;

	/* session.c */
	enum state state;
	char *prompt;		/* text of the prompt or of the question */
	uint8_t ask;
	struct sent *sent, **sent_last;
	size_t sent_bytes;
	bool discard;		/* output up to the next prompt is not wanted */
	bool over;
	bool prompted;		/* a first prompt or question was seen */
	int status;
	unsigned waited, due, wait;	/* tenths of a second without a daemon; next try; step */
	struct buf held;	/* -c: what came before the first prompt */
	struct buf errline;	/* -c: start of the output line, to find errors */
	struct buf log;		/* synchronous log lines that wait for the prompt */
	uint8_t reply_type;	/* answer that session_request() waits for, 0: none */
	struct buf reply;

	/* screen */
	bool torn;		/* a message stands where the prompt should: session_mend() writes that again */
	bool midline;		/* the cursor is not in the first column */
	unsigned page, width;	/* rows and columns of a page, 0: none; session_size() keeps them */
	unsigned want_page, want_width;	/* of the last MSG_PROMPT */
	unsigned row, col;	/* since the last prompt or page */
	bool editing;		/* libedit owns the current line */
	bool fast;		/* the line is in the type-ahead, not in libedit */
	bool end, drop;		/* how the edited line was ended */
};

/* link.c: descriptors. */
int link_connect(struct client *c);		/* 0 or -errno */
void link_close(struct client *c);
void link_send(struct client *c, uint8_t type, const void *body, size_t len);
/* One poll: writes what waits, reads what is there. timeout -1: for ever. */
void link_poll(struct client *c, int timeout_ms);
void out_put(struct client *c, const char *s, size_t n);
void out_puts(struct client *c, const char *s);
void out_fresh(struct client *c);		/* to the first column */
void out_flush(struct client *c);
void window_init(struct client *c);		/* SIGWINCH; sends MSG_WINDOW on the next poll */
void window_send(struct client *c);
void window_size(unsigned *cols, unsigned *rows);	/* 0: unknown */

/* input.c */
void input_add(struct input *in, const char *p, size_t n);
const char *input_head(const struct input *in);	/* input_size() bytes, then a NUL */
size_t input_size(const struct input *in);
void input_use(struct input *in, size_t n);
/* Length of the complete line at the head, without its end; -1: none yet. *type as in struct sent. */
long input_line(const struct input *in, uint8_t *type);
/* May that line go out as it is, or does it hold keys that edit or ask for help? */
bool input_plain(const char *s, size_t n);
/* Drops everything up to the last interrupt key; false when there is none. */
bool input_interrupt(struct input *in);

/* ahead.c */
void ahead_send(struct client *c);		/* complete lines of the type-ahead, within bounds */
/* The prompt of the oldest sent line is here: shows both. With shown, the prompt is on the screen. */
void ahead_echo(struct client *c, bool shown);
void ahead_forget(struct client *c);
void ahead_remember(struct client *c, const char *s, size_t n);	/* history, if it was no answer */

/* pager.c */
void pager_write(struct client *c, const char *s, size_t n);
void pager_reset(struct client *c);

/* session.c */
int session_run(struct client *c);		/* the exit status */
void session_turn(struct client *c);		/* one message, or one poll */
void session_mend(struct client *c);		/* the prompt again, after messages */
void session_size(struct client *c);		/* the page's size, after a prompt or SIGWINCH */
int session_key(struct client *c);		/* the next byte typed; -1: the session is over */
/* Sends a request and waits for its answer in c->reply; false when the session ended instead. */
bool session_request(struct client *c, uint8_t type, const char *s, size_t n, uint8_t answer);

/* term.c */
int term_start(struct client *c);
void term_stop(void);
/* The user's line, malloc'ed; NULL when it is in the type-ahead (c->fast), dropped, or the session is over. */
char *term_line(struct client *c, const char *prompt, size_t *len);
void term_redraw(void);				/* after foreign output */
void term_flush(void);				/* libedit's output to out_put() */
void term_resize(void);
void term_remember(const char *line);		/* history */

#endif
