/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One configuration line, from text to store.
 *
 * A line is matched in the mode it was typed in and, when it does not fit
 * there, in the modes around it: a global command typed below `interface`
 * leaves that mode, but only if it parses; otherwise the error of the mode
 * that understood most of the line is reported. `no` and `default` are prefixes of
 * every row. What a row means is in its values; nothing here knows a command.
 */
#define _GNU_SOURCE
#include "parser/config.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gen/grammar.h"
#include "parser/config_int.h"
#include "parser/more.h"
#include "parser/range.h"

void
config_init(struct config *c, struct store *s, struct matcher *m)
{
	*c = (struct config){ .store = s, .matcher = m, .removals = store_removals(s) };
	c->stack[0].mode = MODE_GLOBAL;
	c->stack[0].ptr = store_root(s);
	c->stack[0].rec = store_root(s)->id;
}

int
config_mode(const struct config *c)
{
	return c->stack[c->depth].mode;
}

const char *
config_prompt(const struct config *c)
{
	return c->depth == 1 && c->nrange ? "config-if-range" : G_STR(g_modes[config_mode(c)].prompt);
}

/* `exit-address-family` and its like: exit from the block that it closes. */
static bool
closes(const struct config *c, const struct lexed *lx)
{
	const struct g_mode *mode = &g_modes[config_mode(c)];
	const char *closing = c->depth && g_rows[mode->node_row].closing ? G_STR(g_rows[mode->node_row].closing) : "";

	/* longer than "exit", which every mode has */
	return lx->n == 1 && lx->tok[0].len > 4 && strncasecmp(closing, lx->tok[0].s, lx->tok[0].len) == 0;
}

/* --- values of several lines (what they are made of: more.c) --- */

static enum config_result
more_open(struct config *c, const char *line, int slot, const char *delimiter, struct match *m, uint32_t file_line,
    struct buf *out)
{
	more_close(c);
	c->more.open = true;
	c->more.slot = slot;
	c->more.file_line = file_line;
	memcpy(c->more.delimiter, delimiter, sizeof c->more.delimiter);
	c->more.until = *delimiter ? 0 : (int)g_args[g_slots[g_rows[m->row].slots + slot].arg].lo;
	buf_puts(&c->more.first, line);
	if (m->captured & (1u << slot))
		more_text(c, m->val[slot].s, m->val[slot].len);
	if (!c->quiet && *delimiter)
		buf_printf(out, "Enter TEXT message.  End with the character '%s'.\n", delimiter);
	else if (!c->quiet && c->more.until == G_LINES_AT)
		buf_puts(out, "Enter macro commands one per line. End with the character '@'.\n");
	else if (!c->quiet && c->more.until == G_LINES_QUIT)
		buf_printf(out, "Enter %s in hexadecimal representation....\n", strstr(G_STR(g_rows[m->row].name), "certificate") ?
		    "the certificate" : "a public key");
	return CONFIG_MORE;
}

static enum config_result
apply(struct config *c, int depth, struct match *m, bool no, bool to_default, uint32_t line, struct buf *out)
{
	if (depth == 0)
		c->nrange = 0;
	return c->nrange ? range_apply(c, depth, m, no, to_default, line, out) : config_apply(c, depth, m, no, to_default, line, out);
}

static int match_modes(struct config *c, const struct lexed *lx, int first, unsigned flags, struct match *m);

/* A further line; with the last one the command is carried out as if its value had stood in its first line. */
static enum config_result
more_line(struct config *c, const char *line, struct match *m, struct buf *out)
{
	const char *end = *c->more.delimiter ? strstr(line, c->more.delimiter) : NULL;
	enum config_result res = CONFIG_REFUSED;
	struct buf *b = &c->more.text;
	struct lexed lx;
	int d;

	if (*c->more.delimiter && !end) {
		size_t n = strlen(line);

		more_text(c, line, n - (n && line[n - 1] == '\r'));
		return CONFIG_MORE;
	}
	if (!*c->more.delimiter) {
		lex_line(&lx, line);
		if (lx.n != 1 || !(c->more.until == G_LINES_AT ? lx.tok[0].len == 1 && lx.tok[0].s[0] == '@' :
		    token_is(&lx.tok[0], "quit") || (c->more.until == G_LINES_EXIT && token_is(&lx.tok[0], "exit")))) {
			more_text(c, line, strlen(line));
			return CONFIG_MORE;
		}
	}
	if (end && end > line)
		buf_put(b, line, (size_t)(end - line));
	if (!end && b->n)
		b->n--;		/* the newline behind the last line */
	lex_line(&lx, buf_str(&c->more.first));
	d = match_modes(c, &lx, 0, 0, m);
	if (c->more.too_long)
		buf_puts(out, "% Text is too long\n");
	else if (d < 0)
		res = CONFIG_SYNTAX;
	else {
		if (*c->more.delimiter || b->n)
			m->captured |= 1u << c->more.slot;
		m->val[c->more.slot].s = buf_str(b);
		m->val[c->more.slot].len = b->n;
		res = apply(c, d, m, false, false, c->more.file_line, out);
	}
	more_close(c);
	return res;
}

