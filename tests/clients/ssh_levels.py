#!/usr/bin/python3
# SPDX-License-Identifier: BSD-2-Clause
# ssh_levels.py GRAMMAR-FOLDER user|privileged|acts: a line for every exec row of the grammar, and for each of its alternatives: of those
# that privilege level 1 may type, of the others, or of those that act from configuration mode.
import glob
import re
import sys

VALUES = {"ip4": "10.0.0.1", "host": "10.0.0.1", "mask": "255.0.0.0", "cidr": "10.0.0.0/8", "ifname": "GigabitEthernet0/0"}


def value(kind):
    m = re.match(r"u32\((\d+)", kind)
    return m.group(1) if m else VALUES.get(kind.split("(")[0], "NAME")


def parse(t, i, end):
    """Lines of a template from t[i] on up to one of the characters of end; each a list of words."""
    every, lines = [], [[]]
    while True:
        while i < len(t) and t[i] == " ":
            i += 1
        if i == len(t) or t[i] in end:
            every += lines
            if i == len(t) or t[i] != "|":
                return every, i
            lines, i = [[]], i + 1
            continue
        if t[i] in "[{":
            inner, i = parse(t, i + 1, "]|" if t[i] == "[" else "}|")
            more = [[]] + inner
            i += 1
        elif t[i] == "(":
            more, i = parse(t, i + 1, ")|")
            i += 1
        elif t[i] == "<":
            j, depth = i, 0
            while True:
                depth += (t[j] == "<") - (t[j] == ">")
                j += 1
                if depth == 0:
                    break
            more, i = [[value(t[i + 1:j - 1].split(":", 1)[1])]], j
        else:
            word = re.match(r"[^ \[\](){}<>|]+", t[i:]).group(0)
            i += len(word)
            if word.endswith("@") and t[i:i + 1] == "(":
                continue
            more = [[word]]
        lines = [a + b for a in lines for b in more]


def rows(folder):
    for path in sorted(glob.glob(folder + "/*.gram")):
        for m in re.finditer(r'^exec (\S+) "([^"]*)" (acts )?(?:unlisted )?call \w+(.*)$', open(path).read(), re.M):
            yield m.group(2), "acts" if m.group(3) else "user" if " user" in m.group(4) else "privileged"


if __name__ == "__main__":
    for template, kind in rows(sys.argv[1]):
        if kind == sys.argv[2]:
            for words in parse(template, 0, "")[0]:
                print(" ".join(words))
