#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""echo.py serve: sends what comes by TCP back.
echo.py send ADDRESS BYTES [STREAMS]: random bytes come back from there as they were, by
    each of some streams at a time.
"""

import concurrent.futures
import os
import socket
import sys
import threading

PORT = 5002
CHUNK = 1 << 16


def serve():
    """One connection at a time."""
    with socket.create_server(("", PORT), family=socket.AF_INET6,
                              dualstack_ipv6=True) as server:
        while True:
            peer = server.accept()[0]
            try:
                with peer:
                    while data := peer.recv(CHUNK):
                        peer.sendall(data)
            except OSError:
                pass    # the other end has given up


def send(address, size):
    """Sends and receives at the same time; True if all came back."""
    data, back = os.urandom(size), bytearray()
    with socket.create_connection((address, PORT), timeout=60) as peer:
        def out():
            peer.sendall(data)
            peer.shutdown(socket.SHUT_WR)

        threading.Thread(target=out, daemon=True).start()
        while part := peer.recv(CHUNK):
            back += part
    return back == data


def send_streams(address, size, streams=1):
    """True if all of each stream came back."""
    with concurrent.futures.ThreadPoolExecutor(streams) as pool:
        return all(pool.map(send, [address] * streams, [size] * streams))


if __name__ == "__main__":
    if sys.argv[1] == "serve":
        serve()
    sys.exit(not send_streams(sys.argv[2], *map(int, sys.argv[3:])))
