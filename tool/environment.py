# SPDX-License-Identifier: Apache-2.0
"""What a result depends on: commit, compilers, emulator, boards present or missing, image hashes."""
from __future__ import annotations

import functools
import hashlib
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from tool import board as boards
from tool import paths, system

COMPILERS = ("arm-none-eabi-gcc", "aarch64-linux-gnu-gcc", "gcc")


@dataclass(frozen=True)
class Environment:
    commit: str
    compilers: dict[str, str]
    boards: tuple[boards.Presence, ...]
    images: dict[str, str]         # file under build/ -> sha256

    def lines(self) -> list[str]:
        compilers = " · ".join(f"{name} {version}" for name, version in self.compilers.items())
        images = [f"image {name}: sha256 {digest[:16]}" for name, digest in self.images.items()]
        return [f"commit {self.commit}", f"compilers: {compilers}",
                *(f"board {presence.line()}" for presence in self.boards), *images]

    def table(self) -> dict[str, Any]:
        return asdict(self)


@functools.cache
def compiler(name: str) -> str:
    try:
        done = subprocess.run([name, "-dumpfullversion"], capture_output=True, text=True)
    except FileNotFoundError:
        return "MISSING"
    return done.stdout.strip() if done.returncode == 0 else "MISSING"


def digest(file: Path) -> str:
    """Over what is loaded; a file that is not there has none."""
    return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else "not built"


def images(board: str) -> dict[str, str]:
    """The hypervisor images in build/ and their hashes."""
    files = [paths.hypervisor(board, kind) for kind in paths.KINDS]
    return {str(file.relative_to(paths.BUILD)): digest(file) for file in files}


def describe(board: str, attached: boards.Attached = boards.Attached()) -> Environment:
    return Environment(system.commit(), {name: compiler(name) for name in COMPILERS},
                       tuple(boards.presence(name) for name in boards.names()) + _real(board, attached), images(board))


def _real(board: str, attached: boards.Attached) -> tuple[boards.Presence, ...]:
    return (boards.presence(board, attached),) if attached.runner else ()
