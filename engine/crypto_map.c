/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Crypto maps: the subject everything else here exists for.
 *
 * One entry of a map, on each interface the map is applied to, becomes
 *   - for each permit entry of its access list a flow with a reqid of its own:
 *     three policies (out, in, fwd) that lead to that reqid, in the order of
 *     the map and the list (priority = sequence number, then place), and
 *   - for each peer a connection with one child per flow, and that peer's key.
 * The out policy's template names the current peer; what is protected never
 * leaves in clear, whether an SA stands or not.
 *
 * A deny entry hands its packets to the later entries of the map: where a
 * later entry permits part of them, that part is put in front with the later
 * entry's template, and the rest is allowed.
 *
 * A permit entry that no SA can carry (a port range, a wildcard with gaps) is
 * blocked: what was meant to be protected does not leave in clear either.
 */
#include <stdio.h>
#include <string.h>

#include "engine/acl.h"
#include "engine/crypto.h"
#include "engine/tunnel.h"
#include "lib/ip4.h"
#include "parser/types.h"

compile_fn compile_crypto_map, compile_crypto_map_name;

#define MAXIF 64

/* An interface the map is applied to. */
struct place {
	const struct rec *ifrec;
	const char *ifname;
	uint32_t local;
};

struct job {
	struct compile *c;
	const struct rec *r;		/* the entry */
	const struct cfg_crypto_map *v;
	struct place place[MAXIF];
	int nplace;
	bool too_many;
	const char **proposals;		/* ESP or AH, all sets */
	bool ah;
	enum ipsec_mode mode;
	uint32_t life_seconds;
	uint64_t life_kilobytes;
};

static void
find_place(void *ctx, struct rec *r)
{
	struct job *j = ctx;

	if (r->row != ROW_INTERFACE_CRYPTO_MAP)
		return;
	if (j->nplace == MAXIF) {
		j->too_many = true;
		return;
	}
	j->place[j->nplace].ifrec = r->parent;
	j->place[j->nplace++].ifname = ((const struct cfg_interface *)rec_values(r->parent))->if_;
}

/* The address IKE and ESP use on an interface: its own, or that of `local-address`. */
static bool
local_address(struct compile *c, const char *map, const struct rec *ifrec, uint32_t *addr)
{
	uint8_t len;

	for (const struct rec *q = compile_each(c, ROW_MAP_LOCAL_ADDRESS); q; q = store_next(q)) {
		const struct cfg_map_local_address *l = rec_values(q);
		const struct rec *other;

		if (strcmp(l->name, map) != 0)
			continue;
		other = compile_defined(c, REF_INTERFACE, l->if_);
		return other && compile_address(c, other, addr, &len);
	}
	return compile_address(c, ifrec, addr, &len);
}

/* --- proposals and lifetimes --- */

static bool
transform_sets(struct job *j)
{
	static const char *const missing = "NOTE: crypto map %s %u: transform set %s is not defined";
	const struct cfg_crypto_map_transform_set *t = compile_child(j->c, j->r, ROW_CRYPTO_MAP_TRANSFORM_SET);
	const struct cfg_crypto_map_pfs *pfs = compile_child(j->c, j->r, ROW_CRYPTO_MAP_PFS);
	int n = 0;

	if (!t)
		return false;
	j->proposals = compile_alloc(j->c, sizeof(char *) * 7);
	for (int i = 0; i < 6 && t->ts[i]; i++) {
		const struct rec *s = compile_defined(j->c, REF_TRANSFORM_SET, t->ts[i]);
		const struct cfg_transform_set_mode *m;
		const char *p, *why;
		enum ipsec_mode mode;
		bool ah;

		if (!s) {
			compile_note(j->c, j->r, missing, j->v->name, j->v->seq, t->ts[i]);
			continue;
		}
		p = transform_set_proposal(j->c, rec_values(s), pfs ? dh_keyword(pfs->group) : NULL, &ah, &why);
		if (!p) {
			compile_note(j->c, j->r, "NOTE: crypto map %s %u: transform set %s is not used: %s", j->v->name,
			    j->v->seq, t->ts[i], why);
			continue;
		}
		m = compile_child(j->c, s, ROW_TRANSFORM_SET_MODE);
		mode = m->kind == TRANSFORM_SET_MODE_KIND_TRANSPORT ? IPSEC_TRANSPORT : IPSEC_TUNNEL;
		if (n && (ah != j->ah || mode != j->mode)) {
			compile_note(j->c, j->r, "NOTE: crypto map %s %u: transform set %s differs in mode from the first one "
			    "and is not used", j->v->name, j->v->seq, t->ts[i]);
			continue;
		}
		j->ah = ah;
		j->mode = mode;
		j->proposals[n++] = p;
	}
	return n > 0;
}

