#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# netmiko_client.py ADDRESS ADMIN-PASSWORD OPER-PASSWORD ENABLE-SECRET CONFIGURATION
import re
import sys
import threading
import time

from netmiko import ConnectHandler

address, admin_password, oper_password, enable, configuration = sys.argv[1:]
router = {"device_type": "cisco_ios", "host": address, "username": "oper", "password": oper_password, "secret": enable}
admin = dict(router, username="admin", password=admin_password)


def check(what, holds, got=""):
    print(("ok - " if holds else "not ok - ") + what, flush=True)
    if not holds and got != "":
        print("    " + repr(got)[:3000], flush=True)


def refused(text):
    return re.search(r"^% ?(Invalid|Incomplete|Ambiguous|Unknown)", text, re.M) is not None


# --- points 3 to 6, 9, 13 to 15: a session, enable, commands
c = ConnectHandler(**router)
check("ConnectHandler finds the prompt", c.base_prompt == "r1", c.base_prompt)
check("privilege 1 after login", not c.check_enable_mode() and "level is 1" in c.send_command("show privilege"))
c.enable()
check("enable with its secret", c.check_enable_mode() and "level is 15" in c.send_command("show privilege"))
c.enable()
check("enable when enabled", c.check_enable_mode())
expected = {
    "show version": r"r1 uptime is \d+ minute", "show clock": r"UTC", "show privilege": r"^Current privilege level is 15$",
    "show running-config": r"\nend$", "show running-config | include ^hostname": r"^hostname r1$",
    "show running-config | section ^interface": r"^interface GigabitEthernet0/0\n ip address 198", "show startup-config": r"hostname r1",
    "show ip interface brief": r"^GigabitEthernet0/0 +198\.18\.0\.1 ", "show interfaces": r"^GigabitEthernet0/0 is up",
    "show ip interface": r"Internet address is 198\.18\.0\.1/24", "show ip route": r"C +198\.18\.0\.0/24 is directly connected",
    "show ip route connected": r"198\.18\.0\.0", "show ip protocols": r"", "show access-lists": r"", "show logging": r"%SYS-5-RESTART",
    "show crypto isakmp policy": r"", "show crypto session": r"Crypto session current status", "show history": r"show clock",
    "dir": r"bytes total \(\d+ bytes free\)", "show ip ospf neighbor": r"",
}
for command, pattern in expected.items():
    got = c.send_command(command)
    check(command, re.search(pattern, got, re.M) and not refused(got) and not re.search(r"^r1[#>]", got, re.M), got)
got = c.send_command("show interfaces description | exclude ^nothing " + "x" * 300)
check("a line of 340 characters comes back in one piece, and is taken off", "x" * 20 not in got, got)
t = time.monotonic()
for _ in range(3):
    c.send_command("show clock")
    c.find_prompt()
check("three empty lines and three commands take no time of the router", time.monotonic() - t < 20)

# --- 12, 25, 26: configuration, errors
got = c.send_config_set(["interface Loopback9", "ip address 9.9.9.9 255.255.255.255", "bogus command"])
check("an error is seen", re.search(r"\n +\^ *\n% Invalid input detected at '\^' marker\.\n\n?r1\(config-if\)#", got), got)
check("and the mode stays", got.rstrip().endswith("r1#") and not c.check_config_mode(), got[-200:])
with open(configuration, encoding="ascii") as f:
    lines = [line for line in f.read().splitlines() if line.strip() not in ("", "!", "end")]
got = c.send_config_set(lines, delay_factor=0.2)
check("%d lines of a whole configuration" % len(lines), not refused(got) and len(lines) > 80, got)
echoed = re.sub(r"(?m)^[\w-]+(\([\w-]+\))?#", "", got).splitlines()
wanted = [line.strip() for line in lines]
check("every line echoed, in order, unbroken", [e.strip() for e in echoed if e.strip() in wanted] == wanted,
      [w for w in wanted if w not in [e.strip() for e in echoed]])
c.set_base_prompt()
check("the new host name is in the prompt", c.base_prompt == lines[0].split()[1], c.base_prompt)
running = c.send_command("show running-config")
check("every interface and crypto map is there",
      all(line in running.splitlines() for line in lines if re.match(r"(interface|crypto map|ip route) ", line) and "\n%s\n" % line in "\n" + running + "\n")
      and all(running.count("\n" + line + "\n") for line in lines if line.startswith("interface ")), running)
c.send_config_set(["hostname r1"])
c.set_base_prompt()
got = c.save_config()
check("save_config", "[OK]" in got, got)
c.send_config_set(["banner motd #", "Maintenance on Friday.", "# is taken from here", "hostname r1"])
c.disconnect()

# --- 11: a banner is no prompt; fifty sessions at once
results = {}


def session(i):
    try:
        s = ConnectHandler(**dict(admin, session_timeout=300, timeout=120, banner_timeout=60, auth_timeout=60))
        s.send_config_set(["ip route 10.99.%d.0 255.255.255.0 198.18.0.2 name session-%d" % (i, i)])
        results[i] = s.send_command("show running-config | include session-%d$" % i)
        s.disconnect()
    except Exception as e:  # what went wrong is the result
        results[i] = repr(e)


threads = [threading.Thread(target=session, args=(i,)) for i in range(50)]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
wrong = {i: r for i, r in results.items() if r != "ip route 10.99.%d.0 255.255.255.0 198.18.0.2 name session-%d" % (i, i)}
check("50 sessions at once, each with a line of its own", not wrong and len(results) == 50, list(wrong.items())[:3])
c = ConnectHandler(**admin)
c.save_config()
