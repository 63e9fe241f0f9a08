/* SPDX-License-Identifier: BSD-2-Clause */
/* charon's events on their way to the engine's observer. */
#include <stdlib.h>
#include <string.h>

#include "backends/vici/codec.h"
#include "backends/vici/internal.h"
#include "backends/vici/sa.h"

/* "log" comes first, so that it can be left out: charon makes hundreds of its events for each connection loaded. */
const char *const vici_events[] = {
	"log", "ike-updown", "child-updown", "ike-rekey", "child-rekey", NULL,
};

/* group, level, ikesa-name and ikesa-uniqueid (when there is one), msg */
static void
log_event(const struct observer *o, const void *msg, size_t len)
{
	char group[16], name[128], id[16], text[1024];

	if (!o->charon_log || !vici_get(msg, len, "msg", text, sizeof text))
		return;
	vici_get(msg, len, "group", group, sizeof group);
	vici_get(msg, len, "ikesa-name", name, sizeof name);
	vici_get(msg, len, "ikesa-uniqueid", id, sizeof id);
	o->charon_log(o->ctx, group, name, (uint32_t)strtoul(id, NULL, 10), text);
}

bool
vici_keyed(const struct vici *v, uint32_t id)
{
	return id && v->keyed[id % VICI_KEYED] == id;
}

void
vici_forget_keyed(struct vici *v, uint32_t id)
{
	if (!vici_keyed(v, id))
		return;
	v->keyed[id % VICI_KEYED] = 0;
	v->nkeyed--;
}

void
vici_forget_all_keyed(struct vici *v)
{
	memset(v->keyed, 0, sizeof v->keyed);
	v->nkeyed = 0;
}

/*
 * "Nov 22 04:36:18.751 39[ENC] <CONNECTION|ID> parsed ID_PROT response 0 [ KE No NAT-D NAT-D ]": nothing in it is text of the
 * peer's. As the responder, charon does not know the connection yet and writes "<ID> parsed ID_PROT request 0".
 */
void
vici_heard(struct vici *v, const char *line)
{
	const char *group = strchr(line, '['), *id;
	unsigned long n;

	if (!group || strncmp(group, "[ENC] <", 7) != 0 || !(id = strstr(group, "> parsed ID_PROT re")) || !strstr(id, " [ KE "))
		return;
	while (id[-1] >= '0' && id[-1] <= '9')
		id--;
	n = strtoul(id, NULL, 10);
	if ((id[-1] != '|' && id[-1] != '<') || (uint32_t)n == 0)
		return;
	v->nkeyed += v->keyed[(uint32_t)n % VICI_KEYED] == 0;
	v->keyed[(uint32_t)n % VICI_KEYED] = (uint32_t)n;
}

void
vici_event(void *ctx, const char *name, const void *msg, size_t len)
{
	struct vici *v = ctx;
	const struct observer *o = &v->obs;
	struct vici_sa m;

	if (strcmp(name, "log") == 0) {
		log_event(o, msg, len);
		return;
	}
	if (vici_sa_decode(&m, msg, len) < 0)
		return;
	if (strcmp(name, "ike-updown") == 0)
		vici_forget_keyed(v, m.ike.unique_id);
	if (strcmp(name, "ike-updown") == 0 && o->ike_updown) {
		o->ike_updown(o->ctx, m.up, &m.ike);
	} else if (strcmp(name, "child-updown") == 0 && o->child_updown && m.nchild) {
		/* One child per event by contract, whatever charon does. */
		for (size_t i = 0; i < m.nchild; i++) {
			m.ike.children = &m.child[i];
			m.ike.nchild = 1;
			o->child_updown(o->ctx, m.up, &m.ike);
		}
	} else if (strcmp(name, "child-rekey") == 0 && o->child_rekey && m.nchild == 2) {
		m.ike.children = &m.child[1];
		m.ike.nchild = 1;
		o->child_rekey(o->ctx, &m.ike, &m.child[0], &m.child[1]);
	} else if (strcmp(name, "ike-rekey") == 0 && o->ike_rekey && m.has_new) {
		o->ike_rekey(o->ctx, &m.ike, &m.ike_new);
	}
	vici_sa_free(&m);
}
