/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Names: what defines one, what refers to it, and what is said when it is
 * typed and not there. Every row of the grammar that refers to a kind or
 * defines one is tried by its examples.
 */
#include <stdio.h>

#include "tests/unit/session.h"

#include "gen/grammar.h"

static void
count(void *ctx, struct rec *r)
{
	(void)r;
	++*(int *)ctx;
}

static int
users(struct session *t, int kind, const char *name)
{
	int n = 0;

	store_referrers(t->s, kind, name, count, &n);
	return n;
}

/* Words, numbers, several in a line, keys that are not the first slot. */
START_TEST(who_refers)
{
	struct session t;
	struct rec *r;
	char number[SLOT_NAME_MAX];

	session_open(&t);
	type_all(&t, "track 7 interface Ethernet0/0 line-protocol\ninterface Ethernet0/1\nstandby 1 track 7\nstandby 2 track 8\n"
	    "exit\naaa authorization network LIST local\ncrypto isakmp profile P\nisakmp authorization list LIST\n"
	    "exit\ncrypto ipsec transform-set A esp-aes\ncrypto ipsec profile I\nset transform-set A B\nexit\n"
	    "interface Tunnel0\ntunnel protection ipsec profile I\n");
	ck_assert_int_eq(users(&t, REF_TRACK, "7"), 1);
	ck_assert_int_eq(users(&t, REF_TRACK, "8"), 1);
	ck_assert_ptr_nonnull((r = store_defined(t.s, REF_TRACK, "7")));
	ck_assert_str_eq(rec_defines(r, number), "7");
	ck_assert_ptr_null(store_defined(t.s, REF_TRACK, "8"));
	ck_assert_ptr_nonnull(store_defined(t.s, REF_AAA_AUTHORIZATION, "LIST"));
	ck_assert_int_eq(users(&t, REF_AAA_AUTHORIZATION, "LIST"), 1);
	ck_assert_int_eq(users(&t, REF_TRANSFORM_SET, "A"), 1);
	ck_assert_int_eq(users(&t, REF_TRANSFORM_SET, "B"), 1);
	ck_assert_int_eq(users(&t, REF_IPSEC_PROFILE, "I"), 1);
	type_all(&t, "no tunnel protection ipsec profile I\nno track 7\nno aaa authorization network LIST\n");
	ck_assert_int_eq(users(&t, REF_IPSEC_PROFILE, "I"), 0);
	ck_assert_ptr_null(store_defined(t.s, REF_TRACK, "7"));
	ck_assert_ptr_null(store_defined(t.s, REF_AAA_AUTHORIZATION, "LIST"));
	ck_assert(store_known(t.s, REF_CLASS_MAP, "class-default"));
	ck_assert(!store_known(t.s, REF_CLASS_MAP, "C"));
	ck_assert(!store_known(t.s, REF_ACL, "default"));
	session_close(&t);
}
END_TEST

/* What `?` says of a parameter: the numbers and names that definitions of that kind take. */
static const struct {
	const char *mode, *line, *left;
} asked[] = {
	{ "interface Ethernet0/0", "ip access-group ", "<1-199> <1300-2699> WORD " },
	{ "interface Ethernet0/0", "crypto map ", "WORD " },
	{ "interface Ethernet0/0", "standby 1 track ", "<1-1000> " },
	{ NULL, "ip access-list standard ", "<1-99> <1300-1999> WORD " },
	{ NULL, "access-list ", "<1-99> <1300-1999> <100-199> <2000-2699> <700-799> " },
	{ "router bgp 65001", "neighbor 10.0.0.1 filter-list ", "<1-500> " },
	{ "router bgp 65001", "neighbor 10.0.0.1 prefix-list ", "WORD " },
	{ "route-map M", "match community ", "<1-500> WORD " },
};

static void
put_left(void *ctx, const char *left)
{
	struct buf one = {0};

	buf_printf(&one, "%s ", left);
	if (!strstr(buf_str(ctx), buf_str(&one)))
		buf_puts(ctx, buf_str(&one));
	buf_free(&one);
}

