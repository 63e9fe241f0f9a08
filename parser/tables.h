/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * The shape of the grammar tables that grammar/gramc writes and that the
 * parser reads. Everything is constant and holds integer offsets: strings are
 * offsets into g_strings, rows and positions are indices.
 *
 * A row is one command. Its template is kept twice: as a set of token
 * positions with follow lists (a Glushkov automaton, for matching, help and
 * completion) and as a tree (for rendering). The leading keywords of all rows
 * of a mode are merged into a trie, so that the number of commands does not
 * matter to the speed of matching.
 */
#ifndef CONFTERM_PARSER_TABLES_H
#define CONFTERM_PARSER_TABLES_H

#include <stddef.h>
#include <stdint.h>

enum g_type {
	G_T_NONE,
	G_T_U32,	/* number in one or two ranges, may have names (arg) */
	G_T_IP4,	/* dotted quad */
	G_T_MASK,	/* dotted quad used as a netmask; contiguity is a check of the row */
	G_T_WILDCARD,	/* dotted quad used as a wildcard mask */
	G_T_WORD,	/* one word, at most arg.hi characters */
	G_T_LINE,	/* the rest of the line */
	G_T_IFNAME,	/* interface name, one or two tokens, stored in full */
	G_T_REF,	/* a word that names a record of another kind (arg.ref) */
	G_T_HOST,	/* address or host name, stored as text */
	G_T_AREA,	/* OSPF area: number or dotted quad, stored as text */
	G_T_SECRET,	/* a word that is wiped when freed and hidden where it must be */
	G_T_NUMWORD,	/* a number in arg's ranges, stored as text */
	G_T_NUMNAME,	/* a name, or a number in arg's ranges, stored as text */
	G_T_CIDR,	/* A.B.C.D/nn, stored as text with the host's bits cleared */
	G_T_MAC,	/* H.H.H, stored as text in lower case */
	G_T_INT,	/* a signed number in arg's range, stored as text */
	G_T_TEXT,	/* between two delimiters, perhaps over several lines (banner) */
	G_T_HEX,	/* lines up to `quit` (certificate), or what its argument says (enum g_lines) */
	G_T_LABEL,	/* a host's own name: letters, digits, hyphens */
	G_T_CHOICE,	/* slot only: index of the alternative taken */
	G_T_FLAG,	/* slot only: an optional keyword was given */
};

/* g_arg.lo of a G_T_HEX: the line that ends it. */
enum g_lines { G_LINES_QUIT, G_LINES_EXIT, G_LINES_AT };

/* Does a slot of this type hold a string (const char *) rather than a uint32_t? */
static inline int
g_type_is_string(unsigned t)
{
	return t >= G_T_WORD && t <= G_T_LABEL;
}

enum g_row_kind {
	G_LEAF,		/* at most one per parent */
	G_LIST,		/* several per parent, told apart by the key slots */
	G_NODE,		/* as G_LIST, and opens a mode of its own */
	G_EXEC,		/* runs a function */
	G_FLAT,		/* another spelling: node and member in one line */
};

enum g_order { G_ORDER_INSERT, G_ORDER_SORT };

#define G_POS_ACCEPT	0x01	/* the row may end here */
#define G_POS_NOEND	0x02	/* `no` may end here (the leading keywords are there) */
#define G_POS_PARAM	0x04
#define G_POS_SETFIRST	0x08	/* first token of an any-order element: setbit must be free */

struct g_pos {
	uint16_t row;
	uint8_t flags;
	uint8_t type;		/* G_T_*, for parameters */
	uint8_t slot;		/* for parameters */
	uint8_t setbit;
	uint16_t arg;		/* g_args index, for parameters */
	uint32_t word;		/* keyword text or parameter name */
	uint32_t help;
	uint32_t follow;	/* index into g_follow */
	uint16_t nfollow;
	uint16_t act;		/* index into g_acts */
	uint8_t nact;
};

struct g_act {
	uint8_t slot;
	uint8_t value;
};

