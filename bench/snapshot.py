# SPDX-License-Identifier: Apache-2.0
"""
A commit, built: build/revisions/<key> has its files and what the compiler here makes of them. The key is what an
image depends on, sources and tools, so commits that differ in a document share one, and it is built once.
"""
from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench.revision import Commit, Repository
from tool import build, paths, toolchain
from tool.paths import Checkout

KEPT = 8
_STALE_SECONDS = 3600
_KIND = "release"
_WHOLE = ".whole"                     # all files are there; its time is that of the last use
PARTS = ("hypervisor", "bench/guests", "dma")
_HOST_PARTS = ("hypervisor/syscfg",)


def key(repository: Repository, commit: Commit, board: str) -> str:
    parts = (repository.sources(commit), toolchain.stamp(toolchain.compiler_of(board)),
             toolchain.stamp(toolchain.host_compiler()))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:16]


@contextlib.contextmanager
def _locked(folder: Path, wait: bool = True) -> Iterator[bool]:
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(folder.with_name(f".{folder.name}.lock"), "w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            yield False
            return
        yield True


def _unpack(repository: Repository, commit: Commit, folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)      # half a one of a run that was killed
    repository.export(commit, folder)
    (folder / _WHOLE).touch()


def built(repository: Repository, commit: Commit, board: str, progress: Callable[[str], None],
          store: Path | None = None) -> Checkout:
    """Builds what measuring needs. Raises BuildFailed with the compiler's words."""
    folder = (store or paths.REVISIONS) / key(repository, commit, board)
    tree = Checkout(folder, folder / "build")
    with _locked(folder):
        if not (folder / _WHOLE).is_file():
            progress(f"files of {commit}")
            _unpack(repository, commit, folder)
        os.utime(folder / _WHOLE)
        progress(f"build {commit}")
        build.ensure_built([build.HOST, paths.preset(board, _KIND)], lambda text: None, tree,
                           {build.HOST: _HOST_PARTS, paths.preset(board, _KIND): PARTS})
    _prune(folder)
    return tree


def _prune(used: Path) -> None:
    """Keeps those that were used last, and all that may be in use."""
    marks = sorted(used.parent.glob(f"*/{_WHOLE}"), key=lambda mark: mark.stat().st_mtime)
    for mark in marks[:-KEPT]:
        if mark.parent != used and time.time() - mark.stat().st_mtime > _STALE_SECONDS:
            with _locked(mark.parent, wait=False) as mine:
                if mine:
                    shutil.rmtree(mark.parent, ignore_errors=True)
