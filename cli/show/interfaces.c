/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show interfaces, show interfaces description, show ip interface brief.
 *
 * Counters, MTU, address and driver are the device's. Bandwidth and delay are
 * those that IOS gives to the type of interface. What the kernel does not
 * keep (times of the last packets, rates, broadcasts) is left out as soon as
 * IOS would print something else than its value for an idle interface.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include <linux/ethtool.h>

#include "cli/exec.h"
#include "cli/show/counters.h"
#include "cli/show/iflist.h"
#include "cli/show/names.h"
#include "cli/show/platform.h"
#include "daemon/router.h"
#include "engine/objects.h"
#include "lib/buf.h"
#include "lib/ip4.h"

exec_fn show_interfaces, show_ip_interface_brief, show_interfaces_description;

static const struct nominal {
	const char *type;
	unsigned kbit, delay;	/* Kbit/sec, usec */
} nominals[] = {
	{ "Ethernet", 10000, 1000 },
	{ "FastEthernet", 100000, 100 },
	{ "GigabitEthernet", 1000000, 10 },
	{ "TenGigabitEthernet", 10000000, 10 },
	{ "Loopback", 8000000, 5000 },
	{ "Tunnel", 100, 50000 },
	{ "Virtual-Access", 100000, 50000 },
	{ "Virtual-Template", 100000, 50000 },
	{ "Null", 10000000, 0 },
};

static const struct nominal *
nominal(const char *name)
{
	size_t n = strcspn(name, "0123456789");

	for (size_t i = 0; i < sizeof nominals / sizeof nominals[0]; i++)
		if (strlen(nominals[i].type) == n && strncmp(nominals[i].type, name, n) == 0)
			return &nominals[i];
	return &nominals[0];
}

/* The name of the device's driver: "virtio_net", "veth". */
static void
driver_name(const struct nl_link *l, char *out, size_t size)
{
	struct ethtool_drvinfo info;

	if (platform_driver(l->dev, &info))
		snprintf(out, size, "%.*s", (int)sizeof info.driver, info.driver);
	else
		snprintf(out, size, "%s", l->kind[0] ? l->kind : "Ethernet");
}

static void
hardware(struct buf *b, const struct iface *i)
{
	const uint8_t *m = i->link.hwaddr;
	char driver[40];

	if (i->class == IF_LOOPBACK) {
		buf_puts(b, "  Hardware is Loopback\n");
	} else if (i->class == IF_TUNNEL) {
		buf_puts(b, "  Hardware is Tunnel\n");
	} else if (i->class == IF_ACCESS) {
		buf_puts(b, "  Hardware is Virtual Access interface\n");
	} else if (i->class == IF_TEMPLATE) {
		buf_puts(b, "  Hardware is Virtual Template interface\n");
	} else if (i->class == IF_NULL) {
		buf_puts(b, "  Hardware is Unknown\n");
	} else if (!i->present) {
		buf_puts(b, "  Hardware is not present\n");
	} else {
		driver_name(&i->link, driver, sizeof driver);
		buf_printf(b, "  Hardware is %s", driver);
		if (i->link.hwlen == 6)
			buf_printf(b, ", address is %02x%02x.%02x%02x.%02x%02x (bia %02x%02x.%02x%02x.%02x%02x)",
			    m[0], m[1], m[2], m[3], m[4], m[5], m[0], m[1], m[2], m[3], m[4], m[5]);
		buf_putc(b, '\n');
	}
}

/* 255/255 is perfect; each packet with an error takes its share. */
static unsigned
reliability(const struct nl_link *l)
{
	uint64_t good = l->rx_packets + l->tx_packets, bad = l->rx_errors + l->tx_errors;

	return bad == 0 ? 255 : (unsigned)(255.0 * (double)good / (double)(good + bad));
}

