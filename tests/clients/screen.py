# SPDX-License-Identifier: BSD-2-Clause
"""A person's terminal: a program on a PTY, and the screen as a terminal shows its output."""
import os
import time

import pexpect
import pyte


class Terminal:
    def __init__(self, argv, columns=80, rows=24, term="xterm"):
        self.child = pexpect.spawn(argv[0], argv[1:], dimensions=(rows, columns), timeout=20, env=dict(os.environ, TERM=term))
        self.child.setecho(False)
        self.child.delaybeforesend = None
        self.screen = pyte.HistoryScreen(columns, rows, history=100000, ratio=0.5)
        self.stream = pyte.ByteStream(self.screen)
        self.log = b""          # every byte that came
        self.passed, self.failed = 0, 0

    def read(self, seconds):
        """What comes within that time goes to the screen; False at the end of the program."""
        try:
            data = self.child.read_nonblocking(65536, seconds)
        except pexpect.TIMEOUT:
            return True
        except pexpect.EOF:
            return False
        self.log += data
        self.stream.feed(data)
        return True

    def until(self, holds, seconds=20):
        end = time.monotonic() + seconds
        while not holds():
            left = end - time.monotonic()
            if left <= 0 or not self.read(min(left, 0.5)):
                return holds()
        return True

    def quiet(self, seconds=0.25):
        """Until nothing has come for that time."""
        n = -1
        while n != len(self.log):
            n = len(self.log)
            if not self.read(seconds):
                break

    def send(self, data):
        self.child.send(data)

    def type(self, text, pause=0.01):
        """Key by key, as a person does."""
        for key in text:
            self.child.send(key)
            self.read(pause)

    def line(self):
        """The line with the cursor, without blanks at its end but those before the cursor."""
        text = self.screen.display[self.screen.cursor.y]
        return text.rstrip().ljust(self.screen.cursor.x)

    def lines(self):
        """The screen down to the cursor."""
        return [t.rstrip() for t in self.screen.display[: self.screen.cursor.y + 1]]

    def text(self):
        return "\n".join(self.lines())

    def everything(self):
        """With what has scrolled away."""
        top = ["".join(line[x].data for x in range(self.screen.columns)).rstrip() for line in self.screen.history.top]
        return top + self.lines()

    def resize(self, columns, rows):
        self.screen.resize(rows, columns)
        self.child.setwinsize(rows, columns)

    # --- checks

    def check(self, what, holds, got=None):
        print(("ok - " if holds else "not ok - ") + what, flush=True)
        if not holds:
            print("    cursor %d,%d" % (self.screen.cursor.x, self.screen.cursor.y))
            for t in got if got is not None else self.lines():
                print("    |" + str(t))

    def shows(self, what, line, seconds=10):
        """The cursor's line becomes exactly that, and stays."""
        self.until(lambda: self.line() == line, seconds)
        self.quiet(0.1)
        self.check(what, self.line() == line)

    def command(self, text, prompt="r1#"):
        """Types a line and returns what came between it and the next prompt."""
        start = len(self.everything()) - 1
        self.type(text)
        self.until(lambda: self.line().endswith(text))
        self.send("\r")
        self.until(lambda: self.line() == prompt and len(self.everything()) - 1 > start)
        return self.everything()[start + 1 : -1]
