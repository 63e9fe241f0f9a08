/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Every row of the grammar, by its own examples: what is typed is stored and
 * shown, typing it again changes nothing, `no` takes it away, `default`
 * restores, `?` answers at every place. A new row is tested by being there.
 * (That examples render back, abbreviations and defaults: grammar/gramcheck.c.)
 */
#include <time.h>

#include "engine/engine.h"
#include "tests/unit/session.h"

#include "gen/grammar.h"

/* The rows with examples, one line each. */
struct item {
	const struct g_row *row;
	const char *line;
};
#define CHUNK 100
static struct item *items;
static int nitem;

static void
collect(void)
{
	for (unsigned i = 0; i < g_nrows; i++)
		for (const char *p = G_STR(g_rows[i].examples); *p;) {
			size_t n = strcspn(p, "\n");

			items = xrealloc(items, sizeof *items * (size_t)(nitem + 1));
			items[nitem++] = (struct item){ &g_rows[i], xstrndup(p, n) };
			p += n + (p[n] == '\n');
		}
}

/* Types the nodes on the way to a mode. */
static void
enter(struct session *t, int mode)
{
	char *line;

	if (mode <= MODE_GLOBAL)
		return;
	enter(t, g_modes[mode].parent);
	line = xstrndup(G_STR(g_rows[g_modes[mode].node_row].examples),
	    strcspn(G_STR(g_rows[g_modes[mode].node_row].examples), "\n"));
	type_all(t, line);
	free(line);
	ck_assert_int_eq(config_mode(&t->c), mode);
}

static char *
with(const char *prefix, const char *line)
{
	return xasprintf("%s %s", prefix, line);
}

/* Back into the mode of the row, for nodes open their own. */
static void
same_mode(struct session *t, const struct g_row *r)
{
	while (config_mode(&t->c) != r->mode && t->c.depth > 0)
		ck_assert_int_eq(type_line(t, "exit"), CONFIG_OK);
	ck_assert_int_eq(config_mode(&t->c), r->mode);
}

static void
no_and_default(const struct item *it)
{
	const struct g_row *r = it->row->kind == G_FLAT && !it->row->flat_member ? &g_rows[it->row->flat_node] : it->row;
	bool lasting = r->flags & G_ROW_LASTING;
	char *before, *after, *no = with("no", it->line), *dflt = with("default", it->line);
	struct session t;
	size_t count;
	uint64_t version;

	session_open(&t);
	enter(&t, r->mode);
	before = running(&t);
	count = store_count(t.s);
	type_all(&t, it->line);
	same_mode(&t, r);
	ck_assert_msg(store_count(t.s) == count + 1 || r->flags & G_ROW_DEFAULT_ON, "%s stored nothing", it->line);
	after = running(&t);
	version = store_commit(t.s);
	/* once more: nothing changes */
	type_all(&t, it->line);
	same_mode(&t, r);
	ck_assert_uint_eq(store_commit(t.s), version);
	ck_assert_uint_eq(store_count(t.s), r->flags & G_ROW_DEFAULT_ON ? count : count + 1);
	{
		char *again = running(&t);

		ck_assert_str_eq(again, after);
		free(again);
	}
	/* no */
	type_all(&t, no);
	same_mode(&t, r);
	if (r->flags & G_ROW_DEFAULT_ON && !r->clears) {
		char *want = it->row == r ? xasprintf("%*s%s", t.c.depth, "", no) :
		    xasprintf("no %s", G_STR(r->examples));	/* written in the row's own spelling */

		want[strcspn(want, "\n")] = '\0';

		ck_assert_msg(shows(&t, want), "'%s' is not shown", no);
		ck_assert_uint_eq(store_count(t.s), count + 1);
		free(want);
		version = store_commit(t.s);
		type_all(&t, no);
		ck_assert_uint_eq(store_commit(t.s), version);
		type_all(&t, it->line);
	}
	if (lasting) {
		ck_assert_uint_eq(store_count(t.s), count + 1);
		free(after);
		after = running(&t);
		ck_assert_msg(strstr(after, "no "), "'%s' is not shown", no);
		type_all(&t, dflt);
	}
	free(after);
	after = running(&t);
	ck_assert_uint_eq(store_count(t.s), count);
	ck_assert_str_eq(after, before);
	/* no, where there is nothing */
	version = store_commit(t.s);
	if (!(r->flags & (G_ROW_DEFAULT_ON | G_ROW_NEGATABLE))) {
		type_all(&t, no);
		ck_assert_uint_eq(store_commit(t.s), version);
	}
	/* default */
	type_all(&t, it->line);
	same_mode(&t, r);
	type_all(&t, dflt);
	same_mode(&t, r);
	free(after);
	after = running(&t);
	ck_assert_uint_eq(store_count(t.s), count);
	ck_assert_str_eq(after, before);
	free(before);
	free(after);
	free(no);
	free(dflt);
	session_close(&t);
}

