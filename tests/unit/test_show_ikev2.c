/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show crypto ikev2 ..., profiles, dynamic maps and peers over a real store,
 * engine and tunnels, with SAs made up here. The session and the kernel are
 * stand-ins, as in test_show_crypto.c.
 */
#define _GNU_SOURCE
#include <check.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backends/netlink/netlink.h"
#include "cli/exec.h"
#include "daemon/router.h"
#include "lib/buf.h"
#include "lib/ip4.h"
#include "parser/config.h"
#include "tests/unit/unit.h"

exec_fn show_crypto_ikev2_sa, show_crypto_ikev2_session, show_crypto_ikev2_stats, show_crypto_ikev2_proposal,
    show_crypto_ikev2_policy, show_crypto_ikev2_profile, show_crypto_ipsec_profile, show_crypto_dynamic_map,
    show_crypto_isakmp_profile, show_crypto_isakmp_peers, show_crypto_ipsec_transform_set, show_crypto_ipsec_default_set,
    show_crypto_isakmp_sa, show_crypto_map;

/* --- stand-ins --- */

struct session {
	struct router r;
	struct buf text;
	const struct sa_ike *sas;
	size_t nsas;
};
static struct session S;
static struct matcher matcher;

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

const struct sa_ike *
session_sas(struct session *s, size_t *n)
{
	*n = s->nsas;
	return s->sas;
}

void
session_busy(struct session *s, void (*cancel)(void *), void (*gone)(void *), void *arg)
{
}

void
session_done(struct session *s)
{
}

int
netlink_each_sa(struct netlink *nl, void (*each)(void *, const struct nl_sa *), void *arg)
{
	return 0;
}

int
netlink_each_link(struct netlink *nl, void (*each)(void *, const struct nl_link *), void *arg)
{
	return 0;
}

int
netlink_each_address(struct netlink *nl, void (*each)(void *, const struct nl_address *), void *arg)
{
	return 0;
}

int
netlink_route_get(struct netlink *nl, uint32_t dst, struct nl_path *path)
{
	return -1;
}

static void
setup(void)
{
	memset(&S, 0, sizeof S);
	matcher = (struct matcher){0};
	S.r.store = store_new();
	config_load_defaults(S.r.store, &matcher);
	S.r.engine = engine_new(NULL, S.r.store);
	S.r.tunnels = engine_tunnels(S.r.engine);
}

