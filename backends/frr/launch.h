/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How zebra, ospfd and bgpd are started for one router: everything that the
 * supervisor (daemon/supervise.h) needs to run them in the foreground.
 *
 * All their files are in RUN_DIR/frr: *.vty, *.pid, zserv.api. They read no
 * configuration file, open no TCP port for their vty, log to stdout, and never touch
 * /var/run/frr, where the host's own FRR may be. Start zebra first.
 */
#ifndef CONFTERM_BACKENDS_FRR_LAUNCH_H
#define CONFTERM_BACKENDS_FRR_LAUNCH_H

#include <sys/types.h>

#include "engine/object.h"

#ifndef FRR_SBIN
#define FRR_SBIN "/usr/lib/frr"
#endif

/*
 * Creates RUN_DIR/frr, owned by frr:frr when that user exists (the daemons
 * drop root before they create their sockets; RUN_DIR itself must let them
 * through, mode 0711 or wider). 0 or -errno.
 */
int frr_prepare(const char *run_dir);
/* Removes what a dead instance left; call it before each start. 0 or -errno. */
int frr_clean(const char *run_dir, enum frr_daemon daemon);
/* NULL-terminated, argv[0] is the path of the binary; frr_argv_free() it. */
char **frr_argv(const char *run_dir, enum frr_daemon daemon);
void frr_argv_free(char **argv);

/*
 * Is there a zebra in this network namespace that is not ours (process `own`;
 * 0: none)? Two of them would delete each other's routes. Returns its process
 * id, 0 for none. Looks through /proc for processes named "zebra" with our
 * network namespace: it sees what our PID namespace shows, and needs root.
 */
pid_t frr_other_zebra(pid_t own);

#endif
