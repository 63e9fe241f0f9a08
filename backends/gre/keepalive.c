/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The driver of OBJ_KEEPALIVE: a raw GRE socket, a timer for each tunnel, and
 * two hash tables: by device, for operations, and by what a returning packet
 * carries. A filter in the kernel lets through nothing but keepalives: the
 * tunnels' traffic never reaches this process.
 */
#define _GNU_SOURCE
#include "backends/gre/keepalive.h"

#include <arpa/inet.h>
#include <errno.h>
#include <ev.h>
#include <linux/filter.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "backends/gre/internal.h"
#include "backends/zapi/table.h"
#include "lib/hash.h"
#include "lib/xalloc.h"

#define READ_AT_ONCE 256	/* packets, before other events get their turn */

struct tunnel {
	struct node by_wire;	/* first: see table.h */
	struct node by_dev;
	struct gre *gre;
	struct obj_keepalive k;
	struct keepalive_mark mark;	/* of the one sent last */
	struct gre_count count;
	bool told;		/* the observer has heard of it */
	ev_timer timer;
};
#define BY_DEV(n) ((struct tunnel *)(void *)((char *)(n) - offsetof(struct tunnel, by_dev)))

struct gre {
	struct ev_loop *loop;
	struct engine *engine;
	const struct observer *obs;
	struct driver driver;
	int fd;			/* -1: closed */
	int packet_fd;		/* into devices; -1: closed */
	int err;		/* why fd is closed, negative errno */
	ev_io io;
	struct table wire, devs;
	void (*on_packet)(void *ctx, const struct gre_packet *p);
	void *packet_ctx;
};

/* --- tables --- */

static uint64_t
wire_key(const struct obj_keepalive *k)
{
	uint32_t v[4] = { k->local, k->remote, k->has_key, k->key };

	return hash_bytes(HASH_INIT, v, sizeof v);
}

static bool
same_wire(const struct obj_keepalive *a, const struct obj_keepalive *b)
{
	return a->local == b->local && a->remote == b->remote && a->has_key == b->has_key && a->key == b->key;
}

static struct tunnel *
find_dev(const struct gre *g, const char *dev)
{
	uint64_t key = hash_str(HASH_INIT, dev);

	for (struct node *n = table_find(&g->devs, key); n; n = n->next)
		if (n->key == key && strcmp(BY_DEV(n)->k.dev, dev) == 0)
			return BY_DEV(n);
	return NULL;
}

/* The tunnel that a packet of the peer's came by. */
static struct tunnel *
find_ends(const struct gre *g, const struct obj_keepalive *k)
{
	uint64_t key = wire_key(k);

	for (struct node *n = table_find(&g->wire, key); n; n = n->next)
		if (n->key == key && same_wire(&((struct tunnel *)n)->k, k))
			return (struct tunnel *)n;
	return NULL;
}

/* Two tunnels may have the same ends for the time of an edit; the secret says whose packet it is. */
static struct tunnel *
find_wire(const struct gre *g, const struct obj_keepalive *k, const struct keepalive_mark *m)
{
	uint64_t key = wire_key(k);

	for (struct node *n = table_find(&g->wire, key); n; n = n->next) {
		struct tunnel *t = (struct tunnel *)n;

		if (n->key == key && same_wire(&t->k, k) && t->mark.secret == m->secret)
			return t;
	}
	return NULL;
}

/* --- sending --- */

static void
tell(struct tunnel *t)
{
	t->told = true;
	if (t->gre->obs && t->gre->obs->keepalive)
		t->gre->obs->keepalive(t->gre->obs->ctx, t->k.dev, t->count.up);
}

static void
tell_packet(const struct tunnel *t, bool received, const uint8_t *header, size_t n)
{
	const struct gre *g = t->gre;

	if (g->on_packet)
		g->on_packet(g->packet_ctx, &(struct gre_packet){ .dev = t->k.dev, .received = received, .src = t->k.remote,
		    .dst = t->k.local, .length = (unsigned)n, .ttl = header[8], .missed = t->count.missed });
}

