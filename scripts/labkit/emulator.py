# SPDX-License-Identifier: GPL-2.0
"""The QEMU that guests run in: the installed one, or one that is at least as new as told.

A newer one has what the installed one has not. It comes from the backports to Debian's
release, so it runs with the libraries that are there, and only what differs is fetched.
"""

import re
import shutil

from . import debian, files
from .errors import LabError

PROGRAM = "qemu-system-x86_64"
PACKAGE = "qemu-system-x86"
# Where the lab looks for each; it comes from the last one.
SUITES = {
    "10.0": ["bookworm", "bookworm-backports"],
}
KINDS = ["installed", *SUITES]


def find(kind):
    """The program of this kind, one of KINDS, fetched first if need be."""
    if kind == "installed" or _version(PROGRAM) >= _numbers(kind):
        return PROGRAM
    root = files.cached(f"qemu-{kind}", lambda new: _fetch(kind, new))
    return str(root / "usr/bin" / PROGRAM)


def _fetch(kind, root):
    print(f"lab: fetching QEMU {kind}, once", flush=True)
    apt = debian.Apt(SUITES[kind], root / "apt", debian.INSTALLED)
    apt.unpack(apt.needed([PACKAGE]), root)
    shutil.rmtree(root / "apt")
    program = root / "usr/bin" / PROGRAM
    if _version(program) < _numbers(kind):
        raise LabError(f"{SUITES[kind][-1]} has an older QEMU than {kind}")


def _version(program):
    said = debian.run([str(program), "--version"])
    return _numbers(re.search(r"version ([0-9.]+)", said)[1])


def _numbers(text):
    return [int(number) for number in text.split(".")]
