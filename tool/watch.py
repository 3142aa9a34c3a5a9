# SPDX-License-Identifier: Apache-2.0
"""
Gathers what a machine says until its final line, a limit, or the end of its streams. Knows no machine: whoever
runs one gives the streams, and a look at what else may end the run.
"""
from __future__ import annotations

import enum
import os
import select
import shutil
import time
from collections.abc import Callable
from dataclasses import dataclass

CONSOLE_LIMIT_BYTES = 4 << 20
IDLE_SECONDS = 5.0
HOST_FACTOR = 10          # the emulator's own time is a ten-fold backstop,
_LEAST_HOST_SECONDS = 20.0
_WALL_FACTOR = 6          # and the wall clock one behind it, for a machine that many share
_LONGEST_SLEEP = 3600


class Ended(enum.Enum):
    """Why the run is over."""
    END_LINE = "end line"
    EXIT = "exit"                    # the machine ended by itself
    GUEST_TIME = "guest time"
    IDLE = "idle"                    # virtual time stood still
    WALL_TIME = "host time"
    FLOOD = "flood"
    START = "start"                  # it could not be started
    DIFFERS = "another transcript"   # two runs of the same bytes did not say the same
    BOARD_TIME = "the board's time"  # on a real one


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


def end_line(nonce: str) -> bytes:
    return f"(hv) END {nonce} ".encode()


class Watcher:
    def __init__(self, last_lines: tuple[bytes, ...], echo: Callable[[bytes], None] | None) -> None:
        self.console, self.stderr = bytearray(), bytearray()
        self._ends, self._echo = last_lines, echo
        self._scanned = 0            # start of the first line not yet looked at

    def watch(self, console: int, stderr: int | None, deadline: float, look_seconds: float,
              look: Callable[[float], Ended | None]) -> Ended | None:
        """None when all streams have ended. `look` is called once in look_seconds, from the second time on."""
        streams = {console: self.console} | ({} if stderr is None else {stderr: self.stderr})
        poll = select.poll()
        for stream in streams:
            poll.register(stream, select.POLLIN)
        next_look = time.monotonic() + 2 * look_seconds
        while streams:
            now = time.monotonic()
            if now >= deadline:
                return Ended.WALL_TIME
            if now >= next_look:
                next_look = now + look_seconds
                if over := look(now):
                    return over
            for stream, _ in poll.poll(1000 * max(0.0, min(deadline, next_look, now + _LONGEST_SLEEP) - now) + 1):
                data = read(stream)
                if not data:
                    poll.unregister(stream)
                    del streams[stream]
                    continue
                streams[stream].extend(data)
                if stream == console and (over := self._console_grew(data)):
                    return over
                del self.stderr[CONSOLE_LIMIT_BYTES:]
        return None

    def _console_grew(self, data: bytes) -> Ended | None:
        if self._echo:
            self._echo(data)
        while (newline := self.console.find(b"\n", self._scanned)) >= 0:
            line = self.console[self._scanned:newline].strip(b"\r") + b" "
            self._scanned = newline + 1
            if line.startswith(self._ends):
                return Ended.END_LINE
        return Ended.FLOOD if len(self.console) > CONSOLE_LIMIT_BYTES else None

    def drain(self, console: int, stderr: int) -> None:
        """What a process that is gone has left in its pipes."""
        for stream, log in ((console, self.console), (stderr, self.stderr)):
            os.set_blocking(stream, False)
            while len(log) <= CONSOLE_LIMIT_BYTES and (rest := read(stream)):
                log.extend(rest)


def leash(program: str) -> list[str]:
    """A prefix that ends a process with us: the harness may be killed before it can reap, and a guest may never end."""
    return ["setpriv", "--pdeathsig", "KILL", "--"] if shutil.which(program) else []


def read(stream: int) -> bytes:
    """Nothing at the end, whatever the end looks like: a terminal that was hung up gives an error."""
    try:
        return os.read(stream, 1 << 16)
    except OSError:
        return b""
