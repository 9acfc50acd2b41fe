# SPDX-License-Identifier: GPL-2.0
"""What the dissector must show of streams.

Each case has a source port of its own, and so connections of its own.
"""

import itertools
import struct

from . import wire
from .case import AGAIN, BAD_SUM, CUT, GAP, INVALID, LATE, MALFORMED, NEEDLESS, PARTIAL, PATTERN, \
    PROBE, RESERVED, UNUSUAL, ZERO_WINDOW, Case, one, show
from .wire import ACK, CWR, ECE, FIN, FLAG_RESERVED, PSH, RST, SYN

PORTS = itertools.count(42000)


def _one(name, payload=b"", flags=ACK, fields=None, wanted=None, **keys):
    """A case of one segment; `fields` are the segment's and `wanted` those shown."""
    packet = wire.segment(payload, flags, **{"sport": next(PORTS), **(fields or {})})
    return one(name, packet, wanted, **keys)


class Talk:
    """Segments of one connection, from both ends, with relative numbers."""

    def __init__(self, seq=0xfffffff0, ack=0x7ffffff0):
        self._port = next(PORTS)
        self._first = (seq, ack)

    def open(self, options=b""):
        """A handshake, without the last acknowledgment."""
        return [show(self.ask(flags=SYN, seq=0, stamp=1, options=options)),
                show(self.tell(flags=SYN | ACK, seq=0, stamp=101, echo=1, options=options))]

    def ask(self, payload=b"", seq=1, ack=1, flags=ACK, **keys):
        """One from the first end."""
        own, other = self._first
        ack = ack + other if flags & ACK else 0
        return wire.segment(payload, flags, seq + own, ack, sport=self._port, **keys)

    def tell(self, payload=b"", seq=1, ack=1, flags=ACK, **keys):
        """One from the second end."""
        other, own = self._first
        return wire.segment(payload, flags, seq + own, ack + other, sport=80, dport=self._port,
                            src="7::2", dst="7::1", **keys)

    def sacks(self, *numbers):
        """What the second end has."""
        return wire.option_sack(*((number + self._first[0]) % 2**32 for number in numbers))

    def text(self, flags, rest, back=False):
        """The column."""
        ports = f"80 → {self._port}" if back else f"{self._port} → 80"
        return f"{ports} [{flags}] {rest}"


# --- one segment ----------------------------------------------------------------------------

def segments():
    """Every field of a segment, its checksum, its payload."""
    good = wire.segment(b"hello", PSH | ACK, seq=0x89abcdef, ack=0x12345678, sport=41001,
                        window=0xfffffffe, stamp=0xfedcba98, echo=7)
    yield one("every field of a segment", good, {
        "weft.next": "6", "weft.stream.srcport": "41001", "weft.stream.dstport": "80",
        "weft.stream.port": ["41001", "80"], "weft.stream.seq": str(0x89abcdef),
        "weft.stream.ack": str(0x12345678), "weft.stream.length": "32",
        "weft.stream.flags": "0x18", "weft.stream.flags.cwr": "0", "weft.stream.flags.ece": "0",
        "weft.stream.flags.reserved": "0x00", "weft.stream.flags.ack": "1",
        "weft.stream.flags.push": "1", "weft.stream.flags.reset": "0",
        "weft.stream.flags.syn": "0", "weft.stream.flags.fin": "0",
        "weft.stream.checksum": f"0x{good[38:40].hex()}", "weft.stream.checksum.status": "1",
        "weft.stream.window": "4294967294", "weft.stream.stamp": str(0xfedcba98),
        "weft.stream.echo": "7", "weft.stream.echo.of": None, "weft.stream.number": "0",
        "weft.stream.reserved": "0x0000", "weft.stream.opt": None,
        "weft.stream.payload": "68:65:6c:6c:6f", "data.data": "68:65:6c:6c:6f",
        "weft.stream.seq.relative": "1", "weft.stream.next.relative": "6",
        "weft.stream.ack.relative": "1"}, proto="Weft-Stream",
        info="41001 → 80 [PSH, ACK] Seq=1 Ack=1 Win=4294967294 Len=5")
    for bit, name in ((CWR, "cwr"), (ECE, "ece"), (PSH, "push")):
        yield _one(f"the flag {name}", flags=ACK | bit, wanted={f"weft.stream.flags.{name}": "1"})
    yield _one("all flags of SYN", flags=SYN | ECE | CWR, fields={"sport": 41002},
               wanted={"weft.stream.flags.syn": "1", "weft.stream.ack.relative": None},
               info="41002 → 80 [SYN, ECE, CWR] Seq=0 Win=65535 Len=0")
    yield _one("an end", flags=FIN | ACK, fields={"sport": 41003}, wanted={
        "weft.stream.flags.fin": "1", "weft.stream.next.relative": "2"},
        info="41003 → 80 [FIN, ACK] Seq=1 Ack=1 Win=65535 Len=0")
    yield _one("a reset", flags=RST, fields={"window": 0},
               wanted={"weft.stream.flags.reset": "1"})
    yield _one("a segment as long as it may be", PATTERN[:65000],
               wanted={"weft.stream.checksum.status": "1"})
    yield one("padding is no payload of a segment", good + bytes(3), {
        "weft.stream.payload": "68:65:6c:6c:6f"}, remarks=(AGAIN,))
    yield _one("reserved bits of a segment", flags=ACK | FLAG_RESERVED, fields={"reserved": 9},
               wanted={"weft.stream.flags.reserved": "0x01", "weft.stream.reserved": "0x0009"},
               remarks=(RESERVED, RESERVED))
    yield Case("the capture ends in the segment's payload", [show(
        wire.segment(b"hello", sport=next(PORTS)), {
            "weft.stream.payload": "68:65", "weft.stream.checksum.status": "2"},
        captured=14 + 24 + 34)])
    yield Case("the capture ends in the segment's header", [show(
        good, {"weft.stream.srcport": None}, remarks=(CUT,), captured=14 + 24 + 31,
        info="Stream segment")])
    yield Case("the capture ends in the segment's options", [show(
        wire.segment(flags=SYN, options=wire.option_mss(), sport=41004),
        {"weft.stream.opt": None, "weft.stream.seq": "1000", "weft.stream.seq.relative": None},
        remarks=(CUT,), captured=14 + 24 + 35,
        info="41004 → 80 [SYN] Seq=1000 Win=65535 Len=0")])
    yield from quoted_segments()


