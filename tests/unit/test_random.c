/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Configurations made at random from the grammar's own templates. What the
 * parser takes must render to text that it takes whole, that renders to itself,
 * and that changes nothing when it is typed onto what is there already.
 *
 * CONFTERM_RANDOM=SEED repeats one configuration; a failure names its seed.
 */
#include "tests/unit/session.h"

#include <stdio.h>

#include "lib/ip4.h"
#include "parser/replace.h"
#include "parser/types.h"

#define CONFIGURATIONS 10000

static uint64_t state;

static uint32_t
rnd(uint32_t n)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return n ? (uint32_t)((state >> 11) % n) : 0;
}

struct pen {
	struct buf *out;
	const struct g_row *row;
	const char *type;	/* word of a choice slot `type`, which says what a password looks like */
};

static void
word(struct pen *p, const char *w)
{
	if (p->out->n && p->out->d[p->out->n - 1] != '\n' && p->out->d[p->out->n - 1] != ' ')
		buf_putc(p->out, ' ');
	buf_puts(p->out, w);
}

static const char *
secret(const char *type)
{
	static const char *const forms[] = {
		['5'] = "$1$mERr$hx5rVt7rPNoS4wqbXKX7m0", ['7'] = "02050D480809",
		['8'] = "$8$TnGX/fE4KGHOVU$pEhnEvxrvaynpi8j4f.EMHr6M.FzU8xnZnBr/tJdFWk",
		['9'] = "$9$2MJBozw/9R3UsU$2lFhcKvpghcyw8deP25GOfyZaagyUOGBymkryvOdfo6",
	};
	unsigned char c = type ? (unsigned char)type[0] : 0;

	return c < sizeof forms / sizeof forms[0] && forms[c] ? forms[c] : "Sekret1";
}

static uint32_t
in_range(const struct g_arg *a)
{
	uint32_t lo = a->lo, hi = a->hi, span;

	if (a->hi2 && rnd(2))
		lo = a->lo2, hi = a->hi2;
	span = hi - lo;
	return span > 40 && rnd(4) ? lo + rnd(40) : lo + (span == 0xffffffffu ? rnd(span) : rnd(span + 1));
}

static void
value(struct pen *p, const struct g_node *n)
{
	static const char *const ifs[] = { "Loopback1", "Loopback22", "Ethernet0/1", "GigabitEthernet0/0", "FastEthernet1/0",
		"Tunnel 7", "Dialer1", "vlan10", "Virtual-Template2", "Serial0/0/0", "gi0/2", "ATM0.1" };
	const struct g_arg *a = &g_args[n->arg];
	char t[64];

	switch (n->type) {
	case G_T_U32:
		if (a->nnames && rnd(2))
			snprintf(t, sizeof t, "%s", G_STR(g_names[a->names + (int)rnd(a->nnames)].word));
		else
			snprintf(t, sizeof t, "%u", in_range(a));
		break;
	case G_T_IP4:
		snprintf(t, sizeof t, "10.%u.%u.%u", rnd(3), rnd(256), rnd(256));
		break;
	case G_T_MASK:
		snprintf(t, sizeof t, "%s", ip4_s(ip4_mask((uint8_t)(rnd(32) + 1))));
		break;
	case G_T_WILDCARD:
		snprintf(t, sizeof t, "%s", ip4_s(rnd(5) ? ~ip4_mask((uint8_t)rnd(33)) : rnd(0xffffffffu)));
		break;
	case G_T_IFNAME:
		snprintf(t, sizeof t, "%s", ifs[rnd(sizeof ifs / sizeof ifs[0])]);
		break;
	case G_T_LINE:
		snprintf(t, sizeof t, "Zx some text %u", rnd(9));
		break;
	case G_T_TEXT:
		snprintf(t, sizeof t, rnd(2) ? "#one line#" : "#two\n lines %u\n#", rnd(9));
		break;
	case G_T_SECRET:
		snprintf(t, sizeof t, "%s", secret(p->type));
		if (strlen(t) > a->hi)
			t[a->hi] = '\0';
		word(p, secret(p->type));
		return;
	case G_T_HOST:
		snprintf(t, sizeof t, rnd(2) ? "10.0.0.%u" : "host%u.example.net", rnd(9));
		break;
	case G_T_AREA:
		snprintf(t, sizeof t, rnd(2) ? "%u" : "0.0.0.%u", rnd(9));
		break;
	case G_T_NUMWORD:
		snprintf(t, sizeof t, "%u", in_range(a));
		break;
	case G_T_NUMNAME:
		if (rnd(2))
			snprintf(t, sizeof t, "%u", in_range(a));
		else
			snprintf(t, sizeof t, "Zacl%u", rnd(4));
		break;
	case G_T_CIDR:
		snprintf(t, sizeof t, "10.%u.0.0/%u", rnd(256), rnd(33));
		break;
	case G_T_MAC:
		snprintf(t, sizeof t, "00%02x.%04X.%x", rnd(256), rnd(65536), rnd(65536));
		break;
	case G_T_INT:
		snprintf(t, sizeof t, "%d", (int32_t)a->lo + (int32_t)rnd((uint32_t)((int32_t)a->hi - (int32_t)a->lo + 1)));
		break;
	default:
		snprintf(t, sizeof t, "Z%u", rnd(5));
		break;
	}
	word(p, t);
}

