/* SPDX-License-Identifier: BSD-2-Clause */
/* Shared by the files of the charon driver only. */
#ifndef CONFTERM_VICI_INTERNAL_H
#define CONFTERM_VICI_INTERNAL_H

#include "backends/vici/algs.h"
#include "backends/vici/client.h"
#include "backends/vici/table.h"
#include "backends/vici/vici.h"

#define VICI_KEYED 1024		/* half-open IKE SAs at one time; more, and the oldest look a step behind */

struct vici {
	struct engine *engine;
	struct observer obs;
	struct driver driver;
	struct ike_control control;
	char *path;
	struct vici_client *client;
	struct vtab tab;
	struct vici_algs algs;
	char version[64];
	bool up;		/* the engine was told */
	size_t nike;		/* connections, those without their OBJ_IKE not counted */
	bool isakmp_on;		/* as said last */
	struct netkey {			/* keys of networks, the shortest prefix first (load.c) */
		struct netkey *next;
		struct obj *obj;
		int length;
	} *netkey;
	bool netkeys_changed;
	void (*on_settings)(void *ctx, const struct obj_ike_settings *s);
	void *settings_ctx;
	uint64_t batch;		/* counts apply() calls */
	uint32_t keyed[VICI_KEYED];	/* IKE SAs of which vici_heard() has heard, by the lowest bits of their number; 0: none */
	size_t nkeyed;
	bool reload;			/* charon is to read its settings again as soon as it is there */
	struct order *initiates;	/* under way (control.c) */
	/* stale.c: */
	struct ev_loop *loop;
	struct ev_timer look;
	uint32_t *fresh;		/* addresses whose keys were loaded and that nobody has looked at yet */
	size_t nfresh, freshcap;
	bool asking;
};

/* vici.c: after every change of the connections */
void vici_say_isakmp(struct vici *v);
/* load.c */
void vici_forget_networks(struct vici *v);
void vici_apply(void *ctx, const struct plan_op *ops, size_t n);
/*
 * stale.c: what an operation on a secret means for half-open IKE SAs, the caller's, to be freed; NULL: nothing. And: charon has
 * it now, so those that were begun with another key are ended soon.
 */
struct stale_key *vici_stale_key(const struct plan_op *op);
void vici_key_loaded(struct vici *v, const struct stale_key *k);
void vici_stale_init(struct vici *v, struct ev_loop *loop);
void vici_stale_stop(struct vici *v);
/* Is this one half open, with keys made of a key that one of these addresses (sorted) had? */
bool vici_is_stale(const struct sa_ike *ike, const uint32_t *owner, size_t n);
/* control.c; and: what is being initiated by this connection is about to be ended, and is to begin again (-EAGAIN). */
void vici_control_init(struct vici *v);
void vici_begins_again(struct vici *v, const char *conn);
/* events.c: has vici_heard() heard of it? It is up or gone; all are. */
bool vici_keyed(const struct vici *v, uint32_t id);
void vici_forget_keyed(struct vici *v, uint32_t id);
void vici_forget_all_keyed(struct vici *v);
/* The NULL-terminated list for vici_client_ops, and their way to the observer. */
extern const char *const vici_events[];
void vici_event(void *ctx, const char *name, const void *msg, size_t len);
/* explain.c: reads success and errmsg of an answer; 0 or -errno with words a person understands in text. */
int vici_outcome(int err, const void *msg, size_t len, char *text, size_t size);

#endif
