# SPDX-License-Identifier: GPL-2.0
"""Weft's packets as bytes, good ones and bad ones, and capture files of them.

Every builder takes what a good packet has from its arguments; what is to be wrong is
named. Nothing here is shared with the code that is tested.
"""

import struct

CONTROL, STREAM, DGRAM, FRAGMENT, NOTHING = 1, 6, 17, 44, 59
FIN, SYN, RST, PSH, ACK, FLAG_RESERVED, ECE, CWR = (1 << bit for bit in range(8))
UNREACH, TOOBIG, TIME, PARAM = 1, 2, 3, 4
ECHO_REQUEST, ECHO_REPLY = 128, 129
ROUTER_SOLICIT, ROUTER_ANNOUNCE, NEIGH_SOLICIT, NEIGH_ANNOUNCE, REDIRECT = range(133, 138)
GROUP_QUERY, GROUP_REPORT = 130, 143
ETHERTYPE = 0x88b5


def address(text):
    """The bytes of an address."""
    head, gap, tail = text.partition("::")
    groups = [part.split(":") if part else [] for part in (head, tail)]
    zeros = ["0"] * (4 - sum(map(len, groups))) if gap else []
    return struct.pack("!4H", *(int(group, 16) for group in groups[0] + zeros + groups[1]))


def checksum(data):
    """The Internet checksum, 0xffff for 0."""
    data += b"\0" * (len(data) % 2)
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xffff:
        total = (total & 0xffff) + (total >> 16)
    return ~total & 0xffff or 0xffff


def packet(body, proto, src="7::1", dst="7::2", **header):
    """A packet. `check_at` is where in the body its checksum goes."""
    get = header.get
    check_at = get("check_at")
    if check_at is not None:
        pseudo = address(src) + address(dst) + struct.pack("!II", len(body), proto)
        check = checksum(pseudo + body)
        body = body[:check_at] + struct.pack("!H", check) + body[check_at + 2:]
    total = get("total", 24 + len(body))
    return struct.pack("!BBHHBB", get("version", 1) << 4 | get("priority", 0), get("flags", 0),
                       total, get("ident", 0x1234), get("hop_limit", 64), proto) + \
        address(src) + address(dst) + body


def dgram(payload=b"hello", sport=41000, dport=80, length=None, **header):
    """A datagram."""
    length = 8 + len(payload) if length is None else length
    body = struct.pack("!HHHH", sport, dport, length, 0) + payload
    return packet(body, DGRAM, check_at=6, **header)


def segment(payload=b"", flags=ACK, seq=1000, ack=5000, **keys):
    """A stream segment; what is no field of it is the network header's."""
    values = {"sport": 41000, "dport": 80, "window": 65535, "stamp": 1, "echo": 0, "number": 0,
              "reserved": 0, "options": b"", "length": None}
    header = {name: value for name, value in keys.items() if name not in values}
    values.update((name, value) for name, value in keys.items() if name in values)
    length = values["length"]
    if length is None:
        length = 32 + len(values["options"])
    body = struct.pack("!HHIIBBHIIIHH", values["sport"], values["dport"], seq % 2**32,
                       ack % 2**32, length, flags, 0, values["window"], values["stamp"],
                       values["echo"], values["number"], values["reserved"])
    return packet(body + values["options"] + payload, STREAM, check_at=14, **header)


def option_mss(mss=1444):
    """What a segment may have."""
    return struct.pack("!BBH", 2, 4, mss)


def option_kind(kind=1, reserved=0):
    """The kind of connection."""
    return struct.pack("!BBBB", 64, 4, kind, reserved)


def option_sack(*numbers):
    """Pairs of the first number of a run and the one behind it, after two NOPs."""
    return struct.pack(f"!BBBB{len(numbers)}I", 1, 1, 5, 2 + 4 * len(numbers), *numbers)


def part(payload, end=True, length=None):
    """A part of a message."""
    length = len(payload) if length is None else length
    return struct.pack("!I", length | (0x80000000 if end else 0)) + payload


def control(kind, rest, code=0, **header):
    """A control message; `rest` is what follows the checksum."""
    return packet(struct.pack("!BBH", kind, code, 0) + rest, CONTROL, check_at=2, **header)


