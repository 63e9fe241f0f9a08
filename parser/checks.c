/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The few checks that the grammar cannot express. Each is named by a row
 * (`check NAME`); gramc counts them.
 */
#include <stdlib.h>
#include <string.h>

#include "gen/grammar.h"
#include "lib/ip4.h"
#include "parser/check.h"
#include "parser/modes.h"
#include "parser/types.h"

check_fn check_address, check_ace, check_any_key, check_keepalive, check_prefix_list, check_vrf_forwarding, check_privilege_mode;

/* The VRF of an interface, NULL for none. */
static const char *
vrf_of(struct store *s, const struct rec *r)
{
	const struct cfg_interface_vrf_forwarding *v = store_leaf(s, r, ROW_INTERFACE_VRF_FORWARDING);
	const struct cfg_interface_ip_vrf_forwarding *old = store_leaf(s, r, ROW_INTERFACE_IP_VRF_FORWARDING);

	return v ? v->vrf : old ? old->vrf : NULL;
}

static bool
same_vrf(struct store *s, const struct rec *a, const struct rec *b)
{
	const char *x = vrf_of(s, a), *y = vrf_of(s, b);

	return x == y || (x && y && strcmp(x, y) == 0);
}

/* Two interfaces of a VRF must not have addresses in overlapping networks. */
int
check_address(struct check *c)
{
	static const uint16_t rows[] = { ROW_INTERFACE_ADDRESS, ROW_INTERFACE_ADDRESS_SECONDARY };
	uint32_t addr, mask;
	const struct rec *other;

	if (c->no)
		return 0;
	if (c->row == ROW_INTERFACE_ADDRESS) {
		const struct cfg_interface_address *v = c->values;

		addr = v->addr;
		mask = v->mask;
	} else {
		const struct cfg_interface_address_secondary *v = c->values;

		addr = v->addr;
		mask = v->mask;
	}
	if (mask != 0xffffffffu && mask != 0xfffffffeu && ((addr & ~mask) == 0 || (addr & ~mask) == (uint32_t)~mask)) {
		buf_printf(c->out, "%% Bad mask /%d for address %s\n", ip4_masklen(mask), ip4_s(addr));
		return -1;
	}
	other = store_overlap(c->store, rows, 2, addr, mask, c->parent);
	if (!other || !same_vrf(c->store, other->parent, c->parent))
		return 0;
	const struct cfg_interface *i = rec_values(other->parent);

	buf_printf(c->out, "%% %s overlaps with %s\n", ip4_s(addr & mask), i->if_);
	return -1;
}

/*
 * `keepalive` alone and `no keepalive` speak of the same setting as `keepalive
 * PERIOD`: the one sets it back, the other removes it. A tunnel has none by
 * itself: there `keepalive` is 10 seconds and 3 retries.
 */
int
check_keepalive(struct check *c)
{
	const struct cfg_interface_keepalive ten = { .has = HAS_INTERFACE_KEEPALIVE_PERIOD | HAS_INTERFACE_KEEPALIVE_RETRIES,
		.period = 10, .retries = 3 };
	struct rec *own = store_find(c->store, c->parent, ROW_INTERFACE_KEEPALIVE, NULL);
	bool changed;

	if (!c->no && ifname_class(((const struct cfg_interface *)rec_values(c->parent))->if_) == IF_TUNNEL)
		store_put(c->store, c->parent, ROW_INTERFACE_KEEPALIVE, &ten, false, 0, &changed);
	else if (own)
		store_delete(c->store, own);
	return 0;
}

/* One end of an access list entry in the form IOS stores: any, host A, or A W. */
static void
normalise(uint32_t *kind, uint32_t *host, const uint32_t *addr, const uint32_t *wild)
{
	enum { ANY = ACL_EXT_ACE_SRC_ANY, HOST = ACL_EXT_ACE_SRC_HOST, NET = ACL_EXT_ACE_SRC_SRC_ADDR };

	if (*kind != NET)
		return;
	if (*wild == 0xffffffffu)
		*kind = ANY;
	else if (*wild == 0) {
		*kind = HOST;
		*host = *addr;
	}
}

