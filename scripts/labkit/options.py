# SPDX-License-Identifier: GPL-2.0
"""The options of `up` and `run`: their defaults, and what follows from them."""

import functools
import os
import secrets
import subprocess
import time

from . import accel, backend, build, emulator, files, kernel, network
from .errors import LabError

NAME_MAX = 32
NODES_MAX = 32

# How long a guest may take to boot, in seconds.
BOOT = {"kvm": 30, "tcg": 120}
DEBUG_FACTOR = 4
# How long a quick machine takes for the programs that slowness() starts.
IDLE_SECONDS = 0.02


def add(command):
    """Adds the options to a parser."""
    def option(flag, text, **kind):
        command.add_argument(flag, help=text, **kind)

    option("--nodes", "how many guests", type=int, default=1, metavar="N")
    option("--nic", "a NIC of each node, with properties of QEMU's device; may be given "
           "several times", action="append", default=[], metavar="MODEL[,PROPERTY=VALUE...]")
    option("--one-hub", "the NICs of one node share a hub whatever their models",
           action="store_true")
    option("--driver", "whose driver the NICs get: Weft's, or the kernel's own",
           choices=["weft", "intree"], default="weft")
    option("--machine", "pc: the NICs are on one bus; q35: each is in a PCI Express slot",
           choices=["pc", "q35"], default="pc")
    option("--kernel", "Debian's kernel, one with KASAN, lockdep and so on, or a newer one",
           choices=kernel.KINDS, default="stock")
    option("--qemu", "the installed QEMU, or a newer one of Debian's, at least that",
           choices=emulator.KINDS, default="installed")
    option("--accel", "default: KVM if it works", choices=["auto", "tcg", "kvm"], default="auto")
    option("--icount", "deterministic: one node, its root in the initramfs", action="store_true")
    option("--seed", "what a deterministic run's randomness comes from", type=int, metavar="N")
    option("--include", "a program more for the guest of --icount", action="append",
           default=[], metavar="PROGRAM")
    option("--plugin", "a plugin of QEMU's TCG, for the guest of --icount",
           metavar="FILE[,ARGUMENT=VALUE...]")
    option("--module", "a module of the kernel more for the guest to load", action="append",
           default=[], metavar="NAME")
    option("--mem", "memory of each guest", type=int, metavar="MB")
    option("--smp", "processors of each guest; default: 2 with KVM, else 1", type=int, metavar="N")
    option("--timeout", "how long the guests may take to boot, and a run with --icount to end",
           type=float, metavar="S")
    option("--iommu", "with q35 and a stock kernel: an IOMMU before devices that know of it",
           action="store_true")
    option("--append", "more words for the kernel's command line", default="", metavar="...")


@functools.cache
def slowness():
    """How long programs take to start, in multiples of a quick machine's time."""
    begin = time.perf_counter()
    for _ in range(10):
        subprocess.run(["true"], check=True)
    return (time.perf_counter() - begin) / IDLE_SECONDS


def patience():
    """What to multiply time limits with: WEFT_PATIENCE, else as slow as we are."""
    if "WEFT_PATIENCE" in os.environ:
        return float(os.environ["WEFT_PATIENCE"])
    return min(max(slowness(), 4.0), 20.0)


def complete(options):
    """Checks the options, fills in the defaults, gets the kernel, builds the modules."""
    _check(options)
    options.nics = [] if "none" in options.nic else options.nic or ["e1000"]
    options.results = files.TREE / "results" / options.results_name
    options.booted = kernel.find(options.kernel)
    options.emulator = emulator.find(options.qemu)
    if options.icount:
        options.accel = "tcg"
        options.smp = 1
        options.seed = secrets.randbelow(1 << 31) if options.seed is None else options.seed
    elif options.accel == "auto":
        options.accel = accel.choose(options.booted)
    options.smp = options.smp or (2 if options.accel == "kvm" else 1)
    options.mem = options.mem or (1024 if options.booted.debug or options.icount else 512)
    options.timeout = options.timeout or _timeout(options)
    options.environment = lambda node: environment(options.results, node, options.nodes)
    build.prepare(options, options.booted)


def _check(options):
    if not 1 <= options.nodes <= NODES_MAX:
        raise LabError(f"--nodes: from 1 to {NODES_MAX}")
    if not options.name.replace("-", "").replace("_", "").replace(".", "").isalnum() \
            or len(options.name) > NAME_MAX:
        raise LabError(f"--name: letters, digits, '-', '_' and '.', at most {NAME_MAX}")
    for nic in options.nic:
        if network.model_of(nic) not in [*network.MODELS, "none"]:
            raise LabError(f"--nic: {', '.join(network.MODELS)} or none, not {nic}")
        behind = network.backend_of(nic)
        if behind and (behind not in network.BACKENDS or network.model_of(nic) != "virtio"):
            raise LabError(f"--nic: backend={' or '.join(network.BACKENDS)}, with virtio, "
                           f"not {nic}")
        if not 1 <= network.queues_of(nic) <= (network.QUEUES_MAX if behind == "tap" else 1):
            raise LabError(f"--nic: queues= from 1 to {network.QUEUES_MAX}, with backend=tap, "
                           f"not {nic}")
    if "tap" in map(network.backend_of, options.nic) and backend.missing_tap():
        raise LabError(f"--nic: there is no tap to be had here: {backend.missing_tap()}")
    if any(map(network.backend_of, options.nic)) and (options.icount or options.nodes > 1):
        raise LabError("--nic: backend= with one node only, and not with --icount")
    if options.icount and options.nodes > 1:
        raise LabError("--icount: one node only; its NICs meet on a hub")
    if options.icount and options.accel == "kvm":
        raise LabError("--icount: not with KVM")
    if options.icount and (options.smp or 1) > 1:
        raise LabError("--icount: one processor only")
    if options.iommu and (options.machine != "q35" or options.kernel == "debug"):
        raise LabError("--iommu: with --machine q35 and the stock kernel only")
    if options.seed is not None and not options.icount:
        raise LabError("--seed: only with --icount")
    if options.plugin and not options.icount:
        raise LabError("--plugin: only with --icount")
    if options.one_hub and options.nodes > 1:
        raise LabError("--one-hub: one node only; those of several share one for each index")


def _timeout(options):
    seconds = BOOT[options.accel] * (1 + options.nodes) / 2 * patience()
    if options.booted.debug:
        seconds *= DEBUG_FACTOR
    return seconds * 5 if options.icount else seconds


def environment(results, node, nodes):
    """The environment of a command in a guest. The host's own does not go there."""
    user = files.BUILD / "user"
    path = [str(user), str(user / "examples"), "/usr/local/sbin", "/usr/local/bin",
            "/usr/sbin", "/usr/bin", "/sbin", "/bin"]
    return {
        "PATH": ":".join(path),
        "LD_LIBRARY_PATH": str(user),
        "HOME": "/root", "USER": "root", "LOGNAME": "root", "SHELL": "/bin/bash",
        "LANG": "C.UTF-8", "TERM": os.environ.get("TERM", "dumb"),
        "WEFT_TREE": str(files.TREE),
        "WEFT_NODE": str(node),
        "WEFT_NODES": str(nodes),
        "WEFT_RESULTS": str(results),
    }
