/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The state of the moment for show and clear functions. SAs, entries and conn
 * ids come as lists; here they become sorted arrays once per command, and
 * everything afterwards is found by bisection.
 */
#include "cli/show/crypto.h"
#include "cli/show/iflist.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"
#include "parser/types.h"

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

static int
by_reqid(const void *a, const void *b)
{
	const struct crypto_child *x = a, *y = b;

	if (x->c->reqid != y->c->reqid)
		return ORDER(x->c->reqid, y->c->reqid);
	if (x->spoke != y->spoke)
		return ORDER((uintptr_t)x->spoke, (uintptr_t)y->spoke);
	return ORDER(x->c->unique_id, y->c->unique_id);
}

static int
by_place(const void *a, const void *b)
{
	const struct entry *x = *(struct entry *const *)a, *y = *(struct entry *const *)b;
	int d = ifname_compare(x->ifname, y->ifname);

	if (d == 0)
		d = strcmp(x->map, y->map);
	return d ? d : ORDER(x->seq, y->seq);
}

static int
by_unique_id(const void *a, const void *b)
{
	const struct ike_seen *x = *(struct ike_seen *const *)a, *y = *(struct ike_seen *const *)b;

	return ORDER(x->unique_id, y->unique_id);
}

static int
by_spi(const void *a, const void *b)
{
	const struct nl_sa *x = a, *y = b;

	return x->spi != y->spi ? ORDER(x->spi, y->spi) : ORDER(x->dst, y->dst);
}

static bool
dynamic(const struct entry *e)
{
	return e->kind == ENTRY_DYNAMIC || e->kind == ENTRY_TEMPLATE;
}

/* A spoke looks like an entry of its own. */
static void
make_entry(struct crypto_made *m, const struct entry *e, const struct flow *f, const struct spoke *s)
{
	m->e = *e;
	m->e.next = NULL;
	if (s->number) {
		snprintf(m->e.ifname, sizeof m->e.ifname, "Virtual-Access%u", s->number);
		snprintf(m->e.map, sizeof m->e.map, "Virtual-Access%u-head-0", s->number);
	}
	m->e.local = s->local;
	m->e.peer[0] = s->peer;
	m->e.npeer = 1;
	m->e.current = 0;
	m->e.flows = &m->f;
	m->f = (struct flow){ .entry = &m->e, .reqid = f->reqid, .ace = f->ace, .sel = s->ts, .peer = s->peer, .of = s,
		.packets_in = s->packets_in, .packets_out = s->packets_out };
}

static void
collect_entries(struct crypto_view *v)
{
	size_t n = 0, spokes = 0;

	for (struct entry *e = tunnels_first(v->t); e; e = e->next)
		if (!dynamic(e))
			n++;
		else
			for (const struct flow *f = e->flows; f; f = f->next)
				for (const struct spoke *s = f->spokes; s; s = s->next)
					spokes++;
	v->entry = xcalloc(n + spokes + 1, sizeof *v->entry);
	v->made = xcalloc(spokes + 1, sizeof *v->made);
	spokes = 0;
	for (struct entry *e = tunnels_first(v->t); e; e = e->next)
		if (!dynamic(e))
			v->entry[v->nentry++] = e;
		else
			for (const struct flow *f = e->flows; f; f = f->next)
				for (const struct spoke *s = f->spokes; s; s = s->next) {
					make_entry(&v->made[spokes], e, f, s);
					v->entry[v->nentry++] = &v->made[spokes++].e;
				}
}

void
crypto_view_open(struct crypto_view *v, struct session *s)
{
	size_t n = 0;

	memset(v, 0, sizeof *v);
	v->s = s;
	v->r = session_router(s);
	v->store = session_store(s);
	v->t = v->r->tunnels;
	v->ike = session_sas(s, &v->nike);
	if (!v->ike)
		v->nike = 0;
	for (size_t i = 0; i < v->nike; i++)
		n += v->ike[i].nchild;
	v->child = xcalloc(n + 1, sizeof *v->child);
	for (size_t i = 0; i < v->nike; i++)
		for (size_t k = 0; k < v->ike[i].nchild; k++)
			v->child[v->nchild++] = (struct crypto_child){ &v->ike[i].children[k], &v->ike[i],
				tunnels_spoke(v->t, v->ike[i].children[k].unique_id) };
	qsort(v->child, v->nchild, sizeof *v->child, by_reqid);
	collect_entries(v);
	qsort(v->entry, v->nentry, sizeof *v->entry, by_place);
	n = 0;
	for (struct ike_seen *k = tunnels_ike_first(v->t); k; k = k->next)
		n++;
	v->seen = xcalloc(n + 1, sizeof *v->seen);
	for (struct ike_seen *k = tunnels_ike_first(v->t); k; k = k->next)
		if (!k->deleted)
			v->seen[v->nseen++] = k;
	qsort(v->seen, v->nseen, sizeof *v->seen, by_unique_id);
}

