/* SPDX-License-Identifier: BSD-2-Clause */
/* Pools: what comes out is zeroed, aligned and nobody else's, whatever went back before. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "lib/pool.h"
#include "tests/unit/unit.h"

enum { N = 20000 };

static void
filled(const unsigned char *p, size_t n, unsigned char with)
{
	size_t i = 0;

	while (i < n && p[i] == with)
		i++;
	ck_assert_msg(i == n, "byte %zu of %zu is %u, not %u", i, n, p[i], with);
}

/* Pieces of all sizes, some of them malloc's, are taken and put back in no order. */
START_TEST(pieces)
{
	static unsigned char *piece[N];
	static size_t size[N];
	struct pool p = {0};
	uint32_t x = 1;

	for (unsigned round = 0; round < 10 * N; round++) {
		unsigned i = (x = x * 1103515245u + 12345u) >> 8, with;

		i %= N;
		with = i & 0xff;
		if (piece[i]) {
			filled(piece[i], size[i], (unsigned char)with);
			pool_put(&p, piece[i], size[i]);
			piece[i] = NULL;
			continue;
		}
		size[i] = 1 + (x >> 4) % (POOL_LARGEST + 40);
		piece[i] = pool_get(&p, size[i]);
		ck_assert_uint_eq((uintptr_t)piece[i] % 8, 0);
		filled(piece[i], size[i], 0);
		memset(piece[i], (int)with, size[i]);
	}
	for (unsigned i = 0; i < N; i++)
		pool_put(&p, piece[i], size[i]);
	pool_free(&p);
	ck_assert_ptr_null(p.blocks);
}
END_TEST

/* What went back is used again: a million pieces, one after the other, need no second block. */
START_TEST(again)
{
	struct pool p = {0};

	for (int i = 0; i < 1000000; i++)
		pool_put(&p, pool_get(&p, 72), 72);
	ck_assert(p.next <= 2 * (16 << 10));
	pool_free(&p);
	pool_put(&p, NULL, 8);
	pool_free(&p);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("pool");
	TCase *t = tcase_create("pool");

	tcase_set_timeout(t, 60);
	tcase_add_test(t, pieces);
	tcase_add_test(t, again);
	suite_add_tcase(s, t);
	return run_suite(s);
}
