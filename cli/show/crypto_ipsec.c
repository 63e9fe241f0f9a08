/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show crypto ipsec sa: every proxy identity of every crypto map entry, with
 * or without SAs, or those of one peer, map, interface or VRF. Packet counters
 * go on over rekeying; what could not be received is what the kernel counted
 * at the SAs of now. With `address` the SAs alone, by their destinations.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/show/crypto.h"
#include "engine/crypto.h"
#include "lib/ip4.h"
#include "lib/xalloc.h"
#include "parser/types.h"

exec_fn show_crypto_ipsec_sa, show_crypto_ipsec_lifetime;

struct dev_mtu {
	char dev[OBJ_IFNAMSIZ];
	uint32_t mtu;
};

struct job {
	struct crypto_view v;
	struct dev_mtu *dev;
	size_t ndev, capdev;
	uint32_t path_peer, path_mtu;	/* of the last question */
	const struct cfg_show_crypto_ipsec_sa *a;
	struct one {			/* with `address` */
		uint32_t dst;
		bool in;
		const struct entry *e;
		const struct crypto_child *k;
	} *one;
	size_t none, capone;
};

/* --- MTU --- */

static int
by_dev(const void *a, const void *b)
{
	return strcmp(((const struct dev_mtu *)a)->dev, ((const struct dev_mtu *)b)->dev);
}

static void
take_link(void *arg, const struct nl_link *l)
{
	struct job *j = arg;

	if (j->ndev == j->capdev) {
		j->capdev = j->capdev ? 2 * j->capdev : 16;
		j->dev = xrealloc(j->dev, j->capdev * sizeof *j->dev);
	}
	memcpy(j->dev[j->ndev].dev, l->dev, sizeof l->dev);
	j->dev[j->ndev++].mtu = l->mtu;
}

static uint32_t
interface_mtu(const struct job *j, const char *ifname)
{
	struct cfg_interface key = { .has = HAS_INTERFACE_IF, .if_ = ifname };
	const struct rec *r = store_find(j->v.store, store_root(j->v.store), ROW_INTERFACE, &key);
	const struct cfg_interface_mtu *m = r ? store_leaf(j->v.store, r, ROW_INTERFACE_MTU) : NULL;
	struct dev_mtu want = {0}, *hit;

	ifname_kernel(ifname, want.dev);
	hit = j->ndev ? bsearch(&want, j->dev, j->ndev, sizeof want, by_dev) : NULL;
	return hit ? hit->mtu : m ? m->bytes : 1500;
}

static uint32_t
path_mtu(struct job *j, uint32_t peer, uint32_t fallback)
{
	struct nl_path p;

	if (peer != j->path_peer) {
		j->path_peer = peer;
		j->path_mtu = j->v.r->netlink && netlink_route_get(j->v.r->netlink, peer, &p) == 0 ? p.mtu : 0;
	}
	return j->path_mtu ? j->path_mtu : fallback;
}

/* --- SAs --- */

static void
ident(struct session *s, const char *side, const struct prefix4 *p, uint8_t proto, uint16_t port)
{
	out(s, "   %s ident (addr/mask/prot/port): (%s/%s/%u/%u)\n", side, ip4_s(p->addr), ip4_s(ip4_mask(p->len)), proto,
	    port);
}

