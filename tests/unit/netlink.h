/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The kernel driver against the real kernel, in a network namespace of each
 * test's own. The engine is a stub that notes the results.
 */
#ifndef CONFTERM_TESTS_NETLINK_H
#define CONFTERM_TESTS_NETLINK_H

#include <arpa/inet.h>
#include <check.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "backends/netlink/internal.h"
#include "lib/log.h"
#include "tests/unit/network.h"
#include "tests/unit/unit.h"

#define IP(a, b, c, d) ((uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d))

/* ---- stub engine and observer ---- */

static int results[64], calls;	/* by object id; 1 = none yet */
static int links_told, acquires, ups;
static struct link_state last_link;
static struct acquire last_acquire;

void
engine_result(struct engine *e, uint64_t id, int err, const char *text)
{
	calls++;
	ck_assert(err == 0 ? text == NULL : text != NULL);
	if (id < 64)
		results[id] = err;
}

void
engine_driver_up(struct engine *e, struct driver *d)
{
	ups++;
}

void
engine_driver_down(struct engine *e, struct driver *d, const char *why)
{
}

static inline void
on_link(void *ctx, const struct link_state *l)
{
	links_told++;
	last_link = *l;
}

static inline void
on_acquire(void *ctx, const struct acquire *a)
{
	acquires++;
	last_acquire = *a;
}

static char reached[OBJ_IFNAMSIZ] = "?";

static inline void
on_reach(void *ctx, uint32_t addr, const char *dev)
{
	ck_assert_uint_eq(addr, IP(10, 3, 0, 9));
	snprintf(reached, sizeof reached, "%s", dev);
}

static const struct observer observer = {.link = on_link, .acquire = on_acquire, .reach = on_reach};
static struct ev_loop *loop;
static struct netlink *nl;

/* A started driver in a fresh namespace. */
static inline void
start(void)
{
	own_network();
	for (int i = 0; i < 64; i++)
		results[i] = 1;
	loop = ev_loop_new(0);
	nl = netlink_create(loop, NULL, &observer);
	ck_assert_int_eq(netlink_start(nl), 0);
	ck_assert_int_eq(ups, 1);
}

static inline void
finish(void)
{
	netlink_destroy(nl);
	ev_loop_destroy(loop);
}

static inline void
on_tick(struct ev_loop *l, struct ev_timer *w, int revents)
{
	ev_break(l, EVBREAK_ALL);
}

static inline void
spin(double seconds)
{
	struct ev_timer t;

	ev_timer_init(&t, on_tick, seconds, 0.);
	ev_now_update(loop);
	ev_timer_start(loop, &t);
	ev_run(loop, 0);
}

static inline void
apply(const struct plan_op *ops, size_t n)
{
	netlink_driver(nl)->apply(netlink_driver(nl)->ctx, ops, n);
}

static inline void
op1(enum op_type type, const struct obj *o)
{
	struct plan_op op = {.type = type, .was = type == OP_ADD ? NULL : o, .now = type == OP_DELETE ? NULL : o};

	apply(&op, 1);
}

static inline struct obj
link_obj(uint64_t id, const char *dev, bool dummy, bool up, uint32_t mtu)
{
	struct obj o = {.kind = OBJ_LINK, .id = id, .link = {.type = dummy ? LINK_DUMMY : LINK_PORT, .up = up, .mtu = mtu}};

	snprintf(o.link.dev, sizeof(o.link.dev), "%s", dev);
	return o;
}

static inline struct obj
addr_obj(uint64_t id, const char *dev, uint32_t a, uint8_t len, bool secondary)
{
	struct obj o = {.kind = OBJ_ADDRESS, .id = id, .address = {.addr = a, .len = len, .secondary = secondary}};

	snprintf(o.address.dev, sizeof(o.address.dev), "%s", dev);
	return o;
}

