/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What route-maps, neighbors and redistributions name: prefix lists, AS path
 * and community lists, and the route-maps themselves. Each goes to those
 * routing daemons in whose configuration it is used, and nowhere else.
 */
#include <string.h>

#include "engine/compile.h"
#include "lib/ip4.h"
#include "parser/types.h"

compile_fn compile_prefix_list, compile_as_path, compile_community_list, compile_route_map;

void
compile_prefix_list(struct compile *c, const struct rec *r)
{
	const struct cfg_prefix_list *v = rec_values(r);
	unsigned users = compile_users(c, REF_PREFIX_LIST, v->name);
	const char *slot = compile_text(c, "ip prefix-list %s seq %u", v->name, v->seq);
	const char *ge = v->has & HAS_PREFIX_LIST_GE ? compile_text(c, " ge %u", v->ge) : "";
	const char *le = v->has & HAS_PREFIX_LIST_LE ? compile_text(c, " le %u", v->le) : "";

	for (int d = 0; d < FRR_NDAEMON; d++)
		if (users & 1u << d)
			compile_frr(c, r, (enum frr_daemon)d, 10, "", slot, NULL, "%s %s %s%s%s", slot,
			    v->action == PREFIX_LIST_ACTION_PERMIT ? "permit" : "deny", v->prefix, ge, le);
}

/* bgpd keeps the entries in the order in which they come, as IOS does. */
void
compile_as_path(struct compile *c, const struct rec *r)
{
	const struct cfg_as_path *v = rec_values(r);
	const char *line = compile_text(c, "bgp as-path access-list %s %s %s", v->number,
	    v->action == AS_PATH_ACTION_PERMIT ? "permit" : "deny", v->regexp);

	if (compile_users(c, REF_AS_PATH, v->number) & 1u << FRR_BGPD)
		compile_frr(c, r, FRR_BGPD, 10, "", line, NULL, "%s", line);
}

/* IOS's words for communities, and numbers where bgpd wants AS:NN. */
static const char *
community(struct compile *c, const char *word)
{
	uint32_t n = 0;

	if (strcmp(word, "local-as") == 0)
		return "local-AS";
	if (!*word || strspn(word, "0123456789") != strlen(word))
		return word;
	for (const char *p = word; *p; p++)
		n = n * 10 + (uint32_t)(*p - '0');
	return compile_text(c, "%u:%u", n >> 16, n & 0xffff);
}

static const char *
communities(struct compile *c, const char *text)
{
	const char *out = "";

	while (*text) {
		size_t n = strcspn(text, " ");

		out = compile_text(c, "%s%s%s", out, *out ? " " : "", community(c, compile_text(c, "%.*s", (int)n, text)));
		text += n + strspn(text + n, " ");
	}
	return out;
}

void
compile_community_list(struct compile *c, const struct rec *r)
{
	const char *name, *kind = "", *what = "", *line;
	bool permit;

	if (r->row == ROW_COMMUNITY_STANDARD) {
		const struct cfg_community_standard *v = rec_values(r);

		name = v->name;
		kind = "standard ";
		permit = v->action == COMMUNITY_STANDARD_ACTION_PERMIT;
		for (size_t i = 0; i < 8 && v->community[i]; i++)
			what = compile_text(c, "%s%s%s", what, i ? " " : "", community(c, v->community[i]));
	} else if (r->row == ROW_COMMUNITY_EXPANDED) {
		const struct cfg_community_expanded *v = rec_values(r);

		name = v->name;
		kind = "expanded ";
		permit = v->action == COMMUNITY_EXPANDED_ACTION_PERMIT;
		what = v->regexp;
	} else {
		const struct cfg_community_number *v = rec_values(r);

		_Static_assert(ROW_COMMUNITY_NUMBER != ROW_COMMUNITY_STANDARD, "the third kind");
		name = v->number;
		permit = v->action == COMMUNITY_NUMBER_ACTION_PERMIT;
		what = strlen(v->number) < 3 ? communities(c, v->communities) : v->communities;
	}
	line = compile_text(c, "bgp community-list %s%s %s %s", kind, name, permit ? "permit" : "deny", what);
	if (compile_users(c, REF_COMMUNITY_LIST, name) & 1u << FRR_BGPD)
		compile_frr(c, r, FRR_BGPD, 10, "", line, NULL, "%s", line);
}

/* --- route maps --- */

enum { ZEBRA = 1u << FRR_ZEBRA, OSPF = 1u << FRR_OSPFD, BGP = 1u << FRR_BGPD, ANY = ZEBRA | OSPF | BGP };

/*
 * Conditions: the values are the words behind `line`. IOS takes several in one
 * (any of them fits), FRR one.
 */
