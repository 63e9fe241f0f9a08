/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The connection to zebra: bring-up, reading, writing. What is sent for which
 * route is decided in rib.c, its octets are made in codec.c.
 *
 * Bring-up, each step starting the next:
 *   the vty client (backends/frr/vty.h) connects by itself, with backoff
 *   -> "show version" chooses the dialect
 *   -> `ip nht resolve-via-default` is set (setup[]), then looked for in the running
 *      configuration; without it zebra leaves routes inactive whose next hop
 *      only the default route reaches, and setting it later does not help them
 *   -> zserv.api: HELLO, interfaces, and a question about PROBE whose answer
 *      comes after all interfaces -> engine_driver_up()
 * Any loss starts over. The rib lives exactly as long as a connection.
 *
 * Every VRF has a rib of its own, which lives while zebra has the VRF: it says
 * so by telling of the interface that has the VRF's name, whose index is the
 * VRF's number. Until then its routes wait.
 */
#define _GNU_SOURCE
#include "backends/zapi/zapi.h"

#include <errno.h>
#include <ev.h>
#include <net/if.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/queue.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "backends/frr/vty.h"
#include "backends/zapi/codec.h"
#include "backends/zapi/rib.h"
#include "backends/zapi/table.h"
#include "lib/hash.h"
#include "lib/buf.h"
#include "lib/log.h"
#include "lib/xalloc.h"

#define VTY_TIMEOUT 5000	/* ms */
#define SETUP_TIMEOUT 10.0	/* seconds from HELLO to the answer about PROBE */
#define RETRY 0.5		/* seconds */
#define RESCAN_SOON 1.0		/* seconds after a link or an address changed */
#define RESCAN_LATE 60.0
#define PROBE 0x7f000001u	/* 127.0.0.1: nobody routes by it */
#define NHT_LINE "ip nht resolve-via-default"

/*
 * The second line: with next hop objects zebra 8.4.4 goes on using a group
 * that the kernel has emptied when a link went down, and routes stay missing
 * after the link's return. Routes with their next hops inline come back (and
 * 10,000 of them are installed in a third of the time).
 */
static const char *const setup[] = {NHT_LINE, "no zebra nexthop kernel enable"};

/* A route of a VRF, as long as it is wanted. */
struct waiting {
	struct node node;	/* key: hash of what identifies the route */
	uint64_t id;
	struct obj_route route;
};

struct vrf {
	LIST_ENTRY(vrf) link;
	struct zapi *z;
	char name[OBJ_IFNAMSIZ];	/* "": the default one */
	uint32_t id;
	struct rib *rib;	/* NULL: zebra does not have it (yet) */
	struct table routes;	/* struct waiting; not for the default one */
};

struct zapi {
	struct ev_loop *loop;
	struct engine *engine;
	struct driver driver;
	struct zapi_listener listener;	/* its functions: all or none */
	char *zserv_path, *vty_path, *mgmtd_path;
	struct vty *vty, *mgmtd;
	const struct zapi_dialect *d;
	struct vrf global;	/* its rib: while connected */
	LIST_HEAD(, vrf) vrfs;
	struct buf in, out;
	size_t out_off;		/* bytes of out already written */
	int fd;
	bool up;
	bool configuring;	/* the vty part of bring-up is under way */
	size_t step;		/* of setup[] */
	ev_io rd, wr;
	ev_timer retry, limit, rescan;
};

static void
vrf_free(struct vrf *v)
{
	LIST_REMOVE(v, link);
	rib_destroy(v->rib);
	table_free(&v->routes);
	free(v);
}

/* After a loss, or a step that failed: everything again from the version on. */
static void
drop(struct zapi *z, const char *why)
{
	bool was_up = z->up;

	ev_io_stop(z->loop, &z->rd);
	ev_io_stop(z->loop, &z->wr);
	ev_timer_stop(z->loop, &z->limit);
	ev_timer_stop(z->loop, &z->rescan);
	if (z->fd >= 0)
		close(z->fd);
	z->fd = -1;
	z->up = z->configuring = false;
	buf_clear(&z->in);
	buf_clear(&z->out);
	z->out_off = 0;
	rib_destroy(z->global.rib);
	z->global.rib = NULL;
	while (!LIST_EMPTY(&z->vrfs))
		vrf_free(LIST_FIRST(&z->vrfs));
	if (z->vty && !ev_is_active(&z->retry)) {
		ev_timer_set(&z->retry, RETRY, 0);
		ev_timer_start(z->loop, &z->retry);
	}
	if (z->listener.lost)
		z->listener.lost(z->listener.ctx);
	if (was_up)
		engine_driver_down(z->engine, &z->driver, why);
}

