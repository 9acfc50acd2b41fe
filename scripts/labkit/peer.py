# SPDX-License-Identifier: GPL-2.0
"""The host's end of a NIC with `backend=tap`: a tap, alone in a network namespace.

Runs in that namespace: gives the tap its addresses, hands its queues to the lab, and
sends what comes by TCP to port 5002 back. The kernel does the rest: it answers to ARP
and echo requests, segments, and puts segments together. Without arguments it only finds
out whether there is a tap to be had.
"""

import fcntl
import os
import socket
import struct
import subprocess
import sys
import threading

TUNSETIFF = 0x400454ca
IFF_TAP = 0x0002
IFF_NO_PI = 0x1000
IFF_MULTI_QUEUE = 0x0100
IFF_VNET_HDR = 0x4000
NAME = "tap0"
PORT = 5002
CHUNK = 1 << 18


def _queue():
    """One more queue of the tap, which the first one makes."""
    descriptor = os.open("/dev/net/tun", os.O_RDWR)
    flags = IFF_TAP | IFF_NO_PI | IFF_MULTI_QUEUE | IFF_VNET_HDR
    fcntl.ioctl(descriptor, TUNSETIFF, struct.pack("16sH22x", NAME.encode(), flags))
    return descriptor


def _set_up(mac, *addresses):
    lines = ["link set lo up", f"link set {NAME} address {mac}",
             *(f"addr add {address} dev {NAME} {'nodad' if ':' in address else ''}"
               for address in addresses),
             f"link set {NAME} up"]
    subprocess.run(["ip", "-batch", "-"], input="\n".join(lines).encode(), check=True)


def _send_back(peer):
    try:
        with peer:
            while data := peer.recv(CHUNK):
                peer.sendall(data)
    except OSError:
        pass    # the other end has given up


def main(number, queues, *addresses):
    """Makes the tap and serves; what goes wrong is told on the standard error stream."""
    descriptors = [_queue() for _ in range(int(queues))]
    _set_up(*addresses)
    with socket.create_server(("", PORT), family=socket.AF_INET6, backlog=64,
                              dualstack_ipv6=True) as server:
        with socket.socket(fileno=int(number)) as lab:
            socket.send_fds(lab, [b"tap"], descriptors)
        while True:
            peer = server.accept()[0]
            threading.Thread(target=_send_back, args=[peer], daemon=True).start()


if __name__ == "__main__":
    if sys.argv[1:]:
        main(*sys.argv[1:])
    else:
        _queue()
