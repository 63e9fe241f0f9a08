/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A matched line, carried out on the store: its values are bound to the row's
 * struct, checked, merged with what stands there, and put; or, with `no` and
 * `default`, what they name is removed. Where the line came from and which mode
 * it fits is the business of config.c. The defaults of rows are lines that are bound in the same way.
 */
#define _GNU_SOURCE
#include "parser/config_int.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "gen/grammar.h"
#include "lib/ip4.h"
#include "lib/xalloc.h"
#include "parser/check.h"
#include "parser/password.h"
#include "parser/render.h"

/* --- values --- */

static void
set_num(void *v, const struct g_slot *s, uint32_t n)
{
	memcpy((char *)v + s->offset, &n, sizeof n);
}

/*
 * Fills a row's struct from a match. Strings are copied into `text`, which
 * must stay until the store has taken the values. Slots that were not given
 * get their defaults; a slot's `has` bit says "render me": it was given and
 * differs from the default, or is always rendered.
 */
static void
bind(const struct g_row *row, const struct match *m, void *values, struct buf *text)
{
	uint32_t has = 0;
	size_t need = 0, at = 0;

	memset(values, 0, row->size);
	for (int i = 0; i < row->nslots; i++)
		if (m->captured & (1u << i) && g_type_is_string(g_slots[row->slots + i].type))
			need += m->val[i].len + 1;
	buf_clear(text);
	buf_fill(text, '\0', need);
	for (int i = 0; i < row->nslots; i++) {
		const struct g_slot *s = &g_slots[row->slots + i];
		bool given = m->captured & (1u << i), same = false;

		if (g_type_is_string(s->type)) {
			const char *p = NULL;

			if (given) {
				memcpy(text->d + at, m->val[i].s, m->val[i].len);
				text->d[at + m->val[i].len] = '\0';
				p = text->d + at;
				at += m->val[i].len + 1;
				same = s->flags & G_SLOT_DEFAULT && strcmp(p, G_STR(s->dflt)) == 0;
			} else if (s->flags & G_SLOT_DEFAULT)
				p = G_STR(s->dflt);
			memcpy((char *)values + s->offset, &p, sizeof p);
		} else {
			uint32_t n = given ? m->val[i].num : s->flags & G_SLOT_DEFAULT ? s->dflt : 0;

			set_num(values, s, n);
			same = s->flags & G_SLOT_DEFAULT && n == s->dflt;
		}
		if ((given && !same) || s->flags & G_SLOT_ALWAYS)
			has |= 1u << i;
	}
	memcpy(values, &has, sizeof has);
}

struct binding {
	uint64_t values[64];
	struct buf text;
};

/* Copies the slots of a flat row that belong to the node, or to the member, by name. */
static void
project(const struct g_row *from, const void *v, const struct g_row *to, void *out)
{
	uint32_t has = 0, from_has = *(const uint32_t *)v;

	memset(out, 0, to->size);
	for (int i = 0; i < to->nslots; i++) {
		const struct g_slot *t = &g_slots[to->slots + i];

		for (int k = 0; k < from->nslots; k++) {
			const struct g_slot *f = &g_slots[from->slots + k];

			if (f->name != t->name)
				continue;
			memcpy((char *)out + t->offset, (const char *)v + f->offset,
			    g_type_is_string(t->type) ? sizeof(char *) : sizeof(uint32_t));
			if (from_has & (1u << k))
				has |= 1u << i;
		}
	}
	memcpy(out, &has, sizeof has);
}

/* --- applying a matched line --- */

static int
run_check(struct config *c, struct rec *parent, int row, bool no, void *values, struct buf *out, bool *incomplete)
{
	struct check k = { c->store, parent, row, no, values, NULL, out, false };
	int r;

	if (!g_rows[row].check)
		return 0;
	k.existing = store_find(c->store, parent, row, values);
	r = check_table[g_rows[row].check](&k);
	*incomplete = k.incomplete;
	return r;
}

static enum config_result
refused(struct match *m, bool incomplete)
{
	if (!incomplete)
		return CONFIG_REFUSED;
	m->status = MATCH_INCOMPLETE;
	return CONFIG_SYNTAX;
}

static uint32_t
get_num(const void *v, const struct g_slot *s)
{
	uint32_t n;

	memcpy(&n, (const char *)v + s->offset, sizeof n);
	return n;
}

/*
 * What follows from the types alone: a mask must be contiguous, an address
 * before a wildcard loses the bits the wildcard covers, and in rows marked
 * `prefix` an address must be the network of its mask.
 */
