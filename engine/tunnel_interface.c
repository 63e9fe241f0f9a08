/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tunnel interfaces. `tunnel mode gre ip` and `ipip` are kernel devices that
 * put a header in front; `tunnel protection` adds policies for that header's
 * packets. `tunnel mode ipsec ipv4` is an XFRM device: what is routed into it
 * meets the policies of its if_id, which take everything. A virtual template is
 * the pattern of such a device for each peer that calls.
 */
#include "engine/tunnel_interface.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/ike.h"
#include "engine/interface.h"
#include "engine/protect.h"
#include "engine/routing.h"
#include "engine/tunnel.h"
#include "lib/ip4.h"
#include "parser/types.h"

#define PRIORITY 16384u		/* of tunnels' policies: before those of crypto maps */
#define GRE 47
#define IPIP 4

static const char *
name_of(const struct rec *r)
{
	return ((const struct cfg_interface *)rec_values(r))->if_;
}

uint32_t
tunnel_if_id(const char *ifname)
{
	const char *digits = ifname + strcspn(ifname, "0123456789");

	return 1u << 31 | (uint32_t)strtoul(digits, NULL, 10);
}

const char *
tunnel_source(struct compile *c, const struct rec *ifrec, uint32_t *addr)
{
	const struct cfg_interface_tunnel_source *s = compile_child(c, ifrec, ROW_INTERFACE_TUNNEL_SOURCE);
	const struct rec *other;
	uint8_t len;

	if (!s)
		return "it has no source";
	if (s->from == INTERFACE_TUNNEL_SOURCE_FROM_ADDR) {
		*addr = s->addr;
		return NULL;
	}
	if (s->from != INTERFACE_TUNNEL_SOURCE_FROM_IF)
		return "a dynamic source is not supported";
	other = compile_defined(c, REF_INTERFACE, s->if_);
	if (!other || !compile_address(c, other, addr, &len))
		return compile_text(c, "its source %s has no address", s->if_);
	if (routing_vrf(c, other))
		return compile_text(c, "its source %s is in VRF %s, tunnels leave outside of VRFs", s->if_, routing_vrf(c, other));
	return NULL;
}

static const char *
tunnel_destination(struct compile *c, const struct rec *r, uint32_t *addr)
{
	const struct cfg_interface_tunnel_destination *d = compile_child(c, r, ROW_INTERFACE_TUNNEL_DESTINATION);

	if (!d)
		return "it has no destination";
	if (d->to != INTERFACE_TUNNEL_DESTINATION_TO_ADDR || !d->addr)
		return "a dynamic destination is not supported";
	return ip4_parse(d->addr, addr) ? NULL : "names are not resolved, give its destination as an address";
}

/* --- MTU --- */

/* What is left for the inner packet of `room` bytes behind the outer IP header, by the worst of the proposals. */
static uint32_t
esp_payload(const struct protect *p, uint32_t room)
{
	uint32_t least = room;

	for (const char *const *t = p->proposals; t && *t; t++) {
		bool gcm = strstr(*t, "gcm") || strstr(*t, "gmac"), aes = strncmp(*t, "aes", 3) == 0;
		uint32_t iv = gcm ? 8 : aes ? 16 : strstr(*t, "des") ? 8 : 0, block = gcm ? 4 : aes ? 16 : iv ? 8 : 4;
		uint32_t icv = gcm ? 16 : strstr(*t, "sha512") ? 32 : strstr(*t, "sha384") ? 24 : strstr(*t, "sha256") ? 16 :
		    strstr(*t, "sha1") || strstr(*t, "md5") ? 12 : 0;
		uint32_t left = p->ah ? room - 12 - icv : (room - 8 - iv - icv) / block * block - 2;

		if (left < least)
			least = left;
	}
	return least;
}

