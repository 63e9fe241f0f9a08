/* SPDX-License-Identifier: BSD-2-Clause */
/* The netlink codec with good, cut and random bytes. Needs no kernel and no rights. */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <check.h>
#include <linux/rtnetlink.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "backends/netlink/internal.h"
#include "tests/unit/unit.h"

#define IP(a, b, c, d) ((uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d))

static struct obj
policy_obj(uint64_t id, uint32_t src, uint32_t dst, uint8_t len, uint32_t prio, uint32_t reqid)
{
	return (struct obj){.kind = OBJ_POLICY, .id = id, .policy = {.dir = POLICY_OUT, .priority = prio,
	    .sel = {.src = {src, len}, .dst = {dst, len}}, .action = POLICY_PROTECT, .tmpl_src = IP(10, 9, 0, 1),
	    .tmpl_dst = IP(10, 9, 0, 2), .mode = IPSEC_TUNNEL, .reqid = reqid}};
}

START_TEST(selector)
{
	struct obj_selector s = {.src = {IP(10, 1, 2, 3), 16}, .dst = {IP(10, 2, 0, 0), 24}, .proto = 6, .dst_port = 80};
	struct obj_selector icmp = {.proto = 1, .has_icmp = true}, back;
	struct xfrm_selector x;

	xsel_encode(&s, 7, &x);
	ck_assert_int_eq(x.family, AF_INET);
	ck_assert_uint_eq(ntohl(x.saddr.a4), IP(10, 1, 0, 0));
	ck_assert_int_eq(x.ifindex, 7);
	ck_assert_int_eq(x.sport_mask, 0);
	ck_assert_int_eq(ntohs(x.dport), 80);
	ck_assert_int_eq(x.dport_mask, 0xffff);
	ck_assert(xsel_decode(&x, &back));
	ck_assert_uint_eq(back.dst_port, 80);
	ck_assert_uint_eq(back.dst.len, 24);
	/* echo reply is type 0, code 0: not the same as any ICMP */
	xsel_encode(&icmp, 0, &x);
	ck_assert_int_eq(x.sport_mask, 0xffff);
	ck_assert_int_eq(x.dport_mask, 0xffff);
	ck_assert(xsel_decode(&x, &back) && back.has_icmp);
	x.family = AF_INET6;
	ck_assert(!xsel_decode(&x, &back));
	x.family = AF_INET;
	x.prefixlen_s = 33;
	ck_assert(!xsel_decode(&x, &back));
}
END_TEST

START_TEST(policy_bytes)
{
	struct obj o = policy_obj(1, IP(10, 1, 0, 0), IP(10, 2, 0, 0), 24, 1000, 5);
	struct xfrm_userpolicy_info i;
	struct xfrm_user_tmpl t;

	ck_assert(policy_encode(&o.policy, 0, &i, &t));
	ck_assert_int_eq(i.dir, XFRM_POLICY_OUT);
	ck_assert_int_eq(i.action, XFRM_POLICY_ALLOW);
	ck_assert_int_eq(t.id.proto, IPPROTO_ESP);
	ck_assert_int_eq(t.reqid, 5);
	ck_assert_int_eq(t.mode, XFRM_MODE_TUNNEL);
	ck_assert_uint_eq(t.ealgos, ~0u);
	o.policy.ah = true;
	o.policy.mode = IPSEC_TRANSPORT;
	o.policy.dir = POLICY_FWD;
	ck_assert(policy_encode(&o.policy, 0, &i, &t));
	ck_assert_int_eq(t.id.proto, IPPROTO_AH);
	ck_assert_int_eq(t.mode, XFRM_MODE_TRANSPORT);
	ck_assert_int_eq(i.dir, XFRM_POLICY_FWD);
	o.policy.action = POLICY_BLOCK;
	ck_assert(!policy_encode(&o.policy, 0, &i, &t));
	ck_assert_int_eq(i.action, XFRM_POLICY_BLOCK);
}
END_TEST

static size_t
make_acquire(char *mem)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(mem);
	struct xfrm_user_acquire *ua = mnl_nlmsg_put_extra_header(nlh, sizeof(*ua));	/* 8-aligned here */
	struct obj_selector pol = {.src = {IP(10, 1, 0, 0), 24}, .dst = {IP(10, 2, 0, 0), 24}};
	struct obj_selector pkt = {.src = {IP(10, 1, 0, 5), 32}, .dst = {IP(10, 2, 0, 6), 32}, .proto = 17, .src_port = 9,
	    .dst_port = 53};
	struct xfrm_user_tmpl t = {.reqid = 77, .family = AF_INET};

	nlh->nlmsg_type = XFRM_MSG_ACQUIRE;
	ua->id.daddr.a4 = htonl(IP(1, 1, 1, 2));
	ua->saddr.a4 = htonl(IP(1, 1, 1, 1));
	xsel_encode(&pkt, 0, &ua->sel);
	xsel_encode(&pol, 0, &ua->policy.sel);
	mnl_attr_put(nlh, XFRMA_TMPL, sizeof(t), &t);
	return nlh->nlmsg_len;
}

