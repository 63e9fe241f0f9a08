/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The SSH server: TCP sockets and who comes in by them. Each connection is a
 * process of its own, confterm-sshd (sshd/), which has no rights and decides
 * nothing; what it asks is answered here (sshd/proto.h). The shell behind a
 * login is the client `confterm` at a terminal, started here without rights,
 * too, whose session is the daemon's as any other (listen_adopt()).
 *
 * The door is open while there is an RSA key pair and a vty line takes SSH.
 */
#ifndef CONFTERM_DAEMON_SSH_H
#define CONFTERM_DAEMON_SSH_H

#include <stdbool.h>

struct router;
struct rsa_keys;
struct ssh;
struct buf;

/* Reads the key pairs; listens after the first ssh_server_configured(). */
struct ssh *ssh_server_new(struct router *r);
/* Ends every connection. NULL is allowed. */
void ssh_server_free(struct ssh *h);
/* The configuration or the key pairs changed. */
void ssh_server_configured(struct ssh *h);
struct rsa_keys *ssh_server_keys(struct ssh *h);
bool ssh_server_enabled(const struct ssh *h);

/* One connection as `show ssh` has it. Strings are valid during the call. */
struct ssh_state {
	unsigned number;	/* of its vty */
	bool session;		/* a session was opened; else: logged in */
	const char *user, *cipher, *mac;
};
void ssh_server_each(const struct ssh *h, void (*cb)(void *ctx, const struct ssh_state *s), void *ctx);
/* Ends the connection on this vty line. False: there is none. */
bool ssh_server_disconnect_line(struct ssh *h, unsigned number);

/* What the configuration says of SSH, defaults filled in. */
struct ssh_settings {
	unsigned timeout, retries, startups, dh_min;
	bool log;		/* ip ssh logging events */
	bool copies;		/* ip scp server enable */
	int tos;		/* of the packets, -1: as it is */
	const char *key_label;	/* NULL: the first key pair */
	const char *banner;	/* login banner, NULL: none */
	unsigned methods;	/* enum sshd_method */
	/* ip ssh server algorithm: names with commas between, "" for libssh's */
	char ciphers[1024], macs[1024], kex[1024], hostkeys[1024], pubkeys[1024];
};
void ssh_settings(struct router *r, struct ssh_settings *o);

#endif
