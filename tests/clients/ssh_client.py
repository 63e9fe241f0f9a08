#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# ssh_client.py SSH-CONFIG ADDRESS ADMIN-PASSWORD OPER-PASSWORD ENABLE-SECRET: sessions on a PTY, judged by their bytes.
import os
import re
import sys
import time

import pexpect

config, address, admin_password, oper_password, enable = sys.argv[1:]


def check(what, holds, got=None):
    print(("ok - " if holds else "not ok - ") + what, flush=True)
    if not holds and got is not None:
        print("    " + repr(got)[-3000:], flush=True)


def session(user="admin", rows=24, columns=80, term="vt100"):
    c = pexpect.spawn("ssh", ["-tt", "-F", config, "%s@%s" % (user, address)], dimensions=(rows, columns), timeout=30,
                      env=dict(os.environ, TERM=term), maxread=65536)
    c.delaybeforesend = None
    c.expect("assword: ")
    c.sendline(admin_password if user == "admin" else oper_password)
    c.log = b""
    c.expect(b"r1[>#]$")
    c.log += c.before + c.after
    return c


def until(c, pattern=b"r1#$", timeout=30):
    """What came, with the match; everything is kept in c.log."""
    c.expect(pattern, timeout)
    c.log += c.before + c.after
    return c.before + c.after


# --- 2, 4: line ends, and no codes, whatever the terminal is
for term in ("vt100", "xterm-256color", "dumb", "unheard-of"):
    c = session(term=term)
    for end in ("\r", "\n", "\r\n"):
        c.send("show privilege" + end)
        got = until(c)
        check("TERM=%s, line end %r is one Enter" % (term, end), got == b"show privilege\r\nCurrent privilege level is 15\r\nr1#", got)
    for key in "show clock":        # as clogin types `exit`
        c.send(key)
        time.sleep(0.02)
    c.send("\r")
    got = until(c)
    check("TERM=%s, typed letter by letter" % term, got.startswith(b"show clock\r\n"), got)
    c.send("terminal length 0\r"), until(c)
    c.send("show running-config\r"), until(c)
    c.send("configure terminal\r"), until(c, rb"\(config\)#$")
    c.send("bogus command\r"), until(c, rb"\(config\)#$")
    c.send("end\r"), until(c)
    check("TERM=%s, not one escape code, and CR LF everywhere" % term, b"\x1b" not in c.log and b"\x07" not in c.log
          and not re.search(rb"[^\r]\n", c.log), re.findall(rb".{0,30}\x1b.{0,10}|.{0,30}[^\r]\n", c.log))
    c.send("exit\r")
    c.expect(pexpect.EOF)
    c.close()
    check("TERM=%s, exit ends the connection" % term, c.exitstatus == 0, c.exitstatus)

# --- 5 to 7: NUL, empty lines, type-ahead
c = session()
c.send("\0"), c.send("\0\0")
c.send("show pri\0vilege\r")
got = until(c)
check("NUL bytes are ignored", got == b"show privilege\r\nCurrent privilege level is 15\r\nr1#", got)
for _ in range(3):
    c.send("\r")
    got = until(c, b"\r\nr1#")
    check("an empty line gives a prompt", got == b"\r\nr1#", got)
c.send("copy running-config startup-config\r\r")
got = until(c, rb"OK\]\r\nr1#")
check("type-ahead answers a question", re.fullmatch(rb"copy running-config startup-config\r\nDestination filename \[startup-config\]\? \r\n"
                                                   rb"Building configuration\.\.\.\r\n\[OK\]\r\nr1#", got), got)
c.send("show clock\rshow privilege\rconfigure terminal\rend\r")
got = until(c, rb"\(config\)#end\r\n[^\r]*(\r\n)*r1#")
check("four lines typed ahead, each behind its prompt", [line.split(b"#", 1)[1] for line in (b"r1#" + got).split(b"\r\n") if line.startswith(b"r1")][:-1]
      == [b"show clock", b"show privilege", b"configure terminal", b"end"], got)

# --- 29: `?` in the middle of a line that goes on
c.send("terminal length 0\r"), until(c)
c.send("show running-config ?")
got = until(c, rb"r1#show running-config $")
check("help behind a word lists `all`, without Enter", re.search(rb"\r\n  all ", got) and b"<cr>" in got, got)
c.send("\r")
got = until(c, rb"r1#$")
check("and the line is still there", b"Current configuration" in got, got)

# --- 10: in configuration mode 20 characters of the host name, and the new name at once
c.send("configure terminal\r"), until(c, rb"\(config\)#$")
c.send("hostname a-name-of-thirty-two-characters\r")
got = until(c, rb"\(config\)#$")
check("a long host name is cut in configuration mode", got.endswith(b"\r\na-name-of-thirty-two(config)#"), got)
c.send("end\r")
got = until(c, rb"characters#$")
check("and whole in the next prompt", got.endswith(b"\r\na-name-of-thirty-two-characters#"), got)
c.send("configure terminal\r"), until(c, rb"\(config\)#$")
c.send("hostname r1\r"), until(c, rb"r1\(config\)#$")
c.send("end\r"), until(c)

