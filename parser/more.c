/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Values that go on over several lines: a text up to its delimiter (banner),
 * hexadecimal lines up to `quit` (certificate). config.c collects the lines
 * while c->more.open and carries the command out with the last one.
 */
#define _GNU_SOURCE
#include "parser/more.h"

#include <string.h>

#define MORE_MAX 32768

/* IOS takes the first character as the delimiter; what it prints is ^C, which people paste as two. */
static void
delimiter_of(const char *s, char out[3])
{
	memset(out, 0, 3);
	out[0] = s[0];
	if (s[0] == '^' && s[1] == 'C')
		out[1] = 'C';
}

/* The slot of a row's value of several lines, -1: the line is complete without further ones. */
int
more_slot(const struct g_row *row, struct match *m, char delimiter[3])
{
	delimiter[0] = '\0';
	for (int i = 0; row->flags & G_ROW_LINES && i < row->nslots; i++) {
		const struct g_slot *s = &g_slots[row->slots + i];
		struct value *v = &m->val[i];
		const char *end;
		size_t n;

		if (s->type == G_T_HEX)
			return i;
		if (s->type != G_T_TEXT || !(m->captured & (1u << i)))
			continue;
		delimiter_of(v->s, delimiter);
		n = strlen(delimiter);
		end = memmem(v->s + n, v->len - n, delimiter, n);
		v->s += n;
		v->len -= n;
		if (!end)
			return i;
		v->len = (size_t)(end - v->s);	/* what follows the delimiter is passed over, as in IOS */
	}
	return -1;
}

/* A blank line and surrounding blanks mean nothing in hexadecimal lines; in a text they are text. */
void
more_text(struct config *c, const char *s, size_t n)
{
	struct buf *b = &c->more.text;

	if (!*c->more.delimiter) {
		while (n && strchr(" \t\r\n", *s))
			s++, n--;
		while (n && strchr(" \t\r\n", s[n - 1]))
			n--;
		if (!n)
			return;
	}
	if (b->n + n > MORE_MAX) {
		c->more.too_long = true;
		return;
	}
	buf_put(b, s, n);
	buf_putc(b, '\n');
}

void
more_close(struct config *c)
{
	buf_wipe(&c->more.first);
	buf_wipe(&c->more.text);
	memset(&c->more, 0, sizeof c->more);
}

void
config_free(struct config *c)
{
	more_close(c);
}
