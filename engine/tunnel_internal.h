/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside of the tunnels: tunnel.c and spoke.c share this, nobody else. */
#ifndef CONFTERM_ENGINE_TUNNEL_INTERNAL_H
#define CONFTERM_ENGINE_TUNNEL_INTERNAL_H

#include <ev.h>

#include "engine/keepalive.h"
#include "engine/tunnel.h"

/* A CHILD_SA that is there: its number in show commands, and whose it is when a spoke's. */
struct sa_number {
	struct sa_number *next;
	uint32_t child, number;
	struct spoke *spoke;
};

#define ENTRY_BUCKETS 4096
#define SA_BUCKETS 16384

struct tunnels {
	struct engine *e;
	struct store *store;
	const struct ike_control *control;
	struct observer observer;
	struct entry *first;			/* in order of creation */
	struct entry *bucket[ENTRY_BUCKETS];	/* by record; chained through bnext of the box */
	struct entry *waiting;			/* those with an attempt to come */
	struct flow **by_reqid;
	size_t nreqid, capreqid;
	struct ike_seen *ike;			/* all, newest first */
	struct ike_seen *ike_bucket[SA_BUCKETS];	/* the live ones, by unique id */
	struct sa_number *number[SA_BUCKETS];	/* by unique id */
	struct spoke *spoke[ENTRY_BUCKETS];	/* by flow, peer and selector */
	uint32_t *access;			/* bitmap of the Virtual-Access numbers in use */
	size_t naccess;				/* its words */
	struct held {				/* tunnels that were reached through themselves */
		struct held *next;
		uint32_t rec;
		time_t until;
	} *held;
	uint32_t next_conn, next_sa;
	ev_timer tick;
	tunnels_link_cb *on_link;
	void *on_link_ctx;
	struct keepalives keepalives;		/* of GRE tunnels: those that do not come back */
};

struct sa_number *tunnels_sa(struct tunnels *t, uint32_t child);	/* makes it */

/* A peer's SA of a dynamic flow is there; gone; replaced by another. */
void spoke_up(struct tunnels *t, struct flow *f, const struct sa_ike *sa, const struct sa_child *c);
void spoke_down(struct tunnels *t, struct spoke *s, const struct sa_child *c);
void spoke_rekeyed(struct tunnels *t, struct spoke *s, const struct sa_child *was, uint32_t now);
/* Everything of the flow's spokes goes, their SAs, too, when end is set. */
void spokes_free(struct tunnels *t, struct flow *f, bool end);

#endif
