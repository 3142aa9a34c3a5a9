# SPDX-License-Identifier: Apache-2.0
"""
A board as the harness sees it: boards/<name>/board.toml, and whether this machine can run it. Its [runner] is QEMU,
or the commands that load and reset a real board; a file of one's own may hold another [runner] for the same images.
"""
from __future__ import annotations

import argparse
import fnmatch
import functools
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from tool import command, emulator, paths, tomltable
from tool.command import CommandRunner
from tool.exitcodes import EnvironmentMissing, UsageError
from tool.tomltable import Table

DEFAULT = "mps3-an536"
OWN_CONSOLE = "-"             # --serial -: the console that the runner has by itself
STRATEGIES = ("window", "switch", "auto", "mask", "background", "shared", "resident")
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
    arguments: tuple[str, ...] = ()   # further words of the command line
    ram_bytes: int = 0        # of the machine's RAM; 0: it cannot go back to its power-on state (tool/rewind.py)


@dataclass(frozen=True)
class Addition:
    """What one system needs of the emulator beyond the board: options behind the -M argument, and words."""
    machine: str = ""
    arguments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Board:
    name: str
    cpu_model: str
    strategies: tuple[str, ...]
    nonce_address: int        # where the loader places the nonce, 8 bytes
    runner: QemuRunner | CommandRunner
    ram_offset: int = 0       # what systems and tests call RAM lies so much higher (board_places.h)
    skips: tuple[tuple[str, str], ...] = ()   # what has no meaning here, SUITE.TEST, system=NAME or file=PATH, and the reason
    additions: tuple[tuple[str, Addition], ...] = ()   # by the name of the system, which is its tree's

    @property
    def real(self) -> bool:
        return isinstance(self.runner, CommandRunner)

    @property
    def emulator(self) -> str:
        """Empty: none is needed."""
        return "" if self.real else self.runner.emulator

    def skip(self, test: str, system: str, file: str) -> str:
        """Why a test is not run on this board; empty: it is."""
        if self.real and system in dict(self.additions):
            return f"system {system} has devices that only an emulator adds"
        names = (test, f"system={system}", f"file={file}")
        return next((reason for pattern, reason in self.skips
                     if any(fnmatch.fnmatchcase(name, pattern) for name in names)), "")

    def addition(self, system: str) -> Addition:
        """Nothing for most systems, and on a real board, which is as it is."""
        return Addition() if self.real else dict(self.additions).get(system, Addition())

    def plain(self, system: str) -> bool:
        """Whether a system needs no more than the board."""
        return self.addition(system) == Addition()

    def options(self, system: str) -> str:
        """The -M argument for a system."""
        return ",".join(filter(None, (self.runner.machine, self.addition(system).machine)))

    @property
    def label(self) -> str:
        """The board in a result: a real one is another than the emulated one of the same name."""
        return f"{self.name}:{self.runner.name}" if self.real else self.name


@dataclass(frozen=True)
class Attached:
    """What is connected to this machine: a file with the [runner] to use instead of the board's, a serial device."""
    runner: str = ""
    serial: str = ""


@dataclass(frozen=True)
class Presence:
    """Whether a board's machine exists here; `reason` says why not."""
    board: str
    present: bool
    version: str = ""
    reason: str = ""

    def line(self) -> str:
        return f"{self.board}: {self.version}" if self.present else f"{self.board}: MISSING ({self.reason})"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--runner", default="", metavar="FILE", help="a real board: TOML file with its [runner]")
    parser.add_argument("--serial", default="", metavar="DEV", help="the real board's console; - is the one its runner has by itself")


def names() -> list[str]:
    return sorted(file.parent.name for file in paths.BOARDS.glob("*/board.toml"))


@functools.cache
def load(name: str, attached: Attached = Attached()) -> Board:
    file = paths.BOARDS / name / "board.toml"
    if not file.is_file():
        raise UsageError(f"unknown board {name!r}; there are: {', '.join(names())}")
    table = tomltable.read(file)
    runner = _runner(table, file, attached.serial)
    board = Board(name, table.text("cpu"), table.words("strategies", STRATEGIES),
                  table.number("nonce-address", *_ADDRESSES), runner,
                  table.number("ram-offset", 0, 2**40, 0), tuple(_skips(table)),
                  tuple(_additions(table, file.parent, isinstance(runner, QemuRunner))))
    tomltable.demand(table)
    if attached.runner:
        own = tomltable.read(Path(attached.runner))
        board = replace(board, runner=_runner(own, Path(attached.runner), attached.serial))
        tomltable.demand(own)
    if attached.serial not in ("", OWN_CONSOLE) and not board.real:
        raise UsageError(f"--serial {attached.serial}: {name} runs in QEMU, whose console is no device: add "
                         f"--runner FILE for a real board (docs/hardware.md), or say --serial {OWN_CONSOLE}")
    return board


