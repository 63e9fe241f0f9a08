/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One SSH connection, from the daemon's side: what confterm-sshd asks is
 * answered here, and nothing is believed because of who asks. The stage says
 * which messages may come; any other ends the connection and is logged.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "cli/listen.h"
#include "daemon/rsa_key.h"
#include "daemon/ssh_int.h"
#include "gen/grammar.h"
#include "lib/log.h"
#include "lib/xalloc.h"

#define GOODBYE	10.	/* seconds for confterm-sshd to end when its session is over */
#define NAME_MAX_LENGTH 64

static struct ev_loop *
loop_of(const struct ssh_conn *c)
{
	return c->h->r->loop;
}

static bool
waiting(const struct ssh_conn *c)
{
	return c->stage == SSH_LOGIN || c->stage == SSH_ASKED;
}

static void
set_stage(struct ssh_conn *c, enum ssh_stage st)
{
	bool was = waiting(c);

	c->stage = st;
	if (was && !waiting(c))
		c->h->waiting--;
}

static void
set_timer(struct ssh_conn *c, ev_timer *t, double after)
{
	ev_timer_stop(loop_of(c), t);
	ev_timer_set(t, after, 0.);
	ev_timer_start(loop_of(c), t);
}

/* The session is over: its line may be taken again before the peer has closed. */
static void
release_line(struct ssh_conn *c)
{
	if (c->login)
		ssh_log(c->h, SSH_CLOSE, c, true);
	login_free(c->h->r, c->login);
	c->login = NULL;
}

void
ssh_conn_end(struct ssh_conn *c)
{
	struct ssh *h = c->h;

	release_line(c);
	set_stage(c, SSH_CLOSING);
	aaa_cancel(c->request);
	ev_io_stop(h->r->loop, &c->rd);
	ev_timer_stop(h->r->loop, &c->limit);
	ev_timer_stop(h->r->loop, &c->delay);
	ev_child_stop(h->r->loop, &c->child);
	ev_child_stop(h->r->loop, &c->client_child);
	/* reaped by the loop, whose SIGCHLD handler waits for every child */
	if (c->pid > 0)
		kill(c->pid, SIGKILL);
	if (c->client > 0)
		kill(c->client, SIGKILL);
	close(c->sock);
	ssh_files_free(c);
	if ((*c->prev = c->next))
		c->next->prev = c->prev;
	h->nconns--;
	free(c->user);
	free(c->answer);
	free(c->cipher);
	free(c->mac);
	free(c);
}

static void
on_hangup(struct login *l)
{
	ssh_conn_end(l->ssh);
}

static void
on_limit(struct ev_loop *loop, ev_timer *w, int events)
{
	ssh_conn_end(w->data);
}

static void
on_child(struct ev_loop *loop, ev_child *w, int events)
{
	struct ssh_conn *c = w->data;

	c->pid = 0;
	if (WIFSIGNALED(w->rstatus) && WTERMSIG(w->rstatus) != SIGKILL)
		log_msg("SSH", 3, "CHILD", "The process of the connection from %s was ended by signal %d", c->from, WTERMSIG(w->rstatus));
	ssh_conn_end(c);
}

/* False when the connection is gone. */
static bool
answer(struct ssh_conn *c, enum sshd_result result, const char *text)
{
	if (sshd_send(c->sock, true, -1, SSHD_ANSWER, (unsigned)result, text) == 0)
		return true;
	ssh_conn_end(c);
	return false;
}

/* No, and no more attempts: its process has time to say so. */
static bool
last_answer(struct ssh_conn *c, const char *text)
{
	c->over = true;
	set_timer(c, &c->limit, GOODBYE);
	return answer(c, SSHD_OVER, text);
}

/* --- logging in --- */

/* The name as it is asked for and logged: what cannot be a user's is one name that nobody has. */
static void
take_name(struct ssh_conn *c, const char *user, size_t n)
{
	bool good = n > 0 && n <= NAME_MAX_LENGTH;

	for (size_t i = 0; i < n; i++)
		good &= (unsigned char)user[i] > ' ' && user[i] != 0x7f;
	free(c->user);
	c->user = xstrdup(good ? user : "?");
}

static bool
same_login(struct router *r, unsigned a, unsigned b)
{
	struct line_settings x, y;

	line_settings(r->store, LINE_VTY, a, &x);
	line_settings(r->store, LINE_VTY, b, &y);
	return x.login == y.login && strcmp(x.login_list ? x.login_list : "", y.login_list ? y.login_list : "") == 0;
}