/* One test for many rows: each test has a process of its own, and rows are many. */
START_TEST(all_no_and_default)
{
	for (int i = _i * CHUNK; i < (_i + 1) * CHUNK && i < nitem; i++)
		no_and_default(&items[i]);
}
END_TEST

/*
 * The first words of the example, with `no`, `default` and neither, where the whole line stands and where it does not:
 * taken or refused, whatever was left out is not looked at, nor when it is compiled.
 */
static void
first_words(const struct item *it)
{
	static const char *const before[] = { "", "no ", "default " };
	struct session t;
	struct engine *e;
	struct lexed lx;

	session_open(&t);
	e = engine_new(NULL, t.s);
	lex_line(&lx, it->line);
	for (int i = 0; i < lx.n * 6; i++) {
		char *line = xasprintf("%s%.*s", before[i % 3], lx.tok[i / 6].col + lx.tok[i / 6].len, it->line);

		t.c.depth = 0;
		enter(&t, it->row->mode);
		if (i % 6 < 3)
			type_all(&t, it->line);
		t.c.depth = 0;
		enter(&t, it->row->mode);
		if (type_line(&t, line) == CONFIG_MORE)
			config_free(&t.c);
		free(line);
		store_commit(t.s);
		engine_commit(e);
	}
	free(running(&t));
	engine_free(e);
	session_close(&t);
}

START_TEST(all_first_words)
{
	for (int i = _i * CHUNK; i < (_i + 1) * CHUNK && i < nitem; i++)
		first_words(&items[i]);
}
END_TEST

/*
 * In running-config a line may stand behind the block of a node of its mode. Read again it must not be taken for a line of
 * that block: then the node has to be rendered behind the row.
 */
START_TEST(what_stands_behind_blocks)
{
	const struct g_mode *mode = &g_modes[_i];
	struct session t;

	session_open(&t);
	for (int n = 0; n < mode->nrow; n++) {
		const struct g_row *node = &g_rows[g_mode_rows[mode->first_row + n]];

		for (int i = 0; node->kind == G_NODE && i < nitem; i++) {
			const struct g_row *r = items[i].row;
			bool behind = _i == MODE_GLOBAL ? r->section >= node->section : false;
			struct lexed lx;

			for (int k = n + 1; _i != MODE_GLOBAL && k < mode->nrow; k++)
				behind |= r == &g_rows[g_mode_rows[mode->first_row + k]];
			if (r->mode != _i || r == node || !behind)
				continue;
			lex_line(&lx, items[i].line);
			match_line(&t.mr, node->submode, &lx, 0, 0, &t.m);
			ck_assert_msg(t.m.status != MATCH_OK || t.m.abbreviated, "'%s' of %s behind the block of %s would be %s",
			    items[i].line, G_STR(r->name), G_STR(node->name), G_STR(g_rows[t.m.row].name));
		}
	}
	session_close(&t);
}
END_TEST

struct seen {
	int n, empty;
};

static void
see(void *ctx, const struct match_option *o)
{
	struct seen *s = ctx;

	s->n++;
	if (o->word && (!o->help || !*o->help))
		s->empty++;
	if (o->param && !o->word && !*G_STR(o->param->help))
		s->empty++;
}

#define ANSWER_MS 5	/* on this thread's own clock: others may be at work */

static double
thread_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

/* `?` is answered in time: at once, or when it is asked again. */
static enum match_status
ask(struct session *t, const char *part, struct seen *s)
{
	double best = 1e9;
	enum match_status st = MATCH_OK;

	for (int i = 0; i < 5 && best > ANSWER_MS; i++) {
		double from = thread_ms(), took;

		*s = (struct seen){0};
		st = config_options(&t->c, part, see, s, &t->m);
		took = thread_ms() - from;
		best = took < best ? took : best;
	}
	ck_assert_msg(best <= ANSWER_MS, "'%s?' takes %.1f ms", part, best);
	return st;
}

/* `?` behind every byte of the example, with and without `no`. */
static void
help_everywhere(const struct item *it)
{
	struct session t;

	session_open(&t);
	enter(&t, it->row->mode);
	for (int k = 0; k < 2; k++) {
		char *line = k ? with("no", it->line) : xstrdup(it->line);
		size_t len = strlen(line);
		struct lexed lx;

		lex_line(&lx, line);
		for (size_t i = 0; i <= len; i++) {
			struct seen s;
			char *part = xstrndup(line, i);
			enum match_status st = ask(&t, part, &s);

			/* behind a finished `no` form there may be words that `no` does not want */
			ck_assert_msg(st == MATCH_OK, "'%s?': status %d", part, st);
			ck_assert_msg(s.n > 0, "'%s?' has no answer", part);
			ck_assert_int_eq(s.empty, 0);
			free(part);
		}
		if (k == 0) {
			struct seen s = {0};
			char *whole = xasprintf("%s ", line);

			ck_assert_int_eq(config_options(&t.c, whole, see, &s, &t.m), MATCH_OK);
			ck_assert_msg(s.n > 0, "'%s ?' has no <cr>", line);
			free(whole);
		}
		free(line);
	}
	session_close(&t);
}

