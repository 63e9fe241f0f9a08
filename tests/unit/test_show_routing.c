/* SPDX-License-Identifier: BSD-2-Clause */
/* The texts of show ip bgp and show ip ospf, from answers as FRR 8.4 gives them. */
#include <check.h>
#include <stdlib.h>
#include <string.h>

#include "cli/show/ask.h"
#include "cli/show/bgp.h"
#include "cli/show/ospf.h"
#include "parser/config.h"
#include "tests/unit/unit.h"

static const char table[] = "{\"tableVersion\":22,\"routerId\":\"10.1.1.1\",\"routes\":{"
    "\"10.1.1.1/32\":[{\"valid\":true,\"bestpath\":true,\"pathFrom\":\"external\",\"metric\":0,\"weight\":32768,\"path\":\"\","
    "\"origin\":\"IGP\",\"nexthops\":[{\"ip\":\"0.0.0.0\"}]}],"
    "\"10.2.2.2/32\":[{\"valid\":true,\"bestpath\":true,\"pathFrom\":\"internal\",\"metric\":0,\"locPrf\":100,\"weight\":0,"
    "\"path\":\"\",\"origin\":\"IGP\",\"nexthops\":[{\"ip\":\"172.16.1.2\"}]}],"
    "\"10.9.9.9/32\":[{\"valid\":true,\"pathFrom\":\"internal\",\"metric\":0,\"locPrf\":100,\"weight\":0,\"path\":\"10 10\","
    "\"origin\":\"IGP\",\"nexthops\":[{\"ip\":\"192.168.3.2\"}]},{\"valid\":true,\"bestpath\":true,\"pathFrom\":\"external\","
    "\"weight\":0,\"path\":\"10 10\",\"origin\":\"IGP\",\"nexthops\":[{\"ip\":\"192.168.1.2\"}]}],"
    "\"172.16.100.128/25\":[{\"suppressed\":true,\"valid\":true,\"bestpath\":true,\"pathFrom\":\"external\",\"metric\":7,"
    "\"weight\":32768,\"path\":\"\",\"origin\":\"incomplete\",\"nexthops\":[{\"ip\":\"0.0.0.0\"}]}],"
    "\"192.168.1.0/24\":[{\"valid\":true,\"bestpath\":true,\"pathFrom\":\"external\",\"metric\":0,\"weight\":32768,\"path\":\"\","
    "\"origin\":\"IGP\",\"nexthops\":[{\"ip\":\"0.0.0.0\"}]}]}}";

static void
shows(struct buf *b, const char *want)
{
	ck_assert_str_eq(buf_str(b), want);
	buf_free(b);
}

START_TEST(bgp_tables)
{
	json_t *j = answer_json(table);
	struct buf b = {0};

	bgp_table(&b, j, NULL);
	shows(&b, "\n BGP table version is 22, local router ID is 10.1.1.1\n"
	    " Status codes: s suppressed, d damped, h history, * valid, > best, i - internal,\n"
	    "               r RIB-failure, S Stale, m multipath, b backup-path, x best-external\n"
	    " Origin codes: i - IGP, e - EGP, ? - incomplete\n"
	    "  \n"
	    "    Network          Next Hop            Metric LocPrf Weight Path\n"
	    " *> 10.1.1.1/32      0.0.0.0                  0         32768 i\n"
	    " *>i10.2.2.2/32      172.16.1.2               0    100      0 i\n"
	    " * i10.9.9.9/32      192.168.3.2              0    100      0 10 10 i\n"
	    " *>                  192.168.1.2                            0 10 10 i\n"
	    " s> 172.16.100.128/25\n"
	    "                     0.0.0.0                  7         32768 ?\n"
	    " *> 192.168.1.0      0.0.0.0                  0         32768 i\n");
	json_decref(j);
	bgp_table(&b, NULL, NULL);
	bgp_entry(&b, NULL);
	shows(&b, "% Network not in table\n");
}
END_TEST

