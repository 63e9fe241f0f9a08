/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The engine: from configuration to desired objects to a plan, and on to the
 * drivers. It listens to the store; after each transaction the owner of the
 * store calls engine_commit(), which compiles what changed, compares with what
 * the drivers hold and hands each driver its part in one batch.
 *
 * One thread; nothing here blocks. Without drivers (confterm plan) everything
 * is computed and nothing is sent.
 */
#ifndef CONFTERM_ENGINE_ENGINE_H
#define CONFTERM_ENGINE_ENGINE_H

#include "engine/driver.h"
#include "engine/object.h"
#include "lib/buf.h"
#include "parser/store.h"

struct ev_loop;
struct tunnels;

/* loop may be NULL: then nothing is retried. The store must outlive the engine. */
struct engine *engine_new(struct ev_loop *loop, struct store *s);
void engine_free(struct engine *e);
void engine_add_driver(struct engine *e, struct driver *d);

/*
 * Compiles and sends. Returns the number of operations of the plan. When notes
 * is not NULL, the notes that units got new in this commit are appended.
 */
size_t engine_commit(struct engine *e);
size_t engine_commit_notes(struct engine *e, struct buf *notes);
/* The operations of the last commit, in order, one line each with its configuration line. */
void engine_print_plan(struct engine *e, struct buf *out);

/*
 * Told, at the end of a commit, when the first object of a kind is wanted or the last one no longer is; at once of
 * the kinds that are wanted already. It may tell of drivers that come and go, and must not commit.
 */
void engine_on_wanted(struct engine *e, void (*cb)(void *ctx, enum obj_kind kind, bool wanted), void *ctx);

/* Runtime state that a unit reads has changed (engine/tunnel.c): compile it again at the next commit. */
void engine_touch(struct engine *e, uint32_t rec_id);

/*
 * A unit for something that is there at run time only (the tunnel of a peer
 * that called): fn compiles it for the record of unit `parent`, compile_arg()
 * is arg. It runs again when that record changes, and emits nothing while it
 * is gone. Returns its id, for engine_touch() and engine_unit_drop(); the next
 * commit runs it, or deletes its objects.
 */
struct compile;
struct rec;
uint32_t engine_unit_add(struct engine *e, uint32_t parent, void (*fn)(struct compile *c, const struct rec *r), void *arg);
void engine_unit_drop(struct engine *e, uint32_t id);

/* An OBJ_REACH is reached by another device now ("": by none): units that asked run again at the next commit. */
void engine_reach(struct engine *e, uint32_t addr, const char *dev);

/* What became of an object. */
enum obj_state { OBJ_PENDING, OBJ_SENT, OBJ_OK, OBJ_FAILED };
struct obj_info {
	const struct obj *obj;
	enum obj_state state;
	const char *reason;	/* OBJ_FAILED */
};
/* Objects of one kind (each once), or those that a top-level record wants (kind OBJ_NKIND: all). */
void engine_each_object(struct engine *e, enum obj_kind kind, void (*cb)(void *ctx, const struct obj_info *i), void *ctx);
void engine_each_of(struct engine *e, uint32_t rec_id, void (*cb)(void *ctx, const struct obj_info *i), void *ctx);
/* The notes of a top-level record's unit. */
void engine_each_note(struct engine *e, uint32_t rec_id, void (*cb)(void *ctx, const char *text), void *ctx);
/* All notes of all units in no order; rec: the record that each concerns. */
void engine_each_rec_note(struct engine *e, void (*cb)(void *ctx, uint32_t rec, const char *text), void *ctx);
/* Why nothing of a top-level record has an effect: the note's text, NULL when something has. */
const char *engine_unused(struct engine *e, uint32_t rec_id);
/* All notes, in the order of the records; line: where the record stands in its file, 0: nowhere. */
void engine_all_notes(struct engine *e, void (*cb)(void *ctx, uint32_t line, const char *text), void *ctx);

struct tunnels *engine_tunnels(struct engine *e);
struct store *engine_store(struct engine *e);
struct ev_loop *engine_loop(struct engine *e);	/* NULL without one */

#endif
