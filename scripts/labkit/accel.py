# SPDX-License-Identifier: GPL-2.0
"""KVM or TCG: found out by booting, because a /dev/kvm proves nothing."""

import os
import pathlib
import subprocess
import tempfile
import time

from . import files
from .initramfs import Image

PATIENCE = 6        # seconds; a guest that runs on KVM gets there in one
HELLO = b"weft-lab: hello"
INIT = b"#!/bin/busybox sh\necho " + HELLO + b" >/dev/console\nexec /bin/busybox reboot -f\n"


def choose(kernel):
    """"kvm" if a guest boots with it, else "tcg"; one probe for each boot of the host."""
    boot = pathlib.Path("/proc/sys/kernel/random/boot_id").read_text().strip()
    answer = files.cache_dir() / f"accel-{boot}"
    with files.locked(files.cache_dir() / "accel.lock"):
        if not answer.exists():
            for old in files.cache_dir().glob("accel-*-*"):
                old.unlink()
            works = os.access("/dev/kvm", os.R_OK | os.W_OK) and _boots(kernel)
            files.write_whole(answer, b"kvm" if works else b"tcg")
    return answer.read_text()


def _boots(kernel):
    image = Image()
    image.directory("dev")
    image.device("dev/console", 5, 1)
    image.copy("bin/busybox", "/bin/busybox")
    image.file("init", INIT, 0o755)
    with tempfile.TemporaryDirectory(prefix="weft-kvm-") as directory:
        initrd = pathlib.Path(directory) / "initrd"
        initrd.write_bytes(image.data())
        log = pathlib.Path(directory) / "log"
        log.touch()
        return _says_hello(_command(kernel, initrd, log), log)


def _command(kernel, initrd, log):
    return ["setpriv", "--pdeathsig", "KILL", "qemu-system-x86_64", "-nodefaults",
            "-no-user-config", "-display", "none", "-no-reboot", "-accel", "kvm",
            "-cpu", "host", "-m", "256", "-kernel", str(kernel.image), "-initrd", str(initrd),
            "-append", "console=ttyS0 panic=-1", "-serial", f"file:{log}"]


def _says_hello(command, log):
    deadline = time.monotonic() + PATIENCE
    qemu = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)
    try:
        while time.monotonic() < deadline and qemu.poll() is None:
            if HELLO in log.read_bytes():
                return True
            time.sleep(0.05)
        return HELLO in log.read_bytes()
    finally:
        qemu.kill()
        qemu.wait()
