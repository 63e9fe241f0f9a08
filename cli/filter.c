/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Output filters (cli/filter.h): a filter is a list of stages, each with one
 * compiled regular expression, and the incomplete last line of the input.
 * Every stage sees whole lines and hands those that pass to the next one.
 *
 * A user's expression must never stall the router: pcre2 counts its steps
 * (MATCH_LIMIT a line), and after GIVE_UP lines that hit the limit the stage
 * stops matching and says so at the end.
 */
#include "cli/filter.h"

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/buf.h"
#include "lib/xalloc.h"

#define MATCH_LIMIT	20000
#define GIVE_UP		20
#define LINE_LIMIT	(1u << 20)	/* longer lines are matched in pieces */
#define REGEX_LIMIT	1000
#define STAGE_LIMIT	16

enum kind { INCLUDE, EXCLUDE, BEGIN, SECTION, SECTION_EXCLUDE, COUNT };

struct stage {
	struct stage *next;
	enum kind kind;
	pcre2_code *code;
	pcre2_match_data *match;
	unsigned limit_hits;
	bool begun;		/* begin: the first match was seen */
	int depth;		/* section: indentation of the open block, -1: none */
	unsigned long count;
};

struct filter {
	struct stage *first, **last;
	pcre2_match_context *ctx;
	struct buf line;
	bool ended;
};

/* The words that may follow `|`, for abbreviation; the last three are not filters. */
static const struct {
	const char *word;
	int kind;
} words[] = {
	{"include", INCLUDE}, {"exclude", EXCLUDE}, {"begin", BEGIN}, {"section", SECTION}, {"count", COUNT},
	{"append", -1}, {"redirect", -1}, {"tee", -1},
};

static size_t
skip_blank(const char *s, size_t i)
{
	while (s[i] == ' ' || s[i] == '\t')
		i++;
	return i;
}

static size_t
word_len(const char *s)
{
	return strcspn(s, " \t|");
}

/* Kind of the abbreviated word s[0..n), -1 when it is no filter. */
static int
keyword(const char *s, size_t n)
{
	int found = -1;

	for (size_t i = 0; n > 0 && i < sizeof words / sizeof words[0]; i++)
		if (n <= strlen(words[i].word) && strncasecmp(s, words[i].word, n) == 0) {
			if (found != -1)
				return -1;
			found = words[i].kind;
		}
	return found;
}

/* Length of the expression at s: up to the end or to a `|` that starts a filter. */
static size_t
regex_len(const char *s)
{
	for (size_t i = 0; s[i]; i++) {
		size_t k;

		if (s[i] == '\\' && s[i + 1]) {
			i++;
			continue;
		}
		if (s[i] != '|' || i == 0 || s[i - 1] != ' ')
			continue;
		k = skip_blank(s, i + 1);
		if (keyword(s + k, word_len(s + k)) >= 0 && (s[k + word_len(s + k)] == ' '))
			return i;
	}
	return strlen(s);
}

/* Copies the bracket expression at s, which begins with '['; returns its length, 0 when it does not end. */
static size_t
translate_class(const char *s, size_t n, struct buf *out)
{
	size_t i = 1;

	buf_putc(out, '[');
	if (i < n && s[i] == '^')
		buf_putc(out, s[i++]);
	for (bool start = true; i < n; start = false, i++) {
		if (s[i] == ']' && !start) {
			buf_putc(out, ']');
			return i + 1;
		}
		if (s[i] == '\\' && i + 1 < n)
			i++;
		else if (s[i] == '-') {
			buf_putc(out, '-');
			continue;
		}
		/* IOS has no classes by name and no escapes with a meaning here */
		if (strchr("\\[]^-", s[i]))
			buf_putc(out, '\\');
		buf_putc(out, s[i]);
	}
	return 0;
}

/* IOS's expression as pcre2's; false when IOS would not take it. */
static bool
translate(const char *s, size_t n, struct buf *out)
{
	size_t k;

	for (size_t i = 0; i < n; i++) {
		switch (s[i]) {
		case '_':
			buf_puts(out, "(?:^|$|[ ,{}()_])");
			break;
		case '{':
		case '}':
			buf_putc(out, '\\');
			buf_putc(out, s[i]);
			break;
		case '(':
			/* pcre2's extensions all begin so */
			if (i + 1 < n && (s[i + 1] == '?' || s[i + 1] == '*'))
				return false;
			buf_putc(out, '(');
			break;
		case '[':
			k = translate_class(s + i, n - i, out);
			if (k == 0)
				return false;
			i += k - 1;
			break;
		case '\\':
			if (++i == n)
				return false;
			/* a letter after \ is itself in IOS; \1 recalls, anything else is literal */
			if (!((s[i] >= 'a' && s[i] <= 'z') || (s[i] >= 'A' && s[i] <= 'Z') || s[i] == '0'))
				buf_putc(out, '\\');
			buf_putc(out, s[i]);
			break;
		default:
			buf_putc(out, s[i]);
		}
	}
	return true;
}

static struct stage *
stage_new(enum kind kind, const char *regex, size_t n)
{
	struct buf p = {0};
	struct stage *st;
	pcre2_code *code = NULL;
	PCRE2_SIZE at;
	int e;

	if (n <= REGEX_LIMIT && translate(regex, n, &p))
		code = pcre2_compile((PCRE2_SPTR)buf_str(&p), p.n, PCRE2_DOLLAR_ENDONLY | PCRE2_NEVER_UTF, &e, &at,
		    NULL);
	buf_free(&p);
	if (!code)
		return NULL;
	st = xcalloc(1, sizeof *st);
	st->kind = kind;
	st->code = code;
	st->match = pcre2_match_data_create(1, NULL);
	st->depth = -1;
	return st;
}

