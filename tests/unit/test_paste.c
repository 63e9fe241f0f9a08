/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the prompt says while a configuration is pasted: nothing of what is
 * merely stored or defined further below, and what IOS says itself.
 */
#define _GNU_SOURCE
#include <stdio.h>

#include "engine/engine.h"
#include "tests/unit/session.h"

#define DISABLED "% NOTE: This new crypto map will remain disabled until a peer\n        and a valid access list have been configured.\n"

/* Everything that is printed while the lines are typed one by one; the caller frees it. */
static char *
paste(const char *text)
{
	struct buf said = {0};
	struct session t;
	struct engine *e;

	session_open(&t);
	t.c.typed = true;
	e = engine_new(NULL, t.s);
	store_commit(t.s);
	engine_commit(e);
	while (*text) {
		size_t n = strcspn(text, "\n");
		char *line = xstrndup(text, n - (n && text[n - 1] == '\r'));
		enum config_result res = type_line(&t, line);

		ck_assert_msg(res != CONFIG_SYNTAX && res != CONFIG_REFUSED, "'%s': %d, %s", line, res, buf_str(&t.out));
		if (!t.c.more.open)
			buf_put(&said, t.out.d, t.out.n);
		store_commit(t.s);
		engine_commit_notes(e, &said);
		free(line);
		text += n + (text[n] == '\n');
	}
	engine_free(e);
	session_close(&t);
	return said.d ? buf_steal(&said) : xstrdup("");
}

static void
says(const char *text, const char *expected)
{
	char *said = paste(text);

	ck_assert_str_eq(said, expected);
	free(said);
}

START_TEST(in_the_order_of_ios)
{
	says("crypto isakmp policy 10\n encr aes\n authentication pre-share\n"
	    "crypto isakmp key K address 0.0.0.0 0.0.0.0\n"
	    "crypto isakmp profile P\n match identity address 2.0.0.2 255.255.255.255\n"
	    "crypto ikev2 proposal I\n encryption aes-cbc-128\n integrity sha1\n group 14\n"
	    "crypto ipsec transform-set T esp-aes esp-sha-hmac\n"
	    "crypto map M 10 ipsec-isakmp\n set peer 2.0.0.2\n set transform-set T\n match address A\n"
	    "interface Ethernet0/0\n ip address 1.0.0.1 255.255.255.0\n crypto map M\n"
	    "interface Ethernet0/1.10\n encapsulation dot1Q 10\n ip address 1.0.1.1 255.255.255.0\n"
	    "interface Dialer1\n ip address negotiated\n"
	    "interface Vlan1\n no ip address\n"
	    "interface BRI0\n no ip address\n"
	    "router bgp 65000\n neighbor 1.0.0.2 remote-as 65001\n neighbor 1.0.0.2 route-map R out\n"
	    "ip access-list extended A\n permit ip 10.1.0.0 0.0.255.255 10.2.0.0 0.0.255.255\n"
	    "route-map R permit 10\n", DISABLED);
}
END_TEST

/* An entry that is made of a template needs neither. */
START_TEST(template_needs_no_peer)
{
	says("crypto ipsec transform-set T esp-aes esp-sha-hmac\ncrypto dynamic-map D 10\n set transform-set T\n"
	    "crypto map M 10 ipsec-isakmp dynamic D\n", "");
}
END_TEST

START_TEST(what_cannot_be)
{
	char *said = paste("crypto ipsec transform-set T esp-seal esp-sha-hmac\n");

	ck_assert_msg(strncmp(said, "% NOTE: ", 8) == 0, "'%s'", said);
	free(said);
}
END_TEST

/* Full routers that were found, and mended where their authors erred (tests/found). */
static const char *const found[] = { "s2b-mycisco-1812-repaired.cfg", "s2f-hub-repaired.cfg", "s2f-remote-repaired.cfg" };

START_TEST(full_routers)
{
	const char *dir = getenv("CONFTERM_FOUND");
	char *path = xasprintf("%s/%s", dir ? dir : "../shared/seeds/seed-configs", found[_i]);
	FILE *f = fopen(path, "r");
	struct buf b = {0};
	int ch;

	free(path);
	if (!f)
		return;		/* left out where they are not, as tests/found does */
	while ((ch = getc(f)) != EOF)
		buf_putc(&b, (char)ch);
	fclose(f);
	says(buf_str(&b), DISABLED);
	buf_free(&b);
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("paste");
	TCase *t = tcase_create("paste");

	tcase_add_test(t, in_the_order_of_ios);
	tcase_add_test(t, template_needs_no_peer);
	tcase_add_test(t, what_cannot_be);
	tcase_add_loop_test(t, full_routers, 0, sizeof found / sizeof found[0]);
	suite_add_tcase(s, t);
	return run_suite(s);
}
