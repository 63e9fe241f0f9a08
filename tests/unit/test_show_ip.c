/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show ip route, interfaces, access lists ... as text, from what FRR answered
 * and a configuration. The session and the router are stood in for here.
 */
#define _GNU_SOURCE
#include <check.h>
#include <net/if.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "cli/exec.h"
#include "cli/show/routes_text.h"
#include "daemon/router.h"
#include "lib/buf.h"
#include "lib/ip4.h"
#include "parser/config.h"
#include "show_ip_data.h"
#include "tests/unit/network.h"
#include "tests/unit/unit.h"

#define IP(a, b, c, d) ((uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d))

struct session {
	struct router router;
	json_t *routes, *ospf, *neighbors;
	struct buf text;
	bool busy;
	void (*cancel)(void *);
	void (*gone)(void *);
	void *arg;
};

struct router *session_router(struct session *s) { return &s->router; }
struct store *session_store(struct session *s) { return s->router.store; }
json_t *session_routes(struct session *s) { return s->routes; }
json_t *session_ospf_routes(struct session *s) { return s->ospf; }
json_t *session_neighbors(struct session *s) { return s->neighbors; }
void out_text(struct session *s, const char *text, size_t len) { buf_put(&s->text, text, len); }
const char *router_hostname(struct router *r) { return "HQ-1"; }

void
out(struct session *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&s->text, fmt, ap);
	va_end(ap);
}

void
session_ask(struct session *s, unsigned flags, const char *question, void (*answer)(struct session *, const char *, void *), void *arg,
    void (*drop)(void *))
{
	(void)s, (void)flags, (void)question, (void)answer;
	drop(arg);
}

void
session_busy(struct session *s, void (*cancel)(void *), void (*gone)(void *), void *arg)
{
	s->busy = true;
	s->cancel = cancel;
	s->gone = gone;
	s->arg = arg;
}

void
session_done(struct session *s)
{
	s->busy = false;
}

exec_fn show_ip_route, show_ip_ospf_neighbor, show_interfaces, show_ip_interface_brief, show_access_lists,
    show_route_map, show_version, show_clock, exec_ping, exec_traceroute;

static struct session s;

static json_t *
parse(const char *text)
{
	return text ? json_loads(text, 0, NULL) : NULL;
}

static void
start(const char *config, const char *routes, const char *ospf, const char *neighbors)
{
	struct config c;

	s = (struct session){ .routes = parse(routes), .ospf = parse(ospf), .neighbors = parse(neighbors) };
	s.router.store = store_new();
	s.router.started = time(NULL);
	config_load_defaults(s.router.store, &s.router.matcher);
	config_init(&c, s.router.store, &s.router.matcher);
	ck_assert_int_eq(config_text(&c, config, strlen(config), NULL, NULL), 0);
	store_commit(s.router.store);
}

static void
stop(void)
{
	json_decref(s.routes);
	json_decref(s.ospf);
	json_decref(s.neighbors);
	store_free(s.router.store);
	matcher_free(&s.router.matcher);
	buf_free(&s.text);
}

static const char *
show(exec_fn *fn, const void *values)
{
	buf_clear(&s.text);
	fn(&s, values);
	return buf_str(&s.text);
}

/* As `| begin Gateway` */
static const char *
table(int what)
{
	struct cfg_show_ip_route v = { .has = what < 0 ? 0 : HAS_SHOW_IP_ROUTE_WHAT, .what = (uint32_t)what };
	const char *text = show(show_ip_route, &v), *p = strstr(text, "Gateway");

	ck_assert_int_eq(strncmp(text, "Codes: L - local, C - connected, S - static,", 44), 0);
	return p ? p : text;
}

static const char *
entry(uint32_t dest, uint32_t mask)
{
	struct cfg_show_ip_route v = { .has = HAS_SHOW_IP_ROUTE_WHAT | HAS_SHOW_IP_ROUTE_DEST |
	    (mask ? HAS_SHOW_IP_ROUTE_MASK : 0), .what = SHOW_IP_ROUTE_WHAT_DEST, .dest = dest, .mask = mask };

	return show(show_ip_route, &v);
}

