/* SPDX-License-Identifier: BSD-2-Clause */
/* clear ip bgp, clear ip ospf process: handed on to bgpd and ospfd. */
#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "backends/frr/frr.h"
#include "cli/show/ask.h"
#include "daemon/router.h"

exec_fn clear_ip_bgp, clear_ip_ospf;

static void
nothing(struct session *s, struct buf *b, const void *values, const char *const answer[ASK_MAX])
{
	(void)s;
	(void)b;
	(void)values;
	(void)answer;
}

/* bgpd refuses whom it does not know. */
static void
cleared(struct session *s, struct buf *b, const void *values, const char *const answer[ASK_MAX])
{
	(void)s;
	(void)values;
	if (!answer[0])
		buf_puts(b, "% BGP: no such neighbor, or BGP is not active\n");
}

void
clear_ip_bgp(struct session *s, const void *values)
{
	const struct cfg_clear_ip_bgp *v = values;
	struct store *st = session_store(s);
	const struct cfg_router_bgp_nb_group key = { .has = HAS_ROUTER_BGP_NB_GROUP_PEER, .peer = v->who };
	struct rec *bgp = store_first(st, store_root(st), ROW_ROUTER_BGP);
	bool group = bgp && store_find(st, bgp, ROW_ROUTER_BGP_NB_GROUP, &key);
	bool soft = v->soft || v->has & HAS_CLEAR_IP_BGP_DIR;
	struct buf command = {0};

	buf_printf(&command, "clear ip bgp %s%s%s%s", group ? "peer-group " : "", v->who, soft ? " soft" : "",
	    !(v->has & HAS_CLEAR_IP_BGP_DIR) ? "" : v->dir == CLEAR_IP_BGP_DIR_IN ? " in" : " out");
	ask(s, values, &(struct question){ FRR_BGPD, buf_str(&command) }, 1, cleared);
	buf_free(&command);
}

static void
reset(struct session *s, const char *text, void *arg)
{
	(void)arg;
	if (text && tolower((unsigned char)*text) == 'y')
		ask(s, NULL, &(struct question){ FRR_OSPFD, "clear ip ospf process" }, 1, nothing);
}

/* ospfd resets all of its processes: the question says so where there are others. */
void
clear_ip_ospf(struct session *s, const void *values)
{
	const struct cfg_clear_ip_ospf *v = values;
	struct store *st = session_store(s);
	bool known = false;
	int n = 0;

	for (const struct rec *r = store_first(st, store_root(st), ROW_ROUTER_OSPF); r; r = store_next(r), n++)
		known |= ((const struct cfg_router_ospf *)rec_values(r))->pid == v->pid;
	for (const struct rec *r = store_first(st, store_root(st), ROW_ROUTER_OSPF_VRF); r; r = store_next(r), n++)
		known |= ((const struct cfg_router_ospf_vrf *)rec_values(r))->pid == v->pid;
	if (v->has & HAS_CLEAR_IP_OSPF_PID && !known) {
		out(s, "%%OSPF: Router process %u is not running\n", v->pid);
	} else {
		char question[64];

		snprintf(question, sizeof question, "Reset OSPF process %u? [no]: ", v->pid);
		session_ask(s, 0, v->has & HAS_CLEAR_IP_OSPF_PID && n == 1 ? question : "Reset ALL OSPF processes? [no]: ", reset, NULL, NULL);
	}
}
