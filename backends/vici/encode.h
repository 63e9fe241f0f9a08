/* SPDX-License-Identifier: BSD-2-Clause */
/* Engine objects as VICI commands: complete request packets but for their length. */
#ifndef CONFTERM_VICI_ENCODE_H
#define CONFTERM_VICI_ENCODE_H

#include "engine/object.h"
#include "lib/buf.h"

/*
 * load-conn of one connection with its children. usable() filters proposals
 * (NULL: all are); b is empty before.
 */
typedef bool vici_usable(void *ctx, const char *proposal);

void vici_encode_conn(struct buf *b, const struct obj_ike *ike, const struct obj_child *const *children,
    size_t n, vici_usable *usable, void *ctx);
/* load-shared. The buffer is made large enough first, so that no copy of the key stays on the heap. */
void vici_encode_secret(struct buf *b, const struct obj_secret *s);
/* COMMAND { key = value }, for unload-conn and the like. */
void vici_encode_simple(struct buf *b, const char *command, const char *key, const char *value);

/* Ends all IKE SAs of a connection, without waiting for the peer's answer. */
void vici_encode_terminate(struct buf *b, const char *conn);

#endif