struct g_arg {
	uint32_t lo, hi, lo2, hi2;	/* hi2 == 0: one range */
	uint16_t names, nnames;		/* g_names range */
	uint8_t ref;			/* G_REF_* */
};

struct g_name {
	uint32_t word, help, value;
};

struct g_slot {
	uint32_t name;
	uint8_t type;
	uint8_t flags;
	uint16_t offset;	/* in the row's struct */
	uint16_t arg;
	uint32_t dflt;		/* number, or string offset for string types */
};
#define G_SLOT_DEFAULT	0x01	/* dflt is valid */
#define G_SLOT_ALWAYS	0x02	/* rendered although it equals its default */
#define G_SLOT_KEY	0x04
#define G_SLOT_NOKEY	0x08	/* must be given in the `no` form */
#define G_SLOT_HIDDEN	0x10	/* never rendered (sequence numbers) */
#define G_SLOT_PARENT	0x20	/* G_FLAT: belongs to the node, not to the member */

enum g_ast { G_A_SEQ, G_A_KEYWORD, G_A_PARAM, G_A_OPT, G_A_ALT, G_A_SET };

/* Rendering tree; children of n are n+1 .. in preorder, `next` skips a subtree. */
struct g_node {
	uint8_t kind;
	uint8_t slot;		/* parameter, choice or flag slot; 0xff: none */
	uint8_t index;		/* which alternative of the enclosing G_A_ALT */
	uint8_t type;
	uint16_t arg;
	uint16_t next;		/* preorder index relative to the row's first node */
	uint32_t word;		/* keyword spelling to render */
	uint32_t slots;		/* bit per slot below this node */
};

#define G_ROW_USER	0x0001	/* exec: allowed at level 1 */
#define G_ROW_DEFAULT_ON 0x0002	/* leaf without slots: on unless `no` is stored */
#define G_ROW_SECRET	0x0004	/* holds a secret slot */
#define G_ROW_AUTOSEQ	0x0008	/* first key slot is a sequence number given by itself, step 10 */
#define G_ROW_PREFIX	0x0010	/* its address must be the network of its mask */
#define G_ROW_REENTER	0x0040	/* keys alone enter an existing record unchanged; a new one needs more */
#define G_ROW_NEGATABLE	0x0080	/* list whose `no` is stored when there is nothing to remove */
#define G_ROW_NETWORK	0x0100	/* its address and mask are indexed: store_overlap(), store_covering() */
#define G_ROW_LATER	0x0200	/* not applied yet: `accept` says what will do it */
#define G_ROW_LINES	0x0400	/* has a slot of type G_T_TEXT or G_T_HEX: takes further lines */
#define G_ROW_HIDES	0x1000	/* leaf that hides passwords while it is on */
#define G_ROW_MERGE	0x2000	/* what a line does not say stays as it was */
#define G_ROW_ZERO	0x4000	/* a password in clear is written with its type, 0 */
#define G_ROW_LASTING	0x0800	/* its `no` is stored although there was something to remove */
#define G_ROW_NOALL	0x8000	/* `no` and its leading keywords remove every record */
#define G_ROW_STAYS	0x10000
#define G_ROW_COMPACT	0x20000	/* no `!` between its blocks */
#define G_ROW_ACTS	0x40000	/* exec row of global configuration: does something, stores nothing */
#define G_ROW_UNLISTED	0x80000	/* taken, but not shown by `?` and Tab */
#define G_ROW_NUMBERED	0x100000 /* entries of a named list, found by their number and by all but it */
#define G_ROW_ANYMODE	0x0020	/* exit, end, do: in every configuration mode */

