# SPDX-License-Identifier: Apache-2.0
"""What the project needs of the build machine, judged by capability: a tool that is there is used where it is."""
from __future__ import annotations

import importlib.util
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tool import board as boards


@dataclass(frozen=True)
class Need:
    package: str
    why: str
    present: Callable[[], bool]


def _command(*names: str) -> Callable[[], bool]:
    return lambda: all(shutil.which(name) for name in names)


def _module(name: str) -> Callable[[], bool]:
    def present() -> bool:
        importlib.invalidate_caches()
        return importlib.util.find_spec(name) is not None
    return present


def _header(name: str) -> Callable[[], bool]:
    return lambda: any((Path(root) / name).is_file() for root in ("/usr/include", "/usr/local/include"))


def emulator(board: str) -> Need:
    wanted = boards.load(board).runner
    return Need(wanted.emulator, f"QEMU 9.0 or newer with the machine {wanted.machine}",
                lambda: boards.presence(board).present)


TOOLS = (
    Need("gcc-arm-none-eabi", "compiles the hypervisor and the guests", _command("arm-none-eabi-gcc")),
    Need("gcc-aarch64-linux-gnu", "the same for 64-bit cores", _command("aarch64-linux-gnu-gcc")),
    Need("gcc", "compiles syscfg, unit tests and the QEMU plugin; preprocesses trees", _command("gcc", "cpp")),
    Need("libc6-dev", "headers for the same", _header("stdio.h")),
    Need("cmake", "builds", _command("cmake")),
    Need("ninja-build", "builds", _command("ninja")),
    Need("device-tree-compiler", "compiles system trees", _command("dtc")),
    Need("libfdt-dev", "syscfg reads trees with it", _header("libfdt.h")),
    Need("git", "names the commit in results", _command("git")),
    Need("python3-pytest", "runs the suite", _module("pytest")),
    Need("python3-pytest-xdist", "runs it on all CPUs", _module("xdist")),
    Need("python3-pyelftools", "reads test records and symbols", _module("elftools")),
    Need("python3-matplotlib", "draws the report", _module("matplotlib")),
    Need("python3-hypothesis", "tests the harness itself", _module("hypothesis")),
    Need("python3-jinja2", "lays out the report", _module("jinja2")),
)


PERF = Need("linux-perf", "counts what the emulator costs on this machine", _command("perf"))   # when asked for


def missing(board: str) -> list[Need]:
    emulators = [] if boards.load(board).real else [emulator(board)]
    return [need for need in (*emulators, *TOOLS) if not need.present()]