/* IOS counts from 1500 bytes, whatever the interface below. */
static uint32_t
default_mtu(const struct obj_link *link, const struct protect *p)
{
	uint32_t header = link->type == LINK_XFRM ? 0 : link->type == LINK_GRE ? 4 : 0;

	if (link->type == LINK_GRE)
		header += (link->has_key ? 4 : 0) + (link->checksum ? 4 : 0) + (link->sequence ? 4 : 0);
	if (!p)
		return 1480 - header;
	if (link->type != LINK_XFRM && p->mode == IPSEC_TUNNEL)
		header += 20;
	return esp_payload(p, 1480) - header;
}

/* --- protection --- */

/* The profile of `tunnel protection`, or NULL after a note; "default" is built in. */
static bool
read_profile(struct compile *c, const struct rec *r, const struct cfg_interface_tunnel_protection *v, struct protect *p)
{
	const struct rec *profile = compile_defined(c, REF_IPSEC_PROFILE, v->profile);
	const char *ifname = name_of(r);

	if (!profile && strcmp(v->profile, "default") != 0) {
		compile_note(c, r, "NOTE: %s: ipsec profile %s is not defined", ifname, v->profile);
		return false;
	}
	if (profile) {
		protect_read(c, profile, PROTECT_PROFILE, r, ifname, p);
		if (!p->proposals && compile_child(c, profile, ROW_IPSEC_PROFILE_TRANSFORM_SET))
			return false;	/* none of its sets can be used, which was said */
	} else {
		const struct cfg_sa_lifetime_seconds *s = compile_leaf(c, ROW_SA_LIFETIME_SECONDS);
		const struct cfg_sa_lifetime_kb *k = compile_leaf(c, ROW_SA_LIFETIME_KB);

		memset(p, 0, sizeof *p);
		p->life_seconds = s->seconds;
		p->life_kilobytes = k->amount == SA_LIFETIME_KB_AMOUNT_DISABLE ? 0 : k->kilobytes;
	}
	if (!p->proposals)
		protect_default(c, p);
	if (v->isakmp && v->ikev2)
		compile_note(c, r, "NOTE: %s: isakmp profile %s is not used: there is an ikev2 profile, too", ifname, v->isakmp);
	if (v->isakmp) {
		p->isakmp_profile = v->isakmp;
		p->ikev2_profile = NULL;
	}
	if (v->ikev2) {
		p->ikev2_profile = v->ikev2;
		p->isakmp_profile = NULL;
	}
	return true;
}

struct sharer {
	struct compile *c;
	const struct rec *self, *owner;
	enum link_type type;
	uint32_t local, remote;
};

static const char *tunnel_type(struct compile *c, const struct rec *r, enum link_type *type);

/* The first interface with the same profile and end points: it has the SAs that all of them share. */
static void
find_owner(void *ctx, struct rec *q)
{
	struct sharer *s = ctx;
	struct rec *r = q->parent;
	uint32_t local, remote;
	enum link_type type;

	if (q->row != ROW_INTERFACE_TUNNEL_PROTECTION || r == s->self ||
	    !((const struct cfg_interface_tunnel_protection *)rec_values(q))->shared)
		return;
	if (tunnel_type(s->c, r, &type) || type != s->type || tunnel_source(s->c, r, &local) || tunnel_destination(s->c, r, &remote) || local != s->local || remote != s->remote ||
	    compile_flag(s->c, r, ROW_INTERFACE_SHUTDOWN))
		return;
	if (tunnel_if_id(name_of(r)) < tunnel_if_id(name_of(s->owner)))
		s->owner = r;
}

/* False: what the interface carries would not be protected; it stays down. */
static bool
protection(struct compile *c, const struct rec *r, const struct cfg_interface_tunnel_protection *v, const struct protect *p,
    struct obj_link *link)
{
	const char *ifname = name_of(r), *conn;
	const struct ike_want w = { .r = r, .what = ifname, .local = link->local, .remote = link->remote,
		.isakmp_profile = p->isakmp_profile, .ikev2_profile = p->ikev2_profile };
	struct tunnels *t = compile_tunnels(c);
	bool vti = link->type == LINK_XFRM;
	struct policy_want pol = { .out_dev = "", .local = link->local, .peer = link->remote, .priority = PRIORITY, .ah = p->ah };
	struct entry *e;
	struct flow *f;

