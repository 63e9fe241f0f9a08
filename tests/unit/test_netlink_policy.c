/* SPDX-License-Identifier: BSD-2-Clause */
/* IPsec policies of the kernel driver, and the acquires that they raise. */
#define _GNU_SOURCE
#include "tests/unit/netlink.h"

START_TEST(policy_life)
{
	struct obj p = policy_obj(1, IP(10, 1, 0, 0), IP(10, 2, 0, 0), 24, 1000, 5), q = p, r = p;
	struct plan_op shift[] = {{OP_DELETE, &p, NULL}, {OP_ADD, NULL, &q}};

	start();
	q.id = 2;
	q.policy.priority = 900;
	r.policy.reqid = 6;
	op1(OP_ADD, &p);
	ck_assert_int_eq(results[1], 0);
	ck_assert_int_eq(count_policies(), 1);
	ck_assert_uint_eq(last_policy.priority, 1000);
	op1(OP_CHANGE, &r);
	ck_assert_int_eq(results[1], 0);
	/* Another priority for the same flow: replaced, never absent. */
	apply(shift, 2);
	ck_assert_int_eq(results[2], 0);
	ck_assert_int_eq(count_policies(), 1);
	ck_assert_uint_eq(last_policy.priority, 900);
	/* Two of one selector: the first one counts; when it goes, the other takes over. */
	op1(OP_ADD, &p);
	ck_assert_int_eq(count_policies(), 1);
	ck_assert_uint_eq(last_policy.priority, 900);
	op1(OP_DELETE, &q);
	ck_assert_int_eq(count_policies(), 1);
	ck_assert_uint_eq(last_policy.priority, 1000);
	p.policy.action = POLICY_BLOCK;
	op1(OP_CHANGE, &p);
	ck_assert_int_eq(count_policies(), 1);
	ck_assert_int_eq(last_policy.action, XFRM_POLICY_BLOCK);
	op1(OP_DELETE, &p);
	ck_assert_int_eq(results[1], 0);
	ck_assert_int_eq(count_policies(), 0);
	op1(OP_DELETE, &p);	/* again: no error */
	ck_assert_int_eq(results[1], 0);
	op1(OP_ADD, &p);
	netlink_stop(nl);
	ck_assert_int_eq(netlink_start(nl), 0);
	ck_assert_int_eq(count_policies(), 0);
	ck_assert_int_eq(netlink_flush_sas(nl), 0);
	finish();
}
END_TEST

START_TEST(policy_errors)
{
	enum { N = 1000 };
	static struct obj o[N];
	static struct plan_op ops[N];
	int bad = 0;

	start();
	/* A few that the kernel refuses, among many that it takes: each result is the right one. */
	for (unsigned i = 0; i < N; i++) {
		o[i] = policy_obj(i % 300 == 17 ? i / 300 + 10 : 50, IP(10, 1, 0, 0) + i, IP(10, 2, 0, 0), 32, i, 5);
		if (i % 300 == 17) {
			o[i].policy.sel.src.len = 60;
			bad++;
		}
		ops[i] = (struct plan_op){OP_ADD, NULL, &o[i]};
	}
	apply(ops, N);
	for (int i = 0; i < bad; i++)
		ck_assert_int_eq(results[10 + i], -EINVAL);
	ck_assert_int_eq(results[50], 0);
	ck_assert_int_eq(count_policies(), N - bad);
	finish();
}
END_TEST

