/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the parts of the comparison share: the files with their indexes, the
 * two ways to say something, and the end of a protected connection, which a
 * crypto map entry, a dynamic one and a tunnel with protection all become.
 *
 * Everything points into the stores of the files, which do not change meanwhile.
 */
#ifndef CONFTERM_CLI_COMPARE_INT_H
#define CONFTERM_CLI_COMPARE_INT_H

#include "cli/compare/compare.h"
#include "engine/object.h"
#include "gen/grammar.h"
#include "lib/buf.h"

/* Room for one more in an array that grows by doubling. */
#define GROW(v, n) \
	do { \
		if (((n) & ((n) + 1)) == 0) \
			(v) = xrealloc((v), sizeof *(v) * ((n) + 1) * 2); \
	} while (0)

struct owner {
	uint32_t addr;
	size_t file;
};

/* A crypto map entry by the address of one of its peers. */
struct by_peer {
	uint32_t peer;
	const struct rec *entry;
	uint32_t order;
};

/* A tunnel interface. */
struct tunnel {
	const struct rec *rec;
	uint32_t source, destination;	/* 0: not known, or none */
	bool any;			/* takes packets from any peer: multipoint, or a template */
	const struct rec *to;		/* the line that names the destination */
	uint32_t order;
};

/* A key of a keyring (its record's id; 0: any keyring) for a network, or for an identity. */
struct ring_key {
	uint32_t ring;
	uint32_t addr;
	uint8_t len;
	const char *identity;
	const struct rec *rec;
	uint32_t order;
};

/* One file. Its arrays are sorted by what they are looked up by; tunnels by destination. */
struct side {
	uint32_t *addr;
	size_t naddr, noutside;		/* all of them; those of neither tunnels nor loopbacks */
	struct by_peer *peer;
	size_t npeer;
	const struct rec **dynamic;	/* dynamic entries that are part of a crypto map, in their order */
	size_t ndynamic;
	struct tunnel *tunnel;
	size_t ntunnel;
	struct ring_key *key, *idkey;
	size_t nkey, nidkey;
};

/* A set of hashes, none of them 0. */
struct hashes {
	uint64_t *v;
	size_t n, cap;
};

struct comparison {
	const struct compared *file;
	struct side *side;
	size_t n;
	struct owner *owner;		/* sorted by address */
	size_t nowner;
	bool *said;			/* by file: what it and the present one must share was compared already */
	struct hashes printed, named;	/* texts that were printed: each is said once; lines, see name_line() */
	size_t mismatches;
};

/* r NULL: the file as a whole. A text that was said of this line already is not repeated. */
void mismatch(struct comparison *c, size_t file, const struct rec *r, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
void note(struct comparison *c, size_t file, const struct rec *r, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));
/* A mismatch with file `other` names this line, too: what is wrong with the two is said. */
void name_line(struct comparison *c, const struct rec *r, size_t other);
bool was_named(const struct comparison *c, const struct rec *r, size_t other);
struct rec *top(struct comparison *c, size_t file, int row);
/* The file that has the address; of two files without it, the other one. c->n: nobody. */
size_t owner_of(struct comparison *c, size_t file, uint32_t addr);
bool owns(const struct comparison *c, size_t file, uint32_t addr);
/* The address of an interface, 0 when it has none or is not in the file. */
uint32_t interface_address(struct store *s, const char *name);

/* --- ends.c: the end of a protected connection --- */

struct end {
	size_t file;
	const struct rec *at;		/* the line to name */
	uint32_t local, peer;		/* 0: not known, or any */
	const char *const *set;		/* names of transform sets, up to six */
	int pfs;			/* number of the group, 0: none */
	const struct rec *acl;		/* what it protects; NULL: none, missing, or everything */
	const struct rec *v1, *v2;	/* its ISAKMP or IKEv2 profile */
	bool ikev2;
};

/* An entry of a crypto map and one of its peers. */
struct end end_of_entry(struct comparison *c, size_t file, const struct rec *entry, uint32_t peer);
struct end end_of_dynamic(struct comparison *c, size_t file, const struct rec *entry, uint32_t local);
/* Is the address one that the crypto map of an entry speaks from? */
bool speaks_from(struct comparison *c, size_t file, const struct rec *entry, uint32_t addr);
/* A tunnel interface; false when it has no protection, or by a profile that is not there. */
bool end_of_tunnel(struct comparison *c, size_t file, const struct rec *interface, struct end *out);
/* Sorted by keyring and network, or identity. */
void collect_keys(struct comparison *c, size_t file);
/* The keys of a keyring for an address (0: for any address), or for an identity; NULL when there is none. */
const struct rec *ring_find(const struct side *s, uint32_t ring, uint32_t addr);
const struct rec *ring_find_identity(const struct side *s, uint32_t ring, const char *identity);

/* --- offers.c: what is offered --- */

/* What a file offers of a row (ISAKMP policies, transform sets) as "{...} {...}". */
void offers(struct comparison *c, size_t file, int row, struct buf *out);
void policy_text(struct store *s, const struct rec *policy, struct buf *out);
/* Is one of the {...} of a in b? */
bool in_common(const char *a, const char *b);
void check_policies(struct comparison *c, size_t a, size_t b);
/* The transform sets and PFS of an end and of all that may answer it. */
void check_proposals(struct comparison *c, const struct end *a, const struct end *b, size_t nb);
/* IKEv2 proposals of the two files. */
void check_proposals2(struct comparison *c, size_t a, size_t b);

/* --- ike.c --- */

/* Version, policies, keys, identities: what the two ends need for an IKE SA. */
void check_ike(struct comparison *c, const struct end *a, const struct end *b);
void check_keys(struct comparison *c, size_t a, size_t b, const struct rec *ka, const struct rec *kb, const struct rec *at);

/* --- identities.c: what the two ends protect --- */

/* A selector of the other side, mirrored, the line it is from, and which of its ends has it. */
struct mirror {
	struct obj_selector sel;	/* first: by_selector() looks at it alone */
	const struct rec *line;
	size_t end;
};

struct mirrors {
	struct mirror *v;
	size_t n;
};

/* The permit lines of an end; `end` is its number for mirroring(). To be sorted before they are looked into. */
void mirrors_add(struct comparison *c, const struct end *e, size_t end, struct mirrors *m);
void mirrors_sort(struct mirrors *m);
/*
 * One mistake is said once, with both places: lines of the other side that a
 * text of this one names, or that it covers, need none of their own.
 * starts: the other side may begin, too, and a wider identity of it would not
 * be taken here. own: see meant(); NULL where lines of others are among m.
 */
void check_identities(struct comparison *c, const struct end *e, size_t b, const struct mirrors *m,
    const struct mirrors *own, bool starts);
#define FIT_MAX 64
/* Of the ends of the other side those that mirror a line of this one, each once, FIT_MAX at most. */
size_t mirroring(struct comparison *c, const struct end *e, const struct mirrors *m, const struct end *ends,
    struct end fit[FIT_MAX]);

/* --- maps.c, tunnels.c, alone.c --- */

void collect_maps(struct comparison *c, size_t file);
void check_maps(struct comparison *c, size_t file);
void collect_tunnels(struct comparison *c, size_t file);
void check_tunnels(struct comparison *c, size_t file);
/* The tunnels of a file whose peer has one of the addresses of another file. */
const struct tunnel *tunnel_to(struct comparison *c, size_t file, size_t to);
/* What can be said of a file by itself: names that are missing, lists without use, weak algorithms. */
void check_alone(struct comparison *c, size_t file);

#endif