	if (v->shared && !vti) {
		struct sharer s = { c, r, r, link->type, link->local, link->remote };

		compile_referrers(c, REF_IPSEC_PROFILE, v->profile, find_owner, &s);
		/* without the owner's policies there is no protection; it has us compiled again when they are there */
		if (s.owner != r)
			return tunnels_find_flow(t, s.owner->id, name_of(s.owner), s.owner->id) != NULL;
	}
	conn = ike_connection(c, &w);
	if (v->shared && !conn != !tunnels_find_flow(t, r->id, ifname, r->id))
		compile_changed(c);
	if (!conn)
		return false;
	if (!vti) {
		pol.sel.src = (struct prefix4){ link->local, 32 };
		pol.sel.dst = (struct prefix4){ link->remote, 32 };
		pol.sel.proto = link->type == LINK_GRE ? GRE : IPIP;
	}
	if (vti && p->mode == IPSEC_TRANSPORT)
		compile_note(c, r, "NOTE: %s: its transform sets are taken in tunnel mode; a virtual tunnel interface has no other", ifname);
	pol.mode = vti ? IPSEC_TUNNEL : p->mode;
	pol.if_id = vti ? link->if_id : 0;
	e = tunnels_entry(t, r->id, ifname);
	if (e->npeer && (e->local != link->local || e->peer[0] != link->remote))
		tunnels_end_sas(t, e);
	e->kind = vti ? ENTRY_VTI : ENTRY_PROTECTION;
	e->responder = p->responder;
	snprintf(e->map, sizeof e->map, "%s-head-0", ifname);
	e->seq = 65536;
	e->local = link->local;
	e->peer[0] = link->remote;
	e->npeer = 1;
	e->current = 0;
	e->ah = p->ah;
	e->mode = pol.mode;
	e->usable = true;
	e->kilobytes = p->life_kilobytes;
	snprintf(e->profile, sizeof e->profile, "%s", ike_suffix(c, &w));
	f = tunnels_flow(t, e, r->id, &pol.sel);
	pol.reqid = f->reqid;
	protect_child(c, r, p, conn, compile_text(c, "%s-%u-%u", e->map, e->seq, f->reqid), &pol.sel, pol.mode, f->reqid, pol.if_id,
	    protect_df(c, p, r));
	protect_policies(c, r, &pol);
	tunnels_want(t, e);
	if (vti && f->nchild == 0)
		link->up = false;
	return true;
}

/* --- interface Tunnel --- */

static void
gre_parameters(struct compile *c, const struct rec *r, struct obj_link *link)
{
	const struct cfg_interface_tunnel_key *key = compile_child(c, r, ROW_INTERFACE_TUNNEL_KEY);
	const struct cfg_interface_tunnel_ttl *ttl = compile_child(c, r, ROW_INTERFACE_TUNNEL_TTL);
	const struct cfg_interface_tunnel_tos *tos = compile_child(c, r, ROW_INTERFACE_TUNNEL_TOS);

	link->has_key = key != NULL;
	link->key = key ? key->key : 0;
	link->checksum = compile_flag(c, r, ROW_INTERFACE_TUNNEL_CHECKSUM);
	link->sequence = compile_flag(c, r, ROW_INTERFACE_TUNNEL_SEQUENCE);
	link->pmtud = compile_child(c, r, ROW_INTERFACE_TUNNEL_PMTUD) != NULL;
	link->ttl = (uint8_t)(ttl ? ttl->ttl : 255);
	link->tos = (uint8_t)(tos ? tos->tos : 1);
}

