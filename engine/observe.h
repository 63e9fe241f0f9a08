/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What drivers tell the engine about the world: SAs, interesting traffic,
 * links. Strings and structs are valid during the call only.
 */
#ifndef CONFTERM_ENGINE_OBSERVE_H
#define CONFTERM_ENGINE_OBSERVE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "engine/object.h"

/* One CHILD_SA of charon, from an event or from list-sas. */
struct sa_child {
	const char *name;		/* obj_child name */
	uint32_t unique_id, reqid;
	uint32_t if_id;			/* 0: none */
	char state[16];			/* charon's word: INSTALLED, REKEYED, ... */
	enum ipsec_mode mode;
	bool ah, udp_encap;
	uint32_t spi_in, spi_out;
	char encr[24], integ[24];	/* charon's words: AES_CBC, HMAC_MD5_96; "" when none */
	uint16_t encr_bits;		/* key length, 0 when the algorithm has one only */
	char dh[16];			/* PFS group in charon's word, "" when none */
	uint64_t bytes_in, bytes_out, packets_in, packets_out;
	uint32_t installed;		/* seconds since installation */
	uint32_t rekey_in, life_left;	/* seconds until rekeying / hard expiry, 0: none */
	struct obj_selector ts;		/* first local (src) and remote (dst) selector */
};

/* One IKE_SA with its children. */
struct sa_ike {
	const char *conn;		/* obj_ike name; "(unnamed)" before one is chosen */
	uint32_t unique_id;
	int version;
	char state[16];			/* CREATED CONNECTING ESTABLISHED REKEYING DELETING ... */
	bool initiator;
	uint32_t local, remote;
	uint16_t local_port, remote_port;
	char local_id[128], remote_id[128];
	uint64_t spi_i, spi_r;		/* cookies */
	bool nat_local, nat_remote;
	bool keyed;			/* IKEv1, in list_sas: the peer's half of the key exchange has come (RFC 2409 5, messages 3 and 4) */
	char encr[24], integ[24], prf[24], dh[16];
	uint16_t encr_bits;
	uint32_t established;		/* seconds */
	uint32_t rekey_in;		/* seconds, 0: none */
	char tasks[160];		/* active, queued and passive tasks, blank-separated */
	const struct sa_child *children;
	size_t nchild;
};

/* A packet met a policy that has no SA (XFRM_MSG_ACQUIRE). */
struct acquire {
	uint32_t reqid;
	struct obj_selector policy;	/* the policy's selector */
	struct obj_selector packet;	/* the packet's, when the kernel tells it */
	uint32_t tmpl_src, tmpl_dst;
};

struct link_state {
	char dev[OBJ_IFNAMSIZ];
	int ifindex;
	bool present, admin_up, carrier;
	bool running;			/* its operational state is up, or the driver does not know one */
	uint32_t mtu;
};

struct observer {
	void *ctx;
	/* up: established / installed; otherwise gone. For a child event ike->nchild is 1. */
	void (*ike_updown)(void *ctx, bool up, const struct sa_ike *ike);
	void (*child_updown)(void *ctx, bool up, const struct sa_ike *ike);
	/* A CHILD_SA was replaced; `was` carries the final counters of the old one. */
	void (*child_rekey)(void *ctx, const struct sa_ike *ike, const struct sa_child *was,
	    const struct sa_child *now);
	/* An IKE_SA was replaced by another unique id, its children moved. */
	void (*ike_rekey)(void *ctx, const struct sa_ike *was, const struct sa_ike *now);
	/* One log line of charon (level <= 1): group "IKE", "CFG", ..., text. */
	void (*charon_log)(void *ctx, const char *group, const char *ike_name, uint32_t ike_id, const char *text);
	void (*acquire)(void *ctx, const struct acquire *a);
	void (*link)(void *ctx, const struct link_state *l);
	/* A GRE tunnel's keepalives come back, or do not any more (OBJ_KEEPALIVE). */
	void (*keepalive)(void *ctx, const char *dev, bool up);
	/* How an OBJ_REACH is reached now: dev "" when it is not. */
	void (*reach)(void *ctx, uint32_t addr, const char *dev);
};

/*
 * Orders that are not objects: charon is asked to act on what it has loaded.
 * All are asynchronous; callbacks run from the loop, never from inside the
 * call; every callback is called exactly once, with err = -ENOTCONN or
 * -ECONNRESET when the connection to charon is or gets lost.
 */
struct ike_control {
	void *ctx;
	/*
	 * Establish child (and its IKE_SA when there is none). timeout_ms 0: no limit. -EAGAIN: the driver has ended it, because it
	 * was begun with a key that has been replaced since.
	 */
	void (*initiate)(void *ctx, const char *conn, const char *child, unsigned timeout_ms,
	    void (*done)(void *arg, int err, const char *text), void *arg);
	/*
	 * id is the unique id; force: do not wait for the peer's answer. An error, too, when the peer has not answered after
	 * some seconds; it goes on then. done may be NULL.
	 */
	void (*terminate_ike)(void *ctx, uint32_t id, bool force,
	    void (*done)(void *arg, int err, const char *text), void *arg);
	void (*terminate_child)(void *ctx, uint32_t id,
	    void (*done)(void *arg, int err, const char *text), void *arg);
	void (*rekey_child)(void *ctx, uint32_t id,
	    void (*done)(void *arg, int err, const char *text), void *arg);
	/* Calls each() once per IKE_SA, then done(). */
	void (*list_sas)(void *ctx, void (*each)(void *arg, const struct sa_ike *ike),
	    void (*done)(void *arg, int err, const char *text), void *arg);
};

#endif
