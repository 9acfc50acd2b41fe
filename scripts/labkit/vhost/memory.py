# SPDX-License-Identifier: GPL-2.0
"""A guest's memory, mapped from the descriptors that QEMU hands over."""

import collections
import mmap
import os

Region = collections.namedtuple("Region", "guest size user offset")


class BadAddress(Exception):
    """Nothing of the guest's memory is there."""


class Memory:
    """The guest's memory, by its own addresses and by those of QEMU."""

    def __init__(self, regions, descriptors):
        self._regions = []
        for region, descriptor in zip(regions, descriptors):
            whole = mmap.mmap(descriptor, region.offset + region.size)
            os.close(descriptor)
            self._regions.append((region, memoryview(whole)[region.offset:]))

    def guest(self, address, length):
        """A view of LENGTH bytes at a guest's address."""
        return self._view("guest", address, length)

    def user(self, address, length):
        """A view of LENGTH bytes at an address of QEMU's."""
        return self._view("user", address, length)

    def _view(self, kind, address, length):
        for region, view in self._regions:
            at = address - getattr(region, kind)
            if 0 <= at and at + length <= region.size:
                return view[at:at + length]
        raise BadAddress(f"{length} bytes at {address:#x}")
