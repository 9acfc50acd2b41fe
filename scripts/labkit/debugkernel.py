# SPDX-License-Identifier: GPL-2.0
"""The debug kernel: Debian's linux-source, configured by scripts/debug.config.

It is built once for each source version and configuration and kept in the
cache, with what out-of-tree modules need to build against it.
"""

import hashlib
import os
import pathlib
import shutil
import subprocess

from . import files
from .errors import LabError

CONFIG = files.SCRIPTS / "debug.config"
LOG = files.BUILD / "debug-kernel.log"

# Sources that the configuration never compiles; their Kconfig files stay.
UNUSED = ["Documentation/*/*", "samples/*.[chS]", "tools/perf", "tools/testing", "sound/*.[chS]",
          "drivers/gpu/*.[chS]", "drivers/media/*.[chS]", "drivers/infiniband/*.[chS]",
          "drivers/staging/*.[chS]", "drivers/net/wireless/*.[chS]", "drivers/scsi/*.[chS]",
          *[f"arch/{name}/*.[chS]" for name in (
              "alpha", "arc", "arm", "arm64", "csky", "hexagon", "ia64", "loongarch",
              "m68k", "microblaze", "mips", "nios2", "openrisc", "parisc", "powerpc",
              "riscv", "s390", "sh", "sparc", "xtensa")]]

# Code that runs before KASAN has its shadow memory, on QEMU's way into a vmlinux.
BEFORE_KASAN = {"arch/x86/platform/pvh/Makefile": "KASAN_SANITIZE := n\n",
                "lib/Makefile": "KASAN_SANITIZE_string.o := n\n"}

# What a module's build reads in a kernel tree.
KEPT = ["Makefile", "Kbuild", ".config", "Module.symvers", "System.map", "include",
        "arch/x86/include", "arch/x86/Makefile", "arch/x86/Makefile_32.cpu",
        "arch/x86/Makefile.um", "scripts", "tools/objtool/objtool"]


def root_directory():
    """Where the debug kernel is, or will be."""
    recipe = f"{_source_version()} {BEFORE_KASAN}".encode()
    key = hashlib.sha256(CONFIG.read_bytes() + recipe).hexdigest()[:12]
    return files.cache_dir() / f"debug-kernel-{key}"


def ensure():
    """The directory of the debug kernel, built first if it is not there."""
    root = root_directory()
    with files.locked(files.cache_dir() / "debug-kernel.lock"):
        if not root.exists():
            print(f"lab: building the debug kernel, once; {LOG} follows it", flush=True)
            with files.made_whole(root) as new:
                source = new / "source"
                _unpack(source)
                build(source, new)
                shutil.rmtree(source)
    return root


def build(source, new):
    """Builds the kernel in SOURCE and puts what guests and modules need in NEW."""
    for name, line in BEFORE_KASAN.items():
        with open(source / name, "a", encoding="utf-8") as makefile:
            makefile.write(line)
    shutil.copy(CONFIG, source / ".config")
    _make(source, "olddefconfig")
    _make(source, f"-j{os.cpu_count()}", "vmlinux", "modules")
    _make(source, "modules_install", f"INSTALL_MOD_PATH={new}")
    _run(["strip", "-o", str(new / "vmlinux"), str(source / "vmlinux")])
    release = (source / "include/config/kernel.release").read_text().strip()
    (new / "release").write_text(release + "\n")
    _keep(source, new / "build")
    modules = new / "lib/modules" / release
    for name in ("build", "source"):
        (modules / name).unlink(missing_ok=True)


def _source_version():
    archives = sorted(pathlib.Path("/usr/src").glob("linux-source-*.tar.xz"))
    if not archives:
        raise LabError("no kernel source: install linux-source-6.1 (scripts/packages does)")
    done = subprocess.run(["dpkg-query", "-W", "-f", "${Version}", archives[-1].name[:-7]],
                          capture_output=True, text=True, check=False)
    return done.stdout or archives[-1].name


def _unpack(source):
    archive = sorted(pathlib.Path("/usr/src").glob("linux-source-*.tar.xz"))[-1]
    source.mkdir()
    top = archive.name[:-7]
    skip = [f"--exclude={top}/{pattern}" for pattern in UNUSED]
    _run(["tar", "-xf", str(archive), "-C", str(source), "--strip-components=1",
          "--wildcards", "--anchored", *skip])


def _keep(source, target):
    for name in KEPT:
        target.joinpath(name).parent.mkdir(parents=True, exist_ok=True)
        if (source / name).is_dir():
            shutil.copytree(source / name, target / name, symlinks=True)
        else:
            shutil.copy(source / name, target / name)


def _make(source, *arguments):
    _run(["make", "-s", "-C", str(source), *arguments])


def _run(command):
    LOG.parent.mkdir(parents=True, exist_ok=True)
    with open(LOG, "ab") as log:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                              check=False)
    if done.returncode:
        raise LabError(f"the debug kernel does not build: {command[0]} failed; see {LOG}")
