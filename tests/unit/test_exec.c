/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A whole session over its socket, with a router that has no daemons: what
 * programs send to a router in order to find out what it is. Every command is
 * answered, at once, by the truth or by a refusal that they know, and none asks.
 */
#define _GNU_SOURCE
#include <check.h>
#include <ev.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include "cli/listen.h"
#include "cli/privilege.h"
#include "cli/proto.h"
#include "cli/session.h"
#include "daemon/aaa.h"
#include "daemon/debug.h"
#include "daemon/load.h"
#include "daemon/logging.h"
#include "daemon/router.h"
#include "lib/buf.h"
#include "parser/config.h"
#include "tests/unit/unit.h"

#define INVALID "% Invalid input detected at '^' marker.\n"
#define NO_DEVICE "(No such device)\n"

static char dir[] = "/tmp/test_exec.XXXXXX", sock_path[64], startup[64];
static struct router r;
static struct proto_in in;
static struct buf text;
static int fd = -1;
static bool asked, prompted, late;

static const char configuration[] =
    "version 15.4\n"
    "service timestamps debug datetime msec\nhostname R1\nip domain name example.com\n"
    "ip host r2 10.0.0.2\n"
    "interface Loopback0\n ip address 10.0.0.1 255.255.255.255\n"
    "interface GigabitEthernet0/0\n description to the provider\n ip address 192.0.2.1 255.255.255.0\n ip ospf 1 area 0\n"
    "router ospf 1\n network 10.0.0.0 0.255.255.255 area 0\n"
    "router bgp 65000\n neighbor 192.0.2.2 remote-as 65001\n"
    "ip route 0.0.0.0 0.0.0.0 192.0.2.254\n"
    "ip access-list extended VPN\n remark what is protected\n permit ip 10.0.0.0 0.255.255.255 any\n"
    "ip prefix-list LAN seq 5 permit 10.0.0.0/8\n"
    "route-map RM permit 10\n match ip address VPN\n"
    "snmp-server location here\n"
    "banner login ^Cauthorised users only^C\n"
    "ntp server 192.0.2.9\n";

static void
readable(struct ev_loop *loop, ev_io *w, int events)
{
	char chunk[65536];
	ssize_t n = read(fd, chunk, sizeof chunk);
	const char *body;
	uint8_t type;
	size_t len;

	ck_assert_int_gt(n, 0);
	proto_feed(&in, chunk, (size_t)n);
	while (proto_next(&in, &type, &body, &len) == 1) {
		if (type == MSG_OUTPUT || type == MSG_HELP_TEXT)
			buf_put(&text, body, len);
		asked |= type == MSG_ASK;
		prompted |= type == MSG_PROMPT || type == MSG_HELP_TEXT;
	}
	if (asked || prompted)
		ev_break(loop, EVBREAK_ONE);
}

static void
too_late(struct ev_loop *loop, ev_timer *w, int events)
{
	late = true;
	ev_break(loop, EVBREAK_ONE);
}

/* What a command prints, until the next prompt. */
static const char *
ask(uint8_t type, const char *line)
{
	struct buf b = {0};
	ev_timer limit;
	ev_io io;

	buf_clear(&text);
	asked = prompted = late = false;
	if (line) {
		proto_put(&b, type, line, strlen(line));
		ck_assert_int_eq(write(fd, buf_str(&b), b.n), (ssize_t)b.n);
		buf_free(&b);
	}
	ev_io_init(&io, readable, fd, EV_READ);
	ev_timer_init(&limit, too_late, 5., 0.);
	ev_io_start(r.loop, &io);
	ev_timer_start(r.loop, &limit);
	ev_run(r.loop, 0);
	ev_io_stop(r.loop, &io);
	ev_timer_stop(r.loop, &limit);
	ck_assert_msg(!late, "'%s' gives no answer", line ? line : "");
	ck_assert_msg(!asked, "'%s' asks something", line);
	return buf_str(&text);
}

static const char *
say(const char *line)
{
	return ask(MSG_LINE, line);
}

static bool
no_terminals(void *ctx, int severity, const char *line, bool console, bool monitor)
{
	return false;
}

static void
to_frr(void *ctx, enum frr_daemon daemon, const char *command, bool on)
{
}