static void
write_node(struct pen *p, const struct g_node *base, int at)
{
	const struct g_node *n = base + at;
	int list[64], k = 0;

	switch (n->kind) {
	case G_A_KEYWORD:
		word(p, G_STR(n->word));
		return;
	case G_A_PARAM:
		value(p, n);
		return;
	case G_A_OPT:
		if (rnd(2))
			return;
		break;
	case G_A_ALT:
	case G_A_SET:
		for (int c = at + 1; c < n->next && k < 64; c = base[c].next)
			list[k++] = c;
		if (n->kind == G_A_ALT) {
			int c = list[rnd((uint32_t)k)];

			const char *name = n->slot == 0xff ? "" : G_STR(g_slots[p->row->slots + n->slot].name);

			if (strlen(name) >= 4 && strcmp(name + strlen(name) - 4, "type") == 0)
				for (int w = c; w < base[c].next; w++)
					if (base[w].kind == G_A_KEYWORD) {
						p->type = G_STR(base[w].word);
						break;
					}
			write_node(p, base, c);
			return;
		}
		for (int left = k; left > 0; left--) {
			int i = (int)rnd((uint32_t)left), c = list[i];

			list[i] = list[left - 1];
			if (rnd(3) == 0)
				write_node(p, base, c);
		}
		return;
	default:
		break;
	}
	for (int c = at + 1; c < n->next; c = base[c].next)
		write_node(p, base, c);
}

/* Lines of a mode, blocks of its nodes inside. */
static void
block(struct buf *out, int mode, int lines, int depth)
{
	const struct g_mode *m = &g_modes[mode];

	while (lines-- > 0) {
		int row = g_mode_rows[m->first_row + (int)rnd(m->nrow)];
		struct buf line = {0};
		struct pen p = { &line, &g_rows[row], NULL };

		if (g_rows[row].kind == G_EXEC)
			continue;
		if (rnd(12) == 0)
			word(&p, rnd(2) ? "no" : "default");
		write_node(&p, &g_nodes[g_rows[row].node], 0);
		buf_printf(out, "%s\n", buf_str(&line));
		for (int i = 0; g_rows[row].flags & G_ROW_LINES && i < g_rows[row].nslots; i++)
			if (g_slots[g_rows[row].slots + i].type == G_T_HEX)
				buf_printf(out, "30820245 AB\n%s\n",
				    g_args[g_slots[g_rows[row].slots + i].arg].lo == G_LINES_AT ? "@" : "quit");
		buf_free(&line);
		if (g_rows[row].kind == G_NODE)
			block(out, g_rows[row].submode, 1 + (int)rnd(6), depth + 1);
		if (depth && rnd(8) == 0)
			return;
	}
}