static const struct condition {
	uint16_t row;
	unsigned daemons;
	int ref;		/* kind of the names, -1: not names */
	const char *line, *what;
} conditions[] = {
	{ ROW_ROUTE_MAP_MATCH_TAG, ANY, -1, "match tag", NULL },
	{ ROW_ROUTE_MAP_MATCH_ADDRESS, ANY, REF_ACL, "match ip address", "access list" },
	{ ROW_ROUTE_MAP_MATCH_PREFIX, ANY, REF_PREFIX_LIST, "match ip address prefix-list", "prefix-list" },
	{ ROW_ROUTE_MAP_MATCH_INTERFACE, ANY, -1, "match interface", NULL },
	{ ROW_ROUTE_MAP_MATCH_NEXT_HOP, ANY, REF_ACL, "match ip next-hop", "access list" },
	{ ROW_ROUTE_MAP_MATCH_NEXT_HOP_PREFIX, ANY, REF_PREFIX_LIST, "match ip next-hop prefix-list", "prefix-list" },
	{ ROW_ROUTE_MAP_MATCH_METRIC, BGP, -1, "match metric", NULL },
	{ ROW_ROUTE_MAP_MATCH_SOURCE, BGP, REF_ACL, "match ip route-source", "access list" },
	{ ROW_ROUTE_MAP_MATCH_SOURCE_PREFIX, BGP, REF_PREFIX_LIST, "match ip route-source prefix-list", "prefix-list" },
	{ ROW_ROUTE_MAP_MATCH_AS_PATH, BGP, REF_AS_PATH, "match as-path", "as-path access-list" },
	{ ROW_ROUTE_MAP_MATCH_COMMUNITY, BGP, REF_COMMUNITY_LIST, "match community", "community-list" },
	{ ROW_ROUTE_MAP_MATCH_LOCAL, BGP, -1, "match local-preference", NULL },
};
#define NCONDITION (sizeof conditions / sizeof conditions[0])

/* Assignments; slot: what two rows set in the same way, else the row's name says it. */
static const struct assignment {
	uint16_t row;
	unsigned daemons;
	const char *slot;
} assignments[] = {
	{ ROW_ROUTE_MAP_SET_METRIC, OSPF | BGP, "set metric" },
	{ ROW_ROUTE_MAP_SET_METRIC_TYPE, OSPF, "set metric-type" },
	{ ROW_ROUTE_MAP_SET_TAG, OSPF | BGP, "set tag" },
	{ ROW_ROUTE_MAP_SET_AS_PATH, BGP, "set as-path prepend" },
	{ ROW_ROUTE_MAP_SET_AS_PATH_LAST, BGP, "set as-path prepend" },
	{ ROW_ROUTE_MAP_SET_COMM_LIST, BGP, "set comm-list" },
	{ ROW_ROUTE_MAP_SET_COMMUNITY, BGP, "set community" },
	{ ROW_ROUTE_MAP_SET_COMMUNITY_NONE, BGP, "set community" },
	{ ROW_ROUTE_MAP_SET_NEXT_HOP, BGP, "set ip next-hop" },
	{ ROW_ROUTE_MAP_SET_NEXT_HOP_PEER, BGP, "set ip next-hop" },
	{ ROW_ROUTE_MAP_SET_NEXT_HOP_UNCHANGED, BGP, "set ip next-hop" },
	{ ROW_ROUTE_MAP_SET_LOCAL_PREFERENCE, BGP, "set local-preference" },
	{ ROW_ROUTE_MAP_SET_ORIGIN, BGP, "set origin" },
	{ ROW_ROUTE_MAP_SET_WEIGHT, BGP, "set weight" },
};
#define NASSIGNMENT (sizeof assignments / sizeof assignments[0])

#define MAXVALUE 8	/* the grammar takes no more */
#define MAXENTRY 4096	/* entries that one may become */

struct entry {
	const struct rec *r;
	const struct cfg_route_map *v;
	uint32_t limit;			/* sequence number of the entry behind it, 65536: none */
	struct {
		const struct condition *is;
		const char *value[MAXVALUE];
		uint32_t n;
		bool exact;
	} cond[NCONDITION];
	size_t ncond;
};

/* Sequence number of the entry that follows in the same route map, 65536 when it is the last. */
static uint32_t
next_sequence(struct compile *c, const struct rec *r)
{
	const struct cfg_route_map *v = rec_values(r);
	const struct rec *n;

	(void)compile_each(c, ROW_ROUTE_MAP);
	n = store_next(r);
	if (!n || strcmp(((const struct cfg_route_map *)rec_values(n))->name, v->name) != 0)
		return 65536;
	return ((const struct cfg_route_map *)rec_values(n))->seq;
}

static void
add_condition(struct compile *c, struct entry *e, const struct condition *is)
{
	const struct rec *q = compile_find(c, e->r, is->row, NULL);
	const char *p;

	if (!q)
		return;
	e->cond[e->ncond].is = is;
	e->cond[e->ncond].n = 0;
	e->cond[e->ncond].exact = false;
	for (p = compile_line(c, q) + strlen(is->line); *p;) {
		size_t n = strcspn(p, " ");
		const char *word = compile_text(c, "%.*s", (int)n, p);

		p += n + strspn(p + n, " ");
		if (!*word)
			continue;
		if (strcmp(word, "exact-match") == 0) {
			e->cond[e->ncond].exact = true;
			continue;
		}
		if (is->ref >= 0 && !compile_defined(c, is->ref, word))
			compile_note(c, e->r, "NOTE: route-map %s %u: %s %s is not defined", e->v->name, e->v->seq, is->what, word);
		if (is->row == ROW_ROUTE_MAP_MATCH_INTERFACE)
			word = compile_dev(c, word);
		if (e->cond[e->ncond].n < MAXVALUE)
			e->cond[e->ncond].value[e->cond[e->ncond].n++] = word;
	}
	e->ncond++;
}

