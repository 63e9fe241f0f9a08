/* SPDX-License-Identifier: BSD-2-Clause */
/* The interfaces of a crypto map, and the address that each of them uses. See crypto_place.h. */
#include "engine/crypto_place.h"

#include <string.h>

#include "engine/tunnel_interface.h"
#include "parser/types.h"

struct search {
	struct crypto_place *place;
	int n;
	bool too_many;
};

static void
find_place(void *ctx, struct rec *r)
{
	struct search *s = ctx;

	if (r->row != ROW_INTERFACE_CRYPTO_MAP)
		return;
	if (s->n == CRYPTO_PLACES) {
		s->too_many = true;
		return;
	}
	s->place[s->n].ifrec = r->parent;
	s->place[s->n++].ifname = ((const struct cfg_interface *)rec_values(r->parent))->if_;
}

const char *
crypto_place_device(struct compile *c, const char *ifname)
{
	return ifname_class(ifname) == IF_TUNNEL ? "" : compile_dev(c, ifname);
}

/* The address of an interface: its own (of a tunnel interface: the source of the tunnel), or that of `local-address`. */
static bool
local_address(struct compile *c, const char *map, const struct crypto_place *p, uint32_t *addr)
{
	uint8_t len;

	for (const struct rec *q = compile_each(c, ROW_MAP_LOCAL_ADDRESS); q; q = store_next(q)) {
		const struct cfg_map_local_address *l = rec_values(q);
		const struct rec *other;

		if (strcmp(l->name, map) != 0)
			continue;
		other = compile_defined(c, REF_INTERFACE, l->if_);
		return other && compile_address(c, other, addr, &len);
	}
	if (ifname_class(p->ifname) == IF_TUNNEL)
		return tunnel_source(c, p->ifrec, addr) == NULL;
	return compile_address(c, p->ifrec, addr, &len);
}

int
crypto_places(struct compile *c, const char *map, struct crypto_place place[CRYPTO_PLACES], bool *too_many)
{
	struct search s = { .place = place };
	int n = 0;

	compile_referrers(c, REF_CRYPTO_MAP, map, find_place, &s);
	*too_many = s.too_many;
	for (int i = 0; i < s.n; i++)
		if (!local_address(c, map, &place[i], &place[i].local))
			place[i].local = 0;
	/* on a tunnel and on the interface that it leaves by, too: the latter is enough */
	for (int i = 0; i < s.n; i++)
		for (int k = 0; k < s.n; k++)
			if (k != i && ifname_class(place[i].ifname) == IF_TUNNEL && place[k].local == place[i].local &&
			    (ifname_class(place[k].ifname) != IF_TUNNEL || k < i))
				place[i].local = 0;
	for (int i = 0; i < s.n; i++)
		if (place[i].local)
			place[n++] = place[i];
	return n;
}
