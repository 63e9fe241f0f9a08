/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What of the snmp-server lines can be carried out. The agent is snmpd, whose
 * configuration daemon/snmp_conf.c writes; the reasons why a line is not part
 * of it are told here, by the same functions, where the line is typed.
 *
 * Each returns NULL, or why not in words that hold no secret.
 */
#ifndef CONFTERM_ENGINE_SNMP_H
#define CONFTERM_ENGINE_SNMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "gen/grammar.h"
#include "parser/store.h"

#define SNMP_SOURCES 64
#define SNMP_OID_MAX 256

/* "mib-2.1", "interfaces", "1.3.6.1.2.1" -> ".1.3.6.1.2.1.1" ... */
const char *snmp_oid(const char *name, char out[SNMP_OID_MAX]);
/* One entry of a standard access list: the first that fits a source decides, and who fits none may not. */
struct snmp_source {
	uint32_t addr, wild;
	bool permit;
};
/*
 * The sources that an access list names. list: the node that defines it
 * (NULL: there is none); first: its first entry (NULL: there is none, and as in
 * IOS every source is permitted).
 */
const char *snmp_sources(const struct rec *list, const struct rec *first, struct snmp_source v[SNMP_SOURCES], size_t *n);
const char *snmp_user(const struct cfg_snmp_user *u);
const char *snmp_group(const struct cfg_snmp_group *g);
const char *snmp_host(const struct cfg_snmp_host *h);
/* Is a kind of notification ("snmp") among those of a host (none given: all)? */
bool snmp_host_wants(const struct cfg_snmp_host *h, const char *type);
/* snmp-server enable traps snmp [SUB ...] */
bool snmp_traps_has(const struct cfg_snmp_traps *t, const char *sub);

#endif
