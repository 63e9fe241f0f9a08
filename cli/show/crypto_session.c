/* SPDX-License-Identifier: BSD-2-Clause */
/* show crypto session [local A | remote A | interface I] [detail | brief]: prints the blocks of crypto_session.h. */
#include <stdlib.h>
#include <string.h>

#include "cli/show/crypto_session.h"
#include "lib/ip4.h"
#include "parser/types.h"

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

/* What there is of IKE with a block's peer, and how the session is. */
struct standing {
	const struct crypto_link *link;
	size_t nlink, live;
	const struct sa_ike *first;	/* the first one that is established, NULL: none is */
	uint32_t age;			/* seconds, of the oldest SA */
	int pairs;			/* of IPsec SAs */
};

static struct standing
standing_of(const struct crypto_sessions *j, const struct crypto_block *b)
{
	struct standing t = {0};

	t.link = crypto_find_links(j, b->local, b->peer, &t.nlink);
	t.pairs = flows(j, b, false, &t.age);
	for (size_t i = 0; i < t.nlink; i++) {
		const struct sa_ike *k = t.link[i].ike;

		t.live += k != NULL;
		if (!k || !crypto_ike_up(k))
			continue;
		if (!t.first)
			t.first = k;
		if (k->established > t.age)
			t.age = k->established;
	}
	return t;
}

static void
print_block(const struct crypto_sessions *j, const struct crypto_block *b)
{
	struct session *s = j->v.s;
	struct standing t = standing_of(j, b);
	const struct crypto_link *l = t.link;
	const struct sa_ike *first = t.first;
	uint16_t port = 500;
	const char *state;

	if (first)
		state = t.pairs ? "UP-ACTIVE     " : "UP-IDLE";
	else
		state = t.nlink ? "DOWN-NEGOTIATING" : "DOWN";
	if (t.nlink)
		port = first ? first->remote_port : l->ike ? l->ike->remote_port : l->gone->remote_port;
	out(s, "Interface: %s\n", b->ifname);
	if (j->detail && first) {
		char text[16];

		crypto_uptime(t.age, text);
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
	for (size_t i = 0; i < (t.live ? t.live : t.nlink ? 1 : 0); i++)
		print_link(j, &l[i]);
	(void)flows(j, b, true, &t.age);
	out(s, "\n");
}

/* A line each; the blocks of one VRF need not stand together, so it is said where it changes. */
static void
print_brief(const struct crypto_sessions *j, const struct crypto_block *b, const char **vrf)
{
	struct standing t = standing_of(j, b);
	const char *in = inside(j, b);
	char name[40], up[16] = "";

	if (!*vrf || strcmp(in, *vrf) != 0)
		out(j->v.s, "ivrf = %s\n           Peer     I/F            Username        Group/Phase1_id         Uptime   Status\n", in);
	*vrf = in;
	ifname_short(b->ifname, name, sizeof name);
	if (t.first)
		crypto_uptime(t.age, up);
	out(j->v.s, "%15s     %-14s %-15s %-20s %9s     %s\n", ip4_s(b->peer), name, "", t.first ? t.first->remote_id : "", up,
	    t.first ? t.pairs ? "UA" : "UI" : t.nlink ? "DN" : "D");
}

void
show_crypto_session(struct session *s, const void *values)
{
	const struct cfg_show_crypto_session *a = values;
	bool brief = a->has & HAS_SHOW_CRYPTO_SESSION_HOW && a->how == SHOW_CRYPTO_SESSION_HOW_BRIEF;
	struct crypto_sessions j = { .detail = a->has & HAS_SHOW_CRYPTO_SESSION_HOW && !brief };
	const char *vrf = NULL;

	crypto_view_open(&j.v, s);
	if (j.detail)
		crypto_view_kernel(&j.v);
	crypto_collect(&j);
	if (brief)
		out(s, "Status: A- Active, U - Up, D - Down, I - Idle, S - Standby, N - Negotiating\n        K - No IKE\n");
	else
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
		if (brief)
			print_brief(&j, b, &vrf);
		else
			print_block(&j, b);
	}
	free(j.link);
	free(j.pair);
	free(j.block);
	crypto_view_close(&j.v);
}
