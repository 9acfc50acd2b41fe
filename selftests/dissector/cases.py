# SPDX-License-Identifier: GPL-2.0
"""What the dissector must show, packet by packet.

A case is a name and the frames that belong together. Each frame says all remarks that
it must have, by their filter names, and no others are allowed; `drop` is the counter
that it must name. Of fields it says those that the case is about: a text, a list where
there are several, None for one that must not be there. "@1" in a text is the number of
the case's first frame in the capture file.
"""

import struct

from . import wire
from .case import BAD_SUM, CUT, INVALID, LINKLOCAL, MALFORMED, NO_REPLY, PARTIAL, PATTERN, PEER, \
    RESERVED, UNUSUAL, Case, Frame, one, show
from .streams import bad_segments, connections, messages, segments, stream_options

# --- the network header -------------------------------------------------------------------

def header():
    """Fields of the network header, and what is wrong with it."""
    plain = wire.packet(b"", wire.NOTHING)
    yield one("every field of the network header", wire.dgram(
        priority=5, flags=0x05, ident=0xbeef, hop_limit=9), {
            "weft.version": "1", "weft.class": "5", "weft.flags": "0x05",
            "weft.flags.reserved": "0x00", "weft.flags.fragok": "1", "weft.flags.ecn": "1",
            "weft.len": "37", "weft.id": "0xbeef", "weft.hop_limit": "9", "weft.next": "17",
            "weft.src": "7::1", "weft.dst": "7::2", "weft.addr": ["7::1", "7::2"],
            "weft.padding": None, "weft.drop": None})
    yield one("nothing follows", plain, {"weft.next": "59", "weft.payload": None},
              proto="Weft", info="No next header")
    yield one("something follows nothing", wire.packet(b"abc", wire.NOTHING),
              {"weft.payload": "61:62:63"}, remarks=(UNUSUAL,))
    yield one("padding", plain + b"\0\0\1", {"weft.padding": "00:00:01", "weft.len": "24"})
    yield one("reserved flags", wire.packet(b"", wire.NOTHING, flags=0x88),
              {"weft.flags.reserved": "0x11", "weft.flags.ecn": "0"}, remarks=(RESERVED,))
    yield one("congestion experienced", wire.packet(b"", wire.NOTHING, flags=3),
              {"weft.flags.ecn": "3", "weft.flags.fragok": "0"})
    yield one("unknown next header", wire.packet(b"xy", 99), {"weft.payload": "78:79"},
              remarks=(INVALID,), drop="DropNoProtocol", info="Unknown next header 99")
    yield one("version 2", wire.packet(b"", wire.NOTHING, version=2), {"weft.src": None},
              remarks=(INVALID,), drop="DropVersion", info="Version 2",
              says=("The version is not 1",))
    for length in (1, 23):
        yield one(f"{length} bytes are no header", plain[:length], {"weft.version": None},
                  remarks=(MALFORMED,), drop="DropHeaderShort",
                  info="Weft [Malformed packet]")
    yield one("total length 23", wire.packet(b"", wire.NOTHING, total=23), {"weft.len": "23"},
              remarks=(MALFORMED,), drop="DropLength", info="Weft [Malformed packet]")
    yield one("total length above what arrived", wire.packet(b"", wire.NOTHING, total=25),
              remarks=(MALFORMED, UNUSUAL), drop="DropLength",
              info="No next header [Malformed packet]",
              says=("The total length is 25, and 24 bytes arrived",))
    yield one("the source is a group", wire.dgram(src="ff02::1"), remarks=(INVALID,),
              drop="DropAddress")
    yield one("the source is any", wire.dgram(src="::"), {"weft.src": "::"},
              remarks=(INVALID,), drop="DropAddress")
    yield one("the destination is any", wire.dgram(dst="::"), remarks=(INVALID,),
              drop="DropAddress")
    for text in ("fe80:5354:57:1", "fe80::"):
        yield one(f"{text} has no MAC", wire.dgram(dst=text), remarks=(UNUSUAL,))
        yield one(f"{text} has no MAC, as source", wire.dgram(src=text), remarks=(UNUSUAL,))
    for name, address in (("the loopback address", "::1"), ("a group of this node", "ff01::5")):
        packet = wire.dgram(dst=address)
        yield one(f"{name} on a link", packet, remarks=(INVALID,), drop="DropMartian")
        loopback = wire.frame(packet, src=bytes(6), dst=bytes(6))
        yield Case(f"{name} on the loopback device", [Frame(loopback, {"weft.dst": address})])
    yield Case("the capture ends in the header", [show(
        plain, {"weft.version": None}, remarks=(CUT,), captured=14 + 20, info="Weft")])


def addresses():
    """Addresses as text, after RFC 5952."""
    texts = ("::1", "1::", "7::1", "0:4::", "0:4:a57:1", "1:0:2:3", "1::3", "::2:3", "1:2::",
             "1:2:3:0", "0:2:3:4", "0:2:0:4", "fe80:5254:57:100", "ff02:1:ffff:1",
             "abcd:ef01:2345:6789")
    for text in texts:
        loopback = wire.frame(wire.packet(b"", wire.NOTHING, dst=text), src=bytes(6))
        yield Case(f"the address {text}", [Frame(loopback, {"weft.dst": text})])


# --- datagrams ----------------------------------------------------------------------------

