/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Entries and flows: made by the compile function of a crypto map entry or of an interface, and found again by it, so that
 * their state outlives a new compile. What a compile does not ask for any more goes, and its SAs with it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/tunnel_internal.h"
#include "lib/ip4.h"
#include "lib/xalloc.h"

/* Entries of one record hang together: the list of a bucket. */
struct entry_box {
	struct entry e;
	struct entry_box *bnext;
	struct entry *prev;
};

static struct entry_box *
box(struct entry *e)
{
	return (struct entry_box *)e;
}

static struct entry *
find_entry(struct tunnels *t, uint32_t rec, const char *ifname)
{
	for (struct entry *e = t->bucket[rec % ENTRY_BUCKETS]; e; e = &box(e)->bnext->e) {
		if (e->rec == rec && strcmp(e->ifname, ifname) == 0)
			return e;
		if (!box(e)->bnext)
			break;
	}
	return NULL;
}

struct entry *
tunnels_entry(struct tunnels *t, uint32_t rec, const char *ifname)
{
	struct entry *e = find_entry(t, rec, ifname), **pp = &t->bucket[rec % ENTRY_BUCKETS];
	struct entry_box *b;

	if (!e) {
		b = xcalloc(1, sizeof *b);
		e = &b->e;
		e->rec = rec;
		snprintf(e->ifname, sizeof e->ifname, "%s", ifname);
		e->tail = &e->flows;
		b->bnext = *pp ? box(*pp) : NULL;
		*pp = e;
		e->next = t->first;
		if (t->first)
			box(t->first)->prev = e;
		t->first = e;
	}
	e->seen = true;
	return e;
}

static struct flow *
find_flow(struct entry *e, uint32_t ace)
{
	struct flow *f;

	/* lists are walked in order: it is mostly the one behind the last one */
	if (e->hint && e->hint->ace == ace)
		return e->hint;
	if (e->hint && e->hint->next && e->hint->next->ace == ace)
		return e->hint = e->hint->next;
	if (e->last_ace < ace)
		return NULL;
	for (f = e->flows; f && f->ace != ace; f = f->next)
		;
	if (f)
		e->hint = f;
	return f;
}

struct flow *
tunnels_find_flow(struct tunnels *t, uint32_t rec, const char *ifname, uint32_t ace)
{
	struct entry *e = find_entry(t, rec, ifname);

	return e ? find_flow(e, ace) : NULL;
}

static uint32_t
new_reqid(struct tunnels *t, struct flow *f)
{
	if (t->nreqid + 1 >= t->capreqid) {
		t->capreqid = t->capreqid * 2 + 64;
		t->by_reqid = xrealloc(t->by_reqid, sizeof(struct flow *) * t->capreqid);
		t->by_reqid[0] = NULL;
	}
	t->by_reqid[++t->nreqid] = f;
	return (uint32_t)t->nreqid;
}

struct flow *
tunnels_by_reqid(struct tunnels *t, uint32_t reqid)
{
	return reqid && reqid <= t->nreqid ? t->by_reqid[reqid] : NULL;
}

struct flow *
tunnels_flow(struct tunnels *t, struct entry *e, uint32_t ace, const struct obj_selector *sel)
{
	struct flow *f = find_flow(e, ace);

	if (!f) {
		f = xcalloc(1, sizeof *f);
		f->entry = e;
		f->ace = ace;
		f->reqid = new_reqid(t, f);
		*e->tail = f;
		e->tail = &f->next;
		e->hint = f;
		if (e->last_ace < ace)
			e->last_ace = ace;
	}
	f->sel = *sel;
	f->seen = true;
	return f;
}

static void
free_flow(struct tunnels *t, struct flow *f)
{
	spokes_free(t, f, true);
	t->by_reqid[f->reqid] = NULL;
	free(f);
}

void
tunnels_compile_begin(struct tunnels *t, uint32_t rec)
{
	for (struct entry *e = t->bucket[rec % ENTRY_BUCKETS]; e; e = box(e)->bnext ? &box(e)->bnext->e : NULL) {
		if (e->rec != rec)
			continue;
		e->seen = false;
		for (struct flow *f = e->flows; f; f = f->next)
			f->seen = false;
	}
}

static void
unlink_entry(struct tunnels *t, struct entry *e)
{
	struct entry **pp = &t->bucket[e->rec % ENTRY_BUCKETS];

	if (*pp == e)
		*pp = box(e)->bnext ? &box(e)->bnext->e : NULL;
	else {
		struct entry_box *b = box(*pp);

		while (&b->bnext->e != e)
			b = b->bnext;
		b->bnext = box(e)->bnext;
	}
	if (box(e)->prev)
		box(e)->prev->next = e->next;
	else
		t->first = e->next;
	if (e->next)
		box(e->next)->prev = box(e)->prev;
	entry_waits_not(e);
}

void
tunnels_compile_end(struct tunnels *t, uint32_t rec)
{
	struct entry *next;

	for (struct entry *e = t->bucket[rec % ENTRY_BUCKETS]; e; e = next) {
		next = box(e)->bnext ? &box(e)->bnext->e : NULL;
		if (e->rec != rec)
			continue;
		for (struct flow **pp = &e->flows, *f; (f = *pp);) {
			if (e->seen && f->seen) {
				pp = &f->next;
				continue;
			}
			e->hint = NULL;
			/* the configuration wants this flow no more: its SAs go with it */
			for (int i = 0; i < f->nchild && t->control; i++)
				t->control->terminate_child(t->control->ctx, f->child[i], NULL, NULL);
			*pp = f->next;
			free_flow(t, f);
		}
		for (e->tail = &e->flows; *e->tail; e->tail = &(*e->tail)->next)
			;
		if (!e->seen) {
			unlink_entry(t, e);
			free(e);
		}
	}
}

struct entry *
tunnels_first(struct tunnels *t)
{
	return t->first;
}

void
tunnels_connection(const struct entry *e, uint32_t peer, char out[160])
{
	snprintf(out, 160, "%s-%s%s", e->local ? ip4_s(e->local) : "any", peer ? ip4_s(peer) : "any", e->profile);
}

void
entries_free(struct tunnels *t)
{
	while (t->first) {
		struct entry *e = t->first;

		for (struct flow *f = e->flows, *nx; f; f = nx) {
			nx = f->next;
			free_flow(t, f);
		}
		unlink_entry(t, e);
		free(e);
	}
}
