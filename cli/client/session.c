/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The conversation with the daemon. At any moment the session waits for the
 * daemon, is at a prompt, or has a question to answer (enum state).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/client/client.h"
#include "lib/xalloc.h"

#define RETRY_TENTHS	150	/* how long to wait for a daemon that went away */

static const char *const parser_errors[] = {"% Invalid input", "% Incomplete command", "% Ambiguous command", "% Unknown command", "% Type \""};

/* With -c: notes that a command printed one of the parser's errors. */
static void
watch_errors(struct client *c, const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (s[i] == '\n') {
			buf_clear(&c->errline);
			continue;
		}
		if (c->errline.n >= 24)
			continue;
		buf_putc(&c->errline, s[i]);
		for (size_t k = 0; k < sizeof parser_errors / sizeof parser_errors[0]; k++)
			if (strcmp(c->errline.d, parser_errors[k]) == 0)
				c->status = 1;
	}
}

static void
output(struct client *c, const char *s, size_t n)
{
	if (c->quiet && !c->prompted) {
		buf_put(&c->held, s, n);	/* a banner, or why we are refused */
		return;
	}
	if (c->quiet)
		watch_errors(c, s, n);
	pager_write(c, s, n);
}

/*
 * Text that nobody asked for: on its own line. With redraw the line being typed follows when no more of it is at hand;
 * without, the person goes on typing on an empty one.
 */
static void
intrude(struct client *c, const char *s, size_t n, bool redraw)
{
	term_flush();	/* where the cursor is, is known when libedit's part is out */
	out_fresh(c);
	out_put(c, s, n);
	if (!c->editing)
		c->torn = c->state == ST_ASK || (c->state == ST_PROMPT && !c->tty && !c->quiet);
	else if (redraw)
		c->torn = true;
}

void
session_mend(struct client *c)
{
	if (!c->torn)
		return;
	c->torn = false;
	out_fresh(c);
	if (c->editing)
		term_redraw();
	else if (c->state != ST_WAIT)
		out_puts(c, c->prompt);
}

/* A line of the router's log. Synchronous ones do not come between the lines of a command's output. */
static void
log_text(struct client *c, bool synchronous, const char *s, size_t n)
{
	if (c->quiet)
		return;
	if (!synchronous || !c->tty || c->state != ST_WAIT)
		intrude(c, s, n, synchronous);
	else if (c->log.n + n <= LOG_LIMIT)
		buf_put(&c->log, s, n);
}

static void
set_prompt(struct client *c, enum state st, const char *s, size_t n)
{
	bool unasked = c->editing && c->reply_type == 0;

	free(c->prompt);
	c->prompt = xstrndup(s, n);
	c->state = st;
	if (!unasked)
		c->torn = false;
	c->discard = false;
	c->prompted = true;
	c->waited = c->due = c->wait = 0;
	pager_reset(c);
	buf_clear(&c->errline);
	buf_clear(&c->held);
	if (c->log.n) {
		out_fresh(c);
		out_put(c, c->log.d, c->log.n);
		buf_clear(&c->log);
	}
	if (unasked) {
		if (!c->torn)
			out_puts(c, "\n");
		c->torn = false;
		term_redraw();
	} else if (!c->tty && !c->quiet) {
		out_puts(c, c->prompt);
	}
}

void
session_size(struct client *c)
{
	unsigned cols, rows;

	window_size(&cols, &rows);
	c->page = c->want_page == SIZE_WINDOW ? rows : c->want_page;
	c->width = c->want_width == SIZE_WINDOW ? cols : c->want_width;
}

static void
message(struct client *c, uint8_t type, const char *s, size_t n)
{
	const unsigned char *u = (const unsigned char *)s;

	if (!c->greeted && type != MSG_OUTPUT && type != MSG_EXIT) {
		c->greeted = type == MSG_HELLO && n >= 1 && u[0] == 1;
		if (!c->greeted) {
			fprintf(stderr, "%% conftermd speaks another version of the protocol\n");
			c->over = true;
			c->status = 2;
		}
		return;
	}
	if (c->reply_type && type == c->reply_type) {
		buf_clear(&c->reply);
		buf_put(&c->reply, s, n);
		c->reply_type = 0;
		return;
	}
	switch (type) {
	case MSG_PROMPT:
		if (n < 4)
			break;
		c->want_page = (unsigned)u[0] << 8 | u[1];
		c->want_width = (unsigned)u[2] << 8 | u[3];
		session_size(c);
		set_prompt(c, ST_PROMPT, s + 4, n - 4);
		break;
	case MSG_ASK:
		if (n < 1)
			break;
		c->ask = u[0];
		set_prompt(c, ST_ASK, s + 1, n - 1);
		break;
	case MSG_OUTPUT:
		if (c->editing)
			intrude(c, s, n, true);
		else
			output(c, s, n);
		break;
	case MSG_LOG:
		if (n >= 1)
			log_text(c, u[0] & LOG_SYNCHRONOUS, s + 1, n - 1);
		break;
	case MSG_EXIT:
		if (!c->prompted)
			c->status = 1;	/* refused; the text says why */
		out_put(c, buf_str(&c->held), c->held.n);
		c->over = true;
		break;
	}
}

