/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * confterm-sshd: one SSH connection (doc/confterm-sshd.8). conftermd accepts
 * it and starts this program with the TCP connection as descriptor 3 and a
 * socketpair to itself as 4 (sshd/proto.h); or, when somebody has logged in, as
 * `confterm-sshd client FD ...`, which gives up its rights, too, and becomes the
 * router's shell at a terminal.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "lib/xalloc.h"
#include "sshd/sshd.h"

#define GOODBYE	2	/* seconds for the peer to close a connection whose session is over */

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
option(ssh_bind b, enum ssh_bind_options_e what, const char *value)
{
	if (*value && ssh_bind_options_set(b, what, value) < 0) {
		/* libssh's own list instead would be what the configuration wants to rule out */
		fprintf(stderr, "confterm-sshd: none of these is known: %s\n", value);
		ask_end();
	}
}

/* SETTINGS and KEY, which conftermd has sent before it started us. */
static ssh_bind
settings(struct conn *c)
{
	const struct sshd_msg *m = ask_wait(NULL);
	bool no = false;
	ssh_bind b = ssh_bind_new();
	ssh_key key = NULL;

	if (!b || m->type != SSHD_SETTINGS)
		ask_end();
	ssh_bind_options_set(b, SSH_BIND_OPTIONS_PROCESS_CONFIG, &no);
	c->methods = m->f[0].n;
	c->banner = *m->f[1].s ? xstrdup(m->f[1].s) : NULL;
	option(b, SSH_BIND_OPTIONS_CIPHERS_C_S, m->f[2].s);
	option(b, SSH_BIND_OPTIONS_CIPHERS_S_C, m->f[2].s);
	option(b, SSH_BIND_OPTIONS_HMAC_C_S, m->f[3].s);
	option(b, SSH_BIND_OPTIONS_HMAC_S_C, m->f[3].s);
	option(b, SSH_BIND_OPTIONS_KEY_EXCHANGE, m->f[4].s);
	option(b, SSH_BIND_OPTIONS_HOSTKEY_ALGORITHMS, m->f[5].s);
	option(b, SSH_BIND_OPTIONS_PUBKEY_ACCEPTED_KEY_TYPES, m->f[6].s);
	ssh_bind_options_set(b, SSH_BIND_OPTIONS_BANNER, "confterm");
	m = ask_wait(NULL);
	if (m->type != SSHD_KEY || ssh_pki_import_privkey_base64(m->f[0].s, NULL, NULL, NULL, &key) != SSH_OK ||
	    ssh_bind_options_set(b, SSH_BIND_OPTIONS_IMPORT_KEY, key) < 0)
		ask_end();
	ask_forget();
	return b;
}

static int
on_daemon(socket_t fd, int events, void *arg)
{
	struct conn *c = arg;
	const struct sshd_msg *m = ask_wait(NULL);

	if (m->type != SSHD_EXITED)
		ask_end();
	relay_exited(c, (int)m->f[0].n);
	return 0;
}

static void
turns(struct conn *c)
{
	double until = 0;

	while (!c->over && ssh_is_connected(c->session) && !(ssh_get_status(c->session) & (SSH_CLOSED | SSH_CLOSED_ERROR))) {
		if (ssh_event_dopoll(c->event, until ? 200 : -1) == SSH_ERROR)
			break;
		/* of a message that libssh drops without an answer (a key of a type that is not taken) the peer would wait for one */
		if (!c->passed && ssh_get_error_code(c->session) == SSH_FATAL)
			break;
		relay_turn(c);
		if (c->closing && !until)
			until = now() + GOODBYE;
		if (until && now() > until)
			break;
	}
}

static int
connection(void)
{
	static struct conn c = { .stream = -1, .status = -1 };
	ssh_bind b;
	long limit = 60;

	rights_drop(false);
	fcntl(SSHD_FD_NET, F_SETFD, FD_CLOEXEC);
	b = settings(&c);
	c.session = ssh_new();
	c.event = ssh_event_new();
	if (!c.session || !c.event)
		return 1;
	ssh_options_set(c.session, SSH_OPTIONS_TIMEOUT, &limit);
	rights_filter();
	if (ssh_bind_accept_fd(b, c.session, SSHD_FD_NET) != SSH_OK)
		return 1;
	auth_init(&c);
	if (ssh_handle_key_exchange(c.session) != SSH_OK)
		return 1;
	ssh_bind_free(b);
	ssh_event_add_session(c.event, c.session);
	ssh_event_add_fd(c.event, SSHD_FD_DAEMON, POLLIN, on_daemon, &c);
	turns(&c);
	if (c.over && !c.passed)
		ssh_session_set_disconnect_message(c.session, "Too many authentication failures");
	ssh_disconnect(c.session);
	return 0;
}

/*
 * client TTY CONFTERM ARG...: becomes CONFTERM, without rights. Descriptor 0 is
 * the terminal (TTY is 1), or a socket; 3 is the session, 4 the program file
 * itself, opened by conftermd, for its folder need not be open to everybody.
 */
static int
client(int argc, char **argv)
{
	static char path[] = "PATH=/usr/bin:/bin";
	char *env[3] = { path };
	const char *term = getenv("TERM");

	if (argc < 2)
		return 2;
	if (*argv[0] == '1' && ioctl(0, TIOCSCTTY, 0) < 0)
		return 1;
	if (term)
		env[1] = xasprintf("TERM=%s", term);
	fcntl(4, F_SETFD, FD_CLOEXEC);
	rights_drop(true);
	fexecve(4, argv + 1, env);
	fprintf(stderr, "confterm-sshd: cannot run %s: %s\n", argv[1], strerror(errno));
	return 1;
}

int
main(int argc, char **argv)
{
	signal(SIGPIPE, SIG_IGN);
	if (argc >= 2 && strcmp(argv[1], "connection") == 0)
		return connection();
	if (argc >= 2 && strcmp(argv[1], "client") == 0) {
		signal(SIGPIPE, SIG_DFL);
		return client(argc - 2, argv + 2);
	}
	fputs("confterm-sshd " CONFTERM_VERSION ": started by conftermd for each SSH connection; see confterm-sshd(8)\n", stderr);
	return 2;
}
