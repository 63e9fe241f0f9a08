/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show crypto ... and clear crypto ... (cli/show/crypto_*.c) over a real store,
 * engine and tunnels, with SAs made up here. The session, the kernel and
 * charon are stand-ins: the functions of cli/session.c, cli/fetch.c and
 * backends/netlink/query.c that are used are defined in this file, so that
 * the linker leaves those objects out.
 */
#ifndef CONFTERM_TESTS_SHOW_CRYPTO_H
#define CONFTERM_TESTS_SHOW_CRYPTO_H

#include <check.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "backends/netlink/netlink.h"
#include "cli/exec.h"
#include "cli/show/crypto.h"
#include "daemon/router.h"
#include "lib/buf.h"
#include "parser/config.h"
#include "parser/types.h"
#include "tests/unit/unit.h"

exec_fn show_crypto_isakmp_policy, show_crypto_isakmp_default, show_crypto_ipsec_lifetime, show_crypto_isakmp_key, show_crypto_isakmp_sa, show_crypto_ipsec_sa,
    show_crypto_ipsec_transform_set, show_crypto_map, show_crypto_session, show_crypto_engine;
exec_fn clear_crypto_session, clear_crypto_isakmp, clear_crypto_sa, clear_crypto_nothing;

/* --- stand-ins --- */

struct session {
	struct router r;
	struct buf text;
	const struct sa_ike *sas;
	size_t nsas;
	bool busy;
	int done;
	void (*cancel)(void *), (*gone)(void *);
	void *arg;
	/* the kernel */
	const struct nl_sa *sa;
	size_t nsa;
	bool kernel;
	/* what charon was asked to take down */
	char asked[4096];
	size_t nasked;
	struct {
		void (*done)(void *, int, const char *);
		void *arg;
	} call[16384];
	size_t answered;
};

static struct session *S;

struct router *
session_router(struct session *s)
{
	return &s->r;
}

struct store *
session_store(struct session *s)
{
	return s->r.store;
}

void
out(struct session *s, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(&s->text, fmt, ap);
	va_end(ap);
}

void
out_text(struct session *s, const char *text, size_t len)
{
	buf_put(&s->text, text, len);
}

const struct sa_ike *
session_sas(struct session *s, size_t *n)
{
	*n = s->nsas;
	return s->sas;
}

void
session_busy(struct session *s, void (*cancel)(void *), void (*gone)(void *), void *arg)
{
	s->busy = true;
	s->cancel = cancel;
	s->gone = gone;
	s->arg = arg;
}

void
session_done(struct session *s)
{
	s->busy = false;
	s->done++;
}

int
netlink_each_sa(struct netlink *nl, void (*each)(void *, const struct nl_sa *), void *arg)
{
	for (size_t i = 0; i < S->nsa; i++)
		each(arg, &S->sa[i]);
	return 0;
}

int
netlink_each_link(struct netlink *nl, void (*each)(void *, const struct nl_link *), void *arg)
{
	struct nl_link l = { .mtu = 1480 };

	ifname_kernel("Ethernet0/0", l.dev);
	each(arg, &l);
	return 0;
}

int
netlink_each_address(struct netlink *nl, void (*each)(void *, const struct nl_address *), void *arg)
{
	return 0;
}

int
netlink_route_get(struct netlink *nl, uint32_t dst, struct nl_path *path)
{
	memset(path, 0, sizeof *path);
	path->mtu = 1400;
	return 0;
}

static inline void
asked(const char *what, uint32_t id, void (*done)(void *, int, const char *), void *arg)
{
	size_t n = strlen(S->asked);

	snprintf(S->asked + n, sizeof S->asked - n, "%s %u\n", what, id);
	S->call[S->nasked].done = done;
	S->call[S->nasked++].arg = arg;
}

static inline void
terminate_ike(void *ctx, uint32_t id, bool force, void (*done)(void *, int, const char *), void *arg)
{
	asked(force ? "force ike" : "ike", id, done, arg);
}

static inline void
terminate_child(void *ctx, uint32_t id, void (*done)(void *, int, const char *), void *arg)
{
	asked("child", id, done, arg);
}

static inline void
initiate(void *ctx, const char *conn, const char *child, unsigned ms, void (*done)(void *, int, const char *), void *arg)
{
	asked(conn, 0, done, arg);
}

static const struct ike_control control = { .terminate_ike = terminate_ike, .terminate_child = terminate_child,
	.initiate = initiate };

static inline void
answer_all(int err)
{
	while (S->answered < S->nasked) {
		size_t i = S->answered++;

		if (S->call[i].done)
			S->call[i].done(S->call[i].arg, err, NULL);
	}
}

/* --- routers --- */

static struct matcher matcher;

static inline void
setup(void)
{
	S = calloc(1, sizeof *S);
	matcher = (struct matcher){0};
	S->r.store = store_new();
	config_load_defaults(S->r.store, &matcher);
	S->r.engine = engine_new(NULL, S->r.store);
	S->r.tunnels = engine_tunnels(S->r.engine);
	tunnels_set_control(S->r.tunnels, &control);
}

static inline void
teardown(void)
{
	buf_free(&S->text);
	engine_free(S->r.engine);
	store_free(S->r.store);
	matcher_free(&matcher);
	free(S);
}

