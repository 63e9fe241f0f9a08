/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tunnel interfaces: the source of one end is the destination of the other;
 * mode, key and protection must be alike, and so the network inside. A spoke
 * that names its hub by NHRP is taken like one with a destination; multipoint
 * tunnels and templates of the other file answer anybody.
 */
#include "cli/compare/compare_int.h"

#include <stdlib.h>
#include <string.h>

#include "lib/ip4.h"
#include "lib/xalloc.h"
#include "parser/render.h"

static int
by_destination(const void *a, const void *b)
{
	const struct tunnel *x = a, *y = b;

	if (x->destination != y->destination)
		return x->destination < y->destination ? -1 : 1;
	return x->order < y->order ? -1 : x->order > y->order;
}

static const char *
name_of(const struct rec *r)
{
	return ((const struct cfg_interface *)rec_values(r))->if_;
}

static void
collect_one(struct comparison *c, size_t f, struct rec *r)
{
	struct store *s = c->file[f].store;
	struct side *side = &c->side[f];
	const struct cfg_interface_tunnel_source *from = store_leaf(s, r, ROW_INTERFACE_TUNNEL_SOURCE);
	const struct rec *to = store_first(s, r, ROW_INTERFACE_TUNNEL_DESTINATION);
	const struct cfg_interface_tunnel_mode *mode = store_leaf(s, r, ROW_INTERFACE_TUNNEL_MODE);
	bool template = strncmp(name_of(r), "Virtual-Template", 16) == 0;
	struct tunnel t = { .rec = r, .order = (uint32_t)side->ntunnel };

	if (template ? !store_first(s, r, ROW_INTERFACE_TUNNEL_PROTECTION) : strncmp(name_of(r), "Tunnel", 6) != 0)
		return;
	t.any = template || (mode->kind == INTERFACE_TUNNEL_MODE_KIND_GRE && mode->gre == INTERFACE_TUNNEL_MODE_GRE_MULTIPOINT);
	if (from && from->from != INTERFACE_TUNNEL_SOURCE_FROM_DYNAMIC)
		t.source = from->from == INTERFACE_TUNNEL_SOURCE_FROM_ADDR ? from->addr : interface_address(s, from->if_);
	if (to && !template) {
		const struct cfg_interface_tunnel_destination *d = rec_values(to);

		if (d->to == INTERFACE_TUNNEL_DESTINATION_TO_ADDR && ip4_parse(d->addr, &t.destination))
			t.to = to;
	}
	GROW(side->tunnel, side->ntunnel);
	side->tunnel[side->ntunnel++] = t;
}

void
collect_tunnels(struct comparison *c, size_t f)
{
	for (struct rec *r = top(c, f, ROW_INTERFACE); r; r = store_next(r))
		collect_one(c, f, r);
	if (c->side[f].ntunnel)
		qsort(c->side[f].tunnel, c->side[f].ntunnel, sizeof *c->side[f].tunnel, by_destination);
}