static void
take_sa(void *arg, const struct nl_sa *sa)
{
	struct crypto_view *v = arg;

	if (v->nsa == v->capsa) {
		v->capsa = v->capsa ? 2 * v->capsa : 64;
		v->sa = xrealloc(v->sa, v->capsa * sizeof *v->sa);
	}
	v->sa[v->nsa++] = *sa;
}

void
crypto_view_kernel(struct crypto_view *v)
{
	if (v->nchild == 0 || !v->r->netlink)
		return;
	(void)netlink_each_sa(v->r->netlink, take_sa, v);
	if (v->nsa)
		qsort(v->sa, v->nsa, sizeof *v->sa, by_spi);
}

void
crypto_view_close(struct crypto_view *v)
{
	free(v->child);
	free(v->entry);
	free(v->made);
	free(v->seen);
	free(v->sa);
}

const struct crypto_child *
crypto_children(const struct crypto_view *v, const struct flow *f, size_t *n)
{
	size_t lo = 0, hi = v->nchild;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct crypto_child *k = &v->child[mid];

		if (k->c->reqid < f->reqid || (k->c->reqid == f->reqid && (uintptr_t)k->spoke < (uintptr_t)f->of))
			lo = mid + 1;
		else
			hi = mid;
	}
	for (hi = lo; hi < v->nchild && v->child[hi].c->reqid == f->reqid && v->child[hi].spoke == f->of; hi++)
		;
	*n = hi - lo;
	return v->child + lo;
}

const struct nl_sa *
crypto_kernel_sa(const struct crypto_view *v, uint32_t spi, uint32_t dst)
{
	struct nl_sa key = { .spi = spi, .dst = dst };

	return v->nsa ? bsearch(&key, v->sa, v->nsa, sizeof key, by_spi) : NULL;
}

uint32_t
crypto_conn_id(const struct crypto_view *v, const struct sa_ike *ike)
{
	struct ike_seen key = { .unique_id = ike->unique_id }, *p = &key, **k;

	if (!crypto_ike_up(ike) && (!ike->spi_r || !*ike->encr))
		return 0;
	k = bsearch(&p, v->seen, v->nseen, sizeof p, by_unique_id);
	return k ? (*k)->conn_id : tunnels_ike(v->t, ike)->conn_id;
}

/* --- configuration --- */

const char *
crypto_vrf(const struct crypto_view *v, const struct entry *e)
{
	const char *vrf;

	if (e->kind != ENTRY_VTI && e->kind != ENTRY_TEMPLATE)
		return "(none)";
	/* a Virtual-Access interface has the lines of its template */
	vrf = iface_vrf(v->store, store_defined(v->store, REF_INTERFACE, e->flows && e->flows->of ?
	    e->flows->of->flow->entry->ifname : e->ifname));
	return vrf ? vrf : "(none)";
}

struct rec *
crypto_map_rec(const struct crypto_view *v, const struct entry *e)
{
	struct cfg_crypto_map key = { .has = HAS_CRYPTO_MAP_NAME | HAS_CRYPTO_MAP_SEQ, .name = e->map, .seq = e->seq };

	return store_find(v->store, store_root(v->store), ROW_CRYPTO_MAP, &key);
}

struct rec *
crypto_map_acl(struct store *s, const struct rec *map)
{
	const struct cfg_crypto_map_match_address *m = store_leaf(s, map, ROW_CRYPTO_MAP_MATCH_ADDRESS);
	struct rec *acl = m ? store_defined(s, REF_ACL, m->acl) : NULL;

	return acl && acl->row == ROW_ACL_EXT ? acl : NULL;
}

uint64_t
crypto_map_kilobytes(struct store *s, const struct rec *map)
{
	const struct cfg_crypto_map_sa_lifetime_kb *k = map ? store_leaf(s, map, ROW_CRYPTO_MAP_SA_LIFETIME_KB) : NULL;
	const struct cfg_sa_lifetime_kb *g = store_leaf(s, store_root(s), ROW_SA_LIFETIME_KB);

	if (k)
		return k->amount == CRYPTO_MAP_SA_LIFETIME_KB_AMOUNT_DISABLE ? 0 : k->kilobytes;
	return g->amount == SA_LIFETIME_KB_AMOUNT_DISABLE ? 0 : g->kilobytes;
}