def quoted_segments():
    """Segments in errors, whole and cut."""
    packet = wire.segment(b"x", sport=41005, seq=77, options=wire.option_sack(1, 2))
    both = {"src": "7::2", "dst": "7::1"}
    yield one("a segment in an error", wire.error(wire.UNREACH, 0, 0, packet, **both), {
        "weft.stream.srcport": "41005", "weft.stream.seq": "77", "weft.stream.index": None,
        "weft.stream.sack.from": "1", "weft.stream.checksum.status": "1", "data.data": None},
        info="Destination unreachable (no route)")
    yield one("the header of a segment in an error",
              wire.error(wire.UNREACH, 0, 0, packet[:56], **both),
              {"weft.stream.dstport": "80", "weft.stream.window": "65535"})
    yield one("the beginning of a segment in an error",
              wire.error(wire.UNREACH, 0, 0, packet[:32], **both),
              {"weft.stream.dstport": "80", "weft.stream.seq": "77", "weft.stream.ack": None})


def bad_segments():
    """What is checked of each segment, in the receiver's order."""
    good = wire.segment(sport=next(PORTS))
    for length in (0, 31):
        yield one(f"{length} bytes of a segment",
                  wire.packet(good[24:24 + length], wire.STREAM), remarks=(MALFORMED,),
                  drop="DropStreamShort", info="Stream segment [Malformed packet]")
    for length in (0, 28, 33, 36, 255):
        yield _one(f"a header's length of {length}", b"abc", fields={"length": length}, wanted={
            "weft.stream.length": str(length), "weft.stream.index": None,
            "weft.stream.flags": None}, remarks=(MALFORMED,), drop="DropStreamShort")
    for fields, wrong in (({"sport": 0}, 1), ({"dport": 0}, 1), ({"number": 1}, 1),
                          ({"sport": 0, "dport": 0, "number": 7}, 3)):
        yield _one(f"a segment with {fields}", fields=fields, wanted={"weft.stream.index": None},
                   remarks=(INVALID,) * wrong, drop="DropStreamPort")
    for flags in (SYN | FIN, SYN | RST | ACK, FIN, FIN | RST, 0, PSH | ECE | CWR):
        yield _one(f"flags of no sense, {flags:#x}", flags=flags, remarks=(INVALID,),
                   drop="DropStreamFlags", wanted={"weft.stream.index": None})
    for flags in (SYN, SYN | ACK, RST, RST | ACK, RST | FIN | ACK, FIN | ACK):
        yield _one(f"flags that are good, {flags:#x}", flags=flags)
    bad = good[:38] + b"\1\1" + good[40:]
    yield one("a segment with a wrong checksum", bad, {
        "weft.stream.checksum.status": "0", "weft.stream.index": None}, remarks=(BAD_SUM,),
        drop="DropChecksum")
    folded = struct.pack("!H", wire.checksum(wire.address("7::1") + wire.address("7::2") +
                                             struct.pack("!II", 32, wire.STREAM)) ^ 0xffff)
    yield one("a segment whose checksum was left to the device", good[:38] + folded + good[40:],
              {"weft.stream.checksum.status": "3"}, remarks=(PARTIAL,))
    yield _one("the length is looked at first", flags=0, fields={"length": 28, "sport": 0},
               remarks=(MALFORMED,), drop="DropStreamShort")
    yield _one("the port is looked at before the flags", flags=0, fields={"sport": 0},
               remarks=(INVALID, INVALID), drop="DropStreamPort")
    options = {"options": b"\2\3\0\0"}
    yield one("the checksum is looked at before the options",
              (lambda packet: packet[:38] + b"\1\1" + packet[40:])(
                  wire.segment(sport=next(PORTS), **options)),
              remarks=(BAD_SUM, MALFORMED), drop="DropChecksum")
    yield _one("the flags are looked at before the options", flags=0, fields=options,
               remarks=(INVALID, MALFORMED), drop="DropStreamFlags")


