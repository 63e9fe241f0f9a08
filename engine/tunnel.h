/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Tunnels: the runtime side of crypto maps and tunnel interfaces. charon is told what to negotiate
 * and when; this part decides when (interesting traffic), with whom (the peers
 * of an entry in order, no preemption) and what follows (reverse routes).
 *
 *   acquire -> initiate to the current peer -> failed? next peer, once round
 *   IKE SA dead (DPD) -> next peer becomes current; traffic raises the acquire
 *   child up -> reverse route; last child of the flow down -> route goes
 *
 * Tunnel interfaces have entries, too; theirs come up by themselves and try
 * again and again. Entries of dynamic crypto maps and of virtual templates wait
 * for peers: each that has called is a spoke of the flow it negotiated
 * (engine/spoke.c).
 *
 * State that a compile function reads (current peer, flows that are up) lives
 * here; a change of it touches the unit and commits the engine.
 */
#ifndef CONFTERM_ENGINE_TUNNEL_H
#define CONFTERM_ENGINE_TUNNEL_H

#include <time.h>

#include "engine/engine.h"
#include "engine/observe.h"

#define MAXPEER 16
#define FLOW_CHILDREN 8

enum entry_kind {
	ENTRY_MAP,		/* a crypto map entry on an interface: by interesting traffic */
	ENTRY_PROTECTION,	/* tunnel protection of a GRE or IPIP tunnel: always */
	ENTRY_VTI,		/* an interface of SAs: always; its line protocol follows the SA */
	ENTRY_DYNAMIC,		/* an entry of a dynamic crypto map on an interface: peers call */
	ENTRY_TEMPLATE,		/* a virtual template: peers call, each gets an interface */
};

/* One crypto map entry on one interface, or one tunnel interface. */
struct entry {
	struct entry *next;
	enum entry_kind kind;
	uint32_t rec;			/* the record of the crypto map entry or interface */
	char ifname[40];
	char map[64];			/* "Tunnel0-head-0" for tunnels */
	uint32_t seq;			/* 65536 for tunnels */
	uint32_t dynamic_seq;		/* of the dynamic crypto map's entry */
	char profile[80];		/* what its connections' names end in, see tunnels_connection() */
	bool responder;			/* never initiates */
	uint32_t local;
	uint32_t peer[MAXPEER];
	int npeer, current;
	bool reverse_route;		/* not static: by SA */
	uint64_t kilobytes;		/* volume limit of its SAs, 0: none */
	/* what earlier entries of the map need for packets that they deny: */
	bool usable, ah;
	enum ipsec_mode mode;
	struct flow *flows, **tail, *hint;	/* hint: the one looked for last */
	uint32_t last_ace;		/* highest record id among the flows */
	bool seen;			/* during a compile: still wanted */
	/* the next attempt of one that is always wanted, CLOCK_MONOTONIC seconds; 0: none is due */
	time_t retry_at;
	struct entry *waiting, **waiting_at;	/* list of those with retry_at; what points here */
	/* an attempt that runs: */
	bool busy;
	uint32_t failed;		/* attempts since it was up last */
	int tried;
	uint32_t busy_flow;
	uint32_t asked_flow;		/* reqid of the flow whose traffic waits for the peer, which is calling; 0: none */
};

/* One permit entry of the access list: one SA pair at a time. */
struct flow {
	struct flow *next;
	struct entry *entry;
	uint32_t reqid;
	uint32_t ace;			/* record of the access list entry */
	struct obj_selector sel;	/* local -> remote */
	bool seen;
	uint32_t peer;			/* with which it has SAs; 0: none, the entry's current one counts */
	uint32_t child[FLOW_CHILDREN];	/* unique ids of the CHILD_SAs that are installed, the newest last */
	struct duplicate *look;		/* they are to be looked at: one may be too many */
	int nchild;
	struct spoke *spokes;		/* of dynamic entries: instead of child[] */
	const struct spoke *of;		/* made up for show: the part of one spoke */
	uint32_t ike;			/* unique id of the IKE SA of the last of them */
	uint32_t replaced;		/* unique id of the one before, after a rekey */
	bool rri;			/* a reverse route stands, to: */
	struct prefix4 rri_dst;
	uint32_t rri_gateway;
	/* counters of SAs that are gone, and errors */
	uint64_t packets_in, packets_out, send_errors;
};

/* A peer that called, with what it negotiated in a flow of a dynamic entry. */
struct spoke {
	struct spoke *next, *prev, *hnext;
	struct flow *flow;
	uint32_t local, peer;
	struct obj_selector ts;		/* local -> remote */
	enum ipsec_mode mode;
	bool ah;
	uint32_t if_id;			/* of its SAs, 0: none */
	uint32_t number;		/* of its Virtual-Access interface, 0: none */
	uint32_t unit;			/* engine_unit_add() */
	uint32_t child[8];
	int nchild;
	uint64_t packets_in, packets_out;	/* of SAs that are gone */
};

