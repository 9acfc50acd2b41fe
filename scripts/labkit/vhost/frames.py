# SPDX-License-Identifier: GPL-2.0
"""Frames and headers that no good device would hand over.

Most are nearly right: what is all nonsense is dropped at the first look.
"""

import struct

EDGES = (0, 1, 2, 13, 14, 20, 33, 34, 40, 53, 54, 1460, 1514, 4096, 32767, 32768, 65534, 65535)
NEEDS_CSUM = 1
GSO_TYPES = (0, 1, 3, 4, 5)
GSO_ECN = 0x80
TCP, UDP = 6, 17
FRAME_MAX = 65000


def hostile(rng, mac, large):
    """A frame, and the fields of the header before it. LARGE: above what one buffer takes."""
    frame, start, protocol = _packet(rng, mac, large)
    fields = _fields(rng, frame, start, protocol)
    if rng.random() < 0.3:
        frame = frame[:rng.randrange(14, len(frame) + 1)]
    return frame, fields


def misplaced(rng, mac):
    """A frame to be segmented whose TCP header is said to be in the headers before it."""
    transport = _transport(rng, TCP, 1200)
    if rng.random() < 0.5:
        kind, version, head = 0x0800, 1, _ipv4(rng, TCP, len(transport))
    else:
        kind, version, head = 0x86dd, 4, bytes(40)
    frame = mac + b"\x52\x54\x00\x57\x0f\xff" + struct.pack("!H", kind) + head + transport
    start = rng.randrange(14 + len(head))
    return frame, [NEEDS_CSUM, version, start + 20, 536, start, 16]


def _packet(rng, mac, large):
    """A frame, where its transport header is, and of which protocol that is."""
    protocol = rng.choice((TCP, TCP, TCP, UDP, rng.getrandbits(8)))
    transport = _transport(rng, protocol, _size(rng, large))
    tag = struct.pack("!HH", 0x8100, rng.getrandbits(12)) if rng.random() < 0.1 else b""
    if rng.random() < 0.5:
        kind, head = 0x0800, _ipv4(rng, protocol, len(transport))
    else:
        kind, head = 0x86dd, _ipv6(rng, protocol, len(transport))
    if rng.random() < 0.1:
        kind = rng.choice((0, 0x88b5, 0x0806, 0x0800, 0x86dd, 0x8847, 0xffff))
    link = mac + b"\x52\x54\x00\x57\x0f\xff" + tag + struct.pack("!H", kind)
    frame = bytearray(link + head + transport)
    for _ in range(rng.choice((0, 0, 0, 1, 4))):
        frame[rng.randrange(12, min(len(frame), 90))] = rng.getrandbits(8)
    return bytes(frame), len(link) + len(head), protocol


def _size(rng, large):
    if large and rng.random() < 0.2:
        return rng.randrange(1500, FRAME_MAX)
    return rng.choice((0, 1, rng.randrange(1400), rng.randrange(1400)))


def _transport(rng, protocol, size):
    payload = bytes(size)
    if protocol == UDP:
        return struct.pack("!HHHH", rng.getrandbits(16), 9, (8 + size) & 0xffff, 0) + payload
    words = rng.choice((5, 5, 5, 8, 15, 0, 4))
    return struct.pack("!HHIIBBHHH", rng.getrandbits(16), 9, rng.getrandbits(32), 0,
                       words << 4, rng.getrandbits(8), 1000, 0, 0) \
        + bytes(max(0, 4 * words - 20)) + payload


def _ipv4(rng, protocol, size):
    head = struct.pack("!BBHHHBB", 0x45, 0, (20 + size) & 0xffff, rng.getrandbits(16),
                       rng.choice((0, 0, 0x2000, 0x4000)), 64, protocol)
    rest = bytes((192, 0, 2, 254, 192, 0, 2, 1))
    total = sum(struct.unpack("!9H", head + rest))
    total = (total & 0xffff) + (total >> 16)
    total = (total & 0xffff) + (total >> 16)
    return head + struct.pack("!H", total ^ 0xffff) + rest


def _ipv6(rng, protocol, size):
    return struct.pack("!IHBB", 6 << 28, size & 0xffff, protocol, 64) \
        + bytes.fromhex("20010db8" + 22 * "0" + "fe") \
        + bytes.fromhex("20010db8" + 22 * "0" + "01") if rng.random() < 0.9 else bytes(40)


def _fields(rng, frame, start, protocol):
    """The fields of a header that fits the frame, but for some of them."""
    version = 4 if frame[12:14] == b"\x86\xdd" else 1
    fields = [NEEDS_CSUM, version if protocol == TCP else rng.choice(GSO_TYPES),
              start + 20, rng.choice((1, 7, 100, 536, 1448)), start,
              16 if protocol == TCP else 6]
    if len(frame) < 1600 and rng.random() < 0.3:
        fields[1] = 0
    for at in range(6):
        if rng.random() < 0.15:
            fields[at] = _nonsense(rng, at)
    return fields


def _nonsense(rng, at):
    if at == 0:
        return rng.getrandbits(8)
    if at == 1:
        return rng.choice(GSO_TYPES) | rng.choice((0, GSO_ECN)) if rng.random() < 0.7 \
            else rng.getrandbits(8)
    return rng.choice(EDGES) if rng.random() < 0.7 else rng.getrandbits(16)