static void
counters(struct buf *b, const struct iface *i, int64_t since)
{
	const struct nl_link *l = &i->link;
	bool port = i->class == IF_PHYSICAL;
	char t[DURATION_LEN];
	/* nothing ever passed: of a cleared interface that is not known any more */
	bool quiet = since < 0 && l->rx_packets == 0 && l->tx_packets == 0;
#define U(x) ((unsigned long long)(x))
	if (quiet)
		buf_puts(b, "  Last input never, output never, output hang never\n");
	buf_printf(b, "  Last clearing of \"show interface\" counters %s\n", since < 0 ? "never" : duration_str((uint64_t)since, t));
	buf_printf(b, "  Input drops: %llu; Total output drops: %llu\n", U(l->rx_dropped), U(l->tx_dropped));
	if (quiet)
		buf_puts(b, "  5 minute input rate 0 bits/sec, 0 packets/sec\n"
		    "  5 minute output rate 0 bits/sec, 0 packets/sec\n");
	buf_printf(b, "     %llu packets input, %llu bytes, 0 no buffer\n", U(l->rx_packets), U(l->rx_bytes));
	if (l->rx_packets == 0)
		buf_puts(b, "     Received 0 broadcasts (0 IP multicasts)\n");
	buf_puts(b, "     0 runts, 0 giants, 0 throttles\n");
	buf_printf(b, "     %llu input errors, %llu CRC, %llu frame, %llu overrun, 0 ignored%s\n", U(l->rx_errors),
	    U(l->rx_crc_errors), U(l->rx_frame_errors), U(l->rx_over_errors), port ? "" : ", 0 abort");
	if (port)
		buf_printf(b, "     0 watchdog, %llu multicast, 0 pause input\n", U(l->multicast));
	buf_printf(b, "     %llu packets output, %llu bytes, 0 underruns\n", U(l->tx_packets), U(l->tx_bytes));
	buf_printf(b, "     %llu output errors, %llu collisions, 0 interface resets\n", U(l->tx_errors), U(l->collisions));
	buf_puts(b, "     0 unknown protocol drops\n");
	if (port)
		buf_puts(b, "     0 babbles, 0 late collision, 0 deferred\n"
		    "     0 lost carrier, 0 no carrier, 0 pause output\n");
	buf_puts(b, "     0 output buffer failures, 0 output buffers swapped out\n");
#undef U
}

static void
note(void *ctx, const char *text)
{
	buf_printf(ctx, "  %s\n", text);
}

/* What the kernel, charon or FRR did not take. */
static void
failure(void *ctx, const struct obj_info *o)
{
	struct buf text = {0};

	if (o->state != OBJ_FAILED)
		return;
	obj_describe(o->obj, &text);
	buf_printf(ctx, "  Not in effect: %s: %s\n", buf_str(&text), o->reason ? o->reason : "no reason given");
	buf_free(&text);
}

