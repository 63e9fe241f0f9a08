/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The sub-commands of confterm that need no daemon and no root:
 *   check FILE    every refused line as FILE:LINE:COLUMN: text; exit 0, 1, 2
 *   check A B ...  the same, and what will not negotiate between these routers
 *   check --report [--json] FILE   what becomes of every line
 *   render FILE   the configuration as the router would print it
 *   plan FILE     the operations that the configuration asks for
 */
#ifndef CONFTERM_CLI_OFFLINE_H
#define CONFTERM_CLI_OFFLINE_H

/* argv[0] is the sub-command's name. Returns the exit status. */
int offline_main(int argc, char **argv);

#endif
