# SPDX-License-Identifier: Apache-2.0
"""Builds presets with CMake, one builder per build folder at a time."""
from __future__ import annotations

import contextlib
import fcntl
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from tool import paths, toolchain
from tool.exitcodes import BuildFailed, EnvironmentMissing

HOST = "host"
_LINES = 30
_STAMP = ".toolchain"
_ERROR = re.compile(r"^FAILED:|\berror\b|CMake Error")


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    folder.parent.mkdir(exist_ok=True)
    with open(folder.with_name(f".{folder.name}.lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def essence(output: str) -> str:
    """The part of a build's words that says what is wrong: from the first error on, not too long."""
    lines = output.splitlines()
    first = next((i for i, line in enumerate(lines) if _ERROR.search(line)), max(0, len(lines) - _LINES))
    return "\n".join(lines[first:first + _LINES])


def _run(step: str, command: Sequence[str], root: Path, log: Path) -> None:
    try:
        done = subprocess.run(command, cwd=root, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, errors="replace")
    except FileNotFoundError as error:
        raise EnvironmentMissing(f"{command[0]} is not installed: run ./fencepost setup") from error
    with log.open("a") as file:
        file.write(f"$ {' '.join(command)}\n{done.stdout}")
    if done.returncode != 0:
        raise BuildFailed(f"{step} failed (status {done.returncode}); the whole log is in "
                          f"{paths.relative(log)}\n{essence(done.stdout)}")


def stamp(preset: str) -> str:
    """The tools that a preset is built with here."""
    board, _, kind = preset.rpartition("-")
    return toolchain.stamp(toolchain.compiler_of(board) if kind in paths.KINDS else toolchain.host_compiler())


def forget_other_tools(folder: Path, wanted: str) -> bool:
    """
    Removes a folder that other tools made, or nobody knows which: no build system compiles again because the compiler
    is another one, and its numbers would then go by the wrong name.
    """
    known = folder / _STAMP
    if not folder.is_dir() or (known.is_file() and known.read_text(encoding="utf-8") == wanted):
        return False
    shutil.rmtree(folder)
    return True


def ensure_built(presets: Sequence[str], progress: Callable[[str], None], checkout: paths.Checkout | None = None,
                 parts: Mapping[str, Sequence[str]] | None = None) -> None:
    """
    Configures what is not configured and builds every preset, or of a preset the folders that `parts` names and the
    checkout has; raises BuildFailed with the compiler's words.
    """
    of = checkout or paths.here()
    for preset in presets:
        folder = of.build / preset
        with _locked(folder):
            _build(preset, folder, of.root, (parts or {}).get(preset, ()), progress)


def _build(preset: str, folder: Path, root: Path, parts: Sequence[str], progress: Callable[[str], None]) -> None:
    log, tools = folder.with_name(f"{preset}.log"), stamp(preset)
    log.unlink(missing_ok=True)
    if forget_other_tools(folder, tools):
        progress(f"{preset}: made with other tools, built anew")
    if not (folder / "build.ninja").is_file():
        progress(f"configure {preset}")
        folder.mkdir(exist_ok=True)
        (folder / _STAMP).write_text(tools, encoding="utf-8")
        _run(f"configuring {preset}", ("cmake", "--preset", preset), root, log)
    progress(f"build {preset}")
    targets = [f"{part}/all" for part in parts if (folder / part).is_dir()]
    _run(f"building {preset}", ("ninja", "-C", str(folder), *targets), root, log)