struct g_row {
	uint32_t name;		/* "isakmp-policy" or "isakmp-policy.encr" */
	uint8_t kind;		/* enum g_row_kind */
	uint8_t order;		/* enum g_order */
	uint32_t flags;
	uint16_t mode;		/* the mode whose lines contain this row */
	uint16_t submode;	/* G_NODE: the mode it opens */
	uint16_t section;	/* where it stands in running-config */
	uint16_t unit;		/* g_units index, 0: inherited from the parent node; G_UNIT_NONE */
	uint16_t check;		/* g_checks index, 0: none */
	uint16_t exec;		/* G_EXEC: index into the exec table */
	uint16_t flat_node, flat_member;	/* G_FLAT: rows it stands for; no member: another spelling of the row */
	uint16_t flat_row;	/* G_NODE: the G_FLAT row that renders numeric names, 0: none */
	uint16_t slots, nslots;	/* g_slots */
	uint16_t size;		/* bytes of the struct */
	uint32_t pos;		/* first position */
	uint16_t npos;
	uint32_t node;		/* first rendering node */
	uint32_t template_;	/* text as in the grammar */
	uint32_t dflt;		/* line that is the default, 0: none */
	uint32_t absent;	/* line to render when there is no record, 0: none */
	uint32_t accept;	/* why it has no effect (G_ROW_LATER: what will give it one), 0: it has */
	uint32_t examples;	/* strings separated by newlines */
	uint32_t exists;	/* what is said when a name it refers to is typed and not there; @ stands for the name */
	uint32_t note;		/* printed when a record is created */
	uint32_t unsup;		/* why one alternative is not carried out, 0: all are */
	uint8_t unsup_slot, unsup_value;
	uint8_t stays_slot, stays_value;	/* G_ROW_STAYS: with this alternative its mode is not entered */
	uint32_t closing;	/* G_NODE: the line that ends its block, 0: none */
	uint16_t excludes;	/* g_excludes: leafs that this one replaces, up to a 0 */
	uint16_t clears;	/* g_excludes: rows whose records with the same keys go with its own, up to a 0 */
	uint32_t takes;		/* slot names, with commas: `no` takes along what has the value of this row's first slot there, 0: nothing */
	uint32_t whole;		/* of such a row: its `no` may end after the first slot, and takes that along; 0: it may not */
	uint16_t spares;	/* of such a row: a row; what has a record there loses only this one by its `no`; 0: none */
	uint16_t idle;		/* g_idle: parts of the line that have no effect, up to one without a reason */
	uint32_t needs;		/* G_EXEC: G_NEED_* bits, what must be fetched before the call */
	uint8_t ref;		/* G_NODE: which kind of reference its first key satisfies */
};

struct g_mode {
	uint32_t name;		/* "exec", "global", or the node's name */
	uint32_t prompt;	/* "config-if"; empty for exec */
	uint16_t node_row;	/* row that opens it, 0xffff for exec and global */
	uint16_t parent;	/* mode to which exit leads */
	uint16_t trie;		/* g_trie root */
	uint16_t first_row, nrow;	/* g_mode_rows: rows in rendering order */
};

/* A slot that is given (with value G_IDLE_ANY), or an alternative that is taken (then the whole line), without effect. */
struct g_idle {
	uint8_t slot, value;
	uint32_t why;
};
#define G_IDLE_ANY 255

struct g_trie {
	uint32_t child;		/* g_edges, sorted by word */
	uint16_t nchild;
	uint32_t tail;		/* g_follow: positions that may follow */
	uint16_t ntail;
	uint32_t head;		/* g_follow: positions (last head keywords) that end here */
	uint16_t nhead;
};

struct g_edge {
	uint32_t word, help;
	uint16_t to;
};

extern const char g_strings[];
extern const struct g_pos g_pos[];
extern const uint16_t g_follow[];
extern const struct g_act g_acts[];
extern const struct g_arg g_args[];
extern const struct g_name g_names[];
extern const struct g_slot g_slots[];
extern const struct g_node g_nodes[];
extern const struct g_row g_rows[];
extern const struct g_mode g_modes[];
extern const uint16_t g_mode_rows[];
extern const uint16_t g_excludes[];
extern const struct g_idle g_idle[];
extern const struct g_trie g_trie[];
extern const struct g_edge g_edges[];
extern const unsigned g_nrows, g_nmodes;
/* How messages call what a ref(KIND) names, by enum cfg_ref. */
extern const char *const g_ref_words[];

#define G_STR(off) (g_strings + (off))

#endif
