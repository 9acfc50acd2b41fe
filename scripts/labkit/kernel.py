# SPDX-License-Identifier: GPL-2.0
"""The kernels that guests boot."""

import dataclasses
import functools
import os
import pathlib
import re

from . import debian, debugkernel, files, image, otherkernel
from .errors import LabError


KINDS = ["stock", "debug", *otherkernel.SUITES]


@dataclasses.dataclass(frozen=True)
class Kernel:
    """A kernel that is ready to boot."""

    release: str
    image: pathlib.Path
    modules: pathlib.Path       # what /lab/modules/RELEASE holds
    headers: pathlib.Path       # what our modules build against
    debug: bool
    enter: tuple = ()           # what to put before a `make` of them

    def module_file(self, name):
        """The path of a module, below `modules`; None where it is built in."""
        return _module_files(self.modules).get(name.replace("-", "_"))

    def load_order(self, names):
        """The files of these modules and all that they need, in order."""
        order = []
        needs = _module_needs(self.modules)
        for name in names:
            path = self.module_file(name)
            if path is None:
                continue
            for needed in reversed(needs[path]):
                if needed not in order:
                    order.append(needed)
            if path not in order:
                order.append(path)
        return order


@functools.cache
def _module_files(modules):
    return {_module_name(path): path for path in _module_needs(modules)}


def _module_name(path):
    return pathlib.PurePath(path).name.split(".ko")[0].replace("-", "_")


@functools.cache
def _module_needs(modules):
    needs = {}
    for line in (modules / "modules.dep").read_text().splitlines():
        path, _, rest = line.partition(":")
        needs[path] = rest.split()
    return needs


def headers_release():
    """The release that the installed headers are for, as `make` chooses it."""
    running = pathlib.Path("/lib/modules") / os.uname().release / "build"
    if running.exists():
        return os.uname().release
    found = [path.parent.name for path in pathlib.Path("/lib/modules").glob("*/build")]
    if not found:
        raise LabError("no kernel headers: install linux-headers-amd64 (scripts/packages does)")
    return max(found, key=_version_key)


def _version_key(release):
    return [int(part) if part.isdigit() else part
            for part in re.split(r"(\d+)", release)]


def find(kind):
    """The kernel of this kind, one of KINDS, fetched or built if need be."""
    if kind == "debug":
        return _debug()
    if kind in otherkernel.SUITES:
        return _other(kind)
    return _stock(headers_release())


def _debug():
    root = debugkernel.ensure()
    release = (root / "release").read_text().strip()
    return Kernel(release=release, image=root / "vmlinux",
                  modules=root / "lib/modules" / release,
                  headers=root / "build", debug=True)


def _other(kind):
    root = otherkernel.ensure(kind)
    release = (root / "release").read_text().strip()
    return Kernel(release=release, image=root / "vmlinux",
                  modules=root / "lib/modules" / release,
                  headers=pathlib.Path("/usr/src") / f"linux-headers-{release}", debug=False,
                  enter=tuple(otherkernel.enter(root)))


def _stock(release):
    root = files.cached(f"linux-image-{release}", lambda new: _fetch(release, new))
    return Kernel(release=release, image=root / "vmlinux",
                  modules=root / "lib/modules" / release,
                  headers=pathlib.Path("/lib/modules") / release / "build", debug=False)


def _fetch(release, directory):
    package = f"linux-image-{release}"
    print(f"lab: fetching {package}", flush=True)
    debian.run(["apt-get", "-q", "-o", "APT::Sandbox::User=root", "download", package], directory)
    archives = list(directory.glob("*.deb"))
    if not archives:
        raise LabError(f"apt-get did not download {package}")
    debian.run(["dpkg-deb", "-x", archives[0].name, "."], directory)
    archives[0].unlink()
    debian.run(["/sbin/depmod", "-b", ".", release], directory)
    packed = (directory / "boot" / f"vmlinuz-{release}").read_bytes()
    (directory / "vmlinux").write_bytes(image.extract(packed) or packed)
