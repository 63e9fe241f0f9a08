/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * RSA key pairs: see rsa_key.h. The file is text: for each pair a line
 *
 *	rsa LABEL exportable|non-exportable UNIXTIME
 *
 * and its private key as PEM. Making one takes up to some seconds, so a thread
 * does it; the event loop is told by an ev_async.
 */
#define _GNU_SOURCE
#include "daemon/rsa_key.h"

#include <ctype.h>
#include <errno.h>
#include <ev.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>

#include "daemon/files.h"
#include "lib/buf.h"
#include "lib/log.h"
#include "lib/xalloc.h"

struct rsa_keys {
	struct ev_loop *loop;
	char *path;
	struct rsa_key *first;
	/* a key pair that is being made: the thread has bits and pem, the loop the rest */
	bool busy, exportable;
	pthread_t thread;
	ev_async ready;
	unsigned bits;
	char *label, *pem;
	double since;
	rsa_done *done;
	void *arg;
};

static void
key_free(struct rsa_key *k)
{
	free(k->label);
	xfree_secret(k->pem);
	free(k->spki);
	free(k->ssh);
	free(k);
}

/* --- the public half, out of the private one --- */

static void
put_mpint(struct buf *b, const BIGNUM *n)
{
	unsigned char d[1024] = {0};
	int len = BN_num_bytes(n), zero;

	if (len <= 0 || len > (int)sizeof d - 1)
		return;
	BN_bn2bin(n, d + 1);
	zero = d[1] & 0x80 ? 1 : 0;		/* it is a positive number */
	len += zero;
	buf_put(b, (unsigned char[]){ 0, 0, (unsigned char)(len >> 8), (unsigned char)len }, 4);
	buf_put(b, d + 1 - zero, (size_t)len);
}

static char *
ssh_form(const EVP_PKEY *p)
{
	BIGNUM *n = NULL, *e = NULL;
	struct buf b = {0};
	char *text = NULL;

	if (EVP_PKEY_get_bn_param(p, OSSL_PKEY_PARAM_RSA_N, &n) && EVP_PKEY_get_bn_param(p, OSSL_PKEY_PARAM_RSA_E, &e)) {
		buf_put(&b, "\0\0\0\7ssh-rsa", 11);
		put_mpint(&b, e);
		put_mpint(&b, n);
		text = xmalloc(b.n * 4 / 3 + 8);
		EVP_EncodeBlock((unsigned char *)text, (const unsigned char *)b.d, (int)b.n);
	}
	BN_free(n);
	BN_free(e);
	buf_free(&b);
	return text;
}

/* A key of the list from its parts; NULL when the PEM is none. Takes pem. */
static struct rsa_key *
key_new(const char *label, bool exportable, time_t made, char *pem)
{
	struct rsa_key *k = xcalloc(1, sizeof *k);
	BIO *bio = BIO_new_mem_buf(pem, -1);
	EVP_PKEY *p = bio ? PEM_read_bio_PrivateKey(bio, NULL, NULL, NULL) : NULL;
	int len = p && EVP_PKEY_is_a(p, "RSA") ? i2d_PUBKEY(p, &k->spki) : -1;

	k->label = xstrdup(label);
	k->exportable = exportable;
	k->made = made;
	k->pem = pem;
	if (len > 0) {
		k->spki_len = (size_t)len;
		k->bits = (unsigned)EVP_PKEY_get_bits(p);
		k->ssh = ssh_form(p);
	}
	EVP_PKEY_free(p);
	BIO_free(bio);
	if (!k->ssh) {
		key_free(k);
		return NULL;
	}
	return k;
}

/* --- the file --- */

