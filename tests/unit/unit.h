/* SPDX-License-Identifier: BSD-2-Clause */
/* What every unit test ends with: its suite is run, and the program fails when a test did. */
#ifndef CONFTERM_TESTS_UNIT_H
#define CONFTERM_TESTS_UNIT_H

#include <check.h>

/* How much is printed follows CK_VERBOSITY. For `return run_suite(s)` in main(). */
static inline int
run_suite(Suite *s)
{
	SRunner *r = srunner_create(s);
	int failed;

	srunner_run_all(r, CK_ENV);
	failed = srunner_ntests_failed(r);
	srunner_free(r);
	return failed != 0;
}

#endif
