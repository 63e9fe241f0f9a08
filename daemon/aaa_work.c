/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * A queue, a few threads, and the way back by ev_async: see aaa_work.h. The
 * queue is bounded: hashing is what an attacker makes us do most cheaply.
 */
#define _GNU_SOURCE
#include "daemon/aaa_work.h"

#include <ev.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "lib/xalloc.h"
#include "parser/secret.h"

#define THREADS 4
#define WAITING 256

struct work {
	struct ev_loop *loop;
	ev_async ready;
	pthread_mutex_t lock;
	pthread_cond_t more;
	pthread_t thread[THREADS];
	int nthread;
	struct job *todo, **todo_last, *done, **done_last;
	unsigned waiting;
	bool ending;
};

void
job_free(struct job *j)
{
	if (!j)
		return;
	xfree_secret(j->clear);
	xfree_secret(j->stored);
	free(j->user);
	free(j->from);
	free(j->nas_name);
	for (unsigned i = 0; i < j->nserver; i++)
		xfree_secret(j->server[i].key);
	free(j);
}

/* Compares all of the typed text, whatever comes first. */
static bool
same(const char *a, const char *b)
{
	size_t na = strlen(a), nb = strlen(b);
	unsigned char diff = na != nb;

	for (size_t i = 0; i < na; i++)
		diff |= (unsigned char)(a[i] ^ b[nb ? i % nb : 0]);
	return !diff;
}

static void
run(struct job *j)
{
	char clear[SECRET_MAX];

	switch (j->kind) {
	case JOB_ANSWER:
		break;
	case JOB_VERIFY:
		j->result = JOB_NO;
		if (j->type == 0)
			j->result = same(j->clear, j->stored) ? JOB_YES : JOB_NO;
		else if (j->type == 7) {
			if (secret_reveal(j->stored, clear) && same(j->clear, clear))
				j->result = JOB_YES;
			explicit_bzero(clear, sizeof clear);
		} else if (secret_verify(j->type, j->clear, j->stored))
			j->result = JOB_YES;
		break;
	case JOB_RADIUS:
		radius_ask(j);
		break;
	}
}

static void *
worker(void *arg)
{
	struct work *w = arg;
	struct job *j;

	pthread_mutex_lock(&w->lock);
	while (!w->ending) {
		if (!(j = w->todo)) {
			pthread_cond_wait(&w->more, &w->lock);
			continue;
		}
		if (!(w->todo = j->next))
			w->todo_last = &w->todo;
		pthread_mutex_unlock(&w->lock);
		run(j);
		pthread_mutex_lock(&w->lock);
		j->next = NULL;
		*w->done_last = j;
		w->done_last = &j->next;
		ev_async_send(w->loop, &w->ready);
	}
	pthread_mutex_unlock(&w->lock);
	return NULL;
}

static void
on_ready(struct ev_loop *loop, ev_async *a, int events)
{
	struct work *w = a->data;
	struct job *j, *next;

	(void)loop;
	(void)events;
	pthread_mutex_lock(&w->lock);
	j = w->done;
	w->done = NULL;
	w->done_last = &w->done;
	pthread_mutex_unlock(&w->lock);
	for (; j; j = next) {
		next = j->next;
		w->waiting--;
		if (j->done)
			j->done(j, j->arg);
		job_free(j);
	}
}

struct work *
work_new(struct ev_loop *loop)
{
	struct work *w = xcalloc(1, sizeof *w);

	w->loop = loop;
	w->todo_last = &w->todo;
	w->done_last = &w->done;
	pthread_mutex_init(&w->lock, NULL);
	pthread_cond_init(&w->more, NULL);
	ev_async_init(&w->ready, on_ready);
	w->ready.data = w;
	ev_async_start(loop, &w->ready);
	ev_unref(loop);
	return w;
}

/* The threads take no signals: those are the event loop's. Made with the first job, most routers see few logins. */
static void
start_threads(struct work *w)
{
	sigset_t all, old;

	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &old);
	while (w->nthread < THREADS && pthread_create(&w->thread[w->nthread], NULL, worker, w) == 0)
		w->nthread++;
	pthread_sigmask(SIG_SETMASK, &old, NULL);
}

bool
work_add(struct work *w, struct job *j)
{
	if (w->nthread == 0)
		start_threads(w);
	if (w->nthread == 0 || w->waiting >= WAITING) {
		job_free(j);
		return false;
	}
	w->waiting++;
	j->next = NULL;
	pthread_mutex_lock(&w->lock);
	*w->todo_last = j;
	w->todo_last = &j->next;
	pthread_cond_signal(&w->more);
	pthread_mutex_unlock(&w->lock);
	return true;
}

static void
free_jobs(struct job *j)
{
	while (j) {
		struct job *next = j->next;

		job_free(j);
		j = next;
	}
}

void
work_free(struct work *w)
{
	if (!w)
		return;
	pthread_mutex_lock(&w->lock);
	w->ending = true;
	pthread_cond_broadcast(&w->more);
	pthread_mutex_unlock(&w->lock);
	for (int i = 0; i < w->nthread; i++)
		pthread_join(w->thread[i], NULL);
	ev_ref(w->loop);
	ev_async_stop(w->loop, &w->ready);
	free_jobs(w->todo);
	free_jobs(w->done);
	pthread_mutex_destroy(&w->lock);
	pthread_cond_destroy(&w->more);
	free(w);
}
