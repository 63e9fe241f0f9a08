/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Dynamic crypto maps: entries whose peers are not known before they call. On
 * each interface whose crypto map names the dynamic map there is one connection
 * for any peer, with a child for each permit entry of the access list (or one
 * that takes any selector). Policies follow from what a peer negotiated (a
 * spoke, compile_spoke_dynamic()); before that, what the access list protects
 * is dropped: nobody can be called.
 *
 * charon picks a child by its selector alone and looks at no second one.
 * Entries with the same selector therefore are one child, that of the first,
 * with the transform sets of all, in the order of their sequence numbers.
 *
 * A peer that a static entry of the map names is spoken to by a connection of
 * its own; what it asks for beyond the access list of that entry falls to the
 * dynamic ones, so that connection has their children, too.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/acl.h"
#include "engine/crypto_place.h"
#include "engine/dynamic_map.h"
#include "engine/ike.h"
#include "engine/protect.h"
#include "engine/tunnel.h"

compile_fn compile_dynamic_map;

struct job {
	struct compile *c;
	const struct rec *r;		/* the entry */
	const struct cfg_dynamic_map *v;
	const char *what;
	struct protect p;
	const struct rec *acl;		/* NULL: any selector */
	const struct rec *map;		/* the crypto map entry that names the dynamic map */
	const char *map_name;		/* the crypto map that is looked for, by dynamic_map_children() */
};

/* Everything of one entry: its own lines, then those of its profile. */
static void
read_entry(struct compile *c, const struct rec *r, const struct rec *origin, const char *what, struct protect *p)
{
	const struct cfg_dynamic_map_profile *profile = compile_child(c, r, ROW_DYNAMIC_MAP_PROFILE);
	const struct rec *q = profile ? compile_defined(c, REF_IPSEC_PROFILE, profile->profile) : NULL;
	struct protect base;

	protect_read(c, r, PROTECT_DYNAMIC, origin, what, p);
	if (q) {
		protect_read(c, q, PROTECT_PROFILE, origin, what, &base);
		protect_inherit(p, &base);
	} else if (profile)
		compile_note(c, origin, "NOTE: %s: ipsec profile %s is not defined", what, profile->profile);
}

static const char *
list_of(struct compile *c, const struct rec *r)
{
	const struct cfg_dynamic_map_match_address *m = compile_child(c, r, ROW_DYNAMIC_MAP_MATCH_ADDRESS);

	return m ? m->acl : "";
}

/*
 * Entries of one map and one selector: false when an earlier one has the child.
 * Otherwise the proposals of the later ones are added to p.
 */
static bool
first_of_selector(struct job *j)
{
	struct compile *c = j->c;
	const char *list = list_of(c, j->r);
	const char **all;
	size_t n = 0, more = 0;

	for (const struct rec *q = compile_map(c, j->r); q && compile_same_map(q, j->r); q = store_next(q)) {
		const struct cfg_dynamic_map *v = rec_values(q);
		struct protect p;

		if (q == j->r)
			continue;
		compile_reads(c, q);
		if (strcmp(list_of(c, q), list) != 0)
			continue;
		if (v->seq < j->v->seq)
			return false;
		read_entry(c, q, j->r, compile_text(c, "crypto dynamic-map %s %u", v->name, v->seq), &p);
		if (!p.proposals)
			continue;
		if (p.ah != j->p.ah || p.mode != j->p.mode) {
			compile_note(c, j->r, "NOTE: %s: entry %u has the same selector and another mode; it is not used", j->what, v->seq);
			continue;
		}
		while (j->p.proposals[n])
			n++;
		for (more = 0; p.proposals[more]; more++)
			;
		all = compile_alloc(c, sizeof *all * (n + more + 1));
		memcpy(all, j->p.proposals, sizeof *all * n);
		memcpy(all + n, p.proposals, sizeof *all * more);
		j->p.proposals = all;
	}
	return true;
}

/* --- one entry on one interface --- */

