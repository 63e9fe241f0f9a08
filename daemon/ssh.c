/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The SSH server's sockets: see ssh.h. Whoever calls is let in as far as a
 * process of his own when there is a line for his address and the protection
 * against guessing does not refuse it; the number of those who have not logged
 * in is bounded, in all and for one address, and the oldest makes room.
 */
#define _GNU_SOURCE
#include "daemon/ssh.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/rsa_key.h"
#include "daemon/ssh_int.h"
#include "gen/grammar.h"
#include "lib/log.h"
#include "lib/xalloc.h"

#define RETRY	5.	/* seconds until a port is tried again */
#define AT_ONCE	16	/* connections taken in one turn of the loop */

/* --- settings --- */

static void
add_names(char *list, size_t size, const char *const *name, unsigned n)
{
	for (unsigned i = 0; i < n; i++) {
		size_t at = strlen(list);

		if (name[i])
			snprintf(list + at, size - at, "%s%s", at ? "," : "", name[i]);
	}
}

static void
algorithms(struct router *r, struct ssh_settings *o)
{
	for (struct rec *q = store_first(r->store, store_root(r->store), ROW_SSH_ALGORITHM); q; q = store_next(q)) {
		const struct cfg_ssh_algorithm *v = rec_values(q);
		const char *const *name = (const char *const *)v->name;
		char methods[256] = "";

		if (v->side != SSH_ALGORITHM_SIDE_SERVER)
			continue;
		switch (v->what) {
		case SSH_ALGORITHM_WHAT_ENCRYPTION:
			add_names(o->ciphers, sizeof o->ciphers, name, 12);
			break;
		case SSH_ALGORITHM_WHAT_MAC:
			add_names(o->macs, sizeof o->macs, name, 12);
			break;
		case SSH_ALGORITHM_WHAT_KEX:
			add_names(o->kex, sizeof o->kex, name, 12);
			break;
		case SSH_ALGORITHM_WHAT_HOSTKEY:
			add_names(o->hostkeys, sizeof o->hostkeys, name, 12);
			break;
		case SSH_ALGORITHM_WHAT_PUBLICKEY:
			add_names(o->pubkeys, sizeof o->pubkeys, name, 12);
			break;
		case SSH_ALGORITHM_WHAT_AUTHENTICATION:
			add_names(methods, sizeof methods, name, 12);
			o->methods = (strstr(methods, "password") ? SSHD_METHOD_PASSWORD : 0) |
			    (strstr(methods, "keyboard") ? SSHD_METHOD_KEYBOARD : 0) |
			    (strstr(methods, "publickey") ? SSHD_METHOD_KEY : 0);
		}
	}
	/* groups of 1024 bits are not among libssh's; a smaller number than 4096 leaves them as they are */
	if (o->dh_min == 4096 && !*o->kex)
		snprintf(o->kex, sizeof o->kex, "curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp521,ecdh-sha2-nistp384,"
		    "ecdh-sha2-nistp256,diffie-hellman-group18-sha512,diffie-hellman-group16-sha512");
}

void
ssh_settings(struct router *r, struct ssh_settings *o)
{
	struct rec *root = store_root(r->store);
	const struct cfg_ssh_timeout *t = store_leaf(r->store, root, ROW_SSH_TIMEOUT);
	const struct cfg_ssh_retries *n = store_leaf(r->store, root, ROW_SSH_RETRIES);
	const struct cfg_ssh_maxstartups *m = store_leaf(r->store, root, ROW_SSH_MAXSTARTUPS);
	const struct cfg_ssh_rsa *k = store_leaf(r->store, root, ROW_SSH_RSA);
	const struct cfg_ssh_dscp *d = store_leaf(r->store, root, ROW_SSH_DSCP);
	const struct cfg_ssh_precedence *p = store_leaf(r->store, root, ROW_SSH_PRECEDENCE);
	const struct cfg_ssh_dh *dh = store_leaf(r->store, root, ROW_SSH_DH);
	struct cfg_banner key = { .what = BANNER_WHAT_LOGIN };
	struct rec *banner = store_find(r->store, root, ROW_BANNER, &key);
	static const unsigned sizes[] = { 1024, 2048, 4096 };

	*o = (struct ssh_settings){ .timeout = t ? t->secs : 120, .retries = n ? n->count : 3, .startups = m ? m->count : SSH_STARTUPS,
		.tos = d ? (int)d->dscp << 2 : p ? (int)p->precedence << 5 : -1, .key_label = k ? k->name : NULL,
		.dh_min = dh && dh->size < 3 ? sizes[dh->size] : 1024,
		.methods = SSHD_METHOD_PASSWORD | SSHD_METHOD_KEYBOARD | SSHD_METHOD_KEY };
	o->log = store_flag(r->store, root, ROW_SSH_LOGGING);
	o->copies = store_flag(r->store, root, ROW_SCP_SERVER);
	o->banner = banner && !banner->negated ? ((const struct cfg_banner *)rec_values(banner))->text : NULL;
	algorithms(r, o);
}

