/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Private to backends/netlink: the driver's state, and how its files share the work.
 *
 *   request.c  sockets, batches with acknowledgements, dumps
 *   table.c    the hash table, and the devices in it
 *   reach.c    OBJ_REACH
 *   link.c     OBJ_LINK       address.c  OBJ_ADDRESS       policy.c  OBJ_POLICY
 *   codec.c    bytes to structs and back: links, addresses, selectors, acquires, SAs (pure functions)
 *   monitor.c  events         query.c    netlink_each_...()
 *   announce.c addresses that zebra has missed
 *   netlink.c  start, stop, and apply(), which is: put all operations into the
 *              tables; bring the kernel to what the tables want, for the
 *              entries that were touched; report the status of each entry.
 *
 * So an object that is deleted and added again in one batch does not flap: the
 * kernel is compared with the outcome of the batch, not led through its steps.
 */
#ifndef CONFTERM_BACKENDS_NETLINK_INTERNAL_H
#define CONFTERM_BACKENDS_NETLINK_INTERNAL_H

#include <ev.h>
#include <libmnl/libmnl.h>
#include <linux/xfrm.h>

#include "backends/netlink/netlink.h"
#include "lib/buf.h"

/* ---- request.c ---- */

/* How the last request for some object ended. text is malloc()ed, NULL when err is 0. */
struct nl_status {
	int err;
	char *text;
};

struct nl_sock {
	struct mnl_socket *s;	/* NULL: closed */
	uint32_t seq;
	bool filling;		/* a batch has messages that are not sent: their numbers follow each other, so nobody asks meanwhile */
};

#define NL_BATCH_MSGS 256
#define NL_BATCH_BYTES (192 * 1024)
#define NL_MSG_MAX 1024

/*
 * Requests on their way to the kernel. Only the last message of a send asks
 * for an acknowledgement: the kernel works in order and reports errors anyway.
 */
struct nl_batch {
	struct nl_sock *sock;
	char *mem;
	size_t used;
	struct nlmsghdr *last;
	uint32_t first_seq;
	unsigned n;
	struct nl_status *st[NL_BATCH_MSGS];
};

