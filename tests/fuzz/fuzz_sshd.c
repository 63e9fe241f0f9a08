/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * libFuzzer entry for conftermd's end of an SSH connection (daemon/ssh_conn.c,
 * ssh_files.c): a process of confterm-sshd that was taken over says what it
 * likes. The input is a row of messages: a byte below 128 says how many raw
 * bytes follow as one packet; any other chooses a well-formed message, whose
 * fields are chosen by the bytes behind it.
 *
 * Whatever comes, each answer is a message, nobody is logged in who did not
 * give the password or the key, and no line stays taken. Startup-config and
 * flash: are in a folder of their own; running-config is not written (that is
 * the parser's part: fuzz_line, fuzz_files).
 */
#define _GNU_SOURCE
#include <ev.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "daemon/aaa.h"
#include "daemon/router.h"
#include "daemon/ssh_int.h"
#include "lib/log.h"
#include "parser/config.h"

int LLVMFuzzerInitialize(int *argc, char ***argv);
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct router R;
static char folder[] = "/tmp/fuzz-sshd.XXXXXX", startup[64];

static void
silent(void *ctx, int severity, const char *line)
{
}

static void
clean_up(void)
{
	char command[128];

	snprintf(command, sizeof command, "rm -rf %s", folder);
	if (system(command) != 0)
		fprintf(stderr, "%s is left\n", folder);
}

int
LLVMFuzzerInitialize(int *argc, char ***argv)
{
	static const char text[] = "username admin privilege 15 password 0 adm\nusername op privilege 1 password 0 op\n"
	    "aaa new-model\naaa authentication login default line\naaa authorization exec default local if-authenticated\n"
	    "ip scp server enable\nip ssh pubkey-chain\nusername admin\nkey-string\nAAAAB3NzaC1yc2E=\nexit\nexit\nexit\n"
	    "line vty 0 4\npassword 0 pw\nprivilege level 15\n";
	struct config c;

	if (!mkdtemp(folder))
		return 1;
	atexit(clean_up);
	snprintf(startup, sizeof startup, "%s/startup-config", folder);
	log_set_sink(silent, NULL);
	R.startup_path = startup;
	R.loop = ev_default_loop(0);
	R.store = store_new();
	config_load_defaults(R.store, &R.matcher);
	config_init(&c, R.store, &R.matcher);
	if (config_text(&c, text, sizeof text - 1, NULL, NULL) != 0)
		abort();
	config_free(&c);
	store_commit(R.store);
	R.aaa = aaa_new(&R);
	R.ssh = ssh_server_new(&R);
	return 0;
}

struct input {
	const uint8_t *p;
	size_t n;
};

static uint8_t
byte(struct input *in)
{
	if (!in->n)
		return 0;
	in->n--;
	return *in->p++;
}

static const char *
name(struct input *in)
{
	static const char *const names[] = { "", "admin", "op", "pw", "adm", "wrong", "ssh-rsa", "AAAAB3NzaC1yc2E=", "AAAA", "=", "====",
		"flash:x", "flash:../x", "startup-config", "running-config", "nvram:private-config", "%s%n", "\x1b[2J", "flash:y", "aes256-ctr" };

	return names[byte(in) % (sizeof names / sizeof names[0])];
}

static uint32_t
number(struct input *in)
{
	static const uint32_t numbers[] = { 0, 1, 2, 3, 5, 255, 32768, 65536, SSH_COPY_MAX, SSH_COPY_MAX + 1, UINT32_MAX };

	return numbers[byte(in) % (sizeof numbers / sizeof numbers[0])];
}

static bool right_password, right_key;

static void
say(int sock, struct input *in)
{
	uint8_t k = byte(in);
	const char *a, *b, *c;

	if (k < 128) {
		size_t n = k < in->n ? k : in->n;

		send(sock, in->p, n, MSG_DONTWAIT | MSG_NOSIGNAL);
		in->p += n;
		in->n -= n;
		/* raw bytes may be anything, a right password, too */
		right_password = right_key = true;
		return;
	}
	a = name(in);
	switch (k % 11) {
	case 0:
		b = name(in);
		right_password |= strcmp(b, "pw") == 0;
		sshd_send(sock, true, -1, SSHD_PASSWORD, a, b, number(in));
		break;
	case 1:
		b = name(in), c = name(in);
		sshd_send(sock, true, -1, SSHD_PROBE, a, b, c);
		break;
	case 2:
		b = name(in), c = name(in);
		right_key |= strcmp(a, "admin") == 0 && strncmp(c, "AAAAB3", 6) == 0;
		sshd_send(sock, true, -1, SSHD_SIGNED, a, b, c);
		break;
	case 3:
		b = name(in), c = name(in);
		sshd_send(sock, true, -1, SSHD_AGREED, a, b, c, name(in), name(in));
		break;
	case 4:
		sshd_send(sock, true, -1, SSHD_OPEN, 4 + number(in) % 3, number(in), number(in), a, name(in));
		break;
	case 5:
		sshd_send(sock, true, -1, SSHD_READ, a);
		break;
	case 6:
		sshd_send(sock, true, -1, SSHD_NEXT);
		break;
	case 7:
		if (!strstr(a, "running"))
			sshd_send(sock, true, -1, SSHD_WRITE, a, number(in));
		break;
	case 8:
		sshd_send(sock, true, -1, SSHD_PIECE, a, strlen(a));
		break;
	case 9:
		sshd_send(sock, true, -1, SSHD_END);
		break;
	case 10:
		sshd_send(sock, true, -1, SSHD_DONE, number(in));
	}
}

/* Until the daemon has taken what was said, and has decided what it has to. */
static void
settle(void)
{
	do {
		ev_ref(R.loop);		/* the threads' way back does not keep the loop */
		ev_run(R.loop, R.ssh->conns && R.ssh->conns->stage == SSH_ASKED ? EVRUN_ONCE : EVRUN_NOWAIT);
		ev_unref(R.loop);
	} while (R.ssh->conns && R.ssh->conns->stage == SSH_ASKED);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static char packet[SSHD_PACKET_MAX];
	struct input in = { data, size };
	struct sockaddr_in from = { .sin_family = AF_INET };
	struct sshd_msg m;
	int pair[2];
	long n;

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, pair) < 0)
		abort();
	fcntl(pair[0], F_SETFL, O_NONBLOCK);
	right_password = right_key = false;
	ssh_conn_attach(R.ssh, pair[0], 0, &from, 120.);
	for (int i = 0; in.n && i < 64 && R.ssh->conns; i++) {
		say(pair[1], &in);
		settle();
		while ((n = sshd_recv(pair[1], true, packet, NULL)) > 0)
			if (sshd_decode(&m, false, packet, (size_t)n) < 0)
				abort();
		if (R.logins && (!R.ssh->conns || (!right_password && !right_key) || R.logins->next))
			abort();
		if (R.ssh->waiting > (R.ssh->conns ? 1u : 0u))
			abort();
	}
	close(pair[1]);
	settle();
	if (R.ssh->conns || R.logins || R.ssh->waiting || R.ssh->nconns)
		abort();
	return 0;
}
