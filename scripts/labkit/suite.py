# SPDX-License-Identifier: GPL-2.0
"""The selftests: which there are, where each runs, and how one is run.

A test tells in its first lines what it wants:

    # lab: --nodes 2 --nic e1000      the lab's options; `host`: no guest
    # kernels: stock                  default: stock debug; `stock` is newer ones too
    # timeout: 60                     seconds on a stock kernel

Tests of equal options share a guest, and several guests run at a time; the last ones
share what is left of the tests. A guest is thrown away after a test that left it
unwell.
"""

import argparse
import collections
import concurrent.futures
import math
import os
import re
import shlex
import signal
import subprocess
import sys
import threading
import time

from . import backend, files, options, tap
from .errors import STATUS_FAILURE, STATUS_FAULT
from .kernel import KINDS

SELFTESTS = files.TREE / "selftests"
PROGRAMS = files.BUILD / "selftests"
LAB = str(files.SCRIPTS / "lab")
HEADER = re.compile(r"^(?:#|//| \*|/\*) *(lab|kernels|timeout): *(.*?)(?: *\*/)?$")
DEFAULT_LAB = "--nodes 1 --nic e1000"
DEBUG_FACTOR = 6
# A machine slower than that, in slowness(), gets one guest for two processors.
SLOW = 2

Test = collections.namedtuple("Test", "name path lab kernels timeout")

# Twice, because the first scan may meet an object on its way between two places.
# Only objects with a frame of ours in their backtrace are our leaks.
KMEMLEAK = """
cd /sys/kernel/debug || exit 0
[ -e kmemleak ] || exit 0
echo scan >kmemleak; echo scan >kmemleak
report=$(cat kmemleak); echo clear >kmemleak
case $report in *weft*) echo "$report"; exit 1;; esac
"""

# A socket holds weft.ko until a grace period after its last packet.
UNLOAD = """
for module in weft_hook_test weft_map_fault weft_filter weft weftnic; do
    for second in 1 2 3 4 5 6 7 8 9 10; do
        grep -q "^$module [0-9]* [1-9]" /proc/modules || break
        sleep 1
    done
    [ ! -d /sys/module/$module ] || rmmod $module || { ps ax; exit 1; }
done
! grep weft /proc/modules /proc/net/protocols /proc/net/ptype
"""


def main(arguments):
    """Runs the tests that the command line names; the exit status."""
    chosen = _parser().parse_args(arguments)
    tests = find(chosen.tests)
    stream = tap.Stream()
    if not tests:
        stream.result(False, "no such test")
        return stream.finish()
    kernels = [chosen.kernel] if chosen.kernel else ["debug", "stock"]
    deadline = time.monotonic() + chosen.minutes * 60
    workers = os.cpu_count() if options.slowness() < SLOW else max(1, os.cpu_count() // 2)
    runs = []
    if "stock" in kernels:
        runs += [HostTest(stream, test, deadline).run for test in tests if test.lab == "host"]
    for kernel in kernels:
        groups = [(lab, collections.deque(group))
                  for lab, group in _groups(tests, kernel).items()]
        groups.sort(key=lambda group: -len(group[1]))
        # A worker with nothing else to begin helps with a group that goes on.
        runs += [Group(stream, kernel, lab, group, deadline).run
                 for _ in range(workers) for lab, group in groups]
    _run_all(runs, workers)
    return stream.finish()


def _run_all(runs, workers):
    """Calls the functions, some at a time; a signal ends all that run."""
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: Children.stop())
    with concurrent.futures.ThreadPoolExecutor(workers) as pool:
        done = [pool.submit(run) for run in runs]
    if Children.stopping:
        sys.exit(143)
    for each in done:
        each.result()


