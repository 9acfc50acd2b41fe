# SPDX-License-Identifier: GPL-2.0
"""What a hostile device does, one act at a time, each chosen by a seeded generator.

An act takes a port, the generator and the guest's MAC, and says whether it could be
done: mostly it takes a buffer of the driver's.
"""

from . import frames
from .port import HEADER, room, take, write


def _lengths(rng, size):
    return rng.choice((0, 1, HEADER.size - 1, HEADER.size, HEADER.size + 13, size, size + 1,
                       size + 12, 65535, 65536, (1 << 31) - 1, 1 << 31, (1 << 32) - 1,
                       rng.getrandbits(32)))


def _header(port, rng, mac):
    """Nonsense in the header before a frame, and in the frame."""
    frame, fields = frames.hostile(rng, mac, port.merges)
    if port.deliver(frame, fields):
        return True
    # Without room for a long one, a short one.
    return port.deliver(frame[:64], fields)


def _offset(port, rng, mac):
    """A transport header within the headers before it."""
    return port.deliver(*frames.misplaced(rng, mac))


def _length(port, rng, _):
    """A length that is nothing, too little, or more than there was room for."""
    buffer = port.buffer()
    if not buffer:
        return False
    write(buffer, HEADER.pack(*6 * (0,), 1) + rng.randbytes(64))
    port.rx.ring.give(buffer, _lengths(rng, room(buffer)))
    return True


def _count(port, rng, mac):
    """A frame of no buffers, or of more than there are."""
    size = port.rx.ring.size
    count = rng.choice((0, 2, 3, size - 1, size, size + 1, 32768, 65535, rng.getrandbits(16)))
    return port.deliver(mac + rng.randbytes(6) + b"\x88\xb5" + rng.randbytes(100),
                        count=count)


def _spoil(ring):
    ring.spoil()
    return True


def _ident(ring, rng):
    """One that the driver did not give, or has back already."""
    return rng.choice((ring.size, ring.size + 1, ring.id_max, ring.id_max - 1,
                       rng.randint(ring.size, ring.id_max)))


def _rx_id(port, rng, _):
    """A received frame in a buffer that was never given."""
    buffer = port.buffer()
    if not buffer:
        return False
    port.rx.ring.put(_ident(port.rx.ring, rng), rng.choice((60, _lengths(rng, 1500))))
    return _spoil(port.rx.ring)


def _rx_twice(port, rng, mac):
    """The same buffer twice."""
    buffer = port.buffer()
    if not buffer:
        return False
    write(buffer, HEADER.pack(*6 * (0,), 1) + mac + rng.randbytes(60))
    port.rx.ring.give(buffer, 78)
    port.rx.ring.give(buffer, 78)
    port.rx.ring.stale = buffer.id
    return _spoil(port.rx.ring)


def _tx_id(port, rng, _):
    """A completion for what was not sent, in place of one for what was."""
    ring = port.tx.ring
    buffer = take(ring)
    if not buffer:
        return False
    ring.put(_ident(ring, rng), _lengths(rng, 0), buffer.slots)
    return _spoil(ring)


def _tx_twice(port, rng, _):
    """A completion twice, in place of another's."""
    ring = port.tx.ring
    first, second = take(ring), take(ring)
    if not second:
        if first:
            port.sent(first)
            ring.give(first, 0)
            ring.publish()
        return False
    ring.give(first, _lengths(rng, 0))
    ring.give(first, _lengths(rng, 0))
    return _spoil(ring)


def _tx_length(port, rng, _):
    """A completion that tells of bytes written."""
    buffer = take(port.tx.ring)
    if not buffer:
        return False
    port.sent(buffer)
    port.tx.ring.give(buffer, _lengths(rng, 0))
    return True


def _rx_jump(port, rng, _):
    """More than there is, or flags of another lap."""
    port.rx.ring.jump(rng)
    port.rx.ring.dead = True
    return _spoil(port.rx.ring)


def _tx_jump(port, rng, _):
    """The same of what was sent."""
    port.tx.ring.jump(rng)
    return _spoil(port.tx.ring)


def _events(port, rng, _):
    """Nonsense about when to be told, and an interrupt for nothing."""
    port.rx.ring.confuse(rng)
    port.tx.ring.confuse(rng)
    return True


def _silence(port, *_):
    """No word is wanted of what is sent, but nothing is done without."""
    if port.tx.waits:
        return False
    port.serve()
    port.tx.told()
    port.tx.ring.forbid()
    port.tx.waits = True
    return True


def _scribble(port, rng, _):
    """Nonsense over a ring's descriptors and what the driver has written of it."""
    queue = rng.choice((port.rx, port.tx))
    for view in (queue.ring.desc, queue.ring.driver):
        at = rng.randrange(len(view))
        part = view[at:at + rng.randint(1, 64)]
        part[:] = rng.randbytes(len(part))
    queue.ring.dead = True
    return _spoil(queue.ring)


ACTS = {
    "header": _header,
    "offset": _offset,
    "length": _length,
    "count": _count,
    "rx-id": _rx_id,
    "rx-twice": _rx_twice,
    "rx-jump": _rx_jump,
    "tx-id": _tx_id,
    "tx-twice": _tx_twice,
    "tx-length": _tx_length,
    "tx-jump": _tx_jump,
    "events": _events,
    "silence": _silence,
    "scribble": _scribble,
}

# The driver sees these only where they lead to something else.
UNSEEN = ("rx-jump", "tx-jump", "scribble")
# It takes the driver 10 ms at least.
ANY = [kind for kind in ACTS if kind not in (*UNSEEN, "silence")]


def act(kind, port, rng, mac):
    """One act; True if it was done."""
    if kind == "any":
        kind = rng.choice(ANY)
    if not ACTS[kind](port, rng, mac):
        return False
    for queue in (port.rx, port.tx):
        queue.ring.publish()
        queue.notify()
    return True