static int
check_types(const struct g_row *r, void *values, struct buf *out)
{
	for (int i = 0; r->flags & G_ROW_LINES && i < r->nslots; i++) {
		const struct g_slot *t = &g_slots[r->slots + i];
		const char *text;

		memcpy(&text, (const char *)values + t->offset, sizeof text);
		if (t->type == G_T_TEXT && text && strstr(text, "^C")) {
			buf_puts(out, "% The text must not contain ^C\n");
			return -1;
		}
	}
	for (int i = 1; i < r->nslots; i++) {
		const struct g_slot *a = &g_slots[r->slots + i - 1], *m = &g_slots[r->slots + i];
		uint32_t addr, mask;

		if (a->type != G_T_IP4 || (m->type != G_T_MASK && m->type != G_T_WILDCARD))
			continue;
		addr = get_num(values, a);
		mask = get_num(values, m);
		if (m->type == G_T_WILDCARD) {
			set_num(values, a, addr & ~mask);
		} else if (ip4_masklen(mask) < 0) {
			buf_printf(out, "%% Bad mask 0x%X for address %s\n", mask, ip4_s(addr));
			return -1;
		} else if (r->flags & G_ROW_PREFIX && addr & ~mask) {
			buf_puts(out, "%Inconsistent address and mask\n");
			return -1;
		}
	}
	return 0;
}

/* A name may be defined by one kind of node only (standard or extended access list). */
static int
check_definition(struct config *c, struct rec *parent, int row, const void *values, struct buf *out)
{
	const struct g_row *r = &g_rows[row];
	const char *name;
	struct rec *d;

	if (!r->ref || r->kind != G_NODE || !g_type_is_string(g_slots[r->slots].type))
		return 0;
	memcpy(&name, (const char *)values + g_slots[r->slots].offset, sizeof name);
	d = store_defined(c->store, r->ref, name);
	if (!d || d->row == row || d->parent != parent)
		return 0;
	buf_printf(out, "%% %s %s already exists with another type\n", g_ref_words[r->ref], name);
	return -1;
}

/* A typed line may not name what is not there, where IOS says so; in a file the order is free. */
static int
check_names(struct config *c, const struct g_row *r, const void *values, struct buf *out)
{
	char number[SLOT_NAME_MAX];

	for (int i = 0; r->exists && c->typed && !c->quiet && i < r->nslots; i++) {
		const struct g_slot *s = &g_slots[r->slots + i];
		const char *name = s->type == G_T_REF ? slot_name(values, s, number) : NULL, *text = G_STR(r->exists);
		size_t n = strcspn(text, "@");

		if (!name || store_known(c->store, g_args[s->arg].ref, name))
			continue;
		buf_printf(out, "%.*s%s%s\n", (int)n, text, name, text + n + 1);
		return -1;
	}
	return 0;
}

static bool
equals_default(struct store *s, int row, const void *values)
{
	const struct g_row *r = &g_rows[row];

	return r->kind == G_LEAF && store_default(s, row) && row_equal(r, store_default(s, row), values, false);
}

/* Were only key slots given? */
static bool
keys_only(const struct g_row *row, const struct match *m)
{
	for (int i = 0; i < row->nslots; i++)
		if (m->captured & (1u << i) && !(g_slots[row->slots + i].flags & G_SLOT_KEY))
			return false;
	return true;
}

/* Slots that the line did not give keep the values of the record that is there. */
static void
merge(struct config *c, struct rec *parent, int row, const struct match *m, void *values)
{
	const struct g_row *r = &g_rows[row];
	const struct rec *old = store_find(c->store, parent, row, values);
	uint32_t has, had;

	if (!old)
		return;
	memcpy(&has, values, sizeof has);
	memcpy(&had, rec_values(old), sizeof had);
	for (int i = 0; i < r->nslots; i++) {
		const struct g_slot *s = &g_slots[r->slots + i];

		if (m->captured & (1u << i) || !(had & (1u << i)))
			continue;
		memcpy((char *)values + s->offset, (const char *)rec_values(old) + s->offset,
		    g_type_is_string(s->type) ? sizeof(char *) : sizeof(uint32_t));
		has |= 1u << i;
	}
	memcpy(values, &has, sizeof has);
}

/* Its mode is not entered by a line with these values. */
static bool
stays(const struct g_row *r, const void *values)
{
	uint32_t has;

	memcpy(&has, values, sizeof has);
	return r->flags & G_ROW_STAYS && has & (1u << r->stays_slot) &&
	    get_num(values, &g_slots[r->slots + r->stays_slot]) == r->stays_value;
}

