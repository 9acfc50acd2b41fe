# SPDX-License-Identifier: GPL-2.0
"""Processes that are the back ends of NICs."""

import functools
import socket
import subprocess
import sys

from . import files, network
from .errors import LabError

# Who is not root may make the one in the other.
NAMESPACE = ["unshare", "--net", "--map-root-user"]


@functools.cache
def missing_tap():
    """Why there is no tap to be had, by trying; nothing if there is."""
    done = subprocess.run([*NAMESPACE, sys.executable, "-B", "-m", "labkit.peer"],
                          cwd=files.SCRIPTS, stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, check=False)
    said = done.stderr.decode(errors="replace").strip().splitlines()
    return (said or ["no reason given"])[-1] if done.returncode else ""


def start(nic, directory):
    """Starts the back end of a NIC, ready to be joined. It ends with this process."""
    if nic.backend == "tap":
        return _start_peer(nic, directory)
    listeners = [_listen(path(nic, directory))
                 for path in (network.backend_socket, network.backend_control)]
    numbers = [listener.fileno() for listener in listeners]
    process = _run(nic, directory, [], ["labkit.vhost", nic.mac, *map(str, numbers)], numbers)
    for listener in listeners:
        listener.close()
    return process


def _start_peer(nic, directory):
    """Makes a tap, whose queues become those of the NIC."""
    ours, theirs = socket.socketpair()
    with ours:
        with theirs:
            number, host = theirs.fileno(), network.peer_of(nic)
            process = _run(nic, directory, NAMESPACE,
                           ["labkit.peer", str(number), str(nic.queues), host.mac,
                            f"{host.ipv4}/24", f"{host.ipv6}/64"], [number])
        nic.descriptors[:] = socket.recv_fds(ours, 16, nic.queues)[1]
    if not nic.descriptors:
        process.wait()
        raise LabError(f"{nic.name} has no tap: {_errors(nic, directory).read_text().strip()}")
    return process


def _errors(nic, directory):
    return directory / f"{nic.name}.backend"


def _run(nic, directory, prefix, module, descriptors):
    with open(_errors(nic, directory), "wb") as errors:
        return subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", *prefix, sys.executable, "-B", "-m", *module],
            cwd=files.SCRIPTS, pass_fds=descriptors, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=errors, stderr=errors)


def _listen(path):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(1)
    return listener