/* --- ports --- */

static void
on_accept(struct ev_loop *loop, ev_io *w, int events)
{
	struct ssh_port *p = w->data;
	struct ssh *h = p->h;

	for (int i = 0; i < AT_ONCE; i++) {
		struct sockaddr_in from;
		socklen_t len = sizeof from;
		int fd = accept4(p->fd, (struct sockaddr *)&from, &len, SOCK_CLOEXEC);

		if (fd < 0 && (errno == EMFILE || errno == ENFILE || errno == ENOMEM || errno == ENOBUFS)) {
			/* the backlog would wake the loop without end */
			ev_io_stop(loop, w);
			ev_timer_again(loop, &h->retry);
		}
		if (fd < 0)
			return;
		ssh_conn_new(h, fd, &from);
	}
}

static void
port_open(struct ssh_port *p)
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_port = htons(p->port) };
	int on = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (fd >= 0)
		setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
	if (fd < 0 || bind(fd, (struct sockaddr *)&a, sizeof a) < 0 || listen(fd, 128) < 0) {
		if (!p->h->refused_said)
			log_msg("SSH", 3, "PORT", "TCP port %u cannot be listened on: %s", p->port, strerror(errno));
		p->h->refused_said = true;
		if (fd >= 0)
			close(fd);
		ev_timer_again(p->h->r->loop, &p->h->retry);
		return;
	}
	p->fd = fd;
	ev_io_init(&p->io, on_accept, fd, EV_READ);
	p->io.data = p;
	ev_io_start(p->h->r->loop, &p->io);
}

static void
port_close(struct ssh_port *p)
{
	if (p->fd < 0)
		return;
	ev_io_stop(p->h->r->loop, &p->io);
	close(p->fd);
	p->fd = -1;
}

static void
on_retry(struct ev_loop *loop, ev_timer *w, int events)
{
	struct ssh *h = w->data;

	ev_timer_stop(loop, w);
	for (struct ssh_port *p = h->ports; p; p = p->next)
		if (p->fd < 0)
			port_open(p);
		else if (!ev_is_active(&p->io))
			ev_io_start(loop, &p->io);
}

static void
want_port(struct ssh *h, uint16_t port)
{
	struct ssh_port *p = h->ports;

	while (p && p->port != port)
		p = p->next;
	if (!p) {
		p = xcalloc(1, sizeof *p);
		p->h = h;
		p->port = port;
		p->fd = -1;
		p->next = h->ports;
		h->ports = p;
	}
	p->wanted = true;
}

static const struct rsa_key *
host_key(const struct ssh *h, const char *label)
{
	return label ? rsa_keys_find(h->keys, label) : rsa_keys_first(h->keys);
}

static bool
line_takes_ssh(struct router *r)
{
	unsigned n = line_vty_count(r->store);

	for (unsigned i = 0; i < n; i++) {
		struct line_settings o;

		line_settings(r->store, LINE_VTY, i, &o);
		if (o.ssh && o.exec)
			return true;
	}
	return false;
}

