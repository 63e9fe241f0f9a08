/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * crypto key generate rsa, crypto key zeroize rsa, and the key pairs shown: the
 * commands behind which SSH's door opens and closes. They act from
 * configuration mode and leave nothing in running-config, as in IOS.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>

#include "cli/exec.h"
#include "daemon/router.h"
#include "daemon/rsa_key.h"
#include "daemon/ssh.h"
#include "lib/xalloc.h"

#define BITS_ASKED 2048u	/* when Return is the answer */

exec_fn config_crypto_key_generate, config_crypto_key_zeroize, show_crypto_key;

static struct rsa_keys *
keys_of(struct session *s)
{
	return ssh_server_keys(session_router(s)->ssh);
}

/* --- generate --- */

struct wish {
	struct session *s;	/* NULL: gone meanwhile */
	struct router *r;
	char *label;
	unsigned bits;
	bool exportable;
};

static void
wish_free(void *wish)
{
	struct wish *w = wish;

	free(w->label);
	free(w);
}

static void
made(void *arg, int err, double seconds)
{
	struct wish *w = arg;

	if (!err)
		ssh_server_configured(w->r->ssh);
	if (w->s) {
		if (err)
			out(w->s, "%% The keys cannot be kept: %s\n", strerror(-err));
		else
			out(w->s, "[OK] (elapsed time was %.0f seconds)\n\n", seconds);
		session_done(w->s);
	}
	wish_free(w);
}

static void
gone(void *arg)
{
	((struct wish *)arg)->s = NULL;
}

static void
generate(struct session *s, struct wish *w)
{
	int err;

	w->s = s;
	w->r = session_router(s);
	if (w->bits < RSA_BITS_MIN) {
		out(s, "%% A modulus of %u bits is refused: SSH clients take none below %u\n", w->bits, RSA_BITS_MIN);
		wish_free(w);
		return;
	}
	out(s, "%% Generating %u bit RSA keys, keys will be %sexportable...\n", w->bits, w->exportable ? "" : "non-");
	err = rsa_keys_generate(keys_of(s), w->label, w->bits, w->exportable, made, w);
	if (!err) {
		/* Ctrl-C ends nothing: the key is made in any case */
		session_busy(s, NULL, gone, w);
		return;
	}
	out(s, "%% The keys cannot be made: %s\n", err == -EBUSY ? "others are being made" : strerror(-err));
	wish_free(w);
}

static void
bits_answer(struct session *s, const char *text, void *arg)
{
	struct wish *w = arg;
	char *end;
	unsigned long n = strtoul(text, &end, 10);

	if (*text && (*end || n < RSA_BITS_MIN || n > RSA_BITS_MAX)) {
		out(s, "%% A decimal number between %u and %u.\n", RSA_BITS_MIN, RSA_BITS_MAX);
		wish_free(w);
		return;
	}
	w->bits = *text ? (unsigned)n : BITS_ASKED;
	generate(s, w);
}

static void
ask_bits(struct session *s, struct wish *w)
{
	char question[64];

	out(s, "Choose the size of the key modulus in the range of %u to %u for your\n"
	    "  General Purpose Keys. Choosing a key modulus greater than 512 may take\n  a few minutes.\n\n", RSA_BITS_MIN, RSA_BITS_MAX);
	snprintf(question, sizeof question, "How many bits in the modulus [%u]: ", BITS_ASKED);
	session_ask(s, 0, question, bits_answer, w, wish_free);
}

static void
replace_answer(struct session *s, const char *text, void *arg)
{
	if (*text && strncasecmp(text, "yes", strlen(text)) == 0)
		ask_bits(s, arg);
	else
		wish_free(arg);
}

/* HOSTNAME.DOMAIN; NULL, and why not is said, without them. */
static char *
default_label(struct session *s)
{
	struct router *r = session_router(s);
	const struct cfg_ip_domain_name *d = store_leaf(r->store, store_root(r->store), ROW_IP_DOMAIN_NAME);
	const char *host = router_hostname(r);

	if (strcmp(host, "Router") == 0) {
		out(s, "%% Please define a hostname other than Router.\n");
		return NULL;
	}
	if (!d) {
		out(s, "%% Please define a domain-name first.\n");
		return NULL;
	}
	return xasprintf("%s.%s", host, d->name);
}

