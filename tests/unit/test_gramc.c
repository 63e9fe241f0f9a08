/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * What the grammar compiler refuses. the files in tests/gramc are grammars with one
 * mistake each; their first line is the message that is expected ("# error:
 * TEXT"), or "# ok". The program is gramc in $B, which defaults to build.
 */
#define _GNU_SOURCE
#include <check.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include "tests/unit/unit.h"

static glob_t files;
static char dir[] = "/tmp/gramc.XXXXXX";

/* Runs gramc on a file; its messages go to out. Returns the exit status. */
static int
run(const char *file, char *out, size_t cap)
{
	char gramc[256];
	int p[2], status;
	size_t n = 0;
	ssize_t r;
	pid_t pid;

	snprintf(gramc, sizeof gramc, "%s/gramc", getenv("B") ? getenv("B") : "build");
	ck_assert_int_eq(pipe(p), 0);
	pid = fork();
	if (pid == 0) {
		dup2(p[1], 1);
		dup2(p[1], 2);
		close(p[0]);
		close(p[1]);
		execl(gramc, "gramc", "-o", dir, file, NULL);
		_exit(127);
	}
	close(p[1]);
	while (n < cap - 1 && (r = read(p[0], out + n, cap - 1 - n)) > 0)
		n += (size_t)r;
	out[n] = '\0';
	close(p[0]);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	ck_assert_msg(WIFEXITED(status), "%s: gramc died: %s", file, out);
	return WEXITSTATUS(status);
}

START_TEST(one_file)
{
	const char *path = files.gl_pathv[_i];
	char first[256] = "", out[2048];
	FILE *f = fopen(path, "r");
	int status;

	ck_assert_ptr_nonnull(f);
	ck_assert_ptr_nonnull(fgets(first, sizeof first, f));
	fclose(f);
	first[strcspn(first, "\n")] = '\0';
	status = run(path, out, sizeof out);
	if (strcmp(first, "# ok") == 0)
		ck_assert_msg(status == 0, "%s: %s", path, out);
	else {
		ck_assert_msg(strncmp(first, "# error: ", 9) == 0, "%s has no first line", path);
		ck_assert_msg(status == 1, "%s: exit %d: %s", path, status, out);
		ck_assert_msg(strstr(out, first + 9) != NULL, "%s: not '%s' but %s", path, first + 9, out);
	}
}
END_TEST

int
main(void)
{
	Suite *s = suite_create("gramc");
	TCase *t = tcase_create("files");
	char made[64];
	int failed;

	if (glob("tests/gramc/*.gram", 0, NULL, &files) != 0 || !mkdtemp(dir)) {
		fprintf(stderr, "test_gramc: run it from the top folder\n");
		return 1;
	}
	tcase_add_loop_test(t, one_file, 0, (int)files.gl_pathc);
	suite_add_tcase(s, t);
	failed = run_suite(s);
	globfree(&files);
	snprintf(made, sizeof made, "%s/*", dir);
	if (glob(made, 0, NULL, &files) == 0) {
		for (size_t i = 0; i < files.gl_pathc; i++)
			unlink(files.gl_pathv[i]);
		globfree(&files);
	}
	rmdir(dir);
	return failed != 0;
}
