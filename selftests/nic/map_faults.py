#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""map_faults.py ADDRESS FILE N...: for each N, the N-th mapping for DMA from then on fails,
which is ordered by FILE, while random bytes go by one TCP connection to `echo.py serve` and
come back as they were.
"""

import os
import pathlib
import socket
import sys

from echo import PORT

SIZE = 60000


def come_back(peer, data):
    """All of it does."""
    peer.sendall(data)
    back = bytearray()
    while len(back) < len(data):
        back += peer.recv(len(data) - len(back)) or sys.exit("the other end has closed")
    return back == data


def main(address, file, *numbers):
    """0, or what is wrong, as sys.exit() takes it."""
    nth = pathlib.Path(file)
    with socket.create_connection((address, PORT), timeout=60) as peer:
        for number in numbers:
            nth.write_text(number, encoding="ascii")
            if not come_back(peer, os.urandom(SIZE)):
                return f"{number}: other bytes came back"
            if int(nth.read_text(encoding="ascii")):
                return f"{number}: so many mappings were not made"
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