static struct filter *
parse(const char *s, char *err, size_t errlen, size_t *at)
{
	struct filter *f = xcalloc(1, sizeof *f);
	const char *why = NULL;
	unsigned stages = 0;
	size_t i = 0, n;
	int kind, sub;

	f->last = &f->first;
	f->ctx = pcre2_match_context_create(NULL);
	pcre2_set_match_limit(f->ctx, MATCH_LIMIT);
	pcre2_set_depth_limit(f->ctx, MATCH_LIMIT / 10);
	*at = strlen(s);
	do {
		i = skip_blank(s, i);
		n = word_len(s + i);
		kind = keyword(s + i, n);
		if (kind < 0) {
			why = s[i] ? "% Invalid input detected at '^' marker." : "% Incomplete command.";
			*at = i;
			break;
		}
		i = skip_blank(s, i + n);
		if (kind == SECTION) {
			n = word_len(s + i);
			sub = keyword(s + i, n);
			if ((sub == INCLUDE || sub == EXCLUDE) && s[i + n] != '|' && s[skip_blank(s, i + n)]) {
				kind = sub == EXCLUDE ? SECTION_EXCLUDE : SECTION;
				i = skip_blank(s, i + n);
			}
		}
		n = regex_len(s + i);
		if (n == 0) {
			why = "% Incomplete command.";
			break;
		}
		/* the blank before the next `|` is not part of the expression */
		*f->last = ++stages > STAGE_LIMIT ? NULL : stage_new((enum kind)kind, s + i, n - (s[i + n] == '|'));
		if (!*f->last) {
			why = "% Failed to compile regular expression.";
			break;
		}
		f->last = &(*f->last)->next;
		i += n;
	} while (s[i++] == '|');
	if (!why)
		return f;
	if (errlen)
		snprintf(err, errlen, "%s", why);
	filter_free(f);
	return NULL;
}

struct filter *
filter_parse(const char *text, char *err, size_t errlen)
{
	size_t at;

	return parse(text, err, errlen, &at);
}

size_t
filter_caret(const char *text)
{
	size_t at;

	filter_free(parse(text, NULL, 0, &at));
	return at;
}

static bool
matches(struct filter *f, struct stage *st, const char *s, size_t n)
{
	int r;

	if (st->limit_hits >= GIVE_UP)
		return false;
	r = pcre2_match(st->code, (PCRE2_SPTR)s, n, 0, 0, st->match, f->ctx);
	if (r < 0 && r != PCRE2_ERROR_NOMATCH)
		st->limit_hits++;
	return r >= 0;
}

/* Is this line part of a section that matches? */
static bool
in_section(struct filter *f, struct stage *st, const char *s, size_t n)
{
	size_t indent = 0;

	while (indent < n && s[indent] == ' ')
		indent++;
	if (st->depth >= 0 && indent > (size_t)st->depth)
		return true;
	st->depth = matches(f, st, s, n) ? (int)indent : -1;
	return st->depth >= 0;
}

/* One line, without its newline, through st and what follows it. */
static void
run(struct filter *f, struct stage *st, const char *s, size_t n, struct buf *out)
{
	for (; st; st = st->next) {
		bool pass = true;

		switch (st->kind) {
		case INCLUDE:
			pass = matches(f, st, s, n);
			break;
		case EXCLUDE:
			pass = !matches(f, st, s, n);
			break;
		case BEGIN:
			st->begun = pass = st->begun || matches(f, st, s, n);
			break;
		case SECTION:
			pass = in_section(f, st, s, n);
			break;
		case SECTION_EXCLUDE:
			pass = !in_section(f, st, s, n);
			break;
		case COUNT:
			st->count += matches(f, st, s, n);
			pass = false;
			break;
		}
		if (!pass)
			return;
	}
	buf_put(out, s, n);
	buf_putc(out, '\n');
}

void
filter_feed(struct filter *f, const char *text, size_t len, struct buf *out)
{
	while (len && !f->ended) {
		const char *nl = memchr(text, '\n', len);
		size_t n = nl ? (size_t)(nl - text) : len;

		if (nl && f->line.n == 0) {
			run(f, f->first, text, n, out);
		} else {
			buf_put(&f->line, text, n);
			if (nl || f->line.n > LINE_LIMIT) {
				run(f, f->first, buf_str(&f->line), f->line.n, out);
				buf_clear(&f->line);
			}
		}
		n += nl != NULL;
		text += n;
		len -= n;
	}
}

void
filter_end(struct filter *f, struct buf *out)
{
	char text[80];
	bool hard = false;

	if (f->ended)
		return;
	if (f->line.n)
		run(f, f->first, buf_str(&f->line), f->line.n, out);
	f->ended = true;
	for (struct stage *st = f->first; st; st = st->next) {
		hard |= st->limit_hits > 0;
		if (st->kind != COUNT)
			continue;
		snprintf(text, sizeof text, "Number of lines which match regexp = %lu", st->count);
		run(f, st->next, text, strlen(text), out);
	}
	if (hard)
		buf_puts(out, "% Regular expression is too complex; some lines were taken as not matching.\n");
}

void
filter_free(struct filter *f)
{
	struct stage *st;

	if (!f)
		return;
	while ((st = f->first)) {
		f->first = st->next;
		pcre2_match_data_free(st->match);
		pcre2_code_free(st->code);
		free(st);
	}
	pcre2_match_context_free(f->ctx);
	buf_free(&f->line);
	free(f);
}
