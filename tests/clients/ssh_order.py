#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# ssh_order.py ADDRESS ADMIN-PASSWORD OPER-PASSWORD: messages in an order in which no client sends them, and what no client may have.
import socket
import sys

from ssh_raw import *

address, admin_password, oper_password = sys.argv[1:]


def check(what, holds, got=None):
    print(("ok - " if holds else "not ok - ") + what, flush=True)
    if not holds and got is not None:
        print("    " + repr(got)[-3000:], flush=True)


def nothing_given(r):
    """No channel, no login, no forwarding: it answers no, or ends."""
    try:
        seen = r.pong(False)
    except queue.Empty:
        return False, "no answer, and not closed"
    bad = [s for s in seen if s and s[0] in (USERAUTH_SUCCESS, OPENED, SUCCESS, REQUEST_SUCCESS, DATA)]
    return not bad, seen


# --- before a login
def case(what, *messages, service=True):
    with Raw(address) as r:
        if service:
            r.service()
        for m in messages:
            r.send(*m)
        good, seen = nothing_given(r)
        check("before a login: " + what, good, seen)


session = (OPEN, "session", U32(0), U32(1 << 20), U32(32768))
case("a channel, without the service", session, service=False)
case("a channel", session)
case("the service ssh-connection, and a channel", (SERVICE_REQUEST, "ssh-connection"), session, service=False)
case("the client says that it is logged in", (USERAUTH_SUCCESS,), session)
case("the client says that it is logged in, without the service", (USERAUTH_SUCCESS,), session, service=False)
case("the client accepts the service itself", (SERVICE_ACCEPT, "ssh-connection"), session)
case("the client opens the channel itself", (OPENED, U32(0), U32(0), U32(1 << 20), U32(32768)),
     (REQUEST, U32(0), "shell", True), (DATA, U32(0), b"show running-config\r"))
case("a shell on a channel that is not there", (REQUEST, U32(0), "shell", True), (DATA, U32(0), b"show running-config\r"))
case("a command on a channel that is not there", (REQUEST, U32(0), "exec", True, "show running-config"))
case("a failure, and a channel", (USERAUTH_FAILURE, "password", False), session)
case("an answer to no question", (INFO_RESPONSE, U32(1), admin_password), session)
case("many answers to no question", (INFO_RESPONSE, U32(1 << 30), admin_password), session)
case("port forwarding", (GLOBAL_REQUEST, "tcpip-forward", True, "0.0.0.0", U32(8080)))
case("a connection to elsewhere", (OPEN, "direct-tcpip", U32(0), U32(1 << 20), U32(32768), "127.0.0.1", U32(22), "127.0.0.1", U32(1)))
case("a key exchange in the middle", (21,), session)
case("messages of no known type", (200, "x"), (255,), (199, "y"), session)
case("strings longer than the packet", (USERAUTH_REQUEST, U32(0xFFFFFFFF)), session)
case("a login cut off", (USERAUTH_REQUEST, "admin", "ssh-connection", "password"), session)
case("a login for another service", (USERAUTH_REQUEST, "admin", "ssh-nothing", "none"), session)
for method in ("none", "hostbased", "gssapi-with-mic", "", "password\0", "publickey"):
    case("method %r" % method, (USERAUTH_REQUEST, "admin", "ssh-connection", method), session)

# a question of one user is no login of another
with Raw(address) as r:
    r.service()
    kind = r.auth("admin", "keyboard-interactive", "", "")
    r.auth("oper", "keyboard-interactive", "", "")
    r.send(INFO_RESPONSE, U32(1), oper_password)
    got = r.wait(USERAUTH_SUCCESS, USERAUTH_FAILURE)
    out = r.run("show privilege") if got and got[0] == USERAUTH_SUCCESS else None
    check("the answer to the second question logs in its user alone", kind == USERAUTH_60 and (out is None or out[0].endswith(b"level is 1\r\n")
                                                                                              or out[0].endswith(b"level is 1\n")), (got, out))
