/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What lines cost: parsed, stored, compiled, rendered, asked about. CPU
 * seconds on one core, beside the budgets of doc/ARCHITECTURE.md. Exit status
 * 1 when a budget is missed by more than half, so that a noisy machine does
 * not cry wolf.
 */
#define _GNU_SOURCE
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "engine/engine.h"
#include "lib/buf.h"
#include "parser/config.h"
#include "parser/render.h"
#include "tests/scale/bench.h"

/* --- texts --- */

/* A router's mix: interfaces, routes, lists, OSPF; about n lines. */
static void
mixed(struct buf *b, unsigned n)
{
	unsigned line = 0;

	buf_puts(b, "hostname R1\ncrypto isakmp policy 10\n authentication pre-share\n group 14\n");
	for (unsigned i = 0; line < n / 4; i++, line += 4)
		buf_printf(b, "interface Loopback%u\n description number %u\n ip address %u.%u.%u.1 255.255.255.0\n"
		    " ip ospf cost %u\n", i, i, 10 + (i >> 16), i >> 8 & 255, i & 255, i % 60000 + 1);
	for (unsigned i = 0; line < n / 2; i++, line++)
		buf_printf(b, "ip route 100.%u.%u.0 255.255.255.0 10.0.0.%u %u tag %u\n", i >> 8 & 255, i & 255, i % 250 + 2,
		    1 + i % 250, i + 1);
	for (unsigned i = 0; line < n; i++, line += 101) {
		buf_printf(b, "ip access-list extended L%u\n", i);
		for (unsigned k = 0; k < 100; k++)
			buf_printf(b, " permit tcp 10.%u.%u.0 0.0.0.255 host 20.%u.%u.%u eq www\n", i & 255, k, i >> 8, i & 255, k);
	}
}

/* n crypto map entries with a key, a list, a peer each. */
static void
tunnels(struct buf *b, unsigned n)
{
	buf_puts(b, "crypto isakmp policy 10\n authentication pre-share\ncrypto ipsec transform-set T esp-aes esp-sha-hmac\n");
	for (unsigned i = 0; i < n; i++)
		buf_printf(b, "crypto isakmp key k%u address 172.%u.%u.1\n", i, i >> 8, i & 255);
	for (unsigned i = 0; i < n; i++)
		buf_printf(b, "crypto map M %u ipsec-isakmp\n set peer 172.%u.%u.1\n set transform-set T\n match address A%u\n"
		    " reverse-route\n", i + 1, i >> 8, i & 255, i);
	for (unsigned i = 0; i < n; i++)
		buf_printf(b, "ip access-list extended A%u\n permit ip 10.0.0.0 0.0.255.255 20.%u.%u.0 0.0.0.255\n", i, i >> 8,
		    i & 255);
	buf_puts(b, "interface GigabitEthernet0/0\n ip address 1.0.0.1 255.255.255.0\n crypto map M\n");
}

