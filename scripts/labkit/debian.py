# SPDX-License-Identifier: GPL-2.0
"""Packages of other Debian releases, to be unpacked into a directory of the cache.

Nothing is installed: APT works with lists and a state of its own, and no package's
script is run.
"""

import re
import subprocess

from .errors import LabError

MIRROR = "http://deb.debian.org/debian"
KEYRING = "/usr/share/keyrings/debian-archive-keyring.gpg"
# What this machine has.
INSTALLED = "/var/lib/dpkg/status"


class Apt:
    """APT with the lists of some suites, in a directory of its own.

    Of packages that are in several suites it takes those of the last one. STATUS tells
    which packages are there already; none without it.
    """

    def __init__(self, suites, directory, status=None):
        self._archives = directory / "new"
        self._archives.mkdir(parents=True)
        for name in ("lists/partial", "archives/partial"):
            (directory / name).mkdir(parents=True)
        (directory / "status").touch()
        (directory / "sources.list").write_text("".join(
            f"deb [signed-by={KEYRING}] {MIRROR} {suite} main\n" for suite in suites))
        settings = {
            "Dir::State": directory, "Dir::State::status": status or directory / "status",
            "Dir::State::lists": directory / "lists", "Dir::Cache": directory,
            "Dir::Cache::archives": directory / "archives",
            "Dir::Etc::sourcelist": directory / "sources.list",
            "Dir::Etc::sourceparts": "/dev/null", "Dir::Etc::preferences": "/dev/null",
            "Dir::Etc::preferencesparts": "/dev/null", "APT::Sandbox::User": "root",
            "APT::Install-Recommends": "false", "APT::Architecture": "amd64",
            "APT::Default-Release": suites[-1],
        }
        self._command = ["apt-get", "-q"]
        for name, value in settings.items():
            self._command += ["-o", f"{name}={value}"]
        self._get("update")

    def _get(self, *arguments):
        return run([*self._command, *arguments], self._archives)

    def needed(self, names):
        """These packages and all that they depend on, but for those that are there."""
        plan = self._get("install", "--simulate", *names)
        return re.findall(r"^Inst (\S+)", plan, re.MULTILINE)

    def unpack(self, names, root):
        """Unpacks these packages there; APT has compared their sums."""
        self._get("download", *sorted(names))
        for archive in sorted(self._archives.glob("*.deb")):
            run(["dpkg-deb", "-x", str(archive), str(root)])


def run(command, directory=None):
    """Runs a command, which says what is wrong if it fails; its output."""
    done = subprocess.run(command, cwd=directory, stdin=subprocess.DEVNULL,
                          capture_output=True, text=True, check=False)
    if done.returncode:
        why = (done.stderr or done.stdout).strip().splitlines()
        raise LabError(f"{command[0]} failed: {why[-1] if why else done.returncode}")
    return done.stdout
