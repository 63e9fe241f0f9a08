/* SPDX-License-Identifier: BSD-2-Clause */
/* Debugging: which lines of charon and FRR belong to which option, and what their daemons are told. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "backends/gre/keepalive.h"
#include "daemon/debug.h"
#include "lib/buf.h"
#include "lib/log.h"
#include "tests/unit/unit.h"

static struct buf told, said;

static void
on_charon(void *ctx, bool more)
{
	buf_printf(&told, "charon %s\n", more ? "more" : "less");
}

static void
on_frr(void *ctx, enum frr_daemon daemon, const char *command, bool on)
{
	buf_printf(&told, "%s: %s%s\n", frr_daemon_name(daemon), on ? "" : "no ", command);
}

static void
on_keepalives(void *ctx, bool on)
{
	buf_printf(&told, "keepalives %s\n", on ? "on" : "off");
}

static uint32_t
conn_id(void *ctx, uint32_t unique_id)
{
	return unique_id == 7 ? 1003 : 0;
}

static void
sink(void *ctx, int severity, const char *line)
{
	ck_assert_int_eq(severity, 7);
	buf_printf(&said, "%s\n", line);
}

static struct debug *
start(void)
{
	log_set_sink(sink, NULL);
	return debug_new(&(struct debug_ops){ on_charon, on_frr, on_keepalives, conn_id }, NULL);
}

static void
finish(struct debug *d)
{
	log_set_sink(NULL, NULL);
	debug_free(d);
	buf_free(&told);
	buf_free(&said);
}

#define TOLD(text) do { ck_assert_str_eq(buf_str(&told), text); buf_clear(&told); } while (0)
#define SAID(text) do { ck_assert_str_eq(buf_str(&said), text); buf_clear(&said); } while (0)

START_TEST(switching)
{
	struct debug *d = start();

	debug_set(d, DEBUG_CRYPTO_ISAKMP, true);
	debug_set(d, DEBUG_CRYPTO_IPSEC, true);
	debug_set(d, DEBUG_CRYPTO_IPSEC, true);
	TOLD("charon more\n");
	debug_set(d, DEBUG_CRYPTO_ISAKMP, false);
	TOLD("");
	debug_set(d, DEBUG_CRYPTO_IPSEC, false);
	debug_set(d, DEBUG_CRYPTO_IPSEC, false);
	TOLD("charon less\n");

	debug_set(d, DEBUG_OSPF_ADJ, true);
	TOLD("ospfd: debug ospf nsm\nospfd: debug ospf ism\n");
	/* two options want the same of bgpd */
	debug_set(d, DEBUG_BGP, true);
	debug_set(d, DEBUG_BGP_EVENTS, true);
	TOLD("bgpd: debug bgp neighbor-events\nbgpd: debug bgp neighbor-events\nbgpd: debug bgp nht\n");
	debug_set(d, DEBUG_BGP_EVENTS, false);
	TOLD("bgpd: debug bgp neighbor-events\nbgpd: no debug bgp nht\n");
	ck_assert(debug_is_on(d, DEBUG_BGP) && debug_is_on(d, DEBUG_OSPF_ADJ) && !debug_is_on(d, DEBUG_BGP_EVENTS));
	debug_clear(d);
	TOLD("ospfd: no debug ospf nsm\nospfd: no debug ospf ism\nbgpd: no debug bgp neighbor-events\n");
	for (int o = 0; o < DEBUG_NOPTION; o++) {
		ck_assert(!debug_is_on(d, (enum debug_option)o));
		ck_assert_ptr_nonnull(strstr(debug_text((enum debug_option)o), " is %s"));
		ck_assert_ptr_nonnull(debug_heading((enum debug_option)o));
	}
	finish(d);
}
END_TEST

