# SPDX-License-Identifier: GPL-2.0
"""TAP: reads the output of tests and writes one stream for all."""

import re
import threading

RESULT = re.compile(r"^(ok|not ok)\b *\d* *-? *(.*)$")
PLAN = re.compile(r"^1\.\.(\d+)(?: *# *SKIP *(.*))?$", re.IGNORECASE)
SKIP = re.compile(r"# *SKIP *(.*)$", re.IGNORECASE)


class Stream:
    """The joined TAP stream; several threads may write to it."""

    def __init__(self):
        self.passed = 0
        self.failed = 0
        self.lock = threading.RLock()   # keeps lines together that belong together
        print("TAP version 13", flush=True)

    def result(self, good, text, why=""):
        """One result, with lines that explain it."""
        with self.lock:
            if good:
                self.passed += 1
            else:
                self.failed += 1
            number = self.passed + self.failed
            print(f"{'ok' if good else 'not ok'} {number} - {text}", flush=True)
            self.note(why)

    def note(self, text):
        """Lines that belong to the results around them."""
        with self.lock:
            for line in text.splitlines():
                print(f"# {line}", flush=True)

    def finish(self):
        """The plan and the sum; the exit status."""
        print(f"1..{self.passed + self.failed}")
        self.note(f"{self.passed} passed, {self.failed} failed")
        return 0 if self.passed and not self.failed else 1


def join(stream, name, output, status):
    """Adds one test's output to the stream; True if all is well. A skip needs a reason."""
    with stream.lock:
        return _join(stream, name, output, status)


def _join(stream, name, output, status):
    results = failures = 0
    planned = None
    for line in output.splitlines():
        result, plan = RESULT.match(line), PLAN.match(line)
        if result:
            results += 1
            good = result[1] == "ok" and _skip_is_explained(result[2])
            failures += not good
            stream.result(good, f"{name}: {result[2]}")
        elif plan:
            planned = int(plan[1])
            if plan[2]:
                results += 1
                stream.result(True, f"{name} # SKIP {plan[2]}")
                planned = 1
        elif line and not line.startswith("TAP version"):
            stream.note(line.removeprefix("# "))
    problem = _problem(results, planned, failures, status)
    if problem:
        stream.result(False, f"{name}: {problem}")
    return not failures and not problem


def _skip_is_explained(text):
    skip = SKIP.search(text)
    return not skip or bool(skip[1].strip())


def _problem(results, planned, failures, status):
    if status and not failures:
        return f"ended with status {status}"
    if planned is None:
        return "ended without a plan"
    if planned != results:
        return f"planned {planned} results and gave {results}"
    return ""
