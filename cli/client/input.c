/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Type-ahead: what was typed, pasted or piped and not used yet. CR, LF and
 * CR LF all become one "\n"; NUL bytes vanish; a line keeps at most one byte
 * more than LINE_LIMIT, by which its reader knows that it was too long.
 */
#define _GNU_SOURCE
#include <string.h>
#include <time.h>

#include "cli/client/client.h"

#define CRLF_TIME	0.1	/* a LF later than this after a CR is another Enter */

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

const char *
input_head(const struct input *in)
{
	return buf_str(&in->ahead) + in->off;
}

size_t
input_size(const struct input *in)
{
	return in->ahead.n - in->off;
}

void
input_use(struct input *in, size_t n)
{
	in->off += n;
	if (in->off == in->ahead.n) {
		in->intr = false;
		buf_clear(&in->ahead);
		in->off = 0;
	}
}

void
input_add(struct input *in, const char *p, size_t n)
{
	double t = now();

	if (in->skip_lf && t - in->cr_at > CRLF_TIME)
		in->skip_lf = false;
	in->cr_at = t;
	if (in->off > in->ahead.n / 2) {
		buf_consume(&in->ahead, in->off);
		in->off = 0;
	}
	for (size_t i = 0; i < n; i++) {
		char ch = p[i];
		bool lf_of_cr = ch == '\n' && in->skip_lf;

		if (ch == '\0')
			continue;
		in->skip_lf = ch == '\r';
		if (lf_of_cr)
			continue;
		if (ch == '\r')
			ch = '\n';
		if (ch == '\n' || ch == KEY_INTR || ch == KEY_END)
			in->linelen = 0;
		else if (++in->linelen > LINE_LIMIT + 1)
			continue;
		in->intr |= ch == KEY_INTR || ch == KEY_ABORT;
		buf_putc(&in->ahead, ch);
	}
}

long
input_line(const struct input *in, uint8_t *type)
{
	static const char ends[] = {'\n', KEY_END, '\0'};
	const char *s = input_head(in);
	size_t n = strcspn(s, ends);

	/* at the end of a file, the last line needs no end */
	if (*s == '\0' || (s[n] == '\0' && !in->eof))
		return -1;
	*type = n > LINE_LIMIT ? 0 : s[n] == KEY_END ? MSG_END : MSG_LINE;
	return (long)n;
}

bool
input_plain(const char *s, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if ((unsigned char)s[i] < ' ' || s[i] == 0x7f || s[i] == '?')
			return false;
	return true;
}

bool
input_interrupt(struct input *in)
{
	const char *s = input_head(in);
	size_t i = input_size(in);

	if (!in->intr)
		return false;
	in->intr = false;
	while (i > 0 && s[i - 1] != KEY_INTR && s[i - 1] != KEY_ABORT)
		i--;
	input_use(in, i);
	return i > 0;
}