/* As charon 5.9.8 writes them. */
static const char *const charon[] = {
	"Nov 22 20:01:02.003 05[CFG] added vici connection: 10.0.0.1-10.0.0.2",
	"Nov 22 20:01:02.003 05[IKE] <10.0.0.1-10.0.0.2|7> initiating Main Mode IKE_SA 10.0.0.1-10.0.0.2[7] to 10.0.0.2",
	"Nov 22 20:01:02.003 05[NET] <10.0.0.1-10.0.0.2|7> sending packet: from 10.0.0.1[500] to 10.0.0.2[500] (180 bytes)",
	"Nov 22 20:01:02.003 05[CFG] <10.0.0.1-10.0.0.2|7> received proposals: ESP:AES_CBC_128/HMAC_SHA1_96/NO_EXT_SEQ",
	"Nov 22 20:01:02.003 05[CFG] <10.0.0.1-10.0.0.2|7> proposing traffic selectors for us:",
	"Nov 22 20:01:02.003 05[CFG] <10.0.0.1-10.0.0.2|7>  10.1.0.0/16",
	"Nov 22 20:01:02.003 05[CHD] <10.0.0.1-10.0.0.2|7> adding inbound ESP SA",
	"Nov 22 20:01:02.003 05[KNL] <10.0.0.1-10.0.0.2|7> adding SAD entry with SPI c1 and reqid {1}",
	"Nov 22 20:01:02.003 05[NET] <8> received packet: from 10.0.0.3[500] to 10.0.0.1[500] (464 bytes)",
	"Nov 22 20:01:02.003 05[ENC] <8> parsed IKE_SA_INIT request 0 [ SA KE No ]",
	"Nov 22 20:01:02.003 05[IKE] <8> 10.0.0.3 is initiating an IKE_SA",
	"Nov 22 20:01:02.003 05[IKE] <10.0.0.1-any-ikev2-P|8> authentication of 'x' with pre-shared key successful",
	"Nov 22 20:01:02.003 05[IKE] <8> remote host is behind NAT",
	"Nov 22 20:01:02.003 05[IKE] <",
	"Nov 22 20:01:02.003 05[IKE] <a|",
	"05[IKE",
	"05[E",
	"x[AB",
	"",
};

static void
all_of_charon(struct debug *d)
{
	for (size_t i = 0; i < sizeof charon / sizeof charon[0]; i++)
		debug_charon_line(d, charon[i]);
}

START_TEST(crypto)
{
	struct debug *d = start();

	all_of_charon(d);
	SAID("");
	debug_set(d, DEBUG_CRYPTO_ISAKMP, true);
	all_of_charon(d);
	SAID("ISAKMP:(1003):initiating Main Mode IKE_SA 10.0.0.1-10.0.0.2[7] to 10.0.0.2\n"
	    "ISAKMP:(1003):sending packet: from 10.0.0.1[500] to 10.0.0.2[500] (180 bytes)\n"
	    "ISAKMP:(1003):received proposals: ESP:AES_CBC_128/HMAC_SHA1_96/NO_EXT_SEQ\n"
	    "ISAKMP:(1003):proposing traffic selectors for us:\nISAKMP:(1003): 10.1.0.0/16\n"
	    /* (the first packet of an SA may be of either version) */
	    "ISAKMP:(0):received packet: from 10.0.0.3[500] to 10.0.0.1[500] (464 bytes)\n");
	debug_set(d, DEBUG_CRYPTO_IPSEC, true);
	debug_set(d, DEBUG_CRYPTO_ISAKMP, false);
	all_of_charon(d);
	SAID("IPSEC:(1003):received proposals: ESP:AES_CBC_128/HMAC_SHA1_96/NO_EXT_SEQ\n"
	    "IPSEC:(1003):proposing traffic selectors for us:\nIPSEC:(1003): 10.1.0.0/16\n"
	    "IPSEC:(1003):adding inbound ESP SA\n");
	debug_clear(d);
	debug_set(d, DEBUG_CRYPTO_IKEV2, true);
	all_of_charon(d);
	SAID("IKEv2:(SA ID = 0):received packet: from 10.0.0.3[500] to 10.0.0.1[500] (464 bytes)\n"
	    "IKEv2:(SA ID = 0):parsed IKE_SA_INIT request 0 [ SA KE No ]\n"
	    "IKEv2:(SA ID = 0):10.0.0.3 is initiating an IKE_SA\n"
	    "IKEv2:(SA ID = 0):authentication of 'x' with pre-shared key successful\n"
	    "IKEv2:(SA ID = 0):remote host is behind NAT\n");
	debug_clear(d);
	debug_set(d, DEBUG_CRYPTO_ENGINE, true);
	all_of_charon(d);
	SAID("CRYPTO_ENGINE:(1003):adding SAD entry with SPI c1 and reqid {1}\n");

	/* names of profiles that look like something else */
	debug_set(d, DEBUG_CRYPTO_ISAKMP, true);
	debug_charon_line(d, "05[IKE] <10.0.0.1-any-isakmp-a|b>-ikev2-x|7> one");
	debug_charon_line(d, "05[IKE] <10.0.0.1-any-ikev2-a-isakmp-b|9> two");
	debug_charon_line(d, "05[IKE] <10.0.0.1-any-isakmp-a> three");
	SAID("ISAKMP:(1003):one\n");
	/* SA 9 of another charon, of which nothing is known yet */
	debug_charon_line(d, "05[NET] <9> received packet");
	SAID("");
	debug_charon_gone(d);
	debug_charon_line(d, "05[NET] <9> received packet");
	SAID("ISAKMP:(0):received packet\n");
	finish(d);
}
END_TEST

