/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A session takes one line at a time: an answer to a question, a
 * configuration line, or an exec command (perhaps with an output filter). It
 * is busy while data is fetched or a command runs; meanwhile the connection is
 * paused and only an interrupt comes through.
 */
#define _GNU_SOURCE
#include "cli/session.h"

#include <arpa/inet.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/privilege.h"
#include "daemon/aaa.h"
#include "cli/proto.h"
#include "cli/session_int.h"
#include "daemon/archive.h"
#include "daemon/config_log.h"
#include "lib/log.h"
#include "lib/xalloc.h"

exec_fn exec_exit, exec_configure, exec_terminal_length, exec_terminal_width,
    exec_terminal_monitor, exec_terminal_no_monitor, show_history, show_privilege;

/* --- output --- */

static void
raw_out(struct session *s, const char *text, size_t len)
{
	if (!s->conn || len == 0)
		return;
	s->end_byte = text[len - 1];
	(void)conn_send(s->conn, MSG_OUTPUT, text, len);
}

void
out_text(struct session *s, const char *text, size_t len)
{
	struct buf b = {0};

	if (!s->filter) {
		raw_out(s, text, len);
		return;
	}
	filter_feed(s->filter, text, len, &b);
	raw_out(s, buf_str(&b), b.n);
	buf_free(&b);
}

void
out(struct session *s, const char *fmt, ...)
{
	struct buf b = {0};
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&b, fmt, ap);
	va_end(ap);
	out_text(s, buf_str(&b), b.n);
	buf_free(&b);
}

void
session_prompt_text(struct session *s, struct buf *out_)
{
	const char *host = router_hostname(s->r);

	if (s->configuring && s->config.more.open)
		return;		/* the next line of a banner */
	if (s->configuring)
		buf_printf(out_, "%.20s(%s)#", host, config_prompt(&s->config));
	else
		buf_printf(out_, "%s%c", host, s->level >= 2 ? '#' : '>');
}

static void
send_prompt(struct session *s)
{
	struct buf b = {0};
	uint16_t head[2] = { htons(s->length), htons(s->width) };

	if (!s->conn)
		return;
	buf_put(&b, head, sizeof head);
	session_prompt_text(s, &b);
	conn_send(s->conn, MSG_PROMPT, buf_str(&b), b.n);
	buf_free(&b);
}

static void leave_configuration(struct session *s);

static void
finish_command(struct session *s)
{
	if (s->filter) {
		struct buf b = {0};

		filter_end(s->filter, &b);
		raw_out(s, buf_str(&b), b.n);
		buf_free(&b);
		filter_free(s->filter);
		s->filter = NULL;
	}
	fetch_free(s);
	buf_wipe(&s->text);
	if (s->answer)
		return;
	if (s->ending && s->configuring)
		leave_configuration(s);
	s->ending = false;
	if (s->leaves)
		session_leave(s);
	else
		send_prompt(s);
}

/* --- commands that take time --- */

void
session_busy(struct session *s, void (*cancel)(void *), void (*gone)(void *), void *arg)
{
	s->busy = true;
	s->cancel = cancel;
	s->gone = gone;
	s->arg = arg;
	if (s->conn)
		conn_pause(s->conn, true);
}

void
session_done(struct session *s)
{
	s->busy = false;
	s->cancel = s->gone = NULL;
	if (s->conn)
		conn_pause(s->conn, false);
	finish_command(s);
}

void
session_ask(struct session *s, unsigned flags, const char *question,
    void (*answer)(struct session *, const char *, void *), void *arg, void (*drop)(void *))
{
	struct buf b = {0};

	s->answer = answer;
	s->answer_arg = arg;
	s->answer_drop = drop;
	buf_putc(&b, (char)flags);
	buf_puts(&b, question);
	if (s->conn)
		conn_send(s->conn, MSG_ASK, buf_str(&b), b.n);
	buf_free(&b);
}

static void
drop_question(struct session *s)
{
	if (s->answer && s->answer_drop)
		s->answer_drop(s->answer_arg);
	s->answer = NULL;
}