bool
rsa_label_valid(const char *label)
{
	size_t n = strlen(label);

	return n > 0 && n < 64 && strspn(label, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == n;
}

static void
append(struct rsa_keys *ks, struct rsa_key *k)
{
	struct rsa_key **p = &ks->first;

	while (*p)
		p = &(*p)->next;
	*p = k;
}

static void
load(struct rsa_keys *ks)
{
	static const char end[] = "-----END PRIVATE KEY-----\n";
	struct buf b = {0};
	const char *p, *stop;
	int err = file_read(ks->path, &b);

	if (err && err != -ENOENT)
		log_msg("SYS", 3, "NVRAM", "cannot read %s: %s", ks->path, strerror(-err));
	for (p = buf_str(&b); (stop = strstr(p, end)); p = stop + sizeof end - 1) {
		char label[64], how[16];
		long long made;
		int at = 0;
		struct rsa_key *k = NULL;

		if (sscanf(p, "rsa %63s %15s %lld\n%n", label, how, &made, &at) == 3 && at && p + at < stop && rsa_label_valid(label))
			k = key_new(label, strcmp(how, "exportable") == 0, (time_t)made,
			    xstrndup(p + at, (size_t)(stop - p - at) + sizeof end - 1));
		if (k)
			append(ks, k);
		else
			log_msg("SYS", 3, "NVRAM", "%s holds a key pair that cannot be read", ks->path);
	}
	buf_wipe(&b);
}

static int
save(const struct rsa_keys *ks)
{
	struct buf b = {0};
	int err;

	for (const struct rsa_key *k = ks->first; k; k = k->next)
		buf_printf(&b, "rsa %s %s %lld\n%s", k->label, k->exportable ? "exportable" : "non-exportable", (long long)k->made, k->pem);
	err = file_write(ks->path, buf_str(&b), b.n, false);
	buf_wipe(&b);
	return err;
}

/* --- making one --- */

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void *
make(void *arg)
{
	struct rsa_keys *ks = arg;
	EVP_PKEY *p = EVP_RSA_gen(ks->bits);
	BIO *bio = BIO_new(BIO_s_mem());
	char *text;
	long n;

	if (p && bio && PEM_write_bio_PrivateKey(bio, p, NULL, NULL, 0, NULL, NULL) && (n = BIO_get_mem_data(bio, &text)) > 0) {
		ks->pem = xstrndup(text, (size_t)n);
		explicit_bzero(text, (size_t)n);
	}
	BIO_free(bio);
	EVP_PKEY_free(p);
	ev_async_send(ks->loop, &ks->ready);
	return NULL;
}

static int
remove_label(struct rsa_keys *ks, const char *label)
{
	int n = 0;

	for (struct rsa_key **p = &ks->first; *p; ) {
		struct rsa_key *k = *p;

		if (!label || strcmp(k->label, label) == 0) {
			*p = k->next;
			key_free(k);
			n++;
		} else
			p = &k->next;
	}
	return n;
}

static void
on_ready(struct ev_loop *loop, ev_async *w, int events)
{
	struct rsa_keys *ks = w->data;
	rsa_done *done = ks->done;
	struct rsa_key *k;
	int err = -EIO;

	pthread_join(ks->thread, NULL);
	ev_async_stop(loop, w);
	k = ks->pem ? key_new(ks->label, ks->exportable, time(NULL), ks->pem) : NULL;
	ks->pem = NULL;
	if (k) {
		remove_label(ks, ks->label);
		append(ks, k);
		err = save(ks);
	}
	free(ks->label);
	ks->label = NULL;
	ks->busy = false;
	ks->done = NULL;
	if (done)
		done(ks->arg, err, now() - ks->since);
}

int
rsa_keys_generate(struct rsa_keys *ks, const char *label, unsigned bits, bool exportable, rsa_done *done, void *arg)
{
	sigset_t all, old;
	int err;

	if (ks->busy)
		return -EBUSY;
	if (!rsa_label_valid(label) || bits < RSA_BITS_MIN || bits > RSA_BITS_MAX)
		return -EINVAL;
	ks->label = xstrdup(label);
	ks->bits = bits;
	ks->exportable = exportable;
	ks->done = done;
	ks->arg = arg;
	ks->since = now();
	ks->busy = true;
	ev_async_start(ks->loop, &ks->ready);
	/* signals are the event loop's */
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	err = pthread_create(&ks->thread, NULL, make, ks);
	pthread_sigmask(SIG_SETMASK, &old, NULL);
	if (err) {
		ev_async_stop(ks->loop, &ks->ready);
		free(ks->label);
		ks->label = NULL;
		ks->busy = false;
	}
	return -err;
}

void
rsa_keys_forget_caller(struct rsa_keys *ks)
{
	ks->done = NULL;
}

int
rsa_keys_zeroize(struct rsa_keys *ks, const char *label)
{
	int n = remove_label(ks, label), err = n ? save(ks) : 0;

	return err ? err : n;
}

const struct rsa_key *
rsa_keys_first(const struct rsa_keys *ks)
{
	return ks->first;
}

const struct rsa_key *
rsa_keys_find(const struct rsa_keys *ks, const char *label)
{
	const struct rsa_key *k = ks->first;

	while (k && strcmp(k->label, label) != 0)
		k = k->next;
	return k;
}

struct rsa_keys *
rsa_keys_new(struct ev_loop *loop, const char *startup_path)
{
	struct rsa_keys *ks = xcalloc(1, sizeof *ks);
	const char *slash = strrchr(startup_path, '/');

	ks->loop = loop;
	ks->path = xasprintf("%.*sprivate-config", slash ? (int)(slash - startup_path) + 1 : 0, startup_path);
	ev_async_init(&ks->ready, on_ready);
	ks->ready.data = ks;
	load(ks);
	return ks;
}

void
rsa_keys_free(struct rsa_keys *ks)
{
	if (!ks)
		return;
	if (ks->busy) {
		pthread_join(ks->thread, NULL);
		ev_async_stop(ks->loop, &ks->ready);
		xfree_secret(ks->pem);
		free(ks->label);
	}
	remove_label(ks, NULL);
	free(ks->path);
	free(ks);
}