static const char hq1[] =
	"hostname HQ-1\n"
	"interface Ethernet0/0\n ip address 202.101.1.1 255.255.255.0\n description to the Internet\n"
	"interface Ethernet0/1\n ip address 192.168.13.1 255.255.255.0\n"
	"interface GigabitEthernet0/2\n shutdown\n"
	"interface Loopback0\n mtu 1400\n"
	"router ospf 1\n redistribute static subnets route-map RRI_to_OSPF\n"
	" network 192.168.13.0 0.0.0.255 area 0\n default-information originate\n"
	"ip route 0.0.0.0 0.0.0.0 202.101.1.10\n"
	"ip route 10.4.0.0 255.255.0.0 Ethernet0/0 202.101.1.11 5\n"
	"ip access-list standard NETS\n permit 10.1.0.0 0.0.255.255\n deny host 10.1.1.1\n remark hidden\n permit any log\n"
	"ip access-list extended VPN\n permit ip 10.3.0.0 0.0.255.255 10.1.0.0 0.0.255.255\n"
	" permit tcp any host 10.1.1.1 eq www\n"
	"access-list 10 permit 10.1.0.0 0.0.255.255\n"
	"route-map RRI_to_OSPF permit 10\n match tag 99\n"
	"route-map RRI_to_OSPF deny 20\n match ip address NETS\n set metric 20\n"
	"end\n";
static const char r3[] =
	"interface Loopback0\n ip address 10.1.1.1 255.255.255.0\n"
	"interface Ethernet0/0\n ip address 192.168.13.3 255.255.255.0\n"
	"interface Ethernet0/1\n ip address 192.168.23.3 255.255.255.0\n"
	"router ospf 7\n network 0.0.0.0 255.255.255.255 area 0\n";

START_TEST(route_static)
{
	start(hq1, hq1_routes, NULL, NULL);
	ck_assert_str_eq(table(SHOW_IP_ROUTE_WHAT_STATIC),
	    "Gateway of last resort is 202.101.1.10 to network 0.0.0.0\n"
	    "\n"
	    "S*    0.0.0.0/0 [1/0] via 202.101.1.10\n"
	    "      10.0.0.0/8 is variably subnetted, 6 subnets, 2 masks\n"
	    "S        10.3.0.0/16 [1/0] via 1.3.1.1\n"
	    "S        10.3.4.0/24 [1/0] via 10.5.0.9\n"
	    "S        10.4.0.0/16 [5/0] via 202.101.1.11, Ethernet0/0\n"
	    "S        10.5.0.0/16 [1/0] via 202.101.1.12\n"
	    "                     [1/0] via 202.101.1.11\n"
	    "                     [1/0] via 1.3.1.9\n"
	    "S        10.9.0.0/16 is directly connected, Null0\n"
	    "S     172.16.0.0/16 is directly connected, Ethernet0/0\n");
	stop();
}
END_TEST