/* The kernel makes the outer IP header: so IPsec policies of GRE see these packets as they see the tunnel's own. */
static bool
send_gre(const struct gre *g, uint32_t local, uint32_t remote, const uint8_t *packet, size_t n)
{
	char control[CMSG_SPACE(sizeof(struct in_pktinfo))] __attribute__((aligned(8))) = {0};
	struct in_pktinfo from = { .ipi_spec_dst = { htonl(local) } };
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr = { htonl(remote) } };
	struct iovec v = { (void *)(uintptr_t)packet, n };
	struct msghdr m = { .msg_name = &to, .msg_namelen = sizeof to, .msg_iov = &v, .msg_iovlen = 1,
		.msg_control = control, .msg_controllen = sizeof control };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);

	c->cmsg_level = IPPROTO_IP;
	c->cmsg_type = IP_PKTINFO;
	c->cmsg_len = CMSG_LEN(sizeof from);
	memcpy(CMSG_DATA(c), &from, sizeof from);
	return sendmsg(g->fd, &m, MSG_DONTWAIT) >= 0;
}

/*
 * 0: it is not there. That is asked of /proc first: for a name that it does not know, if_nametoindex() has the kernel run
 * modprobe, and this process wait for it (dev_load(), net/core/dev_ioctl.c).
 */
static int
device_index(const char *dev)
{
	char path[sizeof "/proc/sys/net/ipv4/conf/" + OBJ_IFNAMSIZ];

	snprintf(path, sizeof path, "/proc/sys/net/ipv4/conf/%s", dev);
	return access(path, F_OK) == 0 ? (int)if_nametoindex(dev) : 0;
}