def stream_options():
    """Options, good and bad."""
    yield _one("options of SYN", flags=SYN, fields={
        "sport": 41010, "options": wire.option_mss() + wire.option_kind()}, wanted={
            "weft.stream.opt.type": ["2", "64"], "weft.stream.opt.length": ["4", "4"],
            "weft.stream.mss": "1444", "weft.stream.kind": "1",
            "weft.stream.kind.reserved": "0x00", "weft.stream.payload": None},
        info="41010 → 80 [SYN] Seq=0 Win=65535 Len=0 MSS=1444 Messages",
        says=("Option: MSS, 1444 bytes", "Option: kind of connection, messages"))
    yield _one("a connection of bytes", flags=SYN, fields={
        "options": wire.option_kind(0)}, wanted={"weft.stream.kind": "0"})
    yield _one("an unknown kind of connection", flags=SYN, fields={
        "options": wire.option_kind(2, 1)}, wanted={"weft.stream.kind": "2"},
        remarks=(UNUSUAL, RESERVED))
    yield _one("an MSS of 63", flags=SYN, fields={"options": wire.option_mss(63)},
               remarks=(UNUSUAL,), says=("It counts as 64",))
    yield _one("options without their flags", flags=RST, fields={
        "options": wire.option_mss() + wire.option_kind(0) + wire.option_sack(1, 2)},
        remarks=(UNUSUAL,) * 3)
    yield _one("unknown options", b"x", fields={"options": b"\3\3\x07\1\x09\2\1\1"}, wanted={
        "weft.stream.opt.type": ["3", "1", "9", "1", "1"], "weft.stream.opt.data": "07",
        "weft.stream.payload": "78"}, says=("Option: unknown",))
    yield _one("the end of options", flags=SYN, fields={
        "options": wire.option_mss() + b"\0\2\xff\xff"}, wanted={
            "weft.stream.opt.type": ["2", "0"], "weft.stream.mss": "1444"})
    yield _one("the longest header", b"x", fields={"options": bytes([1]) * 220}, wanted={
        "weft.stream.length": "252", "weft.stream.payload": "78"})
    bad = {"remarks": (MALFORMED,), "drop": "DropStreamOption"}
    for name, options in (
            ("one byte", b"\1\1\1\2"), ("length 0", b"\3\0\1\1"), ("length 1", b"\3\1\1\1"),
            ("a length behind the header", b"\3\5\1\1"), ("an MSS of 3 bytes", b"\2\3\1\1"),
            ("an MSS that is cut", b"\1\1\2\4"), ("a kind of 3 bytes", b"\x40\3\1\1"),
            ("a SACK of nothing", b"\1\1\5\2"), ("a SACK of 4 bytes", b"\1\1\5\6\0\0\0\1")):
        yield _one(f"an option: {name}", flags=SYN | ACK, fields={"options": options}, wanted={
            "weft.stream.index": None, "weft.stream.mss": None}, **bad)
    yield from sacks()


