/* SPDX-License-Identifier: BSD-2-Clause */
/* show crypto: what it prints of SAs and of the configuration, to the letter. */
#define _GNU_SOURCE
#include "tests/unit/show_crypto.h"

/* --- the tables of SAs --- */

START_TEST(nothing)
{
	configure(HQ1);
	SHOW(show_crypto_isakmp_sa, ISAKMP_HEAD ISAKMP_TAIL, 0);
	SHOW(show_crypto_engine, "Crypto Engine Connections\n\n"
	    "   ID  Type    Algorithm           Encrypt  Decrypt LastSeqN IP-Address\n\n", 0);
	SHOW(show_crypto_session, SESSION_HEAD
	    "Interface: Ethernet0/0\nSession status: DOWN\nPeer: 1.3.1.1 port 500 \n"
	    "  IPSEC FLOW: permit ip 10.1.0.0/255.255.0.0 10.3.0.0/255.255.0.0 \n        Active SAs: 0, origin: crypto map\n"
	    "  IPSEC FLOW: permit ip 10.1.0.0/255.255.0.0 10.4.0.0/255.255.0.0 \n        Active SAs: 0, origin: crypto map\n\n",
	    0);
	SHOW(show_crypto_session, BRIEF_HEAD "ivrf = (none)\n" BRIEF_COLUMNS
	    "        1.3.1.1     Et0/0                                                             D\n", .has = HAS_SHOW_CRYPTO_SESSION_HOW, .how = SHOW_CRYPTO_SESSION_HOW_BRIEF);
}
END_TEST

START_TEST(one_tunnel)
{
	struct nl_sa sa = { .spi = 0x1007, .dst = HQ1_IP, .seq_in = 4, .replayed = 2, .integrity_failed = 1 };
	struct sa_child c;
	struct sa_ike k;

	configure(HQ1);
	c = pair(7, 1);
	k = ike(3, HQ1_IP, BRANCH_IP, false, &c, 1);
	have(&k, 1);
	S->sa = &sa;
	S->nsa = 1;
	S->r.netlink = (struct netlink *)S;	/* never looked into */
	SHOW(show_crypto_isakmp_sa, ISAKMP_HEAD
	    "202.101.1.1     1.3.1.1         QM_IDLE           1001 ACTIVE\n" ISAKMP_TAIL, 0);
	SHOW(show_crypto_engine, "Crypto Engine Connections\n\n"
	    "   ID  Type    Algorithm           Encrypt  Decrypt LastSeqN IP-Address\n"
	    "    1  IPsec   AES+MD5                   0        4        4 202.101.1.1\n"
	    "    2  IPsec   AES+MD5                   5        0        0 202.101.1.1\n"
	    " 1001  IKE     SHA+DES                   0        0        0 202.101.1.1\n\n", 0);
	SHOW(show_crypto_session, SESSION_HEAD
	    "Interface: Ethernet0/0\nSession status: UP-ACTIVE     \nPeer: 1.3.1.1 port 500 \n"
	    "  Session ID: 0  \n  IKEv1 SA: local 202.101.1.1/500 remote 1.3.1.1/500 Active \n"
	    "  IPSEC FLOW: permit ip 10.1.0.0/255.255.0.0 10.3.0.0/255.255.0.0 \n        Active SAs: 2, origin: crypto map\n"
	    "  IPSEC FLOW: permit ip 10.1.0.0/255.255.0.0 10.4.0.0/255.255.0.0 \n        Active SAs: 0, origin: crypto map\n\n",
	    0);
	SHOW(show_crypto_session, SESSION_HEAD, .has = HAS_SHOW_CRYPTO_SESSION_REMOTE_ADDR, .remote_addr = HQ2_IP);
	SHOW(show_crypto_session, SESSION_HEAD, .has = HAS_SHOW_CRYPTO_SESSION_LOCAL_ADDR, .local_addr = HQ2_IP);
	SHOW(show_crypto_session, SESSION_HEAD, .has = HAS_SHOW_CRYPTO_SESSION_IF, .if_ = "Ethernet0/1");
	buf_clear(&S->text);
	show_crypto_session(S, &(struct cfg_show_crypto_session){ .has = HAS_SHOW_CRYPTO_SESSION_REMOTE_ADDR, .remote_addr = BRANCH_IP });
	ck_assert_ptr_nonnull(strstr(buf_str(&S->text), "Peer: 1.3.1.1 port 500"));
	SHOW(show_crypto_session, SESSION_HEAD
	    "Code: C - IKE Configuration mode, D - Dead Peer Detection     \n"
	    "K - Keepalives, N - NAT-traversal, T - cTCP encapsulation     \n"
	    "X - IKE Extended Authentication, F - IKE Fragmentation\nR - IKE Auto Reconnect\n\n"
	    "Interface: Ethernet0/0\nUptime: 00:01:00\nSession status: UP-ACTIVE     \n"
	    "Peer: 1.3.1.1 port 500 fvrf: (none) ivrf: (none)\n"
	    "      Phase1_id: 1.3.1.1\n      Desc: (none)\n"
	    "  Session ID: 0  \n  IKEv1 SA: local 202.101.1.1/500 remote 1.3.1.1/500 Active \n"
	    "          Capabilities:D connid:1001 lifetime:23:59:00\n"
	    "  IPSEC FLOW: permit ip 10.1.0.0/255.255.0.0 10.3.0.0/255.255.0.0 \n        Active SAs: 2, origin: crypto map\n"
	    "        Inbound:  #pkts dec'ed 4 drop 3 life (KB/Sec) 4607664/3541\n"
	    "        Outbound: #pkts enc'ed 5 drop 0 life (KB/Sec) 4607580/3541\n"
	    "  IPSEC FLOW: permit ip 10.1.0.0/255.255.0.0 10.4.0.0/255.255.0.0 \n        Active SAs: 0, origin: crypto map\n"
	    "        Inbound:  #pkts dec'ed 0 drop 0 life (KB/Sec) 0/0\n"
	    "        Outbound: #pkts enc'ed 0 drop 0 life (KB/Sec) 0/0\n\n", .has = HAS_SHOW_CRYPTO_SESSION_HOW, .how = SHOW_CRYPTO_SESSION_HOW_DETAIL);
	SHOW(show_crypto_session, BRIEF_HEAD "ivrf = (none)\n" BRIEF_COLUMNS
	    "        1.3.1.1     Et0/0                          1.3.1.1               00:01:00     UA\n", .has = HAS_SHOW_CRYPTO_SESSION_HOW, .how = SHOW_CRYPTO_SESSION_HOW_BRIEF);
	SHOW(show_crypto_isakmp_sa, "Codes: C - IKE configuration mode, D - Dead Peer Detection\n"
	    "       K - Keepalives, N - NAT-traversal\n       T - cTCP encapsulation, X - IKE Extended Authentication\n"
	    "       psk - Preshared key, rsig - RSA signature\n       renc - RSA encryption\nIPv4 Crypto ISAKMP SA\n\n"
	    "C-id  Local           Remote          I-VRF  Status Encr Hash   Auth DH Lifetime Cap.\n\n"
	    "1001  202.101.1.1     1.3.1.1                ACTIVE des  sha    psk  1  23:59:00 D    \n"
	    "       Engine-id:Conn-id =  SW:1\n\nIPv6 Crypto ISAKMP SA\n\n", .detail = 1);
}
END_TEST

