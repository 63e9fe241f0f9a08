/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Two hash tables with chains, one of connections, one of all children (keyed
 * by connection and child name), doubling when full: 10,000 connections and a
 * connection with thousands of children both cost O(1) per object.
 */
#include "backends/vici/table.h"

#include <stdlib.h>
#include <string.h>

#include "lib/hash.h"
#include "lib/xalloc.h"

static char *
dup_or_null(const char *s)
{
	return s ? xstrdup(s) : NULL;
}

static const char **
dup_list(const char *const *l)
{
	size_t n = 0;
	const char **out;

	while (l && l[n])
		n++;
	out = xcalloc(n + 1, sizeof *out);
	for (size_t i = 0; i < n; i++)
		out[i] = xstrdup(l[i]);
	return out;
}

static void
free_list(const char *const *l)
{
	for (size_t i = 0; l && l[i]; i++)
		free((char *)l[i]);
	free((void *)l);
}

static size_t
conn_hash(const char *conn)
{
	return (size_t)hash_mix(hash_str(HASH_INIT, conn));
}

static size_t
child_hash(const char *conn, const char *child)
{
	return (size_t)hash_mix(hash_str(hash_bytes(hash_str(HASH_INIT, conn), "", 1), child));
}

static void
grow_conns(struct vtab *t)
{
	size_t n = t->conn ? 2 * (t->conn_mask + 1) : 16;
	struct vconn **nt = xcalloc(n, sizeof *nt), *c, *next;

	for (size_t i = 0; t->conn && i <= t->conn_mask; i++)
		for (c = t->conn[i]; c; c = next) {
			size_t h = conn_hash(c->name) & (n - 1);

			next = c->hnext;
			c->hnext = nt[h];
			nt[h] = c;
		}
	free(t->conn);
	t->conn = nt;
	t->conn_mask = n - 1;
}

static void
grow_children(struct vtab *t)
{
	size_t n = t->child ? 2 * (t->child_mask + 1) : 16;
	struct vchild **nt = xcalloc(n, sizeof *nt), *c, *next;

	for (size_t i = 0; t->child && i <= t->child_mask; i++)
		for (c = t->child[i]; c; c = next) {
			size_t h = child_hash(c->c.conn, c->c.name) & (n - 1);

			next = c->hnext;
			c->hnext = nt[h];
			nt[h] = c;
		}
	free(t->child);
	t->child = nt;
	t->child_mask = n - 1;
}

struct vconn *
vtab_find(const struct vtab *t, const char *conn)
{
	struct vconn *c = t->conn ? t->conn[conn_hash(conn) & t->conn_mask] : NULL;

	while (c && strcmp(c->name, conn))
		c = c->hnext;
	return c;
}

struct vconn *
vtab_get(struct vtab *t, const char *conn)
{
	struct vconn *c = vtab_find(t, conn);
	size_t h;

	if (c)
		return c;
	if (!t->conn || t->nconn > t->conn_mask)
		grow_conns(t);
	c = xcalloc(1, sizeof *c);
	c->name = xstrdup(conn);
	c->child_tail = &c->child;
	h = conn_hash(conn) & t->conn_mask;
	c->hnext = t->conn[h];
	t->conn[h] = c;
	t->nconn++;
	return c;
}

void
vconn_clear_ike(struct vconn *c)
{
	if (!c->have_ike)
		return;
	free_list(c->ike.proposals);
	free((char *)c->ike.local_id);
	free((char *)c->ike.remote_id);
	c->ike = (struct obj_ike){0};
	c->have_ike = false;
}

void
vconn_set_ike(struct vconn *c, const struct obj_ike *ike)
{
	struct obj_ike copy = *ike;

	copy.name = c->name;
	copy.proposals = dup_list(ike->proposals);
	copy.local_id = dup_or_null(ike->local_id);
	copy.remote_id = dup_or_null(ike->remote_id);
	vconn_clear_ike(c);
	c->ike = copy;
	c->have_ike = true;
}

void
vconn_add_gone(struct vconn *c, uint64_t id)
{
	if ((c->ngone & (c->ngone - 1)) == 0)
		c->gone = xrealloc(c->gone, (c->ngone ? 2 * c->ngone : 1) * sizeof *c->gone);
	c->gone[c->ngone++] = id;
}

void
vtab_remove(struct vtab *t, struct vconn *c)
{
	struct vconn **p = &t->conn[conn_hash(c->name) & t->conn_mask];

	while (c->child)
		vtab_remove_child(t, c, c->child);
	while (*p != c)
		p = &(*p)->hnext;
	*p = c->hnext;
	t->nconn--;
	vconn_clear_ike(c);
	free(c->gone);
	free(c->name);
	free(c);
}

void
vtab_clear(struct vtab *t)
{
	for (size_t i = 0; t->conn && i <= t->conn_mask; i++)
		while (t->conn[i])
			vtab_remove(t, t->conn[i]);
	free(t->conn);
	free(t->child);
	*t = (struct vtab){0};
}

struct vchild *
vtab_find_child(const struct vtab *t, const char *conn, const char *child)
{
	struct vchild *c = t->child ? t->child[child_hash(conn, child) & t->child_mask] : NULL;

	while (c && (strcmp(c->c.name, child) || strcmp(c->c.conn, conn)))
		c = c->hnext;
	return c;
}

struct vchild *
vtab_set_child(struct vtab *t, struct vconn *c, const struct obj_child *child)
{
	struct vchild *ch = vtab_find_child(t, c->name, child->name);
	const char **proposals = dup_list(child->proposals);
	const char *name;
	size_t h;

	if (!ch) {
		if (!t->child || t->nchild > t->child_mask)
			grow_children(t);
		ch = xcalloc(1, sizeof *ch);
		ch->c.name = xstrdup(child->name);
		h = child_hash(c->name, child->name) & t->child_mask;
		ch->hnext = t->child[h];
		t->child[h] = ch;
		ch->prev = c->child_tail;
		*c->child_tail = ch;
		c->child_tail = &ch->next;
		c->nchild++;
		t->nchild++;
	}
	free_list(ch->c.proposals);
	name = ch->c.name;
	ch->c = *child;
	ch->c.name = name;
	ch->c.conn = c->name;
	ch->c.proposals = proposals;
	return ch;
}

void
vtab_remove_child(struct vtab *t, struct vconn *c, struct vchild *ch)
{
	struct vchild **p = &t->child[child_hash(ch->c.conn, ch->c.name) & t->child_mask];

	while (*p != ch)
		p = &(*p)->hnext;
	*p = ch->hnext;
	*ch->prev = ch->next;
	if (ch->next)
		ch->next->prev = ch->prev;
	else
		c->child_tail = ch->prev;
	c->nchild--;
	t->nchild--;
	free_list(ch->c.proposals);
	free((char *)ch->c.name);
	free(ch);
}
