/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The lines that crypto maps, dynamic crypto maps and IPsec profiles have in
 * common, and the objects that follow from them: children, policies, reverse
 * routes. The rows of the three are told apart by a table; their templates, and
 * so their structs, are the same.
 */
#include "engine/protect.h"

#include <string.h>

#include "engine/acl.h"
#include "engine/crypto.h"

static const struct {
	int sets, pfs, seconds, days, kilobytes, isakmp, ikev2, reverse, tag, distance, no_replay, window, df;
} rows[] = {
	[PROTECT_MAP] = { ROW_CRYPTO_MAP_TRANSFORM_SET, ROW_CRYPTO_MAP_PFS, ROW_CRYPTO_MAP_SA_LIFETIME_SECONDS,
	    ROW_CRYPTO_MAP_SA_LIFETIME_DAYS, ROW_CRYPTO_MAP_SA_LIFETIME_KB, ROW_CRYPTO_MAP_ISAKMP_PROFILE,
	    ROW_CRYPTO_MAP_IKEV2_PROFILE, ROW_CRYPTO_MAP_REVERSE_ROUTE, ROW_CRYPTO_MAP_REVERSE_ROUTE_TAG,
	    ROW_CRYPTO_MAP_REVERSE_ROUTE_DISTANCE, ROW_CRYPTO_MAP_SA_REPLAY_DISABLE, ROW_CRYPTO_MAP_SA_REPLAY_WINDOW,
	    ROW_CRYPTO_MAP_SA_DF_BIT },
	[PROTECT_DYNAMIC] = { ROW_DYNAMIC_MAP_TRANSFORM_SET, ROW_DYNAMIC_MAP_PFS, ROW_DYNAMIC_MAP_SA_LIFETIME_SECONDS,
	    ROW_DYNAMIC_MAP_SA_LIFETIME_DAYS, ROW_DYNAMIC_MAP_SA_LIFETIME_KB, ROW_DYNAMIC_MAP_ISAKMP_PROFILE,
	    ROW_DYNAMIC_MAP_IKEV2_PROFILE, ROW_DYNAMIC_MAP_REVERSE_ROUTE, ROW_DYNAMIC_MAP_REVERSE_ROUTE_TAG,
	    ROW_DYNAMIC_MAP_REVERSE_ROUTE_DISTANCE, ROW_DYNAMIC_MAP_SA_REPLAY_DISABLE, ROW_DYNAMIC_MAP_SA_REPLAY_WINDOW,
	    ROW_DYNAMIC_MAP_SA_DF_BIT },
	[PROTECT_PROFILE] = { ROW_IPSEC_PROFILE_TRANSFORM_SET, ROW_IPSEC_PROFILE_PFS, ROW_IPSEC_PROFILE_SA_LIFETIME_SECONDS,
	    ROW_IPSEC_PROFILE_SA_LIFETIME_DAYS, ROW_IPSEC_PROFILE_SA_LIFETIME_KB, ROW_IPSEC_PROFILE_ISAKMP_PROFILE,
	    ROW_IPSEC_PROFILE_IKEV2_PROFILE, ROW_IPSEC_PROFILE_REVERSE_ROUTE, ROW_IPSEC_PROFILE_REVERSE_ROUTE_TAG,
	    ROW_IPSEC_PROFILE_REVERSE_ROUTE_DISTANCE, ROW_IPSEC_PROFILE_SA_REPLAY_DISABLE, ROW_IPSEC_PROFILE_SA_REPLAY_WINDOW,
	    ROW_IPSEC_PROFILE_SA_DF_BIT },
};

