# SPDX-License-Identifier: BSD-2-Clause
"""An SSH client that says what it is told to, in any order. paramiko exchanges the keys; from then on every message
is made here, and every one that comes is put into a queue."""
import logging
import os
import queue
import socket
import struct
import threading

import paramiko
from paramiko.message import Message

logging.getLogger("paramiko").addHandler(logging.NullHandler())     # what a server closes is a result here
logging.getLogger("paramiko").propagate = False
DISCONNECT, UNIMPLEMENTED, SERVICE_REQUEST, SERVICE_ACCEPT = 1, 3, 5, 6
USERAUTH_REQUEST, USERAUTH_FAILURE, USERAUTH_SUCCESS, USERAUTH_BANNER, USERAUTH_60, INFO_RESPONSE = 50, 51, 52, 53, 60, 61
GLOBAL_REQUEST, REQUEST_SUCCESS, REQUEST_FAILURE = 80, 81, 82
OPEN, OPENED, OPEN_FAILURE, WINDOW, DATA, EXTENDED, EOF, CLOSE, REQUEST, SUCCESS, FAILURE = range(90, 101)


class U32(int):
    pass


def fields(*values):
    """bytes and str: a string; U32; int: a byte; bool: a boolean."""
    m = b""
    for v in values:
        if isinstance(v, bool):
            m += b"\1" if v else b"\0"
        elif isinstance(v, U32):
            m += struct.pack(">I", v)
        elif isinstance(v, int):
            m += bytes((v,))
        else:
            v = v.encode() if isinstance(v, str) else v
            m += struct.pack(">I", len(v)) + v
    return m


class Raw:
    def __init__(self, address, port=22, source=None):
        sock = socket.create_connection((address, port), 20, source and (source, 0))
        self.queue = queue.Queue()
        self.t = paramiko.Transport(sock)
        self.t.banner_timeout = self.t.handshake_timeout = 60
        read = self.t.packetizer.read_message

        def tap():
            while True:
                try:
                    kind, m = read()
                except BaseException:
                    self.queue.put(None)
                    raise
                if kind >= 50 or kind in (DISCONNECT, UNIMPLEMENTED, SERVICE_ACCEPT):
                    self.queue.put((kind, m.asbytes()))
                    if kind != DISCONNECT:
                        continue
                    self.queue.put(None)
                return kind, m

        self.t.packetizer.read_message = tap
        done = threading.Event()
        self.t.start_client(event=done)
        if not done.wait(60) or not self.t.is_active():
            raise ConnectionError("no key exchange: %s" % self.t.get_exception())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        self.t.close()

    def send(self, kind, *values):
        m = Message()
        m.add_byte(bytes((kind,)))
        m.add_bytes(fields(*values))
        try:
            self.t._send_message(m)
        except (OSError, EOFError):
            pass

    def next(self, timeout=20):
        """(type, body); None at the end of the connection."""
        got = self.queue.get(timeout=timeout)
        if got is None:
            self.queue.put(None)
        return got

    def wait(self, *kinds, timeout=20):
        """Up to the first message of these types, None: the connection ended before."""
        while True:
            got = self.next(timeout)
            if got is None or got[0] in kinds:
                return got

    def ended(self, timeout=20):
        """The server closes."""
        try:
            return self.wait(-1, timeout=timeout) is None
        except queue.Empty:
            return False

    def pong(self, inside=True):
        """Does the server still answer? Everything that it had to say before is in the list."""
        if inside:
            self.send(GLOBAL_REQUEST, "keepalive@openssh.com", True)
        else:
            self.send(USERAUTH_REQUEST, "nobody", "ssh-connection", "none")
        seen = []
        while True:
            got = self.next(10)
            seen.append(got)
            if got is None or got[0] in (REQUEST_SUCCESS, REQUEST_FAILURE) or not inside and got[0] == USERAUTH_FAILURE:
                return seen

    # --- the usual way

    def service(self):
        self.send(SERVICE_REQUEST, "ssh-userauth")
        return self.wait(SERVICE_ACCEPT) is not None

    def auth(self, user, method, *more):
        """USERAUTH_SUCCESS, USERAUTH_FAILURE, USERAUTH_60, or None: closed."""
        self.send(USERAUTH_REQUEST, user, "ssh-connection", method, *more)
        got = self.wait(USERAUTH_SUCCESS, USERAUTH_FAILURE, USERAUTH_60)
        return got and got[0]

    def password(self, user, password):
        return self.auth(user, "password", False, password)

    def login(self, user, password):
        if not self.service() or self.password(user, password) != USERAUTH_SUCCESS:
            raise ConnectionError("not logged in")
        return self

    def open(self, kind="session", *more, window=1 << 21):
        """True, False, or None: closed. The channel has number 0 on both sides."""
        self.send(OPEN, kind, U32(0), U32(window), U32(32768), *more)
        got = self.wait(OPENED, OPEN_FAILURE)
        if got and got[0] == OPENED:
            self.peer = struct.unpack(">I", got[1][4:8])[0]
        return got and got[0] == OPENED

    def request(self, kind, *more):
        self.send(REQUEST, U32(self.peer), kind, True, *more)
        got = self.wait(SUCCESS, FAILURE)
        return got and got[0] == SUCCESS

    def output(self):
        """All data up to the end of the channel, and the exit status."""
        data, status = b"", None
        while True:
            got = self.next(30)
            if got is None or got[0] == CLOSE:
                return data, status
            if got[0] == DATA:
                data += got[1][8:]
                self.send(WINDOW, U32(self.peer), U32(len(got[1]) - 8))
            elif got[0] == REQUEST and b"exit-status" in got[1][:20]:
                status = struct.unpack(">I", got[1][-4:])[0]

    def run(self, command):
        if not self.open() or not self.request("exec", command):
            return None, None
        return self.output()


def half_open(address, port=22, source=None, say=b"SSH-2.0-Waiting\r\n"):
    """A connection that is begun and goes no further."""
    s = socket.create_connection((address, port), 20, source and (source, 0))
    s.setblocking(False)
    try:
        s.send(say)
    except OSError:
        pass
    return s


def children(namespace, name="confterm-sshd"):
    """Ids of the router's processes of that name."""
    pids = []
    for pid in os.popen("ip netns pids " + namespace).read().split():
        try:
            with open("/proc/%s/comm" % pid) as f:
                if f.read().strip() == name[:15]:
                    pids.append(int(pid))
        except OSError:
            pass
    return pids