static void
refusal(void *ctx, uint32_t line, int col, const char *text, bool note)
{
	if (!note)
		buf_printf(ctx, "%u:%d %s\n", line, col, text);
}

/* Takes a text as a file; what it says of it goes to `refused`. */
static char *
taken(struct session *t, const char *text, struct buf *refused)
{
	config_init(&t->c, t->s, &t->mr);
	config_text(&t->c, text, strlen(text), refusal, refused);
	return running(t);
}

/* The configuration of another seed, replaced by this one, is this one; and then nothing differs. */
static void
replaced(uint64_t seed, struct session *to, const char *want)
{
	struct buf text = {0}, refused = {0}, diff = {0};
	struct session from;
	char *before, *after;

	state = (seed + 1) * 0x9e3779b97f4a7c15u + 1;
	for (int i = 0; i < 8; i++)
		rnd(2);
	block(&text, MODE_GLOBAL, 3 + (int)rnd(10), 0);
	session_open(&from);
	before = taken(&from, buf_str(&text), &refused);
	store_difference(&diff, from.s, to->s);
	ck_assert_msg((diff.n == 0) == (strcmp(before, want) == 0), "seed %lu: difference\n%s\nbetween\n%s\nand\n%s",
	    (unsigned long)seed, buf_str(&diff), before, want);
	store_replace(from.s, to->s);
	after = running(&from);
	ck_assert_msg(strcmp(after, want) == 0, "seed %lu: replaced\n%s\nis\n%s\nnot\n%s", (unsigned long)seed, before, after, want);
	buf_clear(&diff);
	store_difference(&diff, from.s, to->s);
	ck_assert_msg(diff.n == 0, "seed %lu: still differs: %s", (unsigned long)seed, buf_str(&diff));
	ck_assert_uint_eq(store_replace(from.s, to->s), 0);
	session_close(&from);
	buf_free(&text);
	buf_free(&refused);
	buf_free(&diff);
	free(before);
	free(after);
}

static void
one(uint64_t seed)
{
	struct buf text = {0}, first = {0}, second = {0}, third = {0};
	struct session a, b;
	char *one_, *two, *three;
	uint64_t version;

	state = seed * 0x9e3779b97f4a7c15u + 1;
	for (int i = 0; i < 8; i++)
		rnd(2);
	block(&text, MODE_GLOBAL, 3 + (int)rnd(10), 0);
	session_open(&a);
	session_open(&b);
	one_ = taken(&a, buf_str(&text), &first);
	if (getenv("CONFTERM_RANDOM"))
		printf("%s---\n%s---\n%s", buf_str(&text), buf_str(&first), one_);
	two = taken(&b, one_, &second);
	ck_assert_msg(second.n == 0, "seed %lu: its rendering is refused: %s\n%s\nfrom\n%s", (unsigned long)seed, buf_str(&second),
	    one_, buf_str(&text));
	ck_assert_msg(strcmp(one_, two) == 0, "seed %lu: renders differently:\n%s\n---\n%s\nfrom\n%s", (unsigned long)seed, one_, two,
	    buf_str(&text));
	version = store_commit(b.s);
	three = taken(&b, two, &third);
	ck_assert_msg(store_commit(b.s) == version && strcmp(two, three) == 0, "seed %lu: typed again it changes:\n%s\n---\n%s",
	    (unsigned long)seed, two, three);
	replaced(seed, &a, one_);
	session_close(&a);
	session_close(&b);
	buf_free(&text);
	buf_free(&first);
	buf_free(&second);
	buf_free(&third);
	free(one_);
	free(two);
	free(three);
}

START_TEST(round_trip)
{
	const char *seed = getenv("CONFTERM_RANDOM");

	if (seed)
		one(strtoull(seed, NULL, 10));
	for (uint64_t i = 0; !seed && i < CONFIGURATIONS / 10; i++)
		one((uint64_t)_i * (CONFIGURATIONS / 10) + i);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("random");
	TCase *t = tcase_create("all");

	tcase_set_timeout(t, 120);
	tcase_add_loop_test(t, round_trip, 0, 10);
	suite_add_tcase(s, t);
	return run_suite(s);
}
