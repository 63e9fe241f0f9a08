/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show interfaces, show ip interface [brief] of tunnels, loopbacks and virtual
 * interfaces, from a configuration and devices that are made up here.
 */
#define _GNU_SOURCE
#include <check.h>
#include <linux/if.h>
#include <stdlib.h>
#include <string.h>

#include "backends/netlink/netlink.h"
#include "cli/exec.h"
#include "daemon/router.h"
#include "lib/buf.h"
#include "lib/ip4.h"
#include "parser/config.h"
#include "tests/unit/unit.h"

exec_fn show_interfaces, show_ip_interface, show_ip_interface_brief;

struct session {
	struct router r;
	struct buf text;
};
static struct session S;
static struct matcher matcher;
static struct nl_link links[8];
static struct nl_address addresses[8];
static size_t nlinks, naddresses;

struct router *
session_router(struct session *s)
{
	return &s->r;
}

struct store *
session_store(struct session *s)
{
	return s->r.store;
}

void
out(struct session *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&s->text, fmt, ap);
	va_end(ap);
}

void
out_text(struct session *s, const char *text, size_t len)
{
	buf_put(&s->text, text, len);
}

int
netlink_each_link(struct netlink *nl, void (*each)(void *, const struct nl_link *), void *arg)
{
	for (size_t i = 0; i < nlinks; i++)
		each(arg, &links[i]);
	return 0;
}

int
netlink_each_address(struct netlink *nl, void (*each)(void *, const struct nl_address *), void *arg)
{
	for (size_t i = 0; i < naddresses; i++)
		each(arg, &addresses[i]);
	return 0;
}

static struct nl_link *
device(const char *dev, bool up)
{
	struct nl_link *l = &links[nlinks++];

	*l = (struct nl_link){ .ifindex = (int)nlinks + 10, .admin_up = up, .carrier = up, .oper = up ? IF_OPER_UNKNOWN : IF_OPER_DOWN,
		.mtu = 1476 };
	strcpy(l->dev, dev);
	return l;
}

static void
setup(void)
{
	memset(&S, 0, sizeof S);
	matcher = (struct matcher){0};
	nlinks = naddresses = 0;
	S.r.store = store_new();
	config_load_defaults(S.r.store, &matcher);
	S.r.engine = engine_new(NULL, S.r.store);
	S.r.tunnels = engine_tunnels(S.r.engine);
	S.r.netlink = (struct netlink *)&S;	/* never looked into */
}

static void
teardown(void)
{
	buf_free(&S.text);
	engine_free(S.r.engine);
	store_free(S.r.store);
	matcher_free(&matcher);
}

static void
configure(const char *text)
{
	struct config c;

	config_init(&c, S.r.store, &matcher);
	ck_assert_int_eq(config_text(&c, text, strlen(text), NULL, NULL), 0);
	store_commit(S.r.store);
	engine_commit(S.r.engine);
}

static void
same(int line, const char *got, const char *want)
{
	size_t i = 0, from = 0;

	for (; got[i] && got[i] == want[i]; i++)
		if (got[i] == '\n')
			from = i + 1;
	ck_assert_msg(got[i] == want[i], "line %d: at %zu: got '%.90s' want '%.90s'", line, i, got + from, want + from);
}

