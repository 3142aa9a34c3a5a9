# SPDX-License-Identifier: Apache-2.0
"""A board as the harness sees it: boards/<name>/board.toml, and whether this machine can run it."""
from __future__ import annotations

import functools
import shutil
import subprocess
import tomllib
from dataclasses import dataclass

from tool import paths
from tool.exitcodes import UsageError

DEFAULT = "mps3-an536"


@dataclass(frozen=True)
class Board:
    name: str
    emulator: str
    machine: str
    cpu_model: str
    cpu_options: str
    instruction_rate: str     # the -icount argument
    null_serials: int         # serial ports before the hypervisor's console
    nonce_address: int        # where the loader places the nonce, 8 bytes
    clock_address: int        # two free-running registers in virtual time: one at clock_hz, then a fast one
    clock_hz: int
    strategies: tuple[str, ...]


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
    table = tomllib.loads(file.read_text())
    machine, clock = table["machine"], table["clock"]
    return Board(name, machine["emulator"], machine["model"], machine["cpu"], machine["cpu-options"],
                 machine["icount"], machine["null-serials"], machine["nonce-address"],
                 clock["address"], clock["hz"], tuple(table["strategies"]))


@functools.cache
def presence(name: str) -> Presence:
    """Judged by what the emulator can do, not by its version alone."""
    board = load(name)
    if shutil.which(board.emulator) is None:
        return Presence(name, False, reason=f"{board.emulator} is not installed")
    try:
        listed = subprocess.run([board.emulator, "-M", "help"], capture_output=True, text=True, timeout=30)
        version = subprocess.run([board.emulator, "--version"], capture_output=True, text=True, timeout=30)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Presence(name, False, reason=f"{board.emulator} does not run: {error}")
    line = (version.stdout.splitlines() or [""])[0]
    if not any(row.split()[:1] == [board.machine] for row in listed.stdout.splitlines()):
        return Presence(name, False, reason=f"{board.emulator} has no machine {board.machine}: "
                                            f"{line or 'no version'}; QEMU 9.0 or newer is needed")
    return Presence(name, True, version=line)
