# SPDX-License-Identifier: Apache-2.0
"""A board as the harness sees it: boards/<name>/board.toml, and whether this machine can run it."""
from __future__ import annotations

import functools
import shutil
import subprocess
from dataclasses import dataclass

from tool import paths, tomltable
from tool.exitcodes import UsageError
from tool.tomltable import Table

DEFAULT = "mps3-an536"
_STRATEGIES = ("window", "switch", "auto", "mask", "background", "shared")
_ADDRESSES = (0, 2**64 - 8)


@dataclass(frozen=True)
class Clock:
    """Two free-running words in virtual time: one at `hz`, then a fast one."""
    address: int
    hz: int


@dataclass(frozen=True)
class QemuRunner:
    emulator: str
    machine: str              # the -M argument
    cpu_options: str          # behind the board's CPU in -cpu; may be empty
    instruction_rate: str     # the -icount argument
    null_serials: int         # serial ports before the hypervisor's console
    clock: Clock


@dataclass(frozen=True)
class Board:
    name: str
    cpu_model: str
    strategies: tuple[str, ...]
    nonce_address: int        # where the loader places the nonce, 8 bytes
    runner: QemuRunner


@dataclass(frozen=True)
class Presence:
    """Whether a board's machine exists here; `reason` says why not."""
    board: str
    present: bool
    version: str = ""
    reason: str = ""

    def line(self) -> str:
        return f"{self.board}: {self.version}" if self.present else f"{self.board}: MISSING ({self.reason})"


def names() -> list[str]:
    return sorted(file.parent.name for file in paths.BOARDS.glob("*/board.toml"))


@functools.cache
def load(name: str) -> Board:
    file = paths.BOARDS / name / "board.toml"
    if not file.is_file():
        raise UsageError(f"unknown board {name!r}; there are: {', '.join(names())}")
    table = tomltable.read(file)
    board = Board(name, table.text("cpu"), table.words("strategies", _STRATEGIES),
                  table.number("nonce-address", *_ADDRESSES), _runner(table.table("runner")))
    tomltable.demand(table)
    return board


def _runner(table: Table) -> QemuRunner:
    table.choice("kind", ("qemu",))
    clock = table.table("clock")
    return QemuRunner(table.text("emulator"), table.text("machine"), table.text("cpu-options", ""),
                      table.text("icount"), table.number("null-serials", 0, 15, 0),
                      Clock(clock.number("address", *_ADDRESSES), clock.number("hz", 1, 10**9)))


@functools.cache
def presence(name: str) -> Presence:
    """Judged by what the emulator can do, not by its version alone."""
    runner = load(name).runner
    if shutil.which(runner.emulator) is None:
        return Presence(name, False, reason=f"{runner.emulator} is not installed")
    try:
        listed = subprocess.run([runner.emulator, "-M", "help"], capture_output=True, text=True, timeout=30)
        version = subprocess.run([runner.emulator, "--version"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Presence(name, False, reason=f"{runner.emulator} does not run: {error}")
    line = (version.stdout.splitlines() or [""])[0]
    model = runner.machine.partition(",")[0]
    if not any(row.split()[:1] == [model] for row in listed.stdout.splitlines()):
        return Presence(name, False, reason=f"{runner.emulator} has no machine {model}: "
                                            f"{line or 'no version'}; QEMU 9.0 or newer is needed")
    return Presence(name, True, version=line)
