/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The matcher walks two things side by side: the trie of leading keywords
 * (one place in it at a time) and a set of threads, each at a token position
 * of some row's template. A thread is a step that points back to the step
 * before it, so that captures are read off at the end along one path and
 * nothing is copied while matching. Cost per token: a binary search in the
 * trie and the few rows that are still possible, however many rows exist.
 */
#define _GNU_SOURCE
#include "parser/match.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "lib/xalloc.h"

struct step {
	uint16_t pos;		/* position that took the token */
	int16_t tok;
	int prev;		/* step before it, -1 */
	uint32_t used;		/* any-order elements taken */
};

void
matcher_free(struct matcher *mr)
{
	free(mr->step);
	for (int i = 0; i < 4; i++)
		free(mr->list[i]);
	*mr = (struct matcher){0};
}

#define END_LIST 3

/* Queues a step at token `which`; a parameter that takes the rest of the line goes to the end. */
static void
push(struct matcher *mr, int which, int end, int step)
{
	int l = which >= end ? END_LIST : which % 3;

	if (mr->nlist[l] == mr->caplist[l]) {
		mr->caplist[l] = mr->caplist[l] * 2 + 32;
		mr->list[l] = xrealloc(mr->list[l], sizeof(int) * (size_t)mr->caplist[l]);
	}
	mr->list[l][mr->nlist[l]++] = step;
}

static int
new_step(struct matcher *mr, uint16_t pos, int tok, int prev, uint32_t used)
{
	if (mr->nstep == mr->cap) {
		mr->cap = mr->cap * 2 + 64;
		mr->step = xrealloc(mr->step, sizeof *mr->step * (size_t)mr->cap);
	}
	mr->step[mr->nstep] = (struct step){ pos, (int16_t)tok, prev, used };
	return mr->nstep++;
}

#define LISTING 0x100	/* beside the flags of match.h: for `?` and Tab */

static bool
row_visible(const struct matcher *mr, const struct g_row *r, unsigned flags)
{
	if (mr->levels && mr->levels[r - g_rows] > mr->level)
		return false;
	return !(flags & MATCH_NO && r->kind == G_EXEC) && !(flags & LISTING && r->flags & G_ROW_UNLISTED);
}

static bool
list_visible(const struct matcher *mr, uint32_t first, int n, unsigned flags)
{
	for (int i = 0; i < n; i++)
		if (row_visible(mr, &g_rows[g_pos[g_follow[first + (uint32_t)i]].row], flags))
			return true;
	return false;
}

/* Is there any row at or below this trie node that the user may use? */
static bool
trie_visible(const struct matcher *mr, int t, unsigned flags)
{
	if (!mr->levels && !(flags & (MATCH_NO | LISTING)))
		return true;
	if (list_visible(mr, g_trie[t].tail, g_trie[t].ntail, flags) || list_visible(mr, g_trie[t].head, g_trie[t].nhead, flags))
		return true;
	for (int i = 0; i < g_trie[t].nchild; i++)
		if (trie_visible(mr, g_edges[g_trie[t].child + (uint32_t)i].to, flags))
			return true;
	return false;
}

/* Keywords found for one token so far: which word, exact or not, several or not. */
struct found {
	const char *word;
	bool exact, several;
};

static size_t
common(const char *word, const struct token *t)
{
	size_t i = 0;

	while (i < t->len && word[i] && strncasecmp(word + i, t->s + i, 1) == 0)
		i++;
	return i;
}

static bool
consider(struct found *f, const char *word, const struct token *t, size_t *lcp)
{
	size_t c = common(word, t);

	if (c > *lcp)
		*lcp = c;
	if (c < t->len)
		return false;
	if (word[c] == '\0') {
		if (!f->exact)
			f->several = false;
		f->exact = true;
		f->word = word;
	} else if (!f->exact) {
		if (f->word && strcasecmp(f->word, word) != 0)
			f->several = true;
		f->word = word;
	}
	return true;
}

static bool
takes(const struct found *f, const char *word)
{
	return f->word && strcasecmp(f->word, word) == 0;
}

/* Follow positions of a thread (or the tail of the trie node when step < 0). */
static const uint16_t *
followers(struct matcher *mr, int trie, int step, int *n)
{
	if (step < 0) {
		*n = g_trie[trie].ntail;
		return &g_follow[g_trie[trie].tail];
	}
	*n = g_pos[mr->step[step].pos].nfollow;
	return &g_follow[g_pos[mr->step[step].pos].follow];
}

static bool
allowed(struct matcher *mr, int step, const struct g_pos *p, unsigned flags)
{
	if (p->flags & G_POS_SETFIRST && step >= 0 && mr->step[step].used & (1u << p->setbit))
		return false;
	return row_visible(mr, &g_rows[p->row], flags);
}

