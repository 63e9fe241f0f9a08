/* SPDX-License-Identifier: BSD-2-Clause */
/* Devices and addresses of the kernel driver: made, changed, taken over, gone and back again. */
#define _GNU_SOURCE
#include "tests/unit/netlink.h"

/* Deleted and made anew before the loop has read an event of the first one: the second one stays ours, and is deleted, too. */
START_TEST(link_again)
{
	struct obj o = link_obj(1, "lo7", true, true, 0);
	int first;

	start();
	op1(OP_ADD, &o);
	spin(0.05);
	first = get_link("lo7")->ifindex;
	op1(OP_DELETE, &o);
	op1(OP_ADD, &o);
	ck_assert_int_ne(get_link("lo7")->ifindex, first);
	spin(0.1);
	ck_assert_ptr_nonnull(get_link("lo7"));
	ck_assert_str_eq(get_link("lo7")->alias, "confterm");
	o.link.mtu = 1400;
	op1(OP_CHANGE, &o);
	ck_assert_uint_eq(get_link("lo7")->mtu, 1400);
	op1(OP_DELETE, &o);
	spin(0.1);
	ck_assert_ptr_null(get_link("lo7"));
	finish();
}
END_TEST

START_TEST(reach)
{
	struct obj l = link_obj(1, "lo1", true, true, 0), a = addr_obj(2, "lo1", IP(10, 3, 0, 1), 24, false),
	    r = {.kind = OBJ_REACH, .id = 3, .reach = {IP(10, 3, 0, 9)}};

	start();
	op1(OP_ADD, &r);
	ck_assert_str_eq(reached, "?");		/* not from inside of apply() */
	spin(0.2);
	ck_assert_str_eq(reached, "");
	op1(OP_ADD, &l);
	op1(OP_ADD, &a);
	spin(0.8);
	ck_assert_str_eq(reached, "lo1");
	op1(OP_DELETE, &a);
	spin(0.8);
	ck_assert_str_eq(reached, "");
	/* nobody wants to know any more */
	op1(OP_DELETE, &r);
	op1(OP_ADD, &a);
	spin(0.8);
	ck_assert_str_eq(reached, "");
	finish();
}
END_TEST

START_TEST(link_life)
{
	struct obj lo0 = link_obj(1, "Lo0", true, true, 1400), gone = link_obj(2, "Gi9", false, true, 0);
	struct obj br8 = link_obj(3, "br8", false, true, 10);
	struct plan_op ops[] = {{OP_ADD, NULL, &lo0}, {OP_ADD, NULL, &gone}};

	start();
	ck_assert_int_eq(links_told, 1);	/* lo */
	ck_assert_str_eq(last_link.dev, "lo");
	ck_assert(get_link("lo")->admin_up);
	apply(ops, 2);
	ck_assert_int_eq(results[1], 0);
	ck_assert_int_eq(results[2], -ENODEV);
	ck_assert_ptr_nonnull(get_link("Lo0"));
	ck_assert(found.admin_up && found.carrier);
	ck_assert_uint_eq(found.mtu, 1400);
	ck_assert_str_eq(found.alias, "confterm");
	spin(0.05);
	ck_assert_str_eq(last_link.dev, "Lo0");
	ck_assert(last_link.present && last_link.admin_up);
	lo0.link.up = false;
	lo0.link.mtu = 1300;
	op1(OP_CHANGE, &lo0);
	ck_assert_int_eq(results[1], 0);
	ck_assert(!get_link("Lo0")->admin_up);
	ck_assert_uint_eq(found.mtu, 1300);
	foreign_link(RTM_NEWLINK, "br8", "bridge");
	op1(OP_ADD, &br8);	/* MTU too small, but it must come up */
	ck_assert_int_eq(results[3], -EINVAL);
	ck_assert(get_link("br8")->admin_up);
	/* A later daemon finds the Loopback, does not name it, and deletes it; a foreign device stays. */
	foreign_link(RTM_NEWLINK, "br9", "bridge");
	netlink_stop(nl);
	ups = 0;
	ck_assert_int_eq(netlink_start(nl), 0);
	op1(OP_ADD, &gone);
	ck_assert_ptr_null(get_link("Lo0"));
	ck_assert_ptr_nonnull(get_link("br9"));
	/* Made and deleted again within one turn of the loop, twice. */
	lo0.link.mtu = 0;
	for (int i = 0; i < 2; i++) {
		op1(OP_ADD, &lo0);
		ck_assert_int_eq(results[1], 0);
		ck_assert_ptr_nonnull(get_link("Lo0"));
		op1(OP_DELETE, &lo0);
		ck_assert_ptr_null(get_link("Lo0"));
	}
	spin(0.05);
	ck_assert(!last_link.present);
	finish();
}
END_TEST

