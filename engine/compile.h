/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a compile function may use. A compile function turns one top-level
 * record (an interface, a crypto map entry, a route) into desired objects. It
 * does no I/O and keeps nothing: its result is a function of the records and
 * the runtime state it reads through this header. Each read is remembered, and
 * the function runs again when something that it read has changed; reading
 * other records past these calls is therefore a bug.
 */
#ifndef CONFTERM_ENGINE_COMPILE_H
#define CONFTERM_ENGINE_COMPILE_H

#include "engine/object.h"
#include "gen/grammar.h"
#include "parser/store.h"

struct compile;

/* A row's `unit NAME` calls compile_NAME for each top-level record of that row. */
typedef void compile_fn(struct compile *c, const struct rec *r);
extern compile_fn *const compile_table[];

/* --- reading --- */

/* First top-level record of a row (walk on with store_next); any change of any of them counts. */
const struct rec *compile_each(struct compile *c, int row);
/*
 * The first entry of the map that r is an entry of: a top-level record of a
 * sorted row that defines its name. Walk on with store_next() and
 * compile_same_map(); a change of any entry of this map counts.
 */
const struct rec *compile_map(struct compile *c, const struct rec *r);
bool compile_same_map(const struct rec *a, const struct rec *b);
/*
 * The top-level record of a row whose only key is a name in its first slot;
 * NULL when there is none of this name. A change of this one counts.
 */
const struct rec *compile_named(struct compile *c, int row, const char *name);
/* A leaf at the top: its values, or its default's (NULL when it has none). */
const void *compile_leaf(struct compile *c, int row);
/*
 * The same below a record that the function was given or has read through these
 * calls (they have remembered its top-level record, so its leaves count as read).
 */
const void *compile_child(struct compile *c, const struct rec *r, int row);
bool compile_flag(struct compile *c, const struct rec *r, int row);
const struct rec *compile_children(struct compile *c, const struct rec *r, int row);
/* The line of the first child whose row is not applied yet and whose name begins so; NULL when there is none. */
const char *compile_not_applied(struct compile *c, const struct rec *r, const char *row_name);
/* The record of a row whose keys equal those of values, below a record as for compile_child(); NULL when there is none. */
const struct rec *compile_find(struct compile *c, const struct rec *r, int row, const void *values);
/*
 * Rows that are alike in two modes, read by the names of their slots: text (NULL: not given), and number or
 * alternative (false: not given).
 */
const char *rec_text(const struct rec *r, const char *slot);
bool rec_number(const struct rec *r, const char *slot, uint32_t *out);
/* The record's line as IOS writes it, without `no`; an identifier of it among its siblings: row and keys. */
const char *compile_line(struct compile *c, const struct rec *r);
const char *compile_slot(struct compile *c, const struct rec *r);
/*
 * The routing daemons, 1 << enum frr_daemon, that have to know what is defined
 * under a name: those in whose configuration it is referred to, directly or by
 * a route-map.
 */
unsigned compile_users(struct compile *c, int ref, const char *name);
/* The node that defines a name (REF_ACL, "VPN"), NULL when none does. */
const struct rec *compile_defined(struct compile *c, int ref, const char *name);
/* The top-level record of a row marked `network` with the longest mask whose network contains the address. */
const struct rec *compile_covering(struct compile *c, int row, uint32_t addr);
/* The records that refer to a name; the top-level records they belong to count as read. */
void compile_referrers(struct compile *c, int ref, const char *name, store_ref_cb *cb, void *ctx);
/* The same for at most `max` of them; which, is not said. */
void compile_some_referrers(struct compile *c, int ref, const char *name, unsigned max, store_ref_cb *cb, void *ctx);

/*
 * By which device the kernel routes to an address; "" when it does not. Wants
 * an OBJ_REACH, so that the function runs again when that changes. False: not
 * known, and never will be (a plan without a kernel).
 */
bool compile_reach(struct compile *c, const struct rec *r, uint32_t addr, char dev[OBJ_IFNAMSIZ]);

/* --- writing --- */

/* Wants this object; it is copied. kind, key and the payload are filled; key NULL: made from the payload. */
void compile_emit(struct compile *c, const struct rec *origin, struct obj *o);
/* Something that keeps a part of r from taking effect, in words, for the person and for show. */
void compile_note(struct compile *c, const struct rec *r, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/*
 * The same for what is merely stored, or incomplete yet: what the lines of a
 * configuration in IOS's order go through one after the other (a definition
 * that stands below its use). Show says it, the prompt does not.
 */
void compile_quiet(struct compile *c, const struct rec *r, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* Until it is called with false, nothing is noted: what is read is another unit's, which says it. */
void compile_mute(struct compile *c, bool mute);
/* As compile_note() and compile_quiet(), and nothing of r and the lines below it takes effect. */
void compile_unused(struct compile *c, const struct rec *r, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
void compile_quiet_unused(struct compile *c, const struct rec *r, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* Has this run of the unit made objects so far? */
bool compile_made(const struct compile *c);

/*
 * Runtime state that other units take from this one (its tunnels' peers and
 * flows) has changed: those that read r by compile_reads() run again.
 */
void compile_changed(struct compile *c);
/* What the unit was added with (engine_unit_add()), NULL for that of a record. */
void *compile_arg(struct compile *c);
void compile_reads(struct compile *c, const struct rec *r);

/* Formats into memory that lives until the compile function has returned. */
const char *compile_text(struct compile *c, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void *compile_alloc(struct compile *c, size_t n);

/* One line for a routing daemon: frr(c, r, FRR_OSPFD, "router ospf", "slot", "undo", "line %d", n). */
void compile_frr(struct compile *c, const struct rec *r, enum frr_daemon d, uint8_t rank, const char *context,
    const char *slot, const char *undo, const char *fmt, ...) __attribute__((format(printf, 8, 9)));

/* The same; line and undo hold a password and are shown nowhere. */
void compile_frr_secret(struct compile *c, const struct rec *r, enum frr_daemon d, uint8_t rank, const char *context,
    const char *slot, const char *undo, const char *line);

/* --- shared between subjects --- */

/* Kernel device of an interface name, in the compile's memory. */
const char *compile_dev(struct compile *c, const char *ifname);
/* Primary address of an interface record; false when it has none (or is shut down and `up` is wanted). */
bool compile_address(struct compile *c, const struct rec *ifrec, uint32_t *addr, uint8_t *len);

struct tunnels;
struct tunnels *compile_tunnels(struct compile *c);

#endif