START_TEST(route_ospf)
{
	start(r3, r3_routes, r3_ospf_routes, NULL);
	ck_assert_str_eq(table(-1),
	    "Gateway of last resort is 192.168.23.2 to network 0.0.0.0\n"
	    "\n"
	    "O*E2  0.0.0.0/0 [110/10] via 192.168.23.2, 00:00:01, Ethernet0/1\n"
	    "                [110/10] via 192.168.13.1, 00:00:01, Ethernet0/0\n"
	    "      10.0.0.0/8 is variably subnetted, 3 subnets, 3 masks\n"
	    "C        10.1.1.0/24 is directly connected, Loopback0\n"
	    "L        10.1.1.1/32 is directly connected, Loopback0\n"
	    "O E2     10.3.0.0/16 [110/20] via 192.168.13.1, 00:00:06, Ethernet0/0\n"
	    "      192.168.13.0/24 is variably subnetted, 2 subnets, 2 masks\n"
	    "C        192.168.13.0/24 is directly connected, Ethernet0/0\n"
	    "L        192.168.13.3/32 is directly connected, Ethernet0/0\n"
	    "      192.168.23.0/24 is variably subnetted, 2 subnets, 2 masks\n"
	    "C        192.168.23.0/24 is directly connected, Ethernet0/1\n"
	    "L        192.168.23.3/32 is directly connected, Ethernet0/1\n");
	ck_assert_str_eq(table(SHOW_IP_ROUTE_WHAT_OSPF) + strlen("Gateway of last resort is 192.168.23.2 to network 0.0.0.0\n"),
	    "\n"
	    "O*E2  0.0.0.0/0 [110/10] via 192.168.23.2, 00:00:01, Ethernet0/1\n"
	    "                [110/10] via 192.168.13.1, 00:00:01, Ethernet0/0\n"
	    "      10.0.0.0/8 is variably subnetted, 3 subnets, 3 masks\n"
	    "O E2     10.3.0.0/16 [110/20] via 192.168.13.1, 00:00:06, Ethernet0/0\n");
	ck_assert_str_eq(table(-1), table(-1));
	{
		struct cfg_show_ip_route v = { .has = HAS_SHOW_IP_ROUTE_WHAT | HAS_SHOW_IP_ROUTE_DEST | HAS_SHOW_IP_ROUTE_MASK,
			.what = SHOW_IP_ROUTE_WHAT_DEST, .dest = IP(10, 1, 1, 0), .mask = 0xffffff00, .longer_prefixes = 1 };

		ck_assert_str_eq(strstr(show(show_ip_route, &v), "Gateway"),
		    "Gateway of last resort is 192.168.23.2 to network 0.0.0.0\n"
		    "\n"
		    "      10.0.0.0/8 is variably subnetted, 3 subnets, 3 masks\n"
		    "C        10.1.1.0/24 is directly connected, Loopback0\n"
		    "L        10.1.1.1/32 is directly connected, Loopback0\n");
		v.mask = v.dest = 0;
		ck_assert_ptr_nonnull(strstr(show(show_ip_route, &v), "O*E2  0.0.0.0/0 "));
		v.mask = 0xffffff80;
		v.dest = IP(10, 1, 1, 128);
		ck_assert_ptr_null(strstr(show(show_ip_route, &v), "10.1.1"));
	}
	stop();
}
END_TEST

/* One route from JSON with the given prefix, protocol, uptime and device. */
static const char *
single(const char *prefix, const char *protocol, const char *uptime, const char *gw, const char *dev)
{
	static char text[512];

	snprintf(text, sizeof text, "{\"%s\":[{\"prefix\":\"%s\",\"protocol\":\"%s\",\"selected\":true,\"installed\":true,"
	    "\"distance\":110,\"metric\":20,\"uptime\":\"%s\",\"nexthops\":[{\"fib\":true,\"ip\":\"%s\","
	    "\"interfaceName\":\"%s\",\"active\":true}]}]}", prefix, prefix, protocol, uptime, gw, dev);
	return text;
}