/* Has the line that the attempt was for been taken meanwhile? Then another one where it would have been decided alike. */
static bool
take_line(struct ssh_conn *c)
{
	struct router *r = c->h->r;
	const char *why = "";
	int n = line_find_vty(r, c->addr, &why);

	if (n < 0 || (n != c->vty && !same_login(r, (unsigned)n, (unsigned)c->vty)))
		return false;
	c->vty = n;
	c->login = login_new(r, LINE_VTY, (unsigned)n, c->from, c->addr, c->port);
	c->login->user = xstrdup(c->user);
	c->login->level = c->level;
	c->login->ssh = c;
	c->login->hangup = on_hangup;
	return true;
}

static void
decide(struct ssh_conn *c)
{
	struct ssh_settings o;

	ssh_settings(c->h->r, &o);
	if (c->result == AAA_PASS && take_line(c)) {
		set_stage(c, SSH_PASSED);
		ssh_log(c->h, SSH_USERAUTH, c, true);
		answer(c, SSHD_PASS, "");
		return;
	}
	set_stage(c, SSH_LOGIN);
	if (c->result != AAA_PASS)
		ssh_log(c->h, SSH_USERAUTH, c, false);
	if (++c->failures >= (o.retries ? o.retries : 1) || c->result == AAA_PASS)
		last_answer(c, c->answer ? c->answer : "");
	else
		answer(c, SSHD_FAIL, c->answer ? c->answer : "");
}

static void
on_delay(struct ev_loop *loop, ev_timer *w, int events)
{
	decide(w->data);
}

static void
on_aaa(void *arg, const struct aaa_answer *a)
{
	struct ssh_conn *c = arg;
	double wait = aaa_delay(c->h->r->aaa) - (ev_now(loop_of(c)) - c->arrived);

	c->request = NULL;
	c->result = a->result;
	c->level = a->level;
	free(c->answer);
	c->answer = xstrdup(a->text ? a->text : "");
	/* from the event loop, in any case: below this call the connection may not end */
	set_timer(c, &c->delay, wait > 0 ? wait : 0.);
}

/* An attempt begins; false when it is refused without being looked at. */
static bool
attempt(struct ssh_conn *c, const struct sshd_field *user)
{
	const char *why = "";

	take_name(c, user->s, user->n);
	c->vty = line_find_vty(c->h->r, c->addr, &why);
	if (c->vty < 0 || aaa_blocked(c->h->r->aaa, c->addr)) {
		last_answer(c, "");
		return false;
	}
	set_stage(c, SSH_ASKED);
	c->arrived = ev_now(loop_of(c));
	return true;
}

static void
on_password(struct ssh_conn *c, const struct sshd_msg *m)
{
	if (attempt(c, &m->f[0]))
		c->request = aaa_login(c->h->r->aaa, LINE_VTY, (unsigned)c->vty, c->user, m->f[1].s, c->from, c->addr, on_aaa, c);
}

static bool
key_known(struct ssh_conn *c, const struct sshd_field *base64)
{
	unsigned char *wire = xmalloc(base64->n + 4);
	int n = EVP_DecodeBlock(wire, (const unsigned char *)base64->s, (int)base64->n);
	bool known;

	for (size_t i = base64->n; n > 0 && i > 0 && base64->s[i - 1] == '='; i--)
		n--;
	known = n > 0 && aaa_key_known(c->h->r->aaa, c->user, wire, (size_t)n);
	free(wire);
	return known;
}

static void
on_probe(struct ssh_conn *c, const struct sshd_msg *m)
{
	take_name(c, m->f[0].s, m->f[0].n);
	if (++c->probes > SSH_PROBES)
		last_answer(c, "");
	else
		answer(c, key_known(c, &m->f[2]) ? SSHD_PASS : SSHD_FAIL, "");
}

static void
on_signed(struct ssh_conn *c, const struct sshd_msg *m)
{
	if (!attempt(c, &m->f[0]))
		return;
	if (key_known(c, &m->f[2]))
		c->request = aaa_login_key(c->h->r->aaa, LINE_VTY, (unsigned)c->vty, c->user, c->from, c->addr, on_aaa, c);
	else
		on_aaa(c, &(struct aaa_answer){ AAA_FAIL, 0, "" });
}

static void
on_agreed(struct ssh_conn *c, const struct sshd_msg *m)
{
	free(c->cipher);
	free(c->mac);
	c->cipher = xstrdup(m->f[1].s);
	c->mac = xstrdup(m->f[2].s);
	ssh_log(c->h, SSH_REQUEST, c, true);
}

/* --- the session --- */

