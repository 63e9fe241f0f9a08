/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Limits of TCP's segment size: what the compile function wants, and the nft
 * driver against the real kernel, in a network namespace of each test's own.
 * SYNs are looked at on a pair of veth devices by a packet socket.
 */
#define _GNU_SOURCE
#include "tests/unit/network.h"
#include "tests/unit/session.h"

#include <arpa/inet.h>
#include <dlfcn.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <net/if.h>
#include <netinet/ip.h>
#include <netinet/tcp.h>
#include <netpacket/packet.h>
#include <net/ethernet.h>
#include <poll.h>
#include <stdio.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "backends/fake/fake.h"
#include "backends/nft/nftables.h"
#include "engine/engine.h"

/* --- the kernel --- */

static struct engine *e;
static struct session cfg;
static struct nftables *nft;

static bool absent;	/* as if the kernel had no nfnetlink */

struct mnl_socket *
mnl_socket_open2(int bus, int flags)
{
	struct mnl_socket *(*real)(int, int) = (struct mnl_socket *(*)(int, int))dlsym(RTLD_NEXT, "mnl_socket_open2");

	if (!absent)
		return real(bus, flags);
	errno = EPROTONOSUPPORT;
	return NULL;
}

static int
sh(const char *command)
{
	return system(command);
}

/* What the command prints. */
static char *
output(const char *command)
{
	struct buf b = {0};
	char part[4096];
	size_t n;
	FILE *p = popen(command, "r");

	ck_assert_ptr_nonnull(p);
	while ((n = fread(part, 1, sizeof part, p)) > 0)
		buf_put(&b, part, n);
	pclose(p);
	buf_puts(&b, "");
	return b.d ? buf_steal(&b) : xstrdup("");
}

/* A router with the nft driver only, in a namespace of its own. */
static void
start(void)
{
	own_network();
	ck_assert_int_eq(sh("nft list tables > /dev/null"), 0);
	session_open(&cfg);
	e = engine_new(NULL, cfg.s);
	nft = nftables_create(e);
	engine_add_driver(e, nftables_driver(nft));
	nftables_start(nft);
}

static void
finish(void)
{
	nftables_destroy(nft);
	engine_free(e);
	session_close(&cfg);
}

static void
type(const char *text)
{
	cfg.c.depth = 0;
	ck_assert_int_eq(config_text(&cfg.c, text, strlen(text), NULL, NULL), 0);
	store_commit(cfg.s);
	engine_commit(e);
}

static size_t ok, failed;
static const char *reason;

static void
count(void *ctx, const struct obj_info *i)
{
	ok += i->state == OBJ_OK;
	failed += i->state == OBJ_FAILED;
	if (i->state == OBJ_FAILED)
		reason = i->reason;
}

static void
counts(size_t want_ok, size_t want_failed)
{
	ok = failed = 0;
	engine_each_object(e, OBJ_MSS, count, NULL);
	ck_assert_uint_eq(ok, want_ok);
	ck_assert_uint_eq(failed, want_failed);
}

static void
ruleset(const char *want, const char *not)
{
	char *text = output("nft list ruleset 2>&1");

	ck_assert_msg(!want || strstr(text, want), "no '%s' in\n%s", want, text);
	ck_assert_msg(!not || !strstr(text, not), "'%s' in\n%s", not, text);
	free(text);
}

/* The MSS that the SYN of a connection from here to 10.7.0.2 carries on the wire. */
static int
syn_mss(int sniff)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(7), .sin_addr = { htonl(0x0a070002) } };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK, 0);
	struct pollfd p = { sniff, POLLIN, 0 };
	unsigned char b[2048];
	int mss = -1;

	ck_assert(connect(fd, (struct sockaddr *)&to, sizeof to) < 0);
	while (mss < 0 && poll(&p, 1, 2000) > 0) {
		ssize_t n = recv(sniff, b, sizeof b, 0);
		size_t ihl = (size_t)(b[0] & 15) * 4;

		if (n < 44 || b[9] != IPPROTO_TCP || !(b[ihl + 13] & TH_SYN))
			continue;
		for (size_t o = ihl + 20; o + 4 <= (size_t)n && b[o] != 0; o += b[o] == 1 ? 1 : b[o + 1] ? b[o + 1] : 1)
			if (b[o] == 2) {
				mss = b[o + 2] << 8 | b[o + 3];
				break;
			}
	}
	close(fd);
	return mss;
}

