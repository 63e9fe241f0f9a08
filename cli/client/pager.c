/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Paging: output of the daemon goes to the screen until a page is full, then
 * ` --More-- ` waits for a key. SPACE: a page, ENTER: a line, any other key: the
 * rest is dropped, and the daemon is told so. What arrives meanwhile stays in
 * the decoder (link_poll() bounds it).
 */
#define _GNU_SOURCE
#include <string.h>

#include "cli/client/client.h"

static const char more[] = " --More-- ";
static const char erase[] = "\b\b\b\b\b\b\b\b\b        \b\b\b\b\b\b\b\b\b";

void
pager_reset(struct client *c)
{
	c->row = c->col = 0;
}

/* A cursor or function key is several bytes, which arrive together: none of them is for the next prompt. */
static void
skip_key(struct client *c)
{
	const char *s = input_head(&c->input);
	size_t n = input_size(&c->input), i = 1;

	if (n == 0 || (s[0] != '[' && s[0] != 'O'))
		return;
	while (i < n && (s[i] < '@' || s[i] > '~'))
		i++;
	input_use(&c->input, i < n ? i + 1 : i);
}

/* Waits for a key; false when the rest is not wanted. */
static bool
ask(struct client *c)
{
	bool go_on = false;

	out_puts(c, more);
	while (input_size(&c->input) == 0 && !c->input.eof)
		link_poll(c, -1);
	if (input_size(&c->input)) {
		int key = (unsigned char)*input_head(&c->input);

		input_use(&c->input, 1);
		go_on = key == ' ' || key == '\n';
		c->row = key == '\n' ? c->page - 2 : 0;
		if (key == KEY_ESC)
			skip_key(c);
	}
	out_puts(c, erase);
	c->midline = false;
	return go_on;
}

static bool
visible(unsigned char ch)
{
	return ch >= ' ' && (ch & 0xc0) != 0x80;
}

/* Columns and rows as the terminal will count them: a wide line takes several rows. */
static void
count(struct client *c, unsigned char ch)
{
	if (ch == '\n') {
		c->row++;
		c->col = 0;
	} else if (ch == '\r') {
		c->col = 0;
	} else if (ch == '\b') {
		c->col -= c->col > 0;
	} else if (ch == '\t') {
		c->col = (c->col | 7) + 1;
	} else if (visible(ch)) {
		c->col++;
	}
}

void
pager_write(struct client *c, const char *s, size_t n)
{
	struct buf text = {0};
	size_t from = 0;

	if (c->discard)
		return;
	if (!c->tty || c->page < 2) {
		out_put(c, s, n);
		return;
	}
	/* s may point into the decoder, which moves while a key is awaited */
	buf_put(&text, s, n);
	for (size_t i = 0; i < n; i++) {
		if (c->width && c->col >= c->width && visible((unsigned char)text.d[i])) {
			c->row++;
			c->col = 0;
		}
		if (c->row >= c->page - 1) {
			out_put(c, text.d + from, i - from);
			from = i;
			if (!ask(c)) {
				c->discard = true;
				/* with lines sent ahead it could hit a later command */
				if (!c->sent && c->state == ST_WAIT)
					link_send(c, MSG_INTERRUPT, NULL, 0);
				break;
			}
		}
		count(c, (unsigned char)text.d[i]);
	}
	if (!c->discard)
		out_put(c, text.d + from, n - from);
	buf_free(&text);
}
