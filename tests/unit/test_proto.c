/* SPDX-License-Identifier: BSD-2-Clause */
/* The decoder and encoder of cli/proto.h: pieces, limits, garbage. */
#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/proto.h"
#include "lib/buf.h"
#include "tests/unit/unit.h"

START_TEST(round_trip)
{
	struct proto_in in = {0};
	struct buf out = {0};
	const char *body;
	uint8_t type;
	size_t len;

	proto_put(&out, MSG_LINE, "show version", 12);
	proto_put(&out, MSG_INTERRUPT, NULL, 0);
	proto_put(&out, MSG_PROMPT, "\0\30\0\120R1#", 7);
	ck_assert_uint_eq(out.n, 5 + 12 + 5 + 5 + 7);
	ck_assert_mem_eq(out.d, "L\0\0\0\14show", 9);
	/* one byte at a time: nothing appears before it is whole */
	for (size_t i = 0, seen = 0; i < out.n; i++) {
		proto_feed(&in, out.d + i, 1);
		if (proto_next(&in, &type, &body, &len) == 0)
			continue;
		switch (seen++) {
		case 0:
			ck_assert_uint_eq(i, 16);
			ck_assert_int_eq(type, MSG_LINE);
			ck_assert_uint_eq(len, 12);
			ck_assert_mem_eq(body, "show version", 12);
			break;
		case 1:
			ck_assert_int_eq(type, MSG_INTERRUPT);
			ck_assert_uint_eq(len, 0);
			break;
		case 2:
			ck_assert_uint_eq(i, out.n - 1);
			ck_assert_mem_eq(body, "\0\30\0\120R1#", 7);
			break;
		default:
			ck_abort();
		}
	}
	ck_assert_int_eq(proto_next(&in, &type, &body, &len), 0);
	proto_free(&in);
	buf_free(&out);
}
END_TEST

START_TEST(many_and_bodies_stay)
{
	struct proto_in in = {0};
	struct buf out = {0};
	const char *first, *body;
	char text[32];
	uint8_t type;
	size_t len;

	for (int i = 0; i < 10000; i++)
		proto_put(&out, MSG_LINE, text, (size_t)snprintf(text, sizeof text, "line %d", i));
	proto_feed(&in, out.d, out.n);
	ck_assert_int_eq(proto_next(&in, &type, &first, &len), 1);
	for (int i = 1; i < 10000; i++) {
		ck_assert_int_eq(proto_next(&in, &type, &body, &len), 1);
		snprintf(text, sizeof text, "line %d", i);
		ck_assert_uint_eq(len, strlen(text));
		ck_assert_mem_eq(body, text, len);
	}
	ck_assert_mem_eq(first, "line 0", 6);	/* valid until the next feed */
	proto_free(&in);
	buf_free(&out);
}
END_TEST

START_TEST(bounded_memory)
{
	struct proto_in in = {0};
	struct buf out = {0};
	char *big = calloc(1, PROTO_MAX);
	const char *body;
	uint8_t type;
	size_t len;

	proto_put(&out, MSG_OUTPUT, big, PROTO_MAX);
	for (int i = 0; i < 20; i++) {
		proto_feed(&in, out.d, out.n);
		ck_assert_int_eq(proto_next(&in, &type, &body, &len), 1);
		ck_assert_uint_eq(len, PROTO_MAX);
	}
	ck_assert_uint_lt(in.cap, 4 * PROTO_MAX);
	proto_feed(&in, out.d, 3);
	ck_assert_uint_lt(in.cap, 8192);
	proto_free(&in);
	buf_free(&out);
	free(big);
}
END_TEST

START_TEST(garbage)
{
	static const struct {
		const char *d;
		size_t n;
		int r;
	} row[] = {
		{"\0", 1, -EPROTO},			/* no type */
		{"GET / HTTP/1.0\r\n", 16, -EPROTO},
		{"L", 1, 0},
		{"L\0\20\0\1", 5, -EPROTO},		/* PROTO_MAX + 1 */
		{"L\0\20\0\0", 5, 0},			/* PROTO_MAX */
		{"L\377\377\377\377", 5, -EPROTO},
	};

	for (size_t i = 0; i < sizeof row / sizeof row[0]; i++) {
		struct proto_in in = {0};
		const char *body;
		uint8_t type;
		size_t len;

		proto_feed(&in, row[i].d, row[i].n);
		ck_assert_int_eq(proto_next(&in, &type, &body, &len), row[i].r);
		/* and it stays so */
		ck_assert_int_eq(proto_next(&in, &type, &body, &len), row[i].r);
		proto_free(&in);
	}
}
END_TEST

START_TEST(long_text_in_pieces)
{
	struct proto_in in = {0};
	struct buf out = {0};
	char *big = calloc(1, 3 * PROTO_MAX);
	const char *body;
	size_t len, sum = 0;
	uint8_t type;

	proto_put(&out, MSG_OUTPUT, big, 2 * PROTO_MAX + 7);
	proto_put(&out, MSG_COMPLETION, big, 2 * PROTO_MAX);
	proto_feed(&in, out.d, out.n);
	for (int i = 0; i < 3; i++) {
		ck_assert_int_eq(proto_next(&in, &type, &body, &len), 1);
		ck_assert_int_eq(type, MSG_OUTPUT);
		sum += len;
	}
	ck_assert_uint_eq(sum, 2 * PROTO_MAX + 7);
	ck_assert_int_eq(proto_next(&in, &type, &body, &len), 1);
	ck_assert_int_eq(type, MSG_COMPLETION);
	ck_assert_uint_eq(len, PROTO_MAX);
	ck_assert_int_eq(proto_next(&in, &type, &body, &len), 0);
	proto_free(&in);
	buf_free(&out);
	free(big);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("proto");
	TCase *t = tcase_create("proto");

	tcase_add_test(t, round_trip);
	tcase_add_test(t, many_and_bodies_stay);
	tcase_add_test(t, bounded_memory);
	tcase_add_test(t, garbage);
	tcase_add_test(t, long_text_in_pieces);
	suite_add_tcase(s, t);
	return run_suite(s);
}
