/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the driver wants charon to hold: connections and their children by
 * name. charon takes a connection only as a whole, the engine gives it in
 * pieces (OBJ_IKE, OBJ_CHILD); this table puts the pieces together. It owns
 * copies of everything in it; there are no keys in it.
 */
#ifndef CONFTERM_VICI_TABLE_H
#define CONFTERM_VICI_TABLE_H

#include "engine/object.h"

struct vchild {
	struct vchild *hnext;		/* hash chain */
	struct vchild *next, **prev;	/* of the connection, in the order of addition */
	struct obj_child c;		/* c.conn is the connection's name */
	uint64_t id;			/* engine object */
	uint64_t batch;			/* apply() call that changed it last */
	bool ok;			/* charon has it as it is here */
};

struct vconn {
	struct vconn *hnext, *next_touched;
	char *name;
	struct obj_ike ike;
	bool have_ike;
	bool ok;
	bool loaded;			/* charon was told to load it */
	bool touched;			/* changed in the running apply() */
	uint64_t id, batch;
	struct vchild *child, **child_tail;
	size_t nchild;
	uint64_t *gone;			/* ids of objects deleted in the running apply() */
	size_t ngone;
};

struct vtab {
	struct vconn **conn;
	struct vchild **child;
	size_t conn_mask, child_mask;	/* 0: table not there yet */
	size_t nconn, nchild;
};

struct vconn *vtab_find(const struct vtab *t, const char *conn);
struct vconn *vtab_get(struct vtab *t, const char *conn);	/* makes it when it is not there */
void vtab_remove(struct vtab *t, struct vconn *c);		/* with its children */
void vtab_clear(struct vtab *t);

void vconn_set_ike(struct vconn *c, const struct obj_ike *ike);
void vconn_clear_ike(struct vconn *c);
void vconn_add_gone(struct vconn *c, uint64_t id);

struct vchild *vtab_find_child(const struct vtab *t, const char *conn, const char *child);
/* Adds the child or overwrites it in its place. */
struct vchild *vtab_set_child(struct vtab *t, struct vconn *c, const struct obj_child *child);
void vtab_remove_child(struct vtab *t, struct vconn *c, struct vchild *ch);

#endif
