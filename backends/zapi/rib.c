/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The table of static routes behind rib.h.
 *
 * A dest is a prefix and owns its paths. A path with a gateway hangs on the
 * tracker of that gateway (track.h), a path with a device on that device; a
 * tracker lives as long as it has paths, a device as long as the table. Every
 * step costs O(paths of the prefix) or O(paths touched): nothing walks the
 * table.
 */
#define _GNU_SOURCE
#include "backends/zapi/rib.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/queue.h>

#include "backends/zapi/table.h"
#include "backends/zapi/track.h"
#include "lib/hash.h"
#include "lib/xalloc.h"

struct device {
	struct node node;	/* key: hash of the name */
	struct paths paths;
	char name[OBJ_IFNAMSIZ];
	uint32_t ifindex;	/* 0: not there */
	bool up;
};

struct dest {
	struct node node;	/* key: addr << 8 | len */
	struct paths paths;
	TAILQ_ENTRY(dest) link;	/* in rib.dirty while `dirty` */
	struct prefix4 dst;
	uint64_t sig;		/* of what was sent */
	bool dirty, sent;
	bool force;		/* send again even when nothing differs */
	bool waiting;		/* sent, no note yet */
	bool unsure;		/* sent twice before a note: it may be about the first */
};

struct path {
	LIST_ENTRY(path) in_dest, in_gate;	/* in_gate: tracker or device */
	struct dest *dest;
	struct tracker *tracker;	/* NEXTHOP_GATEWAY */
	struct device *device;		/* NEXTHOP_DEVICE, NEXTHOP_GATEWAY_DEVICE */
	uint64_t id;
	enum route_nexthop type;
	uint32_t gateway, tag;
	uint8_t distance;
	bool refused;		/* zebra could not install it; until its gateway or device moves */
	bool chosen;		/* part of what was sent */
	bool reported;
	int err;		/* as reported */
};

struct rib {
	struct rib_ops ops;
	struct table dests, devices;
	struct tracks tracks;
	TAILQ_HEAD(, dest) dirty;
};

static uint64_t
dest_key(const struct prefix4 *p)
{
	return (uint64_t)p->addr << 8 | p->len;
}

static void
touch(struct rib *r, struct dest *d)
{
	if (d->dirty)
		return;
	d->dirty = true;
	TAILQ_INSERT_TAIL(&r->dirty, d, link);
}

static struct device *
device_get(struct rib *r, const char *name)
{
	uint64_t key = hash_str(HASH_INIT, name);
	struct node *e = table_find(&r->devices, key);
	struct device *dev;

	for (; e; e = e->next)
		if (e->key == key && !strcmp(((struct device *)e)->name, name))
			return (struct device *)e;
	dev = xcalloc(1, sizeof *dev);
	strncpy(dev->name, name, sizeof dev->name - 1);
	table_put(&r->devices, &dev->node, key);
	return dev;
}

static bool
has_gateway(enum route_nexthop type)
{
	return type == NEXTHOP_GATEWAY || type == NEXTHOP_GATEWAY_DEVICE;
}

static bool
same_nexthop(const struct path *p, const struct obj_route *o)
{
	return p->type == o->nexthop && (!has_gateway(o->nexthop) || p->gateway == o->gateway) &&
	    (!p->device || !strcmp(p->device->name, o->dev));
}

static struct path *
path_find(struct rib *r, const struct obj_route *o)
{
	struct dest *d = (struct dest *)table_find(&r->dests, dest_key(&o->dst));
	struct path *p;

	if (d)
		LIST_FOREACH(p, &d->paths, in_dest)
			if (same_nexthop(p, o))
				return p;
	return NULL;
}

void
rib_add(struct rib *r, uint64_t id, const struct obj_route *o)
{
	struct path *p = path_find(r, o);
	struct dest *d;

	if (!p) {
		d = (struct dest *)table_find(&r->dests, dest_key(&o->dst));
		if (!d) {
			d = xcalloc(1, sizeof *d);
			d->dst = o->dst;
			table_put(&r->dests, &d->node, dest_key(&o->dst));
		}
		p = xcalloc(1, sizeof *p);
		p->dest = d;
		p->type = o->nexthop;
		p->gateway = has_gateway(o->nexthop) ? o->gateway : 0;
		LIST_INSERT_HEAD(&d->paths, p, in_dest);
		if (o->nexthop == NEXTHOP_GATEWAY) {
			p->tracker = tracks_get(&r->tracks, o->gateway);
			LIST_INSERT_HEAD(&p->tracker->paths, p, in_gate);
		} else if (o->nexthop != NEXTHOP_NULL) {
			p->device = device_get(r, o->dev);
			LIST_INSERT_HEAD(&p->device->paths, p, in_gate);
		}
	}
	p->id = id;
	p->distance = o->distance;
	p->tag = o->tag;
	p->refused = p->reported = false;
	p->dest->force = true;
	touch(r, p->dest);
}

