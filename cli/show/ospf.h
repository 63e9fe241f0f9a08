/* SPDX-License-Identifier: BSD-2-Clause */
/* The texts of show ip ospf, from what ospfd answers. */
#ifndef CONFTERM_CLI_SHOW_OSPF_H
#define CONFTERM_CLI_SHOW_OSPF_H

#include <jansson.h>

#include "cli/exec.h"
#include "cli/show/names.h"
#include "lib/buf.h"

/* What of the configuration the texts need. */
struct ospf_names {
	struct store *store;
	struct devmap devs;
	unsigned pid;		/* of the process, 0: none configured */
};

void ospf_names_init(struct ospf_names *n, struct store *s);
/*
 * The processes, that of the global table and those of VRFs, in the answer to a
 * `show ip ospf vrf all ... json`, or the one with this number (0: all); n->pid is set for each.
 */
void ospf_each_in(struct session *s, const json_t *answer, unsigned pid, void (*each)(void *ctx, const json_t *j, struct ospf_names *n),
    void *ctx);
void ospf_each(struct session *s, const char *answer, unsigned pid, void (*each)(void *ctx, const json_t *j, struct ospf_names *n), void *ctx);
void ospf_names_free(struct ospf_names *n);
/* The VRF of the process with this number, "default" for that of the global table; NULL: there is none, and the session was told. */
const char *ospf_vrf(struct session *s, unsigned pid);
/* "0" for "0.0.0.0" */
const char *ospf_area(const char *dotted, char out[16]);
/* FRR's "Full/Backup" as IOS's "FULL/BDR". */
void ospf_state(const char *frr, char *out, size_t size);

/* `show ip ospf json` */
void ospf_process(struct buf *b, const json_t *j, struct ospf_names *n);
/* `show ip ospf interface json`; one: the only device to print, NULL for all; neighbors: `show ip ospf neighbor detail json` */
void ospf_interfaces(struct buf *b, const json_t *j, const json_t *neighbors, const char *one, struct ospf_names *n);
void ospf_interfaces_brief(struct buf *b, const json_t *j, struct ospf_names *n);
/* `show ip ospf database json`; the text of `show ip ospf database TYPE` */
void ospf_database(struct buf *b, const json_t *j, struct ospf_names *n);
void ospf_database_detail(struct buf *b, const char *frr, struct ospf_names *n);
/* `show ip ospf neighbor detail json`; dev, id: only the neighbor there, or with this router ID; NULL: all */
void ospf_neighbor_detail(struct buf *b, const json_t *j, const char *dev, const char *id, struct ospf_names *n);
/* `show ip ospf route json` and `show ip ospf json` */
void ospf_border_routers(struct buf *b, const json_t *routes, const json_t *process, struct ospf_names *n);

#endif
