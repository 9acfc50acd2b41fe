#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""queues.py WHAT DEVICE: what netdev's netlink family tells of a device.

    queues      a line "TYPE NUMBER NAPI" for each queue; NAPI is 0 where it has none
    napi        a line "NAPI IRQ" for each NAPI instance; IRQ is 0 where it has none
    total       "NAME VALUE" for each counter of the whole device
    counters    "TYPE NUMBER NAME VALUE" for each counter of each queue
"""

import socket
import struct
import sys

NETLINK_GENERIC = 16
NLM_F_REQUEST_DUMP = 0x301
NLMSG_ERROR, NLMSG_DONE = 2, 3

GENL_ID_CTRL, CTRL_CMD_GETFAMILY = 16, 3
CTRL_FAMILY_ID, CTRL_FAMILY_NAME = 1, 2

QUEUE_GET, NAPI_GET, QSTATS_GET = 10, 11, 12
NAPI_IFINDEX, NAPI_ID, NAPI_IRQ = 1, 2, 3
QUEUE_ID, QUEUE_IFINDEX, QUEUE_TYPE, QUEUE_NAPI = 1, 2, 3, 4
QSTATS_IFINDEX, QSTATS_TYPE, QSTATS_QUEUE, QSTATS_SCOPE = 1, 2, 3, 4
SCOPE_QUEUE = 1
TYPES = ["rx", "tx"]
COUNTERS = {8: "rx_packets", 9: "rx_bytes", 10: "tx_packets", 11: "tx_bytes",
            12: "rx_alloc_fail", 16: "rx_csum_unnecessary", 18: "rx_csum_bad",
            28: "tx_hw_gso_packets"}


class Netdev:
    """A socket for the family "netdev"."""

    def __init__(self):
        self._socket = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, NETLINK_GENERIC)
        self._socket.bind((0, 0))
        found = [family[CTRL_FAMILY_ID]
                 for family in self._dump(GENL_ID_CTRL, CTRL_CMD_GETFAMILY, {})
                 if family[CTRL_FAMILY_NAME] == b"netdev\0"]
        if not found:
            sys.exit("the kernel has no family netdev")
        self._family = _number(found[0])

    def dump(self, command, numbers):
        """The attributes of each message that the kernel has, of no more than asked for."""
        return self._dump(self._family, command, numbers)

    def _dump(self, family, command, numbers):
        attributes = b"".join(struct.pack("=HHI", 8, kind, value)
                              for kind, value in numbers.items())
        body = struct.pack("=BBH", command, 1, 0) + attributes
        self._socket.send(struct.pack("=IHHII", 16 + len(body), family, NLM_F_REQUEST_DUMP,
                                      1, 0) + body)
        while True:
            data = self._socket.recv(1 << 16)
            while data:
                length, kind = struct.unpack_from("=IH", data)
                if kind in (NLMSG_ERROR, NLMSG_DONE):
                    error = struct.unpack_from("=i", data, 16)[0]
                    if error:
                        sys.exit(f"netlink says {error}")
                    return
                yield dict(_attributes(data[20:length]))
                data = data[(length + 3) & ~3:]


def _attributes(data):
    while data:
        length, kind = struct.unpack_from("=HH", data)
        yield kind & 0x3fff, data[4:length]
        data = data[(length + 3) & ~3:]


def _number(attribute):
    return int.from_bytes(attribute, sys.byteorder)


def _counters(message):
    for kind, name in COUNTERS.items():
        if kind in message:
            yield name, _number(message[kind])


def _tell(netdev, what, index):
    if what == "queues":
        for queue in netdev.dump(QUEUE_GET, {QUEUE_IFINDEX: index}):
            yield (TYPES[_number(queue[QUEUE_TYPE])], _number(queue[QUEUE_ID]),
                   _number(queue.get(QUEUE_NAPI, b"")))
    elif what == "napi":
        for napi in netdev.dump(NAPI_GET, {NAPI_IFINDEX: index}):
            yield _number(napi[NAPI_ID]), _number(napi.get(NAPI_IRQ, b""))
    elif what == "total":
        for message in netdev.dump(QSTATS_GET, {QSTATS_IFINDEX: index}):
            yield from _counters(message)
    else:
        for message in netdev.dump(QSTATS_GET, {QSTATS_IFINDEX: index,
                                                QSTATS_SCOPE: SCOPE_QUEUE}):
            for counter in _counters(message):
                yield (TYPES[_number(message[QSTATS_TYPE])],
                       _number(message[QSTATS_QUEUE]), *counter)


for line in _tell(Netdev(), sys.argv[1], socket.if_nametoindex(sys.argv[2])):
    print(*line)
