/* SPDX-License-Identifier: BSD-2-Clause */
/* gramc -o DIR FILE.gram ...: compiles the grammar to C tables. See doc/GRAMMAR.md. */
#include <stdio.h>
#include <string.h>

#include "grammar/gramc/gramc.h"

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
