/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show snmp and its parts. The counters are the agent's own, asked for over
 * SNMP (and so this question is among the packets that it counts).
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/exec.h"
#include "daemon/router.h"
#include "daemon/snmp.h"
#include "engine/snmp.h"
#include "lib/buf.h"
#include "lib/xalloc.h"

exec_fn show_snmp, show_snmp_community, show_snmp_text, show_snmp_host;

#define NOT_ENABLED "%SNMP agent not enabled\n"

struct shown {
	struct session *s;	/* NULL: it has gone, or does not want to know any more */
};

static void
system_texts(struct buf *b, struct store *st)
{
	const struct rec *root = store_root(st);
	const struct cfg_snmp_chassis_id *chassis = store_leaf(st, root, ROW_SNMP_CHASSIS_ID);
	const struct cfg_snmp_contact *contact = store_leaf(st, root, ROW_SNMP_CONTACT);
	const struct cfg_snmp_location *location = store_leaf(st, root, ROW_SNMP_LOCATION);

	if (chassis)
		buf_printf(b, "Chassis: %s\n", chassis->text);
	if (contact)
		buf_printf(b, "Contact: %s\n", contact->text);
	if (location)
		buf_printf(b, "Location: %s\n", location->text);
}

static bool
receives(const struct rec *r)
{
	const struct cfg_snmp_host *h = rec_values(r);

	return !r->negated && !snmp_host(h) && snmp_host_wants(h, "snmp");
}

static void
destinations(struct buf *b, struct store *st)
{
	bool on = snmp_notifies(st, NULL), any = false;

	buf_printf(b, "SNMP global trap: %s\n\n", on ? "enabled" : "disabled");
	for (const struct rec *r = store_first(st, store_root(st), ROW_SNMP_HOST); r; r = store_next(r)) {
		const struct cfg_snmp_host *h = rec_values(r);

		if (!on || !receives(r))
			continue;
		if (!any)
			buf_puts(b, "SNMP logging: enabled\n");
		buf_printf(b, "    Logging to %s.%u\n", h->server, h->port);
		any = true;
	}
	if (!any)
		buf_puts(b, "SNMP logging: disabled\n");
}

static void
counted(void *arg, const uint32_t *v)
{
	static const struct {
		uint8_t object;
		const char *text;
	} line[] = {
		{ 1, "SNMP packets input" }, { 3, "    Bad SNMP version errors" }, { 4, "    Unknown community name" },
		{ 5, "    Illegal operation for community name supplied" }, { 6, "    Encoding errors" },
		{ 13, "    Number of requested variables" }, { 14, "    Number of altered variables" }, { 15, "    Get-request PDUs" },
		{ 16, "    Get-next PDUs" }, { 17, "    Set-request PDUs" }, { 2, "SNMP packets output" }, { 20, "    Too big errors" },
		{ 21, "    No such name errors" }, { 22, "    Bad values errors" }, { 24, "    General errors" },
		{ 28, "    Response PDUs" }, { 29, "    Trap PDUs" },
	};
	struct shown *sh = arg;
	struct session *s = sh->s;
	struct buf b = {0};

	free(sh);
	if (!s)
		return;
	system_texts(&b, session_store(s));
	for (size_t i = 0; v && i < sizeof line / sizeof line[0]; i++) {
		size_t indent = strspn(line[i].text, " ");

		buf_printf(&b, "%.*s%" PRIu32 " %s\n", (int)indent, line[i].text, v[line[i].object], line[i].text + indent);
	}
	if (!v)
		buf_puts(&b, "The agent (snmpd) does not answer: nothing is known of its counters\n");
	destinations(&b, session_store(s));
	out_text(s, buf_str(&b), b.n);
	buf_free(&b);
	session_done(s);
}

static void
cancel(void *arg)
{
	struct shown *sh = arg;
	struct session *s = sh->s;

	sh->s = NULL;
	if (s)
		session_done(s);
}

static void
gone(void *arg)
{
	((struct shown *)arg)->s = NULL;
}

void
show_snmp(struct session *s, const void *values)
{
	struct router *r = session_router(s);
	struct shown *sh;

	(void)values;
	if (!snmp_wanted(r->snmp)) {
		out(s, "%s", NOT_ENABLED);
		return;
	}
	sh = xcalloc(1, sizeof *sh);
	sh->s = s;
	session_busy(s, cancel, gone, sh);
	snmp_counters(r->snmp, r, counted, sh);
}

/* Names as in the configuration; the index is that of snmpd's own configuration. */
void
show_snmp_community(struct session *s, const void *values)
{
	struct store *st = session_store(s);
	unsigned number = 0;

	(void)values;
	for (const struct rec *r = store_first(st, store_root(st), ROW_SNMP_COMMUNITY); r; r = store_next(r)) {
		const struct cfg_snmp_community *c = rec_values(r);

		if (r->negated)
			continue;
		number++;
		out(s, "\nCommunity name: %s\nCommunity Index: c%u\nCommunity SecurityName: c%u\nstorage-type: nonvolatile\t %s", c->community,
		    number, number, snmp_community_refused(st, r) ? "inactive" : "active");
		if (c->acl)
			out(s, "\taccess-list: %s", c->acl);
		out(s, "\n");
	}
	if (!number)
		out(s, "%s", snmp_wanted(session_router(s)->snmp) ? "" : NOT_ENABLED);
	else
		out(s, "\n");
}

void
show_snmp_text(struct session *s, const void *values)
{
	struct store *st = session_store(s);
	const struct rec *root = store_root(st);
	const void *v;

	switch (((const struct cfg_show_snmp_text *)values)->what) {
	case SHOW_SNMP_TEXT_WHAT_CHASSIS:
		v = store_leaf(st, root, ROW_SNMP_CHASSIS_ID);
		out(s, "%s\n", v ? ((const struct cfg_snmp_chassis_id *)v)->text : "");
		break;
	case SHOW_SNMP_TEXT_WHAT_CONTACT:
		v = store_leaf(st, root, ROW_SNMP_CONTACT);
		out(s, "%s\n", v ? ((const struct cfg_snmp_contact *)v)->text : "");
		break;
	default:
		v = store_leaf(st, root, ROW_SNMP_LOCATION);
		out(s, "%s\n", v ? ((const struct cfg_snmp_location *)v)->text : "");
		break;
	}
}

void
show_snmp_host(struct session *s, const void *values)
{
	struct store *st = session_store(s);

	(void)values;
	for (const struct rec *r = store_first(st, store_root(st), ROW_SNMP_HOST); r; r = store_next(r)) {
		const struct cfg_snmp_host *h = rec_values(r);

		if (receives(r))
			out(s, "Notification host: %s udp-port: %u   type: %s\nuser: %s    security model: %s\n\n", h->server, h->port,
			    h->what == SNMP_HOST_WHAT_INFORMS ? "inform" : "trap", h->community,
			    h->version == SNMP_HOST_VERSION_1 ? "v1" : "v2c");
	}
}