static inline void
configure(const char *text)
{
	struct config c;

	config_init(&c, S->r.store, &matcher);
	ck_assert_int_eq(config_text(&c, text, strlen(text), NULL, NULL), 0);
	store_commit(S->r.store);
	engine_commit(S->r.engine);
}

#define HQ1 \
	"crypto isakmp policy 10\n authentication pre-share\n" \
	"crypto isakmp key cisco123 address 1.3.1.1\n" \
	"crypto isakmp keepalive 10 periodic\n" \
	"crypto ipsec transform-set MYTRANS esp-aes esp-md5-hmac\n mode tunnel\n" \
	"crypto map MYMAP 10 ipsec-isakmp\n set peer 1.3.1.1\n set transform-set MYTRANS\n match address VPN\n" \
	" reverse-route\n set reverse-route tag 99\n" \
	"interface Ethernet0/0\n ip address 202.101.1.1 255.255.255.0\n crypto map MYMAP\n" \
	"ip access-list extended VPN\n" \
	" permit ip 10.1.0.0 0.0.255.255 10.3.0.0 0.0.255.255\n" \
	" permit ip 10.1.0.0 0.0.255.255 10.4.0.0 0.0.255.255\n"

#define BRANCH \
	"crypto isakmp policy 10\n authentication pre-share\n" \
	"crypto isakmp key cisco123 address 202.101.1.1\ncrypto isakmp key cisco123 address 60.137.1.2\n" \
	"crypto isakmp keepalive 10 periodic\n" \
	"crypto ipsec transform-set MYTRANS esp-aes esp-md5-hmac\n mode tunnel\n" \
	"crypto map MYMAP 10 ipsec-isakmp\n match address VPN\n set transform-set MYTRANS\n" \
	" set peer 202.101.1.1\n set peer 60.137.1.2\n" \
	"interface Ethernet0/0\n ip address 1.3.1.1 255.255.255.0\n crypto map MYMAP\n" \
	"ip access-list extended VPN\n" \
	" permit ip 10.3.0.0 0.0.255.255 10.1.0.0 0.0.255.255\n" \
	" permit ip 10.4.0.0 0.0.255.255 10.1.0.0 0.0.255.255\n"

#define IP(a, b, c, d) ((uint32_t)(a) << 24 | (b) << 16 | (c) << 8 | (d))
#define HQ1_IP IP(202, 101, 1, 1)
#define HQ2_IP IP(60, 137, 1, 2)
#define BRANCH_IP IP(1, 3, 1, 1)

static inline struct sa_child
pair(uint32_t id, uint32_t reqid)
{
	struct flow *f = tunnels_by_reqid(S->r.tunnels, reqid);
	struct sa_child c = { .name = "child", .unique_id = id, .reqid = reqid, .state = "INSTALLED", .spi_in = 0x1000 + id,
		.spi_out = 0xA1100165, .encr = "AES_CBC", .integ = "HMAC_MD5_96", .encr_bits = 128, .packets_in = 4,
		.packets_out = 5, .bytes_in = 336000, .bytes_out = 420000, .installed = 58, .rekey_in = 3511, .life_left = 3541 };

	if (f)
		c.ts = f->sel;
	return c;
}

static inline struct sa_ike
ike(uint32_t id, uint32_t local, uint32_t remote, bool initiator, const struct sa_child *c, size_t n)
{
	struct sa_ike k = { .conn = "x", .unique_id = id, .version = 1, .state = "ESTABLISHED", .initiator = initiator,
		.local = local, .remote = remote, .local_port = 500, .remote_port = 500, .spi_i = 1, .spi_r = 2,
		.encr = "DES_CBC", .integ = "HMAC_SHA1_96", .prf = "PRF_HMAC_SHA1", .dh = "MODP_768", .established = 60,
		.rekey_in = 86280, .children = c, .nchild = n };

	snprintf(k.remote_id, sizeof k.remote_id, "%s", ip4_s(remote));
	return k;
}

static inline void
have(const struct sa_ike *sas, size_t n)
{
	S->sas = sas;
	S->nsas = n;
}

static inline void
goes(const struct sa_ike *k)
{
	const struct observer *o = tunnels_observer(S->r.tunnels);

	o->ike_updown(o->ctx, true, k);
	o->ike_updown(o->ctx, false, k);
}

/* The check library cannot print long texts: the first line that differs is enough. */
static inline void
same(int line, const char *got, const char *want)
{
	size_t i = 0, from = 0;

	for (; got[i] && got[i] == want[i]; i++)
		if (got[i] == '\n')
			from = i + 1;
	ck_assert_msg(got[i] == want[i], "line %d: at %zu: got '%.80s' want '%.80s'", line, i, got + from, want + from);
}

#define SHOW(fn, want, ...) do { \
	buf_clear(&S->text); \
	fn(S, &(struct cfg_##fn){ __VA_ARGS__ }); \
	same(__LINE__, buf_str(&S->text), want); \
} while (0)

#define ISAKMP_HEAD "IPv4 Crypto ISAKMP SA\ndst             src             state          conn-id status\n"
#define ISAKMP_TAIL "\nIPv6 Crypto ISAKMP SA\n\n"
#define SESSION_HEAD "Crypto session current status\n\n"
#define BRIEF_HEAD "Status: A- Active, U - Up, D - Down, I - Idle, S - Standby, N - Negotiating\n        K - No IKE\n"
#define BRIEF_COLUMNS "           Peer     I/F            Username        Group/Phase1_id         Uptime   Status\n"

#endif