#define IDENT_HEAD(a, b, peer) "\n   protected vrf: (none)\n" \
	"   local  ident (addr/mask/prot/port): (" a "/255.255.0.0/0/0)\n" \
	"   remote ident (addr/mask/prot/port): (" b "/255.255.0.0/0/0)\n" \
	"   current_peer " peer " port 500\n     PERMIT, flags={origin_is_acl,}\n"
#define IDENT_MID "    #pkts compressed: 0, #pkts decompressed: 0\n    #pkts not compressed: 0, #pkts compr. failed: 0\n" \
	"    #pkts not decompressed: 0, #pkts decompress failed: 0\n"
#define IDENT_EMPTY "\n     inbound esp sas:\n\n     inbound ah sas:\n\n     inbound pcp sas:\n" \
	"\n     outbound esp sas:\n\n     outbound ah sas:\n\n     outbound pcp sas:\n"

START_TEST(ipsec_sa)
{
	struct nl_sa sa = { .spi = 0x1007, .dst = HQ1_IP, .replayed = 2, .integrity_failed = 1, .window = 64 };
	struct flow *f;
	struct sa_child c[2];
	struct sa_ike k;
	static const char second[] =
	    IDENT_HEAD("10.1.0.0", "10.4.0.0", "1.3.1.1")
	    "    #pkts encaps: 0, #pkts encrypt: 0, #pkts digest: 0\n    #pkts decaps: 0, #pkts decrypt: 0, #pkts verify: 0\n"
	    IDENT_MID "    #send errors 2, #recv errors 0\n\n"
	    "     local crypto endpt.: 202.101.1.1, remote crypto endpt.: 1.3.1.1\n"
	    "     path mtu 1400, ip mtu 1480, ip mtu idb Ethernet0/0\n     current outbound spi: 0x0(0)\n"
	    "     PFS (Y/N): N, DH group: none\n" IDENT_EMPTY;
	char want[8192];

	configure(HQ1);
	/* a pair, and the one it replaced, whose packets the flow has taken over */
	c[0] = pair(6, 1);
	strcpy(c[0].state, "REKEYED");
	c[0].packets_in = c[0].packets_out = 100;
	c[1] = pair(7, 1);
	c[1].spi_out = 264593180;
	strcpy(c[1].dh, "MODP_1024");
	k = ike(3, HQ1_IP, BRANCH_IP, false, c + 1, 1);
	have(&k, 1);
	f = tunnels_by_reqid(S->r.tunnels, 1);
	f->packets_in = 10;
	f->packets_out = 20;
	tunnels_by_reqid(S->r.tunnels, 2)->send_errors = 2;
	S->sa = &sa;
	S->nsa = 1;
	S->r.netlink = (struct netlink *)S;
	snprintf(want, sizeof want, "%s%s%s", "\ninterface: Ethernet0/0\n    Crypto map tag: MYMAP, local addr 202.101.1.1\n"
	    IDENT_HEAD("10.1.0.0", "10.3.0.0", "1.3.1.1")
	    "    #pkts encaps: 25, #pkts encrypt: 25, #pkts digest: 25\n"
	    "    #pkts decaps: 14, #pkts decrypt: 14, #pkts verify: 14\n" IDENT_MID "    #send errors 0, #recv errors 3\n\n"
	    "     local crypto endpt.: 202.101.1.1, remote crypto endpt.: 1.3.1.1\n"
	    "     path mtu 1400, ip mtu 1480, ip mtu idb Ethernet0/0\n     current outbound spi: 0xFC55F1C(264593180)\n"
	    "     PFS (Y/N): Y, DH group: group2\n"
	    "\n     inbound esp sas:\n"
	    "      spi: 0x1007(4103)\n        transform: esp-aes esp-md5-hmac ,\n        in use settings ={Tunnel, }\n"
	    "        conn id: 1, flow_id: SW:1, sibling_flags 80000040, crypto map: MYMAP\n"
	    "        sa timing: remaining key lifetime (k/sec): (4607664/3541)\n        IV size: 16 bytes\n"
	    "        replay detection support: Y\n        Status: ACTIVE(ACTIVE)\n"
	    "\n     inbound ah sas:\n\n     inbound pcp sas:\n"
	    "\n     outbound esp sas:\n"
	    "      spi: 0xFC55F1C(264593180)\n        transform: esp-aes esp-md5-hmac ,\n        in use settings ={Tunnel, }\n"
	    "        conn id: 2, flow_id: SW:2, sibling_flags 80000040, crypto map: MYMAP\n"
	    "        sa timing: remaining key lifetime (k/sec): (4607580/3541)\n        IV size: 16 bytes\n"
	    "        replay detection support: Y\n        Status: ACTIVE(ACTIVE)\n"
	    "\n     outbound ah sas:\n\n     outbound pcp sas:\n", second, "");
	SHOW(show_crypto_ipsec_sa, want, 0);
	SHOW(show_crypto_ipsec_sa, want, .has = HAS_SHOW_CRYPTO_IPSEC_SA_ADDR, .addr = BRANCH_IP);
	SHOW(show_crypto_ipsec_sa, "\nNo SAs found\n", .has = HAS_SHOW_CRYPTO_IPSEC_SA_ADDR, .addr = HQ2_IP);
	SHOW(show_crypto_ipsec_sa, want, .has = HAS_SHOW_CRYPTO_IPSEC_SA_MAP, .map = "MYMAP");
	SHOW(show_crypto_ipsec_sa, "\nNo SAs found\n", .has = HAS_SHOW_CRYPTO_IPSEC_SA_MAP, .map = "OTHER");
	SHOW(show_crypto_ipsec_sa, want, .has = HAS_SHOW_CRYPTO_IPSEC_SA_IF, .if_ = "Ethernet0/0");
	SHOW(show_crypto_ipsec_sa, "\nNo SAs found\n", .has = HAS_SHOW_CRYPTO_IPSEC_SA_IF, .if_ = "Ethernet0/1");
	SHOW(show_crypto_ipsec_sa, "\nNo SAs found\n", .has = HAS_SHOW_CRYPTO_IPSEC_SA_VRF, .vrf = "RED");
	SHOW(show_crypto_ipsec_sa, "\ninterface: Ethernet0/0\n    Crypto map tag: MYMAP, local addr 202.101.1.1\n"
	    IDENT_HEAD("10.1.0.0", "10.3.0.0", "1.3.1.1")
	    "    #pkts encaps: 25, #pkts encrypt: 25, #pkts digest: 25\n"
	    "    #pkts decaps: 14, #pkts decrypt: 14, #pkts verify: 14\n" IDENT_MID "    #send errors 0, #recv errors 3\n"
	    IDENT_HEAD("10.1.0.0", "10.4.0.0", "1.3.1.1")
	    "    #pkts encaps: 0, #pkts encrypt: 0, #pkts digest: 0\n"
	    "    #pkts decaps: 0, #pkts decrypt: 0, #pkts verify: 0\n" IDENT_MID "    #send errors 2, #recv errors 0\n",
	    .has = HAS_SHOW_CRYPTO_IPSEC_SA_WHICH, .which = SHOW_CRYPTO_IPSEC_SA_WHICH_IDENTITY);
	SHOW(show_crypto_ipsec_sa, "\nfvrf/address: (none)/1.3.1.1\n   protocol: ESP\n"
	    "      spi: 0xFC55F1C(264593180)\n        transform: esp-aes esp-md5-hmac ,\n        in use settings ={Tunnel, }\n"
	    "        conn id: 2, flow_id: SW:2, sibling_flags 80000040, crypto map: MYMAP\n"
	    "        sa timing: remaining key lifetime (k/sec): (4607580/3541)\n        IV size: 16 bytes\n"
	    "        replay detection support: Y\n        Status: ACTIVE(ACTIVE)\n"
	    "\nfvrf/address: (none)/202.101.1.1\n   protocol: ESP\n"
	    "      spi: 0x1007(4103)\n        transform: esp-aes esp-md5-hmac ,\n        in use settings ={Tunnel, }\n"
	    "        conn id: 1, flow_id: SW:1, sibling_flags 80000040, crypto map: MYMAP\n"
	    "        sa timing: remaining key lifetime (k/sec): (4607664/3541)\n        IV size: 16 bytes\n"
	    "        replay detection support: Y  replay window size: 64\n        Status: ACTIVE(ACTIVE)\n",
	    .has = HAS_SHOW_CRYPTO_IPSEC_SA_WHICH, .which = SHOW_CRYPTO_IPSEC_SA_WHICH_ADDRESS, .detail = true);
	buf_clear(&S->text);
	show_crypto_ipsec_sa(S, &(struct cfg_show_crypto_ipsec_sa){ .detail = true });
	ck_assert_ptr_nonnull(strstr(buf_str(&S->text), "    #pkts not decompressed: 0, #pkts decompress failed: 0\n"
	    "    #pkts no sa (send) 0, #pkts invalid sa (rcv) 0\n"));
	ck_assert_ptr_nonnull(strstr(buf_str(&S->text), "#pkts verify failed: 1\n"));
	ck_assert_ptr_nonnull(strstr(buf_str(&S->text), "    ##pkts replay failed (rcv): 2\n"));
	ck_assert_ptr_nonnull(strstr(buf_str(&S->text), "#pkts internal err (recv) 0\n\n     local crypto endpt.: 202.101.1.1"));
	ck_assert_ptr_nonnull(strstr(buf_str(&S->text), "    #pkts no sa (send) 2, #pkts invalid sa (rcv) 0\n"));
	/* both pairs are listed while the old one waits for its end, and nothing counts twice */
	k = ike(3, HQ1_IP, BRANCH_IP, false, c, 2);
	buf_clear(&S->text);
	show_crypto_ipsec_sa(S, &(struct cfg_show_crypto_ipsec_sa){0});
	ck_assert_ptr_nonnull(strstr(buf_str(&S->text), "#pkts encaps: 25,"));
	ck_assert_ptr_nonnull(strstr(buf_str(&S->text), "spi: 0x1006(4102)"));
	ck_assert_ptr_nonnull(strstr(buf_str(&S->text), "current outbound spi: 0xFC55F1C(264593180)"));
}
END_TEST

