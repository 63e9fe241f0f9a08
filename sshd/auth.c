/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * Who is it? Every attempt is passed on to conftermd, which counts them,
 * compares passwords and keys, logs, and says no or yes; libssh verifies the
 * signature of a key. After the last attempt the connection is closed.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"
#include "sshd/sshd.h"

/* Before the first answer: what was negotiated goes to conftermd, its banner to the peer. */
static void
begin(struct conn *c)
{
	ssh_session s = c->session;
	ssh_string text;

	if (!c->agreed) {
		const char *v = ssh_get_clientbanner(s), *cipher = ssh_get_cipher_in(s), *mac = ssh_get_hmac_in(s),
		    *kex = ssh_get_kex_algo(s);
		char version[128];

		c->agreed = true;
		snprintf(version, sizeof version, "%s", v ? v : "");
		if (sshd_send(SSHD_FD_DAEMON, false, -1, SSHD_AGREED, version, cipher ? cipher : "", mac ? mac : "",
		    kex ? kex : "", "") < 0)
			ask_end();
	}
	if (c->banner) {
		text = ssh_string_from_char(c->banner);
		if (text)
			ssh_send_issue_banner(s, text);
		ssh_string_free(text);
		free(c->banner);
		c->banner = NULL;
	}
}

static int
answer(struct conn *c, int sent)
{
	if (sent == -EMSGSIZE)
		c->over = true;		/* a name or password longer than any can be: no client of a person sends it */
	if (sent < 0)
		return SSH_AUTH_DENIED;
	switch (ask_result(NULL, 0)) {
	case SSHD_PASS:
		c->passed = true;
		return SSH_AUTH_SUCCESS;
	case SSHD_OVER:
		c->over = true;
		return SSH_AUTH_DENIED;
	default:
		return SSH_AUTH_DENIED;
	}
}

static int
on_none(ssh_session s, const char *user, void *arg)
{
	begin(arg);
	return SSH_AUTH_DENIED;
}

static int
on_password(ssh_session s, const char *user, const char *password, void *arg)
{
	struct conn *c = arg;

	begin(c);
	if (c->passed || c->over || !(c->methods & SSHD_METHOD_PASSWORD) || !user || !password)
		return SSH_AUTH_DENIED;
	return answer(c, sshd_send(SSHD_FD_DAEMON, false, -1, SSHD_PASSWORD, user, password, 0u));
}

static int
on_key(ssh_session s, const char *user, struct ssh_key_struct *key, char state, void *arg)
{
	struct conn *c = arg;
	bool proved = state == SSH_PUBLICKEY_STATE_VALID, was = c->passed;
	const char *type = ssh_key_type_to_char(ssh_key_type(key));
	char *base64 = NULL;
	int r;

	begin(c);
	if (was || c->over || !(c->methods & SSHD_METHOD_KEY) || !user || !type || (!proved && state != SSH_PUBLICKEY_STATE_NONE) ||
	    ssh_pki_export_pubkey_base64(key, &base64) != SSH_OK)
		return SSH_AUTH_DENIED;
	r = answer(c, sshd_send(SSHD_FD_DAEMON, false, -1, proved ? SSHD_SIGNED : SSHD_PROBE, user, type, base64));
	if (!proved)
		c->passed = false;	/* a key that would do lets nobody in yet */
	ssh_string_free_char(base64);
	return r;
}

/* Keyboard-interactive: one question, asked once for each attempt. */
static void
on_keyboard(struct conn *c, ssh_message m)
{
	static const char *const question[] = { "Password: " };
	char echo[] = { 0 };
	const char *reply, *user = ssh_message_auth_user(m);

	begin(c);
	if (!ssh_message_auth_kbdint_is_response(m)) {
		free(c->asked);
		c->asked = user && strlen(user) <= SSHD_NAME_MAX ? xstrdup(user) : NULL;
		if (c->asked)
			ssh_message_auth_interactive_request(m, "", "", 1, (const char **)(uintptr_t)question, echo);
		else
			ssh_message_reply_default(m);
		return;
	}
	reply = ssh_userauth_kbdint_getnanswers(c->session) == 1 ? ssh_userauth_kbdint_getanswer(c->session, 0) : NULL;
	if (c->asked && reply &&
	    answer(c, sshd_send(SSHD_FD_DAEMON, false, -1, SSHD_PASSWORD, c->asked, reply, 1u)) == SSH_AUTH_SUCCESS)
		ssh_message_auth_reply_success(m, 0);
	else
		ssh_message_reply_default(m);
	free(c->asked);
	c->asked = NULL;
}

/* What no callback took; 1 lets libssh refuse it. */
static int
on_message(ssh_session s, ssh_message m, void *arg)
{
	struct conn *c = arg;

	if (ssh_message_type(m) != SSH_REQUEST_AUTH || ssh_message_subtype(m) != (int)SSH_AUTH_METHOD_INTERACTIVE ||
	    c->passed || c->over || !(c->methods & SSHD_METHOD_KEYBOARD))
		return 1;
	on_keyboard(c, m);
	return 0;
}

void
auth_init(struct conn *c)
{
	static struct ssh_server_callbacks_struct cb = { .auth_none_function = on_none, .auth_password_function = on_password,
		.auth_pubkey_function = on_key, .channel_open_request_session_function = relay_open };
	int methods = 0;

	cb.userdata = c;
	ssh_callbacks_init(&cb);
	ssh_set_server_callbacks(c->session, &cb);
	ssh_set_message_callback(c->session, on_message, c);
	if (c->methods & SSHD_METHOD_PASSWORD)
		methods |= SSH_AUTH_METHOD_PASSWORD;
	if (c->methods & SSHD_METHOD_KEYBOARD)
		methods |= SSH_AUTH_METHOD_INTERACTIVE;
	if (c->methods & SSHD_METHOD_KEY)
		methods |= SSH_AUTH_METHOD_PUBLICKEY;
	ssh_set_auth_methods(c->session, methods);
}
