#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""forward.py DEVICE ADDRESS COUNT: sends numbered datagrams to ADDRESS and tells how many
different ones came back to DEVICE by way of a router, each with its hop limit one less.
"""

import socket
import sys
import time

PORT = 9
TTL = 64
PATIENCE = 10


def number(frame):
    """Of a datagram of ours that was routed once, or None."""
    header = 14 + (frame[14] & 15) * 4
    if frame[22] != TTL - 1 or frame[23] != socket.IPPROTO_UDP or \
            int.from_bytes(frame[header + 2:header + 4], "big") != PORT:
        return None
    return int.from_bytes(frame[header + 8:header + 12], "big")


def main(device, address, count):
    """Sends, and listens until all are back or patience ends."""
    with socket.socket(socket.AF_PACKET, socket.SOCK_RAW, socket.htons(0x0800)) as packet, \
            socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
        packet.bind((device, 0x0800))
        packet.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1 << 22)
        udp.setsockopt(socket.IPPROTO_IP, socket.IP_TTL, TTL)
        for i in range(count):
            udp.sendto(i.to_bytes(4, "big") + bytes(96), (address, PORT))
        end = time.monotonic() + PATIENCE
        back = set()
        while len(back) < count and time.monotonic() < end:
            packet.settimeout(max(0.01, end - time.monotonic()))
            try:
                frame, where = packet.recvfrom(1 << 16)
            except TimeoutError:
                break
            if where[2] == socket.PACKET_HOST:
                back.add(number(frame))
        print(len(back - {None}))


main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
