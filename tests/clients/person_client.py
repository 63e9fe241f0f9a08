# SPDX-License-Identifier: BSD-2-Clause
# person_client.py SSH-CONFIG ADDRESS ADMIN-PASSWORD OPER-PASSWORD ENABLE-SECRET: a person's half hour, by the screen.
import os
import re
import signal
import sys

from screen import Terminal

config, address, admin_password, oper_password, enable = sys.argv[1:]
UP, DOWN, RIGHT, LEFT, BACKSPACE = "\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x7f"


def ctrl(key):
    return chr(ord(key) & 0x1F)


def arrive(user="admin", prompt="r1#", **size):
    t = Terminal(["ssh", "-F", config, "%s@%s" % (user, address)], **size)
    t.until(lambda: t.line().endswith("assword: "))
    t.send((admin_password if user == "admin" else oper_password) + "\r")
    t.until(lambda: t.line() == prompt)
    return t


def leave(t):
    """By whatever state it is in: the connection is cut."""
    t.child.kill(signal.SIGKILL)
    t.child.close()


def keys(t, text, what, line, seconds=10):
    """Types, and expects the cursor's line."""
    t.send(text)
    t.shows(what, line, seconds)


def last(t, n):
    return t.lines()[-n:]


def below(t, line):
    """What stands below the last such line of the screen, without the cursor's."""
    rows = t.lines()
    at = max((i for i, row in enumerate(rows) if row == line), default=len(rows))
    return rows[at + 1:-1]


# --- the door
t = arrive(rows=40)
t.check("the login banner stands before the password, the day's and the line's behind it",
        [row for row in t.lines() if row and not row.startswith("Warning: ")] == ["Authorised access only", "(admin@%s) Password:" % address,
                                              "Maintenance of r1 on Friday.", "You are on line 2", "r1#"])

# --- `?` at each depth, and the line stays
t.send("?")
t.until(lambda: "Exec commands:" in t.lines() and t.line() == "r1#")
t.check("? at the prompt: the commands", "Exec commands:" in t.lines() and "  show        Show running system information" in t.lines())
t.type("sh?")
t.until(lambda: t.lines()[-2:] == ["", "r1#sh"])
t.check("sh? lists words", below(t, "r1#sh?") == ["show", ""])
keys(t, "ow ip route ?", "and goes on with what was typed", "r1#show ip route ")
rows = below(t, "r1#show ip route ?")
t.check("show ip route ?: words in order, <cr> last", rows[-2:] == ["  <cr>", ""] and rows[:-2] == sorted(rows[:-2])
        and any(re.match(r"  static +\S", row) for row in rows))
keys(t, "nonsense ?", "? behind a word that is none", "r1#show ip route nonsense ")
t.check("says so", below(t, "r1#show ip route nonsense ?")[-1] == "% Unrecognized command")
keys(t, ctrl("U") + "show ip int?", "? at the end of a word", "r1#show ip int")
t.check("lists what it may become", below(t, "r1#show ip int?") == ["interface", ""])
keys(t, ctrl("U"), "Ctrl-U takes the line away", "r1#")
keys(t, "configure terminal\r", "configure terminal", "r1(config)#")
keys(t, "crypto isakmp keepalive 10 ?", "help in configuration mode", "r1(config)#crypto isakmp keepalive 10 ")
rows = below(t, "r1(config)#crypto isakmp keepalive 10 ?")
t.check("numbers first, words behind them, <cr> last", rows[0].startswith("  <2-60> ") and rows[-2] == "  <cr>"
        and [row.split()[0] for row in rows if re.match(r"  \S", row)] == ["<2-60>", "on-demand", "periodic", "<cr>"])
t.check("no line is wider than 80", all(len(row) < 80 for row in rows))
keys(t, ctrl("U") + "interface ?", "interface ?", "r1(config)#interface ")
t.check("lists types of ports", any(row.startswith("  Loopback ") for row in t.lines()))
keys(t, "Loopback0\r", "a sub-mode", "r1(config-if)#")
keys(t, "ip address 10.0.0.1 ?", "an address's help", "r1(config-if)#ip address 10.0.0.1 ")
t.check("names its type", below(t, "r1(config-if)#ip address 10.0.0.1 ?") == ["  A.B.C.D  IP subnet mask", ""])
keys(t, ctrl("U") + "do show ip int?", "help behind do", "r1(config-if)#do show ip int")
keys(t, ctrl("Z"), "Ctrl-Z drops it", "r1#")

