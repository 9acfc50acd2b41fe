#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""waiting.py ADDRESS: sends datagrams with room for a few, and so waits for each to leave."""

import socket
import sys

SO_SNDBUFFORCE = 32
ROOM = 20000
PORT = 9

with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as udp:
    udp.setsockopt(socket.SOL_SOCKET, SO_SNDBUFFORCE, ROOM)
    while True:
        try:
            udp.sendto(bytes(1400), (sys.argv[1], PORT))
        except ConnectionRefusedError:
            pass    # nobody is there
