/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * How busy the router's own processes are, for show processes and show memory.
 *
 * Every five seconds the CPU times of the processes that make up this router
 * (conftermd, its watcher, and every daemon it supervises) are read from /proc,
 * together with those of the machine. "Five seconds" is the share of the last
 * such interval, of all processors; "one minute" and "five minutes" are moving
 * averages of it, as in IOS, and begin at zero.
 */
#ifndef CONFTERM_DAEMON_LOAD_H
#define CONFTERM_DAEMON_LOAD_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct router;
struct load;

struct load_share {
	double five_seconds, one_minute, five_minutes;	/* percent */
};

struct load_process {
	pid_t pid;
	char name[16];
	char state;			/* as in /proc/PID/stat: R, S, D ... */
	uint64_t start;			/* tells a process from a later one with the same id */
	uint64_t ticks, run_ms;		/* processor time */
	uint64_t invoked;		/* times that it was given a processor */
	uint64_t virtual_bytes, resident_bytes;
	struct load_share share;
};

struct load_machine {
	struct load_share busy;
	double interrupts;		/* of five_seconds, percent of the machine */
};

struct load_memory {
	uint64_t total, available;	/* bytes */
	uint64_t lowest;		/* available, of all samples */
	uint64_t largest;		/* largest block of pages that the kernel has in one piece; 0: unknown */
};

struct load *load_create(struct router *r);
void load_destroy(struct load *l);		/* NULL is allowed */
/* The processes as they are now, with the shares of the last interval; valid until the next call. */
const struct load_process *load_processes(struct load *l, size_t *n);
void load_machine(const struct load *l, struct load_machine *out);
void load_memory(struct load *l, struct load_memory *out);

#endif
