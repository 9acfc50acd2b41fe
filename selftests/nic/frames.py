#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""frames.py DEVICE DESTINATION COUNT LENGTH WANTED: sends test frames of EtherType
88b6 out of a device and tells how many came back; WANTED of them end the wait.

Each line of the output is the length of a frame that came back, and "same" if it ends
with what was sent but for the first byte, "padded" if it has a header and zeros only,
else "other".
"""

import socket
import sys
import time

ETHERTYPE = 0x88b6
PATIENCE = 10


def main(device, destination, count, length, wanted):
    """Sends, and listens until enough came back or patience ends."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(ETHERTYPE)) as packet:
        packet.bind((device, ETHERTYPE))
        packet.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        source = packet.getsockname()[4]
        payload = bytes(i * 7 % 251 for i in range(length - 14))
        frame = bytes.fromhex(destination.replace(":", "")) + source + \
            ETHERTYPE.to_bytes(2, "big") + payload
        for _ in range(count):
            packet.send(frame)
        end = time.monotonic() + (PATIENCE if wanted else 1)
        got = 0
        while time.monotonic() < end and (got < wanted or not wanted):
            packet.settimeout(max(0.01, end - time.monotonic()))
            try:
                back, where = packet.recvfrom(1 << 16)
            except TimeoutError:
                break
            if where[2] == socket.PACKET_OUTGOING:
                continue
            got += 1
            if back.endswith(payload[1:]):
                kind = "same"
            else:
                kind = "other" if back[14:].strip(b"\0") else "padded"
            print(len(back), kind)


main(sys.argv[1], sys.argv[2], *map(int, sys.argv[3:]))