def sacks():
    """Reports of what came, and of what came twice."""
    talk = Talk()
    yield Case("reports", [
        *talk.open(),
        show(talk.tell(ack=11, stamp=102, options=talk.sacks(21, 31, 41, 51)), {
            "weft.stream.sack.from": ["5", "25"], "weft.stream.sack.to": ["15", "35"],
            "weft.stream.sack.duplicate": None},
            info=talk.text("ACK", "Seq=1 Ack=11 Win=65535 Len=0 SACK=21-31,41-51", True),
            says=("Came: 21-31",)),
        show(talk.tell(ack=31, stamp=103, options=talk.sacks(11, 21, 41, 51)),
             {"weft.stream.sack.duplicate": [""]}, says=("Came twice: 11-21", "Came: 41-51")),
        show(talk.tell(ack=31, stamp=104, options=talk.sacks(42, 45, 41, 51)),
             {"weft.stream.sack.duplicate": [""]}, says=("Came twice: 42-45",)),
        show(talk.tell(ack=31, stamp=105, options=talk.sacks(40, 45, 41, 51)),
             {"weft.stream.sack.duplicate": None}),
        show(talk.tell(ack=31, stamp=106, options=talk.sacks(50, 50)), remarks=(UNUSUAL,)),
        show(talk.tell(ack=31, stamp=107, options=talk.sacks(*range(41, 51))),
             remarks=(UNUSUAL,), says=("Nobody reads more than 4",))])


# --- many segments ---------------------------------------------------------------------------

def connections():
    """What segments say of each other."""
    talk = Talk()
    yield Case("a connection", [
        show(talk.ask(flags=SYN, seq=0, stamp=5), {
            "weft.stream.seq.relative": "0", "weft.stream.next.relative": "1",
            "weft.stream.echo.of": None},
            info=talk.text("SYN", "Seq=0 Win=65535 Len=0")),
        show(talk.tell(flags=SYN | ACK, seq=0, stamp=9, echo=5), {
            "weft.stream.seq.relative": "0", "weft.stream.ack.relative": "1",
            "weft.stream.echo.of": "@1", "weft.stream.echo.time": "0.250000000"}, time=0.25,
            info=talk.text("SYN, ACK", "Seq=0 Ack=1 Win=65535 Len=0", True)),
        show(talk.ask(stamp=6, echo=9), {"weft.stream.echo.of": "@2"}),
        show(talk.ask(PATTERN[:100], stamp=6, echo=9), {"weft.stream.next.relative": "101"},
             info=talk.text("ACK", "Seq=1 Ack=1 Win=65535 Len=100")),
        show(talk.tell(b"ok", ack=101, stamp=10, echo=6), {
            "weft.stream.echo.of": "@3", "weft.stream.ack.relative": "101"}),
        show(talk.ask(flags=FIN | ACK, seq=101, ack=3, stamp=7),
             {"weft.stream.next.relative": "102"}),
        show(talk.tell(flags=FIN | ACK, seq=3, ack=102, stamp=11)),
        show(talk.ask(seq=102, ack=4, stamp=8), {"weft.stream.ack.relative": "4"})])
    yield from old_segments()
    talk = Talk()
    again = talk.ask(flags=SYN, seq=1000, stamp=3)
    yield Case("connections are numbered", [
        show(talk.ask(flags=SYN, seq=0, stamp=1)),
        show(talk.ask(flags=SYN, seq=0, stamp=2), {"weft.stream.seq.relative": "0"},
             remarks=(AGAIN,)),
        show(again, {"weft.stream.seq.relative": "0"}),
        show(talk.tell(flags=SYN | ACK, seq=0, ack=1001, stamp=101),
             {"weft.stream.ack.relative": "1"}),
        show(talk.tell(flags=SYN | ACK, seq=700, ack=1001, stamp=102),
             {"weft.stream.seq.relative": "0"}, remarks=(GAP,))])
    talk = Talk()
    yield Case("the capture begins in a connection", [
        show(talk.ask(b"abc", seq=500, ack=900), {
            "weft.stream.seq.relative": "1", "weft.stream.ack.relative": "1"}),
        show(talk.tell(b"de", seq=900, ack=503), {
            "weft.stream.seq.relative": "1", "weft.stream.ack.relative": "4"})])


