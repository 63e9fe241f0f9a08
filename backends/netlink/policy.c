/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OBJ_POLICY: the XFRM policies of the namespace.
 *
 * The kernel knows a policy by direction and selector (with the device) and
 * holds one of each, whatever its priority. Objects that differ in priority
 * only therefore share one entry here, as claims; the one looked at first
 * (smallest priority) is installed, and the others take their turn when it
 * goes: they could never match before it anyway.
 *
 * What must never happen is a gap. A policy that changes is installed anew
 * beside the old one, which goes afterwards; to the kernel they are two,
 * because the `user` field of their selectors differs (0 or 1; it takes part
 * in comparing selectors, not in matching packets). Why not XFRM_MSG_UPDPOLICY
 * in place, and why deletions are by index: replacing, and deleting by
 * selector, make the kernel walk all its selectors (0.3 ms each with 16,000
 * policies on Linux 6.18); adding and deleting by index are constant (0.02 ms).
 * Indexes are ours to choose, far above those that the kernel hands out itself.
 */
#define _GNU_SOURCE
#include <stdio.h>
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "backends/netlink/internal.h"
#include "lib/hash.h"
#include "lib/xalloc.h"

struct key {
	uint8_t dir, proto, icmp, src_len, dst_len;
	uint16_t src_port, dst_port, src_mask, dst_mask;
	uint32_t src, dst, if_id;
	char dev[OBJ_IFNAMSIZ];
};

struct claim {
	struct claim *next;	/* by priority */
	uint64_t id;
	struct obj_policy want;
};

struct policy {
	struct hnode node;
	struct key key;
	struct claim *claims;
	bool dirty, installed;
	struct obj_policy held;		/* what the kernel has, when installed: */
	int ifindex;
	uint32_t index;			/* the kernel's name for it */
	uint8_t user;
	uint32_t new_index;		/* scratch of an install, 0: nothing sent */
	struct nl_status st;
};

static struct key
key_of(const struct obj_policy *p)
{
	struct key k;

	memset(&k, 0, sizeof(k));	/* padding, too: keys are compared as bytes */
	k.dir = (uint8_t)p->dir;
	k.proto = p->sel.proto;
	k.icmp = p->sel.has_icmp;
	k.src_len = p->sel.src.len;
	k.dst_len = p->sel.dst.len;
	k.src = p->sel.src.addr & ip4_mask(k.src_len);
	k.dst = p->sel.dst.addr & ip4_mask(k.dst_len);
	k.src_port = p->sel.src_port;
	k.dst_port = p->sel.dst_port;
	k.src_mask = selector_port_mask(k.src_port, p->sel.src_port_mask);
	k.dst_mask = selector_port_mask(k.dst_port, p->sel.dst_port_mask);
	k.if_id = p->if_id;
	snprintf(k.dev, sizeof k.dev, "%s", p->dev);
	return k;
}

static struct policy *
find(struct netlink *nl, const struct obj_policy *p, bool make)
{
	struct key k = key_of(p);
	uint64_t h = hash_mix(hash_bytes(HASH_INIT, &k, sizeof(k)));
	struct policy *e;

	for (struct hnode *n = htab_find(&nl->policies, h); n; n = htab_again(n))
		if (memcmp(&((struct policy *)n)->key, &k, sizeof(k)) == 0)
			return (struct policy *)n;
	if (!make)
		return NULL;
	e = xcalloc(1, sizeof(*e));
	e->key = k;
	htab_add(&nl->policies, &e->node, h);
	if (k.dev[0])
		dev_get(nl, k.dev)->npolicy++;
	return e;
}

static void
touch(struct netlink *nl, struct policy *e)
{
	if (!e->dirty)
		ptrs_add(&nl->dirty_policies, e);
	e->dirty = true;
}

static void
unclaim(struct policy *e, uint32_t priority)
{
	for (struct claim **p = &e->claims, *c; (c = *p) != NULL; p = &c->next)
		if (c->want.priority == priority) {
			*p = c->next;
			free(c);
			return;
		}
}

