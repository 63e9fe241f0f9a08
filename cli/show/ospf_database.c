/* SPDX-License-Identifier: BSD-2-Clause */
/* show ip ospf database: the list of LSAs, and their contents: see ospf.h. */
#define _GNU_SOURCE
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/show/ask.h"
#include "cli/show/ospf.h"
#include "lib/ip4.h"

exec_fn show_ip_ospf_database;

static void
head(struct buf *b, const char *id, const struct ospf_names *n)
{
	buf_printf(b, "\n            OSPF Router with ID (%s) (Process ID %u)\n", id, n->pid);
}

static void
section(struct buf *b, const json_t *list, const char *title, const char *area, const char *column)
{
	const json_t *l;
	size_t i;
	char a[16];

	if (json_array_size(list) == 0)
		return;
	buf_printf(b, "\n\t\t%s", title);
	if (area)
		buf_printf(b, " (Area %s)", ospf_area(area, a));
	buf_printf(b, "\n\nLink ID         ADV Router      Age         Seq#       Checksum%s\n", column);
	json_array_foreach(list, i, l) {
		buf_printf(b, "%-15s %-15s %-11lld 0x%-8s 0x%06lX", jtext(l, "lsId"), jtext(l, "advertisedRouter"),
		    (long long)jnum(l, "lsaAge"), jtext(l, "sequenceNumber"), strtoul(jtext(l, "checksum"), NULL, 16));
		if (strstr(column, "Link count"))
			buf_printf(b, " %lld", (long long)jnum(l, "numOfRouterLinks"));
		else if (strstr(column, "Tag"))
			buf_printf(b, " %lld", (long long)jnum(l, "tag"));
		buf_putc(b, '\n');
	}
}

void
ospf_database(struct buf *b, const json_t *j, struct ospf_names *n)
{
	static const char *const kinds[][3] = {
		{ "routerLinkStates", "Router Link States", " Link count" }, { "networkLinkStates", "Net Link States", "" },
		{ "summaryLinkStates", "Summary Net Link States", "" }, { "asbrSummaryLinkStates", "Summary ASB Link States", "" },
		{ "nssaExternalLinkStates", "Type-7 AS External Link States", " Tag" },
		{ "areaLocalOpaqueLsa", "Type-10 Opaque Link Area Link States", "" },
	};
	json_t *areas = json_object_get(j, "areas"), *a;
	const char *id;

	if (!*jtext(j, "routerId"))
		return;
	head(b, jtext(j, "routerId"), n);
	json_object_foreach(areas, id, a)
		for (size_t i = 0; i < sizeof kinds / sizeof kinds[0]; i++)
			section(b, json_object_get(a, kinds[i][0]), kinds[i][1], id, kinds[i][2]);
	section(b, json_object_get(j, "asExternalLinkStates"), "Type-5 AS External Link States", NULL, " Tag");
}

/* --- contents --- */

/* Lines that are worded otherwise; "" leaves one out. What stands behind the words is kept. */
static const char *const words[][2] = {
	{ "  LS Flags:", "" }, { "   Flags:", "" }, { "  Flags:", "" },
	{ "  LS Type: router-LSA", "  LS Type: Router Links" }, { "  LS Type: network-LSA", "  LS Type: Network Links" },
	{ "  LS Type: summary-LSA", "  LS Type: Summary Links(Network)" },
	{ "  LS Type: ASBR-summary-LSA", "  LS Type: Summary Links(AS Boundary Router)" },
	{ "  LS Type: AS-external-LSA", "  LS Type: AS External Link" },
	{ "  LS Type: NSSA-LSA", "  LS Type: AS External Link" },
	{ "   Number of Links:", "  Number of Links:" }, { "      Number of TOS metrics:", "      Number of MTID metrics:" },
	{ "       TOS 0 Metric:", "       TOS 0 Metrics:" }, { "        TOS: 0", "        MTID: 0 " },
	{ "     (Link ID) Net:", "     (Link ID) Network/subnet number:" },
	{ "        TOS: 0  Metric:", "        MTID: 0         Metric:" },
};

