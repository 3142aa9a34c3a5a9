# SPDX-License-Identifier: Apache-2.0
"""
A real board: the image is linked, loaded and started by the runner's commands, and the console is a serial device
or a command's output. One run at a time; what was said before the last command belongs to no run.
"""
from __future__ import annotations

import contextlib
import fcntl
import os
import re
import select
import shlex
import subprocess
import termios
import time
import tty
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from tool import linked, watch
from tool.command import CommandRunner
from tool.exitcodes import UsageError
from tool.watch import Ended, Limits, Watcher

if TYPE_CHECKING:
    from tool.machine import Machine

IMAGE, LOG = "image.elf", "commands.log"
_LOOK_SECONDS = 0.05
_DISCARD_SECONDS = 1.0
BANNER = b"(hv) fencepost "
_RESET = re.compile(rb"(?<!\n)(?!\A)(\(hv\) fencepost [^\n]*\n)(?=\(hv\) d\d+ \S+ start entry=)")


@dataclass(frozen=True)
class Console:
    reads: int
    writes: int


class _Failed(Exception):
    """The board could not be started; the text says which step failed and how."""


def run(machine: Machine, folder: Path, limits: Limits, watcher: Watcher) -> tuple[Ended, int | None]:
    if machine.plugins or machine.gdb or machine.emulator:
        raise UsageError(f"{machine.board.label} is a real board: no plugin, no --gdb, no emulator")
    runner = machine.board.runner
    image = (folder / IMAGE).resolve()
    linked.write(image, machine.hypervisor, machine.loads, machine.board.nonce_address, machine.nonce)
    values = _values(machine, folder)
    try:
        with _alone(runner), (folder / LOG).open("w+b", buffering=0) as log, _console(runner, values, log) as console:
            return _Run(runner, values, machine.typed or b"", limits, watcher, console, log).run()
    except _Failed as failed:
        watcher.stderr += f"{failed}\n".encode()
        return Ended.START, None


def replay(machine: Machine, folder: Path) -> str:
    runner, values = machine.board.runner, _values(machine, folder)
    steps = [shlex.join(runner.filled(key, values)) for key in ("load", "reset") if key in runner.commands]
    where = shlex.join(runner.filled("console", values)) if runner.console else f"{runner.serial}, {runner.baud} baud"
    return ("#!/bin/sh\n# The same image on the same board once more.\n"
            f"# console: {where}\ncd {shlex.quote(str(runner.folder))}\n" + "\n".join(steps) + "\n")


def from_banner(console: bytes) -> bytes:
    """
    What a real line gives before the hypervisor's first words belongs to nobody, even on the same line. A banner
    within a later line is a line of its own, a reset in the middle of words, if a domain starts right after it; else
    it is a guest's lie.
    """
    return _RESET.sub(rb"\n\1", console[max(0, console.find(BANNER)):])


def _values(machine: Machine, folder: Path) -> dict[str, object]:
    runner = machine.board.runner
    return {"image": (folder / IMAGE).resolve(), "serial": runner.serial, "baud": runner.baud, "cpus": machine.cpus,
            "nonce": machine.nonce, "folder": folder.resolve()}


