/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The router's RSA key pairs (crypto key generate rsa). They live in the file
 * `private-config` beside the startup configuration, mode 0600, as IOS has
 * them in its private-config: never in running-config, never shown.
 */
#ifndef CONFTERM_DAEMON_RSA_KEY_H
#define CONFTERM_DAEMON_RSA_KEY_H

#include <stdbool.h>
#include <stddef.h>
#include <time.h>

struct router;
struct ev_loop;
struct rsa_keys;

#define RSA_BITS_MIN	1024u	/* IOS goes down to 360; OpenSSH and libssh refuse such a host key */
#define RSA_BITS_MAX	4096u

struct rsa_key {
	struct rsa_key *next;
	char *label;
	bool exportable;
	time_t made;
	unsigned bits;
	char *pem;		/* the private key; for whoever uses it, never for a person */
	unsigned char *spki;	/* the public one, as SubjectPublicKeyInfo (DER) */
	size_t spki_len;
	char *ssh;		/* the public one as SSH writes it: base64 of its wire form */
};

/* Reads the file; what is wrong with it is logged. */
struct rsa_keys *rsa_keys_new(struct ev_loop *loop, const char *startup_path);
/* An unfinished generation is waited for. NULL is allowed. */
void rsa_keys_free(struct rsa_keys *k);

const struct rsa_key *rsa_keys_first(const struct rsa_keys *k);
/* NULL: there is none of that name. */
const struct rsa_key *rsa_keys_find(const struct rsa_keys *k, const char *label);
/*
 * Makes a key pair in a thread of its own; one of that name is replaced. done() follows from the
 * event loop, with 0 or -errno, and the seconds it took. -EBUSY: one is being
 * made already. A label has 1 to 63 letters, digits and "._-".
 */
typedef void rsa_done(void *arg, int err, double seconds);
int rsa_keys_generate(struct rsa_keys *k, const char *label, unsigned bits, bool exportable, rsa_done *done, void *arg);
/* done is not called any more; the key pair is made all the same. */
void rsa_keys_forget_caller(struct rsa_keys *k);
/* Removes the one with this label, or all with NULL. Number of keys removed, or -errno. */
int rsa_keys_zeroize(struct rsa_keys *k, const char *label);
bool rsa_label_valid(const char *label);

#endif