void
rib_del(struct rib *r, const struct obj_route *o)
{
	struct path *p = path_find(r, o);

	if (!p)
		return;
	touch(r, p->dest);
	LIST_REMOVE(p, in_dest);
	if (p->tracker || p->device)
		LIST_REMOVE(p, in_gate);
	if (p->tracker && LIST_EMPTY(&p->tracker->paths))
		tracks_put(&r->tracks, p->tracker);
	free(p);
}

static void
kick(struct rib *r, struct paths *list)
{
	struct path *p;

	LIST_FOREACH(p, list, in_gate) {
		p->refused = false;
		p->dest->force = true;
		touch(r, p->dest);
	}
}

void
rib_nexthop(struct rib *r, uint32_t gateway, const struct prefix4 *via, unsigned count, uint64_t sig)
{
	struct tracker *t = tracks_answer(&r->tracks, gateway, via, count, sig);

	if (t)
		kick(r, &t->paths);
}

void
rib_rescan(struct rib *r)
{
	tracks_rescan(&r->tracks);
}

void
rib_link(struct rib *r, const char *name, uint32_t ifindex, bool up)
{
	struct device *dev = device_get(r, name);
	bool change = dev->ifindex != ifindex || dev->up != up;
	struct path *p;

	dev->ifindex = ifindex;
	dev->up = up && ifindex;
	/* zebra may have refused a path before it knew of the link itself */
	LIST_FOREACH(p, &dev->paths, in_gate)
		change |= p->refused;
	if (change)
		kick(r, &dev->paths);
}

static void
report(struct rib *r, struct path *p, int err, const char *text)
{
	if (p->reported && p->err == err)
		return;
	p->reported = true;
	p->err = err;
	r->ops.report(r->ops.ctx, p->id, err, err ? text : NULL);
}

static void
report_chosen(struct rib *r, struct dest *d, int err, const char *text)
{
	struct path *p, *next;

	for (p = LIST_FIRST(&d->paths); p; p = next) {
		next = LIST_NEXT(p, in_dest);
		if (p->chosen)
			report(r, p, err, text);
	}
}

void
rib_note(struct rib *r, const struct prefix4 *dst, uint32_t note)
{
	struct dest *d = (struct dest *)table_find(&r->dests, dest_key(dst));
	struct path *p;

	if (!d || !d->sent)
		return;
	switch (note) {
	case ZAPI_INSTALLED:
		d->waiting = d->unsure = false;
		report_chosen(r, d, 0, NULL);
		break;
	case ZAPI_BETTER_ADMIN_WON:
		d->waiting = d->unsure = false;
		report_chosen(r, d, -EEXIST, "better route");
		break;
	case ZAPI_FAIL_INSTALL:
		touch(r, d);
		if (d->unsure) {	/* about an earlier one? ask again, once */
			d->force = true;
			d->unsure = d->waiting = false;
			break;
		}
		d->waiting = false;
		report_chosen(r, d, -ENETUNREACH, "next hop unreachable");
		LIST_FOREACH(p, &d->paths, in_dest)
			p->refused |= p->chosen;
		break;
	default:	/* removals are answers to our own */
		break;
	}
}

enum usable { USABLE, UNKNOWN, UNREACHABLE, LINK_DOWN };

static enum usable
path_state(const struct path *p)
{
	const struct prefix4 *dst = &p->dest->dst;
	const struct tracker *t = p->tracker;

	if (p->type == NEXTHOP_NULL)
		return USABLE;
	if (p->device)
		return !p->device->up ? LINK_DOWN : p->refused ? UNREACHABLE : USABLE;
	if (!t->known)
		return UNKNOWN;
	if (t->count == 0 || p->refused)
		return UNREACHABLE;
	/*
	 * A gateway inside the prefix must be reached by a longer one, or the
	 * route would lead to its own next hop (and zebra would tell us so only
	 * by leaving it where it is).
	 */
	if ((p->gateway & ip4_mask(dst->len)) == dst->addr && t->via_len <= dst->len)
		return UNREACHABLE;
	return USABLE;
}