static void
title(struct buf *b, const char *line)
{
	static const char *const titles[][2] = {
		{ "ASBR-Summary Link States", "Summary ASB Link States" }, { "Summary Link States", "Summary Net Link States" },
		{ "NSSA-external Link States", "Type-7 AS External Link States" },
		{ "AS External Link States", "Type-5 AS External Link States" },
		{ "Router Link States", "Router Link States" }, { "Net Link States", "Net Link States" },
	};
	const char *area = strstr(line, "(Area ");
	char id[16] = "", a[16];

	for (size_t i = 0; i < sizeof titles / sizeof titles[0]; i++)
		if (strncmp(line, titles[i][0], strlen(titles[i][0])) == 0) {
			buf_printf(b, "\t\t%s", titles[i][1]);
			if (area && sscanf(area, "(Area %15[0-9.]", id) == 1)
				buf_printf(b, " (Area %s)", ospf_area(id, a));
			buf_putc(b, '\n');
			return;
		}
	buf_printf(b, "\t\t%s\n", line);
}

static void
content_line(struct buf *b, const char *line, const struct ospf_names *n)
{
	unsigned long value;
	unsigned len;
	char id[20];

	if (sscanf(line, " OSPF Router with ID (%19[0-9.]", id) == 1) {
		head(b, id, n);
		return;
	}
	if (strncmp(line, "                ", 16) == 0 && strstr(line, "Link States")) {
		title(b, line + strspn(line, " "));
		return;
	}
	if (sscanf(line, "  Network Mask: /%u", &len) == 1) {
		buf_printf(b, "  Network Mask: /%u\n", len);
		return;
	}
	if (sscanf(line, "  Checksum: 0x%lx", &value) == 1) {
		buf_printf(b, "  Checksum: 0x%lX\n", value);
		return;
	}
	if (sscanf(line, "  Options: 0x%lx", &value) == 1) {
		buf_printf(b, "  Options: (No TOS-capability, %s)\n", value & 0x20 ? "DC" : "No DC");
		return;
	}
	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strncmp(line, words[i][0], strlen(words[i][0])) == 0) {
			if (*words[i][1])
				buf_printf(b, "%s%s\n", words[i][1], line + strlen(words[i][0]));
			return;
		}
	buf_printf(b, "%s\n", line);
}

void
ospf_database_detail(struct buf *b, const char *frr, struct ospf_names *n)
{
	bool blank = true;	/* FRR leaves several lines blank where IOS leaves one */

	while (*frr) {
		size_t len = strcspn(frr, "\r\n");
		char line[256];

		snprintf(line, sizeof line, "%.*s", (int)len, frr);
		for (size_t k = strlen(line); k && line[k - 1] == ' '; k--)
			line[k - 1] = '\0';
		if (strncmp(line, "VRF Name:", 9) == 0)	/* (the process tells) */
			*line = '\0';
		if (*line)
			content_line(b, line, n);
		else if (!blank)
			buf_putc(b, '\n');
		blank = !*line;
		frr += len;
		frr += *frr == '\r';
		frr += *frr == '\n';
	}
}

static void
each(void *ctx, const json_t *j, struct ospf_names *n)
{
	ospf_database(ctx, j, n);
}

static void
text(struct session *s, struct buf *b, const void *values, const char *const answer[ASK_MAX])
{
	const struct cfg_show_ip_ospf_database *v = values;
	struct ospf_names n;

	ospf_names_init(&n, session_store(s));
	if (v->pid)
		n.pid = v->pid;
	if (v->has & HAS_SHOW_IP_OSPF_DATABASE_TYPE) {
		if (answer[0])
			ospf_database_detail(b, answer[0], &n);
	} else
		ospf_each(s, answer[0], v->pid, each, b);
	ospf_names_free(&n);
}

void
show_ip_ospf_database(struct session *s, const void *values)
{
	static const char *const types[] = { "router", "network", "summary", "asbr-summary", "external", "nssa-external" };
	const struct cfg_show_ip_ospf_database *v = values;
	const char *vrf = v->pid ? ospf_vrf(s, v->pid) : "default";
	char command[160] = "show ip ospf vrf all database json";

	if (!vrf)
		return;
	if (v->has & HAS_SHOW_IP_OSPF_DATABASE_TYPE)
		snprintf(command, sizeof command, "show ip ospf vrf %s database %s%s%s", vrf, types[v->type],
		    v->has & HAS_SHOW_IP_OSPF_DATABASE_ID ? " " : "", v->has & HAS_SHOW_IP_OSPF_DATABASE_ID ? ip4_s(v->id) : "");
	ask(s, values, &(struct question){ FRR_OSPFD, command }, 1, text);
}