static void
flush(struct zapi *z)
{
	while (z->out_off < z->out.n) {
		ssize_t k = send(z->fd, z->out.d + z->out_off, z->out.n - z->out_off, MSG_NOSIGNAL);

		if (k < 0 && errno == EINTR)
			continue;
		if (k < 0) {
			/* a lost connection is noticed by reading, not inside apply() */
			if (errno == EAGAIN)
				ev_io_start(z->loop, &z->wr);
			else
				shutdown(z->fd, SHUT_RDWR);
			return;
		}
		z->out_off += (size_t)k;
	}
	ev_io_stop(z->loop, &z->wr);
	buf_clear(&z->out);
	z->out_off = 0;
}

static void
on_writable(struct ev_loop *loop, ev_io *w, int revents)
{
	flush(w->data);
}

static void
op_track(void *ctx, uint32_t gateway, bool on)
{
	struct vrf *v = ctx;

	zapi_put_nexthop_track(&v->z->out, v->z->d, v->id, gateway, on);
}

static void
op_install(void *ctx, const struct zapi_route *r)
{
	struct vrf *v = ctx;
	struct zapi_route in = *r;

	in.vrf = v->id;
	zapi_put_route(&v->z->out, v->z->d, true, &in);
}

static void
op_remove(void *ctx, const struct prefix4 *dst)
{
	struct vrf *v = ctx;

	zapi_put_route(&v->z->out, v->z->d, false, &(struct zapi_route){.dst = *dst, .vrf = v->id});
}

static void
op_report(void *ctx, uint64_t id, int err, const char *text)
{
	struct vrf *v = ctx;

	engine_result(v->z->engine, id, err, text);
}

static void
open_rib(struct vrf *v)
{
	const struct rib_ops ops = {v, op_track, op_install, op_remove, op_report};

	v->rib = rib_create(&ops);
}

static void
settle(struct zapi *z)
{
	struct vrf *v;

	rib_flush(z->global.rib);
	LIST_FOREACH(v, &z->vrfs, link)
		if (v->rib)
			rib_flush(v->rib);
	flush(z);
}

/* --- VRFs --- */

static struct vrf *
vrf_get(struct zapi *z, const char *name)
{
	struct vrf *v;

	if (!*name)
		return &z->global;
	LIST_FOREACH(v, &z->vrfs, link)
		if (strcmp(v->name, name) == 0)
			return v;
	v = xcalloc(1, sizeof *v);
	v->z = z;
	snprintf(v->name, sizeof v->name, "%s", name);
	LIST_INSERT_HEAD(&z->vrfs, v, link);
	return v;
}

/* The rib of zebra's number, NULL for none. */
static struct rib *
rib_of(struct zapi *z, uint32_t id)
{
	struct vrf *v;

	if (id == 0)
		return z->global.rib;
	LIST_FOREACH(v, &z->vrfs, link)
		if (v->id == id)
			return v->rib;
	return NULL;
}

static uint64_t
route_key(const struct obj_route *o)
{
	uint64_t h = hash_bytes(HASH_INIT, &o->dst.addr, sizeof o->dst.addr);

	h = hash_bytes(h, &o->gateway, sizeof o->gateway);
	h = hash_bytes(h, &o->dst.len, sizeof o->dst.len);
	return hash_str(hash_bytes(h, &o->nexthop, sizeof o->nexthop), o->dev);
}

static struct waiting *
waiting_find(struct vrf *v, const struct obj_route *o)
{
	uint64_t key = route_key(o);

	for (struct node *e = table_find(&v->routes, key); e; e = e->next) {
		const struct obj_route *r = &((struct waiting *)e)->route;

		if (e->key == key && r->dst.addr == o->dst.addr && r->dst.len == o->dst.len && r->gateway == o->gateway &&
		    r->nexthop == o->nexthop && strcmp(r->dev, o->dev) == 0)
			return (struct waiting *)e;
	}
	return NULL;
}

