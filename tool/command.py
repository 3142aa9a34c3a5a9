# SPDX-License-Identifier: Apache-2.0
"""The [runner] of a real board: commands that load an image and reset, and where its console is."""
from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tool.tomltable import REQUIRED, Table

PLACES = ("image", "serial", "baud", "cpus", "nonce", "folder")
BAUDS = (9600, 19200, 38400, 57600, 115200, 230400, 460800, 500000, 921600, 1000000, 1500000, 2000000, 3000000)
_PLACE = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True)
class CommandRunner:
    name: str                     # the file's; results say it beside the board
    title: str                    # what the board is, for people; stands beside every number
    folder: Path                  # where the commands run
    file: Path
    load: tuple[str, ...]
    reset: tuple[str, ...]        # empty: loading starts the image
    console: tuple[str, ...]      # empty: the serial device is read
    serial: str
    baud: int
    command_seconds: int          # for load, and for reset
    least_seconds: int            # every run has them
    time_factor: int              # the board's seconds for one of guest time

    @property
    def commands(self) -> dict[str, tuple[str, ...]]:
        """Those that there are, in the order in which they run."""
        found = {"console": self.console, "load": self.load, "reset": self.reset}
        return {key: words for key, words in found.items() if words}

    def filled(self, key: str, values: Mapping[str, object]) -> list[str]:
        return [_PLACE.sub(lambda match: str(values[match[1]]), word) for word in self.commands[key]]

    def seconds(self, guest_ms: int | None) -> float:
        return float("inf") if guest_ms is None else max(self.least_seconds, self.time_factor * guest_ms / 1000)


def read(table: Table, file: Path, serial: str) -> CommandRunner:
    """`serial` wins over the file's own."""
    load, reset, console = _words(table, "load"), _words(table, "reset", ""), _words(table, "console", "")
    device = table.text("serial", "", rule="the path of a device")
    if load and "{image}" not in " ".join(load):
        table.wrong("load", "must name {image}, the file to load")
    baud = table.number("baud", BAUDS[0], BAUDS[-1], 115200)
    if baud not in BAUDS:
        table.wrong("baud", "must be one of " + ", ".join(map(str, BAUDS)))
    return CommandRunner(file.parent.name if file.name == "board.toml" else file.stem, table.text("title"),
                         file.resolve().parent, file.resolve(), load, reset, console, serial or device, baud,
                         table.number("command-seconds", 1, 3600, 120), table.number("least-seconds", 1, 3600, 20),
                         table.number("time-factor", 1, 10000, 20))


def _words(table: Table, key: str, default: Any = REQUIRED) -> tuple[str, ...]:
    """A command line, split as a shell would; no shell runs it."""
    text = table.text(key, default, rule="a command line")
    try:
        words = tuple(shlex.split(text))
    except ValueError as error:
        table.wrong(key, f"is no command line: {error}")
        return ()
    for name in _PLACE.findall(text):
        if name not in PLACES:
            table.wrong(key, f"{{{name}}} is unknown; there are: " + ", ".join(f"{{{place}}}" for place in PLACES))
    return words