void
session_fetched(struct session *s)
{
	s->fetching = false;
	if (!s->conn) {
		session_free_if_gone(s);
		return;
	}
	conn_pause(s->conn, false);
	s->run(s, s->values);
	if (!s->busy && !s->answer)
		finish_command(s);
}

/* --- lines --- */

void
session_limit(struct session *s, bool on)
{
	s->r->matcher.levels = on && s->level < PRIVILEGE_MAX ? privilege_levels(s->r->privileges) : NULL;
	s->r->matcher.level = s->level;
}

static void
caret(struct session *s, int col)
{
	struct buf b = {0};

	session_prompt_text(s, &b);
	col += (int)b.n;
	buf_clear(&b);
	buf_fill(&b, ' ', (size_t)col);
	buf_puts(&b, "^\n");
	raw_out(s, buf_str(&b), b.n);
	buf_free(&b);
}

static void
syntax_error(struct session *s, const struct match *m, const char *line, int shift)
{
	struct buf b = {0};

	if (m->status == MATCH_INVALID)
		caret(s, m->col + shift);
	match_message(&b, m, line);
	buf_putc(&b, '\n');
	raw_out(s, buf_str(&b), b.n);
	buf_free(&b);
}

/* Binds the values of an exec row; strings live in s->text. */
static void
bind_values(struct session *s, const struct match *m)
{
	const struct g_row *row = &g_rows[m->row];
	uint32_t has = 0;
	size_t need = 1, at = 0;

	memset(s->values, 0, sizeof s->values);
	for (int i = 0; i < row->nslots; i++)
		if (m->captured & (1u << i) && g_type_is_string(g_slots[row->slots + i].type))
			need += m->val[i].len + 1;
	buf_clear(&s->text);
	buf_fill(&s->text, '\0', need);
	for (int i = 0; i < row->nslots; i++) {
		const struct g_slot *sl = &g_slots[row->slots + i];
		char *to = (char *)s->values + sl->offset;

		if (!(m->captured & (1u << i)))
			continue;
		has |= 1u << i;
		if (g_type_is_string(sl->type)) {
			const char *p = s->text.d + at;

			memcpy(s->text.d + at, m->val[i].s, m->val[i].len);
			at += m->val[i].len + 1;
			memcpy(to, &p, sizeof p);
		} else
			memcpy(to, &m->val[i].num, sizeof(uint32_t));
	}
	memcpy(s->values, &has, sizeof has);
}

/* Where the output filter begins: a `|` between blanks, not in the first word. */
static char *
find_pipe(char *line)
{
	char *p = strstr(line, " |");

	return p && p > line ? p : NULL;
}

static void
unknown_command(struct session *s, const char *line)
{
	size_t lead = strspn(line, " \t"), n = strcspn(line + lead, " \t");

	out(s, "Translating \"%.*s\"%s\n", (int)n, line + lead,
	    store_flag(s->r->store, store_root(s->r->store), ROW_IP_DOMAIN_LOOKUP) ? "...domain server (255.255.255.255)" : "");
	out(s, "%% Unknown command or computer name, or unable to find computer address\n");
}

/* By `aaa authorization commands`; the privilege level has let the row through already. */
static bool
authorized(const struct session *s, int row, bool configuring)
{
	return aaa_command(s->r->aaa, s->login, privilege_levels(s->r->privileges)[row], configuring);
}

static bool
may_configure(void *ctx, int row)
{
	return authorized(ctx, row, true);
}

