/* SPDX-License-Identifier: BSD-2-Clause */
/* A network of the test's own. Files that include this define _GNU_SOURCE first. */
#ifndef CONFTERM_TESTS_NETWORK_H
#define CONFTERM_TESTS_NETWORK_H

#include <check.h>
#include <errno.h>
#include <sched.h>
#include <string.h>

/* An empty network namespace, from now on. It takes root: without it the test fails, rather than saying nothing. */
static inline void
own_network(void)
{
	ck_assert_msg(unshare(CLONE_NEWNET) == 0, "no network namespace: %s", strerror(errno));
}

#endif