START_TEST(acquire_bytes)
{
	_Alignas(8) char mem[2048], cut[2048];
	size_t n = make_acquire(mem);
	struct acquire a;

	ck_assert(acquire_decode((void *)mem, &a));
	ck_assert_uint_eq(a.reqid, 77);
	ck_assert_uint_eq(a.tmpl_src, IP(1, 1, 1, 1));
	ck_assert_uint_eq(a.tmpl_dst, IP(1, 1, 1, 2));
	ck_assert_uint_eq(a.policy.src.len, 24);
	ck_assert_uint_eq(a.packet.dst.addr, IP(10, 2, 0, 6));
	ck_assert_uint_eq(a.packet.dst_port, 53);
	/* Every shorter message is refused: without the template there is no reqid. */
	for (size_t len = NLMSG_HDRLEN; len < n; len++) {
		memcpy(cut, mem, len);
		((struct nlmsghdr *)(void *)cut)->nlmsg_len = (uint32_t)len;
		ck_assert(!acquire_decode((void *)cut, &a));
	}
}
END_TEST

START_TEST(sa_bytes)
{
	_Alignas(8) char mem[1024];
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(mem);
	struct xfrm_usersa_info *u = mnl_nlmsg_put_extra_header(nlh, sizeof(*u));
	struct xfrm_replay_state r = {.oseq = 12, .seq = 34};
	struct xfrm_replay_state_esn esn = {.oseq = 1, .oseq_hi = 2, .seq = 3, .seq_hi = 4, .replay_window = 128};
	struct xfrm_encap_tmpl encap = {.encap_type = 2};
	struct nl_sa sa;

	nlh->nlmsg_type = XFRM_MSG_NEWSA;
	u->family = AF_INET;
	u->saddr.a4 = htonl(IP(1, 1, 1, 1));
	u->id.daddr.a4 = htonl(IP(2, 2, 2, 2));
	u->id.proto = 50;
	u->mode = XFRM_MODE_TUNNEL;
	u->reqid = 9;
	u->replay_window = 32;
	u->curlft.bytes = 1ull << 40;
	u->stats.integrity_failed = 3;
	ck_assert(!sa_decode(nlh, &sa));	/* larval: no SPI */
	u->id.spi = htonl(0xc0ffee01);
	mnl_attr_put(nlh, XFRMA_REPLAY_VAL, sizeof(r), &r);
	ck_assert(sa_decode(nlh, &sa));
	ck_assert_uint_eq(sa.spi, 0xc0ffee01);
	ck_assert_uint_eq(sa.dst, IP(2, 2, 2, 2));
	ck_assert(sa.seq_out == 12 && sa.seq_in == 34 && sa.window == 32 && !sa.encap && sa.mode == IPSEC_TUNNEL);
	ck_assert(sa.bytes == 1ull << 40 && sa.integrity_failed == 3 && sa.reqid == 9);
	mnl_attr_put(nlh, XFRMA_REPLAY_ESN_VAL, sizeof(esn), &esn);
	mnl_attr_put(nlh, XFRMA_ENCAP, sizeof(encap), &encap);
	ck_assert(sa_decode(nlh, &sa));
	ck_assert(sa.seq_out == (2ull << 32 | 1) && sa.seq_in == (4ull << 32 | 3) && sa.window == 128 && sa.encap);
}
END_TEST

START_TEST(garbage)
{
	static const uint16_t types[] = {XFRM_MSG_ACQUIRE, XFRM_MSG_NEWSA, RTM_NEWLINK, RTM_NEWADDR, RTM_DELLINK};
	_Alignas(8) unsigned char mem[1024];
	union {
		struct acquire a;
		struct nl_sa sa;
		struct nl_link l;
		struct nl_address ad;
	} out;

	srandom(1);
	for (int i = 0; i < 200000; i++) {
		size_t n = NLMSG_HDRLEN + (size_t)random() % (sizeof(mem) - NLMSG_HDRLEN);
		/* exactly sized, so that a sanitizer sees what reads beyond it */
		struct nlmsghdr *nlh = malloc(n);

		for (size_t k = 0; k < n; k++)
			mem[k] = (unsigned char)(random() % 3 ? random() % 20 : random());
		memcpy(nlh, mem, n);
		nlh->nlmsg_len = (uint32_t)n;
		nlh->nlmsg_type = types[i % 5];
		acquire_decode(nlh, &out.a);
		sa_decode(nlh, &out.sa);
		link_decode(nlh, &out.l);
		address_decode(nlh, &out.ad);
		free(nlh);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("netlink-codec");
	TCase *t = tcase_create("codec");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, selector);
	tcase_add_test(t, policy_bytes);
	tcase_add_test(t, acquire_bytes);
	tcase_add_test(t, sa_bytes);
	tcase_add_test(t, garbage);
	suite_add_tcase(s, t);
	return run_suite(s);
}
