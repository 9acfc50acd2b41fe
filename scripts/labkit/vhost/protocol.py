# SPDX-License-Identifier: GPL-2.0
"""The vhost-user protocol, a back end's side of it (QEMU: docs/interop/vhost-user.rst)."""

import contextlib
import os
import socket
import struct

from .memory import Memory, Region
from .rings import PackedRing, SplitRing

HEADER = struct.Struct("<III")
VERSION = 1
REPLY = 1 << 2
NEED_REPLY = 1 << 3
NO_DESCRIPTOR = 1 << 8

GET_FEATURES = 1
SET_FEATURES = 2
SET_MEM_TABLE = 5
SET_VRING_NUM = 8
SET_VRING_ADDR = 9
SET_VRING_BASE = 10
GET_VRING_BASE = 11
SET_VRING_KICK = 12
SET_VRING_CALL = 13
SET_VRING_ERR = 14
GET_PROTOCOL_FEATURES = 15
SET_VRING_ENABLE = 18

PROTOCOL_REPLY_ACK = 1 << 3

F_CSUM = 1 << 0
F_GUEST_CSUM = 1 << 1
F_GUEST_TSO4 = 1 << 7
F_GUEST_TSO6 = 1 << 8
F_GUEST_ECN = 1 << 9
F_HOST_TSO4 = 1 << 11
F_HOST_TSO6 = 1 << 12
F_HOST_ECN = 1 << 13
F_MRG_RXBUF = 1 << 15
F_INDIRECT_DESC = 1 << 28
F_EVENT_IDX = 1 << 29
F_PROTOCOL_FEATURES = 1 << 30
F_VERSION_1 = 1 << 32
F_RING_PACKED = 1 << 34
F_IN_ORDER = 1 << 35

# The device offers what of these its properties let through.
FEATURES = (F_CSUM | F_GUEST_CSUM | F_GUEST_TSO4 | F_GUEST_TSO6 | F_GUEST_ECN
            | F_HOST_TSO4 | F_HOST_TSO6 | F_HOST_ECN | F_MRG_RXBUF
            | F_INDIRECT_DESC | F_EVENT_IDX | F_PROTOCOL_FEATURES | F_VERSION_1
            | F_RING_PACKED | F_IN_ORDER)


class Queue:
    """One virtqueue: what QEMU has told of it, and its ring while it runs."""

    def __init__(self):
        self.size = 0
        self.places = (0, 0, 0)
        self.base = 0
        self.kick = -1
        self.call = -1
        self.enabled = False
        self.ring = None
        # It is not looked at until there is a doorbell.
        self.waits = False

    @property
    def runs(self):
        """It may be served."""
        return self.enabled and self.ring is not None

    def told(self):
        """Takes note of a doorbell, if there was one: most rings are looked at anyway."""
        self.waits = False
        with contextlib.suppress(BlockingIOError):
            os.eventfd_read(self.kick)

    def notify(self):
        """Interrupts the guest.

        It is not asked whether it wants that: to look at the right time takes
        barriers that this language does not have.
        """
        if self.call >= 0:
            os.eventfd_write(self.call, 1)


class Session:
    """One connection of QEMU's."""

    def __init__(self, connection):
        self._connection = connection
        self._memory = None
        self.features = 0
        self.queues = [Queue(), Queue()]
        self._actions = {
            GET_FEATURES: lambda *_: struct.pack("<Q", FEATURES),
            SET_FEATURES: self._set_features,
            GET_PROTOCOL_FEATURES: lambda *_: struct.pack("<Q", PROTOCOL_REPLY_ACK),
            SET_MEM_TABLE: self._set_memory,
            SET_VRING_NUM: self._set_size,
            SET_VRING_ADDR: self._set_places,
            SET_VRING_BASE: self._set_base,
            GET_VRING_BASE: self._get_base,
            SET_VRING_KICK: self._set_kick,
            SET_VRING_CALL: self._set_call,
            SET_VRING_ERR: self._set_error,
            SET_VRING_ENABLE: self._enable,
        }

    def fileno(self):
        """For the poll."""
        return self._connection.fileno()

    def serve(self):
        """Takes one message. EOFError when QEMU is gone."""
        header, descriptors, _, _ = socket.recv_fds(self._connection, HEADER.size, 8)
        if len(header) < HEADER.size:
            raise EOFError
        request, flags, size = HEADER.unpack(header)
        payload = self._connection.recv(size, socket.MSG_WAITALL) if size else b""
        action = self._actions.get(request)
        answer = action(payload, descriptors) if action else None
        if answer is None and flags & NEED_REPLY:
            answer = struct.pack("<Q", 0)
        if answer is not None:
            self._connection.sendall(HEADER.pack(request, VERSION | REPLY, len(answer)) + answer)

    def _set_features(self, payload, _):
        self.features = struct.unpack("<Q", payload)[0]

    def _set_memory(self, payload, descriptors):
        count = struct.unpack_from("<I", payload)[0]
        regions = [Region(guest, size, user, offset) for guest, size, user, offset
                   in struct.iter_unpack("<QQQQ", payload[8:8 + 32 * count])]
        self._memory = Memory(regions, descriptors)

    def _set_size(self, payload, _):
        index, self.queues[index].size = struct.unpack("<II", payload)

    def _set_places(self, payload, _):
        index, _, desc, used, avail, _ = struct.unpack("<IIQQQQ", payload)
        self.queues[index].places = (desc, avail, used)

    def _set_base(self, payload, _):
        index, self.queues[index].base = struct.unpack("<II", payload)

    def _get_base(self, payload, _):
        index = struct.unpack_from("<I", payload)[0]
        queue = self.queues[index]
        base = queue.ring.base() if queue.ring else queue.base
        queue.ring = None
        queue.waits = False
        queue.kick = _close(queue.kick)
        queue.call = _close(queue.call)
        return struct.pack("<II", index, base)

    def _set_kick(self, payload, descriptors):
        queue, descriptor = self._descriptor(payload, descriptors)
        _close(queue.kick)
        queue.kick = descriptor
        kind = PackedRing if self.features & F_RING_PACKED else SplitRing
        queue.ring = kind(self._memory, queue.size, queue.places, queue.base,
                          bool(self.features & F_IN_ORDER))
        if not self.features & F_PROTOCOL_FEATURES:
            queue.enabled = True

    def _set_call(self, payload, descriptors):
        queue, descriptor = self._descriptor(payload, descriptors)
        _close(queue.call)
        queue.call = descriptor

    def _set_error(self, payload, descriptors):
        _close(self._descriptor(payload, descriptors)[1])

    def _descriptor(self, payload, descriptors):
        word = struct.unpack("<Q", payload)[0]
        return self.queues[word & 0xff], -1 if word & NO_DESCRIPTOR else descriptors[0]

    def _enable(self, payload, _):
        index, on = struct.unpack("<II", payload)
        self.queues[index].enabled = bool(on)


def _close(descriptor):
    if descriptor >= 0:
        os.close(descriptor)
    return -1
