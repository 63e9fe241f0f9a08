/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show crypto session [detail]: one block for each pair of interface and peer.
 *
 * Every crypto map entry gives the block of its current peer, with all its
 * flows. A peer that is not current (any more) has a block as long as there is
 * an IKE SA with it, with those flows only that have SAs there.
 */
#include <stdlib.h>
#include <string.h>

#include "cli/show/crypto.h"
#include "lib/ip4.h"
#include "lib/xalloc.h"

exec_fn show_crypto_session;

#define ORDER(a, b) (((a) > (b)) - ((a) < (b)))

/* An IKE SA: live, or (ike is NULL) gone within the last minute. */
struct link {
	uint32_t local, remote, conn_id;
	const struct sa_ike *ike;
	const struct ike_seen *gone;
};

/* An entry with one of its peers. */
struct pair {
	uint32_t local, peer;
	bool current;
	size_t at;		/* in view->entry */
};

struct block {
	const char *ifname;
	uint32_t local, peer;
	size_t rank;		/* blocks of an interface: entries in order, then other peers by conn id */
};

struct job {
	struct crypto_view v;
	bool detail;
	struct link *link;
	struct pair *pair;
	struct block *block;
	size_t nlink, npair, nblock;
};

static int
link_order(const void *a, const void *b)
{
	const struct link *x = a, *y = b;

	if (x->local != y->local)
		return ORDER(x->local, y->local);
	if (x->remote != y->remote)
		return ORDER(x->remote, y->remote);
	if (!x->ike != !y->ike)
		return x->ike ? -1 : 1;
	return ORDER(y->conn_id, x->conn_id);
}

static int
pair_order(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;

	if (x->local != y->local)
		return ORDER(x->local, y->local);
	if (x->peer != y->peer)
		return ORDER(x->peer, y->peer);
	if (x->current != y->current)
		return x->current ? -1 : 1;
	return ORDER(x->at, y->at);
}

static int
block_same(const struct block *x, const struct block *y)
{
	int d = strcmp(x->ifname, y->ifname);

	if (d == 0)
		d = ORDER(x->local, y->local);
	return d ? d : ORDER(x->peer, y->peer);
}

static int
block_identity(const void *a, const void *b)
{
	const struct block *x = a, *y = b;
	int d = block_same(x, y);

	return d ? d : ORDER(x->rank, y->rank);
}

static int
block_rank(const void *a, const void *b)
{
	const struct block *x = a, *y = b;

	return ORDER(x->rank, y->rank);
}

/* --- collecting --- */

static void
collect_links(struct job *j)
{
	struct crypto_view *v = &j->v;
	size_t max = v->nike;

	for (struct ike_seen *k = tunnels_ike_first(v->t); k; k = k->next)
		max += k->deleted;
	j->link = xcalloc(max + 1, sizeof *j->link);
	for (size_t i = 0; i < v->nike; i++)
		j->link[j->nlink++] = (struct link){ v->ike[i].local, v->ike[i].remote, crypto_conn_id(v, &v->ike[i]),
			&v->ike[i], NULL };
	/* what a person has cleared is down, not about to come back */
	for (struct ike_seen *k = tunnels_ike_first(v->t); k && j->nlink < max; k = k->next)
		if (k->deleted && !k->cleared)
			j->link[j->nlink++] = (struct link){ k->local, k->remote, k->conn_id, NULL, k };
	qsort(j->link, j->nlink, sizeof *j->link, link_order);
}

static void
collect_pairs(struct job *j)
{
	size_t max = 0;

	for (size_t i = 0; i < j->v.nentry; i++)
		max += (size_t)j->v.entry[i]->npeer;
	j->pair = xcalloc(max + 1, sizeof *j->pair);
	for (size_t i = 0; i < j->v.nentry; i++) {
		const struct entry *e = j->v.entry[i];

		for (int p = 0; p < e->npeer; p++)
			j->pair[j->npair++] = (struct pair){ e->local, e->peer[p], p == e->current, i };
	}
	qsort(j->pair, j->npair, sizeof *j->pair, pair_order);
}

/* The first pair of two addresses (peer 0: of the local address alone). */
static const struct pair *
find_pair(const struct job *j, uint32_t local, uint32_t peer)
{
	size_t lo = 0, hi = j->npair;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct pair *p = &j->pair[mid];

		if (p->local < local || (p->local == local && p->peer < peer))
			lo = mid + 1;
		else
			hi = mid;
	}
	if (lo == j->npair || j->pair[lo].local != local || (peer && j->pair[lo].peer != peer))
		return NULL;
	return &j->pair[lo];
}

static const struct link *
find_links(const struct job *j, uint32_t local, uint32_t remote, size_t *n)
{
	size_t lo = 0, hi = j->nlink;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;
		const struct link *l = &j->link[mid];

		if (l->local < local || (l->local == local && l->remote < remote))
			lo = mid + 1;
		else
			hi = mid;
	}
	for (hi = lo; hi < j->nlink && j->link[hi].local == local && j->link[hi].remote == remote; hi++)
		;
	*n = hi - lo;
	return j->link + lo;
}

