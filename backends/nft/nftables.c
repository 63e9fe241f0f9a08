/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * OBJ_MSS, by libnftables. A batch goes into the table of devices first; then
 * what is wanted is compared with what the kernel holds, and the difference is
 * written as one text of commands, which nf_tables carries out wholly or not at
 * all. When that fails the whole table is written anew, once: somebody may have
 * flushed it.
 *
 * libnftables ends the process when there is no nfnetlink; so the kernel is
 * asked before the library is.
 */
#define _GNU_SOURCE
#include "backends/nft/nftables.h"

#include <ctype.h>
#include <errno.h>
#include <libmnl/libmnl.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/nfnetlink.h>
#include <nftables/libnftables.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>

#include "backends/zapi/table.h"
#include "lib/buf.h"
#include "lib/hash.h"
#include "lib/log.h"
#include "lib/xalloc.h"

#define TABLE "ip confterm"

/* A device with a limit, wanted or held by the kernel; 0: none. */
struct device {
	struct node node;
	char dev[OBJ_IFNAMSIZ];
	uint16_t want, held;
	bool dirty;
	struct device *next_dirty;
};

struct nftables {
	struct driver driver;
	struct engine *engine;
	struct nft_ctx *ctx;	/* NULL: not opened, or not there */
	struct table devices;
	struct device *dirty;
	uint32_t *users;	/* devices that the kernel holds, by limit */
	size_t held;		/* all of them; 0: there is no table */
};

/* --- the kernel --- */

/* Has the kernel nf_tables? The question loads the module where it is one. 0 or -errno. */
static int
probe(void)
{
	char mem[256] __attribute__((aligned(8)));
	struct nlmsghdr *req = mnl_nlmsg_put_header(mem);
	struct nfgenmsg *nfg = mnl_nlmsg_put_extra_header(req, sizeof *nfg);
	struct mnl_socket *s = mnl_socket_open2(NETLINK_NETFILTER, SOCK_CLOEXEC);
	struct timeval tv = { .tv_sec = 5 };
	int err = 0;
	ssize_t n;

	if (!s)
		return -errno;
	req->nlmsg_type = NFNL_SUBSYS_NFTABLES << 8 | NFT_MSG_GETGEN;
	req->nlmsg_flags = NLM_F_REQUEST;
	nfg->nfgen_family = AF_UNSPEC;
	setsockopt(mnl_socket_get_fd(s), SOL_SOCKET, SO_RCVTIMEO, &tv, sizeof tv);
	if (mnl_socket_sendto(s, req, req->nlmsg_len) < 0 || (n = mnl_socket_recvfrom(s, mem, sizeof mem)) < 0)
		err = -errno;
	else if (!mnl_nlmsg_ok((const struct nlmsghdr *)(const void *)mem, (int)n))
		err = -EBADMSG;
	else if (req->nlmsg_type == NLMSG_ERROR)
		err = ((const struct nlmsgerr *)mnl_nlmsg_get_payload(req))->error;
	mnl_socket_close(s);
	return err;
}

/* Makes the library ready; NULL, or why not. */
static const char *
ready(struct nftables *t)
{
	int err;

	if (t->ctx)
		return NULL;
	err = probe();
	if (err)
		return err == -EPERM ? "not permitted by the kernel (CAP_NET_ADMIN is needed)" : "this kernel has no nf_tables";
	t->ctx = nft_ctx_new(NFT_CTX_DEFAULT);
	if (!t->ctx)
		return "libnftables cannot be used";
	nft_ctx_buffer_output(t->ctx);
	nft_ctx_buffer_error(t->ctx);
	return NULL;
}

/* One transaction. On failure the reason is in why. */
static bool
run(struct nftables *t, const struct buf *commands, char *why, size_t size)
{
	const char *text;

	if (nft_run_cmd_from_buffer(t->ctx, buf_str(commands)) == 0)
		return true;
	text = nft_ctx_get_error_buffer(t->ctx);
	text = text && *text ? text : "no reason given";
	if (strncmp(text, "Error: ", 7) == 0)
		text += 7;
	snprintf(why, size, "nf_tables: %.*s", (int)strcspn(text, "\n"), text);
	return false;
}

/* --- commands --- */

/*
 * `add` before `delete`: then there is something to delete. A SYN is looked up
 * by the device that it came in by and by the one that it leaves by.
 */
