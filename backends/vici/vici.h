/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The charon driver: takes OBJ_IKE_SETTINGS, OBJ_SECRET, OBJ_IKE and OBJ_CHILD, gives events and
 * struct ike_control. It connects to the VICI socket whenever one is there
 * (daemon or charon may come and go) and starts from an empty charon each
 * time: connections and keys found there are unloaded before it says up; SAs
 * found there are left alone (ask list_sas).
 *
 * Answers and events come over different sockets: done() of an initiate may run
 * before or after the ike_updown and child_updown of the same SA. An initiate
 * given while loads are under way waits for them.
 */
#ifndef CONFTERM_VICI_VICI_H
#define CONFTERM_VICI_VICI_H

#include <stdbool.h>
#include <ev.h>

#include "engine/driver.h"
#include "engine/observe.h"

struct vici;

/* obs is copied; callbacks in it may be NULL. */
struct vici *vici_create(struct ev_loop *loop, struct engine *engine, const char *socket_path,
    const struct observer *obs);
struct driver *vici_driver(struct vici *v);
const struct ike_control *vici_control(struct vici *v);
/* Told of OBJ_IKE_SETTINGS (NULL: gone) before charon is asked to read its settings again. */
void vici_on_settings(struct vici *v, void (*cb)(void *ctx, const struct obj_ike_settings *s), void *ctx);
/* Has charon read its settings again, at once or as soon as it is there: one that is starting may have read them already. */
void vici_reload_settings(struct vici *v);
/* A line of charon's log of level 1, with the name and number of the IKE SA: what VICI does not tell is read from it. */
void vici_heard(struct vici *v, const char *line);
void vici_start(struct vici *v);
/* Closes the connections; tells the engine down when it was up. Pending control callbacks follow. */
void vici_stop(struct vici *v);
/* Not from inside a callback. Runs the pending callbacks with -ECONNRESET; obs and engine are not called. */
void vici_destroy(struct vici *v);

bool vici_is_up(const struct vici *v);
/* charon's word: "DES_CBC", "MODP_768". True before the first connection, when nothing is known. */
bool vici_has_algorithm(const struct vici *v, const char *charon_word);
/* "5.9.8"; "" before the first connection. */
const char *vici_version(const struct vici *v);

#endif