/* The interface an SA of no crypto map entry belongs to: the one with its address. */
static const char *
interface_of(struct store *s, uint32_t addr)
{
	for (const struct rec *r = store_first(s, store_root(s), ROW_INTERFACE); r; r = store_next(r)) {
		const struct cfg_interface_address *a = store_leaf(s, r, ROW_INTERFACE_ADDRESS);

		if (a && a->addr == addr)
			return ((const struct cfg_interface *)rec_values(r))->if_;
	}
	return "(none)";
}

static void
collect_blocks(struct job *j)
{
	size_t n = 0;

	j->block = xcalloc(j->v.nentry + j->nlink + 1, sizeof *j->block);
	for (size_t i = 0; i < j->v.nentry; i++) {
		const struct entry *e = j->v.entry[i];

		if (e->npeer)
			j->block[j->nblock++] = (struct block){ e->ifname, e->local, e->peer[e->current], i };
	}
	for (size_t i = 0; i < j->nlink; i++) {
		const struct link *l = &j->link[i];
		const struct pair *p = find_pair(j, l->local, l->remote);
		size_t rank = j->v.nentry + l->conn_id;

		if (p && p->current)
			continue;
		if (!p)
			p = find_pair(j, l->local, 0);
		j->block[j->nblock++] = (struct block){ p ? j->v.entry[p->at]->ifname : interface_of(j->v.store, l->local),
			l->local, l->remote, rank };
	}
	qsort(j->block, j->nblock, sizeof *j->block, block_identity);
	for (size_t i = 0; i < j->nblock; i++)
		if (!n || block_same(&j->block[n - 1], &j->block[i]) != 0)
			j->block[n++] = j->block[i];
	j->nblock = n;
	qsort(j->block, j->nblock, sizeof *j->block, block_rank);
}

/* --- printing --- */

/* What a block's flow shows: SAs with this peer only. */
struct part {
	int installed;
	uint64_t in, out, bytes_in, bytes_out;
	uint32_t left, age;
};

static struct part
part_of(const struct job *j, const struct flow *f, const struct block *b)
{
	struct part p = {0};
	const struct crypto_child *k;
	size_t n;

	for (k = crypto_children(&j->v, f->reqid, &n); n; n--, k++) {
		if (k->ike->remote != b->peer || strcmp(k->c->state, "INSTALLED") != 0)
			continue;
		p.installed++;
		/* sorted by unique id: the newest pair is the last one */
		p.bytes_in = k->c->bytes_in;
		p.bytes_out = k->c->bytes_out;
		p.left = k->c->life_left;
		if (k->c->installed > p.age)
			p.age = k->c->installed;
	}
	return p;
}

static void
life(const struct job *j, const char *label, uint64_t packets, uint64_t drop, const struct part *p, uint64_t bytes,
    uint64_t limit)
{
	out(j->v.s, "        %s %llu drop %llu life (KB/Sec) ", label, (unsigned long long)packets, (unsigned long long)drop);
	if (!p->installed)
		out(j->v.s, "0/0\n");
	else if (limit)
		out(j->v.s, "%llu/%u\n", (unsigned long long)crypto_kb_left(limit, bytes), p->left);
	else
		out(j->v.s, "KB Vol Rekey Disabled/%u\n", p->left);
}

static void
print_flow(const struct job *j, const struct entry *e, const struct flow *f, const struct part *p)
{
	struct buf text = {0};

	crypto_flow_text(&f->sel, &text);
	out(j->v.s, "  IPSEC FLOW: %s\n        Active SAs: %d, origin: crypto map\n", buf_str(&text), 2 * p->installed);
	buf_free(&text);
	if (j->detail) {
		struct crypto_count c = crypto_count(&j->v, f);
		uint64_t limit = crypto_map_kilobytes(j->v.store, crypto_map_rec(&j->v, e)), drop = 0;
		const struct crypto_child *k;
		size_t n;

		for (k = crypto_children(&j->v, f->reqid, &n); n; n--, k++) {
			const struct nl_sa *sa = crypto_kernel_sa(&j->v, k->c->spi_in, k->ike->local);

			drop += sa ? (uint64_t)sa->out_of_window + sa->replayed + sa->integrity_failed : 0;
		}
		life(j, "Inbound:  #pkts dec'ed", c.in, drop, p, p->bytes_in, limit);
		life(j, "Outbound: #pkts enc'ed", c.out, f->send_errors, p, p->bytes_out, limit);
	}
}

/*
 * The flows of all entries with this interface and peer; with print false they
 * are only looked at. Returns the number of SA pairs.
 */
