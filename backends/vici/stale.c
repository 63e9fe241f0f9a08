/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * IKE SAs whose key is no longer the one that they were begun with.
 *
 * In IKEv1's Main Mode the pre-shared key goes into the keys of the SA as soon as
 * both halves of the key exchange are there (RFC 2409 5): with two different keys
 * the peers do not understand each other's next messages and send theirs
 * again and again, a minute long, whatever key is loaded meanwhile. So, when the key
 * of an address has been loaded, what is half open with it is ended; the next attempt
 * begins with that key. (IKEv2 uses the key at the end, and hears at once.)
 *
 * Keys of networks end nothing: for a peer that is configured, the key that counts
 * is loaded under its address, and of another one nobody here knows which does. A
 * second key line for an address, with the same key, costs an attempt.
 *
 * An SA that took the old key has said so in the log (vici_heard()) before charon
 * answered that it has the new one, though perhaps nobody has read it yet: so it is
 * looked a moment later, for all the keys of that moment together. charon looks through
 * all of its SAs for every question, whatever it asks for; one is asked at a time.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "backends/vici/codec.h"
#include "backends/vici/encode.h"
#include "backends/vici/internal.h"
#include "backends/vici/sa.h"
#include "lib/ip4.h"
#include "lib/xalloc.h"

#define MOMENT 0.2	/* seconds */
#define FEW 4		/* SAs that are asked for one by one; of more, all are listed */

/* One at a time: about those that were half open and had keys when it was asked. */
struct question {
	struct vici *v;
	int asked;			/* commands not answered yet */
	bool failed;
	size_t n;
	uint32_t *owner;		/* sorted: the addresses whose keys were loaded */
	uint32_t id[VICI_KEYED];	/* as v->keyed was; 0: none, or charon has it */
};

/* Those of one key that is being loaded. */
struct stale_key {
	size_t n;
	uint32_t owner[];
};

static int
by_address(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return x < y ? -1 : x > y;
}

bool
vici_is_stale(const struct sa_ike *ike, const uint32_t *owner, size_t n)
{
	if (ike->version != 1 || !ike->keyed || strcmp(ike->state, "CONNECTING") != 0)
		return false;
	return bsearch(&ike->remote, owner, n, sizeof *owner, by_address) != NULL;
}

/* At once, among the quick ones: that of control.c waits for the attempts that are to end here. */
static void
end(struct vici *v, const struct sa_ike *ike)
{
	struct buf b = {0};
	char num[16];

	vici_begins_again(v, ike->conn);
	snprintf(num, sizeof num, "%u", ike->unique_id);
	vici_encode_simple(&b, "terminate", "ike-id", num);
	vici_kv(&b, "force", "yes");
	vici_client_call(v->client, VICI_QUICK, &b, NULL, NULL, NULL);
}

static void
each(void *arg, const void *msg, size_t len)
{
	struct question *q = arg;
	struct vici_sa m;
	uint32_t *id;

	if (vici_sa_decode(&m, msg, len) < 0)
		return;
	id = &q->id[m.ike.unique_id % VICI_KEYED];
	if (*id == m.ike.unique_id && strcmp(m.ike.state, "CONNECTING") == 0)
		*id = 0;
	m.ike.keyed = vici_keyed(q->v, m.ike.unique_id);
	if (vici_is_stale(&m.ike, q->owner, q->n))
		end(q->v, &m.ike);
	vici_sa_free(&m);
}

static void
look_soon(struct vici *v)
{
	if (v->nfresh && !v->asking && !ev_is_active(&v->look))
		ev_timer_again(v->loop, &v->look);
}

static void
done(void *arg, int err, const void *msg, size_t len)
{
	struct question *q = arg;
	struct vici *v = q->v;

	(void)msg;
	(void)len;
	q->failed |= err != 0;
	if (--q->asked)
		return;
	/* those that are up, and those that have ended without ever having been so: charon does not tell that */
	for (size_t i = 0; i < VICI_KEYED && !q->failed; i++)
		vici_forget_keyed(v, q->id[i]);
	v->asking = false;
	look_soon(v);
	free(q->owner);
	free(q);
}

static void
ask(struct question *q, const char *key, const char *value)
{
	struct buf b = {0};

	vici_encode_simple(&b, "list-sas", key, value);
	q->asked++;
	vici_client_call(q->v->client, VICI_STREAM, &b, each, done, q);
}

static void
on_look(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct vici *v = w->data;
	struct question *q;
	char num[16];

	(void)revents;
	ev_timer_stop(loop, w);
	if (v->nkeyed == 0) {
		v->nfresh = 0;
		return;
	}
	q = xcalloc(1, sizeof *q);
	q->v = v;
	q->n = v->nfresh;
	q->owner = v->fresh;
	v->fresh = NULL;
	v->nfresh = v->freshcap = 0;
	qsort(q->owner, q->n, sizeof *q->owner, by_address);
	memcpy(q->id, v->keyed, sizeof q->id);
	v->asking = true;
	if (v->nkeyed > FEW) {
		ask(q, NULL, NULL);
		return;
	}
	for (size_t i = 0; i < VICI_KEYED; i++) {
		if (!v->keyed[i])
			continue;
		snprintf(num, sizeof num, "%u", v->keyed[i]);
		ask(q, "ike-id", num);
	}
}

/* Keys of IKEv2 are named so by engine/ikev2.c. */
struct stale_key *
vici_stale_key(const struct plan_op *op)
{
	struct stale_key *k;
	size_t n = 0;

	if (!op->now || strncmp(op->now->secret.id, "ikev2-", 6) == 0)
		return NULL;
	if (op->was && strcmp(op->was->secret.data, op->now->secret.data) == 0)
		return NULL;
	while (op->now->secret.owners && op->now->secret.owners[n])
		n++;
	k = xcalloc(1, sizeof *k + n * sizeof k->owner[0]);
	for (size_t i = 0; i < n; i++)
		k->n += ip4_parse(op->now->secret.owners[i], &k->owner[k->n]);
	return k;
}

void
vici_key_loaded(struct vici *v, const struct stale_key *k)
{
	if (k->n == 0)
		return;
	while (v->freshcap < v->nfresh + k->n) {
		v->freshcap = v->freshcap * 2 + 8;
		v->fresh = xrealloc(v->fresh, v->freshcap * sizeof *v->fresh);
	}
	memcpy(v->fresh + v->nfresh, k->owner, k->n * sizeof *v->fresh);
	v->nfresh += k->n;
	look_soon(v);
}

void
vici_stale_init(struct vici *v, struct ev_loop *loop)
{
	v->loop = loop;
	ev_init(&v->look, on_look);
	v->look.repeat = MOMENT;
	v->look.data = v;
}

void
vici_stale_stop(struct vici *v)
{
	if (ev_is_active(&v->look))
		ev_timer_stop(v->loop, &v->look);
	free(v->fresh);
	v->fresh = NULL;
	v->nfresh = v->freshcap = 0;
}