/* Main mode as far as charon tells; the newest on top; conn id 0 before an answer. */
START_TEST(isakmp_states)
{
	struct sa_ike k[5];

	configure(HQ1);
	for (int i = 0; i < 5; i++)
		k[i] = ike((uint32_t)i + 1, HQ1_IP, BRANCH_IP + (uint32_t)i, true, NULL, 0);
	for (int i = 1; i < 5; i++)
		strcpy(k[i].state, "CONNECTING");
	k[2].keyed = true;
	k[3].spi_r = 0;
	k[3].encr[0] = '\0';
	k[4].version = 2;
	have(k, 5);
	SHOW(show_crypto_isakmp_sa, ISAKMP_HEAD
	    "1.3.1.4         202.101.1.1     MM_NO_STATE          0 ACTIVE\n"
	    "1.3.1.3         202.101.1.1     MM_KEY_EXCH       1003 ACTIVE\n"
	    "1.3.1.2         202.101.1.1     MM_SA_SETUP       1002 ACTIVE\n"
	    "1.3.1.1         202.101.1.1     QM_IDLE           1001 ACTIVE\n" ISAKMP_TAIL, 0);
}
END_TEST

#define NEGOTIATING SESSION_HEAD \
	"Interface: Ethernet0/0\nSession status: DOWN-NEGOTIATING\nPeer: 202.101.1.1 port 500 \n" \
	"  Session ID: 0  \n  IKEv1 SA: local 1.3.1.1/500 remote 202.101.1.1/500 Inactive \n" \
	"  IPSEC FLOW: permit ip 10.3.0.0/255.255.0.0 10.1.0.0/255.255.0.0 \n        Active SAs: 0, origin: crypto map\n" \
	"  IPSEC FLOW: permit ip 10.4.0.0/255.255.0.0 10.1.0.0/255.255.0.0 \n        Active SAs: 0, origin: crypto map\n\n"

