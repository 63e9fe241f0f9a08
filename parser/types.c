/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The placeholder types of the grammar, one switch per question: does the text
 * fit, how is it written back, what does `?` say. See types.h.
 */
#include "parser/types.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "lib/ip4.h"

static bool
in_range(const struct g_arg *a, uint32_t v)
{
	return (v >= a->lo && v <= a->hi) || (a->hi2 && v >= a->lo2 && v <= a->hi2);
}

static bool
number(const struct token *t, uint32_t *out)
{
	uint64_t v = 0;

	if (t->len == 0 || t->len > 10)
		return false;
	for (size_t i = 0; i < t->len; i++) {
		if (!isdigit((unsigned char)t->s[i]))
			return false;
		v = v * 10 + (uint64_t)(t->s[i] - '0');
	}
	*out = (uint32_t)v;
	return v <= 0xffffffffu;
}

/* A name of the names table: exact, or the only one with this beginning. */
static bool
named(const struct g_arg *a, const struct token *t, uint32_t *out)
{
	const struct g_name *found = NULL;

	for (int i = 0; i < a->nnames; i++) {
		const struct g_name *n = &g_names[a->names + i];

		if (strncasecmp(G_STR(n->word), t->s, t->len) != 0)
			continue;
		if (G_STR(n->word)[t->len] == '\0') {
			found = n;
			break;
		}
		if (found)
			return false;
		found = n;
	}
	if (found)
		*out = found->value;
	return found != NULL;
}

static bool
address(const struct token *t, uint32_t *out)
{
	char text[IP4_STRLEN];

	if (t->len >= sizeof text)
		return false;
	memcpy(text, t->s, t->len);
	text[t->len] = '\0';
	return ip4_parse(text, out);
}

/* A host name: letters, digits, dots, hyphens, underscores; at least one letter. */
static bool
hostname(const struct token *t)
{
	bool letter = false;

	if (t->len > 253)
		return false;
	for (size_t i = 0; i < t->len; i++) {
		unsigned char c = (unsigned char)t->s[i];

		if (!isalnum(c) && !strchr(".-_", c))
			return false;
		letter |= isalpha(c) != 0;
	}
	return letter;
}

/* A router's name: begins with a letter, then letters, digits, hyphens, dots, underscores. */
static bool
label(const struct token *t)
{
	for (size_t i = 0; i < t->len; i++) {
		unsigned char c = (unsigned char)t->s[i];

		if (!isalnum(c) && (i == 0 || !strchr("-._", c)))
			return false;
	}
	return isalpha((unsigned char)t->s[0]) != 0;
}

static bool
cidr(const struct token *t, char *canon, size_t size)
{
	const char *slash = memchr(t->s, '/', t->len);
	struct token addr = *t, len = *t;
	uint32_t a, n;

	if (!slash)
		return false;
	addr.len = (uint16_t)(slash - t->s);
	len.s = slash + 1;
	len.len = (uint16_t)(t->len - addr.len - 1);
	if (!address(&addr, &a) || !number(&len, &n) || n > 32)
		return false;
	snprintf(canon, size, "%s/%u", ip4_s(a & ip4_mask((uint8_t)n)), n);
	return true;
}

/* Three groups of one to four hexadecimal digits between dots. */
static bool
mac(const struct token *t, char *canon)
{
	int groups = 1, digits = 0;
	size_t n = 0;

	if (t->len > 14)
		return false;
	for (size_t i = 0; i < t->len; i++) {
		unsigned char c = (unsigned char)t->s[i];

		if (c == '.' && digits > 0) {
			groups++;
			digits = 0;
		} else if (!isxdigit(c) || ++digits > 4)
			return false;
		canon[n++] = (char)tolower(c);
	}
	canon[n] = '\0';
	return groups == 3 && digits > 0;
}