START_TEST(clamps)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP) };
	int sniff;

	start();
	ck_assert_int_eq(sh("ip link add gi0-0 type veth peer name peer && ip addr add 10.7.0.1/24 dev gi0-0 && ip link set gi0-0 up && "
	    "ip link set peer up && ip neigh add 10.7.0.2 lladdr 02:00:00:00:00:02 dev gi0-0"), 0);
	sniff = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_IP));
	ll.sll_ifindex = (int)if_nametoindex("peer");
	ck_assert_int_eq(bind(sniff, (struct sockaddr *)&ll, sizeof ll), 0);
	ck_assert_int_eq(syn_mss(sniff), 1460);
	type("interface GigabitEthernet0/0\n ip tcp adjust-mss 1360\nend\n");
	counts(1, 0);
	ck_assert_int_eq(syn_mss(sniff), 1360);
	type("interface GigabitEthernet0/0\n ip tcp adjust-mss 1000\nend\n");
	ck_assert_int_eq(syn_mss(sniff), 1000);
	/* never raised */
	ck_assert_int_eq(sh("ip link set gi0-0 mtu 900"), 0);
	ck_assert_int_eq(syn_mss(sniff), 860);
	ck_assert_int_eq(sh("ip link set gi0-0 mtu 1500"), 0);
	type("interface GigabitEthernet0/0\n no ip tcp adjust-mss\nend\n");
	ck_assert_int_eq(syn_mss(sniff), 1460);
	close(sniff);
	finish();
}
END_TEST

/* Forwarded SYNs: in by one device, out by another; either one's limit counts. */
START_TEST(both_ways)
{
	struct sockaddr_ll ll = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP) };
	static const char syn[] = "\x45\0\0\x2c\0\1\0\0\x40\6\0\0\x0a\7\0\2\x0a\x08\0\2"
	    "\x10\0\0\7\0\0\0\1\0\0\0\0\x60\2\x40\0\0\0\0\0\2\4\5\xb4";
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_halen = 6 };
	unsigned char p[44], got[2048];
	static const struct {
		const char *config;
		int mss;
	} cases[] = {
		{ "interface GigabitEthernet0/0\n ip tcp adjust-mss 1300\nend\n", 1300 },
		{ "interface GigabitEthernet0/1\n ip tcp adjust-mss 1200\nend\n", 1200 },
		{ "interface GigabitEthernet0/0\n no ip tcp adjust-mss\nend\n", 1200 },
		{ "interface GigabitEthernet0/1\n no ip tcp adjust-mss\nend\n", 1460 },
	};
	int sniff, send;
	FILE *f;

	start();
	ck_assert_int_eq(sh("for i in 0 1; do ip link add gi0-$i type veth peer name peer$i && ip link set peer$i up && "
	    "ip addr add 10.$((7 + i)).0.1/24 dev gi0-$i && ip link set gi0-$i up; done; "
	    "ip neigh add 10.8.0.2 lladdr 02:00:00:00:00:02 dev gi0-1; sysctl -qw net.ipv4.ip_forward=1"), 0);
	f = fopen("/sys/class/net/gi0-0/address", "r");
	if (!f || fscanf(f, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &to.sll_addr[0], &to.sll_addr[1], &to.sll_addr[2],
	    &to.sll_addr[3], &to.sll_addr[4], &to.sll_addr[5]) != 6) {
		char *mac = output("ip -br link show gi0-0 | awk '{print $3}'");

		ck_assert_int_eq(sscanf(mac, "%hhx:%hhx:%hhx:%hhx:%hhx:%hhx", &to.sll_addr[0], &to.sll_addr[1],
		    &to.sll_addr[2], &to.sll_addr[3], &to.sll_addr[4], &to.sll_addr[5]), 6);
		free(mac);
	}
	if (f)
		fclose(f);
	sniff = socket(AF_PACKET, SOCK_DGRAM, htons(ETH_P_IP));
	ll.sll_ifindex = (int)if_nametoindex("peer1");
	ck_assert_int_eq(bind(sniff, (struct sockaddr *)&ll, sizeof ll), 0);
	send = socket(AF_PACKET, SOCK_DGRAM, 0);
	to.sll_ifindex = (int)if_nametoindex("peer0");
	for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
		struct pollfd w = { sniff, POLLIN, 0 };
		uint32_t sum = 0;
		int mss = -1;

		type(cases[i].config);
		memcpy(p, syn, 44);
		for (int k = 0; k < 20; k += 2)
			sum += (uint32_t)(p[k] << 8 | p[k + 1]);
		sum = (sum >> 16) + (sum & 0xffff);
		p[10] = (unsigned char)(~sum >> 8);
		p[11] = (unsigned char)~sum;
		ck_assert_int_eq(sendto(send, p, 44, 0, (struct sockaddr *)&to, sizeof to), 44);
		while (mss < 0 && poll(&w, 1, 2000) > 0)
			if (recv(sniff, got, sizeof got, 0) >= 44 && got[9] == IPPROTO_TCP && got[40] == 2)
				mss = got[42] << 8 | got[43];
		ck_assert_int_eq(mss, cases[i].mss);
	}
	close(sniff);
	close(send);
	finish();
}
END_TEST