void
ssh_server_configured(struct ssh *h)
{
	struct rec *root = store_root(h->r->store);
	struct ssh_settings o;
	bool key, open;

	ssh_settings(h->r, &o);
	key = host_key(h, o.key_label) != NULL;
	open = key && line_takes_ssh(h->r);
	if (key != h->enabled)
		log_msg("SSH", 5, key ? "ENABLED" : "DISABLED", "SSH 2.0 has been %s", key ? "enabled" : "disabled");
	h->enabled = key;
	for (struct ssh_port *p = h->ports; p; p = p->next)
		p->wanted = false;
	if (open) {
		want_port(h, 22);
		for (struct rec *q = store_first(h->r->store, root, ROW_SSH_PORT); q; q = store_next(q))
			want_port(h, (uint16_t)((const struct cfg_ssh_port *)rec_values(q))->port);
	}
	for (struct ssh_port **p = &h->ports; *p; ) {
		struct ssh_port *q = *p;

		if (q->wanted && q->fd < 0)
			port_open(q);
		if (q->wanted) {
			p = &q->next;
			continue;
		}
		*p = q->next;
		port_close(q);
		free(q);
	}
}

/* --- show, and the rest of the outside --- */

void
ssh_log(struct ssh *h, enum ssh_said what, const struct ssh_conn *c, bool good)
{
	const char *user = c->user ? c->user : "", *cipher = c->cipher ? c->cipher : "", *mac = c->mac ? c->mac : "";
	const char *how = good ? "Succeeded" : "Failed";
	int tty = c->vty < 0 ? 0 : c->vty;
	struct ssh_settings o;

	ssh_settings(h->r, &o);
	if (!o.log)
		return;
	switch (what) {
	case SSH_REQUEST:
		log_msg("SSH", 5, "SSH2_SESSION", "SSH2 Session request from %s (tty = %d) using crypto cipher '%s', hmac '%s' %s",
		    c->from, tty, cipher, mac, how);
		break;
	case SSH_USERAUTH:
		log_msg("SSH", 5, "SSH2_USERAUTH", "User '%s' authentication for SSH2 Session from %s (tty = %d) using crypto cipher "
		    "'%s', hmac '%s' %s", user, c->from, tty, cipher, mac, how);
		break;
	case SSH_CLOSE:
		log_msg("SSH", 5, "SSH2_CLOSE", "SSH2 Session from %s (tty = %d) for user '%s' using crypto cipher '%s', hmac '%s' closed",
		    c->from, tty, user, cipher, mac);
	}
}

struct rsa_keys *
ssh_server_keys(struct ssh *h)
{
	return h->keys;
}

bool
ssh_server_enabled(const struct ssh *h)
{
	return h->enabled;
}

void
ssh_server_each(const struct ssh *h, void (*cb)(void *ctx, const struct ssh_state *s), void *ctx)
{
	for (const struct ssh_conn *c = h->conns; c; c = c->next)
		if (c->login)
			cb(ctx, &(struct ssh_state){ c->login->number, c->stage == SSH_SESSION || c->stage == SSH_COPY,
			    c->login->user ? c->login->user : "", c->cipher ? c->cipher : "", c->mac ? c->mac : "" });
}

bool
ssh_server_disconnect_line(struct ssh *h, unsigned number)
{
	for (struct ssh_conn *c = h->conns; c; c = c->next)
		if (c->login && c->login->number == number) {
			ssh_conn_end(c);
			return true;
		}
	return false;
}

struct ssh *
ssh_server_new(struct router *r)
{
	struct ssh *h = xcalloc(1, sizeof *h);

	h->r = r;
	h->keys = rsa_keys_new(r->loop, r->startup_path);
	ev_timer_init(&h->retry, on_retry, 0., RETRY);
	h->retry.data = h;
	return h;
}

void
ssh_server_free(struct ssh *h)
{
	if (!h)
		return;
	while (h->conns)
		ssh_conn_end(h->conns);
	while (h->ports) {
		struct ssh_port *p = h->ports;

		h->ports = p->next;
		port_close(p);
		free(p);
	}
	ev_timer_stop(h->r->loop, &h->retry);
	rsa_keys_free(h->keys);
	free(h);
}
