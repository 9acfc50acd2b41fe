# SPDX-License-Identifier: GPL-2.0
"""Kernels of other Debian releases, each in a root with the tools that build for it.

The headers of a release want its compiler and its C library. So what `make` needs is
unpacked from the release's packages into a directory of the cache, beside the kernel
itself, and our modules are built in there. Nothing is installed.
"""

import shutil

from . import debian, files, image
from .errors import LabError

# Where the lab looks for each; what is wanted comes from the last one, if it is there.
SUITES = {
    "6.12": ["bookworm", "bookworm-backports"],
    "7.2": ["sid"],
}
BUILDING = ["linux-headers-amd64", "base-files", "make", "dash", "coreutils", "findutils",
            "diffutils", "sed", "grep", "mawk"]
BOOTING = ["linux-image-amd64"]

# Makes a view of the root that has the tree in its place; for this process only.
ENTER = """
mkdir -p "$1$2" && mount --rbind "$2" "$1$2" && mount --rbind /proc "$1/proc" &&
	mount --rbind /dev "$1/dev" || exit
root=$1
shift 2
exec chroot "$root" env PATH=/usr/bin:/bin "$@"
"""


def ensure(kind):
    """The root of the kernel of this kind, made first if it is not there."""
    return files.cached(f"kernel-{kind}", lambda new: _make_root(kind, new))


def enter(root):
    """What to put before a command that is to run in a root, with the tree as it is here."""
    return ["unshare", "--map-root-user", "--mount", "sh", "-c", ENTER, "sh",
            str(root), str(files.TREE)]


def _make_root(kind, root):
    print(f"lab: fetching Linux {kind} and what builds for it, once", flush=True)
    apt = debian.Apt(SUITES[kind], root / "apt")
    building = apt.needed(BUILDING)
    # The rest of what these need is for a machine that boots from a disk.
    booting = [name for name in apt.needed(BOOTING) if name.startswith("linux-")]
    apt.unpack(set(building + booting), root)
    shutil.rmtree(root / "apt")
    (root / "usr/bin/awk").symlink_to("mawk")
    _prepare_image(kind, root)


def _prepare_image(kind, root):
    release = next((root / "lib/modules").iterdir()).name
    if not release.startswith(f"{kind}."):
        raise LabError(f"{SUITES[kind][-1]} has Linux {release}, not {kind}")
    debian.run(["/sbin/depmod", "-b", str(root), release])
    packed = root / "boot" / f"vmlinuz-{release}"
    if not packed.exists():     # since 7.0 it is with the modules
        packed = root / "lib/modules" / release / "vmlinuz"
    data = packed.read_bytes()
    (root / "vmlinux").write_bytes(image.extract(data) or data)
    (root / "release").write_text(release + "\n")