#define SAME(member) \
	_Static_assert(sizeof(struct cfg_crypto_map_##member) == sizeof(struct cfg_dynamic_map_##member) && \
	    sizeof(struct cfg_crypto_map_##member) == sizeof(struct cfg_ipsec_profile_##member), "the same template")
SAME(transform_set);
SAME(pfs);
SAME(sa_lifetime_seconds);
SAME(sa_lifetime_days);
SAME(sa_lifetime_kb);
SAME(isakmp_profile);
SAME(ikev2_profile);
SAME(reverse_route);
SAME(reverse_route_tag);
SAME(reverse_route_distance);
SAME(sa_replay_window);
SAME(sa_df_bit);

static void
transform_sets(struct compile *c, const struct rec *r, enum protect_kind kind, const struct rec *origin, const char *what,
    struct protect *p)
{
	const struct cfg_crypto_map_transform_set *t = compile_child(c, r, rows[kind].sets);
	const struct cfg_crypto_map_pfs *pfs = compile_child(c, r, rows[kind].pfs);
	const char **list;
	int n = 0;

	if (!t)
		return;
	list = compile_alloc(c, sizeof(char *) * 7);
	for (int i = 0; i < 6 && t->ts[i]; i++) {
		const struct rec *s = compile_defined(c, REF_TRANSFORM_SET, t->ts[i]);
		const struct cfg_transform_set_mode *m;
		const char *text, *why;
		enum ipsec_mode mode;
		bool ah;

		if (!s) {
			compile_note(c, origin, "NOTE: %s: transform set %s is not defined", what, t->ts[i]);
			continue;
		}
		text = transform_set_proposal(c, rec_values(s), pfs ? dh_keyword(pfs->group) : NULL, &ah, &why);
		if (!text) {
			compile_note(c, origin, "NOTE: %s: transform set %s is not used: %s", what, t->ts[i], why);
			continue;
		}
		m = compile_child(c, s, ROW_TRANSFORM_SET_MODE);
		mode = m->kind == TRANSFORM_SET_MODE_KIND_TRANSPORT ? IPSEC_TRANSPORT : IPSEC_TUNNEL;
		if (n && (ah != p->ah || mode != p->mode)) {
			compile_quiet(c, origin, "NOTE: %s: transform set %s differs in mode from the first one and is not used", what,
			    t->ts[i]);
			continue;
		}
		p->ah = ah;
		p->mode = mode;
		list[n++] = text;
	}
	if (n)
		p->proposals = list;
}

/* 0 where the record says nothing: then the profile's word or the global one counts. */
static void
lifetimes(struct compile *c, const struct rec *r, enum protect_kind kind, struct protect *p)
{
	const struct cfg_crypto_map_sa_lifetime_seconds *s = compile_child(c, r, rows[kind].seconds);
	const struct cfg_crypto_map_sa_lifetime_days *d = compile_child(c, r, rows[kind].days);
	const struct cfg_crypto_map_sa_lifetime_kb *k = compile_child(c, r, rows[kind].kilobytes);
	const struct cfg_sa_lifetime_seconds *gs = compile_leaf(c, ROW_SA_LIFETIME_SECONDS);
	const struct cfg_sa_lifetime_kb *gk = compile_leaf(c, ROW_SA_LIFETIME_KB);

	p->life_seconds = s ? s->seconds : d ? d->days * 86400 : gs->seconds;
	if (k)
		p->life_kilobytes = k->amount == CRYPTO_MAP_SA_LIFETIME_KB_AMOUNT_DISABLE ? 0 : k->kilobytes;
	else
		p->life_kilobytes = gk->amount == SA_LIFETIME_KB_AMOUNT_DISABLE ? 0 : gk->kilobytes;
	p->own_seconds = s || d;
	p->own_kilobytes = k != NULL;
}

static const uint32_t windows[] = { 64, 128, 256, 512, 1024 };

/* `disable` counts before a size, on each level. */
static void
options(struct compile *c, const struct rec *r, enum protect_kind kind, struct protect *p)
{
	const struct cfg_crypto_map_sa_replay_window *w = compile_child(c, r, rows[kind].window);
	const struct cfg_crypto_map_sa_df_bit *df = compile_child(c, r, rows[kind].df);
	const struct cfg_sa_replay_window *gw = compile_leaf(c, ROW_SA_REPLAY_WINDOW);
	bool off = compile_flag(c, r, rows[kind].no_replay);

	_Static_assert(CRYPTO_MAP_SA_REPLAY_WINDOW_SIZE_1024 == 4 && SA_REPLAY_WINDOW_SIZE_1024 == 4, "windows[] has their numbers");
	p->own_window = off || w;
	if (p->own_window)
		p->replay_window = off ? 0 : windows[w->size];
	else
		p->replay_window = compile_leaf(c, ROW_SA_REPLAY_DISABLE) ? 0 : windows[gw->size];
	p->own_df = df != NULL;
	if (df)
		p->df = df->bit == CRYPTO_MAP_SA_DF_BIT_BIT_CLEAR ? IPSEC_DF_CLEAR : IPSEC_DF_COPY;
}

void
protect_read(struct compile *c, const struct rec *r, enum protect_kind kind, const struct rec *origin, const char *what,
    struct protect *p)
{
	const struct cfg_crypto_map_isakmp_profile *i1 = compile_child(c, r, rows[kind].isakmp);
	const struct cfg_crypto_map_ikev2_profile *i2 = compile_child(c, r, rows[kind].ikev2);
	const struct cfg_crypto_map_reverse_route *rr = compile_child(c, r, rows[kind].reverse);
	const struct cfg_crypto_map_reverse_route_tag *tag = compile_child(c, r, rows[kind].tag);
	const struct cfg_crypto_map_reverse_route_distance *distance = compile_child(c, r, rows[kind].distance);

	memset(p, 0, sizeof *p);
	compile_reads(c, r);
	transform_sets(c, r, kind, origin, what, p);
	lifetimes(c, r, kind, p);
	options(c, r, kind, p);
	p->isakmp_profile = i1 ? i1->profile : NULL;
	p->ikev2_profile = i2 ? i2->profile : NULL;
	if (i1 && i2) {
		compile_note(c, origin, "NOTE: %s: isakmp profile %s is not used: there is an ikev2 profile, too", what, i1->profile);
		p->isakmp_profile = NULL;
	}
	p->responder = kind == PROTECT_PROFILE && compile_flag(c, r, ROW_IPSEC_PROFILE_RESPONDER_ONLY);
	p->reverse = rr != NULL;
	p->reverse_static = rr && rr->static_;
	p->tag = tag ? tag->tag : rr && rr->has & HAS_CRYPTO_MAP_REVERSE_ROUTE_TAG ? rr->tag : 0;
	p->distance = (uint8_t)(distance ? distance->distance : 0);
}

void
protect_inherit(struct protect *p, const struct protect *profile)
{
	if (!p->proposals) {
		p->proposals = profile->proposals;
		p->ah = profile->ah;
		p->mode = profile->mode;
	}
	if (!p->own_seconds)
		p->life_seconds = profile->life_seconds;
	if (!p->own_kilobytes)
		p->life_kilobytes = profile->life_kilobytes;
	if (!p->own_window)
		p->replay_window = profile->replay_window;
	if (!p->own_df) {
		p->own_df = profile->own_df;
		p->df = profile->df;
	}
	if (!p->isakmp_profile && !p->ikev2_profile) {
		p->isakmp_profile = profile->isakmp_profile;
		p->ikev2_profile = profile->ikev2_profile;
	}
	if (!p->reverse) {
		p->reverse = profile->reverse;
		p->reverse_static = profile->reverse_static;
	}
	if (!p->tag)
		p->tag = profile->tag;
	if (!p->distance)
		p->distance = profile->distance;
}

void
protect_default(struct compile *c, struct protect *p)
{
	p->proposals = compile_alloc(c, sizeof(char *) * 2);
	p->proposals[0] = "aes128-sha1";
	p->ah = false;
	p->mode = IPSEC_TRANSPORT;
}

enum ipsec_df
protect_df(struct compile *c, const struct protect *p, const struct rec *ifrec)
{
	const struct cfg_interface_ipsec_df_bit *own = compile_child(c, ifrec, ROW_INTERFACE_IPSEC_DF_BIT);
	const struct cfg_ipsec_df_bit *all = compile_leaf(c, ROW_IPSEC_DF_BIT);
	bool clear = own ? own->bit == INTERFACE_IPSEC_DF_BIT_BIT_CLEAR : all->bit == IPSEC_DF_BIT_BIT_CLEAR;

	return p->own_df ? p->df : clear ? IPSEC_DF_CLEAR : IPSEC_DF_COPY;
}

void
protect_child(struct compile *c, const struct rec *origin, const struct protect *p, const char *conn, const char *name,
    const struct obj_selector *sel, enum ipsec_mode mode, uint32_t reqid, uint32_t if_id, enum ipsec_df df)
{
	struct obj o = { .kind = OBJ_CHILD };

	o.child.conn = conn;
	o.child.name = name;
	o.child.sel = *sel;
	o.child.mode = mode;
	o.child.reqid = reqid;
	o.child.if_id = if_id;
	o.child.ah = p->ah;
	o.child.proposals = p->proposals;
	o.child.life_seconds = p->life_seconds;
	o.child.life_kilobytes = p->life_kilobytes;
	o.child.df = df;
	o.child.replay_window = p->replay_window;
	compile_emit(c, origin, &o);
}

void
protect_policies(struct compile *c, const struct rec *origin, const struct policy_want *w)
{
	struct obj o = { .kind = OBJ_POLICY };

	o.policy.sel = w->sel;
	o.policy.priority = w->priority;
	o.policy.action = POLICY_PROTECT;
	o.policy.reqid = w->reqid;
	o.policy.ah = w->ah;
	o.policy.if_id = w->if_id;
	o.policy.mode = w->mode;
	o.policy.dir = POLICY_OUT;
	o.policy.tmpl_src = w->local;
	o.policy.tmpl_dst = w->peer;
	strcpy(o.policy.dev, w->out_dev);
	compile_emit(c, origin, &o);
	o.key = NULL;
	/*
	 * The kernel cannot tell by which device a packet came in here: one rule
	 * for all. With a map on several interfaces it is the same rule for each of
	 * them, so it takes any SA of the right kind; else only those of this flow,
	 * which its peers may hold at the same time (both hubs called).
	 */
	memset(o.policy.dev, 0, sizeof o.policy.dev);
	o.policy.sel = selector_mirror(&w->sel);
	o.policy.dir = POLICY_IN;
	o.policy.tmpl_src = 0;
	o.policy.tmpl_dst = w->shared ? 0 : w->local;
	if (w->shared)
		o.policy.reqid = 0;
	compile_emit(c, origin, &o);
	if (w->mode == IPSEC_TUNNEL) {
		o.key = NULL;
		o.policy.dir = POLICY_FWD;
		compile_emit(c, origin, &o);
	}
}

void
protect_route(struct compile *c, const struct rec *origin, const struct protect *p, const struct prefix4 *dst, uint32_t gateway)
{
	struct obj o = { .kind = OBJ_ROUTE };

	o.route.dst = *dst;
	o.route.nexthop = NEXTHOP_GATEWAY;
	o.route.gateway = gateway;
	o.route.distance = p->distance ? p->distance : 1;
	o.route.tag = p->tag;
	o.route.reverse = true;
	compile_emit(c, origin, &o);
}
