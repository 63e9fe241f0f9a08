/* SPDX-License-Identifier: BSD-2-Clause */
/* SAs as VICI tells them: list-sa, ike-updown, child-updown, ike-rekey, child-rekey. */
#ifndef CONFTERM_VICI_SA_H
#define CONFTERM_VICI_SA_H

#include "engine/observe.h"

/* One decoded message; strings and children belong to it. */
struct vici_sa {
	bool up;
	struct sa_ike ike;		/* the old one in ike-rekey; children set */
	bool has_new;
	struct sa_ike ike_new;		/* ike-rekey */
	struct sa_child *child;		/* in child-rekey: old, new */
	size_t nchild;
};

/* 0, or -EBADMSG (m is then empty). Call vici_sa_free() after success. */
int vici_sa_decode(struct vici_sa *m, const void *msg, size_t len);
void vici_sa_free(struct vici_sa *m);

#endif
