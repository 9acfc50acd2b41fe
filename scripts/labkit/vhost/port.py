# SPDX-License-Identifier: GPL-2.0
"""Frames of the queue pair: in and out of its rings, as a good device does it.

A good device answers to everybody: ARP whatever address is asked for, echo
requests of ICMP, and all other frames to its own MAC go back to their sender.
"""

import struct

from .memory import BadAddress
from .protocol import F_MRG_RXBUF

MAC = bytes.fromhex("525400570fff")
HEADER = struct.Struct("<BBHHHHH")
ETH_P_IP = b"\x08\x00"
ETH_P_ARP = b"\x08\x06"
# Frames that a ring's turn may take.
BURST = 64


class Port:
    """The queue pair of a session."""

    def __init__(self, session):
        self.session = session
        self.rx, self.tx = session.queues
        # Buffers taken of the driver's that a frame did not need yet.
        self._spare = []
        self._ring = None

    @property
    def merges(self):
        """A frame may take several buffers."""
        return bool(self.session.features & F_MRG_RXBUF)

    def buffer(self):
        """A buffer to receive to, or None. Of a ring that began anew, one of its own.

        What the driver may have back already is not written to: that would not be a
        lie but a broken machine.
        """
        if self._ring is not self.rx.ring:
            self._ring = self.rx.ring
            self._spare = []
        if self._ring.dead or self._ring.is_spent:
            return None
        if self._spare:
            return self._spare.pop()
        buffer = take(self._ring)
        if buffer and buffer.id == self._ring.stale:
            self._ring.stale = None
            buffer = take(self._ring)
        return buffer

    def spare(self, buffer):
        """Keeps a buffer that was not used after all."""
        self._spare.append(buffer)

    def deliver(self, frame, fields=6 * (0,), count=None):
        """Gives the guest a frame whose header has these fields; False without room.

        COUNT is what to call the number of its buffers.
        """
        buffers = self._buffers_for(HEADER.size + len(frame))
        if buffers is None:
            return False
        data = HEADER.pack(*fields, len(buffers) if count is None else count) + frame
        lengths = []
        for buffer in buffers:
            part, data = data[:room(buffer)], data[room(buffer):]
            write(buffer, part)
            lengths.append(len(part))
        self.rx.ring.give_all(buffers, lengths)
        self.rx.ring.publish()
        self.rx.notify()
        return True

    def _buffers_for(self, size):
        buffers = []
        while size > 0:
            buffer = self.buffer()
            if buffer is None or (buffers and not self.merges):
                for unused in reversed(buffers):
                    self.spare(unused)
                return None
            buffers.append(buffer)
            size -= room(buffer)
        return buffers

    def serve(self):
        """Takes what the guest sends, and answers; True if there was something."""
        ring, buffers = self.tx.ring, []
        if self.tx.waits:
            return False
        while not ring.dead and len(buffers) < BURST and (buffer := take(ring)):
            self.sent(buffer)
            buffers.append(buffer)
        ring.ask()
        if buffers:
            ring.give_all(buffers, len(buffers) * [0])
            ring.publish()
            self.tx.notify()
        return bool(buffers)

    def sent(self, buffer):
        """Takes a frame of the guest's, and answers."""
        data = b"".join(bytes(piece) for piece in buffer.pieces)
        answer = answer_to(data[HEADER.size:])
        if answer and self.rx.runs:
            self.deliver(answer)


def take(ring):
    """The ring's next buffer whose pieces are in the guest's memory, or None."""
    try:
        return ring.take()
    except BadAddress:
        return None


def room(buffer):
    """Bytes that a buffer takes."""
    return sum(len(piece) for piece in buffer.pieces)


def write(buffer, data):
    """Fills a buffer's pieces."""
    for piece in buffer.pieces:
        part, data = data[:len(piece)], data[len(piece):]
        piece[:len(part)] = part


def answer_to(frame):
    """What a good device sends back, or None."""
    if frame[12:14] == ETH_P_ARP:
        return _arp(frame)
    if frame[:6] != MAC:
        return None
    back = frame[6:12] + MAC + frame[12:]
    return _echo(back) if frame[12:14] == ETH_P_IP else back


def _arp(frame):
    sender, own, target = frame[22:28], frame[28:32], frame[38:42]
    if frame[20:22] != b"\x00\x01" or own == target:
        return None
    return sender + MAC + frame[12:20] + b"\x00\x02" + MAC + target + sender + own


def _echo(frame):
    head = 4 * (frame[14] & 15)
    if frame[23] != 1 or frame[14 + head] != 8:
        return None
    icmp = bytearray(frame[14 + head:])
    total = struct.unpack_from("!H", icmp, 2)[0] + 0x0800
    icmp[0] = 0
    struct.pack_into("!H", icmp, 2, (total & 0xffff) + (total >> 16))
    addresses = frame[30:34] + frame[26:30]
    return frame[:26] + addresses + frame[34:14 + head] + bytes(icmp)
