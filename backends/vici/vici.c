/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The charon driver's life: connect, greet, be up, be lost.
 *
 * The greeting asks for version and algorithms, and unloads whatever
 * connections and keys are there (left by an earlier connection of ours), for
 * "up" promises the engine an empty charon. All of it goes down one ordered
 * connection, so the loads that follow "up" need not wait for its answers.
 *
 * Files: codec (messages), client (sockets), ts, sa (what is read), table,
 * encode, load (what is written), control, events, algs, explain.
 */
#include "backends/vici/vici.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "backends/vici/codec.h"
#include "backends/vici/encode.h"
#include "backends/vici/internal.h"
#include "lib/log.h"
#include "lib/xalloc.h"

/* Sends `command` for every item of the only list in msg. */
static void
unload_all(struct vici *v, const char *command, const char *key, const void *msg, size_t len)
{
	struct vici_iter it;
	enum vici_el el;

	vici_iter_init(&it, msg, len);
	while ((el = vici_next(&it)) > VICI_EOF) {
		struct buf b = {0};
		char *name;

		if (el != VICI_ITEM)
			continue;
		name = vici_val_dup(&it);
		vici_encode_simple(&b, command, key, name);
		vici_client_call(v->client, VICI_QUICK, &b, NULL, NULL, NULL);
		free(name);
	}
}

/* IOS says it when the first thing that needs ISAKMP is applied, and when the last one is gone. */
void
vici_say_isakmp(struct vici *v)
{
	bool on = v->nike > 0;

	if (on != v->isakmp_on)
		log_msg("CRYPTO", 6, "ISAKMP_ON_OFF", "ISAKMP is %s", on ? "ON" : "OFF");
	v->isakmp_on = on;
}

static void
got_version(void *arg, int err, const void *msg, size_t len)
{
	struct vici *v = arg;

	if (!err)
		vici_get(msg, len, "version", v->version, sizeof v->version);
}

static void
got_algorithms(void *arg, int err, const void *msg, size_t len)
{
	struct vici *v = arg;

	if (!err)
		vici_algs_load(&v->algs, msg, len);
}

static void
got_conns(void *arg, int err, const void *msg, size_t len)
{
	if (!err)
		unload_all(arg, "unload-conn", "name", msg, len);
}

static void
got_shared(void *arg, int err, const void *msg, size_t len)
{
	struct vici *v = arg;

	if (err == -ECONNRESET || err == -ENOTCONN || v->up)
		return;
	if (!err)
		unload_all(v, "unload-shared", "id", msg, len);
	v->up = true;
	engine_driver_up(v->engine, &v->driver);
	vici_say_isakmp(v);
}

static void
ask(struct vici *v, const char *command, vici_done *done)
{
	struct buf b = {0};

	vici_encode_simple(&b, command, NULL, NULL);
	vici_client_call(v->client, VICI_QUICK, &b, NULL, done, v);
}

static void
client_up(void *ctx)
{
	struct vici *v = ctx;

	vici_forget_all_keyed(v);	/* the one before it may have said something at its end */
	if (v->reload)
		vici_reload_settings(v);
	ask(v, "version", got_version);
	ask(v, "get-algorithms", got_algorithms);
	ask(v, "get-conns", got_conns);
	ask(v, "get-shared", got_shared);
}

static void
client_down(void *ctx, const char *why)
{
	struct vici *v = ctx;

	vtab_clear(&v->tab);
	vici_forget_networks(v);
	v->nike = 0;
	vici_stale_stop(v);
	vici_forget_all_keyed(v);	/* the next one counts from 1 again */
	if (!v->up)
		return;
	v->up = false;
	engine_driver_down(v->engine, &v->driver, why);
}

static const struct vici_client_ops client_ops = {
	.events = vici_events + 1,
	.up = client_up,
	.down = client_down,
	.event = vici_event,
};

/* For an observer that wants charon's log. */
static const struct vici_client_ops client_ops_log = {
	.events = vici_events,
	.up = client_up,
	.down = client_down,
	.event = vici_event,
};

struct vici *
vici_create(struct ev_loop *loop, struct engine *engine, const char *socket_path, const struct observer *obs)
{
	struct vici *v = xcalloc(1, sizeof *v);

	v->engine = engine;
	if (obs)
		v->obs = *obs;
	v->path = xstrdup(socket_path);
	v->driver = (struct driver){
		.name = "vici",
		.kinds = OBJ_BIT(OBJ_IKE_SETTINGS) | OBJ_BIT(OBJ_SECRET) | OBJ_BIT(OBJ_IKE) | OBJ_BIT(OBJ_CHILD),
		.ctx = v,
		.apply = vici_apply,
	};
	v->client = vici_client_create(loop, v->path, v->obs.charon_log ? &client_ops_log : &client_ops, v);
	vici_control_init(v);
	vici_stale_init(v, loop);
	return v;
}

void
vici_on_settings(struct vici *v, void (*cb)(void *ctx, const struct obj_ike_settings *s), void *ctx)
{
	v->on_settings = cb;
	v->settings_ctx = ctx;
}

void
vici_start(struct vici *v)
{
	vici_client_start(v->client);
}

void
vici_stop(struct vici *v)
{
	vici_client_stop(v->client);
	client_down(v, "stopped");
}

void
vici_destroy(struct vici *v)
{
	if (!v)
		return;
	vici_client_destroy(v->client);
	vici_stale_stop(v);
	vtab_clear(&v->tab);
	vici_forget_networks(v);
	vici_algs_free(&v->algs);
	free(v->path);
	free(v);
}

struct driver *
vici_driver(struct vici *v)
{
	return &v->driver;
}

const struct ike_control *
vici_control(struct vici *v)
{
	return &v->control;
}

bool
vici_is_up(const struct vici *v)
{
	return v->up;
}

bool
vici_has_algorithm(const struct vici *v, const char *charon_word)
{
	return v->algs.n == 0 || vici_algs_have(&v->algs, charon_word);
}

const char *
vici_version(const struct vici *v)
{
	return v->version;
}