static void
teardown(void)
{
	/* whatever was shown last, no key was in it */
	ck_assert_ptr_null(strstr(buf_str(&S.text), "secret"));
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
	ck_assert_ptr_null(strstr(buf_str(&S.text), "secret")); \
	buf_clear(&S.text); \
	fn(&S, &(struct cfg_##fn){ __VA_ARGS__ }); \
	same(__LINE__, buf_str(&S.text), want); \
} while (0)

#define R2 \
	"crypto ikev2 proposal P1\n encryption aes-cbc-256 aes-gcm-128\n integrity sha512 sha1\n group 16 24 19\n" \
	"crypto ikev2 policy POL\n match fvrf any\n match address local 23.1.1.2\n proposal P1\n proposal P9\n" \
	"crypto ikev2 keyring KR\n peer R3\n  address 23.1.1.3\n  pre-shared-key local secret1\n  pre-shared-key remote secret2\n" \
	"crypto ikev2 profile PROF\n match identity remote address 23.1.1.3 255.255.255.255\n match identity remote fqdn domain example.net\n" \
	" identity local address 23.1.1.2\n authentication remote pre-share\n authentication local pre-share\n keyring local KR\n" \
	" lifetime 28800\n dpd 30 5 periodic\n"

/* --- configuration --- */

#define DEFAULT_PROPOSAL \
	" IKEv2 proposal: default \n" \
	"     Encryption : AES-CBC-256 AES-CBC-192 AES-CBC-128\n" \
	"     Integrity  : SHA512 SHA384 SHA256 SHA96 MD596\n" \
	"     PRF        : SHA512 SHA384 SHA256 SHA1 MD5\n" \
	"     DH Group   : DH_GROUP_1536_MODP/Group 5 DH_GROUP_1024_MODP/Group 2\n"
#define DEFAULT_POLICY \
	" IKEv2 policy : default\n      Match fvrf  : any\n      Match address local : any\n      Proposal    : default \n"

START_TEST(proposals)
{
	SHOW(show_crypto_ikev2_proposal, DEFAULT_PROPOSAL, 0);
	SHOW(show_crypto_ikev2_policy, DEFAULT_POLICY, 0);
	configure(R2);
#define P1 \
	" IKEv2 proposal: P1 \n" \
	"     Encryption : AES-CBC-256 AES-GCM-128\n" \
	"     Integrity  : SHA512 SHA96\n" \
	"     PRF        : SHA512 SHA1\n" \
	"     DH Group   : DH_GROUP_4096_MODP/Group 16 DH_GROUP_2048_256_MODP/Group 24 DH_GROUP_256_ECP/Group 19\n"
	SHOW(show_crypto_ikev2_proposal, P1 DEFAULT_PROPOSAL, 0);
	SHOW(show_crypto_ikev2_proposal, P1, .has = HAS_SHOW_CRYPTO_IKEV2_PROPOSAL_NAME, .name = "P1");
	SHOW(show_crypto_ikev2_proposal, DEFAULT_PROPOSAL, .has = HAS_SHOW_CRYPTO_IKEV2_PROPOSAL_NAME, .name = "default");
	SHOW(show_crypto_ikev2_proposal, "", .has = HAS_SHOW_CRYPTO_IKEV2_PROPOSAL_NAME, .name = "P2");
	SHOW(show_crypto_ikev2_policy,
	    " IKEv2 policy : POL\n      Match fvrf  : any\n      Match address local : 23.1.1.2\n"
	    "      Proposal    : P1\n      Proposal    : P9 (not defined)\n" DEFAULT_POLICY, 0);
	/* a PRF of its own, an empty one, a default of one's own */
	configure("crypto ikev2 proposal default\n prf md5\n");
	SHOW(show_crypto_ikev2_proposal,
	    " IKEv2 proposal: default \n     Encryption : none\n     Integrity  : none\n     PRF        : MD5\n     DH Group   : none\n",
	    .has = HAS_SHOW_CRYPTO_IKEV2_PROPOSAL_NAME, .name = "default");
}
END_TEST

START_TEST(profiles)
{
	SHOW(show_crypto_ikev2_profile, "", 0);
	configure(R2 "crypto ikev2 profile EMPTY\n virtual-template 7\n match identity remote any\n");
	SHOW(show_crypto_ikev2_profile,
	    "IKEv2 profile: PROF\n"
	    " Match criteria: \n"
	    "  Fvrf: global \n"
	    "  Local address/interface: none\n"
	    "  Identities: \n"
	    "   address 23.1.1.3 255.255.255.255\n"
	    "   fqdn domain example.net\n"
	    "  Certificate maps: none\n"
	    " Local identity: 23.1.1.2\n"
	    " Remote identity: none\n"
	    " Local authentication method: pre-share\n"
	    " Remote authentication method(s): pre-share\n"
	    " EAP options: none\n"
	    " Keyring: KR\n"
	    " Trustpoint(s): none\n"
	    " Lifetime: 28800 seconds\n"
	    " DPD: interval 30, retry-interval 5, periodic\n"
	    " NAT-keepalive: disabled\n"
	    " Ivrf: none\n"
	    " Virtual-template: none\n"
	    " mode auto: none\n"
	    "\n"
	    "IKEv2 profile: EMPTY\n"
	    " Match criteria: \n"
	    "  Fvrf: global \n"
	    "  Local address/interface: none\n"
	    "  Identities: \n"
	    "   any\n"
	    "  Certificate maps: none\n"
	    " Local identity: none\n"
	    " Remote identity: none\n"
	    " Local authentication method: none\n"
	    " Remote authentication method(s): none\n"
	    " EAP options: none\n"
	    " Keyring: none\n"
	    " Trustpoint(s): none\n"
	    " Lifetime: 86400 seconds\n"
	    " DPD: disabled\n"
	    " NAT-keepalive: disabled\n"
	    " Ivrf: none\n"
	    " Virtual-template: 7\n"
	    " mode auto: none\n", 0);
}
END_TEST

#define DEFAULT_IPSEC_PROFILE \
	"IPSEC profile default\n\tSecurity association lifetime: 4608000 kilobytes/3600 seconds\n\tResponder-Only (Y/N): N\n" \
	"\tPFS (Y/N): N\n\tMixed-mode : Disabled\n\tTransform sets={ \n\t\tdefault:  { esp-aes esp-sha-hmac  } , \n\t}\n\n"

START_TEST(ipsec_profiles)
{
	SHOW(show_crypto_ipsec_profile, DEFAULT_IPSEC_PROFILE, 0);
	configure("crypto ipsec transform-set T esp-aes 256 esp-sha512-hmac\n"
	    "crypto ipsec profile P1\n set transform-set T\n set pfs group14\n set ikev2-profile PROF\n responder-only\n"
	    " set security-association lifetime seconds 1800\n set security-association lifetime kilobytes disable\n");
	SHOW(show_crypto_ipsec_profile,
	    "IPSEC profile P1\n\tIKEv2 Profile: PROF (not defined)\n\tSecurity association lifetime: KB Vol Rekey Disabled/1800 seconds\n"
	    "\tResponder-Only (Y/N): Y\n\tPFS (Y/N): Y\n\tDH group:  group14\n\tMixed-mode : Disabled\n"
	    "\tTransform sets={ \n\t\tT:  { esp-256-aes esp-sha512-hmac  } , \n\t}\n\n" DEFAULT_IPSEC_PROFILE, 0);
	SHOW(show_crypto_ipsec_profile, DEFAULT_IPSEC_PROFILE, .has = HAS_SHOW_CRYPTO_IPSEC_PROFILE_NAME, .name = "default");
	/* the built-in transform set */
	SHOW(show_crypto_ipsec_transform_set,
	    "Transform set default: { esp-aes esp-sha-hmac  } \n   will negotiate = { Transport,  }, \n\n"
	    "Transform set T: { esp-256-aes esp-sha512-hmac  } \n   will negotiate = { Tunnel,  }, \n\n", 0);
	configure("no crypto ipsec default transform-set\n");
	SHOW(show_crypto_ipsec_default_set, "", 0);
}
END_TEST

START_TEST(dynamic_maps)
{
	SHOW(show_crypto_dynamic_map, "No crypto map templates found.\n", 0);
	configure("crypto ipsec transform-set T esp-3des esp-md5-hmac\ncrypto dynamic-map DYN 10\n set transform-set T\n reverse-route\n"
	    "crypto ipsec profile P1\n set transform-set T\n"
	    "crypto dynamic-map DYN 20\n match address VPN\n set profile P1\ncrypto dynamic-map OTHER 1\n"
	    "ip access-list extended VPN\n permit ip 10.1.0.0 0.0.255.255 any\n");
#define BODY "\tSecurity association lifetime: 4608000 kilobytes/3600 seconds\n\tResponder-Only (Y/N): N\n\tPFS (Y/N): N\n\tMixed-mode : Disabled\n"
	SHOW(show_crypto_dynamic_map,
	    "Crypto Map Template\"DYN\" 10\n\tNo matching address list set.\n" BODY
	    "\tTransform sets={ \n\t\tT:  { esp-3des esp-md5-hmac  } , \n\t}\n\tReverse Route Injection Enabled\n\n"
	    "Crypto Map Template\"DYN\" 20\n\tExtended IP access list VPN\n"
	    "\t    access-list VPN permit ip 10.1.0.0 0.0.255.255 any\n\tIPSec Profile: P1\n" BODY "\tTransform sets={ \n\t}\n\n",
	    .has = HAS_SHOW_CRYPTO_DYNAMIC_MAP_NAME, .name = "DYN");
}
END_TEST

START_TEST(isakmp_profiles)
{
	configure("crypto keyring KR\n pre-shared-key address 0.0.0.0 0.0.0.0 key secret3\n"
	    "crypto isakmp profile DVTI\n keyring KR\n match identity address 0.0.0.0\n match identity host domain example.net\n virtual-template 1\n"
	    "crypto isakmp profile Q\n keyring KR\n keyring default\n self-identity fqdn\n match identity address 10.9.9.9 255.255.255.255\n");
	SHOW(show_crypto_isakmp_profile,
	    "IKEv1 PROFILE DVTI\n   Identities matched are:\n    ip-address 0.0.0.0 0.0.0.0\n    fqdn domain example.net\n"
	    "   Certificate maps matched are:\n   Identity presented is: ip-address\n   keyring(s): KR\n   trustpoint(s): <all>\n"
	    "   virtual-template: 1\n"
	    "\nIKEv1 PROFILE Q\n   Identities matched are:\n    ip-address 10.9.9.9 255.255.255.255\n   Certificate maps matched are:\n   Identity presented is: fqdn\n"
	    "   keyring(s): KR default\n   trustpoint(s): <all>\n", 0);
}
END_TEST

/* --- SAs --- */

#define IP(a, b, c, d) ((uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d))

static struct sa_child kid = { .name = "c", .unique_id = 7, .reqid = 1, .state = "INSTALLED", .spi_in = 0x9E5B9E1A, .spi_out = 0x5A63F0B4,
	.encr = "AES_CBC", .encr_bits = 256, .integ = "HMAC_SHA2_512_256", .mode = IPSEC_TRANSPORT,
	.ts = { .src = { IP(10, 1, 1, 0), 24 }, .dst = { IP(10, 2, 2, 2), 32 }, .proto = 47 } };

static struct sa_ike
sa(uint32_t id, int version, const char *state)
{
	struct sa_ike k = { .conn = "23.1.1.2-23.1.1.3-ikev2-PROF", .unique_id = id, .version = version, .initiator = true,
		.local = IP(23, 1, 1, 2), .remote = IP(23, 1, 1, 3), .local_port = 500, .remote_port = 500, .local_id = "23.1.1.2",
		.remote_id = "r3.example.net", .spi_i = 0x1F7B9F6D1D5C7C1Cull, .spi_r = 0x5E3C12A0B2F5A8CAull, .encr = "AES_CBC",
		.encr_bits = 256, .integ = "HMAC_SHA2_512_256", .prf = "PRF_HMAC_SHA2_512", .dh = "MODP_4096", .established = 60,
		.rekey_in = 28000, .children = &kid, .nchild = 1 };

	snprintf(k.state, sizeof k.state, "%s", state);
	return k;
}

#define HEAD "Tunnel-id Local                 Remote                fvrf/ivrf            Status \n"
#define READY \
	"1         23.1.1.2/500          23.1.1.3/500          none/none            READY  \n" \
	"      Encr: AES-CBC, keysize: 256, PRF: SHA512, Hash: SHA512, DH Grp:16, Auth sign: PSK, Auth verify: PSK\n" \
	"      Life/Active Time: 28800/60 sec\n"
#define DETAILS \
	"      CE id: 1001, Session-id: 1\n" \
	"      Status Description: Negotiation done\n" \
	"      Local spi: 1F7B9F6D1D5C7C1C       Remote spi: 5E3C12A0B2F5A8CA\n" \
	"      Local id: 23.1.1.2\n" \
	"      Remote id: r3.example.net\n" \
	"      DPD configured for 30 seconds, retry 5\n" \
	"      Extended Authentication not configured.\n" \
	"      NAT-T is not detected  \n" \
	"      Initiator of SA : Yes\n"

START_TEST(sas)
{
	struct sa_ike k[3];

	SHOW(show_crypto_ikev2_sa, " IPv4 Crypto IKEv2  SA \n\n IPv6 Crypto IKEv2  SA \n\n", 0);
	configure(R2);
	k[0] = sa(5, 2, "ESTABLISHED");
	k[1] = sa(6, 1, "ESTABLISHED");
	S.sas = k;
	S.nsas = 2;
	SHOW(show_crypto_ikev2_sa, " IPv4 Crypto IKEv2  SA \n\n" HEAD READY "\n IPv6 Crypto IKEv2  SA \n\n", 0);
	SHOW(show_crypto_ikev2_sa, " IPv4 Crypto IKEv2  SA \n\n IPv6 Crypto IKEv2  SA \n\n",
	    .has = HAS_SHOW_CRYPTO_IKEV2_SA_REMOTE_ADDR, .remote_addr = 1);
	SHOW(show_crypto_ikev2_sa, " IPv4 Crypto IKEv2  SA \n\n" HEAD READY DETAILS "\n IPv6 Crypto IKEv2  SA \n\n", .detailed = true);
	SHOW(show_crypto_ikev2_session,
	    " IPv4 Crypto IKEv2 Session \n\nSession-id:1, Status:UP-ACTIVE, IKE count:1, CHILD count:1\n\n" HEAD READY
	    "Child sa: local selector  10.1.1.0/0 - 10.1.1.255/65535\n"
	    "          remote selector 10.2.2.2/0 - 10.2.2.2/65535\n"
	    "          ESP spi in/out: 0x9E5B9E1A/0x5A63F0B4  \n\n IPv6 Crypto IKEv2 Session \n\n", 0);
	SHOW(show_crypto_ikev2_session,
	    " IPv4 Crypto IKEv2 Session \n\nSession-id:1, Status:UP-ACTIVE, IKE count:1, CHILD count:1\n\n" HEAD READY DETAILS
	    "Child sa: local selector  10.1.1.0/0 - 10.1.1.255/65535\n"
	    "          remote selector 10.2.2.2/0 - 10.2.2.2/65535\n"
	    "          ESP spi in/out: 0x9E5B9E1A/0x5A63F0B4  \n"
	    "          AH spi in/out: 0x0/0x0  \n"
	    "          CPI in/out: 0x0/0x0  \n"
	    "          Encr: AES-CBC, keysize: 256, esp_hmac: SHA512\n"
	    "          ah_hmac: None, comp: IPCOMP_NONE, mode transport\n\n IPv6 Crypto IKEv2 Session \n\n", .detailed = true);
	/* IKEv1 has its own table */
	SHOW(show_crypto_isakmp_peers, "Peer: 23.1.1.3 Port: 500 Local: 23.1.1.2\n Phase1 id: r3.example.net\n", 0);
	/* one that is being negotiated: nothing is known of it yet */
	k[1] = sa(8, 2, "CONNECTING");
	k[1].encr[0] = k[1].integ[0] = '\0';
	k[1].spi_r = 0;
	k[1].nchild = 0;
	k[1].established = 0;
	k[1].initiator = false;
	k[1].nat_remote = true;
	SHOW(show_crypto_ikev2_sa, " IPv4 Crypto IKEv2  SA \n\n" HEAD READY "\n" HEAD
	    "0         23.1.1.2/500          23.1.1.3/500          none/none            IN-NEG \n"
	    "      Encr: Unknown - 0, PRF: Unknown - 0, Hash: None, DH Grp:0, Auth sign: Unknown - 0, Auth verify: Unknown - 0\n"
	    "      Life/Active Time: 28800/0 sec\n\n IPv6 Crypto IKEv2  SA \n\n", 0);
	SHOW(show_crypto_ikev2_stats,
	    "--------------------------------------------------------------------------------\n"
	    "                          Crypto IKEv2 SA Statistics\n"
	    "--------------------------------------------------------------------------------\n"
	    "Total incoming IKEv2 SA Count:  1        active:       0        negotiating: 1    \n"
	    "Total outgoing IKEv2 SA Count:  1        active:       1        negotiating: 0    \n", 0);
	S.sas = NULL;
	S.nsas = 0;
	SHOW(show_crypto_isakmp_peers, "", 0);
}
END_TEST

/* --- crypto maps that nobody has typed --- */

#define PROFILE_BODY BODY "\tTransform sets={ \n\t\tT:  { esp-aes esp-md5-hmac  } , \n\t}\n"

START_TEST(tunnel_map)
{
	configure("crypto isakmp policy 10\n authentication pre-share\ncrypto isakmp key secret4 address 192.168.2.1\n"
	    "crypto ipsec transform-set T esp-aes esp-md5-hmac\ncrypto ipsec profile P1\n set transform-set T\n"
	    "interface Ethernet0/0\n ip address 192.168.1.1 255.255.255.0\n"
	    "interface Tunnel0\n ip address 10.0.0.1 255.255.255.252\n tunnel source Ethernet0/0\n tunnel destination 192.168.2.1\n"
	    " tunnel mode ipsec ipv4\n tunnel protection ipsec profile P1\n"
	    "interface Tunnel1\n ip address 10.0.1.1 255.255.255.252\n tunnel source Ethernet0/0\n tunnel destination 192.168.2.1\n"
	    " tunnel key 7\n tunnel protection ipsec profile P1\n");
#define TUNNEL(map, dev, list) \
	"Crypto Map IPv4 \"" map "\" 65536 ipsec-isakmp\n\tProfile name: P1\n" PROFILE_BODY \
	"\nCrypto Map IPv4 \"" map "\" 65537 ipsec-isakmp\n\tMap is a PROFILE INSTANCE.\n\tPeer = 192.168.2.1\n" \
	"\tExtended IP access list \n\t    access-list  permit " list "\n\tCurrent peer: 192.168.2.1\n" PROFILE_BODY \
	"\tAlways create SAs\n\tInterfaces using crypto map " map ":\n\t\t" dev "\n\n"
	SHOW(show_crypto_map, TUNNEL("Tunnel0-head-0", "Tunnel0", "ip any any")
	    TUNNEL("Tunnel1-head-0", "Tunnel1", "gre host 192.168.1.1 host 192.168.2.1"), 0);
	SHOW(show_crypto_map, TUNNEL("Tunnel0-head-0", "Tunnel0", "ip any any"), .has = HAS_SHOW_CRYPTO_MAP_TAG, .tag = "Tunnel0-head-0");
	SHOW(show_crypto_map, "No crypto maps found.\n", .has = HAS_SHOW_CRYPTO_MAP_TAG, .tag = "Tunnel7-head-0");
}
END_TEST

START_TEST(called)
{
	const struct observer *o = tunnels_observer(S.r.tunnels);
	struct sa_child c = { .name = "c", .unique_id = 7, .reqid = 1, .state = "INSTALLED", .mode = IPSEC_TUNNEL,
		.ts = { .src = { IP(10, 1, 0, 0), 16 }, .dst = { IP(10, 3, 0, 0), 16 } } };
	struct sa_ike k = { .conn = "x", .unique_id = 1, .version = 1, .state = "ESTABLISHED", .local = IP(192, 168, 1, 1),
		.remote = IP(172, 16, 1, 2), .local_port = 500, .remote_port = 500, .children = &c, .nchild = 1 };

	configure("crypto isakmp policy 10\n authentication pre-share\ncrypto isakmp key secret4 address 0.0.0.0 0.0.0.0\n"
	    "crypto ipsec transform-set T esp-aes esp-md5-hmac\ncrypto dynamic-map DYN 10\n set transform-set T\n"
	    "crypto map M 20 ipsec-isakmp dynamic DYN\n"
	    "interface Ethernet0/0\n ip address 192.168.1.1 255.255.255.0\n crypto map M\n");
	SHOW(show_crypto_map, "Crypto Map IPv4 \"M\" 20 ipsec-isakmp\n\tDynamic map template tag: DYN\n"
	    "\tInterfaces using crypto map M:\n\t\tEthernet0/0\n\n", 0);
	o->child_updown(o->ctx, true, &k);
	SHOW(show_crypto_map, "Crypto Map IPv4 \"M\" 20 ipsec-isakmp\n\tDynamic map template tag: DYN\n\n"
	    "Crypto Map IPv4 \"M\" 65536 ipsec-isakmp\n\tPeer = 172.16.1.2\n\tExtended IP access list \n"
	    "\t    access-list  permit ip 10.1.0.0 0.0.255.255 10.3.0.0 0.0.255.255\n"
	    "\t    dynamic (created from dynamic map DYN/10)\n\tCurrent peer: 172.16.1.2\n" PROFILE_BODY
	    "\tInterfaces using crypto map M:\n\t\tEthernet0/0\n\n", 0);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("show ikev2");
	TCase *c = tcase_create("show ikev2");

	tcase_add_checked_fixture(c, setup, teardown);
	tcase_add_test(c, proposals);
	tcase_add_test(c, profiles);
	tcase_add_test(c, ipsec_profiles);
	tcase_add_test(c, dynamic_maps);
	tcase_add_test(c, isakmp_profiles);
	tcase_add_test(c, sas);
	tcase_add_test(c, tunnel_map);
	tcase_add_test(c, called);
	suite_add_tcase(s, c);
	return run_suite(s);
}