static enum config_result
put(struct config *c, struct rec *parent, int row, void *values, uint32_t line, struct match *m, struct buf *out,
    struct rec **made)
{
	const struct g_row *r = &g_rows[row];
	bool incomplete = false, changed;
	char password[SECRET_MAX];
	struct rec *old;

	if ((r->kind == G_NODE || r->flags & G_ROW_REENTER) && keys_only(r, m)) {
		if ((*made = store_find(c->store, parent, row, values)))
			return CONFIG_OK;
		if (r->flags & G_ROW_REENTER)
			return refused(m, true);
	}
	if (r->flags & G_ROW_DEFAULT_ON && r->clears && !(r->flags & G_ROW_LASTING) && c->typed && !c->quiet)
		return refused(m, true);	/* only its `no` is a command */
	if (r->flags & G_ROW_MERGE)
		merge(c, parent, row, m, values);
	if (check_types(r, values, out) < 0 || check_definition(c, parent, row, values, out) < 0 ||
	    check_names(c, r, values, out) < 0)
		return CONFIG_REFUSED;
	if (run_check(c, parent, row, false, values, out, &incomplete) < 0)
		return refused(m, incomplete);
	if (password_convert(c->store, r, values, password, out) < 0)
		return CONFIG_REFUSED;
	if (r->note && !c->quiet && !stays(r, values) && !store_find(c->store, parent, row, values))
		buf_printf(out, "%s\n", G_STR(r->note));
	if (r->flags & G_ROW_AUTOSEQ) {
		struct g_slot const *seq = &g_slots[r->slots];
		uint32_t n;

		if ((old = store_find_content(c->store, parent, row, values))) {
			*made = old;
			return CONFIG_OK;
		}
		memcpy(&n, (char *)values + seq->offset, sizeof n);
		if (n == 0)
			set_num(values, seq, store_next_seq(c->store, parent, row, 10));
	}
	old = r->kind == G_LEAF ? store_find(c->store, parent, row, values) : NULL;
	if (equals_default(c->store, row, values) || (r->kind == G_LEAF && r->flags & G_ROW_DEFAULT_ON)) {
		if (old)
			store_delete(c->store, old);
		*made = NULL;
		return CONFIG_OK;
	}
	for (const uint16_t *x = &g_excludes[r->excludes]; r->excludes && *x; x++)
		if ((old = store_find(c->store, parent, *x, NULL)))
			store_delete(c->store, old);
	*made = store_put(c->store, parent, row, values, false, line, &changed);
	if (r->flags & G_ROW_SECRET)
		explicit_bzero(password, sizeof password);
	if (r->flags & G_ROW_HIDES && changed)
		password_hide_all(c->store);
	return CONFIG_OK;
}

static bool
captured_equal(const struct g_row *row, const struct match *m, const void *want, const struct rec *r)
{
	for (int i = 0; i < row->nslots; i++) {
		const struct g_slot *s = &g_slots[row->slots + i];

		if (!(s->flags & G_SLOT_KEY) || !(m->captured & (1u << i)))
			continue;
		if (g_type_is_string(s->type)) {
			const char *a, *b;

			memcpy(&a, (const char *)want + s->offset, sizeof a);
			memcpy(&b, (const char *)r->v + s->offset, sizeof b);
			if (!a || !b || strcmp(a, b) != 0)
				return false;
		} else if (memcmp((const char *)want + s->offset, (const char *)r->v + s->offset, 4) != 0)
			return false;
	}
	return true;
}

static bool
all_keys(const struct g_row *row, const struct match *m)
{
	for (int i = 0; i < row->nslots; i++)
		if (g_slots[row->slots + i].flags & G_SLOT_KEY && !(m->captured & (1u << i)))
			return false;
	return true;
}

/* Records of other rows that go with this line's: those that have every key of it. */
static void
clear_others(struct config *c, struct rec *parent, const struct match *m, const void *values)
{
	const struct g_row *r = &g_rows[m->row];

	for (const uint16_t *x = &g_excludes[r->clears]; *x; x++) {
		const struct g_row *o = &g_rows[*x];
		struct match same = { .row = *x };
		uint64_t want[64];
		uint32_t found = 0;

		project(r, values, o, want);
		for (int i = 0; i < r->nslots; i++)
			for (int k = 0; k < o->nslots && m->captured & (1u << i); k++)
				if (g_slots[o->slots + k].name == g_slots[r->slots + i].name && g_slots[o->slots + k].flags & G_SLOT_KEY) {
					same.captured |= 1u << k;
					found |= 1u << i;
				}
		if ((m->captured & ~found) != 0)
			continue;
		for (struct rec *q = store_first(c->store, parent, *x), *nx; q; q = nx) {
			nx = store_next(q);
			if (captured_equal(o, &same, want, q))
				store_delete(c->store, q);
		}
	}
}