with Raw(address) as r:
    r.service()
    r.auth("oper", "keyboard-interactive", "", "")
    got = r.password("admin", "wrong")
    r.send(INFO_RESPONSE, U32(1), oper_password)
    good = r.wait(USERAUTH_SUCCESS, USERAUTH_FAILURE, timeout=20)
    out = r.run("show privilege") if good and good[0] == USERAUTH_SUCCESS else None
    check("a question before another attempt gives no more than its user has", got == USERAUTH_FAILURE and (out is None or b"level is 1" in out[0]
                                                                                                           and b"15" not in out[0]), (got, good, out))

# a signature over another session's identifier
key = paramiko.RSAKey.generate(2048)
with Raw(address) as r:
    r.service()
    blob = key.asbytes()
    signed = fields(b"\0" * 32, USERAUTH_REQUEST, "admin", "ssh-connection", "publickey", True, "rsa-sha2-256", blob)
    sig = key.sign_ssh_data(signed, "rsa-sha2-256").asbytes()
    r.send(USERAUTH_REQUEST, "admin", "ssh-connection", "publickey", True, "rsa-sha2-256", blob, sig)
    good, seen = nothing_given(r)       # libssh says nothing to a signature that is wrong
    check("a wrong signature, and nothing behind it", good, seen)

# what libssh drops without a word: a key that is too small. Its owner is not left to wait
small = paramiko.RSAKey.generate(768)
with Raw(address) as r:
    r.service()
    r.send(USERAUTH_REQUEST, "admin", "ssh-connection", "publickey", True, "rsa-sha2-256", small.asbytes(),
           small.sign_ssh_data(b"anything", "rsa-sha2-256").asbytes())
    check("a key of 768 bits: the connection is closed", r.ended(10))

# --- what is no SSH at all
for what, data in (("HTTP", b"GET / HTTP/1.0\r\n\r\n"), ("no line end in a megabyte", b"SSH-2.0-" + b"A" * (1 << 20)),
                   ("lines without end", b"hello\r\n" * 100000), ("SSH 1", b"SSH-1.5-old\r\n"), ("NUL bytes", b"\0" * 65536),
                   ("a packet of 4 GB", b"SSH-2.0-x\r\n\xff\xff\xff\xff" + b"\0" * 1000), ("an empty packet", b"SSH-2.0-x\r\n" + b"\0" * 64),
                   ("format strings", b"SSH-2.0-%n%n%s%s\r\n" + b"%n" * 100)):
    s = socket.create_connection((address, 22), 20)
    s.settimeout(20)
    answer = b""
    try:
        s.sendall(data)
        while True:
            piece = s.recv(65536)
            if not piece:
                break
            answer += piece
        closed = True
    except socket.timeout:
        closed = False
    except OSError:
        closed = True       # reset: it closed with our bytes unread
    check("%s: the connection is closed" % what, closed, answer)
    s.close()


# --- behind a login
def logged_in():
    return Raw(address).login("admin", admin_password)


for what, more in (("direct-tcpip", ("127.0.0.1", U32(22), "127.0.0.1", U32(1))), ("forwarded-tcpip", ("127.0.0.1", U32(22), "127.0.0.1", U32(1))),
                   ("x11", ("127.0.0.1", U32(6000))), ("auth-agent@openssh.com", ()), ("direct-streamlocal@openssh.com", ("/run/x", "", U32(0))),
                   ("tun@openssh.com", (U32(1), U32(0))), ("nonsense", ())):
    with logged_in() as r:
        check("a channel %s is refused" % what, r.open(what, *more) is False)
for what, more in (("tcpip-forward", ("0.0.0.0", U32(8080))), ("streamlocal-forward@openssh.com", ("/tmp/x",)), ("nonsense", ())):
    with logged_in() as r:
        r.send(GLOBAL_REQUEST, what, True, *more)
        got = r.wait(REQUEST_SUCCESS, REQUEST_FAILURE, UNIMPLEMENTED)
        check("the request %s is refused" % what, got is not None and got[0] != REQUEST_SUCCESS, got)
for what, more in (("subsystem", ("sftp",)), ("subsystem", ("netconf",)), ("env", ("LD_PRELOAD", "/tmp/x.so")), ("env", ("TERM", "x;id")),
                   ("auth-agent-req@openssh.com", ()), ("x11-req", (False, "MIT-MAGIC-COOKIE-1", "00", U32(0))), ("nonsense", ())):
    with logged_in() as r:
        check("a second channel is refused (%s)" % what, r.open() is True and r.open() is False)
        check("%s %s is refused" % (what, more[:1]), r.request(what, *more) is False)
        data, status = (r.output() if r.request("exec", "show privilege") else (None, None))
        check("and the session goes on", data is not None and b"level is 15" in data and status == 0, (data, status))

