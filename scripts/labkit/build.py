# SPDX-License-Identifier: GPL-2.0
"""What the lab builds before it boots: user space, and our modules for the kernel."""

import os
import subprocess
import time

from . import files, network
from .errors import LabError

MODULE_SOURCES = ["Kbuild", "driver", "proto", "uapi", "compat", "selftests/modules"]
USER_SOURCES = ["userspace", "uapi"]


def prepare(options, kernel):
    """Builds the modules and tells the options which ones a guest loads."""
    options.modprobe = list(options.module)
    options.insmod = []
    _user()
    built = _modules(kernel)
    ours = [path for path in built if path.stem != "weftnic" or options.driver == "weft"]
    for path in ours:
        needs = _depends(path)
        options.modprobe += [name for name in needs if not name.startswith("weft")]
    options.insmod = [str(path) for path in _in_order(ours)]
    if options.driver == "intree":
        options.modprobe += list(dict.fromkeys(
            network.INTREE_MODULES[network.model_of(nic)] for nic in options.nics))
    elif options.nics and "weftnic" not in [path.stem for path in ours]:
        print("lab: weftnic.ko is not built: the NICs have no driver", flush=True)


def _modules(kernel):
    directory = files.BUILD / kernel.release
    with files.locked(files.build_dir() / "modules.lock"):
        _if_older(directory / ".built", MODULE_SOURCES, "test_modules",
                  f"KREL={kernel.release}", f"KDIR={kernel.headers}", enter=kernel.enter)
    return sorted(directory.glob("driver/*.ko")) + sorted(directory.glob("proto/**/*.ko"))


def _user():
    if (files.TREE / "userspace/Makefile").exists():
        with files.locked(files.build_dir() / "user.lock"):
            _if_older(files.BUILD / "user/.built", USER_SOURCES, "user")


def _if_older(stamp, sources, *arguments, enter=()):
    """Runs make if a source is newer than the last time that it did its work."""
    if stamp.exists() and _newest(sources) <= stamp.stat().st_mtime:
        return
    begin = time.time()
    _make(*arguments, enter=enter)
    stamp.parent.mkdir(parents=True, exist_ok=True)
    stamp.touch()
    os.utime(stamp, (begin, begin))


def _newest(names):
    times = [0]
    for name in names:
        root = files.TREE / name
        times += [path.stat().st_mtime for path in [root, *root.rglob("*")] if path.exists()]
    return max(times)


def _make(target, *arguments, enter=()):
    log = files.build_dir() / f"make-{target}.log"
    with open(log, "wb") as out:
        done = subprocess.run([*enter, "make", "-C", str(files.TREE), "-s",
                               f"-j{os.cpu_count()}", target, *arguments],
                              stdin=subprocess.DEVNULL, stdout=out, stderr=out, check=False)
    if done.returncode:
        errors = [line for line in log.read_text(errors="replace").splitlines()
                  if "error" in line.lower()] or ["it does not say why"]
        raise LabError(f"make {target} failed, see {log}: {errors[0]}")


def _depends(path):
    done = subprocess.run(["/sbin/modinfo", "-F", "depends", str(path)],
                          capture_output=True, text=True, check=True)
    return [name for name in done.stdout.strip().split(",") if name]


def _in_order(paths):
    """Our modules, each after those that it needs."""
    by_name = {path.stem: path for path in paths}
    order = []

    def visit(name):
        for needed in _depends(by_name[name]):
            if needed in by_name:
                visit(needed)
        if by_name[name] not in order:
            order.append(by_name[name])

    for name in sorted(by_name):
        visit(name)
    return order