/* An exec command; shift: columns before it on the line (`do `). */
static void
exec_line(struct session *s, const char *text, int shift)
{
	char *line = xstrdup(text), *bar = find_pipe(line);
	struct lexed lx;
	struct match m;

	if (bar) {
		char err[128];

		*bar = '\0';
		s->filter = filter_parse(bar + 2, err, sizeof err);
		if (!s->filter) {
			if (strstr(err, "'^'"))
				caret(s, (int)(bar + 2 - line + (long)filter_caret(bar + 2)) + shift);
			out(s, "%s\n\n", err);
			free(line);
			finish_command(s);
			return;
		}
	}
	lex_line(&lx, line);
	/* an `end` too many, as pasted configurations have it, harms nobody; as a command it would make `en` ambiguous */
	if (lx.n == 0 || lx.tok[0].s[0] == '!' || (lx.n == 1 && token_is(&lx.tok[0], "end"))) {
		free(line);
		finish_command(s);
		return;
	}
	session_limit(s, true);
	match_line(&s->r->matcher, MODE_EXEC, &lx, 0, 0, &m);
	session_limit(s, false);
	if (m.status != MATCH_OK || lx.too_long) {
		filter_free(s->filter);
		s->filter = NULL;
		if (m.status == MATCH_INCOMPLETE && lx.n == 1)
			out(s, "%% Type \"%.*s ?\" for a list of subcommands\n", lx.tok[0].len, lx.tok[0].s);
		else if (m.status == MATCH_INVALID && m.depth == 0 && lx.n == 1 && !shift)
			unknown_command(s, line);
		else
			syntax_error(s, &m, text, shift);
		free(line);
		finish_command(s);
		return;
	}
	if (!authorized(s, m.row, false)) {
		filter_free(s->filter);
		s->filter = NULL;
		out(s, "Command authorization failed.\n\n");
		free(line);
		finish_command(s);
		return;
	}
	bind_values(s, &m);
	free(line);
	s->run = exec_table[g_rows[m.row].exec];
	if (g_rows[m.row].needs && fetch_start(s, g_rows[m.row].needs)) {
		s->fetching = true;
		conn_pause(s->conn, true);
		return;
	}
	s->run(s, s->values);
	if (!s->busy && !s->answer)
		finish_command(s);
}

void
session_who(struct session *s, struct buf *b)
{
	char line[LINE_NAME_MAX];

	if (s->console && !*s->login->user)
		buf_puts(b, "console");
	else
		buf_printf(b, "%s on %s", *s->login->user ? s->login->user : "console",
		    line_name(s->login->kind, s->login->number, line));
	if (s->login->from)
		buf_printf(b, " (%s)", s->login->from);
}

static void
leave_configuration(struct session *s)
{
	struct buf b = {0};

	config_free(&s->config);
	s->configuring = false;
	session_who(s, &b);
	log_msg("SYS", 5, "CONFIG_I", "Configured from console by %s", buf_str(&b));
	buf_free(&b);
}

static void
commit(struct session *s)
{
	struct buf notes = {0};

	if (store_commit(s->r->store) == 0)
		return;
	if (engine_commit_notes(s->r->engine, &notes) || notes.n)
		s->r->config_changed = time(NULL);
	router_configured(s->r);
	out_text(s, buf_str(&notes), notes.n);
	buf_free(&notes);
}

static void
configuration_line(struct session *s, const char *line)
{
	struct buf msg = {0}, command = {0};
	const char *user = *s->login->user ? s->login->user : "console";
	char name[LINE_NAME_MAX];
	enum config_result res;
	struct match m;

	s->config.command = &command;
	session_limit(s, true);
	res = config_line(&s->config, line, 0, &m, &msg);
	session_limit(s, false);
	s->config.command = NULL;
	if (res == CONFIG_OK || res == CONFIG_ACT)
		config_log_add(s->r->config_log, s->r->store, s->config_session, user, s->console ? "console" : line_name(s->login->kind,
		    s->login->number, name), buf_str(&command));
	buf_free(&command);
	switch (res) {
	case CONFIG_SYNTAX:
		syntax_error(s, &m, line, 0);
		break;
	case CONFIG_END:
	case CONFIG_EXIT:
		leave_configuration(s);
		break;
	case CONFIG_DO:
		buf_put(&msg, m.val[0].s, m.val[0].len);
		exec_line(s, buf_str(&msg), (int)(m.val[0].s - line));
		buf_free(&msg);
		return;
	case CONFIG_ACT:
		buf_free(&msg);
		bind_values(s, &m);
		s->run = exec_table[g_rows[m.row].exec];
		s->run(s, s->values);
		commit(s);
		if (!s->busy && !s->answer)
			finish_command(s);
		return;
	default:
		out_text(s, buf_str(&msg), msg.n);
	}
	buf_free(&msg);
	commit(s);
	finish_command(s);
}