def datagrams():
    """Datagrams, their checks in the receiver's order, their checksum."""
    good = wire.dgram()
    check = good[30:32].hex()
    yield one("a datagram", good, {
        "weft.dgram.srcport": "41000", "weft.dgram.dstport": "80",
        "weft.dgram.port": ["41000", "80"], "weft.dgram.length": "13",
        "weft.dgram.checksum": f"0x{check}", "weft.dgram.checksum.status": "1",
        "weft.dgram.payload": "68:65:6c:6c:6f", "data.data": "68:65:6c:6c:6f",
        "data.len": "5"}, proto="Weft-Dgram", info="41000 → 80 Len=5",
        says=(f"Checksum: 0x{check} [good]",))
    yield one("an empty datagram", wire.dgram(b""), {
        "weft.dgram.payload": None, "data.data": None, "weft.dgram.checksum.status": "1"},
        info="41000 → 80 Len=0")
    yield one("a datagram of odd length", wire.dgram(b"a"), {"weft.dgram.checksum.status": "1"})
    yield one("a large datagram", wire.dgram(PATTERN[:65000]),
              {"weft.dgram.checksum.status": "1", "weft.len": "65032"})
    yield one("padding is no payload", good + bytes(9), {
        "weft.dgram.payload": "68:65:6c:6c:6f", "weft.dgram.checksum.status": "1"})
    for length in (0, 7):
        yield one(f"{length} bytes of a datagram", wire.packet(good[24:24 + length], wire.DGRAM),
                  remarks=(MALFORMED,), drop="DropDgramShort",
                  info="Datagram [Malformed packet]")
    for length in (7, 12, 14):
        yield one(f"a datagram's length of {length}", wire.dgram(length=length),
                  {"weft.dgram.checksum.status": "1"}, remarks=(MALFORMED,),
                  drop="DropDgramShort", info="41000 → 80 Len=5 [Malformed packet]")
    yield one("source port 0", wire.dgram(sport=0), remarks=(INVALID,), drop="DropDgramPort")
    yield one("both ports 0", wire.dgram(sport=0, dport=0), remarks=(INVALID, INVALID),
              drop="DropDgramPort")
    yield one("the length is looked at before the port", wire.dgram(dport=0, length=9),
              remarks=(INVALID, MALFORMED), drop="DropDgramShort")
    bad = good[:30] + struct.pack("!H", int(check, 16) ^ 1) + good[32:]
    yield one("a wrong checksum", bad, {"weft.dgram.checksum.status": "0"}, remarks=(BAD_SUM,),
              drop="DropChecksum", says=("Wrong checksum", f"[bad, 0x{check} is right]"))
    yield one("a checksum of 0", good[:30] + b"\0\0" + good[32:],
              {"weft.dgram.checksum.status": "0"}, remarks=(BAD_SUM,), drop="DropChecksum")
    yield from zero_sums()
    yield from partial_sums()
    yield Case("the capture ends in the payload", [show(
        good, {"weft.dgram.checksum.status": "2", "weft.dgram.payload": "68:65"},
        captured=14 + 34, info="41000 → 80 Len=5", says=(f"0x{check} [unverified]",))])
    yield Case("the capture ends in the datagram's header", [show(
        good, {"weft.dgram.srcport": None}, remarks=(CUT,), captured=14 + 30, info="Datagram")])


def zero_sums():
    """A sum of 0 is sent as 0xffff, and 0 in its place is wrong."""
    for word in range(0x10000):
        packet = wire.dgram(struct.pack("!H", word))
        if packet[30:32] == b"\xff\xff":
            break
    yield one("a sum of 0", packet, {"weft.dgram.checksum": "0xffff",
                                     "weft.dgram.checksum.status": "1"})
    yield one("0 for a sum of 0", packet[:30] + b"\0\0" + packet[32:],
              {"weft.dgram.checksum.status": "0"}, remarks=(BAD_SUM,), drop="DropChecksum",
              says=("[bad, 0xffff is right]",))


def partial_sums():
    """A sender leaves the folded sum of the pseudo-header to the device."""
    for src, folded in (("7::1", 0x2f), ("7::ffd1", 0xffff)):
        good = wire.dgram(src=src)
        yield one(f"a checksum left to the device, {folded:#x}",
                  good[:30] + struct.pack("!H", folded) + good[32:],
                  {"weft.dgram.checksum.status": "3", "weft.drop": None}, remarks=(PARTIAL,),
                  says=("The checksum was left to the device",
                        f"[partial, 0x{good[30:32].hex()} is right]"))


# --- control messages ------------------------------------------------------------------------