/* A VLAN comes when the device below it comes, changes its number, and goes with it. */
START_TEST(vlan_life)
{
	struct obj port = link_obj(1, "gi0-0", false, true, 0), vlan = link_obj(2, "gi0-0.10", false, true, 0);
	struct obj a = addr_obj(3, "gi0-0.10", IP(10, 0, 10, 1), 24, false);
	/* devices that are made in the same go, in front of it and behind: the search for what is below disturbs neither */
	struct obj front = link_obj(8, "Lo8", true, true, 0), behind = link_obj(9, "Lo9", true, true, 0);
	struct plan_op ops[] = {{OP_ADD, NULL, &front}, {OP_ADD, NULL, &vlan}, {OP_ADD, NULL, &port}, {OP_ADD, NULL, &a},
	    {OP_ADD, NULL, &behind}};

	start();
	vlan.link.type = LINK_VLAN;
	vlan.link.vlan = 10;
	strcpy(vlan.link.parent, "gi0-0");
	apply(ops, 5);
	ck_assert_int_eq(results[8], 0);
	ck_assert_int_eq(results[9], 0);
	ck_assert_str_eq(get_link("Lo9")->alias, "confterm");
	ck_assert_int_eq(results[2], -ENODEV);
	foreign_link(RTM_NEWLINK, "gi0-0", "bridge");
	spin(0.05);
	ck_assert_int_eq(results[1], 0);
	if (results[2] == -EOPNOTSUPP) {	/* no module 8021q */
		ck_assert_ptr_null(get_link("gi0-0.10"));
		finish();
		return;
	}
	ck_assert_int_eq(results[2], 0);
	ck_assert_int_eq(results[3], 0);
	ck_assert(get_link("gi0-0.10")->admin_up);
	ck_assert_str_eq(found.alias, "confterm");
	ck_assert_str_eq(addrs("gi0-0.10"), "10.0.10.1/24");
	int before = found.ifindex;
	vlan.link.vlan = 20;
	op1(OP_CHANGE, &vlan);
	ck_assert_int_eq(results[2], 0);
	ck_assert_int_ne(get_link("gi0-0.10")->ifindex, before);
	ck_assert_str_eq(addrs("gi0-0.10"), "10.0.10.1/24");
	foreign_link(RTM_DELLINK, "gi0-0", NULL);
	spin(0.05);
	ck_assert_int_eq(results[2], -ENODEV);
	foreign_link(RTM_NEWLINK, "gi0-0", "bridge");
	spin(0.05);
	ck_assert_int_eq(results[2], 0);
	op1(OP_DELETE, &vlan);
	ck_assert_ptr_null(get_link("gi0-0.10"));
	ck_assert_ptr_nonnull(get_link("gi0-0"));
	finish();
}
END_TEST

