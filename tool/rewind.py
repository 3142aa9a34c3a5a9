# SPDX-License-Identifier: Apache-2.0
"""
An emulator that goes back to its power-on state instead of one that is started for each run: a start costs four times what
a test's run does. Before the first instruction QEMU saves the machine (savevm: CPUs, devices, virtual time, small memories). For each
run it is loaded back, the board's RAM is zeroed wherever it was written, and what the run loads is written; so a run begins as in a new
process, to the instruction. Only a run that ended in order leaves its emulator to the next.
"""
from __future__ import annotations

import atexit
import base64
import json
import mmap
import os
import socket
import struct
import subprocess
import tempfile
import time
from collections import OrderedDict
from typing import Any, BinaryIO

from tool import kept, qemu, watch
from tool.machine import Machine
from tool.virtualclock import VirtualClock
from tool.watch import Ended, Limits, Watcher

EACH = "FENCEPOST_START_EACH"      # 1: start an emulator for each run
_MOST = 4                          # released and checked image, one CPU and two
_STOP_SECONDS = 0.1
_CLEARED_IN_PLACE = 32 << 20       # bytes; more is given back to the host
_SNAPSHOT, _CLUSTER = "power-on", 1 << 16


class Broken(Exception):
    """The emulator does not do as it is told; the text says what."""


def possible(machine: Machine) -> bool:
    """Devices that a system adds are not all saved, and a Xen takes its tree on the command line."""
    return (kept.says_the_same_again(machine) and not machine.tree and machine.board.runner.ram_bytes > 0
            and not machine.arguments and machine.board.plain(machine.system) and os.environ.get(EACH) != "1")


def run(machine: Machine, limits: Limits, watcher: Watcher) -> tuple[Ended, int | None]:
    """As qemu.run(), for a machine that is `possible`."""
    key = (*qemu.fixed(machine), kept.digest(machine.hypervisor))
    emulator = _idle.pop(key, None)
    try:
        emulator = emulator or Emulator(machine)
        ended, status = emulator.run(machine, limits, watcher)
    except (Broken, OSError) as error:
        watcher.stderr += f"{error}\n".encode()
        ended, status = Ended.START, None
    if emulator and ended is Ended.END_LINE and emulator.stopped():
        _idle[key] = emulator
        while len(_idle) > _MOST:
            _idle.popitem(last=False)[1].close()
    elif emulator:
        emulator.close()
    return ended, status


class Emulator:
    def __init__(self, machine: Machine) -> None:
        self._ram = Ram(machine.board.runner.ram_bytes)
        self._control, control = socket.socketpair()
        self._memory, memory = socket.socketpair()
        with control, memory, tempfile.TemporaryDirectory(prefix="fencepost-") as empty, _file(_empty_qcow2()) as state:
            given = [control.fileno(), memory.fileno(), self._ram.descriptor, state.fileno()]
            words = [*qemu.fixed(machine, "memory-backend=ram"), "-S",
                     "-object", f"memory-backend-file,id=ram,share=on,size={self._ram.size},mem-path=/proc/self/fd/{given[2]}",
                     "-drive", f"if=none,id=state,format=qcow2,file=/proc/self/fd/{given[3]}",
                     "-chardev", f"socket,id=control,fd={given[0]}", "-mon", "chardev=control,mode=control",
                     "-chardev", f"socket,id=memory,fd={given[1]}", "-qtest", "chardev:memory", "-qtest-log", "none"]
            try:
                self._process = qemu.start(machine, words, empty, subprocess.DEVNULL, given)
            except OSError:
                self._ram.close()
                raise
        self._control.settimeout(watch.IDLE_SECONDS)
        self._memory.settimeout(watch.IDLE_SECONDS)
        self._heard, self._asked = b"", 0
        try:
            self._line()               # the greeting
            self._do("qmp_capabilities")
            self._do("migrate-set-capabilities", capabilities=[{"capability": "x-ignore-shared", "state": True}])
            self._monitor(f"savevm {_SNAPSHOT}")
        except (Broken, OSError) as error:
            self._process.kill()
            said = self._process.stderr.read().decode(errors="replace").strip()
            self.close()
            raise Broken(f"{error}; {said}" if said else str(error)) from error
        self._new = True

    def run(self, machine: Machine, limits: Limits, watcher: Watcher) -> tuple[Ended, int | None]:
        start, spent = time.monotonic(), qemu.cpu_seconds(self._process.pid)
        if not self._new:
            self._ram.clear()
            self._monitor(f"loadvm {_SNAPSHOT}")
        self._new = False
        for load in machine.loads:
            self._write(load.address, load.file.read_bytes())
        self._write(machine.board.nonce_address, int(machine.nonce, 16).to_bytes(8, "little"))
        self._do("cont")
        clock = VirtualClock(self._control, machine.board.runner.clock, greeted=True)
        return qemu.attend(self._process, machine, limits, watcher, clock, start + limits.wall(), spent)

    def stopped(self) -> bool:
        """
        Stops what still runs behind the end line. False: it cannot be stopped soon. A CPU whose WFI does not sleep, for a virtual
        interrupt is pending, hardly lets QEMU's other threads in.
        """
        self._control.settimeout(_STOP_SECONDS)
        try:
            self._do("stop")
        except (Broken, OSError):
            return False
        self._control.settimeout(watch.IDLE_SECONDS)
        for stream in (self._process.stdout, self._process.stderr):
            _discard(stream.fileno())
        return True

    def close(self) -> None:
        with self._process, self._control, self._memory:
            self._process.kill()
        self._ram.close()

    def _do(self, command: str, **arguments: Any) -> Any:
        """What a command of QMP returns; raises Broken where it is refused. Events and late answers to the clock are passed over."""
        self._asked += 1
        self._control.sendall(json.dumps({"execute": command, "arguments": arguments, "id": self._asked}).encode() + b"\n")
        while True:
            answer = json.loads(self._line())
            if answer.get("id") != self._asked:
                continue
            if "error" in answer:
                raise Broken(f"{command}: {answer['error'].get('desc')}")
            if "return" in answer:
                return answer["return"]

    def _monitor(self, line: str) -> None:
        """A command of the human monitor, which says something only when it fails."""
        if text := self._do("human-monitor-command", **{"command-line": line}):
            raise Broken(f"{line}: {text.strip()}")

    def _line(self) -> bytes:
        while b"\n" not in self._heard:
            self._heard += _received(self._control)
        line, _, self._heard = self._heard.partition(b"\n")
        return line

    def _write(self, address: int, content: bytes) -> None:
        """Memory as the CPU sees it; over QEMU's test channel, for then it knows which translated code is void."""
        if content:
            self._memory.sendall(b"b64write %#x %#x %s\n" % (address, len(content), base64.b64encode(content)))
            answer = b""
            while not answer.endswith(b"\n"):
                answer += _received(self._memory)
            if answer != b"OK\n":
                raise Broken(f"{len(content)} bytes to {address:#x}: {answer.decode(errors='replace').strip()}")


