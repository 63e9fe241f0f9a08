/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * show processes, processes cpu, processes memory, memory: of the processes
 * that make up this router, measured by daemon/load.c. The percentages of the
 * head line are those of the whole machine; what stands behind the slash is
 * the time in interrupts.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/exec.h"
#include "daemon/load.h"
#include "daemon/router.h"
#include "lib/buf.h"
#include "lib/xalloc.h"

exec_fn show_processes, show_processes_cpu, show_processes_memory, show_memory;

static void
head(struct session *s)
{
	struct load_machine m = {0};

	if (session_router(s)->load)
		load_machine(session_router(s)->load, &m);
	out(s, "CPU utilization for five seconds: %.0f%%/%.0f%%; one minute: %.0f%%; five minutes: %.0f%%\n", m.busy.five_seconds,
	    m.interrupts, m.busy.one_minute, m.busy.five_minutes);
}

static const struct load_process *
processes(struct session *s, size_t *n)
{
	*n = 0;
	return session_router(s)->load ? load_processes(session_router(s)->load, n) : NULL;
}

static uint64_t
average_usecs(const struct load_process *p)
{
	return p->invoked ? p->run_ms * 1000 / p->invoked : 0;
}

static int
by_share(const void *a, const void *b)
{
	const struct load_process *x = a, *y = b;

	if (x->share.five_seconds != y->share.five_seconds)
		return x->share.five_seconds < y->share.five_seconds ? 1 : -1;
	return x->run_ms < y->run_ms ? 1 : x->run_ms > y->run_ms ? -1 : 0;
}

void
show_processes_cpu(struct session *s, const void *values)
{
	const struct cfg_show_processes_cpu *v = values;
	struct load_process *p;
	size_t n;
	const struct load_process *all = processes(s, &n);

	p = xcalloc(n + 1, sizeof *p);
	if (n)
		memcpy(p, all, n * sizeof *p);
	if (v->sorted)
		qsort(p, n, sizeof *p, by_share);
	head(s);
	out(s, " PID Runtime(ms)     Invoked      uSecs   5Sec   1Min   5Min TTY Process \n");
	for (size_t i = 0; i < n; i++)
		out(s, "%4d%12" PRIu64 "%12" PRIu64 "%11" PRIu64 "%6.2f%%%6.2f%%%6.2f%%%4d %s\n", (int)p[i].pid, p[i].run_ms, p[i].invoked,
		    average_usecs(&p[i]), p[i].share.five_seconds, p[i].share.one_minute, p[i].share.five_minutes, 0, p[i].name);
	free(p);
}

void
show_processes(struct session *s, const void *values)
{
	size_t n;
	const struct load_process *p = processes(s, &n);

	(void)values;
	head(s);
	out(s, " PID State Runtime (ms)     Invoked      uSecs TTY Process\n");
	for (size_t i = 0; i < n; i++)
		out(s, "%4d %c   %14" PRIu64 "%12" PRIu64 "%11" PRIu64 "%4d %s\n", (int)p[i].pid, p[i].state, p[i].run_ms, p[i].invoked,
		    average_usecs(&p[i]), 0, p[i].name);
}

void
show_processes_memory(struct session *s, const void *values)
{
	struct load_memory m = {0};
	size_t n;
	const struct load_process *p = processes(s, &n);

	(void)values;
	if (session_router(s)->load)
		load_memory(session_router(s)->load, &m);
	out(s, "Processor Pool Total: %10" PRIu64 " Used: %10" PRIu64 " Free: %10" PRIu64 "\n\n", m.total, m.total - m.available,
	    m.available);
	/* what was allocated and freed over time is not counted by the kernel; the address space and what is in memory are */
	out(s, " PID TTY    Virtual    Holding Process\n");
	for (size_t i = 0; i < n; i++)
		out(s, "%4d%4d%11" PRIu64 "%11" PRIu64 " %s\n", (int)p[i].pid, 0, p[i].virtual_bytes, p[i].resident_bytes, p[i].name);
}

void
show_memory(struct session *s, const void *values)
{
	struct load_memory m = {0};

	(void)values;
	if (session_router(s)->load)
		load_memory(session_router(s)->load, &m);
	/* memory of a Linux machine begins at no address of interest */
	out(s, "                Head    Total(b)     Used(b)     Free(b)   Lowest(b)  Largest(b)\n");
	out(s, "Processor  %9s %11" PRIu64 " %11" PRIu64 " %11" PRIu64 " %11" PRIu64 " %11" PRIu64 "\n", "-", m.total,
	    m.total - m.available, m.available, m.lowest, m.largest);
}