/* The line of an assignment as FRR takes it. */
static const char *
assignment(struct compile *c, const struct entry *e, const struct assignment *a, const struct rec *q)
{
	const char *line = compile_line(c, q);

	if (a->row == ROW_ROUTE_MAP_SET_NEXT_HOP) {
		const struct cfg_route_map_set_next_hop *v = rec_values(q);

		if (v->addr[1])
			compile_note(c, e->r, "NOTE: route-map %s %u: only the first next hop is set", e->v->name, e->v->seq);
		return compile_text(c, "set ip next-hop %s", ip4_s(v->addr[0]));
	}
	if (a->row == ROW_ROUTE_MAP_SET_ORIGIN && strncmp(line, "set origin egp", 14) == 0)
		return "set origin egp";
	if (a->row == ROW_ROUTE_MAP_SET_COMMUNITY)
		return compile_text(c, "set community %s", communities(c, line + strlen("set community ")));
	return line;
}

static void
emit_entry(struct compile *c, const struct entry *e, enum frr_daemon d, uint32_t seq, const uint32_t *pick)
{
	const struct cfg_route_map_continue *on = compile_child(c, e->r, ROW_ROUTE_MAP_CONTINUE);
	const char *ctx = compile_text(c, "route-map %s %s %u", e->v->name,
	    e->v->action == ROUTE_MAP_ACTION_PERMIT ? "permit" : "deny", seq);

	compile_frr(c, e->r, d, 20, "", compile_text(c, "route-map %s %u", e->v->name, seq), NULL, "%s", ctx);
	for (size_t i = 0; i < e->ncond; i++)
		compile_frr(c, e->r, d, 21, ctx, e->cond[i].is->line, compile_text(c, "no %s", e->cond[i].is->line), "%s %s%s",
		    e->cond[i].is->line, e->cond[i].value[pick[i]], e->cond[i].exact ? " exact-match" : "");
	for (size_t i = 0; i < NASSIGNMENT; i++) {
		const struct rec *q = compile_find(c, e->r, assignments[i].row, NULL);

		if (!q)
			continue;
		if (assignments[i].daemons & 1u << d)
			compile_frr(c, q, d, 21, ctx, assignments[i].slot, NULL, "%s", assignment(c, e, &assignments[i], q));
		else
			compile_note(c, e->r, "NOTE: route-map %s %u: '%s' has no effect in %s", e->v->name, e->v->seq,
			    compile_line(c, q), d == FRR_BGPD ? "BGP" : "OSPF");
	}
	/* the entries that stand for this one are alternatives: go on behind all of them */
	if (on && on->seq)
		compile_frr(c, e->r, d, 21, ctx, "continue", "no on-match goto", "on-match goto %u", on->seq);
	else if (on && e->limit < 65536)
		compile_frr(c, e->r, d, 21, ctx, "continue", "no on-match goto", "on-match goto %u", e->limit);
}

void
compile_route_map(struct compile *c, const struct rec *r)
{
	struct entry e = { .r = r, .v = rec_values(r) };
	unsigned users = compile_users(c, REF_ROUTE_MAP, e.v->name);
	const char *unknown = compile_not_applied(c, r, "route-map.match-");
	uint32_t pick[NCONDITION], first = e.v->seq ? e.v->seq : 1;

	/* without one of its conditions the entry would match more than it should */
	if (unknown) {
		compile_unused(c, r, "NOTE: route-map %s %u is passed over: '%s' is not applied yet", e.v->name, e.v->seq, unknown);
		return;
	}
	for (size_t i = 0; i < NCONDITION; i++)
		add_condition(c, &e, &conditions[i]);
	e.limit = next_sequence(c, r);
	for (int d = 0; d < FRR_NDAEMON; d++) {
		size_t i;

		if (!(users & 1u << d))
			continue;
		for (i = 0; i < e.ncond && e.cond[i].is->daemons & 1u << d; i++)
			;
		if (i < e.ncond) {
			compile_note(c, r, "NOTE: route-map %s %u is passed over in %s: '%s' is not for its routes", e.v->name, e.v->seq,
			    d == FRR_BGPD ? "BGP" : "OSPF", e.cond[i].is->line);
			continue;
		}
		memset(pick, 0, sizeof pick);
		for (uint32_t k = 0; k < MAXENTRY; k++) {
			if (k && first + k >= e.limit) {
				compile_note(c, r, "NOTE: route-map %s %u: leave room behind it for its match values", e.v->name, e.v->seq);
				break;
			}
			emit_entry(c, &e, (enum frr_daemon)d, first + k, pick);
			/* the next combination, the last condition's values fastest */
			for (i = e.ncond; i > 0 && ++pick[i - 1] == e.cond[i - 1].n; i--)
				pick[i - 1] = 0;
			if (i == 0)
				break;
		}
	}
}