/* One SA of a pair: in has number n, out n + 1. */
static void
one_sa(const struct job *j, const struct entry *e, const struct crypto_child *k, bool in)
{
	struct session *s = j->v.s;
	const struct sa_child *c = k->c;
	uint32_t spi = in ? c->spi_in : c->spi_out, number = tunnels_sa_number(j->v.t, c->unique_id) + !in;
	uint64_t limit = e->kilobytes;
	const struct nl_sa *sa;
	struct buf t = {0};
	bool replay;

	crypto_transform(c, &t);
	out(s, "      spi: 0x%X(%u)\n", spi, spi);
	out(s, "        transform: %s,\n", buf_str(&t));
	out(s, "        in use settings ={%s%s, }\n", c->mode == IPSEC_TUNNEL ? "Tunnel" : "Transport",
	    c->udp_encap ? " UDP-Encaps" : "");
	out(s, "        conn id: %u, flow_id: SW:%u, sibling_flags 80000040, crypto map: %s\n", number, number, e->map);
	if (limit)
		out(s, "        sa timing: remaining key lifetime (k/sec): (%llu/%u)\n",
		    (unsigned long long)crypto_kb_left(limit, in ? c->bytes_in : c->bytes_out), c->life_left);
	else
		out(s, "        sa timing: remaining key lifetime (sec): (%u)\n", c->life_left);
	out(s, "        IV size: %u bytes\n", crypto_iv_size(c));
	/* without an integrity check there is nothing to hold a sequence number against; only what comes in has a window */
	sa = crypto_kernel_sa(&j->v, c->spi_in, k->ike->local);
	replay = (c->ah || *c->integ || strstr(c->encr, "GCM") || strstr(c->encr, "GMAC")) && (!sa || sa->window);
	if (replay && sa && in && j->a->detail)
		out(s, "        replay detection support: Y  replay window size: %u\n", sa->window);
	else
		out(s, "        replay detection support: %c\n", replay ? 'Y' : 'N');
	out(s, "        Status: ACTIVE(ACTIVE)\n");
	buf_free(&t);
}

static void
sa_list(const struct job *j, const struct entry *e, const struct crypto_child *k, size_t n, bool in, bool ah)
{
	out(j->v.s, "\n     %s %s sas:\n", in ? "inbound" : "outbound", ah ? "ah" : "esp");
	for (size_t i = 0; i < n; i++)
		if (k[i].c->ah == ah && crypto_child_live(k[i].c))
			one_sa(j, e, &k[i], in);
}

/* What could not be sent or received; of the rest the kernel counts nothing for one SA, and of tags there are none. */
static void
print_errors(const struct job *j, const struct flow *f, const struct crypto_child *k, size_t n)
{
	uint64_t failed = 0, replayed = 0;
	struct session *s = j->v.s;

	for (size_t i = 0; i < n; i++) {
		const struct nl_sa *sa = crypto_kernel_sa(&j->v, k[i].c->spi_in, k[i].ike->local);

		failed += sa ? sa->integrity_failed : 0;
		replayed += sa ? (uint64_t)sa->out_of_window + sa->replayed : 0;
	}
	if (!j->a->detail) {
		out(s, "    #send errors %llu, #recv errors %llu\n", (unsigned long long)f->send_errors, (unsigned long long)(failed + replayed));
		return;
	}
	out(s, "    #pkts no sa (send) %llu, #pkts invalid sa (rcv) 0\n"
	    "    #pkts encaps failed (send) 0, #pkts decaps failed (rcv) 0\n"
	    "    #pkts invalid prot (recv) 0, #pkts verify failed: %llu\n"
	    "    #pkts invalid identity (recv) 0, #pkts invalid len (rcv) 0\n"
	    "    #pkts replay rollover (send): 0, #pkts replay rollover (rcv) 0\n"
	    "    ##pkts replay failed (rcv): %llu\n"
	    "    #pkts tagged (send): 0, #pkts untagged (rcv): 0\n"
	    "    #pkts not tagged (send): 0, #pkts not untagged (rcv): 0\n"
	    "    #pkts internal err (send): 0, #pkts internal err (recv) 0\n",
	    (unsigned long long)f->send_errors, (unsigned long long)failed, (unsigned long long)replayed);
}

