# SPDX-License-Identifier: Apache-2.0
"""`./fencepost run TREE`: one system with its consoles live, or the same as one ELF file."""
from __future__ import annotations

import argparse
import os
import sys
import termios
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from tool import board as boards
from tool import build, devicetree, linked, machine, paths, setup, strategy
from tool.exitcodes import Exit, UsageError
from tool.progress import Progress
from tool.system import Choices, PreparedSystem, prepare

_GDB = "tcp:localhost:1234"
_WHY = {
    machine.Ended.EXIT: "the machine ended by itself, status {status}",
    machine.Ended.GUEST_TIME: "the limit of guest time was reached",
    machine.Ended.IDLE: "nothing happens any more, guest time stands still",
    machine.Ended.WALL_TIME: "QEMU took more host time than the limit of guest time allows",
    machine.Ended.FLOOD: "more output than is kept",
    machine.Ended.START: "the machine could not be started",
    machine.Ended.BOARD_TIME: "the time that the board has was over",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("tree", type=Path, metavar="TREE", help="system tree (.dts or .dtb)")
    parser.add_argument("--guest", action="append", default=[], metavar="D=FILE",
                        help="image of domain D, ELF or flat; FILE alone gives it to every domain")
    parser.add_argument("--ramdisk", action="append", default=[], metavar="D=FILE", help="ramdisk of domain D, for its multiboot,ramdisk")
    parser.add_argument("--bootargs", action="append", default=[], metavar="D=TEXT", help="bootargs of domain D")
    parser.add_argument("--access", metavar="S", help="access strategy instead of the tree's: " + ", ".join(strategy.VARIANTS))
    parser.add_argument("--seconds", type=float, metavar="N", help="end after N seconds of guest time")
    parser.add_argument("--gdb", action="store_true", help=f"wait for a debugger at {_GDB}; no limits")
    parser.add_argument("--image", type=Path, metavar="OUT", help="write one ELF file instead of running")
    parser.add_argument("--checked", action="store_true", help="the hypervisor that checks its invariants")
    parser.add_argument("--board", default=boards.DEFAULT)
    boards.add_arguments(parser)


def pairs(words: Sequence[str], names: Sequence[str], option: str) -> dict[str, str]:
    """D=VALUE options as a mapping; a value without a domain speaks for every domain."""
    found: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if equals and name in names:
            found[name] = value
        elif equals and not Path(word).is_file():
            raise UsageError(f"{option} {word}: no domain {name!r}; there are: {', '.join(names)}")
        else:
            found.update({name: word for name in names if name not in found})
    return found


def write_image(out: Path, board: boards.Board, hypervisor: Path, system: PreparedSystem) -> None:
    if not out.parent.is_dir() or out.is_dir():
        raise UsageError(f"--image {out}: cannot be written there")
    linked.write(out, hypervisor, system.loads, board.nonce_address)


def _echo(data: bytes) -> None:
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


@contextmanager
def _keyboard(wanted: bool) -> Iterator[bytes | None]:
    """Our standard input, or nothing. A terminal is ours in the foreground only, and QEMU leaves it raw."""
    if not wanted or os.isatty(0) and os.tcgetpgrp(0) != os.getpgrp():
        yield b""
    elif not os.isatty(0):
        yield None
    else:
        kept = termios.tcgetattr(0)
        try:
            yield None
        finally:
            termios.tcsetattr(0, termios.TCSADRAIN, kept)


def _boot(chosen: machine.Machine, folder: Path, seconds: float | None, symbols: Path) -> Exit:
    if chosen.gdb:
        print(f"waiting for a debugger:  gdb-multiarch -ex 'target remote {chosen.gdb[4:]}' "
              f"{paths.relative(symbols)}", file=sys.stderr)
    typing = chosen.typed is None and os.isatty(0)  # a guest may wait for somebody who thinks
    unlimited = None if typing else 1000 * 3600
    guest_ms = None if chosen.gdb else unlimited if seconds is None else max(1, int(1000 * seconds))
    limits = machine.Limits(guest_ms=guest_ms)
    result = machine.run(chosen, folder, limits, _echo)
    log = f"the log is in {paths.relative(folder)}"
    if result.ended is machine.Ended.END_LINE:
        last = result.text.rstrip().splitlines()[-1]
        bad = last.endswith(" panic") or "=crash" in last
        return Exit.FINDING if bad else Exit.FINE
    if result.ended is machine.Ended.GUEST_TIME and seconds is not None:
        print(f"ended after {seconds:g} s of guest time; {log}", file=sys.stderr)
        return Exit.FINE
    why = _WHY[result.ended].format(status=result.status)
    print(f"no end line: {why}; {log}\n{result.stderr.rstrip()}", file=sys.stderr)
    return Exit.FINDING


def _guests(args: argparse.Namespace, names: Sequence[str]) -> Mapping[str, Path]:
    guests = {name: Path(value) for name, value in pairs(args.guest, names, "--guest").items()}
    missing = [name for name in names if name not in guests]
    if missing:
        raise UsageError("no image for " + ", ".join(missing) + ": add " +
                         " ".join(f"--guest {name}=FILE" for name in missing))
    for name, file in guests.items():
        if not file.is_file():
            raise UsageError(f"{file}: no such guest image for {name}")
    return guests


def main(args: argparse.Namespace) -> Exit:
    progress = Progress()
    board = boards.load(args.board, boards.Attached(args.runner, args.serial))
    if board.real and args.gdb:
        raise UsageError(f"--gdb: {board.label} is a real board; its own debugger takes --image OUT")
    setup.ensure(args.board, progress, optional_board=board.real)
    names = [domain.name for domain in devicetree.compile_tree(args.tree, args.board).domains]
    guests, bootargs = _guests(args, names), pairs(args.bootargs, names, "--bootargs")
    ramdisks = {name: Path(value) for name, value in pairs(args.ramdisk, names, "--ramdisk").items()}
    for name, file in ramdisks.items():
        if not file.is_file():
            raise UsageError(f"{file}: no such ramdisk for {name}")
    choices = strategy.choices(args.access) if args.access else Choices()
    kind = "checked" if args.checked else "release"
    build.ensure_built([build.HOST, paths.preset(args.board, kind)], progress)
    folder = paths.new_run("run")
    system = prepare(args.tree, folder, guests, bootargs, choices, board=args.board, kind=kind, ramdisks=ramdisks)
    print(system.budget, end="", flush=True)
    print(system.warnings, end="", file=sys.stderr, flush=True)
    hypervisor = paths.hypervisor(args.board, kind)
    if args.image:
        write_image(args.image, board, hypervisor, system)
        print(f"{args.image}: {args.image.stat().st_size} bytes")
        return Exit.FINE
    with _keyboard(not board.real and any(domain["vpl011"] for domain in system.domains)) as typed:
        chosen = machine.Machine(board, hypervisor, system.loads, system.cpus, machine.new_nonce(),
                                 gdb=_GDB if args.gdb else None, typed=typed, system=args.tree.stem)
        return _boot(chosen, folder, args.seconds, hypervisor)
