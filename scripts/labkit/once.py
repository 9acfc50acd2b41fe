# SPDX-License-Identifier: GPL-2.0
"""The one command of a deterministic run: its output comes over a serial line."""

import os
import struct
import time

from .errors import LabError
from .session import EXIT, NONCE, STDERR, STDOUT, Frames

NOBODY = bytes(NONCE)


def run(guest, timeout):
    """Passes on what the command says until the guest ends; its exit status."""
    deadline = time.monotonic() + timeout
    frames = Frames(NOBODY)
    status = None
    with open(guest.output, "rb") as output:
        ended = False
        while not ended:
            ended = guest.process.poll() is not None
            for kind, payload in frames.feed(output.read()):
                status = _pass_on(kind, payload, status)
            if time.monotonic() > deadline:
                raise LabError(f"the run did not end in {timeout:g} s")
            time.sleep(0.1)
    if status is None:
        raise LabError("the guest ended before its command\n" + _end_of(guest.log))
    return status


def _pass_on(kind, payload, status):
    if kind == EXIT:
        return struct.unpack("<I", payload)[0]
    if kind in (STDOUT, STDERR):
        os.write(1 if kind == STDOUT else 2, payload)
    return status


def _end_of(log):
    return "\n".join(log.read_text(errors="replace").splitlines()[-15:])
