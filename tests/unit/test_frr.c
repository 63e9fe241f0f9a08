/* SPDX-License-Identifier: BSD-2-Clause */
/* The vty driver without FRR: framing of replies, wording of errors, order of lines, launch arguments. */
#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "backends/frr/launch.h"
#include "backends/frr/lines.h"
#include "backends/frr/vty.h"

START_TEST(framing)
{
	static const char wire[] = "hello\nworld\0\0\0\x02" "\0\0\0\0" "x\0\0\0\x0d";
	const char *text[] = {"hello\nworld", "", "x"};
	const int rc[] = {2, 0, 13};

	for (size_t chunk = 1; chunk < sizeof wire; chunk++) {
		struct vty_frame f = {.max = 100};
		size_t got = 0, used;

		for (size_t off = 0; off < sizeof wire - 1;) {
			size_t n = sizeof wire - 1 - off < chunk ? sizeof wire - 1 - off : chunk;
			int r = vty_frame_feed(&f, wire + off, n, &used);

			ck_assert_int_ge(r, 0);
			ck_assert(used > 0 && used <= n);
			ck_assert(r == 1 || used == n);
			off += used;
			if (r == 1) {
				ck_assert_str_eq(buf_str(&f.text), text[got]);
				ck_assert_int_eq(f.rc, rc[got++]);
				vty_frame_reset(&f);
			}
		}
		ck_assert_uint_eq(got, 3);
		buf_free(&f.text);
	}
}
END_TEST

START_TEST(framing_bad)
{
	struct vty_frame f = {.max = 8};
	size_t used;

	ck_assert_int_eq(vty_frame_feed(&f, "abc\0\0x", 6, &used), -EPROTO);
	vty_frame_reset(&f);
	ck_assert_int_eq(vty_frame_feed(&f, "12345678", 8, &used), 0);
	ck_assert_int_eq(vty_frame_feed(&f, "9", 1, &used), -EMSGSIZE);
	buf_free(&f.text);
}
END_TEST

START_TEST(cleaning)
{
	static const char *const t[][2] = {
	    {"% [OSPF] Unknown command: netwrk bad\n", "Unknown command: netwrk bad"},
	    {"% Configuration failed.\n\nError type: validation\n", "Configuration failed.; Error type: validation"},
	    {"  plain  \r\n", "plain"},
	    {"%%%\n[x\n", "[x"},
	    {"", ""},
	};

	for (size_t i = 0; i < sizeof t / sizeof *t; i++) {
		struct buf b = {0};

		vty_clean(&b, t[i][0]);
		ck_assert_str_eq(buf_str(&b), t[i][1]);
		buf_free(&b);
	}
}
END_TEST

static struct frr_item
item(uint64_t id, bool undo, const char *context, const char *line, uint8_t rank)
{
	return (struct frr_item){.id = id, .undo = undo,
	    .f = {.daemon = FRR_OSPFD, .context = context, .slot = line, .line = line, .undo = line, .rank = rank}};
}

static void
check_order(struct frr_item *items, size_t n, const char *want)
{
	size_t nsteps;
	struct frr_step *s = lines_build(items, n, &nsteps);
	struct buf b = {0};

	for (size_t i = 0; i < nsteps; i++)
		buf_printf(&b, "%s%s\n", s[i].undo ? "-" : s[i].kind == STEP_ENTER ? ">" : "", s[i].text);
	ck_assert_str_eq(buf_str(&b), want);
	buf_free(&b);
	lines_free(s, nsteps);
}

START_TEST(order)
{
	struct frr_item a[] = {
	    item(1, false, "", "router ospf", 100),
	    item(2, false, "router ospf", "network A", 20),
	    item(3, false, "router ospf", "router-id R", 10),
	    item(4, false, "interface v1", "cost", 5),
	    item(5, false, "interface v1", "prio", 5),
	    item(6, false, "", "prefix", 1),
	};
	struct frr_item d[] = {
	    item(1, true, "", "router ospf", 1),
	    item(2, true, "router ospf", "network A", 20),
	    item(3, true, "router ospf", "router-id R", 1),
	    item(4, true, "interface v1", "cost", 5),
	    item(5, false, "interface v1", "prio", 5),
	};

	check_order(a, 6, "prefix\n>interface v1\ncost\nprio\nexit\nrouter ospf\nrouter-id R\nnetwork A\nexit\n");
	check_order(d, 5, ">router ospf\n-network A\nexit\n>interface v1\n-cost\nexit\n>router ospf\n-router-id R\n"
	    "exit\n-router ospf\n>interface v1\nprio\nexit\n");
	check_order(a, 0, "");
}
END_TEST

START_TEST(results)
{
	struct frr_step s = {.kind = STEP_LINE, .rc = VTY_CONFIG_FAILED, .reply = (char *)"nothing there"};

	ck_assert_int_eq(lines_result(&s), -EINVAL);
	s.undo = true;
	ck_assert_int_eq(lines_result(&s), 0);
	s.undo = false;
	s.reply = (char *)"There is already same network statement.";
	ck_assert_int_eq(lines_result(&s), 0);
	s.rc = VTY_NO_MATCH;
	ck_assert_int_eq(lines_result(&s), -EINVAL);
	ck_assert(lines_group_refused("The following commands were dynamically grouped into the same transaction and"));
	ck_assert(!lines_group_refused("% Configuration failed."));
}
END_TEST

START_TEST(arguments)
{
	char **v = frr_argv("/run/x", FRR_OSPFD);
	size_t n = 0;

	ck_assert_str_eq(v[0], FRR_SBIN "/ospfd");
	ck_assert_str_eq(v[2], "/run/x/frr");
	while (v[n])
		n++;
	ck_assert_uint_eq(n, 17);
	frr_argv_free(v);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("frr");
	TCase *t = tcase_create("frr");
	SRunner *r;
	int failed;

	tcase_add_test(t, framing);
	tcase_add_test(t, framing_bad);
	tcase_add_test(t, cleaning);
	tcase_add_test(t, order);
	tcase_add_test(t, results);
	tcase_add_test(t, arguments);
	suite_add_tcase(s, t);
	r = srunner_create(s);
	srunner_run_all(r, CK_NORMAL);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed ? EXIT_FAILURE : EXIT_SUCCESS;
}