def echo():
    """Echo, and what the frames say of each other."""
    request = wire.echo(wire.ECHO_REQUEST, 0x1001, 1, b"abc")
    reply = wire.echo(wire.ECHO_REPLY, 0x1001, 1, b"abc", src="7::2", dst="7::1")
    yield Case("echo", [
        show(request, {
            "weft.ctl.type": "128", "weft.ctl.code": "0", "weft.ctl.checksum.status": "1",
            "weft.ctl.checksum": "0x" + request[26:28].hex(), "weft.echo.id": "4097",
            "weft.echo.seq": "1", "weft.echo.data": "61:62:63",
            "weft.ctl.response_in": "@2", "weft.ctl.response_to": None},
            proto="Weft-Ctl",
            info="Echo (ping) request id=0x1001, seq=1, hop limit=64 (reply in @2)"),
        show(reply, {"weft.ctl.type": "129", "weft.ctl.response_to": "@1",
                     "weft.ctl.response_time": "1.250000500", "weft.ctl.response_in": None},
             proto="Weft-Ctl", time=1.2500005,
             info="Echo (ping) reply id=0x1001, seq=1, hop limit=64 (request in @1)")])
    yield one("no reply", wire.echo(wire.ECHO_REQUEST, 0x1002, 1, src="7::a"),
              {"weft.ctl.response_in": None}, remarks=(NO_REPLY,),
              info="Echo (ping) request id=0x1002, seq=1, hop limit=64 (no reply seen)")
    yield Case("replies of others", [
        show(wire.echo(wire.ECHO_REQUEST, 0x1003, 1), remarks=(NO_REPLY,)),
        show(wire.echo(wire.ECHO_REPLY, 0x1003, 2, src="7::2", dst="7::1"),
             {"weft.ctl.response_to": None}),
        show(wire.echo(wire.ECHO_REPLY, 0x1003, 1, src="7::3", dst="7::1"),
             {"weft.ctl.response_to": None}),
        show(wire.echo(wire.ECHO_REPLY, 0x1003, 1, src="7::2", dst="7::4"),
             {"weft.ctl.response_to": None},
             info="Echo (ping) reply id=0x1003, seq=1, hop limit=64")])
    yield Case("a group answers", [
        show(wire.echo(wire.ECHO_REQUEST, 0x1004, 1, src=LINKLOCAL, dst="ff02::1"),
             {"weft.ctl.response_in": ["@2", "@3"]}),
        *[show(wire.echo(wire.ECHO_REPLY, 0x1004, 1, src=src, dst=LINKLOCAL),
               {"weft.ctl.response_to": "@1"}) for src in (PEER, "fe80:5254:57:300")]])
    yield one("nobody in a group answers",
              wire.echo(wire.ECHO_REQUEST, 0x1005, 1, dst="ff02::1"))
    yield Case("the same number again", [
        show(wire.echo(wire.ECHO_REQUEST, 0x1006, 1), {"weft.ctl.response_in": "@2"}),
        show(wire.echo(wire.ECHO_REPLY, 0x1006, 1, src="7::2", dst="7::1"),
             {"weft.ctl.response_to": "@1"}),
        show(wire.echo(wire.ECHO_REQUEST, 0x1006, 1), {"weft.ctl.response_in": "@4"}),
        show(wire.echo(wire.ECHO_REPLY, 0x1006, 1, src="7::2", dst="7::1"),
             {"weft.ctl.response_to": "@3"})])
    yield one("an echo's code", wire.control(wire.ECHO_REPLY, bytes(4), code=3),
              {"weft.ctl.code": "3"}, remarks=(UNUSUAL,))


def control():
    """What is wrong with control messages of all types."""
    message = wire.echo(wire.ECHO_REPLY, 1, 1)
    for length in (0, 7):
        yield one(f"{length} bytes of a control message",
                  wire.packet(message[24:24 + length], wire.CONTROL), remarks=(MALFORMED,),
                  drop="DropControlShort", info="Control message [Malformed packet]")
    yield one("a control message with a wrong checksum",
              message[:26] + b"\x11\x11" + message[28:], {"weft.ctl.checksum.status": "0"},
              remarks=(BAD_SUM,), drop="DropChecksum")
    yield one("a control message of unknown type", wire.control(200, b"abcdef"),
              {"weft.ctl.type": "200", "weft.ctl.data": "61:62:63:64:65:66"},
              remarks=(INVALID,), drop="DropControlType",
              info="Control message of unknown type 200")
    yield Case("the capture ends in a control message", [show(
        wire.neigh(wire.NEIGH_SOLICIT, 0, "7::1", "7::2"), {"weft.neigh.target": None},
        remarks=(CUT,), captured=14 + 24 + 20, info="Neighbour solicitation")])


def errors():
    """Errors of every type and code, with the packet in them."""
    quoted = wire.dgram(b"what was sent", hop_limit=1)
    both = {"src": "7::2", "dst": "7::1"}
    names = ("no route", "prohibited", "beyond the source's scope", "address does not answer",
             "no socket at the port", "no protocol for the next header")
    for code, name in enumerate(names):
        yield one(f"unreachable: {name}", wire.error(wire.UNREACH, code, 0, quoted, **both), {
            "weft.ctl.type": "1", "weft.ctl.code": str(code), "weft.ctl.reserved": "0x00000000",
            "weft.src": ["7::2", "7::1"], "weft.dst": ["7::1", "7::2"],
            "weft.hop_limit": ["64", "1"], "weft.next": ["1", "17"],
            "weft.dgram.srcport": "41000", "weft.dgram.dstport": "80",
            "weft.dgram.checksum.status": "1", "data.data": None},
            proto="Weft-Ctl", info=f"Destination unreachable ({name})")
    for kind, code, value, field, info in (
            (wire.TOOBIG, 0, 1280, "mtu", "Packet too big (MTU 1280)"),
            (wire.TIME, 0, 0, "reserved", "Time exceeded (hop limit used up)"),
            (wire.TIME, 1, 0, "reserved",
             "Time exceeded (fragments missing after the reassembly time)"),
            (wire.PARAM, 0, 34, "pointer", "Parameter problem (at offset 34)")):
        wanted = "0x00000000" if field == "reserved" else str(value)
        yield one(info.split(" (", maxsplit=1)[0] + f", code {code}",
                  wire.error(kind, code, value, quoted, **both),
                  {f"weft.ctl.{field}": wanted, "weft.dgram.dstport": "80"}, info=info)
    yield from strange_errors(quoted, both)
    yield from quotes(both)


