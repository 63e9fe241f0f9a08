/* SPDX-License-Identifier: BSD-2-Clause */
/* Modes by the names that people type: exec, configure, interface, router, ... (IOS: `privilege ?`). */
#ifndef CONFTERM_PARSER_MODES_H
#define CONFTERM_PARSER_MODES_H

#include <stdbool.h>

/* Several modes may have one name; case does not count. */
bool mode_named(int mode, const char *name);
/* Is there a mode of that name? */
bool mode_name_known(const char *name);

#endif