static bool
integer(const struct g_arg *a, const struct token *t)
{
	struct token digits = *t;
	uint32_t n;
	bool minus = t->s[0] == '-';
	int64_t v;

	digits.s += minus;
	digits.len = (uint16_t)(digits.len - minus);
	if (!number(&digits, &n))
		return false;
	v = minus ? -(int64_t)n : n;
	return v >= (int32_t)a->lo && v <= (int32_t)a->hi;
}

int
type_match(unsigned type, const struct g_arg *arg, const struct lexed *lx, int i, struct value *v)
{
	const struct token *t = &lx->tok[i];
	uint32_t n;

	v->s = t->s;
	v->len = t->len;
	switch (type) {
	case G_T_U32:
		if (number(t, &v->num))
			return in_range(arg, v->num);
		return arg->nnames && named(arg, t, &v->num);
	case G_T_IP4:
	case G_T_MASK:
	case G_T_WILDCARD:
		return address(t, &v->num);
	case G_T_WORD:
	case G_T_REF:
	case G_T_SECRET:
		return t->len <= arg->hi;
	case G_T_NUMWORD:
		return number(t, &n) && in_range(arg, n);
	case G_T_NUMNAME:
		return t->len <= 64 && (number(t, &n) ? in_range(arg, n) : true);
	case G_T_LABEL:
		return t->len <= arg->hi && label(t);
	case G_T_CIDR:
		if (!cidr(t, v->canon, sizeof v->canon))
			return 0;
		v->s = v->canon;
		v->len = strlen(v->canon);
		return 1;
	case G_T_MAC:
		if (!mac(t, v->canon))
			return 0;
		v->s = v->canon;
		v->len = strlen(v->canon);
		return 1;
	case G_T_INT:
		return integer(arg, t);
	case G_T_HOST:
		return address(t, &n) || hostname(t);
	case G_T_AREA:
		return number(t, &n) || address(t, &n);
	case G_T_TEXT:
	case G_T_LINE:
		v->len = lx->len - t->col;
		return v->len <= arg->hi ? lx->n - i : 0;
	case G_T_IFNAME: {
		int used = ifname_parse(lx, i, v->canon);

		v->s = v->canon;
		v->len = used ? strlen(v->canon) : 0;
		return used;
	}
	}
	return 0;
}

void
type_render(struct buf *out, unsigned type, const struct g_arg *arg, uint32_t num, const char *s)
{
	char text[IP4_STRLEN];

	switch (type) {
	case G_T_U32:
		for (int i = 0; i < arg->nnames; i++)
			if (g_names[arg->names + i].value == num) {
				buf_puts(out, G_STR(g_names[arg->names + i].word));
				return;
			}
		buf_printf(out, "%u", num);
		return;
	case G_T_IP4:
	case G_T_MASK:
	case G_T_WILDCARD:
		buf_puts(out, ip4_str(num, text));
		return;
	case G_T_TEXT:
		buf_printf(out, "^C%s^C", s ? s : "");
		return;
	case G_T_HEX:
		for (const char *p = s ? s : ""; *p;) {
			size_t n = strcspn(p, "\n");

			buf_printf(out, arg->lo == G_LINES_AT ? "\n%.*s" : "\n  %.*s", (int)n, p);
			p += n + (p[n] == '\n');
		}
		buf_puts(out, arg->lo == G_LINES_EXIT ? "\n  exit" : arg->lo == G_LINES_AT ? "\n@" : "\n  \tquit");
		return;
	default:
		buf_puts(out, s ? s : "");
	}
}

const struct g_slot *
row_defining_slot(const struct g_row *row)
{
	const struct g_slot *first = NULL;

	for (int i = 0; row->ref && i < row->nslots; i++) {
		const struct g_slot *s = &g_slots[row->slots + i];

		if (!(s->flags & G_SLOT_KEY) || (s->type != G_T_U32 && !g_type_is_string(s->type)))
			continue;
		if (g_type_is_string(s->type))
			return s;
		first = first ? first : s;
	}
	return first;
}