#define SHOW(fn, want, ...) do { \
	buf_clear(&S.text); \
	fn(&S, &(struct cfg_##fn){ __VA_ARGS__ }); \
	same(__LINE__, buf_str(&S.text), want); \
} while (0)
#define INTERFACE(name, want) SHOW(show_interfaces, want, .has = HAS_SHOW_INTERFACES_IF, .if_ = name)

#define IDLE \
	"  Last input never, output never, output hang never\n" \
	"  Last clearing of \"show interface\" counters never\n" \
	"  Input drops: 0; Total output drops: 0\n" \
	"  5 minute input rate 0 bits/sec, 0 packets/sec\n" \
	"  5 minute output rate 0 bits/sec, 0 packets/sec\n" \
	"     0 packets input, 0 bytes, 0 no buffer\n" \
	"     Received 0 broadcasts (0 IP multicasts)\n" \
	"     0 runts, 0 giants, 0 throttles\n" \
	"     0 input errors, 0 CRC, 0 frame, 0 overrun, 0 ignored, 0 abort\n" \
	"     0 packets output, 0 bytes, 0 underruns\n" \
	"     0 output errors, 0 collisions, 0 interface resets\n" \
	"     0 unknown protocol drops\n" \
	"     0 output buffer failures, 0 output buffers swapped out\n"

static const char gre[] =
	"interface Ethernet0/0\n ip address 192.168.1.1 255.255.255.0\n"
	"interface Tunnel1\n description to the hub\n ip address 10.0.0.1 255.255.255.252\n tunnel source Ethernet0/0\n"
	" tunnel destination 192.168.2.1\n tunnel key 111001\n keepalive 5 4\n bandwidth 2000\n ip tcp adjust-mss 1360\n";

START_TEST(gre_tunnel)
{
	struct nl_link *l;

	configure(gre);
	device("e0-0", true);
	l = device("tu1", true);
	INTERFACE("Tunnel1",
	    "Tunnel1 is up, line protocol is up \n"
	    "  Hardware is Tunnel\n"
	    "  Description: to the hub\n"
	    "  Internet address is 10.0.0.1/30\n"
	    "  MTU 1476 bytes, BW 2000 Kbit/sec, DLY 50000 usec, \n"
	    "     reliability 255/255\n"
	    "  Encapsulation TUNNEL, loopback not set\n"
	    "  Keepalive set (5 sec), retries 4\n"
	    "  Tunnel linestate evaluation up\n"
	    "  Tunnel source 192.168.1.1 (Ethernet0/0), destination 192.168.2.1\n"
	    "  Tunnel protocol/transport GRE/IP\n"
	    "    Key 0x1B199, sequencing disabled\n"
	    "    Checksumming of packets disabled\n"
	    "  Tunnel TTL 255, Fast tunneling enabled\n"
	    "  Tunnel transport MTU 1476 bytes\n" IDLE);
	/* counters are the device's */
	l->rx_packets = 7;
	l->rx_bytes = 700;
	l->tx_packets = 8;
	l->tx_bytes = 800;
	buf_clear(&S.text);
	show_interfaces(&S, &(struct cfg_show_interfaces){ .has = HAS_SHOW_INTERFACES_IF, .if_ = "Tunnel1" });
	ck_assert_ptr_nonnull(strstr(buf_str(&S.text), "     7 packets input, 700 bytes, 0 no buffer\n"));
	ck_assert_ptr_nonnull(strstr(buf_str(&S.text), "     8 packets output, 800 bytes, 0 underruns\n"));
	SHOW(show_ip_interface,
	    "Tunnel1 is up, line protocol is up\n"
	    "  Internet address is 10.0.0.1/30\n"
	    "  Broadcast address is 255.255.255.255\n"
	    "  Address determined by non-volatile memory\n"
	    "  MTU is 1476 bytes\n"
	    "  Helper address is not set\n"
	    "  Directed broadcast forwarding is disabled\n"
	    "  Outgoing access list is not set\n"
	    "  Inbound  access list is not set\n"
	    "  Proxy ARP is disabled\n"
	    "  ICMP redirects are never sent\n"
	    "  ICMP unreachables are always sent\n"
	    "  ICMP mask replies are never sent\n"
	    "  Policy routing is disabled\n"
	    "  Network address translation is disabled\n"
	    "  TCP MSS is adjusted to 1360 bytes, both ways\n",
	    .has = HAS_SHOW_IP_INTERFACE_IF, .if_ = "Tunnel1");
	SHOW(show_ip_interface, "%Invalid interface type and number\n", .has = HAS_SHOW_IP_INTERFACE_IF, .if_ = "Tunnel9");
}
END_TEST

/* What the first line says, in the forms that people grep for. */
static void
state(const char *want)
{
	char *end;

	buf_clear(&S.text);
	show_interfaces(&S, &(struct cfg_show_interfaces){ .has = HAS_SHOW_INTERFACES_IF, .if_ = "Tunnel1" });
	end = strchr(buf_str(&S.text), '\n');
	ck_assert_ptr_nonnull(end);
	*end = '\0';
	ck_assert_str_eq(S.text.d, want);
}

START_TEST(states)
{
	struct nl_link *l;

	configure(gre);
	/* no device: whatever the reason, the tunnel is not shut down */
	state("Tunnel1 is up, line protocol is down ");
	l = device("tu1", false);
	state("Tunnel1 is up, line protocol is down ");
	l->admin_up = l->carrier = true;
	state("Tunnel1 is up, line protocol is down ");
	l->oper = IF_OPER_DORMANT;
	state("Tunnel1 is up, line protocol is down ");
	l->oper = IF_OPER_UP;
	state("Tunnel1 is up, line protocol is up ");
	configure("interface Tunnel1\n shutdown\n");
	state("Tunnel1 is administratively down, line protocol is down ");
}
END_TEST

START_TEST(incomplete)
{
	configure("interface Tunnel5\n tunnel mode ipsec ipv4\n tunnel protection ipsec profile P1\n");
	buf_clear(&S.text);
	show_interfaces(&S, &(struct cfg_show_interfaces){ .has = HAS_SHOW_INTERFACES_IF, .if_ = "Tunnel5" });
	ck_assert_ptr_nonnull(strstr(buf_str(&S.text), "Tunnel5 is up, line protocol is down \n"));
	ck_assert_ptr_nonnull(strstr(buf_str(&S.text), "  Tunnel source UNKNOWN, destination UNKNOWN\n"));
	ck_assert_ptr_nonnull(strstr(buf_str(&S.text), "  Tunnel protocol/transport IPSEC/IP\n  Tunnel TTL 255\n"));
	ck_assert_ptr_nonnull(strstr(buf_str(&S.text), "  Tunnel protection via IPSec (profile \"P1\")\n"));
	/* and what is wrong with it */
	ck_assert_ptr_nonnull(strstr(buf_str(&S.text), "  NOTE: Tunnel5"));
	SHOW(show_ip_interface, "Tunnel5 is up, line protocol is down\n  Internet protocol processing disabled\n",
	    .has = HAS_SHOW_IP_INTERFACE_IF, .if_ = "Tunnel5");
}
END_TEST

START_TEST(brief)
{
	configure("interface Ethernet0/0\n ip address 192.168.1.1 255.255.255.0\n"
	    "interface Loopback1\n ip address 10.1.1.254 255.255.255.255\n"
	    "interface Tunnel10\n ip address 10.0.0.1 255.255.255.252\ninterface Tunnel2\n ip unnumbered Loopback1\n"
	    "interface Virtual-Template1 type tunnel\n ip unnumbered Loopback1\n"
	    "interface Virtual-Template2\n ip unnumbered Loopback9\n");
	device("e0-0", true);
	device("lo1", true)->carrier = false;	/* a bridge without ports */
	device("tu2", true);
	device("va2", true);
	addresses[naddresses++] = (struct nl_address){ .ifindex = links[nlinks - 1].ifindex, .addr = 0x0a0101fe, .len = 32 };
	device("va1", true);
	device("lo", true);
	device("gre0", true);
	SHOW(show_ip_interface_brief,
	    "Interface                  IP-Address      OK? Method Status                Protocol\n"
	    "Ethernet0/0                192.168.1.1     YES NVRAM  up                    up      \n"
	    "Loopback1                  10.1.1.254      YES NVRAM  up                    up      \n"
	    "Tunnel2                    10.1.1.254      YES NVRAM  up                    up      \n"
	    "Tunnel10                   10.0.0.1        YES NVRAM  up                    down    \n"
	    "Virtual-Access1            unassigned      YES unset  up                    up      \n"
	    "Virtual-Access2            10.1.1.254      YES unset  up                    up      \n"
	    "Virtual-Template1          10.1.1.254      YES NVRAM  up                    down    \n"
	    "Virtual-Template2          unassigned      YES NVRAM  down                  down    \n", 0);
	buf_clear(&S.text);
	show_interfaces(&S, &(struct cfg_show_interfaces){ .has = HAS_SHOW_INTERFACES_IF, .if_ = "Tunnel2" });
	ck_assert_ptr_nonnull(strstr(buf_str(&S.text), "  Interface is unnumbered. Using address of Loopback1 (10.1.1.254)\n"));
}
END_TEST

/* A peer that called: its interface has what the template says. */
START_TEST(called)
{
	const struct observer *o = tunnels_observer(S.r.tunnels);
	struct sa_child c = { .name = "c", .unique_id = 7, .reqid = 1, .if_id = 1, .state = "INSTALLED", .mode = IPSEC_TUNNEL };
	struct sa_ike k = { .conn = "x", .unique_id = 1, .version = 1, .state = "ESTABLISHED", .local = 0xc0a80101, .remote = 0xac100102,
		.local_port = 500, .remote_port = 500, .children = &c, .nchild = 1 };

	configure("crypto keyring KR\n pre-shared-key address 0.0.0.0 0.0.0.0 key k\n"
	    "crypto isakmp policy 10\n authentication pre-share\n"
	    "crypto isakmp profile D\n keyring KR\n match identity address 0.0.0.0\n virtual-template 1\n"
	    "crypto ipsec transform-set T esp-aes esp-md5-hmac\ncrypto ipsec profile P1\n set transform-set T\n set isakmp-profile D\n"
	    "interface Ethernet0/0\n ip address 192.168.1.1 255.255.255.0\ninterface Loopback1\n ip address 10.1.1.254 255.255.255.255\n"
	    "interface Virtual-Template1 type tunnel\n ip unnumbered Loopback1\n tunnel source Ethernet0/0\n"
	    " tunnel mode ipsec ipv4\n tunnel protection ipsec profile P1\n");
	o->child_updown(o->ctx, true, &k);
	device("va1", true);
	INTERFACE("Virtual-Access1",
	    "Virtual-Access1 is up, line protocol is up \n"
	    "  Hardware is Virtual Access interface\n"
	    "  Interface is unnumbered. Using address of Loopback1 (10.1.1.254)\n"
	    "  MTU 1476 bytes, BW 100000 Kbit/sec, DLY 50000 usec, \n"
	    "     reliability 255/255\n"
	    "  Encapsulation TUNNEL, loopback not set\n"
	    "  Tunnel vaccess, cloned from Virtual-Template1\n"
	    "  Keepalive not set\n"
	    "  Tunnel linestate evaluation up\n"
	    "  Tunnel source 192.168.1.1, destination 172.16.1.2\n"
	    "  Tunnel protocol/transport IPSEC/IP\n"
	    "  Tunnel TTL 255\n"
	    "  Tunnel transport MTU 1476 bytes\n"
	    "  Tunnel protection via IPSec (profile \"P1\")\n" IDLE);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("show tunnel");
	TCase *c = tcase_create("show tunnel");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, gre_tunnel);
	tcase_add_test(c, states);
	tcase_add_test(c, incomplete);
	tcase_add_test(c, brief);
	tcase_add_test(c, called);
	suite_add_tcase(s, c);
	return run_suite(s);
}
