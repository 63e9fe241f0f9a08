/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The observer that says what happens and passes it on (see messages.h), and
 * the messages of crypto sessions. A session is what runs between two
 * addresses: it is up from its first IPsec SA to its last, over however many
 * IKE SAs; a rekey is no change.
 */
#include "engine/messages.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/messages_int.h"
#include "gen/grammar.h"
#include "lib/hash.h"
#include "lib/ip4.h"
#include "lib/log.h"
#include "lib/xalloc.h"

struct session_said {
	struct session_said *next;
	uint32_t local, remote;
	uint16_t port;
	uint32_t children;
	char id[128];
};

/* --- sessions --- */

static void
say_session(const struct messages *m, const struct session_said *s, bool up)
{
	if (store_flag(m->store, store_root(m->store), ROW_LOG_SESSION))
		log_msg("CRYPTO", 5, "SESSION_STATUS", "Crypto tunnel is %-4s.  Peer %s:%u       Id: %s", up ? "UP" : "DOWN",
		    ip4_s(s->remote), s->port, s->id);
}

static void
session(struct messages *m, bool up, const struct sa_ike *ike)
{
	uint32_t key[] = { ike->local, ike->remote, ike->remote_port };
	struct session_said **pp = &m->session[hash_mix(hash_bytes(HASH_INIT, key, sizeof key)) % MESSAGES_BUCKETS], *s;

	while ((s = *pp) && !(s->local == ike->local && s->remote == ike->remote && s->port == ike->remote_port))
		pp = &s->next;
	if (up) {
		if (!s) {
			s = *pp = xcalloc(1, sizeof *s);
			s->local = ike->local;
			s->remote = ike->remote;
			s->port = ike->remote_port;
			snprintf(s->id, sizeof s->id, "%s", *ike->remote_id ? ike->remote_id : ip4_s(ike->remote));
		}
		if (s->children++ == 0)
			say_session(m, s, true);
	} else if (s && --s->children == 0) {
		say_session(m, s, false);
		*pp = s->next;
		free(s);
	}
}

void
messages_sessions_gone(struct messages *m)
{
	for (size_t i = 0; i < MESSAGES_BUCKETS; i++)
		while (m->session[i]) {
			struct session_said *s = m->session[i];

			say_session(m, s, false);
			m->session[i] = s->next;
			free(s);
		}
}

/* --- passing on --- */

static void
on_ike_updown(void *ctx, bool up, const struct sa_ike *ike)
{
	const struct observer *o = ((struct messages *)ctx)->next;

	o->ike_updown(o->ctx, up, ike);
}

static void
on_child_updown(void *ctx, bool up, const struct sa_ike *ike)
{
	struct messages *m = ctx;

	if (ike->nchild)
		session(m, up, ike);
	if (m->next->child_updown)
		m->next->child_updown(m->next->ctx, up, ike);
}

static void
on_child_rekey(void *ctx, const struct sa_ike *ike, const struct sa_child *was, const struct sa_child *now)
{
	const struct observer *o = ((struct messages *)ctx)->next;

	o->child_rekey(o->ctx, ike, was, now);
}

static void
on_ike_rekey(void *ctx, const struct sa_ike *was, const struct sa_ike *now)
{
	const struct observer *o = ((struct messages *)ctx)->next;

	o->ike_rekey(o->ctx, was, now);
}

static void
on_charon_log(void *ctx, const char *group, const char *name, uint32_t id, const char *text)
{
	const struct observer *o = ((struct messages *)ctx)->next;

	o->charon_log(o->ctx, group, name, id, text);
}

static void
on_acquire(void *ctx, const struct acquire *a)
{
	const struct observer *o = ((struct messages *)ctx)->next;

	o->acquire(o->ctx, a);
}

static void
on_link(void *ctx, const struct link_state *l)
{
	struct messages *m = ctx;

	messages_link(m, l);
	if (m->next->link)
		m->next->link(m->next->ctx, l);
}

static void
on_keepalive(void *ctx, const char *dev, bool up)
{
	const struct observer *o = ((struct messages *)ctx)->next;

	o->keepalive(o->ctx, dev, up);
}

static void
on_reach(void *ctx, uint32_t addr, const char *dev)
{
	const struct observer *o = ((struct messages *)ctx)->next;

	o->reach(o->ctx, addr, dev);
}

/* A member that next does not have is not asked for either: drivers look. */
struct messages *
messages_new(struct store *s, const struct observer *next)
{
	struct messages *m = xcalloc(1, sizeof *m);

	m->store = s;
	m->next = next;
	m->observer = (struct observer){
		.ctx = m,
		.ike_updown = next->ike_updown ? on_ike_updown : NULL,
		.child_updown = on_child_updown,
		.child_rekey = next->child_rekey ? on_child_rekey : NULL,
		.ike_rekey = next->ike_rekey ? on_ike_rekey : NULL,
		.charon_log = next->charon_log ? on_charon_log : NULL,
		.acquire = next->acquire ? on_acquire : NULL,
		.link = on_link,
		.keepalive = next->keepalive ? on_keepalive : NULL,
		.reach = next->reach ? on_reach : NULL,
	};
	return m;
}

const struct observer *
messages_observer(const struct messages *m)
{
	return &m->observer;
}

void
messages_free(struct messages *m)
{
	if (!m)
		return;
	messages_links_free(m);
	for (size_t i = 0; i < MESSAGES_BUCKETS; i++)
		while (m->session[i]) {
			struct session_said *s = m->session[i];

			m->session[i] = s->next;
			free(s);
		}
	free(m);
}
