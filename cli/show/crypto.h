/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Shared by the show and clear functions for crypto: the state of the moment,
 * arranged so that 10,000 tunnels are shown without walking lists inside of
 * lists (crypto_common.c), and IOS's spelling of things (crypto_names.c).
 */
#ifndef CONFTERM_CLI_SHOW_CRYPTO_H
#define CONFTERM_CLI_SHOW_CRYPTO_H

#include "backends/netlink/netlink.h"
#include "cli/exec.h"
#include "daemon/router.h"
#include "lib/buf.h"

/* --- lines in common (crypto_parts.c) --- */

/* What the engine notes about a record; trouble: and which of its objects are not in effect, and why. */
void crypto_print_notes(struct session *s, const struct rec *r);
void crypto_print_trouble(struct session *s, const struct rec *r);
/* `Transform sets={ ... }`: up to six names, NULL ends them; names NULL: none. */
void crypto_print_sets(struct session *s, const char *const names[6]);

/* --- the state of the moment (crypto_common.c) --- */

struct crypto_child {
	const struct sa_child *c;
	const struct sa_ike *ike;
	const struct spoke *spoke;	/* that it belongs to, NULL: none */
};

struct crypto_view {
	struct session *s;
	struct router *r;
	struct store *store;
	struct tunnels *t;
	const struct sa_ike *ike;	/* as charon lists them */
	size_t nike;
	struct crypto_child *child;	/* by reqid, spoke, unique id */
	size_t nchild;
	/*
	 * By interface, map, sequence number. A dynamic entry is not here; each of
	 * its spokes is, as an entry of one peer and one flow (`made`).
	 */
	struct entry **entry;
	size_t nentry;
	struct crypto_made {
		struct entry e;
		struct flow f;
	} *made;
	struct ike_seen **seen;		/* those that are not deleted, by unique id */
	size_t nseen;
	struct nl_sa *sa;		/* the kernel's, by SPI; after crypto_view_kernel() */
	size_t nsa, capsa;
};

void crypto_view_open(struct crypto_view *v, struct session *s);
void crypto_view_kernel(struct crypto_view *v);
void crypto_view_close(struct crypto_view *v);

/* The CHILD_SAs of a flow. */
const struct crypto_child *crypto_children(const struct crypto_view *v, const struct flow *f, size_t *n);
/* An entry's flows in the order of its access list; free() it. */
struct flow **crypto_flows(const struct crypto_view *v, const struct entry *e, size_t *n);
/* The kernel's SA, NULL when it has none. */
const struct nl_sa *crypto_kernel_sa(const struct crypto_view *v, uint32_t spi, uint32_t dst);
/* 1001, 1002, ...; 0 before the peer has answered, as in IOS. */
uint32_t crypto_conn_id(const struct crypto_view *v, const struct sa_ike *ike);
/* The VRF of what an entry protects, "(none)": the global table (of GRE and IPIP tunnels: their packets, not those in them). */
const char *crypto_vrf(const struct crypto_view *v, const struct entry *e);
/* The record of a crypto map entry, its access list (NULL), its volume limit (0: none). */
struct rec *crypto_map_rec(const struct crypto_view *v, const struct entry *e);
struct rec *crypto_map_acl(struct store *s, const struct rec *map);
uint64_t crypto_map_kilobytes(struct store *s, const struct rec *map);
uint32_t crypto_map_seconds(struct store *s, const struct rec *map);

/* Seconds until the IKE SA's agreed lifetime is over. */
uint32_t crypto_ike_left(const struct crypto_view *v, const struct sa_ike *ike);
/* Kilobytes until the volume limit is reached. */
uint64_t crypto_kb_left(uint64_t limit, uint64_t bytes);
/* Is the SA usable (agreed on, not on its way out)? */
bool crypto_ike_up(const struct sa_ike *ike);
/* Both SAs carry traffic (of an old pair, too, until the peers delete it). */
bool crypto_child_live(const struct sa_child *c);
/* Packets of a flow over all its SAs, those that are gone included. */
struct crypto_count {
	uint64_t in, out;
	int installed;		/* pairs in use now */
};
struct crypto_count crypto_count(const struct crypto_view *v, const struct flow *f);

/* --- IOS's spelling (crypto_names.c) --- */

/* QM_IDLE, MM_NO_STATE, ... */
const char *crypto_ike_state(const struct sa_ike *ike);
/* "AES256", "3DES"; "SHA", "SHA256" for the upper-case columns, from charon's words. */
void crypto_encr_short(const char *word, unsigned bits, char out[16]);
void crypto_hash_short(const char *word, char out[16]);
/* "esp-256-aes esp-md5-hmac " of an SA. */
void crypto_transform(const struct sa_child *c, struct buf *out);
unsigned crypto_iv_size(const struct sa_child *c);
/* MODP_1024 -> 2; 0 when unknown. */
int crypto_dh_number(const char *word);
/* "768 bit", "2048 bit, 256 bit subgroup". */
const char *crypto_dh_size(int group);
/* HH:MM:SS, and a day and more as 1d02h, 1w2d, 1y3w. */
void crypto_clock(uint32_t seconds, char out[16]);
void crypto_uptime(uint32_t seconds, char out[16]);
/* "permit ip 10.3.0.0/255.255.0.0 10.1.0.0/255.255.0.0 " */
void crypto_flow_text(const struct obj_selector *sel, struct buf *out);

#endif
