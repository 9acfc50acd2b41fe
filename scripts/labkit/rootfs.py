# SPDX-License-Identifier: GPL-2.0
"""A root filesystem in the initramfs, for guests that must be deterministic.

It holds busybox, the programs that tests use, with their libraries, Weft's own
programs, modules and selftests, and what --include adds.
"""

import os
import pathlib
import re
import shutil
import subprocess

from . import files
from .errors import LabError

PROGRAMS = ["bash", "ip", "tc", "bridge", "ss", "ethtool", "ping", "iperf3", "tcpdump",
            "nft", "nstat", "modprobe", "insmod", "rmmod", "timeout", "dd", "cmp"]
MODULES = ["veth", "dummy", "bridge", "8021q", "sch_netem", "sch_ingress", "sch_fq",
           "sch_tbf", "ifb", "af_packet", "nf_tables", "nft_counter", "cls_u32"]
SEARCH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"


def add(image, kernel, options):
    """Adds the root filesystem to an image that already has busybox."""
    for name in ("tmp", "run", "etc", "root", "var", "usr/sbin", "sbin"):
        image.directory(name)
    image.file("etc/passwd", b"root:x:0:0:root:/root:/bin/bash\n")
    image.file("etc/group", b"root:x:0:\n")
    programs = [_find(name) for name in [*PROGRAMS, *options.include]]
    for path in programs:
        image.copy(_in_usr(path), path)
    for applet in _applets():
        image.link(f"bin/{applet}", "busybox")
    for link, target in (("bin/bash", "/usr/bin/bash"), ("sbin/modprobe", "/usr/sbin/modprobe")):
        image.link(link, target)
    _add_tree(image, files.TREE / "selftests", lambda path: True)
    programs += _add_tree(image, files.BUILD / "user", _is_product)
    programs += _add_tree(image, files.BUILD / "selftests", _is_product)
    _add_libraries(image, programs)
    for path in options.insmod:
        image.copy(path, path)
    _add_modules(image, kernel, MODULES + options.modprobe)


def _applets():
    done = subprocess.run(["/bin/busybox", "--list"], capture_output=True, text=True, check=True)
    return done.stdout.split()


def _find(name):
    path = shutil.which(name, path=SEARCH)
    if path is None:
        raise LabError(f"no program {name} to include in the guest")
    return path


def _in_usr(path):
    """Where a program goes: /bin and /sbin belong to busybox."""
    return f"/usr{path}" if path.startswith(("/bin/", "/sbin/")) else path


def _add_libraries(image, programs):
    done = subprocess.run(["ldd", *programs], capture_output=True, text=True, check=False)
    for library in re.findall(r"(/\S+) \(0x", done.stdout):
        if not image.has(library):
            image.copy(library, library)


def _is_product(path):
    return os.access(path, os.X_OK) or ".so" in path.name


def _add_tree(image, root, wanted):
    """Adds the wanted files below ROOT; gives those that are programs."""
    programs = []
    for path in sorted(root.rglob("*")):
        if path.is_symlink():
            image.link(str(path), os.readlink(path))
        elif path.is_file() and wanted(path):
            image.copy(str(path), path)
            if os.access(path, os.X_OK):
                programs.append(str(path))
    return programs


def _add_modules(image, kernel, names):
    """The modules and an index of them, for modprobe and the kernel's requests."""
    top = f"lib/modules/{kernel.release}"
    for path in kernel.load_order(names):
        image.copy(f"{top}/{path}", kernel.modules / path)
    for index in kernel.modules.glob("modules.*"):
        if index.suffix != ".bin" or index.stem in ("modules.dep", "modules.alias",
                                                    "modules.symbols", "modules.builtin"):
            image.copy(f"{top}/{index.name}", pathlib.Path(index))
