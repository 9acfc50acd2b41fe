# SPDX-License-Identifier: GPL-2.0
"""Initramfs images: cpio archives of the "newc" format, written here."""

import os
import pathlib
import stat


class Image:
    """A cpio archive in the making."""

    def __init__(self):
        self._parts = []
        self._names = set()

    def directory(self, name):
        """Adds a directory and those above it."""
        name = name.strip("/")
        if not name or name in self._names:
            return
        self.directory(os.path.dirname(name))
        self._entry(name, stat.S_IFDIR | 0o755, b"")

    def file(self, name, data, mode=0o644):
        """Adds a regular file."""
        self.directory(os.path.dirname(name))
        self._entry(name.strip("/"), stat.S_IFREG | mode, data)

    def copy(self, name, source):
        """Adds a file of the host, executable if it is so there."""
        source = pathlib.Path(source)
        self.file(name, source.read_bytes(), stat.S_IMODE(source.stat().st_mode))

    def link(self, name, target):
        """Adds a symbolic link."""
        self.directory(os.path.dirname(name))
        self._entry(name.strip("/"), stat.S_IFLNK | 0o777, target.encode())

    def device(self, name, major, minor):
        """Adds a character device."""
        self.directory(os.path.dirname(name))
        self._entry(name.strip("/"), stat.S_IFCHR | 0o600, b"", (major, minor))

    def has(self, name):
        """True if there is an entry of this name."""
        return name.strip("/") in self._names

    def data(self):
        """The whole archive."""
        trailer = _header("TRAILER!!!", 0, 0, 0, (0, 0))
        return b"".join(self._parts) + trailer

    def _entry(self, name, mode, data, device=(0, 0)):
        if name in self._names:
            return
        self._names.add(name)
        self._parts.append(_header(name, len(self._names), mode, len(data), device))
        self._parts.append(_padded(data))


def _padded(data):
    return data + bytes(-len(data) % 4)


def _header(name, inode, mode, size, device):
    path = name.encode() + b"\0"
    fields = (inode, mode, 0, 0, 1, 0, size, 0, 0, *device, len(path), 0)
    return _padded(b"070701" + b"".join(b"%08X" % field for field in fields) + path)