static void
to_charon(void *ctx, bool more)
{
}

static void
setup(void)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	struct config c;

	ck_assert_ptr_nonnull(mkdtemp(dir));
	snprintf(sock_path, sizeof sock_path, "%s/cli.sock", dir);
	snprintf(startup, sizeof startup, "%s/startup-config", dir);
	r.loop = ev_default_loop(0);
	r.startup_path = startup;
	r.run_dir = dir;
	r.started = time(NULL);
	r.restart_reason = "reload";
	r.store = store_new();
	config_load_defaults(r.store, &r.matcher);
	config_init(&c, r.store, &r.matcher);
	ck_assert_int_eq(config_text(&c, configuration, strlen(configuration), NULL, NULL), 0);
	config_free(&c);
	store_commit(r.store);
	r.engine = engine_new(r.loop, r.store);
	engine_commit(r.engine);
	r.load = load_create(&r);
	r.log = logging_new(r.loop, no_terminals, NULL);
	logging_store(r.log, r.store);
	r.debug = debug_new(&(struct debug_ops){ .frr = to_frr, .charon = to_charon, .keepalives = to_charon }, NULL);
	r.aaa = aaa_new(&r);
	r.privileges = privileges_new();
	router_configured(&r);
	r.listener = listen_create(r.loop, sock_path, &session_ops, &r);
	ck_assert_ptr_nonnull(r.listener);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	strcpy(addr.sun_path, sock_path);
	ck_assert_int_eq(connect(fd, (struct sockaddr *)&addr, sizeof addr), 0);
	say(NULL);
}

static void
teardown(void)
{
	char command[128];

	close(fd);
	listen_destroy(r.listener);
	aaa_free(r.aaa);
	privileges_free(r.privileges);
	free(r.line_uses);
	load_destroy(r.load);
	engine_free(r.engine);
	logging_store(r.log, NULL);
	store_free(r.store);
	matcher_free(&r.matcher);
	debug_free(r.debug);
	logging_free(r.log);
	proto_free(&in);
	buf_free(&text);
	snprintf(command, sizeof command, "rm -rf %s", dir);
	ck_assert_int_eq(system(command), 0);
}

