/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Objects are flat structs with string pointers; a clone packs the struct and
 * all its strings into one block, so that freeing is one call and 10,000
 * tunnels stay small. A table per kind names the string members, and copying
 * and comparing are written once over it.
 */
#include "engine/objects.h"

#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"

enum member { TEXT, LIST };

static const struct {
	enum obj_kind kind;
	enum member what;
	size_t offset;
} members[] = {
	{ OBJ_SECRET, TEXT, offsetof(struct obj, secret.id) },
	{ OBJ_SECRET, TEXT, offsetof(struct obj, secret.data) },
	{ OBJ_SECRET, LIST, offsetof(struct obj, secret.owners) },
	{ OBJ_IKE, TEXT, offsetof(struct obj, ike.name) },
	{ OBJ_IKE, LIST, offsetof(struct obj, ike.proposals) },
	{ OBJ_IKE, TEXT, offsetof(struct obj, ike.local_id) },
	{ OBJ_IKE, TEXT, offsetof(struct obj, ike.remote_id) },
	{ OBJ_CHILD, TEXT, offsetof(struct obj, child.conn) },
	{ OBJ_CHILD, TEXT, offsetof(struct obj, child.name) },
	{ OBJ_CHILD, LIST, offsetof(struct obj, child.proposals) },
	{ OBJ_ZEBRA, TEXT, offsetof(struct obj, frr.context) },
	{ OBJ_ZEBRA, TEXT, offsetof(struct obj, frr.slot) },
	{ OBJ_ZEBRA, TEXT, offsetof(struct obj, frr.line) },
	{ OBJ_ZEBRA, TEXT, offsetof(struct obj, frr.undo) },
};
#define NMEMBER (sizeof members / sizeof members[0])

/* The lines of all routing daemons have the payload of zebra's. */
static enum obj_kind
payload_of(enum obj_kind kind)
{
	return obj_is_frr(kind) ? OBJ_ZEBRA : kind;
}

static const size_t payload[OBJ_NKIND] = {
	[OBJ_LINK] = sizeof(struct obj_link), [OBJ_ADDRESS] = sizeof(struct obj_address),
	[OBJ_POLICY] = sizeof(struct obj_policy), [OBJ_SECRET] = sizeof(struct obj_secret),
	[OBJ_IKE] = sizeof(struct obj_ike), [OBJ_CHILD] = sizeof(struct obj_child),
	[OBJ_ZEBRA] = sizeof(struct obj_frr), [OBJ_OSPFD] = sizeof(struct obj_frr), [OBJ_BGPD] = sizeof(struct obj_frr),
	[OBJ_ROUTE] = sizeof(struct obj_route),
	[OBJ_MSS] = sizeof(struct obj_mss), [OBJ_KEEPALIVE] = sizeof(struct obj_keepalive),
	[OBJ_REACH] = sizeof(struct obj_reach), [OBJ_IKE_SETTINGS] = sizeof(struct obj_ike_settings),
};

/* All payloads begin at the union; only the part of the kind is allocated. */
#define HEAD offsetof(struct obj, link)

static size_t
list_size(const char *const *l, size_t *strings)
{
	size_t n = 0;

	for (; l && l[n]; n++)
		*strings += strlen(l[n]) + 1;
	return n;
}