# --- Tab
keys(t, "sho\tru\t", "Tab, twice", "r1#show running-config ")
t.type("| inc\t^hostname\r")
t.until(lambda: t.lines()[-2] == "hostname r1")
t.check("Tab in a filter", last(t, 2) == ["hostname r1", "r1#"])
keys(t, "show i\t", "Tab where there are several does nothing", "r1#show i")
keys(t, ctrl("U") + "show nonsense\t", "Tab behind nonsense does nothing", "r1#show nonsense")
keys(t, ctrl("U") + "conf\tt\t\r", "configure terminal by Tab", "r1(config)#")
keys(t, "int\tLo\t0\r", "and an interface", "r1(config-if)#")
t.send("end\r")
t.until(lambda: t.line() == "r1#")

# --- editing, history
keys(t, "show clck" + LEFT * 2 + "o", "a letter in the middle", "r1#show clock")
t.send("\r")
t.until(lambda: re.match(r"\*?\d\d:\d\d:\d\d\.\d{3} UTC ", t.lines()[-2]))
t.check("Enter in the middle runs the whole line", t.lines()[-3] == "r1#show clock" and t.line() == "r1#")
for key, name in ((UP, "arrow up"), (ctrl("P"), "Ctrl-P")):
    keys(t, key, name + ": the last line", "r1#show clock")
    keys(t, ctrl("C"), "Ctrl-C", "r1#")
t.command("show privilege")
t.command("show history")
keys(t, UP * 3, "three lines back", "r1#show clock")
keys(t, DOWN, "one forward", "r1#show privilege")
keys(t, ctrl("N"), "Ctrl-N: one more", "r1#show history")
keys(t, ctrl("A") + "do", "Ctrl-A: to the beginning", "r1#doshow history")
keys(t, ctrl("E") + "s", "Ctrl-E: to the end", "r1#doshow historys")
keys(t, BACKSPACE * 8, "backspace", "r1#doshow ")
keys(t, "ip route" + ctrl("W"), "Ctrl-W: a word", "r1#doshow ip ")
keys(t, ctrl("A") + ctrl("D") * 2 + ctrl("E") + "ospf" + ctrl("B") * 4 + ctrl("K"), "Ctrl-D, Ctrl-B, Ctrl-K", "r1#show ip ")
keys(t, "route" + ctrl("R"), "Ctrl-R writes the line again", "r1#show ip route")
t.until(lambda: t.lines()[-2] == "r1#show ip route")
t.check("below", t.lines()[-2:] == ["r1#show ip route", "r1#show ip route"])
keys(t, ctrl("C"), "Ctrl-C drops the line", "r1#")
t.check("and says so", t.lines()[-2] == "r1#show ip route^C")
long = "show running-config | include " + "abcdefghij" * 9
keys(t, long, "a line longer than the screen", ("r1#" + long)[80:])
t.check("goes on in the next row", t.lines()[-2] == ("r1#" + long)[:80])
keys(t, ctrl("A") + ctrl("K"), "and goes away whole", "r1#")
t.check("nothing of it stays", not any("ghij" in row for row in t.screen.display[t.screen.cursor.y:]))

# --- a typo and its caret
rows = t.command("show ip rout conected")
t.check("the caret stands below the first wrong letter", rows == [" " * len("r1#show ip rout con") + "^", "% Invalid input detected at '^' marker.", ""], rows)
t.check("% Incomplete command.", t.command("show crypto") == ["% Incomplete command.", ""])
t.check("bare show", t.command("show") == ["% Type \"show ?\" for a list of subcommands"])
t.check("% Ambiguous command", t.command("show i") == ["% Ambiguous command:  \"show i\"", ""])
t.check("no ip domain lookup: an unknown word is not looked up", t.command("shwo") == [
    'Translating "shwo"', "% Unknown command or computer name, or unable to find computer address"])
