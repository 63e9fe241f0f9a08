/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Turns charon's report of an IKE_SA into struct sa_ike. The five messages
 * that carry one differ only in what surrounds it:
 *
 *   list-sa       CONN { ... child-sas { NAME-ID { ... } ... } }
 *   ike-updown    up=yes  CONN { ... }
 *   child-updown  up=yes  CONN { ... child-sas { NAME-ID { ... } } }
 *   ike-rekey     CONN { old { ... } new { ... } }
 *   child-rekey   CONN { ... child-sas { NAME { old { ... } new { ... } } } }
 *
 * so one walk decodes them all. Unknown keys are skipped: newer charons add some.
 */
#include "backends/vici/sa.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "backends/vici/codec.h"
#include "backends/vici/ts.h"
#include "lib/xalloc.h"

/* How a value is read into a field. */
enum field_type { F_U16, F_U32, F_U64, F_HEX32, F_HEX64, F_BOOL, F_INT, F_STR, F_ADDR };

struct field {
	const char *key;
	enum field_type type;
	size_t off, size;
};

#define IKE(key, type, member) \
	{key, type, offsetof(struct sa_ike, member), sizeof(((struct sa_ike *)0)->member)}
#define CHILD(key, type, member) \
	{key, type, offsetof(struct sa_child, member), sizeof(((struct sa_child *)0)->member)}

static const struct field ike_fields[] = {
	IKE("uniqueid", F_U32, unique_id),
	IKE("version", F_INT, version),
	IKE("state", F_STR, state),
	IKE("initiator", F_BOOL, initiator),
	IKE("local-host", F_ADDR, local),
	IKE("remote-host", F_ADDR, remote),
	IKE("local-port", F_U16, local_port),
	IKE("remote-port", F_U16, remote_port),
	IKE("local-id", F_STR, local_id),
	IKE("remote-id", F_STR, remote_id),
	IKE("initiator-spi", F_HEX64, spi_i),
	IKE("responder-spi", F_HEX64, spi_r),
	IKE("nat-local", F_BOOL, nat_local),
	IKE("nat-remote", F_BOOL, nat_remote),
	IKE("encr-alg", F_STR, encr),
	IKE("encr-keysize", F_U16, encr_bits),
	IKE("integ-alg", F_STR, integ),
	IKE("prf-alg", F_STR, prf),
	IKE("dh-group", F_STR, dh),
	IKE("established", F_U32, established),
	IKE("rekey-time", F_U32, rekey_in),
};

static const struct field child_fields[] = {
	CHILD("uniqueid", F_U32, unique_id),
	CHILD("reqid", F_U32, reqid),
	CHILD("if-id-in", F_HEX32, if_id),
	CHILD("state", F_STR, state),
	CHILD("encap", F_BOOL, udp_encap),
	CHILD("spi-in", F_HEX32, spi_in),
	CHILD("spi-out", F_HEX32, spi_out),
	CHILD("encr-alg", F_STR, encr),
	CHILD("encr-keysize", F_U16, encr_bits),
	CHILD("integ-alg", F_STR, integ),
	CHILD("dh-group", F_STR, dh),
	CHILD("bytes-in", F_U64, bytes_in),
	CHILD("bytes-out", F_U64, bytes_out),
	CHILD("packets-in", F_U64, packets_in),
	CHILD("packets-out", F_U64, packets_out),
	CHILD("install-time", F_U32, installed),
	CHILD("rekey-time", F_U32, rekey_in),
	CHILD("life-time", F_U32, life_left),
};

static void
set_field(const struct field *f, size_t n, void *base, const struct vici_iter *it)
{
	char tmp[64];
	char *at;

	while (n && strcmp(f->key, it->name))
		f++, n--;
	if (!n)
		return;
	at = (char *)base + f->off;
	switch (f->type) {
	case F_U16:
		*(uint16_t *)(void *)at = (uint16_t)vici_val_num(it, 10);
		break;
	case F_U32:
	case F_HEX32:
		*(uint32_t *)(void *)at = (uint32_t)vici_val_num(it, f->type == F_U32 ? 10 : 16);
		break;
	case F_U64:
	case F_HEX64:
		*(uint64_t *)(void *)at = vici_val_num(it, f->type == F_U64 ? 10 : 16);
		break;
	case F_INT:
		*(int *)(void *)at = (int)(vici_val_num(it, 10) & 0xff);
		break;
	case F_BOOL:
		*(bool *)at = vici_val_is(it, "yes");
		break;
	case F_STR:
		vici_val_copy(it, at, f->size);
		break;
	case F_ADDR:
		vici_val_copy(it, tmp, sizeof tmp);
		if (!ip4_parse(tmp, (uint32_t *)(void *)at))
			*(uint32_t *)(void *)at = 0;
		break;
	}
}

/* Appends the items of the list just entered to s, blank-separated. */
static bool
add_tasks(struct vici_iter *it, char *s, size_t size)
{
	enum vici_el el;

	while ((el = vici_next(it)) == VICI_ITEM) {
		size_t n = strlen(s);

		if (n + 2 >= size)
			continue;
		if (n)
			s[n++] = ' ';
		vici_val_copy(it, s + n, size - n);
	}
	return el == VICI_LIST_END;
}

