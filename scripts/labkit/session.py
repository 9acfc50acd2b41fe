# SPDX-License-Identifier: GPL-2.0
"""A command in a guest: the host's side of what scripts/agent/agent.c tells."""

import collections
import fcntl
import os
import selectors
import signal
import socket
import struct
import termios
import time
import tty

from .errors import LabError

MAGIC = 0x74666557
START, STDIN, SIGNAL, WINSIZE = range(1, 5)
STARTED, STDOUT, STDERR, CREDIT, EXIT = range(16, 21)
HEADER = struct.Struct("<III")
NONCE = 16
WINDOW = 65536
CHUNK = 16384
PORTS = 8
FORWARDED = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP, signal.SIGQUIT)

Command = collections.namedtuple("Command", "argv cwd env pty")


def pack(kind, payload=b""):
    """A frame."""
    return HEADER.pack(MAGIC, kind, len(payload)) + payload


def pack_start(nonce, command, size=(24, 80)):
    """The frame that starts a command."""
    env = [f"{name}={value}" for name, value in command.env.items()]
    strings = [command.cwd, *command.argv, *env]
    fixed = struct.pack("<IHHII", command.pty, *size, len(command.argv), len(env))
    return pack(START, nonce + fixed + b"".join(os.fsencode(s) + b"\0" for s in strings))


class Frames:
    """Splits a stream into frames; skips what comes before our STARTED."""

    def __init__(self, nonce):
        self._data = bytearray()
        self._hello = pack(STARTED, nonce)
        self.started = False

    def feed(self, data):
        """Yields the (type, payload) of each frame that DATA completes."""
        self._data += data
        if not self.started and not self._find_hello():
            return
        while len(self._data) >= HEADER.size:
            _, kind, length = HEADER.unpack_from(self._data)
            end = HEADER.size + length
            if len(self._data) < end:
                return
            payload = bytes(self._data[HEADER.size:end])
            del self._data[:end]
            yield kind, payload

    def _find_hello(self):
        at = self._data.find(self._hello)
        if at < 0:
            del self._data[:-len(self._hello)]
            return False
        del self._data[:at + len(self._hello)]
        self.started = True
        return True


class Port:
    """A free port of a guest, locked while it is used."""

    def __init__(self, directory, node, patience):
        self._lock = None
        self.socket = None
        self._node = node
        deadline = time.monotonic() + patience
        while not self._take(directory):
            if time.monotonic() > deadline:
                raise LabError(f"node{node}: all {PORTS} ports are in use")
            time.sleep(0.1)

    def _take(self, directory):
        for number in range(PORTS):
            path = directory / f"node{self._node}.port{number}"
            try:
                lock = open(f"{path}.lock", "w", encoding="ascii")
            except FileNotFoundError as error:
                raise LabError("the lab is gone") from error
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                lock.close()
                continue
            self._lock = lock
            self._connect(path)
            return True
        return False

    def _connect(self, path):
        self.socket = socket.socket(socket.AF_UNIX)
        try:
            self.socket.connect(str(path))
        except OSError as error:
            raise LabError(f"node{self._node} is gone") from error

    def close(self):
        """Gives the port back; a command that still runs is killed."""
        self.socket.close()
        self._lock.close()