static void
put_table(struct buf *b, bool chains)
{
	static const struct {
		const char *hook;
		bool in, out;
	} hooks[] = { { "input", true, false }, { "forward", true, true }, { "output", false, true } };

	buf_puts(b, "add table " TABLE "\ndelete table " TABLE "\n");
	if (!chains)
		return;
	buf_puts(b, "add table " TABLE "\nadd map " TABLE " mss { type ifname : verdict; }\n");
	for (size_t i = 0; i < sizeof hooks / sizeof hooks[0]; i++) {
		const char *h = hooks[i].hook;

		buf_printf(b, "add chain " TABLE " %s { type filter hook %s priority mangle; policy accept; }\n", h, h);
		if (hooks[i].in)
			buf_printf(b, "add rule " TABLE " %s tcp flags & (syn | rst) == syn iifname vmap @mss\n", h);
		if (hooks[i].out)
			buf_printf(b, "add rule " TABLE " %s tcp flags & (syn | rst) == syn oifname vmap @mss\n", h);
	}
}

static void
put_chain(struct buf *b, unsigned mss)
{
	buf_printf(b, "add chain " TABLE " mss-%u\n", mss);
	buf_printf(b, "add rule " TABLE " mss-%u tcp option maxseg size > %u tcp option maxseg size set %u\n", mss, mss, mss);
}

static void
put_elements(struct buf *b, const char *verb, const struct buf *elements)
{
	if (elements->n)
		buf_printf(b, "%s element " TABLE " mss { %s }\n", verb, buf_str(elements) + 2);
}

static void
element(struct buf *b, const struct device *d, uint16_t mss)
{
	buf_printf(b, ", \"%s\" : jump mss-%u", d->dev, mss);
}

/* The difference for all that is dirty, as one transaction. users becomes what it is afterwards. */
static void
difference(struct nftables *t, struct buf *b)
{
	struct buf gone = {0}, come = {0}, last = {0};
	bool fresh = t->held == 0;

	if (fresh)
		put_table(b, true);
	for (struct device *d = t->dirty; d; d = d->next_dirty) {
		if (d->held == d->want)
			continue;
		if (d->held)
			element(&gone, d, d->held);
		if (d->want) {
			element(&come, d, d->want);
			if (t->users[d->want]++ == 0)
				put_chain(b, d->want);
			t->held++;
		}
	}
	/* after all have come: a chain that one device leaves and another enters stays */
	for (struct device *d = t->dirty; d; d = d->next_dirty)
		if (d->held != d->want && d->held) {
			t->held--;
			if (--t->users[d->held] == 0)
				buf_printf(&last, "flush chain " TABLE " mss-%u\ndelete chain " TABLE " mss-%u\n", d->held, d->held);
		}
	put_elements(b, "delete", &gone);
	put_elements(b, "add", &come);
	buf_put(b, buf_str(&last), last.n);
	if (t->held == 0) {
		buf_clear(b);
		put_table(b, false);
	}
	buf_free(&gone);
	buf_free(&come);
	buf_free(&last);
}

/* Everything that is wanted, from nothing. */
static void
anew(struct nftables *t, struct buf *b)
{
	struct buf come = {0};

	memset(t->users, 0, (UINT16_MAX + 1) * sizeof *t->users);
	t->held = 0;
	put_table(b, true);
	for (size_t i = 0; i < t->devices.size; i++)
		for (struct node *n = t->devices.slot[i]; n; n = n->next) {
			struct device *d = (struct device *)n;

			if (!d->want)
				continue;
			element(&come, d, d->want);
			if (t->users[d->want]++ == 0)
				put_chain(b, d->want);
			t->held++;
		}
	put_elements(b, "add", &come);
	buf_free(&come);
}

/* --- operations --- */

static struct device *
find(struct nftables *t, const char *dev, bool make)
{
	uint64_t key = hash_str(HASH_INIT, dev);
	struct device *d;

	for (struct node *n = table_find(&t->devices, key); n; n = n->next)
		if (n->key == key && strcmp(((struct device *)n)->dev, dev) == 0)
			return (struct device *)n;
	if (!make)
		return NULL;
	d = xcalloc(1, sizeof *d);
	strncpy(d->dev, dev, sizeof d->dev - 1);
	table_put(&t->devices, &d->node, key);
	return d;
}

static void
mark(struct nftables *t, struct device *d)
{
	if (d->dirty)
		return;
	d->dirty = true;
	d->next_dirty = t->dirty;
	t->dirty = d;
}