@contextlib.contextmanager
def _alone(runner: CommandRunner) -> Iterator[None]:
    """One file is one board, and one image at a time is on it."""
    with runner.file.open("rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


@contextlib.contextmanager
def _console(runner: CommandRunner, values: dict[str, object], log: BinaryIO) -> Iterator[Console]:
    if not runner.console:
        with _serial(runner.serial, runner.baud) as descriptor:
            yield Console(descriptor, descriptor)
        return
    process = _start("console", runner, values, log, subprocess.PIPE, subprocess.PIPE)
    try:
        yield Console(process.stdout.fileno(), process.stdin.fileno())
    finally:
        process.kill()
        process.wait()
        process.stdout.close()
        process.stdin.close()


@contextlib.contextmanager
def _serial(device: str, baud: int) -> Iterator[int]:
    """A raw line of 8 bits, no parity, no flow control."""
    try:
        descriptor = os.open(device, os.O_RDWR | os.O_NOCTTY | os.O_NONBLOCK)   # without a carrier, too
    except OSError as error:
        raise _Failed(f"serial device {device}: {error.strerror}") from error
    try:
        tty.setraw(descriptor)
        mode = termios.tcgetattr(descriptor)
        mode[2] |= termios.CLOCAL | termios.CREAD
        mode[4] = mode[5] = getattr(termios, f"B{baud}")
        termios.tcsetattr(descriptor, termios.TCSANOW, mode)
        os.set_blocking(descriptor, True)
        yield descriptor
    except termios.error as error:
        raise _Failed(f"serial device {device}: {error.args[-1]}") from error
    finally:
        os.close(descriptor)


def _start(key: str, runner: CommandRunner, values: dict[str, object], log: BinaryIO, stdin: int = subprocess.DEVNULL,
           stdout: int | None = None) -> subprocess.Popen[bytes]:
    """What a command says goes to the log, except a console's own output."""
    words = runner.filled(key, values)
    log.write(f"$ {shlex.join(words)}\n".encode())
    try:
        return subprocess.Popen([*watch.leash(words[0]), *words], cwd=runner.folder, start_new_session=True, bufsize=0,
                                stdin=stdin, stdout=log if stdout is None else stdout, stderr=log)
    except OSError as error:
        raise _Failed(f"{key}: {error}") from error


class _Run:
    """From the first command to the last line; the console is read while the command that starts the image runs."""

    def __init__(self, runner: CommandRunner, values: dict[str, object], typed: bytes, limits: Limits, watcher: Watcher,
                 console: Console, log: BinaryIO) -> None:
        self._runner, self._values, self._typed, self._limits = runner, values, typed, limits
        self._watcher, self._console, self._log = watcher, console, log
        self._deadline = float("inf")      # known when the image was started

    def run(self) -> tuple[Ended, int | None]:
        *before, last = [key for key in ("load", "reset") if key in self._runner.commands]
        for key in before:
            with self._command(key) as process:
                self._finish(key, process, self._runner.command_seconds)
        self._discard()
        with self._command(last) as process:
            late = time.monotonic() + self._runner.command_seconds
            ended = self._watcher.watch(self._console.reads, None, float("inf"), _LOOK_SECONDS,
                                        lambda now: self._look(now, last, process, late))
            if ended is Ended.END_LINE:
                self._finish(last, process, max(0.0, late - time.monotonic()))
        return ended or Ended.EXIT, None

    def _look(self, now: float, key: str, process: subprocess.Popen[bytes], late: float) -> Ended | None:
        if self._deadline == float("inf") and (process.poll() is not None or now > late):
            self._finish(key, process, 0)
            self._deadline = now + (self._limits.wall_seconds or self._runner.seconds(self._limits.guest_ms))
        self._type()
        return Ended.BOARD_TIME if now > self._deadline else None

    @contextlib.contextmanager
    def _command(self, key: str) -> Iterator[subprocess.Popen[bytes]]:
        process = _start(key, self._runner, self._values, self._log)
        try:
            yield process
        finally:
            process.kill()
            process.wait()

    def _finish(self, key: str, process: subprocess.Popen[bytes], seconds: float) -> None:
        """It has to end in order, sooner or later than the image."""
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired as error:
            raise _Failed(f"{key}: not done after {self._runner.command_seconds} s") from error
        if status != 0:
            self._log.seek(0)
            words = self._log.read().decode(errors="replace").strip().splitlines()[-1]
            raise _Failed(f"{key}: status {status}: {words}")

    def _discard(self) -> None:
        """Old words; a board that never stops talking is cut off by its reset."""
        until = time.monotonic() + _DISCARD_SECONDS
        while select.select([self._console.reads], [], [], 0)[0] and time.monotonic() < until:
            if not watch.read(self._console.reads):
                break

    def _type(self) -> None:
        """Not before the hypervisor listens: a real line keeps nothing."""
        if self._typed and BANNER in self._watcher.console:
            words, self._typed = self._typed, b""
            with contextlib.suppress(OSError):
                os.write(self._console.writes, words)
