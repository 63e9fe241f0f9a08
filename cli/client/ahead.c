/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Type-ahead on its way to the daemon.
 *
 * A paste must be fast and look as on a router. So complete lines of the
 * type-ahead that need no editing are sent before their prompt came
 * (ahead_send()), and remembered; when the prompt (or question) comes, the line
 * is written behind it (ahead_echo()). Lines with Tab, `?` or other keys wait
 * for their prompt and go through libedit.
 */
#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "cli/client/client.h"
#include "lib/xalloc.h"

void
ahead_forget(struct client *c)
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

/* Sends the complete lines at the head of the type-ahead, within bounds. */
void
ahead_send(struct client *c)
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

void
ahead_remember(struct client *c, const char *s, size_t n)
{
	char *line;

	if (!c->tty || c->state != ST_PROMPT || n == 0)
		return;
	line = xstrndup(s, n);
	term_remember(line);
	free(line);
}

/* The prompt of the oldest sent line is here: shows both. With shown, the prompt is on the screen. */
void
ahead_echo(struct client *c, bool shown)
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
		ahead_remember(c, s->d, s->n);
		c->state = ST_WAIT;
	} else {
		out_puts(c, "% Line too long\n");
		if (!c->tty && !c->quiet)
			out_puts(c, c->prompt);
	}
	explicit_bzero(s->d, s->n);
	free(s);
}
