#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# ssh_crowd.py ADDRESS PORT COUNT SOURCE...: COUNT connections from these addresses that begin and say no more. Prints a line
# when they are there, and keeps them until its input ends.
import sys

from ssh_raw import half_open

address, port, count, sources = sys.argv[1], int(sys.argv[2]), int(sys.argv[3]), sys.argv[4:]
held, refused = [], 0
for i in range(count):
    try:
        held.append(half_open(address, port, sources[i % len(sources)]))
    except OSError:
        refused += 1
print("%d held, %d refused" % (len(held), refused), flush=True)
sys.stdin.read()
