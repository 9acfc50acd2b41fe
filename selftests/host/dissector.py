#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
# The Wireshark dissector: every field, remark and column, and no error of its own.
# lab: host
# timeout: 300
"""Writes packets to capture files and reads what tshark makes of them."""

import collections
import os
import pathlib
import random
import struct
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

sys.dont_write_bytecode = True
SELFTESTS = pathlib.Path(__file__).resolve().parents[1]
TREE = SELFTESTS.parent
sys.path[:0] = [str(SELFTESTS), str(TREE / "scripts")]

from dissector import cases, wire  # noqa: E402  pylint: disable=wrong-import-position
from dissector.case import PATTERN, REMARKS  # noqa: E402  pylint: disable=wrong-import-position
from labkit import tap  # noqa: E402  pylint: disable=wrong-import-position

SCRIPT = TREE / "userspace/dissector/weft.lua"
MUTATIONS = 2000
COLUMNS = ("Protocol", "Info", "Source", "Destination")
ADDRESSES = ("weft.src", "weft.dst", "weft.neigh.target", "weft.neigh.asker",
             "weft.redirect.target", "weft.redirect.dst")
LUA_ERRORS = ("Lua Error", "Error during loading", "Lua:", "Dissector bug")


class Tshark:
    """tshark with the dissector of this tree in a home of its own.

    A plugin in the home comes before one of the same name that is installed for all.
    """

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self._environment = {"PATH": os.environ["PATH"], "HOME": directory, "LC_ALL": "C.UTF-8"}
        subprocess.run(["make", "-s", "-C", str(TREE / "userspace"), "install-dissector",
                        f"PREFIX={directory}/.local", "DESTDIR="], check=True)

    def capture(self, name, frames, **keys):
        """Writes a capture file; frames are tuples as of write_pcap()."""
        path = self.directory / name
        wire.write_pcap(path, frames, **keys)
        return path

    def run(self, path, *options):
        """tshark's output for a capture file, and what it says on stderr."""
        return self.call("-n", "-r", str(path), *options)

    def call(self, *options, home=None):
        """tshark's output and what it says on stderr."""
        environment = {**self._environment, "HOME": home or self._environment["HOME"]}
        done = subprocess.run(["timeout", "200", "tshark", *options], env=environment,
                              check=False, capture_output=True)
        if done.returncode:
            raise RuntimeError(done.stderr.decode())
        return done.stdout.decode(), done.stderr.decode()

    def fields(self, path, names, *options):
        """One row of each frame's fields."""
        wanted = [word for name in names for word in ("-e", name)]
        output = self.run(path, "-T", "fields", "-E", "separator=\x01", *wanted, *options)[0]
        return [line.split("\x01") for line in output.splitlines()]

    def names(self):
        """The filter names of the dissector's fields and remarks."""
        rows = [line.split("\t") for line in self.call("-G", "fields")[0].splitlines()]
        return {row[2] for row in rows if row[0] == "F" and row[2].startswith("weft.")}

    def trees(self, path, *options):
        """Of each frame: field names, and their values in order."""
        output, said = self.run(path, "-T", "pdml", *options)
        if any(error in said for error in LUA_ERRORS):
            raise RuntimeError(said)
        packets = xml.etree.ElementTree.fromstring(output).iter("packet")
        return [_fields_of(packet) for packet in packets]


def _fields_of(packet):
    fields = collections.defaultdict(list)
    for field in packet.iter("field"):
        fields[field.get("name")].append(field)
    return fields


def shown(fields, name):
    """The values of a field."""
    return [field.get("show") for field in fields.get(name, [])]


# --- comparing --------------------------------------------------------------------------