t.check("a name that is no host", t.command("ping nobody")[0] == "% Unrecognized host or address, or protocol not running.")
t.check("show hosts", t.command("show hosts")[0] == "Default domain is example.net")
keys(t, "conf t\r", "configuration mode", "r1(config)#")
rows = t.command("interfce lo0", "r1(config)#")
t.check("a typo in configuration mode", rows == [" " * len("r1(config)#interf") + "^", "% Invalid input detected at '^' marker.", ""], rows)
keys(t, "int lo0\r", "the mode is entered by an abbreviation", "r1(config-if)#")
rows = t.command("do sh ip int brief | i Loop", "r1(config-if)#")
t.check("do show, and its filter", [row for row in rows if row][0].startswith("Loopback0 "), rows)
rows = t.command("do show zzz", "r1(config-if)#")
t.check("a typo behind do", rows[0] == " " * len("r1(config-if)#do show ") + "^", rows)
rows = t.command("ip address 10.0.0.1 255.0.255.0", "r1(config-if)#")
t.check("a bad mask", rows[0].startswith("% Bad mask ") or rows[0].startswith("Bad mask "), rows)
rows = t.command("ip address 198.18.0.9 255.255.255.0", "r1(config-if)#")
t.check("an address of another port's network", rows == ["% 198.18.0.0 overlaps with GigabitEthernet0/0"], rows)
rows = t.command("ip", "r1(config-if)#")
t.check("too short a line", rows == ["% Incomplete command.", ""], rows)
keys(t, "router ospf 1\r", "from one mode into another", "r1(config-router)#")
keys(t, "exit\r", "exit: one mode up", "r1(config)#")
keys(t, "no router ospf 1\r", "no", "r1(config)#")
keys(t, "interface Loopback7\r", "an interface", "r1(config-if)#")
keys(t, "description by Ctrl-Z" + ctrl("Z"), "Ctrl-Z", "r1#")
t.check("takes the line", "r1(config-if)#description by Ctrl-Z^Z" in t.lines() and "by Ctrl-Z" in "".join(t.command("show run int lo7")))
keys(t, "conf t\r", "configuration mode again", "r1(config)#")
keys(t, "interface Loopback8" + ctrl("C"), "Ctrl-C leaves it", "r1#")
t.check("without the line", not any("Loopback8" in row for row in t.command("show running-config | include ^interface")))
keys(t, "hostname nobody\r", "a configuration line is no command", "r1#")

# --- --More--
wide, t = t, arrive(rows=12)
t.send("show running-config all\r")
t.until(lambda: t.line() == " --More-- ")
t.check("a page and --More--", len(t.lines()) == 12 and t.lines()[:2] == ["Building configuration...", ""])
first = t.lines()[-2]
keys(t, "\r", "Enter", " --More-- ")
t.check("one line more", t.lines()[-3] == first)
t.send(" ")
t.until(lambda: t.line() == " --More-- " and first not in t.lines())
shown = t.everything()[-30:]
t.check("Space: a page more", len(t.lines()) == 12)
t.check("nothing of --More-- is left in the text", not any("More" in row for row in shown[:-1]))
t.send("q")
t.shows("q: the prompt", "r1#")
t.check("and the rest is not shown", "end" not in t.lines())
t.send("show running-config all\r")
t.until(lambda: t.line() == " --More-- ")
keys(t, UP, "an arrow key leaves the page, and is not half a key", "r1#")
t.send("show running-config all | begin ^line vty\r")
t.until(lambda: t.line() == " --More-- ")
keys(t, "/", "so does any other key", "r1#")
t.command("terminal length 0")
t.send("show running-config all\r")
t.until(lambda: t.line() == "r1#" and "end" in t.lines())
t.check("terminal length 0", not any("--More--" in row for row in t.everything()[-60:]))
t.send("exit\r")
t.until(lambda: not t.child.isalive())
t = wide

# --- questions
keys(t, "copy running-config startup-config\r", "a question", "Destination filename [startup-config]? ")
keys(t, "\r", "Enter takes what it offers", "r1#")
t.check("[OK]", last(t, 3) == ["Building configuration...", "[OK]", "r1#"])
keys(t, "erase startup-config\r", "[confirm]", "firm]")
keys(t, "n", "n: not", "r1#")
t.check("not erased", len(t.command("show startup-config | include ^hostname")) == 1)
keys(t, "copy running-config startup-config\r", "a question again", "Destination filename [startup-config]? ")
keys(t, ctrl("C"), "Ctrl-C at a question", "r1#")
t.send("ping 198.18.0.77 repeat 1000\r")
t.until(lambda: t.line().startswith("."))
t.send("\x1e")
t.shows("Ctrl-^ ends a ping", "r1#")
t.check("with what it has", re.match(r"Success rate is 0 percent \(0/\d+\)", t.lines()[-2]))

# --- the log, and somebody else
other = arrive(rows=24)


def elsewhere(*lines):
    """The other person configures."""
    other.command("configure terminal", "r1(config)#")
    for line in lines:
        other.send(line + "\r")
        other.until(lambda: re.match(r"r1\(config.*\)#$", other.line()) and line in other.lines()[-2])
    other.command("end")


elsewhere("interface Loopback20")
t.quiet()
t.check("without terminal monitor nothing of the log", not any("%SYS" in row for row in t.lines()))
t.command("terminal monitor")
t.type("show ip ro")
elsewhere("interface Loopback21")
t.until(lambda: any("%SYS-5-CONFIG_I" in row for row in t.lines()))
t.quiet()
rows = t.everything()
t.check("a message cuts the line that is typed", t.line() == "" and "r1#show ip ro" in rows[-8:]
        and any("%LINEPROTO-5-UPDOWN" in row for row in rows[-8:]))