/* The first tunnel of a file with this destination (0: none), NULL when there is none. Others follow it. */
static const struct tunnel *
first_to(const struct side *s, uint32_t destination)
{
	size_t lo = 0, hi = s->ntunnel;

	while (lo < hi) {
		size_t mid = (lo + hi) / 2;

		if (s->tunnel[mid].destination < destination)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo < s->ntunnel && s->tunnel[lo].destination == destination ? &s->tunnel[lo] : NULL;
}

static const struct tunnel *
next_to(const struct side *s, const struct tunnel *t)
{
	return t + 1 < s->tunnel + s->ntunnel && t[1].destination == t->destination ? t + 1 : NULL;
}

const struct tunnel *
tunnel_to(struct comparison *c, size_t file, size_t to)
{
	const struct tunnel *t = NULL;

	for (size_t i = 0; i < c->side[to].naddr && !t; i++)
		t = first_to(&c->side[file], c->side[to].addr[i]);
	return t;
}

/* --- one tunnel and its other end --- */

static uint32_t
key_of(struct comparison *c, size_t file, const struct tunnel *t, bool *has)
{
	const struct cfg_interface_tunnel_key *k = store_leaf(c->file[file].store, t->rec, ROW_INTERFACE_TUNNEL_KEY);

	*has = k;
	return k ? k->key : 0;
}

/* The best of the tunnels that may answer: from the right source, with the same key. */
static const struct tunnel *
other_end(struct comparison *c, size_t a, const struct tunnel *t, size_t b, uint32_t destination)
{
	const struct side *s = &c->side[b];
	const struct tunnel *best = NULL;
	int best_score = -1;
	bool mine, theirs;
	uint32_t key = key_of(c, a, t, &mine), from[2] = { t->source, 0 };

	/* those that come here, then those that take anybody */
	for (int i = t->source == 0; i < 2 && !best; i++)
		for (const struct tunnel *o = first_to(s, from[i]); o; o = next_to(s, o)) {
			int score = 0;

			if (from[i] == 0 && !o->any)
				continue;
			score += o->source == destination ? 2 : o->source == 0;
			score = score * 2 + (key_of(c, b, o, &theirs) == key && mine == theirs);
			if (from[i] == 0 && o->source && o->source != destination)
				continue;
			if (score > best_score) {
				best = o;
				best_score = score;
			}
		}
	return best;
}

/*
 * Where the source is not known (an interface that the file does not show, an
 * address that is negotiated) the other end is one whose destination no file
 * but this one may have.
 */
static const struct tunnel *
other_end_unknown(struct comparison *c, size_t a, size_t b, uint32_t destination)
{
	const struct side *s = &c->side[b];
	const struct tunnel *best = NULL;

	for (size_t i = 0; i < s->ntunnel && i < 64; i++) {
		const struct tunnel *o = &s->tunnel[i];
		size_t owner;

		if (!o->destination || (o->source && o->source != destination))
			continue;
		owner = owner_of(c, b, o->destination);
		if ((owner == a || owner == c->n) && (!best || o->source))
			best = o;
	}
	return best;
}

/* "ipsec ipv4", "gre ip": the line of the mode without its first words; multipoint is as good as ip. */
static void
mode_text(struct store *s, const struct tunnel *t, struct buf *out)
{
	const struct cfg_interface_tunnel_mode *m = store_leaf(s, t->rec, ROW_INTERFACE_TUNNEL_MODE);
	static const char words[] = "tunnel mode ";

	if (m->kind == INTERFACE_TUNNEL_MODE_KIND_GRE && m->gre == INTERFACE_TUNNEL_MODE_GRE_MULTIPOINT)
		buf_puts(out, "tunnel mode gre ip");
	else
		render_values(out, &g_rows[ROW_INTERFACE_TUNNEL_MODE], m, true);
	buf_consume(out, sizeof words - 1);
}

static void
check_inside(struct comparison *c, size_t a, const struct tunnel *t, size_t b, const struct tunnel *o)
{
	const struct cfg_interface_address *x = store_leaf(c->file[a].store, t->rec, ROW_INTERFACE_ADDRESS),
	    *y = store_leaf(c->file[b].store, o->rec, ROW_INTERFACE_ADDRESS);

	if (!x || !y)
		return;
	if (x->addr == y->addr)
		mismatch(c, a, t->rec, "%s has the address %s, and so has its other end in %s:%u", name_of(t->rec), ip4_s(x->addr),
		    c->file[b].file, o->rec->line);
	else if ((x->addr ^ y->addr) & (x->mask & y->mask))
		mismatch(c, a, t->rec, "%s is in network %s/%d and its other end in %s:%u in %s/%d", name_of(t->rec),
		    ip4_s(x->addr & x->mask), ip4_masklen(x->mask), c->file[b].file, o->rec->line, ip4_s(y->addr & y->mask),
		    ip4_masklen(y->mask));
}

static void
check_protection(struct comparison *c, size_t a, const struct tunnel *t, size_t b, const struct tunnel *o, uint32_t destination)
{
	bool mine = store_first(c->file[a].store, t->rec, ROW_INTERFACE_TUNNEL_PROTECTION),
	    theirs = store_first(c->file[b].store, o->rec, ROW_INTERFACE_TUNNEL_PROTECTION);
	struct end x, y;

	if (mine != theirs) {
		mismatch(c, a, t->rec, "%s %s protected by IPsec, and its other end in %s:%u %s", name_of(t->rec), mine ? "is" : "is not",
		    c->file[b].file, o->rec->line, theirs ? "is" : "is not");
		return;
	}
	if (!mine || !end_of_tunnel(c, a, t->rec, &x) || !end_of_tunnel(c, b, o->rec, &y))
		return;
	x.local = t->source;
	x.peer = destination;
	y.local = destination;
	y.peer = t->source;
	check_ike(c, &x, &y);
	check_proposals(c, &x, &y, 1);
}

static void
check_ends(struct comparison *c, size_t a, const struct tunnel *t, size_t b, const struct tunnel *o, uint32_t destination)
{
	bool mine, theirs;
	uint32_t x = key_of(c, a, t, &mine), y = key_of(c, b, o, &theirs);
	struct buf m = {0}, n = {0};

	mode_text(c->file[a].store, t, &m);
	mode_text(c->file[b].store, o, &n);
	if (strcmp(buf_str(&m), buf_str(&n)) != 0)
		mismatch(c, a, t->rec, "%s is tunnel mode %s, and its other end in %s:%u is %s", name_of(t->rec), buf_str(&m),
		    c->file[b].file, o->rec->line, buf_str(&n));
	else if (mine != theirs)
		mismatch(c, a, t->rec, "%s has %s, and its other end in %s:%u has %s", name_of(t->rec),
		    mine ? "a tunnel key" : "no tunnel key", c->file[b].file, o->rec->line, theirs ? "one" : "none");
	else if (x != y)
		mismatch(c, a, t->rec, "%s has tunnel key %u, and its other end in %s:%u has %u", name_of(t->rec), x, c->file[b].file,
		    o->rec->line, y);
	check_protection(c, a, t, b, o, destination);
	check_inside(c, a, t, b, o);
	buf_free(&m);
	buf_free(&n);
}

static void
check_tunnel(struct comparison *c, size_t a, const struct tunnel *t, uint32_t destination, const struct rec *at)
{
	size_t b = owner_of(c, a, destination);
	const struct tunnel *o;

	if (owns(c, a, destination)) {
		mismatch(c, a, at, "the destination of %s is this router's own address %s", name_of(t->rec), ip4_s(destination));
		return;
	}
	if (b == c->n) {
		if (c->nowner)
			mismatch(c, a, at, "no file has an interface with the address of tunnel destination %s", ip4_s(destination));
		return;
	}
	o = other_end(c, a, t, b, destination);
	if (!o && !t->source)
		o = other_end_unknown(c, a, b, destination);
	if (!o && (o = tunnel_to(c, b, a))) {
		if (t->source)
			mismatch(c, a, t->rec, "the source of %s is %s, and the tunnel in %s:%u has its destination at %s", name_of(t->rec),
			    ip4_s(t->source), c->file[b].file, o->rec->line, ip4_s(o->destination));
		return;
	}
	if (!o) {
		/* a source that is not known may still be that of a tunnel the other way */
		if (t->source)
			mismatch(c, a, at, "%s has no tunnel to this router's %s", c->file[b].file, ip4_s(t->source));
		return;
	}
	if (o->source && o->source != destination)
		mismatch(c, a, at, "the destination of %s is %s, and the tunnel in %s:%u has its source at %s", name_of(t->rec),
		    ip4_s(destination), c->file[b].file, o->rec->line, ip4_s(o->source));
	/* what concerns both alike is said once: by the first file, or by the one that alone names the other */
	if (a < b || !o->destination || (t->source && o->destination != t->source))
		check_ends(c, a, t, b, o, destination);
}

void
check_tunnels(struct comparison *c, size_t a)
{
	struct store *s = c->file[a].store;

	for (size_t i = 0; i < c->side[a].ntunnel; i++) {
		const struct tunnel *t = &c->side[a].tunnel[i];

		if (t->destination)
			check_tunnel(c, a, t, t->destination, t->to);
		for (struct rec *q = store_first(s, t->rec, ROW_INTERFACE_NHRP_MAP); q && t->any; q = store_next(q)) {
			const struct cfg_interface_nhrp_map *m = rec_values(q);
			uint32_t hub;

			if (ip4_parse(m->nbma, &hub) && owner_of(c, a, hub) < c->n)
				check_tunnel(c, a, t, hub, q);
		}
	}
}
