# SPDX-License-Identifier: Apache-2.0
"""
The machine's virtual time seen from outside, so that limits can be in guest time: two board registers that run
in virtual time are read over QEMU's own control channel, a socket that no guest can reach. Reading them does
not disturb the guest. They are asked only when a run has already lasted unusually long.
"""
from __future__ import annotations

import json
import re
import socket

from tool.board import Clock

_ANSWER_SECONDS = 0.5


class VirtualClock:
    def __init__(self, channel: socket.socket, clock: Clock, greeted: bool = False) -> None:
        self._channel, self._clock, self._greeted = channel, clock, greeted
        self._reading: tuple[int, int] | None = None
        self._moved = 0.0
        self._pattern = re.compile(rb"%016x: 0x([0-9a-f]+) 0x([0-9a-f]+)" % clock.address)

    @property
    def patience(self) -> int:
        """A clock of whole seconds may stand still for long without anybody being idle."""
        return 1 if self._clock.hz > 1 else 12

    @property
    def milliseconds(self) -> int:
        return 0 if self._reading is None else 1000 * self._reading[0] // self._clock.hz

    def arguments(self, descriptor: int) -> list[str]:
        return ["-chardev", f"socket,id=clock,fd={descriptor}", "-mon", "chardev=clock,mode=control"]

    def look(self, now: float) -> None:
        """Takes a reading; without an answer the clock counts as standing still."""
        reading = self._read()
        if self._moved == 0.0 or (reading is not None and reading != self._reading):
            self._moved = now
        if reading is not None:
            self._reading = reading

    def still_seconds(self, now: float) -> float:
        return now - self._moved if self._moved else 0.0

    def _read(self) -> tuple[int, int] | None:
        commands = [] if self._greeted else [{"execute": "qmp_capabilities"}]
        commands.append({"execute": "human-monitor-command",
                         "arguments": {"command-line": f"xp /2wx {self._clock.address:#x}"}})
        self._greeted = True
        answer = b""
        try:
            self._channel.settimeout(_ANSWER_SECONDS)
            self._channel.sendall("".join(json.dumps(command) + "\n" for command in commands).encode())
            while not ((match := self._pattern.search(answer)) and answer.endswith(b"\n")):     # others read lines here, too
                data = self._channel.recv(4096)
                if not data:
                    return None
                answer += data
        except OSError:
            return None
        return int(match[1], 16), int(match[2], 16)