static void
on_client(struct ev_loop *loop, ev_child *w, int events)
{
	struct ssh_conn *c = w->data;
	int st = w->rstatus;

	ev_child_stop(loop, w);
	c->client = 0;
	release_line(c);
	set_stage(c, SSH_CLOSING);
	set_timer(c, &c->limit, GOODBYE);
	if (sshd_send(c->sock, true, -1, SSHD_EXITED, WIFEXITED(st) ? (unsigned)WEXITSTATUS(st) : 255u) < 0)
		ssh_conn_end(c);
}

/* The client's program at the other end of a session of ours. -errno. */
static int
start_client(struct ssh_conn *c, const struct ssh_terminal *t)
{
	int pair[2], stream, err;
	pid_t pid;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair) < 0)
		return -errno;
	fcntl(pair[0], F_SETFL, O_NONBLOCK);
	pid = ssh_start_client(pair[1], t, &stream);
	if (pid < 0) {
		close(pair[0]);
		return pid;
	}
	c->client = pid;
	ev_child_init(&c->client_child, on_client, pid, 0);
	c->client_child.data = c;
	ev_child_start(loop_of(c), &c->client_child);
	err = listen_adopt(c->h->r->listener, pair[0], c->login);
	if (!err)
		err = sshd_send(c->sock, true, stream, SSHD_OPENED, (unsigned)SSHD_STREAM);
	close(stream);
	return err;
}

static void
on_open(struct ssh_conn *c, const struct sshd_msg *m)
{
	enum sshd_open kind = (enum sshd_open)m->f[0].n;
	struct ssh_terminal t = { .tty = kind == SSHD_SHELL_TTY || kind == SSHD_COMMAND_TTY, .cols = m->f[1].n, .rows = m->f[2].n,
		.term = m->f[3].s };
	struct ssh_settings o;
	char *command = NULL;
	int err = 0;

	ssh_settings(c->h->r, &o);
	if (kind == SSHD_COPY_TO || kind == SSHD_COPY_FROM) {
		bool may = o.copies && c->login->level == 15;

		if (!may)
			log_msg("SSH", 4, "SCP", "A copy by user '%s' from %s is refused: %s", c->user, c->from,
			    o.copies ? "privilege level 15 is needed" : "ip scp server enable is not configured");
		set_stage(c, may ? SSH_COPY : SSH_PASSED);
		err = sshd_send(c->sock, true, -1, SSHD_OPENED, (unsigned)(may ? SSHD_FILES : SSHD_REFUSED));
	} else if (kind <= SSHD_COMMAND) {
		/* one command: what stands behind the end of its line is another */
		if (kind == SSHD_COMMAND_TTY || kind == SSHD_COMMAND)
			t.command = command = xstrndup(m->f[4].s, strcspn(m->f[4].s, "\r\n"));
		ev_timer_stop(loop_of(c), &c->limit);
		set_stage(c, SSH_SESSION);
		err = start_client(c, &t);
		xfree_secret(command);
		if (err && err != -EPIPE && err != -ECONNRESET)	/* else the user has gone meanwhile */
			log_msg("SSH", 3, "SESSION", "The shell for user '%s' cannot be started: %s", c->user, strerror(-err));
	} else
		err = -EPROTO;
	if (err)
		ssh_conn_end(c);
}

/* --- messages --- */

static bool
may_come(const struct ssh_conn *c, uint8_t type)
{
	if (c->over)
		return false;
	switch (type) {
	case SSHD_AGREED:
		return c->stage == SSH_LOGIN && !c->cipher;
	case SSHD_PASSWORD:
	case SSHD_PROBE:
	case SSHD_SIGNED:
		return c->stage == SSH_LOGIN;
	case SSHD_OPEN:
		return c->stage == SSH_PASSED;
	default:
		return c->stage == SSH_COPY;
	}
}

static void
take(struct ssh_conn *c, const struct sshd_msg *m)
{
	if (!may_come(c, m->type)) {
		log_msg("SSH", 3, "PROTOCOL", "The process of the connection from %s said what it may not say: it was ended", c->from);
		ssh_conn_end(c);
		return;
	}
	switch (m->type) {
	case SSHD_AGREED:
		on_agreed(c, m);
		break;
	case SSHD_PASSWORD:
		on_password(c, m);
		break;
	case SSHD_PROBE:
		on_probe(c, m);
		break;
	case SSHD_SIGNED:
		on_signed(c, m);
		break;
	case SSHD_OPEN:
		on_open(c, m);
		break;
	default:
		if (!ssh_files_message(c, m))
			ssh_conn_end(c);
	}
}

