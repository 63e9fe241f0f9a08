/* SPDX-License-Identifier: BSD-2-Clause */
/* show ip ospf neighbor, from ospfd's `show ip ospf neighbor json` and `... detail json`. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cli/exec.h"
#include "cli/show/ask.h"
#include "cli/show/names.h"
#include "cli/show/ospf.h"
#include "lib/buf.h"
#include "lib/ip4.h"
#include "parser/types.h"

exec_fn show_ip_ospf_neighbor, show_ip_ospf_neighbor_detail;

void
ospf_state(const char *frr, char *out, size_t size)
{
	static const char *const words[][2] = {
		{ "2-Way", "2WAY" }, { "Backup", "BDR" }, { "-", "  -" },
	};
	char half[2][16] = { "", "" };
	const char *slash = strchr(frr, '/');

	snprintf(half[0], sizeof half[0], "%.*s", (int)(slash ? slash - frr : (int)strlen(frr)), frr);
	snprintf(half[1], sizeof half[1], "%s", slash ? slash + 1 : "-");
	for (int i = 0; i < 2; i++) {
		for (size_t k = 0; k < sizeof words / sizeof words[0]; k++)
			if (strcasecmp(half[i], words[k][0]) == 0) {
				snprintf(half[i], sizeof half[i], "%s", words[k][1]);
				break;
			}
		for (char *p = half[i]; *p; p++)
			if (*p >= 'a' && *p <= 'z')
				*p -= 'a' - 'A';
	}
	snprintf(out, size, "%s/%s", half[0], half[1]);
}

static void
neighbor(struct buf *b, struct devmap *names, const char *id, const json_t *n)
{
	const json_t *due = json_object_get(n, "deadTimeMsecs"), *prio = json_object_get(n, "nbrPriority");
	const char *state = jtext(n, "nbrState"), *ifname = jtext(n, "ifaceName");
	char shown[32], dev[OBJ_IFNAMSIZ], dead[DURATION_LEN];
	json_int_t ms;

	if (!due)
		due = json_object_get(n, "routerDeadIntervalTimerDueMsec");
	if (!prio)
		prio = json_object_get(n, "priority");
	if (!*state)
		state = jtext(n, "state");
	ms = json_integer_value(due);
	ospf_state(state, shown, sizeof shown);
	/* "e0-0:192.168.13.3": device and our address */
	snprintf(dev, sizeof dev, "%.*s", (int)strcspn(ifname, ":"), ifname);
	buf_printf(b, "%-15s %3d   %-15s %-11s %-15s %s\n", id, (int)json_integer_value(prio), shown,
	    duration_str(ms > 0 ? (uint64_t)ms / 1000 : 0, dead), jtext(n, "ifaceAddress"), devmap_name(names, dev));
}

struct table {
	struct buf *b;
	const char *dev;	/* NULL: all */
};

/* "e0-0:192.168.13.3", or "e0-0" */
static bool
on_device(const json_t *neighbor, const char *dev)
{
	const char *name = jtext(neighbor, "ifaceName");

	return !dev || (strcspn(name, ":") == strlen(dev) && strncmp(name, dev, strlen(dev)) == 0);
}

static void
table(void *ctx, const json_t *j, struct ospf_names *names)
{
	struct table *t = ctx;
	json_t *all = json_object_get(j, "neighbors"), *list, *n;
	const char *id;
	size_t i;

	json_object_foreach(all, id, list)
		json_array_foreach(list, i, n)
			if (on_device(n, t->dev))
				neighbor(t->b, &names->devs, id, n);
}

void
show_ip_ospf_neighbor(struct session *s, const void *values)
{
	const struct cfg_show_ip_ospf_neighbor *v = values;
	char dev[OBJ_IFNAMSIZ] = "";
	struct buf b = {0};
	struct table t = { &b, v->if_ ? dev : NULL };

	if (v->if_)
		ifname_kernel(v->if_, dev);
	if (v->pid && !ospf_vrf(s, v->pid))
		return;
	ospf_each_in(s, session_neighbors(s), v->pid, table, &t);
	if (b.n) {
		out(s, "\nNeighbor ID     Pri   State           Dead Time   Address         Interface\n");
		out_text(s, b.d, b.n);
	}
	buf_free(&b);
}

/* --- in detail --- */

void
ospf_neighbor_detail(struct buf *b, const json_t *j, const char *dev, const char *only, struct ospf_names *names)
{
	json_t *all = json_object_get(j, "neighbors"), *list, *n;
	const char *id;
	size_t i;

	json_object_foreach(all, id, list)
		json_array_foreach(list, i, n) {
			char shown[32], area[16], due[DURATION_LEN], up[DURATION_LEN];
			json_int_t ms = jnum(n, "routerDeadIntervalTimerDueMsec");

			if (!on_device(n, dev) || (only && strcmp(only, id) != 0))
				continue;
			ospf_state(jtext(n, "nbrState"), shown, sizeof shown);
			shown[strcspn(shown, "/")] = '\0';
			buf_printf(b, " Neighbor %s, interface address %s\n", id, jtext(n, "ifaceAddress"));
			buf_printf(b, "    In the area %s via interface %s\n", ospf_area(jtext(n, "areaId"), area),
			    devmap_name(&names->devs, jtext(n, "ifaceName")));
			buf_printf(b, "    Neighbor priority is %lld, State is %s, %lld state changes\n",
			    (long long)jnum(n, "nbrPriority"), shown, (long long)jnum(n, "stateChangeCounter"));
			buf_printf(b, "    DR is %s BDR is %s\n", jtext(n, "routerDesignatedId"), jtext(n, "routerDesignatedBackupId"));
			buf_printf(b, "    Options is 0x%llX\n", (unsigned long long)jnum(n, "optionsCounter"));
			buf_printf(b, "    Dead timer due in %s\n", duration_str(ms > 0 ? (uint64_t)ms / 1000 : 0, due));
			buf_printf(b, "    Neighbor is up for %s\n",
			    duration_str((uint64_t)jnum(n, "lastPrgrsvChangeMsec") / 1000, up));
			buf_printf(b, "    retransmission queue length %lld\n",
			    (long long)jnum(n, "linkStateRetransmissionListCounter"));
		}
}

struct wanted {
	struct buf *b;
	const char *dev, *id;
};

static void
each_detail(void *ctx, const json_t *j, struct ospf_names *n)
{
	struct wanted *w = ctx;

	ospf_neighbor_detail(w->b, j, w->dev, w->id, n);
}

static void
detail_text(struct session *s, struct buf *b, const void *values, const char *const answer[ASK_MAX])
{
	const struct cfg_show_ip_ospf_neighbor_detail *v = values;
	char dev[OBJ_IFNAMSIZ] = "", id[IP4_STRLEN];
	struct wanted w = { b, v->if_ ? dev : NULL, v->has & HAS_SHOW_IP_OSPF_NEIGHBOR_DETAIL_ID ? ip4_str(v->id, id) : NULL };

	if (v->if_)
		ifname_kernel(v->if_, dev);
	ospf_each(s, answer[0], v->pid, each_detail, &w);
}

void
show_ip_ospf_neighbor_detail(struct session *s, const void *values)
{
	const struct cfg_show_ip_ospf_neighbor_detail *v = values;

	if (!v->pid || ospf_vrf(s, v->pid))
		ask(s, values, &(struct question){ FRR_OSPFD, "show ip ospf vrf all neighbor detail json" }, 1, detail_text);
}