def strange_errors(quoted, both):
    """Errors that nobody should send, or that no receiver takes."""
    yield one("an error of unknown code", wire.error(wire.UNREACH, 9, 0, quoted, **both),
              remarks=(UNUSUAL,), info="Destination unreachable")
    yield one("reserved bits of an error", wire.error(wire.UNREACH, 4, 7, quoted, **both),
              {"weft.ctl.reserved": "0x00000007"}, remarks=(RESERVED,))
    yield one("an MTU of 575", wire.error(wire.TOOBIG, 0, 575, quoted, **both),
              remarks=(UNUSUAL,))
    for length in (0, 23, 31):
        yield one(f"a quote of {length} bytes",
                  wire.error(wire.UNREACH, 4, 0, quoted[:length], **both),
                  remarks=(INVALID,), drop="DropControlQuote",
                  info="Destination unreachable (no socket at the port)")
    yield one("a quote of 32 bytes", wire.error(wire.UNREACH, 4, 0, quoted[:32], **both), {
        "weft.dgram.dstport": "80", "weft.dgram.checksum.status": "2",
        "weft.dgram.payload": None})
    yield one("a quote of another version",
              wire.error(wire.UNREACH, 4, 0, b"\x20" + quoted[1:], **both),
              remarks=(INVALID, INVALID), drop="DropControlQuote")
    yield one("a quote from a group", wire.error(wire.UNREACH, 4, 0, wire.dgram(src="ff02::1"),
                                                 **both),
              remarks=(INVALID, INVALID), drop="DropControlQuote")
    answered = (("an error", wire.error(wire.UNREACH, 4, 0, quoted)),
                ("a redirect", wire.neigh(wire.REDIRECT, 0, PEER, "7::9")),
                ("a later fragment", wire.fragment(bytes(256), 256, 0)),
                ("a packet to a group", wire.dgram(dst="ff0e::5")))
    for name, packet in answered:
        yield one(f"an error about {name}", wire.error(wire.UNREACH, 4, 0, packet, **both),
                  remarks=(UNUSUAL,))
    yield one("too big a packet to a group",
              wire.error(wire.TOOBIG, 0, 1400, wire.dgram(dst="ff0e::5"), **both))


def quotes(both):
    """Quoted packets that are more than a datagram."""
    long_one = wire.dgram(PATTERN[:1000])
    yield one("an error of 576 bytes",
              wire.error(wire.UNREACH, 4, 0, long_one[:544], **both), {
                  "weft.len": ["576", "1032"], "weft.dgram.length": "1008",
                  "weft.dgram.checksum.status": "2"})
    yield one("an error of 577 bytes",
              wire.error(wire.UNREACH, 4, 0, long_one[:545], **both), remarks=(UNUSUAL,))
    request = wire.echo(wire.ECHO_REQUEST, 0x1101, 7, b"abc")
    yield Case("an echo request in an error is no request", [
        show(wire.error(wire.UNREACH, 3, 0, request, **both), {
            "weft.ctl.type": ["1", "128"], "weft.echo.id": "4353", "weft.echo.seq": "7",
            "weft.ctl.response_in": None},
            info="Destination unreachable (address does not answer)"),
        show(wire.echo(wire.ECHO_REPLY, 0x1101, 7, src="7::2", dst="7::1"),
             {"weft.ctl.response_to": None})])
    inner = wire.error(wire.UNREACH, 4, 0, wire.dgram())
    yield one("an error in an error is not opened",
              wire.error(wire.UNREACH, 4, 0, inner, **both), {
                  "weft.ctl.type": ["1", "1"], "weft.dgram.dstport": None,
                  "weft.ctl.data": ":".join(f"{byte:02x}" for byte in wire.dgram())},
              remarks=(UNUSUAL,))
    first = wire.fragments(wire.dgram(PATTERN[:2000]), 1024)[0]
    yield one("the first fragment in an error",
              wire.error(wire.TIME, 1, 0, first[:544], **both), {
                  "weft.frag.offset": "0", "weft.frag.more": "1", "weft.frag.next": "17",
                  "weft.dgram.srcport": "41000", "weft.dgram.length": "2008",
                  "weft.dgram.checksum.status": "2", "weft.reassembled_in": None})