pty = ("xterm", U32(80), U32(24), U32(0), U32(0), b"\0")
for first, second in ((("shell",), ("shell",)), (("shell",), ("exec", "show running-config")), (("exec", "show clock"), ("shell",)),
                      (("exec", "show clock"), ("exec", "show running-config")), (("shell",), ("pty-req", *pty)),
                      (("pty-req", *pty), ("pty-req", *pty)), (("shell",), ("subsystem", "sftp"))):
    with logged_in() as r:
        r.open()
        one, two = r.request(*first), r.request(*second)
        seen = r.pong()
        check("%s and then %s: not both" % (first[0], second[0]), one is True and not two, (one, two, seen))
        check("not one line of the configuration", not any(s and b"username" in s[1] for s in seen), seen)
with logged_in() as r:
    r.open()
    r.send(DATA, U32(r.peer), b"show running-config\r")
    r.send(EOF, U32(r.peer))
    r.send(WINDOW, U32(r.peer), U32(0xFFFFFFFF))
    r.send(WINDOW, U32(r.peer), U32(0xFFFFFFFF))
    r.send(DATA, U32(4711), b"x")
    r.send(CLOSE, U32(4711))
    good = not any(s and s[0] == DATA for s in r.pong())
    check("data, windows and ends before a shell, and of channels that are not there", good)
with logged_in() as r:
    r.send(USERAUTH_REQUEST, "oper", "ssh-connection", "password", False, oper_password)
    data, status = r.run("show users")
    check("a second login changes nothing", data is None or (b"admin" in data and b"oper" not in data), data)
with logged_in() as r:
    r.open()
    r.send(REQUEST, U32(r.peer), "pty-req", True, "x" * 30000, U32(0xFFFFFFFF), U32(0xFFFFFFFF), U32(0), U32(0), b"\0")
    r.send(REQUEST, U32(r.peer), "window-change", False, U32(0xFFFFFFFF), U32(0xFFFFFFFF), U32(0), U32(0))
    data, status = (r.output() if r.request("exec", "show privilege") else (None, None))
    check("a terminal of 4,294,967,295 columns with a name of 30,000 letters", data is None or b"level is 15" in data, data)
with logged_in() as r:
    data, status = r.run("show privilege " + "x" * 30000)
    check("a command of 30,000 letters is refused", not data or b"%" in data, data)
with logged_in() as r:
    data, status = r.run("show privilege\nshow running-config")
    check("one command is one line", data is not None and b"level is 15" in data and b"username" not in data, data)

# --- names and passwords
for user in ("$(touch /tmp/confterm-owned)", "`id`", "admin;id", "%s%n%x%p" * 20, "A" * 10240, "../../etc/passwd", "ad\nmin", "\x1b[2Jadmin",
             "admin\0", "\xff\xfe", "", " ", "admin ", "-oProxyCommand=x", "' or 1=1 --", "A" * 64, "A" * 65, "A" * 1024, "A" * 1025):
    for word in (admin_password, "$(id)%n" * 30, "B" * 10240):
        with Raw(address) as r:
            r.service()
            got = r.password(user, word)
            cut = user.split("\0")[0] == "admin" and word == admin_password     # a NUL ends a name
            check("user %.20r, password %.12r" % (user, word), got in (USERAUTH_FAILURE, None) or cut, got)
for word in ("", "\0", admin_password + "\n", admin_password[:-1], admin_password + "x", admin_password * 2, "%s" * 100, "C" * 30000, "*"):
    with Raw(address) as r:
        r.service()
        got = r.password("admin", word)
        check("password %.20r is another" % word, got in (USERAUTH_FAILURE, None), got)
with Raw(address) as r:
    r.service()
    got = r.password("meta", "$(id);'`\"%n%s|&<>*")
    check("a password of all that a shell or printf knows", got == USERAUTH_SUCCESS, got)
