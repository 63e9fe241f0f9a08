/* SPDX-License-Identifier: BSD-2-Clause */
/* The texts of show ip bgp, from what bgpd answers; the functions of the commands are in bgp.c and bgp_neighbors.c. */
#ifndef CONFTERM_CLI_SHOW_BGP_H
#define CONFTERM_CLI_SHOW_BGP_H

#include <jansson.h>

#include "lib/buf.h"
#include "parser/store.h"

/* `show ip bgp json`, `... neighbors X routes json`; title: a line above the routes, NULL for none */
void bgp_table(struct buf *b, const json_t *j, const char *title);
/* `... neighbors X advertised-routes json`, `received-routes` */
void bgp_sent_table(struct buf *b, const json_t *j, const char *member);
/* `show ip bgp summary json`, the text of `show bgp memory`, and `show bgp ipv4 unicast statistics json` */
void bgp_summary(struct buf *b, const json_t *j, const char *memory, const json_t *statistics);
/* `show ip bgp A.B.C.D/L json` */
void bgp_entry(struct buf *b, const json_t *j);
/* One member of `show ip bgp neighbors json` */
void bgp_neighbor(struct buf *b, const char *addr, const json_t *n);

#endif