START_TEST(routing)
{
	static const char nsm[] = "2026/11/22 03:01:53 OSPF: [MW9QH-2J5GF][EC 5] NSM[gi0-1:10.0.0.2:default]: va2 and tu-x, 2-Way lo1";
	struct debug *d = start();

	debug_frr_line(d, FRR_OSPFD, nsm);
	debug_set(d, DEBUG_BGP, true);
	debug_frr_line(d, FRR_OSPFD, nsm);
	SAID("");
	debug_frr_line(d, FRR_BGPD, "2026/11/22 03:01:53 BGP: [HZN6M-XRM1G] 10.0.0.2 fd 23 went from Idle to Active");
	SAID("BGP: 10.0.0.2 fd 23 went from Idle to Active\n");
	debug_set(d, DEBUG_OSPF_EVENTS, true);
	debug_frr_line(d, FRR_OSPFD, nsm);
	SAID("OSPF: NSM[GigabitEthernet0/1:10.0.0.2:default]: Virtual-Access2 and tu-x, 2-Way Loopback1\n");
	debug_frr_line(d, FRR_OSPFD, "2026/11/22 03:01:53 OSPF: [MW9QH");
	SAID("OSPF: [MW9QH\n");
	/* another daemon's; the second half of what a peer has in its name */
	debug_frr_line(d, FRR_OSPFD, "2026/11/22 03:01:53 BGP: [HZN6M-XRM1G] x");
	debug_frr_line(d, FRR_OSPFD, "OSPF: [HZN6M-XRM1G] x");
	debug_frr_line(d, FRR_OSPFD, "");
	SAID("");
	finish(d);
}
END_TEST

START_TEST(keepalives)
{
	struct gre_packet p = { .dev = "tu0", .src = 0x0a000002, .dst = 0x0a000001, .length = 36, .ttl = 255, .missed = 2 };
	struct debug *d = start();

	debug_keepalive(d, &p);
	debug_set(d, DEBUG_OSPF_ADJ, true);
	buf_clear(&told);
	debug_keepalive(d, &p);
	SAID("");
	debug_set(d, DEBUG_TUNNEL_KEEPALIVE, true);
	TOLD("keepalives on\n");
	debug_keepalive(d, &p);
	p.received = true;
	p.ttl = 253;
	debug_keepalive(d, &p);
	SAID("Tunnel0: sending keepalive, 10.0.0.2->10.0.0.1 (len=36 ttl=255), counter=2\n"
	    "Tunnel0: keepalive received, 10.0.0.2->10.0.0.1 (len=36 ttl=253), resetting counter\n");
	debug_clear(d);
	TOLD("ospfd: no debug ospf nsm\nospfd: no debug ospf ism\nkeepalives off\n");
	finish(d);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("debug");
	TCase *t = tcase_create("debug");

	tcase_add_test(t, switching);
	tcase_add_test(t, crypto);
	tcase_add_test(t, routing);
	tcase_add_test(t, keepalives);
	suite_add_tcase(s, t);
	return run_suite(s);
}