static void
on_read(struct ev_loop *loop, ev_io *w, int events)
{
	static char packet[SSHD_PACKET_MAX];
	struct ssh_conn *c = w->data;
	struct sshd_msg m;
	long n = sshd_recv(c->sock, true, packet, NULL);

	if (n == -EAGAIN)
		return;
	if (n <= 0) {
		ssh_conn_end(c);
		return;
	}
	if (sshd_decode(&m, true, packet, (size_t)n) < 0) {
		log_msg("SSH", 3, "PROTOCOL", "Malformed message of the process of the connection from %s: it was ended", c->from);
		ssh_conn_end(c);
	} else
		take(c, &m);
	explicit_bzero(packet, (size_t)n);
}

/* --- its beginning --- */

/* Room for one more that has not logged in: the oldest of its address, or of all, makes it. */
static void
make_room(struct ssh *h, struct in_addr addr, unsigned most)
{
	struct ssh_conn *oldest = NULL, *oldest_here = NULL;
	unsigned here = 0;

	for (struct ssh_conn *c = h->conns; c; c = c->next) {
		if (!waiting(c))
			continue;
		oldest = c;
		if (c->addr.s_addr == addr.s_addr) {
			oldest_here = c;
			here++;
		}
	}
	if (here >= SSH_FROM_ONE || (here && here >= most))
		ssh_conn_end(oldest_here);
	else if (h->waiting >= most && oldest)
		ssh_conn_end(oldest);
}

static void
set_options(struct router *r, int fd, const struct ssh_settings *o)
{
	int on = 1;

	if (o->tos >= 0)
		setsockopt(fd, IPPROTO_IP, IP_TOS, &o->tos, sizeof o->tos);
	if (store_flag(r->store, store_root(r->store), ROW_SERVICE_TCP_KEEPALIVES_IN))
		setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof on);
}

struct ssh_conn *
ssh_conn_attach(struct ssh *h, int sock, pid_t pid, const struct sockaddr_in *from, double timeout)
{
	struct ssh_conn *c = xcalloc(1, sizeof *c);

	c->h = h;
	c->stage = SSH_LOGIN;
	c->addr = from->sin_addr;
	c->port = ntohs(from->sin_port);
	inet_ntop(AF_INET, &c->addr, c->from, sizeof c->from);
	c->sock = sock;
	c->pid = pid;
	c->vty = -1;
	if ((c->next = h->conns))
		c->next->prev = &c->next;
	c->prev = &h->conns;
	h->conns = c;
	h->nconns++;
	h->waiting++;
	ev_io_init(&c->rd, on_read, sock, EV_READ);
	ev_timer_init(&c->limit, on_limit, timeout, 0.);
	ev_timer_init(&c->delay, on_delay, 0., 0.);
	ev_child_init(&c->child, on_child, pid, 0);
	ev_child_init(&c->client_child, on_client, 0, 0);
	c->rd.data = c->limit.data = c->delay.data = c->child.data = c->client_child.data = c;
	ev_io_start(h->r->loop, &c->rd);
	ev_timer_start(h->r->loop, &c->limit);
	if (pid > 0)
		ev_child_start(h->r->loop, &c->child);
	return c;
}

void
ssh_conn_new(struct ssh *h, int fd, const struct sockaddr_in *from)
{
	struct ssh_conn *c;
	struct ssh_settings o;
	const struct rsa_key *key;
	const char *why = "";
	pid_t pid;
	int sock;

	ssh_settings(h->r, &o);
	key = o.key_label ? rsa_keys_find(h->keys, o.key_label) : rsa_keys_first(h->keys);
	if (!key || aaa_blocked(h->r->aaa, from->sin_addr) || line_find_vty(h->r, from->sin_addr, &why) < 0) {
		close(fd);
		return;
	}
	make_room(h, from->sin_addr, o.startups);
	set_options(h->r, fd, &o);
	pid = ssh_start_connection(fd, &sock);
	close(fd);
	if (pid < 0) {
		log_msg("SSH", 3, "CHILD", "confterm-sshd cannot be started: %s", strerror(-pid));
		return;
	}
	c = ssh_conn_attach(h, sock, pid, from, o.timeout);
	if (sshd_send(sock, true, -1, SSHD_SETTINGS, o.methods, o.banner ? o.banner : "", o.ciphers, o.macs, o.kex, o.hostkeys,
	    o.pubkeys, 0u, 0u) < 0 || sshd_send(sock, true, -1, SSHD_KEY, key->pem) < 0)
		ssh_conn_end(c);
}