/* In the order in which rancid 3.13 sends them. */
static const struct {
	const char *command, *answer;
} inventory[] = {
	{ "show version", "\nSystem returned to ROM by reload\n" },
	{ "show redundancy secondary", INVALID },
	{ "show idprom backplane", INVALID },
	{ "show install active", INVALID },
	{ "show env all", "ensor" },
	{ "show rsp chassis-info", INVALID },
	{ "show gsr chassis", INVALID },
	{ "show diag chassis-info", INVALID },
	{ "show boot", "\nConfiguration register is 0x2102\n" },
	{ "show bootvar", "BOOT variable = /" },
	{ "show variables boot", INVALID },
	{ "show license udi", "\n*0        " },
	{ "show license feature", "Feature name " },
	{ "show license", "No feature of this router needs a license\n" },
	{ "show license summary", INVALID },
	{ "show activation-key", INVALID },
	{ "show flash:", "-#- --length-- -----date/time------ path\n" },
	{ "dir /all nvram:", "Directory of nvram:/\n" },
	{ "dir /all bootflash:", "%Error opening bootflash:/ (No such device)\n" },
	{ "dir /all slot0:", NO_DEVICE },
	{ "dir /all disk0:", NO_DEVICE },
	{ "dir /all slot1:", NO_DEVICE },
	{ "dir /all disk1:", NO_DEVICE },
	{ "dir /all slot2:", NO_DEVICE },
	{ "dir /all disk2:", NO_DEVICE },
	{ "dir /all harddisk:", NO_DEVICE },
	{ "dir /all harddiska:", NO_DEVICE },
	{ "dir /all harddiskb:", NO_DEVICE },
	{ "dir /all sup-bootdisk:", NO_DEVICE },
	{ "dir /all sup-bootflash:", NO_DEVICE },
	{ "dir /all sup-microcode:", NO_DEVICE },
	{ "dir /all slavenvram:", NO_DEVICE },
	{ "dir /all slavebootflash:", NO_DEVICE },
	{ "dir /all slaveslot0:", NO_DEVICE },
	{ "dir /all slavedisk0:", NO_DEVICE },
	{ "dir /all slaveslot1:", NO_DEVICE },
	{ "dir /all slavedisk1:", NO_DEVICE },
	{ "dir /all slaveslot2:", NO_DEVICE },
	{ "dir /all slavedisk2:", NO_DEVICE },
	{ "dir /all slavesup-bootflash:", NO_DEVICE },
	{ "dir /all sec-nvram:", NO_DEVICE },
	{ "dir /all sec-bootflash:", NO_DEVICE },
	{ "dir /all sec-slot0:", NO_DEVICE },
	{ "dir /all sec-disk0:", NO_DEVICE },
	{ "dir /all sec-slot1:", NO_DEVICE },
	{ "dir /all sec-disk1:", NO_DEVICE },
	{ "dir /all sec-slot2:", NO_DEVICE },
	{ "dir /all sec-disk2:", NO_DEVICE },
	{ "show controllers", "Interface GigabitEthernet0/0\nHardware is not present\n" },
	{ "show controllers cbus", INVALID },
	{ "show diagbus", INVALID },
	{ "show diag", INVALID },
	{ "show capture", INVALID },
	{ "show module switch", INVALID },
	{ "show module", INVALID },
	{ "show spe version", INVALID },
	{ "show c7200", INVALID },
	{ "show cellular 0 profile", INVALID },
	{ "show hw-programmable all", INVALID },
	{ "show inventory raw", "NAME: \"Chassis\", DESCR: \"" },
	{ "show inventory", "\nPID: " },
	{ "show vtp status", INVALID },
	{ "show dot1x", INVALID },
	{ "show vlan", INVALID },
	{ "show vlan-switch", INVALID },
	{ "show switch detail", INVALID },
	{ "show sdm prefer", INVALID },
	{ "show system mtu", INVALID },
	{ "show debug", "\n" },
	{ "show shun", INVALID },
	{ "more system:running-config", "\nhostname R1\n" },
	{ "show running-config view full", "\nend\n" },
	{ "show running-config", "Building configuration...\n\nCurrent configuration : " },
	{ "write term", "\nend\n" },
};

START_TEST(inventory_programs)
{
	ck_assert_int_eq(sizeof inventory / sizeof inventory[0], 74);
	for (size_t i = 0; i < sizeof inventory / sizeof inventory[0]; i++) {
		const char *got = say(inventory[i].command);

		ck_assert_msg(strstr(got, inventory[i].answer), "%s: expected\n%s\ngot\n%s", inventory[i].command, inventory[i].answer, got);
		/* what one of them takes for a reason to give up */
		ck_assert_msg(!strstr(got, "uthorization failed"), "%s", inventory[i].command);
	}
}
END_TEST

/* The lines of show version that are looked for by form. */
START_TEST(version)
{
	static const char *const form[] = {
		"include ^IOS .* Software, \\(confterm-linux\\), Version ",
		"include Cisco IOS Software, [^ ]+ Software \\([^)]+\\), Version [^ ]+, RELEASE ",
		"include ^Compiled [A-Z][a-z][a-z] [0-9]+-[A-Z][a-z][a-z]-[0-9]+ [0-9:]+ by ",
		"include ^ROM: ", "include ^R1 uptime is [0-9]+ minutes$", "include ^System returned to ROM by reload$",
		"include ^System restarted at ", "include ^System image file is \"/[^\"]+\"$",
		"include ^[Cc]isco confterm-[^ ]+ \\(.+\\) .*with [0-9]+K bytes of memory\\.$",
		"include ^cisco .+ \\(revision ", "include ^Processor board ID [^ ]+$",
		"include ^[0-9]+K bytes of non-volatile configuration memory\\.$", "include ^Configuration register is 0x2102$",
		"include ^1 Gigabit Ethernet interface$",
	};
	char line[200];

	/* there is no blank behind the comma of "Software, (": that is another program's form of it */
	for (size_t i = 1; i < sizeof form / sizeof form[0]; i++) {
		snprintf(line, sizeof line, "show version | %s", form[i]);
		ck_assert_msg(*say(line), "no line: %s", form[i]);
	}
	ck_assert(*say("show version | include ^IOS .* Software \\(confterm-linux\\), .*Version .+$"));
}
END_TEST