struct obj *
obj_clone(const struct obj *o)
{
	size_t base = (HEAD + payload[o->kind] + 7) / 8 * 8, strings = strlen(o->key ? o->key : "") + 1, ptrs = 0;
	struct obj *c;
	char *s;
	const char **p;

	for (size_t i = 0; i < NMEMBER; i++) {
		const char *m = (const char *)o + members[i].offset;

		if (members[i].kind != payload_of(o->kind))
			continue;
		if (members[i].what == TEXT) {
			const char *t = *(const char *const *)(const void *)m;

			strings += t ? strlen(t) + 1 : 0;
		} else
			ptrs += list_size(*(const char *const *const *)(const void *)m, &strings) + 1;
	}
	c = xmalloc(base + ptrs * sizeof(char *) + strings + 8);
	memcpy(c, o, HEAD + payload[o->kind]);
	p = (const char **)(void *)((char *)c + base);
	s = (char *)(p + ptrs);
	for (size_t i = 0; i < NMEMBER; i++) {
		char *m = (char *)c + members[i].offset;

		if (members[i].kind != payload_of(o->kind))
			continue;
		if (members[i].what == TEXT) {
			const char **t = (const char **)(void *)m;

			if (!*t)
				continue;
			*t = strcpy(s, *t);
			s += strlen(s) + 1;
		} else {
			const char *const *l = *(const char *const **)(void *)m;

			*(const char *const **)(void *)m = p;
			for (; l && *l; l++) {
				*p++ = strcpy(s, *l);
				s += strlen(s) + 1;
			}
			*p++ = NULL;
		}
	}
	c->key = strcpy(s, o->key ? o->key : "");
	return c;
}

void
obj_free(struct obj *o)
{
	if (!o)
		return;
	if (o->kind == OBJ_SECRET && o->secret.data)
		explicit_bzero((char *)(uintptr_t)o->secret.data, strlen(o->secret.data));
	if (obj_is_frr(o->kind) && o->frr.secret) {
		explicit_bzero((char *)(uintptr_t)o->frr.line, strlen(o->frr.line));
		explicit_bzero((char *)(uintptr_t)o->frr.undo, strlen(o->frr.undo));
	}
	free(o);
}

static bool
text_equal(const char *a, const char *b)
{
	return a == b || (a && b && strcmp(a, b) == 0);
}

static bool
list_equal(const char *const *a, const char *const *b)
{
	if (!a || !b)
		return (!a || !*a) && (!b || !*b);
	for (; *a && *b; a++, b++)
		if (strcmp(*a, *b) != 0)
			return false;
	return !*a && !*b;
}

static bool
selector_equal(const struct obj_selector *a, const struct obj_selector *b)
{
	return a->src.addr == b->src.addr && a->src.len == b->src.len && a->dst.addr == b->dst.addr &&
	    a->dst.len == b->dst.len && a->proto == b->proto && a->src_port == b->src_port &&
	    a->dst_port == b->dst_port && a->src_port_mask == b->src_port_mask &&
	    a->dst_port_mask == b->dst_port_mask && a->has_icmp == b->has_icmp;
}

bool
link_same_device(const struct obj_link *a, const struct obj_link *b)
{
	return strcmp(a->dev, b->dev) == 0 && a->type == b->type && a->local == b->local && a->remote == b->remote &&
	    a->has_key == b->has_key && a->key == b->key && a->checksum == b->checksum && a->sequence == b->sequence &&
	    a->pmtud == b->pmtud && a->ttl == b->ttl && a->tos == b->tos && a->if_id == b->if_id && a->vrf_table == b->vrf_table &&
	    a->vlan == b->vlan && strcmp(a->parent, b->parent) == 0;
}

