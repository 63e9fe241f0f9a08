/* SPDX-License-Identifier: BSD-2-Clause */
/* The interfaces of a crypto map, and the address that each of them uses. See crypto_place.h. */
#include "engine/crypto_place.h"

#include <string.h>

#include "engine/tunnel_interface.h"
#include "parser/types.h"

struct search {
	struct crypto_place *place;
	int n, seen;
};

static void
find_place(void *ctx, struct rec *r)
{
	struct search *s = ctx;

	if (r->row != ROW_INTERFACE_CRYPTO_MAP || s->seen++ == CRYPTO_PLACES)
		return;
	s->place[s->n].ifrec = r->parent;
	s->place[s->n++].ifname = ((const struct cfg_interface *)rec_values(r->parent))->if_;
}

const char *
crypto_place_device(struct compile *c, const char *ifname)
{
	return ifname_class(ifname) == IF_TUNNEL ? "" : compile_dev(c, ifname);
}

/* The address of an interface: its own (of a tunnel interface: the source of the tunnel). */
static bool
own_address(struct compile *c, const struct crypto_place *p, uint32_t *addr)
{
	uint8_t len;

	if (ifname_class(p->ifname) == IF_TUNNEL)
		return tunnel_source(c, p->ifrec, addr) == NULL;
	return compile_address(c, p->ifrec, addr, &len);
}

/* The one address of all interfaces, by `local-address`; false when there is no such line. */
static bool
local_address(struct compile *c, const char *map, uint32_t *addr)
{
	const struct rec *q = compile_named(c, ROW_MAP_LOCAL_ADDRESS, map), *other;
	uint8_t len;

	if (!q)
		return false;
	other = compile_defined(c, REF_INTERFACE, ((const struct cfg_map_local_address *)rec_values(q))->if_);
	if (!other || !compile_address(c, other, addr, &len))
		*addr = 0;
	return true;
}

int
crypto_places(struct compile *c, const char *map, struct crypto_place place[CRYPTO_PLACES], bool *too_many)
{
	struct search s = { .place = place };
	uint32_t addr;
	int n = 0;

	/* one more than is used says that there are more */
	compile_some_referrers(c, REF_CRYPTO_MAP, map, CRYPTO_PLACES + 1, find_place, &s);
	*too_many = s.seen > CRYPTO_PLACES;
	if (local_address(c, map, &addr)) {
		for (int i = 0; i < s.n; i++)
			place[i].local = addr;
	} else {
		for (int i = 0; i < s.n; i++)
			if (!own_address(c, &place[i], &place[i].local))
				place[i].local = 0;
	}
	/* on a tunnel and on the interface that it leaves by, too: the latter is enough */
	for (int i = 0; i < s.n; i++)
		for (int k = 0; k < s.n && ifname_class(place[i].ifname) == IF_TUNNEL; k++)
			if (k != i && place[k].local == place[i].local && (ifname_class(place[k].ifname) != IF_TUNNEL || k < i))
				place[i].local = 0;
	for (int i = 0; i < s.n; i++)
		if (place[i].local)
			place[n++] = place[i];
	return n;
}