def neighbours():
    """Neighbour solicitations and announcements."""
    group = "ff02:1:0:1"
    ask = wire.neigh(wire.NEIGH_SOLICIT, 0, "7::1", "7::2", dst=group)
    tell = wire.neigh(wire.NEIGH_ANNOUNCE, 0x60000000, "7::1", src=PEER, dst=LINKLOCAL)
    yield Case("a solicitation is answered", [
        show(ask, {
            "weft.ctl.type": "135", "weft.neigh.probe": "0", "weft.ctl.reserved": "0x00000000",
            "weft.neigh.target": "7::1", "weft.neigh.asker": "7::2",
            "weft.neigh.mac": "52:54:00:57:01:00", "weft.ctl.response_in": "@2"},
            proto="Weft-Ctl", info="Neighbour solicitation for 7::1 from 7::2 (reply in @2)"),
        show(tell, {
            "weft.ctl.type": "136", "weft.neigh.router": "0", "weft.neigh.solicited": "1",
            "weft.neigh.override": "1", "weft.ctl.reserved": "0x00000000",
            "weft.neigh.target": "7::1", "weft.neigh.mac": "52:54:00:57:02:00",
            "weft.ctl.response_to": "@1", "weft.ctl.response_time": "0.002000000"},
            time=0.002, info="Neighbour announcement of 7::1 (solicited, override) (request in @1)"
        )])
    yield Case("announcements that answer something else", [
        show(wire.neigh(wire.NEIGH_ANNOUNCE, 0x40000000, "7::9", src=PEER, dst=LINKLOCAL),
             {"weft.ctl.response_to": None}),
        show(wire.neigh(wire.NEIGH_ANNOUNCE, 0xa0000000, "7::1", src=PEER, dst="ff02::1"),
             {"weft.ctl.response_to": None, "weft.neigh.router": "1"},
             info="Neighbour announcement of 7::1 (router, override)")])
    yield one("an announcement without flags", wire.neigh(wire.NEIGH_ANNOUNCE, 0, "7::8"),
              info="Neighbour announcement of 7::8")
    yield one("a probe", wire.neigh(wire.NEIGH_SOLICIT, 0x80000000, "7::3", "::", dst=group),
              {"weft.neigh.probe": "1", "weft.neigh.asker": "::"},
              info="Neighbour solicitation for 7::3 (probe)")
    yield one("nobody asks", wire.neigh(wire.NEIGH_SOLICIT, 0, "7::4", "::", dst=group),
              info="Neighbour solicitation for 7::4")
    yield one("a probe with an asker",
              wire.neigh(wire.NEIGH_SOLICIT, 0x80000000, "7::3", "7::5"), remarks=(UNUSUAL,))
    for target in ("::", "ff02::1"):
        yield one(f"the target {target}", wire.neigh(wire.NEIGH_ANNOUNCE, 0, target),
                  remarks=(UNUSUAL,))
    yield one("further bytes of a solicitation", wire.neigh(
        wire.NEIGH_SOLICIT, 0, "7::6", "7::2", extra=b"\1\2"), {"weft.ctl.data": "01:02"})
    yield one("reserved bits of a solicitation",
              wire.neigh(wire.NEIGH_SOLICIT, 0x80000001, "7::6", "::"),
              {"weft.ctl.reserved": "0x00000001"}, remarks=(RESERVED,))
    yield one("reserved bits of an announcement",
              wire.neigh(wire.NEIGH_ANNOUNCE, 0x10000000, "7::6"),
              {"weft.ctl.reserved": "0x10000000"}, remarks=(RESERVED,))


def bad_neighbours():
    """What holds for all messages between neighbours."""
    kinds = (("solicitation", wire.NEIGH_SOLICIT, ("7::1", "7::2")),
             ("announcement", wire.NEIGH_ANNOUNCE, ("7::1",)),
             ("redirect", wire.REDIRECT, (PEER, "7::1")),
             ("router solicitation", wire.ROUTER_SOLICIT, ()),
             ("router announcement", wire.ROUTER_ANNOUNCE, ("::",)))
    keys = {"remarks": (INVALID,), "drop": "DropNeighbour"}
    for name, kind, addresses in kinds:
        yield one(f"a good {name}", wire.neigh(kind, 0, *addresses))
        yield one(f"a {name} through a router", wire.neigh(kind, 0, *addresses, hop_limit=254),
                  says=("The hop limit is 254, not 255",), **keys)
        yield one(f"a {name} from a global address", wire.neigh(kind, 0, *addresses, src="7::1"),
                  {"weft.neigh.mac": None}, says=("The source is not link-local",), **keys)
        yield one(f"a {name} of code 1", wire.neigh(kind, 0, *addresses, code=1),
                  says=("The code is not 0",), **keys)
        if addresses:
            good = wire.neigh(kind, 0, *addresses)
            body = good[24:-1]
            short = wire.packet(body[:2] + b"\0\0" + body[4:], wire.CONTROL, check_at=2,
                                hop_limit=255, src=LINKLOCAL)
            yield one(f"a {name} one byte short", short, remarks=(MALFORMED,),
                      drop="DropNeighbour")


def redirects():
    """Redirects, with and without the packet."""
    yield one("a redirect", wire.neigh(
        wire.REDIRECT, 0, PEER, "9::9", dst="7::1", extra=wire.dgram(dst="9::9")), {
            "weft.ctl.type": "137", "weft.redirect.target": PEER, "weft.redirect.dst": "9::9",
            "weft.ctl.reserved": "0x00000000", "weft.src": [LINKLOCAL, "7::1"],
            "weft.dgram.dstport": "80"},
        proto="Weft-Ctl", info=f"Redirect for 9::9 to {PEER}")
    yield one("a redirect to the destination itself",
              wire.neigh(wire.REDIRECT, 0, "9::9", "9::9", dst="7::1"))
    yield one("a redirect to another address",
              wire.neigh(wire.REDIRECT, 0, "9::8", "9::9", dst="7::1"), remarks=(UNUSUAL,))
    yield one("reserved bits of a redirect", wire.neigh(wire.REDIRECT, 1, PEER, "9::9"),
              remarks=(RESERVED,))
    yield one("a redirect with a few bytes", wire.neigh(wire.REDIRECT, 0, PEER, "9::9",
                                                        extra=b"\x10\0"))