class Checker:
    """What is wrong with a frame, line by line."""

    def __init__(self, first):
        self._first = first
        self.problems = []

    def _fill(self, text):
        for offset in range(9, 0, -1):
            text = text.replace(f"@{offset}", str(self._first + offset - 1))
        return text

    def equal(self, what, got, wanted):
        """Notes a difference."""
        if got != wanted:
            self.problems.append(f"{what}: got {got}, wanted {wanted}")

    def frame(self, frame, fields, columns):
        """Compares a frame with what it should be."""
        for name, wanted in frame.fields.items():
            wanted = [] if wanted is None else wanted if isinstance(wanted, list) else [wanted]
            values = [value.replace(":", "") if _is_bytes(name) else value
                      for value in shown(fields, name)]
            wanted = [text.replace(":", "") if _is_bytes(name) else self._fill(text)
                      for text in wanted]
            self.equal(name, values, wanted)
        remarks = [name for name, found in fields.items() if name in REMARKS for _ in found]
        self.equal("remarks", sorted(remarks), sorted(frame.remarks))
        self.equal("weft.drop", shown(fields, "weft.drop"), [frame.drop] if frame.drop else [])
        self.equal("malformed", shown(fields, "_ws.malformed"), [])
        lines = [field.get("showname", "") for found in fields.values() for field in found]
        for text in frame.says:
            if not any(text in line for line in lines):
                self.problems.append(f"nothing says: {text}")
        self._columns(frame, fields, columns)
        self._addresses(fields)

    def _columns(self, frame, fields, columns):
        if frame.proto:
            self.equal("Protocol", columns["Protocol"], frame.proto)
        if frame.info:
            self.equal("Info", columns["Info"], self._fill(frame.info))
        if shown(fields, "weft.src"):
            self.equal("Source", columns["Source"], shown(fields, "weft.src")[0])
            self.equal("Destination", columns["Destination"], shown(fields, "weft.dst")[0])

    def _addresses(self, fields):
        for name in ADDRESSES:
            for field in fields.get(name, []):
                self.equal(f"bytes of {name}", field.get("value"),
                           wire.address(field.get("show")).hex())


def _is_bytes(name):
    return name.endswith((".payload", ".data", ".padding"))


def result(stream, good, text, why=""):
    """One result, explained if it is bad."""
    stream.result(good, text, "" if good else why)


def timed(all_cases):
    """The cases' frames, as write_pcap() wants them. An hour lies between two cases."""
    frames = []
    now = 0
    for case in all_cases:
        now = int(now) + 3600
        for frame in case.frames:
            now += frame.time
            frames.append((frame.data, now, frame.captured))
    return frames


def check_cases(stream, tshark):
    """All cases, in two passes of tshark, as Wireshark shows them."""
    all_cases = cases.cases()
    path = tshark.capture("cases", timed(all_cases))
    trees = tshark.trees(path, "-2")
    rows = tshark.fields(path, [f"_ws.col.{name}" for name in COLUMNS], "-2")
    number = 1
    for case in all_cases:
        checker = Checker(number)
        for frame in case.frames:
            checker.frame(frame, trees[number - 1], dict(zip(COLUMNS, rows[number - 1])))
            number += 1
        result(stream, not checker.problems, case.name, "\n".join(checker.problems))
    result(stream, len(trees) == number - 1, "no frame is left over")
    unseen = tshark.names() - {name for tree in trees for name in tree}
    result(stream, not unseen, "every field is in one of them", " ".join(sorted(unseen)))


# --- filters and options --------------------------------------------------------------------

def check_filters(stream, tshark):
    """Display filters: how many frames of a small file each takes."""
    solicit = wire.neigh(wire.NEIGH_SOLICIT, 0, "7::1", "7::2", dst="ff02:1:0:1")
    packets = [wire.dgram(), wire.dgram(src="7::2", dst="7::1", dport=53),
               wire.dgram(src="7::3", dst="7::4", hop_limit=3), solicit,
               wire.fragment(bytes(8), 0, 0), wire.segment(flags=wire.SYN, dport=443),
               wire.segment(b"a", flags=wire.SYN, dport=443)]
    path = tshark.capture("filters", [(wire.frame(data), 0, None) for data in packets])
    for text, wanted in (("weft", 7), ("weft.dgram", 3), ("weft.ctl", 1), ("weft.frag", 1),
                         ('weft.src == "7::1"', 4), ('weft.addr == "7::1"', 5),
                         ('weft.dst == "7::2"', 4), ("weft.hop_limit < 5", 1),
                         ("weft.dgram.dstport == 53", 1), ("weft.dgram.port == 53", 1),
                         ("weft.ctl.type == 135", 1), ('weft.neigh.target == "7::1"', 1),
                         ('weft.drop == "DropFragAtomic"', 1), ("weft.invalid", 1),
                         ("weft.stream", 2), ("weft.stream.port == 443", 2),
                         ("weft.stream.flags.syn == 1", 2), ("weft.stream.retransmission", 1),
                         ("weft.stream.index == 0", 2)):
        got = len(tshark.fields(path, ["frame.number"], "-Y", text))
        result(stream, got == wanted, f"the filter {text}", f"got {got} frames, wanted {wanted}")


