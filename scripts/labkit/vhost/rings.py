# SPDX-License-Identifier: GPL-2.0
"""Virtqueues as a device sees them (virtio 1.2, 2.7 and 2.8).

Fields of 16 and 32 bits go through casts of memoryviews, which read and write them
in one piece.
"""

import collections
import struct
import time

DESC = struct.Struct("<QIHH")
NEXT = 1
WRITE = 2
INDIRECT = 4
AVAIL = 1 << 7
USED = 1 << 15
# A driver may make longer chains only by mistake.
CHAIN_MAX = 1024

# How long a driver may take to notice a ring that was made unusable.
SPENT_SECONDS = 0.5

# pieces: views of what the device reads or writes; slots: what it takes of the ring.
Buffer = collections.namedtuple("Buffer", "id pieces slots")


class Ring:
    """What both formats have: `next` is the place of the next buffer to take.

    IN_ORDER: the driver was promised the order, and bears to be told of many at once.
    """

    def __init__(self, memory, size, in_order):
        self.memory = memory
        self.size = size
        self.in_order = in_order
        # A buffer that the driver may have back although it is still to be taken; none
        # may be written to any more.
        self._spoilt = -SPENT_SECONDS
        self.stale = None
        self.dead = False
        self.id_max = 0

    def spoil(self):
        """Takes note of an act that makes the ring unusable."""
        self._spoilt = time.monotonic()

    @property
    def is_spent(self):
        """It is of no use until the driver has begun anew, or has not noticed."""
        return time.monotonic() - self._spoilt < SPENT_SECONDS

    def give(self, buffer, length):
        """Gives a buffer back, with LENGTH bytes written to it."""
        self.put(buffer.id, length, buffer.slots)

    def give_all(self, buffers, lengths):
        """Gives buffers back, by one word if it may be: each but the last is full then."""
        if self.in_order:
            self.put(buffers[-1].id, lengths[-1], sum(buffer.slots for buffer in buffers))
            return
        for buffer, length in zip(buffers, lengths):
            self.give(buffer, length)

    def put(self, ident, length, slots=1):
        """Writes a used element, whatever it says, and goes on by what it takes."""
        raise NotImplementedError

    def _piece(self, address, length):
        return self.memory.guest(address, length)

    def _indirect(self, address, length):
        table = self.memory.guest(address, length)
        return [DESC.unpack_from(table, at) for at in range(0, length - 15, 16)]


class SplitRing(Ring):
    """A split virtqueue, from where its parts are at QEMU's addresses."""

    def __init__(self, memory, size, places, base, in_order):
        super().__init__(memory, size, in_order)
        desc, avail, used = places
        self.desc = memory.user(desc, 16 * size)
        self.driver = memory.user(avail, 6 + 2 * size)
        self._avail = self.driver.cast("H")
        whole = memory.user(used, 6 + 8 * size)
        self._head = whole[:4].cast("H")
        self._ring = whole[4:4 + 8 * size].cast("I")
        self._event = whole[4 + 8 * size:].cast("H")
        self.id_max = (1 << 32) - 1
        self.next = base & 0xffff
        self._done = self._head[1]

    def base(self):
        """What the next start begins with."""
        return self.next

    def take(self):
        """The next buffer of the driver's, or None."""
        if self._avail[1] == self.next:
            return None
        head = self._avail[2 + self.next % self.size]
        self.next = (self.next + 1) & 0xffff
        return Buffer(head, list(self._chain(head % self.size)), 1)

    def _chain(self, at):
        for _ in range(CHAIN_MAX):
            address, length, flags, following = DESC.unpack_from(self.desc, 16 * at)
            if flags & INDIRECT:
                for address, length, _, _ in self._indirect(address, length):
                    yield self._piece(address, length)
            else:
                yield self._piece(address, length)
            if not flags & NEXT:
                return
            at = following % self.size

    def put(self, ident, length, slots=1):
        at = 2 * (self._done % self.size)
        self._ring[at] = ident & 0xffffffff
        self._ring[at + 1] = length & 0xffffffff
        self._done = (self._done + slots) & 0xffff

    def publish(self):
        """Shows the driver what was put."""
        self._head[1] = self._done

    def jump(self, rng):
        """Lets the used index tell of more than there is, when it is published."""
        self._done = (self._done + rng.randint(self.size + 1, 0xffff)) & 0xffff

    def ask(self):
        """Asks to be told of the next buffer."""
        self._event[0] = self.next

    def forbid(self):
        """Lets the driver believe that it was told to be silent: it has gone past the event."""
        self._event[0] = (self.next - 2) & 0xffff

    def confuse(self, rng):
        """Writes nonsense about when to be told."""
        self._head[0] = rng.getrandbits(16)
        self._event[0] = rng.getrandbits(16)


