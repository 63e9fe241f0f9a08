/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Line editing with libedit, with IOS's keys. libedit calls back for every
 * character; while it waits, session_turn() handles the daemon's messages.
 * libedit writes into a stdio stream that ends in out_put(), so its output and
 * the daemon's cannot overtake each other.
 *
 * The terminal stays raw all the time: with a mode change for every line, the
 * kernel would echo what is pasted while a command runs.
 *
 * A complete pasted line does not go through libedit character by character:
 * at the start of a line get_char() returns KEY_FAST, which ends the edit, and
 * the session takes the line from the type-ahead.
 */
#define _GNU_SOURCE
#include <histedit.h>
#include <locale.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>
#include <wchar.h>

#include "cli/client/client.h"
#include "lib/xalloc.h"

#define KEY_FAST	0x1c	/* not typed: get_char() drops a typed Ctrl-\ */
#define RAW_BASE	0xf700	/* a byte b that is no UTF-8 is edited as character RAW_BASE + b */
#define PASTE_GAP	20	/* milliseconds between pieces of a paste */
#define UNLIMITED	1000	/* columns for libedit when the session has no width */

static struct {
	struct client *c;
	EditLine *el;
	History *hist;
	FILE *out, *err;
	struct termios saved;
	bool fresh;		/* nothing of this line was given to libedit */
	bool unshown;		/* the prompt waits for the width: el_gets() begins with that of the window */
	char mb[8];		/* bytes of an unfinished character */
	size_t nmb;
} T;

/* libedit's text as the bytes that were typed. */
static char *
raw_bytes(const char *s, size_t n, size_t *len)
{
	char *d = xmalloc(n + 1);
	size_t k = 0;

	for (size_t i = 0; i < n; i++) {
		unsigned char u = (unsigned char)s[i];

		if (u == 0xef && i + 2 < n && ((unsigned char)s[i + 1] == 0x9e || (unsigned char)s[i + 1] == 0x9f)) {
			unsigned wc = 0xf000u | ((unsigned char)s[i + 1] & 0x3fu) << 6 | ((unsigned char)s[i + 2] & 0x3fu);

			if (wc >= RAW_BASE + 0x80 && wc <= RAW_BASE + 0xff) {
				d[k++] = (char)(wc - RAW_BASE);
				i += 2;
				continue;
			}
		}
		d[k++] = s[i];
	}
	d[k] = '\0';
	*len = k;
	return d;
}

static ssize_t
write_out(void *ctx, const char *s, size_t n)
{
	struct client *c = ctx;
	bool editing = c->editing;
	size_t len;
	char *raw = raw_bytes(s, n, &len);

	c->editing = false;	/* out_put() would flush this very stream */
	/* without the NULs by which termcap slows down for a real VT100 */
	for (size_t i = 0, k; i < len; i += k + 1) {
		k = strnlen(raw + i, len - i);
		out_put(c, raw + i, k);
	}
	c->editing = editing;
	free(raw);
	return (ssize_t)n;
}

/* One character of T.mb, which may be incomplete: 1 and *wc, or 0 for more. */
static int
decode(wchar_t *wc)
{
	mbstate_t st = {0};
	size_t r = mbrtowc(wc, T.mb, T.nmb, &st);

	if (r == (size_t)-2)
		return 0;
	if (r == (size_t)-1 || r == 0) {
		*wc = RAW_BASE + (unsigned char)T.mb[0];
		r = 1;
	}
	T.nmb -= r;
	memmove(T.mb, T.mb + r, T.nmb);
	return 1;
}

/* Is there a whole line that needs no editing? Several keys at once are no person: their rest may follow. */
static bool
pasted_line(struct client *c)
{
	uint8_t type;
	size_t size;
	long n;

	do {
		size = input_size(&c->input);
		n = input_line(&c->input, &type);
		if (n >= 0)
			return type != MSG_END && input_plain(input_head(&c->input), (size_t)n);
		if (size < 2 || !input_plain(input_head(&c->input), size))
			return false;
		link_poll(c, PASTE_GAP);
	} while (input_size(&c->input) > size);
	return false;
}

/* libedit, which takes the window's width by itself, wraps there, but never before the session's width. */
static void
set_width(struct client *c)
{
	unsigned want = c->width ? c->width : UNLIMITED, cols, rows;
	char num[12];

	window_size(&cols, &rows);
	if (want <= cols)
		return;
	snprintf(num, sizeof num, "%u", want);
	el_set(T.el, EL_SETTC, "co", num, NULL);
}