def check_options(stream, tshark):
    """Preferences."""
    good, bad = wire.dgram(), wire.dgram()[:30] + b"\x12\x34hello"
    other = [(wire.frame(good, ethertype=0x88b6), 0, None)]
    path = tshark.capture("other", [*other, (wire.frame(good), 0, None)])
    got = tshark.fields(path, ["weft.src"], "-o", "weft.ethertype:34998")
    result(stream, got == [["7::1"], [""]], "another EtherType", str(got))
    path = tshark.capture("bad", [(wire.frame(bad), 0, None)])
    names = ["weft.dgram.checksum.status", "weft.drop"]
    got = tshark.fields(path, names, "-o", "weft.checksum:false")
    result(stream, got == [["2", ""]], "checksums are not verified", str(got))
    path = tshark.capture("segment", [(wire.frame(wire.segment(seq=70, ack=80)), 0, None)])
    got = tshark.fields(path, ["_ws.col.Info"], "-o", "weft.relative:false")
    result(stream, "Seq=70 Ack=80" in got[0][0], "sequence numbers as they are", str(got))
    parts = wire.fragments(wire.dgram(PATTERN[:600]), 304)
    path = tshark.capture("parts", [(wire.frame(part), 0, None) for part in parts])
    names = ["weft.frag.offset", "weft.dgram.dstport"]
    got = tshark.fields(path, names, "-o", "weft.reassemble:false")
    result(stream, got == [["0", ""], ["304", ""]], "fragments are left alone", str(got))
    got = tshark.fields(path, names)
    result(stream, got == [["0", ""], ["304", "80"]], "one pass puts fragments together", str(got))


def check_link_types(stream, tshark):
    """What tcpdump writes of all devices at once, and tagged frames."""
    mac = bytes.fromhex("525400570100")
    for name, linktype, header in (
            ("Linux cooked capture", 113, "!2xHH6s2xH"),
            ("Linux cooked capture, version 2", 276, None)):
        for hatype, address, packet in ((1, mac, wire.dgram()), (772, bytes(6),
                                                                 wire.dgram(dst="::1"))):
            head = struct.pack(header, hatype, 6, address, wire.ETHERTYPE) if header else \
                struct.pack("!H6xHBB6s2x", wire.ETHERTYPE, hatype, 0, 6, address)
            path = tshark.capture("cooked", [(head + packet, 0, None)], linktype=linktype)
            got = tshark.fields(path, ["weft.dgram.dstport", "weft.drop"])
            result(stream, got == [["80", ""]], f"{name}, device type {hatype}", str(got))
    tagged = wire.frame(struct.pack("!HH", 7, wire.ETHERTYPE) + wire.dgram(), ethertype=0x8100)
    path = tshark.capture("tagged", [(tagged, 0, None)])
    got = tshark.fields(path, ["vlan.id", "weft.dgram.dstport"])
    result(stream, got == [["7", "80"]], "a VLAN", str(got))


SUBDISSECTOR = """
local ports = DissectorTable.get("weft.dgram.port")
ports:add(53, Dissector.get("dns"))
DissectorTable.get("weft.stream.port"):add(53, Dissector.get("dns"))
"""


def check_payloads(stream, tshark):
    """Dissectors of payloads, found by either port."""
    query = bytes.fromhex("0007 0100 0001 0000 0000 0000 0177 0000 0100 01")
    answer = bytes.fromhex("0007 8180 0001 0000 0000 0000 0177 0000 0100 01")
    path = tshark.capture("dns", [(wire.frame(data), 0, None) for data in (
        wire.dgram(query, dport=53), wire.dgram(query, dport=53, src="7::9"),
        wire.dgram(answer, sport=53, dport=41000, src="7::2", dst="7::1"),
        wire.dgram(query[:15], dport=53), wire.dgram(query, dport=54))])
    script = tshark.directory / "ports.lua"
    script.write_text(SUBDISSECTOR)
    names = ["dns.id", "dns.response_to", "_ws.col.Source", "_ws.expert.message", "data.len"]
    got = tshark.fields(path, names, "-X", f"lua_script:{script}")
    result(stream, [row[0] for row in got] == ["0x0007"] * 4 + [""], "a payload by its port",
                  str(got))
    result(stream, got[2][1] == "1", "conversations are told apart by addresses", str(got))
    result(stream, [row[2] for row in got] == ["7::1", "7::9", "7::2", "7::1", "7::1"],
                  "the columns keep Weft's addresses", str(got))
    result(stream, "Malformed" in got[3][3] and got[4][4] == "19",
                  "a malformed payload is its dissector's affair", str(got))
    opens = {"flags": wire.SYN, "seq": 0, "dport": 53, "options": wire.option_kind()}
    path = tshark.capture("messages", [(wire.frame(data), 0, None) for data in (
        wire.segment(query, seq=1, dport=53, src="7::3"), wire.segment(**opens),
        wire.segment(wire.part(query) + wire.part(query), seq=1, dport=53))])
    got = tshark.fields(path, names, "-X", f"lua_script:{script}")
    result(stream, [row[0] for row in got] == ["0x0007", "", "0x0007,0x0007"],
           "payloads of streams and messages", str(got))


