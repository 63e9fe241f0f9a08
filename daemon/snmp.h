/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The SNMP agent: snmpd of the distribution, run while an snmp-server line
 * wants it. Everything of it is in RUN_DIR/snmp; the communities and passwords
 * are in snmpd.conf there, which its user alone can read.
 */
#ifndef CONFTERM_DAEMON_SNMP_H
#define CONFTERM_DAEMON_SNMP_H

#include <stdbool.h>
#include <stdint.h>

#include "lib/buf.h"
#include "parser/store.h"

struct router;
struct snmp;

struct snmp *snmp_create(struct router *r);
/* The configuration or an interface has changed: what follows from it is done a moment later, once for all changes. */
void snmp_changed(struct snmp *s);
/* Has it ended? ask: end it. */
bool snmp_stopped(struct snmp *s, bool ask);
void snmp_destroy(struct snmp *s);		/* NULL is allowed */
bool snmp_running(const struct snmp *s);
/* Does a line need it? s may be NULL. */
bool snmp_wanted(const struct snmp *s);
/* Made at random for each run, and known to conftermd and snmpd alone. */
struct snmp_secrets {
	char counters[33];	/* the community by which the router, from 127.0.0.1, reads the agent's counters */
	char monitor[33];	/* the password of the user as whom the agent looks at the interfaces for linkUp and linkDown */
};
const struct snmp_secrets *snmp_secrets(const struct snmp *s);

/* --- snmp_ask.c: what it has counted --- */

#define SNMP_COUNTERS 33	/* the last of the snmp group, 1.3.6.1.2.1.11, is 32 */

/* v[i] is object i of that group; NULL: there is no agent, or it did not answer within two seconds. */
typedef void snmp_counters_cb(void *arg, const uint32_t *v);
/* cb is called once, from the loop. */
void snmp_counters(struct snmp *s, struct router *r, snmp_counters_cb *cb, void *arg);
/* The answer as it came; false when it is none. */
bool snmp_counters_decode(const uint8_t *p, size_t n, uint32_t v[SNMP_COUNTERS]);

/* --- snmp_conf.c: what snmpd is told --- */

struct snmp_conf {
	bool wanted;		/* a line needs the agent */
	struct buf names;	/* the interfaces by IOS's names; read at a start only */
	struct buf start;	/* users and monitors: a change of them needs a new start */
	struct buf rest;	/* read again on SIGHUP */
};

void snmp_conf_make(struct snmp_conf *c, struct router *r, const struct snmp_secrets *own);
/* Why a community is not served, NULL when it is. */
const char *snmp_community_refused(struct store *st, const struct rec *r);
/* Is this notification of kind snmp ("linkup", "coldstart" ...) enabled? NULL: any of them. */
bool snmp_notifies(struct store *st, const char *sub);
void snmp_conf_free(struct snmp_conf *c);

#endif
