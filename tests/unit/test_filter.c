/* SPDX-License-Identifier: BSD-2-Clause */
/* Output filters (cli/filter.h): key words, IOS's expressions, sections, limits. */
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "cli/filter.h"
#include "lib/buf.h"
#include "tests/unit/unit.h"

static const char config[] =
    "hostname R1\n"
    "!\n"
    "interface GigabitEthernet0/0\n"
    " ip address 10.0.0.1 255.255.255.0\n"
    " ip ospf 1 area 0\n"
    "!\n"
    "crypto map M_AP 10 ipsec-isakmp\n"
    " set peer 1.1.1.1\n"
    "router ospf 1\n"
    " network 10.0.0.0 0.0.0.255 area 0\n"
    " redistribute bgp {65000, 65001}\n"
    "  route-map x\n"
    "end\n";

/* What the filter makes of text, fed in pieces of the given size; the caller frees it. */
static char *
filtered(const char *spec, const char *text, size_t step)
{
	char err[80] = "";
	struct filter *f = filter_parse(spec, err, sizeof err);
	struct buf out = {0};
	size_t n = strlen(text);

	ck_assert_msg(f != NULL, "'%s': %s", spec, err);
	for (size_t off = 0; off < n; off += step)
		filter_feed(f, text + off, n - off < step ? n - off : step, &out);
	filter_end(f, &out);
	filter_free(f);
	return buf_steal(&out);
}

static const struct {
	const char *spec, *want;
} good[] = {
	{"include hostname", "hostname R1\n"},
	{" inc HOST", ""},
	{"i ^end$", "end\n"},
	{"INCLUDE ^ set", " set peer 1.1.1.1\n"},
	{"e ^ |^!|^router|^crypto|^interface", "hostname R1\nend\n"},
	{"b ^router ospf 1 *$", "router ospf 1\n network 10.0.0.0 0.0.0.255 area 0\n"
	    " redistribute bgp {65000, 65001}\n  route-map x\nend\n"},
	{"begin nowhere", ""},
	/* sections: of the top level, and of an indented line without its parent */
	{"s ^interface", "interface GigabitEthernet0/0\n ip address 10.0.0.1 255.255.255.0\n ip ospf 1 area 0\n"},
	{"sec ospf", " ip ospf 1 area 0\nrouter ospf 1\n network 10.0.0.0 0.0.0.255 area 0\n"
	    " redistribute bgp {65000, 65001}\n  route-map x\n"},
	{"section bgp", " redistribute bgp {65000, 65001}\n  route-map x\n"},
	{"section include ^crypto map", "crypto map M_AP 10 ipsec-isakmp\n set peer 1.1.1.1\n"},
	{"sec ex ^(interface|router|crypto)", "hostname R1\n!\n!\nend\n"},
	{"section include", ""},
	{"section ^hostname|^crypto", "hostname R1\ncrypto map M_AP 10 ipsec-isakmp\n set peer 1.1.1.1\n"},
	{"c ospf", "Number of lines which match regexp = 2\n"},
	/* chains, and bars that are none */
	{"include ip | exclude ospf", " ip address 10.0.0.1 255.255.255.0\ncrypto map M_AP 10 ipsec-isakmp\n"},
	{"section ospf | i area | count .", "Number of lines which match regexp = 2\n"},
	{"include ^host|include", "hostname R1\n"},
	{"include host |^end", "end\n"},
	{"include router ospf | nothing", "router ospf 1\n"},
	{"include ip(v6)* ospf|remark", " ip ospf 1 area 0\n"},
	/* expressions */
	{"i _1_", " ip ospf 1 area 0\nrouter ospf 1\n"},
	{"i {65000_.65001_$", " redistribute bgp {65000, 65001}\n"},
	{"i _65001_", " redistribute bgp {65000, 65001}\n"},
	{"i M_AP", "crypto map M_AP 10 ipsec-isakmp\n"},
	{"i M[_]AP", "crypto map M_AP 10 ipsec-isakmp\n"},
	{"i M\\_AP", "crypto map M_AP 10 ipsec-isakmp\n"},
	{"i ([1-9])\\.\\1\\.\\1\\.\\1", " set peer 1.1.1.1\n"},
	{"i net{1}work", ""},
	{"i \\d", "hostname R1\ninterface GigabitEthernet0/0\n ip address 10.0.0.1 255.255.255.0\n"
	    " network 10.0.0.0 0.0.0.255 area 0\n redistribute bgp {65000, 65001}\nend\n"},
	{"i Ethernet[0-9]/[^1-9]", "interface GigabitEthernet0/0\n"},
	{"i [[:alpha:]]x", ""},
};