/* Chains come and go with their users; the table with the first and the last. */
START_TEST(chains)
{
	start();
	ruleset(NULL, "confterm");
	type("interface GigabitEthernet0/0\n ip tcp adjust-mss 1300\ninterface GigabitEthernet0/1\n ip tcp adjust-mss 1300\nend\n");
	ruleset("\"gi0-0\" : jump mss-1300", NULL);
	ruleset("\"gi0-1\" : jump mss-1300", NULL);
	type("interface GigabitEthernet0/0\n ip tcp adjust-mss 1200\nend\n");
	ruleset("\"gi0-0\" : jump mss-1200", NULL);
	ruleset("chain mss-1300", NULL);
	type("interface GigabitEthernet0/1\n ip tcp adjust-mss 1200\nend\n");
	ruleset("chain mss-1200", "mss-1300");
	type("interface GigabitEthernet0/0\n no ip tcp adjust-mss\nend\n");
	ruleset("\"gi0-1\" : jump mss-1200", "gi0-0");
	counts(1, 0);
	type("interface GigabitEthernet0/1\n no ip tcp adjust-mss\nend\n");
	ruleset(NULL, "confterm");
	/* somebody else flushes everything: the next batch writes the table anew, with all that is wanted */
	type("interface GigabitEthernet0/0\n ip tcp adjust-mss 1300\nend\n");
	ck_assert_int_eq(sh("nft flush ruleset"), 0);
	type("interface GigabitEthernet0/1\n ip tcp adjust-mss 1200\nend\n");
	counts(2, 0);
	ruleset("\"gi0-0\" : jump mss-1300", NULL);
	ruleset("\"gi0-1\" : jump mss-1200", NULL);
	finish();
	ruleset(NULL, "confterm");
}
END_TEST

/* What a killed daemon has left goes at the start; tables of others stay. */
START_TEST(leftovers_removed)
{
	start();
	ck_assert_int_eq(sh("nft 'add table ip confterm; add chain ip confterm old; add table ip mine'"), 0);
	nftables_stop(nft);
	nftables_start(nft);
	ruleset("table ip mine", "confterm");
	finish();
}
END_TEST