START_TEST(route_forms)
{
	static const struct {
		const char *prefix, *uptime, *dev, *want;
	} t[] = {
		{ "1.1.1.1/32", "1d02h03m", "gi0-0", "      1.0.0.0/32 is subnetted, 1 subnets\n"
		    "O        1.1.1.1 [110/20] via 192.168.30.1, 1d02h, GigabitEthernet0/0\n" },
		{ "172.16.0.0/12", "02w3d04h", "eth0", "O     172.16.0.0/12 [110/20] via 192.168.30.1, 2w3d, eth0\n" },
		{ "192.168.2.0/24", "00:01:02", "e0-0", "O     192.168.2.0/24 [110/20] via 192.168.30.1, 00:01:02, Ethernet0/0\n" },
		{ "8.0.0.0/7", "00:01:02", "e0-0", "O     8.0.0.0/7 [110/20] via 192.168.30.1, 00:01:02, Ethernet0/0\n" },
		/* a line of 80 characters is broken */
		{ "10.192.168.128/25", "01:09:37", "gi0-1", "      10.0.0.0/25 is subnetted, 1 subnets\n"
		    "O        10.192.168.128 \n           [110/20] via 192.168.30.1, 01:09:37, GigabitEthernet0/1\n" },
		{ "10.192.16.0/24", "01:09:37", "gi0-1", "      10.0.0.0/24 is subnetted, 1 subnets\n"
		    "O        10.192.16.0 [110/20] via 192.168.30.1, 01:09:37, GigabitEthernet0/1\n" },
	};

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		start("hostname X\n", single(t[i].prefix, "ospf", t[i].uptime, "192.168.30.1", t[i].dev), NULL, NULL);
		ck_assert_str_eq(strchr(table(-1), '\n') + 2, t[i].want);
		stop();
	}
}
END_TEST

START_TEST(route_empty)
{
	start(hq1, NULL, NULL, NULL);
	ck_assert_str_eq(table(-1), "Gateway of last resort is not set\n\n");
	ck_assert_str_eq(entry(IP(10, 3, 0, 0), 0), "% Network not in table\n");
	stop();
}
END_TEST

START_TEST(route_detail)
{
	start(hq1, hq1_routes, NULL, NULL);
	ck_assert_str_eq(entry(IP(10, 3, 9, 1), 0),
	    "Routing entry for 10.3.0.0/16\n"
	    "  Known via \"static\", distance 1, metric 0\n"
	    "  Tag 99\n"
	    "  Redistributing via ospf 1\n"
	    "  Advertised by ospf 1 subnets route-map RRI_to_OSPF\n"
	    "  Routing Descriptor Blocks:\n"
	    "  * 1.3.1.1\n"
	    "      Route metric is 0, traffic share count is 1\n"
	    "      Route tag 99\n");
	ck_assert_ptr_nonnull(strstr(entry(IP(10, 4, 0, 0), 0), "  Redistributing via ospf 1\n  Routing Descriptor Blocks:\n"
	    "  * 202.101.1.11, via Ethernet0/0\n"));
	ck_assert_ptr_nonnull(strstr(entry(0, 0), "Routing entry for 0.0.0.0/0, supernet\n"
	    "  Known via \"static\", distance 1, metric 0, candidate default path\n"));
	ck_assert_ptr_nonnull(strstr(entry(IP(10, 9, 0, 0), IP(255, 255, 0, 0)), "metric 0 (connected)\n"));
	ck_assert_str_eq(entry(IP(10, 9, 0, 0), IP(255, 255, 255, 0)), "% Subnet not in table\n");
	ck_assert_str_eq(entry(IP(10, 200, 0, 1), 0), "% Subnet not in table\n");
	ck_assert_str_eq(entry(IP(11, 200, 0, 1), 0), "% Network not in table\n");
	ck_assert_ptr_nonnull(strstr(entry(IP(10, 0, 0, 0), 0), "Routing entry for 10.0.0.0/8, 6 known subnets\n"
	    "  Variably subnetted with 2 masks\n\n"));
	stop();
	start(r3, r3_routes, r3_ospf_routes, NULL);
	ck_assert_str_eq(entry(IP(10, 3, 0, 1), 0),
	    "Routing entry for 10.3.0.0/16\n"
	    "  Known via \"ospf 7\", distance 110, metric 20\n"
	    "  Tag 99, type extern 2, forward metric 1\n"
	    "  Last update from 192.168.13.1 on Ethernet0/0, 00:00:06 ago\n"
	    "  Routing Descriptor Blocks:\n"
	    "  * 192.168.13.1, 00:00:06 ago, via Ethernet0/0\n"
	    "      Route metric is 20, traffic share count is 1\n"
	    "      Route tag 99\n");
	ck_assert_str_eq(entry(IP(10, 1, 1, 5), 0),
	    "Routing entry for 10.1.1.0/24\n"
	    "  Known via \"connected\", distance 0, metric 0 (connected, via interface)\n"
	    "  Routing Descriptor Blocks:\n"
	    "  * directly connected, via Loopback0\n"
	    "      Route metric is 0, traffic share count is 1\n");
	stop();
}
END_TEST

