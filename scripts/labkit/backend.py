# SPDX-License-Identifier: GPL-2.0
"""Processes that are the back ends of NICs."""

import socket
import subprocess
import sys

from . import files, network


def start(nic, directory):
    """Starts the back end of a NIC, ready to be joined. It ends with this process."""
    listeners = [_listen(path(nic, directory))
                 for path in (network.backend_socket, network.backend_control)]
    numbers = [listener.fileno() for listener in listeners]
    with open(directory / f"{nic.name}.backend", "wb") as errors:
        process = subprocess.Popen(
            ["setpriv", "--pdeathsig", "KILL", sys.executable, "-B", "-m", "labkit.vhost",
             nic.mac, *map(str, numbers)],
            cwd=files.SCRIPTS, pass_fds=numbers, start_new_session=True,
            stdin=subprocess.DEVNULL, stdout=errors, stderr=errors)
    for listener in listeners:
        listener.close()
    return process


def _listen(path):
    listener = socket.socket(socket.AF_UNIX)
    listener.bind(str(path))
    listener.listen(1)
    return listener