START_TEST(many_policies)
{
	enum { N = 30000 };
	struct obj *o = calloc(N, sizeof(*o));
	struct plan_op *ops = calloc(N, sizeof(*ops));
	struct timespec t0, t1;
	double add, change, del;

	start();
	/* 10,000 flows between /24 networks, in three directions */
	for (unsigned i = 0; i < N; i++) {
		unsigned flow = i / 3;

		o[i] = policy_obj(50, IP(10, 0, 0, 0) + (flow << 8), IP(172, 16, 0, 0) + (flow % 4096 << 8), 24,
		    1000 + flow, flow);
		o[i].policy.dir = i % 3 == 0 ? POLICY_OUT : i % 3 == 1 ? POLICY_IN : POLICY_FWD;
		ops[i] = (struct plan_op){OP_ADD, NULL, &o[i]};
	}
	clock_gettime(CLOCK_MONOTONIC, &t0);
	apply(ops, N);
	clock_gettime(CLOCK_MONOTONIC, &t1);
	add = (double)(t1.tv_sec - t0.tv_sec) + (double)(t1.tv_nsec - t0.tv_nsec) / 1e9;
	ck_assert_int_eq(calls, N);
	ck_assert_int_eq(results[50], 0);
	ck_assert_int_eq(count_policies(), N);
	for (unsigned i = 0; i < N; i++) {
		o[i].policy.tmpl_dst++;
		ops[i] = (struct plan_op){OP_CHANGE, &o[i], &o[i]};
	}
	clock_gettime(CLOCK_MONOTONIC, &t0);
	apply(ops, N);
	clock_gettime(CLOCK_MONOTONIC, &t1);
	change = (double)(t1.tv_sec - t0.tv_sec) + (double)(t1.tv_nsec - t0.tv_nsec) / 1e9;
	ck_assert_int_eq(count_policies(), N);
	for (unsigned i = 0; i < N; i++)
		ops[i] = (struct plan_op){OP_DELETE, &o[i], NULL};
	clock_gettime(CLOCK_MONOTONIC, &t0);
	apply(ops, N);
	clock_gettime(CLOCK_MONOTONIC, &t1);
	del = (double)(t1.tv_sec - t0.tv_sec) + (double)(t1.tv_nsec - t0.tv_nsec) / 1e9;
	ck_assert_int_eq(count_policies(), 0);
	printf("%d policies: added in %.2f s, changed in %.2f s, deleted in %.2f s\n", N, add, change, del);
	free(o);
	free(ops);
	finish();
}
END_TEST

/* A datagram to port 53, and time for what it may raise. */
static void
poke(uint32_t dst)
{
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(53), .sin_addr.s_addr = htonl(dst)};
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);

	sendto(fd, "x", 1, 0, (struct sockaddr *)&to, sizeof(to));
	close(fd);
	spin(0.1);
}

START_TEST(acquire_real)
{
	struct obj l = link_obj(1, "Lo0", true, true, 0), a = addr_obj(2, "Lo0", IP(10, 1, 0, 1), 24, false);
	struct obj p = policy_obj(3, IP(10, 1, 0, 0), IP(10, 1, 0, 0), 24, 1000, 4711);
	struct plan_op ops[] = {{OP_ADD, NULL, &l}, {OP_ADD, NULL, &a}, {OP_ADD, NULL, &p}};

	start();
	strcpy(p.policy.dev, "Lo0");
	apply(ops, 3);
	ck_assert_int_eq(results[3], 0);
	poke(IP(10, 1, 0, 2));
	ck_assert_int_eq(acquires, 1);
	ck_assert_uint_eq(last_acquire.reqid, 4711);
	ck_assert_uint_eq(last_acquire.tmpl_src, IP(10, 9, 0, 1));
	ck_assert_uint_eq(last_acquire.tmpl_dst, IP(10, 9, 0, 2));
	ck_assert_uint_eq(last_acquire.policy.src.addr, IP(10, 1, 0, 0));
	ck_assert_uint_eq(last_acquire.policy.dst.len, 24);
	ck_assert_uint_eq(last_acquire.packet.dst.addr, IP(10, 1, 0, 2));
	ck_assert_uint_eq(last_acquire.packet.dst_port, 53);
	/* A changed template is in force at once. */
	p.policy.reqid = 4712;
	op1(OP_CHANGE, &p);
	ck_assert_int_eq(results[3], 0);
	ck_assert_int_eq(count_policies(), 1);
	poke(IP(10, 1, 0, 3));
	ck_assert_int_eq(acquires, 2);
	ck_assert_uint_eq(last_acquire.reqid, 4712);
	/* So is an exception in front of it. */
	p = policy_obj(4, IP(10, 1, 0, 0), IP(10, 1, 0, 4), 32, 10, 0);
	p.policy.sel.src.len = 24;
	p.policy.action = POLICY_ALLOW;
	op1(OP_ADD, &p);
	poke(IP(10, 1, 0, 4));
	ck_assert_int_eq(acquires, 2);
	finish();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("netlink policies");
	TCase *kernel = tcase_create("kernel");

	tcase_add_test(kernel, policy_life);
	tcase_add_test(kernel, policy_errors);
	tcase_add_test(kernel, many_policies);
	tcase_add_test(kernel, acquire_real);
	tcase_set_timeout(kernel, 120);
	suite_add_tcase(s, kernel);
	return run_suite(s);
}
