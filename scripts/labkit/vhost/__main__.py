# SPDX-License-Identifier: GPL-2.0
"""The process behind one NIC: labkit.vhost MAC DEVICE CONTROL.

DEVICE and CONTROL are descriptors of listening sockets. QEMU joins both: with the
one as vhost-user, with the other as a serial port of the guest, on which the guest
orders hostile acts:

    KIND SEED CASES     acts of a kind (hostile.ACTS), or of `any` that is noticed

which is answered by `done CASES` when they are done. The device is a good one
otherwise. Each act follows from its kind, the seed and its number alone.
"""

import dataclasses
import random
import select
import socket
import sys

from . import hostile
from .port import Port
from .protocol import Session

# How long to sleep when nobody says a word, in milliseconds: what is asked of the
# driver without barriers may pass it by.
IDLE = 10
# Acts before good traffic has its turn.
BURST = 8


@dataclasses.dataclass
class Order:
    """Acts that are to be done."""

    kind: str
    seed: int
    cases: int
    done: int = 0

    def act(self, port, rng, mac):
        """Does the next one; True if it could be done."""
        if not hostile.act(self.kind, port, rng, mac):
            return False
        self.done += 1
        return True


class Device:
    """The device behind a NIC, and who gives it orders."""

    def __init__(self, mac, device, control):
        self._mac = mac
        self._listeners = {each.fileno(): (each, take) for each, take in (
            (device, self._take_session), (control, self._take_control))}
        self._session = None
        self._control = None
        self._port = None
        self._order = None

    def _take_session(self, connection):
        self._session = Session(connection)
        self._port = Port(self._session)

    def _take_control(self, connection):
        self._control = connection

    def run(self):
        """Serves until QEMU is gone."""
        busy = False
        while True:
            self._wait(0 if busy else IDLE)
            busy = self._do_order()
            if self._port and self._port.tx.runs and not self._port.tx.ring.is_spent:
                busy |= self._port.serve()

    def _wait(self, timeout):
        poll = select.poll()
        queues = self._session.queues if self._session else []
        for descriptor in [*self._listeners, *(queue.kick for queue in queues),
                           *(each.fileno() for each in (self._session, self._control) if each)]:
            if descriptor >= 0:
                poll.register(descriptor, select.POLLIN)
        for descriptor, _ in poll.poll(timeout):
            self._take(descriptor)

    def _take(self, descriptor):
        if descriptor in self._listeners:
            listener, take = self._listeners[descriptor]
            take(listener.accept()[0])
        elif self._control and descriptor == self._control.fileno():
            self._take_order()
        elif descriptor == self._session.fileno():
            self._session.serve()
        else:
            for queue in self._session.queues:
                if queue.kick == descriptor:
                    queue.told()

    def _take_order(self):
        words = self._control.recv(4096).decode().split()
        if not words:
            raise EOFError
        self._order = Order(words[0], int(words[1]), int(words[2]))

    def _do_order(self):
        order = self._order
        for _ in range(BURST):
            if not order or not self._next_act(order):
                return False
            if order.done == order.cases:
                self._control.sendall(b"done %d\n" % order.done)
                self._order = None
                return True
        return True

    def _next_act(self, order):
        rng = random.Random(f"{order.kind} {order.seed} {order.done}")
        port = self._port
        if not (port.rx.runs and port.tx.runs) or \
                port.rx.ring.is_spent or port.tx.ring.is_spent:
            return False
        return order.act(port, rng, self._mac)


def main(mac, device, control):
    """Runs a device."""
    sockets = [socket.socket(fileno=int(number)) for number in (device, control)]
    try:
        Device(bytes.fromhex(mac.replace(":", "")), *sockets).run()
    except EOFError:
        pass


if __name__ == "__main__":
    main(*sys.argv[1:])
