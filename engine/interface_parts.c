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
