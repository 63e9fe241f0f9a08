/* SPDX-License-Identifier: BSD-2-Clause */
/* Files over SSH (scp): placeholder of this commit. */
#include "daemon/ssh_int.h"
bool
ssh_files_message(struct ssh_conn *c, const struct sshd_msg *m)
{
	return false;
}
void
ssh_files_free(struct ssh_conn *c)
{
}