static void
route_add(struct zapi *z, uint64_t id, const struct obj_route *o)
{
	struct vrf *v = vrf_get(z, o->vrf);

	if (v != &z->global) {
		struct waiting *w = waiting_find(v, o);

		if (!w) {
			w = xcalloc(1, sizeof *w);
			table_put(&v->routes, &w->node, route_key(o));
		}
		w->id = id;
		w->route = *o;
	}
	if (v->rib)
		rib_add(v->rib, id, o);
}

static void
route_del(struct zapi *z, const struct obj_route *o)
{
	struct vrf *v = vrf_get(z, o->vrf);
	struct waiting *w = v == &z->global ? NULL : waiting_find(v, o);

	if (v->rib)
		rib_del(v->rib, o);
	if (w) {
		table_remove(&v->routes, &w->node);
		free(w);
	}
}

/* An interface that may be a VRF: its number is its own index. */
static void
vrf_seen(struct zapi *z, const char *name, uint32_t id, bool present)
{
	struct vrf *v = vrf_get(z, name);

	if (v->id == id && present)
		return;
	rib_destroy(v->rib);
	v->rib = NULL;
	v->id = present ? id : 0;
	if (!present)
		return;
	open_rib(v);
	for (size_t i = 0; i < v->routes.size; i++)
		for (struct node *e = v->routes.slot[i]; e; e = e->next)
			rib_add(v->rib, ((struct waiting *)e)->id, &((struct waiting *)e)->route);
	/* the interfaces once more, for the new rib */
	zapi_put_interface_subscribe(&z->out, z->d);
}

/* Unless it is to happen sooner anyway: a stream of link events must not put it off. */
static void
rescan_in(struct zapi *z, double seconds)
{
	if (ev_is_active(&z->rescan) && ev_timer_remaining(z->loop, &z->rescan) <= seconds)
		return;
	ev_timer_stop(z->loop, &z->rescan);
	ev_timer_set(&z->rescan, seconds, 0);
	ev_timer_start(z->loop, &z->rescan);
}

static void
on_rescan(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct zapi *z = w->data;

	struct vrf *v;

	rib_rescan(z->global.rib);
	LIST_FOREACH(v, &z->vrfs, link)
		if (v->rib)
			rib_rescan(v->rib);
	flush(z);
	rescan_in(z, RESCAN_LATE);
}

static void
links(struct zapi *z, const char *dev, uint32_t ifindex, bool up)
{
	struct vrf *v;

	rib_link(z->global.rib, dev, ifindex, up);
	LIST_FOREACH(v, &z->vrfs, link)
		if (v->rib)
			rib_link(v->rib, dev, ifindex, up);
}

/* False: the connection was dropped. */
static bool
handle(struct zapi *z, const struct zapi_msg *m)
{
	struct rib *rib = rib_of(z, m->vrf);

	switch (m->kind) {
	case ZAPI_ROUTE_NOTIFY:
		if (rib)
			rib_note(rib, &m->route.dst, m->route.note);
		break;
	case ZAPI_INTERFACE:
		if (m->vrf && m->vrf == m->interface.ifindex)
			vrf_seen(z, m->interface.name, m->vrf, m->interface.present);
		links(z, m->interface.name, m->interface.present ? m->interface.ifindex : 0, m->interface.up);
		if (z->listener.link)
			z->listener.link(z->listener.ctx, (int)m->interface.ifindex, m->interface.present);
		rescan_in(z, RESCAN_SOON);
		break;
	case ZAPI_ADDRESS:
		if (z->listener.address)
			z->listener.address(z->listener.ctx, (int)m->address.ifindex, &m->address.address, m->address.present);
		rescan_in(z, RESCAN_SOON);
		break;
	case ZAPI_NEXTHOP_UPDATE:
		if (z->up && rib) {
			rib_nexthop(rib, m->nexthop.gateway, &m->nexthop.via, m->nexthop.count,
			    m->nexthop.sig);
		} else if (!z->up && m->nexthop.gateway == PROBE) {
			ev_timer_stop(z->loop, &z->limit);
			zapi_put_nexthop_track(&z->out, z->d, 0, PROBE, false);
			z->up = true;
			engine_driver_up(z->engine, &z->driver);
		}
		break;
	case ZAPI_ERROR:
		log_msg("ROUTING", 3, "ZEBRA", "zebra does not understand message %u (error %u)",
		    m->error.command, m->error.code);
		break;
	default:
		break;
	}
	return z->fd >= 0;
}