/* What may stand in the text of the commands; everything that an interface is called does. */
static bool
speakable(const char *dev)
{
	for (const char *p = dev; *p; p++)
		if (!isalnum((unsigned char)*p) && !strchr("-._", *p))
			return false;
	return *dev != '\0';
}

static void
take(struct nftables *t, const struct plan_op *op)
{
	const struct obj *o = op->now ? op->now : op->was;
	struct device *d = find(t, o->mss.dev, op->now != NULL);

	if (!d)
		return;
	d->want = op->now ? op->now->mss.mss : 0;
	mark(t, d);
}

/* Carries out what is dirty; NULL, or why not. */
static const char *
sync_devices(struct nftables *t, char *why, size_t size)
{
	struct buf b = {0};
	const char *reason = ready(t);
	bool whole = false, done;

	if (reason)
		return reason;
	if (!t->users)
		t->users = xcalloc(UINT16_MAX + 1, sizeof *t->users);
	difference(t, &b);
	done = b.n == 0 || run(t, &b, why, size);
	if (!done) {
		buf_clear(&b);
		anew(t, &b);
		done = whole = run(t, &b, why, size);
	}
	buf_free(&b);
	if (!done) {
		/* nothing of ours is known to be there: the next try begins from nothing */
		memset(t->users, 0, (UINT16_MAX + 1) * sizeof *t->users);
		t->held = 0;
	}
	for (size_t i = 0; (whole || !done) && i < t->devices.size; i++)
		for (struct node *n = t->devices.slot[i]; n; n = n->next) {
			struct device *d = (struct device *)n;

			d->held = done ? d->want : 0;
			if (!done)
				mark(t, d);
		}
	return done ? NULL : why;
}

/* The dirty list is empty afterwards, except for devices that the kernel still has to hear of. */
static void
settle(struct nftables *t, bool done)
{
	struct device *d = t->dirty, *next;

	t->dirty = NULL;
	for (; d; d = next) {
		next = d->next_dirty;
		if (done)
			d->held = d->want;
		d->dirty = false;
		if (!d->want && !d->held) {
			table_remove(&t->devices, &d->node);
			free(d);
		} else if (d->want != d->held) {
			mark(t, d);
		}
	}
}

static void
apply(void *ctx, const struct plan_op *ops, size_t n)
{
	struct nftables *t = ctx;
	char text[200];
	const char *why;

	for (size_t i = 0; i < n; i++) {
		const struct obj *o = ops[i].now;

		if (o && (!speakable(o->mss.dev) || o->mss.mss == 0))
			continue;
		take(t, &ops[i]);
	}
	why = t->dirty ? sync_devices(t, text, sizeof text) : NULL;
	settle(t, why == NULL);
	for (size_t i = 0; i < n; i++) {
		const struct obj *o = ops[i].now ? ops[i].now : ops[i].was;

		if (!ops[i].now)	/* what cannot be there is not there */
			engine_result(t->engine, o->id, 0, NULL);
		else if (!find(t, o->mss.dev, false))
			engine_result(t->engine, o->id, -EINVAL, "not a device's name");
		else
			engine_result(t->engine, o->id, why ? -EOPNOTSUPP : 0, why);
	}
}

/* --- life --- */

struct nftables *
nftables_create(struct engine *e)
{
	struct nftables *t = xcalloc(1, sizeof *t);

	t->engine = e;
	t->driver = (struct driver){ .name = "nft", .kinds = OBJ_BIT(OBJ_MSS), .ctx = t, .apply = apply };
	return t;
}

struct driver *
nftables_driver(struct nftables *t)
{
	return &t->driver;
}

static void
remove_table(struct nftables *t)
{
	struct buf b = {0};
	char why[200];

	put_table(&b, false);
	if (!run(t, &b, why, sizeof why))
		log_msg("PLATFORM", 4, "NFTABLES", "the table " TABLE " cannot be removed: %s", why);
	buf_free(&b);
}

void
nftables_start(struct nftables *t)
{
	if (!ready(t))
		remove_table(t);
	engine_driver_up(t->engine, &t->driver);
}

void
nftables_stop(struct nftables *t)
{
	if (t->ctx) {
		if (t->held)
			remove_table(t);
		nft_ctx_free(t->ctx);
	}
	t->ctx = NULL;
	table_free(&t->devices);
	free(t->users);
	t->devices = (struct table){0};
	t->users = NULL;
	t->dirty = NULL;
	t->held = 0;
}

void
nftables_destroy(struct nftables *t)
{
	if (!t)
		return;
	nftables_stop(t);
	free(t);
}