class PackedRing(Ring):
    """A packed virtqueue, from where its parts are at QEMU's addresses."""

    def __init__(self, memory, size, places, base, in_order):
        super().__init__(memory, size, in_order)
        desc, driver, device = places
        self.desc = memory.user(desc, 16 * size)
        self.driver = memory.user(driver, 4)
        self._words = self.desc.cast("H")
        self._lengths = self.desc.cast("I")
        self._device = memory.user(device, 4).cast("H")
        self.id_max = (1 << 16) - 1
        self.next, self._wrap = base & 0x7fff, bool(base & 0x8000)
        self._done, self._done_wrap = base >> 16 & 0x7fff, bool(base >> 31)
        # Place and flags of what publish() is to show.
        self._first = None

    def base(self):
        """What the next start begins with."""
        return self.next | self._wrap << 15 | self._done << 16 | self._done_wrap << 31

    def take(self):
        """The next buffer of the driver's, or None."""
        flags = self._words[8 * self.next + 7]
        if bool(flags & AVAIL) != self._wrap or bool(flags & USED) == self._wrap:
            return None
        pieces, slots = [], 0
        more = True
        while more and slots < self.size:
            address, length, ident, flags = DESC.unpack_from(self.desc, 16 * self.next)
            if flags & INDIRECT:
                pieces += [self._piece(*row[:2]) for row in self._indirect(address, length)]
            else:
                pieces.append(self._piece(address, length))
            more = flags & NEXT
            slots += 1
            self.next, self._wrap = self._after(self.next, self._wrap, 1)
        return Buffer(ident, pieces, slots)

    def _after(self, at, wrap, slots):
        at += slots
        return (at - self.size, not wrap) if at >= self.size else (at, wrap)

    def put(self, ident, length, slots=1):
        self._lengths[4 * self._done + 2] = length & 0xffffffff
        self._words[8 * self._done + 6] = ident & 0xffff
        flags = AVAIL | USED if self._done_wrap else 0
        if self._first:
            self._words[8 * self._done + 7] = flags
        else:
            self._first = (8 * self._done + 7, flags)
        self._done, self._done_wrap = self._after(self._done, self._done_wrap, slots)

    def publish(self):
        """Shows the driver what was put: the first comes last."""
        if self._first:
            at, flags = self._first
            self._words[at] = flags
            self._first = None

    def jump(self, rng):
        """Marks slots as used, in this lap's manner or another, whoever's they are."""
        for _ in range(rng.randint(1, self.size)):
            at = rng.randrange(self.size)
            self._words[8 * at + 7] = rng.choice((0, AVAIL, USED, AVAIL | USED, 0xffff))

    def ask(self):
        """Asks to be told of every buffer."""
        self._device[1] = 0

    def forbid(self):
        """Asks not to be told."""
        self._device[1] = 1

    def confuse(self, rng):
        """Writes nonsense about when to be told."""
        self._device[0] = rng.getrandbits(16)
        self._device[1] = rng.getrandbits(16)
