#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""flows.py LOCAL REMOTE QUEUE sent|answered FILE: 20 TCP flows that a NIC puts into QUEUE.

FILE is what `ethtool -x` says of the NIC. The flows begin at LOCAL and end at a closed
port of REMOTE. What is sent, or what is answered, is what the NIC receives. It is made
sure that each of them is refused.
"""

import itertools
import re
import socket
import struct
import sys

FLOWS = 20
CLOSED = 9


class Rss:
    """Key and table of a NIC, out of the text of ethtool."""

    def __init__(self, text):
        key = re.search(r"(?:[0-9a-f]{2}:){39}[0-9a-f]{2}", text)[0]
        rows = re.findall(r"^ *\d+:((?: +\d+)+)$", text, re.M)
        number = int(key.replace(":", ""), 16)
        # What each bit of the headers, if set, adds to the hash.
        self._words = [number >> (320 - 32 - bit) & 0xffffffff for bit in range(96)]
        self._table = [int(queue) for row in rows for queue in row.split()]

    def queue(self, data):
        """The queue of what has these 12 bytes in its headers."""
        number, value = int.from_bytes(data, "big"), 0
        for word in reversed(self._words):
            if number & 1:
                value ^= word
            number >>= 1
        return self._table[value % len(self._table)]


def _is_refused(local, port, remote):
    with socket.socket() as syn:
        syn.bind((local, port))
        try:
            syn.connect((remote, CLOSED))
        except ConnectionRefusedError:
            return True
    return False


def main(local, remote, queue, received, path):
    """True if there were that many flows."""
    with open(path, encoding="ascii") as text:
        rss = Rss(text.read())
    here, there = socket.inet_aton(local), socket.inet_aton(remote)

    def is_chosen(port):
        if received == "sent":
            return rss.queue(here + there + struct.pack("!HH", port, CLOSED)) == int(queue)
        return rss.queue(there + here + struct.pack("!HH", CLOSED, port)) == int(queue)

    ports = itertools.islice(filter(is_chosen, range(20000, 30000)), FLOWS)
    return [_is_refused(local, port, remote) for port in ports] == [True] * FLOWS


if __name__ == "__main__":
    sys.exit(not main(*sys.argv[1:]))