static void
print_flow(struct job *j, const struct entry *e, const struct flow *f)
{
	struct session *s = j->v.s;
	size_t n;
	const struct crypto_child *k = crypto_children(&j->v, f, &n), *now = NULL;
	struct crypto_count c = crypto_count(&j->v, f);
	uint32_t peer = flow_peer(f), mtu = interface_mtu(j, e->ifname);
	unsigned port = 500;

	for (size_t i = 0; i < n; i++)
		if (strcmp(k[i].c->state, "INSTALLED") == 0)
			now = &k[i];
	if (now && now->ike->remote == peer && now->ike->remote_port)
		port = now->ike->remote_port;
	out(s, "\n   protected vrf: %s\n", crypto_vrf(&j->v, e));
	ident(s, "local ", &f->sel.src, f->sel.proto, f->sel.src_port);
	ident(s, "remote", &f->sel.dst, f->sel.proto, f->sel.dst_port);
	out(s, "   current_peer %s port %u\n", ip4_s(peer), port);
	out(s, "     PERMIT, flags={%s}\n", f->of ? "" : "origin_is_acl,");
	out(s, "    #pkts encaps: %llu, #pkts encrypt: %llu, #pkts digest: %llu\n", (unsigned long long)c.out,
	    (unsigned long long)c.out, (unsigned long long)c.out);
	out(s, "    #pkts decaps: %llu, #pkts decrypt: %llu, #pkts verify: %llu\n", (unsigned long long)c.in,
	    (unsigned long long)c.in, (unsigned long long)c.in);
	out(s, "    #pkts compressed: 0, #pkts decompressed: 0\n"
	    "    #pkts not compressed: 0, #pkts compr. failed: 0\n"
	    "    #pkts not decompressed: 0, #pkts decompress failed: 0\n");
	print_errors(j, f, k, n);
	if (j->a->has & HAS_SHOW_CRYPTO_IPSEC_SA_WHICH && j->a->which == SHOW_CRYPTO_IPSEC_SA_WHICH_IDENTITY)
		return;
	out(s, "\n     local crypto endpt.: %s, remote crypto endpt.: %s\n", ip4_s(now ? now->ike->local : e->local),
	    ip4_s(now ? now->ike->remote : peer));
	out(s, "     path mtu %u, ip mtu %u, ip mtu idb %s\n", path_mtu(j, peer, mtu), mtu, e->ifname);
	out(s, "     current outbound spi: 0x%X(%u)\n", now ? now->c->spi_out : 0, now ? now->c->spi_out : 0);
	if (now && *now->c->dh)
		out(s, "     PFS (Y/N): Y, DH group: group%d\n", crypto_dh_number(now->c->dh));
	else
		out(s, "     PFS (Y/N): N, DH group: none\n");
	sa_list(j, e, k, n, true, false);
	sa_list(j, e, k, n, true, true);
	out(s, "\n     inbound pcp sas:\n");
	sa_list(j, e, k, n, false, false);
	sa_list(j, e, k, n, false, true);
	out(s, "\n     outbound pcp sas:\n");
}

/* --- by address --- */

static void
take_sas(struct job *j, const struct entry *e, const struct flow *f)
{
	size_t n;

	for (const struct crypto_child *k = crypto_children(&j->v, f, &n); n; n--, k++)
		for (int in = 0; in < 2 && crypto_child_live(k->c); in++) {
			if (j->none == j->capone) {
				j->capone = j->capone ? 2 * j->capone : 64;
				j->one = xrealloc(j->one, j->capone * sizeof *j->one);
			}
			j->one[j->none++] = (struct one){ in ? k->ike->local : k->ike->remote, in, e, k };
		}
}

static uint32_t
spi_of(const struct one *o)
{
	return o->in ? o->k->c->spi_in : o->k->c->spi_out;
}

static int
by_address(const void *a, const void *b)
{
	const struct one *x = a, *y = b;

	if (x->dst != y->dst)
		return x->dst < y->dst ? -1 : 1;
	if (x->k->c->ah != y->k->c->ah)
		return x->k->c->ah ? 1 : -1;
	return spi_of(x) < spi_of(y) ? -1 : spi_of(x) > spi_of(y);
}