def routers():
    """Router solicitations and announcements."""
    yield one("a router solicitation", wire.neigh(wire.ROUTER_SOLICIT, 0, dst="ff02::2"),
              {"weft.ctl.type": "133", "weft.ctl.reserved": "0x00000000"},
              proto="Weft-Ctl", info="Router solicitation")
    yield one("reserved bits of a router solicitation",
              wire.neigh(wire.ROUTER_SOLICIT, 9, extra=b"\1"), {"weft.ctl.data": "01"},
              remarks=(RESERVED,))
    options = wire.option_prefix() + wire.option_mtu() + wire.option_route(pref=0x08)
    yield one("a router announcement", wire.announce(options, pref=0x40), {
        "weft.ctl.type": "134", "weft.ra.hop_limit": "64", "weft.ra.pref": "1",
        "weft.ra.reserved": "0x00", "weft.ra.lifetime": "1800", "weft.ra.reachable": "30000",
        "weft.ra.retrans": "1000", "weft.ra.opt.type": ["3", "5", "24"],
        "weft.ra.opt.length": ["3", "1", "2"], "weft.ra.prefix": "7::/16",
        "weft.ra.prefix.length": "16", "weft.ra.prefix.onlink": "1", "weft.ra.prefix.auto": "1",
        "weft.ra.prefix.valid": "86400", "weft.ra.prefix.preferred": "14400",
        "weft.ra.opt.reserved": ["0x00000000", "0x00000000"], "weft.ra.mtu": "1400",
        "weft.ra.route": "8::/16", "weft.ra.route.length": "16", "weft.ra.route.pref": "1",
        "weft.ra.route.lifetime": "600"},
        proto="Weft-Ctl", info="Router announcement, lifetime 1800 s")
    yield one("preferences", wire.announce(wire.option_route(pref=0x18), pref=0xc0, lifetime=0),
              {"weft.ra.pref": "3", "weft.ra.route.pref": "3"},
              info="Router announcement, lifetime 0 s")
    yield one("a prefix without flags", wire.announce(wire.option_prefix(bits=32, flags=0)),
              {"weft.ra.prefix.onlink": "0", "weft.ra.prefix.auto": "0",
               "weft.ra.prefix": "7::/32"})
    yield one("lifetimes that do not end", wire.announce(
        wire.option_prefix(valid=0xffffffff, preferred=0xffffffff)),
        {"weft.ra.prefix.valid": "4294967295"})
    yield one("an option of unknown type", wire.announce(b"\x63\x01abcdef" + wire.option_mtu()),
              {"weft.ra.opt.type": ["99", "5"], "weft.ra.opt.data": "61:62:63:64:65:66",
               "weft.ra.mtu": "1400"})
    yield from strange_options()


def strange_options():
    """Options with something wrong."""
    yield one("reserved bits of an announcement and its options", wire.announce(
        wire.option_prefix(flags=0xe1, reserved=5) + wire.option_mtu(reserved=6) +
        wire.option_route(pref=0x87), pref=0x21), {
            "weft.ra.reserved": "0x21", "weft.ra.prefix.reserved": "0x21",
            "weft.ra.route.reserved": "0x87",
            "weft.ra.opt.reserved": ["0x00000005", "0x00000006"]}, remarks=(RESERVED,) * 5)
    yield one("an address of a prefix of 32 bits", wire.announce(wire.option_prefix(bits=32)),
              remarks=(UNUSUAL,))
    yield one("prefixes of 65 bits", wire.announce(
        wire.option_prefix(bits=65, flags=0) + wire.option_route(bits=65)),
        {"weft.ra.prefix": "7::/65"}, remarks=(UNUSUAL, UNUSUAL))
    yield one("preferred for longer than valid", wire.announce(
        wire.option_prefix(valid=10, preferred=11)), remarks=(UNUSUAL,))
    yield one("an announced MTU of 575", wire.announce(wire.option_mtu(575)), remarks=(UNUSUAL,))
    yield one("a prefix option of another length", wire.announce(
        wire.option_prefix(units=4) + bytes(8) + wire.option_mtu()),
        {"weft.ra.prefix": None, "weft.ra.mtu": "1400"}, remarks=(UNUSUAL,))
    keys = {"remarks": (MALFORMED,), "drop": "DropNeighbour",
            "info": "Router announcement, lifetime 1800 s [Malformed packet]"}
    yield one("an option of length 0", wire.announce(wire.option_mtu(units=0) + wire.option_mtu()),
              {"weft.ra.mtu": None}, says=("No option has a length of 0",), **keys)
    yield one("an option longer than the message", wire.announce(wire.option_mtu(units=2)),
              {"weft.ra.mtu": None}, says=("The option ends behind the message",), **keys)
    yield one("one byte of an option", wire.announce(wire.option_mtu() + b"\5"),
              {"weft.ra.mtu": "1400"}, says=("No room for an option",), **keys)


# --- fragments --------------------------------------------------------------------------------