/* An SA that ended stays in the tables for a minute, unless a person cleared it. */
START_TEST(deleted)
{
	struct sa_ike k;

	configure(BRANCH);
	k = ike(1, BRANCH_IP, HQ1_IP, true, NULL, 0);
	goes(&k);
	SHOW(show_crypto_isakmp_sa, ISAKMP_HEAD
	    "202.101.1.1     1.3.1.1         MM_NO_STATE       1001 ACTIVE (deleted)\n" ISAKMP_TAIL, 0);
	SHOW(show_crypto_session, NEGOTIATING, 0);
	clear_crypto_session(S, &(struct cfg_clear_crypto_session){0});
	ck_assert(!S->busy);
	buf_clear(&S->text);
	show_crypto_session(S, &(struct cfg_show_crypto_session){0});
	ck_assert_ptr_nonnull(strstr(buf_str(&S->text), "Session status: DOWN\nPeer: 202.101.1.1 port 500 \n  IPSEC"));
	tunnels_ike_first(S->r.tunnels)->deleted_at -= 61;
	SHOW(show_crypto_isakmp_sa, ISAKMP_HEAD ISAKMP_TAIL, 0);
	/* negotiating again */
	k = ike(2, BRANCH_IP, HQ1_IP, true, NULL, 0);
	strcpy(k.state, "CONNECTING");
	have(&k, 1);
	SHOW(show_crypto_session, NEGOTIATING, 0);
}
END_TEST