class Session:
    """Runs one command in a guest with this process's standard streams."""

    def __init__(self, port, command, watch, streams=(0, 1, 2)):
        self._port = port.socket
        self._command = command
        self._watch = watch
        self._stdin, self._stdout, self._stderr = streams
        self._nonce = os.urandom(NONCE)
        self._frames = Frames(self._nonce)
        self._credit = WINDOW
        self._out = bytearray()
        self._selector = selectors.PollSelector()
        self._input_open = True
        self._status = None

    def run(self):
        """The command's exit status: 128 + N if signal N ended it."""
        self._port.setblocking(False)
        self._out += pack_start(self._nonce, self._command, self._size())
        asked = time.monotonic()
        with _SignalPipe() as signals:
            self._selector.register(signals, selectors.EVENT_READ)
            self._selector.register(self._port, selectors.EVENT_READ)
            while self._status is None:
                if not self._frames.started and time.monotonic() - asked > 2:
                    # The agent may be inside a frame that was never finished.
                    self._out += bytes(WINDOW) + pack_start(
                        self._nonce, self._command, self._size())
                    asked = time.monotonic()
                self._step(signals)
        return self._status

    def _size(self):
        try:
            size = os.get_terminal_size(self._stdin)
        except OSError:
            return 24, 80
        return size.lines, size.columns

    def _step(self, signals):
        self._select_input()
        events = selectors.EVENT_READ | (selectors.EVENT_WRITE if self._out else 0)
        self._selector.modify(self._port, events)
        ready = self._selector.select(timeout=1)
        if not ready:
            self._watch()
        for key, mask in ready:
            if key.fileobj is signals:
                self._forward(signals.take())
            elif key.fileobj is self._port:
                self._talk(mask)
            else:
                self._read_input()

    # --- to the guest ---------------------------------------------------------

    def _select_input(self):
        wanted = (self._input_open and self._frames.started and self._credit > 0
                  and not self._out)
        registered = self._stdin in self._selector.get_map()
        if wanted and not registered:
            self._selector.register(self._stdin, selectors.EVENT_READ)
        elif registered and not wanted:
            self._selector.unregister(self._stdin)

    def _read_input(self):
        try:
            data = os.read(self._stdin, min(CHUNK, self._credit))
        except OSError:
            data = b""
        self._credit -= len(data)
        self._input_open = bool(data)
        self._out += pack(STDIN, data)

    def _forward(self, numbers):
        for number in numbers:
            if number != signal.SIGWINCH:
                self._out += pack(SIGNAL, struct.pack("<I", number))
            elif self._command.pty:
                self._out += pack(WINSIZE, struct.pack("<HH", *self._size()))

    # --- from the guest -------------------------------------------------------

    def _talk(self, mask):
        if mask & selectors.EVENT_WRITE and self._out:
            try:
                del self._out[:self._port.send(self._out[:CHUNK * 4])]
            except BlockingIOError:
                pass
            except OSError as error:
                raise LabError("the guest is gone") from error
        if mask & selectors.EVENT_READ:
            try:
                data = self._port.recv(WINDOW)
            except OSError as error:
                raise LabError("the guest is gone") from error
            if not data:
                raise LabError("the guest is gone")
            for kind, payload in self._frames.feed(data):
                self._handle(kind, payload)

    def _handle(self, kind, payload):
        if kind == STDOUT:
            _write_all(self._stdout, payload)
        elif kind == STDERR:
            _write_all(self._stderr, payload)
        elif kind == CREDIT:
            self._credit += struct.unpack("<I", payload)[0]
        elif kind == EXIT:
            self._status = struct.unpack("<I", payload)[0]


def _write_all(descriptor, data):
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view):]


class _SignalPipe:
    """The signals to forward, as something to poll."""

    def __enter__(self):
        self._read, self._write = os.pipe()
        os.set_blocking(self._read, False)
        os.set_blocking(self._write, False)
        signal.set_wakeup_fd(self._write, warn_on_full_buffer=False)
        self._old = {number: signal.signal(number, lambda *_: None)
                     for number in (*FORWARDED, signal.SIGWINCH)}
        return self

    def __exit__(self, *_):
        for number, handler in self._old.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(-1)
        os.close(self._read)
        os.close(self._write)

    def fileno(self):
        """For the selector."""
        return self._read

    def take(self):
        """The signals that came."""
        return os.read(self._read, 64)


class RawTerminal:
    """The terminal on standard input in raw mode, if it is one."""

    def __enter__(self):
        self._saved = None
        if os.isatty(0):
            self._saved = termios.tcgetattr(0)
            tty.setraw(0)
        return self

    def __exit__(self, *_):
        if self._saved:
            termios.tcsetattr(0, termios.TCSADRAIN, self._saved)