START_TEST(all_help_everywhere)
{
	for (int i = _i * CHUNK; i < (_i + 1) * CHUNK && i < nitem; i++)
		help_everywhere(&items[i]);
}
END_TEST

static void
found_it(void *ctx, struct rec *r)
{
	++*(int *)ctx;
	(void)r;
}

/* A record is listed under every name it refers to, and no more when it is gone. */
static void
references(const struct item *it)
{
	struct rec *r = NULL;
	struct session t;
	int refs = 0;

	session_open(&t);
	enter(&t, it->row->mode);
	type_all(&t, it->line);
	same_mode(&t, it->row);
	for (int pass = 0; pass < 2; pass++) {
		for (int i = 0; i < it->row->nslots; i++) {
			const struct g_slot *s = &g_slots[it->row->slots + i];
			static char *names[32];
			int n = 0;

			if (s->type != G_T_REF)
				continue;
			if (pass == 0) {
				r = store_first(t.s, t.c.stack[t.c.depth].ptr, (int)(it->row - g_rows));
				ck_assert_msg(r, "%s: nothing stored", it->line);
				const char *text;

				memcpy(&text, (const char *)rec_values(r) + s->offset, sizeof text);
				names[i] = text ? xstrdup(text) : NULL;
			}
			if (!names[i])
				continue;
			store_referrers(t.s, g_args[s->arg].ref, names[i], found_it, &n);
			ck_assert_int_eq(n, pass == 0);
			refs++;
			if (pass)
				free(names[i]);
		}
		if (pass == 0) {
			char *no = with("no", it->line);

			type_all(&t, no);
			free(no);
		}
	}
	session_close(&t);
}

START_TEST(all_references)
{
	for (int i = _i * CHUNK; i < (_i + 1) * CHUNK && i < nitem; i++)
		references(&items[i]);
}
END_TEST

/* Numbers at both ends of each range are taken, those outside refused and nothing stored. */
static void
ranges(const struct item *it)
{
	struct lexed lx;
	struct session t;

	session_open(&t);
	enter(&t, it->row->mode);
	lex_line(&lx, it->line);
	match_line(&t.mr, it->row->mode, &lx, 0, 0, &t.m);
	ck_assert_int_eq(t.m.status, MATCH_OK);
	struct match m = t.m;

	for (int i = 0; i < it->row->nslots; i++) {
		const struct g_slot *s = &g_slots[it->row->slots + i];
		const struct g_arg *a = &g_args[s->arg];
		long long tries[4] = { (long long)a->lo - 1, (long long)a->lo, (long long)a->hi, (long long)a->hi + 1 };

		if (s->type != G_T_U32 || !(m.captured & (1u << i)) || m.val[i].len == 0)
			continue;
		for (int k = 0; k < 4; k++) {
			int at = (int)(m.val[i].s - it->line);
			char *line = xasprintf("%.*s%lld%s", at, it->line, tries[k], it->line + at + m.val[i].len);
			size_t count = store_count(t.s);
			enum config_result r = type_line(&t, line);

			if (k == 1 || k == 2)
				/* (a check of the row's own may compare it with another number) */
				ck_assert_msg(r == CONFIG_OK || (it->row->check && r == CONFIG_REFUSED), "'%s' is refused: %s", line, buf_str(&t.out));
			else {
				ck_assert_msg(r == CONFIG_SYNTAX, "'%s' is taken", line);
				ck_assert_int_eq(t.m.status, MATCH_INVALID);
				ck_assert_uint_eq(store_count(t.s), count);
			}
			while (config_mode(&t.c) != it->row->mode && t.c.depth > 0)
				type_line(&t, "exit");
			free(line);
		}
	}
	session_close(&t);
}

START_TEST(all_ranges)
{
	for (int i = _i * CHUNK; i < (_i + 1) * CHUNK && i < nitem; i++)
		ranges(&items[i]);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("grammar");
	TCase *t = tcase_create("rows");

	collect();
	tcase_set_timeout(t, 60);
	tcase_add_loop_test(t, all_no_and_default, 0, (nitem + CHUNK - 1) / CHUNK);
	tcase_add_loop_test(t, all_first_words, 0, (nitem + CHUNK - 1) / CHUNK);
	tcase_add_loop_test(t, all_help_everywhere, 0, (nitem + CHUNK - 1) / CHUNK);
	tcase_add_loop_test(t, what_stands_behind_blocks, MODE_GLOBAL, (int)g_nmodes);
	tcase_add_loop_test(t, all_references, 0, (nitem + CHUNK - 1) / CHUNK);
	tcase_add_loop_test(t, all_ranges, 0, (nitem + CHUNK - 1) / CHUNK);
	suite_add_tcase(s, t);
	return run_suite(s);
}