static int
flows(const struct job *j, const struct block *b, bool print, uint32_t *age)
{
	const struct pair *p = find_pair(j, b->local, b->peer), *end = j->pair + j->npair;
	int installed = 0;

	for (; p && p < end && p->local == b->local && p->peer == b->peer; p++) {
		const struct entry *e = j->v.entry[p->at];
		struct flow **f;
		size_t n;

		if (strcmp(e->ifname, b->ifname) != 0)
			continue;
		f = crypto_flows(&j->v, e, &n);
		for (size_t i = 0; i < n; i++) {
			struct part part = part_of(j, f[i], b);

			installed += part.installed;
			if (part.age > *age)
				*age = part.age;
			if (print && (p->current || part.installed))
				print_flow(j, e, f[i], &part);
		}
		free(f);
	}
	return installed;
}

static void
print_link(const struct job *j, const struct link *l)
{
	const struct sa_ike *k = l->ike;
	bool up = k && crypto_ike_up(k);
	uint16_t lp = k ? k->local_port : l->gone->local_port, rp = k ? k->remote_port : l->gone->remote_port;
	char text[16], cap[4] = "";

	out(j->v.s, "  Session ID: 0  \n  IKEv%d SA: local %s/%u remote %s/%u %s \n", k ? k->version : l->gone->version,
	    ip4_s(l->local), lp ? lp : 500, ip4_s(l->remote), rp ? rp : 500, up ? "Active" : "Inactive");
	if (!j->detail)
		return;
	if (up && store_leaf(j->v.store, store_root(j->v.store), ROW_ISAKMP_KEEPALIVE))
		strcat(cap, "D");
	if (up && (k->nat_local || k->nat_remote))
		strcat(cap, "N");
	strcpy(text, "0");
	if (up)
		crypto_clock(crypto_ike_left(&j->v, k), text);
	out(j->v.s, "          Capabilities:%s connid:%u lifetime:%s\n", *cap ? cap : "(none)", l->conn_id, text);
}

static const char *
description(const struct job *j, const struct block *b)
{
	const struct pair *p = find_pair(j, b->local, b->peer);
	const struct rec *map = p ? crypto_map_rec(&j->v, j->v.entry[p->at]) : NULL;
	const struct cfg_crypto_map_description *d = map ? store_leaf(j->v.store, map, ROW_CRYPTO_MAP_DESCRIPTION) : NULL;

	return d ? d->text : "(none)";
}

static void
print_block(const struct job *j, const struct block *b)
{
	struct session *s = j->v.s;
	size_t n, live = 0, up = 0;
	const struct link *l = find_links(j, b->local, b->peer, &n);
	const struct sa_ike *first = NULL;
	uint32_t age = 0;
	uint16_t port = 500;
	const char *state;
	int pairs = flows(j, b, false, &age);

	for (size_t i = 0; i < n; i++) {
		live += l[i].ike != NULL;
		if (!l[i].ike || !crypto_ike_up(l[i].ike))
			continue;
		up++;
		if (!first)
			first = l[i].ike;
		if (l[i].ike->established > age)
			age = l[i].ike->established;
	}
	if (up)
		state = pairs ? "UP-ACTIVE     " : "UP-IDLE";
	else
		state = n ? "DOWN-NEGOTIATING" : "DOWN";
	if (n)
		port = first ? first->remote_port : l->ike ? l->ike->remote_port : l->gone->remote_port;
	out(s, "Interface: %s\n", b->ifname);
	if (j->detail && up) {
		char text[16];

		crypto_uptime(age, text);
		out(s, "Uptime: %s\n", text);
	}
	out(s, "Session status: %s\nPeer: %s port %u %s\n", state, ip4_s(b->peer), port ? port : 500,
	    j->detail ? "fvrf: (none) ivrf: (none)" : "");
	if (j->detail && first)
		out(s, "      Phase1_id: %s\n      Desc: %s\n", first->remote_id, description(j, b));
	else if (j->detail)
		out(s, "      Desc: %s\n      Phase1_id: (none)\n", description(j, b));
	/* a tombstone only speaks when nothing is alive */
	for (size_t i = 0; i < (live ? live : n ? 1 : 0); i++)
		print_link(j, &l[i]);
	(void)flows(j, b, true, &age);
	out(s, "\n");
}

void
show_crypto_session(struct session *s, const void *values)
{
	struct job j = { .detail = ((const struct cfg_show_crypto_session *)values)->detail };

	crypto_view_open(&j.v, s);
	if (j.detail)
		crypto_view_kernel(&j.v);
	collect_links(&j);
	collect_pairs(&j);
	collect_blocks(&j);
	out(s, "Crypto session current status\n\n");
	if (j.detail)
		out(s, "Code: C - IKE Configuration mode, D - Dead Peer Detection     \n"
		    "K - Keepalives, N - NAT-traversal, T - cTCP encapsulation     \n"
		    "X - IKE Extended Authentication, F - IKE Fragmentation\n"
		    "R - IKE Auto Reconnect\n\n");
	for (size_t i = 0; i < j.nblock; i++)
		print_block(&j, &j.block[i]);
	free(j.link);
	free(j.pair);
	free(j.block);
	crypto_view_close(&j.v);
}
