/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What exec functions (show, clear, ping ...) may use. A row of the grammar
 * names the function:
 *
 *	exec show-x "show x [<name:word>]" call show_x needs sas user
 *
 * and the function is `void show_x(struct session *s, const void *values)`,
 * declared as `exec_fn show_x;`, with values pointing to a struct cfg_show_x
 * (gen/grammar.h). It prints with out() and returns; printing passes the
 * session's filter and paging. It must not block and must change nothing when
 * it is a show.
 */
#ifndef CONFTERM_CLI_EXEC_H
#define CONFTERM_CLI_EXEC_H

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

#include "engine/observe.h"
#include "gen/grammar.h"
#include "parser/store.h"

struct router;		/* daemon/router.h: store, engine, drivers */
struct session;

typedef void exec_fn(struct session *s, const void *values);
extern exec_fn *const exec_table[];

struct router *session_router(struct session *s);
/* Its privilege level, 0 to 15. */
int session_level(const struct session *s);
struct store *session_store(struct session *s);

void out(struct session *s, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
void out_text(struct session *s, const char *text, size_t len);

/*
 * Data that `needs` asked for, fetched fresh before the call. When it could
 * not be had (charon or FRR do not answer), these return NULL / 0 and the
 * function prints what the configuration alone can tell.
 *   sas        every IKE SA with its children, in charon's order
 *   routes     zebra's `show ip route json` and ospfd's `show ip ospf route json`
 *   neighbors  ospfd's `show ip ospf vrf all neighbor json`
 */
const struct sa_ike *session_sas(struct session *s, size_t *n);
json_t *session_routes(struct session *s);
json_t *session_ospf_routes(struct session *s);
json_t *session_neighbors(struct session *s);

/*
 * Commands that take time: session_busy() before returning, session_done()
 * when it is over. cancel() is called once for Ctrl-C (session stays busy until
 * session_done()), gone() when the session disappears: then the session must not
 * be touched any more.
 */
void session_busy(struct session *s, void (*cancel)(void *arg), void (*gone)(void *arg), void *arg);
void session_done(struct session *s);

/* Who sits there, for messages: "console", or "admin on vty0 (10.0.0.1)". */
struct buf;
void session_who(struct session *s, struct buf *b);

/*
 * Asks for a line (flags: ASK_NOECHO, ASK_KEY of cli/proto.h); answer() gets it,
 * and arg with it. Instead drop(arg) is called when there will be no answer:
 * Ctrl-C, or the session ended. drop NULL: nothing is to be freed.
 */
void session_ask(struct session *s, unsigned flags, const char *question,
    void (*answer)(struct session *s, const char *text, void *arg), void *arg, void (*drop)(void *arg));

#endif