void nl_status_clear(struct nl_status *st);
/* Keeps the first error; fmt NULL: the usual wording of err. */
void nl_status_set(struct nl_status *st, int err, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
const char *nl_wording(int err);

int nl_open(struct nl_sock *k, int bus, unsigned groups, int rcvbuf);
void nl_close(struct nl_sock *k);

void nl_batch_init(struct nl_batch *b, struct nl_sock *sock);
/*
 * A new message with zeroed extra header of `extra` bytes; the caller adds less
 * than NL_MSG_MAX bytes of attributes before the next call. An error goes to
 * *st, which must live until nl_batch_end().
 */
struct nlmsghdr *nl_batch_msg(struct nl_batch *b, uint16_t type, uint16_t flags, size_t extra, void **extrap,
    struct nl_status *st);
/* Sends the rest and frees. */
void nl_batch_end(struct nl_batch *b);

/* Sends req, appends all answers to out; flags of req decide between dump and single answer. */
int nl_query(struct nl_sock *k, struct nlmsghdr *req, struct buf *out);
#define NL_EACH(nlh, len, out) \
	for (len = (int)(out)->n, nlh = (const struct nlmsghdr *)(const void *)(out)->d; mnl_nlmsg_ok(nlh, len); \
	     nlh = mnl_nlmsg_next(nlh, &len))

/* ---- table.c ---- */

struct hnode {
	struct hnode *next;
	uint64_t hash;
};

struct htab {
	struct hnode **slot;
	size_t nslot, n;
};

void htab_add(struct htab *t, struct hnode *n, uint64_t hash);
void htab_del(struct htab *t, struct hnode *n);
/* The nodes of one hash: for (n = htab_find(t, h); n; n = htab_again(n)). */
struct hnode *htab_find(const struct htab *t, uint64_t hash);
struct hnode *htab_again(const struct hnode *n);

struct ptrs {
	void **v;
	size_t n, cap;
};
void ptrs_add(struct ptrs *p, void *x);
void ptrs_free(struct ptrs *p);

struct addr {
	struct addr *next;
	struct obj_address want;
	uint64_t id;
	bool gone;		/* to be deleted by the next sync */
	bool held;		/* scratch of the sync: the kernel has it */
	struct nl_status st;
};

/* A device that exists or that something is wanted for; lives until netlink_stop(). */
struct dev {
	struct hnode by_name, by_index;	/* by_index: only while ifindex != 0 */
	char name[OBJ_IFNAMSIZ];
	int ifindex;			/* 0: absent */
	bool ours;			/* has our alias */
	bool enslaved;			/* put into a VRF by us */
	bool seen;			/* scratch of a resync */
	struct link_state told;		/* what the observer knows; told.present false: nothing */
	bool wanted;			/* there is an OBJ_LINK: */
	struct obj_link want;
	struct obj_link made;		/* what it was made or last changed to; type LINK_PORT: not by us */
	bool creating;			/* scratch of a sync */
	int dying;			/* index of the one that we have deleted, while its events are to come; 0: none */
	uint64_t id;
	struct nl_status st;
	struct addr *addrs;		/* wanted addresses, in order of arrival */
	bool unheard;			/* in netlink.unheard */
	int announced;			/* how often, since it is there */
	int waited;			/* times that it was put off because zebra spoke */
	double due;			/* when it is looked at, CLOCK_MONOTONIC seconds */
	bool exact;			/* delete all other addresses with the next sync */
	bool link_dirty, addr_dirty;
	size_t npolicy;			/* policies that name it */
	bool carries_vlans;		/* devices of VLANs are wanted on it */
};

struct claim;
struct policy;

struct netlink {
	struct ev_loop *loop;
	struct engine *engine;
	const struct observer *obs;
	struct driver driver;
	bool running, first_apply;
	struct nl_sock rt, xfrm, rt_mon, xfrm_mon;
	struct ev_io rt_io, xfrm_io;
	struct ev_timer repair;
	unsigned dummy_kind;		/* index of the first kind the kernel may know */
	struct htab dev_name, dev_index;
	struct ptrs devs;		/* all struct dev, to free */
	struct ptrs dirty_links, dirty_addrs;	/* struct dev */
	struct htab policies;
	struct ptrs dirty_policies;	/* struct policy */
	uint32_t policy_count;		/* for the next index */
	struct nl_sock route_mon;
	struct ev_io route_io;
	struct ev_timer reach_timer;
	struct htab watches;
	struct htab heard;		/* struct heard of announce.c: what zebra knows */
	struct ptrs unheard;		/* struct dev: of which it may have missed an address */
	struct ev_timer announce;
	double announce_at;		/* when it runs, if it does */
	double spoke;			/* when zebra did last; both CLOCK_MONOTONIC seconds */
	double quiet;			/* seconds; tests are in a hurry */
};

struct dev *dev_find(struct netlink *nl, const char *name);
struct dev *dev_get(struct netlink *nl, const char *name);	/* makes it */
struct dev *dev_by_index(struct netlink *nl, int ifindex);
void dev_set_index(struct netlink *nl, struct dev *d, int ifindex);
/*
 * Asks the kernel for the index. Not by if_nametoindex(): for a name that is not there that ioctl runs modprobe, and the
 * caller waits for it (dev_load(), net/core/dev_ioctl.c).
 */
void dev_ask_index(struct netlink *nl, struct dev *d);
void dev_dirty(struct netlink *nl, struct dev *d, bool link, bool addr);
void devs_free(struct netlink *nl);

/* ---- link.c, address.c, policy.c: tables, then kernel, then report ---- */

void link_op(struct netlink *nl, const struct plan_op *op);
void links_create(struct netlink *nl);
void links_set(struct netlink *nl);
void links_remove(struct netlink *nl);
void link_report(struct netlink *nl, struct dev *d);

void address_op(struct netlink *nl, const struct plan_op *op);
void addresses_sync(struct netlink *nl);
/* Into a batch: an address of the device, added (or set again as it is) or deleted. */
void address_put(struct nl_batch *b, const struct dev *d, bool add, uint32_t a, uint8_t len, struct nl_status *st);
const struct nl_status *address_status(struct netlink *nl, const struct obj_address *a);
void address_report(struct netlink *nl, struct dev *d);
void addrs_free(struct dev *d);

void policy_op(struct netlink *nl, const struct plan_op *op);
/* The device (with npolicy) came or went. */
void policies_touch(struct netlink *nl, const char *dev);
void policies_install(struct netlink *nl);
void policies_remove(struct netlink *nl);
const struct nl_status *policy_status(struct netlink *nl, const struct obj_policy *p);
/* all: report every touched entry; then frees the dead ones and forgets what was touched. */
void policies_settle(struct netlink *nl, bool report);
void policies_free(struct netlink *nl);
int policies_flush_kernel(struct netlink *nl);

/* ---- reach.c ---- */

int reach_start(struct netlink *nl);
void reach_stop(struct netlink *nl);
void reach_op(struct netlink *nl, const struct plan_op *op);
void reach_link(struct netlink *nl);	/* a device came, went or changed: that moves routes without an event of theirs */

/* ---- announce.c ---- */

void announce_init(struct netlink *nl);
void announce_stop(struct netlink *nl);
void announce_added(struct netlink *nl, struct dev *d);	/* an address, to the kernel */

/* ---- netlink.c ---- */

void nl_sync(struct netlink *nl);	/* brings the kernel to the tables for everything dirty */
void nl_report(struct netlink *nl, uint64_t id, const struct nl_status *st);
void nl_dev_sysctls(const char *dev);
void nl_gre_sysctls(const char *dev);	/* besides: what answering keepalives needs */

/* ---- monitor.c ---- */

int monitor_start(struct netlink *nl);
void monitor_stop(struct netlink *nl);
/* Applies what events have made possible (or impossible), and tells the engine how that went. */
void nl_settle(struct netlink *nl);
/* Reads all links again, reports differences. */
int monitor_resync(struct netlink *nl);

/* ---- codec.c ---- */

void xsel_encode(const struct obj_selector *s, int ifindex, struct xfrm_selector *out);
bool xsel_decode(const struct xfrm_selector *x, struct obj_selector *out);	/* false: not IPv4 */
/* The selector that names the policy, its parameters; true with *tmpl when there is one. */
bool policy_encode(const struct obj_policy *p, int ifindex, struct xfrm_userpolicy_info *info,
    struct xfrm_user_tmpl *tmpl);
/* These return false when the message is of another type, another family, or damaged. */
bool acquire_decode(const struct nlmsghdr *nlh, struct acquire *out);
bool sa_decode(const struct nlmsghdr *nlh, struct nl_sa *out);
bool link_decode(const struct nlmsghdr *nlh, struct nl_link *out);
bool address_decode(const struct nlmsghdr *nlh, struct nl_address *out);
bool neighbour_decode(const struct nlmsghdr *nlh, struct nl_neighbour *out);

#endif