static void
remember(struct session *s, const char *line)
{
	if (!*line || (s->nhistory && strcmp(s->history[s->nhistory - 1], line) == 0))
		return;
	while (s->nhistory && s->nhistory >= s->history_size) {
		xfree_secret(s->history[0]);
		memmove(s->history, s->history + 1, sizeof(char *) * (size_t)(s->nhistory - 1));
		s->nhistory--;
	}
	if (s->history_size)
		s->history[s->nhistory++] = xstrdup(line);
}

static void
take_line(struct session *s, const char *line)
{
	s->end_byte = '\n';
	if (s->answer) {
		void (*answer)(struct session *, const char *, void *) = s->answer;

		s->answer = NULL;
		answer(s, line, s->answer_arg);
		if (!s->busy && !s->answer)
			finish_command(s);
		return;
	}
	if (strlen(line) > LEX_MAXLINE) {
		out(s, "%% Line too long\n\n");
		finish_command(s);
		return;
	}
	if (s->configuring && s->config.more.open) {
		configuration_line(s, line);
		return;
	}
	/* a script without a terminal asks for help with a `?` at the end of its line */
	size_t n = strlen(line);

	while (n > 0 && (line[n - 1] == ' ' || line[n - 1] == '\r'))
		n--;
	if (n > 0 && line[n - 1] == '?' && line[strspn(line, " ")] != '!') {
		char *before = xstrndup(line, n - 1);
		struct buf b = {0};

		help_text(s, before, &b);
		raw_out(s, buf_str(&b), b.n);
		buf_free(&b);
		free(before);
		finish_command(s);
		return;
	}
	remember(s, line);
	if (s->configuring)
		configuration_line(s, line);
	else
		exec_line(s, line, 0);
}

/* --- the connection --- */

static void *
opened(struct conn *c, void *ctx, const struct listen_peer *peer)
{
	struct session *s = xcalloc(1, sizeof *s);
	char version = 1;

	s->r = ctx;
	s->conn = c;
	s->uid = peer->uid;
	s->login = peer->who;
	if (!s->login) {
		s->login = s->console = login_new(s->r, LINE_CON, 0, NULL, (struct in_addr){ 0 }, 0);
		s->login->user = xstrdup("");
	}
	login_hold(s->login);
	s->end_byte = '\n';
	s->next = s->r->sessions;
	s->r->sessions = s;
	sitting_begin_timers(s);
	conn_send(c, MSG_HELLO, &version, 1);
	sitting_begin(s, peer->uid);
	if (s->begin_with) {
		char *line = s->begin_with;

		s->begin_with = NULL;
		take_line(s, line);
		free(line);
	} else
		send_prompt(s);
	return s;
}

static void
message(void *session, uint8_t type, const char *body, size_t len)
{
	struct session *s = session;
	char *line = xstrndup(body, len);
	struct buf b = {0};

	sitting_input(s);
	switch (type) {
	case MSG_LINE:
		take_line(s, line);
		break;
	case MSG_END:
		s->ending = true;
		if (s->configuring && line[strspn(line, " \t")])
			configuration_line(s, line);
		else
			finish_command(s);
		break;
	case MSG_HELP:
		help_text(s, line, &b);
		conn_send(s->conn, MSG_HELP_TEXT, buf_str(&b), b.n);
		break;
	case MSG_COMPLETE:
		help_complete(s, line, &b);
		conn_send(s->conn, MSG_COMPLETION, buf_str(&b), b.n);
		break;
	case MSG_INTERRUPT:
		if (s->busy && s->cancel) {
			void (*cancel)(void *) = s->cancel;

			s->cancel = NULL;
			cancel(s->arg);
		} else if (s->answer) {
			drop_question(s);
			finish_command(s);
		}
		break;
	case MSG_WINDOW:
		s->person = true;
		if (len >= 4) {
			s->columns = (unsigned)(uint8_t)body[0] << 8 | (uint8_t)body[1];
			s->rows = (unsigned)(uint8_t)body[2] << 8 | (uint8_t)body[3];
		}
		break;
	default:
		break;
	}
	buf_free(&b);
	xfree_secret(line);
}