def fragments():
    """Fragments and what is put together of them."""
    whole = wire.dgram(PATTERN[:1000], ident=0x77)
    parts = wire.fragments(whole, 512)
    done = {
        "weft.next": "44", "weft.fragment": ["@1", "@2"], "weft.fragment.count": "2",
        "weft.reassembled.length": "1008", "weft.dgram.srcport": "41000",
        "weft.dgram.length": "1008", "weft.dgram.checksum.status": "1",
        "data.len": "1000", "weft.reassembled_in": None}
    yield Case("fragments in order", [
        show(parts[0], {
            "weft.next": "44", "weft.frag.next": "17", "weft.frag.reserved": "0x00",
            "weft.frag.offset": "0", "weft.frag.reserved_bits": "0", "weft.frag.more": "1",
            "weft.frag.id": "0x10000001", "weft.reassembled_in": "@2",
            "weft.dgram.srcport": None}, proto="Weft",
            info="Fragment (offset=0 more=yes id=0x10000001 next=17) [Reassembled in #@2]"),
        show(parts[1], {"weft.frag.offset": "512", "weft.frag.more": "0", **done},
             proto="Weft-Dgram", info="41000 → 80 Len=1000")])
    parts = wire.fragments(whole, 256, ident=0x10000002)
    order = (3, 0, 2, 1)
    yield Case("fragments out of order", [
        *[show(parts[i], {"weft.frag.offset": str(256 * i), "weft.reassembled_in": "@4",
                          "weft.dgram.srcport": None}) for i in order[:3]],
        show(parts[order[3]], {**done, "weft.fragment": ["@2", "@4", "@3", "@1"],
                               "weft.fragment.count": "4"}, info="41000 → 80 Len=1000")])
    yield from mixed_fragments(whole)
    yield from duplicates(whole)
    yield from echo_fragments()
    yield from bad_fragments()


def mixed_fragments(whole):
    """Fragments that look alike and belong to different packets."""
    same = {"ident": 0x10000003}
    one_packet = wire.fragments(whole, 512, **same)
    others = [wire.fragments(wire.dgram(PATTERN[5:1005], **keys), 512, **same)
              for keys in ({"src": "7::5"}, {"dst": "7::5"}, {"priority": 3})]
    first = [one_packet[0], *[other[0] for other in others]]
    last = [one_packet[1], *[other[1] for other in others]]
    yield Case("addresses, class and identification tell packets apart", [
        *[show(part, {"weft.reassembled_in": f"@{i + 5}"}) for i, part in enumerate(first)],
        *[show(part, {"weft.fragment": [f"@{i + 1}", f"@{i + 5}"],
                      "weft.dgram.checksum.status": "1"}) for i, part in enumerate(last)]])
    late = wire.fragments(whole, 512, ident=0x10000004)
    yield Case("after the reassembly time a packet is another one", [
        show(late[0], {"weft.reassembled_in": None}),
        show(late[1], {"weft.fragment": None}, time=30.1),
        show(late[0], {"weft.fragment": ["@3", "@2"]})])
    again = wire.fragments(whole, 512, ident=0x10000005)
    yield Case("an identification is used again", [
        show(again[0], {"weft.reassembled_in": "@2"}),
        show(again[1], {"weft.fragment": ["@1", "@2"]}),
        show(again[1], {"weft.reassembled_in": "@4"}),
        show(again[0], {"weft.fragment": ["@4", "@3"]})])


def duplicates(whole):
    """Fragments that come twice, or overlap."""
    parts = wire.fragments(whole, 256, ident=0x10000006)
    yield Case("an exact duplicate", [
        show(parts[0], {"weft.reassembled_in": "@5"}),
        show(parts[0], {"weft.reassembled_in": None}, remarks=(UNUSUAL,)),
        show(parts[1]), show(parts[2]),
        show(parts[3], {"weft.fragment": ["@1", "@3", "@4", "@5"]})])
    whole_fragment = {"remarks": (INVALID,), "drop": "DropFragOverlap"}
    parts = wire.fragments(whole, 256, ident=0x10000007)
    other = wire.fragment(bytes(512), 256, 1, ident=0x10000007)
    yield Case("an overlap ends the packet", [
        show(parts[0], {"weft.fragment": None}, **whole_fragment),
        show(parts[2], **whole_fragment), show(other, **whole_fragment),
        show(parts[1], **whole_fragment),
        show(parts[3], {"weft.fragment": None, "weft.dgram.srcport": None}, **whole_fragment)])
    for number, (name, frames) in enumerate((
            ("other bytes in the same place", [(bytes(256), 0, 1), (b"a" * 256, 0, 1)]),
            ("two ends", [(bytes(8), 512, 0), (bytes(8), 1024, 0)]),
            ("bytes after the end", [(bytes(8), 512, 0), (bytes(256), 520, 1)]),
            ("an end before other bytes", [(bytes(256), 520, 1), (bytes(8), 512, 0)]))):
        yield Case(name, [show(wire.fragment(*part, ident=0x10000010 + number), **whole_fragment)
                          for part in frames])


def echo_fragments():
    """Control messages in fragments; a fragment in a packet put together."""
    request = wire.echo(wire.ECHO_REQUEST, 0x1201, 1, PATTERN[:600])
    reply = wire.echo(wire.ECHO_REPLY, 0x1201, 1, PATTERN[:600], src="7::2", dst="7::1")
    ask, tell = (wire.fragments(packet, 304, ident=0x10000020) for packet in (request, reply))
    yield Case("echo in fragments", [
        show(ask[0]), show(ask[1], {"weft.ctl.response_in": "@4"}, proto="Weft-Ctl",
                           info="Echo (ping) request id=0x1201, seq=1, hop limit=64 "
                                "(reply in @4)"),
        show(tell[0]), show(tell[1], {"weft.ctl.response_to": "@2"})])
    inner = wire.fragment(bytes(300), 0, 1)[24:]
    nested = [wire.fragment(inner[at:at + 256], at, at == 0, 0x10000021, wire.FRAGMENT)
              for at in (0, 256)]
    yield Case("a fragment in fragments is not opened", [
        show(nested[0]), show(nested[1], {
            "weft.frag.offset": ["256", "0"], "weft.fragment.count": "2"},
            remarks=(MALFORMED,), drop="DropFragLength")])
    odd = [wire.fragment(b"a" * 256, 0, 1, 0x10000022, 99), wire.fragment(b"b", 256, 0, 0x10000022)]
    yield Case("the first fragment tells the next header", [
        show(odd[0]), show(odd[1], {"weft.reassembled.length": "257"}, remarks=(INVALID,),
                           drop="DropNoProtocol", info="Unknown next header 99")])


