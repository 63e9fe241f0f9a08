/* SPDX-License-Identifier: BSD-2-Clause */
/* Lines of an interface whose objects are the same for every kind of interface; see interface.h. */
#include "engine/interface.h"

#include <stdio.h>

void
interface_mss(struct compile *c, const struct rec *r, const char *dev)
{
	const struct cfg_interface_adjust_mss *m = compile_child(c, r, ROW_INTERFACE_ADJUST_MSS);
	struct obj o = { .kind = OBJ_MSS };

	if (!m)
		return;
	snprintf(o.mss.dev, sizeof o.mss.dev, "%s", dev);
	o.mss.mss = (uint16_t)m->bytes;
	compile_emit(c, r, &o);
}

bool
interface_keepalive(struct compile *c, const struct rec *r, const char *dev, uint32_t local, uint32_t remote,
    const uint32_t *key)
{
	const struct cfg_interface_keepalive *k = compile_child(c, r, ROW_INTERFACE_KEEPALIVE);
	struct obj o = { .kind = OBJ_KEEPALIVE, .keepalive = { .local = local, .remote = remote, .has_key = key != NULL,
	    .key = key ? *key : 0 } };

	/* `keepalive 0` is how IOS writes that there are none */
	if (!k || !k->period)
		return false;
	snprintf(o.keepalive.dev, sizeof o.keepalive.dev, "%s", dev);
	o.keepalive.checksum = compile_flag(c, r, ROW_INTERFACE_TUNNEL_CHECKSUM);
	o.keepalive.period = (uint16_t)k->period;
	o.keepalive.retries = k->has & HAS_INTERFACE_KEEPALIVE_RETRIES ? (uint8_t)k->retries : 3;
	compile_emit(c, r, &o);
	return true;
}
