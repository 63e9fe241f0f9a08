/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The snmp-server lines: which of them the agent can have, and a note for each
 * that it cannot. Nothing is planned for a driver; the daemon reads the lines
 * and runs snmpd (daemon/snmp.c).
 */
#include "engine/snmp.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "engine/compile.h"
#include "lib/ip4.h"

compile_fn compile_snmp;

static const struct {
	const char *name, *oid;
} names[] = {
	{ "iso", ".1" }, { "org", ".1.3" }, { "dod", ".1.3.6" }, { "internet", ".1.3.6.1" }, { "directory", ".1.3.6.1.1" },
	{ "mgmt", ".1.3.6.1.2" }, { "mib-2", ".1.3.6.1.2.1" }, { "mib2", ".1.3.6.1.2.1" }, { "system", ".1.3.6.1.2.1.1" },
	{ "interfaces", ".1.3.6.1.2.1.2" }, { "ifEntry", ".1.3.6.1.2.1.2.2.1" }, { "ifTable", ".1.3.6.1.2.1.2.2" },
	{ "at", ".1.3.6.1.2.1.3" }, { "ip", ".1.3.6.1.2.1.4" }, { "icmp", ".1.3.6.1.2.1.5" }, { "tcp", ".1.3.6.1.2.1.6" },
	{ "udp", ".1.3.6.1.2.1.7" }, { "snmp", ".1.3.6.1.2.1.11" }, { "ospf", ".1.3.6.1.2.1.14" }, { "bgp", ".1.3.6.1.2.1.15" },
	{ "host", ".1.3.6.1.2.1.25" }, { "ifMIB", ".1.3.6.1.2.1.31" }, { "ifXTable", ".1.3.6.1.2.1.31.1.1" },
	{ "experimental", ".1.3.6.1.3" }, { "private", ".1.3.6.1.4" }, { "enterprises", ".1.3.6.1.4.1" }, { "cisco", ".1.3.6.1.4.1.9" },
	{ "security", ".1.3.6.1.5" }, { "snmpV2", ".1.3.6.1.6" }, { "snmpModules", ".1.3.6.1.6.3" }, { "snmpMIB", ".1.3.6.1.6.3.1" },
	{ "snmpUsmMIB", ".1.3.6.1.6.3.15" }, { "snmpVacmMIB", ".1.3.6.1.6.3.16" }, { "snmpCommunityMIB", ".1.3.6.1.6.3.18" },
};

const char *
snmp_oid(const char *name, char out[SNMP_OID_MAX])
{
	size_t head = strcspn(name, "."), n = 0;
	const char *rest = name + head;

	if (isdigit((unsigned char)*name) || *name == '.') {
		rest = name;
		n = (size_t)snprintf(out, SNMP_OID_MAX, "%s", *name == '.' ? "" : ".");
	} else {
		for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
			if (strlen(names[i].name) == head && strncmp(names[i].name, name, head) == 0)
				n = (size_t)snprintf(out, SNMP_OID_MAX, "%s", names[i].oid);
		if (!n)
			return "the name of the MIB subtree is not known";
	}
	if (strspn(rest, "0123456789.") != strlen(rest))
		return "the subtree is no OID (a mask of * is not supported)";
	if (n + strlen(rest) >= SNMP_OID_MAX)
		return "the OID is too long";
	memcpy(out + n, rest, strlen(rest) + 1);
	return strstr(out, "..") || out[strlen(out) - 1] == '.' ? "the subtree is no OID" : NULL;
}

const char *
snmp_sources(const struct rec *list, const struct rec *first, struct snmp_source v[SNMP_SOURCES], size_t *n)
{
	*n = 0;
	if (list && list->row != ROW_ACL_STD)
		return "only a standard access list can restrict it";
	if (!first) {
		v[(*n)++] = (struct snmp_source){ 0, 0xffffffff, true };
		return NULL;
	}
	for (const struct rec *r = first; r; r = store_next(r)) {
		const struct cfg_acl_std_ace *a = rec_values(r);
		uint32_t wild = 0, addr = 0;

		if (a->action == ACL_STD_ACE_ACTION_REMARK)
			continue;
		if (a->src == ACL_STD_ACE_SRC_ANY)
			wild = 0xffffffff;
		else if (a->src == ACL_STD_ACE_SRC_HOST)
			addr = a->src_host;
		else {
			addr = a->src_addr;
			wild = a->src_wild;
		}
		if (*n == SNMP_SOURCES)
			return "its access list has too many entries";
		v[(*n)++] = (struct snmp_source){ addr & ~wild, wild, a->action == ACL_STD_ACE_ACTION_PERMIT };
	}
	return NULL;
}

/* What snmpd's file can hold as a name. */
static bool
plain(const char *s)
{
	size_t n = strlen(s);

	for (size_t i = 0; i < n; i++)
		if (!isalnum((unsigned char)s[i]) && !strchr("._-", s[i]))
			return false;
	return n > 0 && n <= 32;
}

static bool
passphrase(const char *s)
{
	return !s || strlen(s) >= 8;
}

