/* SPDX-License-Identifier: BSD-2-Clause */
/* show ssh, show ip ssh, disconnect ssh. */
#include <stdlib.h>
#include <string.h>

#include "cli/exec.h"
#include "daemon/router.h"
#include "daemon/rsa_key.h"
#include "daemon/ssh.h"
#include "lib/xalloc.h"
#include "sshd/proto.h"

exec_fn show_ssh, show_ip_ssh, exec_disconnect_ssh;

struct lines {
	char **line;
	unsigned *number;
	size_t n;
};

static void
one_line(struct lines *l, const struct ssh_state *s, const char *dir)
{
	l->line = xrealloc(l->line, sizeof *l->line * (l->n + 1));
	l->number = xrealloc(l->number, sizeof *l->number * (l->n + 1));
	l->number[l->n] = s->number;
	l->line[l->n++] = xasprintf("%-10u %-7s %-4s %-11s %-12s %-21s %s\n", s->number, "2.0", dir, s->cipher, s->mac,
	    s->session ? "Session started" : "Userauth succeeded", s->user);
}

static void
connection(void *ctx, const struct ssh_state *s)
{
	one_line(ctx, s, "IN");
	one_line(ctx, s, "OUT");
}

/* In the order of the lines; there are as many as vty lines. */
void
show_ssh(struct session *s, const void *values)
{
	struct lines l = {0};

	(void)values;
	ssh_server_each(session_router(s)->ssh, connection, &l);
	if (l.n == 0)
		out(s, "%%No SSHv2 server connections running.\n");
	else
		out(s, "Connection Version Mode Encryption  Hmac         State                 Username\n");
	for (size_t shown = 0; shown < l.n; ) {
		size_t best = l.n;

		for (size_t i = 0; i < l.n; i++)
			if (l.line[i] && (best == l.n || l.number[i] < l.number[best]))
				best = i;
		out(s, "%s", l.line[best]);
		free(l.line[best]);
		l.line[best] = NULL;
		shown++;
	}
	out(s, "%%No SSHv1 server connections running.\n");
	free(l.line);
	free(l.number);
}

void
show_ip_ssh(struct session *s, const void *values)
{
	struct router *r = session_router(s);
	const struct rsa_key *k;
	struct ssh_settings o;

	(void)values;
	ssh_settings(r, &o);
	k = o.key_label ? rsa_keys_find(ssh_server_keys(r->ssh), o.key_label) : rsa_keys_first(ssh_server_keys(r->ssh));
	out(s, "SSH %s - version 2.0\n", ssh_server_enabled(r->ssh) ? "Enabled" : "Disabled");
	if (!ssh_server_enabled(r->ssh))
		out(s, "%%Please create RSA keys to enable SSH (and of atleast %u bits for SSH v2).\n", RSA_BITS_MIN);
	out(s, "Authentication methods:%s%s%s%s%s\n", o.methods & SSHD_METHOD_KEY ? "publickey" : "",
	    o.methods & SSHD_METHOD_KEY && o.methods & ~(unsigned)SSHD_METHOD_KEY ? "," : "",
	    o.methods & SSHD_METHOD_KEYBOARD ? "keyboard-interactive" : "",
	    o.methods & SSHD_METHOD_KEYBOARD && o.methods & SSHD_METHOD_PASSWORD ? "," : "",
	    o.methods & SSHD_METHOD_PASSWORD ? "password" : "");
	if (*o.hostkeys)
		out(s, "Hostkey Algorithms:%s\n", o.hostkeys);
	if (*o.ciphers)
		out(s, "Encryption Algorithms:%s\n", o.ciphers);
	if (*o.macs)
		out(s, "MAC Algorithms:%s\n", o.macs);
	if (*o.kex)
		out(s, "KEX Algorithms:%s\n", o.kex);
	out(s, "Authentication timeout: %u secs; Authentication retries: %u\n", o.timeout, o.retries);
	out(s, "Minimum expected Diffie Hellman key size : %u bits\n", o.dh_min);
	if (k)
		out(s, "IOS Keys in SECSH format(ssh-rsa, base64 encoded): %s\nssh-rsa %s\n", k->label, k->ssh);
	else
		out(s, "IOS Keys in SECSH format(ssh-rsa, base64 encoded): NONE\n");
}

void
exec_disconnect_ssh(struct session *s, const void *values)
{
	const struct cfg_disconnect_ssh *v = values;

	if (!ssh_server_disconnect_line(session_router(s)->ssh, v->number))
		out(s, "%%SSH connection %u is not open\n", v->number);
}
