# SPDX-License-Identifier: Apache-2.0
"""
What a machine said, kept by every byte that it depends on: under icount the same bytes say the same. So a test is booted again
only when its hypervisor, its guest, its system or the emulator is another one. The verdict is made anew each time. What a limit
ended is not kept, for that depends on the host; nor is what was typed at, for when a key arrives depends on it, too.
"""
from __future__ import annotations

import functools
import hashlib
import json
import os
import re
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from tool import board as boards
from tool import machine, paths, qemu
from tool.coverage import run as coverage
from tool.machine import Limits, Machine, RunResult
from tool.watch import Ended

SCHEMA = 2
Boot = Callable[[Machine, Path, Limits], RunResult]
AGAIN = "FENCEPOST_BOOT_AGAIN"     # 1: boot although it is known
_UNUSED_SECONDS = 14 * 24 * 3600
_MOST = 60_000                     # names: three whole runs of all targets, each under two


@functools.lru_cache(maxsize=512)
def _digest(file: Path, size: int, changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def digest(file: Path) -> str:
    found = file.stat()
    return _digest(file.resolve(), found.st_size, found.st_mtime_ns)


def _files(words: list[str]) -> list[Path]:
    """What the emulator's own arguments name as file=PATH, its comma doubled: the content of a device."""
    named = (found[1].replace(",,", ",") for word in words if (found := re.search(r"(?:^|,)file=((?:[^,]|,,)+)", word)))
    return [Path(name) for name in named]


def says_the_same_again(wanted: Machine) -> bool:
    """Nobody but the machine has a say in what it says, and nobody but its console is listened to."""
    watched = wanted.plugins or wanted.wrapper or wanted.gdb or wanted.emulator or coverage.plugins_for(wanted.hypervisor)
    return not (watched or wanted.typed != b"" or wanted.board.real)


def key(wanted: Machine, limits: Limits) -> str:
    """Equal for machines that cannot be told apart from inside, but for the nonce."""
    runner, words = wanted.board.runner, qemu.configuration(wanted)
    said = [SCHEMA, boards.presence(wanted.board.name).version, words, [digest(file) for file in _files(words)],
            wanted.board.cpu_model, runner.cpu_options, runner.instruction_rate, wanted.cpus, limits.guest_ms,
            [line.decode() for line in wanted.last_lines], digest(wanted.hypervisor),
            wanted.tree and digest(wanted.tree), [(load.address, digest(load.file)) for load in wanted.loads]]
    return hashlib.sha256(json.dumps(said, default=list).encode()).hexdigest()


def _read(file: Path, folder: Path) -> RunResult | None:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        os.utime(file)
        return RunResult(found["console"].encode("latin-1"), found["stderr"], Ended(found["ended"]), found["status"], found["nonce"],
                         folder, 0.0, kept=True)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _write(file: Path, result: RunResult) -> None:
    """Another process sees the whole of it or nothing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps({"console": result.console.decode("latin-1"), "stderr": result.stderr, "ended": result.ended.value,
                                 "status": result.status, "nonce": result.nonce}), encoding="utf-8")
    draft.replace(file)


def run(wanted: Machine, folder: Path, limits: Limits, boot: Boot | None = None, shortcut: Path | None = None) -> RunResult:
    """
    As machine.run(), or `boot`, without a boot where the same was run before; the result then has that run's nonce. From then on
    it is found by `shortcut` as well.
    """
    boot = boot or machine.run
    if not says_the_same_again(wanted):
        return boot(wanted, folder, limits)
    file = paths.KEPT / f"{key(wanted, limits)}.json"
    if found := look(file, folder):
        (folder / "replay.sh").write_text(qemu.replay(wanted))
        _link(file, shortcut)
        return found
    result = boot(wanted, folder, limits)
    if result.ended is Ended.END_LINE:
        _write(file, result)
        _link(file, shortcut)
    return result


@functools.cache
def _tools() -> list[str]:
    """Our own part in making a system."""
    return [digest(file) for file in sorted((paths.ROOT / "tool").glob("*.py"))]


def shortcut(bare: Machine, limits: Limits, made_of: Sequence[object]) -> Path | None:
    """
    Where a run is kept by what its system is made of, so that it need not be made to find it: a machine without loads, and content and
    choices that the loads follow from. None: what this machine says is not kept.
    """
    if not says_the_same_again(bare):
        return None
    said = json.dumps([key(bare, limits), _tools(), made_of], default=list)
    return paths.KEPT / f"{hashlib.sha256(said.encode()).hexdigest()}.json"


def look(file: Path | None, folder: Path) -> RunResult | None:
    """What is kept there, with its console.log in `folder`."""
    if file is None or os.environ.get(AGAIN) == "1" or not (found := _read(file, folder)):
        return None
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "console.log").write_bytes(found.console)
    return found


def _link(file: Path, name: Path | None) -> None:
    """A second name for the same content, which takes no space."""
    if name is None:
        return
    draft = name.with_suffix(f".{os.getpid()}")
    draft.unlink(missing_ok=True)
    try:
        os.link(file, draft)
        draft.replace(name)
        draft.unlink(missing_ok=True)      # of two names for one file replace() leaves both
    except OSError:
        pass                               # a file system without links, or the file was pruned meanwhile: it is found the long way


def prune(now: float | None = None, most: int = _MOST) -> None:
    """What nobody asked for in two weeks goes, and of the rest what was asked for the longest time ago."""
    oldest = (time.time() if now is None else now) - _UNUSED_SECONDS
    ages = sorted(((file.stat().st_mtime, file) for file in paths.KEPT.glob("*.*")), reverse=True)
    for place, (used, file) in enumerate(ages):
        if used < oldest or place >= most:
            file.unlink(missing_ok=True)
