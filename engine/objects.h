/* SPDX-License-Identifier: BSD-2-Clause */
/* Copies, comparison and printing of desired objects (engine/object.h). */
#ifndef CONFTERM_ENGINE_OBJECTS_H
#define CONFTERM_ENGINE_OBJECTS_H

#include "engine/object.h"
#include "lib/buf.h"

/* A copy in one block; free it with obj_free(), which wipes secrets. */
struct obj *obj_clone(const struct obj *o);
void obj_free(struct obj *o);
/* Same payload (id, line and key are not looked at). */
bool obj_equal(const struct obj *a, const struct obj *b);
/* The same but for MTU and administrative state. */
bool link_same_device(const struct obj_link *a, const struct obj_link *b);
/* The identity of an object within its kind, made from the payload. */
void obj_make_key(const struct obj *o, struct buf *out);
/* What an operation on it says in a plan; never a secret. */
void obj_describe(const struct obj *o, struct buf *out);
void selector_text(const struct obj_selector *s, struct buf *out);

#endif