/* After a failover: the new peer has the flows, the old one answers again and has none. */
START_TEST(two_peers)
{
	struct sa_child c[2];
	struct sa_ike k[2];

	configure(BRANCH);
	c[0] = pair(7, 1);
	c[1] = pair(8, 2);
	k[0] = ike(1, BRANCH_IP, HQ1_IP, true, NULL, 0);
	k[1] = ike(2, BRANCH_IP, HQ2_IP, true, c, 2);
	have(k, 2);
	tunnels_first(S->r.tunnels)->current = 1;
	SHOW(show_crypto_session, SESSION_HEAD
	    "Interface: Ethernet0/0\nSession status: UP-ACTIVE     \nPeer: 60.137.1.2 port 500 \n"
	    "  Session ID: 0  \n  IKEv1 SA: local 1.3.1.1/500 remote 60.137.1.2/500 Active \n"
	    "  IPSEC FLOW: permit ip 10.3.0.0/255.255.0.0 10.1.0.0/255.255.0.0 \n        Active SAs: 2, origin: crypto map\n"
	    "  IPSEC FLOW: permit ip 10.4.0.0/255.255.0.0 10.1.0.0/255.255.0.0 \n        Active SAs: 2, origin: crypto map\n\n"
	    "Interface: Ethernet0/0\nSession status: UP-IDLE\nPeer: 202.101.1.1 port 500 \n"
	    "  Session ID: 0  \n  IKEv1 SA: local 1.3.1.1/500 remote 202.101.1.1/500 Active \n\n", 0);
}
END_TEST