START_TEST(address_life)
{
	struct obj lo0 = link_obj(1, "Lo0", true, true, 0);
	struct obj a = addr_obj(2, "Lo0", IP(10, 0, 0, 1), 24, false), b = addr_obj(3, "Lo0", IP(10, 0, 0, 2), 24, true);
	struct obj c = addr_obj(4, "Lo0", IP(10, 0, 0, 9), 24, false), w = addr_obj(6, "Lo0", IP(10, 0, 0, 9), 16, false);
	struct plan_op all[] = {{OP_ADD, NULL, &lo0}, {OP_ADD, NULL, &b}, {OP_ADD, NULL, &a}};
	struct plan_op primary[] = {{OP_DELETE, &a, NULL}, {OP_ADD, NULL, &c}};
	struct plan_op widen[] = {{OP_DELETE, &c, NULL}, {OP_ADD, NULL, &w}};
	struct plan_op same[] = {{OP_DELETE, &w, NULL}, {OP_ADD, NULL, &w}};
	struct nl_path path;

	start();
	apply(all, 3);
	ck_assert_int_eq(results[2], 0);
	ck_assert_int_eq(results[3], 0);
	ck_assert_str_eq(addrs("Lo0"), "10.0.0.1/24 10.0.0.2/24*");
	/* Another primary address: the secondary stays, and is behind it. */
	apply(primary, 2);
	ck_assert_str_eq(addrs("Lo0"), "10.0.0.9/24 10.0.0.2/24*");
	apply(widen, 2);
	ck_assert_str_eq(addrs("Lo0"), "10.0.0.9/16 10.0.0.2/24");
	ck_assert_int_eq(results[6], 0);
	apply(same, 2);
	ck_assert_str_eq(addrs("Lo0"), "10.0.0.9/16 10.0.0.2/24");
	ck_assert_int_eq(netlink_route_get(nl, IP(10, 0, 77, 1), &path), 0);
	ck_assert_str_eq(path.dev, "Lo0");
	ck_assert_uint_eq(path.src, IP(10, 0, 0, 9));
	ck_assert_uint_eq(path.mtu, get_link("Lo0")->mtu);
	ck_assert_int_eq(netlink_route_get(nl, IP(8, 8, 8, 8), &path), -ENETUNREACH);
	/* Deleted by somebody: it comes back. */
	spin(0.7);
	foreign_addr("Lo0", IP(10, 0, 0, 2), 24, false);
	ck_assert_str_eq(addrs("Lo0"), "10.0.0.9/16");
	results[3] = 1;
	spin(1.0);
	ck_assert_str_eq(addrs("Lo0"), "10.0.0.9/16 10.0.0.2/24");
	ck_assert_int_eq(results[3], 0);
	/* The addresses of a device that becomes ours: only the wanted ones stay; others' devices are left alone. */
	foreign_link(RTM_NEWLINK, "br1", "bridge");
	foreign_link(RTM_NEWLINK, "br2", "bridge");
	foreign_addr("br1", IP(10, 5, 0, 1), 24, true);
	foreign_addr("br1", IP(10, 6, 0, 1), 24, true);
	foreign_addr("br2", IP(10, 7, 0, 1), 24, true);
	lo0 = link_obj(7, "br1", false, true, 0);
	a = addr_obj(8, "br1", IP(10, 6, 0, 1), 24, false);
	b = link_obj(9, "lo", false, true, 0);
	struct plan_op own[] = {{OP_ADD, NULL, &lo0}, {OP_ADD, NULL, &a}, {OP_ADD, NULL, &b}};
	apply(own, 3);
	ck_assert_str_eq(addrs("br1"), "10.6.0.1/24");
	ck_assert_str_eq(addrs("br2"), "10.7.0.1/24");
	ck_assert_str_eq(addrs("lo"), "127.0.0.1/8");
	op1(OP_DELETE, &a);
	ck_assert_int_eq(results[8], 0);
	ck_assert_str_eq(addrs("br1"), "");
	finish();
}
END_TEST

/* What zebra would see: how often addresses that end in .1, .2 and .3 were announced. */
static struct nl_sock events;
static int seen[4];
static char logged[128];

static int
announced(int which)
{
	char rx[32768];
	ssize_t n;

	while ((n = mnl_socket_recvfrom(events.s, rx, sizeof rx)) > 0) {
		const struct nlmsghdr *nlh = (const void *)rx;
		struct nl_address a;

		for (int len = (int)n; mnl_nlmsg_ok(nlh, len); nlh = mnl_nlmsg_next(nlh, &len))
			if (nlh->nlmsg_type == RTM_NEWADDR && address_decode(nlh, &a) && (a.addr & 0xff) < 4)
				seen[a.addr & 0xff]++;
	}
	return seen[which];
}

static void
await_announced(int which, int times)
{
	for (int i = 0; i < 400 && announced(which) < times; i++)
		spin(0.01);
	ck_assert_int_eq(seen[which], times);
}

static void
note_log(void *ctx, int severity, const char *line)
{
	snprintf(logged, sizeof logged, "%s", line);
}

static int said_by_zebra, comes_again;
static const struct prefix4 said_address = {IP(10, 1, 0, 3), 32};

static void
zebra_says(struct ev_loop *l, struct ev_io *w, int revents)
{
	char c;

	ck_assert_int_eq(read(w->fd, &c, 1), 1);
	if (comes_again) {
		netlink_heard_link(nl, comes_again, false);
		netlink_heard_link(nl, comes_again, true);
	} else {
		netlink_heard_address(nl, said_by_zebra, &said_address, true);
	}
}

