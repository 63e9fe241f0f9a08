/* SPDX-License-Identifier: BSD-2-Clause */
/* VICI messages for the tests: one as text, and a sample SA (from a real list-sas). */
#ifndef CONFTERM_TESTS_VICI_MSG_H
#define CONFTERM_TESTS_VICI_MSG_H

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "backends/vici/codec.h"

/* A message as one line: "a=1 s{ l[x y] }". */
static inline char *
flat(const void *msg, size_t len)
{
	struct vici_iter it;
	enum vici_el el;
	struct buf b = {0};

	vici_iter_init(&it, msg, len);
	while ((el = vici_next(&it)) > VICI_EOF) {
		if (el == VICI_SECTION || el == VICI_LIST)
			buf_printf(&b, "%s%c ", it.name, el == VICI_SECTION ? '{' : '[');
		else if (el == VICI_KV)
			buf_printf(&b, "%s=%.*s ", it.name, (int)it.len, it.val);
		else if (el == VICI_ITEM)
			buf_printf(&b, "%.*s ", (int)it.len, it.val);
		else
			buf_puts(&b, el == VICI_LIST_END ? "] " : "} ");
	}
	if (el == VICI_BAD)
		buf_puts(&b, "BAD");
	return buf_steal(&b);
}

static const char *sa_state = "ESTABLISHED";	/* of the next sample */

static inline void
put_sa(struct buf *b, bool rekey)
{
	const char *const ike[][2] = {
		{"uniqueid", "1"}, {"version", "1"}, {"state", sa_state}, {"local-host", "12.12.12.1"},
		{"local-port", "4500"}, {"local-id", "12.12.12.1"}, {"remote-host", "12.12.12.2"},
		{"remote-port", "4500"}, {"remote-id", "C=\tX"}, {"initiator", "yes"},
		{"initiator-spi", "32d336022665c55b"}, {"responder-spi", "8dc45d8b014876f1"}, {"nat-remote", "yes"},
		{"encr-alg", "DES_CBC"}, {"integ-alg", "HMAC_SHA1_96"}, {"prf-alg", "PRF_HMAC_SHA1"},
		{"dh-group", "MODP_768"}, {"established", "7"}, {"rekey-time", "13788"}, {"new-in-charon-9", "x"},
	};
	static const char *const child[][2] = {
		{"name", "c1"}, {"uniqueid", "4"}, {"reqid", "5001"}, {"state", "INSTALLED"}, {"mode", "TRANSPORT"},
		{"protocol", "ESP"}, {"encap", "yes"}, {"spi-in", "a322b437"}, {"spi-out", "c61084a8"},
		{"encr-alg", "AES_CBC"}, {"encr-keysize", "128"}, {"integ-alg", "HMAC_MD5_96"},
		{"bytes-in", "5000000000"}, {"packets-out", "9"}, {"rekey-time", "3468"}, {"life-time", "3960"},
		{"install-time", "12"},
	};

	vici_section(b, "p1");
	for (size_t i = 0; i < sizeof ike / sizeof *ike; i++)
		vici_kv(b, ike[i][0], ike[i][1]);
	vici_list1(b, "tasks-queued", "QUICK_MODE");
	vici_list1(b, "tasks-active", "MAIN_MODE");
	vici_list1(b, "local-vips", "1.2.3.4");
	vici_section(b, "child-sas");
	vici_section(b, rekey ? "c1" : "c1-4");
	for (int n = 0; n < (rekey ? 2 : 1); n++) {
		if (rekey)
			vici_section(b, n ? "new" : "old");
		for (size_t i = 0; i < sizeof child / sizeof *child; i++)
			vici_kv(b, child[i][0], child[i][1]);
		if (n)
			vici_kv(b, "uniqueid", "5");
		vici_list1(b, "local-ts", "12.12.12.1/32[gre]");
		vici_list1(b, "remote-ts", "12.12.12.2/32[gre]");
		if (rekey)
			vici_section_end(b);
	}
	vici_section_end(b);
	vici_section_end(b);
	vici_section_end(b);
}

#endif