void
session_free_if_gone(struct session *s)
{
	if (s->conn || s->fetching)
		return;
	for (struct session **pp = &s->r->sessions; *pp; pp = &(*pp)->next)
		if (*pp == s) {
			*pp = s->next;
			break;
		}
	for (int i = 0; i < s->nhistory; i++)
		xfree_secret(s->history[i]);
	login_drop(s->login);
	drop_question(s);
	filter_free(s->filter);
	fetch_free(s);
	buf_wipe(&s->text);
	config_free(&s->config);
	free(s);
}

static void
closed(void *session)
{
	struct session *s = session;

	s->conn = NULL;
	sitting_end_timers(s);
	login_free(s->r, s->console);
	s->console = NULL;
	if (s->busy && s->gone)
		s->gone(s->arg);
	session_free_if_gone(s);
}

const struct listen_ops session_ops = { .opened = opened, .message = message, .closed = closed };

/* --- what exec functions ask for --- */

struct router *
session_router(struct session *s)
{
	return s->r;
}

int
session_level(const struct session *s)
{
	return s->level;
}

struct store *
session_store(struct session *s)
{
	return s->r->store;
}

/* --- the session's own commands --- */

void
session_leave(struct session *s)
{
	if (!s->conn)
		return;
	conn_send(s->conn, MSG_EXIT, "", 0);
	conn_close(s->conn);
}

void
exec_exit(struct session *s, const void *values)
{
	(void)values;
	session_leave(s);
}

static void
configure(struct session *s)
{
	config_free(&s->config);
	out(s, "Enter configuration commands, one per line.  End with CNTL/Z.\n");
	config_init(&s->config, s->r->store, &s->r->matcher);
	s->config.permitted = may_configure;
	s->config.permitted_ctx = s;
	s->config.typed = true;
	s->config_session = ++s->r->config_sessions;
	s->configuring = true;
}

static void
configure_answer(struct session *s, const char *text, void *arg)
{
	(void)arg;
	if (!*text || strncmp(text, "terminal", strlen(text)) == 0)
		configure(s);
	else
		out(s, "?Must be \"terminal\"\n");
}

void
exec_configure(struct session *s, const void *values)
{
	const struct cfg_configure *v = values;

	if (v->minutes && !rollback_start(s->r, v->minutes)) {
		out(s, "%%Rollback Confirmed Change: a change is pending already\n");
		return;
	}
	if (v->minutes)
		out(s, "Rollback Confirmed Change: Backing up current running config\n");
	if (v->has & HAS_CONFIGURE_WHAT)
		configure(s);
	else
		session_ask(s, 0, "Configuring from terminal, memory, or network [terminal]? ", configure_answer, NULL, NULL);
}

void
exec_terminal_length(struct session *s, const void *values)
{
	s->length = (uint16_t)((const struct cfg_terminal_length *)values)->lines;
	s->length_typed = true;
}

void
exec_terminal_width(struct session *s, const void *values)
{
	s->width = (uint16_t)((const struct cfg_terminal_width *)values)->columns;
	s->width_typed = true;
}

void
exec_terminal_monitor(struct session *s, const void *values)
{
	(void)values;
	s->monitor = s->monitor_typed = true;
}

void
exec_terminal_no_monitor(struct session *s, const void *values)
{
	(void)values;
	s->monitor = false;
	s->monitor_typed = true;
}

void
show_history(struct session *s, const void *values)
{
	(void)values;
	for (int i = 0; i < s->nhistory; i++)
		out(s, "  %s\n", s->history[i]);
}

void
show_privilege(struct session *s, const void *values)
{
	(void)values;
	out(s, "Current privilege level is %d\n", s->level);
}
