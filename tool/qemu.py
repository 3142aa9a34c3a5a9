# SPDX-License-Identifier: Apache-2.0
"""
The emulated machine: the QEMU command line, and one process that is always reaped. Rules: QEMU is sandboxed, sits
in an empty folder, reads what is to be typed, has no semihosting and no network.
"""
from __future__ import annotations

import os
import shlex
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from tool import watch
from tool.coverage import run as coverage
from tool.virtualclock import VirtualClock
from tool.watch import Ended, Limits, Watcher

if TYPE_CHECKING:
    from tool.machine import Machine

_SANDBOX = "on,obsolete=deny,elevateprivileges=deny,spawn=deny,resourcecontrol=deny"
_HEAP = "glibc.malloc.hugetlb=1:glibc.malloc.top_pad=67108864:glibc.malloc.mmap_threshold=33554432"
"""A third of what it costs to start QEMU are page faults of its heap; in huge pages there are few. glibc(7): tunables."""


def configuration(machine: Machine, option: str = "") -> list[str]:
    """What the machine is made of: the runner's words, and what the board adds for this system."""
    board, name = machine.board, machine.system
    model = ",".join(filter(None, (board.options(name), option)))
    return ["-M", model, *(machine.arguments or board.runner.arguments), *board.addition(name).arguments]


def fixed(machine: Machine, option: str = "") -> list[str]:
    """The words that are the same for every system that runs on this machine; `option` is one more of -M."""
    board, runner = machine.board, machine.board.runner
    cpu = ",".join(filter(None, (board.cpu_model, runner.cpu_options)))
    words = [machine.emulator or runner.emulator, *configuration(machine, option), "-cpu", cpu,
             "-icount", runner.instruction_rate, "-nodefaults", "-display", "none", "-monitor", "none"]
    words += ["-serial", "null"] * (0 if machine.tree else runner.null_serials) + ["-serial", "stdio", "-sandbox", _SANDBOX]
    return words + ["-smp", str(machine.cpus), "-kernel", str(machine.hypervisor.resolve())]


def command(machine: Machine, more_plugins: Sequence[str] = ()) -> list[str]:
    words = fixed(machine)
    for load in machine.loads:
        words += ["-device", f"loader,file={_escaped(load.file)},addr={load.address:#x},force-raw=on"]
    if machine.tree:
        words += ["-dtb", _escaped(machine.tree), "-no-reboot"]
    else:
        words += ["-device", f"loader,addr={machine.board.nonce_address:#x},data=0x{machine.nonce},data-len=8"]
    for plugin in (*machine.plugins, *more_plugins):
        words += ["-plugin", plugin]
    return words + (["-gdb", machine.gdb, "-S"] if machine.gdb else [])


def replay(machine: Machine) -> str:
    text = "".join(f"\\{byte:03o}" for byte in machine.typed or b"")
    return ("#!/bin/sh\n# The same machine once more: same image, same instructions, same transcript. Ends with Ctrl-C.\n"
            f"cd \"$(mktemp -d)\" && printf '{text}' | {shlex.join(command(machine))}\n")


def run(machine: Machine, limits: Limits, watcher: Watcher) -> tuple[Ended, int | None]:
    """How the run ended, and the status of QEMU if it ended by itself."""
    ours, theirs = socket.socketpair()
    with ours, theirs, _keyboard(machine.typed) as keyboard, tempfile.TemporaryDirectory(prefix="fencepost-") as empty:
        words, clock = command(machine, _marking(machine)), VirtualClock(ours, machine.board.runner.clock)
        begun = time.monotonic()
        try:
            process = start(machine, [*words, *clock.arguments(theirs.fileno())], empty, keyboard, [theirs.fileno()])
        except OSError as error:
            watcher.stderr += str(error).encode()
            return Ended.START, None
        theirs.close()
        try:
            return attend(process, machine, limits, watcher, clock, begun + limits.wall())
        finally:
            _reap(process, machine, watcher)


def start(machine: Machine, words: list[str], folder: str, keyboard: BinaryIO | int | None, descriptors: list[int]) -> subprocess.Popen[bytes]:
    """Raises OSError. The process ends with us, and inherits no descriptor but these."""
    return subprocess.Popen([*_prefix(machine, words[0]), *words], cwd=folder, stdin=keyboard, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                            pass_fds=descriptors, start_new_session=True, bufsize=0, env={"GLIBC_TUNABLES": _HEAP, **os.environ})


def _prefix(machine: Machine, emulator: str) -> list[str]:
    """The wrapper and the emulator both end with us."""
    leash = watch.leash(emulator)
    return [*leash, *machine.wrapper, *(leash if machine.wrapper else [])]


def _emulator(process: subprocess.Popen[bytes], machine: Machine) -> int:
    """The process that is QEMU; of a wrapper that has not started it yet, the wrapper."""
    if not machine.wrapper:
        return process.pid
    try:
        return int(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()[0])
    except (OSError, IndexError):
        return process.pid


def _marking(machine: Machine) -> tuple[str, ...]:
    """Under `test --coverage` a machine marks what it executes; one whose instructions are counted is left alone."""
    return () if machine.plugins else coverage.plugins_for(machine.hypervisor)


def attend(process: subprocess.Popen[bytes], machine: Machine, limits: Limits, watcher: Watcher, clock: VirtualClock,
           deadline: float, spent: float = 0.0) -> tuple[Ended, int | None]:
    """Listens until the run is over; `spent` is the CPU time that the process had used before, in seconds."""
    def look(now: float) -> Ended | None:
        clock.look(now)
        if cpu_seconds(_emulator(process, machine)) - spent > limits.host():
            return Ended.WALL_TIME
        if clock.milliseconds > limits.guest_ms:
            return Ended.GUEST_TIME
        return Ended.IDLE if clock.still_seconds(now) >= limits.idle_seconds * clock.patience else None

    look_seconds = float("inf") if limits.guest_ms is None else limits.look_seconds
    ended = watcher.watch(process.stdout.fileno(), process.stderr.fileno(), deadline, look_seconds, look)
    return (ended, None) if ended else _exited(process, deadline)


def _exited(process: subprocess.Popen[bytes], deadline: float) -> tuple[Ended, int | None]:
    """Both pipes are closed: the process is gone, or wants us to believe so."""
    try:
        return Ended.EXIT, process.wait(max(0.0, min(deadline - time.monotonic(), watch.IDLE_SECONDS)))
    except subprocess.TimeoutExpired:
        return Ended.WALL_TIME, None


def _reap(process: subprocess.Popen[bytes], machine: Machine, watcher: Watcher) -> None:
    """A plugin or a wrapper writes its results when QEMU ends in order; otherwise nothing is worth waiting for."""
    with process:
        if process.poll() is None and (machine.plugins or machine.wrapper):
            try:
                os.kill(_emulator(process, machine), signal.SIGTERM)
                process.wait(watch.IDLE_SECONDS)
            except (subprocess.TimeoutExpired, ProcessLookupError):
                pass
        process.kill()
        watcher.drain(process.stdout.fileno(), process.stderr.fileno())


def _keyboard(typed: bytes | None) -> AbstractContextManager[BinaryIO | None]:
    if typed is None:
        return nullcontext()
    file = tempfile.TemporaryFile()
    file.write(typed)
    file.seek(0)
    return file


def cpu_seconds(pid: int) -> float:
    """User and system time of a process that is not reaped yet."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def _escaped(path: Path) -> str:
    return str(path.resolve()).replace(",", ",,")