bool
obj_equal(const struct obj *a, const struct obj *b)
{
	if (a->kind != b->kind)
		return false;
	for (size_t i = 0; i < NMEMBER; i++) {
		const void *x = (const char *)a + members[i].offset, *y = (const char *)b + members[i].offset;

		if (members[i].kind != payload_of(a->kind))
			continue;
		if (members[i].what == TEXT ? !text_equal(*(const char *const *)x, *(const char *const *)y) :
		    !list_equal(*(const char *const *const *)x, *(const char *const *const *)y))
			return false;
	}
	switch (a->kind) {
	case OBJ_LINK:
		return a->link.up == b->link.up && a->link.mtu == b->link.mtu && strcmp(a->link.vrf, b->link.vrf) == 0 &&
		    link_same_device(&a->link, &b->link);
	case OBJ_ADDRESS:
		return strcmp(a->address.dev, b->address.dev) == 0 && a->address.addr == b->address.addr &&
		    a->address.len == b->address.len && a->address.secondary == b->address.secondary;
	case OBJ_POLICY:
		return a->policy.dir == b->policy.dir && strcmp(a->policy.dev, b->policy.dev) == 0 &&
		    selector_equal(&a->policy.sel, &b->policy.sel) && a->policy.priority == b->policy.priority &&
		    a->policy.action == b->policy.action && a->policy.tmpl_src == b->policy.tmpl_src &&
		    a->policy.tmpl_dst == b->policy.tmpl_dst && a->policy.mode == b->policy.mode &&
		    a->policy.reqid == b->policy.reqid && a->policy.ah == b->policy.ah && a->policy.if_id == b->policy.if_id;
	case OBJ_IKE:
		return a->ike.version == b->ike.version && a->ike.aggressive == b->ike.aggressive &&
		    a->ike.local == b->ike.local && a->ike.remote == b->ike.remote &&
		    a->ike.lifetime == b->ike.lifetime && a->ike.dpd_delay == b->ike.dpd_delay &&
		    a->ike.dpd_timeout == b->ike.dpd_timeout && a->ike.unique_if_id == b->ike.unique_if_id &&
		    a->ike.force_encap == b->ike.force_encap;
	case OBJ_CHILD:
		return selector_equal(&a->child.sel, &b->child.sel) && a->child.mode == b->child.mode &&
		    a->child.reqid == b->child.reqid && a->child.ah == b->child.ah && a->child.df == b->child.df &&
		    a->child.life_seconds == b->child.life_seconds && a->child.life_kilobytes == b->child.life_kilobytes &&
		    a->child.replay_window == b->child.replay_window &&
		    a->child.if_id == b->child.if_id;
	case OBJ_ZEBRA:
	case OBJ_OSPFD:
	case OBJ_BGPD:
		return a->frr.daemon == b->frr.daemon && a->frr.rank == b->frr.rank;
	case OBJ_ROUTE:
		return a->route.dst.addr == b->route.dst.addr && a->route.dst.len == b->route.dst.len &&
		    a->route.nexthop == b->route.nexthop && a->route.gateway == b->route.gateway &&
		    strcmp(a->route.dev, b->route.dev) == 0 && a->route.distance == b->route.distance &&
		    a->route.tag == b->route.tag && strcmp(a->route.vrf, b->route.vrf) == 0 && a->route.reverse == b->route.reverse;
	case OBJ_MSS:
		return strcmp(a->mss.dev, b->mss.dev) == 0 && a->mss.mss == b->mss.mss;
	case OBJ_KEEPALIVE:
		return strcmp(a->keepalive.dev, b->keepalive.dev) == 0 && a->keepalive.local == b->keepalive.local &&
		    a->keepalive.remote == b->keepalive.remote && a->keepalive.has_key == b->keepalive.has_key &&
		    a->keepalive.key == b->keepalive.key && a->keepalive.checksum == b->keepalive.checksum &&
		    a->keepalive.period == b->keepalive.period &&
		    a->keepalive.retries == b->keepalive.retries;
	case OBJ_REACH:
		return a->reach.addr == b->reach.addr;
	case OBJ_IKE_SETTINGS:
		return a->settings.nat_keepalive == b->settings.nat_keepalive;
	default:
		return true;
	}
}

const char *
obj_kind_name(enum obj_kind kind)
{
	static const char *const names[OBJ_NKIND] = { "link", "address", "policy", "settings", "secret", "connection", "child",
		"routing", "routing", "routing", "route", "mss", "keepalive", "reach" };

	return kind < OBJ_NKIND ? names[kind] : "?";
}

const char *
frr_daemon_name(enum frr_daemon d)
{
	static const char *const names[FRR_NDAEMON] = { "zebra", "ospfd", "bgpd" };

	return d < FRR_NDAEMON ? names[d] : "?";
}

static void
end_text(const struct prefix4 *p, uint16_t port, uint16_t mask, struct buf *out)
{
	buf_printf(out, "%s/%u", ip4_s(p->addr), p->len);
	if (mask == 0xffff || (port && !mask))
		buf_printf(out, ":%u", port);
	else if (mask)
		buf_printf(out, ":%u-%u", port, port | (uint16_t)~mask);
}

