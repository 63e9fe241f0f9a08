/* SPDX-License-Identifier: BSD-2-Clause */
/* show crypto session [local A | remote A | interface I] [detail]: prints the blocks of crypto_session.h. */
#include <stdlib.h>
#include <string.h>

#include "cli/show/crypto_session.h"
#include "lib/ip4.h"

exec_fn show_crypto_session;

/* What a block's flow shows: SAs with this peer only. */
struct part {
	int installed;
	uint64_t in, out, bytes_in, bytes_out;
	uint32_t left, age;
};

static struct part
part_of(const struct crypto_sessions *j, const struct flow *f, const struct crypto_block *b)
{
	struct part p = {0};
	const struct crypto_child *k;
	size_t n;

	for (k = crypto_children(&j->v, f, &n); n; n--, k++) {
		if (k->ike->remote != b->peer || strcmp(k->c->state, "INSTALLED") != 0)
			continue;
		p.installed++;
		/* sorted by unique id: the newest pair is the last one */
		p.bytes_in = k->c->bytes_in;
		p.bytes_out = k->c->bytes_out;
		p.left = k->c->life_left;
		if (k->c->installed > p.age)
			p.age = k->c->installed;
	}
	return p;
}

static void
life(const struct crypto_sessions *j, const char *label, uint64_t packets, uint64_t drop, const struct part *p,
    uint64_t bytes, uint64_t limit)
{
	out(j->v.s, "        %s %llu drop %llu life (KB/Sec) ", label, (unsigned long long)packets, (unsigned long long)drop);
	if (!p->installed)
		out(j->v.s, "0/0\n");
	else if (limit)
		out(j->v.s, "%llu/%u\n", (unsigned long long)crypto_kb_left(limit, bytes), p->left);
	else
		out(j->v.s, "KB Vol Rekey Disabled/%u\n", p->left);
}

static void
print_flow(const struct crypto_sessions *j, const struct entry *e, const struct flow *f, const struct part *p)
{
	struct buf text = {0};

	crypto_flow_text(&f->sel, &text);
	out(j->v.s, "  IPSEC FLOW: %s\n        Active SAs: %d, origin: %scrypto map\n", buf_str(&text), 2 * p->installed,
	    e->kind == ENTRY_DYNAMIC ? "dynamic " : "");
	buf_free(&text);
	if (j->detail) {
		struct crypto_count c = crypto_count(&j->v, f);
		uint64_t limit = e->kilobytes, drop = 0;
		const struct crypto_child *k;
		size_t n;

		for (k = crypto_children(&j->v, f, &n); n; n--, k++) {
			const struct nl_sa *sa = crypto_kernel_sa(&j->v, k->c->spi_in, k->ike->local);

			drop += sa ? (uint64_t)sa->out_of_window + sa->replayed + sa->integrity_failed : 0;
		}
		life(j, "Inbound:  #pkts dec'ed", c.in, drop, p, p->bytes_in, limit);
		life(j, "Outbound: #pkts enc'ed", c.out, f->send_errors, p, p->bytes_out, limit);
	}
}

/*
 * The flows of all entries with this interface and peer; with print false they
 * are only looked at. Returns the number of SA pairs.
 */
static int
flows(const struct crypto_sessions *j, const struct crypto_block *b, bool print, uint32_t *age)
{
	const struct crypto_pair *p = crypto_find_pair(j, b->local, b->peer), *end = j->pair + j->npair;
	int installed = 0;

	for (; p && p < end && p->local == b->local && p->peer == b->peer; p++) {
		const struct entry *e = j->v.entry[p->at];
		struct flow **f;
		size_t n;

		if (strcmp(e->ifname, b->ifname) != 0)
			continue;
		f = crypto_flows(&j->v, e, &n);
		for (size_t i = 0; i < n; i++) {
			struct part part = part_of(j, f[i], b);

			installed += part.installed;
			if (part.age > *age)
				*age = part.age;
			if (print && (p->current || part.installed))
				print_flow(j, e, f[i], &part);
		}
		free(f);
	}
	return installed;
}

static void
print_link(const struct crypto_sessions *j, const struct crypto_link *l)
{
	const struct sa_ike *k = l->ike;
	bool up = k && crypto_ike_up(k);
	uint16_t lp = k ? k->local_port : l->gone->local_port, rp = k ? k->remote_port : l->gone->remote_port;
	char text[16], cap[4] = "";

	out(j->v.s, "  Session ID: 0  \n  IKEv%d SA: local %s/%u remote %s/%u %s \n", k ? k->version : l->gone->version,
	    ip4_s(l->local), lp ? lp : 500, ip4_s(l->remote), rp ? rp : 500, up ? "Active" : "Inactive");
	if (!j->detail)
		return;
	if (up && store_leaf(j->v.store, store_root(j->v.store), ROW_ISAKMP_KEEPALIVE))
		strcat(cap, "D");
	if (up && (k->nat_local || k->nat_remote))
		strcat(cap, "N");
	strcpy(text, "0");
	if (up)
		crypto_clock(crypto_ike_left(&j->v, k), text);
	out(j->v.s, "          Capabilities:%s connid:%u lifetime:%s\n", *cap ? cap : "(none)", l->conn_id, text);
}

