/* SPDX-License-Identifier: BSD-2-Clause */
/* Processor time and memory of the router, sampled: see load.h. */
#define _GNU_SOURCE
#include "daemon/load.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "backends/vici/charon.h"
#include "daemon/router.h"
#include "daemon/supervise.h"
#include "lib/xalloc.h"

#define INTERVAL 5.
#define MAX_PROCESS 64

struct machine {
	uint64_t all, idle, interrupts;		/* ticks of all processors */
};

struct load {
	struct router *r;
	ev_timer timer;
	struct load_process v[MAX_PROCESS];
	size_t n;
	struct machine last;
	struct load_machine machine;
	uint64_t lowest;
};

/* --- /proc --- */

/* Fields 3 and following of /proc/PID/stat (the name before them may hold anything). */
static bool
read_stat(struct load_process *p)
{
	char path[40], line[1024], *rest;
	uint64_t user, sys, virtual;
	int64_t pages;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/stat", (int)p->pid);
	f = fopen(path, "re");
	rest = f && fgets(line, sizeof line, f) ? strrchr(line, ')') : NULL;
	if (f)
		fclose(f);
	if (!rest || sscanf(rest + 1, " %c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %" SCNu64 " %" SCNu64
	    " %*d %*d %*d %*d %*d %*d %" SCNu64 " %" SCNu64 " %" SCNd64, &p->state, &user, &sys, &p->start, &virtual, &pages) != 6)
		return false;
	p->ticks = user + sys;
	p->run_ms = p->ticks * 1000 / (uint64_t)sysconf(_SC_CLK_TCK);
	p->virtual_bytes = virtual;
	p->resident_bytes = (uint64_t)pages * (uint64_t)sysconf(_SC_PAGESIZE);
	return true;
}

static void
read_switches(struct load_process *p)
{
	char path[40], line[256];
	uint64_t n;
	FILE *f;

	snprintf(path, sizeof path, "/proc/%d/status", (int)p->pid);
	f = fopen(path, "re");
	p->invoked = 0;
	while (f && fgets(line, sizeof line, f))
		if (sscanf(line, "voluntary_ctxt_switches: %" SCNu64, &n) == 1 ||
		    sscanf(line, "nonvoluntary_ctxt_switches: %" SCNu64, &n) == 1)
			p->invoked += n;
	if (f)
		fclose(f);
}

static bool
read_machine(struct machine *m)
{
	uint64_t user, nice, sys, idle, iowait, irq, softirq, steal;
	FILE *f = fopen("/proc/stat", "re");
	bool ok = f && fscanf(f, "cpu %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64 " %" SCNu64,
	    &user, &nice, &sys, &idle, &iowait, &irq, &softirq, &steal) == 8;

	if (f)
		fclose(f);
	if (!ok)
		return false;
	m->idle = idle + iowait;
	m->interrupts = irq + softirq;
	m->all = user + nice + sys + idle + iowait + irq + softirq + steal;
	return true;
}

/* --- sampling --- */

struct found {
	struct load_process v[MAX_PROCESS];
	size_t n;
};

static void
found(void *ctx, const char *name, pid_t pid)
{
	struct found *f = ctx;
	struct load_process *p = &f->v[f->n];

	if (pid <= 1 || f->n == MAX_PROCESS)
		return;
	memset(p, 0, sizeof *p);
	p->pid = pid;
	snprintf(p->name, sizeof p->name, "%s", name);
	if (!read_stat(p))
		return;
	read_switches(p);
	f->n++;
}

static int
by_pid(const void *a, const void *b)
{
	pid_t x = ((const struct load_process *)a)->pid, y = ((const struct load_process *)b)->pid;

	return (x > y) - (x < y);
}

static void
find_all(struct load *l, struct found *f)
{
	f->n = 0;
	found(f, "watcher", getppid());
	found(f, "conftermd", getpid());
	if (l->r->charon)
		found(f, "charon", charon_pid(l->r->charon));
	supervise_each(found, f);
	qsort(f->v, f->n, sizeof *f->v, by_pid);
}

