/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show ip interface: addresses and how IP is handled. Settings that this router
 * does not have are printed as what they are: not set, disabled.
 */
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/exec.h"
#include "cli/show/iflist.h"
#include "lib/buf.h"
#include "lib/ip4.h"

exec_fn show_ip_interface;

/* A Virtual-Access interface has what its template says. */
static const struct rec *
lines_of(const struct iface *i)
{
	return i->rec ? i->rec : i->template;
}

static void
addresses(struct buf *b, struct store *st, const struct iface *i)
{
	if (i->lender)
		buf_printf(b, "  Interface is unnumbered. Using address of %s (%s)\n", i->lender, ip4_s(i->addr));
	else
		buf_printf(b, "  Internet address is %s/%u\n", ip4_s(i->addr), i->len);
	buf_puts(b, "  Broadcast address is 255.255.255.255\n");
	if (!i->lender)
		buf_printf(b, "  Address determined by %s\n", i->rec && i->addr_line ? "non-volatile memory" : "setup command");
	for (const struct rec *r = lines_of(i) ? store_first(st, lines_of(i), ROW_INTERFACE_ADDRESS_SECONDARY) : NULL; r;
	     r = store_next(r)) {
		const struct cfg_interface_address_secondary *v = rec_values(r);

		buf_printf(b, "  Secondary address %s/%d\n", ip4_s(v->addr), ip4_masklen(v->mask));
	}
}

static const char *
filter(struct store *st, const struct iface *i, uint32_t dir)
{
	for (const struct rec *r = lines_of(i) ? store_first(st, lines_of(i), ROW_INTERFACE_ACCESS_GROUP) : NULL; r; r = store_next(r))
		if (((const struct cfg_interface_access_group *)rec_values(r))->dir == dir)
			return ((const struct cfg_interface_access_group *)rec_values(r))->acl;
	return NULL;
}

static void
access_list(struct buf *b, const char *label, const char *acl)
{
	if (acl)
		buf_printf(b, "  %s access list is %s, which is not applied\n", label, acl);
	else
		buf_printf(b, "  %s access list is not set\n", label);
}

static bool
one(struct buf *b, struct session *s, struct iface *i, bool named)
{
	struct store *st = session_store(s);
	const struct rec *r = lines_of(i);
	const struct cfg_interface_ip_mtu *ip_mtu = r ? store_leaf(st, r, ROW_INTERFACE_IP_MTU) : NULL;
	const struct cfg_interface_adjust_mss *mss = r ? store_leaf(st, r, ROW_INTERFACE_ADJUST_MSS) : NULL;

	if (!named && i->class == IF_NULL)
		return false;
	buf_printf(b, "%s is %s\n", i->name, iface_state_text(iface_state(i)));
	if (!i->addr) {
		buf_puts(b, "  Internet protocol processing disabled\n");
		return true;
	}
	addresses(b, st, i);
	buf_printf(b, "  MTU is %u bytes\n", i->present ? i->link.mtu : ip_mtu ? ip_mtu->bytes : 1500);
	buf_puts(b, "  Helper address is not set\n  Directed broadcast forwarding is disabled\n");
	access_list(b, "Outgoing", filter(st, i, INTERFACE_ACCESS_GROUP_DIR_OUT));
	access_list(b, "Inbound ", filter(st, i, INTERFACE_ACCESS_GROUP_DIR_IN));
	buf_puts(b, "  Proxy ARP is disabled\n"
	    "  ICMP redirects are never sent\n"
	    "  ICMP unreachables are always sent\n"
	    "  ICMP mask replies are never sent\n");
	if (iface_vrf(st, r))
		buf_printf(b, "  VPN Routing/Forwarding \"%s\"\n", iface_vrf(st, r));
	buf_puts(b, "  Policy routing is disabled\n"
	    "  Network address translation is disabled\n");
	if (mss)
		buf_printf(b, "  TCP MSS is adjusted to %u bytes, both ways\n", mss->bytes);
	return true;
}

void
show_ip_interface(struct session *s, const void *values)
{
	const struct cfg_show_ip_interface *a = values;

	iface_show(s, a->has & HAS_SHOW_IP_INTERFACE_IF ? a->if_ : NULL, one);
}