void
selector_text(const struct obj_selector *s, struct buf *out)
{
	bool icmp = s->has_icmp || s->proto == 1;

	end_text(&s->src, icmp ? 0 : s->src_port, icmp ? 0 : s->src_port_mask, out);
	buf_puts(out, " -> ");
	end_text(&s->dst, icmp ? 0 : s->dst_port, icmp ? 0 : s->dst_port_mask, out);
	if (s->proto)
		buf_printf(out, " proto %u", s->proto);
	if (s->has_icmp || (s->proto == 1 && (s->src_port || s->src_port_mask)))
		buf_printf(out, " type %u", s->src_port);
	if (s->has_icmp || (s->proto == 1 && (s->dst_port || s->dst_port_mask)))
		buf_printf(out, " code %u", s->dst_port);
}

static const char *const dirs[] = { "out", "in", "fwd" };
static const char *const link_types[] = { "", "dummy ", "gre ", "ipip ", "vlan ", "vrf ", "xfrm " };

void
obj_make_key(const struct obj *o, struct buf *out)
{
	switch (o->kind) {
	case OBJ_LINK:
		buf_puts(out, o->link.dev);
		break;
	case OBJ_ADDRESS:
		buf_printf(out, "%s %s/%u", o->address.dev, ip4_s(o->address.addr), o->address.len);
		break;
	case OBJ_POLICY:
		buf_printf(out, "%s %s%s", dirs[o->policy.dir], o->policy.dev, *o->policy.dev ? " " : "");
		if (o->policy.if_id)
			buf_printf(out, "if_id %u ", o->policy.if_id);
		selector_text(&o->policy.sel, out);
		buf_printf(out, " priority %u", o->policy.priority);
		break;
	case OBJ_SECRET:
		buf_puts(out, o->secret.id);
		break;
	case OBJ_IKE:
		buf_puts(out, o->ike.name);
		break;
	case OBJ_CHILD:
		buf_printf(out, "%s %s", o->child.conn, o->child.name);
		break;
	case OBJ_ZEBRA:
	case OBJ_OSPFD:
	case OBJ_BGPD:
		buf_printf(out, "%d|%s|%s", (int)o->frr.daemon, o->frr.context, o->frr.slot);
		break;
	case OBJ_ROUTE:
		buf_printf(out, "%s/%u via %s %s", ip4_s(o->route.dst.addr), o->route.dst.len, ip4_s(o->route.gateway),
		    o->route.nexthop == NEXTHOP_NULL ? "Null0" : o->route.dev);
		if (*o->route.vrf)
			buf_printf(out, " vrf %s", o->route.vrf);
		break;
	case OBJ_MSS:
		buf_puts(out, o->mss.dev);
		break;
	case OBJ_KEEPALIVE:
		buf_puts(out, o->keepalive.dev);
		break;
	case OBJ_REACH:
		buf_puts(out, ip4_s(o->reach.addr));
		break;
	case OBJ_IKE_SETTINGS:
		buf_puts(out, "ike");
		break;
	default:
		break;
	}
}

static void
words(const char *const *l, struct buf *out)
{
	for (; l && *l; l++)
		buf_printf(out, " %s", *l);
}

