/* SPDX-License-Identifier: BSD-2-Clause */
/* show ip ospf neighbor, from ospfd's `show ip ospf neighbor json`. */
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "cli/exec.h"
#include "cli/show/names.h"
#include "lib/buf.h"

exec_fn show_ip_ospf_neighbor;

static const char *
text(const json_t *o, const char *key)
{
	const char *s = json_string_value(json_object_get(o, key));

	return s ? s : "";
}

/* FRR's "Full/Backup" as IOS's "FULL/BDR". */
static void
state_text(const char *frr, char *out, size_t size)
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
	const char *state = text(n, "nbrState"), *ifname = text(n, "ifaceName");
	char shown[32], dev[OBJ_IFNAMSIZ], dead[DURATION_LEN];
	json_int_t ms;

	if (!due)
		due = json_object_get(n, "routerDeadIntervalTimerDueMsec");
	if (!prio)
		prio = json_object_get(n, "priority");
	if (!*state)
		state = text(n, "state");
	ms = json_integer_value(due);
	state_text(state, shown, sizeof shown);
	/* "e0-0:192.168.13.3": device and our address */
	snprintf(dev, sizeof dev, "%.*s", (int)strcspn(ifname, ":"), ifname);
	buf_printf(b, "%-15s %3d   %-15s %-11s %-15s %s\n", id, (int)json_integer_value(prio), shown,
	    duration_str(ms > 0 ? (uint64_t)ms / 1000 : 0, dead), text(n, "ifaceAddress"), devmap_name(names, dev));
}

void
show_ip_ospf_neighbor(struct session *s, const void *values)
{
	json_t *all = json_object_get(session_neighbors(s), "neighbors"), *list, *n;
	struct devmap names;
	struct buf b = {0};
	const char *id;
	size_t i;

	if (json_object_size(all) == 0)
		return;
	devmap_init(&names, session_store(s));
	buf_puts(&b, "\nNeighbor ID     Pri   State           Dead Time   Address         Interface\n");
	json_object_foreach(all, id, list)
		json_array_foreach(list, i, n)
			neighbor(&b, &names, id, n);
	out_text(s, b.d, b.n);
	buf_free(&b);
	devmap_free(&names);
}