def old_segments():
    """What comes again, late, or before its turn. The time stamps tell which it is."""
    talk = Talk()
    text = "Seq=11 Ack=1 Win=65535 Len=10"
    yield Case("segments that do not come in turn", [
        *talk.open(),
        show(talk.ask(b"a" * 10, seq=1, stamp=2)),
        show(talk.ask(b"c" * 10, seq=21, stamp=4), remarks=(GAP,),
             info="[Gap before] " + talk.text("ACK", "Seq=21 Ack=1 Win=65535 Len=10")),
        show(talk.ask(b"b" * 10, seq=11, stamp=3), remarks=(LATE,),
             info="[Out of order] " + talk.text("ACK", text)),
        show(talk.ask(b"b" * 10, seq=11, stamp=5), remarks=(AGAIN,),
             info="[Sent again] " + talk.text("ACK", text)),
        show(talk.tell(ack=31, stamp=102)),
        show(talk.ask(b"b" * 10, seq=11, stamp=6), remarks=(NEEDLESS,),
             info="[Sent again needlessly] " + talk.text("ACK", text)),
        show(talk.ask(b"b" * 30, seq=11, stamp=7), remarks=(AGAIN,)),
        show(talk.ask(b"d" * 10, seq=41, stamp=7))])
    talk = Talk()
    yield Case("probes and closed windows", [
        *talk.open(), show(talk.ask(stamp=2)),
        show(talk.tell(window=0, stamp=102), remarks=(ZERO_WINDOW,)),
        show(talk.ask(seq=0, stamp=3), remarks=(PROBE,)),
        show(talk.tell(b"a", stamp=103)),
        show(talk.ask(ack=2, seq=1, flags=RST | ACK, window=0, stamp=4))])


def messages():
    """Messages, in parts and cut into segments."""
    talk = Talk()
    kind = wire.option_kind()
    first = wire.part(b"one") + wire.part(b"") + wire.part(b"two ", False)
    second = wire.part(b"more") + wire.part(b"abcde")[:6]
    yield Case("messages in segments", [
        *talk.open(kind),
        show(talk.ask(first, seq=1, stamp=2), {
            "weft.stream.part.end": ["1", "1", "0"], "weft.stream.part.length": ["3", "0", "4"],
            "weft.stream.part.payload": ["6f6e65", "74776f20"], "data.data": "6f6e65"},
            says=("Part, 3 bytes, ends a message", "Part, 4 bytes")),
        show(talk.ask(second, seq=20, stamp=2), {
            "weft.stream.part.end": ["1", "1"], "weft.stream.part.length": ["4", "5"],
            "weft.stream.part.payload": ["6d6f7265", "6162"], "data.data": None},
            says=("Part, 5 bytes, 3 follow",)),
        show(talk.ask(b"cde\x80", seq=34, stamp=2), {
            "weft.stream.part.payload": "636465", "weft.stream.part.length": None},
            says=("Part, ends a message", "Part, the header goes on")),
        show(talk.ask(b"\0\0\1Z", seq=38, stamp=2), {
            "weft.stream.part.end": "1", "weft.stream.part.length": "1",
            "weft.stream.part.payload": "5a", "data.data": None}),
        show(talk.tell(wire.part(b"yes"), ack=42, stamp=102), {
            "weft.stream.part.payload": "796573", "data.data": "796573"})])
    talk = Talk()
    whole = wire.part(b"0123456789")
    yield Case("messages out of order", [
        *talk.open(kind),
        show(talk.ask(whole[10:], seq=11, stamp=3),
             {"weft.stream.part.payload": "3839"}, remarks=(GAP,)),
        show(talk.ask(whole[4:8], seq=5, stamp=2),
             {"weft.stream.part.payload": "30313233"}, remarks=(LATE,)),
        show(talk.ask(whole[:4], seq=1, stamp=4), {
            "weft.stream.part.length": "10", "weft.stream.part.payload": None},
            remarks=(AGAIN,)),
        show(talk.ask(whole[6:12], seq=7, stamp=5),
             {"weft.stream.part.payload": "34353637"}, remarks=(AGAIN,)),
        show(talk.ask(whole[:4], seq=1, stamp=6), {"weft.stream.part": None}, remarks=(AGAIN,)),
        show(talk.ask(whole, seq=15, stamp=7), {"data.data": "30313233343536373839"})])
    talk = Talk()
    yield Case("a message of more than 262144 bytes", [
        *talk.open(kind),
        show(talk.ask(wire.part(b"ab", False) + wire.part(b"c", length=262143), seq=1, stamp=2),
             {"weft.stream.part.length": ["2", "262143"]}, remarks=(INVALID,),
             says=("A message of more than 262144 bytes ends the connection",))])
    talk = Talk()
    yield Case("a capture without the handshake knows no messages", [
        show(talk.ask(whole), {"weft.stream.part": None, "data.len": "14"})])
    talk = Talk()
    yield Case("a capture that holds a part of a segment", [
        *talk.open(kind),
        show(talk.ask(whole, seq=1, stamp=2), {"weft.stream.part": None}, captured=14 + 24 + 40),
        show(talk.ask(whole, seq=15, stamp=3), {"weft.stream.part": None})])