static void
put_option(void *ctx, const struct match_option *o)
{
	if (o->param && !o->word && !o->name && o->param->type != G_T_IFNAME)
		type_help(o->param->type, &g_args[o->param->arg], put_left, ctx);
}

START_TEST(what_help_shows)
{
	struct buf left = {0};
	struct session t;

	session_open(&t);
	if (asked[_i].mode)
		type_all(&t, asked[_i].mode);
	ck_assert_int_eq(config_options(&t.c, asked[_i].line, put_option, &left, &t.m), MATCH_OK);
	ck_assert_str_eq(buf_str(&left), asked[_i].left);
	buf_free(&left);
	session_close(&t);
}
END_TEST

/* A person who types is told of a name that is not there; a file may have any order. */
static const struct {
	const char *before, *line, *says, *define;
} typed[] = {
	{ "interface Ethernet0/0", "crypto map M", "ERROR: Crypto Map with tag \"M\" does not exist.\n", "crypto map M 10 ipsec-isakmp" },
	{ "crypto map M 10 ipsec-isakmp", "set transform-set A B", "ERROR: transform set with tag \"B\" does not exist.\n",
	    "crypto ipsec transform-set B esp-aes" },
	{ "policy-map P", "class C", "% class map C not configured\n", "class-map C" },
	{ "policy-map P", "class class-default", "", NULL },
	{ "interface Ethernet0/0", "service-policy output Q", "% policy map Q not configured\n", "policy-map Q" },
};

START_TEST(typed_names)
{
	struct session t;

	session_open(&t);
	type_all(&t, "crypto ipsec transform-set A esp-aes\n");
	type_all(&t, typed[_i].before);
	t.c.typed = true;
	ck_assert_int_eq(type_line(&t, typed[_i].line), *typed[_i].says ? CONFIG_REFUSED : CONFIG_OK);
	ck_assert_str_eq(buf_str(&t.out), typed[_i].says);
	if (typed[_i].define) {
		type_all(&t, typed[_i].define);
		type_all(&t, typed[_i].before);
		type_all(&t, typed[_i].line);
	}
	t.c.typed = false;
	type_all(&t, typed[_i].before);
	type_all(&t, typed[_i].line);
	session_close(&t);
}
END_TEST

/* Whatever defines a kind by its example defines a name, and whatever refers to it is found by it. */
START_TEST(every_row)
{
	int definers = 0, kinds_used = 0;

	for (unsigned i = 0; i < g_nrows; i++) {
		const struct g_row *row = &g_rows[i];

		kinds_used += row->kind == G_LEAF && row->exists;
		if (!row->ref || row->mode != MODE_GLOBAL || row->kind == G_FLAT)
			continue;
		for (const char *e = G_STR(row->examples), *n; *e; e = n + (*n == '\n')) {
			char line[512], number[SLOT_NAME_MAX];
			const char *name;
			struct session t;
			struct rec *r;

			n = e + strcspn(e, "\n");
			snprintf(line, sizeof line, "%.*s", (int)(n - e), e);
			session_open(&t);
			type_all(&t, line);
			r = store_first(t.s, store_root(t.s), (int)i);
			ck_assert_msg(r && (name = rec_defines(r, number)), "%s: '%s' defines no name", G_STR(row->name), line);
			ck_assert_msg(strstr(line, name), "%s: '%s' defines '%s'", G_STR(row->name), line, name);
			ck_assert_ptr_eq(store_defined(t.s, row->ref, name), r);
			session_close(&t);
			definers++;
		}
	}
	ck_assert_int_ge(definers, 50);
	ck_assert_int_ge(kinds_used, 5);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("names");
	TCase *t = tcase_create("names");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, who_refers);
	tcase_add_loop_test(t, what_help_shows, 0, sizeof asked / sizeof asked[0]);
	tcase_add_loop_test(t, typed_names, 0, sizeof typed / sizeof typed[0]);
	tcase_add_test(t, every_row);
	suite_add_tcase(s, t);
	return run_suite(s);
}
