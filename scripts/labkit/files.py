# SPDX-License-Identifier: GPL-2.0
"""Where things are, and safe ways to make them."""

import contextlib
import fcntl
import os
import pathlib
import shutil
import tempfile

TREE = pathlib.Path(__file__).resolve().parents[2]
BUILD = TREE / "build"
SCRIPTS = TREE / "scripts"


def cache_dir():
    """The directory of what is fetched or built once per machine."""
    base = os.environ.get("XDG_CACHE_HOME") or pathlib.Path.home() / ".cache"
    path = pathlib.Path(base) / "weft"
    path.mkdir(parents=True, exist_ok=True)
    return path


def build_dir():
    """The directory of what the lab builds for this tree."""
    path = BUILD / "lab"
    path.mkdir(parents=True, exist_ok=True)
    return path


@contextlib.contextmanager
def locked(path):
    """Holds the lock file PATH, waiting for another process that does."""
    with open(path, "w", encoding="ascii") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def made_whole(path):
    """Gives a temporary directory that becomes PATH if the block succeeds.

    The caller holds a lock, so what is there of an earlier attempt is dead.
    """
    prefix = f".new-{path.name}-"
    path.parent.mkdir(parents=True, exist_ok=True)
    for old in path.parent.glob(f"{prefix}*"):
        shutil.rmtree(old, ignore_errors=True)
    temporary = pathlib.Path(tempfile.mkdtemp(prefix=prefix, dir=path.parent))
    try:
        temporary.chmod(0o755)
        yield temporary
        temporary.rename(path)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def cached(name, make):
    """A directory of the cache, by MAKE, which gets a new one, if it is not there."""
    root = cache_dir() / name
    with locked(cache_dir() / f"{name}.lock"):
        if not root.exists():
            with made_whole(root) as new:
                make(new)
    return root


def write_whole(path, data):
    """Writes a file in one step: readers see the old or the new one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=".new-", dir=path.parent)
    with os.fdopen(handle, "wb") as out:
        out.write(data)
    os.replace(name, path)
