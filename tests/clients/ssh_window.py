#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# ssh_window.py ADDRESS ADMIN-PASSWORD: a terminal whose window changes, before and after something was typed.
import re
import struct
import sys

from ssh_raw import *


def pixels(columns, rows):
    return U32(columns), U32(rows), U32(0), U32(0)


def until(r, pattern):
    data = b""
    while not re.search(pattern, data):
        got = r.wait(DATA)
        if got is None:
            break
        data += got[1][8:]
        r.send(WINDOW, U32(r.peer), U32(struct.unpack(">I", got[1][4:8])[0]))
    return data


with Raw(sys.argv[1]) as r:
    r.login("admin", sys.argv[2]).open()
    r.request("pty-req", "xterm", *pixels(80, 24), b"\0")
    r.request("shell")
    until(r, rb"r1#")
    for columns, rows in ((80, 24), (132, 50), (60, 10), (0, 0), (200, 60)):
        r.send(REQUEST, U32(r.peer), "window-change", False, *pixels(columns, rows))
        r.pong()
        # the shell hears of the change by a signal, and tells the daemon: asked until it says so
        for attempt in range(50):
            r.send(DATA, U32(r.peer), b"show terminal | include ^Length\r")
            got = until(r, rb"lines, Width(.*\r\n)+r1#")
            size = re.search(rb"Length: (\d+) lines, Width: (\d+) columns", got)
            size = size and (int(size.group(2)), int(size.group(1)))
            if size == (columns, rows):
                break
        good = size == (columns, rows) or (columns == 0 and size is not None)
        print("%s - a window of %d columns and %d rows %r" % ("ok" if good else "not ok", columns, rows, size), flush=True)
    r.send(DATA, U32(r.peer), b"exit\r")
    data, status = r.output()
    print("%s - exit ends the session with 0 (%r)" % ("ok" if status == 0 else "not ok", status), flush=True)
