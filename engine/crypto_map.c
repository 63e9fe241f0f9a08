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
#include "engine/crypto_place.h"
#include "engine/dynamic_map.h"
#include "engine/ike.h"
#include "engine/protect.h"
#include "engine/tunnel.h"
#include "lib/ip4.h"
#include "parser/types.h"

compile_fn compile_crypto_map, compile_crypto_map_name;

struct job {
	struct compile *c;
	const struct rec *r;		/* the entry */
	const struct cfg_crypto_map *v;
	struct crypto_place place[CRYPTO_PLACES];
	int nplace;
	bool too_many;
	const char *what;		/* "crypto map NAME SEQ" */
	struct protect p;
};

/* --- connections --- */

static struct ike_want
ike_of(struct job *j, uint32_t local, uint32_t peer)
{
	return (struct ike_want){ .r = j->r, .what = j->what, .local = local, .remote = peer,
	    .isakmp_profile = j->p.isakmp_profile, .ikev2_profile = j->p.ikev2_profile };
}

/* Transport mode only for traffic between the two end points themselves. */
static enum ipsec_mode
mode_of(enum ipsec_mode mode, const struct obj_selector *sel, uint32_t local, uint32_t peer)
{
	return mode == IPSEC_TRANSPORT && sel->src.len == 32 && sel->src.addr == local && sel->dst.len == 32 &&
	    sel->dst.addr == peer ? IPSEC_TRANSPORT : IPSEC_TUNNEL;
}

static void
emit_connection(struct job *j, const struct entry *e, const struct crypto_place *place, uint32_t peer)
{
	const struct ike_want w = ike_of(j, e->local, peer);
	const char *conn = ike_connection(j->c, &w);
	enum ipsec_df df = protect_df(j->c, &j->p, place->ifrec);

	for (const struct flow *f = conn ? e->flows : NULL; f; f = f->next)
		if (f->seen)
			protect_child(j->c, j->r, &j->p, conn, compile_text(j->c, "%s-%u-%u", j->v->name, j->v->seq, f->reqid),
			    &f->sel, mode_of(j->p.mode, &f->sel, e->local, peer), f->reqid, 0, df);
	if (conn)
		dynamic_map_children(j->c, j->v->name, place, conn, e->profile);
}

/* --- policies --- */

static void
emit_policies(struct job *j, const struct rec *origin, const struct entry *e, const struct flow *f,
    const struct obj_selector *sel, uint32_t priority, bool ah, enum ipsec_mode mode)
{
	uint32_t peer = flow_peer(f);
	const struct policy_want w = { .sel = *sel, .out_dev = crypto_place_device(j->c, e->ifname), .local = e->local, .peer = peer,
		.reqid = f->reqid, .priority = priority, .ah = ah, .mode = mode_of(mode, sel, e->local, peer),
		.shared = j->nplace > 1 };

	protect_policies(j->c, origin, &w);
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
	strcpy(o.policy.dev, crypto_place_device(j->c, e->ifname));
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

	(void)compile_map(c, from);
	for (const struct rec *m = store_next(from); m && compile_same_map(m, from) && n->next < n->limit && depth < 16;
	    m = store_next(m)) {
		const struct rec *acl;
		const char *name;

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
		} else if (e->npeer && j->p.proposals)
			emit_plain(j, line, e, &piece[i], n, POLICY_BLOCK);
	}
}

