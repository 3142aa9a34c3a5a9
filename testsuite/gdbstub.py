# SPDX-License-Identifier: Apache-2.0
"""
Faults planted in a machine that runs: the few words of GDB's remote protocol that read and write memory and wait
for an address. A machine with `gdb=address(folder)` waits until somebody attaches.
"""
from __future__ import annotations

import contextlib
import socket
import threading
import time
from collections.abc import Callable
from pathlib import Path

_ATTACH_SECONDS = 20.0
_STEP_SECONDS = 20.0
Plant = Callable[["Debugger"], None]


def address(folder: Path) -> str:
    return f"unix:{folder / 'gdb'},server=on,wait=off"


class Debugger:
    """One session with a machine that stands still."""

    def __init__(self, path: Path) -> None:
        self._socket = _connected(path)
        self._socket.settimeout(_STEP_SECONDS)
        self._read = bytearray()

    def close(self) -> None:
        self._socket.close()

    def write(self, address: int, data: bytes) -> None:
        self._ask(f"M{address:x},{len(data):x}:{data.hex()}", "OK")

    def word(self, address: int) -> int:
        """A little-endian word of memory."""
        self._send(f"m{address:x},4")
        return int.from_bytes(bytes.fromhex(self._receive()), "little")

    def register(self, number: int) -> int:
        """r0 to r15 of the CPU that stopped."""
        self._send(f"p{number:x}")
        return int.from_bytes(bytes.fromhex(self._receive()), "little")

    def set_register(self, number: int, value: int) -> None:
        self._ask(f"P{number:x}={value.to_bytes(4, 'little').hex()}", "OK")

    def run_to(self, address: int, size: int = 2) -> None:
        """Lets the machine run until it is about to execute this address; size 2 says T32, 4 says A32."""
        self._ask(f"Z0,{address:x},{size}", "OK")
        self._send("c")
        stopped = self._receive()
        assert stopped.startswith("T"), stopped
        self._ask(f"z0,{address:x},{size}", "OK")

    def let_go(self) -> None:
        """The machine runs on with its answer, and may be over before that is acknowledged."""
        self._send("D")
        answer = self._answer()
        assert answer == "OK", f"D: {answer}"
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            self._acknowledge()

    def _send(self, text: str) -> None:
        self._socket.sendall(f"${text}#{sum(text.encode()) % 256:02x}".encode())

    def _receive(self) -> str:
        text = self._answer()
        self._acknowledge()
        return text

    def _acknowledge(self) -> None:
        self._socket.sendall(b"+")

    def _answer(self) -> str:
        while (end := self._read.find(b"#")) < 0 or len(self._read) < end + 3:
            data = self._socket.recv(4096)
            assert data, "the machine is gone"
            self._read += data
        text = self._read[self._read.index(b"$") + 1:end].decode()
        del self._read[:end + 3]
        return text

    def _ask(self, text: str, wanted: str) -> None:
        self._send(text)
        answer = self._receive()
        assert answer == wanted, f"{text}: {answer}"


def _connected(path: Path) -> socket.socket:
    deadline = time.monotonic() + _ATTACH_SECONDS
    while True:
        found = socket.socket(socket.AF_UNIX)
        try:
            found.connect(str(path))
            return found
        except OSError:
            found.close()
            assert time.monotonic() < deadline, f"nobody listens at {path}"
            time.sleep(0.02)


class Planted:
    """Plants from a thread of its own while the machine is watched; what went wrong there is raised at the end."""

    def __init__(self, folder: Path, plant: Plant) -> None:
        self._folder, self._plant = folder, plant
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self) -> None:
        try:
            debugger = Debugger(self._folder / "gdb")
            try:
                self._plant(debugger)
                debugger.let_go()
            finally:
                debugger.close()
        except BaseException as error:
            self._error = error

    def __enter__(self) -> Planted:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.join()
        if self._error is not None:
            raise self._error