/* The same table from zebra's text. */
START_TEST(route_text)
{
	static const char text[] =
	    "\nCodes: K - kernel route, C - connected, S - static, R - RIP,\n"
	    "       O - OSPF, I - IS-IS, B - BGP, E - EIGRP, N - NHRP,\n"
	    "       > - selected route, * - FIB route, q - queued, r - rejected, b - backup\n"
	    "\n"
	    "O   0.0.0.0/0 [110/1] via 192.168.13.3, e0-1, weight 1, 00:03:27\n"
	    "S>* 0.0.0.0/0 [1/0] via 202.101.1.10, e0-0, weight 1, 00:04:28\n"
	    "O>* 10.1.1.0/24 [110/2] via 192.168.13.3, e0-1, weight 1, 00:03:33\n"
	    "S>  10.3.0.0/16 [1/0] via 1.3.1.1 (recursive), weight 1, 00:04:28\n"
	    "  *                     via 202.101.1.10, e0-0, weight 1, 00:04:28\n"
	    "S>* 10.4.0.0/16 [5/0] via 202.101.1.11, e0-0 onlink, weight 1, 00:04:28\n"
	    "S>* 10.9.0.0/16 [1/0] unreachable (blackhole), weight 1, 00:04:28\n"
	    "O>* 10.20.0.0/16 [110/20] via 192.168.13.3, e0-1, weight 1, 1d02h03m\n"
	    "  *                       via 202.101.1.9, e0-0, weight 1, 1d02h03m\n"
	    "S>r 10.30.0.0/16 [1/0] via 202.101.1.99 inactive, weight 1, 00:04:28\n"
	    "S   10.31.0.0/16 [1/0] via 5.5.5.5 inactive, weight 1, 00:04:28\n"
	    "O   192.168.13.0/24 [110/1] is directly connected, e0-1, weight 1, 00:04:18\n"
	    "C>* 192.168.13.0/24 is directly connected, e0-1, 00:04:28\n"
	    "K>* 193.168.23.0/24 [0/0] via 192.168.13.3, e0-1, 00:03:33\n";

	start(hq1, NULL, NULL, NULL);
	s.routes = routes_from_text(text, strlen(text));
	ck_assert_str_eq(table(-1),
	    "Gateway of last resort is 202.101.1.10 to network 0.0.0.0\n"
	    "\n"
	    "S*    0.0.0.0/0 [1/0] via 202.101.1.10\n"
	    "      10.0.0.0/8 is variably subnetted, 5 subnets, 2 masks\n"
	    "O        10.1.1.0/24 [110/2] via 192.168.13.3, 00:03:33, Ethernet0/1\n"
	    "S        10.3.0.0/16 [1/0] via 1.3.1.1\n"
	    "S        10.4.0.0/16 [5/0] via 202.101.1.11, Ethernet0/0\n"
	    "S        10.9.0.0/16 is directly connected, Null0\n"
	    "O        10.20.0.0/16 [110/20] via 202.101.1.9, 1d02h, Ethernet0/0\n"
	    "                      [110/20] via 192.168.13.3, 1d02h, Ethernet0/1\n"
	    "      192.168.13.0/24 is variably subnetted, 2 subnets, 2 masks\n"
	    "C        192.168.13.0/24 is directly connected, Ethernet0/1\n"
	    "L        192.168.13.1/32 is directly connected, Ethernet0/1\n"
	    "K     193.168.23.0/24 [0/0] via 192.168.13.3, Ethernet0/1\n");
	stop();
}
END_TEST