static void
nexthop_of(const struct path *p, struct zapi_nexthop *nh)
{
	*nh = (struct zapi_nexthop){.gateway = p->gateway, .ifindex = p->device ? p->device->ifindex : 0};
	switch (p->type) {
	case NEXTHOP_GATEWAY:
		nh->type = ZNH_IPV4;
		break;
	case NEXTHOP_GATEWAY_DEVICE:
		/* IOS does not ask whether the gateway is in a subnet of the link */
		nh->type = ZNH_IPV4_IFINDEX;
		nh->flags = ZNH_ONLINK;
		break;
	case NEXTHOP_DEVICE:
		nh->type = ZNH_IFINDEX;
		break;
	case NEXTHOP_NULL:
		nh->type = ZNH_BLACKHOLE;
		break;
	}
}

static uint64_t
signature(const struct zapi_route *z)
{
	uint64_t h = HASH_INIT;

	h = hash_bytes(h, &z->distance, sizeof z->distance);
	h = hash_bytes(h, &z->tag, sizeof z->tag);
	for (size_t i = 0; i < z->nnh; i++) {
		h = hash_bytes(h, &z->nh[i].type, 1);
		h = hash_bytes(h, &z->nh[i].gateway, 4);
		h = hash_bytes(h, &z->nh[i].ifindex, 4);
	}
	return h;
}

/* Chooses the paths to send: the working ones of the best distance. False: wait. */
static bool
choose(struct dest *d, struct zapi_route *z, struct zapi_nexthop *nh)
{
	unsigned best = 256, unknown = 256;
	struct path *p;

	LIST_FOREACH(p, &d->paths, in_dest) {
		enum usable u = path_state(p);

		if (u == USABLE && p->distance < best)
			best = p->distance;
		if (u == UNKNOWN && p->distance < unknown)
			unknown = p->distance;
	}
	if (unknown < 256 && unknown <= best)
		return false;	/* zebra is about to tell */
	*z = (struct zapi_route){.dst = d->dst, .distance = (uint8_t)best, .nh = nh};
	LIST_FOREACH(p, &d->paths, in_dest) {
		p->chosen = p->distance == best && path_state(p) == USABLE && z->nnh < ZAPI_MAX_NEXTHOPS;
		if (!p->chosen)
			continue;
		if (p->tag)
			z->tag = p->tag;	/* zebra has one for the route */
		nexthop_of(p, &nh[z->nnh++]);
	}
	return true;
}

static void
decide(struct rib *r, struct dest *d)
{
	struct zapi_nexthop nh[ZAPI_MAX_NEXTHOPS];
	struct zapi_route z;
	struct path *p;

	if (LIST_EMPTY(&d->paths)) {
		if (d->sent)
			r->ops.remove(r->ops.ctx, &d->dst);
		table_remove(&r->dests, &d->node);
		free(d);
		return;
	}
	if (!choose(d, &z, nh))
		return;
	if (z.nnh == 0) {
		if (d->sent)
			r->ops.remove(r->ops.ctx, &d->dst);
		d->sent = d->waiting = d->unsure = false;
	} else if (!d->sent || d->force || signature(&z) != d->sig) {
		d->unsure = d->waiting;
		d->sent = d->waiting = true;
		d->sig = signature(&z);
		r->ops.install(r->ops.ctx, &z);
	}
	d->force = false;
	LIST_FOREACH(p, &d->paths, in_dest) {
		enum usable u = path_state(p);

		if (p->chosen || u == UNKNOWN)
			continue;
		if (u == LINK_DOWN)
			report(r, p, -ENETDOWN, "interface down");
		else if (u == UNREACHABLE)
			report(r, p, -ENETUNREACH, "next hop unreachable");
		else
			report(r, p, -EEXIST, "better route");
	}
}

void
rib_flush(struct rib *r)
{
	struct dest *d;

	if (tracks_busy(&r->tracks))
		return;
	while ((d = TAILQ_FIRST(&r->dirty))) {
		TAILQ_REMOVE(&r->dirty, d, link);
		d->dirty = false;
		decide(r, d);
	}
}

struct rib *
rib_create(const struct rib_ops *ops)
{
	struct rib *r = xcalloc(1, sizeof *r);

	r->ops = *ops;
	tracks_init(&r->tracks, ops->track, ops->ctx);
	TAILQ_INIT(&r->dirty);
	return r;
}

void
rib_destroy(struct rib *r)
{
	if (!r)
		return;
	for (size_t i = 0; i < r->dests.size; i++)
		for (struct node *e = r->dests.slot[i]; e; e = e->next) {
			struct dest *d = (struct dest *)e;
			struct path *p;

			while ((p = LIST_FIRST(&d->paths))) {
				LIST_REMOVE(p, in_dest);
				free(p);
			}
		}
	table_free(&r->dests);
	tracks_free(&r->tracks);
	table_free(&r->devices);
	free(r);
}
