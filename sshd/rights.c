/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What a process of confterm-sshd may do: nothing but use the descriptors that
 * it was started with. It gives up root before it reads a byte of the network,
 * then the kernel refuses whatever opens, starts or connects to something.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <seccomp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "sshd/sshd.h"

static _Noreturn void
fail(const char *what)
{
	fprintf(stderr, "confterm-sshd: %s failed\n", what);
	_exit(1);
}

static void
bound(int what, rlim_t most)
{
	struct rlimit r = { most, most };

	if (setrlimit(what, &r) < 0)
		fail("setrlimit");
}

void
rights_drop(bool may_exec)
{
	const struct passwd *pw = getpwnam("_confterm");
	uid_t uid;
	gid_t gid;

	if (!pw)
		pw = getpwnam("nobody");
	if (!pw || pw->pw_uid == 0)
		fail("getpwnam");
	uid = pw->pw_uid;
	gid = pw->pw_gid;
	bound(RLIMIT_CORE, 0);
	if (!may_exec) {
		bound(RLIMIT_FSIZE, 0);
		bound(RLIMIT_NPROC, 0);
		bound(RLIMIT_NOFILE, 16);
		bound(RLIMIT_DATA, 256u << 20);
	}
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		fail("PR_SET_NO_NEW_PRIVS");
	if (getuid() == 0 && setgroups(0, NULL) < 0)
		fail("setgroups");
	if (setresgid(gid, gid, gid) < 0 || setresuid(uid, uid, uid) < 0 || getuid() != uid || geteuid() != uid || setuid(0) == 0)
		fail("setresuid");
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		fail("PR_SET_DUMPABLE");
	/* a change of ids clears it; conftermd's end is seen by the socketpair, too */
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0)
		fail("PR_SET_PDEATHSIG");
	if (chdir("/") < 0)
		fail("chdir");
}

void
rights_filter(void)
{
	/* what reads, writes, waits and allocates; measured with libssh 0.10 and 0.11, OpenSSL 3 and glibc 2.36 to 2.41 */
	static const int allowed[] = {
		SCMP_SYS(read), SCMP_SYS(write), SCMP_SYS(readv), SCMP_SYS(writev), SCMP_SYS(recvfrom), SCMP_SYS(recvmsg),
		SCMP_SYS(sendto), SCMP_SYS(sendmsg), SCMP_SYS(shutdown), SCMP_SYS(close), SCMP_SYS(poll), SCMP_SYS(ppoll),
		SCMP_SYS(select), SCMP_SYS(pselect6), SCMP_SYS(fcntl), SCMP_SYS(getsockopt), SCMP_SYS(getsockname),
		SCMP_SYS(getpeername), SCMP_SYS(brk), SCMP_SYS(mmap), SCMP_SYS(munmap), SCMP_SYS(mremap), SCMP_SYS(madvise),
		SCMP_SYS(futex), SCMP_SYS(getrandom), SCMP_SYS(clock_gettime), SCMP_SYS(clock_nanosleep), SCMP_SYS(nanosleep),
		SCMP_SYS(gettimeofday), SCMP_SYS(time), SCMP_SYS(getpid), SCMP_SYS(gettid), SCMP_SYS(getuid), SCMP_SYS(geteuid),
		SCMP_SYS(getgid), SCMP_SYS(getegid), SCMP_SYS(rt_sigaction), SCMP_SYS(rt_sigprocmask), SCMP_SYS(rt_sigreturn),
		SCMP_SYS(restart_syscall), SCMP_SYS(sigreturn), SCMP_SYS(exit), SCMP_SYS(exit_group), SCMP_SYS(fstat), SCMP_SYS(newfstatat),
		SCMP_SYS(lseek), SCMP_SYS(sched_yield), SCMP_SYS(uname),
	};
	scmp_filter_ctx f = seccomp_init(SCMP_ACT_ERRNO(EPERM));
	bool ok = f != NULL;

	for (size_t i = 0; ok && i < sizeof allowed / sizeof allowed[0]; i++) {
		int r = seccomp_rule_add(f, SCMP_ACT_ALLOW, allowed[i], 0);

		ok = r == 0 || r == -EDOM || r == -EEXIST;	/* EDOM: not a call of this machine */
	}
	/* the size of a terminal, and what terminals and sockets are asked for; no TIOCSTI */
	static const unsigned long requests[] = { 0x5401 /* TCGETS */, 0x5413 /* TIOCGWINSZ */, 0x5414 /* TIOCSWINSZ */,
		0x541b /* FIONREAD */, 0x5421 /* FIONBIO */ };

	for (size_t i = 0; ok && i < sizeof requests / sizeof requests[0]; i++)
		ok = seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(ioctl), 1, SCMP_A1(SCMP_CMP_EQ, requests[i])) == 0;
	/* libssh switches off Nagle's algorithm */
	ok = ok && seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(setsockopt), 0) == 0;
	/* memory that is code stays what was loaded */
	ok = ok && seccomp_rule_add(f, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, SCMP_A2(SCMP_CMP_MASKED_EQ, 4 /* PROT_EXEC */, 0)) == 0;
	ok = ok && seccomp_load(f) == 0;
	seccomp_release(f);
	if (!ok)
		fail("seccomp");
}