# --- 3: long lines are not folded
for width, command in ((511, "terminal width 511"), (0, "terminal width 0"), (132, "terminal width 132")):
    c.send(command + "\r")
    got = until(c)
    check(command + " says nothing", got == command.encode() + b"\r\nr1#", got)
    n = min(width or 900, 500) - 10
    text = "show running-config | include ^" + "abcdefghij" * (n // 10 - 3)
    for i in range(0, len(text), 7):        # in small pieces, so that it cannot come back as it went
        c.send(text[i:i + 7])
        time.sleep(0.005 if i > 70 else 0.03)   # slower than a paste comes
    c.send("\r")
    got = until(c)
    check("%d characters are echoed as they are" % len(text), got == text.encode() + b"\r\nr1#", got)
c.send("exit\r")
c.expect(pexpect.EOF)
c.close()
c = session(rows=1000, columns=511)
text = "show running-config | include ^" + "0123456789" * 45
c.send(text + "\r")
got = until(c)
check("a terminal of 511 columns and 1000 rows folds nothing", got == text.encode() + b"\r\nr1#", got)
c.send("exit\r")
c.expect(pexpect.EOF)
c.close()

# --- 1, 35: a terminal without rows does not page; a window that grows, too
c = session(rows=0, columns=132)
c.send("show running-config all\r")
got = until(c, rb"\r\nend\r\n\r?\n?r1#$")
check("no rows, no pages", b"--More--" not in got and got.count(b"\n") > 24, got)
c.close()
c = session(rows=10)
c.send("show running-config\r")
got = until(c, rb" --More-- $")
check("ten rows, nine lines", got.count(b"\r\n") == 10, got.count(b"\n"))
c.send(" ")
got = until(c, rb" --More-- $")
check("SPACE: a page", got.count(b"\r\n") == 9, got)
c.send("\r")
got = until(c, rb" --More-- $")
check("ENTER: a line", got.count(b"\r\n") == 1 and got.startswith(b"\b" * 9 + b" " * 8 + b"\b" * 9), got)
c.send("q")
got = until(c)
check("q: the prompt", got == b"\b" * 9 + b" " * 8 + b"\b" * 9 + b"r1#", got)
c.setwinsize(16, 80)
time.sleep(0.5)     # the change goes by ssh, which says nothing of it
c.send("show running-config\r")
got = until(c, rb" --More-- $")
check("the window has grown, and so has the page", got.count(b"\r\n") == 16, got.count(b"\n"))
c.send("x")
got = until(c)
check("any other key leaves, too", got.endswith(b"r1#"), got)

# --- 100 KB at once
lines = ["ip route 10.%d.%d.0 255.255.255.0 198.18.0.2 name %s-%d" % (100 + i // 250, i % 250, "pasted" * 3, i) for i in range(1400)]
paste = "configure terminal\r" + "".join(line + "\r" for line in lines) + "end\r"
check("the paste has 100 KB (%d)" % len(paste), len(paste) > 100000)
sent, log, start = 0, b"", time.monotonic()
os.set_blocking(c.child_fd, False)
while not re.search(rb"\(config\)#end\r\n(.*\r\n)*r1#$", log[-2000:]) and time.monotonic() - start < 60:
    if sent < len(paste):
        try:
            sent += os.write(c.child_fd, paste[sent:sent + 4096].encode())
        except BlockingIOError:
            pass
    try:
        log += os.read(c.child_fd, 65536)
    except BlockingIOError:
        time.sleep(0.005)
os.set_blocking(c.child_fd, True)
took = time.monotonic() - start
echoed = [line.split(b"#", 1)[1].decode() for line in log.split(b"\r\n") if line.startswith(b"r1(config)#")]
check("100 KB pasted: every line echoed once, in order (%.1f s)" % took, echoed == lines + ["end"], (len(echoed), log[-500:]))
check("and taken without a message", b"%" not in log, re.findall(rb".*%.*", log)[:5])
c.send("terminal length 0\r"), until(c)
c.send("show running-config | include pasted\r")
got = until(c, rb"r1#$")
check("and in the configuration, in order", got.decode().split("\r\n")[1:-1] == lines, got)
c.send("exit\r")
c.close()

# --- 14, 15: enable
c = session("oper")
c.send("enable\r")
got = until(c, rb"Password: $")
check("enable asks", got == b"enable\r\nPassword: ", got)
c.send(enable + "\r")
got = until(c)
check("and shows nothing of the answer", got == b"\r\nr1#", got)
c.send("enable\r")
got = until(c)
check("enable at level 15 asks nothing", got == b"enable\r\nr1#", got)
c.send("disable\r")
got = until(c, b"r1>$")
c.send("show privilege\r")
got = until(c, b"r1>$")
check("disable", got == b"show privilege\r\nCurrent privilege level is 1\r\nr1>", got)
c.send("configure terminal\r")
got = until(c, b"r1>$")
check("level 1 cannot configure", b"% Invalid input detected" in got, got)
for command in ("terminal length 0", "terminal width 511", "terminal width 512", "terminal width 132", "terminal width 0"):
    c.send(command + "\r")
    got = until(c, b"r1>$")
    check("%s says nothing at level 1, either" % command, got == command.encode() + b"\r\nr1>", got)
c.send("enable\r")
for i in range(3):
    until(c, rb"Password: $")
    c.send("wrong\r")
got = until(c, b"r1>$")
check("three wrong secrets", got == b"\r\n% Bad secrets\r\n\r\nr1>", got)
c.send("exit\r")
c.expect(pexpect.EOF)