void
config_crypto_key_generate(struct session *s, const void *values)
{
	const struct cfg_crypto_key_generate *v = values;
	char *label = v->has & HAS_CRYPTO_KEY_GENERATE_LABEL ? xstrdup(v->label) : default_label(s);
	bool there;
	struct wish *w;

	if (!label)
		return;
	if (!rsa_label_valid(label)) {
		out(s, "%% A key is named by 1 to 63 letters, digits and \"._-\"\n");
		free(label);
		return;
	}
	there = rsa_keys_find(keys_of(s), label) != NULL;
	w = xcalloc(1, sizeof *w);
	w->label = label;
	w->exportable = v->exportable;
	w->bits = v->bits;
	if (!there)
		out(s, "The name for the keys will be: %s\n", label);
	else
		out(s, "%% You already have RSA keys defined named %s.\n", label);
	if (v->has & HAS_CRYPTO_KEY_GENERATE_BITS) {
		if (there)
			out(s, "%% They will be replaced.\n");
		out(s, "\n%% The key modulus size is %u bits\n", w->bits);
		generate(s, w);
	} else if (there)
		session_ask(s, 0, "% Do you really want to replace them? [yes/no]: ", replace_answer, w, wish_free);
	else
		ask_bits(s, w);
}

/* --- zeroize --- */

static void
zeroize_answer(struct session *s, const char *text, void *arg)
{
	char *label = arg;
	int n;

	if (*text && strncasecmp(text, "yes", strlen(text)) == 0) {
		n = rsa_keys_zeroize(keys_of(s), label);
		if (n < 0)
			out(s, "%% The keys cannot be removed from private-config: %s\n", strerror(-n));
		ssh_server_configured(session_router(s)->ssh);
	}
	free(label);
}

void
config_crypto_key_zeroize(struct session *s, const void *values)
{
	const struct cfg_crypto_key_zeroize *v = values;
	const struct rsa_key *k = v->label ? rsa_keys_find(keys_of(s), v->label) : rsa_keys_first(keys_of(s));

	if (!k) {
		if (v->label)
			out(s, "%% No Keys found with label '%s'.\n", v->label);
		else
			out(s, "%% No Keys found in configuration.\n");
		return;
	}
	if (v->label || !k->next)
		out(s, "%% Keys to be removed are named '%s'.\n", k->label);
	else
		out(s, "%% All RSA keys will be removed.\n");
	out(s, "%% All router certs issued using these keys will also be removed.\n");
	session_ask(s, 0, "Do you really want to remove these keys? [yes/no]: ", zeroize_answer, v->label ? xstrdup(v->label) : NULL, free);
}

/* --- show --- */

static void
show_one(struct session *s, const struct rsa_key *k)
{
	char when[64];
	struct tm tm;

	gmtime_r(&k->made, &tm);
	strftime(when, sizeof when, "%H:%M:%S UTC %b %e %Y", &tm);
	out(s, "%% Key pair was generated at: %s\nKey name: %s\nKey type: RSA KEYS\n Storage Device: private-config\n"
	    " Usage: General Purpose Key\n Key is %sexportable.\n Key Data:", when, k->label, k->exportable ? "" : "not ");
	for (size_t i = 0; i < k->spki_len; i++)
		out(s, "%s%02X", i % 32 == 0 ? "\n  " : i % 4 == 0 ? " " : "", k->spki[i]);
	out(s, "\n");
}

void
show_crypto_key(struct session *s, const void *values)
{
	const struct cfg_show_crypto_key *v = values;

	for (const struct rsa_key *k = rsa_keys_first(keys_of(s)); k; k = k->next)
		if (!v->label || strcmp(k->label, v->label) == 0)
			show_one(s, k);
}
