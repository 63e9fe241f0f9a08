/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Both ends have called at the same moment, and there are two pairs of SAs for
 * one flow. They do no harm, but each end may send over another one, and who
 * reads show crypto ipsec sa sees two where there should be one.
 *
 * They belong to two IKE SAs (each end has begun one) or to one (each end has
 * asked for the flow's SAs under it).
 *
 * Of two IKE SAs of IKEv2 one goes at once. With IKEv1 that is charon's business:
 * the end that answers moves all children under the SA that came last, and ends
 * the other one ten seconds later, whatever it is told.
 *
 * What is left is looked at some seconds later, in charon's list, since the events
 * do not tell all: charon is silent about an SA that ends while another one of
 * the same kind goes on.
 *
 *   several are installed        all but the newest go; so does, the next time,
 *                                one that is neither installed nor gone
 *   one is installed, and one    IKEv1 takes an SA that is like another for
 *   counts as replaced by it     its successor; when two exchanges cross, each
 *                                end takes the other's for the new one. So the
 *                                one that is installed is really replaced,
 *                                which makes both ends agree; then the old
 *                                one goes
 *
 * It is always one end that looks first, or both might take down what the other
 * one keeps. The other end looks, too: its peer may see but one SA, or not care.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "engine/tunnel_internal.h"
#include "lib/xalloc.h"

#define SAME_MOMENT 15		/* seconds between two calls of the same moment, also on a slow machine */
#define FIRST_SECONDS 2		/* before the end that acts first looks */
#define OTHER_SECONDS 5		/* what the other end waits longer */
#define RENEW_SECONDS 4		/* for the exchange that makes both ends agree */
#define RENEW_TRIES 5
#define AGAIN_SECONDS 15	/* while a flow has several SAs, with several peers perhaps; each time twice as long, */
#define AGAIN_MAX 60		/* and not longer */
#define LIST_SECONDS 3		/* between two lists: charon looks through all it has */

/* A CHILD_SA, and what charon's list says of it. */
struct listed {
	uint32_t child;
	enum { NOT_LISTED, LISTED, INSTALLED } state;
	uint32_t peer;
	uint64_t packets_in, packets_out;
};

struct duplicate {
	struct duplicate *next;
	time_t until;
	uint32_t reqid;		/* of the flow */
	/* a pair of IKE SAs: */
	uint32_t ike, newer;	/* unique ids, 0: it is about the flow's CHILD_SAs */
	/* CHILD_SAs: */
	uint32_t replaced;	/* unique id of one that was replaced too early, 0: none */
	bool lingers;		/* it is there still */
	int renewed;		/* what had replaced it is being replaced by us; how often that was looked for */
	time_t pause;		/* since the look before this one, seconds; 0: it is the first */
	bool asked;		/* charon is listing */
	bool again;		/* and something happened meanwhile */
	struct listed sa[FLOW_CHILDREN];	/* those that the flow had when charon was asked, the newest last */
	int nsa;
};

static struct duplicate *
wait_for(struct tunnels *t, const struct flow *f, time_t seconds)
{
	struct duplicate *d = xcalloc(1, sizeof *d);

	d->reqid = f->reqid;
	d->until = now_s() + seconds;
	d->next = t->duplicates;
	t->duplicates = d;
	tunnels_start_tick(t);
	return d;
}

static void
end_ike(struct tunnels *t, struct ike_seen *k)
{
	if (k->nchild > 1 || !t->control)
		return;
	k->cleared = true;
	t->control->terminate_ike(t->control->ctx, k->unique_id, true, NULL, NULL);
}

/* Each end has begun one of two IKE SAs: who acts first. Cookies are the same at both ends, whatever is translated between them. */
static bool
acts_first(const struct ike_seen *a, const struct ike_seen *b)
{
	return a->initiator ? a->spi_i > b->spi_i : b->spi_i > a->spi_i;
}

/*
 * The end that acts first takes down the one that the other began. But it may have
 * only one any more: a charon that is told of an initial contact drops what it has,
 * and tells nobody. So the other end waits, and then takes down the older one; and
 * neither waits for an answer.
 */
static void
look_at_ike(struct tunnels *t, const struct flow *f, struct ike_seen *old, struct ike_seen *new)
{
	struct duplicate *d;

	if (new->version == 1 || old->remote != new->remote || old->initiator == new->initiator || now_s() - old->since > SAME_MOMENT)
		return;
	if (acts_first(old, new)) {
		end_ike(t, new->initiator ? old : new);
		return;
	}
	d = wait_for(t, f, OTHER_SECONDS);
	d->ike = old->unique_id;
	d->newer = new->unique_id;
}

static void
look_at_children(struct tunnels *t, struct flow *f, bool first)
{
	time_t seconds = first ? FIRST_SECONDS : FIRST_SECONDS + OTHER_SECONDS, until = now_s() + seconds;

	if (!f->look)
		f->look = wait_for(t, f, seconds);
	else if (f->look->asked)
		f->look->again = true;
	else if (f->look->until > until && !f->look->renewed) {
		f->look->until = until;
		f->look->pause = 0;
	}
}

void
duplicates_look(struct tunnels *t, struct flow *f, const struct sa_ike *sa)
{
	struct ike_seen *new = ike_live(t, sa->unique_id), *old = ike_live(t, f->ike);

	if (f->nchild < 2)
		return;
	if (new && old && new != old && new->initiator != old->initiator) {
		look_at_ike(t, f, old, new);
		look_at_children(t, f, acts_first(old, new));
	} else
		look_at_children(t, f, sa->initiator);
}

void
duplicates_replaced(struct tunnels *t, struct flow *f, const struct sa_ike *sa, const struct sa_child *was)
{
	if (f->nchild > 1)
		look_at_children(t, f, sa->initiator);
	if (sa->version != 1 || was->installed > SAME_MOMENT || (f->look && f->look->replaced))
		return;
	look_at_children(t, f, sa->initiator);
	f->look->replaced = was->unique_id;
}

static void
free_list(struct tunnels *t, struct duplicate **list)
{
	while (*list) {
		struct duplicate *d = *list;
		struct flow *f = tunnels_by_reqid(t, d->reqid);

		*list = d->next;
		if (f && f->look == d)
			f->look = NULL;
		free(d);
	}
}

void
duplicates_forget(struct tunnels *t)
{
	free_list(t, &t->duplicates);
	free_list(t, &t->listed);
}

/* --- the CHILD_SAs of a flow, with charon's list --- */

static void
on_listed(void *arg, const struct sa_ike *sa)
{
	struct tunnels *t = arg;
	struct ike_seen *ike = ike_live(t, sa->unique_id);

	if (ike)
		ike->listed = t->nlist;
	for (size_t i = 0; i < sa->nchild; i++) {
		const struct sa_child *c = &sa->children[i];
		struct flow *f = tunnels_by_reqid(t, c->reqid);
		struct duplicate *d = f ? f->look : NULL;

		if (!d || !d->asked)
			continue;
		for (int k = 0; k < d->nsa; k++)
			if (d->sa[k].child == c->unique_id)
				d->sa[k] = (struct listed){ c->unique_id, strcmp(c->state, "INSTALLED") == 0 ? INSTALLED : LISTED,
				    sa->remote, c->packets_in, c->packets_out };
		if (d->replaced == c->unique_id && strcmp(c->state, "REKEYED") == 0)
			d->lingers = true;
	}
}

struct ended {
	struct tunnels *t;
	uint32_t reqid;
	struct listed sa;
};

/* charon may have said nothing, when another one of the flow goes on. */
static void
on_ended(void *arg, int err, const char *text)
{
	struct ended *x = arg;
	struct flow *f = tunnels_by_reqid(x->t, x->reqid);

	(void)text;
	if (f && err == 0)
		flow_lost(x->t, f, x->sa.child, x->sa.packets_in, x->sa.packets_out);
	else if (f && err != -ENOTCONN && err != -ECONNRESET)
		look_at_children(x->t, f, false);	/* the other end was faster, perhaps */
	free(x);
}

static void
end_child(struct tunnels *t, const struct flow *f, const struct listed *sa)
{
	struct ended *x = xcalloc(1, sizeof *x);

	x->t = t;
	x->reqid = f->reqid;
	x->sa = *sa;
	t->control->terminate_child(t->control->ctx, sa->child, on_ended, x);
}

static bool
has(const struct flow *f, uint32_t child)
{
	for (int i = 0; i < f->nchild; i++)
		if (f->child[i] == child)
			return true;
	return false;
}

/* One that came later, with the same peer. */
static bool
has_newer(const struct flow *f, const struct duplicate *d, int k)
{
	for (int i = k + 1; i < d->nsa; i++)
		if (d->sa[i].state == INSTALLED && d->sa[i].peer == d->sa[k].peer && has(f, d->sa[i].child))
			return true;
	return false;
}

/* Not listed, and not because its IKE SA was too much for a message of charon's. */
static bool
is_gone(const struct tunnels *t, const struct listed *sa)
{
	const struct sa_number *n = sa_find(t, sa->child);
	const struct ike_seen *ike = n && n->ike ? ike_live(t, n->ike) : NULL;

	return sa->state == NOT_LISTED && (!ike || ike->listed == t->nlist);
}

/* What was replaced too early is there still. */
static void
renew(struct tunnels *t, struct flow *f, const struct duplicate *d)
{
	bool one = f->nchild == 1;

	if (d->renewed && f->replaced != d->replaced) {
		t->control->terminate_child(t->control->ctx, d->replaced, NULL, NULL);
		return;
	}
	if (d->renewed == RENEW_TRIES)
		return;
	if (one && !d->renewed)
		t->control->rekey_child(t->control->ctx, f->child[0], NULL, NULL);
	f->look = wait_for(t, f, one ? RENEW_SECONDS : AGAIN_MAX);
	f->look->replaced = d->replaced;
	f->look->renewed = one ? d->renewed + 1 : 0;
}

/* The end of an exchange that did not come leaves an SA behind as about to be replaced, for as long as it lives. */
static bool
may_go(const struct duplicate *d, const struct listed *sa)
{
	return sa->state == INSTALLED || (sa->state == LISTED && d->pause);
}

static time_t
next_pause(time_t pause)
{
	if (!pause)
		return AGAIN_SECONDS;
	return pause * 2 < AGAIN_MAX ? pause * 2 : AGAIN_MAX;
}

static void
judge(struct tunnels *t, const struct duplicate *d)
{
	struct flow *f;

	for (int k = 0; (f = tunnels_by_reqid(t, d->reqid)) && k < d->nsa; k++)
		if (is_gone(t, &d->sa[k]))
			flow_lost(t, f, d->sa[k].child, 0, 0);
		else if (may_go(d, &d->sa[k]) && has(f, d->sa[k].child) && has_newer(f, d, k))
			end_child(t, f, &d->sa[k]);
	if (!f)
		return;
	if (d->lingers)
		renew(t, f, d);
	if (!f->look && d->again) {
		f->look = wait_for(t, f, FIRST_SECONDS);
		f->look->replaced = d->lingers ? 0 : d->replaced;
	} else if (!f->look && f->nchild > 1) {
		f->look = wait_for(t, f, next_pause(d->pause));
		f->look->pause = next_pause(d->pause);
	}
}

static void
all_listed(void *arg, int err, const char *text)
{
	struct tunnels *t = arg;

	(void)text;
	t->listing = false;
	t->list_at = now_s() + LIST_SECONDS;
	for (struct duplicate *d; (d = t->listed);) {
		struct flow *f = tunnels_by_reqid(t, d->reqid);

		t->listed = d->next;
		if (f) {
			f->look = NULL;
			if (err == 0 && t->control)
				judge(t, d);
		}
		free(d);
	}
}

/* What charon is about to list, so that what comes meanwhile is not taken for gone. */
static void
ask(struct tunnels *t, struct duplicate *d)
{
	struct flow *f = tunnels_by_reqid(t, d->reqid);

	if (!f || !t->control || (f->nchild < 2 && !d->replaced)) {
		if (f)
			f->look = NULL;
		free(d);
		return;
	}
	for (d->nsa = 0; d->nsa < f->nchild; d->nsa++)
		d->sa[d->nsa] = (struct listed){ .child = f->child[d->nsa] };
	d->asked = true;
	d->next = t->listed;
	t->listed = d;
}

void
duplicates_end(struct tunnels *t, time_t now)
{
	bool may_list = !t->listing && now >= t->list_at;

	for (struct duplicate **pp = &t->duplicates, *d; (d = *pp);) {
		struct ike_seen *old = d->ike ? ike_live(t, d->ike) : NULL, *new = d->ike ? ike_live(t, d->newer) : NULL;

		if (d->ike ? d->until > now && old && new : d->until > now || !may_list) {
			pp = &d->next;
			continue;
		}
		*pp = d->next;
		if (!d->ike) {
			ask(t, d);
			continue;
		}
		if (old && new && new->nchild)
			end_ike(t, old);
		free(d);
	}
	if (t->listed && !t->listing) {
		t->listing = true;
		t->nlist++;
		t->control->list_sas(t->control->ctx, on_listed, all_listed, t);
	}
}