/* Is name one of those in a list with commas? */
static bool
listed(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (const char *p = list; *p; p += strcspn(p, ","), p += *p == ',')
		if (strncmp(p, name, n) == 0 && (p[n] == ',' || p[n] == '\0'))
			return true;
	return false;
}

/* Has the record this text in one of the slots with these names? */
static bool
speaks_of(const struct rec *r, const char *slots, const char *text)
{
	const struct g_row *row = &g_rows[r->row];

	for (int i = 0; i < row->nslots; i++) {
		const struct g_slot *s = &g_slots[row->slots + i];
		const char *value;

		if (!g_type_is_string(s->type) || !listed(slots, G_STR(s->name)))
			continue;
		memcpy(&value, (const char *)r->v + s->offset, sizeof value);
		if (value && strcmp(value, text) == 0)
			return true;
	}
	return false;
}

/* What is said of it below parent goes, too, in the blocks there as well. */
static void
take_along(struct config *c, struct rec *parent, const char *slots, const char *text)
{
	const struct g_mode *m = &g_modes[g_rows[parent->row].submode];

	for (int i = 0; i < m->nrow; i++)
		for (struct rec *r = store_first(c->store, parent, g_mode_rows[m->first_row + i]), *next; r; r = next) {
			next = store_next(r);
			if (speaks_of(r, slots, text))
				store_delete(c->store, r);
			else if (g_rows[r->row].kind == G_NODE)
				take_along(c, r, slots, text);
		}
}

static const char *
first_text(const struct g_row *r, const void *values)
{
	const char *text;

	memcpy(&text, (const char *)values + g_slots[r->slots].offset, sizeof text);
	return text;
}

/* Is it one of those that keep what is said of them (a group whose AS goes)? */
static bool
spared(const struct config *c, struct rec *parent, const struct g_row *r, const void *values)
{
	const char *text = first_text(r, values);

	for (struct rec *x = r->spares ? store_first(c->store, parent, r->spares) : NULL; x; x = store_next(x))
		if (strcmp(first_text(&g_rows[x->row], x->v), text) == 0)
			return true;
	return false;
}

/* Only the keys stay: what else a `no` said is not part of it. */
static void
keep_keys(const struct g_row *r, void *values)
{
	uint32_t has;

	memcpy(&has, values, sizeof has);
	for (int i = 0; i < r->nslots; i++) {
		const struct g_slot *s = &g_slots[r->slots + i];

		if (s->flags & G_SLOT_KEY)
			continue;
		has &= ~(1u << i);
		memset((char *)values + s->offset, 0, g_type_is_string(s->type) ? sizeof(char *) : sizeof(uint32_t));
	}
	memcpy(values, &has, sizeof has);
}

static enum config_result
remove_line(struct config *c, struct rec *parent, struct match *m, void *values, struct buf *out, bool to_default)
{
	const struct g_row *r = &g_rows[m->row];
	bool incomplete = false, changed, there = false;
	struct rec *old;

	if (run_check(c, parent, m->row, true, values, out, &incomplete) < 0)
		return refused(m, incomplete);
	if (r->clears && !to_default)
		clear_others(c, parent, m, values);
	if (r->kind == G_LEAF) {
		old = store_find(c->store, parent, m->row, values);
		if (r->flags & G_ROW_DEFAULT_ON && !to_default && (!r->clears || r->flags & G_ROW_LASTING)) {
			store_put(c->store, parent, m->row, values, true, 0, &changed);
			return CONFIG_OK;
		}
		if (old)
			store_delete(c->store, old);
		return CONFIG_OK;
	}
	if (all_keys(r, m) && !(r->flags & G_ROW_NOALL && !m->captured)) {
		old = store_find(c->store, parent, m->row, values);
		if (r->flags & G_ROW_LASTING)
			keep_keys(r, values);
		if (r->flags & G_ROW_NEGATABLE && (!old || r->flags & G_ROW_LASTING) && !to_default)
			store_put(c->store, parent, m->row, values, true, 0, &changed);
		else if (old && (!old->negated || to_default)) {
			store_delete(c->store, old);
			there = true;
		} else if (r->flags & G_ROW_AUTOSEQ && (old = store_find_content(c->store, parent, m->row, values)))
			store_delete(c->store, old);
		if (m->whole || (there && r->takes && !spared(c, parent, r, values)))
			take_along(c, parent, G_STR(m->whole ? r->whole : r->takes), first_text(r, values));
		return CONFIG_OK;
	}
	if (r->flags & G_ROW_AUTOSEQ) {
		/* `no permit ip ...`: by content, without its sequence number */
		if ((old = store_find_content(c->store, parent, m->row, values)))
			store_delete(c->store, old);
		return CONFIG_OK;
	}
	if (r->flags & G_ROW_NUMBERED && m->captured & (1u << (row_number_slot(r) - &g_slots[r->slots]))) {
		if ((old = store_numbered(c->store, m->row, values)) && captured_equal(r, m, values, old))
			store_delete(c->store, old);
		return CONFIG_OK;
	}
	for (struct rec *q = store_first(c->store, parent, m->row), *nx; q; q = nx) {
		nx = store_next(q);
		if (captured_equal(r, m, values, q))
			store_delete(c->store, q);
	}
	return CONFIG_OK;
}