uint32_t
crypto_map_seconds(struct store *s, const struct rec *map)
{
	const struct cfg_crypto_map_sa_lifetime_seconds *k = store_leaf(s, map, ROW_CRYPTO_MAP_SA_LIFETIME_SECONDS);
	const struct cfg_sa_lifetime_seconds *g = store_leaf(s, store_root(s), ROW_SA_LIFETIME_SECONDS);

	return k ? k->seconds : g->seconds;
}

/* A flow with the place of its entry in the access list. */
struct placed {
	uint32_t ace;
	size_t at;
	struct flow *f;
};

static int
by_ace(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	return ORDER(x->ace, y->ace);
}

static int
by_at(const void *a, const void *b)
{
	const struct placed *x = a, *y = b;

	return ORDER(x->at, y->at);
}

struct flow **
crypto_flows(const struct crypto_view *v, const struct entry *e, size_t *n)
{
	struct rec *map = crypto_map_rec(v, e), *acl = map ? crypto_map_acl(v->store, map) : NULL;
	struct placed *p;
	struct flow **list;
	size_t at = 0;

	*n = 0;
	for (struct flow *f = e->flows; f; f = f->next)
		++*n;
	list = xcalloc(*n + 1, sizeof *list);
	p = xcalloc(*n + 1, sizeof *p);
	for (struct flow *f = e->flows; f; f = f->next, at++)
		p[at] = (struct placed){ f->ace, SIZE_MAX, f };
	qsort(p, *n, sizeof *p, by_ace);
	at = 0;
	for (struct rec *q = acl ? store_first(v->store, acl, ROW_ACL_EXT_ACE) : NULL; q; q = store_next(q), at++) {
		struct placed key = { .ace = q->id }, *hit = bsearch(&key, p, *n, sizeof *p, by_ace);

		if (hit)
			hit->at = at;
	}
	qsort(p, *n, sizeof *p, by_at);
	for (at = 0; at < *n; at++)
		list[at] = p[at].f;
	free(p);
	return list;
}

/* --- numbers --- */

bool
crypto_ike_up(const struct sa_ike *ike)
{
	return strcmp(ike->state, "ESTABLISHED") == 0 || strncmp(ike->state, "REKEY", 5) == 0;
}

bool
crypto_child_live(const struct sa_child *c)
{
	return strcmp(c->state, "INSTALLED") == 0 || strncmp(c->state, "REKEY", 5) == 0;
}

/* charon rekeys 60 s before the lifetime that was agreed on (backends/vici/encode.c). */
uint32_t
crypto_ike_left(const struct crypto_view *v, const struct sa_ike *ike)
{
	uint32_t life = 86400;

	for (const struct rec *p = store_first(v->store, store_root(v->store), ROW_ISAKMP_POLICY); p; p = store_next(p)) {
		const struct cfg_isakmp_policy_auth *a = store_leaf(v->store, p, ROW_ISAKMP_POLICY_AUTH);

		if (a->method != ISAKMP_POLICY_AUTH_METHOD_PRE_SHARE)
			continue;
		life = ((const struct cfg_isakmp_policy_lifetime *)store_leaf(v->store, p, ROW_ISAKMP_POLICY_LIFETIME))->seconds;
		break;
	}
	if (!ike->rekey_in)
		return 0;
	return ike->rekey_in + (life >= 120 ? 60 : life / 2);
}

uint64_t
crypto_kb_left(uint64_t limit, uint64_t bytes)
{
	return limit > bytes / 1000 ? limit - bytes / 1000 : 0;
}

/*
 * The counters of a pair that was replaced went to the flow when it was, so it
 * must not count again while it waits for its deletion.
 */
struct crypto_count
crypto_count(const struct crypto_view *v, const struct flow *f)
{
	struct crypto_count n = { .in = f->packets_in, .out = f->packets_out };
	const struct crypto_child *k;
	size_t i;

	for (k = crypto_children(v, f, &i); i; i--, k++) {
		n.installed += strcmp(k->c->state, "INSTALLED") == 0;
		if (strcmp(k->c->state, "REKEYED") == 0)
			continue;
		n.in += k->c->packets_in;
		n.out += k->c->packets_out;
	}
	return n;
}