static void
emit_block(struct compile *c, const struct rec *origin, const char *dev, const struct obj_selector *sel, uint32_t priority)
{
	struct obj o = { .kind = OBJ_POLICY };

	o.policy.sel = *sel;
	o.policy.priority = priority;
	o.policy.action = POLICY_BLOCK;
	o.policy.dir = POLICY_OUT;
	strcpy(o.policy.dev, dev);
	compile_emit(c, origin, &o);
	memset(o.policy.dev, 0, sizeof o.policy.dev);
	o.policy.sel = selector_mirror(sel);
	for (int d = POLICY_IN; d <= POLICY_FWD; d++) {
		o.key = NULL;
		o.policy.dir = (enum policy_dir)d;
		compile_emit(c, origin, &o);
	}
}

static void
child(struct job *j, const struct flow *f, const char *conn, const struct rec *ifrec)
{
	/* mode transport works between hosts only; the peer's own selector decides */
	protect_child(j->c, j->r, &j->p, conn, compile_text(j->c, "%s-%u-%u", f->entry->map, f->entry->seq, f->reqid), &f->sel,
	    j->p.mode, f->reqid, 0, protect_df(j->c, &j->p, ifrec));
}

static struct ike_want
ike_of(const struct job *j, uint32_t local)
{
	return (struct ike_want){ .r = j->r, .what = j->what, .local = local, .isakmp_profile = j->p.isakmp_profile,
	    .ikev2_profile = j->p.ikev2_profile };
}

/*
 * The children of one entry on one interface, for connection conn. Its own unit makes the flows (e), and drops what they select
 * until somebody has called; a unit of another entry (e NULL) takes those that are there.
 */
static void
children(struct job *j, const struct crypto_place *place, struct entry *e, const char *conn)
{
	static const struct obj_selector any = { 0 };
	struct compile *c = j->c;
	struct tunnels *t = compile_tunnels(c);
	const struct cfg_crypto_map *m = rec_values(j->map);
	struct flow *f;

	if (!j->acl) {
		f = tunnels_find_flow(t, j->r->id, place->ifname, j->r->id);
		if (!f && e)
			compile_changed(c);
		if (e)
			f = tunnels_flow(t, e, j->r->id, &any);
		if (f)
			child(j, f, conn, place->ifrec);
		return;
	}
	for (const struct rec *q = compile_children(c, j->acl, ROW_ACL_EXT_ACE); q; q = store_next(q)) {
		const struct cfg_acl_ext_ace *a = rec_values(q);
		struct obj_selector sel;
		const char *why;

		if (a->action != ACL_EXT_ACE_ACTION_PERMIT)
			continue;
		why = ace_selector(a, &sel);
		if (why) {
			compile_note(c, j->r, "NOTE: %s: access list entry %u is passed over: %s", j->what, a->seq, why);
			continue;
		}
		f = tunnels_find_flow(t, j->r->id, place->ifname, q->id);
		if (!f && e)
			compile_changed(c);
		if (e) {
			f = tunnels_flow(t, e, q->id, &sel);
			emit_block(c, q, crypto_place_device(c, place->ifname), &sel, (m->seq << 15) + 32767);
		}
		if (f)
			child(j, f, conn, place->ifrec);
	}
}

static void
compile_place(struct job *j, const struct crypto_place *place)
{
	struct compile *c = j->c;
	const struct cfg_crypto_map *m = rec_values(j->map);
	const struct ike_want w = ike_of(j, place->local);
	const char *conn = ike_connection(c, &w);
	struct entry *e;

	if (!conn)
		return;
	e = tunnels_entry(compile_tunnels(c), j->r->id, place->ifname);
	e->kind = ENTRY_DYNAMIC;
	snprintf(e->map, sizeof e->map, "%s", m->name);
	e->seq = m->seq;
	e->dynamic_seq = j->v->seq;
	e->local = place->local;
	e->kilobytes = j->p.life_kilobytes;
	e->reverse_route = j->p.reverse && !j->p.reverse_static;
	snprintf(e->profile, sizeof e->profile, "%s", ike_suffix(c, &w));
	children(j, place, e, conn);
}

static void
map_entry(void *ctx, struct rec *r)
{
	struct job *j = ctx;
	const struct cfg_crypto_map *m = rec_values(r);
	struct crypto_place place[CRYPTO_PLACES];
	bool too_many;
	int n;

	if (r->row != ROW_CRYPTO_MAP || !(m->has & HAS_CRYPTO_MAP_HOW) || m->how != CRYPTO_MAP_HOW_DYNAMIC)
		return;
	j->map = r;
	n = crypto_places(j->c, m->name, place, &too_many);
	for (int i = 0; i < n; i++)
		compile_place(j, &place[i]);
}

