/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer entry for everything that reads VICI messages: the iterator, SAs,
 * algorithms, answers; and the traffic selector parser (input as text).
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "backends/vici/algs.h"
#include "backends/vici/codec.h"
#include "backends/vici/sa.h"
#include "backends/vici/ts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct vici_iter it;
	struct vici_sa sa;
	struct vici_algs algs = {0};
	struct obj_selector sel = {0};
	char val[64], text[128];
	enum vici_el el;
	size_t sum = 0;	/* makes the compiler keep the reads */

	vici_iter_init(&it, data, size);
	while ((el = vici_next(&it)) > VICI_EOF) {
		vici_val_copy(&it, val, sizeof val);
		sum += strlen(val) + strlen(it.name) + (size_t)vici_val_num(&it, 16);
		if (el == VICI_SECTION && strcmp(it.name, "skip") == 0)
			vici_skip(&it, el);
	}
	vici_get(data, size, "errmsg", val, sizeof val);
	if (vici_sa_decode(&sa, data, size) == 0) {
		for (size_t i = 0; i < sa.ike.nchild; i++)
			sum += strlen(sa.ike.children[i].name);
		vici_sa_free(&sa);
	}
	vici_algs_load(&algs, data, size);
	vici_algs_missing(&algs, "des-sha1-modp768");
	vici_algs_free(&algs);
	if (size < sizeof text) {
		memcpy(text, data, size);
		text[size] = '\0';
		vici_ts_parse(&sel, false, text);
		vici_ts_parse(&sel, true, text);
	}
	return sum == (size_t)-1 ? -1 : 0;
}
