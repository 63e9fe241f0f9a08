/* SPDX-License-Identifier: BSD-2-Clause */
/* charon's refusals as errno and words: the texts reach users in log messages and show commands. */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "backends/vici/codec.h"
#include "backends/vici/internal.h"

/* First match counts. words NULL: charon's own. */
static const struct {
	const char *part;
	int err;
	const char *words;
} refusals[] = {
	{"invalid value for: proposals", -EOPNOTSUPP,
	    "charon does not support an algorithm of the IKE proposals"},
	{"invalid value for: esp_proposals", -EOPNOTSUPP,
	    "charon does not support an algorithm of the ESP proposals"},
	{"invalid value for: ah_proposals", -EOPNOTSUPP,
	    "charon does not support an algorithm of the AH proposals"},
	{"invalid value for: local_ts", -EINVAL, "charon does not accept the local traffic selector"},
	{"invalid value for: remote_ts", -EINVAL, "charon does not accept the remote traffic selector"},
	{"not established after", -ETIMEDOUT, "no answer from the peer in time"},
	{"not found", -ENOENT, NULL},
	{"no matching", -ENOENT, NULL},
	{"establishing CHILD_SA", -ECONNREFUSED, NULL},
	{"establishing IKE_SA", -ECONNREFUSED, NULL},
};

int
vici_outcome(int err, const void *msg, size_t len, char *text, size_t size)
{
	char ok[8], why[256];

	text[0] = '\0';
	if (err) {
		snprintf(text, size, "%s",
		    err == -EMSGSIZE ? "too many children in one connection for one VICI message"
		    : err == -ENOSYS ? "this version of charon does not know the command"
		                     : "no connection to charon");
		return err;
	}
	vici_get(msg, len, "success", ok, sizeof ok);
	if (strcmp(ok, "yes") == 0)
		return 0;
	vici_get(msg, len, "errmsg", why, sizeof why);
	for (size_t i = 0; i < sizeof refusals / sizeof *refusals; i++)
		if (strstr(why, refusals[i].part)) {
			snprintf(text, size, "%s", refusals[i].words ? refusals[i].words : why);
			return refusals[i].err;
		}
	snprintf(text, size, "%s", *why ? why : "charon refused without a reason");
	return -EIO;
}
