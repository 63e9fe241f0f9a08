/* SPDX-License-Identifier: BSD-2-Clause */
/* clear crypto: what charon is asked to take down, and how it is waited for. */
#define _GNU_SOURCE
#include "tests/unit/show_crypto.h"

static struct sa_child clear_c[3];
static struct sa_ike clear_k[2];

static void
two_tunnels(void)
{
	configure(BRANCH);
	for (uint32_t i = 0; i < 3; i++)
		clear_c[i] = pair(7 + i, 1);
	clear_k[0] = ike(3, BRANCH_IP, HQ1_IP, true, clear_c, 1);
	clear_k[1] = ike(4, BRANCH_IP, HQ2_IP, true, clear_c + 1, 2);
	have(clear_k, 2);
	tunnels_ike(S->r.tunnels, &clear_k[0]);
	tunnels_ike(S->r.tunnels, &clear_k[1]);
}

/* What debugging calls an SA before it is seen is what show calls it afterwards. */
START_TEST(conn_ids)
{
	struct sa_ike third;

	two_tunnels();
	third = ike(5, BRANCH_IP, HQ2_IP, true, NULL, 0);
	ck_assert_uint_eq(tunnels_conn_id(S->r.tunnels, 4), 1002);
	ck_assert_uint_eq(tunnels_conn_id(S->r.tunnels, 5), 1003);
	ck_assert_uint_eq(tunnels_conn_id(S->r.tunnels, 6), 1004);
	ck_assert_uint_eq(tunnels_conn_id(S->r.tunnels, 5), 1003);
	ck_assert_uint_eq(tunnels_ike(S->r.tunnels, &third)->conn_id, 1003);
	ck_assert_uint_eq(tunnels_conn_id(S->r.tunnels, 5), 1003);
	/* one of the same bucket takes the place */
	ck_assert_uint_eq(tunnels_conn_id(S->r.tunnels, 6 + 1024), 1005);
	ck_assert_uint_eq(tunnels_conn_id(S->r.tunnels, 6), 1006);
}
END_TEST

START_TEST(clear)
{
	two_tunnels();
	clear_crypto_sa(S, &(struct cfg_clear_crypto_sa){ .has = HAS_CLEAR_CRYPTO_SA_ADDR, .addr = HQ2_IP });
	ck_assert(S->busy);
	answer_all(0);
	ck_assert(!S->busy);
	ck_assert_int_eq(S->done, 1);
	clear_crypto_isakmp(S, &(struct cfg_clear_crypto_isakmp){ .has = HAS_CLEAR_CRYPTO_ISAKMP_CONN, .conn = 1002 });
	for (struct ike_seen *k = tunnels_ike_first(S->r.tunnels); k; k = k->next)
		ck_assert_int_eq(k->cleared, k->conn_id == 1002);
	answer_all(-ENOENT);
	clear_crypto_session(S, &(struct cfg_clear_crypto_session){ .has = HAS_CLEAR_CRYPTO_SESSION_ADDR, .addr = HQ1_IP });
	answer_all(0);
	ck_assert_int_eq(S->done, 3);
	ck_assert_str_eq(S->asked, "child 8\nchild 9\nike 4\nike 3\n");
	clear_crypto_sa(S, &(struct cfg_clear_crypto_sa){ .map = "MYMAP2" });
	clear_crypto_sa(S, &(struct cfg_clear_crypto_sa){ .vrf = "RED" });
	ck_assert(!S->busy);
	clear_crypto_sa(S, &(struct cfg_clear_crypto_sa){ .map = "MYMAP" });
	answer_all(0);
	ck_assert_int_eq(S->done, 4);
	ck_assert_str_eq(S->asked, "child 8\nchild 9\nike 4\nike 3\nchild 7\nchild 8\nchild 9\n");
	ck_assert_str_eq(buf_str(&S->text), "");
	clear_crypto_isakmp(S, &(struct cfg_clear_crypto_isakmp){ .has = HAS_CLEAR_CRYPTO_ISAKMP_CONN, .conn = 5 });
	ck_assert(!S->busy);
	clear_crypto_nothing(S, NULL);
	ck_assert_str_eq(buf_str(&S->text), "% There is nothing of this kind to clear\n");
}
END_TEST

/* Ctrl-C and a session that goes: nothing more is asked, and nobody is told twice. */
START_TEST(clear_stops)
{
	static struct sa_child c[200];
	struct sa_ike k;

	configure(BRANCH);
	for (uint32_t i = 0; i < 200; i++)
		c[i] = pair(i + 1, 1);
	k = ike(3, BRANCH_IP, HQ1_IP, true, c, 200);
	have(&k, 1);
	clear_crypto_sa(S, &(struct cfg_clear_crypto_sa){0});
	ck_assert_uint_eq(S->nasked, 64);
	S->cancel(S->arg);
	ck_assert_int_eq(S->done, 1);
	answer_all(0);
	ck_assert_uint_eq(S->nasked, 64);
	ck_assert_int_eq(S->done, 1);
	clear_crypto_sa(S, &(struct cfg_clear_crypto_sa){0});
	S->gone(S->arg);
	answer_all(0);
	ck_assert_uint_eq(S->nasked, 264);
	ck_assert_int_eq(S->done, 1);
	clear_crypto_sa(S, &(struct cfg_clear_crypto_sa){0});
	answer_all(-ECONNRESET);
	ck_assert_uint_eq(S->nasked, 328);
	ck_assert_int_eq(S->done, 2);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("clear crypto");
	TCase *t = tcase_create("clear crypto");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, conn_ids);
	tcase_add_test(t, clear);
	tcase_add_test(t, clear_stops);
	suite_add_tcase(s, t);
	return run_suite(s);
}