void
session_turn(struct client *c)
{
	const char *body;
	uint8_t type;
	size_t len;
	int r = c->sock >= 0 ? proto_next(&c->in, &type, &body, &len) : 0;

	if (r == 1)
		message(c, type, body, len);
	else if (r < 0)
		c->lost = c->dead = true;
	else if (c->lost)
		c->dead = true;
	else {
		session_mend(c);
		link_poll(c, -1);
	}
	if (c->tty && c->state == ST_WAIT && c->greeted && input_interrupt(&c->input))
		link_send(c, MSG_INTERRUPT, NULL, 0);
}

int
session_key(struct client *c)
{
	enum state st = c->state;
	int key;

	while (input_size(&c->input) == 0) {
		if (c->over || c->dead || c->input.eof || c->state != st)
			return -1;
		session_turn(c);
	}
	key = (unsigned char)*input_head(&c->input);
	input_use(&c->input, 1);
	return key;
}

bool
session_request(struct client *c, uint8_t type, const char *s, size_t n, uint8_t answer)
{
	link_send(c, type, s, n);
	c->reply_type = answer;
	while (c->reply_type && !c->over && !c->dead)
		session_turn(c);
	if (c->reply_type == 0)
		return true;
	c->reply_type = 0;
	return false;
}

/* A question for one key, or one whose answer must not be seen. */
static void
answer_unseen(struct client *c)
{
	struct buf line = {0};
	int key;

	out_puts(c, c->prompt);
	while ((key = session_key(c)) >= 0 && key != '\n' && key != KEY_INTR && key != KEY_ABORT) {
		if (c->ask & ASK_KEY) {
			buf_putc(&line, (char)key);
			if (!(c->ask & ASK_NOECHO) && key >= ' ' && key != 0x7f)
				out_put(c, line.d, 1);
			break;
		}
		if (key == '\b' || key == 0x7f)
			line.n -= line.n > 0;
		else if (key == 0x15)		/* Ctrl-U */
			line.n = 0;
		else if (line.n < LINE_LIMIT)
			buf_putc(&line, (char)key);
	}
	if (key >= 0) {
		bool drop = key == KEY_INTR || key == KEY_ABORT;

		out_puts(c, "\n");
		link_send(c, drop ? MSG_INTERRUPT : MSG_LINE, line.d, drop ? 0 : line.n);
		c->state = ST_WAIT;
	} else if (c->input.eof && !c->dead) {
		c->over = true;
	}
	buf_wipe(&line);
}

/* A person is at the prompt. */
static void
edit(struct client *c)
{
	char *line;
	size_t n;

	if (c->state == ST_ASK && (c->ask & (ASK_NOECHO | ASK_KEY))) {
		answer_unseen(c);
		return;
	}
	line = term_line(c, c->prompt, &n);
	if (line && n > LINE_LIMIT) {
		out_puts(c, "% Line too long\n");
		free(line);
	} else if (line) {
		ahead_remember(c, line, n);
		link_send(c, c->end ? MSG_END : MSG_LINE, line, n);
		c->state = ST_WAIT;
		explicit_bzero(line, n);
		free(line);
	} else if (c->fast) {
		ahead_send(c);
		if (c->sent)
			ahead_echo(c, true);
	} else if (c->drop && !c->over && !c->dead) {
		/* a question is left; at a prompt it is Ctrl-Z without the line */
		link_send(c, c->state == ST_ASK ? MSG_INTERRUPT : MSG_END, NULL, 0);
		c->state = ST_WAIT;
	} else if (!c->drop && !c->dead && c->input.eof && input_size(&c->input) == 0) {
		c->over = true;
	}
}

/* Comes back when the daemon does, or gives up: sets over. */
static void
reconnect(struct client *c)
{
	static const struct timespec step = {.tv_nsec = 100000000};
	int r = -ECONNREFUSED;

	out_fresh(c);
	link_close(c);
	ahead_forget(c);
	if (!c->tty || !c->path) {
		/* what follows was meant for the mode that is lost; or there is no way back */
		out_puts(c, "% Connection to the router process was lost\n");
		c->over = true;
		c->status = 1;
		return;
	}
	/* a daemon that takes connections and drops them does not get more than its time, either */
	if (c->waited == 0)
		out_puts(c, "% Connection to the router process was lost; trying again\n");
	out_flush(c);
	c->state = ST_WAIT;
	c->discard = false;
	for (; c->waited <= RETRY_TENTHS; c->waited++) {
		if (c->waited == c->due) {
			c->wait = c->wait < 16 ? c->wait * 2 + 1 : 20;
			c->due += c->wait;
			if ((r = link_connect(c)) == 0) {
				c->waited++;
				break;
			}
		}
		nanosleep(&step, NULL);
		link_poll(c, 0);
		if (input_interrupt(&c->input) || c->input.eof)
			break;
	}
	input_use(&c->input, input_size(&c->input));
	if (r < 0) {
		fprintf(stderr, "%% conftermd is not running (%s: %s)\n", c->path, strerror(-r));
		c->over = true;
		c->status = 1;
		return;
	}
	window_send(c);
}

int
session_run(struct client *c)
{
	uint8_t type;

	c->sent_last = &c->sent;
	window_send(c);
	while (!c->over) {
		if (c->dead) {
			reconnect(c);
			continue;
		}
		ahead_send(c);
		if (c->state == ST_WAIT)
			session_turn(c);
		else if (c->sent)
			ahead_echo(c, false);
		else if (c->tty)
			edit(c);
		else if (c->input.eof && input_line(&c->input, &type) < 0)
			break;
		else
			session_turn(c);
	}
	if (!c->tty && !c->quiet)
		out_fresh(c);
	ahead_forget(c);
	out_flush(c);
	return c->status;
}