static const char *
description(const struct crypto_sessions *j, const struct crypto_block *b)
{
	const struct crypto_pair *p = crypto_find_pair(j, b->local, b->peer);
	const struct rec *map = p ? crypto_map_rec(&j->v, j->v.entry[p->at]) : NULL;
	const struct cfg_crypto_map_description *d = map ? store_leaf(j->v.store, map, ROW_CRYPTO_MAP_DESCRIPTION) : NULL;

	return d ? d->text : "(none)";
}

/* The VRF of what the block's interface protects. */
static const char *
inside(const struct crypto_sessions *j, const struct crypto_block *b)
{
	const struct crypto_pair *p = crypto_find_pair(j, b->local, b->peer), *end = j->pair + j->npair;

	for (; p && p < end && p->local == b->local && p->peer == b->peer; p++)
		if (strcmp(j->v.entry[p->at]->ifname, b->ifname) == 0)
			return crypto_vrf(&j->v, j->v.entry[p->at]);
	return "(none)";
}

static void
print_block(const struct crypto_sessions *j, const struct crypto_block *b)
{
	struct session *s = j->v.s;
	size_t n, live = 0, up = 0;
	const struct crypto_link *l = crypto_find_links(j, b->local, b->peer, &n);
	const struct sa_ike *first = NULL;
	uint32_t age = 0;
	uint16_t port = 500;
	const char *state;
	int pairs = flows(j, b, false, &age);

	for (size_t i = 0; i < n; i++) {
		live += l[i].ike != NULL;
		if (!l[i].ike || !crypto_ike_up(l[i].ike))
			continue;
		up++;
		if (!first)
			first = l[i].ike;
		if (l[i].ike->established > age)
			age = l[i].ike->established;
	}
	if (up)
		state = pairs ? "UP-ACTIVE     " : "UP-IDLE";
	else
		state = n ? "DOWN-NEGOTIATING" : "DOWN";
	if (n)
		port = first ? first->remote_port : l->ike ? l->ike->remote_port : l->gone->remote_port;
	out(s, "Interface: %s\n", b->ifname);
	if (j->detail && up) {
		char text[16];

		crypto_uptime(age, text);
		out(s, "Uptime: %s\n", text);
	}
	out(s, "Session status: %s\nPeer: %s port %u ", state, ip4_s(b->peer), port ? port : 500);
	if (j->detail)
		out(s, "fvrf: (none) ivrf: %s", inside(j, b));
	out(s, "\n");
	if (j->detail && first)
		out(s, "      Phase1_id: %s\n      Desc: %s\n", first->remote_id, description(j, b));
	else if (j->detail)
		out(s, "      Desc: %s\n      Phase1_id: (none)\n", description(j, b));
	/* a tombstone only speaks when nothing is alive */
	for (size_t i = 0; i < (live ? live : n ? 1 : 0); i++)
		print_link(j, &l[i]);
	(void)flows(j, b, true, &age);
	out(s, "\n");
}

void
show_crypto_session(struct session *s, const void *values)
{
	const struct cfg_show_crypto_session *a = values;
	struct crypto_sessions j = { .detail = a->detail };

	crypto_view_open(&j.v, s);
	if (j.detail)
		crypto_view_kernel(&j.v);
	crypto_collect(&j);
	out(s, "Crypto session current status\n\n");
	if (j.detail)
		out(s, "Code: C - IKE Configuration mode, D - Dead Peer Detection     \n"
		    "K - Keepalives, N - NAT-traversal, T - cTCP encapsulation     \n"
		    "X - IKE Extended Authentication, F - IKE Fragmentation\n"
		    "R - IKE Auto Reconnect\n\n");
	for (size_t i = 0; i < j.nblock; i++) {
		const struct crypto_block *b = &j.block[i];

		if ((a->has & HAS_SHOW_CRYPTO_SESSION_LOCAL_ADDR && b->local != a->local_addr) ||
		    (a->has & HAS_SHOW_CRYPTO_SESSION_REMOTE_ADDR && b->peer != a->remote_addr) ||
		    (a->has & HAS_SHOW_CRYPTO_SESSION_IF && strcmp(b->ifname, a->if_) != 0))
			continue;
		print_block(&j, b);
	}
	free(j.link);
	free(j.pair);
	free(j.block);
	crypto_view_close(&j.v);
}