static int
get_char(EditLine *el, wchar_t *wc)
{
	struct client *c = T.c;
	int key;

	if (T.unshown) {
		T.unshown = false;
		set_width(c);
		term_redraw();
	}
	while (T.nmb == 0 || !decode(wc)) {
		while (input_size(&c->input) == 0) {
			if (c->over || c->dead || c->input.eof)
				return 0;
			session_turn(c);
		}
		session_mend(c);
		if (T.fresh && pasted_line(c)) {
			*wc = KEY_FAST;
			return 1;
		}
		T.fresh = false;
		key = session_key(c);
		if (key < 0)
			return 0;
		if (key != KEY_FAST)
			T.mb[T.nmb++] = (char)key;
	}
	return 1;
}

/* The text before the cursor. */
static char *
before_cursor(size_t *n)
{
	const LineInfo *li = el_line(T.el);

	return raw_bytes(li->buffer, (size_t)(li->cursor - li->buffer), n);
}

static unsigned char
key_fast(EditLine *el, int ch)
{
	T.c->fast = true;
	return CC_EOF;
}

static unsigned char
key_help(EditLine *el, int ch)
{
	struct client *c = T.c;
	char *s;
	size_t n;

	if (c->state == ST_ASK)
		return el_insertstr(el, "?") < 0 ? CC_ERROR : CC_REFRESH;
	s = before_cursor(&n);
	out_puts(c, "?\n");
	if (session_request(c, MSG_HELP, s, n, MSG_HELP_TEXT)) {
		pager_reset(c);
		pager_write(c, buf_str(&c->reply), c->reply.n);
		c->discard = false;
		out_fresh(c);
		term_redraw();
	}
	free(s);
	return CC_NORM;
}

static unsigned char
key_complete(EditLine *el, int ch)
{
	struct client *c = T.c;
	bool got;
	char *s;
	size_t n;

	if (c->state == ST_ASK)
		return CC_NORM;
	s = before_cursor(&n);
	got = session_request(c, MSG_COMPLETE, s, n, MSG_COMPLETION) && c->reply.n;
	free(s);
	return got && el_insertstr(el, buf_str(&c->reply)) == 0 ? CC_REFRESH : CC_NORM;
}

/* Ctrl-Z: ends the line with `^Z` behind it, which term_line() takes off again. */
static unsigned char
key_end(EditLine *el, int ch)
{
	const LineInfo *li = el_line(el);

	if (T.c->state == ST_ASK)
		return CC_NORM;
	T.c->end = true;
	el_cursor(el, (int)(li->lastchar - li->cursor));
	el_insertstr(el, "^Z");
	el_push(el, "\n");
	return CC_REFRESH;
}

static unsigned char
key_drop(EditLine *el, int ch)
{
	const LineInfo *li = el_line(el);

	T.c->drop = true;
	el_cursor(el, (int)(li->lastchar - li->cursor));
	el_insertstr(el, "^C");
	el_push(el, "\n");
	return CC_REFRESH;
}

static unsigned char
key_quote(EditLine *el, int ch)
{
	char s[2] = {0};

	if (el_getc(el, &s[0]) != 1 || s[0] == '\n' || s[0] == '\0')
		return CC_ERROR;
	return el_insertstr(el, s) < 0 ? CC_ERROR : CC_REFRESH;
}

static unsigned char
key_redraw(EditLine *el, int ch)
{
	out_puts(T.c, "\n");
	term_redraw();
	return CC_NORM;
}

static unsigned char
key_ignore(EditLine *el, int ch)
{
	return CC_NORM;
}

static char *
prompt(EditLine *el)
{
	static char none[] = "";
	char *nl = strrchr(T.c->prompt, '\n');

	if (T.unshown)
		return none;
	return nl ? nl + 1 : T.c->prompt;
}

char *
term_line(struct client *c, const char *text, size_t *len)
{
	const char *nl = strrchr(text, '\n'), *s;
	char *line = NULL;
	int n = 0;

	if (nl)
		out_put(c, text, (size_t)(nl + 1 - text));
	c->end = c->drop = c->fast = false;
	T.fresh = T.unshown = true;
	c->editing = true;
	s = el_gets(T.el, &n);
	c->editing = false;
	term_flush();
	if (s && n > 0 && !c->drop && !c->fast && !c->over && !c->dead) {
		n -= s[n - 1] == '\n';
		n -= c->end ? 2 : 0;
		line = raw_bytes(s, (size_t)n, len);
	}
	return line;
}

void
term_redraw(void)
{
	if (T.el)
		el_set(T.el, EL_REFRESH);
}

void
term_flush(void)
{
	if (T.out)
		fflush(T.out);
}

