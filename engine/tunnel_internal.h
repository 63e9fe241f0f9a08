/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside of the tunnels: tunnel*.c and spoke.c share this, nobody else. */
#ifndef CONFTERM_ENGINE_TUNNEL_INTERNAL_H
#define CONFTERM_ENGINE_TUNNEL_INTERNAL_H

#include <ev.h>

#include "engine/keepalive.h"
#include "engine/tunnel.h"

/* A CHILD_SA that is there: its number in show commands, and whose it is when a spoke's. */
struct sa_number {
	struct sa_number *next;
	uint32_t child, number;
	uint32_t ike;			/* unique id of the IKE SA that counts it (ike_seen.nchild), 0: none */
	struct spoke *spoke;
};

#define ENTRY_BUCKETS 4096
#define SA_BUCKETS 16384
#define RESERVED 1024

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
	struct ike_seen *ike_remote[ENTRY_BUCKETS];	/* and by the peer's address */
	struct sa_number *number[SA_BUCKETS];	/* by unique id */
	struct spoke *spoke[ENTRY_BUCKETS];	/* by flow, peer and selector */
	uint32_t *access;			/* bitmap of the Virtual-Access numbers in use */
	size_t naccess;				/* its words */
	struct held {				/* tunnels that were reached through themselves */
		struct held *next;
		uint32_t rec;
		time_t until;
	} *held;
	struct duplicate *duplicates, *listed;	/* to be looked at when their time has come; while charon lists its SAs */
	bool listing;
	uint32_t nlist;				/* number of that list */
	time_t list_at;				/* not before, CLOCK_MONOTONIC seconds */
	struct reserved {			/* conn-ids of SAs that are not seen yet, or no more, by the lowest bits of the unique id */
		uint32_t ike, conn_id;		/* conn_id 0: none */
		bool over;			/* the SA has had it */
	} reserved[RESERVED];
	uint32_t next_conn, next_sa;
	ev_timer tick;
	tunnels_link_cb *on_link;
	void *on_link_ctx;
	struct keepalives keepalives;		/* of GRE tunnels: those that do not come back */
};

static inline time_t
now_s(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec;
}

/* --- tunnel_entry.c --- */
void entries_free(struct tunnels *t);

/* --- tunnel_attempt.c --- */
/* Another of the entry's peers becomes the current one. */
void entry_select_peer(struct tunnels *t, struct entry *e, int peer);
/* Off the list of those with an attempt to come, when it is there. */
void entry_waits_not(struct entry *e);
void tunnels_on_acquire(void *ctx, const struct acquire *a);
void tunnels_on_tick(struct ev_loop *loop, ev_timer *w, int revents);
void tunnels_start_tick(struct tunnels *t);

/* --- tunnel_sa.c --- */
struct sa_number *tunnels_sa(struct tunnels *t, uint32_t child);	/* makes it */
struct sa_number *sa_find(const struct tunnels *t, uint32_t child);	/* NULL: not there */
/* It belongs to the IKE SA; to none any more: heir, which may be NULL, has what an IKE SA had that is gone. Once each. */
void sa_counts(struct tunnels *t, uint32_t child, struct ike_seen *k);
void sa_counts_not(struct tunnels *t, uint32_t child, struct ike_seen *heir);
void sa_forget(struct tunnels *t, uint32_t child);
struct ike_seen *ike_live(const struct tunnels *t, uint32_t id);
/* It is kept for a while, to be shown as deleted, but events do not find it any more. */
void ike_deleted(struct tunnels *t, struct ike_seen *k, time_t when);
/* The first of a list by rnext in which those with the peer are, among others. */
struct ike_seen *ike_with(struct tunnels *t, uint32_t peer);
bool ike_established_with(struct tunnels *t, uint32_t peer);
/* charon tells nothing of an IKE SA that never came up: what show has seen of it is over with the attempt. */
void ike_attempts_over(struct tunnels *t, uint32_t peer);

/* --- tunnel_events.c --- */
void tunnels_sa_events(struct observer *o);
/* One of the flow's CHILD_SAs is gone, with what it had counted. Nothing when it is gone already. */
void flow_lost(struct tunnels *t, struct flow *f, uint32_t child, uint64_t packets_in, uint64_t packets_out);

/* --- tunnel_duplicate.c --- */
/* A flow has one more SA, of the IKE SA; f->ike is still that of the SA before. Two of them may be one too many. */
void duplicates_look(struct tunnels *t, struct flow *f, const struct sa_ike *sa);
/* One was replaced: too early for a rekey, perhaps. */
void duplicates_replaced(struct tunnels *t, struct flow *f, const struct sa_ike *sa, const struct sa_child *was);
/* Those whose time has come; tunnels_on_tick() calls it. */
void duplicates_end(struct tunnels *t, time_t now);
void duplicates_forget(struct tunnels *t);

/* --- spoke.c --- */

/* A peer's SA of a dynamic flow is there; gone; replaced by another. */
void spoke_up(struct tunnels *t, struct flow *f, const struct sa_ike *sa, const struct sa_child *c);
void spoke_down(struct tunnels *t, struct spoke *s, const struct sa_child *c);
void spoke_rekeyed(struct tunnels *t, struct spoke *s, const struct sa_child *was, uint32_t now);
/* Everything of the flow's spokes goes, their SAs, too, when end is set. */
void spokes_free(struct tunnels *t, struct flow *f, bool end);

#endif