int
check_ace(struct check *c)
{
	if (c->row == ROW_ACL_STD_ACE) {
		struct cfg_acl_std_ace *a = c->values;

		/* `host A`, `A 0.0.0.0` and `A` are one, and written `A` */
		if (a->src == ACL_STD_ACE_SRC_HOST) {
			a->src = ACL_STD_ACE_SRC_SRC_ADDR;
			a->src_addr = a->src_host;
			a->src_host = a->src_wild = 0;
			a->has = (a->has & ~HAS_ACL_STD_ACE_SRC_HOST) | HAS_ACL_STD_ACE_SRC_ADDR;
		} else if (a->src == ACL_STD_ACE_SRC_SRC_ADDR && a->src_wild == 0xffffffffu)
			a->src = ACL_STD_ACE_SRC_ANY;
		if (a->src != ACL_STD_ACE_SRC_SRC_ADDR)
			a->src_addr = a->src_wild = 0;
		return 0;
	}
	struct cfg_acl_ext_ace *a = c->values;

	normalise(&a->src, &a->src_host, &a->src_addr, &a->src_wild);
	normalise(&a->dst, &a->dst_host, &a->dst_addr, &a->dst_wild);
	if (a->src != ACL_EXT_ACE_SRC_SRC_ADDR)
		a->src_addr = a->src_wild = 0;
	if (a->dst != ACL_EXT_ACE_DST_DST_ADDR)
		a->dst_addr = a->dst_wild = 0;
	return 0;
}

/* Lengths that make sense; an entry without a number gets the next multiple of five. */
int
check_prefix_list(struct check *c)
{
	struct cfg_prefix_list *v = c->values;
	const struct rec *same, *other;
	uint32_t len;
	bool ge = v->has & HAS_PREFIX_LIST_GE, le = v->has & HAS_PREFIX_LIST_LE;

	if (c->no)
		return 0;
	len = (uint32_t)atoi(strchr(v->prefix, '/') + 1);
	if ((ge && v->ge <= len) || (le && v->le <= len) || (ge && le && v->ge > v->le)) {
		buf_printf(c->out, "%% Invalid prefix range for %s, make sure: len < ge-value <= le-value\n", v->prefix);
		return -1;
	}
	if (v->has & HAS_PREFIX_LIST_SEQ) {
		other = store_numbered(c->store, c->row, v);
		if (!other || row_equal(&g_rows[c->row], rec_values(other), v, true))
			return 0;
		buf_printf(c->out, "%% Insert failed: sequence number %u of prefix-list %s is in use\n", v->seq, v->name);
		return -1;
	}
	same = store_find_content(c->store, c->parent, c->row, v);
	if (same)
		v->seq = ((const struct cfg_prefix_list *)rec_values(same))->seq;
	else {
		uint32_t last = store_highest(c->store, REF_PREFIX_LIST, v->name);

		v->seq = last > 4294967289u ? 4294967294u : last / 5 * 5 + 5;
	}
	v->has |= HAS_PREFIX_LIST_SEQ;
	return 0;
}

/* `address 0.0.0.0` without a mask is a key for everybody. */
int
check_any_key(struct check *c)
{
	if (c->row == ROW_ISAKMP_KEY) {
		struct cfg_isakmp_key *k = c->values;

		if (k->where == ISAKMP_KEY_WHERE_ADDRESS && k->addr == 0 && !(k->has & HAS_ISAKMP_KEY_MASK)) {
			k->mask = 0;
			k->has |= HAS_ISAKMP_KEY_MASK;
		}
	} else {
		struct cfg_keyring_key_address *k = c->values;

		if (k->addr == 0 && !(k->has & HAS_KEYRING_KEY_ADDRESS_MASK)) {
			k->mask = 0;
			k->has |= HAS_KEYRING_KEY_ADDRESS_MASK;
		}
	}
	return 0;
}

/* An interface loses its addresses when it is put into a VRF, or taken out. */
int
check_vrf_forwarding(struct check *c)
{
	static const uint16_t rows[] = { ROW_INTERFACE_ADDRESS, ROW_INTERFACE_ADDRESS_SECONDARY };
	const char *was = vrf_of(c->store, c->parent), *name;
	bool removed = false;

	if (c->no ? !c->existing : c->existing && row_equal(&g_rows[c->row], rec_values(c->existing), c->values, false))
		return 0;
	name = c->no ? was : c->row == ROW_INTERFACE_VRF_FORWARDING ? ((const struct cfg_interface_vrf_forwarding *)c->values)->vrf :
	    ((const struct cfg_interface_ip_vrf_forwarding *)c->values)->vrf;
	for (int i = 0; i < 2; i++)
		for (struct rec *r; (r = store_first(c->store, c->parent, rows[i])); removed = true)
			store_delete(c->store, r);
	if (removed)
		buf_printf(c->out, "%% Interface %s IPv4 disabled and address(es) removed due to %s VRF %s\n",
		    ((const struct cfg_interface *)rec_values(c->parent))->if_, c->no ? "disabling" : "enabling", name ? name : "");
	return 0;
}

/* privilege MODE: there has to be a mode of that name. */
int
check_privilege_mode(struct check *c)
{
	const char *mode = ((const struct cfg_privilege_cmd *)c->values)->mode;

	if (c->no || mode_name_known(mode))
		return 0;
	buf_printf(c->out, "%% There is no mode %s\n", mode);
	return -1;
}