/* zebra that has missed addresses is told of them again, of those only, and not for ever. */
START_TEST(announce)
{
	struct obj lo0 = link_obj(1, "Lo0", true, true, 0), lo1 = link_obj(5, "Lo1", true, true, 0);
	struct obj a = addr_obj(2, "Lo0", IP(10, 0, 0, 1), 24, false), b = addr_obj(3, "Lo0", IP(10, 0, 0, 2), 24, true);
	struct obj c = addr_obj(6, "Lo1", IP(10, 1, 0, 3), 32, false);
	struct plan_op all[] = {{OP_ADD, NULL, &lo0}, {OP_ADD, NULL, &a}, {OP_ADD, NULL, &b}, {OP_ADD, NULL, &lo1},
	    {OP_ADD, NULL, &c}};
	const struct prefix4 pa = {IP(10, 0, 0, 1), 24}, pb = {IP(10, 0, 0, 2), 24}, pc = {IP(10, 1, 0, 3), 32};
	struct ev_io says;
	double began;
	int i0, i1, pipes[2];

	start();
	nl->quiet = 0.05;
	ck_assert_int_eq(nl_open(&events, NETLINK_ROUTE, RTMGRP_IPV4_IFADDR, 1 << 20), 0);
	apply(all, 5);
	ck_assert(announced(1) == 1 && announced(2) == 1 && announced(3) == 1);
	i0 = get_link("Lo0")->ifindex;
	i1 = get_link("Lo1")->ifindex;
	/* it has missed one of two; of the other device it does not know yet */
	netlink_heard_link(nl, i0, true);
	netlink_heard_address(nl, i0, &pa, true);
	await_announced(2, 2);
	netlink_heard_address(nl, i0, &pb, true);
	/* nothing is missing there, and it never stops talking of it */
	netlink_heard_link(nl, i1, true);
	for (int i = 0; i < 400 && announced(3) < 2; i++) {
		netlink_heard_link(nl, i0, true);
		spin(0.01);
	}
	ck_assert_int_eq(seen[3], 2);
	netlink_heard_address(nl, i1, &pc, true);
	spin(0.2);	/* (nothing is to be awaited: all is known) */
	ck_assert(announced(1) == 1 && announced(2) == 2 && announced(3) == 2);
	/* the device has left zebra's view and come back without its address, as for another VRF */
	netlink_heard_link(nl, i1, false);
	netlink_heard_link(nl, i1, true);
	await_announced(3, 3);
	netlink_heard_address(nl, i1, &pc, true);
	netlink_heard_address(nl, i1, &pc, false);
	/* another zebra, which takes nothing: that has an end, and a message */
	log_set_sink(note_log, NULL);
	nl->quiet = 0.01;
	netlink_heard_nothing(nl);
	netlink_heard_link(nl, i1, true);
	for (int i = 0; i < 400 && !*logged; i++)
		spin(0.01);
	log_set_sink(NULL, NULL);
	ck_assert_str_eq(logged, "%ROUTING-4-ADDRESS: zebra does not take address 10.1.0.3/32 of Lo1");
	await_announced(3, 8);
	ck_assert_uint_eq(nl->unheard.n, 0);
	ck_assert(!ev_is_active(&nl->announce));
	/* one that comes later */
	seen[1] = seen[2] = seen[3] = 0;
	op1(OP_DELETE, &c);
	op1(OP_ADD, &c);
	await_announced(3, 2);
	netlink_heard_address(nl, i1, &pc, true);

	/* zebra speaks of other things: it is asked no sooner for that, and each time after twice the time */
	nl->quiet = 0.02;
	netlink_heard_nothing(nl);
	netlink_heard_link(nl, i0, true);
	netlink_heard_address(nl, i0, &pa, true);
	netlink_heard_address(nl, i0, &pb, true);
	seen[3] = 0;
	ev_now_update(loop);
	began = ev_now(loop);
	netlink_heard_link(nl, i1, true);
	for (int i = 0; i < 6; i++) {
		spin(0.03);
		netlink_heard_link(nl, i0, true);
	}
	ev_now_update(loop);
	ck_assert_int_ge(announced(3), 1);
	ck_assert_double_le(nl->quiet * ((1 << seen[3]) - 1), ev_now(loop) - began);
	netlink_heard_address(nl, i1, &pc, true);

	/* a callback takes longer than that, and zebra's answer is there when it ends */
	ck_assert_int_eq(pipe(pipes), 0);
	ev_io_init(&says, zebra_says, pipes[0], EV_READ);
	ev_io_start(loop, &says);
	said_by_zebra = i1;
	netlink_heard_address(nl, i1, &pc, false);
	seen[3] = 0;
	op1(OP_DELETE, &c);
	op1(OP_ADD, &c);
	usleep(60000);
	ck_assert_int_eq(write(pipes[1], "x", 1), 1);
	for (int i = 0; i < 400 && nl->unheard.n; i++)
		spin(0.01);
	ck_assert_int_eq(announced(3), 1);
	ck_assert_uint_eq(nl->unheard.n, 0);

	/* another device comes in every turn of the loop: one that is due is not put off for that for ever */
	comes_again = i0;
	netlink_heard_address(nl, i1, &pc, false);
	seen[3] = 0;
	op1(OP_DELETE, &c);
	op1(OP_ADD, &c);
	for (int i = 0; i < 60 && announced(3) < 2; i++) {
		usleep(25000);
		ck_assert_int_eq(write(pipes[1], "x", 1), 1);
		ev_run(loop, EVRUN_ONCE);
	}
	ck_assert_int_eq(seen[3], 2);
	ev_io_stop(loop, &says);
	close(pipes[0]);
	close(pipes[1]);
	nl_close(&events);
	finish();
}
END_TEST