static void
on_readable(struct ev_loop *loop, ev_io *w, int revents)
{
	struct zapi *z = w->data;
	char chunk[65536];
	ssize_t k = recv(z->fd, chunk, sizeof chunk, 0);
	struct zapi_msg m;
	size_t off = 0;
	int used;

	if (k < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (k <= 0) {
		drop(z, "zebra closed the connection");
		return;
	}
	buf_put(&z->in, chunk, (size_t)k);
	while ((used = zapi_decode(z->d, (const uint8_t *)z->in.d + off, z->in.n - off, &m)) > 0) {
		off += (size_t)used;
		if (!handle(z, &m))
			return;
	}
	if (used < 0) {
		drop(z, "zebra sent something that is not ZAPI");
		return;
	}
	buf_consume(&z->in, off);
	settle(z);
}

static void
connect_zserv(struct zapi *z)
{
	struct sockaddr_un su = {.sun_family = AF_UNIX};

	snprintf(su.sun_path, sizeof su.sun_path, "%s", z->zserv_path);
	z->fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (z->fd < 0 || connect(z->fd, (struct sockaddr *)&su, sizeof su) < 0) {
		drop(z, NULL);
		return;
	}
	open_rib(&z->global);
	zapi_put_hello(&z->out, z->d);
	if (!z->d->hello_notify)
		zapi_put_notify_request(&z->out, z->d);
	zapi_put_interface_subscribe(&z->out, z->d);
	zapi_put_nexthop_track(&z->out, z->d, 0, PROBE, true);
	ev_io_set(&z->rd, z->fd, EV_READ);
	ev_io_set(&z->wr, z->fd, EV_WRITE);
	ev_io_start(z->loop, &z->rd);
	ev_timer_set(&z->limit, SETUP_TIMEOUT, 0);
	ev_timer_start(z->loop, &z->limit);
	flush(z);
}

static void
on_limit(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct zapi *z = w->data;

	log_msg("ROUTING", 3, "ZEBRA", "zebra does not answer as FRRouting %u.%u does", z->d->major, z->d->minor);
	drop(z, NULL);
}

static void
verified(void *arg, int rc, const char *text, size_t len)
{
	struct zapi *z = arg;

	if (!z->configuring)
		return;
	z->configuring = false;
	if (rc == VTY_OK && strstr(text, NHT_LINE)) {
		connect_zserv(z);
		return;
	}
	if (rc >= 0)
		log_msg("ROUTING", 3, "ZEBRA", "zebra did not take \"%s\"", NHT_LINE);
	drop(z, NULL);
}

static void configure(struct zapi *z);

static void
mgmtd_done(void *arg, int rc, const char *text, size_t len)
{
	struct zapi *z = arg;

	if (!z->configuring)
		return;
	z->step++;
	configure(z);
}

static void
step_done(void *arg, int rc, const char *text, size_t len)
{
	struct zapi *z = arg;

	if (!z->configuring)
		return;
	if (rc == VTY_NO_MATCH && z->d->major >= 10) {
		/* FRR 10 moved zebra's configuration to mgmtd */
		if (!z->mgmtd)
			z->mgmtd = vty_create(z->loop, z->mgmtd_path, NULL, NULL);
		vty_send(z->mgmtd, "configure terminal", VTY_TIMEOUT, NULL, NULL);
		vty_send(z->mgmtd, setup[z->step], VTY_TIMEOUT, mgmtd_done, z);
		return;
	}
	z->step++;
	configure(z);
}

/* Sends setup[step]; after the last one looks whether it is there. */
static void
configure(struct zapi *z)
{
	if (z->step < sizeof setup / sizeof *setup) {
		vty_send(z->vty, setup[z->step], VTY_TIMEOUT, step_done, z);
		return;
	}
	vty_send(z->vty, "end", VTY_TIMEOUT, NULL, NULL);
	vty_send(z->vty, "show running-config", VTY_TIMEOUT, verified, z);
}

static void
got_version(void *arg, int rc, const char *text, size_t len)
{
	struct zapi *z = arg;
	unsigned major, minor;

	if (!z->configuring)
		return;
	if (rc != VTY_OK || !zapi_parse_version(text, &major, &minor)) {
		drop(z, NULL);
		return;
	}
	z->d = zapi_dialect_for(major, minor);
	vty_send(z->vty, "configure terminal", VTY_TIMEOUT, NULL, NULL);
	z->step = 0;
	configure(z);
}

static void
begin(struct zapi *z)
{
	if (z->configuring || z->fd >= 0 || !vty_is_up(z->vty))
		return;
	z->configuring = true;
	vty_send(z->vty, "show version", VTY_TIMEOUT, got_version, z);
}

static void
on_retry(struct ev_loop *loop, ev_timer *w, int revents)
{
	begin(w->data);
}

static void
vty_changed(void *ctx, bool up, int err)
{
	struct zapi *z = ctx;

	if (up)
		begin(z);
	else
		z->configuring = false;
}

static void
apply(void *ctx, const struct plan_op *ops, size_t n)
{
	struct zapi *z = ctx;

	for (size_t i = 0; i < n; i++) {
		const struct plan_op *op = &ops[i];

		/* a change keeps the identity: the table updates the path in place */
		if (op->now) {
			route_add(z, op->now->id, &op->now->route);
		} else {
			route_del(z, &op->was->route);
			engine_result(z->engine, op->was->id, 0, NULL);
		}
	}
	settle(z);
}

void
zapi_link_changed(struct zapi *z, const char *dev, int ifindex)
{
	struct ifreq ifr = {0};
	bool running = false;
	int fd;

	if (!z->up)
		return;
	snprintf(ifr.ifr_name, sizeof ifr.ifr_name, "%s", dev);
	if (ifindex > 0 && (fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) >= 0) {
		if (ioctl(fd, SIOCGIFFLAGS, &ifr) == 0)
			running = (ifr.ifr_flags & IFF_UP) && (ifr.ifr_flags & IFF_RUNNING);
		close(fd);
	}
	links(z, dev, ifindex > 0 ? (uint32_t)ifindex : 0, running);
	settle(z);
}

struct zapi *
zapi_create(struct ev_loop *loop, struct engine *e, const char *zserv_path, const char *zebra_vty_path)
{
	struct zapi *z = xcalloc(1, sizeof *z);
	const char *slash = strrchr(zebra_vty_path, '/');

	z->loop = loop;
	z->engine = e;
	z->fd = -1;
	z->global.z = z;
	LIST_INIT(&z->vrfs);
	z->driver = (struct driver){"zapi", OBJ_BIT(OBJ_ROUTE), z, apply};
	z->zserv_path = xstrdup(zserv_path);
	z->vty_path = xstrdup(zebra_vty_path);
	z->mgmtd_path = xasprintf("%.*smgmtd.vty", slash ? (int)(slash + 1 - zebra_vty_path) : 0, zebra_vty_path);
	ev_io_init(&z->rd, on_readable, -1, EV_READ);
	ev_io_init(&z->wr, on_writable, -1, EV_WRITE);
	ev_timer_init(&z->retry, on_retry, RETRY, 0);
	ev_timer_init(&z->limit, on_limit, SETUP_TIMEOUT, 0);
	ev_timer_init(&z->rescan, on_rescan, RESCAN_LATE, 0);
	z->rd.data = z->wr.data = z->retry.data = z->limit.data = z->rescan.data = z;
	return z;
}

struct driver *
zapi_driver(struct zapi *z)
{
	return &z->driver;
}

void
zapi_listen(struct zapi *z, const struct zapi_listener *l)
{
	z->listener = *l;
}

void
zapi_start(struct zapi *z)
{
	if (!z->vty)
		z->vty = vty_create(z->loop, z->vty_path, vty_changed, z);
}

void
zapi_stop(struct zapi *z)
{
	vty_destroy(z->vty);
	vty_destroy(z->mgmtd);
	z->vty = z->mgmtd = NULL;
	ev_timer_stop(z->loop, &z->retry);
	drop(z, "stopped");
}

void
zapi_destroy(struct zapi *z)
{
	if (!z)
		return;
	zapi_stop(z);
	buf_free(&z->in);
	buf_free(&z->out);
	free(z->zserv_path);
	free(z->vty_path);
	free(z->mgmtd_path);
	free(z);
}