struct tunnels *tunnels_new(struct engine *e, struct store *s);
void tunnels_free(struct tunnels *t);
void tunnels_set_control(struct tunnels *t, const struct ike_control *c);
/* Callbacks of drivers go here. */
const struct observer *tunnels_observer(struct tunnels *t);
/* The connection to charon came or went (went: every SA is gone). */
void tunnels_reset(struct tunnels *t);
/* Told of every log-worthy session change: up or down, peer, local. */
typedef void tunnels_link_cb(void *ctx, const struct link_state *l);
void tunnels_on_link(struct tunnels *t, tunnels_link_cb *cb, void *ctx);

/* --- for compile --- */
struct entry *tunnels_entry(struct tunnels *t, uint32_t rec, const char *ifname);
/* Between begin and end, entries and flows that are asked for stay; the others go. */
void tunnels_compile_begin(struct tunnels *t, uint32_t rec);
void tunnels_compile_end(struct tunnels *t, uint32_t rec);
struct flow *tunnels_flow(struct tunnels *t, struct entry *e, uint32_t ace, const struct obj_selector *sel);
/* reqid of a flow without making it seen. 0 when there is none yet. */
struct flow *tunnels_find_flow(struct tunnels *t, uint32_t rec, const char *ifname, uint32_t ace);

/* The entry's SAs are wanted all the time: schedules an attempt when there is none and none is under way. */
void tunnels_want(struct tunnels *t, struct entry *e);
/* The entry's peer or local address is another now: SAs with the old one end. */
void tunnels_end_sas(struct tunnels *t, struct entry *e);
/*
 * The tunnel's destination is reached through the tunnel itself: says so, once,
 * and has it held for a while; then its record is compiled again.
 */
void tunnels_recursive(struct tunnels *t, uint32_t rec, const char *ifname);
bool tunnels_held(const struct tunnels *t, uint32_t rec);
/* Compiles the objects of one spoke: engine/spoke.c calls it for entries of a kind. */
void compile_spoke_dynamic(struct compile *c, const struct rec *r);
void compile_spoke_template(struct compile *c, const struct rec *r);
/*
 * The keepalives of a GRE tunnel's device come back, or do not: kept until it
 * changes, and the interface is compiled again. The compile function of an
 * interface without keepalives does not ask.
 */
void tunnels_keepalive(struct tunnels *t, const char *dev, bool up);
bool tunnels_keepalive_up(const struct tunnels *t, const char *dev);

/* --- for show and clear --- */
/* Name of the connection to a peer (0: any) of an entry. */
void tunnels_connection(const struct entry *e, uint32_t peer, char out[160]);
/* The spoke that a CHILD_SA belongs to, NULL when it is none's. */
const struct spoke *tunnels_spoke(struct tunnels *t, uint32_t child_unique_id);
/* The peer that a flow's packets go to. */
static inline uint32_t
flow_peer(const struct flow *f)
{
	const struct entry *e = f->entry;

	return f->peer ? f->peer : e->npeer ? e->peer[e->current] : 0;
}
/* The Virtual-Access interfaces, in no order. */
void tunnels_each_access(struct tunnels *t, void (*cb)(void *ctx, const struct spoke *s), void *ctx);
struct entry *tunnels_first(struct tunnels *t);
struct flow *tunnels_by_reqid(struct tunnels *t, uint32_t reqid);
const struct ike_control *tunnels_control(struct tunnels *t);
/* IKE SA seen by the daemon, kept 60 s after its end ("deleted"). */
struct ike_seen {
	struct ike_seen *next;
	struct ike_seen *hnext, *rnext;	/* of its buckets, while it is not deleted */
	uint32_t unique_id, conn_id;
	uint32_t local, remote;
	uint16_t local_port, remote_port;
	bool initiator, up, deleted, cleared;
	int version;
	time_t since, deleted_at;	/* CLOCK_MONOTONIC seconds */
	int nchild;
	uint32_t listed;		/* the last list of charon's that it was in (tunnel_duplicate.c) */
	uint64_t spi_i;			/* the initiator's cookie */
	char encr[24], integ[24];
};
struct ike_seen *tunnels_ike_first(struct tunnels *t);
/* conn-id of an IKE SA, given at first sight: 1001, 1002, ... */
struct ike_seen *tunnels_ike(struct tunnels *t, const struct sa_ike *sa);
/* The conn-id that the IKE SA with this number of charon's has or, before it is seen, will have; had, when it is just gone. */
uint32_t tunnels_conn_id(struct tunnels *t, uint32_t unique_id);
/* Number of an IPsec SA (in: n, out: n + 1), given at first sight: 1, 3, 5, ... */
uint32_t tunnels_sa_number(struct tunnels *t, uint32_t child_unique_id);
/* Marks SAs as taken down by a person, so that they do not count as a dead peer. */
void tunnels_mark_cleared(struct tunnels *t, uint32_t unique_id);

#endif
