#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# ssh_killed.py ADDRESS NAMESPACE ADMIN-PASSWORD: the process of a connection is killed at every step of its way.
# Prints what was done at each; the caller looks at the router.
import os
import signal
import sys
import time

from ssh_raw import *

address, namespace, password = sys.argv[1:]


def kill(what, name="confterm-sshd"):
    pids = children(namespace, name)
    for pid in pids:
        os.kill(pid, signal.SIGKILL)
    print("killed %d %s" % (len(pids), what), flush=True)
    return len(pids)


def in_time(delay):
    """Somewhere in the key exchange and the login."""
    pid = os.fork()
    if pid == 0:
        os.close(2)
        try:
            with Raw(address) as r:
                r.login("admin", password).run("show running-config")
        finally:
            os._exit(0)
    time.sleep(delay)
    n = kill("after %.3f s" % delay)
    os.waitpid(pid, 0)
    return n


s = half_open(address)
end = time.monotonic() + 10
while not children(namespace) and time.monotonic() < end:
    time.sleep(0.01)
steps = [kill("after accept")]
s.close()
steps.append(max(in_time(0.002 * i) for i in range(30)))
with Raw(address) as r:
    steps.append(kill("after the key exchange"))
    r.ended()
with Raw(address) as r:
    r.service()
    r.auth("admin", "keyboard-interactive", "", "")
    steps.append(kill("at the question"))
    r.ended()
with Raw(address) as r:
    r.service()
    r.send(USERAUTH_REQUEST, "admin", "ssh-connection", "password", False, password)
    steps.append(kill("while the password is looked at"))
    r.ended()
with Raw(address) as r:
    r.login("admin", password)
    steps.append(kill("after the login"))
    r.ended()
with Raw(address) as r:
    r.login("admin", password).open()
    steps.append(kill("with a channel"))
    r.ended()
for request in (("shell",), ("exec", "show running-config"), ("exec", "ping 198.18.0.77 repeat 1000"), ("exec", "scp -f running-config"),
                ("exec", "scp -t flash:half")):
    with Raw(address) as r:
        r.login("admin", password).open(window=1000)
        r.request(*request)
        steps.append(kill("with " + " ".join(request)))
        r.ended()
with Raw(address) as r:
    r.login("admin", password).open()
    r.request("exec", "scp -t flash:half")
    r.send(DATA, U32(r.peer), b"C0644 100000 half\n" + b"x" * 20000)
    r.wait(DATA)
    steps.append(kill("in the middle of a file"))
    r.ended()
with Raw(address) as r:
    r.login("admin", password).open()
    r.request("shell")
    end = time.monotonic() + 10
    while not children(namespace, "confterm") and time.monotonic() < end:
        time.sleep(0.01)
    steps.append(kill("shells", "confterm"))
    print(("ok" if r.ended() else "not ok") + " - the shell is killed: the connection ends", flush=True)
print("%s - a process was there at every step (%s)" % ("ok" if all(steps) else "not ok", steps), flush=True)
