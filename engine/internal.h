/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside of the engine: engine.c, unit.c and compile.c share this, nobody else. */
#ifndef CONFTERM_ENGINE_INTERNAL_H
#define CONFTERM_ENGINE_INTERNAL_H

#include <ev.h>

#include "engine/compile.h"
#include "engine/engine.h"
#include "lib/pool.h"

enum dep_kind { DEP_REC, DEP_ROW, DEP_NAME, DEP_REF, DEP_DEF, DEP_NET, DEP_REACH };

/* One thing that can be read, and the units that have read it. */
struct dep {
	struct dep *next;
	uint64_t key;
	struct edge *first;
};
struct edge {
	struct edge *next, *prev, *unit_next;
	struct dep *dep;
	struct unit *unit;
};

struct note {
	struct note *next, *hnext;
	uint32_t hash;		/* of the text */
	uint32_t rec;		/* whom it concerns */
	uint32_t line;		/* of the configuration file, 0: none */
	bool unused;		/* nothing of the record has an effect */
	bool quiet;		/* not said when the line is typed */
	char text[];
};

/* Notes by their text. */
struct note_set {
	struct note **bucket;
	size_t nbucket, n;
};
bool note_said(const struct note_set *set, const char *text);
void note_enter(struct note_set *set, struct note *n);

struct unit {
	struct unit *hnext, *dirty_next;
	uint32_t rec_id;
	struct rec *rec;	/* NULL: the record is gone, or the unit is an extra one: */
	compile_fn *fn;		/* runs instead of the row's, with the parent's record */
	void *arg;
	uint32_t parent;
	bool dropped;
	bool dirty;
	struct edge *edges;
	struct robj **obj;
	size_t nobj, capobj;
	struct note *notes;
};

/* A desired object at work: what is wanted (now), what its driver was told (was). */
struct robj {
	struct robj *hnext, *idnext, *next, *prev, *touched_next;
	uint64_t hash, id;
	struct obj *now, *was;	/* the same pointer when nothing is to be done */
	uint32_t refs;
	const struct unit *owner;	/* the first that wanted it; compared only */
	bool merged;			/* wanted differently by several units */
	bool touched;
	uint8_t backoff, retry;
	enum obj_state state;
	char *reason;
};

/* What is known of an address that is watched. */
struct reached {
	struct reached *next;
	uint32_t addr;
	char dev[OBJ_IFNAMSIZ];
};
#define REACHBUCKETS 4096

struct plan {
	struct plan_op *op;
	size_t n, cap;
};

#define MAXDRIVER 8
#define IDBUCKETS 16384

struct engine {
	struct ev_loop *loop;
	struct store *store;
	struct tunnels *tunnels;
	struct pool pool;	/* units, what they read, objects at work */
	struct dep **dep;
	size_t ndepbucket, ndep;
	struct unit **unit;
	size_t nunitbucket, nunit;
	struct unit *dirty, **dirty_tail;
	struct robj **obj, **byid;
	size_t nobjbucket, nobj;
	struct robj *first, *last, *touched, **touched_tail;
	uint64_t next_id;
	uint32_t next_extra;
	size_t wanted[OBJ_NKIND];	/* objects with references, and whether that was told */
	bool told[OBJ_NKIND];
	void (*on_wanted)(void *ctx, enum obj_kind kind, bool wanted);
	void *wanted_ctx;
	struct reached *reached[REACHBUCKETS];
	struct plan plan;
	struct obj **garbage;
	size_t ngarbage, capgarbage;
	struct {
		struct driver *d;
		bool up;
	} driver[MAXDRIVER];
	int ndriver;
	bool committing, again;
	ev_timer timer;
};

/* One run of a compile function. */
struct compile {
	struct engine *e;
	struct unit *unit;
	struct block *mem;
	bool mute;		/* compile_mute() */
	struct note_set said;
	struct note *last_note;
};

uint64_t dep_key(enum dep_kind kind, uint32_t a, const char *name);
/* Host records by address; all others of the row together. */
uint64_t net_key(int row, uint32_t addr, uint32_t mask);
void mark_dep(struct engine *e, uint64_t key);
void unit_reads(struct engine *e, struct unit *u, uint64_t key);
struct unit *find_unit(struct engine *e, uint32_t rec);
void unit_forget(struct engine *e, struct unit *u);	/* its reads */
void unit_destroy(struct engine *e, struct unit *u);
void engine_store_changed(void *ctx, enum store_change what, struct rec *r);	/* store_listener */
struct robj *object_want(struct engine *e, const struct unit *u, const struct obj *want);
void compile_release(struct compile *c);
bool engine_reached(struct engine *e, uint32_t addr, char dev[OBJ_IFNAMSIZ]);

#endif
