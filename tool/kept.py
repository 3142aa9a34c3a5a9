# SPDX-License-Identifier: Apache-2.0
"""
What a machine said, kept by every byte that it depends on: a real Xen does not change with our hypervisor, and under icount
the same bytes say the same. So a test of it is booted again only when its guest, its tree, the Xen or the emulator is another
one. The verdict is made anew each time. What a limit ended is not kept, for that depends on the host.
"""
from __future__ import annotations

import functools
import hashlib
import json
import os
import time
from pathlib import Path

from tool import board as boards
from tool import machine, paths, qemu
from tool.machine import Limits, Machine, RunResult
from tool.watch import Ended

SCHEMA = 1
AGAIN = "FENCEPOST_XEN_AGAIN"      # 1: boot although it is known
_UNUSED_SECONDS = 14 * 24 * 3600


@functools.lru_cache(maxsize=64)
def _digest(file: Path, size: int, changed: int) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def digest(file: Path) -> str:
    found = file.stat()
    return _digest(file.resolve(), found.st_size, found.st_mtime_ns)


def key(wanted: Machine, limits: Limits) -> str:
    """Equal for machines that cannot be told apart from inside."""
    runner = wanted.board.runner
    said = [SCHEMA, boards.presence(wanted.board.name).version, qemu.configuration(wanted),
            wanted.board.cpu_model, runner.cpu_options, runner.instruction_rate, wanted.cpus, limits.guest_ms,
            [line.decode() for line in wanted.last_lines], (wanted.typed or b"").hex(), digest(wanted.hypervisor),
            wanted.tree and digest(wanted.tree), [(load.address, digest(load.file)) for load in wanted.loads]]
    return hashlib.sha256(json.dumps(said, default=list).encode()).hexdigest()


def _read(file: Path, folder: Path) -> RunResult | None:
    try:
        found = json.loads(file.read_text(encoding="utf-8"))
        os.utime(file)
        return RunResult(found["console"].encode("latin-1"), found["stderr"], Ended(found["ended"]), found["status"], "", folder, 0.0,
                         kept=True)
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


def _write(file: Path, result: RunResult) -> None:
    """Another process sees the whole of it or nothing."""
    file.parent.mkdir(parents=True, exist_ok=True)
    draft = file.with_suffix(f".{os.getpid()}")
    draft.write_text(json.dumps({"console": result.console.decode("latin-1"), "stderr": result.stderr, "ended": result.ended.value,
                                 "status": result.status}), encoding="utf-8")
    draft.replace(file)


def run(wanted: Machine, folder: Path, limits: Limits) -> RunResult:
    """As machine.run(), without a boot where the same was run before."""
    file = paths.KEPT / f"{key(wanted, limits)}.json"
    if os.environ.get(AGAIN) != "1" and (found := _read(file, folder)):
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "replay.sh").write_text(qemu.replay(wanted))
        (folder / "console.log").write_bytes(found.console)
        return found
    result = machine.run(wanted, folder, limits)
    if result.ended is Ended.END_LINE:
        _write(file, result)
    return result


def prune(now: float | None = None) -> None:
    """What nobody asked for in two weeks goes."""
    oldest = (time.time() if now is None else now) - _UNUSED_SECONDS
    for file in paths.KEPT.glob("*.*"):
        if file.stat().st_mtime < oldest:
            file.unlink(missing_ok=True)