/* The match as that of the row of which its own is another spelling. */
static void
respell(struct match *m)
{
	const struct g_row *from = &g_rows[m->row], *to = &g_rows[from->flat_node];
	struct match old = *m;

	m->row = from->flat_node;
	m->captured = 0;
	for (int i = 0; i < to->nslots; i++)
		for (int k = 0; k < from->nslots; k++)
			if (g_slots[from->slots + k].name == g_slots[to->slots + i].name && old.captured & (1u << k)) {
				m->val[i] = old.val[k];
				if (old.val[k].s == m->val[k].canon)
					m->val[i].s = m->val[i].canon;
				m->captured |= 1u << i;
			}
}

enum config_result
config_apply(struct config *c, int depth, struct match *m, bool no, bool to_default, uint32_t line, struct buf *out)
{
	const struct g_row *r = &g_rows[m->row];
	struct binding b = {0};
	struct rec *made = NULL;
	enum config_result res = CONFIG_OK;

	if (r->kind == G_FLAT && !r->flat_member) {
		respell(m);
		r = &g_rows[m->row];
	}
	bind(r, m, b.values, &b.text);
	if (c->command && !no) {
		buf_fill(c->command, ' ', (size_t)depth);
		render_values(c->command, r, b.values, true);
	}
	if (r->kind == G_FLAT) {
		const struct g_row *node = &g_rows[r->flat_node], *member = &g_rows[r->flat_member];
		uint64_t part[64];

		project(r, b.values, node, part);
		if (no) {
			struct rec *old = store_find(c->store, c->stack[0].ptr, r->flat_node, part);

			if (old)
				store_delete(c->store, old);
		} else {
			res = put(c, c->stack[0].ptr, r->flat_node, part, line, m, out, &made);
			if (res == CONFIG_OK && made) {
				project(r, b.values, member, part);
				res = put(c, made, r->flat_member, part, line, m, out, &made);
			}
		}
		if (res == CONFIG_OK)
			c->depth = 0;
	} else if (no) {
		res = remove_line(c, c->stack[depth].ptr, m, b.values, out, to_default);
		if (res == CONFIG_OK)
			c->depth = depth;
	} else {
		res = put(c, c->stack[depth].ptr, m->row, b.values, line, m, out, &made);
		if (res == CONFIG_OK)
			c->depth = depth;
		if (res == CONFIG_OK && r->kind == G_NODE && made && depth + 1 < CONFIG_DEPTH && !stays(r, rec_values(made))) {
			c->depth = depth + 1;
			c->stack[c->depth].mode = r->submode;
			c->stack[c->depth].ptr = made;
			c->stack[c->depth].rec = made->id;
		}
	}
	if (r->flags & G_ROW_SECRET)
		buf_wipe(&b.text);
	else
		buf_free(&b.text);
	return res;
}

void
config_load_defaults(struct store *s, struct matcher *mr)
{
	for (unsigned i = 0; i < g_nrows; i++) {
		const struct g_row *r = &g_rows[i];
		struct binding b = {0};
		struct lexed lx;
		struct match m;

		if (!r->dflt)
			continue;
		lex_line(&lx, G_STR(r->dflt));
		match_line(mr, r->mode, &lx, 0, 0, &m);
		if (m.status != MATCH_OK || m.row != (int)i)
			abort();	/* the grammar test sees this first */
		bind(r, &m, b.values, &b.text);
		store_set_default(s, (int)i, b.values);
		buf_free(&b.text);
	}
}