static bool
one(struct buf *b, struct session *s, struct iface *i, bool named)
{
	struct store *st = session_store(s);
	struct engine *e = session_router(s)->engine;
	const struct cfg_interface_description *d = i->rec ? store_leaf(st, i->rec, ROW_INTERFACE_DESCRIPTION) : NULL;
	const struct cfg_interface_mtu *mtu = i->rec ? store_leaf(st, i->rec, ROW_INTERFACE_MTU) : NULL;
	const struct cfg_interface_bandwidth *bw = i->rec ? store_leaf(st, i->rec, ROW_INTERFACE_BANDWIDTH) : NULL;
	const struct cfg_interface_delay *delay = i->rec ? store_leaf(st, i->rec, ROW_INTERFACE_DELAY) : NULL;
	const struct nominal *n = nominal(i->name);
	bool tunnel = i->class == IF_TUNNEL || i->class == IF_ACCESS || i->class == IF_TEMPLATE;
	int64_t since = i->present ? counters_since(session_router(s)->cleared, &i->link) : -1;

	buf_printf(b, "%s is %s \n", i->name, iface_state_text(iface_state(i)));
	hardware(b, i);
	if (d)
		buf_printf(b, "  Description: %s\n", d->text);
	if (i->lender && i->addr)
		buf_printf(b, "  Interface is unnumbered. Using address of %s (%s)\n", i->lender, ip4_s(i->addr));
	else if (i->addr)
		buf_printf(b, "  Internet address is %s/%u\n", ip4_s(i->addr), i->len);
	buf_printf(b, "  MTU %u bytes, BW %u Kbit/sec, DLY %u usec, \n", i->present ? i->link.mtu : mtu ? mtu->bytes : 1500,
	    bw ? bw->kbps : n->kbit, delay ? delay->tens * 10 : n->delay);
	buf_printf(b, "     reliability %u/255\n", reliability(&i->link));
	buf_printf(b, "  Encapsulation %s, loopback not set\n", i->class == IF_LOOPBACK ? "LOOPBACK" : tunnel ? "TUNNEL" : "ARPA");
	if (i->class == IF_PHYSICAL)
		buf_puts(b, "  ARP type: ARPA, ARP Timeout 04:00:00\n");
	if (tunnel)
		tunnel_lines(b, s, i);
	if (e && i->rec) {
		engine_each_note(e, i->rec->id, note, b);
		engine_each_of(e, i->rec->id, failure, b);
	}
	if (i->present)
		counters(b, i, since);
	return true;
}

void
show_interfaces(struct session *s, const void *values)
{
	iface_show(s, ((const struct cfg_show_interfaces *)values)->if_, one);
}

void
show_ip_interface_brief(struct session *s, const void *values)
{
	static const char *const status[][2] = {
		[IFACE_ADMIN_DOWN] = { "administratively down", "down" },
		[IFACE_DOWN] = { "down", "down" },
		[IFACE_PROTOCOL_DOWN] = { "up", "down" },
		[IFACE_UP] = { "up", "up" },
	};
	struct buf b = {0};
	size_t n;
	struct iface *list = iface_list(s, &n);

	buf_puts(&b, "Interface                  IP-Address      OK? Method Status                Protocol\n");
	for (size_t i = 0; i < n; i++) {
		const struct iface *f = &list[i];
		const char *const *st = status[iface_state(f)];
		/* where the address comes from: startup-config, somebody's typing, or nowhere */
		bool file = f->addr ? f->addr_line != 0 : f->rec && f->rec->line != 0;

		if (f->class == IF_NULL)
			continue;
		buf_printf(&b, "%-26s %-15s YES %-6s %-21s %-8s\n", f->name, f->addr ? ip4_s(f->addr) : "unassigned",
		    !f->rec ? "unset" : file ? "NVRAM" : f->addr ? "manual" : "unset", st[0], st[1]);
	}
	out_text(s, buf_str(&b), b.n);
	buf_free(&b);
	free(list);
}

void
show_interfaces_description(struct session *s, const void *values)
{
	const char *only = ((const struct cfg_show_interfaces_description *)values)->if_;
	struct store *st = session_store(s);
	struct buf b = {0};
	size_t n;
	struct iface *list = iface_list(s, &n);

	buf_puts(&b, "Interface                      Status         Protocol Description\n");
	for (size_t i = 0; i < n; i++) {
		const struct iface *f = &list[i];
		const struct cfg_interface_description *d = f->rec ? store_leaf(st, f->rec, ROW_INTERFACE_DESCRIPTION) : NULL;
		enum iface_state state = iface_state(f);
		char name[40];

		if (f->class == IF_NULL || (only && strcasecmp(only, f->name) != 0))
			continue;
		ifname_short(f->name, name, sizeof name);
		buf_printf(&b, "%-30s %-14s %-8s %s\n", name, state == IFACE_ADMIN_DOWN ? "admin down" : state == IFACE_DOWN ? "down" : "up",
		    state == IFACE_UP ? "up" : "down", d ? d->text : "");
	}
	out_text(s, buf_str(&b), b.n);
	buf_free(&b);
	free(list);
}