START_TEST(route_many)
{
	struct cfg_show_ip_route v = {0};
	clock_t begin;
	double took;
	size_t lines = 0;

	struct buf text = {0};

	start(hq1, NULL, NULL, NULL);
	for (unsigned i = 0; i < 100000; i++)
		buf_printf(&text, "S>* %u.%u.%u.0/24 [1/0] via 202.101.1.10, e0-0, weight 1, 00:01:02\n", 20 + i / 65536,
		    i / 256 % 256, i % 256);
	begin = clock();
	s.routes = routes_from_text(text.d, text.n);
	if (getenv("CONFTERM_TIMES"))
		printf("reading 100,000 routes: %.3f s\n", (double)(clock() - begin) / CLOCKS_PER_SEC);
	buf_free(&text);
	begin = clock();
	show(show_ip_route, &v);
	took = (double)(clock() - begin) / CLOCKS_PER_SEC;
	for (size_t i = 0; i < s.text.n; i++)
		lines += s.text.d[i] == '\n';
	ck_assert_uint_eq(lines, 12 + 2 + 100000);
	ck_assert_msg(took < 1.5, "100,000 routes took %.2f s of CPU", took);
	if (getenv("CONFTERM_TIMES"))
		printf("100,000 routes: %.3f s\n", took);
	stop();
}
END_TEST

START_TEST(ospf_neighbor)
{
	static const char head[] = "\nNeighbor ID     Pri   State           Dead Time   Address         Interface\n",
	    first[] = "202.101.1.1       1   FULL/  -        00:00:03    192.168.13.1    Ethernet0/0\n",
	    second[] = "192.168.23.2      1   FULL/BDR        00:00:03    192.168.23.2    Ethernet0/1\n";
	struct cfg_show_ip_ospf_neighbor v = {0};
	char both[512];

	snprintf(both, sizeof both, "%s%s%s", head, first, second);
	start(r3, NULL, NULL, r3_neighbors);
	ck_assert_str_eq(show(show_ip_ospf_neighbor, &v), both);
	v.pid = 7;
	ck_assert_str_eq(show(show_ip_ospf_neighbor, &v), both);
	v.if_ = "Ethernet0/1";
	snprintf(both, sizeof both, "%s%s", head, second);
	ck_assert_str_eq(show(show_ip_ospf_neighbor, &v), both);
	v.if_ = "Ethernet0/10";
	ck_assert_str_eq(show(show_ip_ospf_neighbor, &v), "");
	v.pid = 8;
	ck_assert_str_eq(show(show_ip_ospf_neighbor, &v), "%OSPF: Router process 8 is not running\n");
	stop();
	v.pid = 0;
	start(r3, NULL, NULL, NULL);
	ck_assert_str_eq(show(show_ip_ospf_neighbor, &v), "");
	stop();
}
END_TEST

START_TEST(interfaces)
{
	struct cfg_show_interfaces v = { .if_ = "Ethernet0/0" };

	/* without a kernel to ask no device is present */
	start(hq1, NULL, NULL, NULL);
	ck_assert_str_eq(show(show_ip_interface_brief, NULL),
	    "Interface                  IP-Address      OK? Method Status                Protocol\n"
	    "Ethernet0/0                202.101.1.1     YES NVRAM  down                  down    \n"
	    "Ethernet0/1                192.168.13.1    YES NVRAM  down                  down    \n"
	    "GigabitEthernet0/2         unassigned      YES NVRAM  administratively down down    \n"
	    "Loopback0                  unassigned      YES NVRAM  down                  down    \n");
	ck_assert_str_eq(show(show_interfaces, &v),
	    "Ethernet0/0 is down, line protocol is down \n"
	    "  Hardware is not present\n"
	    "  Description: to the Internet\n"
	    "  Internet address is 202.101.1.1/24\n"
	    "  MTU 1500 bytes, BW 10000 Kbit/sec, DLY 1000 usec, \n"
	    "     reliability 255/255\n"
	    "  Encapsulation ARPA, loopback not set\n"
	    "  ARP type: ARPA, ARP Timeout 04:00:00\n");
	v.if_ = "Ethernet9/9";
	ck_assert_str_eq(show(show_interfaces, &v), "%Invalid interface type and number\n");
	stop();
}
END_TEST

