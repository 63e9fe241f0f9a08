/* SPDX-License-Identifier: BSD-2-Clause */
/* Typed passwords: see password.h. The forms themselves are in secret.c. */
#include "parser/password.h"

#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"
#include "parser/types.h"

/* The keyword with which alternative `index` of a choice begins, or with word: the alternative that begins so. */
static int
alternative(const struct g_row *row, int slot, int index, const char **word)
{
	const struct g_node *base = &g_nodes[row->node];

	for (int at = 0; at < base->next; at++) {
		if (base[at].kind != G_A_ALT || base[at].slot != slot)
			continue;
		for (int c = at + 1; c < base[at].next; c = base[c].next) {
			int k = c;

			while (base[k].kind == G_A_SEQ)
				k++;
			if (base[k].kind != G_A_KEYWORD)
				continue;
			if (index >= 0 && base[c].index == index) {
				*word = G_STR(base[k].word);
				return index;
			}
			if (index < 0 && strcmp(G_STR(base[k].word), *word) == 0)
				return base[c].index;
		}
	}
	return -1;
}

/* The first pair of a type and a password at or behind slot `from`; false when there is none. */
static bool
typed(const struct g_row *row, int from, int *type, int *secret)
{
	*type = -1;
	for (int i = from; row->flags & G_ROW_SECRET && i < row->nslots; i++) {
		const struct g_slot *s = &g_slots[row->slots + i];
		const char *name = G_STR(s->name);
		size_t n = strlen(name);

		if (s->type == G_T_CHOICE && n >= 4 && strcmp(name + n - 4, "type") == 0)
			*type = i;
		else if (s->type == G_T_SECRET && *type >= 0) {
			*secret = i;
			return true;
		}
	}
	return false;
}

static bool
hiding(struct store *s)
{
	for (unsigned i = 0; i < g_nrows; i++)
		if (g_rows[i].flags & G_ROW_HIDES && store_flag(s, store_root(s), (int)i))
			return true;
	return false;
}

static void
set_type(const struct g_row *row, void *values, int slot, int index)
{
	uint32_t has, n = (uint32_t)index;

	memcpy((char *)values + g_slots[row->slots + slot].offset, &n, sizeof n);
	memcpy(&has, values, sizeof has);
	has |= 1u << slot;
	memcpy(values, &has, sizeof has);
}

/* `algorithm-type scrypt` says how to hash; it is not kept. "5" without it. */
static const char *
hash_type(const struct g_row *row, void *values)
{
	uint32_t has, n;

	memcpy(&has, values, sizeof has);
	for (int i = 0; i < row->nslots; i++) {
		const struct g_slot *s = &g_slots[row->slots + i];
		const char *word;

		if (strcmp(G_STR(s->name), "algorithm") != 0 || !(has & (1u << i)))
			continue;
		memcpy(&n, (const char *)values + s->offset, sizeof n);
		(void)alternative(row, i, (int)n, &word);
		has &= ~(1u << i);
		memcpy(values, &has, sizeof has);
		return strcmp(word, "sha256") == 0 ? "8" : strcmp(word, "scrypt") == 0 ? "9" : "5";
	}
	return "5";
}

static int
convert_pair(struct store *s, const struct g_row *row, void *values, int type, int secret, char text[SECRET_MAX],
    struct buf *out)
{
	const char *clear, *word = "0", *want;
	uint32_t has, n;
	int index, now;

	memcpy(&clear, (const char *)values + g_slots[row->slots + secret].offset, sizeof clear);
	if (!clear)
		return 0;	/* this alternative of the row has no password */
	memcpy(&has, values, sizeof has);
	memcpy(&n, (const char *)values + g_slots[row->slots + type].offset, sizeof n);
	if (has & (1u << type))
		(void)alternative(row, type, (int)n, &word);
	now = atoi(word);
	if (now == 7 && !secret_form_ok(7, clear)) {
		buf_puts(out, "% Invalid encrypted password\n");	/* IOS shows it; but refused lines are logged, too */
		return -1;
	}
	if (!secret_form_ok(now, clear)) {
		buf_printf(out, "ERROR: The secret you entered is not a valid encrypted secret.\n"
		    "To enter an UNENCRYPTED secret, do not specify type %d encryption.\n"
		    "When you properly enter an UNENCRYPTED secret, it will be encrypted.\n", now);
		return -1;
	}
	/* a password that tells records apart (SNMP's communities) stays what it is, as in IOS */
	if (now != 0 || g_slots[row->slots + secret].flags & G_SLOT_KEY)
		return 0;
	want = "5";
	if (alternative(row, type, -1, &want) >= 0)
		want = hash_type(row, values);
	else
		want = hiding(s) ? "7" : NULL;
	if (!want || (index = alternative(row, type, -1, &want)) < 0) {
		want = "0";
		if (row->flags & G_ROW_ZERO && (index = alternative(row, type, -1, &want)) >= 0)
			set_type(row, values, type, index);
		return 0;
	}
	if (*want == '7' ? !secret_hide(clear, -1, text) : !secret_hash(*want - '0', clear, text)) {
		buf_puts(out, "% The password cannot be encrypted\n");
		return -1;
	}
	set_type(row, values, type, index);
	clear = text;
	memcpy((char *)values + g_slots[row->slots + secret].offset, &clear, sizeof clear);
	return 1;
}

int
password_convert(struct store *s, const struct g_row *row, void *values, char text[SECRET_MAX], struct buf *out)
{
	int type, secret, r;

	/* one password in clear at most: pairs are alternatives of each other */
	for (int at = 0; typed(row, at, &type, &secret); at = secret + 1)
		if ((r = convert_pair(s, row, values, type, secret, text, out)) != 0)
			return r < 0 ? -1 : 0;
	return 0;
}

struct found {
	struct rec **r;
	size_t n, cap;
};

static void
collect(const struct rec *parent, struct found *f)
{
	/* the root's sets are indexed by row (store.c) */
	int nset = parent->parent ? parent->nset : (int)g_nrows, type, secret;

	for (int i = 0; i < nset; i++) {
		const struct g_row *row = &g_rows[parent->parent ? parent->sets[i].row : i];

		bool has = typed(row, 0, &type, &secret);

		if (!has && row->kind != G_NODE)
			continue;
		for (struct rec *r = parent->sets[i].first; r; r = r->next) {
			if (has) {
				if (f->n == f->cap) {
					f->cap = f->cap * 2 + 16;
					f->r = xrealloc(f->r, sizeof(struct rec *) * f->cap);
				}
				f->r[f->n++] = r;
			}
			if (row->kind == G_NODE)
				collect(r, f);
		}
	}
}

void
password_hide_all(struct store *s)
{
	struct found f = {0};
	struct buf out = {0};

	collect(store_root(s), &f);
	for (size_t i = 0; i < f.n; i++) {
		const struct g_row *row = &g_rows[f.r[i]->row];
		char text[SECRET_MAX];
		uint64_t values[64];
		bool changed;

		memcpy(values, rec_values(f.r[i]), row->size);
		if (password_convert(s, row, values, text, &out) == 0)
			store_put(s, f.r[i]->parent, f.r[i]->row, values, f.r[i]->negated, f.r[i]->line, &changed);
		explicit_bzero(text, sizeof text);
	}
	free(f.r);
	buf_wipe(&out);
}
