# SPDX-License-Identifier: Apache-2.0
"""
bench/toolchain.lock: what wrote the baselines, a table for each board. Only the same tools may write them again; to
move to others is a decision of its own (`check --accept --new-toolchain`).
"""
from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path

from tool.exitcodes import UsageError
from tool.toolchain import Toolchain

FILE = Path(__file__).resolve().parent / "toolchain.lock"
_HEAD = """\
# SPDX-License-Identifier: Apache-2.0
# What wrote bench/baseline/. `./fencepost check --accept` works with these tools alone; with others
# `./fencepost check --accept --new-toolchain -m WHY` measures every metric anew and rewrites this file too.
"""
_REMEDY = "write it with `./fencepost check --accept --new-toolchain -m WHY`"
_KEYS = tuple(field.name for field in fields(Toolchain))


@dataclass(frozen=True)
class Locked:
    tools: Toolchain
    packages: tuple[str, ...]      # where they came from, for whoever wants the same; not compared


def _locked(board: str, table: object, name: str) -> Locked:
    if not isinstance(table, dict):
        raise UsageError(f"{name}: {board} is no table; {_REMEDY}")
    if wrong := sorted({*_KEYS, "packages"} ^ set(table)):
        raise UsageError(f"{name}: [{board}]: missing or unknown: {', '.join(wrong)}; {_REMEDY}")
    if not all(isinstance(table[key], str) for key in _KEYS) or not isinstance(table["packages"], list):
        raise UsageError(f"{name}: [{board}]: words, and a list of packages, are wanted; {_REMEDY}")
    return Locked(Toolchain(*(table[key] for key in _KEYS)), tuple(map(str, table["packages"])))


def parse(text: str, name: str = FILE.name) -> dict[str, Locked]:
    """By board. Raises UsageError."""
    try:
        tables = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise UsageError(f"{name}: {error}; take one side of a merge whole, then {_REMEDY}") from error
    return {board: _locked(board, table, name) for board, table in tables.items()}


def load(file: Path = FILE) -> dict[str, Locked]:
    return parse(file.read_text(encoding="utf-8"), file.name) if file.is_file() else {}


def text(locks: Mapping[str, Locked]) -> str:
    def lines(board: str, lock: Locked) -> list[str]:
        listed = ", ".join(json.dumps(package) for package in lock.packages)
        return [f"\n[{board}]", *(f"{key} = {json.dumps(value)}" for key, value in asdict(lock.tools).items()),
                f"packages = [{listed}]"]
    return _HEAD + "\n".join(line for board in sorted(locks) for line in lines(board, locks[board])) + "\n"


def store(board: str, tools: Toolchain, packages: Sequence[str], file: Path = FILE) -> None:
    """The other boards' tables stay; a file that cannot be read is an error, not a reason to forget them."""
    file.write_text(text({**load(file), board: Locked(tools, tuple(packages))}), encoding="utf-8")


def differences(locks: Mapping[str, Locked], board: str, here: Toolchain) -> list[str]:
    """Why these tools may not write the board's baseline; empty: they may."""
    if board not in locks:
        return [f"{FILE.name} has no tools of {board}"]
    return locks[board].tools.differences(here)


def other_code(locks: Mapping[str, Locked], board: str, here: Toolchain) -> list[str]:
    """Why the same source may become another image here than in the baseline; of a board without a lock nothing is known."""
    if board not in locks or locks[board].tools.same_code(here):
        return []
    wanted = locks[board].tools
    return wanted.differences(replace(here, emulator=wanted.emulator, release=wanted.release))
