# SPDX-License-Identifier: GPL-2.0
"""A guest's console log, and the faults of its kernel in it."""

import re

from . import files

FAULT = re.compile(
    rb"\bBUG\b|WARNING:|Oops:|Call Trace:|RIP: |KASAN:|UBSAN:|DMA-API:|ODEBUG:"
    rb"|ref_tracker:|unreferenced object|Kernel panic|general protection fault"
    rb"|INFO: task .* blocked|INFO: .*(stall|lockdep|deadlock|recursive|trying to register)"
    rb"|soft lockup|unregister_netdevice: waiting|leaked reference|page_pool_release_retry")
FATAL = re.compile(rb"Kernel panic|soft lockup|INFO: task .* blocked|rcu.*self-detected stall")
# That the kernel found no memory is no fault of it, though its report looks like one.
NO_MEMORY = re.compile(
    rb"^.*(?:page allocation failure: |vmalloc error: |sysctl could not get directory: .* -12$)"
    rb"(?:.*\n)*?.*</TASK>\n", re.MULTILINE)
BEFORE = 3
AFTER = 60


class Console:
    """The console of one guest; remembers how far it has been looked at."""

    def __init__(self, directory, node):
        self.path = directory / f"node{node}.log"
        self._seen = directory / f"node{node}.seen"
        self._lock = directory / f"node{node}.seen.lock"

    def new_faults(self):
        """What the kernel reported since the last call, as text; "" if nothing."""
        with files.locked(self._lock):
            start = int(self._seen.read_text()) if self._seen.exists() else 0
            data = self._complete_lines()
            self._seen.write_text(str(len(data)))
        return excerpt(data[start:])

    def faults(self):
        """All that the kernel reported, as text; "" if nothing."""
        return excerpt(self._complete_lines())

    def is_fatal(self):
        """True if the log says that the guest is lost."""
        return bool(FATAL.search(self._complete_lines()))

    def _complete_lines(self):
        data = self.path.read_bytes()
        return data[:data.rfind(b"\n") + 1]


def excerpt(data):
    """The part of a log around its first fault; "" if there is none."""
    lines = NO_MEMORY.sub(b"", data.replace(b"\r", b"")).split(b"\n")
    for number, line in enumerate(lines):
        if FAULT.search(line):
            part = lines[max(0, number - BEFORE):number + AFTER]
            return b"\n".join(part).decode(errors="replace").rstrip("\n")
    return ""
