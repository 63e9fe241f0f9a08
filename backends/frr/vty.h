/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * An asynchronous client of one FRR daemon's vty socket (DIR/zebra.vty, ...).
 *
 * On the wire a request is `line` NUL; the reply is text (which never holds a
 * NUL), NUL NUL NUL, and one byte rc. Requests wait in a queue and are sent
 * one at a time: FRR 10 drops bytes that follow a command it hands to mgmtd.
 *
 * The client connects by itself, with backoff, for as long as it exists. On
 * each connection it says `enable` before anything else. All callbacks run
 * from the loop, never from inside a call of this interface, and any of them
 * may call vty_send() or vty_destroy().
 */
#ifndef CONFTERM_BACKENDS_FRR_VTY_H
#define CONFTERM_BACKENDS_FRR_VTY_H

#include <stdbool.h>
#include <stddef.h>

#include "lib/buf.h"

struct ev_loop;
struct vty;

/* FRR's return codes, as far as we tell them apart (others are failures). */
enum { VTY_OK = 0, VTY_WARNING = 1, VTY_NO_MATCH = 2, VTY_CONFIG_FAILED = 13 };

#define VTY_REPLY_MAX (64u << 20)	/* bytes; a longer reply breaks the connection */

/*
 * Exactly once per request. rc: FRR's code, >= 0, with the reply text
 * (NUL-terminated, valid during the call); or -ENOTCONN, -ECONNRESET,
 * -ETIMEDOUT, -EMSGSIZE, -EPROTO, with text "".
 */
typedef void vty_done(void *arg, int rc, const char *text, size_t len);
/* Connected and enabled, or no longer so (err is why). */
typedef void vty_state(void *ctx, bool up, int err);

struct vty *vty_create(struct ev_loop *loop, const char *path, vty_state *state, void *ctx);
/* Outstanding requests are dropped without a callback. */
void vty_destroy(struct vty *v);
bool vty_is_up(const struct vty *v);
/* timeout_ms counts from the moment the line is sent; it breaks the connection. */
void vty_send(struct vty *v, const char *line, unsigned timeout_ms, vty_done *done, void *arg);
/* Connects with the next turn of the loop instead of after the rest of the delay; what is sent meanwhile waits for that. */
void vty_wake(struct vty *v);

/* The framing alone, for tests and the fuzzer. */
struct vty_frame {
	struct buf text;
	unsigned ntail;		/* bytes of NUL NUL NUL rc seen */
	int rc;
	size_t max;
};
/*
 * Takes bytes from p until a reply is complete. Returns 1 (complete: text, rc),
 * 0 (all bytes taken, more needed), -EPROTO or -EMSGSIZE; *used is set always.
 */
int vty_frame_feed(struct vty_frame *f, const void *p, size_t n, size_t *used);
/* Ready for the next reply. */
void vty_frame_reset(struct vty_frame *f);

/* One line out of a daemon's complaint: no "%", no "[OSPF] ", lines joined by "; ". */
void vty_clean(struct buf *out, const char *text);

#endif