void
term_resize(void)
{
	if (!T.el)
		return;
	el_resize(T.el);
	if (T.c->editing) {
		set_width(T.c);
		out_puts(T.c, "\r");
		term_redraw();
	}
}

void
term_remember(const char *line)
{
	HistEvent ev;

	history(T.hist, &ev, H_ENTER, line);
}

static void
on_fatal(int sig)
{
	tcsetattr(0, TCSANOW, &T.saved);
	_exit(128 + sig);
}

static void
bind_keys(EditLine *el)
{
	static const struct {
		const wchar_t *key, *name;
		unsigned char (*fn)(EditLine *, int);
	} own[] = {
		{L"\\034", L"confterm-fast", key_fast}, {L"?", L"confterm-help", key_help},
		{L"^I", L"confterm-complete", key_complete}, {L"^Z", L"confterm-end", key_end},
		{L"^C", L"confterm-drop", key_drop}, {L"^V", L"confterm-quote", key_quote},
		{L"^L", L"confterm-redraw", key_redraw}, {L"\\036", L"confterm-ignore", key_ignore},
	};
	static const char *const std[][2] = {
		{"^D", "ed-delete-next-char"}, {"^W", "ed-delete-prev-word"}, {"^U", "vi-kill-line-prev"},
		{"^X", "vi-kill-line-prev"}, {"^R", "confterm-redraw"}, {"^O", "confterm-ignore"}, {"^S", "confterm-ignore"},
		{"^Q", "confterm-ignore"}, {"^]", "confterm-ignore"}, {"^G", "confterm-ignore"},
	};

	for (size_t i = 0; i < sizeof own / sizeof own[0]; i++) {
		/* the wide calls, for the narrow ones leak a copy of the name */
		el_wset(el, EL_ADDFN, own[i].name, own[i].name, own[i].fn);
		el_wset(el, EL_BIND, own[i].key, own[i].name, NULL);
	}
	for (size_t i = 0; i < sizeof std / sizeof std[0]; i++)
		el_set(el, EL_BIND, std[i][0], std[i][1], NULL);
}

int
term_start(struct client *c)
{
	static const char *const modes[] = {"-d", "-x", "-q"};
	static const int fatal[] = {SIGTERM, SIGHUP, SIGINT, SIGQUIT};
	cookie_io_functions_t io = {.write = write_out};
	struct termios raw;
	HistEvent ev;

	setlocale(LC_CTYPE, "");
	if (MB_CUR_MAX == 1)
		setlocale(LC_CTYPE, "C.UTF-8");
	if (!getenv("TERM"))
		setenv("TERM", "dumb", 1);
	T.c = c;
	if (tcgetattr(0, &T.saved) < 0)
		return -1;
	raw = T.saved;
	raw.c_lflag &= ~(tcflag_t)(ICANON | ECHO | ISIG | IEXTEN);
	raw.c_iflag &= ~(tcflag_t)(ICRNL | INLCR | IGNCR | ISTRIP);
	raw.c_oflag |= OPOST | ONLCR;
	for (size_t i = 0; i < sizeof fatal / sizeof fatal[0]; i++)
		signal(fatal[i], on_fatal);
	tcsetattr(0, TCSADRAIN, &raw);
	T.out = fopencookie(c, "w", io);
	T.err = fopen("/dev/null", "w");
	if (T.out && T.err)
		T.el = el_init_fd("confterm", stdin, T.out, T.err, 0, 1, 2);
	if (!T.el) {
		tcsetattr(0, TCSANOW, &T.saved);
		return -1;
	}
	for (size_t i = 0; i < sizeof modes / sizeof modes[0]; i++)
		el_set(T.el, EL_SETTY, modes[i], "-isig", "-icanon", "-echo", "-icrnl", "-inlcr", "-iexten", NULL);
	tcsetattr(0, TCSADRAIN, &raw);
	el_set(T.el, EL_PROMPT, prompt);
	el_set(T.el, EL_GETCFN, get_char);
	el_set(T.el, EL_EDITOR, "emacs");
	el_set(T.el, EL_SIGNAL, 0);
	T.hist = history_init();
	history(T.hist, &ev, H_SETSIZE, 256);
	history(T.hist, &ev, H_SETUNIQUE, 1);
	el_set(T.el, EL_HIST, history, T.hist);
	bind_keys(T.el);
	window_init(c);
	return 0;
}

void
term_stop(void)
{
	if (!T.el)
		return;
	el_end(T.el);
	history_end(T.hist);
	T.el = NULL;
	tcsetattr(0, TCSADRAIN, &T.saved);
}
