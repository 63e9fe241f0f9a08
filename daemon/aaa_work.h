/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What takes time when somebody logs in, hashing a password or asking a RADIUS
 * server, done by a few threads so that the event loop goes on. A job is a
 * closed parcel: the threads see nothing but it.
 */
#ifndef CONFTERM_DAEMON_AAA_WORK_H
#define CONFTERM_DAEMON_AAA_WORK_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stdint.h>

struct ev_loop;
struct work;

#define RADIUS_SERVERS 8	/* of one group */

struct radius_server {
	char host[64];		/* dotted quad or name */
	uint16_t port;
	unsigned timeout, retries;
	char *key;
	bool silent;		/* set when it was asked and did not answer */
};

enum job_kind { JOB_ANSWER, JOB_VERIFY, JOB_RADIUS };
enum job_result { JOB_YES, JOB_NO, JOB_UNREACHABLE };

struct job {
	struct job *next;
	enum job_kind kind;
	enum job_result result;	/* JOB_ANSWER: given with the job */
	int level;		/* JOB_RADIUS: what the server says, -1: nothing */
	/* JOB_VERIFY */
	int type;		/* 0: the stored text is clear */
	char *clear, *stored;
	/* JOB_RADIUS: clear is the password */
	char *user, *from, *nas_name;
	char nas_port[16];
	unsigned tty;
	struct in_addr source;	/* address to ask from, and NAS address; 0: as it comes */
	struct radius_server server[RADIUS_SERVERS];
	unsigned nserver;
	/* from the event loop, with the job, which is freed after it; NULL: not wanted any more */
	void (*done)(struct job *j, void *arg);
	void *arg;
};

struct work *work_new(struct ev_loop *loop);
/* Waits for what the threads are doing; nothing is called any more. NULL is allowed. */
void work_free(struct work *w);
/* Takes the job. false, and it is freed, when too many wait. */
bool work_add(struct work *w, struct job *j);
void job_free(struct job *j);

/* daemon/radius.c: one question, in the calling thread; sets result and level. */
void radius_ask(struct job *j);

#endif
