# SPDX-License-Identifier: Apache-2.0
"""
One emulated machine: the QEMU command line, and one process wrapper that always reaps and always keeps the
log. Rules: QEMU is sandboxed, sits in an empty folder, reads what is to be typed, has no semihosting and no network;
the run ends on the final line with this run's nonce, or a limit ends it; nothing here judges the outcome.
"""
from __future__ import annotations

import enum
import os
import secrets
import select
import shlex
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tool.board import Board
from tool.console import decode
from tool.system import Load
from tool.virtualclock import VirtualClock

CONSOLE_LIMIT_BYTES = 4 << 20
IDLE_SECONDS = 5.0
HOST_FACTOR = 10          # the emulator's own time is a ten-fold backstop,
_LEAST_HOST_SECONDS = 20.0
_WALL_FACTOR = 6          # and the wall clock one behind it, for a machine that many share
_SANDBOX = "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"


class Ended(enum.Enum):
    """Why the run is over."""
    END_LINE = "end line"
    EXIT = "exit"                    # QEMU ended by itself
    GUEST_TIME = "guest time"
    IDLE = "idle"                    # virtual time stood still
    WALL_TIME = "host time"
    FLOOD = "flood"
    START = "start"                  # QEMU could not be started


@dataclass(frozen=True)
class Machine:
    board: Board
    hypervisor: Path
    loads: tuple[Load, ...]
    cpus: int = 1
    nonce: str = "0" * 16
    plugins: tuple[str, ...] = ()    # arguments of -plugin
    gdb: str | None = None           # argument of -gdb; the machine then waits for the debugger
    emulator: str | None = None      # instead of the board's own
    typed: bytes | None = b""        # at the console, as fast as it is taken; None: our own standard input

    def command(self) -> list[str]:
        board = self.board
        words = [self.emulator or board.emulator, "-M", board.machine, "-cpu", f"{board.cpu_model},{board.cpu_options}",
                 "-icount", board.instruction_rate, "-nodefaults", "-display", "none", "-monitor", "none"]
        words += ["-serial", "null"] * board.null_serials + ["-serial", "stdio", "-sandbox", _SANDBOX]
        words += ["-smp", str(self.cpus), "-kernel", str(self.hypervisor.resolve())]
        for load in self.loads:
            words += ["-device", f"loader,file={_escaped(load.file)},addr={load.address:#x},force-raw=on"]
        words += ["-device", f"loader,addr={board.nonce_address:#x},data=0x{self.nonce},data-len=8"]
        for plugin in self.plugins:
            words += ["-plugin", plugin]
        return words + (["-gdb", self.gdb, "-S"] if self.gdb else [])


@dataclass(frozen=True)
class Limits:
    """guest_ms None: no limits at all, as under a debugger."""
    guest_ms: int | None = 2000
    wall_seconds: float | None = None
    idle_seconds: float = IDLE_SECONDS
    look_seconds: float = 0.5        # between two looks at the virtual clock; a normal run is over before the first

    def host(self) -> float:
        """Seconds of CPU that the emulator may use: other than the wall clock it does not know how busy we are."""
        return float("inf") if self.guest_ms is None else max(_LEAST_HOST_SECONDS, HOST_FACTOR * self.guest_ms / 1000)

    def wall(self) -> float:
        return self.wall_seconds or _WALL_FACTOR * self.host()


@dataclass(frozen=True)
class RunResult:
    console: bytes
    stderr: str
    ended: Ended
    status: int | None       # of the process when it ended by itself
    command: tuple[str, ...]
    nonce: str
    folder: Path
    wall_seconds: float

    @property
    def text(self) -> str:
        return decode(self.console)


def new_nonce() -> str:
    return secrets.token_hex(8)


def end_line(nonce: str) -> bytes:
    return f"(hv) END {nonce} ".encode()


def run(machine: Machine, folder: Path, limits: Limits = Limits(),
        echo: Callable[[bytes], None] | None = None) -> RunResult:
    """Runs to the end line or a limit. console.log, stderr.log and replay.sh are in `folder` afterwards."""
    folder.mkdir(parents=True, exist_ok=True)
    command = machine.command()
    (folder / "replay.sh").write_text(_replay(command, machine.typed))
    watcher = _Watcher(machine, limits, echo)
    try:
        with tempfile.TemporaryDirectory(prefix="fencepost-") as empty:
            watcher.run(command, empty)
    finally:
        (folder / "console.log").write_bytes(watcher.console)
        (folder / "stderr.log").write_bytes(watcher.stderr)
    return RunResult(bytes(watcher.console), watcher.stderr.decode(errors="replace"), watcher.ended, watcher.status,
                     tuple(command), machine.nonce, folder, watcher.seconds)


def _leash(program: str) -> list[str]:
    """A prefix that ends the emulator with us: the harness may be killed before it can reap, and a guest may never end."""
    return ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which(program) else []