/* A branch router as people have it, all of its subjects once; @ is replaced by a number, so that names differ. */
static const char whole_router[] =
    "username user@ privilege 15 password 0 pw@\n"
    "aaa authentication login AUTH@ local\n"
    "aaa authorization network NET@ local\n"
    "ip dhcp excluded-address 10.9.9.1 10.9.9.99\n"
    "ip dhcp pool LAN@\n import all\n network 10.9.9.0 255.255.255.0\n default-router 10.9.9.254\n"
    " domain-name d@.example.net\n dns-server 192.0.2.53 192.0.2.54\n lease 3\n"
    "ip inspect name FW@ tcp\nip inspect name FW@ udp\nip inspect name FW@ ftp\n"
    "crypto keyring KEYS@\n pre-shared-key address 198.51.100.7 key k@\n"
    "crypto isakmp client configuration group GROUP@\n key gk@\n dns 192.0.2.53\n pool POOL@\n acl SPLIT@\n"
    "crypto isakmp profile PROF@\n match identity group GROUP@\n client authentication list AUTH@\n"
    " isakmp authorization list NET@\n client configuration address respond\n"
    "crypto ipsec transform-set SET@ esp-aes 256 esp-sha-hmac\n mode tunnel\n"
    "crypto ipsec profile IPSEC@\n set transform-set SET@\n set pfs group14\n"
    "crypto dynamic-map DYN@ 10\n set transform-set SET@\n set isakmp-profile PROF@\n reverse-route\n"
    "crypto map MAP@ 1 ipsec-isakmp\n set peer 203.0.113.9\n set transform-set SET@\n match address VPN@\n"
    "crypto map MAP@ 100 ipsec-isakmp dynamic DYN@\n"
    "interface Dialer@\n description to the provider\n ip address negotiated\n ip access-group IN@ in\n ip mtu 1452\n"
    " ip nat outside\n encapsulation ppp\n dialer pool 1\n ppp chap hostname h@\n ppp chap password 0 c@\n crypto map MAP@\n"
    "interface Loopback@\n ip unnumbered Dialer@\n ip nat inside\n ip tcp adjust-mss 1400\n"
    "interface Tunnel@\n ip address negotiated\n tunnel source Dialer@\n tunnel destination 203.0.113.9\n"
    " tunnel protection ipsec profile IPSEC@\n"
    "ip local pool POOL@ 10.8.0.1 10.8.0.100\n"
    "ip nat inside source route-map NAT@ interface Dialer@ overload\n"
    "ip access-list extended VPN@\n permit ip 10.9.9.0 0.0.0.255 10.0.0.0 0.0.255.255\n"
    "ip access-list extended SPLIT@\n permit ip 10.9.9.0 0.0.0.255 any\n"
    "ip access-list extended IN@\n permit udp any any eq isakmp\n permit esp any any\n permit icmp any any echo-reply\n"
    " deny ip any any log\n"
    "route-map NAT@ permit 10\n match ip address SPLIT@\n";

static void
whole(struct buf *b, unsigned n)
{
	unsigned per = 0;

	for (const char *p = whole_router; *p; p++)
		per += *p == '\n';
	for (unsigned i = 1; i <= n / per; i++)
		for (const char *p = whole_router; *p; p++) {
			if (*p == '@')
				buf_printf(b, "%u", i);
			else
				buf_putc(b, *p);
		}
}

struct load {
	struct store *s;
	struct matcher mr;
	struct engine *e;
	struct config c;
	double parse, plan, render;
	size_t ops, lines, bytes, stored;
};

/* With the engine listening. */
static void
plan(struct load *l, struct buf *text)
{
	double t;

	l->s = store_new();
	config_load_defaults(l->s, &l->mr);
	config_init(&l->c, l->s, &l->mr);
	l->e = engine_new(NULL, l->s);
	t = cpu();
	(void)config_text(&l->c, buf_str(text), text->n, NULL, NULL);
	store_commit(l->s);
	l->ops = engine_commit(l->e);
	l->plan = cpu() - t;
}

static void
load(struct load *l, void (*make)(struct buf *, unsigned), unsigned n)
{
	struct buf text = {0}, out = {0};
	size_t before;
	double t;
	int bad;

	memset(l, 0, sizeof *l);
	make(&text, n);
	for (size_t i = 0; i < text.n; i++)
		l->lines += text.d[i] == '\n';
	before = mallinfo2().uordblks + mallinfo2().hblkhd;
	l->s = store_new();
	config_load_defaults(l->s, &l->mr);
	config_init(&l->c, l->s, &l->mr);
	t = cpu();
	bad = config_text(&l->c, buf_str(&text), text.n, NULL, NULL);
	l->parse = cpu() - t;
	if (bad)
		printf("%d lines refused\n", bad), failed = 1;
	l->bytes = mallinfo2().uordblks + mallinfo2().hblkhd - before;
	store_free(l->s);
	plan(l, &text);
	t = cpu();
	render_config(&out, l->s);
	l->render = cpu() - t;
	l->stored = store_count(l->s);
	buf_free(&text);
	buf_free(&out);
}

