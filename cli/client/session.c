/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The conversation with the daemon. At any moment the session waits for the
 * daemon, is at a prompt, or has a question to answer (enum state).
 *
 * A paste must be fast and look as on a router. So complete lines of the
 * type-ahead that need no editing are sent before their prompt came
 * (send_ahead()), and remembered; when the prompt (or question) comes, the line
 * is written behind it (echo_sent()). Lines with Tab, `?` or other keys wait
 * for their prompt and go through libedit.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/client/client.h"
#include "lib/xalloc.h"

static const char *const parser_errors[] = {"% Invalid input", "% Incomplete command", "% Ambiguous command"};

static void
forget_sent(struct client *c)
{
	struct sent *s;

	while ((s = c->sent)) {
		c->sent = s->next;
		explicit_bzero(s->d, s->n);
		free(s);
	}
	c->sent_last = &c->sent;
	c->sent_bytes = 0;
}

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

/* Text that nobody asked for: on its own line, then the line being typed again. */
static void
intrude(struct client *c, const char *s, size_t n)
{
	if (c->editing)
		out_puts(c, "\n");
	else
		out_fresh(c);
	out_put(c, s, n);
	if (c->editing)
		term_redraw();
	else if (c->state == ST_ASK || (c->state == ST_PROMPT && !c->tty && !c->quiet))
		out_puts(c, c->prompt);
}

static void
set_prompt(struct client *c, enum state st, const char *s, size_t n)
{
	bool unasked = c->editing && c->reply_type == 0;

	free(c->prompt);
	c->prompt = xstrndup(s, n);
	c->state = st;
	c->discard = false;
	c->prompted = true;
	pager_reset(c);
	buf_clear(&c->errline);
	buf_clear(&c->held);
	if (unasked) {
		out_puts(c, "\n");
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
			intrude(c, s, n);
		else
			output(c, s, n);
		break;
	case MSG_LOG:
		if (!c->quiet)
			intrude(c, s, n);
		break;
	case MSG_EXIT:
		if (c->held.n) {
			out_put(c, c->held.d, c->held.n);
			c->status = 1;
		}
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
	else
		link_poll(c, -1);
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

/* Sends the complete lines at the head of the type-ahead, within bounds. */
static void
send_ahead(struct client *c)
{
	struct sent *s;
	uint8_t type;
	long n;

	while (c->greeted && c->sent_bytes < SENT_LIMIT && c->tx.n < SENT_LIMIT &&
	    (n = input_line(&c->input, &type)) >= 0) {
		const char *line = input_head(&c->input);

		if (c->tty && (type == MSG_END || !input_plain(line, (size_t)n)))
			break;
		s = xmalloc(sizeof *s + (size_t)n);
		*s = (struct sent){.type = type, .n = (size_t)n};
		memcpy(s->d, line, (size_t)n);
		input_use(&c->input, (size_t)n + (line[n] != '\0'));
		if (type)
			link_send(c, type, s->d, s->n);
		*c->sent_last = s;
		c->sent_last = &s->next;
		c->sent_bytes += sizeof *s + s->n;
	}
}

static void
remember(struct client *c, const char *s, size_t n)
{
	char *line;

	if (!c->tty || c->state != ST_PROMPT || n == 0)
		return;
	line = xstrndup(s, n);
	term_remember(line);
	free(line);
}

/* The prompt of the oldest sent line is here: shows both. With shown, the prompt is on the screen. */
static void
echo_sent(struct client *c, bool shown)
{
	struct sent *s = c->sent;
	bool echo = c->echo && !(c->state == ST_ASK && (c->ask & ASK_NOECHO));

	c->sent = s->next;
	if (!c->sent)
		c->sent_last = &c->sent;
	c->sent_bytes -= sizeof *s + s->n;
	if (c->tty && !shown)
		out_puts(c, c->prompt);
	if (echo)
		out_put(c, s->d, s->n);
	if (echo && s->type == MSG_END)
		out_puts(c, "^Z");
	if (c->echo)
		out_puts(c, "\n");
	else if (!c->quiet)
		c->midline = false;	/* the terminal echoed it */
	if (s->type) {
		remember(c, s->d, s->n);
		c->state = ST_WAIT;
	} else {
		out_puts(c, "% Line too long\n");
		if (!c->tty && !c->quiet)
			out_puts(c, c->prompt);
	}
	explicit_bzero(s->d, s->n);
	free(s);
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
		remember(c, line, n);
		link_send(c, c->end ? MSG_END : MSG_LINE, line, n);
		c->state = ST_WAIT;
		explicit_bzero(line, n);
		free(line);
	} else if (c->fast) {
		send_ahead(c);
		if (c->sent)
			echo_sent(c, true);
	} else if (c->drop && c->state == ST_ASK) {
		link_send(c, MSG_INTERRUPT, NULL, 0);
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
	int r = -ENOTCONN, wait = 1;

	out_fresh(c);
	link_close(c);
	forget_sent(c);
	if (!c->tty) {
		/* what follows was meant for the mode that is lost */
		out_puts(c, "% Connection to the router process was lost\n");
		c->over = true;
		c->status = 1;
		return;
	}
	out_puts(c, "% Connection to the router process was lost; trying again\n");
	out_flush(c);
	c->state = ST_WAIT;
	c->discard = false;
	for (int tenths = 0, due = 0; tenths <= 150; tenths++) {
		if (tenths == due) {
			if ((r = link_connect(c)) == 0)
				break;
			wait = wait < 16 ? wait * 2 : 20;
			due += wait;
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
		send_ahead(c);
		if (c->state == ST_WAIT)
			session_turn(c);
		else if (c->sent)
			echo_sent(c, false);
		else if (c->tty)
			edit(c);
		else if (c->input.eof && input_line(&c->input, &type) < 0)
			break;
		else
			session_turn(c);
	}
	if (!c->tty && !c->quiet)
		out_fresh(c);
	forget_sent(c);
	out_flush(c);
	return c->status;
}
