/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lines of show interfaces that only tunnels have: from where to where, by
 * which protocol, with which options, protected by what; and keepalives, with
 * what they have counted.
 */
#include <stdio.h>
#include <string.h>

#include "backends/gre/keepalive.h"
#include "cli/exec.h"
#include "cli/show/iflist.h"
#include "daemon/router.h"
#include "lib/buf.h"
#include "lib/ip4.h"

static void
keepalive(struct buf *b, struct session *s, const struct iface *i, bool gre)
{
	const struct cfg_interface_keepalive *k = i->rec ? store_leaf(session_store(s), i->rec, ROW_INTERFACE_KEEPALIVE) : NULL;
	struct gre_count n;

	if (!k || !k->period || !gre) {
		buf_puts(b, "  Keepalive not set\n");
		return;
	}
	buf_printf(b, "  Keepalive set (%u sec), retries %u\n", k->period,
	    k->has & HAS_INTERFACE_KEEPALIVE_RETRIES ? k->retries : 3);
	if (session_router(s)->gre && gre_counts(session_router(s)->gre, i->link.dev, &n))
		buf_printf(b, "   %llu keepalives sent, %llu came back, %u unanswered in a row\n", (unsigned long long)n.sent,
		    (unsigned long long)n.answered, n.missed);
}

/* "192.168.1.1 (Ethernet0/0)", "192.168.1.1", "UNKNOWN" */
static void
source(struct buf *b, struct store *st, const struct rec *r)
{
	const struct cfg_interface_tunnel_source *v = store_leaf(st, r, ROW_INTERFACE_TUNNEL_SOURCE);
	const struct rec *other;
	const struct cfg_interface_address *a;

	if (v && v->from == INTERFACE_TUNNEL_SOURCE_FROM_ADDR) {
		buf_puts(b, ip4_s(v->addr));
		return;
	}
	if (!v || v->from != INTERFACE_TUNNEL_SOURCE_FROM_IF) {
		buf_puts(b, v ? "dynamic" : "UNKNOWN");
		return;
	}
	other = store_defined(st, REF_INTERFACE, v->if_);
	a = other ? store_leaf(st, other, ROW_INTERFACE_ADDRESS) : NULL;
	buf_printf(b, "%s (%s)", a ? ip4_s(a->addr) : "UNKNOWN", v->if_);
}

static void
ends(struct buf *b, struct store *st, const struct rec *r, bool template)
{
	const struct cfg_interface_tunnel_destination *d = store_leaf(st, r, ROW_INTERFACE_TUNNEL_DESTINATION);

	buf_puts(b, "  Tunnel source ");
	source(b, st, r);
	if (d && d->to == INTERFACE_TUNNEL_DESTINATION_TO_ADDR)
		buf_printf(b, ", destination %s\n", d->addr);
	else if (template)
		buf_putc(b, '\n');
	else
		buf_printf(b, ", destination %s\n", d ? "dynamic" : "UNKNOWN");
}

static const char *
transport(const struct cfg_interface_tunnel_mode *m)
{
	switch (m->kind) {
	case INTERFACE_TUNNEL_MODE_KIND_GRE:
		return m->gre == INTERFACE_TUNNEL_MODE_GRE_MULTIPOINT ? "multi-GRE/IP" : m->gre == INTERFACE_TUNNEL_MODE_GRE_IPV6 ?
		    "GRE/IPv6" : "GRE/IP";
	case INTERFACE_TUNNEL_MODE_KIND_IPSEC:
		return m->payload == INTERFACE_TUNNEL_MODE_PAYLOAD_IPV6 ? "IPSEC/IPV6" : "IPSEC/IP";
	case INTERFACE_TUNNEL_MODE_KIND_IPIP:
		return "IP/IP";
	case INTERFACE_TUNNEL_MODE_KIND_IPV6IP:
		return "IPv6/IP";
	default:
		return "UNKNOWN";
	}
}

static void
options(struct buf *b, struct store *st, const struct rec *r)
{
	const struct cfg_interface_tunnel_key *key = store_leaf(st, r, ROW_INTERFACE_TUNNEL_KEY);

	if (key)
		buf_printf(b, "    Key 0x%X, ", key->key);
	else
		buf_puts(b, "    Key disabled, ");
	buf_printf(b, "sequencing %s\n", store_flag(st, r, ROW_INTERFACE_TUNNEL_SEQUENCE) ? "enabled" : "disabled");
	buf_printf(b, "    Checksumming of packets %s\n", store_flag(st, r, ROW_INTERFACE_TUNNEL_CHECKSUM) ? "enabled" : "disabled");
}

/* A Virtual-Access interface has what its template says. */
void
tunnel_lines(struct buf *b, struct session *s, const struct iface *i)
{
	struct store *st = session_store(s);
	const struct rec *r = i->rec ? i->rec : i->template;
	const struct cfg_interface_tunnel_mode *m = r ? store_leaf(st, r, ROW_INTERFACE_TUNNEL_MODE) : NULL;
	const struct cfg_interface_tunnel_ttl *ttl = r ? store_leaf(st, r, ROW_INTERFACE_TUNNEL_TTL) : NULL;
	const struct cfg_interface_tunnel_protection *p = r ? store_leaf(st, r, ROW_INTERFACE_TUNNEL_PROTECTION) : NULL;
	bool gre = i->rec && m && m->kind == INTERFACE_TUNNEL_MODE_KIND_GRE;

	if (i->template)
		buf_printf(b, "  Tunnel vaccess, cloned from %s\n", ((const struct cfg_interface *)rec_values(i->template))->if_);
	keepalive(b, s, i, gre);
	if (i->class != IF_TEMPLATE)
		buf_printf(b, "  Tunnel linestate evaluation %s\n", iface_state(i) == IFACE_UP ? "up" : "down");
	if (i->rec)
		ends(b, st, i->rec, i->class == IF_TEMPLATE);
	else if (i->remote)
		buf_printf(b, "  Tunnel source %s, destination %s\n", ip4_s(i->local), ip4_s(i->remote));
	buf_printf(b, "  Tunnel protocol/transport %s\n", m ? transport(m) : "IPSEC/IP");
	if (gre)
		options(b, st, i->rec);
	buf_printf(b, "  Tunnel TTL %u%s\n", ttl ? ttl->ttl : 255, gre ? ", Fast tunneling enabled" : "");
	if (i->present)
		buf_printf(b, "  Tunnel transport MTU %u bytes\n", i->link.mtu);
	if (p)
		buf_printf(b, "  Tunnel protection via IPSec (profile \"%s\"%s)\n", p->profile, p->shared ? ", shared" : "");
}
