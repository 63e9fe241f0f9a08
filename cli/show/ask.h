/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Show commands that a routing daemon answers: the questions are asked all at
 * once, and when every answer is there (or is known not to come, after three
 * seconds) the text is made of them and printed. Until then the session is busy.
 */
#ifndef CONFTERM_CLI_SHOW_ASK_H
#define CONFTERM_CLI_SHOW_ASK_H

#include <jansson.h>

#include "cli/exec.h"
#include "lib/buf.h"

#define ASK_MAX 4

struct question {
	enum frr_daemon daemon;
	const char *command;	/* "show ip bgp json"; copied */
};

/* The text of a command; answer[i] is NULL when the daemon gave none. */
typedef void ask_text(struct session *s, struct buf *b, const void *values, const char *const answer[ASK_MAX]);

void ask(struct session *s, const void *values, const struct question *q, int n, ask_text *text);

/* Parsed, NULL for none. The caller frees it (json_decref). */
json_t *answer_json(const char *answer);
/* Members by name: "" / 0 when there is none. */
const char *jtext(const json_t *o, const char *key);
json_int_t jnum(const json_t *o, const char *key);

#endif