static inline struct obj
policy_obj(uint64_t id, uint32_t src, uint32_t dst, uint8_t len, uint32_t prio, uint32_t reqid)
{
	return (struct obj){.kind = OBJ_POLICY, .id = id, .policy = {.dir = POLICY_OUT, .priority = prio,
	    .sel = {.src = {src, len}, .dst = {dst, len}}, .action = POLICY_PROTECT, .tmpl_src = IP(10, 9, 0, 1),
	    .tmpl_dst = IP(10, 9, 0, 2), .mode = IPSEC_TUNNEL, .reqid = reqid}};
}

/* "10.0.0.1/24 10.0.0.2/24*" of one device, in the kernel's order, * for secondary. */
struct addr_text {
	int ifindex;
	struct buf b;
};

static inline void
add_text(void *arg, const struct nl_address *a)
{
	struct addr_text *t = arg;

	if (a->ifindex == t->ifindex)
		buf_printf(&t->b, "%s%s/%u%s", t->b.n ? " " : "", ip4_s(a->addr), a->len, a->secondary ? "*" : "");
}

static inline const char *
addrs(const char *dev)
{
	static struct addr_text t;

	buf_clear(&t.b);
	t.ifindex = (int)if_nametoindex(dev);
	ck_assert_int_eq(netlink_each_address(nl, add_text, &t), 0);
	return buf_str(&t.b);
}

static struct nl_link found;

static inline void
find_link(void *arg, const struct nl_link *l)
{
	if (strcmp(l->dev, arg) == 0)
		found = *l;
}

static inline const struct nl_link *
get_link(const char *dev)
{
	memset(&found, 0, sizeof(found));
	ck_assert_int_eq(netlink_each_link(nl, find_link, (void *)(uintptr_t)dev), 0);
	return found.ifindex ? &found : NULL;
}

/* What the SPD holds: how many policies, and the last one dumped. */
static struct xfrm_userpolicy_info last_policy;

static inline int
count_policies(void)
{
	char mem[64];
	struct nlmsghdr *req = mnl_nlmsg_put_header(mem);
	const struct nlmsghdr *nlh;
	struct buf all = {0};
	int n = 0, len;

	req->nlmsg_type = XFRM_MSG_GETPOLICY;
	req->nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
	ck_assert_int_eq(nl_query(&nl->xfrm, req, &all), 0);
	NL_EACH(nlh, len, &all) {
		memcpy(&last_policy, mnl_nlmsg_get_payload(nlh), sizeof(last_policy));
		n++;
	}
	buf_free(&all);
	return n;
}

/* Somebody else makes, changes or deletes a device. */
static inline void
foreign_link(uint16_t type, const char *name, const char *kind)
{
	struct nl_status st = {0};
	struct nlmsghdr *nlh;
	struct nlattr *info;
	struct nl_batch b;
	void *p;

	nl_batch_init(&b, &nl->rt);
	nlh = nl_batch_msg(&b, type, kind ? NLM_F_CREATE | NLM_F_EXCL : 0, sizeof(struct ifinfomsg), &p, &st);
	mnl_attr_put_strz(nlh, IFLA_IFNAME, name);
	if (kind) {
		info = mnl_attr_nest_start(nlh, IFLA_LINKINFO);
		mnl_attr_put_strz(nlh, IFLA_INFO_KIND, kind);
		mnl_attr_nest_end(nlh, info);
	}
	nl_batch_end(&b);
	ck_assert_int_eq(st.err, 0);
}

static inline void
foreign_addr(const char *dev, uint32_t a, uint8_t len, bool add)
{
	struct nl_status st = {0};
	struct nlmsghdr *nlh;
	struct ifaddrmsg *ifa;
	struct nl_batch b;
	void *p;

	nl_batch_init(&b, &nl->rt);
	nlh = nl_batch_msg(&b, add ? RTM_NEWADDR : RTM_DELADDR, add ? NLM_F_CREATE : 0, sizeof(*ifa), &p, &st);
	ifa = p;
	ifa->ifa_family = AF_INET;
	ifa->ifa_prefixlen = len;
	ifa->ifa_index = if_nametoindex(dev);
	mnl_attr_put_u32(nlh, IFA_LOCAL, htonl(a));
	nl_batch_end(&b);
	ck_assert_int_eq(st.err, 0);
}

#endif