/* The first selector of the list just entered counts. */
static bool
get_ts(struct vici_iter *it, struct obj_selector *sel, bool remote)
{
	char tmp[128];
	enum vici_el el;
	bool first = true;

	while ((el = vici_next(it)) == VICI_ITEM) {
		if (first) {
			vici_val_copy(it, tmp, sizeof tmp);
			vici_ts_parse(sel, remote, tmp);
		}
		first = false;
	}
	return el == VICI_LIST_END;
}

static size_t
new_child(struct vici_sa *m)
{
	if ((m->nchild & (m->nchild - 1)) == 0)
		m->child = xrealloc(m->child, (m->nchild ? 2 * m->nchild : 1) * sizeof *m->child);
	memset(&m->child[m->nchild], 0, sizeof *m->child);
	return m->nchild++;
}

/* Inside a child's section. `i` is an index because m->child may move. */
static bool
get_child(struct vici_sa *m, struct vici_iter *it, size_t i)
{
	enum vici_el el;

	while ((el = vici_next(it)) != VICI_SECTION_END) {
		struct sa_child *c = &m->child[i];
		bool ok = true;

		if (el == VICI_KV && strcmp(it->name, "name") == 0) {
			free((char *)c->name);
			c->name = vici_val_dup(it);
		} else if (el == VICI_KV && strcmp(it->name, "mode") == 0) {
			c->mode = it->len >= 9 && memcmp(it->val, "TRANSPORT", 9) == 0 ? IPSEC_TRANSPORT
			                                                              : IPSEC_TUNNEL;
		} else if (el == VICI_KV && strcmp(it->name, "protocol") == 0) {
			c->ah = vici_val_is(it, "AH");
		} else if (el == VICI_KV) {
			set_field(child_fields, sizeof child_fields / sizeof *child_fields, c, it);
		} else if (el == VICI_LIST) {
			bool local = strcmp(it->name, "local-ts") == 0;

			ok = local || strcmp(it->name, "remote-ts") == 0 ? get_ts(it, &c->ts, !local)
			                                                 : vici_skip(it, el);
		} else if (el == VICI_SECTION) {
			bool was = strcmp(it->name, "old") == 0;

			ok = was || strcmp(it->name, "new") == 0 ? get_child(m, it, was ? i : new_child(m))
			                                         : vici_skip(it, el);
		} else {
			ok = false;
		}
		if (!ok)
			return false;
	}
	return true;
}

/* Inside "child-sas". */
static bool
get_children(struct vici_sa *m, struct vici_iter *it)
{
	enum vici_el el;

	while ((el = vici_next(it)) != VICI_SECTION_END)
		if (el != VICI_SECTION || !get_child(m, it, new_child(m)))
			return false;
	return true;
}

/* Inside an IKE_SA's section. */
static bool
get_ike(struct vici_sa *m, struct sa_ike *ike, struct vici_iter *it)
{
	enum vici_el el;

	while ((el = vici_next(it)) != VICI_SECTION_END) {
		bool ok = true;

		if (el == VICI_KV)
			set_field(ike_fields, sizeof ike_fields / sizeof *ike_fields, ike, it);
		else if (el == VICI_LIST)
			ok = strncmp(it->name, "tasks-", 6) == 0 ? add_tasks(it, ike->tasks, sizeof ike->tasks)
			                                         : vici_skip(it, el);
		else if (el != VICI_SECTION)
			ok = false;
		else if (strcmp(it->name, "child-sas") == 0)
			ok = get_children(m, it);
		else if (strcmp(it->name, "old") == 0)
			ok = get_ike(m, ike, it);
		else if (strcmp(it->name, "new") == 0)
			ok = m->has_new = get_ike(m, &m->ike_new, it);
		else
			ok = vici_skip(it, el);
		if (!ok)
			return false;
	}
	return true;
}

int
vici_sa_decode(struct vici_sa *m, const void *msg, size_t len)
{
	struct vici_iter it;
	enum vici_el el;
	bool ok = true;

	*m = (struct vici_sa){0};
	vici_iter_init(&it, msg, len);
	while (ok && (el = vici_next(&it)) != VICI_EOF) {
		if (el == VICI_KV && strcmp(it.name, "up") == 0) {
			m->up = vici_val_is(&it, "yes");
		} else if (el == VICI_SECTION && !m->ike.conn) {
			m->ike.conn = xstrdup(it.name);
			ok = get_ike(m, &m->ike, &it);
		} else if (el == VICI_SECTION || el == VICI_LIST) {
			ok = vici_skip(&it, el);
		} else {
			ok = el == VICI_KV;
		}
	}
	if (!ok || !m->ike.conn) {
		vici_sa_free(m);
		return -EBADMSG;
	}
	m->ike_new.conn = m->ike.conn;
	for (size_t i = 0; i < m->nchild; i++)
		if (!m->child[i].name)
			m->child[i].name = xstrdup("");
	m->ike.children = m->child;
	m->ike.nchild = m->nchild;
	return 0;
}

void
vici_sa_free(struct vici_sa *m)
{
	for (size_t i = 0; i < m->nchild; i++)
		free((char *)m->child[i].name);
	free(m->child);
	free((char *)m->ike.conn);
	*m = (struct vici_sa){0};
}
