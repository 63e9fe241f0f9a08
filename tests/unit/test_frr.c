/* SPDX-License-Identifier: BSD-2-Clause */
/* The vty driver without FRR: framing of replies, wording of errors, order of lines, launch arguments. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backends/frr/launch.h"
#include "backends/frr/lines.h"
#include "backends/frr/vty.h"
#include "daemon/routing.h"
#include "lib/log.h"
#include "parser/config.h"
#include "tests/unit/unit.h"

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

static char said[512];

static void
listen_log(void *ctx, int severity, const char *line)
{
	snprintf(said, sizeof said, "%s", line);
}

START_TEST(reports)
{
	static const char config[] = "interface Ethernet0/0\nrouter ospf 7\nrouter ospf 9 vrf RED\n";
	struct store *s = store_new();
	struct matcher m = {0};
	struct config c;

	config_load_defaults(s, &m);
	config_init(&c, s, &m);
	config_text(&c, config, strlen(config), NULL, NULL);
	log_set_sink(listen_log, NULL);
	ck_assert(routing_report(s, FRR_OSPFD, "2026/11/22 03:01:53 OSPF: [M7Q4P-46WDR] AdjChg: Nbr 1.1.1.1, NbrIP 10.0.0.1 "
	    "(default) on e0-0:10.0.0.2: Loading -> Full (LoadingDone)"));
	ck_assert_str_eq(said, "%OSPF-5-ADJCHG: Process 7, Nbr 1.1.1.1 on Ethernet0/0 from LOADING to FULL, Loading Done");
	ck_assert(routing_report(s, FRR_OSPFD, "2026/11/22 18:21:15 OSPF: [V5G42-FE94B] AdjChg: Nbr 1.1.1.1, NbrIP 10.0.0.1 (RED) on gi0-1:10.0.0.2: Full -> Deleted "
	    "(InactivityTimer)"));
	ck_assert_str_eq(said, "%OSPF-5-ADJCHG: Process 9, Nbr 1.1.1.1 on GigabitEthernet0/1 from FULL to DOWN, "
	    "Neighbor Down: Dead timer expired");
	ck_assert(routing_report(s, FRR_OSPFD, "2026/11/22 18:21:15 OSPF: [V5G42-FE94B] AdjChg: Nbr 1.1.1.1, NbrIP 10.0.0.1 (default) on e0-0:10.0.0.2: Exchange -> Full "
	    "(ExchangeDone)"));
	ck_assert_str_eq(said, "%OSPF-5-ADJCHG: Process 7, Nbr 1.1.1.1 on Ethernet0/0 from LOADING to FULL, Loading Done");
	ck_assert(routing_report(s, FRR_BGPD, "2026/11/22 18:21:15 BGP: [M59KS-A3ZXZ] %ADJCHANGE: neighbor 10.0.0.1(Unknown) in vrf default Up"));
	ck_assert_str_eq(said, "%BGP-5-ADJCHANGE: neighbor 10.0.0.1 Up ");
	ck_assert(routing_report(s, FRR_BGPD, "2026/11/22 18:21:15 BGP: [M59KS-A3ZXZ] %ADJCHANGE: neighbor 10.0.0.1(R1) in vrf RED Down BGP Notification send"));
	ck_assert_str_eq(said, "%BGP-5-ADJCHANGE: neighbor 10.0.0.1 vpn vrf RED Down BGP Notification sent");
	/* a peer may call itself anything, and hides nothing by it */
	ck_assert(routing_report(s, FRR_BGPD, "2026/11/22 18:21:15 BGP: [M59KS-A3ZXZ] %ADJCHANGE: neighbor 10.0.0.1(a b) in vrf x Up) in vrf default Down Peer closed the session"));
	ck_assert_str_eq(said, "%BGP-5-ADJCHANGE: neighbor 10.0.0.1 Down Peer closed the session");
	ck_assert(!routing_report(s, FRR_BGPD, "2026/11/22 18:21:15 BGP: [M59KS-A3ZXZ] %ADJCHANGE: neighbor"));
	ck_assert(!routing_report(s, FRR_BGPD, "2026/11/22 18:21:15 BGP: [M59KS-A3ZXZ] %ADJCHANGE: neighbor 10.0.0.1(a"));
	ck_assert(!routing_report(s, FRR_BGPD, "2026/11/22 18:21:15 BGP: [M59KS-A3ZXZ] %ADJCHANGE: neighbor 10.0.0.1(a) in vrf "));
	ck_assert(!routing_report(s, FRR_OSPFD, "2026/11/22 18:21:15 OSPF: [V5G42-FE94B] AdjChg: Nbr"));
	ck_assert(routing_report(s, FRR_OSPFD, "2026/11/22 18:21:15 OSPF: [V5G42-FE94B][EC 100663299] can't setsockopt IP_ADD_MEMBERSHIP "
	    "(fd 13, addr 10.100.0.20, ifindex 1, AllSPFRouters): No buffer space available; perhaps a kernel limit on # of "
	    "multicast group memberships has been exceeded?"));
	ck_assert_str_eq(said, "%OSPF-4-MULTICAST: No neighbor can be heard on lo: No buffer space available");
	ck_assert(routing_report(s, FRR_OSPFD, "2026/11/22 18:21:15 OSPF: [V5G42-FE94B][EC 100663299] can't setsockopt IP_ADD_MEMBERSHIP "
	    "(fd 13, addr 10.100.0.20, ifindex 1, AllDRouters): No buffer space available; perhaps"));
	ck_assert_str_eq(said, "%OSPF-4-MULTICAST: Updates for the designated router cannot be heard on lo: No buffer space available");
	ck_assert(!routing_report(s, FRR_OSPFD, "2026/11/22 18:21:15 OSPF: [V5G42-FE94B] can't setsockopt IP_ADD_MEMBERSHIP (fd 13"));
	ck_assert(!routing_report(s, FRR_ZEBRA, "2026/11/22 18:21:15 ZEBRA: AdjChg: Nbr 1.1.1.1"));
	/* what looks like one within another line, or behind a line end in a peer's name */
	ck_assert(!routing_report(s, FRR_BGPD, "%ADJCHANGE: neighbor 10.0.0.1(R1) in vrf default Up"));
	ck_assert(!routing_report(s, FRR_BGPD, "2026/11/22 18:21:15 BGP: [M59KS-A3ZXZ] hostname x: %ADJCHANGE: neighbor 10.0.0.1(y) in vrf default Up"));
	log_set_sink(NULL, NULL);
	store_free(s);
	matcher_free(&m);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("frr");
	TCase *t = tcase_create("frr");

	tcase_add_test(t, framing);
	tcase_add_test(t, framing_bad);
	tcase_add_test(t, cleaning);
	tcase_add_test(t, order);
	tcase_add_test(t, results);
	tcase_add_test(t, arguments);
	tcase_add_test(t, reports);
	suite_add_tcase(s, t);
	return run_suite(s);
}