static void
compile_place(struct job *j, const struct crypto_place *p, const struct rec *acl)
{
	struct compile *c = j->c;
	struct tunnels *t = compile_tunnels(c);
	const struct ike_want w = ike_of(j, 0, 0);
	struct entry *e = tunnels_entry(t, j->r->id, p->ifname);
	struct order n = { j->v->seq << 15, (j->v->seq + 1) << 15 };
	uint32_t peer = e->npeer ? e->peer[e->current] : 0;
	bool changed = e->ah != j->p.ah || e->mode != j->p.mode || e->usable != (j->p.proposals != NULL) || e->local != p->local;

	e->ah = j->p.ah;
	e->mode = j->p.mode;
	e->usable = j->p.proposals != NULL;
	e->kilobytes = j->p.life_kilobytes;
	snprintf(e->map, sizeof e->map, "%s", j->v->name);
	e->seq = j->v->seq;
	e->local = p->local;
	e->reverse_route = j->p.reverse && !j->p.reverse_static;
	snprintf(e->profile, sizeof e->profile, "%s", ike_suffix(c, &w));
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
		/* an entry that is complete, and none of its sets can be had here: nothing leaves in clear for that */
		if (e->npeer && !j->p.proposals && compile_child(c, j->r, ROW_CRYPTO_MAP_TRANSFORM_SET))
			emit_plain(j, q, e, &sel, &n, POLICY_BLOCK);
		if (!e->npeer || !j->p.proposals)
			continue;
		if (n.next < n.limit)
			emit_policies(j, q, e, f, &sel, n.next++, j->p.ah, j->p.mode);
		if (j->p.reverse && j->p.reverse_static)
			protect_route(c, j->r, &j->p, &sel.dst, flow_peer(f));
		else if (f->rri)
			protect_route(c, j->r, &j->p, &f->rri_dst, f->rri_gateway);
	}
	if (n.next == n.limit)
		compile_note(c, j->r, "NOTE: crypto map %s %u: its access list is too long; the last entries are not used",
		    j->v->name, j->v->seq);
	if (j->p.proposals)
		for (int i = 0; i < e->npeer; i++)
			emit_connection(j, e, p, e->peer[i]);
	if (changed)
		compile_changed(c);
}

/*
 * What an entry lacks to do anything, for show: at the prompt IOS has said it
 * when the entry was new. What it denies it lets pass all the same.
 */
static void
note_incomplete(struct job *j, const char *acl)
{
	const char *what = !acl ? "access list" : !compile_children(j->c, j->r, ROW_CRYPTO_MAP_PEER) ? "peer" :
	    !j->p.proposals && !compile_child(j->c, j->r, ROW_CRYPTO_MAP_TRANSFORM_SET) ? "transform set" : NULL;

	if (what)
		(compile_made(j->c) ? compile_quiet : compile_quiet_unused)(j->c, j->r,
		    "NOTE: crypto map %s %u is incomplete: it has no %s", j->v->name, j->v->seq, what);
}

void
compile_crypto_map(struct compile *c, const struct rec *r)
{
	struct job j = { .c = c, .r = r, .v = rec_values(r) };
	const struct rec *acl;
	const char *name;

	/* its entries have units of their own */
	if (j.v->has & HAS_CRYPTO_MAP_HOW && j.v->how == CRYPTO_MAP_HOW_DYNAMIC) {
		if (!compile_defined(c, REF_DYNAMIC_MAP, j.v->dynamic_map))
			compile_quiet_unused(c, r, "NOTE: crypto map %s %u: dynamic crypto map %s is not defined", j.v->name, j.v->seq,
			    j.v->dynamic_map);
		return;
	}
	j.nplace = crypto_places(c, j.v->name, j.place, &j.too_many);
	if (j.too_many)
		compile_note(c, r, "NOTE: crypto map %s %u: it is on more than %d interfaces; the others are left out", j.v->name,
		    j.v->seq, CRYPTO_PLACES);
	acl = acl_of(c, r, &name);
	if (name && !acl)
		compile_quiet_unused(c, r, "NOTE: crypto map %s %u: access list %s is not defined", j.v->name, j.v->seq, name);
	else if (acl && acl->row != ROW_ACL_EXT) {
		compile_unused(c, r, "NOTE: crypto map %s %u: access list %s is not an extended one", j.v->name, j.v->seq, name);
		acl = NULL;
	}
	j.what = compile_text(c, "crypto map %s %u", j.v->name, j.v->seq);
	protect_read(c, r, PROTECT_MAP, r, j.what, &j.p);
	for (int i = 0; i < j.nplace && acl; i++)
		compile_place(&j, &j.place[i], acl);
	note_incomplete(&j, name);
}

/* `crypto map NAME local-address IF` is read by the entries of that map. */
void
compile_crypto_map_name(struct compile *c, const struct rec *r)
{
	(void)c;
	(void)r;
}