void
policy_op(struct netlink *nl, const struct plan_op *op)
{
	struct policy *e;
	struct claim *c, **p;

	if (op->was && (e = find(nl, &op->was->policy, false)) != NULL) {
		unclaim(e, op->was->policy.priority);
		touch(nl, e);
	}
	if (op->now == NULL)
		return;
	e = find(nl, &op->now->policy, true);
	unclaim(e, op->now->policy.priority);
	c = xcalloc(1, sizeof(*c));
	c->want = op->now->policy;
	c->id = op->now->id;
	for (p = &e->claims; *p && (*p)->want.priority < c->want.priority; p = &(*p)->next)
		;
	c->next = *p;
	*p = c;
	touch(nl, e);
}

void
policies_touch(struct netlink *nl, const char *dev)
{
	for (size_t i = 0; i < nl->policies.nslot; i++)
		for (struct hnode *n = nl->policies.slot[i]; n; n = n->next)
			if (strcmp(((struct policy *)n)->key.dev, dev) == 0)
				touch(nl, (struct policy *)n);
}

static bool
same(const struct obj_policy *a, const struct obj_policy *b)
{
	if (a->priority != b->priority || a->action != b->action)
		return false;
	return a->action != POLICY_PROTECT ||
	    (a->tmpl_src == b->tmpl_src && a->tmpl_dst == b->tmpl_dst && a->mode == b->mode && a->reqid == b->reqid &&
		a->ah == b->ah);
}

static void
delete_one(struct nl_batch *b, uint32_t index, uint32_t if_id, struct nl_status *st)
{
	struct xfrm_userpolicy_id *id;
	struct nlmsghdr *nlh;
	void *p;

	nlh = nl_batch_msg(b, XFRM_MSG_DELPOLICY, 0, sizeof(*id), &p, st);
	if (if_id)
		mnl_attr_put_u32(nlh, XFRMA_IF_ID, if_id);
	id = p;
	id->index = index;
	id->dir = index & 7;
}

/* The low three bits are the direction; the kernel's own indexes count up from 8. */
static uint32_t
next_index(struct netlink *nl, uint8_t dir)
{
	if (++nl->policy_count >= 1u << 28)
		nl->policy_count = 0;
	return 1u << 31 | nl->policy_count << 3 | dir;
}

static void
send_policy(struct netlink *nl, struct nl_batch *b, struct policy *e, int ifindex)
{
	struct xfrm_userpolicy_info info;
	struct xfrm_user_tmpl tmpl;
	struct nlmsghdr *nlh;
	bool with_tmpl = policy_encode(&e->claims->want, ifindex, &info, &tmpl);
	void *p;

	e->new_index = next_index(nl, info.dir);
	info.index = e->new_index;
	info.sel.user = e->installed ? !e->user : e->user;
	nlh = nl_batch_msg(b, XFRM_MSG_UPDPOLICY, 0, sizeof(info), &p, &e->st);
	memcpy(p, &info, sizeof(info));	/* messages are aligned to 4 bytes only */
	if (with_tmpl)
		mnl_attr_put(nlh, XFRMA_TMPL, sizeof(tmpl), &tmpl);
	if (e->key.if_id)
		mnl_attr_put_u32(nlh, XFRMA_IF_ID, e->key.if_id);
}

/* The index of the entry's device; 0: none; -1: it has one that is not present. */
static int
ifindex_of(struct netlink *nl, const struct policy *e)
{
	struct dev *d;

	if (e->key.dev[0] == '\0')
		return 0;
	d = dev_get(nl, e->key.dev);
	if (d->ifindex == 0)
		dev_ask_index(nl, d);
	return d->ifindex ? d->ifindex : -1;
}

void
policies_install(struct netlink *nl)
{
	struct nl_status ignored = {0};
	struct nl_batch b;

	nl_batch_init(&b, &nl->xfrm);
	for (size_t i = 0; i < nl->dirty_policies.n; i++) {
		struct policy *e = nl->dirty_policies.v[i];
		int ifindex = ifindex_of(nl, e);

		nl_status_clear(&e->st);
		e->new_index = 0;
		/* The device has a new index, or none: the old policy can match nothing any more. */
		if (e->installed && e->ifindex != ifindex) {
			delete_one(&b, e->index, e->key.if_id, &ignored);
			e->installed = false;
		}
		if (e->claims == NULL)
			continue;
		if (ifindex < 0)
			nl_status_set(&e->st, -ENODEV, NULL);
		else if (!e->installed || !same(&e->held, &e->claims->want))
			send_policy(nl, &b, e, ifindex);
	}
	nl_batch_end(&b);
	nl_batch_init(&b, &nl->xfrm);
	for (size_t i = 0; i < nl->dirty_policies.n; i++) {
		struct policy *e = nl->dirty_policies.v[i];

		if (e->new_index == 0 || e->st.err)
			continue;	/* what was installed before stays so */
		if (e->installed) {
			delete_one(&b, e->index, e->key.if_id, &ignored);
			e->user = !e->user;
		}
		e->installed = true;
		e->held = e->claims->want;
		e->ifindex = ifindex_of(nl, e);
		e->index = e->new_index;
	}
	nl_batch_end(&b);
	nl_status_clear(&ignored);
}