def _runner(table: Table, file: Path, serial: str) -> QemuRunner | CommandRunner:
    runner = table.table("runner")
    if runner.choice("kind", ("qemu", "command")) == "command":
        return command.read(runner, file, "" if serial == OWN_CONSOLE else serial)
    clock = runner.table("clock")
    return QemuRunner(runner.text("emulator"), runner.text("machine"), runner.text("cpu-options", ""),
                      runner.text("icount"), runner.number("null-serials", 0, 15, 0),
                      Clock(clock.number("address", *_ADDRESSES), clock.number("hz", 1, 10**9)),
                      runner.words("arguments", None, ()), runner.number("ram-bytes", 0, 2**40, 0))


def _skips(table: Table) -> Iterator[tuple[str, str]]:
    skips = table.table("skips", None)
    return iter(skips.texts().items() if skips else ())


def _additions(table: Table, folder: Path, emulated: bool) -> Iterator[tuple[str, Addition]]:
    """The tables [system.NAME], with * as in [skips]; a word may say {board}, the board's own folder."""
    systems = table.table("system", None)
    if systems and not emulated:
        table.wrong("system", "is for an emulator: a real board has the devices that it has")
    known = {file.stem for file in (*folder.glob("systems/*.dts"), *folder.parent.glob("systems/*.dts"))}
    taken: set[str] = set()
    for name, part in systems.tables().items() if systems else ():
        named = {system for system in known if fnmatch.fnmatchcase(system, name)}
        if not named:
            systems.wrong(name, "is no system: there is no such tree in systems/ of the board or of all boards")
        if doubled := sorted(named & taken):
            systems.wrong(name, f"is a second table for {', '.join(doubled)}")
        taken |= named
        found = Addition(part.text("machine", ""), part.words("arguments", None, ()))
        if found == Addition():
            systems.wrong(name, "adds nothing: say machine or arguments")
        escaped = str(folder.resolve()).replace(",", ",,")     # it stands in an option, where a comma ends the value
        made = replace(found, arguments=tuple(word.replace("{board}", escaped) for word in found.arguments))
        yield from ((system, made) for system in sorted(named))


def presence(name: str, attached: Attached = Attached()) -> Presence:
    return _presence(name, attached)


@functools.cache
def _presence(name: str, attached: Attached) -> Presence:
    board = load(name, attached)
    return _attached(board.label, board.runner) if board.real else _emulated(name, board.runner)


def demand(name: str, attached: Attached = Attached()) -> None:
    """Raises EnvironmentMissing when a board cannot run here."""
    found = presence(load(name).name, attached)
    if not found.present:
        raise EnvironmentMissing(f"required board is missing: {found.line()}")


def _attached(label: str, runner: CommandRunner) -> Presence:
    for key, words in runner.commands.items():
        if shutil.which(words[0]) is None and not os.access(runner.folder / words[0], os.X_OK):
            return Presence(label, False, reason=f"{key}: {words[0]} is not there")
    if not runner.console and not runner.serial:
        return Presence(label, False, reason="no console: say --serial DEV")
    if not runner.console and not Path(runner.serial).exists():
        return Presence(label, False, reason=f"serial device {runner.serial} is not there")
    return Presence(label, True, version=runner.title)


def _emulated(name: str, runner: QemuRunner) -> Presence:
    """Judged by what the emulator can do, not by its version alone."""
    if shutil.which(runner.emulator) is None:
        return Presence(name, False, reason=f"{runner.emulator} is not installed")
    try:
        said = emulator.ask(runner.emulator)
    except (OSError, subprocess.TimeoutExpired) as error:
        return Presence(name, False, reason=f"{runner.emulator} does not run: {error}")
    model = runner.machine.partition(",")[0]
    if model not in said.machines:
        return Presence(name, False, reason=f"{runner.emulator} has no machine {model}: "
                                            f"{said.version or 'no version'}; QEMU 9.0 or newer is needed")
    return Presence(name, True, version=said.version)
