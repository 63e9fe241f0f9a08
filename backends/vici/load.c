/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * apply(): a batch of object changes becomes one load-conn (or unload-conn)
 * per connection that it touches, all sent at once; the answers come in order.
 *
 * Who gets which result: an answer to load-conn speaks for all objects of the
 * connection that charon did not have yet when it was sent (those of this
 * batch, and those that failed before and now ride along), and for the objects
 * deleted by the batch. What charon cannot do for lack of an algorithm is left
 * out and answered here, so that one bad child does not take the others along.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backends/vici/codec.h"
#include "backends/vici/encode.h"
#include "backends/vici/internal.h"
#include "engine/objects.h"
#include "lib/xalloc.h"

/* What an answer is about. */
struct load {
	struct vici *v;
	char *conn;		/* NULL: a secret */
	struct stale_key *key;	/* of a secret that other keys were used before it */
	bool unload;
	uint64_t batch;
	size_t n;
	uint64_t id[];
};

static bool
usable(void *ctx, const char *proposal)
{
	return !vici_algs_missing(ctx, proposal);
}

/* NULL when one of the proposals can work, else why none can. */
static const char *
unusable(struct vici *v, const char *const *p, char *text, size_t size)
{
	const char *missing = NULL;

	for (; *p; p++) {
		missing = vici_algs_missing(&v->algs, *p);
		if (!missing)
			return NULL;
	}
	if (missing)
		snprintf(text, size, "charon's plugins do not offer %s", missing);
	else
		snprintf(text, size, "no proposal configured");
	return text;
}

/* Remember that charon has now what was sent in `batch`. */
static void
mark_ok(struct vici *v, const struct load *l)
{
	struct vconn *c = vtab_find(&v->tab, l->conn);

	if (!c)
		return;
	if (c->batch <= l->batch)
		c->ok = true;
	for (struct vchild *ch = c->child; ch; ch = ch->next)
		if (ch->batch <= l->batch)
			ch->ok = true;
}

static void
answered(void *arg, int err, const void *msg, size_t len)
{
	struct load *l = arg;
	struct vici *v = l->v;
	char text[320];

	if (err != -ECONNRESET && err != -ENOTCONN) {	/* else engine_driver_down() said it all */
		err = vici_outcome(err, msg, len, text, sizeof text);
		if (l->unload && err != -EMSGSIZE)
			err = 0;	/* charon refuses to unload only what it does not have */
		if (l->conn && !l->unload && !err)
			mark_ok(v, l);
		if (l->key && !err)
			vici_key_loaded(v, l->key);
		for (size_t i = 0; i < l->n; i++)
			engine_result(v->engine, l->id[i], err, err ? text : NULL);
	}
	free(l->conn);
	free(l->key);
	free(l);
}

static struct load *
new_load(struct vici *v, const char *conn, bool unload, size_t room)
{
	struct load *l = xcalloc(1, sizeof *l + room * sizeof *l->id);

	l->v = v;
	l->conn = conn ? xstrdup(conn) : NULL;
	l->unload = unload;
	l->batch = v->batch;
	return l;
}

/* --- keys of networks --- */

/* The prefix length of a key for a network, 0 for everybody's; -1: it is for addresses and names. */
static int
network_length(const struct obj_secret *s)
{
	for (const char *const *o = s->owners; o && *o; o++) {
		const char *slash = strchr(*o, '/');

		if (slash)
			return atoi(slash + 1);
		if (strcmp(*o, "%any") == 0)
			return 0;
	}
	return -1;
}

static void
forget_network(struct vici *v, const char *id)
{
	for (struct netkey **pp = &v->netkey, *k; (k = *pp); pp = &k->next)
		if (strcmp(k->obj->secret.id, id) == 0) {
			*pp = k->next;
			obj_free(k->obj);
			free(k);
			return;
		}
}

