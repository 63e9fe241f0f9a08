/* SPDX-License-Identifier: BSD-2-Clause */
/* Reading the configuration of logging; for daemon/logging.c. */
#ifndef CONFTERM_DAEMON_LOGGING_CONFIG_H
#define CONFTERM_DAEMON_LOGGING_CONFIG_H

#include "daemon/logging.h"

/* Reads all of it. Logs what has changed when everything is set. */
void logging_config_read(struct logging *l);
/* Frees what was made for it: the discriminators. */
void logging_config_free(struct logging *l);

#endif
