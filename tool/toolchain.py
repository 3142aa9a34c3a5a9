# SPDX-License-Identifier: Apache-2.0
"""Which compiler, linker, emulator and release made an image and a number, in their own words."""
from __future__ import annotations

import functools
import os
import platform
import re
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tool import board as boards
from tool import environment, paths
from tool.exitcodes import EnvironmentMissing, UsageError

_COMPILER = re.compile(r"^\s*set\(CMAKE_C_COMPILER\s+(\S+?)\s*\)", re.MULTILINE)


@dataclass(frozen=True)
class Toolchain:
    """First lines of --version: Debian's name the package's version too."""
    compiler: str
    binutils: str
    emulator: str
    release: str

    def differences(self, other: Toolchain) -> list[str]:
        """What differs here (other) from what is wanted (self)."""
        mine, theirs = asdict(self), asdict(other)
        return [f"{key}: {mine[key]} wanted, {theirs[key]} here" for key in mine if mine[key] != theirs[key]]

    def same_code(self, other: Toolchain) -> bool:
        """Whether the same source becomes the same image."""
        return (self.compiler, self.binutils) == (other.compiler, other.binutils)


def _words(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace")
    except OSError as error:
        raise EnvironmentMissing(f"{command[0]} does not run: {error.strerror}: run ./fencepost setup") from error
    if done.returncode:
        raise EnvironmentMissing(f"{' '.join(command)}: status {done.returncode}: {done.stderr.strip()}")
    return done.stdout.strip()


def _first_line(program: str) -> str:
    return (_words((program, "--version")).splitlines() or [""])[0]


def compiler_of(board: str) -> str:
    """The compiler that the board's CMake toolchain file names."""
    file = paths.BOARDS / board / "toolchain.cmake"
    found = _COMPILER.search(file.read_text(encoding="utf-8")) if file.is_file() else None
    if not found:
        raise UsageError(f"{paths.relative(file)}: no set(CMAKE_C_COMPILER name)")
    return found[1]


def short(board: str) -> str:
    """Name and version of the compiler, for a line of a table."""
    compiler = compiler_of(board)
    return f"{compiler} {environment.compiler(compiler)}"


def linker_of(compiler: str) -> str:
    """The linker that this compiler calls, wherever it lies."""
    return _words((compiler, "-print-prog-name=ld"))


@functools.cache
def stamp(compiler: str) -> str:
    """What a build folder must have been made with to be built on: where the compiler lies, and both versions."""
    return "\n".join((str(shutil.which(compiler)), _first_line(compiler), _first_line(linker_of(compiler)))) + "\n"


def host_compiler() -> str:
    """What CMake takes where no toolchain file says it."""
    return os.environ.get("CC") or "cc"


def _release() -> str:
    try:
        return platform.freedesktop_os_release()["PRETTY_NAME"]
    except (OSError, KeyError):
        return platform.system()


def identify(board: str) -> Toolchain:
    compiler = compiler_of(board)
    return Toolchain(_first_line(compiler), _first_line(linker_of(compiler)), boards.presence(board).version, _release())


def _asked(*command: str) -> list[str]:
    """The lines that dpkg-query has for what it knows; none where there is no dpkg."""
    try:
        return subprocess.run(("dpkg-query", *command), capture_output=True, text=True, errors="replace").stdout.splitlines()
    except OSError:
        return []


def packages(board: str, emulator: str) -> list[str]:
    """Names and versions of the Debian packages that the tools came in, for whoever wants to install the same; not all are in one."""
    compiler = compiler_of(board)
    found = (shutil.which(program) for program in (compiler, linker_of(compiler), emulator))
    files = [str(Path(file).resolve()) for file in found if file]
    owners = {file: owner.partition(":")[0] for owner, _, file in (line.partition(": ") for line in _asked("-S", *files))}
    names = [owners[file] for file in files if file in owners]
    versions = dict(line.split(" ", 1) for line in _asked("-W", "-f", "${Package} ${Version}\n", *names)) if names else {}
    return [f"{name} {versions[name]}" for name in names if name in versions]
