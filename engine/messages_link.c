/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Messages of interfaces. A device's events are turned into what IOS calls the
 * state of the interface and of its line protocol; what differs from what was
 * said last is said. Devices that are no interface are passed over.
 *
 * IOS says nothing of the state of a loopback or a tunnel that comes up for
 * the first time, only of its line protocol; and a tunnel is up, whatever
 * becomes of its packets, unless it is shut down.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "engine/messages_int.h"
#include "gen/grammar.h"
#include "lib/hash.h"
#include "lib/log.h"
#include "lib/xalloc.h"
#include "parser/types.h"

enum status { NEW, ADMIN_DOWN, DOWN, UP };

struct link_said {
	struct link_said *next;
	char dev[OBJ_IFNAMSIZ];
	enum status status;
	bool protocol;
};

enum kind { PORT, LOOPBACK, TUNNEL, ACCESS };

static struct link_said **
place(struct messages *m, const char *dev)
{
	struct link_said **pp = &m->link[hash_mix(hash_str(HASH_INIT, dev)) % MESSAGES_BUCKETS];

	while (*pp && strcmp((*pp)->dev, dev) != 0)
		pp = &(*pp)->next;
	return pp;
}

static void
say_link(const char *name, enum status status)
{
	if (status == ADMIN_DOWN)
		log_msg("LINK", 5, "CHANGED", "Interface %s, changed state to administratively down", name);
	else
		log_msg("LINK", 3, "UPDOWN", "Interface %s, changed state to %s", name, status == UP ? "up" : "down");
}

static void
say_protocol(const char *name, bool up)
{
	log_msg("LINEPROTO", 5, "UPDOWN", "Line protocol on Interface %s, changed state to %s", name, up ? "up" : "down");
}

/* What the events of a device mean for its interface; rec is NULL when it is not configured. */
static enum status
status_of(enum kind kind, const struct link_state *l, bool configured, bool shutdown, bool *protocol)
{
	bool works = l->present && l->admin_up && l->carrier && l->running;

	switch (kind) {
	case LOOPBACK:	/* its device may be one that never has a carrier */
		*protocol = l->present && l->admin_up;
		return *protocol ? UP : l->present || shutdown || !configured ? ADMIN_DOWN : UP;
	case TUNNEL:
		*protocol = works && !shutdown;
		return shutdown || !configured ? ADMIN_DOWN : UP;
	case ACCESS:
		*protocol = works;
		return l->present && l->admin_up ? UP : DOWN;
	default:
		*protocol = works;
		return l->present && !l->admin_up ? ADMIN_DOWN : l->present && l->carrier ? UP : DOWN;
	}
}

static bool
kind_of(const char *name, bool configured, enum kind *kind)
{
	enum if_class class = ifname_class(name);

	*kind = class == IF_PHYSICAL ? PORT : class == IF_LOOPBACK ? LOOPBACK : class == IF_TUNNEL ? TUNNEL : ACCESS;
	return *kind != ACCESS || (strncmp(name, "Virtual-Access", 14) == 0 && !configured);
}

void
messages_link(struct messages *m, const struct link_state *l)
{
	struct cfg_interface v = { .has = HAS_INTERFACE_IF };
	struct link_said **pp, *s;
	struct rec *r;
	enum kind kind;
	enum status now;
	bool protocol, quiet, shutdown;
	char name[40];

	if (!ifname_from_device(l->dev, name))
		return;
	v.if_ = name;
	r = store_find(m->store, store_root(m->store), ROW_INTERFACE, &v);
	pp = place(m, l->dev);
	s = *pp;
	if (!kind_of(name, r != NULL, &kind) || (!s && (!l->present || (!r && (kind == LOOPBACK || kind == TUNNEL)))))
		return;
	if (!s) {
		s = *pp = xcalloc(1, sizeof *s);
		snprintf(s->dev, sizeof s->dev, "%s", l->dev);
	}
	quiet = r && !store_flag(m->store, r, ROW_INTERFACE_LOGGING_LINK_STATUS);
	shutdown = r && store_flag(m->store, r, ROW_INTERFACE_SHUTDOWN);
	now = status_of(kind, l, r != NULL, shutdown, &protocol);
	if (s->status == NEW && (now == ADMIN_DOWN || (now == DOWN && kind == ACCESS))) {
		if (kind != PORT)
			now = NEW;	/* about to come up */
	} else if (now != s->status) {
		if (!quiet && !(s->status == NEW && (kind == LOOPBACK || kind == TUNNEL)))
			say_link(name, now);
	}
	s->status = now;
	if (protocol != s->protocol && !quiet)
		say_protocol(name, protocol);
	s->protocol = protocol;
	if (!l->present && (!r || kind == ACCESS)) {
		*pp = s->next;
		free(s);
	}
}

void
messages_links_free(struct messages *m)
{
	for (size_t i = 0; i < MESSAGES_BUCKETS; i++)
		for (struct link_said *s = m->link[i], *next; s; s = next) {
			next = s->next;
			free(s);
		}
}
