/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * clear counters: the kernel's counters of a device only ever grow; what they
 * were when somebody cleared them is kept here and taken off what show
 * interfaces prints. SNMP counts on, as on IOS.
 */
#ifndef CONFTERM_CLI_SHOW_COUNTERS_H
#define CONFTERM_CLI_SHOW_COUNTERS_H

#include <stddef.h>
#include <stdint.h>

#include "backends/netlink/netlink.h"

struct cleared;
struct iface;

/*
 * Marks the named interface of a list of cli/show/iflist.h, NULL: all of them.
 * *marks is NULL at first; marks of devices that are gone are forgotten.
 */
void counters_clear(struct cleared **marks, const char *name, const struct iface *list, size_t n);
/* Takes off l what it had at the last clearing; seconds since then, -1: never. */
int64_t counters_since(const struct cleared *list, struct nl_link *l);
void counters_free(struct cleared *list);

#endif