static void
lifetimes(struct job *j)
{
	const struct cfg_crypto_map_sa_lifetime_seconds *s = compile_child(j->c, j->r, ROW_CRYPTO_MAP_SA_LIFETIME_SECONDS);
	const struct cfg_crypto_map_sa_lifetime_kb *k = compile_child(j->c, j->r, ROW_CRYPTO_MAP_SA_LIFETIME_KB);
	const struct cfg_sa_lifetime_seconds *gs = compile_leaf(j->c, ROW_SA_LIFETIME_SECONDS);
	const struct cfg_sa_lifetime_kb *gk = compile_leaf(j->c, ROW_SA_LIFETIME_KB);

	j->life_seconds = s ? s->seconds : gs->seconds;
	if (k)
		j->life_kilobytes = k->amount == CRYPTO_MAP_SA_LIFETIME_KB_AMOUNT_DISABLE ? 0 : k->kilobytes;
	else
		j->life_kilobytes = gk->amount == SA_LIFETIME_KB_AMOUNT_DISABLE ? 0 : gk->kilobytes;
}

/* The DF bit of an interface's tunnels: its own word, else the global one. */
static enum ipsec_df
df_bit(struct compile *c, const struct rec *ifrec)
{
	const struct cfg_interface_ipsec_df_bit *own = compile_child(c, ifrec, ROW_INTERFACE_IPSEC_DF_BIT);
	const struct cfg_ipsec_df_bit *all = compile_leaf(c, ROW_IPSEC_DF_BIT);
	bool clear = own ? own->bit == INTERFACE_IPSEC_DF_BIT_BIT_CLEAR : all->bit == IPSEC_DF_BIT_BIT_CLEAR;

	return clear ? IPSEC_DF_CLEAR : IPSEC_DF_COPY;
}

/* --- keys and connections --- */

/* The key for a peer: the longest matching address wins. */
static const struct cfg_isakmp_key *
key_for(struct compile *c, uint32_t peer)
{
	const struct rec *r = compile_covering(c, ROW_ISAKMP_KEY, peer);
	const struct cfg_isakmp_key *k = r ? rec_values(r) : NULL;

	return k && k->where == ISAKMP_KEY_WHERE_ADDRESS ? k : NULL;
}