/* An entry put between two others shows there; ports and protocols as IOS writes them. */
START_TEST(flow_order)
{
	configure(HQ1);
	configure("ip access-list extended VPN\n 15 permit gre host 202.101.1.1 host 1.3.1.1\n"
	    " 12 permit tcp host 10.1.1.1 eq www any\n");
	SHOW(show_crypto_session, SESSION_HEAD
	    "Interface: Ethernet0/0\nSession status: DOWN\nPeer: 1.3.1.1 port 500 \n"
	    "  IPSEC FLOW: permit ip 10.1.0.0/255.255.0.0 10.3.0.0/255.255.0.0 \n        Active SAs: 0, origin: crypto map\n"
	    "  IPSEC FLOW: permit 6 host 10.1.1.1 port 80 0.0.0.0/0.0.0.0 \n        Active SAs: 0, origin: crypto map\n"
	    "  IPSEC FLOW: permit 47 host 202.101.1.1 host 1.3.1.1 \n        Active SAs: 0, origin: crypto map\n"
	    "  IPSEC FLOW: permit ip 10.1.0.0/255.255.0.0 10.4.0.0/255.255.0.0 \n        Active SAs: 0, origin: crypto map\n\n",
	    0);
}
END_TEST

/* --- configuration --- */

START_TEST(maps)
{
	configure(BRANCH "crypto map MYMAP 20 ipsec-isakmp\n set peer 60.137.1.2\n set transform-set NONE\n set pfs group2\n"
	    " set security-association lifetime seconds 1800\n");
	SHOW(show_crypto_map, "Crypto Map IPv4 \"MYMAP\" 10 ipsec-isakmp\n"
	    "\tPeer = 202.101.1.1\n\tPeer = 60.137.1.2\n\tExtended IP access list VPN\n"
	    "\t    access-list VPN permit ip 10.3.0.0 0.0.255.255 10.1.0.0 0.0.255.255\n"
	    "\t    access-list VPN permit ip 10.4.0.0 0.0.255.255 10.1.0.0 0.0.255.255\n"
	    "\tCurrent peer: 202.101.1.1\n\tSecurity association lifetime: 4608000 kilobytes/3600 seconds\n"
	    "\tResponder-Only (Y/N): N\n\tPFS (Y/N): N\n\tMixed-mode : Disabled\n"
	    "\tTransform sets={ \n\t\tMYTRANS:  { esp-aes esp-md5-hmac  } , \n\t}\n\n"
	    "Crypto Map IPv4 \"MYMAP\" 20 ipsec-isakmp\n"
	    "\tWARNING: This crypto map is in an incomplete state!\n\t\t(missing peer or access-list definitions)\n"
	    "\tPeer = 60.137.1.2\n\tNo matching address list set.\n\tCurrent peer: 60.137.1.2\n"
	    "\tSecurity association lifetime: 4608000 kilobytes/1800 seconds\n\tResponder-Only (Y/N): N\n"
	    "\tPFS (Y/N): Y\n\tDH group:  group2\n\tMixed-mode : Disabled\n"
	    "\tTransform sets={ \n\t\tNONE:  {  } , \n\t}\n"
	    "\tNOTE: crypto map MYMAP 20: transform set NONE is not defined\n"
	    "\tNOTE: crypto map MYMAP 20 is incomplete: it has no access list\n"
	    "\tInterfaces using crypto map MYMAP:\n\t\tEthernet0/0\n\n", 0);
	SHOW(show_crypto_map, "No crypto maps found.\n", .has = HAS_SHOW_CRYPTO_MAP_TAG, .tag = "OTHER");
	SHOW(show_crypto_map, "No crypto maps found.\n", .has = HAS_SHOW_CRYPTO_MAP_MAP, .map = "OTHER");
	SHOW(show_crypto_map, "No crypto maps found.\n", .has = HAS_SHOW_CRYPTO_MAP_IF, .if_ = "Ethernet9/9");
	buf_clear(&S->text);
	show_crypto_map(S, &(struct cfg_show_crypto_map){ .has = HAS_SHOW_CRYPTO_MAP_IF, .if_ = "Ethernet0/0" });
	ck_assert_ptr_nonnull(strstr(buf_str(&S->text), "\"MYMAP\""));
	SHOW(show_crypto_ipsec_transform_set,
	    "Transform set default: { esp-aes esp-sha-hmac  } \n   will negotiate = { Transport,  }, \n\n"
	    "Transform set MYTRANS: { esp-aes esp-md5-hmac  } \n   will negotiate = { Tunnel,  }, \n\n", 0);
	SHOW(show_crypto_ipsec_transform_set, "", .has = HAS_SHOW_CRYPTO_IPSEC_TRANSFORM_SET_TAG, .tag = "OTHER");
}
END_TEST

