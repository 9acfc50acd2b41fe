# SPDX-License-Identifier: GPL-2.0
"""A lab: its directory, its guests and the process that owns them.

The owner of a lab holds the lock in the lab's directory. QEMU dies with it. A
janitor process, which does nothing else, removes the directory after it. So a
lab that is killed leaves nothing.
"""

import fcntl
import json
import os
import pathlib
import shutil
import signal
import tempfile
import time

from . import files
from .console import Console
from .errors import GuestFault, LabError
from .guest import Guest


def base_dir():
    """The directory of this user's labs."""
    base = os.environ.get("XDG_RUNTIME_DIR") or tempfile.gettempdir()
    path = pathlib.Path(base) / f"weft-lab-{os.getuid()}"
    path.mkdir(mode=0o700, exist_ok=True)
    return path


def _is_owned(directory):
    """True if the owner of the lab is alive."""
    try:
        with open(directory / "lock", encoding="ascii") as lock:
            fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def remove_stale():
    """Removes what labs left whose owner and janitor were both killed."""
    for directory in base_dir().iterdir():
        if directory.is_dir() and not _is_owned(directory):
            age = time.time() - directory.stat().st_mtime
            if age > 5:
                shutil.rmtree(directory, ignore_errors=True)


class Lab:
    """The owner's view of a lab."""

    def __init__(self, options, kernel):
        self.options = options
        self.kernel = kernel
        self.directory = base_dir() / options.name
        self.guests = []
        self._lock = None
        self._life = None

    def claim(self):
        """Makes the directory, takes the lock and starts the janitor."""
        if self.directory.exists():
            if _is_owned(self.directory):
                raise LabError(f"a lab named {self.options.name} is up already")
            shutil.rmtree(self.directory)
        self.directory.mkdir(mode=0o700)
        self._life = start_janitor(self.directory)
        self._lock = open(self.directory / "lock", "w", encoding="ascii")
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        self.options.results.mkdir(parents=True, exist_ok=True)
        self._write_state()

    def _write_state(self):
        options = self.options
        state = {"owner": os.getpid(), "nodes": options.nodes, "tree": str(files.TREE),
                 "results": str(options.results), "kernel": self.kernel.release,
                 "accel": options.accel, "nics": options.nics, "debug": self.kernel.debug}
        files.write_whole(self.directory / "lab.json", json.dumps(state).encode())

    def start_alone(self):
        """Starts the one guest of a deterministic run."""
        self.guests = [Guest(self.options, self.kernel, self.directory, 1)]
        self.guests[0].start()
        return self.guests[0]

    def boot(self):
        """Boots every node and waits until all are ready."""
        options = self.options
        deadline = time.monotonic() + options.timeout
        self.guests = [Guest(options, self.kernel, self.directory, node)
                       for node in range(1, options.nodes + 1)]
        try:
            self.guests[0].start()
            self.guests[0].wait_for_sockets(deadline)
            for guest in self.guests[1:]:
                guest.start()
            for guest in self.guests:
                guest.wait_until_ready(deadline)
        except LabError as error:
            raise LabError(f"{error}\n{self._log_ends()}") from error

    def _log_ends(self):
        parts = []
        for guest in self.guests:
            if guest.log.exists():
                lines = guest.log.read_text(errors="replace").splitlines()[-15:]
                parts += [f"--- {guest.name}", *lines]
        return "\n".join(parts)

    def stop(self):
        """Ends the guests, keeps their logs in the results and cleans up."""
        for guest in self.guests:
            guest.stop()
        logs = [guest.log for guest in self.guests if guest.log.exists()]
        for log in [*logs, *self.directory.glob("*.backend")]:
            shutil.copy(log, self.options.results / log.name)
        shutil.rmtree(self.directory, ignore_errors=True)

    def watch(self):
        """Returns when a guest has ended."""
        while all(guest.process.poll() is None for guest in self.guests):
            time.sleep(0.5)


def start_janitor(directory):
    """Forks the process that removes DIRECTORY when this one has ended."""
    inode = directory.stat().st_ino
    reader, writer = os.pipe()
    if os.fork() == 0:
        _be_janitor(directory, inode, reader)
    os.close(reader)
    return writer       # stays open as long as this process lives


def _be_janitor(directory, inode, reader):
    os.setsid()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    _close_streams()
    os.dup2(reader, 3)
    os.closerange(4, 1024)
    os.read(3, 1)
    for _ in range(20):
        if not directory.exists() or directory.stat().st_ino != inode:
            break
        shutil.rmtree(directory, ignore_errors=True)
        time.sleep(0.05)
    os._exit(0)


def _close_streams():
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in range(3):
        os.dup2(null, descriptor)


# --- labs of `up` --------------------------------------------------------------

def start_detached(options, kernel):
    """Boots a lab that outlives this process; returns when it is ready."""
    report_reader, report_writer = os.pipe()
    life_reader, life_writer = os.pipe()
    if os.fork() == 0:
        os.close(report_reader)
        os.close(life_writer)
        _own(options, kernel, report_writer, life_reader)
    os.close(report_writer)
    os.close(life_reader)
    with open(report_reader, "rb") as report:
        said = report.read().decode(errors="replace")
    os.close(life_writer)
    if said != "ready":
        raise LabError(said or "the lab's owner was killed")


def _own(options, kernel, report, life):
    os.setsid()
    status = 0
    lab = Lab(options, kernel)
    signal.signal(signal.SIGTERM, _leave)
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    _stop_with_parent(life)
    claimed = False
    try:
        lab.claim()
        claimed = True
        lab.boot()
        signal.signal(signal.SIGIO, signal.SIG_IGN)
        _close_streams()
        os.write(report, b"ready")
        os.close(report)
        lab.watch()
        signal.pause()
    except LabError as error:
        os.write(report, str(error).encode())
        status = 1
    except SystemExit:
        pass
    finally:
        if claimed:
            lab.stop()
        os._exit(status)


def _leave(*_):
    raise SystemExit


def _stop_with_parent(life):
    """Until the lab is ready it ends with the command that asked for it."""
    signal.signal(signal.SIGIO, _leave)
    fcntl.fcntl(life, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(life, fcntl.F_SETFL, fcntl.fcntl(life, fcntl.F_GETFL) | os.O_ASYNC)


class Running:
    """A lab that is up, as the other commands see it."""

    def __init__(self, name):
        self.name = name
        self.directory = base_dir() / name
        if not _is_owned(self.directory):
            raise LabError(f"no lab named {name} is up")
        self.state = json.loads((self.directory / "lab.json").read_text())

    def check_node(self, node):
        """Raises LabError if there is no such node."""
        if not 1 <= node <= self.state["nodes"]:
            raise LabError(f"lab {self.name} has no node {node}")

    def consoles(self):
        """The console of every node."""
        return [Console(self.directory, node) for node in range(1, self.state["nodes"] + 1)]

    def check_faults(self, everything=False):
        """Raises GuestFault if a guest's kernel reported something."""
        for number, console in enumerate(self.consoles(), 1):
            try:
                text = console.faults() if everything else console.new_faults()
            except FileNotFoundError as error:
                raise LabError(f"lab {self.name} is gone") from error
            if text:
                raise GuestFault(f"the kernel of node{number} reported a fault:\n{text}")

    def stop(self):
        """Ends the lab and waits until nothing of it is left."""
        owner = self.state["owner"]
        os.kill(owner, signal.SIGTERM)
        deadline = time.monotonic() + 10
        while self.directory.exists():
            if time.monotonic() > deadline:
                os.kill(owner, signal.SIGKILL)
                deadline = time.monotonic() + 10
            time.sleep(0.02)
