/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * confterm: the router's shell (doc/confterm.1). This file reads the command
 * line and decides between a person (libedit, paging), a pipe (a transcript as
 * on a terminal), single commands (-c: only their output), and the sub-commands
 * that work on files without any daemon (cli/offline.c).
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/client/client.h"

#ifndef CONFTERM_VERSION
#define CONFTERM_VERSION "unknown"
#endif

int offline_main(int argc, char **argv);	/* cli/offline.c */

static int
usage(FILE *f, int status)
{
	fputs("usage: confterm [-s SOCKET | -F FD] [-c COMMAND | -C FD]...\n"
	      "       confterm check [--report] [--json] FILE...\n"
	      "       confterm render|plan FILE...\n",
	    f);
	return status;
}

static int
daemonless(int argc, char **argv)
{
	static const char *const words[] = {"check", "render", "plan"};

	for (size_t i = 0; argc > 0 && i < sizeof words / sizeof words[0]; i++)
		if (strcmp(argv[0], words[i]) == 0)
			return offline_main(argc, argv);
	return usage(stderr, 2);
}

/* Commands of a file that is open already: one that somebody else wrote is on no command line. */
static bool
read_commands(struct client *c, int fd)
{
	char chunk[4096];
	ssize_t n;

	while ((n = read(fd, chunk, sizeof chunk)) > 0)
		input_add(&c->input, chunk, (size_t)n);
	explicit_bzero(chunk, sizeof chunk);
	close(fd);
	input_add(&c->input, "\n", 1);
	return n == 0;
}

int
main(int argc, char **argv)
{
	static struct client c = {.path = PROTO_SOCKET, .sock = -1};
	int opt, r = 0, status;

	while ((opt = getopt(argc, argv, "+s:F:c:C:hV")) != -1) {
		switch (opt) {
		case 's':
			c.path = optarg;
			break;
		case 'F':
			c.sock = atoi(optarg);
			c.path = NULL;
			fcntl(c.sock, F_SETFD, FD_CLOEXEC);
			break;
		case 'C':
			c.quiet = true;
			if (!read_commands(&c, atoi(optarg)))
				return usage(stderr, 2);
			break;
		case 'c':
			c.quiet = true;
			input_add(&c.input, optarg, strlen(optarg));
			input_add(&c.input, "\n", 1);
			break;
		case 'h':
			return usage(stdout, 0);
		case 'V':
			puts("confterm " CONFTERM_VERSION);
			return 0;
		default:
			return usage(stderr, 2);
		}
	}
	if (optind < argc)
		return daemonless(argc - optind, argv + optind);
	c.input.eof = c.quiet;
	if (c.path)
		r = link_connect(&c);
	if (r < 0) {
		fprintf(stderr, "%% conftermd is not running (%s: %s)\n", c.path, strerror(-r));
		return 2;
	}
	c.tty = !c.quiet && isatty(0) && isatty(1);
	if (c.tty && term_start(&c) < 0)
		c.tty = false;
	c.echo = c.tty || (!c.quiet && !isatty(0));
	status = session_run(&c);
	term_stop();
	link_close(&c);
	return status;
}