/* How long a configuration takes from text to plan in a process of its own, as when a router starts. */
static double
fresh(void (*make)(struct buf *, unsigned), unsigned n)
{
	double took;
	int fd[2], status;
	pid_t pid;

	if (pipe(fd) < 0 || (fflush(stdout), pid = fork()) < 0)
		abort();
	if (pid == 0) {
		struct load l = {0};
		struct buf text = {0};

		make(&text, n);
		plan(&l, &text);
		_exit(write(fd[1], &l.plan, sizeof l.plan) != sizeof l.plan);
	}
	if (read(fd[0], &took, sizeof took) != sizeof took || waitpid(pid, &status, 0) != pid || status != 0)
		abort();
	close(fd[0]);
	close(fd[1]);
	return took;
}

struct pair {
	double small, big;
};

/* n and ten times n in turn, the best of each: what else the machine does comes and goes. */
static struct pair
compared(void (*make)(struct buf *, unsigned), unsigned n)
{
	struct pair best = { 1e9, 1e9 };

	for (int i = 0; i < 12; i++) {
		double small = fresh(make, n), big = fresh(make, n * 10);

		best.small = small < best.small ? small : best.small;
		best.big = big < best.big ? big : best.big;
	}
	return best;
}

static void
unload(struct load *l)
{
	engine_free(l->e);
	store_free(l->s);
	matcher_free(&l->mr);
}

static double
typed(struct load *l, const char *const *lines, size_t *ops)
{
	double t = cpu();
	struct buf out = {0};
	struct match m;

	*ops = 0;
	for (; *lines; lines++) {
		if (config_line(&l->c, *lines, 0, &m, &out) != CONFIG_OK)
			printf("'%s' refused: %s\n", *lines, buf_str(&out)), failed = 1;
		store_commit(l->s);
		*ops += engine_commit(l->e);
	}
	buf_free(&out);
	return cpu() - t;
}

/* Every example of the configuration of confterm (not of rows called wide...), matched in its mode; seconds of one. */
static double
matching(void)
{
	struct matcher mr = {0};
	struct lexed lx;
	struct match m;
	double t = cpu();
	size_t n = 0;

	for (int k = 0; k < 2000; k++)
		for (unsigned i = 0; i < g_nrows; i++) {
			if (!*G_STR(g_rows[i].examples) || strncmp(G_STR(g_rows[i].name), "wide", 4) == 0)
				continue;
			char line[300];

			snprintf(line, sizeof line, "%.*s", (int)strcspn(G_STR(g_rows[i].examples), "\n"), G_STR(g_rows[i].examples));
			lex_line(&lx, line);
			match_line(&mr, g_rows[i].mode, &lx, 0, 0, &m);
			n++;
		}
	t = cpu() - t;
	matcher_free(&mr);
	return t / (double)n;
}

static int
by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static void
no_option(void *ctx, const struct match_option *o)
{
	(void)ctx, (void)o;
}

/* `?` at every place of every example of the grammar. */
static double
options_p99(struct load *l)
{
	static double v[20000];
	size_t n = 0;

	l->c.depth = 0;
	for (unsigned i = 0; i < g_nrows; i++)
		for (const char *p = G_STR(g_rows[i].examples); *p && n + 300 < 20000; p += strcspn(p, "\n"), p += *p == '\n') {
			size_t len = strcspn(p, "\n");

			for (size_t k = 0; k <= len; k++) {
				char line[300];
				struct match m;
				double t;

				snprintf(line, sizeof line, "%.*s", (int)k, p);
				l->c.stack[0].mode = g_rows[i].mode;
				t = cpu();
				(void)config_options(&l->c, line, no_option, NULL, &m);
				v[n++] = cpu() - t;
			}
		}
	l->c.stack[0].mode = MODE_GLOBAL;
	qsort(v, n, sizeof *v, by_size);
	return v[n * 99 / 100];
}

