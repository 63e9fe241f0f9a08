/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How traffic is protected, as a crypto map entry, an entry of a dynamic crypto
 * map and an IPsec profile all say it, with the same lines: transform sets, PFS,
 * lifetimes, reverse routes, the profile of IKE.
 */
#ifndef CONFTERM_ENGINE_PROTECT_H
#define CONFTERM_ENGINE_PROTECT_H

#include "engine/compile.h"

enum protect_kind { PROTECT_MAP, PROTECT_DYNAMIC, PROTECT_PROFILE };

struct protect {
	const char **proposals;		/* ESP or AH, of all sets, in charon's words; NULL: there is none that works */
	bool ah;
	enum ipsec_mode mode;
	uint32_t life_seconds;
	uint64_t life_kilobytes;	/* 0: no limit */
	uint32_t replay_window;		/* packets, 0: no protection against replayed ones */
	enum ipsec_df df;		/* if own_df */
	bool own_seconds, own_kilobytes, own_window, own_df;	/* said by the record itself, not by the global lines */
	const char *isakmp_profile, *ikev2_profile;	/* NULL: none */
	bool responder;			/* responder-only */
	bool reverse, reverse_static;
	uint32_t tag;			/* of reverse routes, 0: none */
	uint8_t distance;		/* 0: not said */
};

/*
 * Reads r, a record of that kind. What does not work is noted for `origin`,
 * `what` is its name there ("crypto map MYMAP 10"). *p is filled in any case.
 */
void protect_read(struct compile *c, const struct rec *r, enum protect_kind kind, const struct rec *origin, const char *what,
    struct protect *p);
/* What an entry does not say itself is taken from the profile that it names. */
void protect_inherit(struct protect *p, const struct protect *profile);
/* IOS's own set, for a profile that names none. */
void protect_default(struct compile *c, struct protect *p);

/* The DF bit of p's SAs on an interface: p's own word, else the interface's, else the global one. */
enum ipsec_df protect_df(struct compile *c, const struct protect *p, const struct rec *ifrec);

/* A child of connection conn, with everything of p. */
void protect_child(struct compile *c, const struct rec *origin, const struct protect *p, const char *conn, const char *name,
    const struct obj_selector *sel, enum ipsec_mode mode, uint32_t reqid, uint32_t if_id, enum ipsec_df df);
/*
 * The policies of one flow, out, in and (tunnel mode) fwd. out_dev "": any. in_reqid 0: inbound takes SAs of any flow;
 * in_local false: to any of our addresses.
 */
struct policy_want {
	struct obj_selector sel;	/* local -> remote */
	const char *out_dev;
	uint32_t local, peer, reqid, priority, if_id;
	enum ipsec_mode mode;
	bool ah, shared;		/* shared: inbound serves several flows of the same selector */
};
void protect_policies(struct compile *c, const struct rec *origin, const struct policy_want *w);
/* A reverse route with p's tag and distance. */
void protect_route(struct compile *c, const struct rec *origin, const struct protect *p, const struct prefix4 *dst,
    uint32_t gateway);

#endif