/* Ten thousand devices: one batch, one transaction, and an edit afterwards that costs nothing. */
START_TEST(many)
{
	enum { N = 10000 };
	static struct obj o[N];
	static struct plan_op op[N];
	struct timespec a, b;
	double s;

	start();
	for (size_t i = 0; i < N; i++) {
		o[i] = (struct obj){ .kind = OBJ_MSS, .id = 100000 + i, .mss = { .mss = (uint16_t)(500 + i % 900) } };
		snprintf(o[i].mss.dev, sizeof o[i].mss.dev, "tu%zu", i);
		op[i] = (struct plan_op){ OP_ADD, NULL, &o[i] };
	}
	clock_gettime(CLOCK_MONOTONIC, &a);
	nftables_driver(nft)->apply(nft, op, N);
	clock_gettime(CLOCK_MONOTONIC, &b);
	s = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
	printf("%d limits in %.3f s\n", N, s);
	ck_assert(s < 20);
	ruleset("\"tu9999\" : jump mss-599", NULL);
	clock_gettime(CLOCK_MONOTONIC, &a);
	for (size_t i = 0; i < 10; i++) {
		op[0] = (struct plan_op){ OP_DELETE, &o[i], NULL };
		nftables_driver(nft)->apply(nft, op, 1);
	}
	clock_gettime(CLOCK_MONOTONIC, &b);
	s = (double)(b.tv_sec - a.tv_sec) + (double)(b.tv_nsec - a.tv_nsec) / 1e9;
	printf("one edit among them in %.3f s\n", s / 10);
	ck_assert(s < 10);
	finish();
}
END_TEST

/* Without nf_tables the driver is up, its objects fail with the reason, and a later try finds out when it is there. */
START_TEST(not_there)
{
	absent = true;
	start();
	type("interface GigabitEthernet0/0\n ip tcp adjust-mss 1300\nend\n");
	counts(0, 1);
	ck_assert_str_eq(reason, "this kernel has no nf_tables");
	type("interface GigabitEthernet0/1\n ip tcp adjust-mss 1200\nend\n");
	counts(0, 2);
	absent = false;
	type("interface GigabitEthernet0/1\n ip tcp adjust-mss 1100\nend\n");
	ruleset("\"gi0-1\" : jump mss-1100", NULL);
	ruleset("\"gi0-0\" : jump mss-1300", NULL);
	finish();
	ruleset(NULL, "confterm");
}
END_TEST

/* --- what is wanted, and a driver that cannot --- */

START_TEST(wanted)
{
	struct fake f;
	char *log;

	session_open(&cfg);
	e = engine_new(NULL, cfg.s);
	fake_init(&f, e, (1u << OBJ_NKIND) - 1);
	engine_add_driver(e, &f.driver);
	engine_driver_up(e, &f.driver);
	type("interface GigabitEthernet0/0\n ip tcp adjust-mss 1360\nend\n");
	log = fake_take(&f);
	ck_assert_ptr_nonnull(strstr(log, "+ mss gi0-0 1360\n"));
	free(log);
	type("interface GigabitEthernet0/0\n ip tcp adjust-mss 1300\nend\n");
	log = fake_take(&f);
	ck_assert_str_eq(log, "~ mss gi0-0 1300\n");
	free(log);
	type("interface GigabitEthernet0/0\n no ip tcp adjust-mss\nend\n");
	log = fake_take(&f);
	ck_assert_str_eq(log, "- mss gi0-0 1300\n");
	free(log);
	f.fail = "mss";
	type("interface GigabitEthernet0/0\n ip tcp adjust-mss 1300\nend\n");
	counts(0, 1);
	ck_assert_str_eq(reason, "told to fail");
	fake_free(&f);
	engine_free(e);
	session_close(&cfg);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("nftables");
	TCase *c = tcase_create("nftables");

	tcase_set_timeout(c, 60);
	tcase_add_test(c, wanted);
	tcase_add_test(c, clamps);
	tcase_add_test(c, both_ways);
	tcase_add_test(c, chains);
	tcase_add_test(c, leftovers_removed);
	tcase_add_test(c, not_there);
	tcase_add_test(c, many);
	suite_add_tcase(s, c);
	return run_suite(s);
}
