/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What charon is told about a connection. Two rules stand behind the choice of
 * keys (doc/ARCHITECTURE.md): charon never acts on its own (no start, close or
 * DPD action, one keying try; the engine decides), and it installs no policies
 * (the SPD is the engine's; SAs meet it by reqid).
 */
#include "backends/vici/encode.h"

#include <inttypes.h>
#include <string.h>

#include "backends/vici/codec.h"
#include "backends/vici/ts.h"

static void
addr_list(struct buf *b, const char *name, uint32_t addr)
{
	char s[IP4_STRLEN];

	vici_list1(b, name, addr ? ip4_str(addr, s) : "%any");
}

static void
proposals(struct buf *b, const char *name, const char *const *p, vici_usable *usable, void *ctx)
{
	vici_list(b, name);
	for (; p && *p; p++)
		if (!usable || usable(ctx, *p))
			vici_item(b, *p);
	vici_list_end(b);
}

static void
auth(struct buf *b, const char *name, const char *id)
{
	vici_section(b, name);
	vici_kv(b, "auth", "psk");
	if (id)
		vici_kv(b, "id", id);
	vici_section_end(b);
}

static void
child(struct buf *b, const struct obj_child *c, vici_usable *usable, void *ctx)
{
	char ts[VICI_TS_STRLEN];
	uint32_t life = c->life_seconds;

	vici_section(b, c->name);
	vici_list1(b, "local_ts", vici_ts_format(&c->sel, false, ts));
	vici_list1(b, "remote_ts", vici_ts_format(&c->sel, true, ts));
	vici_kv(b, "mode", c->mode == IPSEC_TRANSPORT ? "transport" : "tunnel");
	if (c->df == IPSEC_DF_CLEAR)
		vici_kv(b, "copy_df", "no");
	vici_kvf(b, "replay_window", "%u", c->replay_window);
	vici_kv(b, "policies", "no");
	vici_kvf(b, "reqid", "%u", c->reqid);
	if (c->if_id) {
		vici_kvf(b, "if_id_in", "%u", c->if_id);
		vici_kvf(b, "if_id_out", "%u", c->if_id);
	}
	proposals(b, c->ah ? "ah_proposals" : "esp_proposals", c->proposals, usable, ctx);
	/* The hard life goes to the peer; we rekey 30 s before it, as IOS does. */
	vici_kvf(b, "life_time", "%us", life);
	vici_kvf(b, "rekey_time", "%us", life >= 60 ? life - 30 : life / 2);
	vici_kv(b, "rand_time", "0s");
	vici_kvf(b, "life_bytes", "%" PRIu64, c->life_kilobytes * 1000);
	vici_kvf(b, "rekey_bytes", "%" PRIu64, c->life_kilobytes * 900);
	vici_kv(b, "rand_bytes", "0");
	vici_kv(b, "start_action", "none");
	vici_kv(b, "close_action", "none");
	vici_kv(b, "dpd_action", "clear");
	vici_section_end(b);
}

void
vici_encode_conn(struct buf *b, const struct obj_ike *ike, const struct obj_child *const *children, size_t n,
    vici_usable *usable, void *ctx)
{
	/* charon announces rekey_time + over_time: together they are the lifetime. */
	uint32_t over = ike->lifetime >= 120 ? 60 : ike->lifetime / 2;

	vici_packet_begin(b, VICI_CMD_REQUEST, "load-conn");
	vici_section(b, ike->name);
	vici_kv(b, "version", ike->version == 1 ? "1" : "2");
	addr_list(b, "local_addrs", ike->local);
	addr_list(b, "remote_addrs", ike->remote);
	proposals(b, "proposals", ike->proposals, usable, ctx);
	vici_kv(b, "aggressive", ike->aggressive ? "yes" : "no");
	vici_kv(b, "mobike", "no");
	vici_kv(b, "send_cert", "never");
	vici_kv(b, "send_certreq", "no");
	vici_kv(b, "keyingtries", "1");
	if (ike->unique_if_id) {
		vici_kv(b, "if_id_in", "%unique");
		vici_kv(b, "if_id_out", "%unique");
	}
	if (ike->force_encap)
		vici_kv(b, "encap", "yes");
	/*
	 * charon would end the older one of two IKE SAs, at each end another one when both have called at the same moment.
	 * engine/tunnel_duplicate.c does better with a peer that is called, too; but IKEv1 moves the children whatever is said here.
	 */
	vici_kv(b, "unique", ike->version == 2 && ike->remote && !ike->unique_if_id ? "no" : "replace");
	vici_kvf(b, "dpd_delay", "%us", ike->dpd_delay);
	if (ike->version == 1 && ike->dpd_delay)	/* charon's timer underflows when it is not longer */
		vici_kvf(b, "dpd_timeout", "%us",
		    ike->dpd_timeout > ike->dpd_delay ? ike->dpd_timeout : ike->dpd_delay + 1);
	vici_kvf(b, "rekey_time", "%us", ike->lifetime - over);
	vici_kvf(b, "over_time", "%us", over);
	vici_kv(b, "rand_time", "0s");
	vici_kv(b, "reauth_time", "0s");
	auth(b, "local", ike->local_id);
	auth(b, "remote", ike->remote_id);
	vici_section(b, "children");
	for (size_t i = 0; i < n; i++)
		child(b, children[i], usable, ctx);
	vici_section_end(b);
	vici_section_end(b);
}

void
vici_encode_secret(struct buf *b, const struct obj_secret *s)
{
	size_t room = 128 + strlen(s->id) + strlen(s->data);

	for (const char *const *o = s->owners; o && *o; o++)
		room += strlen(*o) + 8;
	buf_fill(b, '\0', room);
	buf_clear(b);
	vici_packet_begin(b, VICI_CMD_REQUEST, "load-shared");
	vici_kv(b, "id", s->id);
	vici_kv(b, "type", "ike");
	vici_list(b, "owners");
	for (const char *const *o = s->owners; o && *o; o++)
		vici_item(b, *o);
	vici_list_end(b);
	vici_kv(b, "data", s->data);
}

void
vici_encode_simple(struct buf *b, const char *command, const char *key, const char *value)
{
	vici_packet_begin(b, VICI_CMD_REQUEST, command);
	if (key)
		vici_kv(b, key, value);
}

void
vici_encode_terminate(struct buf *b, const char *conn)
{
	vici_packet_begin(b, VICI_CMD_REQUEST, "terminate");
	vici_kv(b, "ike", conn);
	vici_kv(b, "timeout", "-1");
}