static void
keep_network(struct vici *v, const struct obj *o, int length)
{
	struct netkey **pp = &v->netkey, *k = xcalloc(1, sizeof *k);

	k->obj = obj_clone(o);
	k->length = length;
	while (*pp && (*pp)->length <= length)
		pp = &(*pp)->next;
	k->next = *pp;
	*pp = k;
}

/*
 * Of two networks that contain a peer charon takes the key that was loaded
 * last, IOS that of the longer prefix: after each change all of them are loaded
 * again, the shortest first.
 */
static void
load_networks(struct vici *v)
{
	for (const struct netkey *k = v->netkey; k; k = k->next) {
		struct buf b = {0};

		vici_encode_secret(&b, &k->obj->secret);
		vici_client_call(v->client, VICI_QUICK, &b, NULL, NULL, NULL);
	}
	v->netkeys_changed = false;
}

void
vici_forget_networks(struct vici *v)
{
	while (v->netkey)
		forget_network(v, v->netkey->obj->secret.id);
}

static void
apply_secret(struct vici *v, const struct plan_op *op)
{
	struct load *l = new_load(v, NULL, !op->now, 1);
	struct buf b = {0};
	int length = op->now ? network_length(&op->now->secret) : -1;

	l->key = vici_stale_key(op);
	l->id[l->n++] = op->now ? op->now->id : op->was->id;
	forget_network(v, (op->was ? op->was : op->now)->secret.id);
	if (length >= 0) {
		keep_network(v, op->now, length);
		v->netkeys_changed = true;
	}
	if (op->was && op->now && strcmp(op->was->secret.id, op->now->secret.id)) {
		vici_encode_simple(&b, "unload-shared", "id", op->was->secret.id);
		vici_client_call(v->client, VICI_QUICK, &b, NULL, NULL, NULL);
	}
	if (op->now)
		vici_encode_secret(&b, &op->now->secret);
	else
		vici_encode_simple(&b, "unload-shared", "id", op->was->secret.id);
	vici_client_call(v->client, VICI_QUICK, &b, NULL, answered, l);
}

static void
ask_reload(struct vici *v, vici_done *answer, void *arg)
{
	struct buf b = {0};

	vici_encode_simple(&b, "reload-settings", NULL, NULL);
	vici_client_call(v->client, VICI_QUICK, &b, NULL, answer, arg);
}

void
vici_reload_settings(struct vici *v)
{
	v->reload = !vici_client_up(v->client);
	if (!v->reload)
		ask_reload(v, NULL, NULL);
}

static void
apply_settings(struct vici *v, const struct plan_op *op)
{
	struct load *l = new_load(v, NULL, false, 1);

	l->id[l->n++] = op->now ? op->now->id : op->was->id;
	if (v->on_settings)
		v->on_settings(v->settings_ctx, op->now ? &op->now->settings : NULL);
	ask_reload(v, answered, l);
}

static struct vconn *
apply_ike(struct vici *v, const struct plan_op *op)
{
	struct vconn *c = vtab_get(&v->tab, (op->now ? op->now : op->was)->ike.name);

	if (op->now) {
		vconn_set_ike(c, &op->now->ike);
		c->id = op->now->id;
		c->batch = v->batch;
		c->ok = false;
	} else {
		vconn_clear_ike(c);
		vconn_add_gone(c, op->was->id);
	}
	return c;
}

static struct vconn *
apply_child(struct vici *v, const struct plan_op *op)
{
	const struct obj_child *o = op->now ? &op->now->child : &op->was->child;
	struct vconn *c = vtab_get(&v->tab, o->conn);
	struct vchild *ch;

	if (op->now) {
		ch = vtab_set_child(&v->tab, c, o);
		ch->id = op->now->id;
		ch->batch = v->batch;
		ch->ok = false;
	} else {
		ch = vtab_find_child(&v->tab, o->conn, o->name);
		if (ch)
			vtab_remove_child(&v->tab, c, ch);
		vconn_add_gone(c, op->was->id);
	}
	return c;
}