static void
emit_connection(struct job *j, const struct entry *e, uint32_t peer, enum ipsec_df df)
{
	struct compile *c = j->c;
	const struct cfg_isakmp_keepalive *ka = compile_leaf(c, ROW_ISAKMP_KEEPALIVE);
	const struct cfg_isakmp_identity *id = compile_leaf(c, ROW_ISAKMP_IDENTITY);
	const struct cfg_isakmp_key *key = key_for(c, peer);
	const char **owners = compile_alloc(c, sizeof(char *) * 2);
	struct obj o = { .kind = OBJ_IKE };

	if (!key)
		compile_note(c, j->r, "NOTE: crypto map %s %u: no pre-shared key for peer %s", j->v->name, j->v->seq,
		    ip4_s(peer));
	else {
		struct obj s = { .kind = OBJ_SECRET };

		owners[0] = compile_text(c, "%s", ip4_s(peer));
		s.secret.id = compile_text(c, "psk-%s", ip4_s(peer));
		s.secret.data = key->key;
		s.secret.owners = owners;
		compile_emit(c, j->r, &s);
	}
	o.ike.name = compile_text(c, "%s-%s", ip4_s(e->local), ip4_s(peer));
	o.ike.version = 1;
	o.ike.local = e->local;
	o.ike.remote = peer;
	o.ike.proposals = isakmp_proposals(c, &o.ike.lifetime);
	if (ka) {
		o.ike.dpd_delay = ka->seconds;
		o.ike.dpd_timeout = ka->seconds + 5 * ka->retry;
	}
	if (id->kind == ISAKMP_IDENTITY_KIND_HOSTNAME) {
		const struct cfg_hostname *h = compile_leaf(c, ROW_HOSTNAME);

		o.ike.local_id = h ? h->name : "Router";
	}
	compile_emit(c, j->r, &o);
	for (const struct flow *f = e->flows; f; f = f->next) {
		struct obj ch = { .kind = OBJ_CHILD };

		if (!f->seen)
			continue;
		ch.child.conn = o.ike.name;
		ch.child.name = compile_text(c, "%s-%u-%u", j->v->name, j->v->seq, f->reqid);
		ch.child.sel = f->sel;
		/* transport mode only for traffic between the two end points themselves */
		ch.child.mode = j->mode;
		if (f->sel.src.len != 32 || f->sel.src.addr != e->local || f->sel.dst.len != 32 || f->sel.dst.addr != peer)
			ch.child.mode = IPSEC_TUNNEL;
		ch.child.reqid = f->reqid;
		ch.child.ah = j->ah;
		ch.child.proposals = j->proposals;
		ch.child.life_seconds = j->life_seconds;
		ch.child.life_kilobytes = j->life_kilobytes;
		ch.child.df = df;
		compile_emit(c, j->r, &ch);
	}
}

/* --- policies --- */

static void
emit_policies(struct job *j, const struct rec *origin, const struct entry *e, const struct flow *f,
    const struct obj_selector *sel, uint32_t priority, bool ah, enum ipsec_mode mode)
{
	uint32_t peer = e->peer[e->current];
	struct obj o = { .kind = OBJ_POLICY };
	bool transport = mode == IPSEC_TRANSPORT && sel->src.len == 32 && sel->src.addr == e->local &&
	    sel->dst.len == 32 && sel->dst.addr == peer;

	o.policy.sel = *sel;
	o.policy.priority = priority;
	o.policy.action = POLICY_PROTECT;
	o.policy.reqid = f->reqid;
	o.policy.ah = ah;
	o.policy.mode = transport ? IPSEC_TRANSPORT : IPSEC_TUNNEL;
	o.policy.dir = POLICY_OUT;
	o.policy.tmpl_src = e->local;
	o.policy.tmpl_dst = peer;
	strcpy(o.policy.dev, compile_dev(j->c, e->ifname));
	compile_emit(j->c, origin, &o);
	o.key = NULL;
	/*
	 * The kernel cannot tell by which device a packet came in here: one rule
	 * for all. With the map on several interfaces it is the same rule for
	 * each of them, so it takes any SA of the right kind; else only those of
	 * this flow, which its peers may hold at the same time (both hubs called).
	 */
	memset(o.policy.dev, 0, sizeof o.policy.dev);
	o.policy.sel = selector_mirror(sel);
	o.policy.dir = POLICY_IN;
	o.policy.tmpl_src = 0;
	o.policy.tmpl_dst = j->nplace < 2 ? e->local : 0;
	if (j->nplace > 1)
		o.policy.reqid = 0;
	compile_emit(j->c, origin, &o);
	if (!transport) {
		o.key = NULL;
		o.policy.dir = POLICY_FWD;
		compile_emit(j->c, origin, &o);
	}
}

