/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show ipv6 interface [brief]: the addresses that the kernel has given itself.
 * The router routes no IPv6; its ports may have link-local addresses all the same.
 */
#include <arpa/inet.h>
#include <ctype.h>
#include <ifaddrs.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "cli/exec.h"
#include "cli/show/iflist.h"
#include "lib/buf.h"

exec_fn show_ipv6_interface;

/* "FE80::5054:FF:FE12:3456" */
static const char *
address(const struct ifaddrs *a, char out[INET6_ADDRSTRLEN])
{
	inet_ntop(AF_INET6, &((const struct sockaddr_in6 *)(const void *)a->ifa_addr)->sin6_addr, out, INET6_ADDRSTRLEN);
	for (char *p = out; *p; p++)
		*p = (char)toupper((unsigned char)*p);
	return out;
}

static bool
is_of(const struct ifaddrs *a, const struct iface *i, bool link_local)
{
	return a->ifa_addr && a->ifa_addr->sa_family == AF_INET6 && strcmp(a->ifa_name, i->link.dev) == 0 &&
	    link_local == IN6_IS_ADDR_LINKLOCAL(&((const struct sockaddr_in6 *)(const void *)a->ifa_addr)->sin6_addr);
}

static unsigned
prefix_length(const struct ifaddrs *a)
{
	const uint8_t *m = ((const struct sockaddr_in6 *)(const void *)a->ifa_netmask)->sin6_addr.s6_addr;
	unsigned n = 0;

	for (int i = 0; i < 16; i++)
		n += (unsigned)__builtin_popcount(m[i]);
	return n;
}

static void
one(struct buf *b, const struct iface *i, const struct ifaddrs *all, bool brief)
{
	const struct ifaddrs *local = NULL;
	char text[INET6_ADDRSTRLEN];
	bool global = false;

	for (const struct ifaddrs *a = all; a && !local; a = a->ifa_next)
		if (is_of(a, i, true))
			local = a;
	if (brief)
		buf_printf(b, "%-23s[%s/%s]\n", i->name, iface_state(i) == IFACE_ADMIN_DOWN ? "administratively down" :
		    iface_state(i) == IFACE_DOWN ? "down" : "up", iface_state(i) == IFACE_UP ? "up" : "down");
	if (brief && !local)
		buf_puts(b, "    unassigned\n");
	if (!local)
		return;
	if (brief) {
		buf_printf(b, "    %s\n", address(local, text));
	} else {
		buf_printf(b, "%s is %s\n", i->name, iface_state_text(iface_state(i)));
		buf_printf(b, "  IPv6 is enabled, link-local address is %s \n", address(local, text));
		buf_puts(b, "  No Virtual link-local address(es):\n");
	}
	for (const struct ifaddrs *a = all; a; a = a->ifa_next) {
		if (!is_of(a, i, false))
			continue;
		if (!brief && !global)
			buf_puts(b, "  Global unicast address(es):\n");
		global = true;
		buf_printf(b, "    %s", address(a, text));
		if (!brief && a->ifa_netmask)
			buf_printf(b, ", prefix length is %u", prefix_length(a));
		buf_putc(b, '\n');
	}
	if (brief)
		return;
	if (!global)
		buf_puts(b, "  No global unicast address is configured\n");
	buf_printf(b, "  MTU is %u bytes\n", i->link.mtu);
}

void
show_ipv6_interface(struct session *s, const void *values)
{
	const struct cfg_show_ipv6_interface *v = values;
	struct ifaddrs *all = NULL;
	struct buf b = {0};
	size_t n, shown = 0;
	struct iface *list = iface_list(s, &n);

	if (getifaddrs(&all) < 0)
		all = NULL;
	for (size_t i = 0; i < n; i++) {
		if (list[i].class == IF_NULL || (v->if_ && strcasecmp(v->if_, list[i].name) != 0))
			continue;
		one(&b, &list[i], list[i].present ? all : NULL, v->brief);
		shown++;
	}
	if (v->if_ && !shown)
		buf_puts(&b, "%Invalid interface type and number\n");
	out_text(s, buf_str(&b), b.n);
	buf_free(&b);
	if (all)
		freeifaddrs(all);
	free(list);
}
