/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The few checks that the grammar cannot express. Each is named by a row
 * (`check NAME`); gramc counts them.
 */
#include "gen/grammar.h"
#include "lib/ip4.h"
#include "parser/check.h"

check_fn check_address, check_ace;

/* Two interfaces must not have addresses in overlapping networks. */
struct overlap {
	struct check *c;
	uint32_t addr, mask;
	const struct rec *found;
};

static void
look_at(struct overlap *o, const struct rec *a, uint32_t addr, uint32_t mask)
{
	uint32_t both = mask & o->mask;

	if (((addr ^ o->addr) & both) == 0 && a->parent != o->c->parent)
		o->found = a;
}

int
check_address(struct check *c)
{
	const struct cfg_interface_address *v = c->values;
	struct overlap o = { .c = c };

	if (c->no)
		return 0;
	if (c->row == ROW_INTERFACE_ADDRESS) {
		o.addr = v->addr;
		o.mask = v->mask;
	} else {
		const struct cfg_interface_address_secondary *s = c->values;

		o.addr = s->addr;
		o.mask = s->mask;
	}
	if (o.mask != 0xffffffffu && o.mask != 0xfffffffeu &&
	    ((o.addr & ~o.mask) == 0 || (o.addr & ~o.mask) == (uint32_t)~o.mask)) {
		buf_printf(c->out, "%% Bad mask /%d for address %s\n", ip4_masklen(o.mask), ip4_s(o.addr));
		return -1;
	}
	for (struct rec *i = store_first(c->store, store_root(c->store), ROW_INTERFACE); i && !o.found; i = store_next(i)) {
		struct rec *a = store_find(c->store, i, ROW_INTERFACE_ADDRESS, NULL);

		if (a) {
			const struct cfg_interface_address *x = rec_values(a);

			look_at(&o, a, x->addr, x->mask);
		}
		for (a = store_first(c->store, i, ROW_INTERFACE_ADDRESS_SECONDARY); a && !o.found; a = store_next(a)) {
			const struct cfg_interface_address_secondary *x = rec_values(a);

			look_at(&o, a, x->addr, x->mask);
		}
	}
	if (!o.found)
		return 0;
	const struct cfg_interface *other = rec_values(o.found->parent);

	buf_printf(c->out, "%% %s overlaps with %s\n", ip4_s(o.addr & o.mask), other->if_);
	return -1;
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

		normalise(&a->src, &a->src_host, &a->src_addr, &a->src_wild);
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
