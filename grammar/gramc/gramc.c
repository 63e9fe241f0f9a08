/* SPDX-License-Identifier: BSD-2-Clause */
/* gramc -o DIR FILE.gram ...: compiles the grammar to C tables. See doc/GRAMMAR.md. */
#include <stdio.h>
#include <string.h>

#include "grammar/gramc/gramc.h"

/* A build tool frees nothing; the leak sanitizer need not tell. */
const char *__asan_default_options(void);
const char *
__asan_default_options(void)
{
	return "detect_leaks=0";
}

int
main(int argc, char **argv)
{
	static struct grammar g;

	if (argc < 4 || strcmp(argv[1], "-o") != 0) {
		fprintf(stderr, "usage: gramc -o DIR FILE.gram ...\n");
		return 2;
	}
	for (int i = 3; i < argc; i++)
		rows_read(&g, read_file(argv[i]));
	rows_finish(&g);
	emit(&g, argv[2]);
	return 0;
}