/* Its lines; false: it has no child of its own. */
static bool
read_job(struct job *j)
{
	struct compile *c = j->c;
	const char *list = list_of(c, j->r);

	j->v = rec_values(j->r);
	j->what = compile_text(c, "crypto dynamic-map %s %u", j->v->name, j->v->seq);
	read_entry(c, j->r, j->r, j->what, &j->p);
	if (!j->p.proposals) {
		compile_quiet(c, j->r, "NOTE: %s has no transform set", j->what);
		return false;
	}
	if (*list) {
		j->acl = compile_defined(c, REF_ACL, list);
		if (!j->acl || j->acl->row != ROW_ACL_EXT) {
			compile_quiet(c, j->r, "NOTE: %s: access list %s is not %s", j->what, list, j->acl ? "an extended one" : "defined");
			return false;
		}
	}
	return first_of_selector(j);
}

void
compile_dynamic_map(struct compile *c, const struct rec *r)
{
	struct job j = { .c = c, .r = r };

	if (read_job(&j))
		compile_referrers(c, REF_DYNAMIC_MAP, j.v->name, map_entry, &j);
}

/* --- for peers of static entries --- */

static void
named_by(void *ctx, struct rec *r)
{
	struct job *j = ctx;
	const struct cfg_crypto_map *m = rec_values(r);

	if (r->row == ROW_CRYPTO_MAP && m->has & HAS_CRYPTO_MAP_HOW && m->how == CRYPTO_MAP_HOW_DYNAMIC &&
	    strcmp(m->name, j->map_name) == 0)
		j->map = r;
}

/* In the order in which the crypto map names their maps, then in their own. */
static int
in_order(const void *a, const void *b)
{
	const struct job *x = a, *y = b;
	const struct cfg_crypto_map *mx = rec_values(x->map), *my = rec_values(y->map);

	if (mx->seq != my->seq)
		return mx->seq < my->seq ? -1 : 1;
	return x->v->seq < y->v->seq ? -1 : x->v->seq > y->v->seq;
}

void
dynamic_map_children(struct compile *c, const char *map, const struct crypto_place *place, const char *conn, const char *suffix)
{
	const struct rec *first = compile_each(c, ROW_DYNAMIC_MAP);
	struct job *job;
	size_t n = 0;

	for (const struct rec *q = first; q; q = store_next(q))
		n++;
	if (n == 0)
		return;
	job = compile_alloc(c, sizeof *job * n);
	n = 0;
	compile_mute(c, true);
	for (const struct rec *q = first; q; q = store_next(q)) {
		struct job *j = &job[n];

		*j = (struct job){ .c = c, .r = q, .map_name = map };
		compile_referrers(c, REF_DYNAMIC_MAP, ((const struct cfg_dynamic_map *)rec_values(q))->name, named_by, j);
		if (j->map && read_job(j))
			n++;
	}
	qsort(job, n, sizeof *job, in_order);
	for (size_t i = 0; i < n; i++) {
		const struct ike_want w = ike_of(&job[i], place->local);

		if (strcmp(ike_suffix(c, &w), suffix) == 0)
			children(&job[i], place, NULL, conn);
	}
	compile_mute(c, false);
}

/* The policies and the reverse route of a peer that called. */
void
compile_spoke_dynamic(struct compile *c, const struct rec *r)
{
	const struct spoke *s = compile_arg(c);
	const struct entry *e = s->flow->entry;
	struct policy_want pol = { .sel = s->ts, .out_dev = crypto_place_device(c, e->ifname), .local = s->local, .peer = s->peer,
		.reqid = s->flow->reqid, .mode = s->mode, .ah = s->ah };
	struct protect p;

	read_entry(c, r, r, compile_text(c, "crypto dynamic-map %s %u", e->map, e->dynamic_seq), &p);
	pol.priority = (e->seq << 15) + (e->dynamic_seq < 32766 ? e->dynamic_seq : 32766);
	protect_policies(c, r, &pol);
	if (p.reverse)
		protect_route(c, r, &p, &s->ts.dst, s->peer);
}