/* Clear packets of this selector pass (POLICY_ALLOW) or do not (POLICY_BLOCK). */
static void
emit_clear(struct job *j, const struct rec *origin, const struct entry *e, const struct obj_selector *sel,
    uint32_t priority, enum policy_action action)
{
	struct obj o = { .kind = OBJ_POLICY };

	o.policy.sel = *sel;
	o.policy.priority = priority;
	o.policy.action = action;
	o.policy.dir = POLICY_OUT;
	strcpy(o.policy.dev, compile_dev(j->c, e->ifname));
	compile_emit(j->c, origin, &o);
	memset(o.policy.dev, 0, sizeof o.policy.dev);
	o.policy.sel = selector_mirror(sel);
	for (int d = POLICY_IN; d <= POLICY_FWD; d++) {
		o.key = NULL;
		o.policy.dir = (enum policy_dir)d;
		compile_emit(j->c, origin, &o);
	}
}

static const struct rec *
acl_of(struct compile *c, const struct rec *entry, const char **name)
{
	const struct cfg_crypto_map_match_address *m = compile_child(c, entry, ROW_CRYPTO_MAP_MATCH_ADDRESS);

	*name = m ? m->acl : NULL;
	return m ? compile_defined(c, REF_ACL, m->acl) : NULL;
}

/* The priorities of one entry of the map: counted up to the next entry's first. */
struct order {
	uint32_t next, limit;
};

static void
emit_plain(struct job *j, const struct rec *origin, const struct entry *e, const struct obj_selector *sel,
    struct order *n, enum policy_action action)
{
	if (n->next < n->limit)
		emit_clear(j, origin, e, sel, n->next++, action);
}

static void later_entries(struct job *j, const struct entry *e, const struct rec *from, const struct obj_selector *deny,
    struct order *n, int depth);

/* What a line of a later entry's list does with denied packets. */
static void
later_line(struct job *j, const struct entry *e, const struct rec *entry, const struct rec *line,
    const struct obj_selector *deny, struct order *n, int depth)
{
	const struct cfg_acl_ext_ace *a = rec_values(line);
	const struct obj_selector *piece;
	struct obj_selector sel, both;
	struct flow *f;
	size_t npiece;
	bool protect = a->action == ACL_EXT_ACE_ACTION_PERMIT && !ace_selector(a, &sel);

	/* when that entry was not compiled yet, it will have us compiled again */
	f = tunnels_find_flow(compile_tunnels(j->c), entry->id, e->ifname, line->id);
	if (a->action == ACL_EXT_ACE_ACTION_PERMIT && protect && !(f && f->entry->npeer && f->entry->usable))
		return;
	piece = ace_cover(j->c, a, &npiece);
	for (size_t i = 0; i < npiece; i++) {
		if (!selector_intersect(deny, &piece[i], &both))
			continue;
		if (a->action == ACL_EXT_ACE_ACTION_DENY) {
			later_entries(j, e, entry, &both, n, depth + 1);
			emit_plain(j, line, e, &both, n, POLICY_ALLOW);
		} else if (!protect) {
			emit_plain(j, line, e, &both, n, POLICY_BLOCK);
		} else if (n->next < n->limit)
			emit_policies(j, line, f->entry, f, &both, n->next++, f->entry->ah, f->entry->mode);
	}
}

/*
 * What becomes of a denied selector: the entries after `from` look at it in
 * their order, each entry's list in its own. What one of them permits is
 * protected as that entry says; what it denies goes on to those after it and,
 * when none of them wants it, is allowed.
 */
static void
later_entries(struct job *j, const struct entry *e, const struct rec *from, const struct obj_selector *deny,
    struct order *n, int depth)
{
	struct compile *c = j->c;

	(void)compile_each(c, ROW_CRYPTO_MAP);
	for (const struct rec *m = store_next(from); m && n->next < n->limit && depth < 16; m = store_next(m)) {
		const struct cfg_crypto_map *v = rec_values(m);
		const struct rec *acl;
		const char *name;

		if (strcmp(v->name, j->v->name) != 0)
			break;
		compile_reads(c, m);
		acl = acl_of(c, m, &name);
		if (!acl || acl->row != ROW_ACL_EXT)
			continue;
		for (const struct rec *q = compile_children(c, acl, ROW_ACL_EXT_ACE); q; q = store_next(q))
			if (((const struct cfg_acl_ext_ace *)rec_values(q))->action != ACL_EXT_ACE_ACTION_REMARK)
				later_line(j, e, m, q, deny, n, depth);
	}
}

