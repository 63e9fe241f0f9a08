/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What can be said of a file by itself: names that lines refer to and nothing
 * defines, definitions that nothing refers to, and algorithms that are weak.
 * Which line refers to what stands in the grammar.
 */
#include "cli/compare/compare_int.h"

#include <stdio.h>
#include <string.h>

#include "engine/crypto.h"
#include "parser/render.h"

/* --- names --- */

/* Without these nothing is negotiated: a missing one is more than a note. */
static bool
needed(int kind, const struct rec *r)
{
	switch (kind) {
	case REF_TRANSFORM_SET:
	case REF_IPSEC_PROFILE:
	case REF_ISAKMP_PROFILE:
	case REF_KEYRING:
	case REF_IKEV2_PROFILE:
	case REF_IKEV2_KEYRING:
	case REF_IKEV2_PROPOSAL:
	case REF_DYNAMIC_MAP:
	case REF_CRYPTO_MAP:
		return true;
	}
	return r->row == ROW_CRYPTO_MAP_MATCH_ADDRESS || r->row == ROW_DYNAMIC_MAP_MATCH_ADDRESS;
}

static void
check_missing(struct comparison *c, size_t file, const struct rec *r)
{
	const struct g_row *row = &g_rows[r->row];

	for (int i = 0; i < row->nslots && !r->negated; i++) {
		const struct g_slot *s = &g_slots[row->slots + i];
		int kind = s->type == G_T_REF || s->type == G_T_U32 ? g_args[s->arg].ref : 0;
		char number[SLOT_NAME_MAX];
		const char *name = kind ? slot_name(rec_values(r), s, number) : NULL;

		if (!name || store_known(c->file[file].store, kind, name))
			continue;
		if (c->n > 1 && needed(kind, r))
			mismatch(c, file, r, "%s %s is not configured", g_ref_words[kind], name);
		else
			note(c, file, r, "%s %s is not configured", g_ref_words[kind], name);
	}
}

static void
is_used(void *ctx, struct rec *r)
{
	(void)r;
	*(bool *)ctx = true;
}

/* Definitions that take effect although no line names them, or that are no more than a name. */
static bool
stands_alone(struct store *s, const struct rec *r)
{
	switch (r->row) {
	case ROW_INTERFACE:
	case ROW_ISAKMP_PROFILE:
	case ROW_KEYRING:
	case ROW_DHCP_POOL:
	case ROW_VPDN_GROUP:
	case ROW_ISAKMP_GROUP:
	case ROW_BBA_GROUP:
	case ROW_TRACK:
	case ROW_IP_SLA:
		return true;
	case ROW_IKEV2_PROFILE:
		return store_first(s, r, ROW_IKEV2_PROFILE_VIRTUAL_TEMPLATE);
	case ROW_ACL_STD:
		return !store_first(s, r, ROW_ACL_STD_ACE);
	case ROW_ACL_EXT:
		return !store_first(s, r, ROW_ACL_EXT_ACE);
	}
	return false;
}

static void
check_unused(struct comparison *c, size_t file, const struct rec *r)
{
	struct store *s = c->file[file].store;
	const struct g_row *row = &g_rows[r->row];
	char number[SLOT_NAME_MAX];
	const char *name = rec_defines(r, number);
	bool used = false;

	if (!row->ref || r->negated || stands_alone(s, r))
		return;
	if (!name || strcmp(name, "default") == 0 || store_defined(s, row->ref, name) != r)
		return;
	store_referrers(s, row->ref, name, is_used, &used);
	if (!used)
		note(c, file, r, "%s %s is not used", g_ref_words[row->ref], name);
}

static void
walk(struct comparison *c, size_t file, const struct rec *first)
{
	for (const struct rec *r = first; r; r = store_next(r)) {
		check_missing(c, file, r);
		check_unused(c, file, r);
		for (int i = 0; i < r->nset; i++)
			walk(c, file, r->sets[i].first);
	}
}

/* --- weak algorithms --- */

static bool
weak_group(int number)
{
	return number == 1 || number == 2 || number == 5;
}

static void
check_pfs(struct comparison *c, size_t file, int node, int leaf)
{
	for (struct rec *r = top(c, file, node); r; r = store_next(r)) {
		const struct rec *q = store_first(c->file[file].store, r, leaf);
		int group = q ? dh_number(((const struct cfg_crypto_map_pfs *)rec_values(q))->group) : 0;

		if (weak_group(group))
			note(c, file, q, "PFS group %d is weak", group);
	}
}

static void
check_strength2(struct comparison *c, size_t file)
{
	struct store *s = c->file[file].store;
	static const char *const weak[] = { " 3des", " des", " md5", " 1", " 2", " 5" };
	static const int rows[] = { ROW_IKEV2_PROPOSAL_ENCRYPTION, ROW_IKEV2_PROPOSAL_INTEGRITY, ROW_IKEV2_PROPOSAL_PRF,
		ROW_IKEV2_PROPOSAL_GROUP };

	for (struct rec *r = top(c, file, ROW_IKEV2_PROPOSAL); r; r = store_next(r))
		for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
			const struct rec *q = store_first(s, r, rows[i]);
			struct buf t = {0};

			if (!q)
				continue;
			render_line(&t, q);
			for (size_t k = 0; k < sizeof weak / sizeof weak[0]; k++) {
				const char *p = strstr(buf_str(&t), weak[k]);
				size_t n = strlen(weak[k]);

				if (p && (p[n] == ' ' || p[n] == '\0'))
					note(c, file, q, "ikev2 proposal %s: %.*s%s is weak",
					    ((const struct cfg_ikev2_proposal *)rec_values(r))->name,
					    (int)strcspn(buf_str(&t), " "), buf_str(&t), weak[k]);
			}
			buf_free(&t);
		}
}

static void
check_strength(struct comparison *c, size_t file)
{
	struct store *s = c->file[file].store;

	for (struct rec *r = top(c, file, ROW_ISAKMP_POLICY); r; r = store_next(r)) {
		struct buf t = {0};
		const char *p;

		policy_text(s, r, &t);
		p = buf_str(&t);
		if (strncmp(p, "{des", 4) == 0 || strncmp(p, "{3des", 5) == 0 || strstr(p, " md5 ") || strstr(p, "group 1}") ||
		    strstr(p, "group 2}") || strstr(p, "group 5}"))
			note(c, file, r, "isakmp policy %s is weak", p);
		buf_free(&t);
	}
	for (struct rec *r = top(c, file, ROW_TRANSFORM_SET); r; r = store_next(r)) {
		struct buf t = {0};

		transform_set_text(rec_values(r), &t);
		if (strstr(buf_str(&t), "des") || strstr(buf_str(&t), "md5") || strstr(buf_str(&t), "null"))
			note(c, file, r, "transform set %s (%.*s) is weak", ((const struct cfg_transform_set *)rec_values(r))->name,
			    (int)t.n - 1, buf_str(&t));
		buf_free(&t);
	}
	check_pfs(c, file, ROW_CRYPTO_MAP, ROW_CRYPTO_MAP_PFS);
	check_pfs(c, file, ROW_DYNAMIC_MAP, ROW_DYNAMIC_MAP_PFS);
	check_pfs(c, file, ROW_IPSEC_PROFILE, ROW_IPSEC_PROFILE_PFS);
	check_strength2(c, file);
}

void
check_alone(struct comparison *c, size_t file)
{
	for (unsigned i = 0; i < g_nrows; i++)
		walk(c, file, top(c, file, (int)i));
	check_strength(c, file);
}
