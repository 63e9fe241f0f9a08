/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A driver that does nothing but remember: for tests of the engine. It takes
 * any kinds, writes each operation down as a line, answers at once (0, or
 * -EIO for what it was told to fail), and plays charon's control interface
 * with answers given by the test.
 */
#ifndef CONFTERM_BACKENDS_FAKE_H
#define CONFTERM_BACKENDS_FAKE_H

#include "engine/driver.h"
#include "engine/observe.h"
#include "lib/buf.h"

struct fake {
	struct driver driver;
	struct ike_control control;
	struct engine *engine;
	struct buf log;			/* one line per operation and order, as engine_print_plan() writes them */
	size_t nop, nbatch;
	const char *fail;		/* operations whose line contains this fail; NULL: none */
	bool silent;			/* give no result */
	const struct sa_ike *sas;	/* what list_sas() lists */
	size_t nsa;
	int refuse;			/* the result of terminate and rekey */
	/* the initiate() that waits for an answer */
	void (*done)(void *arg, int err, const char *text);
	void *arg;
};

/* Not up yet. kinds: OBJ_BIT()s. fake_free() before the engine goes. */
void fake_init(struct fake *f, struct engine *e, uint32_t kinds);
void fake_free(struct fake *f);
/* What was logged since the last call; the caller frees it. */
char *fake_take(struct fake *f);
/* Answers the initiate() that waits; false when none does. */
bool fake_answer(struct fake *f, int err, const char *text);

#endif
