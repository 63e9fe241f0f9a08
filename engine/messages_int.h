/* SPDX-License-Identifier: BSD-2-Clause */
/* Inside of the messages: messages.c (observer, sessions) and messages_link.c (interfaces). */
#ifndef CONFTERM_ENGINE_MESSAGES_INT_H
#define CONFTERM_ENGINE_MESSAGES_INT_H

#include "engine/messages.h"

#define MESSAGES_BUCKETS 4096

struct messages {
	struct store *store;
	const struct observer *next;
	struct observer observer;
	struct link_said *link[MESSAGES_BUCKETS];	/* by device */
	struct session_said *session[MESSAGES_BUCKETS];	/* by addresses and port */
};

void messages_link(struct messages *m, const struct link_state *l);
void messages_links_free(struct messages *m);

#endif