START_TEST(access_lists)
{
	struct cfg_show_access_lists v = {0};

	start(hq1, NULL, NULL, NULL);
	ck_assert_str_eq(show(show_access_lists, &v),
	    "Standard IP access list 10\n"
	    "    10 permit 10.1.0.0, wildcard bits 0.0.255.255\n"
	    "Standard IP access list NETS\n"
	    "    10 permit 10.1.0.0, wildcard bits 0.0.255.255\n"
	    "    20 deny   10.1.1.1\n"
	    "    40 permit any log\n"
	    "Extended IP access list VPN\n"
	    "    10 permit ip 10.3.0.0 0.0.255.255 10.1.0.0 0.0.255.255\n"
	    "    20 permit tcp any host 10.1.1.1 eq www\n");
	v.acl = "10";
	ck_assert_str_eq(show(show_access_lists, &v),
	    "Standard IP access list 10\n    10 permit 10.1.0.0, wildcard bits 0.0.255.255\n");
	stop();
}
END_TEST

START_TEST(route_maps)
{
	struct cfg_show_route_map v = {0};

	start(hq1, NULL, NULL, NULL);
	ck_assert_str_eq(show(show_route_map, &v),
	    "route-map RRI_to_OSPF, permit, sequence 10\n"
	    "  Match clauses:\n"
	    "    tag 99 \n"
	    "  Set clauses:\n"
	    "  Policy routing matches: 0 packets, 0 bytes\n"
	    "route-map RRI_to_OSPF, deny, sequence 20\n"
	    "  Match clauses:\n"
	    "    ip address (access-lists): NETS \n"
	    "  Set clauses:\n"
	    "    metric 20\n"
	    "  Policy routing matches: 0 packets, 0 bytes\n");
	stop();
}
END_TEST

START_TEST(version)
{
	const char *text;

	start(hq1, NULL, NULL, NULL);
	text = show(show_version, NULL);
	ck_assert_ptr_nonnull(strstr(text, "Version "));
	ck_assert_ptr_nonnull(strstr(text, "\nHQ-1 uptime is "));
	ck_assert_ptr_nonnull(strstr(text, "\nSystem image file is \"/"));
	ck_assert_ptr_nonnull(strstr(text, "\nProcessor board ID "));
	ck_assert_ptr_nonnull(strstr(text, "K bytes of memory.\n"));
	ck_assert_ptr_nonnull(strstr(text, "\n2 Ethernet interfaces\n1 Gigabit Ethernet interface\n"));
	ck_assert_ptr_nonnull(strstr(text, "\nConfiguration register is 0x2102\n"));
	/* it has the lines that programs read a model from, and says what it is */
	ck_assert_ptr_nonnull(strstr(text, "IOS command shell compatible with Cisco IOS Software, confterm Software"));
	ck_assert_ptr_nonnull(strstr(text, "\nThe hardware is not Cisco's: "));
	text = show(show_clock, &(struct cfg_show_clock){ .detail = false });
	ck_assert_ptr_nonnull(strstr(text, " UTC "));
	ck_assert_int_eq(text[strlen(text) - 1], '\n');
	ck_assert_ptr_null(strstr(text, "Time source"));
	text = show(show_clock, &(struct cfg_show_clock){ .detail = true });
	ck_assert_ptr_nonnull(strstr(text, "\nTime source is "));
	stop();
}
END_TEST

