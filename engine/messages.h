/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What happens, said in IOS's messages: interfaces and their line protocol
 * (%LINK, %LINEPROTO), crypto sessions (%CRYPTO-5-SESSION_STATUS).
 *
 * It stands between the drivers and the tunnels: drivers get its observer,
 * which says what is to be said and passes everything on.
 */
#ifndef CONFTERM_ENGINE_MESSAGES_H
#define CONFTERM_ENGINE_MESSAGES_H

#include "engine/observe.h"
#include "parser/store.h"

struct messages;

/* Reads the store for what may be said; next must outlive it, its members may be NULL. */
struct messages *messages_new(struct store *s, const struct observer *next);
void messages_free(struct messages *m);
const struct observer *messages_observer(const struct messages *m);
/* charon ended: no SA is left, and no event tells of it. */
void messages_sessions_gone(struct messages *m);

#endif