static const struct {
	const char *command, *answer;
} others[] = {
	{ "show memory statistics", "\nProcessor " },
	{ "show processes cpu", "CPU utilization for five seconds: 0%/0%; one minute: 0%; five minutes: 0%\n PID Runtime(ms) " },
	{ "show processes cpu sorted", " watcher\n" }, { "show processes", " conftermd\n" }, { "show processes memory", " Holding Process\n" },
	{ "show hosts", "Default domain is example.com\n" }, { "show hosts", "\nr2                        None  (perm, OK)  0   IP    10.0.0.2\n" },
	{ "show cdp", "% CDP is not enabled\n" }, { "show cdp neighbors detail", "% CDP is not enabled\n" },
	{ "show lldp", "% LLDP is not enabled\n" }, { "show ntp status", "%NTP is not enabled.\n" },
	{ "show arp", "Protocol  Address          Age (min)  Hardware Addr   Type   Interface\n" },
	{ "show ip arp 10.1.1.1", "Protocol  Address " }, { "show ipv6 interface", "" },
	{ "show interfaces description", "\nGi0/0                          down           down     to the provider\n" },
	{ "show interfaces gi0/0 description", "\nGi0/0 " }, { "show interfaces status", INVALID }, { "show switch virtual", INVALID },
	{ "dir", "Directory of flash:/\n" }, { "dir", " bytes total (" }, { "dir flash:/none", "%Error opening flash:/none (No such file or directory)\n" },
	{ "dir nvram:", "Directory of nvram:/\n" }, { "show file systems", "flash:" }, { "show reload", "No reload is scheduled.\n" },
	{ "show sessions", "% No connections open\n" },
};

START_TEST(other_programs)
{
	for (size_t i = 0; i < sizeof others / sizeof others[0]; i++) {
		const char *got = say(others[i].command);

		ck_assert_msg(strstr(got, others[i].answer), "%s: expected\n%s\ngot\n%s", others[i].command, others[i].answer, got);
	}
}
END_TEST

/* Every name of show ip interface stands in show interfaces: who joins them must find it. */
START_TEST(same_names)
{
	char *names = strdup(say("show ip interface | include ^[A-Z]")), *save = NULL;
	const char *all = say("show interfaces | include ^[A-Z]");
	int n = 0;

	for (char *line = strtok_r(names, "\n", &save); line; line = strtok_r(NULL, "\n", &save), n++) {
		char *head = strndup(line, strcspn(line, " ") + 1);

		ck_assert_msg(strstr(all, head), "%s is not in\n%s", head, all);
		free(head);
	}
	ck_assert_int_eq(n, 2);
	free(names);
}
END_TEST

static const struct {
	const char *filter, *answer;	/* exactly; of the running configuration */
} filters[] = {
	{ "section ^interface", "interface Loopback0\n ip address 10.0.0.1 255.255.255.255\ninterface GigabitEthernet0/0\n"
	    " description to the provider\n ip address 192.0.2.1 255.255.255.0\n ip ospf 1 area 0\n" },
	{ "section ^router bgp", "router bgp 65000\n neighbor 192.0.2.2 remote-as 65001\n" },
	{ "section ^router ospf", "router ospf 1\n network 10.0.0.0 0.255.255.255 area 0\n" },
	{ "section ^ip prefix-list|^ipv6 prefix-list", "ip prefix-list LAN seq 5 permit 10.0.0.0/8\n" },
	{ "section ^route-map", "route-map RM permit 10\n match ip address VPN\n" },
	{ "section ^snmp-server", "snmp-server location here\n" },
	{ "section ^ntp", "ntp server 192.0.2.9\n" },
	{ "section ^hostname", "hostname R1\n" },
	{ "include ^ip route .+ |^ipv6 route .+", "ip route 0.0.0.0 0.0.0.0 192.0.2.254\n" },
	{ "include ip(v6)* access-list|remark", "ip access-list extended VPN\n remark what is protected\n" },
};