/*
 * Tries the modes from the innermost out; returns the depth that took it, -1
 * with the best error. A line in full in a mode around beats abbreviations in
 * the mode itself: `key 2` below `key 1` is the next key, no key-string.
 */
static int
match_modes(struct config *c, const struct lexed *lx, int first, unsigned flags, struct match *m)
{
	struct match best = { .depth = -1 }, inner;
	int found = -1;

	for (int d = c->depth; d >= 0; d--) {
		match_line(c->matcher, c->stack[d].mode, lx, first, flags, m);
		if (m->status == MATCH_OK) {
			if (!m->abbreviated)
				return d;
			if (found < 0) {
				found = d;
				inner = *m;
			}
			continue;
		}
		if (found >= 0)
			continue;
		if (best.depth < 0 || m->depth > best.depth ||
		    (m->depth == best.depth && m->status < best.status && m->status != MATCH_AMBIGUOUS))
			best = *m;
	}
	*m = found >= 0 ? inner : best;
	return found;
}

/*
 * Are the records of the modes we are in still there? Only when somebody has
 * removed a record with a mode is it looked for, among its siblings, by id.
 */
static bool
stack_valid(struct config *c)
{
	if (c->removals == store_removals(c->store))
		return true;
	c->removals = store_removals(c->store);
	for (int d = 1; d <= c->depth; d++) {
		struct rec *r = store_first(c->store, c->stack[d - 1].ptr, g_modes[c->stack[d].mode].node_row);

		while (r && r->id != c->stack[d].rec)
			r = store_next(r);
		if (!r) {
			c->depth = 0;
			return false;
		}
	}
	return true;
}

/* What is removed need not be all that a line of it has: such a line stays as it was typed, but for its keys. */
static void
command_typed(struct config *c, int depth, const char *line, const struct match *m)
{
	const struct g_row *r = &g_rows[m->row];
	size_t end = strlen(line);

	while (end && strchr(" \t\r", line[end - 1]))
		end--;
	buf_fill(c->command, ' ', (size_t)depth);
	for (size_t at = strspn(line, " \t"); at < end;) {
		size_t skip = 0;

		for (int i = 0; i < r->nslots; i++)
			if (m->captured & (1u << i) && g_slots[r->slots + i].type == G_T_SECRET && m->val[i].s == line + at)
				skip = m->val[i].len;
		if (skip)
			buf_puts(c->command, "<removed>");
		else
			buf_putc(c->command, line[at]);
		at += skip ? skip : 1;
	}
}

enum config_result
config_line(struct config *c, const char *line, uint32_t file_line, struct match *m, struct buf *out)
{
	struct lexed lx;
	char delimiter[3];
	bool no, dflt;
	int d, first, slot;

	if (c->more.open)
		return more_line(c, line, m, out);
	lex_line(&lx, line);
	if (lx.n == 0 || lx.tok[0].s[0] == '!')
		return CONFIG_OK;
	if (!stack_valid(c))
		return CONFIG_GONE;
	if (lx.too_long) {
		m->status = MATCH_INVALID;
		m->col = LEX_MAXLINE;
		return CONFIG_SYNTAX;
	}
	if (closes(c, &lx)) {
		c->depth--;
		return CONFIG_OK;
	}
	no = token_is(&lx.tok[0], "no");
	dflt = token_is(&lx.tok[0], "default");
	first = no || dflt;
	if (first && lx.n == 1) {
		m->status = MATCH_INCOMPLETE;
		return CONFIG_SYNTAX;
	}
	d = match_modes(c, &lx, first, first ? MATCH_NO : 0, m);
	if (d < 0)
		return CONFIG_SYNTAX;
	if (m->row == ROW_CONFIG_END)
		return CONFIG_END;
	if (m->row == ROW_CONFIG_DO)
		return CONFIG_DO;
	if (m->row == ROW_CONFIG_EXIT) {
		if (c->depth == 0)
			return CONFIG_EXIT;
		c->depth--;
		return CONFIG_OK;
	}
	if (c->permitted && !c->permitted(c->permitted_ctx, m->row)) {
		buf_puts(out, "Command authorization failed.\n");
		return CONFIG_REFUSED;
	}
	if (m->row == ROW_INTERFACE_RANGE)
		return range_open(c, line, file_line, m, out);
	if (g_rows[m->row].flags & G_ROW_ACTS) {
		c->depth = d;
		if (c->command)
			command_typed(c, d, line, m);
		return CONFIG_ACT;
	}
	if (!first && (slot = more_slot(&g_rows[m->row], m, delimiter)) >= 0)
		return more_open(c, line, slot, delimiter, m, file_line, out);
	if (first && c->command)
		command_typed(c, d, line, m);
	return apply(c, d, m, no || dflt, dflt, file_line, out);
}

