#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# ssh_tries.py ADDRESS COUNT: tries passwords on one connection until it is closed.
import sys

from ssh_raw import *

with Raw(sys.argv[1]) as r:
    r.service()
    for i in range(int(sys.argv[2])):
        if r.password("admin", "wrong%d" % i) is None:
            break
