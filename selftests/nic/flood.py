#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""flood.py DEVICE DESTINATION: sends frames out of a device as long as it lives itself,
whenever there is such a device.

No protocol wants them (EtherType 88b6). A socket that keeps what it gets would keep pages
of a NIC that is gone, and their DMA mappings, which a page pool of Linux 6.1 does not take
back before the pages.
"""

import socket
import sys
import time

ETHERTYPE = 0x88b6
BURST = 32


def main(device, destination):
    """Sends."""
    frame = (bytes.fromhex(destination.replace(":", "")) + bytes.fromhex("020000000099")
             + ETHERTYPE.to_bytes(2, "big") + bytes(1400))
    while True:
        try:
            with socket.socket(socket.AF_PACKET, socket.SOCK_RAW) as raw:
                raw.bind((device, 0))
                while True:
                    for _ in range(BURST):
                        raw.send(frame)
                    time.sleep(0.01)
        except OSError:
            time.sleep(0.01)    # it is down, or away


if __name__ == "__main__":
    main(*sys.argv[1:])
