# SPDX-License-Identifier: GPL-2.0
"""QEMU's monitor: what a guest's hardware is made to do from outside."""

import json
import socket

from . import files
from .errors import LabError

# QEMU answers at once, when it gets to run.
PATIENCE = 60


def socket_path(directory, node):
    """The socket on which the QEMU of a node takes orders (QMP)."""
    return directory / f"node{node}.monitor"


def qemu_arguments(directory, node):
    """The arguments that give QEMU that socket."""
    path = socket_path(directory, node)
    return ["-chardev", f"socket,id=monitor,path={path},server=on,wait=off",
            "-mon", "chardev=monitor,mode=control"]


def command(directory, node, line):
    """What the human monitor of a node says to a line.

    It tells of errors in its text only. One client at a time is served.
    """
    path = socket_path(directory, node)
    try:
        with files.locked(f"{path}.lock"), socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(PATIENCE)
            connection.connect(str(path))
            said = _Client(connection).command(line)
    except OSError as error:
        raise LabError(f"node{node}: the monitor does not answer: {error}") from error
    said = said.replace("\r", "").strip()
    if said.startswith(("Error:", "unknown command:")):
        raise LabError(f"node{node}: {said}")
    return said


class _Client:
    """One connection, whose lines are JSON."""

    def __init__(self, connection):
        self._stream = connection.makefile("rw", encoding="utf-8")
        self._stream.readline()     # the greeting
        self._execute("qmp_capabilities")

    def command(self, line):
        """The text that the human monitor answers with."""
        return self._execute("human-monitor-command", {"command-line": line})

    def _execute(self, name, arguments=None):
        order = {"execute": name, "arguments": arguments or {}}
        self._stream.write(json.dumps(order) + "\n")
        self._stream.flush()
        for answer in map(json.loads, self._stream):
            if "error" in answer:
                raise LabError(f"monitor: {answer['error']['desc']}")
            if "return" in answer:      # events come in between
                return answer["return"]
        raise ConnectionError("it hung up")
