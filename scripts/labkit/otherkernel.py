# SPDX-License-Identifier: GPL-2.0
"""Kernels of other Debian releases, each in a root with the tools that build for it.

The headers of a release want its compiler and its C library. So what `make` needs is
unpacked from the release's packages into a directory of the cache, beside the kernel
itself, and our modules are built in there. Nothing is installed: APT works with lists
and a state of its own, and no package's script is run.
"""

import re
import shutil
import subprocess

from . import files, image
from .errors import LabError

MIRROR = "http://deb.debian.org/debian"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
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
    root = files.cache_dir() / f"kernel-{kind}"
    with files.locked(files.cache_dir() / f"{root.name}.lock"):
        if not root.exists():
            print(f"lab: fetching Linux {kind} and what builds for it, once", flush=True)
            with files.made_whole(root) as new:
                _make_root(kind, new)
    return root


def enter(root):
    """What to put before a command that is to run in a root, with the tree as it is here."""
    return ["unshare", "--map-root-user", "--mount", "sh", "-c", ENTER, "sh",
            str(root), str(files.TREE)]


def _make_root(kind, root):
    apt = _Apt(kind, root / "apt")
    building = apt.needed(BUILDING)
    # The rest of what these need is for a machine that boots from a disk.
    booting = [name for name in apt.needed(BOOTING) if name.startswith("linux-")]
    for archive in apt.download(set(building + booting)):
        _run(["dpkg-deb", "-x", str(archive), str(root)])
    shutil.rmtree(root / "apt")
    (root / "usr/bin/awk").symlink_to("mawk")
    _prepare_image(kind, root)


def _prepare_image(kind, root):
    release = next((root / "lib/modules").iterdir()).name
    if not release.startswith(f"{kind}."):
        raise LabError(f"{SUITES[kind][-1]} has Linux {release}, not {kind}")
    _run(["/sbin/depmod", "-b", str(root), release])
    packed = root / "boot" / f"vmlinuz-{release}"
    if not packed.exists():     # since 7.0 it is with the modules
        packed = root / "lib/modules" / release / "vmlinuz"
    data = packed.read_bytes()
    (root / "vmlinux").write_bytes(image.extract(data) or data)
    (root / "release").write_text(release + "\n")


class _Apt:
    """APT with the lists of a kernel's suites, in a directory of its own."""

    def __init__(self, kind, directory):
        self._archives = directory / "new"
        self._archives.mkdir(parents=True)
        for name in ("lists/partial", "archives/partial"):
            (directory / name).mkdir(parents=True)
        (directory / "status").touch()
        (directory / "sources.list").write_text("".join(
            f"deb [signed-by={KEYRING}] {MIRROR} {suite} main\n" for suite in SUITES[kind]))
        settings = {
            "Dir::State": directory, "Dir::State::status": directory / "status",
            "Dir::State::lists": directory / "lists", "Dir::Cache": directory,
            "Dir::Cache::archives": directory / "archives",
            "Dir::Etc::sourcelist": directory / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null", "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null", "APT::Sandbox::User": "root",
            "APT::Install-Recommends": "false", "APT::Architecture": "amd64",
            "APT::Default-Release": SUITES[kind][-1],
        }
        self._command = ["apt-get", "-q"]
        for name, value in settings.items():
            self._command += ["-o", f"{name}={value}"]
        self._get("update")

    def _get(self, *arguments):
        return _run([*self._command, *arguments], self._archives)

    def needed(self, names):
        """These packages and all that they depend on."""
        plan = self._get("install", "--simulate", *names)
        return re.findall(r"^Inst (\S+)", plan, re.MULTILINE)

    def download(self, names):
        """The archives of these packages; APT has compared their sums."""
        self._get("download", *sorted(names))
        return sorted(self._archives.glob("*.deb"))


def _run(command, directory=None):
    done = subprocess.run(command, cwd=directory, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)
    if done.returncode:
        why = (done.stderr or done.stdout).strip().splitlines()
        raise LabError(f"{command[0]} failed: {why[-1] if why else done.returncode}")
    return done.stdout