/* Through the tunnel's device, which puts the outer header in front as for any packet, a sequence number included. */
static bool
send_by_device(struct gre *g, const char *dev, const uint8_t *packet, size_t n)
{
	struct sockaddr_ll to = { .sll_family = AF_PACKET, .sll_protocol = htons(ETH_P_IP), .sll_ifindex = device_index(dev) };

	if (to.sll_ifindex == 0)
		return false;
	if (g->packet_fd < 0)	/* protocol 0: it receives nothing */
		g->packet_fd = socket(AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	return g->packet_fd >= 0 && sendto(g->packet_fd, packet, n, MSG_DONTWAIT, (struct sockaddr *)&to, sizeof to) >= 0;
}

/* One that cannot be sent is one that does not come back. While the device is down (the line protocol is), we do its work. */
static void
send_one(struct tunnel *t)
{
	uint8_t packet[KEEPALIVE_MAX];
	size_t inner, n;

	t->mark.number++;
	n = keepalive_encode(&t->k, &t->mark, packet, &inner);
	t->count.sent += send_by_device(t->gre, t->k.dev, packet + inner, n - inner) ||
	    send_gre(t->gre, t->k.local, t->k.remote, packet, n);
	tell_packet(t, false, packet + inner, n - inner);
}

/* A period is over: was the last one answered? Then the next. */
static void
on_timer(struct ev_loop *loop, ev_timer *w, int revents)
{
	struct tunnel *t = w->data;

	(void)loop, (void)revents;
	/* `missed` counts the ones that are on their way as missed until they are back */
	if (t->count.up && t->count.missed >= t->k.retries) {
		t->count.up = false;
		t->told = false;
	}
	t->count.missed++;
	if (t->count.missed > 1000000)
		t->count.missed = 1000000;
	send_one(t);
	if (!t->told)
		tell(t);
}

/*
 * The peer asks. Its question is answered by the kernel, which takes it apart
 * and forwards what is in it, as long as the tunnel's device is up. While its
 * line protocol is down the device is, too: then we do it, or two tunnels that
 * once have lost each other would never come back.
 */
static void
answer(struct gre *g, const uint8_t *p, size_t n)
{
	struct obj_keepalive k;
	const uint8_t *reply;
	size_t length = keepalive_question(p, n, &k, &reply);
	struct tunnel *t = length ? find_ends(g, &k) : NULL;

	/* with an IP header of our own in place of the peer's, which says the same */
	if (t && !t->count.up)
		(void)send_gre(g, k.local, k.remote, reply + IP_HEADER, length - IP_HEADER);
}

static void
on_read(struct ev_loop *loop, ev_io *w, int revents)
{
	struct gre *g = w->data;
	uint8_t p[256];

	(void)loop, (void)revents;
	for (int i = 0; i < READ_AT_ONCE && g->fd >= 0; i++) {
		ssize_t n = recv(g->fd, p, sizeof p, MSG_DONTWAIT | MSG_TRUNC);
		struct obj_keepalive k;
		struct keepalive_mark m;
		struct tunnel *t;

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return;
		if ((size_t)n > sizeof p)
			continue;
		if (!keepalive_decode(p, (size_t)n, &k, &m)) {
			answer(g, p, (size_t)n);
			continue;
		}
		if (!(t = find_wire(g, &k, &m)))
			continue;
		/* of those that were sent since the last one that came back */
		if (t->mark.number - m.number >= t->count.missed)
			continue;
		t->count.answered++;
		t->count.missed = 0;
		tell_packet(t, true, p, (size_t)n);
		if (!t->count.up) {
			t->count.up = true;
			tell(t);
		}
	}
}

/* --- the socket --- */

/*
 * What comes back: an IP header of any length, then GRE with protocol type 0.
 * What the peer asks: GRE with protocol type IP, any of checksum, key and
 * sequence number, and in it an IP header without options and GRE with type 0.
 */
#define LOAD_FLAG(mask, shift, cell) \
	BPF_STMT(BPF_LD | BPF_B | BPF_IND, 0), BPF_STMT(BPF_ALU | BPF_AND | BPF_K, (mask)), \
	    BPF_STMT(BPF_ALU | BPF_RSH | BPF_K, (shift)), BPF_STMT(BPF_ST, (cell))
static struct sock_filter only_keepalives[] = {
	BPF_STMT(BPF_LDX | BPF_B | BPF_MSH, 0),
	BPF_STMT(BPF_LD | BPF_H | BPF_IND, 2),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 28, 0),		/* an answer */
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x0800, 0, 28),	/* neither */
	LOAD_FLAG(0x80, 5, 1),	/* four bytes each, where the flag is set */
	LOAD_FLAG(0x20, 3, 2),
	LOAD_FLAG(0x10, 2, 3),
	BPF_STMT(BPF_MISC | BPF_TXA, 0),
	BPF_STMT(BPF_ALU | BPF_ADD | BPF_K, 4),
	BPF_STMT(BPF_LDX | BPF_MEM, 1),
	BPF_STMT(BPF_ALU | BPF_ADD | BPF_X, 0),
	BPF_STMT(BPF_LDX | BPF_MEM, 2),
	BPF_STMT(BPF_ALU | BPF_ADD | BPF_X, 0),
	BPF_STMT(BPF_LDX | BPF_MEM, 3),
	BPF_STMT(BPF_ALU | BPF_ADD | BPF_X, 0),
	BPF_STMT(BPF_MISC | BPF_TAX, 0),			/* the inner IP header */
	BPF_STMT(BPF_LD | BPF_B | BPF_IND, 0),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0x45, 0, 5),
	BPF_STMT(BPF_LD | BPF_B | BPF_IND, 9),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 47, 0, 3),
	BPF_STMT(BPF_LD | BPF_H | BPF_IND, 22),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, 0, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, 256),
	BPF_STMT(BPF_RET | BPF_K, 0),
};

static int
open_socket(void)
{
	struct sock_fprog prog = { sizeof only_keepalives / sizeof only_keepalives[0], only_keepalives };
	int fd = socket(AF_INET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_GRE), ttl = 255, tos = 0xc0, size = 1 << 20, err;

	if (fd < 0)
		return -errno;
	if (setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &prog, sizeof prog) < 0) {
		err = -errno;
		close(fd);
		return err;
	}
	/* what came before the filter was there */
	while (recv(fd, &err, sizeof err, MSG_DONTWAIT) >= 0)
		;
	setsockopt(fd, IPPROTO_IP, IP_TTL, &ttl, sizeof ttl);
	setsockopt(fd, IPPROTO_IP, IP_TOS, &tos, sizeof tos);
	setsockopt(fd, SOL_SOCKET, SO_RCVBUF, &size, sizeof size);
	return fd;
}

static bool
ready(struct gre *g)
{
	if (g->fd >= 0)
		return true;
	g->fd = open_socket();
	if (g->fd < 0) {
		g->err = g->fd;
		g->fd = -1;
		return false;
	}
	ev_io_init(&g->io, on_read, g->fd, EV_READ);
	g->io.data = g;
	ev_io_start(g->loop, &g->io);
	return true;
}

/* --- operations --- */