const char *
snmp_user(const struct cfg_snmp_user *u)
{
	if (u->version != SNMP_USER_VERSION_V3)
		return "users are of version 3; for 1 and 2c there is snmp-server community";
	if (u->has & HAS_SNMP_USER_REMOTE)
		return "a remote user (of informs) is not supported";
	if (u->encrypted)
		return "an encrypted password (a digest) is not supported";
	if (u->has & HAS_SNMP_USER_ACL)
		return "an access list of a user is not supported";
	if (!plain(u->name) || !plain(u->group))
		return "names of users and groups have 32 letters, digits, ._- at most";
	if (!passphrase(u->auth) || !passphrase(u->priv))
		return "a password of version 3 needs 8 characters";
	if (u->priv && (u->cipher == SNMP_USER_CIPHER_3DES ||
	    (u->cipher == SNMP_USER_CIPHER_AES && u->bits != SNMP_USER_BITS_128)))
		return "of ciphers there are des and aes 128";
	return NULL;
}

const char *
snmp_group(const struct cfg_snmp_group *g)
{
	if (g->version != SNMP_GROUP_VERSION_V3)
		return "groups are of version 3; for 1 and 2c there is snmp-server community";
	if (g->context)
		return "contexts are not supported";
	if (g->acl)
		return "an access list of a group is not supported";
	return plain(g->name) ? NULL : "names of groups have 32 letters, digits, ._- at most";
}

const char *
snmp_host(const struct cfg_snmp_host *h)
{
	uint32_t addr;

	if (!ip4_parse(h->server, &addr))
		return "the host must be an address: names are not resolved";
	if (h->vrf)
		return "a host in a VRF is not supported";
	if (h->version == SNMP_HOST_VERSION_3)
		return "notifications are sent in versions 1 and 2c";
	if (h->what == SNMP_HOST_WHAT_INFORMS && h->version == SNMP_HOST_VERSION_1)
		return "version 1 has no informs";
	return NULL;
}

bool
snmp_host_wants(const struct cfg_snmp_host *h, const char *type)
{
	if (!h->type[0])
		return true;
	for (size_t i = 0; i < sizeof h->type / sizeof h->type[0] && h->type[i]; i++)
		if (strcmp(h->type[i], type) == 0)
			return true;
	return false;
}

bool
snmp_traps_has(const struct cfg_snmp_traps *t, const char *sub)
{
	if (strcmp(t->type, "snmp") != 0)
		return false;
	if (!t->sub[0])
		return true;
	for (size_t i = 0; i < sizeof t->sub / sizeof t->sub[0] && t->sub[i]; i++)
		if (strcmp(t->sub[i], sub) == 0)
			return true;
	return false;
}

/* --- the notes --- */

static const char *
community(struct compile *c, const struct rec *r)
{
	const struct cfg_snmp_community *v = rec_values(r);
	struct snmp_source sources[SNMP_SOURCES];
	const struct rec *list;
	size_t n;

	if (v->acl6)
		return "an IPv6 access list is not supported";
	if (v->access == SNMP_COMMUNITY_ACCESS_RW)
		compile_quiet(c, r, "NOTE: snmp-server community: RW reads as RO does; nothing can be set by SNMP");
	if (!v->acl)
		return NULL;
	list = compile_defined(c, REF_ACL, v->acl);
	return snmp_sources(list, list && list->row == ROW_ACL_STD ? compile_children(c, list, ROW_ACL_STD_ACE) : NULL, sources, &n);
}

void
compile_snmp(struct compile *c, const struct rec *r)
{
	char oid[SNMP_OID_MAX];
	const char *why = NULL, *what = "";

	switch (r->row) {
	case ROW_SNMP_COMMUNITY:
		what = "community";
		why = community(c, r);
		break;
	case ROW_SNMP_VIEW:
		what = "view";
		why = snmp_oid(((const struct cfg_snmp_view *)rec_values(r))->oid, oid);
		break;
	case ROW_SNMP_USER:
		what = "user";
		why = snmp_user(rec_values(r));
		break;
	case ROW_SNMP_GROUP:
		what = "group";
		why = snmp_group(rec_values(r));
		if (!why && ((const struct cfg_snmp_group *)rec_values(r))->write)
			compile_quiet(c, r, "NOTE: snmp-server group: the write view is not used; nothing can be set by SNMP");
		break;
	case ROW_SNMP_HOST:
		what = "host";
		why = snmp_host(rec_values(r));
		if (!why && !snmp_host_wants(rec_values(r), "snmp"))
			compile_quiet_unused(c, r, "NOTE: snmp-server host: no notification of these kinds is sent");
		break;
	case ROW_SNMP_TRAPS:
		if (strcmp(((const struct cfg_snmp_traps *)rec_values(r))->type, "snmp") != 0)
			compile_quiet_unused(c, r, "NOTE: snmp-server enable traps %s: these are not sent",
			    ((const struct cfg_snmp_traps *)rec_values(r))->type);
		break;
	case ROW_SNMP_TRAPS_ALL:
		compile_quiet(c, r, "NOTE: snmp-server enable traps: those of snmp are sent (coldstart, linkup, linkdown, authentication)");
		break;
	case ROW_SNMP:	/* is never there: its no takes the other lines away */
	default:	/* location, contact, chassis-id: texts */
		break;
	}
	if (why)
		compile_unused(c, r, "NOTE: snmp-server %s: not applied, %s", what, why);
}