void
policies_remove(struct netlink *nl)
{
	struct nl_batch b;

	nl_batch_init(&b, &nl->xfrm);
	for (size_t i = 0; i < nl->dirty_policies.n; i++) {
		struct policy *e = nl->dirty_policies.v[i];

		if (e->claims == NULL && e->installed)
			delete_one(&b, e->index, e->key.if_id, &e->st);
	}
	nl_batch_end(&b);
	for (size_t i = 0; i < nl->dirty_policies.n; i++) {
		struct policy *e = nl->dirty_policies.v[i];

		if (e->claims)
			continue;
		e->installed = false;
		if (e->st.err == -ENOENT)
			nl_status_clear(&e->st);
	}
}

const struct nl_status *
policy_status(struct netlink *nl, const struct obj_policy *p)
{
	struct policy *e = find(nl, p, false);

	return e ? &e->st : NULL;
}

static void
free_one(struct netlink *nl, struct policy *e)
{
	while (e->claims)
		unclaim(e, e->claims->want.priority);
	if (e->key.dev[0])
		dev_get(nl, e->key.dev)->npolicy--;
	nl_status_clear(&e->st);
	free(e);
}

void
policies_settle(struct netlink *nl, bool report)
{
	for (size_t i = 0; i < nl->dirty_policies.n; i++) {
		struct policy *e = nl->dirty_policies.v[i];

		for (struct claim *c = e->claims; report && c; c = c->next)
			nl_report(nl, c->id, &e->st);
		e->dirty = false;
		if (e->claims == NULL) {
			htab_del(&nl->policies, &e->node);
			free_one(nl, e);
		}
	}
	nl->dirty_policies.n = 0;
}

void
policies_free(struct netlink *nl)
{
	for (size_t i = 0; i < nl->policies.nslot; i++)
		for (struct hnode *n = nl->policies.slot[i], *next; n; n = next) {
			next = n->next;
			free_one(nl, (struct policy *)n);
		}
	free(nl->policies.slot);
	memset(&nl->policies, 0, sizeof(nl->policies));
	ptrs_free(&nl->dirty_policies);
}

/*
 * Policies and SAs of whoever was here before; main policies only, the sockets'
 * own stay. And policies between networks of /24 and longer go into the
 * kernel's hash table (32 is its default), for a walk through all others costs
 * too much: Linux 6.1 does one for each policy that is added.
 */
int
policies_flush_kernel(struct netlink *nl)
{
	struct xfrmu_spdhthresh bits = {.lbits = 24, .rbits = 24};
	struct nl_status st = {0}, ignored = {0};
	struct nlmsghdr *nlh;
	struct nl_batch b;
	void *p;
	int err;

	nl_batch_init(&b, &nl->xfrm);
	nl_batch_msg(&b, XFRM_MSG_FLUSHPOLICY, 0, 0, &p, &st);
	nl_batch_msg(&b, XFRM_MSG_FLUSHSA, 0, sizeof(struct xfrm_usersa_flush), &p, &st);
	((struct xfrm_usersa_flush *)p)->proto = 255;	/* IPSEC_PROTO_ANY */
	nlh = nl_batch_msg(&b, XFRM_MSG_NEWSPDINFO, 0, sizeof(uint32_t), &p, &ignored);
	mnl_attr_put(nlh, XFRMA_SPD_IPV4_HTHRESH, sizeof(bits), &bits);
	nl_batch_end(&b);
	nl_status_clear(&ignored);
	err = st.err == -ESRCH ? 0 : st.err;
	nl_status_clear(&st);
	return err;
}