void
obj_describe(const struct obj *o, struct buf *out)
{
	buf_printf(out, "%s ", obj_kind_name(o->kind));
	if (!obj_is_frr(o->kind))
		buf_puts(out, o->key);
	switch (o->kind) {
	case OBJ_LINK:
		buf_printf(out, " %s%s", link_types[o->link.type], o->link.up ? "up" : "down");
		if (o->link.type == LINK_VLAN)
			buf_printf(out, " %s id %u", o->link.parent, o->link.vlan);
		if (o->link.type == LINK_GRE || o->link.type == LINK_IPIP) {
			buf_printf(out, " %s -> %s", ip4_s(o->link.local), ip4_s(o->link.remote));
			if (o->link.has_key)
				buf_printf(out, " key %u", o->link.key);
			buf_printf(out, "%s%s%s", o->link.checksum ? " checksum" : "", o->link.sequence ? " sequence" : "",
			    o->link.pmtud ? " pmtud" : "");
			buf_printf(out, " ttl %u", o->link.ttl);
			if (o->link.tos != 1)
				buf_printf(out, " tos %u", o->link.tos);
		} else if (o->link.type == LINK_XFRM)
			buf_printf(out, " if_id %u", o->link.if_id);
		if (*o->link.vrf)
			buf_printf(out, " vrf %s", o->link.vrf);
		if (o->link.mtu)
			buf_printf(out, " mtu %u", o->link.mtu);
		break;
	case OBJ_ADDRESS:
		buf_puts(out, o->address.secondary ? " secondary" : "");
		break;
	case OBJ_POLICY:
		if (o->policy.action == POLICY_PROTECT)
			buf_printf(out, " %s %s %s -> %s reqid %u", o->policy.ah ? "ah" : "esp",
			    o->policy.mode == IPSEC_TUNNEL ? "tunnel" : "transport", ip4_s(o->policy.tmpl_src),
			    ip4_s(o->policy.tmpl_dst), o->policy.reqid);
		else
			buf_puts(out, o->policy.action == POLICY_ALLOW ? " allow" : " block");
		break;
	case OBJ_SECRET:
		buf_puts(out, " for");
		words(o->secret.owners, out);
		break;
	case OBJ_IKE:
		buf_printf(out, " IKEv%d %s -> %s", o->ike.version, ip4_s(o->ike.local), ip4_s(o->ike.remote));
		words(o->ike.proposals, out);
		buf_printf(out, " lifetime %u", o->ike.lifetime);
		if (o->ike.local_id)
			buf_printf(out, " id %s", o->ike.local_id);
		if (o->ike.remote_id)
			buf_printf(out, " peer-id %s", o->ike.remote_id);
		buf_printf(out, "%s%s", o->ike.unique_if_id ? " if_id unique" : "", o->ike.force_encap ? " encap" : "");
		if (o->ike.dpd_delay)
			buf_printf(out, " dpd %u timeout %u", o->ike.dpd_delay, o->ike.dpd_timeout);
		break;
	case OBJ_CHILD:
		buf_putc(out, ' ');
		selector_text(&o->child.sel, out);
		words(o->child.proposals, out);
		buf_printf(out, "%s %s reqid %u lifetime %u s %llu KB", o->child.df == IPSEC_DF_CLEAR ? " df-clear" : "", o->child.mode == IPSEC_TUNNEL ? "tunnel" : "transport",
		    o->child.reqid, o->child.life_seconds, (unsigned long long)o->child.life_kilobytes);
		if (o->child.if_id)
			buf_printf(out, " if_id %u", o->child.if_id);
		if (o->child.replay_window != 64)
			buf_printf(out, " replay-window %u", o->child.replay_window);
		break;
	case OBJ_ZEBRA:
	case OBJ_OSPFD:
	case OBJ_BGPD:
		buf_printf(out, "%s: ", frr_daemon_name(o->frr.daemon));
		if (*o->frr.context)
			buf_printf(out, "%s / ", o->frr.context);
		buf_puts(out, o->frr.secret ? o->frr.slot : o->frr.line);
		break;
	case OBJ_ROUTE:
		buf_printf(out, " distance %u", o->route.distance);
		if (o->route.tag)
			buf_printf(out, " tag %u", o->route.tag);
		if (o->route.reverse)
			buf_puts(out, " reverse");
		break;
	case OBJ_MSS:
		buf_printf(out, " %u", o->mss.mss);
		break;
	case OBJ_KEEPALIVE:
		buf_printf(out, " %s -> %s", ip4_s(o->keepalive.local), ip4_s(o->keepalive.remote));
		if (o->keepalive.has_key)
			buf_printf(out, " key %u", o->keepalive.key);
		if (o->keepalive.checksum)
			buf_puts(out, " checksum");
		buf_printf(out, " every %u s, %u retries", o->keepalive.period, o->keepalive.retries);
		break;
	case OBJ_IKE_SETTINGS:
		buf_printf(out, " nat keepalive %u", o->settings.nat_keepalive);
		break;
	default:
		break;
	}
}