/* --- one entry on one interface --- */

static void
read_peers(struct job *j, struct entry *e)
{
	uint32_t before = e->npeer ? e->peer[e->current] : 0;
	int preferred = 0;

	e->npeer = 0;
	for (const struct rec *q = compile_children(j->c, j->r, ROW_CRYPTO_MAP_PEER); q; q = store_next(q)) {
		const struct cfg_crypto_map_peer *p = rec_values(q);
		uint32_t addr;

		if (!ip4_parse(p->addr, &addr)) {
			compile_note(j->c, j->r, "NOTE: crypto map %s %u: peer %s: names are not resolved, give an address",
			    j->v->name, j->v->seq, p->addr);
			continue;
		}
		if (e->npeer == MAXPEER)
			break;
		if (p->default_)
			preferred = e->npeer;
		e->peer[e->npeer++] = addr;
	}
	e->current = preferred;
	for (int i = 0; before && i < e->npeer; i++)
		if (e->peer[i] == before)
			e->current = i;
}

static void
emit_route(struct job *j, const struct prefix4 *dst, uint32_t gateway)
{
	const struct cfg_crypto_map_reverse_route *rr = compile_child(j->c, j->r, ROW_CRYPTO_MAP_REVERSE_ROUTE);
	const struct cfg_crypto_map_reverse_route_tag *t = compile_child(j->c, j->r, ROW_CRYPTO_MAP_REVERSE_ROUTE_TAG);
	const struct cfg_crypto_map_reverse_route_distance *d = compile_child(j->c, j->r,
	    ROW_CRYPTO_MAP_REVERSE_ROUTE_DISTANCE);
	struct obj o = { .kind = OBJ_ROUTE };

	o.route.dst = *dst;
	o.route.nexthop = NEXTHOP_GATEWAY;
	o.route.gateway = gateway;
	o.route.distance = (uint8_t)(d ? d->distance : 1);
	o.route.tag = t ? t->tag : rr && rr->has & HAS_CRYPTO_MAP_REVERSE_ROUTE_TAG ? rr->tag : 0;
	o.route.reverse = true;
	compile_emit(j->c, j->r, &o);
}

/* A line that makes no SA: a deny, or a permit that cannot be one. */
static void
clear_line(struct job *j, const struct entry *e, const struct rec *line, const char *why, struct order *n)
{
	const struct cfg_acl_ext_ace *a = rec_values(line);
	size_t npiece;
	const struct obj_selector *piece = ace_cover(j->c, a, &npiece);

	if (npiece == 0)
		compile_note(j->c, j->r, "NOTE: crypto map %s %u: access list entry %u is passed over: %s", j->v->name, j->v->seq,
		    a->seq, why ? why : "it stands for too many selectors");
	else if (a->action == ACL_EXT_ACE_ACTION_PERMIT)
		compile_note(j->c, j->r, "NOTE: crypto map %s %u: packets of access list entry %u are dropped: %s", j->v->name,
		    j->v->seq, a->seq, why);
	for (size_t i = 0; i < npiece; i++) {
		if (a->action == ACL_EXT_ACE_ACTION_DENY) {
			later_entries(j, e, j->r, &piece[i], n, 0);
			emit_plain(j, line, e, &piece[i], n, POLICY_ALLOW);
		} else if (e->npeer && j->proposals)
			emit_plain(j, line, e, &piece[i], n, POLICY_BLOCK);
	}
}