START_TEST(filtered)
{
	char line[160];

	for (size_t i = 0; i < sizeof filters / sizeof filters[0]; i++) {
		snprintf(line, sizeof line, "show running-config | %s", filters[i].filter);
		ck_assert_str_eq(say(line), filters[i].answer);
	}
	ck_assert(strstr(say("show running-config all | section ^service "), "service timestamps debug datetime msec\n"));
	ck_assert_int_eq(strncmp(say("show running-config | begin banner login"), "banner login ^Cauthorised users only^C\n", 39), 0);
	ck_assert(strstr(say("show access-list"), "Extended IP access list VPN\n"));
}
END_TEST

/* show configuration status of a line that is abbreviated as one types it. */
START_TEST(status_of_a_line)
{
	static const struct {
		const char *line;
		unsigned applied;
	} asked_for[] = {
		{ "interface GigabitEthernet0/0", 3 }, { "int gi0/0", 3 }, { "INT g 0/0", 3 }, { "int", 5 }, { "interface GigabitEthernet0/1", 0 },
		{ "int gi0", 0 }, { "inter lo0", 2 }, { "ip pref L", 1 }, { "router bgp 65000 more", 0 }, { "router x", 0 },
	};
	char line[128], want[64];

	for (size_t i = 0; i < sizeof asked_for / sizeof asked_for[0]; i++) {
		snprintf(line, sizeof line, "show configuration status %s", asked_for[i].line);
		snprintf(want, sizeof want, "\n%u lines applied, ", asked_for[i].applied);
		ck_assert_msg(strstr(say(line), want), "%s: %s", line, buf_str(&text));
	}
}
END_TEST

/* `show startup-config` is the running one but for its head line, after a change, too. */
START_TEST(startup_is_running)
{
	const char *got, *body;
	char *running;

	say("configure terminal");
	say("interface Loopback0");
	say("description changed");
	say("end");
	say("write memory");
	got = say("show running-config");
	ck_assert_int_eq(strncmp(got, "Building configuration...\n\nCurrent configuration : ", 51), 0);
	ck_assert_msg(strlen(got) > 6 && strcmp(got + strlen(got) - 6, "\nend\n\n") == 0, "the last line is no `end`: %s", got);
	body = strchr(strstr(got, "Current configuration"), '\n');
	running = strdup(body);
	got = say("show startup-config");
	ck_assert_int_eq(strncmp(got, "Using ", 6), 0);
	ck_assert_str_eq(strchr(got, '\n'), running);
	free(running);
}
END_TEST

static void
put(const char *name, const char *content)
{
	char path[128];
	FILE *f;

	snprintf(path, sizeof path, "%s/flash", dir);
	mkdir(path, 0700);
	snprintf(path, sizeof path, "%s/flash/%s", dir, name);
	f = fopen(path, "w");
	ck_assert_ptr_nonnull(f);
	fputs(content, f);
	fclose(f);
}

/* What a merge would change: lines that are new, or take something away, with what they stand in. */
START_TEST(incremental)
{
	put("merge", "! a file\ninterface GigabitEthernet0/0\n ip address 192.0.2.1 255.255.255.0\n ip mtu 1400\nno ip host r2\n"
	    "router ospf 1\n network 10.0.0.0 0.255.255.255 area 0\nip route 9.0.0.0 255.0.0.0 192.0.2.254\nend\nhostname no\n");
	ck_assert_str_eq(say("show archive config incremental-diffs flash:merge ignorecase"), "!List of Commands:\n"
	    "interface GigabitEthernet0/0\n ip mtu 1400\nno ip host r2\nip route 9.0.0.0 255.0.0.0 192.0.2.254\nend\n");
	put("same", "hostname R1\n");
	ck_assert_str_eq(say("show archive config incremental-diffs flash:same"), "!List of Commands:\n!No changes were found\nend\n");
	ck_assert(strstr(say("show running-config | include ^hostname"), "hostname R1\n"));
}
END_TEST

/* `file prompt quiet`: copies are made and files deleted without a question. */
START_TEST(quiet)
{
	put("merge", "hostname R2\n");
	say("configure terminal");
	say("file prompt quiet");
	say("end");
	ck_assert_str_eq(say("copy flash:merge running-config"), "12 bytes copied\n");
	ck_assert_str_eq(say("show running-config | include ^hostname"), "hostname R2\n");
	ck_assert(strstr(say("dir flash:/merge"), "  merge\n"));
	ck_assert_str_eq(say("delete flash:merge"), "");
	ck_assert(strstr(say("dir flash:/merge"), "No such file"));
	say("copy running-config flash:before");
	say("configure terminal");
	say("hostname R3");
	say("end");
	ck_assert(strstr(say("configure replace flash:before force revert trigger error timer 5"), "Rollback Done\n"));
	ck_assert_str_eq(say("show running-config | include ^hostname"), "hostname R2\n");
	ck_assert_str_eq(say("configure confirm"), "");
}
END_TEST

