/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * One Access-Request to the servers of a group, by radcli (RFC 2865), in a
 * thread of aaa_work.c. Servers are asked in order; the next one is asked when
 * one does not answer. Nothing is read from radcli's files: the few attributes
 * that matter are named here.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <radcli/radcli.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "daemon/aaa_work.h"
#include "lib/xalloc.h"

#define CISCO 9
#define CISCO_AVPAIR 1

static const char dictionary[] =
    "ATTRIBUTE User-Name 1 string\n"
    "ATTRIBUTE User-Password 2 string\n"
    "ATTRIBUTE NAS-IP-Address 4 ipaddr\n"
    "ATTRIBUTE NAS-Port 5 integer\n"
    "ATTRIBUTE Service-Type 6 integer\n"
    "ATTRIBUTE Filter-Id 11 string\n"
    "ATTRIBUTE Reply-Message 18 string\n"
    "ATTRIBUTE State 24 string\n"
    "ATTRIBUTE Class 25 string\n"
    "ATTRIBUTE Session-Timeout 27 integer\n"
    "ATTRIBUTE Idle-Timeout 28 integer\n"
    "ATTRIBUTE Calling-Station-Id 31 string\n"
    "ATTRIBUTE NAS-Identifier 32 string\n"
    "ATTRIBUTE NAS-Port-Type 61 integer\n"
    "ATTRIBUTE Message-Authenticator 80 string\n"
    "ATTRIBUTE NAS-Port-Id 87 string\n"
    "VENDOR Cisco 9\n"
    "ATTRIBUTE Cisco-AVPair 1 string vendor=Cisco\n";

static rc_handle *
handle(const struct job *j, const struct radius_server *s)
{
	rc_handle *h = rc_new();
	char number[INET_ADDRSTRLEN], *place;
	SERVER *servers;

	if (!h || !rc_config_init(h)) {
		rc_destroy(h);
		return NULL;
	}
	snprintf(number, sizeof number, "%u", s->timeout);
	rc_add_config(h, "radius_timeout", number, "confterm", 0);
	snprintf(number, sizeof number, "%u", s->retries);
	rc_add_config(h, "radius_retries", number, "confterm", 0);
	rc_add_config(h, "serv-type", "udp", "confterm", 0);
	if (j->source.s_addr && inet_ntop(AF_INET, &j->source, number, sizeof number))
		rc_add_config(h, "bindaddr", number, "confterm", 0);
	/* The key's text would be taken apart at commas and blanks: the place is made with another one. */
	place = xasprintf("%s:%u:x", s->host, s->port);
	rc_add_config(h, "authserver", place, "confterm", 0);
	free(place);
	if ((servers = rc_conf_srv(h, "authserver")) && servers->max == 1) {
		free(servers->secret[0]);
		servers->secret[0] = xstrdup(s->key);
	}
	if (!servers || servers->max != 1 || rc_apply_config(h) != 0 || rc_read_dictionary_from_buffer(h, dictionary, sizeof dictionary - 1) != 0) {
		rc_destroy(h);
		return NULL;
	}
	return h;
}

static void
add_text(rc_handle *h, VALUE_PAIR **list, int attribute, const char *text)
{
	if (text && *text)
		rc_avpair_add(h, list, attribute, text, -1, 0);
}

static void
add_number(rc_handle *h, VALUE_PAIR **list, int attribute, uint32_t number)
{
	rc_avpair_add(h, list, attribute, &number, 0, 0);
}

static VALUE_PAIR *
request(rc_handle *h, const struct job *j)
{
	VALUE_PAIR *list = NULL;

	add_text(h, &list, PW_USER_NAME, j->user);
	rc_avpair_add(h, &list, PW_USER_PASSWORD, j->clear, -1, 0);
	if (j->source.s_addr)
		add_number(h, &list, PW_NAS_IP_ADDRESS, ntohl(j->source.s_addr));
	add_text(h, &list, PW_NAS_IDENTIFIER, j->nas_name);
	add_number(h, &list, PW_NAS_PORT, j->tty);
	add_text(h, &list, PW_NAS_PORT_ID_STRING, j->nas_port);
	add_number(h, &list, PW_NAS_PORT_TYPE, PW_VIRTUAL);
	add_number(h, &list, PW_SERVICE_TYPE, PW_LOGIN);
	add_text(h, &list, PW_CALLING_STATION_ID, j->from);
	return list;
}

/* What the answer says of the session: shell:priv-lvl=N, else the service type. */
static int
level_of(VALUE_PAIR *list)
{
	VALUE_PAIR *vp;
	uint32_t type;
	int level = -1, n;

	for (vp = rc_avpair_get(list, CISCO_AVPAIR, CISCO); vp; vp = rc_avpair_get(rc_avpair_next(vp), CISCO_AVPAIR, CISCO)) {
		char *text, word[64];
		unsigned len;

		if (rc_avpair_get_raw(vp, &text, &len) != 0 || len >= sizeof word)
			continue;
		memcpy(word, text, len);
		word[len] = '\0';
		if (sscanf(word, "shell:priv-lvl=%d", &n) == 1 && n >= 0 && n <= 15)
			level = n;
	}
	if (level < 0 && (vp = rc_avpair_get(list, PW_SERVICE_TYPE, 0)) && rc_avpair_get_uint32(vp, &type) == 0)
		level = type == PW_ADMINISTRATIVE ? 15 : type == PW_NAS_PROMPT ? 1 : -1;
	return level;
}

/* true: it answered */
static bool
ask_one(struct job *j, const struct radius_server *s)
{
	rc_handle *h = handle(j, s);
	VALUE_PAIR *send, *received = NULL;
	char text[PW_MAX_MSG_SIZE] = "";
	SERVER *server;
	RC_AAA_CTX *ctx = NULL;
	int r;

	if (!h)
		return false;
	server = rc_conf_srv(h, "authserver");
	send = request(h, j);
	r = rc_aaa_ctx_server(h, &ctx, server, AUTH, 0, send, &received, text, 0, PW_ACCESS_REQUEST);
	if (r == OK_RC) {
		j->result = JOB_YES;
		j->level = level_of(received);
	} else if (r == REJECT_RC || r == CHALLENGE_RC)
		j->result = JOB_NO;
	rc_aaa_ctx_free(ctx);
	for (VALUE_PAIR *vp = send; vp; vp = rc_avpair_next(vp)) {
		unsigned type, id;

		rc_avpair_get_attr(vp, &type, &id);
		if (id == PW_USER_PASSWORD)
			explicit_bzero(vp->strvalue, sizeof vp->strvalue);
	}
	rc_avpair_free(send);
	rc_avpair_free(received);
	explicit_bzero(server->secret[0], strlen(server->secret[0]));
	rc_destroy(h);
	return r == OK_RC || r == REJECT_RC || r == CHALLENGE_RC;
}

void
radius_ask(struct job *j)
{
	j->result = JOB_UNREACHABLE;
	j->level = -1;
	for (unsigned i = 0; i < j->nserver; i++) {
		/* radcli cuts keys and passwords at its sizes; what is cut must not count as the whole */
		if (!j->server[i].key || strlen(j->server[i].key) >= MAX_SECRET_LENGTH)
			continue;
		if (strlen(j->clear) > AUTH_PASS_LEN) {
			j->result = JOB_NO;
			return;
		}
		if (ask_one(j, &j->server[i]))
			return;
		j->server[i].silent = true;
	}
}