static const struct load_process *
known(const struct load *l, const struct load_process *p)
{
	const struct load_process *k = l->n ? bsearch(p, l->v, l->n, sizeof *k, by_pid) : NULL;

	return k && k->start == p->start ? k : NULL;
}

static void
average(struct load_share *s, double percent)
{
	s->five_seconds = percent;
	s->one_minute += (percent - s->one_minute) * (1 - exp(-INTERVAL / 60));
	s->five_minutes += (percent - s->five_minutes) * (1 - exp(-INTERVAL / 300));
}

static void
sample(struct load *l)
{
	struct machine now = l->last;
	struct load_memory memory;
	struct found f;
	double all;

	read_machine(&now);
	all = now.all > l->last.all ? (double)(now.all - l->last.all) : 0;
	find_all(l, &f);
	for (size_t i = 0; i < f.n; i++) {
		const struct load_process *k = known(l, &f.v[i]);

		if (k)
			f.v[i].share = k->share;
		average(&f.v[i].share, k && all > 0 ? 100. * (double)(f.v[i].ticks - k->ticks) / all : 0);
	}
	if (all > 0) {
		average(&l->machine.busy, 100. * (all - (double)(now.idle - l->last.idle)) / all);
		l->machine.interrupts = 100. * (double)(now.interrupts - l->last.interrupts) / all;
	}
	memcpy(l->v, f.v, f.n * sizeof *f.v);
	l->n = f.n;
	l->last = now;
	load_memory(l, &memory);
}

static void
on_timer(struct ev_loop *loop, ev_timer *w, int events)
{
	(void)loop;
	(void)events;
	sample(w->data);
}

struct load *
load_create(struct router *r)
{
	struct load *l = xcalloc(1, sizeof *l);

	l->r = r;
	read_machine(&l->last);
	ev_timer_init(&l->timer, on_timer, INTERVAL, INTERVAL);
	l->timer.data = l;
	ev_timer_start(r->loop, &l->timer);
	return l;
}

void
load_destroy(struct load *l)
{
	if (!l)
		return;
	ev_timer_stop(l->r->loop, &l->timer);
	free(l);
}

/* --- answers --- */

const struct load_process *
load_processes(struct load *l, size_t *n)
{
	static struct found f;

	find_all(l, &f);
	for (size_t i = 0; i < f.n; i++) {
		const struct load_process *k = known(l, &f.v[i]);

		if (k)
			f.v[i].share = k->share;
	}
	*n = f.n;
	return f.v;
}

void
load_machine(const struct load *l, struct load_machine *out)
{
	*out = l->machine;
}

/* "Node 0, zone   Normal   6819  11966 ...": free blocks of 1, 2, 4, ... pages. */
static uint64_t
largest_block(void)
{
	FILE *f = fopen("/proc/buddyinfo", "re");
	uint64_t best = 0, pages = 1, n;
	char line[512];

	while (f && fgets(line, sizeof line, f)) {
		char *p = strstr(line, "zone"), *end;

		if (!p)
			continue;
		p += strcspn(p, " ");
		p += strspn(p, " ");
		p += strcspn(p, " ");
		for (pages = 1; n = strtoull(p, &end, 10), end != p; p = end, pages *= 2)
			if (n && pages > best)
				best = pages;
	}
	if (f)
		fclose(f);
	return best * (uint64_t)sysconf(_SC_PAGESIZE);
}

void
load_memory(struct load *l, struct load_memory *out)
{
	FILE *f = fopen("/proc/meminfo", "re");
	char line[128];
	uint64_t kb;

	memset(out, 0, sizeof *out);
	while (f && fgets(line, sizeof line, f)) {
		if (sscanf(line, "MemTotal: %" SCNu64, &kb) == 1)
			out->total = kb * 1024;
		else if (sscanf(line, "MemAvailable: %" SCNu64, &kb) == 1)
			out->available = kb * 1024;
	}
	if (f)
		fclose(f);
	out->largest = largest_block();
	if (!l->lowest || out->available < l->lowest)
		l->lowest = out->available;
	out->lowest = l->lowest;
}