static void
compile_place(struct job *j, const struct place *p, const struct rec *acl)
{
	struct compile *c = j->c;
	struct tunnels *t = compile_tunnels(c);
	const struct cfg_crypto_map_reverse_route *rr = compile_child(c, j->r, ROW_CRYPTO_MAP_REVERSE_ROUTE);
	struct entry *e = tunnels_entry(t, j->r->id, p->ifname);
	struct order n = { j->v->seq << 15, (j->v->seq + 1) << 15 };
	uint32_t peer = e->npeer ? e->peer[e->current] : 0;
	bool changed = e->ah != j->ah || e->mode != j->mode || e->usable != (j->proposals != NULL) || e->local != p->local;

	e->ah = j->ah;
	e->mode = j->mode;
	e->usable = j->proposals != NULL;
	snprintf(e->map, sizeof e->map, "%s", j->v->name);
	e->seq = j->v->seq;
	e->local = p->local;
	e->reverse_route = rr && !rr->static_;
	read_peers(j, e);
	changed |= peer != (e->npeer ? e->peer[e->current] : 0);
	for (const struct rec *q = compile_children(c, acl, ROW_ACL_EXT_ACE); q; q = store_next(q)) {
		const struct cfg_acl_ext_ace *a = rec_values(q);
		struct obj_selector sel;
		const char *why;
		struct flow *f;

		if (a->action == ACL_EXT_ACE_ACTION_REMARK)
			continue;
		why = ace_selector(a, &sel);
		if (why || a->action == ACL_EXT_ACE_ACTION_DENY) {
			clear_line(j, e, q, why, &n);
			continue;
		}
		changed |= !tunnels_find_flow(t, j->r->id, p->ifname, q->id);
		f = tunnels_flow(t, e, q->id, &sel);
		if (!e->npeer || !j->proposals)
			continue;
		if (n.next < n.limit)
			emit_policies(j, q, e, f, &sel, n.next++, j->ah, j->mode);
		if (rr && rr->static_)
			emit_route(j, &sel.dst, e->peer[e->current]);
		else if (f->rri)
			emit_route(j, &f->rri_dst, f->rri_gateway);
	}
	if (n.next == n.limit)
		compile_note(c, j->r, "NOTE: crypto map %s %u: its access list is too long; the last entries are not used",
		    j->v->name, j->v->seq);
	if (j->proposals)
		for (int i = 0; i < e->npeer; i++)
			emit_connection(j, e, e->peer[i], df_bit(c, p->ifrec));
	if (changed)
		compile_changed(c);
}

void
compile_crypto_map(struct compile *c, const struct rec *r)
{
	struct job j = { .c = c, .r = r, .v = rec_values(r) };
	const struct rec *acl;
	const char *name;

	/* that it is not applied yet was said by its row; lines below it would make half an entry */
	if (j.v->has & HAS_CRYPTO_MAP_HOW && j.v->how == CRYPTO_MAP_HOW_DYNAMIC)
		return;
	compile_referrers(c, REF_CRYPTO_MAP, j.v->name, find_place, &j);
	if (j.too_many)
		compile_note(c, r, "NOTE: crypto map %s %u: it is on more than %d interfaces; the others are left out", j.v->name,
		    j.v->seq, MAXIF);
	acl = acl_of(c, r, &name);
	if (name && !acl)
		compile_note(c, r, "NOTE: crypto map %s %u: access list %s is not defined", j.v->name, j.v->seq, name);
	else if (acl && acl->row != ROW_ACL_EXT) {
		compile_note(c, r, "NOTE: crypto map %s %u: access list %s is not an extended one", j.v->name, j.v->seq, name);
		acl = NULL;
	}
	if (!transform_sets(&j))
		j.proposals = NULL;
	lifetimes(&j);
	for (int i = 0; i < j.nplace && acl; i++)
		if (local_address(c, j.v->name, j.place[i].ifrec, &j.place[i].local))
			compile_place(&j, &j.place[i], acl);
}

/* `crypto map NAME local-address IF` is read by the entries of that map. */
void
compile_crypto_map_name(struct compile *c, const struct rec *r)
{
	(void)c;
	(void)r;
}