static void
print_by_address(struct job *j)
{
	if (j->none)
		qsort(j->one, j->none, sizeof *j->one, by_address);
	for (size_t i = 0; i < j->none; i++) {
		const struct one *o = &j->one[i], *before = i ? o - 1 : NULL;

		if (!before || before->dst != o->dst)
			out(j->v.s, "\nfvrf/address: (none)/%s\n", ip4_s(o->dst));
		if (!before || before->dst != o->dst || before->k->c->ah != o->k->c->ah)
			out(j->v.s, "   protocol: %s\n", o->k->c->ah ? "AH" : "ESP");
		one_sa(j, o->e, o->k, o->in);
	}
}

/* --- the command --- */

static bool
asked_for(const struct job *j, const struct entry *e)
{
	const struct cfg_show_crypto_ipsec_sa *a = j->a;

	return !(a->has & HAS_SHOW_CRYPTO_IPSEC_SA_ADDR && e->peer[e->current] != a->addr) &&
	    !(a->has & HAS_SHOW_CRYPTO_IPSEC_SA_MAP && strcmp(e->map, a->map) != 0) &&
	    !(a->has & HAS_SHOW_CRYPTO_IPSEC_SA_IF && strcmp(e->ifname, a->if_) != 0) &&
	    !(a->has & HAS_SHOW_CRYPTO_IPSEC_SA_VRF && strcmp(crypto_vrf(&j->v, e), a->vrf) != 0);
}

void
show_crypto_ipsec_sa(struct session *s, const void *values)
{
	struct job j = { .a = values };
	const bool by_dst = j.a->has & HAS_SHOW_CRYPTO_IPSEC_SA_WHICH && j.a->which == SHOW_CRYPTO_IPSEC_SA_WHICH_ADDRESS;
	const struct entry *before = NULL;

	crypto_view_open(&j.v, s);
	crypto_view_kernel(&j.v);
	if (j.v.nentry && j.v.r->netlink)
		(void)netlink_each_link(j.v.r->netlink, take_link, &j);
	if (j.ndev)
		qsort(j.dev, j.ndev, sizeof *j.dev, by_dev);
	for (size_t i = 0; i < j.v.nentry; i++) {
		const struct entry *e = j.v.entry[i];
		struct flow **f;
		size_t n;

		if (!e->npeer || !asked_for(&j, e))
			continue;
		if (!by_dst && (!before || strcmp(before->ifname, e->ifname) != 0 || strcmp(before->map, e->map) != 0))
			out(s, "\ninterface: %s\n    Crypto map tag: %s, local addr %s\n", e->ifname, e->map, ip4_s(e->local));
		before = e;
		f = crypto_flows(&j.v, e, &n);
		for (size_t k = 0; k < n; k++)
			if (by_dst)
				take_sas(&j, e, f[k]);
			else
				print_flow(&j, e, f[k]);
		free(f);
	}
	print_by_address(&j);
	if (by_dst ? !j.none : !before)
		out(s, "\nNo SAs found\n");
	free(j.dev);
	free(j.one);
	crypto_view_close(&j.v);
}

void
show_crypto_ipsec_lifetime(struct session *s, const void *values)
{
	struct store *st = session_store(s);
	const struct cfg_sa_lifetime_kb *kb = store_leaf(st, store_root(st), ROW_SA_LIFETIME_KB);
	const struct cfg_sa_lifetime_seconds *sec = store_leaf(st, store_root(st), ROW_SA_LIFETIME_SECONDS);

	(void)values;
	if (kb->has & HAS_SA_LIFETIME_KB_KILOBYTES)
		out(s, "Security association lifetime: %u kilobytes/%u seconds\n", kb->kilobytes, sec->seconds);
	else
		out(s, "Security association lifetime: kilobytes disabled/%u seconds\n", sec->seconds);
}
