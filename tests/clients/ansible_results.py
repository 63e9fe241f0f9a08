#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# ansible_results.py RESULTS ERRORS: judges what the tasks of ansible.yml returned.
import json
import sys

text = open(sys.argv[1], encoding="utf-8").read()
errors = open(sys.argv[2], encoding="utf-8").read()
try:
    plays = json.loads(text[text.index("{"):])["plays"]
except ValueError:
    print("not ok - ansible-playbook ran\n    " + repr(text[-1500:] + errors[-3000:]))
    sys.exit(1)
results = {task["task"]["name"]: task["hosts"]["r1"] for task in plays[0]["tasks"]}


def check(what, holds, got=None):
    print(("ok - " if holds else "not ok - ") + what)
    if not holds:
        print("    " + json.dumps({k: v for k, v in got.items() if k not in ("invocation", "exception")} if isinstance(got, dict) else got)[:3000])


def good(name, changed=None):
    r = results.get(name, {"failed": "task is missing"})
    check(name + ("" if changed is None else ": changed" if changed else ": nothing changed"),
          not r.get("failed") and (changed is None or r.get("changed") == changed), r)
    return r


# --- 15, 20 to 23: facts
r = good("facts")
facts = r.get("ansible_facts", {})
check("host name", facts.get("ansible_net_hostname") == "r1", facts)
for name in ("version", "serialnum", "image"):
    check("fact " + name, facts.get("ansible_net_" + name), {k: v for k, v in facts.items() if k != "ansible_net_config"})
check("memory", facts.get("ansible_net_memtotal_mb", 0) > 0 and facts.get("ansible_net_memfree_mb", 0) > 0, facts.get("ansible_net_memtotal_mb"))
check("no warnings", not r.get("warnings"), r.get("warnings"))
check("file systems", facts.get("ansible_net_filesystems") == ["flash:"], facts.get("ansible_net_filesystems"))
interfaces = facts.get("ansible_net_interfaces", {})
port = interfaces.get("GigabitEthernet0/0", {})
check("interfaces", sorted(interfaces) == ["GigabitEthernet0/0", "Loopback0"] and port.get("ipv4") == [{"address": "198.18.0.1", "subnet": "24"}]
      and port.get("operstatus") == "up" and port.get("mtu") == 1500 and port.get("macaddress"), interfaces)
check("addresses", "198.18.0.1" in facts.get("ansible_net_all_ipv4_addresses", []), facts.get("ansible_net_all_ipv4_addresses"))
check("configuration", facts.get("ansible_net_config", "").rstrip().endswith("\nend"), facts.get("ansible_net_config"))
net = facts.get("ansible_network_resources", {})
check("resources: interfaces", {"name": "Loopback0", "description": "as it was", "enabled": True} in net.get("interfaces", []), net)
check("resources: ospfv2", net.get("ospfv2", {}).get("processes", [{}])[0].get("process_id") == 1, net.get("ospfv2"))

# --- commands
r = good("command", False)
out = r.get("stdout", [""] * 4)
check("every command's output", "UTC" in out[0] and "GigabitEthernet0/0" in out[1] and "uptime" in out[2] and "network 10.0.0.1" in out[3], out)
r = good("command with a question")
check("the question was answered", "[OK]" in str(r.get("stdout")), r)
r = results["command refused"]
check("a refused command fails", r.get("failed") and "Invalid input" in str(r), r)
r = good("ping")
check("ping's figures", r.get("packet_loss") == "0%" and r.get("packets_rx") == 5 and r.get("rtt", {}).get("avg") is not None, r)
good("ping nobody")

# --- 25 to 32: configuration
good("config", True), good("config again", False)
good("config acl", True), good("config acl again", False)
good("config from a file", True), good("config from a file again", False)
r = results["config refused"]
check("a refused line fails", r.get("failed") and "Invalid input" in str(r), r)
good("config with defaults", True)
r = good("difference")
check("the difference against startup-config is what was changed",
      "Loopback9" in str(r.get("diff")) and "Loopback0" not in str(r.get("diff", {}).get("prepared", "")), r)
good("save", True), good("save again", False)
good("backup")

# --- resource modules
for name in ("banner", "user", "static_routes", "acls", "l3_interfaces"):
    good(name, True), good(name + " again", False)
good("user removed", True)
r = good("static_routes gathered")
check("the route came back", "by-ansible" in str(r.get("gathered")) and "old" in str(r.get("gathered")), r)
r = good("acls gathered")
check("the access lists came back", all(name in str(r.get("gathered")) for name in ("BYNAME", "OLD", "VPN", "www", "established")), r)
r = good("l3_interfaces gathered")
check("the addresses came back", "10.8.8.9/32" in str(r.get("gathered")) and "198.18.0.1/24" in str(r.get("gathered")), r)
good("save always", True)