static void
advance(struct matcher *mr, int step, const struct g_pos *p, int tok, int ntok, int end)
{
	uint32_t used = step >= 0 ? mr->step[step].used : 0;

	if (p->flags & G_POS_SETFIRST)
		used |= 1u << p->setbit;
	push(mr, tok + ntok, end, new_step(mr, (uint16_t)(p - g_pos), tok, step, used));
}

/* strncasecmp() of a word and a token; most comparisons of a search end at the first letter. */
static int
compare_prefix(const char *word, const struct token *t)
{
	int a = (unsigned char)*word, b = t->len ? (unsigned char)*t->s : a;

	a += a >= 'A' && a <= 'Z' ? 32 : 0;
	b += b >= 'A' && b <= 'Z' ? 32 : 0;
	return a != b ? a - b : strncasecmp(word, t->s, t->len);
}

/* First edge of the trie node whose word is not below the token (as prefixes go). */
static int
first_edge(const struct g_trie *t, const struct token *tok)
{
	int lo = 0, hi = t->nchild;

	while (lo < hi) {
		int mid = (lo + hi) / 2;

		if (compare_prefix(G_STR(g_edges[t->child + (uint32_t)mid].word), tok) < 0)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

struct walk {
	int trie;		/* -1: left */
	int end;		/* tokens to walk */
	enum match_status status;
	int depth, col;
	bool abbreviated;	/* a keyword was not written in full */
};

/* One token. Returns false when nothing takes it (w->status and col say why). */
static bool
take(struct matcher *mr, struct walk *w, const struct lexed *lx, int i, unsigned flags)
{
	const struct token *t = &lx->tok[i];
	struct found f = {0};
	size_t lcp = 0;
	int here = i % 3, next_trie = -1, n;
	const uint16_t *fl;

	if (w->trie >= 0) {
		const struct g_trie *tr = &g_trie[w->trie];
		int e = first_edge(tr, t);

		if (e > 0)
			(void)consider(&(struct found){0}, G_STR(g_edges[tr->child + (uint32_t)e - 1].word), t, &lcp);
		for (; e < tr->nchild; e++) {
			const struct g_edge *ed = &g_edges[tr->child + (uint32_t)e];

			if (!trie_visible(mr, ed->to, flags))
				continue;
			if (!consider(&f, G_STR(ed->word), t, &lcp))
				break;
		}
	}
	for (int k = w->trie >= 0 ? -1 : 0; k < mr->nlist[here]; k++) {
		int step = k < 0 ? -1 : mr->list[here][k];

		fl = followers(mr, w->trie, step, &n);
		for (int j = 0; j < n; j++) {
			const struct g_pos *p = &g_pos[fl[j]];

			if (!(p->flags & G_POS_PARAM) && allowed(mr, step, p, flags))
				(void)consider(&f, G_STR(p->word), t, &lcp);
		}
	}
	if (f.several) {
		w->status = MATCH_AMBIGUOUS;
		w->col = t->col;
		return false;
	}
	w->abbreviated |= f.word && strlen(f.word) != t->len;
	for (int k = w->trie >= 0 ? -1 : 0; k < mr->nlist[here]; k++) {
		int step = k < 0 ? -1 : mr->list[here][k];

		fl = followers(mr, w->trie, step, &n);
		for (int j = 0; j < n; j++) {
			const struct g_pos *p = &g_pos[fl[j]];
			struct value v;
			int used;

			if (!allowed(mr, step, p, flags))
				continue;
			if (!(p->flags & G_POS_PARAM)) {
				if (takes(&f, G_STR(p->word)))
					advance(mr, step, p, i, 1, w->end);
			} else if (!f.word && (used = type_match(p->type, &g_args[p->arg], lx, i, &v)) > 0)
				advance(mr, step, p, i, used, w->end);
		}
	}
	if (w->trie >= 0 && f.word) {
		const struct g_trie *tr = &g_trie[w->trie];

		for (int e = first_edge(tr, t); e < tr->nchild; e++) {
			const char *word = G_STR(g_edges[tr->child + (uint32_t)e].word);

			if (compare_prefix(word, t) != 0)
				break;
			if (takes(&f, word))
				next_trie = g_edges[tr->child + (uint32_t)e].to;
		}
	}
	w->trie = next_trie;
	mr->nlist[here] = 0;
	if (w->trie < 0 && mr->nlist[(i + 1) % 3] == 0 && mr->nlist[(i + 2) % 3] == 0 && mr->nlist[END_LIST] == 0) {
		w->status = MATCH_INVALID;
		w->col = (int)(t->col + lcp);
		return false;
	}
	return true;
}

static bool
walk_tokens(struct matcher *mr, struct walk *w, const struct lexed *lx, int first, unsigned flags)
{
	for (int i = 0; i < 4; i++)
		mr->nlist[i] = 0;
	mr->nstep = 0;
	for (w->depth = first; w->depth < w->end; w->depth++)
		if (!take(mr, w, lx, w->depth, flags))
			return false;
	return true;
}

static void
read_captures(struct matcher *mr, struct match *m, const struct lexed *lx, int step)
{
	for (; step >= 0; step = mr->step[step].prev) {
		const struct g_pos *p = &g_pos[mr->step[step].pos];

		for (int i = 0; i < p->nact; i++) {
			const struct g_act *a = &g_acts[p->act + i];

			if (m->captured & (1u << a->slot))
				continue;
			m->captured |= 1u << a->slot;
			m->val[a->slot].num = a->value;
			m->val[a->slot].s = NULL;
			m->val[a->slot].len = 0;
		}
		if (p->flags & G_POS_PARAM && !(m->captured & (1u << p->slot))) {
			m->captured |= 1u << p->slot;
			type_match(p->type, &g_args[p->arg], lx, mr->step[step].tok, &m->val[p->slot]);
			if (m->val[p->slot].s && p->type == G_T_IFNAME)
				m->val[p->slot].s = m->val[p->slot].canon;
		}
	}
}

/* The slots that must be given before `no` may end. */
static uint32_t
nokey_mask(const struct g_row *r)
{
	uint32_t m = 0;

	for (int i = 0; i < r->nslots; i++)
		if (g_slots[r->slots + i].flags & G_SLOT_NOKEY)
			m |= 1u << i;
	return m;
}

static uint32_t
path_slots(struct matcher *mr, int step)
{
	uint32_t m = 0;

	for (; step >= 0; step = mr->step[step].prev)
		if (g_pos[mr->step[step].pos].flags & G_POS_PARAM)
			m |= 1u << g_pos[mr->step[step].pos].slot;
	return m;
}

/* 2: the row may end at this position; 1: only because of `no`; 0: not. */
static int
ends(struct matcher *mr, const struct g_pos *p, int step, unsigned flags)
{
	const struct g_row *r = &g_rows[p->row];

	if (!row_visible(mr, r, flags))
		return 0;
	if (p->flags & G_POS_ACCEPT)
		return 2;
	if (!(flags & MATCH_NO) || !(p->flags & G_POS_NOEND))
		return 0;
	if (r->kind == G_LEAF || r->flags & G_ROW_NOALL ||
	    (r->kind == G_FLAT && !r->flat_member && g_rows[r->flat_node].kind == G_LEAF))
		return 1;
	return (nokey_mask(r) & ~path_slots(mr, step)) == 0 && nokey_mask(r) != 0;
}

void
match_line(struct matcher *mr, int mode, const struct lexed *lx, int first, unsigned flags, struct match *m)
{
	struct walk w = { .trie = g_modes[mode].trie, .end = lx->n };
	int best = 0, best_step = -1;

	m->captured = 0;
	m->row = -1;
	m->whole = false;
	if (!walk_tokens(mr, &w, lx, first, flags)) {
		m->status = w.status;
		m->depth = w.depth;
		m->col = w.col;
		return;
	}
	m->depth = w.depth;
	m->abbreviated = w.abbreviated;
	m->col = (int)lx->len;
	for (int k = 0; k < mr->nlist[END_LIST]; k++) {
		int step = mr->list[END_LIST][k], e = ends(mr, &g_pos[mr->step[step].pos], step, flags);

		if (e > best) {
			best = e;
			best_step = step;
			m->row = g_pos[mr->step[step].pos].row;
		}
	}
	if (w.trie >= 0)
		for (int i = 0; i < g_trie[w.trie].nhead; i++) {
			const struct g_pos *p = &g_pos[g_follow[g_trie[w.trie].head + (uint32_t)i]];
			int e = ends(mr, p, -1, flags);

			if (e > best) {
				best = e;
				best_step = -1;
				m->row = p->row;
			}
		}
	m->status = best ? MATCH_OK : MATCH_INCOMPLETE;
	if (best)
		read_captures(mr, m, lx, best_step);
	if (best == 1 && best_step >= 0) {
		const struct g_pos *p = &g_pos[mr->step[best_step].pos];

		m->whole = g_rows[p->row].whole && p->flags & G_POS_PARAM && p->slot == 0;
	}
}

/* Every row at or below a node of the trie. */
static void
trie_rows(int t, void (*row)(void *ctx, int row), void *ctx)
{
	const struct g_trie *tr = &g_trie[t];

	for (int i = 0; i < tr->ntail; i++)
		row(ctx, g_pos[g_follow[tr->tail + (uint32_t)i]].row);
	for (int i = 0; i < tr->nhead; i++)
		row(ctx, g_pos[g_follow[tr->head + (uint32_t)i]].row);
	for (int i = 0; i < tr->nchild; i++)
		trie_rows(g_edges[tr->child + (uint32_t)i].to, row, ctx);
}

bool
match_rows(struct matcher *mr, int mode, const struct lexed *lx, void (*row)(void *ctx, int row), void *ctx)
{
	struct walk w = { .trie = g_modes[mode].trie, .end = lx->n };

	if (!walk_tokens(mr, &w, lx, 0, 0))
		return false;
	if (w.trie >= 0)
		trie_rows(w.trie, row, ctx);
	for (int k = 0; k < mr->nlist[END_LIST]; k++)
		row(ctx, g_pos[mr->step[mr->list[END_LIST][k]].pos].row);
	return true;
}

enum match_status
match_options(struct matcher *mr, int mode, const struct lexed *lx, int first, unsigned flags,
    void (*emit)(void *ctx, const struct match_option *o), void *ctx, struct match *m)
{
	int end = lx->n - (lx->open && lx->n > first), n;
	struct walk w = { .trie = g_modes[mode].trie, .end = end };
	struct token prefix = { "", 0, 0 };
	bool cr = false;

	if (!walk_tokens(mr, &w, lx, first, flags)) {
		m->status = w.status;
		m->col = w.col;
		m->depth = w.depth;
		return w.status;
	}
	flags |= LISTING;	/* of what may follow; that the line may end here is true of any row */
	if (end < lx->n)
		prefix = lx->tok[end];
	if (w.trie >= 0) {
		const struct g_trie *tr = &g_trie[w.trie];

		for (int e = first_edge(tr, &prefix); e < tr->nchild; e++) {
			const struct g_edge *ed = &g_edges[tr->child + (uint32_t)e];

			if (strncasecmp(G_STR(ed->word), prefix.s, prefix.len) != 0)
				break;
			if (trie_visible(mr, ed->to, flags))
				emit(ctx, &(struct match_option){ G_STR(ed->word), G_STR(ed->help), NULL, NULL });
		}
		for (int i = 0; i < tr->nhead; i++)
			cr |= ends(mr, &g_pos[g_follow[tr->head + (uint32_t)i]], -1, flags & ~LISTING) != 0;
	}
	for (int k = w.trie >= 0 ? -1 : 0; k < mr->nlist[END_LIST]; k++) {
		int step = k < 0 ? -1 : mr->list[END_LIST][k];
		const uint16_t *fl = followers(mr, w.trie, step, &n);

		if (step >= 0) {
			const struct g_pos *p = &g_pos[mr->step[step].pos];

			/* inside the rest of a line, whatever is typed belongs to it */
			if (p->type == G_T_LINE && prefix.len) {
				emit(ctx, &(struct match_option){ NULL, G_STR(p->help), p, NULL });
				continue;
			}
			cr |= ends(mr, p, step, flags & ~LISTING) != 0;
		}
		for (int j = 0; j < n; j++) {
			const struct g_pos *p = &g_pos[fl[j]];
			struct value v;

			if (!allowed(mr, step, p, flags))
				continue;
			if (!(p->flags & G_POS_PARAM)) {
				if (strncasecmp(G_STR(p->word), prefix.s, prefix.len) == 0)
					emit(ctx, &(struct match_option){ G_STR(p->word), G_STR(p->help), p, NULL });
				continue;
			}
			const struct g_arg *a = &g_args[p->arg];

			for (int x = 0; x < a->nnames; x++)
				if (strncasecmp(G_STR(g_names[a->names + x].word), prefix.s, prefix.len) == 0)
					emit(ctx, &(struct match_option){ NULL, NULL, p, &g_names[a->names + x] });
			/* a number or address half typed still fits; a full check would hide it */
			if (prefix.len == 0 || p->type == G_T_IFNAME || (((p->type >= G_T_IP4 && p->type <= G_T_WILDCARD) ||
			    p->type == G_T_HOST || p->type == G_T_AREA || p->type == G_T_CIDR) &&
			    strspn(prefix.s, "0123456789./") >= prefix.len) || (p->type == G_T_MAC && strspn(prefix.s, "0123456789abcdefABCDEF.") >= prefix.len) ||
			    (p->type == G_T_INT && (prefix.s[0] == '-' && prefix.len == 1)) ||
			    type_match(p->type, a, lx, end, &v) || (p->type == G_T_U32 &&
			    strspn(prefix.s, "0123456789") >= prefix.len))
				emit(ctx, &(struct match_option){ NULL, G_STR(p->help), p, NULL });
		}
	}
	if (cr && prefix.len == 0)
		emit(ctx, &(struct match_option){0});
	m->status = MATCH_OK;
	m->depth = end;
	return MATCH_OK;
}