START_TEST(bgp_summaries)
{
	json_t *j = answer_json("{\"ipv4Unicast\":{\"routerId\":\"1.1.1.1\",\"as\":65001,\"tableVersion\":5,\"ribCount\":10,"
	    "\"ribMemory\":1920,\"peers\":{\"10.0.0.3\":{\"remoteAs\":65002,\"version\":4,\"msgRcvd\":695143,\"msgSent\":689871,"
	    "\"tableVersion\":5,\"outq\":0,\"inq\":0,\"peerUptime\":\"1y10w\",\"peerUptimeMsec\":37584000000,\"pfxRcd\":0,"
	    "\"state\":\"Established\"},\"10.0.0.4\":{\"remoteAs\":4200000000,\"version\":4,\"msgRcvd\":0,\"msgSent\":0,"
	    "\"peerUptime\":\"never\",\"state\":\"Idle (Admin)\"}}}}");
	json_t *st = answer_json("{\"ipv4Unicast\":[{\"totalPrefixes\":5}]}");
	struct buf b = {0};

	bgp_summary(&b, j, "17 RIB nodes, using 3264 bytes of memory\n6 BGP routes, using 672 bytes of memory\n"
	    "8 BGP attributes, using 2 KiB of memory\n", st);
	shows(&b, "BGP router identifier 1.1.1.1, local AS number 65001\n"
	    "BGP table version is 5, main routing table version 5\n"
	    "5 network entries using 1920 bytes of memory\n"
	    "6 path entries using 672 bytes of memory\n"
	    "8/8 BGP path/bestpath attribute entries using 2048 bytes of memory\n"
	    "BGP using 4640 total bytes of memory\n"
	    "\n"
	    "Neighbor        V           AS MsgRcvd MsgSent   TblVer  InQ OutQ Up/Down  State/PfxRcd\n"
	    "10.0.0.3        4        65002  695143  689871        5    0    0 1y10w           0\n"
	    "10.0.0.4        4   4200000000       0       0        0    0    0 never    Idle (Admin)\n");
	json_decref(j);
	json_decref(st);
}
END_TEST

START_TEST(bgp_entries)
{
	json_t *j = answer_json("{\"prefix\":\"2.2.2.2/32\",\"version\":4,\"advertisedTo\":{\"10.0.1.2\":{}},\"paths\":["
	    "{\"aspath\":{\"string\":\"65002\"},\"origin\":\"IGP\",\"metric\":0,\"valid\":true,\"bestpath\":{\"overall\":true},"
	    "\"nexthops\":[{\"ip\":\"10.0.1.2\",\"metric\":0,\"accessible\":true}],\"community\":{\"string\":\"65002:7\"},"
	    "\"peer\":{\"peerId\":\"10.0.1.2\",\"routerId\":\"2.2.2.2\",\"type\":\"external\"}}]}");
	struct buf b = {0};

	bgp_entry(&b, j);
	shows(&b, "BGP routing table entry for 2.2.2.2/32, version 4\n"
	    "Paths: (1 available, best #1, table default)\n"
	    "  Advertised to non peer-group peers:\n"
	    "   10.0.1.2\n"
	    "  65002\n"
	    "    10.0.1.2 from 10.0.1.2 (2.2.2.2)\n"
	    "      Origin IGP, metric 0, localpref 100, valid, external, best\n"
	    "      Community: 65002:7\n");
	json_decref(j);
}
END_TEST

static struct store *
configured(struct matcher *m, const char *config)
{
	struct store *s = store_new();
	struct config c;

	config_load_defaults(s, m);
	config_init(&c, s, m);
	config_text(&c, config, strlen(config), NULL, NULL);
	return s;
}