static void
send_unload(struct vici *v, struct vconn *c)
{
	struct load *l;
	struct buf b = {0};

	if (!c->loaded) {
		for (size_t i = 0; i < c->ngone; i++)
			engine_result(v->engine, c->gone[i], 0, NULL);
		return;
	}
	l = new_load(v, c->name, true, c->ngone);
	for (size_t i = 0; i < c->ngone; i++)
		l->id[l->n++] = c->gone[i];
	c->loaded = false;
	vici_encode_simple(&b, "unload-conn", "name", c->name);
	vici_client_call(v->client, VICI_QUICK, &b, NULL, answered, l);
	/* IKE SAs outlive their connection, and would let the peer negotiate what is not configured any more */
	buf_clear(&b);
	vici_encode_terminate(&b, c->name);
	vici_client_call(v->client, VICI_QUICK, &b, NULL, NULL, NULL);
}

static void
send_load(struct vici *v, struct vconn *c)
{
	const struct obj_child **children = xcalloc(c->nchild, sizeof *children);
	struct load *l = new_load(v, c->name, false, c->ngone + c->nchild + 1);
	struct buf b = {0};
	size_t n = 0;
	char text[128];

	for (size_t i = 0; i < c->ngone; i++)
		l->id[l->n++] = c->gone[i];
	if (!c->ok)
		l->id[l->n++] = c->id;
	for (struct vchild *ch = c->child; ch; ch = ch->next) {
		if (unusable(v, ch->c.proposals, text, sizeof text)) {
			if (!ch->ok)
				engine_result(v->engine, ch->id, -EOPNOTSUPP, text);
			continue;
		}
		if (!ch->ok)
			l->id[l->n++] = ch->id;
		children[n++] = &ch->c;
	}
	c->loaded = true;
	vici_encode_conn(&b, &c->ike, children, n, usable, &v->algs);
	vici_client_call(v->client, VICI_QUICK, &b, NULL, answered, l);
	free(children);
}

static void
flush_conn(struct vici *v, struct vconn *c)
{
	char text[128];
	const char *why = NULL;

	c->touched = false;
	if (!c->have_ike)
		why = "its connection is not configured";
	else
		why = unusable(v, c->ike.proposals, text, sizeof text);
	if (!why) {
		send_load(v, c);
	} else {
		if (c->have_ike)
			engine_result(v->engine, c->id, -EOPNOTSUPP, why);
		for (struct vchild *ch = c->child; ch; ch = ch->next) {
			ch->ok = false;
			engine_result(v->engine, ch->id, c->have_ike ? -EOPNOTSUPP : -ENOENT, why);
		}
		c->ok = false;
		send_unload(v, c);
	}
	free(c->gone);
	c->gone = NULL;
	c->ngone = 0;
	if (!c->have_ike && !c->child)
		vtab_remove(&v->tab, c);
}

void
vici_apply(void *ctx, const struct plan_op *ops, size_t n)
{
	struct vici *v = ctx;
	struct vconn *touched = NULL, **tail = &touched, *c;

	v->batch++;
	for (size_t i = 0; i < n; i++) {
		const struct plan_op *op = &ops[i];

		switch ((op->now ? op->now : op->was)->kind) {
		case OBJ_IKE_SETTINGS:
			apply_settings(v, op);
			continue;
		case OBJ_SECRET:
			apply_secret(v, op);
			continue;
		case OBJ_IKE:
			c = vtab_find(&v->tab, (op->now ? op->now : op->was)->ike.name);
			v->nike -= c && c->have_ike;
			c = apply_ike(v, op);
			v->nike += c->have_ike;
			break;
		case OBJ_CHILD:
			c = apply_child(v, op);
			break;
		default:
			continue;
		}
		if (c->touched)
			continue;
		c->touched = true;
		c->next_touched = NULL;
		*tail = c;
		tail = &c->next_touched;
	}
	if (v->netkeys_changed)
		load_networks(v);
	while ((c = touched)) {
		touched = c->next_touched;
		flush_conn(v, c);
	}
	vici_say_isakmp(v);
}