/* The device's type by `tunnel mode`; NULL, or why there is none. */
static const char *
tunnel_type(struct compile *c, const struct rec *r, enum link_type *type)
{
	const struct cfg_interface_tunnel_mode *m = compile_child(c, r, ROW_INTERFACE_TUNNEL_MODE);

	switch (m->kind) {
	case INTERFACE_TUNNEL_MODE_KIND_GRE:
		*type = LINK_GRE;
		return m->gre == INTERFACE_TUNNEL_MODE_GRE_IP ? NULL : m->gre == INTERFACE_TUNNEL_MODE_GRE_MULTIPOINT ?
		    "multipoint GRE is not applied yet" : "GRE over IPv6 is not supported";
	case INTERFACE_TUNNEL_MODE_KIND_IPIP:
		*type = LINK_IPIP;
		return NULL;
	case INTERFACE_TUNNEL_MODE_KIND_IPSEC:
		*type = LINK_XFRM;
		return m->payload == INTERFACE_TUNNEL_MODE_PAYLOAD_IPV4 ? NULL : "IPsec over IPv6 is not supported";
	default:
		return "its tunnel mode is not supported";
	}
}

/* The line of a tunnel that would have its packets leave another way, or other packets be protected; NULL: none. */
static const char *
not_applied(struct compile *c, const struct rec *r)
{
	const char *line = compile_not_applied(c, r, "interface.tunnel-vrf");

	if (!line)
		line = compile_not_applied(c, r, "interface.tunnel-protection-policy");
	return line ? compile_text(c, "'%s' is not applied", line) : NULL;
}

/* NULL, or why packets of a tunnel cannot get to its destination now. */
static const char *
unreachable(struct compile *c, const struct rec *r, uint32_t remote)
{
	struct tunnels *t = compile_tunnels(c);
	char dev[OBJ_IFNAMSIZ];
	bool known = compile_reach(c, r, remote, dev);

	if (known && strcmp(dev, compile_dev(c, name_of(r))) == 0)
		tunnels_recursive(t, r->id, name_of(r));
	if (tunnels_held(t, r->id))
		return "its destination was reached through the tunnel itself";
	return known && !*dev ? compile_text(c, "there is no route to %s", ip4_s(remote)) : NULL;
}

bool
tunnel_link(struct compile *c, const struct rec *r, struct obj_link *link)
{
	const struct cfg_interface_tunnel_protection *v = compile_child(c, r, ROW_INTERFACE_TUNNEL_PROTECTION);
	const char *why = tunnel_type(c, r, &link->type);
	bool admin = link->up, ok = true;
	struct protect p;

	if (!interface_vrf(c, r, name_of(r), link->vrf))
		return false;
	if (!why)
		why = not_applied(c, r);
	if (!why)
		why = tunnel_source(c, r, &link->local);
	if (!why)
		why = tunnel_destination(c, r, &link->remote);
	if (!why && link->type == LINK_XFRM && !v)
		why = "tunnel mode ipsec needs tunnel protection";
	if (why) {
		compile_quiet_unused(c, r, "NOTE: %s stays down: %s", name_of(r), why);
		return false;
	}
	if (link->type == LINK_XFRM)
		link->if_id = tunnel_if_id(name_of(r));
	else
		gre_parameters(c, r, link);
	if (link->type != LINK_XFRM && admin && (why = unreachable(c, r, link->remote))) {
		compile_quiet(c, r, "NOTE: %s is down: %s", name_of(r), why);
		link->up = false;
	}
	if (link->type == LINK_GRE && admin) {
		const char *dev = compile_dev(c, name_of(r));

		if (interface_keepalive(c, r, dev, link->local, link->remote, link->has_key ? &link->key : NULL) &&
		    !tunnels_keepalive_up(compile_tunnels(c), dev))
			link->up = false;
	}
	if (v)
		ok = read_profile(c, r, v, &p) && (!admin || protection(c, r, v, &p, link));
	if (!ok)
		link->up = false;	/* nothing leaves in clear that was to be protected */
	if (!link->mtu)
		link->mtu = default_mtu(link, v && ok ? &p : NULL);
	if (link->type == LINK_XFRM)
		link->local = link->remote = 0;	/* of its SAs, not of the device */
	return true;
}

/* --- interface Virtual-Template --- */

static void
template_profile(struct compile *c, const struct rec *r, const struct rec *profile, const char *isakmp, const char *ikev2,
    struct protect *p)
{
	const char *ifname = name_of(r), *conn;
	const struct ike_want w = { .r = r, .what = ifname, .isakmp_profile = isakmp, .ikev2_profile = ikev2, .unique_if_id = true };
	static const struct obj_selector all = { 0 };
	struct tunnels *t = compile_tunnels(c);
	struct entry *e;
	struct flow *f;