START_TEST(ospf_texts)
{
	struct matcher m = {0};
	struct store *s = configured(&m, "interface Ethernet0/0\n ip address 10.0.0.1 255.255.255.0\ninterface Loopback0\n"
	    " ip address 1.1.1.1 255.255.255.255\n ip ospf 7 area 0\nrouter ospf 7\n");
	json_t *j = answer_json("{\"interfaces\":{\"e0-0\":{\"ifUp\":true,\"ospfEnabled\":true,\"ipAddress\":\"10.0.0.1\","
	    "\"ipAddressPrefixlen\":24,\"area\":\"0.0.0.0\",\"routerId\":\"1.1.1.1\",\"networkType\":\"BROADCAST\",\"cost\":10,"
	    "\"transmitDelaySecs\":1,\"state\":\"Backup\",\"priority\":1,\"drId\":\"2.2.2.2\",\"drAddress\":\"10.0.0.2\","
	    "\"bdrId\":\"1.1.1.1\",\"bdrAddress\":\"10.0.0.1\",\"timerMsecs\":10000,\"timerDeadSecs\":40,\"timerWaitSecs\":40,"
	    "\"timerRetransmitSecs\":5,\"timerHelloInMsecs\":1072,\"nbrCount\":1,\"nbrAdjacentCount\":1},\"lo0\":{\"ifUp\":true,"
	    "\"ospfEnabled\":true,\"area\":\"0.0.0.0\",\"routerId\":\"1.1.1.1\",\"networkType\":\"POINTOMULTIPOINT\",\"cost\":1}}}");
	json_t *nbr = answer_json("{\"neighbors\":{\"2.2.2.2\":[{\"ifaceAddress\":\"10.0.0.2\",\"areaId\":\"0.0.0.10\","
	    "\"ifaceName\":\"e0-0\",\"nbrPriority\":1,\"nbrState\":\"Full/DR\",\"stateChangeCounter\":6,\"lastPrgrsvChangeMsec\":195000,"
	    "\"routerDesignatedId\":\"10.0.0.2\",\"routerDesignatedBackupId\":\"10.0.0.1\",\"optionsCounter\":82,"
	    "\"routerDeadIntervalTimerDueMsec\":39900}]}}");
	json_t *routes, *process;
	struct ospf_names n;
	struct buf b = {0};

	ospf_names_init(&n, s);
	ospf_interfaces(&b, j, nbr, NULL, &n);
	shows(&b, "Ethernet0/0 is up, line protocol is up \n"
	    "  Internet Address 10.0.0.1/24, Area 0, Attached via Network Statement\n"
	    "  Process ID 7, Router ID 1.1.1.1, Network Type BROADCAST, Cost: 10\n"
	    "  Transmit Delay is 1 sec, State BDR, Priority 1\n"
	    "  Designated Router (ID) 2.2.2.2, Interface address 10.0.0.2\n"
	    "  Backup Designated router (ID) 1.1.1.1, Interface address 10.0.0.1\n"
	    "  Timer intervals configured, Hello 10, Dead 40, Wait 40, Retransmit 5\n"
	    "    Hello due in 00:00:01\n"
	    "  Neighbor Count is 1, Adjacent neighbor count is 1 \n"
	    "    Adjacent with neighbor 2.2.2.2  (Designated Router)\n"
	    "Loopback0 is up, line protocol is up \n"
	    "  Internet Address 1.1.1.1/32, Area 0, Attached via Interface Enable\n"
	    "  Process ID 7, Router ID 1.1.1.1, Network Type LOOPBACK, Cost: 1\n"
	    "  Loopback interface is treated as a stub Host\n");
	ospf_interfaces_brief(&b, j, &n);
	shows(&b, "Et0/0        7     0               10.0.0.1/24        10    BDR   1/1\n"
	    "Lo0          7     0               1.1.1.1/32         1     LOOP  0/0\n");
	ospf_neighbor_detail(&b, nbr, NULL, NULL, &n);
	shows(&b, " Neighbor 2.2.2.2, interface address 10.0.0.2\n"
	    "    In the area 10 via interface Ethernet0/0\n"
	    "    Neighbor priority is 1, State is FULL, 6 state changes\n"
	    "    DR is 10.0.0.2 BDR is 10.0.0.1\n"
	    "    Options is 0x52\n"
	    "    Dead timer due in 00:00:39\n"
	    "    Neighbor is up for 00:03:15\n"
	    "    retransmission queue length 0\n");
	ospf_neighbor_detail(&b, nbr, "e0-1", NULL, &n);
	ospf_neighbor_detail(&b, nbr, "e0-0", "2.2.2.20", &n);
	shows(&b, "");
	ospf_neighbor_detail(&b, nbr, "e0-0", "2.2.2.2", &n);
	ck_assert_int_eq(strncmp(buf_str(&b), " Neighbor 2.2.2.2, interface address 10.0.0.2\n", 46), 0);
	buf_clear(&b);
	routes = answer_json("{\"10.0.0.0/24\":{\"routeType\":\"N\",\"cost\":10,\"area\":\"0.0.0.0\",\"nexthops\":[{\"ip\":\" \","
	    "\"directlyAttachedTo\":\"e0-0\"}]},\"1.1.1.1\":{\"routeType\":\"R \",\"cost\":20,\"area\":\"0.0.0.1\",\"IA\":true,"
	    "\"routerType\":\"asbr\",\"nexthops\":[{\"ip\":\"10.0.0.2\",\"via\":\"e0-0\"}]},\"2.2.2.2\":{\"routeType\":\"R \",\"cost\":10,"
	    "\"area\":\"0.0.0.0\",\"routerType\":\"abr\",\"nexthops\":[{\"ip\":\"10.0.0.2\",\"via\":\"e0-0\"},{\"ip\":\"10.0.1.2\",\"via\":\"tu1\"}]}}");
	process = answer_json("{\"routerId\":\"3.3.3.3\",\"areas\":{\"0.0.0.0\":{\"spfExecutedCounter\":4},\"0.0.0.1\":{\"spfExecutedCounter\":9}}}");
	ospf_border_routers(&b, routes, process, &n);
	shows(&b, "\n            OSPF Router with ID (3.3.3.3) (Process ID 7)\n\n\n\t\tBase Topology (MTID 0)\n\n"
	    "Internal Router Routing Table\nCodes: i - Intra-area route, I - Inter-area route\n\n"
	    "I 1.1.1.1 [20] via 10.0.0.2, Ethernet0/0, ASBR, Area 1, SPF 9\n"
	    "i 2.2.2.2 [10] via 10.0.0.2, Ethernet0/0, ABR, Area 0, SPF 4\n"
	    "i 2.2.2.2 [10] via 10.0.1.2, Tunnel1, ABR, Area 0, SPF 4\n");
	json_decref(routes);
	json_decref(process);
	ospf_database_detail(&b, "VRF Name: default\r\n\r\n       OSPF Router with ID (1.1.1.1)\r\n\r\n\r\n                AS External Link States \r\n\r\n"
	    "  LS age: 3\r\n  Options: 0x2  : *|-|-|-|-|-|E|-\r\n  LS Flags: 0x6  \r\n  LS Type: AS-external-LSA\r\n"
	    "  Link State ID: 20.1.0.0 (External Network Number)\r\n  Checksum: 0x5e43\r\n", &n);
	shows(&b, "\n            OSPF Router with ID (1.1.1.1) (Process ID 7)\n\n\t\tType-5 AS External Link States\n\n"
	    "  LS age: 3\n  Options: (No TOS-capability, No DC)\n  LS Type: AS External Link\n"
	    "  Link State ID: 20.1.0.0 (External Network Number)\n  Checksum: 0x5E43\n");
	ospf_names_free(&n);
	json_decref(j);
	json_decref(nbr);
	store_free(s);
	matcher_free(&m);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("show routing");
	TCase *t = tcase_create("show routing");

	tcase_add_test(t, bgp_tables);
	tcase_add_test(t, bgp_summaries);
	tcase_add_test(t, bgp_entries);
	tcase_add_test(t, ospf_texts);
	suite_add_tcase(s, t);
	return run_suite(s);
}
