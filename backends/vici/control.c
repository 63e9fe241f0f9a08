/* SPDX-License-Identifier: BSD-2-Clause */
/* struct ike_control: initiate, terminate, rekey, list. They outlive nothing: each is one request. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backends/vici/codec.h"
#include "backends/vici/encode.h"
#include "backends/vici/internal.h"
#include "backends/vici/sa.h"
#include "lib/xalloc.h"

#define TERMINATE_MS 5000	/* how long charon's answer to a terminate is waited for */

typedef void order_done(void *arg, int err, const char *text);

struct order {
	struct vici *v;
	order_done *done;
	void (*each)(void *arg, const struct sa_ike *ike);
	void *arg;
	/* of an initiate, in v->initiates: */
	char *conn;
	bool again;
	struct order *next, **at;
};

static struct order *
new_order(order_done *done, void *arg)
{
	struct order *o = xcalloc(1, sizeof *o);

	o->done = done;
	o->arg = arg;
	return o;
}

static void
answered(void *arg, int err, const void *msg, size_t len)
{
	struct order *o = arg;
	char text[320];

	err = vici_outcome(err, msg, len, text, sizeof text);
	if (o->conn && (*o->at = o->next))
		o->next->at = o->at;
	if (err && o->again && err != -ECONNRESET && err != -ENOTCONN)
		err = -EAGAIN;
	if (o->done)
		o->done(o->arg, err, err ? text : NULL);
	free(o->conn);
	free(o);
}

static void
initiate(void *ctx, const char *conn, const char *child, unsigned timeout_ms, order_done *done, void *arg)
{
	struct vici *v = ctx;
	struct order *o = new_order(done, arg);
	struct buf b = {0};

	o->conn = xstrdup(conn);
	o->next = v->initiates;
	o->at = &v->initiates;
	if (o->next)
		o->next->at = &o->next;
	v->initiates = o;
	vici_encode_simple(&b, "initiate", "child", child);
	vici_kv(&b, "ike", conn);
	vici_kvf(&b, "timeout", "%u", timeout_ms);
	vici_kv(&b, "loglevel", "0");
	vici_client_call(v->client, VICI_SLOW, &b, NULL, answered, o);
}

void
vici_begins_again(struct vici *v, const char *conn)
{
	for (struct order *o = v->initiates; o; o = o->next)
		o->again |= strcmp(o->conn, conn) == 0;
}

/* COMMAND { key = id } */
static void
by_id(struct buf *b, const char *command, const char *key, uint32_t id)
{
	char num[16];

	snprintf(num, sizeof num, "%u", id);
	vici_encode_simple(b, command, key, num);
}

static void
terminate(struct vici *v, const char *key, uint32_t id, bool force, order_done *done, void *arg)
{
	struct buf b = {0};

	by_id(&b, "terminate", key, id);
	if (force)
		vici_kv(&b, "force", "yes");
	/* charon goes on by itself, a minute long with a peer of IKEv2 that is not there; others wait for the link */
	vici_kvf(&b, "timeout", "%u", TERMINATE_MS);
	vici_client_call(v->client, VICI_ORDER, &b, NULL, answered, new_order(done, arg));
}

static void
terminate_ike(void *ctx, uint32_t id, bool force, order_done *done, void *arg)
{
	terminate(ctx, "ike-id", id, force, done, arg);
}

static void
terminate_child(void *ctx, uint32_t id, order_done *done, void *arg)
{
	terminate(ctx, "child-id", id, false, done, arg);
}

static void
rekey_child(void *ctx, uint32_t id, order_done *done, void *arg)
{
	struct vici *v = ctx;
	struct buf b = {0};

	by_id(&b, "rekey", "child-id", id);
	vici_client_call(v->client, VICI_ORDER, &b, NULL, answered, new_order(done, arg));
}

static void
listed(void *arg, const void *msg, size_t len)
{
	struct order *o = arg;
	struct vici_sa m;

	if (vici_sa_decode(&m, msg, len) < 0)
		return;
	m.ike.keyed = vici_keyed(o->v, m.ike.unique_id);
	if (o->each)
		o->each(o->arg, &m.ike);
	vici_sa_free(&m);
}

/* The closing answer of list-sas is an empty message. */
static void
list_end(void *arg, int err, const void *msg, size_t len)
{
	struct order *o = arg;

	if (o->done)
		o->done(o->arg, err, err ? "no connection to charon" : NULL);
	free(o);
}

static void
list_sas(void *ctx, void (*each)(void *arg, const struct sa_ike *ike), order_done *done, void *arg)
{
	struct vici *v = ctx;
	struct order *o = new_order(done, arg);
	struct buf b = {0};

	o->v = v;
	o->each = each;
	vici_encode_simple(&b, "list-sas", NULL, NULL);
	vici_client_call(v->client, VICI_STREAM, &b, listed, list_end, o);
}

void
vici_control_init(struct vici *v)
{
	v->control = (struct ike_control){
		.ctx = v,
		.initiate = initiate,
		.terminate_ike = terminate_ike,
		.terminate_child = terminate_child,
		.rekey_child = rekey_child,
		.list_sas = list_sas,
	};
}