def _parser():
    parser = argparse.ArgumentParser(prog="scripts/run-selftests", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kernel", choices=KINDS, help="default: stock and debug")
    parser.add_argument("--minutes", type=float, default=math.inf, metavar="M",
                        help="begin no test later than that; those left out are named")
    parser.add_argument("tests", nargs="*", metavar="TEST", help="default: all")
    return parser


# --- which tests there are ----------------------------------------------------------

def find(names):
    """The tests of these names, all if there are none, in order."""
    if (SELFTESTS / "Makefile").exists():
        subprocess.run(["make", "-s", "-C", str(SELFTESTS)], check=True)
    tests = [_describe(path) for path in sorted(_sources())]
    wanted = {os.path.basename(name).split(".")[0] for name in names}
    return [test for test in tests if not wanted or test.name in wanted]


def _sources():
    scripts = [*SELFTESTS.glob("*.sh"), *(SELFTESTS / "host").glob("*")]
    return [path for path in [*scripts, *SELFTESTS.glob("*.c")]
            if path.suffix == ".c" or os.access(path, os.X_OK)]


def _describe(source):
    said = {"lab": DEFAULT_LAB, "kernels": "stock debug", "timeout": "120"}
    for line in source.read_text().splitlines()[:20]:
        header = HEADER.match(line)
        if header:
            said[header[1]] = header[2]
    if said["lab"] != "host" and "--nic" not in said["lab"]:
        said["lab"] += " --nic e1000"
    path = PROGRAMS / source.stem if source.suffix == ".c" else source
    return Test(source.stem, path, said["lab"], said["kernels"].split(),
                float(said["timeout"]))


def _is_for(test, kernel):
    """A newer kernel runs what the stock one does, and what is for it alone."""
    return kernel in test.kernels or kernel != "debug" and "stock" in test.kernels


def _groups(tests, kernel):
    groups = collections.defaultdict(list)
    for test in tests:
        if test.lab != "host" and _is_for(test, kernel):
            groups[test.lab].append(test)
    return groups


# --- how one is run ------------------------------------------------------------------

class Children:
    """The processes that run for the tests."""

    stopping = False
    _running = set()
    _lock = threading.Lock()

    @classmethod
    def call(cls, command, timeout):
        """Runs a command: its status and its output, both streams in one."""
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT) as child:
            with cls._lock:
                cls._running.add(child)
            try:
                output = child.communicate(timeout=timeout)[0]
            except subprocess.TimeoutExpired:
                child.terminate()
                output = child.communicate()[0] + b"\nno end in %g s" % timeout
                child.returncode = STATUS_FAILURE
            finally:
                with cls._lock:
                    cls._running.remove(child)
        return child.returncode, output.decode(errors="replace")

    @classmethod
    def stop(cls):
        """Ends what runs now; who called it looks at `stopping` next."""
        cls.stopping = True
        for child in list(cls._running):
            child.terminate()


def _is_late(stream, deadline, name):
    """True if it is too late to begin a test, which is told."""
    late = time.monotonic() > deadline
    if late:
        stream.note(f"out of time, not run: {name}")
    return late


class HostTest:
    """A test that needs no guest, or makes its own."""

    def __init__(self, stream, test, deadline):
        self._stream = stream
        self._test = test
        self._deadline = deadline

    def run(self):
        """Runs the test."""
        if Children.stopping or _is_late(self._stream, self._deadline, f"host: {self._test.name}"):
            return
        status, output = Children.call([str(self._test.path)],
                                       self._test.timeout * options.patience())
        tap.join(self._stream, f"host: {self._test.name}", output, status)


class Group:
    """A guest, and the tests it takes from those of its options: a deque."""

    _count = 0

    def __init__(self, stream, kernel, lab, tests, deadline):
        Group._count += 1
        self._stream = stream
        self._kernel = kernel
        self._lab = lab
        self._tests = tests
        self._first = tests[0].name
        self._deadline = deadline
        self._name = f"selftests-{os.getpid()}-{kernel}{Group._count}"
        self._factor = options.patience() * (DEBUG_FACTOR if kernel == "debug" else 1)
        self._is_up = False

    def run(self):
        """Runs the tests, and looks for what they left."""
        try:
            for test in iter(self._take, None):
                self._begin(test)
            if self._is_up and not Children.stopping:
                self._check_what_is_left()
        finally:
            self._down()

    def _take(self):
        try:
            return self._tests.popleft()
        except IndexError:
            return None     # another guest took the last

    def _begin(self, test):
        name = f"{self._kernel}: {test.name}"
        if Children.stopping or _is_late(self._stream, self._deadline, name):
            return
        if "backend=tap" in self._lab and backend.missing_tap():
            self._stream.result(True, f"{name} # SKIP no tap on this machine: "
                                      f"{backend.missing_tap()}")
            return
        if self._is_up or self._up(test):
            self._run_test(test)

    def _up(self, test):
        command = [LAB, "up", "--name", self._name, "--kernel", self._kernel,
                   *shlex.split(self._lab)]
        status, output = Children.call(command, None)
        self._is_up = status == 0
        if status and not Children.stopping:
            self._stream.result(False, f"{self._kernel}: {test.name}: the lab did not come up",
                                output)
        if status:
            self._down()
        return self._is_up

    def _down(self):
        Children.call([LAB, "down", "--name", self._name], 60 * self._factor)
        self._is_up = False

    def _exec(self, command, timeout):
        return Children.call([LAB, "exec", "--name", self._name, "--timeout", str(timeout), "1", "--",
                      *command], timeout + 30 * self._factor)

    def _run_test(self, test):
        begin = time.monotonic()
        status, output = self._exec([str(test.path)], test.timeout * self._factor)
        self._stream.note(f"{self._kernel}: {test.name}: {time.monotonic() - begin:.1f} s")
        good = tap.join(self._stream, f"{self._kernel}: {test.name}", output, status)
        if status in (STATUS_FAULT, STATUS_FAILURE):
            self._down()
        if not good:
            self._stream.note(f"to repeat: scripts/run-selftests --kernel {self._kernel} "
                              f"{test.name}")

    def _check_what_is_left(self):
        if self._kernel == "debug":
            self._check("nothing leaks", KMEMLEAK)
        self._check("modules unload", UNLOAD)

    def _check(self, text, script):
        status, output = self._exec(["sh", "-c", script], 120 * self._factor)
        self._stream.result(status == 0, f"{self._kernel}: {self._first}...: {text}",
                            output if status else "")