START_TEST(ping_refused)
{
	static const struct {
		const char *dest, *src, *want;
	} t[] = {
		{ "nohost", NULL, "% Unrecognized host or address, or protocol not running.\n\n" },
		{ "10.1.1.1", "lo0", "% Invalid source interface - IP not enabled or interface is down\n" },
		{ "10.1.1.1", "loop9", "% Invalid source interface - IP not enabled or interface is down\n" },
		{ "10.1.1.1", "what", "% Invalid source. Must use same-VRF IP address or full interface name without spaces "
		    "(e.g. Serial0/1)\n" },
	};

	start(hq1, NULL, NULL, NULL);
	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		struct cfg_ping v = { .dest = t[i].dest, .src = t[i].src };

		ck_assert_str_eq(show(exec_ping, &v), t[i].want);
		ck_assert(!s.busy);
	}
	stop();
}
END_TEST

/* The whole way of a ping: ended by itself, by Ctrl-C, and by the end of its session. */
START_TEST(ping_runs)
{
	struct ifreq ifr = { .ifr_name = "lo" };
	struct cfg_ping v = { .has = HAS_PING_COUNT, .dest = "127.0.0.1", .count = 3 };
	struct cfg_traceroute t = { .dest = "127.0.0.1" };
	int fd;

	own_network();
	fd = socket(AF_INET, SOCK_DGRAM, 0);
	ck_assert_int_eq(ioctl(fd, SIOCGIFFLAGS, &ifr), 0);
	ifr.ifr_flags |= IFF_UP;
	ck_assert_int_eq(ioctl(fd, SIOCSIFFLAGS, &ifr), 0);
	close(fd);
	start(hq1, NULL, NULL, NULL);
	s.router.loop = ev_loop_new(0);
	show(exec_ping, &v);
	ck_assert(s.busy);
	while (s.busy)
		ev_run(s.router.loop, EVRUN_ONCE);
	ck_assert_ptr_nonnull(strstr(buf_str(&s.text), "!!!\nSuccess rate is 100 percent (3/3), round-trip min/avg/max = "));
	show(exec_traceroute, &t);
	while (s.busy)
		ev_run(s.router.loop, EVRUN_ONCE);
	ck_assert_ptr_nonnull(strstr(buf_str(&s.text), "  1 127.0.0.1 "));
	v.dest = "192.0.2.1";
	show(exec_ping, &v);
	ck_assert(s.busy);
	s.cancel(s.arg);
	ck_assert(!s.busy);
	show(exec_ping, &v);
	ck_assert(s.busy);
	s.gone(s.arg);
	/* an address that is configured and not there, by name and by number */
	v.src = "et0/0";
	ck_assert_str_eq(show(exec_ping, &v), "% Invalid source interface - IP not enabled or interface is down\n");
	v.src = "202.101.1.1";
	ck_assert_int_eq(strncmp(show(exec_ping, &v), "% Invalid source. Must use same-VRF IP", 38), 0);
	ev_loop_destroy(s.router.loop);
	stop();
}
END_TEST

int
main(void)
{
	Suite *suite = suite_create("show ip");
	TCase *tc = tcase_create("show");

	suite_add_tcase(suite, tc);
	tcase_set_timeout(tc, 60);
	tcase_add_test(tc, route_static);
	tcase_add_test(tc, route_ospf);
	tcase_add_test(tc, route_forms);
	tcase_add_test(tc, route_empty);
	tcase_add_test(tc, route_detail);
	tcase_add_test(tc, route_text);
	tcase_add_test(tc, route_many);
	tcase_add_test(tc, ospf_neighbor);
	tcase_add_test(tc, interfaces);
	tcase_add_test(tc, access_lists);
	tcase_add_test(tc, route_maps);
	tcase_add_test(tc, version);
	tcase_add_test(tc, ping_refused);
	tcase_add_test(tc, ping_runs);
	return run_suite(suite);
}