START_TEST(policies)
{
	SHOW(show_crypto_isakmp_key, "Keyring      Hostname/Address                            Preshared Key\n\n", 0);
	buf_clear(&S->text);
	show_crypto_isakmp_policy(S, &(struct cfg_show_crypto_isakmp_policy){0});
	ck_assert_ptr_nonnull(strstr(buf_str(&S->text), "\nDefault IKE policy\nDefault protection suite of priority 65507\n"
	    "\tencryption algorithm:\tAES - Advanced Encryption Standard (128 bit keys).\n"));
	SHOW(show_crypto_ipsec_lifetime, "Security association lifetime: 4608000 kilobytes/3600 seconds\n", 0);
	configure("crypto ipsec security-association lifetime seconds 7200\ncrypto ipsec security-association lifetime kilobytes disable\n");
	SHOW(show_crypto_ipsec_lifetime, "Security association lifetime: kilobytes disabled/7200 seconds\n", 0);
	configure(BRANCH "crypto isakmp policy 20\n encr aes 256\n hash sha256\n group 24\n lifetime 3600\n"
	    "crypto isakmp key s3 address 10.0.0.0 255.0.0.0\ncrypto isakmp key s4 hostname r2.example.net\n");
	buf_clear(&S->text);
	show_crypto_isakmp_default(S, NULL);
	ck_assert(strncmp(buf_str(&S->text), "\nDefault IKE policy\nDefault protection suite of priority 65507\n", 60) == 0);
	SHOW(show_crypto_isakmp_policy, "\nGlobal IKE policy\nProtection suite of priority 10\n"
	    "\tencryption algorithm:\tDES - Data Encryption Standard (56 bit keys).\n"
	    "\thash algorithm:\t\tSecure Hash Standard\n\tauthentication method:\tPre-Shared Key\n"
	    "\tDiffie-Hellman group:\t#1 (768 bit)\n\tlifetime:\t\t86400 seconds, no volume limit\n"
	    "Protection suite of priority 20\n"
	    "\tencryption algorithm:\tAES - Advanced Encryption Standard (256 bit keys).\n"
	    "\thash algorithm:\t\tSecure Hash Standard 2 (256 bit)\n"
	    "\tauthentication method:\tRivest-Shamir-Adleman Signature\n"
	    "\tDiffie-Hellman group:\t#24 (2048 bit, 256 bit subgroup)\n\tlifetime:\t\t3600 seconds, no volume limit\n"
	    "\tNOTE: isakmp policy 20 is not used: only pre-shared keys are supported\n", 0);
	SHOW(show_crypto_isakmp_key, "Keyring      Hostname/Address                            Preshared Key\n\n"
	    "default      202.101.1.1                                 cisco123\n"
	    "default      60.137.1.2                                  cisco123\n"
	    "default      10.0.0.0        [255.0.0.0]                 s3\n"
	    "default      r2.example.net                              s4\n", 0);
}
END_TEST

static const struct {
	struct sa_child c;
	const char *transform, *alg;
	unsigned iv;
} algs[] = {
	{ { .encr = "AES_CBC", .encr_bits = 256, .integ = "HMAC_SHA2_256_128" }, "esp-256-aes esp-sha256-hmac ", "AES256+SHA256",
	    16 },
	{ { .encr = "3DES_CBC", .integ = "HMAC_SHA1_96" }, "esp-3des esp-sha-hmac ", "3DES+SHA", 8 },
	{ { .encr = "DES_CBC" }, "esp-des ", "DES", 8 },
	{ { .encr = "NULL", .integ = "HMAC_MD5_96" }, "esp-null esp-md5-hmac ", "NULL+MD5", 8 },
	{ { .encr = "AES_GCM_16", .encr_bits = 128 }, "esp-gcm ", "AES-GCM", 8 },
	{ { .encr = "AES_GCM_16", .encr_bits = 256 }, "esp-256-gcm ", "AES256-GCM", 8 },
	{ { .ah = true, .integ = "HMAC_SHA2_512_256" }, "ah-sha512-hmac ", "SHA512", 0 },
};