t.send("ute static | include 10\\.1\\.\r")
t.until(lambda: t.line() == "r1#")
t.check("which is not lost", re.match(r"S +10\.1\.0\.0/16 ", t.lines()[-2]))
elsewhere("line vty 0 63", "logging synchronous")
t.until(lambda: any("%SYS-5-CONFIG_I" in row for row in last(t, 3)))
t.type("show ip ro")
elsewhere("interface Loopback22")
t.until(lambda: any("Loopback22" in row for row in t.lines()) and "%SYS-5-CONFIG_I" in "".join(last(t, 3)))
t.shows("logging synchronous writes the line again", "r1#show ip ro")
keys(t, LEFT * 2 + ctrl("D") * 2 + "route static | include 10\\.1\\.\r", "and it can be edited", "r1#")
t.check("and runs", re.match(r"S +10\.1\.0\.0/16 ", t.lines()[-2]))
keys(t, "reload\r", "at a question", "System configuration has been modified. Save? [yes/no]: ")
elsewhere("interface Loopback23")
t.until(lambda: any("Loopback23" in row for row in t.lines()) and "%SYS-5-CONFIG_I" in t.text().split("Loopback23")[1])
t.shows("a message leaves the question", "System configuration has been modified. Save? [yes/no]: ")
keys(t, ctrl("C"), "Ctrl-C: no reload", "r1#")
t.command("terminal no monitor")

# --- two people configure at once
t.command("configure terminal", "r1(config)#")
other.command("configure terminal", "r1(config)#")
t.command("interface Loopback30", "r1(config-if)#")
other.command("interface Loopback31", "r1(config-if)#")
t.command("description of the one", "r1(config-if)#")
other.command("description of the other", "r1(config-if)#")
rows = other.command("do show running-config | section ^interface Loopback30", "r1(config-if)#")
t.check("each sees at once what the other did", " description of the one" in rows, rows)
other.command("no interface Loopback30", "r1(config)#")
rows = t.command("ip address 10.30.0.1 255.255.255.255", "r1(config-if)#")
rows = t.command("do show running-config | section ^interface Loopback3[01]", "r1(config-if)#")
t.check("what one of them takes away under the other's feet does no harm", " description of the other" in rows, rows)
other.command("hostname r9", "r9(config)#")
keys(t, "end\r", "a new host name is in everybody's next prompt", "r9#")
other.command("hostname r1", "r1(config)#")
other.command("end")
keys(t, "\r", "and the old one again", "r1#")
rows = t.command("show users")
t.check("show users: both, and which am I", sum("admin" in row for row in rows) == 2 and sum(row.startswith("*") for row in rows) == 1, rows)

# --- a level lower
low = arrive("oper", "r1>")
keys(low, "conf\t", "Tab does not offer what may not be typed", "r1>conf")
keys(low, ctrl("U") + "enable\r", "enable", "Password: ")
keys(low, "wrong\r", "a wrong secret: once more", "Password: ")
keys(low, ctrl("C"), "Ctrl-C: not", "r1>")
keys(low, "en\r" + enable + "\r", "typed ahead, and not shown", "r1#")
low.check("nowhere", enable.encode() not in low.log)
keys(low, "disable\r", "disable", "r1>")
keys(low, "exit\r", "exit", "")
low.until(lambda: not low.child.isalive())
low.check("the connection is closed", not low.child.isalive())

# --- sessions that are cut in the middle of anything
for what, typed, then in (("a line", "show ip ro", "show ip ro"), ("a page", "terminal length 5\rshow running-config\r", " --More-- "),
                          ("configuration", "configure terminal\rinterface Loopback40\r", r"r1(config-if)#"),
                          ("a banner", "configure terminal\rbanner incoming #\rhalf of it\r", ""),
                          ("a ping", "ping 198.18.0.77 repeat 1000\r", "."), ("a password", "disable\renable\r", "Password: "),
                          ("a question", "reload\r", "[yes/no]: ")):
    c = arrive()
    c.send(typed)
    c.until(lambda: c.line().endswith(then) and c.line() != "r1#")
    c.check("in the middle of " + what, c.line().endswith(then))
    c.until(lambda: False, 0.2)
    leave(c)
rows = t.command("show running-config | include ^banner|Loopback40")
t.check("what was complete is there, what was not is not", rows.count("interface Loopback40") == 1 and not any("incoming" in row for row in rows), rows)
for p in (t, other):
    p.send("exit\r")
    p.until(lambda: not p.child.isalive())
    p.check("exit", not p.child.isalive())