enum match_status
config_options(struct config *c, const char *line, void (*emit)(void *, const struct match_option *), void *ctx,
    struct match *m)
{
	struct lexed lx;
	bool no;

	if (c->more.open) {
		m->status = MATCH_OK;
		return MATCH_OK;
	}
	lex_line(&lx, line);
	(void)stack_valid(c);
	no = lx.n > 0 && (token_is(&lx.tok[0], "no") || token_is(&lx.tok[0], "default")) && (lx.n > 1 || !lx.open);
	if (lx.n == 0 || (lx.n == 1 && lx.open)) {
		static const char *const words[][2] = {
			{ "default", "Set a command to its defaults" },
			{ "no", "Negate a command or set its defaults" },
		};

		for (int i = 0; i < 2; i++)
			if (lx.n == 0 || strncasecmp(words[i][0], lx.tok[0].s, lx.tok[0].len) == 0)
				emit(ctx, &(struct match_option){ words[i][0], words[i][1], NULL, NULL });
	}
	for (int d = c->depth; d >= 0; d--) {
		if (match_options(c->matcher, c->stack[d].mode, &lx, no, no ? MATCH_NO : 0, emit, ctx, m) == MATCH_OK)
			return MATCH_OK;
		if (m->status == MATCH_AMBIGUOUS)
			break;
	}
	return m->status;
}

void
match_message(struct buf *out, const struct match *m, const char *line)
{
	switch (m->status) {
	case MATCH_INCOMPLETE:
		buf_puts(out, "% Incomplete command.\n");
		break;
	case MATCH_AMBIGUOUS: {
		size_t n = strlen(line);

		while (n > 0 && strchr(" \t\r\n", line[n - 1]))
			n--;
		buf_printf(out, "%% Ambiguous command:  \"%.*s\"\n", (int)n, line);
		break;
	}
	case MATCH_INVALID:
	case MATCH_OK:
		buf_puts(out, "% Invalid input detected at '^' marker.\n");
	}
}

int
config_text(struct config *c, const char *text, size_t len, config_report *report, void *ctx)
{
	struct buf line = {0}, out = {0}, msg = {0};
	const char *p = text, *end = text + len;
	uint32_t n = 0;
	int bad = 0;

	c->quiet = true;
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t l = (size_t)((nl ? nl : end) - p);
		struct match m;
		enum config_result r;

		n++;
		buf_clear(&line);
		buf_clear(&out);
		buf_clear(&msg);
		buf_put(&line, p, l > LEX_MAXLINE + 1 ? LEX_MAXLINE + 1 : l);
		p = nl ? nl + 1 : end;
		m.col = 0;
		r = config_line(c, buf_str(&line), n, &m, &out);
		if (r == CONFIG_GONE)
			r = config_line(c, buf_str(&line), n, &m, &out);
		if (r == CONFIG_END)
			c->depth = 0;
		if (r == CONFIG_SYNTAX) {
			match_message(&msg, &m, buf_str(&line));
			bad++;
			if (report)
				report(ctx, n, m.status == MATCH_AMBIGUOUS ? 1 : m.col + 1, buf_str(&msg), false);
		} else if (r == CONFIG_REFUSED) {
			bad++;
			if (report)
				report(ctx, n, 1, buf_str(&out), false);
		} else if (r == CONFIG_ACT && report)
			report(ctx, n, 1, "NOTE: this command acts when it is typed; in a file it does nothing\n", true);
		else if (out.n && report)
			report(ctx, n, 1, buf_str(&out), true);
	}
	if (c->more.open) {
		bad++;
		if (report)
			report(ctx, c->more.file_line, 1, "% The text of this command has no end\n", false);
		more_close(c);
	}
	c->quiet = false;
	buf_wipe(&line);
	buf_free(&out);
	buf_free(&msg);
	return bad;
}