class Ram:
    """The board's RAM: a file in memory that QEMU maps, too, so that what was written can be found and zeroed."""

    def __init__(self, size: int) -> None:
        self.size, self.descriptor = size, os.memfd_create("ram")
        os.ftruncate(self.descriptor, size)
        self._mapped = mmap.mmap(self.descriptor, size)

    def clear(self) -> None:
        written = self._written()
        if sum(end - start for start, end in written) > _CLEARED_IN_PLACE:
            os.ftruncate(self.descriptor, 0)
            os.ftruncate(self.descriptor, self.size)
            return
        for start, end in written:
            self._mapped[start:end] = bytes(end - start)

    def _written(self) -> list[tuple[int, int]]:
        found, place = [], 0
        while place < self.size:
            try:
                start = os.lseek(self.descriptor, place, os.SEEK_DATA)
            except OSError:            # ENXIO: nothing more
                break
            place = os.lseek(self.descriptor, start, os.SEEK_HOLE)
            found.append((start, place))
        return found

    def close(self) -> None:
        self._mapped.close()
        os.close(self.descriptor)


def close_all() -> None:
    while _idle:
        _idle.popitem()[1].close()


def _received(channel: socket.socket) -> bytes:
    data = channel.recv(1 << 16)
    if not data:
        raise Broken("the emulator is gone")
    return data


def _discard(stream: int) -> None:
    """What the stopped machine had still said."""
    os.set_blocking(stream, False)
    while watch.read(stream):
        pass
    os.set_blocking(stream, True)


def _file(content: bytes) -> BinaryIO:
    """A file in memory, which ends with who has it open."""
    file = os.fdopen(os.memfd_create("state"), "w+b")
    file.write(content)
    file.flush()
    return file


def _empty_qcow2() -> bytes:
    """An image of 1 MiB without content, to hold the saved state: header, refcount table and block, first-level table."""
    header = struct.pack(">4sIQIIQIIQQIIQ", b"QFI\xfb", 2, 0, 0, 16, 1 << 20, 0, 1, 3 * _CLUSTER, _CLUSTER, 1, 0, 0)
    table, block = struct.pack(">Q", 2 * _CLUSTER), struct.pack(">4H", 1, 1, 1, 1)
    return b"".join(part.ljust(_CLUSTER, b"\0") for part in (header, table, block, b""))


_idle: OrderedDict[tuple[str, ...], Emulator] = OrderedDict()
atexit.register(close_all)