def echo(kind, ident, seq, data=b"", **header):
    """An echo request or reply."""
    return control(kind, struct.pack("!HH", ident, seq) + data, **header)


def error(kind, code, value, quoted, **header):
    """An error about a packet."""
    return control(kind, struct.pack("!I", value) + quoted, code, **header)


def neigh(kind, flags, *addresses, extra=b"", **header):
    """A message between neighbours."""
    header = {"hop_limit": 255, "src": "fe80:5254:57:100", **header}
    return control(kind, struct.pack("!I", flags) + b"".join(map(address, addresses)) + extra,
                   **header)


def query(group, *sources, max_response=10000, flags=2, interval=125, number=None, **header):
    """A membership query."""
    header = {"hop_limit": 255, "src": "fe80:5254:57:100",
              "dst": "ff02::1" if group == "::" else group, **header}
    number = len(sources) if number is None else number
    return control(GROUP_QUERY, struct.pack("!I", max_response) + address(group) +
                   struct.pack("!BBHHH", flags, 0, interval, number, 0) +
                   b"".join(map(address, sources)), **header)


def record(kind, group, *sources, number=None):
    """A record of a membership report."""
    number = len(sources) if number is None else number
    return struct.pack("!BBHI", kind, 0, number, 0) + b"".join(map(address, (group, *sources)))


def report(*records, number=None, **header):
    """A membership report."""
    header = {"hop_limit": 255, "src": "fe80:5254:57:100", "dst": "ff02::16", **header}
    number = len(records) if number is None else number
    return control(GROUP_REPORT, struct.pack("!HH", 0, number) + b"".join(records), **header)


def announce(options=b"", hop_limit_said=64, pref=0, lifetime=1800, reachable=30000,
             retrans=1000, **header):
    """A router announcement."""
    header = {"hop_limit": 255, "src": "fe80:5254:57:100", "dst": "ff02::1", **header}
    return control(ROUTER_ANNOUNCE, struct.pack("!BBHII", hop_limit_said, pref, lifetime,
                                                reachable, retrans) + options, **header)


def option_prefix(prefix="7::", bits=16, flags=0xc0, valid=86400, preferred=14400, reserved=0,
                  units=3):
    """A prefix option."""
    return struct.pack("!BBBBIII", 3, units, bits, flags, valid, preferred, reserved) + \
        address(prefix)


def option_mtu(mtu=1400, reserved=0, units=1):
    """An MTU option."""
    return struct.pack("!BBHI", 5, units, reserved, mtu)


def option_route(prefix="8::", bits=16, pref=0, lifetime=600, units=2):
    """A route option."""
    return struct.pack("!BBBBI", 24, units, bits, pref, lifetime) + address(prefix)


def fragment(data, offset, more, ident=0x10000001, proto=DGRAM, reserved=0, bits=0, **header):
    """One fragment; the offset is in bytes."""
    return packet(struct.pack("!BBHI", proto, reserved, offset | bits | more, ident) + data,
                  FRAGMENT, **header)


def fragments(whole, size, **keys):
    """The fragments of a packet, `size` bytes of data in each but the last."""
    body = whole[24:]
    header = {"src": _text(whole[8:16]), "dst": _text(whole[16:24]), "priority": whole[0] & 15,
              "hop_limit": whole[6], "proto": whole[7], **keys}
    return [fragment(body[at:at + size], at, at + size < len(body), **header)
            for at in range(0, len(body), size)]


def _text(raw):
    return ":".join(f"{group:x}" for group in struct.unpack("!4H", raw))


def frame(payload, ethertype=ETHERTYPE, src=bytes.fromhex("525400570100"),
          dst=bytes.fromhex("525400570200")):
    """An Ethernet frame, not padded."""
    return dst + src + struct.pack("!H", ethertype) + payload


def write_pcap(path, frames, linktype=1):
    """Writes frames, each a tuple: its bytes, its time in seconds, its captured length."""
    with open(path, "wb") as out:
        # With nanoseconds.
        out.write(struct.pack("<IHHiIII", 0xa1b23c4d, 2, 4, 0, 0, 262144, linktype))
        for data, time, captured in frames:
            data_here = data[:captured]
            out.write(struct.pack("<IIII", 1800000000 + int(time), round(time % 1 * 1e9),
                                  len(data_here), len(data)) + data_here)