START_TEST(words)
{
	struct buf b = {0};
	struct sa_child c = algs[_i].c;
	struct sa_ike k;
	char want[40];

	crypto_transform(&c, &b);
	ck_assert_str_eq(buf_str(&b), algs[_i].transform);
	ck_assert_uint_eq(crypto_iv_size(&c), algs[_i].iv);
	buf_free(&b);
	configure(HQ1);
	strcpy(c.state, "INSTALLED");
	k = ike(1, HQ1_IP, BRANCH_IP, false, &c, 1);
	have(&k, 1);
	buf_clear(&S->text);
	show_crypto_engine(S, &(struct cfg_show_crypto_engine){0});
	snprintf(want, sizeof want, "  IPsec   %-18s  ", algs[_i].alg);
	ck_assert_ptr_nonnull(strstr(buf_str(&S->text), want));
}
END_TEST

START_TEST(times)
{
	static const struct {
		uint32_t s;
		const char *want;
	} t[] = { { 59, "00:00:59" }, { 86399, "23:59:59" }, { 86400, "1d00h" }, { 7 * 86400, "1w0d" },
		{ 49 * 86400, "7w0d" }, { 365 * 86400, "1y0w" }, { UINT32_MAX, "136y10w" } };
	char got[16];

	for (size_t i = 0; i < sizeof t / sizeof t[0]; i++) {
		crypto_uptime(t[i].s, got);
		ck_assert_str_eq(got, t[i].want);
	}
	crypto_clock(86400, got);
	ck_assert_str_eq(got, "24:00:00");
}
END_TEST

/* 10,000 tunnels are a matter of a moment. */
START_TEST(many)
{
	enum { N = 10000 };
	struct sa_child *c = calloc(N, sizeof *c);
	struct sa_ike *k = calloc(N, sizeof *k);
	struct buf text = {0};
	clock_t t;

	buf_puts(&text, "crypto ipsec transform-set T esp-aes esp-sha-hmac\n"
	    "interface Ethernet0/0\n ip address 202.101.1.1 255.255.255.0\n crypto map M\n");
	for (uint32_t i = 0; i < N; i++)
		buf_printf(&text, "ip access-list extended A%u\n permit ip 10.0.0.0 0.0.0.255 host %s\n"
		    "crypto map M %u ipsec-isakmp\n set peer %s\n set transform-set T\n match address A%u\n", i,
		    ip4_s(IP(11, 0, 0, 0) + i), i + 1, ip4_s(IP(20, 0, 0, 0) + i), i);
	configure(buf_str(&text));
	buf_free(&text);
	for (uint32_t i = 0; i < N; i++) {
		c[i] = pair(i + 1, i + 1);
		k[i] = ike(i + 1, HQ1_IP, IP(20, 0, 0, 0) + i, false, &c[i], 1);
		tunnels_sa_number(S->r.tunnels, N - i);
	}
	have(k, N);
	show_crypto_isakmp_sa(S, &(struct cfg_show_crypto_isakmp_sa){0});
	t = clock();
	buf_clear(&S->text);
	show_crypto_session(S, &(struct cfg_show_crypto_session){ .has = HAS_SHOW_CRYPTO_SESSION_HOW, .how = SHOW_CRYPTO_SESSION_HOW_DETAIL });
	ck_assert_double_lt((double)(clock() - t) / CLOCKS_PER_SEC, 1.0);
	t = clock();
	show_crypto_ipsec_sa(S, &(struct cfg_show_crypto_ipsec_sa){ .has = HAS_SHOW_CRYPTO_IPSEC_SA_ADDR });
	show_crypto_map(S, &(struct cfg_show_crypto_map){0});
	ck_assert_double_lt((double)(clock() - t) / CLOCKS_PER_SEC, 1.0);
	free(c);
	free(k);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("show crypto");
	TCase *t = tcase_create("show crypto");

	tcase_add_checked_fixture(t, setup, teardown);
	tcase_set_timeout(t, 60);
	tcase_add_test(t, nothing);
	tcase_add_test(t, one_tunnel);
	tcase_add_test(t, ipsec_sa);
	tcase_add_test(t, isakmp_states);
	tcase_add_test(t, deleted);
	tcase_add_test(t, two_peers);
	tcase_add_test(t, flow_order);
	tcase_add_test(t, maps);
	tcase_add_test(t, policies);
	tcase_add_loop_test(t, words, 0, sizeof algs / sizeof algs[0]);
	tcase_add_test(t, times);
	tcase_add_test(t, many);
	suite_add_tcase(s, t);
	return run_suite(s);
}
