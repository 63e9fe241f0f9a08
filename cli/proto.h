/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the shell (confterm) and the daemon (conftermd) say to each other over
 * the unix stream socket. Matching, completion and help run in the daemon;
 * the shell owns the terminal: line editing, history keys, paging.
 *
 * A message is a 5-byte head, u8 type and u32 length of the body (big endian),
 * then the body. Text is bytes as typed (no encoding is assumed); daemon text
 * uses "\n" line ends. Bodies are at most PROTO_MAX bytes; a longer one, or an
 * unknown type, closes the connection.
 *
 * The daemon speaks first: MSG_HELLO, then MSG_PROMPT. From then on the shell
 * sends MSG_LINE and reads until the next MSG_PROMPT or MSG_ASK; it may send
 * the next line before that (type-ahead is queued in order). MSG_COMPLETE
 * and MSG_HELP are answered in order with MSG_LINE, too. MSG_INTERRUPT is
 * acted on at once.
 */
#ifndef CONFTERM_CLI_PROTO_H
#define CONFTERM_CLI_PROTO_H

#include <stddef.h>
#include <stdint.h>

#define PROTO_MAX	(1u << 20)
#define PROTO_SOCKET	"/run/confterm/cli.sock"	/* default path */

enum msg_type {
	/* shell to daemon */
	MSG_LINE = 'L',		/* one line, without its newline; also the answer to MSG_ASK */
	MSG_COMPLETE = 'C',	/* text before the cursor: Tab was typed */
	MSG_HELP = '?',		/* text before the cursor: `?` was typed */
	MSG_INTERRUPT = 'I',	/* Ctrl-C or Ctrl-^ while a command runs; empty body */
	MSG_END = 'Z',		/* Ctrl-Z: leave configuration mode (body: the text typed before it, executed first) */
	/*
	 * u16 columns, u16 rows, big endian: size of the terminal. Sent when a person sits at one, first of all; a pipe has
	 * none, and its session does not get the lines of `logging console`
	 */
	MSG_WINDOW = 'W',

	/* daemon to shell */
	MSG_HELLO = 'H',	/* u8 protocol version (1) */
	/*
	 * ready for a line: u16 page length, u16 width (0: none, 0xffff: as the
	 * window is), then the prompt text
	 */
	MSG_PROMPT = 'P',
	MSG_OUTPUT = 'O',	/* output text; pieces of any length */
	MSG_COMPLETION = 'c',	/* answer to MSG_COMPLETE: text to insert at the cursor, may be empty */
	MSG_HELP_TEXT = 'h',	/* answer to MSG_HELP: text to print; the shell then redraws its line */
	MSG_ASK = 'A',		/* wants a line: u8 flags (1: no echo, 2: single key), then the question text */
	/*
	 * asynchronous text (terminal monitor, console log): u8 flags (1: synchronous), then whole lines. Synchronous text
	 * waits while a command runs, and the line being typed is drawn again below it; other text just breaks in
	 */
	MSG_LOG = 'M',
	MSG_EXIT = 'X',		/* session is over; the connection closes */
};

#define ASK_NOECHO	1
#define ASK_KEY		2

#define LOG_SYNCHRONOUS	1

/*
 * Incremental decoder. Feed bytes, take messages. Zero-initialise.
 * proto_next() returns 1 with *type, *body, *len (valid until the next feed),
 * 0 when more bytes are needed, -EPROTO for a malformed stream.
 */
struct proto_in {
	char *d;
	size_t n, cap, off;
};
void proto_feed(struct proto_in *in, const void *p, size_t n);
int proto_next(struct proto_in *in, uint8_t *type, const char **body, size_t *len);
void proto_free(struct proto_in *in);

/* Appends one encoded message to out (lib/buf.h). */
struct buf;
void proto_put(struct buf *out, uint8_t type, const void *body, size_t len);

#endif