class _Watcher:
    """One process from start to reaping."""

    def __init__(self, machine: Machine, limits: Limits, echo: Callable[[bytes], None] | None) -> None:
        self.console, self.stderr = bytearray(), bytearray()
        self.ended, self.status, self.seconds = Ended.START, None, 0.0
        self._machine, self._limits, self._echo = machine, limits, echo
        self._end = end_line(machine.nonce)
        self._scanned = 0            # start of the first line not yet looked at

    def run(self, command: Sequence[str], empty: str) -> None:
        start = time.monotonic()
        ours, theirs = socket.socketpair()
        with ours, theirs, _keyboard(self._machine.typed) as keyboard:
            clock = VirtualClock(ours, self._machine.board)
            try:
                process = subprocess.Popen([*_leash(command[0]), *command, *clock.arguments(theirs.fileno())], cwd=empty,
                                           stdin=keyboard, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                           pass_fds=[theirs.fileno()], start_new_session=True, bufsize=0)
            except OSError as error:
                self.stderr += str(error).encode()
                return
            theirs.close()
            try:
                self.ended = self._watch(process, clock, start)
            finally:
                self._reap(process)
                self.seconds = time.monotonic() - start

    def _watch(self, process: subprocess.Popen[bytes], clock: VirtualClock, start: float) -> Ended:
        pipes = {process.stdout.fileno(): self.console, process.stderr.fileno(): self.stderr}
        poll = select.poll()
        for pipe in pipes:
            poll.register(pipe, select.POLLIN)
        limited = self._limits.guest_ms is not None
        deadline, look = start + self._limits.wall(), start + 2 * self._limits.look_seconds if limited else float("inf")
        while pipes:
            now = time.monotonic()
            if now >= deadline:
                return Ended.WALL_TIME
            if limited and now >= look:
                look = now + self._limits.look_seconds
                clock.look(now)
                if _cpu_seconds(process.pid) > self._limits.host():
                    return Ended.WALL_TIME
                if clock.milliseconds > self._limits.guest_ms:
                    return Ended.GUEST_TIME
                if clock.still_seconds(now) >= self._limits.idle_seconds:
                    return Ended.IDLE
            for pipe, _ in poll.poll(1000 * max(0.0, min(deadline, look, now + 3600) - now) + 1):
                data = os.read(pipe, 1 << 16)
                if not data:
                    poll.unregister(pipe)
                    del pipes[pipe]
                    continue
                pipes[pipe].extend(data)
                if pipe == process.stdout.fileno() and (over := self._console_grew(data)):
                    return over
                del self.stderr[CONSOLE_LIMIT_BYTES:]
        return self._exited(process, deadline)

    def _console_grew(self, data: bytes) -> Ended | None:
        if self._echo:
            self._echo(data)
        while (newline := self.console.find(b"\n", self._scanned)) >= 0:
            line = self.console[self._scanned:newline].rstrip(b"\r") + b" "
            self._scanned = newline + 1
            if line.startswith(self._end):
                return Ended.END_LINE
        return Ended.FLOOD if len(self.console) > CONSOLE_LIMIT_BYTES else None

    def _exited(self, process: subprocess.Popen[bytes], deadline: float) -> Ended:
        """Both pipes are closed: the process is gone, or wants us to believe so."""
        try:
            self.status = process.wait(max(0.0, min(deadline - time.monotonic(), IDLE_SECONDS)))
            return Ended.EXIT
        except subprocess.TimeoutExpired:
            return Ended.WALL_TIME

    def _reap(self, process: subprocess.Popen[bytes]) -> None:
        """A plugin writes its results when QEMU ends in order; otherwise nothing is worth waiting for."""
        with process:
            if process.poll() is None and self._machine.plugins:
                process.send_signal(signal.SIGTERM)
                try:
                    process.wait(IDLE_SECONDS)
                except subprocess.TimeoutExpired:
                    pass
            process.kill()
            for pipe, log in ((process.stdout, self.console), (process.stderr, self.stderr)):
                os.set_blocking(pipe.fileno(), False)
                while len(log) <= CONSOLE_LIMIT_BYTES and (rest := pipe.read(1 << 16)):
                    log.extend(rest)


def _keyboard(typed: bytes | None) -> AbstractContextManager[BinaryIO | None]:
    if typed is None:
        return nullcontext()
    file = tempfile.TemporaryFile()
    file.write(typed)
    file.seek(0)
    return file


def _cpu_seconds(pid: int) -> float:
    """User and system time of a process that is not reaped yet."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _escaped(path: Path) -> str:
    return str(path.resolve()).replace(",", ",,")


def _replay(command: Sequence[str], typed: bytes | None) -> str:
    text = "".join(f"\\{byte:03o}" for byte in typed or b"")
    return ("#!/bin/sh\n# The same machine once more: same image, same instructions, same transcript. Ends with Ctrl-C.\n"
            f"cd \"$(mktemp -d)\" && printf '{text}' | {shlex.join(command)}\n")
