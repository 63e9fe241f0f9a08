/* SPDX-License-Identifier: BSD-2-Clause */
/* Access list entries as selectors: shared by crypto maps, routing and show. */
#ifndef CONFTERM_ENGINE_ACL_H
#define CONFTERM_ENGINE_ACL_H

#include "engine/compile.h"
#include "engine/object.h"
#include "gen/grammar.h"
#include "parser/store.h"

/*
 * The entry as an XFRM selector. Returns NULL, or why it cannot be one (a
 * wildcard that is no prefix, a port range). Remarks must not be asked.
 */
const char *ace_selector(const struct cfg_acl_ext_ace *a, struct obj_selector *out);
/*
 * Selectors that together match exactly what the entry matches, also where no
 * SA could have them: a port range becomes masked ports, a wildcard with gaps
 * several prefixes. For policies that allow or block. *n is 0 when there is no
 * such set ('established') or it has more than ACE_COVER_MAX members. Belongs
 * to the compile run, as everything from compile_alloc().
 */
#define ACE_COVER_MAX 512
const struct obj_selector *ace_cover(struct compile *c, const struct cfg_acl_ext_ace *a, size_t *n);
/* The packets that match both; false when there are none. */
bool selector_intersect(const struct obj_selector *a, const struct obj_selector *b, struct obj_selector *out);
struct obj_selector selector_mirror(const struct obj_selector *s);

#endif