/* One program types `show running-config ?` and looks for `all` at the head of a line. */
START_TEST(help)
{
	const char *got = ask(MSG_HELP, "show running-config ");

	ck_assert_msg(strstr(got, "  all "), "%s", got);
}
END_TEST

/* What everybody types, although two commands begin so; `?` and Tab do not show it. */
START_TEST(debugging)
{
	static const char *const lines[][2] = {
		{ "show debugging", "\n" },
		{ "debug crypto isakmp", "Crypto ISAKMP debugging is on\n" },
		{ "debug ip ospf adj", "OSPF adjacency debugging is on\n" },
		{ "debug crypto ipsec", "Crypto IPSEC debugging is on\n" },
		{ "debug ip ospf lsa-generation", "OSPF lsa-generation debugging is on\n" },
		{ "debug ip ospf packet", "OSPF packet debugging is on\n" },
		{ "debug ip bgp", "BGP debugging is on for address family: IPv4 Unicast\n" },
		{ "debug ip bgp updates", "BGP updates debugging is on\n" },
		{ "sh deb", "Cryptographic Subsystem:\n  Crypto IPSEC debugging is on\n  Crypto ISAKMP debugging is on\n\n"
		    "OSPF:\n  OSPF adjacency debugging is on\n  OSPF lsa-generation debugging is on\n  OSPF packet debugging is on\n\n"
		    "IP routing:\n  BGP debugging is on for address family: IPv4 Unicast\n  BGP updates debugging is on\n\n" },
		{ "undebug crypto ipsec", "Crypto IPSEC debugging is off\n" },
		{ "no debug ip ospf packet", "OSPF packet debugging is off\n" },
		{ "no debug ip bgp", "BGP debugging is off for address family: IPv4 Unicast\n" },
		{ "no debug ip bgp updates", "BGP updates debugging is off\n" },
		{ "un cry ikev2", "IKEV2 default debugging is off\n" },
		{ "show debugging", "Cryptographic Subsystem:\n  Crypto ISAKMP debugging is on\n\n"
		    "OSPF:\n  OSPF adjacency debugging is on\n  OSPF lsa-generation debugging is on\n\n" },
		{ "debug tunnel keepalive", "Tunnel keepalive debugging is on\n" },
		{ "u all", "All possible debugging has been turned off\n" },
		{ "show debugging", "\n" },
	};

	for (size_t i = 0; i < sizeof lines / sizeof lines[0]; i++)
		ck_assert_str_eq(say(lines[i][0]), lines[i][1]);
}
END_TEST

START_TEST(unlisted)
{
	ck_assert(strstr(say("sh log"), "Syslog logging: "));
	ck_assert(!strstr(say("show login"), "Syslog logging: "));
	ck_assert_str_eq(ask(MSG_HELP, "show log"), "logging  login\n\n");
	ck_assert(!strstr(ask(MSG_HELP, "show "), "  log "));
	ck_assert_str_eq(say("show lo"), "% Ambiguous command:  \"show lo\"\n\n");
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("exec");
	TCase *t = tcase_create("exec");

	tcase_set_timeout(t, 60);
	tcase_add_checked_fixture(t, setup, teardown);
	tcase_add_test(t, inventory_programs);
	tcase_add_test(t, version);
	tcase_add_test(t, other_programs);
	tcase_add_test(t, same_names);
	tcase_add_test(t, filtered);
	tcase_add_test(t, status_of_a_line);
	tcase_add_test(t, startup_is_running);
	tcase_add_test(t, incremental);
	tcase_add_test(t, quiet);
	tcase_add_test(t, help);
	tcase_add_test(t, debugging);
	tcase_add_test(t, unlisted);
	suite_add_tcase(s, t);
	return run_suite(s);
}