START_TEST(hotplug)
{
	struct obj l = link_obj(1, "hot0", false, true, 1300), a = addr_obj(2, "hot0", IP(10, 0, 0, 1), 24, false);
	struct obj p = policy_obj(3, IP(10, 1, 0, 0), IP(10, 2, 0, 0), 24, 10, 5);
	struct plan_op ops[] = {{OP_ADD, NULL, &l}, {OP_ADD, NULL, &a}, {OP_ADD, NULL, &p}};

	start();
	strcpy(p.policy.dev, "hot0");
	apply(ops, 3);
	for (int i = 1; i <= 3; i++)
		ck_assert_int_eq(results[i], -ENODEV);
	for (int round = 0; round < 2; round++) {
		foreign_link(RTM_NEWLINK, "hot0", "bridge");
		spin(0.05);
		for (int i = 1; i <= 3; i++)
			ck_assert_int_eq(results[i], 0);
		ck_assert(get_link("hot0")->admin_up && found.mtu == 1300);
		ck_assert_str_eq(addrs("hot0"), "10.0.0.1/24");
		ck_assert_int_eq(count_policies(), 1);
		ck_assert_int_eq(last_policy.sel.ifindex, (int)if_nametoindex("hot0"));
		foreign_link(RTM_DELLINK, "hot0", NULL);
		spin(0.05);
		ck_assert(!last_link.present);
		for (int i = 1; i <= 3; i++)
			ck_assert_int_eq(results[i], -ENODEV);
		ck_assert_int_eq(count_policies(), 0);
	}
	finish();
}
END_TEST

START_TEST(sysctls_set)
{
	static const char *const set[][2] = { {"ip_forward", "1\n"}, {"igmp_max_memberships", "1000000\n"} };

	start();
	for (size_t i = 0; i < sizeof set / sizeof set[0]; i++) {
		char path[80], text[32] = "";
		FILE *f;

		snprintf(path, sizeof path, "/proc/sys/net/ipv4/%s", set[i][0]);
		f = fopen(path, "r");
		ck_assert_ptr_nonnull(f);
		ck_assert_ptr_nonnull(fgets(text, sizeof text, f));
		fclose(f);
		ck_assert_str_eq(text, set[i][1]);
	}
	finish();
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("netlink");
	TCase *kernel = tcase_create("kernel");

	tcase_add_test(kernel, link_life);
	tcase_add_test(kernel, link_again);
	tcase_add_test(kernel, reach);

	tcase_add_test(kernel, vlan_life);
	tcase_add_test(kernel, address_life);
	tcase_add_test(kernel, announce);
	tcase_add_test(kernel, hotplug);
	tcase_add_test(kernel, sysctls_set);
	tcase_set_timeout(kernel, 120);
	suite_add_tcase(s, kernel);
	return run_suite(s);
}