int
main(void)
{
	static const char *const route[] = { "ip route 9.9.9.0 255.255.255.0 10.0.0.9", NULL };
	static const char *const ace[] = { "ip access-list extended L7", "permit ip any host 9.9.9.9", NULL };
	static const char *const addr[] = { "interface Loopback100", "ip address 9.9.8.1 255.255.255.0", NULL };
	static const char *const key[] = { "crypto isakmp key other address 9.9.9.9", NULL };
	static const char *const peer[] = { "crypto map M 77 ipsec-isakmp", "set peer 9.9.9.9", NULL };
	static const char *const rule[] = { "ip access-list extended A500", "permit ip 10.0.0.0 0.0.255.255 30.0.0.0 0.0.0.255", NULL };
	struct load small, big;
	size_t ops;

	/* first, so that the processes that are forked have nothing warm of their own */
	struct pair of_mixed = compared(mixed, 10000), of_whole = compared(whole, 10000), of_tunnels = compared(tunnels, 1000);

	load(&small, mixed, 10000);
	load(&big, mixed, 100000);
	printf("%zu and %zu lines, %zu and %zu operations\n", small.lines, big.lines, small.ops, big.ops);
	printf("%-58s %10.0f lines/s\n", "parsed and stored", (double)big.lines / big.parse);
	printf("%-58s %10.0f ns\n", "one line matched", matching() * 1e9);
	report("100,000 lines parsed, stored, compiled to a plan", of_mixed.big, 1, "s");
	report("  ratio to 10,000 lines", of_mixed.big / of_mixed.small, 12, "");
	report("100,000 lines rendered", big.render, 0.2, "s");
	report("memory of a line", (double)big.bytes / (double)big.lines, 300, "bytes");
	report("one typed route on 100,000 lines", typed(&big, route, &ops) * 1e3, 2, "ms");
	report("one typed list entry (2 lines)", typed(&big, ace, &ops) * 1e3, 4, "ms");
	report("one typed address (2 lines)", typed(&big, addr, &ops) * 1e3, 4, "ms");
	report("`?`, 99 of 100", options_p99(&big) * 1e3, 5, "ms");
	unload(&small);
	unload(&big);
	load(&small, whole, 10000);
	load(&big, whole, 100000);
	printf("%zu and %zu lines of whole routers, %zu and %zu operations\n", small.lines, big.lines, small.ops, big.ops);
	report("100,000 such lines parsed, stored, compiled to a plan", of_whole.big, 1, "s");
	report("  ratio to 10,000 lines", of_whole.big / of_whole.small, 12, "");
	report("100,000 such lines rendered", big.render, 0.2, "s");
	report("memory of a line", (double)big.bytes / (double)big.lines, 300, "bytes");
	report("one typed route on 100,000 lines", typed(&big, route, &ops) * 1e3, 2, "ms");
	unload(&small);
	unload(&big);
	load(&small, tunnels, 1000);
	load(&big, tunnels, 10000);
	printf("1,000 and 10,000 tunnels, %zu and %zu operations\n", small.ops, big.ops);
	report("10,000 tunnels to a plan", of_tunnels.big, 2, "s");
	printf("%-58s %10.3f\n", "  ratio to 1,000 tunnels", of_tunnels.big / of_tunnels.small);
	report("one typed peer (2 lines) among 10,000 tunnels", typed(&big, peer, &ops) * 1e3, 4, "ms");
	printf("  %zu operations\n", ops);
	report("one typed list entry (2 lines)", typed(&big, rule, &ops) * 1e3, 4, "ms");
	printf("  %zu operations\n", ops);
	report("one typed key", typed(&big, key, &ops) * 1e3, 2, "ms");
	printf("  %zu operations\n", ops);
	unload(&small);
	unload(&big);
	return failed;
}