/* The first one goes out within a second, so that thousands of tunnels do not send at once. */
static void
start_timer(struct tunnel *t)
{
	double first = (double)(hash_mix(hash_str(HASH_INIT, t->k.dev)) % 1000) / 1000 * (t->k.period > 1 ? 1.0 : 0.2);

	ev_timer_stop(t->gre->loop, &t->timer);
	ev_timer_set(&t->timer, first, t->k.period);
	ev_timer_start(t->gre->loop, &t->timer);
}

static void
drop(struct tunnel *t)
{
	ev_timer_stop(t->gre->loop, &t->timer);
	table_remove(&t->gre->wire, &t->by_wire);
	table_remove(&t->gre->devs, &t->by_dev);
	free(t);
}

static void
keep(struct gre *g, const struct obj_keepalive *k)
{
	struct tunnel *t = find_dev(g, k->dev);

	if (t && same_wire(&t->k, k)) {
		/* other times: what was counted stays, a tunnel that is down stays down */
		bool restart = t->k.period != k->period;

		t->k = *k;
		if (restart)
			start_timer(t);
		return;
	}
	if (t)
		drop(t);
	t = xcalloc(1, sizeof *t);
	t->gre = g;
	t->k = *k;
	t->count.up = true;
	if (getrandom(&t->mark.secret, sizeof t->mark.secret, 0) != sizeof t->mark.secret)
		t->mark.secret = hash_mix((uint64_t)(uintptr_t)t ^ (uint64_t)(ev_now(g->loop) * 1e6));
	ev_init(&t->timer, on_timer);
	t->timer.data = t;
	table_put(&g->wire, &t->by_wire, wire_key(k));
	table_put(&g->devs, &t->by_dev, hash_str(HASH_INIT, k->dev));
	start_timer(t);
}

static void
apply(void *ctx, const struct plan_op *ops, size_t n)
{
	struct gre *g = ctx;

	for (size_t i = 0; i < n; i++) {
		const struct obj *o = ops[i].now ? ops[i].now : ops[i].was;
		struct tunnel *t;

		if (!ops[i].now) {
			t = find_dev(g, o->keepalive.dev);
			if (t)
				drop(t);
			engine_result(g->engine, o->id, 0, NULL);
		} else if (!ready(g)) {
			engine_result(g->engine, o->id, g->err, strerror(-g->err));
		} else if (!o->keepalive.period || !o->keepalive.retries) {
			engine_result(g->engine, o->id, -EINVAL, "no period or no retries");
		} else {
			keep(g, &o->keepalive);
			engine_result(g->engine, o->id, 0, NULL);
		}
	}
}

/* --- life --- */

void
gre_on_packet(struct gre *g, void (*cb)(void *ctx, const struct gre_packet *p), void *ctx)
{
	g->on_packet = cb;
	g->packet_ctx = ctx;
}

struct gre *
gre_create(struct ev_loop *loop, struct engine *e, const struct observer *obs)
{
	struct gre *g = xcalloc(1, sizeof *g);

	g->loop = loop;
	g->engine = e;
	g->obs = obs;
	g->fd = g->packet_fd = -1;
	g->driver = (struct driver){ .name = "gre", .kinds = OBJ_BIT(OBJ_KEEPALIVE), .ctx = g, .apply = apply };
	return g;
}

struct driver *
gre_driver(struct gre *g)
{
	return &g->driver;
}

void
gre_start(struct gre *g)
{
	(void)ready(g);
	engine_driver_up(g->engine, &g->driver);
}

void
gre_stop(struct gre *g)
{
	for (size_t i = 0; i < g->devs.size; i++)
		while (g->devs.slot[i])
			drop(BY_DEV(g->devs.slot[i]));
	free(g->devs.slot);
	free(g->wire.slot);
	g->devs = g->wire = (struct table){0};
	if (g->fd >= 0) {
		ev_io_stop(g->loop, &g->io);
		close(g->fd);
	}
	if (g->packet_fd >= 0)
		close(g->packet_fd);
	g->fd = g->packet_fd = -1;
}

void
gre_destroy(struct gre *g)
{
	if (!g)
		return;
	gre_stop(g);
	free(g);
}

bool
gre_counts(const struct gre *g, const char *dev, struct gre_count *out)
{
	const struct tunnel *t = find_dev(g, dev);

	if (t)
		*out = t->count;
	return t != NULL;
}