START_TEST(accepted)
{
	/* "\d" is the letter d in IOS: the lines above without one must not appear */
	char *got = filtered(good[_i].spec, config, strlen(config)), *bytes = filtered(good[_i].spec, config, 1);
	char want[400];

	snprintf(want, sizeof want, "%s", good[_i].want);
	if (strcmp(good[_i].spec, "i \\d") == 0)
		snprintf(want, sizeof want, "%s", " ip address 10.0.0.1 255.255.255.0\n"
		    " redistribute bgp {65000, 65001}\nend\n");
	ck_assert_msg(strcmp(got, want) == 0, "'%s': got\n%swant\n%s", good[_i].spec, got, want);
	ck_assert_str_eq(bytes, want);
	free(got);
	free(bytes);
}
END_TEST

#define INVALID "% Invalid input detected at '^' marker."
#define INCOMPLETE "% Incomplete command."
#define REGEX "% Failed to compile regular expression."

static const struct {
	const char *spec, *err;
	size_t caret;
} bad[] = {
	{"", INCOMPLETE, 0},
	{"  ", INCOMPLETE, 2},
	{"include", INCOMPLETE, 7},
	{"include  ", INCOMPLETE, 9},
	{" frob x", INVALID, 1},
	{"tee flash:x", INVALID, 0},
	{"includes x", INVALID, 0},
	{"include a | include ", INCOMPLETE, 20},
	{"include (", REGEX, 9},
	{"include a)", REGEX, 10},
	{"include [a", REGEX, 10},
	{"include *", REGEX, 9},
	{"include (?R)", REGEX, 12},
	{"include (*LIMIT_MATCH=9)a", REGEX, 25},
	{"include a\\", REGEX, 10},
};

START_TEST(refused)
{
	char err[80] = "";

	ck_assert_ptr_null(filter_parse(bad[_i].spec, err, sizeof err));
	ck_assert_str_eq(err, bad[_i].err);
	ck_assert_uint_eq(filter_caret(bad[_i].spec), bad[_i].caret);
}
END_TEST

START_TEST(last_line_without_newline)
{
	char *got = filtered("i b", "a\nb", 3);

	ck_assert_str_eq(got, "b\n");
	free(got);
}
END_TEST

/* An expression made to take for ever must end, and say so. */
START_TEST(catastrophic)
{
	struct buf text = {0};
	clock_t t = clock();
	char *got;

	for (int i = 0; i < 2000; i++) {
		buf_fill(&text, 'a', 200);
		buf_puts(&text, "!\n");
	}
	got = filtered("include ^(a+)+$", buf_str(&text), 4096);
	ck_assert_ptr_nonnull(strstr(got, "too complex"));
	ck_assert_double_lt((double)(clock() - t) / CLOCKS_PER_SEC, 1.0);
	free(got);
	buf_free(&text);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("filter");
	TCase *t = tcase_create("filter");

	tcase_add_loop_test(t, accepted, 0, sizeof good / sizeof good[0]);
	tcase_add_loop_test(t, refused, 0, sizeof bad / sizeof bad[0]);
	tcase_add_test(t, last_line_without_newline);
	tcase_add_test(t, catastrophic);
	suite_add_tcase(s, t);
	return run_suite(s);
}
