# SPDX-License-Identifier: GPL-2.0
"""The ELF kernel inside a bzImage.

QEMU starts an ELF kernel at its PVH entry. That saves the guest from
unpacking itself, which takes longer than the boot that follows.
"""

import lzma
import zlib

ELF = b"\x7fELF"
XZ = b"\xfd7zXZ\x00"
GZIP = b"\x1f\x8b\x08\x00"


def _unpack_xz(data):
    return lzma.LZMADecompressor().decompress(data)


def _unpack_gzip(data):
    return zlib.decompressobj(wbits=31).decompress(data)


def extract(image):
    """The ELF kernel in IMAGE; None if it is packed in an unknown way."""
    for magic, unpack in ((XZ, _unpack_xz), (GZIP, _unpack_gzip)):
        at = image.find(magic)
        while at >= 0:
            kernel = _try(unpack, image[at:])
            if kernel is not None:
                return kernel
            at = image.find(magic, at + 1)
    return None


def _try(unpack, data):
    try:
        kernel = unpack(data)
    except (lzma.LZMAError, zlib.error):
        return None
    return kernel if kernel.startswith(ELF) else None
