# SPDX-License-Identifier: GPL-2.0
"""The agent in a guest, built from scripts/agent."""

import subprocess

from . import files
from .errors import LabError

SOURCE = files.SCRIPTS / "agent/agent.c"
FLAGS = ["-O2", "-static", "-Wall", "-Wextra"]


def ensure():
    """The agent's binary, built if it is older than its source."""
    binary = files.build_dir() / "agent"
    with files.locked(files.build_dir() / "agent.lock"):
        if not binary.exists() or binary.stat().st_mtime < SOURCE.stat().st_mtime:
            done = subprocess.run(["gcc", *FLAGS, "-o", str(binary), str(SOURCE)],
                                  capture_output=True, text=True, check=False)
            if done.returncode:
                raise LabError(f"cannot build the agent: {done.stderr.strip()}")
    return binary