def check_script(stream, tshark):
    """Without installing. A plugin that is installed for all would be in the way."""
    name = "straight from the tree"
    home = tshark.directory / "empty"
    home.mkdir()
    path = tshark.capture("one", [(wire.frame(wire.dgram()), 0, None)])
    if "weft.lua" in tshark.call("-G", "plugins", home=str(home))[0]:
        result(stream, True, f"{name} # SKIP a dissector is installed")
        return
    output, said = tshark.call("-r", str(path), "-X", f"lua_script:{SCRIPT}", home=str(home))
    result(stream, "41000 → 80 Len=5" in output, name, output + said)


# --- robustness ---------------------------------------------------------------------------

def mutate(rng, data):
    """A frame with some bytes of the packet changed, cut, repeated or put in."""
    data = bytearray(data)
    for _ in range(rng.randint(1, 4)):
        at = rng.randint(14, len(data))
        kind = rng.randrange(5)
        if kind == 0:
            data[at:at + 1] = bytes([rng.choice((0, 1, 0x7f, 0x80, 0xff, rng.randrange(256)))])
        elif kind == 1:
            del data[at:]
        elif kind == 2:
            data[at:at] = rng.randbytes(rng.randint(1, 40))
        elif kind == 3:
            data[at:at] = data[14:at]
        else:
            data[at:at + 8] = bytes([0x10, 0]) + rng.randbytes(6)
    return bytes(data[:5000])


def check_mutations(stream, tshark):
    """Packets of no sense: the dissector has something to say, but no error."""
    seed = int(os.environ.get("WEFT_SEED", "1"))
    rng = random.Random(seed)
    frames = [frame.data for case in cases.cases() for frame in case.frames
              if len(frame.data) < 3000]
    noise = []
    for i in range(MUTATIONS):
        data = mutate(rng, rng.choice(frames))
        noise.append((data, i, rng.choice((None, None, rng.randint(14, len(data))))))
    for name, packets in (("mutated packets", noise),
                          ("every length of some packets", list(every_length()))):
        path = tshark.capture("noise", packets)
        text, said = tshark.run(path, "-2", "-V")
        lines = [line for line in (text + said).splitlines()
                 if any(error in line for error in LUA_ERRORS)]
        result(stream, not lines, f"{name}: no Lua error (seed {seed})", "\n".join(lines[:5]))
        weft = len(tshark.fields(path, ["frame.number"], "-Y", "weft"))
        result(stream, weft == len(packets), f"{name}: all of them are shown as Weft",
               f"{weft} of {len(packets)}")


def every_length():
    """Messages with options and quotes, cut after each byte: by sender and by capture."""
    options = wire.option_prefix() + wire.option_mtu() + wire.option_route()
    opens = wire.option_mss() + wire.option_kind()
    packets = (wire.segment(wire.part(b"abc"), wire.SYN, options=opens),
               wire.segment(b"ab", options=wire.option_sack(1, 2, 3, 4)),
               wire.announce(options), wire.neigh(wire.NEIGH_SOLICIT, 0, "7::1", "7::2"),
               wire.error(wire.TIME, 1, 0, wire.fragments(wire.dgram(bytes(300)), 256)[0][:90]),
               wire.neigh(wire.REDIRECT, 0, "7::1", "7::1", extra=wire.dgram()))
    for packet in packets:
        data = wire.frame(packet)
        for length in range(15, len(data)):
            yield data, 0, length
            short = bytearray(data[:length])
            if length >= 18:
                short[16:18] = (length - 14).to_bytes(2, "big")
            yield bytes(short), 0, None


def main():
    """Runs all; the exit status."""
    stream = tap.Stream()
    with tempfile.TemporaryDirectory() as directory:
        tshark = Tshark(directory)
        for check in (check_cases, check_filters, check_options, check_link_types,
                      check_payloads, check_script, check_mutations):
            check(stream, tshark)
    return stream.finish()


sys.exit(main())