const struct g_slot *
row_number_slot(const struct g_row *row)
{
	for (int i = 0; i < row->nslots; i++) {
		const struct g_slot *s = &g_slots[row->slots + i];

		if (s->flags & G_SLOT_KEY && s->type == G_T_U32)
			return s;
	}
	return NULL;
}

/* Ranges of numbers in rising order, those that touch joined; as many as the definitions of a kind may have. */
struct ranges {
	struct { uint32_t lo, hi; } v[16];
	int n;
	bool word;		/* names, too */
};

static void
add_range(struct ranges *r, uint32_t lo, uint32_t hi)
{
	int i = 0, k;

	while (i < r->n && r->v[i].hi + (uint64_t)1 < lo)
		i++;
	for (k = i; k < r->n && r->v[k].lo <= hi + (uint64_t)1; k++) {
		lo = r->v[k].lo < lo ? r->v[k].lo : lo;
		hi = r->v[k].hi > hi ? r->v[k].hi : hi;
	}
	if (k == i && r->n == (int)(sizeof r->v / sizeof r->v[0])) {
		r->word = true;	/* more than anyone would read */
		return;
	}
	memmove(&r->v[i + 1], &r->v[k], sizeof r->v[0] * (size_t)(r->n - k));
	r->n += 1 - (k - i);
	r->v[i].lo = lo;
	r->v[i].hi = hi;
}

static void
add_type(struct ranges *r, unsigned type, const struct g_arg *arg)
{
	if (type != G_T_U32 && type != G_T_NUMWORD && type != G_T_NUMNAME) {
		r->word = true;
		return;
	}
	add_range(r, arg->lo, arg->hi);
	if (arg->hi2)
		add_range(r, arg->lo2, arg->hi2);
	r->word |= type == G_T_NUMNAME;
}

static void
help_ranges(unsigned type, const struct g_arg *arg, void (*emit)(void *ctx, const char *left), void *ctx)
{
	struct ranges r = { .n = 0 };

	if (type != G_T_REF)
		add_type(&r, type, arg);
	else
		for (unsigned i = 0; i < g_nrows; i++) {
			const struct g_slot *s = g_rows[i].ref == arg->ref ? row_defining_slot(&g_rows[i]) : NULL;

			if (s)
				add_type(&r, s->type, &g_args[s->arg]);
		}
	for (int i = 0; i < r.n; i++) {
		char left[32];

		snprintf(left, sizeof left, "<%u-%u>", r.v[i].lo, r.v[i].hi);
		emit(ctx, left);
	}
	if (r.word || r.n == 0)
		emit(ctx, "WORD");
}

void
type_help(unsigned type, const struct g_arg *arg, void (*emit)(void *ctx, const char *left), void *ctx)
{
	char left[40];

	switch (type) {
	case G_T_U32:
	case G_T_NUMWORD:
	case G_T_NUMNAME:
	case G_T_REF:
		help_ranges(type, arg, emit, ctx);
		return;
	case G_T_IP4:
	case G_T_MASK:
	case G_T_WILDCARD:
		emit(ctx, "A.B.C.D");
		return;
	case G_T_HOST:
		emit(ctx, "Hostname or A.B.C.D");
		return;
	case G_T_AREA:
		emit(ctx, "<0-4294967295> or A.B.C.D");
		return;
	case G_T_CIDR:
		emit(ctx, "A.B.C.D/nn");
		return;
	case G_T_MAC:
		emit(ctx, "H.H.H");
		return;
	case G_T_INT:
		snprintf(left, sizeof left, "<%d - %d>", (int32_t)arg->lo, (int32_t)arg->hi);
		emit(ctx, left);
		return;
	case G_T_TEXT:
	case G_T_LINE:
		emit(ctx, "LINE");
		return;
	default:
		emit(ctx, "WORD");
	}
}
