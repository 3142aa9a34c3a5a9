# SPDX-License-Identifier: Apache-2.0
"""
One machine and one run of it: what it is made of, and the one wrapper around it that always keeps the log. The
run ends on the final line with this run's nonce, or a limit ends it; nothing here judges the outcome. How a
machine is started is its board's runner's business.
"""
from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tool import hardware, qemu
from tool.board import Board
from tool.console import decode
from tool.system import Load
from tool.watch import Ended, Limits, Watcher, end_line

__all__ = ("Ended", "Limits", "Machine", "RunResult", "new_nonce", "run")


@dataclass(frozen=True)
class Machine:
    board: Board
    hypervisor: Path
    loads: tuple[Load, ...]
    cpus: int = 1
    nonce: str = "0" * 16
    plugins: tuple[str, ...] = ()    # arguments of -plugin
    wrapper: tuple[str, ...] = ()    # a command that runs QEMU as its one child and measures it
    gdb: str | None = None           # argument of -gdb; the machine then waits for the debugger
    emulator: str | None = None      # instead of the board's own
    typed: bytes | None = b""        # at the console, as fast as it is taken; None: our own standard input
    tree: Path | None = None         # of a hypervisor that is not ours: it takes a tree, and knows no nonce
    arguments: tuple[str, ...] = ()      # of the emulator, instead of the runner's
    system: str = ""                     # its name; the board may give it more devices (Board.addition)
    last_lines: tuple[bytes, ...] = ()   # how the line begins that ends the run; none: our own end line


@dataclass(frozen=True)
class RunResult:
    console: bytes           # what belongs to this run; console.log has all that was heard
    stderr: str
    ended: Ended
    status: int | None       # of the process when it ended by itself
    nonce: str
    folder: Path
    wall_seconds: float
    kept: bool = False       # nothing was booted: an earlier run of the same bytes said it

    @property
    def text(self) -> str:
        return decode(self.console)


Emulated = Callable[[Machine, Limits, Watcher], tuple[Ended, int | None]]


def new_nonce() -> str:
    return secrets.token_hex(8)


def run(machine: Machine, folder: Path, limits: Limits = Limits(),
        echo: Callable[[bytes], None] | None = None, emulated: Emulated = qemu.run) -> RunResult:
    """Runs to the end line or a limit. console.log, stderr.log and replay.sh are in `folder` afterwards; `emulated` runs what is not real."""
    folder.mkdir(parents=True, exist_ok=True)
    real = machine.board.real
    (folder / "replay.sh").write_text(hardware.replay(machine, folder) if real else qemu.replay(machine))
    watcher, start = Watcher(machine.last_lines or (end_line(machine.nonce),), echo), time.monotonic()
    try:
        ended, status = hardware.run(machine, folder, limits, watcher) if real else emulated(machine, limits, watcher)
    finally:
        (folder / "console.log").write_bytes(watcher.console)
        (folder / "stderr.log").write_bytes(watcher.stderr)
    heard = bytes(watcher.console)
    return RunResult(hardware.from_banner(heard) if real else heard, watcher.stderr.decode(errors="replace"), ended, status,
                     machine.nonce, folder, time.monotonic() - start)