	conn = ike_connection(c, &w);
	if (!conn)
		return;
	e = tunnels_entry(t, r->id, ifname);
	e->kind = ENTRY_TEMPLATE;
	snprintf(e->map, sizeof e->map, "%s-head-0", ifname);
	e->seq = 65536;
	e->kilobytes = p->life_kilobytes;
	f = tunnels_flow(t, e, profile->id, &all);
	protect_child(c, r, p, conn, compile_text(c, "%s-%u-%u", e->map, e->seq, f->reqid), &all, IPSEC_TUNNEL, f->reqid, 0,
	    protect_df(c, p, r));
}

void
tunnel_template(struct compile *c, const struct rec *r)
{
	const struct cfg_interface_tunnel_protection *v = compile_child(c, r, ROW_INTERFACE_TUNNEL_PROTECTION);
	const char *ifname = name_of(r), *why;
	uint32_t number = tunnel_if_id(ifname) & ~(1u << 31);
	char vrf[OBJ_IFNAMSIZ];
	enum link_type type;
	struct protect p;
	bool any = false;

	if (!interface_vrf(c, r, ifname, vrf))
		return;
	why = tunnel_type(c, r, &type);
	if (!why && (why = not_applied(c, r))) {
		compile_quiet(c, r, "NOTE: %s takes no calls: %s", ifname, why);
		return;
	}
	if (!v || why || type != LINK_XFRM) {
		compile_quiet(c, r, "NOTE: %s: only templates with tunnel mode ipsec ipv4 and tunnel protection take calls", ifname);
		return;
	}
	if (!read_profile(c, r, v, &p))
		return;
	for (const struct rec *q = compile_each(c, ROW_ISAKMP_PROFILE); q; q = store_next(q)) {
		const struct cfg_isakmp_profile_virtual_template *t = compile_child(c, q, ROW_ISAKMP_PROFILE_VIRTUAL_TEMPLATE);

		compile_reads(c, q);
		if (t && t->number == number) {
			any = true;
			template_profile(c, r, q, ((const struct cfg_isakmp_profile *)rec_values(q))->name, NULL, &p);
		}
	}
	for (const struct rec *q = compile_each(c, ROW_IKEV2_PROFILE); q; q = store_next(q)) {
		const struct cfg_ikev2_profile_virtual_template *t = compile_child(c, q, ROW_IKEV2_PROFILE_VIRTUAL_TEMPLATE);

		compile_reads(c, q);
		if (t && t->number == number) {
			any = true;
			template_profile(c, r, q, NULL, ((const struct cfg_ikev2_profile *)rec_values(q))->name, &p);
		}
	}
	if (!any)
		compile_quiet(c, r, "NOTE: %s: no isakmp or ikev2 profile has 'virtual-template %u'", ifname, number);
}

/* The Virtual-Access interface of a peer that called. */
void
compile_spoke_template(struct compile *c, const struct rec *r)
{
	const struct spoke *s = compile_arg(c);
	const struct cfg_interface_tunnel_protection *v = compile_child(c, r, ROW_INTERFACE_TUNNEL_PROTECTION);
	const struct cfg_interface_ip_mtu *mtu = compile_child(c, r, ROW_INTERFACE_IP_MTU);
	struct obj_link link = { .type = LINK_XFRM, .up = true, .if_id = s->if_id };
	struct policy_want pol = { .sel = s->ts, .out_dev = "", .local = s->local, .peer = s->peer, .reqid = s->flow->reqid,
		.priority = PRIORITY, .if_id = s->if_id, .mode = s->mode, .ah = s->ah };
	struct protect p;

	if (!v || !read_profile(c, r, v, &p))
		return;
	link.mtu = mtu ? mtu->bytes : default_mtu(&link, &p);
	protect_policies(c, r, &pol);
	interface_device(c, r, compile_text(c, "Virtual-Access%u", s->number), &link);
}