def bad_fragments():
    """What is checked of each fragment."""
    data = bytes(256)
    for length in (0, 7):
        yield one(f"{length} bytes of a fragment",
                  wire.packet(bytes(length), wire.FRAGMENT), remarks=(MALFORMED,),
                  drop="DropFragShort", info="Fragment [Malformed packet]")
    yield one("a fragment without data", wire.fragment(b"", 256, 0), remarks=(MALFORMED,),
              drop="DropFragShort")
    yield one("an atomic fragment", wire.fragment(data, 0, 0), remarks=(INVALID,),
              drop="DropFragAtomic")
    yield one("a fragment of 257 bytes that others follow", wire.fragment(data + b"a", 0, 1),
              remarks=(MALFORMED,), drop="DropFragLength")
    yield one("a fragment of 248 bytes that others follow", wire.fragment(data[:248], 0, 1),
              remarks=(INVALID,), drop="DropFragTiny")
    ident = {"ident": 0x10000030}
    yield one("a packet of 65535 bytes", wire.fragment(bytes(7), 65504, 0, **ident))
    yield one("a packet of 65536 bytes", wire.fragment(bytes(8), 65504, 0), remarks=(MALFORMED,),
              drop="DropFragLength")
    yield one("reserved bits of a fragment", wire.fragment(
        bytes(8), 1024, 0, reserved=0x80, bits=6, ident=0x10000031),
        {"weft.frag.reserved": "0x80", "weft.frag.reserved_bits": "3", "weft.frag.offset": "1024"},
        remarks=(RESERVED, RESERVED))
    parts = wire.fragments(wire.dgram(PATTERN[:1000]), 512, ident=0x10000032)
    yield Case("the capture ends in a fragment", [
        show(parts[0], {"weft.reassembled_in": None}, captured=400),
        show(parts[1], {"weft.fragment": None})])


def memberships():
    """Membership queries and reports."""
    yield one("a general query", wire.query("::"), {
        "weft.ctl.type": "130", "weft.group": "::", "weft.group.max_response": "10000",
        "weft.group.suppress": "0", "weft.group.robustness": "2", "weft.group.interval": "125",
        "weft.group.sources": "0", "weft.group.source": None},
        proto="Weft-Ctl", info="Membership query, general")
    yield one("a query for sources", wire.query("ff0e::7", "7::1", "7::2", flags=10), {
        "weft.group": "ff0e::7", "weft.group.suppress": "1",
        "weft.group.source": ["7::1", "7::2"]},
        info="Membership query for ff0e::7, 2 sources")
    bad = {"drop": "DropNeighbour"}
    yield one("a query to others", wire.query("ff0e::7", dst="ff02::1"), remarks=(INVALID,), **bad)
    yield one("a general query for sources", wire.query("::", "7::1"), remarks=(INVALID,), **bad)
    yield one("a query through a router", wire.query("::", hop_limit=254), remarks=(INVALID,),
              **bad)
    yield one("a query of code 1", wire.control(
        wire.GROUP_QUERY, bytes(20), code=1, hop_limit=255, src=LINKLOCAL, dst="ff02::1"),
        remarks=(INVALID,), **bad)
    yield one("a query without its sources", wire.query("ff0e::7", number=1),
              remarks=(MALFORMED,), **bad)
    yield one("reserved bits of a query", wire.query("ff0e::7", flags=0x82), remarks=(RESERVED,))
    yield one("a report", wire.report(
        wire.record(4, "ff0e::7"), wire.record(5, "ff0e::8", "7::1")), {
            "weft.ctl.type": "143", "weft.group.records": "2",
            "weft.group.record.type": ["4", "5"], "weft.group": ["ff0e::7", "ff0e::8"],
            "weft.group.sources": ["0", "1"], "weft.group.source": "7::1"},
        proto="Weft-Ctl", info="Membership report, 2 records",
        says=("ff0e::8, allow new sources, 1 sources",))
    yield one("a report to all nodes", wire.report(dst="ff02::1"), remarks=(INVALID,), **bad)
    yield one("a report without a record", wire.report(wire.record(1, "ff0e::7"), number=2),
              remarks=(MALFORMED,), **bad)
    yield one("a record without its source", wire.report(wire.record(1, "ff0e::7", number=1)),
              remarks=(MALFORMED,), **bad)
    yield one("a record of unknown type", wire.report(wire.record(7, "ff0e::7")),
              remarks=(UNUSUAL,))
    yield one("a record about no group", wire.report(wire.record(4, "7::7")), remarks=(UNUSUAL,))


GROUPS = (header, addresses, datagrams, segments, bad_segments, stream_options, connections,
          messages, echo, control, errors, neighbours, bad_neighbours,
          redirects, routers, memberships, fragments)


def cases():
    """All of them, in the order of the capture file."""
    return [case for group in GROUPS for case in group()]
