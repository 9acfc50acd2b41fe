# SPDX-License-Identifier: GPL-2.0
"""What a case for the dissector is, and the names of its remarks."""

import typing

from . import wire

LINKLOCAL = "fe80:5254:57:100"
PEER = "fe80:5254:57:200"
MALFORMED, INVALID, RESERVED, UNUSUAL = "weft.malformed", "weft.invalid", "weft.reserved", \
    "weft.unusual"
BAD_SUM, PARTIAL, CUT, NO_REPLY = "weft.checksum.bad", "weft.checksum.partial", "weft.cut", \
    "weft.echo.no_reply"
AGAIN, NEEDLESS, LATE, GAP, PROBE, ZERO_WINDOW = (f"weft.stream.{name}" for name in (
    "retransmission", "needless", "out_of_order", "gap", "probe", "zero_window"))
REMARKS = {MALFORMED, INVALID, RESERVED, UNUSUAL, BAD_SUM, PARTIAL, CUT, NO_REPLY, AGAIN,
           NEEDLESS, LATE, GAP, PROBE, ZERO_WINDOW}
PATTERN = bytes(range(256)) * 256


class Frame(typing.NamedTuple):
    """A frame and what is shown of it."""

    data: bytes
    fields: dict = {}
    remarks: tuple = ()
    drop: str = None
    proto: str = None
    info: str = None
    says: tuple = ()            # parts of what the tree says
    time: float = 0.001         # seconds after the frame before
    captured: int = None        # bytes, all if None


class Case(typing.NamedTuple):
    """Frames that belong together."""

    name: str
    frames: list


def one(name, payload, fields=None, **keys):
    """A case of one packet."""
    return Case(name, [show(payload, fields, **keys)])


def show(payload, fields=None, **keys):
    """A frame with a packet."""
    return Frame(wire.frame(payload), fields or {}, **keys)
